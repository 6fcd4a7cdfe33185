/* SPDX-License-Identifier: EUPL-1.2 */
/* View structs of the authors' pages (/redaktion on the clerks' host). All in German; English texts are content and carry lang="en". */
#pragma once
#include "web/view_clerk.h"

/* view_author_list */
struct author_row_view {
	str title, href, id, version;
	str own;		/* "3 Änderungen" */
	str confirm;		/* "2 Angaben" */
	str state;
	enum notice_kind kind;
};
struct author_list_view {
	struct page_view page;
	str lead, q;
	const struct author_row_view *row;
	size_t rows;
};

/* view_author_read: one service, as an author reads it */
struct author_text_view {
	str what;		/* "Frage" */
	str key;		/* "page.wer.title" */
	str de, en;
	bool one;		/* German only: parameters, letters */
	bool markdown;		/* several lines */
	bool missing;		/* no English beside the German text */
	bool own, guarded;
	str change_href;	/* empty: not to be changed here */
};
struct author_word_view {
	str what, words, code;
};
struct author_item_view {
	str title, kind, id;
	const struct author_word_view *word;
	size_t words;
	const struct author_text_view *text;
	size_t texts;
	str preview_href;
};
struct author_section_view {
	str id, title;
	const struct author_item_view *item;
	size_t items;
};
struct author_head_view {	/* above every page about one service */
	str title, href;
	const struct inbox_tab_view *tab;
	size_t tabs;
	str state;
	enum notice_kind kind;
};
struct author_read_view {
	struct page_view page;
	struct author_head_view head;
	str q, show;		/* what is searched; which texts: "" all, "fehlt", "eigene" */
	const struct inbox_tab_view *filter;
	size_t filters;
	const struct point_view *fact;
	size_t facts;
	const struct author_section_view *section;
	size_t sections;
};
