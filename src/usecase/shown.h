/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Answers as people read them: sections (one a step and row), labels and values in a language, files, fee lines. The check page, "what was sent",
 * the PDFs and the clerk's page show the same.
 *
 *	const struct shown_section *s;
 *	struct shown_of of = casefile_shown(f, LANG_DE);	// after casefile_journey and casefile_files
 *	size_t n = shown_sections(arena, &of, &s);
 */
#pragma once
#include "usecase/casefile.h"

struct shown_of {
	const struct definition *definition;
	const struct journey *journey;
	const struct answers *answers;		/* raw, for what is not valid */
	struct text_values values;		/* place, authority */
	enum lang lang;
	const struct stored_file *file;
	size_t files;
	const struct node *person;		/* proved identity; NULL: none, or not asked for */
};
struct shown_row {
	str label;
	str text;				/* empty: not given */
	const struct stored_file *const *file;
	size_t files;
	bool wrong;
	bool proved;				/* the identity says the same */
	const struct field *field;
	const struct value *value;
	const struct visit *visit;
};
struct shown_section {
	str title;
	const struct shown_row *row;
	size_t rows;
};
struct shown_fee {
	str text;
	int64_t cents;
	bool known;
};
size_t shown_sections(struct arena *a, const struct shown_of *of, const struct shown_section **ret);
/* Positions that are not zero. */
size_t shown_fees(struct arena *a, const struct shown_of *of, const struct shown_fee **ret);
/* A text of the definition, expanded: shown_text(a, of, "field.", id, ".label", row). */
str shown_text(struct arena *a, const struct shown_of *of, const char *before, str id, const char *after, uint16_t row);
/* Dates, times and sizes for people: 27. März 2026 / 27. März 2026, 14:30 Uhr / 312 kB, 1,4 MB */
str shown_date(struct arena *a, enum lang l, struct date d);
str shown_time(struct arena *a, enum lang l, instant t);
str shown_size(struct arena *a, int64_t bytes);
/* Whom the identity service has proved; NULL: nobody. */
MUST_USE int casefile_person(struct casefile *f, const struct node **ret);
struct shown_of casefile_shown(const struct casefile *f, enum lang l);
struct shown_of draft_shown(struct ctx *c, const struct draft *d, const struct stored_file *file, size_t files);
