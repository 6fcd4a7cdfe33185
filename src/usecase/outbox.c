/* SPDX-License-Identifier: EUPL-1.2 */
#include "usecase/outbox.h"

#include "base/json.h"

int outbox_put(struct dbc *db, const struct outbox_row *r)
{
	return db_exec(db, SQL("INSERT INTO outbox (tenant_id, outbox_id, kind, case_id, key_id, payload, due_at, lease_until, fence, attempts, state, error) "
			       "VALUES ($1, $2, $3, $4, 0, $5, $6, 0, 0, 0, 1, '')"),
		VI(r->tenant.v), VI(r->id), VT(r->kind), r->case_id.v ? VI(r->case_id.v) : VN_INT(), VB(r->sealed), VI(r->due.us));
}

static str aad(struct arena *a, tenant_id t, int64_t id)
{
	return str_fmt(a, "outbox/%d/%lld", t.v, (long long)id);
}

int outbox_seal(struct ctx *c, tenant_id t, int64_t id, str plain, str *ret)
{
	struct key k;

	TRY(keys_purpose(c->house->keys, t.v, "outbox", &k));
	*ret = seal(c->arena, &k, aad(c->arena, t, id), plain);
	return 0;
}

int outbox_unseal(struct ctx *c, tenant_id t, int64_t id, str sealed, str *ret)
{
	struct key k;

	TRY(keys_purpose(c->house->keys, t.v, "outbox", &k));
	return unseal(c->arena, &k, aad(c->arena, t, id), sealed, ret);
}

int mail_prepare(struct ctx *c, tenant_id t, case_id id, const struct mail_out *m, struct outbox_row *ret)
{
	struct buf b = buf_new(c->arena, 256);
	struct json j;

	json_begin(&j, &b);
	json_object(&j);
	json_kstr(&j, S("to"), m->to);
	json_kstr(&j, S("kind"), m->kind);
	json_kstr(&j, S("link"), m->link);
	json_kstr(&j, S("service"), m->service);
	json_kstr(&j, S("authority"), m->authority);
	json_kstr(&j, S("code"), m->code);
	json_kstr(&j, S("until"), m->until);
	json_kstr(&j, S("lang"), lang_code(m->lang));
	json_object_end(&j);
	json_end(&j);
	*ret = (struct outbox_row){ .tenant = t, .id = id_next(c->house->clock), .kind = S("mail"), .case_id = id, .due = c->now };
	return outbox_seal(c, t, ret->id, buf_str(&b), &ret->sealed);
}

int delivery_prepare(struct ctx *c, tenant_id t, case_id id, str service, struct outbox_row **ret, size_t *ret_n)
{
	AUTO(rows_done) struct rows *r = NULL;
	struct dbc *db;
	struct outbox_row *list = ARENA_ARRAY(c->arena, struct outbox_row, 8);
	size_t n = 0;

	TRY(ctx_db(c, t, &db));
	TRY(db_query(db, &r, SQL("SELECT destination_id FROM destination WHERE tenant_id = $1 AND active = 1 AND (service = $2 OR service = '*') "
				 "ORDER BY destination_id LIMIT 8"),
		VI(t.v), VT(service)));
	while (rows_next(r)) {
		struct outbox_row *o = &list[n++];

		*o = (struct outbox_row){ .tenant = t, .id = id_next(c->house->clock), .kind = S("delivery"), .case_id = id, .due = c->now };
		TRY(outbox_seal(c, t, o->id, str_fmt(c->arena, "{\"destination\":%lld}", (long long)row_int(r, 0)), &o->sealed));
	}
	*ret = list;
	*ret_n = n;
	return rows_error(r);
}
