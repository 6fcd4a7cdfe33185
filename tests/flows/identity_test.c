/* SPDX-License-Identifier: EUPL-1.2 */
/* The stand-in identity service: going there and back, what a session gets by it and for how long, and what nobody can slip in. */
#include "main/identity/identity_http.h"
#include "support/account.h"
#include "usecase/identity.h"
#include "wire/http_out.h"

/* The service itself, on a free port of this machine; the house's clock goes with the real one, because its tokens do. */
static struct identity_http *service;

static void connect_service(struct house_test *t)
{
	uint16_t port;

	assert_ok(identity_http_start(t->arena, 0, false, &service, &port));
	t->house->conf.identity_url = str_fmt(t->arena, "http://127.0.0.1:%u", port);
	t->clock.fixed_us = clock_now(&clock_real).us;
}

/* The person at the identity service: chooses who and how sure; gives the way back, path and query. */
static str at_service(struct house_test *t, str url, const char *person, int level)
{
	str path, query, exceptions = str_sub(t->house->conf.identity_url, 7, t->house->conf.identity_url.n);
	struct http_out_request rq = { .method = S("POST"), .content_type = S("application/x-www-form-urlencoded"), .exceptions = exceptions };
	struct http_out_response rs;
	str location = STR_EMPTY;

	assert_true(str_has_prefix(url, t->house->conf.identity_url));
	assert_true(str_cut(url, '?', &path, &query));
	rq.url = path;
	rq.body = str_fmt(t->arena, "%.*s&person=%s&level=%d", STR_FMT(query), person, level);
	assert_ok(http_out_call(t->arena, &rq, &rs));
	assert_int_equal(rs.status, 303);
	location = rs.location;
	assert_true(str_has_prefix(location, S("http://localhost/konto/ausgewiesen?")));
	return str_sub(location, S("http://localhost").n, location.n);
}

static void go(struct browser *b, const char *start)
{
	b->client = account_client(b->test);
	browser_get(b, start);
	assert_status(b, 200);
	assert_true(str_contains(browser_header(b, "Content-Security-Policy"), S("form-action 'self' http://127.0.0.1:")));
	browser_post(b, NULL, NULL);
	assert_status(b, 303);
}

static void a_visitor_identifies_and_keeps_the_draft(struct house_test *t)
{
	struct browser *b = browser_new(t, "localhost");
	str before, draft, back;

	connect_service(t);
	browser_get(b, "/leipzig/leistung/geburtsurkunde");
	browser_post(b, "/leipzig/leistung/geburtsurkunde/antrag", NULL);
	draft = str_sub(b->path, 0, S("/antrag/").n + 24);
	before = account_cookie(b);
	go(b, str_z(t->arena, str_fmt(t->arena, "/konto/ausweisen?stufe=2&weiter=%.*s", STR_FMT(url_encode(t->arena, draft)))));
	back = at_service(t, b->location, "anna", 3);
	browser_get(b, str_z(t->arena, back));
	assert_true(str_has_prefix(b->path, draft));
	assert_status(b, 200);
	assert_page(b, "s-strip--standin");
	assert_page(b, "Anna Beispiel");
	assert_false(str_eq(account_cookie(b), before));
	assert_int_equal(house_test_count(t, SQL_ALL_TENANTS("test", "SELECT trust FROM session")), TRUST_SUBSTANTIAL);
	/* the same answer once more */
	assert_int_equal(browser_get(b, str_z(t->arena, back)), 410);
	/* after an hour nobody is known any more, but the draft is there */
	house_test_move(t, SESSION_IDENTITY_MINUTES * 60 + 60);
	assert_int_equal(browser_get(b, str_z(t->arena, draft)), 200);
	assert_no_page(b, "s-strip--standin");
	assert_no_page(b, "Anna Beispiel");
	identity_http_stop(service);
}
FLOW_TEST(a_visitor_identifies_and_keeps_the_draft)

static void an_account_stays_signed_in_and_gets_the_trust(struct house_test *t)
{
	struct browser *b = account_browser(t, "anna@example.org", "Apfel Brot Zaun 7");

	connect_service(t);
	go(b, "/konto/ausweisen?stufe=3&weiter=%2Fkonto%2Feinstellungen");
	browser_get(b, str_z(t->arena, at_service(t, b->location, "lucja", 4)));
	assert_at(b, "/konto/einstellungen");
	assert_page(b, "Vertrauensniveau hoch");
	assert_page(b, "anna@example.org");
	assert_int_equal(house_test_count(t, SQL_ALL_TENANTS("test", "SELECT COUNT(*) FROM session WHERE trust = 3 AND standin = 1 AND subject_id <> 0")), 1);
	identity_http_stop(service);
}
FLOW_TEST(an_account_stays_signed_in_and_gets_the_trust)

static void an_answer_of_somebody_else_cannot_be_slipped_in(struct house_test *t)
{
	struct browser *b = browser_new(t, "localhost"), *victim = browser_new(t, "localhost");
	str back;

	connect_service(t);
	go(b, "/konto/ausweisen?stufe=2");
	back = at_service(t, b->location, "anna", 3);
	browser_get(victim, str_z(t->arena, back));
	assert_status(victim, 410);
	assert_int_equal(victim->cookies.n, 0);
	go(victim, "/konto/ausweisen?stufe=2"); /* with a session of its own, and its own state */
	browser_get(victim, str_z(t->arena, back));
	assert_status(victim, 410);
	assert_int_equal(house_test_count(t, SQL_ALL_TENANTS("test", "SELECT COUNT(*) FROM session WHERE trust > 0")), 0);
	/* too late */
	house_test_move(t, IDENTITY_MINUTES * 60 + 1);
	browser_get(b, str_z(t->arena, back));
	assert_status(b, 410);
	identity_http_stop(service);
}
FLOW_TEST(an_answer_of_somebody_else_cannot_be_slipped_in)

static void a_forged_code_and_a_refusal_give_nothing(struct house_test *t)
{
	struct browser *b = browser_new(t, "localhost");
	str state, rest, name;

	connect_service(t);
	for (int i = 0; i < 2; i++) {
		go(b, "/konto/ausweisen?stufe=2&weiter=%2Ffortsetzen");
		assert_true(str_cut(str_sub(b->location, (size_t)str_find(b->location, S("state=")), b->location.n), '&', &state, &rest));
		assert_true(str_cut(state, '=', &name, &state));
		browser_get(b, str_z(t->arena, str_fmt(t->arena, "/konto/ausgewiesen?state=%.*s&%s", STR_FMT(state),
			i ? "code=AAAAAAAAAAAAAAAAAAAAAA" : "error=access_denied")));
		assert_status(b, 400);
		assert_page(b, "href=\"/fortsetzen\"");
	}
	assert_int_equal(house_test_count(t, SQL_ALL_TENANTS("test", "SELECT COUNT(*) FROM session WHERE trust > 0")), 0);
	assert_int_equal(house_test_count(t, SQL_ALL_TENANTS("test", "SELECT COUNT(*) FROM one_time WHERE kind = 'oidc'")), 0);
	identity_http_stop(service);
	/* the service is away */
	browser_get(b, "/konto/ausweisen?stufe=2");
	browser_post(b, NULL, NULL);
	assert_status(b, 503);
}
FLOW_TEST(a_forged_code_and_a_refusal_give_nothing)

static void what_is_known_is_offered_to_be_checked(struct house_test *t)
{
	struct browser *b = browser_new(t, "localhost");
	str name;

	connect_service(t);
	go(b, "/konto/ausweisen?stufe=2");
	browser_get(b, str_z(t->arena, at_service(t, b->location, "anna", 3)));
	browser_get(b, "/leipzig/leistung/bewohnerparkausweis");
	browser_post(b, "/leipzig/leistung/bewohnerparkausweis/antrag", NULL);
	browser_post(b, NULL, "antrag-art", "neu", NULL);
	assert_s(browser_field(b, "person-vorname"), "Anna");
	assert_s(browser_field(b, "person-nachname"), "Beispiel");
	assert_page(b, "Aus Ihrem Ausweis");
	name = b->path;
	/* offered, not written: what is typed instead counts and stays */
	browser_post(b, NULL, "person-vorname", "Anna Maria", NULL);
	assert_s(browser_field(b, "person-geburt-day"), "12");
	assert_s(browser_field(b, "person-geburt-month"), "4");
	assert_s(browser_field(b, "person-geburt-year"), "1988");
	browser_post(b, NULL, NULL);
	assert_s(browser_field(b, "anschrift-strasse"), "Beispielstra\xc3\x9f" "e");
	assert_s(browser_field(b, "anschrift-hausnummer"), "12");
	assert_s(browser_field(b, "anschrift-plz"), "01067");
	browser_get(b, str_z(t->arena, name));
	assert_s(browser_field(b, "person-vorname"), "Anna Maria");
	assert_no_page(b, "Aus Ihrem Ausweis");
	identity_http_stop(service);
}
FLOW_TEST(what_is_known_is_offered_to_be_checked)

/* The birth date of the driving licence is the identity's: shown, sent on untouched, and nothing else is taken for it. */
static void what_the_identity_says_is_locked(struct house_test *t)
{
	struct browser *b = browser_new(t, "localhost"), *visitor = browser_new(t, "localhost");
	str page;

	connect_service(t);
	go(b, "/konto/ausweisen?stufe=2");
	browser_get(b, str_z(t->arena, at_service(t, b->location, "anna", 3)));
	browser_get(b, "/leipzig/leistung/fuehrerschein-umtausch");
	browser_post(b, "/leipzig/leistung/fuehrerschein-umtausch/antrag", NULL);
	/* the first page asks for nothing else and is passed over; it can be looked at */
	assert_page(b, "name=\"alt-art\"");
	page = str_fmt(t->arena, "%.*s/geburt", STR_FMT(str_sub(b->path, 0, S("/antrag/").n + 24)));
	browser_get(b, str_z(t->arena, page));
	assert_page(b, "s-locked");
	assert_page(b, "12.04.1988");
	assert_no_page(b, "name=\"person-geburt-day\"");
	/* somebody writes the form anew and sends another birth date: refused, and nothing of it is kept */
	browser_post_raw(b, str_z(t->arena, page), str_z(t->arena, str_fmt(t->arena, "csrf=%.*s&stand=%.*s&person-geburt-day=1&person-geburt-month=1&person-geburt-year=1950",
									   STR_FMT(browser_field(b, "csrf")), STR_FMT(browser_field(b, "stand")))));
	assert_status(b, 422);
	assert_page(b, "12.04.1988");
	assert_no_page(b, "1950");
	browser_get(b, str_z(t->arena, page));
	browser_post(b, NULL, NULL);
	assert_status(b, 200);
	assert_page(b, "name=\"alt-art\"");
	/* who has not identified is asked */
	visitor->client = account_client(t);
	browser_get(visitor, "/leipzig/leistung/fuehrerschein-umtausch");
	browser_post(visitor, "/leipzig/leistung/fuehrerschein-umtausch/antrag", NULL);
	assert_page(visitor, "name=\"person-geburt-day\"");
	assert_no_page(visitor, "s-locked");
	identity_http_stop(service);
}
FLOW_TEST(what_the_identity_says_is_locked)

static void identity_is_sealed(struct house_test *t)
{
	AUTO(db_read_done) struct dbc *db = NULL;
	AUTO(rows_done) struct rows *r = NULL;
	struct browser *b = browser_new(t, "localhost");

	connect_service(t);
	go(b, "/konto/ausweisen?stufe=2");
	browser_get(b, str_z(t->arena, at_service(t, b->location, "anna", 3)));
	assert_ok(db_read(t->house->db, TENANT_ALL, 0, &db));
	assert_ok(db_query(db, &r, SQL_ALL_TENANTS("test", "SELECT identity FROM session WHERE trust = 2")));
	assert_true(rows_next(r));
	assert_true(row_str(r, 0).n > 100);
	assert_false(str_contains(row_str(r, 0), S("Beispiel")));
	identity_http_stop(service);
}
FLOW_TEST(identity_is_sealed)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FLOW_UNIT_TESTS(a_visitor_identifies_and_keeps_the_draft),
		FLOW_UNIT_TESTS(an_account_stays_signed_in_and_gets_the_trust),
		FLOW_UNIT_TESTS(an_answer_of_somebody_else_cannot_be_slipped_in),
		FLOW_UNIT_TESTS(a_forged_code_and_a_refusal_give_nothing),
		FLOW_UNIT_TESTS(what_is_known_is_offered_to_be_checked),
		FLOW_UNIT_TESTS(what_the_identity_says_is_locked),
		FLOW_UNIT_TESTS(identity_is_sealed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
