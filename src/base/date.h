/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Calendar dates (proleptic Gregorian) and the civil time of Europe/Berlin, without the C library's
 * time zone state.
 */
#pragma once
#include "base/clock.h"

struct date {
	int16_t year;		/* 1..9999; 0: no date */
	int8_t month, day;
};
struct civil {			/* wall clock in Europe/Berlin */
	struct date date;
	int8_t hour, minute, second;
};

bool date_valid(struct date d);
int32_t date_days(struct date d);			/* days since 1970-01-01 */
struct date date_from_days(int32_t days);
int date_cmp(struct date a, struct date b);
/* Both give the empty date (year 0) when the result is outside the years 1..9999. */
struct date date_add_days(struct date d, int32_t n);
struct date date_add_months(struct date d, int32_t n);	/* 31 Jan + 1 month = 28/29 Feb */
int date_weekday(struct date d);			/* 1 Monday .. 7 Sunday */
/*
 * Full years from birth to on (BGB section 187, 188: reached at the start of the birthday; 29 Feb
 * counts on 1 March); negative before birth.
 */
int date_age(struct date birth, struct date on);
bool date_is_holiday_saxony(struct date d);		/* Saxon public holidays (SächsSFG section 1), with Buß- und Bettag */
/*
 * End of a period per BGB 188/193: if it falls on Saturday, Sunday or holiday, the next working
 * day; else the day itself.
 */
struct date date_next_working_day(struct date d);
/* ISO "2026-11-22" both ways; ret 0 or ERR_PARSE. */
MUST_USE int date_parse_iso(str s, struct date *ret);
str date_iso(struct arena *a, struct date d);
/*
 * Typed parts "1"/"01", "3"/"März"/"Mär"/"maerz"/"March", "1985"; years below 1000 are refused:
 * nobody means them. ERR_PARSE.
 */
MUST_USE int date_parse_parts(str day, str month, str year, struct date *ret);
/*
 * One typed text: "1.3.1985", "01.03.1985", "1. März 1985", "1 3 1985", "1/3/1985" (day first),
 * "01031985", "1985-03-01".
 */
MUST_USE int date_parse_german(str s, struct date *ret);

/*
 * Europe/Berlin: EU rules (Directive 2000/84/EC) since 1996, German rules since 1980; before that
 * always CET: exact from 1950 on.
 */
struct civil civil_from_instant(instant t);
/*
 * The first of two in the doubled hour of October; a time in the skipped hour of March is moved on
 * by an hour.
 */
instant civil_to_instant(struct civil c);
struct date date_today(struct clock *c);		/* in Europe/Berlin */
