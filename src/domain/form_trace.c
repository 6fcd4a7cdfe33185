/* SPDX-License-Identifier: EUPL-1.2 */
#include "domain/form_trace.h"

#include "domain/form_impl.h"

#define TRACE_MOST 500
#define READS_MOST 12	/* rows of a group that a sum read: the first ones tell enough */

struct tracing {
	struct arena *arena;
	const struct journey *j;
	const struct journey_context *context;
	const struct page *here;
	uint16_t row;			/* of the page shown */
	struct trace *trace;
	size_t n;
};

static str literal(struct arena *a, const struct field *f, const struct value *v)
{
	if (!v->present || !v->valid)
		return STR_EMPTY;
	switch (expr_type_of(f)) {
	case EXPR_TEXT:
		return str_fmt(a, "'%.*s'", STR_FMT(str_replace(a, v->canonical, S("'"), S("''"))));
	case EXPR_LIST:
		return str_fmt(a, "('%.*s')", STR_FMT(str_replace(a, v->canonical, S("|"), S("', '"))));
	default:
		return v->canonical;
	}
}

static void put_read(struct tracing *t, struct trace_read *to, size_t *n, uint16_t field, uint16_t row)
{
	const struct value *v = journey_value(t->j, field, row);
	struct buf b = buf_new(t->arena, 40);

	if (*n == READS_MOST)
		return;
	form_place_put(&b, t->j->form, field, row);
	to[(*n)++] = (struct trace_read){ buf_str(&b), v ? literal(t->arena, &t->j->form->field[field], v) : STR_EMPTY, v != NULL };
}

/* The row of the field that is at hand there; false: each of its rows counts. */
static bool at_hand(const struct form *f, int16_t per, uint16_t row, const struct field *x, uint16_t *ret)
{
	int16_t g = per;

	*ret = 0;
	while (g >= 0 && g != x->group)
		g = f->group[g].parent;
	if (x->group >= 0 && g >= 0)
		*ret = form_row_up(f, per, row, g);
	return x->group < 0 || g >= 0;
}

static void put_reads(struct tracing *t, struct trace *x, int16_t per)
{
	const struct form *f = t->j->form;
	struct trace_read *read = ARENA_ARRAY(t->arena, struct trace_read, READS_MOST + 2);
	size_t n = 0;
	uint16_t row;

	for (size_t i = 0; i < x->expr->n_reads; i++) {
		const struct field *r = &f->field[x->expr->reads[i]];

		if (at_hand(f, per, x->row, r, &row)) {
			put_read(t, read, &n, r->index, row);
			continue;
		}
		for (size_t k = 0; k < t->j->values; k++)
			if (t->j->value[k].field == r->index)
				put_read(t, read, &n, r->index, t->j->value[k].row);
	}
	if (x->expr->reads_today)
		read[n++] = (struct trace_read){ S("today()"), date_iso(t->arena, t->context->today), true };
	if (x->expr->reads_place)
		read[n++] = (struct trace_read){ S("place"), str_fmt(t->arena, "'%.*s' (%lld)", STR_FMT(t->context->place_ars),
			(long long)t->context->place_population), true };
	x->read = read;
	x->reads = n;
}

static void put(struct tracing *t, struct trace x, int16_t per)
{
	struct expr_run run;

	if (!x.expr || t->n == TRACE_MOST)
		return;
	if (x.kind != TRACE_RULE && x.kind != TRACE_FEE) {
		journey_expr_run(t->j, x.row, &run);
		x.verdict = expr_true(x.expr, &run) ? TRACE_YES : TRACE_NO;
	}
	put_reads(t, &x, per);
	t->trace[t->n++] = x;
}

static enum trace_verdict rule_verdict(const struct tracing *t, const struct rule *r, uint16_t row)
{
	const struct form *f = t->j->form;
	const struct page *p = &f->page[r->page];
	struct expr_run run;
	uint16_t at;

	for (size_t i = 0; i < t->j->problems; i++)
		if (t->j->problem[i].rule == (int16_t)(r - f->rule) && t->j->problem[i].row == row)
			return TRACE_NO;
	for (size_t i = 0; i < r->must->n_reads; i++)
		if (at_hand(f, p->per, row, &f->field[r->must->reads[i]], &at)) {
			const struct value *v = journey_value(t->j, r->must->reads[i], at);

			if (v && !v->valid)
				return TRACE_WAITS;
		}
	journey_expr_run(t->j, row, &run);
	return expr_true(r->must, &run) ? TRACE_YES : TRACE_WAITS;
}

static void page_parts(struct tracing *t, const struct page *p, uint16_t row, bool here)
{
	const struct form *f = t->j->form;

	for (size_t i = 0; i < p->fields; i++) {
		const struct field *x = &f->field[p->field[i]];

		put(t, (struct trace){ .kind = TRACE_FIELD, .page = p, .field = x, .expr = x->when, .row = row, .here = here }, p->per);
		for (size_t k = 0; k < x->options; k++)
			put(t, (struct trace){ .kind = TRACE_OPTION, .page = p, .field = x, .option = x->option[k].id, .expr = x->option[k].when,
					       .row = row, .here = here }, p->per);
	}
	for (size_t i = 0; i < p->rules; i++) {
		const struct rule *r = &f->rule[p->rule[i]];

		put(t, (struct trace){ .kind = TRACE_RULE, .page = p, .rule = r, .expr = r->must, .row = row, .here = here,
				       .verdict = rule_verdict(t, r, row) }, p->per);
	}
}

static void page(struct tracing *t, const struct page *p)
{
	bool here = p == t->here, there = false;
	uint16_t row = 0;

	for (size_t i = 0; i < t->j->visits && !there; i++)
		if (t->j->visit[i].page == p->index && (!here || t->j->visit[i].row == t->row)) {
			row = t->j->visit[i].row;
			there = true;
		}
	if (!there)
		row = p->per >= 0 ? 1 : 0;
	put(t, (struct trace){ .kind = TRACE_PAGE, .page = p, .expr = p->when, .row = row, .here = here }, p->per);
	if (there)
		page_parts(t, p, row, here);
}

static void fees(struct tracing *t)
{
	const struct form *f = t->j->form;

	for (size_t i = 0; i < f->fees && i < t->j->fees; i++) {
		const struct fee_line *l = &t->j->fee[i];

		put(t, (struct trace){ .kind = TRACE_FEE, .fee = f->fee[i].id, .expr = f->fee[i].amount, .verdict = l->known ? TRACE_YES : TRACE_WAITS,
				       .value = l->known ? decimal_str(t->arena, decimal_cents(l->cents)) : STR_EMPTY }, -1);
	}
}

size_t form_trace(struct arena *a, const struct journey *j, const struct journey_context *c, const struct page *here, uint16_t row,
		  const struct trace **ret)
{
	struct tracing t = { .arena = a, .j = j, .context = c, .here = here, .row = row };

	*ret = t.trace = ARENA_ARRAY(a, struct trace, TRACE_MOST);
	for (size_t i = 0; i < j->form->pages; i++)
		page(&t, &j->form->page[i]);
	fees(&t);
	return t.n;
}
