/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Submitting: one unit makes the case, its first event, the sealed content, the receipt, search tokens and outbox rows, and closes the draft (P1).
 * Sealing, hashing and signing happen before the unit. A second submission of the same draft gives the first confirmation.
 */
#pragma once
#include "usecase/drafts.h"

enum submit_result {
	SUBMIT_DONE,
	SUBMIT_REPEATED,	/* was submitted before: the first confirmation; differs says whether the answers were others */
	SUBMIT_INCOMPLETE,	/* something is missing or wrong: journey of the draft says what */
	SUBMIT_CHANGED,		/* the draft was changed in another tab meanwhile: show the check page anew */
	SUBMIT_TRUST,		/* the service needs a stronger sign-in than this session has */
};
struct submit_in {
	bool online_consent;	/* the decision may be made known here */
	str email;		/* where news may be sent (link only); empty: nowhere; already checked */
	enum lang lang;
	str fingerprint;	/* of the answers as the check page showed them; empty: not compared */
};
struct submit_outcome {
	enum submit_result result;
	bool differs;
	struct draft *draft;
	str handle, follow_token, reference;	/* SUBMIT_DONE, SUBMIT_REPEATED */
};
MUST_USE int draft_submit(struct ctx *c, str handle, const struct submit_in *in, struct submit_outcome **ret);

/* What the confirmation shows, kept with the draft. */
struct confirmation {
	str handle, follow_token, reference, email, fingerprint;
	instant at;
	int64_t fee_cents;
	bool fee_due;
};
MUST_USE int confirmation_parse(struct arena *a, str json, struct confirmation *ret);
/* Fingerprint of all answers of a draft. */
str draft_fingerprint(struct arena *a, const struct draft *d);
