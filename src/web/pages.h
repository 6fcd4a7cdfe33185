/* SPDX-License-Identifier: EUPL-1.2 */
/* All page handlers, named after their line in routes.def, and what every page needs for its frame. */
#pragma once
#include "web/req.h"
#include "web/view_author.h"
#include "web/views.h"

#define ROUTE(name, method, path, permission, host, flags) int page_##name(struct req *rq);
#include "web/routes.def"
#undef ROUTE

/* Doors that are no routes. */
int page_wrong_host(struct req *rq);		/* a host that is not ours, or plain http from afar: says what is missing */
int page_session_missing(struct req *rq);	/* the session has ended: how to go on with the draft */
int page_form_expired(struct req *rq);		/* CSRF token wrong: a page that offers to send again, nothing typed is lost */

/* The frame: demo banner, town, navigation, language switch, stand-in banner, who is signed in, csrf. */
struct page_view page_frame(struct req *rq, str title);
/* Hidden fields of a form that posts to action; once: a fresh once-token. */
struct post_view page_post(struct req *rq, str action, bool once);
/* The body buffer to render a view into; then reply_html(). */
struct buf *page_body(struct req *rq);
/* Renders a view and replies: RENDER(rq, 200, view_start, &v). */
#define RENDER(rq, status, view_fn, v) ({ view_fn(page_body(rq), (rq)->ctx.lang, (v)); reply_html((rq), (status)); })
/* A text of ui/texts in the language of the request. */
#define TX(rq, id) text_get((rq)->ctx.lang, (id))
#define TXF(rq, id, ...) ({ const struct text_arg txa_[] = { __VA_ARGS__ }; text_format_str((rq)->arena, (rq)->ctx.lang, (id), txa_, sizeof txa_ / sizeof *txa_); })

/* Dates and times for people, in the language of the request. */
str show_date(struct arena *a, enum lang l, struct date d);		/* 27. März 2026 */
str show_date_short(struct arena *a, struct date d);			/* 27.03.2026 */
str show_time(struct arena *a, enum lang l, instant t);			/* 27. März 2026, 14:30 Uhr */
str show_time_short(struct arena *a, instant t, struct date today);	/* "heute, 14:32", "24.11., 09:15", "24.11.2025" */
str show_size(struct arena *a, int64_t bytes);				/* 312 kB, 1,4 MB */
/* Contact box of an authority (settings of the tenant; what is not known is left out). */
struct contact_view show_contact(struct req *rq, tenant_id authority);
