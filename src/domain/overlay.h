/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Overlays: what a level (the state, a town) has of its own on top of the package below it. Two levels, one thing: the state's overlay
 * lies on the shipped package, a town's on what that gives. docs/why/060-overlays.md
 *
 * A part of a package has a flat key:
 *	text.<language>.<text key>	text.de.page.wer.title
 *	param.<id>			a value as a person types it, "60,00"
 *	document.<id>			Markdown of a letter
 *	pin				hash of the package below on which this level stays
 * A change keeps what stood below when it was made (base): so that an update of the package below shows what moved (three-way merge).
 * An empty text means: there is none. All memory in the arena; nothing here reads a clock or a database.
 *
 *	TRY(overlay_parse(a, json, &o));
 *	overlay_set(a, &o, S("text.de.title"), S("Hund anmelden"), S("Hundesteuer anmelden"));
 *	TRY(overlay_apply(a, below, &o, OVERLAY_TOWN, &findings, &merged));
 */
#pragma once
#include "domain/package.h"

enum overlay_level { OVERLAY_STATE, OVERLAY_TOWN };

struct change {
	str key;
	str base;			/* below, when the change was made */
	str mine;
};
struct overlay {
	struct change *v;		/* sorted by key */
	size_t n;
};
MUST_USE int overlay_parse(struct arena *a, str json, struct overlay *ret);	/* an empty text is an empty overlay; ERR_PARSE */
str overlay_json(struct arena *a, const struct overlay *o);			/* canonical */
struct overlay overlay_clone(struct arena *a, const struct overlay *o);
const struct change *overlay_find(const struct overlay *o, str key);		/* NULL: nothing of its own */
/* Sets or replaces; a change that says what stands below is none and is taken out. */
void overlay_set(struct arena *a, struct overlay *o, str key, str base, str mine);
void overlay_drop(struct overlay *o, str key);
bool overlay_has_text(const struct overlay *o, str key);	/* "text.title": in any language; other keys as they are */

/* A canonical value as a person writes it, one way only: "60.00" -> "60,00". */
str param_typed(struct arena *a, enum field_type t, str canonical);
/* What stands in a package under a flat key; empty: nothing. */
str part_get(struct arena *a, const struct package *p, str key);
/* Cuts "text.de.title" into kind "text", language "de" and "title". False: no key of a part. */
bool part_cut(str key, str *ret_kind, str *ret_lang, str *ret_name);
/* Legal texts, and what service.yaml names under `protected`: only the package itself says them. */
bool part_guarded(const struct service *s, str key);

/*
 * The package with the level's own parts. Protected parts and parts that the package below does not have any more are left out; the level
 * of a town keeps parameters apart (*ret_params for package_definition_json), the state's become the defaults of the package.
 * ERR_PARSE with findings when the result is no package.
 */
MUST_USE int overlay_apply(struct arena *a, const struct package *below, const struct overlay *o, enum overlay_level level, struct findings *f,
			   const struct package **ret, const struct node **ret_params);

/* ---- update of the package below ---- */
enum merge_state {
	MERGE_OWN,			/* below nothing moved */
	MERGE_SAME,			/* below says by now what we say: the change is not needed any more */
	MERGE_CONFLICT,			/* both have changed it */
	MERGE_GONE,			/* the part is not there any more */
	MERGE_GUARDED,			/* the part has become protected */
};
enum merge_state overlay_merge_state(struct arena *a, const struct package *below, const struct change *c);
/* Number of changes that a person has to look at (conflict, gone, guarded). */
size_t overlay_conflicts(struct arena *a, const struct package *below, const struct overlay *o);

/* ---- is it fit to be published? ---- */
struct case_effect {			/* a recorded case under the level's own parameters: what comes out differently */
	str name;
	bool failed;			/* an answer that was right is wrong by now, or the other way round */
	str fee_before, fee_after;	/* "60.00"; empty: not known */
	str path_before, path_after;	/* empty: the same */
	str errors;			/* what is wrong by now: "halter.iban: format" */
};
struct overlay_check {
	struct findings findings;	/* texts, letters, conditions, cases: only what the package below does not say itself */
	const struct case_effect *effect;
	size_t effects, cases;
	bool good;
};
/*
 * Recorded cases run twice: with the parameters that they were recorded with, where all must come out as recorded; and with the level's own,
 * where path and fee may differ (that is what parameters are for: both persons see it), but no answer may become wrong.
 */
void overlay_check(struct arena *a, const struct package *below, const struct package *merged, const struct node *params,
		   const struct place_snapshot *places, struct overlay_check *ret);

/* ---- what differs ---- */
struct part_diff {
	str key, before, after;
};
/* Texts, letters and defaults that differ between two packages; *ret_form: the form or the facts differ as well. */
size_t package_diff(struct arena *a, const struct package *from, const struct package *to, const struct part_diff **ret, bool *ret_form);
