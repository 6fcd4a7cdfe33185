/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What must be there before anybody is served: the portal and every authority of the register of places as a tenant, with its key.
 * Runs at each start, writes only what is missing. Once made, a tenant is never removed here.
 *
 *	size_t added;
 *	TRY(setup_tenants(house, &added));
 */
#pragma once
#include "usecase/ctx.h"

MUST_USE int setup_tenants(struct house *h, size_t *ret_added);

struct tenant_row {
	tenant_id id;
	str slug, name, kind, settings;
	size_t clerks;			/* active ones */
	size_t open_cases;
};
/* All tenants by number; slug: only that one (empty: all). For the operator's command line. */
MUST_USE int setup_tenant_list(struct house *h, struct arena *a, str slug, struct tenant_row **ret, size_t *ret_n);
