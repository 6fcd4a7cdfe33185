/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/file.h"
#include "base/testing.h"
#include "domain/definition.h"

static struct arena *a;

static int set_up(void **state)
{
	a = arena_new(1 << 20);
	return 0;
}

static int tear_down(void **state)
{
	arena_free(a);
	return 0;
}

static str fixture(const char *name)
{
	const char *root = getenv("SCHALTER_SOURCE");
	str text;

	assert_ok(file_read(a, str_fmt(a, "%s/tests/fixtures/definitions/%s", root ? root : ".", name).p, 1 << 20, &text));
	return text;
}

/* P2: what was once written is read for as long as a case may live, and means the same. */
static void a_definition_of_format_1_is_read_and_means_what_it_meant(void **state)
{
	struct journey_context c = { .today = { 2026, 11, 22 }, .place_ars = S("146120000000"), .place_population = 563311 };
	static const char answers_json[] =
		"{\"a\":{\"halter.art\":\"person\",\"halter.vorname\":\"Anna\",\"halter.nachname\":\"Muster\",\"halter.geburt\":\"12|3|1985\","
		"\"anschrift.strasse\":\"Lindenweg\",\"anschrift.hausnummer\":\"7a\",\"anschrift.plz\":\"01067\",\"anschrift.ort\":\"Dresden\","
		"\"haushalt.gemeinsam\":\"false\",\"haushalt.bisher\":\"0\",\"hund[1].name\":\"Frieda\",\"hund[1].rasse\":\"Dackel\","
		"\"hund[1].geschlecht\":\"huendin\",\"hund[1].farbe\":\"braun\",\"hund[1].wurf\":\"15|5|2023\",\"hund[1].beginn\":\"14|11|2026\","
		"\"hund[1].herkunft\":\"eigen\",\"hund[1].gefaehrlich\":\"false\",\"ermaessigung.grund\":\"keine\",\"zahlung.art\":\"ueberweisung\"},"
		"\"more\":{\"hund\":1},\"rows\":{\"hund\":1}}";
	const struct definition *d;
	const struct journey *j;
	struct answers *x;
	size_t lost;

	assert_ok(definition_from_json(a, fixture("1-hundesteuer.json"), &d));
	assert_s(d->hash, "ad8c8e8e5ee4fcedaecdbcabde4f39ed4d0f7fae06d892ccc3747cbded66f806");
	assert_int_equal(d->format, 1);
	assert_s(d->service->id, "hundesteuer-anmeldung");
	assert_int_equal(d->service->trust, TRUST_NONE);
	assert_int_equal(d->service->clocks.known_after_days, 4);
	assert_ok(answers_read(a, d->form, str_c(answers_json), &x, &lost));
	assert_int_equal(lost, 0);
	j = journey_run(a, d->form, x, &c);
	assert_int_equal(j->problems, 0);
	assert_int_equal(j->fee_cents, 6000);
	assert_s(definition_applicant_name(a, j), "Anna Muster");
}

static void texts_fall_back_to_german_and_say_so(void **state)
{
	const struct definition *d;
	const str *list;
	size_t n;

	assert_ok(definition_from_json(a, fixture("1-hundesteuer.json"), &d));
	assert_true(definition_text(d, S("de"), S("title")).n > 0);
	assert_false(str_eq(definition_text(d, S("de"), S("title")), definition_text(d, S("en"), S("title"))));
	assert_str(definition_text(d, S("hsb"), S("title")), definition_text(d, S("de"), S("title")));
	assert_false(definition_has(d, S("hsb"), S("title")));
	assert_true(definition_has(d, S("en"), S("title")));
	assert_int_equal(definition_text(d, S("de"), S("no.such.text")).n, 0);
	n = definition_list(a, d, S("de"), S("synonyms"), &list);
	assert_true(n > 5);
	assert_str(list[0], definition_text(d, S("de"), S("synonyms.1")));
}

static void placeholders_are_filled_and_what_is_unknown_stays(void **state)
{
	struct text_values v = { .row = 2, .place = S("Burkau"), .label = S("Name"), .limit = S("20") };
	const struct definition *d;

	assert_ok(definition_from_json(a, fixture("1-hundesteuer.json"), &d));
	assert_s(definition_expand(a, d, S("de"), S("{row}. Hund in {place}: {label} hat {limit}"), &v), "2. Hund in Burkau: Name hat 20");
	assert_s(definition_expand(a, d, S("de"), S("{param.steuer_erster} in {days} Tagen"), &v), "60,00\u00a0€ in 21 Tagen");
	assert_s(definition_expand(a, d, S("de"), S("{x} { offen"), &v), "{x} { offen");
	assert_s(definition_expand(a, d, S("de"), S("{authority}|{halter.vorname}|"), &v), "||");
}

static void what_is_no_definition_is_refused(void **state)
{
	static const char *const wrong[] = { "", "[]", "{\"format\":\"1\"}", "{\"format\":\"1\",\"service\":{},\"form\":{},\"texts\":{}}", "{\"format\":\"x\"}" };
	struct findings f = findings_new(a);
	const struct definition *d;
	size_t i;

	for (i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_rc(definition_from_json(a, str_c(wrong[i]), &d), ERR_PARSE);
	assert_rc(definition_from_json_findings(a, S("{\"format\":\"2\"}"), &f, &d), ERR_UNSUPPORTED);
	assert_int_equal(f.n, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_definition_of_format_1_is_read_and_means_what_it_meant),
		cmocka_unit_test(texts_fall_back_to_german_and_say_so),
		cmocka_unit_test(placeholders_are_filled_and_what_is_unknown_stays),
		cmocka_unit_test(what_is_no_definition_is_refused),
	};

	return cmocka_run_group_tests_name("domain/definition", tests, set_up, tear_down);
}
