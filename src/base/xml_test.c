/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/testing.h"

#include "base/xml.h"
#include "base/xml_read.h"

static void text_and_attributes_are_escaped(void **state)
{
	AUTO(arena_freep) struct arena *a = arena_new(4096);
	struct buf b = buf_new(a, 64);
	struct xml x;

	xml_begin(&x, &b, false);
	xml_open(&x, S("a:b"));
	xml_attr(&x, S("c"), S("<\"&\n>"));
	xml_text(&x, S("1 < 2 & 3 > 2\x01"));
	xml_close(&x);
	xml_end(&x);
	assert_string_equal(b.p, "<?xml version=\"1.0\" encoding=\"UTF-8\"?><a:b c=\"&lt;&quot;&amp;&#10;&gt;\">1 &lt; 2 &amp; 3 &gt; 2</a:b>\n");
}

static void elements_are_indented(void **state)
{
	AUTO(arena_freep) struct arena *a = arena_new(4096);
	struct buf b = buf_new(a, 64);
	struct xml x;

	xml_begin(&x, &b, true);
	xml_open(&x, S("a"));
	xml_leaf(&x, S("b"), S("x"));
	xml_leaf(&x, S("c"), STR_EMPTY);
	xml_close(&x);
	xml_end(&x);
	assert_string_equal(b.p, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a>\n\t<b>x</b>\n\t<c/>\n</a>\n");
}

struct seen {
	struct buf b;
	str skip;
};

static bool seen_open(void *arg, const struct xml_element *e)
{
	struct seen *s = arg;

	if (str_eq(e->name, s->skip))
		return false;
	buf_fmt(&s->b, "%u<%.*s %.*s", (unsigned)e->line, STR_FMT(e->name), STR_FMT(e->ns));
	for (size_t i = 0; i < e->attrs; i++)
		buf_fmt(&s->b, " %.*s=%.*s", STR_FMT(e->attr[i].name), STR_FMT(e->attr[i].value));
	buf_put(&s->b, S(">"));
	return true;
}

static void seen_close(void *arg, str name, str text)
{
	struct seen *s = arg;

	buf_fmt(&s->b, "[%.*s]</%.*s>", STR_FMT(str_trim(text)), STR_FMT(name));
}

static str read(struct arena *a, const char *text, const char *skip, int *ret_rc, struct xml_error *e)
{
	struct seen s = { buf_new(a, 100), str_c(skip) };
	struct xml_sink sink = { &s, seen_open, seen_close };

	*ret_rc = xml_read(a, str_c(text), &sink, e);
	return buf_str(&s.b);
}

static void namespaces_entities_and_lines_are_told(void **state)
{
	AUTO(arena_freep) struct arena *a = arena_new(4096);
	struct xml_error e;
	int rc;
	str s = read(a, "<p:a xmlns:p='urn:x'>\n<b c='1&amp;2&#38;3'>x &lt; <![CDATA[<y>]]></b><skip><b/></skip></p:a>", "skip", &rc, &e);

	assert_int_equal(rc, 0);
	assert_string_equal(str_z(a, s), "1<a urn:x>2<b  c=1&2&3>[x < <y>]</b>[]</a>");
}

static void a_dtd_is_refused_and_so_is_its_entity(void **state)
{
	AUTO(arena_freep) struct arena *a = arena_new(4096);
	struct xml_error e;
	int rc;
	str s = read(a, "<!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><a>&e;</a>", "", &rc, &e);

	assert_int_equal(rc, ERR_PARSE);
	assert_string_equal(str_z(a, s), "");
	assert_non_null(strstr(e.text, "DTD"));
	read(a, "<a>&unknown;</a>", "", &rc, &e);
	assert_int_equal(rc, ERR_PARSE);
}

static void what_is_malformed_is_told_with_its_line(void **state)
{
	AUTO(arena_freep) struct arena *a = arena_new(4096);
	static const char *const bad[] = { "<a>\n<b></a>", "<a>", "", "x", "<a/><b/>", "<a b=1/>", "<a>\xff</a>" };
	struct xml_error e;
	int rc;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		read(a, bad[i], "", &rc, &e);
		assert_int_equal(rc, ERR_PARSE);
		assert_true(e.text[0]);
	}
	read(a, bad[0], "", &rc, &e);
	assert_int_equal(e.line, 2);
}

static void nesting_has_an_end(void **state)
{
	AUTO(arena_freep) struct arena *a = arena_new(4096);
	struct buf b = buf_new(a, 4096);
	struct xml_error e;
	int rc;

	for (int i = 0; i < 300; i++)
		buf_put(&b, S("<a>"));
	read(a, b.p, "", &rc, &e);
	assert_true(rc == ERR_LIMIT || rc == ERR_PARSE);
	buf_reset(&b);
	buf_put(&b, S("<s>"));
	for (int i = 0; i < 300; i++)
		buf_put(&b, S("<a>"));
	read(a, b.p, "s", &rc, &e);
	assert_true(rc == ERR_LIMIT || rc == ERR_PARSE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_and_attributes_are_escaped),
		cmocka_unit_test(elements_are_indented),
		cmocka_unit_test(namespaces_entities_and_lines_are_told),
		cmocka_unit_test(a_dtd_is_refused_and_so_is_its_entity),
		cmocka_unit_test(what_is_malformed_is_told_with_its_line),
		cmocka_unit_test(nesting_has_an_end),
	};

	return cmocka_run_group_tests_name("xml", tests, NULL, NULL);
}
