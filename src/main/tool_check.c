/* SPDX-License-Identifier: EUPL-1.2 */
/* schalter check, migrate, routes: what needs no running server. */
#include <stdio.h>

#include "base/file.h"
#include "domain/package.h"
#include "main/house.h"
#include "main/tools.h"
#include "web/dispatch.h"

/* ---- check ---- */

struct checking {
	struct run *run;
	struct findings findings;
	const struct place_snapshot *places;
	size_t packages;
};

static bool holds(struct run *r, str dir, const char *file)
{
	return file_exists(str_z(r->arena, str_fmt(r->arena, "%.*s/%s", STR_FMT(dir), file)));
}

static int check_package(struct checking *x, str dir)
{
	const struct package *p;
	size_t errors = x->findings.errors, warnings = x->findings.warnings;
	int rc;

	if (x->run->progress)
		fprintf(stderr, "%.*s ...\r", STR_FMT(dir));
	rc = package_load(x->run->arena, dir, &x->findings, &p);
	if (!rc)
		package_check(x->run->arena, p, x->places, &x->findings);
	else if (rc != ERR_PARSE)
		return rc;
	x->packages++;
	buf_fmt(&x->run->err, "%.*s: %zu recorded cases, %zu errors, %zu warnings\n", STR_FMT(dir), rc ? 0 : node_count(p->cases), x->findings.errors - errors,
		x->findings.warnings - warnings);
	return 0;
}

static int check_places(struct checking *x, str dir)
{
	const struct place_snapshot *snap;
	size_t errors = x->findings.errors, n = 0;
	int rc = place_load(x->run->arena, dir, &snap, &x->findings);

	if (rc < 0)
		return rc;
	if (snap) {
		(void)authority_all(snap, &n);
		x->places = snap;
	}
	buf_fmt(&x->run->err, "%.*s: %zu authorities, %zu errors\n", STR_FMT(dir), n, x->findings.errors - errors);
	return 0;
}

static int check_dir(struct checking *x, str dir)
{
	str *name;
	size_t n, before = x->packages;
	int rc;

	while (dir.n > 1 && dir.p[dir.n - 1] == '/')
		dir.n--;
	if (holds(x->run, dir, "municipalities.csv"))
		return check_places(x, dir);
	if (holds(x->run, dir, "service.yaml"))
		return check_package(x, dir);
	rc = dir_list(x->run->arena, str_z(x->run->arena, dir), &name, &n);
	for (size_t i = 0; !rc && i < n; i++) {
		str below = str_fmt(x->run->arena, "%.*s/%.*s", STR_FMT(dir), STR_FMT(name[i]));

		if (holds(x->run, below, "service.yaml"))
			rc = check_package(x, below);
	}
	if (!rc && x->packages == before)
		finding_add(&x->findings, FINDING_ERROR, dir, 0, 0, S("nothing"), "neither a service package (service.yaml) nor places (municipalities.csv)");
	return rc;
}

int tool_check(struct run *r)
{
	struct checking x = { .run = r, .findings = findings_new(r->arena) };
	str services = house_share(r->arena, r->conf.services, r->program, "services"), places = house_share(r->arena, r->conf.places, r->program, "places");
	struct findings quiet = findings_new(r->arena);
	int rc = r->args ? place_load(r->arena, places, &x.places, &quiet) : check_dir(&x, places);

	/* without places the recorded cases know no place: said by the check itself */
	if (rc == ERR_NOTFOUND && r->args)
		rc = 0;
	for (size_t i = 0; !rc && i < r->args; i++) {
		rc = check_dir(&x, r->arg[i]);
		if (rc == ERR_NOTFOUND || rc == ERR_IO || rc == ERR_DENIED)
			return command_fail(r, "%.*s: %s", STR_FMT(r->arg[i]), err_text(rc));
	}
	if (!rc && !r->args)
		rc = check_dir(&x, services);
	if (rc)
		return command_fail(r, "cannot be checked: %s (--services DIR, --places DIR)", err_text(rc));
	findings_print(&r->out, &x.findings);
	return x.findings.errors ? EXIT_WRONG : EXIT_DONE;
}

/* ---- migrate ---- */

int tool_migrate(struct run *r)
{
	struct house_opening o = { .conf = r->conf, .program = r->program, .no_helpers = true };

	if (house_open(r->arena, &o) < 0)
		return command_fail(r, "%.*s", STR_FMT(o.why));
	if (o.schema_from == o.schema_to)
		buf_fmt(&r->out, "The schema is at %d already; nothing to do.\n", o.schema_to);
	else
		buf_fmt(&r->out, "The schema went from %d to %d.\n", o.schema_from, o.schema_to);
	house_close(&o);
	return EXIT_DONE;
}

/* ---- routes ---- */

int tool_routes(struct run *r)
{
	static const char *const permissions[] = {
#define PERMISSION(ID, text) #ID,
#include "web/permissions.def"
#undef PERMISSION
	};
	static const char *const methods[] = { "GET", "HEAD", "POST", "PUT", "DELETE", "?" };
	static const char *const hosts[] = { "-", "portal", "clerk", "any" };
	const struct route *route;
	size_t n;

	route = dispatch_routes(&n);
	for (size_t i = 0; i < n; i++)
		buf_fmt(&r->out, "%-5s %-44s %-9s %-7s %s\n", methods[route[i].method], route[i].path, permissions[route[i].permission], hosts[route[i].host & 3],
			route[i].name);
	return EXIT_DONE;
}
