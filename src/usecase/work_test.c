/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/testing.h"
#include "usecase/case_state.h"
#include "usecase/work.h"

static instant noon(int year, int month, int day)
{
	return civil_to_instant((struct civil){ .date = { (int16_t)year, (int8_t)month, (int8_t)day }, .hour = 12 });
}

static int32_t days(int year, int month, int day)
{
	return date_days((struct date){ (int16_t)year, (int8_t)month, (int8_t)day });
}

static void an_answer_moves_the_due_date_by_the_days_that_the_clock_stood(void **state)
{
	struct case_row row = { .phase = PHASE_ASKED, .due_on = days(2026, 11, 30), .waiting_since = noon(2026, 11, 23) };

	case_answer_received(&row, noon(2026, 11, 26));
	assert_int_equal(row.phase, PHASE_IN_WORK);
	assert_int_equal(row.due_on, days(2026, 12, 3));
	assert_int_equal(row.waiting_since.us, 0);
	assert_true(row.unread);
}

static void a_due_date_that_falls_on_a_weekend_goes_on_to_monday(void **state)
{
	struct case_row row = { .phase = PHASE_ASKED, .due_on = days(2026, 11, 30), .waiting_since = noon(2026, 11, 23) };

	case_answer_received(&row, noon(2026, 11, 28)); /* five days: Saturday, 5 December */
	assert_int_equal(row.due_on, days(2026, 12, 7));
}

static void days_are_those_of_the_calendar_in_berlin(void **state)
{
	/* 23:30 and 00:30 in Berlin are one hour and one day apart; in UTC they are the same day */
	struct case_row row = { .phase = PHASE_ASKED, .due_on = days(2026, 11, 30) };

	row.waiting_since = civil_to_instant((struct civil){ .date = { 2026, 11, 23 }, .hour = 23, .minute = 30 });
	case_answer_received(&row, civil_to_instant((struct civil){ .date = { 2026, 11, 24 }, .hour = 0, .minute = 30 }));
	assert_int_equal(row.due_on, days(2026, 12, 1));
}

static void what_comes_unasked_moves_no_clock(void **state)
{
	struct case_row row = { .phase = PHASE_IN_WORK, .due_on = days(2026, 11, 30) };

	case_answer_received(&row, noon(2026, 11, 26));
	assert_int_equal(row.phase, PHASE_IN_WORK);
	assert_int_equal(row.due_on, days(2026, 11, 30));
	assert_true(row.unread);
}

static void a_case_wants_attention_at_the_earlier_of_due_date_and_follow_up(void **state)
{
	struct case_row row = { .due_on = days(2026, 11, 30), .follow_up_on = days(2026, 11, 27) };

	assert_int_equal(case_attend_on(&row), days(2026, 11, 27));
	row.follow_up_on = days(2026, 12, 27);
	assert_int_equal(case_attend_on(&row), days(2026, 11, 30));
	row.waiting_since = noon(2026, 11, 23); /* the clock stands: only the follow-up counts */
	assert_int_equal(case_attend_on(&row), days(2026, 12, 27));
	row.follow_up_on = 0;
	assert_int_equal(case_attend_on(&row), CASE_NEVER);
}

static void both_sides_see_where_the_decision_is(void **state)
{
	struct case_row row = { .phase = PHASE_KNOWN, .online_consent = true };
	struct case_letter l = { .row.state = LETTER_SENT };

	assert_int_equal(case_stage(&row, &l), STAGE_READY);
	l.row.fetched_at.us = 1;
	assert_int_equal(case_stage(&row, &l), STAGE_FETCHED);
	l = (struct case_letter){ .row = { .state = LETTER_SENT, .post_task = true } };
	assert_int_equal(case_stage(&row, &l), STAGE_POST);
	l.row.post_task = false;
	l.row.known_on = 1;
	assert_int_equal(case_stage(&row, &l), STAGE_POSTED);
	row.phase = PHASE_DECIDED;
	assert_int_equal(case_stage(&row, &l), STAGE_DECIDING);
}

static void a_clock_that_stands_promises_no_day(void **state)
{
	struct ctx c = { .today = { 2026, 11, 28 } };
	struct case_row row = { .phase = PHASE_IN_WORK, .due_on = days(2026, 11, 27) };
	struct case_state s = case_state(&c, LANG_DE, &row, NULL);

	assert_true(s.late && !s.soon && s.by.day == 27);
	row.due_on = days(2026, 12, 1);
	s = case_state(&c, LANG_DE, &row, NULL);
	assert_true(!s.late && s.soon);
	row.phase = PHASE_ASKED;
	row.waiting_since.us = 1;
	s = case_state(&c, LANG_DE, &row, NULL);
	assert_true(!s.by.year && !s.late && !s.soon);
}

static void every_event_that_the_applicant_may_see_has_words_in_both_languages(void **state)
{
	for (int i = 0; i < EVENT_COUNT; i++) {
		enum event_kind k = (enum event_kind)i;

		assert_int_equal(event_words(LANG_DE, k).n > 0, event_visible(k));
		assert_int_equal(event_words(LANG_EN, k).n > 0, event_visible(k));
		assert_true(!event_visible(k) || !str_eq(event_words(LANG_DE, k), event_words(LANG_EN, k)));
	}
}

static void the_name_of_a_template_says_what_it_decides(void **state)
{
	assert_int_equal(decision_of_template(S("erteilt")), DECIDE_GRANT);
	assert_int_equal(decision_of_template(S("teilweise")), DECIDE_PARTLY);
	assert_int_equal(decision_of_template(S("abgelehnt")), DECIDE_REFUSE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_moves_the_due_date_by_the_days_that_the_clock_stood),
		cmocka_unit_test(a_due_date_that_falls_on_a_weekend_goes_on_to_monday),
		cmocka_unit_test(days_are_those_of_the_calendar_in_berlin),
		cmocka_unit_test(what_comes_unasked_moves_no_clock),
		cmocka_unit_test(a_case_wants_attention_at_the_earlier_of_due_date_and_follow_up),
		cmocka_unit_test(both_sides_see_where_the_decision_is),
		cmocka_unit_test(a_clock_that_stands_promises_no_day),
		cmocka_unit_test(every_event_that_the_applicant_may_see_has_words_in_both_languages),
		cmocka_unit_test(the_name_of_a_template_says_what_it_decides),
	};

	return cmocka_run_group_tests_name("work", tests, NULL, NULL);
}
