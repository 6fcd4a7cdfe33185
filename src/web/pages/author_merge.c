/* SPDX-License-Identifier: EUPL-1.2 */
/* After an update of the package below: what was, what is new, what is ours; a choice for each part. */
#include "usecase/once.h"
#include "web/pages/author_work.h"

struct merging {
	struct author_merge_view v;
	struct authoring *w;
	struct part_in *part;
	size_t parts;
	struct author_merge_view_row *row;
	struct authoring_outcome *out;
	struct once *once;
};

static str input_of(struct req *rq, size_t i)
{
	return str_fmt(rq->arena, "teil-%zu", i);
}

static int open_merge(struct req *rq, struct merging **ret)
{
	static const enum text_id said[] = { [MERGE_OWN] = TX_AUTHOR_MERGE_CONFLICT, [MERGE_SAME] = TX_AUTHOR_MERGE_CONFLICT, [MERGE_CONFLICT] = TX_AUTHOR_MERGE_CONFLICT,
					     [MERGE_GONE] = TX_AUTHOR_MERGE_GONE, [MERGE_GUARDED] = TX_AUTHOR_MERGE_GUARDED };
	struct merging *m = ARENA_NEW(rq->arena, struct merging);
	const struct overlay *o;

	TRY(authoring_open(&rq->ctx, req_path(rq, 0), &m->w));
	o = &m->w->draft;
	m->row = ARENA_ARRAY(rq->arena, struct author_merge_view_row, o->n + 1);
	m->part = ARENA_ARRAY(rq->arena, struct part_in, o->n + 1);
	for (size_t i = 0; i < o->n; i++) {
		enum merge_state s = overlay_merge_state(rq->arena, m->w->below.package, &o->v[i]);
		str below = authoring_below(&rq->ctx, m->w, o->v[i].key), input = input_of(rq, m->parts), chosen = req_form(rq, input);

		if (s < MERGE_CONFLICT)
			continue;
		m->part[m->parts] = (struct part_in){ .key = o->v[i].key, .mine = o->v[i].mine, .mark = authoring_mark(&rq->ctx, o->v[i].mine) };
		m->row[m->parts++] = (struct author_merge_view_row){
			.what = author_what(rq, m->w->definition, o->v[i].key), .key = o->v[i].key, .base = o->v[i].base, .below = below, .mine = o->v[i].mine,
			.input = input, .state = TX(rq, said[s]), .gone = s != MERGE_CONFLICT, .english = str_has_prefix(o->v[i].key, S("text.en.")),
			.keep = str_eq(chosen, S("eigen")), .take = str_eq(chosen, S("neu")) || s != MERGE_CONFLICT,
			.change_href = s == MERGE_CONFLICT ? author_change_href(rq, m->w->definition, author_address(rq, o->v[i].key)) : STR_EMPTY };
	}
	*ret = m;
	return 0;
}

/* What the update brings where the level has nothing of its own. */
static int news(struct req *rq, struct merging *m)
{
	const struct package *before;
	const struct part_diff *list;
	struct part_diff *rest;
	size_t n, k = 0;

	if (!m->w->offered.merged || digest_eq(&m->w->offered.upstream, &m->w->below.hash))
		return 0;
	TRY(catalog_package(&rq->ctx, &m->w->offered.upstream, &before));
	n = package_diff(rq->arena, before, m->w->below.package, &list, &m->v.form);
	rest = ARENA_ARRAY(rq->arena, struct part_diff, n + 1);
	for (size_t i = 0; i < n; i++)
		if (!overlay_find(&m->w->draft, list[i].key))
			rest[k++] = list[i];
	author_diff_rows(rq, m->w->definition, rest, k, false, &m->v.news);
	m->v.newss = k;
	return 0;
}

static int show(struct req *rq, struct merging *m, int status)
{
	m->v.page = author_frame(rq, TX(rq, TX_AUTHOR_MERGE_TITLE));
	m->v.page.errors = m->v.errors.items > 0;
	m->v.head = author_head(rq, m->w->definition, "/entwurf");
	m->v.post = page_post(rq, rq->path, true);
	m->v.row = m->row;
	m->v.rows = m->parts;
	m->v.version = str_fmt(rq->arena, "%lld", (long long)m->w->version);
	m->v.locked = m->w->state == AUTHORING_WAITING;
	TRY(news(rq, m));
	return RENDER(rq, status, view_author_merge, &m->v);
}

int page_author_merge(struct req *rq)
{
	struct merging *m;

	TRY(open_merge(rq, &m));
	return show(rq, m, 200);
}

static int merged(struct req *rq)
{
	struct merging *m = rq->data, *fresh;

	if (m->out->result == AUTHORING_DONE)
		return reply_see_fmt(rq, "/redaktion/%.*s/entwurf?erledigt=merged", STR_FMT(m->w->service));
	TRY(open_merge(rq, &fresh));
	form_error(rq, &fresh->v.errors, NULL, TX(rq, m->out->result == AUTHORING_LOCKED ? TX_AUTHOR_WRONG_LOCKED : TX_AUTHOR_WRONG_CHANGED));
	return show(rq, fresh, 409);
}

int page_author_merge_post(struct req *rq)
{
	struct merging *m;
	int64_t version;

	if (str_to_i64(req_form(rq, S("stand")), &version) < 0)
		return ERR_PARSE;
	TRY(open_merge(rq, &m));
	for (size_t i = 0; i < m->parts; i++) {
		struct author_merge_view_row *r = &m->row[i];

		if (r->take)
			m->part[i].mine = r->below;
		else if (!r->keep)
			form_error(rq, &m->v.errors, &(struct field_view){ .key = r->input }, TXF(rq, TX_AUTHOR_WRONG_CHOOSE, TEXT_ARG("what", r->what)));
	}
	if (m->v.errors.items)
		return show(rq, m, 422);
	TRY(once_open(&rq->ctx, S("author_merge"), req_form(rq, S("once")), once_body(&rq->form), &m->once));
	TRY(authoring_settle(&rq->ctx, m->w, version, m->part, m->parts, &m->out));
	once_guard(&rq->ctx, m->once);
	rq->data = m;
	return req_commit(rq, merged);
}
