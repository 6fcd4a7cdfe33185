/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What the browser gets beside the pages: style sheet, fonts, script, icon. Built by tools/build-assets.mjs, part of the program.
 * The URL holds a hash of the content: it may be kept for ever (Cache-Control: public, max-age=31536000, immutable).
 *
 *	const struct asset *a = asset_find(S("/assets/schalter-0123456789ab.css"));
 *	str body = asset_body(a, accept_encoding, &encoding);
 */
#pragma once
#include "base/str.h"

struct asset {
	str name;		/* "schalter.css" */
	str url;
	str type;		/* Content-Type */
	str body, br, gz;	/* br and gz are empty where packing gains nothing */
};
extern const struct asset asset_table[];
extern const size_t asset_count;

const struct asset *asset_find(str url);		/* NULL: there is none */
const struct asset *asset_by_name(str name);		/* for /favicon.ico and the like */
/* The smallest body that the Accept-Encoding header allows; *ret_encoding is "br", "gzip" or empty. */
str asset_body(const struct asset *a, str accept_encoding, str *ret_encoding);
