/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The workers' side of the outbox. A row is claimed for a time longer than the call that follows (lease), with a number that rises at each
 * claim (fence): who comes back late cannot overwrite what somebody else has done meanwhile. The attempt is counted when it is claimed, so
 * that a crash in the middle counts too. All times are the database's. Tenants take turns, so that one with many rows delays nobody.
 *
 *	TRY(outbox_claim(h, a, &turn, list, &n));
 *	... the call ...
 *	inside a unit: TRY(outbox_settle(db, &list[0], OUTBOX_AGAIN, retry, S("timeout"), &mine));
 */
#pragma once
#include "usecase/outbox.h"

#define OUTBOX_BATCH 8
#define OUTBOX_RETRY_MOST_S (6 * 3600)

struct outbox_task {
	tenant_id tenant;
	int64_t id, fence;
	case_id case_id;	/* 0: none */
	int attempts;		/* this one included */
	str sealed;		/* outbox_unseal() */
	instant now, lease_until;
};
struct outbox_turn {
	str kind;
	int32_t lease_s;
	size_t most;		/* at most OUTBOX_BATCH */
	int32_t after;		/* tenant that was served last; kept between calls, 0 at first */
};
/* list: room for OUTBOX_BATCH. *ret_n 0: nothing is due. */
MUST_USE int outbox_claim(struct house *h, struct arena *a, struct outbox_turn *turn, struct outbox_task *list, size_t *ret_n);

enum outbox_end {
	OUTBOX_DONE,		/* also when the lease was over: what is done is done */
	OUTBOX_AGAIN,		/* later */
	OUTBOX_WAIT,		/* later, and this attempt was none: nothing was called */
	OUTBOX_GIVE_UP,
};
/* Inside a unit. *ret_mine: this call has moved the row; false: somebody else has done it, or has it now. */
MUST_USE int outbox_settle(struct dbc *db, const struct outbox_task *t, enum outbox_end how, int64_t pause_us, str error, bool *ret_mine);
/* Still ours and still to be done? Then the lease begins anew. Inside a unit. */
MUST_USE int outbox_renew(struct dbc *db, const struct outbox_task *t, int32_t lease_s, bool *ret_mine);
/* Pause before the next try: doubles from base_s up to six hours, plus up to half of itself by chance, so that what failed together does
 * not come back together. */
int64_t outbox_pause_us(int attempts, int64_t base_s);
/* A lead sends again what was given up: tries start anew, the id stays, so that the receiver knows it again. Hands over a unit. */
struct outbox_resend {
	bool done;		/* false: it was not given up (any more) */
};
MUST_USE int outbox_resend(struct ctx *c, tenant_id t, int64_t id, struct outbox_resend **ret);
