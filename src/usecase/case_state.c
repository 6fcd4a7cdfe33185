/* SPDX-License-Identifier: EUPL-1.2 */
#include "usecase/case_state.h"

#define SOON_DAYS 3

enum case_stage case_stage(const struct case_row *row, const struct case_letter *d)
{
	bool sent = d && d->row.state == LETTER_SENT;

	switch (row->phase) {
	case PHASE_SUBMITTED:
		return STAGE_RECEIVED;
	case PHASE_IN_WORK:
		return STAGE_WORK;
	case PHASE_ASKED:
		return STAGE_ASKED;
	case PHASE_DECIDED:
		return STAGE_DECIDING;
	case PHASE_KNOWN:
		if (sent && d->row.fetched_at.us)
			return STAGE_FETCHED;
		if (sent && d->row.post_task)
			return STAGE_POST;
		if (sent && d->row.known_on)
			return STAGE_POSTED;
		return row->online_consent ? STAGE_READY : STAGE_POST;
	case PHASE_CLOSED:
		return STAGE_CLOSED;
	case PHASE_WITHDRAWN:
		return STAGE_WITHDRAWN;
	case PHASE_ARCHIVED:
		return STAGE_ARCHIVED;
	case PHASE_DESTROYED:
		break;
	}
	return STAGE_DESTROYED;
}

#define WORDS(STAGE) [STAGE_##STAGE] = { TX_STATE_BADGE_##STAGE, TX_STATE_TITLE_##STAGE, TX_STATE_NEXT_##STAGE }
static const struct {
	enum text_id badge, title, next;
} words[] = {
	WORDS(RECEIVED), WORDS(WORK), WORDS(ASKED), WORDS(DECIDING), WORDS(READY), WORDS(FETCHED), WORDS(POST), WORDS(POSTED), WORDS(CLOSED),
	WORDS(WITHDRAWN), WORDS(ARCHIVED), WORDS(DESTROYED),
};

str stage_badge(enum lang l, enum case_stage s)
{
	return text_get(l, words[s].badge);
}

enum state_tone stage_tone(enum case_stage s)
{
	switch (s) {
	case STAGE_ASKED:
		return TONE_WARNING;
	case STAGE_READY:
	case STAGE_FETCHED:
	case STAGE_POSTED:
	case STAGE_CLOSED:
		return TONE_SUCCESS;
	default:
		return TONE_INFO;
	}
}

struct case_state case_state(struct ctx *c, enum lang l, const struct case_row *row, const struct case_letter *decision)
{
	struct case_state s = { .stage = case_stage(row, decision) };

	s.tone = stage_tone(s.stage);
	s.badge = text_get(l, words[s.stage].badge);
	s.title = text_get(l, words[s.stage].title);
	s.next = text_get(l, words[s.stage].next);
	if (row->due_on && !row->waiting_since.us && row->phase < PHASE_KNOWN) {
		int32_t left = row->due_on - date_days(c->today);

		s.by = date_from_days(row->due_on);
		s.late = left < 0;
		s.soon = left >= 0 && left <= SOON_DAYS;
	}
	return s;
}

str event_words(enum lang l, enum event_kind k)
{
	if (!event_visible(k))
		return STR_EMPTY;
	switch (k) {
#define SAY(KIND) case EVENT_##KIND: return text_get(l, TX_STATE_EVENT_##KIND);
	SAY(SUBMITTED) SAY(TAKEN) SAY(ASKED) SAY(ANSWERED) SAY(ADDED) SAY(MESSAGE) SAY(CORRECTED) SAY(DECIDED) SAY(NOTICE) SAY(PAID)
	SAY(FETCHED) SAY(POSTED) SAY(CONSENT) SAY(WITHDRAWN) SAY(SOFTWARE_STATUS) SAY(CLOSED) SAY(REOPENED)
#undef SAY
	default:
		return STR_EMPTY;
	}
}
