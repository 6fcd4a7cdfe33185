/* SPDX-License-Identifier: EUPL-1.2 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/file.h"
#include "domain/case_record.h"
#include "domain/package.h"

/* with a line separator and a byte order mark, which YAML takes for something else unless they are escaped */
#define CASE_NAME "der \"Fall\": \\\xc3\xa4 \xe2\x80\xa8 \xef\xbb\xbf" "x"

static const char *const packages[] = { "bewohnerparkausweis", "fuehrerschein-umtausch", "geburtsurkunde", "gewerbe-abmeldung", "gewerbe-anmeldung", "gewerbe-ummeldung",
					"hundesteuer-abmeldung", "hundesteuer-anmeldung", "sondernutzung-aussengastronomie" };

static const struct package *load(struct arena *a, const char *name)
{
	struct findings f = findings_new(a);
	const struct package *p;

	assert_int_equal(package_load(a, str_fmt(a, "%s/services/%s", getenv("SCHALTER_SOURCE"), name), &f, &p), 0);
	return p;
}

static void print_all(struct arena *a, const struct findings *f, str text)
{
	struct buf b = buf_new(a, 1000);

	findings_print(&b, f);
	print_error("%s\n%.*s\n", str_z(a, buf_str(&b)), STR_FMT(text));
}

/* What was recorded once is recorded again from its own answers, and read back without a difference. */
static void reads_back_what_it_wrote(void **state)
{
	AUTO(arena_freep) struct arena *a = arena_new(1 << 20);
	size_t done = 0;

	for (size_t i = 0; i < sizeof packages / sizeof *packages; i++) {
		const struct package *p = load(a, packages[i]);

		for (size_t k = 0; k < node_count(p->cases); k++) {
			const struct node *one = node_at(p->cases, k);
			struct findings f = findings_new(a);
			struct answers *x = package_case_answers(a, p->compiled, one);
			struct journey_context c = { 0 };
			struct node_error e = { 0 };
			struct node *again;
			struct buf b = buf_new(a, 1000);

			assert_int_equal(date_parse_iso(node_text_at(one, S("today")), &c.today), 0);
			case_record(&b, journey_run(a, p->compiled, x, &c), x, &(struct case_facts){ S(CASE_NAME), STR_EMPTY, c.today });
			if (node_parse_yaml(a, S("cases.yaml"), buf_str(&b), &again, &e) < 0)
				fail_msg("%s: line %u: %s\n%.*s", packages[i], e.line, e.text, STR_FMT(buf_str(&b)));
			assert_non_null(package_case(a, p, node_at(again, 0), NULL, &f));
			if (f.errors)
				print_all(a, &f, buf_str(&b));
			assert_int_equal(f.errors, 0);
			assert_string_equal(str_z(a, node_text_at(node_at(again, 0), S("name"))), CASE_NAME);
			done++;
		}
	}
	assert_true(done > 40);
}

static void leaves_out_what_is_not_asked(void **state)
{
	AUTO(arena_freep) struct arena *a = arena_new(1 << 20);
	const struct package *p = load(a, "hundesteuer-anmeldung");
	struct answers *x = answers_new(a, p->compiled);
	struct journey_context c = { .today = { 2026, 11, 22 } };
	struct buf b = buf_new(a, 1000);

	answers_set(x, form_field(p->compiled, S("halter.art"))->index, 0, S("firma"));
	answers_set(x, form_field(p->compiled, S("halter.vorname"))->index, 0, S("Anna"));
	case_record(&b, journey_run(a, p->compiled, x, &c), x, &(struct case_facts){ S("x"), S("dresden"), c.today });
	assert_true(str_find(buf_str(&b), S("    halter.art: firma\n")) >= 0);
	assert_true(str_find(buf_str(&b), S("Anna")) < 0);
	assert_true(str_find(buf_str(&b), S("  place: dresden\n  today: 2026-11-22\n")) >= 0);
	assert_true(str_find(buf_str(&b), S("  path: [wer, firma, ")) >= 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_back_what_it_wrote),
		cmocka_unit_test(leaves_out_what_is_not_asked),
	};

	return cmocka_run_group_tests_name("case_record", tests, NULL, NULL);
}
