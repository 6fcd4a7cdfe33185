/* SPDX-License-Identifier: EUPL-1.2 */
/* Expressions over many: rows of groups, values of a field, options; and whole numbers. Rows are bounded: evaluation always ends. */
#include "domain/expr_impl.h"

#include "domain/form_impl.h"

bool expr_list_next(str *rest, str *ret_part)
{
	bool lines = rest->n && rest->p[rest->n - 1] == '\n';

	return rest->n && str_split(rest, lines ? '\n' : '|', ret_part);
}

/* Whole number of days or months that fits; dates do not move by halves. */
bool expr_whole(struct decimal d, int32_t *ret)
{
	struct decimal w;

	if (decimal_round(d, 0, ROUND_DOWN, &w) < 0 || decimal_cmp(w, d) != 0 || w.unscaled > 4000000 || w.unscaled < -4000000)
		return false;
	*ret = (int32_t)w.unscaled;
	return true;
}

static size_t ticks(str list)
{
	str part;
	size_t n = 0;

	while (expr_list_next(&list, &part))
		n++;
	return n;
}

static struct expr_value element_of(const struct field *f, str canonical)
{
	struct expr_value v = expr_value_of(f->type, canonical);
	char first[11];

	/* a month is its first day */
	if (v.type == EXPR_DATE && v.empty && canonical.n == 7) {
		memcpy(first, canonical.p, 7);
		memcpy(first + 7, "-01", 4);
		v.empty = date_parse_iso(str_c(first), &v.date) < 0;
	}
	return v;
}

static void over_values(const struct expr *e, const struct expr_node *x, struct expr_run *r, const struct expr_value *list, struct expr_value *v)
{
	const struct expr_value *outer = r->element;
	const struct field *f = &r->form->field[x->k];
	struct decimal sum = decimal_int(0);
	struct expr_value one, element;
	int64_t values = 0, hits = 0;
	str rest = list->empty ? STR_EMPTY : list->text, part;
	bool empty = false;

	while (expr_list_next(&rest, &part)) {
		element = element_of(f, part);
		r->element = &element;
		expr_eval_at(e, x->arg[1], r, &one);
		values++;
		if (x->op != OP_SUM_OF)
			hits += truth(&one);
		else if (one.empty || decimal_add(sum, one.number, &sum) < 0)
			empty = true;
	}
	r->element = outer;
	v->empty = x->op == OP_SUM_OF && empty;
	if (x->op == OP_SUM_OF)
		v->number = sum;
	else if (x->op == OP_COUNT_OF)
		v->number = decimal_int(hits);
	else
		v->truth = x->op == OP_ANY_OF ? hits > 0 : hits == values;
}

/* Three numbers that make a day of the calendar. */
void expr_valid_date(const struct expr *e, const struct expr_node *x, struct expr_run *r, struct expr_value *v)
{
	struct expr_value part[3];
	int32_t n[3];
	int i;

	set_truth(v, false);
	for (i = 0; i < 3; i++) {
		expr_eval_at(e, x->arg[i], r, &part[i]);
		if (part[i].empty || !expr_whole(part[i].number, &n[i]))
			return;
	}
	if (n[0] >= 1 && n[0] <= 31 && n[1] >= 1 && n[1] <= 12 && n[2] >= 1 && n[2] <= 9999)
		v->truth = date_valid((struct date){ (int16_t)n[2], (int8_t)n[1], (int8_t)n[0] });
}

void expr_list_function(const struct expr *e, const struct expr_node *x, struct expr_run *r, struct expr_value *v)
{
	struct expr_value a, b;
	str rest, part;

	expr_eval_at(e, x->arg[0], r, &a);
	if (x->op != OP_HAS && x->op != OP_TICKS) {
		over_values(e, x, r, &a, v);
		return;
	}
	if (x->op == OP_TICKS) {
		v->empty = false;
		v->number = decimal_int(a.empty ? 0 : (int64_t)ticks(a.text));
		return;
	}
	set_truth(v, false);
	expr_eval_at(e, x->arg[1], r, &b);
	if (a.empty || b.empty)
		return;
	for (rest = a.text; expr_list_next(&rest, &part);)
		if (str_eq(part, b.text))
			v->truth = true;
}

/* The rows of a group that lie under the row at hand of the group around them; all, if none is at hand. */
static const struct group_rows *rows_at_hand(const struct expr_node *x, const struct expr_run *r, uint32_t *from, uint32_t *to)
{
	int16_t above = (int16_t)(x->arg[1] - 1);
	uint32_t under = above < 0 ? 0 : row_instance(r->form, r->rows, above, (uint16_t)((r->row - 1) / x->arg[2] + 1));

	*from = *to = 0;
	if (under != NO_ROW)
		row_range(r->form, r->rows, (int16_t)x->k, above, under, from, to);
	return &r->rows->group[x->k];
}

int64_t expr_count_rows(const struct expr_node *x, const struct expr_run *r)
{
	uint32_t from, to;
	const struct group_rows *g = rows_at_hand(x, r, &from, &to);
	int64_t n = 0;

	for (; from < to; from++)
		n += g->on_path[from];
	return n;
}

void expr_over_rows(const struct expr *e, const struct expr_node *x, struct expr_run *r, struct expr_value *v)
{
	uint16_t outer = r->row, rows = 0, hits = 0;
	struct decimal sum = decimal_int(0);
	bool empty = false;
	struct expr_value one;
	uint32_t from, to;
	const struct group_rows *g = rows_at_hand(x, r, &from, &to);

	for (; from < to; from++) {
		if (!g->on_path[from])
			continue;
		rows++;
		r->row = g->number[from];
		expr_eval_at(e, x->arg[0], r, &one);
		if (x->op != OP_SUM)
			hits += truth(&one);
		else if (one.empty || decimal_add(sum, one.number, &sum) < 0)
			empty = true;
	}
	r->row = outer;
	v->empty = false;
	if (x->op == OP_SUM) {
		v->empty = empty;
		v->number = sum;
	} else if (x->op == OP_COUNT_WHERE) {
		v->number = decimal_int(hits);
	} else {
		v->truth = x->op == OP_ANY ? hits > 0 : hits == rows;
	}
}
