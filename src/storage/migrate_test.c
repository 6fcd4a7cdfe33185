/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/file.h"
#include "storage/testing.h"

static void expands(enum db_engine e, const char *sql, const char *want)
{
	AUTO(arena_freep) struct arena *a = arena_new(1024);

	assert_s(db_expand(a, e, sql), want);
}

static void tokens_are_replaced_for_each_engine(void **state)
{
	expands(DB_SQLITE, "a @int, b @text NOT NULL", "a INTEGER, b TEXT NOT NULL");
	expands(DB_POSTGRES, "a @int, b @text NOT NULL", "a BIGINT, b TEXT COLLATE \"C\" NOT NULL");
	expands(DB_SQLITE, "(x @bytes, @pk(a, b)) @strict @clustered;", "(x BLOB, PRIMARY KEY (a, b)) STRICT , WITHOUT ROWID;");
	expands(DB_POSTGRES, "(x @bytes, @pk(a, b)) @strict @clustered;", "(x BYTEA, PRIMARY KEY (a, b))  ;");
	expands(DB_SQLITE, "@rls(t)", "");
	expands(DB_SQLITE, "LIMIT 1 @skip_locked", "LIMIT 1 ");
	expands(DB_POSTGRES, "LIMIT 1 @skip_locked", "LIMIT 1 FOR UPDATE SKIP LOCKED");
	/* what only looks like one stays */
	expands(DB_SQLITE, "'a@b' @integer @pk x@", "'a@b' @integer @pk x@");
}

static bool embedded(const char *part, str name)
{
	for (const struct migration *m = migrations; m->part; m++)
		if (strcmp(m->part, part) == 0 && str_eq(str_c(m->name), name))
			return true;
	return false;
}

static void every_migration_file_is_in_the_program(void **state)
{
	static const struct {
		const char *part, *dir;
	} parts[] = { { "main", "migrations" }, { "keys", "keys" }, { "blobs", "blobs" } };
	AUTO(arena_freep) struct arena *a = arena_new(4096);
	const char *source = getenv("SCHALTER_SOURCE");

	if (!source) {
		print_message("# skipped: SCHALTER_SOURCE is not set\n");
		skip();
	}
	for (size_t i = 0; i < 3; i++) {
		str *names;
		size_t n;
		assert_ok(dir_list(a, str_fmt(a, "%s/db/%s", source, parts[i].dir).p, &names, &n));
		assert_true(n > 0);
		for (size_t j = 0; j < n; j++)
			if (str_has_suffix(names[j], S(".sql")) && !embedded(parts[i].part, names[j]))
				fail_msg("db/%s/%.*s is not named in src/storage/meson.build", parts[i].dir, STR_FMT(names[j]));
	}
}

static void numbers_go_up_without_a_gap(void **state)
{
	int last = 0;
	const char *part = "";

	for (const struct migration *m = migrations; m->part; m++) {
		last = strcmp(part, m->part) == 0 ? last + 1 : 1;
		part = m->part;
		assert_int_equal(m->version, last);
	}
}

static int parts_of(struct dbc *c, void *arg)
{
	AUTO(rows_done) struct rows *r = NULL;
	int *n = arg;

	TRY(db_query(c, &r, SQL_ALL_TENANTS("test", "SELECT part, version, name, oldest_program, applied_at FROM schema_part ORDER BY part")));
	for (*n = 0; rows_next(r); ++*n) {
		assert_int_equal(row_int(r, 3), 0);
		assert_true(row_int(r, 4) > 0);
	}
	return rows_error(r);
}

static void what_was_applied_is_noted(struct test_db *t)
{
	int n = 0, all = 0;

	for (const struct migration *m = migrations; m->part; m++)
		all++;
	assert_ok(test_unit(t->db, TENANT_ALL, parts_of, &n));
	assert_int_equal(n, all);
}
STORE_TEST(what_was_applied_is_noted)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tokens_are_replaced_for_each_engine),
		cmocka_unit_test(every_migration_file_is_in_the_program),
		cmocka_unit_test(numbers_go_up_without_a_gap),
		STORE_UNIT_TESTS(what_was_applied_is_noted),
	};
	return cmocka_run_group_tests_name("storage/migrate", tests, NULL, NULL);
}
