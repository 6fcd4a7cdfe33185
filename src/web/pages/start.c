/* SPDX-License-Identifier: EUPL-1.2 */
/* Finding a service: start, search, place, topics, the service page. */
#include "base/json.h"
#include "usecase/catalog.h"
#include "usecase/drafts.h"
#include "web/pages.h"
#include "web/pages/citizen.h"
#include "wire/md.h"

/* ---- place: typed -> one place, or a question ---- */

static str place_label(struct req *rq, const struct place *p)
{
	return p->seat_postcode.n ? str_fmt(rq->arena, "%.*s %.*s", STR_FMT(p->seat_postcode), STR_FMT(p->name)) : p->name;
}

/* Resolves the field "ort". 1: *ret is the place; 0: nothing typed; 2: a question must be asked (hits), or nothing was found (n = 0). */
static int typed_place(struct req *rq, str typed, const struct place **ret, struct place_hit **ret_hits, size_t *ret_n)
{
	*ret = NULL;
	*ret_n = 0;
	if (!str_trim(typed).n)
		return 0;
	TRY(place_find(rq->arena, rq->house->places, typed, 30, ret_hits, ret_n));
	if (*ret_n && place_hits_sure(*ret_hits, *ret_n)) {
		*ret = (*ret_hits)[0].place;
		return 1;
	}
	return 2;
}

/* The question "which place?": every choice is a link to target/<slug>... */
static int ask_place(struct req *rq, str typed, const struct place_hit *hit, size_t n, str path_format_tail, str service, const struct pair *hidden,
		     size_t hiddens, str action)
{
	struct place_choice_view *choice = ARENA_ARRAY(rq->arena, struct place_choice_view, n + 1);
	struct place_view v = { .page = page_frame(rq, TX(rq, TX_PAGES_PLACE_TITLE)), .typed = typed, .choice = choice, .choices = n,
				.action = action, .hidden = hidden, .hiddens = hiddens, .service = service };

	for (size_t i = 0; i < n; i++) {
		const struct place *p = hit[i].place;

		choice[i].name = p->label;
		choice[i].note = hit[i].via.n ? str_fmt(rq->arena, "%.*s, %.*s", STR_FMT(hit[i].via), STR_FMT(p->district->name)) : p->district->name;
		choice[i].href = str_fmt(rq->arena, "/%.*s%.*s", STR_FMT(p->slug), STR_FMT(path_format_tail));
		v.similar |= hit[i].match == PLACE_MATCH_TYPO;
	}
	return RENDER(rq, 200, view_place, &v);
}

int page_place(struct req *rq)
{
	str typed = req_query(rq, S("ort")), service = req_query(rq, S("leistung")), q = req_query(rq, S("q")), tail = STR_EMPTY, title = STR_EMPTY;
	const struct definition *d;
	const struct place *p;
	struct place_hit *hit = NULL;
	struct pair hidden[2];
	size_t n, hiddens = 0;
	int found;

	if (service.n && !catalog_offer(&rq->ctx, (tenant_id){ 0 }, service, &d)) {
		tail = str_fmt(rq->arena, "/leistung/%.*s", STR_FMT(d->service->id));
		title = definition_text(d, lang_code(rq->ctx.lang), S("title"));
		hidden[hiddens++] = (struct pair){ S("leistung"), d->service->id };
	} else if (q.n) {
		tail = str_fmt(rq->arena, "/suche?q=%.*s", STR_FMT(url_encode(rq->arena, q)));
		hidden[hiddens++] = (struct pair){ S("q"), q };
	}
	found = typed_place(rq, typed, &p, &hit, &n);
	TRY(found);
	if (found == 1)
		return reply_see_fmt(rq, "/%.*s%.*s", STR_FMT(p->slug), STR_FMT(tail));
	return ask_place(rq, typed, hit, n, tail, title, hidden, hiddens, S("/ort"));
}

/* For the script beside the place field: at most eight names as JSON. */
int page_place_suggest(struct req *rq)
{
	struct buf b = buf_new(rq->arena, 1024);
	struct place_hit *hit;
	struct json j;
	size_t n;

	TRY(form_parse(rq->arena, rq->query_text, 10, &rq->query));
	TRY(place_find(rq->arena, rq->house->places, req_query(rq, S("ort")), 8, &hit, &n));
	json_begin(&j, &b);
	json_array(&j);
	for (size_t i = 0; i < n; i++)
		json_str(&j, place_label(rq, hit[i].place));
	json_array_end(&j);
	json_end(&j);
	return reply_json(rq, 200, &b);
}

/* ---- tiles and topics ---- */

static enum online_view online_of(const struct definition *d)
{
	/* the order of the two enums is the same on purpose */
	return (enum online_view)d->service->online;
}

static void fill_tile(struct req *rq, const struct place *town, const struct definition *d, struct service_tile_view *t)
{
	str lang = lang_code(rq->ctx.lang), home = town ? str_fmt(rq->arena, "/%.*s", STR_FMT(town->slug)) : STR_EMPTY;

	t->title = definition_text(d, lang, S("title"));
	t->text = definition_text(d, lang, S("short"));
	t->href = str_fmt(rq->arena, "%.*s/leistung/%.*s", STR_FMT(home), STR_FMT(d->service->id));
	t->online = online_of(d);
}

static const struct { const char *id; enum icon icon; enum text_id text; } topics[] = {
#define TOPIC(id, ICON, TEXT) { id, ICON_##ICON, TX_TOPIC_##TEXT },
#include "web/topics.def"
#undef TOPIC
};

static size_t fill_topics(struct req *rq, const struct place *town, const struct topic_view **ret)
{
	struct topic_view *t = ARENA_ARRAY(rq->arena, struct topic_view, sizeof topics / sizeof *topics);
	size_t services, n = 0;
	const struct definition *const *all = catalog_services(rq->house->catalog, &services);

	for (size_t i = 0; i < sizeof topics / sizeof *topics; i++) {
		bool used = false;

		for (size_t k = 0; k < services && !used; k++)
			used = str_eq(all[k]->service->topic, str_c(topics[i].id));
		if (!used)
			continue;
		t[n].title = TX(rq, topics[i].text);
		t[n].icon = topics[i].icon;
		t[n++].href = town ? str_fmt(rq->arena, "/%.*s/thema/%s", STR_FMT(town->slug), topics[i].id) : str_fmt(rq->arena, "/thema/%s", topics[i].id);
	}
	*ret = t;
	return n;
}

static int fill_drafts(struct req *rq, const struct draft_tile_view **ret, size_t *ret_n)
{
	struct draft_item *d;
	struct draft_tile_view *t;
	size_t n;

	TRY(drafts_mine(&rq->ctx, &d, &n));
	t = ARENA_ARRAY(rq->arena, struct draft_tile_view, n + 1);
	for (size_t i = 0; i < n; i++) {
		t[i].title = definition_text(d[i].definition, lang_code(rq->ctx.lang), S("title"));
		t[i].href = str_fmt(rq->arena, "/antrag/%.*s", STR_FMT(d[i].handle));
		t[i].until = show_date(rq->arena, rq->ctx.lang, civil_from_instant(d[i].expires).date);
		t[i].note = d[i].place->name;
	}
	*ret = t;
	*ret_n = n;
	return 0;
}

/* ---- start ---- */

static int start_page(struct req *rq, const struct place *town)
{
	struct start_view v = { .page = page_frame(rq, TX(rq, TX_PAGES_START_TITLE)) };
	size_t n;
	const struct definition *const *all = catalog_services(rq->house->catalog, &n);
	struct service_tile_view *tile = ARENA_ARRAY(rq->arena, struct service_tile_view, n + 1);

	v.page.nav = NAV_SERVICES;
	for (size_t i = 0; i < n; i++)
		fill_tile(rq, town, all[i], &tile[i]);
	v.tile = tile;
	v.tiles = n;
	v.topics = fill_topics(rq, town, &v.topic);
	if (town) {
		v.place.value = place_label(rq, town);
		v.contact = show_contact(rq, (tenant_id){ town->tenant_id });
	}
	TRY(fill_drafts(rq, &v.draft, &v.drafts));
	return RENDER(rq, 200, view_start, &v);
}

int page_start(struct req *rq)
{
	return start_page(rq, rq->town);
}

int page_town_start(struct req *rq)
{
	const struct place *town = place_by_slug(rq->house->places, req_path(rq, 0));

	return town ? start_page(rq, town) : reply_problem(rq, 404);
}

/* ---- search and topics ---- */

static int result_tile(struct req *rq, const struct place *town, const struct definition *d, struct service_tile_view *t)
{
	struct responsibility who;

	fill_tile(rq, town, d, t);
	if (town) {
		TRY(place_responsible(rq->house->places, d->service->responsible, town, &who));
		t->authority = who.authority ? who.authority->name : STR_EMPTY;
		if (who.tenant_id && catalog_offer(&rq->ctx, (tenant_id){ who.tenant_id }, d->service->id, &d) < 0)
			t->online = ONLINE_NO;
	}
	t->cost = cost_text(rq, d);
	t->duration = duration_text(rq, d);
	return 0;
}

static int search_page(struct req *rq, const struct place *town)
{
	str q = str_trim(req_query(rq, S("q")));
	struct search_view v = { .page = page_frame(rq, TX(rq, TX_PAGES_SEARCH_TITLE)), .q = q };
	struct service_tile_view *tile;
	struct catalog_hit *hit;
	size_t n;

	v.page.nav = NAV_SERVICES;
	TRY(catalog_search(&rq->ctx, q, 20, &hit, &n));
	tile = ARENA_ARRAY(rq->arena, struct service_tile_view, n + 1);
	for (size_t i = 0; i < n; i++)
		TRY(result_tile(rq, town, hit[i].definition, &tile[i]));
	v.result = tile;
	v.results = n;
	v.place.value = town ? place_label(rq, town) : STR_EMPTY;
	v.topics = fill_topics(rq, town, &v.topic);
	if (town)
		v.contact = show_contact(rq, (tenant_id){ town->tenant_id });
	return RENDER(rq, 200, view_search, &v);
}

/* "what" and "where" come together: the place is resolved first, then the search stands in that town's pages. */
static int search_with_place(struct req *rq, const struct place *town)
{
	str typed = req_query(rq, S("ort")), q = req_query(rq, S("q"));
	const struct place *p;
	struct place_hit *hit = NULL;
	size_t n;
	int found;

	if (town && str_eq(str_trim(typed), place_label(rq, town)))
		return search_page(rq, town);
	found = typed_place(rq, typed, &p, &hit, &n);
	TRY(found);
	if (found == 1 && p == town)
		return search_page(rq, town);
	if (found == 1 && !str_trim(q).n)
		return reply_see_fmt(rq, "/%.*s", STR_FMT(p->slug));
	if (found == 1)
		return reply_see_fmt(rq, "/%.*s/suche?q=%.*s", STR_FMT(p->slug), STR_FMT(url_encode(rq->arena, q)));
	if (found == 2) {
		struct pair hidden = { S("q"), q };

		return ask_place(rq, typed, hit, n, str_fmt(rq->arena, "/suche?q=%.*s", STR_FMT(url_encode(rq->arena, q))), STR_EMPTY, &hidden, 1, S("/ort"));
	}
	return search_page(rq, town);
}

int page_search(struct req *rq)
{
	return search_with_place(rq, rq->town);
}

int page_town_search(struct req *rq)
{
	const struct place *town = place_by_slug(rq->house->places, req_path(rq, 0));

	return town ? search_with_place(rq, town) : reply_problem(rq, 404);
}

static int topic_page(struct req *rq, const struct place *town, str topic)
{
	struct search_view v = { .page = page_frame(rq, STR_EMPTY) };
	size_t services, n = 0;
	const struct definition *const *all = catalog_services(rq->house->catalog, &services);
	struct service_tile_view *tile = ARENA_ARRAY(rq->arena, struct service_tile_view, services + 1);

	for (size_t i = 0; i < sizeof topics / sizeof *topics; i++)
		if (str_eq(str_c(topics[i].id), topic))
			v.title = TX(rq, topics[i].text);
	if (!v.title.n)
		return reply_problem(rq, 404);
	for (size_t i = 0; i < services; i++)
		if (str_eq(all[i]->service->topic, topic))
			TRY(result_tile(rq, town, all[i], &tile[n++]));
	v.page.title = v.title;
	v.page.nav = NAV_SERVICES;
	v.result = tile;
	v.results = n;
	v.place.value = town ? place_label(rq, town) : STR_EMPTY;
	v.topics = fill_topics(rq, town, &v.topic);
	return RENDER(rq, 200, view_search, &v);
}

int page_topic(struct req *rq)
{
	return topic_page(rq, rq->town, req_path(rq, 0));
}

int page_town_topic(struct req *rq)
{
	const struct place *town = place_by_slug(rq->house->places, req_path(rq, 0));

	return town ? topic_page(rq, town, req_path(rq, 1)) : reply_problem(rq, 404);
}
