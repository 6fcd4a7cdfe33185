/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * For *_test.c only: cmocka with what it needs, and comparisons of our own types that print both
 * sides.
 *
 *	assert_s(str_trim(S(" a ")), "a");		// str against a literal or char *
 *	assert_rc(date_parse_iso(S("x"), &d), ERR_PARSE);
 */
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"

static inline void assert_s_at(str got, str want, const char *expr, const char *file, int line)
{
	if (str_eq(got, want))
		return;
	print_error("%s\n  got:  \"%.*s\"\n  want: \"%.*s\"\n", expr, STR_FMT(got), STR_FMT(want));
	_fail(file, line);
}
#define assert_s(got, want) assert_s_at((got), str_c(want), #got, __FILE__, __LINE__)
#define assert_str(got, want) assert_s_at((got), (want), #got, __FILE__, __LINE__)

static inline void assert_rc_at(int got, int want, const char *expr, const char *file, int line)
{
	if (got == want)
		return;
	print_error("%s\n  got:  %s\n  want: %s\n", expr, err_name(got), err_name(want));
	_fail(file, line);
}
#define assert_rc(got, want) assert_rc_at((got), (want), #got, __FILE__, __LINE__)
#define assert_ok(got) assert_rc((got), OK)

/* Repeatable pseudo-random numbers for property tests (xorshift64*). */
static inline uint64_t test_random(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * 2685821657736338717u;
}
