/* SPDX-License-Identifier: EUPL-1.2 */
/* A case on one page, and its one-button actions. */
#include "domain/field_codes.h"
#include "usecase/decide.h"
#include "usecase/shown.h"
#include "usecase/payment.h"
#include "web/pages/clerk.h"
#include "web/pages/delivery.h"

/* ---- answers ---- */

static str file_href(struct req *rq, const struct casefile *f, int64_t id, const char *tail)
{
	return str_fmt(rq->arena, "/fall/%.*s/datei/%lld%s", STR_FMT(f->row.reference), (long long)id, tail);
}

static str file_names(struct req *rq, const struct shown_row *r)
{
	struct buf b = buf_new(rq->arena, 64);

	for (size_t i = 0; i < r->files; i++) {
		if (i)
			buf_put(&b, S(", "));
		buf_put(&b, r->file[i]->name);
	}
	return buf_str(&b);
}

static void fill_fact(struct req *rq, const struct casefile *f, const struct shown_row *r, struct fact_row_view *v, size_t *remarks)
{
	str remark = r->field ? work_correction(f, r->field->id, r->value ? r->value->row : 0) : STR_EMPTY;

	v->label = r->label;
	v->value = r->files ? file_names(rq, r) : r->text;
	if (r->files)
		v->href = file_href(rq, f, r->file[0]->id, "");
	if (r->field && r->field->type == FIELD_IBAN && r->value && r->value->present && r->value->valid)
		v->check = TX(rq, TX_OFFICE_IBAN_OK);
	if (r->proved)
		v->check = TX(rq, TX_OFFICE_PROVED_OK);
	if (!remark.n)
		return;
	v->value = TXF(rq, TX_OFFICE_ACCORDING, TEXT_ARG("value", remark), TEXT_ARG("old", v->value.n ? v->value : S("–")));
	v->changed = true;
	(*remarks)++;
}

static int fill_answers(struct req *rq, struct casefile *f, struct clerk_case_view *v)
{
	const struct shown_section *s;
	struct fact_group_view *g;
	struct shown_of of;
	size_t n, remarks = 0;

	TRY(casefile_journey(f));
	TRY(casefile_files(f));
	of = casefile_shown(f, LANG_DE);
	TRY(casefile_person(f, &of.person));
	n = shown_sections(rq->arena, &of, &s);
	g = ARENA_ARRAY(rq->arena, struct fact_group_view, n + 1);
	for (size_t i = 0; i < n; i++) {
		struct fact_row_view *row = ARENA_ARRAY(rq->arena, struct fact_row_view, s[i].rows + 1);

		for (size_t k = 0; k < s[i].rows; k++)
			fill_fact(rq, f, &s[i].row[k], &row[k], &remarks);
		g[i] = (struct fact_group_view){ s[i].title, row, s[i].rows };
	}
	v->group = g;
	v->groups = n;
	if (remarks)
		v->hints = TXF(rq, TX_OFFICE_REMARKS, TEXT_N((int64_t)remarks));
	return 0;
}

/* ---- files ---- */

static str file_info(struct req *rq, const struct case_file *x)
{
	str type = str_eq(x->stored.type, S("pdf")) ? S("PDF") : str_eq(x->stored.type, S("png")) ? S("PNG") : S("JPG");
	str size = show_size(rq->arena, x->stored.size), info;

	info = x->stored.pages && str_eq(x->stored.type, S("pdf"))
		? TXF(rq, TX_OFFICE_FILE_PAGES, TEXT_ARG("type", type), TEXT_ARG("size", size), TEXT_N(x->stored.pages))
		: TXF(rq, TX_OFFICE_FILE_INFO, TEXT_ARG("type", type), TEXT_ARG("size", size));
	return x->origin == 2 ? TXF(rq, TX_OFFICE_FILE_LATER, TEXT_ARG("info", info)) : info;
}

struct file_view case_file_view(struct req *rq, const struct casefile *f, const struct case_file *x)
{
	struct file_view v = { .id = str_fmt(rq->arena, "%lld", (long long)x->stored.id), .name = x->stored.name, .info = file_info(rq, x),
			       .picture = !str_eq(x->stored.type, S("pdf")) };

	v.href = file_href(rq, f, x->stored.id, "");
	if (x->stored.preview_id)
		v.thumb_href = file_href(rq, f, x->stored.id, "/bild/1");
	return v;
}

static void fill_files(struct req *rq, const struct casefile *f, struct clerk_case_view *v)
{
	struct file_view *list = ARENA_ARRAY(rq->arena, struct file_view, f->files + 1);

	for (size_t i = 0; i < f->files; i++)
		list[i] = case_file_view(rq, f, &f->file[i]);
	v->file = list;
	v->files = f->files;
	if (f->files)
		v->files_info = TXF(rq, TX_OFFICE_FILES_INFO, TEXT_N((int64_t)f->files));
}

/* ---- messages, notes, timeline ---- */

static int fill_messages(struct req *rq, struct casefile *f, struct clerk_case_view *v)
{
	struct message_view *m;

	TRY(casefile_messages(f));
	m = ARENA_ARRAY(rq->arena, struct message_view, f->messages + 1);
	for (size_t i = 0; i < f->messages; i++) {
		const struct case_message *x = &f->message[i];
		struct file_view *file = ARENA_ARRAY(rq->arena, struct file_view, x->files + 1);
		str who;

		TRY(clerk_name(&rq->ctx, f->row.tenant, x->clerk, &who));
		m[i] = (struct message_view){ .from = x->to_applicant ? who : f->name, .when = show_time_short(rq->arena, x->at, rq->ctx.today),
					      .text = x->text, .mine = x->to_applicant, .file = file };
		for (size_t k = 0; k < x->files; k++) {
			const struct case_file *a = casefile_file(f, x->file[k]);

			if (a)
				file[m[i].files++] = case_file_view(rq, f, a);
		}
	}
	v->message = m;
	v->messages = f->messages;
	return 0;
}

static int fill_notes(struct req *rq, struct casefile *f, struct clerk_case_view *v)
{
	struct note_view *n;

	TRY(casefile_notes(f));
	n = ARENA_ARRAY(rq->arena, struct note_view, f->notes + 1);
	for (size_t i = 0; i < f->notes; i++) {
		n[i].text = f->note[i].text;
		n[i].when = show_time_short(rq->arena, f->note[i].at, rq->ctx.today);
		TRY(clerk_name(&rq->ctx, f->row.tenant, f->note[i].clerk, &n[i].who));
	}
	v->note = n;
	v->notes = f->notes;
	v->new_note = form_area(S("text"), STR_EMPTY, req_form(rq, S("text")), 4000);
	return 0;
}

static int fill_moments(struct req *rq, struct casefile *f, struct clerk_case_view *v)
{
	struct moment_view *m;

	TRY(casefile_events(f));
	m = ARENA_ARRAY(rq->arena, struct moment_view, f->events + 1);
	for (size_t i = 0; i < f->events; i++) {
		const struct case_event *e = &f->event[f->events - 1 - i];

		m[i] = (struct moment_view){ .state = i || !phase_open(f->row.phase) ? MOMENT_DONE : MOMENT_NOW, .title = event_title(rq, e),
					     .text = node_text_at(e->detail, S("reason")), .when = show_time_short(rq->arena, e->event.at, rq->ctx.today),
					     .who = event_who(rq, f, e) };
		if (e->event.kind == EVENT_SOFTWARE_STATUS)
			m[i].text = node_text_at(e->detail, S("text"));
	}
	v->moment = m;
	v->moments = f->events;
	v->log_href = case_href(rq, f, "/protokoll");
	return 0;
}

/* ---- head ---- */

static void add_meta(struct point_view *m, size_t *n, str title, str text)
{
	if (text.n)
		m[(*n)++] = (struct point_view){ title, text };
}

static str trust_of_case(struct req *rq, const struct casefile *f)
{
	static const enum text_id level[] = { TX_OFFICE_TRUST_NONE, TX_OFFICE_TRUST_ACCOUNT, TX_OFFICE_TRUST_SUBSTANTIAL, TX_OFFICE_TRUST_HIGH };

	return TX(rq, level[f->row.trust >= 0 && f->row.trust <= TRUST_HIGH ? f->row.trust : 0]);
}

/* Whom the identity service has proved: the form may name somebody else, and only the clerk can see that it does. */
static int proved_person(struct req *rq, struct casefile *f, str *ret)
{
	const struct node *n;
	struct date born;
	str name;

	*ret = STR_EMPTY;
	TRY(casefile_person(f, &n));
	if (!n)
		return 0;
	name = str_fmt(rq->arena, "%.*s %.*s", STR_FMT(node_text_at(n, S("given_name"))), STR_FMT(node_text_at(n, S("family_name"))));
	*ret = str_trim(name);
	if (ret->n && date_parse_iso(node_text_at(n, S("birthdate")), &born) == 0)
		*ret = TXF(rq, TX_OFFICE_META_BORN, TEXT_ARG("name", *ret), TEXT_ARG("date", show_date_short(rq->arena, born)));
	return 0;
}

static int fill_head(struct req *rq, struct casefile *f, struct clerk_case_view *v)
{
	struct point_view *m = ARENA_ARRAY(rq->arena, struct point_view, 9);
	const struct case_row *row = &f->row;
	struct case_state s;
	str clerk, proved;

	TRY(casefile_letters(f));
	TRY(casefile_contact(f));
	TRY(clerk_name(&rq->ctx, row->tenant, row->clerk, &clerk));
	TRY(proved_person(rq, f, &proved));
	s = case_state(&rq->ctx, LANG_DE, row, casefile_decision(f));
	v->badge = s.badge;
	v->badge_kind = notice_of(s.tone);
	if (row->waiting_since.us)
		v->due = TXF(rq, TX_OFFICE_META_RESTING, TEXT_ARG("date", show_date_short(rq->arena, civil_from_instant(row->waiting_since).date)));
	else if (s.by.year)
		v->due = show_date_short(rq->arena, s.by);
	v->due_late = s.late;
	add_meta(m, &v->metas, TX(rq, TX_OFFICE_META_PERSON), f->name);
	add_meta(m, &v->metas, TX(rq, TX_OFFICE_META_PLACE), f->place ? f->place->name : STR_EMPTY);
	add_meta(m, &v->metas, TX(rq, TX_OFFICE_META_RECEIVED), show_time_short(rq->arena, row->submitted_at, rq->ctx.today));
	add_meta(m, &v->metas, TX(rq, TX_OFFICE_META_CLERK), clerk.n ? clerk : TX(rq, TX_OFFICE_META_NOBODY));
	if (row->follow_up_on)
		add_meta(m, &v->metas, TX(rq, TX_OFFICE_META_FOLLOW_UP), date_of_days(rq, row->follow_up_on));
	add_meta(m, &v->metas, TX(rq, TX_OFFICE_META_TRUST), trust_of_case(rq, f));
	add_meta(m, &v->metas, TX(rq, TX_OFFICE_META_PROVED), proved);
	add_meta(m, &v->metas, TX(rq, TX_OFFICE_META_DELIVERY), TX(rq, row->online_consent ? TX_OFFICE_META_ONLINE : TX_OFFICE_META_POST));
	add_meta(m, &v->metas, TX(rq, TX_OFFICE_META_EMAIL), f->contact.email);
	v->meta = m;
	return 0;
}

static int fill_standin(struct req *rq, struct casefile *f, bool may_assign, struct clerk_case_view *v)
{
	str name;

	if (!f->row.clerk.v || f->row.clerk.v == rq->ctx.actor.clerk.v || !may_assign || rq->ctx.actor.role >= ROLE_LEAD)
		return 0;
	TRY(clerk_name(&rq->ctx, f->row.tenant, f->row.clerk, &name));
	v->standin = TXF(rq, TX_OFFICE_STANDIN, TEXT_ARG("name", name));
	return 0;
}

static void fill_decision(struct req *rq, struct casefile *f, struct clerk_case_view *v)
{
	const struct case_letter *l = casefile_decision(f);
	str name, sent, href;

	if (!l)
		return;
	if (clerk_name(&rq->ctx, f->row.tenant, l->row.clerk, &name) < 0)
		name = STR_EMPTY;
	sent = l->row.sent_at.us ? show_date_short(rq->arena, civil_from_instant(l->row.sent_at).date) : STR_EMPTY;
	href = case_href(rq, f, l->row.state == LETTER_SENT ? "/bescheid.pdf" : "/bescheid");
	v->decision.there = true;
	v->decision.title = l->title;
	v->decision.href = href;
	if (l->row.state == LETTER_WAITS)
		v->decision.state = TXF(rq, TX_OFFICE_DECISION_WAITS, TEXT_ARG("name", name));
	else if (l->row.state == LETTER_DRAFT)
		v->decision.state = l->returned.n ? TXF(rq, TX_OFFICE_DECISION_RETURNED, TEXT_ARG("reason", l->returned))
						  : TXF(rq, TX_OFFICE_DECISION_DRAFT, TEXT_ARG("name", name));
	else if (l->row.fetched_at.us)
		v->decision.state = TXF(rq, TX_OFFICE_DECISION_FETCHED, TEXT_ARG("date", sent),
			TEXT_ARG("fetched", show_date_short(rq->arena, civil_from_instant(l->row.fetched_at).date)));
	else if (l->row.post_task)
		v->decision.state = TXF(rq, TX_OFFICE_DECISION_POST, TEXT_ARG("date", sent));
	else if (l->row.known_on && !f->row.online_consent)
		v->decision.state = TXF(rq, TX_OFFICE_DECISION_POSTED, TEXT_ARG("date", sent), TEXT_ARG("known", date_of_days(rq, l->row.known_on)));
	else
		v->decision.state = TXF(rq, TX_OFFICE_DECISION_ONLINE, TEXT_ARG("date", sent));
}

static void fill_payment(struct req *rq, const struct casefile *f, struct clerk_case_view *v)
{
	if (!f->row.fee_cents)
		return;
	v->payment.amount = money_format(rq->arena, f->row.fee_cents, S("de"));
	if (payment_debited(f) && !f->row.paid_at.us) {
		v->payment.state = TX(rq, TX_OFFICE_PAY_DEBIT);
		v->payment.can_mark = f->row.phase >= PHASE_KNOWN;
		return;
	}
	if (!f->definition->service->fee_at_once && f->row.phase < PHASE_KNOWN && !f->row.paid_at.us) {
		v->payment.state = TX(rq, TX_OFFICE_PAY_LATER); /* nobody can have paid: the decision sets the fee */
		return;
	}
	v->payment.due = !f->row.paid_at.us;
	v->payment.can_mark = v->payment.due;
	v->payment.state = v->payment.due
		? TXF(rq, TX_OFFICE_PAY_OPEN, TEXT_ARG("reference", f->row.payment_reference.n ? f->row.payment_reference : f->row.reference))
		: TXF(rq, TX_OFFICE_PAY_DONE, TEXT_ARG("date", show_date_short(rq->arena, civil_from_instant(f->row.paid_at).date)));
}

/* ---- what can be done ---- */

struct doing {
	struct action_view *v;
	size_t n;
};

static void offer_page(struct doing *d, str text, str href, const char *key, const char *shown, bool primary)
{
	d->v[d->n++] = (struct action_view){ .text = text, .href = href, .key = str_c(key), .key_shown = str_c(shown), .primary = primary };
}

static void offer_button(struct doing *d, str text, const char *value, const char *key, const char *shown, bool primary)
{
	d->v[d->n++] = (struct action_view){ .text = text, .value = str_c(value), .key = str_c(key), .key_shown = str_c(shown), .primary = primary };
}

static void fill_actions(struct req *rq, struct casefile *f, bool may_assign, struct clerk_case_view *v)
{
	struct doing a = { .v = ARENA_ARRAY(rq->arena, struct action_view, 8) }, more = { .v = ARENA_ARRAY(rq->arena, struct action_view, 8) };
	const struct case_letter *sent = casefile_sent(f), *draft = decide_draft(f);
	const struct case_row *row = &f->row;
	bool mine = row->clerk.v == rq->ctx.actor.clerk.v, open = phase_open(row->phase);

	if (open && !mine && may_assign)
		offer_button(&a, TX(rq, TX_OFFICE_ACTION_TAKE), "uebernehmen", "u", "U", !row->clerk.v);
	if (row->phase <= PHASE_DECIDED)
		offer_page(&a, TX(rq, draft && draft->row.state == LETTER_WAITS ? TX_OFFICE_ACTION_RELEASE : TX_OFFICE_ACTION_DECIDE),
			case_href(rq, f, "/bescheid"), "b", "B", mine);
	if (sent && sent->row.post_task)
		offer_button(&a, TX(rq, TX_OFFICE_ACTION_POSTED), "verschickt", "p", "P", true);
	if (row->phase < PHASE_CLOSED)
		offer_page(&a, TX(rq, TX_OFFICE_ACTION_ASK), case_href(rq, f, "/rueckfrage"), "r", "R", false);
	if (open) {
		offer_page(&a, TX(rq, TX_OFFICE_ACTION_FOLLOW_UP), case_href(rq, f, "/wiedervorlage"), "w", "W", false);
		if (may_assign)
			offer_page(&a, TX(rq, TX_OFFICE_ACTION_ASSIGN), case_href(rq, f, "/abgeben"), "a", "A", false);
		offer_page(&more, TX(rq, TX_OFFICE_ACTION_CORRECT), case_href(rq, f, "/berichtigen"), "", "", false);
	}
	if (row->unread && mine)
		offer_button(&a, TX(rq, TX_OFFICE_ACTION_SEEN), "gelesen", "g", "G", false);
	if (row->phase != PHASE_CLOSED && phase_may(row->phase, PHASE_CLOSED))
		offer_page(row->phase == PHASE_KNOWN ? &a : &more, TX(rq, TX_OFFICE_ACTION_CLOSE), case_href(rq, f, "/abschliessen"), "", "", false);
	if (row->phase == PHASE_CLOSED)
		offer_button(&a, TX(rq, TX_OFFICE_ACTION_REOPEN), "aufnehmen", "o", "O", false);
	offer_page(&more, TX(rq, TX_OFFICE_ACTION_COPY), case_href(rq, f, "/antrag.pdf"), "", "", false);
	v->action = a.v;
	v->actions = a.n;
	v->more = more.v;
	v->mores = more.n;
}

static int fill_deliveries(struct req *rq, struct casefile *f, struct clerk_case_view *v)
{
	struct ledger_line *line;

	TRY(ledger_of_case(f, &line, &v->deliveries));
	v->delivery = delivery_lines(rq, line, v->deliveries);
	return 0;
}

/* ---- the page ---- */

int show_case(struct req *rq, struct casefile *f, str problem, int status)
{
	struct clerk_case_view v = { .service = case_service(rq, f), .reference = f->row.reference, };
	bool may_assign;

	v.page = clerk_frame(rq, str_fmt(rq->arena, "%.*s %.*s", STR_FMT(v.reference), STR_FMT(v.service)), NAV_INBOX);
	/* without the version: these buttons say what they want of any state, and the unit looks whether that is (still) possible */
	v.post = page_post(rq, str_fmt(rq->arena, "%.*s%.*s", STR_FMT(case_href(rq, f, "")), STR_FMT(case_list_query(rq))), true);
	TRY(case_in_list(rq, &f->row, &v));
	TRY(work_may_assign(f, &may_assign));
	TRY(fill_moments(rq, f, &v)); /* first: remarks stand in the events */
	TRY(fill_head(rq, f, &v));
	TRY(fill_standin(rq, f, may_assign, &v));
	TRY(fill_answers(rq, f, &v));
	fill_files(rq, f, &v);
	TRY(fill_messages(rq, f, &v));
	TRY(fill_notes(rq, f, &v));
	TRY(fill_deliveries(rq, f, &v));
	fill_decision(rq, f, &v);
	fill_payment(rq, f, &v);
	fill_actions(rq, f, may_assign, &v);
	if (problem.n) {
		form_error(rq, &v.errors, NULL, problem);
		v.page.errors = true;
	}
	return RENDER(rq, status, view_clerk_case, &v);
}

int page_clerk_case(struct req *rq)
{
	str normal = reference_normal(rq->arena, req_path(rq, 0));
	struct casefile *f;

	if (normal.n && !str_eq(normal, req_path(rq, 0)))
		return reply_see_fmt(rq, "/fall/%.*s", STR_FMT(normal));
	TRY(clerk_open(rq, CASE_READ, &f));
	return show_case(rq, f, STR_EMPTY, 200);
}

int page_clerk_case_post(struct req *rq)
{
	str action = req_form(rq, S("aktion"));
	struct work_outcome *o;
	struct work_in in;
	struct casefile *f;

	TRY(clerk_open(rq, CASE_WORK, &f));
	TRY(case_in(rq, &in));
	if (str_eq(action, S("uebernehmen"))) {
		TRY(work_take(f, &in, &o));
		return clerk_commit(rq, f, o, "take", NULL);
	}
	if (str_eq(action, S("gelesen"))) {
		TRY(work_seen(f, &in, &o));
		return clerk_commit(rq, f, o, "seen", NULL);
	}
	if (str_eq(action, S("bezahlt"))) {
		TRY(work_paid(f, &in, &o));
		return clerk_commit(rq, f, o, "paid", NULL);
	}
	if (str_eq(action, S("verschickt"))) {
		TRY(work_posted(f, &in, &o));
		return clerk_commit(rq, f, o, "posted", NULL);
	}
	if (str_eq(action, S("aufnehmen"))) {
		TRY(work_reopen(f, &in, &o));
		return clerk_commit(rq, f, o, "reopened", NULL);
	}
	return reply_problem(rq, 400);
}

int page_clerk_note_post(struct req *rq)
{
	str text = str_trim(req_form(rq, S("text")));
	struct work_outcome *o;
	struct work_in in;
	struct casefile *f;

	TRY(clerk_open(rq, CASE_WORK, &f));
	TRY(case_in(rq, &in));
	if (!text.n)
		return show_case(rq, f, TX(rq, TX_OFFICE_WRONG_TEXT), 422);
	if (text.n > 4000 * 4)
		return show_case(rq, f, TXF(rq, TX_OFFICE_WRONG_TEXT_LONG, TEXT_INT("n", 4000)), 422);
	TRY(work_note(f, &in, text, &o));
	return clerk_commit(rq, f, o, "note", NULL);
}
