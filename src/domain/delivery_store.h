/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The ledger of hand-overs to specialist software: one row an attempt, written before the call ("started") and completed after it. A row that
 * stays "started" is an attempt whose end nobody saw (the process died): what the receiver did then is not known.
 */
#pragma once
#include "domain/grant.h"

struct delivery_row {
	int64_t id, destination, outbox;
	int attempt;
	instant at;
	int status;			/* HTTP status; 0: none came */
	str result;			/* started accepted refused redirected lost timeout forbidden certificate oversize */
	str sealed;			/* purpose "delivery": the answer, cut; empty: none */
};
MUST_USE int delivery_add(struct dbc *db, const struct grant *g, const struct delivery_row *r);
MUST_USE int delivery_end(struct dbc *db, const struct grant *g, const struct delivery_row *r);
/* Newest first. */
MUST_USE int deliveries(struct dbc *db, struct arena *a, const struct grant *g, struct delivery_row **ret, size_t *ret_n);
/* Has the receiver taken it, in whichever attempt? */
MUST_USE int delivery_accepted(struct dbc *db, const struct grant *g, int64_t outbox, bool *ret);
