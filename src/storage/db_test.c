/* SPDX-License-Identifier: EUPL-1.2 */
#include "storage/testing.h"
#include <pthread.h>

struct put {
	int32_t tenant;
	const char *service;
	int64_t active;
	int fail_after;		/* what the unit returns after it has written */
	int64_t changed;
};

static int put_row(struct dbc *c, void *arg)
{
	struct put *p = arg;

	TRY(db_exec(c, SQL("INSERT INTO probe (tenant_id, service, active) VALUES ($1, $2, $3)"),
		VI(p->tenant), VT(str_c(p->service)), VI(p->active)));
	return p->fail_after;
}

static int make_table(struct dbc *c, void *arg)
{
	struct arena *a = arena_new(1024);
	int rc = c->ops->script(c, db_expand(a, c->db->engine, "CREATE TABLE probe (tenant_id @int NOT NULL, service @text NOT NULL, "
		"active @int NOT NULL CHECK (active <> 666), bytes @bytes, @pk(tenant_id, service)) @strict; @rls(probe)").p);

	arena_free(a);
	return rc;
}

static int64_t count_rows(struct db *db, int32_t tenant)
{
	AUTO(db_read_done) struct dbc *c = NULL;
	AUTO(rows_done) struct rows *r = NULL;

	assert_ok(db_read(db, tenant, 0, &c));
	assert_ok(db_query(c, &r, SQL("SELECT count(*) FROM probe WHERE tenant_id = $1"), VI(tenant)));
	assert_true(rows_next(r));
	return row_int(r, 0);
}

static void a_unit_is_read_back(struct test_db *t)
{
	AUTO(db_read_done) struct dbc *c = NULL;
	AUTO(rows_done) struct rows *r = NULL;
	struct put p = { 7, "hundesteuer", 1, 0, 0 };

	assert_ok(test_unit(t->db, TENANT_ALL, make_table, NULL));
	assert_ok(test_unit(t->db, 7, put_row, &p));
	assert_ok(db_read(t->db, 7, 0, &c));
	assert_ok(db_query(c, &r, SQL("SELECT service, active, bytes FROM probe WHERE tenant_id = $1 AND service = $2"),
		VI(7), VT(S("hundesteuer"))));
	assert_true(rows_next(r));
	assert_s(row_str(r, 0), "hundesteuer");
	assert_int_equal(row_int(r, 1), 1);
	assert_true(row_is_null(r, 2));
	assert_false(rows_next(r));
	assert_ok(rows_error(r));
}
STORE_TEST(a_unit_is_read_back)

static void a_refused_unit_leaves_nothing(struct test_db *t)
{
	struct put p = { 7, "x", 1, ERR_DENIED, 0 };

	assert_ok(test_unit(t->db, TENANT_ALL, make_table, NULL));
	assert_rc(test_unit(t->db, 7, put_row, &p), ERR_DENIED);
	assert_int_equal(count_rows(t->db, 7), 0);
}
STORE_TEST(a_refused_unit_leaves_nothing)

static void a_duplicate_is_exists(struct test_db *t)
{
	struct put p = { 7, "x", 1, 0, 0 };

	assert_ok(test_unit(t->db, TENANT_ALL, make_table, NULL));
	assert_ok(test_unit(t->db, 7, put_row, &p));
	assert_rc(test_unit(t->db, 7, put_row, &p), ERR_EXISTS);
	assert_int_equal(count_rows(t->db, 7), 1);
}
STORE_TEST(a_duplicate_is_exists)

static int insert_or_ignore(struct dbc *c, void *arg)
{
	struct put *p = arg;

	return db_exec_n(c, &p->changed, SQL("INSERT INTO probe (tenant_id, service, active) "
		"VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"), VI(p->tenant), VT(str_c(p->service)), VI(p->active));
}

static void changed_rows_are_counted(struct test_db *t)
{
	struct put p = { 7, "x", 1, 0, -1 };

	assert_ok(test_unit(t->db, TENANT_ALL, make_table, NULL));
	assert_ok(test_unit(t->db, 7, insert_or_ignore, &p));
	assert_int_equal(p.changed, 1);
	assert_ok(test_unit(t->db, 7, insert_or_ignore, &p));
	assert_int_equal(p.changed, 0);
}
STORE_TEST(changed_rows_are_counted)

static int values_come_back(struct dbc *c, void *arg)
{
	AUTO(rows_done) struct rows *r = NULL;
	const char *insert = SQL("INSERT INTO probe (tenant_id, service, active, bytes) VALUES ($1, $2, $3, $4)");

	TRY(db_exec(c, insert, VI(1), VT(S("a\xc3\xa4")), VI(INT64_MIN), VN_BLOB()));
	TRY(db_exec(c, insert, VI(1), VT(S("b")), VI(INT64_MAX), VB(STR_EMPTY)));
	TRY(db_exec(c, insert, VI(1), VT(STR_EMPTY), VI(0), VB(str_n("\0x\xff", 3))));
	TRY(db_query(c, &r, SQL("SELECT service, active, bytes, length(bytes), sum(active) OVER () FROM probe "
		"WHERE tenant_id = $1 ORDER BY service"), VI(1)));
	assert_true(rows_next(r));
	assert_s(row_str(r, 0), "");
	assert_false(row_is_null(r, 0));
	assert_str(row_str(r, 2), str_n("\0x\xff", 3));
	assert_int_equal(row_int(r, 3), 3);
	assert_int_equal(row_int(r, 4), -1);
	assert_true(rows_next(r));
	assert_s(row_str(r, 0), "a\xc3\xa4");
	assert_true(row_int(r, 1) == INT64_MIN);
	assert_true(row_is_null(r, 2));
	assert_int_equal(row_str(r, 2).n, 0);
	assert_int_equal(row_int(r, 2), 0);
	assert_true(rows_next(r));
	assert_true(row_int(r, 1) == INT64_MAX);
	assert_false(row_is_null(r, 2));
	assert_int_equal(row_str(r, 2).n, 0);
	assert_false(rows_next(r));
	return rows_error(r);
}

static void values_of_every_kind_come_back(struct test_db *t)
{
	assert_ok(test_unit(t->db, TENANT_ALL, make_table, NULL));
	assert_ok(test_unit(t->db, 1, values_come_back, NULL));
}
STORE_TEST(values_of_every_kind_come_back)

static int wrong_use(struct dbc *c, void *arg)
{
	struct rows *r = NULL;

	assert_rc(db_query(c, &r, SQL("SELECT 1 FROM probe WHERE tenant_id = $1 AND nonsense = 1"), VI(1)), ERR_DB);
	assert_null(r);
	/* errors stick */
	assert_rc(db_exec(c, SQL("DELETE FROM probe WHERE tenant_id = $1"), VI(1)), ERR_DB);
	return 0;
}

static void an_error_that_the_unit_hides_still_fails_it(struct test_db *t)
{
	struct db_stats s;

	assert_ok(test_unit(t->db, TENANT_ALL, make_table, NULL));
	assert_rc(test_unit(t->db, 7, wrong_use, NULL), ERR_DB);
	db_stats(t->db, &s);
	assert_non_null(strstr(s.last_error, "nonsense"));
}
STORE_TEST(an_error_that_the_unit_hides_still_fails_it)

static int nested_queries(struct dbc *c, void *arg)
{
	int *pairs = arg;

	*pairs = 0;
	for (int i = 0; i < 3; i++)
		TRY(db_exec(c, SQL("INSERT INTO probe (tenant_id, service, active) VALUES (7, $1, $2)"
			" /* tenant_id of the test */"), VT(str_sub(S("abc"), (size_t)i, (size_t)i + 1)), VI(i)));
	AUTO(rows_done) struct rows *outer = NULL;
	const char *sql = SQL("SELECT active FROM probe WHERE tenant_id = $1 ORDER BY active");
	TRY(db_query(c, &outer, sql, VI(7)));
	while (rows_next(outer)) {
		AUTO(rows_done) struct rows *inner = NULL;
		TRY(db_query(c, &inner, sql, VI(7)));
		while (rows_next(inner))
			*pairs += row_int(outer, 0) <= row_int(inner, 0);
	}
	return rows_error(outer);
}

static void the_same_statement_may_nest(struct test_db *t)
{
	int pairs;

	assert_ok(test_unit(t->db, TENANT_ALL, make_table, NULL));
	assert_ok(test_unit(t->db, 7, nested_queries, &pairs));
	assert_int_equal(pairs, 6);
}
STORE_TEST(the_same_statement_may_nest)

static void a_read_is_one_snapshot(struct test_db *t)
{
	AUTO(db_read_done) struct dbc *c = NULL;
	AUTO(rows_done) struct rows *r = NULL;
	AUTO(rows_done) struct rows *r2 = NULL;
	struct put p = { 7, "a", 1, 0, 0 };
	const char *sql = SQL("SELECT count(*) FROM probe WHERE tenant_id = $1");

	assert_ok(test_unit(t->db, TENANT_ALL, make_table, NULL));
	assert_ok(db_read(t->db, 7, 0, &c));
	assert_ok(db_query(c, &r, sql, VI(7)));
	assert_true(rows_next(r));
	assert_int_equal(row_int(r, 0), 0);
	assert_ok(test_unit(t->db, 7, put_row, &p));
	assert_ok(db_query(c, &r2, sql, VI(7)));
	assert_true(rows_next(r2));
	assert_int_equal(row_int(r2, 0), 0);
	rows_done(&r);
	rows_done(&r2);
	db_read_done(&c);
	assert_int_equal(count_rows(t->db, 7), 1);
}
STORE_TEST(a_read_is_one_snapshot)

static int now_of_database(struct dbc *c, void *arg)
{
	return db_now(c, arg);
}

static void the_database_tells_the_time(struct test_db *t)
{
	instant at = { 0 };
	struct clock fixed = clock_fixed((instant){ 12345678 });

	assert_ok(test_unit(t->db, TENANT_ALL, make_table, NULL));
	assert_ok(test_unit(t->db, 7, now_of_database, &at));
	assert_true(llabs(at.us - clock_now(&clock_real).us) < INSTANT_S(5));
	db_close(t->db);
	t->options.clock = &fixed;
	test_db_reopen(t);
	assert_ok(test_unit(t->db, 7, now_of_database, &at));
	assert_true(at.us == 12345678);
}
STORE_TEST(the_database_tells_the_time)

static void migrating_again_changes_nothing(struct test_db *t)
{
	int from = -1, to = -1;
	str why;

	assert_ok(test_unit(t->db, TENANT_ALL, make_table, NULL));
	assert_ok(db_migrate(t->db, &from, &to, &why));
	assert_true(from > 0 && from == to);
}
STORE_TEST(migrating_again_changes_nothing)

static int from_the_future(struct dbc *c, void *arg)
{
	return db_exec(c, SQL_ALL_TENANTS("test", "INSERT INTO schema_part (part, version, name, oldest_program, applied_at) "
		"VALUES ('main', 900, 'future', $1, 0)"), VI(*(int *)arg));
}

static void a_database_of_a_newer_program_is_refused_only_if_it_says_so(struct test_db *t)
{
	int from, to, oldest = 1;
	str why;

	assert_ok(test_unit(t->db, TENANT_ALL, make_table, NULL));
	assert_ok(test_unit(t->db, TENANT_ALL, from_the_future, &oldest));
	assert_ok(db_migrate(t->db, &from, &to, &why));
	assert_int_equal(to, 900);
}
STORE_TEST(a_database_of_a_newer_program_is_refused_only_if_it_says_so)

static void a_database_that_needs_a_newer_program_is_refused(struct test_db *t)
{
	int from, to, oldest = 899;
	str why;

	assert_ok(test_unit(t->db, TENANT_ALL, make_table, NULL));
	assert_ok(test_unit(t->db, TENANT_ALL, from_the_future, &oldest));
	assert_rc(db_migrate(t->db, &from, &to, &why), ERR_UNSUPPORTED);
	assert_true(str_contains(why, S("newer")));
}
STORE_TEST(a_database_that_needs_a_newer_program_is_refused)

/* ---- twins: 16 callers at once ---- */

#define CALLERS 16
#define ROUNDS 25

struct twin {
	struct db *db;
	int id, rc, wins;
};

static int count_up(struct dbc *c, void *arg)
{
	AUTO(rows_done) struct rows *r = NULL;
	int64_t seen;

	/* read, then write what was read plus one: lost updates would show */
	TRY(db_query(c, &r, SQL("SELECT active FROM probe WHERE tenant_id = $1 AND service = 'counter'"), VI(7)));
	if (!rows_next(r))
		return rows_error(r) ? rows_error(r) : ERR_NOTFOUND;
	seen = row_int(r, 0);
	return db_exec(c, SQL("UPDATE probe SET active = $2 WHERE tenant_id = $1 AND service = 'counter'"), VI(7), VI(seen + 1));
}

static void *count_many(void *arg)
{
	struct twin *w = arg;

	for (int i = 0; i < ROUNDS && w->rc == 0; i++) {
		do
			w->rc = test_unit(w->db, 7, count_up, NULL);
		while (w->rc == ERR_BUSY);
	}
	return NULL;
}

static void run_twins(struct test_db *t, void *(*fn)(void *arg), struct twin w[CALLERS])
{
	pthread_t thread[CALLERS];

	for (int i = 0; i < CALLERS; i++) {
		w[i] = (struct twin){ t->db, i, 0, 0 };
		assert_int_equal(pthread_create(&thread[i], NULL, fn, &w[i]), 0);
	}
	for (int i = 0; i < CALLERS; i++)
		pthread_join(thread[i], NULL);
	for (int i = 0; i < CALLERS; i++)
		assert_ok(w[i].rc);
}

static void sixteen_callers_lose_no_update(struct test_db *t)
{
	struct put p = { 7, "counter", 0, 0, 0 };
	struct twin w[CALLERS];
	AUTO(db_read_done) struct dbc *c = NULL;
	AUTO(rows_done) struct rows *r = NULL;

	assert_ok(test_unit(t->db, TENANT_ALL, make_table, NULL));
	assert_ok(test_unit(t->db, 7, put_row, &p));
	run_twins(t, count_many, w);
	assert_ok(db_read(t->db, 7, 0, &c));
	assert_ok(db_query(c, &r, SQL("SELECT active FROM probe WHERE tenant_id = $1 AND service = 'counter'"), VI(7)));
	assert_true(rows_next(r));
	assert_int_equal(row_int(r, 0), CALLERS * ROUNDS);
}
STORE_TEST(sixteen_callers_lose_no_update)

static void *insert_same(void *arg)
{
	struct twin *w = arg;

	for (int i = 0; i < ROUNDS; i++) {
		char name[16];
		snprintf(name, sizeof name, "s%d", i);
		struct put p = { 7, name, w->id, 0, 0 };
		int rc;
		do
			rc = test_unit(w->db, 7, put_row, &p);
		while (rc == ERR_BUSY);
		if (rc == 0)
			w->wins++;
		else if (rc != ERR_EXISTS)
			w->rc = rc;
		/* one that writes and then refuses, in between: must not take others with it */
		struct put q = { 7, "refused", w->id, ERR_DENIED, 0 };
		rc = test_unit(w->db, 7, put_row, &q);
		if (rc != ERR_DENIED && rc != ERR_BUSY)
			w->rc = rc ? rc : ERR_INVALID;
	}
	return NULL;
}

static void of_sixteen_callers_one_wins(struct test_db *t)
{
	struct twin w[CALLERS];
	int wins = 0;

	assert_ok(test_unit(t->db, TENANT_ALL, make_table, NULL));
	run_twins(t, insert_same, w);
	for (int i = 0; i < CALLERS; i++)
		wins += w[i].wins;
	assert_int_equal(wins, ROUNDS);
	assert_int_equal(count_rows(t->db, 7), ROUNDS);
}
STORE_TEST(of_sixteen_callers_one_wins)

static int claim_one(struct dbc *c, void *arg)
{
	struct twin *w = arg;
	AUTO(rows_done) struct rows *r = NULL;

	w->id = 0;
	TRY(db_query(c, &r, SQL("UPDATE probe SET active = 2 WHERE tenant_id = $1 AND service = (SELECT service FROM probe "
		"WHERE tenant_id = $1 AND active = 1 ORDER BY service LIMIT 1 " SQL_SKIP_LOCKED ") RETURNING service"), VI(7)));
	w->id = rows_next(r);
	return rows_error(r);
}

static void *claim_many(void *arg)
{
	struct twin *w = arg;

	do {
		do
			w->rc = test_unit(w->db, 7, claim_one, w);
		while (w->rc == ERR_BUSY);
		w->wins += w->rc == 0 && w->id;
	} while (w->rc == 0 && w->id);
	return NULL;
}

static void each_row_is_claimed_once(struct test_db *t)
{
	struct twin w[CALLERS];
	int claimed = 0;

	assert_ok(test_unit(t->db, TENANT_ALL, make_table, NULL));
	for (int i = 0; i < 60; i++) {
		char name[16];
		snprintf(name, sizeof name, "row%02d", i);
		struct put p = { 7, name, 1, 0, 0 };
		assert_ok(test_unit(t->db, 7, put_row, &p));
	}
	run_twins(t, claim_many, w);
	for (int i = 0; i < CALLERS; i++)
		claimed += w[i].wins;
	assert_int_equal(claimed, 60);
}
STORE_TEST(each_row_is_claimed_once)

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_UNIT_TESTS(a_unit_is_read_back),
		STORE_UNIT_TESTS(a_refused_unit_leaves_nothing),
		STORE_UNIT_TESTS(a_duplicate_is_exists),
		STORE_UNIT_TESTS(changed_rows_are_counted),
		STORE_UNIT_TESTS(values_of_every_kind_come_back),
		STORE_UNIT_TESTS(an_error_that_the_unit_hides_still_fails_it),
		STORE_UNIT_TESTS(the_same_statement_may_nest),
		STORE_UNIT_TESTS(a_read_is_one_snapshot),
		STORE_UNIT_TESTS(the_database_tells_the_time),
		STORE_UNIT_TESTS(migrating_again_changes_nothing),
		STORE_UNIT_TESTS(a_database_of_a_newer_program_is_refused_only_if_it_says_so),
		STORE_UNIT_TESTS(a_database_that_needs_a_newer_program_is_refused),
		STORE_UNIT_TESTS(sixteen_callers_lose_no_update),
		STORE_UNIT_TESTS(of_sixteen_callers_one_wins),
		STORE_UNIT_TESTS(each_row_is_claimed_once),
	};
	return cmocka_run_group_tests_name("storage/db", tests, NULL, NULL);
}
