/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The outbox: what must follow from a change, written in the same unit; workers do it later (jobs/). A row's payload is sealed under the
 * case's key, or under the tenant's purpose key "outbox" where there is no case.
 */
#pragma once
#include "usecase/ctx.h"

struct outbox_row {
	tenant_id tenant;
	int64_t id;
	str kind;		/* "mail", "delivery" */
	case_id case_id;	/* 0: none */
	str sealed;
	instant due;
};
MUST_USE int outbox_put(struct dbc *db, const struct outbox_row *r);
/* Payload sealed under the tenant's key "outbox", bound to the row. */
MUST_USE int outbox_seal(struct ctx *c, tenant_id t, int64_t id, str plain, str *ret);
MUST_USE int outbox_unseal(struct ctx *c, tenant_id t, int64_t id, str sealed, str *ret);

/* Mails never hold content: a reason and a link. kind is a text key group mail.<kind>.subject / .body with {link} {service} {authority} {code} {until}. */
struct mail_out {
	str to, kind, link, service, authority, code, until;
	enum lang lang;
};
/* Prepares the row (for the portal's or an authority's tenant); put it with outbox_put inside the unit. */
MUST_USE int mail_prepare(struct ctx *c, tenant_id t, case_id id, const struct mail_out *m, struct outbox_row *ret);
/* Rows for every active destination of this service at the tenant. ret_n may be 0. */
MUST_USE int delivery_prepare(struct ctx *c, tenant_id t, case_id id, str service, struct outbox_row **ret, size_t *ret_n);
