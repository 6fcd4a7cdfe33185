/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Puts the document model on pages. First everything is measured and becomes a list of operations, so that the number of pages is
 * known; then the list is drawn. A structure element may stay open over the end of a page, a leaf (with text in it) never does.
 */
#include <string.h>

#include "wire/pdf_impl.h"

#define LEFT (25 * MM)
#define WIDTH (165 * MM)
#define TOP (22 * MM)
#define BOTTOM (CANVAS_H - 25 * MM)
#define BODY 9.5
#define SMALL 7.5
#define GAP 6.0		/* below a block */
#define PAD 2.5		/* above and below the text of a table cell */
#define TABLE_GUTTER 8.0

enum op_kind { OP_TAG, OP_TAG_END, OP_LINES, OP_PLAIN, OP_RULE, OP_BITMAP, OP_QR, OP_PAGE };

struct op {
	enum op_kind kind;
	const char *tag;
	const struct canvas_text *text;
	unsigned from, to;
	double x, y, w, h;
	const void *what;	/* bitmap or qr */
};

struct flow {
	struct arena *arena;
	struct canvas *canvas;
	const struct pdf_doc *doc;
	struct op *op;
	size_t n, cap;
	unsigned page;		/* from 0 */
	double y;
	bool fresh;		/* nothing on this page yet */
};

static struct op *push(struct flow *f, enum op_kind kind)
{
	if (f->n == f->cap) {
		size_t cap = f->cap ? f->cap * 2 : 256;
		struct op *more = ARENA_ARRAY(f->arena, struct op, cap);
		if (f->n)
			memcpy(more, f->op, f->n * sizeof *more);
		f->op = more;
		f->cap = cap;
	}
	struct op *o = &f->op[f->n++];
	*o = (struct op){ .kind = kind };
	return o;
}

static void tag(struct flow *f, const char *name)
{
	push(f, OP_TAG)->tag = name;
}

static void tag_end(struct flow *f, const char *name)
{
	push(f, OP_TAG_END)->tag = name;
}

static void rule(struct flow *f, double x, double y, double w)
{
	struct op *o = push(f, OP_RULE);

	o->x = x;
	o->y = y;
	o->w = w;
	o->h = 0.5;
}

static void lines(struct flow *f, const struct canvas_text *t, unsigned from, unsigned to, double x, double y)
{
	struct op *o = push(f, OP_LINES);

	o->text = t;
	o->from = from;
	o->to = to;
	o->x = x;
	o->y = y;
	f->fresh = false;
}

static void next_page(struct flow *f)
{
	push(f, OP_PAGE);
	f->page++;
	f->y = TOP;
	f->fresh = true;
}

static double rest(const struct flow *f)
{
	return BOTTOM - f->y;
}

/* Makes sure that so much fits; on a fresh page there is no better place. */
static void need(struct flow *f, double height)
{
	if (!f->fresh && height > rest(f))
		next_page(f);
}

static struct canvas_text *one(struct flow *f, str text, double size, double width, bool bold, enum canvas_align align)
{
	struct pdf_span *s = ARENA_NEW(f->arena, struct pdf_span);

	s->text = text;
	s->bold = bold;
	return canvas_text(f->canvas, s, 1, size, width, align);
}

/* How many lines from `from` on fit into the rest of the page. */
static unsigned fitting(const struct flow *f, const struct canvas_text *t, unsigned from, double room)
{
	unsigned to = from;

	while (to < t->lines && t->top[to + 1] - t->top[from] <= room)
		to++;
	return to == from && f->fresh ? from + 1 : to;
}

/* Text that may go on over pages, inside an element that is open. No single line is left alone on either side. */
static void flow_lines(struct flow *f, const struct canvas_text *t, double x)
{
	for (unsigned from = 0; from < t->lines;) {
		unsigned to = fitting(f, t, from, rest(f));

		if (to < t->lines && !f->fresh) {
			if (t->lines - to == 1 && to > from)
				to--;
			if (to - from == 1 && t->lines - from > 1)
				to = from;
		}
		if (to > from) {
			lines(f, t, from, to, x, f->y);
			f->y += t->top[to] - t->top[from];
			from = to;
		}
		if (from < t->lines)
			next_page(f);
	}
}

static void put_text(struct flow *f, const char *name, const struct pdf_text *text, double size)
{
	struct canvas_text *t = canvas_text(f->canvas, text->span, text->n, size, WIDTH, CANVAS_LEFT);

	need(f, t->lines > 1 ? t->top[2] : t->height);
	tag(f, name);
	flow_lines(f, t, LEFT);
	tag_end(f, name);
	f->y += GAP;
}

static void put_heading(struct flow *f, const struct pdf_block *b)
{
	static const double sizes[2][5] = { { 0, 16, 12.5, 10.5, 9.5 }, { 0, 12, 10.5, 9.5, 9.5 } };
	const double *size = sizes[f->doc->letter != NULL];
	static const double before[] = { 0, 4, 12, 8, 6 };
	static const char *const name[] = { "", "H1", "H2", "H3", "H4" };
	struct canvas_text *t = one(f, b->text.span->text, size[b->level], WIDTH, true, CANVAS_LEFT);

	if (!f->fresh)
		f->y += before[b->level];
	need(f, t->height + 4 * BODY * 1.5); /* a heading stays with what it heads */
	tag(f, name[b->level]);
	flow_lines(f, t, LEFT);
	tag_end(f, name[b->level]);
	f->y += b->level == 1 ? 8 : 4;
}

static void put_list(struct flow *f, const struct pdf_list *l)
{
	const double indent = 18;
	int number = 0;

	tag(f, "L");
	for (const struct pdf_item *i = l->first; i; i = i->next) {
		str mark = l->numbered ? str_fmt(f->arena, "%d.", ++number) : S("\xe2\x80\xa2");
		struct canvas_text *m = one(f, mark, BODY, indent, false, CANVAS_LEFT);
		struct canvas_text *t =
			canvas_text(f->canvas, i->text.span, i->text.n, BODY, WIDTH - indent, CANVAS_LEFT);

		need(f, t->lines > 1 ? t->top[2] : t->height);
		tag(f, "LI");
		tag(f, "Lbl");
		lines(f, m, 0, m->lines, LEFT, f->y);
		tag_end(f, "Lbl");
		tag(f, "LBody");
		flow_lines(f, t, LEFT + indent);
		tag_end(f, "LBody");
		tag_end(f, "LI");
		f->y += 2;
	}
	tag_end(f, "L");
	f->y += GAP - 2;
}

struct columns {
	size_t n;
	double x[12], w[12];
	bool right[12];
};

static struct columns columns_of(const struct pdf_table *t, double left, double width)
{
	struct columns c = { .n = t->columns };
	double sum = 0, x = left, room = width - TABLE_GUTTER * (double)(t->columns - 1);

	for (size_t i = 0; i < c.n; i++)
		sum += t->share ? t->share[i] : t->head ? 1 : i ? 62 : 38;
	for (size_t i = 0; i < c.n; i++) {
		double share = t->share ? t->share[i] : t->head ? 1 : i ? 62 : 38;
		c.x[i] = x;
		c.w[i] = room * share / sum;
		c.right[i] = t->right && t->right[i];
		x += c.w[i] + TABLE_GUTTER;
	}
	return c;
}

struct cells {
	struct canvas_text *text[12];
	unsigned done[12];
	double height;		/* of the tallest */
};

static struct cells cells_of(struct flow *f, const struct columns *c, const str *cell, bool bold_all, bool bold_first,
	double size)
{
	struct cells r = { .height = 0 };

	for (size_t i = 0; i < c->n; i++) {
		bool bold = bold_all || (bold_first && i == 0);
		r.text[i] = one(f, cell[i], size, c->w[i], bold, c->right[i] ? CANVAS_RIGHT : CANVAS_LEFT);
		if (r.text[i]->height > r.height)
			r.height = r.text[i]->height;
	}
	return r;
}

/* One row, or as much of it as fits; false: something is left for the next page. */
static bool put_cells(struct flow *f, const struct columns *c, struct cells *r, bool head, bool row_head)
{
	double room = rest(f) - 2 * PAD, used = 0;
	bool complete = true;

	tag(f, "TR");
	for (size_t i = 0; i < c->n; i++) {
		const char *name = head || (row_head && i == 0) ? "TH" : "TD";
		struct canvas_text *t = r->text[i];
		unsigned from = r->done[i];
		unsigned to = from < t->lines ? fitting(f, t, from, room) : from;

		tag(f, name);
		if (to > from) {
			double h = t->top[to] - t->top[from];
			lines(f, t, from, to, c->x[i], f->y + PAD);
			if (h > used)
				used = h;
		}
		tag_end(f, name);
		r->done[i] = to;
		complete = complete && to == t->lines;
	}
	tag_end(f, "TR");
	f->y += used + 2 * PAD;
	f->fresh = false;
	rule(f, c->x[0], f->y, c->x[c->n - 1] + c->w[c->n - 1] - c->x[0]);
	return complete;
}

/* On a further page the header row is furniture: the cells were read already. */
static void repeat_head(struct flow *f, const struct columns *c, const struct cells *head)
{
	for (size_t i = 0; i < c->n; i++) {
		struct op *o = push(f, OP_PLAIN);
		o->text = head->text[i];
		o->x = c->x[i];
		o->y = f->y + PAD;
	}
	f->y += head->height + 2 * PAD;
	rule(f, c->x[0], f->y, WIDTH);
}

static void put_row(struct flow *f, const struct columns *c, const struct cells *head, const struct pdf_row *row,
	bool row_head, double size)
{
	struct cells r = cells_of(f, c, row->cell, false, row_head, size);
	double height = r.height + 2 * PAD, full = BOTTOM - TOP - (head ? head->height + 2 * PAD : 0);

	/* a row that fits on a page of its own is not cut; a taller one starts where it stands if there is some room */
	if (height > rest(f) && (height <= full || rest(f) < 60) && !f->fresh) {
		next_page(f);
		if (head)
			repeat_head(f, c, head);
	}
	while (!put_cells(f, c, &r, false, row_head)) {
		next_page(f);
		if (head)
			repeat_head(f, c, head);
	}
}

static void put_table(struct flow *f, const struct pdf_table *t)
{
	struct columns c = columns_of(t, LEFT, WIDTH);
	struct cells head = { .height = 0 };

	tag(f, "Table");
	if (t->head) {
		head = cells_of(f, &c, t->head, true, false, BODY);
		need(f, head.height + 4 * BODY * 1.5);
		tag(f, "THead");
		put_cells(f, &c, &head, true, false);
		tag_end(f, "THead");
		tag(f, "TBody");
	}
	for (const struct pdf_row *r = t->first; r; r = r->next)
		put_row(f, &c, t->head ? &head : NULL, r, !t->head, BODY);
	if (t->head)
		tag_end(f, "TBody");
	tag_end(f, "Table");
	f->y += GAP + 2;
}

static void put_image(struct flow *f, const struct pdf_block *b)
{
	double w = b->size * MM, h;

	if (w > WIDTH)
		w = WIDTH;
	h = w * b->bitmap->h / b->bitmap->w;
	if (h > BOTTOM - TOP) {
		w *= (BOTTOM - TOP) / h;
		h = BOTTOM - TOP;
	}
	need(f, h);
	tag(f, "Figure");
	struct op *o = push(f, OP_BITMAP);
	*o = (struct op){ .kind = OP_BITMAP, .x = LEFT, .y = f->y, .w = w, .h = h, .what = b->bitmap };
	tag_end(f, "Figure");
	f->fresh = false;
	f->y += h + GAP;
}

static int put_qr(struct flow *f, const struct pdf_block *b)
{
	struct qr *q = ARENA_NEW(f->arena, struct qr);
	double side = b->size * MM, beside = WIDTH - side - 10;

	TRY(qr_make(f->arena, b->code, q));
	struct canvas_text *t = canvas_text(f->canvas, b->text.span, b->text.n, BODY, beside > 60 ? beside : 60, CANVAS_LEFT);
	double height = t->height > side ? t->height : side;
	need(f, height);
	tag(f, "Figure");
	struct op *o = push(f, OP_QR);
	*o = (struct op){ .kind = OP_QR, .x = LEFT, .y = f->y, .w = side, .what = q };
	tag_end(f, "Figure");
	if (b->text.span->text.n) {
		tag(f, "P");
		lines(f, t, 0, t->lines, LEFT + side + 10, f->y + (height - t->height) / 2);
		tag_end(f, "P");
	}
	f->fresh = false;
	f->y += height + GAP;
	return OK;
}

/* A single text at a fixed place, an element of its own; gives the lower edge. */
static double put_at(struct flow *f, const char *name, str text, double size, double x, double y, double w, bool bold)
{
	if (text.n == 0)
		return y;
	struct canvas_text *t = one(f, text, size, w, bold, CANVAS_LEFT);
	tag(f, name);
	lines(f, t, 0, t->lines, x, y);
	tag_end(f, name);
	return y + t->height;
}

static double put_info(struct flow *f, const struct pdf_letter *l, double y)
{
	struct pdf_table shape = { .columns = 2, .share = (double[]){ 42, 58 } };
	struct columns c = columns_of(&shape, 125 * MM, 65 * MM);

	tag(f, "Table");
	for (size_t i = 0; i < sizeof l->info / sizeof *l->info; i++) {
		if (l->info[i].label.n == 0)
			continue;
		struct cells r = cells_of(f, &c, (str[]){ l->info[i].label, l->info[i].value }, false, false, 8);
		tag(f, "TR");
		for (size_t k = 0; k < 2; k++) {
			tag(f, k ? "TD" : "TH");
			lines(f, r.text[k], 0, r.text[k]->lines, c.x[k], y);
			tag_end(f, k ? "TD" : "TH");
		}
		tag_end(f, "TR");
		y += r.height + 1.5;
	}
	tag_end(f, "Table");
	return y;
}

/* DIN 5008 form B: window of 85 x 45 mm at 20/45 mm, its lower 27.3 mm for the address; text from 98.46 mm; fold marks 105 and 210 mm. */
static void put_letter(struct flow *f, const struct pdf_letter *l)
{
	double y = 14 * MM;

	for (size_t i = 0; i < 3; i++)
		y = put_at(f, "P", l->letterhead[i], i ? 9.5 : 13, LEFT, y, 120 * MM, i == 0) + (i ? 1 : 3);
	put_at(f, "P", l->sender_line, 6.5, LEFT, 57.5 * MM, 78 * MM, false);
	struct buf address = buf_new(f->arena, 200);
	for (size_t i = 0; i < sizeof l->recipient / sizeof *l->recipient; i++) {
		if (l->recipient[i].n == 0)
			continue;
		if (address.n)
			buf_putc(&address, '\n');
		buf_put(&address, l->recipient[i]);
	}
	double below = put_at(f, "P", buf_str(&address), 9.5, LEFT, 63.2 * MM, 78 * MM, false);
	double info = put_info(f, l, 50 * MM);
	f->y = 98.46 * MM;
	if (info + 10 > f->y)
		f->y = info + 10;
	if (below + 10 > f->y)
		f->y = below + 10;
	f->y = put_at(f, "H1", l->subject, 12, LEFT, f->y, WIDTH, true) + 12;
	rule(f, 4 * MM, 105 * MM, 5 * MM);
	rule(f, 4 * MM, 148.5 * MM, 7 * MM);
	rule(f, 4 * MM, 210 * MM, 5 * MM);
}

static int put_block(struct flow *f, const struct pdf_block *b)
{
	switch (b->kind) {
	case PDF_HEADING: put_heading(f, b); break;
	case PDF_PARAGRAPH: put_text(f, "P", &b->text, BODY); break;
	case PDF_SMALL: put_text(f, "P", &b->text, SMALL); break;
	case PDF_BREAK:
		if (!f->fresh)
			next_page(f);
		break;
	case PDF_SPACE: f->y += b->size * MM; break;
	case PDF_TABLE: put_table(f, b->table); break;
	case PDF_LIST: put_list(f, b->list); break;
	case PDF_IMAGE: put_image(f, b); break;
	case PDF_QR: return put_qr(f, b);
	}
	return f->page >= PDF_PAGES_MAX ? ERR_LIMIT : OK;
}

/* Everything of a page that is not content, in one artifact: rules, repeated header rows, footer, page number. */
static void draw_furniture(struct flow *f, size_t from, size_t to, unsigned page, unsigned pages)
{
	struct canvas *c = f->canvas;
	const struct pdf_doc *d = f->doc;
	str label = str_replace(f->arena, d->page_label, S("{page}"), str_fmt(f->arena, "%u", page));

	label = str_replace(f->arena, label, S("{pages}"), str_fmt(f->arena, "%u", pages));
	canvas_tag(c, CANVAS_ARTIFACT_TAG);
	for (size_t i = from; i < to; i++) {
		const struct op *o = &f->op[i];
		if (o->kind == OP_RULE)
			canvas_rule(c, o->x, o->y, o->w, o->h);
		else if (o->kind == OP_PLAIN)
			canvas_lines_plain(c, o->text, o->x, o->y);
	}
	canvas_lines_plain(c, one(f, d->footer, SMALL, 120 * MM, false, CANVAS_LEFT), LEFT, CANVAS_H - 17 * MM);
	canvas_lines_plain(c, one(f, label, SMALL, 40 * MM, false, CANVAS_RIGHT), LEFT + WIDTH - 40 * MM,
		CANVAS_H - 17 * MM);
	if (d->watermark.n && page > 1)
		canvas_lines_plain(c, one(f, d->watermark, SMALL, WIDTH, true, CANVAS_LEFT), LEFT, 7 * MM);
	canvas_tag_end(c, CANVAS_ARTIFACT_TAG);
	canvas_page(c);
}

static void draw(struct flow *f)
{
	unsigned page = 1;
	size_t from = 0;

	for (size_t i = 0; i < f->n; i++) {
		const struct op *o = &f->op[i];

		switch (o->kind) {
		case OP_TAG: canvas_tag(f->canvas, o->tag); break;
		case OP_TAG_END: canvas_tag_end(f->canvas, o->tag); break;
		case OP_LINES: canvas_lines(f->canvas, o->text, o->from, o->to, o->x, o->y); break;
		case OP_BITMAP: canvas_bitmap(f->canvas, o->what, o->x, o->y, o->w, o->h); break;
		case OP_QR: canvas_qr(f->canvas, o->what, o->x, o->y, o->w); break;
		case OP_RULE:
		case OP_PLAIN: break;
		case OP_PAGE:
			draw_furniture(f, from, i, page++, f->page);
			from = i + 1;
			break;
		}
	}
}

int pdf_layout(struct arena *a, const struct pdf_doc *d, struct canvas *c)
{
	struct flow f = { .arena = a, .canvas = c, .doc = d, .y = TOP, .fresh = true };

	tag(&f, "Document");
	put_at(&f, "P", d->watermark, SMALL, LEFT, 7 * MM, WIDTH, true);
	f.fresh = true;
	if (d->letter) {
		put_letter(&f, d->letter);
		f.fresh = false;
	}
	for (const struct pdf_block *b = d->first; b; b = b->next)
		TRY(put_block(&f, b));
	/* the last page ends inside the Document: its furniture is a child of it like the others' */
	if (!f.fresh || f.page == 0)
		next_page(&f);
	tag_end(&f, "Document");
	draw(&f);
	return OK;
}
