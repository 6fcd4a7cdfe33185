/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/testing.h"

#include <stdlib.h>

#include "base/file.h"
#include "wire/xdf.h"

static struct arena *a;
static struct xdf_notes notes;

static int begin(void **state)
{
	a = arena_new(65536);
	notes = xdf_notes_new(a);
	return 0;
}

static int end(void **state)
{
	arena_free(a);
	return 0;
}

static str source(const char *name)
{
	str text;

	assert_int_equal(file_read(a, str_z(a, str_fmt(a, "%s/%s", getenv("SCHALTER_SOURCE"), name)), 1 << 24, &text), 0);
	return text;
}

static const struct xdf_node *at(const struct xdf_node *n, size_t i)
{
	assert_true(i < n->children);
	return n->child[i];
}

static bool noted(const char *code)
{
	for (size_t i = 0; i < notes.n; i++)
		if (str_eq(notes.v[i].code, str_c(code)))
			return true;
	return false;
}

#define IS(s, c) assert_string_equal(str_z(a, s), c)

static void a_schema_becomes_a_tree_of_groups_and_fields(void **state)
{
	struct xdf_document *d;
	const struct xdf_node *s, *x;

	assert_int_equal(xdf_read(a, source("tests/fixtures/fim/S99000000001V1.0.0_xdf3.xml"), &notes, &d), 0);
	s = d->root;
	IS(s->id, "S99000000001");
	IS(s->label, "Straßenfest anmelden");
	IS(s->fact_sheet, "D99000000002");
	IS(s->keys, "Fest");
	assert_int_equal(d->fields, 9);
	assert_int_equal(d->groups, 5);
	assert_int_equal(s->rules, 2);
	assert_true(str_has_prefix(s->rule[0].text, S("WENN Datenfeld")));
	IS(s->rule[1].id, "R99000000002");
	IS(s->legal[0].text, "§ 1 Festsatzung");
	IS(s->legal[0].link, "https://example.org/satzung");
	IS(at(s, 0)->label, "Wer veranstaltet?");
	x = at(at(s, 0), 0);
	IS(x->max_length, "120");
	assert_int_equal(x->type, XDF_LATIN);
	assert_int_equal(x->prefill, XDF_PREFILL_MAY);
	x = at(at(s, 0), 1);
	IS(x->pattern, "[0-9+ ]{5,23}");
	assert_int_equal(x->min, 1);
	assert_int_equal(x->max, XDF_MANY);
	IS(x->place_legal[0].text, "§ 2 Festsatzung");
	assert_int_equal(x->legals, 0);
	x = at(at(s, 1), 2);
	assert_int_equal(x->codes, 2);
	IS(x->code[0].code, "1.1");
	IS(x->code[0].help, "auch ohne Verstärker");
	IS(x->code[1].code, "002");
	x = at(at(s, 1), 4);
	assert_true(x->choice);
	IS(at(x, 1)->max_size, "5000000");
	assert_int_equal(at(x, 1)->medias, 2);
	assert_int_equal(notes.n, 0);
}

#define XDF2 "<a:xdatenfelder.stammdatenschema.0102 xmlns:a='urn:xoev-de:fim:standard:xdatenfelder_2'><a:stammdatenschema><a:identifikation><a:id>S1</a:id></a:identifikation>"
#define FIELD2(more) "<a:struktur><a:anzahl>0:1</a:anzahl><a:enthaelt><a:datenfeld><a:identifikation><a:id>F1</a:id><a:version/></a:identifikation>" more \
	"</a:datenfeld></a:enthaelt></a:struktur>"
#define END2 "</a:stammdatenschema></a:xdatenfelder.stammdatenschema.0102>"

static void the_older_version_gives_the_same_tree(void **state)
{
	struct xdf_document *d;
	const struct xdf_node *x;

	assert_int_equal(xdf_read(a, S(XDF2
		FIELD2("<a:praezisierung>{\"maxLength\":\"12\",\"pattern\":\"[a-z]+\"}</a:praezisierung><a:bezug>§ 1; § 2</a:bezug>")
		FIELD2("<a:praezisierung>1..31</a:praezisierung>")
		FIELD2("<a:praezisierung> 5 </a:praezisierung>")
		FIELD2("<a:praezisierung>wie im Ausweis</a:praezisierung>")
		FIELD2("<a:codelisteReferenz><a:identifikation><a:id>C1</a:id><a:version/></a:identifikation><a:genericodeIdentification>"
		       "<a:canonicalIdentification>Art</a:canonicalIdentification><a:version>0.1</a:version></a:genericodeIdentification></a:codelisteReferenz>")
		"<a:regel><a:identifikation><a:id>R1</a:id></a:identifikation><a:definition>Prosa</a:definition><a:script>function script() {}</a:script></a:regel>"
		END2), &notes, &d), 0);
	assert_int_equal(d->version, 2);
	x = at(d->root, 0);
	IS(x->max_length, "12");
	IS(x->pattern, "[a-z]+");
	assert_int_equal(x->legals, 2);
	IS(x->legal[1].text, "§ 2");
	IS(at(d->root, 1)->max_value, "31");
	IS(at(d->root, 2)->max_length, "5");
	IS(at(d->root, 3)->precision_text, "wie im Ausweis");
	assert_true(noted("precision-text"));
	IS(at(d->root, 4)->list_uri, "Art");
	IS(at(d->root, 4)->list_version, "0.1");
	IS(at(d->root, 4)->id, "F1");
	IS(d->root->rule[0].text, "Prosa");
	assert_false(d->root->rule[0].script);
}

static void a_group_that_comes_alone_is_wrapped(void **state)
{
	struct xdf_document *d;

	assert_int_equal(xdf_read(a, S("<xdatenfelder.datenfeldgruppe.0103 xmlns='urn:xoev-de:fim:standard:xdatenfelder_3.0.0'><datenfeldgruppe>"
		"<identifikation><id>G1</id></identifikation></datenfeldgruppe></xdatenfelder.datenfeldgruppe.0103>"), &notes, &d), 0);
	assert_int_equal(d->root->kind, XDF_SCHEMA);
	assert_int_equal(at(d->root, 0)->kind, XDF_GROUP);
	assert_true(noted("wrapped"));
}

static void a_wrong_number_is_put_right_and_told(void **state)
{
	struct xdf_document *d;

	assert_int_equal(xdf_read(a, S(XDF2 "<a:struktur><a:anzahl>many</a:anzahl><a:enthaelt><a:datenfeld/></a:enthaelt></a:struktur>"
		"<a:struktur><a:anzahl>3:2</a:anzahl><a:enthaelt><a:datenfeld/></a:enthaelt></a:struktur>"
		"<a:struktur><a:enthaelt><a:datenfeld/></a:enthaelt></a:struktur>" END2), &notes, &d), 0);
	assert_int_equal(at(d->root, 0)->max, 1);
	assert_int_equal(at(d->root, 1)->max, 3);
	assert_true(noted("count-shape"));
	assert_true(noted("count-order"));
	assert_true(noted("count-missing"));
}

static void what_is_no_schema_is_refused(void **state)
{
	static const struct {
		const char *text;
		int rc;
	} bad[] = {
		{ "<a/>", ERR_UNSUPPORTED },
		{ "<xdatenfelder.codeliste.0105 xmlns='urn:xoev-de:fim:standard:xdatenfelder_3.0.0'/>", ERR_UNSUPPORTED },
		{ "<xdatenfelder.stammdatenschema.0102 xmlns='urn:xoev-de:fim:standard:xdatenfelder_3.0.0'/>", ERR_PARSE },
		{ "<xdatenfelder.stammdatenschema.0102 xmlns='urn:xoev-de:fim:standard:xdatenfelder_3.0.0'><stammdatenschema>", ERR_PARSE },
		{ "", ERR_PARSE },
	};
	struct xdf_document *d;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		size_t before = notes.n;

		assert_int_equal(xdf_read(a, str_c(bad[i].text), &notes, &d), bad[i].rc);
		assert_true(notes.n > before);
	}
}

static void official_files_are_read_whole(void **state)
{
	const char *shared = getenv("SCHALTER_SHARED");
	str *name, folder;
	size_t n, fields = 0;

	if (!shared || !*shared) {
		print_message("the official schemas (SCHALTER_SHARED) are not there\n");
		skip();
	}
	folder = str_fmt(a, "%s/data/fim/xdf3", shared);
	assert_int_equal(dir_list(a, str_z(a, folder), &name, &n), 0);
	for (size_t i = 0; i < n; i++) {
		AUTO(arena_freep) struct arena *own = arena_new(1 << 20);
		struct xdf_notes quiet = xdf_notes_new(own);
		struct xdf_document *d;
		str text;

		if (!str_has_suffix(name[i], S(".xml")))
			continue;
		assert_int_equal(file_read(own, str_z(own, str_fmt(own, "%.*s/%.*s", STR_FMT(folder), STR_FMT(name[i]))), 1 << 24, &text), 0);
		assert_int_equal(xdf_read(own, text, &quiet, &d), 0);
		assert_true(d->fields >= 14);
		fields += d->fields;
	}
	assert_true(fields > 2500);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_schema_becomes_a_tree_of_groups_and_fields, begin, end),
		cmocka_unit_test_setup_teardown(the_older_version_gives_the_same_tree, begin, end),
		cmocka_unit_test_setup_teardown(a_group_that_comes_alone_is_wrapped, begin, end),
		cmocka_unit_test_setup_teardown(a_wrong_number_is_put_right_and_told, begin, end),
		cmocka_unit_test_setup_teardown(what_is_no_schema_is_refused, begin, end),
		cmocka_unit_test_setup_teardown(official_files_are_read_whole, begin, end),
	};

	return cmocka_run_group_tests_name("xdf", tests, NULL, NULL);
}
