/* SPDX-License-Identifier: EUPL-1.2 */
#include "wire/bitmap.h"

#include <string.h>

int bitmap_new(struct arena *a, uint32_t w, uint32_t h, struct bitmap *ret)
{
	*ret = (struct bitmap){ 0 };
	if (w == 0 || h == 0)
		return ERR_INVALID;
	if (w > BITMAP_SIDE_MAX || h > BITMAP_SIDE_MAX || (uint64_t)w * h > BITMAP_PIXELS_MAX)
		return ERR_LIMIT;

	size_t bytes = (size_t)w * h * 3;
	*ret = (struct bitmap){ .w = w, .h = h, .rgb = arena_alloc_raw(a, bytes) };
	memset(ret->rgb, 255, bytes);
	return OK;
}

/* One target row: the mean of the source pixels under each target pixel, borders rounded to whole pixels. */
static void shrink_row(const struct bitmap *m, const struct bitmap *to, uint32_t y)
{
	uint32_t y0 = (uint32_t)((uint64_t)y * m->h / to->h);
	uint32_t y1 = (uint32_t)((uint64_t)(y + 1) * m->h / to->h);

	for (uint32_t x = 0; x < to->w; x++) {
		uint32_t x0 = (uint32_t)((uint64_t)x * m->w / to->w);
		uint32_t x1 = (uint32_t)((uint64_t)(x + 1) * m->w / to->w);
		uint64_t sum[3] = { 0 };

		for (uint32_t sy = y0; sy < y1; sy++) {
			const uint8_t *p = bitmap_at(m, x0, sy);
			for (uint32_t sx = x0; sx < x1; sx++, p += 3) {
				sum[0] += p[0];
				sum[1] += p[1];
				sum[2] += p[2];
			}
		}
		uint64_t n = (uint64_t)(x1 - x0) * (y1 - y0);
		for (int i = 0; i < 3; i++)
			bitmap_at(to, x, y)[i] = (uint8_t)((sum[i] + n / 2) / n);
	}
}

int bitmap_shrink(struct arena *a, const struct bitmap *from, uint32_t most, struct bitmap *ret)
{
	const struct bitmap copy = *from, *m = &copy; /* from and ret may be the same */
	uint32_t longer = m->w > m->h ? m->w : m->h;

	if (most == 0)
		return ERR_INVALID;
	if (longer <= most) {
		*ret = *m;
		return OK;
	}
	uint32_t w = (uint32_t)((uint64_t)m->w * most / longer);
	uint32_t h = (uint32_t)((uint64_t)m->h * most / longer);
	TRY(bitmap_new(a, w ? w : 1, h ? h : 1, ret));
	for (uint32_t y = 0; y < ret->h; y++)
		shrink_row(m, ret, y);
	return OK;
}

int bitmap_orient(struct arena *a, const struct bitmap *from, int orientation, struct bitmap *ret)
{
	const struct bitmap copy = *from, *m = &copy;

	if (orientation < 2 || orientation > 8) {
		*ret = *m;
		return OK;
	}
	bool turned = orientation >= 5; /* width and height change places */
	TRY(bitmap_new(a, turned ? m->h : m->w, turned ? m->w : m->h, ret));

	for (uint32_t y = 0; y < ret->h; y++) {
		for (uint32_t x = 0; x < ret->w; x++) {
			uint32_t sx = turned ? y : x, sy = turned ? x : y;
			/* EXIF 2.32 table 6: which side of the picture row 0 and column 0 are */
			if (orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8)
				sx = m->w - 1 - sx;
			if (orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7)
				sy = m->h - 1 - sy;
			memcpy(bitmap_at(ret, x, y), bitmap_at(m, sx, sy), 3);
		}
	}
	return OK;
}
