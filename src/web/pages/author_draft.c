/* SPDX-License-Identifier: EUPL-1.2 */
/* The draft: what is changed, what the checks say, asking for release; and the second person, who releases or sends back. */
#include "usecase/casefile.h"
#include "usecase/once.h"
#include "web/pages/author_work.h"

#define WHY_MAX 500

static int person(struct req *rq, int64_t id, str *ret)
{
	int rc = clerk_name(&rq->ctx, rq->ctx.actor.tenant, (clerk_id){ id }, ret);

	if (rc == ERR_NOTFOUND)
		*ret = STR_EMPTY;
	return rc == ERR_NOTFOUND ? 0 : rc;
}

static str fee_text(struct req *rq, str amount)
{
	struct decimal d;
	int64_t cents;

	if (decimal_parse(amount, &d) < 0 || decimal_to_cents(d, ROUND_HALF_UP, &cents) < 0)
		return TX(rq, TX_AUTHOR_DRAFT_FEE_OPEN);
	return money_format(rq->arena, cents, S("de"));
}

static void effects(struct req *rq, const struct overlay_check *c, struct author_draft_view *v)
{
	struct author_effect_view *e = ARENA_ARRAY(rq->arena, struct author_effect_view, c->effects + 1);

	for (size_t i = 0; i < c->effects; i++) {
		const struct case_effect *x = &c->effect[i];
		struct buf b = buf_new(rq->arena, 200);

		if (!str_eq(x->fee_before, x->fee_after))
			buf_put(&b, TXF(rq, TX_AUTHOR_DRAFT_FEE, TEXT_ARG("before", fee_text(rq, x->fee_before)), TEXT_ARG("after", fee_text(rq, x->fee_after))));
		if (x->path_after.n)
			buf_fmt(&b, "%s%.*s", b.n ? " " : "", STR_FMT(TXF(rq, TX_AUTHOR_DRAFT_PATH, TEXT_ARG("before", x->path_before), TEXT_ARG("after", x->path_after))));
		if (x->failed)
			buf_fmt(&b, "%s%.*s", b.n ? " " : "", STR_FMT(TXF(rq, TX_AUTHOR_DRAFT_WRONG_NOW, TEXT_ARG("what", x->errors))));
		e[i] = (struct author_effect_view){ .name = x->name, .text = buf_str(&b), .failed = x->failed };
	}
	v->effect = e;
	v->effects = c->effects;
}

static void findings(struct req *rq, const struct findings *f, struct author_draft_view *v)
{
	struct author_effect_view *e = ARENA_ARRAY(rq->arena, struct author_effect_view, f->n + 1);

	for (size_t i = 0; i < f->n; i++) {
		str said = text_by_key(LANG_DE, str_fmt(rq->arena, "author.finding.%.*s", STR_FMT(f->v[i].code)));

		e[i] = (struct author_effect_view){ .name = said.n ? said : TX(rq, TX_AUTHOR_FINDING_OTHER), .text = f->v[i].text,
						    .failed = f->v[i].severity == FINDING_ERROR };
	}
	v->finding = e;
	v->findings = f->n;
}

static void checks(struct req *rq, const struct authoring *w, struct author_draft_view *v)
{
	struct overlay_check c;

	authoring_checks(&rq->ctx, w, &c);
	v->good = w->good && c.good;
	v->cases = TXF(rq, v->good ? TX_AUTHOR_DRAFT_CASES : TX_AUTHOR_DRAFT_CASES_BAD, TEXT_N((int64_t)c.cases));
	effects(rq, &c, v);
	findings(rq, &c.findings, v);
}

static int say_state(struct req *rq, const struct authoring *w, struct author_draft_view *v)
{
	str who, when = show_time_short(rq->arena, w->updated, rq->ctx.today);

	v->kind = NOTICE_INFO;
	if (w->state == AUTHORING_WAITING) {
		TRY(person(rq, w->asked_by, &who));
		v->state = TXF(rq, TX_AUTHOR_DRAFT_ASKED, TEXT_ARG("who", who), TEXT_ARG("when", when));
		v->kind = NOTICE_WARNING;
	} else if (w->sent_back) {
		TRY(person(rq, w->updated_by, &who));
		v->state = TXF(rq, TX_AUTHOR_DRAFT_RETURNED, TEXT_ARG("who", who), TEXT_ARG("when", when));
		v->kind = NOTICE_WARNING;
	} else if (w->state == AUTHORING_EDITING) {
		TRY(person(rq, w->updated_by, &who));
		v->state = TXF(rq, TX_AUTHOR_DRAFT_EDITED, TEXT_ARG("who", who), TEXT_ARG("when", when));
	}
	v->why = w->why;
	return 0;
}

static void may(struct req *rq, const struct authoring *w, struct author_draft_view *v)
{
	bool waiting = w->state == AUTHORING_WAITING, wrote = authoring_wrote(w, rq->ctx.actor.clerk);
	bool ready = v->good && !w->conflicts && (v->diffs || v->form || w->offered.held.n);

	v->can_ask = w->state == AUTHORING_EDITING && ready;
	v->can_discard = w->state == AUTHORING_EDITING;
	v->can_take_back = waiting && w->asked_by == rq->ctx.actor.clerk.v;
	v->can_return = waiting && !v->can_take_back;
	v->can_release = waiting && !wrote && ready;
	if (waiting && wrote)
		v->may_not = TX(rq, TX_AUTHOR_DRAFT_MAY_NOT);
}

static void pin(struct req *rq, const struct authoring *w, struct author_draft_view *v)
{
	str version = w->below.package->facts->version;
	bool editable = w->state != AUTHORING_WAITING;

	v->pin = TXF(rq, w->below.pinned ? TX_AUTHOR_DRAFT_PINNED : TX_AUTHOR_DRAFT_FOLLOWS, TEXT_ARG("version", version));
	v->can_pin = editable && !w->below.pinned;
	v->can_unpin = editable && w->below.pinned;
}

static int draft_view(struct req *rq, struct authoring *w, struct author_draft_view *v)
{
	const struct definition *d = w->definition;
	struct authoring_diff diff;

	v->page = author_frame(rq, TX(rq, TX_AUTHOR_TAB_DRAFT));
	v->head = author_head(rq, d, "/entwurf");
	v->post = page_post(rq, rq->path, true);
	v->there = w->state != AUTHORING_NONE;
	v->version = str_fmt(rq->arena, "%lld", (long long)w->version);
	TRY(authoring_diffs(&rq->ctx, w, &diff));
	author_diff_rows(rq, d, diff.v, diff.n, w->state != AUTHORING_WAITING, &v->diff);
	v->diffs = diff.n;
	v->form = diff.form;
	TRY(say_state(rq, w, v));
	if (v->there || w->offered.held.n)
		checks(rq, w, v);
	if (w->conflicts) {
		v->conflicts = TXF(rq, TX_AUTHOR_DRAFT_CONFLICTS, TEXT_N((int64_t)w->conflicts));
		v->conflicts_href = str_fmt(rq->arena, "/redaktion/%.*s/abgleich", STR_FMT(w->service));
	}
	may(rq, w, v);
	pin(rq, w, v);
	v->preview_href = str_fmt(rq->arena, "/redaktion/%.*s/vorschau", STR_FMT(w->service));
	if (!v->why_field.key.n)
		v->why_field = form_area(S("warum"), TX(rq, TX_AUTHOR_DRAFT_WHY), req_form(rq, S("warum")), WHY_MAX);
	v->why_field.rows = 3;
	v->why_field.hint = TX(rq, TX_AUTHOR_DRAFT_WHY_HINT);
	if (!v->return_field.key.n)
		v->return_field = form_area(S("grund"), TX(rq, TX_AUTHOR_DRAFT_REASON), req_form(rq, S("grund")), WHY_MAX);
	v->return_field.rows = 3;
	return 0;
}

static int show(struct req *rq, struct authoring *w, struct author_draft_view *v, int status)
{
	TRY(draft_view(rq, w, v));
	v->page.errors = v->errors.items > 0;
	return RENDER(rq, status, view_author_draft, v);
}

int page_author_draft(struct req *rq)
{
	struct author_draft_view v = { 0 };
	struct authoring *w;

	TRY(authoring_open(&rq->ctx, req_path(rq, 0), &w));
	return show(rq, w, &v, 200);
}

/* ---- doing ---- */

struct doing {
	struct authoring *w;
	struct authoring_outcome *out;
	struct once *once;
	struct part_in part;
	str word;			/* author.done.<word> */
	struct catalog_update spread;
	int rc;
};

static int refused(struct req *rq, const struct doing *x)
{
	static const enum text_id text[] = { [AUTHORING_CHANGED] = TX_AUTHOR_WRONG_DRAFT_CHANGED, [AUTHORING_LOCKED] = TX_AUTHOR_WRONG_LOCKED,
					     [AUTHORING_SAME_PERSON] = TX_AUTHOR_DRAFT_MAY_NOT, [AUTHORING_NOT_READY] = TX_AUTHOR_WRONG_NOT_READY };
	struct author_draft_view v = { 0 };
	struct authoring *w;

	TRY(authoring_open(&rq->ctx, x->w->service, &w));
	form_error(rq, &v.errors, NULL, TX(rq, text[x->out->result]));
	return show(rq, w, &v, x->out->result == AUTHORING_SAME_PERSON ? 403 : 409);
}

static int there(struct req *rq, const struct doing *x)
{
	return reply_see_fmt(rq, "/redaktion/%.*s/entwurf?erledigt=%.*s", STR_FMT(x->w->service), STR_FMT(x->word));
}

static void spread(void *arg)
{
	struct req *rq = arg;
	struct doing *x = rq->data;

	x->rc = authoring_spread(rq->house, x->w, &x->spread);
}

static int spread_done(struct req *rq)
{
	struct doing *x = rq->data;

	TRY(x->rc);
	return there(rq, x);
}

static int done(struct req *rq)
{
	struct doing *x = rq->data;

	if (x->out->result != AUTHORING_DONE)
		return refused(rq, x);
	if (!str_eq(x->word, S("released")))
		return there(rq, x);
	TRY(authoring_in_force(&rq->ctx, x->w));
	ctx_done(&rq->ctx);
	/* it is in force by now for everybody without own parts; those who have some are merged one by one */
	return x->w->tenant.v == TENANT_PORTAL.v ? req_work(rq, spread, rq, spread_done) : there(rq, x);
}

static int missing(struct req *rq, struct doing *x, bool why)
{
	struct author_draft_view v = { 0 };

	TRY(draft_view(rq, x->w, &v));
	form_error(rq, &v.errors, why ? &v.why_field : &v.return_field, TX(rq, why ? TX_AUTHOR_WRONG_WHY : TX_AUTHOR_WRONG_REASON));
	v.page.errors = true;
	return RENDER(rq, 422, view_author_draft, &v);
}

static int set_pin(struct req *rq, struct doing *x, bool on)
{
	x->part = (struct part_in){ .key = S("pin"), .mine = on ? hex(rq->arena, digest_str(&x->w->below.hash)) : STR_EMPTY };
	x->word = S("changed");
	return authoring_change(&rq->ctx, x->w, &x->part, 1, true, &x->out);
}

static int act(struct req *rq, struct doing *x, str what, int64_t version)
{
	str why = str_sub(str_trim(req_form(rq, S("warum"))), 0, WHY_MAX), reason = str_sub(str_trim(req_form(rq, S("grund"))), 0, WHY_MAX);

	if (str_eq(what, S("bitten"))) {
		x->word = S("asked");
		return authoring_ask(&rq->ctx, x->w, version, why, &x->out);
	}
	if (str_eq(what, S("freigeben"))) {
		x->word = S("released");
		return authoring_release(&rq->ctx, x->w, version, &x->out);
	}
	if (str_eq(what, S("zurueckgeben")) || str_eq(what, S("zurueckziehen"))) {
		x->word = S("returned");
		return authoring_return(&rq->ctx, x->w, version, reason, &x->out);
	}
	if (str_eq(what, S("verwerfen"))) {
		x->word = S("discarded");
		return authoring_discard(&rq->ctx, x->w, &x->out);
	}
	if (str_eq(what, S("festhalten")) || str_eq(what, S("folgen")))
		return set_pin(rq, x, str_eq(what, S("festhalten")));
	return ERR_PARSE;
}

int page_author_draft_post(struct req *rq)
{
	struct doing *x = ARENA_NEW(rq->arena, struct doing);
	str what = req_form(rq, S("aktion"));
	int64_t version;

	TRY(authoring_open(&rq->ctx, req_path(rq, 0), &x->w));
	if (str_to_i64(req_form(rq, S("stand")), &version) < 0)
		return ERR_PARSE;
	if (str_eq(what, S("bitten")) && !str_trim(req_form(rq, S("warum"))).n)
		return missing(rq, x, true);
	if (str_eq(what, S("zurueckgeben")) && !str_trim(req_form(rq, S("grund"))).n)
		return missing(rq, x, false);
	TRY(once_open(&rq->ctx, S("author_draft"), req_form(rq, S("once")), once_body(&rq->form), &x->once));
	TRY(act(rq, x, what, version));
	rq->data = x;
	if (!rq->ctx.unit)
		return refused(rq, x);
	once_guard(&rq->ctx, x->once);
	return req_commit(rq, done);
}
