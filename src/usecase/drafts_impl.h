/* SPDX-License-Identifier: EUPL-1.2 */
/* Shared by the files of drafts: sealing, and a change as a function over answers, done again on newer ones when two tabs meet. */
#pragma once
#include "domain/case.h"
#include "usecase/drafts.h"

struct draft_change {
	void (*apply)(struct answers *x, struct draft_change *s);
	int (*also)(struct dbc *db, struct draft_change *s);	/* further rows of the same unit; may be NULL */
	struct arena *arena;
	struct draft *draft;
	str sealed;
	int64_t now, expires;
};
/* Applies the change to d->answers, runs the journey anew and hands over the unit. */
void draft_change(struct ctx *c, struct draft *d, struct draft_change *s);
str draft_seal(struct arena *a, const struct key *k, draft_id id, const char *purpose, int64_t row, str plain);
MUST_USE int draft_unseal(struct arena *a, const struct key *k, draft_id id, const char *purpose, int64_t row, str sealed, str *ret);
instant draft_expiry(struct ctx *c);
struct journey_context draft_context(struct ctx *c, const struct place *p);
bool page_has_problems(const struct journey *j, const struct page *p, uint16_t row);
