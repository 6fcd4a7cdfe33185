/* SPDX-License-Identifier: EUPL-1.2 */
/* What a level has of its own, and how it comes into force. */
#include <string.h>

#include "usecase/catalog_impl.h"
#include "usecase/catalog_offers.h"

static bool digest_of_hex(str s, struct digest *ret)
{
	static const char digits[] = "0123456789abcdef";

	if (s.n != 2 * sizeof ret->b)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		const char *at = memchr(digits, s.p[i], 16);

		if (!at)
			return false;
		ret->b[i / 2] = (unsigned char)(i % 2 ? ret->b[i / 2] << 4 | (at - digits) : at - digits);
	}
	return true;
}

/* ---- reading ---- */

static int overlay_of_params(struct arena *a, const struct package *below, str params, struct overlay *ret)
{
	struct node_error e;
	struct node *n;

	*ret = (struct overlay){ 0 };
	TRY(node_parse_json(a, str_dup(a, params), &n, &e));
	for (size_t i = 0; i < node_count(n); i++) {
		str key = str_fmt(a, "param.%.*s", STR_FMT(n->key[i])), typed = str_replace(a, node_text(n->item[i]), S("."), S(","));

		overlay_set(a, ret, key, part_get(a, below, key), typed);
	}
	return 0;
}

int offered_of_row(struct arena *a, const struct rows *r, struct offered *ret)
{
	*ret = (struct offered){ .there = true, .active = row_int(r, 1), .params = str_dup(a, row_str(r, 2)), .overlay_known = !row_is_null(r, 3) };
	ret->merged = catalog_digest(r, 4, &ret->definition);
	if (!catalog_digest(r, 5, &ret->upstream))
		memset(&ret->upstream, 0, sizeof ret->upstream);
	ret->held = str_dup(a, row_str(r, 6));
	return overlay_parse(a, str_dup(a, row_str(r, 3)), &ret->overlay);
}

int catalog_offered(struct ctx *c, tenant_id t, str service, struct offered *ret)
{
	AUTO(rows_done) struct rows *r = NULL;
	struct dbc *db;

	*ret = (struct offered){ .active = true, .overlay_known = true };
	TRY(ctx_db(c, t, &db));
	TRY(db_query(db, &r, SQL("SELECT service, " OFFERED_COLUMNS " FROM offer WHERE tenant_id = $1 AND service = $2"), VI(t.v), VT(service)));
	if (!rows_next(r))
		return rows_error(r);
	return offered_of_row(c->arena, r, ret);
}

static int read_package(struct dbc *db, struct arena *a, const struct digest *hash, str *ret)
{
	AUTO(rows_done) struct rows *r = NULL;

	TRY(db_query(db, &r, SQL_ALL_TENANTS("packages are content-addressed and shared", "SELECT body FROM package WHERE hash = $1"), VB(digest_str(hash))));
	if (!rows_next(r))
		return rows_error(r) ? rows_error(r) : ERR_NOTFOUND;
	*ret = str_dup(a, row_str(r, 0));
	return 0;
}

int catalog_package(struct ctx *c, const struct digest *hash, const struct package **ret)
{
	struct dbc *db;
	str json;

	TRY(ctx_db(c, c->db_tenant, &db));
	TRY(read_package(db, c->arena, hash, &json));
	return package_from_json(c->arena, json, NULL, ret);
}

int catalog_below_hash(struct ctx *c, tenant_id t, str service, const struct overlay *o, struct digest *ret, bool *ret_pinned)
{
	struct catalog *cat = c->house->catalog;
	const struct entry *e = catalog_entry(cat, service);
	const struct change *pin = overlay_find(o, S("pin"));

	if (!e)
		return ERR_NOTFOUND;
	*ret_pinned = pin && pin->mine.n;
	if (*ret_pinned)
		return digest_of_hex(pin->mine, ret) ? 0 : ERR_PARSE;
	pthread_rwlock_rdlock(&cat->lock);
	*ret = t.v == TENANT_PORTAL.v ? e->shipped : e->below;
	pthread_rwlock_unlock(&cat->lock);
	return 0;
}

int catalog_below(struct ctx *c, tenant_id t, str service, const struct overlay *o, struct below *ret)
{
	TRY(catalog_below_hash(c, t, service, o, &ret->hash, &ret->pinned));
	return catalog_package(c, &ret->hash, &ret->package);
}

/* The overlay of an offer; parameters that an earlier program has kept become changes. */
int catalog_overlay(struct ctx *c, const struct package *below, struct offered *o)
{
	if (o->overlay_known)
		return 0;
	o->overlay_known = true;
	return overlay_of_params(c->arena, below, o->params, &o->overlay);
}

/* ---- merging ---- */

int catalog_merge(struct arena *a, tenant_id t, const struct below *below, const struct overlay *o, struct findings *f, struct merged *ret)
{
	enum overlay_level level = t.v == TENANT_PORTAL.v ? OVERLAY_STATE : OVERLAY_TOWN;

	*ret = (struct merged){ .below = *below };
	TRY(overlay_apply(a, below->package, o, level, f, &ret->package, &ret->params));
	TRY(package_definition_json(a, ret->package, ret->params, f, &ret->definition));
	ret->definition_hash = sha256(ret->definition);
	if (level == OVERLAY_STATE) {
		ret->package_body = package_json(a, ret->package);
		ret->package_hash = sha256(ret->package_body);
	}
	return 0;
}

static str params_json(struct arena *a, const struct overlay *o)
{
	struct node *map = node_new(a, NODE_MAP);
	struct buf b = buf_new(a, 128);

	for (size_t i = 0; i < o->n; i++)
		if (str_has_prefix(o->v[i].key, S("param.")))
			node_set(a, map, str_sub(o->v[i].key, 6, o->v[i].key.n), node_new_text(a, o->v[i].mine));
	node_write_canonical(&b, map);
	return buf_str(&b);
}

/* ---- writing ---- */

void catalog_put_init(struct ctx *c, tenant_id t, const struct merged *m, const struct overlay *o, bool active, struct offer_put *ret)
{
	const struct service *s = m->package->facts;

	*ret = (struct offer_put){ .tenant = t, .service = s->id, .version = s->version, .merged = *m, .active = active, .now = c->now.us };
	ret->overlay = overlay_json(c->arena, o);
	ret->params = params_json(c->arena, o);
}

int catalog_put_write(struct dbc *db, const struct offer_put *p)
{
	const struct merged *m = &p->merged;
	bool state = m->package_body.n > 0;

	if (state)
		TRY(catalog_put_package(db, &(struct stored){ p->service, p->version, m->package_body, m->package_hash }, p->now));
	TRY(catalog_put_definition(db, &(struct stored){ p->service, p->version, m->definition, m->definition_hash }, p->now));
	return db_exec(db, SQL("INSERT INTO offer (tenant_id, service, active, params, updated_at, overlay, definition_hash, upstream_hash, package_hash, held) "
			       "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, NULL) ON CONFLICT (tenant_id, service) DO UPDATE SET active = excluded.active, "
			       "params = excluded.params, updated_at = excluded.updated_at, overlay = excluded.overlay, definition_hash = excluded.definition_hash, "
			       "upstream_hash = excluded.upstream_hash, package_hash = excluded.package_hash, held = NULL"),
		VI(p->tenant.v), VT(p->service), VI(p->active), VT(p->params), VI(p->now), VT(p->overlay), VB(digest_str(&m->definition_hash)),
		VB(digest_str(&m->below.hash)), state ? VB(digest_str(&m->package_hash)) : VN_BLOB());
}

int catalog_note_write(struct dbc *db, const struct offer_note *n)
{
	AUTO(rows_done) struct rows *r = NULL;
	int64_t number;

	TRY(db_query(db, &r, SQL("SELECT coalesce(max(number), 0) + 1 FROM publication WHERE tenant_id = $1 AND service = $2"), VI(n->tenant.v), VT(n->service)));
	number = rows_next(r) ? row_int(r, 0) : 0;
	TRY(rows_error(r));
	rows_done(&r);
	return db_exec(db, SQL("INSERT INTO publication (tenant_id, service, number, at, kind, clerk_id, author_id, why, overlay, definition_hash, upstream_hash) "
			       "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"),
		VI(n->tenant.v), VT(n->service), VI(number), VI(n->at), VT(n->kind), VI(n->clerk), VI(n->author), VT(n->why),
		n->overlay.n ? VT(n->overlay) : VN_TEXT(), n->definition ? VB(digest_str(n->definition)) : VN_BLOB(),
		n->upstream ? VB(digest_str(n->upstream)) : VN_BLOB());
}

/* ---- a town's own parameters, as administrators and operators set them ---- */

struct set {
	struct offer_put put;
	struct offer_note note;
	struct arena *arena;
	const struct package *below;
	const struct pairs *params;
};

static void take_params(struct arena *a, const struct package *below, struct overlay *o, const struct pairs *params);

/* Authors who are at work go on from the new values: their draft would take them back otherwise. */
static int set_in_draft(struct dbc *db, const struct set *s)
{
	AUTO(rows_done) struct rows *r = NULL;
	struct overlay o;

	TRY(db_query(db, &r, SQL("SELECT body FROM overlay_draft WHERE tenant_id = $1 AND service = $2"), VI(s->put.tenant.v), VT(s->put.service)));
	if (!rows_next(r))
		return rows_error(r);
	TRY(overlay_parse(s->arena, str_dup(s->arena, row_str(r, 0)), &o));
	rows_done(&r);
	take_params(s->arena, s->below, &o, s->params);
	return db_exec(db, SQL("UPDATE overlay_draft SET body = $3, version = version + 1 WHERE tenant_id = $1 AND service = $2"), VI(s->put.tenant.v),
		VT(s->put.service), VT(overlay_json(s->arena, &o)));
}

static int set_unit(struct dbc *db, void *arg)
{
	const struct set *s = arg;

	TRY(catalog_put_write(db, &s->put));
	TRY(set_in_draft(db, s));
	return catalog_note_write(db, &s->note);
}

static void take_params(struct arena *a, const struct package *below, struct overlay *o, const struct pairs *params)
{
	const struct service *s = below->facts;

	for (size_t i = 0; i < s->params; i++) {
		str key = str_fmt(a, "param.%.*s", STR_FMT(s->param[i].id)), value = pairs_get(params, s->param[i].id);

		overlay_drop(o, key);
		if (pairs_has(params, s->param[i].id))
			overlay_set(a, o, key, part_get(a, below, key), param_typed(a, s->param[i].type, value));
	}
}

int catalog_offer_set(struct ctx *c, tenant_id t, str service, const struct offer_settings *settings)
{
	struct set *s = ARENA_NEW(c->arena, struct set);
	struct findings f = findings_new(c->arena);
	struct overlay o;
	struct offered now;
	struct below below;
	struct merged m;

	if (!catalog_entry(c->house->catalog, service))
		return ERR_NOTFOUND;
	TRY(catalog_offered(c, t, service, &now));
	TRY(catalog_below(c, t, service, &now.overlay, &below));
	TRY(catalog_overlay(c, below.package, &now));
	o = overlay_clone(c->arena, &now.overlay);
	take_params(c->arena, below.package, &o, &settings->params);
	TRY(catalog_merge(c->arena, t, &below, &o, &f, &m));
	catalog_put_init(c, t, &m, &o, settings->active, &s->put);
	s->arena = c->arena;
	s->below = below.package;
	s->params = &settings->params;
	s->note = (struct offer_note){ .tenant = t, .service = s->put.service, .at = c->now.us, .kind = S("settings"), .clerk = c->actor.clerk.v,
				       .overlay = s->put.overlay, .definition = &s->put.merged.definition_hash, .upstream = &s->put.merged.below.hash };
	ctx_hand_over(c, set_unit, s, t, true);
	return 0;
}
