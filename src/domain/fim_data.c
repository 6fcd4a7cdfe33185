/* SPDX-License-Identifier: EUPL-1.2 */
#include "domain/fim_data.h"

#include "base/json.h"
#include "base/xml.h"
#include "domain/expr.h"

#define LEVELS_MOST 30

struct item {				/* an element of the submission */
	str key;			/* "G2[2]": the second G2 of the schema */
	str id;				/* G2 */
	uint16_t row;			/* of a repeated group; 0 */
	bool several;			/* an array even if it is one */
	const struct field *field;	/* NULL: a group */
	str value;
	struct item *first, *last, *next;
};
struct data {
	struct arena *arena;
	const struct form *form;
};

/* ---- the tree ---- */

static str plain_id(str key)
{
	ptrdiff_t at = str_index(key, '[');

	return at < 0 ? key : str_sub(key, 0, (size_t)at);
}

static struct item *child(struct data *d, struct item *up, str key, uint16_t row, bool always_new)
{
	struct item *x;

	for (x = always_new ? NULL : up->first; x; x = x->next)
		if (x->row == row && str_eq(x->key, key))
			return x;
	x = ARENA_NEW(d->arena, struct item);
	*x = (struct item){ .key = key, .id = plain_id(key), .row = row };
	if (up->last)
		up->last->next = x;
	else
		up->first = x;
	up->last = x;
	return x;
}

static bool repeats(const struct form *f, str path)
{
	str count = node_text_at(node_get(f->fim_groups, path), S("count"));

	return count.n && !str_has_suffix(count, S(":1"));
}

/* Rows around a field, outermost first: one for each group of the schema that repeats. */
static size_t rows_around(const struct form *f, int16_t group, uint16_t row, uint16_t *ret)
{
	int16_t chain[LEVELS_MOST];
	size_t n = 0, i;

	for (int16_t g = group; g >= 0 && n < LEVELS_MOST; g = f->group[g].parent)
		chain[n++] = g;
	for (i = 0; i < n; i++)
		ret[i] = form_row_local(f, chain[n - 1 - i], form_row_up(f, group, row, chain[n - 1 - i]));
	return n;
}

static void put_single(struct data *d, struct item *up, const struct field *f, str key, str value, bool several)
{
	struct item *x = child(d, up, key, 0, true);

	x->field = f;
	x->several = several;
	x->value = value;
	for (size_t i = 0; i < f->options; i++)
		if (str_eq(f->option[i].id, value))
			x->value = f->option[i].code;
}

static void put_values(struct data *d, struct item *up, const struct field *f, str key, str canonical)
{
	bool list = f->type == FIELD_SEVERAL || f->type == FIELD_FILE;
	str rest = canonical, part;

	if (f->many) {
		while (expr_list_next(&rest, &part))
			put_single(d, up, f, key, part, true);
	} else if (list) {
		while (str_split(&rest, '|', &part))
			put_single(d, up, f, key, part, f->type == FIELD_SEVERAL || f->most > 1);
	} else {
		put_single(d, up, f, key, canonical, false);
	}
}

static void put_field(struct data *d, struct item *root, const struct field *f, uint16_t row, const struct value *v)
{
	uint16_t rows[LEVELS_MOST];
	size_t levels = rows_around(d->form, f->group, row, rows), used = 0, end = 0;
	str rest = f->fim, part;

	while (str_split(&rest, '/', &part)) {
		end = (size_t)(part.p + part.n - f->fim.p);
		if (end == f->fim.n) {
			put_values(d, root, f, part, v->canonical);
		} else if (repeats(d->form, str_sub(f->fim, 0, end))) {
			root = child(d, root, part, used < levels ? rows[used] : 1, false);
			root->several = true;
			used++;
		} else {
			root = child(d, root, part, 0, false);
		}
	}
}

static struct item *tree(struct data *d, const struct journey *j)
{
	struct item *root = ARENA_NEW(d->arena, struct item);

	root->id = d->form->fim_schema;
	for (size_t i = 0; i < j->values; i++) {
		const struct value *v = &j->value[i];
		const struct field *f = &d->form->field[v->field];

		if (f->fim.n && v->present && v->valid && f->type != FIELD_INFO)
			put_field(d, root, f, v->row, v);
	}
	return root;
}

/* ---- JSON ---- */

static void json_item(struct json *j, const struct item *x);

/* All children of one id together, where the first of them stands. */
static void json_children(struct json *j, const struct item *up)
{
	json_object(j);
	for (const struct item *x = up->first; x; x = x->next) {
		bool first = true, several = x->several;

		for (const struct item *y = up->first; y != x; y = y->next)
			first &= !str_eq(y->id, x->id);
		for (const struct item *y = x->next; y; y = y->next)
			several |= str_eq(y->id, x->id);
		if (!first)
			continue;
		json_key(j, x->id);
		if (several)
			json_array(j);
		for (const struct item *y = x; y; y = several ? y->next : NULL)
			if (str_eq(y->id, x->id))
				json_item(j, y);
		if (several)
			json_array_end(j);
	}
	json_object_end(j);
}

static void json_item(struct json *j, const struct item *x)
{
	if (!x->field)
		json_children(j, x);
	else if (x->field->type == FIELD_BOOL || x->field->type == FIELD_CONSENT)
		json_bool(j, str_eq(x->value, S("true")));
	else if (x->field->type == FIELD_INTEGER || x->field->type == FIELD_DECIMAL || x->field->type == FIELD_MONEY)
		json_raw_number(j, x->value);
	else
		json_str(j, x->value);
}

void fim_data_json(struct buf *b, const struct journey *j)
{
	struct data d = { b->arena, j->form };
	struct json out;

	json_begin(&out, b);
	json_children(&out, tree(&d, j));
	json_end(&out);
}

/* ---- XML ---- */

static void xml_item(struct xml *x, const struct item *i)
{
	xml_open(x, i->id);
	if (i->field && i->value.n)
		xml_text(x, i->value);
	for (const struct item *c = i->first; c; c = c->next)
		xml_item(x, c);
	xml_close(x);
}

static bool is_name(str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';

		if (!letter && !(i && ((c >= '0' && c <= '9') || c == '-' || c == '.')))
			return false;
	}
	return s.n > 0;
}

/* Ids that are no names of elements come from files that are none: they are left out. */
static void prune(struct item *up)
{
	struct item *x = up->first, *last = NULL;

	for (up->first = NULL; x; x = x->next) {
		if (!is_name(x->id))
			continue;
		prune(x);
		if (last)
			last->next = x;
		else
			up->first = x;
		last = x;
	}
	if (last)
		last->next = NULL;
	up->last = last;
}

void fim_data_xml(struct buf *b, const struct journey *j)
{
	struct data d = { b->arena, j->form };
	struct item *root = tree(&d, j);
	struct xml x;

	if (!is_name(root->id))
		root->id = S("schema");
	prune(root);
	xml_begin(&x, b, true);
	xml_item(&x, root);
	xml_end(&x);
}

str fim_schema_uri(struct arena *a, const struct form *f)
{
	return str_fmt(a, "https://schema.fitko.de/fim/%.*s_%.*s.schema.json", STR_FMT(str_lower_ascii(a, f->fim_schema)), STR_FMT(f->fim_version));
}
