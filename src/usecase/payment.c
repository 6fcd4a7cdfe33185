/* SPDX-License-Identifier: EUPL-1.2 */
#include "usecase/payment.h"

#include "usecase/tenants.h"
#include "wire/qr.h"

str iban_show(struct arena *a, str iban)
{
	struct buf b = buf_new(a, 48);
	size_t n = 0;

	for (size_t i = 0; i < iban.n; i++)
		if (iban.p[i] != ' ') {
			if (n && n % 4 == 0)
				buf_putc(&b, ' ');
			buf_putc(&b, iban.p[i]);
			n++;
		}
	return buf_str(&b);
}

/* What the decision has set; without a word about it what the form has computed, but a refusal costs nothing unless it says so. */
static int64_t amount(const struct casefile *f, const struct case_letter *decision)
{
	if (!decision)
		return f->row.fee_cents;
	if (decision->fee_cents >= 0)
		return decision->fee_cents;
	return decision->decision == DECIDE_REFUSE ? 0 : f->row.fee_cents;
}

/* Who has let the authority take the money from an account is not asked to transfer it as well. */
bool payment_debited(const struct casefile *f)
{
	int16_t field = f->definition->form->debit_field;
	const struct value *v = f->journey && field >= 0 ? journey_value(f->journey, (uint16_t)field, 0) : NULL;

	return v && v->present && v->valid && str_eq(v->canonical, S("true"));
}

/* A service whose fee is due at once wants it with the submission; else the decision sets it, and it is to be paid when that has come. */
static bool is_due(const struct casefile *f, const struct case_letter *decision)
{
	const struct case_row *row = &f->row;

	if (row->paid_at.us || row->phase == PHASE_WITHDRAWN || row->phase >= PHASE_ARCHIVED || amount(f, decision) <= 0 || payment_debited(f))
		return false;
	return f->definition->service->fee_at_once || (decision && !decision->row.post_task);
}

static int fill_code(struct arena *a, struct payment *p)
{
	struct giro g = { .name = p->recipient, .iban = p->iban, .bic = p->bic, .cents = p->cents, .text = p->purpose };
	struct qr q;
	str text;
	int rc = giro_text(a, &g, &text);

	if (rc == ERR_INVALID) { /* a wrong account in the settings: the page shows it without a code rather than not at all */
		p->qr_size = 0;
		return 0;
	}
	TRY(rc);
	TRY(qr_make(a, text, &q));
	p->qr_path = qr_svg_path(a, &q);
	p->qr_size = (int)q.side + 2 * QR_QUIET;
	return 0;
}

int payment_open(struct casefile *f, struct payment *ret)
{
	struct arena *a = f->ctx->arena;
	const struct case_letter *decision;
	struct tenant_settings t;

	TRY(casefile_letters(f));
	if (f->definition->form->debit_field >= 0 && f->row.phase < PHASE_ARCHIVED)
		TRY(casefile_journey(f));
	decision = casefile_sent(f);
	TRY(tenant_settings_get(f->ctx, f->row.tenant, &t));
	*ret = (struct payment){ .due = is_due(f, decision), .cents = amount(f, decision), .paid_at = f->row.paid_at, .bic = t.bank.bic };
	ret->recipient = t.bank.name.n ? t.bank.name : f->authority ? f->authority->name : STR_EMPTY;
	ret->iban = iban_show(a, t.bank.iban);
	ret->purpose = f->row.payment_reference.n ? f->row.payment_reference : f->row.reference;
	if (f->definition->service->fee_at_once && !decision)
		ret->until = date_next_working_day(
			date_add_days(civil_from_instant(f->row.submitted_at).date, f->definition->service->clocks.answer_days));
	else if (decision && decision->row.known_on && f->definition->service->clocks.pay_days)
		ret->until = date_next_working_day(date_from_days(decision->row.known_on + f->definition->service->clocks.pay_days));
	ret->decided = decision;
	return ret->due && ret->iban.n ? fill_code(a, ret) : 0;
}
