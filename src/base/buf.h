/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * buf: growable byte buffer in an arena, with a sticky error (over the limit). Always
 * NUL-terminated behind the end.
 *
 *	struct buf b = buf_new(arena, 256);
 *	buf_put(&b, S("<p>")); buf_int(&b, 5);
 *	str s = buf_str(&b);
 */
#pragma once
#include <string.h>
#include "base/str.h"

struct buf {
	struct arena *arena;
	char *p;
	size_t n, cap;
	size_t limit;		/* 0: none */
	bool failed;		/* limit was hit; content is cut */
};

struct buf buf_new(struct arena *a, size_t reserve);
void buf_grow(struct buf *b, size_t more);	/* makes room for more bytes and the NUL, whatever the limit is */
void buf_put_slow(struct buf *b, const void *p, size_t n);

/*
 * Inline, because the compiled templates consist of these calls: the fast way is a compare and a
 * memcpy.
 */
static inline void buf_putn(struct buf *b, const void *p, size_t n)
{
	if (b->limit == 0 && b->cap - b->n > n) {
		memcpy(b->p + b->n, p, n);
		b->n += n;
		b->p[b->n] = 0;
	} else {
		buf_put_slow(b, p, n);
	}
}
static inline void buf_put(struct buf *b, str s)
{
	if (s.n)
		buf_putn(b, s.p, s.n);
}
static inline void buf_putc(struct buf *b, char c)
{
	buf_putn(b, &c, 1);
}
void buf_int(struct buf *b, int64_t v);
void buf_fmt(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
void buf_utf8(struct buf *b, uint32_t code_point);
void buf_reset(struct buf *b);			/* empties, keeps memory and limit */
str buf_str(const struct buf *b);		/* valid until the next write */
