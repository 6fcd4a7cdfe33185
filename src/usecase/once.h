/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Once: a state-changing form is done once, however often it is sent (double click, retry, lost reply). The form carries a random token
 * (page_post(rq, action, true) -> field "once"); its hash, bound to session and route, is written in the same unit as the change, together
 * with the outcome. Who sends the same token again gets the first outcome; `differs` says that the answers were others. Kept 30 days.
 *
 *	struct once *o;
 *	TRY(once_open(c, S("clerk_decide"), token, once_body(&posted), &o));	// before the unit: keys, hashes
 *	...
 *	// inside the unit, first of all:
 *	TRY(once_take(db, o, S("sent")));		// outcome as far as it is known now
 *	if (o->repeated)
 *		return 0;				// o->outcome is that of the first time
 *	... the change ...
 *	TRY(once_outcome(db, o, S("conflict")));	// only where it turned out otherwise
 */
#pragma once
#include "base/url.h"
#include "usecase/ctx.h"

#define ONCE_DAYS 30		/* rows older than this are swept (index once_by_time) */
#define ONCE_OUTCOME_MAX 4096

struct once {
	struct arena *arena;
	tenant_id tenant;	/* the actor's: portal for applicants, authority for clerks and software; the unit must touch it */
	struct digest hash, body;
	struct key key;
	instant now;
	/* after once_take() */
	bool repeated;		/* this was done before */
	bool differs;		/* ... with another body */
	str outcome;
};
/* ERR_PARSE: the form brought no token, or one that is none of ours (8..100 printable characters). */
MUST_USE int once_open(struct ctx *c, str route, str token, struct digest body, struct once **ret);
MUST_USE int once_take(struct dbc *db, struct once *o, str outcome);
MUST_USE int once_outcome(struct dbc *db, struct once *o, str outcome);
/* Puts the check before the unit that a use case has handed over, in the same transaction: repeated, it is not run a second time. */
void once_guard(struct ctx *c, struct once *o);
/* Hash over all fields of a form but "csrf" and "once". */
struct digest once_body(const struct pairs *form);
