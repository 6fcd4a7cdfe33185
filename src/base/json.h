/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Streaming JSON writer that asserts nesting; strings are escaped for JSON and safe inside HTML (<,
 * >, & as \u00XX).
 */
#pragma once
#include "base/buf.h"

struct json {
	struct buf *b;
	uint8_t depth;
	bool comma, after_key;
	char stack[64];
};

void json_begin(struct json *j, struct buf *b);
void json_end(struct json *j);				/* asserts that all is closed */
void json_object(struct json *j);
void json_object_end(struct json *j);
void json_array(struct json *j);
void json_array_end(struct json *j);
void json_key(struct json *j, str key);
void json_str(struct json *j, str v);
void json_int(struct json *j, int64_t v);
void json_bool(struct json *j, bool v);
void json_null(struct json *j);
void json_raw_number(struct json *j, str literal);	/* asserts JSON number syntax */
/* key + value */
void json_kstr(struct json *j, str key, str v);
void json_kint(struct json *j, str key, int64_t v);
void json_kbool(struct json *j, str key, bool v);
