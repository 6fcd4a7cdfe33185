/* SPDX-License-Identifier: EUPL-1.2 */
/* The checks of the ID token. The whole way over HTTP, with a provider at the other end, is in main/identity/identity_test.c. */
#include "base/testing.h"
#include "wire/oidc.h"

static struct arena *a;
static struct ec_private *key, *other_key;
static struct jose_key entry;
static struct oidc p;
static struct oidc_start start;
static const instant now = { INSTANT_S(1795348800) };

static int open_provider(void **state)
{
	struct ec_public pub;
	uint8_t d[32];

	a = arena_new(1 << 16);
	entry.kid = S("k1");
	p = (struct oidc){
		.conf = { S("https://id.example"), S("schalter"), S("https://schalter.example/zurueck"), STR_EMPTY },
		.authorization_endpoint = S("https://id.example/authorize?x=1"),
		.token_endpoint = S("https://id.example/token"),
		.keys = { &entry, 1 },
	};
	if (ec_generate(a, &key, &entry.pub, d) < 0 || ec_generate(a, &other_key, &pub, d) < 0)
		return -1;
	return oidc_begin(a, &p, OIDC_SUBSTANTIAL, &start);
}

static int close_provider(void **state)
{
	arena_free(a);
	return 0;
}

/* Good claims with one replaced: what is given as from must occur. */
static str token(const char *from, const char *to)
{
	str claims = str_fmt(a,
		"{\"iss\":\"https://id.example\",\"sub\":\"p1\",\"aud\":\"schalter\",\"iat\":1795348790,\"exp\":1795349100,"
		"\"nonce\":\"%.*s\",\"acr\":\"3\",\"given_name\":\"Łucja\",\"family_name\":\"Nguyễn\",\"birthdate\":\"1979-11-30\","
		"\"address\":{\"street\":\"Musterweg\",\"house_number\":\"3 b\",\"postal_code\":\"02826\",\"locality\":\"Görlitz\"},"
		"\"place_of_birth\":{\"locality\":\"Łódź\"}}", STR_FMT(start.nonce));
	str t;

	if (from) {
		assert_true(str_contains(claims, str_c(from)));
		claims = str_replace(a, claims, str_c(from), str_c(to));
	}
	assert_ok(jws_sign(a, key, S("k1"), S("JWT"), claims, &t));
	return t;
}

static int check(str t)
{
	struct oidc_person who;

	return oidc_check_token(a, &p, &start, t, now, &who);
}

static void the_browser_is_sent_off_with_everything_that_binds_the_answer(void **state)
{
	struct oidc_start again;
	struct pairs q;

	assert_true(str_has_prefix(start.url, S("https://id.example/authorize?x=1&")));
	assert_ok(form_parse(a, str_sub(start.url, (size_t)str_index(start.url, '?') + 1, start.url.n), 20, &q));
	assert_s(pairs_get(&q, S("response_type")), "code");
	assert_s(pairs_get(&q, S("redirect_uri")), "https://schalter.example/zurueck");
	assert_s(pairs_get(&q, S("code_challenge_method")), "S256");
	assert_str(pairs_get(&q, S("state")), start.state);
	assert_str(pairs_get(&q, S("nonce")), start.nonce);
	struct digest d = sha256(start.verifier);
	assert_str(pairs_get(&q, S("code_challenge")), b64url(a, digest_str(&d)));
	assert_false(str_contains(start.url, start.verifier));
	assert_int_equal(start.verifier.n, 43);
	assert_ok(oidc_begin(a, &p, OIDC_SUBSTANTIAL, &again));
	assert_false(str_eq(again.state, start.state) || str_eq(again.nonce, start.nonce) || str_eq(again.verifier, start.verifier));
}

static void a_good_token_tells_who_it_is(void **state)
{
	struct oidc_person who;

	assert_ok(oidc_check_token(a, &p, &start, token(NULL, NULL), now, &who));
	assert_s(who.sub, "p1");
	assert_int_equal(who.level, OIDC_SUBSTANTIAL);
	assert_s(who.given_name, "Łucja");
	assert_s(who.birthdate, "1979-11-30");
	assert_s(who.birth_place, "Łódź");
	assert_s(who.house_number, "3 b");
	assert_s(who.postcode, "02826");
	assert_s(who.organization, "");
}

static void a_token_for_others_or_another_sign_in_is_refused(void **state)
{
	assert_rc(check(token("https://id.example", "https://evil.example")), ERR_DENIED);
	assert_rc(check(token("\"aud\":\"schalter\"", "\"aud\":\"other\"")), ERR_DENIED);
	assert_rc(check(token("\"aud\":\"schalter\"", "\"aud\":[\"other\"]")), ERR_DENIED);
	assert_rc(check(token("\"aud\":\"schalter\"", "\"aud\":[\"other\",\"schalter\"]")), ERR_DENIED);
	assert_rc(check(token("\"aud\":\"schalter\"", "\"aud\":[\"other\",\"schalter\"],\"azp\":\"other\"")), ERR_DENIED);
	assert_ok(check(token("\"aud\":\"schalter\"", "\"aud\":[\"other\",\"schalter\"],\"azp\":\"schalter\"")));
	assert_ok(check(token("\"aud\":\"schalter\"", "\"aud\":[\"schalter\"]")));
	assert_rc(check(token("\"nonce\":\"", "\"nonce\":\"x")), ERR_DENIED);
	start.nonce = STR_EMPTY;
	assert_rc(check(token(NULL, NULL)), ERR_DENIED);
}

static void time_and_level_are_checked(void **state)
{
	assert_rc(check(token("\"exp\":1795349100", "\"exp\":1795348740")), ERR_EXPIRED);
	assert_ok(check(token("\"exp\":1795349100", "\"exp\":1795348741")));
	assert_rc(check(token("\"iat\":1795348790", "\"iat\":1795348861")), ERR_EXPIRED);
	assert_rc(check(token("\"iat\":1795348790", "\"iat\":1795340000")), ERR_EXPIRED);
	assert_rc(check(token("\"exp\":1795349100,", "")), ERR_PARSE);
	assert_rc(check(token("\"acr\":\"3\"", "\"acr\":\"1\"")), ERR_DENIED);
	assert_rc(check(token("\"acr\":\"3\"", "\"acr\":\"9\"")), ERR_DENIED);
	assert_ok(check(token("\"acr\":\"3\"", "\"acr\":\"4\"")));
	assert_rc(check(token("\"acr\":\"3\"", "\"acr\":\"hoch\"")), ERR_PARSE);
	assert_rc(check(token("\"sub\":\"p1\"", "\"sub\":\"\"")), ERR_PARSE);
}

static void only_the_providers_keys_count(void **state)
{
	str t;

	assert_ok(jws_sign(a, other_key, S("k1"), S("JWT"), S("{}"), &t));
	assert_rc(check(t), ERR_CRYPTO);
	assert_ok(jws_sign(a, key, S("k2"), S("JWT"), S("{}"), &t));
	assert_rc(check(t), ERR_NOTFOUND);
	assert_rc(check(STR_EMPTY), ERR_PARSE);
}

static void a_provider_that_is_neither_public_nor_excepted_is_not_asked(void **state)
{
	struct oidc_conf conf = { S("http://127.0.0.1:1"), S("schalter"), S("http://localhost/x"), STR_EMPTY };
	struct oidc_person who;
	struct oidc got;

	assert_rc(oidc_discover(a, &conf, &got), ERR_INVALID);
	conf.issuer = S("https://127.0.0.1:1");
	assert_rc(oidc_discover(a, &conf, &got), ERR_DENIED);
	assert_rc(oidc_finish(a, &p, &start, S("c"), S("https://evil.example"), now, &who), ERR_DENIED);
	assert_rc(oidc_finish(a, &p, &start, STR_EMPTY, STR_EMPTY, now, &who), ERR_DENIED);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, open_provider, close_provider)
	const struct CMUnitTest tests[] = {
		T(the_browser_is_sent_off_with_everything_that_binds_the_answer),
		T(a_good_token_tells_who_it_is),
		T(a_token_for_others_or_another_sign_in_is_refused),
		T(time_and_level_are_checked),
		T(only_the_providers_keys_count),
		T(a_provider_that_is_neither_public_nor_excepted_is_not_asked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
