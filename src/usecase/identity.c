/* SPDX-License-Identifier: EUPL-1.2 */
#include "usecase/identity.h"

#include "base/json.h"
#include "base/node.h"
#include "usecase/accounts_impl.h"

#define CLIENT_ID "schalter"

bool identity_offered(const struct house *h)
{
	return h->conf.identity_url.n && !h->https;
}

static enum oidc_level oidc_level_of(enum trust_level t)
{
	return t >= TRUST_HIGH ? OIDC_HIGH : t == TRUST_SUBSTANTIAL ? OIDC_SUBSTANTIAL : OIDC_ACCOUNT;
}

static enum trust_level trust_of(enum oidc_level l)
{
	return l >= OIDC_HIGH ? TRUST_HIGH : l >= OIDC_SUBSTANTIAL ? TRUST_SUBSTANTIAL : TRUST_ACCOUNT;
}

/* "http://127.0.0.1:8090/x" -> "127.0.0.1:8090": the only address that this flow may call beside public https ones. */
static str host_port(str url)
{
	ptrdiff_t at = str_find(url, S("://"));
	str rest = at < 0 ? url : str_sub(url, (size_t)at + 3, url.n);
	ptrdiff_t slash = str_index(rest, '/');

	return slash < 0 ? rest : str_sub(rest, 0, (size_t)slash);
}

void identity_flow_init(struct ctx *c, str base, enum trust_level level, str back, struct identity_flow *f)
{
	*f = (struct identity_flow){ .arena = c->arena, .level = oidc_level_of(level), .back = back, .now = c->now };
	f->conf = (struct oidc_conf){ .issuer = c->house->conf.identity_url, .client_id = S(CLIENT_ID), .exceptions = host_port(c->house->conf.identity_url),
				      .redirect_uri = str_fmt(c->arena, "%.*s/konto/ausgewiesen", STR_FMT(base)) };
}

void identity_go(void *arg)
{
	struct identity_flow *f = arg;

	f->rc = oidc_discover(f->arena, &f->conf, &f->provider);
	if (!f->rc)
		f->rc = oidc_begin(f->arena, &f->provider, f->level, &f->start);
}

/* ---- what is remembered while the visitor is away ---- */

static str flow_json(struct ctx *c, const struct identity_flow *f)
{
	struct buf b = buf_new(c->arena, 512);
	struct json j;

	json_begin(&j, &b);
	json_object(&j);
	json_kstr(&j, S("nonce"), f->start.nonce);
	json_kstr(&j, S("verifier"), f->start.verifier);
	json_kint(&j, S("level"), f->level);
	json_kstr(&j, S("redirect"), f->conf.redirect_uri);
	json_kstr(&j, S("back"), f->back);
	json_kstr(&j, S("session"), hex(c->arena, digest_str(&c->actor.session)));
	json_object_end(&j);
	json_end(&j);
	return buf_str(&b);
}

struct keep {
	struct one_time row;
	struct session_new session;
	bool new_session;
};

static int keep_unit(struct dbc *db, void *arg)
{
	struct keep *k = arg;

	if (k->new_session)
		TRY(session_insert(db, &k->session));
	return one_time_put(db, &k->row);
}

int identity_keep(struct ctx *c, struct identity_flow *f, bool new_session)
{
	struct keep *k = ARENA_NEW(c->arena, struct keep);

	TRY(one_time_of(c, TENANT_PORTAL, "oidc", 0, flow_json(c, f), IDENTITY_MINUTES * 60, f->start.state, &k->row));
	k->new_session = new_session;
	k->session = (struct session_new){ .hash = c->actor.session, .kind = SESSION_KIND_CITIZEN, .subject_tenant = TENANT_PORTAL, .now = c->now,
					   .expires = instant_add_s(c->now, SESSION_CITIZEN_DAYS * 86400) };
	ctx_hand_over(c, keep_unit, k, TENANT_PORTAL, true);
	return 0;
}

int identity_find(struct ctx *c, str state, struct identity_flow *f)
{
	struct node_error e;
	struct node *n;
	int64_t level;

	identity_flow_init(c, STR_EMPTY, TRUST_NONE, STR_EMPTY, f);
	if (!state.n || !c->actor.known)
		return ERR_NOTFOUND;
	TRY(one_time_find(c, TENANT_PORTAL, "oidc", state, &f->row));
	TRY(node_parse_json(c->arena, f->row.payload, &n, &e));
	/* somebody else's answer, slipped into this browser, is none of ours */
	if (!str_eq_secret(node_text_at(n, S("session")), hex(c->arena, digest_str(&c->actor.session))))
		return ERR_NOTFOUND;
	TRY(node_i64(node_get(n, S("level")), &level));
	f->level = f->start.level = (enum oidc_level)level;
	f->start.state = state;
	f->start.nonce = node_text_at(n, S("nonce"));
	f->start.verifier = node_text_at(n, S("verifier"));
	f->conf.redirect_uri = node_text_at(n, S("redirect"));
	f->back = node_text_at(n, S("back"));
	return 0;
}

void identity_fetch(void *arg)
{
	struct identity_flow *f = arg;

	f->rc = oidc_discover(f->arena, &f->conf, &f->provider);
	if (!f->rc)
		f->rc = oidc_finish(f->arena, &f->provider, &f->start, f->code, f->iss, f->now, &f->person);
}

/* ---- the session that knows who somebody is ---- */

static str person_json(struct ctx *c, const struct identity_flow *f)
{
	const struct oidc_person *p = &f->person;
	struct buf b = buf_new(c->arena, 512);
	struct json j;

	json_begin(&j, &b);
	json_object(&j);
	json_kstr(&j, S("origin"), S("standin"));
	json_kstr(&j, S("issuer"), f->conf.issuer);
	json_kstr(&j, S("sub"), p->sub);
	json_kint(&j, S("level"), trust_of(p->level));
	json_kstr(&j, S("at"), instant_iso(c->arena, c->now));
	json_kstr(&j, S("title"), p->title);
	json_kstr(&j, S("given_name"), p->given_name);
	json_kstr(&j, S("family_name"), p->family_name);
	json_kstr(&j, S("birth_name"), p->birth_name);
	json_kstr(&j, S("birthdate"), p->birthdate);
	json_kstr(&j, S("birth_place"), p->birth_place);
	json_kstr(&j, S("street"), p->street);
	json_kstr(&j, S("house_number"), p->house_number);
	json_kstr(&j, S("postcode"), p->postcode);
	json_kstr(&j, S("locality"), p->locality);
	json_kstr(&j, S("country"), p->country);
	json_kstr(&j, S("organization"), p->organization);
	json_kstr(&j, S("email"), p->email);
	json_object_end(&j);
	json_end(&j);
	return buf_str(&b);
}

struct entry {
	struct signin signin;
	struct identity_flow *flow;
};

static int enter_unit(struct dbc *db, void *arg)
{
	struct entry *e = arg;
	bool taken;

	TRY(one_time_take(db, &e->flow->row, &taken));
	e->flow->used = !taken;
	return taken ? signin_write(db, &e->signin) : 0;
}

int identity_enter(struct ctx *c, struct identity_flow *f, const struct actor *old)
{
	struct entry *e = ARENA_NEW(c->arena, struct entry);

	if (!identity_offered(c->house))
		return ERR_DENIED;
	e->flow = f;
	TRY(signin_prepare(c, old->account, old, &e->signin));
	e->signin.fresh.trust = trust_of(f->person.level);
	e->signin.fresh.standin = true;
	TRY(session_seal_identity(c, &c->actor.session, person_json(c, f), &e->signin.fresh.identity_sealed));
	ctx_hand_over(c, enter_unit, e, e->signin.touches, false);
	return 0;
}

static int drop_unit(struct dbc *db, void *arg)
{
	bool taken;

	return one_time_take(db, arg, &taken);
}

int identity_drop(struct ctx *c, struct identity_flow *f)
{
	ctx_hand_over(c, drop_unit, &f->row, TENANT_PORTAL, true);
	return 0;
}
