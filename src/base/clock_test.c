/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/testing.h"

#include <time.h>

#include "base/clock.h"

static str iso(char p[INSTANT_ISO_BYTES + 1], int64_t us)
{
	instant_iso_z((instant){us}, p);
	return str_c(p);
}

static void instants_are_written_in_utc(void **state)
{
	char p[INSTANT_ISO_BYTES + 1];
	assert_s(iso(p, 0), "1970-01-01T00:00:00Z");
	assert_s(iso(p, -1), "1969-12-31T23:59:59Z");
	assert_s(iso(p, 951782400999999), "2000-02-29T00:00:00Z");
	assert_s(iso(p, INT64_MAX), "9999-12-31T23:59:59Z");
	assert_s(iso(p, INT64_MIN), "0001-01-01T00:00:00Z");
}

static void iso_agrees_with_the_c_library(void **state)
{
	uint64_t rnd = 3;
	for (int i = 0; i < 100000; i++) {
		time_t t = (time_t)(test_random(&rnd) % 315537897600u) - 62135596800;
		struct tm tm;
		char want[32], got[INSTANT_ISO_BYTES + 1];
		gmtime_r(&t, &tm);
		snprintf(want, sizeof want, "%04d-%02d-%02dT%02d:%02d:%02dZ",
			(tm.tm_year + 1900) % 10000, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
			tm.tm_min, tm.tm_sec);
		assert_s(iso(got, INSTANT_S(t)), want);
		instant back;
		assert_ok(instant_parse(str_c(got), &back));
		assert_true(back.us == INSTANT_S(t));
	}
}

static void fractions_and_offsets_are_read(void **state)
{
	instant t;
	assert_ok(instant_parse(S("2026-11-22T13:00:00.25+01:00"), &t));
	assert_true(t.us == INSTANT_S(1795348800) + 250000);
	assert_ok(instant_parse(S("2026-11-22t12:00:00.123456789z"), &t));
	assert_true(t.us == INSTANT_S(1795348800) + 123456);
	assert_ok(instant_parse(S("2026-11-22T06:30:00-05:30"), &t));
	assert_true(t.us == INSTANT_S(1795348800));
}

static void malformed_instants_are_refused(void **state)
{
	static const char *bad[] = {
		"",
		"2026-11-22",
		"2026-11-22T12:00:00",
		"2026-11-22 12:00:00Z",
		"2026-13-01T00:00:00Z",
		"2026-02-29T00:00:00Z",
		"2026-11-31T00:00:00Z",
		"2026-11-22T24:00:00Z",
		"2026-11-22T12:60:00Z",
		"2026-11-22T12:00:60Z",
		"2026-11-22T12:00:00.Z",
		"2026-11-22T12:00:00Zx",
		"2026-11-22T12:00:00+1:00",
		"2026-11-22T12:00:00+0100",
		"2026-11-22T12:00:00+24:00",
		"0000-01-01T00:00:00Z",
		"2026-00-10T00:00:00Z",
		"2026-11-00T00:00:00Z",
		"-026-11-22T12:00:00Z",
		"2026-11-22T12:00:00+01:60",
		"2026/11/22T12:00:00Z",
		"2026-11-22T12.00:00Z",
	};
	instant t = {5};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_rc(instant_parse(str_c(bad[i]), &t), ERR_PARSE);
	assert_int_equal(t.us, 5);
}

static void days_and_calendar_agree_for_every_day_of_ten_millennia(void **state)
{
	int32_t days = days_from_ymd(1, 1, 1);
	assert_int_equal(days, -719162);
	for (int y = 1; y <= 9999; y++)
		for (int m = 1; m <= 12; m++)
			for (int d = 1; d <= days_in_month(y, m); d++, days++) {
				int yy, mm, dd;
				ymd_from_days(days, &yy, &mm, &dd);
				if (days_from_ymd(y, m, d) != days || yy != y || mm != m || dd != d)
					fail_msg("%d-%d-%d", y, m, d);
			}
	assert_int_equal(days - 1, days_from_ymd(9999, 12, 31));
	assert_int_equal(days_in_month(1900, 2), 28);
	assert_int_equal(days_in_month(2000, 2), 29);
	assert_int_equal(days_in_month(2000, 13), 0);
}

static void a_fixed_clock_stands_and_the_real_one_runs(void **state)
{
	struct clock c = clock_fixed((instant){77});
	assert_int_equal(clock_now(&c).us, 77);
	assert_int_equal(instant_add_s(clock_now(&c), -1).us, 77 - 1000000);
	assert_true(clock_now(&clock_real).us / 1000000 - time(NULL) <= 1);
	int64_t before = clock_monotonic_us();
	assert_true(clock_monotonic_us() >= before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(instants_are_written_in_utc),
		cmocka_unit_test(iso_agrees_with_the_c_library),
		cmocka_unit_test(fractions_and_offsets_are_read),
		cmocka_unit_test(malformed_instants_are_refused),
		cmocka_unit_test(days_and_calendar_agree_for_every_day_of_ten_millennia),
		cmocka_unit_test(a_fixed_clock_stands_and_the_real_one_runs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
