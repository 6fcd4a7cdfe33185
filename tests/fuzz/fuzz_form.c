/* SPDX-License-Identifier: EUPL-1.2 */
/* A form.yaml that compiles gives journeys that end, a schema and a submission that are JSON; one that does not says why. */
#include "domain/form.h"
#include "fuzz.h"

static void walk(struct arena *a, const struct form *form)
{
	struct journey_context c = { .today = { 2026, 11, 22 }, .place_ars = S("146120000000"), .place_population = 5000 };
	static const str raw[] = { STR_INIT("1"), STR_INIT("true"), STR_INIT("a"), STR_INIT("1|1|2000"), STR_INIT("||"), STR_INIT("\xc3\xa4"),
				     STR_INIT("1\n\n2\n") };
	struct answers *x = answers_new(a, form), *y;
	struct buf b = buf_new(a, 512), stored = buf_new(a, 512);
	struct node_error e;
	struct node *n;
	struct journey *j;
	size_t i;

	for (i = 0; i < form->fields; i++)
		answers_set(x, (uint16_t)i, form->field[i].group < 0 ? 0 : 1, raw[i % 7]);
	j = journey_run(a, form, x, &c);
	FUZZ_CHECK(j->first_open <= j->visits);
	journey_submission_json(&b, j);
	FUZZ_CHECK(node_parse_json(a, buf_str(&b), &n, &e) == 0);
	buf_reset(&b);
	form_schema_json(&b, form, S("urn:x"), S("x"));
	FUZZ_CHECK(node_parse_json(a, buf_str(&b), &n, &e) == 0);
	answers_write(&stored, x);
	FUZZ_CHECK(answers_read(a, form, buf_str(&stored), &y, &i) == 0 && i == 0 && y->n == x->n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(16384);
	struct findings f = findings_new(a);
	struct node_error e = { 0 };
	struct node *root;
	struct form *form;

	if (node_parse_yaml(a, S("form.yaml"), str_n(data, size), &root, &e) == 0) {
		const struct node *service = node_get(root, S("service")), *own = node_get(root, S("form"));

		if (form_compile(a, service ? service : node_new(a, NODE_MAP), own ? own : root, NULL, &f, &form) == 0)
			walk(a, form);
		else
			FUZZ_CHECK(f.errors > 0);
	}
	arena_free(a);
	return 0;
}
