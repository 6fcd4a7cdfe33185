/* SPDX-License-Identifier: EUPL-1.2 */
#include "usecase/clerk_signin.h"

#include "base/utf8.h"
#include "usecase/accounts_impl.h"
#include "usecase/staff.h"

/* ---- finding ---- */

#define LOGIN_COLUMNS "clerk_id, login, name, role, password "

static int read_login(struct ctx *c, struct rows *r, tenant_id t, struct clerk_login *ret)
{
	*ret = (struct clerk_login){ .tenant = t, .password = S(PASSWORD_DUMMY) };
	if (!rows_next(r))
		return rows_error(r);
	ret->id.v = row_int(r, 0);
	ret->login = str_dup(c->arena, row_str(r, 1));
	ret->name = str_dup(c->arena, row_str(r, 2));
	ret->role = (enum clerk_role)row_int(r, 3);
	ret->has_password = row_str(r, 4).n > 0;
	if (ret->has_password)
		ret->password = str_dup(c->arena, row_str(r, 4));
	return 0;
}

static tenant_id tenant_of(const struct house *h, str slug)
{
	const struct authority *a = str_eq(slug, S(STAFF_PORTAL)) ? &staff_portal : authority_by_slug(h->places, slug);
	const struct place *p = a ? NULL : place_by_slug(h->places, slug);

	return (tenant_id){ a ? a->tenant_id : p ? p->tenant_id : 0 };
}

int clerk_login_find(struct ctx *c, str typed, struct clerk_login *ret)
{
	AUTO(rows_done) struct rows *r = NULL;
	str login, slug;
	struct dbc *db;
	tenant_id t;

	*ret = (struct clerk_login){ .password = S(PASSWORD_DUMMY) };
	if (!str_cut(str_lower_ascii(c->arena, str_trim(typed)), '@', &login, &slug) || !staff_login_ok(login))
		return 0;
	t = tenant_of(c->house, slug);
	if (!t.v)
		return 0;
	TRY(ctx_db(c, t, &db));
	TRY(db_query(db, &r, SQL("SELECT " LOGIN_COLUMNS "FROM clerk WHERE tenant_id = $1 AND login = $2 AND active = 1"), VI(t.v), VT(login)));
	return read_login(c, r, t, ret);
}

int clerk_login_by_id(struct ctx *c, tenant_id t, clerk_id id, struct clerk_login *ret)
{
	AUTO(rows_done) struct rows *r = NULL;
	struct dbc *db;

	TRY(ctx_db(c, t, &db));
	TRY(db_query(db, &r, SQL("SELECT " LOGIN_COLUMNS "FROM clerk WHERE tenant_id = $1 AND clerk_id = $2 AND active = 1"), VI(t.v), VI(id.v)));
	return read_login(c, r, t, ret);
}

bool clerk_password_ok(struct arena *a, const struct clerk_login *l, str password)
{
	return password_matches(a, l->password, utf8_nfc(a, utf8_truncate(password, PASSWORD_MOST))) && l->has_password;
}

/* ---- signing in ---- */

struct entry {
	struct session_new fresh;
	struct digest from;
	bool has_from;
	struct passkey_use *use;
	struct clerk_setup *setup;
	struct one_time open;
};

static struct entry *entry_new(struct ctx *c, const struct clerk_login *l, const struct actor *old)
{
	struct entry *e = ARENA_NEW(c->arena, struct entry);

	e->fresh = (struct session_new){ .hash = c->actor.session, .kind = SESSION_KIND_CLERK, .subject = l->id.v, .subject_tenant = l->tenant, .now = c->now,
					 .expires = instant_add_s(c->now, SESSION_CLERK_HOURS * 3600) };
	e->has_from = old->known;
	e->from = old->session;
	return e;
}

static int write_session(struct dbc *db, const struct entry *e)
{
	TRY(session_insert(db, &e->fresh));
	return e->has_from ? session_delete(db, &e->from) : 0;
}

static int signin_unit(struct dbc *db, void *arg)
{
	struct entry *e = arg;

	if (e->use) {
		TRY(passkey_signin_write(db, e->use));
		if (e->use->refused)
			return 0;
	}
	return write_session(db, e);
}

int clerk_signin(struct ctx *c, const struct clerk_login *l, const struct actor *old, struct passkey_use *use)
{
	struct entry *e = entry_new(c, l, old);

	e->use = use;
	ctx_hand_over(c, signin_unit, e, l->tenant, false);
	return 0;
}

/* ---- the one-time link ---- */

int clerk_setup_find(struct ctx *c, str token, struct clerk_setup *ret)
{
	tenant_id t;
	int rc;

	*ret = (struct clerk_setup){ 0 };
	if (handle_parse(c->arena, token, &t) < 0 || !staff_authority(c->house, t))
		return 0;
	rc = one_time_find(c, t, "clerk_setup", token, &ret->row);
	if (rc == ERR_NOTFOUND)
		return 0;
	TRY(rc);
	return clerk_login_by_id(c, t, (clerk_id){ ret->row.subject }, &ret->clerk);
}

static int setup_unit(struct dbc *db, void *arg)
{
	struct entry *e = arg;
	tenant_id t = e->fresh.subject_tenant;

	TRY(one_time_take(db, &e->setup->row, &e->setup->used));
	if (!e->setup->used)
		return 0;
	TRY(db_exec(db, SQL("UPDATE clerk SET password = NULL WHERE tenant_id = $1 AND clerk_id = $2"), VI(t.v), VI(e->fresh.subject)));
	TRY(db_exec(db, SQL("DELETE FROM passkey WHERE tenant_id = $1 AND kind = 2 AND subject_id = $2"), VI(t.v), VI(e->fresh.subject)));
	TRY(session_delete_others(db, SESSION_KIND_CLERK, t, e->fresh.subject, NULL));
	TRY(one_time_put(db, &e->open));
	return write_session(db, e);
}

int clerk_setup_use(struct ctx *c, struct clerk_setup *s, const struct actor *old)
{
	struct entry *e = entry_new(c, &s->clerk, old);

	e->setup = s;
	TRY(one_time_of(c, s->clerk.tenant, "clerk_open", s->clerk.id.v, STR_EMPTY, CLERK_OPEN_MINUTES * 60, open_token(c->arena, &c->actor.session), &e->open));
	ctx_hand_over(c, setup_unit, e, s->clerk.tenant, false);
	return 0;
}

int clerk_is_open(struct ctx *c, bool *ret)
{
	struct one_time row;
	int rc;

	*ret = false;
	if (!c->actor.known || c->actor.kind != ACTOR_CLERK)
		return 0;
	rc = one_time_find(c, c->actor.tenant, "clerk_open", open_token(c->arena, &c->actor.session), &row);
	if (rc == ERR_NOTFOUND)
		return 0;
	TRY(rc);
	*ret = row.subject == c->actor.clerk.v;
	return 0;
}

struct credential_change {
	tenant_id tenant;
	clerk_id clerk;
	struct digest session;
	str encoded;
	struct passkey_use *use;
};

static int credential_unit(struct dbc *db, void *arg)
{
	struct credential_change *x = arg;

	if (x->use) {
		TRY(passkey_add_write(db, x->use));
		if (x->use->refused)
			return 0;
	} else {
		TRY(db_exec(db, SQL("UPDATE clerk SET password = $3 WHERE tenant_id = $1 AND clerk_id = $2"), VI(x->tenant.v), VI(x->clerk.v),
			VT(x->encoded)));
	}
	TRY(one_time_drop(db, x->tenant, "clerk_open", x->clerk.v));
	return session_delete_others(db, SESSION_KIND_CLERK, x->tenant, x->clerk.v, &x->session);
}

static int credential_set(struct ctx *c, str encoded, struct passkey_use *use)
{
	struct credential_change *x = ARENA_NEW(c->arena, struct credential_change);
	bool open;

	TRY(clerk_is_open(c, &open));
	if (!open)
		return ERR_DENIED;
	*x = (struct credential_change){ .tenant = c->actor.tenant, .clerk = c->actor.clerk, .session = c->actor.session, .encoded = encoded, .use = use };
	ctx_hand_over(c, credential_unit, x, c->actor.tenant, true);
	return 0;
}

int clerk_password_set(struct ctx *c, str encoded)
{
	return credential_set(c, encoded, NULL);
}

int clerk_passkey_set(struct ctx *c, struct passkey_use *use)
{
	return credential_set(c, STR_EMPTY, use);
}
