/* SPDX-License-Identifier: EUPL-1.2 */
/* The payment notice: account, reference, GiroCode. */
#include "usecase/payment.h"

#include "web/pages/track.h"

int page_status_payment(struct req *rq)
{
	struct payment_view v = { 0 };
	struct casefile *f;
	struct payment p;
	struct shown_of of;

	TRY(track_open(rq, CASE_READ, &f));
	TRY(payment_open(f, &p));
	if (!p.due && !p.paid_at.us)
		return track_back(rq, "");
	TRY(casefile_journey(f));
	of = casefile_shown(f, rq->ctx.lang);
	v.amount = money_format(rq->arena, p.cents, lang_code(rq->ctx.lang));
	v.paid = p.paid_at.us;
	v.page = track_frame(rq, f, v.paid ? TX(rq, TX_PAYMENT_PAID) : TXF(rq, TX_STATUS_PAY_TITLE, TEXT_ARG("amount", v.amount)));
	v.back_href = track_href(rq, "");
	v.service = track_service(rq, f);
	v.case_reference = f->row.reference;
	if (v.paid)
		v.paid_on = show_date(rq->arena, rq->ctx.lang, civil_from_instant(p.paid_at).date);
	if (p.until.year)
		v.until = show_date(rq->arena, rq->ctx.lang, p.until);
	v.recipient = p.recipient;
	v.iban = p.iban;
	v.bic = p.bic;
	v.purpose = p.purpose;
	v.qr_path = p.qr_path;
	v.qr_size = p.qr_size;
	/* the decision may have set another amount: then the form's own positions would not add up to it */
	if (f->journey->fee_known && f->journey->fee_cents == p.cents)
		v.fees = fee_lines(rq, &of, &v.fee);
	return RENDER(rq, 200, view_payment, &v);
}
