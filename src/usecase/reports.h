/* SPDX-License-Identifier: EUPL-1.2 */
/* Reported barriers: anybody may report, without account; the text is sealed for the authority (tenant 0: the portal). */
#pragma once
#include "usecase/ctx.h"

#define REPORT_TEXT_MAX 4000
struct report_in {
	tenant_id tenant;
	str route;		/* name of the page's route, no address */
	str text, email;
};
MUST_USE int report_add(struct ctx *c, const struct report_in *in);
struct report {
	instant at;
	str route, text, email;
};
/* Newest first; for the administrator of the tenant and the operator's tool. */
MUST_USE int report_list(struct ctx *c, tenant_id tenant, size_t max, struct report **ret, size_t *ret_n);
