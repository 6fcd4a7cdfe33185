/* SPDX-License-Identifier: EUPL-1.2 */
/* The secret link, and what the pages of a case share. */
#include "web/pages/track.h"

#include "web/session.h"

int track_open(struct req *rq, enum case_permission p, struct casefile **ret)
{
	struct grant g;

	TRY(case_authorize(&rq->ctx, req_path(rq, 0), p, &g));
	return case_open(&rq->ctx, &g, ret);
}

struct page_view track_frame(struct req *rq, const struct casefile *f, str title)
{
	struct page_view v = page_frame(rq, title);

	v.nav = NAV_MINE;
	v.path = S("/vorgang"); /* a reported barrier names the kind of page, not the case */
	if (f->authority)
		v.town = f->authority->name;
	if (f->place)
		v.home = str_fmt(rq->arena, "/%.*s", STR_FMT(f->place->slug));
	return v;
}

str track_service(struct req *rq, const struct casefile *f)
{
	struct shown_of of = casefile_shown(f, rq->ctx.lang);

	return shown_text(rq->arena, &of, "title", STR_EMPTY, "", 0);
}

str track_href(struct req *rq, const char *tail)
{
	return str_fmt(rq->arena, "/vorgang/%.*s%s", STR_FMT(req_path(rq, 0)), tail);
}

int track_back(struct req *rq, const char *said)
{
	return reply_see_fmt(rq, "/vorgang/%.*s%s%s", STR_FMT(req_path(rq, 0)), *said ? "?gesagt=" : "", said);
}

int track_once(struct req *rq, str route, struct once **ret)
{
	return once_open(&rq->ctx, route, req_form(rq, S("once")), once_body(&rq->form), ret);
}

struct file_view track_file(struct req *rq, const struct stored_file *s)
{
	str type = str_eq(s->type, S("pdf")) ? S("PDF") : str_eq(s->type, S("jpeg")) ? S("JPEG") : S("PNG");

	return (struct file_view){ .id = str_fmt(rq->arena, "%lld", (long long)s->id), .name = s->name, .picture = !str_eq(s->type, S("pdf")),
				   .info = str_fmt(rq->arena, "%.*s, %.*s", STR_FMT(type), STR_FMT(show_size(rq->arena, s->size))) };
}

/* ---- the secret link ---- */

int page_follow(struct req *rq)
{
	struct follow_view v = { .title = TX(rq, TX_TRACK_FOLLOW_TITLE), .button = TX(rq, TX_TRACK_FOLLOW_BUTTON) };
	struct follow_shown s;

	TRY(follow_show(&rq->ctx, req_path(rq, 0), &s));
	v.page = page_frame(rq, v.title);
	v.page.secret = true;
	v.page.path = v.page.lang_href = STR_EMPTY;
	v.text = TXF(rq, TX_TRACK_FOLLOW_TEXT, TEXT_ARG("service", s.service), TEXT_ARG("authority", s.authority ? s.authority->name : STR_EMPTY));
	v.post = page_post(rq, rq->path, false);
	return RENDER(rq, 200, view_follow, &v);
}

static int entered(struct req *rq)
{
	const str *handle = rq->data;

	return reply_see_fmt(rq, "/vorgang/%.*s", STR_FMT(*handle));
}

int page_follow_post(struct req *rq)
{
	bool visitor = !rq->ctx.actor.known;
	str *handle = ARENA_NEW(rq->arena, str);

	if (visitor)
		session_make(rq);
	TRY(follow_enter(&rq->ctx, req_path(rq, 0), visitor, handle));
	rq->data = handle;
	return req_commit(rq, entered);
}
