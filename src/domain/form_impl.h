/* SPDX-License-Identifier: EUPL-1.2 */
/* What form_*.c and expr.c share: tables of a compiled form. */
#pragma once
#include "domain/form.h"

#define FORM_MAX_FIELDS 2000
#define FORM_MAX_PAGES 500
#define FORM_MAX_GROUPS 50
#define FORM_MAX_ROWS 200
#define FORM_MAX_OPTIONS 1000
#define FORM_MAX_VALUES 10000	/* fields times rows: struct visit counts in 16 bits, and a journey stays small */

struct id_table {
	uint16_t *slot;		/* index + 1; 0: free */
	uint32_t mask;
};
struct form_private {
	struct id_table field_id, field_key, page_id;
	uint32_t *base;		/* per field: its first slot; fields of a group have one slot a row */
	uint32_t slots;
	uint32_t hash_seed;
};
/* Slot of a field in a row; row 0 outside of groups. */
static inline uint32_t form_slot(const struct form *f, uint16_t field, uint16_t row)
{
	return f->priv->base[field] + (row ? row - 1u : 0u);
}
void form_index(struct arena *a, struct form *f);	/* builds the tables */
