/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The catalogue: which services there are, how each town offers them, and every definition ever used, by content hash.
 * Packages are read from files and published into the database (content-addressed); the snapshot in memory shares structure:
 * towns without own parts share one definition. Readers never lock for long; loading is atomic.
 *
 * What the state and a town have of their own are overlays (domain/overlay.h). They are merged when they are published, and at an update
 * of the package below them; an offer names the definition that it gives by hash, so that reading and starting merge nothing.
 */
#pragma once
#include "usecase/ctx.h"

struct catalog;
/* Publishes the packages of a directory, or the one that it is itself (those with errors are refused, findings say why), and reads all offers. */
MUST_USE int catalog_open(struct house *h, str services_dir, struct findings *f, struct catalog **ret);
/* Reads one package anew, or for the first time: from now on it is what is offered. On an error the old one stays. Previews only: what towns
   have laid on it is not merged anew. */
MUST_USE int catalog_renew(struct house *h, str dir, struct findings *f);
void catalog_close(struct catalog *c);		/* accepts NULL; nobody may hold a definition of it any more */
/*
 * The definition as the tenant offers it; tenant 0: as written. ERR_NOTFOUND: no such service (*ret is untouched), or switched off there
 * (*ret is how it would be offered, for whoever switches it on again).
 */
MUST_USE int catalog_offer(struct ctx *c, tenant_id tenant, str service, const struct definition **ret);
/* Any definition by its hash, also of the past. ERR_NOTFOUND. */
MUST_USE int catalog_definition(struct ctx *c, const struct digest *hash, const struct definition **ret);
/* All services, in the order of their ids: as the state offers them. The list stays; its definitions are never freed, but may be followed by others. */
const struct definition *const *catalog_services(const struct catalog *c, size_t *ret_n);
/* A town sets its parameters (canonical values by id): a new definition for it. Runs inside the caller's unit through ctx->unit. In catalog_offers.c. */
struct offer_settings {
	bool active;
	struct pairs params;
};
MUST_USE int catalog_offer_set(struct ctx *c, tenant_id tenant, str service, const struct offer_settings *s);
MUST_USE int catalog_reload(struct ctx *c, tenant_id tenant);	/* after the commit: the new offer is in force */

/*
 * Merges anew what lies on packages that have changed since: once at the start, and after the state has published (then for `service` only, else
 * empty). A merge that meets a conflict or breaks a recorded case is held back: the town stays with what it has, and its authors see why.
 * Waits for the database: not on an HTTP thread.
 */
struct catalog_update {
	size_t merged, held;
};
MUST_USE int catalog_update(struct house *h, str service, struct catalog_update *ret);

struct catalog_hit {
	const struct definition *definition;
};
/* Own words over titles, synonyms and texts: German stems, compounds, umlauts, a typo. Best first. */
MUST_USE int catalog_search(struct ctx *c, str words, size_t max, struct catalog_hit **ret, size_t *ret_n);
