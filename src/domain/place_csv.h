/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The tables of places/: comma separated, "quoted, if need be", UTF-8, LF, a head line with exactly
 * the columns expected, lines that begin with # are notes. A field does not span lines.
 *
 *	static const char *const COLUMNS[] = { "key", "name" };
 *	if (place_csv_read(&findings, dir, S("districts.csv"), COLUMNS, 2, &t))
 *		for (size_t r = 0; r < t.n_rows; r++) use(csv_cell(&t, r, 0));
 */
#pragma once
#include "domain/findings.h"

struct place_csv {
	str file;
	size_t n_columns, n_rows;
	str *cells;
	unsigned *lines; /* line in the file, per row */
};

#define csv_note(f, file, line, code, ...) \
	finding_add((f), FINDING_ERROR, (file), (line), 0, S(code), __VA_ARGS__)

/* false: the table cannot be used (missing, wrong head); findings say why. Bad rows are left out,
 * with a finding. */
bool place_csv_read(struct findings *f, str dir, str file, const char *const *columns,
	size_t n_columns, struct place_csv *ret);

static inline str csv_cell(const struct place_csv *t, size_t row, size_t column)
{
	return t->cells[row * t->n_columns + column];
}
