/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Bytes as text: base64 and base64url (RFC 4648), Crockford's base32, hexadecimal. All are
 * power-of-two alphabets read from the high bits down.
 */
#include "base/crypto.h"

#include <string.h>

static const char alphabet_64[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char alphabet_64url[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
static const char alphabet_32[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

enum { BAD = -1, SKIP = -2 };

/*
 * Writes the digits of all bytes, the last one filled with zero bits, and a NUL; returns their
 * number.
 */
static size_t encode(char *to, str bytes, const char *alphabet, unsigned bits)
{
	uint32_t acc = 0, have = 0;
	size_t n = 0;
	for (size_t i = 0; i < bytes.n; i++) {
		acc = acc << 8 | (unsigned char)bytes.p[i];
		for (have += 8; have >= bits; have -= bits)
			to[n++] = alphabet[acc >> (have - bits) & ((1u << bits) - 1)];
	}
	if (have)
		to[n++] = alphabet[acc << (bits - have) & ((1u << bits) - 1)];
	to[n] = 0;
	return n;
}

/*
 * Strict: what is left over must be less than a digit and zero, so that each value has one
 * spelling.
 */
static int decode(struct arena *a, str s, int (*digit)(char), unsigned bits, str *ret)
{
	char *to = arena_alloc_raw(a, s.n * bits / 8 + 1);
	uint32_t acc = 0, have = 0;
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) {
		int v = digit(s.p[i]);
		if (v == SKIP)
			continue;
		if (v == BAD)
			return ERR_PARSE;
		acc = acc << bits | (uint32_t)v;
		have += bits;
		if (have >= 8) {
			have -= 8;
			to[n++] = (char)(acc >> have & 0xff);
		}
	}
	if (have >= bits || acc & ((1u << have) - 1))
		return ERR_PARSE;
	to[n] = 0;
	*ret = (str){to, n};
	return 0;
}

static int digit_64(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : BAD;
}

static int digit_64url(char c)
{
	return c == '-' ? 62 : c == '_' ? 63 : c == '+' || c == '/' ? BAD : digit_64(c);
}

static int digit_32(char c)
{
	if (c == '-' || c == ' ')
		return SKIP;
	if (c >= 'a' && c <= 'z')
		c = (char)(c - 0x20);
	c = c == 'O' ? '0' : c == 'I' || c == 'L' ? '1' : c;
	const char *at = c ? strchr(alphabet_32, c) : NULL;
	return at ? (int)(at - alphabet_32) : BAD;
}

static int digit_16(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : BAD;
}

str b64url(struct arena *a, str bytes)
{
	char *to = arena_alloc_raw(a, bytes.n / 3 * 4 + 5);
	return (str){to, encode(to, bytes, alphabet_64url, 6)};
}

int b64url_decode(struct arena *a, str s, str *ret)
{
	return decode(a, s, digit_64url, 6, ret);
}

str b64(struct arena *a, str bytes)
{
	char *to = arena_alloc_raw(a, bytes.n / 3 * 4 + 5);
	size_t n = encode(to, bytes, alphabet_64, 6);
	while (n % 4)
		to[n++] = '=';
	to[n] = 0;
	return (str){to, n};
}

int b64_decode(struct arena *a, str s, str *ret)
{
	if (s.n % 4)
		return ERR_PARSE;
	for (int i = 0; i < 2 && str_has_suffix(s, S("=")); i++)
		s.n--;
	return decode(a, s, digit_64, 6, ret);
}

str b32(struct arena *a, str bytes)
{
	char *to = arena_alloc_raw(a, bytes.n / 5 * 8 + 9);
	return (str){to, encode(to, bytes, alphabet_32, 5)};
}

int b32_decode(struct arena *a, str s, str *ret)
{
	return decode(a, s, digit_32, 5, ret);
}

str hex(struct arena *a, str bytes)
{
	char *to = arena_alloc_raw(a, bytes.n * 2 + 1);
	return (str){to, encode(to, bytes, "0123456789abcdef", 4)};
}

int hex_decode(struct arena *a, str s, str *ret)
{
	return decode(a, s, digit_16, 4, ret);
}
