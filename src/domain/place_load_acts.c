/* SPDX-License-Identifier: EUPL-1.2 */
/* The second half of the loader: authorities, postcodes, other names, rules. */
#include <stdlib.h>

#include "domain/place_load_impl.h"

static int cmp_authority(const void *a, const void *b)
{
	return ((const struct authority *)a)->tenant_id - ((const struct authority *)b)->tenant_id;
}

static int cmp_authority_slug(const void *a, const void *b)
{
	return str_cmp((*(const struct authority *const *)a)->slug,
		(*(const struct authority *const *)b)->slug);
}

static int cmp_old_postcode(const void *a, const void *b)
{
	return str_cmp(((const struct place_old_postcode *)a)->code,
		((const struct place_old_postcode *)b)->code);
}

/* More people first; then by key, so that the order is always the same. */
static int cmp_population(const void *a, const void *b)
{
	const struct place *x = *(const struct place *const *)a,
			   *y = *(const struct place *const *)b;

	if (x->population != y->population)
		return x->population < y->population ? 1 : -1;
	return str_cmp(x->ars, y->ars);
}

/* Gives the tenant number to what the key names; false if it names nothing, or something that has
 * one. */
static bool appoint(struct load *l, struct authority *a, str key)
{
	struct place_snapshot *s = l->snap;
	int *slot = NULL;

	if (a->kind == AUTHORITY_MUNICIPALITY) {
		const struct place *p = place_by_ags(s, key);

		if (p) {
			slot = &s->places[p - s->places].tenant_id;
			a->ars = p->ars;
			if (!str_eq(p->slug, a->slug))
				return false;
		}
	} else if (a->kind == AUTHORITY_DISTRICT) {
		const struct district *d = district_by_key(s, key);

		if (d && !d->independent_city)
			slot = &s->districts[d - s->districts].tenant_id;
		a->ars = str_fmt(l->arena, "%.*s0000000", STR_FMT(key));
	} else {
		struct association *v = load_association(l, key);

		if (v && v->kind == ASSOCIATION_VERBAND)
			slot = &v->tenant_id;
		a->ars = key;
	}
	if (!slot || *slot)
		return false;
	*slot = a->tenant_id;
	return true;
}

void load_authorities(struct load *l)
{
	static const char *const COLUMNS[] = {
		"tenant", "kind", "key", "slug", "name", "seat", "postcode", "street"};
	static const char *const KINDS[] = {"municipality", "district", "verband", NULL};
	struct place_snapshot *s = l->snap;
	struct place_csv t;

	if (!place_csv_read(l->f, l->dir, S("authorities.csv"), COLUMNS, 8, &t))
		return;
	s->authorities = ARENA_ARRAY(l->arena, struct authority, t.n_rows);
	for (size_t r = 0; r < t.n_rows; r++) {
		struct authority *a = &s->authorities[s->n_authorities];
		int kind = load_word(l, &t, r, 1, KINDS, "kind");
		str key = csv_cell(&t, r, 2);

		*a = (struct authority){
			.tenant_id = load_number(l, &t, r, 0, PLACE_MAX_TENANT, "tenant"),
			.kind = kind < 0 ? AUTHORITY_MUNICIPALITY : (enum authority_kind)kind,
			.slug = csv_cell(&t, r, 3),
			.name = csv_cell(&t, r, 4),
			.seat = csv_cell(&t, r, 5),
			.postcode = csv_cell(&t, r, 6),
			.street = csv_cell(&t, r, 7),
		};
		if (!a->tenant_id || !load_slug(a->slug) || !a->name.n)
			NOTE(l, &t, r, "missing-name", "give tenant number, slug and name");
		else if (!appoint(l, a, key))
			NOTE(l, &t, r, "unknown-reference",
				"'%.*s' is no body of this kind, has a tenant already, or another "
				"slug",
				STR_FMT(key));
		else
			s->n_authorities++;
	}
	qsort(s->authorities, s->n_authorities, sizeof(*s->authorities), cmp_authority);
	const struct authority **list =
		ARENA_ARRAY(l->arena, const struct authority *, s->n_authorities);
	for (size_t i = 0; i < s->n_authorities; i++) {
		list[i] = &s->authorities[i];
		if (i && s->authorities[i - 1].tenant_id == s->authorities[i].tenant_id)
			csv_note(l->f, t.file, 0, "duplicate", "tenant %d is given twice",
				s->authorities[i].tenant_id);
	}
	qsort(list, s->n_authorities, sizeof(*list), cmp_authority_slug);
	for (size_t i = 1; i < s->n_authorities; i++)
		if (str_eq(list[i - 1]->slug, list[i]->slug))
			csv_note(l->f, t.file, 0, "duplicate", "slug '%.*s' is given twice",
				STR_FMT(list[i]->slug));
	s->authorities_by_slug = list;
}

/* Everybody who may act has a tenant; an independent city acts for its district, a lead for its
 * association. */
void load_check_tenants(struct load *l)
{
	struct place_snapshot *s = l->snap;

	for (size_t i = 0; i < s->n_places; i++) {
		const struct place *p = &s->places[i];

		if (!p->tenant_id)
			csv_note(l->f, S("authorities.csv"), 0, "no-tenant",
				"%.*s (%.*s) has no tenant", STR_FMT(p->label), STR_FMT(p->ags));
		if (p->kind == PLACE_KREISFREIE_STADT)
			s->districts[p->district - s->districts].tenant_id = p->tenant_id;
	}
	for (size_t i = 0; i < s->n_districts; i++)
		if (!s->districts[i].tenant_id)
			csv_note(l->f, S("authorities.csv"), 0, "no-tenant", "%.*s has no tenant",
				STR_FMT(s->districts[i].name));
	for (size_t i = 0; i < s->n_associations; i++) {
		struct association *a = &s->associations[i];

		if (a->lead)
			a->tenant_id = a->lead->tenant_id;
		if (!a->tenant_id && a->kind == ASSOCIATION_VERBAND)
			csv_note(l->f, S("authorities.csv"), 0, "no-tenant",
				"Verwaltungsverband %.*s has no tenant", STR_FMT(a->name));
	}
}

static void close_postcode(struct place_postcode *p, const struct place **list, size_t n)
{
	qsort(list, n, sizeof(*list), cmp_population);
	p->places = list;
	p->n = n;
}

void load_postcodes(struct load *l)
{
	static const char *const COLUMNS[] = {"postcode", "ags", "evidence"};
	struct place_snapshot *s = l->snap;
	struct place_csv t;

	if (!place_csv_read(l->f, l->dir, S("postcodes.csv"), COLUMNS, 3, &t))
		return;
	const struct place **list = ARENA_ARRAY(l->arena, const struct place *, t.n_rows);
	bool *seen = ARENA_ARRAY(l->arena, bool, s->n_places);
	size_t n = 0, from = 0;

	s->postcodes = ARENA_ARRAY(l->arena, struct place_postcode, t.n_rows);
	for (size_t r = 0; r < t.n_rows; r++) {
		str code = csv_cell(&t, r, 0);
		const struct place *p = place_by_ags(s, csv_cell(&t, r, 1));
		struct place_postcode *last =
			s->n_postcodes ? &s->postcodes[s->n_postcodes - 1] : NULL;
		int order = last ? str_cmp(last->code, code) : -1;

		if (!load_digits(code, 5) || !p || order > 0) {
			NOTE(l, &t, r, "bad-postcode",
				"postcode '%.*s', AGS '%.*s': unknown, or the lines are not sorted",
				STR_FMT(code), STR_FMT(csv_cell(&t, r, 1)));
			continue;
		}
		if (order < 0) {
			if (last)
				close_postcode(last, list + from, n - from);
			s->postcodes[s->n_postcodes++].code = code;
			from = n;
		}
		for (size_t i = from; i < n; i++)
			if (list[i] == p)
				NOTE(l, &t, r, "duplicate", "%.*s %.*s is there already",
					STR_FMT(code), STR_FMT(p->name));
		list[n++] = p;
		seen[p - s->places] = true;
	}
	if (s->n_postcodes)
		close_postcode(&s->postcodes[s->n_postcodes - 1], list + from, n - from);
	for (size_t i = 0; i < s->n_places; i++)
		if (!seen[i])
			csv_note(l->f, t.file, 0, "no-postcode", "%.*s (%.*s) has no postcode",
				STR_FMT(s->places[i].label), STR_FMT(s->places[i].ags));
}

void load_aliases(struct load *l)
{
	static const char *const COLUMNS[] = {"alias", "ags", "kind", "via", "source"};
	static const char *const KINDS[] = {
		"spelling", "former", "part", "old", "sorbian", "postcode", NULL};
	struct place_snapshot *s = l->snap;
	struct place_csv t;

	if (!place_csv_read(l->f, l->dir, S("aliases.csv"), COLUMNS, 5, &t))
		return;
	s->aliases = ARENA_ARRAY(l->arena, struct place_alias, t.n_rows);
	s->old_postcodes = ARENA_ARRAY(l->arena, struct place_old_postcode, t.n_rows);
	for (size_t r = 0; r < t.n_rows; r++) {
		str text = csv_cell(&t, r, 0), via = csv_cell(&t, r, 3);
		const struct place *p = place_by_ags(s, csv_cell(&t, r, 1));
		int kind = load_word(l, &t, r, 2, KINDS, "kind");

		if (!p || !text.n) {
			NOTE(l, &t, r, "unknown-reference",
				"'%.*s' leads to no municipality (AGS '%.*s')", STR_FMT(text),
				STR_FMT(csv_cell(&t, r, 1)));
		} else if (kind == 5) {
			if (!load_digits(text, 5) || !via.n)
				NOTE(l, &t, r, "bad-postcode",
					"'%.*s': must have 5 digits, and its place under via",
					STR_FMT(text));
			s->old_postcodes[s->n_old_postcodes++] =
				(struct place_old_postcode){text, p, via};
		} else if (kind >= 0) {
			s->aliases[s->n_aliases++] = (struct place_alias){text, p, kind == 0};
		}
	}
	qsort(s->old_postcodes, s->n_old_postcodes, sizeof(*s->old_postcodes), cmp_old_postcode);
}

static bool load_named(struct load *l, const struct place_csv *t, size_t r, const struct place_rule *rule)
{
	str rest = rule->named, ags;
	size_t n = 0;

	while (str_split(&rest, ';', &ags)) {
		if (!place_by_ags(l->snap, ags)) {
			NOTE(l, t, r, "unknown-reference", "named: there is no municipality '%.*s'", STR_FMT(ags));
			return false;
		}
		n++;
	}
	if (!n)
		NOTE(l, t, r, "bad-step", "step 'genannt' needs municipalities (column named)");
	return n > 0;
}

static bool load_steps(struct load *l, const struct place_csv *t, size_t r, struct place_rule *rule)
{
	static const char *const STEPS[] = {"kreisfrei", "verband", "erfuellende-gemeinde",
		"grosse-kreisstadt", "partner-grosse-kreisstadt", "ueber", "partner-ueber",
		"genannt", "gemeinde", "kreis", "land", NULL};
	str rest = csv_cell(t, r, 1), name;

	while (str_split(&rest, ';', &name)) {
		int step = -1;

		for (int i = 0; STEPS[i]; i++)
			if (str_eq(name, str_c(STEPS[i])))
				step = i;
		if (step < 0 || rule->n_steps == sizeof(rule->steps)) {
			NOTE(l, t, r, "bad-step", "step '%.*s' is not known, or there are too many",
				STR_FMT(name));
			return false;
		}
		if ((step == STEP_UEBER || step == STEP_PARTNER_UEBER) && !rule->over)
			NOTE(l, t, r, "bad-step",
				"step '%.*s' needs a number of inhabitants (column over)",
				STR_FMT(name));
		if (step == STEP_GENANNT && !load_named(l, t, r, rule))
			return false;
		rule->steps[rule->n_steps++] = (uint8_t)step;
	}
	if (!rule->n_steps || rule->steps[rule->n_steps - 1] < STEP_GEMEINDE) {
		NOTE(l, t, r, "bad-step",
			"the last step must always apply: gemeinde, kreis or land");
		return false;
	}
	return true;
}

void load_rules(struct load *l)
{
	static const char *const COLUMNS[] = {
		"rule", "steps", "over", "band", "area_below", "law", "trust", "note", "named"};
	struct place_snapshot *s = l->snap;
	struct place_csv t;

	if (!place_csv_read(l->f, l->dir, S("rules.csv"), COLUMNS, 9, &t))
		return;
	s->rules = ARENA_ARRAY(l->arena, struct place_rule, t.n_rows);
	for (size_t r = 0; r < t.n_rows; r++) {
		struct place_rule *rule = &s->rules[s->n_rules];
		enum place_trust how = load_trust(l, &t, r, 6, "trust");

		*rule = (struct place_rule){
			.key = csv_cell(&t, r, 0),
			.law = csv_cell(&t, r, 5),
			.verified = how == PLACE_YES,
			.note = csv_cell(&t, r, 7),
			.named = csv_cell(&t, r, 8),
			.over = csv_cell(&t, r, 2).n ? load_number(l, &t, r, 2, 10000000, "over")
						     : 0,
			.band = csv_cell(&t, r, 3).n ? load_number(l, &t, r, 3, 10000000, "band")
						     : 0,
			.area_below = csv_cell(&t, r, 4).n
				? load_number(l, &t, r, 4, 10000000, "area_below")
				: 0,
		};
		if (!load_slug(rule->key) || place_rule_by_key(s, rule->key))
			NOTE(l, &t, r, "bad-rule",
				"rule '%.*s': no valid name, or it is there already",
				STR_FMT(rule->key));
		else if (!rule->law.n || how == PLACE_NO)
			NOTE(l, &t, r, "bad-rule",
				"rule '%.*s': give the law, and whether it is verified",
				STR_FMT(rule->key));
		else if (load_steps(l, &t, r, rule))
			s->n_rules++;
	}
}
