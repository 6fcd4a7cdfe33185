/* SPDX-License-Identifier: EUPL-1.2 */
/* The canonical submission as JSON, and the JSON Schema (2020-12) that describes it. Contract: form.h. */
#include "base/json.h"
#include "base/pattern.h"
#include "domain/expr.h"
#include "domain/form_impl.h"

/* ---- submission ---- */

static void put_list(struct json *j, str items)
{
	str rest = items, part;

	json_array(j);
	if (items.n)
		while (str_split(&rest, '|', &part))
			json_str(j, part);
	json_array_end(j);
}

static void put_single(struct json *j, const struct field *f, str canonical)
{
	enum expr_type t = expr_element_type(f);

	if (f->type == FIELD_INTEGER)
		json_raw_number(j, canonical);
	else if (t == EXPR_BOOL)
		json_bool(j, str_eq(canonical, S("true")));
	else if (t == EXPR_LIST)
		put_list(j, canonical);
	else
		json_str(j, canonical);
}

static void put_value(struct json *j, const struct field *f, const struct value *v)
{
	str rest = v->canonical, part;

	if (!f->many) {
		put_single(j, f, v->canonical);
		return;
	}
	json_array(j);
	while (expr_list_next(&rest, &part))
		put_single(j, f, part);
	json_array_end(j);
}

static void put_fields(struct json *j, const struct journey *x, int16_t group, uint16_t row)
{
	const uint16_t *list;
	uint32_t n = form_fields_of(x->form, group, &list), i;

	for (i = 0; i < n; i++) {
		const struct field *f = &x->form->field[list[i]];
		const struct value *v = f->type == FIELD_INFO ? NULL : journey_value(x, list[i], row);

		if (!v || !v->present || !v->valid || (f->lacks && !v->canonical.n))
			continue;
		json_key(j, f->id);
		put_value(j, f, v);
	}
}

/* The groups in this row, each a list of objects. */
static void put_groups(struct json *j, const struct journey *x, int16_t parent, uint16_t outer)
{
	uint16_t row, rows, i;

	for (i = (uint16_t)(parent + 1); i < x->form->groups; i++) {
		const struct group *g = &x->form->group[i];

		/* groups stand behind their parent, those of other parents behind all that is in it */
		if (parent >= 0 && g->first_page > x->form->group[parent].list_page)
			break;
		if (g->parent != parent || !(rows = journey_rows(x, i, outer)))
			continue;
		json_key(j, g->id);
		json_array(j);
		for (row = journey_first_row(x, i, outer); rows > 0; rows--, row++) {
			json_object(j);
			put_fields(j, x, (int16_t)i, row);
			put_groups(j, x, (int16_t)i, row);
			json_object_end(j);
		}
		json_array_end(j);
	}
}

void journey_submission_json(struct buf *b, const struct journey *x)
{
	struct json j;

	json_begin(&j, b);
	json_object(&j);
	put_fields(&j, x, -1, 0);
	put_groups(&j, x, -1, 0);
	json_object_end(&j);
	json_end(&j);
}

/* ---- schema ---- */

static void put_options(struct json *j, const struct field *f)
{
	size_t i;

	json_key(j, S("enum"));
	json_array(j);
	for (i = 0; i < f->options; i++)
		json_str(j, f->option[i].id);
	json_array_end(j);
}

/* Limits that hang on other answers or on today cannot stand in a schema. */
static void put_limit(struct json *j, const char *key, const struct expr *e)
{
	struct expr_value v;
	struct decimal d;

	if (!e || e->type != EXPR_NUMBER || !expr_constant(e, &v) || v.empty || decimal_round(v.number, 0, ROUND_DOWN, &d) < 0 ||
	    decimal_cmp(d, v.number) != 0)
		return;
	json_kint(j, str_c(key), d.unscaled);
}

static void put_lengths(struct json *j, const struct field *f)
{
	json_kstr(j, S("type"), S("string"));
	json_kint(j, S("minLength"), f->min_length > 0 ? f->min_length : 1);
	if (f->max_length)
		json_kint(j, S("maxLength"), f->max_length);
	if (f->pattern && pattern_is_ecma(f->pattern_source)) {
		struct buf b = buf_new(j->b->arena, f->pattern_source.n + 16);

		buf_fmt(&b, "^(?:%.*s)$", STR_FMT(f->pattern_source));
		json_kstr(j, S("pattern"), buf_str(&b));
	}
}

static const char *pattern_of(const struct field *f)
{
	switch (f->type) {
	case FIELD_MONEY:
		return "^-?[0-9]+\\.[0-9]{2}$";
	case FIELD_DECIMAL:
		return "^-?[0-9]+(\\.[0-9]+)?$";
	case FIELD_MONTH:
		return "^[0-9]{4}-(0[1-9]|1[0-2])$";
	case FIELD_DATETIME:
		return "^[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]$";
	case FIELD_VIN:
		return "^[A-HJ-NPR-Z0-9]{17}$";
	case FIELD_REGISTER:
		return "^(HRA|HRB|GnR|GsR|PR|VR) [1-9][0-9]{0,6}( [A-Z]{1,3})?, .{2,}$";
	case FIELD_TIME:
		return "^([01][0-9]|2[0-3]):[0-5][0-9]$";
	case FIELD_POSTCODE:
		return "^[0-9]{5}$";
	case FIELD_PHONE:
		return "^\\+[0-9]{7,15}$";
	case FIELD_IBAN:
		return "^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$";
	case FIELD_TAXID:
		return "^[0-9]{11}$";
	default:
		return NULL;
	}
}

static void put_calc_type(struct json *j, const struct field *f)
{
	json_kstr(j, S("type"), expr_type_of(f) == EXPR_BOOL ? S("boolean") : S("string"));
	if (expr_type_of(f) == EXPR_DATE)
		json_kstr(j, S("format"), S("date"));
}

static void put_list_type(struct json *j, const struct field *f)
{
	json_kstr(j, S("type"), S("array"));
	json_key(j, S("items"));
	json_object(j);
	json_kstr(j, S("type"), S("string"));
	if (f->type == FIELD_SEVERAL)
		put_options(j, f);
	else
		json_kstr(j, S("pattern"), S("^[0-9]+$"));
	json_object_end(j);
	json_kbool(j, S("uniqueItems"), f->type == FIELD_SEVERAL);
	json_kint(j, S("minItems"), f->least > 0 && !f->none ? f->least : 1);
	if (f->most)
		json_kint(j, S("maxItems"), f->most);
	if (f->type != FIELD_SEVERAL || !f->none)
		return;
	/* the option that excludes all others stands alone; without it the least number counts */
	json_key(j, S("if"));
	json_object(j);
	json_key(j, S("contains"));
	json_object(j);
	json_kstr(j, S("const"), f->option[f->none - 1].id);
	json_object_end(j);
	json_object_end(j);
	json_key(j, S("then"));
	json_object(j);
	json_kint(j, S("maxItems"), 1);
	json_object_end(j);
	if (f->least < 2)
		return;
	json_key(j, S("else"));
	json_object(j);
	json_kint(j, S("minItems"), f->least);
	json_object_end(j);
}

static void put_single_type(struct json *j, const struct field *f)
{
	const char *pattern = pattern_of(f);

	switch (f->type) {
	case FIELD_INTEGER:
		json_kstr(j, S("type"), S("integer"));
		put_limit(j, "minimum", f->min);
		put_limit(j, "maximum", f->max);
		break;
	case FIELD_BOOL:
	case FIELD_CONSENT:
		json_kstr(j, S("type"), S("boolean"));
		break;
	case FIELD_SEVERAL:
	case FIELD_FILE:
		put_list_type(j, f);
		break;
	case FIELD_CALC:
		put_calc_type(j, f);
		break;
	case FIELD_TEXT:
	case FIELD_NAME:
	case FIELD_LONGTEXT:
		put_lengths(j, f);
		break;
	default:
		json_kstr(j, S("type"), S("string"));
		if (f->type == FIELD_CHOICE || f->type == FIELD_COUNTRY)
			put_options(j, f);
		if (f->type == FIELD_DATE)
			json_kstr(j, S("format"), S("date"));
		if (f->type == FIELD_EMAIL)
			json_kstr(j, S("format"), S("email"));
		if (pattern)
			json_kstr(j, S("pattern"), str_c(pattern));
	}
}

static void put_type(struct json *j, const struct field *f)
{
	if (!f->many) {
		put_single_type(j, f);
		return;
	}
	json_kstr(j, S("type"), S("array"));
	json_key(j, S("items"));
	json_object(j);
	put_single_type(j, f);
	json_object_end(j);
	json_kint(j, S("minItems"), f->least > 0 ? f->least : 1);
	json_kint(j, S("maxItems"), f->most);
}

/* What is asked of everybody, whatever they answer. */
static bool always(const struct form *f, const struct field *x)
{
	return !x->optional && !x->lacks && !x->when && !f->page[x->page].when && x->type != FIELD_INFO;
}

static void put_object(struct json *j, const struct form *f, int16_t group);

static void put_group(struct json *j, const struct form *f, int16_t group)
{
	const struct group *g = &f->group[group];

	json_key(j, g->id);
	json_object(j);
	json_kstr(j, S("type"), S("array"));
	json_kint(j, S("minItems"), g->min > 0 ? g->min : 1);
	json_kint(j, S("maxItems"), g->max);
	json_key(j, S("items"));
	json_object(j);
	json_kstr(j, S("type"), S("object"));
	put_object(j, f, group);
	json_object_end(j);
	json_object_end(j);
}

static void put_object(struct json *j, const struct form *f, int16_t group)
{
	const uint16_t *list;
	uint32_t n = form_fields_of(f, group, &list), i;
	size_t k;

	json_key(j, S("properties"));
	json_object(j);
	for (i = 0; i < n; i++) {
		if (f->field[list[i]].type == FIELD_INFO)
			continue;
		json_key(j, f->field[list[i]].id);
		json_object(j);
		put_type(j, &f->field[list[i]]);
		json_object_end(j);
	}
	for (k = (size_t)(group + 1); k < f->groups; k++)
		if (f->group[k].parent == group)
			put_group(j, f, (int16_t)k);
	json_object_end(j);
	json_key(j, S("required"));
	json_array(j);
	for (i = 0; i < n; i++)
		if (always(f, &f->field[list[i]]))
			json_str(j, f->field[list[i]].id);
	for (k = (size_t)(group + 1); k < f->groups; k++)
		if (f->group[k].parent == group && f->group[k].min > 0 && !f->page[f->group[k].list_page].when)
			json_str(j, f->group[k].id);
	json_array_end(j);
	json_kbool(j, S("additionalProperties"), false);
}

void form_schema_json(struct buf *b, const struct form *f, str schema_id, str title)
{
	struct json j;

	json_begin(&j, b);
	json_object(&j);
	json_kstr(&j, S("$schema"), S("https://json-schema.org/draft/2020-12/schema"));
	json_kstr(&j, S("$id"), schema_id);
	json_kstr(&j, S("title"), title);
	json_kstr(&j, S("type"), S("object"));
	put_object(&j, f, -1);
	json_object_end(&j);
	json_end(&j);
}
