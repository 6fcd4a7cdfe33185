/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * intake_frame: what goes over the socket between schalter and schalter-intake. Numbers are 32 bits, little-endian.
 *   request:  "SCH?" length accept 0          then the upload
 *   answer:   "SCH!" length                   then verdict type pages w h, picture safe, count, picture preview[count]
 *   picture:  type w h length bytes
 * The parent does not believe the child: everything is checked while reading. Fuzzed by tests/fuzz/fuzz_intake_frame.c.
 */
#pragma once
#include "base/buf.h"
#include "wire/intake.h"

#define INTAKE_REQUEST_HEAD 16
#define INTAKE_ANSWER_HEAD 8

void intake_request_head(uint8_t ret[INTAKE_REQUEST_HEAD], size_t n, unsigned accept);
/* ERR_PARSE, ERR_LIMIT */
MUST_USE int intake_request_read(const uint8_t head[INTAKE_REQUEST_HEAD], size_t *ret_n, unsigned *ret_accept);
/* Head and content. */
void intake_answer_put(struct buf *b, const struct intake_result *r);
MUST_USE int intake_answer_head(const uint8_t head[INTAKE_ANSWER_HEAD], size_t *ret_n);
/* Pictures point into content. ERR_PARSE */
MUST_USE int intake_answer_read(struct arena *a, str content, struct intake_result *ret);
