/* SPDX-License-Identifier: EUPL-1.2 */
#include "wire/jose.h"

#include <string.h>

#include "base/json.h"
#include "base/node.h"

#define TOKEN_MAX (256u * 1024)
#define JWKS_KEYS_MAX 1000

str jwk_thumbprint(struct arena *a, const struct ec_public *pub)
{
	str x = b64url(a, str_n(pub->x, 32)), y = b64url(a, str_n(pub->y, 32));
	/* RFC 7638: required members in lexicographic order, no blanks */
	str canonical = str_fmt(a, "{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"%.*s\",\"y\":\"%.*s\"}", STR_FMT(x), STR_FMT(y));
	struct digest d = sha256(canonical);

	return b64url(a, digest_str(&d));
}

static int coordinate(struct arena *a, str text, uint8_t ret[32])
{
	str bytes;

	TRY(b64url_decode(a, text, &bytes));
	if (bytes.n != 32)
		return ERR_PARSE;
	memcpy(ret, bytes.p, 32);
	return OK;
}

static int key_parse(struct arena *a, const struct node *n, struct jose_key *ret)
{
	TRY(coordinate(a, node_text_at(n, S("x")), ret->pub.x));
	TRY(coordinate(a, node_text_at(n, S("y")), ret->pub.y));
	ret->kid = node_text_at(n, S("kid"));
	return OK;
}

/* A P-256 key for signatures; keys of other kinds or for other uses are none of our business. */
static bool is_ours(const struct node *n)
{
	str use = node_text_at(n, S("use")), alg = node_text_at(n, S("alg"));

	return str_eq(node_text_at(n, S("kty")), S("EC")) && str_eq(node_text_at(n, S("crv")), S("P-256")) &&
	       (use.n == 0 || str_eq(use, S("sig"))) && (alg.n == 0 || str_eq(alg, S("ES256")));
}

int jwks_parse(struct arena *a, str text, struct jose_keys *ret)
{
	struct node_error e;
	struct node *root;

	TRY(node_parse_json(a, text, &root, &e));
	const struct node *list = node_get(root, S("keys"));
	if (!list || list->kind != NODE_LIST || list->n > JWKS_KEYS_MAX)
		return ERR_PARSE;

	struct jose_key *v = ARENA_ARRAY(a, struct jose_key, list->n);
	size_t n = 0;
	for (size_t i = 0; i < list->n; i++) {
		const struct node *k = node_at(list, i);
		if (!is_ours(k))
			continue;
		TRY(key_parse(a, k, &v[n]));
		for (size_t j = 0; j < n; j++) {
			if (str_eq(v[j].kid, v[n].kid))
				return ERR_PARSE;
		}
		n++;
	}
	*ret = (struct jose_keys){ v, n };
	return OK;
}

void jwks_write(struct buf *b, const struct jose_keys *keys)
{
	struct json j;

	json_begin(&j, b);
	json_object(&j);
	json_key(&j, S("keys"));
	json_array(&j);
	for (size_t i = 0; i < keys->n; i++) {
		const struct jose_key *k = &keys->v[i];
		json_object(&j);
		json_kstr(&j, S("kty"), S("EC"));
		json_kstr(&j, S("crv"), S("P-256"));
		json_kstr(&j, S("x"), b64url(b->arena, str_n(k->pub.x, 32)));
		json_kstr(&j, S("y"), b64url(b->arena, str_n(k->pub.y, 32)));
		json_kstr(&j, S("kid"), k->kid);
		json_kstr(&j, S("use"), S("sig"));
		json_kstr(&j, S("alg"), S("ES256"));
		json_object_end(&j);
	}
	json_array_end(&j);
	json_object_end(&j);
	json_end(&j);
}

int jws_sign(struct arena *a, const struct ec_private *key, str kid, str typ, str payload, str *ret)
{
	struct buf head = buf_new(a, 128), token = buf_new(a, payload.n * 4 / 3 + 400);
	struct json j;
	uint8_t rs[64];

	json_begin(&j, &head);
	json_object(&j);
	json_kstr(&j, S("alg"), S("ES256"));
	if (kid.n)
		json_kstr(&j, S("kid"), kid);
	if (typ.n)
		json_kstr(&j, S("typ"), typ);
	json_object_end(&j);
	json_end(&j);

	buf_put(&token, b64url(a, buf_str(&head)));
	buf_putc(&token, '.');
	buf_put(&token, b64url(a, payload));
	TRY(ec_sign(key, buf_str(&token), rs));
	buf_putc(&token, '.');
	buf_put(&token, b64url(a, str_n(rs, sizeof rs)));
	*ret = buf_str(&token);
	return OK;
}

/* Which of the caller's keys: by kid; without one only if there is no choice. */
static int key_choose(const struct jose_keys *keys, const struct node *head, const struct jose_key **ret)
{
	str kid = node_text_at(head, S("kid"));

	if (!node_get(head, S("kid")) && keys->n == 1) {
		*ret = &keys->v[0];
		return OK;
	}
	for (size_t i = 0; i < keys->n; i++) {
		if (kid.n && str_eq(keys->v[i].kid, kid)) {
			*ret = &keys->v[i];
			return OK;
		}
	}
	return ERR_NOTFOUND;
}

static int head_check(struct arena *a, str text, str typ, struct node **ret)
{
	/* keys or rules that the token itself brings along: nobody of ours writes them, so nobody gets to use them */
	static const str refused[] = { STR_INIT("jwk"), STR_INIT("jku"), STR_INIT("x5c"), STR_INIT("x5u"), STR_INIT("crit"),
		STR_INIT("b64"), STR_INIT("zip") };
	struct node_error e;
	str json;

	TRY(b64url_decode(a, text, &json));
	TRY(node_parse_json(a, json, ret, &e));
	if (!str_eq(node_text_at(*ret, S("alg")), S("ES256")))
		return ERR_PARSE;
	if (typ.n && !str_eq_ci(node_text_at(*ret, S("typ")), typ))
		return ERR_PARSE;
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
		if (node_get(*ret, refused[i]))
			return ERR_PARSE;
	}
	return OK;
}

int jws_verify(struct arena *a, const struct jose_keys *keys, str typ, str token, str *ret_payload)
{
	str head, rest, payload, signature, rs, plain;
	const struct jose_key *key;
	struct node *h;

	if (token.n > TOKEN_MAX)
		return ERR_PARSE;
	if (!str_cut(token, '.', &head, &rest) || !str_cut(rest, '.', &payload, &signature) || str_index(signature, '.') >= 0)
		return ERR_PARSE;
	TRY(head_check(a, head, typ, &h));
	TRY(b64url_decode(a, signature, &rs));
	TRY(b64url_decode(a, payload, &plain));
	if (rs.n != 64)
		return ERR_PARSE;
	TRY(key_choose(keys, h, &key));
	TRY(ec_verify(&key->pub, str_sub(token, 0, head.n + 1 + payload.n), (const uint8_t *)rs.p));
	*ret_payload = plain;
	return OK;
}
