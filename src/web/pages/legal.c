/* SPDX-License-Identifier: EUPL-1.2 */
/* Impressum, privacy, accessibility, reporting a barrier, help: per tenant from its settings; what is not known is left out. */
#include "domain/field_codes.h"
#include "usecase/catalog.h"
#include "usecase/reports.h"
#include "usecase/tenants.h"
#include "web/limit.h"
#include "web/pages/citizen.h"

/* The town of the path or host; on the portal the operator of the portal speaks. */
static tenant_id tenant_of(struct req *rq)
{
	const struct place *p = req_town(rq);

	return p ? (tenant_id){ p->tenant_id } : TENANT_PORTAL;
}

static str name_of(struct req *rq, tenant_id t)
{
	const struct authority *a = authority_by_tenant(rq->house->places, t.v);

	return a ? a->name : TX(rq, TX_PAGES_PORTAL_NAME);
}

static bool unknown_town(struct req *rq)
{
	return str_has_prefix(str_c(rq->route->path), S("/{}")) && !place_by_slug(rq->house->places, req_path(rq, 0));
}

/* ---- Impressum ---- */

static int imprint(struct req *rq)
{
	tenant_id t = tenant_of(rq);
	struct imprint_view v = { .page = page_frame(rq, TX(rq, TX_LAYOUT_IMPRINT)), .authority = name_of(rq, t) };
	struct tenant_settings s;

	TRY(tenant_settings_get(&rq->ctx, t, &s));
	v.contact = show_contact(rq, t);
	v.represented_by = s.represented_by;
	v.supervision = s.supervision.name;
	v.vat_id = s.vat_id;
	v.operator_name = TX(rq, TX_PAGES_OPERATOR);
	return RENDER(rq, 200, view_imprint, &v);
}

int page_imprint(struct req *rq)
{
	return imprint(rq);
}

int page_town_imprint(struct req *rq)
{
	return unknown_town(rq) ? reply_problem(rq, 404) : imprint(rq);
}

/* ---- privacy, Art. 13 DSGVO ---- */

static int privacy(struct req *rq, const struct definition *d)
{
	tenant_id t = tenant_of(rq);
	struct privacy_view v = { .page = page_frame(rq, TX(rq, TX_PRIVACY_TITLE)), .authority = name_of(rq, t) };
	struct tenant_settings s;
	str lang = lang_code(rq->ctx.lang);

	if (d && t.v != TENANT_PORTAL.v) {
		struct responsibility who;

		TRY(place_responsible(rq->house->places, d->service->responsible, req_town(rq), &who));
		if (who.tenant_id)
			t.v = who.tenant_id;
		v.authority = name_of(rq, t);
	}
	TRY(tenant_settings_get(&rq->ctx, t, &s));
	v.contact = show_contact(rq, t);
	v.officer.name = s.officer.name;
	v.officer.email = s.officer.email;
	v.officer.phone = s.officer.phone;
	if (d) {
		struct text_values values = { .place = req_town(rq) ? req_town(rq)->name : STR_EMPTY, .authority = v.authority };

		v.service = definition_text(d, lang, S("title"));
		v.purpose = definition_expand(rq->arena, d, lang, definition_text(d, lang, S("privacy.purpose")), &values);
		v.legal_basis = definition_expand(rq->arena, d, lang, definition_text(d, lang, S("privacy.basis")), &values);
		v.recipients = definition_expand(rq->arena, d, lang, definition_text(d, lang, S("privacy.recipients")), &values);
		v.retention = definition_expand(rq->arena, d, lang, definition_text(d, lang, S("privacy.retention")), &values);
	} else {
		v.purpose = TX(rq, TX_PAGES_PRIVACY_PURPOSE);
		v.legal_basis = TX(rq, TX_PAGES_PRIVACY_BASIS);
		v.recipients = TX(rq, TX_PAGES_PRIVACY_RECIPIENTS);
		v.retention = TXF(rq, TX_PAGES_PRIVACY_RETENTION, TEXT_N(rq->house->conf.draft_days));
	}
	v.supervisory_name = TX(rq, TX_PAGES_PRIVACY_SUPERVISION);
	return RENDER(rq, 200, view_privacy, &v);
}

int page_privacy(struct req *rq)
{
	return privacy(rq, NULL);
}

int page_town_privacy(struct req *rq)
{
	return unknown_town(rq) ? reply_problem(rq, 404) : privacy(rq, NULL);
}

int page_town_service_privacy(struct req *rq)
{
	const struct definition *d;

	if (unknown_town(rq) || catalog_offer(&rq->ctx, (tenant_id){ 0 }, req_path(rq, 1), &d) < 0)
		return reply_problem(rq, 404);
	return privacy(rq, d);
}

/* ---- accessibility ---- */

static int accessibility(struct req *rq)
{
	tenant_id t = tenant_of(rq);
	struct accessibility_view v = { .page = page_frame(rq, TX(rq, TX_LAYOUT_ACCESSIBILITY)), .authority = name_of(rq, t) };
	struct point_view *gap = ARENA_ARRAY(rq->arena, struct point_view, 2);

	v.contact = show_contact(rq, t);
	v.full = false; /* no outside audit and no screen reader test with people yet: "partly" is the honest state */
	gap[0] = (struct point_view){ TX(rq, TX_PAGES_ACCESS_GAP_1), TX(rq, TX_PAGES_ACCESS_GAP_1_TEXT) };
	gap[1] = (struct point_view){ TX(rq, TX_PAGES_ACCESS_GAP_2), TX(rq, TX_PAGES_ACCESS_GAP_2_TEXT) };
	v.gap = gap;
	v.gaps = 2;
	v.updated = show_date(rq->arena, rq->ctx.lang, (struct date){ 2026, 11, 22 });
	v.method = TX(rq, TX_PAGES_ACCESS_METHOD);
	v.report_href = str_fmt(rq->arena, "%.*s/barriere-melden", STR_FMT(v.page.home));
	v.enforcement_name = TX(rq, TX_PAGES_ACCESS_ENFORCEMENT);
	v.law = TX(rq, TX_PAGES_ACCESS_LAW);
	return RENDER(rq, 200, view_accessibility, &v);
}

int page_accessibility(struct req *rq)
{
	return accessibility(rq);
}

int page_town_accessibility(struct req *rq)
{
	return unknown_town(rq) ? reply_problem(rq, 404) : accessibility(rq);
}

/* ---- reporting a barrier ---- */

static int show_barrier(struct req *rq, const struct report_in *in, str text_error, str email_error, bool sent)
{
	struct error_item_view *e = ARENA_ARRAY(rq->arena, struct error_item_view, 2);
	struct barrier_view v = { .page = page_frame(rq, TX(rq, TX_BARRIER_TITLE)), .sent = sent, .about = in->route };

	v.post = page_post(rq, rq->path, false);
	v.text = (struct field_view){ .look = LOOK_AREA, .key = S("text"), .label = TX(rq, TX_PAGES_BARRIER_LABEL), .value = in->text, .rows = 6,
				      .max_length = REPORT_TEXT_MAX, .error = text_error };
	v.email = (struct field_view){ .look = LOOK_TEXT, .key = S("email"), .label = TX(rq, TX_PAGES_BARRIER_EMAIL), .optional = true,
				       .input_type = S("email"), .autocomplete = S("email"), .value = in->email, .error = email_error };
	if (text_error.n)
		e[v.errors.items++] = (struct error_item_view){ text_error, S("#text") };
	if (email_error.n)
		e[v.errors.items++] = (struct error_item_view){ email_error, S("#email") };
	v.errors.item = e;
	v.page.errors = v.errors.items > 0;
	return RENDER(rq, v.errors.items ? 422 : 200, view_barrier, &v);
}

/* "seite" comes from the footer link; only a plain path of ours is kept, and only its shape is shown. */
static str about_of(struct req *rq, str page)
{
	return page.n && page.n < 200 && page.p[0] == '/' && !str_has_prefix(page, S("//")) ? page : STR_EMPTY;
}

static int barrier(struct req *rq)
{
	struct report_in in = { .route = about_of(rq, req_query(rq, S("seite"))) };

	return show_barrier(rq, &in, STR_EMPTY, STR_EMPTY, false);
}

static int reported(struct req *rq)
{
	return show_barrier(rq, rq->data, STR_EMPTY, STR_EMPTY, true);
}

static int barrier_post(struct req *rq)
{
	struct report_in *in = ARENA_NEW(rq->arena, struct report_in);
	str text_error = STR_EMPTY, email_error = STR_EMPTY;

	*in = (struct report_in){ .tenant = tenant_of(rq), .text = str_trim(req_form(rq, S("text"))), .email = str_trim(req_form(rq, S("email"))),
				  .route = about_of(rq, req_form(rq, S("seite"))) };
	if (!limit_take(S("barrier"), limit_client(rq->arena, rq->client), 6))
		return reply_problem(rq, 429);
	if (!in->text.n)
		text_error = TX(rq, TX_PAGES_BARRIER_REQUIRED);
	if (in->text.n > REPORT_TEXT_MAX * 4)
		text_error = TX(rq, TX_PAGES_BARRIER_LONG);
	if (in->email.n && field_code_parse(rq->arena, FIELD_EMAIL, in->email, &in->email) < 0)
		email_error = TX(rq, TX_PAGES_EMAIL_FORMAT);
	if (text_error.n || email_error.n)
		return show_barrier(rq, in, text_error, email_error, false);
	TRY(report_add(&rq->ctx, in));
	rq->data = in;
	return req_commit(rq, reported);
}

int page_barrier(struct req *rq)
{
	return barrier(rq);
}

int page_barrier_post(struct req *rq)
{
	return barrier_post(rq);
}

int page_town_barrier(struct req *rq)
{
	return unknown_town(rq) ? reply_problem(rq, 404) : barrier(rq);
}

int page_town_barrier_post(struct req *rq)
{
	return unknown_town(rq) ? reply_problem(rq, 404) : barrier_post(rq);
}

int page_help(struct req *rq)
{
	struct help_view v = { .page = page_frame(rq, TX(rq, TX_LAYOUT_NAV_HELP)) };

	v.page.nav = NAV_HELP;
	v.contact = show_contact(rq, tenant_of(rq));
	return RENDER(rq, 200, view_help, &v);
}
