/* SPDX-License-Identifier: EUPL-1.2 */
/* Specialist software that calls us: a destination's own credential, as "Authorization: Bearer <credential>". */
#pragma once
#include "usecase/ctx.h"

/* Credential: base64url(tenant as 2 bytes, 32 random bytes). Fills c->actor (ACTOR_SOFTWARE, tenant, software). ERR_NOTFOUND: unknown or switched off. */
MUST_USE int software_actor(struct ctx *c, str authorization);
str software_credential(struct arena *a, tenant_id t);
