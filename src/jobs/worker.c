/* SPDX-License-Identifier: EUPL-1.2 */
#include "jobs/worker.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "base/log.h"
#include "wire/net.h"

enum job_thread { JOB_THREAD_MAIL, JOB_THREAD_DELIVERY, JOB_THREAD_CARE, JOB_THREADS };

static const struct job {
	const char *name;
	enum job_thread thread;
	int64_t every_us, first_us;
	int (*run)(struct job_run *r);
} table[] = {
#define JOB(name, thread, every, first) { #name, JOB_THREAD_##thread, INSTANT_S(every), INSTANT_S(first), job_##name },
#include "jobs/jobs.def"
#undef JOB
};
#define JOBS (sizeof table / sizeof *table)

static struct {
	atomic_ullong runs, failures, done;
	atomic_llong last_ok_us;
} figures[JOBS];

struct line {			/* one thread */
	struct jobs *jobs;
	enum job_thread which;
	pthread_t thread;
	bool started;
};
struct jobs {
	struct house *house;
	struct arena *arena;
	pthread_mutex_t lock;
	pthread_cond_t stopping;
	bool stop;
	struct line line[JOB_THREADS];
};

size_t jobs_stats(struct job_stats *list, size_t room)
{
	size_t n = 0;

	for (; n < JOBS && n < room; n++)
		list[n] = (struct job_stats){ table[n].name, figures[n].runs, figures[n].failures, figures[n].done, figures[n].last_ok_us };
	return n;
}

/* True: the house closes. */
static bool wait_until(struct jobs *j, int64_t monotonic_us)
{
	struct timespec at = { .tv_sec = monotonic_us / 1000000, .tv_nsec = monotonic_us % 1000000 * 1000 };
	bool stop;

	pthread_mutex_lock(&j->lock);
	while (!j->stop && clock_monotonic_us() < monotonic_us)
		if (pthread_cond_timedwait(&j->stopping, &j->lock, &at))
			break;
	stop = j->stop;
	pthread_mutex_unlock(&j->lock);
	return stop;
}

/* One run; how long until the next. */
static int64_t run_one(struct jobs *j, size_t i, struct arena *a)
{
	struct job_run r = { .house = j->house, .arena = a };
	int rc = table[i].run(&r);

	arena_reset(a);
	figures[i].runs++;
	figures[i].done += r.n;
	if (rc < 0) {
		figures[i].failures++;
		log_event(LOG_WARN, "job-failed", "job", str_c(table[i].name), "code", str_c(err_name(rc)), NULL);
	} else {
		figures[i].last_ok_us = clock_now(&clock_real).us;
	}
	return rc >= 0 && r.more ? 0 : table[i].every_us;
}

static void *work(void *arg)
{
	struct line *l = arg;
	struct arena *a = arena_new(64 * 1024);
	int64_t due[JOBS], begun = clock_monotonic_us();

	for (size_t i = 0; i < JOBS; i++)
		due[i] = begun + table[i].first_us;
	for (;;) {
		size_t next = JOBS;

		for (size_t i = 0; i < JOBS; i++)
			if (table[i].thread == l->which && (next == JOBS || due[i] < due[next]))
				next = i;
		if (next == JOBS || wait_until(l->jobs, due[next]))
			break;
		due[next] = run_one(l->jobs, next, a) + clock_monotonic_us();
	}
	arena_free(a);
	return NULL;
}

int jobs_start(struct house *h, struct jobs **ret)
{
	struct arena *a = arena_new(4096);
	struct jobs *j = ARENA_NEW(a, struct jobs);
	pthread_condattr_t monotonic;

	*j = (struct jobs){ .house = h, .arena = a };
	pthread_mutex_init(&j->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&j->stopping, &monotonic);
	pthread_condattr_destroy(&monotonic);
	net_stop(false);
	for (int i = 0; i < JOB_THREADS; i++) {
		j->line[i] = (struct line){ .jobs = j, .which = (enum job_thread)i };
		if (pthread_create(&j->line[i].thread, NULL, work, &j->line[i])) {
			jobs_stop(j);
			return ERR_NOMEM;
		}
		j->line[i].started = true;
	}
	*ret = j;
	return 0;
}

void jobs_stop(struct jobs *j)
{
	pthread_mutex_lock(&j->lock);
	j->stop = true;
	pthread_cond_broadcast(&j->stopping);
	pthread_mutex_unlock(&j->lock);
	net_stop(true);
	for (int i = 0; i < JOB_THREADS; i++)
		if (j->line[i].started)
			pthread_join(j->line[i].thread, NULL);
	pthread_cond_destroy(&j->stopping);
	pthread_mutex_destroy(&j->lock);
	arena_free(j->arena);
}
