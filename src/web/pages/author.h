/* SPDX-License-Identifier: EUPL-1.2 */
/* Shared by the authors' pages. */
#pragma once
#include "domain/expr.h"
#include "domain/overlay.h"
#include "usecase/catalog_offers.h"
#include "web/pages/clerk.h"
#include "web/view_author.h"

/* An expression in German words, with the labels of the questions: '„Anmeldung für“ ist „Für mich“'. */
str author_words(struct req *rq, const struct definition *d, const struct expr *e);

/* Frame, title and tabs of the pages about one service; tab: "" reading, else the last segment of the path. */
struct page_view author_frame(struct req *rq, str title);
struct author_head_view author_head(struct req *rq, const struct definition *d, const char *tab);
/* The service as the author's own level has it, and what is its own there. ERR_NOTFOUND: no such service. */
struct author_service {
	const struct definition *d;
	bool active;
	struct offered offered;
};
MUST_USE int author_service(struct req *rq, str id, struct author_service *ret);
/* "param." of a person's eye: amounts as 60,00. */
str author_value(struct req *rq, enum field_type type, str canonical);

/* A part of a service is named by its key: "text.page.wer.title", "param.steuer_erster", "document.erteilt". */
bool author_guarded(const struct definition *d, str key);
str author_change_href(struct req *rq, const struct definition *d, str key);
str author_preview_href(struct req *rq, const struct definition *d, str page);
bool author_own(const struct overlay *o, str key);	/* this level has a text of its own; NULL: none */

/* Sections of a service: texts, conditions, amounts. q: only what holds these words; show: "", "fehlt", "eigene". */
struct author_outline {
	struct req *rq;
	const struct definition *d;
	const struct overlay *own;
	str q, show;
	bool locked;			/* waits for release: nothing is to be changed */
	struct author_section_view *section;
	size_t sections;
};
void author_outline(struct author_outline *o);
