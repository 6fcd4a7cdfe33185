/* SPDX-License-Identifier: EUPL-1.2 */
/* Looking up parts of a compiled form. The tables are built once, when it is compiled. */
#include "domain/form.h"

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

void form_index(struct arena *a, struct form *f)
{
	struct form_private *p = ARENA_NEW(a, struct form_private);
	size_t i;

	f->priv = p;
	p->field_id = table_new(a, f->fields);
	p->field_key = table_new(a, f->fields);
	p->page_id = table_new(a, f->pages);
	p->base = ARENA_ARRAY(a, uint32_t, f->fields);
	for (i = 0; i < f->fields; i++) {
		const struct field *x = &f->field[i];

		table_put(&p->field_id, x->id, (uint16_t)i);
		table_put(&p->field_key, x->key, (uint16_t)i);
		p->base[i] = p->slots;
		p->slots += x->group < 0 ? 1u : (uint32_t)f->group[x->group].max;
	}
	for (i = 0; i < f->pages; i++)
		table_put(&p->page_id, f->page[i].id, (uint16_t)i);
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
	size_t i;

	for (i = 0; i < f->groups; i++)
		if (str_eq(f->group[i].id, id))
			return &f->group[i];
	return NULL;
}
