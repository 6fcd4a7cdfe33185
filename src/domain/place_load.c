/* SPDX-License-Identifier: EUPL-1.2 */
/* Reads and checks the tables of places/. Each check names file and line; the words are for the
 * operator. */
#include <stdlib.h>

#include "domain/place_load_impl.h"

bool load_digits(str s, size_t n)
{
	if (s.n != n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return true;
}

bool load_slug(str s)
{
	if (!s.n || s.n > 63 || s.p[0] == '-' || s.p[s.n - 1] == '-')
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= '0' && s.p[i] <= '9') ||
			    s.p[i] == '-'))
			return false;
	return true;
}

int load_word(struct load *l, const struct place_csv *t, size_t row, size_t column,
	const char *const *words, const char *name)
{
	str s = csv_cell(t, row, column);

	for (int i = 0; words[i]; i++)
		if (str_eq(s, str_c(words[i])))
			return i;
	NOTE(l, t, row, "bad-word", "%s: '%.*s' is not a known word", name, STR_FMT(s));
	return -1;
}

int32_t load_number(struct load *l, const struct place_csv *t, size_t row, size_t column,
	int32_t max, const char *name)
{
	str s = csv_cell(t, row, column);
	int64_t v;

	if (str_to_i64(s, &v) == 0 && v >= 0 && v <= max)
		return (int32_t)v;
	NOTE(l, t, row, "bad-number", "%s: '%.*s' is no number from 0 to %d", name, STR_FMT(s),
		max);
	return 0;
}

enum place_trust load_trust(
	struct load *l, const struct place_csv *t, size_t row, size_t column, const char *name)
{
	static const char *const WORDS[] = {"", "verified", "unverified", NULL};
	int i = load_word(l, t, row, column, WORDS, name);

	return i < 0 ? PLACE_NO : (enum place_trust)i;
}

struct association *load_association(struct load *l, str ars)
{
	for (size_t i = 0; i < l->snap->n_associations; i++)
		if (str_eq(l->snap->associations[i].ars, ars))
			return &l->snap->associations[i];
	return NULL;
}

/* "50.833593" -> 5083359; only what lies in central Europe makes sense. */
static int32_t degrees_e5(struct load *l, const struct place_csv *t, size_t row, size_t column)
{
	str s = csv_cell(t, row, column), whole, part;
	int64_t v = -1;
	char joined[8];

	if (str_cut(s, '.', &whole, &part) && (whole.n == 1 || whole.n == 2) && part.n == 5) {
		size_t n = 0;

		for (size_t i = 0; i < whole.n; i++)
			joined[n++] = whole.p[i];
		for (size_t i = 0; i < 5; i++)
			joined[n++] = part.p[i];
		if (str_to_i64(str_n(joined, n), &v) < 0)
			v = -1;
	}
	if (v < 500000 || v > 5600000)
		NOTE(l, t, row, "bad-number",
			"'%.*s': write degrees with five decimals, as 51.05169", STR_FMT(s));
	return (int32_t)v;
}

static int cmp_place(const void *a, const void *b)
{
	return str_cmp(((const struct place *)a)->ars, ((const struct place *)b)->ars);
}

static int cmp_ags(const void *a, const void *b)
{
	return str_cmp(
		(*(const struct place *const *)a)->ags, (*(const struct place *const *)b)->ags);
}

static int cmp_slug(const void *a, const void *b)
{
	return str_cmp(
		(*(const struct place *const *)a)->slug, (*(const struct place *const *)b)->slug);
}

static int cmp_label(const void *a, const void *b)
{
	return str_cmp(
		(*(const struct place *const *)a)->label, (*(const struct place *const *)b)->label);
}

static int cmp_district(const void *a, const void *b)
{
	return str_cmp(((const struct district *)a)->key, ((const struct district *)b)->key);
}

static int cmp_association(const void *a, const void *b)
{
	return str_cmp(((const struct association *)a)->ars, ((const struct association *)b)->ars);
}

static void load_districts(struct load *l)
{
	static const char *const COLUMNS[] = {"key", "ars", "name", "kind", "seat"};
	static const char *const KINDS[] = {"Landkreis", "Kreisfreie Stadt", NULL};
	struct place_snapshot *s = l->snap;
	struct place_csv t;

	if (!place_csv_read(l->f, l->dir, S("districts.csv"), COLUMNS, 5, &t)) {
		l->failed = true;
		return;
	}
	s->districts = ARENA_ARRAY(l->arena, struct district, t.n_rows);
	for (size_t r = 0; r < t.n_rows; r++) {
		struct district *d = &s->districts[s->n_districts];

		d->key = csv_cell(&t, r, 0);
		d->name = csv_cell(&t, r, 2);
		d->independent_city = load_word(l, &t, r, 3, KINDS, "kind") == 1;
		d->seat = csv_cell(&t, r, 4);
		if (!load_digits(d->key, 5))
			NOTE(l, &t, r, "bad-key", "district key '%.*s': must have 5 digits",
				STR_FMT(d->key));
		else if (district_by_key(s, d->key))
			NOTE(l, &t, r, "duplicate", "district %.*s is there already",
				STR_FMT(d->key));
		else
			s->n_districts++;
		qsort(s->districts, s->n_districts, sizeof(*s->districts), cmp_district);
	}
}

static void load_associations(struct load *l)
{
	static const char *const COLUMNS[] = {
		"ars", "name", "kind", "lead_ags", "lead_trust", "street", "postcode", "seat"};
	static const char *const KINDS[] = {"verband", "gemeinschaft", NULL};
	struct place_snapshot *s = l->snap;
	struct place_csv t;

	if (!place_csv_read(l->f, l->dir, S("associations.csv"), COLUMNS, 8, &t)) {
		l->failed = true;
		return;
	}
	s->associations = ARENA_ARRAY(l->arena, struct association, t.n_rows);
	for (size_t r = 0; r < t.n_rows; r++) {
		str ars = csv_cell(&t, r, 0);

		if (!load_digits(ars, 9)) {
			NOTE(l, &t, r, "bad-key", "association key '%.*s': must have 9 digits",
				STR_FMT(ars));
			continue;
		}
		if (load_association(l, ars)) {
			NOTE(l, &t, r, "duplicate", "association %.*s is there already",
				STR_FMT(ars));
			continue;
		}
		s->associations[s->n_associations++] = (struct association){
			.ars = ars,
			.name = csv_cell(&t, r, 1),
			.kind = load_word(l, &t, r, 2, KINDS, "kind") == 1
				? ASSOCIATION_GEMEINSCHAFT
				: ASSOCIATION_VERBAND,
			.lead_trust = load_trust(l, &t, r, 4, "trust"),
		};
	}
	qsort(s->associations, s->n_associations, sizeof(*s->associations), cmp_association);
}

/* The keys of a municipality say where it lies: they must agree with each other and with the other
 * columns. */
static bool check_keys(struct load *l, const struct place_csv *t, size_t r, const struct place *p,
	str district, str assoc)
{
	size_t before = l->f->errors;

	if (!load_digits(p->ars, 12))
		NOTE(l, t, r, "bad-key", "ARS '%.*s': must have 12 digits", STR_FMT(p->ars));
	else if (!load_digits(p->ags, 8))
		NOTE(l, t, r, "bad-key", "AGS '%.*s': must have 8 digits", STR_FMT(p->ags));
	else if (!str_eq(str_sub(p->ars, 0, 5), str_sub(p->ags, 0, 5)) ||
		!str_eq(str_sub(p->ars, 9, 12), str_sub(p->ags, 5, 8)))
		NOTE(l, t, r, "bad-key", "ARS %.*s and AGS %.*s do not belong together",
			STR_FMT(p->ars), STR_FMT(p->ags));
	else if (!str_eq(str_sub(p->ars, 0, 5), district))
		NOTE(l, t, r, "bad-key", "ARS %.*s does not lie in district %.*s", STR_FMT(p->ars),
			STR_FMT(district));
	else if (assoc.n && !str_eq(str_sub(p->ars, 0, 9), assoc))
		NOTE(l, t, r, "bad-key", "ARS %.*s does not belong to association %.*s",
			STR_FMT(p->ars), STR_FMT(assoc));
	else if (!assoc.n && p->ars.p[5] == '5')
		NOTE(l, t, r, "bad-key", "ARS %.*s belongs to an association, but none is named",
			STR_FMT(p->ars));
	if (!p->district)
		NOTE(l, t, r, "unknown-reference", "district '%.*s' is not in districts.csv",
			STR_FMT(district));
	else if (p->district->independent_city != (p->kind == PLACE_KREISFREIE_STADT))
		NOTE(l, t, r, "contradiction",
			"kind and district contradict each other: only an independent city is a "
			"district too");
	if (assoc.n && !p->association)
		NOTE(l, t, r, "unknown-reference", "association '%.*s' is not in associations.csv",
			STR_FMT(assoc));
	if (!load_slug(p->slug))
		NOTE(l, t, r, "bad-slug", "slug '%.*s': only a-z, 0-9 and hyphens, at most 63",
			STR_FMT(p->slug));
	if (!p->name.n || !p->official.n || !p->label.n)
		NOTE(l, t, r, "missing-name", "a name is missing");
	return l->f->errors == before;
}

static void load_municipality(struct load *l, const struct place_csv *t, size_t r)
{
	static const char *const KINDS[] = {"Gemeinde", "Stadt", "kreisfreie Stadt", NULL};
	struct place_snapshot *s = l->snap;
	struct place *p = &s->places[s->n_places];
	int kind = load_word(l, t, r, 6, KINDS, "kind");

	*p = (struct place){
		.ars = csv_cell(t, r, 0),
		.ags = csv_cell(t, r, 1),
		.slug = csv_cell(t, r, 2),
		.name = csv_cell(t, r, 3),
		.official = csv_cell(t, r, 4),
		.label = csv_cell(t, r, 5),
		.kind = kind < 0 ? PLACE_GEMEINDE : (enum place_kind)kind,
		.district = district_by_key(s, csv_cell(t, r, 7)),
		.association = load_association(l, csv_cell(t, r, 8)),
		.grosse_kreisstadt = load_trust(l, t, r, 9, "grosse_kreisstadt"),
		.population = load_number(l, t, r, 10, 10000000, "population_2022"),
		.population_before = load_number(l, t, r, 11, 10000000, "population_2019"),
		.seat_postcode = csv_cell(t, r, 12),
		.lat_e5 = degrees_e5(l, t, r, 13),
		.lon_e5 = degrees_e5(l, t, r, 14),
	};
	if (!load_digits(p->seat_postcode, 5))
		NOTE(l, t, r, "bad-postcode", "postcode '%.*s': must have 5 digits",
			STR_FMT(p->seat_postcode));
	if (check_keys(l, t, r, p, csv_cell(t, r, 7), csv_cell(t, r, 8)))
		s->n_places++;
}

static const struct place **sorted(struct load *l, int (*cmp)(const void *, const void *))
{
	struct place_snapshot *s = l->snap;
	const struct place **list = ARENA_ARRAY(l->arena, const struct place *, s->n_places);

	for (size_t i = 0; i < s->n_places; i++)
		list[i] = &s->places[i];
	qsort(list, s->n_places, sizeof(*list), cmp);
	return list;
}

static void unique(struct load *l, const struct place **list,
	int (*cmp)(const void *, const void *), const char *what)
{
	for (size_t i = 1; i < l->snap->n_places; i++)
		if (cmp(&list[i - 1], &list[i]) == 0)
			csv_note(l->f, S("municipalities.csv"), 0, "duplicate",
				"%s of %.*s and %.*s are the same", what, STR_FMT(list[i - 1]->ags),
				STR_FMT(list[i]->ags));
}

static void load_municipalities(struct load *l)
{
	static const char *const COLUMNS[] = {"ars", "ags", "slug", "name", "official", "label",
		"kind", "district", "association", "grosse_kreisstadt", "population_2022",
		"population_2019", "seat_postcode", "lat", "lon", "note"};
	struct place_snapshot *s = l->snap;
	struct place_csv t;

	if (!place_csv_read(l->f, l->dir, S("municipalities.csv"), COLUMNS, 16, &t)) {
		l->failed = true;
		return;
	}
	s->places = ARENA_ARRAY(l->arena, struct place, t.n_rows);
	for (size_t r = 0; r < t.n_rows; r++)
		load_municipality(l, &t, r);
	if (!s->n_places) {
		csv_note(l->f, t.file, 0, "empty", "no usable line");
		l->failed = true;
	}
	qsort(s->places, s->n_places, sizeof(*s->places), cmp_place);
	s->by_ags = sorted(l, cmp_ags);
	s->by_slug = sorted(l, cmp_slug);
	unique(l, s->by_ags, cmp_ags, "The keys");
	unique(l, s->by_slug, cmp_slug, "The slugs");
	unique(l, sorted(l, cmp_label), cmp_label, "The labels");
}

/* Who is in an association and who leads it: only now, because the municipalities must not move any
 * more. */
static void join_associations(struct load *l)
{
	static const char *const COLUMNS[] = {
		"ars", "name", "kind", "lead_ags", "lead_trust", "street", "postcode", "seat"};
	struct place_snapshot *s = l->snap;
	struct place_csv t;

	if (!place_csv_read(l->f, l->dir, S("associations.csv"), COLUMNS, 8, &t))
		return;
	const struct place **next = ARENA_ARRAY(l->arena, const struct place *, s->n_places);
	for (size_t r = 0; r < t.n_rows; r++) {
		struct association *a = load_association(l, csv_cell(&t, r, 0));
		str lead = csv_cell(&t, r, 3);

		if (!a || a->members)
			continue;
		const struct place **members = next;
		for (size_t i = 0; i < s->n_places; i++)
			if (s->places[i].association == a) {
				*next++ = &s->places[i];
				a->population += s->places[i].population;
			}
		a->members = members;
		a->n_members = (size_t)(next - members);
		a->lead = lead.n ? place_by_ags(s, lead) : NULL;
		if (a->n_members < 2)
			NOTE(l, &t, r, "few-members", "the association has %zu members, it needs 2",
				a->n_members);
		if (a->kind == ASSOCIATION_VERBAND && lead.n)
			NOTE(l, &t, r, "bad-lead", "a Verwaltungsverband has no lead");
		else if (lead.n && (!a->lead || a->lead->association != a))
			NOTE(l, &t, r, "bad-lead", "the lead %.*s is no member", STR_FMT(lead));
		else if (lead.n && a->lead_trust == PLACE_NO)
			NOTE(l, &t, r, "bad-lead",
				"say whether the lead is 'verified' or 'unverified'");
	}
}

int place_load(struct arena *arena, str dir, const struct place_snapshot **ret_snap,
	struct findings *findings)
{
	struct load l = {
		.arena = arena,
		.f = findings,
		.dir = dir,
		.snap = ARENA_NEW(arena, struct place_snapshot),
	};
	size_t before = findings->errors;

	*ret_snap = NULL;
	load_districts(&l);
	load_associations(&l);
	if (!l.failed)
		load_municipalities(&l);
	if (!l.failed) {
		join_associations(&l);
		load_authorities(&l);
		load_check_tenants(&l);
		load_postcodes(&l);
		load_aliases(&l);
		load_rules(&l);
	}
	if (findings->errors > before)
		return 0;
	place_index_build(arena, l.snap);
	*ret_snap = l.snap;
	return 0;
}
