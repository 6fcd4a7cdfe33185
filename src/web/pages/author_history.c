/* SPDX-License-Identifier: EUPL-1.2 */
/* Who, when, what, why: the history of a level's own parts; as a page, CSV and JSON; and the way back to an earlier version. */
#include "base/json.h"
#include "usecase/once.h"
#include "web/pages/author_work.h"

static str event_text(struct req *rq, const struct authoring_entry *e)
{
	str s = text_by_key(LANG_DE, str_fmt(rq->arena, "author.event.%.*s", STR_FMT(e->kind)));

	if (str_eq(e->kind, S("published")) && e->author_name.n)
		return TXF(rq, TX_AUTHOR_EVENT_PUBLISHED_OF, TEXT_ARG("author", e->author_name));
	return s.n ? s : e->kind;
}

static str who_text(struct req *rq, const struct authoring_entry *e)
{
	return e->clerk_name.n ? e->clerk_name : TX(rq, TX_AUTHOR_EVENT_PROGRAM);
}

static str why_text(struct req *rq, const struct authoring_entry *e)
{
	if (!str_eq(e->kind, S("held")))
		return e->why;
	return TX(rq, str_eq(e->why, S("conflict")) ? TX_AUTHOR_EVENT_HELD_CONFLICT : TX_AUTHOR_EVENT_HELD_BROKEN);
}

static int show(struct req *rq, str problem, int status)
{
	struct author_history_view v = { 0 };
	struct authoring_entry *list;
	struct author_event_view *row;
	struct author_service s;
	size_t n;

	TRY(author_service(rq, req_path(rq, 0), &s));
	TRY(authoring_history(&rq->ctx, s.d->service->id, &list, &n));
	v.page = author_frame(rq, TX(rq, TX_AUTHOR_TAB_HISTORY));
	v.head = author_head(rq, s.d, "/verlauf");
	v.post = page_post(rq, str_fmt(rq->arena, "/redaktion/%.*s/verlauf", STR_FMT(s.d->service->id)), true);
	v.csv_href = str_fmt(rq->arena, "/redaktion/%.*s/verlauf.csv", STR_FMT(s.d->service->id));
	v.json_href = str_fmt(rq->arena, "/redaktion/%.*s/verlauf.json", STR_FMT(s.d->service->id));
	row = ARENA_ARRAY(rq->arena, struct author_event_view, n + 1);
	for (size_t i = 0; i < n; i++)
		row[i] = (struct author_event_view){ .when = show_time(rq->arena, LANG_DE, list[i].at), .who = who_text(rq, &list[i]), .what = event_text(rq, &list[i]),
						     .why = why_text(rq, &list[i]), .hash = str_sub(list[i].definition, 0, 12),
						     .number = str_fmt(rq->arena, "%lld", (long long)list[i].number),
						     .can_restore = list[i].has_overlay && list[i].definition.n && !str_eq(list[i].definition, s.d->hash) };
	v.event = row;
	v.events = n;
	if (problem.n)
		form_error(rq, &v.errors, NULL, problem);
	v.page.errors = problem.n > 0;
	return RENDER(rq, status, view_author_history, &v);
}

int page_author_history(struct req *rq)
{
	return show(rq, STR_EMPTY, 200);
}

/* ---- the way back ---- */

struct back {
	struct authoring *w;
	struct authoring_outcome *out;
	struct once *once;
};

static int restored(struct req *rq)
{
	const struct back *b = rq->data;

	if (b->out->result != AUTHORING_DONE)
		return show(rq, TX(rq, TX_AUTHOR_WRONG_DRAFT_THERE), 409);
	return reply_see_fmt(rq, "/redaktion/%.*s/entwurf?erledigt=restored", STR_FMT(b->w->service));
}

int page_author_history_post(struct req *rq)
{
	struct back *b = ARENA_NEW(rq->arena, struct back);
	int64_t number;

	if (str_to_i64(req_form(rq, S("nummer")), &number) < 0)
		return ERR_PARSE;
	TRY(authoring_open(&rq->ctx, req_path(rq, 0), &b->w));
	TRY(once_open(&rq->ctx, S("author_history"), req_form(rq, S("once")), once_body(&rq->form), &b->once));
	TRY(authoring_restore(&rq->ctx, b->w, number, &b->out));
	once_guard(&rq->ctx, b->once);
	rq->data = b;
	return req_commit(rq, restored);
}

/* ---- for files ---- */

static str stamp(struct req *rq, instant t)
{
	struct civil c = civil_from_instant(t);

	return str_fmt(rq->arena, "%04d-%02d-%02d %02d:%02d", c.date.year, c.date.month, c.date.day, c.hour, c.minute);
}

/* A cell that begins like a formula is text for the table program, too. */
static void cell(struct req *rq, struct buf *b, str s, bool last)
{
	bool formula = s.n && (s.p[0] == '=' || s.p[0] == '+' || s.p[0] == '-' || s.p[0] == '@');

	buf_fmt(b, "\"%s%.*s\"%s", formula ? "'" : "", STR_FMT(str_replace(rq->arena, s, S("\""), S("\"\""))), last ? "\r\n" : ";");
}

static void csv(struct req *rq, struct buf *b, const struct authoring_entry *list, size_t n)
{
	static const enum text_id head[] = { TX_AUTHOR_HISTORY_WHEN, TX_AUTHOR_HISTORY_WHO, TX_AUTHOR_HISTORY_WHAT, TX_AUTHOR_HISTORY_WHY, TX_AUTHOR_HISTORY_PART,
					     TX_AUTHOR_HISTORY_TEXT, TX_AUTHOR_HISTORY_HASH };

	buf_put(b, S("\xef\xbb\xbf"));
	for (size_t i = 0; i < 7; i++)
		cell(rq, b, TX(rq, head[i]), i == 6);
	for (size_t i = 0; i < n; i++) {
		const struct overlay *o = &list[i].overlay;

		for (size_t k = 0; k < o->n || k == 0; k++) {
			cell(rq, b, stamp(rq, list[i].at), false);
			cell(rq, b, who_text(rq, &list[i]), false);
			cell(rq, b, event_text(rq, &list[i]), false);
			cell(rq, b, why_text(rq, &list[i]), false);
			cell(rq, b, k < o->n ? o->v[k].key : STR_EMPTY, false);
			cell(rq, b, k < o->n ? o->v[k].mine : STR_EMPTY, false);
			cell(rq, b, list[i].definition, true);
		}
	}
}

static void as_json(struct req *rq, struct buf *b, str service, const struct authoring_entry *list, size_t n)
{
	struct json j;

	json_begin(&j, b);
	json_object(&j);
	json_kstr(&j, S("service"), service);
	json_key(&j, S("history"));
	json_array(&j);
	for (size_t i = 0; i < n; i++) {
		json_object(&j);
		json_kint(&j, S("number"), list[i].number);
		json_kstr(&j, S("at"), stamp(rq, list[i].at));
		json_kstr(&j, S("kind"), list[i].kind);
		json_kstr(&j, S("who"), list[i].clerk_name);
		json_kstr(&j, S("asked_by"), list[i].author_name);
		json_kstr(&j, S("why"), list[i].why);
		json_kstr(&j, S("definition"), list[i].definition);
		json_key(&j, S("changes"));
		json_array(&j);
		for (size_t k = 0; k < list[i].overlay.n; k++) {
			json_object(&j);
			json_kstr(&j, S("key"), list[i].overlay.v[k].key);
			json_kstr(&j, S("base"), list[i].overlay.v[k].base);
			json_kstr(&j, S("mine"), list[i].overlay.v[k].mine);
			json_object_end(&j);
		}
		json_array_end(&j);
		json_object_end(&j);
	}
	json_array_end(&j);
	json_object_end(&j);
	json_end(&j);
}

static int download(struct req *rq, bool table)
{
	struct buf b = buf_new(rq->arena, 8192);
	struct authoring_entry *list;
	struct author_service s;
	size_t n;

	TRY(author_service(rq, req_path(rq, 0), &s));
	TRY(authoring_history(&rq->ctx, s.d->service->id, &list, &n));
	if (table)
		csv(rq, &b, list, n);
	else
		as_json(rq, &b, s.d->service->id, list, n);
	return reply_download(rq, table ? "text/csv; charset=utf-8" : "application/json",
		str_fmt(rq->arena, "%.*s-verlauf.%s", STR_FMT(s.d->service->id), table ? "csv" : "json"), buf_str(&b));
}

int page_author_history_csv(struct req *rq)
{
	return download(rq, true);
}

int page_author_history_json(struct req *rq)
{
	return download(rq, false);
}
