/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/crypto.h"

#include <limits.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rand.h>
#include <pthread.h>
#include <string.h>

#define NONCE_BYTES 12
#define TAG_BYTES   16
_Static_assert(SEAL_OVERHEAD == NONCE_BYTES + TAG_BYTES, "header and code disagree");

/*
 * OpenSSL 3 looks an algorithm up by name each time it is named (about 1 us), so that is done once.
 */
static EVP_MD *sha256_md;
static EVP_CIPHER *gcm_cipher;
static pthread_key_t thread_key;
static pthread_mutex_t keys_lock = PTHREAD_MUTEX_INITIALIZER;
static struct arena *keys_arena; /* signing keys live as long as the process */

/* Contexts are made once a thread: making one costs as much as hashing a page. */
static __thread struct contexts {
	EVP_MD_CTX *md;
	EVP_CIPHER_CTX *seal, *unseal;
} mine;

struct ec_private {
	EVP_PKEY *pkey;
};

static void free_contexts(void *p)
{
	struct contexts *c = p;
	EVP_MD_CTX_free(c->md);
	EVP_CIPHER_CTX_free(c->seal);
	EVP_CIPHER_CTX_free(c->unseal);
	*c = (struct contexts){0};
}

static void look_up(void)
{
	sha256_md = EVP_MD_fetch(NULL, "SHA256", NULL);
	gcm_cipher = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
	keys_arena = arena_new(1024);
	if (!sha256_md || !gcm_cipher || pthread_key_create(&thread_key, free_contexts) != 0)
		err_die("OpenSSL lacks SHA-256 or AES-256-GCM");
}

static void prepare_thread(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, look_up);
	mine.md = EVP_MD_CTX_new();
	mine.seal = EVP_CIPHER_CTX_new();
	mine.unseal = EVP_CIPHER_CTX_new();
	if (!mine.md || !mine.seal || !mine.unseal || pthread_setspecific(thread_key, &mine) != 0)
		err_die("out of memory");
}

static inline void ready(void)
{
	if (!mine.md)
		prepare_thread();
}

void rand_bytes(void *p, size_t n)
{
	for (unsigned char *to = p; n;) {
		int part = n > INT_MAX ? INT_MAX : (int)n;
		if (RAND_bytes(to, part) != 1)
			err_die("no randomness");
		to += part;
		n -= (size_t)part;
	}
}

uint64_t rand_u64(void)
{
	uint64_t v;
	rand_bytes(&v, sizeof v);
	return v;
}

struct key key_random(void)
{
	struct key k;
	rand_bytes(k.b, sizeof k.b);
	return k;
}

void wipe(void *p, size_t n)
{
	explicit_bzero(p, n);
}

static void hash_parts(const str *part, size_t n, uint8_t out[32])
{
	unsigned len;
	ready();
	int ok = EVP_DigestInit_ex2(mine.md, sha256_md, NULL);
	for (size_t i = 0; i < n; i++)
		ok &= part[i].n == 0 || EVP_DigestUpdate(mine.md, part[i].p, part[i].n);
	ok &= EVP_DigestFinal_ex(mine.md, out, &len);
	if (!ok)
		err_die("SHA-256 failed");
}

struct digest sha256(str s)
{
	struct digest d;
	hash_parts(&s, 1, d.b);
	return d;
}

struct digest sha256_2(str a, str b)
{
	struct digest d;
	hash_parts((str[]){a, b}, 2, d.b);
	return d;
}

/* A stream is OpenSSL's context: it may outlive the thread, so it is none of "mine". */
struct sha256_stream *sha256_begin(void)
{
	ready();
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	if (!c || !EVP_DigestInit_ex2(c, sha256_md, NULL))
		err_die("SHA-256 failed");
	return (struct sha256_stream *)(void *)c;
}

void sha256_add(struct sha256_stream *s, str part)
{
	if (part.n && !EVP_DigestUpdate((EVP_MD_CTX *)(void *)s, part.p, part.n))
		err_die("SHA-256 failed");
}

void sha256_end(struct sha256_stream *s, struct digest *ret)
{
	EVP_MD_CTX *c = (EVP_MD_CTX *)(void *)s;
	unsigned len;
	if (ret && !EVP_DigestFinal_ex(c, ret->b, &len))
		err_die("SHA-256 failed");
	EVP_MD_CTX_free(c);
}

/* RFC 2104 with a key shorter than the block of 64 bytes. */
static void hmac_parts(const struct key *k, str a, str b, uint8_t out[32])
{
	uint8_t pad[64] = {0};
	memcpy(pad, k->b, sizeof k->b);
	for (size_t i = 0; i < sizeof pad; i++)
		pad[i] ^= 0x36;
	hash_parts((str[]){str_n(pad, sizeof pad), a, b}, 3, out);
	for (size_t i = 0; i < sizeof pad; i++)
		pad[i] ^= 0x36 ^ 0x5c;
	hash_parts((str[]){str_n(pad, sizeof pad), str_n(out, 32)}, 2, out);
	wipe(pad, sizeof pad);
}

struct digest hmac_sha256(const struct key *k, str s)
{
	struct digest d;
	hmac_parts(k, s, STR_EMPTY, d.b);
	return d;
}

/* RFC 5869 with empty salt and one block of output. */
struct key key_derive(const struct key *k, str label)
{
	static const struct key no_salt;
	struct key prk, out;
	hmac_parts(&no_salt, str_n(k->b, sizeof k->b), STR_EMPTY, prk.b);
	hmac_parts(&prk, label, S("\x01"), out.b);
	wipe(&prk, sizeof prk);
	return out;
}

bool digest_eq(const struct digest *a, const struct digest *b)
{
	return CRYPTO_memcmp(a->b, b->b, sizeof a->b) == 0;
}

/* OpenSSL counts in int; returns whether all went well. */
static bool cipher_update(EVP_CIPHER_CTX *c, unsigned char *out, str in,
	int (*update)(EVP_CIPHER_CTX *, unsigned char *, int *, const unsigned char *, int))
{
	while (in.n) {
		int part = in.n > 1 << 30 ? 1 << 30 : (int)in.n, len;
		if (!update(c, out, &len, (const unsigned char *)in.p, part))
			return false;
		if (out)
			out += len;
		in = str_sub(in, (size_t)part, in.n);
	}
	return true;
}

str seal(struct arena *a, const struct key *k, str aad, str plain)
{
	unsigned char *out = arena_alloc_raw(a, plain.n + SEAL_OVERHEAD),
		      *tag = out + NONCE_BYTES + plain.n;
	int len;
	ready();
	rand_bytes(out, NONCE_BYTES);
	if (!EVP_EncryptInit_ex2(mine.seal, gcm_cipher, k->b, out, NULL) ||
		!cipher_update(mine.seal, NULL, aad, EVP_EncryptUpdate) ||
		!cipher_update(mine.seal, out + NONCE_BYTES, plain, EVP_EncryptUpdate) ||
		!EVP_EncryptFinal_ex(mine.seal, tag, &len) ||
		!EVP_CIPHER_CTX_ctrl(mine.seal, EVP_CTRL_AEAD_GET_TAG, TAG_BYTES, tag))
		err_die("AES-256-GCM failed");
	return str_n(out, plain.n + SEAL_OVERHEAD);
}

int unseal(struct arena *a, const struct key *k, str aad, str sealed, str *ret)
{
	if (sealed.n < SEAL_OVERHEAD)
		return ERR_CRYPTO;
	const unsigned char *nonce = (const unsigned char *)sealed.p;
	str body = str_sub(sealed, NONCE_BYTES, sealed.n - TAG_BYTES);
	unsigned char tag[TAG_BYTES], *out = arena_alloc_raw(a, body.n + 1);
	int len;
	ready();
	memcpy(tag, sealed.p + sealed.n - TAG_BYTES, TAG_BYTES);
	bool ok = EVP_DecryptInit_ex2(mine.unseal, gcm_cipher, k->b, nonce, NULL) &&
		cipher_update(mine.unseal, NULL, aad, EVP_DecryptUpdate) &&
		cipher_update(mine.unseal, out, body, EVP_DecryptUpdate) &&
		EVP_CIPHER_CTX_ctrl(mine.unseal, EVP_CTRL_AEAD_SET_TAG, TAG_BYTES, tag) &&
		EVP_DecryptFinal_ex(mine.unseal, out + body.n, &len) == 1;
	if (!ok) {
		wipe(out, body.n); /* unauthenticated text must not lie around */
		ERR_clear_error();
		return ERR_CRYPTO;
	}
	out[body.n] = 0;
	*ret = str_n(out, body.n);
	return 0;
}

str token_random(struct arena *a, size_t bytes)
{
	uint8_t room[64], *p = bytes <= sizeof room ? room : arena_alloc_raw(a, bytes);
	rand_bytes(p, bytes);
	return b64url(a, str_n(p, bytes));
}

/* --- ES256 */

static struct ec_private *keep(EVP_PKEY *pkey)
{
	ready();
	pthread_mutex_lock(&keys_lock);
	struct ec_private *k = ARENA_NEW(keys_arena, struct ec_private);
	pthread_mutex_unlock(&keys_lock);
	k->pkey = pkey;
	return k;
}

static int failed(EVP_PKEY *pkey)
{
	EVP_PKEY_free(pkey);
	ERR_clear_error();
	return ERR_CRYPTO;
}

/* d NULL: a public key. NULL on failure, for example when the point is not on the curve. */
static EVP_PKEY *make_pkey(const uint8_t d[32], const struct ec_public *pub)
{
	unsigned char point[65] = {4};
	EVP_PKEY *pkey = NULL;
	BIGNUM *secret = d ? BN_secure_new() : NULL;
	OSSL_PARAM_BLD *b = OSSL_PARAM_BLD_new();
	OSSL_PARAM *params = NULL;
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	memcpy(point + 1, pub->x, 32);
	memcpy(point + 33, pub->y, 32);
	if (b && c && (!d || (secret && BN_bin2bn(d, 32, secret))) &&
		OSSL_PARAM_BLD_push_utf8_string(b, OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0) &&
		OSSL_PARAM_BLD_push_octet_string(b, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point) &&
		(!d || OSSL_PARAM_BLD_push_BN_pad(b, OSSL_PKEY_PARAM_PRIV_KEY, secret, 32)) &&
		(params = OSSL_PARAM_BLD_to_param(b)) != NULL && EVP_PKEY_fromdata_init(c) == 1)
		(void)EVP_PKEY_fromdata(
			c, &pkey, d ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY, params);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(b);
	EVP_PKEY_CTX_free(c);
	BN_clear_free(secret);
	return pkey;
}

int ec_generate(
	struct arena *a, struct ec_private **ret, struct ec_public *ret_pub, uint8_t ret_d[32])
{
	unsigned char point[65];
	size_t n = 0;
	BIGNUM *d = NULL;
	EVP_PKEY *pkey = EVP_EC_gen("P-256");
	if (!pkey ||
		EVP_PKEY_get_octet_string_param(
			pkey, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point, &n) != 1 ||
		n != 65 || point[0] != 4 ||
		EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_PRIV_KEY, &d) != 1)
		return failed(pkey);
	int len = BN_bn2binpad(d, ret_d, 32);
	BN_clear_free(d);
	if (len != 32)
		return failed(pkey);
	memcpy(ret_pub->x, point + 1, 32);
	memcpy(ret_pub->y, point + 33, 32);
	*ret = keep(pkey);
	return 0;
}

int ec_load(
	struct arena *a, const uint8_t d[32], const struct ec_public *pub, struct ec_private **ret)
{
	EVP_PKEY *pkey = make_pkey(d, pub);
	EVP_PKEY_CTX *c = pkey ? EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL) : NULL;
	bool fits = c && EVP_PKEY_pairwise_check(c) == 1;
	EVP_PKEY_CTX_free(c);
	if (!fits)
		return failed(pkey);
	*ret = keep(pkey);
	return 0;
}

int ec_sign(const struct ec_private *k, str data, uint8_t ret_rs[64])
{
	struct digest d = sha256(data);
	unsigned char der[80];
	const unsigned char *at = der;
	size_t n = sizeof der;
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_pkey(NULL, k->pkey, NULL);
	bool ok =
		c && EVP_PKEY_sign_init(c) == 1 && EVP_PKEY_sign(c, der, &n, d.b, sizeof d.b) == 1;
	EVP_PKEY_CTX_free(c);
	ECDSA_SIG *sig = ok ? d2i_ECDSA_SIG(NULL, &at, (long)n) : NULL;
	ok = sig && BN_bn2binpad(ECDSA_SIG_get0_r(sig), ret_rs, 32) == 32 &&
		BN_bn2binpad(ECDSA_SIG_get0_s(sig), ret_rs + 32, 32) == 32;
	ECDSA_SIG_free(sig);
	if (!ok)
		ERR_clear_error();
	return ok ? 0 : ERR_CRYPTO;
}

/* r||s to DER; the length, or 0. */
static size_t der_from_rs(const uint8_t rs[64], unsigned char der[80])
{
	ECDSA_SIG *sig = ECDSA_SIG_new();
	BIGNUM *r = BN_bin2bn(rs, 32, NULL), *s = BN_bin2bn(rs + 32, 32, NULL);
	if (!sig || !r || !s || !ECDSA_SIG_set0(sig, r, s))
		err_die("out of memory");
	int n = i2d_ECDSA_SIG(sig, &der);
	ECDSA_SIG_free(sig);
	return n > 0 ? (size_t)n : 0;
}

int ec_verify(const struct ec_public *k, str data, const uint8_t rs[64])
{
	struct digest d = sha256(data);
	unsigned char der[80];
	size_t n = der_from_rs(rs, der);
	EVP_PKEY *pkey = make_pkey(NULL, k);
	EVP_PKEY_CTX *c = pkey ? EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL) : NULL;
	bool ok = c && n && EVP_PKEY_verify_init(c) == 1 &&
		EVP_PKEY_verify(c, der, n, d.b, sizeof d.b) == 1;
	EVP_PKEY_CTX_free(c);
	EVP_PKEY_free(pkey);
	if (!ok)
		ERR_clear_error();
	return ok ? 0 : ERR_CRYPTO;
}
