/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What an applicant does with a case that was sent: answer, add, withdraw, say how the decision is to come, fetch it. Each function prepares
 * and hands over one unit: once-token, lock, change, event. After the commit out->result says how it went.
 *
 *	TRY(case_authorize(c, handle, CASE_ANSWER, &g));
 *	TRY(case_open(c, &g, &f));
 *	TRY(once_open(c, S("withdraw"), token, body, &once));
 *	TRY(applicant_withdraw(f, once, reason, &out));
 */
#pragma once
#include "usecase/casefile.h"
#include "usecase/once.h"

#define APPLICANT_TEXT_MAX 5000		/* characters */
#define APPLICANT_FILES_MAX 100		/* of a case, all together */

enum applicant_result {
	APPLICANT_DONE,		/* or done before: the same form was sent again */
	APPLICANT_NOT_NOW,	/* the case has gone on meanwhile: not possible any more */
	APPLICANT_TOO_MANY,	/* files */
};
struct applicant_outcome {
	enum applicant_result result;
	bool repeated, differs;	/* the form was sent before; with other content */
	bool answered;		/* an open question was answered by it */
};
struct answer_in {
	str text;			/* may be empty when there are files */
	const struct stored_file *file;	/* durable and checked */
	size_t files;
};
/* Answers the open question, or adds something of one's own accord. */
MUST_USE int applicant_answer(struct casefile *f, struct once *once, const struct answer_in *in, struct applicant_outcome **ret);
MUST_USE int applicant_withdraw(struct casefile *f, struct once *once, str reason, struct applicant_outcome **ret);
/* May the decision be made known here? Until it is sent. */
MUST_USE int applicant_consent(struct casefile *f, struct once *once, bool online, struct applicant_outcome **ret);
/* First retrieval of the decision: recorded with its time, and from when it counts as made known. Later ones change nothing. */
MUST_USE int applicant_fetch(struct casefile *f, struct once *once, struct applicant_outcome **ret);

bool applicant_may_answer(const struct case_row *row);
bool applicant_may_withdraw(const struct case_row *row);
bool applicant_may_consent(const struct case_row *row);

enum fetch_state {
	FETCH_NONE,		/* no decision was sent */
	FETCH_OFFERED,		/* lies ready; fetching it is recorded */
	FETCH_DONE,		/* was fetched here */
	FETCH_POST,		/* comes by post, or the offer has ended: not to be had here */
	FETCH_POSTED,		/* went by post; a copy may be read here */
};
enum fetch_state fetch_state(const struct case_row *row, const struct letter_row *l, const struct service_clocks *clocks, struct date today);
/* The sealed PDF as it was made. ERR_NOTFOUND unless it was fetched or posted before. Reads blobs: work pool. After casefile_letters. */
MUST_USE int decision_bytes(struct casefile *f, str *ret);
