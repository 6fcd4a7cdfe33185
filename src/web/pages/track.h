/* SPDX-License-Identifier: EUPL-1.2 */
/* Shared by the pages of a case in its applicant's hands (/vorgang/...). */
#pragma once
#include "usecase/applicant.h"
#include "usecase/follow.h"
#include "web/pages/citizen.h"

/* The case of the path, opened. 404 whatever the reason when this session has nothing to do with it. */
MUST_USE int track_open(struct req *rq, enum case_permission p, struct casefile **ret);
struct page_view track_frame(struct req *rq, const struct casefile *f, str title);
str track_service(struct req *rq, const struct casefile *f);
/* "/vorgang/<handle>", with "/tail". */
str track_href(struct req *rq, const char *tail);
/* Back to the status page, which says `said` once ("antwort", "spaet" ...: pages/status.c). */
MUST_USE int track_back(struct req *rq, const char *said);
/* The once-token of the posted form. ERR_PARSE: none came along. */
MUST_USE int track_once(struct req *rq, str route, struct once **ret);
struct file_view track_file(struct req *rq, const struct stored_file *s);
/* pages/answer.c: fields of a message, also on the status page. */
struct field_view track_text_field(struct req *rq, str label);
struct field_view track_file_field(struct req *rq);
