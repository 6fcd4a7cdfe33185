/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/utf8.h"

struct buf buf_new(struct arena *a, size_t reserve)
{
	struct buf b = {.arena = a, .cap = reserve < 64 ? 64 : reserve};
	b.p = arena_alloc_raw(a, b.cap);
	b.p[0] = 0;
	return b;
}

void buf_grow(struct buf *b, size_t more)
{
	if (b->cap - b->n > more)
		return;
	size_t need;
	if (__builtin_add_overflow(b->n, more, &need) || need > SIZE_MAX / 4)
		err_die("buf: too large");
	size_t cap = b->cap * 2 > need + 1 ? b->cap * 2 : need + 1;
	if (!arena_extend(b->arena, b->p, b->cap, cap)) {
		char *p = arena_alloc_raw(b->arena, cap);
		memcpy(p, b->p, b->n + 1);
		b->p = p;
	}
	b->cap = cap;
}

void buf_put_slow(struct buf *b, const void *p, size_t n)
{
	if (b->failed || n == 0)
		return;
	if (b->limit && n > b->limit - b->n) {
		n = b->limit - b->n;
		b->failed = true;
	}
	buf_grow(b, n);
	memcpy(b->p + b->n, p, n);
	b->n += n;
	b->p[b->n] = 0;
}

void buf_int(struct buf *b, int64_t v)
{
	char digits[20], *p = digits + sizeof digits;
	uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
	do {
		*--p = (char)('0' + u % 10);
		u /= 10;
	} while (u);
	if (v < 0)
		*--p = '-';
	buf_putn(b, p, (size_t)(digits + sizeof digits - p));
}

void buf_fmt(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	if (b->failed)
		return;
	va_start(ap, fmt);
	int n = vsnprintf(b->p + b->n, b->limit ? 0 : b->cap - b->n, fmt, ap);
	va_end(ap);
	if (n < 0)
		err_die("buf_fmt: bad format or result above 2 GiB");
	if (b->limit || (size_t)n >= b->cap - b->n) {
		buf_grow(b, (size_t)n);
		va_start(ap, fmt);
		vsnprintf(b->p + b->n, b->cap - b->n, fmt, ap);
		va_end(ap);
	}
	b->n += (size_t)n;
	if (b->limit && b->n > b->limit) {
		b->n = b->limit;
		b->p[b->n] = 0;
		b->failed = true;
	}
}

void buf_utf8(struct buf *b, uint32_t code_point)
{
	char u[4];
	buf_putn(b, u, utf8_encode(code_point, u));
}

void buf_reset(struct buf *b)
{
	b->n = 0;
	b->failed = false;
	b->p[0] = 0;
}

str buf_str(const struct buf *b)
{
	return (str){b->p, b->n};
}
