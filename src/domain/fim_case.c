/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Recorded cases of an imported form, made by filling it in: once with the least, once with all there is. Every answer is tried on the journey
 * itself; what it finds wrong is answered differently, until nothing is wrong or all has been tried.
 */
#include "domain/fim_impl.h"

#include "base/pattern.h"
#include "base/yaml_write.h"
#include "domain/expr.h"
#include "domain/field_value.h"

#define ROUNDS_MOST 60

struct filling {
	struct fim_plan *p;
	struct arena *a;
	const struct form *form;
	struct answers *x;
	struct journey *j;
	struct journey_context context;
	bool all;
	uint8_t *tries;			/* per rule */
};

/* ---- values ---- */

static str text_like(struct filling *w, const struct field *f)
{
	struct buf b = buf_new(w->a, 40);
	size_t least = f->min_length > 8 ? (size_t)f->min_length : 8;

	if (f->pattern)
		return pattern_example(w->a, f->pattern, f->min_length > 0 ? (size_t)f->min_length : 1);
	if (f->max_length > 0 && least > (size_t)f->max_length)
		least = (size_t)f->max_length;
	while (b.n < least)
		buf_putc(&b, "Beispiel"[b.n % 8]);
	return buf_str(&b);
}

static str number_like(struct filling *w, const struct field *f)
{
	struct expr_value low, high;
	bool has_low = f->min && expr_constant(f->min, &low) && !low.empty, has_high = f->max && expr_constant(f->max, &high) && !high.empty;
	struct decimal one = { 1, 0 };

	if (has_low && (decimal_cmp(low.number, one) > 0 || (has_high && decimal_cmp(high.number, one) < 0)))
		one = low.number;
	else if (has_high && decimal_cmp(high.number, one) < 0)
		one = high.number;
	return str_replace(w->a, decimal_str(w->a, one), S("."), S(","));
}

static str date_like(struct filling *w, const struct field *f)
{
	struct expr_value low, high;
	bool has_low = f->min && expr_constant(f->min, &low) && !low.empty, has_high = f->max && expr_constant(f->max, &high) && !high.empty;
	struct date d = { 2026, 6, 15 };

	if (has_low && date_cmp(low.date, d) > 0)
		d = low.date;
	if (has_high && date_cmp(high.date, d) < 0)
		d = high.date;
	if (f->type == FIELD_MONTH)
		return str_fmt(w->a, "%d|%d", (int)d.month, (int)d.year);
	return str_fmt(w->a, "%d|%d|%d", (int)d.day, (int)d.month, (int)d.year);
}

static str options_like(struct filling *w, const struct field *f, uint16_t row, size_t skip)
{
	struct buf b = buf_new(w->a, 40);
	size_t want = f->type == FIELD_SEVERAL && f->least > 1 ? (size_t)f->least : 1;

	for (size_t i = 0; i < f->options && want; i++) {
		if (!journey_option(w->j, f, row, i))
			continue;
		if (skip) {
			skip--;
			continue;
		}
		buf_fmt(&b, "%s%.*s", b.n ? "|" : "", STR_FMT(f->option[i].id));
		want--;
	}
	return buf_str(&b);
}

static str files_like(struct filling *w, const struct field *f)
{
	struct buf b = buf_new(w->a, 20);

	for (int32_t i = 1; i <= (f->least > 1 ? f->least : 1); i++)
		buf_fmt(&b, "%s%d", i > 1 ? "|" : "", (int)i);
	return buf_str(&b);
}

/* attempt: 0, 1 ...: another one each time where there are several. */
static str value_like(struct filling *w, const struct field *f, uint16_t row, size_t attempt)
{
	switch (f->type) {
	case FIELD_TEXT:
	case FIELD_LONGTEXT: return text_like(w, f);
	case FIELD_NAME: return f->pattern || f->min_length > 6 || (f->max_length && f->max_length < 6) ? text_like(w, f) : S("Muster");
	case FIELD_INTEGER:
	case FIELD_DECIMAL:
	case FIELD_MONEY: return number_like(w, f);
	case FIELD_DATE:
	case FIELD_MONTH: return date_like(w, f);
	case FIELD_TIME: return S("09:30");
	case FIELD_BOOL: return (w->all ? attempt % 2 == 0 : attempt % 2 == 1) ? S("true") : S("false");
	case FIELD_CONSENT: return S("true");
	case FIELD_CHOICE:
	case FIELD_SEVERAL:
	case FIELD_COUNTRY: return options_like(w, f, row, attempt);
	case FIELD_FILE: return files_like(w, f);
	case FIELD_EMAIL: return S("muster@example.org");
	case FIELD_POSTCODE: return S("01067");
	case FIELD_PHONE: return S("0351 1234567");
	case FIELD_IBAN: return S("DE02 1203 0000 0000 2020 51");
	case FIELD_TAXID: return S("02476291358");
	case FIELD_PLATE: return S("DD AB 123");
	default: return STR_EMPTY;
	}
}

/* ---- rounds ---- */

static void answer(struct filling *w, uint16_t field, uint16_t row, size_t attempt)
{
	const struct field *f = &w->form->field[field];
	str one = value_like(w, f, row, attempt), all = one;

	for (int32_t i = 1; f->many && i < f->least; i++)
		all = str_fmt(w->a, "%.*s\n%.*s", STR_FMT(all), STR_FMT(one));
	answers_set(w->x, field, row, all);
}

/* Changes something of what a broken rule reads: another thing each time. */
static void mend_rule(struct filling *w, const struct problem *p)
{
	const struct expr *e = w->form->rule[p->rule].must;
	size_t turn = w->tries[p->rule]++;

	for (size_t i = 0; i < e->n_reads; i++) {
		const struct field *f = &w->form->field[e->reads[i]];
		uint16_t row = f->group < 0 ? 0 : form_row_up(w->form, w->form->page[p->page].per, p->row, f->group);

		if (!answers_get(w->x, f->index, row).n && turn < 3) {
			answer(w, f->index, row, 0);
			return;
		}
	}
	if (e->n_reads) {
		const struct field *f = &w->form->field[e->reads[turn % e->n_reads]];

		answer(w, f->index, f->group < 0 ? 0 : form_row_up(w->form, w->form->page[p->page].per, p->row, f->group), turn / e->n_reads + 1);
	}
}

static bool mend(struct filling *w, const struct problem *p)
{
	const struct page *page = &w->form->page[p->page];

	if (p->rule >= 0) {
		if (w->tries[p->rule] > 40)
			return false;
		mend_rule(w, p);
		return true;
	}
	if (p->field < 0) {
		const struct group *g = &w->form->group[page->group];
		uint16_t rows = answers_rows(w->x, (uint16_t)page->group, p->row), want = (uint16_t)(g->min > 0 ? g->min : w->all ? 1 : 0);

		answers_rows_set(w->x, (uint16_t)page->group, p->row, rows > want ? rows : want, true);
		return true;
	}
	answer(w, (uint16_t)p->field, p->row, 0);
	return true;
}

/* What may be left out is given, too. */
static bool more(struct filling *w)
{
	bool any = false;

	for (size_t i = 0; i < w->j->values; i++) {
		const struct value *v = &w->j->value[i];
		const struct field *f = &w->form->field[v->field];

		if (v->present || f->type == FIELD_INFO || f->type == FIELD_CALC)
			continue;
		answer(w, v->field, v->row, 0);
		any |= answers_get(w->x, v->field, v->row).n > 0;
	}
	return any;
}

static bool fill(struct filling *w)
{
	bool going = true;

	w->x = answers_new(w->a, w->form);
	w->tries = ARENA_ARRAY(w->a, uint8_t, w->form->rules + 1);
	for (int round = 0; going && round < ROUNDS_MOST; round++) {
		w->j = journey_run(w->a, w->form, w->x, &w->context);
		going = false;
		if (w->all && round < 12)
			going = more(w);
		for (size_t i = 0; i < w->j->problems; i++)
			going |= mend(w, &w->j->problem[i]);
	}
	w->j = journey_run(w->a, w->form, w->x, &w->context);
	return w->j->problems == 0;
}

/* ---- the record ---- */

static str typed(struct filling *w, const struct field *f, str raw)
{
	struct value v = { 0 };
	struct value_problem p;

	if (!f->many && (f->type == FIELD_DATE || f->type == FIELD_MONTH) && field_parse(w->a, f, raw, &v, &p) == VALUE_OK)
		return v.canonical;
	return raw;
}

static struct node *record(struct filling *w, str name)
{
	struct node *one = node_new(w->a, NODE_MAP), *answers = node_new(w->a, NODE_MAP), *path = node_new(w->a, NODE_LIST), *errors = node_new(w->a, NODE_MAP);

	node_set(w->a, one, S("name"), node_new_text(w->a, name));
	node_set(w->a, one, S("today"), node_new_text(w->a, S("2026-06-15")));
	for (size_t i = 0; i < w->j->values; i++) {
		const struct value *v = &w->j->value[i];
		const struct field *f = &w->form->field[v->field];
		str raw = answers_get(w->x, v->field, v->row);
		struct buf b = buf_new(w->a, 60);
		struct node *n;

		if (!raw.n)
			continue;
		form_place_put(&b, w->form, v->field, v->row);
		n = node_new_text(w->a, typed(w, f, raw));
		if (f->many || f->type == FIELD_SEVERAL || f->type == FIELD_FILE) {
			str rest = raw, part;

			n = node_new(w->a, NODE_LIST);
			while (str_split(&rest, f->many ? '\n' : '|', &part))
				node_append(w->a, n, node_new_text(w->a, part));
		}
		node_set(w->a, answers, buf_str(&b), n);
	}
	for (size_t i = 0; i < w->j->visits; i++) {
		const struct page *page = &w->form->page[w->j->visit[i].page];
		str row = form_row_path(w->a, w->form, page->per, w->j->visit[i].row);

		node_append(w->a, path, node_new_text(w->a, row.n ? str_fmt(w->a, "%.*s/%.*s", STR_FMT(page->id), STR_FMT(row)) : page->id));
	}
	if (w->j->problems == 0)
		node_append(w->a, path, node_new_text(w->a, S("pruefen")));
	node_set(w->a, one, S("answers"), answers);
	node_set(w->a, one, S("path"), path);
	if (errors->n)
		node_set(w->a, one, S("errors"), errors);
	return one;
}

str fim_case(struct fim_plan *p, const struct node *service, const struct node *form)
{
	struct findings quiet = findings_new(p->arena);
	struct node *list = node_new(p->arena, NODE_LIST);
	struct form *compiled;
	struct buf b = buf_new(p->arena, 8192);

	if (form_compile(p->arena, service, form, NULL, &quiet, &compiled) < 0) {
		for (size_t i = 0; i < quiet.n && i < 5; i++)
			fim_find(p, p->source->rules ? FINDING_WARNING : FINDING_ERROR, "compile", p->root->x->line, p->root->x->id,
				 str_fmt(p->arena, "%.*s [%.*s]", STR_FMT(quiet.v[i].text), STR_FMT(quiet.v[i].code)));
		return STR_EMPTY;
	}
	for (int all = 0; all < 2; all++) {
		struct filling w = { .p = p, .a = p->arena, .form = compiled, .context.today = { 2026, 6, 15 }, .all = all == 1 };

		if (fill(&w)) {
			node_append(p->arena, list, record(&w, text_get(LANG_DE, all ? TX_FIM_MAKE_CASE_ALL : TX_FIM_MAKE_CASE_LEAST)));
		} else {
			const struct problem *q = &w.j->problem[0];

			fim_find(p, FINDING_WARNING, "no_case", p->root->x->line, p->root->x->id,
				 q->rule >= 0 ? compiled->rule[q->rule].id : q->field >= 0 ? compiled->field[q->field].id : compiled->page[q->page].id);
		}
	}
	yaml_write(&b, list);
	return buf_str(&b);
}
