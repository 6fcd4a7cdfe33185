/* SPDX-License-Identifier: EUPL-1.2 */
#include "usecase/follow.h"

#include "domain/known.h"
#include "usecase/catalog.h"
#include "usecase/outbox.h"
#include "usecase/sessions.h"

#define SCAN_CASES 200

static int read_content(struct ctx *c, const struct grant *g, const char *kind, struct node **ret)
{
	struct node_error e;
	struct dbc *db;
	struct key key;
	str sealed, json;

	TRY(case_key(c, g, &key));
	TRY(ctx_db(c, g->row.tenant, &db));
	TRY(case_content_get(db, c->arena, g, str_c(kind), &sealed));
	TRY(case_unseal(c->arena, &key, g->row.tenant, g->row.id, kind, 0, sealed, &json));
	return node_parse_json(c->arena, json, ret, &e);
}

int case_receipt(struct ctx *c, const struct grant *g, str *ret_jws)
{
	struct node *n;
	int rc = read_content(c, g, "receipt", &n);

	*ret_jws = rc < 0 ? STR_EMPTY : node_text_at(n, S("jws"));
	return rc == ERR_NOTFOUND ? 0 : rc;
}

int case_links(struct ctx *c, const struct grant *g, struct case_links *ret)
{
	struct node *n;

	TRY(read_content(c, g, "links", &n));
	ret->handle = node_text_at(n, S("handle"));
	ret->follow = node_text_at(n, S("follow"));
	return 0;
}

int case_handle(struct ctx *c, const struct grant *g, str *ret)
{
	struct case_links l;

	TRY(case_links(c, g, &l));
	*ret = l.handle;
	return 0;
}

int follow_show(struct ctx *c, str token, struct follow_shown *ret)
{
	const struct definition *d;
	struct grant g;

	TRY(case_authorize_follow(c, token, &g));
	TRY(catalog_definition(c, &g.row.definition, &d));
	ret->service = definition_text(d, lang_code(c->lang), S("title"));
	ret->reference = g.row.reference;
	ret->authority = authority_by_tenant(c->house->places, g.row.tenant.v);
	return 0;
}

struct entry {
	struct grant grant;
	struct session_new session;
	bool new_session;
};

static int enter_unit(struct dbc *db, void *arg)
{
	struct entry *e = arg;

	if (e->new_session)
		TRY(session_insert(db, &e->session));
	return case_session_allow(db, &e->grant, &e->session.hash);
}

int follow_enter(struct ctx *c, str token, bool new_session, str *ret_handle)
{
	struct entry *e = ARENA_NEW(c->arena, struct entry);

	TRY(case_authorize_follow(c, token, &e->grant));
	TRY(case_handle(c, &e->grant, ret_handle));
	e->new_session = new_session;
	e->session = (struct session_new){ .hash = c->actor.session, .kind = 1, .subject_tenant = TENANT_PORTAL, .now = c->now,
					   .expires = instant_add_s(c->now, (int64_t)SESSION_CITIZEN_DAYS * 86400) };
	ctx_hand_over(c, enter_unit, e, e->grant.row.tenant, true);
	return 0;
}

/* ---- not fetched: goes by post ---- */

struct post_task {
	struct ctx *c;
	struct grant grant;
	struct event event;
	int64_t letter;
	struct outbox_row mail;
	bool has_mail, done;
};

/* Who wanted the decision online and did not fetch it is told that it comes another way. */
static int prepare_mail(struct casefile *f, struct post_task *p)
{
	struct mail_out m = { .kind = S("by_post"), .authority = f->authority ? f->authority->name : STR_EMPTY };

	TRY(casefile_contact(f));
	if (!f->contact.email.n)
		return 0;
	m.to = f->contact.email;
	m.lang = f->contact.lang;
	m.link = casefile_link(f);
	m.service = definition_text(f->definition, lang_code(m.lang), S("title"));
	p->has_mail = true;
	return mail_prepare(f->ctx, f->row.tenant, f->row.id, &m, &p->mail);
}

static int post_task_unit(struct dbc *db, void *arg)
{
	struct post_task *p = arg;
	struct event event = p->event;
	struct letter_row *l;
	struct case_row row;
	size_t n;

	p->done = false;
	TRY(case_lock(db, p->c->arena, &p->grant, -1, &row));
	TRY(case_letters(db, p->c->arena, &p->grant, &l, &n));
	for (size_t i = 0; i < n; i++) {
		/* fetched in the last second, or sent by post by a clerk meanwhile: nothing to do */
		if (l[i].id != p->letter || l[i].fetched_at.us || l[i].post_task || l[i].known_on || (row.phase != PHASE_KNOWN && row.phase != PHASE_CLOSED))
			continue;
		l[i].post_task = true;
		TRY(case_letter_put(db, &p->grant, &l[i]));
		TRY(case_event_add(db, &p->grant, &row, &event));
		row.unread = true;
		row.follow_up_on = date_days(p->c->today);
		TRY(case_save(db, &p->grant, &row, p->c->now));
		if (p->has_mail)
			TRY(outbox_put(db, &p->mail));
		p->done = true;
	}
	return 0;
}

static int scan_one(struct ctx *c, const struct letter_ref *at, size_t *n)
{
	struct post_task *p = ARENA_NEW(c->arena, struct post_task);
	struct date sent = civil_from_instant(at->sent_at).date;
	struct casefile *f;
	int rc;

	p->c = c;
	p->letter = at->letter_id;
	rc = case_authorize_system(c, at->tenant, at->case_id, &p->grant);
	if (rc == ERR_DESTROYED)
		return 0;
	TRY(rc);
	TRY(case_open(c, &p->grant, &f));
	if (!f->row.online_consent || !fetch_over(&f->definition->service->clocks, sent, c->today))
		return 0;
	TRY(prepare_mail(f, p));
	p->event = casefile_event(f, EVENT_POST_DUE, STR_EMPTY);
	ctx_hand_over(c, post_task_unit, p, at->tenant, false);
	TRY(ctx_commit_wait(c));
	*n += p->done;
	return 0;
}

int unfetched_scan(struct ctx *c, tenant_id t, size_t *ret_n)
{
	struct letter_ref *list;
	int64_t after = 0;
	struct dbc *db;
	size_t n;

	*ret_n = 0;
	if (c->actor.kind != ACTOR_SYSTEM)
		return ERR_DENIED;
	do {
		TRY(ctx_db(c, t, &db));
		TRY(letters_unfetched(db, c->arena, t, after, SCAN_CASES, &list, &n));
		for (size_t i = 0; i < n; i++) {
			TRY(scan_one(c, &list[i], ret_n));
			after = list[i].letter_id;
		}
	} while (n == SCAN_CASES);
	return 0;
}
