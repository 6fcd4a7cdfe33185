/* SPDX-License-Identifier: EUPL-1.2 */
/* Between keys.c (slots, tenants) and keys_sign.c (purposes, signing). */
#pragma once
#include <pthread.h>
#include "storage/db_impl.h"
#include "storage/keys.h"

#define KEYS_POOL 4096
#define KEYS_PURPOSES 1024	/* power of two: those in memory */
#define KEYS_CACHE 2048		/* power of two: slots in memory */

struct slot {
	int64_t id;
	int64_t made_us;
	struct key secret;
};

struct purpose {
	int32_t tenant;
	char label[28];
	struct key key;
};

struct tenant_entry {
	int32_t tenant;
	bool used;
	struct key key;
};

struct keys {
	struct db *db;
	struct arena *arena;		/* under mu */
	struct key master;
	pthread_mutex_t mu;
	pthread_cond_t need;
	pthread_t filler;
	bool stop;
	struct slot pool[KEYS_POOL];	/* stack; durable, not handed out */
	size_t pooled, target;
	int64_t filled_at;
	struct tenant_entry *tenants;	/* open addressing, grows */
	size_t tenants_cap, tenants_n;
	struct purpose purposes[KEYS_PURPOSES];
	struct slot cache[KEYS_CACHE];	/* SQLite only: with several processes one would not see what another destroys */
	uint64_t generation;		/* counts destroyed keys */
	struct signing_key *signing;
};

/* what and id are authenticated: a row moved to another place does not open. */
str keys_wrap(struct keys *k, struct arena *a, const char *what, int64_t id, const struct key *plain);
MUST_USE int keys_unwrap(struct keys *k, const char *what, int64_t id, str wrapped, struct key *ret);
MUST_USE int keys_run(struct keys *k, int (*fn)(struct dbc *c, void *arg), void *arg);
MUST_USE int keys_tenant(struct keys *k, int32_t tenant, struct key *ret);
