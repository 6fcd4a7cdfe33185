/* SPDX-License-Identifier: EUPL-1.2 */
/* Groups inside groups: rows, paths, conditions, what is stored and what is delivered. */
#include "base/testing.h"
#include "domain/form_impl.h"

static const char form_yaml[] =
	"steps:\n"
	"  - id: anfang\n"
	"    pages: [{id: art, fields: [{id: art, type: choice, options: [kurz, lang]}]}]\n"
	"  - id: leute\n"
	"    repeat: {group: mitglied, min: 1, max: 3, summary: [mitglied.name]}\n"
	"    pages:\n"
	"      - {id: wer, fields: [{id: mitglied.name, type: name}, {id: mitglied.eltern, type: bool}]}\n"
	"      - repeat: {group: mitglied.kind, min: 0, max: 4, summary: [mitglied.kind.name]}\n"
	"        when: \"mitglied.eltern\"\n"
	"        pages:\n"
	"          - {id: kind, fields: [{id: mitglied.kind.name, type: name}, {id: mitglied.kind.alter, type: integer}]}\n"
	"          - repeat: {group: mitglied.kind.tier, min: 0, max: 2}\n"
	"            when: \"art == 'lang' and mitglied.kind.alter >= 6\"\n"
	"            pages: [{id: tier, fields: [{id: mitglied.kind.tier.art, type: text}]}]\n"
	"      - id: kinder\n"
	"        when: \"any(mitglied.kind, mitglied.kind.alter < 3)\"\n"
	"        fields: [{id: mitglied.krippe, type: text}, {id: mitglied.summe, type: calc, value: \"sum(mitglied.kind, mitglied.kind.alter)\", scale: 0}]\n"
	"  - id: ende\n"
	"    pages:\n"
	"      - id: ende\n"
	"        fields: [{id: alle, type: calc, value: \"count(mitglied.kind)\", scale: 0}, {id: grosse, type: calc, scale: 0,\n"
	"                 value: \"count(mitglied, any(mitglied.kind, mitglied.kind.alter >= 6 and mitglied.name == 'Anna'))\"},\n"
	"                 {id: tiere, type: calc, value: \"count(mitglied.kind.tier)\", scale: 0}]\n";

static struct arena *a;
static struct form *form;
static struct answers *x;
static const struct journey_context context = { .today = { 2026, 11, 22 } };

static int set_up(void **state)
{
	struct node_error e;
	struct node *n;

	a = arena_new(65536);
	if (node_parse_yaml(a, S("form.yaml"), str_c(form_yaml), &n, &e) < 0 || form_compile(a, node_new(a, NODE_MAP), n, NULL, NULL, &form) < 0)
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

static void done(const char *place)
{
	uint16_t group, outer;

	assert_true(answers_locate_group(form, str_c(place), &group, &outer));
	answers_another(x, group, outer, false);
}

static str path_of(const struct journey *j)
{
	struct buf b = buf_new(a, 200);
	size_t i;

	for (i = 0; i < j->visits; i++) {
		const struct visit *v = &j->visit[i];
		str row = form_row_path(a, form, form->page[v->page].per, v->row);

		buf_fmt(&b, "%s%.*s%s%.*s", i ? " " : "", STR_FMT(form->page[v->page].id), row.n ? "/" : "", STR_FMT(row));
		assert_ptr_equal(journey_find(j, v->page, v->row), v);
	}
	return buf_str(&b);
}

static str value_at(const struct journey *j, const char *place)
{
	uint16_t field, row;
	const struct value *v;

	assert_true(answers_locate(form, str_c(place), &field, &row));
	v = journey_value(j, field, row);
	return v ? v->canonical : S("-");
}

static void two_families(void)
{
	answer("art", "lang");
	answer("mitglied[1].name", "Anna");
	answer("mitglied[1].eltern", "true");
	answer("mitglied[1].kind[1].name", "Ben");
	answer("mitglied[1].kind[1].alter", "7");
	answer("mitglied[1].kind[1].tier[2].art", "Hund");
	answer("mitglied[1].kind[2].name", "Eva");
	answer("mitglied[1].kind[2].alter", "2");
	answer("mitglied[2].name", "Otto");
	answer("mitglied[2].eltern", "true");
	answer("mitglied[2].kind[1].name", "Ida");
	answer("mitglied[2].kind[1].alter", "9");
}

static void rows_of_inner_groups_are_asked_in_each_outer_row(void **state)
{
	struct journey *j;

	two_families();
	j = journey_run(a, form, x, &context);
	assert_s(path_of(j), "art wer/1 kind/1.1 tier/1.1.1 tier/1.1.2 mitglied-kind-tier-list/1.1 kind/1.2 mitglied-kind-list/1 kinder/1 "
			     "wer/2 kind/2.1 mitglied-kind-tier-list/2.1 mitglied-kind-list/2 mitglied-list ende");
	assert_s(value_at(j, "mitglied[1].summe"), "9");
	assert_s(value_at(j, "alle"), "3");
	assert_s(value_at(j, "grosse"), "1");
	assert_s(value_at(j, "tiere"), "2");
	answer("mitglied[1].eltern", "false");
	j = journey_run(a, form, x, &context);
	assert_s(path_of(j), "art wer/1 wer/2 kind/2.1 mitglied-kind-tier-list/2.1 mitglied-kind-list/2 mitglied-list ende");
	assert_s(value_at(j, "alle"), "1");
	assert_s(value_at(j, "grosse"), "0");
	assert_s(value_at(j, "mitglied[1].kind[1].name"), "-");
}

static void nested_rows_are_delivered_as_lists_in_lists(void **state)
{
	struct buf b = buf_new(a, 500);

	two_families();
	journey_submission_json(&b, journey_run(a, form, x, &context));
	assert_s(buf_str(&b), "{\"art\":\"lang\",\"alle\":\"3\",\"grosse\":\"1\",\"tiere\":\"2\",\"mitglied\":["
			      "{\"mitglied.name\":\"Anna\",\"mitglied.eltern\":true,\"mitglied.summe\":\"9\",\"mitglied.kind\":["
			      "{\"mitglied.kind.name\":\"Ben\",\"mitglied.kind.alter\":7,\"mitglied.kind.tier\":[{},{\"mitglied.kind.tier.art\":\"Hund\"}]},"
			      "{\"mitglied.kind.name\":\"Eva\",\"mitglied.kind.alter\":2}]},"
			      "{\"mitglied.name\":\"Otto\",\"mitglied.eltern\":true,\"mitglied.kind\":["
			      "{\"mitglied.kind.name\":\"Ida\",\"mitglied.kind.alter\":9}]}]}");
}

static void a_row_goes_with_all_that_is_in_it(void **state)
{
	struct buf b = buf_new(a, 500);
	struct answers *y;
	size_t lost;

	two_families();
	done("mitglied[2].kind");
	answers_row_remove(x, 0, 1);
	answers_write(&b, x);
	assert_s(buf_str(&b), "{\"a\":{\"art\":\"lang\",\"mitglied[1].name\":\"Otto\",\"mitglied[1].eltern\":\"true\",\"mitglied[1].kind[1].name\":\"Ida\","
			      "\"mitglied[1].kind[1].alter\":\"9\"},\"more\":{\"mitglied[1].kind\":1},\"rows\":{\"mitglied\":1,\"mitglied[1].kind\":1}}");
	assert_ok(answers_read(a, form, buf_str(&b), &y, &lost));
	assert_int_equal(lost, 0);
	/* an inner row goes alone */
	answers_row_remove(y, 1, 1);
	assert_int_equal(answers_rows(y, 1, 1), 0);
	assert_false(answers_no_more(y, 1, 1));
	assert_int_equal(answers_rows(y, 0, 0), 1);
}

static void a_removed_inner_row_moves_only_its_sisters(void **state)
{
	two_families();
	answers_row_remove(x, 1, 1);
	assert_s(answers_get(x, form_field(form, S("mitglied.kind.name"))->index, 1), "Eva");
	assert_s(answers_get(x, form_field(form, S("mitglied.kind.name"))->index, 2), "");
	assert_s(answers_get(x, form_field(form, S("mitglied.kind.name"))->index, 5), "Ida");
	assert_s(answers_get(x, form_field(form, S("mitglied.kind.tier.art"))->index, 2), "");
}

static void row_numbers_are_read_and_written_as_paths(void **state)
{
	int16_t tier = (int16_t)(form_group(form, S("mitglied.kind.tier")) - form->group);
	uint16_t row, again;

	for (row = 1; row <= 24; row++) {
		assert_true(form_row_parse(form, tier, form_row_path(a, form, tier, row), &again));
		assert_int_equal(again, row);
	}
	assert_s(form_row_path(a, form, tier, 24), "3.4.2");
	assert_false(form_row_parse(form, tier, S("1.5.1"), &row));
	assert_false(form_row_parse(form, tier, S("1.1"), &row));
	assert_false(form_row_parse(form, tier, S("1.1.1.1"), &row));
	assert_false(form_row_parse(form, tier, S("0.1.1"), &row));
	assert_false(answers_locate(form, S("mitglied.kind[1].name[1]"), &row, &again));
	assert_false(answers_locate(form, S("mitglied[4].name"), &row, &again));
	assert_false(answers_locate(form, S("mitglied[1].kind.name"), &row, &again));
}

static void refused(const char *yaml, const char *code)
{
	struct findings f = findings_new(a);
	struct node_error e;
	struct node *n;
	struct form *g;

	assert_ok(node_parse_yaml(a, S("form.yaml"), str_c(yaml), &n, &e));
	assert_rc(form_compile(a, node_new(a, NODE_MAP), n, NULL, &f, &g), ERR_PARSE);
	assert_s(f.v[0].code, code);
}

#define OUTER(pages) "steps: [{id: s, repeat: {group: g, max: 300}, pages: [" pages "]}]"

static void mistakes_in_blocks_are_found(void **state)
{
	refused(OUTER("{id: p, fields: [{id: g.a, type: text}]}, {repeat: {group: k}, pages: [{id: q, fields: [{id: k.a, type: text}]}]}"), "bad-id");
	refused(OUTER("{repeat: {group: g.k, max: 300}, pages: [{id: q, fields: [{id: g.k.a, type: text}]}]}"), "limit");
	refused(OUTER("{repeat: {group: g.k}, pages: []}"), "missing-key");
	refused(OUTER("{repeat: {group: g.k}, id: x, pages: [{id: q, fields: [{id: g.k.a, type: text}]}]}"), "unknown-key");
	refused(OUTER("{id: p, when: \"any(g.k, g.k.a == 'x')\", fields: [{id: g.a, type: text}]}, {repeat: {group: g.k}, "
		      "pages: [{id: q, fields: [{id: g.k.a, type: text}]}]}"), "later-reference");
	refused(OUTER("{repeat: {group: g.k}, pages: [{id: q, fields: [{id: g.k.a, type: text}]}]}, {id: p, fields: [{id: g.a, type: text, "
		      "when: \"g.k.a == 'x'\"}]}"), "expression");
	refused(OUTER("{id: p, fields: [{id: g.k, type: text}]}, {repeat: {group: g.k}, pages: [{id: q, fields: [{id: g.k.a, type: text}]}]}"),
		"duplicate-id");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(rows_of_inner_groups_are_asked_in_each_outer_row, set_up, tear_down),
		cmocka_unit_test_setup_teardown(nested_rows_are_delivered_as_lists_in_lists, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_row_goes_with_all_that_is_in_it, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_removed_inner_row_moves_only_its_sisters, set_up, tear_down),
		cmocka_unit_test_setup_teardown(row_numbers_are_read_and_written_as_paths, set_up, tear_down),
		cmocka_unit_test_setup_teardown(mistakes_in_blocks_are_found, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("domain/form_nested", tests, NULL, NULL);
}
