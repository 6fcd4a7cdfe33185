/* SPDX-License-Identifier: EUPL-1.2 */
#include "wire/intake_image.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>
#include <jerror.h>
#include <png.h>

#include "base/buf.h"

#define JPEG_QUALITY 87
#define PNG_EFFORT 4		/* of 9: twice as fast as 6, a few per cent bigger */
#define JPEG_SCANS_MAX 60	/* progressive files need about ten; each further one costs a pass over all pixels */

/* --- JPEG */

struct jpeg_trouble {
	struct jpeg_error_mgr base;
	jmp_buf back;
	bool truncated, too_many_scans;
	int orientation;	/* here, not on the stack: longjmp must not lose it */
};

static void jpeg_fail(j_common_ptr c)
{
	struct jpeg_trouble *t = (struct jpeg_trouble *)c->err;

	longjmp(t->back, 1);
}

/* Most warnings are about sloppy cameras; an early end means that a part of the picture is missing. */
static void jpeg_note(j_common_ptr c, int level)
{
	struct jpeg_trouble *t = (struct jpeg_trouble *)c->err;

	if (level < 0 && (c->err->msg_code == JWRN_JPEG_EOF || c->err->msg_code == JWRN_HIT_MARKER))
		t->truncated = true;
}

static void jpeg_progress(j_common_ptr c)
{
	struct jpeg_trouble *t = (struct jpeg_trouble *)c->err;

	if (c->is_decompressor && ((j_decompress_ptr)c)->input_scan_number > JPEG_SCANS_MAX) {
		t->too_many_scans = true;
		longjmp(t->back, 1);
	}
}

static uint16_t exif16(const uint8_t *p, bool big)
{
	return big ? (uint16_t)(p[0] << 8 | p[1]) : (uint16_t)(p[1] << 8 | p[0]);
}

static uint32_t exif32(const uint8_t *p, bool big)
{
	return big ? (uint32_t)exif16(p, big) << 16 | exif16(p + 2, big) : (uint32_t)exif16(p + 2, big) << 16 | exif16(p, big);
}

/* Tag 0x0112 of the first directory (EXIF 2.32, section 4.6); 1 when there is none. */
static int exif_orientation(const uint8_t *p, size_t n)
{
	if (n < 14 || memcmp(p, "Exif\0\0", 6) != 0)
		return 1;
	p += 6;
	n -= 6;
	bool big = p[0] == 'M';
	uint32_t at = exif32(p + 4, big);
	if (at > n || n - at < 2)
		return 1;
	uint16_t entries = exif16(p + at, big);
	for (size_t i = 0; i < entries; i++) {
		size_t e = at + 2 + 12 * i;
		if (e + 12 > n)
			return 1;
		if (exif16(p + e, big) == 0x0112)
			return exif16(p + e + 8, big);
	}
	return 1;
}

static void cmyk_to_rgb(const uint8_t *from, uint8_t *to, uint32_t w, bool inverted)
{
	for (uint32_t x = 0; x < w; x++, from += 4, to += 3) {
		for (int i = 0; i < 3; i++) {
			unsigned c = inverted ? from[i] : 255u - from[i], k = inverted ? from[3] : 255u - from[3];
			to[i] = (uint8_t)(c * k / 255);
		}
	}
}

/* Everything that lives across longjmp is in *c, *m or on the heap of the arena. */
static int jpeg_read(struct arena *a, struct jpeg_decompress_struct *c, str bytes, struct bitmap *m, int *ret_orientation)
{
	jpeg_mem_src(c, (const unsigned char *)bytes.p, bytes.n);
	jpeg_save_markers(c, JPEG_APP0 + 1, 0xffff);
	jpeg_read_header(c, TRUE);
	TRY(bitmap_new(a, c->image_width, c->image_height, m));
	for (jpeg_saved_marker_ptr k = c->marker_list; k; k = k->next) {
		if (*ret_orientation == 1)
			*ret_orientation = exif_orientation(k->data, k->data_length);
	}
	bool cmyk = c->num_components == 4;
	c->out_color_space = cmyk ? JCS_CMYK : JCS_RGB;
	jpeg_start_decompress(c);
	uint8_t *four = cmyk ? arena_alloc(a, (size_t)m->w * 4) : NULL;
	while (c->output_scanline < c->output_height) {
		uint8_t *row = bitmap_at(m, 0, c->output_scanline);
		JSAMPROW to = cmyk ? four : row;
		jpeg_read_scanlines(c, &to, 1);
		if (cmyk)
			cmyk_to_rgb(four, row, m->w, c->saw_Adobe_marker);
	}
	jpeg_finish_decompress(c);
	return OK;
}

static enum intake_verdict jpeg_decode(struct arena *a, str bytes, struct bitmap *ret)
{
	struct jpeg_decompress_struct c = { 0 };
	struct jpeg_progress_mgr progress = { .progress_monitor = jpeg_progress };
	struct jpeg_trouble t = { .orientation = 1 };

	c.err = jpeg_std_error(&t.base);
	t.base.error_exit = jpeg_fail;
	t.base.emit_message = jpeg_note;
	if (setjmp(t.back)) {
		jpeg_destroy_decompress(&c);
		return t.too_many_scans ? INTAKE_TOO_LARGE : INTAKE_BROKEN;
	}
	jpeg_create_decompress(&c);
	c.progress = &progress;
	c.mem->max_memory_to_use = 512L << 20;
	int rc = jpeg_read(a, &c, bytes, ret, &t.orientation);
	jpeg_destroy_decompress(&c);
	if (rc < 0)
		return rc == ERR_LIMIT ? INTAKE_TOO_LARGE : INTAKE_BROKEN;
	if (t.truncated)
		return INTAKE_BROKEN;
	return bitmap_orient(a, ret, t.orientation, ret) < 0 ? INTAKE_TOO_LARGE : INTAKE_FINE;
}

/* libjpeg's own memory destination uses malloc and leaves it to us; this one writes into the arena. */
struct jpeg_sink {
	struct jpeg_destination_mgr base;
	struct buf b;
	JOCTET block[16384];
};

static void sink_init(j_compress_ptr c)
{
	struct jpeg_sink *s = (struct jpeg_sink *)c->dest;

	s->base.next_output_byte = s->block;
	s->base.free_in_buffer = sizeof s->block;
}

static boolean sink_full(j_compress_ptr c)
{
	struct jpeg_sink *s = (struct jpeg_sink *)c->dest;

	buf_putn(&s->b, s->block, sizeof s->block);
	sink_init(c);
	return TRUE;
}

static void sink_end(j_compress_ptr c)
{
	struct jpeg_sink *s = (struct jpeg_sink *)c->dest;

	buf_putn(&s->b, s->block, sizeof s->block - s->base.free_in_buffer);
}

static int jpeg_encode(struct arena *a, const struct bitmap *m, str *ret)
{
	struct jpeg_compress_struct c = { 0 };
	struct jpeg_trouble t = { 0 };
	struct jpeg_sink *sink = ARENA_NEW(a, struct jpeg_sink);

	sink->base = (struct jpeg_destination_mgr){ .init_destination = sink_init, .empty_output_buffer = sink_full,
		.term_destination = sink_end };
	sink->b = buf_new(a, (size_t)m->w * m->h / 4 + 4096);
	sink->b.limit = INTAKE_RESULT_MAX / 2;
	c.err = jpeg_std_error(&t.base);
	t.base.error_exit = jpeg_fail;
	if (setjmp(t.back)) {
		jpeg_destroy_compress(&c);
		return ERR_IO;
	}
	jpeg_create_compress(&c);
	c.dest = &sink->base;
	c.image_width = m->w;
	c.image_height = m->h;
	c.input_components = 3;
	c.in_color_space = JCS_RGB;
	jpeg_set_defaults(&c);
	jpeg_set_quality(&c, JPEG_QUALITY, TRUE);
	c.optimize_coding = TRUE;
	jpeg_start_compress(&c, TRUE);
	while (c.next_scanline < c.image_height) {
		JSAMPROW row = bitmap_at(m, 0, c.next_scanline);
		jpeg_write_scanlines(&c, &row, 1);
	}
	jpeg_finish_compress(&c);
	jpeg_destroy_compress(&c);
	*ret = buf_str(&sink->b);
	return sink->b.failed ? ERR_LIMIT : OK;
}

/* --- PNG */

struct png_source {
	str left;
	jmp_buf back;
};

static void png_give(png_structp p, png_bytep to, size_t n)
{
	struct png_source *s = png_get_io_ptr(p);

	if (n > s->left.n)
		png_error(p, "end");
	memcpy(to, s->left.p, n);
	s->left = str_sub(s->left, n, s->left.n);
}

static void png_fail(png_structp p, png_const_charp why)
{
	struct png_source *s = png_get_error_ptr(p);

	longjmp(s->back, 1);
}

static void png_note(png_structp p, png_const_charp what)
{
}

static int png_read_all(struct arena *a, png_structp p, png_infop info, struct bitmap *m)
{
	png_color_16 white = { .red = 255, .green = 255, .blue = 255, .gray = 255 };

	png_read_info(p, info);
	TRY(bitmap_new(a, png_get_image_width(p, info), png_get_image_height(p, info), m));
	png_set_expand(p);
	png_set_scale_16(p);
	png_set_gray_to_rgb(p);
	png_set_background(p, &white, PNG_BACKGROUND_GAMMA_SCREEN, 0, 1.0);
	png_set_strip_alpha(p);
	int passes = png_set_interlace_handling(p);
	png_read_update_info(p, info);
	if (png_get_rowbytes(p, info) != (size_t)m->w * 3)
		return ERR_PARSE;
	for (int pass = 0; pass < passes; pass++) {
		for (uint32_t y = 0; y < m->h; y++)
			png_read_row(p, bitmap_at(m, 0, y), NULL);
	}
	png_read_end(p, NULL);
	return OK;
}

static enum intake_verdict png_decode(struct arena *a, str bytes, struct bitmap *ret)
{
	struct png_source *s = ARENA_NEW(a, struct png_source);

	s->left = bytes;
	png_structp p = png_create_read_struct(PNG_LIBPNG_VER_STRING, s, png_fail, png_note);
	png_infop info = p ? png_create_info_struct(p) : NULL;
	if (!info)
		return INTAKE_BROKEN;
	if (setjmp(s->back)) {
		png_destroy_read_struct(&p, &info, NULL);
		return INTAKE_BROKEN;
	}
	png_set_read_fn(p, s, png_give);
	/* sizes are ours to judge, so that too large is told apart from broken; texts and profiles stay small */
	png_set_user_limits(p, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
	png_set_chunk_cache_max(p, 100);
	png_set_chunk_malloc_max(p, 4u << 20);
	int rc = png_read_all(a, p, info, ret);
	png_destroy_read_struct(&p, &info, NULL);
	return rc == ERR_LIMIT ? INTAKE_TOO_LARGE : rc < 0 ? INTAKE_BROKEN : INTAKE_FINE;
}

struct png_target {
	struct buf b;
	struct png_source trouble;
};

static void png_take(png_structp p, png_bytep from, size_t n)
{
	struct png_target *t = png_get_io_ptr(p);

	buf_putn(&t->b, from, n);
	if (t->b.failed)
		png_error(p, "limit");
}

static void png_done(png_structp p)
{
}

static int png_encode(struct arena *a, const struct bitmap *m, str *ret)
{
	struct png_target *t = ARENA_NEW(a, struct png_target);

	t->b = buf_new(a, (size_t)m->w * m->h / 4 + 4096);
	t->b.limit = INTAKE_RESULT_MAX / 2;
	png_structp p = png_create_write_struct(PNG_LIBPNG_VER_STRING, &t->trouble, png_fail, png_note);
	png_infop info = p ? png_create_info_struct(p) : NULL;
	if (!info)
		return ERR_NOMEM;
	if (setjmp(t->trouble.back)) {
		png_destroy_write_struct(&p, &info);
		return t->b.failed ? ERR_LIMIT : ERR_IO;
	}
	png_set_write_fn(p, t, png_take, png_done);
	png_set_user_limits(p, BITMAP_SIDE_MAX, BITMAP_SIDE_MAX);
	png_set_compression_level(p, PNG_EFFORT);
	png_set_IHDR(p, info, m->w, m->h, 8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
		PNG_FILTER_TYPE_DEFAULT);
	png_write_info(p, info);
	for (uint32_t y = 0; y < m->h; y++)
		png_write_row(p, bitmap_at(m, 0, y));
	png_write_end(p, NULL);
	png_destroy_write_struct(&p, &info);
	*ret = buf_str(&t->b);
	return OK;
}

int image_decode(struct arena *a, enum intake_type type, str bytes, struct bitmap *ret, enum intake_verdict *ret_verdict)
{
	*ret = (struct bitmap){ 0 };
	if (type == INTAKE_JPEG)
		*ret_verdict = jpeg_decode(a, bytes, ret);
	else if (type == INTAKE_PNG)
		*ret_verdict = png_decode(a, bytes, ret);
	else
		return ERR_INVALID;
	return OK;
}

int image_encode(struct arena *a, enum intake_type type, const struct bitmap *m, str *ret)
{
	if (type == INTAKE_JPEG)
		return jpeg_encode(a, m, ret);
	return type == INTAKE_PNG ? png_encode(a, m, ret) : ERR_INVALID;
}
