/* SPDX-License-Identifier: EUPL-1.2 */
/* Public checks of a receipt and of a decision. */
#include "usecase/checks.h"
#include "web/limit.h"
#include "web/pages.h"

static int show_receipt(struct req *rq, struct receipt_check_view *v, str typed)
{
	v->page = page_frame(rq, TX(rq, TX_RECEIPT_TITLE));
	v->post = page_post(rq, S("/quittung-pruefen"), false);
	v->text = (struct field_view){ .look = LOOK_AREA, .key = S("quittung"), .label = TX(rq, TX_PAGES_RECEIPT_LABEL), .hint = TX(rq, TX_PAGES_RECEIPT_HINT),
				       .rows = 8, .value = typed, .no_spellcheck = true };
	v->keys_href = S("/.well-known/schalter-keys.json");
	return RENDER(rq, 200, view_receipt_check, v);
}

int page_receipt_check(struct req *rq)
{
	struct receipt_check_view v = { 0 };

	return show_receipt(rq, &v, STR_EMPTY);
}

int page_receipt_check_post(struct req *rq)
{
	str typed = str_trim(req_form(rq, S("quittung")));
	struct receipt_check_view v = { .result = CHECK_BAD };
	const struct authority *who;
	struct receipt r;
	int rc;

	if (!limit_take(S("check"), limit_client(rq->arena, rq->client), 60))
		return reply_problem(rq, 429);
	rc = receipt_check(&rq->ctx, typed, &r, &v.key_id);
	if (rc == ERR_PARSE || rc == ERR_NOTFOUND || rc == ERR_CRYPTO) {
		v.why = rc == ERR_PARSE ? TX(rq, TX_PAGES_RECEIPT_NONE) : rc == ERR_NOTFOUND ? TX(rq, TX_PAGES_RECEIPT_KEY) : TX(rq, TX_PAGES_RECEIPT_WRONG);
		return show_receipt(rq, &v, typed);
	}
	TRY(rc);
	who = authority_by_slug(rq->house->places, r.tenant);
	v.result = CHECK_GOOD;
	v.authority = who ? who->name : r.tenant;
	v.reference = r.reference;
	v.time = show_time(rq->arena, rq->ctx.lang, r.submitted);
	return show_receipt(rq, &v, typed);
}

static int show_decision(struct req *rq, str code)
{
	struct decision_check_view v = { .code = code };
	const struct authority *who;
	struct letter_check l;
	int rc;

	v.page = page_frame(rq, TX(rq, TX_LETTER_TITLE));
	v.page.path = STR_EMPTY;
	if (!code.n)
		return RENDER(rq, 200, view_decision_check, &v);
	if (!limit_take(S("check"), limit_client(rq->arena, rq->client), 60))
		return reply_problem(rq, 429);
	rc = letter_check(&rq->ctx, code, &l);
	v.result = rc ? CHECK_BAD : CHECK_GOOD;
	if (rc == ERR_NOTFOUND)
		return RENDER(rq, 404, view_decision_check, &v);
	TRY(rc);
	who = authority_by_tenant(rq->house->places, l.tenant.v);
	v.authority = who ? who->name : STR_EMPTY;
	v.kind = TX(rq, TX_PAGES_LETTER_KIND);
	v.date = show_date(rq->arena, rq->ctx.lang, civil_from_instant(l.sent).date);
	v.fingerprint = hex(rq->arena, digest_str(&l.pdf));
	return RENDER(rq, 200, view_decision_check, &v);
}

int page_decision_check(struct req *rq)
{
	return show_decision(rq, str_trim(req_query(rq, S("code"))));
}

int page_decision_check_code(struct req *rq)
{
	return show_decision(rq, req_path(rq, 0));
}
