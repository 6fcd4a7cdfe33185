/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The ledger as clerks read it: what was handed over, what waits, what was given up; with the last try. Given-up mails stand there, too.
 *
 *	TRY(ledger(c, LEDGER_ALL, 0, 20, &line, &n));
 */
#pragma once
#include "usecase/delivery.h"

struct ledger_line {
	int64_t outbox;
	str kind;			/* "delivery", "mail" */
	int state;			/* 1 waiting 2 done 3 given up */
	int attempts;
	instant due, last;		/* last: of the last attempt; us 0: none */
	int status;			/* of the last attempt */
	str result, error;
	str reference, service;		/* of the case; empty: none */
	str url;			/* of the destination; empty: a mail, or it is gone */
};
enum ledger_filter { LEDGER_ALL, LEDGER_WAITING, LEDGER_GIVEN_UP };
/* Of the actor's own authority, newest first, before this outbox id (0: from the start). */
MUST_USE int ledger(struct ctx *c, enum ledger_filter which, int64_t before, size_t most, struct ledger_line **ret, size_t *ret_n);
/* Hand-overs of one case. */
MUST_USE int ledger_of_case(struct casefile *f, struct ledger_line **ret, size_t *ret_n);
