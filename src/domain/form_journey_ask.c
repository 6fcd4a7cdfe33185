/* SPDX-License-Identifier: EUPL-1.2 */
/* Asking a journey: pages, values, options, defaults. Contract: form.h. */
#include "domain/expr.h"
#include "domain/form_journey_impl.h"

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
	while (v && v > j->visit)
		if (!(--v)->taken)
			return v;
	return NULL;
}

const struct visit *journey_after(const struct journey *j, const struct visit *v)
{
	while (v && v + 1 < j->visit + j->visits)
		if (!(++v)->taken)
			return v;
	return NULL;
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

bool journey_optional(const struct journey *j, const struct field *f, uint16_t row)
{
	struct expr_run r;

	journey_expr_run(j, row, &r);
	return f->optional && !(f->required && expr_true(f->required, &r));
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
