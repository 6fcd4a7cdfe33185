/* SPDX-License-Identifier: EUPL-1.2 */
/* Conditions, rules and amounts in words: what an author without a programmer's eye reads beside the expression. */
#include "web/pages/author.h"

struct words {
	struct req *rq;
	const struct definition *d;
	const struct expr *e;
};

static str tell(const struct words *w, const struct expr_node *parent, uint16_t n);

static str label_of(const struct words *w, const struct field *f)
{
	str s = definition_text3(w->d, S("de"), S("field."), f->id, S(".label"));

	return TXF(w->rq, TX_AUTHOR_WORD_FIELD, TEXT_ARG("a", s.n ? s : f->id));
}

/* beside: the other side of a comparison; its options say what a constant means. */
static str constant(const struct words *w, const struct expr_value *v, const struct expr_node *beside)
{
	str s;

	switch (v->type) {
	case EXPR_BOOL:
		return TX(w->rq, v->truth ? TX_AUTHOR_WORD_YES : TX_AUTHOR_WORD_NO);
	case EXPR_NUMBER:
		return decimal_format(w->rq->arena, v->number, S("de"));
	case EXPR_DATE:
		return show_date_short(w->rq->arena, v->date);
	case EXPR_TEXT:
	case EXPR_LIST:
	case EXPR_ANY:
		break;
	}
	s = v->text;
	if (beside && beside->op == OP_FIELD) {
		str shown = definition_option(w->d, S("de"), &w->d->form->field[beside->k], v->text, STR_EMPTY);

		s = shown.n ? shown : s;
	}
	return TXF(w->rq, TX_AUTHOR_WORD_FIELD, TEXT_ARG("a", s));
}

static str side(const struct words *w, const struct expr_node *x, unsigned at)
{
	const struct expr_node *one = &w->e->node[x->arg[at]], *other = x->args > 1 ? &w->e->node[x->arg[!at]] : NULL;

	return one->op == OP_CONST ? constant(w, &w->e->konst[one->k], other) : tell(w, x, x->arg[at]);
}

static str one_of(const struct words *w, const struct expr_node *x)
{
	str list = STR_EMPTY;

	for (uint8_t i = 0; i < x->args; i++) {
		str s = constant(w, &w->e->konst[x->k + i], &w->e->node[x->arg[0]]);

		list = i ? TXF(w->rq, TX_AUTHOR_WORD_OR, TEXT_ARG("a", list), TEXT_ARG("b", s)) : s;
	}
	return TXF(w->rq, TX_AUTHOR_WORD_EQ, TEXT_ARG("a", tell(w, NULL, x->arg[0])), TEXT_ARG("b", list));
}

static bool about_dates(const struct words *w, const struct expr_node *x)
{
	return w->e->node[x->arg[0]].type == EXPR_DATE;
}

static int text_of(const struct words *w, const struct expr_node *x)
{
	static const int plain[] = {
		[OP_EQ] = TX_AUTHOR_WORD_EQ, [OP_NE] = TX_AUTHOR_WORD_NE, [OP_LT] = TX_AUTHOR_WORD_LT, [OP_LE] = TX_AUTHOR_WORD_LE,
		[OP_GT] = TX_AUTHOR_WORD_GT, [OP_GE] = TX_AUTHOR_WORD_GE, [OP_AND] = TX_AUTHOR_WORD_AND, [OP_OR] = TX_AUTHOR_WORD_OR,
		[OP_XOR] = TX_AUTHOR_WORD_XOR, [OP_NOT] = TX_AUTHOR_WORD_NOT, [OP_ADD] = TX_AUTHOR_WORD_ADD, [OP_SUB] = TX_AUTHOR_WORD_SUB,
		[OP_MUL] = TX_AUTHOR_WORD_MUL, [OP_DIV] = TX_AUTHOR_WORD_DIV, [OP_NEG] = TX_AUTHOR_WORD_NEG, [OP_IS_EMPTY] = TX_AUTHOR_WORD_IS_EMPTY,
		[OP_AGE] = TX_AUTHOR_WORD_AGE, [OP_YEAR] = TX_AUTHOR_WORD_YEAR, [OP_MONTH] = TX_AUTHOR_WORD_MONTH, [OP_MONTHS] = TX_AUTHOR_WORD_MONTHS,
		[OP_DAYS] = TX_AUTHOR_WORD_DAYS, [OP_ADD_MONTHS] = TX_AUTHOR_WORD_ADD_MONTHS, [OP_IF] = TX_AUTHOR_WORD_IF,
		[OP_ROUND] = TX_AUTHOR_WORD_ROUND, [OP_MIN] = TX_AUTHOR_WORD_MIN, [OP_MAX] = TX_AUTHOR_WORD_MAX, [OP_LENGTH] = TX_AUTHOR_WORD_LENGTH,
		[OP_HAS] = TX_AUTHOR_WORD_HAS, [OP_TICKS] = TX_AUTHOR_WORD_TICKS, [OP_COUNT] = TX_AUTHOR_WORD_COUNT,
		[OP_COUNT_WHERE] = TX_AUTHOR_WORD_COUNT_WHERE, [OP_ANY] = TX_AUTHOR_WORD_ANY, [OP_ALL] = TX_AUTHOR_WORD_ALL, [OP_SUM] = TX_AUTHOR_WORD_SUM,
		[OP_ARS] = TX_AUTHOR_WORD_PLACE, [OP_POPULATION] = TX_AUTHOR_WORD_POPULATION, [OP_TODAY] = TX_AUTHOR_WORD_TODAY,
		[OP_VALID_DATE] = TX_AUTHOR_WORD_VALID_DATE, [OP_VALUE] = TX_AUTHOR_WORD_ELEMENT, [OP_COUNT_OF] = TX_AUTHOR_WORD_COUNT_OF,
		[OP_ANY_OF] = TX_AUTHOR_WORD_ANY_OF, [OP_ALL_OF] = TX_AUTHOR_WORD_ALL_OF, [OP_SUM_OF] = TX_AUTHOR_WORD_SUM_OF,
	};
	static const int dates[] = { [OP_LT] = TX_AUTHOR_WORD_BEFORE, [OP_LE] = TX_AUTHOR_WORD_NOT_AFTER, [OP_GT] = TX_AUTHOR_WORD_AFTER,
				     [OP_GE] = TX_AUTHOR_WORD_NOT_BEFORE };

	return x->op >= OP_LT && x->op <= OP_GE && about_dates(w, x) ? dates[x->op] : plain[x->op];
}

static str group_name(const struct words *w, uint16_t group)
{
	str id = w->d->form->group[group].id, s = definition_text3(w->d, S("de"), S("group."), id, S(".title"));

	return s.n ? s : id;
}

/* "a and (b or c)": brackets where the kind of joining changes. */
static bool needs_brackets(const struct expr_node *parent, const struct expr_node *x)
{
	bool joins = x->op == OP_AND || x->op == OP_OR || x->op == OP_XOR, adds = x->op == OP_ADD || x->op == OP_SUB;

	if (!parent)
		return false;
	return (joins && (parent->op == OP_NOT || ((parent->op == OP_AND || parent->op == OP_OR || parent->op == OP_XOR) && parent->op != x->op))) ||
	       (adds && (parent->op == OP_MUL || parent->op == OP_DIV || parent->op == OP_NEG || parent->op == OP_SUB));
}

static str tell(const struct words *w, const struct expr_node *parent, uint16_t n)
{
	const struct expr_node *x = &w->e->node[n];
	bool over_rows = x->op >= OP_COUNT;
	struct text_arg arg[3] = { 0 };
	size_t args = 0;
	str s;

	if (x->op == OP_CONST)
		return constant(w, &w->e->konst[x->k], NULL);
	if (x->op == OP_FIELD)
		return label_of(w, &w->d->form->field[x->k]);
	if (x->op == OP_IN)
		return one_of(w, x);
	if (x->op == OP_TICKS)
		arg[args++] = TEXT_ARG("a", x->args ? side(w, x, 0) : label_of(w, &w->d->form->field[x->k]));
	else if (x->op == OP_COUNT)
		arg[args++] = TEXT_ARG("a", group_name(w, x->k));
	else if (x->op >= OP_ANY_OF && x->op <= OP_SUM_OF) {
		arg[args++] = TEXT_ARG("a", tell(w, NULL, x->arg[1]));
		arg[args++] = TEXT_ARG("b", tell(w, NULL, x->arg[0]));
	} else if (over_rows) {
		arg[args++] = TEXT_ARG("a", tell(w, NULL, x->arg[0]));
		arg[args++] = TEXT_ARG("b", group_name(w, x->k));
	} else if (x->op != OP_ARS && x->op != OP_POPULATION && x->op != OP_TODAY && x->op != OP_VALUE) {
		arg[args++] = TEXT_ARG("a", side(w, x, 0));
		if (x->args > 1)
			arg[args++] = TEXT_ARG("b", side(w, x, 1));
		if (x->args > 2)
			arg[args++] = TEXT_ARG("c", tell(w, x, x->arg[2]));
	}
	s = text_format_str(w->rq->arena, LANG_DE, (enum text_id)text_of(w, x), arg, args);
	return needs_brackets(parent, x) ? str_fmt(w->rq->arena, "(%.*s)", STR_FMT(s)) : s;
}

str author_words(struct req *rq, const struct definition *d, const struct expr *e)
{
	struct words w = { rq, d, e };

	return e && e->nodes ? tell(&w, NULL, e->root) : STR_EMPTY;
}
