/* SPDX-License-Identifier: EUPL-1.2 */
/* The clerks' door: one-time link, password, passkey, ten hours, and who does not get in. */
#include "support/account.h"
#include "support/authenticator.h"
#include "usecase/clerk_signin.h"
#include "usecase/staff.h"

#define PASSWORD "Kaffee Lineal Akte 9"

static struct staff_outcome *clerk_new(struct house_test *t, const char *slug, const char *login, enum clerk_role role)
{
	struct ctx c = house_test_ctx(t);
	struct staff_new n = { .login = str_c(login), .name = S("Erika Muster"), .role = role };
	struct staff_outcome *o;

	assert_ok(staff_add(&c, house_test_tenant(t, slug), &n, &o));
	assert_ok(ctx_commit_wait(&c));
	assert_int_equal(o->result, STAFF_DONE);
	return o;
}

static const char *setup_path(struct house_test *t, const struct staff_outcome *o)
{
	return str_z(t->arena, str_fmt(t->arena, "/einrichten/%.*s", STR_FMT(o->token)));
}

static struct browser *office(struct house_test *t)
{
	struct browser *b = browser_new(t, "amt.localhost");

	b->client = account_client(t);
	return b;
}

/* A clerk who has used the link and chosen a password; signed in. */
static struct browser *clerk_ready(struct house_test *t, const char *slug, const char *login)
{
	struct browser *b = office(t);

	browser_get(b, setup_path(t, clerk_new(t, slug, login, ROLE_CLERK)));
	browser_post(b, NULL, NULL);
	assert_at(b, "/einrichten/zugang");
	browser_post(b, "/einrichten/zugang", "passwort", PASSWORD, NULL);
	assert_at(b, "/");
	assert_status(b, 200);
	return b;
}

static struct browser *signs_in_from(struct house_test *t, str client, const char *login, const char *password)
{
	struct browser *b = office(t);

	if (client.n)
		b->client = client;
	browser_get(b, "/anmelden");
	browser_post(b, "/anmelden", "anmeldename", login, "passwort", password, NULL);
	return b;
}

static struct browser *signs_in(struct house_test *t, const char *login, const char *password)
{
	return signs_in_from(t, STR_EMPTY, login, password);
}

static void the_link_works_once_and_leads_to_a_password(struct house_test *t)
{
	struct staff_outcome *o = clerk_new(t, "leipzig", "e.muster", ROLE_CLERK);
	struct browser *b = office(t), *late = office(t);

	for (int i = 0; i < 3; i++) {
		browser_get(b, setup_path(t, o));
		assert_status(b, 200);
		assert_int_equal(b->cookies.n, 0);
	}
	assert_page(b, "Erika Muster");
	browser_post(b, NULL, NULL);
	assert_at(b, "/einrichten/zugang");
	assert_int_equal(browser_get(late, setup_path(t, o)), 410);
	browser_post_raw(late, setup_path(t, o), "csrf=-");
	assert_status(late, 410);
	assert_int_equal(late->cookies.n, 0);
	browser_post(b, "/einrichten/zugang", "passwort", "kurz", NULL);
	assert_status(b, 422);
	browser_post(b, "/einrichten/zugang", "passwort", PASSWORD, NULL);
	assert_at(b, "/");
	/* a password was chosen: the door is shut again */
	assert_int_equal(browser_get(b, "/einrichten/zugang"), 410);
	browser_post_raw(b, "/einrichten/zugang", account_form(b, "passwort=Ein+anderes+Wort+5"));
	assert_status(b, 410);
	b = signs_in(t, "E.Muster@leipzig", PASSWORD);
	assert_at(b, "/");
	assert_status(b, 200);
}
FLOW_TEST(the_link_works_once_and_leads_to_a_password)

static void links_end_after_seven_days_and_with_a_newer_one(struct house_test *t)
{
	struct staff_outcome *o = clerk_new(t, "leipzig", "e.muster", ROLE_CLERK), *newer;
	struct ctx c = house_test_ctx(t);
	struct browser *b = office(t);

	assert_ok(staff_link(&c, house_test_tenant(t, "leipzig"), o->id, &newer));
	assert_ok(ctx_commit_wait(&c));
	assert_int_equal(browser_get(b, setup_path(t, o)), 410);
	assert_int_equal(browser_get(b, setup_path(t, newer)), 200);
	house_test_move(t, STAFF_LINK_DAYS * 86400 + 1);
	assert_int_equal(browser_get(b, setup_path(t, newer)), 410);
	assert_int_equal(browser_get(b, "/einrichten/AAAAAAAAAAAAAAAAAAAAAAAA"), 410);
	assert_int_equal(browser_get(b, "/einrichten/x"), 410);
}
FLOW_TEST(links_end_after_seven_days_and_with_a_newer_one)

static void wrong_passwords_and_unknown_names_get_the_same_answer(struct house_test *t)
{
	static const char *const names[] = { "niemand@leipzig", "e.muster@dresden", "e.muster@nirgendwo", "e.muster", "@leipzig", "E. Muster@leipzig" };
	struct browser *b;
	str first;

	clerk_ready(t, "leipzig", "e.muster");
	b = signs_in(t, "e.muster@leipzig", "Kaffee Lineal Akte 8");
	assert_status(b, 422);
	assert_int_equal(b->cookies.n, 0);
	first = browser_text(b);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		b = signs_in(t, names[i], PASSWORD);
		assert_status(b, 422);
		assert_int_equal(b->cookies.n, 0);
		assert_str(browser_text(b), first);
	}
}
FLOW_TEST(wrong_passwords_and_unknown_names_get_the_same_answer)

static void after_six_tries_in_a_minute_an_address_has_to_wait_however_it_writes_the_name(struct house_test *t)
{
	bool one = t->engine == DB_SQLITE; /* limits count over all tests of this process */
	const char *ways[] = { one ? "warten.a@leipzig" : "warten.b@leipzig", one ? "Warten.A@Leipzig" : "Warten.B@Leipzig",
			       one ? "  WARTEN.a@leipzig " : " WARTEN.b@leipzig " };
	str client = one ? S("203.0.113.77") : S("203.0.113.78");
	struct browser *b;
	int stopped = 0;

	clerk_ready(t, "leipzig", one ? "warten.a" : "warten.b");
	for (int i = 0; i < 10 && !stopped; i++) {
		b = signs_in_from(t, client, ways[i % 3], "Kaffee Lineal Akte 8");
		stopped = b->status == 429 ? i : 0;
	}
	assert_int_equal(stopped, 6);
	b = signs_in_from(t, client, ways[0], PASSWORD);
	assert_status(b, 429);
	assert_int_equal(b->cookies.n, 0);
	/* the clerk at another desk is not kept out by that */
	b = signs_in(t, ways[0], PASSWORD);
	assert_at(b, "/");
}
FLOW_TEST(after_six_tries_in_a_minute_an_address_has_to_wait_however_it_writes_the_name)

static void ten_hours_then_the_door_is_shut(struct house_test *t)
{
	struct browser *b = clerk_ready(t, "leipzig", "e.muster");

	for (int i = 0; i < 9; i++) {
		house_test_move(t, 3600);
		browser_get(b, "/");
		assert_at(b, "/");
		account_settle(t);
	}
	house_test_move(t, 3600 + 60);
	browser_get(b, "/");
	assert_at(b, "/anmelden");
	assert_s(b->query, "weiter=%2F");
}
FLOW_TEST(ten_hours_then_the_door_is_shut)

static void signing_out_and_switching_off_end_the_session(struct house_test *t)
{
	/* limits count by name over all tests of this process */
	const char *login = t->engine == DB_SQLITE ? "wechsel.a" : "wechsel.b", *full = str_z(t->arena, str_fmt(t->arena, "%s@leipzig", login));
	struct browser *b = clerk_ready(t, "leipzig", login), *old = office(t);
	struct staff_outcome *o;
	struct ctx c = house_test_ctx(t);
	struct staff who;

	old->cookies = b->cookies;
	b->stay = true;
	browser_post_raw(b, "/konto/abmelden", account_form(b, "x=y"));
	assert_status(b, 303);
	assert_s(b->location, "/anmelden");
	assert_s(browser_header(b, "Clear-Site-Data"), "\"cache\"");
	assert_int_equal(b->cookies.n, 0);
	browser_get(old, "/");
	assert_at(old, "/anmelden");
	b = signs_in(t, full, PASSWORD);
	assert_at(b, "/");
	assert_ok(staff_find(&c, house_test_tenant(t, "leipzig"), str_c(login), &who));
	ctx_done(&c);
	assert_ok(staff_set_active(&c, house_test_tenant(t, "leipzig"), who.id, false, &o));
	assert_ok(ctx_commit_wait(&c));
	browser_get(b, "/");
	assert_at(b, "/anmelden");
	b = signs_in(t, full, PASSWORD);
	assert_status(b, 422);
}
FLOW_TEST(signing_out_and_switching_off_end_the_session)

static void citizens_and_clerks_have_sessions_of_their_own(struct house_test *t)
{
	struct browser *clerk = clerk_ready(t, "leipzig", "e.muster"), *citizen = account_browser(t, "anna@example.org", "Apfel Brot Zaun 7"), *b;

	b = office(t);
	b->cookies = citizen->cookies;
	browser_get(b, "/");
	assert_at(b, "/anmelden");
	b = browser_new(t, "localhost");
	b->cookies = clerk->cookies;
	browser_get(b, "/konto");
	assert_at(b, "/konto/anmelden");
	/* and no doors of the one on the host of the other */
	assert_int_equal(browser_get(b, "/anmelden"), 404);
	assert_int_equal(browser_get(clerk, "/konto/anmelden"), 404);
}
FLOW_TEST(citizens_and_clerks_have_sessions_of_their_own)

static str options_of(struct browser *b)
{
	ptrdiff_t at = str_find(b->body, S("data-passkey=\""));
	str json, after;

	assert_true(at >= 0);
	assert_true(str_cut(str_sub(b->body, (size_t)at + 14, b->body.n), '"', &json, &after));
	return str_replace(b->arena, json, S("&quot;"), S("\""));
}

static const char *answer_body(struct browser *b, str answer)
{
	return str_z(b->arena, str_fmt(b->arena, "csrf=%.*s&once=%.*s&passkey=%.*s", STR_FMT(browser_field(b, "csrf")), STR_FMT(browser_field(b, "once")),
		STR_FMT(url_encode(b->arena, answer))));
}

static void a_passkey_instead_of_a_password(struct house_test *t)
{
	struct authenticator d = authenticator_new(t->arena, "amt.localhost", "http://amt.localhost"), other;
	struct browser *b = office(t);
	struct staff_outcome *o = clerk_new(t, "leipzig", "e.muster", ROLE_LEAD);

	browser_get(b, setup_path(t, o));
	browser_post(b, NULL, NULL);
	assert_at(b, "/einrichten/zugang");
	browser_post_raw(b, "/einrichten/zugang", answer_body(b, authenticator_create(&d, options_of(b))));
	assert_at(b, "/");
	b = office(t);
	browser_get(b, "/anmelden?weiter=%2Fvertretung");
	browser_post_raw(b, "/anmelden/passkey?weiter=%2Fvertretung", answer_body(b, authenticator_get(&d, options_of(b))));
	assert_at(b, "/vertretung");
	/* the handle names another authority: nothing is found there */
	other = d;
	other.user_handle = str_dup(t->arena, d.user_handle);
	((char *)other.user_handle.p)[1] ^= 1;
	b = office(t);
	browser_get(b, "/anmelden");
	browser_post_raw(b, "/anmelden/passkey", answer_body(b, authenticator_get(&other, options_of(b))));
	assert_status(b, 422);
	assert_int_equal(b->cookies.n, 0);
	/* a new link ends it */
	struct ctx c = house_test_ctx(t);
	assert_ok(staff_link(&c, house_test_tenant(t, "leipzig"), o->id, &o));
	assert_ok(ctx_commit_wait(&c));
	browser_get(b, setup_path(t, o));
	browser_post(b, NULL, NULL);
	assert_at(b, "/einrichten/zugang");
	b = office(t);
	browser_get(b, "/anmelden");
	browser_post_raw(b, "/anmelden/passkey", answer_body(b, authenticator_get(&d, options_of(b))));
	assert_status(b, 422);
}
FLOW_TEST(a_passkey_instead_of_a_password)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FLOW_UNIT_TESTS(the_link_works_once_and_leads_to_a_password),
		FLOW_UNIT_TESTS(links_end_after_seven_days_and_with_a_newer_one),
		FLOW_UNIT_TESTS(wrong_passwords_and_unknown_names_get_the_same_answer),
		FLOW_UNIT_TESTS(after_six_tries_in_a_minute_an_address_has_to_wait_however_it_writes_the_name),
		FLOW_UNIT_TESTS(ten_hours_then_the_door_is_shut),
		FLOW_UNIT_TESTS(signing_out_and_switching_off_end_the_session),
		FLOW_UNIT_TESTS(citizens_and_clerks_have_sessions_of_their_own),
		FLOW_UNIT_TESTS(a_passkey_instead_of_a_password),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
