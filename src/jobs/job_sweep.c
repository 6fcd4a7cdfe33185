/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/log.h"
#include "jobs/worker.h"
#include "usecase/sweep.h"

int job_sweep(struct job_run *r)
{
	size_t keys = 0, blobs = 0;

	TRY(sweep_keys(r->house, r->arena, &keys));
	TRY(sweep_blobs(r->house, r->arena, &blobs));
	r->n = keys + blobs;
	if (r->n)
		log_event(LOG_INFO, "sweep", "keys", str_fmt(r->arena, "%zu", keys), "blobs", str_fmt(r->arena, "%zu", blobs), NULL);
	return 0;
}
