/* SPDX-License-Identifier: EUPL-1.2 */
/* Draws every view in every state with invented data into HTML files: view_gallery DIR. The suite 20-views looks at them. */
#pragma once
#include "web/view_runtime.h"
#include "web/views.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))
/* v: an array and its length, for the pairs of members in view structs */
#define LIST(type, ...) (const type[]){ __VA_ARGS__ }, sizeof((const type[]){ __VA_ARGS__ }) / sizeof(type)

struct gallery {
	const char *dir;
	struct buf b;
	int pages;
};
void gallery_write(struct gallery *g, const char *name);

/* DRAW(g, "start-empty", LANG_DE, start, &v) writes start-empty.html */
#define DRAW(g, name, lang, view, v) (buf_reset(&(g)->b), view_##view(&(g)->b, lang, v), gallery_write(g, name))

struct page_view sample_page(str title);	/* Radeberg, demonstration */
struct page_view sample_portal(str title);
struct page_view sample_clerk(str title);
struct contact_view sample_contact(void);
struct post_view sample_post(str action);
struct steps_view sample_steps(int current);
extern const str long_text, long_word;

void gallery_citizen(struct gallery *g);
void gallery_form(struct gallery *g);
void gallery_case(struct gallery *g);
void gallery_account(struct gallery *g);
void gallery_clerk(struct gallery *g);
void gallery_author(struct gallery *g);
