/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/yaml_write.h"

#include <string.h>

#define LINE_MOST 150

/* ---- scalars ---- */

/* Line ends of Unicode and the mark of byte order: other readers, and libyaml, take them for more than letters. */
static bool special(str s, size_t i)
{
	static const char *const marks[] = { "\xe2\x80\xa8", "\xe2\x80\xa9", "\xef\xbb\xbf" };

	for (size_t k = 0; k < 3; k++)
		if (str_has_prefix(str_sub(s, i, s.n), str_c(marks[k])))
			return true;
	return (unsigned char)s.p[i] == 0xc2 && i + 1 < s.n && (unsigned char)s.p[i + 1] < 0xa1;
}

/* 1.1 and 007: other readers would make numbers of them. */
static bool like_number(str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((s.p[i] < '0' || s.p[i] > '9') && s.p[i] != '.')
			return false;
	if (str_index(s, '.') < 0)
		return s.n > 1 && s.p[0] == '0';
	/* with two dots it is a version */
	return str_index(str_sub(s, (size_t)str_index(s, '.') + 1, s.n), '.') < 0;
}

static bool plain(str s, bool flow)
{
	if (!s.n || s.n > 300 || like_number(s) || str_trim(s).n != s.n || strchr("-?:,[]{}#&*!|>'\"%@`.", s.p[0]))
		return false;
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c < 0x20 || c == 0x7f || (c >= 0x80 && special(s, i)))
			return false;
		if (c == ':' && (i + 1 == s.n || s.p[i + 1] == ' ' || flow))
			return false;
		if (c == '#' && s.p[i - 1] == ' ')
			return false;
		if (flow && strchr(",[]{}'\"", (char)c))
			return false;
	}
	return true;
}

void yaml_quoted(struct buf *b, str s)
{
	buf_putc(b, '"');
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c == '"' || c == '\\')
			buf_fmt(b, "\\%c", c);
		else if (c == '\n')
			buf_put(b, S("\\n"));
		else if (c == '\t')
			buf_put(b, S("\\t"));
		else if (c < 0x20 || c == 0x7f)
			buf_fmt(b, "\\x%02x", c);
		else if (c == 0xc2 && special(s, i))
			buf_fmt(b, "\\x%02x", (unsigned char)s.p[++i]);
		else if (c >= 0xe2 && special(s, i)) {
			buf_put(b, c == 0xef ? S("\\ufeff") : (unsigned char)s.p[i + 2] == 0xa8 ? S("\\u2028") : S("\\u2029"));
			i += 2;
		}
		else
			buf_putc(b, (char)c);
	}
	buf_putc(b, '"');
}

static void scalar(struct buf *b, str s, bool flow)
{
	if (plain(s, flow))
		buf_put(b, s);
	else
		yaml_quoted(b, s);
}

/* Lines that a block keeps as they are. */
static bool block_text(str s)
{
	str rest = s, line;
	bool first = true;

	if (str_index(s, '\n') < 0 || s.p[0] == '\n' || s.p[s.n - 1] == '\n')
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (((unsigned char)s.p[i] < 0x20 && s.p[i] != '\n') || s.p[i] == 0x7f || ((unsigned char)s.p[i] >= 0x80 && special(s, i)))
			return false;
	while (str_split(&rest, '\n', &line)) {
		if ((line.n && line.p[line.n - 1] == ' ') || (first && line.n && line.p[0] == ' '))
			return false;
		first = false;
	}
	return true;
}

static void indent(struct buf *b, int depth)
{
	buf_putc(b, '\n');
	for (int i = 0; i < depth; i++)
		buf_put(b, S("  "));
}

static void put_block_text(struct buf *b, str s, int depth)
{
	str rest = s, line;

	buf_put(b, S("|-"));
	while (str_split(&rest, '\n', &line)) {
		if (line.n)
			indent(b, depth);
		else
			buf_putc(b, '\n');
		buf_put(b, line);
	}
}

/* ---- collections ---- */

static bool is_scalar(const struct node *n)
{
	return n->kind != NODE_MAP && n->kind != NODE_LIST;
}

/* Width on one line; over LINE_MOST: too much. */
static size_t width(const struct node *n, int depth)
{
	size_t w = 2;

	if (is_scalar(n))
		return str_index(n->text, '\n') >= 0 ? LINE_MOST + 1 : n->text.n + 2;
	if (depth > 3)
		return LINE_MOST + 1;
	for (size_t i = 0; i < n->n && w <= LINE_MOST; i++)
		w += width(n->item[i], depth + 1) + (n->kind == NODE_MAP ? n->key[i].n + 2 : 0) + 2;
	return w;
}

static bool deep(const struct node *n)
{
	for (size_t i = 0; i < n->n; i++)
		if (!is_scalar(n->item[i]))
			return true;
	return false;
}

static void flow(struct buf *b, const struct node *n)
{
	bool map = n->kind == NODE_MAP;

	if (n->kind == NODE_NULL) {
		buf_put(b, S("\"\""));
		return;
	}
	if (is_scalar(n)) {
		scalar(b, n->text, true);
		return;
	}
	buf_putc(b, map ? '{' : '[');
	for (size_t i = 0; i < n->n; i++) {
		if (i)
			buf_put(b, S(", "));
		if (map) {
			scalar(b, n->key[i], true);
			buf_put(b, S(": "));
		}
		flow(b, n->item[i]);
	}
	buf_putc(b, map ? '}' : ']');
}

static void value(struct buf *b, const struct node *n, int depth, bool after_key);

static void entries(struct buf *b, const struct node *n, int depth, bool first_inline)
{
	for (size_t i = 0; i < n->n; i++) {
		if (i || !first_inline)
			indent(b, depth);
		if (n->kind == NODE_LIST) {
			buf_put(b, S("- "));
			value(b, n->item[i], depth + 1, false);
		} else {
			scalar(b, n->key[i], true);
			buf_putc(b, ':');
			value(b, n->item[i], depth + 1, true);
		}
	}
}

/* depth: of what stands inside. A map in a list may itself be small: then it stands on one line, unless it holds lists of maps. */
static void value(struct buf *b, const struct node *n, int depth, bool after_key)
{
	bool small = !is_scalar(n) && (!n->n || (width(n, 0) <= LINE_MOST && (!deep(n) || !after_key || n->kind == NODE_LIST)));

	if (small && n->kind == NODE_LIST && n->n && n->item[0]->kind == NODE_MAP && deep(n) && after_key)
		small = false;
	if (after_key && (is_scalar(n) || small))
		buf_putc(b, ' ');
	if (small || n->kind == NODE_NULL)
		flow(b, n);
	else if (is_scalar(n) && block_text(n->text))
		put_block_text(b, n->text, depth);
	else if (is_scalar(n))
		scalar(b, n->text, false);
	else
		entries(b, n, depth, !after_key);
}

void yaml_write(struct buf *b, const struct node *n)
{
	if (is_scalar(n) || !n->n)
		flow(b, n);
	else
		entries(b, n, 0, true);
	buf_putc(b, '\n');
}
