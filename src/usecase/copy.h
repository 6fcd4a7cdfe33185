/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The applicant's copy: an accessible PDF of what was sent, made once, when it is first fetched, and kept sealed as made: every later fetch gives the
 * same bytes, also when two come at the same time. And the same pages for the clerk, made anew each time.
 *
 *	struct copy *p;
 *	TRY(copy_open(f, &p));			// request thread: reads all that is needed; p->kept: it is there already
 *	... work pool: copy_work(p);		// reads the kept one, or makes it and its sealed blob; result in p->rc
 *	TRY(p->rc); TRY(copy_keep(p));		// hands over the unit that keeps it, unless it is kept
 *	... after the commit, p->bytes is it, unless p->other: somebody was faster, then copy_work(p) once more
 */
#pragma once
#include "usecase/follow.h"
#include "usecase/shown.h"

struct copy {
	struct casefile *f;
	struct shown_of of;
	struct case_links links;	/* empty: none kept */
	bool kept, other;
	struct case_letter letter;	/* kind "copy" */
	struct digest hash;
	struct event event;
	str bytes;
	int rc;
};
MUST_USE int copy_open(struct casefile *f, struct copy **ret);
void copy_work(struct copy *p);
MUST_USE int copy_keep(struct copy *p);
/* A copy will be fetched soon: once in a process, the work pool maps what draws documents and reads the fonts (0.1 s), before anybody waits. */
void copy_expected(struct house *h);
/* Only the PDF, in this language, without the secret link: for the clerk's file and for deliveries. Work pool; reads nothing. */
MUST_USE int application_pdf(struct casefile *f, enum lang l, str *ret);	/* after casefile_journey and casefile_files */
