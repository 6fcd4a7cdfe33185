/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/testing.h"
#include "domain/expr.h"
#include "domain/form_impl.h"

static struct arena *a;
static struct form *form;
static struct journey *journey;
static struct journey_context ctx = { .today = { 2026, 11, 22 }, .place_ars = STR_INIT("146120000000"), .place_population = 563311 };

static const char form_yaml[] =
	"steps:\n"
	"  - id: a\n"
	"    pages:\n"
	"      - id: a\n"
	"        fields:\n"
	"          - {id: t, type: text}\n"
	"          - {id: leer, type: text, optional: true}\n"
	"          - {id: c, type: choice, options: [eins, zwei]}\n"
	"          - {id: n, type: integer}\n"
	"          - {id: m, type: money}\n"
	"          - {id: d, type: date}\n"
	"          - {id: b, type: bool}\n"
	"          - {id: bleer, type: bool, optional: true}\n"
	"          - {id: s, type: several, options: [x, y, z]}\n"
	"          - {id: falsch, type: integer}\n"
	"          - {id: null, type: integer}\n"
	"  - id: g\n"
	"    repeat: {group: g, min: 1, max: 5}\n"
	"    pages: [{id: g, fields: [{id: g.n, type: integer}, {id: g.b, type: bool}]}]\n";

static int set_up(void **state)
{
	static const char *const answer[][2] = {
		{ "t", "hallo" }, { "c", "zwei" }, { "n", "7" }, { "m", "12,50" }, { "d", "1|3|1985" }, { "b", "true" }, { "s", "x|z" },
		{ "falsch", "viele" }, { "null", "0" }, { "g[1].n", "1" }, { "g[1].b", "true" }, { "g[2].n", "2" }, { "g[2].b", "false" },
		{ "g[3].n", "3" }, { "g[3].b", "true" },
	};
	struct node_error e = { 0 };
	struct node *n, *s;
	struct answers *x;
	uint16_t field, row;
	size_t i;

	a = arena_new(65536);
	if (node_parse_yaml(a, S("form.yaml"), str_c(form_yaml), &n, &e) < 0 ||
	    node_parse_yaml(a, S("service.yaml"), S("parameters: [{id: satz, type: money, default: \"60,00\"}]"), &s, &e) < 0 ||
	    form_compile(a, s, n, NULL, NULL, &form) < 0)
		return -1;
	x = answers_new(a, form);
	for (i = 0; i < sizeof answer / sizeof *answer; i++) {
		if (!answers_locate(form, str_c(answer[i][0]), &field, &row))
			return -1;
		answers_set(x, field, row, str_c(answer[i][1]));
	}
	journey = journey_run(a, form, x, &ctx);
	return 0;
}

static int tear_down(void **state)
{
	arena_free(a);
	return 0;
}

/* A journey lends its values through a calculation; here they are read directly. */
static struct expr_value evaluate(const char *source)
{
	struct expr_env env = { form, -1 };
	struct findings f = findings_new(a);
	struct expr_value v = { 0 };
	struct expr_run run;
	const struct expr *e;

	journey_expr_run(journey, 0, &run);
	if (expr_compile(a, &env, str_c(source), EXPR_ANY, NULL, &f, &e) < 0) {
		print_error("%s: %.*s\n", source, STR_FMT(f.v[0].text));
		fail();
	}
	expr_eval(e, &run, &v);
	return v;
}

static void is(const char *source, const char *want)
{
	struct expr_value v = evaluate(source);
	str got = S("empty");

	if (!v.empty)
		got = v.type == EXPR_BOOL ? (v.truth ? S("true") : S("false")) : v.type == EXPR_NUMBER ? decimal_str(a, v.number)
		      : v.type == EXPR_DATE ? date_iso(a, v.date) : v.text;
	if (!str_eq(got, str_c(want)))
		print_error("%s\n", source);
	assert_s(got, want);
}

static void refused(const char *source, const char *why)
{
	struct expr_env env = { form, -1 };
	struct findings f = findings_new(a);
	const struct expr *e;

	assert_rc(expr_compile(a, &env, str_c(source), EXPR_ANY, NULL, &f, &e), ERR_PARSE);
	assert_int_equal(f.n, 1);
	if (!str_contains(f.v[0].text, str_c(why)))
		print_error("%s: %.*s, want: %s\n", source, STR_FMT(f.v[0].text), why);
	assert_true(str_contains(f.v[0].text, str_c(why)));
}

static void operators_bind_as_everybody_expects(void **state)
{
	is("1 + 2 * 3", "7");
	is("(1 + 2) * 3", "9");
	is("2 - 3 - 4", "-5");
	is("-2 + 5", "3");
	is("1 + 1 == 2 and 2 < 3", "true");
	is("true or false and false", "true");
	is("not true or true", "true");
	is("true xor true", "false");
	is("not false and not false", "true");
	is("7 / 2", "3.500000");
	is("round(7 / 3, 2)", "2.33");
	is("round(2.5, 0)", "3");
	is("round(-2.5, 0)", "-3");
	is("'it''s' == 'it''s'", "true");
}

static void fields_and_parameters_have_their_types(void **state)
{
	is("t", "hallo");
	is("c == 'zwei'", "true");
	is("c in ('eins', 'zwei')", "true");
	is("n in (1, -7)", "false");
	is("n * param.satz", "420.00");
	is("m + 0.5", "13.00");
	is("b", "true");
	is("b == false", "false");
	is("has(s, 'x') and not has(s, 'y')", "true");
	is("count(s)", "2");
	is("length(t)", "5");
	is("place.population > 500000 and place.ars == '146120000000'", "true");
}

static void dates_are_counted_exactly(void **state)
{
	is("age(d)", "41");
	is("today()", "2026-11-22");
	is("today() - 14", "2026-11-08");
	is("d + 31", "1985-04-01");
	is("2026-03-01 - 2026-02-01", "28");
	is("days(2026-02-01, 2026-03-01)", "28");
	is("months(2026-01-31, 2026-02-28)", "1");
	is("months(2026-01-15, 2026-03-14)", "1");
	is("months(2026-03-14, 2026-01-15)", "-1");
	is("add_months(2026-01-31, 1)", "2026-02-28");
	is("year(d) + month(d)", "1988");
	is("max(d, 1990-01-01)", "1990-01-01");
	is("d < 1985-03-02 and d > 1985-02-28", "true");
	is("today() + 99999999", "empty");
	is("today() + 0.5", "empty");
}

static void empty_makes_comparisons_false_and_arithmetic_empty(void **state)
{
	is("leer == 'x'", "false");
	is("leer != 'x'", "false");
	is("leer in ('x')", "false");
	is("is_empty(leer)", "true");
	is("is_empty(t)", "false");
	is("falsch + 1", "empty");
	is("falsch > 1 or falsch <= 1", "false");
	is("is_empty(falsch)", "true");
	is("bleer", "empty");
	is("not bleer", "true");
	is("bleer == false", "false");
	is("if(bleer, 1, 2)", "2");
	is("n / null", "empty");
	is("9000000000000000000 * 9", "empty");
	is("min(falsch, 3)", "empty");
}

static void groups_are_counted_and_summed(void **state)
{
	is("count(g)", "3");
	is("count(g, g.b)", "2");
	is("sum(g, g.n)", "6");
	is("sum(g, if(g.b, g.n * 10, 0))", "40");
	is("any(g, g.n == 2 and not g.b)", "true");
	is("all(g, g.n > 0)", "true");
	is("all(g, g.n > 1)", "false");
	is("sum(g, falsch)", "empty");
}

static void mistakes_are_named(void **state)
{
	refused("", "ends too early");
	refused("1 +", "ends too early");
	refused("1 2", "unexpected rest");
	refused("'offen", "closing quote");
	refused("t == 1", "compares");
	refused("s == 'x'", "has()");
	refused("t + 1", "cannot add");
	refused("b < true", "no order");
	refused("n and b", "and needs a yes/no");
	refused("c == 'drei'", "no option 'drei'");
	refused("has(s, 'w')", "no option 'w'");
	refused("c in ('eins', 'fünf')", "no option");
	refused("gibtsnicht", "unknown name");
	refused("gibtsnicht(1)", "unknown function");
	refused("g.n == 1", "belongs to the group");
	refused("sum(t, 1)", "name of a group");
	refused("any(g)", "expected ','");
	refused("param.nix", "unknown parameter");
	refused("2026-02-30", "no such date");
	refused("1.2.3", "not a number");
	refused("n = 1", "'=='");
	refused("n ! 1", "unexpected character");
	refused("if(n, 1, 2)", "condition of if()");
	refused("if(b, 1, 't')", "last part of if()");
	refused("age(n)", "age needs a date");
}

static void depth_and_length_have_a_limit(void **state)
{
	struct buf b = buf_new(a, 5000);
	int i;

	for (i = 0; i < 500; i++)
		buf_putc(&b, '(');
	refused(buf_str(&b).p, "nested");
	buf_reset(&b);
	for (i = 0; i < 500; i++)
		buf_put(&b, S("not "));
	refused(buf_str(&b).p, "nested");
	buf_reset(&b);
	buf_put(&b, S("1"));
	for (i = 0; i < 900; i++)
		buf_put(&b, S("+1"));
	refused(buf_str(&b).p, "");
	buf_reset(&b);
	for (i = 0; i < 3000; i++)
		buf_put(&b, S("1+"));
	refused(buf_str(&b).p, "too long");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(operators_bind_as_everybody_expects),
		cmocka_unit_test(fields_and_parameters_have_their_types),
		cmocka_unit_test(dates_are_counted_exactly),
		cmocka_unit_test(empty_makes_comparisons_false_and_arithmetic_empty),
		cmocka_unit_test(groups_are_counted_and_summed),
		cmocka_unit_test(mistakes_are_named),
		cmocka_unit_test(depth_and_length_have_a_limit),
	};

	return cmocka_run_group_tests_name("domain/expr", tests, set_up, tear_down);
}
