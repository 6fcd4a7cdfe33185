/* SPDX-License-Identifier: EUPL-1.2 */
/* The inbox: views, filter, search, twenty rows, taking several. */
#include "usecase/catalog.h"
#include "usecase/inbox.h"
#include "web/pages/clerk.h"

static const struct {
	const char *key;
	enum text_id name, empty;
} views[INBOX_VIEWS] = {
	{ "offen", TX_OFFICE_VIEW_OPEN, TX_OFFICE_EMPTY_OPEN }, { "neu", TX_OFFICE_VIEW_NEW, TX_OFFICE_EMPTY_NEW },
	{ "meine", TX_OFFICE_VIEW_MINE, TX_OFFICE_EMPTY_MINE }, { "frist", TX_OFFICE_VIEW_DUE, TX_OFFICE_EMPTY_DUE },
	{ "rueckfrage", TX_OFFICE_VIEW_WAITING, TX_OFFICE_EMPTY_WAITING }, { "erledigt", TX_OFFICE_VIEW_CLOSED, TX_OFFICE_EMPTY_CLOSED },
};
static const char *const sorts[INBOX_SORTS] = { "eingang", "frist", "leistung", "stand", "vorgang" };
static const int phases[] = { PHASE_SUBMITTED, PHASE_IN_WORK, PHASE_ASKED, PHASE_DECIDED, PHASE_KNOWN, PHASE_CLOSED, PHASE_WITHDRAWN };

/* ---- the address of a list: only what differs from the usual ---- */

static void put_pair(struct buf *b, const char *name, str value)
{
	if (!value.n)
		return;
	buf_putc(b, b->n ? '&' : '?');
	buf_put(b, str_c(name));
	buf_putc(b, '=');
	url_put(b, value);
}

static void put_list(struct req *rq, struct buf *b, const struct inbox_query *q, bool view)
{
	put_pair(b, "ansicht", view ? str_c(views[q->view].key) : STR_EMPTY);
	put_pair(b, "nach", q->sort != INBOX_BY_TIME ? str_c(sorts[q->sort]) : STR_EMPTY);
	put_pair(b, "ab", q->down ? S("1") : STR_EMPTY);
	put_pair(b, "leistung", q->service);
	put_pair(b, "stand", q->phase ? str_fmt(rq->arena, "%d", q->phase) : STR_EMPTY);
	put_pair(b, "bearbeitung", q->clerk ? str_fmt(rq->arena, "%lld", (long long)q->clerk) : STR_EMPTY);
}

static str href_of(struct req *rq, const struct inbox_query *q, int page)
{
	struct buf b = buf_new(rq->arena, 128);

	put_list(rq, &b, q, q->view != INBOX_OPEN);
	put_pair(&b, "q", q->typed);
	put_pair(&b, "weiter", q->cursor);
	put_pair(&b, "seite", page > 1 ? str_fmt(rq->arena, "%d", page) : STR_EMPTY);
	return b.n ? str_fmt(rq->arena, "/%.*s", STR_FMT(buf_str(&b))) : S("/");
}

static int read_number(struct req *rq, const char *name)
{
	int64_t v;

	return str_to_i64(req_query(rq, str_c(name)), &v) < 0 || v < 0 || v > 100000 ? 0 : (int)v;
}

static struct inbox_query read_query(struct req *rq)
{
	struct inbox_query q = { .service = req_query(rq, S("leistung")), .typed = str_trim(req_query(rq, S("q"))), .cursor = req_query(rq, S("weiter")) };
	str view = req_query(rq, S("ansicht")), sort = req_query(rq, S("nach"));

	for (int i = 0; i < INBOX_VIEWS; i++)
		if (str_eq(view, str_c(views[i].key)))
			q.view = (enum inbox_view_kind)i;
	for (int i = 0; i < INBOX_SORTS; i++)
		if (str_eq(sort, str_c(sorts[i])))
			q.sort = (enum inbox_sort)i;
	q.sort = inbox_sort_of(q.view, q.sort);
	q.down = req_query(rq, S("ab")).n > 0;
	q.phase = read_number(rq, "stand");
	if (str_to_i64(req_query(rq, S("bearbeitung")), &q.clerk) < 0)
		q.clerk = 0;
	return q;
}

/* ---- tabs and columns ---- */

static int fill_tabs(struct req *rq, const struct inbox_query *q, const int count[INBOX_VIEWS], struct inbox_view *v)
{
	struct inbox_tab_view *t = ARENA_ARRAY(rq->arena, struct inbox_tab_view, INBOX_VIEWS);

	for (int i = 0; i < INBOX_VIEWS; i++) {
		struct inbox_query to = { .view = (enum inbox_view_kind)i, .sort = i == INBOX_DUE ? INBOX_BY_DUE : INBOX_BY_TIME };
		bool many = count[i] >= INBOX_COUNT_MAX;

		t[i].text = many ? TXF(rq, TX_OFFICE_MORE_THAN, TEXT_ARG("view", TX(rq, views[i].name)), TEXT_INT("n", INBOX_COUNT_MAX))
				 : TX(rq, views[i].name);
		t[i].href = href_of(rq, &to, 1);
		t[i].count = many ? -1 : count[i];
		t[i].current = q->view == (enum inbox_view_kind)i && !q->typed.n;
	}
	v->tab = t;
	v->tabs = INBOX_VIEWS;
	return 0;
}

static struct inbox_column_view column(struct req *rq, const struct inbox_query *q, enum inbox_sort sort, str text)
{
	struct inbox_query to = *q;
	struct inbox_column_view c = { .text = text };

	if (q->typed.n || inbox_sort_of(q->view, sort) != sort)
		return c;
	to.sort = sort;
	to.down = q->sort == sort && !q->down;
	to.cursor = STR_EMPTY;
	c.href = href_of(rq, &to, 1);
	c.sort = q->sort != sort ? SORT_NO : q->down ? SORT_DOWN : SORT_UP;
	return c;
}

static void fill_columns(struct req *rq, const struct inbox_query *q, struct inbox_view *v)
{
	v->col_reference = column(rq, q, INBOX_BY_REFERENCE, TX(rq, TX_OFFICE_COL_REFERENCE));
	v->col_service = column(rq, q, INBOX_BY_SERVICE, TX(rq, TX_OFFICE_COL_SERVICE));
	v->col_received = column(rq, q, INBOX_BY_TIME, TX(rq, TX_CLERK_COL_RECEIVED));
	v->col_due = column(rq, q, INBOX_BY_DUE, TX(rq, TX_CLERK_COL_DUE));
	v->col_state = column(rq, q, INBOX_BY_STATE, TX(rq, TX_OFFICE_COL_STATE));
}

/* ---- filter ---- */

static str service_title(struct req *rq, str id)
{
	const struct definition *d;

	return catalog_offer(&rq->ctx, (tenant_id){ 0 }, id, &d) < 0 ? id : definition_text(d, S("de"), S("title"));
}

static int service_options(struct req *rq, const struct inbox_query *q, struct field_view *f)
{
	struct option_view *o;
	str *id;
	size_t n;

	TRY(inbox_services(&rq->ctx, &id, &n));
	o = ARENA_ARRAY(rq->arena, struct option_view, n + 1);
	o[0] = (struct option_view){ .text = TX(rq, TX_OFFICE_FILTER_ALL), .checked = !q->service.n };
	for (size_t i = 0; i < n; i++)
		o[i + 1] = (struct option_view){ .value = id[i], .text = service_title(rq, id[i]), .checked = str_eq(id[i], q->service) };
	*f = form_choice(S("leistung"), TX(rq, TX_OFFICE_FILTER_SERVICE), LOOK_SELECT, o, n + 1);
	return 0;
}

static void state_options(struct req *rq, const struct inbox_query *q, struct field_view *f)
{
	size_t n = sizeof phases / sizeof *phases;
	struct option_view *o = ARENA_ARRAY(rq->arena, struct option_view, n + 1);

	o[0] = (struct option_view){ .text = TX(rq, TX_OFFICE_FILTER_ALL), .checked = !q->phase };
	for (size_t i = 0; i < n; i++) {
		struct case_row row = { .phase = (enum case_phase)phases[i], .online_consent = true };

		o[i + 1].value = str_fmt(rq->arena, "%d", phases[i]);
		o[i + 1].text = stage_badge(LANG_DE, case_stage(&row, NULL));
		o[i + 1].checked = q->phase == phases[i];
	}
	*f = form_choice(S("stand"), TX(rq, TX_OFFICE_FILTER_STATE), LOOK_SELECT, o, n + 1);
}

static int clerk_filter(struct req *rq, const struct inbox_query *q, struct field_view *f)
{
	struct option_view *people, *o;
	size_t n;

	TRY(clerk_options(rq, q->clerk, true, &people, &n));
	o = ARENA_ARRAY(rq->arena, struct option_view, n + 2);
	o[0] = (struct option_view){ .text = TX(rq, TX_OFFICE_FILTER_ALL), .checked = !q->clerk };
	o[1] = (struct option_view){ .value = S("-1"), .text = TX(rq, TX_OFFICE_FILTER_NOBODY), .checked = q->clerk == -1 };
	for (size_t i = 0; i < n; i++)
		o[i + 2] = people[i];
	*f = form_choice(S("bearbeitung"), TX(rq, TX_OFFICE_FILTER_CLERK), LOOK_SELECT, o, n + 2);
	return 0;
}

static int fill_filter(struct req *rq, const struct inbox_query *q, struct inbox_view *v)
{
	struct pair *hidden = ARENA_ARRAY(rq->arena, struct pair, 3);
	struct inbox_query clear = { .view = q->view, .sort = q->sort, .down = q->down };

	v->filter.action = S("/");
	hidden[v->filter.hiddens++] = (struct pair){ S("ansicht"), str_c(views[q->view].key) };
	hidden[v->filter.hiddens++] = (struct pair){ S("nach"), str_c(sorts[q->sort]) };
	if (q->down)
		hidden[v->filter.hiddens++] = (struct pair){ S("ab"), S("1") };
	v->filter.hidden = hidden;
	v->filter.q = form_line(S("q"), TX(rq, TX_OFFICE_FILTER_Q), q->typed);
	TRY(service_options(rq, q, &v->filter.service));
	state_options(rq, q, &v->filter.state);
	TRY(clerk_filter(rq, q, &v->filter.clerk));
	v->filter.active = q->service.n || q->phase || q->clerk || q->typed.n;
	v->filter.clear_href = href_of(rq, &clear, 1);
	return 0;
}

/* ---- rows ---- */

/* A case, and the list one comes from: its page leads on to the next. */
static str case_of_list(struct req *rq, const struct inbox_query *q, str reference)
{
	struct buf b = buf_new(rq->arena, 64);

	if (!reference.n)
		return STR_EMPTY;
	if (!q->typed.n)
		put_list(rq, &b, q, true);
	return str_fmt(rq->arena, "/fall/%.*s%.*s", STR_FMT(reference), STR_FMT(buf_str(&b)));
}

int case_in_list(struct req *rq, const struct case_row *row, struct clerk_case_view *v)
{
	struct inbox_query q = read_query(rq);
	struct inbox_near near;
	str total;

	v->inbox_href = href_of(rq, &q, 1);
	if (!req_query(rq, S("ansicht")).n || q.typed.n)
		return 0;
	TRY(inbox_near(&rq->ctx, &q, row, &near));
	v->previous_href = case_of_list(rq, &q, near.previous);
	v->next_href = case_of_list(rq, &q, near.next);
	total = near.total == INBOX_COUNT_MAX ? TXF(rq, TX_OFFICE_OVER, TEXT_INT("n", near.total)) : str_fmt(rq->arena, "%d", near.total);
	v->position = near.position ? TXF(rq, TX_OFFICE_POSITION, TEXT_INT("at", near.position), TEXT_ARG("total", total)) : TX(rq, views[q.view].name);
	return 0;
}

str case_list_query(struct req *rq)
{
	struct inbox_query q = read_query(rq);
	struct buf b = buf_new(rq->arena, 64);

	if (req_query(rq, S("ansicht")).n && !q.typed.n)
		put_list(rq, &b, &q, true);
	return buf_str(&b);
}

static void fill_rows(struct req *rq, const struct inbox_query *q, const struct inbox_list *l, struct inbox_view *v)
{
	struct inbox_row_view *row = ARENA_ARRAY(rq->arena, struct inbox_row_view, INBOX_ROWS);

	for (size_t i = 0; i < l->rows; i++) {
		const struct inbox_row *x = &l->row[i];
		struct inbox_row_view *r = &row[i];

		r->id = r->reference = x->row.reference;
		r->href = case_of_list(rq, q, x->row.reference);
		r->service = service_title(rq, x->row.service);
		r->applicant = x->name;
		r->received = show_time_short(rq->arena, x->row.submitted_at, rq->ctx.today);
		if (x->row.follow_up_on && case_attend_on(&x->row) == x->row.follow_up_on)
			r->due = date_of_days(rq, x->row.follow_up_on);
		else if (x->state.by.year)
			r->due = show_date_short(rq->arena, x->state.by);
		r->late = x->state.late;
		r->soon = x->state.soon;
		r->state = x->state.badge;
		r->state_kind = notice_of(x->state.tone);
		r->clerk = x->clerk;
		r->is_new = x->row.unread;
	}
	v->row = row;
	v->rows = l->rows;
}

static str caption(struct req *rq, const struct inbox_query *q, const struct inbox_list *l, int page, int total)
{
	int from = (page - 1) * INBOX_ROWS + 1, to = from + (int)l->rows - 1;
	str view = TX(rq, views[q->view].name);

	if (q->typed.n)
		return TXF(rq, TX_OFFICE_CAPTION_SEARCH, TEXT_ARG("q", q->typed), TEXT_N((int64_t)l->rows));
	if (total >= INBOX_COUNT_MAX || q->service.n || q->phase || q->clerk)
		return TXF(rq, TX_OFFICE_CAPTION_PAGE, TEXT_ARG("view", view), TEXT_INT("from", from), TEXT_INT("to", to));
	return TXF(rq, TX_OFFICE_CAPTION_OF, TEXT_ARG("view", view), TEXT_INT("from", from), TEXT_INT("to", to), TEXT_INT("total", total));
}

static void fill_pages(struct req *rq, const struct inbox_query *q, const struct inbox_list *l, int total, struct inbox_view *v)
{
	struct inbox_query to = *q;
	int page = read_number(rq, "seite");

	v->page_number = page < 1 || !q->cursor.n ? 1 : page;
	if (l->next.n) {
		to.cursor = l->next;
		v->next_href = href_of(rq, &to, v->page_number + 1);
	}
	if (l->previous.n) {
		to.cursor = l->previous;
		v->previous_href = href_of(rq, &to, v->page_number - 1);
	}
	v->page_count = (total + INBOX_ROWS - 1) / INBOX_ROWS;
	if (q->typed.n || q->service.n || q->phase || q->clerk || total >= INBOX_COUNT_MAX || v->page_count < v->page_number)
		v->page_count = v->page_number + (l->next.n > 0);
}

static int show_inbox(struct req *rq, str notice, enum notice_kind kind)
{
	struct inbox_query q = read_query(rq);
	struct inbox_view v = { 0 };
	struct inbox_list *l;
	int count[INBOX_VIEWS];

	TRY(inbox_list(&rq->ctx, &q, &l));
	TRY(inbox_counts(&rq->ctx, count));
	v.page = clerk_frame(rq, TX(rq, views[q.view].name), NAV_INBOX);
	if (notice.n) {
		v.page.notice = notice;
		v.page.notice_kind = kind;
	}
	v.post = page_post(rq, S("/"), true);
	TRY(fill_tabs(rq, &q, count, &v));
	TRY(fill_filter(rq, &q, &v));
	fill_columns(rq, &q, &v);
	fill_rows(rq, &q, l, &v);
	fill_pages(rq, &q, l, count[q.view], &v);
	v.caption = caption(rq, &q, l, v.page_number, count[q.view]);
	v.empty = TX(rq, q.typed.n ? TX_OFFICE_EMPTY_SEARCH : v.filter.active ? TX_OFFICE_EMPTY_FILTER : views[q.view].empty);
	return RENDER(rq, 200, view_inbox, &v);
}

int page_inbox(struct req *rq)
{
	int taken = read_number(rq, "genommen");

	if (rq->ctx.actor.tenant.v == TENANT_PORTAL.v) /* its administrators have people, and no cases */
		return reply_see(rq, S("/leute"));
	if (!pairs_has(&rq->query, S("genommen")))
		return show_inbox(rq, STR_EMPTY, NOTICE_INFO);
	if (!taken)
		return show_inbox(rq, TX(rq, TX_OFFICE_DONE_TAKEN_NONE), NOTICE_INFO);
	if (req_query(rq, S("von")).n)
		return show_inbox(rq, TXF(rq, TX_OFFICE_DONE_TAKEN_SOME, TEXT_INT("n", taken)), NOTICE_WARNING);
	return show_inbox(rq, TXF(rq, TX_OFFICE_DONE_TAKEN, TEXT_N(taken)), NOTICE_SUCCESS);
}

static int taken(struct req *rq)
{
	const struct take_outcome *o = rq->data;

	if (o->once->repeated)
		return reply_see(rq, S("/?ansicht=meine"));
	return reply_see_fmt(rq, "/?genommen=%d%s&ansicht=%s", o->taken, o->already ? "&von=mehr" : "", o->taken ? "meine" : "neu");
}

int page_inbox_post(struct req *rq)
{
	struct take_outcome *o = ARENA_NEW(rq->arena, struct take_outcome);
	str reference[INBOX_ROWS];
	size_t n = 0;

	for (size_t i = 0; i < rq->form.n && n < INBOX_ROWS; i++)
		if (str_eq(rq->form.v[i].name, S("fall")))
			reference[n++] = rq->form.v[i].value;
	TRY(once_open(&rq->ctx, S("inbox"), req_form(rq, S("once")), once_body(&rq->form), &o->once));
	if (!n)
		return reply_see(rq, S("/?genommen=0&ansicht=neu"));
	TRY(inbox_take(&rq->ctx, reference, n, o));
	rq->data = o;
	return req_commit(rq, taken);
}
