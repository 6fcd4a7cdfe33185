/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/testing.h"
#include "domain/form.h"

static struct arena *a;
static struct form *form;
static struct journey_context ctx = { .today = { 2026, 11, 22 }, .place_ars = STR_INIT("146120000000"), .place_population = 563311 };

static const char service_yaml[] =
	"parameters:\n"
	"  - {id: satz, type: money, default: \"60,00\"}\n"
	"fee:\n"
	"  - {id: steuer, amount: \"count(hund) * param.satz\"}\n"
	"  - {id: post, amount: \"if(weg == 'post', 2.5, 0)\"}\n"
	"name_field: [vorname, firma]\n";
static const char form_yaml[] =
	"steps:\n"
	"  - id: wer\n"
	"    pages:\n"
	"      - {id: art, fields: [{id: art, type: choice, options: [person, firma]}]}\n"
	"      - id: name\n"
	"        when: \"art == 'person'\"\n"
	"        fields:\n"
	"          - {id: vorname, type: name}\n"
	"          - {id: geburt, type: date, max: \"today()\"}\n"
	"        rules: [{id: zu_jung, must: \"age(geburt) >= 18\", at: geburt}]\n"
	"      - {id: firma, when: \"art == 'firma'\", fields: [{id: firma, type: text}]}\n"
	"  - id: hunde\n"
	"    repeat: {group: hund, min: 1, max: 3, summary: [hund.name]}\n"
	"    pages:\n"
	"      - {id: hund-name, fields: [{id: hund.name, type: text, max: 10}]}\n"
	"      - {id: hund-liste, when: \"hund.name == 'Bello'\", fields: [{id: hund.grund, type: longtext}]}\n"
	"  - id: ende\n"
	"    pages:\n"
	"      - id: weg\n"
	"        fields:\n"
	"          - {id: weg, type: choice, options: [post, {id: abholen, when: \"place.population > 1000\"}]}\n"
	"          - {id: summe, type: calc, value: \"count(hund) * 2\", scale: 0}\n"
	"          - {id: wunsch, type: date, optional: true, default: \"today() + 7\"}\n"
	"          - {id: anrede, type: name, optional: true, default: vorname}\n";

static struct form *compile(const char *service, const char *source)
{
	struct findings f = findings_new(a);
	struct node *s, *n;
	struct node_error e = { 0 };
	struct form *ret;
	struct buf b = buf_new(a, 256);
	int rc;

	assert_ok(node_parse_yaml(a, S("service.yaml"), str_c(service), &s, &e));
	assert_ok(node_parse_yaml(a, S("form.yaml"), str_c(source), &n, &e));
	rc = form_compile(a, s, n, NULL, &f, &ret);
	findings_print(&b, &f);
	if (rc < 0)
		print_error("%s", buf_str(&b).p);
	assert_ok(rc);
	return ret;
}

static int set_up(void **state)
{
	a = arena_new(65536);
	form = compile(service_yaml, form_yaml);
	return 0;
}

static int tear_down(void **state)
{
	arena_free(a);
	return 0;
}

static void answer(struct answers *x, const char *id, const char *raw)
{
	uint16_t field, row;

	assert_true(answers_locate(x->form, str_c(id), &field, &row));
	answers_set(x, field, row, str_c(raw));
}

static str path_of(const struct journey *j)
{
	struct buf b = buf_new(a, 64);
	size_t i;

	for (i = 0; i < j->visits; i++) {
		buf_fmt(&b, "%s%.*s", i ? " " : "", STR_FMT(j->form->page[j->visit[i].page].id));
		if (j->visit[i].row)
			buf_fmt(&b, "/%u", (unsigned)j->visit[i].row);
	}
	return buf_str(&b);
}

static struct answers *full(void)
{
	struct answers *x = answers_new(a, form);

	answer(x, "art", "person");
	answer(x, "vorname", "Łucja");
	answer(x, "geburt", "22|11|2008");
	answer(x, "hund[1].name", "Frieda");
	answer(x, "weg", "post");
	answers_rows_set(x, 0, 0, answers_rows(x, 0, 0), true);
	return x;
}

static void what_is_asked_follows_from_what_was_answered(void **state)
{
	struct answers *x = answers_new(a, form);
	struct journey *j = journey_run(a, form, x, &ctx);

	assert_s(path_of(j), "art hund-name/1 hund-list weg");
	assert_int_equal(j->first_open, 0);
	assert_false(j->fee_known);
	answer(x, "art", "person");
	j = journey_run(a, form, x, &ctx);
	assert_s(path_of(j), "art name hund-name/1 hund-list weg");
	assert_int_equal(j->first_open, 1);
	answer(x, "art", "firma");
	j = journey_run(a, form, x, &ctx);
	assert_s(path_of(j), "art firma hund-name/1 hund-list weg");
}

static void a_complete_journey_has_values_and_a_fee(void **state)
{
	struct journey *j = journey_run(a, form, full(), &ctx);
	struct buf b = buf_new(a, 64);

	assert_int_equal(j->problems, 0);
	assert_int_equal(j->first_open, j->visits);
	assert_true(j->fee_known);
	assert_int_equal(j->fee_cents, 6250);
	journey_submission_json(&b, j);
	assert_s(buf_str(&b), "{\"art\":\"person\",\"vorname\":\"Łucja\",\"geburt\":\"2008-11-22\",\"weg\":\"post\",\"summe\":\"2\","
			      "\"hund\":[{\"hund.name\":\"Frieda\"}]}");
}

static void answers_of_unreachable_pages_sleep_and_come_back(void **state)
{
	struct answers *x = full();
	struct journey *j;
	struct buf b = buf_new(a, 64);

	answer(x, "firma", "Elbe GmbH");
	j = journey_run(a, form, x, &ctx);
	assert_null(journey_value(j, form_field(form, S("firma"))->index, 0));
	journey_submission_json(&b, j);
	assert_false(str_contains(buf_str(&b), S("Elbe")));
	answer(x, "art", "firma");
	j = journey_run(a, form, x, &ctx);
	assert_s(journey_value(j, form_field(form, S("firma"))->index, 0)->canonical, "Elbe GmbH");
	assert_null(journey_value(j, form_field(form, S("vorname"))->index, 0));
	answer(x, "art", "person");
	j = journey_run(a, form, x, &ctx);
	assert_s(journey_value(j, form_field(form, S("vorname"))->index, 0)->canonical, "Łucja");
}

static void rules_limits_and_options_make_problems(void **state)
{
	struct answers *x = full();
	struct journey_context village = ctx;
	struct journey *j;

	answer(x, "geburt", "23|11|2008");
	j = journey_run(a, form, x, &ctx);
	assert_int_equal(j->problems, 1);
	assert_int_equal(j->problem[0].kind, PROBLEM_RULE);
	assert_int_equal(j->problem[0].field, form_field(form, S("geburt"))->index);
	assert_s(form->rule[j->problem[0].rule].id, "zu_jung");
	/* a date in the future breaks its limit; the rule that reads it then keeps silent */
	answer(x, "geburt", "23|11|2026");
	j = journey_run(a, form, x, &ctx);
	assert_int_equal(j->problems, 1);
	assert_int_equal(j->problem[0].kind, PROBLEM_TOO_LARGE);
	assert_s(j->problem[0].limit_text, "2026-11-22");
	answer(x, "geburt", "1|1|85");
	j = journey_run(a, form, x, &ctx);
	assert_int_equal(j->problem[0].kind, PROBLEM_YEAR);
	answer(x, "geburt", "1|1|1985");
	answer(x, "weg", "abholen");
	assert_int_equal(journey_run(a, form, x, &ctx)->problems, 0);
	village.place_population = 900;
	j = journey_run(a, form, x, &village);
	assert_int_equal(j->problem[0].kind, PROBLEM_OPTION);
	assert_false(journey_option(j, form_field(form, S("weg")), 0, 1));
	assert_true(journey_option(j, form_field(form, S("weg")), 0, 0));
}

static void a_group_repeats_until_no_more_are_wanted(void **state)
{
	static struct pair yes = { STR_INIT("another"), STR_INIT("yes") }, no = { STR_INIT("another"), STR_INIT("no") };
	struct pairs post_yes = { &yes, 1 }, post_no = { &no, 1 };
	const struct page *list = form_page(form, S("hund-list"));
	struct answers *x = full();
	struct journey *j;

	answers_rows_set(x, 0, 0, answers_rows(x, 0, 0), false);
	j = journey_run(a, form, x, &ctx);
	assert_int_equal(j->problems, 1);
	assert_int_equal(j->problem[0].page, list->index);
	page_take(x, list, 0, &post_yes);
	answer(x, "hund[2].name", "Bello");
	j = journey_run(a, form, x, &ctx);
	assert_s(path_of(j), "art name hund-name/1 hund-name/2 hund-liste/2 hund-list weg");
	answer(x, "hund[2].grund", "weil");
	page_take(x, list, 0, &post_yes);
	answer(x, "hund[3].name", "Rex");
	/* three are the most: nothing is left to ask */
	j = journey_run(a, form, x, &ctx);
	assert_int_equal(j->problems, 0);
	page_take(x, list, 0, &post_yes);
	assert_int_equal(journey_rows(journey_run(a, form, x, &ctx), 0, 0), 3);
	answers_row_remove(x, 0, 2);
	page_take(x, list, 0, &post_no);
	j = journey_run(a, form, x, &ctx);
	assert_s(path_of(j), "art name hund-name/1 hund-name/2 hund-list weg");
	assert_s(journey_value(j, form_field(form, S("hund.name"))->index, 2)->canonical, "Rex");
	assert_int_equal(j->fee_cents, 12250);
}

static void a_default_stands_only_in_a_page_that_nobody_has_answered(void **state)
{
	struct answers *x = full();
	const struct field *wunsch = form_field(form, S("wunsch")), *anrede = form_field(form, S("anrede"));
	struct journey *j;

	answer(x, "weg", "");
	j = journey_run(a, form, x, &ctx);
	assert_s(journey_default(a, j, wunsch, 0), "29|11|2026");
	assert_s(journey_default(a, j, anrede, 0), "Łucja");
	/* a default is an offer, not an answer */
	assert_false(journey_value(j, wunsch->index, 0)->present);
	answer(x, "weg", "post");
	j = journey_run(a, form, x, &ctx);
	assert_s(journey_default(a, j, wunsch, 0), "");
}

static void back_and_forward_agree(void **state)
{
	struct journey *j = journey_run(a, form, full(), &ctx);
	const struct visit *v = journey_find(j, form_page(form, S("hund-name"))->index, 1);

	assert_ptr_equal(journey_after(j, journey_before(j, v)), v);
	assert_null(journey_before(j, j->visit));
	assert_null(journey_after(j, j->visit + j->visits - 1));
	assert_null(journey_find(j, form_page(form, S("firma"))->index, 0));
	assert_true(journey_may_show(j, v));
	assert_false(journey_may_show(journey_run(a, form, answers_new(a, form), &ctx), v + 1000));
}

static void a_posted_page_changes_only_its_own_fields(void **state)
{
	struct pair p[] = {
		{ STR_INIT("vorname"), STR_INIT("  Jos\x65\xcc\x81 ") },
		{ STR_INIT("geburt-day"), STR_INIT("1") }, { STR_INIT("geburt-month"), STR_INIT("März") },
		{ STR_INIT("geburt-year"), STR_INIT("1985") }, { STR_INIT("weg"), STR_INIT("abholen") },
	};
	struct pairs posted = { p, 5 };
	const struct page *page = form_page(form, S("name"));
	struct answers *x = full();
	str before = page_fingerprint(a, x, page, 0);

	page_take(x, page, 0, &posted);
	assert_s(answers_get(x, form_field(form, S("vorname"))->index, 0), "José");
	assert_s(answers_get(x, form_field(form, S("geburt"))->index, 0), "1|März|1985");
	assert_s(answers_get(x, form_field(form, S("weg"))->index, 0), "post");
	assert_int_equal(before.n, 16);
	assert_false(str_eq(before, page_fingerprint(a, x, page, 0)));
	assert_int_equal(journey_run(a, form, x, &ctx)->problems, 0);
}

static void stored_answers_come_back_the_same(void **state)
{
	struct answers *x = full(), *y;
	struct buf b = buf_new(a, 64), c = buf_new(a, 64);
	size_t lost;

	answer(x, "hund[2].name", "\"Rex\" <b> ä");
	answers_write(&b, x);
	assert_ok(answers_read(a, form, buf_str(&b), &y, &lost));
	assert_int_equal(lost, 0);
	answers_write(&c, y);
	assert_str(buf_str(&c), buf_str(&b));
	assert_ok(answers_read(a, form, S("{\"a\":{\"gone\":\"x\",\"hund[9].name\":\"y\",\"art\":\"person\"},\"rows\":{\"hund\":99}}"), &y, &lost));
	assert_int_equal(lost, 2);
	assert_int_equal(y->n, 1);
	assert_int_equal(answers_rows(y, 0, 0), 0);
	assert_rc(answers_read(a, form, S("{\"a\":"), &y, &lost), ERR_PARSE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_asked_follows_from_what_was_answered),
		cmocka_unit_test(a_complete_journey_has_values_and_a_fee),
		cmocka_unit_test(answers_of_unreachable_pages_sleep_and_come_back),
		cmocka_unit_test(rules_limits_and_options_make_problems),
		cmocka_unit_test(a_group_repeats_until_no_more_are_wanted),
		cmocka_unit_test(a_default_stands_only_in_a_page_that_nobody_has_answered),
		cmocka_unit_test(back_and_forward_agree),
		cmocka_unit_test(a_posted_page_changes_only_its_own_fields),
		cmocka_unit_test(stored_answers_come_back_the_same),
	};

	return cmocka_run_group_tests_name("domain/form_journey", tests, set_up, tear_down);
}
