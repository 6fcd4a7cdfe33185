/* SPDX-License-Identifier: EUPL-1.2 */
/* Decisions that nobody fetches become a clerk's task "send by post" (usecase/follow.h). */
#include "base/log.h"
#include "jobs/worker.h"
#include "usecase/follow.h"

#define TENANTS_MOST 2000

static int tenants_with_letters(struct house *h, int32_t *list, size_t *ret_n)
{
	AUTO(db_read_done) struct dbc *db = NULL;
	AUTO(rows_done) struct rows *r = NULL;

	*ret_n = 0;
	TRY(db_read(h->db, TENANT_ALL, 0, &db));
	TRY(db_query(db, &r, SQL_ALL_TENANTS("the clock runs for all", "SELECT tenant_id FROM tenant t WHERE EXISTS (SELECT 1 FROM letter l "
		"WHERE l.tenant_id = t.tenant_id AND l.state = 3 AND l.fetched_at IS NULL) ORDER BY tenant_id LIMIT $1"), VI(TENANTS_MOST)));
	while (rows_next(r))
		list[(*ret_n)++] = (int32_t)row_int(r, 0);
	return rows_error(r);
}

int job_deadlines(struct job_run *r)
{
	int32_t *list = ARENA_ARRAY(r->arena, int32_t, TENANTS_MOST);
	size_t tenants, n;
	int first = 0;

	TRY(tenants_with_letters(r->house, list, &tenants));
	for (size_t i = 0; i < tenants; i++) {
		struct ctx c = ctx_system(r->house, r->arena);
		int rc = unfetched_scan(&c, (tenant_id){ list[i] }, &n);

		ctx_done(&c);
		r->n += n;
		if (rc < 0 && !first) /* one tenant's trouble is not the others' */
			first = rc;
	}
	if (r->n)
		log_event(LOG_INFO, "letters-to-post", "n", str_fmt(r->arena, "%zu", r->n), NULL);
	return first;
}
