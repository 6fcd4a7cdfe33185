/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * bitmap: 8-bit RGB pixels in an arena. What intake makes out of uploads and what pdf draws. No file format here.
 *
 *	struct bitmap m;
 *	TRY(bitmap_new(a, 100, 50, &m));
 *	bitmap_at(&m, 3, 4)[0] = 255;
 */
#pragma once
#include "base/str.h"

#define BITMAP_SIDE_MAX 20000u			/* pixels */
#define BITMAP_PIXELS_MAX (64u * 1000 * 1000)	/* 64 megapixels: 192 MB, a 60-megapixel camera still fits */

struct bitmap {
	uint32_t w, h;
	uint8_t *rgb;		/* w * h * 3, rows without padding */
};

/* White. ERR_LIMIT above the limits, ERR_INVALID for an empty side. */
MUST_USE int bitmap_new(struct arena *a, uint32_t w, uint32_t h, struct bitmap *ret);
static inline uint8_t *bitmap_at(const struct bitmap *m, uint32_t x, uint32_t y)
{
	return m->rgb + ((size_t)y * m->w + x) * 3;
}
/* Shrinks by averaging so that neither side exceeds most; a smaller bitmap is given back as it is. from and ret may be the same. */
MUST_USE int bitmap_shrink(struct arena *a, const struct bitmap *from, uint32_t most, struct bitmap *ret);
/* EXIF orientation 1..8 made real; anything else gives the bitmap back as it is. */
MUST_USE int bitmap_orient(struct arena *a, const struct bitmap *from, int orientation, struct bitmap *ret);
