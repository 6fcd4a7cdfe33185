/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Forms: a compiled, immutable definition and one pure function, the journey: (definition, answers, context) -> path, reachable fields,
 * canonical values, errors, back link, progress, fee. Pages, PDF, delivery and tests all use it. Format: docs/adding-a-service.md.
 *
 * Answers are kept RAW, as typed, by field id and row; the journey parses and validates them each time (a form of 40 fields <= 20 us).
 */
#pragma once
#include "base/node.h"
#include "base/url.h"
#include "base/date.h"
#include "base/decimal.h"
#include "domain/findings.h"

/* ---- definition ---- */
enum field_type {
#define FIELD_TYPE(ID, name, has_input) FIELD_##ID,
#include "domain/field_types.def"
#undef FIELD_TYPE
	FIELD_TYPE_COUNT
};

struct expr;			/* compiled, typed expression: domain/expr.h */

struct option {
	str id;
	const struct expr *when;	/* NULL: always */
	str code;			/* as official schemas spell it; the id where nothing else is said */
};
struct pattern;
struct field {
	uint16_t index;			/* in form.field */
	uint16_t page;
	int16_t group;			/* -1: not repeated */
	enum field_type type;
	str id;				/* "halter.vorname"; in a group "hund.name" */
	str key;			/* id with [.] -> - : safe for HTML ids and names: "halter-vorname" */
	bool optional;
	uint8_t width;			/* 0, 5, 10, 20 */
	str autocomplete;
	const struct expr *when, *min, *max, *dflt, *value;	/* value: FIELD_CALC */
	const struct expr *required, *forbidden, *validation;	/* decided when the whole page has been read; required makes it optional otherwise */
	bool many;			/* several values, each of this type: raw and canonical are lines */
	int32_t max_length, min_length;	/* characters */
	uint8_t scale;
	const struct option *option;	/* CHOICE, SEVERAL, COUNTRY */
	size_t options;
	int32_t least, most;		/* SEVERAL: number of ticks; FILE: number of files; many: number of values */
	uint16_t none;			/* SEVERAL: index + 1 of the option that excludes all others; 0: there is none */
	int64_t max_bytes;		/* FILE: each */
	uint32_t accept;		/* FILE: bits of enum file_accept */
	bool search;			/* CHOICE: type-ahead */
	bool lacks;			/* NAME: there are people without one; that is said by "–", and canonical is then empty */
	bool locked;			/* the proved identity says it (journey_context.proved); asked only where that lacks it */
	bool money;			/* CALC: an amount in euro */
	uint16_t same_as, same_if;	/* index + 1 of the field whose value is taken over while the yes/no same_if says yes; 0: none */
	bool select;			/* CHOICE shown as select: more than 7 options */
	str list;			/* options come from the shared list services/lists/<list>.yaml: texts list.<list>.<option> */
	str pattern_source;		/* TEXT, NAME, LONGTEXT: base/pattern.h; empty: none */
	const struct pattern *pattern;
	str fim;			/* place in the official schema, "G1/G2/F3"; empty: a question of our own */
};
enum file_accept { ACCEPT_PDF = 1, ACCEPT_JPEG = 2, ACCEPT_PNG = 4 };
struct rule {
	str id;
	const struct expr *must;
	int16_t at;			/* field index that carries the message; -1: the page */
	uint16_t page;
};
struct page {
	uint16_t index, step;
	int16_t group;			/* -1 or index of the group whose rows it is asked for; a list page: of the group that it lists */
	int16_t per;			/* the group for whose rows it is asked: group, or of a list page the group's parent; -1: once */
	str id;
	const struct expr *when;
	const uint16_t *field;
	size_t fields;
	const uint16_t *rule;
	size_t rules;
	bool conditions;		/* a field of it has required, forbidden or validation */
	bool group_list;		/* made by the engine: "<group>-list", asks "another?" */
};
/* Groups nest: an inner one has rows of its own in each row of its parent. A row number counts through all rows that there could be:
   row 3 of an inner group with max 2 is the first one in its parent's row 2; people read "2.1" (form_row_path). */
struct group {
	str id;				/* "hund"; inside another group "hund.wurf" */
	int16_t parent;			/* -1: not in a group; else a smaller index */
	uint16_t step;
	int32_t min, max;		/* in each row of the parent */
	const uint16_t *summary;	/* field indexes shown in the list */
	size_t summaries;
	uint16_t first_page, list_page;	/* its pages, those of inner groups among them; the last is the list */
};
struct step {
	str id;
	uint16_t first_page, pages;
};
struct fee_item {
	str id;
	const struct expr *amount;
};
struct param {
	str id;
	enum field_type type;
	str value;			/* canonical, after the town's overlay */
};
struct form {
	const struct step *step;	size_t steps;
	const struct page *page;	size_t pages;
	const struct field *field;	size_t fields;
	const struct group *group;	size_t groups;
	const struct rule *rule;	size_t rules;
	const struct fee_item *fee;	size_t fees;
	const struct param *param;	size_t params;
	const uint16_t *name_field;	size_t name_fields;	/* what lists show and the name search indexes */
	const uint16_t *address_field;	size_t address_fields;	/* for letters; may be empty */
	int16_t email_field;		/* -1: none */
	int16_t debit_field;		/* consent or yes/no: the authority may take the money from an account; -1: none */
	const struct node *fim_groups;	/* MAP path -> {label, count, art, version}: groups of the official schema; NULL */
	str fim_schema, fim_version;	/* the official schema that it was made from; empty: none */
	struct form_private *priv;
};

/* Compiles the merged definition {service, form, params}. Everything lives in the arena and is shared between threads. Findings name file and line;
   ERR_PARSE when there is an error among them. */
MUST_USE int form_compile(struct arena *a, const struct node *service, const struct node *form, const struct node *params, struct findings *f, struct form **ret);
const struct field *form_field(const struct form *f, str id);	/* NULL: none */
const struct field *form_field_by_key(const struct form *f, str key);
const struct page *form_page(const struct form *f, str id);
const struct group *form_group(const struct form *f, str id);
/* Row of the ancestor group `to` (-1: 0) that holds this row; group itself: the row. */
uint16_t form_row_up(const struct form *f, int16_t group, uint16_t row, int16_t to);
/* Which one it is inside its parent's row: 1.. */
uint16_t form_row_local(const struct form *f, int16_t group, uint16_t row);
/* The first row of an inner group in a row of the ancestor group `of`. */
uint16_t form_row_first(const struct form *f, int16_t group, int16_t of, uint16_t row);
/* "2", in an inner group "2.1"; empty for row 0. */
str form_row_path(struct arena *a, const struct form *f, int16_t group, uint16_t row);
bool form_row_parse(const struct form *f, int16_t group, str path, uint16_t *ret_row);
/* Appends "hund[2].wurf[1].name". */
void form_place_put(struct buf *b, const struct form *f, uint16_t field, uint16_t row);
/* "hund"; an inner group in its parent's row: "hund[2].wurf". */
void form_group_place_put(struct buf *b, const struct form *f, uint16_t group, uint16_t outer);

/* ---- answers: raw, as typed ---- */
struct answer {
	uint16_t field;
	uint16_t row;			/* 0: not in a group; 1.. */
	str raw;			/* dates: "d|m|y" as typed, month "m|y", datetime "d|m|y|time", register "kind|number|court"; BOOL, CONSENT: "true" "false"; CONSENT also
					   "true@2026-11-22T09:30:00Z"; SEVERAL: ids joined by '|';
					   FILE: attachment ids (decimal) joined by '|'; many: values joined by '\n', empty ones among them */
};
struct answers {
	const struct form *form;
	struct arena *arena;
	struct answer *v;		/* sorted by field, row */
	size_t n, cap;
	struct answer_rows *g;		/* sorted by group, outer; only those that hold something */
	size_t groups, groups_cap;
};
struct answer_rows {
	uint16_t group, outer;		/* outer: row of the parent; 0 */
	uint16_t rows;			/* in that outer row; >= 1 once entered */
	uint8_t more;			/* "another?": 0 not yet answered, 1 "no more"; "another" makes a row and is asked again */
};
struct answers *answers_new(struct arena *a, const struct form *f);
struct answers *answers_clone(struct arena *a, const struct answers *from);
str answers_get(const struct answers *x, uint16_t field, uint16_t row);		/* empty when not answered */
void answers_set(struct answers *x, uint16_t field, uint16_t row, str raw);	/* empty raw removes */
/* Rows that were made in this outer row (0 for a group that is in none), and whether "another?" was answered with no. */
uint16_t answers_rows(const struct answers *x, uint16_t group, uint16_t outer);
bool answers_no_more(const struct answers *x, uint16_t group, uint16_t outer);
void answers_rows_set(struct answers *x, uint16_t group, uint16_t outer, uint16_t rows, bool no_more);
/* Answers the list page: another row, if there may be one, or no more. */
void answers_another(struct answers *x, uint16_t group, uint16_t outer, bool another);
void answers_row_remove(struct answers *x, uint16_t group, uint16_t row);	/* later rows of the same outer row move up */
/* Stored form: canonical JSON {"a":{"halter.name":"..","hund[1].wurf[2].name":".."},"rows":{"hund":2,"hund[1].wurf":2},"more":{"hund":1}}. */
void answers_write(struct buf *b, const struct answers *x);
/* "hund[2].wurf[1].name" -> field and row; false: this form has no such place. "hund[2].wurf" -> group and row of its parent. */
bool answers_locate(const struct form *f, str place, uint16_t *ret_field, uint16_t *ret_row);
bool answers_locate_group(const struct form *f, str place, uint16_t *ret_group, uint16_t *ret_outer);
/* Reads it; ids unknown to this form are left out and counted in ret_lost (carry-over, P2): never an error. ERR_PARSE only for broken JSON. */
MUST_USE int answers_read(struct arena *a, const struct form *f, str json, struct answers **ret, size_t *ret_lost);

/* ---- the journey ---- */
struct journey_context {
	struct date today;
	str place_ars;
	int64_t place_population;
	/* Says whether an attachment id exists and what it is; NULL: files are taken as given (tests). */
	bool (*file_known)(void *arg, int64_t attachment_id);
	void *file_arg;
	/* What the proved identity says about a locked field, raw as if typed; empty: nothing. NULL: nobody has proved an identity. */
	str (*proved)(void *arg, const struct form *f, const struct field *x);
	void *proved_arg;
};
enum problem_kind {		/* what is wrong with a value; texts: field.<id>.error.<name> or error.<type>.<name> */
#define PROBLEM(ID, name) PROBLEM_##ID,
#include "domain/problems.def"
#undef PROBLEM
};
struct problem {
	enum problem_kind kind;
	uint16_t page, row;
	int16_t field;			/* -1: of the page; on a list page REQUIRED: "another?" has no answer */
	int16_t rule;			/* PROBLEM_RULE: index into form.rule; else -1 */
	uint16_t nth;			/* of a field with many values: which of the typed ones, 1..; 0: the field */
	int32_t limit;			/* the number a text may name: max length, smallest ...; dates with FORMAT, YEAR or REQUIRED: which
					   of the inputs are wrong, bits 1 day, 2 month, 4 year, 8 time; register: 1 kind, 2 number, 4 court */
	str limit_text;			/* formatted limit of dates and amounts (canonical) */
};
struct value {			/* a reachable, parsed value */
	uint16_t field, row;
	bool present;			/* false: reachable but empty */
	bool valid;
	bool taken;			/* taken over from another field ("same as above"): what was typed here does not count */
	bool proved;			/* from the identity: what was typed here does not count */
	str given;			/* CONSENT: when, ISO instant; empty: not known */
	str canonical;			/* date "1985-03-27", datetime "2026-11-30T14:30" (local time), bool "true", money "60.00", iban without blanks upper case,
					   register "HRB 12345, Dresden", SEVERAL/FILE joined by '|'; many: each value and '\n' */
	struct decimal number;		/* INTEGER, DECIMAL, MONEY, CALC */
	struct date date;		/* DATE, MONTH, DATETIME */
};
struct visit {			/* one page instance on the path */
	uint16_t page, row;		/* row 0: not repeated */
	bool complete;			/* answered without problems */
	bool taken;			/* every value is taken over from elsewhere: on the path, but not asked */
	uint16_t values;		/* range in journey.value */
	uint32_t first_value;
};
struct fee_line {
	str id;
	int64_t cents;
	bool known;			/* false: depends on answers still missing */
};
struct journey {
	const struct form *form;
	const struct visit *visit;	size_t visits;		/* in order, ends before pages that hang on missing answers? no: all reachable given the present answers */
	const struct value *value;	size_t values;
	const struct problem *problem;	size_t problems;	/* over the whole path, in path order */
	size_t first_open;		/* index of the first visit not complete; == visits when all is done */
	const struct fee_line *fee;	size_t fees;
	int64_t fee_cents;
	bool fee_known;
	struct journey_private *priv;
};
/* Pure: no clock, no database. Never fails: wrong answers are problems. */
struct journey *journey_run(struct arena *a, const struct form *f, const struct answers *x, const struct journey_context *c);
/* Does the path hold this page but not yet complete it, or is it behind the first open one? Pages up to the first open one may be shown. */
bool journey_may_show(const struct journey *j, const struct visit *v);
/* What stands in the fields of a page that nobody has answered yet: the default, raw as if typed; empty: nothing. */
str journey_default(struct arena *a, const struct journey *j, const struct field *f, uint16_t row);
/* Rows of a group on the path in a row of its parent (0: it has none); 0 when it is not reachable. They are numbered from first on. */
uint16_t journey_rows(const struct journey *j, uint16_t group, uint16_t outer);
uint16_t journey_first_row(const struct journey *j, uint16_t group, uint16_t outer);
const struct visit *journey_find(const struct journey *j, uint16_t page, uint16_t row);	/* NULL: not reachable */
const struct value *journey_value(const struct journey *j, uint16_t field, uint16_t row);	/* NULL: not reachable */
/* The visit before/after that is asked (not taken); NULL at the ends. */
const struct visit *journey_before(const struct journey *j, const struct visit *v);
const struct visit *journey_after(const struct journey *j, const struct visit *v);
/* Is this option offered for the field in this row? */
bool journey_option(const struct journey *j, const struct field *f, uint16_t row, size_t option);
/* May it stay empty, as things are? */
bool journey_optional(const struct journey *j, const struct field *f, uint16_t row);
/* Does the field exist in this row (its own "when")? */
bool journey_asks(const struct journey *j, const struct field *f, uint16_t row);

/* Puts a posted page (name/value pairs as the browser sent them) into the answers: only fields of this page instance; trims, NFC, keeps what was typed.
   A field with many values: key, key--2, key--3 ...; "mehr" = key adds an empty one, "weg" = key--2 takes one away (then empty ones stay, else they go).
   Input names: key, key-2 for row 2; date: key-day key-month key-year (row 2: key-2-day), datetime also key-time; register: key-kind key-number
   key-court; several: repeated key; a name that people may lack:
   key-none ticked; the list page:
   "another" = yes (makes a row) or no. Files are not taken here: their ids come from the upload. */
void page_take(struct answers *x, const struct page *p, uint16_t row, const struct pairs *posted);
/* Name of the input (of the first of three for a date): as above. A checkbox (several, consent) of a field with a condition needs a
   hidden empty input of the same name beside it, so that "not ticked" and "not asked" differ. */
str field_input_name(struct arena *a, const struct field *f, uint16_t row);
/* The same of the nth value of a field with many: "key--2"; the first has the field's own name. */
str field_input_nth(struct arena *a, str name, unsigned nth);
/* Fingerprint of the raw answers of one page instance, for "posted over a newer version of itself" (P10): 16 hex characters. */
str page_fingerprint(struct arena *a, const struct answers *x, const struct page *p, uint16_t row);

/* Human form of a canonical value: dates "27.03.1985", money "60,00 €", option texts via callback. */
typedef str (*text_lookup)(void *arg, str key);		/* empty when missing */
str value_display(struct arena *a, const struct field *f, const struct value *v, str lang, text_lookup text, void *arg);
/* JSON Schema 2020-12 of the canonical submission, and the submission itself (object by field id, groups as arrays, money/decimal as strings). */
void form_schema_json(struct buf *b, const struct form *f, str schema_id, str title);
void journey_submission_json(struct buf *b, const struct journey *j);
