/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The journey: one walk over the pages in their order. A page or field exists if its condition holds for what was asked before it;
 * what does not exist has no value, so nothing can depend on it. Contract: form.h.
 */
#include "domain/expr.h"
#include "domain/field_value.h"
#include "domain/form_journey_impl.h"

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
	uint16_t nth;			/* value of a field with many that is looked at; 0 */
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

	add_problem(w, (struct problem){ .kind = kind, .page = v->page, .row = v->row, .field = (int16_t)f->index, .rule = -1, .nth = w->nth,
					 .limit = limit, .limit_text = limit_text });
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

static void take_one(struct walk *w, const struct field *f, str raw, struct value *v)
{
	struct value_problem p;

	if (field_parse(w->arena, f, raw, v, &p) != VALUE_OK) {
		field_problem(w, f, p.kind, p.limit, STR_EMPTY);
	} else if (v->present) {
		check_limit(w, f, v, f->min, false);
		check_limit(w, f, v, f->max, true);
		if (f->options)
			check_options(w, f, v);
		if (f->type == FIELD_FILE)
			check_files(w, f, v);
	}
}

/* Nothing was typed: an empty input among several is none. */
static bool untyped(str part)
{
	size_t i;

	for (i = 0; i < part.n; i++)
		if (part.p[i] != '|' && part.p[i] != ' ')
			return false;
	return true;
}

static void take_many(struct walk *w, const struct field *f, str raw, struct value *v)
{
	struct buf all = buf_new(w->arena, raw.n + 32);
	size_t before = w->j->problems;
	int32_t n = 0;
	str part;

	while (str_split(&raw, '\n', &part)) {
		struct value one = { .field = v->field, .row = v->row };

		w->nth++;
		part = str_trim(part);
		if (untyped(part))
			continue;
		take_one(w, f, part, &one);
		n++;
		buf_put(&all, one.canonical);
		buf_putc(&all, '\n');
	}
	w->nth = 0;
	v->present = n > 0;
	v->canonical = n ? buf_str(&all) : STR_EMPTY;
	if (w->j->problems > before)
		return;
	v->valid = n ? n >= f->least && n <= f->most : f->optional;
	if (!v->valid)
		field_problem(w, f, !n ? PROBLEM_REQUIRED : n < f->least ? PROBLEM_TOO_FEW : PROBLEM_TOO_MANY, n < f->least ? f->least : f->most, STR_EMPTY);
}

/* "Same as above": the value of the other field, as it is now. True: nothing is asked here. */
static bool take_over(struct walk *w, const struct field *f, uint16_t row, struct value *v)
{
	const struct form *form = w->form;
	const struct value *on, *from;

	if (!f->same_as)
		return false;
	on = w->slot[row_slot(form, w->rows, (uint16_t)(f->same_if - 1), form->field[f->same_if - 1].group < 0 ? 0 : row)];
	if (!on || !on->valid || !str_eq(on->canonical, S("true")))
		return false;
	from = w->slot[row_slot(form, w->rows, (uint16_t)(f->same_as - 1), form->field[f->same_as - 1].group < 0 ? 0 : row)];
	/* what is wrong there is asked there; what is not there at all is asked here */
	if (!from || (!from->present && !f->optional))
		return false;
	*v = *from;
	v->field = f->index;
	v->row = row;
	v->taken = true;
	v->proved = false;
	return true;
}

static str typed_of(struct walk *w, const struct field *f, uint16_t row, struct value *v)
{
	const struct journey_context *c = w->run.context;
	str raw = f->locked && c->proved ? c->proved(c->proved_arg, w->form, f) : STR_EMPTY;

	v->proved = raw.n > 0;
	return raw.n ? raw : raw_of(w, f->index, row);
}

static void take_field(struct walk *w, const struct field *f, uint16_t row)
{
	struct value *v = &w->value[w->j->values];

	if (!expr_true(f->when, &w->run))
		return;
	*v = (struct value){ .field = f->index, .row = row };
	w->j->values++;
	if (f->type == FIELD_CALC)
		calculate(w, f, v);
	else if (f->type == FIELD_INFO)
		v->valid = true;
	else if (take_over(w, f, row, v)) {
		if (f->options)
			check_options(w, f, v);
	} else if (f->many) {
		take_many(w, f, raw_of(w, f->index, row), v);
	} else {
		take_one(w, f, typed_of(w, f, row, v), v);
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

/* What is required, forbidden or wrong because of other answers. All is decided before anything becomes wrong by it. */
static void check_conditions(struct walk *w, const struct page *p, uint16_t row)
{
	uint8_t *kind = ARENA_ARRAY(w->arena, uint8_t, p->fields);
	size_t i;

	for (i = 0; i < p->fields; i++) {
		const struct field *f = &w->form->field[p->field[i]];
		const struct value *v = w->slot[row_slot(w->form, w->rows, f->index, row)];

		kind[i] = PROBLEM_RULE;
		if (!v || !v->valid)
			continue;
		if (!v->present && f->required && !reads_problem(w, f->required, p->per, row) && expr_true(f->required, &w->run))
			kind[i] = PROBLEM_REQUIRED;
		else if (v->present && f->forbidden && !reads_problem(w, f->forbidden, p->per, row) && expr_true(f->forbidden, &w->run))
			kind[i] = PROBLEM_FORBIDDEN;
		else if (v->present && f->validation && !reads_problem(w, f->validation, p->per, row) && !expr_true(f->validation, &w->run))
			kind[i] = PROBLEM_VALIDATION;
	}
	for (i = 0; i < p->fields; i++)
		if (kind[i] != PROBLEM_RULE) {
			const struct field *f = &w->form->field[p->field[i]];

			w->value[w->slot[row_slot(w->form, w->rows, f->index, row)] - w->value].valid = false;
			field_problem(w, f, (enum problem_kind)kind[i], kind[i] == PROBLEM_REQUIRED && f->type == FIELD_DATE ? 7 : 0, STR_EMPTY);
		}
}

static void check_rules(struct walk *w, const struct page *p, uint16_t row)
{
	size_t i;

	for (i = 0; i < p->rules; i++) {
		const struct rule *r = &w->form->rule[p->rule[i]];

		if (reads_problem(w, r->must, p->per, row) || expr_true(r->must, &w->run))
			continue;
		add_problem(w, (struct problem){ .kind = PROBLEM_RULE, .page = p->index, .row = row, .field = r->at, .rule = (int16_t)p->rule[i] });
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
	if (p->conditions)
		check_conditions(w, p, row);
	check_rules(w, p, row);
	v->taken = v->complete && v->values > 0;
	for (i = v->first_value; i < w->j->values; i++)
		v->taken &= w->value[i].taken;
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
		add_problem(w, (struct problem){ .kind = PROBLEM_REQUIRED, .page = list->index, .row = outer, .field = -1, .rule = -1 });
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
