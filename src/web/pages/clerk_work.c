/* SPDX-License-Identifier: EUPL-1.2 */
/* The small forms about a case: question, hand-over, follow-up, remark, closing. */
#include "base/utf8.h"
#include "usecase/shown.h"
#include "web/pages/clerk.h"

#define TEXT_MAX 4000
#define SHORT_MAX 500

static bool too_long(str text, size_t max)
{
	return utf8_length(text) > max;
}

static str long_text(struct req *rq, int max)
{
	return TXF(rq, TX_OFFICE_WRONG_TEXT_LONG, TEXT_INT("n", max));
}

/* ---- question ---- */

static const struct {
	const char *id;
	enum text_id name, text;
} blocks[] = {
	{ "unterlage", TX_OFFICE_ASK_BLOCK_DOCUMENT, TX_OFFICE_ASK_BLOCK_DOCUMENT_TEXT },
	{ "unleserlich", TX_OFFICE_ASK_BLOCK_UNREADABLE, TX_OFFICE_ASK_BLOCK_UNREADABLE_TEXT },
	{ "unklar", TX_OFFICE_ASK_BLOCK_UNCLEAR, TX_OFFICE_ASK_BLOCK_UNCLEAR_TEXT },
};
#define BLOCKS (sizeof blocks / sizeof *blocks)

static void default_due(struct req *rq, const struct casefile *f, struct field_view *v)
{
	struct date d = date_next_working_day(date_add_days(rq->ctx.today, f->definition->service->clocks.answer_days));

	if (rq->method == METHOD_POST)
		return;
	v->day = str_fmt(rq->arena, "%d", d.day);
	v->month = str_fmt(rq->arena, "%d", d.month);
	v->year = str_fmt(rq->arena, "%d", d.year);
}

static int ask_view(struct req *rq, struct casefile *f, struct ask_view *v)
{
	struct option_view *o = ARENA_ARRAY(rq->arena, struct option_view, BLOCKS + 1);

	*v = (struct ask_view){ .service = case_service(rq, f), .reference = f->row.reference, .applicant = f->name };
	v->page = clerk_frame(rq, TX(rq, TX_OFFICE_ACTION_ASK), NAV_INBOX);
	v->post = case_post(rq, f, "/rueckfrage");
	v->back_href = case_href(rq, f, "");
	for (size_t i = 0; i < BLOCKS; i++)
		o[i] = (struct option_view){ .value = str_c(blocks[i].id), .text = TX(rq, blocks[i].name) };
	v->block = form_choice(S("baustein"), TX(rq, TX_OFFICE_ASK_BLOCK), LOOK_SELECT, o, BLOCKS);
	v->block.optional = true;
	v->text = form_area(S("text"), TX(rq, TX_OFFICE_ASK_TEXT), req_form(rq, S("text")), TEXT_MAX);
	v->text.hint = TX(rq, TX_OFFICE_ASK_TEXT_HINT);
	v->due = form_date(rq, S("bis"), TX(rq, TX_OFFICE_ASK_DUE));
	v->due.hint = TX(rq, TX_OFFICE_ASK_DUE_HINT);
	v->due.optional = true;
	default_due(rq, f, &v->due);
	TRY(casefile_contact(f));
	v->by = TX(rq, f->contact.email.n ? TX_OFFICE_ASK_BY_MAIL : TX_OFFICE_ASK_BY_PAGE);
	return 0;
}

static int ask_again(struct req *rq, struct casefile *f, str problem, int status)
{
	struct ask_view v;

	TRY(ask_view(rq, f, &v));
	form_error(rq, &v.errors, NULL, problem);
	v.page.errors = true;
	return RENDER(rq, status, view_ask, &v);
}

int page_clerk_ask(struct req *rq)
{
	struct casefile *f;
	struct ask_view v;

	TRY(clerk_open(rq, CASE_WORK, &f));
	TRY(ask_view(rq, f, &v));
	return RENDER(rq, 200, view_ask, &v);
}

static int insert_block(struct req *rq, struct casefile *f)
{
	str id = req_form(rq, S("baustein"));
	struct ask_view v;

	TRY(ask_view(rq, f, &v));
	for (size_t i = 0; i < BLOCKS; i++)
		if (str_eq(id, str_c(blocks[i].id))) {
			str text = TX(rq, blocks[i].text);

			v.text.value = v.text.value.n ? str_fmt(rq->arena, "%.*s\n\n%.*s", STR_FMT(v.text.value), STR_FMT(text)) : text;
		}
	return RENDER(rq, 200, view_ask, &v);
}

int page_clerk_ask_post(struct req *rq)
{
	str text = str_trim(req_form(rq, S("text")));
	struct work_outcome *o;
	struct work_in in;
	struct casefile *f;
	struct ask_view v;
	int32_t by;
	int rc;

	TRY(clerk_open(rq, CASE_WORK, &f));
	if (str_eq(req_form(rq, S("aktion")), S("einsetzen")))
		return insert_block(rq, f);
	TRY(case_in(rq, &in));
	TRY(ask_view(rq, f, &v));
	rc = typed_date(rq, S("bis"), &by);
	if (!text.n || too_long(text, TEXT_MAX))
		form_error(rq, &v.errors, &v.text, text.n ? long_text(rq, TEXT_MAX) : TX(rq, TX_OFFICE_WRONG_TEXT));
	if (rc < 0)
		form_error(rq, &v.errors, &v.due, TX(rq, TX_OFFICE_WRONG_DATE));
	else if (by && by <= date_days(rq->ctx.today))
		form_error(rq, &v.errors, &v.due, TX(rq, TX_OFFICE_WRONG_DATE_PAST));
	if (v.errors.items) {
		v.page.errors = true;
		return RENDER(rq, 422, view_ask, &v);
	}
	TRY(work_ask(f, &in, text, by, &o));
	return clerk_commit(rq, f, o, by ? "asked" : "message", ask_again);
}

/* ---- forms of one kind: title, text, a few fields ---- */

#define FIELDS_MAX 4
static struct case_form_view *small_form(struct req *rq, const struct casefile *f, const char *tail, str title, str text, str button)
{
	struct case_form_view *v = ARENA_NEW(rq->arena, struct case_form_view);

	v->page = clerk_frame(rq, title, NAV_INBOX);
	v->post = case_post(rq, f, tail);
	v->back_href = case_href(rq, f, "");
	v->service = case_service(rq, f);
	v->reference = f->row.reference;
	v->applicant = f->name;
	v->title = title;
	v->text = text;
	v->button = button;
	v->field = ARENA_ARRAY(rq->arena, struct field_view, FIELDS_MAX);
	return v;
}

static struct field_view *add_field(struct case_form_view *v, struct field_view field)
{
	struct field_view *list = (struct field_view *)(uintptr_t)v->field;

	list[v->fields] = field;
	return &list[v->fields++];
}

static int show_small(struct req *rq, struct case_form_view *v, str problem, int status)
{
	if (problem.n)
		form_error(rq, &v->errors, NULL, problem);
	v->page.errors = v->errors.items > 0;
	return RENDER(rq, status, view_case_form, v);
}

static void check_short(struct req *rq, struct case_form_view *v, struct field_view *f)
{
	if (too_long(f->value, SHORT_MAX))
		form_error(rq, &v->errors, f, long_text(rq, SHORT_MAX));
}

/* ---- handing over ---- */

static int assign_form(struct req *rq, struct casefile *f, struct case_form_view **ret)
{
	struct case_form_view *v = small_form(rq, f, "/abgeben", TX(rq, TX_OFFICE_ASSIGN_TITLE), TX(rq, TX_OFFICE_ASSIGN_TEXT), TX(rq, TX_OFFICE_ASSIGN_BUTTON));
	str typed = req_form(rq, S("an"));
	struct option_view *o;
	int64_t chosen = -1;
	size_t n;

	if (str_to_i64(typed, &chosen) < 0)
		chosen = -1;
	TRY(clerk_options(rq, chosen, f->row.clerk.v != rq->ctx.actor.clerk.v, &o, &n));
	o[n++] = (struct option_view){ .value = S("0"), .text = TX(rq, TX_OFFICE_ASSIGN_NOBODY), .checked = chosen == 0 };
	add_field(v, form_choice(S("an"), TX(rq, TX_OFFICE_ASSIGN_TO), n > 7 ? LOOK_SELECT : LOOK_RADIO, o, n));
	add_field(v, form_area(S("grund"), TX(rq, TX_OFFICE_ASSIGN_REASON), str_trim(req_form(rq, S("grund"))), SHORT_MAX))->optional = true;
	*ret = v;
	return 0;
}

static int assign_again(struct req *rq, struct casefile *f, str problem, int status)
{
	struct case_form_view *v;

	TRY(assign_form(rq, f, &v));
	return show_small(rq, v, problem, status);
}

int page_clerk_hand_over(struct req *rq)
{
	struct case_form_view *v;
	struct casefile *f;

	TRY(clerk_open(rq, CASE_WORK, &f));
	TRY(assign_form(rq, f, &v));
	return show_small(rq, v, STR_EMPTY, 200);
}

int page_clerk_hand_over_post(struct req *rq)
{
	struct case_form_view *v;
	struct field_view *field;
	struct work_outcome *o;
	struct work_in in;
	struct casefile *f;
	int64_t to;

	TRY(clerk_open(rq, CASE_WORK, &f));
	TRY(case_in(rq, &in));
	TRY(assign_form(rq, f, &v));
	field = (struct field_view *)(uintptr_t)v->field;
	if (str_to_i64(req_form(rq, S("an")), &to) < 0 || to < 0)
		form_error(rq, &v->errors, &field[0], TX(rq, TX_OFFICE_WRONG_CLERK));
	check_short(rq, v, &field[1]);
	if (v->errors.items)
		return show_small(rq, v, STR_EMPTY, 422);
	TRY(work_assign(f, &in, (clerk_id){ to }, field[1].value, &o));
	return clerk_commit(rq, f, o, "assigned", assign_again);
}

/* ---- follow-up ---- */

static struct case_form_view *follow_form(struct req *rq, struct casefile *f)
{
	struct case_form_view *v = small_form(rq, f, "/wiedervorlage", TX(rq, TX_OFFICE_FOLLOW_UP_TITLE), TX(rq, TX_OFFICE_FOLLOW_UP_TEXT),
		TX(rq, TX_OFFICE_FOLLOW_UP_BUTTON));
	struct field_view *day = add_field(v, form_date(rq, S("am"), TX(rq, TX_OFFICE_FOLLOW_UP_DAY)));

	day->hint = TX(rq, TX_OFFICE_FOLLOW_UP_DAY_HINT);
	day->optional = true;
	if (rq->method != METHOD_POST && f->row.follow_up_on) {
		struct date d = date_from_days(f->row.follow_up_on);

		day->day = str_fmt(rq->arena, "%d", d.day);
		day->month = str_fmt(rq->arena, "%d", d.month);
		day->year = str_fmt(rq->arena, "%d", d.year);
	}
	add_field(v, form_area(S("grund"), TX(rq, TX_OFFICE_FOLLOW_UP_REASON), str_trim(req_form(rq, S("grund"))), SHORT_MAX))->optional = true;
	return v;
}

static int follow_again(struct req *rq, struct casefile *f, str problem, int status)
{
	return show_small(rq, follow_form(rq, f), problem, status);
}

int page_clerk_follow_up(struct req *rq)
{
	struct casefile *f;

	TRY(clerk_open(rq, CASE_WORK, &f));
	return show_small(rq, follow_form(rq, f), STR_EMPTY, 200);
}

int page_clerk_follow_up_post(struct req *rq)
{
	struct case_form_view *v;
	struct field_view *field;
	struct work_outcome *o;
	struct work_in in;
	struct casefile *f;
	int32_t day;

	TRY(clerk_open(rq, CASE_WORK, &f));
	TRY(case_in(rq, &in));
	v = follow_form(rq, f);
	field = (struct field_view *)(uintptr_t)v->field;
	if (typed_date(rq, S("am"), &day) < 0)
		form_error(rq, &v->errors, &field[0], TX(rq, TX_OFFICE_WRONG_DATE));
	else if (day && day <= date_days(rq->ctx.today))
		form_error(rq, &v->errors, &field[0], TX(rq, TX_OFFICE_WRONG_DATE_PAST));
	check_short(rq, v, &field[1]);
	if (v->errors.items)
		return show_small(rq, v, STR_EMPTY, 422);
	TRY(work_follow_up(f, &in, day, field[1].value, &o));
	return clerk_commit(rq, f, o, "follow_up", follow_again);
}

/* ---- a remark beside an answer ---- */

static int correct_form(struct req *rq, struct casefile *f, struct case_form_view **ret)
{
	struct case_form_view *v = small_form(rq, f, "/berichtigen", TX(rq, TX_OFFICE_CORRECT_TITLE), TX(rq, TX_OFFICE_CORRECT_TEXT),
		TX(rq, TX_OFFICE_CORRECT_BUTTON));
	str chosen = req_form(rq, S("angabe"));
	const struct shown_section *s;
	struct option_view *o;
	struct shown_of of;
	size_t n, all = 0;

	TRY(casefile_journey(f));
	TRY(casefile_files(f));
	of = casefile_shown(f, LANG_DE);
	n = shown_sections(rq->arena, &of, &s);
	o = ARENA_ARRAY(rq->arena, struct option_view, f->journey->values + 1);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < s[i].rows; k++) {
			const struct shown_row *r = &s[i].row[k];

			if (!r->field || !r->value || r->field->type == FIELD_FILE || r->field->type == FIELD_CONSENT || all >= f->journey->values)
				continue;
			o[all].value = str_fmt(rq->arena, "%.*s/%u", STR_FMT(r->field->id), r->value->row);
			o[all].text = str_fmt(rq->arena, "%.*s: %.*s (%.*s)", STR_FMT(s[i].title), STR_FMT(r->label), STR_FMT(r->text));
			o[all].checked = str_eq(o[all].value, chosen);
			all++;
		}
	add_field(v, form_choice(S("angabe"), TX(rq, TX_OFFICE_CORRECT_FIELD), LOOK_SELECT, o, all));
	add_field(v, form_line(S("wert"), TX(rq, TX_OFFICE_CORRECT_VALUE), str_trim(req_form(rq, S("wert")))))->hint = TX(rq, TX_OFFICE_CORRECT_VALUE_HINT);
	add_field(v, form_area(S("grund"), TX(rq, TX_OFFICE_CORRECT_REASON), str_trim(req_form(rq, S("grund"))), SHORT_MAX));
	*ret = v;
	return 0;
}

static int correct_again(struct req *rq, struct casefile *f, str problem, int status)
{
	struct case_form_view *v;

	TRY(correct_form(rq, f, &v));
	return show_small(rq, v, problem, status);
}

int page_clerk_correct(struct req *rq)
{
	struct casefile *f;

	TRY(clerk_open(rq, CASE_WORK, &f));
	return correct_again(rq, f, STR_EMPTY, 200);
}

/* "hund.name/2", one of those that the form offers */
static bool chosen_answer(const struct field_view *f, str *ret_field, uint16_t *ret_row)
{
	str row;
	int64_t n;

	for (size_t i = 0; i < f->options; i++)
		if (f->option[i].checked && str_cut(f->option[i].value, '/', ret_field, &row) && str_to_i64(row, &n) == 0) {
			*ret_row = (uint16_t)n;
			return true;
		}
	return false;
}

int page_clerk_correct_post(struct req *rq)
{
	struct case_form_view *v;
	struct field_view *field;
	struct work_outcome *o;
	struct work_in in;
	struct casefile *f;
	uint16_t row = 0;
	str id;

	TRY(clerk_open(rq, CASE_WORK, &f));
	TRY(case_in(rq, &in));
	TRY(correct_form(rq, f, &v));
	field = (struct field_view *)(uintptr_t)v->field;
	if (!chosen_answer(&field[0], &id, &row))
		form_error(rq, &v->errors, &field[0], TX(rq, TX_OFFICE_WRONG_FIELD));
	check_short(rq, v, &field[1]);
	if (!field[2].value.n)
		form_error(rq, &v->errors, &field[2], TX(rq, TX_OFFICE_WRONG_REASON));
	check_short(rq, v, &field[2]);
	if (v->errors.items)
		return show_small(rq, v, STR_EMPTY, 422);
	TRY(work_correct(f, &in, id, row, field[1].value, field[2].value, &o));
	return clerk_commit(rq, f, o, "corrected", correct_again);
}

/* ---- closing ---- */

static int close_form(struct req *rq, struct casefile *f, struct case_form_view **ret)
{
	struct case_form_view *v = small_form(rq, f, "/abschliessen", TX(rq, TX_OFFICE_CLOSE_TITLE), TX(rq, TX_OFFICE_CLOSE_TEXT), TX(rq, TX_OFFICE_CLOSE_BUTTON));

	TRY(casefile_letters(f));
	if (!casefile_sent(f) && f->row.phase != PHASE_WITHDRAWN) {
		v->text = TX(rq, TX_OFFICE_CLOSE_TEXT_OPEN);
		v->danger = true;
	}
	add_field(v, form_area(S("grund"), TX(rq, TX_OFFICE_CLOSE_REASON), str_trim(req_form(rq, S("grund"))), SHORT_MAX))->optional = !v->danger;
	*ret = v;
	return 0;
}

static int close_again(struct req *rq, struct casefile *f, str problem, int status)
{
	struct case_form_view *v;

	TRY(close_form(rq, f, &v));
	return show_small(rq, v, problem, status);
}

int page_clerk_close(struct req *rq)
{
	struct casefile *f;

	TRY(clerk_open(rq, CASE_WORK, &f));
	return close_again(rq, f, STR_EMPTY, 200);
}

int page_clerk_close_post(struct req *rq)
{
	struct case_form_view *v;
	struct field_view *field;
	struct work_outcome *o;
	struct work_in in;
	struct casefile *f;

	TRY(clerk_open(rq, CASE_WORK, &f));
	TRY(case_in(rq, &in));
	TRY(close_form(rq, f, &v));
	field = (struct field_view *)(uintptr_t)v->field;
	if (v->danger && !field[0].value.n)
		form_error(rq, &v->errors, &field[0], TX(rq, TX_OFFICE_WRONG_REASON));
	check_short(rq, v, &field[0]);
	if (v->errors.items)
		return show_small(rq, v, STR_EMPTY, 422);
	TRY(work_close(f, &in, field[0].value, &o));
	return clerk_commit(rq, f, o, "closed", close_again);
}
