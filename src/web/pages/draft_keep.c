/* SPDX-License-Identifier: EUPL-1.2 */
/* Keeping a draft and going on with it: saved page and code, resume, another place, deleting. */
#include "domain/field_codes.h"
#include "usecase/catalog.h"
#include "usecase/outbox.h"
#include "web/limit.h"
#include "web/pages/citizen.h"
#include "web/session.h"

static str title_of(struct req *rq, const struct draft *d)
{
	return definition_text(d->definition, lang_code(rq->ctx.lang), S("title"));
}

/* ---- saved: the resume code is made when the page is asked for, and shown ---- */

struct saved {
	struct draft *draft;
	str code, email, error;
};

static int show_saved(struct req *rq)
{
	struct saved *s = rq->data;
	struct error_item_view *e = ARENA_NEW(rq->arena, struct error_item_view);
	struct saved_view v = { .service = title_of(rq, s->draft), .code = s->code };

	v.page = draft_frame(rq, s->draft, TX(rq, TX_PAGES_SAVED_TITLE));
	v.page.lang_href = STR_EMPTY; /* the code is made anew with each visit */
	v.post = page_post(rq, draft_href(rq, s->draft, S("gespeichert")), false);
	v.until = keep_until(rq, s->draft);
	v.continue_href = str_fmt(rq->arena, "/antrag/%.*s", STR_FMT(s->draft->handle));
	v.resume_url = str_fmt(rq->arena, "%.*s/fortsetzen", STR_FMT(rq->house->origin));
	v.in_account = rq->ctx.actor.account.v;
	v.email = (struct field_view){ .look = LOOK_TEXT, .key = S("email"), .label = TX(rq, TX_ACCOUNT_EMAIL), .input_type = S("email"), .autocomplete = S("email"), .value = s->email, .error = s->error };
	if (s->error.n) {
		*e = (struct error_item_view){ s->error, S("#email") };
		v.errors = (struct errors_view){ e, 1 };
		v.page.errors = true;
	} else {
		v.sent_to = s->email;
	}
	return RENDER(rq, s->error.n ? 422 : 200, view_saved, &v);
}

int page_draft_saved(struct req *rq)
{
	struct saved *s = ARENA_NEW(rq->arena, struct saved);

	TRY(draft_open(&rq->ctx, req_path(rq, 0), &s->draft));
	if (s->draft->submitted)
		return reply_see(rq, draft_href(rq, s->draft, S("gesendet")));
	TRY(draft_resume_code(&rq->ctx, s->draft, STR_EMPTY, &s->code));
	rq->data = s;
	return req_commit(rq, show_saved);
}

int page_draft_saved_post(struct req *rq)
{
	struct saved *s = ARENA_NEW(rq->arena, struct saved);

	s->email = str_trim(req_form(rq, S("email")));
	TRY(draft_open(&rq->ctx, req_path(rq, 0), &s->draft));
	if (s->draft->submitted)
		return reply_see(rq, draft_href(rq, s->draft, S("gesendet")));
	if (field_code_parse(rq->arena, FIELD_EMAIL, s->email, &s->email) < 0)
		s->error = TX(rq, TX_PAGES_EMAIL_FORMAT);
	else if (!limit_take(S("code-mail"), limit_client(rq->arena, rq->client), 5))
		return reply_problem(rq, 429);
	TRY(draft_resume_code(&rq->ctx, s->draft, s->error.n ? STR_EMPTY : s->email, &s->code));
	rq->data = s;
	return req_commit(rq, show_saved);
}

/* ---- resume ---- */

static int show_resume(struct req *rq, str typed, str error)
{
	struct error_item_view *e = ARENA_NEW(rq->arena, struct error_item_view);
	struct resume_view v = { .post = page_post(rq, S("/fortsetzen"), false) };

	v.page = page_frame(rq, TX(rq, TX_PAGES_RESUME_LABEL));
	v.page.secret = true;
	v.code = (struct field_view){ .look = LOOK_TEXT, .key = S("code"), .label = TX(rq, TX_PAGES_RESUME_LABEL), .hint = TX(rq, TX_PAGES_RESUME_HINT),
				      .input_type = S("text"), .autocomplete = S("off"), .width = 20, .value = typed, .error = error, .no_spellcheck = true };
	if (error.n) {
		*e = (struct error_item_view){ error, S("#code") };
		v.errors = (struct errors_view){ e, 1 };
		v.page.errors = true;
	}
	return RENDER(rq, error.n ? 422 : 200, view_resume, &v);
}

int page_resume(struct req *rq)
{
	return show_resume(rq, STR_EMPTY, STR_EMPTY);
}

static int resumed(struct req *rq)
{
	return reply_see_fmt(rq, "/antrag/%.*s", STR_FMT(*(str *)rq->data));
}

int page_resume_post(struct req *rq)
{
	str code = req_form(rq, S("code")), *handle = ARENA_NEW(rq->arena, str);
	bool visitor = !rq->ctx.actor.known;
	int rc;

	/* 80 bits, and ten tries a minute for an address (P4) */
	if (!limit_take(S("resume"), limit_client(rq->arena, rq->client), 10))
		return reply_problem(rq, 429);
	if (visitor)
		session_make(rq);
	rc = draft_resume(&rq->ctx, code, visitor, handle);
	if (rc == ERR_NOTFOUND) {
		if (visitor)
			session_forget(rq);
		return show_resume(rq, code, TX(rq, TX_PAGES_RESUME_WRONG));
	}
	TRY(rc);
	rq->data = handle;
	return req_commit(rq, resumed);
}

/* ---- another place: nothing typed is lost ---- */

int page_draft_move(struct req *rq)
{
	str typed = str_trim(req_query(rq, S("ort")));
	struct place_choice_view *choice;
	struct place_view v = { .typed = typed, .action = rq->path };
	struct place_hit *hit = NULL;
	struct draft *d;
	size_t n = 0;

	TRY(draft_open(&rq->ctx, req_path(rq, 0), &d));
	if (d->submitted)
		return reply_see(rq, draft_href(rq, d, S("gesendet")));
	if (typed.n)
		TRY(place_find(rq->arena, rq->house->places, typed, 30, &hit, &n));
	choice = ARENA_ARRAY(rq->arena, struct place_choice_view, n + 1);
	for (size_t i = 0; i < n; i++) {
		choice[i].name = hit[i].place->label;
		choice[i].note = hit[i].place->district->name;
		choice[i].value = hit[i].place->ars;
	}
	v.page = draft_frame(rq, d, TX(rq, TX_PAGES_MOVE_TITLE));
	v.choice = choice;
	v.choices = n;
	v.post = page_post(rq, rq->path, false);
	v.service = title_of(rq, d);
	return RENDER(rq, 200, view_place, &v);
}

int page_draft_move_post(struct req *rq)
{
	const struct place *to = place_by_ars(rq->house->places, req_form(rq, S("ort")));
	str *handle = ARENA_NEW(rq->arena, str);
	struct draft *d;

	if (!to)
		return reply_problem(rq, 404);
	TRY(draft_open(&rq->ctx, req_path(rq, 0), &d));
	if (d->submitted)
		return reply_see(rq, draft_href(rq, d, S("gesendet")));
	TRY(draft_move(&rq->ctx, d, to));
	*handle = d->handle;
	rq->data = handle;
	return req_commit(rq, resumed);
}

/* Only where the residence decides who acts: an address for delivery may be anywhere. */
struct link_view place_elsewhere(struct req *rq, const struct draft *d)
{
	const struct journey *j = d->journey;
	struct link_view v = { 0 };

	if (d->definition->service->place_of != PLACE_OF_RESIDENCE)
		return v;
	for (size_t i = 0; i < j->values; i++) {
		const struct value *x = &j->value[i];
		const struct place *const *there;
		size_t n;

		if (j->form->field[x->field].type != FIELD_POSTCODE || !x->present || !x->valid)
			continue;
		there = place_by_postcode(rq->house->places, x->canonical, &n);
		for (size_t k = 0; k < n; k++)
			if (there[k] == d->place)
				return v;
		if (!n)
			return v;
		v.note = TXF(rq, TX_PAGES_ELSEWHERE, TEXT_ARG("plz", x->canonical), TEXT_ARG("there", there[0]->name), TEXT_ARG("here", d->place->name));
		v.text = TX(rq, TX_PAGES_ELSEWHERE_GO);
		v.href = draft_href(rq, d, str_fmt(rq->arena, "ort?ort=%.*s", STR_FMT(x->canonical)));
		return v;
	}
	return v;
}

/* ---- deleting ---- */

int page_draft_delete(struct req *rq)
{
	struct confirm_view v = { 0 };
	struct draft *d;

	TRY(draft_open(&rq->ctx, req_path(rq, 0), &d));
	v.title = TX(rq, TX_PAGES_DELETE_TITLE);
	v.page = draft_frame(rq, d, v.title);
	v.post = page_post(rq, rq->path, false);
	v.text = TXF(rq, TX_PAGES_DELETE_TEXT, TEXT_ARG("service", title_of(rq, d)));
	v.button = TX(rq, TX_PAGES_DELETE_BUTTON);
	v.danger = true;
	v.cancel = TX(rq, TX_PAGES_DELETE_CANCEL);
	v.cancel_href = v.back_href = str_fmt(rq->arena, "/antrag/%.*s", STR_FMT(d->handle));
	return RENDER(rq, 200, view_confirm, &v);
}

static int deleted(struct req *rq)
{
	return reply_see(rq, S("/"));
}

int page_draft_delete_post(struct req *rq)
{
	struct draft *d;

	TRY(draft_open(&rq->ctx, req_path(rq, 0), &d));
	TRY(draft_delete(&rq->ctx, d));
	return req_commit(rq, deleted);
}
