/* SPDX-License-Identifier: EUPL-1.2 */
/* What lexer, parser and evaluator of expressions share. */
#pragma once
#include "domain/expr.h"

#define MAX_NODES 1000
#define MAX_CONSTS 500

enum token { T_END, T_NAME, T_TEXT, T_NUMBER, T_DATE, T_OP, T_BAD };

struct parser {
	struct arena *arena;
	const struct expr_env *env;
	int16_t group;			/* inside any(), all(), sum(): the group of the rows */
	const struct field *element;	/* inside those over the values of a field: "value" is one of them */
	str source;
	size_t at, from;		/* behind, at the begin of the present token */
	enum token token;
	str word;			/* NAME, OP */
	struct expr_value value;	/* TEXT, NUMBER, DATE */
	struct expr_node *node;
	uint16_t nodes;
	struct expr_value *konst;
	uint16_t konsts;
	uint16_t reads[MAX_NODES];
	size_t n_reads;
	bool reads_today, reads_place;
	int depth;
	bool failed;
	const struct node *place;
	struct findings *findings;
};

/* Only the first mistake is told: what follows it is mostly its echo. */
void expr_fail(struct parser *p, const char *fmt, ...) PRINTF_LIKE(2, 3);
void expr_next(struct parser *p);		/* reads the next token */

/* ---- parser: expr_parse.c ---- */
bool expr_take_op(struct parser *p, const char *op);
void expr_expect(struct parser *p, const char *op);
uint16_t expr_add(struct parser *p, enum expr_op op, enum expr_type type, uint8_t args, uint16_t a, uint16_t b, uint16_t c);
enum expr_type expr_type_at(const struct parser *p, uint16_t n);
void expr_want(struct parser *p, uint16_t n, enum expr_type t, const char *where);
void expr_check_option(struct parser *p, uint16_t n, const struct expr_value *v);
uint16_t expr_parse_or(struct parser *p);
uint16_t expr_parse_call(struct parser *p, str name);	/* expr_parse_calls.c; behind the bracket */

/* ---- the evaluator's parts: expr_lists.c ---- */
static inline bool truth(const struct expr_value *v)
{
	return !v->empty && v->truth;
}
static inline void set_truth(struct expr_value *v, bool t)
{
	v->type = EXPR_BOOL;
	v->empty = false;
	v->truth = t;
}
/* Whole number of days or months that fits; dates do not move by halves. */
bool expr_whole(struct decimal d, int32_t *ret);
void expr_list_function(const struct expr *e, const struct expr_node *x, struct expr_run *r, struct expr_value *v);
void expr_over_rows(const struct expr *e, const struct expr_node *x, struct expr_run *r, struct expr_value *v);
int64_t expr_count_rows(const struct expr_node *x, const struct expr_run *r);
void expr_valid_date(const struct expr *e, const struct expr_node *x, struct expr_run *r, struct expr_value *v);
