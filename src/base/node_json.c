/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A parser of our own, because the libraries lose what we need: the place of each value, numbers as
 * they were written, and duplicate keys.
 */
#include "base/node_impl.h"

#include "base/utf8.h"

#define SIZE_MAX_JSON ((size_t)64 << 20)

struct reader {
	struct arena *arena;
	char *p,
		*end; /* a copy of the text in the arena: strings are decoded in place and point into it */
	char *line_start;
	size_t line;
	unsigned depth;
	struct node_error *e;
};

static int bad(struct reader *r, const char *what)
{
	return node_fail(
		r->e, ERR_PARSE, "JSON", r->line, (size_t)(r->p - r->line_start) + 1, "%s", what);
}

static void skip_blanks(struct reader *r)
{
	for (; r->p < r->end; r->p++) {
		if (*r->p == '\n') {
			r->line++;
			r->line_start = r->p + 1;
		} else if (*r->p != ' ' && *r->p != '\t' && *r->p != '\r') {
			break;
		}
	}
}

static bool at(struct reader *r, char c)
{
	return r->p < r->end && *r->p == c;
}

static int hex4(struct reader *r, uint32_t *ret)
{
	uint32_t v = 0;
	if (r->end - r->p < 4)
		return bad(r, "four hexadecimal digits expected behind \\u");
	for (int i = 0; i < 4; i++, r->p++) {
		char c = *r->p, low = (char)(c | 0x20);
		if (c >= '0' && c <= '9')
			v = v << 4 | (uint32_t)(c - '0');
		else if (low >= 'a' && low <= 'f')
			v = v << 4 | (uint32_t)(low - 'a' + 10);
		else
			return bad(r, "four hexadecimal digits expected behind \\u");
	}
	*ret = v;
	return 0;
}

/*
 * Behind "\u": reads the code point, of a surrogate pair too, and writes it at *to, which never
 * overtakes reading.
 */
static int unicode_escape(struct reader *r, char **to)
{
	uint32_t c, low;
	TRY(hex4(r, &c));
	if (c >= 0xd800 && c < 0xdc00) {
		if (r->end - r->p < 2 || r->p[0] != '\\' || r->p[1] != 'u')
			return bad(r, "lone surrogate");
		r->p += 2;
		TRY(hex4(r, &low));
		if (low < 0xdc00 || low > 0xdfff)
			return bad(r, "lone surrogate");
		c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
	} else if (c >= 0xdc00 && c <= 0xdfff) {
		return bad(r, "lone surrogate");
	}
	if (c == 0)
		return bad(r, "\\u0000 is not allowed");
	*to += utf8_encode(c, *to);
	return 0;
}

static int escape(struct reader *r, char **to)
{
	if (r->p == r->end)
		return bad(r, "text without end");
	char c = *r->p++;
	switch (c) {
	case '"':
	case '\\':
	case '/': *(*to)++ = c; return 0;
	case 'b': *(*to)++ = '\b'; return 0;
	case 'f': *(*to)++ = '\f'; return 0;
	case 'n': *(*to)++ = '\n'; return 0;
	case 'r': *(*to)++ = '\r'; return 0;
	case 't': *(*to)++ = '\t'; return 0;
	case 'u': return unicode_escape(r, to);
	default: r->p--; return bad(r, "unknown escape");
	}
}

/* At the opening quote. */
static int parse_string(struct reader *r, str *ret)
{
	char *start = ++r->p, *to = start;
	while (r->p < r->end && *r->p != '"' && *r->p != '\\' && (unsigned char)*r->p >= 0x20)
		r->p++;
	to = r->p;
	while (r->p < r->end && *r->p != '"') {
		if ((unsigned char)*r->p < 0x20)
			return bad(r, "control character inside a text");
		if (*r->p == '\\') {
			r->p++;
			TRY(escape(r, &to));
		} else {
			*to++ = *r->p++;
		}
	}
	if (r->p == r->end)
		return bad(r, "text without end");
	r->p++;
	*to = 0; /* at the latest on the closing quote */
	*ret = (str){start, (size_t)(to - start)};
	return 0;
}

static size_t digits(struct reader *r)
{
	char *from = r->p;
	while (r->p < r->end && *r->p >= '0' && *r->p <= '9')
		r->p++;
	return (size_t)(r->p - from);
}

static int parse_number(struct reader *r, str *ret)
{
	char *start = r->p;
	if (at(r, '-'))
		r->p++;
	char *first = r->p;
	size_t n = digits(r);
	if (n == 0 || (n > 1 && *first == '0'))
		return bad(r, "malformed number");
	if (at(r, '.')) {
		r->p++;
		if (digits(r) == 0)
			return bad(r, "malformed number");
	}
	if (at(r, 'e') || at(r, 'E')) {
		r->p++;
		if (at(r, '+') || at(r, '-'))
			r->p++;
		if (digits(r) == 0)
			return bad(r, "malformed number");
	}
	*ret = (str){start, (size_t)(r->p - start)};
	return 0;
}

static bool word(struct reader *r, str w)
{
	if (!str_has_prefix((str){r->p, (size_t)(r->end - r->p)}, w))
		return false;
	r->p += w.n;
	return true;
}

static int parse_value(struct reader *r, struct node **ret);

/* Behind an item: a comma (goes on), or the closing sign. */
static int next_item(struct reader *r, char close, bool *ret_more)
{
	skip_blanks(r);
	*ret_more = at(r, ',');
	if (!*ret_more && !at(r, close))
		return bad(r, close == ']' ? "expected , or ]" : "expected , or }");
	r->p++;
	if (*ret_more)
		skip_blanks(r);
	return 0;
}

static int parse_list(struct reader *r, struct node *n)
{
	bool more = true;
	r->p++;
	skip_blanks(r);
	if (at(r, ']')) {
		r->p++;
		return 0;
	}
	while (more) {
		struct node *item;
		TRY(parse_value(r, &item));
		node_push(r->arena, n, STR_EMPTY, item);
		TRY(next_item(r, ']', &more));
	}
	return 0;
}

static int parse_member(struct reader *r, struct node *map)
{
	str key;
	struct node *item;
	struct reader before = *r;
	if (!at(r, '"'))
		return bad(r, "expected a key in quotes");
	TRY(parse_string(r, &key));
	if (node_get(map, key))
		return node_fail(r->e, ERR_PARSE, "JSON", before.line,
			(size_t)(before.p - before.line_start) + 1,
			"key \"%.*s\" stands here twice", STR_FMT(str_sub(key, 0, 80)));
	skip_blanks(r);
	if (!at(r, ':'))
		return bad(r, "expected :");
	r->p++;
	skip_blanks(r);
	TRY(parse_value(r, &item));
	node_push(r->arena, map, key, item);
	return 0;
}

static int parse_map(struct reader *r, struct node *n)
{
	bool more = true;
	r->p++;
	skip_blanks(r);
	if (at(r, '}')) {
		r->p++;
		return 0;
	}
	while (more) {
		TRY(parse_member(r, n));
		TRY(next_item(r, '}', &more));
	}
	return 0;
}

static int parse_scalar(struct reader *r, struct node *n)
{
	if (at(r, '"')) {
		n->kind = NODE_TEXT;
		return parse_string(r, &n->text);
	}
	if (at(r, '-') || (r->p < r->end && *r->p >= '0' && *r->p <= '9')) {
		n->kind = NODE_NUMBER;
		return parse_number(r, &n->text);
	}
	if (word(r, S("true")) || word(r, S("false"))) {
		n->kind = NODE_BOOL;
		n->text = r->p[-2] == 'u' ? S("true") : S("false");
		return 0;
	}
	if (word(r, S("null"))) {
		n->kind = NODE_NULL;
		return 0;
	}
	return bad(r, r->p == r->end ? "the text ends too early" : "expected a value");
}

static int parse_value(struct reader *r, struct node **ret)
{
	struct node *n = ARENA_NEW(r->arena, struct node);
	n->file = "JSON";
	n->line = (uint32_t)r->line;
	n->col = (uint32_t)(r->p - r->line_start) + 1;
	*ret = n;
	if (!at(r, '[') && !at(r, '{'))
		return parse_scalar(r, n);
	if (++r->depth > NODE_DEPTH_MAX)
		return node_fail(r->e, ERR_LIMIT, "JSON", r->line, n->col, "nested deeper than %d",
			NODE_DEPTH_MAX);
	n->kind = at(r, '[') ? NODE_LIST : NODE_MAP;
	TRY(n->kind == NODE_LIST ? parse_list(r, n) : parse_map(r, n));
	r->depth--;
	return 0;
}

int node_parse_json(struct arena *a, str text, struct node **ret, struct node_error *e)
{
	struct node *root;
	if (text.n > SIZE_MAX_JSON)
		return node_fail(e, ERR_LIMIT, "JSON", 1, 1, "larger than 64 MiB");
	if (!utf8_valid(text))
		return node_fail(e, ERR_PARSE, "JSON", 1, 1, "not valid UTF-8, or with NUL");
	char *copy = arena_alloc_raw(a, text.n + 1);
	if (text.n)
		memcpy(copy, text.p, text.n);
	struct reader r = {
		.arena = a, .p = copy, .end = copy + text.n, .line_start = copy, .line = 1, .e = e};
	skip_blanks(&r);
	TRY(parse_value(&r, &root));
	skip_blanks(&r);
	if (r.p != r.end)
		return bad(&r, "something stands behind the end");
	*ret = root;
	return 0;
}
