/* SPDX-License-Identifier: EUPL-1.2 */
/* Fields with several values, and what other answers require, forbid or make wrong. */
#include "base/testing.h"
#include "domain/form.h"

static const char form_yaml[] =
	"steps:\n"
	"  - id: s\n"
	"    pages:\n"
	"      - id: kontakt\n"
	"        fields:\n"
	"          - {id: telefon, type: phone, many: {min: 0, max: 3}}\n"
	"          - {id: tage, type: date, many: {min: 2, max: 3}, max: today()}\n"
	"          - {id: wege, type: choice, options: [post, {id: netz, when: \"count(telefon) > 0\"}], many: {max: 2}, optional: true}\n"
	"      - id: folgen\n"
	"        fields:\n"
	"          - {id: summe, type: calc, value: \"count(tage, value < 2026-01-01)\", scale: 0}\n"
	"          - {id: alle, type: calc, value: \"all(telefon, value != '+49123456') and any(wege, value == 'post')\"}\n"
	"      - id: kinder\n"
	"        fields:\n"
	"          - {id: anzahl, type: integer, optional: true}\n"
	"          - {id: name, type: text, required: \"anzahl > 0\", forbidden: \"anzahl == 0\"}\n"
	"          - {id: plz, type: postcode, optional: true, validation: \"not (anzahl > 5)\"}\n"
	"          - {id: da, type: calc, value: \"is_valid_date(29, 2, anzahl)\"}\n";

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

static void answer(const char *id, const char *raw)
{
	answers_set(x, form_field(form, str_c(id))->index, 0, str_c(raw));
}

static str value_of(const char *id)
{
	const struct value *v = journey_value(journey_run(a, form, x, &context), form_field(form, str_c(id))->index, 0);

	return v && v->valid ? v->canonical : S("-");
}

/* "telefon#2 format, tage too_few" */
static str problems(void)
{
	static const char *const name[] = {
#define PROBLEM(ID, name) #name,
#include "domain/problems.def"
#undef PROBLEM
	};
	const struct journey *j = journey_run(a, form, x, &context);
	struct buf b = buf_new(a, 100);
	size_t i;

	for (i = 0; i < j->problems; i++) {
		const struct problem *p = &j->problem[i];

		buf_fmt(&b, "%s%.*s", i ? ", " : "", STR_FMT(form->field[p->field].id));
		if (p->nth)
			buf_fmt(&b, "#%u", (unsigned)p->nth);
		buf_fmt(&b, " %s", name[p->kind]);
	}
	return buf_str(&b);
}

static void several_values_are_checked_one_by_one(void **state)
{
	struct buf b = buf_new(a, 300);

	assert_s(problems(), "tage required");
	answer("tage", "1|2|2026");
	assert_s(problems(), "tage too_few");
	answer("telefon", "0123456\nkein\n\n0351 4881");
	answer("tage", "1|2|2026\n31|12|2026\n30|2|2026");
	answer("wege", "post\nnetz");
	assert_s(problems(), "telefon#2 format, tage#2 too_large, tage#3 format, wege#2 option");
	answer("telefon", "0123456\n\n0351 4881");
	answer("tage", "1|2|2025\n||\n31|10|2026");
	assert_s(problems(), "");
	assert_s(value_of("tage"), "2025-02-01\n2026-10-31\n");
	assert_s(value_of("summe"), "1");
	assert_s(value_of("alle"), "false");
	answer("telefon", "0351 4881");
	assert_s(value_of("alle"), "true");
	answer("telefon", "1234567\n1234567\n1234567\n1234567");
	assert_s(problems(), "telefon#1 format, telefon#2 format, telefon#3 format, telefon#4 format, wege#2 option");
	answer("telefon", "0123456\n0123457\n0123458\n0123459");
	assert_s(problems(), "telefon too_many, wege#2 option");
	answer("telefon", "0123456\n0123457");
	journey_submission_json(&b, journey_run(a, form, x, &context));
	assert_s(buf_str(&b), "{\"telefon\":[\"+49123456\",\"+49123457\"],\"tage\":[\"2025-02-01\",\"2026-10-31\"],\"wege\":[\"post\",\"netz\"],"
			      "\"summe\":\"1\",\"alle\":false,\"da\":false}");
	assert_s(value_display(a, form_field(form, S("tage")), journey_value(journey_run(a, form, x, &context), 1, 0), S("de"), NULL, NULL),
		 "01.02.2025, 31.10.2026");
}

static void other_answers_require_and_forbid(void **state)
{
	answer("tage", "1|2|2025\n1|2|2025");
	assert_s(problems(), "");
	answer("anzahl", "2");
	assert_s(problems(), "name required");
	answer("name", "Ida");
	assert_s(problems(), "");
	answer("anzahl", "0");
	assert_s(problems(), "name forbidden");
	/* what is itself wrong decides nothing */
	answer("anzahl", "viele");
	assert_s(problems(), "anzahl format");
	answer("anzahl", "7");
	answer("plz", "01067");
	assert_s(problems(), "plz validation");
	answer("anzahl", "2024");
	assert_s(value_of("da"), "true");
	answer("anzahl", "2026");
	assert_s(value_of("da"), "false");
}

static void post(const char *first, ...)
{
	struct pair pair[20];
	struct pairs posted = { pair, 0 };
	const char *name;
	va_list ap;

	va_start(ap, first);
	for (name = first; name; name = va_arg(ap, const char *))
		pair[posted.n++] = (struct pair){ str_c(name), str_c(va_arg(ap, const char *)) };
	va_end(ap);
	page_take(x, &form->page[0], 0, &posted);
}

static str raw_of(const char *id)
{
	return answers_get(x, form_field(form, str_c(id))->index, 0);
}

static void adding_and_taking_away_keep_what_was_typed(void **state)
{
	post("telefon", "12", "mehr", "telefon", NULL);
	assert_s(raw_of("telefon"), "12\n");
	post("telefon", "12", "telefon--2", "34", "mehr", "telefon", NULL);
	assert_s(raw_of("telefon"), "12\n34\n");
	/* three are the most */
	post("telefon", "12", "telefon--2", "34", "telefon--3", " 5\n6 ", "mehr", "telefon", NULL);
	assert_s(raw_of("telefon"), "12\n34\n5 6");
	post("telefon", "12", "telefon--2", "34", "telefon--3", "56", "weg", "telefon--2", NULL);
	assert_s(raw_of("telefon"), "12\n56");
	post("telefon", "", "telefon--2", "56", "telefon--3", "", NULL);
	assert_s(raw_of("telefon"), "56");
	post("telefon", "", "mehr", "telefon", NULL);
	assert_s(raw_of("telefon"), "\n");
	assert_s(value_of("telefon"), "");
	post("telefon", "", "telefon--2", "", NULL);
	assert_s(raw_of("telefon"), "");
	post("tage-day", "1", "tage-month", "2", "tage-year", "2025", "tage--2-day", "", "tage--2-month", "", "tage--2-year", "", "mehr", "tage", NULL);
	assert_s(raw_of("tage"), "1|2|2025\n\n");
	post("tage-day", "1", "tage-month", "2", "tage-year", "2025", "tage--2-day", "3", "tage--2-month", "3", "tage--2-year", "2026", NULL);
	assert_s(raw_of("tage"), "1|2|2025\n3|3|2026");
}

static void mistakes_are_found(void **state)
{
	static const char *const wrong[][2] = {
		{ "{id: a, type: bool, many: {max: 2}}", "bad-value" },
		{ "{id: a, type: text, many: 3}", "bad-value" },
		{ "{id: a, type: text, many: {min: 3, max: 2}}", "bad-value" },
		{ "{id: a, type: info, required: \"true\"}", "bad-value" },
		{ "{id: a, type: text, required: \"3\"}", "expression" },
		{ "{id: a, type: text, many: {}}, {id: b, type: calc, value: \"any(a, value > 3)\"}", "expression" },
		{ "{id: a, type: text, many: {}}, {id: b, type: calc, value: \"value == 'a'\"}", "expression" },
		{ "{id: a, type: text}, {id: b, type: calc, value: \"any(a, value == 'a')\"}", "expression" },
		{ "{id: a, type: choice, options: [x, y], many: {}}, {id: b, type: calc, value: \"any(a, value == 'z')\"}", "expression" },
	};
	size_t i;

	for (i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct findings f = findings_new(a);
		struct node_error e;
		struct node *n;
		struct form *g;

		assert_ok(node_parse_yaml(a, S("form.yaml"), str_fmt(a, "steps: [{id: s, pages: [{id: p, fields: [%s]}]}]", wrong[i][0]), &n, &e));
		assert_rc(form_compile(a, node_new(a, NODE_MAP), n, NULL, &f, &g), ERR_PARSE);
		assert_s(f.v[0].code, wrong[i][1]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(several_values_are_checked_one_by_one, set_up, tear_down),
		cmocka_unit_test_setup_teardown(other_answers_require_and_forbid, set_up, tear_down),
		cmocka_unit_test_setup_teardown(adding_and_taking_away_keep_what_was_typed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(mistakes_are_found, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("domain/form_many", tests, NULL, NULL);
}
