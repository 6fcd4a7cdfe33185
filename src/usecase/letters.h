/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The text of a decision and its PDF. A template of the service (documents/<id>.md) and what the clerk has written become Markdown;
 * letterhead, address, remedy and the code of the public check page become a letter after DIN 5008.
 *
 *	struct letter_print *p;
 *	TRY(letter_prepare(f, letter, &p));		// reads all that is needed; on the request's thread
 *	TRY(letter_pdf(p, &pdf));			// pure and slow (10 ms): on the work pool
 */
#pragma once
#include "usecase/casefile.h"
#include "usecase/tenants.h"

struct letter_print {
	struct arena *arena;
	str title;			/* "Hundesteuerbescheid" */
	str body;			/* Markdown behind the letterhead, remedy included */
	str recipient[6];		/* name, street, town ... */
	str authority, reference, clerk;
	str check_code, check_url;	/* empty: a draft, which says so on each page */
	struct tenant_settings settings;
	const struct authority *office;
	struct date date;
	instant now;
	bool demo;
};
MUST_USE int letter_prepare(struct casefile *f, const struct case_letter *l, struct letter_print **ret);
MUST_USE int letter_pdf(const struct letter_print *p, str *ret);
/* Body without Markdown, paragraph by paragraph: the preview on the page. */
MUST_USE int letter_paragraphs(const struct letter_print *p, const str **ret, size_t *ret_n);
/* Name and address as lines: at most six. After casefile_journey. */
size_t applicant_address(const struct casefile *f, str line[6]);
/* "4F7K-92MD-…": groups of four. */
str letter_code_show(struct arena *a, str code);
