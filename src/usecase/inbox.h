/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The inbox of an authority: views with counts, filters, sorting, twenty rows, search by reference or by name, taking several at once.
 * Pages are walked by key (no OFFSET): every sort key has its index, so that the first and the last page cost the same.
 *
 *	struct inbox_query q = { .view = INBOX_OPEN, .sort = INBOX_BY_DUE };
 *	TRY(inbox_list(c, &q, &list));		// list->row[0..rows), list->next: cursor of the next page
 */
#pragma once
#include "usecase/case_state.h"
#include "usecase/once.h"

#define INBOX_ROWS 20
#define INBOX_COUNT_MAX 200	/* counts stop there: "200+"; six counts cost more than the list itself */

enum inbox_view_kind { INBOX_OPEN, INBOX_NEW, INBOX_MINE, INBOX_DUE, INBOX_WAITING, INBOX_CLOSED, INBOX_VIEWS };
enum inbox_sort { INBOX_BY_TIME, INBOX_BY_DUE, INBOX_BY_SERVICE, INBOX_BY_STATE, INBOX_BY_REFERENCE, INBOX_SORTS };

struct inbox_query {
	enum inbox_view_kind view;
	enum inbox_sort sort;
	bool down;			/* descending */
	str service;			/* filter; empty: all */
	int phase;			/* filter; 0: all */
	int64_t clerk;			/* filter; 0: all, -1: nobody */
	str typed;			/* search by reference or name, over all views */
	str cursor;			/* as list.next or list.previous gave it; empty: first page */
};
struct inbox_row {
	struct case_row row;
	str name;			/* unsealed */
	str clerk;			/* empty: nobody */
	struct case_state state;
};
struct inbox_list {
	struct inbox_row row[INBOX_ROWS];
	size_t rows;
	str next, previous;		/* cursors; empty: there is no such page */
	bool by_name;			/* the search found names, not references */
};
/* The sort key that a view really has: of one phase only, or closed, some make no sense and time stands for them. */
enum inbox_sort inbox_sort_of(enum inbox_view_kind v, enum inbox_sort s);
MUST_USE int inbox_list(struct ctx *c, const struct inbox_query *q, struct inbox_list **ret);
/* References of the cases before and after this one in such a list (without search), and where it stands; total is at most INBOX_COUNT_MAX. */
struct inbox_near {
	str previous, next;		/* empty: it is the first, the last */
	int position, total;		/* position 0: it is not in the list (any more), or far behind */
};
MUST_USE int inbox_near(struct ctx *c, const struct inbox_query *q, const struct case_row *row, struct inbox_near *ret);
/* Cases of each view, at most INBOX_COUNT_MAX. */
MUST_USE int inbox_counts(struct ctx *c, int ret[INBOX_VIEWS]);
/* Services that this authority has cases of, for the filter: ids. */
MUST_USE int inbox_services(struct ctx *c, str **ret, size_t *ret_n);

struct take_outcome {
	struct once *once;		/* by the caller: once_open() */
	int taken, already;		/* already: somebody was faster, or not open */
};
/* Takes the ticked ones (references, at most INBOX_ROWS) that belong to nobody yet. */
MUST_USE int inbox_take(struct ctx *c, const str *reference, size_t n, struct take_outcome *o);
