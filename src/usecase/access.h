/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Who may do what with which row. The only place that makes a struct grant.
 *
 *	TRY(case_authorize(c, handle, CASE_READ, &g));            // applicant: owner account, or a session that sent or follows it
 *	TRY(case_authorize_clerk(c, reference, CASE_WORK, &g));   // clerk: case of the own authority
 * ERR_NOTFOUND whatever the reason: never a hint whether something exists.
 */
#pragma once
#include "domain/case_store.h"
#include "usecase/ctx.h"

MUST_USE int case_authorize(struct ctx *c, str handle, enum case_permission p, struct grant *ret);
MUST_USE int case_authorize_clerk(struct ctx *c, str reference, enum case_permission p, struct grant *ret);
/* Applicant's own case by id: the account's list (one read across tenants, by owner) and the confirmation. */
MUST_USE int case_authorize_id(struct ctx *c, tenant_id t, case_id id, enum case_permission p, struct grant *ret);
/* Whoever shows the secret of the follow link, with or without a session: to read, and to be let in by case_session_allow. */
MUST_USE int case_authorize_follow(struct ctx *c, str token, struct grant *ret);
/* Jobs: system work on a case of a tenant. */
MUST_USE int case_authorize_system(struct ctx *c, tenant_id t, case_id id, struct grant *ret);
/* The operator's tools: metadata, the chain and destroying; destroyed cases (tombstones), too. Their content has no key any more. */
MUST_USE int case_authorize_operator(struct ctx *c, tenant_id t, str reference, struct grant *ret);
/* The applicant who submits: a grant for the row that is about to be inserted. */
MUST_USE int case_authorize_new(struct ctx *c, const struct case_row *row, struct grant *ret);
/* The unsealed key of the case. ERR_DESTROYED. */
MUST_USE int case_key(struct ctx *c, const struct grant *g, struct key *ret);
