/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/node_impl.h"

#include <yaml.h>

#include "base/utf8.h"

#define SIZE_MAX_YAML ((size_t)8 << 20)

struct reader {
	struct arena *arena;
	yaml_parser_t parser;
	yaml_event_t event;
	bool has_event;
	const char *file;
	unsigned depth;
	struct node_error *e;
};

static int bad(struct reader *r, const char *what)
{
	yaml_mark_t m = r->event.start_mark;
	return node_fail(r->e, ERR_PARSE, r->file, m.line + 1, m.column + 1, "%s", what);
}

static int library_error(struct reader *r)
{
	const yaml_parser_t *p = &r->parser;
	if (p->error == YAML_MEMORY_ERROR)
		err_die("out of memory");
	yaml_mark_t m = p->problem_mark;
	return node_fail(r->e, ERR_PARSE, r->file, m.line + 1, m.column + 1, "%s%s%s",
		p->context ? p->context : "", p->context ? ": " : "",
		p->problem ? p->problem : "malformed YAML");
}

static int next(struct reader *r)
{
	if (r->has_event)
		yaml_event_delete(&r->event);
	r->has_event = false;
	if (!yaml_parser_parse(&r->parser, &r->event))
		return library_error(r);
	r->has_event = true;
	return 0;
}

static int check_properties(struct reader *r, const yaml_char_t *anchor, const yaml_char_t *tag)
{
	if (anchor)
		return bad(r, "anchors (&) are not allowed: write it out");
	if (tag)
		return bad(r, "tags (!) are not allowed: types come from the schema");
	return 0;
}

static int scalar(struct reader *r, str *ret)
{
	str s = {(const char *)r->event.data.scalar.value, r->event.data.scalar.length};
	TRY(check_properties(r, r->event.data.scalar.anchor, r->event.data.scalar.tag));
	/* an escape can write what the text as such must not contain */
	if (!utf8_valid(s))
		return bad(r, "NUL inside a text");
	*ret = str_dup(r->arena, s);
	return 0;
}

static int parse_node(struct reader *r, struct node **ret);

static int parse_list(struct reader *r, struct node *n)
{
	TRY(check_properties(
		r, r->event.data.sequence_start.anchor, r->event.data.sequence_start.tag));
	n->kind = NODE_LIST;
	for (;;) {
		struct node *item;
		TRY(next(r));
		if (r->event.type == YAML_SEQUENCE_END_EVENT)
			return 0;
		TRY(parse_node(r, &item));
		node_push(r->arena, n, STR_EMPTY, item);
	}
}

static int parse_map(struct reader *r, struct node *n)
{
	TRY(check_properties(
		r, r->event.data.mapping_start.anchor, r->event.data.mapping_start.tag));
	n->kind = NODE_MAP;
	for (;;) {
		struct node *item;
		str key;
		TRY(next(r));
		if (r->event.type == YAML_MAPPING_END_EVENT)
			return 0;
		if (r->event.type != YAML_SCALAR_EVENT)
			return bad(r, "a key must be a plain text");
		TRY(scalar(r, &key));
		if (key.n == 0)
			return bad(r, "a key must not be empty");
		const struct node *twin = node_get(n, key);
		if (twin)
			return node_fail(r->e, ERR_PARSE, r->file, r->event.start_mark.line + 1,
				r->event.start_mark.column + 1,
				"key \"%.*s\" stands here twice, first in line %u",
				STR_FMT(str_sub(key, 0, 80)), twin->line);
		TRY(next(r));
		TRY(parse_node(r, &item));
		node_push(r->arena, n, key, item);
	}
}

static int parse_children(struct reader *r, struct node *n)
{
	if (++r->depth > NODE_DEPTH_MAX)
		return node_fail(r->e, ERR_LIMIT, r->file, n->line, n->col, "nested deeper than %d",
			NODE_DEPTH_MAX);
	TRY(r->event.type == YAML_SEQUENCE_START_EVENT ? parse_list(r, n) : parse_map(r, n));
	r->depth--;
	return 0;
}

/* The current event begins the node; afterwards it is the one that ends it. */
static int parse_node(struct reader *r, struct node **ret)
{
	struct node *n = node_new(r->arena, NODE_TEXT);
	n->file = r->file;
	n->line = (uint32_t)r->event.start_mark.line + 1;
	n->col = (uint32_t)r->event.start_mark.column + 1;
	*ret = n;
	switch (r->event.type) {
	case YAML_SCALAR_EVENT:
		if (r->event.data.scalar.length == 0 &&
			r->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE)
			n->kind = NODE_NULL;
		return scalar(r, &n->text);
	case YAML_SEQUENCE_START_EVENT:
	case YAML_MAPPING_START_EVENT: return parse_children(r, n);
	case YAML_ALIAS_EVENT: return bad(r, "aliases (*) are not allowed: write it out");
	default: return bad(r, "expected a value");
	}
}

static int parse_stream(struct reader *r, struct node **ret)
{
	struct node *root;
	TRY(next(r)); /* the stream */
	TRY(next(r)); /* the document */
	if (r->event.type != YAML_DOCUMENT_START_EVENT)
		return bad(r, "the file is empty");
	if (r->event.data.document_start.version_directive ||
		r->event.data.document_start.tag_directives.start !=
			r->event.data.document_start.tag_directives.end)
		return bad(r, "directives (%) are not allowed");
	TRY(next(r));
	TRY(parse_node(r, &root));
	TRY(next(r)); /* its end */
	TRY(next(r));
	if (r->event.type != YAML_STREAM_END_EVENT)
		return bad(r, "only one document a file");
	*ret = root;
	return 0;
}

int node_parse_yaml(struct arena *a, str file, str text, struct node **ret, struct node_error *e)
{
	struct reader r = {.arena = a, .file = str_z(a, file), .e = e};
	if (text.n > SIZE_MAX_YAML)
		return node_fail(e, ERR_LIMIT, r.file, 1, 1, "larger than 8 MiB");
	if (!utf8_valid(text))
		return node_fail(e, ERR_PARSE, r.file, 1, 1, "not valid UTF-8, or with NUL");
	if (!yaml_parser_initialize(&r.parser))
		err_die("out of memory");
	yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(
		&r.parser, (const unsigned char *)(text.p ? text.p : ""), text.n);
	int rc = parse_stream(&r, ret);
	if (r.has_event)
		yaml_event_delete(&r.event);
	yaml_parser_delete(&r.parser);
	return rc;
}
