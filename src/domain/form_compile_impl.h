/* SPDX-License-Identifier: EUPL-1.2 */
/* The two passes of form_compile(). */
#pragma once
#include "domain/expr.h"
#include "domain/form_impl.h"

struct compiler {
	struct arena *arena;
	struct findings *f;
	struct form *form;
	struct step *step;
	struct page *page;
	struct field *field;
	struct group *group;
	struct rule *rule;
	struct id_set step_ids, page_ids, field_ids, rule_ids, group_ids;
	const struct node **step_node, **page_node, **field_node, **rule_node, **group_node;
};

struct compile_counts {
	size_t pages, fields, rules, groups;
};
bool compile_shape(struct compiler *c, const struct node *form);
/* form_compile.c */
const struct node *compile_list(struct compiler *c, const struct node *map, const char *key, const char *what);
void compile_once(struct compiler *c, struct id_set *ids, const struct node *n, const char *what, str id);
bool compile_within(str id, str group);		/* "hund.name" in "hund" */
str compile_key(struct arena *a, str id);
void compile_fields(struct compiler *c, struct page *p, const struct node *n);
void compile_rules(struct compiler *c, struct page *p, const struct node *n);
struct page *compile_page(struct compiler *c, const struct node *n, uint16_t step, int16_t group, str id);
/* form_compile_groups.c; of: a step, or a block of pages that are repeated */
void compile_count(const struct node *of, struct compile_counts *n, int depth);
void compile_pages(struct compiler *c, const struct node *of, uint16_t step, int16_t parent, int depth);
void compile_summaries(struct compiler *c);
int field_type_find(str name);		/* -1: no such type */
