/* SPDX-License-Identifier: EUPL-1.2 */
/* Withdrawing, choosing how the decision comes, fetching it the first time. Each asks on a page and posts once. */
#include "base/utf8.h"
#include "web/pages/track.h"

#define REASON_MAX 1000		/* characters, as the field says */

/* ---- withdrawing ---- */

int page_status_withdraw(struct req *rq)
{
	struct confirm_view v = { .title = TX(rq, TX_TRACK_WITHDRAW_TITLE), .danger = true, .reason_key = S("grund") };
	struct casefile *f;

	TRY(track_open(rq, CASE_ANSWER, &f));
	if (!applicant_may_withdraw(&f->row))
		return track_back(rq, f->row.phase == PHASE_WITHDRAWN ? "zurueckgezogen" : "nicht-zurueck");
	v.page = track_frame(rq, f, v.title);
	v.back_href = v.cancel_href = track_href(rq, "");
	v.text = TXF(rq, TX_TRACK_WITHDRAW_TEXT, TEXT_ARG("service", track_service(rq, f)),
		TEXT_ARG("authority", f->authority ? f->authority->name : STR_EMPTY));
	v.reason_label = TX(rq, TX_TRACK_WITHDRAW_REASON);
	v.button = TX(rq, TX_TRACK_WITHDRAW_BUTTON);
	v.cancel = TX(rq, TX_TRACK_WITHDRAW_CANCEL);
	v.post = page_post(rq, track_href(rq, "/zurueckziehen"), true);
	return RENDER(rq, 200, view_confirm, &v);
}

static int withdrawn(struct req *rq)
{
	const struct applicant_outcome *o = rq->data;

	return track_back(rq, o->result == APPLICANT_DONE ? "zurueckgezogen" : "nicht-zurueck");
}

int page_status_withdraw_post(struct req *rq)
{
	str reason = str_trim(req_form(rq, S("grund")));
	struct applicant_outcome *o;
	struct casefile *f;
	struct once *once;

	TRY(track_open(rq, CASE_ANSWER, &f));
	TRY(track_once(rq, S("withdraw"), &once));
	TRY(applicant_withdraw(f, once, utf8_truncate(reason, REASON_MAX), &o));
	rq->data = o;
	return req_commit(rq, withdrawn);
}

/* ---- how the decision comes ---- */

int page_status_delivery(struct req *rq)
{
	struct confirm_view v = { .title = TX(rq, TX_TRACK_CONSENT_TITLE), .name = S("weg") };
	struct casefile *f;
	bool to_online;

	TRY(track_open(rq, CASE_ANSWER, &f));
	if (!applicant_may_consent(&f->row))
		return track_back(rq, "unterwegs");
	to_online = !f->row.online_consent;
	v.page = track_frame(rq, f, v.title);
	v.back_href = v.cancel_href = track_href(rq, "");
	v.text = TX(rq, to_online ? TX_TRACK_CONSENT_ONLINE_TEXT : TX_TRACK_CONSENT_POST_TEXT);
	v.button = TX(rq, to_online ? TX_TRACK_CONSENT_ONLINE_BUTTON : TX_TRACK_CONSENT_POST_BUTTON);
	v.value = to_online ? S("online") : S("post");
	v.cancel = TX(rq, TX_TRACK_CONSENT_CANCEL);
	v.post = page_post(rq, track_href(rq, "/bekanntgabe"), true);
	return RENDER(rq, 200, view_confirm, &v);
}

static int consented(struct req *rq)
{
	const struct applicant_outcome *o = rq->data;

	return track_back(rq, o->result == APPLICANT_DONE ? "bekanntgabe" : "unterwegs");
}

int page_status_delivery_post(struct req *rq)
{
	str way = req_form(rq, S("weg"));
	struct applicant_outcome *o;
	struct casefile *f;
	struct once *once;

	TRY(track_open(rq, CASE_ANSWER, &f));
	if (!str_eq(way, S("online")) && !str_eq(way, S("post")))
		return reply_problem(rq, 400);
	TRY(track_once(rq, S("consent"), &once));
	TRY(applicant_consent(f, once, str_eq(way, S("online")), &o));
	rq->data = o;
	return req_commit(rq, consented);
}

/* ---- the decision, for the first time ---- */

static int fetched(struct req *rq)
{
	const struct applicant_outcome *o = rq->data;

	return o->result == APPLICANT_DONE ? reply_see(rq, track_href(rq, "/bescheid.pdf")) : track_back(rq, "per-post");
}

int page_status_decision_post(struct req *rq)
{
	struct applicant_outcome *o;
	struct casefile *f;
	struct once *once;

	TRY(track_open(rq, CASE_ANSWER, &f));
	TRY(track_once(rq, S("fetch"), &once));
	TRY(applicant_fetch(f, once, &o));
	rq->data = o;
	return req_commit(rq, fetched);
}
