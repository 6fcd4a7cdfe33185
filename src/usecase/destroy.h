/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Destroying a case: its key and that of its draft end for good, here and (after key_backup_days) in every backup; sealed rows, search
 * tokens and files go; what stays is a tombstone: numbers, times, ground, and the chain of hashes, which still verifies.
 *
 *	TRY(case_destroy(c, &grant, "retention", &d));	// hands over a unit
 *	... committed ...
 *	TRY(case_destroy_finish(c, d));			// keys and blobs; waits: tools and jobs only
 * A crash in between is mended by doing both again: both do no harm on a destroyed case.
 */
#pragma once
#include "usecase/access.h"

#define DESTROY_FILES_MAX 200

struct destruction {
	struct grant grant;
	str ground;			/* short, clear: "retention", "operator", "withdrawn" */
	struct event event;
	int64_t case_key, draft_key;	/* draft_key 0: the draft is gone */
	struct {
		tenant_id tenant;
		int64_t id;
	} blob[DESTROY_FILES_MAX];
	size_t blobs;
	struct arena *arena;
	instant now;
};
/* g: of case_authorize_system or case_authorize_operator. */
MUST_USE int case_destroy(struct ctx *c, const struct grant *g, str ground, struct destruction **ret);
MUST_USE int case_destroy_finish(struct ctx *c, const struct destruction *d);
