/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/testing.h"

static struct arena *a;

static int open_arena(void **state)
{
	a = arena_new(4096);
	return 0;
}

static int close_arena(void **state)
{
	arena_free(a);
	return 0;
}

static void comparisons_accept_the_null_string(void **state)
{
	assert_true(str_eq(STR_EMPTY, S("")));
	assert_true(str_eq_ci(S("DRESDEN-9"), S("dresden-9")));
	assert_false(str_eq_ci(S("ab[c"), S("ab{c")));
	assert_false(str_eq_ci(S("ab"), S("abc")));
	assert_true(str_cmp(STR_EMPTY, S("a")) < 0);
	assert_true(str_cmp(S("\xff"), S("a")) > 0);
	assert_true(str_cmp(S("ab"), S("abc")) < 0);
	assert_int_equal(str_cmp(STR_EMPTY, S("")), 0);
	assert_int_equal(str_c(NULL).n, 0);
}

static void prefix_suffix_and_search(void **state)
{
	assert_true(str_has_prefix(S("Dresden"), S("Dre")));
	assert_true(str_has_prefix(STR_EMPTY, STR_EMPTY));
	assert_false(str_has_prefix(S("D"), S("Dre")));
	assert_true(str_has_suffix(S("a.html"), S(".html")));
	assert_false(str_has_suffix(S("html"), S(".html")));
	assert_int_equal(str_index(S("a=b"), '='), 1);
	assert_int_equal(str_index(STR_EMPTY, '='), -1);
	assert_int_equal(str_find(S("abcabd"), S("abd")), 3);
	assert_int_equal(str_find(S("ab"), S("abc")), -1);
	assert_int_equal(str_find(STR_EMPTY, S("")), 0);
	assert_true(str_contains(S("Bußtag"), S("ß")));
}

static void sub_is_clamped(void **state)
{
	assert_s(str_sub(S("abcdef"), 2, 4), "cd");
	assert_s(str_sub(S("abc"), 1, 99), "bc");
	assert_s(str_sub(S("abc"), 5, 9), "");
	assert_s(str_sub(S("abc"), 2, 1), "");
	assert_s(str_sub(STR_EMPTY, 0, 1), "");
}

static void trim_takes_ascii_blanks_and_no_break_space(void **state)
{
	assert_s(str_trim(S(" \t\r\n\xc2\xa0 a b\xc2\xa0 ")), "a b");
	assert_s(str_trim(S("\xc2\xa0")), "");
	assert_s(str_trim(S("\xc3\xa0")), "à");
	assert_s(str_trim(STR_EMPTY), "");
}

static void split_gives_empty_parts_too(void **state)
{
	str rest = S("a,,b,"), part;
	const char *want[] = {"a", "", "b", ""};
	for (int i = 0; i < 4; i++) {
		assert_true(str_split(&rest, ',', &part));
		assert_s(part, want[i]);
	}
	assert_false(str_split(&rest, ',', &part));
	rest = STR_EMPTY;
	assert_false(str_split(&rest, ',', &part));
}

static void cut_needs_the_separator(void **state)
{
	str before = S("x"), after = S("y");
	assert_false(str_cut(S("abc"), '=', &before, &after));
	assert_s(before, "x");
	assert_true(str_cut(S("a=b=c"), '=', &before, &after));
	assert_s(before, "a");
	assert_s(after, "b=c");
	assert_true(str_cut(S("="), '=', &before, &after));
	assert_int_equal(before.n + after.n, 0);
}

static void copies_end_with_nul(void **state)
{
	str d = str_dup(a, str_sub(S("abcdef"), 1, 3));
	assert_s(d, "bc");
	assert_int_equal(d.p[2], 0);
	assert_string_equal(str_z(a, STR_EMPTY), "");
}

static void fmt_makes_short_and_long_strings(void **state)
{
	assert_s(str_fmt(a, "%d-%s", 5, "x"), "5-x");
	for (int n = 250; n < 260; n++) {
		str s = str_fmt(a, "%0*d", n, 7);
		assert_int_equal(s.n, n);
		assert_int_equal(s.p[n - 1], '7');
		assert_int_equal(s.p[n], 0);
	}
}

static void replace_replaces_all(void **state)
{
	assert_s(str_replace(a, S("aXbXX"), S("X"), S("--")), "a--b----");
	assert_s(str_replace(a, S("aaa"), S("aa"), S("")), "a");
	assert_s(str_replace(a, S("abc"), S(""), S("x")), "abc");
	assert_s(str_replace(a, STR_EMPTY, S("q"), S("x")), "");
	assert_s(str_lower_ascii(a, S("ÄBC-Z[")), "Äbc-z[");
}

static void numbers_are_read_strictly(void **state)
{
	int64_t v = 99;
	assert_ok(str_to_i64(S("-9223372036854775808"), &v));
	assert_true(v == INT64_MIN);
	assert_ok(str_to_i64(S("9223372036854775807"), &v));
	assert_true(v == INT64_MAX);
	assert_rc(str_to_i64(S("9223372036854775808"), &v), ERR_OVERFLOW);
	assert_rc(str_to_i64(S("-9223372036854775809"), &v), ERR_OVERFLOW);
	assert_rc(str_to_i64(S("99999999999999999999999"), &v), ERR_OVERFLOW);
	assert_ok(str_to_i64(S("007"), &v));
	assert_int_equal(v, 7);
	static const char *bad[] = {
		"", "-", "+1", " 1", "1 ", "1.0", "0x1", "--1", "1e3", "9999999999999999999999x"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_rc(str_to_i64(str_c(bad[i]), &v), ERR_PARSE);
	assert_int_equal(v, 7);
}

static void number_round_trip(void **state)
{
	uint64_t rnd = 7;
	for (int i = 0; i < 20000; i++) {
		int64_t v = (int64_t)(test_random(&rnd) >> (rnd % 64)), back;
		if (i & 1)
			v = -v;
		struct arena_mark m = arena_mark(a);
		assert_ok(str_to_i64(str_fmt(a, "%lld", (long long)v), &back));
		assert_true(v == back);
		arena_rewind(a, m);
	}
}

static void hashes_differ_and_repeat(void **state)
{
	uint64_t seen[300];
	char text[300];
	for (size_t n = 0; n < 300; n++) {
		text[n] = 'a';
		seen[n] = str_hash((str){text, n});
		for (size_t k = 0; k < n; k++)
			assert_true(seen[k] != seen[n]);
		assert_true(seen[n] == str_hash((str){text, n}));
	}
}

static void secrets_are_compared_by_content(void **state)
{
	assert_true(str_eq_secret(S("geheim"), S("geheim")));
	assert_false(str_eq_secret(S("geheim"), S("geheiM")));
	assert_false(str_eq_secret(S("geheim"), S("Xeheim")));
	assert_false(str_eq_secret(S("geheim"), S("gehei")));
	assert_true(str_eq_secret(STR_EMPTY, S("")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(comparisons_accept_the_null_string),
		cmocka_unit_test(prefix_suffix_and_search),
		cmocka_unit_test(sub_is_clamped),
		cmocka_unit_test(trim_takes_ascii_blanks_and_no_break_space),
		cmocka_unit_test(split_gives_empty_parts_too),
		cmocka_unit_test(cut_needs_the_separator),
		cmocka_unit_test(copies_end_with_nul),
		cmocka_unit_test(fmt_makes_short_and_long_strings),
		cmocka_unit_test(replace_replaces_all),
		cmocka_unit_test(numbers_are_read_strictly),
		cmocka_unit_test(number_round_trip),
		cmocka_unit_test(hashes_differ_and_repeat),
		cmocka_unit_test(secrets_are_compared_by_content),
	};
	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
