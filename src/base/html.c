/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/html.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/url.h"

enum { IN_TEXT = 1, IN_ATTR = 2 };

static const unsigned char special[256] = {
	['<'] = IN_TEXT | IN_ATTR,
	['>'] = IN_TEXT | IN_ATTR,
	['&'] = IN_TEXT | IN_ATTR,
	['"'] = IN_ATTR,
	['\''] = IN_ATTR,
};

static str entity(char c)
{
	switch (c) {
	case '<': return S("&lt;");
	case '>': return S("&gt;");
	case '&': return S("&amp;");
	case '"': return S("&quot;");
	default: return S("&#39;");
	}
}

/*
 * Position of the next special byte at or behind i, s.n when there is none. Most text has none: 16
 * bytes at a time.
 */
static inline size_t next_special(str s, size_t i, unsigned char context)
{
#ifdef __SSE2__
	const __m128i lt = _mm_set1_epi8('<'), gt = _mm_set1_epi8('>'), amp = _mm_set1_epi8('&');
	const __m128i quot = _mm_set1_epi8('"'), apos = _mm_set1_epi8('\'');
	for (; i + 16 <= s.n; i += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)(s.p + i));
		__m128i hit =
			_mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(v, lt), _mm_cmpeq_epi8(v, gt)),
				_mm_cmpeq_epi8(v, amp));
		if (context == IN_ATTR)
			hit = _mm_or_si128(hit,
				_mm_or_si128(_mm_cmpeq_epi8(v, quot), _mm_cmpeq_epi8(v, apos)));
		int mask = _mm_movemask_epi8(hit);
		if (mask)
			return i + (size_t)__builtin_ctz((unsigned)mask);
	}
#endif
	while (i < s.n && !(special[(unsigned char)s.p[i]] & context))
		i++;
	return i;
}

static inline void escape(struct buf *b, str s, unsigned char context)
{
	for (size_t i = 0; i < s.n;) {
		size_t at = next_special(s, i, context);
		if (at > i)
			buf_putn(b, s.p + i, at - i);
		if (at < s.n)
			buf_put(b, entity(s.p[at]));
		i = at + 1;
	}
}

void html_text(struct buf *b, str s)
{
	escape(b, s, IN_TEXT);
}

void html_attr(struct buf *b, str s)
{
	escape(b, s, IN_ATTR);
}

/*
 * Browsers strip blanks and control characters and take \ for /, so none of them is let through;
 * "//host" leads to a foreign host without saying so.
 */
static bool is_harmless_url(str s)
{
	static const str schemes[] = {
		STR_INIT("http"), STR_INIT("https"), STR_INIT("mailto"), STR_INIT("tel")};
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] <= ' ' || s.p[i] == '\\' || s.p[i] == 0x7f)
			return false;
	if (str_has_prefix(s, S("//")))
		return false;
	size_t end = 0;
	while (end < s.n && s.p[end] != ':' && s.p[end] != '/' && s.p[end] != '?' &&
		s.p[end] != '#')
		end++;
	if (end == s.n || s.p[end] != ':')
		return true;
	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
		if (str_eq_ci(str_sub(s, 0, end), schemes[i]))
			return true;
	return false;
}

void html_url(struct buf *b, str s)
{
	if (is_harmless_url(s))
		html_attr(b, s);
	else
		buf_putc(b, '#');
}

void html_url_part(struct buf *b, str s)
{
	url_put(b, s);
}
