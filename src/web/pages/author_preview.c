/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The draft as applicants would see it: the real pages, marked as preview. Nothing is stored: what is typed travels with the form and ends
 * with it, so that conditions, messages and amounts can be tried.
 */
#include "usecase/drafts.h"
#include "web/pages/author_work.h"
#include "web/pages/citizen.h"

struct trial {
	struct authoring *w;
	struct draft d;			/* stands for a draft; it is none */
	const struct page *page;
	uint16_t row;
};

str author_change_href(struct req *rq, const struct definition *d, str key)
{
	return str_fmt(rq->arena, "/redaktion/%.*s/aendern/%.*s", STR_FMT(d->service->id), STR_FMT(url_encode(rq->arena, key)));
}

str author_preview_href(struct req *rq, const struct definition *d, str page)
{
	if (!page.n)
		return str_fmt(rq->arena, "/redaktion/%.*s/vorschau-leistung", STR_FMT(d->service->id));
	return str_fmt(rq->arena, "/redaktion/%.*s/vorschau/%.*s", STR_FMT(d->service->id), STR_FMT(page));
}

/* A town looks at its own place, the state at a large one. */
static const struct place *place_of(struct req *rq)
{
	const struct authority *a = authority_by_tenant(rq->house->places, rq->ctx.actor.tenant.v);
	const struct place *p = a ? place_by_slug(rq->house->places, a->slug) : NULL;
	size_t n;

	if (p)
		return p;
	p = place_all(rq->house->places, &n);
	for (size_t i = 0; a && i < n; i++)
		if (p[i].tenant_id == a->tenant_id)
			return &p[i];
	return n ? p : NULL;
}

static void language(struct req *rq)
{
	enum lang l;

	if (lang_parse(req_query(rq, S("lang")), &l))
		rq->ctx.lang = l;
}

static void run(struct req *rq, struct trial *t)
{
	t->d.journey = journey_run(rq->arena, t->d.definition->form, t->d.answers, &t->d.context);
}

static int open_trial(struct req *rq, str answers, struct trial **ret)
{
	struct trial *t = ARENA_NEW(rq->arena, struct trial);
	size_t lost;

	language(rq);
	TRY(authoring_open(&rq->ctx, req_path(rq, 0), &t->w));
	t->d = (struct draft){ .handle = S("vorschau"), .service = t->w->service, .place = place_of(rq), .definition = t->w->definition };
	if (!t->d.place)
		return ERR_NOTFOUND;
	t->d.context = (struct journey_context){ .today = rq->ctx.today, .place_ars = t->d.place->ars, .place_population = t->d.place->population };
	t->d.answers = answers_new(rq->arena, t->d.definition->form);
	if (answers.n)
		TRY(answers_read(rq->arena, t->d.definition->form, answers, &t->d.answers, &lost));
	run(rq, t);
	*ret = t;
	return 0;
}

void author_preview_frame(struct req *rq, const struct place *place, struct page_view *p, str back)
{
	const struct authority *a = authority_by_tenant(rq->house->places, place->tenant_id);

	p->area = AREA_CITIZEN;
	p->author = p->desk = p->admin = false;
	p->user = p->path = STR_EMPTY;
	p->town = a ? a->name : place->name;
	p->home = str_fmt(rq->arena, "%.*s/%.*s", STR_FMT(rq->house->origin), STR_FMT(place->slug));
	p->preview_href = back;
	p->lang_href = str_fmt(rq->arena, "%.*s?lang=%s", STR_FMT(rq->path), rq->ctx.lang == LANG_DE ? "en" : "de");
}

static str back_of(struct req *rq, const struct trial *t)
{
	return str_fmt(rq->arena, "/redaktion/%.*s/vorschau", STR_FMT(t->w->service));
}

static str text_of(struct req *rq, const struct trial *t, const char *a, str b, const char *c, uint16_t row)
{
	return draft_text3(rq, &t->d, a, b, c, row);
}

static str kept(struct req *rq, const struct trial *t)
{
	struct buf b = buf_new(rq->arena, 200);

	answers_write(&b, t->d.answers);
	return buf_str(&b);
}

static struct steps_view steps(struct req *rq, const struct trial *t)
{
	struct steps_view v = draft_steps(rq, &t->d, t->page);
	struct step_view *s = (struct step_view *)(uintptr_t)v.step;

	for (size_t i = 0; i < v.steps; i++)
		s[i].href = STR_EMPTY; /* nothing is stored to go back to */
	return v;
}

static struct post_view post_of(struct req *rq, const struct trial *t)
{
	return page_post(rq, str_fmt(rq->arena, "/redaktion/%.*s/vorschau/%.*s?zeile=%u%s", STR_FMT(t->w->service), STR_FMT(t->page->id), (unsigned)t->row,
		rq->ctx.lang == LANG_EN ? "&lang=en" : ""), false);
}

static struct page_view frame(struct req *rq, const struct trial *t, str title)
{
	struct page_view p = draft_frame(rq, &t->d, title);

	author_preview_frame(rq, t->d.place, &p, back_of(rq, t));
	return p;
}

static int show_group(struct req *rq, struct trial *t, bool errors)
{
	struct option_view *o = ARENA_ARRAY(rq->arena, struct option_view, 2);
	struct error_item_view *item = ARENA_NEW(rq->arena, struct error_item_view);
	uint16_t g = (uint16_t)t->page->group;
	str id = t->d.definition->form->group[g].id;
	struct group_list_view v = { .preview_answers = kept(rq, t) };

	v.title = text_of(rq, t, "group.", id, ".title", t->row);
	v.page = frame(rq, t, v.title);
	v.steps = steps(rq, t);
	v.post = post_of(rq, t);
	v.back_href = back_of(rq, t);
	o[0] = (struct option_view){ .value = S("ja"), .text = TX(rq, TX_PAGES_YES) };
	o[1] = (struct option_view){ .value = S("nein"), .text = TX(rq, TX_PAGES_NO) };
	v.more = form_choice(S("noch-einer"), text_of(rq, t, "group.", id, ".another", t->row), LOOK_RADIO, o, 2);
	if (errors) {
		v.more.error = TX(rq, TX_PAGES_ANOTHER_REQUIRED);
		*item = (struct error_item_view){ v.more.error, S("#noch-einer") };
		v.errors = (struct errors_view){ item, 1 };
		v.page.errors = true;
	}
	return RENDER(rq, errors ? 422 : 200, view_group_list, &v);
}

static int show_page(struct req *rq, struct trial *t, bool errors)
{
	struct question_view v = { .preview_answers = kept(rq, t) };
	const struct page *p = t->page;
	struct page_fields f;

	if (p->group_list)
		return show_group(rq, t, errors);
	TRY(draft_fields(rq, &t->d, p, t->row, errors, &f));
	v.title = text_of(rq, t, "page.", p->id, ".title", t->row);
	v.page = frame(rq, t, v.title);
	v.page.errors = f.errors.items > 0;
	v.steps = steps(rq, t);
	v.post = post_of(rq, t);
	v.back_href = back_of(rq, t);
	if (p->group >= 0)
		v.over = text_of(rq, t, "group.", t->d.definition->form->group[p->group].id, ".item", t->row);
	if (f.fields == 1 && f.field[0].heading)
		v.title = STR_EMPTY;
	else
		v.intro = text_of(rq, t, "page.", p->id, ".hint", t->row);
	v.field = f.field;
	v.fields = f.fields;
	v.errors = f.errors;
	v.says_optional = f.says_optional;
	v.contact = show_contact(rq, rq->ctx.actor.tenant);
	return RENDER(rq, f.errors.items ? 422 : 200, view_question, &v);
}

static bool find_page(struct req *rq, struct trial *t)
{
	int64_t row = 0;

	t->page = form_page(t->d.definition->form, req_path(rq, 1));
	if (!t->page)
		return false;
	if (str_to_i64(req_query(rq, S("zeile")), &row) < 0 || row < 0 || row > 10000)
		row = 0;
	t->row = (uint16_t)row;
	return true;
}

/* The answers of a recorded case that comes along at the page: what was asked before is known, the page itself is empty. */
static void come_along(struct req *rq, struct trial *t)
{
	const struct package *p = t->w->good ? t->w->merged.package : t->w->below.package;

	if (t->page->per >= 0 && !t->row)
		t->row = 1;
	for (size_t i = 0; i < node_count(p->cases) && !journey_find(t->d.journey, t->page->index, t->row); i++) {
		t->d.answers = package_case_answers(rq->arena, t->d.definition->form, p->cases->item[i]);
		run(rq, t);
	}
	for (size_t i = 0; i < t->page->fields; i++)
		answers_set(t->d.answers, t->page->field[i], t->row, STR_EMPTY);
	run(rq, t);
}

int page_author_preview_page(struct req *rq)
{
	struct trial *t;

	TRY(open_trial(rq, STR_EMPTY, &t));
	if (!find_page(rq, t))
		return reply_problem(rq, 404);
	come_along(rq, t);
	return show_page(rq, t, false);
}

static bool wrong_here(const struct trial *t)
{
	for (size_t i = 0; i < t->d.journey->problems; i++)
		if (t->d.journey->problem[i].page == t->page->index && t->d.journey->problem[i].row == t->row)
			return true;
	return false;
}

static int show_end(struct req *rq, const struct trial *t)
{
	struct moved_view v = { .title = TX(rq, TX_AUTHOR_PREVIEW_END), .label = TX(rq, TX_AUTHOR_PREVIEW_BACK), .href = back_of(rq, t) };
	str fee = t->d.journey->fee_known && t->d.journey->fees ? money_format(rq->arena, t->d.journey->fee_cents, S("de")) : STR_EMPTY;

	v.page = frame(rq, t, v.title);
	v.text = fee.n ? TXF(rq, TX_AUTHOR_PREVIEW_FEE, TEXT_ARG("fee", fee)) : TX(rq, TX_AUTHOR_PREVIEW_NOTHING);
	return RENDER(rq, 200, view_moved, &v);
}

static bool take(struct req *rq, struct trial *t)
{
	str choice = req_form(rq, S("noch-einer"));

	if (!t->page->group_list) {
		page_take(t->d.answers, t->page, t->row, &rq->form);
		return true;
	}
	if (choice.n)
		answers_another(t->d.answers, (uint16_t)t->page->group, t->row, str_eq(choice, S("ja")));
	return choice.n;
}

int page_author_preview_post(struct req *rq)
{
	str answers = req_form(rq, S("antworten"));
	const struct visit *here, *next;
	struct trial *t;

	TRY(open_trial(rq, answers, &t));
	if (!find_page(rq, t))
		return reply_problem(rq, 404);
	if (!answers.n) { /* the start button of the service's page */
		come_along(rq, t);
		return show_page(rq, t, false);
	}
	if (!take(rq, t))
		return show_page(rq, t, true);
	run(rq, t);
	if (wrong_here(t))
		return show_page(rq, t, true);
	here = journey_find(t->d.journey, t->page->index, t->row);
	next = here ? journey_after(t->d.journey, here) : NULL;
	while (next && next->complete)
		next = journey_after(t->d.journey, next);
	if (!next)
		return show_end(rq, t);
	t->page = &t->d.definition->form->page[next->page];
	t->row = next->row;
	return show_page(rq, t, false);
}

int page_author_preview_service(struct req *rq)
{
	struct authoring *w;
	const struct place *p = place_of(rq);

	language(rq);
	TRY(authoring_open(&rq->ctx, req_path(rq, 0), &w));
	return p ? service_preview(rq, p, w->definition) : reply_problem(rq, 404);
}

/* All pages, with the conditions under which they come. */
int page_author_preview(struct req *rq)
{
	struct author_pages_view v = { 0 };
	struct authoring *w;
	struct point_view *item;
	str *href;

	TRY(authoring_open(&rq->ctx, req_path(rq, 0), &w));
	item = ARENA_ARRAY(rq->arena, struct point_view, w->definition->form->pages + 1);
	href = ARENA_ARRAY(rq->arena, str, w->definition->form->pages + 1);
	for (size_t i = 0; i < w->definition->form->pages; i++) {
		const struct page *p = &w->definition->form->page[i];
		str title = p->group_list ? definition_text3(w->definition, S("de"), S("group."), w->definition->form->group[p->group].id, S(".title"))
					  : definition_text3(w->definition, S("de"), S("page."), p->id, S(".title"));
		str words = author_words(rq, w->definition, p->when);

		item[v.items] = (struct point_view){ title, words.n ? TXF(rq, TX_AUTHOR_PREVIEW_WHEN, TEXT_ARG("words", words)) : STR_EMPTY };
		href[v.items++] = author_preview_href(rq, w->definition, p->id);
	}
	v.page = author_frame(rq, TX(rq, TX_AUTHOR_TAB_PREVIEW));
	v.head = author_head(rq, w->definition, "/vorschau");
	v.service_href = author_preview_href(rq, w->definition, STR_EMPTY);
	v.item = item;
	v.href = href;
	return RENDER(rq, 200, view_author_pages, &v);
}
