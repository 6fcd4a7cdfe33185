/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A bounded pool of threads for slow work. A full queue refuses (ERR_BUSY): the page says so,
 * nothing piles up.
 */
#pragma once
#include "base/err.h"
#include <stddef.h>

struct pool;
MUST_USE int pool_start(unsigned threads, size_t queue_max, struct pool **ret);
/* fn runs on a pool thread, once. */
MUST_USE int pool_submit(struct pool *p, void (*fn)(void *arg), void *arg);
void pool_stop(struct pool *p);		/* waits for what is queued */
size_t pool_waiting(struct pool *p);
