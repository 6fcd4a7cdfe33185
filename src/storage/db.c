/* SPDX-License-Identifier: EUPL-1.2 */
#include <stdio.h>
#include <string.h>
#include "storage/db_impl.h"

int db_open(const struct db_options *o, struct db **ret, str *ret_why)
{
	*ret = NULL;
	*ret_why = STR_EMPTY;
	if (o->pg_conninfo)
		return pg_db_open(o, ret, ret_why);
	if (o->sqlite_path)
		return sqlite_db_open(o, ret, ret_why);
	*ret_why = S("neither an SQLite file nor a PostgreSQL connection is configured");
	return ERR_INVALID;
}

void db_close(struct db *db)
{
	if (db)
		db->ops->close(db);
}

enum db_engine db_engine(const struct db *db)
{
	return db->engine;
}

bool db_reads_inline(const struct db *db)
{
	return db->engine == DB_SQLITE;
}

bool db_readonly(const struct db *db)
{
	return db->ops->readonly(db);
}

/* ---- statements ---- */

int db_query_v(struct dbc *c, struct rows **ret, const char *sql, const struct val *v, size_t n)
{
	*ret = NULL;
	if (c->failed)
		return c->failed;
	int rc = c->ops->query(c, ret, sql, v, n);
	if (rc < 0)
		c->failed = rc;
	return rc;
}

int db_exec_v(struct dbc *c, int64_t *ret_changed, const char *sql, const struct val *v, size_t n)
{
	if (ret_changed)
		*ret_changed = 0;
	if (c->failed)
		return c->failed;
	int rc = c->ops->exec(c, ret_changed, sql, v, n);
	if (rc < 0)
		c->failed = rc;
	return rc;
}

int db_now(struct dbc *c, instant *ret)
{
	*ret = (instant){ 0 };
	if (c->failed)
		return c->failed;
	if (c->db->clock != &clock_real) {
		*ret = clock_now(c->db->clock);
		return 0;
	}
	int rc = c->ops->now(c, ret);
	if (rc < 0)
		c->failed = rc;
	return rc;
}

bool rows_next(struct rows *r)
{
	if (!r || r->error)
		return false;
	bool more = r->ops->next(r);
	if (!more && r->error)
		r->c->failed = r->error;
	return more;
}

int rows_error(const struct rows *r)
{
	return r ? r->error : ERR_INVALID;
}

int64_t row_int(const struct rows *r, int col)
{
	return r->ops->get_int(r, col);
}

str row_str(const struct rows *r, int col)
{
	return r->ops->get_str(r, col);
}

bool row_is_null(const struct rows *r, int col)
{
	return r->ops->is_null(r, col);
}

void rows_done(struct rows **r)
{
	if (*r)
		(*r)->ops->done(*r);
	*r = NULL;
}

/* ---- reads and units ---- */

int db_read(struct db *db, int32_t tenant_a, int32_t tenant_b, struct dbc **ret)
{
	*ret = NULL;
	return db->ops->read(db, tenant_a, tenant_b, ret);
}

void db_read_done(struct dbc **c)
{
	if (*c)
		(*c)->db->ops->read_done(*c);
	*c = NULL;
}

int db_task(struct db *db, void (*fn)(void *arg), void *arg)
{
	return db->ops->task(db, fn, arg);
}

int db_unit_submit(struct db *db, struct unit *u)
{
	u->rc = 0;
	u->tries = 0;
	u->next = NULL;
	return db->ops->submit(db, u);
}

struct waiter {
	pthread_mutex_t mu;
	pthread_cond_t cond;
	bool finished;
};

static void wake(struct unit *u)
{
	struct waiter *w = u->done_arg;

	pthread_mutex_lock(&w->mu);
	w->finished = true;
	pthread_cond_signal(&w->cond);
	pthread_mutex_unlock(&w->mu);
}

int db_unit_run(struct db *db, struct unit *u)
{
	struct waiter w = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false };

	u->rc = 0;
	u->tries = 0;
	u->next = NULL;
	u->done = wake;
	u->done_arg = &w;
	if (db->ops->runs_here(db, u))
		return u->rc;
	TRY(db->ops->submit(db, u));
	pthread_mutex_lock(&w.mu);
	while (!w.finished)
		pthread_cond_wait(&w.cond, &w.mu);
	pthread_mutex_unlock(&w.mu);
	pthread_mutex_destroy(&w.mu);
	pthread_cond_destroy(&w.cond);
	return u->rc;
}

void db_stats(struct db *db, struct db_stats *ret)
{
	*ret = (struct db_stats){ 0 };
	db->ops->stats(db, ret);
	pthread_mutex_lock(&db->error_mu);
	memcpy(ret->last_error, db->last_error, sizeof ret->last_error);
	pthread_mutex_unlock(&db->error_mu);
}

void db_note_error(struct db *db, const char *what, const char *sql)
{
	if (!db)
		return;		/* a connection in memory */
	pthread_mutex_lock(&db->error_mu);
	snprintf(db->last_error, sizeof db->last_error, "%.120s: %.100s", what ? what : "?", sql ? sql : "");
	pthread_mutex_unlock(&db->error_mu);
}

int db_migrate(struct db *db, int *ret_from, int *ret_to, str *ret_why)
{
	return migrate_part(db, "main", ret_from, ret_to, ret_why);
}

/* ---- all statements of the program ---- */

/* the linker gives the bounds of the section that SQL() fills; weak: a program without a statement has none */
extern const char __start_schalter_sql[] __attribute__((weak));
extern const char __stop_schalter_sql[] __attribute__((weak));

void db_each_statement(void (*fn)(const char *sql, void *arg), void *arg)
{
	const char *p = __start_schalter_sql;

	while (p && p < __stop_schalter_sql) {
		size_t n = strlen(p);
		if (n)
			fn(p, arg);
		p += n + 1;
	}
}
