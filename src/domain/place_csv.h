/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The tables of places/: comma separated, "quoted, if need be", UTF-8, LF, a head line with exactly
 * the columns expected, lines that begin with # are notes. A field does not span lines.
 *
 *	static const char *const COLUMNS[] = { "key", "name" };
 *	if (place_csv_read(&notes, S("districts.csv"), COLUMNS, 2, &t))
 *		for (size_t r = 0; r < t.n_rows; r++) use(csv_cell(&t, r, 0));
 */
#pragma once
#include "domain/place.h"

enum { PLACE_MAX_FINDINGS = 200 };

/* Collects what is wrong; keeps the first 200 and counts the rest. */
struct place_notes {
	struct arena *arena;
	str dir;
	struct place_finding *items;          /* PLACE_MAX_FINDINGS of them */
	size_t n, more;
};

struct place_csv {
	str file;
	size_t n_columns, n_rows;
	str *cells;
	unsigned *lines;                      /* line in the file, per row */
};

void place_note(struct place_notes *notes, str file, unsigned line, const char *fmt, ...) PRINTF_LIKE(4, 5);

/* false: the table cannot be used (missing, wrong head); findings say why. Bad rows are left out, with a finding. */
bool place_csv_read(struct place_notes *notes, str file, const char *const *columns, size_t n_columns,
		    struct place_csv *ret);

static inline str csv_cell(const struct place_csv *t, size_t row, size_t column)
{
	return t->cells[row * t->n_columns + column];
}
