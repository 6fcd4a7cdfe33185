/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/testing.h"

#include <locale.h>
#include <wctype.h>

#include "base/buf.h"
#include "base/utf8.h"

static struct arena *a;

static int open_arena(void **state)
{
	a = arena_new(1 << 14);
	return 0;
}

static int close_arena(void **state)
{
	arena_free(a);
	return 0;
}

static str letter(uint32_t c)
{
	struct buf b = buf_new(a, 8);
	buf_utf8(&b, c);
	return buf_str(&b);
}

static void every_code_point_is_valid_and_comes_back(void **state)
{
	for (uint32_t c = 1; c < 0x110000; c++) {
		char u[4];
		size_t i = 0;
		if (c >= 0xd800 && c < 0xe000)
			continue;
		str s = {u, utf8_encode(c, u)};
		if (!utf8_valid(s) || utf8_next(s, &i) != c || i != s.n || utf8_next(s, &i) != 0)
			fail_msg("U+%04X", c);
	}
}

/* Unicode 15, table 3-7, read off as plainly as possible */
static bool slow_valid(const unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n;) {
		uint32_t c = p[i], least;
		size_t len = c < 0x80  ? 1
			: c >> 5 == 6  ? 2
			: c >> 4 == 14 ? 3
			: c >> 3 == 30 ? 4
				       : 0;
		if (len == 0 || i + len > n)
			return false;
		c &= len == 1 ? 0x7f : 0xffu >> (len + 1);
		for (size_t k = 1; k < len; k++) {
			if (p[i + k] >> 6 != 2)
				return false;
			c = c << 6 | (p[i + k] & 0x3f);
		}
		least = len == 1 ? 1 : len == 2 ? 0x80 : len == 3 ? 0x800 : 0x10000;
		if (c < least || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
			return false;
		i += len;
	}
	return true;
}

static void validity_agrees_with_the_table_of_unicode(void **state)
{
	/* all pairs and triples with every kind of byte, behind every length of ASCII */
	static const unsigned char kinds[] = {0, 1, 'a', 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf,
		0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4,
		0xf5, 0xf8, 0xff};
	const size_t k = sizeof kinds;
	unsigned char room[24];
	memset(room, 'x', sizeof room);
	for (size_t i = 0; i < k * k * k * k; i++) {
		size_t at = i % 13;
		room[at] = kinds[i % k];
		room[at + 1] = kinds[i / k % k];
		room[at + 2] = kinds[i / k / k % k];
		room[at + 3] = kinds[i / k / k / k];
		for (size_t n = at + 1; n <= at + 5; n++)
			if (utf8_valid(str_n(room, n)) != slow_valid(room, n))
				fail_msg("%02x %02x %02x %02x at %zu of %zu", room[at],
					room[at + 1], room[at + 2], room[at + 3], at, n);
		memset(room + at, 'x', 4);
	}
	assert_true(utf8_valid(STR_EMPTY));
}

static void length_and_truncation_count_letters(void **state)
{
	assert_int_equal(utf8_length(S("Grüße€😀")), 7);
	assert_s(utf8_truncate(S("Grüße€😀"), 3), "Grü");
	assert_s(utf8_truncate(S("Grüße€😀"), 6), "Grüße€");
	assert_s(utf8_truncate(S("Grüße"), 99), "Grüße");
	assert_s(utf8_truncate(S("Grüße"), 0), "");
	assert_int_equal(utf8_length(STR_EMPTY), 0);
}

static void reading_broken_text_ends(void **state)
{
	static const char text[] = "\xff\xc3\xe4\x80\xf0\x9f";
	size_t i = 0, steps = 0;
	while (utf8_next(str_n(text, 6), &i))
		steps++;
	assert_int_equal(i, 6);
	assert_int_equal(steps, 6);
}

static void decomposed_letters_are_composed(void **state)
{
	assert_s(utf8_nfc(a, S("Mu\xcc\x88ller")), "Müller");
	assert_s(utf8_nfc(a,
			 S("A\xcc\x8a"
			   "ngstro\xcc\x88m")),
		"Ångström");
	/* two marks in either order: ệ */
	assert_s(utf8_nfc(a, S("e\xcc\x82\xcc\xa3")), "ệ");
	assert_s(utf8_nfc(a, S("e\xcc\xa3\xcc\x82")), "ệ");
	assert_s(utf8_nfc(a, S("ê\xcc\xa3")), "ệ");
	assert_s(utf8_nfc(a, S("ü\xcc\x81")), "ǘ");
	/* no such letter: the mark stays (DIN 91379 has M with circumflex) */
	assert_s(utf8_nfc(a, S("M\xcc\x82x")), "M\xcc\x82x");
	assert_s(utf8_nfc(a, S("\xe2\x84\xab\xe2\x84\xaa")), "ÅK");
	/* blocked: a second mark of the same class */
	assert_s(utf8_nfc(a, S("e\xcc\x81\xcc\x80")), "é\xcc\x80");
	/* other text, lone marks, dashes */
	assert_s(utf8_nfc(a, S("Ελλάδα – Київ 東京 😀")), "Ελλάδα – Київ 東京 😀");
	assert_s(utf8_nfc(a, S("\xcc\x88u")), "\xcc\x88u");
	assert_s(utf8_nfc(a, S("")), "");
}

static void very_many_marks_do_no_harm(void **state)
{
	struct buf b = buf_new(a, 64);
	buf_put(&b, S("ǖ"));
	for (int i = 0; i < 1000; i++)
		buf_put(&b, i % 2 ? S("\xcc\x88") : S("\xcc\xa3"));
	str once = utf8_nfc(a, buf_str(&b));
	assert_true(utf8_valid(once));
	assert_int_equal(utf8_length(once) >= 900, true);
}

static void every_composition_is_undone_and_redone(void **state)
{
	static const uint16_t rows[][3] = {
#define COMPOSE(b, m, c) {b, m, c},
#include "base/utf8_latin.def"
#undef COMPOSE
	};
	assert_true(sizeof rows / sizeof *rows > 400);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buf b = buf_new(a, 16);
		buf_utf8(&b, rows[i][0]);
		buf_utf8(&b, rows[i][1]);
		assert_str(utf8_nfc(a, buf_str(&b)), letter(rows[i][2]));
		assert_str(utf8_nfc(a, letter(rows[i][2])), letter(rows[i][2]));
	}
}

static void lower_case_agrees_with_the_c_library(void **state)
{
	assert_non_null(setlocale(LC_CTYPE, "C.UTF-8"));
	for (uint32_t c = 1; c < 0x2000; c++) {
		if (c >= 0x530 && c < 0x1e00)
			continue;
		struct arena_mark m = arena_mark(a);
		/*
		 * capital sharp s and dotted I: simple case mapping of Unicode gives ß and i, as we
		 * do
		 */
		if (!str_eq(utf8_lower(a, letter(c)), letter((uint32_t)towlower((wint_t)c))))
			fail_msg("U+%04X", c);
		arena_rewind(a, m);
	}
	setlocale(LC_CTYPE, "C");
	assert_s(utf8_lower(a, S("STRAẞE ÄÖÜ ŁÓDŹ ΑΘΗΝΑ КИЇВ 😀")), "straße äöü łódź αθηνα київ 😀");
}

static void folding_makes_search_keys(void **state)
{
	static const char *rows[][3] = {
		{"Müller-Lüdenscheidt", "mueller luedenscheidt", "muller ludenscheidt"},
		{"  Große Straße 5a ", "grosse strasse 5a", "grosse strasse 5a"},
		{"Budyšin / Bautzen", "budysin bautzen", "budysin bautzen"},
		{"Wojerecy, Łužica", "wojerecy luzica", "wojerecy luzica"},
		{"Mu\xcc\x88ller", "mueller", "muller"},
		{"ÆØÅ Þórður İstanbul", "aeoa thordur istanbul", "aeoa thordur istanbul"},
		{"Nguyễn Đức", "nguyen duc", "nguyen duc"},
		{"M\xcc\x82x", "mx", "mx"},
		{"ǘ", "ue", "u"},
		{"D'Angelo & Söhne (GbR)", "d angelo soehne gbr", "d angelo sohne gbr"},
		{"12 m²", "12 m2", "12 m2"},
		{"Zu\xc2\xadsatz\xe2\x80\x8b"
		 "angabe",
			"zusatzangabe", "zusatzangabe"},
		{"Київ Αθήνα", "київ αθήνα", "київ αθήνα"},
		{"…–„“ € 😀", "", ""},
		{"", "", ""},
		{"STRAẞE", "strasse", "strasse"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_s(utf8_fold(a, str_c(rows[i][0])), rows[i][1]);
		assert_s(utf8_fold_plain(a, str_c(rows[i][0])), rows[i][2]);
	}
}

static void folding_and_composing_twice_changes_nothing(void **state)
{
	uint64_t rnd = 31;
	for (int i = 0; i < 20000; i++) {
		struct arena_mark m = arena_mark(a);
		struct buf b = buf_new(a, 64);
		for (uint64_t n = test_random(&rnd) % 8; n > 0; n--) {
			uint32_t c = (uint32_t)(test_random(&rnd) % 4 == 0
					? 0x300 + rnd % 0x70
					: 1 + test_random(&rnd) % (rnd & 1 ? 0x250 : 0x11000));
			buf_utf8(&b, c >= 0xd800 && c < 0xe000 ? 'x' : c);
		}
		str nfc = utf8_nfc(a, buf_str(&b)), folded = utf8_fold(a, buf_str(&b)),
		    plain = utf8_fold_plain(a, buf_str(&b));
		assert_true(utf8_valid(nfc) && utf8_valid(folded) && utf8_valid(plain));
		assert_str(utf8_nfc(a, nfc), nfc);
		assert_str(utf8_fold(a, folded), folded);
		assert_str(utf8_fold_plain(a, plain), plain);
		assert_str(utf8_fold(a, nfc), folded);
		assert_str(utf8_lower(a, utf8_lower(a, nfc)), utf8_lower(a, nfc));
		arena_rewind(a, m);
	}
}

static void cologne_phonetics_of_known_words(void **state)
{
	static const char *rows[][2] = {
		{"Müller-Lüdenscheidt", "65752682"},
		{"Wikipedia", "3412"},
		{"Breschnew", "17863"},
		{"Meyer", "67"},
		{"Maier", "67"},
		{"Mayr", "67"},
		{"Schmidt", "862"},
		{"Schmitt", "862"},
		{"Philipp", "351"},
		{"Xaver", "4837"},
		{"Axel", "0485"},
		{"Hacks", "048"},
		{"Clara", "457"},
		{"Celle", "85"},
		{"Cäsar", "887"},
		{"Scharf", "873"},
		{"Hans", "068"},
		{"Ida", "02"},
		{"Göthe", "42"},
		{"Goethe", "42"},
		{"Weiß", "38"},
		{"Weiss", "38"},
		{"Łódź", "58"},
		{"Tzschirner", "8767"},
		{"", ""},
		{"h", ""},
		{"123", ""},
		{"Ächter", "0427"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (!str_eq(utf8_cologne(a, str_c(rows[i][0])), str_c(rows[i][1])))
			print_message("%s: %.*s, not %s\n", rows[i][0],
				STR_FMT(utf8_cologne(a, str_c(rows[i][0]))), rows[i][1]);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_s(utf8_cologne(a, str_c(rows[i][0])), rows[i][1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_code_point_is_valid_and_comes_back),
		cmocka_unit_test(validity_agrees_with_the_table_of_unicode),
		cmocka_unit_test(length_and_truncation_count_letters),
		cmocka_unit_test(reading_broken_text_ends),
		cmocka_unit_test(decomposed_letters_are_composed),
		cmocka_unit_test(very_many_marks_do_no_harm),
		cmocka_unit_test(every_composition_is_undone_and_redone),
		cmocka_unit_test(lower_case_agrees_with_the_c_library),
		cmocka_unit_test(folding_makes_search_keys),
		cmocka_unit_test(folding_and_composing_twice_changes_nothing),
		cmocka_unit_test(cologne_phonetics_of_known_words),
	};
	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
