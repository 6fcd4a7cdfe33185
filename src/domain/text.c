/* SPDX-License-Identifier: EUPL-1.2 */
#include "domain/text.h"
#include "base/html.h"
#include "domain/text_impl.h"

str lang_code(enum lang l)
{
	return l == LANG_EN ? S("en") : S("de");
}

bool lang_parse(str code, enum lang *ret)
{
	if (code.n > 2 && code.p[2] == '-')
		code.n = 2;
	if (str_eq_ci(code, S("de")))
		*ret = LANG_DE;
	else if (str_eq_ci(code, S("en")))
		*ret = LANG_EN;
	else
		return false;
	return true;
}

str text_get(enum lang l, enum text_id id)
{
	return text_table[l][id].other;
}

str text_html(enum lang l, enum text_id id)
{
	return text_table[l][id].other_html;
}

str text_key(enum text_id id)
{
	return text_key_table[id];
}

static bool wants_one(const struct text_entry *e, const struct text_arg *arg, size_t args)
{
	if (!e->plural)
		return false;
	for (size_t i = 0; i < args; i++)
		if (arg[i].is_number && str_eq(arg[i].name, S("n")))
			return arg[i].number == 1;
	return false;
}

static void put_arg(struct buf *b, str name, const struct text_arg *arg, size_t args, bool html)
{
	for (size_t i = 0; i < args; i++) {
		if (!str_eq(arg[i].name, name))
			continue;
		if (arg[i].is_number)
			buf_int(b, arg[i].number);
		else if (html)
			html_attr(b, arg[i].value);
		else
			buf_put(b, arg[i].value);
		return;
	}
	buf_putc(b, '{');
	buf_put(b, name);
	buf_putc(b, '}');
}

static void fill(struct buf *b, str text, const struct text_arg *arg, size_t args, bool html)
{
	str before, rest, name;

	while (str_cut(text, '{', &before, &rest) && str_cut(rest, '}', &name, &text)) {
		buf_put(b, before);
		put_arg(b, name, arg, args, html);
	}
	buf_put(b, text);
}

void text_format(struct buf *b, enum lang l, enum text_id id, const struct text_arg *arg, size_t args)
{
	const struct text_entry *e = &text_table[l][id];

	fill(b, wants_one(e, arg, args) ? e->one : e->other, arg, args, false);
}

void text_format_html(struct buf *b, enum lang l, enum text_id id, const struct text_arg *arg, size_t args)
{
	const struct text_entry *e = &text_table[l][id];

	fill(b, wants_one(e, arg, args) ? e->one_html : e->other_html, arg, args, true);
}

str text_format_str(struct arena *a, enum lang l, enum text_id id, const struct text_arg *arg, size_t args)
{
	struct buf b = buf_new(a, text_table[l][id].other.n + 64);

	text_format(&b, l, id, arg, args);
	return buf_str(&b);
}

bool text_find(str key, enum text_id *ret)
{
	size_t from = 0, to = TX_COUNT;

	while (from < to) {
		size_t mid = from + (to - from) / 2;
		int c = str_cmp(key, text_key_table[mid]);

		if (c == 0) {
			*ret = (enum text_id)mid;
			return true;
		}
		if (c < 0)
			to = mid;
		else
			from = mid + 1;
	}
	return false;
}

str text_by_key(enum lang l, str key)
{
	enum text_id id;

	return text_find(key, &id) ? text_get(l, id) : STR_EMPTY;
}
