/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Rows of groups inside groups. A row's number counts through all rows that could be, so that (field, row) names a place whatever else was
 * answered; a journey keeps only the rows that are there, one behind the other (struct row_table). Contracts: form.h, form_impl.h.
 */
#include "domain/form_impl.h"

uint16_t form_row_span(const struct form *f, int16_t group, int16_t above)
{
	uint32_t span = 1;

	for (; group >= 0 && group != above; group = f->group[group].parent)
		span *= (uint32_t)f->group[group].max;
	return (uint16_t)(span > UINT16_MAX ? UINT16_MAX : span);
}

uint16_t form_row_up(const struct form *f, int16_t group, uint16_t row, int16_t to)
{
	while (group >= 0 && group != to && row) {
		row = (uint16_t)((row - 1) / f->group[group].max + 1);
		group = f->group[group].parent;
	}
	return group < 0 ? 0 : row;
}

uint16_t form_row_first(const struct form *f, int16_t group, int16_t of, uint16_t row)
{
	return (uint16_t)((row - 1) * form_row_span(f, group, of) + 1);
}

uint16_t form_row_local(const struct form *f, int16_t group, uint16_t row)
{
	return group < 0 || f->group[group].parent < 0 || !row ? row : (uint16_t)((row - 1) % f->group[group].max + 1);
}

str form_row_path(struct arena *a, const struct form *f, int16_t group, uint16_t row)
{
	str outer;
	int16_t parent;

	if (!row || group < 0)
		return STR_EMPTY;
	parent = f->group[group].parent;
	if (parent < 0)
		return str_fmt(a, "%u", (unsigned)row);
	outer = form_row_path(a, f, parent, form_row_up(f, group, row, parent));
	return str_fmt(a, "%.*s.%u", STR_FMT(outer), (unsigned)form_row_local(f, group, row));
}

static bool parse_up(const struct form *f, int16_t group, str *path, uint32_t *ret)
{
	str part;
	int64_t n;

	if (group < 0) {
		*ret = 0;
		return true;
	}
	if (!parse_up(f, f->group[group].parent, path, ret) || !str_split(path, '.', &part) || part.n > 5 || str_to_i64(part, &n) < 0 ||
	    n < 1 || n > f->group[group].max)
		return false;
	*ret = (*ret ? *ret - 1 : 0) * (uint32_t)f->group[group].max + (uint32_t)n;
	return true;
}

bool form_row_parse(const struct form *f, int16_t group, str path, uint16_t *ret_row)
{
	uint32_t row;

	if (group < 0 || !parse_up(f, group, &path, &row) || path.n || row > UINT16_MAX)
		return false;
	*ret_row = (uint16_t)row;
	return true;
}

/* Appends "hund[2].wurf[1]"; gives the length of the group's own id. */
static size_t put_rows(struct buf *b, const struct form *f, int16_t group, uint16_t row)
{
	int16_t parent = f->group[group].parent;
	str id = f->group[group].id;
	size_t done = parent < 0 ? 0 : put_rows(b, f, parent, form_row_up(f, group, row, parent));

	buf_put(b, str_sub(id, done, id.n));
	buf_putc(b, '[');
	buf_int(b, form_row_local(f, group, row));
	buf_putc(b, ']');
	return id.n;
}

void form_place_put(struct buf *b, const struct form *f, uint16_t field, uint16_t row)
{
	const struct field *x = &f->field[field];
	size_t done = x->group < 0 ? 0 : put_rows(b, f, x->group, row);

	buf_put(b, str_sub(x->id, done, x->id.n));
}

void form_group_place_put(struct buf *b, const struct form *f, uint16_t group, uint16_t outer)
{
	int16_t parent = f->group[group].parent;
	str id = f->group[group].id;
	size_t done = parent < 0 ? 0 : put_rows(b, f, parent, outer);

	buf_put(b, str_sub(id, done, id.n));
}

int16_t form_common(const struct form *f, int16_t here, int16_t group)
{
	int16_t above, own;

	for (above = f->group[group].parent; above >= 0; above = f->group[above].parent)
		for (own = here; own >= 0; own = f->group[own].parent)
			if (own == above)
				return above;
	return -1;
}

/* ---- the rows of one journey ---- */

static void fill_group(struct arena *a, const struct form *f, rows_of rows, const void *arg, struct row_table *t, uint16_t group)
{
	struct group_rows *g = &t->group[group];
	int16_t parent = f->group[group].parent;
	uint32_t outers = parent < 0 ? 1 : t->group[parent].instances, i, n = 0;
	uint16_t k;

	g->first = ARENA_ARRAY(a, uint32_t, outers);
	g->have = ARENA_ARRAY(a, uint16_t, outers);
	g->reached = ARENA_ARRAY(a, uint16_t, outers);
	for (i = 0; i < outers; i++) {
		g->first[i] = n;
		g->have[i] = rows(arg, group, parent < 0 ? 0 : t->group[parent].number[i]);
		n += g->have[i];
	}
	g->instances = n;
	g->number = ARENA_ARRAY(a, uint16_t, n);
	g->on_path = ARENA_ARRAY(a, bool, n);
	for (i = 0, n = 0; i < outers; i++)
		for (k = 1; k <= g->have[i]; k++)
			g->number[n++] = (uint16_t)(parent < 0 ? k : (t->group[parent].number[i] - 1) * f->group[group].max + k);
}

void row_table_make(struct arena *a, const struct form *f, rows_of rows, const void *arg, struct row_table *ret)
{
	uint16_t i;

	ret->group = ARENA_ARRAY(a, struct group_rows, f->groups);
	ret->slots = f->priv->from[1];
	ret->visits = f->priv->pages_of[0];
	for (i = 0; i < f->groups; i++) {
		struct group_rows *g = &ret->group[i];

		fill_group(a, f, rows, arg, ret, i);
		g->fields = f->priv->from[i + 2] - f->priv->from[i + 1];
		g->pages = f->priv->pages_of[i + 1];
		g->slot = ret->slots;
		g->visit = ret->visits;
		ret->slots += g->instances * g->fields;
		ret->visits += g->instances * g->pages;
	}
}

uint32_t row_instance(const struct form *f, const struct row_table *t, int16_t group, uint16_t row)
{
	const struct group_rows *g;
	uint32_t outer = 0;
	uint16_t local;
	int32_t max;

	if (group < 0)
		return row ? NO_ROW : 0;
	if (!row)
		return NO_ROW;
	g = &t->group[group];
	max = f->group[group].max;
	local = (uint16_t)(row - 1);
	if (f->group[group].parent >= 0) {
		outer = row_instance(f, t, f->group[group].parent, (uint16_t)(local / max + 1));
		if (outer == NO_ROW)
			return NO_ROW;
		local = (uint16_t)(local % max);
	}
	return local < g->have[outer] ? g->first[outer] + local : NO_ROW;
}

void row_range(const struct form *f, const struct row_table *t, int16_t group, int16_t above, uint32_t under, uint32_t *ret_from, uint32_t *ret_to)
{
	const struct group_rows *g = &t->group[group];
	int16_t parent = f->group[group].parent;
	uint32_t from = under, to = under + 1;

	if (parent != above)
		row_range(f, t, parent, above, under, &from, &to);
	*ret_from = from < to ? g->first[from] : 0;
	*ret_to = from < to ? g->first[to - 1] + g->have[to - 1] : 0;
}
