/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Migrations: db/migrations/NNNN_name.sql (part "main"), db/keys, db/blobs. One file serves both engines; these tokens differ:
 *
 *	token           SQLite              PostgreSQL
 *	@int            INTEGER             BIGINT
 *	@text           TEXT                TEXT COLLATE "C"          (so that both sort alike, by bytes)
 *	@bytes          BLOB                BYTEA
 *	@pk(a, b)       PRIMARY KEY (a, b)  PRIMARY KEY (a, b)
 *	@strict         STRICT              -                         (after the closing bracket of a table)
 *	@clustered      , WITHOUT ROWID     -                         (after @strict: rows live in the primary key's tree)
 *	@rls(table)     -                   row-level security by schalter.tenants, forced for the owner too
 *	@skip_locked    -                   FOR UPDATE SKIP LOCKED    (in statements)
 *
 * Migrations only widen. A file that narrows (a release later) names the oldest schema whose program still works with the result:
 * "-- oldest-program: 7". A program that knows less refuses to start.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include "base/buf.h"
#include "storage/db_impl.h"

struct token {
	const char *name;
	const char *text[2];		/* by enum db_engine; %.*s is the bracket's content */
	bool bracket;
};

static const struct token tokens[] = {
	{ "@int", { "INTEGER", "BIGINT" }, false },
	{ "@text", { "TEXT", "TEXT COLLATE \"C\"" }, false },
	{ "@bytes", { "BLOB", "BYTEA" }, false },
	{ "@strict", { "STRICT", "" }, false },
	{ "@clustered", { ", WITHOUT ROWID", "" }, false },
	{ "@skip_locked", { "", "FOR UPDATE SKIP LOCKED" }, false },
	{ "@pk", { "PRIMARY KEY (\1)", "PRIMARY KEY (\1)" }, true },
	{ "@rls", { "",
		"ALTER TABLE \1 ENABLE ROW LEVEL SECURITY; ALTER TABLE \1 FORCE ROW LEVEL SECURITY;\n"
		/* sub-selects: asked once a statement, not once a row; '*' is the mark of the listed system jobs */
		"CREATE POLICY by_tenant ON \1 USING ((SELECT current_setting('schalter.tenants', true) = '*') OR "
		"tenant_id = ANY ((SELECT string_to_array(replace(current_setting('schalter.tenants', true), '*', ''), ',')::bigint[])::bigint[]));" },
	  true },
};

static bool word_char(char ch)
{
	return (ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') || ch == '_';
}

static const struct token *token_at(const char *p, size_t *ret_len, str *ret_bracket)
{
	for (size_t i = 0; i < sizeof tokens / sizeof *tokens; i++) {
		size_t n = strlen(tokens[i].name);
		if (strncmp(p, tokens[i].name, n) != 0 || word_char(p[n]))
			continue;
		*ret_len = n;
		*ret_bracket = STR_EMPTY;
		if (tokens[i].bracket) {
			const char *end = p[n] == '(' ? strchr(p + n, ')') : NULL;
			if (!end)
				continue;
			*ret_bracket = str_n(p + n + 1, (size_t)(end - p) - n - 1);
			*ret_len = (size_t)(end - p) + 1;
		}
		return &tokens[i];
	}
	return NULL;
}

str db_expand(struct arena *a, enum db_engine e, const char *sql)
{
	const char *at = strchr(sql, '@');

	if (!at)
		return str_c(sql);
	struct buf b = buf_new(a, strlen(sql) + 256);
	for (const char *p = sql; *p;) {
		size_t len;
		str bracket;
		const struct token *t = *p == '@' ? token_at(p, &len, &bracket) : NULL;
		if (!t) {
			buf_putc(&b, *p++);
			continue;
		}
		for (const char *q = t->text[e]; *q; q++) {
			if (*q == '\1')
				buf_put(&b, bracket);
			else
				buf_putc(&b, *q);
		}
		p += len;
	}
	buf_putc(&b, '\0');
	str s = buf_str(&b);
	s.n--;
	return s;
}

/* ---- applying ---- */

struct step {
	const struct migration *m;	/* NULL: only make the table of versions */
	int version, oldest;		/* read */
	const char *part;
	bool behind;			/* another process was faster */
};

static int oldest_program(const char *sql)
{
	static const char mark[] = "-- oldest-program:";
	const char *p = strstr(sql, mark);
	int n = 0;

	if (p && sscanf(p + sizeof mark - 1, "%d", &n) != 1)
		n = 0;
	return n;
}

static int read_version(struct dbc *c, struct step *s)
{
	AUTO(rows_done) struct rows *r = NULL;

	TRY(db_query(c, &r, SQL_ALL_TENANTS("the schema belongs to no tenant",
		"SELECT coalesce(max(version), 0), coalesce(max(oldest_program), 0) FROM schema_part WHERE part = $1"), VT(str_c(s->part))));
	if (!rows_next(r))
		return rows_error(r) ? rows_error(r) : ERR_DB;
	s->version = (int)row_int(r, 0);
	s->oldest = (int)row_int(r, 1);
	return 0;
}

static int run_step(struct dbc *c, void *arg)
{
	struct step *s = arg;
	struct arena *a = arena_new(65536);
	int rc;

	if (!s->m) {
		rc = c->ops->script(c, db_expand(a, c->db->engine,
			"CREATE TABLE IF NOT EXISTS schema_part (part @text NOT NULL, version @int NOT NULL, name @text NOT NULL, "
			"oldest_program @int NOT NULL, applied_at @int NOT NULL, PRIMARY KEY (part, version)) @strict;").p);
	} else {
		rc = read_version(c, s);
		s->behind = rc == 0 && s->version >= s->m->version;
		if (rc == 0 && !s->behind)
			rc = c->ops->script(c, db_expand(a, c->db->engine, s->m->sql).p);
		if (rc == 0 && !s->behind)
			rc = db_exec(c, SQL_ALL_TENANTS("the schema belongs to no tenant",
				"INSERT INTO schema_part (part, version, name, oldest_program, applied_at) VALUES ($1, $2, $3, $4, $5)"),
				VT(str_c(s->part)), VI(s->m->version), VT(str_c(s->m->name)), VI(oldest_program(s->m->sql)),
				VI(clock_now(&clock_real).us));
	}
	arena_free(a);
	return rc;
}

/* A second process may do the same at this moment: what it did first shows as an error here and is gone at the next look. */
static int step_patiently(struct db *db, struct step *s)
{
	int rc = ERR_DB;

	for (int i = 0; i < 5 && rc < 0; i++) {
		struct unit u = { .run = run_step, .arg = s, .tenant = { TENANT_ALL, 0 }, .once = true };
		if (i)
			nanosleep(&(struct timespec){ .tv_nsec = 100000000 }, NULL);
		rc = db_unit_run(db, &u);
		if (rc == ERR_READONLY || rc == ERR_FULL || rc == ERR_IO || db->engine == DB_SQLITE)
			break;
	}
	return rc;
}

static int look(struct db *db, struct step *s)
{
	AUTO(db_read_done) struct dbc *c = NULL;

	TRY(db_read(db, TENANT_ALL, 0, &c));
	return read_version(c, s);
}

int migrate_part(struct db *db, const char *part, int *ret_from, int *ret_to, str *ret_why)
{
	struct step s = { .part = part };
	int newest = 0, rc;

	*ret_why = STR_EMPTY;
	for (const struct migration *m = migrations; m->part; m++)
		if (strcmp(m->part, part) == 0)
			newest = m->version;
	rc = step_patiently(db, &s);
	if (rc == 0)
		rc = look(db, &s);
	if (rc < 0) {
		*ret_why = S("the table of schema versions can neither be made nor read");
		return rc;
	}
	*ret_from = *ret_to = s.version;
	if (s.oldest > newest) {
		*ret_why = S("the database was changed by a newer program; this one is too old for it");
		return ERR_UNSUPPORTED;
	}
	for (const struct migration *m = migrations; m->part; m++) {
		if (strcmp(m->part, part) != 0 || m->version <= *ret_to)
			continue;
		s.m = m;
		rc = step_patiently(db, &s);
		if (rc < 0) {
			*ret_why = S("a migration failed; nothing of it was kept");
			return rc;
		}
		*ret_to = m->version;
	}
	return 0;
}
