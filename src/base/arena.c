/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/arena.h"

#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define WITH_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WITH_ASAN 1
#endif
#endif
#ifdef WITH_ASAN
/* The sanitizer sees an arena as one block: poisoned gaps and rests let it find overruns inside. */
#include <sanitizer/asan_interface.h>
#define GAP        16
#define HIDE(p, n) ASAN_POISON_MEMORY_REGION((p), (n))
#define SHOW(p, n) ASAN_UNPOISON_MEMORY_REGION((p), (n))
#else
#define GAP        0
#define HIDE(p, n) ((void)(p), (void)(n))
#define SHOW(p, n) ((void)(p), (void)(n))
#endif

#define ALIGN          16
#define CHUNK_LEAST    256
#define CHUNK_GROW_MAX ((size_t)1 << 20)

struct chunk {
	struct chunk *prev;
	size_t cap, used;
	size_t pad; /* keeps data aligned */
	char data[];
};
_Static_assert(sizeof(struct chunk) % ALIGN == 0, "data must be aligned");

struct arena {
	struct chunk *cur;
	size_t reserved;
};

static struct chunk *chunk_new(struct chunk *prev, size_t cap)
{
	if (cap > SIZE_MAX / 2)
		err_die("arena: allocation too large");
	struct chunk *c = malloc(sizeof *c + cap);
	if (!c)
		err_die("out of memory");
	c->prev = prev;
	c->cap = cap;
	c->used = 0;
	HIDE(c->data, cap);
	return c;
}

static void chunk_free(struct chunk *c)
{
	SHOW(c->data, c->cap);
	free(c);
}

static size_t rounded(size_t size)
{
	if (size > SIZE_MAX / 2)
		err_die("arena: allocation too large");
	return ((size ? size : 1) + GAP + ALIGN - 1) & ~(size_t)(ALIGN - 1);
}

/* The arena itself is the first thing in its first chunk: one malloc makes both. */
struct arena *arena_new(size_t first_chunk)
{
	size_t own = rounded(sizeof(struct arena));
	struct chunk *c = chunk_new(
		NULL, own + rounded(first_chunk < CHUNK_LEAST ? CHUNK_LEAST : first_chunk));
	struct arena *a = (struct arena *)(void *)c->data;
	SHOW(a, sizeof *a);
	c->used = own;
	a->cur = c;
	a->reserved = own;
	return a;
}

void arena_free(struct arena *a)
{
	if (!a)
		return;
	for (struct chunk *c = a->cur, *prev; c; c = prev) {
		prev = c->prev;
		chunk_free(c);
	}
}

void arena_freep(struct arena **a)
{
	arena_free(*a);
	*a = NULL;
}

void arena_reset(struct arena *a)
{
	while (a->cur->prev) {
		struct chunk *c = a->cur;
		a->cur = c->prev;
		chunk_free(c);
	}
	a->cur->used = a->reserved;
	HIDE(a->cur->data + a->reserved, a->cur->cap - a->reserved);
}

static void *alloc_in_new_chunk(struct arena *a, size_t size, size_t need)
{
	size_t cap = a->cur->cap < CHUNK_GROW_MAX / 2 ? a->cur->cap * 2 : CHUNK_GROW_MAX;
	a->cur = chunk_new(a->cur, need > cap ? need : cap);
	a->cur->used = need;
	SHOW(a->cur->data, size);
	return a->cur->data;
}

void *arena_alloc_raw(struct arena *a, size_t size)
{
	size_t need = rounded(size);
	struct chunk *c = a->cur;
	if (need > c->cap - c->used)
		return alloc_in_new_chunk(a, size, need);
	void *p = c->data + c->used;
	c->used += need;
	SHOW(p, size);
	return p;
}

void *arena_alloc(struct arena *a, size_t size)
{
	return memset(arena_alloc_raw(a, size), 0, size);
}

void *arena_copy(struct arena *a, const void *p, size_t size)
{
	void *copy = arena_alloc_raw(a, size);
	if (size)
		memcpy(copy, p, size);
	return copy;
}

bool arena_extend(struct arena *a, void *p, size_t old_size, size_t new_size)
{
	struct chunk *c = a->cur;
	size_t old_need = rounded(old_size), need = rounded(new_size);
	if (c->used < old_need || (char *)p != c->data + c->used - old_need || need < old_need ||
		need - old_need > c->cap - c->used)
		return false;
	c->used += need - old_need;
	SHOW(p, new_size);
	return true;
}

size_t arena_used(const struct arena *a)
{
	size_t sum = 0;
	for (const struct chunk *c = a->cur; c; c = c->prev)
		sum += c->used;
	return sum - a->reserved;
}

struct arena_mark arena_mark(struct arena *a)
{
	return (struct arena_mark){a->cur, a->cur->used};
}

void arena_rewind(struct arena *a, struct arena_mark m)
{
	while (a->cur != m.chunk) {
		struct chunk *c = a->cur;
		if (!c->prev)
			err_die("arena: rewind to a mark of another arena");
		a->cur = c->prev;
		chunk_free(c);
	}
	if (m.used > a->cur->used)
		err_die("arena: rewind to a mark that is no longer valid");
	a->cur->used = m.used;
	HIDE(a->cur->data + m.used, a->cur->cap - m.used);
}

size_t arena_mul(size_t n, size_t size)
{
	size_t product;
	if (__builtin_mul_overflow(n, size, &product))
		err_die("arena: array too large");
	return product;
}

void arena_free_foreign(void *pp)
{
	void **p = pp;

	free(*p);
	*p = NULL;
}

void arena_give_back(void)
{
	(void)malloc_trim(0);
}
