/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Reads XML as a stream of elements: no tree, no network, no DTD (a document with one is refused, and so are its entities), namespaces
 * resolved. Limits: 64 MiB, depth 200, five million elements. This is the one file that knows libxml2.
 *
 *	struct xml_sink sink = { .arg = &mine, .open = on_open, .close = on_close };
 *	TRY(xml_read(scratch, text, &sink, &error));		// ERR_PARSE, ERR_LIMIT: error says where and why
 *
 * Names, attributes and texts are valid during the call only. Several threads may read at once.
 */
#pragma once
#include "base/str.h"

struct xml_attribute {
	str name, ns, value;
};
struct xml_element {
	str name, ns;			/* local name, namespace URI or empty */
	const struct xml_attribute *attr;
	size_t attrs;
	uint32_t line;
	unsigned depth;			/* 0: the root */
};
struct xml_sink {
	void *arg;
	bool (*open)(void *arg, const struct xml_element *e);	/* false: skip it with everything inside; then no close */
	void (*close)(void *arg, str name, str text);		/* text: since the last opening or closing; of a leaf: all of it */
};
struct xml_error {
	uint32_t line;
	char text[200];			/* English, for authors and operators */
};

MUST_USE int xml_read(struct arena *scratch, str text, const struct xml_sink *sink, struct xml_error *e);
str xml_attribute(const struct xml_element *e, str name);	/* local name; empty: not there */
