/* SPDX-License-Identifier: EUPL-1.2 */
/* The form: one question a page, the lists of repeated groups, and what happens when it is posted. */
#include <string.h>

#include "usecase/catalog.h"
#include "web/pages/citizen.h"
#include "web/pages/files.h"

static str text_of(struct req *rq, const struct draft *d, const char *a, str b, const char *c, uint16_t row)
{
	return draft_text3(rq, d, a, b, c, row);
}

static str page_path(struct req *rq, const struct draft *d, const struct page *p, uint16_t row)
{
	return draft_href(rq, d, visit_path(rq->arena, d, &(struct visit){ .page = p->index, .row = row }));
}

/* "0" where no group is: the upload's address has a row in any case. */
static str row_path(struct req *rq, const struct draft *d, const struct page *p, uint16_t row)
{
	return row ? form_row_path(rq->arena, d->definition->form, p->per, row) : S("0");
}

static str back_href(struct req *rq, const struct draft *d, const struct page *p, uint16_t row)
{
	const struct visit *v = journey_find(d->journey, p->index, row), *before = v ? journey_before(d->journey, v) : NULL;

	if (before)
		return draft_href(rq, d, visit_path(rq->arena, d, before));
	return str_fmt(rq->arena, "/%.*s/leistung/%.*s", STR_FMT(d->place->slug), STR_FMT(d->service));
}

static struct contact_view contact_of(struct req *rq, const struct draft *d)
{
	struct responsibility who;

	if (place_responsible(rq->house->places, d->definition->service->responsible, d->place, &who) < 0 || !who.tenant_id)
		return (struct contact_view){ 0 };
	return show_contact(rq, (tenant_id){ who.tenant_id });
}

/* ---- a question ---- */

static void add_error(struct req *rq, struct page_fields *f, str key, str error)
{
	struct error_item_view *item = ARENA_ARRAY(rq->arena, struct error_item_view, f->errors.items + 1);
	struct field_view *at = &f->field[0];

	for (size_t i = 0; i < f->fields; i++)
		if (key.n ? str_eq(f->field[i].key, key) : f->field[i].look == LOOK_FILE)
			at = &f->field[i];
	at->error = error;
	item[0] = (struct error_item_view){ error, str_fmt(rq->arena, "#%.*s", STR_FMT(at->key)) };
	for (size_t i = 0; i < f->errors.items; i++)
		item[i + 1] = f->errors.item[i];
	f->errors = (struct errors_view){ item, f->errors.items + 1 };
}

/* "Hund 2", of an inner group "Hund 2, Wurf 1". */
static str over_text(struct req *rq, const struct draft *d, int16_t group, uint16_t row)
{
	const struct form *form = d->definition->form;
	int16_t parent = form->group[group].parent;
	str own = text_of(rq, d, "group.", form->group[group].id, ".item", row), outer;

	if (parent < 0)
		return own;
	outer = over_text(rq, d, parent, form_row_up(form, group, row, parent));
	return str_fmt(rq->arena, "%.*s, %.*s", STR_FMT(outer), STR_FMT(own));
}

static int show_question_with(struct req *rq, struct draft *d, const struct page *p, uint16_t row, bool errors, str key, str error)
{
	struct question_view v = { 0 };
	struct page_fields f;

	TRY(draft_fields(rq, d, p, row, errors, &f));
	if (error.n)
		add_error(rq, &f, key, error);
	v.title = text_of(rq, d, "page.", p->id, ".title", row);
	v.steps = draft_steps(rq, d, p);
	v.page = draft_frame(rq, d, TXF(rq, TX_PAGES_QUESTION_TITLE, TEXT_ARG("question", v.title), TEXT_ARG("service", v.steps.title),
		TEXT_INT("step", v.steps.current), TEXT_INT("steps", (int64_t)v.steps.steps)));
	v.page.errors = f.errors.items > 0;
	v.post = page_post(rq, f.has_files ? draft_href(rq, d, str_fmt(rq->arena, "datei/%.*s/%.*s", STR_FMT(p->id), STR_FMT(row_path(rq, d, p, row)))) : page_path(rq, d, p, row), false);
	v.back_href = back_href(rq, d, p, row);
	if (p->group >= 0)
		v.over = over_text(rq, d, p->group, row);
	if (f.fields == 1 && f.field[0].heading)
		v.title = STR_EMPTY; /* the label is the heading */
	else
		v.intro = text_of(rq, d, "page.", p->id, ".hint", row);
	v.field = f.field;
	v.fields = f.fields;
	v.errors = f.errors;
	v.has_files = f.has_files;
	v.has_many = f.has_many;
	v.says_optional = f.says_optional;
	/* nothing is kept while the disk is full: the page goes on standing on what it was made from */
	v.version = rq->method == METHOD_POST && db_readonly(rq->house->db) ? req_form(rq, S("stand")) : page_fingerprint(rq->arena, d->answers, p, row);
	v.keep_until = keep_until(rq, d);
	v.to_check = req_query(rq, S("von")).n || req_form(rq, S("von")).n;
	v.notice = d->carried ? TX(rq, TX_PAGES_CARRIED) : STR_EMPTY;
	v.elsewhere = place_elsewhere(rq, d);
	v.place = d->place->name;
	v.place_href = draft_href(rq, d, S("ort"));
	v.contact = contact_of(rq, d);
	return RENDER(rq, f.errors.items ? 422 : 200, view_question, &v);
}

static int show_question(struct req *rq, struct draft *d, const struct page *p, uint16_t row, bool errors)
{
	return show_question_with(rq, d, p, row, errors, STR_EMPTY, STR_EMPTY);
}

int question_with_error(struct req *rq, struct draft *d, const struct page *p, uint16_t row, str key, str error)
{
	return show_question_with(rq, d, p, row, false, key, error);
}

/* ---- the list of a group ---- */

static str row_summary(struct req *rq, const struct draft *d, const struct group *g, uint16_t row)
{
	struct buf b = buf_new(rq->arena, 64);

	for (size_t i = 0; i < g->summaries; i++) {
		const struct value *x = journey_value(d->journey, g->summary[i], row);

		if (!x || !x->present)
			continue;
		if (b.n)
			buf_put(&b, S(", "));
		buf_put(&b, definition_display(rq->arena, d->definition, lang_code(rq->ctx.lang), &d->definition->form->field[g->summary[i]], x));
	}
	return buf_str(&b);
}

static const struct visit *first_of_row(const struct draft *d, const struct group *g, uint16_t row)
{
	const struct form *form = d->definition->form;
	int16_t group = (int16_t)(g - form->group);

	for (uint16_t i = g->first_page; i < g->list_page; i++) {
		const struct visit *v = journey_find(d->journey, i, form_row_first(form, form->page[i].per, group, row));

		if (v)
			return v;
	}
	return NULL;
}

static int show_group(struct req *rq, struct draft *d, const struct page *p, uint16_t outer, bool errors)
{
	uint16_t gi = (uint16_t)p->group;
	const struct form *form = d->definition->form;
	struct error_item_view *error = ARENA_NEW(rq->arena, struct error_item_view);
	struct option_view *yes_no = ARENA_ARRAY(rq->arena, struct option_view, 2);
	struct group_list_view v = { 0 };

	const struct group *g = &form->group[gi];
	uint16_t rows = journey_rows(d->journey, gi, outer), number = journey_first_row(d->journey, gi, outer);
	struct group_row_view *list = ARENA_ARRAY(rq->arena, struct group_row_view, rows + 1u);

	for (uint16_t i = 0; i < rows; i++) {
		uint16_t r = (uint16_t)(number + i);
		const struct visit *first = first_of_row(d, g, r);
		str path = form_row_path(rq->arena, form, p->group, r);

		list[i].title = text_of(rq, d, "group.", g->id, ".item", r);
		list[i].summary = row_summary(rq, d, g, r);
		list[i].change_href = first ? draft_href(rq, d, visit_path(rq->arena, d, first)) : STR_EMPTY;
		if (rows > g->min && rows > 1)
			list[i].remove_href = draft_href(rq, d, str_fmt(rq->arena, "entfernen/%.*s/%.*s", STR_FMT(g->id), STR_FMT(path)));
	}
	v.title = text_of(rq, d, "group.", g->id, ".title", outer);
	if (g->parent >= 0)
		v.over = over_text(rq, d, g->parent, outer);
	v.page = draft_frame(rq, d, v.title);
	v.steps = draft_steps(rq, d, p);
	v.post = page_post(rq, page_path(rq, d, p, outer), false);
	v.back_href = back_href(rq, d, p, outer);
	v.row = list;
	v.rows = rows;
	v.more = (struct field_view){ .look = LOOK_RADIO, .key = S("noch-einer"), .label = text_of(rq, d, "group.", g->id, ".another", outer) };
	if (rows < g->max) {
		yes_no[0] = (struct option_view){ .value = S("ja"), .text = TX(rq, TX_PAGES_YES) };
		yes_no[1] = (struct option_view){ .value = S("nein"), .text = TX(rq, TX_PAGES_NO), .checked = answers_no_more(d->answers, gi, outer) };
		v.more.option = yes_no;
		v.more.options = 2;
	} else {
		v.full_note = TX(rq, TX_PAGES_GROUP_FULL);
	}
	if (errors) {
		v.more.error = TX(rq, TX_PAGES_ANOTHER_REQUIRED);
		*error = (struct error_item_view){ v.more.error, S("#noch-einer") };
		v.errors = (struct errors_view){ error, 1 };
		v.page.errors = true;
	}
	v.version = page_fingerprint(rq->arena, d->answers, p, outer);
	v.keep_until = keep_until(rq, d);
	v.contact = contact_of(rq, d);
	return RENDER(rq, errors ? 422 : 200, view_group_list, &v);
}

/* ---- GET ---- */

static int closed(struct req *rq, const struct draft *d)
{
	return reply_see(rq, draft_href(rq, d, S("gesendet")));
}

/* The row that the address names, "2" or "2.1"; a page that is asked once has none. */
static bool row_number(const struct draft *d, const struct page *p, str path, uint16_t *ret)
{
	*ret = 0;
	return p && (path.n ? form_row_parse(d->definition->form, p->per, path, ret) : p->per < 0);
}

static int show_page(struct req *rq, str page, str path)
{
	const struct visit *visit;
	struct draft *d;
	const struct page *p;
	uint16_t row;

	TRY(draft_open(&rq->ctx, req_path(rq, 0), &d));
	if (d->submitted)
		return closed(rq, d);
	p = form_page(d->definition->form, page);
	if (!row_number(d, p, path, &row))
		return reply_problem(rq, 404);
	/* not reachable (any more): the first open question is where the form goes on */
	visit = journey_find(d->journey, p->index, row);
	if (!visit || visit->taken)
		return reply_see(rq, draft_href(rq, d, draft_next_path(rq->arena, d, NULL)));
	return p->group_list ? show_group(rq, d, p, row, false) : show_question(rq, d, p, row, false);
}

int page_draft(struct req *rq)
{
	struct draft *d;

	TRY(draft_open(&rq->ctx, req_path(rq, 0), &d));
	if (d->submitted)
		return closed(rq, d);
	return reply_see(rq, draft_href(rq, d, draft_next_path(rq->arena, d, NULL)));
}

int page_draft_page(struct req *rq)
{
	return show_page(rq, req_path(rq, 1), STR_EMPTY);
}

int page_draft_row(struct req *rq)
{
	return req_path(rq, 2).n ? show_page(rq, req_path(rq, 1), req_path(rq, 2)) : reply_problem(rq, 404);
}

/* ---- POST ---- */

static bool wants_save(struct req *rq)
{
	return str_eq(req_form(rq, S("aktion")), S("speichern"));
}

/* A value of a field with many was added or taken away: the page is not done. */
bool values_changed(struct req *rq)
{
	return req_form(rq, S("mehr")).n || req_form(rq, S("weg")).n;
}

/* To the last value of the field, if one was added to it. */
str same_page(struct req *rq, const struct step_outcome *o)
{
	const struct form *form = o->draft->definition->form;
	str more = req_form(rq, S("mehr")), at = STR_EMPTY, raw;

	for (size_t i = 0; more.n && i < o->page->fields; i++) {
		const struct field *f = &form->field[o->page->field[i]];
		unsigned lines = 1;

		if (!f->many || !str_eq(field_input_name(rq->arena, f, o->row), more))
			continue;
		raw = answers_get(o->draft->answers, f->index, o->row);
		for (size_t k = 0; k < raw.n; k++)
			lines += raw.p[k] == '\n';
		at = str_fmt(rq->arena, "#%.*s", STR_FMT(field_input_nth(rq->arena, more, lines)));
	}
	return str_fmt(rq->arena, "%.*s%s%.*s", STR_FMT(page_path(rq, o->draft, o->page, o->row)), req_form(rq, S("von")).n ? "?von=pruefen" : "", STR_FMT(at));
}

/* Typed and stored version side by side; the person chooses. */
static int show_conflict(struct req *rq, struct step_outcome *o)
{
	struct draft *d = o->draft;
	struct conflict_view v = { 0 };
	struct conflict_row_view *row = ARENA_ARRAY(rq->arena, struct conflict_row_view, o->page->fields + 1);
	struct pair *hidden = ARENA_ARRAY(rq->arena, struct pair, rq->form.n + 1);
	struct journey *mine = journey_run(rq->arena, d->definition->form, d->answers, &d->context);
	struct journey *saved = journey_run(rq->arena, d->definition->form, o->before, &d->context);

	for (size_t i = 0; i < o->page->fields; i++) {
		const struct field *f = &d->definition->form->field[o->page->field[i]];
		const struct value *a = journey_value(saved, f->index, o->row), *b = journey_value(mine, f->index, o->row);
		str lang = lang_code(rq->ctx.lang);

		row[i].label = text_of(rq, d, "field.", f->id, ".label", o->row);
		row[i].saved = a && a->present && a->valid ? definition_display(rq->arena, d->definition, lang, f, a) : answers_get(o->before, f->index, o->row);
		row[i].mine = b && b->present && b->valid ? definition_display(rq->arena, d->definition, lang, f, b) : answers_get(d->answers, f->index, o->row);
		row[i].differs = !str_eq(row[i].saved, row[i].mine);
	}
	for (size_t i = 0; i < rq->form.n; i++)
		if (!str_eq(rq->form.v[i].name, S("csrf")) && !str_eq(rq->form.v[i].name, S("stand")) && !str_eq(rq->form.v[i].name, S("nehmen")) &&
		    !str_eq(rq->form.v[i].name, S("mehr")) && !str_eq(rq->form.v[i].name, S("weg")))
			hidden[v.hiddens++] = rq->form.v[i];
	v.title = text_of(rq, d, "page.", o->page->id, ".title", o->row);
	v.page = draft_frame(rq, d, TX(rq, TX_PAGES_CONFLICT_TITLE));
	v.post = page_post(rq, page_path(rq, d, o->page, o->row), false);
	v.row = row;
	v.rows = o->page->fields;
	v.hidden = hidden;
	return RENDER(rq, 409, view_conflict, &v);
}

/* The page was taken: errors, or on. */
int after_page(struct req *rq, struct step_outcome *o)
{
	struct draft *d = o->draft;
	const struct visit *here;

	if (o->result == STEP_WRONG)
		return show_question(rq, d, o->page, o->row, true);
	here = journey_find(d->journey, o->page->index, o->row);
	/* who came from the check page goes back there, unless the change has opened something new */
	if (req_form(rq, S("von")).n && d->journey->first_open == d->journey->visits)
		return reply_see(rq, draft_href(rq, d, S("pruefen")));
	return reply_see(rq, draft_href(rq, d, draft_next_path(rq->arena, d, here)));
}

static int after_step(struct req *rq)
{
	struct step_outcome *o = rq->data;
	struct draft *d = o->draft;

	if (o->result == STEP_CLOSED)
		return closed(rq, d);
	if (o->result == STEP_GONE)
		return reply_see(rq, draft_href(rq, d, draft_next_path(rq->arena, d, NULL)));
	if (o->result == STEP_CONFLICT)
		return show_conflict(rq, o);
	if (o->result == STEP_LOCKED)
		return question_with_error(rq, d, o->page, o->row, o->locked->key, TX(rq, TX_SIGNIN_LOCKED_SENT));
	if (wants_save(rq))
		return reply_see(rq, draft_href(rq, d, S("gespeichert")));
	if (values_changed(rq))
		return reply_see(rq, same_page(rq, o));
	return after_page(rq, o);
}

struct group_outcome {
	struct draft *draft;
	const struct page *page;
	uint16_t outer;
	bool another;
};

/* Where the new row begins: also when nothing in it must be answered. */
static const struct visit *newest_row(const struct journey *j, uint16_t group, uint16_t outer)
{
	uint16_t row = (uint16_t)(journey_first_row(j, group, outer) + journey_rows(j, group, outer) - 1);

	for (size_t i = 0; i < j->visits; i++)
		if (j->form->page[j->visit[i].page].per == (int16_t)group && j->visit[i].row == row)
			return &j->visit[i];
	return NULL;
}

/* "No more" leads on to the page behind the list, even if all of it may be left out. */
static int after_group(struct req *rq)
{
	const struct group_outcome *o = rq->data;
	const struct journey *j = o->draft->journey;
	const struct visit *to = o->another ? newest_row(j, (uint16_t)o->page->group, o->outer) : NULL;

	if (wants_save(rq))
		return reply_see(rq, draft_href(rq, o->draft, S("gespeichert")));
	if (to)
		return reply_see(rq, page_path(rq, o->draft, &j->form->page[to->page], to->row));
	return reply_see(rq, draft_href(rq, o->draft, draft_next_path(rq->arena, o->draft, o->another ? NULL : journey_find(j, o->page->index, o->outer))));
}

static int post_group(struct req *rq, struct draft *d, const struct page *p, uint16_t outer)
{
	str choice = req_form(rq, S("noch-einer"));
	uint16_t g = (uint16_t)p->group;
	bool another = str_eq(choice, S("ja")), full = journey_rows(d->journey, g, outer) >= d->definition->form->group[g].max;
	struct group_outcome *o = ARENA_NEW(rq->arena, struct group_outcome);

	*o = (struct group_outcome){ d, p, outer, another && !full };
	rq->data = o;
	if (!choice.n && !full && !wants_save(rq))
		return show_group(rq, d, p, outer, true);
	TRY(draft_more(&rq->ctx, d, g, outer, another && !full));
	return req_commit(rq, after_group);
}

/* The disk is full: what was typed stays in its page, which says so, and can be sent again as it is. */
static int show_unsaved(struct req *rq, struct step_outcome *o)
{
	rq->ctx.unit = NULL;
	TRY(show_question(rq, o->draft, o->page, o->row, false));
	rq->reply.status = 503;
	return 0;
}

static int post_page(struct req *rq, str path)
{
	str take = req_form(rq, S("nehmen"));
	struct step_outcome *o;
	const struct page *p;
	struct draft *d;
	uint16_t row;

	if (str_eq(take, S("gespeicherte")))
		return reply_see(rq, rq->path);
	TRY(draft_open(&rq->ctx, req_path(rq, 0), &d));
	p = form_page(d->definition->form, req_path(rq, 1));
	if (!row_number(d, p, path, &row))
		return d->submitted ? closed(rq, d) : reply_problem(rq, 404);
	if (p->group_list && !d->submitted && journey_find(d->journey, p->index, row))
		return post_group(rq, d, p, row);
	TRY(draft_step(&rq->ctx, req_path(rq, 0), req_path(rq, 1), row, &rq->form, req_form(rq, S("stand")), str_eq(take, S("meine")), &o));
	if (rq->ctx.unit && db_readonly(rq->house->db))
		return show_unsaved(rq, o);
	rq->data = o;
	return req_commit(rq, after_step);
}

int page_draft_page_post(struct req *rq)
{
	return post_page(rq, STR_EMPTY);
}

int page_draft_row_post(struct req *rq)
{
	return req_path(rq, 2).n ? post_page(rq, req_path(rq, 2)) : reply_problem(rq, 404);
}

/* ---- removing a row ---- */

static int group_of(struct req *rq, struct draft *d, uint16_t *ret_group, uint16_t *ret_row, uint16_t *ret_outer)
{
	const struct group *g = form_group(d->definition->form, req_path(rq, 1));

	if (!g)
		return ERR_NOTFOUND;
	*ret_group = (uint16_t)(g - d->definition->form->group);
	if (!form_row_parse(d->definition->form, (int16_t)*ret_group, req_path(rq, 2), ret_row))
		return ERR_NOTFOUND;
	*ret_outer = form_row_up(d->definition->form, (int16_t)*ret_group, *ret_row, g->parent);
	return form_row_local(d->definition->form, (int16_t)*ret_group, *ret_row) <= journey_rows(d->journey, *ret_group, *ret_outer) ? 0 : ERR_NOTFOUND;
}

static str list_href(struct req *rq, struct draft *d, uint16_t group, uint16_t outer)
{
	return page_path(rq, d, &d->definition->form->page[d->definition->form->group[group].list_page], outer);
}

int page_draft_row_remove(struct req *rq)
{
	struct confirm_view v = { 0 };
	struct draft *d;
	uint16_t group, row, outer;
	str item;

	TRY(draft_open(&rq->ctx, req_path(rq, 0), &d));
	TRY(group_of(rq, d, &group, &row, &outer));
	item = text_of(rq, d, "group.", d->definition->form->group[group].id, ".item", row);
	v.title = TXF(rq, TX_PAGES_REMOVE_TITLE, TEXT_ARG("item", item));
	v.page = draft_frame(rq, d, v.title);
	v.post = page_post(rq, rq->path, false);
	v.text = row_summary(rq, d, &d->definition->form->group[group], row);
	v.button = TX(rq, TX_PAGES_REMOVE_BUTTON);
	v.danger = true;
	v.cancel = TX(rq, TX_PAGES_REMOVE_CANCEL);
	v.cancel_href = list_href(rq, d, group, outer);
	v.back_href = v.cancel_href;
	return RENDER(rq, 200, view_confirm, &v);
}

static int removed(struct req *rq)
{
	return reply_see(rq, *(str *)rq->data);
}

int page_draft_row_remove_post(struct req *rq)
{
	struct draft *d;
	uint16_t group, row, outer;
	str *to = ARENA_NEW(rq->arena, str);

	TRY(draft_open(&rq->ctx, req_path(rq, 0), &d));
	TRY(group_of(rq, d, &group, &row, &outer));
	TRY(draft_row_remove(&rq->ctx, d, group, row));
	*to = list_href(rq, d, group, outer);
	rq->data = to;
	return req_commit(rq, removed);
}
