/* SPDX-License-Identifier: EUPL-1.2 */
/* What the parsers of node share. */
#pragma once
#include "base/node.h"

#define NODE_DEPTH_MAX 64

/* Appends to a list (key empty) or a map, in which the key must not be there yet. */
void node_push(struct arena *a, struct node *n, str key, struct node *item);
/* Fills *e; returns code. */
MUST_USE int node_fail(struct node_error *e, int code, const char *file, size_t line, size_t col, const char *fmt, ...) PRINTF_LIKE(6, 7);
