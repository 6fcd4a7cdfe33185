/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Every statement of the program (the linker has collected them): it prepares on both engines, and it binds tenant_id for each table
 * that has one, unless it says by SQL_ALL_TENANTS why not. The list of those exceptions is printed.
 */
#include <ctype.h>
#include "base/buf.h"
#include "storage/testing.h"

struct look {
	struct test_db *t;
	struct dbc *c;
	struct arena *a;
	str tables[64];		/* those with a tenant_id */
	size_t n;
	int statements, exceptions, faults;
};

/* One blank between words, lower case, no comments. */
static str plain(struct arena *a, const char *sql)
{
	struct buf b = buf_new(a, strlen(sql) + 2);

	buf_putc(&b, ' ');
	for (const char *p = sql; *p; p++) {
		if (p[0] == '/' && p[1] == '*') {
			const char *end = strstr(p, "*/");
			assert_non_null(end);
			p = end + 1;
			continue;
		}
		char ch = isspace((unsigned char)*p) ? ' ' : (char)tolower((unsigned char)*p);
		if (ch == '(' || ch == ',' || ch == ')')
			buf_putc(&b, ' ');
		if (ch != ' ' || b.p[b.n - 1] != ' ')
			buf_putc(&b, ch);
		if (ch == '(' || ch == ',' || ch == ')')
			buf_putc(&b, ' ');
	}
	buf_putc(&b, ' ');
	return buf_str(&b);
}

static int occurrences(str hay, str needle)
{
	int n = 0;
	ptrdiff_t at;

	while ((at = str_find(hay, needle)) >= 0) {
		n++;
		hay = str_sub(hay, (size_t)at + needle.n - 1, hay.n);
	}
	return n;
}

/* How often tables that have a tenant_id are named after FROM, JOIN, UPDATE, INTO. */
static int tables_named(const struct look *l, str sql)
{
	static const str before[] = { STR_INIT(" from "), STR_INIT(" join "), STR_INIT(" update "), STR_INIT(" into ") };
	int n = 0;

	for (size_t i = 0; i < l->n; i++)
		for (size_t j = 0; j < 4; j++)
			n += occurrences(sql, str_fmt(l->a, "%.*s%.*s ", STR_FMT(before[j]), STR_FMT(l->tables[i])));
	return n;
}

static void binds_tenant(const char *text, void *arg)
{
	struct look *l = arg;
	str sql;

	l->statements++;
	if (str_has_prefix(str_c(text), S("/*all-tenants:"))) {
		l->exceptions++;
		print_message("# all tenants: %.*s\n", (int)strcspn(text + 15, "*"), text + 15);
		return;
	}
	arena_reset(l->a);
	sql = plain(l->a, text);
	int named = tables_named(l, sql), bound = occurrences(sql, S("tenant_id = $")) + occurrences(sql, S("tenant_id in ( $"));
	int joined = occurrences(sql, S("tenant_id = ")) + occurrences(sql, S("tenant_id in ( $"));
	if (str_has_prefix(sql, S(" insert into ")) && occurrences(sql, S("( tenant_id ,")) > 0) {
		bound++;
		joined++;
	}
	if (bound == 0 || joined < named) {
		l->faults++;
		print_error("does not bind tenant_id of each of its %d tables: %s\n", named, text);
	}
}

static void prepares(const char *text, void *arg)
{
	struct look *l = arg;
	struct db_stats s;

	l->statements++;
	if (l->c->ops->prepare(l->c, text) == 0)
		return;
	l->faults++;
	db_stats(l->t->db, &s);
	print_error("does not prepare: %s\n", s.last_error);
	/* the transaction is lost on PostgreSQL: a new one for the next */
	db_read_done(&l->c);
	assert_ok(db_read(l->t->db, TENANT_ALL, 0, &l->c));
}

static void every_statement_prepares(struct test_db *t)
{
	struct look l = { .t = t };

	assert_ok(db_read(t->db, TENANT_ALL, 0, &l.c));
	db_each_statement(prepares, &l);
	db_read_done(&l.c);
	print_message("# %d statements\n", l.statements);
	assert_true(l.statements > 50);
	assert_int_equal(l.faults, 0);
}
STORE_TEST(every_statement_prepares)

static void every_statement_binds_its_tenant(void **state)
{
	struct test_db t;
	struct look l = { .a = arena_new(16384) };
	AUTO(arena_freep) struct arena *names = arena_new(4096);
	AUTO(db_read_done) struct dbc *c = NULL;
	AUTO(rows_done) struct rows *r = NULL;

	test_db_begin(&t, DB_SQLITE);
	assert_ok(db_read(t.db, TENANT_ALL, 0, &c));
	assert_ok(db_query(c, &r, "SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) p WHERE m.type = 'table' AND p.name = 'tenant_id'"));
	while (rows_next(r) && l.n < 64)
		l.tables[l.n++] = str_dup(names, row_str(r, 0));
	assert_true(l.n > 20 && l.n < 64);
	db_each_statement(binds_tenant, &l);
	print_message("# %d statements, %d of them for all tenants\n", l.statements, l.exceptions);
	arena_free(l.a);
	assert_int_equal(l.faults, 0);
	rows_done(&r);
	db_read_done(&c);
	test_db_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_UNIT_TESTS(every_statement_prepares),
		cmocka_unit_test(every_statement_binds_its_tenant),
	};
	return cmocka_run_group_tests_name("store/statements", tests, NULL, NULL);
}
