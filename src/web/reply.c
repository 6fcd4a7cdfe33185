/* SPDX-License-Identifier: EUPL-1.2 */
#include <stdarg.h>
#include <stdio.h>

#include "web/req.h"

int req_commit(struct req *rq, int (*then)(struct req *rq))
{
	rq->then = then;
	if (!rq->ctx.unit)
		return then(rq);
	ctx_done(&rq->ctx); /* a read snapshot must not outlive the wait */
	rq->state = REQ_UNIT;
	return 0;
}

int req_work(struct req *rq, void (*fn)(void *arg), void *arg, int (*then)(struct req *rq))
{
	ctx_done(&rq->ctx);
	rq->looks = false;
	rq->work = fn;
	rq->work_arg = arg;
	rq->then = then;
	rq->state = REQ_WORK;
	return 0;
}

int req_look(struct req *rq, void (*fn)(void *arg), void *arg, int (*then)(struct req *rq))
{
	int rc = req_work(rq, fn, arg, then);

	rq->looks = true;
	return rc;
}

void reply_header(struct req *rq, const char *name, str value)
{
	struct reply *r = &rq->reply;

	if (r->headers < sizeof r->header / sizeof *r->header)
		r->header[r->headers++] = (struct header){ name, value };
}

static int ready(struct req *rq, int status, const char *type)
{
	rq->reply.status = status;
	rq->reply.type = type;
	rq->reply.ready = true;
	rq->state = REQ_DONE;
	return 0;
}

int reply_html(struct req *rq, int status)
{
	return ready(rq, status, "text/html; charset=utf-8");
}

int reply_see(struct req *rq, str location)
{
	reply_header(rq, "Location", location);
	return ready(rq, 303, NULL);
}

int reply_see_fmt(struct req *rq, const char *fmt, ...)
{
	char text[512];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= sizeof text)
		return ERR_LIMIT;
	return reply_see(rq, str_dup(rq->arena, str_n(text, (size_t)n)));
}

int reply_bytes(struct req *rq, int status, const char *type, str bytes)
{
	rq->reply.file_body = bytes;
	return ready(rq, status, type);
}

int reply_json(struct req *rq, int status, const struct buf *b)
{
	rq->reply.body = *b;
	return ready(rq, status, "application/json");
}

static void put_filename(struct req *rq, str filename)
{
	struct buf b = buf_new(rq->arena, 64 + filename.n * 3);

	buf_put(&b, S("attachment; filename*=UTF-8''"));
	url_put(&b, filename);
	reply_header(rq, "Content-Disposition", buf_str(&b));
}

int reply_download_parts(struct req *rq, const char *type, str filename, int64_t size,
			 int (*part)(void *arg, struct arena *a, int64_t number, str *ret), void *arg)
{
	put_filename(rq, filename);
	rq->reply.part = part;
	rq->reply.part_arg = arg;
	rq->reply.part_size = size;
	return ready(rq, 200, type);
}

int reply_download(struct req *rq, const char *type, str filename, str bytes)
{
	put_filename(rq, filename);
	reply_header(rq, "Content-Security-Policy", S("sandbox")); /* beside the general one: whoever opens it all the same gets no origin */
	return reply_bytes(rq, 200, type, bytes);
}

int reply_inline_image(struct req *rq, const char *type, str bytes)
{
	return reply_bytes(rq, 200, type, bytes);
}
