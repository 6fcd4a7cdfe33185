/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * pdf_canvas: what pdf draws with: a tagged page surface, measured text, pictures. The one file that knows cairo and pango.
 * Units are points, y grows downwards, A4. Text and canvas belong to one thread. canvas_close frees all of it.
 *
 *	struct canvas *c; TRY(canvas_open(a, title, &c));
 *	struct canvas_text *t = canvas_text(c, spans, n, 9.5, 400, CANVAS_LEFT);
 *	canvas_tag(c, "P"); canvas_lines(c, t, 0, t->lines, 70, 60); canvas_tag_end(c, "P");
 *	canvas_page(c);
 *	TRY(canvas_finish(a, c, &bytes)); canvas_close(c);
 */
#pragma once
#include "base/buf.h"
#include "wire/bitmap.h"
#include "wire/qr.h"

#define CANVAS_W 595.276
#define CANVAS_H 841.890
#define MM (72 / 25.4)

/* Furniture is drawn in this element, which nothing else uses; pdf_finish makes an artifact of it. */
#define CANVAS_ARTIFACT_TAG "Private"

struct pdf_span;
struct canvas;

enum canvas_align { CANVAS_LEFT, CANVAS_RIGHT };

struct canvas_text {
	unsigned lines;
	double height;		/* of all lines */
	double *top;		/* lines + 1 values: upper edge of each line, then the height */
	void *priv;
};

MUST_USE int canvas_open(struct arena *a, str title, struct canvas **ret);
void canvas_close(struct canvas **c);		/* for AUTO() */
/* Lays out and measures; nothing is drawn yet. */
struct canvas_text *canvas_text(struct canvas *c, const struct pdf_span *spans, size_t n, double size, double width,
	enum canvas_align align);
void canvas_tag(struct canvas *c, const char *tag);
void canvas_tag_end(struct canvas *c, const char *tag);
/* Lines [from, to) with the upper edge of the first at y, each piece in a leaf of its own (Span or Link). */
void canvas_lines(struct canvas *c, const struct canvas_text *t, unsigned from, unsigned to, double x, double y);
/* The same without leaves: inside an artifact. */
void canvas_lines_plain(struct canvas *c, const struct canvas_text *t, double x, double y);
void canvas_rule(struct canvas *c, double x, double y, double w, double thickness);
void canvas_bitmap(struct canvas *c, const struct bitmap *m, double x, double y, double w, double h);
void canvas_qr(struct canvas *c, const struct qr *q, double x, double y, double side);
void canvas_page(struct canvas *c);		/* the page is done */
/* Not yet a PDF to hand out: pdf_finish makes it one. ERR_IO: a library failed. */
MUST_USE int canvas_finish(struct arena *a, struct canvas *c, str *ret);
