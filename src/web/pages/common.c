/* SPDX-License-Identifier: EUPL-1.2 */
/* What every page needs: frame, hidden fields, problem pages, dates for people. */
#include "usecase/shown.h"
#include "usecase/staff.h"
#include "usecase/tenants.h"
#include "web/pages.h"
#include "web/session.h"

str show_date(struct arena *a, enum lang l, struct date d)
{
	return shown_date(a, l, d);
}

str show_date_short(struct arena *a, struct date d)
{
	return str_fmt(a, "%02d.%02d.%04d", d.day, d.month, d.year);
}

str show_time(struct arena *a, enum lang l, instant t)
{
	return shown_time(a, l, t);
}

str show_time_short(struct arena *a, instant t, struct date today)
{
	struct civil c = civil_from_instant(t);

	if (!date_cmp(c.date, today))
		return str_fmt(a, "heute, %02d:%02d", c.hour, c.minute);
	if (c.date.year == today.year)
		return str_fmt(a, "%02d.%02d., %02d:%02d", c.date.day, c.date.month, c.hour, c.minute);
	return show_date_short(a, c.date);
}

str show_size(struct arena *a, int64_t bytes)
{
	return shown_size(a, bytes);
}

const struct place *req_town(struct req *rq)
{
	const struct place *p = NULL;

	if (rq->route && str_has_prefix(str_c(rq->route->path), S("/{}")))
		p = place_by_slug(rq->house->places, req_path(rq, 0));
	return p ? p : rq->town;
}

struct contact_view show_contact(struct req *rq, tenant_id authority)
{
	const struct authority *a = authority_by_tenant(rq->house->places, authority.v);
	struct contact_view v = { 0 };
	struct tenant_settings s;

	if (tenant_settings_get(&rq->ctx, authority, &s) < 0)
		s = (struct tenant_settings){ 0 };
	v.name = a ? a->name : STR_EMPTY;
	v.street = s.contact.street.n ? s.contact.street : a ? a->street : STR_EMPTY;
	if (s.contact.town.n)
		v.town = str_trim(str_fmt(rq->arena, "%.*s %.*s", STR_FMT(s.contact.postcode), STR_FMT(s.contact.town)));
	else if (a && a->postcode.n)
		v.town = str_fmt(rq->arena, "%.*s %.*s", STR_FMT(a->postcode), STR_FMT(a->seat));
	/* 115 is the number of all authorities: right even where no own one is known */
	v.phone = s.contact.phone.n ? s.contact.phone : S("115");
	v.phone_href = str_fmt(rq->arena, "tel:%.*s", STR_FMT(str_replace(rq->arena, v.phone, S(" "), STR_EMPTY)));
	v.hours = s.contact.hours;
	v.email = s.contact.email;
	v.web = s.contact.web;
	v.web_href = s.contact.web;
	return v;
}

/* The same page in the other language; answers to POST and secret links have none. */
static str other_language(struct req *rq)
{
	struct buf b = buf_new(rq->arena, 128);
	str rest = rq->query_text, part;

	if (rq->method == METHOD_POST || rq->host == HOST_CLERK || !rq->route)
		return STR_EMPTY;
	buf_put(&b, rq->path);
	buf_putc(&b, '?');
	while (str_split(&rest, '&', &part))
		if (part.n && !str_has_prefix(part, S("lang="))) {
			buf_put(&b, part);
			buf_putc(&b, '&');
		}
	buf_put(&b, rq->ctx.lang == LANG_DE ? S("lang=en") : S("lang=de"));
	return buf_str(&b);
}

struct page_view page_frame(struct req *rq, str title)
{
	const struct actor *who = &rq->ctx.actor;
	const struct place *town = rq->host == HOST_CLERK ? NULL : req_town(rq);
	struct page_view v = { .title = title, .demo = rq->house->conf.demo && !rq->house->preview, .readonly = db_readonly(rq->house->db) };

	v.area = rq->host == HOST_CLERK ? AREA_CLERK : AREA_CITIZEN;
	if (town) {
		const struct authority *a = authority_by_tenant(rq->house->places, town->tenant_id);

		v.town = a ? a->name : town->name;
		v.home = str_fmt(rq->arena, "/%.*s", STR_FMT(town->slug));
	}
	v.lang_href = other_language(rq);
	v.path = rq->route ? rq->path : STR_EMPTY;
	v.csrf = csrf_token(rq);
	if (who->known && who->standin)
		v.standin = who->name.n ? who->name : S("Testperson");
	if (who->kind == ACTOR_CLERK && who->known) {
		const struct authority *a = staff_authority(rq->house, who->tenant);

		v.user = who->name;
		v.town = a ? a->name : STR_EMPTY;
		v.admin = who->role >= ROLE_ADMIN;
		v.author = who->role == ROLE_AUTHOR;
		v.desk = !v.author && who->tenant.v != TENANT_PORTAL.v;
		if (v.author)
			v.home = S("/redaktion");
	} else if (who->known && (who->account.v || who->identity.n)) {
		v.user = who->name.n ? who->name : TX(rq, TX_PAGES_MY_ACCOUNT);
	}
	if (rq->host == HOST_PORTAL && !who->account.v && rq->method == METHOD_GET) {
		str said = req_query(rq, S("gemeldet"));

		if (str_eq(said, S("abgemeldet")) || str_eq(said, S("geloescht"))) {
			v.notice = TX(rq, str_eq(said, S("abgemeldet")) ? TX_SIGNIN_SAVED_SIGNEDOUT : TX_SIGNIN_SAVED_CLOSED);
			v.notice_kind = NOTICE_SUCCESS;
		}
	}
	/* passkeys do not exist on an IP address: signing in happens on the configured host */
	if (!rq->house->https && !str_has_prefix(rq->host_name, S("localhost")) && rq->host == HOST_PORTAL && !rq->town)
		v.signin_href = str_fmt(rq->arena, "%.*s/konto/anmelden", STR_FMT(rq->house->origin));
	return v;
}

struct post_view page_post(struct req *rq, str action, bool once)
{
	return (struct post_view){ .action = action, .csrf = csrf_token(rq), .once = once ? token_random(rq->arena, 16) : STR_EMPTY };
}

struct buf *page_body(struct req *rq)
{
	rq->reply.body = buf_new(rq->arena, 24 * 1024);
	return &rq->reply.body;
}

static int json_problem(struct req *rq, int status)
{
	struct buf b = buf_new(rq->arena, 128);

	buf_fmt(&b, "{\"type\":\"about:blank\",\"status\":%d,\"request\":\"%s\"}", status, rq->id);
	rq->reply.body = b;
	rq->reply.status = status;
	rq->reply.type = "application/problem+json";
	rq->reply.ready = true;
	rq->state = REQ_DONE;
	return 0;
}

int reply_problem(struct req *rq, int status)
{
	struct error_view v = { .status = status };

	if (rq->route && rq->route->flags & ROUTE_API)
		return json_problem(rq, status);
	v.page = page_frame(rq, STR_EMPTY);
	v.page.path = STR_EMPTY;
	if (status >= 500)
		v.request_id = str_c(rq->id);
	if (status == 503)
		reply_header(rq, "Retry-After", S("5"));
	if (status == 429)
		reply_header(rq, "Retry-After", S("60"));
	v.retry_seconds = status == 503 ? 5 : status == 429 ? 60 : 0;
	if (status == 405)
		reply_header(rq, "Allow", S("GET, HEAD, POST"));
	v.back_href = rq->host == HOST_CLERK ? S("/") : v.page.home;
	return RENDER(rq, status, view_error, &v);
}

int page_wrong_host(struct req *rq)
{
	struct error_view v = { .status = 421 };

	rq->host = HOST_PORTAL;
	v.page = page_frame(rq, STR_EMPTY);
	v.text = TXF(rq, TX_PAGES_WRONG_HOST, TEXT_ARG("origin", rq->house->origin));
	v.back_href = rq->house->origin;
	return RENDER(rq, 421, view_error, &v);
}

int page_session_missing(struct req *rq)
{
	struct error_view v = { .status = 404 };

	v.page = page_frame(rq, STR_EMPTY);
	v.text = TX(rq, TX_PAGES_NO_SESSION);
	v.back_href = S("/fortsetzen");
	return RENDER(rq, 404, view_error, &v);
}

int page_form_expired(struct req *rq)
{
	struct error_view v = { .status = 403 };

	v.page = page_frame(rq, STR_EMPTY);
	v.text = TX(rq, TX_PAGES_FORM_EXPIRED);
	return RENDER(rq, 403, view_error, &v);
}
