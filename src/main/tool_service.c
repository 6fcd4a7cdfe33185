/* SPDX-License-Identifier: EUPL-1.2 */
/* schalter service: how an authority offers its services: switched on or off, and its own parameters. */
#include "domain/field_value.h"
#include "main/tools.h"
#include "usecase/catalog.h"

static const struct definition *offered(struct ctx *c, tenant_id t, str service, bool *ret_active)
{
	const struct definition *d = NULL;

	*ret_active = catalog_offer(c, t, service, &d) == 0;
	return d;
}

static void show(struct run *r, const struct service *s, bool active)
{
	buf_fmt(&r->out, "%.*s active=%s\n", STR_FMT(s->id), active ? "yes" : "no");
	for (size_t i = 0; i < s->params; i++)
		buf_fmt(&r->out, "  param.%.*s=%.*s%s\n", STR_FMT(s->param[i].id), STR_FMT(s->param[i].value),
			str_eq(s->param[i].value, s->param[i].standard) ? "" : "  (own)");
}

int tool_service_list(struct run *r)
{
	AUTO(ctx_done) struct ctx c = ctx_system(r->house, r->arena);
	const struct definition *const *all, *d;
	const struct authority *a;
	bool active;
	size_t n;

	if (!tool_tenant(r, &a))
		return EXIT_WRONG;
	all = catalog_services(r->house->catalog, &n);
	for (size_t i = 0; i < n; i++) {
		d = offered(&c, (tenant_id){ a->tenant_id }, all[i]->service->id, &active);
		show(r, d->service, active);
	}
	return EXIT_DONE;
}

/* What is in force, as settings that can be changed one by one. */
struct wanted {
	const struct service *service;
	bool active;
	str *value;			/* of each parameter */
};

static int set_param(struct run *r, struct wanted *w, str id, str value)
{
	for (size_t i = 0; i < w->service->params; i++) {
		const struct service_param *p = &w->service->param[i];

		if (!str_eq(p->id, id))
			continue;
		w->value[i] = p->standard;
		if (value.n && param_parse(r->arena, p->type, value, &w->value[i]) < 0)
			return command_fail(r, "param.%.*s: \"%.*s\" does not fit; now it is %.*s", STR_FMT(id), STR_FMT(value), STR_FMT(p->value));
		return EXIT_DONE;
	}
	return command_fail(r, "%.*s has no parameter \"%.*s\" (\"schalter service list --tenant SLUG\" shows them)", STR_FMT(w->service->id), STR_FMT(id));
}

static int set_one(struct run *r, struct wanted *w, str arg)
{
	str name, value;

	if (!str_cut(arg, '=', &name, &value))
		return command_fail(r, "\"%.*s\": NAME=VALUE is expected", STR_FMT(arg));
	if (str_has_prefix(name, S("param.")))
		return set_param(r, w, str_sub(name, 6, name.n), value);
	if (!str_eq(name, S("active")) || (!str_eq(value, S("yes")) && !str_eq(value, S("no"))))
		return command_fail(r, "\"%.*s\": active=yes, active=no or param.NAME=VALUE is expected", STR_FMT(arg));
	w->active = str_eq(value, S("yes"));
	return EXIT_DONE;
}

static int put(struct run *r, tenant_id t, const struct wanted *w)
{
	AUTO(ctx_done) struct ctx c = ctx_system(r->house, r->arena);
	struct pair *own = ARENA_ARRAY(r->arena, struct pair, w->service->params + 1);
	struct offer_settings o = { .active = w->active, .params = { .v = own } };

	for (size_t i = 0; i < w->service->params; i++)
		if (!str_eq(w->value[i], w->service->param[i].standard))
			own[o.params.n++] = (struct pair){ w->service->param[i].id, w->value[i] };
	TRY(catalog_offer_set(&c, t, w->service->id, &o));
	TRY(ctx_commit_wait(&c));
	return catalog_reload(&c, t);
}

int tool_service_set(struct run *r)
{
	AUTO(ctx_done) struct ctx c = ctx_system(r->house, r->arena);
	const struct definition *d;
	const struct authority *a;
	struct wanted w;
	int rc = EXIT_DONE;

	if (!tool_tenant(r, &a))
		return EXIT_WRONG;
	d = offered(&c, (tenant_id){ a->tenant_id }, r->arg[0], &w.active);
	if (!d)
		return command_fail(r, "there is no service \"%.*s\" (\"schalter service list --tenant SLUG\" shows them)", STR_FMT(r->arg[0]));
	w.service = d->service;
	w.value = ARENA_ARRAY(r->arena, str, w.service->params + 1);
	for (size_t i = 0; i < w.service->params; i++)
		w.value[i] = w.service->param[i].value;
	for (size_t i = 1; !rc && i < r->args; i++)
		rc = set_one(r, &w, r->arg[i]);
	if (rc)
		return rc;
	if (put(r, (tenant_id){ a->tenant_id }, &w) < 0)
		return command_fail(r, "the service could not be set");
	d = offered(&c, (tenant_id){ a->tenant_id }, r->arg[0], &w.active);
	buf_fmt(&r->out, "%.*s, from now on:\n", STR_FMT(a->name));
	show(r, d->service, w.active);
	return EXIT_DONE;
}
