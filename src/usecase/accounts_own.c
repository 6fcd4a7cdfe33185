/* SPDX-License-Identifier: EUPL-1.2 */
/* Accounts from inside: signing in and out, password, "my cases", closing. */
#include <string.h>

#include "usecase/access.h"
#include "usecase/accounts_impl.h"

str open_token(struct arena *a, const struct digest *session)
{
	return str_fmt(a, "open:%.*s", STR_FMT(hex(a, digest_str(session))));
}

/* ---- one session takes the place of another ---- */

/* Cases that the visitor sent in this browser become the account's: each by a grant, as everything that touches a case. */
static int find_adoptable(struct ctx *c, const struct actor *old, struct signin *s)
{
	AUTO(rows_done) struct rows *r = NULL;
	struct my_case found[ADOPT_MAX];
	struct actor now = c->actor;
	struct dbc *db;
	size_t n = 0;
	int rc = 0;

	TRY(ctx_db(c, (tenant_id){ 0 }, &db));
	TRY(db_query(db, &r, SQL("SELECT case_tenant, case_id FROM draft WHERE tenant_id = $1 AND session_hash = $2 AND account_id IS NULL AND case_id IS NOT NULL "
				 "ORDER BY draft_id DESC LIMIT 50"),
		VI(TENANT_PORTAL.v), VB(digest_str(&old->session))));
	while (n < ADOPT_MAX && rows_next(r))
		found[n++] = (struct my_case){ { (int32_t)row_int(r, 0) }, { row_int(r, 1) } };
	TRY(rows_error(r));
	rows_done(&r);
	c->actor = *old;
	for (size_t i = 0; i < n; i++) {
		rc = case_authorize_id(c, found[i].tenant, found[i].id, CASE_ANSWER, &s->adopt[s->adopts]);
		if (rc == ERR_NOTFOUND || rc == ERR_DESTROYED) {
			rc = 0;
			continue;
		}
		if (rc < 0)
			break;
		if (s->adopt[s->adopts].row.owner.v)
			continue;
		s->touches.v = !s->adopts || s->touches.v == found[i].tenant.v ? found[i].tenant.v : TENANT_ALL;
		s->adopts++;
	}
	c->actor = now;
	return rc;
}

int signin_prepare(struct ctx *c, account_id owner, const struct actor *old, struct signin *s)
{
	*s = (struct signin){ .owner = owner, .touches = TENANT_PORTAL };
	s->fresh = (struct session_new){ .hash = c->actor.session, .kind = SESSION_KIND_CITIZEN, .subject = owner.v, .subject_tenant = TENANT_PORTAL,
					 .trust = TRUST_ACCOUNT, .now = c->now, .expires = instant_add_s(c->now, SESSION_CITIZEN_DAYS * 86400) };
	if (!old || !old->known || old->kind != ACTOR_APPLICANT)
		return 0;
	s->has_from = true;
	s->from = old->session;
	/* who was signed in as somebody else takes nothing along; whether it is the same person shows in signin_write */
	s->moves = !old->account.v || old->account.v == owner.v;
	return s->moves && !old->account.v ? find_adoptable(c, old, s) : 0;
}

int signin_write(struct dbc *db, const struct signin *s)
{
	TRY(session_insert(db, &s->fresh));
	if (!s->has_from)
		return 0;
	if (s->moves)
		TRY(session_move(db, &s->from, &s->fresh.hash, s->owner));
	for (size_t i = 0; s->owner.v && i < s->adopts; i++)
		TRY(case_owner_set(db, &s->adopt[i], s->owner));
	return session_delete(db, &s->from);
}

struct entry {
	struct signin signin;
	struct passkey_use *use;
};

static int signin_unit(struct dbc *db, void *arg)
{
	struct entry *e = arg;

	if (e->use) {
		TRY(passkey_signin_write(db, e->use));
		if (e->use->refused)
			return 0;
	}
	return signin_write(db, &e->signin);
}

int account_signin(struct ctx *c, account_id id, const struct actor *old, struct passkey_use *use)
{
	struct entry *e = ARENA_NEW(c->arena, struct entry);

	e->use = use;
	TRY(signin_prepare(c, id, old, &e->signin));
	ctx_hand_over(c, signin_unit, e, e->signin.touches, false);
	return 0;
}

static int signout_unit(struct dbc *db, void *arg)
{
	return session_delete(db, arg);
}

int account_signout(struct ctx *c)
{
	struct digest *hash = ARENA_NEW(c->arena, struct digest);

	if (!c->actor.known)
		return 0;
	*hash = c->actor.session;
	ctx_hand_over(c, signout_unit, hash, TENANT_PORTAL, true);
	return 0;
}

/* ---- password ---- */

int account_is_open(struct ctx *c, bool *ret)
{
	struct one_time row;
	int rc;

	*ret = false;
	if (!c->actor.known || !c->actor.account.v)
		return 0;
	rc = one_time_find(c, TENANT_PORTAL, "open", open_token(c->arena, &c->actor.session), &row);
	if (rc == ERR_NOTFOUND)
		return 0;
	TRY(rc);
	*ret = row.subject == c->actor.account.v;
	return 0;
}

struct password_change {
	account_id account;
	struct digest session;
	int64_t subject;
	str encoded;
	struct outbox_row notice;
};

static int password_unit(struct dbc *db, void *arg)
{
	struct password_change *p = arg;

	TRY(db_exec(db, SQL("UPDATE account SET password = $3 WHERE tenant_id = $1 AND account_id = $2"), VI(TENANT_PORTAL.v), VI(p->account.v),
		VT(p->encoded)));
	TRY(one_time_drop(db, TENANT_PORTAL, "open", p->account.v));
	TRY(one_time_drop(db, TENANT_PORTAL, "reset", p->subject));
	TRY(session_delete_others(db, SESSION_KIND_CITIZEN, TENANT_PORTAL, p->account.v, &p->session));
	return outbox_put(db, &p->notice);
}

int account_password_set(struct ctx *c, str encoded)
{
	struct password_change *p = ARENA_NEW(c->arena, struct password_change);
	struct account acc;

	TRY(account_by_id(c, c->actor.account, &acc));
	if (!c->actor.account.v || !acc.id.v)
		return ERR_DENIED;
	*p = (struct password_change){ .account = acc.id, .session = c->actor.session, .encoded = encoded };
	p->subject = account_subject(&acc.email_token);
	TRY(account_mail(c, "password_changed", acc.email, str_fmt(c->arena, "%.*s/konto/passwort-vergessen", STR_FMT(c->house->origin)), &p->notice));
	ctx_hand_over(c, password_unit, p, TENANT_PORTAL, true);
	return 0;
}

/* ---- passkeys ---- */

struct passkey_change {
	struct passkey_use *use;
	struct passkey_owner owner;
	str credential;
	struct outbox_row notice;
};

static int passkey_unit(struct dbc *db, void *arg)
{
	struct passkey_change *x = arg;
	bool removed;

	if (!x->use)
		return passkey_remove_write(db, &x->owner, x->credential, &removed); /* gone already is as good */
	TRY(passkey_add_write(db, x->use));
	return x->use->refused ? 0 : outbox_put(db, &x->notice);
}

static int passkey_change(struct ctx *c, struct passkey_use *use, str credential)
{
	struct passkey_change *x = ARENA_NEW(c->arena, struct passkey_change);
	struct account acc;

	TRY(account_by_id(c, c->actor.account, &acc));
	if (!c->actor.account.v || !acc.id.v)
		return ERR_DENIED;
	*x = (struct passkey_change){ .use = use, .credential = credential,
				      .owner = { .kind = PASSKEY_ACCOUNT, .tenant = TENANT_PORTAL, .subject = acc.id.v } };
	/* a second way in is said to the owner: whoever sits at an open browser cannot add one unseen */
	TRY(account_mail(c, "passkey_added", acc.email, str_fmt(c->arena, "%.*s/konto/einstellungen", STR_FMT(c->house->origin)), &x->notice));
	ctx_hand_over(c, passkey_unit, x, TENANT_PORTAL, true);
	return 0;
}

int account_passkey_add(struct ctx *c, struct passkey_use *use)
{
	return passkey_change(c, use, STR_EMPTY);
}

int account_passkey_remove(struct ctx *c, str credential)
{
	return passkey_change(c, NULL, credential);
}

/* ---- my cases ---- */

int account_cases(struct ctx *c, int64_t before, size_t max, struct my_case **ret, size_t *ret_n)
{
	AUTO(rows_done) struct rows *r = NULL;
	struct my_case *list = ARENA_ARRAY(c->arena, struct my_case, max + 1);
	struct dbc *db;
	size_t n = 0;

	*ret = list;
	*ret_n = 0;
	if (c->actor.kind != ACTOR_APPLICANT || !c->actor.account.v)
		return ERR_DENIED;
	TRY(ctx_db(c, (tenant_id){ TENANT_ALL }, &db));
	TRY(db_query(db, &r, SQL_ALL_TENANTS("one person's own cases lie with many authorities; bound by owner",
				 "SELECT tenant_id, case_id FROM cases WHERE owner_account = $1 AND case_id < $2 AND destroyed_at IS NULL "
				 "ORDER BY case_id DESC LIMIT $3"),
		VI(c->actor.account.v), VI(before ? before : INT64_MAX), VI((int64_t)max)));
	while (n < max && rows_next(r)) {
		list[n].tenant.v = (int32_t)row_int(r, 0);
		list[n++].id.v = row_int(r, 1);
	}
	TRY(rows_error(r));
	rows_done(&r);
	ctx_done(c); /* nothing else of this request reads with all tenants open */
	*ret_n = n;
	return 0;
}

/* ---- closing ---- */

struct closing {
	account_id account;
	int64_t subject;
	struct grant *grant;
	size_t grants;
	struct outbox_row notice;
};

static int close_rows(struct dbc *db, account_id id)
{
	TRY(db_exec(db, SQL("DELETE FROM draft_file WHERE tenant_id = $1 AND draft_id IN (SELECT draft_id FROM draft WHERE tenant_id = $1 AND account_id = $2)"),
		VI(TENANT_PORTAL.v), VI(id.v)));
	TRY(db_exec(db, SQL("DELETE FROM draft WHERE tenant_id = $1 AND account_id = $2"), VI(TENANT_PORTAL.v), VI(id.v)));
	TRY(db_exec(db, SQL("DELETE FROM passkey WHERE tenant_id = $1 AND kind = 1 AND subject_id = $2"), VI(TENANT_PORTAL.v), VI(id.v)));
	TRY(db_exec(db, SQL("DELETE FROM session_case WHERE tenant_id = $1 AND session_hash IN (SELECT session_hash FROM session WHERE tenant_id = $1 "
			    "AND subject_id = $2 AND subject_id <> 0 AND kind = 1)"),
		VI(TENANT_PORTAL.v), VI(id.v)));
	TRY(session_delete_others(db, SESSION_KIND_CITIZEN, TENANT_PORTAL, id.v, NULL));
	return db_exec(db, SQL("DELETE FROM account WHERE tenant_id = $1 AND account_id = $2"), VI(TENANT_PORTAL.v), VI(id.v));
}

static int close_unit(struct dbc *db, void *arg)
{
	struct closing *x = arg;

	for (size_t i = 0; i < x->grants; i++)
		TRY(case_owner_set(db, &x->grant[i], (account_id){ 0 }));
	TRY(one_time_drop(db, TENANT_PORTAL, "open", x->account.v));
	TRY(one_time_drop(db, TENANT_PORTAL, "reset", x->subject));
	TRY(close_rows(db, x->account));
	return outbox_put(db, &x->notice);
}

#define CLOSE_CASES_MAX 2000

int account_close(struct ctx *c)
{
	struct closing *x = ARENA_NEW(c->arena, struct closing);
	struct account acc;
	struct my_case *mine;
	tenant_id touches = TENANT_PORTAL;
	size_t n;

	TRY(account_by_id(c, c->actor.account, &acc));
	if (!c->actor.account.v || !acc.id.v)
		return ERR_DENIED;
	TRY(account_cases(c, 0, CLOSE_CASES_MAX, &mine, &n));
	x->account = acc.id;
	x->subject = account_subject(&acc.email_token);
	x->grant = ARENA_ARRAY(c->arena, struct grant, n + 1);
	for (size_t i = 0; i < n; i++) {
		TRY(case_authorize_id(c, mine[i].tenant, mine[i].id, CASE_ANSWER, &x->grant[x->grants++]));
		touches.v = i == 0 || touches.v == mine[i].tenant.v ? mine[i].tenant.v : TENANT_ALL;
	}
	TRY(account_mail(c, "closed", acc.email, c->house->origin, &x->notice));
	/* the account's key goes with the next sweep: nothing refers to it any more */
	ctx_hand_over(c, close_unit, x, touches, false);
	return 0;
}
