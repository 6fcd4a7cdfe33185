/* SPDX-License-Identifier: EUPL-1.2 */
#include "domain/known.h"

static void earliest(struct date *best, struct date from, int32_t days)
{
	struct date d;

	if (!from.year)
		return;
	d = date_add_days(from, days);
	if (!best->year || date_cmp(d, *best) < 0)
		*best = d;
}

struct date known_on(const struct service_clocks *c, const struct known_facts *f)
{
	struct date best = { 0 };

	earliest(&best, f->fetched, c->fetched_known_days);
	if (c->offered_known_days)
		earliest(&best, f->offered, c->offered_known_days);
	earliest(&best, f->posted, c->known_after_days);
	return best;
}

struct date fetch_until(const struct service_clocks *c, struct date offered)
{
	if (!c->fetch_days || !offered.year)
		return (struct date){ 0 };
	return date_next_working_day(date_add_days(offered, c->fetch_days));
}

bool fetch_over(const struct service_clocks *c, struct date offered, struct date today)
{
	struct date until = fetch_until(c, offered);

	return until.year && date_cmp(today, until) > 0;
}
