/* SPDX-License-Identifier: EUPL-1.2 */
/* Where a case stands: state first, then what is to be done, the timeline, messages. And reading what was sent. */
#include "domain/known.h"
#include "usecase/case_state.h"
#include "usecase/payment.h"
#include "web/pages/track.h"

/* ---- timeline ---- */

static str known_text(struct req *rq, const struct case_event *e)
{
	struct date d;

	if (date_parse_iso(node_text_at(e->detail, S("known_on")), &d) < 0)
		return STR_EMPTY;
	return TXF(rq, TX_TRACK_EVENT_KNOWN, TEXT_ARG("date", show_date(rq->arena, rq->ctx.lang, d)));
}

static str event_text(struct req *rq, const struct case_event *e)
{
	int64_t files;

	switch (e->event.kind) {
	case EVENT_ANSWERED:
	case EVENT_ADDED:
		if (node_i64(node_get(e->detail, S("files")), &files) < 0 || !files)
			return STR_EMPTY;
		return TXF(rq, TX_TRACK_EVENT_FILE, TEXT_N(files));
	case EVENT_FETCHED:
	case EVENT_POSTED:
		return known_text(rq, e);
	case EVENT_CONSENT:
		return TX(rq, node_bool(node_get(e->detail, S("online")), false) ? TX_TRACK_EVENT_ONLINE : TX_TRACK_EVENT_POST);
	case EVENT_SOFTWARE_STATUS:
		return node_text_at(e->detail, S("text"));
	default:
		return STR_EMPTY;
	}
}

static void fill_moments(struct req *rq, const struct casefile *f, const struct case_state *s, struct status_view *v)
{
	struct moment_view *m = ARENA_ARRAY(rq->arena, struct moment_view, f->events + 1);
	size_t n = 0;

	if (s->by.year)
		m[n++] = (struct moment_view){ .state = MOMENT_LATER, .title = TX(rq, TX_TRACK_LATER),
					       .when = TXF(rq, TX_TRACK_LATER_WHEN, TEXT_ARG("date", show_date(rq->arena, rq->ctx.lang, s->by))) };
	for (size_t i = f->events; i-- > 0;) {
		str words = event_words(rq->ctx.lang, f->event[i].event.kind);
		bool first = !n || m[n - 1].state == MOMENT_LATER;

		if (words.n)
			m[n++] = (struct moment_view){ .state = first && phase_open(f->row.phase) ? MOMENT_NOW : MOMENT_DONE, .title = words,
						       .text = event_text(rq, &f->event[i]),
						       .when = show_time(rq->arena, rq->ctx.lang, f->event[i].event.at) };
	}
	v->moment = m;
	v->moments = n;
}

/* ---- messages ---- */

static int sender(struct req *rq, const struct casefile *f, const struct case_message *m, str *ret)
{
	str who = f->authority ? f->authority->name : STR_EMPTY, name;

	if (!m->to_applicant) {
		*ret = TX(rq, TX_TRACK_YOU);
		return 0;
	}
	TRY(clerk_name(&rq->ctx, f->row.tenant, m->clerk, &name));
	*ret = name.n ? str_fmt(rq->arena, "%.*s, %.*s", STR_FMT(who), STR_FMT(name)) : who;
	return 0;
}

static size_t message_files(struct req *rq, const struct casefile *f, const struct case_message *m, const struct file_view **ret)
{
	struct file_view *list = ARENA_ARRAY(rq->arena, struct file_view, m->files + 1);
	size_t n = 0;

	for (size_t i = 0; i < m->files; i++) {
		const struct case_file *x = casefile_file(f, m->file[i]);

		if (!x)
			continue;
		list[n] = track_file(rq, &x->stored);
		list[n].href = str_fmt(rq->arena, "/vorgang/%.*s/datei/%.*s", STR_FMT(req_path(rq, 0)), STR_FMT(list[n].id));
		n++;
	}
	*ret = list;
	return n;
}

static int fill_messages(struct req *rq, const struct casefile *f, struct status_view *v)
{
	struct message_view *m = ARENA_ARRAY(rq->arena, struct message_view, f->messages + 1);
	const struct case_message *q = casefile_question(f);

	for (size_t i = 0; i < f->messages; i++) {
		m[i] = (struct message_view){ .mine = !f->message[i].to_applicant, .text = f->message[i].text,
					      .when = show_time(rq->arena, rq->ctx.lang, f->message[i].at) };
		TRY(sender(rq, f, &f->message[i], &m[i].from));
		m[i].files = message_files(rq, f, &f->message[i], &m[i].file);
	}
	v->message = m;
	v->messages = f->messages;
	if (q && f->row.phase == PHASE_ASKED) {
		v->question.open = true;
		v->question.text = q->text;
		TRY(sender(rq, f, q, &v->question.from));
		if (q->answer_by)
			v->question.due = show_date(rq->arena, rq->ctx.lang, date_from_days(q->answer_by));
		v->question.href = track_href(rq, "/antwort");
	}
	if (applicant_may_answer(&f->row)) {
		v->reply = page_post(rq, track_href(rq, "/antwort"), true);
		v->reply_text = track_text_field(rq, TX(rq, TX_TRACK_REPLY_LABEL));
		v->reply_file = track_file_field(rq);
		v->reply_file.file_with_form = true;
		v->add_href = track_href(rq, "/antwort");
	}
	return 0;
}

/* ---- decision, payment ---- */

static str decision_words(struct req *rq, enum decision_kind k)
{
	return TX(rq, k == DECIDE_REFUSE ? TX_TRACK_DECISION_REFUSED : k == DECIDE_PARTLY ? TX_TRACK_DECISION_PARTLY : TX_TRACK_DECISION_GRANTED);
}

static str day_text(struct req *rq, struct date d)
{
	return show_date(rq->arena, rq->ctx.lang, d);
}

static void fill_decision(struct req *rq, const struct casefile *f, struct status_view *v)
{
	static const enum decision_outcome outcome[] = { [DECIDE_GRANT] = DECISION_GRANTED, [DECIDE_PARTLY] = DECISION_PARTLY,
							 [DECIDE_REFUSE] = DECISION_REFUSED };
	const struct case_letter *l = casefile_sent(f);
	const struct service_clocks *clocks = &f->definition->service->clocks;
	struct decision_box_view *d = &v->decision;
	struct date sent, until;

	if (!l)
		return;
	sent = civil_from_instant(l->row.sent_at).date;
	*d = (struct decision_box_view){ .there = true, .outcome = outcome[l->decision], .title = l->title, .text = decision_words(rq, l->decision),
					 .date = TXF(rq, TX_TRACK_DECISION_OF, TEXT_ARG("date", day_text(rq, sent))),
					 .info = TXF(rq, TX_TRACK_DECISION_FILE, TEXT_ARG("size", show_size(rq->arena, l->size))) };
	switch (fetch_state(&f->row, &l->row, clocks, rq->ctx.today)) {
	case FETCH_OFFERED:
		d->post = page_post(rq, track_href(rq, "/bescheid"), true);
		until = fetch_until(clocks, sent);
		if (until.year)
			d->by_post = TXF(rq, TX_TRACK_DECISION_UNTIL, TEXT_ARG("date", day_text(rq, until)));
		return;
	case FETCH_DONE:
		d->href = track_href(rq, "/bescheid.pdf");
		d->fetched = TXF(rq, TX_TRACK_DECISION_FETCHED, TEXT_ARG("time", show_time(rq->arena, rq->ctx.lang, l->row.fetched_at)),
			TEXT_ARG("date", day_text(rq, date_from_days(l->row.known_on))));
		d->remedy = TX(rq, TX_TRACK_DECISION_REMEDY);
		return;
	case FETCH_POSTED:
		d->href = track_href(rq, "/bescheid.pdf");
		d->by_post = TXF(rq, TX_TRACK_DECISION_POSTED, TEXT_ARG("date", day_text(rq, date_from_days(l->row.known_on))));
		d->remedy = TX(rq, TX_TRACK_DECISION_REMEDY);
		return;
	case FETCH_POST:
	case FETCH_NONE:
		/* what is decided is said by the letter, not by the page before it */
		d->title = TX(rq, TX_TRACK_DECISION_TITLE);
		d->outcome = DECISION_GRANTED;
		d->text = d->info = STR_EMPTY;
		d->by_post = TX(rq, TX_TRACK_DECISION_BY_POST);
		return;
	}
}

static int fill_payment(struct req *rq, struct casefile *f, struct status_view *v)
{
	struct payment p;

	TRY(payment_open(f, &p));
	v->payment.due = p.due;
	v->payment.amount = money_format(rq->arena, p.cents, lang_code(rq->ctx.lang));
	v->payment.decided = p.decided;
	v->payment.until = p.until.year ? day_text(rq, p.until) : STR_EMPTY;
	v->payment.href = track_href(rq, "/zahlung");
	return 0;
}

/* ---- the page ---- */

/* What a redirect has to say, once. */
static void fill_notice(struct req *rq, struct page_view *p)
{
	static const struct { const char *said; enum text_id text; enum notice_kind kind; } words[] = {
		{ "antwort", TX_TRACK_ANSWER_SENT, NOTICE_SUCCESS }, { "nachricht", TX_TRACK_MESSAGE_SENT, NOTICE_SUCCESS },
		{ "doppelt", TX_TRACK_ANSWER_TWICE, NOTICE_INFO }, { "zu-spaet", TX_TRACK_ANSWER_LATE, NOTICE_WARNING },
		{ "zurueckgezogen", TX_TRACK_WITHDRAW_DONE, NOTICE_SUCCESS }, { "nicht-zurueck", TX_TRACK_WITHDRAW_LATE, NOTICE_WARNING },
		{ "bekanntgabe", TX_TRACK_CONSENT_DONE, NOTICE_SUCCESS }, { "unterwegs", TX_TRACK_CONSENT_LATE, NOTICE_WARNING },
		{ "per-post", TX_TRACK_DECISION_LATE, NOTICE_WARNING }, { "ohne-beleg", TX_TRACK_RECEIPT_MISSING, NOTICE_WARNING },
	};
	str said = req_query(rq, S("gesagt"));

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (str_eq(said, str_c(words[i].said))) {
			p->notice = TX(rq, words[i].text);
			p->notice_kind = words[i].kind;
		}
}

static void fill_links(struct req *rq, const struct casefile *f, struct status_view *v)
{
	v->copy_href = track_href(rq, "/kopie.pdf");
	v->receipt_href = track_href(rq, "/quittung.jws");
	v->answers_href = track_href(rq, "/angaben");
	v->delivery = TX(rq, f->row.online_consent ? TX_TRACK_DELIVERY_ONLINE : TX_TRACK_DELIVERY_POST);
	if (applicant_may_consent(&f->row))
		v->delivery_href = track_href(rq, "/bekanntgabe");
	if (applicant_may_withdraw(&f->row))
		v->withdraw_href = track_href(rq, "/zurueckziehen");
	if (!phase_open(f->row.phase) && f->place) {
		v->again_href = str_fmt(rq->arena, "/%.*s/leistung/%.*s", STR_FMT(f->place->slug), STR_FMT(f->row.service));
		v->again_label = TX(rq, TX_TRACK_AGAIN);
	}
	v->back_href = rq->ctx.actor.account.v ? S("/konto") : v->page.home.n ? v->page.home : S("/");
	v->back_label = TX(rq, rq->ctx.actor.account.v ? TX_TRACK_BACK_ACCOUNT : TX_TRACK_BACK_START);
}

/* What comes next and by when. "Nothing to do" is not said beside a bill. */
static str lead_text(struct req *rq, const struct case_state *s, bool payment_due)
{
	bool nothing_to_do = s->stage == STAGE_RECEIVED || s->stage == STAGE_WORK || s->stage == STAGE_FETCHED || s->stage == STAGE_CLOSED;
	str next = payment_due && nothing_to_do ? TX(rq, TX_TRACK_PAY_LEAD) : s->next;

	if (!s->by.year)
		return next;
	return TXF(rq, TX_TRACK_BY, TEXT_ARG("next", next), TEXT_ARG("date", show_date(rq->arena, rq->ctx.lang, s->by)));
}

int page_status(struct req *rq)
{
	struct status_view v = { 0 };
	struct case_state s;
	struct casefile *f;

	TRY(track_open(rq, CASE_READ, &f));
	TRY(casefile_letters(f));
	TRY(casefile_messages(f));
	TRY(casefile_files(f));
	TRY(casefile_events(f));
	s = case_state(&rq->ctx, rq->ctx.lang, &f->row, casefile_decision(f));
	v.page = track_frame(rq, f, s.title);
	fill_notice(rq, &v.page);
	v.service = track_service(rq, f);
	v.reference = f->row.reference;
	v.title = s.title;
	v.badge = s.badge;
	v.badge_kind = (enum notice_kind)s.tone;
	v.authority = f->authority ? f->authority->name : STR_EMPTY;
	v.contact = show_contact(rq, f->row.tenant);
	fill_moments(rq, f, &s, &v);
	TRY(fill_messages(rq, f, &v));
	fill_decision(rq, f, &v);
	TRY(fill_payment(rq, f, &v));
	v.lead = lead_text(rq, &s, v.payment.due);
	fill_links(rq, f, &v);
	return RENDER(rq, 200, view_status, &v);
}

int page_status_answers(struct req *rq)
{
	struct answers_view v = { 0 };
	struct shown_of of;
	struct casefile *f;

	TRY(track_open(rq, CASE_READ, &f));
	TRY(casefile_journey(f));
	TRY(casefile_files(f));
	of = casefile_shown(f, rq->ctx.lang);
	v.page = track_frame(rq, f, text_get(rq->ctx.lang, TX_ANSWERS_TITLE));
	v.back_href = track_href(rq, "");
	v.service = track_service(rq, f);
	v.reference = f->row.reference;
	v.sent = show_time(rq->arena, rq->ctx.lang, f->row.submitted_at);
	v.sections = check_sections(rq, &of, NULL, &v.section);
	return RENDER(rq, 200, view_answers, &v);
}
