/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The open interface for a town's own web site and for D115: services by words and place, places, and who is responsible. Public facts only,
 * so no credential, no session, and every origin may read (docs/api.md, "Open to everybody"; /api/v1/openapi.json, OpenAPI 3.1).
 */
#include "base/json.h"
#include "usecase/catalog.h"
#include "web/pages.h"
#include "web/pages/citizen.h"

extern const char embedded_openapi[];
extern const size_t embedded_openapi_n;

#define MINUTES_5 S("public, max-age=300")

/* What an answer is about: the language, and the place if one was named. */
struct asked {
	str lang;
	const struct place *place;
};

static int send(struct req *rq, const struct buf *b)
{
	reply_header(rq, "Cache-Control", MINUTES_5);
	reply_header(rq, "Vary", S("Accept-Language"));
	reply_header(rq, "Access-Control-Allow-Origin", S("*"));
	return reply_json(rq, 200, b);
}

/* RFC 9457, with words that say what to do. */
static int refuse(struct req *rq, int status, str detail)
{
	struct buf b = buf_new(rq->arena, 256);
	struct json j;

	json_begin(&j, &b);
	json_object(&j);
	json_kstr(&j, S("type"), S("about:blank"));
	json_kint(&j, S("status"), status);
	json_kstr(&j, S("detail"), detail);
	json_kstr(&j, S("request"), str_c(rq->id));
	json_object_end(&j);
	json_end(&j);
	reply_header(rq, "Access-Control-Allow-Origin", S("*"));
	return reply_bytes(rq, status, "application/problem+json", buf_str(&b));
}

static int read_query(struct req *rq, struct asked *ret)
{
	TRY(form_parse(rq->arena, rq->query_text, 20, &rq->query));
	*ret = (struct asked){ .lang = lang_code(rq->ctx.lang) };
	if (str_eq(req_query(rq, S("lang")), S("de")))
		ret->lang = S("de");
	else if (str_eq(req_query(rq, S("lang")), S("en")))
		ret->lang = S("en");
	return 0;
}

/* A name, a postcode, an ARS or AGS: 1 one place, 0 nothing typed, 2 several or none. */
static int place_named(struct req *rq, str typed, const struct place **ret)
{
	struct place_hit *hit;
	size_t n;

	*ret = NULL;
	typed = str_trim(typed);
	if (!typed.n)
		return 0;
	if ((*ret = place_by_ars(rq->house->places, typed)) || (*ret = place_by_ags(rq->house->places, typed)) ||
	    (*ret = place_by_slug(rq->house->places, typed)))
		return 1;
	TRY(place_find(rq->arena, rq->house->places, typed, 10, &hit, &n));
	if (!n || !place_hits_sure(hit, n))
		return 2;
	*ret = hit[0].place;
	return 1;
}

static void write_place(struct json *j, const struct place *p)
{
	json_object(j);
	json_kstr(j, S("ars"), p->ars);
	json_kstr(j, S("ags"), p->ags);
	json_kstr(j, S("name"), p->name);
	json_kstr(j, S("label"), p->label);
	json_kstr(j, S("slug"), p->slug);
	json_kstr(j, S("postcode"), p->seat_postcode);
	json_kstr(j, S("district"), p->district->name);
	json_object_end(j);
}

static int write_authority(struct req *rq, struct json *j, const struct asked *q, str rule)
{
	const struct place_rule *law = place_rule_by_key(rq->house->places, rule);
	struct responsibility who;

	if (!q->place) {
		json_null(j);
		return 0;
	}
	TRY(place_responsible(rq->house->places, rule, q->place, &who));
	json_object(j);
	json_kstr(j, S("name"), who.authority ? who.authority->name : TX(rq, who.text));
	if (who.authority) {
		json_kstr(j, S("slug"), who.authority->slug);
		json_kstr(j, S("ars"), who.authority->ars);
	}
	json_kbool(j, S("confirmed"), who.confirmed);
	json_kstr(j, S("basis"), who.basis);
	json_kstr(j, S("reason"), TXF(rq, who.text, TEXT_ARG("place", q->place->name)));
	if (!who.confirmed)
		json_kstr(j, S("doubt"), TXF(rq, who.doubt, TEXT_ARG("place", q->place->name)));
	json_kstr(j, S("law"), law ? law->law : STR_EMPTY);
	json_object_end(j);
	return 0;
}

/* Is the service offered online there? Without a place: by the package itself. */
static str online_word(struct req *rq, const struct asked *q, const struct definition *d)
{
	static const str word[] = { STR_INIT("full"), STR_INIT("partly"), STR_INIT("info") };
	const struct definition *offered = d;
	struct responsibility who;

	if (q->place && (place_responsible(rq->house->places, d->service->responsible, q->place, &who) < 0 ||
			 (who.tenant_id && catalog_offer(&rq->ctx, (tenant_id){ who.tenant_id }, d->service->id, &offered) < 0)))
		return S("no");
	return word[offered->service->online];
}

static str service_url(struct req *rq, const struct asked *q, const struct definition *d)
{
	str origin = rq->house->origin, id = d->service->id;

	if (q->place)
		return str_fmt(rq->arena, "%.*s/%.*s/leistung/%.*s", STR_FMT(origin), STR_FMT(q->place->slug), STR_FMT(id));
	return str_fmt(rq->arena, "%.*s/leistung/%.*s", STR_FMT(origin), STR_FMT(id));
}

/* Members of a service that lists and the single answer share; the object stays open. */
static int write_service(struct req *rq, struct json *j, const struct asked *q, const struct definition *d)
{
	json_object(j);
	json_kstr(j, S("id"), d->service->id);
	json_kstr(j, S("title"), definition_text(d, q->lang, S("title")));
	json_kstr(j, S("summary"), definition_text(d, q->lang, S("short")));
	json_kstr(j, S("online"), online_word(rq, q, d));
	json_kstr(j, S("url"), service_url(rq, q, d));
	json_key(j, S("leika"));
	json_array(j);
	for (size_t i = 0; i < d->service->leikas; i++)
		json_str(j, d->service->leika[i]);
	json_array_end(j);
	json_key(j, S("authority"));
	return write_authority(rq, j, q, d->service->responsible);
}

/* ---- GET /api/v1/services?q=&place=&limit= ---- */

/* Without words: all services in the order of their ids. */
static int find_services(struct req *rq, str words, size_t limit, const struct definition ***ret, size_t *ret_n)
{
	const struct definition *const *all;
	struct catalog_hit *hit;
	size_t n;

	if (words.n) {
		TRY(catalog_search(&rq->ctx, words, limit, &hit, &n));
		*ret = ARENA_ARRAY(rq->arena, const struct definition *, n + 1);
		for (size_t i = 0; i < n; i++)
			(*ret)[i] = hit[i].definition;
		*ret_n = n;
		return 0;
	}
	all = catalog_services(rq->house->catalog, &n);
	*ret_n = n < limit ? n : limit;
	*ret = ARENA_ARRAY(rq->arena, const struct definition *, *ret_n + 1);
	for (size_t i = 0; i < *ret_n; i++)
		(*ret)[i] = all[i];
	return 0;
}

static int read_limit(struct req *rq, int64_t most, size_t *ret)
{
	str typed = req_query(rq, S("limit"));
	int64_t limit = 20;

	if (typed.n && (str_to_i64(typed, &limit) < 0 || limit < 1 || limit > most))
		return ERR_PARSE;
	*ret = (size_t)limit;
	return 0;
}

int page_open_services(struct req *rq)
{
	struct buf b = buf_new(rq->arena, 8192);
	const struct definition **d;
	struct asked q;
	struct json j;
	size_t n, limit;

	TRY(read_query(rq, &q));
	if (read_limit(rq, 100, &limit) < 0)
		return refuse(rq, 400, TX(rq, TX_API_LIMIT));
	if (place_named(rq, req_query(rq, S("place")), &q.place) == 2)
		return refuse(rq, 404, TX(rq, TX_API_PLACE));
	TRY(find_services(rq, str_trim(req_query(rq, S("q"))), limit, &d, &n));
	json_begin(&j, &b);
	json_object(&j);
	if (q.place) {
		json_key(&j, S("place"));
		write_place(&j, q.place);
	}
	json_key(&j, S("results"));
	json_array(&j);
	for (size_t i = 0; i < n; i++) {
		TRY(write_service(rq, &j, &q, d[i]));
		json_object_end(&j);
	}
	json_array_end(&j);
	json_object_end(&j);
	json_end(&j);
	return send(rq, &b);
}

/* ---- GET /api/v1/services/{id}?ars= ---- */

static void write_facts(struct req *rq, struct json *j, const struct asked *q, const struct definition *d)
{
	const struct service *s = d->service;

	json_kstr(j, S("description"), definition_expand(rq->arena, d, q->lang, definition_text(d, q->lang, S("description")), &(struct text_values){ 0 }));
	json_kstr(j, S("cost"), cost_text(rq, d));
	json_kstr(j, S("duration"), duration_text(rq, d));
	json_kstr(j, S("trust"), trust_text(rq, s->trust));
	json_kstr(j, S("version"), s->version);
	json_kstr(j, S("definition"), d->hash);
	json_kstr(j, S("schema"), str_fmt(rq->arena, "%.*s/schema/%.*s.json", STR_FMT(rq->house->origin), STR_FMT(d->hash)));
	json_key(j, S("needed"));
	json_array(j);
	for (size_t i = 0; i < s->needs; i++)
		json_str(j, definition_expand(rq->arena, d, q->lang, definition_text3(d, q->lang, S("need."), s->need[i], STR_EMPTY), &(struct text_values){ 0 }));
	json_array_end(j);
	json_key(j, S("legal"));
	json_array(j);
	for (size_t i = 0; i < s->legals; i++)
		json_str(j, s->legal[i]);
	json_array_end(j);
}

int page_open_service(struct req *rq)
{
	struct buf b = buf_new(rq->arena, 8192);
	const struct definition *d;
	struct responsibility who;
	struct asked q;
	struct json j;

	TRY(read_query(rq, &q));
	if (catalog_offer(&rq->ctx, (tenant_id){ 0 }, req_path(rq, 0), &d) < 0)
		return refuse(rq, 404, TX(rq, TX_API_SERVICE));
	if (place_named(rq, req_query(rq, S("ars")), &q.place) == 2)
		return refuse(rq, 404, TX(rq, TX_API_PLACE));
	/* the town's own fees and texts, even where it has switched the service off: "online" says that */
	if (q.place && !place_responsible(rq->house->places, d->service->responsible, q.place, &who) && who.tenant_id)
		IGNORE(catalog_offer(&rq->ctx, (tenant_id){ who.tenant_id }, d->service->id, &d));
	json_begin(&j, &b);
	TRY(write_service(rq, &j, &q, d));
	write_facts(rq, &j, &q, d);
	json_object_end(&j);
	json_end(&j);
	return send(rq, &b);
}

/* ---- GET /api/v1/places?q= ---- */

int page_open_places(struct req *rq)
{
	struct buf b = buf_new(rq->arena, 4096);
	struct place_hit *hit;
	struct asked q;
	struct json j;
	size_t n, limit;

	TRY(read_query(rq, &q));
	if (read_limit(rq, 100, &limit) < 0)
		return refuse(rq, 400, TX(rq, TX_API_LIMIT));
	TRY(place_find(rq->arena, rq->house->places, req_query(rq, S("q")), limit, &hit, &n));
	json_begin(&j, &b);
	json_object(&j);
	json_kbool(&j, S("sure"), n && place_hits_sure(hit, n));
	json_key(&j, S("results"));
	json_array(&j);
	for (size_t i = 0; i < n; i++)
		write_place(&j, hit[i].place);
	json_array_end(&j);
	json_object_end(&j);
	json_end(&j);
	return send(rq, &b);
}

/* ---- GET /api/v1/responsibility?service=&ars= ---- */

int page_open_responsibility(struct req *rq)
{
	struct buf b = buf_new(rq->arena, 1024);
	const struct definition *d;
	struct asked q;
	struct json j;

	TRY(read_query(rq, &q));
	if (catalog_offer(&rq->ctx, (tenant_id){ 0 }, req_query(rq, S("service")), &d) < 0)
		return refuse(rq, 404, TX(rq, TX_API_SERVICE));
	if (place_named(rq, req_query(rq, S("ars")), &q.place) != 1)
		return refuse(rq, 404, TX(rq, TX_API_PLACE));
	json_begin(&j, &b);
	json_object(&j);
	json_kstr(&j, S("service"), d->service->id);
	json_kstr(&j, S("place_of"), d->service->place_of_key);
	json_key(&j, S("place"));
	write_place(&j, q.place);
	json_key(&j, S("authority"));
	TRY(write_authority(rq, &j, &q, d->service->responsible));
	json_kstr(&j, S("online"), online_word(rq, &q, d));
	json_kstr(&j, S("url"), service_url(rq, &q, d));
	json_object_end(&j);
	json_end(&j);
	return send(rq, &b);
}

/* ---- GET /api/v1/openapi.json ---- */

int page_open_api(struct req *rq)
{
	struct buf b = buf_new(rq->arena, embedded_openapi_n + 1);

	buf_putn(&b, embedded_openapi, embedded_openapi_n);
	return send(rq, &b);
}
