/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/testing.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/log.h"
#include "base/utf8.h"

static int fd;

static int open_file(void **state)
{
	fd = memfd_create("log", 0);
	/* ordinary files share their position safely, a memfd needs to be told */
	fcntl(fd, F_SETFL, O_APPEND);
	log_open(fd, LOG_INFO);
	return fd < 0;
}

static int close_file(void **state)
{
	log_open(STDERR_FILENO, LOG_INFO);
	return close(fd);
}

static str written(struct arena *a)
{
	char *p = arena_alloc(a, 1 << 20);
	ssize_t n = pread(fd, p, 1 << 20, 0);
	assert_true(n >= 0);
	return (str){p, (size_t)n};
}

static void an_event_is_one_line_of_json(void **state)
{
	AUTO(arena_freep) struct arena *a = arena_new(2 << 20);
	log_event(LOG_WARN, "request", "route", S("start"), "note", S("a\"b\\c\nd\x7f\xc3\xa4"),
		"empty", STR_EMPTY, NULL);
	str s = written(a);
	assert_true(str_has_prefix(s, S("{\"time\":\"20")));
	assert_int_equal(str_find(s, S("Z\",\"level\":\"warn\",\"event\":\"request\"")), 32);
	assert_true(str_has_suffix(s,
		S(",\"route\":\"start\",\"note\":\"a\\\"b\\\\c\\u000ad\\u007fä\",\"empty\":\"\"}"
		  "\n")));
}

static void what_is_below_the_level_is_not_written(void **state)
{
	AUTO(arena_freep) struct arena *a = arena_new(2 << 20);
	log_event(LOG_DEBUG, "detail", NULL);
	assert_int_equal(written(a).n, 0);
	log_event(LOG_INFO, "start", NULL);
	assert_true(str_has_suffix(written(a), S("\"event\":\"start\"}\n")));
}

static void broken_text_and_giants_stay_one_valid_short_line(void **state)
{
	AUTO(arena_freep) struct arena *a = arena_new(2 << 20);
	char giant[9000], control[600], umlauts[9000];
	memset(giant, 'x', sizeof giant);
	memset(control, 1, sizeof control);
	for (size_t i = 0; i < sizeof umlauts; i++)
		umlauts[i] = i % 2 ? '\xa4' : '\xc3';
	str g = {giant, sizeof giant}, c = {control, sizeof control},
	    u = {umlauts + 1, sizeof umlauts - 1};
	log_event(LOG_ERROR, "e", "bad", S("\xff\xfe"), "g", g, NULL);
	log_event(LOG_ERROR, "e", "c", c, "c", c, "c", c, NULL);
	log_event(LOG_ERROR, "e", "g", g, "g", g, "g", g, "g", g, "g", g, "g", g, "g", g, "g", g,
		"g", g, NULL);
	log_event(LOG_ERROR, "e", "u", str_sub(u, 1, u.n), NULL);
	str rest = written(a), line;
	assert_true(str_contains(rest, S("\"bad\":\"??\"")));
	int lines = 0;
	while (str_split(&rest, '\n', &line) && line.n) {
		assert_true(line.n < 4096);
		assert_true(utf8_valid(line));
		assert_int_equal(line.p[line.n - 1], '}');
		assert_int_equal(
			lines >= 1 && lines <= 2, str_has_suffix(line, S(",\"cut\":true}")));
		lines++;
	}
	assert_int_equal(lines, 4);
}

static void *many(void *arg)
{
	for (int i = 0; i < 500; i++)
		log_event(LOG_INFO, "thread", "n", S("0123456789"), NULL);
	return NULL;
}

static void lines_of_threads_do_not_mix(void **state)
{
	AUTO(arena_freep) struct arena *a = arena_new(2 << 20);
	pthread_t t[4];
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&t[i], NULL, many, NULL), 0);
	for (int i = 0; i < 4; i++)
		pthread_join(t[i], NULL);
	str rest = written(a), line;
	int lines = 0;
	while (str_split(&rest, '\n', &line) && line.n) {
		assert_true(str_has_prefix(line, S("{\"time\"")));
		assert_true(str_has_suffix(line, S("\"n\":\"0123456789\"}")));
		lines++;
	}
	assert_int_equal(lines, 2000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			an_event_is_one_line_of_json, open_file, close_file),
		cmocka_unit_test_setup_teardown(
			what_is_below_the_level_is_not_written, open_file, close_file),
		cmocka_unit_test_setup_teardown(
			broken_text_and_giants_stay_one_valid_short_line, open_file, close_file),
		cmocka_unit_test_setup_teardown(lines_of_threads_do_not_mix, open_file, close_file),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
