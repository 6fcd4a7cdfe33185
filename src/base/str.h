/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * str: pointer + length, never owning, not NUL-terminated in general. {NULL, 0} is the empty
 * string.
 *
 *	str s = S("Dresden");
 *	if (str_eq(s, S("Dresden"))) printf("%.*s", STR_FMT(s));
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/err.h"

typedef struct {
	const char *p;
	size_t n;
} str;

#define S(literal) ((str){ "" literal "", sizeof(literal) - 1 })
#define STR_INIT(literal) { "" literal "", sizeof(literal) - 1 } /* for static initialisers */
#define STR_EMPTY ((str){ NULL, 0 })
#define STR_FMT(s) (int)(s).n, (s).p ? (s).p : ""

str str_c(const char *c);				/* NULL gives the empty string */
str str_n(const void *p, size_t n);
bool str_eq(str a, str b);
bool str_eq_ci(str a, str b);				/* ASCII case only */
int str_cmp(str a, str b);				/* bytewise */
bool str_has_prefix(str s, str prefix);
bool str_has_suffix(str s, str suffix);
ptrdiff_t str_index(str s, char c);			/* -1: not there */
ptrdiff_t str_find(str hay, str needle);		/* -1: not there; empty needle is at 0 */
bool str_contains(str hay, str needle);
str str_sub(str s, size_t from, size_t to);		/* clamped half-open range */
str str_trim(str s);					/* ASCII white space and U+00A0 */
/* Cuts the part before sep from *rest; false when *rest is exhausted. "a,,b" gives "a","","b". */
bool str_split(str *rest, char sep, str *ret_part);
/* Like str_split, but fails (returns false, ret_* untouched) when sep does not occur. */
bool str_cut(str s, char sep, str *ret_before, str *ret_after);
str str_dup(struct arena *a, str s);			/* copy, NUL-terminated behind the end */
const char *str_z(struct arena *a, str s);		/* NUL-terminated copy for library edges */
str str_fmt(struct arena *a, const char *fmt, ...) PRINTF_LIKE(2, 3);
str str_lower_ascii(struct arena *a, str s);
str str_replace(struct arena *a, str s, str what, str with);
/* Whole string must be a decimal number in range. ERR_PARSE, ERR_OVERFLOW. */
MUST_USE int str_to_i64(str s, int64_t *ret);
uint64_t str_hash(str s);				/* seeded per process: for tables, not for storage */
bool str_eq_secret(str a, str b);			/* time depends on length only */
