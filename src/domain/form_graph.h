/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The journey as a picture: pages as boxes from top to bottom on a line; what has a condition hangs beside the line, its condition on the
 * arrow that leads there, and the line goes past it. Only geometry, in pixels: who shows it writes texts and colours (SVG).
 * Linear in the number of pages; a form of 60 pages is one column of about 4,500 pixels.
 *
 *	const struct form_graph *g = form_graph(a, form, journey, page, row, false);
 */
#pragma once
#include "domain/form.h"

#define GRAPH_WIDTH 360
#define GRAPH_BOX_HEIGHT 50

enum graph_state {
	GRAPH_AWAY,	/* not on the path */
	GRAPH_AHEAD,	/* on the path, behind the first open page */
	GRAPH_OPEN,	/* the first one that is not complete */
	GRAPH_DONE,
};
struct graph_box {
	const struct page *page;	/* NULL: the check page at the end */
	uint16_t row;			/* first row on the path; of the page shown: its own */
	uint16_t rows;			/* how often it is on the path */
	enum graph_state state;
	bool here;			/* the page that is shown */
	bool may_show;			/* the person could go there now */
	int x, y, w, h;
};
struct graph_line {
	str path;			/* of SVG: "M20,12V48" */
	bool taken;			/* the path of these answers goes along */
	bool arrow;			/* has a head at its end */
};
struct graph_note {			/* a condition, on the arrow into the first page that has it */
	int x, y;			/* of the first line's base line; the second is 16 below */
	str line[2];			/* cut */
	str text;			/* whole */
	bool taken;
};
struct form_graph {
	struct graph_box *box;		size_t boxes;
	struct graph_line *line;	size_t lines;	/* those taken come last: they lie on top */
	struct graph_note *note;	size_t notes;
	int height;
};
/* here: the page shown, or NULL; check: the check page is. */
const struct form_graph *form_graph(struct arena *a, const struct form *f, const struct journey *j, const struct page *here, uint16_t row,
				    bool check);
/* What a page's condition is, those of the blocks around it included; empty: none. */
str form_graph_condition(struct arena *a, const struct form *f, const struct page *p);
