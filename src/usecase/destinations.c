/* SPDX-License-Identifier: EUPL-1.2 */
#include "usecase/destinations.h"

#include <string.h>

#include "base/json.h"
#include "usecase/catalog.h"
#include "usecase/software.h"

static str aad(struct arena *a, tenant_id t, int64_t id)
{
	return str_fmt(a, "destination/%d/%lld", t.v, (long long)id);
}

static void read_row(struct arena *a, const struct rows *r, struct destination *ret)
{
	*ret = (struct destination){ .id = row_int(r, 0), .service = str_dup(a, row_str(r, 1)), .url = str_dup(a, row_str(r, 2)),
				     .sealed = str_dup(a, row_str(r, 3)), .active = row_int(r, 4) != 0, .created.us = row_int(r, 5) };
}

int destination_list(struct ctx *c, tenant_id t, struct destination **ret, size_t *ret_n)
{
	AUTO(rows_done) struct rows *r = NULL;
	struct destination *list = ARENA_ARRAY(c->arena, struct destination, DESTINATIONS_MOST);
	struct dbc *db;
	size_t n = 0;

	TRY(ctx_db(c, t, &db));
	TRY(db_query(db, &r, SQL("SELECT destination_id, service, url, secret, active, created_at FROM destination WHERE tenant_id = $1 "
				 "ORDER BY destination_id LIMIT $2"),
		VI(t.v), VI(DESTINATIONS_MOST)));
	while (n < DESTINATIONS_MOST && rows_next(r))
		read_row(c->arena, r, &list[n++]);
	*ret = list;
	*ret_n = n;
	return rows_error(r);
}

int destination_find(struct ctx *c, tenant_id t, int64_t id, struct destination *ret)
{
	AUTO(rows_done) struct rows *r = NULL;
	struct dbc *db;

	TRY(ctx_db(c, t, &db));
	TRY(db_query(db, &r, SQL("SELECT destination_id, service, url, secret, active, created_at FROM destination "
				 "WHERE tenant_id = $1 AND destination_id = $2"),
		VI(t.v), VI(id)));
	if (!rows_next(r))
		return rows_error(r) ? rows_error(r) : ERR_NOTFOUND;
	read_row(c->arena, r, ret);
	return 0;
}

int destination_secret(struct ctx *c, tenant_id t, const struct destination *d, struct key *ret)
{
	struct key k;
	str plain;

	TRY(keys_purpose(c->house->keys, t.v, "destination", &k));
	TRY(unseal(c->arena, &k, aad(c->arena, t, d->id), d->sealed, &plain));
	if (plain.n != KEY_BYTES)
		return ERR_CRYPTO;
	memcpy(ret->b, plain.p, KEY_BYTES);
	return 0;
}

/* ---- changes ---- */

struct change {
	struct destination_outcome *out;
	struct once *once;
	struct destination row;
	struct digest credential;
	tenant_id tenant;
	instant now;
};

static int make_secrets(struct ctx *c, struct change *x)
{
	struct key secret = key_random(), k;

	TRY(keys_purpose(c->house->keys, x->tenant.v, "destination", &k));
	x->row.sealed = seal(c->arena, &k, aad(c->arena, x->tenant, x->row.id), str_n(secret.b, KEY_BYTES));
	x->out->secret = b64url(c->arena, str_n(secret.b, KEY_BYTES));
	x->out->credential = software_credential(c->arena, x->tenant);
	x->credential = sha256(x->out->credential);
	wipe(&secret, sizeof secret);
	return 0;
}

static int add_unit(struct dbc *db, void *arg)
{
	struct change *x = arg;

	TRY(once_take(db, x->once, S("added")));
	x->out->repeated = x->once->repeated;
	if (x->once->repeated)
		return 0;
	return db_exec(db, SQL("INSERT INTO destination (tenant_id, destination_id, service, url, secret, credential_hash, active, created_at) "
			       "VALUES ($1, $2, $3, $4, $5, $6, 1, $7)"),
		VI(x->tenant.v), VI(x->row.id), VT(x->row.service), VT(x->row.url), VB(x->row.sealed), VB(digest_str(&x->credential)), VI(x->now.us));
}

static bool service_known(struct ctx *c, str service)
{
	const struct definition *d;

	return str_eq(service, S(DESTINATION_ALL)) || catalog_offer(c, (tenant_id){ 0 }, service, &d) == 0;
}

int destination_add(struct ctx *c, const struct destination_new *n, struct once *once, struct destination_outcome **ret)
{
	struct change *x = ARENA_NEW(c->arena, struct change);
	struct destination *list;
	size_t there;

	*ret = ARENA_NEW(c->arena, struct destination_outcome);
	*x = (struct change){ .out = *ret, .once = once, .tenant = c->actor.tenant, .now = c->now };
	if (!service_known(c, n->service)) {
		x->out->problem = DESTINATION_NO_SERVICE;
		return 0;
	}
	x->out->url = http_out_url_problem(c->arena, n->url, c->house->conf.delivery_exceptions);
	if (x->out->url != HTTP_OUT_OK) {
		x->out->problem = DESTINATION_URL;
		return 0;
	}
	TRY(destination_list(c, x->tenant, &list, &there));
	if (there >= DESTINATIONS_MOST) {
		x->out->problem = DESTINATION_TOO_MANY;
		return 0;
	}
	x->row = (struct destination){ .id = id_next(c->house->clock), .service = n->service, .url = n->url };
	TRY(make_secrets(c, x));
	ctx_hand_over(c, add_unit, x, x->tenant, true);
	return 0;
}

static int renew_unit(struct dbc *db, void *arg)
{
	struct change *x = arg;
	int64_t changed;

	TRY(once_take(db, x->once, S("renewed")));
	x->out->repeated = x->once->repeated;
	if (x->once->repeated)
		return 0;
	TRY(db_exec_n(db, &changed, SQL("UPDATE destination SET secret = $3, credential_hash = $4 WHERE tenant_id = $1 AND destination_id = $2"),
		VI(x->tenant.v), VI(x->row.id), VB(x->row.sealed), VB(digest_str(&x->credential))));
	return changed ? 0 : ERR_NOTFOUND;
}

int destination_renew(struct ctx *c, int64_t id, struct once *once, struct destination_outcome **ret)
{
	struct change *x = ARENA_NEW(c->arena, struct change);

	*ret = ARENA_NEW(c->arena, struct destination_outcome);
	*x = (struct change){ .out = *ret, .once = once, .tenant = c->actor.tenant, .now = c->now };
	TRY(destination_find(c, x->tenant, id, &x->row));
	TRY(make_secrets(c, x));
	ctx_hand_over(c, renew_unit, x, x->tenant, true);
	return 0;
}

struct toggle {
	tenant_id tenant;
	int64_t id;
	bool on;
};

/* What waited for it goes on at once. */
static int switch_unit(struct dbc *db, void *arg)
{
	const struct toggle *x = arg;
	instant now;

	TRY(db_exec(db, SQL("UPDATE destination SET active = $3 WHERE tenant_id = $1 AND destination_id = $2"), VI(x->tenant.v), VI(x->id), VI(x->on)));
	if (!x->on)
		return 0;
	TRY(db_now(db, &now));
	return db_exec(db, SQL("UPDATE outbox SET due_at = $2 WHERE tenant_id = $1 AND kind = 'delivery' AND state = 1 AND error = 'off' AND due_at > $2"),
		VI(x->tenant.v), VI(now.us));
}

int destination_switch(struct ctx *c, int64_t id, bool on)
{
	struct toggle *x = ARENA_NEW(c->arena, struct toggle);
	struct destination d;

	TRY(destination_find(c, c->actor.tenant, id, &d));
	*x = (struct toggle){ .tenant = c->actor.tenant, .id = id, .on = on };
	ctx_hand_over(c, switch_unit, x, x->tenant, true);
	return 0;
}

int destination_test_body(struct ctx *c, str *ret_event_id, str *ret_body)
{
	const struct authority *who = authority_by_tenant(c->house->places, c->actor.tenant.v);
	struct buf b = buf_new(c->arena, 256);
	struct json j;

	*ret_event_id = str_fmt(c->arena, "test-%lld", (long long)id_next(c->house->clock));
	json_begin(&j, &b);
	json_object(&j);
	json_kstr(&j, S("event"), S("test"));
	json_kstr(&j, S("event_id"), *ret_event_id);
	json_kstr(&j, S("tenant"), who ? who->slug : STR_EMPTY);
	json_kstr(&j, S("at"), instant_iso(c->arena, c->now));
	json_object_end(&j);
	json_end(&j);
	*ret_body = buf_str(&b);
	return 0;
}
