/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * jose: compact JWS with ES256 (RFC 7515, 7518) and JWK sets (RFC 7517). No algorithm but ES256 is accepted, none is looked up by what
 * the token says: keys come from the caller, the token's kid only chooses among them. jwk, jku, x5c, x5u and crit in a header are refused.
 *
 *	str token; TRY(jws_sign(a, key, kid, S("JWT"), payload, &token));
 *	str payload; TRY(jws_verify(a, &keys, S("JWT"), token, &payload));
 */
#pragma once
#include "base/crypto.h"

struct jose_key {
	str kid;
	struct ec_public pub;
};
struct jose_keys {
	const struct jose_key *v;
	size_t n;
};

/* RFC 7638 thumbprint, base64url: the kid of our own keys. */
str jwk_thumbprint(struct arena *a, const struct ec_public *pub);
/* {"keys":[...]}; P-256 keys only, others are skipped. ERR_PARSE: no key set, a broken key, two keys with one kid. */
MUST_USE int jwks_parse(struct arena *a, str text, struct jose_keys *ret);
void jwks_write(struct buf *b, const struct jose_keys *keys);

/* typ may be empty. payload: the bytes to sign, mostly JSON. */
MUST_USE int jws_sign(struct arena *a, const struct ec_private *key, str kid, str typ, str payload, str *ret);
/* typ: empty accepts any. ERR_PARSE: no compact JWS, wrong algorithm or type; ERR_NOTFOUND: kid is not among the keys; ERR_CRYPTO: signature wrong.
 * A token without kid is tried against the only key when there is exactly one. */
MUST_USE int jws_verify(struct arena *a, const struct jose_keys *keys, str typ, str token, str *ret_payload);
