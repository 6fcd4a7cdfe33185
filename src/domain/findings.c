/* SPDX-License-Identifier: EUPL-1.2 */
#include "domain/findings.h"

#include <stdarg.h>
#include <stdio.h>

/* More help nobody; the first ones count. */
#define FINDINGS_MAX 500

struct findings findings_new(struct arena *a)
{
	return (struct findings){ .arena = a };
}

static void grow(struct findings *f)
{
	size_t cap = f->cap ? f->cap * 2 : 16;
	struct finding *v = ARENA_ARRAY(f->arena, struct finding, cap);

	if (f->n)
		memcpy(v, f->v, f->n * sizeof *v);
	f->v = v;
	f->cap = cap;
}

void finding_add(struct findings *f, enum severity s, str file, uint32_t line, uint32_t col, str code,
		 const char *fmt, ...)
{
	char text[600];
	va_list ap;
	int n;

	if (!f)
		return;
	if (s == FINDING_ERROR)
		f->errors++;
	else if (s == FINDING_WARNING)
		f->warnings++;
	if (f->n >= FINDINGS_MAX)
		return;
	va_start(ap, fmt);
	n = vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	if (n < 0)
		n = 0;
	if ((size_t)n >= sizeof text)
		n = sizeof text - 1;
	if (f->n == f->cap)
		grow(f);
	f->v[f->n++] = (struct finding){ s, str_dup(f->arena, file), line, col, code,
					 str_dup(f->arena, str_n(text, (size_t)n)) };
}

void findings_print(struct buf *b, const struct findings *f)
{
	static const char *const word[] = { "error", "warning", "note" };
	size_t i;

	for (i = 0; i < f->n; i++) {
		const struct finding *x = &f->v[i];

		buf_put(b, x->file.n ? x->file : S("-"));
		if (x->line) {
			buf_putc(b, ':');
			buf_int(b, x->line);
		}
		if (x->line && x->col) {
			buf_putc(b, ':');
			buf_int(b, x->col);
		}
		buf_fmt(b, ": %s: ", word[x->severity]);
		buf_put(b, x->text);
		buf_put(b, S(" ["));
		buf_put(b, x->code);
		buf_put(b, S("]\n"));
	}
}
