/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A request on its way through the house. A page handler reads input, asks one use case and shows the view:
 *
 *	int page_case_show(struct req *rq)
 *	{
 *		struct case_view view;
 *		struct grant grant;
 *
 *		TRY(case_authorize(&rq->ctx, req_path(rq, 0), PERM_CASE_READ, &grant));
 *		TRY(case_show(&rq->ctx, &grant, &view));
 *		...
 *		return reply_html(rq, 200);
 *	}
 *
 * A handler that writes ends with req_commit(rq, then): the unit that the use case handed over is submitted, the HTTP thread goes on with
 * other requests, and then(rq) runs after the commit (on failure the reply is an error page and then is not called).
 * Slow work (argon2, PDF, images) goes through req_work(rq, fn, then). A negative return value becomes a problem page.
 */
#pragma once
#include "base/url.h"
#include "usecase/ctx.h"

enum method { METHOD_GET, METHOD_HEAD, METHOD_POST, METHOD_PUT, METHOD_DELETE, METHOD_OTHER };

enum permission {
#define PERMISSION(ID, text) PERMIT_##ID,
#include "web/permissions.def"
#undef PERMISSION
};
enum host_kind { HOST_PORTAL = 1, HOST_CLERK = 2, HOST_ANY = 3 };

struct req;
struct route {
	const char *name;			/* what logs and metrics say */
	enum method method;
	const char *path;			/* "/antrag/{}/{}" */
	int (*handler)(struct req *rq);
	enum permission permission;
	enum host_kind host;
	unsigned flags;
};
enum route_flag {
	ROUTE_UPLOAD = 1,	/* multipart body is streamed: handler runs before the body, see web/upload.h */
	ROUTE_STORE = 2,	/* page may be kept for Back: "private, no-cache" instead of "no-store" */
	ROUTE_API = 4,		/* no session, no CSRF; problems are JSON */
	ROUTE_PUBLIC_CACHE = 8,
	ROUTE_NO_SESSION = 16,	/* never looks at the cookie */
};

struct header {
	const char *name;
	str value;
};
#define REPLY_PART 65536
struct reply {
	int status;
	struct buf body;
	const char *type;			/* "text/html; charset=utf-8" */
	struct header header[16];
	size_t headers;
	str file_body;				/* instead of body: memory that lives as long as the process */
	/* Instead of both, for what is large: parts of REPLY_PART bytes, the last one shorter, made one by one on the sending thread while
	   the connection takes them. Only where reads run inline (db_reads_inline); the arena is emptied between two parts. */
	int (*part)(void *arg, struct arena *a, int64_t number, str *ret);
	void *part_arg;
	int64_t part_size;			/* of all together */
	bool ready;
};

enum req_state { REQ_RUN, REQ_UNIT, REQ_WORK, REQ_DONE };

struct req {
	struct ctx ctx;
	struct house *house;
	struct arena *arena;
	const struct route *route;
	enum method method;
	enum host_kind host;
	str path, query_text, host_name;	/* host_name: the Host header, checked to be one of ours; only for choosing the town */
	str segment[8];				/* values of {} in the route, decoded */
	struct pairs query, form;
	str body;				/* whole body of API requests */
	str client;				/* address of the client: rate limits only */
	str cookie, content_type, authorization, origin_header, fetch_site, accept_language, accept_encoding, idempotency_key, user_agent;
	const struct place *town;		/* preset by the host name, or NULL */
	str session_token;			/* the secret of the cookie: CSRF is derived from it */
	bool session_new;			/* cookie must be set */
	bool session_gone;			/* cookie must be cleared */
	str form_to;				/* one more origin to which a form of this page may lead (CSP form-action) */
	bool lang_chosen;			/* in this request: a cookie remembers it */
	str route_note;
	char id[17];				/* request id: log and error pages */

	struct reply reply;
	enum req_state state;
	int (*then)(struct req *rq);
	void (*work)(void *arg);
	void *work_arg;
	bool looks;				/* work goes to the pool for uploads */
	void *data;				/* the page's own, between handler and then */
	struct upload *upload;			/* ROUTE_UPLOAD */
	struct problem_page *problem;
	void (*resume)(struct req *rq);		/* private: http.c or the in-memory driver */
	void *driver;				/* private */
	int rc;
	int64_t started_us;
};

/* Input */
static inline str req_path(const struct req *rq, unsigned i) { return i < 8 ? rq->segment[i] : STR_EMPTY; }
static inline str req_query(const struct req *rq, str name) { return pairs_get(&rq->query, name); }
static inline str req_form(const struct req *rq, str name) { return pairs_get(&rq->form, name); }

/* Going on */
MUST_USE int req_commit(struct req *rq, int (*then)(struct req *rq));
MUST_USE int req_work(struct req *rq, void (*fn)(void *arg), void *arg, int (*then)(struct req *rq));
/* The same on the pool for uploads: looking at a file may take its whole time. */
MUST_USE int req_look(struct req *rq, void (*fn)(void *arg), void *arg, int (*then)(struct req *rq));

/* Replies. Each gives 0, so that a handler ends with `return reply_…`. reply_html sends rq->reply.body, into which the view was rendered. */
MUST_USE int reply_html(struct req *rq, int status);
MUST_USE int reply_see(struct req *rq, str location);			/* 303 */
MUST_USE int reply_see_fmt(struct req *rq, const char *fmt, ...) PRINTF_LIKE(2, 3);
MUST_USE int reply_bytes(struct req *rq, int status, const char *type, str bytes);
MUST_USE int reply_json(struct req *rq, int status, const struct buf *b);
MUST_USE int reply_download(struct req *rq, const char *type, str filename, str bytes);	/* attachment; sandboxed by CSP */
MUST_USE int reply_download_parts(struct req *rq, const char *type, str filename, int64_t size,
				  int (*part)(void *arg, struct arena *a, int64_t number, str *ret), void *arg);
MUST_USE int reply_inline_image(struct req *rq, const char *type, str bytes);		/* own re-encoded bitmaps only */
/* A helpful problem page (or JSON problem for APIs): 400 403 404 405 409 410 413 415 422 429 500 503. */
MUST_USE int reply_problem(struct req *rq, int status);
void reply_header(struct req *rq, const char *name, str value);

/* The town of this request: first path segment or host; NULL: none. */
const struct place *req_town(struct req *rq);
