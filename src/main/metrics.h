/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Prometheus metrics on a listener of their own (setting metrics, "127.0.0.1:9090"); never on the public port. One thread, one connection
 * at a time, GET /metrics only.
 */
#pragma once
#include "usecase/ctx.h"

struct metrics;
MUST_USE int metrics_start(struct house *h, struct metrics **ret, str *ret_why);
void metrics_stop(struct metrics *m);
/* The text itself. */
void metrics_write(struct buf *b, struct house *h);
