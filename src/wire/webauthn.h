/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * webauthn: passkeys, the server's side (W3C Web Authentication Level 2, sections 7.1 and 7.2). ES256 only, attestation "none",
 * user verification required, discoverable credentials. The caller keeps the challenge (once, a few minutes, bound to the session).
 *
 *	str challenge = webauthn_challenge(a);                       // keep it
 *	webauthn_create_options(&b, &rp, challenge, &user, NULL, 0); // JSON for the page script
 *	TRY(webauthn_register(a, &rp, challenge, reply_json, &credential));
 */
#pragma once
#include "base/crypto.h"

struct webauthn_rp {
	str id;			/* host, "schalter.example" or "localhost" */
	str name;		/* shown by some browsers */
	str origin;		/* "https://schalter.example" or "http://localhost:8080"; compared exactly */
};
struct webauthn_user {
	str handle;		/* 16..64 random bytes, no personal data */
	str name;		/* e-mail address or sign-in name */
	str display_name;
};
struct webauthn_credential {
	str id;			/* raw bytes, 16..1023 */
	struct ec_public key;
	uint32_t counter;	/* 0: authenticator has none */
	bool backed_up;		/* synced passkey */
};

str webauthn_challenge(struct arena *a);	/* 32 random bytes, base64url */
/* Options for navigator.credentials.create()/get(), binary fields as base64url (PublicKeyCredential.parseCreationOptionsFromJSON shape). */
void webauthn_create_options(struct buf *b, const struct webauthn_rp *rp, str challenge, const struct webauthn_user *user,
	const str *exclude_ids, size_t n);
/* allow_ids may be empty: then the authenticator offers what it has for this host. */
void webauthn_get_options(struct buf *b, const struct webauthn_rp *rp, str challenge, const str *allow_ids, size_t n);

/*
 * reply: JSON that the page script posts, RegistrationResponseJSON/AuthenticationResponseJSON of the standard:
 *   {"id","rawId","type":"public-key","response":{"clientDataJSON","attestationObject"}}
 *   {"id","rawId","type":"public-key","response":{"clientDataJSON","authenticatorData","signature","userHandle"}}
 * ERR_PARSE: malformed; ERR_DENIED: challenge, origin, host or flags do not fit; ERR_CRYPTO: signature wrong; ERR_UNSUPPORTED: not ES256;
 * ERR_CONFLICT: the counter went backwards (a copied authenticator).
 */
MUST_USE int webauthn_register(struct arena *a, const struct webauthn_rp *rp, str challenge, str reply, struct webauthn_credential *ret);
/* Which credential and account the reply speaks of, to look them up. Nothing is verified yet. user_handle may be empty. */
MUST_USE int webauthn_reply_id(struct arena *a, str reply, str *ret_credential_id, str *ret_user_handle);
/* c: as stored; ret_counter is to be stored when it succeeds. */
MUST_USE int webauthn_verify(struct arena *a, const struct webauthn_rp *rp, str challenge, const struct webauthn_credential *c, str reply,
	uint32_t *ret_counter);
