/* SPDX-License-Identifier: EUPL-1.2 */
/* Values that nobody types in their field: taken over from above, said by the identity; and names that people lack. */
#include "base/testing.h"
#include "domain/definition.h"
#include "domain/form_impl.h"

static const char form_yaml[] =
	"steps:\n"
	"  - id: a\n"
	"    pages:\n"
	"      - {id: name, fields: [{id: h.vorname, type: name, none: true, locked: identity, autocomplete: given-name}, {id: h.name, type: name}]}\n"
	"      - {id: adr, fields: [{id: h.strasse, type: text, max: 20}, {id: h.tag, type: date, optional: true}, {id: h.zusatz, type: text, optional: true}]}\n"
	"      - {id: wie, fields: [{id: l.wie_oben, type: bool}]}\n"
	"      - id: lief\n"
	"        fields:\n"
	"          - {id: l.strasse, type: text, max: 20, same_as: h.strasse, same_if: l.wie_oben}\n"
	"          - {id: l.tag, type: date, same_as: h.tag, same_if: l.wie_oben}\n"
	"      - {id: mehr, when: \"l.strasse == 'Ring 1'\", fields: [{id: ring, type: bool}]}\n"
	"  - id: b\n"
	"    repeat: {group: g, min: 1, max: 3}\n"
	"    pages:\n"
	"      - {id: gwie, fields: [{id: g.wie_oben, type: bool}]}\n"
	"      - {id: gadr, fields: [{id: g.strasse, type: text, same_as: h.strasse, same_if: g.wie_oben}]}\n";

static struct arena *a;
static struct form *form;
static struct answers *x;
static struct journey_context context = { .today = { 2026, 11, 22 } };

static int set_up(void **state)
{
	static const char service[] = "{\"name_field\":[\"h.vorname\",\"h.name\"]}";
	struct node_error e;
	struct node *n, *s;

	a = arena_new(65536);
	context.proved = NULL;
	if (node_parse_yaml(a, S("form.yaml"), str_c(form_yaml), &n, &e) < 0 || node_parse_json(a, str_c(service), &s, &e) < 0 ||
	    form_compile(a, s, n, NULL, NULL, &form) < 0)
		return -1;
	x = answers_new(a, form);
	return 0;
}

static int tear_down(void **state)
{
	arena_free(a);
	return 0;
}

static void answer(const char *place, const char *raw)
{
	uint16_t field, row;

	assert_true(answers_locate(form, str_c(place), &field, &row));
	answers_set(x, field, row, str_c(raw));
}

static const struct value *value(const struct journey *j, const char *place)
{
	uint16_t field, row;

	assert_true(answers_locate(form, str_c(place), &field, &row));
	return journey_value(j, field, row);
}

static const struct journey *run(void)
{
	return journey_run(a, form, x, &context);
}

static const struct visit *visit(const struct journey *j, const char *page)
{
	return journey_find(j, form_page(form, str_c(page))->index, 0);
}

static bool problem_at(const struct journey *j, const char *place)
{
	uint16_t field, row;

	assert_true(answers_locate(form, str_c(place), &field, &row));
	for (size_t i = 0; i < j->problems; i++)
		if (j->problem[i].field == (int16_t)field && j->problem[i].row == row)
			return true;
	return false;
}

static void what_is_the_same_as_above_is_taken_over_and_not_asked(void **state)
{
	const struct journey *j;
	struct buf b = buf_new(a, 200);

	answer("h.strasse", "Ring 1");
	answer("h.tag", "1|2|2020");
	answer("l.wie_oben", "true");
	j = run();
	assert_str(value(j, "l.strasse")->canonical, S("Ring 1"));
	assert_str(value(j, "l.tag")->canonical, S("2020-02-01"));
	assert_true(value(j, "l.strasse")->taken);
	assert_true(visit(j, "lief")->taken);
	/* conditions read what was taken over, the way on leads past the page */
	assert_non_null(visit(j, "mehr"));
	assert_ptr_equal(journey_after(j, visit(j, "wie")), visit(j, "mehr"));
	assert_ptr_equal(journey_before(j, visit(j, "mehr")), visit(j, "wie"));
	journey_submission_json(&b, j);
	assert_true(str_contains(buf_str(&b), S("\"l.strasse\":\"Ring 1\"")));
	/* changing the first changes the second */
	answer("h.strasse", "Allee 2");
	j = run();
	assert_str(value(j, "l.strasse")->canonical, S("Allee 2"));
	assert_null(visit(j, "mehr"));
}

static void saying_no_again_restores_what_was_typed(void **state)
{
	const struct journey *j;

	answer("h.strasse", "Ring 1");
	answer("l.wie_oben", "false");
	answer("l.strasse", "Weg 3");
	answer("l.tag", "3|4|2021");
	assert_str(value(run(), "l.strasse")->canonical, S("Weg 3"));
	answer("l.wie_oben", "true");
	assert_str(value(run(), "l.strasse")->canonical, S("Ring 1"));
	answer("l.wie_oben", "false");
	j = run();
	assert_str(value(j, "l.strasse")->canonical, S("Weg 3"));
	assert_false(visit(j, "lief")->taken);
}

static void what_is_not_there_above_is_asked_below(void **state)
{
	const struct journey *j;

	/* the day above is optional and empty, below it is needed: the page is asked, for that alone */
	answer("h.strasse", "Ring 1");
	answer("l.wie_oben", "true");
	j = run();
	assert_true(value(j, "l.strasse")->taken);
	assert_false(value(j, "l.tag")->taken);
	assert_true(problem_at(j, "l.tag"));
	assert_false(visit(j, "lief")->taken);
	answer("l.tag", "3|4|2021");
	j = run();
	assert_false(problem_at(j, "l.tag"));
	assert_str(value(j, "l.tag")->canonical, S("2021-04-03"));
	/* what is wrong above is one mistake, told above */
	answer("h.strasse", "Eine Straße, die viel zu lang ist");
	j = run();
	assert_true(problem_at(j, "h.strasse"));
	assert_false(problem_at(j, "l.strasse"));
	assert_false(value(j, "l.strasse")->valid);
}

static void each_row_of_a_group_may_be_the_same(void **state)
{
	const struct journey *j;

	answer("h.strasse", "Ring 1");
	answers_rows_set(x, 0, 0, 2, true);
	answer("g[1].wie_oben", "true");
	answer("g[2].wie_oben", "false");
	answer("g[2].strasse", "Weg 3");
	j = run();
	assert_str(value(j, "g[1].strasse")->canonical, S("Ring 1"));
	assert_str(value(j, "g[2].strasse")->canonical, S("Weg 3"));
	assert_true(journey_find(j, form_page(form, S("gadr"))->index, 1)->taken);
	assert_false(journey_find(j, form_page(form, S("gadr"))->index, 2)->taken);
}

static str proved_name(void *arg, const struct form *f, const struct field *field)
{
	return str_eq(field->id, S("h.vorname")) ? str_c(arg) : S("nothing of this may be asked for");
}

static void a_locked_field_has_the_value_of_the_identity(void **state)
{
	const struct journey *j;

	answer("h.vorname", "Mallory");
	assert_str(value(run(), "h.vorname")->canonical, S("Mallory"));
	context.proved = proved_name;
	context.proved_arg = (char *)"Anna";
	answer("h.name", "Beispiel");
	j = run();
	assert_str(value(j, "h.vorname")->canonical, S("Anna"));
	assert_true(value(j, "h.vorname")->proved);
	assert_str(value(j, "h.name")->canonical, S("Beispiel"));
	assert_false(value(j, "h.name")->proved);
	/* the identity lacks it: it is asked */
	context.proved_arg = (char *)"";
	j = run();
	assert_str(value(j, "h.vorname")->canonical, S("Mallory"));
	assert_false(value(j, "h.vorname")->proved);
}

static void people_with_one_name_say_so(void **state)
{
	const struct journey *j;
	struct buf b = buf_new(a, 200);

	answer("h.name", "Suharto");
	assert_true(problem_at(run(), "h.vorname"));
	answer("h.vorname", "–");
	j = run();
	assert_false(problem_at(j, "h.vorname"));
	assert_true(value(j, "h.vorname")->present && value(j, "h.vorname")->valid);
	assert_str(definition_applicant_name(a, j), S("Suharto"));
	journey_submission_json(&b, j);
	assert_false(str_contains(buf_str(&b), S("h.vorname")));
	/* only where the author says so is a stroke no name */
	answer("h.name", "–");
	assert_true(problem_at(run(), "h.name"));
}

static void refused(const char *what, const char *with)
{
	struct findings f = findings_new(a);
	struct node_error e;
	struct form *other;
	struct node *n;
	str yaml = str_replace(a, str_c(form_yaml), str_c(what), str_c(with));

	assert_false(str_eq(yaml, str_c(form_yaml)));
	assert_ok(node_parse_yaml(a, S("form.yaml"), yaml, &n, &e));
	assert_rc(form_compile(a, node_new(a, NODE_MAP), n, NULL, &f, &other), ERR_PARSE);
	assert_true(f.errors > 0);
}

static void what_cannot_be_taken_over_is_refused(void **state)
{
	refused("same_as: h.tag, same_if: l.wie_oben", "same_as: h.strasse, same_if: l.wie_oben");
	refused("same_as: h.tag, same_if: l.wie_oben", "same_as: h.tag");
	refused("same_as: h.tag, same_if: l.wie_oben", "same_as: h.tag, same_if: h.strasse");
	refused("same_as: h.tag, same_if: l.wie_oben", "same_as: l.strasse, same_if: l.wie_oben");
	refused("same_as: h.tag, same_if: l.wie_oben", "same_as: ring, same_if: l.wie_oben");
	refused("same_as: h.tag, same_if: l.wie_oben", "same_as: g.strasse, same_if: l.wie_oben");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_is_the_same_as_above_is_taken_over_and_not_asked, set_up, tear_down),
		cmocka_unit_test_setup_teardown(saying_no_again_restores_what_was_typed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_not_there_above_is_asked_below, set_up, tear_down),
		cmocka_unit_test_setup_teardown(each_row_of_a_group_may_be_the_same, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_locked_field_has_the_value_of_the_identity, set_up, tear_down),
		cmocka_unit_test_setup_teardown(people_with_one_name_say_so, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_cannot_be_taken_over_is_refused, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("domain/form_taken", tests, NULL, NULL);
}
