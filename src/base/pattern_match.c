/* SPDX-License-Identifier: EUPL-1.2 */
/* Following a compiled pattern. Contract: pattern.h. */
#include "base/pattern_impl.h"

#include "base/buf.h"
#include "base/utf8.h"

struct places {			/* a set of steps, in order of arrival */
	uint32_t *step, *where;
	uint32_t n;
};

static bool has(const struct places *s, uint32_t x)
{
	return s->where[x] < s->n && s->step[s->where[x]] == x;
}

static void add(struct places *s, uint32_t x)
{
	if (has(s, x))
		return;
	s->where[x] = s->n;
	s->step[s->n++] = x;
}

/* Follows what takes no letter. */
static void close_over(const struct pattern *p, struct places *s, bool begin, bool end)
{
	for (uint32_t i = 0; i < s->n; i++) {
		const struct pattern_step *t = &p->step[s->step[i]];

		if (t->kind == STEP_JUMP)
			add(s, t->a);
		if (t->kind == STEP_SPLIT) {
			add(s, t->a);
			add(s, t->b);
		}
		if ((t->kind == STEP_BEGIN && begin) || (t->kind == STEP_END && end))
			add(s, s->step[i] + 1);
	}
}

static bool in_class(const struct pattern_class *c, uint32_t x)
{
	bool in = false;

	for (size_t i = 0; !in && i < c->ranges; i++)
		in = x >= c->range[i].from && x <= c->range[i].to;
	return in != c->negated;
}

static bool takes(const struct pattern *p, const struct pattern_step *t, uint32_t x)
{
	return t->kind == STEP_CHAR ? t->a == x : t->kind == STEP_CLASS && in_class(&p->class[t->a], x);
}

static struct places places_new(struct arena *a, const struct pattern *p)
{
	return (struct places){ ARENA_ARRAY(a, uint32_t, p->steps), ARENA_ARRAY(a, uint32_t, p->steps), 0 };
}

bool pattern_matches(struct arena *scratch, const struct pattern *p, str text)
{
	struct arena_mark mark = arena_mark(scratch);
	struct places now = places_new(scratch, p), next = places_new(scratch, p), swap;
	size_t at = 0;
	bool good = false;

	add(&now, 0);
	while (now.n) {
		bool end = at >= text.n;
		uint32_t x;

		close_over(p, &now, at == 0, end);
		if (end) {
			for (uint32_t i = 0; i < now.n; i++)
				good |= p->step[now.step[i]].kind == STEP_DONE;
			break;
		}
		x = utf8_next(text, &at);
		next.n = 0;
		for (uint32_t i = 0; i < now.n; i++)
			if (takes(p, &p->step[now.step[i]], x))
				add(&next, now.step[i] + 1);
		swap = now;
		now = next;
		next = swap;
	}
	arena_rewind(scratch, mark);
	return good;
}

/* ---- an example ---- */

/* A letter that people would type. */
static uint32_t letter_of(const struct pattern *p, const struct pattern_step *t)
{
	static const char liked[] = "1a2bA5 0-.9zZ7";
	const struct pattern_class *c;

	if (t->kind == STEP_CHAR)
		return t->a;
	c = &p->class[t->a];
	for (const char *l = liked; *l; l++)
		if (in_class(c, (unsigned char)*l))
			return (unsigned char)*l;
	for (uint32_t x = 33; x < 0x250; x++)
		if (x != 127 && in_class(c, x))
			return x;
	return c->ranges && !c->negated ? c->range[0].from : 'x';
}

/*
 * Letter by letter through sets of steps, each remembering by which step it came: the first set that holds the end, of at least the wished
 * length if any does, is walked back.
 */
str pattern_example(struct arena *a, const struct pattern *p, size_t least)
{
	enum { MOST = 300 };
	AUTO(arena_freep) struct arena *own = arena_new(65536);
	uint32_t *came = ARENA_ARRAY(own, uint32_t, (size_t)p->steps * (MOST + 1)), done = p->steps, at;
	struct places set[2] = { places_new(own, p), places_new(own, p) };
	size_t n, best = 0;
	bool found = false;
	struct buf b = buf_new(a, 40);
	uint32_t letter[MOST];

	add(&set[0], 0);
	came[0] = p->steps;
	for (n = 0; n <= MOST && set[n & 1].n && !(found && best >= least); n++) {
		struct places *now = &set[n & 1], *next = &set[(n + 1) & 1];
		uint32_t *mine = came + (size_t)p->steps * n;

		for (uint32_t i = 0; i < now->n; i++) {
			const struct pattern_step *t = &p->step[now->step[i]];
			uint32_t to[2] = { t->a, t->b }, ways = t->kind == STEP_SPLIT ? 2 : t->kind == STEP_JUMP ? 1 : 0;

			if ((t->kind == STEP_BEGIN && n == 0) || t->kind == STEP_END)
				to[0] = now->step[i] + 1, ways = 1;
			for (uint32_t w = 0; w < ways; w++)
				if (!has(now, to[w])) {
					add(now, to[w]);
					mine[to[w]] = mine[now->step[i]];
				}
			if (t->kind == STEP_DONE && (n <= least || !found)) {
				found = true;
				best = n;
				done = now->step[i];
			}
		}
		next->n = 0;
		for (uint32_t i = 0; n < MOST && i < now->n; i++) {
			const struct pattern_step *t = &p->step[now->step[i]];

			if ((t->kind != STEP_CHAR && t->kind != STEP_CLASS) || has(next, now->step[i] + 1))
				continue;
			add(next, now->step[i] + 1);
			mine[p->steps + now->step[i] + 1] = now->step[i];
		}
	}
	if (!found)
		return STR_EMPTY;
	for (n = best, at = done; n > 0; n--) {
		at = came[(size_t)p->steps * n + at];
		letter[n - 1] = letter_of(p, &p->step[at]);
	}
	for (n = 0; n < best; n++)
		buf_utf8(&b, letter[n]);
	/* a $ before the end was passed over */
	return pattern_matches(own, p, buf_str(&b)) ? buf_str(&b) : STR_EMPTY;
}
