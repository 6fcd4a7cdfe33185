/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * oidc: sign-in at an OpenID provider, our side: authorization code flow with PKCE (RFC 7636), state, nonce, iss (RFC 9207); ID tokens ES256.
 * Today the provider is the stand-in identity service (demo and tests); a real one is one more configuration of this module.
 * oidc_discover and oidc_finish make outgoing calls and block: work pool.
 *
 *	struct oidc p; TRY(oidc_discover(a, &conf, &p));             // keep for some minutes
 *	struct oidc_start s; TRY(oidc_begin(a, &p, OIDC_SUBSTANTIAL, &s));   // keep state, nonce, verifier in the session; redirect to s.url
 *	struct oidc_person who; TRY(oidc_finish(a, &p, &s, code, iss, now, &who));   // after comparing state
 */
#pragma once
#include "wire/http_out.h"
#include "wire/jose.h"
#include "base/clock.h"

enum oidc_level { OIDC_ACCOUNT = 1, OIDC_SUBSTANTIAL = 3, OIDC_HIGH = 4 };	/* the claim acr, as text "1", "3", "4" */

struct oidc_conf {
	str issuer;		/* "http://127.0.0.1:8090" */
	str client_id;
	str redirect_uri;
	str exceptions;		/* for http_out: the stand-in is on loopback */
};
struct oidc {
	struct oidc_conf conf;
	str authorization_endpoint, token_endpoint, jwks_uri;
	struct jose_keys keys;
};
struct oidc_start {
	str url, state, nonce, verifier;
	enum oidc_level level;		/* asked for */
};
struct oidc_person {
	str sub;			/* stable id at the provider */
	enum oidc_level level;		/* reached */
	str given_name, family_name, birth_name, title;
	str birthdate;			/* ISO, may be empty */
	str birth_place;
	str street, house_number, postcode, locality, country;
	str organization;		/* empty, or the firm that the person acts for */
	str email;
};

/* ERR_PARSE: what came is no such document, or names another issuer. Errors of http_out_call. */
MUST_USE int oidc_discover(struct arena *a, const struct oidc_conf *conf, struct oidc *ret);
MUST_USE int oidc_begin(struct arena *a, const struct oidc *p, enum oidc_level level, struct oidc_start *ret);
/* Exchanges the code, verifies the ID token (signature, iss, aud, exp, iat, nonce, level). iss: parameter of the redirect, may be empty.
 * The caller has compared the parameter state with s->state (str_eq_secret) and uses s once.
 * ERR_DENIED: the provider or a check said no; ERR_CRYPTO, ERR_EXPIRED, ERR_PARSE; errors of http_out_call. */
MUST_USE int oidc_finish(struct arena *a, const struct oidc *p, const struct oidc_start *s, str code, str iss, instant now,
	struct oidc_person *ret);
/* The token check alone. */
MUST_USE int oidc_check_token(struct arena *a, const struct oidc *p, const struct oidc_start *s, str id_token, instant now,
	struct oidc_person *ret);
