/* SPDX-License-Identifier: EUPL-1.2 */
#include "usecase/shown.h"

#include "usecase/prefill.h"

static const enum text_id months[] = {
	TX_VALUE_MONTH_M1, TX_VALUE_MONTH_M2, TX_VALUE_MONTH_M3, TX_VALUE_MONTH_M4, TX_VALUE_MONTH_M5, TX_VALUE_MONTH_M6,
	TX_VALUE_MONTH_M7, TX_VALUE_MONTH_M8, TX_VALUE_MONTH_M9, TX_VALUE_MONTH_M10, TX_VALUE_MONTH_M11, TX_VALUE_MONTH_M12,
};

str shown_date(struct arena *a, enum lang l, struct date d)
{
	str month = d.month >= 1 && d.month <= 12 ? text_get(l, months[d.month - 1]) : STR_EMPTY;

	return l == LANG_EN ? str_fmt(a, "%d %.*s %d", d.day, STR_FMT(month), d.year) : str_fmt(a, "%d.\xc2\xa0%.*s %d", d.day, STR_FMT(month), d.year);
}

str shown_time(struct arena *a, enum lang l, instant t)
{
	struct civil c = civil_from_instant(t);
	str day = shown_date(a, l, c.date);

	return l == LANG_EN ? str_fmt(a, "%.*s, %d:%02d", STR_FMT(day), c.hour, c.minute) : str_fmt(a, "%.*s, %d:%02d Uhr", STR_FMT(day), c.hour, c.minute);
}

str shown_size(struct arena *a, int64_t bytes)
{
	if (bytes < 1000000)
		return str_fmt(a, "%lld\xc2\xa0kB", (long long)(bytes + 999) / 1000);
	return str_fmt(a, "%lld,%lld\xc2\xa0MB", (long long)bytes / 1000000, (long long)bytes % 1000000 / 100000);
}

str shown_text(struct arena *a, const struct shown_of *of, const char *before, str id, const char *after, uint16_t row)
{
	struct text_values v = of->values;
	str lang = lang_code(of->lang);

	v.row = row;
	v.group = definition_text_group(of->definition, str_c(before), id, str_c(after));
	v.journey = of->journey;
	return definition_expand(a, of->definition, lang, definition_text3(of->definition, lang, str_c(before), id, str_c(after)), &v);
}

static size_t files_of(struct arena *a, const struct shown_of *of, const struct value *x, const struct stored_file *const **ret)
{
	const struct stored_file **list = ARENA_ARRAY(a, const struct stored_file *, of->files + 1);
	str rest = x->canonical, part;
	int64_t id;
	size_t n = 0;

	while (str_split(&rest, '|', &part))
		for (size_t i = 0; i < of->files && !str_to_i64(part, &id); i++)
			if (of->file[i].id == id && n < of->files)
				list[n++] = &of->file[i];
	*ret = list;
	return n;
}

/* The sentence that was agreed to, and when: "Ja, am 22. November 2026, 10:30 Uhr: Ich erlaube ..." */
static str consent_text(struct arena *a, const struct shown_of *of, const struct value *x, str yes)
{
	str sentence = shown_text(a, of, "field.", of->definition->form->field[x->field].id, ".label", x->row);
	struct text_arg arg[3] = { TEXT_ARG("yes", yes), TEXT_ARG("sentence", sentence) };
	instant t;

	if (!x->given.n || instant_parse(x->given, &t) < 0)
		return text_format_str(a, of->lang, TX_VALUE_CONSENT, arg, 2);
	arg[2] = TEXT_ARG("time", shown_time(a, of->lang, t));
	return text_format_str(a, of->lang, TX_VALUE_CONSENT_AT, arg, 3);
}

static void fill_row(struct arena *a, const struct shown_of *of, const struct visit *v, const struct value *x, struct shown_row *r)
{
	const struct form *form = of->definition->form;
	const struct journey *j = of->journey;

	*r = (struct shown_row){ .field = &form->field[x->field], .value = x, .visit = v };
	r->label = shown_text(a, of, "field.", r->field->id, ".label", x->row);
	/* the sentence of a consent is too long for a list: its page names it */
	if (!r->label.n || r->field->type == FIELD_CONSENT)
		r->label = shown_text(a, of, "page.", form->page[v->page].id, ".title", x->row);
	if (r->field->type == FIELD_FILE)
		r->files = files_of(a, of, x, &r->file);
	else if (x->present)
		r->text = x->valid ? definition_display(a, of->definition, lang_code(of->lang), r->field, x) : answers_get(of->answers, x->field, x->row);
	if (r->field->lacks && x->present && x->valid && !x->canonical.n)
		r->text = S("–");
	if (r->field->type == FIELD_CONSENT && r->text.n)
		r->text = consent_text(a, of, x, r->text);
	r->proved = of->person && prefill_proves(a, of->person, form, x);
	for (size_t k = 0; !v->complete && k < j->problems; k++)
		r->wrong |= j->problem[k].field == (int16_t)x->field && j->problem[k].row == x->row;
}

/* "Hund 2", of an inner group "Hund 2, Wurf 1". */
static str row_title(struct arena *a, const struct shown_of *of, int16_t group, uint16_t row)
{
	const struct form *form = of->definition->form;
	str title = shown_text(a, of, "group.", form->group[group].id, ".item", row), outer;
	int16_t parent = form->group[group].parent;

	if (parent < 0)
		return title;
	outer = row_title(a, of, parent, form_row_up(form, group, row, parent));
	return str_fmt(a, "%.*s, %.*s", STR_FMT(outer), STR_FMT(title));
}

size_t shown_sections(struct arena *a, const struct shown_of *of, const struct shown_section **ret)
{
	const struct form *form = of->definition->form;
	const struct journey *j = of->journey;
	struct shown_section *s = ARENA_ARRAY(a, struct shown_section, j->visits + 1);
	struct shown_row *row = ARENA_ARRAY(a, struct shown_row, j->values + 1);
	size_t n = 0, rows = 0;
	uint16_t step = UINT16_MAX, group_row = 0;
	int16_t group = -1;

	for (size_t i = 0; i < j->visits; i++) {
		const struct visit *v = &j->visit[i];
		const struct page *p = &form->page[v->page];

		if (p->group_list)
			continue;
		if (p->step != step || v->row != group_row || p->per != group) {
			s[n].title = v->row ? row_title(a, of, p->per, v->row) : shown_text(a, of, "step.", form->step[p->step].id, "", 0);
			s[n++].row = &row[rows];
			step = p->step;
			group_row = v->row;
			group = p->per;
		}
		for (size_t k = 0; k < v->values; k++) {
			const struct value *x = &j->value[v->first_value + k];

			if (form->field[x->field].type == FIELD_INFO)
				continue;
			fill_row(a, of, v, x, &row[rows++]);
			s[n - 1].rows++;
		}
	}
	*ret = s;
	return n;
}

size_t shown_fees(struct arena *a, const struct shown_of *of, const struct shown_fee **ret)
{
	const struct journey *j = of->journey;
	struct shown_fee *f = ARENA_ARRAY(a, struct shown_fee, j->fees + 1);
	size_t n = 0;

	for (size_t i = 0; i < j->fees; i++)
		if (!j->fee[i].known || j->fee[i].cents)
			f[n++] = (struct shown_fee){ shown_text(a, of, "fee.", j->fee[i].id, "", 0), j->fee[i].cents, j->fee[i].known };
	*ret = f;
	return n;
}

int casefile_person(struct casefile *f, const struct node **ret)
{
	struct node_error e;
	struct node *n;

	*ret = NULL;
	TRY(casefile_identity(f));
	if (f->row.trust >= TRUST_SUBSTANTIAL && f->identity.n && node_parse_json(f->ctx->arena, f->identity, &n, &e) == 0)
		*ret = n;
	return 0;
}

struct shown_of casefile_shown(const struct casefile *f, enum lang l)
{
	struct stored_file *file = ARENA_ARRAY(f->ctx->arena, struct stored_file, f->files + 1);
	struct shown_of of = { .definition = f->definition, .journey = f->journey, .answers = f->answers, .lang = l, .file = file, .files = f->files };

	for (size_t i = 0; i < f->files; i++)
		file[i] = f->file[i].stored;
	of.values.place = f->place ? f->place->name : STR_EMPTY;
	of.values.authority = f->authority ? f->authority->name : STR_EMPTY;
	return of;
}

struct shown_of draft_shown(struct ctx *c, const struct draft *d, const struct stored_file *file, size_t files)
{
	struct shown_of of = { .definition = d->definition, .journey = d->journey, .answers = d->answers, .lang = c->lang, .file = file, .files = files };
	struct responsibility who;

	of.values.place = d->place->name;
	if (!place_responsible(c->house->places, d->definition->service->responsible, d->place, &who) && who.authority)
		of.values.authority = who.authority->name;
	return of;
}
