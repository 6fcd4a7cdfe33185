/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What is known already about the person who fills in a form, and where from: the proved identity, the account, the last application that
 * this account sent. It is put into fields that ask for the applicant's own data (autocomplete token) and have no answer yet; the page names
 * the source, and the person may change it. Nothing is written until the page is sent.
 *
 *	TRY(known_data_read(c, &k));
 *	str raw = known_data_value(arena, k, form, field, &source);	// empty: nothing is known
 */
#pragma once
#include "usecase/prefill.h"

enum known_source { KNOWN_NOT, KNOWN_IDENTITY, KNOWN_ACCOUNT, KNOWN_LAST };

struct known_data {
	const struct node *person;	/* NULL: no identity */
	bool account;
	str email;			/* of the account */
	const struct journey *last;	/* newest application of the account; NULL: none */
};
/* Reads account and last application; a case that is destroyed or not readable is left out. */
MUST_USE int known_data_read(struct ctx *c, struct known_data **ret);
str known_data_value(struct arena *a, const struct known_data *k, const struct form *form, const struct field *f, enum known_source *ret_source);
