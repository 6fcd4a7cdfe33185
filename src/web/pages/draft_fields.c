/* SPDX-License-Identifier: EUPL-1.2 */
/* One page of a form as view structs: fields with what was typed, errors, steps. */
#include <string.h>

#include "domain/field_register.h"
#include "usecase/catalog.h"
#include "usecase/known_data.h"
#include "web/pages/citizen.h"
#include "web/pages/preview_aside.h"

/* What texts may name: the acting authority too, so that a mandate or a consent says to whom it is given. */
static struct text_values values_of(struct req *rq, const struct draft *d, int16_t group, uint16_t row)
{
	struct text_values v = { .row = row, .group = group, .place = d->place->name, .journey = d->journey };
	struct responsibility who;

	if (!place_responsible(rq->house->places, d->definition->service->responsible, d->place, &who) && who.authority)
		v.authority = who.authority->name;
	return v;
}

str draft_text3(struct req *rq, const struct draft *d, const char *a, str b, const char *c, uint16_t row)
{
	str lang = lang_code(rq->ctx.lang);
	struct text_values v = values_of(rq, d, row ? definition_text_group(d->definition, str_c(a), b, str_c(c)) : -1, row);

	return definition_expand(rq->arena, d->definition, lang, definition_text3(d->definition, lang, str_c(a), b, str_c(c)), &v);
}

static const struct author_view *author_column(struct req *rq, const struct draft *d)
{
	const struct form *f = d->definition->form;
	const struct page *p = form_page(f, req_path(rq, 1));
	uint16_t row = 0;

	if (p && p->per >= 0 && !form_row_parse(f, p->per, req_path(rq, 2), &row))
		row = 1;
	return preview_column(rq, d, p, row);
}

struct page_view draft_frame(struct req *rq, const struct draft *d, str title)
{
	struct page_view v = page_frame(rq, title);
	const struct authority *a = authority_by_tenant(rq->house->places, d->place->tenant_id);

	v.town = a ? a->name : d->place->name;
	v.home = str_fmt(rq->arena, "/%.*s", STR_FMT(d->place->slug));
	if (!definition_has(d->definition, lang_code(rq->ctx.lang), S("title")))
		v.content_lang = S("de");
	if (rq->house->preview)
		v.preview = author_column(rq, d);
	return v;
}

str draft_href(struct req *rq, const struct draft *d, str tail)
{
	return str_fmt(rq->arena, "/antrag/%.*s/%.*s", STR_FMT(d->handle), STR_FMT(tail));
}

str keep_until(struct req *rq, const struct draft *d)
{
	return show_date(rq->arena, rq->ctx.lang, civil_from_instant(instant_add_s(rq->ctx.now, rq->house->conf.draft_days * 86400)).date);
}

/* ---- errors ---- */

static str limit_text(struct req *rq, const struct field *f, const struct problem *p)
{
	struct date d;
	struct decimal n;

	if (!p->limit_text.n)
		return str_fmt(rq->arena, "%d", p->limit);
	if ((f->type == FIELD_DATE || f->type == FIELD_MONTH || f->type == FIELD_DATETIME) && !date_parse_iso(p->limit_text, &d))
		return show_date(rq->arena, rq->ctx.lang, d);
	if (!decimal_parse(p->limit_text, &n))
		return decimal_format(rq->arena, n, lang_code(rq->ctx.lang));
	return p->limit_text;
}

str problem_text(struct req *rq, const struct draft *d, const struct problem *p)
{
	static const char *const kinds[] = {
#define PROBLEM(ID, name) [PROBLEM_##ID] = #name,
#include "domain/problems.def"
#undef PROBLEM
	};
	static const char *const types[] = {
#define FIELD_TYPE(ID, name, has_input) [FIELD_##ID] = #name,
#include "domain/field_types.def"
#undef FIELD_TYPE
	};
	const struct form *form = d->definition->form;
	const struct field *f = p->field >= 0 ? &form->field[p->field] : NULL;
	struct text_values v = values_of(rq, d, form->page[p->page].per, p->row);
	str own = definition_problem(d->definition, lang_code(rq->ctx.lang), p), label;
	enum text_id id;

	if (own.n)
		return definition_expand(rq->arena, d->definition, lang_code(rq->ctx.lang), own, &v);
	if (!f)
		return TX(rq, TX_PAGES_ANOTHER_REQUIRED);
	label = draft_text3(rq, d, "field.", f->id, ".label", p->row);
	if (!text_find(str_fmt(rq->arena, "error.%s.%s", f->many && !p->nth ? "many" : types[f->type], kinds[p->kind]), &id) &&
	    !text_find(str_fmt(rq->arena, "error.any.%s", kinds[p->kind]), &id) &&
	    !text_find(str_fmt(rq->arena, "error.%s.format", types[f->type]), &id))
		return label;
	return TXF(rq, id, TEXT_ARG("label", label), TEXT_ARG("limit", limit_text(rq, f, p)), TEXT_N(p->limit));
}

static bool date_look(const struct field_view *v)
{
	return v->look == LOOK_DATE || v->look == LOOK_MONTH || v->look == LOOK_DATETIME;
}

/* The input that the summary links to: the first part of a date, the first choice of a list. */
static str first_input(struct req *rq, const struct field_view *f)
{
	bool month = f->bad_month && !f->bad_day, year = f->bad_year && !f->bad_month && !f->bad_day;
	bool time = f->bad_time && !f->bad_year && !f->bad_month && !f->bad_day;

	if (f->look == LOOK_REGISTER && !f->bad_kind)
		return str_fmt(rq->arena, "#%.*s%s", STR_FMT(f->key), f->bad_number ? "-number" : f->bad_court ? "-court" : "");
	if (date_look(f))
		return str_fmt(rq->arena, "#%.*s%s", STR_FMT(f->key), time ? "-time" : year ? "-year" : month && f->look != LOOK_MONTH ? "-month" : "");
	return str_fmt(rq->arena, "#%.*s", STR_FMT(f->key));
}

/* ---- one field ---- */

static void fill_options(struct req *rq, const struct draft *d, const struct field *f, uint16_t row, str raw, struct field_view *v)
{
	struct option_view *o = ARENA_ARRAY(rq->arena, struct option_view, f->options + 2);
	str lang = lang_code(rq->ctx.lang);
	size_t n = 0;

	if (f->type == FIELD_BOOL) {
		o[n++] = (struct option_view){ .value = S("true"), .text = TX(rq, TX_PAGES_YES), .checked = str_eq(raw, S("true")) };
		o[n++] = (struct option_view){ .value = S("false"), .text = TX(rq, TX_PAGES_NO), .checked = str_eq(raw, S("false")) };
	}
	for (size_t i = 0; f->type != FIELD_BOOL && i < f->options; i++) {
		str rest = raw, part;

		if (!journey_option(d->journey, f, row, i))
			continue;
		o[n].value = f->option[i].id;
		o[n].text = definition_option(d->definition, lang, f, f->option[i].id, STR_EMPTY);
		o[n].hint = definition_option(d->definition, lang, f, f->option[i].id, S(".hint"));
		while (!o[n].checked && str_split(&rest, '|', &part))
			o[n].checked = str_eq(part, o[n].value);
		n++;
	}
	v->apart = f->none == f->options && n > 1;
	v->option = o;
	v->options = n;
}

static str kind_name(str type)
{
	return str_eq(type, S("pdf")) ? S("PDF") : str_eq(type, S("jpeg")) ? S("JPEG") : S("PNG");
}

static void fill_files(struct req *rq, struct draft *d, const struct field *f, str raw, const struct stored_file *file, size_t files, struct field_view *v)
{
	struct file_view *list = ARENA_ARRAY(rq->arena, struct file_view, files + 1);
	str part;
	size_t n = 0;

	while (str_split(&raw, '|', &part))
		for (size_t i = 0; i < files; i++) {
			str id = str_fmt(rq->arena, "%lld", (long long)file[i].id), kind = kind_name(file[i].type), size = show_size(rq->arena, file[i].size);

			if (!str_eq(id, part))
				continue;
			list[n++] = (struct file_view){ .id = id, .name = file[i].name, .info = str_fmt(rq->arena, "%.*s, %.*s", STR_FMT(kind), STR_FMT(size)),
							.thumb_href = file[i].preview_id ? draft_href(rq, d, str_fmt(rq->arena, "datei/%.*s", STR_FMT(id))) : STR_EMPTY,
							.picture = !str_eq(file[i].type, S("pdf")) };
		}
	v->file = list;
	v->files = n;
	v->files_full = f->most > 0 && (int32_t)n >= f->most;
}

static str row_key(struct req *rq, const struct field *f, uint16_t row)
{
	return row > 1 ? str_fmt(rq->arena, "%.*s-%u", STR_FMT(f->key), row) : f->key;
}

/* The kinds of registers: their short names are on every extract, so they have no other language. */
static void fill_kinds(struct req *rq, str typed, struct field_view *v)
{
	struct option_view *o = ARENA_ARRAY(rq->arena, struct option_view, 8);
	str kinds = S(FIELD_REGISTER_KINDS), one;
	size_t n = 0;

	o[n++] = (struct option_view){ .text = TX(rq, TX_FORM_CHOOSE) };
	while (n < 8 && str_split(&kinds, ' ', &one)) {
		o[n++] = (struct option_view){ .value = one, .text = str_fmt(rq->arena, "%.*s – %.*s", STR_FMT(one),
			STR_FMT(text_by_key(rq->ctx.lang, str_fmt(rq->arena, "form.register.%.*s", STR_FMT(str_lower_ascii(rq->arena, one)))))),
			.checked = str_eq_ci(typed, one) };
	}
	v->option = o;
	v->options = n;
}

/* What was typed in several inputs. */
static void fill_parts(struct req *rq, str raw, struct field_view *v)
{
	str part[4] = { STR_EMPTY, STR_EMPTY, STR_EMPTY, STR_EMPTY };

	for (size_t i = 0; i < 4; i++)
		(void)str_split(&raw, '|', &part[i]);
	if (v->look == LOOK_REGISTER) {
		fill_kinds(rq, part[0], v);
		v->number = part[1];
		v->court = part[2];
	} else if (v->look == LOOK_MONTH) {
		v->month = part[0];
		v->year = part[1];
	} else {
		v->day = part[0];
		v->month = part[1];
		v->year = part[2];
		v->time = part[3];
	}
}

static void fill_value(struct req *rq, const struct draft *d, const struct field *f, uint16_t row, str raw, struct field_view *v)
{
	const struct value *value = journey_value(d->journey, f->index, row);

	if (date_look(v) || v->look == LOOK_REGISTER) {
		fill_parts(rq, raw, v);
	} else if (v->look == LOOK_CALC || v->look == LOOK_LOCKED) {
		v->value = value && value->present ? definition_display(rq->arena, d->definition, lang_code(rq->ctx.lang), f, value) : STR_EMPTY;
	} else if (v->look == LOOK_CONSENT) {
		v->value = str_has_prefix(raw, S("true")) ? S("true") : STR_EMPTY;
	} else if (v->look == LOOK_SEARCH) {
		v->value = value && value->valid ? definition_display(rq->arena, d->definition, lang_code(rq->ctx.lang), f, value) : raw;
	} else {
		v->value = raw;
	}
}

/* Nothing of this page was typed yet. */
static bool untouched(const struct draft *d, const struct page *p, uint16_t row)
{
	for (size_t i = 0; i < p->fields; i++)
		if (answers_get(d->answers, p->field[i], row).n)
			return false;
	return true;
}

/* One input of a field with many: as if it were a field of its own. */
static void fill_part(struct req *rq, const struct draft *d, const struct field *single, uint16_t row, str raw, unsigned nth, const struct field_view *of,
		      struct field_view *v)
{
	field_view_init(v, single);
	v->key = field_input_nth(rq->arena, of->key, nth);
	v->label = TXF(rq, TX_FORM_MANY_NTH, TEXT_INT("n", nth));
	v->example = of->example;
	v->optional = false;
	if (v->look == LOOK_RADIO)
		v->look = LOOK_SELECT; /* what is not chosen would not be posted, and the ones behind it lost */
	fill_value(rq, d, single, row, raw, v);
	if (single->options)
		fill_options(rq, d, single, row, raw, v);
	if (v->look == LOOK_SEARCH) {
		str text = definition_option(d->definition, lang_code(rq->ctx.lang), single, raw, STR_EMPTY);

		v->value = text.n ? text : raw;
	} else if (v->look == LOOK_SELECT) {
		struct option_view *o = ARENA_ARRAY(rq->arena, struct option_view, v->options + 1);

		memcpy(o + 1, v->option, v->options * sizeof *o);
		v->option = o;
		v->options++;
	}
}

static void fill_many(struct req *rq, const struct draft *d, const struct field *f, uint16_t row, str raw, struct field_view *v)
{
	struct field_view *part = ARENA_ARRAY(rq->arena, struct field_view, (size_t)f->most + 1);
	struct field single = *f;
	str one;

	single.many = false;
	v->look = LOOK_MANY;
	do {
		if (!str_split(&raw, '\n', &one))
			one = STR_EMPTY;
		fill_part(rq, d, &single, row, one, (unsigned)v->parts + 1, v, &part[v->parts]);
		v->parts++;
	} while ((raw.p || v->parts < (size_t)f->least) && v->parts < (size_t)f->most);
	for (size_t i = 0; v->parts > 1 && i < v->parts; i++)
		part[i].removable = true;
	v->part = part;
	v->parts_full = v->parts >= (size_t)f->most;
}

/* Where it comes from is said, and that it may be changed. */
static str source_text(struct req *rq, enum field_look look, enum known_source source)
{
	static const enum text_id text[] = { [KNOWN_IDENTITY] = TX_SIGNIN_PREFILLED, [KNOWN_ACCOUNT] = TX_SIGNIN_FROM_ACCOUNT, [KNOWN_LAST] = TX_SIGNIN_FROM_LAST };

	if (look == LOOK_LOCKED)
		return TX(rq, TX_SIGNIN_LOCKED);
	return source == KNOWN_NOT ? STR_EMPTY : TX(rq, text[source]);
}

static void fill_field(struct req *rq, struct draft *d, const struct field *f, uint16_t row, const struct page *p, const struct known_data *known,
		       struct field_view *v)
{
	const struct value *value = journey_value(d->journey, f->index, row);
	enum known_source source = KNOWN_NOT;
	str raw = answers_get(d->answers, f->index, row);

	if (!raw.n && known)
		raw = known_data_value(rq->arena, known, d->definition->form, f, &source);
	if (!raw.n)
		raw = journey_default(rq->arena, d->journey, f, row);
	field_view_init(v, f);
	v->optional = journey_optional(d->journey, f, row);
	if (value && value->proved) {
		v->look = LOOK_LOCKED;
		v->optional = false;
	}
	v->key = row_key(rq, f, row);
	v->heading = p->fields == 1 && f->type != FIELD_INFO && f->type != FIELD_CALC;
	v->label = v->heading ? draft_text3(rq, d, "page.", p->id, ".title", row) : draft_text3(rq, d, "field.", f->id, ".label", row);
	v->hint = draft_text3(rq, d, "field.", f->id, ".hint", row);
	if (v->heading) {
		if (f->type == FIELD_CONSENT)
			v->label = draft_text3(rq, d, "field.", f->id, ".label", row), v->heading = false;
		if (!v->hint.n)
			v->hint = draft_text3(rq, d, "page.", p->id, ".hint", row);
		v->more_title = draft_text3(rq, d, "page.", p->id, ".help_title", row);
		v->more_text = draft_text3(rq, d, "page.", p->id, ".help", row);
	}
	if ((date_look(v) || v->look == LOOK_REGISTER) && (str_contains(v->hint, S("Beispiel")) || str_contains(v->hint, S("xample")))) {
		v->example = v->hint; /* the author gives an example: the general one would be a second */
		v->hint = STR_EMPTY;
	}
	v->source = source_text(rq, v->look, source);
	if (f->many && v->look != LOOK_LOCKED) {
		fill_many(rq, d, f, row, raw, v);
		return;
	}
	if (f->lacks && v->look != LOOK_LOCKED) {
		v->none = draft_text3(rq, d, "field.", f->id, ".none", row);
		v->none_ticked = str_eq(raw, S("–"));
		raw = v->none_ticked ? STR_EMPTY : raw;
	}
	fill_value(rq, d, f, row, raw, v);
	if (f->type == FIELD_BOOL || f->options)
		fill_options(rq, d, f, row, raw, v);
}

/* Which inputs of a date are wrong (bits of problem.limit, field_value.h); none: all of them. */
static void mark_parts(struct field_view *v, const struct problem *x)
{
	bool parts = x->kind == PROBLEM_FORMAT || x->kind == PROBLEM_YEAR || x->kind == PROBLEM_REQUIRED;

	if (!parts || x->limit_text.n)
		return;
	if (v->look == LOOK_REGISTER) {
		v->bad_kind = x->limit & 1;
		v->bad_number = x->limit & 2;
		v->bad_court = x->limit & 4;
	}
	if (!date_look(v))
		return;
	v->bad_time = x->limit & 8;
	v->bad_day = x->limit & 1;
	v->bad_month = x->limit & 2;
	v->bad_year = x->limit & 4;
}

/* At the field, or at the one of its values that is wrong. */
static struct error_item_view put_error(struct req *rq, const struct draft *d, const struct problem *x, struct field_view *v)
{
	struct field_view *at = x->nth && x->nth <= v->parts ? (struct field_view *)&v->part[x->nth - 1] : v;

	at->error = problem_text(rq, d, x);
	mark_parts(at, x);
	if (at == v)
		return (struct error_item_view){ at->error, first_input(rq, at) };
	/* above the page the text stands alone: it says which one is meant */
	return (struct error_item_view){ str_fmt(rq->arena, "%.*s: %.*s", STR_FMT(at->label), STR_FMT(at->error)), first_input(rq, at) };
}

static bool asks_own_data(const struct form *form, const struct page *p)
{
	for (size_t i = 0; i < p->fields; i++)
		if (form->field[p->field[i]].autocomplete.n)
			return true;
	return false;
}

int draft_fields(struct req *rq, struct draft *d, const struct page *p, uint16_t row, bool show_errors, struct page_fields *ret)
{
	const struct form *form = d->definition->form;
	struct error_item_view *error = ARENA_ARRAY(rq->arena, struct error_item_view, d->journey->problems + 1);
	struct known_data *known = NULL;
	struct stored_file *file = NULL;
	size_t files = 0;

	if (!show_errors && untouched(d, p, row) && asks_own_data(form, p))
		TRY(known_data_read(&rq->ctx, &known));
	*ret = (struct page_fields){ .field = ARENA_ARRAY(rq->arena, struct field_view, p->fields + 1) };
	for (size_t i = 0; i < p->fields; i++) {
		const struct field *f = &form->field[p->field[i]];
		struct field_view *v;

		if (!journey_asks(d->journey, f, row))
			continue;
		v = &ret->field[ret->fields++];
		fill_field(rq, d, f, row, p, known, v);
		if (f->type == FIELD_FILE) {
			if (!file)
				TRY(draft_files(&rq->ctx, d, &file, &files));
			fill_files(rq, d, f, answers_get(d->answers, f->index, row), file, files, v);
			ret->has_files = true;
		}
		ret->says_optional |= v->optional && f->type != FIELD_INFO && f->type != FIELD_CALC;
		ret->has_many |= f->many;
		for (size_t k = 0; show_errors && k < d->journey->problems; k++) {
			const struct problem *x = &d->journey->problem[k];

			if (x->page != p->index || x->row != row || x->field != (int16_t)f->index || (v->error.n && !x->nth))
				continue;
			error[ret->errors.items++] = put_error(rq, d, x, v);
		}
	}
	for (size_t k = 0; show_errors && k < d->journey->problems; k++) {
		const struct problem *x = &d->journey->problem[k];

		if (x->page == p->index && x->row == row && x->field < 0)
			error[ret->errors.items++] = (struct error_item_view){ problem_text(rq, d, x),
				ret->fields ? first_input(rq, &ret->field[0]) : S("#inhalt") };
	}
	ret->errors.item = error;
	return 0;
}

/* ---- steps ---- */

struct steps_view draft_steps(struct req *rq, const struct draft *d, const struct page *current)
{
	const struct form *form = d->definition->form;
	const struct journey *j = d->journey;
	struct step_view *s = ARENA_ARRAY(rq->arena, struct step_view, form->steps + 1);
	struct steps_view v = { .title = definition_text(d->definition, lang_code(rq->ctx.lang), S("title")), .step = s };
	uint16_t last = UINT16_MAX;

	for (size_t i = 0; i < j->visits; i++) {
		const struct page *p = &form->page[j->visit[i].page];
		struct step_view *at;

		if (p->step != last) {
			at = &s[v.steps++];
			at->title = draft_text3(rq, d, "step.", form->step[p->step].id, "", 0);
			at->state = STEP_DONE;
			if (i <= j->first_open && !j->visit[i].taken)
				at->href = draft_href(rq, d, visit_path(rq->arena, d, &j->visit[i]));
			last = p->step;
		}
		at = &s[v.steps - 1];
		if (!j->visit[i].complete)
			at->state = STEP_TODO;
		if (current && p->step == current->step)
			v.current = (int)v.steps;
	}
	s[v.steps++] = (struct step_view){ .title = TX(rq, TX_PAGES_STEP_CHECK), .state = STEP_TODO };
	if (!current)
		v.current = (int)v.steps;
	else if (j->first_open == j->visits)
		s[v.steps - 1].href = draft_href(rq, d, S("pruefen"));
	if (v.current)
		s[v.current - 1].state = STEP_CURRENT;
	return v;
}
