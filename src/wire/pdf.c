/* SPDX-License-Identifier: EUPL-1.2 */
#include "wire/pdf.h"

#include "base/utf8.h"
#include "wire/pdf_finish.h"
#include "wire/pdf_impl.h"

struct pdf_doc *pdf_doc_new(struct arena *a, str lang, str title)
{
	struct pdf_doc *d = ARENA_NEW(a, struct pdf_doc);

	d->arena = a;
	d->lang = lang;
	d->title = title;
	d->page_label = S("Seite {page} von {pages}");
	d->end = &d->first;
	return d;
}

void pdf_author(struct pdf_doc *d, str author)
{
	d->author = author;
}

void pdf_created(struct pdf_doc *d, instant t)
{
	d->created = t;
}

void pdf_footer(struct pdf_doc *d, str text)
{
	d->footer = text;
}

void pdf_page_label(struct pdf_doc *d, str pattern)
{
	d->page_label = pattern;
}

void pdf_watermark(struct pdf_doc *d, str text)
{
	d->watermark = text;
}

void pdf_letter(struct pdf_doc *d, const struct pdf_letter *l)
{
	d->letter = arena_copy(d->arena, l, sizeof *l);
}

static struct pdf_block *add(struct pdf_doc *d, enum pdf_kind kind)
{
	struct pdf_block *b = ARENA_NEW(d->arena, struct pdf_block);

	b->kind = kind;
	*d->end = b;
	d->end = &b->next;
	return b;
}

static struct pdf_text plain(struct arena *a, str text)
{
	struct pdf_span *s = ARENA_NEW(a, struct pdf_span);

	s->text = text;
	return (struct pdf_text){ s, 1 };
}

static struct pdf_text copied(struct arena *a, const struct pdf_span *spans, size_t n)
{
	return (struct pdf_text){ arena_copy(a, spans, arena_mul(n, sizeof *spans)), n };
}

void pdf_heading(struct pdf_doc *d, int level, str text)
{
	struct pdf_block *b = add(d, PDF_HEADING);

	if (level < 1 || level > 4)
		d->broken = true;
	b->level = level;
	b->text = plain(d->arena, text);
}

void pdf_paragraph(struct pdf_doc *d, str text)
{
	add(d, PDF_PARAGRAPH)->text = plain(d->arena, text);
}

void pdf_paragraph_spans(struct pdf_doc *d, const struct pdf_span *spans, size_t n)
{
	add(d, PDF_PARAGRAPH)->text = copied(d->arena, spans, n);
}

void pdf_small(struct pdf_doc *d, str text)
{
	add(d, PDF_SMALL)->text = plain(d->arena, text);
}

void pdf_page_break(struct pdf_doc *d)
{
	add(d, PDF_BREAK);
}

void pdf_space(struct pdf_doc *d, double mm)
{
	add(d, PDF_SPACE)->size = mm;
}

static struct pdf_table *add_table(struct pdf_doc *d, str caption, size_t columns)
{
	struct pdf_table *t = ARENA_NEW(d->arena, struct pdf_table);

	t->arena = d->arena;
	t->caption = caption;
	t->columns = columns;
	t->end = &t->first;
	add(d, PDF_TABLE)->table = t;
	return t;
}

struct pdf_table *pdf_pairs(struct pdf_doc *d, str caption)
{
	return add_table(d, caption, 2);
}

void pdf_pair(struct pdf_table *t, str label, str value)
{
	pdf_row(t, (str[]){ label, value });
}

struct pdf_table *pdf_table(struct pdf_doc *d, str caption, const str *head, size_t columns, const double *share,
	const bool *right)
{
	if (columns < 1 || columns > 12 || !head)
		d->broken = true;

	struct pdf_table *t = add_table(d, caption, columns);
	t->head = arena_copy(d->arena, head, arena_mul(columns, sizeof *head));
	if (share)
		t->share = arena_copy(d->arena, share, arena_mul(columns, sizeof *share));
	if (right)
		t->right = arena_copy(d->arena, right, arena_mul(columns, sizeof *right));
	return t;
}

void pdf_row(struct pdf_table *t, const str *cell)
{
	struct pdf_row *r = ARENA_NEW(t->arena, struct pdf_row);

	r->cell = arena_copy(t->arena, cell, arena_mul(t->columns, sizeof *cell));
	*t->end = r;
	t->end = &r->next;
}

struct pdf_list *pdf_list(struct pdf_doc *d, bool numbered)
{
	struct pdf_list *l = ARENA_NEW(d->arena, struct pdf_list);

	l->arena = d->arena;
	l->numbered = numbered;
	l->end = &l->first;
	add(d, PDF_LIST)->list = l;
	return l;
}

static void add_item(struct pdf_list *l, struct pdf_text text)
{
	struct pdf_item *i = ARENA_NEW(l->arena, struct pdf_item);

	i->text = text;
	*l->end = i;
	l->end = &i->next;
}

void pdf_item(struct pdf_list *l, str text)
{
	add_item(l, plain(l->arena, text));
}

void pdf_item_spans(struct pdf_list *l, const struct pdf_span *spans, size_t n)
{
	add_item(l, copied(l->arena, spans, n));
}

void pdf_image(struct pdf_doc *d, const struct bitmap *m, double width_mm, str alt)
{
	struct pdf_block *b = add(d, PDF_IMAGE);

	if (alt.n == 0 || m->w == 0 || m->h == 0 || !(width_mm > 0))
		d->broken = true;
	b->bitmap = arena_copy(d->arena, m, sizeof *m);
	b->size = width_mm;
	b->alt = alt;
}

void pdf_qr(struct pdf_doc *d, str text, double side_mm, str alt, str beside)
{
	struct pdf_block *b = add(d, PDF_QR);

	if (alt.n == 0 || !(side_mm > 0) || side_mm > 160)
		d->broken = true;
	b->code = text;
	b->size = side_mm;
	b->alt = alt;
	b->text = plain(d->arena, beside);
}

/* What the post-step must know of the elements, in the order in which they are drawn. */
static void collect_notes(struct arena *a, const struct pdf_doc *d, struct pdf_finish *f)
{
	size_t figures = 0, tables = d->letter ? 1 : 0;

	for (const struct pdf_block *b = d->first; b; b = b->next) {
		figures += b->kind == PDF_IMAGE || b->kind == PDF_QR;
		tables += b->kind == PDF_TABLE;
	}
	str *alt = ARENA_ARRAY(a, str, figures), *summary = ARENA_ARRAY(a, str, tables);
	f->alt = alt;
	f->alts = figures;
	f->summary = summary;
	f->summaries = tables;
	for (const struct pdf_block *b = d->first; b; b = b->next) {
		if (b->kind == PDF_IMAGE || b->kind == PDF_QR)
			*alt++ = b->alt;
	}
	if (d->letter)
		*summary++ = STR_EMPTY; /* the reference block is drawn first */
	for (const struct pdf_block *b = d->first; b; b = b->next) {
		if (b->kind == PDF_TABLE)
			*summary++ = b->table->caption;
	}
}

int pdf_write(struct arena *a, const struct pdf_doc *d, str *ret)
{
	struct canvas *AUTO(canvas_close) c = NULL;
	struct pdf_finish f = { .lang = d->lang, .title = d->title, .author = d->author, .created = d->created };
	str drawn;

	if (d->broken || d->title.n == 0 || d->lang.n == 0 || !utf8_valid(d->title))
		return ERR_INVALID;
	TRY(canvas_open(a, d->title, &c));
	TRY(pdf_layout(a, d, c));
	TRY(canvas_finish(a, c, &drawn));
	collect_notes(a, d, &f);
	return pdf_finish(a, drawn, &f, ret);
}

void pdf_warm_up(void)
{
	struct arena *AUTO(arena_freep) a = arena_new(1 << 20);
	struct pdf_doc *d = pdf_doc_new(a, S("de"), S("Schalter"));
	str bytes;

	pdf_heading(d, 1, S("Äöü"));
	pdf_paragraph(d, S("Äöü"));
	if (pdf_write(a, d, &bytes) < 0)
		return; /* whoever writes the first real document is told */
}
