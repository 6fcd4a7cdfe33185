/* SPDX-License-Identifier: EUPL-1.2 */
/* schalter service export, diff: a level's merged package as files an author can read and check, and what is its own in it. */
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/yaml_write.h"
#include "main/tools.h"
#include "usecase/catalog_offers.h"
#include "usecase/staff.h"

static str yaml(struct arena *a, const struct node *n)
{
	struct buf b = buf_new(a, 8192);

	yaml_write(&b, n);
	return buf_str(&b);
}

/* ---- the package as it was written ---- */

static struct node *shallow(struct arena *a, const struct node *map)
{
	struct node *n = node_new(a, NODE_MAP);

	for (size_t i = 0; i < node_count(map); i++)
		node_set(a, n, map->key[i], map->item[i]);
	return n;
}

/* Texts without those of shared lists, which stay shared. */
static struct node *own_texts(struct arena *a, const struct node *texts)
{
	struct node *n = node_new(a, NODE_MAP);

	for (size_t i = 0; i < node_count(texts); i++)
		if (!str_has_prefix(texts->key[i], S("list.")))
			node_set(a, n, texts->key[i], texts->item[i]);
	return n;
}

/* Options of a shared list were filled in when the package was read. */
static void without_lists(struct arena *a, struct node *n)
{
	for (size_t i = 0; i < n->n; i++) {
		struct node *x = n->item[i];

		if (x->kind == NODE_MAP && node_get(x, S("list")) && node_get(x, S("options"))) {
			struct node *less = node_new(a, NODE_MAP);

			for (size_t k = 0; k < x->n; k++)
				if (!str_eq(x->key[k], S("options")) && !(str_eq(x->key[k], S("list")) && str_eq(node_text_at(x, S("type")), S("country"))))
					node_set(a, less, x->key[k], x->item[k]);
			n->item[i] = less;
		} else if (x->kind == NODE_MAP || x->kind == NODE_LIST) {
			without_lists(a, x);
		}
	}
}

/* Cases say with which amounts they were recorded where these are not the defaults any more. */
static const struct node *cases_of(struct arena *a, const struct package *p)
{
	struct node *list = node_new(a, NODE_LIST);

	for (size_t i = 0; i < node_count(p->cases); i++) {
		struct node *one = shallow(a, p->cases->item[i]), *params = p->recorded ? node_clone(a, p->recorded) : node_new(a, NODE_MAP);
		const struct node *own = node_get(one, S("params"));

		for (size_t k = 0; k < node_count(own); k++)
			node_set(a, params, own->key[k], own->item[k]);
		if (params->n)
			node_set(a, one, S("params"), params);
		node_append(a, list, one);
	}
	return list;
}

/* ---- which level ---- */

struct exported {
	struct ctx c;
	tenant_id tenant;
	struct offered offered;
	struct below below;
	const struct package *package;
};

static int open_level(struct run *r, struct exported *x)
{
	const struct authority *a = &staff_portal;
	const struct node *params;
	struct findings f = findings_new(r->arena);
	str slug = command_option(r, S("tenant"));

	if (slug.n && !str_eq(slug, S(STAFF_PORTAL)) && !tool_tenant(r, &a))
		return EXIT_WRONG;
	x->c = ctx_system(r->house, r->arena);
	x->tenant = (tenant_id){ a->tenant_id };
	if (catalog_offered(&x->c, x->tenant, r->arg[0], &x->offered) < 0 ||
	    catalog_below(&x->c, x->tenant, r->arg[0], &x->offered.overlay, &x->below) < 0 || catalog_overlay(&x->c, x->below.package, &x->offered) < 0)
		return command_fail(r, "there is no service \"%.*s\" (\"schalter service list --tenant SLUG\" shows them)", STR_FMT(r->arg[0]));
	/* on its own the package of a town has the town's values as its defaults */
	if (overlay_apply(r->arena, x->below.package, &x->offered.overlay, OVERLAY_STATE, &f, &x->package, &params) < 0) {
		findings_print(&r->err, &f);
		return command_fail(r, "the package cannot be merged");
	}
	return EXIT_DONE;
}

static void put_file(struct json *j, struct arena *a, str id, const char *name, str text)
{
	json_kstr(j, str_fmt(a, "%.*s/%s", STR_FMT(id), name), text);
}

int tool_service_export(struct run *r)
{
	struct exported x = { 0 };
	struct json j;
	int rc = open_level(r, &x);

	if (!rc) {
		const struct package *p = x.package;
		struct node *form = node_clone(r->arena, p->form);

		without_lists(r->arena, form);
		json_begin(&j, &r->out);
		json_object(&j);
		put_file(&j, r->arena, p->id, "service.yaml", yaml(r->arena, p->service));
		put_file(&j, r->arena, p->id, "form.yaml", yaml(r->arena, form));
		put_file(&j, r->arena, p->id, "cases.yaml", yaml(r->arena, cases_of(r->arena, p)));
		for (size_t i = 0; i < p->texts->n; i++)
			put_file(&j, r->arena, p->id, str_fmt(r->arena, "texts/%.*s.yaml", STR_FMT(p->texts->key[i])).p, yaml(r->arena, own_texts(r->arena, p->texts->item[i])));
		for (size_t i = 0; i < p->documents->n; i++)
			put_file(&j, r->arena, p->id, str_fmt(r->arena, "documents/%.*s.md", STR_FMT(p->documents->key[i])).p, node_text(p->documents->item[i]));
		json_object_end(&j);
		json_end(&j);
	}
	ctx_done(&x.c);
	return rc;
}

int tool_service_diff(struct run *r)
{
	static const char *const state[] = { [MERGE_OWN] = "", [MERGE_SAME] = " (the package says the same by now)", [MERGE_CONFLICT] = " CONFLICT: both have changed it",
					     [MERGE_GONE] = " CONFLICT: not in the package any more", [MERGE_GUARDED] = " CONFLICT: protected by now" };
	struct exported x = { 0 };
	int rc = open_level(r, &x);

	for (size_t i = 0; !rc && i < x.offered.overlay.n; i++) {
		const struct change *c = &x.offered.overlay.v[i];

		buf_fmt(&r->out, "%.*s%s\n  - %.*s\n  + %.*s\n", STR_FMT(c->key), state[overlay_merge_state(r->arena, x.below.package, c)],
			STR_FMT(str_replace(r->arena, part_get(r->arena, x.below.package, c->key), S("\n"), S("\n    "))),
			STR_FMT(str_replace(r->arena, c->mine, S("\n"), S("\n    "))));
	}
	if (!rc && !x.offered.overlay.n)
		buf_put(&r->out, S("Nothing of its own.\n"));
	if (!rc && x.offered.held.n)
		buf_fmt(&r->out, "A new version of the package is held back: %.*s. Its authors decide under /redaktion.\n", STR_FMT(x.offered.held));
	ctx_done(&x.c);
	return rc;
}

/* ---- in the caller's own process: the server may write nowhere but in its data ---- */

static int write_one(struct run *r, str dir, str name, str text)
{
	str path = str_fmt(r->arena, "%.*s/%.*s", STR_FMT(dir), STR_FMT(name));

	if (str_contains(name, S("..")) || str_has_prefix(name, S("/")))
		return ERR_DENIED;
	for (size_t i = dir.n + 1; i < path.n; i++)
		if (path.p[i] == '/')
			TRY(dir_make(str_z(r->arena, str_sub(path, 0, i)), 0755));
	return file_write_durable(str_z(r->arena, path), text, 0644);
}

int tool_write_files(struct run *r)
{
	str dir = command_option(r, S("out")).n ? command_option(r, S("out")) : S("."), json = str_dup(r->arena, buf_str(&r->out));
	struct node_error e;
	struct node *files;

	buf_reset(&r->out);
	if (node_parse_json(r->arena, json, &files, &e) < 0)
		return command_fail(r, "the server's answer cannot be read");
	if (dir_make(str_z(r->arena, dir), 0755) < 0)
		return command_fail(r, "--out %.*s: the folder cannot be made", STR_FMT(dir));
	for (size_t i = 0; i < node_count(files); i++) {
		int rc = write_one(r, dir, files->key[i], node_text(files->item[i]));

		if (rc < 0)
			return command_fail(r, "%.*s/%.*s cannot be written: %s", STR_FMT(dir), STR_FMT(files->key[i]), err_text(rc));
		buf_fmt(&r->out, "%.*s/%.*s\n", STR_FMT(dir), STR_FMT(files->key[i]));
	}
	return EXIT_DONE;
}
