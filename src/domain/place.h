/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Places: the municipalities, districts and authorities of a state, which of them acts for
 * a service, and how a typed place is found.
 *
 * Everything is read once from the data files in places/ into an immutable snapshot that
 * lives in the arena given to place_load(); any number of threads may read it. Nothing here
 * allocates later but into the arena of the call. All str in the structs point into the
 * snapshot.
 *
 *	TRY(place_load(app, S("places"), &snap, &findings));
 *	TRY(place_find(rq->arena, snap, S("Frankenberg/Sa."), 10, &hits, &n));
 *	TRY(place_responsible(snap, S("gemeinde-weisung"), hits[0].place, &who));
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "domain/findings.h"
#include "domain/text.h"

enum place_kind {
	PLACE_GEMEINDE,         /* kreisangehoerige Gemeinde */
	PLACE_STADT,            /* kreisangehoerige Stadt */
	PLACE_KREISFREIE_STADT, /* municipality and district in one */
};

/* How sure a fact of the data files is. "unverified" makes an answer `to be confirmed`. */
enum place_trust {
	PLACE_NO,             /* the fact does not hold */
	PLACE_YES,            /* it holds, by a source */
	PLACE_YES_UNVERIFIED, /* it holds as far as we know; no source of authority read */
};

enum authority_kind {
	AUTHORITY_MUNICIPALITY,
	AUTHORITY_DISTRICT,
	AUTHORITY_VERBAND, /* Verwaltungsverband, SaechsKomZG section 3 */
};

/* Who decides. Tenant numbers 1..434 in Saxony, below 10000; a number is never given to another. */
struct authority {
	int tenant_id;
	enum authority_kind kind;
	str slug;     /* unique among authorities and places: "dresden", "landkreis-bautzen" */
	str name;     /* "Landkreis Bautzen", "Stadt Radeberg", "Gemeinde Burkau" */
	str ars;      /* 12 digits; of a Verwaltungsverband its 9 digits */
	str seat;     /* town of the seat; empty if not known */
	str postcode; /* postcode of the seat; empty if not known */
	str street;   /* empty as long as no source was read */
};

struct district {
	str key;  /* 5 digits, "14625" */
	str name; /* "Landkreis Bautzen", "Chemnitz, Stadt" */
	str seat;
	bool independent_city; /* kreisfreie Stadt: the municipality is the district */
	int tenant_id;         /* of the Landkreis, or of the independent city itself */
};

enum association_kind {
	ASSOCIATION_VERBAND,      /* Verwaltungsverband: a body of its own */
	ASSOCIATION_GEMEINSCHAFT, /* Verwaltungsgemeinschaft: one member acts (erfuellende Gemeinde)
				   */
};

struct place;

struct association {
	str ars; /* 9 digits */
	str name;
	enum association_kind kind;
	const struct place *lead; /* erfuellende Gemeinde; NULL for a Verband, or if not known */
	enum place_trust lead_trust;
	int tenant_id; /* of the Verband, or of the lead; 0 if the lead is not known */
	const struct place *const *members;
	size_t n_members;
	int32_t population; /* of all members */
};

struct place {
	str ars;      /* 12 digits */
	str ags;      /* 8 digits */
	str slug;     /* ascii, unique, for URLs: "koenigstein", "bernsdorf-zwickau" */
	str name;     /* "Frankenberg/Sa." */
	str official; /* "Frankenberg/Sa., Stadt" */
	str label; /* for people, unique: name, with the district added where a name is there twice
		    */
	enum place_kind kind;
	int tenant_id; /* the municipality's own tenant */
	const struct district *district;
	const struct association *association; /* NULL: none */
	enum place_trust grosse_kreisstadt;
	int32_t population;        /* census of 2022-05-15 */
	int32_t population_before; /* 2019-12-31, to see who is near a threshold */
	str seat_postcode;
	int32_t lat_e5, lon_e5; /* degrees * 100000 */
};

struct place_snapshot;

/*
 * Read and check the data directory; the findings name file and line. All memory comes from `arena`
 * (findings: from theirs). With an error among the new findings *ret_snap is NULL; the call still
 * returns 0: wrong data is data.
 */
MUST_USE int place_load(struct arena *arena, str dir, const struct place_snapshot **ret_snap,
	struct findings *findings);

/* NULL if there is none. ars is 12 digits, key of a district 5. O(log n). */
const struct place *place_by_slug(const struct place_snapshot *snap, str slug);
const struct place *place_by_ars(const struct place_snapshot *snap, str ars);
const struct place *place_by_ags(const struct place_snapshot *snap, str ags);
const struct place *place_by_tenant(const struct place_snapshot *snap, int tenant_id);
const struct authority *authority_by_tenant(const struct place_snapshot *snap, int tenant_id);
const struct authority *authority_by_slug(const struct place_snapshot *snap, str slug);
const struct district *district_by_key(const struct place_snapshot *snap, str key);

/* All of them: places and districts by key, authorities by tenant number. */
const struct place *place_all(const struct place_snapshot *snap, size_t *ret_n);
const struct authority *authority_all(const struct place_snapshot *snap, size_t *ret_n);
const struct district *district_all(const struct place_snapshot *snap, size_t *ret_n);
const struct association *association_all(const struct place_snapshot *snap, size_t *ret_n);

/* The places of a postcode, by population; NULL and 0 if the postcode is not known. */
const struct place *const *place_by_postcode(
	const struct place_snapshot *snap, str postcode, size_t *ret_n);

/* --- who acts (place_rules.c, pure) --- */

/*
 * The rules are data (places/rules.csv), named by a key that a service package gives:
 * `gemeinde` own task, `gemeinde-weisung` delegated task, `kreis`, `kreis-strassenverkehr`,
 * `wohngeld`, `standesamt`, `bauaufsicht`, `land`. A rule is a list of steps; the first that
 * applies to the place names the authority.
 */
struct place_rule {
	str key;
	str law;       /* "SaechsKomZG § 7 Abs. 1 Nr. 1, § 8, § 36" */
	bool verified; /* false: nobody lists all whom the law means; sure for independent cities and the named */
	str note;
	str named; /* step "genannt": AGS of the places that act, separated by ; */
	/* below: for place_rules.c */
	uint8_t steps[8];
	uint8_t n_steps;
	int32_t over;       /* steps "ueber": more inhabitants than this */
	int32_t band;       /* nearer to `over` than this: to be confirmed */
	int32_t area_below; /* the acting authority's area has fewer inhabitants: to be confirmed;
			       0: never */
};

/* NULL: there is no such rule (`schalter check` says so for a package). */
const struct place_rule *place_rule_by_key(const struct place_snapshot *snap, str key);
const struct place_rule *place_rule_all(const struct place_snapshot *snap, size_t *ret_n);

struct responsibility {
	int tenant_id;                     /* 0: not a tenant here (rule `land`) */
	const struct authority *authority; /* NULL with tenant_id 0 */
	bool confirmed;     /* false: rests on an unverified fact, "to be confirmed" */
	str basis;          /* machine key, stored with the case: "verband", "gemeinde", ... */
	enum text_id text;  /* place.basis.<basis>: why, to stand behind the name of the authority;
			       placeholder {place} */
	enum text_id doubt; /* place.doubt.<why>: placeholder {place}; only if not confirmed */
};

/*
 * All keys that place_responsible() can give:
 * basis: gemeinde verband erfuellende-gemeinde kreisfreie-stadt kreis grosse-kreisstadt
 *        partner-grosse-kreisstadt einwohner partner-einwohner genannt land
 * doubt: erfuellende-gemeinde grosse-kreisstadt einwohner standesamtsbezirk recht
 */

/*
 * Who acts by this rule at this place. Total: every known rule answers for every place.
 * `place` is where the rule looks: residence, object, business, event (services say which).
 * ERR_NOTFOUND if the rule is not known.
 */
MUST_USE int place_responsible(const struct place_snapshot *snap, str rule_key,
	const struct place *place, struct responsibility *ret);

/* --- finding what was typed (place_search.c) --- */

enum place_match {
	PLACE_MATCH_EXACT, /* the whole name or postcode */
	PLACE_MATCH_ALIAS, /* an old name, a part of the municipality (Ortsteil), another spelling
			    */
	PLACE_MATCH_PREFIX,
	PLACE_MATCH_WORD, /* a word of the name begins so */
	PLACE_MATCH_PART, /* somewhere inside */
	PLACE_MATCH_TYPO, /* one or two letters wrong */
};

/*
 * Within one answer the hits are ordered by how well they fit, which is not strictly the order of
 * this enum (one wrong letter in a whole name fits better than the same letters inside a name);
 * then by population.
 */

struct place_hit {
	const struct place *place;
	enum place_match match;
	str via;    /* the alias that matched ("Siebenlehn"); empty: the name or the postcode */
	bool rival; /* could be meant as well as the first one: the name, or it begins with that
		       word */
};

/*
 * What a citizen typed -> places, best first, each once, at most max.
 * `typed` is UTF-8, any length (only the first 80 bytes count). Nothing found: 0 hits, no error.
 * place_hits_sure() says whether the first one may be taken; if not, ask one question.
 */
MUST_USE int place_find(struct arena *arena, const struct place_snapshot *snap, str typed,
	size_t max, struct place_hit **ret_hits, size_t *ret_n);

/*
 * true: hits[0] is meant beyond doubt: it is EXACT, and no other hit is its rival ("Auerbach" is
 * the name of one municipality and what people say for a bigger one: not sure).
 */
bool place_hits_sure(const struct place_hit *hits, size_t n);
