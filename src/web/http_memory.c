/* SPDX-License-Identifier: EUPL-1.2 */
/* The whole way of a request in memory: same dispatch, same units, no sockets. Flow tests drive the application with it. */
#include "web/dispatch.h"
#include "web/http.h"
#include "web/upload.h"

struct wait {
	int rc;
	bool done;
};

static void closed(void *arg, int rc)
{
	struct wait *w = arg;

	w->rc = rc;
	__atomic_store_n(&w->done, true, __ATOMIC_RELEASE);
}

static void take_upload(struct req *rq, str body)
{
	struct wait w = { 0 };
	int rc = upload_open(rq);

	ctx_done(&rq->ctx);
	if (!rc && !rq->reply.ready)
		rc = upload_feed(rq, body);
	if (!rc && !rq->reply.ready) {
		rc = upload_close(rq, closed, &w);
		while (!rc && !__atomic_load_n(&w.done, __ATOMIC_ACQUIRE))
			;
		rc = rc < 0 ? rc : w.rc;
	}
	if (rc < 0)
		dispatch_continue(rq, rc);
}

/* Flow tests look at whole bodies. */
static int whole_reply(struct req *rq)
{
	struct reply *r = &rq->reply;
	str part;

	r->body = buf_new(rq->arena, (size_t)r->part_size + 1);
	for (int64_t i = 0; (int64_t)r->body.n < r->part_size; i++) {
		TRY(r->part(r->part_arg, rq->arena, i, &part));
		buf_put(&r->body, part);
	}
	return 0;
}

int web_handle(struct house *h, struct arena *a, const struct web_request *in, struct req **ret)
{
	struct req *rq = ARENA_NEW(a, struct req);

	rq->arena = a;
	rq->house = h;
	rq->started_us = clock_monotonic_us();
	rq->method = in->method;
	rq->path = in->path;
	rq->query_text = in->query;
	rq->host_name = in->host.n ? in->host : S("localhost");
	rq->cookie = in->cookie;
	rq->content_type = in->content_type;
	rq->authorization = in->authorization;
	rq->origin_header = in->origin;
	rq->idempotency_key = in->idempotency_key;
	rq->client = in->client.n ? in->client : S("127.0.0.1");
	dispatch_route(rq);
	if (!rq->reply.ready && in->body.n > HTTP_FORM_MAX && !(rq->route->flags & ROUTE_UPLOAD))
		TRY(reply_problem(rq, 413));
	if (!rq->reply.ready && rq->route->flags & ROUTE_UPLOAD)
		take_upload(rq, in->body);
	if (!rq->reply.ready) {
		rq->body = in->body;
		dispatch_run(rq);
	}
	while (!rq->reply.ready) {
		int rc = 0;

		if (rq->state == REQ_UNIT) {
			struct unit *u = rq->ctx.unit;

			rq->ctx.unit = NULL;
			rc = db_unit_run(h->db, u);
		} else if (rq->state == REQ_WORK) {
			rq->work(rq->work_arg);
		} else {
			return ERR_INVALID;
		}
		rq->state = REQ_RUN;
		dispatch_continue(rq, rc);
	}
	if (rq->reply.part)
		TRY(whole_reply(rq));
	ctx_done(&rq->ctx);
	dispatch_finish(rq);
	*ret = rq;
	return 0;
}
