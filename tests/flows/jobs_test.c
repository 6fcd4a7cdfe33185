/* SPDX-License-Identifier: EUPL-1.2 */
/* The background jobs on a whole house: what they do once, what they leave alone. Both engines. */
#include "jobs/worker.h"
#include "support/house.h"
#include "support/sent.h"
#include "wire/receipt.h"

static int run(struct house_test *t, int (*job)(struct job_run *), size_t *ret_n)
{
	AUTO(arena_freep) struct arena *a = arena_new(16 * 1024);
	struct job_run r = { .house = t->house, .arena = a };
	int rc = job(&r);

	if (ret_n)
		*ret_n = r.n;
	return rc;
}

#define COUNT(t, table, where) house_test_count((t), SQL_ALL_TENANTS("test", "SELECT COUNT(*) FROM " table " WHERE " where))

struct root_row {
	str jws;
	int64_t leaves;
	struct digest root;
};

static struct root_row read_root(struct house_test *t, int32_t day)
{
	AUTO(db_read_done) struct dbc *db = NULL;
	AUTO(rows_done) struct rows *r = NULL;
	struct root_row x = { 0 };

	assert_ok(db_read(t->house->db, TENANT_ALL, 0, &db));
	assert_ok(db_query(db, &r, SQL_ALL_TENANTS("test", "SELECT jws, leaves, root FROM day_root WHERE day = $1"), VI(day)));
	assert_true(rows_next(r));
	x = (struct root_row){ .jws = str_dup(t->arena, row_str(r, 0)), .leaves = row_int(r, 1) };
	assert_int_equal(row_str(r, 2).n, sizeof x.root);
	memcpy(x.root.b, row_str(r, 2).p, sizeof x.root);
	assert_false(rows_next(r));
	return x;
}

static struct jose_keys public_keys(struct house_test *t)
{
	struct signing_key *k;
	struct jose_key *list;
	size_t n;

	assert_ok(keys_signing_list(t->house->keys, t->arena, &k, &n));
	list = ARENA_ARRAY(t->arena, struct jose_key, n);
	for (size_t i = 0; i < n; i++)
		list[i] = (struct jose_key){ str_dup(t->arena, str_c(k[i].kid)), k[i].pub };
	return (struct jose_keys){ list, n };
}

static void the_day_is_closed_with_a_signed_root_once_and_chained_to_the_day_before(struct house_test *t)
{
	struct dayroot first, second;
	struct jose_keys keys;
	struct root_row row;
	int32_t today = date_days(date_today(&t->clock));
	size_t n;

	assert_ok(run(t, job_day_root, &n));
	assert_int_equal(n, 0); /* nobody has a case */
	(void)sent_case(t, browser_new(t, "localhost"), true);
	assert_ok(run(t, job_day_root, &n));
	assert_int_equal(n, 1);
	assert_ok(run(t, job_day_root, &n));
	assert_int_equal(n, 0);
	keys = public_keys(t);
	row = read_root(t, today - 1);
	assert_ok(dayroot_verify(t->arena, &keys, row.jws, &first));
	assert_true(digest_eq(&first.root, &row.root));
	assert_int_equal(first.count, 1);
	house_test_move(t, 86400);
	(void)sent_case(t, browser_new(t, "localhost"), true);
	assert_ok(run(t, job_day_root, &n));
	assert_int_equal(n, 1);
	row = read_root(t, today);
	assert_ok(dayroot_verify(t->arena, &keys, row.jws, &second));
	assert_int_equal(second.count, 2);
	assert_true(digest_eq(&second.previous, &first.root));
	assert_false(digest_eq(&second.root, &first.root));
}
FLOW_TEST(the_day_is_closed_with_a_signed_root_once_and_chained_to_the_day_before)

static void what_has_expired_goes_and_what_is_sent_stays(struct house_test *t)
{
	struct browser *b = browser_new(t, "localhost");
	size_t n;

	(void)sent_case(t, browser_new(t, "localhost"), true);
	browser_get(b, "/leipzig/leistung/geburtsurkunde");
	browser_post(b, "/leipzig/leistung/geburtsurkunde/antrag", NULL);
	assert_int_equal(COUNT(t, "draft", "case_id IS NULL"), 1);
	assert_ok(run(t, job_retention, &n));
	assert_int_equal(COUNT(t, "draft", "case_id IS NULL"), 1);
	assert_true(COUNT(t, "session", "1 = 1") > 0);
	house_test_move(t, 29 * 86400);
	assert_ok(run(t, job_retention, NULL));
	assert_int_equal(COUNT(t, "draft", "case_id IS NULL"), 1);
	house_test_move(t, 400 * 86400);
	assert_ok(run(t, job_retention, NULL));
	assert_int_equal(COUNT(t, "draft", "1 = 1"), 0);
	assert_int_equal(COUNT(t, "draft_file", "1 = 1"), 0);
	assert_int_equal(COUNT(t, "session", "1 = 1"), 0);
	assert_int_equal(COUNT(t, "session_case", "1 = 1"), 0);
	assert_int_equal(COUNT(t, "once", "1 = 1"), 0);
	assert_int_equal(COUNT(t, "cases", "1 = 1"), 1);
	assert_int_equal(COUNT(t, "case_content", "kind = 'submission'"), 1);
}
FLOW_TEST(what_has_expired_goes_and_what_is_sent_stays)

static int close_them(struct dbc *db, void *arg)
{
	(void)arg;
	TRY(db_exec(db, SQL_ALL_TENANTS("test", "UPDATE cases SET phase = 60")));
	return db_exec(db, SQL_ALL_TENANTS("test", "UPDATE case_event SET kind = 'closed'"));
}

static int64_t case_key_id(struct house_test *t)
{
	return house_test_count(t, SQL_ALL_TENANTS("test", "SELECT key_id FROM cases"));
}

/* geburtsurkunde: five years after the end of the year of closing (2026). The clock stands at 23 November 2026. */
static void a_closed_case_is_destroyed_after_the_retention_of_its_service_and_an_open_one_stays(struct house_test *t)
{
	struct sent s = sent_case(t, browser_new(t, "localhost"), true);
	struct key k;
	size_t n;

	house_test_move(t, INT64_C(39) * 86400 + INT64_C(1826) * 86400); /* 1 January 2032 */
	assert_ok(run(t, job_case_retention, &n));
	assert_int_equal(n, 0); /* open */
	assert_ok(test_unit(t->house->db, TENANT_ALL, close_them, NULL));
	house_test_move(t, -2 * 86400); /* 30 December 2031 */
	assert_ok(run(t, job_case_retention, &n));
	assert_int_equal(n, 0);
	house_test_move(t, 2 * 86400);
	assert_ok(keys_get(t->house->keys, s.tenant.v, case_key_id(t), &k));
	assert_ok(run(t, job_case_retention, &n));
	assert_int_equal(n, 1);
	assert_rc(keys_get(t->house->keys, s.tenant.v, case_key_id(t), &k), ERR_DESTROYED);
	assert_int_equal(COUNT(t, "cases", "phase = 90 AND substate = 'retention' AND destroyed_at IS NOT NULL"), 1);
	assert_int_equal(COUNT(t, "case_content", "1 = 1"), 0);
	assert_int_equal(COUNT(t, "draft", "1 = 1"), 0);
	assert_ok(run(t, job_case_retention, &n));
	assert_int_equal(n, 0);
}
FLOW_TEST(a_closed_case_is_destroyed_after_the_retention_of_its_service_and_an_open_one_stays)

static int bury(struct dbc *db, void *arg)
{
	const int64_t *now = arg;

	return db_exec(db, SQL_ALL_TENANTS("test", "UPDATE cases SET phase = 90, destroyed_at = $1"), VI(*now));
}

static void a_tombstone_whose_key_is_still_there_after_a_crash_loses_it(struct house_test *t)
{
	struct sent s = sent_case(t, browser_new(t, "localhost"), true);
	int64_t now = clock_now(&t->clock).us;
	struct key k;
	size_t n;

	assert_ok(test_unit(t->house->db, TENANT_ALL, bury, &now));
	assert_ok(keys_get(t->house->keys, s.tenant.v, case_key_id(t), &k));
	assert_ok(run(t, job_case_retention, &n));
	assert_int_equal(n, 1);
	assert_rc(keys_get(t->house->keys, s.tenant.v, case_key_id(t), &k), ERR_DESTROYED);
}
FLOW_TEST(a_tombstone_whose_key_is_still_there_after_a_crash_loses_it)

static void the_draft_and_its_receipt_page_go_thirty_days_after_the_submission(struct house_test *t)
{
	(void)sent_case(t, browser_new(t, "localhost"), true);
	house_test_move(t, 29 * 86400);
	assert_ok(run(t, job_retention, NULL));
	assert_int_equal(COUNT(t, "draft", "receipt_page IS NOT NULL"), 1);
	house_test_move(t, 2 * 86400);
	assert_ok(run(t, job_retention, NULL));
	assert_int_equal(COUNT(t, "draft", "1 = 1"), 0);
	assert_int_equal(COUNT(t, "case_content", "kind = 'submission'"), 1);
}
FLOW_TEST(the_draft_and_its_receipt_page_go_thirty_days_after_the_submission)

/* Ids carry their time: what is swept must be older than a day. */
static int64_t old_blob(struct house_test *t, const char *bytes)
{
	static int64_t count;
	int64_t id = id_next(t->house->clock) - ((INT64_C(40) * 86400 * 1000) << 22) + ++count;
	struct blob_info info;

	assert_ok(blob_put(t->house->blobs, TENANT_PORTAL.v, id, str_c(bytes), &info));
	return id;
}

static bool blob_is_there(struct house_test *t, int64_t id)
{
	struct key any = { { 0 } };
	bool last;
	str part;

	return blob_read_chunk(t->house->blobs, t->arena, TENANT_PORTAL.v, id, &any, 0, &part, &last) != ERR_NOTFOUND;
}

struct referred {
	int64_t id;
	str sealed;
};

static int refer_attachment(struct dbc *db, void *arg)
{
	const struct referred *x = arg;

	return db_exec(db, SQL_ALL_TENANTS("test", "UPDATE attachment SET attachment_id = $1, meta = $2"), VI(x->id), VB(x->sealed));
}

static int refer_letter(struct dbc *db, void *arg)
{
	const int64_t *id = arg;

	return db_exec(db, SQL_ALL_TENANTS("test", "INSERT INTO letter (tenant_id, case_id, letter_id, kind, template, state, clerk_id, sealed, blob_id, created_at, "
		"post_task) SELECT tenant_id, case_id, 1, 'copy', '', 3, 0, reference_bytes, $1, 0, 0 FROM (SELECT tenant_id, case_id, handle_hash AS "
		"reference_bytes FROM cases) x"), VI(*id));
}

static void sweeping_takes_orphans_and_nothing_that_a_case_refers_to(struct house_test *t)
{
	int64_t orphan = old_blob(t, "nobody's"), file, letter;
	struct sent s = sent_case(t, browser_new(t, "localhost"), true);
	struct casefile *f = sent_now(t, &s);
	struct referred attached;
	size_t n;

	file = old_blob(t, "an attachment");
	attached = (struct referred){ file, casefile_seal(f, "file", file, stored_file_json(t->arena, &f->file[0].stored)) };
	letter = old_blob(t, "a letter");
	assert_ok(test_unit(t->house->db, TENANT_ALL, refer_attachment, &attached));
	assert_ok(test_unit(t->house->db, TENANT_ALL, refer_letter, &letter));
	assert_ok(run(t, job_sweep, &n));
	assert_int_equal(n, 1);
	assert_false(blob_is_there(t, orphan));
	assert_true(blob_is_there(t, file));
	assert_true(blob_is_there(t, letter));
}
FLOW_TEST(sweeping_takes_orphans_and_nothing_that_a_case_refers_to)

static void a_mail_that_no_relay_takes_waits_and_counts_its_tries(struct house_test *t)
{
	size_t n;

	(void)sent_case(t, browser_new(t, "localhost"), true);
	assert_int_equal(COUNT(t, "outbox", "kind = 'mail'"), 1);
	for (int i = 1; i <= 3; i++) {
		assert_ok(run(t, job_mail, &n)); /* smtp://127.0.0.1:1 */
		assert_int_equal(n, 1);
		assert_ok(run(t, job_mail, &n));
		assert_int_equal(n, 0); /* its pause runs */
		assert_int_equal(house_test_count(t, SQL_ALL_TENANTS("test", "SELECT attempts FROM outbox WHERE kind = 'mail' AND state = 1 AND lease_until = 0")), i);
		house_test_move(t, 3600);
	}
	t->house->conf.smtp_url = STR_EMPTY;
	assert_ok(run(t, job_mail, &n));
	assert_int_equal(n, 0); /* no relay is set: mails stay in the queue, nothing is counted */
	assert_int_equal(house_test_count(t, SQL_ALL_TENANTS("test", "SELECT attempts FROM outbox WHERE kind = 'mail'")), 3);
}
FLOW_TEST(a_mail_that_no_relay_takes_waits_and_counts_its_tries)

static void a_decision_that_nobody_fetches_becomes_a_task_once(struct house_test *t)
{
	struct sent s = sent_case(t, browser_new(t, "localhost"), true);
	struct ctx clerk = sent_clerk(t, &s, ROLE_LEAD);
	int64_t mails;
	size_t n;

	sent_decides(&clerk, &s, "erteilt");
	ctx_done(&clerk);
	assert_ok(run(t, job_deadlines, &n));
	assert_int_equal(n, 0);
	mails = COUNT(t, "outbox", "kind = 'mail'");
	house_test_move(t, 30 * 86400);
	assert_ok(run(t, job_deadlines, &n));
	assert_int_equal(n, 1);
	assert_int_equal(COUNT(t, "letter", "post_task = 1"), 1);
	assert_int_equal(COUNT(t, "outbox", "kind = 'mail'"), mails + 1); /* the applicant is told, once */
	assert_ok(run(t, job_deadlines, &n));
	assert_int_equal(n, 0);
	assert_int_equal(COUNT(t, "outbox", "kind = 'mail'"), mails + 1);
}
FLOW_TEST(a_decision_that_nobody_fetches_becomes_a_task_once)

/* ---- hand-over: nobody listens at port 1 ---- */

static void take_secrets(struct browser *b, str *ret_secret, str *ret_credential)
{
	str rest = b->body, mark = S("<dd class=\"s-secret\">"), found[2] = { STR_EMPTY, STR_EMPTY };

	for (int i = 0; i < 2; i++) {
		ptrdiff_t at = str_find(rest, mark), end;

		assert_true(at >= 0);
		rest = str_sub(rest, (size_t)at + mark.n, rest.n);
		end = str_find(rest, S("</dd>"));
		assert_true(end > 0);
		found[i] = str_dup(b->arena, str_sub(rest, 0, (size_t)end));
	}
	*ret_secret = found[0];
	*ret_credential = found[1];
}

static int api(struct browser *b, const char *path, str credential, enum method method, str body, str key)
{
	return browser_send(b, &(struct web_request){ .method = method, .host = S("localhost"), .path = str_c(path), .body = body,
		.content_type = S("application/json"), .idempotency_key = key,
		.authorization = credential.n ? str_fmt(b->arena, "Bearer %.*s", STR_FMT(credential)) : STR_EMPTY });
}

static void software_sees_what_was_handed_over_to_it_and_nothing_else(struct house_test *t)
{
	struct browser *admin = browser_clerk(t, "leipzig", ROLE_ADMIN), *other = browser_clerk(t, "dresden", ROLE_ADMIN), *b = browser_new(t, "localhost");
	str secret, mine, foreign, handle;
	struct sent s;
	size_t n;

	t->house->conf.delivery_exceptions = S("127.0.0.1:1");
	t->house->conf.call_seconds = 2;
	t->house->conf.retry_seconds = 30;
	t->house->conf.retry_most = 2;
	assert_int_equal(browser_get(admin, "/zustellpunkte"), 200);
	browser_post(admin, "/zustellpunkte", "leistung", "geburtsurkunde", "adresse", "http://127.0.0.1:1/", NULL);
	take_secrets(admin, &secret, &mine);
	assert_int_equal(secret.n, 43);
	assert_int_equal(browser_get(other, "/zustellpunkte"), 200);
	browser_post(other, "/zustellpunkte", "leistung", "*", "adresse", "http://127.0.0.1:1/", NULL);
	take_secrets(other, &secret, &foreign);

	s = sent_case(t, browser_new(t, "localhost"), true);
	handle = s.handle;
	const char *path = str_z(t->arena, str_fmt(t->arena, "/api/v1/cases/%.*s", STR_FMT(handle)));
	const char *status = str_z(t->arena, str_fmt(t->arena, "%s/status", path));
	assert_int_equal(api(b, path, mine, METHOD_GET, STR_EMPTY, STR_EMPTY), 404); /* not handed over yet */
	assert_ok(run(t, job_delivery, &n));
	assert_int_equal(n, 1);
	assert_int_equal(COUNT(t, "delivery", "result = 'lost' AND attempt = 1"), 1);
	house_test_move(t, 3600);
	assert_ok(run(t, job_delivery, &n));
	assert_int_equal(COUNT(t, "outbox", "kind = 'delivery' AND state = 3 AND attempts = 2"), 1);
	assert_int_equal(sent_events(sent_now(t, &s), EVENT_HAND_OVER_FAILED), 1);
	assert_int_equal(sent_events(sent_now(t, &s), EVENT_HANDED_OVER), 0);

	assert_int_equal(api(b, path, mine, METHOD_GET, STR_EMPTY, STR_EMPTY), 200); /* it may have arrived: what was begun may be read */
	assert_page(b, "\"answers\"");
	assert_page(b, "Ausweis.pdf");
	assert_int_equal(api(b, path, foreign, METHOD_GET, STR_EMPTY, STR_EMPTY), 404);
	assert_int_equal(api(b, path, STR_EMPTY, METHOD_GET, STR_EMPTY, STR_EMPTY), 401);
	assert_int_equal(api(b, status, foreign, METHOD_POST, S("{\"state\":\"in_work\"}"), S("key-00001")), 404);
	assert_int_equal(api(b, status, mine, METHOD_POST, S("{\"state\":\"in_work\"}"), S("key-00001")), 200);
	assert_int_equal(api(b, status, mine, METHOD_POST, S("{\"state\":\"in_work\"}"), S("key-00001")), 200);
	assert_page(b, "\"repeated\":true");
	assert_int_equal(api(b, status, mine, METHOD_POST, S("{\"state\":\"closed\"}"), S("key-00001")), 422);
	assert_int_equal(sent_events(sent_now(t, &s), EVENT_SOFTWARE_STATUS), 1);
	assert_int_equal(sent_now(t, &s)->row.phase, PHASE_IN_WORK);
}
FLOW_TEST(software_sees_what_was_handed_over_to_it_and_nothing_else)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FLOW_UNIT_TESTS(sweeping_takes_orphans_and_nothing_that_a_case_refers_to),
		FLOW_UNIT_TESTS(the_day_is_closed_with_a_signed_root_once_and_chained_to_the_day_before),
		FLOW_UNIT_TESTS(what_has_expired_goes_and_what_is_sent_stays),
		FLOW_UNIT_TESTS(a_closed_case_is_destroyed_after_the_retention_of_its_service_and_an_open_one_stays),
		FLOW_UNIT_TESTS(a_tombstone_whose_key_is_still_there_after_a_crash_loses_it),
		FLOW_UNIT_TESTS(the_draft_and_its_receipt_page_go_thirty_days_after_the_submission),
		FLOW_UNIT_TESTS(a_mail_that_no_relay_takes_waits_and_counts_its_tries),
		FLOW_UNIT_TESTS(a_decision_that_nobody_fetches_becomes_a_task_once),
		FLOW_UNIT_TESTS(software_sees_what_was_handed_over_to_it_and_nothing_else),
	};

	return cmocka_run_group_tests_name("jobs", tests, NULL, NULL);
}
