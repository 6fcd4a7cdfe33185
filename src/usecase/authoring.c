/* SPDX-License-Identifier: EUPL-1.2 */
#include "usecase/authoring.h"

#include <string.h>

#include "usecase/casefile.h"

/* ---- opening ---- */

static int read_draft(struct ctx *c, struct authoring *w)
{
	AUTO(rows_done) struct rows *r = NULL;
	struct dbc *db;

	TRY(ctx_db(c, w->tenant, &db));
	TRY(db_query(db, &r, SQL("SELECT body, authors, version, state, asked_by, why, updated_by, updated_at FROM overlay_draft "
				 "WHERE tenant_id = $1 AND service = $2"), VI(w->tenant.v), VT(w->service)));
	w->draft = overlay_clone(c->arena, &w->offered.overlay);
	if (!rows_next(r))
		return rows_error(r);
	TRY(overlay_parse(c->arena, str_dup(c->arena, row_str(r, 0)), &w->draft));
	w->authors = str_dup(c->arena, row_str(r, 1));
	w->version = row_int(r, 2);
	w->state = row_int(r, 3) == 2 ? AUTHORING_WAITING : AUTHORING_EDITING;
	w->asked_by = row_int(r, 4);
	w->why = str_dup(c->arena, row_str(r, 5));
	w->sent_back = w->state == AUTHORING_EDITING && w->why.n;
	w->updated_by = row_int(r, 6);
	w->updated.us = row_int(r, 7);
	return 0;
}

int authoring_open(struct ctx *c, str service, struct authoring **ret)
{
	struct authoring *w = ARENA_NEW(c->arena, struct authoring);
	struct below pinned;

	*w = (struct authoring){ .tenant = c->actor.tenant, .service = str_dup(c->arena, service), .findings = findings_new(c->arena) };
	if (c->actor.kind != ACTOR_CLERK || c->actor.role != ROLE_AUTHOR)
		return ERR_NOTFOUND;
	TRY(catalog_offered(c, w->tenant, service, &w->offered));
	TRY(catalog_below(c, w->tenant, service, &w->offered.overlay, &w->below));
	TRY(catalog_overlay(c, w->below.package, &w->offered));
	TRY(read_draft(c, w));
	TRY(catalog_below_hash(c, w->tenant, service, &w->draft, &pinned.hash, &pinned.pinned));
	if (!digest_eq(&pinned.hash, &w->below.hash)) /* the draft pins, or unpins */
		TRY(catalog_package(c, &pinned.hash, &w->below.package));
	w->below.hash = pinned.hash;
	w->below.pinned = pinned.pinned;
	w->conflicts = overlay_conflicts(c->arena, w->below.package, &w->draft);
	w->good = catalog_merge(c->arena, w->tenant, &w->below, &w->draft, &w->findings, &w->merged) == 0 &&
		  definition_from_json(c->arena, w->merged.definition, &w->definition) == 0;
	if (!w->good) {
		int rc = catalog_offer(c, w->tenant.v == TENANT_PORTAL.v ? (tenant_id){ 0 } : w->tenant, service, &w->definition);

		if (rc < 0 && rc != ERR_NOTFOUND)
			return rc;
	}
	*ret = w;
	return 0;
}

static bool listed(str list, int64_t id)
{
	str rest = list, part;
	int64_t v;

	while (str_split(&rest, ' ', &part))
		if (str_to_i64(part, &v) == 0 && v == id)
			return true;
	return false;
}

bool authoring_wrote(const struct authoring *w, clerk_id who)
{
	return w->asked_by == who.v || listed(w->authors, who.v);
}

static str effective(struct arena *a, const struct overlay *o, const struct package *below, str key)
{
	const struct change *c = overlay_find(o, key);

	return c ? c->mine : part_get(a, below, key);
}

str authoring_text(struct ctx *c, const struct authoring *w, str key)
{
	return effective(c->arena, &w->draft, w->below.package, key);
}

str authoring_below(struct ctx *c, const struct authoring *w, str key)
{
	return part_get(c->arena, w->below.package, key);
}

str authoring_mark(struct ctx *c, str text)
{
	struct digest d = sha256(text);

	return str_sub(hex(c->arena, digest_str(&d)), 0, 16);
}

/* ---- changing ---- */

struct edit {
	struct ctx *c;
	struct arena *arena;
	const struct authoring *w;
	const struct part_in *part;
	size_t parts;
	bool override;
	int64_t clerk, version;
	str whole;			/* the draft becomes exactly this; empty: the parts are set */
	str why;
	struct authoring_outcome *out;
	struct offer_note note;
	struct offer_put put;
};

struct row {
	bool there;
	struct overlay body;
	str authors;
	int64_t version, state, asked_by;
};

static int load(struct dbc *db, const struct edit *e, struct row *ret)
{
	AUTO(rows_done) struct rows *r = NULL;

	*ret = (struct row){ .body = overlay_clone(e->arena, &e->w->offered.overlay) };
	TRY(db_query(db, &r, SQL("SELECT body, authors, version, state, asked_by FROM overlay_draft WHERE tenant_id = $1 AND service = $2"),
		VI(e->w->tenant.v), VT(e->w->service)));
	if (!rows_next(r))
		return rows_error(r);
	ret->there = true;
	ret->authors = str_dup(e->arena, row_str(r, 1));
	ret->version = row_int(r, 2);
	ret->state = row_int(r, 3);
	ret->asked_by = row_int(r, 4);
	return overlay_parse(e->arena, str_dup(e->arena, row_str(r, 0)), &ret->body);
}

static int store(struct dbc *db, const struct edit *e, const struct row *r)
{
	str authors = r->authors;

	if (!listed(authors, e->clerk))
		authors = str_trim(str_fmt(e->arena, "%.*s %lld", STR_FMT(authors), (long long)e->clerk));
	return db_exec(db, SQL("INSERT INTO overlay_draft (tenant_id, service, body, authors, version, state, asked_by, why, updated_by, updated_at) "
			       "VALUES ($1, $2, $3, $4, $5, 1, NULL, '', $6, $7) ON CONFLICT (tenant_id, service) DO UPDATE SET body = excluded.body, "
			       "authors = excluded.authors, version = excluded.version, updated_by = excluded.updated_by, updated_at = excluded.updated_at"),
		VI(e->w->tenant.v), VT(e->w->service), VT(overlay_json(e->arena, &r->body)), VT(authors), VI(r->version + 1), VI(e->clerk),
		VI(e->c->now.us));
}

/* Is each part still as it was shown? */
static bool as_shown(struct edit *e, const struct row *r)
{
	for (size_t i = 0; i < e->parts && !e->override; i++) {
		str now = effective(e->arena, &r->body, e->w->below.package, e->part[i].key);

		if (str_eq(authoring_mark(e->c, now), e->part[i].mark) || str_eq(now, e->part[i].mine))
			continue;
		e->out->theirs = now;
		e->out->at = i;
		return false;
	}
	return true;
}

static int change_unit(struct dbc *db, void *arg)
{
	struct edit *e = arg;
	struct row r;

	TRY(load(db, e, &r));
	e->out->result = r.state == 2 ? AUTHORING_LOCKED : !as_shown(e, &r) ? AUTHORING_CHANGED : AUTHORING_DONE;
	if (e->out->result != AUTHORING_DONE)
		return 0;
	for (size_t i = 0; i < e->parts; i++)
		overlay_set(e->arena, &r.body, e->part[i].key, part_get(e->arena, e->w->below.package, e->part[i].key), e->part[i].mine);
	return store(db, e, &r);
}

static struct edit *edit_new(struct ctx *c, const struct authoring *w, struct authoring_outcome **ret)
{
	struct edit *e = ARENA_NEW(c->arena, struct edit);

	*ret = ARENA_NEW(c->arena, struct authoring_outcome);
	*e = (struct edit){ .c = c, .arena = c->arena, .w = w, .clerk = c->actor.clerk.v, .version = w->version, .out = *ret };
	e->note = (struct offer_note){ .tenant = w->tenant, .service = w->service, .at = c->now.us, .clerk = e->clerk };
	return e;
}

int authoring_change(struct ctx *c, const struct authoring *w, const struct part_in *p, size_t n, bool override, struct authoring_outcome **ret)
{
	struct edit *e = edit_new(c, w, ret);

	for (size_t i = 0; i < n; i++)
		if (part_guarded(w->below.package->facts, p[i].key))
			return ERR_DENIED;
	e->part = p;
	e->parts = n;
	e->override = override;
	ctx_hand_over(c, change_unit, e, w->tenant, true);
	return 0;
}

static int settle_unit(struct dbc *db, void *arg)
{
	struct edit *e = arg;
	struct row r;

	TRY(load(db, e, &r));
	e->out->result = r.state == 2 ? AUTHORING_LOCKED : r.version != e->version ? AUTHORING_CHANGED : AUTHORING_DONE;
	if (e->out->result != AUTHORING_DONE)
		return 0;
	for (size_t i = 0; i < e->parts; i++)
		overlay_set(e->arena, &r.body, e->part[i].key, part_get(e->arena, e->w->below.package, e->part[i].key), e->part[i].mine);
	return store(db, e, &r);
}

int authoring_settle(struct ctx *c, const struct authoring *w, int64_t version, const struct part_in *p, size_t n, struct authoring_outcome **ret)
{
	struct edit *e = edit_new(c, w, ret);

	for (size_t i = 0; i < n; i++) /* a part that has become protected can only be given up */
		if (part_guarded(w->below.package->facts, p[i].key) && !str_eq(p[i].mine, authoring_below(c, w, p[i].key)))
			return ERR_DENIED;
	e->part = p;
	e->parts = n;
	e->version = version;
	ctx_hand_over(c, settle_unit, e, w->tenant, true);
	return 0;
}

static int drop(struct dbc *db, const struct edit *e)
{
	return db_exec(db, SQL("DELETE FROM overlay_draft WHERE tenant_id = $1 AND service = $2"), VI(e->w->tenant.v), VT(e->w->service));
}

/* The row as it was shown, in the state that the step begins from. */
static int expect(struct dbc *db, const struct edit *e, int64_t state, struct row *r)
{
	TRY(load(db, e, r));
	e->out->result = r->there && r->version == e->version ? (r->state == state ? AUTHORING_DONE : AUTHORING_LOCKED) : AUTHORING_CHANGED;
	return 0;
}

static int discard_unit(struct dbc *db, void *arg)
{
	struct edit *e = arg;
	struct row r;

	TRY(expect(db, e, 1, &r));
	if (e->out->result != AUTHORING_DONE)
		return 0;
	TRY(drop(db, e));
	return catalog_note_write(db, &e->note);
}

int authoring_discard(struct ctx *c, const struct authoring *w, struct authoring_outcome **ret)
{
	struct edit *e = edit_new(c, w, ret);

	e->note.kind = S("discarded");
	ctx_hand_over(c, discard_unit, e, w->tenant, true);
	return 0;
}

/* ---- four eyes ---- */

void authoring_checks(struct ctx *c, const struct authoring *w, struct overlay_check *ret)
{
	if (w->good)
		overlay_check(c->arena, w->below.package, w->merged.package, w->merged.params, c->house->places, ret);
	else
		*ret = (struct overlay_check){ .findings = w->findings };
}

static bool releasable(struct ctx *c, const struct authoring *w)
{
	struct overlay_check check;

	if (!w->good || w->conflicts)
		return false;
	authoring_checks(c, w, &check);
	return check.good;
}

static int ask_unit(struct dbc *db, void *arg)
{
	struct edit *e = arg;
	struct row r;

	TRY(expect(db, e, 1, &r));
	if (e->out->result != AUTHORING_DONE)
		return 0;
	TRY(db_exec(db, SQL("UPDATE overlay_draft SET state = 2, asked_by = $3, why = $4, version = version + 1, updated_by = $3, updated_at = $5 "
			    "WHERE tenant_id = $1 AND service = $2"),
		VI(e->w->tenant.v), VT(e->w->service), VI(e->clerk), VT(e->why), VI(e->c->now.us)));
	return catalog_note_write(db, &e->note);
}

int authoring_ask(struct ctx *c, struct authoring *w, int64_t version, str why, struct authoring_outcome **ret)
{
	struct edit *e = edit_new(c, w, ret);

	if (w->state == AUTHORING_NONE || !why.n || !releasable(c, w)) {
		e->out->result = AUTHORING_NOT_READY;
		return 0;
	}
	e->version = version;
	e->why = e->note.why = why;
	e->note.kind = S("asked");
	ctx_hand_over(c, ask_unit, e, w->tenant, true);
	return 0;
}

static int return_unit(struct dbc *db, void *arg)
{
	struct edit *e = arg;
	struct row r;

	TRY(expect(db, e, 2, &r));
	if (e->out->result != AUTHORING_DONE)
		return 0;
	e->note.author = r.asked_by;
	TRY(db_exec(db, SQL("UPDATE overlay_draft SET state = 1, asked_by = NULL, why = $3, version = version + 1, updated_by = $4, updated_at = $5 "
			    "WHERE tenant_id = $1 AND service = $2"),
		VI(e->w->tenant.v), VT(e->w->service), VT(e->why), VI(e->clerk), VI(e->c->now.us)));
	return catalog_note_write(db, &e->note);
}

int authoring_return(struct ctx *c, const struct authoring *w, int64_t version, str why, struct authoring_outcome **ret)
{
	struct edit *e = edit_new(c, w, ret);

	if (!why.n && w->asked_by != c->actor.clerk.v) {
		e->out->result = AUTHORING_NOT_READY;
		return 0;
	}
	e->version = version;
	e->why = e->note.why = why;
	e->note.kind = S("returned");
	ctx_hand_over(c, return_unit, e, w->tenant, true);
	return 0;
}

/* What the draft lies on may have moved since it was read: then both look again. */
static int offer_as_read(struct dbc *db, const struct edit *e, bool *ret)
{
	AUTO(rows_done) struct rows *r = NULL;
	struct offered now = { 0 };

	TRY(db_query(db, &r, SQL("SELECT service, " OFFERED_COLUMNS " FROM offer WHERE tenant_id = $1 AND service = $2"), VI(e->w->tenant.v), VT(e->w->service)));
	if (rows_next(r))
		TRY(offered_of_row(e->arena, r, &now));
	*ret = now.there == e->w->offered.there && (!now.there || digest_eq(&now.definition, &e->w->offered.definition));
	return rows_error(r);
}

static int release_unit(struct dbc *db, void *arg)
{
	struct edit *e = arg;
	struct row r;
	bool same;

	TRY(expect(db, e, 2, &r));
	if (e->out->result == AUTHORING_DONE && (r.asked_by == e->clerk || listed(r.authors, e->clerk)))
		e->out->result = AUTHORING_SAME_PERSON;
	TRY(offer_as_read(db, e, &same));
	if (e->out->result == AUTHORING_DONE && !same)
		e->out->result = AUTHORING_CHANGED;
	if (e->out->result != AUTHORING_DONE)
		return 0;
	e->note.author = r.asked_by;
	TRY(catalog_put_write(db, &e->put));
	TRY(catalog_note_write(db, &e->note));
	return drop(db, e);
}

int authoring_release(struct ctx *c, struct authoring *w, int64_t version, struct authoring_outcome **ret)
{
	struct edit *e = edit_new(c, w, ret);

	if (w->state != AUTHORING_WAITING || !releasable(c, w)) {
		e->out->result = w->state == AUTHORING_WAITING ? AUTHORING_NOT_READY : AUTHORING_CHANGED;
		return 0;
	}
	if (authoring_wrote(w, c->actor.clerk)) {
		e->out->result = AUTHORING_SAME_PERSON;
		return 0;
	}
	e->version = version;
	catalog_put_init(c, w->tenant, &w->merged, &w->draft, w->offered.active, &e->put);
	e->note.kind = S("published");
	e->note.why = w->why;
	e->note.overlay = e->put.overlay;
	e->note.definition = &e->put.merged.definition_hash;
	e->note.upstream = &e->put.merged.below.hash;
	ctx_hand_over(c, release_unit, e, w->tenant, true);
	return 0;
}

int authoring_in_force(struct ctx *c, const struct authoring *w)
{
	return catalog_reload(c, w->tenant);
}

int authoring_spread(struct house *h, const struct authoring *w, struct catalog_update *ret)
{
	*ret = (struct catalog_update){ 0 };
	return w->tenant.v == TENANT_PORTAL.v ? catalog_update(h, w->service, ret) : 0;
}

/* ---- back to an earlier version ---- */

static int restore_unit(struct dbc *db, void *arg)
{
	struct edit *e = arg;
	struct row r;

	TRY(load(db, e, &r));
	e->out->result = r.there ? AUTHORING_NOT_READY : AUTHORING_DONE;
	if (r.there)
		return 0;
	TRY(overlay_parse(e->arena, str_dup(e->arena, e->whole), &r.body));
	return store(db, e, &r);
}

int authoring_restore(struct ctx *c, const struct authoring *w, int64_t number, struct authoring_outcome **ret)
{
	AUTO(rows_done) struct rows *r = NULL;
	struct edit *e = edit_new(c, w, ret);
	struct dbc *db;

	TRY(ctx_db(c, w->tenant, &db));
	TRY(db_query(db, &r, SQL("SELECT overlay FROM publication WHERE tenant_id = $1 AND service = $2 AND number = $3"), VI(w->tenant.v), VT(w->service),
		VI(number)));
	if (!rows_next(r) || row_is_null(r, 0))
		return rows_error(r) ? rows_error(r) : ERR_NOTFOUND;
	e->whole = str_dup(c->arena, row_str(r, 0));
	ctx_hand_over(c, restore_unit, e, w->tenant, true);
	return 0;
}

