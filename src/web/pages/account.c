/* SPDX-License-Identifier: EUPL-1.2 */
/* The citizen's account from inside: my drafts and cases, settings, password, passkeys, closing. */
#include "domain/field_codes.h"
#include "usecase/access.h"
#include "usecase/accounts.h"
#include "usecase/case_state.h"
#include "usecase/drafts.h"
#include "usecase/follow.h"
#include "web/limit.h"
#include "web/pages/own.h"

#define CASES_A_PAGE 20

static struct page_view own_frame(struct req *rq, str title)
{
	struct page_view v = page_frame(rq, title);

	v.nav = NAV_MINE;
	return v;
}

/* ---- my drafts and cases ---- */

static int fill_drafts(struct req *rq, struct account_view *v)
{
	struct draft_item *d;
	struct draft_tile_view *t;
	size_t n;

	TRY(drafts_mine(&rq->ctx, &d, &n));
	t = ARENA_ARRAY(rq->arena, struct draft_tile_view, n + 1);
	for (size_t i = 0; i < n; i++) {
		t[i].title = definition_text(d[i].definition, lang_code(rq->ctx.lang), S("title"));
		t[i].href = str_fmt(rq->arena, "/antrag/%.*s", STR_FMT(d[i].handle));
		t[i].until = show_date(rq->arena, rq->ctx.lang, civil_from_instant(d[i].expires).date);
		t[i].note = d[i].place->name;
	}
	v->draft = t;
	v->drafts = n;
	return 0;
}

static int fill_case(struct req *rq, const struct my_case *m, struct account_case_view *v)
{
	struct casefile *f;
	struct case_state s;
	struct grant g;
	str handle;

	TRY(case_authorize_id(&rq->ctx, m->tenant, m->id, CASE_READ, &g));
	TRY(case_open(&rq->ctx, &g, &f));
	TRY(casefile_letters(f));
	TRY(case_handle(&rq->ctx, &g, &handle));
	s = case_state(&rq->ctx, rq->ctx.lang, &f->row, casefile_decision(f));
	v->service = definition_text(f->definition, lang_code(rq->ctx.lang), S("title"));
	v->reference = f->row.reference;
	v->authority = f->authority ? f->authority->name : STR_EMPTY;
	v->href = str_fmt(rq->arena, "/vorgang/%.*s", STR_FMT(handle));
	v->state = s.next.n ? s.next : s.title;
	v->when = TXF(rq, TX_SIGNIN_WHEN, TEXT_ARG("date", show_date(rq->arena, rq->ctx.lang, civil_from_instant(f->row.submitted_at).date)));
	v->todo = s.stage == STAGE_ASKED || s.stage == STAGE_READY;
	v->badge = s.badge;
	v->badge_kind = (enum notice_kind)s.tone; /* same order on purpose */
	return 0;
}

static int fill_cases(struct req *rq, struct account_view *v)
{
	struct account_case_view *item = ARENA_ARRAY(rq->arena, struct account_case_view, CASES_A_PAGE);
	struct my_case *mine;
	int64_t before = 0;
	size_t n;

	if (str_to_i64(req_query(rq, S("vor")), &before) < 0 || before < 0)
		before = 0;
	TRY(account_cases(&rq->ctx, before, CASES_A_PAGE + 1, &mine, &n));
	for (size_t i = 0; i < n && i < CASES_A_PAGE; i++) {
		int rc = fill_case(rq, &mine[i], &item[v->items]);

		if (rc == ERR_DESTROYED || rc == ERR_NOTFOUND)
			continue; /* its time was over between the two reads */
		TRY(rc);
		v->items++;
	}
	v->item = item;
	if (n > CASES_A_PAGE)
		v->older_href = str_fmt(rq->arena, "/konto?vor=%lld", (long long)mine[CASES_A_PAGE - 1].id.v);
	if (before)
		v->newer_href = S("/konto");
	return 0;
}

int page_account(struct req *rq)
{
	struct account_view v = { .settings_href = S("/konto/einstellungen"), .code_href = S("/fortsetzen"), .services_href = S("/") };

	v.page = own_frame(rq, TX(rq, TX_ACCOUNT_TITLE));
	TRY(fill_drafts(rq, &v));
	TRY(fill_cases(rq, &v));
	return RENDER(rq, 200, view_account, &v);
}

/* ---- settings ---- */

static struct passkey_owner owner_of(const struct req *rq)
{
	return (struct passkey_owner){ .kind = PASSKEY_ACCOUNT, .tenant = TENANT_PORTAL, .subject = rq->ctx.actor.account.v };
}

static void fill_saved(struct req *rq, struct page_view *v)
{
	static const struct {
		const char *name;
		enum text_id text;
	} words[] = { { "passwort", TX_SIGNIN_SAVED_PASSWORD }, { "passkey", TX_SIGNIN_SAVED_PASSKEY }, { "entfernt", TX_SIGNIN_SAVED_REMOVED },
		      { "email", TX_SIGNIN_SAVED_EMAIL } };
	str said = req_query(rq, S("gespeichert"));

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (str_eq(said, str_c(words[i].name))) {
			v->notice = TX(rq, words[i].text);
			v->notice_kind = NOTICE_SUCCESS;
		}
}

static int fill_keys(struct req *rq, struct settings_view *v)
{
	struct passkey have[PASSKEYS_MAX];
	struct passkey_row_view *row = ARENA_ARRAY(rq->arena, struct passkey_row_view, PASSKEYS_MAX);
	struct passkey_owner o = owner_of(rq);
	size_t n;

	TRY(passkeys_of(&rq->ctx, &o, have, &n));
	for (size_t i = 0; i < n; i++) {
		row[i].id = b64url(rq->arena, have[i].credential);
		row[i].name = TXF(rq, TX_SIGNIN_PASSKEY_NAME,
			TEXT_ARG("date", show_date(rq->arena, rq->ctx.lang, civil_from_instant(have[i].created).date)));
		row[i].added = show_time(rq->arena, rq->ctx.lang, have[i].created);
	}
	v->key = row;
	v->keys = n;
	return 0;
}

struct settings_error {
	str email, password, passkey;
};

static int show_settings(struct req *rq, str typed, const struct settings_error *e)
{
	struct settings_view v = { .post = page_post(rq, S("/konto/einstellungen"), false), .password_href = S("/konto/passwort"),
				   .close_href = S("/konto/loeschen") };
	struct passkey_owner o = owner_of(rq);
	struct account acc;
	bool wrong = e->email.n || e->password.n || e->passkey.n;

	TRY(account_by_id(&rq->ctx, rq->ctx.actor.account, &acc));
	if (!acc.id.v)
		return ERR_NOTFOUND;
	v.page = own_frame(rq, TX(rq, TX_ACCOUNT_SETTINGS));
	if (!wrong)
		fill_saved(rq, &v.page);
	v.page.errors = wrong;
	v.email = acc.email;
	v.new_email = own_email(rq, S("email"), TX(rq, TX_SIGNIN_NEW_EMAIL), typed);
	v.new_email.autocomplete = S("email");
	if (acc.has_password) /* an open browser is not enough to take the account over */
		v.password = own_password(S("passwort"), TX(rq, TX_ACCOUNT_PASSWORD), false);
	if (e->email.n)
		own_error(rq, &v.errors, &v.new_email, e->email);
	if (e->password.n)
		own_error(rq, &v.errors, &v.password, e->password);
	if (e->passkey.n) {
		struct field_view heading = { .key = S("h-key") };

		own_error(rq, &v.errors, &heading, e->passkey);
	}
	TRY(fill_keys(rq, &v));
	if (v.keys < PASSKEYS_MAX)
		TRY(own_passkey(rq, &o, acc.email, S("/konto/passkey"), &v.passkey));
	v.level = TX(rq, rq->ctx.actor.trust >= TRUST_HIGH	    ? TX_SIGNIN_LEVEL_HIGH
			 : rq->ctx.actor.trust >= TRUST_SUBSTANTIAL ? TX_SIGNIN_LEVEL_SUBSTANTIAL
								    : TX_SIGNIN_LEVEL_ACCOUNT);
	return RENDER(rq, wrong ? 422 : 200, view_settings, &v);
}

int page_settings(struct req *rq)
{
	struct settings_error none = { 0 };

	return show_settings(rq, STR_EMPTY, &none);
}

static int removed(struct req *rq)
{
	return reply_see(rq, S("/konto/einstellungen?gespeichert=entfernt"));
}

struct address_change {
	struct account account;
	struct arena *arena;
	str email, password;
	bool ok;
};

static int asked_address(struct req *rq)
{
	struct address_change *x = rq->data;
	struct mail_sent_view v = { .title = TX(rq, TX_SIGNIN_MAIL_TITLE), .email = x->email, .text = TX(rq, TX_SIGNIN_MAIL_TEXT),
				    .again_href = S("/konto/einstellungen") };

	v.page = own_frame(rq, v.title);
	return RENDER(rq, 200, view_mail_sent, &v);
}

static void check_password(void *arg)
{
	struct address_change *x = arg;

	x->ok = account_password_ok(x->arena, &x->account, x->password);
}

static int change_address(struct req *rq)
{
	struct address_change *x = rq->data;
	struct settings_error wrong = { .password = TX(rq, TX_SIGNIN_PASSWORD_OLD_WRONG) };

	if (!x->ok)
		return show_settings(rq, x->email, &wrong);
	TRY(account_email_change(&rq->ctx, x->email));
	return req_commit(rq, asked_address);
}

static int change_email(struct req *rq)
{
	struct address_change *x = ARENA_NEW(rq->arena, struct address_change);
	struct settings_error e = { 0 };

	*x = (struct address_change){ .arena = rq->arena, .email = str_trim(req_form(rq, S("email"))), .password = req_form(rq, S("passwort")) };
	TRY(account_by_id(&rq->ctx, rq->ctx.actor.account, &x->account));
	if (!x->email.n)
		e.email = TX(rq, TX_SIGNIN_EMAIL_REQUIRED);
	else if (field_code_parse(rq->arena, FIELD_EMAIL, x->email, &x->email) < 0)
		e.email = TX(rq, TX_PAGES_EMAIL_FORMAT);
	if (x->account.has_password && !x->password.n)
		e.password = TX(rq, TX_SIGNIN_PASSWORD_REQUIRED);
	if (!e.email.n && !e.password.n && (!limit_take(S("account-mail"), limit_client(rq->arena, rq->client), 5) ||
					     !limit_take(S("password"), digest_str(&x->account.email_token), 6)))
		e.email = TX(rq, TX_SIGNIN_TOO_OFTEN);
	if (e.email.n || e.password.n)
		return show_settings(rq, x->email, &e);
	rq->data = x;
	x->ok = true;
	return x->account.has_password ? req_work(rq, check_password, x, change_address) : change_address(rq);
}

int page_settings_post(struct req *rq)
{
	str remove = req_form(rq, S("passkey-entfernen")), credential;

	if (!remove.n)
		return change_email(rq);
	if (b64url_decode(rq->arena, remove, &credential) < 0)
		return reply_problem(rq, 400);
	TRY(account_passkey_remove(&rq->ctx, credential));
	return req_commit(rq, removed);
}

static int passkey_added(struct req *rq)
{
	struct settings_error refused = { .passkey = TX(rq, TX_SIGNIN_PASSKEY_REFUSED) };
	struct passkey_use *use = rq->data;

	if (use->refused)
		return show_settings(rq, STR_EMPTY, &refused);
	return reply_see(rq, S("/konto/einstellungen?gespeichert=passkey"));
}

int page_passkey_add_post(struct req *rq)
{
	struct passkey_use *use = ARENA_NEW(rq->arena, struct passkey_use);
	struct settings_error refused = { .passkey = TX(rq, TX_SIGNIN_PASSKEY_REFUSED) };
	struct passkey_owner o = owner_of(rq);
	struct webauthn_rp rp = own_rp(rq);
	int rc = passkey_add_check(&rq->ctx, &rp, &o, req_form(rq, S("once")), req_form(rq, S("passkey")), use);

	if (rc == ERR_DENIED)
		return show_settings(rq, STR_EMPTY, &refused);
	TRY(rc);
	rq->data = use;
	TRY(account_passkey_add(&rq->ctx, use));
	return req_commit(rq, passkey_added);
}

/* ---- password ---- */

struct new_password {
	struct account account;
	struct arena *arena;
	str old, password, encoded;
	bool open, old_ok;
};

static int show_password(struct req *rq, bool open, str old_error, str error, int status)
{
	str back = own_path(req_query(rq, S("weiter")));
	struct password_view v = { .title = TX(rq, open ? TX_SIGNIN_PASSWORD_NEW_TITLE : TX_SIGNIN_PASSWORD_TITLE),
				   .text = TX(rq, open ? TX_SIGNIN_PASSWORD_NEW_TEXT : TX_SIGNIN_PASSWORD_TEXT) };

	v.page = own_frame(rq, v.title);
	v.post = page_post(rq, str_fmt(rq->arena, "/konto/passwort%.*s", STR_FMT(own_tail(rq, back))), false);
	if (!open)
		v.old = own_password(S("bisher"), TX(rq, TX_SIGNIN_PASSWORD_OLD), false);
	v.password = own_password(S("passwort"), TX(rq, TX_SIGNIN_PASSWORD_NEW), true);
	if (old_error.n)
		own_error(rq, &v.errors, &v.old, old_error);
	if (error.n)
		own_error(rq, &v.errors, &v.password, error);
	v.page.errors = v.errors.items > 0;
	return RENDER(rq, status, view_password, &v);
}

int page_password(struct req *rq)
{
	struct account acc;
	bool open;

	TRY(account_by_id(&rq->ctx, rq->ctx.actor.account, &acc));
	TRY(account_is_open(&rq->ctx, &open));
	/* whoever has none yet proves the address once more: an open browser is not enough to set one */
	if (!open && !acc.has_password)
		return reply_see(rq, S("/konto/passwort-vergessen"));
	return show_password(rq, open, STR_EMPTY, STR_EMPTY, 200);
}

static void encode(void *arg)
{
	struct new_password *p = arg;

	p->old_ok = p->open || account_password_ok(p->arena, &p->account, p->old);
	if (p->old_ok)
		p->encoded = password_encode(p->arena, p->password);
}

static int password_saved(struct req *rq)
{
	str back = own_path(req_query(rq, S("weiter")));

	return reply_see(rq, back.n ? back : S("/konto/einstellungen?gespeichert=passwort"));
}

static int password_encoded(struct req *rq)
{
	struct new_password *p = rq->data;

	if (!p->old_ok)
		return show_password(rq, false, TX(rq, TX_SIGNIN_PASSWORD_OLD_WRONG), STR_EMPTY, 422);
	TRY(account_password_set(&rq->ctx, p->encoded));
	return req_commit(rq, password_saved);
}

int page_password_post(struct req *rq)
{
	struct new_password *p = ARENA_NEW(rq->arena, struct new_password);
	str error;

	*p = (struct new_password){ .arena = rq->arena, .old = req_form(rq, S("bisher")), .password = req_form(rq, S("passwort")) };
	TRY(account_by_id(&rq->ctx, rq->ctx.actor.account, &p->account));
	TRY(account_is_open(&rq->ctx, &p->open));
	if (!p->open && !p->account.has_password)
		return reply_see(rq, S("/konto/passwort-vergessen"));
	error = own_password_problem(rq, p->password, p->account.email);
	if (error.n)
		return show_password(rq, p->open, STR_EMPTY, error, 422);
	if (!p->open && !p->old.n)
		return show_password(rq, false, TX(rq, TX_SIGNIN_PASSWORD_REQUIRED), STR_EMPTY, 422);
	if (!limit_take(S("password"), digest_str(&p->account.email_token), 6))
		return show_password(rq, p->open, STR_EMPTY, TX(rq, TX_SIGNIN_TOO_OFTEN), 429);
	rq->data = p;
	return req_work(rq, encode, p, password_encoded);
}

/* ---- closing ---- */

int page_account_close(struct req *rq)
{
	struct confirm_view v = { .title = TX(rq, TX_SIGNIN_CLOSE_TITLE), .text = TX(rq, TX_SIGNIN_CLOSE_TEXT), .text_2 = TX(rq, TX_SIGNIN_CLOSE_TEXT_2),
				  .button = TX(rq, TX_SIGNIN_CLOSE_GO), .danger = true, .cancel = TX(rq, TX_SIGNIN_CLOSE_CANCEL),
				  .cancel_href = S("/konto/einstellungen"), .back_href = S("/konto/einstellungen") };

	v.page = own_frame(rq, v.title);
	v.post = page_post(rq, rq->path, false);
	return RENDER(rq, 200, view_confirm, &v);
}

static int closed(struct req *rq)
{
	session_clear(rq);
	reply_header(rq, "Clear-Site-Data", S("\"cache\""));
	return reply_see(rq, S("/?gemeldet=geloescht"));
}

int page_account_close_post(struct req *rq)
{
	TRY(account_close(&rq->ctx));
	return req_commit(rq, closed);
}
