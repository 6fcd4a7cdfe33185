/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * PostgreSQL: a pool of threads, each with its connection, takes units of work and tasks from bounded queues, so that a slow or
 * failing database never stops the HTTP threads. Jobs and tools, which may wait, borrow connections of a second, small set.
 *
 * A unit runs SERIALIZABLE, again after a serialisation failure or a lost connection. Lost while committing, it runs again only if
 * it starts with its once-token; else its end is ERR_UNCERTAIN.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "storage/db_impl.h"
#include "storage/ids.h"

#define CONNECTIONS_DEFAULT 8
#define CONNECTIONS_MAX 64
#define QUEUE_DEFAULT 4096
#define SHARES 256
#define HELD_MAX 8
#define TRIES_MAX 40			/* of one unit, with growing pauses: some seconds */
#define PATIENCE_US INT64_C(5000000)	/* how long a unit or read waits for a connection */
#define GRACE_US INT64_C(500000)	/* ... before the others are told that the database is away */
#define BREAK_US INT64_C(1000000)	/* for so long all are refused then; after it some try */

struct task {
	void (*fn)(void *arg);
	void *arg;
};

struct pg_db;

struct worker {
	struct pg_db *d;
	struct dbc *c;		/* NULL: not connected */
	pthread_t thread;
};

struct pg_db {
	struct db db;
	uint64_t id;
	const char *conninfo;
	struct worker *workers;
	unsigned n;
	pthread_mutex_t mu;
	pthread_cond_t more, spare_back;
	struct unit *head, **tail;
	struct task *tasks;			/* ring */
	size_t waiting, queue_max, tasks_first, tasks_waiting;
	uint16_t share[SHARES];
	bool stop, task_next;
	struct dbc *spare[CONNECTIONS_MAX];	/* idle ones for jobs and tools */
	unsigned spare_idle, spare_out;
	_Atomic int64_t refuse_until;		/* monotonic microseconds */
	_Atomic uint64_t units, batches, retries, failures;
};

static __thread struct {
	uint64_t id;
	struct dbc *c;
} held[HELD_MAX];			/* reads that this thread has open */
static __thread struct worker *me;	/* set on pool threads */
static _Atomic uint64_t open_count;

static void pause_us(int64_t us)
{
	nanosleep(&(struct timespec){ us / 1000000, (long)(us % 1000000) * 1000 }, NULL);
}

static bool pool_readonly(const struct db *db)
{
	return clock_monotonic_us() < ((const struct pg_db *)db)->refuse_until;
}

/* Gives *c alive again, or ERR_READONLY after some seconds. */
static int connect_patiently(struct pg_db *d, struct dbc **c)
{
	int64_t start = clock_monotonic_us();
	str why;

	if (*c && pg_alive(*c))
		return 0;
	for (;;) {
		if (*c)
			pg_close(*c);
		*c = NULL;
		if (pg_open(&d->db, d->conninfo, c, &why) == 0) {
			d->refuse_until = 0;
			return 0;
		}
		int64_t now = clock_monotonic_us();
		if (now > start + GRACE_US)
			d->refuse_until = now + BREAK_US;
		if (now > start + PATIENCE_US || d->stop)
			return ERR_READONLY;
		pause_us(100000);
	}
}

/* ---- units ---- */

static int64_t backoff_us(int tries)
{
	int64_t most = INT64_C(200) << (tries < 10 ? tries : 10);

	return most / 2 + clock_monotonic_us() * 7919 % (most / 2 + 1);
}

/* One attempt. *ret_again: the unit may and should run again. */
static int attempt(struct pg_db *d, struct dbc *c, struct unit *u, bool *ret_again)
{
	u->tries++;
	pg_begin(c, PG_WRITE, u->tenant[0], u->tenant[1]);
	int rc = c->failed ? c->failed : u->run(c, u->arg);
	int engine;

	if (rc >= 0) {
		engine = pg_commit(c);
		if (engine < 0)
			rc = engine;
	} else {
		pg_rollback(c);
		engine = c->failed;
	}
	/* a duplicate may be the shadow of a unit that ran beside this one: the second run sees its row, as on SQLite */
	*ret_again = engine == ERR_RETRY || (engine == ERR_EXISTS && u->tries == 1) || (engine == ERR_UNCERTAIN && u->once) ||
		     (engine == ERR_READONLY && !pg_alive(c));
	if (engine == ERR_FULL || engine == ERR_READONLY)
		d->refuse_until = clock_monotonic_us() + BREAK_US;
	return rc;
}

static void run_unit(struct pg_db *d, struct dbc **c, struct unit *u)
{
	bool again = true;
	int rc = ERR_BUSY, uncertain = 0;

	while (again) {
		rc = connect_patiently(d, c);
		if (rc < 0)
			break;
		rc = attempt(d, *c, u, &again);
		if (rc == ERR_UNCERTAIN)
			uncertain = rc;
		if (!again || u->tries >= TRIES_MAX)
			break;
		d->retries++;
		if (rc != ERR_EXISTS)
			pause_us(backoff_us(u->tries));
	}
	if (again && rc == ERR_RETRY)
		rc = ERR_BUSY;
	if (again && uncertain)
		rc = uncertain;		/* the once-token could not be asked */
	u->rc = rc;
	d->units++;
	d->batches++;
	if (rc < 0)
		d->failures++;
}

/* ---- pool threads ---- */

static bool take(struct pg_db *d, struct unit **ret_unit, struct task *ret_task)
{
	*ret_unit = NULL;
	*ret_task = (struct task){ 0 };
	pthread_mutex_lock(&d->mu);
	while (!d->head && !d->tasks_waiting && !d->stop)
		pthread_cond_wait(&d->more, &d->mu);
	bool any = d->head || d->tasks_waiting;
	if (d->tasks_waiting && (d->task_next || !d->head)) {
		*ret_task = d->tasks[d->tasks_first];
		d->tasks_first = (d->tasks_first + 1) % d->queue_max;
		d->tasks_waiting--;
	} else if (d->head) {
		*ret_unit = d->head;
		d->head = d->head->next;
		if (!d->head)
			d->tail = &d->head;
		d->waiting--;
		d->share[(unsigned)(*ret_unit)->tenant[0] % SHARES]--;
	}
	d->task_next = *ret_unit != NULL;	/* turn and turn about: neither waits for the other's end */
	pthread_mutex_unlock(&d->mu);
	return any;
}

static void *worker_main(void *arg)
{
	struct worker *w = arg;
	struct unit *u;
	struct task t;

	me = w;
	while (take(w->d, &u, &t)) {
		if (u) {
			run_unit(w->d, &w->c, u);
			u->done(u);
		} else {
			t.fn(t.arg);
		}
	}
	if (w->c)
		pg_close(w->c);
	w->c = NULL;
	return NULL;
}

static int pool_submit_unit(struct db *db, struct unit *u)
{
	struct pg_db *d = (struct pg_db *)db;
	uint16_t *share = &d->share[(unsigned)u->tenant[0] % SHARES];
	int rc = 0;

	if (pool_readonly(db))
		return ERR_READONLY;
	pthread_mutex_lock(&d->mu);
	/* when it gets tight, one town's crowd must not shut the others out; what is the portal's is everybody's */
	bool greedy = u->tenant[0] > 0 && u->tenant[0] != TENANT_PORTAL.v && d->waiting > d->queue_max / 2 && *share > d->queue_max / 8;
	if (d->stop || d->waiting >= d->queue_max || greedy || *share == UINT16_MAX) {
		rc = ERR_BUSY;
	} else {
		u->next = NULL;
		*d->tail = u;
		d->tail = &u->next;
		d->waiting++;
		(*share)++;
		pthread_cond_signal(&d->more);
	}
	pthread_mutex_unlock(&d->mu);
	return rc;
}

static int pool_task(struct db *db, void (*fn)(void *arg), void *arg)
{
	struct pg_db *d = (struct pg_db *)db;
	int rc = 0;

	pthread_mutex_lock(&d->mu);
	if (d->stop || d->tasks_waiting >= d->queue_max) {
		rc = ERR_BUSY;
	} else {
		d->tasks[(d->tasks_first + d->tasks_waiting++) % d->queue_max] = (struct task){ fn, arg };
		pthread_cond_signal(&d->more);
	}
	pthread_mutex_unlock(&d->mu);
	return rc;
}

/* ---- connections for jobs, tools, and nested use ---- */

static int spare_take(struct pg_db *d, struct dbc **ret)
{
	struct timespec end;
	int rc = 0;

	clock_gettime(CLOCK_REALTIME, &end);
	end.tv_sec += PATIENCE_US / 1000000;
	*ret = NULL;
	pthread_mutex_lock(&d->mu);
	while (rc == 0 && !d->spare_idle && d->spare_out >= d->n)
		rc = pthread_cond_timedwait(&d->spare_back, &d->mu, &end) == ETIMEDOUT ? ERR_BUSY : 0;
	if (rc == 0) {
		if (d->spare_idle)
			*ret = d->spare[--d->spare_idle];
		d->spare_out++;
	}
	pthread_mutex_unlock(&d->mu);
	return rc;
}

static void spare_give(struct pg_db *d, struct dbc *c)
{
	pthread_mutex_lock(&d->mu);
	d->spare_out--;
	if (c)
		d->spare[d->spare_idle++] = c;
	pthread_cond_signal(&d->spare_back);
	pthread_mutex_unlock(&d->mu);
}

/* The caller may wait: its thread runs the unit itself, without a hop. */
static bool pool_runs_here(struct db *db, struct unit *u)
{
	struct pg_db *d = (struct pg_db *)db;
	struct dbc *c;

	if (pool_readonly(db)) {
		u->rc = ERR_READONLY;
		return true;
	}
	if (me && me->d == d && (!me->c || me->c->depth == 0)) {
		run_unit(d, &me->c, u);
		return true;
	}
	u->rc = spare_take(d, &c);
	if (u->rc == 0) {
		run_unit(d, &c, u);
		spare_give(d, c);
	}
	return true;
}

static int pool_read(struct db *db, int32_t a, int32_t b, struct dbc **ret)
{
	struct pg_db *d = (struct pg_db *)db;
	int at = -1, rc;

	for (int i = 0; i < HELD_MAX; i++) {
		struct dbc *c = held[i].c;
		if (!c) {
			at = i;
		} else if (held[i].id == d->id && c->tenant[0] == a && c->tenant[1] == b) {
			c->depth++;
			*ret = c;
			return 0;
		}
	}
	if (at < 0)
		return ERR_LIMIT;
	struct dbc *c = NULL;
	bool own = me && me->d == d && (!me->c || me->c->depth == 0);
	if (own) {
		rc = connect_patiently(d, &me->c);
		c = me->c;
	} else {
		TRY(spare_take(d, &c));
		rc = connect_patiently(d, &c);
		if (rc < 0)
			spare_give(d, NULL);
	}
	if (rc < 0)
		return rc;
	pg_begin(c, PG_READ, a, b);
	c->depth = 1;
	held[at].id = d->id;
	held[at].c = c;
	*ret = c;
	return 0;
}

static void pool_read_done(struct dbc *c)
{
	struct pg_db *d = (struct pg_db *)c->db;

	if (--c->depth > 0)
		return;
	for (int i = 0; i < HELD_MAX; i++)
		if (held[i].c == c)
			held[i].c = NULL;
	pg_end_read(c);
	if (!me || me->c != c)
		spare_give(d, c);
}

/* ---- open, close ---- */

static int pool_scrub(struct db *db)
{
	return 0;
}

static void pool_stats(struct db *db, struct db_stats *ret)
{
	struct pg_db *d = (struct pg_db *)db;

	ret->units = d->units;
	ret->batches = d->batches;
	ret->retries = d->retries;
	ret->failures = d->failures;
	pthread_mutex_lock(&d->mu);
	ret->waiting = d->waiting;
	pthread_mutex_unlock(&d->mu);
}

static void pool_close(struct db *db)
{
	struct pg_db *d = (struct pg_db *)db;

	pthread_mutex_lock(&d->mu);
	d->stop = true;
	pthread_cond_broadcast(&d->more);
	pthread_mutex_unlock(&d->mu);
	for (unsigned i = 0; i < d->n; i++)
		pthread_join(d->workers[i].thread, NULL);
	while (d->spare_idle)
		pg_close(d->spare[--d->spare_idle]);
	pthread_mutex_destroy(&d->mu);
	pthread_cond_destroy(&d->more);
	pthread_cond_destroy(&d->spare_back);
	pthread_mutex_destroy(&d->db.error_mu);
	arena_free(d->db.arena);
}

static const struct db_ops pg_ops = {
	pool_close, pool_read, pool_read_done, pool_task, pool_submit_unit, pool_runs_here, pool_readonly, pool_stats,
	pool_scrub,
};

int pg_db_open(const struct db_options *o, struct db **ret, str *ret_why)
{
	struct arena *a = arena_new(16384);
	struct pg_db *d = ARENA_NEW(a, struct pg_db);

	d->db = (struct db){ .ops = &pg_ops, .engine = DB_POSTGRES, .arena = a, .clock = o->clock ? o->clock : &clock_real };
	pthread_mutex_init(&d->db.error_mu, NULL);
	d->id = ++open_count;
	d->conninfo = str_z(a, str_c(o->pg_conninfo));
	d->n = o->pg_connections ? o->pg_connections : CONNECTIONS_DEFAULT;
	if (d->n > CONNECTIONS_MAX)
		d->n = CONNECTIONS_MAX;
	d->queue_max = o->queue_max ? o->queue_max : QUEUE_DEFAULT;
	d->tasks = ARENA_ARRAY(a, struct task, d->queue_max);
	d->workers = ARENA_ARRAY(a, struct worker, d->n);
	d->tail = &d->head;
	pthread_mutex_init(&d->mu, NULL);
	pthread_cond_init(&d->more, NULL);
	pthread_cond_init(&d->spare_back, NULL);
	/* a first connection, kept as a spare one, shows at once whether the settings are right */
	int rc = pg_open(&d->db, d->conninfo, &d->spare[0], ret_why);
	if (rc < 0) {
		arena_free(a);
		return rc;
	}
	d->spare_idle = 1;
	for (unsigned i = 0; i < d->n; i++) {
		d->workers[i].d = d;
		if (pthread_create(&d->workers[i].thread, NULL, worker_main, &d->workers[i]) != 0) {
			fprintf(stderr, "cannot start a thread\n");
			_exit(70);
		}
	}
	*ret = &d->db;
	return 0;
}
