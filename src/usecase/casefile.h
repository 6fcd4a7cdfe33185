/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A case opened to be read: row, key and definition at once; everything that costs is read when it is asked for, once.
 * The same file serves the applicant's status pages, the clerk's page, PDFs and deliveries; notes are for clerks only.
 *
 *	struct casefile *f;
 *	TRY(case_authorize(c, handle, CASE_READ, &g));
 *	TRY(case_open(c, &g, &f));
 *	TRY(casefile_journey(f));		// f->journey: answers under the stored definition, place and day
 *	TRY(casefile_messages(f));		// f->message[0 .. f->messages)
 */
#pragma once
#include "usecase/access.h"
#include "usecase/drafts.h"

enum decision_kind { DECIDE_GRANT, DECIDE_PARTLY, DECIDE_REFUSE };

struct case_message {
	int64_t id;
	instant at;
	bool to_applicant, asks;
	clerk_id clerk;
	int32_t answer_by;		/* days; 0 none */
	instant answered_at, read_at;
	str text;
	const int64_t *file;		/* ids of attachments */
	size_t files;
};
struct case_file {			/* an attachment */
	struct stored_file stored;
	int origin;			/* 1 application, 2 later by the applicant, 3 clerk */
	instant at;
};
struct case_note {
	int64_t id;
	clerk_id clerk;
	instant at;
	str text;
};
struct case_letter {
	struct letter_row row;
	enum decision_kind decision;
	str title;			/* "Hundesteuerbescheid" */
	str reason;			/* as the clerk has written it */
	int64_t fee_cents;		/* as decided; -1: as the form has computed it */
	str returned;			/* why the second person gave it back; empty: not */
	str check_code;			/* of the public check page; empty: not sent */
	struct key blob_key;		/* of row.blob_id */
	int64_t size;
};
struct case_event {
	struct event event;
	const struct node *detail;	/* JSON of the event; never NULL */
};
struct casefile {
	struct ctx *ctx;
	struct grant grant;
	struct case_row row;
	struct key key;
	const struct definition *definition;
	const struct place *place;	/* where it was applied for; may be NULL when the place is gone */
	const struct authority *authority;
	str name;			/* of the applicant */

	struct answers *answers;	/* casefile_journey */
	const struct journey *journey;
	struct journey_context context;
	struct case_message *message;	size_t messages;
	struct case_file *file;		size_t files;
	struct case_letter *letter;	size_t letters;
	struct case_note *note;		size_t notes;
	struct case_event *event;	size_t events;
	struct {
		str email;		/* where news go; empty: nowhere */
		str follow;		/* secret of the follow link; empty: not kept */
		enum lang lang;
	} contact;
	str identity;			/* JSON of the sign-in; empty: none */
	struct {
		bool journey, messages, files, letters, notes, events, contact, identity;
	} read;				/* private */
};

/* ERR_DESTROYED when the key is gone. */
MUST_USE int case_open(struct ctx *c, const struct grant *g, struct casefile **ret);
MUST_USE int casefile_journey(struct casefile *f);
MUST_USE int casefile_messages(struct casefile *f);
MUST_USE int casefile_files(struct casefile *f);
MUST_USE int casefile_letters(struct casefile *f);
MUST_USE int casefile_notes(struct casefile *f);		/* ERR_DENIED for others than clerks */
MUST_USE int casefile_events(struct casefile *f);
MUST_USE int casefile_contact(struct casefile *f);
MUST_USE int casefile_identity(struct casefile *f);

/* One attachment by id; NULL: not of this case. After casefile_files. */
const struct case_file *casefile_file(const struct casefile *f, int64_t id);
/* The open question to the applicant; NULL: none. After casefile_messages. */
const struct case_message *casefile_question(const struct casefile *f);
/* The decision: sent, or the draft on its way; NULL: none. After casefile_letters. */
const struct case_letter *casefile_decision(const struct casefile *f);
/* The decision that was sent last; NULL: none was. */
const struct case_letter *casefile_sent(const struct casefile *f);
/* Outcome of a decision template, by its name: "abgelehnt…" refuses, "teil…" grants in part, all others grant. */
enum decision_kind decision_of_template(str template_id);
/* Sealing for this case, for the parts that its use cases write: bound to the row (case_seal). */
str casefile_seal(const struct casefile *f, const char *purpose, int64_t row, str plain);
/* {"text":…,"files":[…]} sealed as the message of this id. */
str casefile_message_seal(const struct casefile *f, int64_t id, str text, const int64_t *file, size_t files);
/* An event by this actor, its details (JSON) sealed; add it inside the unit with case_event_add. */
struct event casefile_event(const struct casefile *f, enum event_kind kind, str detail);
str letter_json(struct arena *a, const struct case_letter *l);
/* Where the applicant is sent by mail: follow link, or the account; never content. */
str casefile_link(const struct casefile *f);
/* Name of a clerk of this authority; "" when unknown or 0. */
MUST_USE int clerk_name(struct ctx *c, tenant_id t, clerk_id id, str *ret);
