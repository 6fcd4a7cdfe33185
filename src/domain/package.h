/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A service package: the folder services/<id>/ as an author writes it (docs/adding-a-service.md). Loading reads and compiles it;
 * checking looks deeper: texts, documents, conditions that cannot come true, recorded cases. Merging with a town's parameters
 * gives the definition.
 *
 *	TRY(package_load(a, S("services/hundesteuer-anmeldung"), &findings, &p));
 *	package_check(a, p, places, &findings);
 *	TRY(package_definition_json(a, p, params, &findings, &json));
 */
#pragma once
#include "domain/definition.h"
#include "domain/place.h"

struct package {
	str dir, id;
	const struct node *service, *form;	/* form: with options of shared lists filled in */
	const struct node *texts;		/* MAP language -> MAP full key -> text, list texts included */
	const struct node *documents;		/* MAP id -> Markdown */
	const struct node *cases;		/* LIST; NULL: none */
	const struct node *recorded;		/* MAP id -> value: parameters that the cases were recorded with, where the defaults have changed since; or NULL */
	const struct node *tasks;		/* LIST: what an import left to the author; NULL: none */
	const struct service *facts;		/* with the package's own parameters */
	const struct form *compiled;
};

/*
 * Reads the folder and, beside it, ../lists. Wrong content is told in findings, with file and line; then ERR_PARSE.
 * ERR_NOTFOUND when there is no such folder. All memory in the arena.
 */
MUST_USE int package_load(struct arena *a, str dir, struct findings *f, const struct package **ret);

/* Facts and form of trees that are put together elsewhere (overlay.h). ERR_PARSE with findings. */
MUST_USE int package_compile(struct arena *a, struct package *p, struct findings *f);
/* The whole package as the database keeps it, canonical JSON: {cases, documents, form, format, recorded, service, texts}; and back. Findings name no file. */
str package_json(struct arena *a, const struct package *p);
MUST_USE int package_from_json(struct arena *a, str json, struct findings *f, const struct package **ret);

/* Everything that `schalter check` says about a loaded package. places may be NULL: then cases know no place. */
void package_check(struct arena *a, const struct package *p, const struct place_snapshot *places, struct findings *f);

/* Parts of package_check(). */
void package_check_texts(struct arena *a, const struct package *p, struct findings *f);
/* What may stand in braces in a text: "place", "param.satz", a field asked before. 0: none, or no page shows the text. */
size_t package_placeholders(struct arena *a, const struct package *p, str key, const str **ret);
void package_check_conditions(struct arena *a, const struct package *p, struct findings *f);
/* Returns the number of cases run; what differs from the record is a finding. */
size_t package_run_cases(struct arena *a, const struct package *p, const struct place_snapshot *places, struct findings *f);
/* One of them; its journey, or NULL when the case itself cannot be read. */
const struct journey *package_case(struct arena *a, const struct package *p, const struct node *one, const struct place_snapshot *places,
				   struct findings *f);
/* What was typed in it; places that this form does not have are left out. */
struct answers *package_case_answers(struct arena *a, const struct form *form, const struct node *one);

/*
 * The merged definition, canonical JSON: {documents, form, format, params, service, texts}. params: MAP id -> text as a person writes
 * it, or NULL; what does not fit is a finding and ERR_PARSE. The same input gives the same bytes, and so the same hash.
 */
MUST_USE int package_definition_json(struct arena *a, const struct package *p, const struct node *params, struct findings *f,
				     str *ret_json);
