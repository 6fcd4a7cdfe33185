/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Structured log: one JSON object a line to stderr (or a file descriptor). Only dispatch, worker
 * and main call it. Never personal data, never paths.
 */
#pragma once
#include "base/str.h"

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };
void log_open(int fd, enum log_level least);
/*
 * Pairs of const char *key, str value, ended by NULL:  log_event(LOG_INFO, "request", "route",
 * S("start"), NULL).
 */
void log_event(enum log_level l, const char *event, ...) __attribute__((sentinel));
