/* SPDX-License-Identifier: EUPL-1.2 */
/* The form: one question a page, the lists of repeated groups, and what happens when it is posted. */
#include <string.h>

#include "usecase/catalog.h"
#include "web/pages/citizen.h"
#include "web/pages/files.h"

static str text_of(struct req *rq, const struct draft *d, const char *a, str b, const char *c, uint16_t row)
{
	return draft_text(rq, d, str_fmt(rq->arena, "%s%.*s%s", a, STR_FMT(b), c), row);
}

static str page_path(struct req *rq, const struct draft *d, const struct page *p, uint16_t row)
{
	return draft_href(rq, d, row ? str_fmt(rq->arena, "%.*s/%u", STR_FMT(p->id), row) : p->id);
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
	v.post = page_post(rq, f.has_files ? draft_href(rq, d, str_fmt(rq->arena, "datei/%.*s/%u", STR_FMT(p->id), row)) : page_path(rq, d, p, row), false);
	v.back_href = back_href(rq, d, p, row);
	if (p->group >= 0)
		v.over = text_of(rq, d, "group.", d->definition->form->group[p->group].id, ".item", row);
	if (f.fields == 1 && f.field[0].heading)
		v.title = STR_EMPTY; /* the label is the heading */
	else
		v.intro = text_of(rq, d, "page.", p->id, ".hint", row);
	v.field = f.field;
	v.fields = f.fields;
	v.errors = f.errors;
	v.has_files = f.has_files;
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
	for (size_t i = 0; i < d->journey->visits; i++) {
		const struct visit *v = &d->journey->visit[i];
		const struct page *p = &d->definition->form->page[v->page];

		if (p->step == g->step && v->row == row && !p->group_list)
			return v;
	}
	return NULL;
}

static int show_group(struct req *rq, struct draft *d, const struct page *p, bool errors)
{
	uint16_t gi = 0;
	const struct form *form = d->definition->form;
	struct error_item_view *error = ARENA_NEW(rq->arena, struct error_item_view);
	struct option_view *yes_no = ARENA_ARRAY(rq->arena, struct option_view, 2);
	struct group_list_view v = { 0 };

	while (gi < form->groups && form->group[gi].list_page != p->index)
		gi++;
	if (gi == form->groups)
		return ERR_INVALID;
	const struct group *g = &form->group[gi];
	uint16_t rows = d->answers->rows[gi];
	struct group_row_view *list = ARENA_ARRAY(rq->arena, struct group_row_view, rows + 1u);

	for (uint16_t r = 1; r <= rows; r++) {
		const struct visit *first = first_of_row(d, g, r);

		list[r - 1].title = text_of(rq, d, "group.", g->id, ".item", r);
		list[r - 1].summary = row_summary(rq, d, g, r);
		list[r - 1].change_href = first ? draft_href(rq, d, visit_path(rq->arena, d, first)) : STR_EMPTY;
		if (rows > g->min && rows > 1)
			list[r - 1].remove_href = draft_href(rq, d, str_fmt(rq->arena, "entfernen/%.*s/%u", STR_FMT(g->id), r));
	}
	v.title = text_of(rq, d, "group.", g->id, ".title", 0);
	v.page = draft_frame(rq, d, v.title);
	v.steps = draft_steps(rq, d, p);
	v.post = page_post(rq, page_path(rq, d, p, 0), false);
	v.back_href = back_href(rq, d, p, 0);
	v.row = list;
	v.rows = rows;
	v.more = (struct field_view){ .look = LOOK_RADIO, .key = S("noch-einer"), .label = text_of(rq, d, "group.", g->id, ".another", 0) };
	if (rows < g->max) {
		yes_no[0] = (struct option_view){ .value = S("ja"), .text = TX(rq, TX_PAGES_YES) };
		yes_no[1] = (struct option_view){ .value = S("nein"), .text = TX(rq, TX_PAGES_NO), .checked = d->answers->more[gi] == 1 };
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
	v.version = page_fingerprint(rq->arena, d->answers, p, 0);
	v.keep_until = keep_until(rq, d);
	v.contact = contact_of(rq, d);
	return RENDER(rq, errors ? 422 : 200, view_group_list, &v);
}

/* ---- GET ---- */

static int closed(struct req *rq, const struct draft *d)
{
	return reply_see(rq, draft_href(rq, d, S("gesendet")));
}

static int show_page(struct req *rq, str page, uint16_t row)
{
	struct draft *d;
	const struct page *p;

	TRY(draft_open(&rq->ctx, req_path(rq, 0), &d));
	if (d->submitted)
		return closed(rq, d);
	p = form_page(d->definition->form, page);
	if (!p)
		return reply_problem(rq, 404);
	/* not reachable (any more): the first open question is where the form goes on */
	if (!journey_find(d->journey, p->index, row))
		return reply_see(rq, draft_href(rq, d, draft_next_path(rq->arena, d, NULL)));
	return p->group_list ? show_group(rq, d, p, false) : show_question(rq, d, p, row, false);
}

static bool row_number(str s, uint16_t *ret)
{
	int64_t v;

	if (str_to_i64(s, &v) < 0 || v < 0 || v > 1000)
		return false;
	*ret = (uint16_t)v;
	return true;
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
	return show_page(rq, req_path(rq, 1), 0);
}

int page_draft_row(struct req *rq)
{
	uint16_t row;

	return row_number(req_path(rq, 2), &row) ? show_page(rq, req_path(rq, 1), row) : reply_problem(rq, 404);
}

/* ---- POST ---- */

static bool wants_save(struct req *rq)
{
	return str_eq(req_form(rq, S("aktion")), S("speichern"));
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
		if (!str_eq(rq->form.v[i].name, S("csrf")) && !str_eq(rq->form.v[i].name, S("stand")) && !str_eq(rq->form.v[i].name, S("nehmen")))
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
	if (wants_save(rq))
		return reply_see(rq, draft_href(rq, d, S("gespeichert")));
	return after_page(rq, o);
}

static int after_group(struct req *rq)
{
	struct draft *d = rq->data;

	return reply_see(rq, wants_save(rq) ? draft_href(rq, d, S("gespeichert")) : draft_href(rq, d, draft_next_path(rq->arena, d, NULL)));
}

static int post_group(struct req *rq, struct draft *d, const struct page *p)
{
	const struct form *form = d->definition->form;
	str choice = req_form(rq, S("noch-einer"));
	uint16_t g = 0;
	bool another = str_eq(choice, S("ja"));

	while (g < form->groups && form->group[g].list_page != p->index)
		g++;
	if (g == form->groups)
		return ERR_INVALID;
	rq->data = d;
	if (!choice.n && d->answers->rows[g] < form->group[g].max && !wants_save(rq))
		return show_group(rq, d, p, true);
	TRY(draft_more(&rq->ctx, d, g, another && d->answers->rows[g] < form->group[g].max));
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

static int post_page(struct req *rq, uint16_t row)
{
	str take = req_form(rq, S("nehmen"));
	struct step_outcome *o;
	const struct page *p;
	struct draft *d;

	if (str_eq(take, S("gespeicherte")))
		return reply_see(rq, rq->path);
	TRY(draft_open(&rq->ctx, req_path(rq, 0), &d));
	p = form_page(d->definition->form, req_path(rq, 1));
	if (p && p->group_list && !d->submitted && journey_find(d->journey, p->index, 0))
		return post_group(rq, d, p);
	TRY(draft_step(&rq->ctx, req_path(rq, 0), req_path(rq, 1), row, &rq->form, req_form(rq, S("stand")), str_eq(take, S("meine")), &o));
	if (rq->ctx.unit && db_readonly(rq->house->db))
		return show_unsaved(rq, o);
	rq->data = o;
	return req_commit(rq, after_step);
}

int page_draft_page_post(struct req *rq)
{
	return post_page(rq, 0);
}

int page_draft_row_post(struct req *rq)
{
	uint16_t row;

	return row_number(req_path(rq, 2), &row) ? post_page(rq, row) : reply_problem(rq, 404);
}

/* ---- removing a row ---- */

static int group_of(struct req *rq, struct draft *d, uint16_t *ret_group, uint16_t *ret_row)
{
	const struct group *g = form_group(d->definition->form, req_path(rq, 1));

	if (!g || !row_number(req_path(rq, 2), ret_row) || !*ret_row)
		return ERR_NOTFOUND;
	*ret_group = (uint16_t)(g - d->definition->form->group);
	return *ret_row <= d->answers->rows[*ret_group] ? 0 : ERR_NOTFOUND;
}

static str list_href(struct req *rq, struct draft *d, uint16_t group)
{
	return draft_href(rq, d, d->definition->form->page[d->definition->form->group[group].list_page].id);
}

int page_draft_row_remove(struct req *rq)
{
	struct confirm_view v = { 0 };
	struct draft *d;
	uint16_t group, row;
	str item;

	TRY(draft_open(&rq->ctx, req_path(rq, 0), &d));
	TRY(group_of(rq, d, &group, &row));
	item = text_of(rq, d, "group.", d->definition->form->group[group].id, ".item", row);
	v.title = TXF(rq, TX_PAGES_REMOVE_TITLE, TEXT_ARG("item", item));
	v.page = draft_frame(rq, d, v.title);
	v.post = page_post(rq, rq->path, false);
	v.text = row_summary(rq, d, &d->definition->form->group[group], row);
	v.button = TX(rq, TX_PAGES_REMOVE_BUTTON);
	v.danger = true;
	v.cancel = TX(rq, TX_PAGES_REMOVE_CANCEL);
	v.cancel_href = list_href(rq, d, group);
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
	uint16_t group, row;
	str *to = ARENA_NEW(rq->arena, str);

	TRY(draft_open(&rq->ctx, req_path(rq, 0), &d));
	TRY(group_of(rq, d, &group, &row));
	TRY(draft_row_remove(&rq->ctx, d, group, row));
	*to = list_href(rq, d, group);
	rq->data = to;
	return req_commit(rq, removed);
}
