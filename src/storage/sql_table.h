/* SPDX-License-Identifier: EUPL-1.2 */
/* Prepared statements of one connection by the address of their SQL (constants, so the address is the identity). */
#pragma once
#include <stdbool.h>
#include "base/arena.h"

struct sql_entry {		/* first member of an engine's statement */
	const char *sql;
	bool busy;		/* being read: a second use of the same SQL needs a statement of its own */
};

struct sql_table {
	struct sql_entry **slot;	/* open addressing; one address may stand several times */
	size_t cap, used;
};

struct sql_entry *sql_table_find(const struct sql_table *t, const char *sql);	/* one that is not busy, or NULL */
void sql_table_put(struct sql_table *t, struct arena *a, struct sql_entry *e);
