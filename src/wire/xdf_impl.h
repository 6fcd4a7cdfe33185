/* SPDX-License-Identifier: EUPL-1.2 */
/* What the files of xdf share: the names of elements and the growing parts of a node. */
#pragma once
#include "wire/xdf.h"
#include "base/xml_read.h"

enum xdf_name {
	NAME_NONE,		/* an element that is not read */
#define N(ID, name) NAME_##ID,
#include "wire/xdf_names.def"
#undef N
	NAME_COUNT
};

struct growing {		/* an array in the making */
	void *v;
	size_t n, cap;
};
void *growing_add(struct arena *a, struct growing *g, size_t size);	/* zeroed */

struct building {		/* a node in the making */
	struct xdf_node *node;
	struct growing legal, rule, code, media, child;
	size_t depth;		/* of its element */
	/* the "struktur" that is open below it */
	struct growing place_legal;
	str count;
	uint32_t count_line;
};
/* "n:m" -> numbers. False: not of that shape. */
bool xdf_count(str text, int32_t *ret_min, int32_t *ret_max);
/* The string in "praezisierung" of 2.0: JSON, a number, a range, or prose. */
void xdf_precision_2(struct arena *a, struct xdf_node *n, str text, struct xdf_notes *notes);
str xdf_clean(struct arena *a, str text);	/* one line: blanks trimmed and joined */
