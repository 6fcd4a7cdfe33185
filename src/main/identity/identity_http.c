/* SPDX-License-Identifier: EUPL-1.2 */
#include "main/identity/identity_http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#define BODY_MAX   16384
#define FIELDS_MAX 50

struct identity_http {
	struct MHD_Daemon *daemon;
	struct identity *id;
};

/* One request while it comes in. */
struct incoming {
	struct arena *arena;
	struct buf body;
	struct pair query[FIELDS_MAX];
	size_t n;
};

static enum MHD_Result take_argument(void *arg, enum MHD_ValueKind kind, const char *name, const char *value)
{
	struct incoming *in = arg;

	if (in->n == FIELDS_MAX)
		return MHD_NO;
	in->query[in->n++] = (struct pair){ str_c(name), str_c(value) };
	return MHD_YES;
}

static enum MHD_Result send_reply(struct MHD_Connection *c, struct arena *a, const struct identity_reply *r)
{
	struct MHD_Response *m = MHD_create_response_from_buffer(r->body.n, (void *)(uintptr_t)r->body.p, MHD_RESPMEM_MUST_COPY);
	enum MHD_Result rc;

	if (!m)
		return MHD_NO;
	MHD_add_response_header(m, "Content-Type", str_z(a, r->type));
	MHD_add_response_header(m, "Cache-Control", "no-store");
	MHD_add_response_header(m, "X-Content-Type-Options", "nosniff");
	MHD_add_response_header(m, "Referrer-Policy", "no-referrer");
	MHD_add_response_header(m, "X-Robots-Tag", "noindex");
	/* the answer to the form leads back to the main program */
	MHD_add_response_header(m, "Content-Security-Policy",
		"default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
		"form-action 'self' http://localhost:* http://127.0.0.1:* http://*.localhost:*");
	if (r->location.n)
		MHD_add_response_header(m, "Location", str_z(a, r->location));
	rc = MHD_queue_response(c, r->status, m);
	MHD_destroy_response(m);
	return rc;
}

static enum MHD_Result answer(void *arg, struct MHD_Connection *c, const char *url, const char *method, const char *version,
	const char *data, size_t *size, void **state)
{
	struct identity_http *h = arg;
	struct incoming *in = *state;

	if (!in) {
		struct arena *a = arena_new(16384);
		*state = in = ARENA_NEW(a, struct incoming);
		in->arena = a;
		in->body = buf_new(a, 256);
		in->body.limit = BODY_MAX;
		return MHD_YES;
	}
	if (*size) {
		buf_putn(&in->body, data, *size);
		*size = 0;
		return MHD_YES;
	}
	struct identity_request rq = {
		.method = str_c(method),
		.path = str_c(url),
		.host = str_c(MHD_lookup_connection_value(c, MHD_HEADER_KIND, "Host")),
	};
	struct identity_reply r = { .status = 400, .type = S("text/plain") };
	int all = MHD_get_connection_values(c, MHD_GET_ARGUMENT_KIND, take_argument, in);

	rq.query = (struct pairs){ in->query, in->n };
	if (all <= FIELDS_MAX && !in->body.failed && form_parse(in->arena, buf_str(&in->body), FIELDS_MAX, &rq.form) == OK)
		identity_handle(h->id, in->arena, &rq, &r);
	return send_reply(c, in->arena, &r);
}

static void completed(void *arg, struct MHD_Connection *c, void **state, enum MHD_RequestTerminationCode why)
{
	struct incoming *in = *state;

	if (in)
		arena_free(in->arena);
	*state = NULL;
}

static int listen_on(uint16_t port, int *ret_fd, uint16_t *ret_port)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t n = sizeof at;
	int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return ERR_IO;
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) < 0 ||
		listen(fd, 64) < 0 || getsockname(fd, (struct sockaddr *)&at, &n) < 0) {
		int why = errno;
		close(fd);
		return why == EADDRINUSE ? ERR_EXISTS : ERR_IO;
	}
	*ret_fd = fd;
	*ret_port = ntohs(at.sin_port);
	return OK;
}

int identity_http_start(struct arena *app, uint16_t port, bool by_name, struct identity_http **ret, uint16_t *ret_port)
{
	struct identity_http *h = ARENA_NEW(app, struct identity_http);
	int fd;

	TRY(listen_on(port, &fd, ret_port));
	str issuer = str_fmt(app, "http://%s:%u", by_name ? "localhost" : "127.0.0.1", *ret_port);
	int rc = identity_open(app, issuer, &clock_real, &h->id);
	if (rc < 0) {
		close(fd);
		return rc;
	}
	h->daemon = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_AUTO, 0, NULL, NULL, answer, h,
		MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_NOTIFY_COMPLETED, completed, NULL, MHD_OPTION_CONNECTION_TIMEOUT, 15u,
		MHD_OPTION_CONNECTION_LIMIT, 100u, MHD_OPTION_END);
	if (!h->daemon) {
		close(fd);
		return ERR_IO;
	}
	*ret = h;
	return OK;
}

void identity_http_stop(struct identity_http *h)
{
	MHD_stop_daemon(h->daemon); /* closes the listening socket, too */
}
