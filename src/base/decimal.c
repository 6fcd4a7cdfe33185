/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/decimal.h"

#include "base/buf.h"

#define SCALE_MAX 9

typedef __int128 wide; /* 64 bits times 10^18 still fit */

static wide power_of_ten(unsigned n)
{
	wide v = 1;
	while (n--)
		v *= 10;
	return v;
}

struct decimal decimal_int(int64_t v)
{
	return (struct decimal){v, 0};
}

struct decimal decimal_cents(int64_t cents)
{
	return (struct decimal){cents, 2};
}

static wide at_scale(struct decimal d, unsigned scale)
{
	return d.unscaled * power_of_ten(scale - d.scale);
}

int decimal_cmp(struct decimal a, struct decimal b)
{
	unsigned scale = a.scale > b.scale ? a.scale : b.scale;
	wide va = at_scale(a, scale), vb = at_scale(b, scale);
	return (va > vb) - (va < vb);
}

/* Drops zeros at the end while the value does not fit otherwise. */
static int fit(wide v, unsigned scale, struct decimal *ret)
{
	while (scale > 0 && (scale > SCALE_MAX || v > INT64_MAX || v < INT64_MIN) && v % 10 == 0) {
		v /= 10;
		scale--;
	}
	if (scale > SCALE_MAX || v > INT64_MAX || v < INT64_MIN)
		return ERR_OVERFLOW;
	*ret = (struct decimal){(int64_t)v, (uint8_t)scale};
	return 0;
}

int decimal_add(struct decimal a, struct decimal b, struct decimal *ret)
{
	unsigned scale = a.scale > b.scale ? a.scale : b.scale;
	return fit(at_scale(a, scale) + at_scale(b, scale), scale, ret);
}

int decimal_sub(struct decimal a, struct decimal b, struct decimal *ret)
{
	unsigned scale = a.scale > b.scale ? a.scale : b.scale;
	return fit(at_scale(a, scale) - at_scale(b, scale), scale, ret);
}

int decimal_mul(struct decimal a, struct decimal b, struct decimal *ret)
{
	return fit((wide)a.unscaled * b.unscaled, (unsigned)a.scale + b.scale, ret);
}

/* num / den, den not zero, rounded. */
static wide divide(wide num, wide den, enum rounding r)
{
	if (den < 0) {
		num = -num;
		den = -den;
	}
	wide quotient = num / den, rest = num % den, away = num < 0 ? -1 : 1;
	if (rest < 0)
		rest = -rest;
	bool up = false;
	switch (r) {
	case ROUND_HALF_UP: up = rest >= den - rest; break;
	case ROUND_HALF_EVEN:
		up = rest > den - rest || (rest == den - rest && quotient % 2 != 0);
		break;
	case ROUND_DOWN: break;
	case ROUND_UP: up = rest > 0; break;
	}
	return up && rest > 0 ? quotient + away : quotient;
}

int decimal_div(
	struct decimal a, struct decimal b, uint8_t scale, enum rounding r, struct decimal *ret)
{
	if (b.unscaled == 0 || scale > SCALE_MAX)
		return ERR_INVALID;
	int shift = scale + b.scale - a.scale;
	wide num = a.unscaled * power_of_ten(shift > 0 ? (unsigned)shift : 0);
	wide den = b.unscaled * power_of_ten(shift < 0 ? (unsigned)-shift : 0);
	wide v = divide(num, den, r);
	if (v > INT64_MAX || v < INT64_MIN)
		return ERR_OVERFLOW;
	*ret = (struct decimal){(int64_t)v, scale};
	return 0;
}

int decimal_round(struct decimal a, uint8_t scale, enum rounding r, struct decimal *ret)
{
	return decimal_div(a, decimal_int(1), scale, r, ret);
}

int decimal_to_cents(struct decimal a, enum rounding r, int64_t *ret)
{
	struct decimal d;
	TRY(decimal_round(a, 2, r, &d));
	*ret = d.unscaled;
	return 0;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Digits of both parts to a number; the parts hold digits only, whole may be empty. */
static int combine(bool negative, str whole, str places, struct decimal *ret)
{
	wide v = 0;
	while (whole.n && *whole.p == '0')
		whole = str_sub(whole, 1, whole.n);
	if (places.n > SCALE_MAX || whole.n > 19)
		return ERR_OVERFLOW;
	for (size_t i = 0; i < whole.n; i++)
		v = v * 10 + (whole.p[i] - '0');
	for (size_t i = 0; i < places.n; i++)
		v = v * 10 + (places.p[i] - '0');
	v = negative ? -v : v;
	if (v > INT64_MAX || v < INT64_MIN)
		return ERR_OVERFLOW;
	*ret = (struct decimal){(int64_t)v, (uint8_t)places.n};
	return 0;
}

static bool only_digits(str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_digit(s.p[i]))
			return false;
	return true;
}

int decimal_parse(str s, struct decimal *ret)
{
	bool negative = str_has_prefix(s, S("-"));
	str whole = str_sub(s, negative, s.n), places = STR_EMPTY;
	if (str_cut(whole, '.', &whole, &places) && places.n == 0)
		return ERR_PARSE;
	if (whole.n == 0 || !only_digits(whole) || !only_digits(places) ||
		(whole.n > 1 && *whole.p == '0'))
		return ERR_PARSE;
	return combine(negative, whole, places, ret);
}

/*
 * Copies the sign-free number with every kind of blank as ' '; false if it is too long to be a
 * number.
 */
static bool plain_blanks(str s, char room[64], str *ret)
{
	size_t n = 0;
	while (s.n) {
		if (n == 64)
			return false;
		size_t wide_blank = str_has_prefix(s, S("\xc2\xa0")) ? 2
			: str_has_prefix(s, S("\xe2\x80\xaf"))       ? 3
								     : 0;
		room[n++] = *s.p;
		if (wide_blank)
			room[n - 1] = ' ';
		s = str_sub(s, wide_blank ? wide_blank : 1, s.n);
	}
	*ret = (str){room, n};
	return true;
}

/*
 * "1.234.567" -> "1234567". False unless the first group has 1-3 digits, without leading zero, and
 * the others three.
 */
static bool join_groups(str whole, char sep, char room[64], str *ret)
{
	str group;
	size_t n = 0, groups = 0;
	*ret = whole;
	if (str_index(whole, sep) < 0)
		return only_digits(whole);
	while (str_split(&whole, sep, &group)) {
		if (!only_digits(group) ||
			(groups++ ? group.n != 3 : group.n < 1 || group.n > 3 || *group.p == '0'))
			return false;
		memcpy(room + n, group.p, group.n);
		n += group.n;
	}
	*ret = (str){room, n};
	return true;
}

/* The number is a whole one, with or without groups, as far as the first point tells. */
static bool point_groups(str s, ptrdiff_t point)
{
	return point < 0 || str_index(str_sub(s, (size_t)point + 1, s.n), '.') >= 0 ||
		(s.n - (size_t)point == 4 && point > 0 && !(point == 1 && *s.p == '0'));
}

int decimal_parse_german(str s, struct decimal *ret)
{
	char room[64], joined[64];
	str number, whole, places = STR_EMPTY;
	s = str_trim(s);
	bool ascii_minus = str_has_prefix(s, S("-")),
	     minus = ascii_minus || str_has_prefix(s, S("−"));
	s = str_sub(s, minus ? (ascii_minus ? 1 : 3) : 0, s.n);
	if (!plain_blanks(s, room, &number) || number.n == 0)
		return ERR_PARSE;
	whole = number;
	bool has_places = str_cut(number, ',', &whole, &places);
	if (!has_places && !point_groups(number, str_index(number, '.')))
		has_places = str_cut(number, '.', &whole, &places);
	if ((has_places && places.n == 0) || !only_digits(places))
		return ERR_PARSE;
	if (!join_groups(whole, str_index(whole, ' ') >= 0 ? ' ' : '.', joined, &whole))
		return ERR_PARSE;
	return combine(minus, whole, places, ret);
}

/* Writes |d| with the given signs; group 0: none. */
static void put_number(struct buf *b, struct decimal d, char group, char point)
{
	char digits[24];
	uint64_t u = d.unscaled < 0 ? 0 - (uint64_t)d.unscaled : (uint64_t)d.unscaled;
	size_t n = 0;
	do {
		digits[n++] = (char)('0' + u % 10);
		u /= 10;
	} while (u || n <= d.scale);
	while (n--) {
		buf_putc(b, digits[n]);
		if (n == d.scale && n > 0)
			buf_putc(b, point);
		else if (group && n > d.scale && (n - d.scale) % 3 == 0)
			buf_putc(b, group);
	}
}

str decimal_str(struct arena *a, struct decimal d)
{
	struct buf b = buf_new(a, 32);
	if (d.unscaled < 0)
		buf_putc(&b, '-');
	put_number(&b, d, 0, '.');
	return buf_str(&b);
}

static bool is_english(str lang)
{
	return str_eq(lang, S("en")) || str_has_prefix(lang, S("en-"));
}

static void put_formatted(struct buf *b, struct decimal d, str lang)
{
	if (is_english(lang))
		put_number(b, d, ',', '.');
	else
		put_number(b, d, '.', ',');
}

str decimal_format(struct arena *a, struct decimal d, str lang)
{
	struct buf b = buf_new(a, 40);
	if (d.unscaled < 0)
		buf_putc(&b, '-');
	put_formatted(&b, d, lang);
	return buf_str(&b);
}

str money_format(struct arena *a, int64_t cents, str lang)
{
	struct buf b = buf_new(a, 48);
	if (cents < 0)
		buf_putc(&b, '-');
	if (is_english(lang))
		buf_put(&b, S("€"));
	put_formatted(&b, decimal_cents(cents), lang);
	if (!is_english(lang))
		buf_put(&b, S("\xc2\xa0€"));
	return buf_str(&b);
}
