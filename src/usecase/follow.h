/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Links to a case, and the way in by the secret follow link (P12).
 *
 * The row of a case holds only hashes of its handle and follow secret; both are kept sealed with the case, so that lists and mails can make links.
 *
 *	struct case_links l;
 *	TRY(case_links(c, &grant, &l));		// "/vorgang/" l.handle, origin "/folgen/" l.follow
 */
#pragma once
#include "usecase/casefile.h"

struct case_links {
	str handle, follow;
};
/* ERR_DESTROYED when the key is gone; ERR_NOTFOUND for a case that was made before links were kept. */
MUST_USE int case_links(struct ctx *c, const struct grant *g, struct case_links *ret);
MUST_USE int case_handle(struct ctx *c, const struct grant *g, str *ret);

/* The signed receipt (JWS) as it was made at submission; empty: none. */
MUST_USE int case_receipt(struct ctx *c, const struct grant *g, str *ret_jws);

/* The secret link is shown: whose case it is, to name it beside the button. Nothing is written. */
struct follow_shown {
	str service, reference;		/* title in the language of the context */
	const struct authority *authority;
};
MUST_USE int follow_show(struct ctx *c, str token, struct follow_shown *ret);
/* The button was pressed: this session may see the case from now on. new_session: c->actor.session is to be inserted. The link stays good. */
MUST_USE int follow_enter(struct ctx *c, str token, bool new_session, str *ret_handle);

/*
 * Job: decisions of a tenant that nobody has fetched in the days that their definition gives become a clerk's task "send by post".
 * Commits case by case; c is a system context of its own. ret_n: how many. Run it once an hour or so.
 */
MUST_USE int unfetched_scan(struct ctx *c, tenant_id t, size_t *ret_n);
