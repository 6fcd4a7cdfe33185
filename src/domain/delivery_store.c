/* SPDX-License-Identifier: EUPL-1.2 */
#include "domain/delivery_store.h"

#define DELIVERIES_MOST 200

int delivery_add(struct dbc *db, const struct grant *g, const struct delivery_row *r)
{
	if (!g->made)
		return ERR_DENIED;
	return db_exec(db, SQL("INSERT INTO delivery (tenant_id, case_id, delivery_id, destination_id, outbox_id, attempt, at, status, result, answer) "
			       "VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, NULL)"),
		VI(g->row.tenant.v), VI(g->row.id.v), VI(r->id), VI(r->destination), VI(r->outbox), VI(r->attempt), VI(r->at.us), VT(r->result));
}

int delivery_end(struct dbc *db, const struct grant *g, const struct delivery_row *r)
{
	if (!g->made)
		return ERR_DENIED;
	return db_exec(db, SQL("UPDATE delivery SET status = $4, result = $5, answer = $6 WHERE tenant_id = $1 AND case_id = $2 AND delivery_id = $3"),
		VI(g->row.tenant.v), VI(g->row.id.v), VI(r->id), VI(r->status), VT(r->result), r->sealed.n ? VB(r->sealed) : VN_BLOB());
}

int deliveries(struct dbc *db, struct arena *a, const struct grant *g, struct delivery_row **ret, size_t *ret_n)
{
	AUTO(rows_done) struct rows *r = NULL;
	struct delivery_row *list = ARENA_ARRAY(a, struct delivery_row, DELIVERIES_MOST);
	size_t n = 0;

	if (!g->made)
		return ERR_DENIED;
	TRY(db_query(db, &r, SQL("SELECT delivery_id, destination_id, outbox_id, attempt, at, status, result, answer FROM delivery "
				 "WHERE tenant_id = $1 AND case_id = $2 ORDER BY delivery_id DESC LIMIT $3"),
		VI(g->row.tenant.v), VI(g->row.id.v), VI(DELIVERIES_MOST)));
	while (n < DELIVERIES_MOST && rows_next(r))
		list[n++] = (struct delivery_row){ .id = row_int(r, 0), .destination = row_int(r, 1), .outbox = row_int(r, 2), .attempt = (int)row_int(r, 3),
						   .at.us = row_int(r, 4), .status = (int)row_int(r, 5), .result = str_dup(a, row_str(r, 6)),
						   .sealed = str_dup(a, row_str(r, 7)) };
	*ret = list;
	*ret_n = n;
	return rows_error(r);
}

int delivery_accepted(struct dbc *db, const struct grant *g, int64_t outbox, bool *ret)
{
	AUTO(rows_done) struct rows *r = NULL;

	if (!g->made)
		return ERR_DENIED;
	TRY(db_query(db, &r, SQL("SELECT 1 FROM delivery WHERE tenant_id = $1 AND case_id = $2 AND outbox_id = $3 AND result = 'accepted'"),
		VI(g->row.tenant.v), VI(g->row.id.v), VI(outbox)));
	*ret = rows_next(r);
	return rows_error(r);
}
