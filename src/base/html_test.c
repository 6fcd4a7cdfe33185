/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/testing.h"

#include "base/html.h"

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

static str done(void (*put)(struct buf *, str), str s)
{
	struct buf b = buf_new(a, 16);
	put(&b, s);
	return buf_str(&b);
}

static void each_context_escapes_what_it_must(void **state)
{
	static const str in = STR_INIT("<a href=\"x\">Tom's & Söhne</a>");
	assert_s(done(html_text, in), "&lt;a href=\"x\"&gt;Tom's &amp; Söhne&lt;/a&gt;");
	assert_s(
		done(html_attr, in), "&lt;a href=&quot;x&quot;&gt;Tom&#39;s &amp; Söhne&lt;/a&gt;");
	assert_s(done(html_text, STR_EMPTY), "");
	assert_s(done(html_attr, S("<>&\"'")), "&lt;&gt;&amp;&quot;&#39;");
}

static str slow(str s, bool attr)
{
	struct buf b = buf_new(a, 16);
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (c == '<')
			buf_put(&b, S("&lt;"));
		else if (c == '>')
			buf_put(&b, S("&gt;"));
		else if (c == '&')
			buf_put(&b, S("&amp;"));
		else if (attr && c == '"')
			buf_put(&b, S("&quot;"));
		else if (attr && c == '\'')
			buf_put(&b, S("&#39;"));
		else
			buf_putc(&b, c);
	}
	return buf_str(&b);
}

static void fast_and_slow_escaping_agree_at_every_length_and_place(void **state)
{
	static const char signs[] = "<>&\"'abcdefghijklmnopqrstuvwxyz\xc3\xa4 ;=\x80\xff\x01";
	uint64_t rnd = 23;
	for (int i = 0; i < 20000; i++) {
		struct arena_mark m = arena_mark(a);
		size_t n = test_random(&rnd) % 70;
		/* an exact block of memory, so that the sanitizer sees reading beyond */
		char *p = arena_alloc_raw(a, n);
		for (size_t k = 0; k < n; k++)
			p[k] = signs[test_random(&rnd) % (i % 2 ? sizeof signs - 1 : 300) %
				(sizeof signs - 1)];
		str s = {p, n};
		assert_str(done(html_text, s), slow(s, false));
		assert_str(done(html_attr, s), slow(s, true));
		arena_rewind(a, m);
	}
}

static void harmless_urls_pass(void **state)
{
	static const char *good[][2] = {
		{"", ""},
		{"/dresden/start?a=1&b=2#top", "/dresden/start?a=1&amp;b=2#top"},
		{"?lang=en", "?lang=en"},
		{"#fehler", "#fehler"},
		{"seite.html", "seite.html"},
		{"a/b:c", "a/b:c"},
		{"https://example.de/", "https://example.de/"},
		{"HTTP://example.de", "HTTP://example.de"},
		{"mailto:rathaus@example.de", "mailto:rathaus@example.de"},
		{"tel:+493511234", "tel:+493511234"},
		{"/straße", "/straße"},
		{"/\"onclick='x'", "/&quot;onclick=&#39;x&#39;"},
	};
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		assert_s(done(html_url, str_c(good[i][0])), good[i][1]);
}

static void other_urls_become_a_mere_sign(void **state)
{
	static const char *bad[] = {
		"javascript:alert(1)",
		"JaVaScRiPt:x",
		" javascript:x",
		"java\nscript:x",
		"java\tscript:x",
		"\x01javascript:x",
		"data:text/html,x",
		"vbscript:x",
		"file:///etc/passwd",
		"blob:x",
		"//evil.example",
		"/\\evil.example",
		"\\\\evil.example",
		":x",
		"ftp://x",
		"httpx://x",
		"http s:x",
		"\x7fjavascript:x",
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_s(done(html_url, str_c(bad[i])), "#");
	assert_s(done(html_url, S("java\0script:x")), "#");
}

static void a_part_of_a_url_is_percent_encoded(void **state)
{
	assert_s(done(html_url_part, S("a/b?\"ä")), "a%2Fb%3F%22%C3%A4");
}

static void literals_are_put_as_they_are(void **state)
{
	struct buf b = buf_new(a, 4);
	html_lit(&b, "<p class=\"x\">");
	assert_s(buf_str(&b), "<p class=\"x\">");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_context_escapes_what_it_must),
		cmocka_unit_test(fast_and_slow_escaping_agree_at_every_length_and_place),
		cmocka_unit_test(harmless_urls_pass),
		cmocka_unit_test(other_urls_become_a_mere_sign),
		cmocka_unit_test(a_part_of_a_url_is_percent_encoded),
		cmocka_unit_test(literals_are_put_as_they_are),
	};
	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
