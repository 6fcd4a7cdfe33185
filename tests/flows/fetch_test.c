/* SPDX-License-Identifier: EUPL-1.2 */
/* A case comes to its end in its applicant's hands: withdrawn, decision fetched or posted, copy, payment; also all at the same moment. */
#include <pthread.h>

#include "support/sent.h"

#include "usecase/applicant.h"
#include "usecase/copy.h"
#include "usecase/tenants.h"

/* ---- withdrawing ---- */

static void withdrawing_from_two_tabs_happens_once(struct house_test *t)
{
	struct browser *b = browser_new(t, "localhost"), *tab;
	struct sent s = sent_case(t, b, true);
	struct casefile *f;

	assert_int_equal(browser_get(b, sent_at(t, &s, "/zurueckziehen")), 200);
	tab = second_tab(t, b);
	assert_int_equal(browser_get(tab, sent_at(t, &s, "/zurueckziehen")), 200); /* a form of its own */
	browser_post(b, NULL, "grund", "Habe sie gefunden", NULL);
	assert_on(b, s.path);
	assert_page(b, "Sie haben den Antrag zurückgezogen");
	browser_post(tab, NULL, NULL);
	assert_page(tab, "Sie haben den Antrag zurückgezogen");
	f = sent_now(t, &s);
	assert_int_equal(f->row.phase, PHASE_WITHDRAWN);
	assert_int_equal(sent_events(f, EVENT_WITHDRAWN), 1);
	assert_true(f->row.unread);
	assert_false(browser_has_field(b, "text")); /* no more messages */
	assert_int_equal(browser_get(b, sent_at(t, &s, "/antwort")), 200);
	assert_on(b, s.path);
	assert_page(b, "schon abgeschlossen");
}

static void a_decision_that_was_faster_than_the_withdrawal_stands(struct house_test *t)
{
	struct browser *b = browser_new(t, "localhost");
	struct sent s = sent_case(t, b, true);
	struct ctx k = sent_clerk(t, &s, ROLE_CLERK);

	assert_int_equal(browser_get(b, sent_at(t, &s, "/zurueckziehen")), 200);
	sent_decides(&k, &s, "erteilt");
	browser_post(b, NULL, NULL);
	assert_page(b, "lässt sich nicht mehr zurückziehen");
	assert_int_equal(sent_now(t, &s)->row.phase, PHASE_KNOWN);
	assert_int_equal(sent_events(sent_now(t, &s), EVENT_WITHDRAWN), 0);
}

/* ---- how the decision comes ---- */

static void the_way_of_the_decision_can_be_changed_until_it_is_sent(struct house_test *t)
{
	struct browser *b = browser_new(t, "localhost"), *tab;
	struct sent s = sent_case(t, b, false);
	struct ctx k = sent_clerk(t, &s, ROLE_CLERK);

	assert_int_equal(browser_get(b, sent_at(t, &s, "/bekanntgabe")), 200);
	tab = second_tab(t, b);
	browser_post(b, NULL, NULL);
	assert_on(b, s.path);
	assert_true(sent_now(t, &s)->row.online_consent);
	browser_post(tab, NULL, NULL); /* the same form once more */
	assert_int_equal(sent_events(sent_now(t, &s), EVENT_CONSENT), 1);
	assert_int_equal(browser_get(b, sent_at(t, &s, "/bekanntgabe")), 200);
	sent_decides(&k, &s, "erteilt");
	browser_post(b, NULL, NULL);
	assert_page(b, "schon unterwegs");
	assert_true(sent_now(t, &s)->row.online_consent);
}

/* ---- the decision ---- */

static void the_first_retrieval_is_recorded_and_stays_the_first(struct house_test *t)
{
	struct browser *b = browser_new(t, "localhost"), *tab;
	struct sent s = sent_case(t, b, true);
	struct ctx k = sent_clerk(t, &s, ROLE_CLERK);
	const struct case_letter *l;
	struct casefile *f;
	str first;
	instant when;

	assert_int_equal(browser_get(b, sent_at(t, &s, "/bescheid.pdf")), 404);
	sent_decides(&k, &s, "erteilt");
	house_test_move(t, 2 * 86400);
	assert_int_equal(browser_get(b, sent_at(t, &s, "/bescheid.pdf")), 200); /* an address alone records nothing and gives nothing */
	assert_on(b, s.path);
	assert_page(b, "Bescheid abholen");
	assert_int_equal(casefile_sent(sent_now(t, &s))->row.fetched_at.us, 0);
	tab = second_tab(t, b);
	browser_post(b, sent_at(t, &s, "/bescheid"), NULL);
	assert_status(b, 200);
	assert_str(b->type, S("application/pdf"));
	assert_true(str_has_prefix(b->body, S("%PDF-")));
	first = b->body;
	f = sent_now(t, &s);
	l = casefile_sent(f);
	when = l->row.fetched_at;
	assert_int_equal(when.us, t->clock.fixed_us);
	assert_int_equal(l->row.known_on, date_days(date_today(&t->clock)) + 1);
	house_test_move(t, 3 * 86400);
	browser_post(tab, sent_at(t, &s, "/bescheid"), "once", "eine-andere-marke", NULL);
	assert_str(tab->type, S("application/pdf"));
	assert_true(str_eq(tab->body, first));
	assert_int_equal(browser_get(b, sent_at(t, &s, "/bescheid.pdf")), 200);
	assert_true(str_eq(b->body, first));
	f = sent_now(t, &s);
	assert_int_equal(casefile_sent(f)->row.fetched_at.us, when.us);
	assert_int_equal(sent_events(f, EVENT_FETCHED), 1);
	assert_int_equal(browser_get(b, s.path), 200);
	assert_page(b, "bekannt gegeben");
	assert_page(b, "Bescheid herunterladen");
}

static void a_decision_that_nobody_fetches_goes_by_post(struct house_test *t)
{
	struct browser *b = browser_new(t, "localhost");
	struct sent s = sent_case(t, b, true);
	struct ctx k = sent_clerk(t, &s, ROLE_CLERK), job;
	struct casefile *f;
	size_t n;

	sent_decides(&k, &s, "erteilt"); /* Monday 23 November: the tenth day is Thursday 3 December */
	assert_int_equal(browser_get(b, s.path), 200);
	house_test_move(t, 10 * 86400);
	job = house_test_ctx(t);
	assert_ok(unfetched_scan(&job, s.tenant, &n));
	ctx_done(&job);
	assert_int_equal(n, 0);
	house_test_move(t, 86400);
	browser_post(b, sent_at(t, &s, "/bescheid"), NULL); /* too late, although the job has not run yet */
	assert_on(b, s.path);
	assert_page(b, "mit der Post");
	assert_int_equal(casefile_sent(sent_now(t, &s))->row.fetched_at.us, 0);
	for (size_t want = 1, runs = 0; runs < 2; want = 0, runs++) {
		job = house_test_ctx(t);
		assert_ok(unfetched_scan(&job, s.tenant, &n));
		ctx_done(&job);
		assert_int_equal(n, want);
	}
	f = sent_now(t, &s);
	assert_true(casefile_sent(f)->row.post_task);
	assert_true(f->row.unread);
	assert_int_equal(sent_events(f, EVENT_POST_DUE), 1);
	assert_int_equal(sent_events(f, EVENT_FETCHED), 0);
	assert_int_equal(browser_get(b, sent_at(t, &s, "/bescheid.pdf")), 200);
	assert_on(b, s.path);
}

static void a_decision_by_post_is_read_here_only_after_it_was_posted(struct house_test *t)
{
	struct browser *b = browser_new(t, "localhost");
	struct sent s = sent_case(t, b, false);
	struct ctx k = sent_clerk(t, &s, ROLE_CLERK);
	struct casefile *f;

	sent_decides(&k, &s, "abgelehnt");
	assert_true(casefile_sent(sent_now(t, &s))->row.post_task);
	assert_int_equal(browser_get(b, s.path), 200);
	assert_page(b, "mit der Post");
	assert_no_page(b, "abgelehnt");
	assert_no_page(b, "refused");
	assert_no_page(b, "Bescheid abholen");
	assert_no_page(b, "bezahlen Sie");
	assert_int_equal(browser_get(b, sent_at(t, &s, "/bescheid.pdf")), 200);
	assert_on(b, s.path);
	assert_str(b->type, S("text/html; charset=utf-8"));
	sent_posts(&k, &s);
	assert_int_equal(browser_get(b, s.path), 200);
	assert_page(b, "abgelehnt");
	assert_page(b, "als bekannt gegeben");
	assert_no_page(b, "bezahlen Sie"); /* a refusal that names no fee has none */
	assert_int_equal(browser_get(b, sent_at(t, &s, "/bescheid.pdf")), 200);
	assert_str(b->type, S("application/pdf"));
	f = sent_now(t, &s);
	assert_int_equal(casefile_sent(f)->row.fetched_at.us, 0); /* reading the copy is no retrieval */
	assert_int_equal(casefile_sent(f)->row.known_on, date_days(date_today(&t->clock)) + 4);
}

/* ---- the copy ---- */

static void the_copy_is_made_once(struct house_test *t)
{
	struct browser *b = browser_new(t, "localhost");
	struct sent s = sent_case(t, b, true);
	str first;

	assert_int_equal(browser_get(b, sent_at(t, &s, "/kopie.pdf")), 200);
	assert_str(b->type, S("application/pdf"));
	first = b->body;
	assert_true(str_has_prefix(first, S("%PDF-")));
	assert_true(first.n > 5000);
	house_test_move(t, 86400);
	assert_int_equal(browser_get(b, sent_at(t, &s, "/kopie.pdf?lang=en")), 200);
	assert_true(str_eq(b->body, first));
	house_test_reopen(t);
	b->test = t;
	assert_int_equal(browser_get(b, sent_at(t, &s, "/kopie.pdf")), 200);
	assert_true(str_eq(b->body, first));
	assert_int_equal(sent_events(sent_now(t, &s), EVENT_COPY_MADE), 1);
}

static struct copy *opened(struct house_test *t, const struct sent *s, enum lang l)
{
	struct ctx *c = ARENA_NEW(t->arena, struct ctx);
	struct casefile *f;
	struct grant g;
	struct copy *p;

	*c = house_test_ctx(t);
	c->lang = l;
	assert_ok(case_authorize_system(c, s->tenant, s->id, &g));
	assert_ok(case_open(c, &g, &f));
	assert_ok(copy_open(f, &p));
	ctx_done(c);
	return p;
}

static void two_first_copies_at_once_are_the_same(struct house_test *t)
{
	struct browser *b = browser_new(t, "localhost");
	struct sent s = sent_case(t, b, true);
	struct copy *one = opened(t, &s, LANG_DE), *two = opened(t, &s, LANG_EN);

	copy_work(one);
	copy_work(two);
	assert_ok(one->rc);
	assert_ok(two->rc);
	assert_false(str_eq(one->bytes, two->bytes)); /* two languages: only one of them may become the copy */
	assert_ok(copy_keep(one));
	assert_ok(ctx_commit_wait(one->f->ctx));
	assert_ok(copy_keep(two));
	assert_ok(ctx_commit_wait(two->f->ctx));
	assert_false(one->other);
	assert_true(two->other);
	assert_int_equal(browser_get(b, sent_at(t, &s, "/kopie.pdf")), 200);
	assert_true(str_eq(b->body, one->bytes));
	assert_int_equal(house_test_count(t, SQL_ALL_TENANTS("test", "SELECT COUNT(*) FROM letter")), 1);
}

/* ---- at the same moment ---- */

#define RACERS 8
struct racer {
	struct ctx c;
	struct casefile *f;
	struct once *once;
	struct applicant_outcome *out;
	pthread_t thread;
	pthread_barrier_t *start;
	int rc;
};

/* The applicant of this browser, in a context of its own; all have read the case before any of them writes. */
static void line_up(struct house_test *t, const struct sent *s, struct browser *b, str token, struct racer *r)
{
	struct grant g;

	r->c = house_test_ctx(t);
	r->c.arena = arena_new(1 << 16);
	r->c.actor = (struct actor){ .kind = ACTOR_APPLICANT, .known = true, .tenant = TENANT_PORTAL,
				     .session = sha256(pairs_get(&b->cookies, S("schalter"))) };
	assert_ok(case_authorize(&r->c, s->handle, CASE_ANSWER, &g));
	assert_ok(case_open(&r->c, &g, &r->f));
	assert_ok(once_open(&r->c, S("race"), token, (struct digest){ { 0 } }, &r->once));
}

static void *race(void *arg)
{
	struct racer *r = arg;

	pthread_barrier_wait(r->start);
	r->rc = ctx_commit_wait(&r->c);
	return NULL;
}

static void run_all(struct racer *r)
{
	pthread_barrier_t start;

	assert_int_equal(pthread_barrier_init(&start, NULL, RACERS), 0);
	for (size_t i = 0; i < RACERS; i++) {
		r[i].start = &start;
		ctx_done(&r[i].c);
		assert_int_equal(pthread_create(&r[i].thread, NULL, race, &r[i]), 0);
	}
	for (size_t i = 0; i < RACERS; i++) {
		pthread_join(r[i].thread, NULL);
		assert_ok(r[i].rc);
		assert_int_equal(r[i].out->result, APPLICANT_DONE);
	}
	pthread_barrier_destroy(&start);
}

static void end_all(struct racer *r)
{
	for (size_t i = 0; i < RACERS; i++)
		arena_free(r[i].c.arena);
}

static void one_form_sent_eight_times_at_once_arrives_once(struct house_test *t)
{
	struct browser *b = browser_new(t, "localhost");
	struct sent s = sent_case(t, b, true);
	struct racer r[RACERS] = { 0 };
	size_t repeated = 0;

	for (size_t i = 0; i < RACERS; i++) {
		line_up(t, &s, b, S("ein-und-dieselbe-marke"), &r[i]);
		assert_ok(applicant_answer(r[i].f, r[i].once, &(struct answer_in){ .text = S("Einmal") }, &r[i].out));
	}
	run_all(r);
	for (size_t i = 0; i < RACERS; i++)
		repeated += r[i].out->repeated;
	assert_int_equal(repeated, RACERS - 1);
	assert_int_equal(sent_now(t, &s)->messages, 1);
	assert_int_equal(sent_events(sent_now(t, &s), EVENT_MESSAGE), 1);
	end_all(r);
}

static void eight_first_retrievals_at_once_are_one(struct house_test *t)
{
	struct browser *b = browser_new(t, "localhost");
	struct sent s = sent_case(t, b, true);
	struct ctx k = sent_clerk(t, &s, ROLE_CLERK);
	struct racer r[RACERS] = { 0 };

	sent_decides(&k, &s, "erteilt");
	for (size_t i = 0; i < RACERS; i++) {
		line_up(t, &s, b, str_fmt(t->arena, "marke-nummer-%zu", i), &r[i]);
		assert_ok(applicant_fetch(r[i].f, r[i].once, &r[i].out));
	}
	run_all(r);
	assert_int_equal(sent_events(sent_now(t, &s), EVENT_FETCHED), 1);
	end_all(r);
}

static void eight_withdrawals_at_once_are_one(struct house_test *t)
{
	struct browser *b = browser_new(t, "localhost");
	struct sent s = sent_case(t, b, true);
	struct racer r[RACERS] = { 0 };

	for (size_t i = 0; i < RACERS; i++) {
		line_up(t, &s, b, str_fmt(t->arena, "marke-nummer-%zu", i), &r[i]);
		assert_ok(applicant_withdraw(r[i].f, r[i].once, STR_EMPTY, &r[i].out));
	}
	run_all(r);
	assert_int_equal(sent_now(t, &s)->row.phase, PHASE_WITHDRAWN);
	assert_int_equal(sent_events(sent_now(t, &s), EVENT_WITHDRAWN), 1);
	end_all(r);
}

/* ---- paying ---- */

static void the_payment_notice_comes_with_the_decision(struct house_test *t)
{
	struct browser *b = browser_new(t, "localhost");
	struct sent s = sent_case(t, b, true);
	struct ctx k = sent_clerk(t, &s, ROLE_CLERK), c = house_test_ctx(t);
	struct tenant_settings bank;

	assert_ok(tenant_settings_get(&c, s.tenant, &bank));
	ctx_done(&c);
	bank.bank.iban = S("DE02120300000000202051");
	bank.bank.name = S("Stadtkasse Leipzig");
	assert_ok(tenant_settings_set(&c, s.tenant, &bank));
	assert_ok(ctx_commit_wait(&c));
	tenant_settings_forget(s.tenant);
	assert_int_equal(browser_get(b, sent_at(t, &s, "/zahlung")), 200);
	assert_on(b, s.path); /* nothing is due before the decision */
	assert_no_page(b, "bezahlen Sie");
	sent_decides(&k, &s, "erteilt");
	assert_int_equal(browser_get(b, s.path), 200);
	assert_page(b, "Bitte bezahlen Sie");
	assert_page(b, "steht im Bescheid"); /* it is not known yet, so no date */
	browser_post(b, sent_at(t, &s, "/bescheid"), NULL);
	assert_int_equal(browser_get(b, s.path), 200);
	assert_page(b, "Bitte bezahlen Sie noch die Gebühr");
	assert_no_page(b, "Jetzt müssen Sie nichts weiter tun"); /* not beside a bill */
	assert_page(b, "Bis zum 8.\u00a0Dezember 2026."); /* fetched on the 23rd of November, known on the 24th, fourteen days */
	assert_no_page(b, "Danach bearbeiten wir");
	assert_int_equal(browser_get(b, sent_at(t, &s, "/zahlung")), 200);
	assert_on(b, sent_at(t, &s, "/zahlung"));
	assert_page(b, "DE02 1203 0000 0000 2020 51");
	assert_page(b, "Stadtkasse Leipzig");
	assert_page(b, "22,00");
	assert_page(b, "8.\u00a0Dezember 2026");
	assert_true(str_contains(b->body, s.reference));
	assert_page(b, "<path d=\"M");
}

FLOW_TEST(a_decision_by_post_is_read_here_only_after_it_was_posted)
FLOW_TEST(withdrawing_from_two_tabs_happens_once)
FLOW_TEST(a_decision_that_was_faster_than_the_withdrawal_stands)
FLOW_TEST(the_way_of_the_decision_can_be_changed_until_it_is_sent)
FLOW_TEST(the_first_retrieval_is_recorded_and_stays_the_first)
FLOW_TEST(a_decision_that_nobody_fetches_goes_by_post)
FLOW_TEST(the_copy_is_made_once)
FLOW_TEST(two_first_copies_at_once_are_the_same)
FLOW_TEST(one_form_sent_eight_times_at_once_arrives_once)
FLOW_TEST(eight_first_retrievals_at_once_are_one)
FLOW_TEST(eight_withdrawals_at_once_are_one)
FLOW_TEST(the_payment_notice_comes_with_the_decision)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FLOW_UNIT_TESTS(a_decision_by_post_is_read_here_only_after_it_was_posted),
		FLOW_UNIT_TESTS(withdrawing_from_two_tabs_happens_once),
		FLOW_UNIT_TESTS(a_decision_that_was_faster_than_the_withdrawal_stands),
		FLOW_UNIT_TESTS(the_way_of_the_decision_can_be_changed_until_it_is_sent),
		FLOW_UNIT_TESTS(the_first_retrieval_is_recorded_and_stays_the_first),
		FLOW_UNIT_TESTS(a_decision_that_nobody_fetches_goes_by_post),
		FLOW_UNIT_TESTS(the_copy_is_made_once),
		FLOW_UNIT_TESTS(two_first_copies_at_once_are_the_same),
		FLOW_UNIT_TESTS(one_form_sent_eight_times_at_once_arrives_once),
		FLOW_UNIT_TESTS(eight_first_retrievals_at_once_are_one),
		FLOW_UNIT_TESTS(eight_withdrawals_at_once_are_one),
		FLOW_UNIT_TESTS(the_payment_notice_comes_with_the_decision),
	};

	return cmocka_run_group_tests_name("fetch", tests, NULL, NULL);
}
