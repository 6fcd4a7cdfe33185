/* SPDX-License-Identifier: EUPL-1.2 */
/* The authors' pages: all services, and one of them as it is read. */
#include "base/utf8.h"
#include "usecase/staff.h"
#include "web/pages/author_work.h"

struct page_view author_frame(struct req *rq, str title)
{
	struct page_view v = clerk_frame(rq, title, NAV_AUTHOR);
	str done = req_query(rq, S("erledigt"));

	if (done.n)
		v.notice = text_by_key(LANG_DE, str_fmt(rq->arena, "author.done.%.*s", STR_FMT(done)));
	return v;
}

static tenant_id level_of(struct req *rq)
{
	return rq->ctx.actor.tenant;
}

int author_service(struct req *rq, str id, struct author_service *ret)
{
	tenant_id t = level_of(rq);
	int rc;

	ret->d = NULL;
	rc = catalog_offer(&rq->ctx, t.v == TENANT_PORTAL.v ? (tenant_id){ 0 } : t, id, &ret->d);
	if (!ret->d)
		return rc;
	ret->active = rc == 0;
	return catalog_offered(&rq->ctx, t, id, &ret->offered);
}

bool author_own(const struct overlay *o, str key)
{
	return o && overlay_has_text(o, key);
}

bool author_guarded(const struct definition *d, str key)
{
	return part_guarded(d->service, key);
}

str author_value(struct req *rq, enum field_type type, str canonical)
{
	struct field f = { .type = type };
	struct value v = { .present = true, .valid = true, .canonical = canonical };

	if (decimal_parse(canonical, &v.number) < 0)
		v.number = (struct decimal){ 0 };
	if (date_parse_iso(canonical, &v.date) < 0)
		v.date = (struct date){ 0 };
	return value_display(rq->arena, &f, &v, S("de"), NULL, NULL);
}

static str href(struct req *rq, const struct definition *d, const char *tail)
{
	return str_fmt(rq->arena, "/redaktion/%.*s%s", STR_FMT(d->service->id), tail);
}

struct author_head_view author_head(struct req *rq, const struct definition *d, const char *tab)
{
	static const struct {
		const char *tail;
		enum text_id text;
	} tabs[] = { { "", TX_AUTHOR_TAB_READ }, { "/entwurf", TX_AUTHOR_TAB_DRAFT }, { "/vorschau", TX_AUTHOR_TAB_PREVIEW },
		     { "/verlauf", TX_AUTHOR_TAB_HISTORY } };
	struct inbox_tab_view *v = ARENA_ARRAY(rq->arena, struct inbox_tab_view, sizeof tabs / sizeof *tabs);
	struct author_head_view h = { .title = definition_text(d, S("de"), S("title")), .href = href(rq, d, ""), .tab = v, .tabs = sizeof tabs / sizeof *tabs };

	for (size_t i = 0; i < h.tabs; i++)
		v[i] = (struct inbox_tab_view){ .text = TX(rq, tabs[i].text), .href = href(rq, d, tabs[i].tail), .count = -1,
						.current = str_eq(str_c(tab), str_c(tabs[i].tail)) };
	return h;
}

/* ---- all services ---- */

static void state_of(struct req *rq, const struct author_service *s, const struct authoring_item *draft, struct author_row_view *r)
{
	const struct overlay *o = &s->offered.overlay;

	r->own = o->n ? TXF(rq, TX_AUTHOR_OWN, TEXT_N((int64_t)o->n)) : TX(rq, TX_AUTHOR_OWN_NONE);
	r->kind = NOTICE_INFO;
	if (s->offered.held.n) {
		r->state = TX(rq, TX_AUTHOR_STATE_CONFLICT);
		r->kind = NOTICE_DANGER;
	} else if (draft) {
		r->state = TX(rq, draft->state == AUTHORING_WAITING ? TX_AUTHOR_STATE_WAITING : TX_AUTHOR_STATE_EDITING);
		r->kind = NOTICE_WARNING;
	} else if (!s->active) {
		r->state = TX(rq, TX_AUTHOR_STATE_OFF);
	} else {
		r->state = TX(rq, TX_AUTHOR_STATE_LIVE);
		r->kind = NOTICE_SUCCESS;
	}
	if (s->d->service->confirms)
		r->confirm = TXF(rq, TX_AUTHOR_CONFIRM, TEXT_N((int64_t)s->d->service->confirms));
}

static str lead_of(struct req *rq)
{
	tenant_id t = level_of(rq);

	if (t.v == TENANT_PORTAL.v)
		return TX(rq, TX_AUTHOR_LEAD_STATE);
	return TXF(rq, TX_AUTHOR_LEAD_TOWN, TEXT_ARG("town", staff_authority(rq->house, t)->name));
}

static const struct authoring_item *draft_of(const struct authoring_item *list, size_t n, str service)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(list[i].service, service))
			return &list[i];
	return NULL;
}

int page_author_list(struct req *rq)
{
	str q = str_trim(req_query(rq, S("q"))), want = utf8_fold(rq->arena, q);
	struct author_list_view v = { .page = author_frame(rq, TX(rq, TX_AUTHOR_TITLE)), .q = q, .lead = lead_of(rq) };
	const struct definition *const *all;
	struct author_row_view *row;
	struct authoring_item *draft;
	size_t n, drafts;

	TRY(authoring_drafts(&rq->ctx, &draft, &drafts));
	all = catalog_services(rq->house->catalog, &n);
	row = ARENA_ARRAY(rq->arena, struct author_row_view, n + 1);
	for (size_t i = 0; i < n; i++) {
		struct author_row_view *r = &row[v.rows];
		struct author_service s;

		TRY(author_service(rq, all[i]->service->id, &s));
		*r = (struct author_row_view){ .title = definition_text(s.d, S("de"), S("title")), .href = href(rq, s.d, ""), .id = s.d->service->id,
					       .version = s.d->service->version };
		if (want.n && !str_contains(utf8_fold(rq->arena, r->title), want) && !str_contains(r->id, want))
			continue;
		state_of(rq, &s, draft_of(draft, drafts, r->id), r);
		v.rows++;
	}
	v.row = row;
	return RENDER(rq, 200, view_author_list, &v);
}

/* ---- one service, read ---- */

static void fact(struct point_view *list, size_t *n, str title, str text)
{
	if (text.n)
		list[(*n)++] = (struct point_view){ title, text };
}

static str joined(struct req *rq, const str *list, size_t n)
{
	struct buf b = buf_new(rq->arena, 100);

	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_put(&b, S("; "));
		buf_put(&b, list[i]);
	}
	return buf_str(&b);
}

static void facts(struct req *rq, const struct definition *d, struct author_read_view *v)
{
	static const enum text_id online[] = { TX_AUTHOR_FACT_ONLINE_FULL, TX_AUTHOR_FACT_ONLINE_PARTLY, TX_AUTHOR_FACT_ONLINE_INFO };
	static const enum text_id trust[] = { TX_PAGES_SIGNIN_NONE, TX_PAGES_SIGNIN_ACCOUNT, TX_PAGES_SIGNIN_SUBSTANTIAL, TX_PAGES_SIGNIN_HIGH };
	const struct service *s = d->service;
	struct point_view *f = ARENA_ARRAY(rq->arena, struct point_view, 12);

	v->fact = f;
	fact(f, &v->facts, TX(rq, TX_AUTHOR_FACT_VERSION), s->version);
	fact(f, &v->facts, TX(rq, TX_AUTHOR_FACT_HASH), str_sub(d->hash, 0, 12));
	fact(f, &v->facts, TX(rq, TX_AUTHOR_FACT_FROM), show_date_short(rq->arena, s->valid_from));
	if (s->valid_to.year)
		fact(f, &v->facts, TX(rq, TX_AUTHOR_FACT_UNTIL), show_date_short(rq->arena, s->valid_to));
	fact(f, &v->facts, TX(rq, TX_AUTHOR_FACT_LEIKA), joined(rq, s->leika, s->leikas));
	fact(f, &v->facts, TX(rq, TX_AUTHOR_FACT_ONLINE), TX(rq, online[s->online]));
	fact(f, &v->facts, TX(rq, TX_AUTHOR_FACT_TRUST), TX(rq, trust[s->trust]));
	fact(f, &v->facts, TX(rq, TX_AUTHOR_FACT_DURATION),
		s->duration_days ? TXF(rq, TX_AUTHOR_FACT_DAYS, TEXT_N(s->duration_days)) : TX(rq, TX_AUTHOR_FACT_DURATION_NONE));
	fact(f, &v->facts, TX(rq, TX_AUTHOR_FACT_RETENTION), TXF(rq, TX_AUTHOR_FACT_YEARS, TEXT_N(s->retention_years)));
	fact(f, &v->facts, TX(rq, TX_AUTHOR_FACT_FOUR_EYES), TX(rq, s->four_eyes ? TX_AUTHOR_FACT_FOUR_EYES_YES : TX_AUTHOR_FACT_FOUR_EYES_NO));
	fact(f, &v->facts, TX(rq, TX_AUTHOR_FACT_LEGAL), joined(rq, s->legal, s->legals));
}

static void filters(struct req *rq, const struct definition *d, struct author_read_view *v)
{
	static const struct {
		const char *show;
		enum text_id text;
	} all[] = { { "", TX_AUTHOR_READ_ALL }, { "fehlt", TX_AUTHOR_READ_MISSING }, { "eigene", TX_AUTHOR_READ_OWN } };
	struct inbox_tab_view *t = ARENA_ARRAY(rq->arena, struct inbox_tab_view, 3);

	for (size_t i = 0; i < 3; i++)
		t[i] = (struct inbox_tab_view){ .text = TX(rq, all[i].text), .count = -1, .current = str_eq(v->show, str_c(all[i].show)),
						.href = i ? str_fmt(rq->arena, "%.*s?zeigen=%s", STR_FMT(href(rq, d, "")), all[i].show) : href(rq, d, "") };
	v->filter = t;
	v->filters = 3;
}

int page_author_read(struct req *rq)
{
	struct author_read_view v = { .q = str_trim(req_query(rq, S("q"))), .show = req_query(rq, S("zeigen")) };
	struct author_outline o;
	struct authoring *w;

	TRY(authoring_open(&rq->ctx, req_path(rq, 0), &w));
	o = (struct author_outline){ .rq = rq, .d = w->definition, .own = &w->draft, .q = v.q, .show = v.show, .locked = w->state == AUTHORING_WAITING };
	author_outline(&o);
	v.page = author_frame(rq, definition_text(w->definition, S("de"), S("title")));
	v.head = author_head(rq, w->definition, "");
	if (w->state != AUTHORING_NONE) {
		v.head.state = TX(rq, w->state == AUTHORING_WAITING ? TX_AUTHOR_STATE_WAITING : TX_AUTHOR_STATE_EDITING);
		v.head.kind = NOTICE_WARNING;
	}
	if (!v.q.n && !v.show.n)
		facts(rq, w->definition, &v);
	filters(rq, w->definition, &v);
	v.section = o.section;
	v.sections = o.sections;
	return RENDER(rq, 200, view_author_read, &v);
}
