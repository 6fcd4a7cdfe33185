/* SPDX-License-Identifier: EUPL-1.2 */
/* Checking everything, sending once, the confirmation. */
#include <string.h>

#include "domain/field_codes.h"
#include "usecase/catalog.h"
#include "usecase/copy.h"
#include "usecase/submit.h"
#include "web/pages/citizen.h"

static str text_of(struct req *rq, const struct draft *d, const char *a, str b, const char *c, uint16_t row)
{
	return draft_text3(rq, d, a, b, c, row);
}

static const struct authority *authority_of(struct req *rq, const struct draft *d)
{
	struct responsibility who;

	if (place_responsible(rq->house->places, d->definition->service->responsible, d->place, &who) < 0)
		return NULL;
	return who.authority;
}

/* ---- answers as sections: one a step and row ---- */

static size_t file_views(struct req *rq, const struct shown_row *x, const struct file_view **ret)
{
	struct file_view *list = ARENA_ARRAY(rq->arena, struct file_view, x->files + 1);

	for (size_t i = 0; i < x->files; i++) {
		list[i].id = str_fmt(rq->arena, "%lld", (long long)x->file[i]->id);
		list[i].name = x->file[i]->name;
		list[i].info = show_size(rq->arena, x->file[i]->size);
	}
	*ret = list;
	return x->files;
}

/* What is taken over from above is changed where it was said that it is the same. */
static const struct visit *changed_at(const struct draft *d, const struct shown_row *x)
{
	const struct form *form = d->definition->form;
	const struct field *on = x->visit->taken && x->field->same_if ? &form->field[x->field->same_if - 1] : NULL;
	const struct visit *v = on ? journey_find(d->journey, on->page, on->group < 0 ? 0 : x->visit->row) : NULL;

	return v ? v : x->visit;
}

/* links: the draft whose pages the "change" links lead to; one link a page, beside its first answer. */
static struct check_row_view row_view(struct req *rq, const struct shown_row *x, const struct draft *links)
{
	struct check_row_view r = { .label = x->label, .wrong = x->wrong };

	r.files = file_views(rq, x, &r.file);
	if (x->text.n) {
		r.line = &x->text;
		r.lines = 1;
	}
	if (links && x->field->type != FIELD_CALC) {
		r.change_href = draft_href(rq, links, str_fmt(rq->arena, "%.*s?von=pruefen", STR_FMT(visit_path(rq->arena, links, changed_at(links, x)))));
		r.change_name = r.label;
	}
	return r;
}

size_t check_sections(struct req *rq, const struct shown_of *of, const struct draft *links, const struct check_section_view **ret)
{
	const struct shown_section *s;
	size_t n = shown_sections(rq->arena, of, &s);
	struct check_section_view *list = ARENA_ARRAY(rq->arena, struct check_section_view, n + 1);

	for (size_t i = 0; i < n; i++) {
		struct check_row_view *row = ARENA_ARRAY(rq->arena, struct check_row_view, s[i].rows + 1);

		for (size_t k = 0; k < s[i].rows; k++)
			row[k] = row_view(rq, &s[i].row[k], k && s[i].row[k].visit == s[i].row[k - 1].visit ? NULL : links);
		list[i] = (struct check_section_view){ s[i].title, row, s[i].rows };
	}
	*ret = list;
	return n;
}

size_t fee_lines(struct req *rq, const struct shown_of *of, const struct fee_line_view **ret)
{
	const struct shown_fee *f;
	size_t n = shown_fees(rq->arena, of, &f);
	struct fee_line_view *l = ARENA_ARRAY(rq->arena, struct fee_line_view, n + 1);

	for (size_t i = 0; i < n; i++)
		l[i] = (struct fee_line_view){ f[i].text, f[i].known ? money_format(rq->arena, f[i].cents, lang_code(rq->ctx.lang))
								     : TX(rq, TX_PAGES_COST_AFTER) };
	*ret = l;
	return n;
}

/* ---- the check page ---- */

struct typed {
	str consent, email;
	bool bad_consent, bad_email;
};

static void fill_delivery(struct req *rq, const struct typed *t, struct check_view *v)
{
	struct field_view *f = ARENA_ARRAY(rq->arena, struct field_view, 2);
	struct option_view *o = ARENA_ARRAY(rq->arena, struct option_view, 2);
	struct error_item_view *e = ARENA_ARRAY(rq->arena, struct error_item_view, 2);

	o[0] = (struct option_view){ .value = S("online"), .text = TX(rq, TX_PAGES_CONSENT_ONLINE), .hint = TX(rq, TX_PAGES_CONSENT_ONLINE_HINT),
				     .checked = str_eq(t->consent, S("online")) };
	o[1] = (struct option_view){ .value = S("post"), .text = TX(rq, TX_PAGES_CONSENT_POST), .checked = str_eq(t->consent, S("post")) };
	f[0] = (struct field_view){ .look = LOOK_RADIO, .key = S("bekanntgabe"), .label = TX(rq, TX_PAGES_CONSENT_LABEL), .option = o, .options = 2 };
	f[1] = (struct field_view){ .look = LOOK_TEXT, .key = S("email"), .label = TX(rq, TX_PAGES_EMAIL_LABEL), .hint = TX(rq, TX_PAGES_EMAIL_HINT),
				    .optional = true, .value = t->email, .input_type = S("email"), .autocomplete = S("email"), .no_spellcheck = true };
	if (t->bad_consent) {
		f[0].error = TX(rq, TX_PAGES_CONSENT_REQUIRED);
		e[v->errors.items++] = (struct error_item_view){ f[0].error, S("#bekanntgabe") };
	}
	if (t->bad_email) {
		f[1].error = TX(rq, TX_PAGES_EMAIL_FORMAT);
		e[v->errors.items++] = (struct error_item_view){ f[1].error, S("#email") };
	}
	v->errors.item = e;
	v->field = f;
	v->fields = 2;
}

static int show_check(struct req *rq, struct draft *d, const struct typed *t, str notice, int status)
{
	const struct authority *who = authority_of(rq, d);
	struct check_view v = { .notice = notice };
	struct stored_file *file;
	struct shown_of of;
	size_t files;

	TRY(draft_files(&rq->ctx, d, &file, &files));
	v.page = draft_frame(rq, d, TX(rq, TX_PAGES_CHECK_TITLE));
	v.steps = draft_steps(rq, d, NULL);
	v.post = page_post(rq, draft_href(rq, d, S("pruefen")), false);
	of = draft_shown(&rq->ctx, d, file, files);
	v.sections = check_sections(rq, &of, d, &v.section);
	v.fees = fee_lines(rq, &of, &v.fee);
	if (v.fees)
		v.fee_total = d->journey->fee_known ? money_format(rq->arena, d->journey->fee_cents, lang_code(rq->ctx.lang)) : TX(rq, TX_PAGES_FEE_OPEN);
	if (d->definition->service->fee_note)
		v.fee_note = text_of(rq, d, "fee_note", STR_EMPTY, "", 0);
	v.elsewhere = place_elsewhere(rq, d);
	v.incomplete = d->journey->problems || d->journey->first_open != d->journey->visits;
	if (v.incomplete)
		v.gap_href = draft_href(rq, d, draft_next_path(rq->arena, d, NULL));
	else
		fill_delivery(rq, t, &v);
	v.page.errors = v.errors.items > 0;
	if (d->journey->visits)
		v.back_href = draft_href(rq, d, visit_path(rq->arena, d, &d->journey->visit[d->journey->visits - 1]));
	v.declaration = TXF(rq, TX_PAGES_DECLARATION, TEXT_ARG("authority", who ? who->name : STR_EMPTY));
	v.send_label = TX(rq, TX_PAGES_SEND);
	v.version = draft_fingerprint(rq->arena, d);
	v.keep_until = keep_until(rq, d);
	if (!v.notice.n && d->carried)
		v.notice = TX(rq, TX_PAGES_CARRIED);
	if (who)
		v.contact = show_contact(rq, (tenant_id){ who->tenant_id });
	return RENDER(rq, status, view_check, &v);
}

/* The address given in the form is offered for the news: nothing is asked twice. */
static str known_email(const struct draft *d)
{
	int16_t f = d->definition->form->email_field;
	const struct value *x = f >= 0 ? journey_value(d->journey, (uint16_t)f, 0) : NULL;

	return x && x->present && x->valid ? x->canonical : STR_EMPTY;
}

int page_draft_check(struct req *rq)
{
	struct typed none = { 0 };
	struct draft *d;

	TRY(draft_open(&rq->ctx, req_path(rq, 0), &d));
	if (d->submitted)
		return reply_see(rq, draft_href(rq, d, S("gesendet")));
	none.email = known_email(d);
	return show_check(rq, d, &none, STR_EMPTY, 200);
}

/* ---- sending ---- */

static int show_signin_needed(struct req *rq, struct draft *d)
{
	enum trust_level need = d->definition->service->trust;
	str back = url_encode(rq->arena, draft_href(rq, d, S("pruefen")));
	struct signin_needed_view v = { .service = text_of(rq, d, "title", STR_EMPTY, "", 0) };

	v.why = TXF(rq, TX_PAGES_TRUST_WHY, TEXT_ARG("level", trust_text(rq, need)));
	v.page = draft_frame(rq, d, v.service);
	if (need <= TRUST_ACCOUNT) {
		v.signin_href = str_fmt(rq->arena, "/konto/anmelden?weiter=%.*s", STR_FMT(back));
		v.register_href = str_fmt(rq->arena, "/konto/neu?weiter=%.*s", STR_FMT(back));
	}
	v.identity_href = str_fmt(rq->arena, "/konto/ausweisen?stufe=%d&weiter=%.*s", (int)need, STR_FMT(back));
	v.identity_name = TX(rq, TX_SIGNIN_IDENTITY_TITLE);
	v.identity_note = TX(rq, TX_SIGNIN_IDENTITY_TEXT);
	v.back_href = draft_href(rq, d, S("pruefen"));
	return RENDER(rq, 200, view_signin_needed, &v);
}

static struct typed take_typed(struct req *rq)
{
	struct typed t = { .consent = req_form(rq, S("bekanntgabe")), .email = str_trim(req_form(rq, S("email"))) };

	t.bad_consent = !str_eq(t.consent, S("online")) && !str_eq(t.consent, S("post"));
	t.bad_email = t.email.n && field_code_parse(rq->arena, FIELD_EMAIL, t.email, &t.email) < 0;
	return t;
}

static int sent(struct req *rq)
{
	struct submit_outcome *o = rq->data;
	struct typed t = take_typed(rq);

	switch (o->result) {
	case SUBMIT_DONE:
		return reply_see(rq, draft_href(rq, o->draft, S("gesendet")));
	case SUBMIT_REPEATED:
		return reply_see(rq, draft_href(rq, o->draft, o->differs ? S("gesendet?wieder=anders") : S("gesendet?wieder=gleich")));
	case SUBMIT_TRUST:
		return show_signin_needed(rq, o->draft);
	case SUBMIT_CHANGED:
		return show_check(rq, o->draft, &t, TX(rq, TX_PAGES_CHECK_CHANGED), 409);
	case SUBMIT_INCOMPLETE:
		return show_check(rq, o->draft, &t, TX(rq, TX_PAGES_CHECK_INCOMPLETE), 422);
	}
	return ERR_INVALID;
}

int page_draft_send(struct req *rq)
{
	struct typed t = take_typed(rq);
	struct submit_in in = { .online_consent = str_eq(t.consent, S("online")), .email = t.email, .lang = rq->ctx.lang,
				.fingerprint = req_form(rq, S("stand")) };
	struct submit_outcome *o;
	struct draft *d;

	if (str_eq(req_form(rq, S("aktion")), S("speichern")))
		return reply_see_fmt(rq, "/antrag/%.*s/gespeichert", STR_FMT(req_path(rq, 0)));
	if (t.bad_consent || t.bad_email) {
		TRY(draft_open(&rq->ctx, req_path(rq, 0), &d));
		if (d->submitted)
			return reply_see(rq, draft_href(rq, d, S("gesendet")));
		return show_check(rq, d, &t, STR_EMPTY, 422);
	}
	TRY(draft_submit(&rq->ctx, req_path(rq, 0), &in, &o));
	rq->data = o;
	return req_commit(rq, sent);
}

/* ---- confirmation ---- */

static void fill_next(struct req *rq, const struct draft *d, const struct confirmation *c, const struct authority *who, struct sent_view *v)
{
	struct next_view *n = ARENA_ARRAY(rq->arena, struct next_view, 8);
	str lang = lang_code(rq->ctx.lang), name = who ? who->name : STR_EMPTY;
	const str *own;
	size_t owns = definition_list(rq->arena, d->definition, lang, S("next"), &own);
	struct date due = civil_from_instant(c->at).date;
	struct text_values values = { .place = d->place->name, .authority = name };

	if (owns) {
		n[v->nexts++].text = definition_expand(rq->arena, d->definition, lang, own[0], &values);
	} else {
		n[v->nexts++].text = TXF(rq, TX_PAGES_SENT_NEXT_1, TEXT_ARG("authority", name));
		n[v->nexts++].text = TX(rq, TX_PAGES_SENT_NEXT_ASK);
	}
	for (int i = 0; i < d->definition->service->duration_days; i++)
		due = date_next_working_day(date_add_days(due, 1));
	n[v->nexts++].text = d->definition->service->duration_days
		? TXF(rq, TX_PAGES_SENT_NEXT_DECIDE, TEXT_ARG("date", show_date(rq->arena, rq->ctx.lang, due)))
		: TX(rq, TX_PAGES_SENT_NEXT_DECIDE_OPEN);
	for (size_t i = 1; i < owns && i < 6; i++) /* what comes with the decision and after it */
		n[v->nexts++].text = definition_expand(rq->arena, d->definition, lang, own[i], &values);
	v->next = n;
}

int page_draft_sent(struct req *rq)
{
	struct sent_view v = { 0 };
	struct confirmation c;
	const struct authority *who;
	struct draft *d;
	str again = req_query(rq, S("wieder"));

	TRY(draft_open(&rq->ctx, req_path(rq, 0), &d));
	if (!d->submitted)
		return reply_see(rq, draft_href(rq, d, S("pruefen")));
	TRY(confirmation_parse(rq->arena, d->receipt_page, &c));
	who = authority_by_tenant(rq->house->places, d->case_tenant.v);
	v.title = TX(rq, TX_PAGES_SENT_TITLE);
	v.page = draft_frame(rq, d, v.title);
	v.summary = TXF(rq, TX_PAGES_SENT_SUMMARY, TEXT_ARG("service", text_of(rq, d, "title", STR_EMPTY, "", 0)),
		TEXT_ARG("time", show_time(rq->arena, rq->ctx.lang, c.at)), TEXT_ARG("authority", who ? who->name : STR_EMPTY));
	v.reference = c.reference;
	v.repeated = again.n;
	v.repeated_differs = str_eq(again, S("anders"));
	copy_expected(rq->house);
	fill_next(rq, d, &c, who, &v);
	v.follow_url = str_fmt(rq->arena, "%.*s/folgen/%.*s", STR_FMT(rq->house->origin), STR_FMT(c.follow_token));
	v.status_href = str_fmt(rq->arena, "/vorgang/%.*s", STR_FMT(c.handle));
	v.copy_href = str_fmt(rq->arena, "/vorgang/%.*s/kopie.pdf", STR_FMT(c.handle));
	v.receipt_href = str_fmt(rq->arena, "/vorgang/%.*s/quittung.jws", STR_FMT(c.handle));
	v.receipt_check_href = S("/quittung-pruefen");
	v.email = c.email;
	if (c.fee_due) {
		v.payment_href = str_fmt(rq->arena, "/vorgang/%.*s/zahlung", STR_FMT(c.handle));
		v.payment_amount = money_format(rq->arena, c.fee_cents, lang_code(rq->ctx.lang));
	}
	return RENDER(rq, 200, view_sent, &v);
}
