/* SPDX-License-Identifier: EUPL-1.2 */
/* schalter case: what an operator may see of a case (never content), and how it is destroyed. */
#include "main/tools.h"
#include "usecase/destroy.h"

static bool find(struct run *r, struct ctx *c, const struct authority **ret_a, struct grant *ret)
{
	str reference = reference_normal(r->arena, r->arg[0]);
	int rc;

	if (!tool_tenant(r, ret_a))
		return false;
	if (!reference.n) {
		(void)command_fail(r, "\"%.*s\" is no reference number; they look like S26-4F7K-92MD", STR_FMT(r->arg[0]));
		return false;
	}
	rc = case_authorize_operator(c, (tenant_id){ (*ret_a)->tenant_id }, reference, ret);
	if (rc < 0)
		(void)command_fail(r, rc == ERR_NOTFOUND ? "%.*s has no case %.*s" : "%.*s: the case %.*s cannot be read", STR_FMT((*ret_a)->name), STR_FMT(reference));
	return rc == 0;
}

static void show_row(struct run *r, const struct authority *a, const struct case_row *c)
{
	str phase = phase_name(c->phase), hash = hex(r->arena, digest_str(&c->definition));

	buf_fmt(&r->out, "%.*s of %.*s\n  service     %.*s, definition %.*s\n  place       %.*s\n  phase       %.*s%s%.*s\n", STR_FMT(c->reference), STR_FMT(a->name),
		STR_FMT(c->service), STR_FMT(str_sub(hash, 0, 16)), STR_FMT(c->ars), STR_FMT(phase), c->substate.n ? ", " : "", STR_FMT(c->substate));
	buf_fmt(&r->out, "  submitted   %.*s\n  changed     %.*s\n", STR_FMT(instant_iso(r->arena, c->submitted_at)), STR_FMT(instant_iso(r->arena, c->updated_at)));
	if (c->due_on)
		buf_fmt(&r->out, "  due         %.*s\n", STR_FMT(date_iso(r->arena, date_from_days(c->due_on))));
	if (c->destroyed_at.us)
		buf_fmt(&r->out, "  destroyed   %.*s, ground: %.*s\n", STR_FMT(instant_iso(r->arena, c->destroyed_at)), STR_FMT(c->substate));
}

int tool_case_show(struct run *r)
{
	static const char *const actors[] = { "system", "applicant", "clerk", "software" };
	AUTO(ctx_done) struct ctx c = ctx_system(r->house, r->arena);
	const struct authority *a;
	struct event *e;
	struct grant g;
	struct dbc *db;
	size_t n;
	int64_t bad = 0;
	int rc;

	if (!find(r, &c, &a, &g))
		return EXIT_WRONG;
	show_row(r, a, &g.row);
	if (ctx_db(&c, g.row.tenant, &db) < 0 || case_events(db, r->arena, &g, &e, &n) < 0)
		return command_fail(r, "the events cannot be read");
	buf_fmt(&r->out, "events\n");
	for (size_t i = 0; i < n; i++)
		buf_fmt(&r->out, "  %3lld  %.*s  %-16.*s %s\n", (long long)e[i].seq, STR_FMT(instant_iso(r->arena, e[i].at)), STR_FMT(event_name(e[i].kind)),
			actors[e[i].actor]);
	rc = case_chain_verify(db, r->arena, &g, &bad);
	if (rc < 0 && rc != ERR_CRYPTO)
		return command_fail(r, "the chain cannot be read: %s", err_text(rc));
	if (rc)
		return command_fail(r, bad ? "THE CHAIN IS BROKEN at event %lld: rows were changed behind the program's back" :
			"THE CHAIN IS BROKEN: its last event is missing or not the one of the case (%lld)", (long long)bad);
	buf_fmt(&r->out, "chain of %zu events verifies, head %.*s\n", n, STR_FMT(hex(r->arena, digest_str(&g.row.head))));
	return EXIT_DONE;
}

static bool ground_ok(str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || s.p[i] == '-'))
			return false;
	return s.n >= 2 && s.n <= 30;
}

int tool_case_destroy(struct run *r)
{
	AUTO(ctx_done) struct ctx c = ctx_system(r->house, r->arena);
	str ground = command_option(r, S("ground"));
	const struct authority *a;
	struct destruction *d;
	struct grant g;
	int rc;

	if (!find(r, &c, &a, &g))
		return EXIT_WRONG;
	if (!ground_ok(ground))
		return command_fail(r, "--ground WORD is missing or not one word of small letters; it stays with the tombstone: retention, erasure, error");
	if (!pairs_has(&r->option, S("yes"))) {
		show_row(r, a, &g.row);
		return command_fail(r, "nothing was done. There is no way back: call it again with --yes");
	}
	rc = case_destroy(&c, &g, ground, &d);
	rc = rc < 0 ? rc : ctx_commit_wait(&c);
	rc = rc < 0 ? rc : case_destroy_finish(&c, d);
	if (rc < 0)
		return command_fail(r, "the case is not (wholly) destroyed: %s. Call it again", err_text(rc));
	buf_fmt(&r->out, "%.*s of %.*s is destroyed. Copies of keys.db end after %lld days (key_backup_days).\n", STR_FMT(g.row.reference), STR_FMT(a->name),
		(long long)r->house->conf.key_backup_days);
	return EXIT_DONE;
}
