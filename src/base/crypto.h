/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Cryptography on OpenSSL 3 and libargon2: the only file that includes them is crypto.c (+
 * crypto_pw.c). All functions are thread-safe.
 */
#pragma once
#include "base/buf.h"
#include "base/clock.h"

#define KEY_BYTES 32
struct key {			/* AES-256 or HMAC key */
	uint8_t b[KEY_BYTES];
};
struct digest {			/* SHA-256 */
	uint8_t b[32];
};

void rand_bytes(void *p, size_t n);			/* CSPRNG; ends the process on failure */
uint64_t rand_u64(void);
struct key key_random(void);
void wipe(void *p, size_t n);				/* not optimised away */

struct digest sha256(str s);
struct digest sha256_2(str a, str b);			/* over the concatenation */
/*
 * SHA-256 of what comes in parts, on one thread after the other; sha256_end releases it (ret NULL:
 * thrown away).
 */
struct sha256_stream;
struct sha256_stream *sha256_begin(void);
void sha256_add(struct sha256_stream *s, str part);
void sha256_end(struct sha256_stream *s, struct digest *ret);
struct digest hmac_sha256(const struct key *k, str s);
struct key key_derive(const struct key *k, str label);	/* HKDF-SHA256, label as info */
bool digest_eq(const struct digest *a, const struct digest *b);	/* constant time */
static inline str digest_str(const struct digest *d) { return (str){ (const char *)d->b, sizeof d->b }; }

/*
 * AES-256-GCM: 12 bytes random nonce + ciphertext + 16 bytes tag = plain + 28 bytes. aad is
 * authenticated, not stored.
 */
#define SEAL_OVERHEAD 28
str seal(struct arena *a, const struct key *k, str aad, str plain);
MUST_USE int unseal(struct arena *a, const struct key *k, str aad, str sealed, str *ret);	/* ERR_CRYPTO */

/*
 * base64url without padding; base32 is Crockford's alphabet, upper case, forgiving on reading (O=0,
 * I/L=1, hyphens and blanks ignored).
 */
str b64url(struct arena *a, str bytes);
MUST_USE int b64url_decode(struct arena *a, str s, str *ret);	/* strict: ERR_PARSE */
str b64(struct arena *a, str bytes);			/* standard, padded */
MUST_USE int b64_decode(struct arena *a, str s, str *ret);
str b32(struct arena *a, str bytes);
MUST_USE int b32_decode(struct arena *a, str s, str *ret);
str hex(struct arena *a, str bytes);
MUST_USE int hex_decode(struct arena *a, str s, str *ret);
str token_random(struct arena *a, size_t bytes);	/* b64url of random bytes: 16 -> 22 characters */

/* ES256 (ECDSA P-256). Keys as JWK-style 32-byte d, x, y. */
struct ec_private;					/* holds an EVP_PKEY; lives as long as the process */
struct ec_public {
	uint8_t x[32], y[32];
};
MUST_USE int ec_generate(struct arena *a, struct ec_private **ret, struct ec_public *ret_pub, uint8_t ret_d[32]);
MUST_USE int ec_load(struct arena *a, const uint8_t d[32], const struct ec_public *pub, struct ec_private **ret);
MUST_USE int ec_sign(const struct ec_private *k, str data, uint8_t ret_rs[64]);		/* raw r||s as in JWS */
MUST_USE int ec_verify(const struct ec_public *k, str data, const uint8_t rs[64]);	/* ERR_CRYPTO */

/*
 * argon2id 19 MiB, t=2, p=1 (OWASP 2023); encoded string with its parameters. About 20 ms CPU: call
 * it on the work pool only.
 */
str password_hash(struct arena *a, str password);
bool password_matches(struct arena *a, str encoded, str password);
