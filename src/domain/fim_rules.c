/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Machine-translated rules -> conditions and rules of our language. The official small language: required, forbidden, validation over equal,
 * not_equal, less_than, is_empty, is_valid_date, not, and, or, xor. A rule hangs at its bearer; each copy of the bearer in the schema has it.
 * An id means the place that is nearest to the target inside the bearer. What cannot be said (an answer that is asked later, rows that are
 * not at hand) becomes a task.
 */
#include "domain/fim_impl.h"

struct making {			/* one expression */
	struct fim_plan *p;
	const struct fim_spot *bearer, *target;
	const struct node *rule;
	uint32_t last;		/* order of the last place read */
	const struct fim_spot *last_spot;
	const char *why;	/* it cannot be said; NULL: it can */
};

/* ---- places ---- */

static size_t common(const struct fim_spot *a, const struct fim_spot *b)
{
	const struct fim_spot *x = a;
	size_t depth = 0;

	for (; x; x = x->up)
		if (b->order >= x->order && b->order < x->after)
			break;
	for (; x; x = x->up)
		depth++;
	return depth;
}

/* The place with this id that is nearest to `near`, inside of the bearer or, if there is none, around it. */
static struct fim_spot *find(struct fim_plan *p, const struct fim_spot *bearer, const struct fim_spot *near, str id)
{
	struct fim_spot *best = NULL;
	size_t depth = 0;

	if (str_has_prefix(id, S("self.")))
		id = str_sub(id, 5, id.n);
	for (; bearer && !best; bearer = bearer->up)
		for (uint32_t i = bearer->order; i < bearer->after; i++) {
			struct fim_spot *s = p->spot[i];
			size_t d;

			if (!fim_is(s, id))
				continue;
			d = near ? common(near, s) : 1;
			if (!best || d > depth)
				best = s, depth = d;
		}
	return best;
}

/* May the answer at s be read where t is asked: every row around s must be at hand. */
static bool at_hand(const struct fim_spot *s, const struct fim_spot *t)
{
	const struct fim_spot *row;

	if (!s->row)
		return true;
	for (row = t->row; row; row = row->row)
		if (row == s->row)
			return true;
	return false;
}

static str bad(struct making *m, const char *why)
{
	if (!m->why)
		m->why = why;
	return S("false");
}

static void reads(struct making *m, const struct fim_spot *s)
{
	if (m->target && !at_hand(s, m->target))
		bad(m, "rows");
	if (!m->last_spot || s->order > m->last) {
		/* without a target the deepest rows decide */
		if (m->last_spot && !at_hand(m->last_spot, s) && !at_hand(s, m->last_spot))
			bad(m, "rows");
		m->last = s->order;
		m->last_spot = s;
	}
}

/* ---- expressions ---- */

static str truth(struct making *m, const struct node *n);
static str untruth(struct making *m, const struct node *n);

static struct fim_spot *spot_of(struct making *m, const struct node *n)
{
	str id = node_text_at(n, S("identifier"));
	struct fim_spot *s = id.n ? find(m->p, m->bearer, m->target, id) : NULL;

	if (id.n && (!s || s->dropped))
		bad(m, "missing");
	return s && !s->dropped ? s : NULL;
}

/* Is anything given there? */
static str given(struct making *m, const struct fim_spot *s)
{
	struct arena *a = m->p->arena;

	reads(m, s);
	if (s->x->kind == XDF_FIELD)
		return s->many || s->type == FIELD_INFO || s->type == FIELD_CALC ? bad(m, "type") : str_fmt(a, "not is_empty(%.*s)", STR_FMT(s->id));
	if (s->repeats)
		return str_fmt(a, "count(%.*s) > 0", STR_FMT(s->id));
	return fim_given_mark(a, s);
}

static bool is_true(str s)
{
	return str_eq_ci(s, S("true")) || str_eq_ci(s, S("wahr")) || str_eq_ci(s, S("ja"));
}

static bool is_false(str s)
{
	return str_eq_ci(s, S("false")) || str_eq_ci(s, S("falsch")) || str_eq_ci(s, S("nein"));
}

static str option_of(const struct fim_spot *s, str code)
{
	for (size_t i = 0; i < s->options; i++)
		if (str_eq(s->option[i].code, code))
			return s->option[i].id;
	return STR_EMPTY;
}

/* s compared with a literal, as its type wants it; op "==" or "!=". */
static str compared(struct making *m, const struct fim_spot *s, const char *op, const struct node *literal)
{
	struct arena *a = m->p->arena;
	str value = node_text(literal), option;
	struct decimal d;

	reads(m, s);
	if (s->many || s->x->kind != XDF_FIELD)
		return bad(m, "type");
	switch (s->type) {
	case FIELD_BOOL:
		if (!is_true(value) && !is_false(value))
			return bad(m, "value");
		return str_fmt(a, "%.*s %s %s", STR_FMT(s->id), op, is_true(value) ? "true" : "false");
	case FIELD_CHOICE:
	case FIELD_SEVERAL:
		option = option_of(s, value);
		if (!option.n)
			return bad(m, "value");
		if (s->type == FIELD_SEVERAL)
			return str_fmt(a, "%shas(%.*s, %.*s)", op[0] == '!' ? "not " : "", STR_FMT(s->id), STR_FMT(fim_quote(a, option)));
		return str_fmt(a, "%.*s %s %.*s", STR_FMT(s->id), op, STR_FMT(fim_quote(a, option)));
	case FIELD_INTEGER:
	case FIELD_DECIMAL:
	case FIELD_MONEY:
		if (decimal_parse(value, &d) < 0)
			return bad(m, "value");
		return str_fmt(a, "%.*s %s %.*s", STR_FMT(s->id), op, STR_FMT(value));
	case FIELD_TEXT:
	case FIELD_NAME:
	case FIELD_LONGTEXT:
		return str_fmt(a, "%.*s %s %.*s", STR_FMT(s->id), op, STR_FMT(fim_quote(a, value)));
	default:
		return bad(m, "type");
	}
}

/* Both are answers of types that compare. */
static str two_fields(struct making *m, const struct fim_spot *x, const char *op, const struct fim_spot *y)
{
	reads(m, x);
	reads(m, y);
	if (x->x->kind != XDF_FIELD || y->x->kind != XDF_FIELD || x->many || y->many || x->type != y->type || x->type == FIELD_SEVERAL ||
	    x->type == FIELD_FILE || x->type == FIELD_CHOICE)
		return bad(m, "type");
	return str_fmt(m->p->arena, "%.*s %s %.*s", STR_FMT(x->id), op, STR_FMT(y->id));
}

static str comparison(struct making *m, const char *op, const struct node *args)
{
	const struct node *a = node_at(args, 0), *b = node_at(args, 1);
	struct fim_spot *x, *y;

	if (node_count(args) != 2)
		return bad(m, "shape");
	x = spot_of(m, a);
	y = spot_of(m, b);
	if (x && y)
		return two_fields(m, x, op, y);
	if (op[0] == '<')
		return bad(m, "type");
	if (x && b->kind != NODE_MAP)
		return compared(m, x, op, b);
	if (y && a->kind != NODE_MAP)
		return compared(m, y, op, a);
	return bad(m, "shape");
}

static str joined(struct making *m, const char *word, const struct node *args, bool negated)
{
	struct buf b = buf_new(m->p->arena, 100);

	if (!args || args->kind != NODE_LIST || !args->n)
		return bad(m, "shape");
	for (size_t i = 0; i < args->n; i++)
		buf_fmt(&b, "%s(%.*s)", i ? word : "", STR_FMT(negated ? untruth(m, args->item[i]) : truth(m, args->item[i])));
	return buf_str(&b);
}

/* Day, month and year in three fields of their own: as a calendar has it. */
static str valid_date(struct making *m, const struct node *args)
{
	struct fim_spot *s[3];

	if (node_count(args) != 3)
		return bad(m, "shape");
	for (size_t i = 0; i < 3; i++) {
		s[i] = spot_of(m, args->item[i]);
		if (!s[i] || s[i]->type != FIELD_INTEGER || s[i]->many)
			return bad(m, "type");
		reads(m, s[i]);
	}
	return str_fmt(m->p->arena, "is_valid_date(%.*s, %.*s, %.*s)", STR_FMT(s[0]->id), STR_FMT(s[1]->id), STR_FMT(s[2]->id));
}

static const struct node *inner(const struct node *n)
{
	return n->item[0]->kind == NODE_LIST ? node_at(n->item[0], 0) : n->item[0];
}

static str empty(struct making *m, const struct fim_spot *s)
{
	str g = given(m, s);

	if (str_has_prefix(g, S("not is_empty(")))
		return str_sub(g, 4, g.n);
	return str_fmt(m->p->arena, "not (%.*s)", STR_FMT(g));
}

static str truth(struct making *m, const struct node *n)
{
	struct fim_spot *s;
	str op;

	if (!n)
		return bad(m, "shape");
	if (n->kind != NODE_MAP)
		return is_true(node_text(n)) ? S("true") : is_false(node_text(n)) ? S("false") : bad(m, "shape");
	if (n->n != 1)
		return bad(m, "shape");
	op = n->key[0];
	if (str_eq(op, S("equal")))
		return comparison(m, "==", n->item[0]);
	if (str_eq(op, S("not_equal")))
		return comparison(m, "!=", n->item[0]);
	if (str_eq(op, S("less_than")))
		return comparison(m, "<", n->item[0]);
	if (str_eq(op, S("and")))
		return joined(m, " and ", n->item[0], false);
	if (str_eq(op, S("or")))
		return joined(m, " or ", n->item[0], false);
	if (str_eq(op, S("xor")))
		return joined(m, " xor ", n->item[0], false);
	if (str_eq(op, S("not")))
		return untruth(m, inner(n));
	if (str_eq(op, S("is_valid_date")))
		return valid_date(m, n->item[0]);
	s = spot_of(m, str_eq(op, S("is_empty")) ? n->item[0] : n);
	if (!s)
		return bad(m, "shape");
	if (str_eq(op, S("is_empty")))
		return empty(m, s);
	if (s->type != FIELD_BOOL || s->x->kind != XDF_FIELD)
		return given(m, s);
	reads(m, s);
	return str_fmt(m->p->arena, "%.*s == true", STR_FMT(s->id));
}

/* The opposite, said so that an empty answer makes "shown if" false where it was compared with something. */
static str untruth(struct making *m, const struct node *n)
{
	str op = n && n->kind == NODE_MAP && n->n == 1 ? n->key[0] : STR_EMPTY;

	if (str_eq(op, S("not")))
		return truth(m, inner(n));
	if (str_eq(op, S("not_equal")))
		return comparison(m, "==", n->item[0]);
	if (str_eq(op, S("and")))
		return joined(m, " or ", n->item[0], true);
	if (str_eq(op, S("or")))
		return joined(m, " and ", n->item[0], true);
	if (str_eq(op, S("is_empty"))) {
		const struct fim_spot *s = spot_of(m, n->item[0]);

		return s ? given(m, s) : bad(m, "shape");
	}
	return str_fmt(m->p->arena, "not (%.*s)", STR_FMT(truth(m, n)));
}

/* ---- effects ---- */

static void refuse(struct making *m, const struct fim_spot *s)
{
	str message = node_text_at(m->rule, S("message"));

	fim_task(m->p, s, NULL, "rule_unclear", message.n ? message : node_text_at(m->rule, S("bearer")), STR_EMPTY, false);
	fim_find(m->p, FINDING_WARNING, "rule_unclear", s->x->line, s->x->id,
		 str_fmt(m->p->arena, "%.*s (%s)", STR_FMT(message), m->why ? m->why : "later"));
}

static bool effect(const struct node *rule, str word)
{
	const struct node *n = node_get(rule, S("effect"));

	if (!n || n->kind != NODE_LIST)
		return str_eq(node_text(n), word);
	for (size_t i = 0; i < n->n; i++)
		if (str_eq(node_text(n->item[i]), word))
			return true;
	return false;
}

static str rule_id(struct fim_plan *p, const struct fim_spot *s)
{
	return fim_unique(p, p->ids, str_fmt(p->arena, "r_%.*s", STR_FMT(fim_slug(p->arena, s->x->id, '_', 40))), '_');
}

static void validation(struct making *m)
{
	str expr = truth(m, node_get(m->rule, S("condition")));

	if (m->why || !m->last_spot) {
		refuse(m, m->bearer);
		return;
	}
	fim_must_add(m->p, (struct fim_must){ rule_id(m->p, m->bearer), expr, fim_plain(m->p->arena, node_text_at(m->rule, S("message"))), m->last,
					      m->last_spot, false });
}

static void on_target(struct making *m, struct fim_spot *t, bool required)
{
	str expr;

	/* a notice cannot be left out */
	if (required && t->x->kind == XDF_FIELD && (t->type == FIELD_INFO || t->type == FIELD_CALC))
		return;
	m->target = t;
	m->last = 0;
	m->last_spot = NULL;
	m->why = NULL;
	expr = required ? truth(m, node_get(m->rule, S("condition"))) : untruth(m, node_get(m->rule, S("condition")));
	if (m->why) {
		refuse(m, t);
		return;
	}
	/* what it hangs on must be asked before; a group does not hang on what it holds */
	if (m->last_spot && m->last >= t->order && !(t->x->kind == XDF_FIELD && required)) {
		m->why = "later";
		refuse(m, t);
		return;
	}
	if (required && m->last_spot && m->last > t->order) {
		fim_must_add(m->p, (struct fim_must){ rule_id(m->p, m->bearer),
						      str_fmt(m->p->arena, "not (%.*s) or not is_empty(%.*s)", STR_FMT(expr), STR_FMT(t->id)),
						      fim_plain(m->p->arena, node_text_at(m->rule, S("message"))), m->last, m->last_spot, false });
		return;
	}
	if (required)
		fim_strs_add(m->p->arena, &t->need, expr);
	else
		fim_strs_add(m->p->arena, &t->show, str_eq(expr, S("not (true)")) ? S("false") : expr);
}

/* For each copy of the bearer, all targets in it that are nearest. */
static void apply(struct fim_plan *p, const struct node *rule, const struct fim_spot *bearer)
{
	struct making m = { .p = p, .bearer = bearer, .rule = rule };
	str target = node_text_at(rule, S("target"));
	bool any = false;

	if (effect(rule, S("validation"))) {
		validation(&m);
		return;
	}
	if (str_has_prefix(target, S("self.")))
		target = str_sub(target, 5, target.n);
	for (uint32_t i = bearer->order; target.n && i < bearer->after; i++) {
		struct fim_spot *t = p->spot[i];

		if (!fim_is(t, target) || t->dropped)
			continue;
		any = true;
		if (effect(rule, S("required")))
			on_target(&m, t, true);
		if (effect(rule, S("forbidden")))
			on_target(&m, t, false);
	}
	m.why = "target";
	if (!any)
		refuse(&m, bearer);
}

/* Where the rule says which schemas it was made for, it holds for these: elsewhere the same group may hang on other questions. */
static bool meant(const struct fim_plan *p, const struct node *rule)
{
	const struct node *schemas = node_get(rule, S("schemas"));

	for (size_t i = 0; i < node_count(schemas); i++)
		if (fim_same_id(p->doc->root->id, node_text(schemas->item[i])))
			return true;
	return node_count(schemas) == 0;
}

void fim_rules(struct fim_plan *p)
{
	for (size_t i = 0; i < p->source->rules; i++) {
		const struct node *rule = p->source->rule[i];
		str bearer = node_text_at(rule, S("bearer"));

		for (size_t k = 0; bearer.n && meant(p, rule) && k < p->spots; k++)
			if (fim_same_id(p->spot[k]->x->id, bearer) && !p->spot[k]->dropped) {
				p->result->rules++;
				apply(p, rule, p->spot[k]);
			}
	}
}
