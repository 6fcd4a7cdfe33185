/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/testing.h"

#include "base/buf.h"

static void a_buffer_grows_and_is_always_terminated(void **state)
{
	AUTO(arena_freep) struct arena *a = arena_new(256);
	struct buf b = buf_new(a, 0);
	assert_s(buf_str(&b), "");
	for (int i = 0; i < 5000; i++) {
		buf_putc(&b, (char)('a' + i % 26));
		assert_int_equal(b.p[b.n], 0);
		if (i % 100 == 0)
			arena_alloc(a, 40); /* the buffer is no longer the newest allocation */
	}
	assert_int_equal(b.n, 5000);
	for (int i = 0; i < 5000; i++)
		assert_int_equal(b.p[i], 'a' + i % 26);
}

static void growing_in_place_uses_little_memory(void **state)
{
	AUTO(arena_freep) struct arena *a = arena_new(1 << 20);
	struct buf b = buf_new(a, 64);
	for (int i = 0; i < 10000; i++)
		buf_put(&b, S("0123456789"));
	assert_int_equal(b.n, 100000);
	assert_true(arena_used(a) < 200000);
}

static void numbers_of_all_sizes(void **state)
{
	AUTO(arena_freep) struct arena *a = arena_new(256);
	struct buf b = buf_new(a, 1);
	buf_int(&b, 0);
	buf_putc(&b, ' ');
	buf_int(&b, INT64_MIN);
	buf_putc(&b, ' ');
	buf_int(&b, INT64_MAX);
	buf_fmt(&b, " %s %d", "x", 12);
	assert_s(buf_str(&b), "0 -9223372036854775808 9223372036854775807 x 12");
}

static void fmt_works_at_every_fill(void **state)
{
	AUTO(arena_freep) struct arena *a = arena_new(256);
	for (size_t fill = 0; fill < 140; fill++) {
		struct buf b = buf_new(a, 64);
		for (size_t i = 0; i < fill; i++)
			buf_putc(&b, '.');
		buf_fmt(&b, "%s", "abcdefgh");
		assert_int_equal(b.n, fill + 8);
		assert_string_equal(b.p + fill, "abcdefgh");
	}
}

static void the_limit_cuts_and_sticks(void **state)
{
	AUTO(arena_freep) struct arena *a = arena_new(256);
	struct buf b = buf_new(a, 200);
	b.limit = 5;
	buf_put(&b, S("abc"));
	assert_false(b.failed);
	buf_put(&b, S("def"));
	assert_true(b.failed);
	buf_put(&b, S(""));
	buf_putc(&b, 'x');
	buf_fmt(&b, "%d", 1);
	buf_int(&b, 1);
	assert_s(buf_str(&b), "abcde");
	buf_reset(&b);
	assert_false(b.failed);
	buf_fmt(&b, "%s", "12345");
	assert_false(b.failed);
	assert_s(buf_str(&b), "12345");
	buf_reset(&b);
	buf_fmt(&b, "%s", "123456");
	assert_true(b.failed);
	assert_s(buf_str(&b), "12345");
}

static void code_points_become_utf8(void **state)
{
	AUTO(arena_freep) struct arena *a = arena_new(256);
	struct buf b = buf_new(a, 1);
	static const uint32_t points[] = {
		0x41, 0x7f, 0x80, 0xe4, 0x7ff, 0x800, 0x20ac, 0xffff, 0x10000, 0x1f600, 0x10ffff};
	for (size_t i = 0; i < sizeof points / sizeof *points; i++)
		buf_utf8(&b, points[i]);
	assert_s(buf_str(&b),
		"A\x7f\xc2\x80ä\xdf\xbf\xe0\xa0\x80€\xef\xbf\xbf\xf0\x90\x80\x80😀\xf4\x8f\xbf\xbf");
	buf_reset(&b);
	buf_utf8(&b, 0xd800);
	buf_utf8(&b, 0x110000);
	assert_s(buf_str(&b), "\xef\xbf\xbd\xef\xbf\xbd");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_buffer_grows_and_is_always_terminated),
		cmocka_unit_test(growing_in_place_uses_little_memory),
		cmocka_unit_test(numbers_of_all_sizes),
		cmocka_unit_test(fmt_works_at_every_fill),
		cmocka_unit_test(the_limit_cuts_and_sticks),
		cmocka_unit_test(code_points_become_utf8),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
