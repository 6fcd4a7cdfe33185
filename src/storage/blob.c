/* SPDX-License-Identifier: EUPL-1.2 */
#include "storage/blob.h"
#include <pthread.h>
#include <string.h>
#include "storage/db_impl.h"
#include "storage/ids.h"

#define ON_THE_WAY 4		/* chunks that may wait for the disk at once */
#define USE_PARTS 16
#define SWEEP_S (24 * 3600)

struct blobs {
	struct db *db;
	struct arena *arena;
	bool own;		/* blobs.db, closed with us */
	_Atomic int64_t limit;
};

struct chunk {
	struct unit u;
	struct blob_writer *w;
	struct arena *room;	/* reset for each chunk */
	int64_t number;
	str sealed;
	bool busy;
};

struct blob_writer {
	struct blobs *b;
	int32_t tenant;
	int64_t blob_id, size, chunks;
	struct key key;
	struct sha256_stream *sha;
	struct arena *own;
	char *plain;
	size_t filled;
	struct chunk slot[ON_THE_WAY];

	pthread_mutex_t mu;
	pthread_cond_t landed;
	int on_the_way;
	int rc;			/* the first failure */
	void (*room)(void *arg);
	void *room_arg;
	bool finishing;
	void (*done)(void *arg, int rc);
	void *done_arg;
	struct chunk last;
};

/* Number, place and the last-mark are authenticated: a chunk moved, reordered or cut off does not open. */
static str aad_of(struct arena *a, int32_t tenant, int64_t blob_id, int64_t chunk, bool last)
{
	return str_fmt(a, "blob:%d:%lld:%lld:%c", (int)tenant, (long long)blob_id, (long long)chunk, last ? 'l' : 'm');
}

int blobs_open(struct db *db, const char *sqlite_path, struct blobs **ret, str *ret_why)
{
	struct arena *a = arena_new(512);
	struct blobs *b = ARENA_NEW(a, struct blobs);
	struct db_options o = { .sqlite_path = sqlite_path };
	int from, to;

	*ret = NULL;
	b->arena = a;
	b->db = db;
	b->own = sqlite_path != NULL;
	int rc = b->own ? db_open(&o, &b->db, ret_why) : 0;
	if (rc < 0) {
		arena_free(a);
		return rc;
	}
	rc = migrate_part(b->db, "blobs", &from, &to, ret_why);
	if (rc < 0) {
		blobs_close(b);
		return rc;
	}
	*ret = b;
	return 0;
}

void blobs_close(struct blobs *b)
{
	if (!b)
		return;
	if (b->own)
		db_close(b->db);
	arena_free(b->arena);
}

void blobs_limit(struct blobs *b, int64_t bytes_per_tenant)
{
	b->limit = bytes_per_tenant;
}

bool blobs_readonly(const struct blobs *b)
{
	return db_readonly(b->db);
}

/* ---- writing ---- */

int blob_begin(struct blobs *b, struct arena *a, int32_t tenant, int64_t blob_id, struct blob_writer **ret)
{
	*ret = NULL;
	if (db_readonly(b->db))
		return ERR_READONLY;
	struct blob_writer *w = ARENA_NEW(a, struct blob_writer);
	w->b = b;
	w->tenant = tenant;
	w->blob_id = blob_id;
	w->key = key_random();
	w->sha = sha256_begin();
	w->own = arena_new(BLOB_CHUNK + 64);
	w->plain = arena_alloc_raw(w->own, BLOB_CHUNK);
	pthread_mutex_init(&w->mu, NULL);
	pthread_cond_init(&w->landed, NULL);
	*ret = w;
	return 0;
}

static void dispose(struct blob_writer *w)
{
	for (int i = 0; i < ON_THE_WAY; i++)
		arena_free(w->slot[i].room);
	arena_free(w->last.room);
	wipe(w->plain, BLOB_CHUNK);
	wipe(&w->key, sizeof w->key);
	arena_free(w->own);
	sha256_end(w->sha, NULL);
	pthread_mutex_destroy(&w->mu);
	pthread_cond_destroy(&w->landed);
}

static int insert_chunk(struct dbc *c, void *arg)
{
	const struct chunk *k = arg;

	return db_exec(c, SQL("INSERT INTO blob_chunk (tenant_id, blob_id, chunk, sealed) VALUES ($1, $2, $3, $4)"),
		VI(k->w->tenant), VI(k->w->blob_id), VI(k->number), VB(k->sealed));
}

static int64_t use_part(int64_t blob_id)
{
	/* ids of one millisecond differ in the low bits, ids of callers apart in time above the sequence */
	return (int64_t)(((uint64_t)blob_id ^ (uint64_t)blob_id >> 22) % USE_PARTS);
}

static int check_limit(struct dbc *c, const struct blob_writer *w)
{
	AUTO(rows_done) struct rows *r = NULL;

	if (!w->b->limit)
		return 0;
	TRY(db_query(c, &r, SQL("SELECT coalesce(sum(bytes), 0) FROM blob_use WHERE tenant_id = $1"), VI(w->tenant)));
	if (!rows_next(r))
		return rows_error(r) ? rows_error(r) : ERR_DB;
	return row_int(r, 0) + w->size > w->b->limit ? ERR_FULL : 0;
}

/* The last chunk, and with it the blob exists. */
static int insert_last(struct dbc *c, void *arg)
{
	const struct chunk *k = arg;
	const struct blob_writer *w = k->w;

	TRY(check_limit(c, w));
	TRY(insert_chunk(c, arg));
	TRY(db_exec(c, SQL("INSERT INTO blob_use (tenant_id, part, bytes) VALUES ($1, $2, $3) "
		"ON CONFLICT (tenant_id, part) DO UPDATE SET bytes = blob_use.bytes + excluded.bytes"),
		VI(w->tenant), VI(use_part(w->blob_id)), VI(w->size)));
	return db_exec(c, SQL("INSERT INTO blob (tenant_id, blob_id, size, chunks, created_at) VALUES ($1, $2, $3, $4, $5)"),
		VI(w->tenant), VI(w->blob_id), VI(w->size), VI(w->chunks), VI(clock_now(&clock_real).us));
}

static void seal_chunk(struct blob_writer *w, struct chunk *k, bool last)
{
	if (!k->room)
		k->room = arena_new(BLOB_CHUNK + 512);
	arena_reset(k->room);
	k->w = w;
	k->number = w->chunks++;
	k->sealed = seal(k->room, &w->key, aad_of(k->room, w->tenant, w->blob_id, k->number, last), str_n(w->plain, w->filled));
	w->filled = 0;
}

static void final_done(struct unit *u)
{
	struct blob_writer *w = ((struct chunk *)u->arg)->w;
	void (*done)(void *arg, int rc) = w->done;
	void *arg = w->done_arg;
	int rc = u->rc;

	dispose(w);
	done(arg, rc);		/* the arena with w in it may be gone after this */
}

/* Every chunk before it is durable, or one failed. */
static int submit_final(struct blob_writer *w)
{
	struct chunk *k = &w->last;

	if (w->rc < 0)
		return w->rc;
	k->u = (struct unit){ .run = insert_last, .arg = k, .tenant = { w->tenant, 0 }, .done = final_done };
	return db_unit_submit(w->b->db, &k->u);
}

static void chunk_done(struct unit *u)
{
	struct chunk *k = u->arg;
	struct blob_writer *w = k->w;

	pthread_mutex_lock(&w->mu);
	k->busy = false;
	w->on_the_way--;
	if (u->rc < 0 && !w->rc)
		w->rc = u->rc;
	if (w->room) {
		w->room(w->room_arg);		/* under the lock: blob_abort waits until it is over */
		w->room = NULL;
	}
	bool final = w->finishing && w->on_the_way == 0;
	pthread_cond_signal(&w->landed);
	pthread_mutex_unlock(&w->mu);
	if (!final)
		return;
	int rc = submit_final(w);
	if (rc < 0) {
		w->last.u.rc = rc;
		w->last.u.arg = &w->last;
		final_done(&w->last.u);
	}
}

static struct chunk *free_slot(struct blob_writer *w)
{
	for (int i = 0; i < ON_THE_WAY; i++)
		if (!w->slot[i].busy)
			return &w->slot[i];
	return NULL;
}

static int send_chunk(struct blob_writer *w)
{
	struct chunk *k;

	pthread_mutex_lock(&w->mu);
	while (!(k = free_slot(w)))
		pthread_cond_wait(&w->landed, &w->mu);
	int rc = w->rc;
	if (rc == 0) {
		k->busy = true;
		w->on_the_way++;
	}
	pthread_mutex_unlock(&w->mu);
	if (rc < 0)
		return rc;
	seal_chunk(w, k, false);
	k->u = (struct unit){ .run = insert_chunk, .arg = k, .tenant = { w->tenant, 0 }, .done = chunk_done };
	rc = db_unit_submit(w->b->db, &k->u);
	if (rc < 0) {
		pthread_mutex_lock(&w->mu);
		k->busy = false;
		w->on_the_way--;
		w->rc = rc;
		pthread_mutex_unlock(&w->mu);
	}
	return rc;
}

int blob_write(struct blob_writer *w, str part)
{
	sha256_add(w->sha, part);
	while (part.n) {
		/* a full chunk stays until more comes: the last one bears a mark */
		if (w->filled == BLOB_CHUNK)
			TRY(send_chunk(w));
		size_t n = BLOB_CHUNK - w->filled < part.n ? BLOB_CHUNK - w->filled : part.n;
		memcpy(w->plain + w->filled, part.p, n);
		w->filled += n;
		w->size += (int64_t)n;
		part = str_sub(part, n, part.n);
	}
	return 0;
}

bool blob_room(struct blob_writer *w, size_t n, void (*room)(void *arg), void *arg)
{
	size_t chunks = (w->filled + n) / BLOB_CHUNK, room_for = 0;

	pthread_mutex_lock(&w->mu);
	for (int i = 0; i < ON_THE_WAY; i++)
		room_for += !w->slot[i].busy;
	/* more than all slots at once: it will wait in any case, but only for what it brought itself */
	bool enough = w->rc < 0 || chunks <= room_for || room_for == ON_THE_WAY;
	w->room = enough ? NULL : room;
	w->room_arg = arg;
	pthread_mutex_unlock(&w->mu);
	return enough;
}

int blob_finish(struct blob_writer *w, void (*done)(void *arg, int rc), void *arg, struct blob_info *ret)
{
	*ret = (struct blob_info){ .blob_id = w->blob_id, .size = w->size, .key = w->key };
	sha256_end(w->sha, &ret->sha256);
	w->sha = sha256_begin();
	w->done = done;
	w->done_arg = arg;
	seal_chunk(w, &w->last, true);
	pthread_mutex_lock(&w->mu);
	w->finishing = true;
	bool now = w->on_the_way == 0;
	pthread_mutex_unlock(&w->mu);
	if (!now)
		return 0;
	int rc = submit_final(w);
	if (rc < 0)
		dispose(w);
	return rc;
}

struct waiter {
	pthread_mutex_t mu;
	pthread_cond_t cond;
	bool over;
	int rc;
};

static void wake(void *arg, int rc)
{
	struct waiter *x = arg;

	pthread_mutex_lock(&x->mu);
	x->rc = rc;
	x->over = true;
	pthread_cond_signal(&x->cond);
	pthread_mutex_unlock(&x->mu);
}

int blob_finish_wait(struct blob_writer *w, struct blob_info *ret)
{
	struct waiter x = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false, 0 };

	TRY(blob_finish(w, wake, &x, ret));
	pthread_mutex_lock(&x.mu);
	while (!x.over)
		pthread_cond_wait(&x.cond, &x.mu);
	pthread_mutex_unlock(&x.mu);
	return x.rc;
}

void blob_abort(struct blob_writer *w)
{
	if (!w)
		return;
	pthread_mutex_lock(&w->mu);
	w->room = NULL;
	while (w->on_the_way > 0)
		pthread_cond_wait(&w->landed, &w->mu);
	pthread_mutex_unlock(&w->mu);
	dispose(w);
}

int blob_put(struct blobs *b, int32_t tenant, int64_t blob_id, str bytes, struct blob_info *ret)
{
	AUTO(arena_freep) struct arena *a = arena_new(sizeof(struct blob_writer) + 64);
	struct blob_writer *w;

	TRY(blob_begin(b, a, tenant, blob_id, &w));
	int rc = blob_write(w, bytes);
	if (rc < 0) {
		blob_abort(w);
		return rc;
	}
	return blob_finish_wait(w, ret);
}

/* ---- reading ---- */

int blob_read_chunk(struct blobs *b, struct arena *a, int32_t tenant, int64_t blob_id, const struct key *k, int64_t chunk, str *ret, bool *ret_last)
{
	AUTO(arena_freep) struct arena *scratch = arena_new(256);
	AUTO(db_read_done) struct dbc *c = NULL;
	AUTO(rows_done) struct rows *r = NULL;

	TRY(db_read(b->db, tenant, 0, &c));
	TRY(db_query(c, &r, SQL("SELECT c.sealed, b.chunks FROM blob b JOIN blob_chunk c ON c.tenant_id = b.tenant_id AND c.blob_id = b.blob_id "
		"WHERE b.tenant_id = $1 AND b.blob_id = $2 AND c.chunk = $3"), VI(tenant), VI(blob_id), VI(chunk)));
	if (!rows_next(r))
		return rows_error(r) ? rows_error(r) : ERR_NOTFOUND;
	/* the number of chunks is not authenticated itself: a wrong one gives a wrong mark */
	*ret_last = chunk == row_int(r, 1) - 1;
	return unseal(a, k, aad_of(scratch, tenant, blob_id, chunk, *ret_last), row_str(r, 0), ret);
}

static int blob_size(struct blobs *b, int32_t tenant, int64_t blob_id, int64_t *ret)
{
	AUTO(db_read_done) struct dbc *c = NULL;
	AUTO(rows_done) struct rows *r = NULL;

	TRY(db_read(b->db, tenant, 0, &c));
	TRY(db_query(c, &r, SQL("SELECT size FROM blob WHERE tenant_id = $1 AND blob_id = $2"), VI(tenant), VI(blob_id)));
	if (!rows_next(r))
		return rows_error(r) ? rows_error(r) : ERR_NOTFOUND;
	*ret = row_int(r, 0);
	return 0;
}

int blob_read_all(struct blobs *b, struct arena *a, int32_t tenant, int64_t blob_id, const struct key *k, size_t max, str *ret)
{
	AUTO(arena_freep) struct arena *scratch = arena_new(BLOB_CHUNK + 1024);
	int64_t size = 0;
	bool last = false;

	TRY(blob_size(b, tenant, blob_id, &size));
	if (size < 0 || (uint64_t)size > max)
		return ERR_LIMIT;
	char *all = arena_alloc_raw(a, (size_t)size + 1);
	size_t n = 0;
	for (int64_t i = 0; !last; i++) {
		str part;
		arena_reset(scratch);
		TRY(blob_read_chunk(b, scratch, tenant, blob_id, k, i, &part, &last));
		if (part.n > (size_t)size - n)
			return ERR_CRYPTO;
		if (part.n)
			memcpy(all + n, part.p, part.n);
		n += part.n;
	}
	if (n != (size_t)size)
		return ERR_CRYPTO;
	all[n] = 0;
	*ret = str_n(all, n);
	return 0;
}

/* ---- deleting ---- */

struct place {
	int32_t tenant;
	int64_t blob_id;
};

static int delete_blob(struct dbc *c, void *arg)
{
	const struct place *p = arg;
	AUTO(rows_done) struct rows *r = NULL;

	TRY(db_query(c, &r, SQL("DELETE FROM blob WHERE tenant_id = $1 AND blob_id = $2 RETURNING size"), VI(p->tenant), VI(p->blob_id)));
	if (rows_next(r))
		TRY(db_exec(c, SQL("UPDATE blob_use SET bytes = bytes - $3 WHERE tenant_id = $1 AND part = $2"),
			VI(p->tenant), VI(use_part(p->blob_id)), VI(row_int(r, 0))));
	TRY(rows_error(r));
	return db_exec(c, SQL("DELETE FROM blob_chunk WHERE tenant_id = $1 AND blob_id = $2"), VI(p->tenant), VI(p->blob_id));
}

int blob_delete(struct blobs *b, int32_t tenant, int64_t blob_id)
{
	struct place p = { tenant, blob_id };
	struct unit u = { .run = delete_blob, .arg = &p, .tenant = { tenant, 0 }, .once = true };

	return db_unit_run(b->db, &u);
}

int blob_quota_used(struct blobs *b, int32_t tenant, int64_t *ret_bytes)
{
	AUTO(db_read_done) struct dbc *c = NULL;
	AUTO(rows_done) struct rows *r = NULL;

	TRY(db_read(b->db, tenant, 0, &c));
	TRY(db_query(c, &r, SQL("SELECT coalesce(sum(bytes), 0) FROM blob_use WHERE tenant_id = $1"), VI(tenant)));
	if (!rows_next(r))
		return rows_error(r) ? rows_error(r) : ERR_DB;
	*ret_bytes = row_int(r, 0);
	return 0;
}

#define SWEEP_PAGE 500

static int list_blobs(struct blobs *b, struct place after, struct place *ret, size_t *ret_n)
{
	AUTO(db_read_done) struct dbc *c = NULL;
	AUTO(rows_done) struct rows *r = NULL;

	*ret_n = 0;
	TRY(db_read(b->db, TENANT_ALL, 0, &c));
	TRY(db_query(c, &r, SQL_ALL_TENANTS("the sweep of what nobody refers to goes through all",
		"SELECT DISTINCT tenant_id, blob_id FROM blob_chunk WHERE (tenant_id, blob_id) > ($1, $2) "
		"ORDER BY tenant_id, blob_id LIMIT 500"), VI(after.tenant), VI(after.blob_id)));
	while (*ret_n < SWEEP_PAGE && rows_next(r))
		ret[(*ret_n)++] = (struct place){ (int32_t)row_int(r, 0), row_int(r, 1) };
	return rows_error(r);
}

int blobs_sweep(struct blobs *b, bool (*in_use)(int32_t tenant, int64_t blob_id, void *arg), void *arg, size_t *ret_removed)
{
	AUTO(arena_freep) struct arena *a = arena_new(SWEEP_PAGE * sizeof(struct place) + 64);
	struct place *page = ARENA_ARRAY(a, struct place, SWEEP_PAGE), after = { INT32_MIN, INT64_MIN };
	int64_t before = clock_now(&clock_real).us - INSTANT_S(SWEEP_S);
	size_t n;

	*ret_removed = 0;
	for (;;) {
		TRY(list_blobs(b, after, page, &n));
		if (!n)
			return 0;
		after = page[n - 1];
		for (size_t i = 0; i < n; i++) {
			if (id_time(page[i].blob_id).us >= before || in_use(page[i].tenant, page[i].blob_id, arg))
				continue;
			TRY(blob_delete(b, page[i].tenant, page[i].blob_id));
			++*ret_removed;
		}
	}
}
