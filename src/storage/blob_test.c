/* SPDX-License-Identifier: EUPL-1.2 */
#include "storage/blob.h"
#include <pthread.h>
#include "storage/ids.h"
#include "storage/testing.h"

static struct blobs *open_blobs(struct test_db *t)
{
	static char path[200];
	struct blobs *b;
	str why;

	snprintf(path, sizeof path, "%s/blobs.db", t->dir);
	int rc = blobs_open(t->db, t->engine == DB_SQLITE ? path : NULL, &b, &why);
	if (rc < 0)
		print_error("blobs_open: %.*s\n", STR_FMT(why));
	assert_ok(rc);
	return b;
}

static str pattern(struct arena *a, size_t n)
{
	char *p = arena_alloc_raw(a, n);
	uint64_t seed = n + 1;

	for (size_t i = 0; i < n; i++)
		p[i] = (char)test_random(&seed);
	return str_n(p, n);
}

static void what_streams_in_comes_back(struct test_db *t)
{
	static const size_t sizes[] = { 0, 1, 65535, 65536, 65537, 131072, 1000000 };
	AUTO(arena_freep) struct arena *a = arena_new(4096);
	struct blobs *b = open_blobs(t);
	int64_t used = 0, sum = 0;

	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		str plain = pattern(a, sizes[i]), back;
		struct blob_writer *w;
		struct blob_info info;
		struct digest want = sha256(plain);

		assert_ok(blob_begin(b, a, 5, id_next(&clock_real), &w));
		for (size_t at = 0; at < plain.n; at += 10007)
			assert_ok(blob_write(w, str_sub(plain, at, at + 10007)));
		assert_ok(blob_finish_wait(w, &info));
		assert_int_equal(info.size, plain.n);
		assert_true(digest_eq(&info.sha256, &want));
		assert_ok(blob_read_all(b, a, 5, info.blob_id, &info.key, 2000000, &back));
		assert_true(str_eq(back, plain));
		if (plain.n)
			assert_rc(blob_read_all(b, a, 5, info.blob_id, &info.key, plain.n - 1, &back), ERR_LIMIT);
		/* another tenant, another key: nothing */
		assert_rc(blob_read_all(b, a, 6, info.blob_id, &info.key, 2000000, &back), ERR_NOTFOUND);
		struct key other = key_random();
		assert_rc(blob_read_all(b, a, 5, info.blob_id, &other, 2000000, &back), ERR_CRYPTO);
		sum += (int64_t)plain.n;
	}
	assert_ok(blob_quota_used(b, 5, &used));
	assert_int_equal(used, sum);
	blobs_close(b);
}
STORE_TEST(what_streams_in_comes_back)

static int run_sql(struct dbc *c, void *arg)
{
	return c->ops->script(c, arg);
}

static void tampering_shows(struct test_db *t)
{
	AUTO(arena_freep) struct arena *a = arena_new(4096);
	struct blobs *b = open_blobs(t);
	struct blob_info info;
	str plain = pattern(a, 200000), back;
	bool last;

	/* on SQLite blobs.db is a file of its own: this test reaches it through the same tables in the main file */
	if (t->engine == DB_SQLITE) {
		str why;
		blobs_close(b);
		assert_ok(blobs_open(t->db, NULL, &b, &why));
	}
	static const char *const hurt[] = {
		"UPDATE blob SET chunks = 2",
		"UPDATE blob_chunk SET chunk = 9 WHERE chunk = 0; UPDATE blob_chunk SET chunk = 0 WHERE chunk = 1; "
		"UPDATE blob_chunk SET chunk = 1 WHERE chunk = 9",
		"DELETE FROM blob_chunk WHERE chunk = 1",
		"UPDATE blob_chunk SET blob_id = blob_id + 1; UPDATE blob SET blob_id = blob_id + 1",
		"UPDATE blob SET size = 199999",
	};
	static const int want[] = { ERR_CRYPTO, ERR_CRYPTO, ERR_NOTFOUND, ERR_CRYPTO, ERR_CRYPTO };
	for (int i = 0; i < 5; i++) {
		assert_ok(blob_put(b, 5, id_next(&clock_real), plain, &info));
		assert_ok(blob_read_chunk(b, a, 5, info.blob_id, &info.key, 0, &back, &last));
		assert_false(last);
		assert_ok(blob_read_chunk(b, a, 5, info.blob_id, &info.key, 3, &back, &last));
		assert_true(last);
		assert_rc(blob_read_chunk(b, a, 5, info.blob_id, &info.key, 4, &back, &last), ERR_NOTFOUND);
		assert_ok(test_unit(t->db, TENANT_ALL, run_sql, (void *)(uintptr_t)hurt[i]));
		assert_rc(blob_read_all(b, a, 5, info.blob_id + (i == 3), &info.key, 1000000, &back), want[i]);
		assert_ok(blob_delete(b, 5, info.blob_id + (i == 3)));
	}
	blobs_close(b);
}
STORE_TEST(tampering_shows)

static bool nobody(int32_t tenant, int64_t id, void *arg)
{
	return id == *(int64_t *)arg;
}

static void what_is_deleted_or_begun_leaves_nothing(struct test_db *t)
{
	AUTO(arena_freep) struct arena *a = arena_new(4096);
	struct blobs *b = open_blobs(t);
	struct blob_info info;
	struct blob_writer *w;
	str plain = pattern(a, 300000), back;
	int64_t used, old = (id_next(&clock_real) >> 22) - 2 * 24 * 3600 * 1000;
	size_t removed;

	assert_ok(blob_put(b, 5, id_next(&clock_real), plain, &info));
	assert_ok(blob_delete(b, 5, info.blob_id));
	assert_ok(blob_delete(b, 5, info.blob_id));
	assert_rc(blob_read_all(b, a, 5, info.blob_id, &info.key, 1000000, &back), ERR_NOTFOUND);
	assert_ok(blob_quota_used(b, 5, &used));
	assert_int_equal(used, 0);

	int64_t begun = old << 22, kept = (old + 1) << 22, lost = (old + 2) << 22, young = id_next(&clock_real);
	assert_ok(blob_begin(b, a, 5, begun, &w));
	assert_ok(blob_write(w, plain));
	blob_abort(w);
	assert_ok(blob_put(b, 5, kept, plain, &info));
	assert_ok(blob_put(b, 6, lost, plain, &info));
	assert_ok(blob_put(b, 6, young, plain, &info));
	assert_ok(blobs_sweep(b, nobody, &kept, &removed));
	assert_int_equal(removed, 2);
	assert_ok(blob_quota_used(b, 6, &used));
	assert_int_equal(used, 300000);
	assert_ok(blobs_sweep(b, nobody, &kept, &removed));
	assert_int_equal(removed, 0);
	blobs_close(b);
}
STORE_TEST(what_is_deleted_or_begun_leaves_nothing)

static void a_tenant_over_its_limit_is_refused(struct test_db *t)
{
	AUTO(arena_freep) struct arena *a = arena_new(4096);
	struct blobs *b = open_blobs(t);
	struct blob_info info;
	str plain = pattern(a, 100000);

	blobs_limit(b, 250000);
	assert_ok(blob_put(b, 5, id_next(&clock_real), plain, &info));
	assert_ok(blob_put(b, 5, id_next(&clock_real), plain, &info));
	assert_rc(blob_put(b, 5, id_next(&clock_real), plain, &info), ERR_FULL);
	assert_false(blobs_readonly(b));	/* a quota is no full disk */
	assert_ok(blob_put(b, 6, id_next(&clock_real), plain, &info));
	blobs_close(b);
}
STORE_TEST(a_tenant_over_its_limit_is_refused)

#define CALLERS 16

struct caller {
	struct blobs *b;
	str plain;
	struct blob_info info;
	int rc;
};

static void *upload(void *arg)
{
	struct caller *c = arg;
	struct arena *a = arena_new(4096);
	struct blob_writer *w;

	c->rc = blob_begin(c->b, a, 5, id_next(&clock_real), &w);
	for (size_t at = 0; c->rc == 0 && at < c->plain.n; at += 30000)
		c->rc = blob_write(w, str_sub(c->plain, at, at + 30000));
	if (c->rc == 0)
		c->rc = blob_finish_wait(w, &c->info);
	arena_free(a);
	return NULL;
}

static void sixteen_uploads_at_once_stay_apart(struct test_db *t)
{
	AUTO(arena_freep) struct arena *a = arena_new(4096);
	struct blobs *b = open_blobs(t);
	struct caller c[CALLERS];
	pthread_t thread[CALLERS];
	int64_t used, sum = 0;

	for (int i = 0; i < CALLERS; i++) {
		c[i] = (struct caller){ .b = b, .plain = pattern(a, 400000 + (size_t)i * 7001) };
		sum += (int64_t)c[i].plain.n;
		assert_int_equal(pthread_create(&thread[i], NULL, upload, &c[i]), 0);
	}
	for (int i = 0; i < CALLERS; i++)
		pthread_join(thread[i], NULL);
	for (int i = 0; i < CALLERS; i++) {
		str back;
		assert_ok(c[i].rc);
		assert_ok(blob_read_all(b, a, 5, c[i].info.blob_id, &c[i].info.key, 2000000, &back));
		assert_true(str_eq(back, c[i].plain));
	}
	assert_ok(blob_quota_used(b, 5, &used));
	assert_int_equal(used, sum);
	blobs_close(b);
}
STORE_TEST(sixteen_uploads_at_once_stay_apart)

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_UNIT_TESTS(what_streams_in_comes_back),
		STORE_UNIT_TESTS(tampering_shows),
		STORE_UNIT_TESTS(what_is_deleted_or_begun_leaves_nothing),
		STORE_UNIT_TESTS(a_tenant_over_its_limit_is_refused),
		STORE_UNIT_TESTS(sixteen_uploads_at_once_stay_apart),
	};
	return cmocka_run_group_tests_name("storage/blob", tests, NULL, NULL);
}
