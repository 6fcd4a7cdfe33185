/* SPDX-License-Identifier: EUPL-1.2 */
/* What has had its time goes: sessions, links, once-rows, drafts, done outbox rows. A few hundred rows a unit, so that nobody waits for it. */
#include "base/log.h"
#include "jobs/worker.h"
#include "usecase/once.h"

#define STEP 500
#define ROUNDS_MOST 2000

struct broom {
	const char *sql;		/* $1: instant before which it goes; $2: STEP */
	int64_t before;
	int64_t changed;
};

static int broom_unit(struct dbc *db, void *arg)
{
	struct broom *b = arg;

	return db_exec_n(db, &b->changed, b->sql, VI(b->before), VI(STEP));
}

static int sweep_all(struct job_run *r, const char *sql, int64_t before)
{
	for (int i = 0; i < ROUNDS_MOST; i++) {
		struct broom b = { .sql = sql, .before = before };
		struct unit u = { .run = broom_unit, .arg = &b, .tenant = { TENANT_ALL, 0 }, .once = true };

		TRY(db_unit_run(r->house->db, &u));
		r->n += (size_t)b.changed;
		if (b.changed < STEP)
			return 0;
	}
	return 0;
}

#define GO(table, key, where) "DELETE FROM " table " WHERE (" key ") IN (SELECT " key " FROM " table " WHERE " where " LIMIT $2)"
#define WHY "what has expired goes, whose it was"

int job_retention(struct job_run *r)
{
	AUTO(db_read_done) struct dbc *db = NULL;
	int64_t now, month_ago;
	instant t;

	TRY(db_read(r->house->db, TENANT_ALL, 0, &db));
	TRY(db_now(db, &t));
	db_read_done(&db);
	db = NULL;
	now = t.us;
	month_ago = now - INSTANT_S((int64_t)ONCE_DAYS * 86400);
	TRY(sweep_all(r, SQL_ALL_TENANTS(WHY, GO("session", "tenant_id, session_hash", "expires_at < $1")), now));
	TRY(sweep_all(r, SQL_ALL_TENANTS(WHY, GO("session_case", "tenant_id, session_hash, case_tenant, case_id", "$1 > 0 AND NOT EXISTS "
		"(SELECT 1 FROM session s WHERE s.tenant_id = session_case.tenant_id AND s.session_hash = session_case.session_hash)")), now));
	TRY(sweep_all(r, SQL_ALL_TENANTS(WHY, GO("one_time", "tenant_id, token_hash", "expires_at < $1")), now));
	TRY(sweep_all(r, SQL_ALL_TENANTS(WHY, GO("once", "tenant_id, once_hash", "at < $1")), month_ago));
	TRY(sweep_all(r, SQL_ALL_TENANTS(WHY, GO("outbox", "tenant_id, outbox_id", "state = 2 AND due_at < $1")), month_ago));
	/* files first: a draft without its files is still a draft, files without a draft are nobody's */
	TRY(sweep_all(r, SQL_ALL_TENANTS(WHY, GO("draft_file", "tenant_id, draft_id, file_id", "EXISTS (SELECT 1 FROM draft d WHERE "
		"d.tenant_id = draft_file.tenant_id AND d.draft_id = draft_file.draft_id AND d.expires_at < $1)")), now));
	TRY(sweep_all(r, SQL_ALL_TENANTS(WHY, GO("draft", "tenant_id, draft_id", "expires_at < $1")), now));
	if (r->n)
		log_event(LOG_INFO, "retention", "rows", str_fmt(r->arena, "%zu", r->n), NULL);
	return 0;
}
