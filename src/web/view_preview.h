/* SPDX-License-Identifier: EUPL-1.2 */
/* What an author sees beside the form in `schalter preview`: findings, the journey as a picture and as a list, why it goes this way. */
#pragma once
#include "web/view_layout.h"

struct preview_finding_view {
	bool error;
	str at, text, code;		/* "form.yaml:12:5" */
};
struct preview_box_view {
	str title, full, note;		/* title is cut to the box; note: the small line */
	str state;			/* in words */
	str href;			/* empty: cannot be opened now */
	str kind;			/* class */
	bool here;
	int x, y, w, h, text_x, text_y, note_y;
};
struct preview_line_view {
	str path;
	bool taken, arrow;
};
struct preview_note_view {
	str line_1, line_2, full;
	int x, y;
	bool taken;
};
struct preview_item_view {		/* the same as a list */
	str title, id, condition, state, href;
	bool here;
};
struct preview_read_view {
	str name, value;
	bool none;			/* value says why there is none */
};
struct preview_trace_view {
	str what, expression, verdict;
	str kind;			/* class */
	const struct preview_read_view *read;	size_t reads;
};
struct preview_graph_view {
	int width, height;
	const struct preview_line_view *line;	size_t lines;
	const struct preview_note_view *note;	size_t notes;
	const struct preview_box_view *box;	size_t boxes;
	const struct preview_item_view *item;	size_t items;
};
struct author_view {
	str id;
	int64_t generation;
	bool broken, served;
	str home_href, reload_href;
	const struct preview_finding_view *finding;	size_t findings;
	size_t errors, warnings;
	struct preview_graph_view graph;
	const struct preview_trace_view *here;	size_t heres;	/* of the page that is shown */
	const struct preview_trace_view *other;	size_t others;
	struct post_view record;	/* empty action: nothing to record */
	str record_name, record_error;
	const struct preview_finding_view *record_finding;	size_t record_findings;
	bool recorded;
};

struct preview_case_view {
	str name, number;
};
struct preview_home_view {
	struct page_view page;
	struct author_view preview;
	struct post_view post;
	str title, place, service_href, dir;
	const struct preview_case_view *item;	size_t items;
};
