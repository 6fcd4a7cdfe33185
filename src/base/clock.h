/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Instants: UTC microseconds since 1970 in an integer. Legal dates are struct date (date.h); the
 * two never convert implicitly.
 */
#pragma once
#include <stdint.h>
#include "base/str.h"

typedef struct {
	int64_t us;
} instant;

struct clock {			/* comes from the context, so tests fix it */
	instant (*now)(struct clock *c);
	int64_t fixed_us;	/* used by the fixed clock */
};

extern struct clock clock_real;
struct clock clock_fixed(instant at);
instant clock_now(struct clock *c);
int64_t clock_monotonic_us(void);	/* for durations only */

#define INSTANT_S(s) ((int64_t)(s) * 1000000)
instant instant_add_s(instant t, int64_t seconds);
/*
 * RFC 3339 UTC with second precision, "2026-11-22T12:00:00Z". Instants outside the years 1..9999
 * give their first or last second.
 */
#define INSTANT_ISO_BYTES 20
str instant_iso(struct arena *a, instant t);
void instant_iso_z(instant t, char ret[INSTANT_ISO_BYTES + 1]);
/*
 * Any RFC 3339 date-time: with fraction (kept to the microsecond) and offset; leap seconds are
 * refused. ERR_PARSE
 */
MUST_USE int instant_parse(str s, instant *ret);

/*
 * Proleptic Gregorian calendar for year 1..9999 <-> days since 1970-01-01: the one place where this
 * is computed (date.h builds on it).
 */
int32_t days_from_ymd(int year, int month, int day);
void ymd_from_days(int32_t days, int *ret_year, int *ret_month, int *ret_day);
int days_in_month(int year, int month);		/* 28..31; 0 when there is no such month */
