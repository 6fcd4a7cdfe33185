/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/testing.h"
#include "web/asset_urls.h"
#include "web/assets.h"

static void every_asset_is_found_by_its_url_and_its_name(void **state)
{
	assert_true(asset_count >= 7);
	for (size_t i = 0; i < asset_count; i++) {
		const struct asset *a = &asset_table[i];

		assert_ptr_equal(asset_find(a->url), a);
		assert_ptr_equal(asset_by_name(a->name), a);
		assert_true(str_has_prefix(a->url, S("/assets/")));
		assert_true(a->type.n > 0 && a->body.n > 0);
	}
	assert_null(asset_find(S("/assets/schalter.css")));
	assert_null(asset_find(S("/assets/../asset_table.c")));
	assert_null(asset_find(STR_EMPTY));
	assert_null(asset_by_name(S("passwd")));
}

static void the_smallest_body_that_the_browser_takes_is_chosen(void **state)
{
	const struct asset *css = asset_find(S(ASSET_URL_SCHALTER_CSS));
	str encoding;

	assert_non_null(css);
	assert_ptr_equal(asset_body(css, S("gzip, deflate, br, zstd"), &encoding).p, css->br.p);
	assert_s(encoding, "br");
	assert_ptr_equal(asset_body(css, S("GZIP;q=0.5"), &encoding).p, css->gz.p);
	assert_s(encoding, "gzip");
	assert_ptr_equal(asset_body(css, S("br;q=0, gzip;q=0.8"), &encoding).p, css->gz.p);
	assert_ptr_equal(asset_body(css, S("br;q=0.000,gzip; q=0.0"), &encoding).p, css->body.p);
	assert_int_equal(encoding.n, 0);
	assert_ptr_equal(asset_body(css, S("br;q=0.01"), &encoding).p, css->br.p);
	assert_ptr_equal(asset_body(css, S("brotli, x-gzip"), &encoding).p, css->body.p);
	assert_ptr_equal(asset_body(css, STR_EMPTY, &encoding).p, css->body.p);
}

static void fonts_are_packed_already(void **state)
{
	const struct asset *font = asset_find(S(ASSET_URL_FIRA_400_WOFF2));
	str encoding = S("x");

	assert_non_null(font);
	assert_ptr_equal(asset_body(font, S("br, gzip"), &encoding).p, font->body.p);
	assert_int_equal(encoding.n, 0);
	assert_memory_equal(font->body.p, "wOF2", 4);
}

static void the_style_sheet_asks_for_nothing_but_our_own_fonts(void **state)
{
	str rest = asset_find(S(ASSET_URL_SCHALTER_CSS))->body, before, url;
	size_t urls = 0;

	assert_false(str_contains(rest, S("data:")));
	assert_false(str_contains(rest, S("@import")));
	for (ptrdiff_t at; (at = str_find(rest, S("url("))) >= 0; urls++) {
		rest = str_sub(rest, (size_t)at + 4, rest.n);
		assert_true(str_cut(rest, ')', &url, &before));
		assert_non_null(asset_find(url));
	}
	assert_int_equal(urls, 2);
}

static void what_a_first_visit_loads_stays_small(void **state)
{
	assert_true(asset_find(S(ASSET_URL_SCHALTER_CSS))->br.n <= 20000);
	assert_true(asset_find(S(ASSET_URL_SCHALTER_JS))->br.n <= 10000);
	assert_true(asset_find(S(ASSET_URL_FIRA_400_WOFF2))->body.n + asset_find(S(ASSET_URL_FIRA_600_WOFF2))->body.n <= 45000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_asset_is_found_by_its_url_and_its_name),
		cmocka_unit_test(the_smallest_body_that_the_browser_takes_is_chosen),
		cmocka_unit_test(fonts_are_packed_already),
		cmocka_unit_test(the_style_sheet_asks_for_nothing_but_our_own_fonts),
		cmocka_unit_test(what_a_first_visit_loads_stays_small),
	};

	return cmocka_run_group_tests_name("assets", tests, NULL, NULL);
}
