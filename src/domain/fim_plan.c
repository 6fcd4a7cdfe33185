/* SPDX-License-Identifier: EUPL-1.2 */
/* The plan of an import: every place of the schema once, with its path, its id in the form, and the questions that stand before groups. */
#include "domain/fim_impl.h"

#include "base/utf8.h"

/* Where the schema sets no end: by how many repeated groups are around. */
static const int32_t rows_most[] = { 20, 10, 5, 3 };

#define ID_MOST 32

/* ---- small things ---- */

str fim_slug(struct arena *a, str text, char joint, size_t most)
{
	str folded = utf8_fold(a, text);
	struct buf b = buf_new(a, folded.n + 1);
	size_t cut = 0;

	for (size_t i = 0; i < folded.n; i++) {
		char c = folded.p[i];

		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
			buf_putc(&b, c);
		else if (c == ' ' && b.n && b.p[b.n - 1] != joint)
			buf_putc(&b, joint);
	}
	while (b.n && b.p[b.n - 1] == joint)
		b.n--;
	if (b.n > most) {
		for (cut = most; cut > most / 2 && b.p[cut] != joint; cut--)
			;
		b.n = cut > most / 2 ? cut : most;
	}
	return buf_str(&b);
}

str fim_unique(struct fim_plan *p, struct node *taken, str id, char joint)
{
	str one = id;

	for (int n = 2; node_get(taken, one); n++)
		one = str_fmt(p->arena, "%.*s%c%d", STR_FMT(id), joint, n);
	node_set(p->arena, taken, one, node_new_text(p->arena, one));
	return one;
}

void fim_strs_add(struct arena *a, struct fim_strs *s, str x)
{
	for (size_t i = 0; i < s->n; i++)
		if (str_eq(s->v[i], x))
			return;
	if (s->n == s->cap) {
		size_t cap = s->cap ? s->cap * 2 : 4;
		str *v = ARENA_ARRAY(a, str, cap);

		if (s->n)
			memcpy(v, s->v, s->n * sizeof *v);
		s->v = v;
		s->cap = cap;
	}
	s->v[s->n++] = x;
}

str fim_and(struct arena *a, str x, str y)
{
	if (!x.n || !y.n || str_eq(x, y))
		return x.n ? x : y;
	return str_fmt(a, "%s%.*s%s and %s%.*s%s", str_contains(x, S(" or ")) ? "(" : "", STR_FMT(x), str_contains(x, S(" or ")) ? ")" : "",
		       str_contains(y, S(" or ")) ? "(" : "", STR_FMT(y), str_contains(y, S(" or ")) ? ")" : "");
}

bool fim_same_id(str a, str b)
{
	if (a.n > b.n)
		return fim_same_id(b, a);
	if (a.n == 9 && b.n == 12)
		return str_eq(str_sub(a, 0, 3), str_sub(b, 0, 3)) && str_eq(str_sub(b, 3, 6), S("000")) && str_eq(str_sub(a, 3, 9), str_sub(b, 6, 12));
	return str_eq(a, b);
}

bool fim_is(const struct fim_spot *s, str dotted)
{
	str last = dotted, rest = dotted, part;

	while (str_split(&rest, '.', &part))
		last = part;
	if (!fim_same_id(s->x->id, last))
		return false;
	if (last.n == dotted.n)
		return true;
	return s->up && fim_is(s->up, str_sub(dotted, 0, dotted.n - last.n - 1));
}

/* ---- places ---- */

static str path_of(struct fim_plan *p, const struct fim_spot *up, const struct xdf_node *x, size_t nth)
{
	str own = nth > 1 ? str_fmt(p->arena, "%.*s[%zu]", STR_FMT(x->id), nth) : x->id;

	return up->path.n ? str_fmt(p->arena, "%.*s/%.*s", STR_FMT(up->path), STR_FMT(own)) : own;
}

static size_t nth_of(const struct fim_spot *up, size_t index)
{
	size_t n = 1;

	for (size_t i = 0; i < index; i++)
		n += str_eq(up->x->child[i]->id, up->x->child[index]->id);
	return n;
}

static int32_t most_of(const struct fim_spot *s)
{
	size_t depth = 0;

	for (const struct fim_spot *row = s->row; row && depth < 3; row = row->row)
		depth++;
	return rows_most[depth];
}

static void spot_make(struct fim_plan *p, struct fim_spot *s)
{
	const struct xdf_node *x = s->x;

	s->order = (uint32_t)p->spots;
	p->spot[p->spots++] = s;
	s->min = x->min;
	s->max = x->max == XDF_MANY ? (x->min > most_of(s) ? x->min : most_of(s)) : x->max;
	if (x->kind == XDF_GROUP && s->max > 200)
		s->max = 200;
	if (s->min > s->max)
		s->min = s->max;
	s->title = fim_plain(p->arena, x->label.n ? x->label : x->name.n ? x->name : x->id);
	if (s->up && s->up->x->choice && s->min > 0)
		s->min = 0;
	s->repeats = x->kind == XDF_GROUP && s->max > 1;
	s->children = x->children;
	s->child = ARENA_ARRAY(p->arena, struct fim_spot *, x->children);
	for (size_t i = 0; i < x->children; i++) {
		struct fim_spot *c = ARENA_NEW(p->arena, struct fim_spot);

		*c = (struct fim_spot){ .x = x->child[i], .up = s, .index = i };
		c->row = s->repeats ? s : s->row;
		c->path = path_of(p, s, c->x, nth_of(s, i));
		s->child[i] = c;
		spot_make(p, c);
	}
	s->after = (uint32_t)p->spots;
}

/* A group with nothing in it that can be asked. */
static bool drop_empty(struct fim_spot *s)
{
	bool any = false;

	if (s->x->kind == XDF_FIELD)
		return s->dropped;
	for (size_t i = 0; i < s->children; i++)
		any |= !drop_empty(s->child[i]);
	if (!any)
		s->dropped = true;
	return s->dropped;
}

/* ---- ids ---- */

/* Words that mean something of their own at the beginning of an id. */
static bool reserved(str word)
{
	static const char *const words[] = { "place", "param", "true", "false", "and", "or", "xor", "not", "in", "if", "today", "round", "min", "max" };

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (str_eq(word, str_c(words[i])))
			return true;
	return false;
}

static str word_of(struct fim_plan *p, const struct fim_spot *s)
{
	str word = fim_slug(p->arena, s->x->label.n ? s->x->label : s->x->name, '_', ID_MOST);

	if (!word.n)
		word = fim_slug(p->arena, s->x->id, '_', ID_MOST);
	if (!word.n)
		word = S("feld");
	if (word.p[0] >= '0' && word.p[0] <= '9')
		word = str_fmt(p->arena, "n_%.*s", STR_FMT(word));
	return reserved(word) ? str_fmt(p->arena, "%.*s_", STR_FMT(word)) : word;
}

static const struct fim_spot *step_of(const struct fim_spot *s)
{
	while (s->up && s->up->up)
		s = s->up;
	return s;
}

static str prefix_of(struct fim_plan *p, const struct fim_spot *s)
{
	const struct fim_spot *step = step_of(s);

	if (!s->up)
		return STR_EMPTY;
	if (s->row)
		return s->row->id;
	return step != s ? word_of(p, step) : STR_EMPTY;
}

/* Short where that is unique: the step and the field; else with the group around it. */
static str id_make(struct fim_plan *p, const struct fim_spot *s)
{
	const struct node *old = node_get(p->id_of_path, s->path);
	str prefix = prefix_of(p, s), own = word_of(p, s), id;
	bool near = s->up && s->up->up && s->up != s->row && s->up->up->up;

	if (old && !node_get(p->ids, node_text(old)))
		return fim_unique(p, p->ids, node_text(old), '_');
	id = prefix.n ? str_fmt(p->arena, "%.*s.%.*s", STR_FMT(prefix), STR_FMT(own)) : own;
	if (near && node_get(p->ids, id))
		id = str_fmt(p->arena, "%.*s.%.*s.%.*s", STR_FMT(prefix), STR_FMT(word_of(p, s->up)), STR_FMT(own));
	return fim_unique(p, p->ids, id, '_');
}

static void ids_make(struct fim_plan *p)
{
	for (size_t i = 1; i < p->spots; i++) {
		struct fim_spot *s = p->spot[i];

		if (s->x->kind == XDF_FIELD)
			s->id = id_make(p, s);
		else if (s->repeats && s->row)
			s->id = id_make(p, s);
		else if (s->repeats) /* ids of outer groups have no dot */
			s->id = fim_unique(p, p->ids, word_of(p, s), '_');
	}
}

int fim_plan_make(struct fim_plan *p)
{
	p->spot = ARENA_ARRAY(p->arena, struct fim_spot *, p->doc->fields + p->doc->groups + 2);
	p->ids = node_new(p->arena, NODE_MAP);
	p->pages = node_new(p->arena, NODE_MAP);
	p->lists = node_new(p->arena, NODE_MAP);
	p->root = ARENA_NEW(p->arena, struct fim_spot);
	p->root->x = p->doc->root;
	spot_make(p, p->root);
	ids_make(p);
	for (size_t i = 0; i < p->spots; i++)
		if (p->spot[i]->x->kind == XDF_FIELD)
			fim_field(p, p->spot[i]);
	if (drop_empty(p->root)) {
		fim_find(p, FINDING_ERROR, "no_field", p->root->x->line, p->root->x->id, STR_EMPTY);
		return ERR_PARSE;
	}
	return 0;
}

/* ---- questions before groups ---- */

static size_t asked(const struct fim_spot *s, const struct fim_spot **ret_one, bool *ret_needed)
{
	size_t n = 0;

	if (s->dropped)
		return 0;
	if (s->x->kind == XDF_FIELD) {
		*ret_one = s;
		*ret_needed |= !s->optional;
		return s->type != FIELD_INFO;
	}
	*ret_needed |= s->repeats && s->min > 0;
	for (size_t i = 0; i < s->children; i++)
		n += asked(s->child[i], ret_one, ret_needed);
	return n;
}

static void choice_options(struct fim_plan *p, struct fim_spot *s)
{
	struct fim_option *o = ARENA_ARRAY(p->arena, struct fim_option, s->children);
	struct node *taken = node_new(p->arena, NODE_MAP);

	s->option = o;
	for (size_t i = 0; i < s->children; i++) {
		struct fim_spot *c = s->child[i];

		if (c->dropped)
			continue;
		c->choice_is = fim_unique(p, taken, word_of(p, c), '_');
		o[s->options++] = (struct fim_option){ .id = c->choice_is, .label = c->title };
		/* chosen, it is needed */
		c->optional = false;
		c->min = 1;
	}
}

/* The id lies beside the group: it is asked outside of its rows. */
static str gate_id(struct fim_plan *p, const struct fim_spot *s)
{
	str prefix = s->repeats ? s->id : prefix_of(p, s), own = str_fmt(p->arena, "%s_%.*s", s->x->choice ? "wahl" : "mit", STR_FMT(word_of(p, s)));

	return fim_unique(p, p->ids, prefix.n ? str_fmt(p->arena, "%.*s.%.*s", STR_FMT(prefix), STR_FMT(own)) : own, '_');
}

static void gate(struct fim_plan *p, struct fim_spot *s)
{
	const struct fim_spot *one = NULL;
	bool needed = false;
	size_t n;

	if (s->x->choice && s->children > 1) {
		s->gate_choice = true;
		s->gate = gate_id(p, s);
		choice_options(p, s);
		return;
	}
	if (!s->up || s->repeats || s->min > 0 || s->need_always || s->choice_is.n)
		return;
	n = asked(s, &one, &needed);
	if (n == 0 || !needed)
		return;
	if (n == 1 && one && one->row == s->row) {
		((struct fim_spot *)one)->optional = true;
		return;
	}
	s->gate = gate_id(p, s);
}

/* ---- "is anything given in this group?" ---- */

#define MARK '\x01'

str fim_given_mark(struct arena *a, const struct fim_spot *s)
{
	return str_fmt(a, "%c%u%c", MARK, (unsigned)s->order, MARK);
}

static str given_words(struct fim_plan *p, const struct fim_spot *s)
{
	if (s->gate.n)
		return str_fmt(p->arena, s->gate_choice ? "not is_empty(%.*s)" : "%.*s == true", STR_FMT(s->gate));
	if (s->when.n)
		return str_fmt(p->arena, "(%.*s)", STR_FMT(s->when));
	for (uint32_t i = s->order + 1; i < s->after; i++) {
		const struct fim_spot *c = p->spot[i];

		if (c->x->kind == XDF_FIELD && !c->dropped && !c->many && c->row == s->row && c->type != FIELD_INFO && c->type != FIELD_CALC)
			return str_fmt(p->arena, "not is_empty(%.*s)", STR_FMT(c->id));
	}
	return S("true");
}

static str in_words(struct fim_plan *p, str expr)
{
	str before, number, rest = expr;
	struct buf b;
	int64_t n;

	if (str_index(expr, MARK) < 0)
		return expr;
	b = buf_new(p->arena, expr.n + 40);
	while (str_cut(rest, MARK, &before, &rest) && str_cut(rest, MARK, &number, &rest)) {
		buf_put(&b, before);
		if (str_to_i64(number, &n) == 0)
			buf_put(&b, given_words(p, p->spot[n]));
	}
	buf_put(&b, rest);
	return buf_str(&b);
}

void fim_gates(struct fim_plan *p)
{
	for (size_t i = 0; i < p->spots; i++)
		if (p->spot[i]->x->kind != XDF_FIELD && !p->spot[i]->dropped)
			gate(p, p->spot[i]);
	for (size_t i = 0; i < p->spots; i++) {
		p->spot[i]->when = in_words(p, p->spot[i]->when);
		p->spot[i]->gate_when = in_words(p, p->spot[i]->gate_when);
	}
	for (size_t i = 0; i < p->musts; i++)
		p->must[i].expr = in_words(p, p->must[i].expr);
}

/* ---- conditions ---- */

static str own_condition(const struct fim_plan *p, const struct fim_spot *s)
{
	str c = s->when;

	if (s->choice_is.n)
		c = fim_and(p->arena, str_fmt(p->arena, "%.*s == '%.*s'", STR_FMT(s->up->gate), STR_FMT(s->choice_is)), c);
	if (s->gate.n && !s->gate_choice) {
		str yes = str_fmt(p->arena, "%.*s == true", STR_FMT(s->gate));

		c = s->gate_when.n ? fim_and(p->arena, c, str_fmt(p->arena, "not (%.*s) or %.*s", STR_FMT(s->gate_when), STR_FMT(yes)))
				   : fim_and(p->arena, c, yes);
	}
	return c;
}

str fim_conditions(const struct fim_plan *p, const struct fim_spot *s, const struct fim_spot *until)
{
	str c = STR_EMPTY;

	for (; s && s != until; s = s->up)
		c = fim_and(p->arena, own_condition(p, s), c);
	return c;
}
