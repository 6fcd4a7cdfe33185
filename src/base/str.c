/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/str.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

str str_c(const char *c)
{
	return c ? (str){c, strlen(c)} : STR_EMPTY;
}

str str_n(const void *p, size_t n)
{
	return (str){p, n};
}

bool str_eq(str a, str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline unsigned char lower(char c)
{
	return (unsigned char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
}

bool str_eq_ci(str a, str b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (lower(a.p[i]) != lower(b.p[i]))
			return false;
	return true;
}

int str_cmp(str a, str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n ? memcmp(a.p, b.p, n) : 0;
	return c ? c : (a.n > b.n) - (a.n < b.n);
}

bool str_has_prefix(str s, str prefix)
{
	return s.n >= prefix.n && (prefix.n == 0 || memcmp(s.p, prefix.p, prefix.n) == 0);
}

bool str_has_suffix(str s, str suffix)
{
	return s.n >= suffix.n &&
		(suffix.n == 0 || memcmp(s.p + s.n - suffix.n, suffix.p, suffix.n) == 0);
}

ptrdiff_t str_index(str s, char c)
{
	const char *at = s.n ? memchr(s.p, c, s.n) : NULL;
	return at ? at - s.p : -1;
}

ptrdiff_t str_find(str hay, str needle)
{
	if (needle.n == 0)
		return 0;
	if (needle.n > hay.n)
		return -1;
	const char *at = memmem(hay.p, hay.n, needle.p, needle.n);
	return at ? at - hay.p : -1;
}

bool str_contains(str hay, str needle)
{
	return str_find(hay, needle) >= 0;
}

str str_sub(str s, size_t from, size_t to)
{
	if (to > s.n)
		to = s.n;
	if (from >= to)
		return STR_EMPTY;
	return (str){s.p + from, to - from};
}

static size_t blank_at_start(str s)
{
	if (s.n && (s.p[0] == ' ' || (s.p[0] >= '\t' && s.p[0] <= '\r')))
		return 1;
	return s.n >= 2 && s.p[0] == '\xc2' && s.p[1] == '\xa0' ? 2 : 0;
}

static size_t blank_at_end(str s)
{
	if (s.n && (s.p[s.n - 1] == ' ' || (s.p[s.n - 1] >= '\t' && s.p[s.n - 1] <= '\r')))
		return 1;
	return s.n >= 2 && s.p[s.n - 2] == '\xc2' && s.p[s.n - 1] == '\xa0' ? 2 : 0;
}

str str_trim(str s)
{
	for (size_t n; (n = blank_at_start(s)) > 0;) {
		s.p += n;
		s.n -= n;
	}
	for (size_t n; (n = blank_at_end(s)) > 0;)
		s.n -= n;
	return s;
}

/*
 * The rest after the last part is {NULL, 0}; a rest that is an empty part ("a," after "a") keeps
 * its pointer.
 */
bool str_split(str *rest, char sep, str *ret_part)
{
	if (!rest->p)
		return false;
	ptrdiff_t at = str_index(*rest, sep);
	if (at < 0) {
		*ret_part = *rest;
		*rest = STR_EMPTY;
		return true;
	}
	*ret_part = (str){rest->p, (size_t)at};
	rest->p += at + 1;
	rest->n -= (size_t)at + 1;
	return true;
}

bool str_cut(str s, char sep, str *ret_before, str *ret_after)
{
	ptrdiff_t at = str_index(s, sep);
	if (at < 0)
		return false;
	*ret_before = (str){s.p, (size_t)at};
	*ret_after = (str){s.p + at + 1, s.n - (size_t)at - 1};
	return true;
}

static char *copy_z(struct arena *a, str s)
{
	char *p = arena_alloc_raw(a, s.n + 1);
	if (s.n)
		memcpy(p, s.p, s.n);
	p[s.n] = 0;
	return p;
}

str str_dup(struct arena *a, str s)
{
	return (str){copy_z(a, s), s.n};
}

const char *str_z(struct arena *a, str s)
{
	return copy_z(a, s);
}

str str_fmt(struct arena *a, const char *fmt, ...)
{
	char small[256];
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(small, sizeof small, fmt, ap);
	va_end(ap);
	if (n < 0)
		err_die("str_fmt: bad format or result above 2 GiB");
	if ((size_t)n < sizeof small)
		return str_dup(a, (str){small, (size_t)n});
	char *p = arena_alloc_raw(a, (size_t)n + 1);
	va_start(ap, fmt);
	vsnprintf(p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return (str){p, (size_t)n};
}

str str_lower_ascii(struct arena *a, str s)
{
	char *p = copy_z(a, s);
	for (size_t i = 0; i < s.n; i++)
		p[i] = (char)lower(p[i]);
	return (str){p, s.n};
}

static size_t count_of(str s, str what)
{
	size_t n = 0;
	for (ptrdiff_t at; (at = str_find(s, what)) >= 0; n++)
		s = str_sub(s, (size_t)at + what.n, s.n);
	return n;
}

str str_replace(struct arena *a, str s, str what, str with)
{
	size_t hits = what.n ? count_of(s, what) : 0;
	if (hits == 0)
		return str_dup(a, s);
	size_t n = s.n - hits * what.n + arena_mul(hits, with.n);
	char *p = arena_alloc_raw(a, n + 1), *to = p;
	for (ptrdiff_t at; (at = str_find(s, what)) >= 0;) {
		to = mempcpy(to, s.p, (size_t)at);
		if (with.n)
			to = mempcpy(to, with.p, with.n);
		s = str_sub(s, (size_t)at + what.n, s.n);
	}
	if (s.n)
		to = mempcpy(to, s.p, s.n);
	*to = 0;
	return (str){p, n};
}

int str_to_i64(str s, int64_t *ret)
{
	size_t i = s.n && s.p[0] == '-';
	bool negative = i == 1;
	int64_t v = 0;
	bool over = false;
	if (i == s.n)
		return ERR_PARSE;
	for (; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return ERR_PARSE;
		int digit = s.p[i] - '0';
		/* built downward, so that INT64_MIN can be read */
		over |= __builtin_mul_overflow(v, (int64_t)10, &v);
		over |= __builtin_sub_overflow(v, (int64_t)digit, &v);
	}
	if (over || (!negative && v == INT64_MIN))
		return ERR_OVERFLOW;
	*ret = negative ? v : -v;
	return 0;
}

/*
 * SipHash-1-3 (Aumasson, Bernstein 2012): keyed, so nobody outside can make names that collide in
 * our tables.
 */
static uint64_t sip_key[2];

__attribute__((constructor)) static void sip_seed(void)
{
	if (getrandom(sip_key, sizeof sip_key, 0) != (ssize_t)sizeof sip_key)
		err_die("no randomness from the kernel");
}

static inline uint64_t rotl(uint64_t x, int n)
{
	return x << n | x >> (64 - n);
}

static inline void sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[1] = rotl(v[1], 13) ^ v[0];
	v[0] = rotl(v[0], 32);
	v[2] += v[3];
	v[3] = rotl(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = rotl(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = rotl(v[1], 17) ^ v[2];
	v[2] = rotl(v[2], 32);
}

uint64_t str_hash(str s)
{
	uint64_t v[4] = {sip_key[0] ^ 0x736f6d6570736575, sip_key[1] ^ 0x646f72616e646f6d,
		sip_key[0] ^ 0x6c7967656e657261, sip_key[1] ^ 0x7465646279746573};
	size_t i = 0;
	for (; i + 8 <= s.n; i += 8) {
		uint64_t m;
		memcpy(&m, s.p + i, 8);
		v[3] ^= m;
		sip_round(v);
		v[0] ^= m;
	}
	uint64_t last = (uint64_t)s.n << 56;
	for (size_t k = 0; i + k < s.n; k++)
		last |= (uint64_t)(unsigned char)s.p[i + k] << (8 * k);
	v[3] ^= last;
	sip_round(v);
	v[0] ^= last;
	v[2] ^= 0xff;
	for (int k = 0; k < 3; k++)
		sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

bool str_eq_secret(str a, str b)
{
	if (a.n != b.n)
		return false;
	volatile unsigned char diff = 0;
	for (size_t i = 0; i < a.n; i++)
		diff |= (unsigned char)(a.p[i] ^ b.p[i]);
	return diff == 0;
}
