/* SPDX-License-Identifier: EUPL-1.2 */
/* Composition, case and folding. Tables: utf8_latin.def, made from Unicode's data. */
#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"

static const struct {
	uint16_t base, mark, composed;
} compose[] = {
#define COMPOSE(b, m, c) {b, m, c},
#include "base/utf8_latin.def"
#undef COMPOSE
};
#define COMPOSE_N (sizeof compose / sizeof *compose)

static const struct {
	uint16_t first, last, step;
	int32_t delta;
} cases[] = {
#define CASE(f, l, s, d) {f, l, s, d},
#include "base/utf8_latin.def"
#undef CASE
};

#define MARK_FIRST  0x300
#define MARK_LAST   0x36f
#define LATIN_A     0x00c0 /* the two ranges that hold composed letters */
#define LATIN_A_END 0x0250
#define LATIN_B     0x1e00
#define LATIN_B_END 0x1f00

static uint8_t mark_class[MARK_LAST - MARK_FIRST + 1];
static uint16_t
	decompose_at[LATIN_A_END - LATIN_A + LATIN_B_END - LATIN_B]; /* position in compose + 1 */

static uint16_t *decompose_slot(uint32_t c)
{
	if (c >= LATIN_A && c < LATIN_A_END)
		return &decompose_at[c - LATIN_A];
	if (c >= LATIN_B && c < LATIN_B_END)
		return &decompose_at[c - LATIN_B + LATIN_A_END - LATIN_A];
	return NULL;
}

__attribute__((constructor)) static void fill_tables(void)
{
#define CLASS(f, l, v) memset(&mark_class[(f)-MARK_FIRST], v, (l) - (f) + 1);
#include "base/utf8_latin.def"
#undef CLASS
	for (size_t i = 0; i < COMPOSE_N; i++)
		*decompose_slot(compose[i].composed) = (uint16_t)(i + 1);
}

/* U+034F, the grapheme joiner, has class 0: it keeps marks apart instead of being one. */
static bool is_mark(uint32_t c)
{
	return c >= MARK_FIRST && c <= MARK_LAST && c != 0x34f;
}

/* 0 if there is no such letter. */
static uint32_t compose_pair(uint32_t base, uint32_t mark)
{
	size_t low = 0, high = COMPOSE_N;
	while (low < high) {
		size_t mid = (low + high) / 2;
		uint32_t b = compose[mid].base, m = compose[mid].mark;
		if (b == base && m == mark)
			return compose[mid].composed;
		if (b < base || (b == base && m < mark))
			low = mid + 1;
		else
			high = mid;
	}
	return 0;
}

/* Signs of measurement that are letters in disguise: Kelvin, Angstrom, Ohm. */
static uint32_t singleton(uint32_t c)
{
	return c == 0x212a ? 'K' : c == 0x212b ? 0x00c5 : c == 0x2126 ? 0x03a9 : c;
}

/* One letter with its marks; more than that nobody writes, and the rest is passed on as it is. */
#define MARKS_MAX 16

/* Splits a letter into its base (returned) and its marks, which are appended. */
static uint32_t split_letter(uint32_t c, uint32_t *marks, size_t *n)
{
	uint16_t *slot = decompose_slot(c);
	if (!slot || !*slot)
		return c;
	uint32_t base = split_letter(compose[*slot - 1].base, marks, n);
	marks[(*n)++] = compose[*slot - 1].mark;
	return base;
}

static void sort_marks(uint32_t *marks, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		uint32_t m = marks[i];
		size_t k = i;
		for (; k > 0 && mark_class[marks[k - 1] - MARK_FIRST] > mark_class[m - MARK_FIRST];
			k--)
			marks[k] = marks[k - 1];
		marks[k] = m;
	}
}

/* Unicode, section 3.11: a mark that stands behind another of its class is blocked. */
static void put_composed(struct buf *b, uint32_t base, uint32_t *marks, size_t n)
{
	size_t kept = 0;
	int last_class = 0;
	sort_marks(marks, n);
	for (size_t i = 0; i < n; i++) {
		int class = mark_class[marks[i] - MARK_FIRST];
		uint32_t composed = kept && last_class >= class ? 0 : compose_pair(base, marks[i]);
		if (composed) {
			base = composed;
		} else {
			marks[kept++] = marks[i];
			last_class = class;
		}
	}
	buf_utf8(b, base);
	for (size_t i = 0; i < kept; i++)
		buf_utf8(b, marks[i]);
}

/* Nearly every text has neither marks (lead bytes CC, CD) nor singletons (lead byte E2). */
static bool may_change(str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] == 0xcc || (unsigned char)s.p[i] == 0xcd ||
			(unsigned char)s.p[i] == 0xe2)
			return true;
	return false;
}

str utf8_nfc(struct arena *a, str s)
{
	if (!may_change(s))
		return str_dup(a, s);
	struct buf b = buf_new(a, s.n + 1);
	for (size_t i = 0; i < s.n;) {
		uint32_t marks[MARKS_MAX + 4], c = singleton(utf8_next(s, &i));
		size_t n = 0, next = i;
		bool latin = c < 0x2b0 || (c >= LATIN_B && c < LATIN_B_END);
		uint32_t m = next < s.n && latin ? utf8_next(s, &next) : 0;
		if (!is_mark(m)) {
			buf_utf8(&b, c);
			continue;
		}
		uint32_t base = split_letter(c, marks, &n);
		for (; is_mark(m) && n < MARKS_MAX; m = utf8_next(s, &next)) {
			marks[n++] = m;
			i = next;
		}
		put_composed(&b, base, marks, n);
	}
	return buf_str(&b);
}

static uint32_t lower(uint32_t c)
{
	if (c < 0x80)
		return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
	size_t low = 0, high = sizeof cases / sizeof *cases;
	while (low < high) {
		size_t mid = (low + high) / 2;
		if (c > cases[mid].last)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == sizeof cases / sizeof *cases || c < cases[low].first ||
		(c - cases[low].first) % cases[low].step)
		return c;
	return (uint32_t)((int32_t)c + cases[low].delta);
}

str utf8_lower(struct arena *a, str s)
{
	struct buf b = buf_new(a, s.n + 1);
	for (size_t i = 0; i < s.n;)
		buf_utf8(&b, lower(utf8_next(s, &i)));
	return buf_str(&b);
}

/* Letters that no mark explains. */
static const char *spelled_out(uint32_t c)
{
	static const struct {
		uint16_t c;
		const char *text;
	} table[] = {
		{0x00aa, "a"},
		{0x00b2, "2"},
		{0x00b3, "3"},
		{0x00b9, "1"},
		{0x00ba, "o"},
		{0x00df, "ss"},
		{0x00e6, "ae"},
		{0x00f0, "d"},
		{0x00f8, "o"},
		{0x00fe, "th"},
		{0x0111, "d"},
		{0x0127, "h"},
		{0x0131, "i"},
		{0x0133, "ij"},
		{0x0138, "k"},
		{0x0140, "l"},
		{0x0142, "l"},
		{0x0149, "n"},
		{0x014b, "n"},
		{0x0153, "oe"},
		{0x0167, "t"},
		{0x017f, "s"},
		{0x0180, "b"},
		{0x0192, "f"},
		{0x019a, "l"},
		{0x01dd, "e"},
		{0x01e5, "g"},
		{0x0219, "s"},
		{0x021b, "t"},
		{0x0259, "e"},
		{0x0292, "z"},
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (table[i].c == c)
			return table[i].text;
	return NULL;
}

/*
 * Without the whole of Unicode's tables: in the blocks that people write names in everything is a
 * letter; punctuation, symbols, pictures and private use are not.
 */
static bool is_letter(uint32_t c)
{
	if (c < 0x370)
		return (c >= 0xc0 && c != 0xd7 && c != 0xf7 && c < 0x2b0) || c == 0xb5;
	if (c == 0x37e || c == 0x387 || (c >= 0x55a && c <= 0x55f) || c == 0x589 || c == 0x60c ||
		c == 0x61b || c == 0x61f)
		return false;
	return !(c >= 0x2000 && c < 0x2c00) && !(c >= 0x2e00 && c < 0x2e80) &&
		!(c >= 0x3000 && c < 0x3040) && !(c >= 0xd800 && c < 0xf900) &&
		!(c >= 0xfe00 && c < 0xfe70) && !(c >= 0xff00 && c < 0xff10) && c < 0x1f000 &&
		!(c >= 0xfff0 && c < 0x10000);
}

/* Marks, soft hyphen, zero-width signs: as if they were not there. */
static bool is_invisible(uint32_t c)
{
	return is_mark(c) || c == 0x34f || c == 0xad || (c >= 0x200b && c <= 0x200f) ||
		c == 0x2060 || c == 0xfeff;
}

static void put_folded(struct buf *b, uint32_t c, bool plain)
{
	uint32_t marks[4];
	size_t n = 0;
	/* ä ö ü, also with a further mark (ǘ); base and first mark decide */
	uint32_t base = split_letter(c, marks, &n);
	const char *text = spelled_out(base);
	if (text)
		buf_put(b, str_c(text));
	else
		buf_utf8(b, base);
	if (!plain && n && marks[0] == 0x308 && (base == 'a' || base == 'o' || base == 'u'))
		buf_putc(b, 'e');
}

static str fold(struct arena *a, str s, bool plain)
{
	struct buf b = buf_new(a, s.n + s.n / 4 + 8);
	bool gap = false;
	if (may_change(s))
		s = utf8_nfc(a, s);
	for (size_t i = 0; i < s.n;) {
		uint32_t c = lower(utf8_next(s, &i));
		if (is_invisible(c))
			continue;
		bool ascii = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
		if (!ascii && !is_letter(c) && !spelled_out(c)) {
			gap = b.n > 0;
			continue;
		}
		if (gap)
			buf_putc(&b, ' ');
		gap = false;
		if (ascii)
			buf_putc(&b, (char)c);
		else
			put_folded(&b, c, plain);
	}
	return buf_str(&b);
}

str utf8_fold(struct arena *a, str s)
{
	return fold(a, s, false);
}

str utf8_fold_plain(struct arena *a, str s)
{
	return fold(a, s, true);
}

/*
 * Upper case A-Z without marks; Ä Ö Ü become 'E', a vowel that no rule below names. Returns the
 * letters in the arena.
 */
static str plain_letters(struct arena *a, str word)
{
	struct buf b = buf_new(a, word.n * 2 + 1);
	word = utf8_nfc(a, word);
	for (size_t i = 0; i < word.n;) {
		uint32_t c = lower(utf8_next(word, &i));
		str letters = S("e");
		if (c != 0xe4 && c != 0xf6 && c != 0xfc) {
			struct buf one = buf_new(a, 8);
			if (c < 0x80 || is_letter(c))
				put_folded(&one, c, true);
			letters = buf_str(&one);
		}
		for (size_t k = 0; k < letters.n; k++)
			if (letters.p[k] >= 'a' && letters.p[k] <= 'z')
				buf_putc(&b, (char)(letters.p[k] - 0x20));
	}
	return buf_str(&b);
}

static bool one_of(char c, const char *set)
{
	return c && strchr(set, c);
}

/* The digits of the letter between before and after (0: none). */
static const char *cologne_code(char before, char c, char after)
{
	switch (c) {
	case 'A':
	case 'E':
	case 'I':
	case 'J':
	case 'O':
	case 'U':
	case 'Y': return "0";
	case 'B': return "1";
	case 'P': return after == 'H' ? "3" : "1";
	case 'D':
	case 'T': return one_of(after, "CSZ") ? "8" : "2";
	case 'F':
	case 'V':
	case 'W': return "3";
	case 'G':
	case 'K':
	case 'Q': return "4";
	case 'C':
		if (!before)
			return one_of(after, "AHKLOQRUX") ? "4" : "8";
		return one_of(after, "AHKOQUX") && !one_of(before, "SZ") ? "4" : "8";
	case 'X': return one_of(before, "CKQ") ? "8" : "48";
	case 'L': return "5";
	case 'M':
	case 'N': return "6";
	case 'R': return "7";
	case 'S':
	case 'Z': return "8";
	default: /* H */ return "";
	}
}

str utf8_cologne(struct arena *a, str word)
{
	str s = plain_letters(a, word);
	struct buf b = buf_new(a, s.n * 2 + 1);
	char last = 0;
	for (size_t i = 0; i < s.n; i++) {
		const char *code =
			cologne_code(i ? s.p[i - 1] : 0, s.p[i], i + 1 < s.n ? s.p[i + 1] : 0);
		for (; *code; code++) {
			if (*code != last && (*code != '0' || b.n == 0))
				buf_putc(&b, *code);
			last = *code;
		}
	}
	return buf_str(&b);
}
