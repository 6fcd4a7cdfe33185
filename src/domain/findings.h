/* SPDX-License-Identifier: EUPL-1.2 */
/* What a loader or checker has to say to an author: file, line, what is wrong and what to do. Texts in English for tools, short sentences. */
#pragma once
#include "base/buf.h"

enum severity { FINDING_ERROR, FINDING_WARNING, FINDING_NOTE };
struct finding {
	enum severity severity;
	str file;
	uint32_t line, col;
	str code;		/* stable short name: unknown-key, missing-text, unreachable-page ... */
	str text;
};
struct findings {
	struct arena *arena;
	struct finding *v;
	size_t n, cap;
	size_t errors, warnings;
};
struct findings findings_new(struct arena *a);
void finding_add(struct findings *f, enum severity s, str file, uint32_t line, uint32_t col, str code, const char *fmt, ...) PRINTF_LIKE(7, 8);
void findings_print(struct buf *b, const struct findings *f);	/* file:line:col: error: text [code] */
