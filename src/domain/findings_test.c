/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/testing.h"
#include "domain/findings.h"

static void a_finding_names_file_line_and_what_is_wrong(void **state)
{
	struct arena *a = arena_new(1024);
	struct findings f = findings_new(a);
	struct buf b = buf_new(a, 64);

	finding_add(&f, FINDING_ERROR, S("form.yaml"), 12, 5, S("unknown-key"), "unknown key \"%s\"", "wenn");
	finding_add(&f, FINDING_WARNING, S("texts/en.yaml"), 0, 0, S("missing-text"), "missing");
	findings_print(&b, &f);
	assert_s(buf_str(&b), "form.yaml:12:5: error: unknown key \"wenn\" [unknown-key]\n"
			      "texts/en.yaml: warning: missing [missing-text]\n");
	assert_int_equal(f.errors, 1);
	assert_int_equal(f.warnings, 1);
	arena_free(a);
}

static void a_flood_of_findings_is_counted_but_not_kept(void **state)
{
	struct arena *a = arena_new(1024);
	struct findings f = findings_new(a);
	int i;

	for (i = 0; i < 10000; i++)
		finding_add(&f, FINDING_ERROR, S("x"), 1, 1, S("c"), "number %d", i);
	assert_int_equal(f.errors, 10000);
	assert_true(f.n < 1000);
	assert_s(f.v[7].text, "number 7");
	finding_add(NULL, FINDING_ERROR, S("x"), 1, 1, S("c"), "nobody listens");
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_finding_names_file_line_and_what_is_wrong),
		cmocka_unit_test(a_flood_of_findings_is_counted_but_not_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
