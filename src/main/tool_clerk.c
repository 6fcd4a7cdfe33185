/* SPDX-License-Identifier: EUPL-1.2 */
/* schalter clerk: accounts of clerks, for the operator. Administrators of an authority do the same on their pages. */
#include "domain/case.h"
#include "main/tools.h"
#include "usecase/staff.h"

/* The state's portal has people, too: authors and administrators. */
static bool tool_office(struct run *r, const struct authority **ret)
{
	if (!str_eq(command_option(r, S("tenant")), S(STAFF_PORTAL)))
		return tool_tenant(r, ret);
	*ret = &staff_portal;
	return true;
}

static str until_text(struct run *r, instant t)
{
	return str_fmt(r->arena, "%.*s", STR_FMT(date_iso(r->arena, civil_from_instant(t).date)));
}

static int say_link(struct run *r, const struct authority *a, str login, const struct staff_outcome *o)
{
	buf_fmt(&r->out, "%.*s\nSet-up link for %.*s@%.*s: works once, until %.*s. Hand it over in person or by sealed letter, not by open mail.\n",
		STR_FMT(o->link), STR_FMT(login), STR_FMT(a->slug), STR_FMT(until_text(r, o->until)));
	return EXIT_DONE;
}

static int add_failed(struct run *r, const struct authority *a, const struct staff_new *n, const struct staff_outcome *o)
{
	if (o->result == STAFF_EXISTS)
		return command_fail(r, "%.*s has a clerk \"%.*s\" already; a new link: schalter clerk link %.*s --tenant %.*s", STR_FMT(a->name), STR_FMT(n->login),
			STR_FMT(n->login), STR_FMT(a->slug));
	if (str_eq(str_c(o->field), S("login")))
		return command_fail(r, "LOGIN: 2 to 40 small letters, digits, and . - _ inside; not \"%.*s\"", STR_FMT(n->login));
	if (str_eq(str_c(o->field), S("name")))
		return command_fail(r, "--name NAME is missing: colleagues and applicants see it");
	if (str_eq(str_c(o->field), S("role")))
		return command_fail(r, "--role: people of the portal are author or admin");
	return command_fail(r, "--%s is not right", o->field ? o->field : "option");
}

int tool_clerk_add(struct run *r)
{
	AUTO(ctx_done) struct ctx c = ctx_system(r->house, r->arena);
	struct staff_new n = { .login = r->arg[0], .name = command_option(r, S("name")), .email = command_option(r, S("email")), .role = ROLE_CLERK };
	str role = command_option(r, S("role"));
	const struct authority *a;
	struct staff_outcome *o;

	if (!tool_office(r, &a))
		return EXIT_WRONG;
	if (role.n && !staff_role_parse(role, &n.role))
		return command_fail(r, "--role: clerk, lead, admin or author, not \"%.*s\"", STR_FMT(role));
	if (staff_add(&c, (tenant_id){ a->tenant_id }, &n, &o) < 0 || ctx_commit_wait(&c) < 0)
		return command_fail(r, "the clerk could not be added");
	return o->result == STAFF_DONE ? say_link(r, a, n.login, o) : add_failed(r, a, &n, o);
}

static void list_one(struct run *r, const struct authority *a, const struct staff *s)
{
	const char *state = !s->active ? "switched off" : s->ready ? "active" : "not set up yet";

	buf_fmt(&r->out, "%-24.*s %-20.*s %-6.*s %-15s %.*s\n", STR_FMT(a->slug), STR_FMT(s->login), STR_FMT(staff_role_name(s->role)), state, STR_FMT(s->name));
}

int tool_clerk_list(struct run *r)
{
	const struct authority *all, *one = NULL;
	size_t n, people, shown = 0;
	struct staff *s;

	if (command_option(r, S("tenant")).n && !tool_office(r, &one))
		return EXIT_WRONG;
	all = authority_all(r->house->places, &n);
	for (size_t i = 0; i <= n; i++) {
		AUTO(ctx_done) struct ctx c = ctx_system(r->house, r->arena);
		const struct authority *a = i ? &all[i - 1] : &staff_portal;
		int rc;

		if (one && one != a)
			continue;
		rc = staff_list(&c, (tenant_id){ a->tenant_id }, &s, &people);
		if (rc < 0)
			return command_fail(r, "the clerks of %.*s cannot be read: %s", STR_FMT(a->slug), err_text(rc));
		for (size_t k = 0; k < people; k++, shown++)
			list_one(r, a, &s[k]);
	}
	if (!shown)
		buf_put(&r->out, S("No clerks yet (schalter clerk add --help).\n"));
	return EXIT_DONE;
}

static bool find(struct run *r, const struct authority **ret_a, struct staff *ret)
{
	AUTO(ctx_done) struct ctx c = ctx_system(r->house, r->arena);
	int rc;

	if (!tool_office(r, ret_a))
		return false;
	rc = staff_find(&c, (tenant_id){ (*ret_a)->tenant_id }, r->arg[0], ret);
	if (rc < 0)
		(void)command_fail(r, "%.*s has no clerk \"%.*s\" (schalter clerk list --tenant %.*s)", STR_FMT((*ret_a)->name), STR_FMT(r->arg[0]),
			STR_FMT((*ret_a)->slug));
	return rc == 0;
}

int tool_clerk_link(struct run *r)
{
	AUTO(ctx_done) struct ctx c = ctx_system(r->house, r->arena);
	const struct authority *a;
	struct staff_outcome *o;
	struct staff s;

	if (!find(r, &a, &s))
		return EXIT_WRONG;
	if (staff_link(&c, (tenant_id){ a->tenant_id }, s.id, &o) < 0 || ctx_commit_wait(&c) < 0)
		return command_fail(r, "the link could not be made");
	if (o->result != STAFF_DONE)
		return command_fail(r, "%.*s is switched off; first: schalter clerk enable %.*s --tenant %.*s", STR_FMT(s.login), STR_FMT(s.login), STR_FMT(a->slug));
	return say_link(r, a, s.login, o);
}

static int set_active(struct run *r, bool active)
{
	AUTO(ctx_done) struct ctx c = ctx_system(r->house, r->arena);
	const struct authority *a;
	struct staff_outcome *o;
	struct staff s;

	if (!find(r, &a, &s))
		return EXIT_WRONG;
	if (staff_set_active(&c, (tenant_id){ a->tenant_id }, s.id, active, &o) < 0 || ctx_commit_wait(&c) < 0)
		return command_fail(r, "the clerk could not be changed");
	if (o->result == STAFF_LAST_ADMIN)
		return command_fail(r, "%.*s is the last administrator of %.*s; make another one first", STR_FMT(s.login), STR_FMT(a->name));
	buf_fmt(&r->out, "%.*s of %.*s is %s.\n", STR_FMT(s.name), STR_FMT(a->name), active ? "switched on" : "switched off; sessions and links have ended");
	return EXIT_DONE;
}

int tool_clerk_disable(struct run *r)
{
	return set_active(r, false);
}

int tool_clerk_enable(struct run *r)
{
	return set_active(r, true);
}
