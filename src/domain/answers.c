/* SPDX-License-Identifier: EUPL-1.2 */
/* Raw answers: a small array sorted by field and row, and its stored form. Contract: form.h. */
#include "base/json.h"
#include "domain/form_impl.h"

#define ID_LONGEST 220

struct answers *answers_new(struct arena *a, const struct form *f)
{
	struct answers *x = ARENA_NEW(a, struct answers);

	x->form = f;
	x->arena = a;
	return x;
}

struct answers *answers_clone(struct arena *a, const struct answers *from)
{
	struct answers *x = answers_new(a, from->form);
	size_t i;

	x->n = x->cap = from->n;
	x->v = ARENA_ARRAY(a, struct answer, from->n);
	for (i = 0; i < from->n; i++) {
		x->v[i] = from->v[i];
		x->v[i].raw = str_dup(a, from->v[i].raw);
	}
	x->groups = x->groups_cap = from->groups;
	x->g = ARENA_ARRAY(a, struct answer_rows, from->groups);
	for (i = 0; i < from->groups; i++)
		x->g[i] = from->g[i];
	return x;
}

/* Index of the first answer that is not before (field, row). */
static size_t position(const struct answers *x, uint16_t field, uint16_t row)
{
	uint32_t want = (uint32_t)field << 16 | row;
	size_t lo = 0, hi = x->n;

	/* stored answers come in order */
	if (hi && ((uint32_t)x->v[hi - 1].field << 16 | x->v[hi - 1].row) < want)
		return hi;
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (((uint32_t)x->v[mid].field << 16 | x->v[mid].row) < want)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static bool there(const struct answers *x, size_t i, uint16_t field, uint16_t row)
{
	return i < x->n && x->v[i].field == field && x->v[i].row == row;
}

str answers_get(const struct answers *x, uint16_t field, uint16_t row)
{
	size_t i = position(x, field, row);

	return there(x, i, field, row) ? x->v[i].raw : STR_EMPTY;
}

static void insert(struct answers *x, size_t i, struct answer one)
{
	if (x->n == x->cap) {
		size_t cap = x->cap ? x->cap * 2 : 32;
		struct answer *v = ARENA_ARRAY(x->arena, struct answer, cap);

		if (x->n)
			memcpy(v, x->v, x->n * sizeof *v);
		x->v = v;
		x->cap = cap;
	}
	memmove(x->v + i + 1, x->v + i, (x->n - i) * sizeof *x->v);
	x->v[i] = one;
	x->n++;
}

/* ---- rows ---- */

static size_t rows_position(const struct answers *x, uint16_t group, uint16_t outer)
{
	uint32_t want = (uint32_t)group << 16 | outer;
	size_t lo = 0, hi = x->groups;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (((uint32_t)x->g[mid].group << 16 | x->g[mid].outer) < want)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static struct answer_rows *rows_there(const struct answers *x, uint16_t group, uint16_t outer)
{
	size_t i = rows_position(x, group, outer);

	return i < x->groups && x->g[i].group == group && x->g[i].outer == outer ? &x->g[i] : NULL;
}

uint16_t answers_rows(const struct answers *x, uint16_t group, uint16_t outer)
{
	const struct answer_rows *g = rows_there(x, group, outer);

	return g ? g->rows : 0;
}

bool answers_no_more(const struct answers *x, uint16_t group, uint16_t outer)
{
	const struct answer_rows *g = rows_there(x, group, outer);

	return g && g->more;
}

void answers_rows_set(struct answers *x, uint16_t group, uint16_t outer, uint16_t rows, bool no_more)
{
	struct answer_rows *g = rows_there(x, group, outer);
	size_t i;

	if (!g) {
		if (x->groups == x->groups_cap) {
			size_t cap = x->groups_cap ? x->groups_cap * 2 : 8;
			struct answer_rows *v = ARENA_ARRAY(x->arena, struct answer_rows, cap);

			if (x->groups)
				memcpy(v, x->g, x->groups * sizeof *v);
			x->g = v;
			x->groups_cap = cap;
		}
		i = rows_position(x, group, outer);
		memmove(x->g + i + 1, x->g + i, (x->groups - i) * sizeof *x->g);
		x->groups++;
		g = &x->g[i];
	}
	*g = (struct answer_rows){ group, outer, rows, no_more };
}

void answers_another(struct answers *x, uint16_t group, uint16_t outer, bool another)
{
	const struct group *g = &x->form->group[group];
	uint16_t rows = answers_rows(x, group, outer);

	if (rows < g->min)
		rows = (uint16_t)g->min;
	if (another && rows < g->max)
		answers_rows_set(x, group, outer, (uint16_t)(rows + 1), false);
	else if (!another)
		answers_rows_set(x, group, outer, answers_rows(x, group, outer), true);
}

/* A row that holds something is there, and so are the rows around it. */
static void make_rows(struct answers *x, int16_t group, uint16_t row)
{
	while (group >= 0) {
		int16_t parent = x->form->group[group].parent;
		uint16_t outer = form_row_up(x->form, group, row, parent), local = form_row_local(x->form, group, row);

		if (answers_rows(x, (uint16_t)group, outer) < local)
			answers_rows_set(x, (uint16_t)group, outer, local, answers_no_more(x, (uint16_t)group, outer));
		row = outer;
		group = parent;
	}
}

/* Row 0 is for fields outside of groups, 1.. for those inside: anything else belongs nowhere. */
static bool row_fits(const struct form *f, uint16_t field, uint16_t row)
{
	int16_t group = f->field[field].group;

	return group < 0 ? row == 0 : row >= 1 && row <= form_row_span(f, group, -1);
}

void answers_set(struct answers *x, uint16_t field, uint16_t row, str raw)
{
	size_t i;

	if (field >= x->form->fields || !row_fits(x->form, field, row))
		return;
	i = position(x, field, row);
	if (raw.n == 0) {
		if (there(x, i, field, row)) {
			memmove(x->v + i, x->v + i + 1, (x->n - i - 1) * sizeof *x->v);
			x->n--;
		}
		return;
	}
	make_rows(x, x->form->field[field].group, row);
	raw = str_dup(x->arena, raw);
	if (there(x, i, field, row))
		x->v[i].raw = raw;
	else
		insert(x, i, (struct answer){ field, row, raw });
}

/* ---- removing a row ---- */

struct removal {
	const struct form *form;
	int16_t group;
	uint16_t row, outer;
};

static bool inside(const struct form *f, int16_t group, int16_t of)
{
	while (group >= 0 && group != of)
		group = f->group[group].parent;
	return group >= 0 && group == of;
}

/* What becomes of a row of this or an inner group: false: it goes. */
static bool row_moved(const struct removal *r, int16_t group, uint16_t *row)
{
	uint16_t at = form_row_up(r->form, group, *row, r->group);

	if (at == r->row)
		return false;
	if (at > r->row && form_row_up(r->form, r->group, at, r->form->group[r->group].parent) == r->outer)
		*row = (uint16_t)(*row - form_row_span(r->form, group, r->group));
	return true;
}

void answers_row_remove(struct answers *x, uint16_t group, uint16_t row)
{
	const struct form *f = x->form;
	struct removal r = { f, (int16_t)group, row, 0 };
	size_t i, k;

	if (group >= f->groups || row < 1 || row > form_row_span(f, r.group, -1))
		return;
	r.outer = form_row_up(f, r.group, row, f->group[group].parent);
	if (form_row_local(f, r.group, row) > answers_rows(x, group, r.outer))
		return;
	for (i = k = 0; i < x->n; i++) {
		struct answer one = x->v[i];
		int16_t own = f->field[one.field].group;

		if (!inside(f, own, r.group) || row_moved(&r, own, &one.row))
			x->v[k++] = one;
	}
	x->n = k;
	for (i = k = 0; i < x->groups; i++) {
		struct answer_rows one = x->g[i];
		int16_t parent = f->group[one.group].parent;

		if (parent < 0 || !inside(f, parent, r.group) || row_moved(&r, parent, &one.outer))
			x->g[k++] = one;
	}
	x->groups = k;
	/* whether there is another is a new question now */
	answers_rows_set(x, group, r.outer, (uint16_t)(answers_rows(x, group, r.outer) - 1), false);
}

/* ---- stored form ---- */

static str group_place(struct buf *b, const struct form *f, const struct answer_rows *g)
{
	buf_reset(b);
	form_group_place_put(b, f, g->group, g->outer);
	return buf_str(b);
}

void answers_write(struct buf *b, const struct answers *x)
{
	struct buf id = buf_new(b->arena, 80);
	struct json j;
	size_t i;

	json_begin(&j, b);
	json_object(&j);
	json_key(&j, S("a"));
	json_object(&j);
	for (i = 0; i < x->n; i++) {
		buf_reset(&id);
		form_place_put(&id, x->form, x->v[i].field, x->v[i].row);
		json_kstr(&j, buf_str(&id), x->v[i].raw);
	}
	json_object_end(&j);
	json_key(&j, S("more"));
	json_object(&j);
	for (i = 0; i < x->groups; i++)
		if (x->g[i].more)
			json_kint(&j, group_place(&id, x->form, &x->g[i]), x->g[i].more);
	json_object_end(&j);
	json_key(&j, S("rows"));
	json_object(&j);
	for (i = 0; i < x->groups; i++)
		if (x->g[i].rows)
			json_kint(&j, group_place(&id, x->form, &x->g[i]), x->g[i].rows);
	json_object_end(&j);
	json_object_end(&j);
	json_end(&j);
}

/* A place is the id with [row] behind each group: takes the rows out, says which stood behind which prefix of the id. */
struct place_path {
	char id[ID_LONGEST];
	size_t n, rows;
	uint16_t row[FORM_MAX_DEPTH];
	size_t at[FORM_MAX_DEPTH];	/* length of the id before it */
};

static bool place_parse(str place, struct place_path *p)
{
	size_t i;

	p->n = p->rows = 0;
	for (i = 0; i < place.n; i++) {
		uint32_t row = 0;

		if (place.p[i] != '[') {
			if (p->n == sizeof p->id)
				return false;
			p->id[p->n++] = place.p[i];
			continue;
		}
		for (i++; i < place.n && place.p[i] >= '0' && place.p[i] <= '9' && row <= FORM_MAX_ROWS; i++)
			row = row * 10 + (uint32_t)(place.p[i] - '0');
		if (i == place.n || place.p[i] != ']' || row < 1 || row > FORM_MAX_ROWS || p->rows == FORM_MAX_DEPTH)
			return false;
		p->row[p->rows] = (uint16_t)row;
		p->at[p->rows++] = p->n;
	}
	return true;
}

/* Row of a group from the first `rows` indexes, which must stand behind the ids of the groups around it. */
static bool place_row(const struct form *f, const struct place_path *p, int16_t group, size_t rows, uint16_t *ret)
{
	uint16_t outer = 0;

	if (group < 0) {
		*ret = 0;
		return rows == 0;
	}
	if (!rows || p->at[rows - 1] != f->group[group].id.n || p->row[rows - 1] > f->group[group].max ||
	    !place_row(f, p, f->group[group].parent, rows - 1, &outer))
		return false;
	*ret = (uint16_t)((outer ? outer - 1 : 0) * f->group[group].max + p->row[rows - 1]);
	return true;
}

bool answers_locate(const struct form *f, str place, uint16_t *ret_field, uint16_t *ret_row)
{
	struct place_path p;
	const struct field *x;

	if (!place_parse(place, &p))
		return false;
	x = form_field(f, str_n(p.id, p.n));
	if (!x || !place_row(f, &p, x->group, p.rows, ret_row))
		return false;
	*ret_field = x->index;
	return true;
}

bool answers_locate_group(const struct form *f, str place, uint16_t *ret_group, uint16_t *ret_outer)
{
	struct place_path p;
	const struct group *g;

	if (!place_parse(place, &p))
		return false;
	g = form_group(f, str_n(p.id, p.n));
	if (!g || !place_row(f, &p, g->parent, p.rows, ret_outer))
		return false;
	*ret_group = (uint16_t)(g - f->group);
	return true;
}

static void read_groups(struct answers *x, const struct node *rows, const struct node *more)
{
	uint16_t g, outer;
	size_t i;
	int64_t v;

	for (i = 0; rows && rows->kind == NODE_MAP && i < rows->n; i++)
		if (answers_locate_group(x->form, rows->key[i], &g, &outer) && node_i64(rows->item[i], &v) == 0 && v > answers_rows(x, g, outer) &&
		    v <= x->form->group[g].max)
			answers_rows_set(x, g, outer, (uint16_t)v, answers_no_more(x, g, outer));
	for (i = 0; more && more->kind == NODE_MAP && i < more->n; i++)
		if (answers_locate_group(x->form, more->key[i], &g, &outer) && node_i64(more->item[i], &v) == 0 && v == 1)
			answers_rows_set(x, g, outer, answers_rows(x, g, outer), true);
}

int answers_read(struct arena *a, const struct form *f, str json, struct answers **ret, size_t *ret_lost)
{
	struct answers *x = answers_new(a, f);
	const struct node *list;
	struct node *root;
	struct node_error e;
	uint16_t field, row;
	size_t i, lost = 0;

	TRY(node_parse_json(a, json, &root, &e));
	if (root->kind != NODE_MAP)
		return ERR_PARSE;
	list = node_get(root, S("a"));
	for (i = 0; list && list->kind == NODE_MAP && i < list->n; i++) {
		str raw = node_text(list->item[i]);

		if (answers_locate(f, list->key[i], &field, &row))
			answers_set(x, field, row, raw);
		else if (raw.n)
			lost++;
	}
	read_groups(x, node_get(root, S("rows")), node_get(root, S("more")));
	*ret = x;
	if (ret_lost)
		*ret_lost = lost;
	return 0;
}
