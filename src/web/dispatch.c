/* SPDX-License-Identifier: EUPL-1.2 */
#include "web/dispatch.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/utf8.h"
#include "usecase/software.h"
#include "web/http.h"
#include "web/limit.h"
#include "web/pages.h"
#include "web/session.h"

#define ROUTE(name, method, path, permission, host, flags) \
	{ #name, METHOD_##method, path, page_##name, PERMIT_##permission, HOST_##host, (flags) },
static const struct route routes[] = {
#include "web/routes.def"
};
#undef ROUTE
#define ROUTES (sizeof routes / sizeof *routes)

/* Routes by number of segments; within it, literal ones first. Filled once. */
#define SEGMENTS_MAX 7
static struct {
	uint16_t route[ROUTES];
	size_t n;
} by_segments[SEGMENTS_MAX + 1];
static str route_segment[ROUTES][SEGMENTS_MAX + 1];	/* paths, split once; {} is the empty string */

const struct route *dispatch_routes(size_t *ret_n)
{
	*ret_n = ROUTES;
	return routes;
}

static size_t split_path(str path, str *segment)
{
	str rest = str_sub(path, 1, path.n), part;
	size_t n = 0;

	if (!rest.n)
		return 0;
	while (str_split(&rest, '/', &part)) {
		if (n == SEGMENTS_MAX + 1)
			return n;
		segment[n++] = part;
	}
	return n;
}

static int literals_of(const struct route *r)
{
	str segment[SEGMENTS_MAX + 1];
	size_t n = split_path(str_c(r->path), segment);
	int weight = 0;

	for (size_t i = 0; i < n; i++)
		weight = weight * 2 + !str_eq(segment[i], S("{}"));
	return weight;
}

void dispatch_init(struct house *h)
{
	str segment[SEGMENTS_MAX + 1];

	for (size_t i = 0; i <= SEGMENTS_MAX; i++)
		by_segments[i].n = 0;
	for (size_t i = 0; i < ROUTES; i++) {
		size_t s = split_path(str_c(routes[i].path), segment), at = by_segments[s].n++;
		uint16_t *list = by_segments[s].route;

		for (size_t k = 0; k < s; k++)
			route_segment[i][k] = str_eq(segment[k], S("{}")) ? STR_EMPTY : segment[k];

		for (; at > 0 && literals_of(&routes[list[at - 1]]) < literals_of(&routes[i]); at--)
			list[at] = list[at - 1];
		list[at] = (uint16_t)i;
	}
}

static bool matches(const struct route *r, const str *segment, size_t n, struct req *rq)
{
	const str *want = route_segment[r - routes];
	unsigned values = 0;

	for (size_t i = 0; i < n; i++)
		if (want[i].n && !str_eq(want[i], segment[i]))
			return false;
	for (size_t i = 0; i < n; i++) {
		if (!want[i].n) {
			if (!segment[i].n || url_decode(rq->arena, segment[i], false, &rq->segment[values++]) < 0)
				return false;
		}
	}
	return true;
}

/* ---- the host: only the configured origins are served ---- */

static str host_of(str origin)
{
	ptrdiff_t at = str_find(origin, S("://"));

	return at < 0 ? origin : str_sub(origin, (size_t)at + 3, origin.n);
}

static str without_port(str host)
{
	ptrdiff_t colon = -1;

	for (size_t i = host.n; i-- > 0 && host.p[i] != ']';)
		if (host.p[i] == ':') {
			colon = (ptrdiff_t)i;
			break;
		}
	return colon < 0 ? host : str_sub(host, 0, (size_t)colon);
}

static void find_host(struct req *rq)
{
	const struct house *h = rq->house;
	str name = without_port(rq->host_name), portal = without_port(host_of(h->origin)), before;

	if (str_eq_ci(name, without_port(host_of(h->clerk_origin)))) {
		rq->host = HOST_CLERK;
	} else if (str_eq_ci(name, portal)) {
		rq->host = HOST_PORTAL;
	} else if (!h->https && (str_eq(name, S("127.0.0.1")) || str_eq(name, S("[::1]")) || str_eq_ci(name, S("localhost")))) {
		rq->host = HOST_PORTAL;
	} else if (name.n > portal.n + 1 && str_has_suffix(name, portal) && name.p[name.n - portal.n - 1] == '.') {
		before = str_sub(name, 0, name.n - portal.n - 1);
		rq->town = place_by_slug(h->places, str_lower_ascii(rq->arena, before));
		rq->host = rq->town ? HOST_PORTAL : 0;
	}
}

/* ---- step 1: headers are in ---- */

static void start_context(struct req *rq)
{
	struct ctx *c = &rq->ctx;
	uint64_t id = rand_u64();

	c->house = rq->house;
	c->arena = rq->arena;
	c->now = clock_now(rq->house->clock);
	c->today = civil_from_instant(c->now).date;
	c->lang = LANG_DE;
	c->actor.kind = ACTOR_APPLICANT;
	c->actor.tenant = TENANT_PORTAL;
	snprintf(rq->id, sizeof rq->id, "%016llx", (unsigned long long)id);
}

void dispatch_route(struct req *rq)
{
	str segment[SEGMENTS_MAX + 1];
	enum method method = rq->method == METHOD_HEAD ? METHOD_GET : rq->method;
	bool other_method = false;
	size_t n;

	start_context(rq);
	find_host(rq);
	if (!rq->host) {
		IGNORE(page_wrong_host(rq));
		return;
	}
	if (!limit_take(S("request"), limit_client(rq->arena, rq->client), rq->house->conf.rate_per_minute)) {
		IGNORE(reply_problem(rq, 429));
		return;
	}
	if (!rq->path.n || rq->path.p[0] != '/' || rq->path.n > 2000 || rq->query_text.n > 4000) {
		IGNORE(reply_problem(rq, 400));
		return;
	}
	n = split_path(rq->path, segment);
	for (size_t i = 0; n <= SEGMENTS_MAX && i < by_segments[n].n; i++) {
		const struct route *r = &routes[by_segments[n].route[i]];

		if (!(r->host & rq->host) || !matches(r, segment, n, rq))
			continue;
		if (r->method == method) {
			rq->route = r;
			break;
		}
		other_method = true;
	}
	if (!rq->route)
		IGNORE(reply_problem(rq, other_method ? 405 : 404));
}

/* ---- step 2: body is in ---- */

static int take_input(struct req *rq)
{
	str type = rq->content_type;

	TRY(form_parse(rq->arena, rq->query_text, 100, &rq->query));
	if (rq->method != METHOD_POST || rq->route->flags & (ROUTE_UPLOAD | ROUTE_API))
		return 0;
	if (rq->body.n && !str_has_prefix(type, S("application/x-www-form-urlencoded")))
		return ERR_UNSUPPORTED;
	return form_parse(rq->arena, rq->body, HTTP_FIELDS_MAX, &rq->form);
}

static void choose_language(struct req *rq)
{
	str asked = req_query(rq, S("lang"));
	enum lang l;

	if (rq->host == HOST_CLERK) {
		rq->ctx.lang = LANG_DE;
	} else if (asked.n && lang_parse(asked, &l)) {
		rq->lang_chosen = true;
		rq->ctx.lang = l;
	}
}

static bool permitted(struct req *rq)
{
	const struct actor *a = &rq->ctx.actor;

	switch (rq->route->permission) {
	case PERMIT_PUBLIC:
		return true;
	case PERMIT_SESSION:
		return a->known && a->kind == ACTOR_APPLICANT;
	case PERMIT_ACCOUNT:
		return a->known && a->kind == ACTOR_APPLICANT && a->account.v;
	case PERMIT_CLERK:
		return a->known && a->kind == ACTOR_CLERK && a->role >= ROLE_CLERK;
	case PERMIT_LEAD:
		return a->known && a->kind == ACTOR_CLERK && a->role >= ROLE_LEAD;
	case PERMIT_ADMIN:
		return a->known && a->kind == ACTOR_CLERK && a->role >= ROLE_ADMIN;
	case PERMIT_AUTHOR:
		return a->known && a->kind == ACTOR_CLERK && a->role == ROLE_AUTHOR;
	case PERMIT_SOFTWARE:
		return a->known && a->kind == ACTOR_SOFTWARE;
	}
	return false;
}

/* Who may not enter is led to the door, if there is one. */
static int refuse(struct req *rq)
{
	bool get = rq->method == METHOD_GET || rq->method == METHOD_HEAD;

	switch (rq->route->permission) {
	case PERMIT_CLERK:
	case PERMIT_LEAD:
	case PERMIT_ADMIN:
	case PERMIT_AUTHOR:
		if (get && rq->ctx.actor.role == ROLE_AUTHOR && str_eq(rq->path, S("/")))
			return reply_see(rq, S("/redaktion")); /* their door leads there */
		if (rq->ctx.actor.known)
			return reply_problem(rq, 403);
		return get ? reply_see_fmt(rq, "/anmelden?weiter=%.*s", STR_FMT(url_encode(rq->arena, rq->path))) : reply_see(rq, S("/anmelden"));
	case PERMIT_ACCOUNT:
		return get ? reply_see_fmt(rq, "/konto/anmelden?weiter=%.*s", STR_FMT(url_encode(rq->arena, rq->path)))
			   : reply_see(rq, S("/konto/anmelden"));
	case PERMIT_SOFTWARE:
		return reply_problem(rq, 401);
	default:
		return page_session_missing(rq);
	}
}

static int enter(struct req *rq)
{
	int rc = take_input(rq);

	if (rc == ERR_UNSUPPORTED)
		return reply_problem(rq, 415);
	if (rc == ERR_LIMIT)
		return reply_problem(rq, 413);
	if (rc < 0)
		return reply_problem(rq, 400);
	if (rq->route->permission == PERMIT_SOFTWARE)
		rc = software_actor(&rq->ctx, rq->authorization);
	else if (!(rq->route->flags & ROUTE_NO_SESSION) && !(rq->route->flags & ROUTE_UPLOAD)) /* uploads: done at the gate */
		rc = session_load(rq);
	if (rc < 0 && rc != ERR_NOTFOUND)
		return rc;
	choose_language(rq);
	if (!permitted(rq))
		return refuse(rq);
	if (rq->method != METHOD_GET && rq->method != METHOD_HEAD && !(rq->route->flags & ROUTE_API) && !csrf_ok(rq))
		return page_form_expired(rq);
	return rq->route->handler(rq);
}

static int status_of(int rc)
{
	switch (rc) {
	case ERR_NOTFOUND:
	case ERR_DENIED: /* never a hint whether something exists */
		return 404;
	case ERR_DESTROYED:
	case ERR_EXPIRED:
		return 410;
	case ERR_CONFLICT:
	case ERR_EXISTS:
		return 409;
	case ERR_PARSE:
		return 400;
	case ERR_LIMIT:
		return 413;
	case ERR_BUSY:
	case ERR_RETRY:
	case ERR_READONLY:
	case ERR_FULL:
	case ERR_TIMEOUT:
	case ERR_UNCERTAIN:
		return 503;
	default:
		return 500;
	}
}

static void fail(struct req *rq, int rc)
{
	int status = status_of(rc);

	if (status >= 500)
		log_event(status == 503 ? LOG_WARN : LOG_ERROR, "request-failed", "id", str_c(rq->id), "route", str_c(rq->route ? rq->route->name : "none"),
			"code", str_c(err_name(rc)), NULL);
	rq->state = REQ_RUN;
	rq->ctx.unit = NULL;
	rq->reply.headers = 0;
	rq->session_new = false;
	if (reply_problem(rq, status) < 0 || !rq->reply.ready)
		IGNORE(reply_bytes(rq, status, "text/plain; charset=utf-8", S("Es hat leider nicht geklappt. Bitte versuchen Sie es noch einmal.\n")));
}

/* A handler must end in one of three ways; anything else is a fault of ours. */
static void settle(struct req *rq, int rc)
{
	if (rc < 0)
		fail(rq, rc);
	else if (!rq->reply.ready && rq->state != REQ_UNIT && rq->state != REQ_WORK)
		fail(rq, ERR_INVALID);
	if (rq->reply.ready)
		ctx_done(&rq->ctx);
}

void dispatch_run(struct req *rq)
{
	rq->state = REQ_RUN;
	settle(rq, enter(rq));
}

void dispatch_continue(struct req *rq, int rc)
{
	rq->state = REQ_RUN;
	settle(rq, rc < 0 || !rq->then ? (rc < 0 ? rc : ERR_INVALID) : rq->then(rq));
}

/* ---- every reply ---- */

static const char csp[] = "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; "
			  "manifest-src 'self'; base-uri 'none'; frame-ancestors 'none'; worker-src 'none'; "
			  "require-trusted-types-for 'script'; form-action 'self'";

void dispatch_finish(struct req *rq)
{
	unsigned flags = rq->route ? rq->route->flags : 0;

	session_cookie(rq);
	/* browsers check form-action on the redirect behind a form too: the way to the identity service is named */
	reply_header(rq, "Content-Security-Policy", rq->form_to.n ? str_fmt(rq->arena, "%s %.*s", csp, STR_FMT(rq->form_to)) : (str){ csp, sizeof csp - 1 });
	reply_header(rq, "X-Content-Type-Options", S("nosniff"));
	reply_header(rq, "Referrer-Policy", S("no-referrer"));
	if (!(flags & ROUTE_PUBLIC_CACHE && rq->reply.status == 200)) /* those say themselves how long */
		reply_header(rq, "Cache-Control", flags & ROUTE_STORE ? S("private, no-cache") : S("no-store"));
	if (rq->house->https)
		reply_header(rq, "Strict-Transport-Security", S("max-age=31536000; includeSubDomains"));
	if (rq->house->conf.demo)
		reply_header(rq, "X-Robots-Tag", S("noindex"));
	log_event(LOG_INFO, "request", "id", str_c(rq->id), "route", str_c(rq->route ? rq->route->name : "none"), "status",
		str_fmt(rq->arena, "%d", rq->reply.status), "us", str_fmt(rq->arena, "%lld", (long long)(clock_monotonic_us() - rq->started_us)), NULL);
}
