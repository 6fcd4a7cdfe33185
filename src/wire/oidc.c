/* SPDX-License-Identifier: EUPL-1.2 */
#include "wire/oidc.h"

#include "base/node.h"

#define DOCUMENT_MAX (256u * 1024)
#define SKEW_S       60 /* clocks may differ by so much */
#define AGE_MAX_S    600

static int get_json(struct arena *a, const struct oidc_conf *conf, str url, str *ret_text, struct node **ret)
{
	struct http_out_request rq = { .method = S("GET"), .url = url, .exceptions = conf->exceptions, .response_max = DOCUMENT_MAX };
	struct http_out_response rs;
	struct node_error e;

	TRY(http_out_call(a, &rq, &rs));
	if (rs.status != 200)
		return ERR_PARSE;
	*ret_text = rs.body;
	return node_parse_json(a, rs.body, ret, &e);
}

int oidc_discover(struct arena *a, const struct oidc_conf *conf, struct oidc *ret)
{
	struct node *doc;
	str text;

	*ret = (struct oidc){ .conf = *conf };
	TRY(get_json(a, conf, str_fmt(a, "%.*s/.well-known/openid-configuration", STR_FMT(conf->issuer)), &text, &doc));
	if (!str_eq(node_text_at(doc, S("issuer")), conf->issuer))
		return ERR_PARSE;
	ret->authorization_endpoint = node_text_at(doc, S("authorization_endpoint"));
	ret->token_endpoint = node_text_at(doc, S("token_endpoint"));
	ret->jwks_uri = node_text_at(doc, S("jwks_uri"));
	/* the browser is sent there: the same rules as for our own calls */
	if (http_out_url_problem(a, ret->authorization_endpoint, conf->exceptions) != HTTP_OUT_OK)
		return ERR_PARSE;
	TRY(get_json(a, conf, ret->jwks_uri, &text, &doc));
	TRY(jwks_parse(a, text, &ret->keys));
	return ret->keys.n ? OK : ERR_PARSE;
}

static void put_parameter(struct buf *b, str name, str value)
{
	buf_putc(b, str_index(buf_str(b), '?') < 0 ? '?' : '&');
	buf_put(b, name);
	buf_putc(b, '=');
	url_put(b, value);
}

int oidc_begin(struct arena *a, const struct oidc *p, enum oidc_level level, struct oidc_start *ret)
{
	struct buf b = buf_new(a, 600);

	if (p->authorization_endpoint.n == 0 || p->conf.client_id.n == 0 || p->conf.redirect_uri.n == 0)
		return ERR_INVALID;
	*ret = (struct oidc_start){
		.state = token_random(a, 16),
		.nonce = token_random(a, 16),
		.verifier = token_random(a, 32),
		.level = level,
	};
	struct digest challenge = sha256(ret->verifier);

	buf_put(&b, p->authorization_endpoint);
	put_parameter(&b, S("response_type"), S("code"));
	put_parameter(&b, S("client_id"), p->conf.client_id);
	put_parameter(&b, S("redirect_uri"), p->conf.redirect_uri);
	put_parameter(&b, S("scope"), S("openid profile address email"));
	put_parameter(&b, S("state"), ret->state);
	put_parameter(&b, S("nonce"), ret->nonce);
	put_parameter(&b, S("code_challenge"), b64url(a, digest_str(&challenge)));
	put_parameter(&b, S("code_challenge_method"), S("S256"));
	put_parameter(&b, S("acr_values"), str_fmt(a, "%d", (int)level));
	ret->url = buf_str(&b);
	return OK;
}

/* "aud" is one name or a list of them; with a list, we must be the one that the token is made out to. */
static bool audience_ok(const struct node *claims, str client_id)
{
	const struct node *aud = node_get(claims, S("aud"));
	str azp = node_text_at(claims, S("azp"));

	if (azp.n && !str_eq(azp, client_id))
		return false;
	if (aud && aud->kind == NODE_TEXT)
		return str_eq(aud->text, client_id);
	if (!aud || aud->kind != NODE_LIST || (aud->n > 1 && azp.n == 0))
		return false;
	for (size_t i = 0; i < aud->n; i++) {
		if (str_eq(node_text(aud->item[i]), client_id))
			return true;
	}
	return false;
}

static int times_check(const struct node *claims, instant now)
{
	int64_t exp, iat, at = now.us / 1000000;

	if (node_i64(node_get(claims, S("exp")), &exp) < 0 || node_i64(node_get(claims, S("iat")), &iat) < 0)
		return ERR_PARSE;
	if (at - SKEW_S >= exp || iat > at + SKEW_S || iat < at - AGE_MAX_S)
		return ERR_EXPIRED;
	return OK;
}

static void person_read(const struct node *c, struct oidc_person *ret)
{
	const struct node *address = node_get(c, S("address"));

	ret->sub = node_text_at(c, S("sub"));
	ret->given_name = node_text_at(c, S("given_name"));
	ret->family_name = node_text_at(c, S("family_name"));
	ret->birth_name = node_text_at(c, S("birth_family_name"));
	ret->title = node_text_at(c, S("title"));
	ret->birthdate = node_text_at(c, S("birthdate"));
	ret->birth_place = node_text_at(node_get(c, S("place_of_birth")), S("locality"));
	ret->street = node_text_at(address, S("street"));
	ret->house_number = node_text_at(address, S("house_number"));
	ret->postcode = node_text_at(address, S("postal_code"));
	ret->locality = node_text_at(address, S("locality"));
	ret->country = node_text_at(address, S("country"));
	ret->organization = node_text_at(c, S("organization"));
	ret->email = node_text_at(c, S("email"));
}

int oidc_check_token(struct arena *a, const struct oidc *p, const struct oidc_start *s, str id_token, instant now,
	struct oidc_person *ret)
{
	struct node_error e;
	struct node *c;
	int64_t level;
	str payload;

	*ret = (struct oidc_person){ 0 };
	TRY(jws_verify(a, &p->keys, STR_EMPTY, id_token, &payload));
	TRY(node_parse_json(a, payload, &c, &e));
	if (!str_eq(node_text_at(c, S("iss")), p->conf.issuer) || !audience_ok(c, p->conf.client_id))
		return ERR_DENIED;
	if (s->nonce.n == 0 || !str_eq_secret(node_text_at(c, S("nonce")), s->nonce))
		return ERR_DENIED;
	TRY(times_check(c, now));
	if (str_to_i64(node_text_at(c, S("acr")), &level) < 0 || node_text_at(c, S("sub")).n == 0)
		return ERR_PARSE;
	/* whoever is asked for a higher level gets in with that level, or not at all */
	if (level < (int)s->level || (level != OIDC_ACCOUNT && level != OIDC_SUBSTANTIAL && level != OIDC_HIGH))
		return ERR_DENIED;
	person_read(c, ret);
	ret->level = (enum oidc_level)level;
	return OK;
}

int oidc_finish(struct arena *a, const struct oidc *p, const struct oidc_start *s, str code, str iss, instant now,
	struct oidc_person *ret)
{
	struct buf b = buf_new(a, 500);
	struct http_out_response rs;
	struct node_error e;
	struct node *n;

	if (code.n == 0 || (iss.n && !str_eq(iss, p->conf.issuer)))
		return ERR_DENIED;
	buf_put(&b, S("grant_type=authorization_code&code="));
	url_put(&b, code);
	buf_put(&b, S("&redirect_uri="));
	url_put(&b, p->conf.redirect_uri);
	buf_put(&b, S("&client_id="));
	url_put(&b, p->conf.client_id);
	buf_put(&b, S("&code_verifier="));
	url_put(&b, s->verifier);
	struct http_out_request rq = {
		.method = S("POST"),
		.url = p->token_endpoint,
		.content_type = S("application/x-www-form-urlencoded"),
		.body = buf_str(&b),
		.exceptions = p->conf.exceptions,
		.response_max = DOCUMENT_MAX,
	};
	TRY(http_out_call(a, &rq, &rs));
	if (rs.status != 200)
		return rs.status >= 500 ? ERR_IO : ERR_DENIED;
	TRY(node_parse_json(a, rs.body, &n, &e));
	return oidc_check_token(a, p, s, node_text_at(n, S("id_token")), now, ret);
}
