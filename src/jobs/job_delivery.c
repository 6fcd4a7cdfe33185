/* SPDX-License-Identifier: EUPL-1.2 */
/* Hand-overs to specialist software: what is due is opened one by one and called all at once, so that one slow receiver costs one wait. */
#include "base/log.h"
#include "jobs/worker.h"
#include "usecase/delivery.h"

struct round {
	struct job_run *run;
	struct ctx ctx[OUTBOX_BATCH];
	struct delivery_call *call[OUTBOX_BATCH];	/* of these only that are to be called */
	struct ctx *of[OUTBOX_BATCH];
	size_t n;
};

/* A fault of ours with one case must not stop the others. */
static int failed(struct ctx *c, const struct outbox_task *t, int rc)
{
	c->unit = NULL;
	ctx_done(c);
	log_event(LOG_WARN, "delivery-failed", "code", str_c(err_name(rc)), NULL);
	return delivery_fail(c, t, rc);
}

static int open_one(struct round *x, size_t i, const struct outbox_task *t)
{
	struct ctx *c = &x->ctx[i];
	struct delivery_call *d;
	int rc;

	*c = ctx_system(x->run->house, x->run->arena);
	rc = delivery_open(c, t, &d);
	ctx_done(c);
	if (rc < 0)
		return failed(c, t, rc);
	if (!d->skip) {
		x->of[x->n] = c;
		x->call[x->n++] = d;
	}
	return 0;
}

static int call_all(struct round *x)
{
	struct http_out_request rq[OUTBOX_BATCH];
	struct http_out_response rs[OUTBOX_BATCH];
	int rc[OUTBOX_BATCH], closed, first = 0;

	for (size_t i = 0; i < x->n; i++)
		rq[i] = x->call[i]->request;
	http_out_many(x->run->arena, rq, x->n, rs, rc);
	for (size_t i = 0; i < x->n; i++) {
		closed = delivery_close(x->of[i], x->call[i], rc[i], &rs[i]);
		if (closed < 0 && !first)
			first = closed;
		x->run->n++;
	}
	return first;
}

int job_delivery(struct job_run *r)
{
	static struct outbox_turn turn = { .kind = STR_INIT("delivery"), .most = OUTBOX_BATCH };	/* one thread only */
	struct outbox_task list[OUTBOX_BATCH];
	struct round x = { .run = r };
	size_t n;

	turn.lease_s = DELIVERY_LEASE_S(r->house);
	TRY(outbox_claim(r->house, r->arena, &turn, list, &n));
	for (size_t i = 0; i < n; i++)
		TRY(open_one(&x, i, &list[i]));
	r->more = n > 0;
	return x.n ? call_all(&x) : 0;
}
