/* SPDX-License-Identifier: EUPL-1.2 */
/* The service page: what one must know before starting; and the start. */
#include "usecase/catalog.h"
#include "web/pages/citizen.h"
#include "web/session.h"
#include "wire/md.h"

str duration_text(struct req *rq, const struct definition *d)
{
	int32_t n = d->service->duration_days;

	return n ? TXF(rq, TX_PAGES_DURATION_DAYS, TEXT_N(n)) : TX(rq, TX_PAGES_DURATION_NONE);
}

str trust_text(struct req *rq, enum trust_level t)
{
	static const enum text_id text[] = { TX_PAGES_SIGNIN_NONE, TX_PAGES_SIGNIN_ACCOUNT, TX_PAGES_SIGNIN_SUBSTANTIAL, TX_PAGES_SIGNIN_HIGH };

	return TX(rq, text[t]);
}

/* The fee of an empty form where it does not depend on answers; else that it depends. */
str cost_text(struct req *rq, const struct definition *d)
{
	struct journey_context none = { .today = rq->ctx.today };
	struct arena_mark m;
	struct journey *j;

	str words = definition_text(d, lang_code(rq->ctx.lang), S("cost"));

	if (!d->form->fees)
		return TX(rq, TX_PAGES_COST_NONE);
	if (words.n)
		return definition_expand(rq->arena, d, lang_code(rq->ctx.lang), words, &(struct text_values){ 0 });
	m = arena_mark(rq->arena);
	j = journey_run(rq->arena, d->form, answers_new(rq->arena, d->form), &none);
	bool known = j->fee_known;
	int64_t cents = j->fee_cents;
	arena_rewind(rq->arena, m);
	return known ? money_format(rq->arena, cents, lang_code(rq->ctx.lang)) : TX(rq, TX_PAGES_COST_AFTER);
}

static void fill_way(struct req *rq, struct service_view *v)
{
	struct point_view *way = ARENA_ARRAY(rq->arena, struct point_view, 3);

	way[0] = (struct point_view){ TX(rq, TX_PAGES_WAY_FILL), TXF(rq, TX_PAGES_WAY_FILL_TEXT, TEXT_N(rq->house->conf.draft_days)) };
	way[1] = (struct point_view){ TX(rq, TX_PAGES_WAY_CHECK), TX(rq, TX_PAGES_WAY_CHECK_TEXT) };
	way[2] = (struct point_view){ TX(rq, TX_PAGES_WAY_DECISION), TX(rq, TX_PAGES_WAY_DECISION_TEXT) };
	v->way = way;
	v->ways = 3;
}

/* A text of the service with the town's own amounts and deadlines in it. */
static str said(struct req *rq, const struct definition *d, str key)
{
	str lang = lang_code(rq->ctx.lang);

	return definition_expand(rq->arena, d, lang, definition_text(d, lang, key), &(struct text_values){ 0 });
}

static void fill_documents(struct req *rq, const struct definition *d, struct service_view *v)
{
	const struct service *s = d->service;
	struct point_view *list = ARENA_ARRAY(rq->arena, struct point_view, s->needs + 1);
	struct link_view *law = ARENA_ARRAY(rq->arena, struct link_view, s->legals + 1);

	for (size_t i = 0; i < s->needs; i++)
		list[i].title = definition_text3(d, lang_code(rq->ctx.lang), S("need."), s->need[i], STR_EMPTY);
	for (size_t i = 0; i < s->legals; i++)
		law[i].text = s->legal[i];
	v->document = list;
	v->documents = s->needs;
	v->law = law;
	v->laws = s->legals;
	v->needs = s->needs ? TXF(rq, TX_PAGES_NEEDS_SOME, TEXT_N((int64_t)s->needs)) : TX(rq, TX_PAGES_NEEDS_NONE);
}

static int fill_draft(struct req *rq, const struct definition *d, const struct place *town, struct service_view *v)
{
	struct draft_item *mine;
	size_t n;

	TRY(drafts_mine(&rq->ctx, &mine, &n));
	for (size_t i = 0; i < n; i++)
		if (str_eq(mine[i].service, d->service->id) && (!town || mine[i].place == town)) {
			str until = show_date(rq->arena, rq->ctx.lang, civil_from_instant(mine[i].expires).date);

			v->draft.title = v->title;
			v->draft.href = str_fmt(rq->arena, "/antrag/%.*s", STR_FMT(mine[i].handle));
			v->draft.until = until;
			break;
		}
	return 0;
}

static int fill_place(struct req *rq, const struct place *town, bool fixed, const struct definition **d, struct service_view *v)
{
	static const enum text_id ask[] = { TX_PAGES_PLACE_OF_RESIDENCE, TX_PAGES_PLACE_OF_BUSINESS, TX_PAGES_PLACE_OF_OBJECT, TX_PAGES_PLACE_OF_EVENT,
					    TX_PAGES_PLACE_OF_SCHOOL };
	struct responsibility who;
	const struct definition *base = *d;

	v->place_href = str_fmt(rq->arena, "/leistung/%.*s", STR_FMT(base->service->id));
	if (!town) {
		v->authority_note = TX(rq, ask[base->service->place_of]);
		return 0;
	}
	v->place = town->label;
	TRY(place_responsible(rq->house->places, base->service->responsible, town, &who));
	if (!who.tenant_id) {
		v->off_reason = TX(rq, TX_PAGES_NOT_OFFERED);
		return 0;
	}
	v->authority = who.authority->name;
	if (!str_eq(who.basis, S("gemeinde")))
		v->authority_note = TXF(rq, who.text, TEXT_ARG("place", town->name));
	if (!who.confirmed)
		v->doubt = TXF(rq, who.doubt, TEXT_ARG("place", town->name));
	v->contact = show_contact(rq, (tenant_id){ who.tenant_id });
	if (!fixed && catalog_offer(&rq->ctx, (tenant_id){ who.tenant_id }, base->service->id, d) < 0) {
		*d = base;
		v->off_reason = TX(rq, TX_PAGES_NOT_OFFERED);
	}
	return 0;
}

/* What the package tells at length, and once more in Leichte Sprache. */
static int fill_prose(struct req *rq, const struct definition *d, struct service_view *v)
{
	struct buf body = buf_new(rq->arena, 1024), simple = buf_new(rq->arena, 1024);

	TRY(md_html(&body, said(rq, d, S("description")), 2));
	TRY(md_html(&simple, definition_expand(rq->arena, d, S("de"), definition_text(d, S("de"), S("simple")), &(struct text_values){ 0 }), 2));
	v->body = (struct html_safe){ buf_str(&body) };
	v->simple = (struct html_safe){ buf_str(&simple) };
	return 0;
}

/* For its author: the start leads into the preview of the form, and nothing leads to what is not in force yet. */
static void for_author(struct req *rq, const struct place *town, const struct definition *d, struct service_view *v)
{
	author_preview_frame(rq, town, &v->page, str_fmt(rq->arena, "/redaktion/%.*s/vorschau", STR_FMT(d->service->id)));
	v->place_href = v->draft.title = v->draft.href = STR_EMPTY;
	v->start_href = str_fmt(rq->arena, "/redaktion/%.*s/vorschau/%.*s", STR_FMT(d->service->id), STR_FMT(d->form->page[0].id));
	v->start_label = TX(rq, TX_PAGES_START_APPLY);
	v->start = page_post(rq, v->start_href, false);
	v->identify_href = v->resume_href = v->schema_href = STR_EMPTY;
}

/* given: a definition that is not in force yet; NULL: what is offered there. */
static int service_page(struct req *rq, const struct place *town, str service, const struct definition *given)
{
	str lang = lang_code(rq->ctx.lang);
	struct service_view v = { 0 };
	const struct definition *d = given;
	struct link_view crumb[2];

	if (!given && catalog_offer(&rq->ctx, (tenant_id){ 0 }, service, &d) < 0)
		return reply_problem(rq, 404);
	TRY(fill_place(rq, town, given != NULL, &d, &v));
	v.title = definition_text(d, lang, S("title"));
	v.page = page_frame(rq, v.title);
	v.page.nav = NAV_SERVICES;
	if (!definition_has(d, lang, S("title")))
		v.page.content_lang = S("de");
	v.lead = said(rq, d, S("short"));
	crumb[0] = (struct link_view){ .text = text_by_key(rq->ctx.lang, str_fmt(rq->arena, "topic.%.*s", STR_FMT(d->service->topic))),
				       .href = str_fmt(rq->arena, "%.*s/thema/%.*s", STR_FMT(v.page.home), STR_FMT(d->service->topic)) };
	v.crumb = crumb;
	v.crumbs = 1;
	v.online = (enum online_view)d->service->online;
	v.cost = cost_text(rq, d);
	if (d->service->fee_note) {
		str *good = ARENA_NEW(rq->arena, str);

		*good = said(rq, d, S("fee_note"));
		v.good = good;
		v.goods = 1;
	}
	v.duration = duration_text(rq, d);
	v.duration_note = said(rq, d, S("duration"));
	v.signin = trust_text(rq, d->service->trust);
	fill_documents(rq, d, &v);
	fill_way(rq, &v);
	TRY(fill_draft(rq, d, town, &v));
	TRY(fill_prose(rq, d, &v));
	if (town && !v.off_reason.n && d->service->online != SERVICE_ONLINE_INFO) {
		v.start_href = str_fmt(rq->arena, "/%.*s/leistung/%.*s/antrag", STR_FMT(town->slug), STR_FMT(d->service->id));
		v.start_label = TX(rq, TX_PAGES_START_APPLY);
	}
	v.start = page_post(rq, v.start_href, false);
	if (v.start_href.n && d->service->trust >= TRUST_SUBSTANTIAL && rq->ctx.actor.trust < d->service->trust && rq->house->conf.identity_url.n)
		v.identify_href = str_fmt(rq->arena, "/konto/ausweisen?stufe=%d&weiter=%.*s", (int)d->service->trust, STR_FMT(url_encode(rq->arena, rq->path)));
	v.resume_href = S("/fortsetzen");
	v.privacy_href = str_fmt(rq->arena, "%.*s/datenschutz/%.*s", STR_FMT(v.page.home), STR_FMT(d->service->id));
	if (!town)
		v.privacy_href = S("/datenschutz");
	v.schema_href = str_fmt(rq->arena, "/schema/%.*s.json", STR_FMT(d->hash));
	if (given)
		for_author(rq, town, d, &v);
	return RENDER(rq, 200, view_service, &v);
}

int service_preview(struct req *rq, const struct place *town, const struct definition *d)
{
	return service_page(rq, town, d->service->id, d);
}

int page_service(struct req *rq)
{
	str typed = str_trim(req_query(rq, S("ort")));

	if (typed.n)
		return reply_see_fmt(rq, "/ort?leistung=%.*s&ort=%.*s", STR_FMT(url_encode(rq->arena, req_path(rq, 0))), STR_FMT(url_encode(rq->arena, typed)));
	return service_page(rq, NULL, req_path(rq, 0), NULL);
}

int page_town_service(struct req *rq)
{
	const struct place *town = place_by_slug(rq->house->places, req_path(rq, 0));

	return town ? service_page(rq, town, req_path(rq, 1), NULL) : reply_problem(rq, 404);
}

/* ---- the start: a draft and, for a new visitor, a session ---- */

static int started(struct req *rq)
{
	str handle = *(str *)rq->data;

	return reply_see_fmt(rq, "/antrag/%.*s", STR_FMT(handle));
}

int page_draft_start(struct req *rq)
{
	const struct place *town = place_by_slug(rq->house->places, req_path(rq, 0));
	bool visitor = !rq->ctx.actor.known;
	str *handle = ARENA_NEW(rq->arena, str);

	if (!town)
		return reply_problem(rq, 404);
	if (visitor)
		session_make(rq);
	TRY(draft_start(&rq->ctx, town, req_path(rq, 1), visitor, handle));
	rq->data = handle;
	return req_commit(rq, started);
}
