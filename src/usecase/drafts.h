/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Drafts: what an applicant fills in. They belong to the portal, are sealed under a key of their own, live 30 days after the last change
 * (setting draft_days), and go on elsewhere with a resume code. A draft is found by its handle (128 bits) and only by its owner: the session
 * that began or resumed it, or the account.
 *
 *	struct draft *d;
 *	TRY(draft_open(c, handle, &d));
 *	const struct visit *at = journey_find(d->journey, page->index, row);
 */
#pragma once
#include "usecase/ctx.h"

struct draft {
	draft_id id;
	str handle;
	str service;
	const struct place *place;
	const struct definition *definition;
	struct answers *answers;
	const struct journey *journey;
	struct journey_context context;
	int64_t version, key_id;
	struct key key;
	instant updated, expires;
	bool submitted;
	tenant_id case_tenant;
	case_id case_id;
	bool carried;			/* the form was newer: answers were carried over (P2); said once */
	size_t lost;			/* answers that no longer fit */
	str receipt_page;		/* JSON kept for the confirmation, after submission */
};

/* The handle of a draft that this actor owns (lists, resume). */
MUST_USE int draft_handle(struct ctx *c, draft_id id, str *ret);
/* Begins a draft for a service at a place. A visitor without session gets one: *ret_session is the hash to insert, already in c->actor. */
MUST_USE int draft_start(struct ctx *c, const struct place *place, str service, bool new_session, str *ret_handle);
/* ERR_NOTFOUND: no such draft of this owner. ERR_EXPIRED. Runs the journey with the present answers. */
MUST_USE int draft_open(struct ctx *c, str handle, struct draft **ret);
/* Only whose it is and its size: the gate of uploads. */
MUST_USE int draft_gate(struct ctx *c, str handle, draft_id *ret);

enum step_result {
	STEP_SAVED,		/* page is complete: go on */
	STEP_WRONG,		/* saved as typed, but has problems: show them */
	STEP_CONFLICT,		/* the page was changed elsewhere meanwhile: show both (P10); nothing is written */
	STEP_CLOSED,		/* was submitted meanwhile */
	STEP_LOCKED,		/* something else was sent for a field that the identity says: nothing is written */
	STEP_GONE,		/* the page is not reachable (any more) */
};
struct step_outcome {
	enum step_result result;
	struct draft *draft;		/* with the answers as they are now, journey run anew */
	const struct page *page;
	uint16_t row;
	const struct field *locked;	/* STEP_LOCKED */
	struct answers *before;		/* STEP_CONFLICT: as stored; draft->answers: as typed */
};
/* Takes a posted page. fingerprint: of the page as it was shown; override: the person has chosen the own version after a conflict. */
MUST_USE int draft_step(struct ctx *c, str handle, str page, uint16_t row, const struct pairs *posted, str fingerprint, bool override,
			struct step_outcome **ret);
/* Answers the list page of a group: another row, or go on. */
MUST_USE int draft_more(struct ctx *c, struct draft *d, uint16_t group, uint16_t outer, bool another);
MUST_USE int draft_row_remove(struct ctx *c, struct draft *d, uint16_t group, uint16_t row);
/* Where the form goes on: path behind "/antrag/<handle>/": first page that is not complete, or "pruefen". */
str draft_next_path(struct arena *a, const struct draft *d, const struct visit *after);
str visit_path(struct arena *a, const struct draft *d, const struct visit *v);

/* The resume code: 80 bits, "7K3M-9QX2-4F7K-92MD", derived from the draft's id by a key of the portal; works from the first time it was shown. */
/* email: sent there too (the code and the page where it is typed, nothing else); empty: not. */
MUST_USE int draft_resume_code(struct ctx *c, struct draft *d, str email, str *ret_code);
/* The code is typed elsewhere: the draft goes over to this session. Throttled by the caller. ERR_NOTFOUND. */
MUST_USE int draft_resume(struct ctx *c, str code, bool new_session, str *ret_handle);
MUST_USE int draft_delete(struct ctx *c, struct draft *d);
/* The same answers in another place: the definition of that town, carried over. */
MUST_USE int draft_move(struct ctx *c, struct draft *d, const struct place *to);

/* Previews only: other answers in place of these, in one unit. */
void draft_put(struct ctx *c, struct draft *d, const struct answers *x);

struct draft_item {
	str handle, service;
	const struct place *place;
	const struct definition *definition;
	instant updated, expires;
};
/* Open drafts of this session or account, newest first, at most 20. */
MUST_USE int drafts_mine(struct ctx *c, struct draft_item **ret, size_t *ret_n);

/* ---- files of a draft ---- */
#define DRAFT_FILES_MAX 30
struct stored_file {
	int64_t id;
	str name, type;			/* type as detected: "pdf", "jpeg", "png" */
	int64_t size;
	struct key blob_key;
	tenant_id blob_tenant;
	int32_t pages;			/* PDF */
	int64_t preview_id;		/* blob of the preview bitmap; 0: none */
	struct key preview_key;
};
MUST_USE int draft_files(struct ctx *c, struct draft *d, struct stored_file **ret, size_t *ret_n);
/* A posted page with files: takes the text fields, adds checked files to their field, removes what was ticked off. One unit. */
struct upload_in {
	str page;
	uint16_t row;
	const struct pairs *posted;
	const struct stored_file *file;	/* durable and checked */
	const str *field_key;		/* of each file: name of its input */
	size_t files;
	int64_t remove;			/* attachment id; 0: none */
};
MUST_USE int draft_upload(struct ctx *c, str handle, const struct upload_in *in, struct step_outcome **ret);
str stored_file_json(struct arena *a, const struct stored_file *f);
MUST_USE int stored_file_parse(struct arena *a, str json, struct stored_file *ret);
