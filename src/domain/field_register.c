/* SPDX-License-Identifier: EUPL-1.2 */
#include "domain/field_register.h"

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool letter(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* "12345", "012345", "12345 B" (Berlin), "1234 FL": digits, and up to three letters of courts that were merged. */
static bool register_number(struct arena *a, str s, str *ret)
{
	struct buf b = buf_new(a, 16);
	size_t i = 0, from, n;

	while (i < s.n && (s.p[i] == '0' || s.p[i] == ' '))
		i++;
	for (from = i; i < s.n && digit(s.p[i]); i++)
		buf_putc(&b, s.p[i]);
	n = i - from;
	s = str_trim(str_sub(s, i, s.n));
	if (n < 1 || n > 7 || s.n > 3)
		return false;
	if (s.n)
		buf_putc(&b, ' ');
	for (i = 0; i < s.n; i++) {
		if (!letter(s.p[i]))
			return false;
		buf_putc(&b, s.p[i] >= 'a' ? (char)(s.p[i] - 32) : s.p[i]);
	}
	*ret = buf_str(&b);
	return true;
}

/* The kind at the beginning of a text, in any case; the rest behind it. */
static str register_kind(str s, str *ret_rest)
{
	str kinds = S(FIELD_REGISTER_KINDS), one;

	*ret_rest = s;
	while (str_split(&kinds, ' ', &one))
		if (s.n >= one.n && str_eq_ci(str_sub(s, 0, one.n), one) && (s.n == one.n || !letter(s.p[one.n]))) {
			*ret_rest = str_trim(str_sub(s, one.n, s.n));
			return one;
		}
	return STR_EMPTY;
}

static str register_court(str s)
{
	static const str before[] = { STR_INIT(","), STR_INIT("beim "), STR_INIT("Amtsgericht "), STR_INIT("Registergericht "), STR_INIT("AG ") };
	size_t i;

	for (i = 0; i < sizeof before / sizeof *before; i++)
		if (str_has_prefix(s, before[i]))
			s = str_trim(str_sub(s, before[i].n, s.n));
	return s;
}

/* Where the number ends in "12345 B, Charlottenburg", "12345 Dresden". */
static size_t register_number_end(str s)
{
	size_t i = 0, k;

	while (i < s.n && digit(s.p[i]))
		i++;
	for (k = i; k < s.n && s.p[k] == ' '; k++)
		;
	for (; k < s.n && s.p[k] >= 'A' && s.p[k] <= 'Z'; k++)
		;
	return k > i && (k == s.n || s.p[k] == ' ' || s.p[k] == ',') && !str_has_prefix(str_trim(str_sub(s, i, s.n)), S("AG ")) ? k : i;
}

int32_t field_register_parse(struct arena *a, str raw, str *ret)
{
	str kind, number, court, rest;
	int32_t wrong = 0;
	size_t i;

	if (str_cut(raw, '|', &kind, &rest)) {
		if (!str_cut(rest, '|', &number, &court))
			return 7;
		kind = register_kind(str_trim(kind), &rest);
		/* "HRB 12345" in the input for the number: the kind was meant, too */
		if (!kind.n)
			kind = register_kind(str_trim(number), &number);
		else
			(void)register_kind(str_trim(number), &number);
	} else {
		kind = register_kind(raw, &rest);
		i = register_number_end(rest);
		number = str_sub(rest, 0, i);
		court = str_sub(rest, i, rest.n);
	}
	court = register_court(str_trim(court));
	if (!kind.n)
		wrong |= 1;
	if (!register_number(a, str_trim(number), &number))
		wrong |= 2;
	if (court.n < 2 || court.n > 100 || str_index(court, '|') >= 0 || str_index(court, '\n') >= 0 || digit(court.p[0]))
		wrong |= 4;
	if (!wrong)
		*ret = str_fmt(a, "%.*s %.*s, %.*s", STR_FMT(kind), STR_FMT(number), STR_FMT(court));
	return wrong;
}
