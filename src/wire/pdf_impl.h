/* SPDX-License-Identifier: EUPL-1.2 */
/* The document model, shared by pdf.c (builds it) and pdf_layout.c (puts it on pages). */
#pragma once
#include "wire/pdf.h"
#include "wire/pdf_canvas.h"

enum pdf_kind {
	PDF_HEADING, PDF_PARAGRAPH, PDF_SMALL, PDF_BREAK, PDF_SPACE, PDF_TABLE, PDF_LIST, PDF_IMAGE, PDF_QR,
};
struct pdf_text {
	const struct pdf_span *span;
	size_t n;
};
struct pdf_row {
	const str *cell;
	struct pdf_row *next;
};
struct pdf_table {
	struct arena *arena;
	str caption;
	const str *head;		/* NULL: pairs, the first column holds the header cells */
	size_t columns;
	const double *share;
	const bool *right;
	struct pdf_row *first, **end;
};
struct pdf_item {
	struct pdf_text text;
	struct pdf_item *next;
};
struct pdf_list {
	struct arena *arena;
	bool numbered;
	struct pdf_item *first, **end;
};
struct pdf_block {
	enum pdf_kind kind;
	int level;
	double size;			/* mm: space, width of a picture */
	struct pdf_text text;		/* QR: what stands beside */
	str alt, code;
	const struct bitmap *bitmap;
	struct pdf_table *table;
	struct pdf_list *list;
	struct pdf_block *next;
};
struct pdf_doc {
	struct arena *arena;
	str lang, title, author, footer, page_label, watermark;
	instant created;
	struct pdf_letter *letter;
	struct pdf_block *first, **end;
	bool broken;			/* the model was built wrongly: pdf_write says ERR_INVALID */
};

#define PDF_PAGES_MAX 500

/* Draws all pages onto c. ERR_LIMIT, ERR_INVALID. */
MUST_USE int pdf_layout(struct arena *a, const struct pdf_doc *d, struct canvas *c);
