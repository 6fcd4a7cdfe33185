/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A newer version of a schema is imported over a package that its author has worked on. Three sides are compared: what the last import made
 * (base), what is there now (mine), what this import makes (new). Where only one side has changed it wins; where both have, the author's stays
 * and is told. Fields are the same by their place in the schema, pages and steps by what stands on them.
 */
#include "domain/fim_impl.h"

struct merging {
	struct fim_plan *p;
	struct arena *a;
	struct node *mine_field, *base_field, *new_field;	/* MAPs: "fim:PATH" or "id:ID" -> field */
};

static bool same(const struct node *x, const struct node *y)
{
	if (!x || !y)
		return x == y;
	if ((x->kind == NODE_MAP || x->kind == NODE_LIST) != (y->kind == NODE_MAP || y->kind == NODE_LIST) || x->n != y->n)
		return false;
	if (x->kind != NODE_MAP && x->kind != NODE_LIST)
		return str_eq(x->text, y->text);
	for (size_t i = 0; i < x->n; i++)
		if (x->kind == NODE_MAP ? !same(x->item[i], node_get(y, x->key[i])) : !same(x->item[i], y->item[i]))
			return false;
	return true;
}

static void tell(struct merging *m, enum severity s, const char *code, str what)
{
	fim_find(m->p, s, code, m->p->root->x->line, m->p->root->x->id, what);
}

/* Key by key: the result is written into `to`, which holds the new side. */
static void merge_map(struct merging *m, const struct node *base, const struct node *mine, struct node *to, str where, const char *skip)
{
	for (size_t i = 0; i < node_count(mine); i++) {
		str key = mine->key[i];
		const struct node *b = node_get(base, key), *n = node_get(to, key);

		if (skip && str_eq(key, str_c(skip)))
			continue;
		if (same(mine->item[i], b) || same(mine->item[i], n))
			continue;
		if (b && !n) {
			tell(m, FINDING_NOTE, "gone", str_fmt(m->a, "%.*s %.*s", STR_FMT(where), STR_FMT(key)));
			continue;
		}
		tell(m, b && !same(b, n) ? FINDING_WARNING : FINDING_NOTE, b && !same(b, n) ? "conflict" : "kept",
		     str_fmt(m->a, "%.*s %.*s", STR_FMT(where), STR_FMT(key)));
		node_set(m->a, to, key, node_clone(m->a, mine->item[i]));
	}
}

/* What the author took away stays away, unless the schema has changed it. */
static struct node *without_removed(struct merging *m, const struct node *base, const struct node *mine, const struct node *from, const char *const *keys)
{
	struct node *to = node_new(m->a, NODE_MAP);

	for (size_t i = 0; i < from->n; i++) {
		bool removable = false;

		for (size_t k = 0; keys[k]; k++)
			removable |= str_eq(from->key[i], str_c(keys[k]));
		if (removable && !node_get(mine, from->key[i]) && same(node_get(base, from->key[i]), from->item[i]))
			continue;
		node_set(m->a, to, from->key[i], from->item[i]);
	}
	return to;
}

/* ---- fields ---- */

static str key_of(struct merging *m, const struct node *f)
{
	str fim = node_text_at(f, S("fim"));

	return fim.n ? str_fmt(m->a, "fim:%.*s", STR_FMT(fim)) : str_fmt(m->a, "id:%.*s", STR_FMT(node_text_at(f, S("id"))));
}

static void collect(struct merging *m, const struct node *pages, struct node *to)
{
	for (size_t i = 0; i < node_count(pages); i++) {
		const struct node *fields = node_get(pages->item[i], S("fields"));

		collect(m, node_get(pages->item[i], S("pages")), to);
		for (size_t k = 0; k < node_count(fields); k++)
			node_set(m->a, to, key_of(m, fields->item[k]), fields->item[k]);
	}
}

static struct node *fields_of(struct merging *m, const struct node *form)
{
	struct node *map = node_new(m->a, NODE_MAP);
	const struct node *steps = node_get(form, S("steps"));

	for (size_t i = 0; i < node_count(steps); i++)
		collect(m, node_get(steps->item[i], S("pages")), map);
	return map;
}

static void merge_fields(struct merging *m, const struct node *pages)
{
	static const char *const removable[] = { "when", "default", "pattern", "min", "max", "optional", "width", "search", "accept", NULL };

	for (size_t i = 0; i < node_count(pages); i++) {
		const struct node *fields = node_get(pages->item[i], S("fields"));

		merge_fields(m, node_get(pages->item[i], S("pages")));
		for (size_t k = 0; k < node_count(fields); k++) {
			str key = key_of(m, fields->item[k]);
			const struct node *base = node_get(m->base_field, key), *mine = node_get(m->mine_field, key);

			if (!mine)
				continue;
			fields->item[k] = without_removed(m, base, mine, fields->item[k], removable);
			merge_map(m, base, mine, fields->item[k], node_text_at(mine, S("id")), NULL);
		}
	}
}

static void tell_differences(struct merging *m)
{
	for (size_t i = 0; i < m->new_field->n; i++) {
		const struct node *b = node_get(m->base_field, m->new_field->key[i]);

		if (!b)
			tell(m, FINDING_NOTE, "new", m->new_field->key[i]);
		else if (!same(b, m->new_field->item[i]))
			tell(m, FINDING_NOTE, "changed", m->new_field->key[i]);
	}
	for (size_t i = 0; i < m->base_field->n; i++)
		if (!node_get(m->new_field, m->base_field->key[i]))
			tell(m, FINDING_NOTE, "gone", m->base_field->key[i]);
}

/* ---- pages: own conditions, own questions, own rules ---- */

static struct node *page_with(struct merging *m, const struct node *pages, str key)
{
	for (size_t i = 0; i < node_count(pages); i++) {
		const struct node *fields = node_get(pages->item[i], S("fields"));
		struct node *inner = page_with(m, node_get(pages->item[i], S("pages")), key);

		if (inner)
			return inner;
		for (size_t k = 0; k < node_count(fields); k++)
			if (str_eq(key_of(m, fields->item[k]), key))
				return pages->item[i];
	}
	return NULL;
}

static struct node *page_in(struct merging *m, const struct node *form, str key)
{
	const struct node *steps = node_get(form, S("steps"));
	struct node *page = NULL;

	for (size_t i = 0; key.n && !page && i < node_count(steps); i++)
		page = page_with(m, node_get(steps->item[i], S("pages")), key);
	return page;
}

static void own_rules(struct merging *m, const struct node *base, const struct node *mine, struct node *to)
{
	const struct node *rules = node_get(mine, S("rules"));
	struct node *list = (struct node *)node_get(to, S("rules"));

	for (size_t i = 0; i < node_count(rules); i++) {
		const struct node *old = NULL, *known = NULL, *all = node_get(base, S("rules"));
		str id = node_text_at(rules->item[i], S("id"));

		for (size_t k = 0; k < node_count(all); k++)
			if (str_eq(node_text_at(all->item[k], S("id")), id))
				old = all->item[k];
		for (size_t k = 0; k < node_count(list); k++)
			if (str_eq(node_text_at(list->item[k], S("id")), id))
				known = list->item[k];
		if (known) {
			merge_map(m, old, rules->item[i], (struct node *)known, id, NULL);
		} else if (!old || !same(old, rules->item[i])) {
			if (!list)
				node_set(m->a, to, S("rules"), list = node_new(m->a, NODE_LIST));
			node_append(m->a, list, node_clone(m->a, rules->item[i]));
			tell(m, FINDING_NOTE, "kept", id);
		}
	}
}

static void insert_behind(struct merging *m, struct node *page, str before, struct node *field)
{
	struct node *fields = (struct node *)node_get(page, S("fields")), *list = node_new(m->a, NODE_LIST);
	bool put = false;

	for (size_t i = 0; i < node_count(fields); i++) {
		node_append(m->a, list, fields->item[i]);
		if (before.n && str_eq(key_of(m, fields->item[i]), before)) {
			node_append(m->a, list, field);
			put = true;
		}
	}
	if (!put)
		node_append(m->a, list, field);
	node_set(m->a, page, S("fields"), list);
}

/* Own questions go behind the field that they stood behind; pages keep what the author said of them. */
static void own_parts(struct merging *m, const struct node *pages, const struct node *base, struct node *form, str *before)
{
	for (size_t i = 0; i < node_count(pages); i++) {
		const struct node *page = pages->item[i], *fields = node_get(page, S("fields"));
		struct node *to = NULL;
		str first = STR_EMPTY;

		own_parts(m, node_get(page, S("pages")), base, form, before);
		for (size_t k = 0; k < node_count(fields); k++) {
			str key = key_of(m, fields->item[k]);
			bool own = !node_get(m->new_field, key) && !node_get(m->base_field, key);

			if (!own) {
				*before = key;
				first = first.n ? first : key;
				continue;
			}
			to = page_in(m, form, *before);
			if (to)
				insert_behind(m, to, *before, node_clone(m->a, fields->item[k]));
			tell(m, to ? FINDING_NOTE : FINDING_WARNING, to ? "kept" : "gone", key);
			*before = key;
		}
		to = page_in(m, form, first);
		if (!to)
			continue;
		merge_map(m, page_in(m, base, first), page, to, node_text_at(page, S("id")), "fields");
		own_rules(m, page_in(m, base, first), page, to);
	}
}

/* ---- all ---- */

static void merge_tasks(struct merging *m, const struct node *mine, struct node *to)
{
	for (size_t i = 0; i < node_count(to); i++)
		for (size_t k = 0; k < node_count(mine); k++) {
			if (!str_eq(node_text_at(mine->item[k], S("id")), node_text_at(to->item[i], S("id"))) ||
			    !str_eq(node_text_at(mine->item[k], S("text")), node_text_at(to->item[i], S("text"))))
				continue;
			if (node_get(mine->item[k], S("done")))
				node_set(m->a, to->item[i], S("done"), (struct node *)node_get(mine->item[k], S("done")));
			if (node_get(mine->item[k], S("accept")))
				node_set(m->a, to->item[i], S("accept"), (struct node *)node_get(mine->item[k], S("accept")));
		}
}

void fim_merge(struct fim_plan *p, struct fim_package *to)
{
	const struct fim_package *base = p->source->base, *mine = p->source->mine;
	struct merging m = { .p = p, .a = p->arena };
	const struct node *steps = node_get(to->form, S("steps")), *own = node_get(mine->form, S("steps"));
	str before = STR_EMPTY;

	m.base_field = fields_of(&m, base->form);
	m.mine_field = fields_of(&m, mine->form);
	m.new_field = fields_of(&m, to->form);
	tell_differences(&m);
	merge_map(&m, base->service, mine->service, (struct node *)to->service, S("service.yaml"), NULL);
	for (size_t i = 0; i < node_count(steps); i++)
		merge_fields(&m, node_get(steps->item[i], S("pages")));
	for (size_t i = 0; i < node_count(own); i++)
		own_parts(&m, node_get(own->item[i], S("pages")), base->form, (struct node *)to->form, &before);
	merge_map(&m, node_get(base->texts, S("de")), node_get(mine->texts, S("de")), (struct node *)node_get(to->texts, S("de")), S("texts/de.yaml"), NULL);
	merge_tasks(&m, mine->tasks, (struct node *)to->tasks);
}

/* Places keep their ids from one import to the next. */
struct node *fim_ids_of(struct arena *a, const struct node *form)
{
	struct fim_plan p = { .arena = a };
	struct merging m = { .p = &p, .a = a };
	struct node *fields = fields_of(&m, form), *map = node_new(a, NODE_MAP);

	for (size_t i = 0; i < fields->n; i++)
		if (str_has_prefix(fields->key[i], S("fim:")))
			node_set(a, map, str_sub(fields->key[i], 4, fields->key[i].n), (struct node *)node_get(fields->item[i], S("id")));
	return map;
}
