/* SPDX-License-Identifier: EUPL-1.2 */
#include "wire/intake_pdf.h"

#include <math.h>
#include <poppler.h>

#include "wire/intake_image.h"

#define SIDE_MAX_PT 14400.0 /* ISO 32000-1 appendix C: 200 inches */
#define SCALE_MAX   (150 / 72.0)

static void document_end(PopplerDocument **d)
{
	if (*d)
		g_object_unref(*d);
}

static void page_end(PopplerPage **p)
{
	if (*p)
		g_object_unref(*p);
}

static void bytes_end(GBytes **b)
{
	g_bytes_unref(*b);
}

static void surface_end(cairo_surface_t **s)
{
	cairo_surface_destroy(*s);
}

static void error_end(GError **e)
{
	g_clear_error(e);
}

static bool size_ok(double w, double h)
{
	return isfinite(w) && isfinite(h) && w > 0 && h > 0 && w <= SIDE_MAX_PT && h <= SIDE_MAX_PT;
}

static int to_bitmap(struct arena *a, cairo_surface_t *s, struct bitmap *ret)
{
	int w = cairo_image_surface_get_width(s), h = cairo_image_surface_get_height(s);
	const uint8_t *row = cairo_image_surface_get_data(s);

	if (!row)
		return ERR_NOMEM;
	TRY(bitmap_new(a, (uint32_t)w, (uint32_t)h, ret));
	for (int y = 0; y < h; y++, row += cairo_image_surface_get_stride(s)) {
		uint8_t *to = bitmap_at(ret, 0, (uint32_t)y);
		for (int x = 0; x < w; x++, to += 3) {
			const uint32_t pixel = ((const uint32_t *)(const void *)row)[x];
			to[0] = (uint8_t)(pixel >> 16);
			to[1] = (uint8_t)(pixel >> 8);
			to[2] = (uint8_t)pixel;
		}
	}
	return OK;
}

static int render(struct arena *a, PopplerPage *page, double w, double h, struct intake_picture *ret)
{
	double scale = INTAKE_PREVIEW_SIDE / (w > h ? w : h);
	struct bitmap m;

	if (scale > SCALE_MAX)
		scale = SCALE_MAX;
	int pw = (int)(w * scale), ph = (int)(h * scale);
	cairo_surface_t *AUTO(surface_end) s = cairo_image_surface_create(CAIRO_FORMAT_RGB24, pw ? pw : 1, ph ? ph : 1);
	cairo_t *c = cairo_create(s);
	cairo_set_source_rgb(c, 1, 1, 1);
	cairo_paint(c);
	cairo_scale(c, scale, scale);
	poppler_page_render(page, c);
	cairo_destroy(c);
	cairo_surface_flush(s);
	TRY(to_bitmap(a, s, &m));
	*ret = (struct intake_picture){ .type = INTAKE_JPEG, .w = m.w, .h = m.h };
	return image_encode(a, INTAKE_JPEG, &m, &ret->bytes);
}

static int look_at_pages(struct arena *a, PopplerDocument *d, struct intake_result *ret)
{
	size_t n = ret->pages < INTAKE_PREVIEW_PAGES ? ret->pages : INTAKE_PREVIEW_PAGES;

	ret->preview = ARENA_ARRAY(a, struct intake_picture, n);
	for (size_t i = 0; i < n; i++) {
		PopplerPage *AUTO(page_end) page = poppler_document_get_page(d, (int)i);
		double w = 0, h = 0;

		if (page)
			poppler_page_get_size(page, &w, &h);
		if (!page || !size_ok(w, h)) {
			ret->verdict = page && w > 0 && h > 0 ? INTAKE_TOO_LARGE : INTAKE_BROKEN;
			ret->previews = 0;
			return OK;
		}
		if (i == 0) {
			ret->w = (uint32_t)lround(w);
			ret->h = (uint32_t)lround(h);
		}
		TRY(render(a, page, w, h, &ret->preview[i]));
		ret->previews++;
	}
	return OK;
}

int pdf_look(struct arena *a, str bytes, struct intake_result *ret)
{
	GBytes *AUTO(bytes_end) data = g_bytes_new_static(bytes.p, bytes.n);
	GError *AUTO(error_end) e = NULL;
	PopplerDocument *AUTO(document_end) d = poppler_document_new_from_bytes(data, NULL, &e);

	ret->type = INTAKE_PDF;
	if (!d) {
		bool locked = g_error_matches(e, POPPLER_ERROR, POPPLER_ERROR_ENCRYPTED);
		ret->verdict = locked ? INTAKE_LOCKED : INTAKE_BROKEN;
		return OK;
	}
	int pages = poppler_document_get_n_pages(d);
	if (pages < 1) {
		ret->verdict = INTAKE_BROKEN;
		return OK;
	}
	if (pages > INTAKE_PDF_PAGES_MAX) {
		ret->verdict = INTAKE_TOO_LARGE;
		return OK;
	}
	ret->pages = (uint32_t)pages;
	ret->verdict = INTAKE_FINE;
	return look_at_pages(a, d, ret);
}
