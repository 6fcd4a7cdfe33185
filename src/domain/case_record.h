/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Writes a recorded case, as cases.yaml has it (docs/adding-a-service.md), from what somebody has filled in. Only reachable answers are
 * written; path, fee and errors are those of the journey. Files become numbers 1, 2 ...
 *
 *	case_record(&b, journey, answers, &(struct case_facts){ S("ein Hund"), S("dresden"), today });
 */
#pragma once
#include "domain/form.h"

struct case_facts {
	str name;
	str place;		/* slug; empty: none */
	struct date today;
};
void case_record(struct buf *b, const struct journey *j, const struct answers *x, const struct case_facts *c);

/* How cases.yaml names a problem: "halter.iban" and "format"; of a page: its id and the rule's. */
str case_problem_key(struct arena *a, const struct form *f, const struct problem *p);
str case_problem_word(const struct form *f, const struct problem *p);
/* "hund-name/2" */
void case_page_put(struct buf *b, const struct form *f, uint16_t page, uint16_t row);
