/* SPDX-License-Identifier: EUPL-1.2 */
/* Reading the shared blocks and their texts; what is wrong in a block itself is said at its own line. */
#include "domain/package_blocks_impl.h"

#include "domain/form_compile_impl.h"
#include "domain/form_keys.h"
#include "domain/package_impl.h"

static str path_of(struct blocks *b, str name)
{
	return str_fmt(b->arena, "%.*s/../blocks/%.*s.yaml", STR_FMT(b->dir), STR_FMT(name));
}

struct node *blocks_text_at(struct blocks *b, str s, const struct node *place)
{
	struct node *n = node_new_text(b->arena, s);

	n->file = place->file;
	n->line = place->line;
	n->col = place->col;
	return n;
}

bool blocks_in_list(const struct node *list, str s)
{
	size_t i;

	for (i = 0; i < node_count(list); i++)
		if (str_eq(node_text(list->item[i]), s))
			return true;
	return false;
}

static void check_fields(struct blocks *b, const struct node *part, struct node *names)
{
	const struct node *list = node_get(part, S("fields"));
	size_t i;

	if (!list || list->kind != NODE_LIST)
		node_error_at(b->f, list ? list : part, S("bad-value"), "a part of a block needs a list 'fields'");
	for (i = 0; i < node_count(list); i++) {
		const struct node *n = list->item[i];
		str id = node_text_at(n, S("id"));

		if (n->kind != NODE_MAP || !id_check(b->f, n, id, ID_WORD, "a field of a block"))
			continue;
		if (node_get(names, id) && !node_get(n, S("with")) && !node_get(n, S("without")))
			node_error_at(b->f, n, S("duplicate-id"), "field '%.*s' is there twice", STR_FMT(id));
		node_set(b->arena, names, id, (struct node *)n);
		if (field_type_find(node_text_at(n, S("type"))) < 0)
			node_error_at(b->f, n, S("bad-value"), "field %.*s: there is no type '%.*s'", STR_FMT(id), STR_FMT(node_text_at(n, S("type"))));
	}
}

static void check_block(struct blocks *b, const struct node *root)
{
	const struct node *parts = node_get(root, S("parts"));
	struct node *names = node_new(b->arena, NODE_MAP);
	size_t i;

	if (!keys_check(b->f, root, "a block", "parts"))
		return;
	if (!node_count(parts) || parts->kind != NODE_LIST)
		node_error_at(b->f, root, S("missing-key"), "a block needs a list 'parts'");
	for (i = 0; i < node_count(parts); i++) {
		const struct node *part = node_at(parts, i);

		if (!keys_check(b->f, part, "a part of a block", "id extra when fields rules") ||
		    !id_check(b->f, part, key_text(b->f, part, "id", "a part of a block"), ID_PAGE, "a part of a block"))
			continue;
		check_fields(b, part, names);
	}
}

const struct node *blocks_get(struct blocks *b, str id, const struct node *at)
{
	const struct node *root = node_get(b->loaded, id);
	size_t errors = b->f->errors;

	if (root)
		return root->kind == NODE_MAP ? root : NULL;
	root = id_check(b->f, at, id, ID_WORD, "a block") ? package_read_yaml(b->arena, path_of(b, id), false, b->f) : NULL;
	if (!root && b->f->errors == errors)
		node_error_at(b->f, at, S("missing-file"), "there is no block '%.*s': services/blocks/%.*s.yaml", STR_FMT(id), STR_FMT(id));
	else if (root)
		check_block(b, root);
	if (!root || b->f->errors > errors)
		root = node_new(b->arena, NODE_NULL);
	node_set(b->arena, b->loaded, id, (struct node *)root);
	return root->kind == NODE_MAP ? root : NULL;
}

void blocks_read_texts(struct blocks *b)
{
	size_t i, k;

	if (b->texts)
		return;
	b->texts = node_new(b->arena, NODE_MAP);
	for (i = 0; i < b->package_texts->n; i++) {
		str lang = b->package_texts->key[i];
		const struct node *root = package_read_yaml(b->arena, path_of(b, str_fmt(b->arena, "texts/%.*s", STR_FMT(lang))), false, b->f);
		struct node *flat = node_new(b->arena, NODE_MAP);

		if (root)
			package_flatten(b->arena, flat, STR_EMPTY, root, b->f);
		node_set(b->arena, b->texts, lang, flat);
	}
	for (i = 0; i < 2; i++) {
		const struct node *mine = node_get(b->texts, i ? S("en") : S("de")), *other = node_get(b->texts, i ? S("de") : S("en"));

		for (k = 0; mine && other && k < mine->n; k++)
			if (!node_get(other, mine->key[k]) && !str_has_prefix(mine->key[k], S("remedy."))) /* decisions stay German */
				node_error_at(b->f, mine->item[k], S("missing-text"), "'%.*s' has no %s text", STR_FMT(mine->key[k]), i ? "German" : "English");
	}
}
