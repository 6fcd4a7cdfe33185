/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/utf8.h"

#include <string.h>

#define HIGH_BITS 0x8080808080808080u
#define LOW_BITS  0x0101010101010101u

/* Length of the run of ASCII without NUL at the start, in steps of eight. */
static size_t ascii_run(const char *p, size_t n)
{
	size_t i = 0;
	for (; i + 8 <= n; i += 8) {
		uint64_t w;
		memcpy(&w, p + i, 8);
		if ((w | (w - LOW_BITS)) & HIGH_BITS)
			break;
	}
	return i;
}

static inline bool is_tail(unsigned char c)
{
	return (c & 0xc0) == 0x80;
}

/* Bytes of the well-formed sequence at p (Unicode 15, table 3-7), 0 if it is ill-formed. n >= 1 */
static size_t sequence(const unsigned char *p, size_t n)
{
	unsigned char c = p[0];
	if (c < 0x80)
		return c ? 1 : 0;
	if (c < 0xc2 || c > 0xf4 || n < 2)
		return 0;
	if (c < 0xe0)
		return is_tail(p[1]) ? 2 : 0;
	if (c < 0xf0) {
		unsigned char least = c == 0xe0 ? 0xa0 : 0x80, most = c == 0xed ? 0x9f : 0xbf;
		return n >= 3 && p[1] >= least && p[1] <= most && is_tail(p[2]) ? 3 : 0;
	}
	unsigned char least = c == 0xf0 ? 0x90 : 0x80, most = c == 0xf4 ? 0x8f : 0xbf;
	return n >= 4 && p[1] >= least && p[1] <= most && is_tail(p[2]) && is_tail(p[3]) ? 4 : 0;
}

bool utf8_valid(str s)
{
	for (size_t i = 0; i < s.n;) {
		i += ascii_run(s.p + i, s.n - i);
		/*
		 * after a foreign letter mostly ASCII follows again: go on byte by byte for a word,
		 * then try the run
		 */
		for (size_t stop = i + 8; i < s.n && i < stop;) {
			size_t len = sequence((const unsigned char *)s.p + i, s.n - i);
			if (len == 0)
				return false;
			i += len;
		}
	}
	return true;
}

uint32_t utf8_next(str s, size_t *i)
{
	if (*i >= s.n)
		return 0;
	const unsigned char *p = (const unsigned char *)s.p + *i;
	size_t left = s.n - *i;
	if (p[0] < 0x80) {
		*i += 1;
		return p[0];
	}
	size_t len = sequence(p, left);
	if (len == 0) { /* the caller broke the contract: stay inside the text all the same */
		*i += 1;
		return 0xfffd;
	}
	*i += len;
	if (len == 2)
		return (uint32_t)(p[0] & 0x1f) << 6 | (p[1] & 0x3f);
	if (len == 3)
		return (uint32_t)(p[0] & 0x0f) << 12 | (uint32_t)(p[1] & 0x3f) << 6 | (p[2] & 0x3f);
	return (uint32_t)(p[0] & 0x07) << 18 | (uint32_t)(p[1] & 0x3f) << 12 |
		(uint32_t)(p[2] & 0x3f) << 6 | (p[3] & 0x3f);
}

size_t utf8_encode(uint32_t c, char to[4])
{
	if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		c = 0xfffd;
	if (c < 0x80) {
		to[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		to[0] = (char)(0xc0 | c >> 6);
		to[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		to[0] = (char)(0xe0 | c >> 12);
		to[1] = (char)(0x80 | (c >> 6 & 0x3f));
		to[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	to[0] = (char)(0xf0 | c >> 18);
	to[1] = (char)(0x80 | (c >> 12 & 0x3f));
	to[2] = (char)(0x80 | (c >> 6 & 0x3f));
	to[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

size_t utf8_length(str s)
{
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++)
		n += !is_tail((unsigned char)s.p[i]);
	return n;
}

str utf8_truncate(str s, size_t max_code_points)
{
	size_t i = 0;
	for (; i < s.n; i++)
		if (!is_tail((unsigned char)s.p[i]) && max_code_points-- == 0)
			break;
	return (str){s.p, i};
}
