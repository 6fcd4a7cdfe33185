/* SPDX-License-Identifier: EUPL-1.2 */
#include "domain/package.h"

#include "base/file.h"
#include "domain/form_impl.h"
#include "domain/form_keys.h"
#include "domain/package_blocks.h"
#include "domain/package_impl.h"

#define FILE_MAX ((size_t)1 << 20)

static str path_of(struct arena *a, str dir, const char *name)
{
	return str_fmt(a, "%.*s/%s", STR_FMT(dir), name);
}

const struct node *package_read_yaml(struct arena *a, str path, bool needed, struct findings *f)
{
	struct node_error e = { 0 };
	struct node *root;
	str text;
	int rc = file_read(a, str_z(a, path), FILE_MAX, &text);

	if (rc == ERR_NOTFOUND && !needed)
		return NULL;
	if (rc < 0) {
		finding_add(f, FINDING_ERROR, path, 0, 0, S("missing-file"), "cannot be read: %s", err_text(rc));
		return NULL;
	}
	if (node_parse_yaml(a, path, text, &root, &e) < 0) {
		finding_add(f, FINDING_ERROR, path, e.line, e.col, S("yaml"), "%s", e.text);
		return NULL;
	}
	return root;
}

/* ---- texts ---- */

void package_flatten(struct arena *a, struct node *flat, str prefix, const struct node *n, struct findings *f)
{
	size_t i;

	if (n->kind == NODE_MAP || n->kind == NODE_LIST) {
		for (i = 0; i < n->n; i++) {
			str key = n->kind == NODE_MAP ? n->key[i] : str_fmt(a, "%zu", i + 1);

			package_flatten(a, flat, prefix.n ? str_fmt(a, "%.*s.%.*s", STR_FMT(prefix), STR_FMT(key)) : key, n->item[i], f);
		}
		return;
	}
	if (node_get(flat, prefix))
		node_error_at(f, n, S("duplicate-text"), "the text '%.*s' is there twice", STR_FMT(prefix));
	else if (!str_trim(node_text(n)).n)
		node_error_at(f, n, S("missing-text"), "the text '%.*s' is empty", STR_FMT(prefix));
	else
		node_set(a, flat, prefix, (struct node *)n);
}

static struct node *read_texts(struct arena *a, str dir, bool german_only, struct findings *f)
{
	struct node *texts = node_new(a, NODE_MAP);
	str folder = path_of(a, dir, "texts"), *name;
	size_t n = 0, i;

	if (dir_list(a, str_z(a, folder), &name, &n) < 0)
		n = 0;
	for (i = 0; i < n; i++) {
		struct node *flat = node_new(a, NODE_MAP);
		const struct node *root;

		if (!str_has_suffix(name[i], S(".yaml")))
			continue;
		root = package_read_yaml(a, path_of(a, folder, str_z(a, name[i])), true, f);
		if (!root)
			continue;
		if (root->kind != NODE_MAP) {
			node_error_at(f, root, S("bad-value"), "texts must be a map of keys");
			continue;
		}
		package_flatten(a, flat, STR_EMPTY, root, f);
		node_set(a, texts, str_sub(name[i], 0, name[i].n - 5), flat);
	}
	for (i = 0; i < 2; i++) {
		str lang = i ? S("en") : S("de");

		if (!node_get(texts, lang) && i && german_only)
			node_set(a, texts, lang, node_new(a, NODE_MAP));
		else if (!node_get(texts, lang))
			finding_add(f, FINDING_ERROR, path_of(a, folder, i ? "en.yaml" : "de.yaml"), 0, 0, S("missing-file"),
				    "texts in this language are missing");
	}
	return texts;
}

static struct node *read_documents(struct arena *a, str dir, struct findings *f)
{
	struct node *documents = node_new(a, NODE_MAP);
	str folder = path_of(a, dir, "documents"), *name, text;
	size_t n = 0, i;

	if (dir_list(a, str_z(a, folder), &name, &n) < 0)
		n = 0;
	for (i = 0; i < n; i++) {
		struct node *one;
		str path = path_of(a, folder, str_z(a, name[i]));

		if (!str_has_suffix(name[i], S(".md"))) {
			finding_add(f, FINDING_WARNING, path, 0, 0, S("unknown-file"), "only Markdown files (.md) are documents");
			continue;
		}
		if (file_read(a, str_z(a, path), FILE_MAX, &text) < 0) {
			finding_add(f, FINDING_ERROR, path, 0, 0, S("missing-file"), "cannot be read");
			continue;
		}
		one = node_new_text(a, text);
		one->file = str_z(a, path);
		one->line = 1;
		node_set(a, documents, str_sub(name[i], 0, name[i].n - 3), one);
	}
	return documents;
}

/* ---- shared lists ---- */

struct lists {
	struct arena *arena;
	str dir;
	struct node *loaded;	/* MAP list -> root */
	struct node *texts;
	struct findings *f;
};

static const struct node *list_items(struct lists *l, str id, const struct node *at)
{
	const struct node *root = node_get(l->loaded, id);

	if (!root) {
		root = package_read_yaml(l->arena, str_fmt(l->arena, "%.*s/../lists/%.*s.yaml", STR_FMT(l->dir), STR_FMT(id)), false, l->f);
		if (!root || root->kind != NODE_MAP) {
			node_error_at(l->f, at, S("missing-file"), "the list '%.*s' is not in services/lists", STR_FMT(id));
			return NULL;
		}
		node_set(l->arena, l->loaded, id, (struct node *)root);
	}
	return root;
}

static void list_texts(struct lists *l, str id, str option, const struct node *item)
{
	size_t i;

	for (i = 0; i < l->texts->n; i++) {
		const struct node *t = node_get(item, l->texts->key[i]);

		if (t)
			node_set(l->arena, l->texts->item[i], str_fmt(l->arena, "list.%.*s.%.*s", STR_FMT(id), STR_FMT(option)),
				 (struct node *)t);
		else if (str_eq(l->texts->key[i], S("de")))
			node_error_at(l->f, item, S("missing-text"), "the item has no German text");
	}
}

static struct node *list_option(struct arena *a, str id, const struct node *code)
{
	struct node *map;

	if (!code)
		return node_new_text(a, id);
	map = node_new(a, NODE_MAP);
	node_set(a, map, S("id"), node_new_text(a, id));
	node_set(a, map, S("fim"), (struct node *)code);
	return map;
}

/* The options of a list become part of the definition: a case must not change when the list does. */
static void fill_field(struct lists *l, struct node *field)
{
	str id = node_text_at(field, S("list"));
	const struct node *items;
	struct node *options;
	size_t i;

	if (!id.n && str_eq(node_text_at(field, S("type")), S("country")))
		id = S("countries");
	if (!id.n || node_get(field, S("options")))
		return;
	items = list_items(l, id, field);
	if (!items)
		return;
	options = node_new(l->arena, NODE_LIST);
	for (i = 0; i < node_count(items); i++) {
		keys_check(l->f, items->item[i], "an item of a list", "de en fim");
		node_append(l->arena, options, list_option(l->arena, items->key[i], node_get(items->item[i], S("fim"))));
		list_texts(l, id, items->key[i], items->item[i]);
	}
	node_set(l->arena, field, S("options"), options);
	node_set(l->arena, field, S("list"), node_new_text(l->arena, id));
}

static struct node *child(const struct node *n, size_t i)
{
	return (struct node *)node_at(n, i);
}

/* of: a step, or a block of repeated pages inside one */
static void fill_pages(struct lists *l, const struct node *of, int depth)
{
	const struct node *pages = node_get(of, S("pages"));
	size_t k, m;

	for (k = 0; k < node_count(pages) && depth <= FORM_MAX_DEPTH; k++) {
		const struct node *fields = node_get(child(pages, k), S("fields"));

		if (node_get(child(pages, k), S("repeat")))
			fill_pages(l, child(pages, k), depth + 1);
		for (m = 0; m < node_count(fields); m++)
			if (child(fields, m)->kind == NODE_MAP)
				fill_field(l, child(fields, m));
	}
}

static void fill_lists(struct lists *l, struct node *form)
{
	const struct node *steps = node_get(form, S("steps"));
	size_t i;

	for (i = 0; i < node_count(steps); i++)
		fill_pages(l, child(steps, i), 0);
}

/* ---- loading ---- */

static str last_name(str dir)
{
	size_t i;

	while (dir.n > 1 && dir.p[dir.n - 1] == '/')
		dir.n--;
	for (i = dir.n; i > 0 && dir.p[i - 1] != '/'; i--)
		;
	return str_sub(dir, i, dir.n);
}

static void check_format(const struct package *p, struct findings *f)
{
	int64_t format;

	if (node_i64(node_get(p->service, S("format")), &format) < 0 || format != DEFINITION_FORMAT)
		node_error_at(f, p->service, S("format"), "'format' must be %d", DEFINITION_FORMAT);
	if (!str_eq(node_text_at(p->service, S("id")), p->id))
		node_error_at(f, node_get(p->service, S("id")), S("bad-id"), "the id must be the name of the folder: %.*s", STR_FMT(p->id));
}

static bool german_only(const struct node *service)
{
	const struct node *list = node_get(service, S("languages"));

	return node_count(list) == 1 && str_eq(node_text(node_at(list, 0)), S("de"));
}

int package_load(struct arena *a, str dir, struct findings *f, const struct package **ret)
{
	struct package *p = ARENA_NEW(a, struct package);
	struct findings own = findings_new(a);
	struct lists lists;
	struct node *texts;
	size_t before;
	int rc;

	*ret = NULL;
	if (!f)
		f = &own;
	before = f->errors;
	dir = str_dup(a, dir);
	if (!file_exists(str_z(a, dir)))
		return ERR_NOTFOUND;
	*p = (struct package){ .dir = dir, .id = last_name(dir) };
	p->service = package_read_yaml(a, path_of(a, dir, "service.yaml"), true, f);
	p->form = package_read_yaml(a, path_of(a, dir, "form.yaml"), true, f);
	p->cases = package_read_yaml(a, path_of(a, dir, "cases.yaml"), false, f);
	p->tasks = package_read_yaml(a, path_of(a, dir, "tasks.yaml"), false, f);
	p->texts = texts = read_texts(a, dir, german_only(p->service), f);
	p->documents = read_documents(a, dir, f);
	if (!p->service || !p->form)
		return ERR_PARSE;
	check_format(p, f);
	blocks_expand(a, dir, (struct node *)p->form, texts, f);
	blocks_remedy(a, dir, p->service, texts, f);
	lists = (struct lists){ a, dir, node_new(a, NODE_MAP), texts, f };
	fill_lists(&lists, (struct node *)p->form);
	rc = package_compile(a, p, f);
	if (rc < 0 || f->errors > before)
		return ERR_PARSE;
	*ret = p;
	return 0;
}

int package_compile(struct arena *a, struct package *p, struct findings *f)
{
	struct form *form;

	/* both are read, so that an author sees all mistakes at once */
	if (service_read(a, p->service, NULL, f, &p->facts) < 0)
		p->facts = NULL;
	if (form_compile(a, p->service, p->form, NULL, f, &form) < 0 || !p->facts)
		return ERR_PARSE;
	p->compiled = form;
	return 0;
}

/* ---- stored form ---- */

str package_json(struct arena *a, const struct package *p)
{
	struct node *root = node_new(a, NODE_MAP);
	struct buf b = buf_new(a, 65536);

	node_set(a, root, S("format"), node_new_text(a, str_fmt(a, "%d", DEFINITION_FORMAT)));
	node_set(a, root, S("service"), (struct node *)p->service);
	node_set(a, root, S("form"), (struct node *)p->form);
	node_set(a, root, S("texts"), (struct node *)p->texts);
	node_set(a, root, S("documents"), (struct node *)p->documents);
	node_set(a, root, S("cases"), p->cases ? (struct node *)p->cases : node_new(a, NODE_LIST));
	if (p->recorded)
		node_set(a, root, S("recorded"), (struct node *)p->recorded);
	node_write_canonical(&b, root);
	return buf_str(&b);
}

int package_from_json(struct arena *a, str json, struct findings *f, const struct package **ret)
{
	struct package *p = ARENA_NEW(a, struct package);
	struct findings own = findings_new(a);
	struct node_error e;
	struct node *root;
	int64_t format;

	*ret = NULL;
	if (!f)
		f = &own;
	TRY(node_parse_json(a, json, &root, &e));
	if (node_i64(node_get(root, S("format")), &format) < 0)
		return ERR_PARSE;
	if (format < 1 || format > DEFINITION_FORMAT)
		return ERR_UNSUPPORTED;
	*p = (struct package){ .service = node_get(root, S("service")), .form = node_get(root, S("form")), .texts = node_get(root, S("texts")),
			       .documents = node_get(root, S("documents")), .cases = node_get(root, S("cases")),
			       .recorded = node_get(root, S("recorded")) };
	if (!p->service || !p->form || !p->texts || !p->documents)
		return ERR_PARSE;
	if (!node_count(p->cases))
		p->cases = NULL;
	p->id = node_text_at(p->service, S("id"));
	p->dir = p->id;
	TRY(package_compile(a, p, f));
	*ret = p;
	return 0;
}

/* What an import could not decide: the author's to do. */
static void check_tasks(const struct package *p, struct findings *f)
{
	size_t i;

	for (i = 0; i < node_count(p->tasks); i++) {
		const struct node *one = p->tasks->item[i];

		if (!keys_check(f, one, "a task", "id what fim at text rule proposal accept done"))
			continue;
		if (!key_bool(f, one, "done", false))
			node_warning_at(f, one, S("open-task"), "%.*s: %.*s (then write 'done: true')", STR_FMT(node_text_at(one, S("id"))),
					STR_FMT(str_sub(node_text_at(one, S("what")), 0, 300)));
	}
}

void package_check(struct arena *a, const struct package *p, const struct place_snapshot *places, struct findings *f)
{
	if (places && !place_rule_by_key(places, p->facts->responsible))
		node_error_at(f, node_get(p->service, S("responsible")), S("bad-value"), "'%.*s' is no rule of responsibility (places/rules.csv)",
			      STR_FMT(p->facts->responsible));
	package_check_texts(a, p, f);
	package_check_conditions(a, p, f);
	check_tasks(p, f);
	if (!p->cases)
		finding_add(f, FINDING_ERROR, path_of(a, p->dir, "cases.yaml"), 0, 0, S("missing-file"), "a package needs recorded cases");
	else
		(void)package_run_cases(a, p, places, f);
}

/* ---- merging ---- */

/* Values stand as a person would write them, since they are read that way: "1,234" is never a thousand. */
static struct node *merged_params(struct arena *a, const struct service *s)
{
	struct node *map = node_new(a, NODE_MAP);
	size_t i;

	for (i = 0; i < s->params; i++) {
		const struct service_param *p = &s->param[i];
		bool number = p->type == FIELD_MONEY || p->type == FIELD_DECIMAL || p->type == FIELD_INTEGER;

		node_set(a, map, p->id, node_new_text(a, number ? str_replace(a, p->value, S("."), S(",")) : p->value));
	}
	return map;
}

int package_definition_json(struct arena *a, const struct package *p, const struct node *params, struct findings *f, str *ret_json)
{
	struct node *root = node_new(a, NODE_MAP);
	const struct service *s;
	struct form *form;
	struct buf b = buf_new(a, 32768);

	TRY(service_read(a, p->service, params, f, &s));
	TRY(form_compile(a, p->service, p->form, params, f, &form));
	node_set(a, root, S("format"), node_new_text(a, str_fmt(a, "%d", DEFINITION_FORMAT)));
	node_set(a, root, S("service"), (struct node *)p->service);
	node_set(a, root, S("form"), (struct node *)p->form);
	node_set(a, root, S("texts"), (struct node *)p->texts);
	node_set(a, root, S("documents"), (struct node *)p->documents);
	node_set(a, root, S("params"), merged_params(a, s));
	node_write_canonical(&b, root);
	*ret_json = buf_str(&b);
	return 0;
}
