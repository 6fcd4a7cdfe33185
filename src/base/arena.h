/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Arenas: all memory of Schalter. Three lifetimes: app, request, scratch (mark/reset). Nothing is
 * freed in between. A function that returns memory takes the arena: the parameter is the ownership
 * documentation. Allocation never returns NULL: when memory is exhausted the process ends with a
 * message (the supervisor restarts it). Not thread-safe: one arena belongs to one thread at a time.
 *
 *	struct arena *a = arena_new(4096);
 *	struct thing *t = ARENA_NEW(a, struct thing);      // zeroed
 *	arena_free(a);
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include "base/err.h"

struct arena;

struct arena *arena_new(size_t first_chunk);
void arena_free(struct arena *a);		/* accepts NULL */
void arena_freep(struct arena **a);		/* for AUTO() */
/*
 * For memory that a library got with malloc and leaves to its caller (AUTO(arena_free_foreign) on a
 * pointer to it).
 */
void arena_free_foreign(void *pp);
void arena_reset(struct arena *a);		/* keeps the first chunk for reuse */
/* size 0 gives a valid unique pointer; memory is zeroed and aligned for any type. */
void *arena_alloc(struct arena *a, size_t size) __attribute__((malloc, returns_nonnull));
void *arena_alloc_raw(struct arena *a, size_t size) __attribute__((malloc, returns_nonnull)); /* not zeroed */
void *arena_copy(struct arena *a, const void *p, size_t size);
/*
 * Grows the newest allocation in place; false (nothing changed) if it is not the newest or the
 * chunk is full.
 */
bool arena_extend(struct arena *a, void *p, size_t old_size, size_t new_size);
void arena_give_back(void);			/* the process will rest: free memory of all arenas goes back to the system; takes about a millisecond */
size_t arena_used(const struct arena *a);	/* bytes handed out, for limits and tests */

struct arena_mark {
	void *chunk;
	size_t used;
};
struct arena_mark arena_mark(struct arena *a);
void arena_rewind(struct arena *a, struct arena_mark m);

#define ARENA_NEW(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define ARENA_ARRAY(a, type, n) ((type *)arena_alloc((a), arena_mul((n), sizeof(type))))
size_t arena_mul(size_t n, size_t size);	/* ends the process on overflow */
