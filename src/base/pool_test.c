/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/testing.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "base/pool.h"

static atomic_int done;

static void count(void *arg)
{
	atomic_fetch_add(&done, *(int *)arg);
}

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;

static void wait_at_gate(void *arg)
{
	pthread_mutex_lock(&gate);
	pthread_mutex_unlock(&gate);
	atomic_fetch_add(&done, 1);
}

static void every_job_runs_once_before_stop_returns(void **state)
{
	struct pool *p;
	int one = 1, accepted = 0;
	atomic_store(&done, 0);
	assert_ok(pool_start(4, 1000, &p));
	for (int i = 0; i < 1000; i++)
		accepted += pool_submit(p, count, &one) == 0;
	pool_stop(p);
	assert_int_equal(accepted, 1000);
	assert_int_equal(atomic_load(&done), 1000);
}

static void a_full_queue_refuses_and_recovers(void **state)
{
	struct pool *p;
	struct timespec ms = {0, 1000000};
	atomic_store(&done, 0);
	assert_ok(pool_start(1, 3, &p));
	pthread_mutex_lock(&gate);
	assert_ok(pool_submit(p, wait_at_gate, NULL));
	for (int i = 0; i < 5000 && pool_waiting(p) > 0; i++) /* until the thread has taken it */
		nanosleep(&ms, NULL);
	assert_int_equal(pool_waiting(p), 0);
	for (int i = 0; i < 3; i++)
		assert_ok(pool_submit(p, wait_at_gate, NULL));
	assert_int_equal(pool_waiting(p), 3);
	assert_rc(pool_submit(p, wait_at_gate, NULL), ERR_BUSY);
	pthread_mutex_unlock(&gate);
	for (int i = 0; i < 5000 && atomic_load(&done) < 4; i++)
		nanosleep(&ms, NULL);
	assert_int_equal(atomic_load(&done), 4);
	assert_ok(pool_submit(p, wait_at_gate, NULL));
	pool_stop(p);
	assert_int_equal(atomic_load(&done), 5);
}

struct order {
	int at, seen[50];
};

struct step {
	struct order *order;
	int number;
};

static void note(void *arg)
{
	struct step *s = arg;
	s->order->seen[s->order->at++] = s->number;
}

static void one_thread_keeps_the_order_round_the_ring(void **state)
{
	struct pool *p;
	struct order o = {0};
	struct step s[50];
	struct timespec ms = {0, 1000000};
	assert_ok(pool_start(1, 7, &p));
	for (int i = 0; i < 50; i++) {
		s[i] = (struct step){&o, i};
		while (pool_submit(p, note, &s[i]) == ERR_BUSY)
			nanosleep(&ms, NULL);
	}
	pool_stop(p);
	assert_int_equal(o.at, 50);
	for (int i = 0; i < 50; i++)
		assert_int_equal(o.seen[i], i);
}

static void an_empty_pool_is_refused(void **state)
{
	struct pool *p;
	assert_rc(pool_start(0, 1, &p), ERR_INVALID);
	assert_rc(pool_start(1, 0, &p), ERR_INVALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_job_runs_once_before_stop_returns),
		cmocka_unit_test(a_full_queue_refuses_and_recovers),
		cmocka_unit_test(one_thread_keeps_the_order_round_the_ring),
		cmocka_unit_test(an_empty_pool_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
