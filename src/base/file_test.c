/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/testing.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

static struct arena *a;
static char dir[] = "/tmp/schalter-file-XXXXXX";

static int open_dir(void **state)
{
	a = arena_new(4096);
	return mkdtemp(dir) == NULL;
}

static int remove_dir(void **state)
{
	str *names;
	size_t n;
	if (dir_list(a, dir, &names, &n) != 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		remove(str_z(a, str_fmt(a, "%s/%.*s", dir, STR_FMT(names[i]))));
	arena_free(a);
	return rmdir(dir);
}

static const char *in_dir(const char *name)
{
	return str_fmt(a, "%s/%s", dir, name).p;
}

static void what_is_written_is_read(void **state)
{
	str s;
	assert_ok(file_write_durable(in_dir("a"), S("eins\0zwei"), 0600));
	assert_ok(file_read(a, in_dir("a"), 100, &s));
	assert_str(s, S("eins\0zwei"));
	assert_int_equal(s.p[s.n], 0);
	assert_ok(file_write_durable(in_dir("a"), STR_EMPTY, 0600));
	assert_ok(file_read(a, in_dir("a"), 100, &s));
	assert_int_equal(s.n, 0);
}

static void the_limit_is_exact(void **state)
{
	str s = S("untouched");
	assert_ok(file_write_durable(in_dir("b"), S("12345"), 0600));
	assert_ok(file_read(a, in_dir("b"), 5, &s));
	assert_s(s, "12345");
	assert_rc(file_read(a, in_dir("b"), 4, &s), ERR_LIMIT);
	/* has no size, but content */
	assert_rc(file_read(a, "/proc/self/maps", 10, &s), ERR_LIMIT);
	assert_ok(file_read(a, "/proc/self/maps", 1 << 20, &s));
	assert_true(s.n > 100);
}

static void failures_have_their_codes_and_leave_nothing_behind(void **state)
{
	str s, *names;
	size_t n, after;
	assert_rc(file_read(a, in_dir("missing"), 10, &s), ERR_NOTFOUND);
	assert_rc(file_read(a, dir, 10000, &s), ERR_IO);
	assert_ok(dir_list(a, dir, &names, &n));
	assert_rc(file_write_durable(in_dir("missing/x"), S("x"), 0600), ERR_NOTFOUND);
	assert_ok(dir_make(in_dir("sub"), 0700));
	assert_rc(file_write_durable(in_dir("sub"), S("x"), 0600), ERR_IO);
	assert_rc(file_write_durable("/dev/full/x", S("x"), 0600), ERR_NOTFOUND);
	assert_ok(dir_list(a, dir, &names, &after));
	assert_int_equal(after, n + 1);
}

static void the_mode_is_exact_and_content_replaced_whole(void **state)
{
	struct stat st;
	str s;
	mode_t before = umask(077);
	assert_ok(file_write_durable(in_dir("c"), S("a longer content"), 0644));
	umask(before);
	assert_int_equal(stat(in_dir("c"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
	assert_ok(file_write_durable(in_dir("c"), S("short"), 0400));
	assert_int_equal(stat(in_dir("c"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0400);
	assert_ok(file_read(a, in_dir("c"), 100, &s));
	assert_s(s, "short");
}

static void a_file_in_the_current_directory_can_be_written(void **state)
{
	int before = open(".", O_RDONLY | O_DIRECTORY);
	assert_int_equal(chdir(dir), 0);
	assert_ok(file_write_durable("d", S("x"), 0600));
	assert_true(file_exists("d"));
	assert_int_equal(fchdir(before), 0);
	close(before);
	assert_true(file_exists(in_dir("d")));
	assert_false(file_exists(in_dir("e")));
}

static void directories_are_listed_in_order(void **state)
{
	str *names;
	size_t n;
	assert_ok(dir_make(in_dir("list"), 0700));
	assert_ok(dir_make(in_dir("list"), 0700));
	assert_ok(dir_list(a, in_dir("list"), &names, &n));
	assert_int_equal(n, 0);
	for (int i = 99; i >= 0; i--)
		assert_ok(
			file_write_durable(str_fmt(a, "%s/list/f%02d", dir, i).p, STR_EMPTY, 0600));
	assert_ok(dir_list(a, in_dir("list"), &names, &n));
	assert_int_equal(n, 100);
	for (int i = 0; i < 100; i++) {
		assert_str(names[i], str_fmt(a, "f%02d", i));
		unlink(str_fmt(a, "%s/list/f%02d", dir, i).p);
	}
	assert_rc(dir_list(a, in_dir("nowhere"), &names, &n), ERR_NOTFOUND);
	assert_rc(dir_make(in_dir("no/where"), 0700), ERR_NOTFOUND);
	assert_rc(dir_make(in_dir("a"), 0700), ERR_EXISTS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(the_limit_is_exact),
		cmocka_unit_test(failures_have_their_codes_and_leave_nothing_behind),
		cmocka_unit_test(the_mode_is_exact_and_content_replaced_whole),
		cmocka_unit_test(a_file_in_the_current_directory_can_be_written),
		cmocka_unit_test(directories_are_listed_in_order),
	};
	return cmocka_run_group_tests(tests, open_dir, remove_dir);
}
