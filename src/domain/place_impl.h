/* SPDX-License-Identifier: EUPL-1.2 */
/* What the files place*.c share: the inside of the snapshot. Nobody else includes this. */
#pragma once
#include "domain/place.h"

enum { PLACE_MAX_WORDS = 6, PLACE_MAX_SQUEEZED = 64, PLACE_MAX_TENANT = 9999 };

enum place_step {
	STEP_KREISFREI,
	STEP_VERBAND,
	STEP_ERFUELLENDE,
	STEP_GROSSE_KREISSTADT,
	STEP_PARTNER_GROSSE_KREISSTADT,
	STEP_UEBER,
	STEP_PARTNER_UEBER,
	STEP_GENANNT,
	STEP_GEMEINDE, /* this and the next two apply always: one of them ends a rule */
	STEP_KREIS,
	STEP_LAND,
};

struct place_word {
	uint8_t from, n;
};

/* One name under which a place is found: its own, another spelling, a former municipality ... */
struct place_entry {
	const struct place *place;
	str key;          /* folded: "frankenberg sa" */
	str squeezed;     /* without blanks: "frankenbergsa" */
	str sound;        /* for old spellings: c = k, th = t, y = i */
	str via;          /* what to show; empty for the place's own names */
	uint32_t letters; /* which of a..z occur: rules out most entries before counting letters */
	bool own;         /* the municipality's own name, in some spelling */
	uint8_t n_words;
	struct place_word words[PLACE_MAX_WORDS];
};

struct place_postcode {
	str code;
	const struct place *const *places; /* by population */
	size_t n;
};

/* A postcode that leads to a place only by a former municipality in it. */
struct place_old_postcode {
	str code;
	const struct place *place;
	str via;
};

struct place_alias {
	str text;
	const struct place *place;
	bool own;
};

struct place_snapshot {
	struct place *places; /* by ars */
	size_t n_places;
	const struct place **by_ags, **by_slug;
	struct district *districts; /* by key */
	size_t n_districts;
	struct association *associations; /* by ars */
	size_t n_associations;
	struct authority *authorities; /* by tenant_id */
	size_t n_authorities;
	const struct authority **authorities_by_slug;
	struct place_postcode *postcodes; /* by code */
	size_t n_postcodes;
	struct place_old_postcode *old_postcodes; /* by code */
	size_t n_old_postcodes;
	struct place_alias *aliases;
	size_t n_aliases;
	struct place_rule *rules;
	size_t n_rules;
	struct place_entry *entries;
	size_t n_entries;
	str *district_keys; /* folded names, by index of districts */
};

/* --- place_index.c --- */

/* "Döbeln", "Doebeln", "Dobeln" -> "dobeln"; words apart by one blank. */
str place_fold(struct arena *arena, str text);
/* A folded text without blanks, at most PLACE_MAX_SQUEEZED bytes. */
str place_squeeze(struct arena *arena, str key);
/* Of a squeezed one: equal for what sounds alike ("kamenz" for Camenz). */
str place_sound(struct arena *arena, str squeezed);
uint32_t place_letters(str squeezed);
/* Edits between two squeezed texts; above max any number above max. free_tail: a is only the
 * beginning of b. */
int place_distance(str a, str b, int max, bool free_tail);
/* Builds entries and district_keys from places and aliases; the last step of loading. */
void place_index_build(struct arena *arena, struct place_snapshot *snap);
