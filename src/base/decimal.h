/* SPDX-License-Identifier: EUPL-1.2 */
/* Decimals: scaled 64-bit integers with overflow checks. No floating point in rules or fees. */
#pragma once
#include "base/str.h"

struct decimal {
	int64_t unscaled;	/* value = unscaled / 10^scale */
	uint8_t scale;		/* 0..9 */
};
/* HALF_UP: half away from zero, as in business; DOWN: towards zero; UP: away from zero. */
enum rounding { ROUND_HALF_UP, ROUND_HALF_EVEN, ROUND_DOWN, ROUND_UP };

struct decimal decimal_int(int64_t v);
struct decimal decimal_cents(int64_t cents);
int decimal_cmp(struct decimal a, struct decimal b);
/*
 * Results are exact; ERR_OVERFLOW when they do not fit 64 bits and 9 places (nothing is rounded in
 * silence: divide or round by name).
 */
MUST_USE int decimal_add(struct decimal a, struct decimal b, struct decimal *ret);
MUST_USE int decimal_sub(struct decimal a, struct decimal b, struct decimal *ret);
MUST_USE int decimal_mul(struct decimal a, struct decimal b, struct decimal *ret);
/* ERR_INVALID when b is zero. */
MUST_USE int decimal_div(struct decimal a, struct decimal b, uint8_t scale, enum rounding r, struct decimal *ret);
MUST_USE int decimal_round(struct decimal a, uint8_t scale, enum rounding r, struct decimal *ret);
MUST_USE int decimal_to_cents(struct decimal a, enum rounding r, int64_t *ret);
/*
 * German input "1.234,56", "1 234,56" (DIN 5008), "1234,5", ",5", "-3", also "1234.56" (a point
 * followed by not exactly three digits is a decimal point; so is the one of "0.123"). "1234.567"
 * could mean either and is refused. ERR_PARSE, ERR_OVERFLOW.
 */
MUST_USE int decimal_parse_german(str s, struct decimal *ret);
/* Canonical "1234.56" both ways: no leading zeros, the number of places is kept. */
MUST_USE int decimal_parse(str s, struct decimal *ret);
str decimal_str(struct arena *a, struct decimal d);
/* Language "en": "1,234.56"; every other as "de": "1.234,56". */
str decimal_format(struct arena *a, struct decimal d, str lang);
str money_format(struct arena *a, int64_t cents, str lang);	/* "1.234,56 €" with U+00A0; en: "€1,234.56" */
