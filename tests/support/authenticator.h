/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * An authenticator and the browser before it, in software: answers passkey ceremonies as a page's script would post them.
 *
 *	struct authenticator d = authenticator_new(a, "localhost", "http://localhost");
 *	json = authenticator_create(&d, options);	// the text of data-passkey
 *	json = authenticator_get(&d, options);
 */
#pragma once
#include "base/json.h"
#include "base/node.h"
#include "base/testing.h"
#include "base/crypto.h"

struct authenticator {
	struct arena *arena;
	struct ec_private *key;
	struct ec_public pub;
	uint8_t id[32];
	const char *host, *origin;
	str user_handle;		/* raw; kept from the ceremony that made the passkey */
	uint32_t counter;
};

static inline struct authenticator authenticator_new(struct arena *a, const char *host, const char *origin)
{
	struct authenticator d = { .arena = a, .host = host, .origin = origin };
	uint8_t secret[32];

	rand_bytes(d.id, sizeof d.id);
	assert_ok(ec_generate(a, &d.key, &d.pub, secret));
	return d;
}

static inline struct node *authenticator_options(struct authenticator *d, str options)
{
	struct node_error e;
	struct node *n;

	assert_ok(node_parse_json(d->arena, options, &n, &e));
	return n;
}

static inline str authenticator_client(struct authenticator *d, const char *type, const struct node *options)
{
	return str_fmt(d->arena, "{\"type\":\"%s\",\"challenge\":\"%.*s\",\"origin\":\"%s\",\"crossOrigin\":false}", type,
		STR_FMT(node_text_at(options, S("challenge"))), d->origin);
}

static inline void authenticator_data(struct authenticator *d, struct buf *b, uint8_t flags)
{
	struct digest host = sha256(str_c(d->host));
	const uint8_t c[4] = { (uint8_t)(d->counter >> 24), (uint8_t)(d->counter >> 16), (uint8_t)(d->counter >> 8), (uint8_t)d->counter };

	buf_put(b, digest_str(&host));
	buf_putc(b, (char)flags);
	buf_putn(b, c, 4);
}

static inline str authenticator_reply(struct authenticator *d, str client, const char *name1, str value1, const char *name2, str value2)
{
	str id = b64url(d->arena, str_n(d->id, sizeof d->id));
	struct buf b = buf_new(d->arena, 1000);
	struct json j;

	json_begin(&j, &b);
	json_object(&j);
	json_kstr(&j, S("id"), id);
	json_kstr(&j, S("rawId"), id);
	json_kstr(&j, S("type"), S("public-key"));
	json_key(&j, S("response"));
	json_object(&j);
	json_kstr(&j, S("clientDataJSON"), b64url(d->arena, client));
	json_kstr(&j, str_c(name1), b64url(d->arena, value1));
	if (name2) {
		json_kstr(&j, str_c(name2), b64url(d->arena, value2));
		json_kstr(&j, S("userHandle"), b64url(d->arena, d->user_handle));
	}
	json_object_end(&j);
	json_object_end(&j);
	json_end(&j);
	return buf_str(&b);
}

/* {"fmt":"none","attStmt":{},"authData":...} with the key as COSE: 1:2, 3:-7, -1:1, -2:x, -3:y */
static inline str authenticator_create(struct authenticator *d, str options)
{
	struct buf x = buf_new(d->arena, 300), o = buf_new(d->arena, 400);
	struct node *n = authenticator_options(d, options);

	assert_ok(b64url_decode(d->arena, node_text_at(node_get(n, S("user")), S("id")), &d->user_handle));
	authenticator_data(d, &x, 0x45);
	buf_putn(&x, (char[16]){ 0 }, 16);
	buf_putn(&x, "\0\x20", 2);
	buf_putn(&x, d->id, 32);
	buf_putn(&x, "\xa5\x01\x02\x03\x26", 5);
	buf_putn(&x, "\x20\x01\x21\x58\x20", 5);
	buf_putn(&x, d->pub.x, 32);
	buf_putn(&x, "\x22\x58\x20", 3);
	buf_putn(&x, d->pub.y, 32);
	buf_put(&o, S("\xa3\x63" "fmt\x64none\x67" "attStmt\xa0\x68" "authData\x58"));
	buf_putc(&o, (char)x.n);
	buf_put(&o, buf_str(&x));
	return authenticator_reply(d, authenticator_client(d, "webauthn.create", n), "attestationObject", buf_str(&o), NULL, STR_EMPTY);
}

/* ECDSA-Sig-Value of the raw r and s */
static inline str authenticator_der(struct arena *a, const uint8_t rs[64])
{
	struct buf b = buf_new(a, 80), v = buf_new(a, 80);

	for (int i = 0; i < 2; i++) {
		const uint8_t *p = rs + 32 * i;
		size_t n = 32;
		bool sign;

		while (n > 1 && p[0] == 0)
			p++, n--;
		sign = p[0] & 0x80;
		buf_putc(&v, 2);
		buf_putc(&v, (char)(n + sign));
		if (sign)
			buf_putc(&v, 0);
		buf_putn(&v, p, n);
	}
	buf_putc(&b, 0x30);
	buf_putc(&b, (char)v.n);
	buf_put(&b, buf_str(&v));
	return buf_str(&b);
}

static inline str authenticator_get(struct authenticator *d, str options)
{
	struct buf x = buf_new(d->arena, 64), m = buf_new(d->arena, 128);
	str client = authenticator_client(d, "webauthn.get", authenticator_options(d, options));
	struct digest h = sha256(client);
	uint8_t rs[64];

	authenticator_data(d, &x, 0x05);
	buf_put(&m, buf_str(&x));
	buf_put(&m, digest_str(&h));
	assert_ok(ec_sign(d->key, buf_str(&m), rs));
	return authenticator_reply(d, client, "authenticatorData", buf_str(&x), "signature", authenticator_der(d->arena, rs));
}
