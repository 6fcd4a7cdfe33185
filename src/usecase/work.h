/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What a clerk does with a case, but for the decision (decide.h). Each function prepares (seals, checks) and hands over one unit: once-token,
 * lock, change, event, and what follows (message, mail). After the commit out->result says how it went.
 *
 *	TRY(case_authorize_clerk(c, reference, CASE_WORK, &g));
 *	TRY(case_open(c, &g, &f));
 *	in = (struct work_in){ .once = once, .version = 7 };	// of the page that was shown; -1: whatever it is now
 *	TRY(work_ask(f, &in, text, date_days(by), &out));
 */
#pragma once
#include "usecase/casefile.h"
#include "usecase/once.h"

enum work_result {
	WORK_DONE,		/* or done before: the same form was sent again */
	WORK_CONFLICT,		/* the case was changed meanwhile: nothing was written */
	WORK_NOT_NOW,		/* not possible in this phase */
	WORK_DENIED,		/* needs a lead */
};
struct work_in {
	struct once *once;
	int64_t version;	/* -1: not compared */
};
struct work_outcome {
	enum work_result result;
};

MUST_USE int work_take(struct casefile *f, const struct work_in *in, struct work_outcome **ret);
/* What is new was read: the mark in the inbox goes. */
MUST_USE int work_seen(struct casefile *f, const struct work_in *in, struct work_outcome **ret);
/* to 0: given back, belongs to nobody. A case of somebody else: leads, and who stands in for that person today. */
MUST_USE int work_assign(struct casefile *f, const struct work_in *in, clerk_id to, str reason, struct work_outcome **ret);
/* day 0: no follow-up any more. */
MUST_USE int work_follow_up(struct casefile *f, const struct work_in *in, int32_t day, str reason, struct work_outcome **ret);
MUST_USE int work_note(struct casefile *f, const struct work_in *in, str text, struct work_outcome **ret);
/* answer_by 0: a message that needs no answer, the clock goes on. Else phase ASKED: the clock stands until the answer comes. */
MUST_USE int work_ask(struct casefile *f, const struct work_in *in, str text, int32_t answer_by, struct work_outcome **ret);
MUST_USE int work_paid(struct casefile *f, const struct work_in *in, struct work_outcome **ret);
/* The letter went to the post today: from which day it counts as made known. */
MUST_USE int work_posted(struct casefile *f, const struct work_in *in, struct work_outcome **ret);
MUST_USE int work_close(struct casefile *f, const struct work_in *in, str reason, struct work_outcome **ret);
MUST_USE int work_reopen(struct casefile *f, const struct work_in *in, struct work_outcome **ret);
/* A remark beside an answer: what the authority reckons with. The answer itself is never changed. value empty: the remark is taken back. */
MUST_USE int work_correct(struct casefile *f, const struct work_in *in, str field, uint16_t row, str value, str reason, struct work_outcome **ret);

/* The remark in force beside an answer; empty: none. After casefile_events. */
str work_correction(const struct casefile *f, str field, uint16_t row);
/* True when this clerk may hand over the case: own, nobody's, of one whom he stands in for, or a lead. */
MUST_USE int work_may_assign(struct casefile *f, bool *ret);

/*
 * For the applicant's unit, when an answer has come: the clock goes on, the due date moves by the days that it stood, the case is unread.
 * The caller has locked the row, adds the event and saves. In any other phase only unread is set.
 */
void case_answer_received(struct case_row *row, instant now);
