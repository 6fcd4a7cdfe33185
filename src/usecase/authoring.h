/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Authors at work: one draft of a level's overlay for each service, on which several people write; asked to be released by one, released by
 * another. Every function works for the actor's own tenant (route permission AUTHOR) and none other.
 *
 *	struct authoring *w;
 *	TRY(authoring_open(c, service, &w));
 *	TRY(authoring_change(c, w, &part, 1, &out));	// hands over a unit
 */
#pragma once
#include "usecase/catalog_offers.h"

enum authoring_state { AUTHORING_NONE, AUTHORING_EDITING, AUTHORING_WAITING };

struct authoring {
	tenant_id tenant;
	str service;
	struct offered offered;			/* in force */
	struct below below;			/* what the draft is merged with */
	struct overlay draft;			/* what is in force, and what was changed since */
	enum authoring_state state;
	int64_t version, asked_by, updated_by;
	instant updated;
	str why;				/* of the asker; after sending back: the reason */
	bool sent_back;
	str authors;				/* ids of those who wrote, blank-separated */
	struct findings findings;
	bool good;				/* merged and definition are there */
	struct merged merged;
	const struct definition *definition;	/* of the draft; where it cannot be merged: what is in force */
	size_t conflicts;			/* changes about which a person has to decide after an update */
};
/* ERR_NOTFOUND: no such service. */
MUST_USE int authoring_open(struct ctx *c, str service, struct authoring **ret);
bool authoring_wrote(const struct authoring *w, clerk_id who);
/* Effective text of a part in the draft, and below it. */
str authoring_text(struct ctx *c, const struct authoring *w, str key);
str authoring_below(struct ctx *c, const struct authoring *w, str key);
/* Fingerprint of a part as shown; a form brings it back (P10). */
str authoring_mark(struct ctx *c, str text);

/* ---- one change ---- */
enum part_problem { PART_OK, PART_GUARDED, PART_UNKNOWN, PART_EMPTY, PART_TOO_LONG, PART_LINES, PART_PLACEHOLDER, PART_HTML, PART_VALUE, PART_LETTER, PART_HELP };
struct part_in {
	str key, mine;
	str mark;			/* authoring_mark() of the text as it was shown */
	enum part_problem problem;	/* out */
	str detail;			/* out: the placeholder, the part of the letter that is missing */
};
/* Looks at the texts as they would be; number of problems. */
MUST_USE int authoring_check_parts(struct ctx *c, const struct authoring *w, struct part_in *p, size_t n, size_t *ret_problems);
/* What may stand in braces in this text: "place", "param.x"; for a letter in double braces. */
size_t authoring_placeholders(struct ctx *c, const struct authoring *w, str key, const str **ret);

enum authoring_result {
	AUTHORING_DONE,
	AUTHORING_CHANGED,		/* somebody else has changed the same part, or the draft, meanwhile: nothing is written */
	AUTHORING_LOCKED,		/* it waits for release: first take it back */
	AUTHORING_SAME_PERSON,		/* who wrote or asked may not release */
	AUTHORING_NOT_READY,		/* nothing to release, a conflict, or a check that fails */
};
struct authoring_outcome {
	enum authoring_result result;	/* final after the commit */
	str theirs;			/* CHANGED: the text as it stands */
	size_t at;			/* CHANGED: which part */
};
/* override: the person has seen the other text and wants the own one. */
MUST_USE int authoring_change(struct ctx *c, const struct authoring *w, const struct part_in *p, size_t n, bool override, struct authoring_outcome **ret);
/* After an update below: for each part its own text or, as `mine`, the one below. version: of the draft as it was shown. */
MUST_USE int authoring_settle(struct ctx *c, const struct authoring *w, int64_t version, const struct part_in *p, size_t n, struct authoring_outcome **ret);
MUST_USE int authoring_discard(struct ctx *c, const struct authoring *w, struct authoring_outcome **ret);

/* ---- four eyes ---- */
/* version: of the draft as it was shown. Checks are run again. */
MUST_USE int authoring_ask(struct ctx *c, struct authoring *w, int64_t version, str why, struct authoring_outcome **ret);
/* Another person sends it back, or who has asked takes it back. */
MUST_USE int authoring_return(struct ctx *c, const struct authoring *w, int64_t version, str why, struct authoring_outcome **ret);
MUST_USE int authoring_release(struct ctx *c, struct authoring *w, int64_t version, struct authoring_outcome **ret);
/* After the commit of a release: the offer is in force, in this process at once. For the state, authoring_spread() then merges the towns' own parts. */
MUST_USE int authoring_in_force(struct ctx *c, const struct authoring *w);
MUST_USE int authoring_spread(struct house *h, const struct authoring *w, struct catalog_update *ret);
/* What an earlier version said becomes the draft; it goes the same way as any other. NOT_READY: there is a draft already. */
MUST_USE int authoring_restore(struct ctx *c, const struct authoring *w, int64_t number, struct authoring_outcome **ret);

/* ---- looking ---- */
void authoring_checks(struct ctx *c, const struct authoring *w, struct overlay_check *ret);
/* What differs between what is in force and the draft, as applicants would see it. */
struct authoring_diff {
	const struct part_diff *v;
	size_t n;
	bool form;			/* questions or rules differ, too: the package below has a new version */
};
MUST_USE int authoring_diffs(struct ctx *c, const struct authoring *w, struct authoring_diff *ret);
struct authoring_entry {
	int64_t number, clerk, author;
	instant at;
	str kind, why;
	str clerk_name, author_name;
	str definition;			/* hash in hex; empty: nothing came into force */
	struct overlay overlay;
	bool has_overlay;
};
MUST_USE int authoring_history(struct ctx *c, str service, struct authoring_entry **ret, size_t *ret_n);	/* newest first */
struct authoring_item {
	str service;
	enum authoring_state state;
	size_t changes;			/* in the draft */
};
MUST_USE int authoring_drafts(struct ctx *c, struct authoring_item **ret, size_t *ret_n);
