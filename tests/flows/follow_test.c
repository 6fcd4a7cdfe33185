/* SPDX-License-Identifier: EUPL-1.2 */
/* A case in its applicant's hands: followed, read, answered; and what others get of it: nothing. */
#include "support/sent.h"

#include "usecase/sessions.h"

/* ---- others ---- */

static const char *const tails[] = { "", "/angaben", "/kopie.pdf", "/quittung.jws", "/antwort", "/zurueckziehen", "/bekanntgabe", "/bescheid.pdf",
				     "/zahlung" };
static const char *const posts[] = { "/antwort", "/zurueckziehen", "/bekanntgabe", "/bescheid" };

static void refuses_all(struct house_test *t, struct browser *b, const struct sent *s, const char *file)
{
	/* a handle that nobody has, of the same tenant: the answers must not differ */
	struct sent none = *s;

	none.path = str_z(t->arena, str_fmt(t->arena, "/vorgang/%.*s", STR_FMT(handle_make(t->arena, s->tenant))));
	for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
		str text;

		assert_int_equal(browser_get(b, sent_at(t, s, tails[i])), 404);
		text = browser_text(b);
		assert_no_page(b, "Geburtsurkunde");
		assert_int_equal(browser_get(b, sent_at(t, &none, tails[i])), 404);
		assert_true(str_eq(text, browser_text(b)));
	}
	assert_int_equal(browser_get(b, file), 404);
	for (size_t i = 0; i < sizeof posts / sizeof *posts; i++) {
		browser_post_raw(b, sent_at(t, s, posts[i]), "once=0123456789abcdef&weg=post&text=Hallo&csrf=-");
		assert_true(b->status == 404 || b->status == 403 || b->status == 415);
	}
}

static void others_get_nothing_and_no_hint(struct house_test *t)
{
	struct browser *b = browser_new(t, "localhost"), *nobody = browser_new(t, "localhost"), *other = browser_new(t, "localhost");
	struct sent s = sent_case(t, b, true), own = sent_case(t, other, true);
	struct casefile *f = sent_now(t, &s);
	const char *file = sent_at(t, &s, str_z(t->arena, str_fmt(t->arena, "/datei/%lld", (long long)f->file[0].stored.id)));

	for (size_t i = 0; i < 5; i++)
		assert_int_equal(browser_get(b, sent_at(t, &s, tails[i])), 200);
	assert_int_equal(browser_get(b, file), 200);
	refuses_all(t, nobody, &s, file);
	refuses_all(t, other, &s, file);
	/* one's own case is no way to another's file */
	assert_int_equal(browser_get(other, sent_at(t, &own, str_z(t->arena, str_fmt(t->arena, "/datei/%lld", (long long)f->file[0].stored.id)))), 404);
	f = sent_now(t, &s);
	assert_int_equal(f->row.phase, PHASE_SUBMITTED);
	assert_int_equal(f->messages, 0);
}

/* With a session and a good CSRF token of one's own, the grant alone decides. */
static void a_stranger_with_a_good_form_changes_nothing(struct house_test *t)
{
	struct browser *b = browser_new(t, "localhost"), *other = browser_new(t, "localhost");
	struct sent s = sent_case(t, b, true), own = sent_case(t, other, true);
	str csrf, body;

	assert_int_equal(browser_get(other, sent_at(t, &own, "/zurueckziehen")), 200);
	csrf = browser_field(other, "csrf");
	assert_true(csrf.n > 8);
	body = str_fmt(t->arena, "csrf=%.*s&once=0123456789abcdef&weg=post&text=Hallo", STR_FMT(csrf));
	for (size_t i = 1; i < sizeof posts / sizeof *posts; i++) {
		browser_post_raw(other, sent_at(t, &s, posts[i]), str_z(t->arena, body));
		assert_status(other, 404);
	}
	assert_int_equal(sent_now(t, &s)->row.phase, PHASE_SUBMITTED);
	assert_true(sent_now(t, &s)->row.online_consent);
	browser_post_raw(other, sent_at(t, &own, "/zurueckziehen"), str_z(t->arena, body));
	assert_int_equal(sent_now(t, &own)->row.phase, PHASE_WITHDRAWN); /* the body was good */
}

static int open_session(struct dbc *db, void *arg)
{
	return session_insert(db, arg);
}

static struct browser *of_account(struct house_test *t, int64_t account)
{
	struct browser *b = browser_new(t, "localhost");
	struct pair *cookie = ARENA_NEW(t->arena, struct pair);
	struct ctx c = house_test_ctx(t);
	str token = token_random(t->arena, 32);
	struct session_new s = { .hash = sha256(token), .kind = 1, .subject = account, .subject_tenant = TENANT_PORTAL, .trust = TRUST_ACCOUNT,
				 .now = c.now, .expires = instant_add_s(c.now, 86400) };

	ctx_hand_over(&c, open_session, &s, TENANT_PORTAL, true);
	assert_ok(ctx_commit_wait(&c));
	*cookie = (struct pair){ S("schalter"), token };
	b->cookies = (struct pairs){ cookie, 1 };
	return b;
}

static void a_case_of_an_account_is_seen_by_its_owner_everywhere_and_by_no_other_account(struct house_test *t)
{
	struct browser *here = of_account(t, 77), *elsewhere = of_account(t, 77), *other = of_account(t, 78);
	struct sent s = sent_case(t, here, true);
	struct casefile *f = sent_now(t, &s);

	assert_int_equal(f->row.owner.v, 77);
	assert_int_equal(browser_get(elsewhere, s.path), 200);
	assert_int_equal(browser_get(elsewhere, sent_at(t, &s, "/angaben")), 200);
	refuses_all(t, other, &s, sent_at(t, &s, str_z(t->arena, str_fmt(t->arena, "/datei/%lld", (long long)f->file[0].stored.id))));
}

/* ---- the secret link ---- */

static void the_follow_link_lets_in_by_a_button_as_often_as_needed(struct house_test *t)
{
	struct browser *b = browser_new(t, "localhost");
	struct sent s = sent_case(t, b, true);
	const char *link = str_z(t->arena, str_fmt(t->arena, "/folgen/%.*s", STR_FMT(s.follow)));
	int64_t seen = house_test_count(t, SQL_ALL_TENANTS("test", "SELECT COUNT(*) FROM session_case"));

	for (int i = 0; i < 2; i++) {
		struct browser *x = browser_new(t, "localhost");

		assert_int_equal(browser_get(x, link), 200); /* a mail scanner does this */
		assert_int_equal(browser_get(x, link), 200);
		assert_int_equal(x->cookies.n, 0);
		assert_true(str_eq(browser_header(x, "Referrer-Policy"), S("no-referrer")));
		assert_false(str_contains(x->body, s.handle));
		assert_int_equal(house_test_count(t, SQL_ALL_TENANTS("test", "SELECT COUNT(*) FROM session_case")), seen + i);
		browser_post(x, NULL, NULL);
		assert_status(x, 200);
		assert_on(x, s.path);
		assert_page(x, "Ihr Antrag ist bei uns");
		assert_int_equal(browser_get(x, s.path), 200);
		assert_int_equal(house_test_count(t, SQL_ALL_TENANTS("test", "SELECT COUNT(*) FROM session_case")), seen + i + 1);
	}
	assert_int_equal(browser_get(b, str_z(t->arena, str_fmt(t->arena, "/folgen/%.*s", STR_FMT(s.handle)))), 404);
	assert_int_equal(browser_get(b, str_z(t->arena, str_fmt(t->arena, "/folgen/%.*s", STR_FMT(handle_make(t->arena, s.tenant))))), 404);
	assert_int_equal(browser_get(b, "/folgen/x"), 404);
}

static void the_status_page_says_where_it_stands(struct house_test *t)
{
	struct browser *b = browser_new(t, "localhost");
	struct sent s = sent_case(t, b, true);

	assert_int_equal(browser_get(b, s.path), 200);
	assert_page(b, "Eingegangen");
	assert_page(b, "Voraussichtlich bis");
	assert_page(b, "Sie haben den Antrag gesendet");
	assert_true(str_contains(b->body, s.reference));
	assert_true(browser_link(b, "Ihre Angaben ansehen").n);
	assert_int_equal(browser_get(b, sent_at(t, &s, "/angaben")), 200);
	assert_page(b, "Krüger");
	assert_page(b, "27.03.1985");
	assert_page(b, "Ausweis.pdf");
	assert_int_equal(browser_get(b, sent_at(t, &s, "?lang=en")), 200);
	assert_page(b, "lang=\"en\"");
	assert_int_equal(browser_get(b, sent_at(t, &s, "/quittung.jws")), 200);
	assert_true(str_has_prefix(browser_header(b, "Content-Disposition"), S("attachment")));
	assert_true(str_has_prefix(b->body, S("eyJ")));
}

static void what_a_clerk_wrote_is_marked_as_german_on_an_english_page(struct house_test *t)
{
	struct browser *b = browser_new(t, "localhost");
	struct sent s = sent_case(t, b, true);
	struct ctx k = sent_clerk(t, &s, ROLE_CLERK);

	sent_asks(&k, &s, "Welcher Vorname?", 14);
	ctx_done(&k);
	assert_int_equal(browser_get(b, sent_at(t, &s, "")), 200);
	assert_page(b, "<blockquote class=\"s-pre\">Welcher Vorname?");
	assert_page(b, "<p class=\"s-pre\">Welcher Vorname?");
	assert_int_equal(browser_get(b, sent_at(t, &s, "?lang=en")), 200);
	assert_page(b, "<blockquote class=\"s-pre\" lang=\"de\">Welcher Vorname?");
	assert_page(b, "<p class=\"s-pre\" lang=\"de\">Welcher Vorname?");
	assert_int_equal(browser_get(b, sent_at(t, &s, "/antwort")), 200);
	assert_page(b, "lang=\"de\">Welcher Vorname?");
}
FLOW_TEST(what_a_clerk_wrote_is_marked_as_german_on_an_english_page)

static void a_file_comes_as_an_attachment_without_an_origin(struct house_test *t)
{
	struct browser *b = browser_new(t, "localhost");
	struct sent s = sent_case(t, b, true);
	struct casefile *f = sent_now(t, &s);
	size_t sandboxed = 0;

	assert_int_equal(browser_get(b, sent_at(t, &s, str_z(t->arena, str_fmt(t->arena, "/datei/%lld", (long long)f->file[0].stored.id)))), 200);
	assert_str(b->type, S("application/pdf"));
	assert_true(str_eq(b->body, house_test_pdf(t->arena)));
	assert_str(browser_header(b, "Content-Disposition"), S("attachment; filename*=UTF-8''Ausweis.pdf"));
	for (size_t i = 0; i < b->reply.headers; i++)
		sandboxed += str_eq(b->reply.header[i].value, S("sandbox"));
	assert_int_equal(sandboxed, 1);
	assert_int_equal(browser_get(b, sent_at(t, &s, "/datei/12")), 404);
	assert_int_equal(browser_get(b, sent_at(t, &s, "/datei/x")), 404);
}

/* ---- answering ---- */

static void an_answer_sent_twice_arrives_once_and_the_clock_goes_on(struct house_test *t)
{
	struct browser *b = browser_new(t, "localhost"), *twin;
	struct sent s = sent_case(t, b, true);
	struct ctx k = sent_clerk(t, &s, ROLE_CLERK);
	int32_t due = sent_now(t, &s)->row.due_on;
	struct casefile *f;

	sent_asks(&k, &s, "Wie hieß Ihre Mutter bei Ihrer Geburt?", 14);
	house_test_move(t, 7 * 86400);
	assert_int_equal(browser_get(b, s.path), 200);
	assert_page(b, "Wie hieß Ihre Mutter");
	assert_page(b, "Bitte antworten Sie bis zum");
	assert_no_page(b, "Voraussichtlich bis");
	assert_int_equal(browser_get(b, sent_at(t, &s, "/antwort")), 200);
	twin = second_tab(t, b);
	for (int i = 0; i < 2; i++) {
		struct browser *x = i ? twin : b;

		browser_file(x, "datei", "Nachweis.pdf", "application/pdf", house_test_pdf(t->arena));
		browser_post(x, NULL, "text", "Petra Krüger, geborene Weiß", "aktion", "senden", NULL);
		assert_status(x, 200);
		assert_on(x, s.path);
		assert_page(x, "Ihre Antwort ist angekommen");
	}
	f = sent_now(t, &s);
	assert_int_equal(f->row.phase, PHASE_IN_WORK);
	assert_true(f->row.unread);
	assert_int_equal(f->row.waiting_since.us, 0);
	assert_in_range(f->row.due_on, due + 7, due + 10);
	assert_int_equal(f->messages, 2);
	assert_true(str_eq(f->message[1].text, S("Petra Krüger, geborene Weiß")));
	assert_int_equal(f->message[1].files, 1);
	assert_int_equal(f->files, 2);
	assert_int_equal(f->file[1].origin, 2);
	assert_int_equal(sent_events(f, EVENT_ANSWERED), 1);
	assert_page(b, "Nachweis.pdf");
	assert_page(b, "Petra Krüger, geborene Weiß");
	assert_no_page(b, "Bitte antworten Sie bis zum");
}

static void files_wait_in_the_form_until_it_is_sent(struct house_test *t)
{
	struct browser *b = browser_new(t, "localhost"), *other;
	struct sent s = sent_case(t, b, true), more;
	struct casefile *f;
	str stand;

	assert_int_equal(browser_get(b, sent_at(t, &s, "/antwort")), 200);
	browser_post(b, NULL, "aktion", "senden", NULL);
	assert_status(b, 422);
	assert_page(b, "Schreiben Sie eine Antwort oder wählen Sie eine Datei");
	browser_file(b, "datei", "Eins.pdf", "application/pdf", house_test_pdf(t->arena));
	browser_post(b, NULL, "text", "Noch <etwas>", "aktion", "hochladen", NULL);
	assert_status(b, 200);
	assert_page(b, "Eins.pdf");
	assert_page(b, "Noch &lt;etwas&gt;");
	browser_file(b, "datei", "Boese.pdf", "application/pdf", S("<script>alert(1)</script>"));
	browser_post(b, NULL, "aktion", "senden", NULL);
	assert_status(b, 422);
	assert_page(b, "Eins.pdf");
	assert_no_page(b, "Boese.pdf");
	assert_page(b, "Noch &lt;etwas&gt;");
	assert_int_equal(sent_now(t, &s)->messages, 0);
	stand = browser_field(b, "stand");
	assert_true(stand.n > 100);
	assert_false(str_contains(stand, S("Eins")));
	/* another's form does not take them along */
	other = browser_new(t, "localhost");
	more = sent_case(t, other, true);
	assert_int_equal(browser_get(other, sent_at(t, &more, "/antwort")), 200);
	browser_post(other, NULL, "text", "Fremdes", "stand", str_z(t->arena, stand), "aktion", "senden", NULL);
	assert_int_equal(sent_now(t, &more)->files, 1);
	assert_int_equal(sent_now(t, &more)->messages, 1);
	browser_post(b, NULL, "aktion", "senden", NULL);
	assert_on(b, s.path);
	f = sent_now(t, &s);
	assert_int_equal(f->files, 2);
	assert_true(str_eq(f->file[1].stored.name, S("Eins.pdf")));
	assert_int_equal(sent_events(f, EVENT_ADDED), 1);
	assert_int_equal(f->row.phase, PHASE_SUBMITTED);
	assert_true(f->row.unread);
}

static void a_message_can_be_written_on_the_status_page_itself(struct house_test *t)
{
	struct browser *b = browser_new(t, "localhost");
	struct sent s = sent_case(t, b, true);

	assert_int_equal(browser_get(b, s.path), 200);
	browser_post(b, NULL, "text", "Wann kommt die Urkunde?", NULL);
	assert_on(b, s.path);
	assert_page(b, "Ihre Nachricht ist angekommen");
	assert_page(b, "Wann kommt die Urkunde?");
	assert_int_equal(sent_events(sent_now(t, &s), EVENT_MESSAGE), 1);
}

FLOW_TEST(others_get_nothing_and_no_hint)
FLOW_TEST(a_stranger_with_a_good_form_changes_nothing)
FLOW_TEST(a_case_of_an_account_is_seen_by_its_owner_everywhere_and_by_no_other_account)
FLOW_TEST(the_follow_link_lets_in_by_a_button_as_often_as_needed)
FLOW_TEST(the_status_page_says_where_it_stands)
FLOW_TEST(a_file_comes_as_an_attachment_without_an_origin)
FLOW_TEST(an_answer_sent_twice_arrives_once_and_the_clock_goes_on)
FLOW_TEST(files_wait_in_the_form_until_it_is_sent)
FLOW_TEST(a_message_can_be_written_on_the_status_page_itself)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FLOW_UNIT_TESTS(what_a_clerk_wrote_is_marked_as_german_on_an_english_page),
		FLOW_UNIT_TESTS(others_get_nothing_and_no_hint),
		FLOW_UNIT_TESTS(a_stranger_with_a_good_form_changes_nothing),
		FLOW_UNIT_TESTS(a_case_of_an_account_is_seen_by_its_owner_everywhere_and_by_no_other_account),
		FLOW_UNIT_TESTS(the_follow_link_lets_in_by_a_button_as_often_as_needed),
		FLOW_UNIT_TESTS(the_status_page_says_where_it_stands),
		FLOW_UNIT_TESTS(a_file_comes_as_an_attachment_without_an_origin),
		FLOW_UNIT_TESTS(an_answer_sent_twice_arrives_once_and_the_clock_goes_on),
		FLOW_UNIT_TESTS(files_wait_in_the_form_until_it_is_sent),
		FLOW_UNIT_TESTS(a_message_can_be_written_on_the_status_page_itself),
	};

	return cmocka_run_group_tests_name("follow", tests, NULL, NULL);
}
