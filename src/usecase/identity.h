/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Identity at an OpenID provider: raises the trust of a session, with or without an account. Today the provider is the stand-in identity
 * service of demo and tests (invented people); it is refused on an https origin. State, nonce and the PKCE verifier lie sealed in one_time
 * and are bound to the session that began.
 *
 *	identity_go(flow)				// on the work pool: discovery, address of the provider
 *	TRY(identity_keep(c, flow, new_session));	// then a redirect to flow->start.url
 *	...
 *	TRY(identity_find(c, state, flow));		// the visitor comes back
 *	identity_fetch(flow)				// on the work pool: code for token, checks
 *	TRY(identity_enter(c, flow, &old));		// the new session has the trust reached
 */
#pragma once
#include "usecase/accounts.h"
#include "usecase/one_time.h"
#include "wire/oidc.h"

#define IDENTITY_MINUTES 10

/* An identity service is configured and allowed here. */
bool identity_offered(const struct house *h);

struct identity_flow {
	struct arena *arena;
	struct oidc_conf conf;
	struct oidc provider;
	struct oidc_start start;
	enum oidc_level level;
	str back;			/* own path */
	str code, iss;
	instant now;
	struct oidc_person person;
	struct one_time row;
	int rc;				/* of the work */
	bool used;			/* after the commit of identity_enter: somebody was faster */
};
/* base: origin under which the visitor is here. */
void identity_flow_init(struct ctx *c, str base, enum trust_level level, str back, struct identity_flow *ret);
void identity_go(void *flow);
MUST_USE int identity_keep(struct ctx *c, struct identity_flow *f, bool new_session);
/* ERR_NOTFOUND: not begun by this session, used, or too late. */
MUST_USE int identity_find(struct ctx *c, str state, struct identity_flow *f);
void identity_fetch(void *flow);
/* c->actor.session: the new session. */
MUST_USE int identity_enter(struct ctx *c, struct identity_flow *f, const struct actor *old);
/* The visitor has refused or the provider said no: the state is used up. */
MUST_USE int identity_drop(struct ctx *c, struct identity_flow *f);
