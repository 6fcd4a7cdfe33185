/* SPDX-License-Identifier: EUPL-1.2 */
#include "web/session.h"

#include <string.h>

#include "usecase/sessions.h"

#define COOKIE_HTTP "schalter"
#define COOKIE_HTTPS "__Host-schalter"

static str cookie_name(const struct req *rq)
{
	return rq->house->https ? S(COOKIE_HTTPS) : S(COOKIE_HTTP);
}

static str cookie_value(const struct req *rq, str name)
{
	str rest = rq->cookie, part, n, v;

	while (str_split(&rest, ';', &part))
		if (str_cut(str_trim(part), '=', &n, &v) && str_eq(n, name))
			return v;
	return STR_EMPTY;
}

int session_load(struct req *rq)
{
	str token = cookie_value(rq, cookie_name(rq)), lang = cookie_value(rq, S("sprache"));
	enum lang chosen;
	int rc;

	if (lang_parse(lang, &chosen))
		rq->ctx.lang = chosen;
	if (token.n != 43) /* 32 bytes */
		return 0;
	struct digest hash = sha256(token);
	enum session_kind kind = rq->host == HOST_CLERK ? SESSION_CLERK : SESSION_CITIZEN;
	rc = session_actor(&rq->ctx, &hash, (int)kind);
	if (rc == ERR_NOTFOUND || rc == ERR_EXPIRED)
		return 0;
	TRY(rc);
	rq->session_token = token;
	if (rq->ctx.actor.stale) {
		session_touch(&rq->ctx);
		rq->session_new = true; /* the cookie lives on too */
	}
	return 0;
}

void session_make(struct req *rq)
{
	rq->session_token = token_random(rq->arena, 32);
	rq->ctx.actor.session = sha256(rq->session_token);
	rq->ctx.actor.known = true;
	rq->session_new = true;
	rq->session_gone = false;
}

void session_forget(struct req *rq)
{
	rq->session_token = STR_EMPTY;
	rq->session_new = false;
	rq->ctx.actor.known = false;
}

void session_clear(struct req *rq)
{
	rq->session_token = STR_EMPTY;
	rq->session_gone = true;
	rq->session_new = false;
	rq->ctx.actor = (struct actor){ .kind = rq->ctx.actor.kind, .tenant = rq->ctx.actor.tenant };
}

void session_cookie(struct req *rq)
{
	str name = cookie_name(rq);
	const char *secure = rq->house->https ? "; Secure" : "";

	/* lives as long as the browser runs; the server's own limits end it earlier */
	if (rq->session_new)
		reply_header(rq, "Set-Cookie", str_fmt(rq->arena, "%.*s=%.*s; Path=/; HttpOnly; SameSite=Lax; Max-Age=2592000%s",
			STR_FMT(name), STR_FMT(rq->session_token), secure));
	else if (rq->session_gone)
		reply_header(rq, "Set-Cookie", str_fmt(rq->arena, "%.*s=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0%s", STR_FMT(name), secure));
	if (rq->lang_chosen) {
		str code = lang_code(rq->ctx.lang);

		reply_header(rq, "Set-Cookie", str_fmt(rq->arena, "sprache=%.*s; Path=/; SameSite=Lax; Max-Age=31536000%s", STR_FMT(code), secure));
	}
}

str csrf_token(struct req *rq)
{
	struct digest d;

	if (!rq->session_token.n)
		return S("-"); /* nothing to protect yet: Sec-Fetch-Site and Origin are checked all the same */
	/* the database knows SHA-256(token) only: nothing in it leads to this value */
	d = sha256_2(S("csrf:"), rq->session_token);
	return b64url(rq->arena, str_n(d.b, 16));
}

bool csrf_ok(struct req *rq)
{
	if (rq->fetch_site.n && !str_eq(rq->fetch_site, S("same-origin")) && !str_eq(rq->fetch_site, S("none")))
		return false;
	if (rq->origin_header.n && !str_eq(rq->origin_header, S("null"))) {
		str host = rq->origin_header;

		if (str_has_prefix(host, S("http://")))
			host = str_sub(host, 7, host.n);
		else if (str_has_prefix(host, S("https://")))
			host = str_sub(host, 8, host.n);
		if (!str_eq_ci(host, rq->host_name))
			return false;
	} /* "null" comes with every form because of no-referrer: then Sec-Fetch-Site and the token decide */
	return str_eq_secret(req_form(rq, S("csrf")), csrf_token(rq));
}
