/* SPDX-License-Identifier: EUPL-1.2 */
/* Accounts: finding, passwords, links by mail and what they are good for. */
#include "usecase/accounts.h"

#include <string.h>

#include "base/json.h"
#include "base/node.h"
#include "base/utf8.h"
#include "usecase/accounts_impl.h"

/* ---- finding ---- */

int account_email_token(struct ctx *c, str email, struct digest *ret)
{
	struct key k;

	TRY(keys_purpose(c->house->keys, TENANT_PORTAL.v, "email", &k));
	*ret = hmac_sha256(&k, utf8_lower(c->arena, utf8_nfc(c->arena, str_trim(email))));
	return 0;
}

int64_t account_subject(const struct digest *email_token)
{
	int64_t v;

	memcpy(&v, email_token->b, sizeof v);
	return (v & INT64_MAX) | 1;
}

static str account_aad(struct arena *a, account_id id)
{
	return str_fmt(a, "account/%lld", (long long)id.v);
}

str account_seal(struct ctx *c, const struct key *k, account_id id, str email, enum lang lang)
{
	struct buf b = buf_new(c->arena, 128);
	struct json j;

	json_begin(&j, &b);
	json_object(&j);
	json_kstr(&j, S("email"), email);
	json_kstr(&j, S("lang"), lang_code(lang));
	json_object_end(&j);
	json_end(&j);
	return seal(c->arena, k, account_aad(c->arena, id), buf_str(&b));
}

#define ACCOUNT_COLUMNS "account_id, email_token, key_id, sealed, password, created_at "

static int read_account(struct ctx *c, struct rows *r, struct account *ret)
{
	struct node_error e;
	struct node *n;
	struct key k;
	str json;

	*ret = (struct account){ .password = S(PASSWORD_DUMMY) };
	if (!rows_next(r))
		return rows_error(r);
	if (row_str(r, 1).n != sizeof ret->email_token.b)
		return ERR_INVALID;
	memcpy(ret->email_token.b, row_str(r, 1).p, sizeof ret->email_token.b);
	ret->id.v = row_int(r, 0);
	ret->key_id = row_int(r, 2);
	ret->has_password = row_str(r, 4).n > 0;
	if (ret->has_password)
		ret->password = str_dup(c->arena, row_str(r, 4));
	ret->created.us = row_int(r, 5);
	TRY(keys_get(c->house->keys, TENANT_PORTAL.v, ret->key_id, &k));
	TRY(unseal(c->arena, &k, account_aad(c->arena, ret->id), row_str(r, 3), &json));
	TRY(node_parse_json(c->arena, json, &n, &e));
	ret->email = node_text_at(n, S("email"));
	if (!lang_parse(node_text_at(n, S("lang")), &ret->lang))
		ret->lang = LANG_DE;
	return 0;
}

int account_by_email(struct ctx *c, str email, struct account *ret)
{
	AUTO(rows_done) struct rows *r = NULL;
	struct digest token;
	struct dbc *db;

	TRY(account_email_token(c, email, &token));
	TRY(ctx_db(c, (tenant_id){ 0 }, &db));
	TRY(db_query(db, &r, SQL("SELECT " ACCOUNT_COLUMNS "FROM account WHERE tenant_id = $1 AND email_token = $2"), VI(TENANT_PORTAL.v),
		VB(digest_str(&token))));
	TRY(read_account(c, r, ret));
	ret->email_token = token;
	return 0;
}

int account_by_id(struct ctx *c, account_id id, struct account *ret)
{
	AUTO(rows_done) struct rows *r = NULL;
	struct dbc *db;

	TRY(ctx_db(c, (tenant_id){ 0 }, &db));
	TRY(db_query(db, &r, SQL("SELECT " ACCOUNT_COLUMNS "FROM account WHERE tenant_id = $1 AND account_id = $2"), VI(TENANT_PORTAL.v), VI(id.v)));
	return read_account(c, r, ret);
}

/* ---- passwords ---- */

/* Of the lists of leaked passwords, those that are long enough for us; whoever tries passwords tries these first. */
static const char *const common[] = {
	"0123456789", "1234567890", "12345678910", "1234567891", "0987654321", "9876543210", "1122334455", "123123123123", "1234512345",
	"1q2w3e4r5t", "1qaz2wsx3edc", "abcdefghij", "abcd123456", "asdfghjkl1", "asdfghjkl\xc3\xb6", "berlin1234", "changeme123", "dresden1234",
	"deutschland", "deutschland1", "dortmund09", "dynamo1953", "fussball123", "geheim1234", "geheimgeheim", "hallo12345", "hallohallo",
	"hallowelt1", "ichliebedich", "iloveyou12", "iloveyou123", "leipzig1234", "lol1234567", "password12", "password123", "password1234",
	"passwort12", "passwort123", "passwort1234", "passwortpasswort", "princess12", "q1w2e3r4t5", "qwertz1234", "qwertz123456", "qwertzuiop",
	"qwertzuiop\xc3\xbc", "qwerty12345", "qwertyuiop", "schalke04!", "schalter123", "schatz1234", "schatzi123", "sommer2025", "sommer2026",
	"starwars123", "superman123", "test123456", "testtest12", "willkommen", "willkommen1", "willkommen123", "winter2025", "winter2026",
	"yxcvbnm123", "zxcvbnm123",
};

static bool one_character(str s)
{
	for (size_t i = 1; i < s.n; i++)
		if (s.p[i] != s.p[0])
			return false;
	return true;
}

enum password_problem password_check(struct arena *a, str password, str email)
{
	str plain = utf8_lower(a, utf8_nfc(a, password));

	if (utf8_length(password) < PASSWORD_LEAST)
		return PASSWORD_SHORT;
	if (utf8_length(password) > PASSWORD_MOST)
		return PASSWORD_LONG;
	if (one_character(plain) || (email.n && str_eq(plain, utf8_lower(a, email))))
		return PASSWORD_COMMON;
	for (size_t i = 0; i < sizeof common / sizeof *common; i++)
		if (str_eq(plain, str_c(common[i])))
			return PASSWORD_COMMON;
	return PASSWORD_FINE;
}

/* NFC: the same password typed on another keyboard is the same. */
str password_encode(struct arena *a, str password)
{
	return password_hash(a, utf8_nfc(a, password));
}

bool account_password_ok(struct arena *a, const struct account *acc, str password)
{
	/* cut, so that nobody makes us hash a megabyte */
	return password_matches(a, acc->password, utf8_nfc(a, utf8_truncate(password, PASSWORD_MOST))) && acc->has_password;
}

/* ---- mails with links ---- */

int account_mail(struct ctx *c, const char *kind, str to, str link, struct outbox_row *ret)
{
	struct mail_out m = { .to = to, .kind = str_c(kind), .link = link, .lang = c->lang };

	return mail_prepare(c, TENANT_PORTAL, (case_id){ 0 }, &m, ret);
}

struct link_mail {
	struct one_time row;
	struct outbox_row mail;
};

static int link_mail_unit(struct dbc *db, void *arg)
{
	struct link_mail *m = arg;
	int64_t today;

	TRY(one_time_count(db, TENANT_PORTAL, m->row.kind, m->row.subject, m->row.now, &today));
	if (today >= ACCOUNT_MAILS_A_DAY)
		return 0;
	TRY(one_time_put(db, &m->row));
	return outbox_put(db, &m->mail);
}

static str link_payload(struct ctx *c, account_id id, str email, str back)
{
	struct buf b = buf_new(c->arena, 128);
	struct json j;

	json_begin(&j, &b);
	json_object(&j);
	json_kstr(&j, S("account"), str_fmt(c->arena, "%lld", (long long)id.v));
	json_kstr(&j, S("email"), email);
	json_kstr(&j, S("back"), back);
	json_object_end(&j);
	json_end(&j);
	return buf_str(&b);
}

struct link_plan {
	const char *kind, *mail, *path;	/* a path that ends with '/' gets the token */
	account_id account;
	int64_t subject;
	str email, back;
};

/* One row and one mail, whatever the address is: who measures the time learns nothing. */
static int link_mail(struct ctx *c, const struct link_plan *p)
{
	struct link_mail *m = ARENA_NEW(c->arena, struct link_mail);
	str token, link;

	TRY(one_time_new(c, TENANT_PORTAL, p->kind, p->subject, link_payload(c, p->account, p->email, p->back), ACCOUNT_LINK_HOURS * 3600, &m->row, &token));
	link = str_fmt(c->arena, "%.*s%s", STR_FMT(c->house->origin), p->path);
	if (str_has_suffix(link, S("/")))
		link = str_fmt(c->arena, "%.*s%.*s", STR_FMT(link), STR_FMT(token));
	TRY(account_mail(c, p->mail, p->email, link, &m->mail));
	ctx_hand_over(c, link_mail_unit, m, TENANT_PORTAL, false);
	return 0;
}

static struct link_plan plan(const char *kind, const char *mail, const char *path, const struct account *acc, str email)
{
	return (struct link_plan){ .kind = kind, .mail = mail, .path = path, .account = acc->id, .subject = account_subject(&acc->email_token),
				   .email = email };
}

int account_register(struct ctx *c, str email, str back)
{
	struct account acc;
	struct link_plan p;

	TRY(account_by_email(c, email, &acc));
	p = acc.id.v ? plan("reset", "exists", "/konto/passwort-neu/", &acc, email) : plan("confirm", "confirm", "/konto/bestaetigen/", &acc, email);
	p.back = back;
	return link_mail(c, &p);
}

int account_forgot(struct ctx *c, str email)
{
	struct account acc;
	struct link_plan p;

	TRY(account_by_email(c, email, &acc));
	p = acc.id.v ? plan("reset", "reset", "/konto/passwort-neu/", &acc, email) : plan("unknown", "unknown", "/konto/neu", &acc, email);
	return link_mail(c, &p);
}

int account_email_change(struct ctx *c, str email)
{
	struct account other;
	struct link_plan p;

	if (!c->actor.account.v)
		return ERR_DENIED;
	TRY(account_by_email(c, email, &other));
	/* an address with an account of its own gets a mail that says so: this page tells nothing */
	if (other.id.v) {
		p = plan("reset", "exists", "/konto/passwort-neu/", &other, email);
	} else {
		p = plan("email", "email", "/konto/bestaetigen/", &other, email);
		p.account = c->actor.account;
	}
	return link_mail(c, &p);
}

/* ---- what a link is good for ---- */

static const struct {
	const char *kind;
	enum link_kind link;
} link_kinds[] = { { "confirm", LINK_CONFIRM }, { "reset", LINK_RESET }, { "email", LINK_EMAIL } };

static int find_link(struct ctx *c, str token, struct one_time *row, enum link_kind *ret)
{
	*ret = LINK_NONE;
	for (size_t i = 0; i < sizeof link_kinds / sizeof *link_kinds; i++) {
		int rc = one_time_find(c, TENANT_PORTAL, link_kinds[i].kind, token, row);

		if (rc == ERR_NOTFOUND)
			continue;
		TRY(rc);
		*ret = link_kinds[i].link;
		return 0;
	}
	return 0;
}

int account_link(struct ctx *c, str token, enum link_kind *ret)
{
	struct one_time row;

	return find_link(c, token, &row, ret);
}

struct link_use {
	struct ctx *c;
	struct one_time row, open;
	enum link_kind kind;
	struct link_outcome *out;
	struct signin signin;
	account_id account;
	struct digest email_token;
	int64_t key_id;			/* of a new account */
	str email, sealed;
	struct outbox_row notice;	/* to the old address */
};

static int read_id(struct dbc *db, const struct digest *email_token, int64_t *ret)
{
	AUTO(rows_done) struct rows *r = NULL;

	TRY(db_query(db, &r, SQL("SELECT account_id FROM account WHERE tenant_id = $1 AND email_token = $2"), VI(TENANT_PORTAL.v),
		VB(digest_str(email_token))));
	*ret = rows_next(r) ? row_int(r, 0) : 0;
	return rows_error(r);
}

static int read_ready(struct dbc *db, account_id id, bool *ret_there, bool *ret_ready)
{
	AUTO(rows_done) struct rows *r = NULL;

	TRY(db_query(db, &r, SQL("SELECT a.password, (SELECT COUNT(*) FROM passkey p WHERE p.tenant_id = a.tenant_id AND p.kind = 1 AND "
				 "p.subject_id = a.account_id) FROM account a WHERE a.tenant_id = $1 AND a.account_id = $2"),
		VI(TENANT_PORTAL.v), VI(id.v)));
	*ret_there = rows_next(r);
	*ret_ready = *ret_there && (row_str(r, 0).n || row_int(r, 1));
	return rows_error(r);
}

/* Signs in by the link; a password may then be chosen without the old one. */
static int enter(struct dbc *db, struct link_use *u, int64_t account)
{
	bool there, ready;

	TRY(read_ready(db, (account_id){ account }, &there, &ready));
	if (!there) {
		u->out->used = LINK_NONE;
		return 0;
	}
	u->out->needs_password = !ready;
	u->signin.owner.v = u->signin.fresh.subject = u->open.subject = account;
	TRY(one_time_put(db, &u->open));
	return signin_write(db, &u->signin);
}

static int confirm_unit(struct dbc *db, struct link_use *u)
{
	int64_t id;

	TRY(read_id(db, &u->email_token, &id));
	if (!id) {
		id = u->account.v;
		TRY(db_exec(db, SQL("INSERT INTO account (tenant_id, account_id, email_token, key_id, sealed, password, trust, confirmed_at, created_at) "
				    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"),
			VI(TENANT_PORTAL.v), VI(id), VB(digest_str(&u->email_token)), VI(u->key_id), VB(u->sealed), VN_TEXT(), VI(TRUST_ACCOUNT),
			VI(u->row.now.us), VI(u->row.now.us)));
	}
	TRY(one_time_drop(db, TENANT_PORTAL, "confirm", u->row.subject));
	return enter(db, u, id);
}

static int email_unit(struct dbc *db, struct link_use *u)
{
	int64_t id, changed;

	TRY(read_id(db, &u->email_token, &id));
	u->out->taken = id && id != u->account.v;
	if (u->out->taken)
		return 0;
	TRY(db_exec_n(db, &changed, SQL("UPDATE account SET email_token = $3, sealed = $4 WHERE tenant_id = $1 AND account_id = $2"), VI(TENANT_PORTAL.v),
		VI(u->account.v), VB(digest_str(&u->email_token)), VB(u->sealed)));
	if (!changed)
		u->out->used = LINK_NONE;
	return changed ? outbox_put(db, &u->notice) : 0;
}

static int link_unit(struct dbc *db, void *arg)
{
	struct link_use *u = arg;
	bool taken;

	u->out->used = LINK_NONE;
	TRY(one_time_take(db, &u->row, &taken));
	if (!taken)
		return 0;
	u->out->used = u->kind;
	if (u->kind == LINK_CONFIRM)
		return confirm_unit(db, u);
	if (u->kind == LINK_EMAIL)
		return email_unit(db, u);
	TRY(one_time_drop(db, TENANT_PORTAL, "reset", u->row.subject));
	return enter(db, u, u->account.v);
}

static int read_payload(struct link_use *u)
{
	struct node_error e;
	struct node *n;

	TRY(node_parse_json(u->c->arena, u->row.payload, &n, &e));
	TRY(str_to_i64(node_text_at(n, S("account")), &u->account.v));
	u->email = node_text_at(n, S("email"));
	u->out->back = node_text_at(n, S("back"));
	return account_email_token(u->c, u->email, &u->email_token);
}

static int prepare_email(struct link_use *u)
{
	struct account acc;
	struct key k;

	TRY(account_by_id(u->c, u->account, &acc));
	if (!acc.id.v)
		return 0; /* closed: the unit will not find it either */
	TRY(keys_get(u->c->house->keys, TENANT_PORTAL.v, acc.key_id, &k));
	u->sealed = account_seal(u->c, &k, acc.id, u->email, acc.lang);
	return account_mail(u->c, "email_changed", acc.email, str_fmt(u->c->arena, "%.*s/hilfe", STR_FMT(u->c->house->origin)), &u->notice);
}

static int prepare_entry(struct link_use *u, const struct actor *old)
{
	struct ctx *c = u->c;
	struct key k;

	if (u->kind == LINK_CONFIRM) {
		u->account.v = id_next(c->house->clock);
		TRY(keys_new(c->house->keys, TENANT_PORTAL.v, &u->key_id, &k));
		u->sealed = account_seal(c, &k, u->account, u->email, c->lang);
	}
	TRY(one_time_of(c, TENANT_PORTAL, "open", 0, STR_EMPTY, ACCOUNT_OPEN_MINUTES * 60, open_token(c->arena, &c->actor.session), &u->open));
	return signin_prepare(c, (account_id){ 0 }, old, &u->signin);
}

int account_link_use(struct ctx *c, str token, const struct actor *old, struct link_outcome **ret)
{
	struct link_use *u = ARENA_NEW(c->arena, struct link_use);

	u->c = c;
	u->out = *ret = ARENA_NEW(c->arena, struct link_outcome);
	TRY(find_link(c, token, &u->row, &u->kind));
	if (u->kind == LINK_NONE)
		return 0;
	TRY(read_payload(u));
	TRY(u->kind == LINK_EMAIL ? prepare_email(u) : prepare_entry(u, old));
	ctx_hand_over(c, link_unit, u, u->kind == LINK_EMAIL ? TENANT_PORTAL : u->signin.touches, false);
	return 0;
}
