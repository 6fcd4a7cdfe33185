/* SPDX-License-Identifier: EUPL-1.2 */
#include "wire/receipt.h"

#include <string.h>

#include "base/json.h"
#include "base/node.h"

struct digest receipt_commit(const struct key *salt, str canonical_answers)
{
	return hmac_sha256(salt, canonical_answers);
}

static void claim_digest(struct json *j, struct arena *a, str name, const struct digest *d)
{
	json_kstr(j, name, b64url(a, digest_str(d)));
}

static int read_digest(struct arena *a, const struct node *claims, str name, struct digest *ret)
{
	str bytes;

	TRY(b64url_decode(a, node_text_at(claims, name), &bytes));
	if (bytes.n != sizeof ret->b)
		return ERR_PARSE;
	memcpy(ret->b, bytes.p, sizeof ret->b);
	return OK;
}

static int read_text(const struct node *claims, str name, str *ret)
{
	const struct node *n = node_get(claims, name);

	if (!n || n->kind != NODE_TEXT || n->text.n == 0)
		return ERR_PARSE;
	*ret = n->text;
	return OK;
}

static int read_number(const struct node *claims, str name, int64_t *ret)
{
	const struct node *n = node_get(claims, name);

	if (!n || n->kind != NODE_NUMBER)
		return ERR_PARSE;
	return node_i64(n, ret) < 0 ? ERR_PARSE : OK;
}

int receipt_sign(struct arena *a, const struct ec_private *key, str kid, const struct receipt *r, str *ret)
{
	struct buf b = buf_new(a, 600);
	struct json j;

	json_begin(&j, &b);
	json_object(&j);
	json_kstr(&j, S("iss"), r->issuer);
	json_kint(&j, S("iat"), r->submitted.us / 1000000);
	json_kstr(&j, S("tenant"), r->tenant);
	json_kstr(&j, S("reference"), r->reference);
	json_kstr(&j, S("service"), r->service);
	claim_digest(&j, a, S("definition"), &r->definition);
	claim_digest(&j, a, S("answers"), &r->commitment);
	claim_digest(&j, a, S("head"), &r->head);
	json_object_end(&j);
	json_end(&j);
	return jws_sign(a, key, kid, S(RECEIPT_TYP), buf_str(&b), ret);
}

int receipt_verify(struct arena *a, const struct jose_keys *keys, str jws, struct receipt *ret)
{
	struct node_error e;
	struct node *c;
	int64_t seconds;
	str payload;

	*ret = (struct receipt){ 0 };
	TRY(jws_verify(a, keys, S(RECEIPT_TYP), str_trim(jws), &payload));
	TRY(node_parse_json(a, payload, &c, &e));
	TRY(read_text(c, S("iss"), &ret->issuer));
	TRY(read_text(c, S("tenant"), &ret->tenant));
	TRY(read_text(c, S("reference"), &ret->reference));
	TRY(read_text(c, S("service"), &ret->service));
	TRY(read_digest(a, c, S("definition"), &ret->definition));
	TRY(read_digest(a, c, S("answers"), &ret->commitment));
	TRY(read_digest(a, c, S("head"), &ret->head));
	TRY(read_number(c, S("iat"), &seconds));
	if (seconds < 0 || seconds > INT64_MAX / 1000000)
		return ERR_PARSE;
	ret->submitted.us = INSTANT_S(seconds);
	return OK;
}

/* The largest power of two below n, n >= 2. */
static size_t split_at(size_t n)
{
	size_t k = 1;

	while (k * 2 < n)
		k *= 2;
	return k;
}

static struct digest tree(struct arena *a, const struct digest *leaf, size_t n)
{
	uint8_t in[1 + 64];

	if (n == 1) {
		in[0] = 0;
		memcpy(in + 1, leaf->b, 32);
		return sha256(str_n(in, 33));
	}
	size_t k = split_at(n);
	struct digest left = tree(a, leaf, k), right = tree(a, leaf + k, n - k);
	in[0] = 1;
	memcpy(in + 1, left.b, 32);
	memcpy(in + 33, right.b, 32);
	return sha256(str_n(in, 65));
}

struct digest merkle_root(struct arena *a, const struct digest *leaf, size_t n)
{
	return n ? tree(a, leaf, n) : sha256(STR_EMPTY);
}

int dayroot_sign(struct arena *a, const struct ec_private *key, str kid, const struct dayroot *r, str *ret)
{
	struct buf b = buf_new(a, 400);
	struct json j;

	json_begin(&j, &b);
	json_object(&j);
	json_kstr(&j, S("iss"), r->issuer);
	json_kstr(&j, S("tenant"), r->tenant);
	json_kstr(&j, S("day"), r->day);
	json_kint(&j, S("count"), r->count);
	claim_digest(&j, a, S("root"), &r->root);
	claim_digest(&j, a, S("previous"), &r->previous);
	json_object_end(&j);
	json_end(&j);
	return jws_sign(a, key, kid, S(DAYROOT_TYP), buf_str(&b), ret);
}

int dayroot_verify(struct arena *a, const struct jose_keys *keys, str jws, struct dayroot *ret)
{
	struct node_error e;
	struct node *c;
	str payload;

	*ret = (struct dayroot){ 0 };
	TRY(jws_verify(a, keys, S(DAYROOT_TYP), str_trim(jws), &payload));
	TRY(node_parse_json(a, payload, &c, &e));
	TRY(read_text(c, S("iss"), &ret->issuer));
	TRY(read_text(c, S("tenant"), &ret->tenant));
	TRY(read_text(c, S("day"), &ret->day));
	TRY(read_number(c, S("count"), &ret->count));
	TRY(read_digest(a, c, S("root"), &ret->root));
	return read_digest(a, c, S("previous"), &ret->previous);
}
