/* SPDX-License-Identifier: EUPL-1.2 */
#include "storage/ids.h"
#include <stdatomic.h>

#define EPOCH_2020_MS INT64_C(1577836800000)
#define SEQUENCE_BITS 16
#define NODE_BITS 6

static _Atomic uint64_t last;		/* milliseconds << 16 | sequence: one counter, so that ids never go back with the clock */
static _Atomic uint64_t node_bits;

void id_node(unsigned node)
{
	node_bits = (uint64_t)(node & ((1U << NODE_BITS) - 1)) << SEQUENCE_BITS;
}

int64_t id_next(struct clock *c)
{
	int64_t ms = clock_now(c).us / 1000 - EPOCH_2020_MS;
	uint64_t floor = ms > 0 ? (uint64_t)ms << SEQUENCE_BITS : 0;
	uint64_t seen = atomic_load_explicit(&last, memory_order_relaxed);
	uint64_t next;

	do {
		next = seen + 1 > floor ? seen + 1 : floor;
	} while (!atomic_compare_exchange_weak(&last, &seen, next));

	return (int64_t)((next >> SEQUENCE_BITS) << (SEQUENCE_BITS + NODE_BITS) | node_bits | (next & 0xffff));
}

instant id_time(int64_t id)
{
	return (instant){ ((id >> (SEQUENCE_BITS + NODE_BITS)) + EPOCH_2020_MS) * 1000 };
}
