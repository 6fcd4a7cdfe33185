/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * All prose of the program: ui/texts/{de,en}/NAME.yaml, compiled into one table by tools/text-compiler, which checks missing keys,
 * placeholders and plural forms. For pages, letters, PDFs and mails alike. The key "form.next" is TX_FORM_NEXT.
 * A text that is there in German only (clerks' pages) is given in German for every language.
 *
 *	str s = text_get(LANG_DE, TX_FORM_NEXT);
 *	text_format(&b, LANG_DE, TX_CHECK_COUNT, (struct text_arg[]){ TEXT_N(3), TEXT_ARG("name", name) }, 2);
 */
#pragma once
#include "base/buf.h"
#include "domain/text_ids.h"	/* generated: enum text_id with TX_... */

enum lang { LANG_DE, LANG_EN, LANG_COUNT };

str lang_code(enum lang l);			/* "de", "en" */
bool lang_parse(str code, enum lang *ret);	/* "de", "en", "en-GB"; false: unknown */

struct text_arg {
	str name;
	str value;
	int64_t number;
	bool is_number;		/* the number "n" chooses the plural form */
};
static inline struct text_arg text_arg_str(str name, str v)
{
	return (struct text_arg){ .name = name, .value = v };
}
static inline struct text_arg text_arg_int(str name, int64_t v)
{
	return (struct text_arg){ .name = name, .number = v, .is_number = true };
}
#define TEXT_ARG(name, v) text_arg_str(S(name), (v))
#define TEXT_INT(name, v) text_arg_int(S(name), (v))
#define TEXT_N(v) text_arg_int(S("n"), (v))

/* Plain text without arguments (placeholders stay as they are). Never fails; the memory is constant. */
str text_get(enum lang l, enum text_id id);
/* The same, escaped for HTML texts and attributes: what templates write. */
str text_html(enum lang l, enum text_id id);
/* Puts the text with its placeholders filled in. A missing argument is written as {name}: seen in tests, never fatal. */
void text_format(struct buf *b, enum lang l, enum text_id id, const struct text_arg *arg, size_t args);
str text_format_str(struct arena *a, enum lang l, enum text_id id, const struct text_arg *arg, size_t args);
/* The same with everything escaped for HTML. */
void text_format_html(struct buf *b, enum lang l, enum text_id id, const struct text_arg *arg, size_t args);

/* For keys that are made at run time ("error.date.required"). False: no such key. */
bool text_find(str key, enum text_id *ret);
/* Empty when there is no such key. */
str text_by_key(enum lang l, str key);
str text_key(enum text_id id);			/* "form.next" */
