/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Between the two engines and the front (db.c). Only storage/ includes this.
 * An engine embeds struct db, struct dbc and struct rows as first members of its own.
 */
#pragma once
#include <pthread.h>
#include <stdatomic.h>
#include "storage/db.h"

struct rows_ops {
	bool (*next)(struct rows *r);
	int64_t (*get_int)(const struct rows *r, int col);
	str (*get_str)(const struct rows *r, int col);
	bool (*is_null)(const struct rows *r, int col);
	void (*done)(struct rows *r);
};

struct rows {
	const struct rows_ops *ops;
	struct dbc *c;
	int error;
};

struct dbc_ops {
	int (*query)(struct dbc *c, struct rows **ret, const char *sql, const struct val *v, size_t n);
	int (*exec)(struct dbc *c, int64_t *ret_changed, const char *sql, const struct val *v, size_t n);
	int (*now)(struct dbc *c, instant *ret);
	int (*script)(struct dbc *c, const char *sql);			/* several statements, no values: migrations */
	int (*prepare)(struct dbc *c, const char *sql);		/* tests: does it prepare? */
};

struct dbc {
	const struct dbc_ops *ops;
	struct db *db;
	int failed;		/* the first error since the transaction began; sticks */
	int depth;		/* nested db_read */
	int32_t tenant[2];	/* PostgreSQL: who the transaction is for */
	struct dbc *next;	/* in the list of its owner */
};

struct db_ops {
	void (*close)(struct db *db);
	int (*read)(struct db *db, int32_t a, int32_t b, struct dbc **ret);
	void (*read_done)(struct dbc *c);
	int (*task)(struct db *db, void (*fn)(void *arg), void *arg);
	int (*submit)(struct db *db, struct unit *u);
	bool (*runs_here)(struct db *db, struct unit *u);	/* runs the unit at once if the caller is a database thread; else false */
	bool (*readonly)(const struct db *db);
	void (*stats)(struct db *db, struct db_stats *ret);
	/* Overwrites what deleted rows left in the log (SQLite's WAL); PostgreSQL's is the cluster's affair. */
	int (*scrub)(struct db *db);
};

struct db {
	const struct db_ops *ops;
	enum db_engine engine;
	struct arena *arena;		/* lives as long as the db; used under open and close only */
	struct clock *clock;
	pthread_mutex_t error_mu;
	char last_error[240];
};

/* Remembers what the engine said, for db_stats. */
void db_note_error(struct db *db, const char *what, const char *sql);
/* Replaces the tokens of a statement or migration for the engine (list: migrate.c). */
str db_expand(struct arena *a, enum db_engine e, const char *sql);
/* Applies the migrations of a part ("main", "keys", "blobs"), each part with its own row of numbers. */
MUST_USE int migrate_part(struct db *db, const char *part, int *ret_from, int *ret_to, str *ret_why);

struct migration {
	const char *part;
	int version;
	const char *name;
	const char *sql;
};
extern const struct migration migrations[];	/* embedded at build time, ends with part NULL */

/* ---- SQLite: one connection (db_sqlite.c) ---- */
enum sq_verb { SQ_BEGIN, SQ_BEGIN_WRITE, SQ_COMMIT, SQ_ROLLBACK, SQ_SAVEPOINT, SQ_RELEASE, SQ_ROLLBACK_TO, SQ_VERBS };
MUST_USE int sq_open(struct db *db, const char *path, bool writer, struct dbc **ret);
void sq_close(struct dbc *c);
MUST_USE int sq_do(struct dbc *c, enum sq_verb v);
bool sq_in_transaction(struct dbc *c);
int64_t sq_changes(struct dbc *c);		/* rows changed since the connection was opened */
unsigned sq_wal_frames(struct dbc *c);		/* as of the last commit of this connection */
size_t sq_page_size(struct dbc *c);
enum sq_checkpoint_mode { SQ_PASSIVE, SQ_RESTART, SQ_TRUNCATE };
MUST_USE int sq_checkpoint(struct dbc *c, enum sq_checkpoint_mode m, int *ret_frames, int *ret_copied);
MUST_USE int sq_touch(struct dbc *c);		/* commits one page: is the disk writable again? */
/* The reading connections of one database (sqlite_read.c). */
struct sq_readers {
	uint64_t id;
	struct db *db;
	const char *path;
	struct dbc *list;
	struct sq_readers *next;
};
void sq_readers_open(struct sq_readers *r, struct db *db, const char *path);
MUST_USE int sq_readers_get(struct sq_readers *r, struct dbc **ret);	/* the calling thread's */
void sq_readers_close(struct sq_readers *r);
/* A database in memory, and connections that read one finished image of it at the same time without copying it (fts.c). No struct db. */
MUST_USE int sq_open_memory(struct dbc **ret);
MUST_USE int sq_image(struct dbc *c, void **ret, int64_t *ret_n);	/* sq_image_free */
MUST_USE int sq_open_image(void *image, int64_t n, struct dbc **ret);
void sq_image_free(void *image);
MUST_USE int sqlite_db_open(const struct db_options *o, struct db **ret, str *ret_why);	/* sqlite_unit.c */

/* ---- PostgreSQL: one connection (db_pg.c) ---- */
MUST_USE int pg_open(struct db *db, const char *conninfo, struct dbc **ret, str *ret_why);
void pg_close(struct dbc *c);
bool pg_alive(struct dbc *c);		/* false: lost, close it; notices what the server said meanwhile */
enum pg_begin { PG_READ, PG_WRITE };
void pg_begin(struct dbc *c, enum pg_begin how, int32_t tenant_a, int32_t tenant_b);	/* errors show at the first answer */
/* 0: committed; ERR_UNCERTAIN: lost while committing; others: rolled back (ERR_RETRY: may run again). */
MUST_USE int pg_commit(struct dbc *c);
void pg_rollback(struct dbc *c);
void pg_end_read(struct dbc *c);	/* does not wait for the answer */
/* Runs a script on a connection of its own: tests and tools make roles and schemas with it. */
MUST_USE int pg_script(const char *conninfo, const char *sql, str *ret_why);
MUST_USE int pg_db_open(const struct db_options *o, struct db **ret, str *ret_why);	/* pg_pool.c */
