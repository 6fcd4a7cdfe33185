/* SPDX-License-Identifier: EUPL-1.2 */
#include "wire/xdf.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/node.h"
#include "wire/xdf_impl.h"

/* ---- notes ---- */

struct xdf_notes xdf_notes_new(struct arena *a)
{
	return (struct xdf_notes){ .arena = a };
}

void xdf_note(struct xdf_notes *n, uint32_t line, const char *code, str id, const char *fmt, ...)
{
	struct growing g = { n->v, n->n, n->cap };
	struct xdf_note *x;
	char text[400];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	x = growing_add(n->arena, &g, sizeof *x);
	*x = (struct xdf_note){ line, str_c(code), str_dup(n->arena, id), str_dup(n->arena, str_c(text)) };
	n->v = g.v;
	n->n = g.n;
	n->cap = g.cap;
}

void *growing_add(struct arena *a, struct growing *g, size_t size)
{
	if (g->n == g->cap) {
		size_t cap = g->cap ? g->cap * 2 : 4;
		void *v = arena_alloc(a, arena_mul(cap, size));

		if (g->n)
			memcpy(v, g->v, g->n * size);
		g->v = v;
		g->cap = cap;
	}
	return (char *)g->v + g->n++ * size;
}

/* ---- words ---- */

static const str use_words[] = { STR_INIT("input"), STR_INIT("select"), STR_INIT("label"), STR_INIT("hidden"), STR_INIT("locked"), STR_INIT("") };
static const str type_words[] = { STR_INIT("bool"), STR_INIT("date"), STR_INIT("file"), STR_INIT("num"), STR_INIT("num_currency"), STR_INIT("num_int"),
	STR_INIT("obj"), STR_INIT("text"), STR_INIT("text_latin"), STR_INIT("time"), STR_INIT("datetime"), STR_INIT("") };

str xdf_use_word(enum xdf_use u)
{
	return use_words[u];
}

str xdf_type_word(enum xdf_type t)
{
	return type_words[t];
}

/* ---- small shapes ---- */

str xdf_clean(struct arena *a, str text)
{
	struct buf b;
	bool blank = false;
	size_t i;

	text = str_trim(text);
	for (i = 0; i < text.n && !((unsigned char)text.p[i] <= ' ' && (text.p[i] != ' ' || i + 1 == text.n || text.p[i + 1] == ' ')); i++)
		;
	if (i == text.n)
		return str_dup(a, text);
	b = buf_new(a, text.n + 1);
	for (i = 0; i < text.n; i++) {
		bool is_blank = (unsigned char)text.p[i] <= ' ';

		if (!is_blank)
			buf_putc(&b, text.p[i]);
		else if (!blank)
			buf_putc(&b, ' ');
		blank = is_blank;
	}
	return buf_str(&b);
}

bool xdf_count(str text, int32_t *ret_min, int32_t *ret_max)
{
	str low, high;
	int64_t n, m;

	if (!str_cut(str_trim(text), ':', &low, &high) || str_to_i64(low, &n) < 0 || n < 0 || n > 1000000)
		return false;
	if (str_eq(high, S("*")))
		m = XDF_MANY;
	else if (str_to_i64(high, &m) < 0 || m < 1 || m > 1000000)
		return false;
	*ret_min = (int32_t)n;
	*ret_max = (int32_t)m;
	return true;
}

static bool digits(str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.n > 0 && s.n < 10;
}

static void precision_json(struct arena *a, struct xdf_node *n, const struct node *map)
{
	struct {
		str key, *to;
	} known[] = { { S("minLength"), &n->min_length }, { S("maxLength"), &n->max_length }, { S("minValue"), &n->min_value },
		      { S("maxValue"), &n->max_value }, { S("pattern"), &n->pattern } };

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		*known[i].to = str_dup(a, str_trim(node_text_at(map, known[i].key)));
}

void xdf_precision_2(struct arena *a, struct xdf_node *n, str text, struct xdf_notes *notes)
{
	struct node_error e = { 0 };
	struct node *root;
	ptrdiff_t dots;

	text = str_trim(text);
	if (!text.n)
		return;
	if (text.p[0] == '{' && node_parse_json(a, text, &root, &e) == 0 && root->kind == NODE_MAP) {
		precision_json(a, n, root);
		return;
	}
	dots = str_find(text, S(".."));
	if (digits(text)) {
		n->max_length = str_dup(a, text);
	} else if (dots > 0 && digits(str_sub(text, 0, (size_t)dots)) && digits(str_sub(text, (size_t)dots + 2, text.n))) {
		n->min_value = str_dup(a, str_sub(text, 0, (size_t)dots));
		n->max_value = str_dup(a, str_sub(text, (size_t)dots + 2, text.n));
	} else {
		n->precision_text = str_dup(a, text);
		xdf_note(notes, n->line, "precision-text", n->id, "%.*s", STR_FMT(str_sub(text, 0, 100)));
	}
}

bool xdf_is(str text)
{
	return str_contains(str_sub(text, 0, 4096), S("urn:xoev-de:fim:standard:xdatenfelder_"));
}
