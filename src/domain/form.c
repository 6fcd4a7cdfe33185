/* SPDX-License-Identifier: EUPL-1.2 */
/* Looking up parts of a compiled form. The tables are built once, when it is compiled. */
#include "domain/form_impl.h"

/* FNV-1a: ids are short, the table is at most half full, and who writes services has no wish to attack them. */
static uint32_t hash(str s)
{
	uint32_t h = 2166136261u;
	size_t i;

	for (i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * 16777619u;
	return h ^ h >> 15;
}

static struct id_table table_new(struct arena *a, size_t n)
{
	uint32_t size = 8;

	while (size < n * 2)
		size *= 2;
	return (struct id_table){ ARENA_ARRAY(a, uint16_t, size), size - 1 };
}

static void table_put(struct id_table *t, str key, uint16_t index)
{
	uint32_t i = hash(key) & t->mask;

	while (t->slot[i])
		i = (i + 1) & t->mask;
	t->slot[i] = (uint16_t)(index + 1);
}

/* Sorts the fields by group (counting), and counts the pages of each group's rows. */
static void index_groups(struct arena *a, struct form *f)
{
	struct form_private *p = f->priv;
	uint32_t *at;
	size_t i;

	p->from = ARENA_ARRAY(a, uint32_t, f->groups + 2);
	p->list = ARENA_ARRAY(a, uint16_t, f->fields);
	p->nth = ARENA_ARRAY(a, uint16_t, f->fields);
	p->page_nth = ARENA_ARRAY(a, uint16_t, f->pages);
	p->pages_of = ARENA_ARRAY(a, uint16_t, f->groups + 1);
	at = ARENA_ARRAY(a, uint32_t, f->groups + 1);
	for (i = 0; i < f->fields; i++)
		p->from[f->field[i].group + 2]++;
	for (i = 0; i < f->groups + 1; i++) {
		p->from[i + 1] += p->from[i];
		at[i] = p->from[i];
	}
	for (i = 0; i < f->fields; i++) {
		int16_t group = f->field[i].group;

		p->nth[i] = (uint16_t)(at[group + 1] - p->from[group + 1]);
		p->list[at[group + 1]++] = (uint16_t)i;
	}
	for (i = 0; i < f->pages; i++)
		p->page_nth[i] = p->pages_of[f->page[i].per + 1]++;
}

static uint32_t limited(uint64_t n)
{
	return n > UINT32_MAX ? UINT32_MAX : (uint32_t)n;
}

/* How large a journey may become, and how many rows it has at least. */
static void index_sizes(struct form *f)
{
	struct form_private *p = f->priv;
	uint64_t most = p->from[1], least = 0;
	size_t i;

	for (i = 0; i < f->groups; i++) {
		uint64_t rows = 1, fewest = 1;
		int16_t g = (int16_t)i;

		for (; g >= 0; g = f->group[g].parent) {
			rows = limited(rows * (uint64_t)f->group[g].max);
			fewest = limited(fewest * (uint64_t)f->group[g].min);
		}
		most += rows * (p->from[i + 2] - p->from[i + 1]);
		least += fewest;
	}
	p->most_values = limited(most);
	p->least_rows = limited(least);
}

void form_index(struct arena *a, struct form *f)
{
	struct form_private *p = ARENA_NEW(a, struct form_private);
	size_t i;

	f->priv = p;
	p->field_id = table_new(a, f->fields);
	p->field_key = table_new(a, f->fields);
	p->page_id = table_new(a, f->pages);
	p->group_id = table_new(a, f->groups);
	for (i = 0; i < f->fields; i++) {
		table_put(&p->field_id, f->field[i].id, (uint16_t)i);
		table_put(&p->field_key, f->field[i].key, (uint16_t)i);
	}
	for (i = 0; i < f->pages; i++)
		table_put(&p->page_id, f->page[i].id, (uint16_t)i);
	for (i = 0; i < f->groups; i++)
		table_put(&p->group_id, f->group[i].id, (uint16_t)i);
	index_groups(a, f);
	index_sizes(f);
}

struct id_set id_set_new(struct arena *a, size_t n)
{
	uint32_t size = 8;

	while (size < n * 2)
		size *= 2;
	return (struct id_set){ ARENA_ARRAY(a, str, size), size - 1 };
}

bool id_set_add(struct id_set *s, str id)
{
	uint32_t i = hash(id) & s->mask;

	if (!id.n)
		return true;
	for (; s->slot[i].n; i = (i + 1) & s->mask)
		if (str_eq(s->slot[i], id))
			return false;
	s->slot[i] = id;
	return true;
}

const struct field *form_field(const struct form *f, str id)
{
	const struct id_table *t = &f->priv->field_id;
	uint32_t i;

	for (i = hash(id) & t->mask; t->slot[i]; i = (i + 1) & t->mask)
		if (str_eq(f->field[t->slot[i] - 1].id, id))
			return &f->field[t->slot[i] - 1];
	return NULL;
}

const struct field *form_field_by_key(const struct form *f, str key)
{
	const struct id_table *t = &f->priv->field_key;
	uint32_t i;

	for (i = hash(key) & t->mask; t->slot[i]; i = (i + 1) & t->mask)
		if (str_eq(f->field[t->slot[i] - 1].key, key))
			return &f->field[t->slot[i] - 1];
	return NULL;
}

const struct page *form_page(const struct form *f, str id)
{
	const struct id_table *t = &f->priv->page_id;
	uint32_t i;

	for (i = hash(id) & t->mask; t->slot[i]; i = (i + 1) & t->mask)
		if (str_eq(f->page[t->slot[i] - 1].id, id))
			return &f->page[t->slot[i] - 1];
	return NULL;
}

const struct group *form_group(const struct form *f, str id)
{
	const struct id_table *t = &f->priv->group_id;
	uint32_t i;

	for (i = hash(id) & t->mask; t->slot[i]; i = (i + 1) & t->mask)
		if (str_eq(f->group[t->slot[i] - 1].id, id))
			return &f->group[t->slot[i] - 1];
	return NULL;
}
