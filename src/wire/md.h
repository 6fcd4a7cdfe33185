/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * md: Markdown (CommonMark through cmark) as safe HTML and as blocks of a PDF. Raw HTML is dropped; links other than http, https,
 * mailto, tel and relative ones lose their address; images are dropped (their text stays).
 *
 *	md_html(&b, S("**Hinweis:** bitte bis Freitag."), 1);   // "# x" becomes <h2>
 *	md_pdf(d, template_text);
 */
#pragma once
#include "base/buf.h"
#include "wire/pdf.h"

/* heading_shift: added to each heading level, so that a text fits under the headings of its page; result at most 6. ERR_LIMIT above 1 MiB. */
MUST_USE int md_html(struct buf *b, str md, int heading_shift);
/* Appends the blocks to d. Quotes become paragraphs, nested lists are kept flat with a dash. */
MUST_USE int md_pdf(struct arena *a, struct pdf_doc *d, str md);
/* Only the text, blocks divided by a blank line: for mails and search. */
MUST_USE int md_text(struct buf *b, str md);
/* Text -> Markdown that shows exactly that text: for values put into a template. Line breaks become blanks. */
str md_escape(struct arena *a, str text);
