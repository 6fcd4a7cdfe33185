/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/testing.h"

#include "wire/genericode.h"

static struct arena *a;

static int begin(void **state)
{
	a = arena_new(4096);
	return 0;
}

static int end(void **state)
{
	arena_free(a);
	return 0;
}

#define IS(s, c) assert_string_equal(str_z(a, s), c)
#define HEAD "<gc:CodeList xmlns:gc='http://docs.oasis-open.org/codelist/ns/genericode/1.0/'><Identification><ShortName>Farbe</ShortName><Version>2</Version>" \
	"<CanonicalUri>urn:x</CanonicalUri><CanonicalVersionUri>urn:x_2</CanonicalVersionUri><Agency><LongName>Amt</LongName></Agency></Identification>"
#define COLUMNS "<ColumnSet><Column Id='c'><ShortName>Schluessel</ShortName></Column><Column Id='bezeichnung'/><Column Id='h'/>" \
	"<Key Id='k'><ColumnRef Ref='c'/></Key></ColumnSet>"
#define VALUE(c, v) "<Value ColumnRef='" c "'><SimpleValue>" v "</SimpleValue></Value>"

static struct genericode *read(const char *text, const struct genericode_hints *h)
{
	struct genericode *list;
	struct xml_error e;

	assert_int_equal(genericode_read(a, str_c(text), h, &list, &e), 0);
	return list;
}

static void codes_and_names_are_found_by_key_and_name(void **state)
{
	struct genericode *g = read(HEAD COLUMNS "<SimpleCodeList><Row>" VALUE("bezeichnung", "rot") VALUE("c", "01") "</Row><Row>"
		VALUE("c", "02") VALUE("h", "wie das Meer") "</Row><Row>" VALUE("c", "02") "</Row><Row>" VALUE("h", "?") "</Row></SimpleCodeList></gc:CodeList>", NULL);

	IS(g->uri, "urn:x");
	IS(g->version, "2");
	IS(g->version_uri, "urn:x_2");
	IS(g->short_name, "Farbe");
	IS(g->long_name, "");
	assert_int_equal(g->entries, 2);
	assert_int_equal(g->skipped, 2);
	IS(g->entry[0].code, "01");
	IS(g->entry[0].name, "rot");
	IS(g->entry[1].name, "02");
	IS(g->entry[1].help, "");
}

static void a_field_may_choose_its_columns(void **state)
{
	struct genericode_hints h = { S("bezeichnung"), S("Schluessel"), S("h") };
	const char *text = HEAD COLUMNS "<SimpleCodeList><Row>" VALUE("c", "01") VALUE("bezeichnung", "rot") VALUE("h", "hell") "</Row></SimpleCodeList></gc:CodeList>";
	struct genericode *g = read(text, &h);

	IS(g->entry[0].code, "rot");
	IS(g->entry[0].name, "01");
	IS(g->entry[0].help, "hell");
	assert_false(g->columns_missing);
	h.name = S("gibt-es-nicht");
	assert_true(read(text, &h)->columns_missing);
}

static void namespaces_everywhere_and_values_without_a_column_are_read(void **state)
{
	struct genericode *g = read("<CodeList xmlns='http://docs.oasis-open.org/codelist/ns/genericode/1.0/'><ColumnSet><Column Id='a'/><Column Id='b'/></ColumnSet>"
		"<SimpleCodeList><Row><Value><SimpleValue>1</SimpleValue></Value><Value><SimpleValue>eins</SimpleValue></Value></Row></SimpleCodeList></CodeList>", NULL);

	IS(g->entry[0].code, "1");
	IS(g->entry[0].name, "eins");
}

static void the_list_may_recommend_its_columns(void **state)
{
	struct genericode *g = read("<CodeList><Annotation><AppInfo><recommendedKeyColumn>b</recommendedKeyColumn></AppInfo></Annotation><ColumnSet><Column Id='a'/>"
		"<Column Id='b'/></ColumnSet><SimpleCodeList><Row>" VALUE("a", "eins") VALUE("b", "1") "</Row></SimpleCodeList></CodeList>", NULL);

	IS(g->entry[0].code, "1");
	IS(g->entry[0].name, "eins");
}

static void other_documents_are_refused(void **state)
{
	struct genericode *list;
	struct xml_error e;

	assert_int_equal(genericode_read(a, S("<a/>"), NULL, &list, &e), ERR_UNSUPPORTED);
	assert_true(e.text[0]);
	assert_int_equal(genericode_read(a, S("<CodeList>"), NULL, &list, &e), ERR_PARSE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(codes_and_names_are_found_by_key_and_name, begin, end),
		cmocka_unit_test_setup_teardown(a_field_may_choose_its_columns, begin, end),
		cmocka_unit_test_setup_teardown(namespaces_everywhere_and_values_without_a_column_are_read, begin, end),
		cmocka_unit_test_setup_teardown(the_list_may_recommend_its_columns, begin, end),
		cmocka_unit_test_setup_teardown(other_documents_are_refused, begin, end),
	};

	return cmocka_run_group_tests_name("genericode", tests, NULL, NULL);
}
