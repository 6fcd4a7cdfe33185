/* SPDX-License-Identifier: EUPL-1.2 */
#include "storage/keys.h"
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include "storage/ids.h"
#include "storage/keys_impl.h"

#define POOL_FIRST 64		/* made before keys_open returns: the first visitors need not wait */
#define POOL_LEAST 256
#define FRESH_S (12 * 3600)	/* older slots of the pool are thrown away, so that the sweep never takes one that is in use */
#define SWEEP_S (24 * 3600)
#define TENANTS_FIRST 1024	/* power of two */

/* ---- wrapping ---- */

str keys_wrap(struct keys *k, struct arena *a, const char *what, int64_t id, const struct key *plain)
{
	return seal(a, &k->master, str_fmt(a, "%s:%lld", what, (long long)id), str_n(plain->b, sizeof plain->b));
}

int keys_unwrap(struct keys *k, const char *what, int64_t id, str wrapped, struct key *ret)
{
	AUTO(arena_freep) struct arena *a = arena_new(512);
	str plain;

	TRY(unseal(a, &k->master, str_fmt(a, "%s:%lld", what, (long long)id), wrapped, &plain));
	if (plain.n != sizeof ret->b)
		return ERR_CRYPTO;
	memcpy(ret->b, plain.p, sizeof ret->b);
	wipe((void *)(uintptr_t)plain.p, plain.n);
	return 0;
}

int keys_run(struct keys *k, int (*fn)(struct dbc *c, void *arg), void *arg)
{
	struct unit u = { .run = fn, .arg = arg, .tenant = { TENANT_ALL, 0 }, .once = true };

	return db_unit_run(k->db, &u);
}

/* ---- the master key proves itself ---- */

static const char check_text[] = "schalter key store";

struct check {
	struct keys *k;
	struct arena *a;
};

static int check_master(struct dbc *c, void *arg)
{
	struct check *x = arg;
	AUTO(rows_done) struct rows *r = NULL;
	str plain;

	TRY(db_query(c, &r, SQL_ALL_TENANTS("the master key is above all tenants", "SELECT sealed FROM key_check WHERE one = 1")));
	if (rows_next(r))
		return unseal(x->a, &x->k->master, S("check"), row_str(r, 0), &plain);
	TRY(rows_error(r));
	return db_exec(c, SQL_ALL_TENANTS("the master key is above all tenants", "INSERT INTO key_check (one, sealed) VALUES (1, $1)"),
		VB(seal(x->a, &x->k->master, S("check"), str_c(check_text))));
}

/* ---- slots ---- */

struct batch {
	struct slot *slot;
	str *wrapped;
	size_t n;
};

static int insert_slots(struct dbc *c, void *arg)
{
	const struct batch *b = arg;

	for (size_t i = 0; i < b->n; i++)
		TRY(db_exec(c, SQL_ALL_TENANTS("a slot becomes a tenant's by derivation only",
			"INSERT INTO key_slot (key_id, wrapped, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"),
			VI(b->slot[i].id), VB(b->wrapped[i]), VI(b->slot[i].made_us)));
	return 0;
}

/* Makes n slots durable, then puts them into the pool. */
static int fill(struct keys *k, size_t n)
{
	AUTO(arena_freep) struct arena *a = arena_new(n * 256);
	struct batch b = { ARENA_ARRAY(a, struct slot, n), ARENA_ARRAY(a, str, n), n };

	for (size_t i = 0; i < n; i++) {
		b.slot[i] = (struct slot){ id_next(&clock_real), clock_now(&clock_real).us, key_random() };
		b.wrapped[i] = keys_wrap(k, a, "slot", b.slot[i].id, &b.slot[i].secret);
	}
	int rc = keys_run(k, insert_slots, &b);
	if (rc == 0) {
		pthread_mutex_lock(&k->mu);
		for (size_t i = 0; i < n && k->pooled < KEYS_POOL; i++)
			k->pool[k->pooled++] = b.slot[i];
		pthread_mutex_unlock(&k->mu);
	}
	wipe(b.slot, n * sizeof *b.slot);
	return rc;
}

static void *filler_main(void *arg)
{
	struct keys *k = arg;

	pthread_mutex_lock(&k->mu);
	while (!k->stop) {
		if (k->pooled > k->target / 2) {
			pthread_cond_wait(&k->need, &k->mu);
			continue;
		}
		/* half of it gone within a second: keep more of them */
		int64_t now = clock_monotonic_us();
		if (k->filled_at && now - k->filled_at < 1000000 && k->target < KEYS_POOL / 2)
			k->target *= 2;
		k->filled_at = now;
		size_t n = k->target - k->pooled;
		pthread_mutex_unlock(&k->mu);
		int rc = fill(k, n);
		if (rc < 0)
			nanosleep(&(struct timespec){ .tv_nsec = 200000000 }, NULL);
		pthread_mutex_lock(&k->mu);
	}
	pthread_mutex_unlock(&k->mu);
	return NULL;
}

static int pool_take(struct keys *k, struct slot *ret)
{
	int64_t oldest = clock_now(&clock_real).us - INSTANT_S(FRESH_S);
	int rc = ERR_BUSY;

	pthread_mutex_lock(&k->mu);
	while (k->pooled && rc == ERR_BUSY) {
		*ret = k->pool[--k->pooled];
		wipe(&k->pool[k->pooled], sizeof *k->pool);
		if (ret->made_us > oldest)
			rc = 0;
	}
	if (k->pooled <= k->target / 2)
		pthread_cond_signal(&k->need);
	pthread_mutex_unlock(&k->mu);
	return rc;
}

static struct slot *cache_at(struct keys *k, int64_t id)
{
	return &k->cache[((uint64_t)id * UINT64_C(0x9e3779b97f4a7c15) >> 40) & (KEYS_CACHE - 1)];
}

static bool cache_get(struct keys *k, int64_t id, struct slot *ret)
{
	pthread_mutex_lock(&k->mu);
	*ret = *cache_at(k, id);
	pthread_mutex_unlock(&k->mu);
	return ret->id == id && id != 0;
}

/* generation: as it was before the slot was read; if a key was destroyed since, this may be that one. */
static void cache_put(struct keys *k, const struct slot *s, uint64_t generation)
{
	if (db_engine(k->db) != DB_SQLITE)
		return;
	pthread_mutex_lock(&k->mu);
	if (k->generation == generation)
		*cache_at(k, s->id) = *s;
	pthread_mutex_unlock(&k->mu);
}

static uint64_t generation_now(struct keys *k)
{
	pthread_mutex_lock(&k->mu);
	uint64_t g = k->generation;
	pthread_mutex_unlock(&k->mu);
	return g;
}

static int slot_load(struct keys *k, int64_t id, struct slot *ret)
{
	AUTO(db_read_done) struct dbc *c = NULL;
	AUTO(rows_done) struct rows *r = NULL;
	AUTO(rows_done) struct rows *gone = NULL;

	TRY(db_read(k->db, TENANT_ALL, 0, &c));
	TRY(db_query(c, &r, SQL_ALL_TENANTS("a slot becomes a tenant's by derivation only",
		"SELECT wrapped FROM key_slot WHERE key_id = $1"), VI(id)));
	if (rows_next(r)) {
		ret->id = id;
		return keys_unwrap(k, "slot", id, row_str(r, 0), &ret->secret);
	}
	TRY(rows_error(r));
	TRY(db_query(c, &gone, SQL_ALL_TENANTS("a slot becomes a tenant's by derivation only",
		"SELECT 1 FROM destroyed_key WHERE key_id = $1"), VI(id)));
	if (rows_next(gone))
		return ERR_DESTROYED;
	return rows_error(gone) ? rows_error(gone) : ERR_NOTFOUND;
}

/* ---- tenants ---- */

static struct tenant_entry *tenant_at(struct keys *k, int32_t tenant)
{
	size_t i = ((uint32_t)tenant * UINT32_C(2654435769)) & (k->tenants_cap - 1);

	while (k->tenants[i].used && k->tenants[i].tenant != tenant)
		i = (i + 1) & (k->tenants_cap - 1);
	return &k->tenants[i];
}

static void tenant_put(struct keys *k, int32_t tenant, const struct key *key)
{
	if ((k->tenants_n + 1) * 2 > k->tenants_cap) {
		struct tenant_entry *old = k->tenants;
		size_t old_cap = k->tenants_cap;
		k->tenants_cap = old_cap ? old_cap * 2 : TENANTS_FIRST;
		k->tenants = ARENA_ARRAY(k->arena, struct tenant_entry, k->tenants_cap);
		for (size_t i = 0; i < old_cap; i++)
			if (old[i].used)
				*tenant_at(k, old[i].tenant) = old[i];
		if (old)
			wipe(old, old_cap * sizeof *old);
	}
	struct tenant_entry *e = tenant_at(k, tenant);
	k->tenants_n += !e->used;
	*e = (struct tenant_entry){ tenant, true, *key };
}

static int tenant_load(struct keys *k, int32_t tenant, struct key *ret)
{
	AUTO(db_read_done) struct dbc *c = NULL;
	AUTO(rows_done) struct rows *r = NULL;

	TRY(db_read(k->db, tenant, 0, &c));
	TRY(db_query(c, &r, SQL("SELECT wrapped FROM tenant_key WHERE tenant_id = $1"), VI(tenant)));
	if (!rows_next(r))
		return rows_error(r) ? rows_error(r) : ERR_NOTFOUND;
	return keys_unwrap(k, "tenant", tenant, row_str(r, 0), ret);
}

int keys_tenant(struct keys *k, int32_t tenant, struct key *ret)
{
	pthread_mutex_lock(&k->mu);
	struct tenant_entry *e = k->tenants_cap ? tenant_at(k, tenant) : NULL;
	bool found = e && e->used;
	if (found)
		*ret = e->key;
	pthread_mutex_unlock(&k->mu);
	if (found)
		return 0;
	TRY(tenant_load(k, tenant, ret));
	pthread_mutex_lock(&k->mu);
	tenant_put(k, tenant, ret);
	pthread_mutex_unlock(&k->mu);
	return 0;
}

struct tenant_row {
	int32_t tenant;
	str wrapped;
};

static int insert_tenant(struct dbc *c, void *arg)
{
	const struct tenant_row *t = arg;

	return db_exec(c, SQL("INSERT INTO tenant_key (tenant_id, wrapped, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"),
		VI(t->tenant), VB(t->wrapped), VI(clock_now(&clock_real).us));
}

int keys_tenant_make(struct keys *k, int32_t tenant)
{
	struct key key;
	int rc = keys_tenant(k, tenant, &key);

	if (rc != ERR_NOTFOUND)
		return rc;
	AUTO(arena_freep) struct arena *a = arena_new(512);
	key = key_random();
	struct tenant_row t = { tenant, keys_wrap(k, a, "tenant", tenant, &key) };
	TRY(keys_run(k, insert_tenant, &t));
	return keys_tenant(k, tenant, &key);	/* another process may have been first: its key counts */
}

static struct key derive(const struct key *tenant, const struct key *slot)
{
	struct digest d = hmac_sha256(tenant, str_n(slot->b, sizeof slot->b));
	struct key key;

	memcpy(key.b, d.b, sizeof key.b);
	wipe(&d, sizeof d);
	return key;
}

int keys_new(struct keys *k, int32_t tenant, int64_t *ret_key_id, struct key *ret)
{
	struct key t;
	struct slot s;

	TRY(keys_tenant(k, tenant, &t));
	uint64_t generation = generation_now(k);
	TRY(pool_take(k, &s));
	cache_put(k, &s, generation);
	*ret_key_id = s.id;
	*ret = derive(&t, &s.secret);
	return 0;
}

int keys_get(struct keys *k, int32_t tenant, int64_t key_id, struct key *ret)
{
	struct key t;
	struct slot s = { 0 };

	TRY(keys_tenant(k, tenant, &t));
	if (!cache_get(k, key_id, &s)) {
		uint64_t generation = generation_now(k);
		TRY(slot_load(k, key_id, &s));
		cache_put(k, &s, generation);
	}
	*ret = derive(&t, &s.secret);
	return 0;
}

/* ---- destroying and sweeping ---- */

static int delete_slot(struct dbc *c, void *arg)
{
	const int64_t *id = arg;

	TRY(db_exec(c, SQL_ALL_TENANTS("a slot becomes a tenant's by derivation only", "DELETE FROM key_slot WHERE key_id = $1"), VI(*id)));
	return db_exec(c, SQL_ALL_TENANTS("replayed after a restore, for all",
		"INSERT INTO destroyed_key (key_id, destroyed_at) VALUES ($1, $2) ON CONFLICT DO NOTHING"),
		VI(*id), VI(clock_now(&clock_real).us));
}

static void forget(struct keys *k, int64_t id)
{
	pthread_mutex_lock(&k->mu);
	k->generation++;
	struct slot *s = cache_at(k, id);
	if (s->id == id)
		wipe(s, sizeof *s);
	pthread_mutex_unlock(&k->mu);
}

int keys_destroy(struct keys *k, int64_t key_id)
{
	TRY(keys_run(k, delete_slot, &key_id));
	forget(k, key_id);		/* after the commit: a reader before it may put it back */
	return k->db->ops->scrub(k->db);
}

struct sweep {
	int64_t *id;
	size_t n;
};

static int delete_unused(struct dbc *c, void *arg)
{
	const struct sweep *s = arg;

	for (size_t i = 0; i < s->n; i++)
		TRY(db_exec(c, SQL_ALL_TENANTS("a slot becomes a tenant's by derivation only",
			"DELETE FROM key_slot WHERE key_id = $1"), VI(s->id[i])));
	return 0;
}

static int old_slots(struct keys *k, int64_t after, int64_t before_us, struct sweep *ret)
{
	AUTO(db_read_done) struct dbc *c = NULL;
	AUTO(rows_done) struct rows *r = NULL;

	ret->n = 0;
	TRY(db_read(k->db, TENANT_ALL, 0, &c));
	TRY(db_query(c, &r, SQL_ALL_TENANTS("a slot becomes a tenant's by derivation only",
		"SELECT key_id FROM key_slot WHERE key_id > $1 AND created_at < $2 ORDER BY key_id LIMIT 1000"), VI(after), VI(before_us)));
	while (rows_next(r))
		ret->id[ret->n++] = row_int(r, 0);
	return rows_error(r);
}

int keys_sweep(struct keys *k, bool (*in_use)(int64_t key_id, void *arg), void *arg, size_t *ret_removed)
{
	AUTO(arena_freep) struct arena *a = arena_new(16384);
	int64_t before = clock_now(&clock_real).us - INSTANT_S(SWEEP_S), last = 0;
	struct sweep found = { ARENA_ARRAY(a, int64_t, 1000), 0 }, unused = { ARENA_ARRAY(a, int64_t, 1000), 0 };

	*ret_removed = 0;
	for (;;) {
		TRY(old_slots(k, last, before, &found));
		if (!found.n)
			return 0;
		last = found.id[found.n - 1];
		unused.n = 0;
		for (size_t i = 0; i < found.n; i++)
			if (!in_use(found.id[i], arg))
				unused.id[unused.n++] = found.id[i];
		if (unused.n)
			TRY(keys_run(k, delete_unused, &unused));
		for (size_t i = 0; i < unused.n; i++)
			forget(k, unused.id[i]);
		*ret_removed += unused.n;
	}
}

/* ---- open, close ---- */

static int open_store(struct keys *k, const struct keys_options *o, str *ret_why)
{
	struct db_options options = { .sqlite_path = o->sqlite_path, .pg_conninfo = o->pg_conninfo, .pg_connections = 4 };
	struct check check = { k, k->arena };
	int from, to;

	TRY(db_open(&options, &k->db, ret_why));
	TRY(migrate_part(k->db, "keys", &from, &to, ret_why));
	int rc = keys_run(k, check_master, &check);
	if (rc < 0) {
		*ret_why = rc == ERR_CRYPTO ? S("the master key is not the one that made this key store") : S("the key store cannot be read");
		return rc;
	}
	rc = fill(k, POOL_FIRST);
	if (rc < 0)
		*ret_why = S("the key store cannot be written");
	return rc;
}

static void release(struct keys *k)
{
	struct arena *a = k->arena;

	db_close(k->db);
	pthread_mutex_destroy(&k->mu);
	pthread_cond_destroy(&k->need);
	if (k->tenants)
		wipe(k->tenants, k->tenants_cap * sizeof *k->tenants);
	wipe(k, sizeof *k);
	arena_free(a);
}

int keys_open(const struct keys_options *o, struct keys **ret, str *ret_why)
{
	struct arena *a = arena_new(65536);
	struct keys *k = ARENA_NEW(a, struct keys);

	*ret = NULL;
	*ret_why = STR_EMPTY;
	k->arena = a;
	k->master = o->master;
	k->target = POOL_LEAST;
	pthread_mutex_init(&k->mu, NULL);
	pthread_cond_init(&k->need, NULL);
	int rc = open_store(k, o, ret_why);
	if (rc == 0 && pthread_create(&k->filler, NULL, filler_main, k) != 0) {
		*ret_why = S("cannot start a thread");
		rc = ERR_NOMEM;
	}
	if (rc < 0) {
		release(k);
		return rc;
	}
	*ret = k;
	return 0;
}

void keys_close(struct keys *k)
{
	if (!k)
		return;
	pthread_mutex_lock(&k->mu);
	k->stop = true;
	pthread_cond_signal(&k->need);
	pthread_mutex_unlock(&k->mu);
	pthread_join(k->filler, NULL);
	release(k);
}
