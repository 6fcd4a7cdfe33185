/* SPDX-License-Identifier: EUPL-1.2 */
/* From a field of the definition to what the page shows, and what the compiled templates make of hostile values. */
#include "base/testing.h"
#include "web/views.h"

static str draw(struct arena *a, const struct field_view *v)
{
	struct buf b = buf_new(a, 4096);

	view_field(&b, LANG_DE, v);
	return buf_str(&b);
}

static void every_type_of_field_can_be_shown(void **state)
{
	struct arena *a = arena_new(65536);
	const struct option option = { .id = S("eins") };
	const struct option_view shown = { .value = S("eins"), .text = S("Eins") };

	for (int type = 0; type < FIELD_TYPE_COUNT; type++) {
		struct field f = { .type = (enum field_type)type, .id = S("a.b"), .key = S("a-b"), .option = &option, .options = 1, .accept = ACCEPT_PDF };
		struct field_view v;
		str html;

		field_view_init(&v, &f);
		v.label = S("Bezeichnung");
		v.value = S("Wert");
		v.option = &shown;
		v.options = 1;
		html = draw(a, &v);
		assert_true(str_contains(html, S("Bezeichnung")) || str_contains(html, S("Eins")));
		/* whoever asks for an answer has an input with the field's key as id, so that the error summary can lead to it */
		if (type != FIELD_INFO && type != FIELD_CALC)
			assert_true(str_contains(html, S("id=\"a-b\"")));
	}
	arena_free(a);
}

static void the_browser_is_told_what_is_asked_for(void **state)
{
	struct field f = { .key = S("x"), .type = FIELD_POSTCODE };
	struct field_view v;

	field_view_init(&v, &f);
	assert_s(v.inputmode, "numeric");
	assert_s(v.autocomplete, "postal-code");
	f.autocomplete = S("shipping postal-code");
	field_view_init(&v, &f);
	assert_s(v.autocomplete, "shipping postal-code");
	f = (struct field){ .key = S("x"), .type = FIELD_IBAN };
	field_view_init(&v, &f);
	assert_s(v.autocomplete, "off");
	f = (struct field){ .key = S("x"), .type = FIELD_CHOICE, .search = true };
	field_view_init(&v, &f);
	assert_int_equal(v.look, LOOK_SEARCH);
	f = (struct field){ .key = S("x"), .type = FIELD_FILE, .accept = ACCEPT_PDF | ACCEPT_JPEG };
	field_view_init(&v, &f);
	assert_s(v.accept, ".pdf,.jpg,.jpeg");
}

static void hostile_values_stay_text(void **state)
{
	struct arena *a = arena_new(65536);
	const str evil = S("\"><script>alert(1)</script>'&<img src=x onerror=y>");
	const struct option_view option = { .value = evil, .text = evil, .hint = evil };
	const struct file_view file = { .id = evil, .name = evil, .info = evil, .href = S("javascript:alert(1)") };

	for (int look = LOOK_TEXT; look <= LOOK_PASSWORD; look++) {
		struct field_view v = { .look = (enum field_look)look, .key = S("k"), .label = evil, .hint = evil, .example = evil, .more_title = evil, .more_text = evil, .value = evil, .day = evil,
					.month = evil, .year = evil, .option = &option, .options = 1, .error = evil, .inputmode = evil, .autocomplete = evil, .suffix = evil, .file = &file, .files = 1,
					.accept = evil };
		str html = draw(a, &v);

		assert_false(str_contains(html, S("<script")));
		assert_false(str_contains(html, S("<img src=x")));
		assert_false(str_contains(html, S("\"><")) && str_contains(html, S("alert(1)<")));
		assert_false(str_contains(html, S("javascript:")));
	}
	arena_free(a);
}

static void a_line_break_at_the_beginning_of_a_text_is_kept(void **state)
{
	struct arena *a = arena_new(4096);
	struct field_view v = { .look = LOOK_AREA, .key = S("k"), .label = S("L"), .value = S("\nzweite Zeile") };

	assert_true(str_contains(draw(a, &v), S(">\n\nzweite Zeile</textarea>")));
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_type_of_field_can_be_shown),
		cmocka_unit_test(the_browser_is_told_what_is_asked_for),
		cmocka_unit_test(hostile_values_stay_text),
		cmocka_unit_test(a_line_break_at_the_beginning_of_a_text_is_kept),
	};

	return cmocka_run_group_tests_name("view_field", tests, NULL, NULL);
}
