/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * pdf: an accessible PDF from a small document model: summaries, receipts, letters. Tagged (headings, paragraphs, lists, tables
 * with header cells, figures with alternative text), language and title set, fonts embedded; declares PDF/A-2u.
 * Page furniture (page number, footer, fold marks, sender line repeated) is drawn as marked artifacts.
 * Font: DejaVu Sans (Debian fonts-dejavu-core), which holds all Latin letters of DIN 91379.
 * Texts are UTF-8; control characters are dropped. The document keeps pointers to what it is given: same arena, same lifetime.
 * CPU about 10 ms: call pdf_write on the work pool or in a job. Thread-safe for different documents.
 *
 *	struct pdf_doc *d = pdf_doc_new(a, S("de"), S("Zusammenfassung Ihres Antrags"));
 *	pdf_heading(d, 1, S("Zusammenfassung Ihres Antrags"));
 *	pdf_paragraph(d, S("Eingegangen am 22. November 2026."));
 *	struct pdf_table *t = pdf_pairs(d, S("Angaben zum Hund"));
 *	pdf_pair(t, S("Rufname"), S("Bello"));
 *	TRY(pdf_write(a, d, &bytes));
 */
#pragma once
#include "base/clock.h"
#include "wire/bitmap.h"

struct pdf_span {		/* a stretch of text inside a paragraph */
	str text;
	bool bold, italic;
	str link;		/* empty, or http(s):, mailto: */
};

/* First page of a letter after DIN 5008 form B: address window, reference block, date line, fold marks. Lines may be empty. */
struct pdf_letter {
	str sender_line;		/* small, above the address in the window */
	str recipient[6];		/* lines of the address in the window */
	struct pdf_pair_text {
		str label, value;
	} info[8];			/* reference block on the right: our reference, clerk, phone, e-mail, date */
	str letterhead[3];		/* name of the authority, office, ... at the top */
	str subject;			/* becomes the H1 */
};

struct pdf_doc;
struct pdf_table;
struct pdf_list;

/* lang: BCP 47, "de". title is shown by viewers and must not be empty. */
struct pdf_doc *pdf_doc_new(struct arena *a, str lang, str title);
void pdf_author(struct pdf_doc *d, str author);
void pdf_created(struct pdf_doc *d, instant t);			/* default: 1970; set it, bytes are deterministic then */
void pdf_footer(struct pdf_doc *d, str text);			/* left of the page number on each page, an artifact */
/* "Seite {page} von {pages}" by default; the two places are replaced. */
void pdf_page_label(struct pdf_doc *d, str pattern);
void pdf_watermark(struct pdf_doc *d, str text);		/* one line at the top of each page ("Demonstration – ..."): tagged once, then artifact */
void pdf_letter(struct pdf_doc *d, const struct pdf_letter *l);	/* before the first block; copied */

void pdf_heading(struct pdf_doc *d, int level, str text);	/* level 1..4 */
void pdf_paragraph(struct pdf_doc *d, str text);		/* '\n' is a line break */
void pdf_paragraph_spans(struct pdf_doc *d, const struct pdf_span *spans, size_t n);
void pdf_small(struct pdf_doc *d, str text);			/* paragraph in small print */
void pdf_page_break(struct pdf_doc *d);
void pdf_space(struct pdf_doc *d, double mm);
/* Two columns, the left one header cells of their row. caption may be empty; it is what a screen reader announces. */
struct pdf_table *pdf_pairs(struct pdf_doc *d, str caption);
void pdf_pair(struct pdf_table *t, str label, str value);
/* Table with a header row, repeated (as artifact) on each page. share[i]: relative width; right[i]: aligned right. May be NULL. */
struct pdf_table *pdf_table(struct pdf_doc *d, str caption, const str *head, size_t columns, const double *share, const bool *right);
void pdf_row(struct pdf_table *t, const str *cell);		/* as many as columns */
struct pdf_list *pdf_list(struct pdf_doc *d, bool numbered);
void pdf_item(struct pdf_list *l, str text);
void pdf_item_spans(struct pdf_list *l, const struct pdf_span *spans, size_t n);
/* alt must not be empty. Kept in proportion to width_mm. */
void pdf_image(struct pdf_doc *d, const struct bitmap *m, double width_mm, str alt);
/* QR code of text at level M, side in mm, with text lines beside it (may be empty). Too long a text makes pdf_write fail. */
void pdf_qr(struct pdf_doc *d, str text, double side_mm, str alt, str beside);

/* ERR_LIMIT: more than 500 pages or a text that does not fit a code; ERR_INVALID: broken model (no title, no alt); ERR_IO: a library failed. */
MUST_USE int pdf_write(struct arena *a, const struct pdf_doc *d, str *ret);
/* Fills the font caches (90 ms once) before the first user waits. Call it on a pool thread after start. */
void pdf_warm_up(void);
