/* SPDX-License-Identifier: EUPL-1.2 */
/* What lexer and parser of expressions share. */
#pragma once
#include "domain/expr.h"

#define MAX_NODES 1000
#define MAX_CONSTS 500

enum token { T_END, T_NAME, T_TEXT, T_NUMBER, T_DATE, T_OP, T_BAD };

struct parser {
	struct arena *arena;
	const struct expr_env *env;
	int16_t group;			/* inside any(), all(), sum(): the group of the rows */
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
