/* SPDX-License-Identifier: EUPL-1.2 */
#include "usecase/sessions.h"

static int unseal_identity(struct ctx *c, const struct digest *hash, str sealed, str *ret)
{
	struct key k;

	TRY(keys_purpose(c->house->keys, TENANT_PORTAL.v, "session", &k));
	return unseal(c->arena, &k, digest_str(hash), sealed, ret);
}

int session_seal_identity(struct ctx *c, const struct digest *hash, str json, str *ret)
{
	struct key k;

	TRY(keys_purpose(c->house->keys, TENANT_PORTAL.v, "session", &k));
	*ret = seal(c->arena, &k, digest_str(hash), json);
	return 0;
}

/* A clerk's role and name are read anew with each request: who is switched off is out at once. */
static int clerk_actor(struct ctx *c, tenant_id tenant, int64_t clerk)
{
	AUTO(rows_done) struct rows *r = NULL;
	struct dbc *db;

	TRY(ctx_db(c, tenant, &db));
	TRY(db_query(db, &r, SQL("SELECT name, role FROM clerk WHERE tenant_id = $1 AND clerk_id = $2 AND active = 1"), VI(tenant.v), VI(clerk)));
	if (!rows_next(r))
		return rows_error(r) ? rows_error(r) : ERR_NOTFOUND;
	c->actor.kind = ACTOR_CLERK;
	c->actor.tenant = tenant;
	c->actor.clerk = (clerk_id){ clerk };
	c->actor.name = str_dup(c->arena, row_str(r, 0));
	c->actor.role = (enum clerk_role)row_int(r, 1);
	return 0;
}

int session_actor(struct ctx *c, const struct digest *hash, int kind)
{
	AUTO(rows_done) struct rows *r = NULL;
	struct actor who = { .kind = ACTOR_APPLICANT, .tenant = TENANT_PORTAL, .known = true, .session = *hash };
	struct dbc *db;
	tenant_id subject_tenant;
	int64_t subject;

	TRY(ctx_db(c, (tenant_id){ 0 }, &db));
	TRY(db_query(db, &r, SQL("SELECT subject_id, subject_tenant, trust, standin, identity, expires_at FROM session "
				 "WHERE tenant_id = $1 AND session_hash = $2 AND kind = $3"),
		VI(TENANT_PORTAL.v), VB(digest_str(hash)), VI(kind)));
	if (!rows_next(r))
		return rows_error(r) ? rows_error(r) : ERR_NOTFOUND;
	if (row_int(r, 5) < c->now.us)
		return ERR_EXPIRED;
	subject = row_int(r, 0);
	subject_tenant.v = (int32_t)row_int(r, 1);
	who.trust = (enum trust_level)row_int(r, 2);
	who.standin = row_int(r, 3);
	if (!row_is_null(r, 4) && row_str(r, 4).n)
		TRY(unseal_identity(c, hash, row_str(r, 4), &who.identity));
	c->actor = who;
	if (kind == 2)
		return clerk_actor(c, subject_tenant, subject);
	c->actor.account.v = subject;
	return 0;
}

int session_insert(struct dbc *db, const struct session_new *s)
{
	return db_exec(db, SQL("INSERT INTO session (tenant_id, session_hash, kind, subject_id, subject_tenant, trust, standin, identity, "
			       "created_at, seen_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) "
			       "ON CONFLICT (tenant_id, session_hash) DO UPDATE SET subject_id = excluded.subject_id, trust = excluded.trust, "
			       "standin = excluded.standin, identity = excluded.identity, seen_at = excluded.seen_at, expires_at = excluded.expires_at"),
		VI(TENANT_PORTAL.v), VB(digest_str(&s->hash)), VI(s->kind), VI(s->subject), VI(s->subject_tenant.v), VI(s->trust),
		VI(s->standin), s->identity_sealed.n ? VB(s->identity_sealed) : VN_BLOB(), VI(s->now.us), VI(s->now.us), VI(s->expires.us));
}

int session_delete(struct dbc *db, const struct digest *hash)
{
	TRY(db_exec(db, SQL("DELETE FROM session_case WHERE tenant_id = $1 AND session_hash = $2"), VI(TENANT_PORTAL.v), VB(digest_str(hash))));
	return db_exec(db, SQL("DELETE FROM session WHERE tenant_id = $1 AND session_hash = $2"), VI(TENANT_PORTAL.v), VB(digest_str(hash)));
}

int session_move(struct dbc *db, const struct digest *from, const struct digest *to, account_id owner)
{
	TRY(db_exec(db, SQL("UPDATE draft SET session_hash = $3, account_id = $4 WHERE tenant_id = $1 AND session_hash = $2"),
		VI(TENANT_PORTAL.v), VB(digest_str(from)), VB(digest_str(to)), owner.v ? VI(owner.v) : VN_INT()));
	return db_exec(db, SQL("UPDATE session_case SET session_hash = $3 WHERE tenant_id = $1 AND session_hash = $2"),
		VI(TENANT_PORTAL.v), VB(digest_str(from)), VB(digest_str(to)));
}
