/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * receipt: what an applicant gets as proof of a submission, and what a tenant gets each day as proof of its cases (P6).
 * A receipt is a JWS (ES256) whose claims hold no personal data: the answers appear only as a commitment.
 * Verifying uses a given key set (/.well-known/schalter-keys.json), never a key that the receipt brings along.
 *
 *	struct digest c = receipt_commit(&salt, canonical_answers);
 *	str jws; TRY(receipt_sign(a, key, kid, &r, &jws));
 *	struct receipt back; TRY(receipt_verify(a, &keys, jws, &back));
 */
#pragma once
#include "base/crypto.h"
#include "wire/jose.h"

#define RECEIPT_TYP "schalter-receipt+jwt"
#define DAYROOT_TYP "schalter-dayroot+jwt"

struct receipt {
	str issuer;			/* origin */
	str tenant;			/* slug */
	str reference;			/* the case's reference number */
	str service;			/* id of the service package */
	struct digest definition;	/* SHA-256 of the merged definition */
	struct digest commitment;	/* to the answers */
	struct digest head;		/* of the event chain after the submission */
	instant submitted;		/* second precision in the receipt */
};
/* HMAC-SHA256 under a random salt that is sealed with the case: without the salt nothing can be guessed from it. */
struct digest receipt_commit(const struct key *salt, str canonical_answers);
MUST_USE int receipt_sign(struct arena *a, const struct ec_private *key, str kid, const struct receipt *r, str *ret);
/* Errors of jws_verify; ERR_PARSE also if a claim is missing or malformed. */
MUST_USE int receipt_verify(struct arena *a, const struct jose_keys *keys, str jws, struct receipt *ret);

/* Merkle tree hash as in RFC 6962 section 2.1 (leaf prefix 0, node prefix 1); n = 0 gives SHA-256 of nothing. */
struct digest merkle_root(struct arena *a, const struct digest *leaf, size_t n);

struct dayroot {
	str issuer, tenant;
	str day;			/* "2026-11-22", the day that it closes, Europe/Berlin */
	int64_t count;			/* heads in it */
	struct digest root;
	struct digest previous;		/* root of the day before, zero at the first */
};
MUST_USE int dayroot_sign(struct arena *a, const struct ec_private *key, str kid, const struct dayroot *r, str *ret);
MUST_USE int dayroot_verify(struct arena *a, const struct jose_keys *keys, str jws, struct dayroot *ret);
