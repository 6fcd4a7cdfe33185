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

bool compile_shape(struct compiler *c, const struct node *form);
int field_type_find(str name);		/* -1: no such type */
