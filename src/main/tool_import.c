/* SPDX-License-Identifier: EUPL-1.2 */
/* schalter import fim: official form schemas become service packages. */
#include <stdio.h>

#include "base/file.h"
#include "base/node.h"
#include "domain/fim.h"
#include "main/tools.h"

#define FILE_MOST ((size_t)64 << 20)

struct importing {
	struct run *run;
	struct arena *arena;
	struct findings findings;
	struct fim_source source;
	struct fim_list *list;
	size_t lists, lists_cap;
	const struct node **rule;
	size_t rules, rules_cap;
	str out;
	size_t packages, failed;
};

/* ---- lists ---- */

static void list_add(struct importing *x, struct fim_list l)
{
	if (x->lists == x->lists_cap) {
		size_t cap = x->lists_cap ? x->lists_cap * 2 : 16;
		struct fim_list *v = ARENA_ARRAY(x->arena, struct fim_list, cap);

		if (x->lists)
			memcpy(v, x->list, x->lists * sizeof *v);
		x->list = v;
		x->lists_cap = cap;
	}
	x->list[x->lists++] = l;
}

static int take_list(struct importing *x, str path, str text)
{
	struct genericode *g;
	struct xml_error e;

	if (genericode_read(x->arena, text, NULL, &g, &e) < 0) {
		finding_add(&x->findings, FINDING_ERROR, path, e.line, 0, S("genericode"), "%s", e.text);
		return -1;
	}
	list_add(x, (struct fim_list){ g->uri, g->version, g->version_uri, g->entry, g->entries, path });
	return 0;
}

/* "code<TAB>name" with "# canonicalUri: ..." above: lists as people keep them. */
static void take_table(struct importing *x, str path, str text)
{
	struct fim_list l = { .file = path };
	struct genericode_entry *v = ARENA_ARRAY(x->arena, struct genericode_entry, text.n / 3 + 1);
	str line, code, name, key, value;
	uint32_t number = 0;

	while (str_split(&text, '\n', &line)) {
		number++;
		if (str_has_prefix(line, S("# ")) && str_cut(str_sub(line, 2, line.n), ':', &key, &value)) {
			value = str_trim(value);
			if (str_eq(key, S("canonicalUri")))
				l.uri = value;
			else if (str_eq(key, S("version")))
				l.version = value;
			else if (str_eq(key, S("canonicalVersionUri")))
				l.version_uri = value;
		} else if (str_cut(line, '\t', &code, &name) && str_trim(code).n && !str_has_prefix(line, S("#"))) {
			v[l.entries++] = (struct genericode_entry){ str_trim(code), str_trim(name), STR_EMPTY, number };
		}
	}
	l.entry = v;
	if (l.uri.n && l.entries)
		list_add(x, l);
}

static void take_folder(struct importing *x, str dir)
{
	str *name;
	size_t n;

	if (dir_list(x->arena, str_z(x->arena, dir), &name, &n) < 0) {
		finding_add(&x->findings, FINDING_ERROR, dir, 0, 0, S("missing-file"), "cannot be read");
		return;
	}
	for (size_t i = 0; i < n; i++) {
		str path = str_fmt(x->arena, "%.*s/%.*s", STR_FMT(dir), STR_FMT(name[i])), text;

		if (!str_has_suffix(name[i], S(".xml")) && !str_has_suffix(name[i], S(".tsv")))
			continue;
		if (file_read(x->arena, str_z(x->arena, path), FILE_MOST, &text) < 0)
			continue;
		if (str_has_suffix(name[i], S(".tsv")))
			take_table(x, path, text);
		else if (genericode_is(text))
			(void)take_list(x, path, text);
	}
}

/* ---- rules ---- */

static int take_rules(struct importing *x, str path)
{
	struct node_error e;
	struct node *n;
	str text, line;
	uint32_t number = 0;

	if (file_read(x->arena, str_z(x->arena, path), FILE_MOST, &text) < 0)
		return command_fail(x->run, "%.*s: cannot be read", STR_FMT(path));
	while (str_split(&text, '\n', &line)) {
		number++;
		if (!str_trim(line).n)
			continue;
		if (node_parse_json(x->arena, line, &n, &e) < 0) {
			finding_add(&x->findings, FINDING_WARNING, path, number, e.col, S("json"), "%s", e.text);
			continue;
		}
		if (x->rules == x->rules_cap) {
			size_t cap = x->rules_cap ? x->rules_cap * 2 : 64;
			const struct node **v = ARENA_ARRAY(x->arena, const struct node *, cap);

			if (x->rules)
				memcpy(v, x->rule, x->rules * sizeof *v);
			x->rule = v;
			x->rules_cap = cap;
		}
		x->rule[x->rules++] = n;
	}
	return 0;
}

/* ---- packages ---- */

static int write_file(struct importing *x, str dir, const struct fim_file *f)
{
	str path = str_fmt(x->arena, "%.*s/%.*s", STR_FMT(dir), STR_FMT(f->path)), folder = path;

	while (folder.n && folder.p[folder.n - 1] != '/')
		folder.n--;
	TRY(dir_make(str_z(x->arena, str_sub(folder, 0, folder.n - 1)), 0755));
	return file_write_durable(str_z(x->arena, path), f->text, 0644);
}

static void summary(struct importing *x, str path, const struct fim_result *r, str dir)
{
	buf_fmt(&x->run->err, "%.*s -> %.*s: %zu fields on %zu pages, %zu groups, %zu rules, %zu open tasks, %zu lists\n", STR_FMT(path), STR_FMT(dir), r->fields,
		r->pages, r->groups, r->rules, r->tasks, r->lists);
}

/* ---- a package that is there already ---- */

static const struct node *yaml_of(struct importing *x, str dir, const char *name)
{
	struct node_error e;
	struct node *n;
	str text, path = str_fmt(x->arena, "%.*s/%s", STR_FMT(dir), name);

	if (file_read(x->arena, str_z(x->arena, path), FILE_MOST, &text) < 0)
		return NULL;
	if (node_parse_yaml(x->arena, path, text, &n, &e) == 0)
		return n;
	finding_add(&x->findings, FINDING_ERROR, path, e.line, e.col, S("yaml"), "%s", e.text);
	return NULL;
}

static void flat(struct importing *x, struct node *to, str prefix, const struct node *n)
{
	for (size_t i = 0; i < node_count(n); i++) {
		str key = n->kind == NODE_MAP ? n->key[i] : str_fmt(x->arena, "%zu", i + 1);

		key = prefix.n ? str_fmt(x->arena, "%.*s.%.*s", STR_FMT(prefix), STR_FMT(key)) : key;
		if (n->item[i]->kind == NODE_MAP || n->item[i]->kind == NODE_LIST)
			flat(x, to, key, n->item[i]);
		else
			node_set(x->arena, to, key, n->item[i]);
	}
}

/* False: nothing is there, or it was not imported. */
static bool previous(struct importing *x, str dir, struct fim_package *base, struct fim_package *mine)
{
	struct node *root, *texts = node_new(x->arena, NODE_MAP), *all = node_new(x->arena, NODE_MAP);
	struct node_error e;
	str text;

	if (file_read(x->arena, str_z(x->arena, str_fmt(x->arena, "%.*s/fim-base.json", STR_FMT(dir))), FILE_MOST, &text) < 0 ||
	    node_parse_json(x->arena, text, &root, &e) < 0)
		return false;
	*base = (struct fim_package){ node_get(root, S("service")), node_get(root, S("form")), node_get(root, S("texts")), node_get(root, S("tasks")) };
	flat(x, texts, STR_EMPTY, yaml_of(x, dir, "texts/de.yaml"));
	node_set(x->arena, all, S("de"), texts);
	*mine = (struct fim_package){ yaml_of(x, dir, "service.yaml"), yaml_of(x, dir, "form.yaml"), all, yaml_of(x, dir, "tasks.yaml") };
	return base->form && mine->form && mine->service;
}

/* The folder of an earlier version, whatever its title was. */
static str folder_of(struct importing *x, const struct xdf_document *d)
{
	str id = fim_package_id(x->arena, d), tail = str_fmt(x->arena, "-%.*s", STR_FMT(str_lower_ascii(x->arena, d->root->id))), *name;
	size_t n;

	if (d->root->id.n && dir_list(x->arena, str_z(x->arena, x->out), &name, &n) == 0)
		for (size_t i = 0; i < n; i++)
			if (str_has_suffix(name[i], tail))
				return name[i];
	return id;
}

/* Letters are the author's as soon as they are there. */
static bool keep_file(struct importing *x, str dir, const struct fim_file *f)
{
	return str_has_prefix(f->path, S("documents/")) && file_exists(str_z(x->arena, str_fmt(x->arena, "%.*s/%.*s", STR_FMT(dir), STR_FMT(f->path))));
}

static int import_one(struct importing *x, str path, str text)
{
	struct xdf_notes notes = xdf_notes_new(x->arena);
	struct xdf_document *d;
	struct fim_result *r;
	int rc = xdf_read(x->arena, text, &notes, &d);
	struct fim_package base, mine;
	str dir = STR_EMPTY;

	if (rc == 0) {
		x->source.id = folder_of(x, d);
		dir = str_fmt(x->arena, "%.*s/%.*s", STR_FMT(x->out), STR_FMT(x->source.id));
		x->source.base = x->source.mine = NULL;
		if (previous(x, dir, &base, &mine)) {
			x->source.base = &base;
			x->source.mine = &mine;
		}
	}
	fim_tell_notes(&x->findings, x->source.lang, path, &notes, rc < 0);
	if (rc < 0 || fim_import(x->arena, d, path, &x->source, &x->findings, &r) < 0) {
		x->failed++;
		return 0;
	}
	if (dir_make(str_z(x->arena, x->out), 0755) < 0 || dir_make(str_z(x->arena, dir), 0755) < 0)
		return command_fail(x->run, "%.*s: cannot be made", STR_FMT(dir));
	for (size_t i = 0; i < r->files; i++)
		if (!keep_file(x, dir, &r->file[i]) && write_file(x, dir, &r->file[i]) < 0)
			return command_fail(x->run, "%.*s/%.*s: cannot be written", STR_FMT(dir), STR_FMT(r->file[i].path));
	x->packages++;
	summary(x, path, r, dir);
	return 0;
}

static void print_findings(struct importing *x)
{
	for (int s = FINDING_ERROR; s <= FINDING_NOTE; s++) {
		struct findings part = { .arena = x->arena, .v = ARENA_ARRAY(x->arena, struct finding, x->findings.n + 1) };

		for (size_t i = 0; i < x->findings.n; i++)
			if ((int)x->findings.v[i].severity == s)
				part.v[part.n++] = x->findings.v[i];
		findings_print(&x->run->out, &part);
	}
}

static bool language(struct run *r, enum lang *ret)
{
	extern char **environ;
	str wish = command_option(r, S("lang"));

	*ret = LANG_DE;
	if (wish.n)
		return lang_parse(wish, ret);
	for (char **e = environ; *e; e++)
		if (str_has_prefix(str_c(*e), S("LANG=en")))
			*ret = LANG_EN;
	return true;
}

int tool_import_fim(struct run *r)
{
	struct importing x = { .run = r, .arena = r->arena, .findings = findings_new(r->arena), .out = command_option(r, S("out")) };
	str *text = ARENA_ARRAY(r->arena, str, r->args);
	int rc = 0;

	if (!language(r, &x.source.lang))
		return command_fail(r, "--lang is de or en");
	if (!x.out.n)
		x.out = S(".");
	if (command_option(r, S("lists")).n)
		take_folder(&x, command_option(r, S("lists")));
	if (command_option(r, S("rules")).n)
		rc = take_rules(&x, command_option(r, S("rules")));
	/* lists among the files hold for all schemas */
	for (size_t i = 0; !rc && i < r->args; i++) {
		if (file_read(r->arena, str_z(r->arena, r->arg[i]), FILE_MOST, &text[i]) < 0)
			return command_fail(r, "%.*s: cannot be read", STR_FMT(r->arg[i]));
		if (genericode_is(text[i]) && take_list(&x, r->arg[i], text[i]) < 0)
			x.failed++;
	}
	x.source.list = x.list;
	x.source.lists = x.lists;
	x.source.rule = x.rule;
	x.source.rules = x.rules;
	for (size_t i = 0; !rc && i < r->args; i++)
		if (!genericode_is(text[i]))
			rc = import_one(&x, r->arg[i], text[i]);
	print_findings(&x);
	return rc ? rc : x.failed ? EXIT_WRONG : EXIT_DONE;
}
