/* SPDX-License-Identifier: EUPL-1.2 */
#include <unistd.h>
#include "base/file.h"
#include "base/testing.h"
#include "domain/package.h"

static struct arena *a;
static const struct place_snapshot *places;

static str source(const char *path)
{
	const char *root = getenv("SCHALTER_SOURCE");

	return str_fmt(a, "%s/%s", root ? root : ".", path);
}

static int set_up(void **state)
{
	struct findings f;

	a = arena_new(1 << 20);
	f = findings_new(a);
	return place_load(a, source("places"), &places, &f) < 0 || !places ? -1 : 0;
}

static int tear_down(void **state)
{
	arena_free(a);
	return 0;
}

/* ---- a small package, written to a folder for each test ---- */

static char folder[] = "/tmp/schalter-package-XXXXXX";
static str dir;

static void put(const char *name, const char *text)
{
	assert_ok(file_write_durable(str_z(a, str_fmt(a, "%.*s/%s", STR_FMT(dir), name)), str_c(text), 0600));
}

static const char good_service[] =
	"format: 1\nid: probe\nversion: 1.0.0\nvalid_from: 2026-01-01\ntopic: tiere\nresponsible: gemeinde\n"
	"parameters:\n  - {id: satz, type: money, default: \"1.000,50\"}\n  - {id: extra, type: bool, default: \"false\"}\n"
	"fee:\n  - {id: steuer, amount: \"param.satz\"}\n"
	"decision: {templates: [erteilt]}\nname_field: [name]\n";
static const char good_form[] =
	"steps:\n"
	"  - id: a\n"
	"    pages:\n"
	"      - {id: art, fields: [{id: art, type: choice, options: [eins, zwei]}]}\n"
	"      - {id: name, when: \"art == 'eins'\", fields: [{id: name, type: name}]}\n"
	"      - {id: alter, fields: [{id: alter, type: integer, min: 0, max: 20}, {id: tag, type: date}]}\n"
	"      - {id: extra, when: \"param.extra\", fields: [{id: extra, type: bool}]}\n";
static const char good_de[] =
	"title: T\nshort: S\ndescription: D {place}\nnext: [N]\nprivacy: {purpose: P, recipients: R}\nstep: {a: A}\n"
	"param: {satz: Satz, extra: Extra}\nfee: {steuer: Steuer}\ndocument: {erteilt: {title: B}}\ndecision: {remedy: {erteilt: R}}\n"
	"page: {art: {title: Q}, name: {title: Q}, alter: {title: Q}, extra: {title: Q}}\n"
	"field:\n  art: {label: L, option: {eins: 1, zwei: 2}}\n  name: {label: L}\n  alter: {label: L}\n  tag: {label: L}\n  extra: {label: L}\n";
static const char good_en[] =
	"title: T\nshort: S\ndescription: D {place}\nnext: [N]\nprivacy: {purpose: P, recipients: R}\nstep: {a: A}\n"
	"fee: {steuer: Tax}\n"
	"page: {art: {title: Q}, name: {title: Q}, alter: {title: Q}, extra: {title: Q}}\n"
	"field:\n  art: {label: L, option: {eins: 1, zwei: 2}}\n  name: {label: L}\n  alter: {label: L}\n  tag: {label: L}\n  extra: {label: L}\n";
static const char good_cases[] =
	"- {name: leer, today: 2026-11-22, answers: {art: zwei, alter: 3, tag: 1.3.2020}, path: [art, alter, pruefen], fee: \"1000,50\"}\n";

static void good_package(void)
{
	static const char *const sub[] = { "", "/texts", "/documents" };
	int i;

	memcpy(folder + sizeof folder - 7, "XXXXXX", 6);
	assert_non_null(mkdtemp(folder));
	dir = str_fmt(a, "%s/probe", folder);
	for (i = 0; i < 3; i++)
		assert_ok(dir_make(str_z(a, str_fmt(a, "%.*s%s", STR_FMT(dir), sub[i])), 0700));
	put("service.yaml", good_service);
	put("form.yaml", good_form);
	put("texts/de.yaml", good_de);
	put("texts/en.yaml", good_en);
	put("documents/erteilt.md", "# Bescheid\n\n{{reference}} {{field:name}} {{param:satz}}\n");
	put("cases.yaml", good_cases);
}

static void remove_package(void)
{
	static const char *const name[] = { "service.yaml", "form.yaml", "texts/de.yaml", "texts/en.yaml", "documents/erteilt.md",
					    "cases.yaml" };
	static const char *const sub[] = { "/texts", "/documents", "" };
	size_t i;

	for (i = 0; i < 6; i++)
		(void)unlink(str_z(a, str_fmt(a, "%.*s/%s", STR_FMT(dir), name[i])));
	for (i = 0; i < 3; i++)
		(void)rmdir(str_z(a, str_fmt(a, "%.*s%s", STR_FMT(dir), sub[i])));
	(void)rmdir(folder);
}

static struct findings check(void)
{
	struct findings f = findings_new(a);
	const struct package *p;
	int rc = package_load(a, dir, &f, &p);

	if (rc == 0)
		package_check(a, p, places, &f);
	else
		assert_true(f.errors > 0);
	return f;
}

static void assert_finding(const struct findings *f, const char *code, const char *part)
{
	struct buf b = buf_new(a, 256);
	size_t i;

	for (i = 0; i < f->n; i++)
		if (str_eq(f->v[i].code, str_c(code)) && str_contains(f->v[i].text, str_c(part)))
			return;
	findings_print(&b, f);
	print_error("no finding [%s] with \"%s\" among:\n%s", code, part, b.p);
	fail();
}

static void replace(const char *file, const char *text, const char *what, const char *with)
{
	str changed = str_replace(a, str_c(text), str_c(what), str_c(with));

	assert_false(str_eq(changed, str_c(text)));
	put(file, str_z(a, changed));
}

/* Breaks one thing of the good package and expects the finding. */
static void broken(const char *file, const char *text, const char *what, const char *with, const char *code, const char *part)
{
	struct findings f;

	good_package();
	replace(file, text, what, with);
	f = check();
	remove_package();
	assert_finding(&f, code, part);
}

static void a_good_package_has_no_finding(void **state)
{
	struct findings f;
	struct buf b = buf_new(a, 256);

	good_package();
	f = check();
	remove_package();
	findings_print(&b, &f);
	if (f.n)
		print_error("%s", b.p);
	assert_int_equal(f.n, 0);
}

static void unknown_keys_and_values_are_named(void **state)
{
	broken("service.yaml", good_service, "topic: tiere", "topic: katzen", "bad-value", "'topic'");
	broken("service.yaml", good_service, "version:", "versoin:", "unknown-key", "versoin");
	broken("service.yaml", good_service, "gemeinde", "bundesrat", "bad-value", "no rule of responsibility");
	broken("service.yaml", good_service, "id: probe", "id: andere", "bad-id", "name of the folder");
	broken("service.yaml", good_service, "1.000,50", "viel", "bad-value", "satz");
	broken("form.yaml", good_form, "when:", "wenn:", "unknown-key", "wenn");
	broken("form.yaml", good_form, "type: name", "type: nme", "bad-value", "nme");
	broken("form.yaml", good_form, "id: tag", "id: alter", "duplicate-id", "alter");
}

static void wrong_expressions_are_named_with_their_place(void **state)
{
	struct findings f;

	broken("form.yaml", good_form, "art == 'eins'", "art == 'drei'", "expression", "no option 'drei'");
	broken("form.yaml", good_form, "art == 'eins'", "art == 3", "expression", "compares");
	broken("form.yaml", good_form, "art == 'eins'", "atr == 'eins'", "expression", "unknown name 'atr'");
	broken("form.yaml", good_form, "art == 'eins'", "art = 'eins'", "expression", "'=='");
	broken("form.yaml", good_form, "art == 'eins'", "alter == 3", "later-reference", "'alter'");
	broken("form.yaml", good_form, "art == 'eins'", "param.mehr", "expression", "unknown parameter");
	broken("form.yaml", good_form, "{id: tag, type: date}", "{id: tag, type: date, when: \"alter > 3\"}", "same-page", "'alter'");
	good_package();
	replace("form.yaml", good_form, "art == 'eins'", "art == 'drei'");
	f = check();
	remove_package();
	assert_int_equal(f.v[0].line, 5);
	assert_true(str_has_suffix(f.v[0].file, S("probe/form.yaml")));
}

static void missing_and_useless_texts_are_named(void **state)
{
	broken("texts/de.yaml", good_de, "title: T\n", "", "missing-text", "'title'");
	broken("texts/en.yaml", good_en, "zwei: 2", "drei: 2", "missing-text", "field.art.option.zwei");
	broken("texts/en.yaml", good_en, "zwei: 2", "drei: 2", "unknown-text", "field.art.option.drei");
	broken("texts/de.yaml", good_de, "{place}", "{plaza}", "placeholder", "{plaza}");
	broken("texts/en.yaml", good_en, "{place}", "", "placeholder", "{place}");
	broken("documents/erteilt.md", "{{reference}} {{field:name}}", "reference", "refrence", "placeholder", "refrence");
	broken("documents/erteilt.md", "{{reference}} {{field:name}}", "name", "nahme", "placeholder", "no such field");
	broken("service.yaml", good_service, "[erteilt]", "[erteilt, mehr]", "missing-document", "template");
}

static void conditions_that_cannot_come_true_are_found(void **state)
{
	broken("form.yaml", good_form, "art == 'eins'", "art == 'eins' and art == 'zwei'", "unreachable", "'name'");
	broken("form.yaml", good_form, "art == 'eins'", "art in ('eins', 'zwei')", "always-true", "'name'");
	broken("form.yaml", good_form, "{id: extra, when: \"param.extra\"", "{id: extra, when: \"alter > 20\"", "unreachable", "'extra'");
	broken("form.yaml", good_form, "{id: extra, when: \"param.extra\"", "{id: extra, when: \"alter >= 0\"", "always-true", "'extra'");
	broken("form.yaml", good_form, "{id: extra, when: \"param.extra\"", "{id: extra, when: \"not is_empty(name) and art == 'zwei'\"",
	       "unreachable", "'extra'");
	broken("form.yaml", good_form, "{id: extra, when: \"param.extra\"",
	       "{id: extra, when: \"tag > 2026-03-01 and tag < 2026-03-02\"", "unreachable", "'extra'");
	broken("form.yaml", good_form, "{id: extra, when: \"param.extra\"",
	       "{id: extra, when: \"age(tag) < 18 and tag <= 2000-01-01\"", "unreachable", "'extra'");
	broken("form.yaml", good_form, "type: date}]", "type: date}], rules: [{id: nie, must: \"alter > 3 and alter < 3\"}]",
	       "contradictory-rule", "'nie'");
	/* text against text of another field: nothing found proves nothing */
	broken("form.yaml", good_form, "{id: extra, when: \"param.extra\"",
	       "{id: extra, when: \"days(tag, tag + alter) == 77777\"", "not-decided", "'extra'");
}

static void recorded_cases_must_come_true(void **state)
{
	broken("cases.yaml", good_cases, "1000,50", "1000,51", "case", "fee");
	broken("cases.yaml", good_cases, "alter: 3", "alter: 33", "case", "unexpected error alter: too_large");
	broken("cases.yaml", good_cases, "[art, alter, pruefen]", "[art, name, pruefen]", "case", "recorded 'name', is 'alter'");
	broken("cases.yaml", good_cases, "fee:", "errors: {tag: year}, fee:", "case", "does not come");
	broken("cases.yaml", good_cases, "tag: 1.3.2020", "tga: 1.3.2020", "case", "no field 'tga'");
}

static void a_definition_is_the_same_bytes_every_time_and_reads_back(void **state)
{
	struct findings f = findings_new(a);
	struct node *params = node_new(a, NODE_MAP);
	const struct definition *d, *e;
	const struct package *p;
	str one, two, other;

	good_package();
	assert_ok(package_load(a, dir, &f, &p));
	remove_package();
	assert_ok(package_definition_json(a, p, NULL, &f, &one));
	assert_ok(package_definition_json(a, p, NULL, &f, &two));
	assert_str(one, two);
	node_set(a, params, S("satz"), node_new_text(a, S("2.000")));
	assert_ok(package_definition_json(a, p, params, &f, &other));
	assert_ok(definition_from_json(a, one, &d));
	assert_ok(definition_from_json(a, other, &e));
	assert_false(str_eq(d->hash, e->hash));
	assert_int_equal(d->hash.n, 64);
	assert_s(d->service->param[0].value, "1000.50");
	assert_s(e->service->param[0].value, "2000.00");
	assert_s(definition_text(d, S("en"), S("fee.steuer")), "Tax");
	assert_s(definition_text(d, S("en"), S("param.satz")), "Satz");
	assert_false(definition_has(d, S("en"), S("param.satz")));
	assert_s(definition_text3(d, S("de"), S("field."), S("art"), S(".label")), "L");
	assert_s(definition_option(d, S("de"), form_field(d->form, S("art")), S("zwei"), STR_EMPTY), "2");
	assert_true(str_contains(definition_document(d, S("erteilt")), S("Bescheid")));
	assert_s(definition_expand(a, d, S("de"), S("{param.satz} in {place}{unknown}"), &(struct text_values){ .place = S("Burkau") }),
		 "1.000,50\u00a0€ in Burkau{unknown}");
	node_set(a, params, S("gibtsnicht"), node_new_text(a, S("1")));
	assert_rc(package_definition_json(a, p, params, &f, &other), ERR_PARSE);
	assert_rc(definition_from_json(a, S("{\"format\":99}"), &d), ERR_UNSUPPORTED);
	assert_rc(definition_from_json(a, S("{}"), &d), ERR_PARSE);
}

static void the_packages_that_are_shipped_are_right(void **state)
{
	str *name;
	size_t n, i, packages = 0;

	assert_ok(dir_list(a, str_z(a, source("services")), &name, &n));
	for (i = 0; i < n; i++) {
		struct findings f = findings_new(a);
		struct buf b = buf_new(a, 256);

		if (str_eq(name[i], S("lists")) || str_eq(name[i], S("blocks")))
			continue;
		dir = source(str_z(a, str_fmt(a, "services/%.*s", STR_FMT(name[i]))));
		f = check();
		findings_print(&b, &f);
		if (f.n)
			print_error("%s", b.p);
		assert_int_equal(f.n, 0);
		packages++;
	}
	assert_true(packages >= 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_package_has_no_finding),
		cmocka_unit_test(unknown_keys_and_values_are_named),
		cmocka_unit_test(wrong_expressions_are_named_with_their_place),
		cmocka_unit_test(missing_and_useless_texts_are_named),
		cmocka_unit_test(conditions_that_cannot_come_true_are_found),
		cmocka_unit_test(recorded_cases_must_come_true),
		cmocka_unit_test(a_definition_is_the_same_bytes_every_time_and_reads_back),
		cmocka_unit_test(the_packages_that_are_shipped_are_right),
	};

	return cmocka_run_group_tests_name("domain/package", tests, set_up, tear_down);
}
