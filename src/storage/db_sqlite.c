/* SPDX-License-Identifier: EUPL-1.2 */
/* One SQLite connection: statements cached by address, values, rows, errors. The only file that includes sqlite3.h. */
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include "storage/db_impl.h"
#include "storage/sql_table.h"

#define VALUES_MAX 40

struct sq_stmt;

struct sq_rows {
	struct rows r;
	struct sq_stmt *s;
	bool first_ready;	/* the query stepped once; that row was not handed out yet */
	bool ended;
};

struct sq_stmt {
	struct sql_entry e;
	sqlite3_stmt *st;
	struct sq_rows rows;
	uint8_t n;
	uint8_t index[VALUES_MAX];	/* of $1, $2, ...: SQLite takes them for names */
};

struct sq_conn {
	struct dbc c;
	sqlite3 *h;
	struct arena *arena;
	sqlite3_stmt *verb[SQ_VERBS];
	struct sql_table table;
	unsigned busy;
	unsigned wal_frames;
};

static const char *const verb_sql[SQ_VERBS] = {
	[SQ_BEGIN] = "BEGIN",
	[SQ_BEGIN_WRITE] = "BEGIN IMMEDIATE",
	[SQ_COMMIT] = "COMMIT",
	[SQ_ROLLBACK] = "ROLLBACK",
	[SQ_SAVEPOINT] = "SAVEPOINT unit",
	[SQ_RELEASE] = "RELEASE unit",
	[SQ_ROLLBACK_TO] = "ROLLBACK TO unit",
};

static int map_error(int rc)
{
	switch (rc) {
	case SQLITE_CONSTRAINT_UNIQUE:
	case SQLITE_CONSTRAINT_PRIMARYKEY:
	case SQLITE_CONSTRAINT_ROWID:
		return ERR_EXISTS;
	case SQLITE_IOERR_NOMEM:
		return ERR_NOMEM;
	default:
		break;
	}
	switch (rc & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return 0;
	case SQLITE_CONSTRAINT:
		return ERR_CONFLICT;
	case SQLITE_FULL:
		return ERR_FULL;
	case SQLITE_IOERR:
	case SQLITE_CANTOPEN:
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return ERR_IO;
	case SQLITE_NOMEM:
		return ERR_NOMEM;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return ERR_BUSY;
	case SQLITE_INTERRUPT:
		return ERR_RETRY;
	case SQLITE_READONLY:
		return ERR_READONLY;
	case SQLITE_TOOBIG:
		return ERR_LIMIT;
	case SQLITE_MISUSE:
	case SQLITE_RANGE:
		return ERR_INVALID;
	default:
		return ERR_DB;
	}
}

static int failed(struct sq_conn *q, const char *sql)
{
	int rc = sqlite3_extended_errcode(q->h);

	db_note_error(q->c.db, sqlite3_errmsg(q->h), sql);
	rc = map_error(rc);
	return rc < 0 ? rc : ERR_DB;
}

/* ---- statements ---- */

static int stmt_prepare(struct sq_conn *q, const char *sql, struct sq_stmt **ret)
{
	struct arena_mark before = arena_mark(q->arena);
	str text = db_expand(q->arena, DB_SQLITE, sql);
	sqlite3_stmt *st = NULL;
	const char *rest = NULL;
	int rc = sqlite3_prepare_v3(q->h, text.p, (int)text.n + 1, SQLITE_PREPARE_PERSISTENT, &st, &rest);

	if (rc != SQLITE_OK) {
		arena_rewind(q->arena, before);
		return failed(q, sql);
	}
	bool more = rest && *rest;
	arena_rewind(q->arena, before);
	int n = sqlite3_bind_parameter_count(st);
	if (!st || more || n > VALUES_MAX) {
		sqlite3_finalize(st);
		db_note_error(q->c.db, "empty, several statements, or too many parameters", sql);
		return ERR_INVALID;
	}
	struct sq_stmt *s = ARENA_NEW(q->arena, struct sq_stmt);
	for (int i = 0; i < n; i++) {
		char name[16];
		snprintf(name, sizeof name, "$%d", i + 1);
		int at = sqlite3_bind_parameter_index(st, name);
		if (!at) {
			sqlite3_finalize(st);
			db_note_error(q->c.db, "parameters are not $1 .. $n", sql);
			return ERR_INVALID;
		}
		s->index[i] = (uint8_t)at;
	}
	s->e.sql = sql;
	s->st = st;
	s->n = (uint8_t)n;
	sql_table_put(&q->table, q->arena, &s->e);
	*ret = s;
	return 0;
}

static int stmt_find(struct sq_conn *q, const char *sql, struct sq_stmt **ret)
{
	*ret = (struct sq_stmt *)sql_table_find(&q->table, sql);
	return *ret ? 0 : stmt_prepare(q, sql, ret);
}

static int bind_one(sqlite3_stmt *st, int at, const struct val *v)
{
	const char *p = v->s.p ? v->s.p : "";

	switch (v->kind) {
	case VAL_INT:
		return sqlite3_bind_int64(st, at, v->i);
	case VAL_TEXT:
		return sqlite3_bind_text64(st, at, p, v->s.n, SQLITE_STATIC, SQLITE_UTF8);
	case VAL_BLOB:
		return sqlite3_bind_blob64(st, at, p, v->s.n, SQLITE_STATIC);
	case VAL_NULL:
	case VAL_NULL_INT:
	case VAL_NULL_BLOB:
		return sqlite3_bind_null(st, at);
	}
	return SQLITE_MISUSE;
}

static void stmt_end(struct sq_conn *q, struct sq_stmt *s)
{
	if (!s->e.busy)
		return;
	sqlite3_reset(s->st);
	s->e.busy = false;
	q->busy--;
}

static int stmt_start(struct sq_conn *q, const char *sql, const struct val *v, size_t n, struct sq_stmt **ret)
{
	struct sq_stmt *s;

	TRY(stmt_find(q, sql, &s));
	if (n != s->n) {
		db_note_error(q->c.db, "wrong number of values", sql);
		return ERR_INVALID;
	}
	for (size_t i = 0; i < n; i++)
		if (bind_one(s->st, s->index[i], &v[i]) != SQLITE_OK)
			return failed(q, sql);
	s->e.busy = true;
	q->busy++;
	*ret = s;
	return 0;
}

static int sq_query(struct dbc *c, struct rows **ret, const char *sql, const struct val *v, size_t n);

static int sq_exec(struct dbc *c, int64_t *ret_changed, const char *sql, const struct val *v, size_t n)
{
	struct sq_conn *q = (struct sq_conn *)c;
	struct sq_stmt *s;
	int rc;

	TRY(stmt_start(q, sql, v, n, &s));
	while ((rc = sqlite3_step(s->st)) == SQLITE_ROW)
		;
	int err = rc == SQLITE_DONE ? 0 : failed(q, sql);
	if (!err && ret_changed)
		*ret_changed = sqlite3_changes64(q->h);
	stmt_end(q, s);
	return err;
}

static int sq_now(struct dbc *c, instant *ret)
{
	*ret = clock_now(&clock_real);
	return 0;
}

static int sq_script(struct dbc *c, const char *sql)
{
	struct sq_conn *q = (struct sq_conn *)c;

	return sqlite3_exec(q->h, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : failed(q, "script");
}

static int sq_prepare(struct dbc *c, const char *sql)
{
	struct sq_stmt *s;

	return stmt_find((struct sq_conn *)c, sql, &s);
}

static const struct dbc_ops conn_ops = { sq_query, sq_exec, sq_now, sq_script, sq_prepare };

/* ---- rows ---- */

static bool sq_next(struct rows *r)
{
	struct sq_rows *x = (struct sq_rows *)r;

	if (x->first_ready) {
		x->first_ready = false;
		return true;
	}
	if (x->ended || !x->s->e.busy)
		return false;
	int rc = sqlite3_step(x->s->st);
	if (rc == SQLITE_ROW)
		return true;
	x->ended = true;
	if (rc != SQLITE_DONE)
		r->error = failed((struct sq_conn *)r->c, x->s->e.sql);
	return false;
}

static int64_t sq_get_int(const struct rows *r, int col)
{
	return sqlite3_column_int64(((const struct sq_rows *)r)->s->st, col);
}

static str sq_get_str(const struct rows *r, int col)
{
	sqlite3_stmt *st = ((const struct sq_rows *)r)->s->st;
	const char *p = sqlite3_column_blob(st, col);

	return (str){ p, (size_t)sqlite3_column_bytes(st, col) };
}

static bool sq_is_null(const struct rows *r, int col)
{
	return sqlite3_column_type(((const struct sq_rows *)r)->s->st, col) == SQLITE_NULL;
}

static void sq_rows_done(struct rows *r)
{
	stmt_end((struct sq_conn *)r->c, ((struct sq_rows *)r)->s);
}

static const struct rows_ops row_ops = { sq_next, sq_get_int, sq_get_str, sq_is_null, sq_rows_done };

/* Steps once at once, so that INSERT ... RETURNING acts and errors show here, as on PostgreSQL. */
static int sq_query(struct dbc *c, struct rows **ret, const char *sql, const struct val *v, size_t n)
{
	struct sq_conn *q = (struct sq_conn *)c;
	struct sq_stmt *s;

	TRY(stmt_start(q, sql, v, n, &s));
	int rc = sqlite3_step(s->st);
	if (rc != SQLITE_ROW && rc != SQLITE_DONE) {
		int err = failed(q, sql);
		stmt_end(q, s);
		return err;
	}
	s->rows = (struct sq_rows){ { &row_ops, c, 0 }, s, rc == SQLITE_ROW, rc == SQLITE_DONE };
	*ret = &s->rows.r;
	return 0;
}

/* ---- transactions ---- */

static void end_leftover_statements(struct sq_conn *q)
{
	for (size_t i = 0; q->busy && i < q->table.cap; i++)
		if (q->table.slot[i])
			stmt_end(q, (struct sq_stmt *)q->table.slot[i]);
}

int sq_do(struct dbc *c, enum sq_verb v)
{
	struct sq_conn *q = (struct sq_conn *)c;

	if (q->busy && v != SQ_SAVEPOINT)
		end_leftover_statements(q);
	int rc = sqlite3_step(q->verb[v]);
	int err = rc == SQLITE_DONE ? 0 : failed(q, verb_sql[v]);
	sqlite3_reset(q->verb[v]);
	return err;
}

bool sq_in_transaction(struct dbc *c)
{
	return !sqlite3_get_autocommit(((struct sq_conn *)c)->h);
}

int64_t sq_changes(struct dbc *c)
{
	return sqlite3_total_changes64(((struct sq_conn *)c)->h);
}

unsigned sq_wal_frames(struct dbc *c)
{
	return ((struct sq_conn *)c)->wal_frames;
}

int sq_checkpoint(struct dbc *c, enum sq_checkpoint_mode m, int *ret_frames, int *ret_copied)
{
	static const int mode[] = {
		[SQ_PASSIVE] = SQLITE_CHECKPOINT_PASSIVE,
		[SQ_RESTART] = SQLITE_CHECKPOINT_RESTART,
		[SQ_TRUNCATE] = SQLITE_CHECKPOINT_TRUNCATE,
	};
	struct sq_conn *q = (struct sq_conn *)c;
	int frames = 0, copied = 0;

	/* a reader in the middle of its page may hold the writer up only this long */
	sqlite3_busy_timeout(q->h, 20);
	int rc = sqlite3_wal_checkpoint_v2(q->h, NULL, mode[m], &frames, &copied);
	sqlite3_busy_timeout(q->h, 5000);
	*ret_frames = frames;
	*ret_copied = copied;
	if (rc == SQLITE_OK)
		q->wal_frames = (unsigned)(frames > 0 && frames != copied ? frames : 0);
	return map_error(rc);
}

int sq_touch(struct dbc *c)
{
	static const char *const sql[] = { "PRAGMA user_version = 1", "PRAGMA user_version = 2" };
	struct sq_conn *q = (struct sq_conn *)c;
	static _Atomic unsigned turn;

	return sqlite3_exec(q->h, sql[turn++ & 1], NULL, NULL, NULL) == SQLITE_OK ? 0 : failed(q, "probe");
}

/* ---- open, close ---- */

static int on_commit(void *arg, sqlite3 *h, const char *name, int frames)
{
	((struct sq_conn *)arg)->wal_frames = (unsigned)frames;
	return SQLITE_OK;
}

static pthread_once_t library_once = PTHREAD_ONCE_INIT;

static void library_setup(void)
{
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);	/* its counter is a lock that all threads share */
	sqlite3_initialize();
}

/* A file system without shared memory silently keeps the old mode: then a commit would not be what we promise. */
static int need_wal(struct sq_conn *q)
{
	sqlite3_stmt *st = NULL;
	bool wal = sqlite3_prepare_v2(q->h, "PRAGMA journal_mode", -1, &st, NULL) == SQLITE_OK && sqlite3_step(st) == SQLITE_ROW &&
		   sqlite3_stricmp((const char *)sqlite3_column_text(st, 0), "wal") == 0;

	sqlite3_finalize(st);
	return wal ? 0 : ERR_UNSUPPORTED;
}

static int setup(struct sq_conn *q, bool writer)
{
	static const char common[] =
		"PRAGMA temp_store=MEMORY;"		/* no plain temporary file anywhere */
		"PRAGMA foreign_keys=ON;"
		"PRAGMA trusted_schema=OFF;";
	static const char for_writer[] =
		"PRAGMA journal_mode=WAL;"
		"PRAGMA synchronous=FULL;"
		"PRAGMA wal_autocheckpoint=0;"		/* a checkpoint inside a commit gives p99 of 20 to 50 ms */
		"PRAGMA cache_size=-32768;";
	static const char for_reader[] =
		"PRAGMA query_only=ON;"
		"PRAGMA cache_size=-4096;";

	sqlite3_extended_result_codes(q->h, 1);
	sqlite3_busy_timeout(q->h, 5000);
	sqlite3_db_config(q->h, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	if (sqlite3_exec(q->h, common, NULL, NULL, NULL) != SQLITE_OK ||
	    sqlite3_exec(q->h, writer ? for_writer : for_reader, NULL, NULL, NULL) != SQLITE_OK)
		return failed(q, "setup");
	if (writer) {
		TRY(need_wal(q));
		int chunk = 1 << 20;		/* grow in big steps: fewer metadata changes to sync */
		sqlite3_file_control(q->h, "main", SQLITE_FCNTL_CHUNK_SIZE, &chunk);
		sqlite3_wal_hook(q->h, on_commit, q);
	}
	for (int i = 0; i < SQ_VERBS; i++)
		if (sqlite3_prepare_v3(q->h, verb_sql[i], -1, SQLITE_PREPARE_PERSISTENT, &q->verb[i], NULL) != SQLITE_OK)
			return failed(q, verb_sql[i]);
	return 0;
}

static struct sq_conn *conn_new(struct db *db)
{
	struct arena *a = arena_new(16384);
	struct sq_conn *q = ARENA_NEW(a, struct sq_conn);

	pthread_once(&library_once, library_setup);
	q->c.ops = &conn_ops;
	q->c.db = db;
	q->arena = a;
	return q;
}

int sq_open(struct db *db, const char *path, bool writer, struct dbc **ret)
{
	struct sq_conn *q = conn_new(db);

	/* one thread at a time uses a connection: no mutex inside */
	int rc = sqlite3_open_v2(path, &q->h, SQLITE_OPEN_READWRITE | (writer ? SQLITE_OPEN_CREATE : 0) | SQLITE_OPEN_NOMUTEX, NULL);
	int err = rc == SQLITE_OK ? setup(q, writer) : map_error(rc);
	if (err) {
		sq_close(&q->c);
		return err;
	}
	*ret = &q->c;
	return 0;
}

void sq_close(struct dbc *c)
{
	struct sq_conn *q = (struct sq_conn *)c;

	for (size_t i = 0; i < q->table.cap; i++)
		if (q->table.slot[i])
			sqlite3_finalize(((struct sq_stmt *)q->table.slot[i])->st);
	for (int i = 0; i < SQ_VERBS; i++)
		sqlite3_finalize(q->verb[i]);
	sqlite3_close(q->h);
	arena_free(q->arena);
}

/* ---- in memory ---- */

static int open_memory(const char *pragmas, struct sq_conn **ret)
{
	struct sq_conn *q = conn_new(NULL);

	if (sqlite3_open_v2(":memory:", &q->h, SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK ||
	    sqlite3_exec(q->h, pragmas, NULL, NULL, NULL) != SQLITE_OK) {
		sq_close(&q->c);
		return ERR_NOMEM;
	}
	*ret = q;
	return 0;
}

int sq_open_memory(struct dbc **ret)
{
	struct sq_conn *q;

	TRY(open_memory("PRAGMA journal_mode=OFF", &q));
	*ret = &q->c;
	return 0;
}

int sq_image(struct dbc *c, void **ret, int64_t *ret_n)
{
	sqlite3_int64 n = 0;

	*ret = sqlite3_serialize(((struct sq_conn *)c)->h, "main", &n, 0);
	*ret_n = n;
	return *ret ? 0 : ERR_NOMEM;
}

int sq_open_image(void *image, int64_t n, struct dbc **ret)
{
	struct sq_conn *q;

	TRY(open_memory("PRAGMA query_only=ON", &q));
	int rc = sqlite3_deserialize(q->h, "main", image, n, n, SQLITE_DESERIALIZE_READONLY);
	if (rc != SQLITE_OK) {
		sq_close(&q->c);
		return map_error(rc);
	}
	/* pages are read where they lie */
	if (sqlite3_exec(q->h, "PRAGMA mmap_size=1099511627776", NULL, NULL, NULL) != SQLITE_OK)
		db_note_error(NULL, "mmap", NULL);
	*ret = &q->c;
	return 0;
}

void sq_image_free(void *image)
{
	sqlite3_free(image);
}
