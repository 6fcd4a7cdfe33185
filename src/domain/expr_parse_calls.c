/* SPDX-License-Identifier: EUPL-1.2 */
/* Functions of the expression language: names, arguments, types. */
#include "domain/expr_impl.h"

#include "domain/form_impl.h"

static int16_t group_at_hand(struct parser *p)
{
	const struct group *g = p->token == T_NAME ? form_group(p->env->form, p->word) : NULL;

	return g ? (int16_t)(g - p->env->form->group) : -1;
}

static uint16_t parse_rows(struct parser *p, enum expr_op op, int16_t group)
{
	int16_t outer = p->group, above = form_common(p->env->form, outer, group);
	uint16_t n, inner = 0, span = above < 0 ? 0 : form_row_span(p->env->form, outer, above);
	bool where;

	expr_next(p);
	where = expr_take_op(p, ",");
	if (!where && op == OP_COUNT) {
		expr_expect(p, ")");
		n = expr_add(p, OP_COUNT, EXPR_NUMBER, 0, 0, (uint16_t)(above + 1), span);
		p->node[n].k = (uint16_t)group;
		return n;
	}
	if (!where)
		expr_fail(p, "expected ',' and a condition or value for each row");
	p->group = group;
	inner = expr_parse_or(p);
	p->group = outer;
	expr_want(p, inner, op == OP_SUM ? EXPR_NUMBER : EXPR_BOOL, "the second part");
	expr_expect(p, ")");
	if (op == OP_COUNT)
		op = OP_COUNT_WHERE;
	n = expr_add(p, op, op == OP_SUM || op == OP_COUNT_WHERE ? EXPR_NUMBER : EXPR_BOOL, 1, inner, (uint16_t)(above + 1), span);
	p->node[n].k = (uint16_t)group;
	return n;
}

/* any(telefon, value == '…'): over the values of a field. */
static uint16_t parse_values(struct parser *p, enum expr_op op, uint16_t list, const struct field *many)
{
	static const enum expr_op of[] = { [OP_COUNT - OP_COUNT] = OP_COUNT_OF, [OP_ANY - OP_COUNT] = OP_ANY_OF, [OP_ALL - OP_COUNT] = OP_ALL_OF,
					   [OP_SUM - OP_COUNT] = OP_SUM_OF };
	const struct field *outer = p->element;
	uint16_t n, inner;

	p->element = many;
	inner = expr_parse_or(p);
	p->element = outer;
	expr_want(p, inner, op == OP_SUM ? EXPR_NUMBER : EXPR_BOOL, "the second part");
	expr_expect(p, ")");
	n = expr_add(p, of[op - OP_COUNT], op == OP_SUM || op == OP_COUNT ? EXPR_NUMBER : EXPR_BOOL, 2, list, inner, 0);
	p->node[n].k = many->index;
	return n;
}

static uint16_t parse_count(struct parser *p, enum expr_op op)
{
	int16_t group = group_at_hand(p);
	const struct field *many;
	uint16_t n, x;

	if (group >= 0)
		return parse_rows(p, op, group);
	many = p->token == T_NAME ? form_field(p->env->form, p->word) : NULL;
	if (op != OP_COUNT && (!many || !many->many)) {
		expr_fail(p, "expected the name of a group or of a field with 'many'");
		return 0;
	}
	x = expr_parse_or(p);
	if (!p->failed && many && many->many && p->node[x].op == OP_FIELD && expr_take_op(p, ","))
		return parse_values(p, op, x, many);
	if (op != OP_COUNT && !p->failed)
		expr_fail(p, "expected ',' and a condition or value for each 'value'");
	expr_want(p, x, EXPR_LIST, "count()");
	expr_expect(p, ")");
	n = expr_add(p, OP_TICKS, EXPR_NUMBER, 1, x, 0, 0);
	return n;
}

static const struct function {
	const char *name;
	uint8_t op;
	uint8_t args;
	uint8_t ret, arg[3];		/* EXPR_ANY: of every type */
} function[] = {
	{ "is_empty", OP_IS_EMPTY, 1, EXPR_BOOL, { EXPR_ANY } },
	{ "age", OP_AGE, 1, EXPR_NUMBER, { EXPR_DATE } },
	{ "today", OP_TODAY, 0, EXPR_DATE, { 0 } },
	{ "year", OP_YEAR, 1, EXPR_NUMBER, { EXPR_DATE } },
	{ "month", OP_MONTH, 1, EXPR_NUMBER, { EXPR_DATE } },
	{ "months", OP_MONTHS, 2, EXPR_NUMBER, { EXPR_DATE, EXPR_DATE } },
	{ "days", OP_DAYS, 2, EXPR_NUMBER, { EXPR_DATE, EXPR_DATE } },
	{ "add_months", OP_ADD_MONTHS, 2, EXPR_DATE, { EXPR_DATE, EXPR_NUMBER } },
	{ "round", OP_ROUND, 2, EXPR_NUMBER, { EXPR_NUMBER, EXPR_NUMBER } },
	{ "length", OP_LENGTH, 1, EXPR_NUMBER, { EXPR_TEXT } },
	{ "is_valid_date", OP_VALID_DATE, 3, EXPR_BOOL, { EXPR_NUMBER, EXPR_NUMBER, EXPR_NUMBER } },
	{ "has", OP_HAS, 2, EXPR_BOOL, { EXPR_LIST, EXPR_TEXT } },
	{ "any", OP_ANY, 0, 0, { 0 } },
	{ "all", OP_ALL, 0, 0, { 0 } },
	{ "sum", OP_SUM, 0, 0, { 0 } },
	{ "count", OP_COUNT, 0, 0, { 0 } },
	{ "if", OP_IF, 0, 0, { 0 } },
	{ "min", OP_MIN, 0, 0, { 0 } },
	{ "max", OP_MAX, 0, 0, { 0 } },
};

static uint16_t parse_if(struct parser *p)
{
	uint16_t c = expr_parse_or(p), yes, no;

	expr_want(p, c, EXPR_BOOL, "the condition of if()");
	expr_expect(p, ",");
	yes = expr_parse_or(p);
	expr_expect(p, ",");
	no = expr_parse_or(p);
	if (!p->failed)
		expr_want(p, no, expr_type_at(p, yes), "the last part of if()");
	expr_expect(p, ")");
	return expr_add(p, OP_IF, expr_type_at(p, yes), 3, c, yes, no);
}

static uint16_t parse_min_max(struct parser *p, enum expr_op op)
{
	uint16_t n = expr_parse_or(p);

	if (!p->failed && expr_type_at(p, n) != EXPR_NUMBER && expr_type_at(p, n) != EXPR_DATE)
		expr_fail(p, "min() and max() compare numbers or dates");
	while (!p->failed && expr_take_op(p, ",")) {
		uint16_t m = expr_parse_or(p);

		expr_want(p, m, expr_type_at(p, n), "min() and max()");
		n = expr_add(p, op, expr_type_at(p, n), 2, n, m, 0);
	}
	expr_expect(p, ")");
	return n;
}

static uint16_t parse_known(struct parser *p, const struct function *f)
{
	uint16_t arg[3] = { 0, 0, 0 };
	int i;

	if (f->op == OP_ANY || f->op == OP_ALL || f->op == OP_SUM || f->op == OP_COUNT)
		return parse_count(p, (enum expr_op)f->op);
	if (f->op == OP_IF)
		return parse_if(p);
	if (f->op == OP_MIN || f->op == OP_MAX)
		return parse_min_max(p, (enum expr_op)f->op);
	for (i = 0; i < f->args && !p->failed; i++) {
		if (i)
			expr_expect(p, ",");
		arg[i] = expr_parse_or(p);
		if (f->arg[i] != EXPR_ANY)
			expr_want(p, arg[i], (enum expr_type)f->arg[i], f->name);
	}
	expr_expect(p, ")");
	if (f->op == OP_HAS && !p->failed) {
		if (p->node[arg[1]].op != OP_CONST)
			expr_fail(p, "has() needs an option in quotes");
		else
			expr_check_option(p, arg[0], &p->konst[p->node[arg[1]].k]);
	}
	if (f->op == OP_AGE || f->op == OP_TODAY)
		p->reads_today = true;
	return expr_add(p, (enum expr_op)f->op, (enum expr_type)f->ret, f->args, arg[0], arg[1], arg[2]);
}

uint16_t expr_parse_call(struct parser *p, str name)
{
	size_t i;

	for (i = 0; i < sizeof function / sizeof *function; i++)
		if (str_eq(name, str_c(function[i].name)))
			return parse_known(p, &function[i]);
	expr_fail(p, "unknown function '%.*s'", STR_FMT(name));
	return 0;
}
