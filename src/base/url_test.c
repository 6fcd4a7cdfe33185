/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/testing.h"

#include "base/url.h"

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

static void all_but_unreserved_is_percent_encoded(void **state)
{
	assert_s(url_encode(a, S("AZaz09-._~")), "AZaz09-._~");
	assert_s(url_encode(a, S("a b/ä?&=+%\"<")), "a%20b%2F%C3%A4%3F%26%3D%2B%25%22%3C");
	assert_s(url_encode(a, STR_EMPTY), "");
}

static void decoding_is_strict(void **state)
{
	str s = S("before");
	assert_ok(url_decode(a, S("a%20b%2f%C3%A4+c"), false, &s));
	assert_s(s, "a b/ä+c");
	assert_ok(url_decode(a, S("a+b%2B"), true, &s));
	assert_s(s, "a b+");
	assert_ok(url_decode(a, STR_EMPTY, true, &s));
	assert_s(s, "");
	s = S("before");
	static const char *bad[] = {"%", "%4", "%g0", "%0g", "a%", "%00", "%ff", "%C3", "%C3%28",
		"%ED%A0%80", "\xff", "%%41", "%-1", "% 1"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_rc(url_decode(a, str_c(bad[i]), true, &s), ERR_PARSE);
	assert_rc(url_decode(a, S("a\0b"), true, &s), ERR_PARSE);
	assert_s(s, "before");
}

static void forms_keep_order_and_duplicates(void **state)
{
	struct pairs p;
	assert_ok(form_parse(
		a, S("name=Erika+M%C3%BCller&x=1&x=2&empty=&flag&=only&&a=b=c&"), 20, &p));
	static const char *want[][2] = {{"name", "Erika Müller"}, {"x", "1"}, {"x", "2"},
		{"empty", ""}, {"flag", ""}, {"", "only"}, {"a", "b=c"}};
	assert_int_equal(p.n, sizeof want / sizeof *want);
	for (size_t i = 0; i < p.n; i++) {
		assert_s(p.v[i].name, want[i][0]);
		assert_s(p.v[i].value, want[i][1]);
	}
	assert_s(pairs_get(&p, S("x")), "1");
	assert_s(pairs_get(&p, S("missing")), "");
	assert_true(pairs_has(&p, S("flag")));
	assert_false(pairs_has(&p, S("fla")));
}

static void an_encoded_sign_does_not_separate(void **state)
{
	struct pairs p;
	assert_ok(form_parse(a, S("a%3Db=%26c%3Dd"), 1, &p));
	assert_int_equal(p.n, 1);
	assert_s(p.v[0].name, "a=b");
	assert_s(p.v[0].value, "&c=d");
	/* a broken escape must not reach over a separator */
	assert_rc(form_parse(a, S("a=%4&1=b"), 5, &p), ERR_PARSE);
	assert_rc(form_parse(a, S("a%=20"), 5, &p), ERR_PARSE);
	assert_rc(form_parse(a, S("a=%C3&%A4=b"), 5, &p), ERR_PARSE);
	assert_rc(form_parse(a, S("a=%00"), 5, &p), ERR_PARSE);
}

static void too_many_pairs_are_refused(void **state)
{
	struct pairs p;
	assert_ok(form_parse(a, S("a&b&c"), 3, &p));
	assert_rc(form_parse(a, S("a&b&c&d"), 3, &p), ERR_LIMIT);
	assert_ok(form_parse(a, STR_EMPTY, 0, &p));
	assert_int_equal(p.n, 0);
	assert_ok(form_parse(a, S("&&&&&"), 0, &p));
	assert_int_equal(p.n, 0);
}

static void the_body_itself_stays_unchanged(void **state)
{
	char body[] = "a=%41+b";
	struct pairs p;
	assert_ok(form_parse(a, str_c(body), 9, &p));
	assert_string_equal(body, "a=%41+b");
	body[0] = 'z';
	assert_s(p.v[0].name, "a");
}

static void what_is_encoded_comes_back(void **state)
{
	uint64_t rnd = 17;
	for (int i = 0; i < 3000; i++) {
		struct arena_mark m = arena_mark(a);
		struct buf name = buf_new(a, 16), value = buf_new(a, 16), body = buf_new(a, 64);
		for (uint64_t n = test_random(&rnd) % 12; n > 0; n--)
			buf_utf8(&name,
				1 + (uint32_t)(test_random(&rnd) % (n & 1 ? 0x7e : 0x20000)));
		for (uint64_t n = test_random(&rnd) % 12; n > 0; n--)
			buf_utf8(&value,
				1 + (uint32_t)(test_random(&rnd) % (n & 1 ? 0x7e : 0x20000)));
		buf_put(&body, S("x=1&"));
		url_put(&body, buf_str(&name));
		buf_putc(&body, '=');
		url_put(&body, buf_str(&value));
		struct pairs p;
		assert_ok(form_parse(a, buf_str(&body), 2, &p));
		assert_int_equal(p.n, 2);
		assert_str(p.v[1].name, buf_str(&name));
		assert_str(p.v[1].value, buf_str(&value));
		arena_rewind(a, m);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_but_unreserved_is_percent_encoded),
		cmocka_unit_test(decoding_is_strict),
		cmocka_unit_test(forms_keep_order_and_duplicates),
		cmocka_unit_test(an_encoded_sign_does_not_separate),
		cmocka_unit_test(too_many_pairs_are_refused),
		cmocka_unit_test(the_body_itself_stays_unchanged),
		cmocka_unit_test(what_is_encoded_comes_back),
	};
	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
