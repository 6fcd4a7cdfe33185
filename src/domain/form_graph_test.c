/* SPDX-License-Identifier: EUPL-1.2 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "domain/form_graph.h"
#include "domain/form_trace.h"
#include "domain/package.h"

static const char *const packages[] = { "bewohnerparkausweis", "fuehrerschein-umtausch", "geburtsurkunde", "gewerbe-anmeldung", "hundesteuer-anmeldung",
					"sondernutzung-aussengastronomie" };

/* Runs fn over every recorded case of every package. */
static void each_case(struct arena *a, void (*fn)(struct arena *a, const struct journey *j, const struct journey_context *c))
{
	for (size_t i = 0; i < sizeof packages / sizeof *packages; i++) {
		struct findings f = findings_new(a);
		const struct package *p;

		assert_int_equal(package_load(a, str_fmt(a, "%s/services/%s", getenv("SCHALTER_SOURCE"), packages[i]), &f, &p), 0);
		for (size_t k = 0; k < node_count(p->cases); k++) {
			const struct node *one = node_at(p->cases, k);
			struct journey_context c = { 0 };

			assert_int_equal(date_parse_iso(node_text_at(one, S("today")), &c.today), 0);
			fn(a, journey_run(a, p->compiled, package_case_answers(a, p->compiled, one), &c), &c);
		}
	}
}

static void boxes_are_right(struct arena *a, const struct journey *j, const struct journey_context *c)
{
	const struct form_graph *g = form_graph(a, j->form, j, &j->form->page[0], 0, false);
	size_t here = 0, open = 0;

	assert_int_equal(g->boxes, j->form->pages + 1);
	for (size_t i = 0; i < g->boxes; i++) {
		const struct graph_box *b = &g->box[i];
		const struct page *p = i < j->form->pages ? &j->form->page[i] : NULL;
		size_t rows = 0;

		assert_ptr_equal(b->page, p);
		for (size_t k = 0; p && k < j->visits; k++)
			rows += j->visit[k].page == p->index;
		assert_int_equal(b->rows, rows);
		if (p)
			assert_int_equal(b->state == GRAPH_AWAY, rows == 0);
		assert_true(i == 0 || b->y >= b[-1].y + b[-1].h + 10);
		assert_true(b->x >= 0 && b->x + b->w <= GRAPH_WIDTH && b->y + b->h <= g->height);
		here += b->here;
		open += b->state == GRAPH_OPEN;
	}
	assert_int_equal(here, 1);
	assert_int_equal(open, 1);
}

static void every_page_has_one_box(void **state)
{
	AUTO(arena_freep) struct arena *a = arena_new(1 << 20);

	each_case(a, boxes_are_right);
}

static void conditions_are_notes(struct arena *a, const struct journey *j, const struct journey_context *c)
{
	const struct form_graph *g = form_graph(a, j->form, j, NULL, 0, false);
	size_t n = 0;
	str before = STR_EMPTY;

	for (size_t i = 0; i < j->form->pages; i++) {
		str condition = form_graph_condition(a, j->form, &j->form->page[i]);

		/* pages side by side with one condition share the arrow */
		n += condition.n && (!str_eq(condition, before) || j->form->page[i].per != j->form->page[i - 1].per);
		before = condition;
	}
	assert_int_equal(g->notes, n);
	for (size_t i = 0; i < g->notes; i++)
		assert_true(g->note[i].line[0].n > 0 && g->note[i].text.n > 0);
	for (size_t i = 1; i < g->lines; i++)
		assert_true(g->line[i].taken >= g->line[i - 1].taken);
}

static void every_condition_stands_on_an_arrow(void **state)
{
	AUTO(arena_freep) struct arena *a = arena_new(1 << 20);

	each_case(a, conditions_are_notes);
}

/* What the trace says of pages and rules is what the journey does. */
static void trace_agrees(struct arena *a, const struct journey *j, const struct journey_context *c)
{
	const struct trace *t;
	size_t n = form_trace(a, j, c, NULL, 0, &t);

	for (size_t i = 0; i < n; i++) {
		bool broken = false;

		if (t[i].kind == TRACE_PAGE && t[i].page->per < 0)
			assert_int_equal(t[i].verdict == TRACE_YES, journey_find(j, t[i].page->index, 0) != NULL);
		for (size_t k = 0; t[i].kind == TRACE_RULE && k < j->problems; k++)
			broken |= j->problem[k].rule >= 0 && &j->form->rule[j->problem[k].rule] == t[i].rule && j->problem[k].row == t[i].row;
		if (t[i].kind == TRACE_RULE)
			assert_int_equal(t[i].verdict == TRACE_NO, broken);
		if (t[i].kind == TRACE_FIELD)
			assert_int_equal(t[i].verdict == TRACE_YES, journey_asks(j, t[i].field, t[i].row));
		assert_true(t[i].reads == 0 || t[i].read[0].name.n > 0);
	}
}

static void says_of_each_condition_what_the_journey_does(void **state)
{
	AUTO(arena_freep) struct arena *a = arena_new(1 << 20);

	each_case(a, trace_agrees);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_page_has_one_box),
		cmocka_unit_test(every_condition_stands_on_an_arrow),
		cmocka_unit_test(says_of_each_condition_what_the_journey_does),
	};

	return cmocka_run_group_tests_name("form_graph", tests, NULL, NULL);
}
