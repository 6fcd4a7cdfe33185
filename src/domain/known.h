/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * When a decision counts as made known, and how long it may be fetched. Pure; the numbers are data of the definition (struct service_clocks),
 * because the law has several such clocks (docs/why/030-made-known.md):
 *
 *	VwVfG section 41 (2a)	on the day after it was fetched; the offer ends ten days after the notification	fetched_known_days, fetch_days
 *	OZG section 9 (1)	on the nth day after it was offered, fetched or not				offered_known_days
 *	VwVfG section 41 (2)	on the fourth day after posting							known_after_days
 *
 *	struct date d = known_on(&clocks, &(struct known_facts){ .offered = sent, .fetched = today });
 */
#pragma once
#include "domain/service.h"

struct known_facts {
	struct date offered;	/* laid ready and notified; year 0: not */
	struct date fetched;	/* first retrieval */
	struct date posted;
};
/* The earliest day that one of the clocks gives; year 0: not made known (yet). */
struct date known_on(const struct service_clocks *c, const struct known_facts *f);
/* Last day on which it may be fetched; year 0: no end. A Saturday, Sunday or holiday moves on to the next working day (VwVfG section 31 (3)). */
struct date fetch_until(const struct service_clocks *c, struct date offered);
bool fetch_over(const struct service_clocks *c, struct date offered, struct date today);
