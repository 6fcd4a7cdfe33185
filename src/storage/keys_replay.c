/* SPDX-License-Identifier: EUPL-1.2 */
/* The list of destroyed keys: read for the backup, applied again to an older copy of the store. */
#include "storage/keys_impl.h"

int keys_destroyed_list(struct keys *k, struct arena *a, int64_t **ret, size_t *ret_n)
{
	AUTO(db_read_done) struct dbc *c = NULL;
	AUTO(rows_done) struct rows *r = NULL;
	AUTO(rows_done) struct rows *count = NULL;
	size_t n = 0;

	TRY(db_read(k->db, TENANT_ALL, 0, &c));
	TRY(db_query(c, &count, SQL_ALL_TENANTS("replayed after a restore, for all", "SELECT count(*) FROM destroyed_key")));
	size_t most = rows_next(count) ? (size_t)row_int(count, 0) : 0;
	*ret = ARENA_ARRAY(a, int64_t, most);
	TRY(db_query(c, &r, SQL_ALL_TENANTS("replayed after a restore, for all", "SELECT key_id FROM destroyed_key ORDER BY key_id")));
	while (n < most && rows_next(r))
		(*ret)[n++] = row_int(r, 0);
	*ret_n = n;
	return rows_error(r);
}

struct replay {
	const int64_t *id;
	size_t n, removed;
};

static int replay_unit(struct dbc *c, void *arg)
{
	struct replay *x = arg;
	int64_t now = clock_now(&clock_real).us, changed;

	x->removed = 0;
	for (size_t i = 0; i < x->n; i++) {
		TRY(db_exec_n(c, &changed, SQL_ALL_TENANTS("a slot becomes a tenant's by derivation only", "DELETE FROM key_slot WHERE key_id = $1"), VI(x->id[i])));
		x->removed += (size_t)changed;
		TRY(db_exec(c, SQL_ALL_TENANTS("replayed after a restore, for all",
			"INSERT INTO destroyed_key (key_id, destroyed_at) VALUES ($1, $2) ON CONFLICT DO NOTHING"), VI(x->id[i]), VI(now)));
	}
	return 0;
}

int keys_replay(struct keys *k, const int64_t *id, size_t n, size_t *ret_removed)
{
	struct replay x = { .id = id, .n = n };

	TRY(keys_run(k, replay_unit, &x));
	*ret_removed = x.removed;
	pthread_mutex_lock(&k->mu);
	k->generation++;
	wipe(k->cache, sizeof k->cache);
	pthread_mutex_unlock(&k->mu);
	return k->db->ops->scrub(k->db);
}
