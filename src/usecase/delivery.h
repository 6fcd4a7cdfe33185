/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A case is handed over to the specialist software of its authority: one signed POST, exactly once in effect. The event id stays the same
 * over all tries, so that a receiver knows what it has; each try is a row of the ledger, written before the call; what the receiver answered
 * is kept, so that a retry skips what is done; the event HANDED_OVER is written by whoever moves the outbox row, so there is one.
 *
 *	TRY(delivery_open(c, &task, &d));		// worker thread; d->skip: nothing to call
 *	rc = http_out_call(a, &d->request, &response);
 *	TRY(delivery_close(c, d, rc, &response));
 */
#pragma once
#include "domain/delivery_store.h"
#include "usecase/casefile.h"
#include "usecase/outbox_work.h"
#include "wire/http_out.h"

/* Longer than a call and all that is around it; renewed right before the call, since opening may have to hash large files. */
#define DELIVERY_LEASE_S(house) ((int32_t)(house)->conf.call_seconds * 3 + 10)
#define DELIVERY_ANSWER_KEPT 2048
#define DELIVERY_RESPONSE_MAX 65536

struct delivery_call {
	struct outbox_task task;
	struct casefile *f;
	struct delivery_row row;
	struct http_out_request request;
	str event_id, url;
	bool skip;
};
MUST_USE int delivery_open(struct ctx *c, const struct outbox_task *t, struct delivery_call **ret);
MUST_USE int delivery_close(struct ctx *c, struct delivery_call *d, int rc, const struct http_out_response *rs);
/* The attempt broke before or after the call, by a fault on our side: the row waits, or is given up. */
MUST_USE int delivery_fail(struct ctx *c, const struct outbox_task *t, int rc);

/* "accepted", "refused", "timeout" ...: result of a call in one word, as the ledger has it. */
str delivery_word(int rc, int status);
/* The case as specialist software sees it: what is posted, and what GET /api/v1/cases/{handle} gives. event_id empty: the latter. */
MUST_USE int delivery_json(struct casefile *f, str event_id, struct buf *b);
/* Signs a body for a destination: request with all headers. */
MUST_USE int delivery_request(struct ctx *c, tenant_id t, int64_t destination, str event_id, str body, struct http_out_request *ret);
