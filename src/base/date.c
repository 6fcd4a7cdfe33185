/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/date.h"

#define DAY_S  86400
#define HOUR_S 3600

bool date_valid(struct date d)
{
	return d.year >= 1 && d.year <= 9999 && d.day >= 1 &&
		d.day <= days_in_month(d.year, d.month);
}

int32_t date_days(struct date d)
{
	return days_from_ymd(d.year, d.month, d.day);
}

struct date date_from_days(int32_t days)
{
	int y, m, d;
	if (days < -719162 || days > 2932896)
		return (struct date){0};
	ymd_from_days(days, &y, &m, &d);
	return (struct date){(int16_t)y, (int8_t)m, (int8_t)d};
}

int date_cmp(struct date a, struct date b)
{
	int va = a.year * 512 + a.month * 32 + a.day, vb = b.year * 512 + b.month * 32 + b.day;
	return (va > vb) - (va < vb);
}

struct date date_add_days(struct date d, int32_t n)
{
	int32_t days;
	if (__builtin_add_overflow(date_days(d), n, &days))
		return (struct date){0};
	return date_from_days(days);
}

struct date date_add_months(struct date d, int32_t n)
{
	int64_t month = (int64_t)d.year * 12 + d.month - 1 + n;
	if (month < 12 || month >= 10000 * 12)
		return (struct date){0};
	int last = days_in_month((int)(month / 12), (int)(month % 12) + 1);
	return (struct date){(int16_t)(month / 12), (int8_t)(month % 12 + 1),
		(int8_t)(d.day < last ? d.day : last)};
}

/* 1970-01-01 was a Thursday. */
static int weekday(int32_t days)
{
	return ((days + 3) % 7 + 7) % 7 + 1;
}

int date_weekday(struct date d)
{
	return weekday(date_days(d));
}

int date_age(struct date birth, struct date on)
{
	bool reached = on.month > birth.month || (on.month == birth.month && on.day >= birth.day);
	return on.year - birth.year - !reached;
}

/*
 * Easter Sunday of the Gregorian calendar: the "anonymous" method (Nature, 1876; Meeus,
 * Astronomical Algorithms, ch. 8).
 */
static int32_t easter(int year)
{
	int a = year % 19, b = year / 100, c = year % 100;
	int h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
	int l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
	int m = (a + 11 * h + 22 * l) / 451, n = h + l - 7 * m + 114;
	return days_from_ymd(year, n / 31, n % 31 + 1);
}

bool date_is_holiday_saxony(struct date d)
{
	static const struct {
		int8_t month, day;
	} fixed[] = {{1, 1}, {5, 1}, {10, 3}, {10, 31}, {12, 25}, {12, 26}};
	/* Karfreitag, Ostermontag, Christi Himmelfahrt, Pfingstmontag */
	static const int8_t after_easter[] = {-2, 1, 39, 50};

	for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
		if (d.month == fixed[i].month && d.day == fixed[i].day)
			return true;
	/* Buß- und Bettag: the Wednesday before 23 November */
	if (d.month == 11 && d.day >= 16 && d.day <= 22)
		return date_weekday(d) == 3;
	if (d.month < 3 || d.month > 6)
		return false;
	int32_t since = date_days(d) - easter(d.year);
	for (size_t i = 0; i < sizeof after_easter; i++)
		if (since == after_easter[i])
			return true;
	return false;
}

struct date date_next_working_day(struct date d)
{
	while (d.year && (date_weekday(d) >= 6 || date_is_holiday_saxony(d)))
		d = date_add_days(d, 1);
	return d;
}

/* The whole string must be least..most digits; -1 if not. */
static int number(str s, size_t least, size_t most)
{
	int v = 0;
	if (s.n < least || s.n > most)
		return -1;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return -1;
		v = v * 10 + (s.p[i] - '0');
	}
	return v;
}

static int checked(int y, int m, int d, struct date *ret)
{
	if (y < 1 || d < 1 || d > days_in_month(y, m))
		return ERR_PARSE;
	*ret = (struct date){(int16_t)y, (int8_t)m, (int8_t)d};
	return 0;
}

int date_parse_iso(str s, struct date *ret)
{
	if (s.n != 10 || s.p[4] != '-' || s.p[7] != '-')
		return ERR_PARSE;
	return checked(number(str_sub(s, 0, 4), 4, 4), number(str_sub(s, 5, 7), 2, 2),
		number(str_sub(s, 8, 10), 2, 2), ret);
}

str date_iso(struct arena *a, struct date d)
{
	unsigned part[3] = { (unsigned)d.year, (unsigned)d.month, (unsigned)d.day };
	char *s;

	if (d.year < 0 || d.year > 9999 || part[1] > 99 || part[2] > 99)
		return str_fmt(a, "%04d-%02d-%02d", d.year, d.month, d.day);
	/* each date of each journey comes along here */
	s = arena_alloc_raw(a, 11);
	s[0] = (char)('0' + part[0] / 1000);
	s[1] = (char)('0' + part[0] / 100 % 10);
	s[2] = (char)('0' + part[0] / 10 % 10);
	s[3] = (char)('0' + part[0] % 10);
	s[4] = s[7] = '-';
	s[5] = (char)('0' + part[1] / 10);
	s[6] = (char)('0' + part[1] % 10);
	s[8] = (char)('0' + part[2] / 10);
	s[9] = (char)('0' + part[2] % 10);
	s[10] = 0;
	return str_n(s, 10);
}

/* Lower case with ä (composed or not) as ae; empty when it is too long for a month. */
static str fold_month(str s, char room[32])
{
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i],
			      next = i + 1 < s.n ? (unsigned char)s.p[i + 1] : 0;
		if (n + 2 > 32)
			return STR_EMPTY;
		if ((c == 0xc3 && (next == 0x84 || next == 0xa4)) || (c == 0xcc && next == 0x88)) {
			if (c == 0xc3)
				room[n++] = 'a';
			room[n++] = 'e';
			i++;
		} else {
			room[n++] = (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
		}
	}
	return (str){room, n};
}

static int month_by_name(str s)
{
	static const struct {
		str name;
		int month;
	} names[] = {
		{STR_INIT("jan"), 1},
		{STR_INIT("januar"), 1},
		{STR_INIT("jaenner"), 1},
		{STR_INIT("january"), 1},
		{STR_INIT("feb"), 2},
		{STR_INIT("februar"), 2},
		{STR_INIT("february"), 2},
		{STR_INIT("maerz"), 3},
		{STR_INIT("maer"), 3},
		{STR_INIT("mrz"), 3},
		{STR_INIT("marz"), 3},
		{STR_INIT("mar"), 3},
		{STR_INIT("march"), 3},
		{STR_INIT("apr"), 4},
		{STR_INIT("april"), 4},
		{STR_INIT("mai"), 5},
		{STR_INIT("may"), 5},
		{STR_INIT("jun"), 6},
		{STR_INIT("juni"), 6},
		{STR_INIT("june"), 6},
		{STR_INIT("jul"), 7},
		{STR_INIT("juli"), 7},
		{STR_INIT("july"), 7},
		{STR_INIT("aug"), 8},
		{STR_INIT("august"), 8},
		{STR_INIT("sep"), 9},
		{STR_INIT("sept"), 9},
		{STR_INIT("september"), 9},
		{STR_INIT("okt"), 10},
		{STR_INIT("oktober"), 10},
		{STR_INIT("oct"), 10},
		{STR_INIT("october"), 10},
		{STR_INIT("nov"), 11},
		{STR_INIT("november"), 11},
		{STR_INIT("dez"), 12},
		{STR_INIT("dezember"), 12},
		{STR_INIT("dec"), 12},
		{STR_INIT("december"), 12},
	};
	char room[32];
	str folded = fold_month(s, room);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_eq(folded, names[i].name))
			return names[i].month;
	return -1;
}

static str without_point(str s)
{
	s = str_trim(s);
	return str_has_suffix(s, S(".")) ? str_trim(str_sub(s, 0, s.n - 1)) : s;
}

int date_parse_parts(str day, str month, str year, struct date *ret)
{
	int d = number(without_point(day), 1, 2), y = number(str_trim(year), 4, 4);
	str m_text = without_point(month);
	int m = number(m_text, 1, 2);
	if (y < 1000)
		return ERR_PARSE;
	return checked(y, m >= 0 ? m : month_by_name(m_text), d, ret);
}

/* Bytes of the separator at i: . / - blank no-break-space; 0 if there is none. */
static size_t separator(str s, size_t i)
{
	if (s.p[i] == '.' || s.p[i] == '/' || s.p[i] == '-' || s.p[i] == ' ' || s.p[i] == '\t')
		return 1;
	return i + 1 < s.n && s.p[i] == '\xc2' && s.p[i + 1] == '\xa0' ? 2 : 0;
}

/* One part up to a separator, then the separators: at most one sign, any number of blanks. */
static str take_part(str *rest)
{
	size_t i = 0, signs = 0;
	while (i < rest->n && !separator(*rest, i))
		i++;
	str part = str_sub(*rest, 0, i);
	for (size_t len; i < rest->n && (len = separator(*rest, i)) > 0; i += len) {
		bool blank = len == 2 || rest->p[i] == ' ' || rest->p[i] == '\t';
		if (!blank && ++signs > 1)
			return STR_EMPTY;
	}
	*rest = str_sub(*rest, i, rest->n);
	return part;
}

int date_parse_german(str s, struct date *ret)
{
	s = str_trim(s);
	if (s.n == 10 && s.p[4] == '-')
		return *s.p == '0' ? ERR_PARSE : date_parse_iso(s, ret);
	if (number(s, 8, 8) >= 0)
		return date_parse_parts(str_sub(s, 0, 2), str_sub(s, 2, 4), str_sub(s, 4, 8), ret);
	str day = take_part(&s), month = take_part(&s);
	return date_parse_parts(day, month, s, ret);
}

/* 01:00 UTC of the last Sunday of the month, in seconds. */
static int64_t last_sunday(int year, int month)
{
	int32_t day = days_from_ymd(year, month, days_in_month(year, month));
	return (int64_t)(day - weekday(day) % 7) * DAY_S + HOUR_S;
}

static bool is_summer(int64_t utc_s)
{
	int y, m, d;
	ymd_from_days((int32_t)(utc_s / DAY_S - (utc_s % DAY_S < 0)), &y, &m, &d);
	if (y < 1980)
		return false;
	/* 1980 began on 6 April; the end was in September until 1995 */
	int64_t begin =
		y == 1980 ? (int64_t)days_from_ymd(1980, 4, 6) * DAY_S + HOUR_S : last_sunday(y, 3);
	return utc_s >= begin && utc_s < last_sunday(y, y <= 1995 ? 9 : 10);
}

struct civil civil_from_instant(instant t)
{
	const int64_t first = (int64_t)-719162 * DAY_S,
		      last = (int64_t)2932897 * DAY_S - 1 - HOUR_S;
	int64_t s = t.us / 1000000 - (t.us % 1000000 < 0);
	s = s < first ? first : s > last ? last : s;
	s += is_summer(s) ? 2 * HOUR_S : HOUR_S;
	int32_t day = (int32_t)(s / DAY_S - (s % DAY_S < 0));
	int in_day = (int)(s - (int64_t)day * DAY_S);
	return (struct civil){date_from_days(day), (int8_t)(in_day / HOUR_S),
		(int8_t)(in_day / 60 % 60), (int8_t)(in_day % 60)};
}

instant civil_to_instant(struct civil c)
{
	int64_t local =
		(int64_t)date_days(c.date) * DAY_S + c.hour * HOUR_S + c.minute * 60 + c.second;
	int64_t summer = local - 2 * HOUR_S;
	return (instant){INSTANT_S(is_summer(summer) ? summer : local - HOUR_S)};
}

struct date date_today(struct clock *c)
{
	return civil_from_instant(clock_now(c)).date;
}
