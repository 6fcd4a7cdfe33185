/* SPDX-License-Identifier: EUPL-1.2 */
/* Uploaded files on their way in and out; shared by the form, the answer to a question and the clerks' pages. */
#pragma once
#include "usecase/drafts.h"
#include "web/pages.h"
#include "web/upload.h"

#define LOOKS_PER_MINUTE 120	/* requests with files of one client; each brings at most UPLOAD_FILES_MAX */
/* Has the intake process look at a durable upload, stores its preview. accept: bits of enum file_accept. Blocks: work pool only.
   *ret_error: what the applicant is to do; empty: fine. A refused upload's chunks are deleted. */
MUST_USE int file_check(struct req *rq, const struct upload_file *f, tenant_id tenant, unsigned accept, struct stored_file *ret, str *ret_error);
/* The stored preview bitmap (our own, re-encoded). */
MUST_USE int file_preview(struct req *rq, const struct stored_file *f);

/* pages/draft.c */
struct step_outcome;
MUST_USE int question_with_error(struct req *rq, struct draft *d, const struct page *p, uint16_t row, str key, str error);
MUST_USE int after_page(struct req *rq, struct step_outcome *o);
bool values_changed(struct req *rq);
str same_page(struct req *rq, const struct step_outcome *o);
MUST_USE int refused_file(struct req *rq);
