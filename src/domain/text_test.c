/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/testing.h"
#include "domain/text.h"

static void a_key_gives_its_text_in_both_languages(void **state)
{
	assert_true(str_eq(text_get(LANG_DE, TX_FORM_NEXT), S("Weiter")));
	assert_true(str_eq(text_get(LANG_EN, TX_FORM_NEXT), S("Continue")));
	assert_true(str_eq(text_key(TX_FORM_NEXT), S("form.next")));
}

static void every_key_is_found_by_its_name_and_nothing_else_is(void **state)
{
	enum text_id id;

	for (int i = 0; i < TX_COUNT; i++) {
		assert_true(text_find(text_key((enum text_id)i), &id));
		assert_int_equal(id, i);
		assert_true(text_get(LANG_DE, id).n > 0);
		assert_true(text_get(LANG_EN, id).n > 0);
	}
	assert_false(text_find(S("form.nex"), &id));
	assert_false(text_find(S("form.nextt"), &id));
	assert_false(text_find(STR_EMPTY, &id));
	assert_int_equal(text_by_key(LANG_DE, S("zzz.none")).n, 0);
	assert_true(str_eq(text_by_key(LANG_DE, S("form.next")), S("Weiter")));
}

static void one_and_many_have_their_own_form(void **state)
{
	struct arena *a = arena_new(1024);

	assert_true(str_eq(text_format_str(a, LANG_DE, TX_SEARCH_FOUND, (struct text_arg[]){ TEXT_N(1) }, 1), S("Eine Leistung gefunden")));
	assert_true(str_eq(text_format_str(a, LANG_DE, TX_SEARCH_FOUND, (struct text_arg[]){ TEXT_N(0) }, 1), S("0 Leistungen gefunden")));
	assert_true(str_eq(text_format_str(a, LANG_EN, TX_SEARCH_FOUND, (struct text_arg[]){ TEXT_N(12) }, 1), S("12 services found")));
	arena_free(a);
}

static void arguments_are_filled_in_and_escaped_for_html(void **state)
{
	struct arena *a = arena_new(1024);
	struct buf b = buf_new(a, 64);
	struct text_arg arg[] = { TEXT_ARG("words", S("<b>\"{n}\"&'")) };

	text_format(&b, LANG_DE, TX_SEARCH_FOR_WORDS, arg, 1);
	assert_true(str_eq(buf_str(&b), S("für „<b>\"{n}\"&'“")));
	buf_reset(&b);
	text_format_html(&b, LANG_DE, TX_SEARCH_FOR_WORDS, arg, 1);
	assert_false(str_contains(buf_str(&b), S("<b>")));
	assert_false(str_contains(buf_str(&b), S("\"")));
	assert_false(str_contains(buf_str(&b), S("'")));
	assert_true(str_contains(buf_str(&b), S("&lt;b&gt;")));
	arena_free(a);
}

static void a_missing_argument_is_seen(void **state)
{
	struct arena *a = arena_new(1024);

	assert_true(str_eq(text_format_str(a, LANG_DE, TX_SEARCH_FOR_WORDS, NULL, 0), S("für „{words}“")));
	arena_free(a);
}

static void languages_are_read_from_their_codes(void **state)
{
	enum lang l = LANG_DE;

	assert_true(lang_parse(S("en"), &l) && l == LANG_EN);
	assert_true(lang_parse(S("DE"), &l) && l == LANG_DE);
	assert_true(lang_parse(S("en-GB"), &l) && l == LANG_EN);
	assert_false(lang_parse(S("fr"), &l));
	assert_false(lang_parse(S("english"), &l));
	assert_false(lang_parse(STR_EMPTY, &l));
	assert_true(str_eq(lang_code(LANG_EN), S("en")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_gives_its_text_in_both_languages),
		cmocka_unit_test(every_key_is_found_by_its_name_and_nothing_else_is),
		cmocka_unit_test(one_and_many_have_their_own_form),
		cmocka_unit_test(arguments_are_filled_in_and_escaped_for_html),
		cmocka_unit_test(a_missing_argument_is_seen),
		cmocka_unit_test(languages_are_read_from_their_codes),
	};

	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
