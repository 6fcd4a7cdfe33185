/* SPDX-License-Identifier: EUPL-1.2 */
/* Raw answers: a small array sorted by field and row, and its stored form. Contract: form.h. */
#include "base/json.h"
#include "domain/form.h"
#include "domain/form_impl.h"

struct answers *answers_new(struct arena *a, const struct form *f)
{
	struct answers *x = ARENA_NEW(a, struct answers);

	x->form = f;
	x->arena = a;
	x->rows = ARENA_ARRAY(a, uint16_t, f->groups);
	x->more = ARENA_ARRAY(a, uint8_t, f->groups);
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
	for (i = 0; i < from->form->groups; i++) {
		x->rows[i] = from->rows[i];
		x->more[i] = from->more[i];
	}
	return x;
}

/* Index of the first answer that is not before (field, row). */
static size_t position(const struct answers *x, uint16_t field, uint16_t row)
{
	uint32_t want = (uint32_t)field << 16 | row;
	size_t lo = 0, hi = x->n;

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

/* Row 0 is for fields outside of groups, 1.. for those inside: anything else belongs nowhere. */
static bool row_fits(const struct form *f, uint16_t field, uint16_t row)
{
	int16_t group = f->field[field].group;

	return group < 0 ? row == 0 : row >= 1 && row <= f->group[group].max;
}

void answers_set(struct answers *x, uint16_t field, uint16_t row, str raw)
{
	size_t i;
	int16_t group;

	if (field >= x->form->fields || !row_fits(x->form, field, row))
		return;
	i = position(x, field, row);
	group = x->form->field[field].group;
	if (raw.n == 0) {
		if (there(x, i, field, row)) {
			memmove(x->v + i, x->v + i + 1, (x->n - i - 1) * sizeof *x->v);
			x->n--;
		}
		return;
	}
	if (group >= 0 && x->rows[group] < row)
		x->rows[group] = row;
	raw = str_dup(x->arena, raw);
	if (there(x, i, field, row))
		x->v[i].raw = raw;
	else
		insert(x, i, (struct answer){ field, row, raw });
}

void answers_row_remove(struct answers *x, uint16_t group, uint16_t row)
{
	size_t i, k = 0;

	if (group >= x->form->groups || row < 1 || row > x->rows[group])
		return;
	for (i = 0; i < x->n; i++) {
		struct answer one = x->v[i];

		if (x->form->field[one.field].group == (int16_t)group) {
			if (one.row == row)
				continue;
			if (one.row > row)
				one.row--;
		}
		x->v[k++] = one;
	}
	x->n = k;
	x->rows[group]--;
	/* whether there is another is a new question now */
	x->more[group] = 0;
}

static void put_id(struct buf *b, const struct answers *x, const struct answer *one)
{
	str id = x->form->field[one->field].id, group;

	buf_reset(b);
	if (one->row == 0) {
		buf_put(b, id);
		return;
	}
	group = x->form->group[x->form->field[one->field].group].id;
	buf_fmt(b, "%.*s[%u]%.*s", STR_FMT(group), (unsigned)one->row, STR_FMT(str_sub(id, group.n, id.n)));
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
		put_id(&id, x, &x->v[i]);
		json_kstr(&j, buf_str(&id), x->v[i].raw);
	}
	json_object_end(&j);
	json_key(&j, S("more"));
	json_object(&j);
	for (i = 0; i < x->form->groups; i++)
		if (x->more[i])
			json_kint(&j, x->form->group[i].id, x->more[i]);
	json_object_end(&j);
	json_key(&j, S("rows"));
	json_object(&j);
	for (i = 0; i < x->form->groups; i++)
		if (x->rows[i])
			json_kint(&j, x->form->group[i].id, x->rows[i]);
	json_object_end(&j);
	json_object_end(&j);
	json_end(&j);
}

bool answers_locate(struct arena *a, const struct form *f, str id, uint16_t *ret_field, uint16_t *ret_row)
{
	ptrdiff_t open = str_index(id, '['), close = str_index(id, ']');
	const struct field *x;
	int64_t row = 0;

	if (open >= 0) {
		if (close < open || str_to_i64(str_sub(id, (size_t)open + 1, (size_t)close), &row) < 0 || row < 1 || row > FORM_MAX_ROWS)
			return false;
		id = str_fmt(a, "%.*s%.*s", (int)open, id.p, STR_FMT(str_sub(id, (size_t)close + 1, id.n)));
	}
	x = form_field(f, id);
	if (!x || !row_fits(f, x->index, (uint16_t)row))
		return false;
	*ret_field = x->index;
	*ret_row = (uint16_t)row;
	return true;
}

static void read_groups(struct answers *x, const struct node *rows, const struct node *more)
{
	size_t i;
	int64_t v;

	for (i = 0; i < x->form->groups; i++) {
		const struct group *g = &x->form->group[i];

		if (node_i64(node_get(rows, g->id), &v) == 0 && v > x->rows[i] && v <= g->max)
			x->rows[i] = (uint16_t)v;
		if (node_i64(node_get(more, g->id), &v) == 0 && v == 1)
			x->more[i] = 1;
	}
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

		if (answers_locate(a, f, list->key[i], &field, &row))
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
