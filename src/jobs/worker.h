/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * worker: the threads that do the jobs of jobs.def beside the server. All of them may run in several processes on one PostgreSQL: rows are
 * leased, the rest is done in units that change nothing the second time.
 *
 *	TRY(jobs_start(h, &jobs));
 *	...
 *	jobs_stop(jobs);	// calls that run break off; their rows come back when the lease is over
 */
#pragma once
#include "usecase/ctx.h"

struct jobs;
MUST_USE int jobs_start(struct house *h, struct jobs **ret);
void jobs_stop(struct jobs *j);

/* A job's one run. The arena is its own and is emptied afterwards. *ret_more: there is more to do at once. *ret_n: how much was done. */
struct job_run {
	struct house *house;
	struct arena *arena;
	bool more;
	size_t n;
};
#define JOB(name, thread, every, first) MUST_USE int job_##name(struct job_run *r);
#include "jobs/jobs.def"
#undef JOB

struct job_stats {
	const char *name;
	uint64_t runs, failures, done;
	int64_t last_ok_us;		/* 0: never yet */
};
/* Figures of this process; the array is static. */
size_t jobs_stats(struct job_stats *list, size_t room);
