/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What specialist software does with a case that was handed over to it: reads it, fetches its files, reports how it stands. It sees the cases
 * that were delivered to its own destination, and no others: for all others it gets "not found".
 *
 *	TRY(case_authorize(c, handle, CASE_DELIVER, &g)); TRY(case_open(c, &g, &f));
 *	TRY(software_status_read(c, body, &in));		// in.problem says what is wrong with the body
 *	TRY(once_open(c, S("api_status"), idempotency_key, sha256(body), &once));
 *	TRY(software_status(f, once, &in, &out));		// hands over a unit
 */
#pragma once
#include "usecase/casefile.h"
#include "usecase/once.h"
#include "usecase/outbox.h"

#define SOFTWARE_TEXT_MAX 5000
#define SOFTWARE_REFERENCE_MAX 100

enum software_state { SOFTWARE_RECEIVED, SOFTWARE_IN_WORK, SOFTWARE_QUESTION, SOFTWARE_DECIDED, SOFTWARE_REJECTED, SOFTWARE_CLOSED, SOFTWARE_STATES };
str software_state_name(enum software_state s);		/* "in_work" ...: as in the interface */

struct software_in {
	enum software_state state;
	str text;			/* for the applicant; may be empty, but for a question */
	str external_reference;		/* may be empty */
	const char *problem;		/* English, for the other side's developers; NULL: fine */
};
MUST_USE int software_status_read(struct ctx *c, str body, struct software_in *ret);

enum software_result { SOFTWARE_DONE, SOFTWARE_NOT_NOW };
struct software_outcome {
	enum software_result result;
	bool repeated, differs;		/* the same key came before; with another body */
	enum case_phase phase;		/* as it is after it */
	int64_t seq;			/* number of the event */
};
MUST_USE int software_status(struct casefile *f, struct once *once, const struct software_in *in, struct software_outcome **ret);
