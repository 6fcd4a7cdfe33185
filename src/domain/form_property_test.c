/* SPDX-License-Identifier: EUPL-1.2 */
/* What must hold for every form and every answer: random ones, repeatable by their number. */
#include "base/testing.h"
#include "domain/form.h"
#include "domain/form_impl.h"

#define FORMS 1500
#define STEPS_EACH 25

struct maker {
	struct arena *arena;
	struct buf b;
	uint64_t seed;
	int fields;
	char kind[64];		/* of each field: i integer, b bool, c choice, d date, t text, s several */
	int group_of[64];	/* -1: none */
	int group;		/* being written; -1 */
	int groups;
};

static uint32_t dice(struct maker *m, uint32_t n)
{
	return (uint32_t)(test_random(&m->seed) >> 33) % n;
}

static bool readable(const struct maker *m, int i, int group)
{
	return m->group_of[i] < 0 || m->group_of[i] == group;
}

static void field_name(struct maker *m, int i)
{
	if (m->group_of[i] >= 0)
		buf_fmt(&m->b, "g%d.", m->group_of[i]);
	buf_fmt(&m->b, "f%d", i);
}

static void comparison(struct maker *m, int group)
{
	static const char *const op[] = { "==", "!=", "<", ">=" };
	int i = m->fields ? (int)dice(m, (uint32_t)m->fields) : 0;

	if (!m->fields || !readable(m, i, group)) {
		buf_put(&m->b, dice(m, 2) ? S("place.population > 1000") : S("today() > 2026-06-01"));
		return;
	}
	if (m->kind[i] == 's')
		buf_put(&m->b, S("has("));
	field_name(m, i);
	switch (m->kind[i]) {
	case 'i':
		buf_fmt(&m->b, " %s %u", op[dice(m, 4)], dice(m, 6));
		break;
	case 'b':
		buf_put(&m->b, dice(m, 2) ? S(" == true") : S(" == false"));
		break;
	case 'd':
		buf_fmt(&m->b, " %s today() - %u", op[dice(m, 4)], dice(m, 900));
		break;
	case 's':
		buf_fmt(&m->b, ", '%c')", 'a' + (int)dice(m, 3));
		break;
	default:
		buf_fmt(&m->b, " %s '%c'", op[dice(m, 2)], 'a' + (int)dice(m, 3));
	}
}

static void condition(struct maker *m, int depth, int group)
{
	uint32_t way = depth ? dice(m, 6) : 0;

	if (way == 4 && m->groups && group < 0 && m->group < 0) {
		int g = (int)dice(m, (uint32_t)m->groups);

		buf_fmt(&m->b, "%s(g%d, ", dice(m, 2) ? "any" : "all", g);
		condition(m, depth - 1, g);
		buf_putc(&m->b, ')');
	} else if (way == 3) {
		buf_put(&m->b, S("not ("));
		condition(m, depth - 1, group);
		buf_putc(&m->b, ')');
	} else if (way) {
		buf_putc(&m->b, '(');
		condition(m, depth - 1, group);
		buf_put(&m->b, way == 1 ? S(" and ") : way == 2 ? S(" or ") : S(" xor "));
		condition(m, depth - 1, group);
		buf_putc(&m->b, ')');
	} else {
		comparison(m, group);
	}
}

static void put_when(struct maker *m, const char *indent)
{
	if (dice(m, 3))
		return;
	buf_fmt(&m->b, "%swhen: \"", indent);
	condition(m, 2, m->group);
	buf_put(&m->b, S("\"\n"));
}

static void put_field(struct maker *m)
{
	static const struct {
		char kind;
		const char *keys;
	} type[] = { { 'i', "integer" }, { 'b', "bool" }, { 'c', "choice, options: [a, b, c]" }, { 'd', "date" }, { 't', "text, max: 5" },
		     { 's', "several, options: [a, b, c], max: 2" } };
	uint32_t t = dice(m, 6);
	int i = m->fields;

	m->group_of[i] = m->group;
	m->kind[i] = type[t].kind;
	buf_put(&m->b, S("          - {id: "));
	field_name(m, i);
	buf_fmt(&m->b, ", type: %s", type[t].keys);
	if (!dice(m, 4))
		buf_put(&m->b, S(", optional: true"));
	if (!dice(m, 4)) {
		buf_put(&m->b, S(", when: \""));
		condition(m, 1, m->group);
		buf_putc(&m->b, '"');
	}
	buf_put(&m->b, S("}\n"));
	m->fields++;
}

static void put_form(struct maker *m)
{
	uint32_t steps = 1 + dice(m, 4), s, pages, p, fields, f, page = 0;

	buf_put(&m->b, S("steps:\n"));
	for (s = 0; s < steps; s++) {
		buf_fmt(&m->b, "  - id: s%u\n", s);
		m->group = -1;
		put_when(m, "    ");
		if (!dice(m, 3))
			m->group = m->groups;
		if (m->group >= 0)
			buf_fmt(&m->b, "    repeat: {group: g%d, min: %u, max: %u}\n", m->group, dice(m, 2), 2 + dice(m, 2));
		buf_put(&m->b, S("    pages:\n"));
		for (pages = 1 + dice(m, 3), p = 0; p < pages; p++) {
			buf_fmt(&m->b, "      - id: p%u\n", page++);
			put_when(m, "        ");
			buf_put(&m->b, S("        fields:\n"));
			for (fields = 1 + dice(m, 3), f = 0; f < fields; f++)
				put_field(m);
		}
		if (m->group >= 0)
			m->groups++;
		m->group = -1;
	}
}

static struct form *random_form(struct maker *m)
{
	struct findings f = findings_new(m->arena);
	struct node *n, *empty = node_new(m->arena, NODE_MAP);
	struct node_error e = { 0 };
	struct form *form;

	m->b = buf_new(m->arena, 4096);
	put_form(m);
	if (node_parse_yaml(m->arena, S("form.yaml"), buf_str(&m->b), &n, &e) < 0 ||
	    form_compile(m->arena, empty, n, NULL, &f, &form) < 0) {
		print_error("%s\n%.*s\n%s\n", e.text, STR_FMT(f.n ? f.v[0].text : STR_EMPTY), m->b.p);
		fail();
		return NULL;
	}
	return form;
}

static str random_raw(struct maker *m, enum field_type t)
{
	static const str text[] = { STR_INIT("a"), STR_INIT("b"), STR_INIT("zu langer Text"), STR_INIT("") };
	static const str number[] = { STR_INIT("0"), STR_INIT("3"), STR_INIT("5"), STR_INIT("x") };
	static const str date[] = { STR_INIT("1|1|2026"), STR_INIT("31|12|2024"), STR_INIT("30|2|2026"), STR_INIT("1|1|26") };
	static const str yes_no[] = { STR_INIT("true"), STR_INIT("false"), STR_INIT("true"), STR_INIT("") };
	static const str several[] = { STR_INIT("a"), STR_INIT("a|b"), STR_INIT("a|b|c"), STR_INIT("z") };
	const str *from = t == FIELD_INTEGER ? number : t == FIELD_DATE ? date : t == FIELD_BOOL ? yes_no : t == FIELD_SEVERAL ? several : text;

	return from[dice(m, 4)];
}

static void change_something(struct maker *m, struct answers *x)
{
	const struct form *f = x->form;
	const struct field *field = &f->field[dice(m, (uint32_t)f->fields)];
	uint16_t row = field->group < 0 ? 0 : (uint16_t)(1 + dice(m, (uint32_t)f->group[field->group].max));

	if (f->groups && !dice(m, 6)) {
		uint16_t g = (uint16_t)dice(m, (uint32_t)f->groups);

		if (dice(m, 2))
			answers_rows_set(x, g, 0, answers_rows(x, g, 0), !answers_no_more(x, g, 0));
		else
			answers_row_remove(x, g, (uint16_t)(1 + dice(m, 3)));
		return;
	}
	answers_set(x, field->index, row, random_raw(m, field->type));
}

static str print_journey(struct arena *a, const struct journey *j)
{
	struct buf b = buf_new(a, 512);
	size_t i;

	for (i = 0; i < j->visits; i++)
		buf_fmt(&b, "%u/%u%c ", (unsigned)j->visit[i].page, (unsigned)j->visit[i].row, j->visit[i].complete ? '+' : '-');
	for (i = 0; i < j->values; i++)
		buf_fmt(&b, "%u.%u=%d%d%.*s ", (unsigned)j->value[i].field, (unsigned)j->value[i].row, j->value[i].present, j->value[i].valid,
			STR_FMT(j->value[i].canonical));
	for (i = 0; i < j->problems; i++)
		buf_fmt(&b, "!%d:%d ", (int)j->problem[i].kind, j->problem[i].field);
	journey_submission_json(&b, j);
	return buf_str(&b);
}

static void check_shape(const struct journey *j)
{
	size_t i, k, seen = 0;

	for (i = 0; i < j->visits; i++) {
		const struct visit *v = &j->visit[i];

		/* each page instance once, in order; back and forward are each other's opposite */
		assert_ptr_equal(journey_find(j, v->page, v->row), v);
		assert_ptr_equal(journey_after(j, v), i + 1 < j->visits ? v + 1 : NULL);
		assert_ptr_equal(journey_before(j, v), i ? v - 1 : NULL);
		assert_int_equal(journey_may_show(j, v), i <= j->first_open);
		if (i < j->first_open)
			assert_true(v->complete);
		assert_int_equal(v->first_value, seen);
		seen += v->values;
		for (k = v->first_value; k < seen; k++) {
			assert_int_equal(j->form->field[j->value[k].field].page, v->page);
			assert_ptr_equal(journey_value(j, j->value[k].field, j->value[k].row), &j->value[k]);
		}
	}
	assert_int_equal(seen, j->values);
	assert_true(j->first_open == j->visits || !j->visit[j->first_open].complete);
	for (i = 0; i < j->problems; i++)
		assert_false(journey_find(j, j->problem[i].page, j->problem[i].row)->complete);
	assert_int_equal(j->problems == 0, j->first_open == j->visits);
}

/* What is not on the path has no influence: with those answers taken out the journey is the same. */
static void check_unreachable(struct arena *a, struct answers *x, const struct journey *j, const struct journey_context *c)
{
	struct answers *y = answers_clone(a, x);
	size_t i;

	for (i = 0; i < x->n; i++)
		if (!journey_value(j, x->v[i].field, x->v[i].row))
			answers_set(y, x->v[i].field, x->v[i].row, STR_EMPTY);
	assert_str(print_journey(a, journey_run(a, x->form, y, c)), print_journey(a, j));
}

static void check_stored(struct arena *a, struct answers *x, const struct journey *j, const struct journey_context *c)
{
	struct buf b = buf_new(a, 512);
	struct answers *y;
	size_t lost;

	answers_write(&b, x);
	assert_ok(answers_read(a, x->form, buf_str(&b), &y, &lost));
	assert_int_equal(lost, 0);
	assert_str(print_journey(a, journey_run(a, x->form, y, c)), print_journey(a, j));
}

static void every_form_and_every_answer_keep_the_promises(void **state)
{
	struct journey_context c = { .today = { 2026, 11, 22 }, .place_ars = S("146120000000"), .place_population = 900 };
	uint64_t number;
	int i;

	for (number = 1; number <= FORMS; number++) {
		struct maker m = { .arena = arena_new(65536), .seed = number * 7919 };
		struct form *form = random_form(&m);
		struct answers *x = answers_new(m.arena, form);

		for (i = 0; i < STEPS_EACH; i++) {
			struct answers *before = answers_clone(m.arena, x);
			str path = print_journey(m.arena, journey_run(m.arena, form, x, &c));
			struct journey *j;

			change_something(&m, x);
			j = journey_run(m.arena, form, x, &c);
			check_shape(j);
			check_unreachable(m.arena, x, j, &c);
			check_stored(m.arena, x, j, &c);
			/* the same answers give the same journey, and changing back restores it */
			assert_str(print_journey(m.arena, journey_run(m.arena, form, x, &c)), print_journey(m.arena, j));
			assert_str(print_journey(m.arena, journey_run(m.arena, form, before, &c)), path);
		}
		arena_free(m.arena);
	}
}

/* Answering what is open, again and again, ends: nobody is sent in circles. */
static void answering_what_is_open_always_ends(void **state)
{
	struct journey_context c = { .today = { 2026, 11, 22 }, .place_ars = S("146120000000"), .place_population = 5000 };
	static const str good[] = { [FIELD_TEXT] = STR_INIT("a"), [FIELD_INTEGER] = STR_INIT("3"), [FIELD_DATE] = STR_INIT("1|1|2026"),
				    [FIELD_BOOL] = STR_INIT("true"), [FIELD_CHOICE] = STR_INIT("b"), [FIELD_SEVERAL] = STR_INIT("a|c") };
	uint64_t number;
	size_t i, rounds;

	for (number = 1; number <= FORMS; number++) {
		struct maker m = { .arena = arena_new(65536), .seed = number * 104729 };
		struct form *form = random_form(&m);
		struct answers *x = answers_new(m.arena, form);
		struct journey *j = journey_run(m.arena, form, x, &c);

		for (rounds = 0; j->first_open < j->visits; rounds++) {
			const struct visit *v = &j->visit[j->first_open];

			assert_true(rounds < 200);
			if (form->page[v->page].group_list)
				answers_another(x, (uint16_t)form->page[v->page].group, v->row, false);
			for (i = v->first_value; i < (size_t)v->first_value + v->values; i++)
				answers_set(x, j->value[i].field, j->value[i].row, good[form->field[j->value[i].field].type]);
			j = journey_run(m.arena, form, x, &c);
		}
		assert_int_equal(j->problems, 0);
		arena_free(m.arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_form_and_every_answer_keep_the_promises),
		cmocka_unit_test(answering_what_is_open_always_ends),
	};

	return cmocka_run_group_tests_name("domain/form_property", tests, NULL, NULL);
}
