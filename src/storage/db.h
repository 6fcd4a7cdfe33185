/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The database: one face, two engines (SQLite embedded, PostgreSQL). Statements are constants next to their function, written
 * SQL("..."), with $1.. parameters; the text is collected in a section of the program, so that tests can look at all of them
 * (tenant_id bound? prepares on both engines?).
 *
 *	static int load(struct dbc *c, int32_t tenant, int64_t id, struct thing *ret)
 *	{
 *		AUTO(rows_done) struct rows *r = NULL;
 *		TRY(db_query(c, &r, SQL("SELECT a, b FROM thing WHERE tenant_id = $1 AND thing_id = $2"), VI(tenant), VI(id)));
 *		if (!rows_next(r)) return rows_error(r) ? rows_error(r) : ERR_NOTFOUND;
 *		ret->a = row_int(r, 0); ret->b = str_dup(arena, row_str(r, 1));
 *		return 0;
 *	}
 */
#pragma once
#include "base/str.h"
#include "base/clock.h"

struct db;		/* an open database */
struct dbc;		/* a connection lent for one read or one unit of work */
struct rows;		/* a result being read */

enum db_engine { DB_SQLITE, DB_POSTGRES };

struct db_options {
	const char *sqlite_path;	/* directory/main.db; NULL with PostgreSQL */
	const char *pg_conninfo;
	unsigned pg_connections;
	unsigned batch_max;		/* units per commit on SQLite; 0: default */
	size_t queue_max;		/* waiting units; 0: default */
	struct clock *clock;		/* NULL: real; a fixed one rules db_now on both engines (tests) */
};
/* ERR_BUSY: another process works on this SQLite file (its lock is held until db_close). ret_why: static text, for the operator. */
MUST_USE int db_open(const struct db_options *o, struct db **ret, str *ret_why);
void db_close(struct db *db);		/* finishes queued units first */
enum db_engine db_engine(const struct db *db);

/* ---- statements ---- */
#define SQL(text)                                                                                        \
	({                                                                                               \
		static const char sql_[] __attribute__((section("schalter_sql"), used, aligned(1))) = text; \
		(const char *)sql_;                                                                      \
	})
/* A statement that does not bind tenant_id, and why that is right. The test prints the list. */
#define SQL_ALL_TENANTS(why, text) SQL("/*all-tenants: " why "*/ " text)
#define SQL_SKIP_LOCKED "@skip_locked"	/* FOR UPDATE SKIP LOCKED on PostgreSQL, empty on SQLite */

struct val {
	enum { VAL_NULL, VAL_INT, VAL_TEXT, VAL_BLOB, VAL_NULL_INT, VAL_NULL_BLOB } kind;
	int64_t i;
	str s;
};
static inline struct val VI(int64_t i) { return (struct val){ .kind = VAL_INT, .i = i }; }
static inline struct val VT(str s) { return (struct val){ .kind = VAL_TEXT, .s = s }; }
static inline struct val VB(str s) { return (struct val){ .kind = VAL_BLOB, .s = s }; }
static inline struct val VN_TEXT(void) { return (struct val){ .kind = VAL_NULL }; }
static inline struct val VN_INT(void) { return (struct val){ .kind = VAL_NULL_INT }; }
static inline struct val VN_BLOB(void) { return (struct val){ .kind = VAL_NULL_BLOB }; }

/*
 * sql is a constant (statements are cached by its address); give exactly as many values as it has parameters; strings stay valid
 * until rows_done. Errors stick: after the first one every further call on this connection gives the same error until the unit or
 * read ends, and the unit fails with it whatever its function returns (on PostgreSQL the transaction is lost anyway; so both engines
 * behave alike). To go on after a duplicate, write ON CONFLICT DO NOTHING and look at the number of changed rows.
 * On PostgreSQL db_exec is sent without waiting: its error may first show at a later call or at the end of the unit.
 */
MUST_USE int db_query_v(struct dbc *c, struct rows **ret, const char *sql, const struct val *v, size_t n);
MUST_USE int db_exec_v(struct dbc *c, int64_t *ret_changed, const char *sql, const struct val *v, size_t n);
#define DB_VALS_(...) (const struct val[]){ { 0 }, ##__VA_ARGS__ } + 1, sizeof((struct val[]){ { 0 }, ##__VA_ARGS__ }) / sizeof(struct val) - 1
#define db_query(c, ret, sql, ...) db_query_v((c), (ret), (sql), DB_VALS_(__VA_ARGS__))
/* Number of changed rows is thrown away / asked for. Constraint violations: ERR_EXISTS (unique), ERR_CONFLICT (others). */
#define db_exec(c, sql, ...) db_exec_v((c), NULL, (sql), DB_VALS_(__VA_ARGS__))
#define db_exec_n(c, ret_changed, sql, ...) db_exec_v((c), (ret_changed), (sql), DB_VALS_(__VA_ARGS__))

bool rows_next(struct rows *r);
int rows_error(const struct rows *r);		/* after rows_next was false: 0 or error */
int64_t row_int(const struct rows *r, int col);	/* 0 for NULL */
str row_str(const struct rows *r, int col);	/* text or blob, NULL is empty; valid until rows_next/rows_done */
bool row_is_null(const struct rows *r, int col);
void rows_done(struct rows **r);

/* Time of the database (leases, limits): the node's clock on SQLite, now() of the cluster on PostgreSQL. */
MUST_USE int db_now(struct dbc *c, instant *ret);

/* ---- reads ---- */
#define TENANT_ALL (-1)
/* SQLite: the calling thread's read connection. PostgreSQL: takes a pooled connection, blocking: only call it on a database task,
   job or tool thread. tenants: up to two that row-level security lets through; TENANT_ALL for the listed system reads. */
/* One snapshot from here to db_read_done, on both engines. On the same thread db_read nests: the inner one shares the outer's. */
MUST_USE int db_read(struct db *db, int32_t tenant_a, int32_t tenant_b, struct dbc **ret);
void db_read_done(struct dbc **c);
bool db_reads_inline(const struct db *db);	/* SQLite: true, reads may run on HTTP threads */
/* Runs fn on a database thread (PostgreSQL; bounded queue: ERR_BUSY). */
MUST_USE int db_task(struct db *db, void (*fn)(void *arg), void *arg);

/* ---- units of work ---- */
struct unit {
	/* Runs in a transaction; may be run again; touches nothing but the database and arg. A negative return rolls it back. */
	int (*run)(struct dbc *c, void *arg);
	void *arg;
	int32_t tenant[2];		/* for row-level security; second 0: none; TENANT_ALL in system jobs */
	bool once;			/* starts with a once-token check: may be run again after a lost commit */
	/* Called on a storage thread after commit or failure; rc is final. */
	void (*done)(struct unit *u);
	void *done_arg;
	int rc;
	struct unit *next;		/* private */
	int tries;			/* private */
};
/* Takes the unit; done will be called exactly once. ERR_BUSY when the queue is full, ERR_READONLY while the disk is full: then done is not called. */
MUST_USE int db_unit_submit(struct db *db, struct unit *u);
/* Same, waiting: for tests, tools and jobs; never on an HTTP thread. */
MUST_USE int db_unit_run(struct db *db, struct unit *u);
bool db_readonly(const struct db *db);	/* disk full or lost: pages say so; is retried every second */

struct db_stats {
	uint64_t units, batches, retries, failures;
	size_t waiting;
	char last_error[240];		/* what the engine said to the last refused statement, and its beginning; no values */
};
void db_stats(struct db *db, struct db_stats *ret);

/* Applies db/migrations/NNNN_*.sql compiled into the program, each in a transaction; checks the version range. Prints nothing. */
MUST_USE int db_migrate(struct db *db, int *ret_from, int *ret_to, str *ret_why);
/* All SQL("...") texts of the program, for tests: calls fn for each. */
void db_each_statement(void (*fn)(const char *sql, void *arg), void *arg);
