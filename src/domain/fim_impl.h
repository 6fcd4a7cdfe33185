/* SPDX-License-Identifier: EUPL-1.2 */
/* What the files of the FIM import share: the plan, that is each place of the schema with what it becomes in the form. */
#pragma once
#include "base/node.h"
#include "domain/fim.h"
#include "domain/form.h"

struct fim_option {
	str id, code, label, help;
};
struct fim_must {			/* a rule over several fields */
	str id, expr, text;
	uint32_t last;			/* order of the last field that it reads */
	const struct fim_spot *at;	/* NULL: the page */
	bool placed;
};
struct fim_strs {			/* growing list of expressions */
	str *v;
	size_t n, cap;
};
struct fim_spot {
	const struct xdf_node *x;
	struct fim_spot *up, **child;
	size_t children, index;		/* index: in up->child */
	struct fim_spot *row;		/* the nearest group around it that is repeated; NULL: none */
	str path;			/* "G1/G2/F3"; the second G2 in a group: "G2[2]" */
	uint32_t order;			/* in which places are asked */
	uint32_t after;			/* order of the first place behind it and what it holds */
	bool repeats;			/* a group that is asked several times */
	bool dropped;			/* never asked */
	int32_t min, max;		/* max: bounded */
	str id;				/* of the field, or of the group that repeats */
	str title;
	/* field */
	enum field_type type;
	bool optional, many;
	const struct fim_option *option;
	size_t options;
	str list;			/* shared list instead of options */
	str content;			/* default or fixed value as an expression; empty: none */
	str pattern, hint;		/* hint: what no key can say */
	/* conditions */
	struct fim_strs show, need;	/* shown only if all hold; needed if one holds */
	bool need_always;
	str when;			/* resolved: what the rules say; reads earlier places only */
	str gate;			/* id of the question asked before a group that may be left out: yes/no, or which one of a choice group */
	str gate_when;
	bool gate_choice;
	struct node *page;		/* on which it is asked, or its gate; filled by fim_form() */
	str choice_is;			/* option of the choice group above that stands for this place */
};
struct fim_word {			/* what stands in tasks.yaml */
	const struct fim_spot *spot;
	const struct xdf_rule *rule;
	str kind, text, proposal;
	bool accepted;
};
struct fim_plan {
	struct arena *arena;
	const struct fim_source *source;
	const struct xdf_document *doc;
	struct findings *f;
	str name;			/* of the file */
	struct fim_spot *root;
	struct fim_spot **spot;		/* all, in order */
	size_t spots;
	struct node *ids, *pages;	/* taken ids, MAPs */
	struct node *id_of_path;	/* of the package as it was: path -> id; NULL */
	struct fim_must *must;
	size_t musts, musts_cap;
	struct fim_word *task;
	size_t tasks, tasks_cap;
	struct node *lists;		/* MAP name -> MAP code -> {de} */
	struct fim_result *result;
};

/* fim_plan.c */
int fim_plan_make(struct fim_plan *p);
str fim_slug(struct arena *a, str text, char joint, size_t most);
str fim_unique(struct fim_plan *p, struct node *taken, str id, char joint);
void fim_gates(struct fim_plan *p);
/* "something is given in this group", said before it is known how groups are asked: a mark that fim_gates() puts into words. */
str fim_given_mark(struct arena *a, const struct fim_spot *s);
/* All conditions of the place and of the groups around it inside `until` (not included; NULL: all), joined; empty: always. */
str fim_conditions(const struct fim_plan *p, const struct fim_spot *s, const struct fim_spot *until);
str fim_and(struct arena *a, str x, str y);
void fim_strs_add(struct arena *a, struct fim_strs *s, str x);
/* "G1/G2/F3" without the marks of copies; used to compare with ids in rules. */
bool fim_is(const struct fim_spot *s, str dotted);
/* The same element in the spelling of 2.0 (F60000227) or 3.0.0 (F60000000227). */
bool fim_same_id(str a, str b);

/* fim_field.c */
void fim_field(struct fim_plan *p, struct fim_spot *s);
str fim_quote(struct arena *a, str text);	/* as a text in an expression */
str fim_plain(struct arena *a, str text);	/* a text of the schema as a text of a package: no placeholders */

/* fim_find.c: findings in the author's language. key: "fim.find." + code */
void fim_find(struct fim_plan *p, enum severity s, const char *code, uint32_t line, str id, str detail);
void fim_check_schema(struct fim_plan *p);

/* fim_rules.c */
void fim_rules(struct fim_plan *p);
void fim_resolve(struct fim_plan *p);
void fim_must_add(struct fim_plan *p, struct fim_must m);
void fim_task(struct fim_plan *p, const struct fim_spot *s, const struct xdf_rule *r, const char *kind, str text, str proposal, bool accepted);
/* fim_merge.c */
void fim_merge(struct fim_plan *p, struct fim_package *to);
struct node *fim_ids_of(struct arena *a, const struct node *form);	/* MAP place -> id */
/* fim_prose.c */
void fim_prose(struct fim_plan *p);

/* fim_form.c, fim_service.c, fim_case.c */
struct node *fim_form(struct fim_plan *p, struct node *texts);
struct node *fim_service(struct fim_plan *p, struct node *texts);
void fim_documents(struct fim_plan *p);
void fim_file_add(struct fim_plan *p, str path, str text);
str fim_case(struct fim_plan *p, const struct node *service, const struct node *form);
