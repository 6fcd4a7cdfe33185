/* SPDX-License-Identifier: EUPL-1.2 */
#include "storage/sql_table.h"
#include <stdint.h>

#define FIRST 256

static size_t slot_of(const char *sql, size_t cap)
{
	uint64_t h = (uint64_t)(uintptr_t)sql * UINT64_C(0x9e3779b97f4a7c15);

	return (size_t)(h >> 32) & (cap - 1);
}

struct sql_entry *sql_table_find(const struct sql_table *t, const char *sql)
{
	if (!t->cap)
		return NULL;
	for (size_t i = slot_of(sql, t->cap); t->slot[i]; i = (i + 1) & (t->cap - 1))
		if (t->slot[i]->sql == sql && !t->slot[i]->busy)
			return t->slot[i];
	return NULL;
}

void sql_table_put(struct sql_table *t, struct arena *a, struct sql_entry *e)
{
	if (t->used * 2 >= t->cap) {
		size_t old_cap = t->cap;
		struct sql_entry **old = t->slot;
		t->cap = old_cap ? old_cap * 2 : FIRST;
		t->slot = ARENA_ARRAY(a, struct sql_entry *, t->cap);
		t->used = 0;
		for (size_t i = 0; i < old_cap; i++)
			if (old[i])
				sql_table_put(t, a, old[i]);
	}
	size_t i = slot_of(e->sql, t->cap);
	while (t->slot[i])
		i = (i + 1) & (t->cap - 1);
	t->slot[i] = e;
	t->used++;
}
