/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Once a day and tenant: the Merkle root of the heads of all its cases, signed (P6). It stands in the log and goes to the tenant's
 * administrators by mail, so that it exists outside of this machine: who changes a case afterwards cannot change that.
 */
#include <string.h>

#include "base/log.h"
#include "jobs/worker.h"
#include "usecase/outbox.h"
#include "wire/receipt.h"

#define TENANTS_MOST 2000
#define ADMINS_MOST 5
#define LEAVES_STEP 4096

struct root {
	tenant_id tenant;
	int32_t day;
	struct dayroot claims;
	str jws;
	struct outbox_row mail[ADMINS_MOST];
	size_t mails;
	bool new;
};

static int tenants_open(struct house *h, int32_t day, int32_t *list, size_t *ret_n)
{
	AUTO(db_read_done) struct dbc *db = NULL;
	AUTO(rows_done) struct rows *r = NULL;

	*ret_n = 0;
	TRY(db_read(h->db, TENANT_ALL, 0, &db));
	TRY(db_query(db, &r, SQL_ALL_TENANTS("every tenant gets its root", "SELECT tenant_id FROM tenant t WHERE EXISTS (SELECT 1 FROM cases c "
		"WHERE c.tenant_id = t.tenant_id) AND NOT EXISTS (SELECT 1 FROM day_root d WHERE d.tenant_id = t.tenant_id AND d.day = $1) "
		"ORDER BY tenant_id LIMIT $2"), VI(day), VI(TENANTS_MOST)));
	while (rows_next(r))
		list[(*ret_n)++] = (int32_t)row_int(r, 0);
	return rows_error(r);
}

static int read_heads(struct dbc *db, struct arena *a, tenant_id t, struct digest **ret, size_t *ret_n)
{
	AUTO(rows_done) struct rows *r = NULL;
	struct buf b = buf_new(a, LEAVES_STEP);

	TRY(db_query(db, &r, SQL("SELECT head FROM cases WHERE tenant_id = $1 ORDER BY case_id"), VI(t.v)));
	while (rows_next(r)) {
		if (row_str(r, 0).n != sizeof(struct digest))
			return ERR_CRYPTO;
		buf_put(&b, row_str(r, 0));
	}
	*ret = (struct digest *)(void *)b.p;
	*ret_n = b.n / sizeof(struct digest);
	return rows_error(r);
}

static int read_previous(struct dbc *db, tenant_id t, struct digest *ret)
{
	AUTO(rows_done) struct rows *r = NULL;

	*ret = (struct digest){ { 0 } };
	TRY(db_query(db, &r, SQL("SELECT root FROM day_root WHERE tenant_id = $1 ORDER BY day DESC LIMIT 1"), VI(t.v)));
	if (rows_next(r) && row_str(r, 0).n == sizeof ret->b)
		memcpy(ret->b, row_str(r, 0).p, sizeof ret->b);
	return rows_error(r);
}

static int prepare_mails(struct ctx *c, struct dbc *db, struct root *x)
{
	const struct authority *who = authority_by_tenant(c->house->places, x->tenant.v);
	AUTO(rows_done) struct rows *r = NULL;
	struct mail_out m = { .kind = S("day_root"), .service = x->claims.day, .authority = who ? who->name : STR_EMPTY,
			      .code = hex(c->arena, digest_str(&x->claims.root)),
			      .link = str_fmt(c->arena, "%.*s/.well-known/schalter-keys.json", STR_FMT(c->house->origin)) };

	if (digest_eq(&x->claims.root, &x->claims.previous))
		return 0; /* nothing has happened: no mail */
	TRY(db_query(db, &r, SQL("SELECT email FROM clerk WHERE tenant_id = $1 AND role = $2 AND active = 1 AND email <> '' ORDER BY clerk_id LIMIT $3"),
		VI(x->tenant.v), VI(ROLE_ADMIN), VI(ADMINS_MOST)));
	while (x->mails < ADMINS_MOST && rows_next(r)) {
		m.to = str_dup(c->arena, row_str(r, 0));
		TRY(mail_prepare(c, x->tenant, (case_id){ 0 }, &m, &x->mail[x->mails++]));
	}
	return rows_error(r);
}

static int prepare(struct ctx *c, struct root *x)
{
	const struct authority *who = authority_by_tenant(c->house->places, x->tenant.v);
	const struct signing_key *k;
	struct digest *leaf;
	struct dbc *db;
	size_t n;

	TRY(ctx_db(c, x->tenant, &db));
	TRY(read_heads(db, c->arena, x->tenant, &leaf, &n));
	TRY(read_previous(db, x->tenant, &x->claims.previous));
	x->claims.issuer = c->house->origin;
	x->claims.tenant = who ? who->slug : STR_EMPTY;
	x->claims.day = date_iso(c->arena, date_from_days(x->day));
	x->claims.count = (int64_t)n;
	x->claims.root = merkle_root(c->arena, leaf, n);
	TRY(prepare_mails(c, db, x));
	ctx_done(c);
	TRY(keys_signing(c->house->keys, &k));
	return dayroot_sign(c->arena, k->priv, str_c(k->kid), &x->claims, &x->jws);
}

static int root_unit(struct dbc *db, void *arg)
{
	struct root *x = arg;
	int64_t changed;

	TRY(db_exec_n(db, &changed, SQL("INSERT INTO day_root (tenant_id, day, root, jws, leaves) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING"),
		VI(x->tenant.v), VI(x->day), VB(digest_str(&x->claims.root)), VT(x->jws), VI(x->claims.count)));
	x->new = changed > 0; /* another process may have been faster: then its root stands */
	for (size_t i = 0; x->new && i < x->mails; i++)
		TRY(outbox_put(db, &x->mail[i]));
	return 0;
}

static int close_day(struct job_run *r, tenant_id t, int32_t day)
{
	struct ctx c = ctx_system(r->house, r->arena);
	struct root x = { .tenant = t, .day = day };
	int rc = prepare(&c, &x);

	ctx_done(&c);
	TRY(rc);
	ctx_hand_over(&c, root_unit, &x, t, true);
	TRY(ctx_commit_wait(&c));
	if (x.new) {
		r->n++;
		log_event(LOG_INFO, "day-root", "tenant", x.claims.tenant, "day", x.claims.day, "cases",
			str_fmt(r->arena, "%lld", (long long)x.claims.count), "root", hex(r->arena, digest_str(&x.claims.root)), NULL);
	}
	return 0;
}

int job_day_root(struct job_run *r)
{
	int32_t *list = ARENA_ARRAY(r->arena, int32_t, TENANTS_MOST), yesterday = date_days(date_today(r->house->clock)) - 1;
	struct arena_mark mark = arena_mark(r->arena);
	size_t n;

	TRY(tenants_open(r->house, yesterday, list, &n));
	for (size_t i = 0; i < n; i++) {
		TRY(close_day(r, (tenant_id){ list[i] }, yesterday));
		arena_rewind(r->arena, mark);
	}
	return 0;
}
