/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The journey: one walk over the pages in their order. A page or field exists if its condition holds for what was asked before it;
 * what does not exist has no value, so nothing can depend on it. Contract: form.h.
 */
#include "domain/expr.h"
#include "domain/field_value.h"
#include "domain/form_impl.h"

struct journey_private {
	const struct value **slot;
	uint16_t *rows;
	struct journey_context context;
	const struct answers *answers;
};

struct walk {
	struct arena *arena;
	const struct form *form;
	const struct answers *answers;
	struct expr_run run;
	struct journey *j;
	struct visit *visit;
	struct value *value;
	struct problem *problem;
	size_t problem_cap;
	const struct value **slot;
	uint16_t *rows;
};

static void add_problem(struct walk *w, struct problem p)
{
	struct journey *j = w->j;

	if (j->problems == w->problem_cap) {
		size_t cap = w->problem_cap ? w->problem_cap * 2 : 16;
		struct problem *v = ARENA_ARRAY(w->arena, struct problem, cap);

		if (j->problems)
			memcpy(v, w->problem, j->problems * sizeof *v);
		w->problem = v;
		w->problem_cap = cap;
	}
	w->problem[j->problems++] = p;
	w->visit[j->visits].complete = false;
}

static void field_problem(struct walk *w, const struct field *f, enum problem_kind kind, int32_t limit, str limit_text)
{
	struct visit *v = &w->visit[w->j->visits];

	add_problem(w, (struct problem){ kind, v->page, v->row, (int16_t)f->index, -1, limit, limit_text });
}

static int compare_limit(const struct field *f, const struct value *v, struct expr_value *limit)
{
	if (limit->type == EXPR_NUMBER)
		return decimal_cmp(v->number, limit->number);
	/* a month is as early and as late as its limit's month */
	if (f->type == FIELD_MONTH)
		limit->date.day = 1;
	return date_cmp(v->date, limit->date);
}

static void check_limit(struct walk *w, const struct field *f, struct value *v, const struct expr *e, bool upper)
{
	struct expr_value limit;
	int64_t whole = 0;
	str text;
	int c;

	if (!e || !v->valid)
		return;
	expr_eval(e, &w->run, &limit);
	if (limit.empty)
		return;
	c = compare_limit(f, v, &limit);
	if (upper ? c <= 0 : c >= 0)
		return;
	v->valid = false;
	text = limit.type == EXPR_NUMBER ? decimal_str(w->arena, limit.number) : date_iso(w->arena, limit.date);
	if (limit.type == EXPR_NUMBER && (str_to_i64(text, &whole) < 0 || whole > INT32_MAX || whole < INT32_MIN))
		whole = 0;
	field_problem(w, f, upper ? PROBLEM_TOO_LARGE : PROBLEM_TOO_SMALL, (int32_t)whole, text);
}

static void check_options(struct walk *w, const struct field *f, struct value *v)
{
	str rest, part;
	size_t i;

	for (i = 0; i < f->options && v->valid; i++) {
		if (!f->option[i].when)
			continue;
		for (rest = v->canonical; str_split(&rest, '|', &part);)
			if (str_eq(part, f->option[i].id) && !expr_true(f->option[i].when, &w->run)) {
				v->valid = false;
				field_problem(w, f, PROBLEM_OPTION, 0, STR_EMPTY);
			}
	}
}

static void check_files(struct walk *w, const struct field *f, struct value *v)
{
	const struct journey_context *c = w->run.context;
	str rest = v->canonical, part;
	int64_t id;

	while (v->valid && c->file_known && str_split(&rest, '|', &part))
		if (str_to_i64(part, &id) < 0 || !c->file_known(c->file_arg, id)) {
			v->valid = false;
			field_problem(w, f, PROBLEM_FILE, 0, STR_EMPTY);
		}
}

static void calculate(struct walk *w, const struct field *f, struct value *v)
{
	struct expr_value x;
	struct decimal d;

	v->valid = true;
	expr_eval(f->value, &w->run, &x);
	if (!x.empty && x.type == EXPR_NUMBER) {
		x.empty = decimal_round(x.number, f->scale, ROUND_HALF_UP, &d) < 0;
		v->number = d;
	}
	v->present = !x.empty;
	if (x.empty)
		return;
	if (x.type == EXPR_NUMBER) {
		v->canonical = decimal_str(w->arena, v->number);
	} else if (x.type == EXPR_DATE) {
		v->date = x.date;
		v->canonical = date_iso(w->arena, x.date);
	} else {
		v->canonical = x.type == EXPR_BOOL ? (x.truth ? S("true") : S("false")) : x.text;
	}
}

static void take_field(struct walk *w, const struct field *f, uint16_t row)
{
	struct value *v = &w->value[w->j->values];
	struct value_problem p;

	if (!expr_true(f->when, &w->run))
		return;
	*v = (struct value){ .field = f->index, .row = row };
	w->j->values++;
	if (f->type == FIELD_CALC)
		calculate(w, f, v);
	else if (f->type == FIELD_INFO)
		v->valid = true;
	else if (field_parse(w->arena, f, answers_get(w->answers, f->index, row), v, &p) != VALUE_OK)
		field_problem(w, f, p.kind, p.limit, STR_EMPTY);
	else if (v->present) {
		check_limit(w, f, v, f->min, false);
		check_limit(w, f, v, f->max, true);
		check_options(w, f, v);
		if (f->type == FIELD_FILE)
			check_files(w, f, v);
	}
	w->slot[form_slot(w->form, f->index, f->group >= 0 ? row : 0)] = v;
}

/* A rule speaks only when each field that it reads is right by itself: one mistake, one message. */
static bool reads_problem(const struct walk *w, const struct expr *e, int16_t group, uint16_t row)
{
	size_t i;

	for (i = 0; i < e->n_reads; i++) {
		const struct field *f = &w->form->field[e->reads[i]];
		uint16_t r, first = 0, last = 0;

		if (f->group >= 0) {
			first = f->group == group ? row : 1;
			last = f->group == group ? row : w->rows[f->group];
		}
		for (r = first; r <= last; r++) {
			const struct value *v = w->slot[form_slot(w->form, f->index, r)];

			if (v && !v->valid)
				return true;
		}
	}
	return false;
}

static void check_rules(struct walk *w, const struct page *p, uint16_t row)
{
	size_t i;

	for (i = 0; i < p->rules; i++) {
		const struct rule *r = &w->form->rule[p->rule[i]];

		if (reads_problem(w, r->must, p->group, row) || expr_true(r->must, &w->run))
			continue;
		add_problem(w, (struct problem){ PROBLEM_RULE, p->index, row, r->at, (int16_t)p->rule[i], 0, STR_EMPTY });
	}
}

static void visit_page(struct walk *w, const struct page *p, uint16_t row)
{
	struct visit *v = &w->visit[w->j->visits];
	size_t i;

	w->run.row = row;
	if (!expr_true(p->when, &w->run))
		return;
	*v = (struct visit){ p->index, row, true, (uint16_t)w->j->values, 0 };
	for (i = 0; i < p->fields; i++)
		take_field(w, &w->form->field[p->field[i]], row);
	v->values = (uint16_t)(w->j->values - v->first_value);
	check_rules(w, p, row);
	w->j->visits++;
}

static uint16_t rows_of(const struct answers *x, uint16_t group)
{
	const struct group *g = &x->form->group[group];
	int32_t n = x->rows[group];

	if (n < g->min)
		n = g->min;
	return (uint16_t)(n > g->max ? g->max : n);
}

static void visit_group(struct walk *w, const struct step *s, uint16_t group)
{
	const struct group *g = &w->form->group[group];
	const struct page *list = &w->form->page[g->list_page];
	struct visit *v;
	uint16_t rows, row, i;

	w->run.row = 0;
	if (!expr_true(list->when, &w->run))
		return;
	w->rows[group] = rows = rows_of(w->answers, group);
	for (row = 1; row <= rows; row++)
		for (i = s->first_page; i < g->list_page; i++)
			visit_page(w, &w->form->page[i], row);
	v = &w->visit[w->j->visits];
	*v = (struct visit){ list->index, 0, true, (uint16_t)w->j->values, 0 };
	/* a full group has no other question to ask */
	if (!w->answers->more[group] && rows < g->max)
		add_problem(w, (struct problem){ PROBLEM_REQUIRED, list->index, 0, -1, -1, 0, STR_EMPTY });
	w->j->visits++;
}

static void add_fees(struct walk *w)
{
	struct journey *j = w->j;
	struct fee_line *line = ARENA_ARRAY(w->arena, struct fee_line, w->form->fees);
	bool open = j->first_open < j->visits;
	size_t i;

	j->fee = line;
	j->fees = w->form->fees;
	j->fee_known = true;
	w->run.row = 0;
	for (i = 0; i < w->form->fees; i++) {
		struct expr_value x;

		w->run.met_open = w->run.met_unreachable = false;
		expr_eval(w->form->fee[i].amount, &w->run, &x);
		line[i].id = w->form->fee[i].id;
		/* a field that is not there may still come, as long as something on the way is open */
		line[i].known = !x.empty && !w->run.met_open && !(open && w->run.met_unreachable) &&
				decimal_to_cents(x.number, ROUND_HALF_UP, &line[i].cents) == 0;
		if (!line[i].known || __builtin_add_overflow(j->fee_cents, line[i].cents, &j->fee_cents))
			j->fee_known = false;
	}
}

static void make_room(struct walk *w)
{
	const struct form *f = w->form;
	size_t visits = 0, i;

	for (i = 0; i < f->steps; i++) {
		const struct page *first = &f->page[f->step[i].first_page];

		visits += first->group >= 0 ? (size_t)f->step[i].pages * rows_of(w->answers, (uint16_t)first->group) + 1 : f->step[i].pages;
	}
	w->visit = arena_alloc_raw(w->arena, arena_mul(visits + 1, sizeof *w->visit));
	w->value = arena_alloc_raw(w->arena, arena_mul(f->priv->slots + 1, sizeof *w->value));
	w->slot = ARENA_ARRAY(w->arena, const struct value *, f->priv->slots);
	w->rows = ARENA_ARRAY(w->arena, uint16_t, f->groups);
}

struct journey *journey_run(struct arena *a, const struct form *f, const struct answers *x, const struct journey_context *c)
{
	struct journey_private *priv = ARENA_NEW(a, struct journey_private);
	struct journey *j = ARENA_NEW(a, struct journey);
	struct walk w = { .arena = a, .form = f, .answers = x, .j = j };
	size_t i, k;

	make_room(&w);
	*priv = (struct journey_private){ w.slot, w.rows, *c, x };
	*j = (struct journey){ .form = f, .visit = w.visit, .value = w.value, .priv = priv };
	w.run = (struct expr_run){ .form = f, .slot = w.slot, .rows = w.rows, .context = &priv->context };
	for (i = 0; i < f->steps; i++) {
		const struct step *s = &f->step[i];
		int16_t group = f->page[s->first_page].group;

		if (group >= 0)
			visit_group(&w, s, (uint16_t)group);
		else
			for (k = 0; k < s->pages; k++)
				visit_page(&w, &f->page[s->first_page + k], 0);
	}
	j->problem = w.problem;
	while (j->first_open < j->visits && j->visit[j->first_open].complete)
		j->first_open++;
	add_fees(&w);
	return j;
}

/* ---- asking a journey ---- */

const struct visit *journey_find(const struct journey *j, uint16_t page, uint16_t row)
{
	size_t i;

	for (i = 0; i < j->visits; i++)
		if (j->visit[i].page == page && j->visit[i].row == row)
			return &j->visit[i];
	return NULL;
}

bool journey_may_show(const struct journey *j, const struct visit *v)
{
	return v && (size_t)(v - j->visit) <= j->first_open;
}

uint16_t journey_rows(const struct journey *j, uint16_t group)
{
	return group < j->form->groups ? j->priv->rows[group] : 0;
}

const struct value *journey_value(const struct journey *j, uint16_t field, uint16_t row)
{
	int16_t group;

	if (field >= j->form->fields)
		return NULL;
	group = j->form->field[field].group;
	if (group < 0 ? row != 0 : row < 1 || row > j->form->group[group].max)
		return NULL;
	return j->priv->slot[form_slot(j->form, field, row)];
}

const struct visit *journey_before(const struct journey *j, const struct visit *v)
{
	return v && v > j->visit ? v - 1 : NULL;
}

const struct visit *journey_after(const struct journey *j, const struct visit *v)
{
	return v && v + 1 < j->visit + j->visits ? v + 1 : NULL;
}

static struct expr_run run_of(const struct journey *j, uint16_t row)
{
	return (struct expr_run){ .form = j->form, .slot = j->priv->slot, .rows = j->priv->rows, .context = &j->priv->context,
				  .row = row };
}

bool journey_option(const struct journey *j, const struct field *f, uint16_t row, size_t option)
{
	struct expr_run r = run_of(j, row);

	return option < f->options && expr_true(f->option[option].when, &r);
}

bool journey_asks(const struct journey *j, const struct field *f, uint16_t row)
{
	return journey_value(j, f->index, row) != NULL;
}

/* Once something on the page was answered, what is empty was left empty. */
static bool page_touched(const struct journey *j, const struct field *f, uint16_t row)
{
	const struct page *p = &j->form->page[f->page];
	size_t i;

	for (i = 0; i < p->fields; i++)
		if (answers_get(j->priv->answers, p->field[i], row).n)
			return true;
	return false;
}

str journey_default(struct arena *a, const struct journey *j, const struct field *f, uint16_t row)
{
	struct expr_run r = run_of(j, row);
	struct expr_value v;
	struct decimal d;

	if (!f->dflt || page_touched(j, f, row))
		return STR_EMPTY;
	expr_eval(f->dflt, &r, &v);
	if (v.empty)
		return STR_EMPTY;
	switch (v.type) {
	case EXPR_NUMBER:
		if (decimal_round(v.number, f->type == FIELD_MONEY ? 2 : f->scale, ROUND_HALF_UP, &d) < 0)
			return STR_EMPTY;
		return str_replace(a, decimal_str(a, d), S("."), S(","));
	case EXPR_DATE:
		if (f->type == FIELD_MONTH)
			return str_fmt(a, "%d|%d", v.date.month, v.date.year);
		return str_fmt(a, "%d|%d|%d", v.date.day, v.date.month, v.date.year);
	case EXPR_BOOL:
		return v.truth ? S("true") : S("false");
	default:
		return v.text;
	}
}
