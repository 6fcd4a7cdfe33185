/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * identity: the stand-in identity service (program schalter-identity): an OpenID provider with invented people, for demonstrations and
 * tests. Nobody proves anything here, so it serves loopback only: it listens on 127.0.0.1, answers to its own host name only, and sends
 * people back to loopback addresses only. The main program refuses it on an https origin (docs/security.md).
 * This part is without sockets: a request goes in, a reply comes out. One thread.
 *
 *	struct identity *id; TRY(identity_open(app, S("http://127.0.0.1:8090"), &clock_real, &id));
 *	identity_handle(id, a, &request, &reply);
 */
#pragma once
#include "base/clock.h"
#include "base/url.h"

#define IDENTITY_CLIENT "schalter"

struct identity;
struct identity_request {
	str method, path, host;		/* host: header field */
	struct pairs query, form;
};
struct identity_reply {
	unsigned status;
	str type, location, body;
};

/* ERR_INVALID: issuer is not http://127.0.0.1:PORT or http://localhost:PORT. */
MUST_USE int identity_open(struct arena *app, str issuer, struct clock *clock, struct identity **ret);
void identity_handle(struct identity *id, struct arena *a, const struct identity_request *rq, struct identity_reply *ret);
