/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/testing.h"

#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"

static void memory_is_zeroed_aligned_and_apart(void **state)
{
	AUTO(arena_freep) struct arena *a = arena_new(0);
	char *last = NULL;
	for (size_t size = 0; size < 3000; size += 7) {
		char *p = arena_alloc(a, size);
		assert_int_equal((uintptr_t)p % 16, 0);
		for (size_t i = 0; i < size; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xee, size);
		assert_ptr_not_equal(p, last);
		last = p;
	}
}

static void nothing_overlaps_with_random_sizes_marks_and_rewinds(void **state)
{
	AUTO(arena_freep) struct arena *a = arena_new(512);
	uint64_t rnd = 42;
	for (int round = 0; round < 200; round++) {
		unsigned char *p[40];
		size_t n[40];
		struct arena_mark m = arena_mark(a);
		size_t before = arena_used(a);
		for (int i = 0; i < 40; i++) {
			n[i] = test_random(&rnd) % (i % 10 == 9 ? 20000 : 300);
			p[i] = arena_alloc_raw(a, n[i]);
			memset(p[i], i, n[i]);
		}
		for (int i = 0; i < 40; i++)
			for (size_t k = 0; k < n[i]; k++)
				assert_int_equal(p[i][k], i);
		if (round % 50 == 49) {
			arena_reset(a);
			assert_int_equal(arena_used(a), 0);
		} else if (round % 3) {
			arena_rewind(a, m);
			assert_int_equal(arena_used(a), before);
		}
	}
}

static void after_reset_memory_is_zeroed_again(void **state)
{
	AUTO(arena_freep) struct arena *a = arena_new(1000);
	memset(arena_alloc(a, 900), 0xff, 900);
	arena_reset(a);
	char *p = arena_alloc(a, 900);
	for (int i = 0; i < 900; i++)
		assert_int_equal(p[i], 0);
}

static void only_the_newest_allocation_can_be_extended(void **state)
{
	AUTO(arena_freep) struct arena *a = arena_new(4096);
	char *first = arena_alloc(a, 100);
	assert_true(arena_extend(a, first, 100, 1000));
	memset(first, 1, 1000);
	char *second = arena_alloc(a, 10);
	assert_true(second >= first + 1000);
	assert_false(arena_extend(a, first, 1000, 1001 + 64));
	assert_true(arena_extend(a, second, 10, 20));
	assert_false(arena_extend(a, second, 20, 100000));
}

static void copy_copies_and_free_accepts_null(void **state)
{
	struct arena *a = arena_new(1);
	assert_memory_equal(arena_copy(a, "abc", 4), "abc", 4);
	assert_non_null(arena_copy(a, NULL, 0));
	arena_freep(&a);
	assert_null(a);
	arena_free(NULL);
}

static void too_large_to_multiply(void)
{
	arena_mul(SIZE_MAX / 2, 3);
}

static void too_large_to_have(void)
{
	arena_alloc(arena_new(0), SIZE_MAX - 100);
}

static void foreign_mark(void)
{
	arena_rewind(arena_new(0), arena_mark(arena_new(0)));
}

static void assert_dies(void (*fn)(void))
{
	int status;
	pid_t pid = fork();
	if (pid == 0) {
		close(STDERR_FILENO);
		fn();
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(WEXITSTATUS(status), ERR_DIE_STATUS);
}

static void impossible_requests_end_the_process(void **state)
{
	assert_dies(too_large_to_multiply);
	assert_dies(too_large_to_have);
	assert_dies(foreign_mark);
	assert_int_equal(arena_mul(6, 7), 42);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_is_zeroed_aligned_and_apart),
		cmocka_unit_test(nothing_overlaps_with_random_sizes_marks_and_rewinds),
		cmocka_unit_test(after_reset_memory_is_zeroed_again),
		cmocka_unit_test(only_the_newest_allocation_can_be_extended),
		cmocka_unit_test(copy_copies_and_free_accepts_null),
		cmocka_unit_test(impossible_requests_end_the_process),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
