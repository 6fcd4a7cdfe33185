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

/* view_author_change: one part, both languages */
struct author_change_view {
	struct page_view page;
	struct author_head_view head;
	struct post_view post;
	struct errors_view errors;
	str what, key, back_href, preview_href;
	const struct field_view *field;
	size_t fields;
	const struct pair *mark;	/* hidden: what was shown (P10) */
	size_t marks;
	const struct point_view *below;	/* language, text of the level below */
	size_t belows;
	str placeholders;		/* "{place} {param.x}" */
	str theirs;			/* somebody else's text, saved meanwhile */
	bool own, guarded, locked, letter;
};

/* view_author_draft: what is changed, checked, asked for and released */
struct author_diff_view {
	str what, key, before, after, change_href;
	bool english;			/* the texts are English */
};
struct author_effect_view {
	str name, text;
	bool failed;
};
struct author_draft_view {
	struct page_view page;
	struct author_head_view head;
	struct post_view post;
	struct errors_view errors;
	bool there;			/* there is a draft */
	str state;			/* who has asked, when; or why it came back */
	str why;			/* quoted */
	enum notice_kind kind;
	const struct author_diff_view *diff;
	size_t diffs;
	bool form;			/* the form itself differs, too */
	str cases;			/* "14 Fälle, alle wie aufgezeichnet" */
	bool good;
	const struct author_effect_view *effect;
	size_t effects;
	const struct author_effect_view *finding;
	size_t findings;
	str conflicts, conflicts_href;
	struct field_view why_field, return_field;
	bool can_ask, can_release, can_return, can_take_back, can_discard;
	str may_not;			/* why the one who looks may not release */
	str version;
	str preview_href;
	str pin;			/* on which package the level stays, or that it follows */
	bool can_pin, can_unpin;
};

/* view_author_history */
struct author_event_view {
	str when, who, what, why, hash;
	str number;
	bool can_restore;
};
struct author_history_view {
	struct page_view page;
	struct author_head_view head;
	struct post_view post;
	struct errors_view errors;
	str csv_href, json_href;
	const struct author_event_view *event;
	size_t events;
};

/* view_author_merge: after an update below, part by part */
struct author_merge_view_row {
	str what, key, base, below, mine, input, change_href;
	str state;			/* what has happened: "beide geändert" */
	bool gone, english;
	bool keep, take;		/* chosen */
};
struct author_merge_view {
	struct page_view page;
	struct author_head_view head;
	struct post_view post;
	struct errors_view errors;
	const struct author_merge_view_row *row;
	size_t rows;
	const struct author_diff_view *news;	/* what the update brings besides */
	size_t newss;
	bool form, locked;
	str version;
};

/* view_author_preview: all pages, to be looked at */
struct author_pages_view {
	struct page_view page;
	struct author_head_view head;
	str service_href;
	const struct point_view *item;	/* title; text: when it appears */
	const str *href;
	size_t items;
};
