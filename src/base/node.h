/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * One tree for YAML files and JSON texts. Read-only after parsing; all memory in the arena; every
 * node knows file, line and column. Scalars from YAML are always text: types come from our schema,
 * never from how a scalar looks (NO, 01067).
 *
 *	struct node *root;
 *	struct node_error e;
 *	TRY(node_parse_yaml(a, S("service.yaml"), text, &root, &e));
 *	str id = node_text(node_get(root, S("id")));
 */
#pragma once
#include "base/buf.h"

enum node_kind { NODE_NULL, NODE_TEXT, NODE_NUMBER, NODE_BOOL, NODE_LIST, NODE_MAP };

struct node {
	enum node_kind kind;
	uint32_t line, col;
	const char *file;
	str text;		/* TEXT; NUMBER (literal as written); BOOL "true"/"false" */
	struct node **item;	/* LIST, MAP: values */
	str *key;		/* MAP: same order as item */
	size_t n;
	uint32_t *index;	/* MAP: lookup table, private */
};
struct node_error {
	const char *file;
	uint32_t line, col;
	char text[200];		/* English, for operators and authors */
};

/*
 * Strict YAML subset: no anchors, aliases, tags, directives, duplicate or compound keys, multiple
 * documents; UTF-8 without NUL; depth <= 64; size <= 8 MiB. A value that is not there ("key:") is
 * NODE_NULL, every other scalar is TEXT. ERR_PARSE, ERR_LIMIT.
 */
MUST_USE int node_parse_yaml(struct arena *a, str file, str text, struct node **ret, struct node_error *e);
/*
 * Strict RFC 8259, no duplicate keys, no \u0000, no lone surrogates, depth <= 64, size <= 64 MiB.
 * col counts bytes. ERR_PARSE, ERR_LIMIT.
 */
MUST_USE int node_parse_json(struct arena *a, str text, struct node **ret, struct node_error *e);

/* All accept NULL and nodes of another kind: then NULL, empty, false, fallback. */
const struct node *node_get(const struct node *map, str key);
const struct node *node_at(const struct node *list, size_t i);
size_t node_count(const struct node *n);
str node_text(const struct node *n);
str node_text_at(const struct node *map, str key);
bool node_bool(const struct node *n, bool fallback);	/* "true"/"yes"/"false"/"no" in YAML text */
MUST_USE int node_i64(const struct node *n, int64_t *ret);	/* TEXT or NUMBER; ERR_NOTFOUND for NULL, ERR_PARSE, ERR_OVERFLOW */

/* Building, for merged definitions and tests. */
struct node *node_new(struct arena *a, enum node_kind kind);
struct node *node_new_text(struct arena *a, str s);
void node_append(struct arena *a, struct node *list, struct node *item);
void node_set(struct arena *a, struct node *map, str key, struct node *value);	/* replaces */
struct node *node_clone(struct arena *a, const struct node *n);
/*
 * Canonical JSON: keys sorted bytewise, no blanks; scalars of YAML as strings. The content hash is
 * taken over this.
 */
void node_write_canonical(struct buf *b, const struct node *n);
