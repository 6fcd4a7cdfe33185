/* SPDX-License-Identifier: EUPL-1.2 */
/* Ids: one-member structs, so that mixing them up does not compile. int64 time-ordered (milliseconds since 2020 << 22 | node << 16 | sequence). */
#pragma once
#include "base/clock.h"

typedef struct { int32_t v; } tenant_id;
typedef struct { int64_t v; } case_id;
typedef struct { int64_t v; } draft_id;
typedef struct { int64_t v; } account_id;
typedef struct { int64_t v; } clerk_id;
typedef struct { int64_t v; } session_id;

#define TENANT_PORTAL ((tenant_id){ 10000 })	/* authorities are 1..9999 (domain/place.h) */
int64_t id_next(struct clock *c);	/* unique in this process; node bits set by id_node() */
void id_node(unsigned node);
instant id_time(int64_t id);	/* when it was made, to the millisecond */
