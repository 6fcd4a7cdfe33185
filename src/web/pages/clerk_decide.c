/* SPDX-License-Identifier: EUPL-1.2 */
/* Deciding: template, words, preview, second pair of eyes, sending; and the letter as PDF. */
#include "base/utf8.h"
#include "usecase/decide.h"
#include "web/pages/clerk.h"

/* What the form shows: as typed, or as the draft has it. */
struct words {
	str template_id, reason, fee;
	bool typed;
};

static str fee_typed(struct req *rq, int64_t cents)
{
	str with_sign = money_format(rq->arena, cents, S("de"));
	ptrdiff_t end = str_find(with_sign, S("\xc2\xa0"));

	return end < 0 ? with_sign : str_sub(with_sign, 0, (size_t)end);
}

static struct words read_words(struct req *rq, const struct casefile *f)
{
	const struct case_letter *l = decide_draft(f);
	struct words w = { .typed = rq->method == METHOD_POST };

	if (w.typed) {
		w.template_id = req_form(rq, S("vorlage"));
		w.reason = str_trim(str_replace(rq->arena, req_form(rq, S("grund")), S("\r\n"), S("\n")));
		w.fee = str_trim(req_form(rq, S("gebuehr")));
		return w;
	}
	if (l) {
		w.template_id = l->row.template_id;
		w.reason = l->reason;
	}
	if (req_query(rq, S("vorlage")).n)
		w.template_id = req_query(rq, S("vorlage"));
	if (f->journey->fees)
		w.fee = fee_typed(rq, l && l->fee_cents >= 0 ? l->fee_cents : f->journey->fee_known ? f->journey->fee_cents : 0);
	return w;
}

/* Typed amount -> cents; the amount of the form unchanged stays "as computed". */
static int read_fee(const struct casefile *f, const struct words *w, int64_t *ret)
{
	struct decimal d;

	*ret = -1;
	if (!f->journey->fees || !w->fee.n)
		return 0;
	TRY(decimal_parse_german(w->fee, &d));
	TRY(decimal_to_cents(d, ROUND_HALF_UP, ret));
	return *ret >= 0 && *ret <= 100000000 ? 0 : ERR_LIMIT;
}

static struct option_view *template_options(struct req *rq, const struct casefile *f, str chosen, size_t *ret_n)
{
	/* the title is the applicant's ("Ihre Geburtsurkunde"): what it decides is said beside it */
	static const enum text_id decides[] = { TX_OFFICE_DECIDE_GRANTS, TX_OFFICE_DECIDE_PARTLY, TX_OFFICE_DECIDE_REFUSES };
	const struct service *s = f->definition->service;
	struct option_view *o = ARENA_ARRAY(rq->arena, struct option_view, s->decisions + 1);

	for (size_t i = 0; i < s->decisions; i++)
		o[i] = (struct option_view){ .value = s->decision[i], .checked = str_eq(s->decision[i], chosen),
					     .hint = TX(rq, decides[decision_of_template(s->decision[i])]),
					     .text = definition_text3(f->definition, S("de"), S("document."), s->decision[i], S(".title")) };
	*ret_n = s->decisions;
	return o;
}

static struct field_view block_field(struct req *rq, const struct casefile *f)
{
	const struct service *s = f->definition->service;
	struct option_view *o = ARENA_ARRAY(rq->arena, struct option_view, s->reasons + 1);
	struct field_view v;

	for (size_t i = 0; i < s->reasons; i++)
		o[i] = (struct option_view){ .value = s->reason[i],
					     .text = definition_text3(f->definition, S("de"), S("decision.reason."), s->reason[i], STR_EMPTY) };
	v = form_choice(S("baustein"), TX(rq, TX_OFFICE_DECIDE_BLOCKS), LOOK_SEVERAL, o, s->reasons);
	v.hint = TX(rq, TX_OFFICE_DECIDE_BLOCKS_HINT);
	v.optional = true;
	return v;
}

static void fill_fields(struct req *rq, const struct casefile *f, const struct words *w, struct decide_view *v, struct field_view *list)
{
	size_t n = 0;

	if (f->definition->service->reasons)
		list[n++] = block_field(rq, f);
	list[n] = form_area(S("grund"), TX(rq, TX_OFFICE_DECIDE_REASON), w->reason, DECIDE_REASON_MAX);
	list[n].hint = TX(rq, TX_OFFICE_DECIDE_REASON_HINT);
	list[n].rows = 10;
	list[n++].optional = decision_of_template(w->template_id) == DECIDE_GRANT;
	if (f->journey->fees) {
		list[n] = form_line(S("gebuehr"), TX(rq, TX_OFFICE_DECIDE_FEE), w->fee);
		list[n].suffix = S("Euro");
		list[n].inputmode = S("decimal");
		list[n++].width = 10;
	}
	v->field = list;
	v->fields = n;
}

static struct field_view *field_named(const struct decide_view *v, const char *key)
{
	for (size_t i = 0; i < v->fields; i++)
		if (str_eq(v->field[i].key, str_c(key)))
			return (struct field_view *)(uintptr_t)&v->field[i];
	return NULL;
}

static int fill_letter(struct req *rq, struct casefile *f, const struct case_letter *l, struct decide_view *v)
{
	struct letter_print *p;

	TRY(letter_prepare(f, l, &p));
	TRY(letter_paragraphs(p, &v->letter, &v->letters));
	v->letter_title = p->title;
	if (decide_draft(f))
		v->preview_href = case_href(rq, f, "/bescheid.pdf");
	return 0;
}

static int decide_view_of(struct req *rq, struct casefile *f, const struct words *w, struct decide_view *v)
{
	const struct case_letter *l;
	size_t n;

	*v = (struct decide_view){ .service = case_service(rq, f), .reference = f->row.reference, .applicant = f->name };
	l = decide_draft(f);
	v->page = clerk_frame(rq, TX(rq, TX_CLERK_DECIDE_TITLE), NAV_INBOX);
	v->post = case_post(rq, f, "/bescheid");
	v->back_href = case_href(rq, f, "");
	v->version = str_fmt(rq->arena, "%lld", (long long)f->row.version);
	v->four_eyes = decide_four_eyes(f);
	v->waiting = l && l->row.state == LETTER_WAITS;
	v->may_release = decide_may_release(f);
	v->delivery = TX(rq, f->row.online_consent ? TX_OFFICE_DECIDE_BY_ONLINE : TX_OFFICE_DECIDE_BY_POST);
	if (l)
		TRY(clerk_name(&rq->ctx, f->row.tenant, l->row.clerk, &v->drafted_by));
	if (l && l->returned.n && !v->waiting && !v->page.notice.n) {
		v->page.notice = TXF(rq, TX_OFFICE_DECIDE_RETURNED, TEXT_ARG("reason", l->returned));
		v->page.notice_kind = NOTICE_WARNING;
	}
	v->template_field = form_choice(S("vorlage"), TX(rq, TX_OFFICE_DECIDE_TEMPLATE), LOOK_RADIO, template_options(rq, f, w->template_id, &n), 0);
	v->template_field.options = n;
	v->return_reason = form_area(S("zurueck"), TX(rq, TX_OFFICE_DECIDE_RETURN_REASON), str_trim(req_form(rq, S("zurueck"))), 1000);
	v->choose = !w->template_id.n && !v->waiting;
	if (!v->choose && !v->waiting)
		fill_fields(rq, f, w, v, ARENA_ARRAY(rq->arena, struct field_view, 4));
	return 0;
}

static int open_decision(struct req *rq, enum case_permission p, struct casefile **ret)
{
	TRY(clerk_open(rq, p, ret));
	TRY(casefile_journey(*ret));
	TRY(casefile_letters(*ret));
	return casefile_events(*ret);
}

static struct decide_in in_of(const struct casefile *f, const struct words *w)
{
	struct decide_in in = { .template_id = w->template_id, .reason = w->reason };

	if (read_fee(f, w, &in.fee_cents) < 0)
		in.fee_cents = -1;
	return in;
}

static int show_decide(struct req *rq, struct casefile *f, const struct words *w, str problem, str notice, int status)
{
	struct decide_in in = in_of(f, w);
	const struct case_letter *l = decide_draft(f);
	struct case_letter shown;
	struct decide_view v;

	TRY(decide_view_of(rq, f, w, &v));
	if (v.waiting) {
		TRY(fill_letter(rq, f, l, &v));
	} else if (!v.choose && decide_check(f, &in, false) == DECIDE_FINE) {
		shown = decide_letter(f, &in);
		TRY(fill_letter(rq, f, &shown, &v));
	}
	if (notice.n) {
		v.page.notice = notice;
		v.page.notice_kind = NOTICE_INFO;
	}
	if (problem.n) {
		form_error(rq, &v.errors, NULL, problem);
		v.page.errors = true;
	}
	return RENDER(rq, status, view_decide, &v);
}

/* After a conflict what was typed is shown again, over the newest state of the case. */
static int decide_again(struct req *rq, struct casefile *f, str problem, int status)
{
	struct words w;

	TRY(casefile_journey(f));
	TRY(casefile_letters(f));
	TRY(casefile_events(f));
	w = read_words(rq, f);
	return show_decide(rq, f, &w, problem, STR_EMPTY, status);
}

int page_clerk_decide(struct req *rq)
{
	struct casefile *f;
	struct words w;

	TRY(open_decision(rq, CASE_WORK, &f));
	if (f->row.phase > PHASE_DECIDED)
		return reply_see(rq, case_href(rq, f, ""));
	w = read_words(rq, f);
	return show_decide(rq, f, &w, STR_EMPTY, STR_EMPTY, 200);
}

/* ---- POST ---- */

/* Ticked blocks go into the reason; true when something was put in. */
static bool insert_blocks(struct req *rq, const struct casefile *f, struct words *w)
{
	const struct service *s = f->definition->service;
	bool put = false;

	for (size_t i = 0; i < rq->form.n; i++) {
		if (!str_eq(rq->form.v[i].name, S("baustein")))
			continue;
		for (size_t k = 0; k < s->reasons; k++) {
			str text = definition_text3(f->definition, S("de"), S("decision.reason."), s->reason[k], STR_EMPTY);

			if (!str_eq(rq->form.v[i].value, s->reason[k]) || str_contains(w->reason, text))
				continue;
			w->reason = w->reason.n ? str_fmt(rq->arena, "%.*s\n\n%.*s", STR_FMT(w->reason), STR_FMT(text)) : text;
			put = true;
		}
	}
	return put;
}

static int show_wrong(struct req *rq, struct casefile *f, const struct words *w, enum decide_problem p, bool fee)
{
	struct field_view *at;
	struct decide_view v;

	if (p == DECIDE_NOT_NOW)
		return show_decide(rq, f, w, TX(rq, TX_OFFICE_WRONG_NOT_NOW), STR_EMPTY, 409);
	TRY(decide_view_of(rq, f, w, &v));
	if (p == DECIDE_NO_TEMPLATE)
		form_error(rq, &v.errors, &v.template_field, TX(rq, TX_OFFICE_WRONG_TEMPLATE));
	if ((p == DECIDE_NO_REASON || p == DECIDE_TOO_LONG) && (at = field_named(&v, "grund")))
		form_error(rq, &v.errors, at,
			p == DECIDE_NO_REASON ? TX(rq, TX_OFFICE_WRONG_REASON) : TXF(rq, TX_OFFICE_WRONG_TEXT_LONG, TEXT_INT("n", DECIDE_REASON_MAX)));
	if (fee && (at = field_named(&v, "gebuehr")))
		form_error(rq, &v.errors, at, TX(rq, TX_OFFICE_WRONG_FEE));
	v.page.errors = v.errors.items > 0;
	return RENDER(rq, 422, view_decide, &v);
}

static int saved_preview(struct req *rq)
{
	const struct clerk_done *d = rq->data;

	if (d->out->result == WORK_DONE)
		return reply_see_fmt(rq, "/fall/%.*s/bescheid?erledigt=saved", STR_FMT(d->file->row.reference));
	struct casefile *f;
	TRY(clerk_open(rq, CASE_WORK, &f));
	return decide_again(rq, f, TX(rq, d->out->result == WORK_CONFLICT ? TX_OFFICE_WRONG_CONFLICT : TX_OFFICE_WRONG_NOT_NOW), 409);
}

static int save(struct req *rq, struct casefile *f, const struct decide_in *in)
{
	struct clerk_done *d = ARENA_NEW(rq->arena, struct clerk_done);

	d->file = f;
	TRY(decide_save(f, in, &d->out));
	rq->data = d;
	return req_commit(rq, saved_preview);
}

/* ---- sending: PDF on the pool, then the unit ---- */

static int pdf_made(struct req *rq)
{
	struct clerk_done *d = rq->data;
	struct decide_send *send = rq->work_arg;

	TRY(decide_send(send, &d->out));
	return clerk_commit(rq, d->file, d->out, "decided", decide_again);
}

static int send(struct req *rq, struct casefile *f, const struct decide_in *in)
{
	struct clerk_done *d = ARENA_NEW(rq->arena, struct clerk_done);
	struct decide_send *s;

	TRY(decide_send_prepare(f, in, &s));
	d->file = f;
	rq->data = d;
	return req_work(rq, decide_send_work, s, pdf_made);
}

static int release(struct req *rq)
{
	bool back = str_eq(req_form(rq, S("aktion")), S("zurueckgeben"));
	str reason = str_trim(req_form(rq, S("zurueck")));
	struct decide_in in = { .fee_cents = -1 };
	struct work_outcome *o;
	struct casefile *f;
	struct words w;

	/* a grant to release is not given to everybody; who has none sees the same as for a case that is not there */
	TRY(open_decision(rq, CASE_RELEASE, &f));
	w = read_words(rq, f);
	if (!decide_may_release(f))
		return show_decide(rq, f, &w, TX(rq, decide_draft(f) ? TX_OFFICE_WRONG_DENIED : TX_OFFICE_WRONG_NOT_NOW), STR_EMPTY, decide_draft(f) ? 403 : 409);
	TRY(case_in(rq, &in.work));
	if (in.work.version < 0) /* nobody releases what no page has shown */
		return show_decide(rq, f, &w, TX(rq, TX_OFFICE_WRONG_CONFLICT), STR_EMPTY, 409);
	if (!back)
		return send(rq, f, &in);
	if (!reason.n || utf8_length(reason) > 1000) {
		struct decide_view v;

		TRY(decide_view_of(rq, f, &w, &v));
		TRY(fill_letter(rq, f, decide_draft(f), &v));
		form_error(rq, &v.errors, &v.return_reason, TX(rq, TX_OFFICE_WRONG_REASON));
		v.page.errors = true;
		return RENDER(rq, 422, view_decide, &v);
	}
	TRY(decide_return(f, &in.work, reason, &o));
	return clerk_commit(rq, f, o, "returned", decide_again);
}

int page_clerk_decide_post(struct req *rq)
{
	str action = req_form(rq, S("aktion"));
	bool final = str_eq(action, S("erlassen")), put;
	enum decide_problem p;
	struct work_outcome *o;
	struct decide_in in;
	struct casefile *f;
	struct words w;
	int64_t cents;

	if (str_eq(action, S("freigeben")) || str_eq(action, S("zurueckgeben")))
		return release(rq);
	TRY(open_decision(rq, CASE_WORK, &f));
	w = read_words(rq, f);
	if (str_eq(action, S("waehlen")) && w.template_id.n)
		return reply_see_fmt(rq, "/fall/%.*s/bescheid?vorlage=%.*s", STR_FMT(f->row.reference), STR_FMT(url_encode(rq->arena, w.template_id)));
	put = insert_blocks(rq, f, &w);
	in = in_of(f, &w);
	p = decide_check(f, &in, final && !put);
	if (p != DECIDE_FINE || read_fee(f, &w, &cents) < 0)
		return show_wrong(rq, f, &w, p, read_fee(f, &w, &cents) < 0);
	if (put && final)
		return show_decide(rq, f, &w, STR_EMPTY, TX(rq, TX_OFFICE_DONE_BLOCK), 200);
	TRY(case_in(rq, &in.work));
	if (in.work.version < 0)
		return show_decide(rq, f, &w, TX(rq, TX_OFFICE_WRONG_CONFLICT), STR_EMPTY, 409);
	if (!final)
		return save(rq, f, &in);
	if (!decide_four_eyes(f))
		return send(rq, f, &in);
	TRY(decide_submit(f, &in, &o));
	return clerk_commit(rq, f, o, "submitted", decide_again);
}

/* ---- the letter ---- */

struct paper {
	struct casefile *file;
	struct letter_print *print;
	const struct case_letter *letter;
	str bytes;
	int rc;
};

static void make_paper(void *arg)
{
	struct paper *p = arg;

	p->rc = p->print ? letter_pdf(p->print, &p->bytes) : letter_bytes(p->file, p->letter, &p->bytes);
}

static int paper_made(struct req *rq)
{
	struct paper *p = rq->work_arg;

	TRY(p->rc);
	return reply_download(rq, "application/pdf", str_fmt(rq->arena, "Bescheid-%.*s.pdf", STR_FMT(p->file->row.reference)), p->bytes);
}

/* What was sent, byte for byte; before that the draft, which says on each page that it is one. */
int page_clerk_decision_pdf(struct req *rq)
{
	struct paper *p = ARENA_NEW(rq->arena, struct paper);
	const struct case_letter *draft;

	TRY(open_decision(rq, CASE_READ, &p->file));
	draft = decide_draft(p->file);
	p->letter = draft ? draft : casefile_sent(p->file);
	if (!p->letter)
		return reply_problem(rq, 404);
	if (draft)
		TRY(letter_prepare(p->file, draft, &p->print));
	return req_work(rq, make_paper, p, paper_made);
}
