/* SPDX-License-Identifier: EUPL-1.2 */
/* Typed dates and amounts: what is understood is written in one way, and that is understood as the
 * same. */
#include "base/date.h"
#include "base/decimal.h"
#include "fuzz.h"
#include <string.h>

/* Sums and differences undo each other; a rounded value is less than a unit away from the exact
 * one. */
static void check_arithmetic(const uint8_t *data)
{
	struct decimal x = {.scale = data[0] % 10}, y = {.scale = data[1] % 10}, v, back;
	uint8_t scale = data[2] % 10;
	memcpy(&x.unscaled, data + 4, 8);
	memcpy(&y.unscaled, data + 12, 8);
	FUZZ_CHECK(decimal_cmp(x, y) == -decimal_cmp(y, x));
	if (!decimal_add(x, y, &v) && !decimal_sub(v, y, &back))
		FUZZ_CHECK(!decimal_cmp(back, x));
	if (!decimal_mul(x, y, &v) && y.unscaled && !decimal_div(v, y, x.scale, ROUND_DOWN, &back))
		FUZZ_CHECK(!decimal_cmp(back, x));
	for (enum rounding r = ROUND_HALF_UP; r <= ROUND_UP; r++) {
		struct decimal unit = {1, scale}, low, high;
		if (decimal_round(x, scale, r, &v) || decimal_sub(v, unit, &low) ||
			decimal_add(v, unit, &high))
			continue;
		FUZZ_CHECK(v.scale == scale && decimal_cmp(low, x) < 0 && decimal_cmp(x, high) < 0);
		FUZZ_CHECK(r != ROUND_DOWN ||
			(x.unscaled < 0 ? decimal_cmp(v, x) >= 0 : decimal_cmp(v, x) <= 0));
	}
}

/* Berlin is one or two hours ahead, and its wall clock leads back, to the earlier one of a doubled
 * hour. */
static void check_civil(const uint8_t *data)
{
	instant t, back;
	memcpy(&t.us, data + 4, 8);
	t.us %= INSTANT_S(100000000000);
	struct civil c = civil_from_instant(t);
	FUZZ_CHECK(date_valid(c.date) && c.hour >= 0 && c.hour < 24 && c.minute >= 0 &&
		c.minute < 60 && c.second >= 0 && c.second < 60);
	if (c.date.year < 2 || c.date.year > 9998)
		return;
	back = civil_to_instant(c);
	int64_t off = t.us - back.us;
	FUZZ_CHECK((off >= 0 && off < INSTANT_S(1)) ||
		(off >= INSTANT_S(3600) && off < INSTANT_S(3601)));
	FUZZ_CHECK(date_weekday(date_next_working_day(c.date)) <= 5);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(4096);
	str in = str_n(data, size);
	struct date d, d2;
	struct decimal v, v2;
	int64_t cents;

	if (!date_parse_german(in, &d)) {
		FUZZ_CHECK(date_valid(d));
		FUZZ_CHECK(!date_parse_iso(date_iso(a, d), &d2) && !date_cmp(d, d2));
		FUZZ_CHECK(!date_cmp(date_from_days(date_days(d)), d));
	}
	if (!decimal_parse_german(in, &v)) {
		FUZZ_CHECK(!decimal_parse(decimal_str(a, v), &v2) && !decimal_cmp(v, v2));
		FUZZ_CHECK(!decimal_parse_german(decimal_format(a, v, S("de")), &v2) &&
			!decimal_cmp(v, v2));
		if (!decimal_to_cents(v, ROUND_HALF_UP, &cents))
			money_format(a, cents, S("de"));
	}
	if (size >= 20) {
		check_arithmetic(data);
		check_civil(data);
	}
	arena_free(a);
	return 0;
}
