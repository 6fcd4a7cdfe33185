/* SPDX-License-Identifier: EUPL-1.2 */
/* The evaluator. Children lie before their parents, rows are bounded: evaluation always ends. */
#include "domain/expr_impl.h"

#include "base/utf8.h"
#include "domain/form_impl.h"

/* Division keeps this many places; what needs fewer says round(). */
#define DIVISION_SCALE 6

str expr_type_name(enum expr_type t)
{
	static const str name[] = { STR_INIT("text"), STR_INIT("number"), STR_INIT("date"), STR_INIT("yes/no"), STR_INIT("list"),
				    STR_INIT("value") };

	return name[t];
}

static enum expr_type type_of_field(enum field_type t)
{
	switch (t) {
	case FIELD_INTEGER:
	case FIELD_DECIMAL:
	case FIELD_MONEY:
		return EXPR_NUMBER;
	case FIELD_DATE:
	case FIELD_MONTH:
		return EXPR_DATE;
	case FIELD_BOOL:
	case FIELD_CONSENT:
		return EXPR_BOOL;
	case FIELD_SEVERAL:
	case FIELD_FILE:
		return EXPR_LIST;
	default:
		return EXPR_TEXT;
	}
}

enum expr_type expr_element_type(const struct field *f)
{
	return f->many ? type_of_field(f->type) : expr_type_of(f);
}

enum expr_type expr_type_of(const struct field *f)
{
	if (f->many)
		return EXPR_LIST;
	/* a calculation has the type of its expression; before that is compiled nobody may read it (form_compile sees to it) */
	if (f->type == FIELD_CALC)
		return f->value ? f->value->type : EXPR_NUMBER;
	return type_of_field(f->type);
}

struct expr_value expr_value_of(enum field_type type, str canonical)
{
	struct expr_value v = { .type = type_of_field(type), .empty = canonical.n == 0 };

	if (v.empty)
		return v;
	switch (v.type) {
	case EXPR_NUMBER:
		v.empty = decimal_parse(canonical, &v.number) < 0;
		break;
	case EXPR_DATE:
		v.empty = date_parse_iso(canonical, &v.date) < 0;
		break;
	case EXPR_BOOL:
		v.truth = str_eq(canonical, S("true"));
		break;
	default:
		v.text = canonical;
	}
	return v;
}

int expr_value_cmp(const struct expr_value *a, const struct expr_value *b)
{
	switch (a->type) {
	case EXPR_NUMBER:
		return decimal_cmp(a->number, b->number);
	case EXPR_DATE:
		return date_cmp(a->date, b->date);
	case EXPR_BOOL:
		return a->truth - b->truth;
	default:
		return str_cmp(a->text, b->text);
	}
}

static void read_field(const struct expr_node *x, struct expr_run *r, struct expr_value *v)
{
	uint32_t slot = row_slot(r->form, r->rows, x->k, x->arg[0] ? (uint16_t)((r->row - 1) / x->arg[0] + 1) : 0);
	const struct value *got = slot == NO_ROW ? NULL : r->slot[slot];

	v->empty = true;
	if (!got) {
		r->met_unreachable = true;
		return;
	}
	if (!got->present || !got->valid) {
		if (!got->valid)
			r->met_open = true;
		return;
	}
	v->empty = false;
	switch (v->type) {
	case EXPR_NUMBER:
		v->number = got->number;
		break;
	case EXPR_DATE:
		v->date = got->date;
		break;
	case EXPR_BOOL:
		v->truth = got->canonical.n == 4;	/* "true" */
		break;
	default:
		v->text = got->canonical;
	}
}

static void compare(const struct expr *e, const struct expr_node *x, struct expr_run *r, struct expr_value *v)
{
	struct expr_value a, b;
	int c;

	expr_eval_at(e, x->arg[0], r, &a);
	expr_eval_at(e, x->arg[1], r, &b);
	if (a.empty || b.empty) {
		set_truth(v, false);
		return;
	}
	c = expr_value_cmp(&a, &b);
	switch (x->op) {
	case OP_EQ:
		set_truth(v, c == 0);
		break;
	case OP_NE:
		set_truth(v, c != 0);
		break;
	case OP_LT:
		set_truth(v, c < 0);
		break;
	case OP_LE:
		set_truth(v, c <= 0);
		break;
	case OP_GT:
		set_truth(v, c > 0);
		break;
	default:
		set_truth(v, c >= 0);
	}
}

static void is_in(const struct expr *e, const struct expr_node *x, struct expr_run *r, struct expr_value *v)
{
	struct expr_value a;
	bool found = false;
	int i;

	expr_eval_at(e, x->arg[0], r, &a);
	for (i = 0; !a.empty && !found && i < x->args; i++)
		found = expr_value_cmp(&a, &e->konst[x->k + i]) == 0;
	set_truth(v, found);
}

static void date_sum(enum expr_op op, const struct expr_value *a, const struct expr_value *b, struct expr_value *v)
{
	int32_t days;

	if (b->type == EXPR_DATE) {
		v->number = decimal_int((int64_t)date_days(a->date) - date_days(b->date));
		return;
	}
	if (!expr_whole(b->number, &days)) {
		v->empty = true;
		return;
	}
	v->date = date_add_days(a->date, op == OP_ADD ? days : -days);
	v->empty = v->date.year == 0;
}

static void arithmetic(const struct expr *e, const struct expr_node *x, struct expr_run *r, struct expr_value *v)
{
	struct expr_value a, b;
	int rc = 0;

	expr_eval_at(e, x->arg[0], r, &a);
	expr_eval_at(e, x->arg[1], r, &b);
	v->empty = a.empty || b.empty;
	if (v->empty)
		return;
	if (a.type == EXPR_DATE) {
		date_sum((enum expr_op)x->op, &a, &b, v);
		return;
	}
	if (x->op == OP_ADD)
		rc = decimal_add(a.number, b.number, &v->number);
	else if (x->op == OP_SUB)
		rc = decimal_sub(a.number, b.number, &v->number);
	else if (x->op == OP_MUL)
		rc = decimal_mul(a.number, b.number, &v->number);
	else
		rc = decimal_div(a.number, b.number, DIVISION_SCALE, ROUND_HALF_UP, &v->number);
	v->empty = rc < 0;
}

static int32_t full_months(struct date a, struct date b)
{
	int32_t n = (b.year - a.year) * 12 + b.month - a.month;

	if (date_cmp(a, b) > 0)
		return -full_months(b, a);
	/* "2026-01-31" to "2026-02-28" is one month: the day does not exist, the month is over */
	if (date_cmp(date_add_months(a, n), b) > 0)
		n--;
	return n;
}

static void date_function(const struct expr *e, const struct expr_node *x, struct expr_run *r, struct expr_value *v)
{
	struct expr_value a, b;
	int32_t n;

	expr_eval_at(e, x->arg[0], r, &a);
	v->empty = a.empty;
	if (a.empty)
		return;
	if (x->op == OP_AGE) {
		v->number = decimal_int(date_age(a.date, r->context->today));
	} else if (x->op == OP_YEAR || x->op == OP_MONTH) {
		v->number = decimal_int(x->op == OP_YEAR ? a.date.year : a.date.month);
	} else {
		expr_eval_at(e, x->arg[1], r, &b);
		v->empty = b.empty;
		if (b.empty)
			return;
		if (x->op == OP_MONTHS) {
			v->number = decimal_int(full_months(a.date, b.date));
		} else if (x->op == OP_DAYS) {
			v->number = decimal_int((int64_t)date_days(b.date) - date_days(a.date));
		} else if (expr_whole(b.number, &n)) {
			v->date = date_add_months(a.date, n);
			v->empty = v->date.year == 0;
		} else {
			v->empty = true;
		}
	}
}

static void number_function(const struct expr *e, const struct expr_node *x, struct expr_run *r, struct expr_value *v)
{
	struct expr_value a, b;
	int32_t n;

	expr_eval_at(e, x->arg[0], r, &a);
	v->empty = a.empty;
	if (a.empty)
		return;
	if (x->op == OP_NEG) {
		v->empty = decimal_sub(decimal_int(0), a.number, &v->number) < 0;
		return;
	}
	if (x->op == OP_LENGTH) {
		v->number = decimal_int((int64_t)utf8_length(a.text));
		return;
	}
	expr_eval_at(e, x->arg[1], r, &b);
	v->empty = b.empty;
	if (b.empty)
		return;
	if (x->op == OP_ROUND)
		v->empty = !expr_whole(b.number, &n) || n < 0 || n > 9 ||
			   decimal_round(a.number, (uint8_t)n, ROUND_HALF_UP, &v->number) < 0;
	else if ((expr_value_cmp(&a, &b) <= 0) == (x->op == OP_MIN))
		*v = a;
	else
		*v = b;
}

static void logic(const struct expr *e, const struct expr_node *x, struct expr_run *r, struct expr_value *v)
{
	bool left;

	expr_eval_at(e, x->arg[0], r, v);
	left = truth(v);
	if (x->op == OP_NOT) {
		set_truth(v, !left);
	} else if ((x->op == OP_AND && !left) || (x->op == OP_OR && left)) {
		set_truth(v, left);
	} else {
		expr_eval_at(e, x->arg[1], r, v);
		set_truth(v, x->op == OP_XOR ? left != truth(v) : truth(v));
	}
}

void expr_eval_at(const struct expr *e, uint16_t n, struct expr_run *r, struct expr_value *v)
{
	const struct expr_node *x = &e->node[n];

	v->type = (enum expr_type)x->type;
	v->empty = false;
	switch ((enum expr_op)x->op) {
	case OP_CONST:
		*v = e->konst[x->k];
		return;
	case OP_FIELD:
		read_field(x, r, v);
		return;
	case OP_ARS:
		v->text = r->context->place_ars;
		v->empty = v->text.n == 0;
		return;
	case OP_POPULATION:
		v->number = decimal_int(r->context->place_population);
		v->empty = r->context->place_ars.n == 0;
		return;
	case OP_TODAY:
		v->date = r->context->today;
		return;
	case OP_EQ:
	case OP_NE:
	case OP_LT:
	case OP_LE:
	case OP_GT:
	case OP_GE:
		compare(e, x, r, v);
		return;
	case OP_IN:
		is_in(e, x, r, v);
		return;
	case OP_AND:
	case OP_OR:
	case OP_XOR:
	case OP_NOT:
		logic(e, x, r, v);
		return;
	case OP_ADD:
	case OP_SUB:
	case OP_MUL:
	case OP_DIV:
		arithmetic(e, x, r, v);
		return;
	case OP_IS_EMPTY:
		expr_eval_at(e, x->arg[0], r, v);
		set_truth(v, v->empty);
		return;
	case OP_AGE:
	case OP_YEAR:
	case OP_MONTH:
	case OP_MONTHS:
	case OP_DAYS:
	case OP_ADD_MONTHS:
		date_function(e, x, r, v);
		return;
	case OP_IF:
		expr_eval_at(e, x->arg[0], r, v);
		expr_eval_at(e, truth(v) ? x->arg[1] : x->arg[2], r, v);
		return;
	case OP_NEG:
	case OP_ROUND:
	case OP_MIN:
	case OP_MAX:
	case OP_LENGTH:
		number_function(e, x, r, v);
		return;
	case OP_VALID_DATE:
		expr_valid_date(e, x, r, v);
		return;
	case OP_VALUE:
		*v = *r->element;
		return;
	case OP_HAS:
	case OP_TICKS:
	case OP_ANY_OF:
	case OP_ALL_OF:
	case OP_COUNT_OF:
	case OP_SUM_OF:
		expr_list_function(e, x, r, v);
		return;
	case OP_COUNT:
		v->number = decimal_int(expr_count_rows(x, r));
		return;
	case OP_COUNT_WHERE:
	case OP_ANY:
	case OP_ALL:
	case OP_SUM:
		expr_over_rows(e, x, r, v);
		return;
	}
}

void expr_eval(const struct expr *e, struct expr_run *r, struct expr_value *ret)
{
	expr_eval_at(e, e->root, r, ret);
}

bool expr_true(const struct expr *e, struct expr_run *r)
{
	struct expr_value v;

	if (!e)
		return true;
	expr_eval_at(e, e->root, r, &v);
	return truth(&v);
}

bool expr_constant(const struct expr *e, struct expr_value *ret)
{
	static const struct journey_context nowhere;
	struct expr_run r = { .context = &nowhere };
	uint16_t i;

	for (i = 0; i < e->nodes; i++)
		if (e->node[i].op == OP_FIELD || e->node[i].op == OP_TODAY || e->node[i].op == OP_AGE || e->node[i].op == OP_ARS ||
		    e->node[i].op == OP_POPULATION || e->node[i].op >= OP_COUNT)
			return false;
	expr_eval_at(e, e->root, &r, ret);
	return true;
}
