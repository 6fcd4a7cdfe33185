/* SPDX-License-Identifier: EUPL-1.2 */
/* Clerks sign in on their own host, and set up their access by a one-time link. */
#include "base/log.h"
#include "base/utf8.h"
#include "usecase/accounts.h"
#include "usecase/clerk_signin.h"
#include "usecase/staff.h"
#include "web/limit.h"
#include "web/pages/own.h"

#define TRIES_CLIENT 20
#define TRIES_LOGIN 6		/* one account, one address */
#define TRIES_ACCOUNT 120	/* one account, all addresses: what a password of ten characters stands for ever */
#define OPEN_SEGMENT "zugang" /* no token looks like this: they have 24 characters */

static str back_of(struct req *rq)
{
	return own_path(req_query(rq, S("weiter")));
}

static void note(struct req *rq, const char *way, bool ok)
{
	log_event(LOG_INFO, "signin", "id", str_c(rq->id), "kind", S("clerk"), "way", str_c(way), "result", ok ? S("ok") : S("refused"), NULL);
}

/* ---- sign-in ---- */

struct tried {
	struct clerk_login login;
	struct arena *arena;
	str typed, password, back;
	bool ok;
	struct kept kept;
	struct passkey_use use;
};

static int show_signin(struct req *rq, str typed, str login_error, str password_error, int status)
{
	str tail = own_tail(rq, back_of(rq));
	struct passkey_owner anybody = { .kind = PASSKEY_CLERK };
	struct clerk_signin_view v = { .post = page_post(rq, str_fmt(rq->arena, "/anmelden%.*s", STR_FMT(tail)), false) };

	v.page = page_frame(rq, TX(rq, TX_CLERK_SIGNIN_TITLE));
	v.email = (struct field_view){ .look = LOOK_TEXT, .key = S("anmeldename"), .label = TX(rq, TX_CLERK_SIGNIN_LOGIN),
				       .hint = TX(rq, TX_CLERK_SIGNIN_LOGIN_HINT), .value = typed, .input_type = S("text"),
				       .autocomplete = S("username"), .no_spellcheck = true, .max_length = 120 };
	v.password = own_password(S("passwort"), TX(rq, TX_ACCOUNT_PASSWORD), false);
	if (login_error.n)
		own_error(rq, &v.errors, &v.email, login_error);
	if (password_error.n)
		own_error(rq, &v.errors, &v.password, password_error);
	v.page.errors = v.errors.items > 0;
	TRY(own_passkey(rq, &anybody, STR_EMPTY, str_fmt(rq->arena, "/anmelden/passkey%.*s", STR_FMT(tail)), &v.passkey));
	return RENDER(rq, status, view_clerk_signin, &v);
}

int page_clerk_signin(struct req *rq)
{
	str back = back_of(rq);

	if (rq->ctx.actor.kind == ACTOR_CLERK && rq->ctx.actor.known)
		return reply_see(rq, back.n ? back : S("/"));
	return show_signin(rq, STR_EMPTY, STR_EMPTY, STR_EMPTY, 200);
}

static int signed_in(struct req *rq)
{
	struct tried *t = rq->data;

	if (t->use.refused) {
		own_session_back(rq, &t->kept);
		note(rq, "passkey", false);
		return show_signin(rq, STR_EMPTY, STR_EMPTY, TX(rq, TX_SIGNIN_PASSKEY_WRONG), 422);
	}
	note(rq, t->use.owner.kind ? "passkey" : "password", true);
	return reply_see(rq, t->back.n ? t->back : S("/"));
}

static void check(void *arg)
{
	struct tried *t = arg;

	t->ok = clerk_password_ok(t->arena, &t->login, t->password);
}

static int checked(struct req *rq)
{
	struct tried *t = rq->data;

	if (!t->ok) {
		note(rq, "password", false);
		return show_signin(rq, t->typed, STR_EMPTY, TX(rq, TX_CLERK_SIGNIN_WRONG), 422);
	}
	t->kept = own_session_new(rq);
	TRY(clerk_signin(&rq->ctx, &t->login, &t->kept.actor, NULL));
	return req_commit(rq, signed_in);
}

/*
 * Tries are counted by the account that was found, not by what was typed, so that ways of writing a name do not multiply them: few for one
 * address, and many more for all together. So somebody elsewhere who keeps typing wrong passwords keeps no clerk out at a desk of its own.
 */
static bool may_try(struct req *rq, const struct tried *t)
{
	str who = t->login.id.v ? str_fmt(rq->arena, "%d/%lld", (int)t->login.tenant.v, (long long)t->login.id.v)
				: utf8_fold(rq->arena, utf8_nfc(rq->arena, t->typed));

	return limit_take(S("clerk-login"), str_fmt(rq->arena, "%.*s %.*s", STR_FMT(who), STR_FMT(limit_client(rq->arena, rq->client))), TRIES_LOGIN) &&
	       limit_take(S("clerk-account"), who, TRIES_ACCOUNT);
}

int page_clerk_signin_post(struct req *rq)
{
	struct tried *t = ARENA_NEW(rq->arena, struct tried);

	*t = (struct tried){ .arena = rq->arena, .typed = str_trim(req_form(rq, S("anmeldename"))), .password = req_form(rq, S("passwort")),
			     .back = back_of(rq) };
	if (!t->typed.n || !t->password.n)
		return show_signin(rq, t->typed, t->typed.n ? STR_EMPTY : TX(rq, TX_CLERK_SIGNIN_LOGIN_REQUIRED),
			t->password.n ? STR_EMPTY : TX(rq, TX_SIGNIN_PASSWORD_REQUIRED), 422);
	if (!limit_take(S("clerk-signin"), limit_client(rq->arena, rq->client), TRIES_CLIENT))
		return show_signin(rq, t->typed, STR_EMPTY, TX(rq, TX_SIGNIN_TOO_OFTEN), 429);
	TRY(clerk_login_find(&rq->ctx, t->typed, &t->login));
	if (!may_try(rq, t))
		return show_signin(rq, t->typed, STR_EMPTY, TX(rq, TX_SIGNIN_TOO_OFTEN), 429);
	rq->data = t;
	return req_work(rq, check, t, checked);
}

int page_clerk_passkey_post(struct req *rq)
{
	struct tried *t = ARENA_NEW(rq->arena, struct tried);
	struct webauthn_rp rp = own_rp(rq);
	int rc;

	t->back = back_of(rq);
	rq->data = t;
	if (!limit_take(S("clerk-signin"), limit_client(rq->arena, rq->client), TRIES_CLIENT))
		return show_signin(rq, STR_EMPTY, STR_EMPTY, TX(rq, TX_SIGNIN_TOO_OFTEN), 429);
	rc = passkey_signin_check(&rq->ctx, &rp, PASSKEY_CLERK, req_form(rq, S("once")), req_form(rq, S("passkey")), &t->use);
	if (!rc)
		rc = clerk_login_by_id(&rq->ctx, t->use.owner.tenant, (clerk_id){ t->use.owner.subject }, &t->login);
	if (rc == ERR_DENIED || (!rc && !t->login.id.v)) { /* switched off: the same answer */
		note(rq, "passkey", false);
		return show_signin(rq, STR_EMPTY, STR_EMPTY, TX(rq, TX_SIGNIN_PASSKEY_WRONG), 422);
	}
	TRY(rc);
	t->kept = own_session_new(rq);
	TRY(clerk_signin(&rq->ctx, &t->login, &t->kept.actor, &t->use));
	return req_commit(rq, signed_in);
}

/* ---- setting up: button, then password or passkey ---- */

static str authority_name(struct req *rq, tenant_id t)
{
	const struct authority *a = staff_authority(rq->house, t);

	return a ? a->name : STR_EMPTY;
}

static int link_gone(struct req *rq)
{
	return own_gone(rq, 410, TX(rq, TX_CLERK_SIGNIN_LINK_GONE), S("/anmelden"));
}

/* What is typed to sign in. */
static str login_name(struct req *rq, const struct clerk_login *l)
{
	const struct authority *a = staff_authority(rq->house, l->tenant);

	return a && l->login.n ? str_fmt(rq->arena, "%.*s@%.*s", STR_FMT(l->login), STR_FMT(a->slug)) : STR_EMPTY;
}

static int show_button(struct req *rq)
{
	struct clerk_setup_view v = { .post = page_post(rq, rq->path, false), .button_only = true };
	struct clerk_setup s;

	TRY(clerk_setup_find(&rq->ctx, req_path(rq, 0), &s));
	if (!s.clerk.id.v)
		return link_gone(rq);
	v.page = page_frame(rq, TX(rq, TX_CLERK_SETUP_BEGIN));
	v.page.secret = true;
	v.page.path = STR_EMPTY;
	v.name = s.clerk.name;
	v.authority = authority_name(rq, s.clerk.tenant);
	v.login = login_name(rq, &s.clerk);
	return RENDER(rq, 200, view_clerk_setup, &v);
}

static int show_open(struct req *rq, str error, str passkey_error)
{
	const struct actor *who = &rq->ctx.actor;
	struct passkey_owner o = { .kind = PASSKEY_CLERK, .tenant = who->tenant, .subject = who->clerk.v };
	struct clerk_setup_view v = { .post = page_post(rq, S("/einrichten/" OPEN_SEGMENT), false), .name = who->name };
	struct clerk_login l;
	bool open, wrong = error.n || passkey_error.n;

	TRY(clerk_is_open(&rq->ctx, &open));
	if (!open)
		return own_gone(rq, 410, TX(rq, TX_CLERK_SIGNIN_OPEN_GONE), S("/anmelden"));
	v.page = page_frame(rq, TX(rq, TX_CLERK_SETUP_BEGIN));
	v.page.errors = wrong;
	TRY(clerk_login_by_id(&rq->ctx, who->tenant, who->clerk, &l));
	v.authority = authority_name(rq, who->tenant);
	v.login = login_name(rq, &l);
	v.password = own_password(S("passwort"), TX(rq, TX_SIGNIN_PASSWORD_NEW), true);
	v.password.hint = TX(rq, TX_CLERK_SIGNIN_PASSWORD_HINT);
	if (wrong)
		own_error(rq, &v.errors, &v.password, error.n ? error : passkey_error);
	TRY(own_passkey(rq, &o, who->name, S("/einrichten/" OPEN_SEGMENT "?mit=passkey"), &v.passkey));
	return RENDER(rq, wrong ? 422 : 200, view_clerk_setup, &v);
}

int page_clerk_setup(struct req *rq)
{
	return str_eq(req_path(rq, 0), S(OPEN_SEGMENT)) ? show_open(rq, STR_EMPTY, STR_EMPTY) : show_button(rq);
}

struct setting_up {
	struct clerk_setup setup;
	struct kept kept;
	struct arena *arena;
	str password, encoded;
	struct passkey_use use;
};

static int link_used(struct req *rq)
{
	struct setting_up *s = rq->data;

	if (!s->setup.used) {
		own_session_back(rq, &s->kept);
		return link_gone(rq);
	}
	note(rq, "link", true);
	return reply_see(rq, S("/einrichten/" OPEN_SEGMENT));
}

static int use_link(struct req *rq)
{
	struct setting_up *s = ARENA_NEW(rq->arena, struct setting_up);

	if (!limit_take(S("clerk-link"), limit_client(rq->arena, rq->client), TRIES_CLIENT))
		return reply_problem(rq, 429);
	TRY(clerk_setup_find(&rq->ctx, req_path(rq, 0), &s->setup));
	if (!s->setup.clerk.id.v)
		return link_gone(rq);
	s->kept = own_session_new(rq);
	rq->data = s;
	TRY(clerk_setup_use(&rq->ctx, &s->setup, &s->kept.actor));
	return req_commit(rq, link_used);
}

static int ready(struct req *rq)
{
	struct setting_up *s = rq->data;

	if (s->use.refused)
		return show_open(rq, STR_EMPTY, TX(rq, TX_SIGNIN_PASSKEY_REFUSED));
	return reply_see(rq, S("/"));
}

static void encode(void *arg)
{
	struct setting_up *s = arg;

	s->encoded = password_encode(s->arena, s->password);
}

static int encoded(struct req *rq)
{
	struct setting_up *s = rq->data;

	TRY(clerk_password_set(&rq->ctx, s->encoded));
	return req_commit(rq, ready);
}

static int choose_passkey(struct req *rq, struct setting_up *s)
{
	const struct actor *who = &rq->ctx.actor;
	struct passkey_owner o = { .kind = PASSKEY_CLERK, .tenant = who->tenant, .subject = who->clerk.v };
	struct webauthn_rp rp = own_rp(rq);
	int rc = passkey_add_check(&rq->ctx, &rp, &o, req_form(rq, S("once")), req_form(rq, S("passkey")), &s->use);

	if (rc == ERR_DENIED)
		return show_open(rq, STR_EMPTY, TX(rq, TX_SIGNIN_PASSKEY_REFUSED));
	TRY(rc);
	TRY(clerk_passkey_set(&rq->ctx, &s->use));
	return req_commit(rq, ready);
}

int page_clerk_setup_post(struct req *rq)
{
	struct setting_up *s = ARENA_NEW(rq->arena, struct setting_up);
	bool open;
	str error;

	if (!str_eq(req_path(rq, 0), S(OPEN_SEGMENT)))
		return use_link(rq);
	TRY(clerk_is_open(&rq->ctx, &open));
	if (!open)
		return own_gone(rq, 410, TX(rq, TX_CLERK_SIGNIN_OPEN_GONE), S("/anmelden"));
	s->arena = rq->arena;
	s->password = req_form(rq, S("passwort"));
	rq->data = s;
	if (req_form(rq, S("passkey")).n)
		return choose_passkey(rq, s);
	error = own_password_problem(rq, s->password, STR_EMPTY);
	if (error.n)
		return show_open(rq, error, STR_EMPTY);
	return req_work(rq, encode, s, encoded);
}
