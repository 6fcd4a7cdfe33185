/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/testing.h"

#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/pattern.h"

static struct arena *a;

static int begin(void **state)
{
	a = arena_new(65536);
	return 0;
}

static int end(void **state)
{
	arena_free(a);
	return 0;
}

static const struct pattern *compile(const char *source)
{
	const struct pattern *p;

	assert_int_equal(pattern_compile(a, str_c(source), &p), 0);
	return p;
}

static void the_whole_text_must_fit(void **state)
{
	static const struct {
		const char *pattern, *text;
		bool good;
	} t[] = {
		{ "[0-9]{5}", "01067", true }, { "[0-9]{5}", "0106", false }, { "[0-9]{5}", "010677", false },
		{ "([0]{1}[1-9]{1}|[1-9]{1}[0-9]{1})[0-9]{3}", "01067", true }, { "([0]{1}[1-9]{1}|[1-9]{1}[0-9]{1})[0-9]{3}", "00067", false },
		{ "[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\\.[A-Za-z]{1,63}$", "a.b@c.example", true }, { "[a-z]+@[a-z]+$", "a@", false },
		{ "^a$", "a", true }, { "a^b", "ab", false }, { "", "", true }, { "", "a", false }, { "a|b|cd", "cd", true }, { "a|b|cd", "c", false },
		{ "(a|b)*c?", "abba", true }, { "(a|b)*c?", "abbacc", false }, { "x{2,}", "x", false }, { "x{2,}", "xxxx", true }, { "x{0,2}", "", true },
		{ "x{0,2}", "xxx", false }, { "[^0-9]+", "äö", true }, { "[^0-9]+", "ä1", false }, { ".", "ß", true }, { ".", "\n", false },
		{ "\\d\\D\\w\\W\\s\\S", "1a_- x", true }, { "\\p{L}+", "Łukaszä", true }, { "\\p{L}+", "1", false }, { "[\\d\\-]+", "1-2", true },
		{ "\\u00e4", "ä", true }, { "[]a]", "]", true }, { "(?:ab)+?", "abab", true }, { "a\\.b", "a.b", true }, { "a\\.b", "axb", false },
		{ "(a?){3}", "aa", true }, { "((a))", "a", true }, { "()", "", true }, { "|a", "", true }, { "[a-]", "-", true },
	};

	for (size_t i = 0; i < sizeof t / sizeof *t; i++)
		if (pattern_matches(a, compile(t[i].pattern), str_c(t[i].text)) != t[i].good)
			fail_msg("\"%s\" and \"%s\": should be %d", t[i].pattern, t[i].text, t[i].good);
}

static void what_is_no_pattern_does_not_compile(void **state)
{
	static const char *const bad[] = { "(", ")", "[", "[b-a]", "a{", "a{2,1}", "*a", "a{9999}", "(?=a)", "(a)\\1", "\\", "a{1000}{1000}", "\\q", "\\p{Foo}", "a**", "[\\d-z",
					   "a]", "\xff" };
	const struct pattern *p;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (pattern_compile(a, str_c(bad[i]), &p) >= 0)
			fail_msg("\"%s\" compiles", bad[i]);
}

static void time_grows_with_the_text_only(void **state)
{
	const struct pattern *p = compile("(a+)+(a|aa)*(a*)*b");
	struct buf b = buf_new(a, 65536);
	int64_t start = clock_monotonic_us();

	for (int i = 0; i < 20000; i++)
		buf_putc(&b, 'a');
	assert_false(pattern_matches(a, p, buf_str(&b)));
	assert_true(clock_monotonic_us() - start < 2000000);
}

static void nesting_costs_no_more_than_its_steps(void **state)
{
	struct buf b = buf_new(a, 4096);
	const struct pattern *p;
	int64_t start = clock_monotonic_us();

	for (int i = 0; i < 28; i++)
		buf_put(&b, S("(x|"));
	buf_putc(&b, 'a');
	for (int i = 0; i < 28; i++)
		buf_put(&b, S(")?"));
	assert_int_equal(pattern_compile(a, buf_str(&b), &p), 0);
	assert_true(pattern_matches(a, p, S("a")));
	assert_true(clock_monotonic_us() - start < 1000000);
}

static void an_example_fits_its_pattern(void **state)
{
	static const char *const good[] = { "[0-9]{5}", "([0]{1}[1-9]{1}|[1-9]{1}[0-9]{1})[0-9]{3}", "[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\\.[A-Za-z]{1,63}$", "a|bcd", "[^a-z]*", "x{3,}",
					    "^(DE)?[0-9]{2} \\p{L}$", "[A-ZÄÖÜ]{1,3}-[A-Z]{1,2} [0-9]{1,4}" };

	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		for (size_t least = 0; least < 12; least += 5) {
			const struct pattern *p = compile(good[i]);
			str s = pattern_example(a, p, least);

			if (!pattern_matches(a, p, s))
				fail_msg("\"%s\": \"%.*s\"", good[i], STR_FMT(s));
		}
	assert_int_equal(pattern_example(a, compile("a$b"), 0).n, 0);
	assert_int_equal(pattern_example(a, compile("x{3,}"), 7).n, 7);
}

static void words_are_told_from_patterns(void **state)
{
	assert_true(pattern_is_prose(S("Codeliste Regionalschlüssel")));
	assert_true(pattern_is_prose(S("Mehrfachauswahl")));
	assert_false(pattern_is_prose(S("[0-9]")));
	assert_true(pattern_is_ecma(S("[0-9]\\.")));
	assert_false(pattern_is_ecma(S("\\-")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_whole_text_must_fit, begin, end),
		cmocka_unit_test_setup_teardown(what_is_no_pattern_does_not_compile, begin, end),
		cmocka_unit_test_setup_teardown(time_grows_with_the_text_only, begin, end),
		cmocka_unit_test_setup_teardown(nesting_costs_no_more_than_its_steps, begin, end),
		cmocka_unit_test_setup_teardown(an_example_fits_its_pattern, begin, end),
		cmocka_unit_test_setup_teardown(words_are_told_from_patterns, begin, end),
	};

	return cmocka_run_group_tests_name("pattern", tests, NULL, NULL);
}
