/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * One PostgreSQL connection, always in pipeline mode: statements are sent without waiting, answers are read in order when somebody
 * needs one. BEGIN, the tenants for row-level security and the first query travel together, and so do the last statements and
 * COMMIT: a unit with one query and seven writes takes two round trips. The only file that includes libpq.
 */
#include <endian.h>
#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include "base/late.h"
#include "storage/db_impl.h"
#include "storage/pg_value.h"
#include "storage/sql_table.h"

/* Mapped on first use; see base/late.h. */
static struct {
#define F(name) __typeof__(name) *name;
#include "storage/db_pq.def"
#undef F
} lib;
static const char *const lib_names[] = {
#define F(name) #name,
#include "storage/db_pq.def"
#undef F
};
LATE_FITS(lib, lib_names);

#define VALUES_MAX 40
#define PENDING_MAX 128		/* answers owed; more are read before the next statement is sent */
#define ROWS_MAX 16		/* results being read at once */

enum { OID_BYTEA = 17, OID_INT8 = 20, OID_TEXT = 25, OID_NUMERIC = 1700 };

struct pg_stmt {
	struct sql_entry e;
	char name[12];
	enum { UNPREPARED, SENT, PREPARED } state;
	uint8_t n;
	Oid type[VALUES_MAX];
};

enum pending_kind { P_STATEMENT, P_PREPARE, P_TENANTS, P_COMMIT, P_ROLLBACK, P_SYNC };

struct pending {
	enum pending_kind kind;
	struct pg_stmt *s;
};

struct pg_rows {
	struct rows r;
	PGresult *res;
	int at, n;
	bool used;
};

struct pg_conn {
	struct dbc c;
	PGconn *h;
	struct arena *arena;
	struct sql_table table;
	struct pending pending[PENDING_MAX];
	unsigned first, owed;
	struct pg_rows rows[ROWS_MAX];
	bool lost;
	bool committed, rolled_back;
	int64_t now_us;			/* of the transaction; 0: not known yet */
};

static const char begin_read[] = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
static const char begin_write[] = "BEGIN ISOLATION LEVEL SERIALIZABLE";
static const char commit_sql[] = "COMMIT";
static const char rollback_sql[] = "ROLLBACK";
static const char tenants_sql[] =
	"SELECT set_config('schalter.tenants', $1, true), (extract(epoch FROM now()) * 1000000)::bigint";

/* ---- errors ---- */

static int lose(struct pg_conn *q)
{
	q->lost = true;
	if (!q->c.failed)
		q->c.failed = ERR_RETRY;
	return ERR_RETRY;
}

static int result_error(struct pg_conn *q, const PGresult *r, const struct pg_stmt *s)
{
	const char *state = lib.PQresultErrorField(r, PG_DIAG_SQLSTATE);
	char text[160];

	/* the primary message names columns and types; DETAIL would quote values */
	const char *primary = lib.PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY);
	snprintf(text, sizeof text, "%s %s", state ? state : "-----", primary ? primary : lib.PQresStatus(lib.PQresultStatus(r)));
	db_note_error(q->c.db, text, s ? s->e.sql : "");
	if (lib.PQstatus(q->h) == CONNECTION_BAD || !state)
		return lose(q);
	int rc = pg_state_error(state);
	if (rc == ERR_READONLY || strncmp(state, "57P", 3) == 0)
		q->lost = true;
	return rc;
}

/* ---- answers ---- */

static void push(struct pg_conn *q, enum pending_kind kind, struct pg_stmt *s)
{
	q->pending[(q->first + q->owed++) % PENDING_MAX] = (struct pending){ kind, s };
}

/* What the answer to one command means; 0 or the error. */
static int digest_answer(struct pg_conn *q, const struct pending *p, PGresult *r)
{
	ExecStatusType st = lib.PQresultStatus(r);

	if (p->kind == P_PREPARE)
		p->s->state = st == PGRES_COMMAND_OK ? PREPARED : UNPREPARED;
	if (st == PGRES_PIPELINE_ABORTED)
		return q->c.failed ? q->c.failed : ERR_DB;
	if (st != PGRES_COMMAND_OK && st != PGRES_TUPLES_OK)
		return result_error(q, r, p->s);
	if (p->kind == P_TENANTS && lib.PQntuples(r) == 1)
		q->now_us = pg_be64(lib.PQgetvalue(r, 0, 1));
	if (p->kind == P_COMMIT)
		q->committed = strcmp(lib.PQcmdStatus(r), "COMMIT") == 0;
	if (p->kind == P_ROLLBACK)
		q->rolled_back = true;
	return 0;
}

/* Reads the answer to the oldest command that is owed. A good result goes to the caller who wants it. */
static int read_answer(struct pg_conn *q, PGresult **ret_keep)
{
	struct pending p = q->pending[q->first];
	PGresult *r;
	int rc = 0;

	q->first = (q->first + 1) % PENDING_MAX;
	q->owed--;
	if (q->lost)
		return ERR_RETRY;
	for (int empty = 0; !(r = lib.PQgetResult(q->h));)
		if (lib.PQstatus(q->h) == CONNECTION_BAD || ++empty > 2)
			return lose(q);
	if (p.kind == P_SYNC) {
		if (lib.PQresultStatus(r) != PGRES_PIPELINE_SYNC)
			rc = lose(q);
		lib.PQclear(r);
		return rc;
	}
	rc = digest_answer(q, &p, r);
	if (rc == 0 && ret_keep)
		*ret_keep = r;
	else
		lib.PQclear(r);
	if (rc < 0 && !q->c.failed)
		q->c.failed = rc;
	while (!q->lost && (r = lib.PQgetResult(q->h)))		/* the end mark of this command */
		lib.PQclear(r);
	if (lib.PQstatus(q->h) == CONNECTION_BAD)
		return lose(q);
	return rc;
}

/* Reads every answer that is owed; gives the last one. */
static int read_all(struct pg_conn *q, PGresult **ret_last)
{
	int rc = 0;

	if (!q->owed)
		return q->c.failed;
	if (!q->lost && q->pending[(q->first + q->owed - 1) % PENDING_MAX].kind != P_SYNC && !lib.PQsendFlushRequest(q->h))
		lose(q);
	if (!q->lost && lib.PQflush(q->h) != 0)
		lose(q);
	while (q->owed) {
		int one = read_answer(q, q->owed == 1 ? ret_last : NULL);
		if (one < 0 && rc == 0)
			rc = one;
	}
	return q->c.failed ? q->c.failed : rc;
}

/* ---- statements ---- */

static struct pg_stmt *stmt_find(struct pg_conn *q, const char *sql)
{
	struct pg_stmt *s = (struct pg_stmt *)sql_table_find(&q->table, sql);

	if (s)
		return s;
	s = ARENA_NEW(q->arena, struct pg_stmt);
	snprintf(s->name, sizeof s->name, "s%zu", q->table.used);
	s->e.sql = sql;
	sql_table_put(&q->table, q->arena, &s->e);
	return s;
}

static Oid type_of(const struct val *v)
{
	switch (v->kind) {
	case VAL_INT:
	case VAL_NULL_INT:
		return OID_INT8;
	case VAL_BLOB:
	case VAL_NULL_BLOB:
		return OID_BYTEA;
	case VAL_TEXT:
	case VAL_NULL:
		break;
	}
	return OID_TEXT;
}

static int prepare(struct pg_conn *q, struct pg_stmt *s, const struct val *v, size_t n)
{
	if (s->state != UNPREPARED) {
		bool same = n == s->n;
		for (size_t i = 0; same && i < n; i++)
			same = type_of(&v[i]) == s->type[i];
		if (!same)
			db_note_error(q->c.db, "number or kinds of values differ from the first use", s->e.sql);
		return same ? 0 : ERR_INVALID;
	}
	s->n = (uint8_t)n;
	for (size_t i = 0; i < n; i++)
		s->type[i] = type_of(&v[i]);
	struct arena_mark before = arena_mark(q->arena);
	int ok = lib.PQsendPrepare(q->h, s->name, db_expand(q->arena, DB_POSTGRES, s->e.sql).p, (int)n, s->type);
	arena_rewind(q->arena, before);
	if (!ok)
		return lose(q);
	s->state = SENT;
	push(q, P_PREPARE, s);
	return 0;
}

static int transmit(struct pg_conn *q, enum pending_kind kind, const char *sql, const struct val *v, size_t n)
{
	const char *value[VALUES_MAX];
	int length[VALUES_MAX], format[VALUES_MAX];
	uint64_t number[VALUES_MAX];

	if (n > VALUES_MAX)
		return ERR_INVALID;
	if (q->lost)
		return ERR_RETRY;
	if (q->owed > PENDING_MAX - 8)
		TRY(read_all(q, NULL));
	struct pg_stmt *s = stmt_find(q, sql);
	TRY(prepare(q, s, v, n));
	for (size_t i = 0; i < n; i++) {
		format[i] = 1;
		if (v[i].kind == VAL_INT) {
			number[i] = htobe64((uint64_t)v[i].i);
			value[i] = (const char *)&number[i];
			length[i] = 8;
		} else if (v[i].kind == VAL_TEXT || v[i].kind == VAL_BLOB) {
			if (v[i].s.n > INT32_MAX)
				return ERR_LIMIT;
			value[i] = v[i].s.p ? v[i].s.p : "";
			length[i] = (int)v[i].s.n;
		} else {
			value[i] = NULL;
			length[i] = 0;
		}
	}
	if (!lib.PQsendQueryPrepared(q->h, s->name, (int)n, value, length, format, 1))
		return lose(q);
	push(q, kind, s);
	return 0;
}

static int pg_exec(struct dbc *c, int64_t *ret_changed, const char *sql, const struct val *v, size_t n)
{
	struct pg_conn *q = (struct pg_conn *)c;
	PGresult *r = NULL;

	TRY(transmit(q, P_STATEMENT, sql, v, n));
	if (!ret_changed)
		return 0;
	int rc = read_all(q, &r);
	if (rc == 0 && r)
		*ret_changed = pg_decimal(lib.PQcmdTuples(r));
	lib.PQclear(r);
	return rc;
}

static int pg_now(struct dbc *c, instant *ret)
{
	struct pg_conn *q = (struct pg_conn *)c;

	if (!q->now_us)
		TRY(read_all(q, NULL));
	ret->us = q->now_us;
	return 0;
}

static int sync_and_read(struct pg_conn *q)
{
	if (q->lost)
		return ERR_RETRY;
	if (!lib.PQpipelineSync(q->h))
		return lose(q);
	push(q, P_SYNC, NULL);
	return read_all(q, NULL);
}

static int pg_script_in(struct dbc *c, const char *sql)
{
	struct pg_conn *q = (struct pg_conn *)c;

	TRY(sync_and_read(q));
	if (!lib.PQexitPipelineMode(q->h))
		return lose(q);
	PGresult *r = lib.PQexec(q->h, sql);
	ExecStatusType st = lib.PQresultStatus(r);
	int rc = st == PGRES_COMMAND_OK || st == PGRES_TUPLES_OK || st == PGRES_EMPTY_QUERY ? 0 : result_error(q, r, NULL);
	lib.PQclear(r);
	if (!lib.PQenterPipelineMode(q->h))
		return lose(q);
	return rc;
}

/* For tests: types are left to the server, as nothing is executed. */
static int pg_prepare(struct dbc *c, const char *sql)
{
	struct pg_conn *q = (struct pg_conn *)c;
	struct arena_mark before = arena_mark(q->arena);
	int ok = lib.PQsendPrepare(q->h, "", db_expand(q->arena, DB_POSTGRES, sql).p, 0, NULL);

	arena_rewind(q->arena, before);
	if (!ok)
		return lose(q);
	push(q, P_STATEMENT, NULL);
	return read_all(q, NULL);
}

/* ---- rows ---- */

static bool pg_next(struct rows *r)
{
	struct pg_rows *x = (struct pg_rows *)r;

	if (x->at + 1 >= x->n)
		return false;
	x->at++;
	return true;
}

static bool pg_is_null(const struct rows *r, int col)
{
	const struct pg_rows *x = (const struct pg_rows *)r;

	return lib.PQgetisnull(x->res, x->at, col) != 0;
}

static int64_t pg_get_int(const struct rows *r, int col)
{
	const struct pg_rows *x = (const struct pg_rows *)r;
	const char *p = lib.PQgetvalue(x->res, x->at, col);
	int len = lib.PQgetlength(x->res, x->at, col);

	return lib.PQftype(x->res, col) == OID_NUMERIC ? pg_numeric(p, len) : pg_integer(p, len);
}

static str pg_get_str(const struct rows *r, int col)
{
	const struct pg_rows *x = (const struct pg_rows *)r;

	return str_n(lib.PQgetvalue(x->res, x->at, col), (size_t)lib.PQgetlength(x->res, x->at, col));
}

static void pg_rows_done(struct rows *r)
{
	struct pg_rows *x = (struct pg_rows *)r;

	lib.PQclear(x->res);
	x->res = NULL;
	x->used = false;
}

static const struct rows_ops row_ops = { pg_next, pg_get_int, pg_get_str, pg_is_null, pg_rows_done };

static int pg_query(struct dbc *c, struct rows **ret, const char *sql, const struct val *v, size_t n)
{
	struct pg_conn *q = (struct pg_conn *)c;
	struct pg_rows *x = NULL;
	PGresult *r = NULL;

	for (int i = 0; i < ROWS_MAX && !x; i++)
		if (!q->rows[i].used)
			x = &q->rows[i];
	if (!x)
		return ERR_LIMIT;
	TRY(transmit(q, P_STATEMENT, sql, v, n));
	int rc = read_all(q, &r);
	if (rc < 0) {
		lib.PQclear(r);
		return rc;
	}
	*x = (struct pg_rows){ { &row_ops, c, 0 }, r, -1, lib.PQntuples(r), true };
	*ret = &x->r;
	return 0;
}

/* ---- transactions ---- */

void pg_begin(struct dbc *c, enum pg_begin how, int32_t tenant_a, int32_t tenant_b)
{
	struct pg_conn *q = (struct pg_conn *)c;
	char who[32];
	int n;

	if (read_all(q, NULL) < 0 && q->lost)
		return;
	c->failed = 0;
	c->tenant[0] = tenant_a;
	c->tenant[1] = tenant_b;
	q->committed = false;
	q->now_us = 0;
	if (tenant_a == TENANT_ALL || tenant_b == TENANT_ALL)
		n = snprintf(who, sizeof who, "*");
	else if (tenant_b)
		n = snprintf(who, sizeof who, "%d,%d", (int)tenant_a, (int)tenant_b);
	else
		n = snprintf(who, sizeof who, "%d", (int)tenant_a);
	int rc = transmit(q, P_STATEMENT, how == PG_READ ? begin_read : begin_write, NULL, 0);
	struct val v = VT(str_n(who, (size_t)n));
	if (rc == 0)
		rc = transmit(q, P_TENANTS, tenants_sql, &v, 1);
	if (rc < 0 && !c->failed)
		c->failed = rc;
}

static void end_leftover_rows(struct pg_conn *q)
{
	for (int i = 0; i < ROWS_MAX; i++)
		if (q->rows[i].used)
			pg_rows_done(&q->rows[i].r);
}

void pg_rollback(struct dbc *c)
{
	struct pg_conn *q = (struct pg_conn *)c;
	int failed = c->failed;

	end_leftover_rows(q);
	/* the first mark ends the aborted pipeline; ROLLBACK is understood after it */
	if (!q->lost && !lib.PQpipelineSync(q->h))
		lose(q);
	if (!q->lost) {
		push(q, P_SYNC, NULL);
		q->rolled_back = false;
		if (transmit(q, P_ROLLBACK, rollback_sql, NULL, 0) == 0)
			(void)(sync_and_read(q) < 0);		/* an old error may show again; the mark counts */
		if (!q->rolled_back)
			q->lost = true;
	}
	c->failed = failed;
}

int pg_commit(struct dbc *c)
{
	struct pg_conn *q = (struct pg_conn *)c;

	end_leftover_rows(q);
	if (c->failed) {
		pg_rollback(c);
		return c->failed;
	}
	int rc = transmit(q, P_COMMIT, commit_sql, NULL, 0);
	if (rc < 0)
		return rc;
	rc = sync_and_read(q);
	if (q->committed)
		return 0;		/* whatever came after it */
	if (q->lost && rc == ERR_RETRY)
		return ERR_UNCERTAIN;
	if (rc == 0)
		rc = ERR_RETRY;
	c->failed = rc;
	pg_rollback(c);
	return rc;
}

void pg_end_read(struct dbc *c)
{
	struct pg_conn *q = (struct pg_conn *)c;

	end_leftover_rows(q);
	if (c->failed || q->lost) {
		pg_rollback(c);
		return;
	}
	if (transmit(q, P_STATEMENT, commit_sql, NULL, 0) < 0)
		return;
	if (!lib.PQpipelineSync(q->h) || lib.PQflush(q->h) < 0) {
		lose(q);
		return;
	}
	push(q, P_SYNC, NULL);
}

bool pg_alive(struct dbc *c)
{
	struct pg_conn *q = (struct pg_conn *)c;

	if (q->owed)
		(void)(read_all(q, NULL) < 0);
	if (q->lost)
		return false;
	/* nothing is owed: if the server speaks now, it says good-bye (or that a setting changed, which a new connection knows) */
	struct pollfd p = { .fd = lib.PQsocket(q->h), .events = POLLIN };
	if (poll(&p, 1, 0) > 0)
		q->lost = true;
	return !q->lost;
}

/* ---- open, close ---- */

static void no_notice(void *arg, const PGresult *r)
{
}

static const char session_sql[] =
	/* sequential scans take a lock on the whole table in SERIALIZABLE, and everybody conflicts with everybody */
	"SET enable_seqscan = off; SET plan_cache_mode = force_generic_plan; SET jit = off;"
	"SET statement_timeout = '30s'; SET lock_timeout = '10s'; SET idle_in_transaction_session_timeout = '60s';"
	"SET client_min_messages = error; SET standard_conforming_strings = on;"
	/* an acknowledged unit is on disk: a cluster that is set to forget is overruled */
	"SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'";

static int session_setup(struct pg_conn *q, str *ret_why)
{
	PGresult *r = lib.PQexec(q->h, session_sql);
	ExecStatusType st = lib.PQresultStatus(r);
	lib.PQclear(r);
	if ((st != PGRES_COMMAND_OK && st != PGRES_TUPLES_OK) || !lib.PQenterPipelineMode(q->h)) {
		*ret_why = S("the PostgreSQL session could not be set up");
		return ERR_DB;
	}
	return 0;
}

static PGconn *connect_to(const char *conninfo)
{
	/* what stands before dbname is a default that the conninfo may overrule */
	const char *const key[] = { "connect_timeout", "fallback_application_name", "client_encoding", "target_session_attrs",
		"keepalives_idle", "tcp_user_timeout", "dbname", NULL };
	const char *const value[] = { "3", "schalter", "UTF8", "read-write", "10", "10000", conninfo, NULL };

	PGconn *h = lib.PQconnectdbParams(key, value, 1);
	lib.PQsetNoticeReceiver(h, no_notice, NULL);
	return h;
}

static int lib_ready(str *ret_why)
{
	int rc = late_load(LATE_PQ, lib_names, sizeof lib, &lib);

	if (rc < 0)
		*ret_why = S("libpq, the library that speaks with PostgreSQL, is not installed (Debian: libpq5)");
	return rc;
}

static const struct dbc_ops conn_ops = { pg_query, pg_exec, pg_now, pg_script_in, pg_prepare };

int pg_open(struct db *db, const char *conninfo, struct dbc **ret, str *ret_why)
{
	TRY(lib_ready(ret_why));
	struct arena *a = arena_new(16384);
	struct pg_conn *q = ARENA_NEW(a, struct pg_conn);

	q->c.ops = &conn_ops;
	q->c.db = db;
	q->arena = a;
	q->h = connect_to(conninfo);
	int rc = lib.PQstatus(q->h) == CONNECTION_OK ? 0 : ERR_IO;
	if (rc < 0) {
		*ret_why = S("no connection to PostgreSQL (is it running, is the conninfo right, may the role log in?)");
		db_note_error(db, lib.PQerrorMessage(q->h), "connect");
	} else {
		rc = session_setup(q, ret_why);
	}
	if (rc < 0) {
		pg_close(&q->c);
		return rc;
	}
	*ret = &q->c;
	return 0;
}

void pg_close(struct dbc *c)
{
	struct pg_conn *q = (struct pg_conn *)c;

	end_leftover_rows(q);
	lib.PQfinish(q->h);
	arena_free(q->arena);
}

int pg_script(const char *conninfo, const char *sql, str *ret_why)
{
	int rc = ERR_IO;

	TRY(lib_ready(ret_why));
	PGconn *h = connect_to(conninfo);
	*ret_why = S("no connection to PostgreSQL");
	if (lib.PQstatus(h) == CONNECTION_OK) {
		PGresult *r = lib.PQexec(h, sql);
		ExecStatusType st = lib.PQresultStatus(r);
		rc = st == PGRES_COMMAND_OK || st == PGRES_TUPLES_OK ? 0 : ERR_DB;
		*ret_why = rc ? S("PostgreSQL refused the script") : STR_EMPTY;
		lib.PQclear(r);
	}
	lib.PQfinish(h);
	return rc;
}
