/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Deciding: draft, second pair of eyes, sending.
 *
 *	draft --decide_save--> draft --decide_submit--> waits --decide_return--> draft     (four eyes)
 *	draft ------------------------decide_send-----------------------------> sent      (no four eyes)
 *	waits ------------------------decide_send by another lead-------------> sent
 *
 * Sending makes the PDF once and keeps it sealed as made; it has two halves, because the PDF is slow:
 *
 *	TRY(decide_send_prepare(f, &in, &send));	// checks, reads, makes the code of the public check page
 *	req_work(rq, decide_send_work, send, then);	// PDF, sealed blob: on the work pool
 *	then: TRY(decide_send(send, &out));		// one unit: letter, case, events, mail
 */
#pragma once
#include "usecase/letters.h"
#include "usecase/work.h"

struct decide_in {
	struct work_in work;
	str template_id, reason;
	int64_t fee_cents;		/* -1: as the form has computed it */
};
/* What stands in the way of a decision with these words, before anything is written; DECIDE_FINE: nothing. */
enum decide_problem { DECIDE_FINE, DECIDE_NO_TEMPLATE, DECIDE_NO_REASON, DECIDE_TOO_LONG, DECIDE_NOT_NOW };
#define DECIDE_REASON_MAX 8000
enum decide_problem decide_check(const struct casefile *f, const struct decide_in *in, bool final);

/* The draft in work or waiting; NULL: none (the last decision, if any, was sent). After casefile_letters. */
const struct case_letter *decide_draft(const struct casefile *f);
/* A letter with these words that is stored nowhere: preview. */
struct case_letter decide_letter(const struct casefile *f, const struct decide_in *in);
/* Needs this case a second person? By its definition. */
bool decide_four_eyes(const struct casefile *f);
/* May this clerk release the waiting letter: a lead who has not drafted it. */
bool decide_may_release(const struct casefile *f);

MUST_USE int decide_save(struct casefile *f, const struct decide_in *in, struct work_outcome **ret);
MUST_USE int decide_submit(struct casefile *f, const struct decide_in *in, struct work_outcome **ret);
MUST_USE int decide_return(struct casefile *f, const struct work_in *in, str reason, struct work_outcome **ret);

struct decide_send;
/* in NULL words (template empty): release what waits, unchanged. WORK_DENIED shows in decide_send's outcome. */
MUST_USE int decide_send_prepare(struct casefile *f, const struct decide_in *in, struct decide_send **ret);
void decide_send_work(void *send);
MUST_USE int decide_send(struct decide_send *send, struct work_outcome **ret);
/* The PDF of a letter that was sent, as it was made. */
MUST_USE int letter_bytes(struct casefile *f, const struct case_letter *l, str *ret);
