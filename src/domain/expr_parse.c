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

static bool take_op(struct parser *p, const char *op)
{
	if (!is_op(p, op))
		return false;
	expr_next(p);
	return true;
}

static void expect(struct parser *p, const char *op)
{
	if (!take_op(p, op))
		expr_fail(p, "expected '%s'", op);
}

/* ---- building ---- */

static uint16_t add(struct parser *p, enum expr_op op, enum expr_type type, uint8_t args, uint16_t a, uint16_t b, uint16_t c)
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
	uint16_t n = add(p, OP_CONST, v.type, 0, 0, 0, 0);

	if (p->konsts == MAX_CONSTS) {
		expr_fail(p, "too many constants");
		return n;
	}
	p->konst[p->konsts] = v;
	p->node[n].k = p->konsts++;
	return n;
}

static enum expr_type type_of(const struct parser *p, uint16_t n)
{
	return (enum expr_type)p->node[n].type;
}

static void want(struct parser *p, uint16_t n, enum expr_type t, const char *where)
{
	if (!p->failed && type_of(p, n) != t)
		expr_fail(p, "%s needs a %.*s, this is a %.*s", where, STR_FMT(expr_type_name(t)), STR_FMT(expr_type_name(type_of(p, n))));
}

/* An option that the field does not have is a typing error that would stay unseen for years. */
static void check_option(struct parser *p, uint16_t n, const struct expr_value *v)
{
	const struct field *f;
	size_t i;

	if (p->failed || p->node[n].op != OP_FIELD || v->type != EXPR_TEXT)
		return;
	f = &p->env->form->field[p->node[n].k];
	if (f->type != FIELD_CHOICE && f->type != FIELD_SEVERAL && f->type != FIELD_COUNTRY)
		return;
	for (i = 0; i < f->options; i++)
		if (str_eq(f->option[i].id, v->text))
			return;
	expr_fail(p, "field %.*s has no option '%.*s'", STR_FMT(f->id), STR_FMT(v->text));
}

static uint16_t parse_or(struct parser *p);

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
	n = add(p, OP_FIELD, expr_type_of(f), 0, f->group < 0 ? 0 : form_row_span(p->env->form, p->group, f->group), 0, 0);
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
	if (str_has_prefix(name, S("param.")))
		return param_node(p, str_sub(name, 6, name.n));
	if (str_eq(name, S("place.ars")) || str_eq(name, S("place.population"))) {
		p->reads_place = true;
		return str_eq(name, S("place.ars")) ? add(p, OP_ARS, EXPR_TEXT, 0, 0, 0, 0)
						    : add(p, OP_POPULATION, EXPR_NUMBER, 0, 0, 0, 0);
	}
	f = form_field(p->env->form, name);
	if (f)
		return field_node(p, f);
	expr_fail(p, "unknown name '%.*s'", STR_FMT(name));
	return 0;
}

/* ---- functions ---- */

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
	where = take_op(p, ",");
	if (!where && op == OP_COUNT) {
		expect(p, ")");
		n = add(p, OP_COUNT, EXPR_NUMBER, 0, 0, (uint16_t)(above + 1), span);
		p->node[n].k = (uint16_t)group;
		return n;
	}
	if (!where)
		expr_fail(p, "expected ',' and a condition or value for each row");
	p->group = group;
	inner = parse_or(p);
	p->group = outer;
	want(p, inner, op == OP_SUM ? EXPR_NUMBER : EXPR_BOOL, "the second part");
	expect(p, ")");
	if (op == OP_COUNT)
		op = OP_COUNT_WHERE;
	n = add(p, op, op == OP_SUM || op == OP_COUNT_WHERE ? EXPR_NUMBER : EXPR_BOOL, 1, inner, (uint16_t)(above + 1), span);
	p->node[n].k = (uint16_t)group;
	return n;
}

static uint16_t parse_count(struct parser *p, enum expr_op op)
{
	int16_t group = group_at_hand(p);
	uint16_t n, x;

	if (group >= 0)
		return parse_rows(p, op, group);
	if (op != OP_COUNT) {
		expr_fail(p, "expected the name of a group");
		return 0;
	}
	x = parse_or(p);
	want(p, x, EXPR_LIST, "count()");
	expect(p, ")");
	n = add(p, OP_TICKS, EXPR_NUMBER, 1, x, 0, 0);
	return n;
}

static const struct function {
	const char *name;
	uint8_t op;
	uint8_t args;
	uint8_t ret, arg[2];		/* EXPR_ANY: of every type */
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
	uint16_t c = parse_or(p), yes, no;

	want(p, c, EXPR_BOOL, "the condition of if()");
	expect(p, ",");
	yes = parse_or(p);
	expect(p, ",");
	no = parse_or(p);
	if (!p->failed)
		want(p, no, type_of(p, yes), "the last part of if()");
	expect(p, ")");
	return add(p, OP_IF, type_of(p, yes), 3, c, yes, no);
}

static uint16_t parse_min_max(struct parser *p, enum expr_op op)
{
	uint16_t n = parse_or(p);

	if (!p->failed && type_of(p, n) != EXPR_NUMBER && type_of(p, n) != EXPR_DATE)
		expr_fail(p, "min() and max() compare numbers or dates");
	while (!p->failed && take_op(p, ",")) {
		uint16_t m = parse_or(p);

		want(p, m, type_of(p, n), "min() and max()");
		n = add(p, op, type_of(p, n), 2, n, m, 0);
	}
	expect(p, ")");
	return n;
}

static uint16_t parse_call(struct parser *p, const struct function *f)
{
	uint16_t arg[2] = { 0, 0 };
	int i;

	if (f->op == OP_ANY || f->op == OP_ALL || f->op == OP_SUM || f->op == OP_COUNT)
		return parse_count(p, (enum expr_op)f->op);
	if (f->op == OP_IF)
		return parse_if(p);
	if (f->op == OP_MIN || f->op == OP_MAX)
		return parse_min_max(p, (enum expr_op)f->op);
	for (i = 0; i < f->args && !p->failed; i++) {
		if (i)
			expect(p, ",");
		arg[i] = parse_or(p);
		if (f->arg[i] != EXPR_ANY)
			want(p, arg[i], (enum expr_type)f->arg[i], f->name);
	}
	expect(p, ")");
	if (f->op == OP_HAS && !p->failed) {
		if (p->node[arg[1]].op != OP_CONST)
			expr_fail(p, "has() needs an option in quotes");
		else
			check_option(p, arg[0], &p->konst[p->node[arg[1]].k]);
	}
	if (f->op == OP_AGE || f->op == OP_TODAY)
		p->reads_today = true;
	return add(p, (enum expr_op)f->op, (enum expr_type)f->ret, f->args, arg[0], arg[1], 0);
}

static uint16_t parse_name(struct parser *p)
{
	str name = p->word;
	size_t i;

	expr_next(p);
	if (!is_op(p, "("))
		return name_node(p, name);
	expr_next(p);
	for (i = 0; i < sizeof function / sizeof *function; i++)
		if (str_eq(name, str_c(function[i].name)))
			return parse_call(p, &function[i]);
	expr_fail(p, "unknown function '%.*s'", STR_FMT(name));
	return 0;
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
	} else if (take_op(p, "(")) {
		n = parse_or(p);
		expect(p, ")");
	} else if (take_op(p, "-")) {
		uint16_t x = parse_primary(p);

		want(p, x, EXPR_NUMBER, "minus");
		n = add(p, OP_NEG, EXPR_NUMBER, 1, x, 0, 0);
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
		want(p, n, EXPR_NUMBER, op == OP_MUL ? "*" : "/");
		want(p, m, EXPR_NUMBER, op == OP_MUL ? "*" : "/");
		n = add(p, op, EXPR_NUMBER, 2, n, m, 0);
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
		n = add(p, op, sum_type(p, op, type_of(p, n), type_of(p, m)), 2, n, m, 0);
	}
	return n;
}

static uint16_t parse_in(struct parser *p, uint16_t left)
{
	struct expr_value list[64];
	uint16_t n, i, count = 0;

	expect(p, "(");
	do {
		bool minus = take_op(p, "-");

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
		if (p->value.type != type_of(p, left))
			expr_fail(p, "the list holds a %.*s, but a %.*s is compared", STR_FMT(expr_type_name(p->value.type)),
			     STR_FMT(expr_type_name(type_of(p, left))));
		check_option(p, left, &p->value);
		count++;
		expr_next(p);
	} while (take_op(p, ","));
	expect(p, ")");
	n = add(p, OP_IN, EXPR_BOOL, (uint8_t)count, left, 0, 0);
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
		if (type_of(p, n) != type_of(p, m) || type_of(p, n) == EXPR_LIST) {
			expr_fail(p, type_of(p, n) == EXPR_LIST ? "a list is asked with has(): '%s' compares %.*s and %.*s"
							     : "'%s' compares a %.*s with a %.*s",
			     of[i].text, STR_FMT(expr_type_name(type_of(p, n))), STR_FMT(expr_type_name(type_of(p, m))));
			return 0;
		}
		if (type_of(p, n) == EXPR_BOOL && of[i].op > OP_NE)
			expr_fail(p, "yes/no values have no order");
		if (p->node[m].op == OP_CONST)
			check_option(p, n, &p->konst[p->node[m].k]);
		if (p->node[n].op == OP_CONST)
			check_option(p, m, &p->konst[p->node[n].k]);
		return add(p, of[i].op, EXPR_BOOL, 2, n, m, 0);
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
	want(p, n, EXPR_BOOL, "not");
	return add(p, OP_NOT, EXPR_BOOL, 1, n, 0, 0);
}

static uint16_t parse_and(struct parser *p)
{
	uint16_t n = parse_not(p), m;

	while (!p->failed && is_word(p, "and")) {
		expr_next(p);
		m = parse_not(p);
		want(p, n, EXPR_BOOL, "and");
		want(p, m, EXPR_BOOL, "and");
		n = add(p, OP_AND, EXPR_BOOL, 2, n, m, 0);
	}
	return n;
}

static uint16_t parse_or(struct parser *p)
{
	uint16_t n = parse_and(p), m;

	while (!p->failed && (is_word(p, "or") || is_word(p, "xor"))) {
		enum expr_op op = is_word(p, "or") ? OP_OR : OP_XOR;

		expr_next(p);
		m = parse_and(p);
		want(p, n, EXPR_BOOL, op == OP_OR ? "or" : "xor");
		want(p, m, EXPR_BOOL, op == OP_OR ? "or" : "xor");
		n = add(p, op, EXPR_BOOL, 2, n, m, 0);
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
		.type = type_of(p, root), .konst = arena_copy(p->arena, p->konst, p->konsts * sizeof *p->konst),
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
	struct expr_node node[MAX_NODES];
	struct expr_value konst[MAX_CONSTS];
	struct parser p = { .arena = a, .env = env, .group = env->group, .source = source, .node = node, .konst = konst,
			    .place = at, .findings = f };
	uint16_t root;

	*ret = NULL;
	if (source.n > EXPR_MAX_BYTES)
		expr_fail(&p, "the expression is too long");
	expr_next(&p);
	root = parse_or(&p);
	if (!p.failed && p.token != T_END)
		expr_fail(&p, "unexpected rest: %.*s", STR_FMT(str_sub(source, p.from, p.from + 40)));
	if (!p.failed && depth_of(node, p.nodes) > 2 * EXPR_MAX_DEPTH)
		expr_fail(&p, "too deeply nested");
	if (!p.failed && type != EXPR_ANY && type_of(&p, root) != type)
		expr_fail(&p, "a %.*s is needed here, this is a %.*s", STR_FMT(expr_type_name(type)),
		     STR_FMT(expr_type_name(type_of(&p, root))));
	if (p.failed)
		return ERR_PARSE;
	*ret = finish(&p, root);
	return 0;
}
