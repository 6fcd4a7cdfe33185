/* SPDX-License-Identifier: EUPL-1.2 */
/* The shape of steps: pages in their order, blocks of pages that are repeated, inside one another. */
#include "domain/form_compile_impl.h"
#include "domain/form_keys.h"

/* of: a step, or a block of pages that are repeated */
void compile_count(const struct node *of, struct compile_counts *n, int depth)
{
	const struct node *list = node_get(of, S("pages"));
	size_t i;

	if (node_get(of, S("repeat"))) {
		n->groups++;
		n->pages++;
	}
	for (i = 0; i < node_count(list) && depth <= FORM_MAX_DEPTH; i++) {
		const struct node *one = node_at(list, i);

		if (node_get(one, S("repeat"))) {
			compile_count(one, n, depth + 1);
			continue;
		}
		n->pages++;
		n->fields += node_count(node_get(one, S("fields")));
		n->rules += node_count(node_get(one, S("rules")));
	}
}

/* Rows are numbered through all outer rows: there must be numbers enough. */
static void check_numbers(struct compiler *c, const struct node *n, const struct group *g)
{
	uint64_t rows = (uint64_t)g->max;
	int16_t up;
	int depth = 1;

	for (up = g->parent; up >= 0; up = c->group[up].parent, depth++)
		rows *= (uint64_t)c->group[up].max;
	if (rows > FORM_MAX_NUMBER || depth > FORM_MAX_DEPTH)
		node_error_at(c->f, n, S("limit"), "group '%.*s': at most %d groups inside one another, whose 'max' multiplied are at most %d",
			      STR_FMT(g->id), FORM_MAX_DEPTH, FORM_MAX_NUMBER);
}

static int16_t read_group(struct compiler *c, const struct node *n, uint16_t step, int16_t parent)
{
	struct group *g = &c->group[c->form->groups];

	if (!n)
		return -1;
	*g = (struct group){ .step = step, .parent = parent, .first_page = (uint16_t)c->form->pages };
	if (!keys_check(c->f, n, "repeat", "group min max summary"))
		return -1;
	g->id = key_text(c->f, n, "group", "repeat");
	if (!id_check(c->f, n, g->id, parent < 0 ? ID_WORD : ID_FIELD, "a group"))
		return -1;
	if (parent >= 0 && !compile_within(g->id, c->group[parent].id))
		node_error_at(c->f, n, S("bad-id"), "group '%.*s' inside the group '%.*s' must begin with '%.*s.'", STR_FMT(g->id),
			      STR_FMT(c->group[parent].id), STR_FMT(c->group[parent].id));
	compile_once(c, &c->group_ids, n, "group", g->id);
	g->min = key_int(c->f, n, "min", 1, 0, FORM_MAX_ROWS);
	g->max = key_int(c->f, n, "max", 10, 1, FORM_MAX_ROWS);
	if (g->min > g->max)
		node_error_at(c->f, n, S("bad-value"), "'min' is above 'max'");
	check_numbers(c, n, g);
	c->group_node[c->form->groups] = n;
	return (int16_t)c->form->groups++;
}

static void read_page(struct compiler *c, const struct node *n, uint16_t step, int16_t group)
{
	struct page *p;

	if (!keys_check(c->f, n, "a page", "id when fields rules"))
		return;
	p = compile_page(c, n, step, group, key_text(c->f, n, "id", "a page"));
	if (id_check(c->f, n, p->id, ID_PAGE, "a page") && str_eq(p->id, S("pruefen")))
		node_error_at(c->f, n, S("bad-id"), "the page id '%.*s' is taken by the program", STR_FMT(p->id));
	compile_fields(c, p, n);
	compile_rules(c, p, n);
}

/* of: a step, or a block of pages that are repeated inside one. */
void compile_pages(struct compiler *c, const struct node *of, uint16_t step, int16_t parent, int depth)
{
	const struct node *repeat = node_get(of, S("repeat")), *list;
	int16_t group = read_group(c, repeat, step, parent);
	size_t before = c->form->pages, i;

	if ((repeat && group < 0) || depth > FORM_MAX_DEPTH)
		return;
	list = compile_list(c, of, "pages", repeat ? "a group" : "a step");
	for (i = 0; i < node_count(list); i++) {
		const struct node *one = list->item[i];

		if (!node_get(one, S("repeat")))
			read_page(c, one, step, group);
		else if (keys_check(c->f, one, "a block of repeated pages", "repeat when pages"))
			compile_pages(c, one, step, group, depth + 1);
	}
	if (c->form->pages == before)
		node_error_at(c->f, of, S("missing-key"), "there is no page in it");
	if (group >= 0) {
		struct page *p = compile_page(c, of, step, group, str_fmt(c->arena, "%.*s-list", STR_FMT(compile_key(c->arena, c->group[group].id))));

		p->group_list = true;
		p->per = parent;
		c->group[group].list_page = p->index;
	}
}

void compile_summaries(struct compiler *c)
{
	size_t i, k;

	for (i = 0; i < c->form->groups; i++) {
		struct group *g = &c->group[i];
		const str *ids;
		size_t n = key_texts(c->arena, c->f, c->group_node[i], "summary", &ids);
		uint16_t *v = ARENA_ARRAY(c->arena, uint16_t, n + 1);

		g->summary = v;
		for (k = 0; k < n; k++) {
			const struct field *x = form_field(c->form, ids[k]);

			if (!x || x->group != (int16_t)i)
				node_error_at(c->f, c->group_node[i], S("bad-value"), "summary: '%.*s' is no field of this group",
					      STR_FMT(ids[k]));
			else
				v[g->summaries++] = x->index;
		}
	}
}
