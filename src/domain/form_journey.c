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
	const struct visit **at;	/* per page and row */
	struct row_table rows;
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
	const struct visit **at;
	struct row_table *rows;
	uint32_t *first;		/* per field: its first answer */
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

/* Answers are sorted by field and row: mostly the nth answer of a field is that of row n. */
static str raw_of(const struct walk *w, uint16_t field, uint16_t row)
{
	const struct answers *x = w->answers;
	size_t lo = w->first[field], hi = w->first[field + 1], mid = lo + (row ? row - 1u : 0);

	if (mid < hi && x->v[mid].row == row)
		return x->v[mid].raw;
	while (lo < hi) {
		mid = (lo + hi) / 2;
		if (x->v[mid].row < row)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < w->first[field + 1] && x->v[lo].row == row ? x->v[lo].raw : STR_EMPTY;
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
	else if (field_parse(w->arena, f, raw_of(w, f->index, row), v, &p) != VALUE_OK)
		field_problem(w, f, p.kind, p.limit, STR_EMPTY);
	else if (v->present) {
		check_limit(w, f, v, f->min, false);
		check_limit(w, f, v, f->max, true);
		check_options(w, f, v);
		if (f->type == FIELD_FILE)
			check_files(w, f, v);
	}
	w->slot[row_slot(w->form, w->rows, f->index, row)] = v;
}

static bool wrong_between(const struct walk *w, uint16_t field, uint32_t from, uint32_t to)
{
	const struct group_rows *g = &w->rows->group[w->form->field[field].group];

	for (; from < to; from++) {
		const struct value *v = w->slot[g->slot + from * g->fields + w->form->priv->nth[field]];

		if (v && !v->valid)
			return true;
	}
	return false;
}

/* A rule speaks only when each field that it reads is right by itself: one mistake, one message. */
static bool reads_problem(const struct walk *w, const struct expr *e, int16_t group, uint16_t row)
{
	const struct form *form = w->form;
	size_t i;

	for (i = 0; i < e->n_reads; i++) {
		const struct field *f = &form->field[e->reads[i]];
		int16_t own = group, above;
		uint32_t from, to;

		if (f->group < 0) {
			const struct value *v = w->slot[form->priv->nth[f->index]];

			if (v && !v->valid)
				return true;
			continue;
		}
		while (own >= 0 && own != f->group)
			own = form->group[own].parent;
		if (own >= 0) {
			from = row_instance(form, w->rows, own, form_row_up(form, group, row, own));
			to = from + 1;
		} else {
			above = form_common(form, group, f->group);
			row_range(form, w->rows, f->group, above, above < 0 ? 0 : row_instance(form, w->rows, above, form_row_up(form, group, row, above)),
				  &from, &to);
		}
		if (wrong_between(w, f->index, from, to))
			return true;
	}
	return false;
}

static void check_rules(struct walk *w, const struct page *p, uint16_t row)
{
	size_t i;

	for (i = 0; i < p->rules; i++) {
		const struct rule *r = &w->form->rule[p->rule[i]];

		if (reads_problem(w, r->must, p->per, row) || expr_true(r->must, &w->run))
			continue;
		add_problem(w, (struct problem){ PROBLEM_RULE, p->index, row, r->at, (int16_t)p->rule[i], 0, STR_EMPTY });
	}
}

static struct visit *begin_visit(struct walk *w, const struct page *p, uint16_t row)
{
	struct visit *v = &w->visit[w->j->visits];
	const struct group_rows *g = p->per >= 0 ? &w->rows->group[p->per] : NULL;
	uint32_t i = g ? g->visit + row_instance(w->form, w->rows, p->per, row) * g->pages : 0;

	*v = (struct visit){ .page = p->index, .row = row, .complete = true, .first_value = (uint32_t)w->j->values };
	w->at[i + w->form->priv->page_nth[p->index]] = v;
	return v;
}

static void visit_page(struct walk *w, const struct page *p, uint16_t row)
{
	struct visit *v;
	size_t i;

	w->run.row = row;
	if (!expr_true(p->when, &w->run))
		return;
	v = begin_visit(w, p, row);
	for (i = 0; i < p->fields; i++)
		take_field(w, &w->form->field[p->field[i]], row);
	v->values = (uint16_t)(w->j->values - v->first_value);
	check_rules(w, p, row);
	w->j->visits++;
}

static uint16_t rows_there(const void *arg, uint16_t group, uint16_t outer)
{
	const struct answers *x = arg;
	const struct group *g = &x->form->group[group];
	int32_t n = answers_rows(x, group, outer);

	if (n < g->min)
		n = g->min;
	return (uint16_t)(n > g->max ? g->max : n);
}

static void visit_pages(struct walk *w, size_t from, size_t to, int16_t group, uint16_t row);

/* The pages of a group once for each of its rows in this outer row, then its list. */
static void visit_group(struct walk *w, uint16_t group, uint16_t outer)
{
	const struct group *g = &w->form->group[group];
	struct group_rows *rows = &w->rows->group[group];
	const struct page *list = &w->form->page[g->list_page];
	uint32_t at = row_instance(w->form, w->rows, g->parent, outer), i;

	w->run.row = outer;
	if (!expr_true(list->when, &w->run))
		return;
	rows->reached[at] = rows->have[at];
	for (i = rows->first[at]; i < rows->first[at] + rows->have[at]; i++)
		rows->on_path[i] = true;
	for (i = rows->first[at]; i < rows->first[at] + rows->have[at]; i++)
		visit_pages(w, g->first_page, g->list_page, (int16_t)group, rows->number[i]);
	(void)begin_visit(w, list, outer);
	/* a full group has no other question to ask */
	if (!answers_no_more(w->answers, group, outer) && rows->have[at] < g->max)
		add_problem(w, (struct problem){ PROBLEM_REQUIRED, list->index, outer, -1, -1, 0, STR_EMPTY });
	w->j->visits++;
}

static void visit_pages(struct walk *w, size_t from, size_t to, int16_t group, uint16_t row)
{
	const struct form *f = w->form;
	size_t i = from;

	while (i < to) {
		const struct page *p = &f->page[i];
		int16_t inner = p->group;

		if (inner == group) {
			visit_page(w, p, row);
			i++;
			continue;
		}
		while (f->group[inner].parent != group)
			inner = f->group[inner].parent;
		visit_group(w, (uint16_t)inner, row);
		i = f->group[inner].list_page + 1u;
	}
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
	size_t i, k = 0;

	row_table_make(w->arena, f, rows_there, w->answers, w->rows);
	w->visit = arena_alloc_raw(w->arena, arena_mul(w->rows->visits + 1, sizeof *w->visit));
	w->value = arena_alloc_raw(w->arena, arena_mul(w->rows->slots + 1, sizeof *w->value));
	w->slot = ARENA_ARRAY(w->arena, const struct value *, w->rows->slots + 1);
	w->at = ARENA_ARRAY(w->arena, const struct visit *, w->rows->visits + 1);
	w->first = arena_alloc_raw(w->arena, arena_mul(f->fields + 1, sizeof *w->first));
	for (i = 0; i <= f->fields; i++) {
		while (k < w->answers->n && w->answers->v[k].field < i)
			k++;
		w->first[i] = (uint32_t)k;
	}
}

struct journey *journey_run(struct arena *a, const struct form *f, const struct answers *x, const struct journey_context *c)
{
	struct journey_private *priv = ARENA_NEW(a, struct journey_private);
	struct journey *j = ARENA_NEW(a, struct journey);
	struct walk w = { .arena = a, .form = f, .answers = x, .j = j, .rows = &priv->rows };

	priv->context = *c;
	priv->answers = x;
	make_room(&w);
	priv->slot = w.slot;
	priv->at = w.at;
	*j = (struct journey){ .form = f, .visit = w.visit, .value = w.value, .priv = priv };
	w.run = (struct expr_run){ .form = f, .slot = w.slot, .rows = w.rows, .context = &priv->context };
	visit_pages(&w, 0, f->pages, -1, 0);
	j->problem = w.problem;
	while (j->first_open < j->visits && j->visit[j->first_open].complete)
		j->first_open++;
	add_fees(&w);
	return j;
}

/* ---- asking a journey ---- */

const struct visit *journey_find(const struct journey *j, uint16_t page, uint16_t row)
{
	const struct form *f = j->form;
	const struct page *p;
	const struct group_rows *g;
	uint32_t i;

	if (page >= f->pages)
		return NULL;
	p = &f->page[page];
	i = row_instance(f, &j->priv->rows, p->per, row);
	if (i == NO_ROW)
		return NULL;
	if (p->per < 0)
		return j->priv->at[f->priv->page_nth[page]];
	g = &j->priv->rows.group[p->per];
	return j->priv->at[g->visit + i * g->pages + f->priv->page_nth[page]];
}

bool journey_may_show(const struct journey *j, const struct visit *v)
{
	return v && (size_t)(v - j->visit) <= j->first_open;
}

uint16_t journey_rows(const struct journey *j, uint16_t group, uint16_t outer)
{
	uint32_t i = group < j->form->groups ? row_instance(j->form, &j->priv->rows, j->form->group[group].parent, outer) : NO_ROW;

	return i == NO_ROW ? 0 : j->priv->rows.group[group].reached[i];
}

uint16_t journey_first_row(const struct journey *j, uint16_t group, uint16_t outer)
{
	return (uint16_t)((outer ? outer - 1 : 0) * j->form->group[group].max + 1);
}

const struct value *journey_value(const struct journey *j, uint16_t field, uint16_t row)
{
	uint32_t slot = field < j->form->fields ? row_slot(j->form, &j->priv->rows, field, row) : NO_ROW;

	return slot == NO_ROW ? NULL : j->priv->slot[slot];
}

const struct visit *journey_before(const struct journey *j, const struct visit *v)
{
	return v && v > j->visit ? v - 1 : NULL;
}

const struct visit *journey_after(const struct journey *j, const struct visit *v)
{
	return v && v + 1 < j->visit + j->visits ? v + 1 : NULL;
}

void journey_expr_run(const struct journey *j, uint16_t row, struct expr_run *ret)
{
	*ret = (struct expr_run){ .form = j->form, .slot = j->priv->slot, .rows = &j->priv->rows, .context = &j->priv->context, .row = row };
}

bool journey_option(const struct journey *j, const struct field *f, uint16_t row, size_t option)
{
	struct expr_run r;

	journey_expr_run(j, row, &r);
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
	struct expr_run r;
	struct expr_value v;
	struct decimal d;

	journey_expr_run(j, row, &r);
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
