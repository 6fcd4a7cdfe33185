/* SPDX-License-Identifier: EUPL-1.2 */
#include "usecase/drafts.h"

#include <string.h>

#include "base/json.h"
#include "domain/field_value.h"
#include "usecase/catalog.h"
#include "usecase/drafts_impl.h"
#include "usecase/prefill.h"
#include "usecase/sessions.h"

/* The handle of a draft is derived from its id by a key of the portal: lists can show links, the table holds a hash only. */
int draft_handle(struct ctx *c, draft_id id, str *ret)
{
	struct key k;
	struct digest d;
	uint8_t raw[18] = { (uint8_t)(TENANT_PORTAL.v >> 8), (uint8_t)TENANT_PORTAL.v };

	TRY(keys_purpose(c->house->keys, TENANT_PORTAL.v, "draft-handle", &k));
	d = hmac_sha256(&k, str_n(&id.v, sizeof id.v));
	memcpy(raw + 2, d.b, 16);
	*ret = b64url(c->arena, str_n(raw, sizeof raw));
	return 0;
}

str draft_seal(struct arena *a, const struct key *k, draft_id id, const char *purpose, int64_t row, str plain)
{
	return case_seal(a, k, TENANT_PORTAL, (case_id){ id.v }, purpose, row, plain);
}

int draft_unseal(struct arena *a, const struct key *k, draft_id id, const char *purpose, int64_t row, str sealed, str *ret)
{
	return case_unseal(a, k, TENANT_PORTAL, (case_id){ id.v }, purpose, row, sealed, ret);
}

instant draft_expiry(struct ctx *c)
{
	return instant_add_s(c->now, c->house->conf.draft_days * 86400);
}

/* ---- begin ---- */

struct start {
	struct session_new session;
	bool new_session;
	draft_id id;
	struct digest handle, definition;
	str service, ars, answers;
	int64_t key_id, account, now, expires;
};

static int start_unit(struct dbc *db, void *arg)
{
	struct start *s = arg;

	if (s->new_session)
		TRY(session_insert(db, &s->session));
	return db_exec(db, SQL("INSERT INTO draft (tenant_id, draft_id, handle_hash, session_hash, account_id, service, ars, definition_hash, key_id, "
			       "answers, version, created_at, updated_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1, $11, $12, $13)"),
		VI(TENANT_PORTAL.v), VI(s->id.v), VB(digest_str(&s->handle)), VB(digest_str(&s->session.hash)),
		s->account ? VI(s->account) : VN_INT(), VT(s->service), VT(s->ars), VB(digest_str(&s->definition)), VI(s->key_id), VB(s->answers),
		VI(s->now), VI(s->now), VI(s->expires));
}

int draft_start(struct ctx *c, const struct place *place, str service, bool new_session, str *ret_handle)
{
	struct start *s = ARENA_NEW(c->arena, struct start);
	struct responsibility who;
	const struct definition *d;
	struct key key;
	struct buf b = buf_new(c->arena, 64);

	TRY(catalog_offer(c, (tenant_id){ 0 }, service, &d));
	TRY(place_responsible(c->house->places, d->service->responsible, place, &who));
	TRY(catalog_offer(c, (tenant_id){ who.tenant_id }, service, &d));
	TRY(keys_new(c->house->keys, TENANT_PORTAL.v, &s->key_id, &key));
	s->id.v = id_next(c->house->clock);
	TRY(draft_handle(c, s->id, ret_handle));
	s->handle = handle_hash(*ret_handle);
	s->definition = d->digest;
	s->service = d->service->id;
	s->ars = place->ars;
	answers_write(&b, answers_new(c->arena, d->form));
	s->answers = draft_seal(c->arena, &key, s->id, "answers", 0, buf_str(&b));
	s->account = c->actor.account.v;
	s->now = c->now.us;
	s->expires = draft_expiry(c).us;
	s->new_session = new_session;
	s->session = (struct session_new){ .hash = c->actor.session, .kind = 1, .subject_tenant = TENANT_PORTAL, .now = c->now,
					   .expires = instant_add_s(c->now, SESSION_CITIZEN_DAYS * 86400) };
	ctx_hand_over(c, start_unit, s, TENANT_PORTAL, false);
	return 0;
}

/* ---- open ---- */

#define DRAFT_COLUMNS "draft_id, service, ars, definition_hash, key_id, answers, version, updated_at, expires_at, case_tenant, case_id, receipt_page "
/* Whose it is: the session that began or resumed it, or the account. */
#define DRAFT_OWNED "(session_hash = $3 OR (account_id IS NOT NULL AND account_id = $4))"

struct journey_context draft_context(struct ctx *c, const struct place *p)
{
	struct journey_context j = { .today = c->today, .place_ars = p->ars, .place_population = p->population };

	prefill_prove(c, &j);
	return j;
}

static int read_row(struct ctx *c, const struct rows *r, struct draft *d, str *ret_answers, struct digest *ret_definition)
{
	str sealed = row_str(r, 5), h = row_str(r, 3);

	d->id.v = row_int(r, 0);
	d->service = str_dup(c->arena, row_str(r, 1));
	d->place = place_by_ars(c->house->places, row_str(r, 2));
	if (!d->place || h.n != sizeof ret_definition->b)
		return ERR_INVALID;
	memcpy(ret_definition->b, h.p, h.n);
	d->key_id = row_int(r, 4);
	d->version = row_int(r, 6);
	d->updated.us = row_int(r, 7);
	d->expires.us = row_int(r, 8);
	d->case_tenant.v = (int32_t)row_int(r, 9);
	d->case_id.v = row_int(r, 10);
	d->submitted = !row_is_null(r, 10);
	TRY(keys_get(c->house->keys, TENANT_PORTAL.v, d->key_id, &d->key));
	if (!row_is_null(r, 11))
		TRY(draft_unseal(c->arena, &d->key, d->id, "receipt", 0, row_str(r, 11), &d->receipt_page));
	return draft_unseal(c->arena, &d->key, d->id, "answers", 0, sealed, ret_answers);
}

/* A definition whose time is over: the answers go over to the one in force, by field id (P2). */
static int read_answers(struct ctx *c, struct draft *d, const struct digest *hash, str json)
{
	struct responsibility who;
	const struct definition *now;
	struct date until;

	TRY(catalog_definition(c, hash, &d->definition));
	until = d->definition->service->valid_to;
	if (!d->submitted && (c->house->preview || (until.year && date_cmp(until, c->today) < 0))) {
		TRY(place_responsible(c->house->places, d->definition->service->responsible, d->place, &who));
		if (!catalog_offer(c, (tenant_id){ who.tenant_id }, d->service, &now) && !digest_eq(&now->digest, hash)) {
			d->definition = now;
			d->carried = !c->house->preview;
		}
	}
	return answers_read(c->arena, d->definition->form, json, &d->answers, &d->lost);
}

int draft_open(struct ctx *c, str handle, struct draft **ret)
{
	AUTO(rows_done) struct rows *r = NULL;
	struct draft *d = ARENA_NEW(c->arena, struct draft);
	struct digest hash = handle_hash(handle), definition;
	struct dbc *db;
	str json;

	if (handle.n != HANDLE_CHARS)
		return ERR_NOTFOUND;
	TRY(ctx_db(c, (tenant_id){ 0 }, &db));
	TRY(db_query(db, &r, SQL("SELECT " DRAFT_COLUMNS "FROM draft WHERE tenant_id = $1 AND handle_hash = $2 AND " DRAFT_OWNED), VI(TENANT_PORTAL.v),
		VB(digest_str(&hash)), VB(digest_str(&c->actor.session)), VI(c->actor.account.v)));
	if (!rows_next(r))
		return rows_error(r) ? rows_error(r) : ERR_NOTFOUND;
	d->handle = str_dup(c->arena, handle);
	TRY(read_row(c, r, d, &json, &definition));
	rows_done(&r);
	if (!d->submitted && d->expires.us < c->now.us)
		return ERR_EXPIRED;
	TRY(read_answers(c, d, &definition, json));
	d->context = draft_context(c, d->place);
	d->journey = journey_run(c->arena, d->definition->form, d->answers, &d->context);
	*ret = d;
	return 0;
}

int draft_gate(struct ctx *c, str handle, draft_id *ret)
{
	AUTO(rows_done) struct rows *r = NULL;
	struct digest hash = handle_hash(handle);
	struct dbc *db;

	TRY(ctx_db(c, (tenant_id){ 0 }, &db));
	TRY(db_query(db, &r, SQL("SELECT draft_id FROM draft WHERE tenant_id = $1 AND handle_hash = $2 AND case_id IS NULL AND " DRAFT_OWNED),
		VI(TENANT_PORTAL.v), VB(digest_str(&hash)), VB(digest_str(&c->actor.session)), VI(c->actor.account.v)));
	if (!rows_next(r))
		return rows_error(r) ? rows_error(r) : ERR_NOTFOUND;
	ret->v = row_int(r, 0);
	return 0;
}

/* ---- writing: a change is a function over answers, so that it can be done again on newer ones (two tabs) ---- */

static int change_again(struct dbc *db, struct draft_change *s)
{
	AUTO(rows_done) struct rows *r = NULL;
	struct answers *x;
	size_t lost;
	str json;

	TRY(db_query(db, &r, SQL("SELECT answers, version, case_id FROM draft WHERE tenant_id = $1 AND draft_id = $2"), VI(TENANT_PORTAL.v),
		VI(s->draft->id.v)));
	if (!rows_next(r))
		return rows_error(r) ? rows_error(r) : ERR_NOTFOUND;
	if (!row_is_null(r, 2))
		return ERR_CONFLICT;
	s->draft->version = row_int(r, 1);
	TRY(draft_unseal(s->arena, &s->draft->key, s->draft->id, "answers", 0, row_str(r, 0), &json));
	TRY(answers_read(s->arena, s->draft->definition->form, json, &x, &lost));
	s->apply(x, s);
	s->draft->answers = x;
	struct buf b = buf_new(s->arena, 1024);
	answers_write(&b, x);
	s->sealed = draft_seal(s->arena, &s->draft->key, s->draft->id, "answers", 0, buf_str(&b));
	return 0;
}

static int change_unit(struct dbc *db, void *arg)
{
	struct draft_change *s = arg;
	int64_t changed = 0;

	for (int tries = 0; tries < 3 && !changed; tries++) {
		if (tries)
			TRY(change_again(db, s));
		TRY(db_exec_n(db, &changed, SQL("UPDATE draft SET answers = $3, definition_hash = $4, ars = $5, version = version + 1, updated_at = $6, "
						"expires_at = $7 WHERE tenant_id = $1 AND draft_id = $2 AND version = $8 AND case_id IS NULL"),
			VI(TENANT_PORTAL.v), VI(s->draft->id.v), VB(s->sealed), VB(digest_str(&s->draft->definition->digest)), VT(s->draft->place->ars),
			VI(s->now), VI(s->expires), VI(s->draft->version)));
	}
	if (!changed)
		return ERR_CONFLICT;
	s->draft->version++;
	if (s->also)
		TRY(s->also(db, s));
	return 0;
}

void draft_change(struct ctx *c, struct draft *d, struct draft_change *s)
{
	struct buf b = buf_new(c->arena, 1024);

	s->arena = c->arena;
	s->draft = d;
	s->now = c->now.us;
	s->expires = draft_expiry(c).us;
	s->apply(d->answers, s);
	answers_write(&b, d->answers);
	s->sealed = draft_seal(c->arena, &d->key, d->id, "answers", 0, buf_str(&b));
	d->journey = journey_run(c->arena, d->definition->form, d->answers, &d->context);
	ctx_hand_over(c, change_unit, s, TENANT_PORTAL, false);
}

/* ---- one page ---- */

struct page_change {
	struct draft_change change;
	const struct page *page;
	uint16_t row;
	const struct pairs *posted;
};

static void apply_page(struct answers *x, struct draft_change *s)
{
	struct page_change *p = (struct page_change *)s;

	page_take(x, p->page, p->row, p->posted);
}

bool page_has_problems(const struct journey *j, const struct page *p, uint16_t row)
{
	for (size_t i = 0; i < j->problems; i++)
		if (j->problem[i].page == p->index && j->problem[i].row == row)
			return true;
	return false;
}

/* The input of a field, or of one of its many values: "land", "land--2". */
static bool input_of(str name, str posted)
{
	return str_has_prefix(posted, name) && (posted.n == name.n || str_has_prefix(str_sub(posted, name.n, posted.n), S("--")));
}

/* When somebody consented is a fact of its own: the first time counts, sending the page again changes nothing. */
static void consents_dated(struct ctx *c, const struct draft *d, const struct page *p, uint16_t row, struct pairs *posted)
{
	for (size_t i = 0; i < p->fields; i++) {
		const struct field *f = &d->definition->form->field[p->field[i]];
		str name = f->type == FIELD_CONSENT ? field_input_name(c->arena, f, row) : STR_EMPTY, before = answers_get(d->answers, f->index, row);

		for (size_t k = 0; name.n && k < posted->n; k++)
			if (str_eq(posted->v[k].name, name) && str_eq(posted->v[k].value, S("true")))
				posted->v[k].value = str_has_prefix(before, S("true@")) ? before
					: str_fmt(c->arena, "true@%.*s", STR_FMT(instant_iso(c->arena, c->now)));
	}
}

/* What was typed into a search field stands for one of its options; anything else stays as typed and is shown with the error. */
static const struct pairs *options_typed(struct ctx *c, const struct draft *d, const struct page *p, uint16_t row, const struct pairs *posted)
{
	struct pairs *out = ARENA_NEW(c->arena, struct pairs);

	*out = (struct pairs){ arena_copy(c->arena, posted->v, posted->n * sizeof *posted->v), posted->n };
	for (size_t i = 0; i < p->fields; i++) {
		const struct field *f = &d->definition->form->field[p->field[i]];
		str name = f->type == FIELD_COUNTRY || f->search ? field_input_name(c->arena, f, row) : STR_EMPTY, id;

		for (size_t k = 0; name.n && k < out->n; k++)
			if (input_of(name, out->v[k].name)) {
				id = definition_option_typed(c->arena, d->definition, f, out->v[k].value);
				out->v[k].value = id.n ? id : out->v[k].value;
			}
	}
	consents_dated(c, d, p, row, out);
	return out;
}

/* A field that the identity says is shown, not asked: whoever sends something else for it has bent the page. */
static const struct field *locked_posted(struct ctx *c, const struct draft *d, const struct page *p, uint16_t row, const struct pairs *posted)
{
	struct answers *x = answers_new(c->arena, d->definition->form);

	page_take(x, p, row, posted);
	for (size_t i = 0; i < p->fields; i++) {
		const struct field *f = &d->definition->form->field[p->field[i]];
		const struct value *v = journey_value(d->journey, f->index, row);
		struct value typed = { 0 };
		struct value_problem problem;
		str raw = answers_get(x, f->index, row);

		if (v && v->proved && raw.n && (field_parse(c->arena, f, raw, &typed, &problem) != VALUE_OK || !str_eq(typed.canonical, v->canonical)))
			return f;
	}
	return NULL;
}

int draft_step(struct ctx *c, str handle, str page, uint16_t row, const struct pairs *posted, str fingerprint, bool override,
	       struct step_outcome **ret)
{
	struct step_outcome *o = ARENA_NEW(c->arena, struct step_outcome);
	struct page_change *change = ARENA_NEW(c->arena, struct page_change);
	const struct visit *visit;
	struct answers *typed;
	struct draft *d;

	*ret = o;
	TRY(draft_open(c, handle, &d));
	o->draft = d;
	o->page = form_page(d->definition->form, page);
	o->row = row;
	if (d->submitted) {
		o->result = STEP_CLOSED;
		return 0;
	}
	visit = o->page ? journey_find(d->journey, o->page->index, row) : NULL;
	if (!visit || visit->taken) {
		o->result = STEP_GONE;
		return 0;
	}
	if ((o->locked = locked_posted(c, d, o->page, row, posted)) != NULL) {
		o->result = STEP_LOCKED;
		return 0;
	}
	posted = options_typed(c, d, o->page, row, posted);
	str stored = page_fingerprint(c->arena, d->answers, o->page, row);
	typed = answers_clone(c->arena, d->answers);
	page_take(typed, o->page, row, posted);
	str new = page_fingerprint(c->arena, typed, o->page, row);
	if (fingerprint.n && !override && !str_eq(fingerprint, stored) && !str_eq(new, stored)) {
		o->result = STEP_CONFLICT;
		o->before = d->answers;
		d->answers = typed;
		return 0;
	}
	*change = (struct page_change){ .change.apply = apply_page, .page = o->page, .row = row, .posted = posted };
	draft_change(c, d, &change->change);
	o->result = page_has_problems(d->journey, o->page, row) ? STEP_WRONG : STEP_SAVED;
	return 0;
}

/* ---- groups ---- */

struct group_change {
	struct draft_change change;
	uint16_t group, row;		/* row: the one to remove, or the outer row that gets another */
	bool another;
};

static void apply_more(struct answers *x, struct draft_change *s)
{
	struct group_change *g = (struct group_change *)s;

	answers_another(x, g->group, g->row, g->another);
}

static void apply_row_remove(struct answers *x, struct draft_change *s)
{
	struct group_change *g = (struct group_change *)s;

	answers_row_remove(x, g->group, g->row);
}

int draft_more(struct ctx *c, struct draft *d, uint16_t group, uint16_t outer, bool another)
{
	struct group_change *g = ARENA_NEW(c->arena, struct group_change);

	*g = (struct group_change){ .change.apply = apply_more, .group = group, .row = outer, .another = another };
	draft_change(c, d, &g->change);
	return 0;
}

static bool row_missing(const struct draft *d, uint16_t group, uint16_t row)
{
	const struct form *f = d->definition->form;
	int16_t g = (int16_t)group;

	return form_row_local(f, g, row) > answers_rows(d->answers, group, form_row_up(f, g, row, f->group[group].parent));
}

int draft_row_remove(struct ctx *c, struct draft *d, uint16_t group, uint16_t row)
{
	struct group_change *g = ARENA_NEW(c->arena, struct group_change);

	if (!row || row_missing(d, group, row))
		return ERR_NOTFOUND;
	*g = (struct group_change){ .change.apply = apply_row_remove, .group = group, .row = row };
	draft_change(c, d, &g->change);
	return 0;
}

struct put_change {
	struct draft_change change;
	const struct answers *answers;
};

static void apply_put(struct answers *x, struct draft_change *s)
{
	const struct answers *from = ((struct put_change *)s)->answers;

	*x = *answers_clone(x->arena, from);
}

void draft_put(struct ctx *c, struct draft *d, const struct answers *x)
{
	struct put_change *p = ARENA_NEW(c->arena, struct put_change);

	*p = (struct put_change){ .change.apply = apply_put, .answers = x };
	draft_change(c, d, &p->change);
}

/* ---- where to go on ---- */

str visit_path(struct arena *a, const struct draft *d, const struct visit *v)
{
	const struct page *p = &d->definition->form->page[v->page];
	str row = form_row_path(a, d->definition->form, p->per, v->row);

	return row.n ? str_fmt(a, "%.*s/%.*s", STR_FMT(p->id), STR_FMT(row)) : p->id;
}

str draft_next_path(struct arena *a, const struct draft *d, const struct visit *after)
{
	const struct journey *j = d->journey;
	const struct visit *v = after ? journey_after(j, after) : (j->first_open < j->visits ? &j->visit[j->first_open] : NULL);

	/* pages that are complete already are passed over only on "go on", never on a step back */
	return v ? visit_path(a, d, v) : S("pruefen");
}

int drafts_mine(struct ctx *c, struct draft_item **ret, size_t *ret_n)
{
	AUTO(rows_done) struct rows *r = NULL;
	struct draft_item *list = ARENA_ARRAY(c->arena, struct draft_item, 20);
	struct dbc *db;
	size_t n = 0;

	*ret = list;
	*ret_n = 0;
	if (!c->actor.known || c->actor.kind != ACTOR_APPLICANT)
		return 0;
	TRY(ctx_db(c, (tenant_id){ 0 }, &db));
	TRY(db_query(db, &r, SQL("SELECT draft_id, service, ars, definition_hash, updated_at, expires_at FROM draft WHERE tenant_id = $1 AND case_id IS NULL "
				 "AND expires_at > $2 AND " DRAFT_OWNED " ORDER BY updated_at DESC LIMIT 20"),
		VI(TENANT_PORTAL.v), VI(c->now.us), VB(digest_str(&c->actor.session)), VI(c->actor.account.v)));
	while (rows_next(r)) {
		struct draft_item *d = &list[n];
		struct digest hash;

		memcpy(hash.b, row_str(r, 3).p, sizeof hash.b);
		d->service = str_dup(c->arena, row_str(r, 1));
		d->place = place_by_ars(c->house->places, row_str(r, 2));
		d->updated.us = row_int(r, 4);
		d->expires.us = row_int(r, 5);
		TRY(draft_handle(c, (draft_id){ row_int(r, 0) }, &d->handle));
		if (d->place && !catalog_definition(c, &hash, &d->definition))
			n++;
	}
	*ret_n = n;
	return rows_error(r);
}
