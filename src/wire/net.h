/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * net: libcurl, wrapped once for http_out and smtp, who say what is allowed. No redirects, no proxy, no cookies, no decompression,
 * certificates always checked. All functions block.
 *
 *	net_http(a, call, 1);      // call[0].rc and its results
 */
#pragma once
#include <sys/socket.h>

#include "base/buf.h"

struct net_url {
	str scheme;		/* lower case */
	str host;		/* lower case, IPv6 without brackets */
	uint16_t port;		/* given or that of the scheme */
	bool credentials;
	bool literal;		/* host is an address */
};
/* The same parser that connects afterwards: what is checked is what is called. ERR_PARSE */
MUST_USE int net_url_parse(struct arena *a, str url, struct net_url *ret);

struct net_call {
	const char *method, *url, *ca_file;	/* ca_file NULL: the system's */
	const str *header;			/* "Name: value", checked by the caller */
	size_t headers;
	str body;
	bool plain_ok;				/* http: may be spoken */
	bool any_address;			/* address_ok is not asked */
	bool (*address_ok)(int family, const void *address);
	uint32_t timeout_ms;
	size_t response_max;
	int rc;					/* from here on results; codes as in http_out.h */
	int status;
	str content_type, response, location;	/* location: where a redirect would lead */
	int64_t took_us;
};
/* All n at once on this thread. */
void net_http(struct arena *a, struct net_call *call, size_t n);

/* The process ends: all calls that run, and those to come, break off within a second (ERR_IO). false: calls may be made again (tests). */
void net_stop(bool stop);

struct net_mail {
	const char *url, *user, *password;	/* user NULL: none */
	bool starttls;
	uint32_t timeout_ms;
	const char *from, *to;			/* checked addresses */
	str message;				/* CRLF lines */
};
/* Codes as in smtp.h */
MUST_USE int net_smtp(const struct net_mail *m);
