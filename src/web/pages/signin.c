/* SPDX-License-Identifier: EUPL-1.2 */
/* The citizen signs in and out, creates an account, confirms an address, forgets a password. */
#include "base/log.h"
#include "domain/field_codes.h"
#include "usecase/accounts.h"
#include "usecase/identity.h"
#include "web/limit.h"
#include "web/pages/own.h"

/* A minute and address of the client; a minute and account, known or not. */
#define TRIES_CLIENT 20
#define TRIES_ACCOUNT 6
#define MAILS_CLIENT 5

static str back_of(struct req *rq)
{
	str form = own_path(req_form(rq, S("weiter")));

	return form.n ? form : own_path(req_query(rq, S("weiter")));
}

static int go_on(struct req *rq, str back)
{
	return reply_see(rq, back.n ? back : S("/konto"));
}

static void note(struct req *rq, const char *way, bool ok)
{
	log_event(LOG_INFO, "signin", "id", str_c(rq->id), "kind", S("account"), "way", str_c(way), "result", ok ? S("ok") : S("refused"), NULL);
}

/* ---- sign-in ---- */

struct tried {
	struct account account;
	str email, password, back;
	struct arena *arena;
	bool ok;
	struct kept kept;
	struct passkey_use use;
};

static int show_signin(struct req *rq, str email, str back, str email_error, str password_error, int status)
{
	struct passkey_owner anybody = { .kind = PASSKEY_ACCOUNT };
	struct signin_view v = { .post = page_post(rq, S("/konto/anmelden"), false), .back_to = back };

	v.page = page_frame(rq, TX(rq, TX_ACCOUNT_SIGNIN_TITLE));
	v.email = own_email(rq, S("email"), TX(rq, TX_ACCOUNT_EMAIL), email);
	v.password = own_password(S("passwort"), TX(rq, TX_ACCOUNT_PASSWORD), false);
	if (email_error.n)
		own_error(rq, &v.errors, &v.email, email_error);
	if (password_error.n)
		own_error(rq, &v.errors, &v.password, password_error);
	v.page.errors = v.errors.items > 0;
	TRY(own_passkey(rq, &anybody, STR_EMPTY, str_fmt(rq->arena, "/konto/anmelden/passkey%.*s", STR_FMT(own_tail(rq, back))), &v.passkey));
	v.register_href = str_fmt(rq->arena, "/konto/neu%.*s", STR_FMT(own_tail(rq, back)));
	v.forgot_href = S("/konto/passwort-vergessen");
	if (identity_offered(rq->house)) {
		v.identity_href = str_fmt(rq->arena, "/konto/ausweisen%.*s", STR_FMT(own_tail(rq, back)));
		v.identity_name = TX(rq, TX_SIGNIN_IDENTITY_NAME);
	}
	return RENDER(rq, status, view_signin, &v);
}

int page_signin(struct req *rq)
{
	str back = back_of(rq);

	if (rq->ctx.actor.account.v)
		return go_on(rq, back);
	return show_signin(rq, STR_EMPTY, back, STR_EMPTY, STR_EMPTY, 200);
}

static int signed_in(struct req *rq)
{
	struct tried *t = rq->data;

	if (t->use.refused) {
		own_session_back(rq, &t->kept);
		note(rq, "passkey", false);
		return show_signin(rq, STR_EMPTY, t->back, STR_EMPTY, TX(rq, TX_SIGNIN_PASSKEY_WRONG), 422);
	}
	note(rq, t->use.owner.kind ? "passkey" : "password", true);
	return go_on(rq, t->back);
}

static void check(void *arg)
{
	struct tried *t = arg;

	t->ok = account_password_ok(t->arena, &t->account, t->password);
}

static int checked(struct req *rq)
{
	struct tried *t = rq->data;

	if (!t->ok) {
		note(rq, "password", false);
		return show_signin(rq, t->email, t->back, STR_EMPTY, TX(rq, TX_SIGNIN_WRONG), 422);
	}
	t->kept = own_session_new(rq);
	TRY(account_signin(&rq->ctx, t->account.id, &t->kept.actor, NULL));
	return req_commit(rq, signed_in);
}

static bool too_often(struct req *rq, str email)
{
	struct digest token;

	if (!limit_take(S("signin"), limit_client(rq->arena, rq->client), TRIES_CLIENT))
		return true;
	return account_email_token(&rq->ctx, email, &token) < 0 || !limit_take(S("signin-account"), digest_str(&token), TRIES_ACCOUNT);
}

int page_signin_post(struct req *rq)
{
	struct tried *t = ARENA_NEW(rq->arena, struct tried);
	str email_error = STR_EMPTY, password_error = STR_EMPTY;

	t->email = str_trim(req_form(rq, S("email")));
	t->password = req_form(rq, S("passwort"));
	t->back = back_of(rq);
	t->arena = rq->arena;
	if (!t->email.n)
		email_error = TX(rq, TX_SIGNIN_EMAIL_REQUIRED);
	else if (field_code_parse(rq->arena, FIELD_EMAIL, t->email, &t->email) < 0)
		email_error = TX(rq, TX_PAGES_EMAIL_FORMAT);
	if (!t->password.n)
		password_error = TX(rq, TX_SIGNIN_PASSWORD_REQUIRED);
	if (email_error.n || password_error.n)
		return show_signin(rq, t->email, t->back, email_error, password_error, 422);
	if (too_often(rq, t->email))
		return show_signin(rq, t->email, t->back, STR_EMPTY, TX(rq, TX_SIGNIN_TOO_OFTEN), 429);
	TRY(account_by_email(&rq->ctx, t->email, &t->account));
	rq->data = t;
	return req_work(rq, check, t, checked);
}

int page_signin_passkey_post(struct req *rq)
{
	struct tried *t = ARENA_NEW(rq->arena, struct tried);
	struct webauthn_rp rp = own_rp(rq);
	int rc;

	t->back = back_of(rq);
	rq->data = t;
	if (!limit_take(S("signin"), limit_client(rq->arena, rq->client), TRIES_CLIENT))
		return show_signin(rq, STR_EMPTY, t->back, STR_EMPTY, TX(rq, TX_SIGNIN_TOO_OFTEN), 429);
	rc = passkey_signin_check(&rq->ctx, &rp, PASSKEY_ACCOUNT, req_form(rq, S("once")), req_form(rq, S("passkey")), &t->use);
	if (rc == ERR_DENIED) {
		note(rq, "passkey", false);
		return show_signin(rq, STR_EMPTY, t->back, STR_EMPTY, TX(rq, TX_SIGNIN_PASSKEY_WRONG), 422);
	}
	TRY(rc);
	t->kept = own_session_new(rq);
	TRY(account_signin(&rq->ctx, (account_id){ t->use.owner.subject }, &t->kept.actor, &t->use));
	return req_commit(rq, signed_in);
}

static int signed_out(struct req *rq)
{
	session_clear(rq);
	/* pages kept for Back are thrown away: the next person at this machine sees nothing */
	reply_header(rq, "Clear-Site-Data", S("\"cache\""));
	return reply_see(rq, rq->host == HOST_CLERK ? S("/anmelden") : S("/?gemeldet=abgemeldet"));
}

int page_signout_post(struct req *rq)
{
	TRY(account_signout(&rq->ctx));
	return req_commit(rq, signed_out);
}

/* ---- "we have sent a link": the same for known and unknown addresses ---- */

struct wrote {
	str email, again;
};

static int show_mail_sent(struct req *rq)
{
	struct wrote *w = rq->data;
	struct mail_sent_view v = { .title = TX(rq, TX_SIGNIN_MAIL_TITLE), .email = w->email, .text = TX(rq, TX_SIGNIN_MAIL_TEXT), .again_href = w->again };

	v.page = page_frame(rq, v.title);
	return RENDER(rq, 200, view_mail_sent, &v);
}

/* Takes the address of a form. 0: fine, 1: *ret_error says what is wrong. */
static int take_email(struct req *rq, str *ret_email, str *ret_error)
{
	*ret_email = str_trim(req_form(rq, S("email")));
	*ret_error = STR_EMPTY;
	if (!ret_email->n)
		*ret_error = TX(rq, TX_SIGNIN_EMAIL_REQUIRED);
	else if (field_code_parse(rq->arena, FIELD_EMAIL, *ret_email, ret_email) < 0)
		*ret_error = TX(rq, TX_PAGES_EMAIL_FORMAT);
	else if (!limit_take(S("account-mail"), limit_client(rq->arena, rq->client), MAILS_CLIENT))
		*ret_error = TX(rq, TX_SIGNIN_TOO_OFTEN);
	return ret_error->n ? 1 : 0;
}

/* ---- a new account ---- */

static int show_register(struct req *rq, str email, str back, str error)
{
	struct register_view v = { .post = page_post(rq, S("/konto/neu"), false), .back_to = back, .privacy_href = S("/datenschutz") };

	v.page = page_frame(rq, TX(rq, TX_ACCOUNT_REGISTER_TITLE));
	v.email = own_email(rq, S("email"), TX(rq, TX_ACCOUNT_EMAIL), email);
	if (error.n)
		own_error(rq, &v.errors, &v.email, error);
	v.page.errors = error.n;
	v.signin_href = str_fmt(rq->arena, "/konto/anmelden%.*s", STR_FMT(own_tail(rq, back)));
	return RENDER(rq, error.n ? 422 : 200, view_register, &v);
}

int page_register(struct req *rq)
{
	str back = back_of(rq);

	return rq->ctx.actor.account.v ? go_on(rq, back) : show_register(rq, STR_EMPTY, back, STR_EMPTY);
}

int page_register_post(struct req *rq)
{
	struct wrote *w = ARENA_NEW(rq->arena, struct wrote);
	str back = back_of(rq), error;

	if (take_email(rq, &w->email, &error))
		return show_register(rq, w->email, back, error);
	w->again = str_fmt(rq->arena, "/konto/neu%.*s", STR_FMT(own_tail(rq, back)));
	rq->data = w;
	TRY(account_register(&rq->ctx, w->email, back));
	return req_commit(rq, show_mail_sent);
}

/* ---- forgot ---- */

static int show_forgot(struct req *rq, str email, str error)
{
	struct forgot_view v = { .post = page_post(rq, S("/konto/passwort-vergessen"), false) };

	v.page = page_frame(rq, TX(rq, TX_ACCOUNT_FORGOT));
	v.email = own_email(rq, S("email"), TX(rq, TX_ACCOUNT_EMAIL), email);
	if (error.n)
		own_error(rq, &v.errors, &v.email, error);
	v.page.errors = error.n;
	return RENDER(rq, error.n ? 422 : 200, view_forgot, &v);
}

int page_forgot(struct req *rq)
{
	return show_forgot(rq, STR_EMPTY, STR_EMPTY);
}

int page_forgot_post(struct req *rq)
{
	struct wrote *w = ARENA_NEW(rq->arena, struct wrote);
	str error;

	if (take_email(rq, &w->email, &error))
		return show_forgot(rq, w->email, error);
	w->again = S("/konto/passwort-vergessen");
	rq->data = w;
	TRY(account_forgot(&rq->ctx, w->email));
	return req_commit(rq, show_mail_sent);
}

/* ---- one-time links: GET shows a button, POST uses the link up (P12) ---- */

static const struct {
	enum text_id title, text, go;
} link_words[] = {
	[LINK_CONFIRM] = { TX_SIGNIN_CONFIRM_TITLE, TX_SIGNIN_CONFIRM_TEXT, TX_SIGNIN_CONFIRM_GO },
	[LINK_RESET] = { TX_SIGNIN_RESET_TITLE, TX_SIGNIN_RESET_TEXT, TX_SIGNIN_RESET_GO },
	[LINK_EMAIL] = { TX_SIGNIN_CONFIRM_TITLE, TX_SIGNIN_EMAIL_TEXT, TX_SIGNIN_EMAIL_GO },
};

static bool link_fits(const struct req *rq, enum link_kind kind)
{
	bool reset = rq->route->handler == page_reset || rq->route->handler == page_reset_post;

	return kind != LINK_NONE && (kind == LINK_RESET) == reset;
}

static int link_gone(struct req *rq)
{
	bool reset = rq->route->handler == page_reset || rq->route->handler == page_reset_post;

	return own_gone(rq, 410, TX(rq, TX_SIGNIN_LINK_GONE), reset ? S("/konto/passwort-vergessen") : S("/konto/neu"));
}

static int show_link(struct req *rq)
{
	struct confirm_view v = { 0 };
	enum link_kind kind;

	TRY(account_link(&rq->ctx, req_path(rq, 0), &kind));
	if (!link_fits(rq, kind))
		return link_gone(rq);
	v.title = TX(rq, link_words[kind].title);
	v.text = TX(rq, link_words[kind].text);
	v.button = TX(rq, link_words[kind].go);
	v.page = page_frame(rq, v.title);
	v.page.secret = true;
	v.page.lang_href = v.page.path = STR_EMPTY;
	v.post = page_post(rq, rq->path, false);
	return RENDER(rq, 200, view_confirm, &v);
}

struct used {
	struct kept kept;
	enum link_kind kind;
	struct link_outcome *out;
};

static int link_used(struct req *rq)
{
	struct used *u = rq->data;

	if (u->kind == LINK_EMAIL) {
		if (u->out->taken)
			return own_gone(rq, 409, TX(rq, TX_SIGNIN_EMAIL_TAKEN), S("/konto/einstellungen"));
		return u->out->used == LINK_NONE ? link_gone(rq) : reply_see(rq, S("/konto/einstellungen?gespeichert=email"));
	}
	if (u->out->used == LINK_NONE) {
		own_session_back(rq, &u->kept);
		return link_gone(rq);
	}
	note(rq, "link", true);
	if (u->kind == LINK_RESET || u->out->needs_password)
		return reply_see_fmt(rq, "/konto/passwort%.*s", STR_FMT(own_tail(rq, own_path(u->out->back))));
	return go_on(rq, own_path(u->out->back));
}

static int use_link(struct req *rq)
{
	struct used *u = ARENA_NEW(rq->arena, struct used);

	if (!limit_take(S("link"), limit_client(rq->arena, rq->client), TRIES_CLIENT))
		return reply_problem(rq, 429);
	TRY(account_link(&rq->ctx, req_path(rq, 0), &u->kind));
	if (!link_fits(rq, u->kind))
		return link_gone(rq);
	rq->data = u;
	if (u->kind != LINK_EMAIL)
		u->kept = own_session_new(rq);
	TRY(account_link_use(&rq->ctx, req_path(rq, 0), &u->kept.actor, &u->out));
	return req_commit(rq, link_used);
}

int page_confirm(struct req *rq)
{
	return show_link(rq);
}

int page_confirm_post(struct req *rq)
{
	return use_link(rq);
}

int page_reset(struct req *rq)
{
	return show_link(rq);
}

int page_reset_post(struct req *rq)
{
	return use_link(rq);
}
