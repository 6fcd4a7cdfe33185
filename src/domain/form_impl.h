/* SPDX-License-Identifier: EUPL-1.2 */
/* What form_*.c and expr.c share: tables of a compiled form, and where the rows of a journey lie. */
#pragma once
#include "domain/form.h"

#define FORM_MAX_FIELDS 20000
#define FORM_MAX_PAGES 20000
#define FORM_MAX_GROUPS 500
#define FORM_MAX_STEPS 500
#define FORM_MAX_DEPTH 6	/* groups inside groups */
#define FORM_MAX_ROWS 1000	/* of a group in one row of its parent */
#define FORM_MAX_NUMBER 65535	/* of a row: product of the greatest numbers of rows from the outermost group on */
#define FORM_MAX_OPTIONS 1000
#define FORM_MAX_MANY 100	/* values of one field */
#define FORM_MAX_VALUES 200000	/* fields times rows: a journey stays below a tenth of a second */

struct id_table {
	uint16_t *slot;		/* index + 1; 0: free */
	uint32_t mask;
};
struct form_private {
	struct id_table field_id, field_key, page_id, group_id;
	/* fields by group, in their order: those of group g are list[from[g + 1] .. from[g + 2]); g = -1: of no group */
	uint16_t *list;
	uint32_t *from;
	uint16_t *nth;		/* per field: which one of its group */
	uint16_t *page_nth;	/* per page: which one of those asked for the same rows */
	uint16_t *pages_of;	/* per group + 1: pages asked for its rows */
	uint32_t most_values, least_rows;
};
static inline uint32_t form_fields_of(const struct form *f, int16_t group, const uint16_t **ret)
{
	*ret = f->priv->list + f->priv->from[group + 1];
	return f->priv->from[group + 2] - f->priv->from[group + 1];
}
void form_index(struct arena *a, struct form *f);	/* builds the tables */

/* Ids seen so far, to find those that are there twice. */
struct id_set {
	str *slot;
	uint32_t mask;
};
struct id_set id_set_new(struct arena *a, size_t n);
bool id_set_add(struct id_set *s, str id);	/* false: is there already */

/* ---- where the rows of one journey lie: dense, in the order in which they are asked ---- */
struct group_rows {
	uint32_t instances;	/* rows of this group over all outer rows */
	uint32_t *first;	/* per instance of the parent: its first row here */
	uint16_t *have;		/* per instance of the parent: its rows */
	uint16_t *reached;	/* of these on the path: 0 or all */
	uint16_t *number;	/* per instance: its row number */
	bool *on_path;		/* per instance */
	uint32_t slot, visit;	/* of the first instance */
	uint32_t fields, pages;	/* per instance */
};
struct row_table {
	struct group_rows *group;
	uint32_t slots, visits;
};
typedef uint16_t (*rows_of)(const void *arg, uint16_t group, uint16_t outer);
void row_table_make(struct arena *a, const struct form *f, rows_of rows, const void *arg, struct row_table *ret);
#define NO_ROW UINT32_MAX
/* Instance of a row; 0 for group -1; NO_ROW: there is no such row. */
uint32_t row_instance(const struct form *f, const struct row_table *t, int16_t group, uint16_t row);
/* Slot of a field in a row (0 outside of groups); NO_ROW. */
static inline uint32_t row_slot(const struct form *f, const struct row_table *t, uint16_t field, uint16_t row)
{
	int16_t group = f->field[field].group;
	const struct group_rows *g;
	uint32_t i;

	if (group < 0)
		return row ? NO_ROW : f->priv->nth[field];
	i = row_instance(f, t, group, row);
	if (i == NO_ROW)
		return NO_ROW;
	g = &t->group[group];
	return g->slot + i * g->fields + f->priv->nth[field];
}
/* Instances [ret_from, ret_to) of a group that lie under instance `under` of its ancestor `above` (-1, 0: all). */
void row_range(const struct form *f, const struct row_table *t, int16_t group, int16_t above, uint32_t under, uint32_t *ret_from, uint32_t *ret_to);
/* The innermost group that holds all of `group` and of which a row of `here` is part of; -1: none. */
int16_t form_common(const struct form *f, int16_t here, int16_t group);
struct expr_run;
/* Evaluates over the values of a journey, in a row. */
void journey_expr_run(const struct journey *j, uint16_t row, struct expr_run *ret);
/* How many rows of `group` one row of its ancestor `above` may hold: rows / this = the ancestor's row, counted from 0. */
uint16_t form_row_span(const struct form *f, int16_t group, int16_t above);
