/* SPDX-License-Identifier: EUPL-1.2 */
/* Accounts: registering, links, signing in and out, what goes over, what nobody may learn or take. */
#include "base/node.h"
#include "support/account.h"
#include "support/authenticator.h"
#include "support/sent.h"
#include "usecase/accounts.h"

#define PASSWORD "Apfel Brot Zaun 7"

/* ---- nobody learns who has an account ---- */

/* The page without what may differ: the address typed. */
static str page_without(struct browser *b, const char *email)
{
	return str_replace(b->arena, browser_text(b), str_c(email), S("ADDRESS"));
}

static void registering_looks_the_same_for_known_and_unknown_addresses(struct house_test *t)
{
	struct browser *known = browser_new(t, "localhost"), *unknown = browser_new(t, "localhost");

	account_make(t, "anna@example.org", PASSWORD);
	for (int forgot = 0; forgot < 2; forgot++) {
		const char *path = forgot ? "/konto/passwort-vergessen" : "/konto/neu";
		int64_t mails = account_mails(t);

		known->client = unknown->client = account_client(t);
		browser_get(known, path);
		browser_post(known, path, "email", "Anna@Example.org", NULL);
		assert_int_equal(account_mails(t), mails + 1);
		browser_get(unknown, path);
		browser_post(unknown, path, "email", "nobody@example.org", NULL);
		assert_int_equal(account_mails(t), mails + 2);
		assert_status(known, 200);
		assert_status(unknown, 200);
		assert_str(page_without(known, "Anna@example.org"), page_without(unknown, "nobody@example.org"));
		assert_int_equal(known->reply.headers, unknown->reply.headers);
		assert_int_equal(known->cookies.n, unknown->cookies.n);
	}
	assert_s(account_mail_last(t, 1).kind, "reset");
	assert_s(account_mail_last(t, 0).kind, "unknown");
	assert_s(account_mail_last(t, 3).kind, "exists");
	assert_s(account_mail_last(t, 2).kind, "confirm");
}
FLOW_TEST(registering_looks_the_same_for_known_and_unknown_addresses)

static void a_wrong_password_and_an_unknown_address_get_the_same_answer(struct house_test *t)
{
	struct browser *b = browser_new(t, "localhost");
	str first;

	account_make(t, "anna@example.org", PASSWORD);
	b->client = account_client(t);
	browser_get(b, "/konto/anmelden");
	browser_post(b, "/konto/anmelden", "email", "anna@example.org", "passwort", "falsch und lang", NULL);
	assert_status(b, 422);
	first = page_without(b, "anna@example.org");
	assert_int_equal(b->cookies.n, 0);
	browser_post(b, "/konto/anmelden", "email", "otto@example.org", "passwort", "falsch und lang", NULL);
	assert_status(b, 422);
	assert_str(page_without(b, "otto@example.org"), first);
	assert_true(str_has_prefix(browser_title(b), S("Fehler:")));
	assert_int_equal(b->cookies.n, 0);
	/* what was typed stays, the password does not */
	assert_s(browser_field(b, "email"), "otto@example.org");
	assert_no_page(b, "falsch und lang");
}
FLOW_TEST(a_wrong_password_and_an_unknown_address_get_the_same_answer)

/* ---- links ---- */

static void a_link_shows_a_button_and_works_once(struct house_test *t)
{
	struct browser *b = browser_new(t, "localhost"), *scanner = browser_new(t, "localhost");
	str path;

	account_ask(b, "anna@example.org");
	path = account_mail_last(t, 0).path;
	assert_true(str_has_prefix(path, S("/konto/bestaetigen/")));
	for (int i = 0; i < 3; i++) /* scanners of mails look at links */
		assert_int_equal(browser_get(scanner, str_z(t->arena, path)), 200);
	assert_int_equal(scanner->cookies.n, 0);
	assert_int_equal(house_test_count(t, SQL_ALL_TENANTS("test", "SELECT COUNT(*) FROM account")), 0);
	assert_s(browser_header(scanner, "Referrer-Policy"), "no-referrer");
	browser_get(b, str_z(t->arena, path));
	browser_post(b, NULL, NULL);
	assert_at(b, "/konto/passwort"); /* the address has no secret in it any more */
	assert_status(b, 200);
	assert_int_equal(house_test_count(t, SQL_ALL_TENANTS("test", "SELECT COUNT(*) FROM account")), 1);
	assert_int_equal(browser_get(scanner, str_z(t->arena, path)), 410);
	scanner->client = account_client(t);
	browser_post_raw(scanner, str_z(t->arena, path), "csrf=-");
	assert_status(scanner, 410);
	assert_int_equal(scanner->cookies.n, 0);
}
FLOW_TEST(a_link_shows_a_button_and_works_once)

static void links_end_and_foreign_ones_are_refused(struct house_test *t)
{
	struct browser *b = browser_new(t, "localhost");
	str path, other;

	account_make(t, "anna@example.org", PASSWORD);
	browser_get(b, "/konto/passwort-vergessen");
	browser_post(b, "/konto/passwort-vergessen", "email", "anna@example.org", NULL);
	path = account_mail_last(t, 0).path;
	/* a link is good for its own purpose only */
	other = str_replace(t->arena, path, S("/konto/passwort-neu/"), S("/konto/bestaetigen/"));
	assert_int_equal(browser_get(b, str_z(t->arena, other)), 410);
	browser_post_raw(b, str_z(t->arena, other), "csrf=-");
	assert_status(b, 410);
	assert_int_equal(browser_get(b, "/konto/passwort-neu/AAAAAAAAAAAAAAAAAAAAAA"), 410);
	assert_int_equal(browser_get(b, str_z(t->arena, path)), 200);
	house_test_move(t, ACCOUNT_LINK_HOURS * 3600 + 1);
	assert_int_equal(browser_get(b, str_z(t->arena, path)), 410);
	browser_post_raw(b, str_z(t->arena, path), "csrf=-");
	assert_status(b, 410);
	assert_int_equal(b->cookies.n, 0);
}
FLOW_TEST(links_end_and_foreign_ones_are_refused)

static void one_address_gets_five_mails_a_day(struct house_test *t)
{
	struct browser *b = browser_new(t, "localhost");

	account_make(t, "anna@example.org", PASSWORD);
	int64_t before = account_mails(t);
	for (int i = 0; i < 8; i++) {
		b->client = account_client(t);
		browser_get(b, "/konto/passwort-vergessen");
		browser_post(b, "/konto/passwort-vergessen", "email", "anna@example.org", NULL);
		assert_status(b, 200);
	}
	assert_int_equal(account_mails(t) - before, ACCOUNT_MAILS_A_DAY);
}
FLOW_TEST(one_address_gets_five_mails_a_day)

/* ---- signing in ---- */

static void a_new_session_at_every_sign_in_and_the_old_one_is_dead(struct house_test *t)
{
	struct browser *b = browser_new(t, "localhost"), *thief = browser_new(t, "localhost");
	str before;

	account_make(t, "anna@example.org", PASSWORD);
	browser_get(b, "/leipzig/leistung/geburtsurkunde");
	browser_post(b, "/leipzig/leistung/geburtsurkunde/antrag", NULL);
	before = account_cookie(b);
	assert_int_equal(before.n, 43);
	thief->cookies = b->cookies; /* somebody has planted or seen the cookie of the anonymous session */
	account_signin_page(b, "anna@example.org", PASSWORD);
	assert_at(b, "/konto");
	assert_status(b, 200);
	assert_false(str_eq(account_cookie(b), before));
	browser_get(thief, "/konto");
	assert_at(thief, "/konto/anmelden");
	/* again: another token */
	before = account_cookie(b);
	browser_post(b, "/konto/abmelden", NULL);
	assert_s(browser_header(b, "Clear-Site-Data"), "");
	assert_int_equal(b->cookies.n, 0);
	account_signin_page(b, "anna@example.org", PASSWORD);
	assert_false(str_eq(account_cookie(b), before));
	thief->cookies = (struct pairs){ (struct pair[]){ { S("schalter"), before } }, 1 };
	browser_get(thief, "/konto");
	assert_at(thief, "/konto/anmelden");
}
FLOW_TEST(a_new_session_at_every_sign_in_and_the_old_one_is_dead)

static void drafts_of_the_visitor_go_over_to_the_account(struct house_test *t)
{
	struct browser *b = browser_new(t, "localhost"), *home = browser_new(t, "localhost"), *other = browser_new(t, "localhost");
	str draft;

	account_make(t, "anna@example.org", PASSWORD);
	account_make(t, "otto@example.org", PASSWORD);
	browser_get(b, "/leipzig/leistung/geburtsurkunde");
	browser_post(b, "/leipzig/leistung/geburtsurkunde/antrag", NULL);
	draft = str_sub(b->path, 0, S("/antrag/").n + 24);
	account_signin_page(b, "anna@example.org", PASSWORD);
	assert_true(browser_has(b, str_z(t->arena, draft)));
	assert_int_equal(browser_get(b, str_z(t->arena, draft)), 200);
	account_signin_page(home, "anna@example.org", PASSWORD);
	assert_true(browser_has(home, str_z(t->arena, draft)));
	assert_int_equal(browser_get(home, str_z(t->arena, draft)), 200);
	/* the same browser, without signing out, as somebody else: nothing goes along */
	browser_get(b, "/");
	browser_post_raw(b, "/konto/anmelden", account_form(b, "email=otto%40example.org&passwort=Apfel+Brot+Zaun+7"));
	assert_at(b, "/konto");
	assert_false(browser_has(b, str_z(t->arena, draft)));
	assert_int_equal(browser_get(b, str_z(t->arena, draft)), 404);
	account_signin_page(other, "otto@example.org", PASSWORD);
	assert_false(browser_has(other, str_z(t->arena, draft)));
}
FLOW_TEST(drafts_of_the_visitor_go_over_to_the_account)

static void a_case_that_was_sent_before_signing_in_becomes_the_accounts(struct house_test *t)
{
	struct browser *b = browser_new(t, "localhost"), *home = browser_new(t, "localhost"), *other = browser_new(t, "localhost");
	str href;

	account_make(t, "anna@example.org", PASSWORD);
	account_make(t, "otto@example.org", PASSWORD);
	sent_case(t, b, true);
	assert_int_equal(house_test_count(t, SQL_ALL_TENANTS("test", "SELECT COUNT(*) FROM cases WHERE owner_account IS NOT NULL")), 0);
	account_signin_page(b, "anna@example.org", PASSWORD);
	assert_at(b, "/konto");
	assert_page(b, "S26-");
	assert_page(b, "Stadt Leipzig");
	assert_int_equal(house_test_count(t, SQL_ALL_TENANTS("test", "SELECT COUNT(*) FROM cases WHERE owner_account IS NOT NULL")), 1);
	account_signin_page(home, "anna@example.org", PASSWORD);
	assert_page(home, "S26-");
	href = browser_link(home, "Geburtsurkunde");
	assert_true(str_has_prefix(href, S("/vorgang/")));
	assert_int_equal(browser_get(home, str_z(t->arena, href)), 200);
	account_signin_page(other, "otto@example.org", PASSWORD);
	assert_no_page(other, "S26-");
	assert_int_equal(browser_get(other, str_z(t->arena, href)), 404);
	/* whoever closes the account loses the list, the authority keeps the case */
	browser_get(home, "/konto/loeschen");
	browser_post(home, "/konto/loeschen", NULL);
	assert_int_equal(house_test_count(t, SQL_ALL_TENANTS("test", "SELECT COUNT(*) FROM cases")), 1);
	assert_int_equal(house_test_count(t, SQL_ALL_TENANTS("test", "SELECT COUNT(*) FROM cases WHERE owner_account IS NOT NULL")), 0);
	assert_int_equal(browser_get(home, str_z(t->arena, href)), 404);
}
FLOW_TEST(a_case_that_was_sent_before_signing_in_becomes_the_accounts)

static void too_many_tries_are_stopped_for_known_and_unknown_alike(struct house_test *t)
{
	struct browser *b = browser_new(t, "localhost");
	static const char *const who[] = { "eva@example.org", "niemand.hier@example.org" };

	account_make(t, "eva@example.org", PASSWORD);
	for (int k = 0; k < 2; k++) {
		int stopped = 0;

		for (int i = 0; i < 12 && !stopped; i++) {
			b->client = account_client(t); /* many addresses, one account */
			browser_get(b, "/konto/anmelden");
			browser_post(b, "/konto/anmelden", "email", who[k], "passwort", "immer wieder falsch", NULL);
			stopped = b->status == 429 ? i : 0;
		}
		assert_int_equal(stopped, 6);
	}
	/* the right one has to wait as well */
	b->client = account_client(t);
	browser_post(b, "/konto/anmelden", "email", "eva@example.org", "passwort", PASSWORD, NULL);
	assert_status(b, 429);
}
FLOW_TEST(too_many_tries_are_stopped_for_known_and_unknown_alike)

static void one_client_cannot_try_many_accounts(struct house_test *t)
{
	struct browser *b = browser_new(t, "localhost");
	int stopped = 0;

	b->client = account_client(t);
	browser_get(b, "/konto/anmelden");
	for (int i = 0; i < 30 && !stopped; i++) {
		browser_post(b, "/konto/anmelden", "email", str_z(t->arena, str_fmt(t->arena, "p%d.%d@example.org", i, (int)t->engine)), "passwort", "Sommer in Dresden", NULL);
		stopped = b->status == 429 ? i : 0;
	}
	assert_int_equal(stopped, 20);
}
FLOW_TEST(one_client_cannot_try_many_accounts)

static void a_foreign_page_cannot_post(struct house_test *t)
{
	struct browser *b = account_browser(t, "anna@example.org", PASSWORD);
	static const char *const paths[] = { "/konto/abmelden", "/konto/loeschen", "/konto/einstellungen", "/konto/passwort", "/konto/passkey" };

	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		browser_post_raw(b, paths[i], "csrf=-&email=evil%40example.org");
		assert_status(b, 403);
		browser_post_raw(b, paths[i], "email=evil%40example.org");
		assert_status(b, 403);
		b->origin = S("http://evil.example");
		browser_post_raw(b, paths[i], account_form(b, "email=evil%40example.org"));
		assert_status(b, 403);
		b->origin = STR_EMPTY;
	}
	browser_get(b, "/konto");
	assert_at(b, "/konto");
	/* nobody is signed in to a stranger's account by a foreign page either */
	struct browser *victim = browser_new(t, "localhost");
	victim->origin = S("https://evil.example");
	browser_post_raw(victim, "/konto/anmelden", "csrf=-&email=anna%40example.org&passwort=Apfel+Brot+Zaun+7");
	assert_status(victim, 403);
	assert_int_equal(victim->cookies.n, 0);
}
FLOW_TEST(a_foreign_page_cannot_post)

static void nobody_is_led_to_another_host(struct house_test *t)
{
	static const char *const bad[] = { "https%3A%2F%2Fevil.example%2F", "%2F%2Fevil.example", "%2F%5Cevil.example", "%5C%5Cevil.example", "javascript%3Aalert(1)",
					   "%2F%0D%0ASet-Cookie%3A+a%3Db", "evil.example", "%2F%09%2Fevil.example", "" };

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct browser *b = browser_new(t, "localhost");

		account_make(t, str_z(t->arena, str_fmt(t->arena, "a%zu@example.org", i)), PASSWORD);
		b->client = account_client(t);
		browser_get(b, str_z(t->arena, str_fmt(t->arena, "/konto/anmelden?weiter=%s", bad[i])));
		assert_status(b, 200);
		assert_no_page(b, "name=\"weiter\"");
		assert_no_page(b, "\"https://evil");
		b->stay = true;
		browser_post_raw(b, str_z(t->arena, str_fmt(t->arena, "/konto/anmelden?weiter=%s", bad[i])),
			str_z(t->arena, str_fmt(t->arena, "csrf=-&email=a%zu%%40example.org&passwort=Apfel+Brot+Zaun+7&weiter=%s", i, bad[i])));
		assert_status(b, 303);
		assert_s(b->location, "/konto");
	}
	struct browser *b = browser_new(t, "localhost");
	account_make(t, "weiter@example.org", PASSWORD);
	browser_get(b, "/konto/anmelden?weiter=%2Ffortsetzen%3Fx%3D1");
	browser_post(b, "/konto/anmelden", "email", "weiter@example.org", "passwort", PASSWORD, NULL);
	assert_at(b, "/fortsetzen");
	assert_s(b->query, "x=1");
}
FLOW_TEST(nobody_is_led_to_another_host)

static void on_https_the_cookie_is_bound_to_the_host(struct house_test *t)
{
	struct browser *b = browser_new(t, "schalter.example");

	account_make(t, "anna@example.org", PASSWORD);
	t->house->https = true;
	t->house->origin = S("https://schalter.example");
	t->house->clerk_origin = S("https://amt.schalter.example");
	b->stay = true;
	browser_get(b, "/konto/anmelden");
	b->origin = S("https://schalter.example");
	browser_post(b, "/konto/anmelden", "email", "anna@example.org", "passwort", PASSWORD, NULL);
	assert_status(b, 303);
	str cookie = browser_header(b, "Set-Cookie");
	assert_true(str_has_prefix(cookie, S("__Host-schalter=")));
	assert_true(str_contains(cookie, S("; Secure")) && str_contains(cookie, S("; HttpOnly")) && str_contains(cookie, S("; Path=/;")));
	assert_false(str_contains(cookie, S("Domain")));
	assert_true(browser_header(b, "Strict-Transport-Security").n > 0);
	assert_int_equal(browser_get(b, "/konto"), 200);
	/* the cookie of plain http counts for nothing here */
	b->cookies.v[0].name = S("schalter");
	assert_int_equal(browser_get(b, "/konto"), 303);
	/* and a stand-in identity is refused */
	t->house->conf.identity_url = S("http://127.0.0.1:8090");
	assert_int_equal(browser_get(b, "/konto/ausweisen?stufe=2"), 503);
	browser_post_raw(b, "/konto/ausweisen?stufe=2", "csrf=-");
	assert_status(b, 503);
}
FLOW_TEST(on_https_the_cookie_is_bound_to_the_host)

/* ---- in the account ---- */

static void a_new_password_ends_the_other_sessions(struct house_test *t)
{
	struct browser *b = account_browser(t, "anna@example.org", PASSWORD), *other = browser_new(t, "localhost");

	account_signin_page(other, "anna@example.org", PASSWORD);
	assert_at(other, "/konto");
	browser_get(b, "/konto/passwort");
	browser_post(b, NULL, "bisher", "das ist es nicht", "passwort", "Neue Woerter im Garten", NULL);
	assert_status(b, 422);
	browser_post(b, NULL, "bisher", PASSWORD, "passwort", "kurz", NULL);
	assert_status(b, 422);
	browser_post(b, NULL, "bisher", PASSWORD, "passwort", "Passwort123", NULL);
	assert_status(b, 422);
	browser_post(b, NULL, "bisher", PASSWORD, "passwort", "Neue Woerter im Garten", NULL);
	assert_at(b, "/konto/einstellungen");
	assert_s(account_mail_last(t, 0).kind, "password_changed");
	browser_get(other, "/konto");
	assert_at(other, "/konto/anmelden");
	struct browser *again = browser_new(t, "localhost");
	again->client = account_client(t);
	account_signin_page(again, "anna@example.org", PASSWORD);
	assert_status(again, 422);
	account_signin_page(again, "anna@example.org", "Neue Woerter im Garten");
	assert_at(again, "/konto");
}
FLOW_TEST(a_new_password_ends_the_other_sessions)

static void an_open_browser_cannot_set_a_first_password(struct house_test *t)
{
	struct browser *b = browser_new(t, "localhost");

	account_ask(b, "anna@example.org");
	browser_get(b, str_z(t->arena, account_mail_last(t, 0).path));
	browser_post(b, NULL, NULL);
	assert_at(b, "/konto/passwort");
	house_test_move(t, ACCOUNT_OPEN_MINUTES * 60 + 1);
	browser_post(b, NULL, "passwort", PASSWORD, NULL);
	assert_at(b, "/konto/passwort-vergessen");
	assert_int_equal(house_test_count(t, SQL_ALL_TENANTS("test", "SELECT COUNT(*) FROM account WHERE password IS NOT NULL")), 0);
}
FLOW_TEST(an_open_browser_cannot_set_a_first_password)

static void another_address_counts_when_it_is_confirmed(struct house_test *t)
{
	struct browser *b = account_browser(t, "anna@example.org", PASSWORD), *again = browser_new(t, "localhost");

	browser_get(b, "/konto/einstellungen");
	browser_post(b, "/konto/einstellungen", "email", "neu@example.org", NULL);
	assert_status(b, 422);
	browser_post(b, "/konto/einstellungen", "email", "neu@example.org", "passwort", "nicht dieses", NULL);
	assert_status(b, 422);
	assert_s(account_mail_last(t, 0).kind, "password_changed");
	browser_post(b, "/konto/einstellungen", "email", "neu@example.org", "passwort", PASSWORD, NULL);
	assert_status(b, 200);
	assert_s(account_mail_last(t, 0).to, "neu@example.org");
	account_signin_page(again, "anna@example.org", PASSWORD);
	assert_at(again, "/konto");
	browser_get(b, str_z(t->arena, account_mail_last(t, 0).path));
	browser_post(b, NULL, NULL);
	assert_at(b, "/konto/einstellungen");
	assert_page(b, "neu@example.org");
	assert_s(account_mail_last(t, 0).to, "anna@example.org");
	assert_s(account_mail_last(t, 0).kind, "email_changed");
	struct browser *new = browser_new(t, "localhost");
	account_signin_page(new, "anna@example.org", PASSWORD);
	assert_status(new, 422);
	account_signin_page(new, "neu@example.org", PASSWORD);
	assert_at(new, "/konto");
}
FLOW_TEST(another_address_counts_when_it_is_confirmed)

static void closing_deletes_drafts_and_signs_out(struct house_test *t)
{
	struct browser *b = account_browser(t, "anna@example.org", PASSWORD);

	browser_get(b, "/leipzig/leistung/geburtsurkunde");
	browser_post(b, "/leipzig/leistung/geburtsurkunde/antrag", NULL);
	assert_int_equal(house_test_count(t, SQL_ALL_TENANTS("test", "SELECT COUNT(*) FROM draft")), 1);
	browser_get(b, "/konto/loeschen");
	browser_post(b, "/konto/loeschen", NULL);
	assert_at(b, "/");
	assert_int_equal(b->cookies.n, 0);
	assert_int_equal(house_test_count(t, SQL_ALL_TENANTS("test", "SELECT COUNT(*) FROM draft")), 0);
	assert_int_equal(house_test_count(t, SQL_ALL_TENANTS("test", "SELECT COUNT(*) FROM account")), 0);
	assert_int_equal(house_test_count(t, SQL_ALL_TENANTS("test", "SELECT COUNT(*) FROM session WHERE subject_id <> 0")), 0);
	assert_s(account_mail_last(t, 0).kind, "closed");
}
FLOW_TEST(closing_deletes_drafts_and_signs_out)

static void sessions_of_citizens_live_on_while_they_are_used(struct house_test *t)
{
	struct browser *b = account_browser(t, "anna@example.org", PASSWORD);

	for (int i = 0; i < 4; i++) {
		house_test_move(t, 20 * 86400);
		assert_int_equal(browser_get(b, "/konto"), 200);
		assert_at(b, "/konto");
		account_settle(t);
	}
	house_test_move(t, 31 * 86400);
	browser_get(b, "/konto");
	assert_at(b, "/konto/anmelden");
}
FLOW_TEST(sessions_of_citizens_live_on_while_they_are_used)

/* ---- passkeys ---- */

static str passkey_options(struct browser *b)
{
	ptrdiff_t at = str_find(b->body, S("data-passkey=\""));
	str rest, json, after;

	assert_true(at >= 0);
	rest = str_sub(b->body, (size_t)at + 14, b->body.n);
	assert_true(str_cut(rest, '"', &json, &after));
	return str_replace(b->arena, json, S("&quot;"), S("\""));
}

static void a_passkey_is_added_and_signs_in_and_is_good_for_one_answer(struct house_test *t)
{
	struct browser *b = account_browser(t, "anna@example.org", PASSWORD), *again = browser_new(t, "localhost"), *thief = browser_new(t, "localhost");
	struct authenticator d = authenticator_new(t->arena, "localhost", "http://localhost"), evil;
	str answer, once;

	browser_get(b, "/konto/einstellungen");
	browser_post(b, "/konto/passkey", "passkey", str_z(t->arena, authenticator_create(&d, passkey_options(b))), NULL);
	assert_at(b, "/konto/einstellungen");
	assert_page(b, "passkey-entfernen");
	assert_s(account_mail_last(t, 0).kind, "passkey_added");
	again->client = thief->client = account_client(t);
	browser_get(again, "/konto/anmelden");
	answer = authenticator_get(&d, passkey_options(again));
	once = browser_field(again, "once");
	browser_post(again, "/konto/anmelden/passkey", "passkey", str_z(t->arena, answer), NULL);
	assert_at(again, "/konto");
	/* the same answer once more, from elsewhere */
	browser_post_raw(thief, "/konto/anmelden/passkey", str_z(t->arena, str_fmt(t->arena, "csrf=-&once=%.*s&passkey=%.*s", STR_FMT(once),
		STR_FMT(url_encode(t->arena, answer)))));
	assert_status(thief, 422);
	assert_int_equal(thief->cookies.n, 0);
	/* an answer that a foreign page has got */
	evil = d;
	evil.origin = "https://evil.example";
	browser_get(thief, "/konto/anmelden");
	browser_post(thief, "/konto/anmelden/passkey", "passkey", str_z(t->arena, authenticator_get(&evil, passkey_options(thief))), NULL);
	assert_status(thief, 422);
	/* a challenge of the sign-in page is none for adding */
	browser_get(thief, "/konto/anmelden");
	house_test_move(t, PASSKEY_CHALLENGE_MINUTES * 60 + 1);
	browser_post(thief, "/konto/anmelden/passkey", "passkey", str_z(t->arena, authenticator_get(&d, passkey_options(thief))), NULL);
	assert_status(thief, 422);
	/* removed: it opens nothing */
	browser_get(b, "/konto/einstellungen");
	browser_post_raw(b, "/konto/einstellungen", account_form(b, str_z(t->arena, str_fmt(t->arena, "passkey-entfernen=%.*s",
		STR_FMT(b64url(t->arena, str_n(d.id, 32)))))));
	assert_s(b->query, "gespeichert=entfernt");
	browser_get(thief, "/konto/anmelden");
	browser_post(thief, "/konto/anmelden/passkey", "passkey", str_z(t->arena, authenticator_get(&d, passkey_options(thief))), NULL);
	assert_status(thief, 422);
}
FLOW_TEST(a_passkey_is_added_and_signs_in_and_is_good_for_one_answer)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FLOW_UNIT_TESTS(registering_looks_the_same_for_known_and_unknown_addresses),
		FLOW_UNIT_TESTS(a_wrong_password_and_an_unknown_address_get_the_same_answer),
		FLOW_UNIT_TESTS(a_link_shows_a_button_and_works_once),
		FLOW_UNIT_TESTS(links_end_and_foreign_ones_are_refused),
		FLOW_UNIT_TESTS(one_address_gets_five_mails_a_day),
		FLOW_UNIT_TESTS(a_new_session_at_every_sign_in_and_the_old_one_is_dead),
		FLOW_UNIT_TESTS(drafts_of_the_visitor_go_over_to_the_account),
		FLOW_UNIT_TESTS(a_case_that_was_sent_before_signing_in_becomes_the_accounts),
		FLOW_UNIT_TESTS(too_many_tries_are_stopped_for_known_and_unknown_alike),
		FLOW_UNIT_TESTS(one_client_cannot_try_many_accounts),
		FLOW_UNIT_TESTS(a_foreign_page_cannot_post),
		FLOW_UNIT_TESTS(nobody_is_led_to_another_host),
		FLOW_UNIT_TESTS(on_https_the_cookie_is_bound_to_the_host),
		FLOW_UNIT_TESTS(a_new_password_ends_the_other_sessions),
		FLOW_UNIT_TESTS(an_open_browser_cannot_set_a_first_password),
		FLOW_UNIT_TESTS(another_address_counts_when_it_is_confirmed),
		FLOW_UNIT_TESTS(closing_deletes_drafts_and_signs_out),
		FLOW_UNIT_TESTS(sessions_of_citizens_live_on_while_they_are_used),
		FLOW_UNIT_TESTS(a_passkey_is_added_and_signs_in_and_is_good_for_one_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
