/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * pdf_finish: makes an archivable, accessible document of what cairo has drawn: language, metadata (XMP), output intent (sRGB), alternative
 * texts, scope of header cells, artifacts, flags of links. Declares PDF/A-2u. The one file that knows qpdf.
 *
 *	TRY(pdf_finish(a, drawn, &(struct pdf_finish){ .lang = S("de"), .title = title, .created = now }, &bytes));
 */
#pragma once
#include "base/clock.h"
#include "base/str.h"

struct pdf_finish {
	str lang, title, author;
	instant created;
	const str *alt;		/* of the figures in drawing order */
	size_t alts;
	const str *summary;	/* of the tables in drawing order; may be empty */
	size_t summaries;
};
/* ERR_IO: qpdf cannot read or write it; ERR_INVALID: the number of figures or tables differs from what was said. */
MUST_USE int pdf_finish(struct arena *a, str drawn, const struct pdf_finish *f, str *ret);
