/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The payment notice of a case: what is to be paid, to whom, with which reference, as GiroCode too. Online payment comes later.
 *
 *	struct payment p;
 *	TRY(payment_open(f, &p));		// reads letters and the town's bank account
 *	if (p.due) ...
 */
#pragma once
#include "usecase/casefile.h"

struct payment {
	bool due;			/* there is something to pay, and it is time */
	int64_t cents;
	bool decided;			/* the decision set it */
	struct date until;		/* year 0: the decision says it */
	instant paid_at;		/* us 0: not paid */
	str recipient, iban, bic;	/* iban empty: the town has not told its account */
	str purpose;			/* Verwendungszweck: the reference */
	str qr_path;			/* SVG path data, quiet zone included; empty without an account */
	int qr_size;
};
MUST_USE int payment_open(struct casefile *f, struct payment *ret);
/* "DE02 1203 0000 0000 2020 51" */
str iban_show(struct arena *a, str iban);
/* The applicant gave a direct debit mandate (service.yaml debit_field): nothing is to be transferred. */
bool payment_debited(const struct casefile *f);
