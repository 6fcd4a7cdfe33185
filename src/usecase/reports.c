/* SPDX-License-Identifier: EUPL-1.2 */
#include "usecase/reports.h"

#include "base/json.h"

struct row {
	tenant_id tenant;
	int64_t id, at;
	str route, sealed;
};

static str aad(struct arena *a, tenant_id t, int64_t id)
{
	return str_fmt(a, "report/%d/%lld", t.v, (long long)id);
}

static int report_unit(struct dbc *db, void *arg)
{
	struct row *r = arg;

	return db_exec(db, SQL("INSERT INTO report (tenant_id, report_id, at, route, sealed) VALUES ($1, $2, $3, $4, $5)"), VI(r->tenant.v), VI(r->id),
		VI(r->at), VT(r->route), VB(r->sealed));
}

int report_add(struct ctx *c, const struct report_in *in)
{
	struct row *r = ARENA_NEW(c->arena, struct row);
	struct buf b = buf_new(c->arena, 256);
	struct json j;
	struct key k;

	*r = (struct row){ .tenant = in->tenant.v ? in->tenant : TENANT_PORTAL, .id = id_next(c->house->clock), .at = c->now.us, .route = in->route };
	json_begin(&j, &b);
	json_object(&j);
	json_kstr(&j, S("text"), in->text);
	json_kstr(&j, S("email"), in->email);
	json_object_end(&j);
	json_end(&j);
	TRY(keys_purpose(c->house->keys, r->tenant.v, "report", &k));
	r->sealed = seal(c->arena, &k, aad(c->arena, r->tenant, r->id), buf_str(&b));
	ctx_hand_over(c, report_unit, r, r->tenant, false);
	return 0;
}

int report_list(struct ctx *c, tenant_id tenant, size_t max, struct report **ret, size_t *ret_n)
{
	AUTO(rows_done) struct rows *r = NULL;
	struct report *list = ARENA_ARRAY(c->arena, struct report, max + 1);
	struct dbc *db;
	struct key k;
	size_t n = 0;

	TRY(keys_purpose(c->house->keys, tenant.v, "report", &k));
	TRY(ctx_db(c, tenant, &db));
	TRY(db_query(db, &r, SQL("SELECT report_id, at, route, sealed FROM report WHERE tenant_id = $1 ORDER BY report_id DESC LIMIT $2"), VI(tenant.v),
		VI((int64_t)max)));
	while (n < max && rows_next(r)) {
		struct node_error e;
		struct node *o;
		str json;

		TRY(unseal(c->arena, &k, aad(c->arena, tenant, row_int(r, 0)), row_str(r, 3), &json));
		TRY(node_parse_json(c->arena, json, &o, &e));
		list[n++] = (struct report){ .at.us = row_int(r, 1), .route = str_dup(c->arena, row_str(r, 2)), .text = node_text_at(o, S("text")),
					     .email = node_text_at(o, S("email")) };
	}
	*ret = list;
	*ret_n = n;
	return rows_error(r);
}
