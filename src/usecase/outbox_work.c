/* SPDX-License-Identifier: EUPL-1.2 */
#include "usecase/outbox_work.h"

#define TENANTS_MOST 64

struct claim {
	struct arena *arena;
	struct outbox_turn *turn;
	struct outbox_task *list;
	size_t n;
	int32_t tenant[TENANTS_MOST];
	size_t tenants;
	instant now;
};

/* ---- who has something due: a plain read, so that an idle house writes nothing ---- */

static int due_tenants(struct dbc *db, struct claim *x, int32_t after)
{
	AUTO(rows_done) struct rows *r = NULL;

	TRY(db_query(db, &r, SQL_ALL_TENANTS("workers serve all tenants in turn",
		"SELECT DISTINCT tenant_id FROM outbox WHERE kind = $1 AND state = 1 AND due_at <= $2 AND lease_until <= $2 AND tenant_id > $3 "
		"ORDER BY tenant_id LIMIT $4"),
		VT(x->turn->kind), VI(x->now.us), VI(after), VI(TENANTS_MOST - (int64_t)x->tenants)));
	while (rows_next(r))
		x->tenant[x->tenants++] = (int32_t)row_int(r, 0);
	return rows_error(r);
}

static int look(struct house *h, struct claim *x)
{
	AUTO(db_read_done) struct dbc *db = NULL;

	TRY(db_read(h->db, TENANT_ALL, 0, &db));
	TRY(db_now(db, &x->now));
	TRY(due_tenants(db, x, x->turn->after));
	/* the round begins anew behind the last tenant; who stands in both halves is claimed only once, the lease sees to it */
	return x->turn->after && x->tenants < TENANTS_MOST ? due_tenants(db, x, 0) : 0;
}

/* ---- the claim ---- */

static int lease(struct dbc *db, struct claim *x, struct outbox_task *t)
{
	int64_t changed;

	t->now = x->now;
	t->lease_until = instant_add_s(x->now, x->turn->lease_s);
	TRY(db_exec_n(db, &changed, SQL("UPDATE outbox SET lease_until = $3, fence = fence + 1, attempts = attempts + 1 "
					"WHERE tenant_id = $1 AND outbox_id = $2 AND state = 1 AND fence = $4"),
		VI(t->tenant.v), VI(t->id), VI(t->lease_until.us), VI(t->fence)));
	if (changed) {
		t->fence++;
		t->attempts++;
		x->n++;
	}
	return 0;
}

static int claim_of(struct dbc *db, struct claim *x, int32_t tenant, size_t share)
{
	AUTO(rows_done) struct rows *r = NULL;
	struct outbox_task found[OUTBOX_BATCH];
	size_t n = 0;

	TRY(db_query(db, &r, SQL("SELECT outbox_id, case_id, fence, attempts, payload FROM outbox WHERE tenant_id = $1 AND kind = $2 AND state = 1 "
				 "AND due_at <= $3 AND lease_until <= $3 ORDER BY due_at, outbox_id LIMIT $4 " SQL_SKIP_LOCKED),
		VI(tenant), VT(x->turn->kind), VI(x->now.us), VI((int64_t)share)));
	while (n < share && rows_next(r))
		found[n++] = (struct outbox_task){ .tenant = { tenant }, .id = row_int(r, 0), .case_id.v = row_int(r, 1), .fence = row_int(r, 2),
						   .attempts = (int)row_int(r, 3), .sealed = str_dup(x->arena, row_str(r, 4)) };
	TRY(rows_error(r));
	rows_done(&r);
	r = NULL;
	for (size_t i = 0; i < n; i++) {
		x->list[x->n] = found[i];
		TRY(lease(db, x, &x->list[x->n]));
	}
	return 0;
}

static int claim_unit(struct dbc *db, void *arg)
{
	struct claim *x = arg;
	size_t most = x->turn->most, share = x->tenants >= most ? 1 : most / x->tenants;

	x->n = 0; /* a unit may run again */
	TRY(db_now(db, &x->now));
	for (size_t i = 0; i < x->tenants && x->n < most; i++)
		TRY(claim_of(db, x, x->tenant[i], share < most - x->n ? share : most - x->n));
	return 0;
}

int outbox_claim(struct house *h, struct arena *a, struct outbox_turn *turn, struct outbox_task *list, size_t *ret_n)
{
	struct claim x = { .arena = a, .turn = turn, .list = list };
	struct unit u = { .run = claim_unit, .arg = &x, .tenant = { TENANT_ALL, 0 }, .once = true };

	*ret_n = 0;
	if (!turn->most || turn->most > OUTBOX_BATCH)
		return ERR_INVALID;
	TRY(look(h, &x));
	if (!x.tenants)
		return 0;
	TRY(db_unit_run(h->db, &u));
	*ret_n = x.n;
	if (x.n)
		turn->after = list[x.n - 1].tenant.v;
	return 0;
}

/* ---- the end of an attempt ---- */

int outbox_renew(struct dbc *db, const struct outbox_task *t, int32_t lease_s, bool *ret_mine)
{
	int64_t changed;
	instant now;

	TRY(db_now(db, &now));
	TRY(db_exec_n(db, &changed, SQL("UPDATE outbox SET lease_until = $4 WHERE tenant_id = $1 AND outbox_id = $2 AND state = 1 AND fence = $3"),
		VI(t->tenant.v), VI(t->id), VI(t->fence), VI(instant_add_s(now, lease_s).us)));
	*ret_mine = changed > 0;
	return 0;
}

static int settle_done(struct dbc *db, const struct outbox_task *t, int64_t *ret)
{
	/* what a mail said is not needed any more; a destination's number may stay */
	return db_exec_n(db, ret, SQL("UPDATE outbox SET state = 2, lease_until = 0, error = '', payload = CASE kind WHEN 'mail' THEN $3 ELSE payload END "
				      "WHERE tenant_id = $1 AND outbox_id = $2 AND state <> 2"),
		VI(t->tenant.v), VI(t->id), VB(S("-")));
}

int outbox_settle(struct dbc *db, const struct outbox_task *t, enum outbox_end how, int64_t pause_us, str error, bool *ret_mine)
{
	int64_t changed = 0;
	instant now;

	TRY(db_now(db, &now));
	if (how == OUTBOX_DONE)
		TRY(settle_done(db, t, &changed));
	else
		TRY(db_exec_n(db, &changed, SQL("UPDATE outbox SET state = $4, due_at = $5, lease_until = 0, error = $6, attempts = attempts - $7 "
						"WHERE tenant_id = $1 AND outbox_id = $2 AND state = 1 AND fence = $3"),
			VI(t->tenant.v), VI(t->id), VI(t->fence), VI(how == OUTBOX_GIVE_UP ? 3 : 1), VI(now.us + pause_us), VT(error),
			VI(how == OUTBOX_WAIT)));
	*ret_mine = changed > 0;
	return 0;
}

int64_t outbox_pause_us(int attempts, int64_t base_s)
{
	int64_t s = base_s;

	for (int i = 1; i < attempts && s < OUTBOX_RETRY_MOST_S; i++)
		s *= 2;
	if (s > OUTBOX_RETRY_MOST_S)
		s = OUTBOX_RETRY_MOST_S;
	return INSTANT_S(s) + (int64_t)(rand_u64() % (uint64_t)(INSTANT_S(s) / 2 + 1));
}

/* ---- once more, by hand ---- */

struct resend {
	struct outbox_resend out;
	tenant_id tenant;
	int64_t id;
};

static int resend_unit(struct dbc *db, void *arg)
{
	struct resend *x = arg;
	int64_t changed;
	instant now;

	TRY(db_now(db, &now));
	TRY(db_exec_n(db, &changed, SQL("UPDATE outbox SET state = 1, due_at = $3, lease_until = 0, attempts = 0, error = '' "
					"WHERE tenant_id = $1 AND outbox_id = $2 AND state = 3"),
		VI(x->tenant.v), VI(x->id), VI(now.us)));
	x->out.done = changed > 0;
	return 0;
}

int outbox_resend(struct ctx *c, tenant_id t, int64_t id, struct outbox_resend **ret)
{
	struct resend *x = ARENA_NEW(c->arena, struct resend);

	*x = (struct resend){ .tenant = t, .id = id };
	*ret = &x->out;
	ctx_hand_over(c, resend_unit, x, t, true);
	return 0;
}
