/* SPDX-License-Identifier: EUPL-1.2 */
/* Parser and types: tokens (expr_lex.c) -> struct expr. The evaluator is in expr.c. */
#include "domain/expr_impl.h"

#include <stdlib.h>

#include "domain/form_impl.h"

static bool is_op(const struct parser *p, const char *op)
{
	return p->token == T_OP && str_eq(p->word, str_c(op));
}

static bool is_word(const struct parser *p, const char *word)
{
	return p->token == T_NAME && str_eq(p->word, str_c(word));
}

bool expr_take_op(struct parser *p, const char *op)
{
	if (!is_op(p, op))
		return false;
	expr_next(p);
	return true;
}

void expr_expect(struct parser *p, const char *op)
{
	if (!expr_take_op(p, op))
		expr_fail(p, "expected '%s'", op);
}

/* ---- building ---- */

uint16_t expr_add(struct parser *p, enum expr_op op, enum expr_type type, uint8_t args, uint16_t a, uint16_t b, uint16_t c)
{
	if (p->nodes == MAX_NODES) {
		expr_fail(p, "the expression is too long");
		return 0;
	}
	p->node[p->nodes] = (struct expr_node){ (uint8_t)op, (uint8_t)type, args, { a, b, c }, 0 };
	return p->nodes++;
}

static uint16_t add_const(struct parser *p, struct expr_value v)
{
	uint16_t n = expr_add(p, OP_CONST, v.type, 0, 0, 0, 0);

	if (p->konsts == MAX_CONSTS) {
		expr_fail(p, "too many constants");
		return n;
	}
	p->konst[p->konsts] = v;
	p->node[n].k = p->konsts++;
	return n;
}

enum expr_type expr_type_at(const struct parser *p, uint16_t n)
{
	return (enum expr_type)p->node[n].type;
}

void expr_want(struct parser *p, uint16_t n, enum expr_type t, const char *where)
{
	if (!p->failed && expr_type_at(p, n) != t)
		expr_fail(p, "%s needs a %.*s, this is a %.*s", where, STR_FMT(expr_type_name(t)), STR_FMT(expr_type_name(expr_type_at(p, n))));
}

/* An option that the field does not have is a typing error that would stay unseen for years. */
void expr_check_option(struct parser *p, uint16_t n, const struct expr_value *v)
{
	const struct field *f;
	size_t i;

	if (p->failed || (p->node[n].op != OP_FIELD && p->node[n].op != OP_VALUE) || v->type != EXPR_TEXT)
		return;
	f = &p->env->form->field[p->node[n].k];
	if (f->type != FIELD_CHOICE && f->type != FIELD_SEVERAL && f->type != FIELD_COUNTRY)
		return;
	for (i = 0; i < f->options; i++)
		if (str_eq(f->option[i].id, v->text))
			return;
	expr_fail(p, "field %.*s has no option '%.*s'", STR_FMT(f->id), STR_FMT(v->text));
}

static uint16_t field_node(struct parser *p, const struct field *f)
{
	uint16_t n;
	int16_t at;

	if (f->type == FIELD_INFO) {
		expr_fail(p, "field %.*s is an info: it has no value", STR_FMT(f->id));
		return 0;
	}
	for (at = p->group; at >= 0 && at != f->group; at = p->env->form->group[at].parent)
		;
	if (f->group >= 0 && at < 0) {
		expr_fail(p, "field %.*s belongs to the group %.*s: ask with any(), all(), sum() or count()", STR_FMT(f->id),
		     STR_FMT(p->env->form->group[f->group].id));
		return 0;
	}
	n = expr_add(p, OP_FIELD, expr_type_of(f), 0, f->group < 0 ? 0 : form_row_span(p->env->form, p->group, f->group), 0, 0);
	p->node[n].k = f->index;
	if (p->n_reads < MAX_NODES)
		p->reads[p->n_reads++] = f->index;
	return n;
}

static uint16_t param_node(struct parser *p, str id)
{
	const struct form *form = p->env->form;
	size_t i;

	for (i = 0; i < form->params; i++)
		if (str_eq(form->param[i].id, id))
			return add_const(p, expr_value_of(form->param[i].type, form->param[i].value));
	expr_fail(p, "unknown parameter '%.*s': add it to parameters in service.yaml", STR_FMT(id));
	return 0;
}

static uint16_t name_node(struct parser *p, str name)
{
	const struct field *f;

	if (str_eq(name, S("true")) || str_eq(name, S("false")))
		return add_const(p, (struct expr_value){ .type = EXPR_BOOL, .truth = str_eq(name, S("true")) });
	if (p->element && str_eq(name, S("value"))) {
		uint16_t n = expr_add(p, OP_VALUE, expr_element_type(p->element), 0, 0, 0, 0);

		p->node[n].k = p->element->index;
		return n;
	}
	if (str_has_prefix(name, S("param.")))
		return param_node(p, str_sub(name, 6, name.n));
	if (str_eq(name, S("place.ars")) || str_eq(name, S("place.population"))) {
		p->reads_place = true;
		return str_eq(name, S("place.ars")) ? expr_add(p, OP_ARS, EXPR_TEXT, 0, 0, 0, 0)
						    : expr_add(p, OP_POPULATION, EXPR_NUMBER, 0, 0, 0, 0);
	}
	f = form_field(p->env->form, name);
	if (f)
		return field_node(p, f);
	expr_fail(p, "unknown name '%.*s'", STR_FMT(name));
	return 0;
}

static uint16_t parse_name(struct parser *p)
{
	str name = p->word;

	expr_next(p);
	if (!is_op(p, "("))
		return name_node(p, name);
	expr_next(p);
	return expr_parse_call(p, name);
}

/* ---- operators ---- */

static uint16_t parse_primary(struct parser *p)
{
	uint16_t n;

	if (p->failed)
		return 0;
	if (++p->depth > EXPR_MAX_DEPTH) {
		expr_fail(p, "too deeply nested");
		p->depth--;
		return 0;
	}
	if (p->token == T_TEXT || p->token == T_NUMBER || p->token == T_DATE) {
		n = add_const(p, p->value);
		expr_next(p);
	} else if (expr_take_op(p, "(")) {
		n = expr_parse_or(p);
		expr_expect(p, ")");
	} else if (expr_take_op(p, "-")) {
		uint16_t x = parse_primary(p);

		expr_want(p, x, EXPR_NUMBER, "minus");
		n = expr_add(p, OP_NEG, EXPR_NUMBER, 1, x, 0, 0);
	} else if (p->token == T_NAME && !is_word(p, "and") && !is_word(p, "or") && !is_word(p, "in") && !is_word(p, "xor")) {
		n = parse_name(p);
	} else {
		expr_fail(p, p->token == T_END ? "the expression ends too early" : "expected a value");
		n = 0;
	}
	p->depth--;
	return n;
}

static uint16_t parse_product(struct parser *p)
{
	uint16_t n = parse_primary(p);

	while (!p->failed && (is_op(p, "*") || is_op(p, "/"))) {
		enum expr_op op = is_op(p, "*") ? OP_MUL : OP_DIV;
		uint16_t m;

		expr_next(p);
		m = parse_primary(p);
		expr_want(p, n, EXPR_NUMBER, op == OP_MUL ? "*" : "/");
		expr_want(p, m, EXPR_NUMBER, op == OP_MUL ? "*" : "/");
		n = expr_add(p, op, EXPR_NUMBER, 2, n, m, 0);
	}
	return n;
}

static enum expr_type sum_type(struct parser *p, enum expr_op op, enum expr_type a, enum expr_type b)
{
	if (a == EXPR_NUMBER && b == EXPR_NUMBER)
		return EXPR_NUMBER;
	if (a == EXPR_DATE && b == EXPR_NUMBER)
		return EXPR_DATE;
	if (a == EXPR_DATE && b == EXPR_DATE && op == OP_SUB)
		return EXPR_NUMBER;
	expr_fail(p, "cannot %s a %.*s and a %.*s", op == OP_ADD ? "add" : "subtract", STR_FMT(expr_type_name(a)), STR_FMT(expr_type_name(b)));
	return EXPR_NUMBER;
}

static uint16_t parse_sum(struct parser *p)
{
	uint16_t n = parse_product(p);

	while (!p->failed && (is_op(p, "+") || is_op(p, "-"))) {
		enum expr_op op = is_op(p, "+") ? OP_ADD : OP_SUB;
		uint16_t m;

		expr_next(p);
		m = parse_product(p);
		if (p->failed)
			break;
		n = expr_add(p, op, sum_type(p, op, expr_type_at(p, n), expr_type_at(p, m)), 2, n, m, 0);
	}
	return n;
}

static uint16_t parse_in(struct parser *p, uint16_t left)
{
	struct expr_value list[64];
	uint16_t n, i, count = 0;

	expr_expect(p, "(");
	do {
		bool minus = expr_take_op(p, "-");

		if (p->failed)
			return 0;
		if (p->token != T_TEXT && p->token != T_NUMBER && p->token != T_DATE) {
			expr_fail(p, "in (…) takes constants only");
			return 0;
		}
		if (count == 64 || p->konsts + count >= MAX_CONSTS) {
			expr_fail(p, "too many values in the list");
			return 0;
		}
		list[count] = p->value;
		if (minus && p->value.type == EXPR_NUMBER)
			list[count].number.unscaled = -list[count].number.unscaled;
		if (p->value.type != expr_type_at(p, left))
			expr_fail(p, "the list holds a %.*s, but a %.*s is compared", STR_FMT(expr_type_name(p->value.type)),
			     STR_FMT(expr_type_name(expr_type_at(p, left))));
		expr_check_option(p, left, &p->value);
		count++;
		expr_next(p);
	} while (expr_take_op(p, ","));
	expr_expect(p, ")");
	n = expr_add(p, OP_IN, EXPR_BOOL, (uint8_t)count, left, 0, 0);
	p->node[n].k = p->konsts;
	for (i = 0; i < count && !p->failed; i++)
		p->konst[p->konsts++] = list[i];
	return n;
}

static uint16_t parse_comparison(struct parser *p)
{
	static const struct {
		const char *text;
		enum expr_op op;
	} of[] = { { "==", OP_EQ }, { "!=", OP_NE }, { "<=", OP_LE }, { ">=", OP_GE }, { "<", OP_LT }, { ">", OP_GT } };
	uint16_t n = parse_sum(p), m;
	size_t i;

	if (is_word(p, "in")) {
		expr_next(p);
		return parse_in(p, n);
	}
	for (i = 0; i < sizeof of / sizeof *of; i++) {
		if (!is_op(p, of[i].text))
			continue;
		expr_next(p);
		m = parse_sum(p);
		if (p->failed)
			return 0;
		if (expr_type_at(p, n) != expr_type_at(p, m) || expr_type_at(p, n) == EXPR_LIST) {
			expr_fail(p, expr_type_at(p, n) == EXPR_LIST ? "a list is asked with has(): '%s' compares %.*s and %.*s"
							     : "'%s' compares a %.*s with a %.*s",
			     of[i].text, STR_FMT(expr_type_name(expr_type_at(p, n))), STR_FMT(expr_type_name(expr_type_at(p, m))));
			return 0;
		}
		if (expr_type_at(p, n) == EXPR_BOOL && of[i].op > OP_NE)
			expr_fail(p, "yes/no values have no order");
		if (p->node[m].op == OP_CONST)
			expr_check_option(p, n, &p->konst[p->node[m].k]);
		if (p->node[n].op == OP_CONST)
			expr_check_option(p, m, &p->konst[p->node[n].k]);
		return expr_add(p, of[i].op, EXPR_BOOL, 2, n, m, 0);
	}
	return n;
}

static uint16_t parse_not(struct parser *p)
{
	uint16_t n;

	if (!is_word(p, "not"))
		return parse_comparison(p);
	expr_next(p);
	if (++p->depth > EXPR_MAX_DEPTH)
		expr_fail(p, "too deeply nested");
	n = p->failed ? 0 : parse_not(p);
	p->depth--;
	expr_want(p, n, EXPR_BOOL, "not");
	return expr_add(p, OP_NOT, EXPR_BOOL, 1, n, 0, 0);
}

static uint16_t parse_and(struct parser *p)
{
	uint16_t n = parse_not(p), m;

	while (!p->failed && is_word(p, "and")) {
		expr_next(p);
		m = parse_not(p);
		expr_want(p, n, EXPR_BOOL, "and");
		expr_want(p, m, EXPR_BOOL, "and");
		n = expr_add(p, OP_AND, EXPR_BOOL, 2, n, m, 0);
	}
	return n;
}

uint16_t expr_parse_or(struct parser *p)
{
	uint16_t n = parse_and(p), m;

	while (!p->failed && (is_word(p, "or") || is_word(p, "xor"))) {
		enum expr_op op = is_word(p, "or") ? OP_OR : OP_XOR;

		expr_next(p);
		m = parse_and(p);
		expr_want(p, n, EXPR_BOOL, op == OP_OR ? "or" : "xor");
		expr_want(p, m, EXPR_BOOL, op == OP_OR ? "or" : "xor");
		n = expr_add(p, op, EXPR_BOOL, 2, n, m, 0);
	}
	return n;
}

/* Left-deep chains ("a and b and c ...") are deep trees too: the evaluator recurses, so its depth is bounded here. */
static int depth_of(const struct expr_node *node, uint16_t nodes)
{
	uint16_t depth[MAX_NODES];
	uint16_t i, deepest = 0;
	int k;

	for (i = 0; i < nodes; i++) {
		depth[i] = 1;
		for (k = 0; k < (node[i].op == OP_IN ? 1 : node[i].args); k++)
			if (depth[node[i].arg[k]] >= depth[i])
				depth[i] = (uint16_t)(depth[node[i].arg[k]] + 1);
		if (depth[i] > deepest)
			deepest = depth[i];
	}
	return deepest;
}

static int by_index(const void *a, const void *b)
{
	return *(const uint16_t *)a - *(const uint16_t *)b;
}

static const struct expr *finish(struct parser *p, uint16_t root)
{
	struct expr *e = ARENA_NEW(p->arena, struct expr);
	uint16_t *reads;
	size_t i, n = 0;

	qsort(p->reads, p->n_reads, sizeof *p->reads, by_index);
	reads = arena_copy(p->arena, p->reads, p->n_reads * sizeof *reads);
	for (i = 0; i < p->n_reads; i++)
		if (!i || reads[n - 1] != p->reads[i])
			reads[n++] = p->reads[i];
	*e = (struct expr){
		.node = arena_copy(p->arena, p->node, p->nodes * sizeof *p->node), .nodes = p->nodes, .root = root,
		.type = expr_type_at(p, root), .konst = arena_copy(p->arena, p->konst, p->konsts * sizeof *p->konst),
		.konsts = p->konsts, .reads = reads, .n_reads = n, .reads_today = p->reads_today,
		.reads_place = p->reads_place, .source = str_dup(p->arena, p->source),
		.file = p->place ? p->place->file : "", .line = p->place ? p->place->line : 0,
		.col = p->place ? p->place->col : 0,
	};
	return e;
}

int expr_compile(struct arena *a, const struct expr_env *env, str source, enum expr_type type, const struct node *at,
		 struct findings *f, const struct expr **ret)
{
	/* filled from the front, read no further: clearing them would cost more than most expressions */
	struct expr_node node[MAX_NODES] __attribute__((uninitialized));
	struct expr_value konst[MAX_CONSTS] __attribute__((uninitialized));
	struct parser p = { .arena = a, .env = env, .group = env->group, .source = source, .node = node, .konst = konst,
			    .place = at, .findings = f };
	uint16_t root;

	*ret = NULL;
	if (source.n > EXPR_MAX_BYTES)
		expr_fail(&p, "the expression is too long");
	expr_next(&p);
	root = expr_parse_or(&p);
	if (!p.failed && p.token != T_END)
		expr_fail(&p, "unexpected rest: %.*s", STR_FMT(str_sub(source, p.from, p.from + 40)));
	if (!p.failed && depth_of(node, p.nodes) > 2 * EXPR_MAX_DEPTH)
		expr_fail(&p, "too deeply nested");
	if (!p.failed && type != EXPR_ANY && expr_type_at(&p, root) != type)
		expr_fail(&p, "a %.*s is needed here, this is a %.*s", STR_FMT(expr_type_name(type)),
		     STR_FMT(expr_type_name(expr_type_at(&p, root))));
	if (p.failed)
		return ERR_PARSE;
	*ret = finish(&p, root);
	return 0;
}
