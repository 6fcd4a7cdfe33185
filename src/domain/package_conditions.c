/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Which conditions can come true? For each condition the fields that it hangs on, directly or through the conditions of their own
 * pages, are tried out with the values that can make a difference: every option, yes and no, and around every number and date that
 * something is compared with. If a field is used in another way (arithmetic between fields, sums over rows) a search that finds
 * nothing proves nothing: then the author reads "not decided".
 */
#include "domain/package_impl.h"

#include "domain/form_keys.h"

#define BUDGET 100000		/* values tried for one condition */

/* ---- the slice: what the condition hangs on ---- */

static void mark_field(struct search *s, const struct field *f);

static void mark_expr(struct search *s, const struct expr *e);

/* The blocks around a page: their conditions hold for it, too. */
static void mark_blocks(struct search *s, int16_t group)
{
	for (; group >= 0; group = s->form->group[group].parent)
		mark_expr(s, s->form->page[s->form->group[group].list_page].when);
}

static void mark_rows(struct search *s, int16_t group)
{
	for (; group >= 0; group = s->form->group[group].parent) {
		s->aggregated[group] = true;
		mark_expr(s, s->form->page[s->form->group[group].list_page].when);
	}
}

static void mark_expr(struct search *s, const struct expr *e)
{
	size_t i;

	if (!e)
		return;
	for (i = 0; i < s->exprs; i++)
		if (s->expr[i] == e)
			return;
	if (s->exprs == MAX_EXPRS) {
		s->exact = false;
		return;
	}
	s->expr[s->exprs++] = e;
	for (i = 0; i < e->nodes; i++)
		if (e->node[i].op >= OP_COUNT) {
			mark_rows(s, (int16_t)e->node[i].k);
			s->exact = false;
		}
	for (i = 0; i < e->n_reads; i++)
		mark_field(s, &s->form->field[e->reads[i]]);
}

static void mark_field(struct search *s, const struct field *f)
{
	size_t i;

	if (s->marked[f->index])
		return;
	s->marked[f->index] = true;
	mark_blocks(s, f->group);
	mark_expr(s, s->form->page[f->page].when);
	mark_expr(s, f->when);
	mark_expr(s, f->min);
	mark_expr(s, f->max);
	mark_expr(s, f->value);
	for (i = 0; i < f->options; i++)
		mark_expr(s, f->option[i].when);
}

/* ---- the search ---- */

static bool done(const struct search *s)
{
	return (s->could && s->could_not) || s->tried > BUDGET;
}

/* Is the page there in this row: its own condition and those of the blocks around it. */
static bool page_there(struct search *s, const struct page *p, uint16_t row)
{
	int16_t group;

	for (group = p->per; group >= 0; group = s->form->group[group].parent) {
		s->run.row = form_row_up(s->form, p->per, row, s->form->group[group].parent);
		if (!expr_true(s->form->page[s->form->group[group].list_page].when, &s->run))
			return false;
	}
	s->run.row = row;
	return expr_true(p->when, &s->run);
}

static bool rule_holds(struct search *s, const struct rule *r)
{
	const struct page *p = &s->form->page[r->page];
	const struct group_rows *g = p->per >= 0 ? &s->rows.group[p->per] : NULL;
	uint32_t n = g ? g->instances : 1, at;
	size_t i;

	for (i = 0; i < r->must->n_reads; i++)
		if (!s->marked[r->must->reads[i]])
			return true;
	for (at = 0; at < n; at++)
		if (page_there(s, p, g ? g->number[at] : 0) && !expr_true(r->must, &s->run))
			return false;
	return true;
}

static void arrive(struct search *s)
{
	const struct target *t = s->t;
	size_t i;

	/* who comes to this page has met the rules of the pages before it */
	for (i = 0; i < s->form->rules; i++)
		if (s->form->rule[i].page < t->page->index && !rule_holds(s, &s->form->rule[i]))
			return;
	s->run.row = t->page->per >= 0 ? 1 : 0;
	if (t->condition != t->page->when && !page_there(s, t->page, s->run.row))
		return;
	if (t->field && t->condition != t->field->when && !expr_true(t->field->when, &s->run))
		return;
	if (expr_true(t->condition, &s->run))
		s->could = true;
	else
		s->could_not = true;
}

static bool in_limits(struct search *s, const struct field *f, const struct value *v)
{
	struct expr_value own = expr_value_of(f->type, v->canonical), limit;

	if (!v->present || f->many)
		return true;
	if (own.type == EXPR_NUMBER)
		own.number = v->number;
	own.date = own.type == EXPR_DATE ? v->date : own.date;
	if (f->min) {
		expr_eval(f->min, &s->run, &limit);
		if (!limit.empty && expr_value_cmp(&own, &limit) < 0)
			return false;
	}
	if (f->max) {
		expr_eval(f->max, &s->run, &limit);
		if (!limit.empty && expr_value_cmp(&own, &limit) > 0)
			return false;
	}
	return true;
}

static bool offered(struct search *s, const struct field *f, const struct value *v)
{
	size_t i;

	if (!v->present || f->many || (f->type != FIELD_CHOICE && f->type != FIELD_COUNTRY))
		return true;
	for (i = 0; i < f->options; i++)
		if (str_eq(f->option[i].id, v->canonical))
			return expr_true(f->option[i].when, &s->run);
	return false;
}

static void calculated(struct search *s, const struct field *f, struct value *v)
{
	struct expr_value x;

	*v = (struct value){ .field = f->index, .valid = true };
	expr_eval(f->value, &s->run, &x);
	v->present = !x.empty;
	if (x.empty)
		return;
	if (x.type == EXPR_NUMBER)
		v->number = x.number;
	else if (x.type == EXPR_DATE)
		v->date = x.date;
	else
		v->canonical = x.type == EXPR_BOOL ? (x.truth ? S("true") : S("false")) : x.text;
}

static void try_from(struct search *s, size_t i)
{
	struct variable *v = &s->var[i];
	const struct value **slot;
	struct value calc;
	size_t k;

	if (done(s))
		return;
	if (i == s->vars) {
		s->tried++;
		arrive(s);
		return;
	}
	slot = &s->slot[row_slot(s->form, &s->rows, v->field->index, v->row)];
	*slot = NULL;
	if (!page_there(s, &s->form->page[v->field->page], v->row) || !expr_true(v->field->when, &s->run)) {
		try_from(s, i + 1);
		return;
	}
	if (v->field->type == FIELD_CALC) {
		calculated(s, v->field, &calc);
		*slot = &calc;
		try_from(s, i + 1);
		*slot = NULL;
		return;
	}
	for (k = 0; k < v->n && !done(s); k++) {
		s->run.row = v->row;
		if (!in_limits(s, v->field, &v->value[k]) || !offered(s, v->field, &v->value[k]))
			continue;
		*slot = &v->value[k];
		s->tried++;
		try_from(s, i + 1);
	}
	*slot = NULL;
}

static void add_variables(struct search *s)
{
	uint32_t at, n;
	size_t i;

	s->vars = 0;
	for (i = 0; i < s->form->fields; i++) {
		const struct field *f = &s->form->field[i];
		struct candidates c;

		if (!s->marked[i])
			continue;
		c = f->type == FIELD_CALC ? (struct candidates){ 0 } : candidates_of(s, f);
		n = f->group >= 0 ? s->rows.group[f->group].instances : 1;
		for (at = 0; at < n; at++) {
			if (s->vars == MAX_VARS) {
				s->exact = false;
				return;
			}
			s->var[s->vars++] = (struct variable){ f, f->group >= 0 ? s->rows.group[f->group].number[at] : 0, c.v, c.n };
		}
	}
}

static uint16_t tried_rows(const void *arg, uint16_t group, uint16_t outer)
{
	(void)outer;
	return ((const struct search *)arg)->rows_tried[group];
}

static void try_rows(struct search *s)
{
	uint16_t i;

	row_table_make(s->arena, s->form, tried_rows, s, &s->rows);
	for (i = 0; i < s->form->groups; i++)
		memset(s->rows.group[i].on_path, true, s->rows.group[i].instances);
	s->slot = ARENA_ARRAY(s->arena, const struct value *, s->rows.slots + 1);
	s->run.slot = s->slot;
	add_variables(s);
	try_from(s, 0);
}

static void with_rows(struct search *s, size_t group)
{
	const struct form *f = s->form;
	uint16_t n, from, to;

	if (done(s))
		return;
	if (group == f->groups) {
		try_rows(s);
		return;
	}
	from = to = 1;
	if (s->aggregated[group]) {
		from = (uint16_t)f->group[group].min;
		to = (uint16_t)(from + 2 < f->group[group].max ? from + 2 : f->group[group].max);
	}
	for (n = from; n <= to; n++) {
		s->rows_tried[group] = n;
		with_rows(s, group + 1);
	}
}

/* Today, the place and its population are given from outside: they vary like answers. */
static void with_contexts(struct search *s, bool today, bool place)
{
	struct candidates days, people, ars;
	size_t d, n, k;

	s->context = (struct journey_context){ .today = s->p->facts->valid_from, .place_ars = S("140000000000"), .place_population = 5000 };
	days = candidate_days(s, today);
	people = candidate_populations(s, place);
	ars = candidate_places(s, place);
	for (d = 0; d < days.n; d++)
		for (n = 0; n < people.n; n++)
			for (k = 0; k < ars.n && !done(s); k++) {
				s->context.today = days.v[d].date;
				s->context.place_population = people.v[n].number.unscaled;
				s->context.place_ars = ars.v[k].canonical;
				with_rows(s, 0);
			}
}

static void search(struct search *s)
{
	bool today = false, place = false;
	size_t i;

	s->exact = true;
	mark_blocks(s, s->t->page->per);
	mark_expr(s, s->t->page->when);
	if (s->t->field)
		mark_expr(s, s->t->field->when);
	mark_expr(s, s->t->condition);
	for (i = 0; i < s->exprs; i++) {
		today |= s->expr[i]->reads_today;
		place |= s->expr[i]->reads_place;
	}
	s->run = (struct expr_run){ .form = s->form, .rows = &s->rows, .context = &s->context };
	with_contexts(s, today, place);
	if (s->tried > BUDGET)
		s->exact = false;
}

/* ---- over the whole form ---- */

struct verdict {
	bool asked, could, could_not, exact;
	struct target target;
};
struct verdicts {
	struct verdict *v;
	size_t n;			/* position in this round: every round asks the same in the same order */
};

static void report(struct findings *f, const struct verdict *v)
{
	const struct target *t = &v->target;
	const struct expr *e = t->condition;
	str file = str_c(e->file);

	if (!v->could && v->exact)
		finding_add(f, FINDING_ERROR, file, e->line, e->col, t->rule ? S("contradictory-rule") : S("unreachable"),
			    t->rule ? "%s '%.*s' can never hold: %.*s" : "%s '%.*s' can never be reached: %.*s is never true", t->what,
			    STR_FMT(t->id), STR_FMT(e->source));
	else if (!v->could)
		finding_add(f, FINDING_WARNING, file, e->line, e->col, S("not-decided"),
			    "not decided whether %s '%.*s' can come: %.*s; a recorded case would show it", t->what, STR_FMT(t->id),
			    STR_FMT(e->source));
	else if (!v->could_not && v->exact)
		finding_add(f, FINDING_WARNING, file, e->line, e->col, S("always-true"), "the condition of %s '%.*s' is always true: %.*s",
			    t->what, STR_FMT(t->id), STR_FMT(e->source));
}

static void decide(struct search *base, struct verdicts *all, struct target t)
{
	struct verdict *v = &all->v[all->n++];
	struct search s = *base;
	struct arena_mark mark = arena_mark(base->arena);

	if (!t.condition)
		return;
	s.t = &t;
	s.marked = ARENA_ARRAY(s.arena, bool, s.form->fields);
	s.aggregated = ARENA_ARRAY(s.arena, bool, s.form->groups);
	s.rows_tried = ARENA_ARRAY(s.arena, uint16_t, s.form->groups);
	search(&s);
	arena_rewind(base->arena, mark);
	v->exact = s.exact && (v->exact || !v->asked);
	v->asked = true;
	v->could |= s.could;
	v->could_not |= s.could_not;
	if (!v->target.condition)
		v->target = t;
}

static void decide_all(struct search *base, struct verdicts *all)
{
	const struct form *form = base->form;
	size_t i, k;

	all->n = 0;
	for (i = 0; i < form->pages; i++)
		decide(base, all, (struct target){ "page", form->page[i].id, &form->page[i], NULL, form->page[i].when, NULL });
	for (i = 0; i < form->fields; i++) {
		const struct field *x = &form->field[i];

		decide(base, all, (struct target){ "field", x->id, &form->page[x->page], x, x->when, NULL });
		for (k = 0; k < x->options; k++)
			decide(base, all, (struct target){ "option", x->option[k].id, &form->page[x->page], x, x->option[k].when, NULL });
	}
	for (i = 0; i < form->rules; i++)
		decide(base, all, (struct target){ "rule", form->rule[i].id, &form->page[form->rule[i].page], NULL, form->rule[i].must,
						   &form->rule[i] });
}

/* A yes/no parameter is a switch of the town: what it turns off is not dead. Round r sets the switches to the bits of r. */
static const struct form *with_switches(struct arena *a, const struct package *p, size_t round, size_t *ret_switches)
{
	struct node *params = node_new(a, NODE_MAP);
	struct form *form;
	size_t i, n = 0;

	for (i = 0; i < p->facts->params; i++)
		if (p->facts->param[i].type == FIELD_BOOL) {
			bool standard = str_eq(p->facts->param[i].value, S("true"));

			if (n < 4)
				node_set(a, params, p->facts->param[i].id,
					 node_new_text(a, standard != (round >> n & 1) ? S("true") : S("false")));
			n++;
		}
	*ret_switches = n < 4 ? n : 4;
	if (round == 0)
		return p->compiled;
	return form_compile(a, p->service, p->form, params, NULL, &form) < 0 ? NULL : form;
}

void package_check_conditions(struct arena *a, const struct package *p, struct findings *f)
{
	struct arena *scratch = arena_new(65536);
	struct search base = { .arena = scratch, .p = p, .f = f };
	struct verdicts all = { 0 };
	size_t n = p->compiled->pages + p->compiled->fields + p->compiled->rules, switches = 0, round, i;

	for (i = 0; i < p->compiled->fields; i++)
		n += p->compiled->field[i].options;
	all.v = ARENA_ARRAY(scratch, struct verdict, n);
	for (round = 0; round < (size_t)1 << switches || round == 0; round++) {
		base.form = with_switches(scratch, p, round, &switches);
		if (base.form)
			decide_all(&base, &all);
	}
	for (i = 0; i < n; i++)
		if (all.v[i].asked)
			report(f, &all.v[i]);
	arena_free(scratch);
}
