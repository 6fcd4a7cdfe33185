/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/json.h"
#include "base/node.h"
#include "base/testing.h"
#include "wire/webauthn.h"

static struct arena *a;
static const struct webauthn_rp rp = { STR_INIT("schalter.example"), STR_INIT("Schalter"), STR_INIT("https://schalter.example") };

/* --- an authenticator and the browser before it, in software */
struct device {
	struct ec_private *key;
	struct ec_public pub;
	uint8_t id[32];
	uint8_t flags;
	uint32_t counter;
	const char *host, *origin, *type_create, *type_get, *extra;	/* extra: more members of the client data */
	int alg;
};
static struct device dev;
static str challenge;

static int open_device(void **state)
{
	uint8_t d[32];

	a = arena_new(1 << 16);
	dev = (struct device){ .flags = 0x05, .host = "schalter.example", .origin = "https://schalter.example",
		.type_create = "webauthn.create", .type_get = "webauthn.get", .extra = "", .alg = -7 };
	rand_bytes(dev.id, sizeof dev.id);
	challenge = webauthn_challenge(a);
	return ec_generate(a, &dev.key, &dev.pub, d);
}

static int close_device(void **state)
{
	arena_free(a);
	return 0;
}

static str client_data(const char *type)
{
	return str_fmt(a, "{\"type\":\"%s\",\"challenge\":\"%.*s\",\"origin\":\"%s\",\"crossOrigin\":false%s}", type, STR_FMT(challenge),
		dev.origin, dev.extra);
}

static void put_auth_data(struct buf *b, uint8_t flags)
{
	struct digest host = sha256(str_c(dev.host));
	const uint8_t c[4] = { (uint8_t)(dev.counter >> 24), (uint8_t)(dev.counter >> 16), (uint8_t)(dev.counter >> 8), (uint8_t)dev.counter };

	buf_put(b, digest_str(&host));
	buf_putc(b, (char)flags);
	buf_putn(b, c, 4);
}

/* {"fmt":"none","attStmt":{},"authData":...} with the key as COSE: 1:2, 3:-7, -1:1, -2:x, -3:y */
static str attestation(void)
{
	struct buf d = buf_new(a, 300), o = buf_new(a, 400);

	put_auth_data(&d, dev.flags | 0x40);
	buf_putn(&d, (char[16]){ 0 }, 16);
	buf_putn(&d, "\0\x20", 2);
	buf_putn(&d, dev.id, 32);
	buf_putn(&d, "\xa5\x01\x02\x03", 4);
	if (dev.alg == -7)
		buf_putc(&d, '\x26');
	else
		buf_putn(&d, "\x39\x01\x00", 3); /* -257, RS256 */
	buf_putn(&d, "\x20\x01\x21\x58\x20", 5);
	buf_putn(&d, dev.pub.x, 32);
	buf_putn(&d, "\x22\x58\x20", 3);
	buf_putn(&d, dev.pub.y, 32);
	buf_put(&o, S("\xa3\x63" "fmt\x64none\x67" "attStmt\xa0\x68" "authData\x58"));
	buf_putc(&o, (char)d.n);
	buf_put(&o, buf_str(&d));
	return buf_str(&o);
}

static str reply_json(str client, str name1, str value1, str name2, str value2)
{
	struct buf b = buf_new(a, 1000);
	struct json j;
	str id = b64url(a, str_n(dev.id, 32));

	json_begin(&j, &b);
	json_object(&j);
	json_kstr(&j, S("id"), id);
	json_kstr(&j, S("rawId"), id);
	json_kstr(&j, S("type"), S("public-key"));
	json_key(&j, S("response"));
	json_object(&j);
	json_kstr(&j, S("clientDataJSON"), b64url(a, client));
	json_kstr(&j, name1, b64url(a, value1));
	if (name2.n)
		json_kstr(&j, name2, b64url(a, value2));
	json_kstr(&j, S("userHandle"), b64url(a, S("0123456789abcdef")));
	json_object_end(&j);
	json_object_end(&j);
	json_end(&j);
	return buf_str(&b);
}

static str create_reply(void)
{
	return reply_json(client_data(dev.type_create), S("attestationObject"), attestation(), STR_EMPTY, STR_EMPTY);
}

/* ECDSA-Sig-Value of the raw r and s */
static str der(const uint8_t rs[64])
{
	struct buf b = buf_new(a, 80), v = buf_new(a, 80);

	for (int i = 0; i < 2; i++) {
		const uint8_t *p = rs + 32 * i;
		size_t n = 32;
		while (n > 1 && p[0] == 0)
			p++, n--;
		bool sign = p[0] & 0x80;
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

static str get_reply(void)
{
	struct buf d = buf_new(a, 64), m = buf_new(a, 128);
	str client = client_data(dev.type_get);
	struct digest h = sha256(client);
	uint8_t rs[64];

	put_auth_data(&d, dev.flags);
	buf_put(&m, buf_str(&d));
	buf_put(&m, digest_str(&h));
	assert_ok(ec_sign(dev.key, buf_str(&m), rs));
	return reply_json(client, S("authenticatorData"), buf_str(&d), S("signature"), der(rs));
}

static struct webauthn_credential registered(void)
{
	struct webauthn_credential c;

	assert_ok(webauthn_register(a, &rp, challenge, create_reply(), &c));
	return c;
}

static void a_new_passkey_is_accepted_and_signs_in(void **state)
{
	struct webauthn_credential c = registered();
	uint32_t counter = 99;
	str id, handle;

	assert_str(c.id, str_n(dev.id, 32));
	assert_memory_equal(c.key.x, dev.pub.x, 32);
	assert_memory_equal(c.key.y, dev.pub.y, 32);
	assert_int_equal(c.counter, 0);
	assert_false(c.backed_up);
	challenge = webauthn_challenge(a);
	str reply = get_reply();
	assert_ok(webauthn_reply_id(a, reply, &id, &handle));
	assert_str(id, c.id);
	assert_s(handle, "0123456789abcdef");
	assert_ok(webauthn_verify(a, &rp, challenge, &c, reply, &counter));
	assert_int_equal(counter, 0);
}

static void a_synced_passkey_says_so(void **state)
{
	dev.flags = 0x1d;
	assert_true(registered().backed_up);
	dev.flags = 0x15; /* backed up, but not able to be */
	struct webauthn_credential c;
	assert_rc(webauthn_register(a, &rp, challenge, create_reply(), &c), ERR_DENIED);
}

static void a_reply_counts_for_its_challenge_origin_host_and_purpose_only(void **state)
{
	struct webauthn_credential c = registered(), other;
	struct device good = dev;
	uint32_t n;

#define BOTH_REFUSED(change)                                                                   \
	(dev = good, change, assert_rc(webauthn_verify(a, &rp, challenge, &c, get_reply(), &n), ERR_DENIED), \
		assert_rc(webauthn_register(a, &rp, challenge, create_reply(), &other), ERR_DENIED))
	BOTH_REFUSED(dev.origin = "https://evil.example");
	BOTH_REFUSED(dev.origin = "https://schalter.example:8443");
	BOTH_REFUSED(dev.origin = "http://schalter.example");
	BOTH_REFUSED(dev.host = "evil.example");
	BOTH_REFUSED((dev.type_create = "webauthn.get", dev.type_get = "webauthn.create"));
	BOTH_REFUSED(dev.flags = 0x01); /* not verified by PIN or finger */
	BOTH_REFUSED(dev.flags = 0x04); /* nobody there */
	BOTH_REFUSED(dev.extra = ",\"topOrigin\":\"https://frame.example\"");
#undef BOTH_REFUSED
	dev = good;
	str reply = get_reply();
	assert_rc(webauthn_verify(a, &rp, webauthn_challenge(a), &c, reply, &n), ERR_DENIED);
	assert_rc(webauthn_verify(a, &rp, STR_EMPTY, &c, reply, &n), ERR_DENIED);
}

static void a_changed_or_foreign_signature_is_refused(void **state)
{
	struct webauthn_credential c = registered(), foreign = c;
	struct ec_private *key;
	uint8_t d[32];
	uint32_t n;

	assert_ok(ec_generate(a, &key, &foreign.key, d));
	assert_rc(webauthn_verify(a, &rp, challenge, &foreign, get_reply(), &n), ERR_CRYPTO);
	dev.counter = 7; /* signed over 7 */
	str reply = get_reply();
	dev.counter = 8;
	struct buf forged = buf_new(a, 64);
	put_auth_data(&forged, dev.flags);
	struct node_error e;
	struct node *root;
	assert_ok(node_parse_json(a, reply, &root, &e));
	const struct node *r = node_get(root, S("response"));
	str client, signature;
	assert_ok(b64url_decode(a, node_text_at(r, S("clientDataJSON")), &client));
	assert_ok(b64url_decode(a, node_text_at(r, S("signature")), &signature));
	str moved = reply_json(client, S("authenticatorData"), buf_str(&forged), S("signature"), signature);
	assert_rc(webauthn_verify(a, &rp, challenge, &c, moved, &n), ERR_CRYPTO);
	dev.id[0] ^= 1;
	assert_rc(webauthn_verify(a, &rp, challenge, &c, get_reply(), &n), ERR_DENIED);
}

static void a_counter_that_does_not_rise_shows_a_copy(void **state)
{
	dev.counter = 10;
	struct webauthn_credential c = registered();
	uint32_t n;

	assert_int_equal(c.counter, 10);
	dev.counter = 11;
	assert_ok(webauthn_verify(a, &rp, challenge, &c, get_reply(), &n));
	assert_int_equal(n, 11);
	c.counter = n;
	assert_rc(webauthn_verify(a, &rp, challenge, &c, get_reply(), &n), ERR_CONFLICT);
	dev.counter = 3;
	assert_rc(webauthn_verify(a, &rp, challenge, &c, get_reply(), &n), ERR_CONFLICT);
}

static void other_keys_and_malformed_replies_are_refused(void **state)
{
	static const char *const bad[] = { "", "{}", "[]", "{\"type\":\"public-key\"}", "{\"type\":\"public-key\",\"rawId\":\"AAAA\"}",
		"{\"type\":\"password\",\"rawId\":\"AAAAAAAAAAAAAAAAAAAAAA\",\"response\":{\"clientDataJSON\":\"e30\"}}" };
	struct webauthn_credential c;
	str id, handle;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_rc(webauthn_register(a, &rp, challenge, str_c(bad[i]), &c), ERR_PARSE);
		assert_rc(webauthn_reply_id(a, str_c(bad[i]), &id, &handle), ERR_PARSE);
	}
	str object = attestation();
	for (size_t i = 0; i < object.n; i++) {
		str cut = reply_json(client_data("webauthn.create"), S("attestationObject"), str_sub(object, 0, i), STR_EMPTY, STR_EMPTY);
		assert_true(webauthn_register(a, &rp, challenge, cut, &c) < 0);
	}
	dev.alg = -257;
	assert_rc(webauthn_register(a, &rp, challenge, create_reply(), &c), ERR_UNSUPPORTED);
}

static void the_options_are_what_the_page_script_needs(void **state)
{
	struct webauthn_user user = { S("0123456789abcdef"), S("a@b.example"), S("Erika <Mustermann>") };
	struct buf b = buf_new(a, 500);
	struct node_error e;
	struct node *n;
	str ids[1] = { S("credential-id-1234") };

	webauthn_create_options(&b, &rp, challenge, &user, ids, 1);
	assert_ok(node_parse_json(a, buf_str(&b), &n, &e));
	assert_str(node_text_at(n, S("challenge")), challenge);
	assert_s(node_text_at(node_get(n, S("rp")), S("id")), "schalter.example");
	assert_s(node_text_at(node_get(n, S("user")), S("displayName")), "Erika <Mustermann>");
	assert_s(node_text_at(node_at(node_get(n, S("pubKeyCredParams")), 0), S("alg")), "-7");
	assert_str(node_text_at(node_at(node_get(n, S("excludeCredentials")), 0), S("id")), b64url(a, ids[0]));
	assert_s(node_text_at(node_get(n, S("authenticatorSelection")), S("userVerification")), "required");
	buf_reset(&b);
	webauthn_get_options(&b, &rp, challenge, NULL, 0);
	assert_ok(node_parse_json(a, buf_str(&b), &n, &e));
	assert_s(node_text_at(n, S("rpId")), "schalter.example");
	assert_int_equal(node_count(node_get(n, S("allowCredentials"))), 0);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, open_device, close_device)
	const struct CMUnitTest tests[] = {
		T(a_new_passkey_is_accepted_and_signs_in),
		T(a_synced_passkey_says_so),
		T(a_reply_counts_for_its_challenge_origin_host_and_purpose_only),
		T(a_changed_or_foreign_signature_is_refused),
		T(a_counter_that_does_not_rise_shows_a_copy),
		T(other_keys_and_malformed_replies_are_refused),
		T(the_options_are_what_the_page_script_needs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
