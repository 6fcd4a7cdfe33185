/* SPDX-License-Identifier: EUPL-1.2 */
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/testing.h"
#include "domain/expr.h"
#include "domain/package.h"
#include "domain/package_blocks.h"

static struct arena *a;
static char folder[] = "/tmp/schalter-blocks-XXXXXX";

static const char block[] =
	"parts:\n"
	"  - id: name\n"
	"    fields:\n"
	"      - {id: vorname, type: name, autocomplete: given-name}\n"
	"      - {id: nachname, type: name, autocomplete: family-name, optional: true}\n"
	"    rules:\n"
	"      - {id: verschieden, must: \"{as}.vorname != {as}.nachname\", at: nachname}\n"
	"  - id: geburt\n"
	"    fields: [{id: geburt, type: date}]\n"
	"  - id: land\n"
	"    extra: true\n"
	"    fields: [{id: land, type: choice, options: [de, at]}]\n"
	"  - id: ort\n"
	"    extra: true\n"
	"    fields:\n"
	"      - {id: ort, type: text, without: land}\n"
	"      - {id: ort, type: text, with: land, when: \"{as}.land == 'at'\"}\n";
static const char block_de[] =
	"wer:\n"
	"  applicant.page.name.title: Wie heißen Sie?\n"
	"  page: {wie-oben: {title: Wie oben?, hint: \"{{same}.vorname}\"}, name.title: Wie heißt die Person?, geburt.title: Wann?, land.title: Land?, ort.title: Ort?}\n"
	"  rule.verschieden: \"Nicht zweimal {{as}.geburt}\"\n"
	"  field: {wie_oben.label: Wie oben, vorname: {label: Vornamen}, nachname: {label: Nachname}, geburt: {label: Geburt}, ort.label: Ort,\n"
	"    land: {label: Land, option: {de: D, at: A}}}\n";
static const char block_en[] =
	"wer:\n"
	"  applicant.page.name.title: What is your name?\n"
	"  page: {wie-oben: {title: Same?, hint: \"{{same}.vorname}\"}, name.title: What is the name?, geburt.title: When?, land.title: Country?, ort.title: Place?}\n"
	"  rule.verschieden: \"Not twice {{as}.geburt}\"\n"
	"  field: {wie_oben.label: Same, vorname: {label: First names}, nachname: {label: Last name}, geburt: {label: Birth}, ort.label: Place,\n"
	"    land: {label: Country, option: {de: G, at: A}}}\n";

static const char service[] =
	"format: 1\nid: probe\nversion: 1.0.0\nvalid_from: 2026-01-01\ntopic: tiere\nresponsible: gemeinde\n"
	"decision: {templates: [erteilt]}\nname_field: [halter.vorname]\n";

static void put(const char *name, const char *text)
{
	assert_ok(file_write_durable(str_z(a, str_fmt(a, "%s/%s", folder, name)), str_c(text), 0600));
}

static int set_up(void **state)
{
	static const char *const sub[] = { "blocks", "blocks/texts", "probe", "probe/texts", "probe/documents" };

	a = arena_new(1 << 20);
	memcpy(folder + sizeof folder - 7, "XXXXXX", 6);
	if (!mkdtemp(folder))
		return -1;
	for (size_t i = 0; i < sizeof sub / sizeof *sub; i++)
		if (dir_make(str_z(a, str_fmt(a, "%s/%s", folder, sub[i])), 0700) < 0)
			return -1;
	put("blocks/wer.yaml", block);
	put("blocks/texts/de.yaml", block_de);
	put("blocks/texts/en.yaml", block_en);
	put("probe/service.yaml", service);
	put("probe/documents/erteilt.md", "# B\n");
	put("probe/texts/de.yaml", "title: T\n");
	put("probe/texts/en.yaml", "title: T\n");
	return 0;
}

static void clean(str dir)
{
	str *name;
	size_t n;

	if (dir_list(a, str_z(a, dir), &name, &n) < 0)
		return;
	for (size_t i = 0; i < n; i++) {
		str path = str_fmt(a, "%.*s/%.*s", STR_FMT(dir), STR_FMT(name[i]));

		if (unlink(str_z(a, path)) < 0)
			clean(path);
	}
	(void)rmdir(str_z(a, dir));
}

static int tear_down(void **state)
{
	clean(str_c(folder));
	arena_free(a);
	return 0;
}

static const struct package *load(const char *form, struct findings *f)
{
	const struct package *p = NULL;

	put("probe/form.yaml", form);
	*f = findings_new(a);
	if (package_load(a, str_fmt(a, "%s/probe", folder), f, &p) < 0)
		return NULL;
	return p;
}

static const struct package *good(const char *form)
{
	struct findings f;
	const struct package *p = load(form, &f);
	struct buf b = buf_new(a, 256);

	findings_print(&b, &f);
	assert_string_equal(buf_str(&b).p ? buf_str(&b).p : "", "");
	assert_non_null(p);
	return p;
}

static void assert_finding(const char *form, const char *file, uint32_t line, const char *part)
{
	struct findings f;
	struct buf b = buf_new(a, 256);

	assert_null(load(form, &f));
	for (size_t i = 0; i < f.n; i++)
		if (str_has_suffix(f.v[i].file, str_c(file)) && f.v[i].line == line && str_contains(f.v[i].text, str_c(part)))
			return;
	findings_print(&b, &f);
	print_error("no finding at %s:%u with \"%s\" among:\n%s", file, line, part, b.p);
	fail();
}

static str text(const struct package *p, const char *lang, const char *key)
{
	return node_text_at(node_get(p->texts, str_c(lang)), str_c(key));
}

#define FORM(entries) "steps:\n  - id: s\n    pages:\n      - id: wer\n        fields:\n" entries

static void a_use_among_fields_becomes_the_fields_of_its_parts(void **state)
{
	const struct package *p = good(FORM("          - {use: wer, as: halter}\n          - {id: x, type: bool}\n"));
	const struct form *f = p->compiled;

	assert_int_equal(f->fields, 4);
	assert_str(f->field[0].id, S("halter.vorname"));
	assert_str(f->field[1].id, S("halter.nachname"));
	assert_str(f->field[2].id, S("halter.geburt"));
	assert_str(f->field[3].id, S("x"));
	assert_true(f->field[1].optional);
	assert_int_equal(f->rules, 1);
	assert_str(f->rule[0].id, S("halter_verschieden"));
	assert_int_equal(f->rule[0].at, 1);
	assert_str(text(p, "de", "field.halter.vorname.label"), S("Vornamen"));
	assert_str(text(p, "en", "field.halter.vorname.label"), S("First names"));
	assert_str(text(p, "de", "rule.halter_verschieden"), S("Nicht zweimal {halter.geburt}"));
	assert_int_equal(text(p, "de", "field.halter.land.label").n, 0);
}

static void only_the_applicants_own_data_are_filled_in_by_the_browser(void **state)
{
	const struct package *p = good(FORM("          - {use: wer, as: halter}\n          - {use: wer, as: ich, applicant: true}\n"));

	assert_int_equal(form_field(p->compiled, S("halter.vorname"))->autocomplete.n, 0);
	assert_str(form_field(p->compiled, S("ich.vorname"))->autocomplete, S("given-name"));
}

static void a_use_among_pages_becomes_one_page_a_part(void **state)
{
	const struct package *p;
	const struct form *f;

	put("probe/service.yaml", str_z(a, str_replace(a, str_c(service), S("halter.vorname"), S("halter.eins.vorname"))));
	p = good("steps:\n  - id: s\n    pages:\n      - {id: art, fields: [{id: art, type: bool}]}\n"
		 "      - {use: wer, as: halter.eins, applicant: true, when: art, parts: [name, land, ort]}\n");
	f = p->compiled;
	assert_int_equal(f->pages, 4);
	assert_str(f->page[1].id, S("halter-eins-name"));
	assert_str(f->page[3].id, S("halter-eins-ort"));
	assert_str(f->page[1].when->source, S("art"));
	assert_str(f->field[f->page[3].field[0]].when->source, S("halter.eins.land == 'at'"));
	assert_str(text(p, "de", "page.halter-eins-name.title"), S("Wie heißen Sie?"));
	assert_str(text(p, "en", "page.halter-eins-land.title"), S("Country?"));
	assert_str(text(p, "de", "field.halter.eins.land.option.at"), S("A"));
}

static void a_use_says_what_is_optional_and_what_is_its_own(void **state)
{
	const struct package *p;

	put("probe/texts/de.yaml", "title: T\nfield.halter.vorname.label: Rufname\n");
	p = good(FORM("          - {use: wer, as: halter, optional: [vorname], required: [nachname], own: {vorname: {width: 10, max: 40}}}\n"
		      "          - {use: wer, as: b, optional: true, parts: [name]}\n          - {use: wer, as: c, required: true, parts: [name]}\n"));
	assert_true(form_field(p->compiled, S("halter.vorname"))->optional);
	assert_int_equal(form_field(p->compiled, S("halter.vorname"))->max_length, 40);
	assert_false(form_field(p->compiled, S("halter.nachname"))->optional);
	assert_true(form_field(p->compiled, S("b.vorname"))->optional);
	assert_false(form_field(p->compiled, S("c.nachname"))->optional);
	/* an own label has no foreign translation beside it: the check then asks for one */
	assert_str(text(p, "de", "field.halter.vorname.label"), S("Rufname"));
	assert_int_equal(text(p, "en", "field.halter.vorname.label").n, 0);
	assert_str(text(p, "en", "field.halter.nachname.label"), S("Last name"));
}

static void a_use_may_be_the_same_as_one_before(void **state)
{
	const struct package *p = good("steps:\n  - id: s\n    pages:\n      - {use: wer, as: halter, parts: [name]}\n"
				       "      - {use: wer, as: zwei, same_as: halter, parts: [name, geburt], locked: identity, applicant: true}\n");
	const struct form *f = p->compiled;

	assert_str(f->page[1].id, S("zwei-wie-oben"));
	assert_str(f->field[f->page[1].field[0]].id, S("zwei.wie_oben"));
	assert_int_equal(form_field(f, S("zwei.vorname"))->same_as, form_field(f, S("halter.vorname"))->index + 1);
	assert_int_equal(form_field(f, S("zwei.vorname"))->same_if, form_field(f, S("zwei.wie_oben"))->index + 1);
	/* the earlier use has no date of birth: it is asked in any case */
	assert_int_equal(form_field(f, S("zwei.geburt"))->same_as, 0);
	assert_true(form_field(f, S("zwei.vorname"))->locked);
	assert_false(form_field(f, S("zwei.geburt"))->locked);
	assert_str(text(p, "de", "page.zwei-wie-oben.hint"), S("{halter.vorname}"));
	assert_finding(FORM("          - {use: wer, as: halter}\n          - {use: wer, as: b, same_as: halter}\n"), "form.yaml", 7, "on a page of its own");
	assert_finding("steps:\n  - id: s\n    pages:\n      - {use: wer, as: halter}\n      - {use: wer, as: b, same_as: c}\n", "form.yaml", 5, "'c' is none");
}

static void a_mistake_in_a_use_is_told_at_its_line(void **state)
{
	assert_finding(FORM("          - {use: wer2, as: halter}\n"), "form.yaml", 6, "no block 'wer2'");
	assert_finding(FORM("          - {use: \"../x\", as: halter}\n"), "form.yaml", 6, "must be made of");
	assert_finding(FORM("          - {use: wer, as: halter, parts: [name, alter]}\n"), "form.yaml", 6, "no part 'alter'");
	assert_finding(FORM("          - {use: wer, as: halter, optional: [alter]}\n"), "form.yaml", 6, "no field 'alter'");
	assert_finding(FORM("          - {use: wer, as: halter, own: {alter: {width: 5}}}\n"), "form.yaml", 6, "no field 'alter'");
	assert_finding(FORM("          - {use: wer, as: halter, teile: [name]}\n"), "form.yaml", 6, "no key 'teile'");
	assert_finding(FORM("          - {id: halter.geburt, type: bool}\n          - {use: wer, as: halter}\n"), "form.yaml", 7, "is there twice");
	assert_finding(FORM("          - {use: wer, as: halter, own: {vorname: {breite: 5}}}\n"), "form.yaml", 6, "no key 'breite'");
}

static void a_mistake_in_a_block_is_told_at_the_line_of_the_block(void **state)
{
	put("blocks/wer.yaml", str_z(a, str_replace(a, str_c(block), S("type: date"), S("type: datum"))));
	assert_finding(FORM("          - {use: wer, as: halter}\n"), "blocks/wer.yaml", 9, "no type 'datum'");
	put("blocks/wer.yaml", str_z(a, str_replace(a, str_c(block), S("extra:"), S("mehr:"))));
	assert_finding(FORM("          - {use: wer, as: halter}\n"), "blocks/wer.yaml", 11, "no key 'mehr'");
	put("blocks/wer.yaml", str_z(a, str_replace(a, str_c(block), S("optional: true"), S("breit: 5"))));
	assert_finding(FORM("          - {use: wer, as: halter}\n"), "blocks/wer.yaml", 5, "no key 'breit'");
	put("blocks/wer.yaml", block);
	put("blocks/texts/en.yaml", str_z(a, str_replace(a, str_c(block_en), S("nachname: {label: Last name}, "), S(""))));
	assert_finding(FORM("          - {use: wer, as: halter}\n"), "blocks/texts/de.yaml", 5, "has no English text");
}

static void the_definition_changes_when_a_block_or_its_text_does(void **state)
{
	const char *form = FORM("          - {use: wer, as: halter}\n");
	struct findings f = findings_new(a);
	str before, after;

	assert_ok(package_definition_json(a, good(form), NULL, &f, &before));
	assert_ok(package_definition_json(a, good(form), NULL, &f, &after));
	assert_true(str_eq(before, after));
	put("blocks/wer.yaml", str_z(a, str_replace(a, str_c(block), S("type: name, "), S("type: name, max: 50, "))));
	assert_ok(package_definition_json(a, good(form), NULL, &f, &after));
	assert_false(str_eq(before, after));
	put("blocks/wer.yaml", block);
	put("blocks/texts/de.yaml", str_z(a, str_replace(a, str_c(block_de), S("label: Vornamen"), S("label: Rufnamen"))));
	assert_ok(package_definition_json(a, good(form), NULL, &f, &after));
	assert_false(str_eq(before, after));
}

/* Each block that is shipped, with all its parts, as pages: compiled and with texts for everything. */
/* service.yaml of the probe ends with the decision's remedy. */
static void put_remedy(const char *remedy)
{
	str with = str_replace(a, str_c(service), S("{templates: [erteilt]}"), str_fmt(a, "{templates: [erteilt, abgelehnt], remedy: %s}", remedy));

	put("probe/service.yaml", str_z(a, with));
	put("blocks/texts/de.yaml", str_z(a, str_fmt(a, "%sremedy: {widerspruch: \"Widerspruch bei {authority}\", klage: Klage}\n", block_de)));
}

static void a_remedy_is_written_once_and_stays_german(void **state)
{
	const struct package *p;

	put_remedy("widerspruch");
	put("probe/texts/de.yaml", "decision: {remedy: {abgelehnt: Mein eigener Text}}\n");
	p = good(FORM("          - {use: wer, as: halter}\n"));
	assert_str(text(p, "de", "decision.remedy.erteilt"), S("Widerspruch bei {authority}"));
	assert_str(text(p, "de", "decision.remedy.abgelehnt"), S("Mein eigener Text"));
	assert_int_equal(text(p, "en", "decision.remedy.erteilt").n, 0);
	put_remedy("{erteilt: klage}");
	p = good(FORM("          - {use: wer, as: halter}\n"));
	assert_str(text(p, "de", "decision.remedy.erteilt"), S("Klage"));
}

static void a_remedy_that_is_not_there_is_told_at_its_line(void **state)
{
	put_remedy("klaeger");
	assert_finding(FORM("          - {use: wer, as: halter}\n"), "service.yaml", 7, "remedy.klaeger");
	put_remedy("{geteilt: klage}");
	assert_finding(FORM("          - {use: wer, as: halter}\n"), "service.yaml", 7, "no template 'geteilt'");
}

static void the_blocks_that_are_shipped_are_whole(void **state)
{
	const char *root = getenv("SCHALTER_SOURCE");
	str blocks = str_fmt(a, "%s/services/blocks", root ? root : "."), *name;
	struct buf form = buf_new(a, 1024);
	struct findings f;
	const struct package *p;
	char full[PATH_MAX];
	size_t n;

	clean(str_fmt(a, "%s/blocks", folder));
	assert_non_null(realpath(str_z(a, blocks), full));
	assert_int_equal(symlink(full, str_z(a, str_fmt(a, "%s/blocks", folder))), 0);
	assert_int_equal(symlink(str_z(a, str_fmt(a, "%s/../lists", full)), str_z(a, str_fmt(a, "%s/lists", folder))), 0);
	buf_put(&form, S("steps:\n  - id: s\n    pages:\n"));
	assert_ok(dir_list(a, str_z(a, blocks), &name, &n));
	for (size_t i = 0; i < n; i++) {
		const struct node *root_node = NULL;
		struct node *read = NULL;
		struct node_error e;
		str yaml, id = str_sub(name[i], 0, name[i].n - 5);

		if (!str_has_suffix(name[i], S(".yaml")))
			continue;
		assert_ok(file_read(a, str_z(a, str_fmt(a, "%.*s/%.*s", STR_FMT(blocks), STR_FMT(name[i]))), 1 << 20, &yaml));
		assert_ok(node_parse_yaml(a, name[i], yaml, &read, &e));
		root_node = node_get(read, S("parts"));
		for (int who = 0; who < 2; who++) {
			buf_fmt(&form, "      - {use: %.*s, as: %c_%.*s, applicant: %s, parts: [", STR_FMT(id), who ? 'a' : 'b', STR_FMT(id), who ? "true" : "false");
			for (size_t k = 0; k < node_count(root_node); k++)
				buf_fmt(&form, "%s%.*s", k ? ", " : "", STR_FMT(node_text_at(node_at(root_node, k), S("id"))));
			buf_put(&form, S("]}\n"));
		}
	}
	put("probe/service.yaml", str_z(a, str_replace(a, str_c(service), S("halter.vorname"), S("a_person.vorname"))));
	p = load(str_z(a, buf_str(&form)), &f);
	if (p)
		package_check_texts(a, p, &f);
	for (size_t i = 0; i < f.n; i++)
		if (str_contains(f.v[i].text, S("'field.")) || str_contains(f.v[i].text, S("'page.")) || str_contains(f.v[i].text, S("'rule.")) || !p)
			fail_msg("%.*s:%u %.*s", STR_FMT(f.v[i].file), f.v[i].line, STR_FMT(f.v[i].text));
	assert_non_null(p);
	assert_true(p->compiled->fields > 30);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_use_among_fields_becomes_the_fields_of_its_parts, set_up, tear_down),
		cmocka_unit_test_setup_teardown(only_the_applicants_own_data_are_filled_in_by_the_browser, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_use_among_pages_becomes_one_page_a_part, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_use_says_what_is_optional_and_what_is_its_own, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_use_may_be_the_same_as_one_before, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_mistake_in_a_use_is_told_at_its_line, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_mistake_in_a_block_is_told_at_the_line_of_the_block, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_definition_changes_when_a_block_or_its_text_does, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_remedy_is_written_once_and_stays_german, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_remedy_that_is_not_there_is_told_at_its_line, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_blocks_that_are_shipped_are_whole, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
