/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Streaming XML writer that asserts nesting. Text and attributes are escaped; control characters that XML cannot hold are left out.
 * With indent every element that holds elements has a line of its own.
 *
 *	struct xml x;
 *	xml_begin(&x, &buf, true);			// declaration
 *	xml_open(&x, S("xdf:name"));
 *	xml_attr(&x, S("lang"), S("de"));
 *	xml_text(&x, S("a < b"));
 *	xml_close(&x);
 *	xml_end(&x);
 */
#pragma once
#include "base/buf.h"

#define XML_MAX_DEPTH 100

struct xml {
	struct buf *b;
	bool indent, tag_open, has_text;
	bool holds[XML_MAX_DEPTH];	/* elements */
	unsigned depth;
	str name[XML_MAX_DEPTH];	/* of the caller: must live until closed */
};

void xml_begin(struct xml *x, struct buf *b, bool indent);
void xml_end(struct xml *x);				/* asserts that all is closed */
void xml_open(struct xml *x, str name);			/* asserts that it is a name */
void xml_attr(struct xml *x, str name, str value);	/* right after xml_open() */
void xml_text(struct xml *x, str text);
void xml_close(struct xml *x);
void xml_leaf(struct xml *x, str name, str text);	/* open, text, close */
