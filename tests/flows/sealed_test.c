/* SPDX-License-Identifier: EUPL-1.2 */
/* Somebody who can write the database, and has no keys, moves sealed bytes from row to row inside one case: it is found out. */
#include "support/sent.h"

static int swap_messages(struct dbc *db, void *arg)
{
	return db_exec(db, SQL_ALL_TENANTS("test", "UPDATE message SET sealed = (SELECT m.sealed FROM message m WHERE m.case_id = message.case_id AND "
		"m.message_id <> message.message_id ORDER BY m.message_id LIMIT 1) WHERE tenant_id = $1"), VI(*(int64_t *)arg));
}

static int swap_events(struct dbc *db, void *arg)
{
	return db_exec(db, SQL_ALL_TENANTS("test", "UPDATE case_event SET sealed = (SELECT e.sealed FROM case_event e WHERE e.case_id = case_event.case_id "
		"AND e.seq <> case_event.seq ORDER BY e.seq LIMIT 1) WHERE tenant_id = $1"), VI(*(int64_t *)arg));
}

static int read_again(struct house_test *t, const struct sent *s)
{
	struct ctx c = house_test_ctx(t);
	struct casefile *f;
	struct grant g;
	int rc;

	assert_ok(case_authorize_system(&c, s->tenant, s->id, &g));
	assert_ok(case_open(&c, &g, &f));
	rc = casefile_messages(f);
	if (!rc)
		rc = casefile_events(f);
	ctx_done(&c);
	return rc;
}

static void rows_of_one_case_that_change_places_are_refused(struct house_test *t)
{
	int (*const swaps[])(struct dbc *, void *) = { swap_messages, swap_events };

	for (size_t i = 0; i < sizeof swaps / sizeof *swaps; i++) {
		struct sent s = sent_case(t, browser_new(t, "localhost"), true);
		struct ctx k = sent_clerk(t, &s, ROLE_CLERK);
		int64_t tenant = s.tenant.v;

		sent_asks(&k, &s, "Welcher Vorname?", 0);
		house_test_move(t, 60);
		sent_asks(&k, &s, "Und welcher Ort?", 0);
		assert_ok(read_again(t, &s));
		assert_ok(test_unit(t->house->db, TENANT_ALL, swaps[i], &tenant));
		assert_int_equal(read_again(t, &s), ERR_CRYPTO);
	}
}
FLOW_TEST(rows_of_one_case_that_change_places_are_refused)

static void what_was_sealed_before_rows_were_bound_is_still_read(void **state)
{
	struct arena *a = arena_new(0);
	struct key k = key_random();
	tenant_id t = { 7 };
	case_id id = { 11 };
	struct event e = { .at.us = 5, .kind = EVENT_NOTE };
	str plain;

	for (int i = 0; i < 2000; i++) { /* one in 256 begins like the new format */
		str old = seal(a, &k, S("7/11/note"), S("Notiz"));

		assert_ok(case_unseal(a, &k, t, id, "note", 3, old, &plain));
		assert_true(str_eq(plain, S("Notiz")));
	}
	e.sealed = seal(a, &k, S("7/11/event"), S("{}"));
	assert_ok(event_unseal(a, &k, t, id, &e, &plain));
	assert_int_equal(case_unseal(a, &k, t, (case_id){ 12 }, "note", 3, seal(a, &k, S("7/11/note"), S("x")), &plain), ERR_CRYPTO);
	assert_int_equal(case_unseal(a, &k, t, id, "note", 4, case_seal(a, &k, t, id, "note", 3, S("x")), &plain), ERR_CRYPTO);
	assert_int_equal(case_unseal(a, &k, t, id, "note", 0, case_seal(a, &k, t, id, "note", 3, S("x")), &plain), ERR_CRYPTO);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FLOW_UNIT_TESTS(rows_of_one_case_that_change_places_are_refused),
		cmocka_unit_test(what_was_sealed_before_rows_were_bound_is_still_read),
	};

	return cmocka_run_group_tests_name("sealed", tests, NULL, NULL);
}
