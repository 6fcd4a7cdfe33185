/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/testing.h"
#include "wire/bitmap.h"

static struct arena *a;

static int open_arena(void **state)
{
	a = arena_new(4096);
	return 0;
}

static int close_arena(void **state)
{
	arena_free(a);
	return 0;
}

static void sizes_beyond_the_limits_are_refused(void **state)
{
	struct bitmap m;

	assert_rc(bitmap_new(a, 0, 5, &m), ERR_INVALID);
	assert_rc(bitmap_new(a, BITMAP_SIDE_MAX + 1, 1, &m), ERR_LIMIT);
	assert_rc(bitmap_new(a, 20000, 20000, &m), ERR_LIMIT);
	assert_ok(bitmap_new(a, 3, 2, &m));
	assert_int_equal(bitmap_at(&m, 2, 1)[2], 255);
}

static void shrinking_averages_and_keeps_the_proportion(void **state)
{
	struct bitmap m, s;

	assert_ok(bitmap_new(a, 40, 20, &m));
	for (uint32_t y = 0; y < 20; y++)
		for (uint32_t x = 0; x < 40; x++)
			bitmap_at(&m, x, y)[0] = x % 2 ? 0 : 200;
	assert_ok(bitmap_shrink(a, &m, 10, &s));
	assert_int_equal(s.w, 10);
	assert_int_equal(s.h, 5);
	assert_int_equal(bitmap_at(&s, 4, 4)[0], 100);
	assert_int_equal(bitmap_at(&s, 4, 4)[1], 255);

	assert_ok(bitmap_shrink(a, &m, 40, &s));
	assert_ptr_equal(s.rgb, m.rgb);

	assert_ok(bitmap_new(a, 5000, 1, &m));
	assert_ok(bitmap_shrink(a, &m, 100, &s));
	assert_int_equal(s.h, 1);
}

static void each_exif_orientation_puts_the_corner_where_it_belongs(void **state)
{
	/* the pixel stored first is seen in this corner: orientation 1..8 (x, y as 0 = low end, 1 = high end) */
	static const struct {
		int x, y;
	} corner[9] = { { 0 }, { 0, 0 }, { 1, 0 }, { 1, 1 }, { 0, 1 }, { 0, 0 }, { 1, 0 }, { 1, 1 }, { 0, 1 } };
	struct bitmap m, t;

	assert_ok(bitmap_new(a, 3, 2, &m));
	memset(bitmap_at(&m, 0, 0), 7, 3);
	memset(bitmap_at(&m, 2, 0), 9, 3); /* end of the first stored row */
	for (int o = 1; o <= 8; o++) {
		assert_ok(bitmap_orient(a, &m, o, &t));
		assert_int_equal(t.w, o >= 5 ? 2 : 3);
		uint32_t x = corner[o].x ? t.w - 1 : 0, y = corner[o].y ? t.h - 1 : 0;
		assert_int_equal(bitmap_at(&t, x, y)[0], 7);
		/* from 5 on the stored row runs down or up a column */
		uint32_t rx = o >= 5 ? x : t.w - 1 - x, ry = o >= 5 ? t.h - 1 - y : y;
		assert_int_equal(bitmap_at(&t, rx, ry)[0], 9);
		struct bitmap same = m; /* in place */
		assert_ok(bitmap_orient(a, &same, o, &same));
		assert_memory_equal(same.rgb, t.rgb, 3 * 2 * 3);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(sizes_beyond_the_limits_are_refused, open_arena, close_arena),
		cmocka_unit_test_setup_teardown(shrinking_averages_and_keeps_the_proportion, open_arena, close_arena),
		cmocka_unit_test_setup_teardown(each_exif_orientation_puts_the_corner_where_it_belongs, open_arena,
			close_arena),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
