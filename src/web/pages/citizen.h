/* SPDX-License-Identifier: EUPL-1.2 */
/* Shared by the citizen's pages. */
#pragma once
#include "usecase/shown.h"
#include "web/pages.h"

str cost_text(struct req *rq, const struct definition *d);
str duration_text(struct req *rq, const struct definition *d);
str trust_text(struct req *rq, enum trust_level t);
/* Named steps with links; current: page shown, or NULL on the check page. */
struct steps_view draft_steps(struct req *rq, const struct draft *d, const struct page *current);
/* Fields of one page instance as views, with errors when show_errors. */
struct page_fields {
	struct field_view *field;
	size_t fields;
	struct errors_view errors;
	bool has_files, has_many, says_optional;
};
MUST_USE int draft_fields(struct req *rq, struct draft *d, const struct page *p, uint16_t row, bool show_errors, struct page_fields *ret);
/* Text of a key in three parts, "page." id ".title", expanded. row: of the group that the key speaks of. */
str draft_text3(struct req *rq, const struct draft *d, const char *a, str b, const char *c, uint16_t row);
str problem_text(struct req *rq, const struct draft *d, const struct problem *p);
/* The page carries the town of the draft, whatever the host. */
struct page_view draft_frame(struct req *rq, const struct draft *d, str title);
str draft_href(struct req *rq, const struct draft *d, str tail);
/* The postcode of the residence belongs to another place: a sentence and the way there; href empty: no doubt. */
struct link_view place_elsewhere(struct req *rq, const struct draft *d);
str keep_until(struct req *rq, const struct draft *d);
/* The page of a service with a definition that is not in force yet, for its author. */
MUST_USE int service_preview(struct req *rq, const struct place *town, const struct definition *d);
void author_preview_frame(struct req *rq, const struct place *place, struct page_view *p, str back);
/* Sections of the check page and of "what was sent"; links: the draft whose answers may be changed, or NULL. */
size_t check_sections(struct req *rq, const struct shown_of *of, const struct draft *links, const struct check_section_view **ret);
size_t fee_lines(struct req *rq, const struct shown_of *of, const struct fee_line_view **ret);
