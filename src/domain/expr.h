/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The expression language of conditions, rules, limits and fees (docs/adding-a-service.md, "Expressions").
 * Compiled once: names resolved, types checked, no node refers backwards, so that evaluation always ends. No floating point.
 * Two-valued logic: an empty value makes a comparison false and arithmetic empty.
 *
 *	TRY(expr_compile(a, &env, S("age(geburt) >= 18"), EXPR_BOOL, node, &findings, &e));
 *	if (expr_true(e, &run)) ...
 */
#pragma once
#include "domain/form.h"

enum expr_type { EXPR_TEXT, EXPR_NUMBER, EXPR_DATE, EXPR_BOOL, EXPR_LIST, EXPR_ANY };

enum expr_op {
	OP_CONST, OP_FIELD, OP_ARS, OP_POPULATION, OP_TODAY,
	OP_EQ, OP_NE, OP_LT, OP_LE, OP_GT, OP_GE, OP_IN,
	OP_AND, OP_OR, OP_XOR, OP_NOT,
	OP_ADD, OP_SUB, OP_MUL, OP_DIV, OP_NEG,
	OP_IS_EMPTY, OP_AGE, OP_YEAR, OP_MONTH, OP_MONTHS, OP_DAYS, OP_ADD_MONTHS, OP_IF, OP_ROUND, OP_MIN, OP_MAX, OP_LENGTH,
	OP_VALID_DATE, OP_HAS, OP_TICKS, OP_VALUE, OP_ANY_OF, OP_ALL_OF, OP_COUNT_OF, OP_SUM_OF,	/* ..._OF: over the values of a field */
	OP_COUNT, OP_COUNT_WHERE, OP_ANY, OP_ALL, OP_SUM,
};

struct expr_value {
	enum expr_type type;
	bool empty;
	union {
		bool truth;
		struct decimal number;
		struct date date;
		str text;		/* TEXT; LIST: ids joined by '|', or values of a field with many: each and '\n' */
	};
};
/* Nodes lie in one array; children come before their parent. IN: the constants are konst[k .. k + args). */
struct expr_node {
	uint8_t op, type, args;
	uint16_t arg[3];
	uint16_t k;			/* CONST, IN: index of constant; FIELD, TICKS: field; COUNT..SUM: group */
	/* FIELD: arg[0] rows of the group at hand that one row of the field's group holds, 0: it is in no group.
	   COUNT..SUM: arg[1] innermost group at hand around the rows + 1, 0: none; arg[2] rows of the group at hand in one row of that */
};
struct expr {
	const struct expr_node *node;
	uint16_t nodes, root;
	enum expr_type type;
	const struct expr_value *konst;
	uint16_t konsts;
	const uint16_t *reads;		/* fields, each once, ascending */
	size_t n_reads;
	bool reads_today, reads_place;
	str source;
	const char *file;
	uint32_t line, col;
};

/* What names mean while compiling. Fields, groups, params of the form are already there; expressions are not. */
struct expr_env {
	const struct form *form;
	int16_t group;			/* the row that is at hand; -1: none */
};

#define EXPR_MAX_BYTES 4000
#define EXPR_MAX_DEPTH 40

/* Type EXPR_ANY takes any. Findings name line and column of the expression in its file. ERR_PARSE with a finding. */
MUST_USE int expr_compile(struct arena *a, const struct expr_env *env, str source, enum expr_type want,
			  const struct node *at, struct findings *f, const struct expr **ret);

/* What an evaluation sees. slot[row_slot(form, rows, field, row)] -> value; NULL: not reachable. */
struct expr_run {
	const struct form *form;
	const struct value *const *slot;
	const struct row_table *rows;	/* form_impl.h */
	const struct journey_context *context;
	uint16_t row;
	const struct expr_value *element;	/* inside ..._OF: the value at hand */
	bool met_open;			/* out: a reachable field without usable value was read */
	bool met_unreachable;		/* out: a field that is not reachable was read */
};
void expr_eval(const struct expr *e, struct expr_run *r, struct expr_value *ret);
/* One node of it alone, for checks. */
void expr_eval_at(const struct expr *e, uint16_t node, struct expr_run *r, struct expr_value *ret);
/* NULL is true: no condition. */
bool expr_true(const struct expr *e, struct expr_run *r);
/* A constant: no field, date or place is read. */
bool expr_constant(const struct expr *e, struct expr_value *ret);
/* Equality as in the language, for checks. */
int expr_value_cmp(const struct expr_value *a, const struct expr_value *b);
/* Value of a parameter or a canonical answer of this field type. */
struct expr_value expr_value_of(enum field_type type, str canonical);
enum expr_type expr_type_of(const struct field *f);
/* Of each value of a field with many; of other fields their type. */
enum expr_type expr_element_type(const struct field *f);
/* The values of a list, one after the other; false at its end. */
bool expr_list_next(str *rest, str *ret_part);
str expr_type_name(enum expr_type t);
