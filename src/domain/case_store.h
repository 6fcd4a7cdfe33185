/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * SQL of cases. Everything that reads or writes rows of a case takes the grant that allows it. Functions that write run inside a unit.
 * Memory: rows are copied into the arena given.
 */
#pragma once
#include "domain/grant.h"

/* Rows by key; only usecase/access.c, which makes grants of them, calls the first four. */
MUST_USE int case_row_by_handle(struct dbc *db, struct arena *a, tenant_id t, const struct digest *handle, struct case_row *ret);
MUST_USE int case_row_by_follow(struct dbc *db, struct arena *a, tenant_id t, const struct digest *follow, struct case_row *ret);
MUST_USE int case_row_by_reference(struct dbc *db, struct arena *a, tenant_id t, str reference, struct case_row *ret);
MUST_USE int case_row_by_id(struct dbc *db, struct arena *a, tenant_id t, case_id id, struct case_row *ret);

/* Inside a unit: reads the row anew, so that what follows rests on the newest state. ERR_CONFLICT when version is given (>= 0) and differs. */
MUST_USE int case_lock(struct dbc *db, struct arena *a, const struct grant *g, int64_t version, struct case_row *ret);
/* Writes back phase, substate, clerk, dates, flags, fee, payment, unread; version + 1, updated_at; with the head of the event appended last. */
MUST_USE int case_save(struct dbc *db, const struct grant *g, struct case_row *row, instant now);
/* Appends an event to the chain; row->seq and row->head move on (case_save writes them). e->sealed is ready; seq and hash are filled. */
MUST_USE int case_event_add(struct dbc *db, const struct grant *g, struct case_row *row, struct event *e);
MUST_USE int case_events(struct dbc *db, struct arena *a, const struct grant *g, struct event **ret, size_t *ret_n);
/* Walks the chain; ERR_CRYPTO at the first event that does not fit, ret_bad tells which (0: head differs). */
MUST_USE int case_chain_verify(struct dbc *db, struct arena *a, const struct grant *g, int64_t *ret_bad);

/* Sealed parts by kind: "answers", "submission", "receipt", "links" (handle and follow link), "contact", "identity", "correction". */
MUST_USE int case_content_get(struct dbc *db, struct arena *a, const struct grant *g, str kind, str *ret_sealed);
MUST_USE int case_content_put(struct dbc *db, const struct grant *g, str kind, str sealed);

struct message_row {
	int64_t id;
	instant at;
	bool to_applicant, asks;
	clerk_id clerk;
	int32_t answer_by;		/* date as days; 0 none */
	instant answered_at, read_at;	/* us 0: not yet */
	str sealed;			/* purpose "message": JSON {text, files:[id]} */
};
MUST_USE int case_messages(struct dbc *db, struct arena *a, const struct grant *g, struct message_row **ret, size_t *ret_n);
MUST_USE int case_message_add(struct dbc *db, const struct grant *g, const struct message_row *m);
MUST_USE int case_messages_answered(struct dbc *db, const struct grant *g, instant at);	/* all open questions */

struct attachment_row {
	int64_t id;			/* blob id too */
	tenant_id blob_tenant;
	int origin;			/* 1 application 2 later by the applicant 3 clerk */
	int64_t size;
	instant at;
	str sealed;			/* purpose "file": JSON, see usecase/files.h */
};
MUST_USE int case_attachments(struct dbc *db, struct arena *a, const struct grant *g, struct attachment_row **ret, size_t *ret_n);
MUST_USE int case_attachment_add(struct dbc *db, const struct grant *g, const struct attachment_row *r);

struct note_row {
	int64_t id;
	clerk_id clerk;
	instant at;
	str sealed;			/* purpose "note": the text */
};
MUST_USE int case_notes(struct dbc *db, struct arena *a, const struct grant *g, struct note_row **ret, size_t *ret_n);
MUST_USE int case_note_add(struct dbc *db, const struct grant *g, const struct note_row *n);

enum letter_state { LETTER_DRAFT = 1, LETTER_WAITS = 2, LETTER_SENT = 3 };
struct letter_row {
	int64_t id;
	str kind, template_id;		/* kind: decision, copy */
	enum letter_state state;
	clerk_id clerk, approved_by;
	str sealed;			/* purpose "letter": JSON {text, reason, blobkey ...} */
	int64_t blob_id;		/* 0: no PDF yet */
	struct digest check_hash, pdf_hash;
	bool has_check;
	instant created_at, sent_at, fetched_at;
	int32_t known_on;
	bool post_task;
};
MUST_USE int case_letters(struct dbc *db, struct arena *a, const struct grant *g, struct letter_row **ret, size_t *ret_n);
MUST_USE int case_letter_put(struct dbc *db, const struct grant *g, const struct letter_row *l);	/* inserts or replaces */

/* Jobs: decisions sent and not fetched, not posted and not yet a task; in order of their ids, behind `after`. */
struct letter_ref {
	tenant_id tenant;
	case_id case_id;
	int64_t letter_id;
	instant sent_at;
};
MUST_USE int letters_unfetched(struct dbc *db, struct arena *a, tenant_id t, int64_t after, int limit, struct letter_ref **ret, size_t *ret_n);

/* New case, inside the submitting unit. Rows of content, events, tokens and outbox are added with the same grant afterwards. */
struct case_new {
	struct case_row row;
	struct digest handle, follow;
	draft_id draft;
};
MUST_USE int case_insert(struct dbc *db, const struct grant *g, const struct case_new *n);
MUST_USE int case_name_tokens_put(struct dbc *db, const struct grant *g, const int64_t *token, size_t n);
/* The case belongs to the applicant's account from now on (0: to none, the account was closed). Not part of the chain: nothing of the case changes. */
MUST_USE int case_owner_set(struct dbc *db, const struct grant *g, account_id owner);
/* The session may see the case from now on. */
MUST_USE int case_session_allow(struct dbc *db, const struct grant *g, const struct digest *session);
