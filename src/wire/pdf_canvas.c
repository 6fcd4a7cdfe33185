/* SPDX-License-Identifier: EUPL-1.2 */
#include "wire/pdf_canvas.h"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>

#include "base/late.h"
#include "base/utf8.h"
#include "wire/pdf.h"

/* Mapped on first use; see base/late.h. */
static struct {
#define F(name) __typeof__(name) *name;
#include "wire/pdf_pangocairo.def"
#undef F
} lib;
static const char *const lib_names[] = {
#define F(name) #name,
#include "wire/pdf_pangocairo.def"
#undef F
};
LATE_FITS(lib, lib_names);

#define FONT "DejaVu Sans" /* holds all Latin letters of DIN 91379, also as base letter + combining mark */
#define LINE_SPACING 1.22f

/* A laid-out text; the chain lets canvas_close free the pango objects. */
struct laid {
	PangoLayout *layout;
	const struct pdf_span *spans;
	size_t *end; /* byte offset behind each span */
	size_t n;
	bool links;
	struct canvas_text text;
	struct laid *next;
};

struct canvas {
	struct arena *arena;
	struct buf out;
	cairo_surface_t *surface;
	cairo_t *cr;
	PangoContext *context;
	PangoFontDescription *font;
	struct laid *texts;
};

static cairo_status_t collect(void *arg, const unsigned char *p, unsigned n)
{
	struct canvas *c = arg;

	buf_putn(&c->out, p, n);
	return c->out.failed ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

int canvas_open(struct arena *a, str title, struct canvas **ret)
{
	struct canvas *c = ARENA_NEW(a, struct canvas);

	TRY(late_load(LATE_PANGOCAIRO, lib_names, sizeof lib, &lib));
	c->arena = a;
	c->out = buf_new(a, 64 * 1024);
	c->out.limit = 256u << 20;
	c->surface = lib.cairo_pdf_surface_create_for_stream(collect, c, CANVAS_W, CANVAS_H);
	lib.cairo_pdf_surface_set_metadata(c->surface, CAIRO_PDF_METADATA_TITLE, str_z(a, title));
	/* the true time is set by pdf_finish; without this cairo would write the clock's, and bytes would differ */
	lib.cairo_pdf_surface_set_metadata(c->surface, CAIRO_PDF_METADATA_CREATE_DATE, "1970-01-01T00:00:00Z");
	c->cr = lib.cairo_create(c->surface);

	/* the default font map is one per thread and keeps the loaded fonts between documents */
	c->context = lib.pango_font_map_create_context(lib.pango_cairo_font_map_get_default());
	cairo_font_options_t *options = lib.cairo_font_options_create();
	lib.cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
	lib.cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
	lib.cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
	lib.pango_cairo_context_set_font_options(c->context, options);
	lib.cairo_font_options_destroy(options);
	lib.pango_cairo_context_set_resolution(c->context, 72); /* one unit is one point */
	lib.pango_context_set_round_glyph_positions(c->context, FALSE);
	c->font = lib.pango_font_description_from_string(FONT);
	*ret = c;
	if (lib.cairo_status(c->cr) == CAIRO_STATUS_SUCCESS && c->font)
		return OK;
	canvas_close(ret);
	return ERR_IO;
}

void canvas_close(struct canvas **p)
{
	struct canvas *c = *p;

	if (!c)
		return;
	for (struct laid *t = c->texts; t; t = t->next)
		lib.g_object_unref(t->layout);
	if (c->font)
		lib.pango_font_description_free(c->font);
	lib.g_object_unref(c->context);
	lib.cairo_destroy(c->cr);
	lib.cairo_surface_destroy(c->surface);
	*p = NULL;
}

/* Control characters have no glyph and must not reach a PDF; a line break stays. */
static void put_clean(struct buf *b, str s)
{
	size_t i = 0, from = 0;

	while (i < s.n) {
		size_t at = i;
		uint32_t c = utf8_next(s, &i);
		bool keep = c == '\n' || (c >= 32 && c != 127 && !(c >= 0x80 && c < 0xa0));
		/* line and paragraph separators, direction controls: they would rearrange what is read */
		if (c == 0x2028 || c == 0x2029 || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069))
			keep = false;
		if (keep)
			continue;
		buf_put(b, str_sub(s, from, at));
		from = i;
	}
	buf_put(b, str_sub(s, from, s.n));
}

/* Debian's fonts-dejavu-core has no slanted face: emphasis is bold as well. */
static void put_attributes(struct laid *t)
{
	PangoAttrList *list = lib.pango_attr_list_new();

	for (size_t i = 0; i < t->n; i++) {
		bool bold = t->spans[i].bold || t->spans[i].italic, link = t->spans[i].link.n > 0;
		/* the colour is set while drawing, too; here it makes pango cut a run at the link's ends */
		PangoAttribute *attr[2] = {
			bold ? lib.pango_attr_weight_new(PANGO_WEIGHT_BOLD) : NULL,
			link ? lib.pango_attr_foreground_new(0x0d00, 0x4000, 0x8c00) : NULL,
		};
		t->links = t->links || link;
		for (int k = 0; k < 2; k++) {
			if (!attr[k])
				continue;
			attr[k]->start_index = (guint)(i ? t->end[i - 1] : 0);
			attr[k]->end_index = (guint)t->end[i];
			lib.pango_attr_list_insert(list, attr[k]);
		}
	}
	lib.pango_layout_set_attributes(t->layout, list);
	lib.pango_attr_list_unref(list);
}

static void measure(struct canvas *c, struct laid *t)
{
	unsigned n = (unsigned)lib.pango_layout_get_line_count(t->layout);
	PangoLayoutIter *it = lib.pango_layout_get_iter(t->layout);

	t->text.lines = n;
	t->text.top = ARENA_ARRAY(c->arena, double, (size_t)n + 1);
	for (unsigned i = 0; i < n; i++) {
		int top, bottom;
		lib.pango_layout_iter_get_line_yrange(it, &top, &bottom);
		t->text.top[i] = (double)top / PANGO_SCALE;
		t->text.top[i + 1] = (double)bottom / PANGO_SCALE;
		lib.pango_layout_iter_next_line(it);
	}
	t->text.height = t->text.top[n];
	lib.pango_layout_iter_free(it);
}

struct canvas_text *canvas_text(struct canvas *c, const struct pdf_span *spans, size_t n, double size, double width,
	enum canvas_align align)
{
	struct laid *t = ARENA_NEW(c->arena, struct laid);
	struct buf b = buf_new(c->arena, 128);

	t->spans = spans;
	t->n = n;
	t->end = ARENA_ARRAY(c->arena, size_t, n ? n : 1);
	for (size_t i = 0; i < n; i++) {
		put_clean(&b, spans[i].text);
		t->end[i] = b.n;
	}
	t->layout = lib.pango_layout_new(c->context);
	lib.pango_font_description_set_absolute_size(c->font, size * PANGO_SCALE);
	lib.pango_layout_set_font_description(t->layout, c->font);
	lib.pango_layout_set_width(t->layout, (int)(width * PANGO_SCALE));
	lib.pango_layout_set_wrap(t->layout, PANGO_WRAP_WORD_CHAR);
	lib.pango_layout_set_line_spacing(t->layout, LINE_SPACING);
	lib.pango_layout_set_auto_dir(t->layout, FALSE);
	lib.pango_layout_set_alignment(t->layout, align == CANVAS_RIGHT ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT);
	lib.pango_layout_set_text(t->layout, b.p, (int)b.n);
	put_attributes(t);
	measure(c, t);
	t->text.priv = t;
	t->next = c->texts;
	c->texts = t;
	return &t->text;
}

void canvas_tag(struct canvas *c, const char *tag)
{
	lib.cairo_tag_begin(c->cr, tag, NULL);
}

void canvas_tag_end(struct canvas *c, const char *tag)
{
	lib.cairo_tag_end(c->cr, tag);
}

static void begin_leaf(struct canvas *c, str link)
{
	if (link.n == 0) {
		lib.cairo_tag_begin(c->cr, "Span", NULL);
		return;
	}
	/* the string stands in quotes in cairo's syntax and in parentheses in the PDF's: what could end one is percent-encoded */
	struct buf b = buf_new(c->arena, link.n + 16);
	buf_put(&b, S("uri='"));
	for (size_t i = 0; i < link.n; i++) {
		unsigned char p = (unsigned char)link.p[i];
		if (p <= 32 || p >= 127 || strchr("'()\\\"<>", p))
			buf_fmt(&b, "%%%02X", p);
		else
			buf_putc(&b, (char)p);
	}
	buf_putc(&b, '\'');
	lib.cairo_tag_begin(c->cr, CAIRO_TAG_LINK, b.p);
}

static str link_at(const struct laid *t, size_t offset)
{
	for (size_t i = 0; i < t->n; i++) {
		if (offset < t->end[i])
			return t->spans[i].link;
	}
	return STR_EMPTY;
}

/* A line in pieces of one link (or none) each, so that a link's annotation covers its own words only. */
static void draw_linked(struct canvas *c, const struct laid *t, PangoLayoutLine *line, double x, double y)
{
	const char *open = NULL, *text = lib.pango_layout_get_text(t->layout);

	for (GSList *r = line->runs; r; r = r->next) {
		PangoGlyphItem *run = r->data;
		str link = link_at(t, (size_t)run->item->offset);
		double width = (double)lib.pango_glyph_string_get_width(run->glyphs) / PANGO_SCALE;

		begin_leaf(c, link);
		open = link.n ? CAIRO_TAG_LINK : "Span";
		if (link.n)
			lib.cairo_set_source_rgb(c->cr, 0.05, 0.25, 0.55);
		lib.cairo_move_to(c->cr, x, y);
		lib.pango_cairo_show_glyph_item(c->cr, text, run);
		lib.cairo_set_source_rgb(c->cr, 0, 0, 0);
		lib.cairo_tag_end(c->cr, open);
		x += width;
	}
}

static double line_indent(PangoLayoutIter *it)
{
	PangoRectangle logical;

	lib.pango_layout_iter_get_line_extents(it, NULL, &logical);
	return (double)logical.x / PANGO_SCALE;
}

static void draw_lines(struct canvas *c, const struct canvas_text *text, unsigned from, unsigned to, double x, double y,
	bool leaves)
{
	const struct laid *t = text->priv;
	PangoLayoutIter *it = lib.pango_layout_get_iter(t->layout);
	bool one_leaf = leaves && !t->links;

	/* lines of one piece share a leaf: a screen reader reads on over the line's end */
	if (one_leaf)
		lib.cairo_tag_begin(c->cr, "Span", NULL);
	for (unsigned i = 0; i < to; i++, lib.pango_layout_iter_next_line(it)) {
		if (i < from)
			continue;
		double base = (double)lib.pango_layout_iter_get_baseline(it) / PANGO_SCALE;
		double at_y = y + base - text->top[from], at_x = x + line_indent(it);
		PangoLayoutLine *line = lib.pango_layout_iter_get_line_readonly(it);

		if (leaves && t->links) {
			draw_linked(c, t, line, at_x, at_y);
			continue;
		}
		lib.cairo_move_to(c->cr, at_x, at_y);
		lib.pango_cairo_show_layout_line(c->cr, line);
	}
	if (one_leaf)
		lib.cairo_tag_end(c->cr, "Span");
	lib.pango_layout_iter_free(it);
}

void canvas_lines(struct canvas *c, const struct canvas_text *t, unsigned from, unsigned to, double x, double y)
{
	if (from < to && to <= t->lines)
		draw_lines(c, t, from, to, x, y, true);
}

void canvas_lines_plain(struct canvas *c, const struct canvas_text *t, double x, double y)
{
	draw_lines(c, t, 0, t->lines, x, y, false);
}

void canvas_rule(struct canvas *c, double x, double y, double w, double thickness)
{
	lib.cairo_set_source_rgb(c->cr, 0.55, 0.55, 0.55);
	lib.cairo_rectangle(c->cr, x, y, w, thickness);
	lib.cairo_fill(c->cr);
	lib.cairo_set_source_rgb(c->cr, 0, 0, 0);
}

void canvas_bitmap(struct canvas *c, const struct bitmap *m, double x, double y, double w, double h)
{
	cairo_surface_t *s = lib.cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)m->w, (int)m->h);
	unsigned char *row = lib.cairo_image_surface_get_data(s);

	if (!row) {
		lib.cairo_surface_destroy(s);
		return; /* no memory: cairo's sticky status is reported by canvas_finish only for its own surface */
	}
	for (uint32_t i = 0; i < m->h; i++, row += lib.cairo_image_surface_get_stride(s)) {
		for (uint32_t j = 0; j < m->w; j++) {
			const uint8_t *p = bitmap_at(m, j, i);
			uint32_t pixel = (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];
			memcpy(row + 4 * (size_t)j, &pixel, 4);
		}
	}
	lib.cairo_surface_mark_dirty(s);
	lib.cairo_save(c->cr);
	lib.cairo_translate(c->cr, x, y);
	lib.cairo_scale(c->cr, w / m->w, h / m->h);
	lib.cairo_set_source_surface(c->cr, s, 0, 0);
	/* any other filter makes cairo write /Interpolate true, which PDF/A forbids */
	lib.cairo_pattern_set_filter(lib.cairo_get_source(c->cr), CAIRO_FILTER_NEAREST);
	/* a fill, not cairo_paint: that one forgets the open tags (cairo 1.16, tried) */
	lib.cairo_rectangle(c->cr, 0, 0, m->w, m->h);
	lib.cairo_fill(c->cr);
	lib.cairo_restore(c->cr);
	lib.cairo_surface_destroy(s);
}

void canvas_qr(struct canvas *c, const struct qr *q, double x, double y, double side)
{
	double module = side / (q->side + 2 * QR_QUIET);

	for (unsigned row = 0; row < q->side; row++) {
		const uint8_t *dark = q->dark + (size_t)row * q->side;
		for (unsigned col = 0; col < q->side;) {
			unsigned from = col;
			while (col < q->side && dark[col])
				col++;
			if (col > from)
				lib.cairo_rectangle(c->cr, x + (from + QR_QUIET) * module,
					y + (row + QR_QUIET) * module, (col - from) * module, module);
			else
				col++;
		}
	}
	lib.cairo_fill(c->cr);
}

void canvas_page(struct canvas *c)
{
	lib.cairo_show_page(c->cr);
}

int canvas_finish(struct arena *a, struct canvas *c, str *ret)
{
	cairo_status_t drawn = lib.cairo_status(c->cr);

	lib.cairo_surface_finish(c->surface);
	if (drawn != CAIRO_STATUS_SUCCESS || lib.cairo_surface_status(c->surface) != CAIRO_STATUS_SUCCESS)
		return ERR_IO;
	*ret = str_dup(a, buf_str(&c->out));
	return OK;
}
