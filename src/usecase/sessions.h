/* SPDX-License-Identifier: EUPL-1.2 */
/* Who is behind a session token: fills the actor of a context. Sessions of the portal belong to tenant TENANT_PORTAL, clerks' too. */
#pragma once
#include "usecase/ctx.h"

/* Days a session lives after the last visit, and hours of a clerk's one. */
#define SESSION_CITIZEN_DAYS 30
#define SESSION_CLERK_HOURS 10
#define SESSION_TOUCH_MINUTES 30	/* seen_at is written at most so often */
#define SESSION_IDENTITY_MINUTES 60	/* so long the trust of an identity service holds; then the account's, or none */

enum { SESSION_KIND_CITIZEN = 1, SESSION_KIND_CLERK = 2 };

/* Fills c->actor; c->lang stays. ERR_NOTFOUND, ERR_EXPIRED. Reads only. */
MUST_USE int session_actor(struct ctx *c, const struct digest *hash, int kind);
/* Inside a unit: a new session for the actor (session hash, account or clerk, trust, identity). Existing: replaced. */
struct session_new {
	struct digest hash;
	int kind;
	int64_t subject;
	tenant_id subject_tenant;	/* clerks: their authority */
	enum trust_level trust;
	bool standin;
	str identity_sealed;		/* session_seal_identity() */
	instant now, expires;
};
MUST_USE int session_insert(struct dbc *db, const struct session_new *s);
MUST_USE int session_delete(struct dbc *db, const struct digest *hash);
/* A citizen's session lives on from now, a clerk's only tells when it was seen. Written behind the request; a failure has no consequence. */
void session_touch(struct ctx *c);
/* All sessions of an account or clerk but one (NULL: all): password changed, account closed. */
MUST_USE int session_delete_others(struct dbc *db, int kind, tenant_id subject_tenant, int64_t subject, const struct digest *but);
/* A visitor signs in: drafts of the old session that are nobody else's, and the cases that it may see, go over to the new one. */
MUST_USE int session_move(struct dbc *db, const struct digest *from, const struct digest *to, account_id owner);
MUST_USE int session_seal_identity(struct ctx *c, const struct digest *hash, str json, str *ret);
