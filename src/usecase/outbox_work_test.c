/* SPDX-License-Identifier: EUPL-1.2 */
#include "usecase/outbox_work.h"
#include <pthread.h>
#include "storage/testing.h"

/* A house with nothing but what the outbox needs, and a clock that the test moves. */
struct bench {
	struct arena *a;
	struct house house;
	struct clock clock;
	struct test_db *t;
};

#define NOON INT64_C(1795348800000000)

static void begin(struct bench *b, struct test_db *t)
{
	static char path[200];
	struct keys_options o = { .master = key_random() };
	str why;

	*b = (struct bench){ .a = arena_new(4096), .t = t, .clock = clock_fixed((instant){ NOON }) };
	snprintf(path, sizeof path, "%s/keys.db", t->dir);
	if (t->engine == DB_SQLITE)
		o.sqlite_path = path;
	else
		o.pg_conninfo = t->conninfo;
	assert_ok(keys_open(&o, &b->house.keys, &why));
	/* leases follow the database's clock: open it anew with ours */
	db_close(t->db);
	t->options.clock = &b->clock;
	test_db_reopen(t);
	b->house.db = t->db;
	b->house.clock = &b->clock;
}

static void end(struct bench *b)
{
	keys_close(b->house.keys);
	arena_free(b->a);
	b->t->options.clock = NULL;
}

struct put {
	struct outbox_row row;
};

static int put_unit(struct dbc *db, void *arg)
{
	const struct put *p = arg;

	return outbox_put(db, &p->row);
}

static int64_t put(struct bench *b, int32_t tenant)
{
	struct ctx c = ctx_system(&b->house, b->a);
	struct put p = { { .tenant = { tenant }, .id = id_next(&clock_real), .kind = S("delivery"), .due = { NOON } } };

	assert_ok(keys_tenant_make(b->house.keys, tenant));
	assert_ok(outbox_seal(&c, p.row.tenant, p.row.id, S("{\"destination\":1}"), &p.row.sealed));
	ctx_hand_over(&c, put_unit, &p, p.row.tenant, true);
	assert_ok(ctx_commit_wait(&c));
	return p.row.id;
}

static size_t claim(struct bench *b, size_t most, struct outbox_task *list)
{
	struct outbox_turn turn = { .kind = S("delivery"), .lease_s = 60, .most = most };
	size_t n;

	assert_ok(outbox_claim(&b->house, b->a, &turn, list, &n));
	return n;
}

struct settling {
	const struct outbox_task *task;
	enum outbox_end how;
	bool mine;
};

static int settle_unit(struct dbc *db, void *arg)
{
	struct settling *s = arg;

	return outbox_settle(db, s->task, s->how, INSTANT_S(30), S("timeout"), &s->mine);
}

static bool settle(struct bench *b, const struct outbox_task *t, enum outbox_end how)
{
	struct ctx c = ctx_system(&b->house, b->a);
	struct settling s = { .task = t, .how = how };

	ctx_hand_over(&c, settle_unit, &s, t->tenant, true);
	assert_ok(ctx_commit_wait(&c));
	return s.mine;
}

static void a_claimed_row_is_nobody_elses_until_the_lease_is_over(struct test_db *t)
{
	struct outbox_task one[OUTBOX_BATCH], two[OUTBOX_BATCH];
	struct ctx c;
	struct bench b;
	str plain;

	begin(&b, t);
	put(&b, 7);
	assert_int_equal(claim(&b, 4, one), 1);
	assert_int_equal(one[0].attempts, 1);
	c = ctx_system(&b.house, b.a);
	assert_ok(outbox_unseal(&c, one[0].tenant, one[0].id, one[0].sealed, &plain));
	assert_s(plain, "{\"destination\":1}");
	assert_int_equal(claim(&b, 4, two), 0);
	b.clock.fixed_us += INSTANT_S(59);
	assert_int_equal(claim(&b, 4, two), 0);
	b.clock.fixed_us += INSTANT_S(1);
	assert_int_equal(claim(&b, 4, two), 1);
	assert_int_equal(two[0].attempts, 2);
	assert_true(two[0].fence > one[0].fence);
	end(&b);
}

static void who_comes_back_after_the_lease_cannot_push_the_row_back(struct test_db *t)
{
	struct outbox_task late[OUTBOX_BATCH], now[OUTBOX_BATCH];
	struct bench b;

	begin(&b, t);
	put(&b, 7);
	assert_int_equal(claim(&b, 1, late), 1);
	b.clock.fixed_us += INSTANT_S(61);
	assert_int_equal(claim(&b, 1, now), 1);
	assert_false(settle(&b, &late[0], OUTBOX_AGAIN));
	assert_false(settle(&b, &late[0], OUTBOX_GIVE_UP));
	assert_true(settle(&b, &now[0], OUTBOX_AGAIN));
	assert_int_equal(claim(&b, 1, now), 0); /* its pause runs */
	end(&b);
}

static void what_is_done_is_done_even_after_the_lease_and_only_once(struct test_db *t)
{
	struct outbox_task late[OUTBOX_BATCH], now[OUTBOX_BATCH];
	struct bench b;

	begin(&b, t);
	put(&b, 7);
	assert_int_equal(claim(&b, 1, late), 1);
	b.clock.fixed_us += INSTANT_S(61);
	assert_int_equal(claim(&b, 1, now), 1);
	assert_true(settle(&b, &late[0], OUTBOX_DONE));
	assert_false(settle(&b, &now[0], OUTBOX_DONE));
	assert_false(settle(&b, &now[0], OUTBOX_AGAIN));
	b.clock.fixed_us += INSTANT_S(86400);
	assert_int_equal(claim(&b, 1, now), 0);
	end(&b);
}

static void waiting_for_a_destination_counts_as_no_attempt(struct test_db *t)
{
	struct outbox_task one[OUTBOX_BATCH];
	struct bench b;

	begin(&b, t);
	put(&b, 7);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(claim(&b, 1, one), 1);
		assert_int_equal(one[0].attempts, 1);
		assert_true(settle(&b, &one[0], OUTBOX_WAIT));
		b.clock.fixed_us += INSTANT_S(31);
	}
	end(&b);
}

static void given_up_rows_are_sent_again_by_hand_with_the_same_id(struct test_db *t)
{
	struct outbox_task one[OUTBOX_BATCH];
	struct outbox_resend *out;
	struct ctx c;
	struct bench b;
	int64_t id;

	begin(&b, t);
	id = put(&b, 7);
	c = ctx_system(&b.house, b.a);
	assert_int_equal(claim(&b, 1, one), 1);
	assert_true(settle(&b, &one[0], OUTBOX_GIVE_UP));
	b.clock.fixed_us += INSTANT_S(86400);
	assert_int_equal(claim(&b, 1, one), 0);
	assert_ok(outbox_resend(&c, (tenant_id){ 8 }, id, &out)); /* somebody else's tenant */
	assert_ok(ctx_commit_wait(&c));
	assert_false(out->done);
	assert_ok(outbox_resend(&c, (tenant_id){ 7 }, id, &out));
	assert_ok(ctx_commit_wait(&c));
	assert_true(out->done);
	assert_int_equal(claim(&b, 1, one), 1);
	assert_int_equal(one[0].id, id);
	assert_int_equal(one[0].attempts, 1);
	assert_ok(outbox_resend(&c, (tenant_id){ 7 }, id, &out));
	assert_ok(ctx_commit_wait(&c));
	assert_false(out->done);
	end(&b);
}

static void tenants_take_turns(struct test_db *t)
{
	struct outbox_task list[OUTBOX_BATCH];
	struct outbox_turn turn = { .kind = S("delivery"), .lease_s = 60, .most = 4 };
	int of[4] = { 0 };
	struct bench b;
	size_t n;

	begin(&b, t);
	for (int i = 0; i < 20; i++)
		put(&b, 1);
	put(&b, 2);
	put(&b, 3);
	assert_ok(outbox_claim(&b.house, b.a, &turn, list, &n));
	for (size_t i = 0; i < n; i++)
		of[list[i].tenant.v]++;
	assert_int_equal(of[2], 1);
	assert_int_equal(of[3], 1);
	assert_true(of[1] >= 1);
	end(&b);
}

#define ROWS 120
#define WORKERS 16
struct worker {
	struct bench *b;
	struct arena *a;
	int64_t got[ROWS * 2];
	size_t n;
};

static void *claim_all(void *arg)
{
	struct worker *w = arg;
	struct outbox_turn turn = { .kind = S("delivery"), .lease_s = 60, .most = 3 };
	struct outbox_task list[OUTBOX_BATCH];
	int idle = 0;
	size_t n;

	while (idle < 3) {
		int rc = outbox_claim(&w->b->house, w->a, &turn, list, &n);

		if (rc == 0 && !n)
			idle++;
		for (size_t i = 0; rc == 0 && i < n && w->n < ROWS * 2; i++)
			w->got[w->n++] = list[i].id;
	}
	return NULL;
}

static int by_id(const void *x, const void *y)
{
	int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;

	return a < b ? -1 : a > b;
}

static void sixteen_workers_claim_each_row_once(struct test_db *t)
{
	static struct worker w[WORKERS];
	static int64_t all[ROWS * WORKERS];
	pthread_t thread[WORKERS];
	struct bench b;
	size_t n = 0;

	begin(&b, t);
	for (int i = 0; i < ROWS; i++)
		put(&b, 1 + i % 5);
	for (int i = 0; i < WORKERS; i++) {
		w[i] = (struct worker){ .b = &b, .a = arena_new(4096) };
		assert_int_equal(pthread_create(&thread[i], NULL, claim_all, &w[i]), 0);
	}
	for (int i = 0; i < WORKERS; i++) {
		pthread_join(thread[i], NULL);
		for (size_t k = 0; k < w[i].n; k++)
			all[n++] = w[i].got[k];
		arena_free(w[i].a);
	}
	qsort(all, n, sizeof *all, by_id);
	assert_int_equal(n, ROWS);
	for (size_t i = 1; i < n; i++)
		assert_true(all[i] != all[i - 1]);
	end(&b);
}

static void pauses_double_up_to_six_hours_with_growing_jitter(void **state)
{
	for (int i = 0; i < 200; i++) {
		int64_t first = outbox_pause_us(1, 30), fourth = outbox_pause_us(4, 30), last = outbox_pause_us(40, 30);

		assert_in_range(first, INSTANT_S(30), INSTANT_S(45));
		assert_in_range(fourth, INSTANT_S(240), INSTANT_S(360));
		assert_in_range(last, INSTANT_S(OUTBOX_RETRY_MOST_S), INSTANT_S(OUTBOX_RETRY_MOST_S) * 3 / 2);
	}
}

STORE_TEST(a_claimed_row_is_nobody_elses_until_the_lease_is_over)
STORE_TEST(who_comes_back_after_the_lease_cannot_push_the_row_back)
STORE_TEST(what_is_done_is_done_even_after_the_lease_and_only_once)
STORE_TEST(waiting_for_a_destination_counts_as_no_attempt)
STORE_TEST(given_up_rows_are_sent_again_by_hand_with_the_same_id)
STORE_TEST(tenants_take_turns)
STORE_TEST(sixteen_workers_claim_each_row_once)

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_UNIT_TESTS(a_claimed_row_is_nobody_elses_until_the_lease_is_over),
		STORE_UNIT_TESTS(who_comes_back_after_the_lease_cannot_push_the_row_back),
		STORE_UNIT_TESTS(what_is_done_is_done_even_after_the_lease_and_only_once),
		STORE_UNIT_TESTS(waiting_for_a_destination_counts_as_no_attempt),
		STORE_UNIT_TESTS(given_up_rows_are_sent_again_by_hand_with_the_same_id),
		STORE_UNIT_TESTS(tenants_take_turns),
		STORE_UNIT_TESTS(sixteen_workers_claim_each_row_once),
		cmocka_unit_test(pauses_double_up_to_six_hours_with_growing_jitter),
	};

	return cmocka_run_group_tests_name("outbox_work", tests, NULL, NULL);
}
