/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * XDatenfelder: the official form schemas of FIM, read and written. Both versions that are about (2.0 and 3.0.0) give one tree of groups and
 * fields. The schema repeats whole copies instead of references: so a place in a form is a path in this tree, never an id alone.
 * Reading is lenient where real files are (empty versions, text instead of JSON in "praezisierung", any prefix) and never guesses silently:
 * what was put right or left out is a note. Shapes: XSDs of urn:xoev-de:fim:standard:xdatenfelder_2 and _3.0.0.
 *
 *	struct xdf_notes notes = xdf_notes_new(a);
 *	TRY(xdf_read(a, text, &notes, &root));		// ERR_PARSE, ERR_LIMIT, ERR_UNSUPPORTED: the last note says why
 *	for (size_t i = 0; i < root->children; i++) ... root->child[i]->label ...
 */
#pragma once
#include "base/buf.h"

enum xdf_kind { XDF_SCHEMA, XDF_GROUP, XDF_FIELD };
enum xdf_use { XDF_INPUT, XDF_SELECT, XDF_LABEL, XDF_HIDDEN, XDF_LOCKED, XDF_USE_UNKNOWN };
enum xdf_type { XDF_BOOL, XDF_DATE, XDF_FILE, XDF_NUMBER, XDF_MONEY, XDF_INTEGER, XDF_OBJECT, XDF_TEXT, XDF_LATIN, XDF_TIME, XDF_DATETIME,
	XDF_TYPE_UNKNOWN };
enum xdf_prefill { XDF_PREFILL_NO, XDF_PREFILL_MAY, XDF_PREFILL_MUST };

#define XDF_MANY (-1)		/* "*" as the greatest number */

struct xdf_legal {
	str text, link;
};
struct xdf_code {		/* one entry of a list of values */
	str code, name, help;
};
struct xdf_rule {
	str id, version, name, text;	/* text: prose, in 2.0 "definition" */
	str kind;			/* K V M B, or empty */
	str creator, changed;
	bool script;			/* holds a script that is not the empty stub */
	uint32_t line;
};
struct xdf_node {
	enum xdf_kind kind;
	uint32_t line;
	str id, version, name, label, label_out, help, help_out, description, definition;
	str status, status_date, status_by, valid_from, valid_to, version_note, published, changed, element_kind;
	str keys;			/* "stichwort", joined by '|' */
	str fact_sheet;			/* of a schema: id of its "Dokumentsteckbrief" */
	str struct_change, look_change;	/* of a schema: what may be changed in copies, codes 0-3 and 0-1 */
	const struct xdf_legal *legal;	size_t legals;
	const struct xdf_rule *rule;	size_t rules;

	/* its place in the parent */
	int32_t min, max;		/* 1, 1; XDF_MANY */
	bool count_given;
	const struct xdf_legal *place_legal;	size_t place_legals;

	/* schema and group */
	struct xdf_node **child;	size_t children;
	bool choice;			/* art X: exactly one of its children */
	str art;			/* as written */

	/* field */
	enum xdf_use use;
	enum xdf_type type;
	str use_text, type_text;	/* as written, for messages */
	enum xdf_prefill prefill;
	bool prefill_known;
	str min_length, max_length, min_value, max_value, pattern, precision_text;
	str content;
	const struct xdf_code *code;	size_t codes;
	bool has_list;
	str list_uri, list_version, list_version_uri;
	str code_key, name_key, help_key;
	str max_size;
	const str *media;		size_t medias;
};

/* What was put right while reading. code is a short stable name. */
struct xdf_note {
	uint32_t line;
	str code, id, text;		/* text: English detail, or what was found there */
};
struct xdf_notes {
	struct arena *arena;
	struct xdf_note *v;
	size_t n, cap;
};
struct xdf_notes xdf_notes_new(struct arena *a);
void xdf_note(struct xdf_notes *n, uint32_t line, const char *code, str id, const char *fmt, ...) PRINTF_LIKE(5, 6);

struct xdf_document {
	int version;			/* 2 or 3 */
	struct xdf_node *root;		/* a group or field that came alone stands in a schema of its own */
	size_t fields, groups;
	str message_id, made;		/* of the header */
};
#define XDF_MAX_NODES 50000
#define XDF_MAX_DEPTH 24

MUST_USE int xdf_read(struct arena *a, str text, struct xdf_notes *notes, struct xdf_document **ret);
/* Is this XML one of FIM's messages at all? Looks at the first 4 KiB only. */
bool xdf_is(str text);

/* XDatenfelder 3.0.0, stammdatenschema.0102; made: ISO instant for header and elements without a date of change of their own. */
void xdf_write(struct buf *b, const struct xdf_node *schema, str message_id, str made);

/* Words of the codes, as XDatenfelder spells them. */
str xdf_use_word(enum xdf_use u);
str xdf_type_word(enum xdf_type t);
