/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * For *_test.c only: a fresh database of either engine. PostgreSQL runs where SCHALTER_TEST_PG is the conninfo of a running cluster
 * (a role that may create roles and schemas); elsewhere those tests are skipped and say so. Each database is a directory or schema
 * of its own and is removed by test_db_end. On PostgreSQL the program's role owns nothing but its schema and is no superuser, so
 * that row-level security is really on.
 *
 *	struct test_db t;
 *	test_db_begin(&t, DB_SQLITE);		// opened and migrated: main, keys and blobs in one
 *	... t.db ...
 *	test_db_end(&t);
 */
#pragma once
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/testing.h"
#include "storage/db_impl.h"

struct test_db {
	struct db *db;
	enum db_engine engine;
	char dir[128];			/* of its own, on both engines */
	char path[160];			/* SQLite */
	char conninfo[1024];		/* PostgreSQL */
	char schema[64];
	struct db_options options;	/* to open it again */
};

static inline int test_remove_one(const char *path, const struct stat *st, int kind, struct FTW *f)
{
	return remove(path);
}

static inline void test_db_reopen(struct test_db *t)
{
	str why;

	if (db_open(&t->options, &t->db, &why) < 0) {
		print_error("db_open: %.*s\n", STR_FMT(why));
		fail();
	}
}

static inline void test_db_files(struct test_db *t, enum db_engine engine)
{
	static int count;
	const char *tmp = getenv("TMPDIR");

	*t = (struct test_db){ .engine = engine };
	snprintf(t->dir, sizeof t->dir, "%.90s/schalter-test-XXXXXX", tmp ? tmp : "/tmp");
	assert_non_null(mkdtemp(t->dir));
	if (engine == DB_SQLITE) {
		snprintf(t->path, sizeof t->path, "%s/main.db", t->dir);
		t->options.sqlite_path = t->path;
		return;
	}
	char script[1024];
	const char *pg = getenv("SCHALTER_TEST_PG");
	snprintf(t->schema, sizeof t->schema, "t_%d_%d", (int)getpid(), ++count);
	snprintf(script, sizeof script,
		"SET client_min_messages = error; SELECT pg_advisory_lock(7271);"
		"DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'schalter_app') THEN "
		"CREATE ROLE schalter_app NOLOGIN NOSUPERUSER NOBYPASSRLS; GRANT schalter_app TO CURRENT_USER; END IF; END $$;"
		"CREATE SCHEMA %s AUTHORIZATION schalter_app", t->schema);
	str why;
	if (pg_script(pg, script, &why) < 0) {
		print_error("SCHALTER_TEST_PG: %.*s\n", STR_FMT(why));
		fail();
	}
	snprintf(t->conninfo, sizeof t->conninfo, "%s options='-c search_path=%s -c role=schalter_app'", pg, t->schema);
	t->options.pg_conninfo = t->conninfo;
	t->options.pg_connections = 4;
}

/* Ends the test as skipped where there is no PostgreSQL. */
static inline void test_db_needs(enum db_engine engine)
{
	if (engine == DB_POSTGRES && !getenv("SCHALTER_TEST_PG")) {
		print_message("# skipped: SCHALTER_TEST_PG names no running PostgreSQL\n");
		skip();
	}
}

static inline void test_db_begin(struct test_db *t, enum db_engine engine)
{
	static const char *const parts[] = { "main", "keys", "blobs" };
	int from, to;
	str why;

	test_db_needs(engine);
	test_db_files(t, engine);
	test_db_reopen(t);
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		int rc = migrate_part(t->db, parts[i], &from, &to, &why);
		if (rc < 0) {
			struct db_stats s;
			db_stats(t->db, &s);
			print_error("migrate %s: %s: %.*s: %s\n", parts[i], err_name(rc), STR_FMT(why), s.last_error);
			fail();
		}
	}
}

static inline void test_db_end(struct test_db *t)
{
	char script[200];
	str why;

	db_close(t->db);
	nftw(t->dir, test_remove_one, 16, FTW_DEPTH | FTW_PHYS);
	if (t->engine == DB_POSTGRES) {
		snprintf(script, sizeof script, "SET client_min_messages = error; DROP SCHEMA %s CASCADE", t->schema);
		assert_ok(pg_script(getenv("SCHALTER_TEST_PG"), script, &why));
	}
}

/* Runs fn as a unit of tenant and waits. */
static inline int test_unit(struct db *db, int32_t tenant, int (*fn)(struct dbc *c, void *arg), void *arg)
{
	struct unit u = { .run = fn, .arg = arg, .tenant = { tenant, 0 }, .once = true };

	return db_unit_run(db, &u);
}

/* A store test for both engines: static void foo(struct test_db *t) {...}  STORE_TEST(foo)  ... STORE_UNIT_TESTS(foo), */
#define STORE_TEST(fn)                                          \
	static void fn##_sqlite(void **state)                   \
	{                                                       \
		struct test_db t;                               \
		test_db_begin(&t, DB_SQLITE);                   \
		fn(&t);                                         \
		test_db_end(&t);                                \
	}                                                       \
	static void fn##_postgres(void **state)                 \
	{                                                       \
		struct test_db t;                               \
		test_db_begin(&t, DB_POSTGRES);                 \
		fn(&t);                                         \
		test_db_end(&t);                                \
	}
#define STORE_UNIT_TESTS(fn) cmocka_unit_test(fn##_sqlite), cmocka_unit_test(fn##_postgres)
