/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A level's own part of a service in the database: read, merged with the package below, written into force. Levels are tenants: the portal
 * (the state), and each authority. Authors' use cases (authoring.h), administrators' parameters and updates share this one way.
 */
#pragma once
#include "domain/overlay.h"
#include "usecase/catalog.h"

struct offered {
	bool there, active;
	bool overlay_known;		/* false: parameters of an earlier program, see catalog_overlay() */
	bool merged;			/* definition and upstream are there */
	struct overlay overlay;
	str params;
	struct digest definition, upstream;
	str held;			/* why an update of the package below is not taken over: "conflict", "broken"; empty: it is */
};
#define OFFERED_COLUMNS "active, params, overlay, definition_hash, upstream_hash, held"
/* A row of "<one column>, " OFFERED_COLUMNS. */
MUST_USE int offered_of_row(struct arena *a, const struct rows *r, struct offered *ret);
/* Nothing of its own yet is no error. */
MUST_USE int catalog_offered(struct ctx *c, tenant_id t, str service, struct offered *ret);
MUST_USE int catalog_overlay(struct ctx *c, const struct package *below, struct offered *o);

/* The package on which a level builds: the shipped one, or what the state's overlay gives; or the one that it is pinned to. */
struct below {
	struct digest hash;
	const struct package *package;
	bool pinned;
};
MUST_USE int catalog_below_hash(struct ctx *c, tenant_id t, str service, const struct overlay *o, struct digest *ret, bool *ret_pinned);
MUST_USE int catalog_below(struct ctx *c, tenant_id t, str service, const struct overlay *o, struct below *ret);
MUST_USE int catalog_package(struct ctx *c, const struct digest *hash, const struct package **ret);

struct merged {
	struct below below;
	const struct package *package;
	const struct node *params;
	str definition;
	struct digest definition_hash;
	str package_body;		/* of the state: what towns build on */
	struct digest package_hash;
};
MUST_USE int catalog_merge(struct arena *a, tenant_id t, const struct below *below, const struct overlay *o, struct findings *f, struct merged *ret);

/* Coming into force: made before the unit, written in it; then catalog_reload(). */
struct offer_put {
	tenant_id tenant;
	str service, version, overlay, params;
	struct merged merged;
	bool active;
	int64_t now;
};
void catalog_put_init(struct ctx *c, tenant_id t, const struct merged *m, const struct overlay *o, bool active, struct offer_put *ret);
MUST_USE int catalog_put_write(struct dbc *db, const struct offer_put *p);

/* A line of the history (db/migrations/0002_overlay.sql, publication). */
struct offer_note {
	tenant_id tenant;
	str service;
	int64_t at;
	str kind, why;
	int64_t clerk, author;
	str overlay;
	const struct digest *definition, *upstream;
};
MUST_USE int catalog_note_write(struct dbc *db, const struct offer_note *n);
