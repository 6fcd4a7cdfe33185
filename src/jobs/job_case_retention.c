/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Cases end when their time is over: retention_years of their service after the end of the year in which they were closed or withdrawn.
 * And what a crash left half done is done: a tombstone of the last days whose key is still there loses it.
 */
#include "base/log.h"
#include "jobs/worker.h"
#include "usecase/catalog.h"
#include "usecase/destroy.h"

#define STEP 200
#define MEND_DAYS 7

struct old_case {
	int64_t tenant, submitted_at, id;
	struct digest definition;
	instant closed_at;
};

static int read_closed(struct ctx *c, const struct old_case *after, instant year_began, struct old_case *list, size_t *ret_n)
{
	AUTO(db_read_done) struct dbc *db = NULL;
	AUTO(rows_done) struct rows *r = NULL;

	*ret_n = 0;
	TRY(db_read(c->house->db, TENANT_ALL, 0, &db));
	TRY(db_query(db, &r, SQL_ALL_TENANTS("time is over for all alike", "SELECT c.tenant_id, c.submitted_at, c.case_id, c.definition_hash, "
		"COALESCE((SELECT MAX(e.at) FROM case_event e WHERE e.tenant_id = c.tenant_id AND e.case_id = c.case_id AND e.kind IN ('closed', 'withdrawn')), "
		"c.updated_at) FROM cases c WHERE c.phase >= 60 AND c.phase < 90 AND c.submitted_at < $4 AND (c.tenant_id, c.submitted_at, c.case_id) > ($1, $2, $3) "
		"ORDER BY c.tenant_id, c.submitted_at, c.case_id LIMIT $5"), VI(after->tenant), VI(after->submitted_at), VI(after->id), VI(year_began.us), VI(STEP)));
	while (rows_next(r)) {
		struct old_case *x = &list[(*ret_n)++];

		*x = (struct old_case){ .tenant = row_int(r, 0), .submitted_at = row_int(r, 1), .id = row_int(r, 2), .closed_at = { row_int(r, 4) } };
		if (row_str(r, 3).n != sizeof x->definition)
			return ERR_DB;
		memcpy(x->definition.b, row_str(r, 3).p, sizeof x->definition);
	}
	return rows_error(r);
}

/* The definition is the one of its submission: what the applicant was told then is what happens. */
static int time_is_over(struct ctx *c, const struct old_case *x, bool *ret)
{
	const struct definition *d;

	TRY(catalog_definition(c, &x->definition, &d));
	*ret = civil_from_instant(x->closed_at).date.year + d->service->retention_years < c->today.year;
	return 0;
}

static int one(struct job_run *r, const struct old_case *x)
{
	AUTO(arena_freep) struct arena *a = arena_new(16 * 1024);
	AUTO(ctx_done) struct ctx c = ctx_system(r->house, a);
	struct destruction *d;
	struct grant g;
	bool over;

	TRY(time_is_over(&c, x, &over));
	if (!over)
		return 0;
	TRY(case_authorize_system(&c, (tenant_id){ (int32_t)x->tenant }, (case_id){ x->id }, &g));
	TRY(case_destroy(&c, &g, S("retention"), &d));
	TRY(ctx_commit_wait(&c));
	TRY(case_destroy_finish(&c, d));
	r->n++;
	return 0;
}

static int mend(struct job_run *r, instant now)
{
	AUTO(db_read_done) struct dbc *db = NULL;
	AUTO(rows_done) struct rows *rows = NULL;
	struct key k;

	TRY(db_read(r->house->db, TENANT_ALL, 0, &db));
	TRY(db_query(db, &rows, SQL_ALL_TENANTS("tombstones without content", "SELECT tenant_id, key_id FROM cases WHERE phase = 90 "
		"AND destroyed_at > $1"), VI(now.us - INSTANT_S((int64_t)MEND_DAYS * 86400))));
	while (rows_next(rows)) {
		int rc = keys_get(r->house->keys, (int32_t)row_int(rows, 0), row_int(rows, 1), &k);

		if (rc == ERR_DESTROYED || rc == ERR_NOTFOUND)
			continue;
		wipe(&k, sizeof k);
		TRY(keys_destroy(r->house->keys, row_int(rows, 1)));
		r->n++;
	}
	return rows_error(rows);
}

int job_case_retention(struct job_run *r)
{
	struct old_case *list = ARENA_ARRAY(r->arena, struct old_case, STEP), last = { .tenant = -1 };
	AUTO(ctx_done) struct ctx c = ctx_system(r->house, r->arena);
	instant year_began = civil_to_instant((struct civil){ .date = { c.today.year, 1, 1 } });
	size_t n;
	int first = 0;

	do {
		TRY(read_closed(&c, &last, year_began, list, &n));
		for (size_t i = 0; i < n; i++) {
			int rc = one(r, &list[i]);

			if (rc < 0 && !first) /* one case's trouble is not the others' */
				first = rc;
			last = list[i];
		}
	} while (n == STEP);
	TRY(mend(r, c.now));
	if (r->n)
		log_event(LOG_INFO, "case-retention", "destroyed", str_fmt(r->arena, "%zu", r->n), NULL);
	return first;
}
