/* SPDX-License-Identifier: EUPL-1.2 */
#include "wire/webauthn.h"

#include <fido.h>
#include <fido/es256.h>
#include <string.h>

#include "base/json.h"
#include "base/late.h"
#include "base/node.h"

/* Mapped on first use; see base/late.h. */
static struct {
#define F(name) __typeof__(name) *name;
#include "wire/webauthn_fido.def"
#undef F
} lib;
static const char *const lib_names[] = {
#define F(name) #name,
#include "wire/webauthn_fido.def"
#undef F
};
LATE_FITS(lib, lib_names);

#define REPLY_MAX     (64u * 1024)
#define TIMEOUT_MS    300000
#define AUTH_DATA_MIN 37 /* hash of the host, flags, counter */

enum flags { FLAG_PRESENT = 0x01, FLAG_VERIFIED = 0x04, FLAG_MAY_BACK_UP = 0x08, FLAG_BACKED_UP = 0x10, FLAG_CREDENTIAL = 0x40 };

str webauthn_challenge(struct arena *a)
{
	return token_random(a, 32);
}

/* --- options for the page */

static void put_descriptors(struct json *j, struct arena *a, str key, const str *ids, size_t n)
{
	json_key(j, key);
	json_array(j);
	for (size_t i = 0; i < n; i++) {
		json_object(j);
		json_kstr(j, S("type"), S("public-key"));
		json_kstr(j, S("id"), b64url(a, ids[i]));
		json_object_end(j);
	}
	json_array_end(j);
}

void webauthn_create_options(struct buf *b, const struct webauthn_rp *rp, str challenge, const struct webauthn_user *user,
	const str *exclude_ids, size_t n)
{
	struct json j;

	json_begin(&j, b);
	json_object(&j);
	json_key(&j, S("rp"));
	json_object(&j);
	json_kstr(&j, S("id"), rp->id);
	json_kstr(&j, S("name"), rp->name);
	json_object_end(&j);
	json_key(&j, S("user"));
	json_object(&j);
	json_kstr(&j, S("id"), b64url(b->arena, user->handle));
	json_kstr(&j, S("name"), user->name);
	json_kstr(&j, S("displayName"), user->display_name);
	json_object_end(&j);
	json_kstr(&j, S("challenge"), challenge);
	json_key(&j, S("pubKeyCredParams"));
	json_array(&j);
	json_object(&j);
	json_kstr(&j, S("type"), S("public-key"));
	json_kint(&j, S("alg"), COSE_ES256);
	json_object_end(&j);
	json_array_end(&j);
	json_kint(&j, S("timeout"), TIMEOUT_MS);
	put_descriptors(&j, b->arena, S("excludeCredentials"), exclude_ids, n);
	json_key(&j, S("authenticatorSelection"));
	json_object(&j);
	json_kstr(&j, S("residentKey"), S("required"));
	json_kbool(&j, S("requireResidentKey"), true);
	json_kstr(&j, S("userVerification"), S("required"));
	json_object_end(&j);
	json_kstr(&j, S("attestation"), S("none"));
	json_object_end(&j);
	json_end(&j);
}

void webauthn_get_options(struct buf *b, const struct webauthn_rp *rp, str challenge, const str *allow_ids, size_t n)
{
	struct json j;

	json_begin(&j, b);
	json_object(&j);
	json_kstr(&j, S("challenge"), challenge);
	json_kint(&j, S("timeout"), TIMEOUT_MS);
	json_kstr(&j, S("rpId"), rp->id);
	put_descriptors(&j, b->arena, S("allowCredentials"), allow_ids, n);
	json_kstr(&j, S("userVerification"), S("required"));
	json_object_end(&j);
	json_end(&j);
}

/* --- what comes back */

struct reply {
	str id;			/* raw */
	const struct node *response;
	str client_data;	/* raw JSON */
};

static int bytes_at(struct arena *a, const struct node *map, str key, str *ret)
{
	const struct node *n = node_get(map, key);

	if (!n || n->kind != NODE_TEXT || n->text.n == 0)
		return ERR_PARSE;
	return b64url_decode(a, n->text, ret);
}

static int reply_parse(struct arena *a, str text, struct reply *ret)
{
	struct node_error e;
	struct node *root;

	if (text.n > REPLY_MAX)
		return ERR_PARSE;
	TRY(node_parse_json(a, text, &root, &e));
	if (!str_eq(node_text_at(root, S("type")), S("public-key")))
		return ERR_PARSE;
	TRY(bytes_at(a, root, S("rawId"), &ret->id));
	ret->response = node_get(root, S("response"));
	TRY(bytes_at(a, ret->response, S("clientDataJSON"), &ret->client_data));
	return ret->id.n >= 16 && ret->id.n <= 1023 ? OK : ERR_PARSE;
}

/* Section 7.1 steps 5 to 10 and 7.2 steps 9 to 14: for whom and where the browser has asked. */
static int client_data_check(struct arena *a, const struct webauthn_rp *rp, str challenge, str type, str json)
{
	struct node_error e;
	struct node *c;

	TRY(node_parse_json(a, json, &c, &e));
	if (!str_eq(node_text_at(c, S("type")), type))
		return ERR_DENIED;
	if (challenge.n < 22 || !str_eq_secret(node_text_at(c, S("challenge")), challenge))
		return ERR_DENIED;
	if (!str_eq(node_text_at(c, S("origin")), rp->origin))
		return ERR_DENIED;
	/* inside of another site's frame we are never shown (frame-ancestors), so nobody signs in there either */
	if (node_bool(node_get(c, S("crossOrigin")), false) || node_get(c, S("topOrigin")))
		return ERR_DENIED;
	return OK;
}

static int auth_data_check(const struct webauthn_rp *rp, str data, uint8_t *ret_flags, uint32_t *ret_counter)
{
	struct digest host = sha256(rp->id);

	if (data.n < AUTH_DATA_MIN)
		return ERR_PARSE;
	const uint8_t *p = (const uint8_t *)data.p;
	if (memcmp(p, host.b, sizeof host.b) != 0)
		return ERR_DENIED;
	*ret_flags = p[32];
	*ret_counter = (uint32_t)p[33] << 24 | (uint32_t)p[34] << 16 | (uint32_t)p[35] << 8 | p[36];
	if (!(*ret_flags & FLAG_PRESENT) || !(*ret_flags & FLAG_VERIFIED))
		return ERR_DENIED;
	if ((*ret_flags & FLAG_BACKED_UP) && !(*ret_flags & FLAG_MAY_BACK_UP))
		return ERR_DENIED; /* section 6.1.3: impossible */
	return OK;
}

/* --- the attestation object: CBOR (RFC 8949), definite lengths only, as CTAP2 demands */

struct cbor {
	const uint8_t *p;
	size_t n;
};

static int cbor_head(struct cbor *c, unsigned *ret_major, uint64_t *ret_value)
{
	if (c->n == 0)
		return ERR_PARSE;
	unsigned low = c->p[0] & 31;
	size_t more = low < 24 ? 0 : low > 27 ? SIZE_MAX : (size_t)1 << (low - 24);

	*ret_major = c->p[0] >> 5;
	*ret_value = low;
	if (more >= c->n)
		return ERR_PARSE;
	if (more)
		*ret_value = 0;
	for (size_t i = 0; i < more; i++)
		*ret_value = *ret_value << 8 | c->p[1 + i];
	c->p += 1 + more;
	c->n -= 1 + more;
	return OK;
}

static int cbor_take(struct cbor *c, uint64_t n, str *ret)
{
	if (n > c->n)
		return ERR_PARSE;
	*ret = str_n(c->p, (size_t)n);
	c->p += n;
	c->n -= (size_t)n;
	return OK;
}

static int cbor_string(struct cbor *c, unsigned major, str *ret)
{
	unsigned is;
	uint64_t n;

	TRY(cbor_head(c, &is, &n));
	return is == major ? cbor_take(c, n, ret) : ERR_PARSE;
}

static int cbor_skip(struct cbor *c, int depth)
{
	unsigned major;
	uint64_t n;
	str ignored;

	if (depth > 8)
		return ERR_PARSE;
	TRY(cbor_head(c, &major, &n));
	if (major == 2 || major == 3)
		return cbor_take(c, n, &ignored);
	if (major == 4 || major == 5) {
		if (n > c->n) /* each item has a byte at least */
			return ERR_PARSE;
		for (uint64_t i = 0; i < (major == 5 ? 2 * n : n); i++)
			TRY(cbor_skip(c, depth + 1));
		return OK;
	}
	return major == 6 ? cbor_skip(c, depth + 1) : OK;
}

/* We ask for no attestation and trust none: whatever statement comes along is passed over. */
static int attestation_auth_data(str object, str *ret)
{
	struct cbor c = { (const uint8_t *)object.p, object.n };
	unsigned major;
	uint64_t n;
	str key;

	*ret = STR_EMPTY;
	TRY(cbor_head(&c, &major, &n));
	if (major != 5 || n > 8)
		return ERR_PARSE;
	for (uint64_t i = 0; i < n; i++) {
		TRY(cbor_string(&c, 3, &key));
		if (str_eq(key, S("authData")))
			TRY(cbor_string(&c, 2, ret));
		else
			TRY(cbor_skip(&c, 0));
	}
	return ret->n && c.n == 0 ? OK : ERR_PARSE;
}

static void cred_end(fido_cred_t **c)
{
	lib.fido_cred_free(c);
}

static void assert_end(fido_assert_t **c)
{
	lib.fido_assert_free(c);
}

static void pk_end(es256_pk_t **p)
{
	lib.es256_pk_free(p);
}

int webauthn_register(struct arena *a, const struct webauthn_rp *rp, str challenge, str reply, struct webauthn_credential *ret)
{
	struct reply r = { 0 };
	str object, data;
	uint8_t flags;

	*ret = (struct webauthn_credential){ 0 };
	TRY(reply_parse(a, reply, &r));
	TRY(client_data_check(a, rp, challenge, S("webauthn.create"), r.client_data));
	TRY(bytes_at(a, r.response, S("attestationObject"), &object));
	TRY(attestation_auth_data(object, &data));
	TRY(auth_data_check(rp, data, &flags, &ret->counter));
	if (!(flags & FLAG_CREDENTIAL))
		return ERR_PARSE;
	TRY(late_load(LATE_FIDO2, lib_names, sizeof lib, &lib));
	fido_cred_t *AUTO(cred_end) cred = lib.fido_cred_new();
	if (!cred || lib.fido_cred_set_type(cred, COSE_ES256) != FIDO_OK)
		return ERR_NOMEM;
	/* fails as well if the key is of another kind than the one asked for */
	if (lib.fido_cred_set_authdata_raw(cred, (const unsigned char *)data.p, data.n) != FIDO_OK)
		return ERR_UNSUPPORTED;
	str id = str_n(lib.fido_cred_id_ptr(cred), lib.fido_cred_id_len(cred));
	if (!str_eq(id, r.id) || lib.fido_cred_pubkey_len(cred) != 64)
		return ERR_PARSE;
	ret->id = str_dup(a, id);
	memcpy(ret->key.x, lib.fido_cred_pubkey_ptr(cred), 32);
	memcpy(ret->key.y, lib.fido_cred_pubkey_ptr(cred) + 32, 32);
	ret->backed_up = flags & FLAG_BACKED_UP;
	return OK;
}

int webauthn_reply_id(struct arena *a, str reply, str *ret_credential_id, str *ret_user_handle)
{
	struct reply r = { 0 };

	TRY(reply_parse(a, reply, &r));
	*ret_credential_id = r.id;
	*ret_user_handle = STR_EMPTY;
	const struct node *handle = node_get(r.response, S("userHandle"));
	if (!handle || handle->kind != NODE_TEXT || handle->text.n == 0)
		return OK;
	return b64url_decode(a, handle->text, ret_user_handle);
}

static int signature_check(const struct webauthn_rp *rp, struct arena *a, const struct ec_public *key, str client_data, str data,
	str signature)
{
	uint8_t xy[64];

	TRY(late_load(LATE_FIDO2, lib_names, sizeof lib, &lib));
	fido_assert_t *AUTO(assert_end) f = lib.fido_assert_new();
	es256_pk_t *AUTO(pk_end) pk = lib.es256_pk_new();
	memcpy(xy, key->x, 32);
	memcpy(xy + 32, key->y, 32);
	if (!f || !pk || lib.es256_pk_from_ptr(pk, xy, sizeof xy) != FIDO_OK)
		return ERR_CRYPTO;
	if (lib.fido_assert_set_count(f, 1) || lib.fido_assert_set_rp(f, str_z(a, rp->id)) ||
		lib.fido_assert_set_clientdata(f, (const unsigned char *)client_data.p, client_data.n) ||
		lib.fido_assert_set_authdata_raw(f, 0, (const unsigned char *)data.p, data.n) ||
		lib.fido_assert_set_sig(f, 0, (const unsigned char *)signature.p, signature.n) ||
		lib.fido_assert_set_up(f, FIDO_OPT_TRUE) || lib.fido_assert_set_uv(f, FIDO_OPT_TRUE))
		return ERR_PARSE;
	return lib.fido_assert_verify(f, 0, COSE_ES256, pk) == FIDO_OK ? OK : ERR_CRYPTO;
}

int webauthn_verify(struct arena *a, const struct webauthn_rp *rp, str challenge, const struct webauthn_credential *c, str reply,
	uint32_t *ret_counter)
{
	struct reply r = { 0 };
	str data, signature;
	uint32_t counter;
	uint8_t flags;

	TRY(reply_parse(a, reply, &r));
	if (!str_eq(r.id, c->id))
		return ERR_DENIED;
	TRY(client_data_check(a, rp, challenge, S("webauthn.get"), r.client_data));
	TRY(bytes_at(a, r.response, S("authenticatorData"), &data));
	TRY(bytes_at(a, r.response, S("signature"), &signature));
	TRY(auth_data_check(rp, data, &flags, &counter));
	TRY(signature_check(rp, a, &c->key, r.client_data, data, signature));
	/* step 21; only after the signature, so that nobody can make us believe in a copy */
	if ((counter || c->counter) && counter <= c->counter)
		return ERR_CONFLICT;
	*ret_counter = counter;
	return OK;
}
