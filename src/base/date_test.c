/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/testing.h"

#include <time.h>

#include "base/date.h"

static struct date ymd(int y, int m, int d)
{
	return (struct date){(int16_t)y, (int8_t)m, (int8_t)d};
}

static void assert_date_at(struct date got, int y, int m, int d, const char *file, int line)
{
	if (got.year == y && got.month == m && got.day == d)
		return;
	print_error(
		"got %04d-%02d-%02d, want %04d-%02d-%02d\n", got.year, got.month, got.day, y, m, d);
	_fail(file, line);
}
#define assert_date(got, y, m, d) assert_date_at((got), (y), (m), (d), __FILE__, __LINE__)

static void only_real_days_are_valid(void **state)
{
	assert_true(date_valid(ymd(2024, 2, 29)));
	assert_false(date_valid(ymd(2026, 2, 29)));
	assert_false(date_valid(ymd(1900, 2, 29)));
	assert_true(date_valid(ymd(2000, 2, 29)));
	assert_false(date_valid(ymd(2026, 4, 31)));
	assert_false(date_valid(ymd(2026, 0, 1)));
	assert_false(date_valid(ymd(2026, 13, 1)));
	assert_false(date_valid(ymd(2026, 1, 0)));
	assert_false(date_valid(ymd(0, 1, 1)));
	assert_false(date_valid(ymd(2026, -1, 1)));
}

static void adding_days_and_months(void **state)
{
	assert_date(date_add_days(ymd(2024, 2, 28), 1), 2024, 2, 29);
	assert_date(date_add_days(ymd(2026, 1, 1), -1), 2025, 12, 31);
	assert_date(date_add_days(ymd(9999, 12, 31), 1), 0, 0, 0);
	assert_date(date_add_days(ymd(1, 1, 1), -1), 0, 0, 0);
	assert_date(date_add_days(ymd(9999, 12, 31), INT32_MAX), 0, 0, 0);
	assert_date(date_add_days(ymd(1, 1, 1), INT32_MIN), 0, 0, 0);
	assert_date(date_add_months(ymd(2026, 1, 31), 1), 2026, 2, 28);
	assert_date(date_add_months(ymd(2024, 1, 31), 1), 2024, 2, 29);
	assert_date(date_add_months(ymd(2026, 12, 15), 1), 2027, 1, 15);
	assert_date(date_add_months(ymd(2026, 1, 15), -1), 2025, 12, 15);
	assert_date(date_add_months(ymd(2026, 3, 31), -25), 2024, 2, 29);
	assert_date(date_add_months(ymd(9999, 12, 1), 1), 0, 0, 0);
	assert_date(date_add_months(ymd(1, 1, 1), -1), 0, 0, 0);
	assert_date(date_add_months(ymd(2026, 1, 1), INT32_MIN), 0, 0, 0);
}

static void days_round_trip_keeps_order(void **state)
{
	struct date last = ymd(1, 1, 1);
	for (int32_t n = date_days(last) + 1; n <= 2932896; n += 13) {
		struct date d = date_from_days(n);
		if (!date_valid(d) || date_days(d) != n || date_cmp(last, d) >= 0 ||
			date_cmp(d, last) <= 0)
			fail_msg("day %d", n);
		last = d;
	}
	assert_int_equal(date_cmp(last, last), 0);
	assert_date(date_from_days(2932897), 0, 0, 0);
}

static void weekdays(void **state)
{
	assert_int_equal(date_weekday(ymd(2026, 11, 22)), 7);
	assert_int_equal(date_weekday(ymd(2026, 11, 23)), 1);
	assert_int_equal(date_weekday(ymd(1970, 1, 1)), 4);
	assert_int_equal(date_weekday(ymd(1969, 12, 31)), 3);
	assert_int_equal(date_weekday(ymd(1, 1, 1)), 1);
}

static void age_is_reached_at_the_start_of_the_birthday(void **state)
{
	assert_int_equal(date_age(ymd(2008, 11, 22), ymd(2026, 11, 22)), 18);
	assert_int_equal(date_age(ymd(2008, 11, 23), ymd(2026, 11, 22)), 17);
	assert_int_equal(date_age(ymd(2008, 2, 29), ymd(2026, 2, 28)), 17);
	assert_int_equal(date_age(ymd(2008, 2, 29), ymd(2026, 3, 1)), 18);
	assert_int_equal(date_age(ymd(2008, 2, 29), ymd(2028, 2, 29)), 20);
	assert_int_equal(date_age(ymd(2008, 2, 29), ymd(2028, 2, 28)), 19);
	assert_int_equal(date_age(ymd(2026, 1, 1), ymd(2026, 1, 1)), 0);
	assert_int_equal(date_age(ymd(2026, 1, 2), ymd(2026, 1, 1)), -1);
}

static void saxon_holidays_of_2024_to_2026(void **state)
{
	static const struct date want[] = {
		{2024, 1, 1},
		{2024, 3, 29},
		{2024, 4, 1},
		{2024, 5, 1},
		{2024, 5, 9},
		{2024, 5, 20},
		{2024, 10, 3},
		{2024, 10, 31},
		{2024, 11, 20},
		{2024, 12, 25},
		{2024, 12, 26},
		{2025, 1, 1},
		{2025, 4, 18},
		{2025, 4, 21},
		{2025, 5, 1},
		{2025, 5, 29},
		{2025, 6, 9},
		{2025, 10, 3},
		{2025, 10, 31},
		{2025, 11, 19},
		{2025, 12, 25},
		{2025, 12, 26},
		{2026, 1, 1},
		{2026, 4, 3},
		{2026, 4, 6},
		{2026, 5, 1},
		{2026, 5, 14},
		{2026, 5, 25},
		{2026, 10, 3},
		{2026, 10, 31},
		{2026, 11, 18},
		{2026, 12, 25},
		{2026, 12, 26},
	};
	size_t i = 0;
	for (struct date d = ymd(2024, 1, 1); d.year < 2027; d = date_add_days(d, 1))
		if (date_is_holiday_saxony(d)) {
			assert_true(i < sizeof want / sizeof *want);
			assert_date(d, want[i].year, want[i].month, want[i].day);
			i++;
		}
	assert_int_equal(i, sizeof want / sizeof *want);
}

static void every_year_has_eleven_holidays_but_when_two_coincide(void **state)
{
	for (int y = 1995; y <= 2200; y++) {
		int n = 0;
		for (struct date d = ymd(y, 1, 1); d.year == y; d = date_add_days(d, 1))
			n += date_is_holiday_saxony(d);
		/* Ascension Day on 1 May: Easter on 23 March */
		bool coincide = date_is_holiday_saxony(ymd(y, 3, 24)) &&
			date_is_holiday_saxony(ymd(y, 3, 21));
		assert_int_equal(n, coincide ? 10 : 11);
	}
	/* extreme Easters: 23 March 2008, 24 April 2011, 25 April 2038 */
	assert_true(date_is_holiday_saxony(ymd(2008, 3, 21)));
	assert_true(date_is_holiday_saxony(ymd(2011, 4, 25)));
	assert_true(date_is_holiday_saxony(ymd(2038, 6, 14)));
}

static void a_period_ends_on_a_working_day(void **state)
{
	assert_date(date_next_working_day(ymd(2026, 11, 22)), 2026, 11, 23);
	assert_date(date_next_working_day(ymd(2026, 11, 23)), 2026, 11, 23);
	assert_date(date_next_working_day(ymd(2026, 11, 18)), 2026, 11, 19);
	assert_date(date_next_working_day(ymd(2026, 4, 3)), 2026, 4, 7);
	assert_date(date_next_working_day(ymd(2026, 12, 25)), 2026, 12, 28);
	assert_date(date_next_working_day(ymd(9999, 12, 31)), 9999, 12, 31);
}

static void iso_is_strict(void **state)
{
	AUTO(arena_freep) struct arena *a = arena_new(512);
	struct date d;
	assert_ok(date_parse_iso(S("2024-02-29"), &d));
	assert_date(d, 2024, 2, 29);
	assert_s(date_iso(a, d), "2024-02-29");
	assert_s(date_iso(a, ymd(7, 1, 2)), "0007-01-02");
	static const char *bad[] = {"", "2026-02-29", "2026-2-1", "2026-02-1", "20260201",
		"2026/02/01", " 2026-02-01", "2026-02-01 ", "2026-00-01", "2026-01-00",
		"0000-01-01", "+026-01-01", "2026-1a-01", "-001-01-01"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_rc(date_parse_iso(str_c(bad[i]), &d), ERR_PARSE);
	assert_date(d, 2024, 2, 29);
}

static void typed_dates_are_understood(void **state)
{
	static const char *good[] = {
		"1.3.1985",
		"01.03.1985",
		"1. März 1985",
		"1985-03-01",
		" 1.  3. 1985 ",
		"1 3 1985",
		"1/3/1985",
		"1-3-1985",
		"01031985",
		"1. Mär 1985",
		"1.Mär.1985",
		"1 maerz 1985",
		"1 MÄRZ 1985",
		"1 Ma\xcc\x88rz 1985",
		"1 mrz. 1985",
		"1 March 1985",
		"1\xc2\xa0März\xc2\xa0"
		"1985",
	};
	struct date d;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		d = ymd(0, 0, 0);
		if (date_parse_german(str_c(good[i]), &d) != 0)
			fail_msg("%s", good[i]);
		assert_date(d, 1985, 3, 1);
	}
	assert_ok(date_parse_german(S("31. Dezember 1999"), &d));
	assert_date(d, 1999, 12, 31);
	assert_ok(date_parse_parts(S(" 31. "), S("Okt."), S("2026 "), &d));
	assert_date(d, 2026, 10, 31);
}

static void wrong_dates_are_refused(void **state)
{
	static const char *bad[] = {
		"",
		" ",
		"1",
		"1.3",
		"1.3.",
		"1.3.85",
		"85-03-01",
		"1..3.1985",
		"1.3.19855",
		"1.3.985",
		"29.2.2026",
		"31.4.2026",
		"0.1.2026",
		"1.0.2026",
		"1.13.2026",
		"32.1.2026",
		"1.März",
		"1. Foo 1985",
		"a.b.cccc",
		"1.3.1985.",
		"1.3.1985 um 3",
		"-1.3.1985",
		"1.-3.1985",
		"0985-01-01",
		"01.03.0985",
		"1.3.1985\n.",
		"001.03.1985",
		"3.1985",
		"März 1985",
		"1.Dezemberdezemberdezemberdezember.1985",
	};
	struct date d = ymd(1, 1, 1);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (date_parse_german(str_c(bad[i]), &d) != ERR_PARSE)
			fail_msg("%s gives %d-%d-%d", bad[i], d.year, d.month, d.day);
	assert_rc(date_parse_parts(S("1"), S(""), S("1985"), &d), ERR_PARSE);
	assert_rc(date_parse_parts(S(""), S("1"), S("1985"), &d), ERR_PARSE);
	assert_rc(date_parse_parts(S("1"), S("1"), S("85"), &d), ERR_PARSE);
}

static void all_months_can_be_written_in_words(void **state)
{
	static const char *names[] = {"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli",
		"August", "September", "Oktober", "November", "Dezember"};
	static const char *english[] = {"January", "February", "March", "April", "May", "June",
		"July", "August", "September", "October", "November", "December"};
	struct date d;
	for (int m = 1; m <= 12; m++) {
		assert_ok(date_parse_parts(S("9"), str_c(names[m - 1]), S("2026"), &d));
		assert_date(d, 2026, m, 9);
		assert_ok(date_parse_parts(S("9"), str_c(english[m - 1]), S("2026"), &d));
		assert_date(d, 2026, m, 9);
	}
}

/* The C library with an explicit rule needs no time zone files. */
static void compare_with_library(const char *rule, int64_t from, int64_t to)
{
	uint64_t rnd = 11;
	setenv("TZ", rule, 1);
	tzset();
	for (int i = 0; i < 200000; i++) {
		time_t t = from + (int64_t)(test_random(&rnd) % (uint64_t)(to - from));
		struct tm tm;
		localtime_r(&t, &tm);
		struct civil c = civil_from_instant((instant){INSTANT_S(t) + 999999});
		if (c.date.year != tm.tm_year + 1900 || c.date.month != tm.tm_mon + 1 ||
			c.date.day != tm.tm_mday || c.hour != tm.tm_hour || c.minute != tm.tm_min ||
			c.second != tm.tm_sec)
			fail_msg("%s: %lld", rule, (long long)t);
		int64_t back = civil_to_instant(c).us / 1000000;
		/* in the doubled hour the first is meant */
		if (back != t && !(back == t - 3600 && !tm.tm_isdst))
			fail_msg("%s: %lld back to %lld", rule, (long long)t, (long long)back);
	}
	unsetenv("TZ");
	tzset();
}

static void civil_time_agrees_with_the_c_library(void **state)
{
	compare_with_library(
		"CET-1CEST,M3.5.0,M10.5.0/3", 820454400, 4102444800);            /* 1996 .. 2099 */
	compare_with_library("CET-1CEST,M3.5.0,M9.5.0/3", 347155200, 820454400); /* 1981 .. 1995 */
	compare_with_library("CET-1", -631152000, 315529200);                    /* 1950 .. 1979 */
}

static void the_hours_of_change(void **state)
{
	instant t;
	assert_ok(instant_parse(S("2026-03-29T00:59:59Z"), &t));
	assert_int_equal(civil_from_instant(t).hour, 1);
	assert_int_equal(civil_from_instant(instant_add_s(t, 1)).hour, 3);
	assert_ok(instant_parse(S("2026-10-25T00:59:59Z"), &t));
	assert_int_equal(civil_from_instant(t).hour, 2);
	assert_int_equal(civil_from_instant(instant_add_s(t, 1)).hour, 2);
	assert_int_equal(civil_from_instant(instant_add_s(t, 3601)).hour, 3);

	struct civil doubled = {{2026, 10, 25}, 2, 30, 0}, skipped = {{2026, 3, 29}, 2, 30, 0};
	char p[INSTANT_ISO_BYTES + 1];
	instant_iso_z(civil_to_instant(doubled), p);
	assert_string_equal(p, "2026-10-25T00:30:00Z");
	instant_iso_z(civil_to_instant(skipped), p);
	assert_string_equal(p, "2026-03-29T01:30:00Z");
	/* the first summer time of 1980 */
	assert_ok(instant_parse(S("1980-04-06T01:00:00Z"), &t));
	assert_int_equal(civil_from_instant(t).hour, 3);
	assert_int_equal(civil_from_instant(instant_add_s(t, -1)).hour, 1);
}

static void today_is_the_berlin_day(void **state)
{
	instant t;
	assert_ok(instant_parse(S("2026-12-31T23:00:00Z"), &t));
	struct clock c = clock_fixed(t);
	assert_date(date_today(&c), 2027, 1, 1);
	c = clock_fixed(instant_add_s(t, -1));
	assert_date(date_today(&c), 2026, 12, 31);
	c = clock_fixed((instant){INT64_MAX});
	assert_date(date_today(&c), 9999, 12, 31);
	c = clock_fixed((instant){INT64_MIN});
	assert_date(date_today(&c), 1, 1, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_real_days_are_valid),
		cmocka_unit_test(adding_days_and_months),
		cmocka_unit_test(days_round_trip_keeps_order),
		cmocka_unit_test(weekdays),
		cmocka_unit_test(age_is_reached_at_the_start_of_the_birthday),
		cmocka_unit_test(saxon_holidays_of_2024_to_2026),
		cmocka_unit_test(every_year_has_eleven_holidays_but_when_two_coincide),
		cmocka_unit_test(a_period_ends_on_a_working_day),
		cmocka_unit_test(iso_is_strict),
		cmocka_unit_test(typed_dates_are_understood),
		cmocka_unit_test(wrong_dates_are_refused),
		cmocka_unit_test(all_months_can_be_written_in_words),
		cmocka_unit_test(civil_time_agrees_with_the_c_library),
		cmocka_unit_test(the_hours_of_change),
		cmocka_unit_test(today_is_the_berlin_day),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
