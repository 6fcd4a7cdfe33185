/* SPDX-License-Identifier: EUPL-1.2 */
#include "web/http.h"
#include "web/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "web/dispatch.h"
#include "web/upload.h"

/* Where a request stands between two calls of the library. */
enum stage { STAGE_HEAD, STAGE_GATE, STAGE_BODY, STAGE_CLOSE, STAGE_RUN, STAGE_WAIT, STAGE_SEND };

struct exchange {
	struct req rq;
	struct MHD_Connection *connection;
	struct http *server;
	struct link *link;
	enum stage stage;
	struct buf body;
	int64_t body_max, taken;
	bool body_broken, last;		/* last: the connection ends behind this reply */
	str uri;
	struct exchange *next_free;
	struct arena *arena;
};

/* One open connection, for the guard against slow senders. */
struct link {
	int fd;
	int64_t deadline_us;		/* 0: none */
	struct link *prev, *next;
	struct arena *self;
};

struct http {
	struct house *house;
	struct MHD_Daemon *daemon[2];
	int fd[2];
	pthread_t reaper;
	atomic_bool stopping;
	pthread_mutex_t lock;		/* links, free list */
	struct link links;		/* ring */
	struct exchange *free;
	size_t free_n;
};

static struct {
	atomic_ullong requests, by_class[6], busy, micros;
} counters;

void http_stats(struct http_stats *ret)
{
	ret->requests = counters.requests;
	for (int i = 0; i < 6; i++)
		ret->by_class[i] = counters.by_class[i];
	ret->busy = counters.busy;
	ret->micros = counters.micros;
}

/* ---- memory of an exchange: arenas are reused, so that a request costs no page faults ---- */

static struct exchange *exchange_new(struct http *s)
{
	struct exchange *x;
	struct arena *a;

	pthread_mutex_lock(&s->lock);
	x = s->free;
	if (x) {
		s->free = x->next_free;
		s->free_n--;
	}
	pthread_mutex_unlock(&s->lock);
	a = x ? x->arena : arena_new(64 * 1024);
	x = ARENA_NEW(a, struct exchange);
	x->arena = a;
	x->server = s;
	x->rq.arena = a;
	x->rq.house = s->house;
	return x;
}

static void exchange_free(struct exchange *x)
{
	struct http *s = x->server;
	struct arena *a = x->arena;
	bool keep = false;

	arena_reset(a);
	x = ARENA_NEW(a, struct exchange);
	x->arena = a;
	pthread_mutex_lock(&s->lock);
	if (s->free_n < 256) {
		x->next_free = s->free;
		s->free = x;
		s->free_n++;
		keep = true;
	}
	pthread_mutex_unlock(&s->lock);
	if (!keep)
		arena_free(a);
}

/* ---- the guard against slow senders ---- */

static void link_deadline(struct link *l, int64_t seconds)
{
	if (l)
		__atomic_store_n(&l->deadline_us, seconds ? clock_monotonic_us() + seconds * 1000000 : 0, __ATOMIC_RELAXED);
}

static void on_link(void *cls, struct MHD_Connection *c, void **socket_context, enum MHD_ConnectionNotificationCode code)
{
	struct http *s = cls;
	struct link *l = *socket_context;

	if (code == MHD_CONNECTION_NOTIFY_STARTED) {
		const union MHD_ConnectionInfo *info = MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD);
		struct arena *a = arena_new(sizeof(struct link) + 64);

		l = ARENA_NEW(a, struct link);
		l->self = a;
		l->fd = info ? info->connect_fd : -1;
		link_deadline(l, HTTP_HEADER_SECONDS);
		*socket_context = l;
		pthread_mutex_lock(&s->lock);
		l->next = s->links.next;
		l->prev = &s->links;
		s->links.next->prev = l;
		s->links.next = l;
		pthread_mutex_unlock(&s->lock);
	} else if (l) {
		pthread_mutex_lock(&s->lock);
		l->prev->next = l->next;
		l->next->prev = l->prev;
		pthread_mutex_unlock(&s->lock);
		*socket_context = NULL;
		arena_free(l->self);
	}
}

static void *reaper(void *arg)
{
	struct http *s = arg;

	while (!s->stopping) {
		int64_t now = clock_monotonic_us();

		pthread_mutex_lock(&s->lock);
		for (struct link *l = s->links.next; l != &s->links; l = l->next) {
			int64_t d = __atomic_load_n(&l->deadline_us, __ATOMIC_RELAXED);

			if (d && d < now && l->fd >= 0)
				shutdown(l->fd, SHUT_RDWR);
		}
		pthread_mutex_unlock(&s->lock);
		for (int i = 0; i < 10 && !s->stopping; i++)
			usleep(50 * 1000);
	}
	return NULL;
}

/* ---- sending ---- */

/* A large body, part by part: one part in memory, however large it is and however slowly it is taken. */
struct stream {
	struct exchange *x;
	struct arena *self, *arena;
	int64_t number;		/* of the part that is here; -1: none */
	str part;
};

static ssize_t stream_read(void *cls, uint64_t at, char *into, size_t room)
{
	struct stream *s = cls;
	const struct reply *r = &s->x->rq.reply;
	int64_t number = (int64_t)(at / REPLY_PART);
	size_t from = at % REPLY_PART, n;

	if (s->number != number) {
		arena_reset(s->arena);
		s->number = -1;
		if (r->part(r->part_arg, s->arena, number, &s->part) < 0)
			return MHD_CONTENT_READER_END_WITH_ERROR; /* the receiver sees that bytes are missing */
		s->number = number;
		link_deadline(s->x->link, 120); /* who goes on taking may go on */
	}
	if (from >= s->part.n)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	n = s->part.n - from < room ? s->part.n - from : room;
	memcpy(into, s->part.p + from, n);
	return (ssize_t)n;
}

static void stream_end(void *cls)
{
	struct stream *s = cls;

	arena_free(s->arena);
	arena_free(s->self);
}

static struct MHD_Response *stream_response(struct exchange *x)
{
	struct arena *self = arena_new(256);
	struct stream *s = ARENA_NEW(self, struct stream);

	*s = (struct stream){ .x = x, .self = self, .arena = arena_new(REPLY_PART * 2), .number = -1 };
	return MHD_create_response_from_callback((uint64_t)x->rq.reply.part_size, REPLY_PART, stream_read, s, stream_end);
}

static enum MHD_Result send_reply(struct exchange *x)
{
	struct req *rq = &x->rq;
	struct reply *r = &rq->reply;
	str body = r->file_body.n ? r->file_body : buf_str(&r->body);
	struct MHD_Response *response;
	enum MHD_Result result;
	int64_t took = clock_monotonic_us() - rq->started_us;

	dispatch_finish(rq);
	response = r->part ? stream_response(x)
			   : MHD_create_response_from_buffer(body.n, (void *)(uintptr_t)(body.n ? body.p : ""), MHD_RESPMEM_PERSISTENT);
	if (!response)
		return MHD_NO;
	if (r->type)
		(void)MHD_add_response_header(response, "Content-Type", r->type);
	for (size_t i = 0; i < r->headers; i++)
		(void)MHD_add_response_header(response, r->header[i].name, str_z(rq->arena, r->header[i].value));
	/* for the log of our own proxy, which writes the route and never the path (deploy/nginx); it hides the header from the client */
	if (x->server->house->conf.trusted_proxy.n && rq->route)
		(void)MHD_add_response_header(response, "X-Route", rq->route->name);
	if (x->server->stopping || x->last)
		(void)MHD_add_response_header(response, "Connection", "close");
	result = MHD_queue_response(x->connection, (unsigned)r->status, response);
	MHD_destroy_response(response);
	x->stage = STAGE_SEND;
	counters.requests++;
	counters.by_class[r->status / 100 % 6]++;
	counters.micros += (uint64_t)took;
	link_deadline(x->link, 120);
	return result;
}

/* ---- running ---- */

static void proceed(struct exchange *x);

/* Everything that the request waited for is done: the library calls on_request again. */
static void resume(struct exchange *x)
{
	MHD_resume_connection(x->connection);
}

static void unit_done(struct unit *u)
{
	struct exchange *x = u->done_arg;

	x->rq.rc = u->rc;
	x->stage = STAGE_WAIT;
	resume(x);
}

static void work_run(void *arg)
{
	struct exchange *x = arg;

	x->rq.work(x->rq.work_arg);
	x->rq.rc = 0;
	x->stage = STAGE_WAIT;
	resume(x);
}

/* On PostgreSQL all that may read runs on a database thread. */
static void task_run(void *arg)
{
	struct exchange *x = arg;

	if (x->stage == STAGE_GATE) {
		int rc = upload_open(&x->rq);

		if (rc < 0)
			dispatch_continue(&x->rq, rc);
		ctx_done(&x->rq.ctx);
	} else if (x->stage == STAGE_RUN) {
		dispatch_run(&x->rq);
	} else {
		dispatch_continue(&x->rq, x->rq.rc);
		x->stage = STAGE_RUN; /* a further unit may wait */
	}
	resume(x);
}

/* Hands the pending unit or work away. The connection is suspended already. */
static void hand_away(struct exchange *x)
{
	struct req *rq = &x->rq;
	int rc;

	if (rq->state == REQ_UNIT) {
		struct unit *u = rq->ctx.unit;

		rq->ctx.unit = NULL;
		u->done = unit_done;
		u->done_arg = x;
		rc = db_unit_submit(rq->house->db, u);
	} else {
		rc = pool_submit(rq->looks ? rq->house->look : rq->house->work, work_run, x);
	}
	if (rc < 0) {
		counters.busy++;
		rq->rc = rc;
		x->stage = STAGE_WAIT;
		resume(x);
	}
}

static void proceed(struct exchange *x)
{
	struct req *rq = &x->rq;

	if (db_reads_inline(rq->house->db)) {
		if (x->stage == STAGE_RUN)
			dispatch_run(rq);
		else
			dispatch_continue(rq, rq->rc);
		return;
	}
	MHD_suspend_connection(x->connection);
	if (db_task(rq->house->db, task_run, x) < 0) {
		counters.busy++;
		dispatch_continue(rq, ERR_BUSY);
		resume(x);
	}
}

static void upload_closed(void *arg, int rc)
{
	struct exchange *x = arg;

	x->rq.rc = rc;
	resume(x);
}

/* Runs until the reply can be sent or the connection is suspended. */
static enum MHD_Result run(struct exchange *x)
{
	struct req *rq = &x->rq;

	for (;;) {
		if (rq->reply.ready)
			return send_reply(x);
		switch (x->stage) {
		case STAGE_CLOSE:
			if (rq->rc < 0) {
				dispatch_continue(rq, rq->rc);
				continue;
			}
			x->stage = STAGE_RUN;
			continue;
		case STAGE_RUN:
		case STAGE_WAIT:
			if (rq->state == REQ_UNIT || rq->state == REQ_WORK) {
				if (x->stage == STAGE_RUN) {
					MHD_suspend_connection(x->connection);
					hand_away(x);
					return MHD_YES;
				}
				rq->state = REQ_RUN;
			}
			if (db_reads_inline(rq->house->db)) {
				enum stage before = x->stage;

				proceed(x);
				if (!rq->reply.ready && before == STAGE_WAIT)
					x->stage = STAGE_RUN;
				continue;
			}
			proceed(x);
			return MHD_YES;
		default:
			return MHD_NO;
		}
	}
}

/* ---- receiving ---- */

static str header_of(struct exchange *x, const char *name)
{
	return str_c(MHD_lookup_connection_value(x->connection, MHD_HEADER_KIND, name));
}

static str address_of(struct exchange *x)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	char text[INET6_ADDRSTRLEN] = "";
	str peer, forwarded, last = STR_EMPTY, part;

	if (info && info->client_addr->sa_family == AF_INET)
		inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)info->client_addr)->sin_addr, text, sizeof text);
	else if (info && info->client_addr->sa_family == AF_INET6)
		inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(const void *)info->client_addr)->sin6_addr, text, sizeof text);
	peer = str_dup(x->rq.arena, str_c(text));
	if (!x->server->house->conf.trusted_proxy.n || !str_eq(peer, x->server->house->conf.trusted_proxy))
		return peer;
	/* the last entry is the one that our own proxy has written */
	forwarded = header_of(x, "X-Forwarded-For");
	while (str_split(&forwarded, ',', &part))
		last = str_trim(part);
	return last.n ? last : peer;
}

static enum method method_of(const char *m)
{
	static const struct { const char *name; enum method method; } all[] = {
		{ "GET", METHOD_GET }, { "HEAD", METHOD_HEAD }, { "POST", METHOD_POST }, { "PUT", METHOD_PUT }, { "DELETE", METHOD_DELETE },
	};

	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		if (!strcmp(all[i].name, m))
			return all[i].method;
	return METHOD_OTHER;
}

static void take_head(struct exchange *x, const char *method)
{
	struct req *rq = &x->rq;
	str rest;

	rq->started_us = clock_monotonic_us();
	rq->method = method_of(method);
	if (!str_cut(x->uri, '?', &rq->path, &rest)) {
		rq->path = x->uri;
		rest = STR_EMPTY;
	}
	rq->query_text = rest;
	rq->host_name = header_of(x, "Host");
	rq->cookie = header_of(x, "Cookie");
	rq->content_type = header_of(x, "Content-Type");
	rq->authorization = header_of(x, "Authorization");
	rq->origin_header = header_of(x, "Origin");
	rq->fetch_site = header_of(x, "Sec-Fetch-Site");
	rq->accept_language = header_of(x, "Accept-Language");
	rq->accept_encoding = header_of(x, "Accept-Encoding");
	rq->idempotency_key = header_of(x, "Idempotency-Key");
	rq->user_agent = header_of(x, "User-Agent");
	rq->client = address_of(x);
	dispatch_route(rq);
}

/*
 * Whether everybody reads the same end of the request. Two lengths, a length beside chunks, or another coding: two servers in a row could
 * cut the stream at different places, and one request could hide in the other (RFC 9112, 6.1 and 11.2).
 */
struct framing {
	unsigned lengths, codings, hosts;
	bool strange;
};

static enum MHD_Result count_header(void *cls, enum MHD_ValueKind kind, const char *name, const char *value)
{
	struct framing *f = cls;
	str n = str_c(name), v = str_c(value);

	f->strange |= str_index(v, '\r') >= 0;
	f->hosts += str_eq_ci(n, S("Host"));
	if (str_eq_ci(n, S("Content-Length"))) {
		f->lengths++;
		for (size_t i = 0; i < v.n; i++)
			f->strange |= v.p[i] < '0' || v.p[i] > '9';
	}
	if (str_eq_ci(n, S("Transfer-Encoding"))) {
		f->codings++;
		f->strange |= !str_eq_ci(v, S("chunked"));
	}
	return MHD_YES;
}

static bool framed_clearly(struct exchange *x)
{
	struct framing f = { 0 };

	(void)MHD_get_connection_values(x->connection, MHD_HEADER_KIND, count_header, &f);
	return !f.strange && f.hosts <= 1 && f.lengths + f.codings <= 1;
}

static enum MHD_Result take_first(struct exchange *x, const char *method)
{
	struct req *rq = &x->rq;
	str length;
	int64_t bytes = 0;
	bool upload;

	take_head(x, method);
	length = header_of(x, "Content-Length");
	if (length.n && str_to_i64(length, &bytes) < 0)
		bytes = INT64_MAX;
	upload = !rq->reply.ready && rq->route->flags & ROUTE_UPLOAD;
	x->body_max = upload ? rq->house->conf.upload_max_mb * UPLOAD_FILES_MAX << 20 : HTTP_FORM_MAX;
	x->last = !framed_clearly(x);
	if (!rq->reply.ready && x->last)
		IGNORE(reply_problem(rq, 400));
	/* a little too much is read to its end, because most clients look for an answer only then */
	if (!rq->reply.ready && bytes > x->body_max + (upload ? 0 : HTTP_DISCARD_MAX))
		IGNORE(reply_problem(rq, 413));
	x->body_broken = bytes > x->body_max;
	link_deadline(x->link, 60 + (upload ? bytes / 16384 : 0));
	if (rq->reply.ready)
		return send_reply(x);
	x->stage = STAGE_BODY;
	if (!upload)
		return MHD_YES;
	x->stage = STAGE_GATE;
	if (db_reads_inline(rq->house->db)) {
		int rc = upload_open(rq);

		ctx_done(&rq->ctx);
		if (rc < 0)
			dispatch_continue(rq, rc);
		if (rq->reply.ready)
			return send_reply(x);
		x->stage = STAGE_BODY;
		return MHD_YES;
	}
	MHD_suspend_connection(x->connection);
	if (db_task(rq->house->db, task_run, x) < 0) {
		dispatch_continue(rq, ERR_BUSY);
		resume(x);
	}
	return MHD_YES;
}

static void upload_has_room(void *arg)
{
	resume(arg);
}

static enum MHD_Result take_body(struct exchange *x, const char *data, size_t *size)
{
	struct req *rq = &x->rq;

	/* whoever announced no length and never ends */
	x->taken += (int64_t)*size;
	if (x->taken > x->body_max + HTTP_DISCARD_MAX)
		return MHD_NO;
	if (x->taken > x->body_max && !x->body_broken) {
		x->body_broken = true;
		rq->rc = ERR_LIMIT;
	}
	if (rq->upload) {
		int rc;

		/* back-pressure: the bytes stay with the library until the blob writer has room, and the thread serves others */
		MHD_suspend_connection(x->connection);
		if (!x->body_broken && !upload_room(rq, *size, upload_has_room, x)) {
			x->taken -= (int64_t)*size; /* the same bytes come again */
			return MHD_YES;
		}
		MHD_resume_connection(x->connection);
		rc = x->body_broken ? 0 : upload_feed(rq, str_n(data, *size));
		if (rc < 0)
			x->body_broken = true, rq->rc = rc;
	} else if (!x->body_broken) {
		if (!x->body.arena)
			x->body = buf_new(rq->arena, 4096);
		buf_putn(&x->body, data, *size);
	}
	*size = 0;
	return MHD_YES;
}

static enum MHD_Result take_end(struct exchange *x)
{
	struct req *rq = &x->rq;

	link_deadline(x->link, 0);
	if (rq->upload) {
		if (x->body_broken) {
			upload_abort(rq);
			dispatch_continue(rq, rq->rc);
			return send_reply(x);
		}
		x->stage = STAGE_CLOSE;
		MHD_suspend_connection(x->connection);
		int rc = upload_close(rq, upload_closed, x);
		if (rc < 0)
			upload_closed(x, rc);
		return MHD_YES;
	}
	if (x->body_broken) {
		IGNORE(reply_problem(rq, 413));
		return send_reply(x);
	}
	rq->body = buf_str(&x->body);
	x->stage = STAGE_RUN;
	return run(x);
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *c, const char *url, const char *method, const char *version,
				  const char *data, size_t *size, void **state)
{
	struct exchange *x = *state;

	if (!x)
		return MHD_NO;
	switch (x->stage) {
	case STAGE_HEAD:
		x->connection = c;
		const union MHD_ConnectionInfo *info = MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
		x->link = info ? info->socket_context : NULL;
		return take_first(x, method);
	case STAGE_GATE: /* resumed */
		if (x->rq.reply.ready)
			return send_reply(x);
		/* this is the call behind the headers once more: the body, or its end, comes with the next one */
		x->stage = STAGE_BODY;
		if (!*size)
			return MHD_YES;
		/* fall through */
	case STAGE_BODY:
		return *size ? take_body(x, data, size) : take_end(x);
	case STAGE_SEND:
		*size = 0;
		return MHD_YES;
	default:
		return run(x);
	}
}

static void *on_uri(void *cls, const char *uri, struct MHD_Connection *c)
{
	struct http *s = cls;
	struct exchange *x = exchange_new(s);
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	x->uri = str_dup(x->rq.arena, str_c(uri));
	if (info)
		link_deadline(info->socket_context, HTTP_HEADER_SECONDS);
	return x;
}

static void on_completed(void *cls, struct MHD_Connection *c, void **state, enum MHD_RequestTerminationCode why)
{
	struct exchange *x = *state;

	if (!x)
		return;
	link_deadline(x->link, 75);
	if (x->rq.upload && x->stage != STAGE_SEND)
		upload_abort(&x->rq);
	ctx_done(&x->rq.ctx);
	exchange_free(x);
	*state = NULL;
}

static size_t keep_escapes(void *cls, struct MHD_Connection *c, char *s)
{
	return strlen(s); /* decoding is ours, after splitting */
}

/* ---- start and stop ---- */

static struct MHD_Daemon *start_daemon(struct http *s, int fd, unsigned threads)
{
	struct MHD_OptionItem options[] = {
		{ MHD_OPTION_LISTEN_SOCKET, fd, NULL },
		{ MHD_OPTION_CONNECTION_LIMIT, 4000, NULL },
		{ MHD_OPTION_CONNECTION_TIMEOUT, 30, NULL },
		{ MHD_OPTION_STRICT_FOR_CLIENT, 1, NULL },
		{ MHD_OPTION_CONNECTION_MEMORY_LIMIT, 32 * 1024, NULL },
		{ MHD_OPTION_THREAD_POOL_SIZE, threads > 1 ? threads : 0, NULL },
		{ MHD_OPTION_END, 0, NULL },
	};

	return MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, on_request, s,
				MHD_OPTION_ARRAY, options,
				MHD_OPTION_URI_LOG_CALLBACK, on_uri, s,
				MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL,
				MHD_OPTION_NOTIFY_COMPLETED, on_completed, s,
				MHD_OPTION_NOTIFY_CONNECTION, on_link, s,
				MHD_OPTION_END);
}

int http_start(struct house *h, struct http **ret, int *ret_port, str *ret_why)
{
	static struct http server; /* one per process */
	struct http *s = &server;
	int port = (int)h->conf.port;

	s->house = h;
	s->stopping = false;
	s->links.next = s->links.prev = &s->links;
	pthread_mutex_init(&s->lock, NULL);
	s->fd[0] = listen_open(AF_INET, port, &port);
	if (s->fd[0] < 0) {
		*ret_why = errno == EADDRINUSE ? S("the port is taken: another program listens there; choose one with --port")
			   : errno == EADDRNOTAVAIL ? S("the socket that was handed over (LISTEN_FDS) does not listen on a loopback address")
						    : S("cannot listen on 127.0.0.1");
		return ERR_IO;
	}
	*ret_port = port;
	s->fd[1] = listen_open(AF_INET6, port, &port); /* a machine without IPv6 serves IPv4 only */
	s->daemon[0] = start_daemon(s, s->fd[0], (unsigned)h->conf.threads);
	s->daemon[1] = s->fd[1] >= 0 ? start_daemon(s, s->fd[1], 1) : NULL;
	if (!s->daemon[0] || pthread_create(&s->reaper, NULL, reaper, s)) {
		*ret_why = S("the HTTP library did not start");
		return ERR_IO;
	}
	*ret = s;
	return 0;
}

void http_stop(struct http *s)
{
	int fd[2];

	s->stopping = true;
	for (int i = 0; i < 2; i++)
		fd[i] = s->daemon[i] ? MHD_quiesce_daemon(s->daemon[i]) : -1;
	for (int tries = 0; tries < 50; tries++) {
		const union MHD_DaemonInfo *n = MHD_get_daemon_info(s->daemon[0], MHD_DAEMON_INFO_CURRENT_CONNECTIONS);

		if (!n || !n->num_connections)
			break;
		usleep(20 * 1000);
	}
	for (int i = 0; i < 2; i++) {
		if (s->daemon[i])
			MHD_stop_daemon(s->daemon[i]);
		if (fd[i] >= 0)
			close(fd[i]);
	}
	pthread_join(s->reaper, NULL);
}
