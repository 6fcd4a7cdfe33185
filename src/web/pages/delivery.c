/* SPDX-License-Identifier: EUPL-1.2 */
/* Where cases are handed over to, and the ledger of it. */
#include "web/pages/delivery.h"

#include "usecase/catalog.h"
#include "usecase/destinations.h"
#include "web/limit.h"
#include "web/pages/clerk.h"

#define LEDGER_PAGE 20

static str service_title(struct req *rq, str id)
{
	const struct definition *d;

	if (str_eq(id, S(DESTINATION_ALL)))
		return TX(rq, TX_DELIVERY_SERVICE_ALL);
	return catalog_offer(&rq->ctx, (tenant_id){ 0 }, id, &d) < 0 ? id : definition_text(d, S("de"), S("title"));
}

/* ---- the ledger ---- */

/* What went wrong, in words; word: result of an attempt, or a code of ours. */
static str reason(struct req *rq, str word, int status)
{
	static const struct {
		str word;
		enum text_id text;
	} words[] = {
		{ STR_INIT("started"), TX_DELIVERY_RESULT_STARTED }, { STR_INIT("refused"), TX_DELIVERY_RESULT_REFUSED },
		{ STR_INIT("redirected"), TX_DELIVERY_RESULT_REDIRECTED }, { STR_INIT("lost"), TX_DELIVERY_RESULT_LOST },
		{ STR_INIT("timeout"), TX_DELIVERY_RESULT_TIMEOUT }, { STR_INIT("forbidden"), TX_DELIVERY_RESULT_FORBIDDEN },
		{ STR_INIT("certificate"), TX_DELIVERY_RESULT_CERTIFICATE }, { STR_INIT("unknown-name"), TX_DELIVERY_RESULT_UNKNOWN_NAME },
		{ STR_INIT("oversize"), TX_DELIVERY_RESULT_OVERSIZE },
	};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (str_eq(words[i].word, word))
			return TXF(rq, words[i].text, TEXT_ARG("status", str_fmt(rq->arena, "HTTP %d", status)));
	return TXF(rq, TX_DELIVERY_RESULT_OTHER, TEXT_ARG("code", word));
}

static str mail_reason(struct req *rq, str code)
{
	bool refused = str_eq(code, S("denied")) || str_eq(code, S("invalid"));

	return TX(rq, refused ? TX_DELIVERY_RESULT_MAIL_REFUSED : TX_DELIVERY_RESULT_MAIL_LATER);
}

static void put_state(struct req *rq, const struct ledger_line *l, struct delivery_view *v)
{
	if (l->state == 2) {
		v->state = TX(rq, TX_DELIVERY_STATE_DONE);
		v->kind = NOTICE_SUCCESS;
	} else if (l->state == 3) {
		v->state = TX(rq, TX_DELIVERY_STATE_GIVEN_UP);
		v->kind = NOTICE_DANGER;
	} else if (str_eq(l->error, S("off"))) {
		v->state = TX(rq, TX_DELIVERY_STATE_OFF);
		v->kind = NOTICE_WARNING;
	} else {
		v->state = TX(rq, TX_DELIVERY_STATE_WAITING);
		v->kind = NOTICE_INFO;
	}
}

static void put_line(struct req *rq, const struct ledger_line *l, struct delivery_view *v)
{
	str word = l->error.n ? l->error : l->result;
	bool off = str_eq(l->error, S("off")), mail = str_eq(l->kind, S("mail"));

	v->destination = mail ? TX(rq, TX_DELIVERY_MAIL) : l->url.n ? l->url : TX(rq, TX_DELIVERY_GONE);
	v->service = l->service.n ? service_title(rq, l->service) : STR_EMPTY;
	v->reference = l->reference;
	v->case_href = l->reference.n ? str_fmt(rq->arena, "/fall/%.*s", STR_FMT(l->reference)) : STR_EMPTY;
	put_state(rq, l, v);
	v->tries = TXF(rq, TX_DELIVERY_TRIES, TEXT_N(l->attempts));
	if (l->last.us)
		v->last = TXF(rq, TX_DELIVERY_LAST, TEXT_ARG("time", show_time_short(rq->arena, l->last, rq->ctx.today)));
	if (l->state == 1 && l->attempts && !off)
		v->next = TXF(rq, TX_DELIVERY_NEXT, TEXT_ARG("time", show_time_short(rq->arena, l->due, rq->ctx.today)));
	if (l->state != 2 && !off && word.n && !str_eq(word, S("accepted")))
		v->error = mail ? mail_reason(rq, word) : reason(rq, word, l->status);
	v->id = str_fmt(rq->arena, "%lld", (long long)l->outbox);
	if (l->state == 3 && rq->ctx.actor.role >= ROLE_LEAD)
		v->resend = page_post(rq, S("/zustellungen"), false);
}

struct delivery_view *delivery_lines(struct req *rq, const struct ledger_line *line, size_t n)
{
	struct delivery_view *v = ARENA_ARRAY(rq->arena, struct delivery_view, n + 1);

	for (size_t i = 0; i < n; i++)
		put_line(rq, &line[i], &v[i]);
	return v;
}

static enum ledger_filter filter_of(struct req *rq)
{
	str view = req_query(rq, S("ansicht"));

	return str_eq(view, S("warten")) ? LEDGER_WAITING : str_eq(view, S("aufgegeben")) ? LEDGER_GIVEN_UP : LEDGER_ALL;
}

static const struct {
	enum text_id text, empty;
	const char *href;
} tabs[] = {
	[LEDGER_ALL] = { TX_DELIVERY_TAB_ALL, TX_DELIVERY_EMPTY, "/zustellungen" },
	[LEDGER_WAITING] = { TX_DELIVERY_TAB_WAITING, TX_DELIVERY_EMPTY_WAITING, "/zustellungen?ansicht=warten" },
	[LEDGER_GIVEN_UP] = { TX_DELIVERY_TAB_GIVEN_UP, TX_DELIVERY_EMPTY_GIVEN_UP, "/zustellungen?ansicht=aufgegeben" },
};
#define TABS (sizeof tabs / sizeof *tabs)

static int show_ledger(struct req *rq, str notice, enum notice_kind kind)
{
	enum ledger_filter which = filter_of(rq);
	struct inbox_tab_view *tab = ARENA_ARRAY(rq->arena, struct inbox_tab_view, TABS);
	struct ledger_view v = { .page = clerk_frame(rq, TX(rq, TX_CLERK_NAV_DELIVERY), NAV_DELIVERY), .tab = tab, .tabs = TABS };
	struct ledger_line *line;
	int64_t before = 0;
	size_t n;

	if (str_to_i64(req_query(rq, S("vor")), &before) < 0 || before < 0)
		before = 0;
	for (size_t i = 0; i < TABS; i++)
		tab[i] = (struct inbox_tab_view){ .text = TX(rq, tabs[i].text), .href = str_c(tabs[i].href), .count = -1, .current = i == which };
	TRY(ledger(&rq->ctx, which, before, LEDGER_PAGE + 1, &line, &n));
	v.rows = n > LEDGER_PAGE ? LEDGER_PAGE : n;
	v.row = delivery_lines(rq, line, v.rows);
	if (n > LEDGER_PAGE)
		v.next_href = str_fmt(rq->arena, "%s%cvor=%lld", tabs[which].href, which == LEDGER_ALL ? '?' : '&', (long long)line[LEDGER_PAGE - 1].outbox);
	if (before)
		v.previous_href = str_c(tabs[which].href);
	v.empty = TX(rq, tabs[which].empty);
	if (notice.n) {
		v.page.notice = notice;
		v.page.notice_kind = kind;
	}
	return RENDER(rq, 200, view_ledger, &v);
}

int page_ledger(struct req *rq)
{
	return show_ledger(rq, STR_EMPTY, NOTICE_INFO);
}

static int resent(struct req *rq)
{
	const struct outbox_resend *o = rq->data;

	return o->done ? show_ledger(rq, TX(rq, TX_DELIVERY_RESENT), NOTICE_SUCCESS) : show_ledger(rq, TX(rq, TX_DELIVERY_RESENT_NOT), NOTICE_WARNING);
}

/* Needs no once-token: what is on its way already is not given up, so a second click changes nothing. */
int page_ledger_post(struct req *rq)
{
	struct outbox_resend *o;
	int64_t id;

	if (str_to_i64(req_form(rq, S("zustellung")), &id) < 0)
		return reply_problem(rq, 400);
	TRY(outbox_resend(&rq->ctx, rq->ctx.actor.tenant, id, &o));
	rq->data = o;
	return req_commit(rq, resent);
}

/* ---- destinations ---- */

struct typed {
	str service, url;
	str service_error, url_error;
	str notice;
	enum notice_kind kind;
	str secret, credential;
};

static struct field_view service_field(struct req *rq, const struct typed *t)
{
	size_t n;
	const struct definition *const *list = catalog_services(rq->house->catalog, &n);
	struct option_view *o = ARENA_ARRAY(rq->arena, struct option_view, n + 1);
	struct field_view f;

	o[0] = (struct option_view){ .value = S(DESTINATION_ALL), .text = TX(rq, TX_DELIVERY_SERVICE_ALL) };
	for (size_t i = 0; i < n; i++)
		o[i + 1] = (struct option_view){ .value = list[i]->service->id, .text = definition_text(list[i], S("de"), S("title")) };
	for (size_t i = 0; i <= n; i++)
		o[i].checked = str_eq(o[i].value, t->service);
	f = form_choice(S("leistung"), TX(rq, TX_DELIVERY_SERVICE), LOOK_SELECT, o, n + 1);
	f.value = t->service;
	f.error = t->service_error;
	return f;
}

static int put_rows(struct req *rq, struct destinations_view *v)
{
	struct destination *list;
	struct destination_row_view *row;
	size_t n;

	TRY(destination_list(&rq->ctx, rq->ctx.actor.tenant, &list, &n));
	row = ARENA_ARRAY(rq->arena, struct destination_row_view, n + 1);
	for (size_t i = 0; i < n; i++) {
		row[i] = (struct destination_row_view){ .id = str_fmt(rq->arena, "%lld", (long long)list[i].id), .url = list[i].url, .active = list[i].active,
							.post = page_post(rq, S("/zustellpunkte"), true) };
		row[i].service = service_title(rq, list[i].service);
		row[i].state = TX(rq, list[i].active ? TX_DELIVERY_ACTIVE : TX_DELIVERY_INACTIVE);
		row[i].kind = list[i].active ? NOTICE_SUCCESS : NOTICE_WARNING;
		row[i].last = TXF(rq, TX_DELIVERY_SINCE, TEXT_ARG("date", show_date(rq->arena, LANG_DE, civil_from_instant(list[i].created).date)));
	}
	v->row = row;
	v->rows = n;
	return 0;
}

static int show_destinations(struct req *rq, const struct typed *t)
{
	struct destinations_view v = { .page = clerk_frame(rq, TX(rq, TX_CLERK_NAV_DESTINATIONS), NAV_DESTINATIONS) };
	struct field_view *field = ARENA_ARRAY(rq->arena, struct field_view, 2);
	struct error_item_view *e = ARENA_ARRAY(rq->arena, struct error_item_view, 2);

	TRY(put_rows(rq, &v));
	v.post = page_post(rq, S("/zustellpunkte"), true);
	field[0] = service_field(rq, t);
	field[1] = form_line(S("adresse"), TX(rq, TX_DELIVERY_URL), t->url);
	field[1].hint = TX(rq, TX_DELIVERY_URL_HINT);
	field[1].input_type = S("url");
	field[1].no_spellcheck = true;
	field[1].max_length = 2000;
	field[1].error = t->url_error;
	if (t->service_error.n)
		e[v.errors.items++] = (struct error_item_view){ t->service_error, S("#leistung") };
	if (t->url_error.n)
		e[v.errors.items++] = (struct error_item_view){ t->url_error, S("#adresse") };
	v.errors.item = e;
	v.page.errors = v.errors.items > 0;
	v.field = field;
	v.fields = 2;
	v.secret = t->secret;
	v.credential = t->credential;
	v.page.notice = t->notice;
	v.page.notice_kind = t->kind;
	return RENDER(rq, v.errors.items ? 422 : 200, view_destinations, &v);
}

int page_destinations(struct req *rq)
{
	struct typed t = { .service = S(DESTINATION_ALL) };

	if (rq->ctx.actor.tenant.v == TENANT_PORTAL.v) /* it decides no cases */
		return reply_problem(rq, 403);
	return show_destinations(rq, &t);
}

static str url_error(struct req *rq, enum http_out_problem p)
{
	static const enum text_id texts[] = { [HTTP_OUT_NO_URL] = TX_DELIVERY_WRONG_URL, [HTTP_OUT_NOT_HTTPS] = TX_DELIVERY_WRONG_HTTPS,
					      [HTTP_OUT_CREDENTIALS] = TX_DELIVERY_WRONG_CREDENTIALS, [HTTP_OUT_NOT_PUBLIC] = TX_DELIVERY_WRONG_PUBLIC };

	return TX(rq, texts[p]);
}

struct shown {
	struct typed typed;
	struct destination_outcome *out;
	enum text_id word;
};

static int secrets_made(struct req *rq)
{
	const struct shown *s = rq->data;
	struct typed t = { .service = S(DESTINATION_ALL), .kind = NOTICE_SUCCESS };

	if (s->out->repeated) {
		t.notice = TX(rq, TX_DELIVERY_REPEATED);
		t.kind = NOTICE_WARNING;
	} else {
		t.notice = TX(rq, s->word);
		t.secret = s->out->secret;
		t.credential = s->out->credential;
	}
	return show_destinations(rq, &t);
}

static int add(struct req *rq, struct once *once)
{
	struct shown *s = ARENA_NEW(rq->arena, struct shown);
	struct destination_new n = { .service = req_form(rq, S("leistung")), .url = str_trim(req_form(rq, S("adresse"))) };

	*s = (struct shown){ .typed = { .service = n.service, .url = n.url }, .word = TX_DELIVERY_ADDED };
	TRY(destination_add(&rq->ctx, &n, once, &s->out));
	switch (s->out->problem) {
	case DESTINATION_NO_SERVICE:
		s->typed.service_error = TX(rq, TX_DELIVERY_WRONG_SERVICE);
		break;
	case DESTINATION_TOO_MANY:
		s->typed.url_error = TXF(rq, TX_DELIVERY_TOO_MANY, TEXT_N(DESTINATIONS_MOST));
		break;
	case DESTINATION_URL:
		s->typed.url_error = url_error(rq, s->out->url);
		break;
	case DESTINATION_FINE:
		rq->data = s;
		return req_commit(rq, secrets_made);
	}
	return show_destinations(rq, &s->typed);
}

static int renew(struct req *rq, int64_t id, struct once *once)
{
	struct shown *s = ARENA_NEW(rq->arena, struct shown);

	s->word = TX_DELIVERY_RENEWED;
	TRY(destination_renew(&rq->ctx, id, once, &s->out));
	rq->data = s;
	return req_commit(rq, secrets_made);
}

static int switched(struct req *rq)
{
	const bool *on = rq->data;
	struct typed t = { .service = S(DESTINATION_ALL), .kind = NOTICE_SUCCESS,
			   .notice = TX(rq, *on ? TX_DELIVERY_SWITCHED_ON : TX_DELIVERY_SWITCHED_OFF) };

	return show_destinations(rq, &t);
}

/* ---- the test call ---- */

struct probe {
	struct arena *arena;
	struct http_out_request rq;
	struct http_out_response rs;
	int rc;
};

static void probe_work(void *arg)
{
	struct probe *p = arg;

	p->rc = http_out_call(p->arena, &p->rq, &p->rs);
}

static int probed(struct req *rq)
{
	const struct probe *p = rq->data;
	struct typed t = { .service = S(DESTINATION_ALL), .kind = NOTICE_SUCCESS };

	if (!p->rc && p->rs.status >= 200 && p->rs.status < 300) {
		t.notice = TXF(rq, TX_DELIVERY_TEST_GOOD, TEXT_ARG("status", str_fmt(rq->arena, "HTTP %d", p->rs.status)));
	} else {
		t.notice = TXF(rq, TX_DELIVERY_TEST_BAD, TEXT_ARG("reason", reason(rq, delivery_word(p->rc, p->rs.status), p->rs.status)));
		t.kind = NOTICE_DANGER;
	}
	return show_destinations(rq, &t);
}

static int test(struct req *rq, int64_t id)
{
	struct probe *p = ARENA_NEW(rq->arena, struct probe);
	struct typed t = { .service = S(DESTINATION_ALL), .kind = NOTICE_WARNING, .notice = TX(rq, TX_DELIVERY_TEST_OFTEN) };
	str event, body;

	if (!limit_take(S("destination-test"), str_fmt(rq->arena, "%d", rq->ctx.actor.tenant.v), 10))
		return show_destinations(rq, &t);
	TRY(destination_test_body(&rq->ctx, &event, &body));
	TRY(delivery_request(&rq->ctx, rq->ctx.actor.tenant, id, event, body, &p->rq));
	p->arena = rq->arena;
	rq->data = p;
	return req_work(rq, probe_work, p, probed);
}

int page_destinations_post(struct req *rq)
{
	str action = req_form(rq, S("aktion"));
	struct once *once;
	bool *on;
	int64_t id = 0;

	if (rq->ctx.actor.tenant.v == TENANT_PORTAL.v) /* it decides no cases */
		return reply_problem(rq, 403);
	if (!str_eq(action, S("anlegen")) && str_to_i64(req_form(rq, S("ziel")), &id) < 0)
		return reply_problem(rq, 400);
	if (str_eq(action, S("pruefen")))
		return test(rq, id);
	if (str_eq(action, S("anschalten")) || str_eq(action, S("abschalten"))) {
		on = ARENA_NEW(rq->arena, bool);
		*on = str_eq(action, S("anschalten"));
		rq->data = on;
		TRY(destination_switch(&rq->ctx, id, *on));
		return req_commit(rq, switched);
	}
	TRY(once_open(&rq->ctx, S("destinations"), req_form(rq, S("once")), once_body(&rq->form), &once));
	if (str_eq(action, S("anlegen")))
		return add(rq, once);
	return str_eq(action, S("schluessel")) ? renew(rq, id, once) : reply_problem(rq, 400);
}
