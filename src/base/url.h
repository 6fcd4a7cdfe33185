/* SPDX-License-Identifier: EUPL-1.2 */
/* URLs, query strings and application/x-www-form-urlencoded bodies. */
#pragma once
#include "base/buf.h"

struct pair {
	str name, value;
};
struct pairs {
	struct pair *v;
	size_t n;
};

void url_put(struct buf *b, str part);		/* percent-encodes all but unreserved */
str url_encode(struct arena *a, str part);
/* Percent-decoding; plus: '+' is a blank. ERR_PARSE on a broken escape, NUL or invalid UTF-8. */
MUST_USE int url_decode(struct arena *a, str s, bool plus, str *ret);
/* name=value&... ; ERR_LIMIT above max pairs, ERR_PARSE. Order and duplicates are kept. */
MUST_USE int form_parse(struct arena *a, str body, size_t max, struct pairs *ret);
str pairs_get(const struct pairs *p, str name);	/* first value, or empty */
bool pairs_has(const struct pairs *p, str name);
