/* SPDX-License-Identifier: EUPL-1.2 */
/* PostgreSQL only: row-level security, lost connections, the bounded queues. */
#include <semaphore.h>
#include "storage/testing.h"

static void begin(struct test_db *t)
{
	test_db_begin(t, DB_POSTGRES);
}

static int make_table(struct dbc *c, void *arg)
{
	struct arena *a = arena_new(1024);
	int rc = c->ops->script(c, db_expand(a, DB_POSTGRES, "CREATE TABLE probe (tenant_id @int NOT NULL, id @int NOT NULL, "
		"n @int NOT NULL, @pk(tenant_id, id)) @strict; @rls(probe)").p);

	arena_free(a);
	return rc;
}

struct put {
	struct unit u;
	int32_t tenant;
	int64_t id;
	sem_t *count;
	_Atomic int done;
};

static int put_row(struct dbc *c, void *arg)
{
	struct put *p = arg;

	return db_exec(c, SQL("INSERT INTO probe (tenant_id, id, n) VALUES ($1, $2, 0)"), VI(p->tenant), VI(p->id));
}

/* Starts, so to say, with its once-token: a second run after a lost commit changes nothing. */
static int put_row_once(struct dbc *c, void *arg)
{
	struct put *p = arg;

	return db_exec(c, SQL("INSERT INTO probe (tenant_id, id, n) VALUES ($1, $2, 0) ON CONFLICT DO NOTHING"), VI(p->tenant), VI(p->id));
}

static int64_t count_as(struct db *db, int32_t a, int32_t b)
{
	AUTO(db_read_done) struct dbc *c = NULL;
	AUTO(rows_done) struct rows *r = NULL;

	assert_ok(db_read(db, a, b, &c));
	assert_ok(db_query(c, &r, SQL_ALL_TENANTS("test", "SELECT count(*) FROM probe")));
	assert_true(rows_next(r));
	return row_int(r, 0);
}

static void rows_of_other_tenants_are_not_there(void **state)
{
	struct test_db t;
	struct put p = { .tenant = 7, .id = 1 };

	begin(&t);
	assert_ok(test_unit(t.db, TENANT_ALL, make_table, NULL));
	assert_ok(test_unit(t.db, 7, put_row, &p));
	p.tenant = 8;
	assert_ok(test_unit(t.db, 8, put_row, &p));
	assert_rc(test_unit(t.db, 7, put_row, &p), ERR_DENIED);
	assert_int_equal(count_as(t.db, 7, 0), 1);
	assert_int_equal(count_as(t.db, 8, 0), 1);
	assert_int_equal(count_as(t.db, 9, 0), 0);
	assert_int_equal(count_as(t.db, 9, 7), 1);
	assert_int_equal(count_as(t.db, 8, 7), 2);
	assert_int_equal(count_as(t.db, TENANT_ALL, 0), 2);
	test_db_end(&t);
}

static void every_table_with_a_tenant_is_guarded(void **state)
{
	struct test_db t;
	AUTO(db_read_done) struct dbc *c = NULL;
	AUTO(rows_done) struct rows *r = NULL;
	int tables = 0;

	begin(&t);
	assert_ok(db_read(t.db, TENANT_ALL, 0, &c));
	assert_ok(db_query(c, &r, SQL_ALL_TENANTS("test", "SELECT c.relname::text, c.relrowsecurity AND c.relforcerowsecurity FROM pg_class c "
		"JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' WHERE c.relkind = 'r' "
		"AND c.relnamespace = current_schema()::regnamespace")));
	while (rows_next(r)) {
		tables++;
		/* the list of tenants is public; tenants' keys lie in a database of their own, read by the key store alone */
		if (row_int(r, 1) || str_eq(row_str(r, 0), S("tenant")) || str_eq(row_str(r, 0), S("tenant_key")))
			continue;
		fail_msg("no row-level security on %.*s", STR_FMT(row_str(r, 0)));
	}
	assert_true(tables > 10);
	rows_done(&r);
	db_read_done(&c);
	test_db_end(&t);
}

static void count_done(struct unit *u)
{
	struct put *p = u->arg;

	p->done++;
	sem_post(p->count);
}

static void cut_connections(struct test_db *t)
{
	char script[300];
	str why;

	/* those of this test only: they look into its schema */
	snprintf(script, sizeof script, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
		"AND application_name = '%s'", t->schema);
	assert_ok(pg_script(getenv("SCHALTER_TEST_PG"), script, &why));
}

static void units_survive_lost_connections(void **state)
{
	enum { N = 3000 };
	static struct put p[N];
	struct test_db t;
	struct db_stats s;
	sem_t count;
	int uncertain = 0;

	begin(&t);
	assert_ok(test_unit(t.db, TENANT_ALL, make_table, NULL));
	db_close(t.db);
	size_t n = strlen(t.conninfo);
	snprintf(t.conninfo + n, sizeof t.conninfo - n, " application_name=%s", t.schema);
	t.options.queue_max = N * 8;	/* one tenant may fill an eighth when it is half full */
	test_db_reopen(&t);
	sem_init(&count, 0, 0);
	for (int i = 0; i < N; i++) {
		p[i].tenant = 7;
		p[i].id = i;
		p[i].count = &count;
		/* two of three can be asked again; the third must be told uncertain if it is */
		p[i].u = (struct unit){ .run = i % 3 ? put_row_once : put_row, .arg = &p[i], .tenant = { 7, 0 }, .done = count_done, .once = i % 3 != 0 };
		assert_ok(db_unit_submit(t.db, &p[i].u));
		if (i % 500 == 250)
			cut_connections(&t);
	}
	for (int i = 0; i < 5; i++) {
		usleep(20000);
		cut_connections(&t);
	}
	for (int i = 0; i < N; i++)
		while (sem_wait(&count) < 0)
			;
	for (int i = 0; i < N; i++) {
		assert_int_equal(p[i].done, 1);
		if (p[i].u.rc == ERR_UNCERTAIN && !p[i].u.once)
			uncertain++;
		else
			assert_ok(p[i].u.rc);
	}
	usleep(100000);		/* the last cut may be on its way */
	int64_t rows = count_as(t.db, 7, 0);
	assert_true(rows <= N && rows >= N - uncertain);
	db_stats(t.db, &s);
	assert_true(s.retries > 0);
	assert_int_equal(s.waiting, 0);
	sem_destroy(&count);
	test_db_end(&t);
}

static void a_read_finds_a_new_connection_after_a_cut(void **state)
{
	struct test_db t;

	begin(&t);
	assert_ok(test_unit(t.db, TENANT_ALL, make_table, NULL));
	db_close(t.db);
	size_t n = strlen(t.conninfo);
	snprintf(t.conninfo + n, sizeof t.conninfo - n, " application_name=%s", t.schema);
	test_db_reopen(&t);
	assert_int_equal(count_as(t.db, 7, 0), 0);
	cut_connections(&t);
	usleep(100000);
	assert_int_equal(count_as(t.db, 7, 0), 0);
	test_db_end(&t);
}

struct look {
	struct db *db;
	sem_t *count;
	int64_t seen;
	int rc;
};

static void look_around(void *arg)
{
	struct look *l = arg;
	AUTO(db_read_done) struct dbc *c = NULL;
	AUTO(db_read_done) struct dbc *same = NULL;
	AUTO(db_read_done) struct dbc *other = NULL;
	AUTO(rows_done) struct rows *r = NULL;

	l->rc = db_read(l->db, 7, 0, &c);
	if (l->rc == 0)
		l->rc = db_read(l->db, 7, 0, &same);	/* shares it */
	if (l->rc == 0 && same != c)
		l->rc = ERR_INVALID;
	if (l->rc == 0)
		l->rc = db_read(l->db, 8, 0, &other);	/* must not */
	if (l->rc == 0 && other == c)
		l->rc = ERR_INVALID;
	if (l->rc == 0)
		l->rc = db_query(other, &r, SQL_ALL_TENANTS("test", "SELECT count(*) FROM probe"));
	if (l->rc == 0 && rows_next(r))
		l->seen = row_int(r, 0);
	sem_post(l->count);
}

static void tasks_read_as_the_tenant_they_name(void **state)
{
	enum { N = 200 };
	static struct look l[N];
	struct test_db t;
	struct put p = { .tenant = 8, .id = 1 };
	sem_t count;

	begin(&t);
	assert_false(db_reads_inline(t.db));
	assert_ok(test_unit(t.db, TENANT_ALL, make_table, NULL));
	assert_ok(test_unit(t.db, 8, put_row, &p));
	sem_init(&count, 0, 0);
	for (int i = 0; i < N; i++) {
		l[i] = (struct look){ t.db, &count, -1, 0 };
		assert_ok(db_task(t.db, look_around, &l[i]));
	}
	for (int i = 0; i < N; i++)
		sem_wait(&count);
	for (int i = 0; i < N; i++) {
		assert_ok(l[i].rc);
		assert_int_equal(l[i].seen, 1);
	}
	sem_destroy(&count);
	test_db_end(&t);
}

static void no_server_is_told_at_once(void **state)
{
	struct db_options o = { .pg_conninfo = "host=/nonexistent port=1 dbname=x" };
	struct db *db;
	str why;

	assert_rc(db_open(&o, &db, &why), ERR_IO);
	assert_true(str_contains(why, S("PostgreSQL")));
}

static int slow(struct dbc *c, void *arg)
{
	return db_exec(c, SQL_ALL_TENANTS("test", "SELECT pg_sleep(0.3)"));
}

static void a_full_queue_refuses(void **state)
{
	static struct put p[200];
	struct test_db t;
	sem_t count;
	int taken = 0, rc = 0;

	begin(&t);
	db_close(t.db);
	t.options.queue_max = 16;
	t.options.pg_connections = 2;
	test_db_reopen(&t);
	sem_init(&count, 0, 0);
	for (int i = 0; i < 200 && rc == 0; i++) {
		p[i].count = &count;
		p[i].u = (struct unit){ .run = slow, .arg = &p[i], .tenant = { i + 1, 0 }, .done = count_done };
		rc = db_unit_submit(t.db, &p[i].u);
		taken += rc == 0;
	}
	assert_rc(rc, ERR_BUSY);
	assert_true(taken >= 16 && taken <= 18);
	db_close(t.db);
	int got;
	sem_getvalue(&count, &got);
	assert_int_equal(got, taken);
	test_db_reopen(&t);
	sem_destroy(&count);
	test_db_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_of_other_tenants_are_not_there),
		cmocka_unit_test(every_table_with_a_tenant_is_guarded),
		cmocka_unit_test(units_survive_lost_connections),
		cmocka_unit_test(a_read_finds_a_new_connection_after_a_cut),
		cmocka_unit_test(tasks_read_as_the_tenant_they_name),
		cmocka_unit_test(no_server_is_told_at_once),
		cmocka_unit_test(a_full_queue_refuses),
	};
	return cmocka_run_group_tests_name("storage/pg_pool", tests, NULL, NULL);
}
