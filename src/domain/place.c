/* SPDX-License-Identifier: EUPL-1.2 */
#include "domain/place.h"

#include <stdlib.h>

#include "domain/place_impl.h"

static int by_ars(const void *key, const void *item)
{
	return str_cmp(*(const str *)key, ((const struct place *)item)->ars);
}

static int by_ags(const void *key, const void *item)
{
	return str_cmp(*(const str *)key, (*(const struct place *const *)item)->ags);
}

static int by_slug(const void *key, const void *item)
{
	return str_cmp(*(const str *)key, (*(const struct place *const *)item)->slug);
}

static int by_authority_slug(const void *key, const void *item)
{
	return str_cmp(*(const str *)key, (*(const struct authority *const *)item)->slug);
}

static int by_tenant(const void *key, const void *item)
{
	return *(const int *)key - ((const struct authority *)item)->tenant_id;
}

static int by_district_key(const void *key, const void *item)
{
	return str_cmp(*(const str *)key, ((const struct district *)item)->key);
}

static int by_postcode(const void *key, const void *item)
{
	return str_cmp(*(const str *)key, ((const struct place_postcode *)item)->code);
}

const struct place *place_by_ars(const struct place_snapshot *snap, str ars)
{
	return bsearch(&ars, snap->places, snap->n_places, sizeof(*snap->places), by_ars);
}

const struct place *place_by_ags(const struct place_snapshot *snap, str ags)
{
	const struct place **p =
		bsearch(&ags, snap->by_ags, snap->n_places, sizeof(*snap->by_ags), by_ags);

	return p ? *p : NULL;
}

const struct place *place_by_slug(const struct place_snapshot *snap, str slug)
{
	const struct place **p =
		bsearch(&slug, snap->by_slug, snap->n_places, sizeof(*snap->by_slug), by_slug);

	return p ? *p : NULL;
}

const struct authority *authority_by_tenant(const struct place_snapshot *snap, int tenant_id)
{
	return bsearch(&tenant_id, snap->authorities, snap->n_authorities,
		sizeof(*snap->authorities), by_tenant);
}

const struct authority *authority_by_slug(const struct place_snapshot *snap, str slug)
{
	const struct authority **p = bsearch(&slug, snap->authorities_by_slug, snap->n_authorities,
		sizeof(*snap->authorities_by_slug), by_authority_slug);

	return p ? *p : NULL;
}

const struct place *place_by_tenant(const struct place_snapshot *snap, int tenant_id)
{
	const struct authority *a = authority_by_tenant(snap, tenant_id);

	return a && a->kind == AUTHORITY_MUNICIPALITY ? place_by_ars(snap, a->ars) : NULL;
}

const struct district *district_by_key(const struct place_snapshot *snap, str key)
{
	return bsearch(&key, snap->districts, snap->n_districts, sizeof(*snap->districts),
		by_district_key);
}

const struct place *const *place_by_postcode(
	const struct place_snapshot *snap, str postcode, size_t *ret_n)
{
	const struct place_postcode *p = bsearch(&postcode, snap->postcodes, snap->n_postcodes,
		sizeof(*snap->postcodes), by_postcode);

	*ret_n = p ? p->n : 0;
	return p ? p->places : NULL;
}

const struct place *place_all(const struct place_snapshot *snap, size_t *ret_n)
{
	*ret_n = snap->n_places;
	return snap->places;
}

const struct authority *authority_all(const struct place_snapshot *snap, size_t *ret_n)
{
	*ret_n = snap->n_authorities;
	return snap->authorities;
}

const struct district *district_all(const struct place_snapshot *snap, size_t *ret_n)
{
	*ret_n = snap->n_districts;
	return snap->districts;
}

const struct association *association_all(const struct place_snapshot *snap, size_t *ret_n)
{
	*ret_n = snap->n_associations;
	return snap->associations;
}

const struct place_rule *place_rule_all(const struct place_snapshot *snap, size_t *ret_n)
{
	*ret_n = snap->n_rules;
	return snap->rules;
}

const struct place_rule *place_rule_by_key(const struct place_snapshot *snap, str key)
{
	for (size_t i = 0; i < snap->n_rules; i++)
		if (str_eq(snap->rules[i].key, key))
			return &snap->rules[i];
	return NULL;
}
