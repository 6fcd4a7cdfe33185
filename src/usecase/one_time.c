/* SPDX-License-Identifier: EUPL-1.2 */
#include "usecase/one_time.h"

static int key_of(struct ctx *c, tenant_id t, struct key *ret)
{
	return keys_purpose(c->house->keys, t.v, "one-time", ret);
}

/* The kind is authenticated too: a row cannot be turned into one of another kind. */
static str aad(struct arena *a, const struct one_time *o)
{
	return str_fmt(a, "%s/%.*s", o->kind, STR_FMT(hex(a, digest_str(&o->hash))));
}

int one_time_of(struct ctx *c, tenant_id t, const char *kind, int64_t subject, str payload, int64_t seconds, str token, struct one_time *ret)
{
	struct key k;

	*ret = (struct one_time){ .tenant = t, .kind = kind, .subject = subject, .payload = payload, .now = c->now };
	ret->hash = handle_hash(token);
	ret->expires = instant_add_s(c->now, seconds);
	if (!payload.n)
		return 0;
	TRY(key_of(c, t, &k));
	ret->sealed = seal(c->arena, &k, aad(c->arena, ret), payload);
	return 0;
}

int one_time_new(struct ctx *c, tenant_id t, const char *kind, int64_t subject, str payload, int64_t seconds, struct one_time *ret, str *ret_token)
{
	*ret_token = token_random(c->arena, 16);
	return one_time_of(c, t, kind, subject, payload, seconds, *ret_token, ret);
}

int one_time_find(struct ctx *c, tenant_id t, const char *kind, str token, struct one_time *ret)
{
	AUTO(rows_done) struct rows *r = NULL;
	struct dbc *db;
	struct key k;

	*ret = (struct one_time){ .tenant = t, .kind = kind, .now = c->now };
	ret->hash = handle_hash(token);
	TRY(ctx_db(c, t.v == TENANT_PORTAL.v ? (tenant_id){ 0 } : t, &db));
	TRY(db_query(db, &r, SQL("SELECT subject_id, payload, expires_at FROM one_time WHERE tenant_id = $1 AND token_hash = $2 AND kind = $3"), VI(t.v),
		VB(digest_str(&ret->hash)), VT(str_c(kind))));
	if (!rows_next(r))
		return rows_error(r) ? rows_error(r) : ERR_NOTFOUND;
	ret->subject = row_int(r, 0);
	ret->expires.us = row_int(r, 2);
	if (ret->expires.us <= c->now.us)
		return ERR_NOTFOUND;
	if (row_is_null(r, 1))
		return 0;
	TRY(key_of(c, t, &k));
	return unseal(c->arena, &k, aad(c->arena, ret), row_str(r, 1), &ret->payload);
}

int one_time_put_new(struct dbc *db, const struct one_time *o, bool *ret_new)
{
	int64_t changed;

	TRY(db_exec_n(db, &changed, SQL("INSERT INTO one_time (tenant_id, token_hash, kind, subject_id, payload, expires_at) "
					"VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING"),
		VI(o->tenant.v), VB(digest_str(&o->hash)), VT(str_c(o->kind)), VI(o->subject), o->sealed.n ? VB(o->sealed) : VN_BLOB(), VI(o->expires.us)));
	*ret_new = changed > 0;
	return 0;
}

int one_time_put(struct dbc *db, const struct one_time *o)
{
	return db_exec(db, SQL("INSERT INTO one_time (tenant_id, token_hash, kind, subject_id, payload, expires_at) VALUES ($1, $2, $3, $4, $5, $6) "
			       "ON CONFLICT (tenant_id, token_hash) DO UPDATE SET payload = excluded.payload, subject_id = excluded.subject_id, "
			       "expires_at = excluded.expires_at"),
		VI(o->tenant.v), VB(digest_str(&o->hash)), VT(str_c(o->kind)), VI(o->subject), o->sealed.n ? VB(o->sealed) : VN_BLOB(), VI(o->expires.us));
}

int one_time_take(struct dbc *db, const struct one_time *o, bool *ret_taken)
{
	int64_t changed;

	TRY(db_exec_n(db, &changed, SQL("DELETE FROM one_time WHERE tenant_id = $1 AND token_hash = $2 AND kind = $3 AND expires_at > $4"), VI(o->tenant.v),
		VB(digest_str(&o->hash)), VT(str_c(o->kind)), VI(o->now.us)));
	*ret_taken = changed == 1;
	return 0;
}

int one_time_count(struct dbc *db, tenant_id t, const char *kind, int64_t subject, instant now, int64_t *ret)
{
	AUTO(rows_done) struct rows *r = NULL;

	TRY(db_query(db, &r, SQL("SELECT COUNT(*) FROM one_time WHERE tenant_id = $1 AND kind = $2 AND subject_id = $3 AND expires_at > $4"), VI(t.v),
		VT(str_c(kind)), VI(subject), VI(now.us)));
	*ret = rows_next(r) ? row_int(r, 0) : 0;
	return rows_error(r);
}

int one_time_drop(struct dbc *db, tenant_id t, const char *kind, int64_t subject)
{
	return db_exec(db, SQL("DELETE FROM one_time WHERE tenant_id = $1 AND kind = $2 AND subject_id = $3"), VI(t.v), VT(str_c(kind)), VI(subject));
}
