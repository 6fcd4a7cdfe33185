/* SPDX-License-Identifier: EUPL-1.2 */
/* Second pass of form_compile(): parameters, expressions, fee, name fields; and the order in which fields may be read. */
#include "domain/form_compile_impl.h"

#include "domain/field_value.h"
#include "domain/form_keys.h"

static void read_params(struct compiler *c, const struct node *service, const struct node *params)
{
	const struct node *list = node_get(service, S("parameters"));
	struct param *v = ARENA_ARRAY(c->arena, struct param, node_count(list) + 1);
	size_t i, k;

	c->form->param = v;
	for (i = 0; i < node_count(list); i++) {
		const struct node *n = list->item[i], *own;
		struct param *p = &v[c->form->params];
		int type;

		if (!keys_check(c->f, n, "a parameter", "id type default"))
			continue;
		p->id = key_text(c->f, n, "id", "a parameter");
		if (!id_check(c->f, n, p->id, ID_WORD, "a parameter"))
			continue;
		type = field_type_find(node_text_at(n, S("type")));
		for (k = 0; k < c->form->params; k++)
			if (str_eq(v[k].id, p->id))
				node_error_at(c->f, n, S("duplicate-id"), "parameter '%.*s' is there twice", STR_FMT(p->id));
		p->type = type < 0 ? FIELD_INFO : (enum field_type)type;
		own = node_get(params, p->id);
		if (param_parse(c->arena, p->type, node_text_at(n, S("default")), &p->value) < 0)
			node_error_at(c->f, n, S("bad-value"), "parameter '%.*s': type '%.*s' and default '%.*s' do not fit", STR_FMT(p->id),
				      STR_FMT(node_text_at(n, S("type"))), STR_FMT(node_text_at(n, S("default"))));
		else if (own && param_parse(c->arena, p->type, node_text(own), &p->value) < 0)
			node_error_at(c->f, own, S("bad-value"), "parameter '%.*s': '%.*s' is no value of its type", STR_FMT(p->id),
				      STR_FMT(node_text(own)));
		c->form->params++;
	}
	for (i = 0; params && i < params->n && params->kind == NODE_MAP; i++) {
		for (k = 0; k < c->form->params && !str_eq(v[k].id, params->key[i]); k++)
			;
		if (k == c->form->params)
			node_error_at(c->f, params->item[i], S("unknown-key"), "the service has no parameter '%.*s'", STR_FMT(params->key[i]));
	}
}

/* Where an expression stands: what it may read. */
struct spot {
	const struct node *node;
	const char *what;
	uint16_t page;
	uint16_t before;	/* fields of this page below this index may be read; UINT16_MAX: all of the page */
	int16_t group;
	bool shows;		/* decides what the page shows */
};

static void check_field_order(struct compiler *c, const struct spot *s, const struct field *x, str source)
{
	if (x->page < s->page)
		return;
	if (x->page == s->page && x->index < s->before) {
		/* without scripts a page is one piece: what hangs on its own answers comes only after it was sent */
		if (s->shows)
			node_warning_at(c->f, s->node, S("same-page"), "%s reads '%.*s' of the same page; ask that on a page before", s->what,
					STR_FMT(x->id));
		return;
	}
	node_error_at(c->f, s->node, S("later-reference"), "%s reads '%.*s', which is asked %s: %.*s", s->what, STR_FMT(x->id),
		      x->page > s->page ? "later" : x->index == s->before ? "right here" : "below it", STR_FMT(str_sub(source, 0, 120)));
}

/* Rows are read from the outermost group on that is not at hand: its list page must come before. */
static void check_group_order(struct compiler *c, const struct spot *s, const struct expr_node *n)
{
	const struct form *f = c->form;
	int16_t above = form_common(f, s->group, (int16_t)n->k), top = (int16_t)n->k;
	const struct group *g;

	while (f->group[top].parent != above)
		top = f->group[top].parent;
	g = &f->group[top];
	if (s->page < g->first_page)
		node_error_at(c->f, s->node, S("later-reference"), "%s reads the group '%.*s', which is asked later", s->what, STR_FMT(g->id));
	/* the rows behind the present one are not known yet */
	else if (s->page < g->list_page && n->op != OP_COUNT)
		node_error_at(c->f, s->node, S("later-reference"), "%s reads all rows of '%.*s' while they are asked", s->what, STR_FMT(g->id));
}

static void check_order(struct compiler *c, const struct spot *s, const struct expr *e)
{
	const struct form *f = c->form;
	size_t i;

	for (i = 0; i < e->n_reads; i++)
		check_field_order(c, s, &f->field[e->reads[i]], e->source);
	for (i = 0; i < e->nodes; i++)
		if (e->node[i].op >= OP_COUNT)
			check_group_order(c, s, &e->node[i]);
}

static const struct expr *compile(struct compiler *c, const struct node *n, enum expr_type type, const struct spot *s)
{
	struct expr_env env = { c->form, s->group };
	const struct expr *e;
	str source = str_trim(node_text(n));

	if (!n)
		return NULL;
	if (!source.n) {
		node_error_at(c->f, n, S("expression"), "%s is empty", s->what);
		return NULL;
	}
	if (expr_compile(c->arena, &env, source, type, n, c->f, &e) < 0)
		return NULL;
	check_order(c, s, e);
	return e;
}

static enum expr_type default_type(const struct field *x)
{
	enum expr_type t = expr_element_type(x);

	return t == EXPR_LIST ? EXPR_TEXT : t;
}

/* What is decided when the page is read as a whole. */
static void whole_page_exprs(struct compiler *c, struct field *x, const struct node *n)
{
	struct spot s = { n, "'required'", x->page, UINT16_MAX, x->group, false };

	x->required = compile(c, node_get(n, S("required")), EXPR_BOOL, &s);
	s.what = "'forbidden'";
	x->forbidden = compile(c, node_get(n, S("forbidden")), EXPR_BOOL, &s);
	s.what = "'validation'";
	x->validation = compile(c, node_get(n, S("validation")), EXPR_BOOL, &s);
}

/* "same as above": the field that the value comes from and the yes/no that says so are asked before, for all rows or in the same one. */
static const struct field *asked_before(struct compiler *c, const struct field *x, const char *key)
{
	const struct node *n = node_get(c->field_node[x->index], str_c(key));
	const struct field *from = n ? form_field(c->form, node_text(n)) : NULL;

	if (n && (!from || from->index >= x->index || from->page >= x->page || (from->group >= 0 && from->group != x->group))) {
		node_error_at(c->f, n, S("bad-value"), "'%s': '%.*s' is no field that is asked on a page before, outside of groups or in the same one", key,
			      STR_FMT(node_text(n)));
		return NULL;
	}
	return from;
}

static void same_as(struct compiler *c, struct field *x)
{
	const struct node *n = c->field_node[x->index];
	const struct field *from = asked_before(c, x, "same_as"), *on = asked_before(c, x, "same_if");

	if (!node_get(n, S("same_as")) != !node_get(n, S("same_if")))
		node_error_at(c->f, n, S("missing-key"), "'same_as' and 'same_if' belong together");
	if (from && (from->type != x->type || from->many != x->many || from->type == FIELD_FILE || from->type == FIELD_CALC || from->type == FIELD_INFO))
		node_error_at(c->f, node_get(n, S("same_as")), S("bad-value"), "'same_as': '%.*s' is of another type", STR_FMT(from->id));
	if (on && on->type != FIELD_BOOL)
		node_error_at(c->f, node_get(n, S("same_if")), S("bad-value"), "'same_if': '%.*s' must be of type bool", STR_FMT(on->id));
	if (from && on) {
		x->same_as = (uint16_t)(from->index + 1);
		x->same_if = (uint16_t)(on->index + 1);
	}
}

static void field_exprs(struct compiler *c, struct field *x)
{
	const struct node *n = c->field_node[x->index];
	struct spot s = { n, "'when'", x->page, x->index, x->group, true };
	struct option *o = (struct option *)x->option;
	enum expr_type t = expr_element_type(x);
	size_t i;

	same_as(c, x);
	x->when = compile(c, node_get(n, S("when")), EXPR_BOOL, &s);
	s.what = "'default'";
	x->dflt = compile(c, node_get(n, S("default")), default_type(x), &s);
	s.shows = false;
	if (x->type == FIELD_DATETIME)
		t = EXPR_DATE; /* its limits are days */
	if ((t == EXPR_NUMBER || t == EXPR_DATE) && x->type != FIELD_CALC) {
		s.what = "'min'";
		x->min = compile(c, node_get(n, S("min")), t, &s);
		s.what = "'max'";
		x->max = compile(c, node_get(n, S("max")), t, &s);
	}
	whole_page_exprs(c, x, n);
	s.what = "an option's 'when'";
	s.shows = true;
	for (i = 0; i < x->options; i++) {
		const struct node *one = node_at(node_get(n, S("options")), i);

		o[i].when = compile(c, node_get(one, S("when")), EXPR_BOOL, &s);
	}
}

/* A calculation's type is that of its expression: in order, so that one may build on another. */
static void calculations(struct compiler *c)
{
	size_t i;

	for (i = 0; i < c->form->fields; i++) {
		struct field *x = &c->field[i];
		struct spot s = { c->field_node[i], "'value'", x->page, x->index, x->group, false };

		if (x->type != FIELD_CALC)
			continue;
		x->value = compile(c, node_get(c->field_node[i], S("value")), EXPR_ANY, &s);
		if (!x->value && !c->f->errors)
			node_error_at(c->f, c->field_node[i], S("missing-key"), "a calc field needs 'value'");
		if (x->value && x->value->type == EXPR_LIST)
			node_error_at(c->f, c->field_node[i], S("bad-value"), "a calc field cannot be a list");
	}
}

static void rule_exprs(struct compiler *c)
{
	size_t i;

	for (i = 0; i < c->form->rules; i++) {
		struct rule *r = &c->rule[i];
		const struct node *n = c->rule_node[i];
		struct spot s = { n, "a rule", r->page, UINT16_MAX, c->page[r->page].per, false };
		str at = node_text_at(n, S("at"));

		key_text(c->f, n, "must", "a rule");
		r->must = compile(c, node_get(n, S("must")), EXPR_BOOL, &s);
		if (at.n) {
			const struct field *x = form_field(c->form, at);

			if (!x || x->page != r->page)
				node_error_at(c->f, node_get(n, S("at")), S("bad-value"), "'at' must be a field of the same page; '%.*s' is not",
					      STR_FMT(at));
			else
				r->at = (int16_t)x->index;
		}
	}
}

/* Conditions of a step hold for each of its pages: joined here, so that the journey asks one thing a page. */
static const struct expr *both(struct compiler *c, const struct expr *step, const struct expr *page, const struct spot *s)
{
	struct expr_env env = { c->form, s->group };
	const struct expr *e;

	if (!step || !page)
		return step ? step : page;
	if (expr_compile(c->arena, &env,
			 str_fmt(c->arena, "(%.*s) and (%.*s)", STR_FMT(step->source), STR_FMT(page->source)), EXPR_BOOL, s->node,
			 c->f, &e) < 0)
		return NULL;
	return e;
}

/* A block's condition is asked once in each outer row; those of its pages come after it. */
static void block_exprs(struct compiler *c)
{
	size_t i;

	for (i = 0; i < c->form->pages; i++) {
		struct page *p = &c->page[i];
		struct spot at = { c->page_node[i], "the block's 'when'", p->index, 0, p->per, false };

		if (p->group_list && c->page_node[i] != c->step_node[p->step]) {
			at.page = c->group[p->group].first_page;
			p->when = compile(c, node_get(c->page_node[i], S("when")), EXPR_BOOL, &at);
		}
	}
}

/* Is the page inside a block, whose condition holds for it already? */
static bool in_block(const struct compiler *c, const struct page *p)
{
	int16_t group = p->per;

	return group >= 0 && c->page_node[c->group[group].list_page] != c->step_node[p->step];
}

static void page_exprs(struct compiler *c)
{
	size_t i, k;

	block_exprs(c);

	for (i = 0; i < c->form->steps; i++) {
		struct step *t = &c->step[i];
		struct spot s = { c->step_node[i], "the step's 'when'", t->first_page, 0, -1, false };
		const struct expr *when = compile(c, node_get(c->step_node[i], S("when")), EXPR_BOOL, &s);

		for (k = t->first_page; k < (size_t)t->first_page + t->pages; k++) {
			struct page *p = &c->page[k];
			struct spot at = { c->page_node[k], "the page's 'when'", p->index, 0, p->per, false };
			const struct expr *own = p->when;

			if (!p->group_list)
				own = compile(c, node_get(c->page_node[k], S("when")), EXPR_BOOL, &at);
			p->when = in_block(c, p) ? own : both(c, when, own, &at);
		}
	}
}

static size_t field_list(struct compiler *c, const struct node *service, const char *key, const uint16_t **ret)
{
	const str *ids;
	size_t n = key_texts(c->arena, c->f, service, key, &ids), i, k = 0;
	uint16_t *v = ARENA_ARRAY(c->arena, uint16_t, n + 1);

	for (i = 0; i < n; i++) {
		const struct field *x = form_field(c->form, ids[i]);

		if (!x)
			node_error_at(c->f, node_get(service, str_c(key)), S("bad-value"), "%s: there is no field '%.*s'", key, STR_FMT(ids[i]));
		else
			v[k++] = x->index;
	}
	*ret = v;
	return k;
}

/* The one field that the service names for a purpose; -1: none named, or it does not fit. */
static int16_t named_field(struct compiler *c, const struct node *service, str key, unsigned types, const char *what)
{
	str id = node_text_at(service, key);
	const struct field *x = id.n ? form_field(c->form, id) : NULL;

	if (x && x->group < 0 && (types & 1u << x->type))
		return (int16_t)x->index;
	if (id.n)
		node_error_at(c->f, node_get(service, key), S("bad-value"), "'%.*s' is no field of type %s outside of groups", STR_FMT(id), what);
	return -1;
}

static void read_service(struct compiler *c, const struct node *service)
{
	const struct node *list = node_get(service, S("fee"));
	struct fee_item *v = ARENA_ARRAY(c->arena, struct fee_item, node_count(list) + 1);
	size_t i;

	c->form->name_fields = field_list(c, service, "name_field", &c->form->name_field);
	c->form->address_fields = field_list(c, service, "address_field", &c->form->address_field);
	c->form->email_field = named_field(c, service, S("email_field"), 1u << FIELD_EMAIL, "email");
	c->form->debit_field = named_field(c, service, S("debit_field"), 1u << FIELD_CONSENT | 1u << FIELD_BOOL, "consent or bool");
	for (i = 0; i < node_count(list); i++) {
		struct spot s = { list->item[i], "a fee", (uint16_t)(c->form->pages - 1), UINT16_MAX, -1, false };

		if (!keys_check(c->f, list->item[i], "a fee", "id amount"))
			continue;
		v[c->form->fees].id = key_text(c->f, list->item[i], "id", "a fee");
		id_check(c->f, list->item[i], v[c->form->fees].id, ID_WORD, "a fee");
		key_text(c->f, list->item[i], "amount", "a fee");
		v[c->form->fees].amount = compile(c, node_get(list->item[i], S("amount")), EXPR_NUMBER, &s);
		if (v[c->form->fees].amount)
			c->form->fees++;
	}
	c->form->fee = v;
}

int form_compile(struct arena *a, const struct node *service, const struct node *form, const struct node *params,
		 struct findings *f, struct form **ret)
{
	struct findings own = findings_new(a);
	struct compiler c = { .arena = a, .f = f ? f : &own };
	size_t before = c.f->errors, i;

	*ret = NULL;
	c.form = ARENA_NEW(a, struct form);
	c.form->email_field = c.form->debit_field = -1;
	if (!compile_shape(&c, form) || c.f->errors > before)
		return ERR_PARSE;
	read_params(&c, service, params);
	calculations(&c);
	for (i = 0; i < c.form->fields; i++)
		field_exprs(&c, &c.field[i]);
	rule_exprs(&c);
	page_exprs(&c);
	read_service(&c, service);
	if (c.f->errors > before)
		return ERR_PARSE;
	*ret = c.form;
	return 0;
}
