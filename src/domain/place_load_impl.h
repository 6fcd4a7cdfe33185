/* SPDX-License-Identifier: EUPL-1.2 */
/* What the two halves of the loader share: place_load.c (areas) and place_load_acts.c (who acts,
 * how places are found). */
#pragma once
#include "domain/place_csv.h"
#include "domain/place_impl.h"

struct load {
	struct arena *arena;
	struct findings *f;
	str dir;
	struct place_snapshot *snap;
	bool failed; /* a table is missing: what refers to it is not looked at */
};

#define NOTE(l, t, row, ...) csv_note((l)->f, (t)->file, (t)->lines[row], __VA_ARGS__)

bool load_digits(str s, size_t n);
bool load_slug(str s);
/* Index of the word in a list that ends with NULL; -1 with a finding. */
int load_word(struct load *l, const struct place_csv *t, size_t row, size_t column,
	const char *const *words, const char *name);
/* 0 with a finding if it is none from 0 to max. */
int32_t load_number(struct load *l, const struct place_csv *t, size_t row, size_t column,
	int32_t max, const char *name);
/* Of a fact: empty, "verified", "unverified". */
enum place_trust load_trust(
	struct load *l, const struct place_csv *t, size_t row, size_t column, const char *name);
struct association *load_association(struct load *l, str ars);

/* place_load_acts.c: to be called in this order, when places, districts and associations are there.
 */
void load_authorities(struct load *l);
void load_check_tenants(struct load *l);
void load_postcodes(struct load *l);
void load_aliases(struct load *l);
void load_rules(struct load *l);
