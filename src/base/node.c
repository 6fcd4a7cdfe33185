/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/node_impl.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/*
 * Maps above this size get a hash table: index[0] is its mask, the slots behind hold position + 1,
 * 0 is free.
 */
#define LINEAR_MAX 8

int node_fail(struct node_error *e, int code, const char *file, size_t line, size_t col,
	const char *fmt, ...)
{
	va_list ap;
	e->file = file;
	e->line = (uint32_t)line;
	e->col = (uint32_t)col;
	va_start(ap, fmt);
	vsnprintf(e->text, sizeof e->text, fmt, ap);
	va_end(ap);
	/* a quoted key may have been cut in the middle of a letter */
	size_t n = strlen(e->text);
	if (n == sizeof e->text - 1)
		while (n && (e->text[n - 1] & 0x80))
			e->text[--n] = 0;
	return code;
}

static void index_put(struct node *map, uint32_t position)
{
	uint32_t mask = map->index[0], *slot = map->index + 1;
	uint32_t i = (uint32_t)str_hash(map->key[position]) & mask;
	while (slot[i])
		i = (i + 1) & mask;
	slot[i] = position + 1;
}

static void index_rebuild(struct arena *a, struct node *map)
{
	uint32_t size = 32;
	while (size < map->n * 4)
		size *= 2;
	map->index = ARENA_ARRAY(a, uint32_t, size + 1);
	map->index[0] = size - 1;
	for (size_t i = 0; i < map->n; i++)
		index_put(map, (uint32_t)i);
}

static ptrdiff_t find(const struct node *map, str key)
{
	if (!map->index) {
		for (size_t i = 0; i < map->n; i++)
			if (str_eq(map->key[i], key))
				return (ptrdiff_t)i;
		return -1;
	}
	uint32_t mask = map->index[0], *slot = map->index + 1;
	for (uint32_t i = (uint32_t)str_hash(key) & mask; slot[i]; i = (i + 1) & mask)
		if (str_eq(map->key[slot[i] - 1], key))
			return (ptrdiff_t)slot[i] - 1;
	return -1;
}

/* Room is doubled whenever n is a power of two, so no capacity needs to be kept. */
void node_push(struct arena *a, struct node *n, str key, struct node *item)
{
	if ((n->n & (n->n - 1)) == 0) {
		size_t cap = n->n ? n->n * 2 : 1;
		struct node **items = arena_alloc_raw(a, arena_mul(cap, sizeof *items));
		if (n->n)
			memcpy(items, n->item, n->n * sizeof *items);
		n->item = items;
		if (n->kind == NODE_MAP) {
			str *keys = arena_alloc_raw(a, arena_mul(cap, sizeof *keys));
			if (n->n)
				memcpy(keys, n->key, n->n * sizeof *keys);
			n->key = keys;
		}
	}
	n->item[n->n] = item;
	if (n->kind == NODE_MAP)
		n->key[n->n] = key;
	n->n++;
	if (n->kind != NODE_MAP || n->n <= LINEAR_MAX)
		return;
	if (!n->index || n->n * 2 > n->index[0])
		index_rebuild(a, n);
	else
		index_put(n, (uint32_t)n->n - 1);
}

const struct node *node_get(const struct node *map, str key)
{
	if (!map || map->kind != NODE_MAP)
		return NULL;
	ptrdiff_t i = find(map, key);
	return i < 0 ? NULL : map->item[i];
}

const struct node *node_at(const struct node *list, size_t i)
{
	return list && (list->kind == NODE_LIST || list->kind == NODE_MAP) && i < list->n
		? list->item[i]
		: NULL;
}

size_t node_count(const struct node *n)
{
	return n && (n->kind == NODE_LIST || n->kind == NODE_MAP) ? n->n : 0;
}

str node_text(const struct node *n)
{
	return n && (n->kind == NODE_TEXT || n->kind == NODE_NUMBER || n->kind == NODE_BOOL)
		? n->text
		: STR_EMPTY;
}

str node_text_at(const struct node *map, str key)
{
	return node_text(node_get(map, key));
}

bool node_bool(const struct node *n, bool fallback)
{
	str s = n && n->kind != NODE_NUMBER ? node_text(n) : STR_EMPTY;
	if (str_eq(s, S("true")) || str_eq(s, S("yes")))
		return true;
	if (str_eq(s, S("false")) || str_eq(s, S("no")))
		return false;
	return fallback;
}

int node_i64(const struct node *n, int64_t *ret)
{
	if (!n)
		return ERR_NOTFOUND;
	if (n->kind != NODE_TEXT && n->kind != NODE_NUMBER)
		return ERR_PARSE;
	return str_to_i64(n->text, ret);
}

struct node *node_new(struct arena *a, enum node_kind kind)
{
	struct node *n = ARENA_NEW(a, struct node);
	n->kind = kind;
	n->file = "";
	return n;
}

struct node *node_new_text(struct arena *a, str s)
{
	struct node *n = node_new(a, NODE_TEXT);
	n->text = str_dup(a, s);
	return n;
}

void node_append(struct arena *a, struct node *list, struct node *item)
{
	if (list->kind != NODE_LIST)
		err_die("node_append: not a list");
	node_push(a, list, STR_EMPTY, item);
}

void node_set(struct arena *a, struct node *map, str key, struct node *value)
{
	if (map->kind != NODE_MAP)
		err_die("node_set: not a map");
	ptrdiff_t i = find(map, key);
	if (i >= 0)
		map->item[i] = value;
	else
		node_push(a, map, str_dup(a, key), value);
}

struct node *node_clone(struct arena *a, const struct node *n)
{
	struct node *copy = arena_copy(a, n, sizeof *n);
	copy->file = str_z(a, str_c(n->file));
	copy->text = str_dup(a, n->text);
	copy->item = NULL;
	copy->key = NULL;
	copy->index = NULL;
	copy->n = 0;
	for (size_t i = 0; i < n->n; i++)
		node_push(a, copy, n->kind == NODE_MAP ? str_dup(a, n->key[i]) : STR_EMPTY,
			node_clone(a, n->item[i]));
	return copy;
}

/* Only what JSON demands is escaped, as in RFC 8785. */
static void put_string(struct buf *b, str s)
{
	static const char named[32] = {
		['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};
	size_t from = 0;
	buf_putc(b, '"');
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		buf_put(b, str_sub(s, from, i));
		from = i + 1;
		if (c >= 0x20)
			buf_putn(b, (char[]){'\\', (char)c}, 2);
		else if (named[c])
			buf_putn(b, (char[]){'\\', named[c]}, 2);
		else
			buf_fmt(b, "\\u%04x", c);
	}
	buf_put(b, str_sub(s, from, s.n));
	buf_putc(b, '"');
}

static int by_key(const void *a, const void *b, void *map)
{
	const str *key = ((const struct node *)map)->key;
	return str_cmp(key[*(const uint32_t *)a], key[*(const uint32_t *)b]);
}

static void put_map(struct buf *b, const struct node *n)
{
	uint32_t room[32], *order = n->n <= 32 ? room : ARENA_ARRAY(b->arena, uint32_t, n->n);
	for (size_t i = 0; i < n->n; i++)
		order[i] = (uint32_t)i;
	if (n->n > 1)
		qsort_r(order, n->n, sizeof *order, by_key, (void *)(uintptr_t)n);
	buf_putc(b, '{');
	for (size_t i = 0; i < n->n; i++) {
		if (i)
			buf_putc(b, ',');
		put_string(b, n->key[order[i]]);
		buf_putc(b, ':');
		node_write_canonical(b, n->item[order[i]]);
	}
	buf_putc(b, '}');
}

void node_write_canonical(struct buf *b, const struct node *n)
{
	switch (n->kind) {
	case NODE_NULL: buf_put(b, S("null")); break;
	case NODE_TEXT: put_string(b, n->text); break;
	case NODE_NUMBER:
	case NODE_BOOL: buf_put(b, n->text); break;
	case NODE_LIST:
		buf_putc(b, '[');
		for (size_t i = 0; i < n->n; i++) {
			if (i)
				buf_putc(b, ',');
			node_write_canonical(b, n->item[i]);
		}
		buf_putc(b, ']');
		break;
	case NODE_MAP: put_map(b, n); break;
	}
}
