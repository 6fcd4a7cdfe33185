/* SPDX-License-Identifier: EUPL-1.2 */
#include "usecase/access.h"

static int make(struct ctx *c, enum case_permission p, const struct case_row *row, int64_t actor_id, struct grant *ret)
{
	if (row->destroyed_at.us)
		return ERR_DESTROYED;
	*ret = (struct grant){ .permission = p, .who = c->actor.kind, .actor_id = actor_id, .row = *row, .made = true };
	return 0;
}

static int session_sees(struct ctx *c, struct dbc *db, const struct case_row *row)
{
	AUTO(rows_done) struct rows *r = NULL;

	TRY(db_query(db, &r, SQL("SELECT 1 FROM session_case WHERE tenant_id = $1 AND session_hash = $2 AND case_tenant = $3 AND case_id = $4"),
		VI(TENANT_PORTAL.v), VB(digest_str(&c->actor.session)), VI(row->tenant.v), VI(row->id.v)));
	if (rows_next(r))
		return 0;
	return rows_error(r) ? rows_error(r) : ERR_NOTFOUND;
}

static int applicant_may(struct ctx *c, struct dbc *db, const struct case_row *row, enum case_permission p, struct grant *ret)
{
	if (c->actor.kind != ACTOR_APPLICANT || !c->actor.known || p > CASE_ANSWER)
		return ERR_NOTFOUND;
	if (!row->owner.v || row->owner.v != c->actor.account.v)
		TRY(session_sees(c, db, row));
	/* what was applied for at a trust level is shown again at that level only when it belongs to an account */
	return make(c, p, row, c->actor.account.v, ret);
}

/* Software sees what was handed over to its own destination: the ledger says so. */
static int software_may(struct ctx *c, struct dbc *db, const struct case_row *row, enum case_permission p, struct grant *ret)
{
	AUTO(rows_done) struct rows *r = NULL;

	if (p != CASE_DELIVER)
		return ERR_NOTFOUND;
	TRY(db_query(db, &r, SQL("SELECT 1 FROM delivery WHERE tenant_id = $1 AND case_id = $2 AND destination_id = $3 LIMIT 1"), VI(row->tenant.v),
		VI(row->id.v), VI(c->actor.software)));
	if (!rows_next(r))
		return rows_error(r) ? rows_error(r) : ERR_NOTFOUND;
	return make(c, p, row, c->actor.software, ret);
}

int case_authorize(struct ctx *c, str handle, enum case_permission p, struct grant *ret)
{
	struct digest hash = handle_hash(handle);
	struct case_row row;
	struct dbc *db;
	tenant_id t;

	TRY(handle_parse(c->arena, handle, &t));
	if (c->actor.kind == ACTOR_SOFTWARE && t.v != c->actor.tenant.v)
		return ERR_NOTFOUND;
	TRY(ctx_db(c, t, &db));
	TRY(case_row_by_handle(db, c->arena, t, &hash, &row));
	if (c->actor.kind == ACTOR_SOFTWARE)
		return software_may(c, db, &row, p, ret);
	return applicant_may(c, db, &row, p, ret);
}

int case_authorize_id(struct ctx *c, tenant_id t, case_id id, enum case_permission p, struct grant *ret)
{
	struct case_row row;
	struct dbc *db;

	TRY(ctx_db(c, t, &db));
	TRY(case_row_by_id(db, c->arena, t, id, &row));
	return applicant_may(c, db, &row, p, ret);
}

int case_authorize_follow(struct ctx *c, str token, struct grant *ret)
{
	struct digest hash = handle_hash(token);
	struct case_row row;
	struct dbc *db;
	tenant_id t;

	if (c->actor.kind != ACTOR_APPLICANT)
		return ERR_NOTFOUND;
	TRY(handle_parse(c->arena, token, &t));
	TRY(ctx_db(c, t, &db));
	TRY(case_row_by_follow(db, c->arena, t, &hash, &row));
	return make(c, CASE_READ, &row, c->actor.account.v, ret);
}

int case_authorize_clerk(struct ctx *c, str reference, enum case_permission p, struct grant *ret)
{
	struct case_row row;
	struct dbc *db;

	if (c->actor.kind != ACTOR_CLERK || (p != CASE_READ && p != CASE_WORK && p != CASE_RELEASE))
		return ERR_NOTFOUND;
	if (p == CASE_RELEASE && c->actor.role < ROLE_LEAD)
		return ERR_NOTFOUND;
	TRY(ctx_db(c, c->actor.tenant, &db));
	TRY(case_row_by_reference(db, c->arena, c->actor.tenant, reference, &row));
	return make(c, p, &row, c->actor.clerk.v, ret);
}

int case_authorize_system(struct ctx *c, tenant_id t, case_id id, struct grant *ret)
{
	struct case_row row;
	struct dbc *db;

	if (c->actor.kind != ACTOR_SYSTEM)
		return ERR_DENIED;
	TRY(ctx_db(c, t, &db));
	TRY(case_row_by_id(db, c->arena, t, id, &row));
	return make(c, CASE_SYSTEM, &row, 0, ret);
}

int case_authorize_operator(struct ctx *c, tenant_id t, str reference, struct grant *ret)
{
	struct case_row row;
	struct dbc *db;

	if (c->actor.kind != ACTOR_SYSTEM)
		return ERR_DENIED;
	TRY(ctx_db(c, t, &db));
	TRY(case_row_by_reference(db, c->arena, t, reference, &row));
	*ret = (struct grant){ .permission = CASE_SYSTEM, .who = ACTOR_SYSTEM, .row = row, .made = true };
	return 0;
}

int case_authorize_new(struct ctx *c, const struct case_row *row, struct grant *ret)
{
	if (c->actor.kind != ACTOR_APPLICANT || !c->actor.known)
		return ERR_DENIED;
	return make(c, CASE_ANSWER, row, c->actor.account.v, ret);
}

int case_key(struct ctx *c, const struct grant *g, struct key *ret)
{
	return g->made ? keys_get(c->house->keys, g->row.tenant.v, g->row.key_id, ret) : ERR_DENIED;
}
