/* SPDX-License-Identifier: EUPL-1.2 */
#include "usecase/sweep.h"

#include <stdlib.h>

#include "usecase/drafts_impl.h"

struct ids {
	int64_t *v;
	size_t n, room;
	struct arena *arena;
};

static void add(struct ids *l, int64_t id)
{
	if (l->n == l->room) {
		int64_t *more = ARENA_ARRAY(l->arena, int64_t, l->room ? l->room * 2 : 1024);

		for (size_t i = 0; i < l->n; i++)
			more[i] = l->v[i];
		l->v = more;
		l->room = l->room ? l->room * 2 : 1024;
	}
	l->v[l->n++] = id;
}

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static void sort(struct ids *l)
{
	if (l->n)
		qsort(l->v, l->n, sizeof *l->v, compare);
}

static bool has(const struct ids *l, int64_t id)
{
	return l->n && bsearch(&id, l->v, l->n, sizeof *l->v, compare);
}

static int read_ids(struct dbc *db, const char *sql, struct ids *l)
{
	AUTO(rows_done) struct rows *r = NULL;

	TRY(db_query(db, &r, sql));
	while (rows_next(r))
		add(l, row_int(r, 0));
	return rows_error(r);
}

/* ---- keys ---- */

static bool key_in_use(int64_t id, void *arg)
{
	return has(arg, id);
}

int sweep_keys(struct house *h, struct arena *a, size_t *ret_n)
{
	AUTO(db_read_done) struct dbc *db = NULL;
	struct ids used = { .arena = a };

	TRY(db_read(h->db, TENANT_ALL, 0, &db));
	TRY(read_ids(db, SQL_ALL_TENANTS("keys in use", "SELECT key_id FROM cases WHERE destroyed_at IS NULL"), &used));
	TRY(read_ids(db, SQL_ALL_TENANTS("keys in use", "SELECT key_id FROM draft"), &used));
	TRY(read_ids(db, SQL_ALL_TENANTS("keys in use", "SELECT key_id FROM account"), &used));
	db_read_done(&db);
	db = NULL;
	sort(&used);
	return keys_sweep(h->keys, key_in_use, &used, ret_n);
}

/* ---- blobs ---- */

struct owner {			/* a draft or a case: whose file it is */
	struct house *house;
	struct ids *used;
	int32_t tenant;
	int64_t id, key_id;
	bool draft;
};

static int read_facts(const struct owner *o, struct arena *a, int64_t file, str sealed, struct stored_file *ret)
{
	struct key k;
	str json;

	TRY(keys_get(o->house->keys, o->tenant, o->key_id, &k));
	if (o->draft)
		TRY(draft_unseal(a, &k, (draft_id){ o->id }, "file", file, sealed, &json));
	else
		TRY(case_unseal(a, &k, (tenant_id){ o->tenant }, (case_id){ o->id }, "file", file, sealed, &json));
	wipe(&k, sizeof k);
	return stored_file_parse(a, json, ret);
}

/* The preview of a file is named in its sealed facts only. */
static int add_file(const struct owner *o, int64_t file, str sealed)
{
	AUTO(arena_freep) struct arena *a = arena_new(4096);
	struct stored_file f;
	int rc = read_facts(o, a, file, sealed, &f);

	if (rc == ERR_DESTROYED) /* nobody can read the file any more */
		return 0;
	TRY(rc);
	add(o->used, file);
	if (f.preview_id)
		add(o->used, f.preview_id);
	return 0;
}

/* Columns: tenant_id, id of the draft or case, key_id, file, sealed facts */
static int read_files(struct dbc *db, struct house *h, const char *sql, bool draft, struct ids *used)
{
	AUTO(rows_done) struct rows *r = NULL;

	TRY(db_query(db, &r, sql));
	while (rows_next(r)) {
		struct owner o = { .house = h, .used = used, .tenant = (int32_t)row_int(r, 0), .id = row_int(r, 1), .key_id = row_int(r, 2),
				   .draft = draft };

		TRY(add_file(&o, row_int(r, 3), row_str(r, 4)));
	}
	return rows_error(r);
}

static bool blob_in_use(int32_t tenant, int64_t id, void *arg)
{
	return has(arg, id); /* ids are unique over all tenants */
}

int sweep_blobs(struct house *h, struct arena *a, size_t *ret_n)
{
	AUTO(db_read_done) struct dbc *db = NULL;
	struct ids used = { .arena = a };

	TRY(db_read(h->db, TENANT_ALL, 0, &db));
	TRY(read_ids(db, SQL_ALL_TENANTS("blobs in use", "SELECT blob_id FROM letter WHERE blob_id IS NOT NULL"), &used));
	TRY(read_files(db, h, SQL_ALL_TENANTS("blobs in use", "SELECT f.tenant_id, f.draft_id, d.key_id, f.file_id, f.meta FROM draft_file f "
		"JOIN draft d ON d.tenant_id = f.tenant_id AND d.draft_id = f.draft_id"), true, &used));
	TRY(read_files(db, h, SQL_ALL_TENANTS("blobs in use", "SELECT f.tenant_id, f.case_id, c.key_id, f.attachment_id, f.meta FROM attachment f "
		"JOIN cases c ON c.tenant_id = f.tenant_id AND c.case_id = f.case_id"), false, &used));
	db_read_done(&db);
	db = NULL;
	sort(&used);
	return blobs_sweep(h->blobs, blob_in_use, &used, ret_n);
}
