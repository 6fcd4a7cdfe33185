/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What the sign-in knows about a person, as typed into a field that asks for the person's own data: recognised by the field's
 * autocomplete token (WCAG 1.3.5), which authors set for the applicant's own data only. Shown to be checked, never written by itself.
 *
 *	const struct node *who = prefill_person(c);		// NULL: nobody has identified
 *	str raw = prefill_value(c->arena, who, form, field);	// empty: nothing fits
 */
#pragma once
#include "base/node.h"
#include "usecase/ctx.h"

const struct node *prefill_person(struct ctx *c);
/* In the raw form of answers: dates as "d|m|y". */
str prefill_value(struct arena *a, const struct node *person, const struct form *form, const struct field *f);
