/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Who stands in for whom: while a clerk is absent, the substitute sees that clerk's cases among the own ones and may hand them over.
 * A clerk enters this for herself; a lead for everybody. The cases keep their clerk.
 */
#pragma once
#include "usecase/once.h"

struct substitution {
	clerk_id absent, by;
	str absent_name, by_name;
	int32_t from, until;		/* days */
};
/* Those that run today or later, of the actor's authority. */
MUST_USE int substitutions(struct ctx *c, struct substitution **ret, size_t *ret_n);

enum substitute_result { SUBSTITUTE_DONE, SUBSTITUTE_DENIED, SUBSTITUTE_UNKNOWN };
struct substitute_outcome {
	enum substitute_result result;	/* final after the commit */
};
/* by 0: ends it. */
MUST_USE int substitute_set(struct ctx *c, struct once *once, const struct substitution *s, struct substitute_outcome **ret);
