/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/testing.h"

#include "base/decimal.h"

static struct arena *a;

static int open_arena(void **state)
{
	a = arena_new(1 << 16);
	return 0;
}

static int close_arena(void **state)
{
	arena_free(a);
	return 0;
}

static struct decimal dec(const char *text)
{
	struct decimal d = {0};
	assert_ok(decimal_parse(str_c(text), &d));
	return d;
}

static void canonical_text_goes_both_ways(void **state)
{
	static const char *good[] = {"0", "-1", "1234.56", "0.5", "-0.05", "1.50",
		"9223372036854775807", "-9223372036854775808", "-9.223372036", "0.000000001",
		"10.00"};
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		assert_s(decimal_str(a, dec(good[i])), good[i]);
	static const char *bad[] = {"", "-", ".", "1.", ".5", "01", "-01.5", "1,5", "1.2.3", "+1",
		" 1", "1 ", "1e5", "--1", "1.-5", "00", "1.5a"};
	struct decimal d;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_rc(decimal_parse(str_c(bad[i]), &d), ERR_PARSE);
	assert_rc(decimal_parse(S("9223372036854775808"), &d), ERR_OVERFLOW);
	assert_rc(decimal_parse(S("0.1234567890"), &d), ERR_OVERFLOW);
	assert_rc(
		decimal_parse(S("99999999999999999999999999999999999999999999"), &d), ERR_OVERFLOW);
}

static void german_input_is_understood(void **state)
{
	static const char *pairs[][2] = {
		{"1.234,56", "1234.56"},
		{"1234,5", "1234.5"},
		{"-3", "-3"},
		{"1234.56", "1234.56"},
		{"1.234", "1234"},
		{"1.234.567", "1234567"},
		{"12.345.678,9", "12345678.9"},
		{" 5 ", "5"},
		{",5", "0.5"},
		{".5", "0.5"},
		{".125", "0.125"},
		{"0.123", "0.123"},
		{"1.2345", "1.2345"},
		{"007,50", "7.50"},
		{"−12,5", "-12.5"},
		{"1 234,56", "1234.56"},
		{"1\xc2\xa0"
		 "234\xc2\xa0"
		 "567",
			"1234567"},
		{"1\xe2\x80\xaf"
		 "234,5",
			"1234.5"},
		{"1 234.56", "1234.56"},
		{"0", "0"},
		{"0,00", "0.00"},
		{"9.223.372.036.854.775.807", "9223372036854775807"},
		{"0000000000000000000000000000001", "1"},
		{"1.5", "1.5"},
	};
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		struct decimal d;
		if (decimal_parse_german(str_c(pairs[i][0]), &d) != 0)
			fail_msg("\"%s\" is refused", pairs[i][0]);
		assert_s(decimal_str(a, d), pairs[i][1]);
	}
}

static void ambiguous_or_wrong_input_is_refused(void **state)
{
	static const char *bad[] = {
		"",
		" ",
		"-",
		",",
		".",
		"1,",
		"1.",
		"1234.567",
		"1.23.456",
		"1.2345.6",
		"1.234.5",
		"1,234.56",
		"1,2,3",
		"0.123.456",
		"1.234 567",
		"1  234",
		"1 23",
		"- 5",
		"5-",
		"12 €",
		"zwölf",
		"1e3",
		"+5",
		"1..234",
		".1.234",
		"1.234,",
		"--5",
		"1,-5",
		"٣",
		"1111111111111111111111111111111111111111111111111111111111111111111111",
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct decimal d = {0};
		if (decimal_parse_german(str_c(bad[i]), &d) != ERR_PARSE)
			fail_msg("\"%s\" gives %lld", bad[i], (long long)d.unscaled);
	}
	struct decimal d;
	assert_rc(decimal_parse_german(S("9.223.372.036.854.775.808"), &d), ERR_OVERFLOW);
	assert_rc(decimal_parse_german(S("0,1234567890"), &d), ERR_OVERFLOW);
}

static void sums_and_products_are_exact_or_refused(void **state)
{
	struct decimal d;
	assert_ok(decimal_add(dec("0.1"), dec("0.22"), &d));
	assert_s(decimal_str(a, d), "0.32");
	assert_ok(decimal_sub(dec("1"), dec("1.000000001"), &d));
	assert_s(decimal_str(a, d), "-0.000000001");
	assert_ok(decimal_mul(dec("19.99"), dec("0.19"), &d));
	assert_s(decimal_str(a, d), "3.7981");
	assert_ok(decimal_add(dec("9000000000000000000"), dec("0.00"), &d));
	assert_s(decimal_str(a, d), "9000000000000000000");
	assert_rc(decimal_add(dec("9000000000000000000"), dec("0.01"), &d), ERR_OVERFLOW);
	assert_rc(decimal_add(dec("9223372036854775807"), dec("1"), &d), ERR_OVERFLOW);
	assert_rc(decimal_sub(dec("-9223372036854775808"), dec("1"), &d), ERR_OVERFLOW);
	assert_rc(decimal_mul(dec("4000000000"), dec("4000000000"), &d), ERR_OVERFLOW);
	assert_rc(decimal_mul(dec("0.00001"), dec("0.00001"), &d), ERR_OVERFLOW);
	assert_ok(decimal_mul(dec("0.00010"), dec("0.00010"), &d));
	assert_int_equal(decimal_cmp(d, dec("0.00000001")), 0);
	assert_ok(decimal_mul(dec("-9223372036854775808"), dec("1.000000000"), &d));
	assert_s(decimal_str(a, d), "-9223372036854775808");
}

static void comparison_ignores_the_number_of_places(void **state)
{
	assert_int_equal(decimal_cmp(dec("1.50"), dec("1.5")), 0);
	assert_int_equal(decimal_cmp(dec("-1.50"), dec("1.5")), -1);
	assert_int_equal(decimal_cmp(dec("9223372036854775807"), dec("9.223372036")), 1);
	assert_int_equal(decimal_cmp(dec("0.000"), dec("0")), 0);
}

static void each_rounding_does_what_its_name_says(void **state)
{
	static const char *rows[][5] = {
		/* value, half up, half even, down, up */
		{"0.5", "1", "0", "0", "1"},
		{"1.5", "2", "2", "1", "2"},
		{"2.5", "3", "2", "2", "3"},
		{"-0.5", "-1", "0", "0", "-1"},
		{"-1.5", "-2", "-2", "-1", "-2"},
		{"-2.5", "-3", "-2", "-2", "-3"},
		{"0.49", "0", "0", "0", "1"},
		{"0.51", "1", "1", "0", "1"},
		{"-0.49", "0", "0", "0", "-1"},
		{"3", "3", "3", "3", "3"},
		{"-3.0", "-3", "-3", "-3", "-3"},
		{"0.000000001", "0", "0", "0", "1"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		for (enum rounding r = ROUND_HALF_UP; r <= ROUND_UP; r++) {
			struct decimal d;
			assert_ok(decimal_round(dec(rows[i][0]), 0, r, &d));
			assert_s(decimal_str(a, d), rows[i][1 + r]);
		}
}

static void division(void **state)
{
	struct decimal d;
	assert_ok(decimal_div(dec("1"), dec("3"), 2, ROUND_HALF_UP, &d));
	assert_s(decimal_str(a, d), "0.33");
	assert_ok(decimal_div(dec("-2"), dec("3"), 9, ROUND_HALF_UP, &d));
	assert_s(decimal_str(a, d), "-0.666666667");
	assert_ok(decimal_div(dec("2"), dec("-3"), 0, ROUND_HALF_EVEN, &d));
	assert_s(decimal_str(a, d), "-1");
	assert_ok(decimal_div(dec("0.000000005"), dec("1"), 2, ROUND_UP, &d));
	assert_s(decimal_str(a, d), "0.01");
	assert_rc(decimal_div(dec("1"), dec("0.00"), 2, ROUND_DOWN, &d), ERR_INVALID);
	assert_rc(decimal_div(dec("1"), dec("1"), 10, ROUND_DOWN, &d), ERR_INVALID);
	assert_rc(decimal_div(dec("9223372036854775807"), dec("0.000000001"), 9, ROUND_DOWN, &d),
		ERR_OVERFLOW);
	assert_rc(decimal_div(dec("-9223372036854775808"), dec("-1"), 0, ROUND_DOWN, &d),
		ERR_OVERFLOW);
	assert_rc(decimal_round(dec("9223372036854775807"), 1, ROUND_DOWN, &d), ERR_OVERFLOW);
	int64_t cents;
	assert_ok(decimal_to_cents(dec("12.345"), ROUND_HALF_EVEN, &cents));
	assert_int_equal(cents, 1234);
	assert_ok(decimal_to_cents(dec("12.345"), ROUND_HALF_UP, &cents));
	assert_int_equal(cents, 1235);
}

static void sums_and_formats_come_back(void **state)
{
	uint64_t rnd = 5;
	for (int i = 0; i < 30000; i++) {
		struct arena_mark m = arena_mark(a);
		struct decimal x = {(int64_t)test_random(&rnd) >> (rnd % 60),
			(uint8_t)(test_random(&rnd) % 10)};
		struct decimal y = {(int64_t)test_random(&rnd) >> (rnd % 60),
				       (uint8_t)(test_random(&rnd) % 10)},
			       sum, back;
		if (decimal_add(x, y, &sum) == 0) {
			assert_ok(decimal_sub(sum, y, &back));
			assert_int_equal(decimal_cmp(back, x), 0);
		}
		assert_ok(decimal_parse(decimal_str(a, x), &back));
		assert_true(back.unscaled == x.unscaled && back.scale == x.scale);
		/* what we show can be typed in again */
		assert_ok(decimal_parse_german(decimal_format(a, x, S("de")), &back));
		assert_true(back.unscaled == x.unscaled && back.scale == x.scale);
		assert_int_equal(decimal_cmp(x, y), -decimal_cmp(y, x));
		arena_rewind(a, m);
	}
}

static void amounts_are_written_as_people_do(void **state)
{
	assert_s(decimal_format(a, dec("1234.56"), S("de")), "1.234,56");
	assert_s(decimal_format(a, dec("1234567"), S("en")), "1,234,567");
	assert_s(decimal_format(a, dec("-999.5"), S("de")), "-999,5");
	assert_s(decimal_format(a, dec("100"), S("hsb")), "100");
	assert_s(decimal_format(a, dec("-9223372036854775808"), S("de")),
		"-9.223.372.036.854.775.808");
	assert_s(money_format(a, 123456, S("de")), "1.234,56\xc2\xa0€");
	assert_s(money_format(a, 5, S("de")), "0,05\xc2\xa0€");
	assert_s(money_format(a, -123456789, S("de")), "-1.234.567,89\xc2\xa0€");
	assert_s(money_format(a, 123456, S("en")), "€1,234.56");
	assert_s(money_format(a, -5, S("en-GB")), "-€0.05");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(canonical_text_goes_both_ways),
		cmocka_unit_test(german_input_is_understood),
		cmocka_unit_test(ambiguous_or_wrong_input_is_refused),
		cmocka_unit_test(sums_and_products_are_exact_or_refused),
		cmocka_unit_test(comparison_ignores_the_number_of_places),
		cmocka_unit_test(each_rounding_does_what_its_name_says),
		cmocka_unit_test(division),
		cmocka_unit_test(sums_and_formats_come_back),
		cmocka_unit_test(amounts_are_written_as_people_do),
	};
	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
