/* SPDX-License-Identifier: EUPL-1.2 */
/* Every text is an expression or gets one finding; what compiles can be evaluated, and gives the same twice. */
#include "domain/expr.h"
#include "domain/form_impl.h"
#include "fuzz.h"

static const char form_yaml[] =
	"steps:\n"
	"  - {id: a, pages: [{id: a, fields: [{id: t, type: text}, {id: n, type: integer}, {id: m, type: money}, {id: d, type: date},\n"
	"      {id: b, type: bool}, {id: c, type: choice, options: [x, y]}, {id: s, type: several, options: [x, y]}]}]}\n"
	"  - {id: g, repeat: {group: g, min: 0, max: 3}, pages: [{id: g, fields: [{id: g.n, type: integer}, {id: g.b, type: bool}]}]}\n";

static struct form *form;
static const struct journey *journey;
static struct journey_context context = { .today = { 2026, 11, 22 }, .place_ars = STR_INIT("146120000000"), .place_population = 5000 };

static void prepare(void)
{
	static const char *const answer[][2] = { { "t", "hallo" }, { "n", "7" }, { "d", "29|2|2024" }, { "s", "x|y" }, { "g[1].n", "1" },
						 { "g[2].n", "9000000000000000000" }, { "g[2].b", "true" } };
	struct arena *a = arena_new(16384);	/* as long as the process */
	struct node_error e;
	struct node *n;
	struct answers *x;
	uint16_t field, row;
	size_t i;

	FUZZ_CHECK(node_parse_yaml(a, S("form.yaml"), str_c(form_yaml), &n, &e) == 0);
	FUZZ_CHECK(form_compile(a, node_new(a, NODE_MAP), n, NULL, NULL, &form) == 0);
	x = answers_new(a, form);
	for (i = 0; i < sizeof answer / sizeof *answer; i++) {
		FUZZ_CHECK(answers_locate(form, str_c(answer[i][0]), &field, &row));
		answers_set(x, field, row, str_c(answer[i][1]));
	}
	journey = journey_run(a, form, x, &context);
}

static void evaluate(struct arena *a, const struct expr *e)
{
	struct expr_run run;
	struct expr_value one = { 0 }, two = { 0 };

	journey_expr_run(journey, 0, &run);
	expr_eval(e, &run, &one);
	expr_eval(e, &run, &two);
	FUZZ_CHECK(one.type == e->type && one.empty == two.empty);
	FUZZ_CHECK(one.empty || expr_value_cmp(&one, &two) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(16384);
	struct findings f = findings_new(a);
	struct expr_env env;
	const struct expr *e;

	if (!form)
		prepare();
	env = (struct expr_env){ form, -1 };
	if (expr_compile(a, &env, str_n(data, size), EXPR_ANY, NULL, &f, &e) == 0)
		evaluate(a, e);
	else
		FUZZ_CHECK(f.n == 1);
	arena_free(a);
	return 0;
}
