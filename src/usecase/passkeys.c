/* SPDX-License-Identifier: EUPL-1.2 */
#include "usecase/passkeys.h"

#include <string.h>

#define RANDOM_BYTES 16
#define MAC_BYTES 16

struct raw_challenge {
	uint8_t random[RANDOM_BYTES];
	int64_t until;
	uint8_t mac[MAC_BYTES];
} __attribute__((packed));

static int challenge_mac(struct ctx *c, const struct passkey_owner *o, const struct raw_challenge *raw, struct digest *ret)
{
	struct buf b = buf_new(c->arena, 128);
	struct key k;

	TRY(keys_purpose(c->house->keys, TENANT_PORTAL.v, "passkey-challenge", &k));
	buf_fmt(&b, "%d/%d/%lld/", (int)o->kind, o->subject ? o->tenant.v : 0, (long long)o->subject);
	buf_putn(&b, raw, offsetof(struct raw_challenge, mac));
	*ret = hmac_sha256(&k, buf_str(&b));
	return 0;
}

int passkey_challenge(struct ctx *c, const struct passkey_owner *o, str *ret)
{
	struct raw_challenge raw;
	struct digest mac;

	rand_bytes(raw.random, sizeof raw.random);
	raw.until = instant_add_s(c->now, PASSKEY_CHALLENGE_MINUTES * 60).us;
	TRY(challenge_mac(c, o, &raw, &mac));
	memcpy(raw.mac, mac.b, sizeof raw.mac);
	*ret = b64url(c->arena, str_n(&raw, sizeof raw));
	return 0;
}

/* ERR_DENIED: not made by us for this, or its time is over. Used or not shows when it is written. */
static int challenge_check(struct ctx *c, const struct passkey_owner *o, str challenge, struct one_time *ret)
{
	struct raw_challenge raw;
	struct digest mac;
	str bytes;

	if (b64url_decode(c->arena, challenge, &bytes) < 0 || bytes.n != sizeof raw)
		return ERR_DENIED;
	memcpy(&raw, bytes.p, sizeof raw);
	TRY(challenge_mac(c, o, &raw, &mac));
	if (!str_eq_secret(str_n(mac.b, MAC_BYTES), str_n(raw.mac, MAC_BYTES)) || raw.until < c->now.us)
		return ERR_DENIED;
	return one_time_of(c, TENANT_PORTAL, "challenge", 0, STR_EMPTY, PASSKEY_CHALLENGE_MINUTES * 60, challenge, ret);
}

/* ---- the handle that the authenticator keeps: whose tenant it is, the rest says nothing ---- */

static int user_handle(struct ctx *c, const struct passkey_owner *o, str *ret)
{
	uint8_t raw[32] = { (uint8_t)(o->tenant.v >> 8), (uint8_t)o->tenant.v };
	struct digest d;
	struct key k;

	TRY(keys_purpose(c->house->keys, o->tenant.v, "passkey-user", &k));
	d = hmac_sha256(&k, str_fmt(c->arena, "%d/%lld", (int)o->kind, (long long)o->subject));
	memcpy(raw + 2, d.b, sizeof raw - 2);
	*ret = str_dup(c->arena, str_n(raw, sizeof raw));
	return 0;
}

static tenant_id handle_tenant(enum passkey_kind kind, str handle)
{
	if (kind == PASSKEY_ACCOUNT)
		return TENANT_PORTAL;
	if (handle.n != 32)
		return (tenant_id){ 0 };
	return (tenant_id){ (uint8_t)handle.p[0] << 8 | (uint8_t)handle.p[1] };
}

static tenant_id other_than_portal(tenant_id t)
{
	return t.v == TENANT_PORTAL.v ? (tenant_id){ 0 } : t;
}

int passkeys_of(struct ctx *c, const struct passkey_owner *o, struct passkey *ret, size_t *ret_n)
{
	AUTO(rows_done) struct rows *r = NULL;
	struct dbc *db;
	size_t n = 0;

	TRY(ctx_db(c, other_than_portal(o->tenant), &db));
	TRY(db_query(db, &r, SQL("SELECT credential, created_at FROM passkey WHERE tenant_id = $1 AND kind = $2 AND subject_id = $3 ORDER BY created_at LIMIT 10"),
		VI(o->tenant.v), VI(o->kind), VI(o->subject)));
	while (n < PASSKEYS_MAX && rows_next(r)) {
		ret[n].credential = str_dup(c->arena, row_str(r, 0));
		ret[n++].created.us = row_int(r, 1);
	}
	*ret_n = n;
	return rows_error(r);
}

int passkey_create_json(struct ctx *c, const struct webauthn_rp *rp, const struct passkey_owner *o, str challenge, str name, str *ret)
{
	struct buf b = buf_new(c->arena, 512);
	struct webauthn_user user = { .name = name, .display_name = name };
	struct passkey have[PASSKEYS_MAX];
	str ids[PASSKEYS_MAX];
	size_t n;

	TRY(user_handle(c, o, &user.handle));
	TRY(passkeys_of(c, o, have, &n));
	for (size_t i = 0; i < n; i++)
		ids[i] = have[i].credential;
	webauthn_create_options(&b, rp, challenge, &user, ids, n);
	*ret = buf_str(&b);
	return 0;
}

str passkey_get_json(struct arena *a, const struct webauthn_rp *rp, str challenge)
{
	struct buf b = buf_new(a, 256);

	webauthn_get_options(&b, rp, challenge, NULL, 0);
	return buf_str(&b);
}

/* What an authenticator answers is the visitor's input: wrong is "denied", never a fault of ours. */
static int denied(int rc)
{
	switch (rc) {
	case ERR_PARSE:
	case ERR_CRYPTO:
	case ERR_UNSUPPORTED:
	case ERR_CONFLICT:
	case ERR_LIMIT:
	case ERR_NOTFOUND:
		return ERR_DENIED;
	default:
		return rc;
	}
}

/* ---- adding ---- */

int passkey_add_check(struct ctx *c, const struct webauthn_rp *rp, const struct passkey_owner *o, str challenge, str reply, struct passkey_use *ret)
{
	*ret = (struct passkey_use){ .owner = *o, .now = c->now };
	TRY(challenge_check(c, o, challenge, &ret->challenge));
	return denied(webauthn_register(c->arena, rp, challenge, reply, &ret->credential));
}

static int count_of(struct dbc *db, const struct passkey_owner *o, int64_t *ret)
{
	AUTO(rows_done) struct rows *r = NULL;

	TRY(db_query(db, &r, SQL("SELECT COUNT(*) FROM passkey WHERE tenant_id = $1 AND kind = $2 AND subject_id = $3"), VI(o->tenant.v), VI(o->kind),
		VI(o->subject)));
	*ret = rows_next(r) ? row_int(r, 0) : 0;
	return rows_error(r);
}

int passkey_add_write(struct dbc *db, struct passkey_use *u)
{
	int64_t have, changed;
	bool fresh;

	TRY(count_of(db, &u->owner, &have));
	TRY(one_time_put_new(db, &u->challenge, &fresh));
	u->refused = !fresh || have >= PASSKEYS_MAX;
	if (u->refused)
		return 0;
	TRY(db_exec_n(db, &changed, SQL("INSERT INTO passkey (tenant_id, credential, kind, subject_id, public_key, counter, created_at) "
					"VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING"),
		VI(u->owner.tenant.v), VB(u->credential.id), VI(u->owner.kind), VI(u->owner.subject),
		VB(str_n(&u->credential.key, sizeof u->credential.key)), VI(u->credential.counter), VI(u->now.us)));
	u->refused = !changed; /* a credential belongs to one person */
	return 0;
}

/* ---- signing in ---- */

static int load(struct ctx *c, struct passkey_use *u, str id)
{
	AUTO(rows_done) struct rows *r = NULL;
	struct dbc *db;

	if (u->owner.tenant.v <= 0)
		return ERR_DENIED;
	TRY(ctx_db(c, other_than_portal(u->owner.tenant), &db));
	TRY(db_query(db, &r, SQL("SELECT subject_id, public_key, counter FROM passkey WHERE tenant_id = $1 AND credential = $2 AND kind = $3"),
		VI(u->owner.tenant.v), VB(id), VI(u->owner.kind)));
	if (!rows_next(r))
		return rows_error(r) ? rows_error(r) : ERR_DENIED;
	u->owner.subject = row_int(r, 0);
	if (row_str(r, 1).n != sizeof u->credential.key)
		return ERR_INVALID;
	memcpy(&u->credential.key, row_str(r, 1).p, sizeof u->credential.key);
	u->credential.counter = (uint32_t)row_int(r, 2);
	u->credential.id = id;
	return 0;
}

int passkey_signin_check(struct ctx *c, const struct webauthn_rp *rp, enum passkey_kind kind, str challenge, str reply, struct passkey_use *ret)
{
	struct passkey_owner nobody = { .kind = kind };
	str id, handle, expected;
	uint32_t counter;

	*ret = (struct passkey_use){ .owner = nobody, .now = c->now };
	TRY(challenge_check(c, &nobody, challenge, &ret->challenge));
	TRY(denied(webauthn_reply_id(c->arena, reply, &id, &handle)));
	ret->owner.tenant = handle_tenant(kind, handle);
	TRY(load(c, ret, id));
	TRY(user_handle(c, &ret->owner, &expected));
	if (handle.n && !str_eq(handle, expected))
		return ERR_DENIED;
	TRY(denied(webauthn_verify(c->arena, rp, challenge, &ret->credential, reply, &counter)));
	ret->credential.counter = counter;
	return 0;
}

int passkey_signin_write(struct dbc *db, struct passkey_use *u)
{
	int64_t changed;
	bool fresh;

	TRY(one_time_put_new(db, &u->challenge, &fresh));
	u->refused = !fresh;
	if (u->refused)
		return 0;
	TRY(db_exec_n(db, &changed, SQL("UPDATE passkey SET counter = $4 WHERE tenant_id = $1 AND credential = $2 AND kind = $3"), VI(u->owner.tenant.v),
		VB(u->credential.id), VI(u->owner.kind), VI(u->credential.counter)));
	u->refused = !changed; /* removed meanwhile */
	return 0;
}

int passkey_remove_write(struct dbc *db, const struct passkey_owner *o, str credential, bool *ret_removed)
{
	int64_t changed;

	TRY(db_exec_n(db, &changed, SQL("DELETE FROM passkey WHERE tenant_id = $1 AND credential = $2 AND kind = $3 AND subject_id = $4"), VI(o->tenant.v),
		VB(credential), VI(o->kind), VI(o->subject)));
	*ret_removed = changed > 0;
	return 0;
}
