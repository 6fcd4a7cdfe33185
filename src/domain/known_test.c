/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/testing.h"

#include "domain/known.h"

/* VwVfG section 41 as it is in force since 1 January 2025 */
static const struct service_clocks law = { .known_after_days = 4, .fetched_known_days = 1, .fetch_days = 10 };

#define ON(y, m, d) ((struct date){ y, m, d })
static void same(struct date got, int y, int m, int d)
{
	assert_int_equal(got.year, y);
	assert_int_equal(got.month, m);
	assert_int_equal(got.day, d);
}

static void nothing_happened_nothing_is_known(void **state)
{
	struct known_facts f = { .offered = ON(2026, 11, 2) };

	assert_int_equal(known_on(&law, &(struct known_facts){ 0 }).year, 0);
	assert_int_equal(known_on(&law, &f).year, 0); /* (2a): laid ready alone makes nothing known */
}

static void fetched_is_known_on_the_day_after(void **state)
{
	struct known_facts f = { .offered = ON(2026, 11, 2), .fetched = ON(2026, 11, 30) };

	same(known_on(&law, &f), 2026, 12, 1);
	f.fetched = ON(2026, 12, 31);
	same(known_on(&law, &f), 2027, 1, 1); /* a holiday is no obstacle: it is no period */
}

static void posted_is_known_on_the_fourth_day_even_on_a_sunday(void **state)
{
	struct known_facts f = { .posted = ON(2026, 11, 25) };

	same(known_on(&law, &f), 2026, 11, 29);
}

static void the_earliest_clock_counts(void **state)
{
	struct service_clocks both = law;
	struct known_facts f = { .offered = ON(2026, 11, 2), .fetched = ON(2026, 11, 9), .posted = ON(2026, 11, 16) };

	same(known_on(&both, &f), 2026, 11, 10);
	both.offered_known_days = 3; /* OZG section 9 (1) */
	same(known_on(&both, &f), 2026, 11, 5);
	f.fetched = ON(2026, 11, 2);
	same(known_on(&both, &f), 2026, 11, 3);
}

static void clocks_are_data(void **state)
{
	struct service_clocks other = { .known_after_days = 3, .fetched_known_days = 0, .fetch_days = 0 };
	struct known_facts f = { .fetched = ON(2026, 11, 9) };

	same(known_on(&other, &f), 2026, 11, 9);
	assert_int_equal(fetch_until(&other, ON(2026, 11, 9)).year, 0);
	assert_false(fetch_over(&other, ON(2020, 1, 1), ON(2026, 11, 9)));
}

static void the_offer_ends_after_ten_days(void **state)
{
	/* Monday 2 November + 10 = Thursday 12 */
	same(fetch_until(&law, ON(2026, 11, 2)), 2026, 11, 12);
	assert_false(fetch_over(&law, ON(2026, 11, 2), ON(2026, 11, 12)));
	assert_true(fetch_over(&law, ON(2026, 11, 2), ON(2026, 11, 13)));
}

static void an_end_on_a_free_day_moves_on(void **state)
{
	/* Wednesday 4 November + 10 = Saturday 14 -> Monday 16 */
	same(fetch_until(&law, ON(2026, 11, 4)), 2026, 11, 16);
	/* Sunday 8 November + 10 = Wednesday 18, Buss- und Bettag in Saxony -> Thursday 19 */
	same(fetch_until(&law, ON(2026, 11, 8)), 2026, 11, 19);
	assert_false(fetch_over(&law, ON(2026, 11, 8), ON(2026, 11, 19)));
}

static void what_was_never_offered_never_ends(void **state)
{
	assert_int_equal(fetch_until(&law, (struct date){ 0 }).year, 0);
	assert_false(fetch_over(&law, (struct date){ 0 }, ON(2026, 11, 19)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_happened_nothing_is_known),
		cmocka_unit_test(fetched_is_known_on_the_day_after),
		cmocka_unit_test(posted_is_known_on_the_fourth_day_even_on_a_sunday),
		cmocka_unit_test(the_earliest_clock_counts),
		cmocka_unit_test(clocks_are_data),
		cmocka_unit_test(the_offer_ends_after_ten_days),
		cmocka_unit_test(an_end_on_a_free_day_moves_on),
		cmocka_unit_test(what_was_never_offered_never_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
