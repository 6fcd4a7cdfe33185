/* SPDX-License-Identifier: EUPL-1.2 */
/* Shared by package*.c: reading files, and the search of package_conditions.c with the values it tries (package_values.c). */
#pragma once
#include "domain/expr.h"
#include "domain/form_impl.h"
#include "domain/package.h"

/* NULL with a finding when the file is broken, or missing though it is needed. */
const struct node *package_read_yaml(struct arena *a, str path, bool needed, struct findings *f);
/* Nested maps and lists of texts -> one flat MAP, keys joined by dots. Texts that are empty or there twice are findings. */
void package_flatten(struct arena *a, struct node *flat, str prefix, const struct node *n, struct findings *f);

#define MAX_VARS 40
#define MAX_EXPRS 200

struct variable {
	const struct field *field;
	uint16_t row;
	struct value *value;	/* candidates */
	size_t n;
};
struct target {
	const char *what;
	str id;
	const struct page *page;
	const struct field *field;	/* whose condition, option or page's rule is asked; may be NULL */
	const struct expr *condition;
	const struct rule *rule;
};
struct search {
	struct arena *arena;
	const struct package *p;
	const struct form *form;
	struct findings *f;
	const struct target *t;
	bool *marked;			/* per field */
	bool *aggregated;		/* per group */
	const struct expr *expr[MAX_EXPRS];
	size_t exprs;
	struct variable var[MAX_VARS];
	size_t vars;
	const struct value **slot;
	struct row_table rows;
	uint16_t *rows_tried;
	struct journey_context context;
	struct expr_run run;
	bool exact, could, could_not;
	size_t tried;
};
struct candidates {
	struct arena *arena;
	struct value *v;
	size_t n, cap;
};

/* The values of a field that can make a difference in this search; exact turns false when they may not be all. */
struct candidates candidates_of(struct search *s, const struct field *f);
/* The same for what is given from outside; asked: whether anything reads it. */
struct candidates candidate_days(struct search *s, bool asked);
struct candidates candidate_populations(struct search *s, bool asked);
struct candidates candidate_places(struct search *s, bool asked);
