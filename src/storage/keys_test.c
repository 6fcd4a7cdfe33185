/* SPDX-License-Identifier: EUPL-1.2 */
#include "storage/keys.h"
#include <pthread.h>
#include "storage/testing.h"

struct store {
	struct test_db t;
	struct keys_options o;
	struct keys *k;
};

static void reopen(struct store *s)
{
	str why;

	int rc = keys_open(&s->o, &s->k, &why);
	if (rc < 0)
		print_error("keys_open: %.*s\n", STR_FMT(why));
	assert_ok(rc);
}

static void begin(struct store *s, struct test_db *t)
{
	static char path[200];

	s->t = *t;
	snprintf(path, sizeof path, "%s/keys.db", t->dir);
	s->o = (struct keys_options){ .master = key_random() };
	if (t->engine == DB_SQLITE)
		s->o.sqlite_path = path;
	else
		s->o.pg_conninfo = t->conninfo;
	reopen(s);
	assert_ok(keys_tenant_make(s->k, 5));
	assert_ok(keys_tenant_make(s->k, 6));
}

static bool same(const struct key *a, const struct key *b)
{
	return memcmp(a->b, b->b, sizeof a->b) == 0;
}

static void a_key_comes_back_after_a_restart(struct test_db *t)
{
	struct store s;
	struct key made, read, other;
	int64_t id;

	begin(&s, t);
	assert_ok(keys_new(s.k, 5, &id, &made));
	keys_close(s.k);
	reopen(&s);
	assert_ok(keys_get(s.k, 5, id, &read));
	assert_true(same(&made, &read));
	/* the same slot under another tenant is another key */
	assert_ok(keys_get(s.k, 6, id, &other));
	assert_false(same(&made, &other));
	assert_rc(keys_get(s.k, 7, id, &other), ERR_NOTFOUND);
	assert_rc(keys_get(s.k, 5, id + 12345, &other), ERR_NOTFOUND);
	keys_close(s.k);
}
STORE_TEST(a_key_comes_back_after_a_restart)

static void a_wrong_master_key_is_refused(struct test_db *t)
{
	struct store s;
	struct keys *k;
	str why;

	begin(&s, t);
	keys_close(s.k);
	s.o.master = key_random();
	assert_rc(keys_open(&s.o, &k, &why), ERR_CRYPTO);
	assert_true(str_contains(why, S("master key")));
}
STORE_TEST(a_wrong_master_key_is_refused)

static void a_destroyed_key_is_gone_at_once_and_listed(struct test_db *t)
{
	struct store s;
	struct key key;
	int64_t id, *list;
	size_t n;
	AUTO(arena_freep) struct arena *a = arena_new(1024);

	begin(&s, t);
	assert_ok(keys_new(s.k, 5, &id, &key));
	assert_ok(keys_get(s.k, 5, id, &key));
	assert_ok(keys_destroy(s.k, id));
	assert_rc(keys_get(s.k, 5, id, &key), ERR_DESTROYED);
	assert_ok(keys_destroy(s.k, id));
	assert_ok(keys_destroyed_list(s.k, a, &list, &n));
	assert_int_equal(n, 1);
	assert_true(list[0] == id);
	keys_close(s.k);
	reopen(&s);
	assert_rc(keys_get(s.k, 5, id, &key), ERR_DESTROYED);
	keys_close(s.k);
}
STORE_TEST(a_destroyed_key_is_gone_at_once_and_listed)

static str file_of(struct arena *a, struct test_db *t, const char *name)
{
	FILE *f = fopen(str_fmt(a, "%s/%s", t->dir, name).p, "rb");
	size_t max = 16 << 20;
	char *room = arena_alloc_raw(a, max);

	if (!f)
		return STR_EMPTY;
	size_t n = fread(room, 1, max, f);
	fclose(f);
	assert_true(n < max);
	return str_n(room, n);
}

/* The wrapped bytes of the slot, as they stand in the file. */
static str wrapped_of(struct arena *a, struct test_db *t, int64_t id)
{
	struct db_options o = { .sqlite_path = str_fmt(a, "%s/keys.db", t->dir).p };
	struct db *db;
	struct dbc *c = NULL;
	struct rows *r = NULL;
	str why, found = STR_EMPTY;

	assert_ok(db_open(&o, &db, &why));
	assert_ok(db_read(db, TENANT_ALL, 0, &c));
	assert_ok(db_query(c, &r, SQL_ALL_TENANTS("test", "SELECT wrapped FROM key_slot WHERE key_id = $1"), VI(id)));
	if (rows_next(r))
		found = str_dup(a, row_str(r, 0));
	rows_done(&r);
	db_read_done(&c);
	db_close(db);
	return found;
}

static void nothing_of_a_destroyed_slot_stays_in_the_files(void **state)
{
	struct test_db t;
	struct store s;
	struct key key;
	int64_t id;
	AUTO(arena_freep) struct arena *a = arena_new(1024);

	test_db_begin(&t, DB_SQLITE);
	begin(&s, &t);
	assert_ok(keys_new(s.k, 5, &id, &key));
	keys_close(s.k);
	str wrapped = wrapped_of(a, &t, id);
	assert_int_equal(wrapped.n, 60);
	reopen(&s);
	assert_true(str_contains(file_of(a, &t, "keys.db"), wrapped));
	assert_ok(keys_destroy(s.k, id));
	assert_false(str_contains(file_of(a, &t, "keys.db"), wrapped));
	assert_false(str_contains(file_of(a, &t, "keys.db-wal"), wrapped));
	keys_close(s.k);
	test_db_end(&t);
}

static void purposes_and_tenants_have_keys_of_their_own(struct test_db *t)
{
	struct store s;
	struct key a, b, c, d;

	begin(&s, t);
	assert_ok(keys_purpose(s.k, 5, "names", &a));
	assert_ok(keys_purpose(s.k, 5, "csrf", &b));
	assert_ok(keys_purpose(s.k, 6, "names", &c));
	assert_false(same(&a, &b));
	assert_false(same(&a, &c));
	assert_rc(keys_purpose(s.k, 99, "names", &d), ERR_NOTFOUND);
	/* more purposes than are kept in memory */
	for (int i = 0; i < 3000; i++) {
		char label[20];
		snprintf(label, sizeof label, "p%d", i);
		assert_ok(keys_purpose(s.k, 5, label, &d));
		assert_false(same(&a, &d));
	}
	keys_close(s.k);
	reopen(&s);
	assert_ok(keys_purpose(s.k, 5, "names", &d));
	assert_true(same(&a, &d));
	keys_close(s.k);
}
STORE_TEST(purposes_and_tenants_have_keys_of_their_own)

static void old_signing_keys_stay_listed(struct test_db *t)
{
	struct store s;
	const struct signing_key *first, *second;
	struct signing_key *list;
	size_t n;
	uint8_t sig[64];
	AUTO(arena_freep) struct arena *a = arena_new(1024);

	begin(&s, t);
	assert_ok(keys_signing(s.k, &first));
	assert_ok(ec_sign(first->priv, S("receipt"), sig));
	assert_ok(keys_signing_rotate(s.k));
	assert_ok(keys_signing(s.k, &second));
	assert_string_not_equal(first->kid, second->kid);
	assert_ok(keys_signing_list(s.k, a, &list, &n));
	assert_int_equal(n, 2);
	assert_string_equal(list[0].kid, second->kid);
	assert_string_equal(list[1].kid, first->kid);
	assert_null(list[1].priv);
	assert_ok(ec_verify(&list[1].pub, S("receipt"), sig));
	assert_rc(ec_verify(&list[0].pub, S("receipt"), sig), ERR_CRYPTO);
	keys_close(s.k);
	reopen(&s);
	assert_ok(keys_signing(s.k, &second));
	assert_string_equal(second->kid, list[0].kid);
	assert_ok(ec_sign(second->priv, S("x"), sig));
	assert_ok(ec_verify(&list[0].pub, S("x"), sig));
	keys_close(s.k);
}
STORE_TEST(old_signing_keys_stay_listed)

static int age_slots(struct dbc *c, void *arg)
{
	return db_exec(c, SQL_ALL_TENANTS("test", "UPDATE key_slot SET created_at = created_at - $1"), VI(INSTANT_S(2 * 24 * 3600)));
}

static bool only_this(int64_t id, void *arg)
{
	return id == *(int64_t *)arg;
}

static void the_sweep_takes_what_nobody_refers_to(struct test_db *t)
{
	struct store s;
	struct key key;
	int64_t kept, lost;
	size_t removed;
	struct db_options o = { 0 };
	struct db *db;
	str why;

	begin(&s, t);
	assert_ok(keys_new(s.k, 5, &kept, &key));
	assert_ok(keys_new(s.k, 5, &lost, &key));
	assert_ok(keys_sweep(s.k, only_this, &kept, &removed));
	assert_int_equal(removed, 0);		/* too young */
	o.sqlite_path = s.o.sqlite_path;
	o.pg_conninfo = s.o.pg_conninfo;
	keys_close(s.k);
	assert_ok(db_open(&o, &db, &why));
	assert_ok(test_unit(db, TENANT_ALL, age_slots, NULL));
	db_close(db);
	reopen(&s);
	assert_ok(keys_sweep(s.k, only_this, &kept, &removed));
	assert_true(removed >= 1);
	assert_ok(keys_get(s.k, 5, kept, &key));
	assert_rc(keys_get(s.k, 5, lost, &key), ERR_NOTFOUND);
	/* what is handed out now is in the store */
	assert_ok(keys_new(s.k, 5, &lost, &key));
	keys_close(s.k);
	reopen(&s);
	assert_ok(keys_get(s.k, 5, lost, &key));
	keys_close(s.k);
}
STORE_TEST(the_sweep_takes_what_nobody_refers_to)

#define CALLERS 16
#define EACH 200

struct caller {
	struct store *s;
	int64_t id[EACH];
	struct key key[EACH];
	int rc;
};

static void *take_keys(void *arg)
{
	struct caller *c = arg;

	c->rc = keys_tenant_make(c->s->k, 77);
	for (int i = 0; i < EACH && c->rc == 0; i++) {
		while ((c->rc = keys_new(c->s->k, 77, &c->id[i], &c->key[i])) == ERR_BUSY)
			usleep(1000);
	}
	return NULL;
}

static int by_id(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static void sixteen_callers_get_keys_of_their_own(struct test_db *t)
{
	static struct caller c[CALLERS];
	static int64_t all[CALLERS * EACH];
	pthread_t thread[CALLERS];
	struct store s;
	struct key key;

	begin(&s, t);
	for (int i = 0; i < CALLERS; i++) {
		c[i] = (struct caller){ .s = &s };
		assert_int_equal(pthread_create(&thread[i], NULL, take_keys, &c[i]), 0);
	}
	for (int i = 0; i < CALLERS; i++) {
		pthread_join(thread[i], NULL);
		assert_ok(c[i].rc);
		memcpy(&all[i * EACH], c[i].id, sizeof c[i].id);
	}
	qsort(all, CALLERS * EACH, sizeof *all, by_id);
	for (int i = 1; i < CALLERS * EACH; i++)
		assert_true(all[i] != all[i - 1]);
	keys_close(s.k);
	reopen(&s);
	for (int i = 0; i < CALLERS; i++) {
		for (int j = 0; j < EACH; j += 50) {
			assert_ok(keys_get(s.k, 77, c[i].id[j], &key));
			assert_true(same(&key, &c[i].key[j]));
		}
	}
	keys_close(s.k);
}
STORE_TEST(sixteen_callers_get_keys_of_their_own)

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_UNIT_TESTS(a_key_comes_back_after_a_restart),
		STORE_UNIT_TESTS(a_wrong_master_key_is_refused),
		STORE_UNIT_TESTS(a_destroyed_key_is_gone_at_once_and_listed),
		cmocka_unit_test(nothing_of_a_destroyed_slot_stays_in_the_files),
		STORE_UNIT_TESTS(purposes_and_tenants_have_keys_of_their_own),
		STORE_UNIT_TESTS(old_signing_keys_stay_listed),
		STORE_UNIT_TESTS(the_sweep_takes_what_nobody_refers_to),
		STORE_UNIT_TESTS(sixteen_callers_get_keys_of_their_own),
	};
	return cmocka_run_group_tests_name("storage/keys", tests, NULL, NULL);
}
