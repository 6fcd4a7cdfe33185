/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Units of work on SQLite: one writer thread takes what waits and commits it together (one fsync for many), a second one copies the
 * WAL back (checkpoint), each reading thread has a connection of its own.
 *
 * A batch runs without savepoints first: most units that refuse do so before they write. Only if one fails after it has written, the
 * batch is rolled back and runs again with a savepoint for each unit (units may run again, that is their contract).
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>
#include "storage/db_impl.h"
#include "storage/ids.h"

#define BATCH_DEFAULT 256
#define QUEUE_DEFAULT 4096
#define SHARES 256
#define FRAMES_COPY 1000U		/* the checkpoint thread starts: about 4 MiB of WAL */
#define FRAMES_SOFT 32768U		/* the writer copies the rest itself, so that the WAL starts anew: 128 MiB */
#define FRAMES_REST 1000U		/* ... once so little of it is left, or after a few runs of the thread */
#define FRAMES_HARD 65536U		/* ... and waits for readers and truncates: 256 MiB */
#define FREE_AGAIN (1 << 20)		/* bytes free before a full disk counts as writable again */

struct sq_db {
	struct db db;
	const char *path;
	int lock_fd;
	struct dbc *conn;		/* the writer's */
	pthread_t writer;
	pthread_mutex_t mu;		/* queue */
	pthread_cond_t more;
	struct unit *head, **tail;
	size_t waiting, queue_max;
	unsigned batch_max;
	bool stop;
	uint16_t share[SHARES];		/* waiting units by tenant, roughly */
	_Atomic bool readonly;
	_Atomic uint64_t units, batches, retries, failures;

	pthread_t copier;
	struct dbc *copy_conn;
	pthread_mutex_t copy_mu;
	pthread_cond_t copy_cond;
	bool copy_wanted, copy_busy, copy_stop;
	unsigned copied;			/* frames, by the thread's last run */
	unsigned frames_asked, frames_tried, runs;	/* the writer's */

	struct sq_readers readers;
};

/* ---- reads ---- */

static int unit_read(struct db *db, int32_t a, int32_t b, struct dbc **ret)
{
	struct sq_db *d = (struct sq_db *)db;
	struct dbc *c;

	TRY(sq_readers_get(&d->readers, &c));
	if (c->depth == 0) {
		c->failed = 0;
		TRY(sq_do(c, SQ_BEGIN));
	}
	c->depth++;
	*ret = c;
	return 0;
}

static void unit_read_done(struct dbc *c)
{
	if (--c->depth > 0)
		return;
	if (sq_in_transaction(c) && sq_do(c, SQ_COMMIT) < 0 && sq_do(c, SQ_ROLLBACK) < 0)
		c->failed = ERR_DB;
}

/* ---- the writer ---- */

enum outcome { COMMITTED, DIRTY, GONE };

static bool disk_error(int rc)
{
	return rc == ERR_FULL || rc == ERR_IO || rc == ERR_READONLY;
}

/* After these SQLite may have rolled the whole transaction back, or left it in doubt: nothing of the batch counts. */
static bool batch_error(int engine_rc)
{
	return disk_error(engine_rc) || engine_rc == ERR_NOMEM || engine_rc == ERR_RETRY;
}

static void rollback(struct sq_db *d)
{
	if (sq_in_transaction(d->conn) && sq_do(d->conn, SQ_ROLLBACK) < 0)
		atomic_store(&d->readonly, true);
}

static int run_unit(struct sq_db *d, struct unit *u)
{
	d->conn->failed = 0;
	u->tries++;
	int rc = u->run(d->conn, u->arg);
	return rc >= 0 && d->conn->failed ? d->conn->failed : rc;
}

static enum outcome run_together(struct sq_db *d, struct unit *batch, bool savepoints)
{
	if (sq_do(d->conn, SQ_BEGIN_WRITE) < 0)
		return GONE;
	for (struct unit *u = batch; u; u = u->next) {
		int64_t before = sq_changes(d->conn);
		if (savepoints && sq_do(d->conn, SQ_SAVEPOINT) < 0)
			return GONE;
		u->rc = run_unit(d, u);
		if (u->rc < 0) {
			if (!sq_in_transaction(d->conn) || batch_error(d->conn->failed))
				return GONE;
			if (!savepoints && sq_changes(d->conn) != before)
				return DIRTY;
			if (savepoints && sq_do(d->conn, SQ_ROLLBACK_TO) < 0)
				return GONE;
		}
		if (savepoints && sq_do(d->conn, SQ_RELEASE) < 0)
			return GONE;
		/* the next SAVEPOINT would silently open a transaction of its own */
		if (!sq_in_transaction(d->conn))
			return GONE;
	}
	return sq_do(d->conn, SQ_COMMIT) < 0 ? GONE : COMMITTED;
}

/* A transaction for this unit alone; only here a full disk reaches the caller and makes the database read-only. */
static void run_alone(struct sq_db *d, struct unit *u)
{
	int rc = sq_do(d->conn, SQ_BEGIN_WRITE);
	int engine = rc;

	if (rc == 0) {
		rc = run_unit(d, u);
		engine = d->conn->failed;
		if (rc >= 0 && !sq_in_transaction(d->conn))
			rc = engine = ERR_IO;
	}
	if (rc >= 0) {
		int committed = sq_do(d->conn, SQ_COMMIT);
		if (committed < 0)
			rc = engine = committed;
	}
	if (rc < 0)
		rollback(d);
	if (disk_error(engine))
		atomic_store(&d->readonly, true);
	u->rc = rc;
}

static void finish(struct sq_db *d, struct unit *batch)
{
	for (struct unit *u = batch, *next; u; u = next) {
		next = u->next;		/* done may give the unit away */
		d->units++;
		if (u->rc < 0)
			d->failures++;
		u->done(u);
	}
}

static void run_batch(struct sq_db *d, struct unit *batch)
{
	enum outcome o = GONE;

	if (batch->next) {
		o = run_together(d, batch, false);
		if (o != COMMITTED) {
			rollback(d);
			d->retries++;
		}
		if (o == DIRTY) {
			o = run_together(d, batch, true);
			if (o != COMMITTED)
				rollback(d);
		}
	}
	if (o != COMMITTED) {
		for (struct unit *u = batch; u; u = u->next)
			run_alone(d, u);
	}
	d->batches++;
	finish(d, batch);
}

/* Asks the copying thread for a run unless it is at it; false if it is. Gives what its last run had copied. */
static bool ask_copier(struct sq_db *d, bool run, unsigned *ret_copied)
{
	pthread_mutex_lock(&d->copy_mu);
	bool idle = !d->copy_busy && !d->copy_wanted;
	*ret_copied = d->copied;
	if (idle && run) {
		d->copy_wanted = true;
		pthread_cond_signal(&d->copy_cond);
	}
	pthread_mutex_unlock(&d->copy_mu);
	return idle;
}

/*
 * Keeps the WAL from growing. The thread copies while the writer writes on, so it never reaches the end under unbroken load, and only
 * when all is copied does SQLite start the file anew: when little is left, the writer copies that itself.
 */
static void keep_wal_short(struct sq_db *d)
{
	unsigned frames = sq_wal_frames(d->conn), done;
	int all, copied, rc = 0;

	if (frames < d->frames_asked)
		d->frames_asked = d->frames_tried = d->runs = 0;	/* it started anew */
	if (frames >= FRAMES_HARD && frames >= d->frames_tried + FRAMES_COPY) {
		d->frames_tried = frames;
		rc = sq_checkpoint(d->conn, SQ_TRUNCATE, &all, &copied);
	} else if (frames >= FRAMES_SOFT && ask_copier(d, false, &done)) {
		if (frames > done + FRAMES_REST && d->runs < 4) {
			d->runs++;
			(void)ask_copier(d, true, &done);
		} else if (frames >= d->frames_tried + FRAMES_COPY) {
			d->frames_tried = frames;
			d->runs = 0;
			rc = sq_checkpoint(d->conn, SQ_PASSIVE, &all, &copied);
		}
	} else if (frames >= d->frames_asked + FRAMES_COPY && frames < FRAMES_SOFT) {
		d->frames_asked = frames;
		(void)ask_copier(d, true, &done);
	}
	if (disk_error(rc))
		atomic_store(&d->readonly, true);
}

static void try_writable(struct sq_db *d)
{
	struct statvfs fs;
	int all, copied;

	/* moving the WAL into the file may itself make room */
	int rc = sq_checkpoint(d->conn, SQ_TRUNCATE, &all, &copied);
	if (disk_error(rc))
		return;
	if (statvfs(d->path, &fs) == 0 && (uint64_t)fs.f_bavail * fs.f_frsize < FREE_AGAIN)
		return;
	if (sq_touch(d->conn) == 0)
		atomic_store(&d->readonly, false);
}

static struct unit *take(struct sq_db *d)
{
	pthread_mutex_lock(&d->mu);
	while (!d->head && !d->stop) {
		if (!d->readonly) {
			pthread_cond_wait(&d->more, &d->mu);
			continue;
		}
		struct timespec at;
		clock_gettime(CLOCK_REALTIME, &at);
		at.tv_sec += 1;
		if (pthread_cond_timedwait(&d->more, &d->mu, &at) == ETIMEDOUT) {
			pthread_mutex_unlock(&d->mu);
			try_writable(d);
			pthread_mutex_lock(&d->mu);
		}
	}
	struct unit *batch = d->head, *last = NULL;
	for (unsigned n = 0; d->head && n < d->batch_max; n++) {
		last = d->head;
		d->head = last->next;
		d->waiting--;
		d->share[(unsigned)last->tenant[0] % SHARES]--;
	}
	if (last)
		last->next = NULL;
	if (!d->head)
		d->tail = &d->head;
	pthread_mutex_unlock(&d->mu);
	return batch;
}

static void *writer_main(void *arg)
{
	struct sq_db *d = arg;

	for (struct unit *batch; (batch = take(d));) {
		run_batch(d, batch);
		keep_wal_short(d);
	}
	return NULL;
}

static void *copier_main(void *arg)
{
	struct sq_db *d = arg;
	int all, copied;

	pthread_mutex_lock(&d->copy_mu);
	while (!d->copy_stop) {
		if (!d->copy_wanted) {
			pthread_cond_wait(&d->copy_cond, &d->copy_mu);
			continue;
		}
		d->copy_wanted = false;
		d->copy_busy = true;
		pthread_mutex_unlock(&d->copy_mu);
		/* an error here is no loss: everything is in the WAL; the writer meets the same disk */
		if (sq_checkpoint(d->copy_conn, SQ_PASSIVE, &all, &copied) < 0)
			usleep(10000);
		pthread_mutex_lock(&d->copy_mu);
		d->copy_busy = false;
		d->copied = copied > 0 ? (unsigned)copied : 0;
	}
	pthread_mutex_unlock(&d->copy_mu);
	return NULL;
}

/* ---- the face ---- */

static int unit_submit(struct db *db, struct unit *u)
{
	struct sq_db *d = (struct sq_db *)db;
	uint16_t *share = &d->share[(unsigned)u->tenant[0] % SHARES];
	int rc = 0;

	if (d->readonly)
		return ERR_READONLY;
	pthread_mutex_lock(&d->mu);
	/* when it gets tight, one town's crowd must not shut the others out; what is the portal's is everybody's */
	bool greedy = u->tenant[0] > 0 && u->tenant[0] != TENANT_PORTAL.v && d->waiting > d->queue_max / 2 && *share > d->queue_max / 8;
	if (d->stop || d->waiting >= d->queue_max || greedy || *share == UINT16_MAX) {
		rc = ERR_BUSY;
	} else {
		bool sleeping = !d->head;
		u->next = NULL;
		*d->tail = u;
		d->tail = &u->next;
		d->waiting++;
		(*share)++;
		if (sleeping)
			pthread_cond_signal(&d->more);
	}
	pthread_mutex_unlock(&d->mu);
	return rc;
}

static bool unit_runs_here(struct db *db, struct unit *u)
{
	struct sq_db *d = (struct sq_db *)db;

	if (!pthread_equal(pthread_self(), d->writer))
		return false;
	u->rc = ERR_INVALID;		/* a unit that waits for a unit would wait for ever */
	return true;
}

static int unit_task(struct db *db, void (*fn)(void *arg), void *arg)
{
	fn(arg);		/* reads are inline on SQLite */
	return 0;
}

static bool unit_readonly(const struct db *db)
{
	return ((const struct sq_db *)db)->readonly;
}

static void unit_stats(struct db *db, struct db_stats *ret)
{
	struct sq_db *d = (struct sq_db *)db;

	ret->units = d->units;
	ret->batches = d->batches;
	ret->retries = d->retries;
	ret->failures = d->failures;
	pthread_mutex_lock(&d->mu);
	ret->waiting = d->waiting;
	pthread_mutex_unlock(&d->mu);
}

/* The WAL still holds the pages as they were: copy it back and cut it off. A busy writer or reader is waited for. */
static int unit_scrub(struct db *db)
{
	struct dbc *c;
	int all, copied, rc = ERR_BUSY;

	TRY(sq_open(db, ((struct sq_db *)db)->path, false, &c));
	for (int i = 0; i < 50 && rc == ERR_BUSY; i++)
		rc = sq_checkpoint(c, SQ_TRUNCATE, &all, &copied);
	sq_close(c);
	return rc;
}

static void release(struct sq_db *d)
{
	if (d->copy_conn)
		sq_close(d->copy_conn);
	if (d->conn)
		sq_close(d->conn);
	if (d->lock_fd >= 0)
		close(d->lock_fd);
	pthread_mutex_destroy(&d->mu);
	pthread_cond_destroy(&d->more);
	pthread_mutex_destroy(&d->copy_mu);
	pthread_cond_destroy(&d->copy_cond);
	pthread_mutex_destroy(&d->db.error_mu);
	arena_free(d->db.arena);
}

static void unit_close(struct db *db)
{
	struct sq_db *d = (struct sq_db *)db;

	pthread_mutex_lock(&d->mu);
	d->stop = true;
	pthread_cond_broadcast(&d->more);
	pthread_mutex_unlock(&d->mu);
	pthread_join(d->writer, NULL);
	pthread_mutex_lock(&d->copy_mu);
	d->copy_stop = true;
	pthread_cond_broadcast(&d->copy_cond);
	pthread_mutex_unlock(&d->copy_mu);
	pthread_join(d->copier, NULL);

	sq_readers_close(&d->readers);
	release(d);
}

static const struct db_ops sqlite_ops = {
	unit_close, unit_read, unit_read_done, unit_task, unit_submit, unit_runs_here, unit_readonly, unit_stats,
	unit_scrub,
};

/* One process writes. The lock is a file of its own: SQLite's locks on the database file must not be touched. */
static int lock_file(struct sq_db *d, str *ret_why)
{
	str name = str_fmt(d->db.arena, "%s.lock", d->path);

	d->lock_fd = open(name.p, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (d->lock_fd < 0) {
		*ret_why = S("the data directory cannot be written");
		return errno == ENOSPC ? ERR_FULL : ERR_IO;
	}
	if (flock(d->lock_fd, LOCK_EX | LOCK_NB) < 0) {
		*ret_why = S("another process works on this data directory");
		return ERR_BUSY;
	}
	/* nobody else may read it; SQLite gives its log the same rights */
	int fd = open(d->path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0) {
		*ret_why = S("the data directory cannot be written");
		return errno == ENOSPC ? ERR_FULL : ERR_IO;
	}
	close(fd);
	return 0;
}

static int open_conns(struct sq_db *d, str *ret_why)
{
	TRY(lock_file(d, ret_why));
	int rc = sq_open(&d->db, d->path, true, &d->conn);
	if (rc == 0)
		rc = sq_open(&d->db, d->path, false, &d->copy_conn);
	if (rc < 0)
		*ret_why = S("the SQLite file cannot be opened for writing (permissions, disk, or it is no SQLite database)");
	return rc;
}

int sqlite_db_open(const struct db_options *o, struct db **ret, str *ret_why)
{
	struct arena *a = arena_new(4096);
	struct sq_db *d = ARENA_NEW(a, struct sq_db);

	d->db = (struct db){ .ops = &sqlite_ops, .engine = DB_SQLITE, .arena = a, .clock = o->clock ? o->clock : &clock_real };
	pthread_mutex_init(&d->db.error_mu, NULL);
	pthread_mutex_init(&d->mu, NULL);
	pthread_cond_init(&d->more, NULL);
	pthread_mutex_init(&d->copy_mu, NULL);
	pthread_cond_init(&d->copy_cond, NULL);
	d->path = str_z(a, str_c(o->sqlite_path));
	d->lock_fd = -1;
	d->tail = &d->head;
	d->queue_max = o->queue_max ? o->queue_max : QUEUE_DEFAULT;
	d->batch_max = o->batch_max ? o->batch_max : BATCH_DEFAULT;
	int rc = open_conns(d, ret_why);
	if (rc < 0) {
		release(d);
		return rc;
	}
	signal(SIGXFSZ, SIG_IGN);	/* a file size limit is a full disk, no reason to die */
	sq_readers_open(&d->readers, &d->db, d->path);
	if (pthread_create(&d->writer, NULL, writer_main, d) != 0 || pthread_create(&d->copier, NULL, copier_main, d) != 0) {
		fprintf(stderr, "cannot start a thread\n");
		_exit(70);
	}
	*ret = &d->db;
	return 0;
}
