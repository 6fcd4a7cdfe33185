/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * form.yaml -> struct form, in two passes: first the shape (steps, pages, fields, groups, rules; this file), so that all names are known;
 * then the expressions (form_compile_exprs.c). Every expression may read only what was asked before it: so conditions cannot run in circles.
 */
#include "domain/form_compile_impl.h"

#include <stdio.h>

#include "domain/form_keys.h"

#define COMMON_KEYS "id type optional when width autocomplete default"

static const struct {
	const char *keys;	/* of its own */
	int32_t max, longest;	/* characters: when not said, at most */
} type_of[] = {
	[FIELD_TEXT] = { "min max", 200, 1000 },
	[FIELD_NAME] = { "min max", 100, 500 },
	[FIELD_LONGTEXT] = { "min max", 2000, 20000 },
	[FIELD_INTEGER] = { "min max", 0, 0 },
	[FIELD_DECIMAL] = { "min max scale", 0, 0 },
	[FIELD_MONEY] = { "min max", 0, 0 },
	[FIELD_DATE] = { "min max", 0, 0 },
	[FIELD_MONTH] = { "min max", 0, 0 },
	[FIELD_TIME] = { "", 0, 0 },
	[FIELD_BOOL] = { "", 0, 0 },
	[FIELD_CHOICE] = { "options list search", 0, 0 },
	[FIELD_SEVERAL] = { "options list min max", 0, 0 },
	[FIELD_POSTCODE] = { "", 0, 0 },
	[FIELD_EMAIL] = { "", 0, 0 },
	[FIELD_PHONE] = { "", 0, 0 },
	[FIELD_IBAN] = { "", 0, 0 },
	[FIELD_TAXID] = { "", 0, 0 },
	[FIELD_PLATE] = { "", 0, 0 },
	[FIELD_COUNTRY] = { "options list search", 0, 0 },
	[FIELD_FILE] = { "max_files min_files max_mb accept", 0, 0 },
	[FIELD_CONSENT] = { "", 0, 0 },
	[FIELD_INFO] = { "", 0, 0 },
	[FIELD_CALC] = { "value scale", 0, 0 },
};

static const char type_words[] =
#define FIELD_TYPE(ID, name, has_input) #name " "
#include "domain/field_types.def"
#undef FIELD_TYPE
	;

int field_type_find(str name)
{
	static const str names[] = {
#define FIELD_TYPE(ID, name, has_input) STR_INIT(#name),
#include "domain/field_types.def"
#undef FIELD_TYPE
	};
	int i;

	for (i = 0; i < FIELD_TYPE_COUNT; i++)
		if (str_eq(names[i], name))
			return i;
	return -1;
}

static bool text_type(enum field_type t)
{
	return t == FIELD_TEXT || t == FIELD_NAME || t == FIELD_LONGTEXT;
}

/* ---- first pass: shape ---- */

static const struct node *list_of(struct compiler *c, const struct node *map, const char *key, const char *what)
{
	const struct node *n = node_get(map, str_c(key));

	if (n && n->kind == NODE_LIST)
		return n;
	if (n || what)
		node_error_at(c->f, n ? n : map, S("bad-value"), "%s needs a list '%s'", what ? what : "this", key);
	return NULL;
}

static void count_all(struct compiler *c, const struct node *steps, size_t *pages, size_t *fields, size_t *rules, size_t *groups)
{
	size_t i, k;

	for (i = 0; i < node_count(steps); i++) {
		const struct node *list = node_get(steps->item[i], S("pages"));

		if (node_get(steps->item[i], S("repeat"))) {
			++*groups;
			++*pages;
		}
		for (k = 0; k < node_count(list); k++) {
			++*pages;
			*fields += node_count(node_get(node_at(list, k), S("fields")));
			*rules += node_count(node_get(node_at(list, k), S("rules")));
		}
	}
}

static str key_of(struct arena *a, str id)
{
	return str_replace(a, id, S("."), S("-"));
}

static void read_options(struct compiler *c, struct field *x, const struct node *n)
{
	const struct node *list = node_get(n, S("options"));
	struct option *o;
	size_t i, k;

	x->list = node_text_at(n, S("list"));
	if (x->type == FIELD_COUNTRY && !x->list.n)
		x->list = S("countries");
	if (!list || list->kind != NODE_LIST || list->n == 0) {
		node_error_at(c->f, list ? list : n, S("missing-key"), x->list.n ? "the list '%.*s' is not known" : "field %.*s needs options",
			      STR_FMT(x->list.n ? x->list : x->id));
		return;
	}
	if (list->n > FORM_MAX_OPTIONS) {
		node_error_at(c->f, list, S("limit"), "more than %d options", FORM_MAX_OPTIONS);
		return;
	}
	o = ARENA_ARRAY(c->arena, struct option, list->n);
	for (i = 0; i < list->n; i++) {
		const struct node *one = list->item[i];

		if (one->kind == NODE_MAP)
			keys_check(c->f, one, "an option", "id when");
		o[i].id = one->kind == NODE_MAP ? node_text_at(one, S("id")) : node_text(one);
		id_check(c->f, one, o[i].id, ID_OPTION, "an option");
		for (k = 0; k < i && list->n <= 300; k++)
			if (str_eq(o[k].id, o[i].id))
				node_error_at(c->f, one, S("duplicate-id"), "option '%.*s' is there twice", STR_FMT(o[i].id));
	}
	x->option = o;
	x->options = list->n;
	x->select = list->n > 7;
}

static void read_accept(struct compiler *c, struct field *x, const struct node *n)
{
	const struct node *list = node_get(n, S("accept"));
	size_t i;

	x->accept = ACCEPT_PDF | ACCEPT_JPEG | ACCEPT_PNG;
	if (!list)
		return;
	x->accept = 0;
	for (i = 0; i < node_count(list); i++) {
		str s = node_text(list->item[i]);

		if (str_eq(s, S("pdf")))
			x->accept |= ACCEPT_PDF;
		else if (str_eq(s, S("jpeg")))
			x->accept |= ACCEPT_JPEG;
		else if (str_eq(s, S("png")))
			x->accept |= ACCEPT_PNG;
		else
			node_error_at(c->f, list->item[i], S("bad-value"), "'accept' knows pdf, jpeg, png; not '%.*s'", STR_FMT(s));
	}
	if (!x->accept)
		node_error_at(c->f, list, S("bad-value"), "'accept' allows no file at all");
}

static void read_limits(struct compiler *c, struct field *x, const struct node *n)
{
	if (text_type(x->type)) {
		x->min_length = key_int(c->f, n, "min", 0, 0, type_of[x->type].longest);
		x->max_length = key_int(c->f, n, "max", type_of[x->type].max, 1, type_of[x->type].longest);
		if (x->min_length > x->max_length)
			node_error_at(c->f, n, S("bad-value"), "'min' is above 'max': nothing could be typed");
	}
	if (x->type == FIELD_SEVERAL) {
		x->least = key_int(c->f, n, "min", 0, 0, (int32_t)x->options);
		x->most = key_int(c->f, n, "max", 0, 1, (int32_t)x->options);
	}
	if (x->type == FIELD_FILE) {
		x->least = key_int(c->f, n, "min_files", 1, 1, 50);
		x->most = key_int(c->f, n, "max_files", x->least, 1, 50);
		x->max_bytes = (int64_t)key_int(c->f, n, "max_mb", 10, 1, 1024) * 1024 * 1024;
		read_accept(c, x, n);
	}
	if ((x->type == FIELD_SEVERAL || x->type == FIELD_FILE) && x->most && x->least > x->most)
		node_error_at(c->f, n, S("bad-value"), "the least number is above the greatest");
}

static bool read_field(struct compiler *c, struct field *x, const struct node *n)
{
	char known[200];
	int type, width;

	if (!n || n->kind != NODE_MAP) {
		node_error_at(c->f, n, S("bad-value"), "a field must be a map of keys");
		return false;
	}
	x->id = key_text(c->f, n, "id", "a field");
	if (!id_check(c->f, n, x->id, ID_FIELD, "a field"))
		return false;
	x->key = key_of(c->arena, x->id);
	type = field_type_find(node_text_at(n, S("type")));
	if (type < 0) {
		node_error_at(c->f, n, S("bad-value"), "field %.*s: type '%.*s' is not one of: %s", STR_FMT(x->id),
			      STR_FMT(node_text_at(n, S("type"))), type_words);
		return false;
	}
	x->type = (enum field_type)type;
	snprintf(known, sizeof known, "%s %s", COMMON_KEYS, type_of[type].keys);
	keys_check(c->f, n, "a field of this type", known);
	x->optional = key_bool(c->f, n, "optional", false) || x->type == FIELD_INFO || x->type == FIELD_CALC;
	width = key_int(c->f, n, "width", 0, 0, 20);
	if (width != 0 && width != 5 && width != 10 && width != 20)
		node_error_at(c->f, node_get(n, S("width")), S("bad-value"), "'width' is 5, 10 or 20");
	x->width = (uint8_t)width;
	x->autocomplete = node_text_at(n, S("autocomplete"));
	x->search = key_bool(c->f, n, "search", false);
	x->scale = (uint8_t)key_int(c->f, n, "scale", x->type == FIELD_INTEGER ? 0 : 2, 0, 6);
	if (x->type == FIELD_CHOICE || x->type == FIELD_SEVERAL || x->type == FIELD_COUNTRY)
		read_options(c, x, n);
	read_limits(c, x, n);
	return true;
}

static void same_ids(struct compiler *c, const struct node *n, str id)
{
	size_t i;

	for (i = 0; i < c->form->fields; i++)
		if (str_eq(c->field[i].id, id))
			node_error_at(c->f, n, S("duplicate-id"), "field '%.*s' is there twice", STR_FMT(id));
}

static void read_page_fields(struct compiler *c, struct page *p, const struct node *n)
{
	const struct node *list = list_of(c, n, "fields", "a page");
	uint16_t *index = ARENA_ARRAY(c->arena, uint16_t, node_count(list) + 1);
	size_t i;

	p->field = index;
	for (i = 0; i < node_count(list); i++) {
		struct field *x = &c->field[c->form->fields];

		*x = (struct field){ .index = (uint16_t)c->form->fields, .page = p->index, .group = p->group };
		if (!read_field(c, x, list->item[i]))
			continue;
		same_ids(c, list->item[i], x->id);
		if (x->group >= 0 && !(str_has_prefix(x->id, c->group[x->group].id) && x->id.n > c->group[x->group].id.n + 1 &&
				       x->id.p[c->group[x->group].id.n] == '.'))
			node_error_at(c->f, list->item[i], S("bad-id"), "field '%.*s' of a repeated step must begin with '%.*s.'",
				      STR_FMT(x->id), STR_FMT(c->group[x->group].id));
		c->field_node[c->form->fields++] = list->item[i];
		index[p->fields++] = x->index;
	}
	if (!p->fields)
		node_error_at(c->f, n, S("missing-key"), "page '%.*s' has no field", STR_FMT(p->id));
}

static void read_page_rules(struct compiler *c, struct page *p, const struct node *n)
{
	const struct node *list = list_of(c, n, "rules", NULL);
	uint16_t *index = ARENA_ARRAY(c->arena, uint16_t, node_count(list) + 1);
	size_t i, k;

	p->rule = index;
	for (i = 0; i < node_count(list); i++) {
		struct rule *r = &c->rule[c->form->rules];

		*r = (struct rule){ .at = -1, .page = p->index };
		if (!keys_check(c->f, list->item[i], "a rule", "id must at"))
			continue;
		r->id = key_text(c->f, list->item[i], "id", "a rule");
		if (!id_check(c->f, list->item[i], r->id, ID_WORD, "a rule"))
			continue;
		for (k = 0; k < c->form->rules; k++)
			if (str_eq(c->rule[k].id, r->id))
				node_error_at(c->f, list->item[i], S("duplicate-id"), "rule '%.*s' is there twice", STR_FMT(r->id));
		c->rule_node[c->form->rules] = list->item[i];
		index[p->rules++] = (uint16_t)c->form->rules++;
	}
}

static struct page *new_page(struct compiler *c, const struct node *n, uint16_t step, int16_t group, str id)
{
	struct page *p = &c->page[c->form->pages];
	size_t i;

	for (i = 0; i < c->form->pages; i++)
		if (str_eq(c->page[i].id, id))
			node_error_at(c->f, n, S("duplicate-id"), "page '%.*s' is there twice", STR_FMT(id));
	*p = (struct page){ .index = (uint16_t)c->form->pages, .step = step, .group = group, .id = id };
	c->page_node[c->form->pages++] = n;
	return p;
}

static int16_t read_group(struct compiler *c, const struct node *n, uint16_t step)
{
	struct group *g = &c->group[c->form->groups];
	size_t i;

	if (!n)
		return -1;
	*g = (struct group){ .step = step };
	if (!keys_check(c->f, n, "repeat", "group min max summary"))
		return -1;
	g->id = key_text(c->f, n, "group", "repeat");
	if (!id_check(c->f, n, g->id, ID_WORD, "a group"))
		return -1;
	for (i = 0; i < c->form->groups; i++)
		if (str_eq(c->group[i].id, g->id))
			node_error_at(c->f, n, S("duplicate-id"), "group '%.*s' is there twice", STR_FMT(g->id));
	g->min = key_int(c->f, n, "min", 1, 0, FORM_MAX_ROWS);
	g->max = key_int(c->f, n, "max", 10, 1, FORM_MAX_ROWS);
	if (g->min > g->max)
		node_error_at(c->f, n, S("bad-value"), "'min' is above 'max'");
	c->group_node[c->form->groups] = n;
	return (int16_t)c->form->groups++;
}

static void read_step(struct compiler *c, const struct node *n)
{
	uint16_t index = (uint16_t)c->form->steps;
	struct step *s = &c->step[index];
	const struct node *list;
	int16_t group;
	size_t i;

	if (!keys_check(c->f, n, "a step", "id when repeat pages"))
		return;
	*s = (struct step){ .id = key_text(c->f, n, "id", "a step"), .first_page = (uint16_t)c->form->pages };
	id_check(c->f, n, s->id, ID_PAGE, "a step");
	for (i = 0; i < index; i++)
		if (str_eq(c->step[i].id, s->id))
			node_error_at(c->f, n, S("duplicate-id"), "step '%.*s' is there twice", STR_FMT(s->id));
	c->step_node[c->form->steps++] = n;
	group = read_group(c, node_get(n, S("repeat")), index);
	list = list_of(c, n, "pages", "a step");
	for (i = 0; i < node_count(list); i++) {
		const struct node *one = list->item[i];
		struct page *p;

		if (!keys_check(c->f, one, "a page", "id when fields rules"))
			continue;
		p = new_page(c, one, index, group, key_text(c->f, one, "id", "a page"));
		if (id_check(c->f, one, p->id, ID_PAGE, "a page") && str_eq(p->id, S("pruefen")))
			node_error_at(c->f, one, S("bad-id"), "the page id '%.*s' is taken by the program", STR_FMT(p->id));
		read_page_fields(c, p, one);
		read_page_rules(c, p, one);
	}
	if (group >= 0) {
		struct page *p = new_page(c, n, index, -1, str_fmt(c->arena, "%.*s-list", STR_FMT(c->group[group].id)));

		p->group_list = true;
		p->group = group;
		c->group[group].list_page = p->index;
	}
	s->pages = (uint16_t)(c->form->pages - s->first_page);
	if (!s->pages)
		node_error_at(c->f, n, S("missing-key"), "step '%.*s' has no page", STR_FMT(s->id));
}

static void read_summaries(struct compiler *c)
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

bool compile_shape(struct compiler *c, const struct node *form)
{
	const struct node *steps;
	size_t pages = 0, fields = 0, rules = 0, groups = 0, n, i;

	if (!keys_check(c->f, form, "form.yaml", "steps"))
		return false;
	steps = list_of(c, form, "steps", "form.yaml");
	n = node_count(steps);
	if (!n) {
		node_error_at(c->f, form, S("missing-key"), "form.yaml has no step");
		return false;
	}
	count_all(c, steps, &pages, &fields, &rules, &groups);
	if (pages > FORM_MAX_PAGES || fields > FORM_MAX_FIELDS || rules > FORM_MAX_FIELDS || groups > FORM_MAX_GROUPS || n > 100) {
		node_error_at(c->f, form, S("limit"), "too large: at most %d pages, %d fields, %d groups, 100 steps", FORM_MAX_PAGES,
			      FORM_MAX_FIELDS, FORM_MAX_GROUPS);
		return false;
	}
	c->form->step = c->step = ARENA_ARRAY(c->arena, struct step, n);
	c->form->page = c->page = ARENA_ARRAY(c->arena, struct page, pages);
	c->form->field = c->field = ARENA_ARRAY(c->arena, struct field, fields);
	c->form->rule = c->rule = ARENA_ARRAY(c->arena, struct rule, rules);
	c->form->group = c->group = ARENA_ARRAY(c->arena, struct group, groups);
	c->step_node = ARENA_ARRAY(c->arena, const struct node *, n);
	c->page_node = ARENA_ARRAY(c->arena, const struct node *, pages);
	c->field_node = ARENA_ARRAY(c->arena, const struct node *, fields);
	c->rule_node = ARENA_ARRAY(c->arena, const struct node *, rules);
	c->group_node = ARENA_ARRAY(c->arena, const struct node *, groups);
	for (i = 0; i < n; i++)
		read_step(c, steps->item[i]);
	form_index(c->arena, c->form);
	if (c->form->priv->slots > FORM_MAX_VALUES) {
		node_error_at(c->f, form, S("limit"), "too large: fields times rows of their groups are more than %d", FORM_MAX_VALUES);
		return false;
	}
	read_summaries(c);
	return true;
}
