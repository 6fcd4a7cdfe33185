/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Why a form goes the way it goes: each condition and rule with the values that it read. For authors (schalter preview); the journey
 * itself never needs it.
 *
 *	size_t n = form_trace(a, journey, &context, page, row, &trace);
 */
#pragma once
#include "domain/expr.h"

enum trace_kind { TRACE_PAGE, TRACE_FIELD, TRACE_OPTION, TRACE_RULE, TRACE_FEE };
enum trace_verdict {
	TRACE_NO,	/* does not hold: not shown; a rule is broken, its message stands */
	TRACE_YES,
	TRACE_WAITS,	/* a rule: not looked at before what it reads is answered without mistake */
};
struct trace_read {
	str name;		/* "halter.art", "hund[2].art", "today()", "place.population" */
	str value;		/* as one writes it in an expression: 'person', 12.5, 2026-01-31, true; empty: nothing there */
	bool reachable;		/* the field is asked at all */
};
struct trace {
	enum trace_kind kind;
	enum trace_verdict verdict;
	const struct page *page;	/* FEE: NULL */
	const struct field *field;	/* FIELD, OPTION */
	const struct rule *rule;
	str option, fee;		/* ids */
	str value;			/* FEE: what it comes to; empty: not known */
	const struct expr *expr;
	uint16_t row;
	bool here;			/* of the page that is shown */
	const struct trace_read *read;
	size_t reads;
};
/* In the order of the form; at most 500. here: the page shown (in its row), or NULL. */
size_t form_trace(struct arena *a, const struct journey *j, const struct journey_context *c, const struct page *here, uint16_t row,
		  const struct trace **ret);
