/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The key store (keys.db, or an own PostgreSQL database): never in a backup of the content.
 * A key row is a random slot, wrapped by the master key. A case key is HMAC-SHA256(tenant key, slot) (HKDF-Extract with the tenant key
 * as salt, RFC 5869): destroying the slot destroys the case, destroying the tenant key destroys the tenant. Slots are made in batches
 * ahead of need (one fsync for many) and are durable before they are handed out; what was never referred to is swept.
 *
 *	TRY(keys_new(keys, tenant, &key_id, &key));		// before the unit of work that refers to key_id
 *	sealed = seal(arena, &key, aad, plain);
 *	...
 *	TRY(keys_get(keys, tenant, key_id, &key));		// inline on SQLite; on a database thread with PostgreSQL
 *
 * All functions are thread-safe. A key that was handed out and is not referred to within twelve hours may be swept.
 */
#pragma once
#include "base/crypto.h"
#include "storage/db.h"

struct keys;
struct keys_options {
	const char *sqlite_path;	/* DATA/keys.db */
	const char *pg_conninfo;
	struct key master;
};
/* ERR_CRYPTO: the master key is not the one that made this store. */
MUST_USE int keys_open(const struct keys_options *o, struct keys **ret, str *ret_why);
void keys_close(struct keys *k);

/* Makes the tenant's key if there is none. */
MUST_USE int keys_tenant_make(struct keys *k, int32_t tenant);
/* The same for many, with one commit: those that have none get one. Setting up an installation of hundreds of tenants. */
MUST_USE int keys_tenants_make(struct keys *k, const int32_t *tenant, size_t n);
/* A fresh durable key for a draft or case of the tenant. ERR_BUSY when the pool is empty (it is being refilled). */
MUST_USE int keys_new(struct keys *k, int32_t tenant, int64_t *ret_key_id, struct key *ret);
MUST_USE int keys_get(struct keys *k, int32_t tenant, int64_t key_id, struct key *ret);	/* ERR_DESTROYED, ERR_NOTFOUND */
MUST_USE int keys_destroy(struct keys *k, int64_t key_id);	/* durable on return; remembered in the list of destroyed keys */
/* A purpose key of the tenant, e.g. "names" (search tokens), "csrf": HKDF of the tenant key. Cheap (cached). */
MUST_USE int keys_purpose(struct keys *k, int32_t tenant, const char *label, struct key *ret);
/* Signing key (ES256) of a purpose: made once, sealed in the store. All public keys ever used are listed. */
struct signing_key {
	char kid[24];
	struct ec_public pub;
	const struct ec_private *priv;
	instant since;
};
MUST_USE int keys_signing(struct keys *k, const struct signing_key **ret);
MUST_USE int keys_signing_list(struct keys *k, struct arena *a, struct signing_key **ret, size_t *ret_n);	/* without priv */
MUST_USE int keys_signing_rotate(struct keys *k);
/* Deletes slots that the callback says are not referred to and that are older than a day. */
MUST_USE int keys_sweep(struct keys *k, bool (*in_use)(int64_t key_id, void *arg), void *arg, size_t *ret_removed);
MUST_USE int keys_destroyed_list(struct keys *k, struct arena *a, int64_t **ret, size_t *ret_n);
/* After an older copy of the store was restored: all of them end, durably, and are on its list from now on. ret_removed: how many were back. */
MUST_USE int keys_replay(struct keys *k, const int64_t *id, size_t n, size_t *ret_removed);
