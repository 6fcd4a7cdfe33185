/* SPDX-License-Identifier: EUPL-1.2 */
#include "domain/form_graph.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/utf8.h"
#include "domain/expr.h"

#define LINE_X 14		/* of the line that goes through */
#define BOX_X 4
#define BRANCH_X 40		/* of boxes beside the line */
#define RIGHT 32		/* room for the loops of groups */
#define GAP 22
#define NOTE_LINE 16
#define NOTE_CHARS 42

struct drawing {
	struct arena *arena;
	const struct form *form;
	const struct journey *journey;
	const struct page *here;
	uint16_t row;
	struct form_graph *g;
	int y;			/* where the line has come to */
	size_t lines_cap;
};

str form_graph_condition(struct arena *a, const struct form *f, const struct page *p)
{
	str all = p->when ? p->when->source : STR_EMPTY;

	/* a list page carries the condition of its own block */
	for (int16_t g = p->per; g >= 0; g = f->group[g].parent) {
		const struct expr *block = f->page[f->group[g].list_page].when;

		if (block)
			all = all.n ? str_fmt(a, "(%.*s) and (%.*s)", STR_FMT(block->source), STR_FMT(all)) : block->source;
	}
	return all;
}

static void put_line(struct drawing *d, bool taken, bool arrow, const char *fmt, ...) PRINTF_LIKE(4, 5);
static void put_line(struct drawing *d, bool taken, bool arrow, const char *fmt, ...)
{
	struct form_graph *g = d->g;
	char text[160];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	if (g->lines < d->lines_cap)
		g->line[g->lines++] = (struct graph_line){ str_dup(d->arena, str_c(text)), taken, arrow };
}

/* Cut between two words where that is possible. */
static str cut_line(str *rest)
{
	str head = utf8_truncate(*rest, NOTE_CHARS);
	size_t n = head.n;

	if (head.n < rest->n) {
		while (n > head.n / 2 && head.p[n - 1] != ' ')
			n--;
		head = str_sub(head, 0, n > head.n / 2 ? n : head.n);
	}
	*rest = str_sub(*rest, head.n, rest->n);
	return str_trim(head);
}

static int put_note(struct drawing *d, str text, bool taken, int x, int y)
{
	struct graph_note *n = &d->g->note[d->g->notes++];
	str rest = text;

	*n = (struct graph_note){ .x = x, .y = y, .text = text, .taken = taken };
	n->line[0] = cut_line(&rest);
	n->line[1] = cut_line(&rest);
	if (rest.n)
		n->line[1] = str_fmt(d->arena, "%.*s …", STR_FMT(n->line[1]));
	return n->line[1].n ? 2 : 1;
}

static struct graph_box box_of(struct drawing *d, const struct page *p)
{
	struct graph_box b = { .page = p, .h = GRAPH_BOX_HEIGHT, .here = p == d->here };
	const struct journey *j = d->journey;

	for (size_t i = 0; i < j->visits; i++) {
		const struct visit *v = &j->visit[i];

		if (v->page != p->index)
			continue;
		if (!b.rows++ || (b.here && v->row == d->row))
			b.row = v->row, b.may_show = journey_may_show(j, v);
		if (b.rows == 1)
			b.state = GRAPH_DONE;
		if (i == j->first_open)
			b.state = GRAPH_OPEN;
		else if (i > j->first_open && b.state == GRAPH_DONE)
			b.state = GRAPH_AHEAD;
	}
	return b;
}

static struct graph_box *put_box(struct drawing *d, struct graph_box b, int x)
{
	struct graph_box *at = &d->g->box[d->g->boxes++];

	*at = b;
	at->x = x;
	at->y = d->y;
	at->w = GRAPH_WIDTH - RIGHT - x;
	d->y += at->h;
	return at;
}

/* On the line itself. */
static void main_box(struct drawing *d, struct graph_box b)
{
	bool taken = b.page ? b.rows > 0 : d->journey->visits > 0 && d->journey->problems == 0;

	put_line(d, taken, true, "M%d,%dv%d", LINE_X, d->y, GAP);
	d->y += GAP;
	put_box(d, b, BOX_X);
}

/* A run of pages with one condition, beside the line. Returns how many. */
static size_t branch(struct drawing *d, const struct page *first, str condition)
{
	const struct form *f = d->form;
	size_t n = 0, end = f->pages - first->index;
	int from = d->y, top, last = 0;
	bool taken = false;

	top = from + 10 + NOTE_LINE * put_note(d, condition, false, BRANCH_X, from + 22) + 8;
	d->y = top;
	for (; n < end; n++) {
		const struct page *p = first + n;
		struct graph_box b;

		if (p->per != first->per || (n && !str_eq(form_graph_condition(d->arena, f, p), condition)))
			break;
		b = box_of(d, p);
		if (n) {
			put_line(d, b.rows && taken, true, "M%d,%dv%d", BRANCH_X + 20, d->y, GAP - 6);
			d->y += GAP - 6;
		}
		taken |= b.rows > 0;
		put_box(d, b, BRANCH_X);
		last = d->y;
	}
	d->g->note[d->g->notes - 1].taken = taken;
	d->y = last + 18;
	put_line(d, !taken, false, "M%d,%dV%d", LINE_X, from, d->y);
	put_line(d, taken, true, "M%d,%dV%dq0,8,8,8H%d", LINE_X, from, top + GRAPH_BOX_HEIGHT / 2 - 8, BRANCH_X);
	put_line(d, taken, false, "M%d,%dv1q0,8,-8,8H%dq-8,0,-8,8v1", BRANCH_X + 20, last, LINE_X + 8);
	return n;
}

/* "another?": from the list of a group back to its first page. */
static void loops(struct drawing *d)
{
	const struct form *f = d->form;

	for (size_t g = 0; g < f->groups; g++) {
		const struct graph_box *to = NULL, *from = NULL;
		int out = 0, x;

		for (size_t i = 0; i < d->g->boxes; i++) {
			const struct graph_box *b = &d->g->box[i];

			if (b->page == &f->page[f->group[g].first_page])
				to = b;
			if (b->page == &f->page[f->group[g].list_page])
				from = b;
		}
		if (!to || !from)
			continue;
		for (int16_t p = f->group[g].parent; p >= 0; p = f->group[p].parent)
			out++;
		x = GRAPH_WIDTH - 6 - (out < 3 ? out : 3) * 6;
		put_line(d, to->rows > 1, true, "M%d,%dH%dq6,0,6,-6V%dq0,-6,-6,-6H%d", from->x + from->w, from->y + from->h / 2, x - 6,
			to->y + to->h / 2 + 6, to->x + to->w);
	}
}

static void taken_last(struct drawing *d)
{
	struct form_graph *g = d->g;
	struct graph_line *line = ARENA_ARRAY(d->arena, struct graph_line, g->lines + 1);
	size_t n = 0;

	for (int taken = 0; taken < 2; taken++)
		for (size_t i = 0; i < g->lines; i++)
			if (g->line[i].taken == taken)
				line[n++] = g->line[i];
	g->line = line;
}

const struct form_graph *form_graph(struct arena *a, const struct form *f, const struct journey *j, const struct page *here, uint16_t row,
				    bool check)
{
	struct form_graph *g = ARENA_NEW(a, struct form_graph);
	struct drawing d = { .arena = a, .form = f, .journey = j, .here = here, .row = row, .g = g, .y = 10, .lines_cap = f->pages * 4 + f->groups + 2 };
	struct graph_box end = { .h = GRAPH_BOX_HEIGHT };

	g->box = ARENA_ARRAY(a, struct graph_box, f->pages + 1);
	g->line = ARENA_ARRAY(a, struct graph_line, d.lines_cap);
	g->note = ARENA_ARRAY(a, struct graph_note, f->pages + 1);
	for (size_t i = 0; i < f->pages;) {
		str condition = form_graph_condition(a, f, &f->page[i]);

		if (condition.n)
			i += branch(&d, &f->page[i], condition);
		else
			main_box(&d, box_of(&d, &f->page[i++]));
	}
	end.may_show = j->visits > 0 && j->first_open == j->visits;
	end.state = end.may_show ? GRAPH_OPEN : GRAPH_AHEAD;
	end.here = check;
	main_box(&d, end);
	loops(&d);
	taken_last(&d);
	g->height = d.y + 6;
	return g;
}
