/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * multipart/form-data (RFC 7578), streaming: any cut of the body gives the same calls. Memory is constant: a part's header is kept whole
 * (<= 4 KiB), of its content only what might be the beginning of a boundary.
 */
#pragma once
#include "base/buf.h"

struct multipart {
	void (*on_part)(void *arg, str name, str filename, bool is_file);
	int (*on_data)(void *arg, str part);		/* negative: ends the parsing with that error */
	int (*on_end)(void *arg, bool last);		/* end of a part; last: end of the body */
	void *arg;
	/* private */
	enum { MP_START, MP_HEADER, MP_BODY, MP_AFTER, MP_DONE, MP_BAD } state;
	char boundary[80];				/* "\r\n--" + boundary */
	size_t boundary_n;
	struct buf hold;				/* header, or the two bytes behind a boundary */
	char *work;
	size_t waiting;					/* bytes at the beginning of work that may begin a boundary */
	size_t parts;
};

/* content_type: value of the header. ERR_UNSUPPORTED: not multipart/form-data with a sane boundary. */
MUST_USE int multipart_begin(struct arena *a, str content_type, struct multipart *m);
MUST_USE int multipart_feed(struct multipart *m, str piece);	/* ERR_PARSE, ERR_LIMIT, or the callback's error */
bool multipart_complete(const struct multipart *m);		/* the closing boundary was seen */
/* Last path part, control characters and quotes removed, at most 200 characters, "datei" when nothing is left. */
str multipart_filename(struct arena *a, str typed);
