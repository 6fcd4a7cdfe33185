/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * form.yaml -> struct form, in two passes: first the shape (steps, pages, fields, groups, rules; this file), so that all names are known;
 * then the expressions (form_compile_exprs.c). Every expression may read only what was asked before it: so conditions cannot run in circles.
 */
#include "domain/form_compile_impl.h"

#include <stdio.h>

#include "base/pattern.h"
#include "domain/form_keys.h"

#define COMMON_KEYS "id type optional when width autocomplete default many required forbidden validation fim locked same_as same_if"

static const struct {
	const char *keys;	/* of its own */
	int32_t max, longest;	/* characters: when not said, at most */
} type_of[] = {
	[FIELD_TEXT] = { "min max pattern", 200, 1000 },
	[FIELD_NAME] = { "min max pattern none", 100, 500 },
	[FIELD_LONGTEXT] = { "min max pattern", 2000, 20000 },
	[FIELD_INTEGER] = { "min max", 0, 0 },
	[FIELD_DECIMAL] = { "min max scale", 0, 0 },
	[FIELD_MONEY] = { "min max", 0, 0 },
	[FIELD_DATE] = { "min max", 0, 0 },
	[FIELD_MONTH] = { "min max", 0, 0 },
	[FIELD_TIME] = { "", 0, 0 },
	[FIELD_DATETIME] = { "min max", 0, 0 },
	[FIELD_BOOL] = { "", 0, 0 },
	[FIELD_CHOICE] = { "options list search", 0, 0 },
	[FIELD_SEVERAL] = { "options list min max none", 0, 0 },
	[FIELD_POSTCODE] = { "", 0, 0 },
	[FIELD_EMAIL] = { "", 0, 0 },
	[FIELD_PHONE] = { "", 0, 0 },
	[FIELD_IBAN] = { "", 0, 0 },
	[FIELD_TAXID] = { "", 0, 0 },
	[FIELD_PLATE] = { "", 0, 0 },
	[FIELD_VIN] = { "", 0, 0 },
	[FIELD_REGISTER] = { "", 0, 0 },
	[FIELD_COUNTRY] = { "options list search", 0, 0 },
	[FIELD_FILE] = { "max_files min_files max_mb accept", 0, 0 },
	[FIELD_CONSENT] = { "", 0, 0 },
	[FIELD_INFO] = { "", 0, 0 },
	[FIELD_CALC] = { "value scale money", 0, 0 },
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

const struct node *compile_list(struct compiler *c, const struct node *map, const char *key, const char *what)
{
	const struct node *n = node_get(map, str_c(key));

	if (n && n->kind == NODE_LIST)
		return n;
	if (n || what)
		node_error_at(c->f, n ? n : map, S("bad-value"), "%s needs a list '%s'", what ? what : "this", key);
	return NULL;
}

str compile_key(struct arena *a, str id)
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
			keys_check(c->f, one, "an option", "id when fim");
		o[i].id = one->kind == NODE_MAP ? node_text_at(one, S("id")) : node_text(one);
		o[i].code = node_text_at(one, S("fim")).n ? node_text_at(one, S("fim")) : o[i].id;
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

/* The option "none of these": it goes with no other. */
static void read_none(struct compiler *c, struct field *x, const struct node *n)
{
	const struct node *none = node_get(n, S("none"));
	size_t i;

	for (i = 0; none && i < x->options; i++)
		if (str_eq(x->option[i].id, node_text(none)))
			x->none = (uint16_t)(i + 1);
	if (none && !x->none)
		node_error_at(c->f, none, S("bad-value"), "'none' names the option that excludes all others; '%.*s' is no option", STR_FMT(node_text(none)));
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
		read_none(c, x, n);
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

/* Types with one line a value. */
static bool one_line(enum field_type t)
{
	return t != FIELD_LONGTEXT && t != FIELD_BOOL && t != FIELD_SEVERAL && t != FIELD_FILE && t != FIELD_CONSENT && t != FIELD_INFO &&
	       t != FIELD_CALC;
}

static void read_many(struct compiler *c, struct field *x, const struct node *n)
{
	const struct node *many = node_get(n, S("many"));

	if (!many)
		return;
	if (!one_line(x->type))
		node_error_at(c->f, many, S("bad-value"), "a field of this type has no 'many'");
	if (!keys_check(c->f, many, "'many'", "min max"))
		return;
	x->many = true;
	x->least = key_int(c->f, many, "min", 1, 0, FORM_MAX_MANY);
	x->most = key_int(c->f, many, "max", 10, 1, FORM_MAX_MANY);
	if (x->least > x->most)
		node_error_at(c->f, many, S("bad-value"), "the least number is above the greatest");
	x->optional |= x->least == 0;
}

/* Required under a condition is optional under all others. */
static void read_conditions(struct compiler *c, struct field *x, const struct node *n)
{
	static const char *const key[] = { "required", "forbidden", "validation" };
	const struct node *one;
	size_t i;

	for (i = 0; i < 3; i++) {
		one = node_get(n, str_c(key[i]));
		if (one && (x->type == FIELD_INFO || x->type == FIELD_CALC))
			node_error_at(c->f, one, S("bad-value"), "nothing is typed into a field of this type: no '%s'", key[i]);
		c->page[x->page].conditions |= one != NULL;
	}
	x->optional |= node_get(n, S("required")) != NULL;
}

static void read_pattern(struct compiler *c, struct field *x, const struct node *n)
{
	const struct node *pattern = node_get(n, S("pattern"));

	if (!pattern || !text_type(x->type))
		return;
	x->pattern_source = node_text(pattern);
	if (pattern_compile(c->arena, x->pattern_source, &x->pattern) < 0)
		node_error_at(c->f, pattern, S("bad-value"), "'pattern' is none, or too long: %.*s", STR_FMT(str_sub(x->pattern_source, 0, 100)));
}

static bool read_field(struct compiler *c, struct field *x, const struct node *n)
{
	char known[300];
	int type, width;

	if (!n || n->kind != NODE_MAP) {
		node_error_at(c->f, n, S("bad-value"), "a field must be a map of keys");
		return false;
	}
	x->id = key_text(c->f, n, "id", "a field");
	if (!id_check(c->f, n, x->id, ID_FIELD, "a field"))
		return false;
	x->key = compile_key(c->arena, x->id);
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
	x->lacks = x->type == FIELD_NAME && key_bool(c->f, n, "none", false);
	x->money = x->type == FIELD_CALC && key_bool(c->f, n, "money", false);
	x->locked = key_word(c->f, n, "locked", "no identity", 0) == 1;
	x->search = key_bool(c->f, n, "search", false);
	x->scale = (uint8_t)key_int(c->f, n, "scale", x->type == FIELD_INTEGER ? 0 : 2, 0, 6);
	if (x->type == FIELD_CHOICE || x->type == FIELD_SEVERAL || x->type == FIELD_COUNTRY)
		read_options(c, x, n);
	read_limits(c, x, n);
	read_many(c, x, n);
	read_conditions(c, x, n);
	read_pattern(c, x, n);
	x->fim = node_text_at(n, S("fim"));
	return true;
}

void compile_once(struct compiler *c, struct id_set *ids, const struct node *n, const char *what, str id)
{
	if (!id_set_add(ids, id))
		node_error_at(c->f, n, S("duplicate-id"), "%s '%.*s' is there twice", what, STR_FMT(id));
}

bool compile_within(str id, str group)
{
	return str_has_prefix(id, group) && id.n > group.n + 1 && id.p[group.n] == '.';
}

void compile_fields(struct compiler *c, struct page *p, const struct node *n)
{
	const struct node *list = compile_list(c, n, "fields", "a page");
	uint16_t *index = ARENA_ARRAY(c->arena, uint16_t, node_count(list) + 1);
	size_t i;

	p->field = index;
	for (i = 0; i < node_count(list); i++) {
		struct field *x = &c->field[c->form->fields];

		*x = (struct field){ .index = (uint16_t)c->form->fields, .page = p->index, .group = p->group };
		if (!read_field(c, x, list->item[i]))
			continue;
		compile_once(c, &c->field_ids, list->item[i], "field", x->id);
		if (x->group >= 0 && !compile_within(x->id, c->group[x->group].id))
			node_error_at(c->f, list->item[i], S("bad-id"), "field '%.*s' of a repeated step must begin with '%.*s.'",
				      STR_FMT(x->id), STR_FMT(c->group[x->group].id));
		c->field_node[c->form->fields++] = list->item[i];
		index[p->fields++] = x->index;
	}
	if (!p->fields)
		node_error_at(c->f, n, S("missing-key"), "page '%.*s' has no field", STR_FMT(p->id));
}

void compile_rules(struct compiler *c, struct page *p, const struct node *n)
{
	const struct node *list = compile_list(c, n, "rules", NULL);
	uint16_t *index = ARENA_ARRAY(c->arena, uint16_t, node_count(list) + 1);
	size_t i;

	p->rule = index;
	for (i = 0; i < node_count(list); i++) {
		struct rule *r = &c->rule[c->form->rules];

		*r = (struct rule){ .at = -1, .page = p->index };
		if (!keys_check(c->f, list->item[i], "a rule", "id must at"))
			continue;
		r->id = key_text(c->f, list->item[i], "id", "a rule");
		if (!id_check(c->f, list->item[i], r->id, ID_WORD, "a rule"))
			continue;
		compile_once(c, &c->rule_ids, list->item[i], "rule", r->id);
		c->rule_node[c->form->rules] = list->item[i];
		index[p->rules++] = (uint16_t)c->form->rules++;
	}
}

struct page *compile_page(struct compiler *c, const struct node *n, uint16_t step, int16_t group, str id)
{
	struct page *p = &c->page[c->form->pages];

	compile_once(c, &c->page_ids, n, "page", id);
	*p = (struct page){ .index = (uint16_t)c->form->pages, .step = step, .group = group, .per = group, .id = id };
	c->page_node[c->form->pages++] = n;
	return p;
}

static void read_step(struct compiler *c, const struct node *n)
{
	uint16_t index = (uint16_t)c->form->steps;
	struct step *s = &c->step[index];

	if (!keys_check(c->f, n, "a step", "id when repeat pages"))
		return;
	*s = (struct step){ .id = key_text(c->f, n, "id", "a step"), .first_page = (uint16_t)c->form->pages };
	id_check(c->f, n, s->id, ID_PAGE, "a step");
	compile_once(c, &c->step_ids, n, "step", s->id);
	c->step_node[c->form->steps++] = n;
	compile_pages(c, n, index, -1, 0);
	s->pages = (uint16_t)(c->form->pages - s->first_page);
}

static void make_tables(struct compiler *c, const struct compile_counts *n, size_t steps)
{
	c->form->step = c->step = ARENA_ARRAY(c->arena, struct step, steps);
	c->form->page = c->page = ARENA_ARRAY(c->arena, struct page, n->pages);
	c->form->field = c->field = ARENA_ARRAY(c->arena, struct field, n->fields);
	c->form->rule = c->rule = ARENA_ARRAY(c->arena, struct rule, n->rules);
	c->form->group = c->group = ARENA_ARRAY(c->arena, struct group, n->groups);
	c->step_node = ARENA_ARRAY(c->arena, const struct node *, steps);
	c->page_node = ARENA_ARRAY(c->arena, const struct node *, n->pages);
	c->field_node = ARENA_ARRAY(c->arena, const struct node *, n->fields);
	c->rule_node = ARENA_ARRAY(c->arena, const struct node *, n->rules);
	c->group_node = ARENA_ARRAY(c->arena, const struct node *, n->groups);
	c->step_ids = id_set_new(c->arena, steps);
	c->page_ids = id_set_new(c->arena, n->pages);
	c->field_ids = id_set_new(c->arena, n->fields);
	c->rule_ids = id_set_new(c->arena, n->rules);
	c->group_ids = id_set_new(c->arena, n->groups);
}

static void check_sizes(struct compiler *c, const struct node *form)
{
	size_t i;

	if (c->form->priv->most_values > FORM_MAX_VALUES || c->form->priv->least_rows > FORM_MAX_NUMBER)
		node_error_at(c->f, form, S("limit"), "too large: fields times rows of their groups are more than %d", FORM_MAX_VALUES);
	for (i = 0; i < c->form->fields; i++)
		if (form_group(c->form, c->field[i].id))
			node_error_at(c->f, c->field_node[i], S("duplicate-id"), "'%.*s' is a group and a field", STR_FMT(c->field[i].id));
}

bool compile_shape(struct compiler *c, const struct node *form)
{
	const struct node *steps;
	struct compile_counts all = { 0 };
	size_t n, i;

	if (!keys_check(c->f, form, "form.yaml", "steps fim"))
		return false;
	steps = compile_list(c, form, "steps", "form.yaml");
	n = node_count(steps);
	if (!n) {
		node_error_at(c->f, form, S("missing-key"), "form.yaml has no step");
		return false;
	}
	for (i = 0; i < n; i++)
		compile_count(steps->item[i], &all, 0);
	if (all.pages > FORM_MAX_PAGES || all.fields > FORM_MAX_FIELDS || all.rules > FORM_MAX_FIELDS || all.groups > FORM_MAX_GROUPS ||
	    n > FORM_MAX_STEPS) {
		node_error_at(c->f, form, S("limit"), "too large: at most %d pages, %d fields, %d groups, %d steps", FORM_MAX_PAGES,
			      FORM_MAX_FIELDS, FORM_MAX_GROUPS, FORM_MAX_STEPS);
		return false;
	}
	make_tables(c, &all, n);
	c->form->fim_schema = node_text_at(node_get(form, S("fim")), S("schema"));
	c->form->fim_groups = node_get(node_get(form, S("fim")), S("groups"));
	c->form->fim_version = node_text_at(node_get(form, S("fim")), S("version"));
	for (i = 0; i < n; i++)
		read_step(c, steps->item[i]);
	form_index(c->arena, c->form);
	check_sizes(c, form);
	compile_summaries(c);
	return true;
}
