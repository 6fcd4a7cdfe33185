/* SPDX-License-Identifier: EUPL-1.2 */
#include "storage/ids.h"
#include <pthread.h>
#include "base/testing.h"

static void ids_ascend_even_if_the_clock_does_not(void **state)
{
	struct clock early = clock_fixed((instant){ INSTANT_S(1800000000) }), late = clock_fixed((instant){ INSTANT_S(1800000001) });
	int64_t last = id_next(&early);

	for (int i = 0; i < 100000; i++) {
		int64_t id = id_next(i % 2 ? &early : &late);
		assert_true(id > last);
		last = id;
	}
}

static void an_id_tells_when_it_was_made(void **state)
{
	instant now = clock_now(&clock_real);
	/* the test before has put the counter into the future: a fresh time beyond it */
	struct clock c = clock_fixed((instant){ INSTANT_S(1900000000) + 123456 });

	assert_true(id_time(id_next(&c)).us == INSTANT_S(1900000000) + 123000);
	assert_true(id_time(id_next(&clock_real)).us > now.us);
}

static void nodes_do_not_share_ids(void **state)
{
	struct clock c = clock_fixed((instant){ INSTANT_S(2000000000) });

	id_node(3);
	int64_t a = id_next(&c);
	id_node(5);
	int64_t b = id_next(&c);
	id_node(0);
	assert_int_equal(a >> 16 & 63, 3);
	assert_int_equal(b >> 16 & 63, 5);
}

#define CALLERS 16
#define EACH 20000

static void *make(void *arg)
{
	int64_t *list = arg;

	for (int i = 0; i < EACH; i++)
		list[i] = id_next(&clock_real);
	return NULL;
}

static int ascending(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static void sixteen_callers_get_different_ids(void **state)
{
	static int64_t all[CALLERS * EACH];
	pthread_t thread[CALLERS];

	for (int i = 0; i < CALLERS; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, make, &all[i * EACH]), 0);
	for (int i = 0; i < CALLERS; i++)
		pthread_join(thread[i], NULL);
	qsort(all, CALLERS * EACH, sizeof *all, ascending);
	for (int i = 1; i < CALLERS * EACH; i++)
		assert_true(all[i] > all[i - 1]);
	assert_true(all[0] > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids_ascend_even_if_the_clock_does_not),
		cmocka_unit_test(an_id_tells_when_it_was_made),
		cmocka_unit_test(nodes_do_not_share_ids),
		cmocka_unit_test(sixteen_callers_get_different_ids),
	};
	return cmocka_run_group_tests_name("storage/ids", tests, NULL, NULL);
}
