/* SPDX-License-Identifier: EUPL-1.2 */
/* schalter tenant: the authorities. */
#include "domain/field_codes.h"
#include "main/tools.h"
#include "usecase/catalog.h"
#include "usecase/setup.h"
#include "usecase/tenants.h"

int tool_tenant_list(struct run *r)
{
	bool all = pairs_has(&r->option, S("all"));
	struct tenant_row *t;
	size_t n, shown = 0;

	if (setup_tenant_list(r->house, r->arena, STR_EMPTY, &t, &n) < 0)
		return command_fail(r, "the tenants cannot be read");
	for (size_t i = 0; i < n; i++) {
		if (!all && !t[i].clerks && !t[i].open_cases)
			continue;
		if (!shown++)
			buf_put(&r->out, S("number  clerks  open cases  slug, name\n"));
		buf_fmt(&r->out, "%6d  %6zu  %10zu  %.*s, %.*s\n", (int)t[i].id.v, t[i].clerks, t[i].open_cases, STR_FMT(t[i].slug), STR_FMT(t[i].name));
	}
	if (!shown)
		buf_fmt(&r->out, "No authority has clerks or cases yet; --all lists all %zu.\n", n);
	return EXIT_DONE;
}

static int find(struct run *r, str slug, struct tenant_row *ret)
{
	struct tenant_row *t;
	size_t n;

	if (setup_tenant_list(r->house, r->arena, slug, &t, &n) < 0)
		return command_fail(r, "the tenants cannot be read");
	if (!n)
		return command_fail(r, "there is no authority \"%.*s\" (\"schalter tenant list --all\" shows the slugs)", STR_FMT(slug));
	*ret = t[0];
	return EXIT_DONE;
}

static void show_settings(struct run *r, str json)
{
	struct node_error e;
	struct node *n;

	if (node_parse_json(r->arena, json, &n, &e) < 0 || !node_count(n)) {
		buf_put(&r->out, S("  no settings yet (schalter tenant set --help)\n"));
		return;
	}
	for (size_t g = 0; g < n->n; g++)
		for (size_t i = 0; i < n->item[g]->n; i++)
			buf_fmt(&r->out, "  %.*s.%.*s=%.*s\n", STR_FMT(n->key[g]), STR_FMT(n->item[g]->key[i]), STR_FMT(node_text(n->item[g]->item[i])));
}

int tool_tenant_show(struct run *r)
{
	AUTO(ctx_done) struct ctx c = ctx_system(r->house, r->arena);
	const struct definition *const *all, *d;
	struct tenant_row t;
	size_t n;
	int rc = find(r, r->arg[0], &t);

	if (rc)
		return rc;
	buf_fmt(&r->out, "%.*s (%.*s), number %d, %.*s\n%zu active clerks, %zu open cases\nsettings:\n", STR_FMT(t.name), STR_FMT(t.slug), (int)t.id.v,
		STR_FMT(t.kind), t.clerks, t.open_cases);
	show_settings(r, t.settings);
	buf_put(&r->out, S("services:\n"));
	all = catalog_services(r->house->catalog, &n);
	for (size_t i = 0; i < n; i++) {
		rc = catalog_offer(&c, t.id, all[i]->service->id, &d);
		buf_fmt(&r->out, "  %-32.*s %s\n", STR_FMT(all[i]->service->id),
			rc < 0 ? "switched off" : d == all[i] ? "as published" : "with own parameters");
	}
	return EXIT_DONE;
}

/* Puts "group.name" into the tree; false: there is no such setting. */
static bool put(struct run *r, struct node *tree, str name, str value)
{
	struct tenant_settings s;
	struct node_error e;
	struct node *group, *known;
	struct buf b = buf_new(r->arena, 256);
	str first, second;

	if (!str_cut(name, '.', &first, &second))
		return false;
	group = (struct node *)(uintptr_t)node_get(tree, first);
	if (!group)
		node_set(r->arena, tree, first, group = node_new(r->arena, NODE_MAP));
	node_set(r->arena, group, second, node_new_text(r->arena, value.n ? value : S("x")));
	node_write_canonical(&b, tree);
	/* what the program does not know does not come back */
	if (tenant_settings_parse(r->arena, buf_str(&b), &s) < 0 || node_parse_json(r->arena, tenant_settings_json(r->arena, &s), &known, &e) < 0 ||
	    !node_get(node_get(known, first), second))
		return false;
	node_set(r->arena, group, second, node_new_text(r->arena, value));
	return true;
}

static int check_value(struct run *r, str name, str *value)
{
	if (str_eq(name, S("bank.iban")) && value->n && field_code_parse(r->arena, FIELD_IBAN, *value, value) < 0)
		return command_fail(r, "bank.iban: \"%.*s\" is no IBAN; a digit is wrong or missing", STR_FMT(*value));
	return EXIT_DONE;
}

int tool_tenant_set(struct run *r)
{
	AUTO(ctx_done) struct ctx c = ctx_system(r->house, r->arena);
	struct tenant_settings s;
	struct node_error e;
	struct tenant_row t;
	struct node *tree;
	struct buf b = buf_new(r->arena, 512);
	str name, value;
	int rc = find(r, r->arg[0], &t);

	if (rc)
		return rc;
	if (node_parse_json(r->arena, t.settings, &tree, &e) < 0)
		return command_fail(r, "the settings of %.*s cannot be read", STR_FMT(t.slug));
	for (size_t i = 1; i < r->args; i++) {
		if (!str_cut(r->arg[i], '=', &name, &value))
			return command_fail(r, "\"%.*s\": NAME=VALUE is expected", STR_FMT(r->arg[i]));
		rc = check_value(r, name, &value);
		if (rc)
			return rc;
		if (!put(r, tree, name, value))
			return command_fail(r, "there is no setting \"%.*s\" (schalter tenant set --help lists them)", STR_FMT(name));
	}
	node_write_canonical(&b, tree);
	if (tenant_settings_parse(r->arena, buf_str(&b), &s) < 0 || tenant_settings_set(&c, t.id, &s) < 0 || ctx_commit_wait(&c) < 0)
		return command_fail(r, "the settings could not be written");
	tenant_settings_forget(t.id);
	buf_fmt(&r->out, "%.*s:\n", STR_FMT(t.name));
	show_settings(r, tenant_settings_json(r->arena, &s));
	return EXIT_DONE;
}
