/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/late.h"

#include <math.h>

#include "base/testing.h"

#define LIBM "libm.so.6"

static struct {
	__typeof__(floor) *floor;
	__typeof__(ldexp) *ldexp;
} table;
static const char *const names[] = { "floor", "ldexp" };
LATE_FITS(table, names);

static void functions_are_found_by_name(void **state)
{
	assert_rc(late_load(LIBM, names, sizeof table, &table), OK);
	assert_true(table.floor(2.5) == 2);
	assert_true(table.ldexp(3, 2) == 12);
	assert_rc(late_load("libschalter-is-not-looked-at-again.so.1", names, sizeof table, &table), OK);
}

static void a_missing_library_is_named(void **state)
{
	memset(&table, 0, sizeof table);
	assert_rc(late_load("libschalter-nobody-has-this.so.1", names, sizeof table, &table), ERR_UNSUPPORTED);
	assert_non_null(strstr(late_why(), "libschalter-nobody-has-this.so.1"));
	assert_null(table.floor);
	assert_rc(late_look("libschalter-nobody-has-this.so.1"), ERR_UNSUPPORTED);
	assert_rc(late_look(LIBM), OK);
}

static void a_missing_function_is_named_and_nothing_is_half_filled(void **state)
{
	static const char *const wrong[] = { "floor", "no_such_function_of_libm" };

	memset(&table, 0, sizeof table);
	assert_rc(late_load(LIBM, wrong, sizeof table, &table), ERR_UNSUPPORTED);
	assert_non_null(strstr(late_why(), "no_such_function_of_libm"));
	assert_null(table.floor);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(functions_are_found_by_name),
		cmocka_unit_test(a_missing_library_is_named),
		cmocka_unit_test(a_missing_function_is_named_and_nothing_is_half_filled),
	};

	return cmocka_run_group_tests_name("base/late", tests, NULL, NULL);
}
