/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/testing.h"
#include "wire/qr.h"

static struct arena *a;

static int open_arena(void **state)
{
	a = arena_new(65536);
	return 0;
}

static int close_arena(void **state)
{
	arena_free(a);
	return 0;
}

static void a_code_has_its_three_finder_patterns(void **state)
{
	struct qr q;

	assert_ok(qr_make(a, S("https://schalter.example/pruefen/abc"), &q));
	assert_true(q.side >= 21 && (q.side - 17) % 4 == 0);
	for (unsigned i = 0; i < 7; i++) { /* outer ring of the finder patterns is dark */
		assert_int_equal(q.dark[i], 1);
		assert_int_equal(q.dark[q.side - 1 - i], 1);
		assert_int_equal(q.dark[(size_t)(q.side - 1) * q.side + i], 1);
	}
	assert_int_equal(q.dark[7], 0); /* separator */
}

static void the_svg_path_covers_exactly_the_dark_modules(void **state)
{
	struct qr q;
	size_t dark = 0, drawn = 0;

	assert_ok(qr_make(a, S("Schalter"), &q));
	for (size_t i = 0; i < (size_t)q.side * q.side; i++)
		dark += q.dark[i];
	str path = qr_svg_path(a, &q), part;
	while (str_split(&path, 'z', &part)) {
		unsigned x, y, n, back;
		if (part.n == 0)
			continue;
		assert_int_equal(sscanf(str_z(a, part), "M%u %uh%uv1h-%u", &x, &y, &n, &back), 4);
		assert_int_equal(n, back);
		for (unsigned i = 0; i < n; i++)
			assert_int_equal(q.dark[(size_t)(y - QR_QUIET) * q.side + x - QR_QUIET + i], 1);
		drawn += n;
	}
	assert_int_equal(drawn, dark);
}

static void a_text_that_no_code_holds_is_refused(void **state)
{
	struct qr q;
	char *big = arena_alloc(a, 2400);

	memset(big, 'x', 2400);
	assert_rc(qr_make(a, STR_EMPTY, &q), ERR_LIMIT);
	assert_rc(qr_make(a, str_n(big, 2332), &q), ERR_LIMIT);
	assert_ok(qr_make(a, str_n(big, 2331), &q));
}

static void a_girocode_has_the_lines_of_epc069_12(void **state)
{
	struct giro g = {
		.name = S("Landeshauptstadt Dresden"),
		.iban = S("DE02 1203 0000 0000 2020 51"),
		.cents = 3005,
		.text = S("Gebühr 2026-000123"),
	};
	str t;

	assert_ok(giro_text(a, &g, &t));
	assert_s(t, "BCD\n002\n1\nSCT\n\nLandeshauptstadt Dresden\nDE02120300000000202051\nEUR30.05\n\n\nGebühr 2026-000123");
	g.text = STR_EMPTY;
	g.bic = S("BYLADEM1001");
	assert_ok(giro_text(a, &g, &t));
	assert_s(t, "BCD\n002\n1\nSCT\nBYLADEM1001\nLandeshauptstadt Dresden\nDE02120300000000202051\nEUR30.05");
}

static void a_girocode_keeps_its_limits(void **state)
{
	const struct giro good = { .name = S("Stadt"), .iban = S("DE02120300000000202051"), .cents = 1, .text = S("x") };
	struct giro g;
	str t;
	char *long_text = arena_alloc(a, 200);

	memset(long_text, 'x', 200);
	assert_ok(giro_text(a, &good, &t));
#define REFUSED(change) (g = good, change, assert_rc(giro_text(a, &g, &t), ERR_INVALID))
	REFUSED(g.cents = 0);
	REFUSED(g.cents = 100000000000);
	REFUSED(g.name = STR_EMPTY);
	REFUSED(g.name = str_n(long_text, 71));
	REFUSED(g.name = S("Stadt\nDE89370400440532013000"));
	REFUSED(g.text = str_n(long_text, 141));
	REFUSED(g.iban = S("DE02120300000000202052"));
	REFUSED(g.bic = S("BYLADEM"));
	REFUSED(g.purpose = S("SALAX"));
#undef REFUSED
}

static void ibans_are_checked_by_mod_97_and_german_length(void **state)
{
	assert_true(giro_iban_valid(S("de89 3704 0044 0532 0130 00")));
	assert_true(giro_iban_valid(S("AT611904300234573201")));
	assert_false(giro_iban_valid(S("DE88370400440532013000")));
	assert_false(giro_iban_valid(S("DE8937040044053201300")));
	assert_false(giro_iban_valid(S("DE89-3704-0044-0532-0130-00")));
	assert_false(giro_iban_valid(STR_EMPTY));
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, open_arena, close_arena)
	const struct CMUnitTest tests[] = {
		T(a_code_has_its_three_finder_patterns),
		T(the_svg_path_covers_exactly_the_dark_modules),
		T(a_text_that_no_code_holds_is_refused),
		T(a_girocode_has_the_lines_of_epc069_12),
		T(a_girocode_keeps_its_limits),
		T(ibans_are_checked_by_mod_97_and_german_length),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
