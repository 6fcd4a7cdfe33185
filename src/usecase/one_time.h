/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * One-time rows: links in mails (P12: GET shows a button, POST takes the row away), and what a ceremony must remember for some minutes.
 * The table holds the hash of the token; what belongs to it is sealed and bound to it.
 *
 *	TRY(one_time_new(c, TENANT_PORTAL, "reset", subject, S("{...}"), 24 * 3600, &row, &token));	// row: put it inside the unit
 *	TRY(one_time_find(c, TENANT_PORTAL, "reset", token, &row));	// ERR_NOTFOUND: unknown, used or expired
 *	TRY(one_time_take(db, &row, &taken));				// inside the unit; false: somebody was faster
 */
#pragma once
#include "usecase/ctx.h"

struct one_time {
	tenant_id tenant;
	struct digest hash;
	const char *kind;	/* see one_time in db/migrations */
	int64_t subject;	/* whose: account, clerk, or a blind number of an address; 0: nobody's */
	str payload, sealed;	/* JSON or empty */
	instant expires, now;
};
/* A fresh random token of 128 bits. */
MUST_USE int one_time_new(struct ctx *c, tenant_id t, const char *kind, int64_t subject, str payload, int64_t seconds, struct one_time *ret,
			  str *ret_token);
/* The same for a secret that the caller has already: a session ("may choose a new password"), a challenge that was used. */
MUST_USE int one_time_of(struct ctx *c, tenant_id t, const char *kind, int64_t subject, str payload, int64_t seconds, str token, struct one_time *ret);
MUST_USE int one_time_find(struct ctx *c, tenant_id t, const char *kind, str token, struct one_time *ret);
MUST_USE int one_time_put(struct dbc *db, const struct one_time *o);
MUST_USE int one_time_put_new(struct dbc *db, const struct one_time *o, bool *ret_new);	/* false: is there already */
MUST_USE int one_time_take(struct dbc *db, const struct one_time *o, bool *ret_taken);
MUST_USE int one_time_count(struct dbc *db, tenant_id t, const char *kind, int64_t subject, instant now, int64_t *ret);
MUST_USE int one_time_drop(struct dbc *db, tenant_id t, const char *kind, int64_t subject);
