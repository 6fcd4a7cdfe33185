/* SPDX-License-Identifier: EUPL-1.2 */
/* Shared by the files of the catalogue: the snapshot in memory. */
#pragma once
#include <pthread.h>

#include "domain/overlay.h"
#include "usecase/catalog.h"

/* A definition in memory, under its hash. Never freed: drafts and cases of any age may ask for it. */
struct known {
	struct digest hash;
	const struct definition *definition;
	struct known *next;
};
struct offer {
	int32_t tenant;
	bool active;
	bool merged;				/* hash is what the town offers; else the standard */
	struct digest hash;
	struct offer *next;
};
struct entry {
	const struct definition *standard;	/* what a town without own parts offers: the package, with the state's own parts */
	struct digest shipped;			/* package as shipped */
	struct digest below;			/* package that towns build on: shipped, or what the state's overlay gives */
	struct offer *offer;			/* towns that differ */
};

#define BUCKETS 1024u
struct catalog {
	struct arena *arena;			/* guarded by lock when written */
	pthread_rwlock_t lock;
	struct entry *entry;
	const struct definition **service;
	size_t n;
	struct known *known[BUCKETS];
	struct fts *search;
};

struct entry *catalog_entry(const struct catalog *c, str service);	/* NULL: no such service */
/* A body under the hash of its content. */
struct stored {
	str service, version, body;
	struct digest hash;
};
MUST_USE int catalog_put_package(struct dbc *db, const struct stored *s, int64_t now);
MUST_USE int catalog_put_definition(struct dbc *db, const struct stored *s, int64_t now);
bool catalog_digest(const struct rows *r, int col, struct digest *ret);		/* false: NULL */
/* Reads all offers anew: at the start, and when another process may have published. */
MUST_USE int catalog_refresh(struct house *h, struct catalog *c);
/* Builds the search index anew and puts it in force. */
MUST_USE int catalog_index(struct catalog *c);
