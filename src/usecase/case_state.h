/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Where a case stands, what comes next, by when: one answer for applicant and clerk (P9). The words are keys state.* of ui/texts.
 *
 *	struct case_state s = case_state(c, LANG_DE, &row, casefile_decision(f));	// after casefile_letters; NULL: no decision yet
 *	s.badge "In Arbeit", s.title "Wir prüfen Ihren Antrag", s.next "...", s.by 2026-12-04
 */
#pragma once
#include "usecase/casefile.h"

enum case_stage {
	STAGE_RECEIVED, STAGE_WORK, STAGE_ASKED, STAGE_DECIDING, STAGE_READY, STAGE_FETCHED, STAGE_POST, STAGE_POSTED, STAGE_CLOSED,
	STAGE_WITHDRAWN, STAGE_ARCHIVED, STAGE_DESTROYED,
};
enum state_tone { TONE_INFO, TONE_SUCCESS, TONE_WARNING, TONE_DANGER };	/* as enum notice_kind of the views */

struct case_state {
	enum case_stage stage;
	enum state_tone tone;
	str badge, title, next;
	struct date by;			/* promised; year 0: not said or the clock stands */
	bool late;			/* by is over, for the clerk */
	bool soon;			/* within three days */
};
struct case_state case_state(struct ctx *c, enum lang l, const struct case_row *row, const struct case_letter *decision);
enum case_stage case_stage(const struct case_row *row, const struct case_letter *decision);
str stage_badge(enum lang l, enum case_stage s);
enum state_tone stage_tone(enum case_stage s);
/* What the timeline of the applicant says to an event; empty: it is not shown there. */
str event_words(enum lang l, enum event_kind k);
