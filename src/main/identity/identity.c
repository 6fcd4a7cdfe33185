/* SPDX-License-Identifier: EUPL-1.2 */
#include "main/identity/identity.h"

#include <string.h>

#include "base/crypto.h"
#include "base/html.h"
#include "base/json.h"
#include "main/identity/identity_texts.h"
#include "wire/jose.h"
#include "wire/net.h"

#define CODES	  512 /* waiting at once; the oldest gives way */
#define CODE_S	  60
#define TOKEN_S	  300
#define FIELD_MAX 2000

struct person {
	str handle, title, given, family, birth_name, born, birth_place, street, number, postcode, town, firm;
};
static const struct person people[] = {
#define PERSON(h, t, g, f, b, d, p, s, n, c, o, x)                                                             \
	{ STR_INIT(h), STR_INIT(t), STR_INIT(g), STR_INIT(f), STR_INIT(b), STR_INIT(d), STR_INIT(p), STR_INIT(s), \
		STR_INIT(n), STR_INIT(c), STR_INIT(o), STR_INIT(x) },
#include "main/identity/people.def"
#undef PERSON
};
#define PEOPLE (sizeof people / sizeof *people)
static const int levels[] = { 1, 3, 4 };

struct code {
	struct digest code;	/* of the text */
	char challenge[64], nonce[200], redirect[FIELD_MAX];
	const struct person *person;
	int level;
	int64_t until;		/* 0: none, or used */
};

struct identity {
	str issuer, host;
	struct clock *clock;
	struct ec_private *key;
	struct jose_key entry;
	struct jose_keys keys;
	struct code code[CODES];
	size_t next;
};

static bool is_loopback(str host)
{
	return str_eq(host, S("localhost")) || str_has_suffix(host, S(".localhost")) || str_eq(host, S("127.0.0.1")) ||
	       str_eq(host, S("::1"));
}

int identity_open(struct arena *app, str issuer, struct clock *clock, struct identity **ret)
{
	struct identity *id = ARENA_NEW(app, struct identity);
	struct net_url u;
	uint8_t d[32];

	TRY(net_url_parse(app, issuer, &u));
	if (!str_eq(issuer, str_fmt(app, "http://%.*s:%u", STR_FMT(u.host), u.port)) ||
		!(str_eq(u.host, S("127.0.0.1")) || str_eq(u.host, S("localhost"))))
		return ERR_INVALID;
	id->issuer = str_dup(app, issuer);
	id->host = str_fmt(app, "%.*s:%u", STR_FMT(u.host), u.port);
	id->clock = clock;
	TRY(ec_generate(app, &id->key, &id->entry.pub, d));
	wipe(d, sizeof d);
	id->entry.kid = jwk_thumbprint(app, &id->entry.pub);
	id->keys = (struct jose_keys){ &id->entry, 1 };
	*ret = id;
	return OK;
}

/* --- texts (texts.tsv: key, text, further text) */

static void text_get(str key, str *ret, str *ret_more)
{
	str rest = str_n(embedded_texts, embedded_texts_n), line, name, value;

	*ret = *ret_more = STR_EMPTY;
	while (str_split(&rest, '\n', &line)) {
		if (!str_cut(line, '\t', &name, &value) || !str_eq(name, key))
			continue;
		if (!str_cut(value, '\t', ret, ret_more))
			*ret = value;
		return;
	}
}

/* The template with each {{name}} replaced by HTML, in one pass: what comes in is not looked through again. */
static str fill(struct arena *a, str page, const struct pair *v, size_t n)
{
	struct buf b = buf_new(a, page.n * 2);

	for (ptrdiff_t at; (at = str_find(page, S("{{"))) >= 0;) {
		ptrdiff_t end = str_find(str_sub(page, (size_t)at, page.n), S("}}"));
		str name = str_sub(page, (size_t)at + 2, (size_t)(at + end));
		buf_put(&b, str_sub(page, 0, (size_t)at));
		for (size_t i = 0; i < n; i++) {
			if (str_eq(v[i].name, name))
				buf_put(&b, v[i].value);
		}
		page = str_sub(page, (size_t)(at + end) + 2, page.n);
	}
	buf_put(&b, page);
	return buf_str(&b);
}

static void reply(struct identity_reply *r, unsigned status, str type, str body)
{
	*r = (struct identity_reply){ .status = status, .type = type, .body = body };
}

static void reply_notice(struct arena *a, struct identity_reply *r, unsigned status, str why)
{
	struct buf b = buf_new(a, 200);
	str text, more;

	text_get(why, &text, &more);
	html_text(&b, text);
	struct pair v = { S("why"), buf_str(&b) };
	reply(r, status, S("text/html; charset=utf-8"), fill(a, str_n(embedded_notice, embedded_notice_n), &v, 1));
}

/* --- the request of the main program */

struct ask {
	str redirect, state, nonce, challenge;
	int level;
};

static bool ask_read(struct arena *a, const struct pairs *p, struct ask *ret)
{
	struct net_url u;
	int64_t level = 1;

	*ret = (struct ask){
		.redirect = pairs_get(p, S("redirect_uri")),
		.state = pairs_get(p, S("state")),
		.nonce = pairs_get(p, S("nonce")),
		.challenge = pairs_get(p, S("code_challenge")),
	};
	if (str_to_i64(pairs_get(p, S("acr_values")), &level) < 0)
		level = 1;
	ret->level = level > 3 ? 4 : level > 1 ? 3 : 1;
	return str_eq(pairs_get(p, S("client_id")), S(IDENTITY_CLIENT)) && str_eq(pairs_get(p, S("response_type")), S("code")) &&
	       str_eq(pairs_get(p, S("code_challenge_method")), S("S256")) && ret->challenge.n == 43 && ret->nonce.n > 0 &&
	       ret->nonce.n < 200 && ret->state.n < 500 && ret->redirect.n < FIELD_MAX &&
	       net_url_parse(a, ret->redirect, &u) == OK && str_eq(u.scheme, S("http")) && !u.credentials && is_loopback(u.host);
}

static str back(struct arena *a, const struct identity *id, const struct ask *q, str name, str value)
{
	struct buf b = buf_new(a, 500);

	buf_put(&b, q->redirect);
	buf_putc(&b, str_index(q->redirect, '?') < 0 ? '?' : '&');
	buf_put(&b, name);
	buf_putc(&b, '=');
	url_put(&b, value);
	buf_put(&b, S("&state="));
	url_put(&b, q->state);
	buf_put(&b, S("&iss="));
	url_put(&b, id->issuer);
	return buf_str(&b);
}

static void put_choice(struct buf *b, str name, str value, bool checked, str label, str more)
{
	html_lit(b, "<label><input type=\"radio\" name=\"");
	html_attr(b, name);
	html_lit(b, "\" value=\"");
	html_attr(b, value);
	html_lit(b, "\" required");
	if (checked)
		html_lit(b, " checked");
	html_lit(b, "> <span>");
	html_text(b, label);
	html_lit(b, " <small>");
	html_text(b, more);
	html_lit(b, "</small></span></label>\n");
}

static str full_name(struct arena *a, const struct person *p)
{
	return str_trim(str_fmt(a, "%.*s%s%.*s%s%.*s", STR_FMT(p->title), p->title.n ? " " : "", STR_FMT(p->given),
		p->given.n ? " " : "", STR_FMT(p->family)));
}

static str people_html(struct arena *a)
{
	struct buf b = buf_new(a, 4000);
	str born, firm, more;

	text_get(S("born"), &born, &more);
	text_get(S("firm"), &firm, &more);
	for (size_t i = 0; i < PEOPLE; i++) {
		const struct person *p = &people[i];
		str day = str_fmt(a, "%.*s.%.*s.%.*s", STR_FMT(str_sub(p->born, 8, 10)), STR_FMT(str_sub(p->born, 5, 7)),
			STR_FMT(str_sub(p->born, 0, 4)));
		str line = str_fmt(a, "%.*s %.*s, %.*s %.*s", STR_FMT(born), STR_FMT(day), STR_FMT(p->postcode), STR_FMT(p->town));
		if (p->firm.n)
			line = str_fmt(a, "%.*s; %.*s %.*s", STR_FMT(line), STR_FMT(firm), STR_FMT(p->firm));
		put_choice(&b, S("person"), p->handle, i == 0, full_name(a, p), line);
	}
	return buf_str(&b);
}

static str levels_html(struct arena *a, int wanted)
{
	struct buf b = buf_new(a, 1000);

	for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
		str label, more;
		text_get(str_fmt(a, "level.%d", levels[i]), &label, &more);
		put_choice(&b, S("level"), str_fmt(a, "%d", levels[i]), levels[i] == wanted, label, more);
	}
	return buf_str(&b);
}

static void show_choice(struct identity *id, struct arena *a, const struct pairs *in, struct identity_reply *r)
{
	static const str kept[] = { STR_INIT("client_id"), STR_INIT("response_type"), STR_INIT("redirect_uri"), STR_INIT("state"),
		STR_INIT("nonce"), STR_INIT("code_challenge"), STR_INIT("code_challenge_method"), STR_INIT("acr_values") };
	struct buf hidden = buf_new(a, 1000), cancel = buf_new(a, 300);
	struct ask q;

	if (!ask_read(a, in, &q)) {
		reply_notice(a, r, 400, S("why.request"));
		return;
	}
	for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
		html_lit(&hidden, "<input type=\"hidden\" name=\"");
		html_attr(&hidden, kept[i]);
		html_lit(&hidden, "\" value=\"");
		html_attr(&hidden, pairs_get(in, kept[i]));
		html_lit(&hidden, "\">\n");
	}
	html_attr(&cancel, back(a, id, &q, S("error"), S("access_denied")));
	struct pair v[] = { { S("people"), people_html(a) }, { S("levels"), levels_html(a, q.level) }, { S("cancel"), buf_str(&cancel) },
		{ S("hidden"), buf_str(&hidden) } };
	reply(r, 200, S("text/html; charset=utf-8"), fill(a, str_n(embedded_page, embedded_page_n), v, 4));
}

static int64_t now_s(const struct identity *id)
{
	return clock_now(id->clock).us / 1000000;
}

static void keep(char *to, size_t most, str s)
{
	size_t n = s.n < most - 1 ? s.n : most - 1;

	memcpy(to, s.p ? s.p : "", n);
	to[n] = 0;
}

static void choose(struct identity *id, struct arena *a, const struct pairs *in, struct identity_reply *r)
{
	const struct person *who = NULL;
	int64_t level = 0;
	struct ask q;

	for (size_t i = 0; i < PEOPLE; i++) {
		if (str_eq(people[i].handle, pairs_get(in, S("person"))))
			who = &people[i];
	}
	if (!ask_read(a, in, &q) || !who || str_to_i64(pairs_get(in, S("level")), &level) < 0 ||
		(level != 1 && level != 3 && level != 4)) {
		reply_notice(a, r, 400, S("why.request"));
		return;
	}
	str code = token_random(a, 24);
	struct code *c = &id->code[id->next++ % CODES];
	*c = (struct code){ .code = sha256(code), .person = who, .level = (int)level, .until = now_s(id) + CODE_S };
	keep(c->challenge, sizeof c->challenge, q.challenge);
	keep(c->nonce, sizeof c->nonce, q.nonce);
	keep(c->redirect, sizeof c->redirect, q.redirect);
	*r = (struct identity_reply){ .status = 303, .type = S("text/plain"), .location = back(a, id, &q, S("code"), code) };
}

/* --- documents for the main program */

static void put_claims(struct json *j, struct arena *a, const struct identity *id, const struct code *c)
{
	const struct person *p = c->person;

	json_kstr(j, S("iss"), id->issuer);
	json_kstr(j, S("sub"), str_fmt(a, "stand-in-%.*s", STR_FMT(p->handle)));
	json_kstr(j, S("aud"), S(IDENTITY_CLIENT));
	json_kint(j, S("iat"), now_s(id));
	json_kint(j, S("exp"), now_s(id) + TOKEN_S);
	json_kstr(j, S("nonce"), str_c(c->nonce));
	json_kstr(j, S("acr"), str_fmt(a, "%d", c->level));
	json_kbool(j, S("stand_in"), true);
	json_kstr(j, S("given_name"), p->given);
	json_kstr(j, S("family_name"), p->family);
	json_kstr(j, S("email"), str_fmt(a, "%.*s@example.org", STR_FMT(p->handle)));
	if (c->level < 3)
		return; /* a mere account knows no more */
	json_kstr(j, S("title"), p->title);
	json_kstr(j, S("birth_family_name"), p->birth_name);
	json_kstr(j, S("birthdate"), p->born);
	json_kstr(j, S("organization"), p->firm);
	json_key(j, S("place_of_birth"));
	json_object(j);
	json_kstr(j, S("locality"), p->birth_place);
	json_object_end(j);
	json_key(j, S("address"));
	json_object(j);
	json_kstr(j, S("street_address"), str_fmt(a, "%.*s %.*s", STR_FMT(p->street), STR_FMT(p->number)));
	json_kstr(j, S("street"), p->street);
	json_kstr(j, S("house_number"), p->number);
	json_kstr(j, S("postal_code"), p->postcode);
	json_kstr(j, S("locality"), p->town);
	json_kstr(j, S("country"), S("DE"));
	json_object_end(j);
}

static void reply_error(struct arena *a, struct identity_reply *r, str error)
{
	reply(r, 400, S("application/json"), str_fmt(a, "{\"error\":\"%.*s\"}", STR_FMT(error)));
}

static struct code *code_use(struct identity *id, str text)
{
	struct digest d = sha256(text);

	for (size_t i = 0; i < CODES; i++) {
		struct code *c = &id->code[i];
		if (!c->until || !digest_eq(&c->code, &d))
			continue;
		bool fresh = now_s(id) < c->until;
		c->until = 0; /* once, also if the rest does not fit */
		return fresh ? c : NULL;
	}
	return NULL;
}

static void give_token(struct identity *id, struct arena *a, const struct pairs *in, struct identity_reply *r)
{
	struct buf claims = buf_new(a, 1000), b = buf_new(a, 2000);
	struct code *c = code_use(id, pairs_get(in, S("code")));
	struct digest proof = sha256(pairs_get(in, S("code_verifier")));
	struct json j;
	str token;

	if (!c || !str_eq(b64url(a, digest_str(&proof)), str_c(c->challenge)) ||
		!str_eq(pairs_get(in, S("redirect_uri")), str_c(c->redirect)) ||
		!str_eq(pairs_get(in, S("client_id")), S(IDENTITY_CLIENT)) ||
		!str_eq(pairs_get(in, S("grant_type")), S("authorization_code"))) {
		reply_error(a, r, S("invalid_grant"));
		return;
	}
	json_begin(&j, &claims);
	json_object(&j);
	put_claims(&j, a, id, c);
	json_object_end(&j);
	json_end(&j);
	if (jws_sign(a, id->key, id->entry.kid, S("JWT"), buf_str(&claims), &token) < 0) {
		reply_error(a, r, S("server_error"));
		return;
	}
	json_begin(&j, &b);
	json_object(&j);
	json_kstr(&j, S("access_token"), token_random(a, 16)); /* required by the standard; there is nothing to fetch with it */
	json_kstr(&j, S("token_type"), S("Bearer"));
	json_kint(&j, S("expires_in"), TOKEN_S);
	json_kstr(&j, S("id_token"), token);
	json_object_end(&j);
	json_end(&j);
	reply(r, 200, S("application/json"), buf_str(&b));
}

static void list_of(struct json *j, str key, str one)
{
	json_key(j, key);
	json_array(j);
	json_str(j, one);
	json_array_end(j);
}

static void give_configuration(const struct identity *id, struct arena *a, struct identity_reply *r)
{
	struct buf b = buf_new(a, 1000);
	struct json j;

	json_begin(&j, &b);
	json_object(&j);
	json_kstr(&j, S("issuer"), id->issuer);
	json_kstr(&j, S("authorization_endpoint"), str_fmt(a, "%.*s/authorize", STR_FMT(id->issuer)));
	json_kstr(&j, S("token_endpoint"), str_fmt(a, "%.*s/token", STR_FMT(id->issuer)));
	json_kstr(&j, S("jwks_uri"), str_fmt(a, "%.*s/jwks", STR_FMT(id->issuer)));
	list_of(&j, S("response_types_supported"), S("code"));
	list_of(&j, S("subject_types_supported"), S("public"));
	list_of(&j, S("id_token_signing_alg_values_supported"), S("ES256"));
	list_of(&j, S("code_challenge_methods_supported"), S("S256"));
	list_of(&j, S("token_endpoint_auth_methods_supported"), S("none"));
	json_kbool(&j, S("authorization_response_iss_parameter_supported"), true);
	json_object_end(&j);
	json_end(&j);
	reply(r, 200, S("application/json"), buf_str(&b));
}

void identity_handle(struct identity *id, struct arena *a, const struct identity_request *rq, struct identity_reply *ret)
{
	bool get = str_eq(rq->method, S("GET")), post = str_eq(rq->method, S("POST"));
	struct buf keys;

	if (!str_eq_ci(rq->host, id->host)) {
		/* somebody's name points to this machine: no page of theirs gets to talk to us */
		reply(ret, 421, S("text/plain"), S("wrong host\n"));
	} else if (get && str_eq(rq->path, S("/.well-known/openid-configuration"))) {
		give_configuration(id, a, ret);
	} else if (get && str_eq(rq->path, S("/jwks"))) {
		keys = buf_new(a, 500);
		jwks_write(&keys, &id->keys);
		reply(ret, 200, S("application/json"), buf_str(&keys));
	} else if (get && str_eq(rq->path, S("/authorize"))) {
		show_choice(id, a, &rq->query, ret);
	} else if (post && str_eq(rq->path, S("/authorize"))) {
		choose(id, a, &rq->form, ret);
	} else if (post && str_eq(rq->path, S("/token"))) {
		give_token(id, a, &rq->form, ret);
	} else if (get && str_eq(rq->path, S("/style.css"))) {
		reply(ret, 200, S("text/css; charset=utf-8"), str_n(embedded_style, embedded_style_n));
	} else {
		reply_notice(a, ret, str_eq(rq->path, S("/")) ? 200 : 404, S("why.start"));
	}
}
