/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/testing.h"
#include "wire/md.h"

static struct arena *a;

static int open_arena(void **state)
{
	a = arena_new(1 << 16);
	return 0;
}

static int close_arena(void **state)
{
	arena_free(a);
	return 0;
}

static str html(const char *md)
{
	struct buf b = buf_new(a, 256);

	assert_ok(md_html(&b, str_c(md), 1));
	return buf_str(&b);
}

static void plain_markdown_becomes_html_with_shifted_headings(void **state)
{
	assert_s(html("# Titel\n\n**fett** und *betont*"), "<h2>Titel</h2>\n<p><strong>fett</strong> und <em>betont</em></p>\n");
	assert_s(html("###### tief"), "<h6>tief</h6>\n");
	assert_s(html("a < b & c"), "<p>a &lt; b &amp; c</p>\n");
	assert_s(html("- eins\n- zwei"), "<ul>\n<li>eins</li>\n<li>zwei</li>\n</ul>\n");
	assert_s(html(""), "");
}

static void raw_html_and_pictures_are_dropped(void **state)
{
	assert_s(html("vor <b onclick=x>fett</b> nach"), "<p>vor fett nach</p>\n");
	assert_s(html("<script>alert(1)</script>\n\nText"), "<p>Text</p>\n");
	assert_s(html("![Bild](https://x.example/a.png)"), "<p>Bild</p>\n");
	assert_s(html("[![a](b)](javascript:alert(1))"), "<p>a</p>\n");
}

static void only_known_addresses_stay_links(void **state)
{
	static const char *const bad[] = { "javascript:alert(1)", "JaVaScRiPt:x", "data:text/html,x", "file:///etc/passwd",
		"//evil.example/", "vbscript:x", "\\\\evil.example", "&#106;avascript:x", "blob:x" };

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		str h = html(str_fmt(a, "[Wort](<%s>)", bad[i]).p);
		if (str_contains(h, S("href")))
			print_error("%s -> %.*s\n", bad[i], STR_FMT(h));
		assert_false(str_contains(h, S("href")));
		assert_true(str_contains(h, S("Wort")));
	}
	assert_s(html("[a](https://x.example/?a=1&b=2)"), "<p><a href=\"https://x.example/?a=1&amp;b=2\">a</a></p>\n");
	assert_s(html("[a](/dresden/hund)"), "<p><a href=\"/dresden/hund\">a</a></p>\n");
	assert_s(html("<mailto:a@b.example>"), "<p><a href=\"mailto:a@b.example\">mailto:a@b.example</a></p>\n");
	assert_s(html("[a](tel:+49351)"), "<p><a href=\"tel:+49351\">a</a></p>\n");
}

static void an_escaped_value_shows_exactly_itself(void **state)
{
	static const char *const value[] = { "# kein Titel", "1. nicht zählen", "- Strich", "*Stern* _Strich_", "<b>x</b>",
		"[a](http://x)", "a\\b", "&amp;", "`code`", "Größe & Co. KG (2. OG)", "~~~", "a|b", "> Zitat", "===" };

	for (size_t i = 0; i < sizeof value / sizeof *value; i++) {
		struct buf b = buf_new(a, 64);
		assert_ok(md_text(&b, md_escape(a, str_c(value[i]))));
		assert_s(buf_str(&b), value[i]);
		struct buf h = buf_new(a, 64);
		assert_ok(md_html(&h, md_escape(a, str_c(value[i])), 0));
		assert_true(str_has_prefix(buf_str(&h), S("<p>")));
	}
	assert_s(md_escape(a, S("    zwei\n\n Zeilen ")), "zwei Zeilen");
}

static void markdown_becomes_blocks_of_a_pdf(void **state)
{
	struct pdf_doc *d = pdf_doc_new(a, S("de"), S("Bescheid"));
	str out;

	assert_ok(md_pdf(a, d, S("## Gründe\n\nDer Antrag ist **vollständig**, siehe [hier](https://x.example/).\n\n"
				 "1. eins\n2. zwei\n   - darunter\n\n> Zitat\n\n---\n\n    Code\n")));
	assert_ok(pdf_write(a, d, &out));
	assert_true(out.n > 1000);
}

static void a_megabyte_is_the_limit(void **state)
{
	struct buf b = buf_new(a, 64);
	char *big = arena_alloc(a, (1 << 20) + 1);

	memset(big, '[', (1 << 20) + 1);
	assert_rc(md_html(&b, str_n(big, (1 << 20) + 1), 0), ERR_LIMIT);
	assert_ok(md_html(&b, str_n(big, 20000), 0));
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, open_arena, close_arena)
	const struct CMUnitTest tests[] = {
		T(plain_markdown_becomes_html_with_shifted_headings),
		T(raw_html_and_pictures_are_dropped),
		T(only_known_addresses_stay_links),
		T(an_escaped_value_shows_exactly_itself),
		T(markdown_becomes_blocks_of_a_pdf),
		T(a_megabyte_is_the_limit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
