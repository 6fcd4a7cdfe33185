/* SPDX-License-Identifier: EUPL-1.2 */
#include "usecase/ctx.h"

int ctx_db(struct ctx *c, tenant_id other, struct dbc **ret)
{
	/* Row-level security knows two tenants a connection: when another one is needed, the connection is taken anew. */
	if (c->db && other.v && other.v != c->db_tenant.v)
		ctx_done(c);
	if (!c->db) {
		tenant_id own = c->actor.kind == ACTOR_CLERK || c->actor.kind == ACTOR_SOFTWARE ? c->actor.tenant : TENANT_PORTAL;

		c->db_tenant = other;
		TRY(db_read(c->house->db, own.v, other.v, &c->db));
	}
	*ret = c->db;
	return 0;
}

void ctx_done(struct ctx *c)
{
	if (c->db)
		db_read_done(&c->db);
	c->db = NULL;
}

void ctx_hand_over(struct ctx *c, int (*run)(struct dbc *db, void *arg), void *arg, tenant_id tenant, bool once)
{
	struct unit *u = ARENA_NEW(c->arena, struct unit);

	u->run = run;
	u->arg = arg;
	u->tenant[0] = TENANT_PORTAL.v;
	u->tenant[1] = tenant.v == TENANT_PORTAL.v ? 0 : tenant.v;
	u->once = once;
	c->unit = u;
}

int ctx_commit_wait(struct ctx *c)
{
	struct unit *u = c->unit;

	c->unit = NULL;
	ctx_done(c);
	return u ? db_unit_run(c->house->db, u) : 0;
}

struct ctx ctx_system(struct house *h, struct arena *a)
{
	struct ctx c = { .house = h, .arena = a, .lang = LANG_DE };

	c.now = clock_now(h->clock);
	c.today = date_today(h->clock);
	c.actor.kind = ACTOR_SYSTEM;
	c.actor.tenant = TENANT_PORTAL;
	return c;
}
