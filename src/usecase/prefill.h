/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What the sign-in knows about a person, as typed into a field that asks for the person's own data: recognised by the field's
 * autocomplete token (WCAG 1.3.5), which authors set for the applicant's own data only. Shown to be checked, never written by itself;
 * only fields with "locked: identity" take it as it is (struct journey_context.proved). What else is known: usecase/known_data.h.
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
/* "anschrift.hausnummer" beside "anschrift.strasse": there is no token for a house number alone. */
bool prefill_beside_street(const struct form *form, const struct field *f);
/* Does this identity say just this about the field? Then its value is proved, whoever typed it. */
bool prefill_proves(struct arena *a, const struct node *person, const struct form *form, const struct value *v);
/* For struct journey_context: what the present session has proved (trust substantial or high). */
void prefill_prove(struct ctx *c, struct journey_context *j);
