/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A definition: one service as one town offers it. Package and town's parameters are merged into one tree, written as
 * canonical JSON; SHA-256 over it is the definition hash, under which a case keeps its definition for life (P2).
 *
 * Merging (package.h) is done when a service is published; reading (definition_from_json) when a process needs it. A read definition is
 * immutable, lives in the arena and may be shared between threads.
 *
 *	TRY(definition_from_json(arena, json, &def));
 *	str title = definition_text(def, S("en"), S("title"));
 *	str label = definition_text3(def, lang, S("field."), field->id, S(".label"));
 */
#pragma once
#include "base/crypto.h"
#include "domain/form.h"
#include "domain/service.h"

#define DEFINITION_FORMAT 1	/* newest format that this program writes; it reads every earlier one */

struct definition_texts;
struct definition {
	str hash;			/* 64 hex characters */
	struct digest digest;
	int32_t format;
	const struct service *service;
	const struct form *form;	/* pages, fields, fee positions, name fields */
	const struct node *tree;	/* the whole, for exports */
	const struct definition_texts *texts;	size_t languages;
};

/* Reads canonical JSON as package_definition_json() has written it. ERR_PARSE: not a definition; ERR_UNSUPPORTED: a format of the future. */
MUST_USE int definition_from_json(struct arena *a, str json, const struct definition **ret);
/* The same, saying what is wrong; findings may be NULL. */
MUST_USE int definition_from_json_findings(struct arena *a, str json, struct findings *f, const struct definition **ret);

/* Text of a language; falls back to German; empty when German lacks it too. */
str definition_text(const struct definition *d, str lang, str key);
/* Key given in three parts ("field." id ".label"): nothing is allocated. */
str definition_text3(const struct definition *d, str lang, str a, str b, str c);
/* True when the language itself has the key (else the part must carry lang="de"). */
bool definition_has(const struct definition *d, str lang, str key);
/* Texts "key.1", "key.2" ...: what happens next, synonyms. */
size_t definition_list(struct arena *a, const struct definition *d, str lang, str key, const str **ret);
/* Text of an option: field.<id>.option.<option>, or of the shared list. part: empty or ".hint". */
str definition_option(const struct definition *d, str lang, const struct field *f, str option, str part);
/* The option that was typed by its text in any language, or as id, without regard to case and accents (fields with `search`, countries);
 * empty: none of them. */
str definition_option_typed(struct arena *a, const struct definition *d, const struct field *f, str typed);
/* Text of a problem: field.<id>.error.<kind>, or rule.<id>; empty: the caller takes its general text error.<type>.<kind>. */
str definition_problem(const struct definition *d, str lang, const struct problem *p);
/* Markdown of documents/<id>.md; empty: none. */
str definition_document(const struct definition *d, str id);
/* For value_display(): arg is a struct definition_lookup. */
struct definition_lookup {
	const struct definition *definition;
	str lang;
};
str definition_lookup_text(void *lookup, str key);
/* Same as value_display() with the definition's own texts. */
str definition_display(struct arena *a, const struct definition *d, str lang, const struct field *f, const struct value *v);

/* What stands behind the placeholders of texts: {row} {place} {authority} {seat} {days} {param.<id>} {field id},
   in texts of errors {label} {limit}. Empty values leave nothing. */
struct text_values {
	uint16_t row;			/* 0: not in a group */
	int16_t group;			/* whose row it is; with row 0 it says nothing */
	str place, authority, seat;	/* seat: of the authority */
	const struct journey *journey;	/* NULL: fields are not replaced */
	int32_t days;			/* 0: service.duration_days */
	str label, limit;		/* for texts of errors: {label} {limit} */
};
/* Expands; a text without '{' is given back as it is. Field values are plain text: the caller escapes after expanding. */
/* Group whose row a text speaks of: that of the page, field or group that its key names; -1: none. Key in three parts as above. */
int16_t definition_text_group(const struct definition *d, str a, str b, str c);
str definition_expand(struct arena *a, const struct definition *d, str lang, str text, const struct text_values *v);

/* What lists show and the name search indexes: the present name fields of row 1, joined by a blank. */
str definition_applicant_name(struct arena *a, const struct journey *j);
