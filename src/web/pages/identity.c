/* SPDX-License-Identifier: EUPL-1.2 */
/* Going to an identity service and coming back, with or without an account. */
#include "base/log.h"
#include "usecase/identity.h"
#include "web/limit.h"
#include "web/pages/own.h"

static str back_of(struct req *rq)
{
	return own_path(req_query(rq, S("weiter")));
}

static enum trust_level level_of(struct req *rq)
{
	int64_t v;

	if (str_to_i64(req_query(rq, S("stufe")), &v) < 0 || v < TRUST_ACCOUNT || v > TRUST_HIGH)
		return TRUST_SUBSTANTIAL;
	return (enum trust_level)v;
}

static int none_here(struct req *rq, str back)
{
	return own_gone(rq, 503, TX(rq, TX_SIGNIN_IDENTITY_NONE), back);
}

/* "http://127.0.0.1:8090/issuer" -> "http://127.0.0.1:8090" */
static str origin_of(str url)
{
	ptrdiff_t at = str_find(url, S("://")), slash;

	if (at < 0)
		return STR_EMPTY;
	slash = str_index(str_sub(url, (size_t)at + 3, url.n), '/');
	return slash < 0 ? url : str_sub(url, 0, (size_t)at + 3 + (size_t)slash);
}

int page_identity_start(struct req *rq)
{
	str back = back_of(rq);
	struct confirm_view v = { .title = TX(rq, TX_SIGNIN_IDENTITY_TITLE), .text = TX(rq, TX_SIGNIN_IDENTITY_TEXT),
				  .text_2 = TX(rq, TX_SIGNIN_IDENTITY_STANDIN), .button = TX(rq, TX_SIGNIN_IDENTITY_GO),
				  .cancel = TX(rq, TX_SIGNIN_IDENTITY_CANCEL), .back_href = back };

	if (!identity_offered(rq->house))
		return none_here(rq, back);
	v.cancel_href = back.n ? back : S("/");
	v.page = page_frame(rq, v.title);
	v.post = page_post(rq, str_fmt(rq->arena, "/konto/ausweisen?stufe=%d%s%.*s", (int)level_of(rq), back.n ? "&weiter=" : "",
		STR_FMT(url_encode(rq->arena, back))), false);
	rq->form_to = origin_of(rq->house->conf.identity_url); /* the answer to this form leads there */
	return RENDER(rq, 200, view_confirm, &v);
}

/* ---- going ---- */

struct going {
	struct identity_flow flow;
	bool visitor;
};

static int gone_there(struct req *rq)
{
	struct going *g = rq->data;

	return reply_see(rq, g->flow.start.url);
}

static int began(struct req *rq)
{
	struct going *g = rq->data;

	if (g->flow.rc < 0) {
		log_event(LOG_WARN, "identity-away", "id", str_c(rq->id), "code", str_c(err_name(g->flow.rc)), NULL);
		return own_gone(rq, 503, TX(rq, TX_SIGNIN_IDENTITY_AWAY), g->flow.back);
	}
	g->visitor = !rq->ctx.actor.known;
	if (g->visitor)
		session_make(rq);
	TRY(identity_keep(&rq->ctx, &g->flow, g->visitor));
	return req_commit(rq, gone_there);
}

int page_identity_start_post(struct req *rq)
{
	struct going *g = ARENA_NEW(rq->arena, struct going);
	str back = back_of(rq);

	if (!identity_offered(rq->house))
		return none_here(rq, back);
	if (!limit_take(S("identity"), limit_client(rq->arena, rq->client), 10))
		return reply_problem(rq, 429);
	identity_flow_init(&rq->ctx, own_origin(rq), level_of(rq), back, &g->flow);
	rq->data = g;
	return req_work(rq, identity_go, &g->flow, began);
}

/* ---- coming back ---- */

struct coming {
	struct identity_flow flow;
	struct kept kept;
	str text;
};

static int stopped(struct req *rq)
{
	struct coming *k = rq->data;

	return own_gone(rq, 400, k->text, k->flow.back.n ? k->flow.back : S("/"));
}

static int stop(struct req *rq, struct coming *k, str text)
{
	k->text = text;
	TRY(identity_drop(&rq->ctx, &k->flow));
	return req_commit(rq, stopped);
}

static int entered(struct req *rq)
{
	struct coming *k = rq->data;

	if (k->flow.used) {
		own_session_back(rq, &k->kept);
		return own_gone(rq, 410, TX(rq, TX_SIGNIN_IDENTITY_FAILED), k->flow.back);
	}
	log_event(LOG_INFO, "signin", "id", str_c(rq->id), "kind", S("identity"), "way", S("oidc"), "result", S("ok"), NULL);
	return reply_see(rq, k->flow.back.n ? k->flow.back : S("/"));
}

static int fetched(struct req *rq)
{
	struct coming *k = rq->data;

	if (k->flow.rc < 0) {
		log_event(LOG_WARN, "identity-refused", "id", str_c(rq->id), "code", str_c(err_name(k->flow.rc)), NULL);
		return stop(rq, k, TX(rq, TX_SIGNIN_IDENTITY_FAILED));
	}
	k->kept = own_session_new(rq);
	TRY(identity_enter(&rq->ctx, &k->flow, &k->kept.actor));
	return req_commit(rq, entered);
}

int page_identity_back(struct req *rq)
{
	struct coming *k = ARENA_NEW(rq->arena, struct coming);
	int rc;

	if (!identity_offered(rq->house))
		return none_here(rq, STR_EMPTY);
	rc = identity_find(&rq->ctx, req_query(rq, S("state")), &k->flow);
	if (rc == ERR_NOTFOUND)
		return own_gone(rq, 410, TX(rq, TX_SIGNIN_IDENTITY_FAILED), S("/"));
	TRY(rc);
	k->flow.back = own_path(k->flow.back);
	k->flow.code = req_query(rq, S("code"));
	k->flow.iss = req_query(rq, S("iss"));
	rq->data = k;
	if (!k->flow.code.n)
		return stop(rq, k, TX(rq, str_eq(req_query(rq, S("error")), S("access_denied")) ? TX_SIGNIN_IDENTITY_STOPPED : TX_SIGNIN_IDENTITY_FAILED));
	return req_work(rq, identity_fetch, &k->flow, fetched);
}
