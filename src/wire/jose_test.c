/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/buf.h"
#include "base/testing.h"
#include "wire/jose.h"

static struct arena *a;

/* RFC 7515 appendix A.3: key, token and payload of the standard itself */
static const char rfc_keys[] =
	"{\"keys\":[{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\",\"kid\":\"r\"},"
	"{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"a3\",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
	"\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}]}";
static const char rfc_token[] =
	"eyJhbGciOiJFUzI1NiJ9."
	"eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
	"DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

static int open_arena(void **state)
{
	a = arena_new(1 << 16);
	return 0;
}

static int close_arena(void **state)
{
	arena_free(a);
	return 0;
}

struct signer {
	struct ec_private *key;
	struct ec_public pub;
	struct jose_key entry;
	struct jose_keys keys;
};

static void signer_new(struct signer *s, str kid)
{
	uint8_t d[32];

	assert_ok(ec_generate(a, &s->key, &s->pub, d));
	s->entry = (struct jose_key){ kid, s->pub };
	s->keys = (struct jose_keys){ &s->entry, 1 };
}

/* A token with a header of our choice, correctly signed. */
static str token_with(const struct signer *s, const char *head, const char *payload)
{
	uint8_t rs[64];
	str h = b64url(a, str_c(head)), p = b64url(a, str_c(payload));
	str body = str_fmt(a, "%.*s.%.*s", STR_FMT(h), STR_FMT(p));

	assert_ok(ec_sign(s->key, body, rs));
	str sig = b64url(a, str_n(rs, 64));
	return str_fmt(a, "%.*s.%.*s", STR_FMT(body), STR_FMT(sig));
}

static void the_token_of_rfc_7515_is_verified(void **state)
{
	struct jose_keys keys;
	str payload;

	assert_ok(jwks_parse(a, str_c(rfc_keys), &keys));
	assert_int_equal(keys.n, 1);
	assert_ok(jws_verify(a, &keys, STR_EMPTY, str_c(rfc_token), &payload));
	assert_s(payload, "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}");
}

static void the_thumbprint_is_that_of_rfc_7638(void **state)
{
	struct jose_keys keys;

	assert_ok(jwks_parse(a, str_c(rfc_keys), &keys));
	/* computed with: printf '{"crv":...}' | openssl dgst -sha256 -binary | basenc --base64url */
	assert_s(jwk_thumbprint(a, &keys.v[0].pub), "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U");
}

static void what_is_signed_can_be_verified_and_every_change_shows(void **state)
{
	struct signer s;
	str token, payload;

	signer_new(&s, S("k1"));
	assert_ok(jws_sign(a, s.key, S("k1"), S("test+jwt"), S("{\"a\":1}"), &token));
	assert_ok(jws_verify(a, &s.keys, S("test+jwt"), token, &payload));
	assert_s(payload, "{\"a\":1}");
	assert_rc(jws_verify(a, &s.keys, S("other+jwt"), token, &payload), ERR_PARSE);

	char *bad = (char *)str_dup(a, token).p;
	for (size_t i = 0; i < token.n; i++) {
		char was = bad[i];
		bad[i] = was == 'A' ? 'B' : 'A';
		assert_true(jws_verify(a, &s.keys, S("test+jwt"), str_n(bad, token.n), &payload) < 0);
		assert_true(jws_verify(a, &s.keys, S("test+jwt"), str_sub(token, 0, i), &payload) < 0);
		bad[i] = was;
	}
}

static void only_the_given_keys_count(void **state)
{
	struct signer good, evil;
	str token, payload;

	signer_new(&good, S("k1"));
	signer_new(&evil, S("k1"));
	assert_ok(jws_sign(a, evil.key, S("k1"), STR_EMPTY, S("{}"), &token));
	assert_rc(jws_verify(a, &good.keys, STR_EMPTY, token, &payload), ERR_CRYPTO);
	assert_ok(jws_sign(a, evil.key, S("k2"), STR_EMPTY, S("{}"), &token));
	assert_rc(jws_verify(a, &good.keys, STR_EMPTY, token, &payload), ERR_NOTFOUND);
	/* a key that the token brings along is not even looked at */
	struct buf b = buf_new(a, 256);
	jwks_write(&b, &evil.keys);
	str head = str_fmt(a, "{\"alg\":\"ES256\",\"jwk\":%.*s}", STR_FMT(buf_str(&b)));
	assert_rc(jws_verify(a, &evil.keys, STR_EMPTY, token_with(&evil, head.p, "{}"), &payload), ERR_PARSE);
}

static void other_algorithms_and_critical_extensions_are_refused(void **state)
{
	static const char *const head[] = { "{\"alg\":\"none\"}", "{\"alg\":\"HS256\"}", "{\"alg\":\"es256\"}", "{}",
		"{\"alg\":\"ES256\",\"crit\":[\"b64\"],\"b64\":false}", "{\"alg\":\"ES256\",\"jku\":\"https://x\"}",
		"{\"alg\":\"ES256\",\"alg\":\"none\"}", "[]", "" };
	struct signer s;
	str payload;

	signer_new(&s, S("k1"));
	assert_ok(jws_verify(a, &s.keys, STR_EMPTY, token_with(&s, "{\"alg\":\"ES256\"}", "{}"), &payload));
	for (size_t i = 0; i < sizeof head / sizeof *head; i++)
		assert_rc(jws_verify(a, &s.keys, STR_EMPTY, token_with(&s, head[i], "{}"), &payload), ERR_PARSE);
	assert_rc(jws_verify(a, &s.keys, STR_EMPTY, S("eyJhbGciOiJub25lIn0.e30."), &payload), ERR_PARSE);
	assert_rc(jws_verify(a, &s.keys, STR_EMPTY, S("a.b.c.d"), &payload), ERR_PARSE);
	assert_rc(jws_verify(a, &s.keys, STR_EMPTY, STR_EMPTY, &payload), ERR_PARSE);
}

static void a_key_set_survives_writing_and_reading(void **state)
{
	struct signer s;
	struct jose_keys back;
	struct buf b = buf_new(a, 256);

	signer_new(&s, S("Schlüssel \"1\""));
	jwks_write(&b, &s.keys);
	assert_ok(jwks_parse(a, buf_str(&b), &back));
	assert_int_equal(back.n, 1);
	assert_str(back.v[0].kid, s.entry.kid);
	assert_memory_equal(back.v[0].pub.x, s.pub.x, 32);
	assert_memory_equal(back.v[0].pub.y, s.pub.y, 32);
	assert_rc(jwks_parse(a, S("{\"keys\":{}}"), &back), ERR_PARSE);
	assert_rc(jwks_parse(a, S("{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AA\",\"y\":\"AA\"}]}"), &back), ERR_PARSE);
	struct jose_key twice[2] = { s.entry, s.entry };
	buf_reset(&b);
	jwks_write(&b, &(struct jose_keys){ twice, 2 });
	assert_rc(jwks_parse(a, buf_str(&b), &back), ERR_PARSE);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, open_arena, close_arena)
	const struct CMUnitTest tests[] = {
		T(the_token_of_rfc_7515_is_verified),
		T(the_thumbprint_is_that_of_rfc_7638),
		T(what_is_signed_can_be_verified_and_every_change_shows),
		T(only_the_given_keys_count),
		T(other_algorithms_and_critical_extensions_are_refused),
		T(a_key_set_survives_writing_and_reading),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
