/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/crypto.h"
#include "base/testing.h"
#include "main/identity/identity_http.h"
#include "wire/oidc.h"

static struct arena *app, *a;
static struct identity *id;
static struct clock at;

static int open_all(void **state)
{
	app = arena_new(4096);
	a = arena_new(1 << 16);
	at = clock_fixed((instant){ INSTANT_S(1795348800) });
	return identity_open(app, S("http://127.0.0.1:8090"), &at, &id);
}

static int close_all(void **state)
{
	arena_free(a);
	arena_free(app);
	return 0;
}

static struct identity_reply ask(const char *method, const char *path, str query, str form)
{
	struct identity_request rq = { .method = str_c(method), .path = str_c(path), .host = S("127.0.0.1:8090") };
	struct identity_reply r;

	assert_ok(form_parse(a, query, 50, &rq.query));
	assert_ok(form_parse(a, form, 50, &rq.form));
	identity_handle(id, a, &rq, &r);
	return r;
}

static str verifier(void)
{
	return S("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG");
}

static str request(const char *redirect)
{
	struct digest d = sha256(verifier());
	str c = b64url(a, digest_str(&d)), r = url_encode(a, str_c(redirect));

	return str_fmt(a, "response_type=code&client_id=schalter&redirect_uri=%.*s&state=st%%22%%7B%%7Bpeople%%7D%%7D&nonce=nn"
			  "&code_challenge=%.*s&code_challenge_method=S256&acr_values=3",
		STR_FMT(r), STR_FMT(c));
}

#define BACK "http://localhost:8080/anmelden/zurueck"

static str code_for(const char *person, int level)
{
	str form = str_fmt(a, "%.*s&person=%s&level=%d", STR_FMT(request(BACK)), person, level);
	struct identity_reply r = ask("POST", "/authorize", STR_EMPTY, form);

	assert_int_equal(r.status, 303);
	assert_true(str_has_prefix(r.location, S(BACK "?code=")));
	assert_true(str_contains(r.location, S("&iss=http%3A%2F%2F127.0.0.1%3A8090")));
	return str_sub(r.location, sizeof BACK + 5, (size_t)str_find(r.location, S("&state=")));
}

static struct identity_reply token_for(str code, str proof, const char *redirect)
{
	return ask("POST", "/token", STR_EMPTY,
		str_fmt(a, "grant_type=authorization_code&client_id=schalter&code=%.*s&code_verifier=%.*s&redirect_uri=%.*s",
			STR_FMT(code), STR_FMT(proof), STR_FMT(url_encode(a, str_c(redirect)))));
}

static void the_page_says_what_it_is_and_offers_people_and_levels(void **state)
{
	struct identity_reply r = ask("GET", "/authorize", request(BACK), STR_EMPTY);

	assert_int_equal(r.status, 200);
	assert_true(str_contains(r.body, S("Das ist kein echter Anmeldedienst")));
	assert_true(str_contains(r.body, S("Nguyễn")));
	assert_true(str_contains(r.body, S("Café Größenwahn GmbH &amp; Co. KG")));
	assert_true(str_contains(r.body, S("value=\"3\" required checked")));
	assert_true(str_contains(r.body, S("error=access_denied")));
	/* what comes from outside is escaped and not taken for a part of the template */
	assert_true(str_contains(r.body, S("value=\"st&quot;{{people}}\"")) || str_contains(r.body, S("value=\"st&#34;{{people}}\"")));
}

static void only_this_machine_is_served(void **state)
{
	static const char *const bad[] = { "https://schalter.example/x", "http://schalter.example/x", "http://localhost.evil.example/",
		"http://127.0.0.1.evil.example/", "http://u@localhost/", "javascript:alert(1)", "http://evil.example#localhost", "" };
	struct identity *other;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_int_equal(ask("GET", "/authorize", request(bad[i]), STR_EMPTY).status, 400);
		str form = str_fmt(a, "%.*s&person=anna&level=3", STR_FMT(request(bad[i])));
		assert_int_equal(ask("POST", "/authorize", STR_EMPTY, form).status, 400);
	}
	assert_int_equal(ask("GET", "/authorize", request("http://dresden.localhost:8080/x"), STR_EMPTY).status, 200);
	assert_rc(identity_open(app, S("http://0.0.0.0:8090"), &at, &other), ERR_INVALID);
	assert_rc(identity_open(app, S("https://localhost:8090"), &at, &other), ERR_INVALID);
	assert_rc(identity_open(app, S("http://identity.example:8090"), &at, &other), ERR_INVALID);
	struct identity_request rq = { .method = S("GET"), .path = S("/jwks"), .host = S("evil.example:8090") };
	struct identity_reply r;
	identity_handle(id, a, &rq, &r);
	assert_int_equal(r.status, 421);
}

static void a_code_works_once_with_its_verifier_and_in_time(void **state)
{
	str code = code_for("anna", 3);

	assert_int_equal(token_for(code, S("wrong"), BACK).status, 400);
	assert_int_equal(token_for(code, verifier(), BACK).status, 400); /* the wrong try has used it up */
	code = code_for("anna", 3);
	assert_int_equal(token_for(code, verifier(), "http://localhost:8080/anders").status, 400);
	code = code_for("anna", 3);
	assert_int_equal(token_for(code, verifier(), BACK).status, 200);
	assert_int_equal(token_for(code, verifier(), BACK).status, 400);
	code = code_for("anna", 3);
	at.fixed_us += INSTANT_S(61);
	assert_int_equal(token_for(code, verifier(), BACK).status, 400);
	assert_int_equal(token_for(S("x"), verifier(), BACK).status, 400);
}

static void unknown_people_levels_and_paths_are_refused(void **state)
{
	assert_int_equal(ask("POST", "/authorize", STR_EMPTY, str_fmt(a, "%.*s&person=nobody&level=3", STR_FMT(request(BACK)))).status, 400);
	assert_int_equal(ask("POST", "/authorize", STR_EMPTY, str_fmt(a, "%.*s&person=anna&level=2", STR_FMT(request(BACK)))).status, 400);
	assert_int_equal(ask("GET", "/nothing", STR_EMPTY, STR_EMPTY).status, 404);
	assert_int_equal(ask("GET", "/token", STR_EMPTY, STR_EMPTY).status, 404);
	assert_int_equal(ask("GET", "/", STR_EMPTY, STR_EMPTY).status, 200);
}

/* The whole way over HTTP, with the client that the main program uses. */
static void a_person_signs_in_over_http(void **state)
{
	struct identity_http *server;
	struct http_out_response rs;
	struct oidc_start start;
	struct oidc_person who;
	struct oidc provider;
	uint16_t port;

	assert_ok(identity_http_start(app, 0, false, &server, &port));
	str issuer = str_fmt(a, "http://127.0.0.1:%u", port);
	struct oidc_conf conf = { issuer, S("schalter"), S(BACK), str_sub(issuer, 7, issuer.n) };
	assert_ok(oidc_discover(a, &conf, &provider));
	assert_ok(oidc_begin(a, &provider, OIDC_SUBSTANTIAL, &start));
	struct http_out_request rq = { .method = S("GET"), .url = start.url, .exceptions = conf.exceptions };
	assert_ok(http_out_call(a, &rq, &rs));
	assert_int_equal(rs.status, 200);
	assert_s(rs.content_type, "text/html; charset=utf-8");

	/* the form sends the fields of the address back, with a choice */
	str query = str_sub(start.url, (size_t)str_index(start.url, '?') + 1, start.url.n);
	rq = (struct http_out_request){ .method = S("POST"), .url = str_fmt(a, "%.*s/authorize", STR_FMT(issuer)),
		.content_type = S("application/x-www-form-urlencoded"), .exceptions = conf.exceptions,
		.body = str_fmt(a, "%.*s&person=khalid&level=4", STR_FMT(query)) };
	assert_ok(http_out_call(a, &rq, &rs));
	assert_int_equal(rs.status, 303);
	struct pairs back;
	assert_ok(form_parse(a, str_sub(rs.location, (size_t)str_index(rs.location, '?') + 1, rs.location.n), 10, &back));
	assert_str(pairs_get(&back, S("state")), start.state);
	assert_ok(oidc_finish(a, &provider, &start, pairs_get(&back, S("code")), pairs_get(&back, S("iss")), clock_now(&clock_real), &who));
	assert_s(who.sub, "stand-in-khalid");
	assert_int_equal(who.level, OIDC_HIGH);
	assert_s(who.family_name, "ʿAbd ar-Raḥmān");
	assert_s(who.postcode, "09111");
	/* a code is gone after its use */
	assert_rc(oidc_finish(a, &provider, &start, pairs_get(&back, S("code")), STR_EMPTY, clock_now(&clock_real), &who), ERR_DENIED);
	identity_http_stop(server);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, open_all, close_all)
	const struct CMUnitTest tests[] = {
		T(the_page_says_what_it_is_and_offers_people_and_levels),
		T(only_this_machine_is_served),
		T(a_code_works_once_with_its_verifier_and_in_time),
		T(unknown_people_levels_and_paths_are_refused),
		T(a_person_signs_in_over_http),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
