/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * HTTP on libmicrohttpd: collects a request, hands it to dispatch, holds the reply until the commit. The only file that knows the library.
 * Guards of its own: header must be complete in 10 s, body limits by route, connections per client, bounded everything.
 */
#pragma once
#include "web/req.h"

struct http;
MUST_USE int http_start(struct house *h, struct http **ret, int *ret_port, str *ret_why);
void http_stop(struct http *s);		/* stops accepting, finishes what runs (<= 5 s), closes */

#define HTTP_FORM_MAX (1u << 20)	/* bytes of a form or API body */
#define HTTP_DISCARD_MAX (16 << 20)	/* read and thrown away beyond a limit, so that the client sees the answer */
#define HTTP_FIELDS_MAX 2000
#define HTTP_HEADER_SECONDS 10

/* The same way in memory, for flow tests: fills rq->reply; runs units, work and continuations until the reply is ready. */
struct web_request {
	enum method method;
	str host, path, query, body, content_type, cookie, authorization, origin, idempotency_key, client;
};
MUST_USE int web_handle(struct house *h, struct arena *a, const struct web_request *in, struct req **ret);

struct http_stats {
	uint64_t requests, by_class[6], busy;
	uint64_t micros;
};
void http_stats(struct http_stats *ret);
