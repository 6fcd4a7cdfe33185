/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/clock.h"

#include <string.h>
#include <time.h>

static instant real_now(struct clock *c)
{
	struct timespec t;
	clock_gettime(CLOCK_REALTIME, &t);
	return (instant){INSTANT_S(t.tv_sec) + t.tv_nsec / 1000};
}

static instant fixed_now(struct clock *c)
{
	return (instant){c->fixed_us};
}

struct clock clock_real = {.now = real_now};

struct clock clock_fixed(instant at)
{
	return (struct clock){.now = fixed_now, .fixed_us = at.us};
}

instant clock_now(struct clock *c)
{
	return c->now(c);
}

int64_t clock_monotonic_us(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return INSTANT_S(t.tv_sec) + t.tv_nsec / 1000;
}

instant instant_add_s(instant t, int64_t seconds)
{
	int64_t us;
	if (__builtin_mul_overflow(seconds, (int64_t)1000000, &us) ||
		__builtin_add_overflow(t.us, us, &us))
		err_die("instant_add_s: out of range");
	return (instant){us};
}

/*
 * H. Hinnant, "chrono-compatible low-level date algorithms": years start in March, so that the leap
 * day is the last.
 */
int32_t days_from_ymd(int year, int month, int day)
{
	int y = year - (month <= 2);
	int era = (y >= 0 ? y : y - 399) / 400, year_of_era = y - era * 400;
	int day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
	return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 +
		day_of_year - 719468;
}

void ymd_from_days(int32_t days, int *ret_year, int *ret_month, int *ret_day)
{
	int z = days + 719468;
	int era = (z >= 0 ? z : z - 146096) / 146097, day_of_era = z - era * 146097;
	int year_of_era =
		(day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int month = (5 * day_of_year + 2) / 153;
	*ret_day = day_of_year - (153 * month + 2) / 5 + 1;
	*ret_month = month < 10 ? month + 3 : month - 9;
	*ret_year = year_of_era + era * 400 + (*ret_month <= 2);
}

int days_in_month(int year, int month)
{
	static const int8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	if (month < 1 || month > 12)
		return 0;
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	return days[month - 1] + (month == 2 && leap);
}

#define DAY_S   86400
#define FIRST_S ((int64_t)-719162 * DAY_S)     /* 0001-01-01T00:00:00Z */
#define LAST_S  ((int64_t)2932897 * DAY_S - 1) /* 9999-12-31T23:59:59Z */

static void two_digits(char *p, int v)
{
	p[0] = (char)('0' + v / 10);
	p[1] = (char)('0' + v % 10);
}

void instant_iso_z(instant t, char ret[INSTANT_ISO_BYTES + 1])
{
	int64_t s = t.us / 1000000 - (t.us % 1000000 < 0);
	s = s < FIRST_S ? FIRST_S : s > LAST_S ? LAST_S : s;
	int32_t day = (int32_t)(s / DAY_S - (s % DAY_S < 0));
	int in_day = (int)(s - (int64_t)day * DAY_S), y, m, d;
	ymd_from_days(day, &y, &m, &d);
	memcpy(ret, "0000-00-00T00:00:00Z", INSTANT_ISO_BYTES + 1);
	two_digits(ret, y / 100);
	two_digits(ret + 2, y % 100);
	two_digits(ret + 5, m);
	two_digits(ret + 8, d);
	two_digits(ret + 11, in_day / 3600);
	two_digits(ret + 14, in_day / 60 % 60);
	two_digits(ret + 17, in_day % 60);
}

str instant_iso(struct arena *a, instant t)
{
	char *p = arena_alloc_raw(a, INSTANT_ISO_BYTES + 1);
	instant_iso_z(t, p);
	return (str){p, INSTANT_ISO_BYTES};
}

/* Reads n digits at s.p[at]; -1 when they are not there. */
static int digits(str s, size_t at, size_t n)
{
	int v = 0;
	if (at + n > s.n)
		return -1;
	for (size_t i = at; i < at + n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return -1;
		v = v * 10 + (s.p[i] - '0');
	}
	return v;
}

static bool sign_at(str s, size_t at, char c)
{
	return at < s.n && s.p[at] == c;
}

/* Reads ".123456789" at *at into microseconds; false when a point has no digits behind it. */
static bool parse_fraction(str s, size_t *at, int64_t *ret_us)
{
	int64_t us = 0, weight = 100000;
	if (!sign_at(s, *at, '.'))
		return true;
	size_t i = *at + 1;
	for (; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++, weight /= 10)
		us += weight * (s.p[i] - '0');
	bool ok = i > *at + 1;
	*at = i;
	*ret_us = us;
	return ok;
}

static bool parse_offset(str s, size_t at, int *ret_minutes)
{
	if (at + 1 == s.n && (s.p[at] == 'Z' || s.p[at] == 'z')) {
		*ret_minutes = 0;
		return true;
	}
	int h = digits(s, at + 1, 2), m = digits(s, at + 4, 2);
	if (at + 6 != s.n || (s.p[at] != '+' && s.p[at] != '-') || s.p[at + 3] != ':' || h < 0 ||
		h > 23 || m < 0 || m > 59)
		return false;
	*ret_minutes = (h * 60 + m) * (s.p[at] == '-' ? -1 : 1);
	return true;
}

int instant_parse(str s, instant *ret)
{
	int y = digits(s, 0, 4), mo = digits(s, 5, 2), d = digits(s, 8, 2);
	int h = digits(s, 11, 2), mi = digits(s, 14, 2), sec = digits(s, 17, 2);
	int64_t us = 0;
	int offset;
	size_t at = 19;
	if (y < 1 || d < 1 || d > days_in_month(y, mo) || h < 0 || h > 23 || mi < 0 || mi > 59 ||
		sec < 0 || sec > 59)
		return ERR_PARSE;
	if (s.p[4] != '-' || s.p[7] != '-' || (s.p[10] != 'T' && s.p[10] != 't') ||
		s.p[13] != ':' || s.p[16] != ':')
		return ERR_PARSE;
	if (!parse_fraction(s, &at, &us) || !parse_offset(s, at, &offset))
		return ERR_PARSE;
	int64_t seconds =
		(int64_t)days_from_ymd(y, mo, d) * DAY_S + h * 3600 + mi * 60 + sec - offset * 60;
	ret->us = INSTANT_S(seconds) + us;
	return 0;
}
