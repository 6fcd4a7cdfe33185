/* SPDX-License-Identifier: EUPL-1.2 */
/* Reads and checks the tables of places/. Each check names file and line; the words are for the operator. */
#include <stdlib.h>

#include "domain/place_csv.h"
#include "domain/place_impl.h"

struct load {
	struct arena *arena;
	struct place_notes notes;
	struct place_snapshot *snap;
	bool failed;              /* a table is missing: what refers to it is not looked at */
};

#define NOTE(l, t, row, ...) place_note(&(l)->notes, (t)->file, (t)->lines[row], __VA_ARGS__)

static bool digits(str s, size_t n)
{
	if (s.n != n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return true;
}

static bool is_slug(str s)
{
	if (!s.n || s.n > 63 || s.p[0] == '-' || s.p[s.n - 1] == '-')
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= '0' && s.p[i] <= '9') || s.p[i] == '-'))
			return false;
	return true;
}

/* Index of the word in a list that ends with NULL; -1 with a finding. */
static int word(struct load *l, const struct place_csv *t, size_t row, size_t column, const char *const *words,
	const char *name)
{
	str s = csv_cell(t, row, column);

	for (int i = 0; words[i]; i++)
		if (str_eq(s, str_c(words[i])))
			return i;
	NOTE(l, t, row, "%s: „%.*s“ ist kein bekanntes Wort.", name, STR_FMT(s));
	return -1;
}

static int32_t number(struct load *l, const struct place_csv *t, size_t row, size_t column, int32_t max,
	const char *name)
{
	str s = csv_cell(t, row, column);
	int64_t v;

	if (str_to_i64(s, &v) == 0 && v >= 0 && v <= max)
		return (int32_t)v;
	NOTE(l, t, row, "%s: „%.*s“ ist keine Zahl von 0 bis %d.", name, STR_FMT(s), max);
	return 0;
}

/* "50.833593" -> 5083359; only what lies in central Europe makes sense. */
static int32_t degrees_e5(struct load *l, const struct place_csv *t, size_t row, size_t column)
{
	str s = csv_cell(t, row, column), whole, part;
	int64_t v = -1;
	char joined[8];

	if (str_cut(s, '.', &whole, &part) && (whole.n == 1 || whole.n == 2) && part.n >= 5) {
		size_t n = 0;

		for (size_t i = 0; i < whole.n; i++)
			joined[n++] = whole.p[i];
		for (size_t i = 0; i < 5; i++)
			joined[n++] = part.p[i];
		if (str_to_i64(str_n(joined, n), &v) < 0)
			v = -1;
	}
	if (v < 500000 || v > 5600000)
		NOTE(l, t, row, "Koordinate „%.*s“: erwartet sind Grad mit Punkt, z. B. 51.05169.", STR_FMT(s));
	return (int32_t)v;
}

/* Trust of a fact: empty, "verified", "unverified". */
static enum place_trust trust(struct load *l, const struct place_csv *t, size_t row, size_t column, const char *name)
{
	static const char *const WORDS[] = { "", "verified", "unverified", NULL };
	int i = word(l, t, row, column, WORDS, name);

	return i < 0 ? PLACE_NO : (enum place_trust)i;
}

static int cmp_place(const void *a, const void *b)
{
	return str_cmp(((const struct place *)a)->ars, ((const struct place *)b)->ars);
}

static int cmp_ags(const void *a, const void *b)
{
	return str_cmp((*(const struct place *const *)a)->ags, (*(const struct place *const *)b)->ags);
}

static int cmp_slug(const void *a, const void *b)
{
	return str_cmp((*(const struct place *const *)a)->slug, (*(const struct place *const *)b)->slug);
}

static int cmp_label(const void *a, const void *b)
{
	return str_cmp((*(const struct place *const *)a)->label, (*(const struct place *const *)b)->label);
}

static int cmp_district(const void *a, const void *b)
{
	return str_cmp(((const struct district *)a)->key, ((const struct district *)b)->key);
}

static int cmp_association(const void *a, const void *b)
{
	return str_cmp(((const struct association *)a)->ars, ((const struct association *)b)->ars);
}

static int cmp_authority(const void *a, const void *b)
{
	return ((const struct authority *)a)->tenant_id - ((const struct authority *)b)->tenant_id;
}

static int cmp_authority_slug(const void *a, const void *b)
{
	return str_cmp((*(const struct authority *const *)a)->slug, (*(const struct authority *const *)b)->slug);
}

static int cmp_old_postcode(const void *a, const void *b)
{
	return str_cmp(((const struct place_old_postcode *)a)->code, ((const struct place_old_postcode *)b)->code);
}

/* More people first; then by key, so that the order is always the same. */
static int cmp_population(const void *a, const void *b)
{
	const struct place *x = *(const struct place *const *)a, *y = *(const struct place *const *)b;

	if (x->population != y->population)
		return x->population < y->population ? 1 : -1;
	return str_cmp(x->ars, y->ars);
}

static struct association *association_by_ars(struct load *l, str ars)
{
	for (size_t i = 0; i < l->snap->n_associations; i++)
		if (str_eq(l->snap->associations[i].ars, ars))
			return &l->snap->associations[i];
	return NULL;
}

static void load_districts(struct load *l)
{
	static const char *const COLUMNS[] = { "key", "ars", "name", "kind", "seat" };
	static const char *const KINDS[] = { "Landkreis", "Kreisfreie Stadt", NULL };
	struct place_snapshot *s = l->snap;
	struct place_csv t;

	if (!place_csv_read(&l->notes, S("districts.csv"), COLUMNS, 5, &t)) {
		l->failed = true;
		return;
	}
	s->districts = ARENA_ARRAY(l->arena, struct district, t.n_rows);
	for (size_t r = 0; r < t.n_rows; r++) {
		struct district *d = &s->districts[s->n_districts];

		d->key = csv_cell(&t, r, 0);
		d->name = csv_cell(&t, r, 2);
		d->independent_city = word(l, &t, r, 3, KINDS, "Art") == 1;
		d->seat = csv_cell(&t, r, 4);
		if (!digits(d->key, 5))
			NOTE(l, &t, r, "Kreisschlüssel „%.*s“: erwartet sind 5 Ziffern.", STR_FMT(d->key));
		else if (district_by_key(s, d->key))
			NOTE(l, &t, r, "Kreis %.*s steht schon da.", STR_FMT(d->key));
		else
			s->n_districts++;
		qsort(s->districts, s->n_districts, sizeof(*s->districts), cmp_district);
	}
}

static void load_associations(struct load *l)
{
	static const char *const COLUMNS[] = { "ars", "name", "kind", "lead_ags", "lead_trust", "street", "postcode", "seat" };
	static const char *const KINDS[] = { "verband", "gemeinschaft", NULL };
	struct place_snapshot *s = l->snap;
	struct place_csv t;

	if (!place_csv_read(&l->notes, S("associations.csv"), COLUMNS, 8, &t)) {
		l->failed = true;
		return;
	}
	s->associations = ARENA_ARRAY(l->arena, struct association, t.n_rows);
	for (size_t r = 0; r < t.n_rows; r++) {
		str ars = csv_cell(&t, r, 0);

		if (!digits(ars, 9)) {
			NOTE(l, &t, r, "Verbandsschlüssel „%.*s“: erwartet sind 9 Ziffern.", STR_FMT(ars));
			continue;
		}
		if (association_by_ars(l, ars)) {
			NOTE(l, &t, r, "Verband %.*s steht schon da.", STR_FMT(ars));
			continue;
		}
		s->associations[s->n_associations++] = (struct association){
			.ars = ars,
			.name = csv_cell(&t, r, 1),
			.kind = word(l, &t, r, 2, KINDS, "Art") == 1 ? ASSOCIATION_GEMEINSCHAFT : ASSOCIATION_VERBAND,
			.lead_trust = trust(l, &t, r, 4, "Sicherheit"),
		};
	}
	qsort(s->associations, s->n_associations, sizeof(*s->associations), cmp_association);
}

/* The keys of a municipality say where it lies: they must agree with each other and with the other columns. */
static bool check_keys(struct load *l, const struct place_csv *t, size_t r, const struct place *p, str district, str assoc)
{
	size_t before = l->notes.n + l->notes.more;

	if (!digits(p->ars, 12))
		NOTE(l, t, r, "ARS „%.*s“: erwartet sind 12 Ziffern.", STR_FMT(p->ars));
	else if (!digits(p->ags, 8))
		NOTE(l, t, r, "AGS „%.*s“: erwartet sind 8 Ziffern.", STR_FMT(p->ags));
	else if (!str_eq(str_sub(p->ars, 0, 5), str_sub(p->ags, 0, 5)) || !str_eq(str_sub(p->ars, 9, 12), str_sub(p->ags, 5, 8)))
		NOTE(l, t, r, "ARS %.*s und AGS %.*s passen nicht zusammen.", STR_FMT(p->ars), STR_FMT(p->ags));
	else if (!str_eq(str_sub(p->ars, 0, 5), district))
		NOTE(l, t, r, "ARS %.*s liegt nicht im Kreis %.*s.", STR_FMT(p->ars), STR_FMT(district));
	else if (assoc.n && !str_eq(str_sub(p->ars, 0, 9), assoc))
		NOTE(l, t, r, "ARS %.*s gehört nicht zum Verband %.*s.", STR_FMT(p->ars), STR_FMT(assoc));
	else if (!assoc.n && p->ars.p[5] == '5')
		NOTE(l, t, r, "ARS %.*s gehört zu einem Verband, es ist aber keiner angegeben.", STR_FMT(p->ars));
	if (!p->district)
		NOTE(l, t, r, "Kreis „%.*s“ steht nicht in districts.csv.", STR_FMT(district));
	else if (p->district->independent_city != (p->kind == PLACE_KREISFREIE_STADT))
		NOTE(l, t, r, "Art und Kreis widersprechen sich: nur eine kreisfreie Stadt ist zugleich Kreis.");
	if (assoc.n && !p->association)
		NOTE(l, t, r, "Verband „%.*s“ steht nicht in associations.csv.", STR_FMT(assoc));
	if (!is_slug(p->slug))
		NOTE(l, t, r, "Kurzname „%.*s“: nur a-z, 0-9 und Bindestrich, höchstens 63 Zeichen.", STR_FMT(p->slug));
	if (!p->name.n || !p->official.n || !p->label.n)
		NOTE(l, t, r, "Ein Name fehlt.");
	return l->notes.n + l->notes.more == before;
}

static void load_municipality(struct load *l, const struct place_csv *t, size_t r)
{
	static const char *const KINDS[] = { "Gemeinde", "Stadt", "kreisfreie Stadt", NULL };
	struct place_snapshot *s = l->snap;
	struct place *p = &s->places[s->n_places];
	int kind = word(l, t, r, 6, KINDS, "Art");

	*p = (struct place){
		.ars = csv_cell(t, r, 0),
		.ags = csv_cell(t, r, 1),
		.slug = csv_cell(t, r, 2),
		.name = csv_cell(t, r, 3),
		.official = csv_cell(t, r, 4),
		.label = csv_cell(t, r, 5),
		.kind = kind < 0 ? PLACE_GEMEINDE : (enum place_kind)kind,
		.district = district_by_key(s, csv_cell(t, r, 7)),
		.association = association_by_ars(l, csv_cell(t, r, 8)),
		.grosse_kreisstadt = trust(l, t, r, 9, "Große Kreisstadt"),
		.population = number(l, t, r, 10, 10000000, "Einwohner 2022"),
		.population_before = number(l, t, r, 11, 10000000, "Einwohner 2019"),
		.seat_postcode = csv_cell(t, r, 12),
		.lat_e5 = degrees_e5(l, t, r, 13),
		.lon_e5 = degrees_e5(l, t, r, 14),
	};
	if (!digits(p->seat_postcode, 5))
		NOTE(l, t, r, "Postleitzahl „%.*s“: erwartet sind 5 Ziffern.", STR_FMT(p->seat_postcode));
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

static void unique(struct load *l, const struct place **list, int (*cmp)(const void *, const void *), const char *what)
{
	for (size_t i = 1; i < l->snap->n_places; i++)
		if (cmp(&list[i - 1], &list[i]) == 0)
			place_note(&l->notes, S("municipalities.csv"), 0, "%s von %.*s und %.*s ist derselbe.", what,
				STR_FMT(list[i - 1]->ags), STR_FMT(list[i]->ags));
}

static void load_municipalities(struct load *l)
{
	static const char *const COLUMNS[] = { "ars", "ags", "slug", "name", "official", "label", "kind", "district",
		"association", "grosse_kreisstadt", "population_2022", "population_2019", "seat_postcode", "lat", "lon",
		"note" };
	struct place_snapshot *s = l->snap;
	struct place_csv t;

	if (!place_csv_read(&l->notes, S("municipalities.csv"), COLUMNS, 16, &t)) {
		l->failed = true;
		return;
	}
	s->places = ARENA_ARRAY(l->arena, struct place, t.n_rows);
	for (size_t r = 0; r < t.n_rows; r++)
		load_municipality(l, &t, r);
	if (!s->n_places) {
		place_note(&l->notes, t.file, 0, "Keine brauchbare Zeile.");
		l->failed = true;
	}
	qsort(s->places, s->n_places, sizeof(*s->places), cmp_place);
	s->by_ags = sorted(l, cmp_ags);
	s->by_slug = sorted(l, cmp_slug);
	unique(l, s->by_ags, cmp_ags, "Der AGS");
	unique(l, s->by_slug, cmp_slug, "Der Kurzname");
	unique(l, sorted(l, cmp_label), cmp_label, "Der Anzeigename");
}

/* Who is in an association and who leads it: only now, because the municipalities must not move any more. */
static void join_associations(struct load *l)
{
	static const char *const COLUMNS[] = { "ars", "name", "kind", "lead_ags", "lead_trust", "street", "postcode", "seat" };
	struct place_snapshot *s = l->snap;
	struct place_csv t;

	if (!place_csv_read(&l->notes, S("associations.csv"), COLUMNS, 8, &t))
		return;
	for (size_t r = 0; r < t.n_rows; r++) {
		struct association *a = association_by_ars(l, csv_cell(&t, r, 0));
		str lead = csv_cell(&t, r, 3);

		if (!a || a->members)
			continue;
		const struct place **members = ARENA_ARRAY(l->arena, const struct place *, s->n_places);
		for (size_t i = 0; i < s->n_places; i++)
			if (s->places[i].association == a) {
				members[a->n_members++] = &s->places[i];
				a->population += s->places[i].population;
			}
		a->members = members;
		a->lead = lead.n ? place_by_ags(s, lead) : NULL;
		if (a->n_members < 2)
			NOTE(l, &t, r, "Der Verband hat %zu Mitglieder, erwartet sind mindestens 2.", a->n_members);
		if (a->kind == ASSOCIATION_VERBAND && lead.n)
			NOTE(l, &t, r, "Ein Verwaltungsverband hat keine erfüllende Gemeinde.");
		else if (lead.n && (!a->lead || a->lead->association != a))
			NOTE(l, &t, r, "Die erfüllende Gemeinde %.*s ist nicht Mitglied.", STR_FMT(lead));
		else if (lead.n && a->lead_trust == PLACE_NO)
			NOTE(l, &t, r, "Zur erfüllenden Gemeinde fehlt „verified“ oder „unverified“.");
	}
}

/* Gives the tenant number to what the key names; false if it names nothing, or something that has one. */
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
		struct association *v = association_by_ars(l, key);

		if (v && v->kind == ASSOCIATION_VERBAND)
			slot = &v->tenant_id;
		a->ars = key;
	}
	if (!slot || *slot)
		return false;
	*slot = a->tenant_id;
	return true;
}

static void load_authorities(struct load *l)
{
	static const char *const COLUMNS[] = { "tenant", "kind", "key", "slug", "name", "seat", "postcode", "street" };
	static const char *const KINDS[] = { "municipality", "district", "verband", NULL };
	struct place_snapshot *s = l->snap;
	struct place_csv t;

	if (!place_csv_read(&l->notes, S("authorities.csv"), COLUMNS, 8, &t))
		return;
	s->authorities = ARENA_ARRAY(l->arena, struct authority, t.n_rows);
	for (size_t r = 0; r < t.n_rows; r++) {
		struct authority *a = &s->authorities[s->n_authorities];
		int kind = word(l, &t, r, 1, KINDS, "Art");
		str key = csv_cell(&t, r, 2);

		*a = (struct authority){
			.tenant_id = number(l, &t, r, 0, PLACE_MAX_TENANT, "Mandant"),
			.kind = kind < 0 ? AUTHORITY_MUNICIPALITY : (enum authority_kind)kind,
			.slug = csv_cell(&t, r, 3),
			.name = csv_cell(&t, r, 4),
			.seat = csv_cell(&t, r, 5),
			.postcode = csv_cell(&t, r, 6),
			.street = csv_cell(&t, r, 7),
		};
		if (!a->tenant_id || !is_slug(a->slug) || !a->name.n)
			NOTE(l, &t, r, "Mandant, Kurzname und Name müssen angegeben sein.");
		else if (!appoint(l, a, key))
			NOTE(l, &t, r, "„%.*s“ ist keine Stelle dieser Art, hat schon einen Mandanten oder einen anderen Kurznamen.",
				STR_FMT(key));
		else
			s->n_authorities++;
	}
	qsort(s->authorities, s->n_authorities, sizeof(*s->authorities), cmp_authority);
	const struct authority **list = ARENA_ARRAY(l->arena, const struct authority *, s->n_authorities);
	for (size_t i = 0; i < s->n_authorities; i++) {
		list[i] = &s->authorities[i];
		if (i && s->authorities[i - 1].tenant_id == s->authorities[i].tenant_id)
			place_note(&l->notes, t.file, 0, "Mandant %d ist zweimal vergeben.", s->authorities[i].tenant_id);
	}
	qsort(list, s->n_authorities, sizeof(*list), cmp_authority_slug);
	for (size_t i = 1; i < s->n_authorities; i++)
		if (str_eq(list[i - 1]->slug, list[i]->slug))
			place_note(&l->notes, t.file, 0, "Kurzname „%.*s“ ist zweimal vergeben.", STR_FMT(list[i]->slug));
	s->authorities_by_slug = list;
}

/* Everybody who may act has a tenant; an independent city acts for its district, a lead for its association. */
static void check_tenants(struct load *l)
{
	struct place_snapshot *s = l->snap;

	for (size_t i = 0; i < s->n_places; i++) {
		const struct place *p = &s->places[i];

		if (!p->tenant_id)
			place_note(&l->notes, S("authorities.csv"), 0, "%.*s (%.*s) hat keinen Mandanten.", STR_FMT(p->label),
				STR_FMT(p->ags));
		if (p->kind == PLACE_KREISFREIE_STADT)
			s->districts[p->district - s->districts].tenant_id = p->tenant_id;
	}
	for (size_t i = 0; i < s->n_districts; i++)
		if (!s->districts[i].tenant_id)
			place_note(&l->notes, S("authorities.csv"), 0, "%.*s hat keinen Mandanten.", STR_FMT(s->districts[i].name));
	for (size_t i = 0; i < s->n_associations; i++) {
		struct association *a = &s->associations[i];

		if (a->lead)
			a->tenant_id = a->lead->tenant_id;
		if (!a->tenant_id && a->kind == ASSOCIATION_VERBAND)
			place_note(&l->notes, S("authorities.csv"), 0, "Verwaltungsverband %.*s hat keinen Mandanten.",
				STR_FMT(a->name));
	}
}

static void close_postcode(struct place_postcode *p, const struct place **list, size_t n)
{
	qsort(list, n, sizeof(*list), cmp_population);
	p->places = list;
	p->n = n;
}

static void load_postcodes(struct load *l)
{
	static const char *const COLUMNS[] = { "postcode", "ags", "evidence" };
	struct place_snapshot *s = l->snap;
	struct place_csv t;

	if (!place_csv_read(&l->notes, S("postcodes.csv"), COLUMNS, 3, &t))
		return;
	const struct place **list = ARENA_ARRAY(l->arena, const struct place *, t.n_rows);
	bool *seen = ARENA_ARRAY(l->arena, bool, s->n_places);
	size_t n = 0, from = 0;

	s->postcodes = ARENA_ARRAY(l->arena, struct place_postcode, t.n_rows);
	for (size_t r = 0; r < t.n_rows; r++) {
		str code = csv_cell(&t, r, 0);
		const struct place *p = place_by_ags(s, csv_cell(&t, r, 1));
		struct place_postcode *last = s->n_postcodes ? &s->postcodes[s->n_postcodes - 1] : NULL;
		int order = last ? str_cmp(last->code, code) : -1;

		if (!digits(code, 5) || !p || order > 0) {
			NOTE(l, &t, r, "Postleitzahl „%.*s“, AGS „%.*s“: unbekannt, oder die Zeilen sind nicht sortiert.",
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
				NOTE(l, &t, r, "%.*s %.*s steht schon da.", STR_FMT(code), STR_FMT(p->name));
		list[n++] = p;
		seen[p - s->places] = true;
	}
	if (s->n_postcodes)
		close_postcode(&s->postcodes[s->n_postcodes - 1], list + from, n - from);
	for (size_t i = 0; i < s->n_places; i++)
		if (!seen[i])
			place_note(&l->notes, t.file, 0, "%.*s (%.*s) hat keine Postleitzahl.", STR_FMT(s->places[i].label),
				STR_FMT(s->places[i].ags));
}

static void load_aliases(struct load *l)
{
	static const char *const COLUMNS[] = { "alias", "ags", "kind", "via", "source" };
	static const char *const KINDS[] = { "spelling", "former", "part", "old", "sorbian", "postcode", NULL };
	struct place_snapshot *s = l->snap;
	struct place_csv t;

	if (!place_csv_read(&l->notes, S("aliases.csv"), COLUMNS, 5, &t))
		return;
	s->aliases = ARENA_ARRAY(l->arena, struct place_alias, t.n_rows);
	s->old_postcodes = ARENA_ARRAY(l->arena, struct place_old_postcode, t.n_rows);
	for (size_t r = 0; r < t.n_rows; r++) {
		str text = csv_cell(&t, r, 0), via = csv_cell(&t, r, 3);
		const struct place *p = place_by_ags(s, csv_cell(&t, r, 1));
		int kind = word(l, &t, r, 2, KINDS, "Art");

		if (!p || !text.n) {
			NOTE(l, &t, r, "„%.*s“ führt zu keiner Gemeinde (AGS „%.*s“).", STR_FMT(text), STR_FMT(csv_cell(&t, r, 1)));
		} else if (kind == 5) {
			if (!digits(text, 5) || !via.n)
				NOTE(l, &t, r, "„%.*s“: erwartet sind 5 Ziffern und unter via der Ort dazu.", STR_FMT(text));
			s->old_postcodes[s->n_old_postcodes++] = (struct place_old_postcode){ text, p, via };
		} else if (kind >= 0) {
			s->aliases[s->n_aliases++] = (struct place_alias){ text, p, kind == 0 };
		}
	}
	qsort(s->old_postcodes, s->n_old_postcodes, sizeof(*s->old_postcodes), cmp_old_postcode);
}

static bool load_steps(struct load *l, const struct place_csv *t, size_t r, struct place_rule *rule)
{
	static const char *const STEPS[] = { "kreisfrei", "verband", "erfuellende-gemeinde", "grosse-kreisstadt",
		"partner-grosse-kreisstadt", "ueber", "partner-ueber", "gemeinde", "kreis", "land", NULL };
	str rest = csv_cell(t, r, 1), name;

	while (str_split(&rest, ';', &name)) {
		int step = -1;

		for (int i = 0; STEPS[i]; i++)
			if (str_eq(name, str_c(STEPS[i])))
				step = i;
		if (step < 0 || rule->n_steps == sizeof(rule->steps)) {
			NOTE(l, t, r, "Schritt „%.*s“ ist nicht bekannt, oder es sind zu viele.", STR_FMT(name));
			return false;
		}
		if ((step == STEP_UEBER || step == STEP_PARTNER_UEBER) && !rule->over)
			NOTE(l, t, r, "Zum Schritt „%.*s“ fehlt die Einwohnerzahl (Spalte over).", STR_FMT(name));
		rule->steps[rule->n_steps++] = (uint8_t)step;
	}
	if (!rule->n_steps || rule->steps[rule->n_steps - 1] < STEP_GEMEINDE) {
		NOTE(l, t, r, "Der letzte Schritt muss immer gelten: gemeinde, kreis oder land.");
		return false;
	}
	return true;
}

static void load_rules(struct load *l)
{
	static const char *const COLUMNS[] = { "rule", "steps", "over", "band", "area_below", "law", "trust", "note" };
	struct place_snapshot *s = l->snap;
	struct place_csv t;

	if (!place_csv_read(&l->notes, S("rules.csv"), COLUMNS, 8, &t))
		return;
	s->rules = ARENA_ARRAY(l->arena, struct place_rule, t.n_rows);
	for (size_t r = 0; r < t.n_rows; r++) {
		struct place_rule *rule = &s->rules[s->n_rules];
		enum place_trust how = trust(l, &t, r, 6, "Sicherheit");

		*rule = (struct place_rule){
			.key = csv_cell(&t, r, 0),
			.law = csv_cell(&t, r, 5),
			.verified = how == PLACE_YES,
			.note = csv_cell(&t, r, 7),
			.over = csv_cell(&t, r, 2).n ? number(l, &t, r, 2, 10000000, "over") : 0,
			.band = csv_cell(&t, r, 3).n ? number(l, &t, r, 3, 10000000, "band") : 0,
			.area_below = csv_cell(&t, r, 4).n ? number(l, &t, r, 4, 10000000, "area_below") : 0,
		};
		if (!is_slug(rule->key) || place_rule_by_key(s, rule->key))
			NOTE(l, &t, r, "Regel „%.*s“: kein gültiger Name, oder sie steht schon da.", STR_FMT(rule->key));
		else if (!rule->law.n || how == PLACE_NO)
			NOTE(l, &t, r, "Zur Regel „%.*s“ fehlt die Rechtsgrundlage oder deren Sicherheit.", STR_FMT(rule->key));
		else if (load_steps(l, &t, r, rule))
			s->n_rules++;
	}
}

int place_load(struct arena *arena, str dir, const struct place_snapshot **ret_snap, struct place_findings *ret_findings)
{
	struct load l = {
		.arena = arena,
		.notes = { .arena = arena, .dir = dir, .items = ARENA_ARRAY(arena, struct place_finding, PLACE_MAX_FINDINGS) },
		.snap = ARENA_NEW(arena, struct place_snapshot),
	};

	load_districts(&l);
	load_associations(&l);
	if (!l.failed)
		load_municipalities(&l);
	if (!l.failed) {
		join_associations(&l);
		load_authorities(&l);
		check_tenants(&l);
		load_postcodes(&l);
		load_aliases(&l);
		load_rules(&l);
	}
	if (l.notes.more)
		l.notes.items[PLACE_MAX_FINDINGS - 1].text =
			str_fmt(arena, "… und %zu weitere Fehler.", l.notes.more + 1);
	*ret_findings = (struct place_findings){ l.notes.items, l.notes.n };
	*ret_snap = NULL;
	if (!l.notes.n) {
		place_index_build(arena, l.snap);
		*ret_snap = l.snap;
	}
	return 0;
}
