/* SPDX-License-Identifier: EUPL-1.2 */
#include "usecase/sessions.h"

#include "base/node.h"

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
static int clerk_actor(struct ctx *c, tenant_id tenant, int64_t clerk, struct actor *who)
{
	AUTO(rows_done) struct rows *r = NULL;
	struct dbc *db;

	TRY(ctx_db(c, tenant, &db));
	TRY(db_query(db, &r, SQL("SELECT name, role FROM clerk WHERE tenant_id = $1 AND clerk_id = $2 AND active = 1"), VI(tenant.v), VI(clerk)));
	if (!rows_next(r))
		return rows_error(r) ? rows_error(r) : ERR_NOTFOUND;
	who->kind = ACTOR_CLERK;
	who->tenant = tenant;
	who->clerk = (clerk_id){ clerk };
	who->name = str_dup(c->arena, row_str(r, 0));
	who->role = (enum clerk_role)row_int(r, 1);
	return 0;
}

/* "Erika Muster", for the banner and the sign-out button. */
static str identity_name(struct arena *a, str json)
{
	struct node_error e;
	struct node *n;

	if (node_parse_json(a, json, &n, &e) < 0)
		return STR_EMPTY;
	return str_trim(str_fmt(a, "%.*s %.*s", STR_FMT(node_text_at(n, S("given_name"))), STR_FMT(node_text_at(n, S("family_name")))));
}

static bool older(instant then, instant now, int64_t minutes)
{
	return now.us - then.us > INSTANT_S(minutes * 60);
}

static int take_identity(struct ctx *c, const struct rows *r, struct actor *who)
{
	who->trust = (enum trust_level)row_int(r, 2);
	/* a browser that somebody has left open proves nobody's identity for long */
	if (who->trust > TRUST_ACCOUNT && older((instant){ row_int(r, 6) }, c->now, SESSION_IDENTITY_MINUTES)) {
		who->trust = who->account.v ? TRUST_ACCOUNT : TRUST_NONE;
		return 0;
	}
	who->standin = row_int(r, 3);
	if (row_is_null(r, 4) || !row_str(r, 4).n)
		return 0;
	TRY(unseal_identity(c, &who->session, row_str(r, 4), &who->identity));
	who->name = identity_name(c->arena, who->identity);
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
	TRY(db_query(db, &r, SQL("SELECT subject_id, subject_tenant, trust, standin, identity, expires_at, created_at, seen_at FROM session "
				 "WHERE tenant_id = $1 AND session_hash = $2 AND kind = $3"),
		VI(TENANT_PORTAL.v), VB(digest_str(hash)), VI(kind)));
	if (!rows_next(r))
		return rows_error(r) ? rows_error(r) : ERR_NOTFOUND;
	if (row_int(r, 5) < c->now.us)
		return ERR_EXPIRED;
	subject = row_int(r, 0);
	subject_tenant.v = (int32_t)row_int(r, 1);
	who.stale = older((instant){ row_int(r, 7) }, c->now, SESSION_TOUCH_MINUTES);
	if (kind == SESSION_KIND_CITIZEN) {
		who.account.v = subject;
		TRY(take_identity(c, r, &who));
	}
	rows_done(&r); /* a clerk's row needs another connection */
	if (kind == SESSION_KIND_CLERK)
		TRY(clerk_actor(c, subject_tenant, subject, &who));
	c->actor = who;
	return 0;
}

/* ---- seen ---- */

struct touch {
	struct unit unit;
	struct arena *arena;
	struct digest hash;
	int64_t now, expires;
	bool clerk;
};

static int touch_unit(struct dbc *db, void *arg)
{
	struct touch *t = arg;

	if (t->clerk) /* ten hours from signing in, whatever happens in between */
		return db_exec(db, SQL("UPDATE session SET seen_at = $3 WHERE tenant_id = $1 AND session_hash = $2"), VI(TENANT_PORTAL.v),
			VB(digest_str(&t->hash)), VI(t->now));
	return db_exec(db, SQL("UPDATE session SET seen_at = $3, expires_at = $4 WHERE tenant_id = $1 AND session_hash = $2"), VI(TENANT_PORTAL.v),
		VB(digest_str(&t->hash)), VI(t->now), VI(t->expires));
}

static void touched(struct unit *u)
{
	struct touch *t = u->done_arg;

	arena_free(t->arena);
}

void session_touch(struct ctx *c)
{
	struct arena *a = arena_new(512);
	struct touch *t = ARENA_NEW(a, struct touch);

	*t = (struct touch){ .arena = a, .hash = c->actor.session, .now = c->now.us, .clerk = c->actor.kind == ACTOR_CLERK };
	t->expires = instant_add_s(c->now, SESSION_CITIZEN_DAYS * 86400).us;
	t->unit = (struct unit){ .run = touch_unit, .arg = t, .tenant = { TENANT_PORTAL.v, 0 }, .once = true, .done = touched, .done_arg = t };
	if (db_unit_submit(c->house->db, &t->unit) < 0)
		arena_free(a); /* busy or read-only: the next request tries again */
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

int session_delete_others(struct dbc *db, int kind, tenant_id subject_tenant, int64_t subject, const struct digest *but)
{
	static const struct digest none;

	if (!subject)
		return ERR_INVALID; /* 0 are all visitors */
	return db_exec(db, SQL("DELETE FROM session WHERE tenant_id = $1 AND subject_id = $2 AND subject_id <> 0 AND subject_tenant = $3 AND kind = $4 "
			       "AND session_hash <> $5"),
		VI(TENANT_PORTAL.v), VI(subject), VI(subject_tenant.v), VI(kind), VB(digest_str(but ? but : &none)));
}

int session_move(struct dbc *db, const struct digest *from, const struct digest *to, account_id owner)
{
	/* what was begun under another account stays with that account */
	TRY(db_exec(db, SQL("UPDATE draft SET session_hash = $3, account_id = COALESCE(account_id, $4) "
			    "WHERE tenant_id = $1 AND session_hash = $2 AND (account_id IS NULL OR account_id = $4)"),
		VI(TENANT_PORTAL.v), VB(digest_str(from)), VB(digest_str(to)), owner.v ? VI(owner.v) : VN_INT()));
	return db_exec(db, SQL("UPDATE session_case SET session_hash = $3 WHERE tenant_id = $1 AND session_hash = $2"),
		VI(TENANT_PORTAL.v), VB(digest_str(from)), VB(digest_str(to)));
}
