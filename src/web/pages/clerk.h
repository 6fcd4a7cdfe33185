/* SPDX-License-Identifier: EUPL-1.2 */
/* Shared by the clerks' pages about cases. */
#pragma once
#include "usecase/case_state.h"
#include "usecase/once.h"
#include "usecase/work.h"
#include "web/pages.h"

struct page_view clerk_frame(struct req *rq, str title, enum page_nav nav);
/* The case of the first path segment, for this clerk; foreign or unknown: ERR_NOTFOUND. */
MUST_USE int clerk_open(struct req *rq, enum case_permission p, struct casefile **ret);
/* "/fall/<reference><tail>" */
str case_href(struct req *rq, const struct casefile *f, const char *tail);
/* Form of a case: posts to path with the version that is shown ("?stand=7"), and a once-token. */
struct post_view case_post(struct req *rq, const struct casefile *f, const char *tail);
/* What such a form brings: once-token and version. ERR_PARSE without token. */
MUST_USE int case_in(struct req *rq, struct work_in *ret);
str case_service(struct req *rq, const struct casefile *f);

/* After the commit: leads back to the case with a word of thanks (key of office.done.*), or shows again what could not be done. */
struct clerk_done {
	struct casefile *file;
	struct work_outcome *out;
	const char *word;			/* "note" */
	int (*again)(struct req *rq, struct casefile *f, str problem, int status);	/* NULL: the case page with the problem */
};
MUST_USE int clerk_commit(struct req *rq, struct casefile *f, struct work_outcome *o, const char *word,
			  int (*again)(struct req *rq, struct casefile *f, str problem, int status));
/* Neighbours and place of a case in the list one comes from ("?ansicht=neu&nach=frist"), and that list as a query, "" or with its "?". */
MUST_USE int case_in_list(struct req *rq, const struct case_row *row, struct clerk_case_view *v);
str case_list_query(struct req *rq);
MUST_USE int show_case(struct req *rq, struct casefile *f, str problem, int status);
struct file_view case_file_view(struct req *rq, const struct casefile *f, const struct case_file *x);
enum notice_kind notice_of(enum state_tone t);

/* Fields of small forms. */
struct field_view form_line(str key, str label, str value);
struct field_view form_area(str key, str label, str value, int max);
struct field_view form_date(struct req *rq, str key, str label);
/* A typed date of form_date: empty parts give days 0. */
MUST_USE int typed_date(struct req *rq, str key, int32_t *ret_days);
struct field_view form_choice(str key, str label, enum field_look look, const struct option_view *o, size_t n);
/* Puts an error to a field and into the summary (room for one more item is the caller's). */
void form_error(struct req *rq, struct errors_view *e, struct field_view *f, str text);
/* Active clerks of the authority as options; chosen: ticked. */
MUST_USE int clerk_options(struct req *rq, int64_t chosen, bool with_self, struct option_view **ret, size_t *ret_n);

/* Timeline and protocol: an event in the clerks' words. */
str event_title(struct req *rq, const struct case_event *e);
str event_who(struct req *rq, struct casefile *f, const struct case_event *e);
str date_of_days(struct req *rq, int32_t days);
