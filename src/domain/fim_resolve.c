/* SPDX-License-Identifier: EUPL-1.2 */
/* From what the rules say of one place to its condition, whether it must be given, and the rules that stay. */
#include "domain/fim_impl.h"

void fim_must_add(struct fim_plan *p, struct fim_must m)
{
	if (p->musts == p->musts_cap) {
		size_t cap = p->musts_cap ? p->musts_cap * 2 : 16;
		struct fim_must *v = ARENA_ARRAY(p->arena, struct fim_must, cap);

		if (p->musts)
			memcpy(v, p->must, p->musts * sizeof *v);
		p->must = v;
		p->musts_cap = cap;
	}
	p->must[p->musts++] = m;
}

void fim_task(struct fim_plan *p, const struct fim_spot *s, const struct xdf_rule *r, const char *kind, str text, str proposal, bool accepted)
{
	if (p->tasks == p->tasks_cap) {
		size_t cap = p->tasks_cap ? p->tasks_cap * 2 : 16;
		struct fim_word *v = ARENA_ARRAY(p->arena, struct fim_word, cap);

		if (p->tasks)
			memcpy(v, p->task, p->tasks * sizeof *v);
		p->task = v;
		p->tasks_cap = cap;
	}
	p->task[p->tasks++] = (struct fim_word){ s, r, str_c(kind), text, proposal, accepted };
}

static str all_of(struct arena *a, const struct fim_strs *s)
{
	str c = STR_EMPTY;

	for (size_t i = 0; i < s->n; i++)
		c = fim_and(a, c, s->v[i]);
	return c;
}

static str any_of(struct arena *a, const struct fim_strs *s)
{
	struct buf b = buf_new(a, 100);

	if (s->n == 1)
		return s->v[0];
	for (size_t i = 0; i < s->n; i++)
		buf_fmt(&b, "%s(%.*s)", i ? " or " : "", STR_FMT(s->v[i]));
	return buf_str(&b);
}

/* "needed when it is shown at all": the usual pair of required and forbidden. */
static bool same(str show, str need)
{
	return str_eq(need, S("true")) || (show.n && str_eq(show, need));
}

static bool holds(const struct fim_strs *s, str x)
{
	for (size_t i = 0; i < s->n; i++)
		if (str_eq(s->v[i], x))
			return true;
	return false;
}

/* Is it forbidden for every answer of one question? */
static bool all_forbidden(struct fim_plan *p, const struct fim_strs *show, const struct fim_spot *f)
{
	size_t n = 0, of = f->type == FIELD_BOOL ? 2 : f->type == FIELD_CHOICE ? f->options : 0;

	for (size_t i = 0; i < of; i++) {
		str value = of == 2 && f->type == FIELD_BOOL ? (i ? S("true") : S("false")) : fim_quote(p->arena, f->option[i].id);

		n += holds(show, str_fmt(p->arena, "not (%.*s == %.*s)", STR_FMT(f->id), STR_FMT(value)));
	}
	return of && n == of;
}

/* Forbidden for some answers of one question, needed for just the others: shown means needed. */
static bool complement(struct fim_plan *p, const struct fim_strs *show, const struct fim_spot *f, str need)
{
	size_t of = f->type == FIELD_BOOL ? 2 : f->type == FIELD_CHOICE ? f->options : 0, hidden = 0;

	for (size_t i = 0; i < of; i++) {
		str value = f->type == FIELD_BOOL ? (i ? S("true") : S("false")) : fim_quote(p->arena, f->option[i].id);
		str is = str_fmt(p->arena, "%.*s == %.*s", STR_FMT(f->id), STR_FMT(value));
		bool out = holds(show, str_fmt(p->arena, "not (%.*s)", STR_FMT(is)));

		if (out == str_contains(need, is))
			return false;
		hidden += out;
	}
	return of && hidden == show->n;
}

static bool complements(struct fim_plan *p, const struct fim_spot *s, str need)
{
	for (size_t i = 0; s->show.n && i < s->order; i++)
		if (p->spot[i]->x->kind == XDF_FIELD && str_contains(need, p->spot[i]->id) && complement(p, &s->show, p->spot[i], need))
			return true;
	return false;
}

/* Official rules may contradict one another. Then none of them is taken, and the author is asked. */
static bool contradictory(struct fim_plan *p, const struct fim_spot *s)
{
	for (size_t i = 0; i < s->need.n; i++)
		if (holds(&s->show, str_fmt(p->arena, "not (%.*s)", STR_FMT(s->need.v[i]))))
			return true;
	for (size_t i = 0; s->show.n > 1 && i < s->order; i++)
		if (p->spot[i]->x->kind == XDF_FIELD && all_forbidden(p, &s->show, p->spot[i]))
			return true;
	return false;
}

static void resolve(struct fim_plan *p, struct fim_spot *s)
{
	str show = all_of(p->arena, &s->show), need = any_of(p->arena, &s->need);

	if (contradictory(p, s)) {
		fim_task(p, s, NULL, "rule_unclear", s->title, show, false);
		fim_find(p, FINDING_WARNING, "rule_contradiction", s->x->line, s->x->id, s->title);
		return;
	}
	if (str_eq(show, S("false"))) {
		s->dropped = true;
		fim_find(p, FINDING_NOTE, "forbidden_always", s->x->line, s->x->id, s->title);
		return;
	}
	/* an optional place that is needed under one condition and never forbidden is still offered to everybody */
	s->when = show;
	if (!need.n)
		return;
	if (complements(p, s, need))
		s->when = show = need;
	if (same(show, need)) {
		s->need_always = true;
		s->optional = false;
		if (s->x->kind == XDF_GROUP && s->repeats && s->min == 0)
			s->min = 1;
	} else if (s->x->kind == XDF_GROUP) {
		if (!s->repeats)
			s->gate_when = str_fmt(p->arena, "not (%.*s)", STR_FMT(need));
		else
			fim_task(p, s, NULL, "rule_unclear", s->title, need, false);
	} else if (s->optional && !s->many && s->type != FIELD_INFO && s->type != FIELD_CALC) {
		fim_must_add(p, (struct fim_must){ fim_unique(p, p->ids, str_fmt(p->arena, "r_%.*s", STR_FMT(fim_slug(p->arena, s->x->id, '_', 40))), '_'),
						   str_fmt(p->arena, "not (%.*s) or not is_empty(%.*s)", STR_FMT(need), STR_FMT(s->id)), s->title,
						   s->order, s, false });
	}
}

void fim_resolve(struct fim_plan *p)
{
	for (size_t i = 1; i < p->spots; i++)
		if (!p->spot[i]->dropped && (p->spot[i]->show.n || p->spot[i]->need.n))
			resolve(p, p->spot[i]);
}
