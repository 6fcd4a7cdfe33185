/* SPDX-License-Identifier: EUPL-1.2 */
/* schalter preview: where an author begins, what the script asks, and recording a case. Elsewhere these pages do not exist. */
#include "web/pages/preview_aside.h"

#include "usecase/catalog.h"
#include "web/session.h"

static const struct definition *served(struct req *rq)
{
	size_t n;
	const struct definition *const *all = catalog_services(rq->house->catalog, &n);

	return n ? all[0] : NULL;
}

/* An empty form, as somebody has it who begins. */
static struct draft *blank(struct req *rq, const struct definition *d, const struct place *place)
{
	struct draft *x = ARENA_NEW(rq->arena, struct draft);

	x->definition = d;
	x->place = place;
	x->service = d->service->id;
	x->answers = answers_new(rq->arena, d->form);
	x->context = (struct journey_context){ .today = rq->ctx.today, .place_ars = place->ars, .place_population = place->population };
	x->journey = journey_run(rq->arena, d->form, x->answers, &x->context);
	return x;
}

int page_preview(struct req *rq)
{
	struct preview_home_view v = { 0 };
	struct preview_case_view *item;
	struct preview_state s;
	const struct definition *d = served(rq);
	const struct place *place;

	if (!rq->house->preview)
		return reply_problem(rq, 404);
	preview_state(rq->house->preview, rq->arena, &s);
	place = preview_place(&rq->ctx);
	v.title = d ? definition_text(d, lang_code(rq->ctx.lang), S("title")) : s.id;
	v.page = page_frame(rq, TXF(rq, TX_PREVIEW_HOME_TITLE, TEXT_ARG("service", v.title)));
	v.preview = *(d ? preview_column(rq, blank(rq, d, place), NULL, 0) : preview_plain(rq));
	v.page.preview = &v.preview;
	v.post = page_post(rq, S("/vorschau/beginnen"), false);
	v.dir = s.dir;
	v.place = place->name;
	v.service_href = d ? str_fmt(rq->arena, "/%.*s/leistung/%.*s", STR_FMT(place->slug), STR_FMT(d->service->id)) : STR_EMPTY;
	item = ARENA_ARRAY(rq->arena, struct preview_case_view, s.cases + 1);
	for (size_t i = 0; i < s.cases; i++)
		item[i] = (struct preview_case_view){ s.case_name[i], str_fmt(rq->arena, "%zu", i) };
	v.item = item;
	v.items = d ? s.cases : 0;
	return RENDER(rq, 200, view_preview_home, &v);
}

int page_preview_state(struct req *rq)
{
	if (!rq->house->preview)
		return reply_problem(rq, 404);
	return reply_bytes(rq, 200, "text/plain; charset=utf-8", str_fmt(rq->arena, "%lld", (long long)preview_generation(rq->house->preview)));
}

/* ---- begin, empty or with a recorded case ---- */

static int goes_on(struct req *rq)
{
	struct draft *d = rq->data;

	return reply_see(rq, draft_href(rq, d, draft_next_path(rq->arena, d, NULL)));
}

static int begun(struct req *rq)
{
	str number = req_form(rq, S("fall"));
	struct draft *d;
	int64_t n;

	TRY(draft_open(&rq->ctx, *(str *)rq->data, &d));
	rq->ctx.unit = NULL;
	rq->data = d;
	if (!number.n)
		return goes_on(rq);
	if (str_to_i64(number, &n) < 0 || n < 0)
		return reply_problem(rq, 400);
	TRY(preview_take_case(&rq->ctx, d, (size_t)n));
	return req_commit(rq, goes_on);
}

int page_preview_begin(struct req *rq)
{
	const struct definition *d = served(rq);
	bool visitor = !rq->ctx.actor.known;
	str *handle = ARENA_NEW(rq->arena, str);

	if (!rq->house->preview || !d)
		return reply_problem(rq, 404);
	if (visitor)
		session_make(rq);
	TRY(draft_start(&rq->ctx, preview_place(&rq->ctx), d->service->id, visitor, handle));
	rq->data = handle;
	return req_commit(rq, begun);
}

/* ---- record ---- */

static int record_failed(struct req *rq, const struct draft *d, str why, const struct findings *f)
{
	struct preview_home_view v = { 0 };
	struct preview_finding_view *list = ARENA_ARRAY(rq->arena, struct preview_finding_view, f->n + 1);

	for (size_t i = 0; i < f->n; i++)
		list[i] = (struct preview_finding_view){ f->v[i].severity == FINDING_ERROR, f->v[i].file, f->v[i].text, f->v[i].code };
	v.title = definition_text(d->definition, lang_code(rq->ctx.lang), S("title"));
	v.page = page_frame(rq, TXF(rq, TX_PREVIEW_HOME_TITLE, TEXT_ARG("service", v.title)));
	v.page.errors = true;
	v.preview = *preview_column(rq, d, NULL, 0);
	v.preview.record_name = req_form(rq, S("name"));
	v.preview.record_error = why;
	v.preview.record_finding = list;
	v.preview.record_findings = f->n;
	v.page.preview = &v.preview;
	v.dir = S("cases.yaml");
	return RENDER(rq, 422, view_preview_home, &v);
}

int page_preview_record(struct req *rq)
{
	struct findings f = findings_new(rq->arena);
	str name = str_trim(req_form(rq, S("name")));
	struct draft *d;
	int rc;

	if (!rq->house->preview)
		return reply_problem(rq, 404);
	TRY(draft_open(&rq->ctx, req_path(rq, 0), &d));
	if (!name.n)
		return record_failed(rq, d, TX(rq, TX_PREVIEW_RECORD_NEEDS_NAME), &f);
	rc = preview_record(&rq->ctx, d, name, &f);
	if (rc == ERR_EXISTS)
		return record_failed(rq, d, TX(rq, TX_PREVIEW_RECORD_NAME_TAKEN), &f);
	if (rc == ERR_INVALID || rc == ERR_PARSE)
		return record_failed(rq, d, TX(rq, TX_PREVIEW_RECORD_FAILED), &f);
	TRY(rc);
	return reply_see(rq, draft_href(rq, d, str_fmt(rq->arena, "%.*s?aufgenommen=1", STR_FMT(draft_next_path(rq->arena, d, NULL)))));
}
