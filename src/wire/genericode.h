/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Genericode 1.0 code lists (OASIS), as XRepository and FIM editors write them: with and without namespaces on the inner elements, with and
 * without names of columns. The columns of code, name and help are chosen here.
 *
 *	TRY(genericode_read(a, text, &hints, &list, &error));
 *	for (size_t i = 0; i < list->entries; i++) ... list->entry[i].code ...
 */
#pragma once
#include "base/xml_read.h"

struct genericode_entry {
	str code, name, help;		/* name: the code where there is none */
	uint32_t line;
};
struct genericode {
	str uri, version, version_uri, short_name, long_name;
	const struct genericode_entry *entry;
	size_t entries;
	size_t skipped;			/* rows without a code, or with one that was there before */
	bool columns_missing;		/* a column that the hints name is not there: chosen without it */
};
/* Columns that a data field prefers: ids; empty: choose. */
struct genericode_hints {
	str code, name, help;
};
#define GENERICODE_MAX_ROWS 50000

MUST_USE int genericode_read(struct arena *a, str text, const struct genericode_hints *h, struct genericode **ret, struct xml_error *e);
bool genericode_is(str text);		/* looks at the first 4 KiB */
