/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Destinations: where a tenant's specialist software gets the cases of a service. The administrator gives an address; secret (signs what we
 * send) and credential (lets the software fetch files and report a status) are made here, shown once, and kept sealed or as a hash.
 *
 *	TRY(destination_add(c, &(struct destination_new){ .service = S("*"), .url = url }, once, &out));
 *	... after the commit: out->secret, out->credential, unless out->repeated
 */
#pragma once
#include "usecase/once.h"
#include "wire/http_out.h"

#define DESTINATIONS_MOST 50
#define DESTINATION_ALL "*"

struct destination {
	int64_t id;
	str service, url;
	str sealed;		/* secret */
	bool active;
	instant created;
};
/* Of the actor's authority; jobs name the tenant. */
MUST_USE int destination_list(struct ctx *c, tenant_id t, struct destination **ret, size_t *ret_n);
MUST_USE int destination_find(struct ctx *c, tenant_id t, int64_t id, struct destination *ret);	/* ERR_NOTFOUND */
MUST_USE int destination_secret(struct ctx *c, tenant_id t, const struct destination *d, struct key *ret);

enum destination_problem { DESTINATION_FINE, DESTINATION_NO_SERVICE, DESTINATION_TOO_MANY, DESTINATION_URL };
struct destination_new {
	str service, url;	/* service: id, or DESTINATION_ALL */
};
struct destination_outcome {
	enum destination_problem problem;
	enum http_out_problem url;	/* DESTINATION_URL */
	bool repeated;			/* the form was sent before: nothing was made now */
	str secret, credential;		/* base64url; shown once */
};
/* All of the actor's own authority; the caller has checked that it is an administrator (route permission ADMIN). */
MUST_USE int destination_add(struct ctx *c, const struct destination_new *n, struct once *once, struct destination_outcome **ret);
/* New secret and credential; the old ones end at once. */
MUST_USE int destination_renew(struct ctx *c, int64_t id, struct once *once, struct destination_outcome **ret);
MUST_USE int destination_switch(struct ctx *c, int64_t id, bool on);
/* The signed test call: {"event":"test"}. On success call it on the work pool. */
MUST_USE int destination_test_body(struct ctx *c, str *ret_event_id, str *ret_body);
