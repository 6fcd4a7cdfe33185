/* SPDX-License-Identifier: EUPL-1.2 */
/* What the clerks' pages share: frame, the case of the path, forms with version and once-token, the words of events. */
#include "usecase/staff.h"
#include "web/pages/clerk.h"

struct page_view clerk_frame(struct req *rq, str title, enum page_nav nav)
{
	struct page_view v = page_frame(rq, title);
	str done = req_query(rq, S("erledigt"));

	v.nav = nav;
	if (done.n) {
		v.notice = text_by_key(LANG_DE, str_fmt(rq->arena, "office.done.%.*s", STR_FMT(done)));
		v.notice_kind = NOTICE_SUCCESS;
	}
	return v;
}

int clerk_open(struct req *rq, enum case_permission p, struct casefile **ret)
{
	struct grant g;

	TRY(case_authorize_clerk(&rq->ctx, req_path(rq, 0), p, &g));
	return case_open(&rq->ctx, &g, ret);
}

str case_href(struct req *rq, const struct casefile *f, const char *tail)
{
	return str_fmt(rq->arena, "/fall/%.*s%s", STR_FMT(f->row.reference), tail);
}

struct post_view case_post(struct req *rq, const struct casefile *f, const char *tail)
{
	return page_post(rq, str_fmt(rq->arena, "/fall/%.*s%s?stand=%lld", STR_FMT(f->row.reference), tail, (long long)f->row.version), true);
}

int case_in(struct req *rq, struct work_in *ret)
{
	str version = req_query(rq, S("stand"));

	TRY(once_open(&rq->ctx, str_c(rq->route->name), req_form(rq, S("once")), once_body(&rq->form), &ret->once));
	if (str_to_i64(version, &ret->version) < 0)
		ret->version = -1;
	return 0;
}

str case_service(struct req *rq, const struct casefile *f)
{
	return definition_text(f->definition, S("de"), S("title"));
}

enum notice_kind notice_of(enum state_tone t)
{
	static const enum notice_kind kinds[] = { NOTICE_INFO, NOTICE_SUCCESS, NOTICE_WARNING, NOTICE_DANGER };

	return kinds[t];
}

/* ---- after a commit ---- */

/* The case as it is now, read anew: the page shows the new state and the new version. */
static int show_problem(struct req *rq, const struct clerk_done *d)
{
	static const enum text_id problems[] = { 0, TX_OFFICE_WRONG_CONFLICT, TX_OFFICE_WRONG_NOT_NOW, TX_OFFICE_WRONG_DENIED };
	static const int status[] = { 200, 409, 409, 403 };
	enum work_result r = d->out->result;
	struct casefile *f;

	TRY(clerk_open(rq, CASE_WORK, &f));
	return d->again ? d->again(rq, f, TX(rq, problems[r]), status[r]) : show_case(rq, f, TX(rq, problems[r]), status[r]);
}

static int committed(struct req *rq)
{
	const struct clerk_done *d = rq->data;
	str list;

	if (d->out->result != WORK_DONE)
		return show_problem(rq, d);
	list = case_list_query(rq);
	return reply_see_fmt(rq, "/fall/%.*s%.*s%serledigt=%s", STR_FMT(d->file->row.reference), STR_FMT(list), list.n ? "&" : "?", d->word);
}

int clerk_commit(struct req *rq, struct casefile *f, struct work_outcome *o, const char *word,
		 int (*again)(struct req *rq, struct casefile *f, str problem, int status))
{
	struct clerk_done *d = ARENA_NEW(rq->arena, struct clerk_done);

	*d = (struct clerk_done){ .file = f, .out = o, .word = word, .again = again };
	rq->data = d;
	return req_commit(rq, committed);
}

/* ---- small forms ---- */

struct field_view form_line(str key, str label, str value)
{
	return (struct field_view){ .look = LOOK_TEXT, .key = key, .label = label, .value = value, .input_type = S("text") };
}

struct field_view form_area(str key, str label, str value, int max)
{
	return (struct field_view){ .look = LOOK_AREA, .key = key, .label = label, .value = value, .rows = 6, .max_length = max };
}

static str part(struct req *rq, str key, const char *name)
{
	return req_form(rq, str_fmt(rq->arena, "%.*s-%s", STR_FMT(key), name));
}

struct field_view form_date(struct req *rq, str key, str label)
{
	return (struct field_view){ .look = LOOK_DATE, .key = key, .label = label, .day = part(rq, key, "day"), .month = part(rq, key, "month"),
				    .year = part(rq, key, "year") };
}

int typed_date(struct req *rq, str key, int32_t *ret_days)
{
	str day = str_trim(part(rq, key, "day")), month = str_trim(part(rq, key, "month")), year = str_trim(part(rq, key, "year"));
	struct date d;

	*ret_days = 0;
	if (!day.n && !month.n && !year.n)
		return 0;
	TRY(date_parse_parts(day, month, year, &d));
	*ret_days = date_days(d);
	return 0;
}

struct field_view form_choice(str key, str label, enum field_look look, const struct option_view *o, size_t n)
{
	return (struct field_view){ .look = look, .key = key, .label = label, .option = o, .options = n };
}

void form_error(struct req *rq, struct errors_view *e, struct field_view *f, str text)
{
	struct error_item_view *list = ARENA_ARRAY(rq->arena, struct error_item_view, e->items + 1);

	for (size_t i = 0; i < e->items; i++)
		list[i] = e->item[i];
	list[e->items].text = text;
	list[e->items].href = !f ? STR_EMPTY
			    : f->look == LOOK_DATE ? str_fmt(rq->arena, "#%.*s-day", STR_FMT(f->key)) : str_fmt(rq->arena, "#%.*s", STR_FMT(f->key));
	if (f)
		f->error = text;
	e->item = list;
	e->items++;
}

int clerk_options(struct req *rq, int64_t chosen, bool with_self, struct option_view **ret, size_t *ret_n)
{
	struct option_view *o;
	struct staff *s;
	size_t n;

	TRY(staff_list(&rq->ctx, rq->ctx.actor.tenant, &s, &n));
	o = ARENA_ARRAY(rq->arena, struct option_view, n + 1);
	*ret_n = 0;
	for (size_t i = 0; i < n; i++) {
		if (!s[i].active || s[i].role < ROLE_CLERK || (!with_self && s[i].id.v == rq->ctx.actor.clerk.v))
			continue;
		o[(*ret_n)++] = (struct option_view){ .value = str_fmt(rq->arena, "%lld", (long long)s[i].id.v), .text = s[i].name,
						      .checked = chosen == s[i].id.v };
	}
	*ret = o;
	return 0;
}

/* ---- events in the clerks' words ---- */

str date_of_days(struct req *rq, int32_t days)
{
	return show_date_short(rq->arena, date_from_days(days));
}

static str detail_date(struct req *rq, const struct case_event *e, const char *name)
{
	struct date d;

	return date_parse_iso(node_text_at(e->detail, str_c(name)), &d) < 0 ? STR_EMPTY : show_date_short(rq->arena, d);
}

str event_title(struct req *rq, const struct case_event *e)
{
	str date, name = node_text_at(e->detail, S("to"));

	switch (e->event.kind) {
	case EVENT_ASSIGNED:
		return name.n ? TXF(rq, TX_OFFICE_EVENT_ASSIGNED_TO, TEXT_ARG("name", name)) : TX(rq, TX_OFFICE_EVENT_GIVEN_BACK);
	case EVENT_FOLLOW_UP:
		date = detail_date(rq, e, "day");
		return date.n ? TXF(rq, TX_OFFICE_EVENT_FOLLOW_UP, TEXT_ARG("date", date)) : TX(rq, TX_OFFICE_EVENT_FOLLOW_UP_NONE);
	case EVENT_ASKED:
		date = detail_date(rq, e, "by");
		return date.n ? TXF(rq, TX_OFFICE_EVENT_ASKED_BY, TEXT_ARG("date", date)) : TX(rq, TX_OFFICE_EVENT_ASKED);
	default:
		return text_by_key(LANG_DE, str_fmt(rq->arena, "office.event.%.*s", STR_FMT(event_name(e->event.kind))));
	}
}

str event_who(struct req *rq, struct casefile *f, const struct case_event *e)
{
	str name;

	switch (e->event.actor) {
	case ACTOR_APPLICANT:
		return TX(rq, TX_OFFICE_APPLICANT);
	case ACTOR_SOFTWARE:
		return TX(rq, TX_OFFICE_SOFTWARE);
	case ACTOR_CLERK:
		return clerk_name(&rq->ctx, f->row.tenant, (clerk_id){ e->event.actor_id }, &name) < 0 ? STR_EMPTY : name;
	case ACTOR_SYSTEM:
		break;
	}
	return TX(rq, TX_OFFICE_SYSTEM);
}
