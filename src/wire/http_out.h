/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * http_out: outgoing calls to addresses that others have typed in (webhooks, identity services). https only; no redirects; no proxy;
 * the peer's address is checked at the moment of connecting (no time between check and use): private, loopback, link-local,
 * shared (CGNAT), multicast, reserved and IPv4-in-IPv6 forms of them are refused. Size and time are limited.
 * Blocks the calling thread: workers only, never an HTTP thread.
 *
 *	struct http_out_request rq = { .method = S("POST"), .url = url, .body = json, .content_type = S("application/json") };
 *	struct http_out_response rs;
 *	TRY(http_out_call(a, &rq, &rs));
 */
#pragma once
#include "base/crypto.h"
#include "base/url.h"

struct http_out_request {
	str method;		/* GET, POST, PUT, DELETE */
	str url;
	str content_type;	/* of body; empty without one */
	str body;
	struct pairs headers;	/* more of them; names and values are checked */
	uint32_t timeout_ms;	/* whole call; 0: 10 s */
	size_t response_max;	/* 0: 1 MiB */
	str exceptions;		/* setting delivery_exceptions: "host:port host:port" that may be http and not public */
	str ca_file;		/* empty: the system's */
};
struct http_out_response {
	int status;		/* whatever the peer said, also 3xx, 4xx, 5xx */
	str content_type;
	str body;
	str location;		/* of a redirect, which is never followed */
	int64_t took_us;
};
/* ERR_INVALID: URL or header is not acceptable (http_out_url_problem says why); ERR_DENIED: address is not public;
 * ERR_NOTFOUND: name does not resolve; ERR_TIMEOUT; ERR_LIMIT: response too big; ERR_CRYPTO: certificate; ERR_IO: anything else on the way. */
MUST_USE int http_out_call(struct arena *a, const struct http_out_request *rq, struct http_out_response *ret);
/* Several at once on the one calling thread; ret_rc[i] is what http_out_call would return. */
void http_out_many(struct arena *a, const struct http_out_request *rq, size_t n, struct http_out_response *ret, int *ret_rc);

/* What is wrong with a destination typed in by an administrator, before anything is connected. */
enum http_out_problem { HTTP_OUT_OK, HTTP_OUT_NO_URL, HTTP_OUT_NOT_HTTPS, HTTP_OUT_CREDENTIALS, HTTP_OUT_NOT_PUBLIC };
enum http_out_problem http_out_url_problem(struct arena *a, str url, str exceptions);
/* family: AF_INET (4 bytes) or AF_INET6 (16 bytes). */
bool address_is_public(int family, const void *address);

/* Schalter-Signature: "t=<unix seconds>,v1=<hex HMAC-SHA256 over 't.body'>" */
#define WEBHOOK_HEADER "Schalter-Signature"
#define WEBHOOK_TOLERANCE_S 300
str webhook_signature(struct arena *a, const struct key *k, int64_t unix_s, str body);
/* ERR_PARSE: no such header value; ERR_EXPIRED: off by more than the tolerance; ERR_CRYPTO: wrong. */
MUST_USE int webhook_verify(struct arena *a, const struct key *k, str header, str body, int64_t now_unix_s);
