/* SPDX-License-Identifier: EUPL-1.2 */
/* schalter keys: the list of destroyed keys goes with every backup and is applied to what is restored (docs/operating.md, Restore). */
#include <stdlib.h>

#include "base/file.h"
#include "main/tools.h"
#include "usecase/destroy.h"

#define LIST_MOST (64 << 20)

int tool_keys_destroyed(struct run *r)
{
	int64_t *id;
	size_t n;

	if (keys_destroyed_list(r->house->keys, r->arena, &id, &n) < 0)
		return command_fail(r, "the list of destroyed keys cannot be read");
	buf_fmt(&r->out, "# destroyed keys of Schalter: %zu\n", n);
	for (size_t i = 0; i < n; i++)
		buf_fmt(&r->out, "%lld\n", (long long)id[i]);
	return EXIT_DONE;
}

static int by_number(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

/* One number a line; lines with # are remarks. A file that is something else changes nothing. */
static int read_list(struct run *r, int64_t **ret, size_t *ret_n)
{
	str text, line;
	size_t n = 0, at = 0;

	if (file_read(r->arena, str_z(r->arena, r->arg[0]), LIST_MOST, &text) < 0)
		return command_fail(r, "%.*s cannot be read", STR_FMT(r->arg[0]));
	for (size_t i = 0; i < text.n; i++)
		n += text.p[i] == '\n';
	*ret = ARENA_ARRAY(r->arena, int64_t, n + 1);
	*ret_n = 0;
	while (str_split(&text, '\n', &line)) {
		at++;
		line = str_trim(line);
		if (!line.n || line.p[0] == '#')
			continue;
		if (str_to_i64(line, &(*ret)[*ret_n]) < 0)
			return command_fail(r, "%.*s, line %zu: \"%.*s\" is no number; nothing was done", STR_FMT(r->arg[0]), at, STR_FMT(str_sub(line, 0, 40)));
		(*ret_n)++;
	}
	qsort(*ret, *ret_n, sizeof **ret, by_number);
	return EXIT_DONE;
}

struct revived {		/* a case of the older content whose key is on the list */
	tenant_id tenant;
	case_id id;
};

static int read_revived(struct run *r, const int64_t *list, size_t n, struct revived **ret, size_t *ret_n)
{
	AUTO(db_read_done) struct dbc *db = NULL;
	AUTO(rows_done) struct rows *rows = NULL;

	*ret = ARENA_ARRAY(r->arena, struct revived, n);
	*ret_n = 0;
	TRY(db_read(r->house->db, TENANT_ALL, 0, &db));
	TRY(db_query(db, &rows, SQL_ALL_TENANTS("keys on the list of destroyed ones", "SELECT tenant_id, case_id, key_id FROM cases WHERE phase < 90")));
	while (*ret_n < n && rows_next(rows)) {
		int64_t key = row_int(rows, 2);

		if (bsearch(&key, list, n, sizeof *list, by_number))
			(*ret)[(*ret_n)++] = (struct revived){ { (int32_t)row_int(rows, 0) }, { row_int(rows, 1) } };
	}
	return rows_error(rows);
}

static int bury(struct run *r, const struct revived *x)
{
	AUTO(arena_freep) struct arena *a = arena_new(16 * 1024);
	AUTO(ctx_done) struct ctx c = ctx_system(r->house, a);
	struct destruction *d;
	struct grant g;

	TRY(case_authorize_system(&c, x->tenant, x->id, &g));
	TRY(case_destroy(&c, &g, S("restore"), &d));
	TRY(ctx_commit_wait(&c));
	return case_destroy_finish(&c, d);
}

int tool_keys_replay(struct run *r)
{
	struct revived *list;
	size_t n = 0, removed = 0, cases = 0;
	int64_t *id = NULL;
	int rc;

	if (r->remote)
		return command_fail(r, "Schalter runs on this data folder. After a restore the keys end before it serves: stop it, call this, start it");
	rc = read_list(r, &id, &n);
	if (rc)
		return rc;
	if (keys_replay(r->house->keys, id, n, &removed) < 0)
		return command_fail(r, "the key store could not be written; nothing was done");
	rc = read_revived(r, id, n, &list, &cases);
	for (size_t i = 0; rc == 0 && i < cases; i++)
		rc = bury(r, &list[i]);
	if (rc < 0)
		return command_fail(r, "the keys have ended, but their cases are not all tombstones: %s. Call it again", err_text(rc));
	buf_fmt(&r->out, "%zu destroyed keys on the list; %zu were back and have ended again; %zu cases became tombstones.\n", n, removed, cases);
	return EXIT_DONE;
}
