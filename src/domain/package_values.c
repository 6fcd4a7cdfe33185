/* SPDX-License-Identifier: EUPL-1.2 */
/* Which values of a field can make a difference to a condition: every option, and the surroundings of everything it is compared with. */
#include "domain/package_impl.h"

#define ALL_OF 60		/* ranges up to this size are tried completely */

/* ---- is a field used in comparisons with fixed values only? ---- */

static bool fixed(const struct expr *e, uint16_t n)
{
	const struct expr_node *x = &e->node[n];
	int i;

	if (x->op == OP_FIELD || x->op == OP_VALUE || x->op >= OP_COUNT)
		return false;
	for (i = 0; i < (x->op == OP_IN ? 1 : x->args); i++)
		if (!fixed(e, x->arg[i]))
			return false;
	return true;
}

static bool compared_with_fixed(const struct expr *e, uint16_t n, const struct expr_node *parent)
{
	if (parent->op == OP_IN || parent->op == OP_IS_EMPTY)
		return true;
	if (parent->op < OP_EQ || parent->op > OP_GE)
		return false;
	return fixed(e, parent->arg[0] == n ? parent->arg[1] : parent->arg[0]);
}

static const struct expr_node *parent_of(const struct expr *e, uint16_t n, uint16_t *ret)
{
	uint16_t i;
	int k;

	for (i = (uint16_t)(n + 1); i < e->nodes; i++)
		for (k = 0; k < (e->node[i].op == OP_IN ? 1 : e->node[i].args); k++)
			if (e->node[i].arg[k] == n) {
				*ret = i;
				return &e->node[i];
			}
	return NULL;
}

static bool used_simply(const struct expr *e, uint16_t n)
{
	uint16_t at = n;
	const struct expr_node *parent = parent_of(e, n, &at), *above;
	uint16_t dummy;

	if (!parent)
		return false;
	if (compared_with_fixed(e, n, parent))
		return true;
	if (parent->op != OP_AGE && parent->op != OP_YEAR)
		return false;
	above = parent_of(e, at, &dummy);
	return above && compared_with_fixed(e, at, above);
}

static bool simple_field(const struct search *s, const struct field *f)
{
	size_t i;
	uint16_t n;

	for (i = 0; i < s->exprs; i++)
		for (n = 0; n < s->expr[i]->nodes; n++)
			if (s->expr[i]->node[n].op == OP_FIELD && s->expr[i]->node[n].k == f->index && !used_simply(s->expr[i], n) &&
			    s->expr[i] != f->min && s->expr[i] != f->max)
				return false;
	return true;
}

/* ---- candidates ---- */

static void put(struct candidates *c, struct value v)
{
	size_t i;

	for (i = 0; i < c->n; i++)
		if (c->v[i].present == v.present && str_eq(c->v[i].canonical, v.canonical))
			return;
	if (c->n == c->cap) {
		size_t cap = c->cap ? c->cap * 2 : 16;
		struct value *to = ARENA_ARRAY(c->arena, struct value, cap);

		if (c->n)
			memcpy(to, c->v, c->n * sizeof *to);
		c->v = to;
		c->cap = cap;
	}
	v.valid = true;
	c->v[c->n++] = v;
}

static void put_text(struct candidates *c, str s)
{
	put(c, (struct value){ .present = true, .canonical = s });
}

static void put_number(struct candidates *c, struct decimal d)
{
	put(c, (struct value){ .present = true, .canonical = decimal_str(c->arena, d), .number = d });
}

static void put_date(struct candidates *c, struct date d)
{
	if (d.year)
		put(c, (struct value){ .present = true, .canonical = date_iso(c->arena, d), .date = d });
}

/* Calls back for every value that stands fixed in an expression of the slice. */
static void each_fixed(struct search *s, struct candidates *c, enum expr_type type, void (*use)(struct search *, struct candidates *, const struct expr_value *))
{
	struct expr_value v;
	size_t i, k;
	uint16_t n;

	for (i = 0; i < s->exprs; i++) {
		const struct expr *e = s->expr[i];

		for (n = 0; n < e->nodes; n++)
			if (e->node[n].type == type && fixed(e, n)) {
				expr_eval_at(e, n, &s->run, &v);
				if (!v.empty)
					use(s, c, &v);
			}
		for (k = 0; k < e->konsts; k++)
			if (e->konst[k].type == type && !e->konst[k].empty)
				use(s, c, &e->konst[k]);
	}
}

static void around_number(struct search *s, struct candidates *c, const struct expr_value *v)
{
	struct decimal d;

	put_number(c, v->number);
	if (decimal_add(v->number, (struct decimal){ 1, v->number.scale }, &d) == 0)
		put_number(c, d);
	if (decimal_sub(v->number, (struct decimal){ 1, v->number.scale }, &d) == 0)
		put_number(c, d);
	if (decimal_add(v->number, (struct decimal){ 1, 2 }, &d) == 0)
		put_number(c, d);
}

static void around_date(struct search *s, struct candidates *c, const struct expr_value *v)
{
	put_date(c, v->date);
	put_date(c, date_add_days(v->date, 1));
	put_date(c, date_add_days(v->date, -1));
	/* limits of months are those of their first day */
	put_date(c, date_add_months(v->date, 1));
	put_date(c, date_add_months(v->date, -1));
}

/* Numbers near dates are ages, years, days or months. */
static void dates_of_number(struct search *s, struct candidates *c, const struct expr_value *v)
{
	struct decimal w;
	struct date today = s->context.today, d;
	int32_t n, i;

	if (decimal_round(v->number, 0, ROUND_DOWN, &w) < 0 || w.unscaled < -40000 || w.unscaled > 40000)
		return;
	n = (int32_t)w.unscaled;
	for (i = -1; i <= 1; i++) {
		put_date(c, date_add_days(date_add_months(today, -12 * n), i));
		put_date(c, date_add_days(date_add_months(today, -12 * (n + 1)), i));
		put_date(c, date_add_days(today, n + i));
		put_date(c, date_add_days(today, -n + i));
	}
	if (n > 1800 && n < 2200) {
		d = (struct date){ (int16_t)n, 1, 1 };
		put_date(c, d);
		put_date(c, date_add_days(d, -1));
		put_date(c, (struct date){ (int16_t)(n + 1), 1, 1 });
	}
}

static void the_text(struct search *s, struct candidates *c, const struct expr_value *v)
{
	put_text(c, v->text);
}

static bool small_range(const struct field *f, int64_t *min, int64_t *max)
{
	struct expr_value lo, hi;
	struct decimal d;

	if (f->type != FIELD_INTEGER || !f->min || !f->max || !expr_constant(f->min, &lo) || !expr_constant(f->max, &hi) || lo.empty ||
	    hi.empty)
		return false;
	if (decimal_round(lo.number, 0, ROUND_UP, &d) < 0)
		return false;
	*min = d.unscaled;
	if (decimal_round(hi.number, 0, ROUND_DOWN, &d) < 0)
		return false;
	*max = d.unscaled;
	return *max - *min < ALL_OF;
}

static void number_candidates(struct search *s, struct candidates *c, const struct field *f)
{
	int64_t min, max, i;

	if (small_range(f, &min, &max)) {
		for (i = min; i <= max; i++)
			put_number(c, decimal_int(i));
		return;
	}
	put_number(c, decimal_int(0));
	put_number(c, decimal_int(1));
	put_number(c, decimal_int(1000000));
	each_fixed(s, c, EXPR_NUMBER, around_number);
	if (!simple_field(s, f))
		s->exact = false;
}

static bool fits_number(const struct field *f, const struct value *v)
{
	struct decimal d;

	return decimal_round(v->number, f->type == FIELD_INTEGER ? 0 : f->type == FIELD_MONEY ? 2 : f->scale, ROUND_DOWN, &d) == 0 &&
	       decimal_cmp(d, v->number) == 0;
}

static void date_candidates(struct search *s, struct candidates *c, const struct field *f)
{
	size_t i;

	put_date(c, s->context.today);
	put_date(c, (struct date){ 1900, 1, 1 });
	put_date(c, (struct date){ 2100, 1, 1 });
	each_fixed(s, c, EXPR_DATE, around_date);
	each_fixed(s, c, EXPR_NUMBER, dates_of_number);
	if (f->type == FIELD_MONTH)
		for (i = 0; i < c->n; i++)
			c->v[i].date.day = 1;
	if (!simple_field(s, f))
		s->exact = false;
}

static void several_candidates(struct search *s, struct candidates *c, const struct field *f)
{
	size_t bits = f->options < 7 ? f->options : 6, set, i;

	if (bits < f->options)
		s->exact = false;
	for (set = 1; set < (size_t)1 << bits; set++) {
		struct buf b = buf_new(s->arena, 40);
		int32_t ticks = 0;

		for (i = 0; i < bits; i++)
			if (set >> i & 1) {
				buf_fmt(&b, "%s%.*s", ticks ? "|" : "", STR_FMT(f->option[i].id));
				ticks++;
			}
		if (f->none && f->none <= bits && set >> (f->none - 1) & 1 && ticks > 1)
			continue;
		if ((ticks >= f->least || (f->none && set == (size_t)1 << (f->none - 1))) && (!f->most || ticks <= f->most))
			put_text(c, buf_str(&b));
	}
	for (i = bits; i < f->options; i++)
		put_text(c, f->option[i].id);
}

static void file_candidates(struct search *s, struct candidates *c, const struct field *f)
{
	struct buf b = buf_new(s->arena, 40);
	int32_t i;

	for (i = 1; i <= f->most; i++) {
		buf_fmt(&b, "%s%d", i > 1 ? "|" : "", (int)i);
		if (i >= f->least)
			put_text(c, str_dup(s->arena, buf_str(&b)));
	}
}

static void text_candidates(struct search *s, struct candidates *c, const struct field *f)
{
	put_text(c, S("x"));
	put_text(c, S("another text"));
	if (f->type == FIELD_TIME || f->type == FIELD_DATETIME) {
		put_text(c, f->type == FIELD_TIME ? S("00:00") : S("1900-01-01T00:00"));
		put_text(c, f->type == FIELD_TIME ? S("23:59") : S("2100-12-31T23:59"));
		s->exact = false;
	}
	each_fixed(s, c, EXPR_TEXT, the_text);
	if (!simple_field(s, f))
		s->exact = false;
}

/* One value each of those that can matter, and two together. */
static struct candidates many_candidates(struct search *s, const struct field *f)
{
	struct candidates c = { .arena = s->arena }, single;
	struct field one = *f;
	size_t i;

	one.many = one.optional = false;
	single = candidates_of(s, &one);
	for (i = 0; i < single.n; i++)
		put_text(&c, str_fmt(s->arena, "%.*s\n", STR_FMT(single.v[i].canonical)));
	if (single.n > 1)
		put_text(&c, str_fmt(s->arena, "%.*s\n%.*s\n", STR_FMT(single.v[0].canonical), STR_FMT(single.v[1].canonical)));
	if (f->optional)
		put(&c, (struct value){ .present = false });
	for (i = 0; i < c.n; i++)
		c.v[i].field = f->index;
	s->exact = false;
	return c;
}

struct candidates candidates_of(struct search *s, const struct field *f)
{
	struct candidates c = { .arena = s->arena };
	size_t i, k = 0;

	if (f->many)
		return many_candidates(s, f);

	switch (expr_type_of(f)) {
	case EXPR_BOOL:
		put_text(&c, S("true"));
		if (f->type == FIELD_BOOL)
			put_text(&c, S("false"));
		break;
	case EXPR_NUMBER:
		number_candidates(s, &c, f);
		for (i = 0; i < c.n; i++)
			if (fits_number(f, &c.v[i]))
				c.v[k++] = c.v[i];
		c.n = k;
		break;
	case EXPR_DATE:
		date_candidates(s, &c, f);
		break;
	case EXPR_LIST:
		if (f->type == FIELD_FILE)
			file_candidates(s, &c, f);
		else
			several_candidates(s, &c, f);
		break;
	default:
		for (i = 0; i < f->options; i++)
			put_text(&c, f->option[i].id);
		if (!f->options)
			text_candidates(s, &c, f);
	}
	if (f->optional)
		put(&c, (struct value){ .present = false });
	for (i = 0; i < c.n; i++)
		c.v[i].field = f->index;
	return c;
}

/* ---- what is given from outside ---- */

static void use_today(struct search *s, struct candidates *c, const struct expr_value *v)
{
	if (date_cmp(v->date, s->p->facts->valid_from) >= 0)
		around_date(s, c, v);
}

struct candidates candidate_days(struct search *s, bool asked)
{
	struct candidates c = { .arena = s->arena };

	put_date(&c, s->p->facts->valid_from);
	if (asked) {
		put_date(&c, date_add_months(s->p->facts->valid_from, 12));
		each_fixed(s, &c, EXPR_DATE, use_today);
	}
	return c;
}

static void use_population(struct search *s, struct candidates *c, const struct expr_value *v)
{
	struct decimal w;
	int64_t i;

	if (decimal_round(v->number, 0, ROUND_DOWN, &w) < 0)
		return;
	for (i = -1; i <= 1; i++)
		if (w.unscaled + i >= 0 && w.unscaled < INT64_MAX)
			put_number(c, decimal_int(w.unscaled + i));
}

struct candidates candidate_populations(struct search *s, bool asked)
{
	struct candidates c = { .arena = s->arena };

	put_number(&c, decimal_int(5000));
	if (asked)
		each_fixed(s, &c, EXPR_NUMBER, use_population);
	return c;
}

struct candidates candidate_places(struct search *s, bool asked)
{
	struct candidates c = { .arena = s->arena };

	put_text(&c, S("140000000000"));
	if (asked)
		each_fixed(s, &c, EXPR_TEXT, the_text);
	return c;
}
