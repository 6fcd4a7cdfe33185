/* SPDX-License-Identifier: EUPL-1.2 */
/* An update of the package below: what lies on it is merged anew, and held back where a person has to decide. */
#include <string.h>

#include "usecase/catalog_impl.h"
#include "usecase/catalog_offers.h"

struct level {
	tenant_id tenant;
	str service;
	struct offered offered;
};

struct rebase {
	struct offer_put put;
	struct offer_note note;
	tenant_id tenant;
	str service, held;
	struct digest seen;		/* what the offer was merged with when we looked: another process may be faster */
	bool first;			/* parameters of an earlier program: no news for anybody */
	bool done;
};

static int unchanged(struct dbc *db, const struct rebase *x, bool *ret)
{
	AUTO(rows_done) struct rows *r = NULL;
	struct digest now = { 0 };

	TRY(db_query(db, &r, SQL("SELECT upstream_hash FROM offer WHERE tenant_id = $1 AND service = $2"), VI(x->tenant.v), VT(x->service)));
	*ret = rows_next(r);
	if (*ret && !catalog_digest(r, 0, &now))
		memset(&now, 0, sizeof now);
	*ret = *ret && digest_eq(&now, &x->seen);
	return rows_error(r);
}

static int rebase_unit(struct dbc *db, void *arg)
{
	struct rebase *x = arg;

	TRY(unchanged(db, x, &x->done));
	if (!x->done)
		return 0;
	if (x->held.n) {
		TRY(db_exec(db, SQL("UPDATE offer SET held = $3 WHERE tenant_id = $1 AND service = $2"), VI(x->tenant.v), VT(x->service), VT(x->held)));
		return catalog_note_write(db, &x->note);
	}
	TRY(catalog_put_write(db, &x->put));
	return x->first ? 0 : catalog_note_write(db, &x->note);
}

/* What stands in the way, as a word; empty: nothing. */
static str hindrance(struct ctx *c, struct level *l, const struct below *below, struct merged *m)
{
	struct findings f = findings_new(c->arena);
	struct overlay_check check;

	if (overlay_conflicts(c->arena, below->package, &l->offered.overlay))
		return S("conflict");
	if (catalog_merge(c->arena, l->tenant, below, &l->offered.overlay, &f, m) < 0)
		return S("broken");
	overlay_check(c->arena, below->package, m->package, m->params, c->house->places, &check);
	return check.good ? STR_EMPTY : S("broken");
}

static int rebase(struct ctx *c, struct level *l, struct catalog_update *ret)
{
	struct rebase *x = ARENA_NEW(c->arena, struct rebase);
	struct offered *o = &l->offered;
	struct below below;
	struct merged m;

	TRY(catalog_below_hash(c, l->tenant, l->service, &o->overlay, &below.hash, &below.pinned));
	if (o->merged && digest_eq(&below.hash, &o->upstream))
		return 0;
	TRY(catalog_below(c, l->tenant, l->service, &o->overlay, &below));
	TRY(catalog_overlay(c, below.package, o));
	*x = (struct rebase){ .tenant = l->tenant, .service = l->service, .seen = o->upstream, .first = !o->merged };
	x->held = hindrance(c, l, &below, &m);
	if (x->held.n) {
		ret->held++;
		if (str_eq(x->held, o->held))
			return 0; /* said already */
	} else {
		catalog_put_init(c, l->tenant, &m, &o->overlay, o->active, &x->put);
		ret->merged++;
	}
	x->note = (struct offer_note){ .tenant = l->tenant, .service = l->service, .at = c->now.us, .kind = x->held.n ? S("held") : S("update"), .why = x->held,
				       .overlay = x->put.overlay, .definition = x->held.n ? NULL : &x->put.merged.definition_hash, .upstream = &below.hash };
	ctx_hand_over(c, rebase_unit, x, l->tenant, true);
	return ctx_commit_wait(c);
}

static int list_levels(struct ctx *c, str service, bool state, struct level **ret, size_t *ret_n)
{
	AUTO(db_read_done) struct dbc *db = NULL;
	AUTO(rows_done) struct rows *r = NULL;
	struct level *list = NULL;
	size_t n = 0, room = 0;

	TRY(db_read(c->house->db, TENANT_ALL, 0, &db));
	TRY(db_query(db, &r, SQL_ALL_TENANTS("all levels that lie on a package", "SELECT tenant_id, " OFFERED_COLUMNS ", service FROM offer "
					     "WHERE ($1 = '' OR service = $1) AND (tenant_id = $2) = ($3 = 1) ORDER BY tenant_id, service"),
		VT(service), VI(TENANT_PORTAL.v), VI(state)));
	while (rows_next(r)) {
		if (n == room) {
			struct level *wider = ARENA_ARRAY(c->arena, struct level, room ? room * 2 : 32);

			if (n)
				memcpy(wider, list, n * sizeof *list);
			list = wider;
			room = room ? room * 2 : 32;
		}
		list[n] = (struct level){ .tenant = { (int32_t)row_int(r, 0) }, .service = str_dup(c->arena, row_str(r, 7)) };
		TRY(offered_of_row(c->arena, r, &list[n++].offered));
	}
	*ret = list;
	*ret_n = n;
	return rows_error(r);
}

static int update_levels(struct house *h, str service, bool state, struct catalog_update *ret)
{
	AUTO(arena_freep) struct arena *a = arena_new(1 << 18);
	AUTO(ctx_done) struct ctx c = ctx_system(h, a);
	struct level *list;
	size_t n;

	TRY(list_levels(&c, service, state, &list, &n));
	for (size_t i = 0; i < n; i++) {
		struct arena_mark m = arena_mark(a);
		int rc = catalog_entry(h->catalog, list[i].service) ? rebase(&c, &list[i], ret) : 0;

		ctx_done(&c);
		arena_rewind(a, m);
		if (rc < 0 && rc != ERR_NOTFOUND) /* the package of a pin is gone: the town stays with what it has */
			return rc;
	}
	return 0;
}

int catalog_update(struct house *h, str service, struct catalog_update *ret)
{
	*ret = (struct catalog_update){ 0 };
	TRY(update_levels(h, service, true, ret));
	if (ret->merged)
		TRY(catalog_refresh(h, h->catalog));
	TRY(update_levels(h, service, false, ret));
	return ret->merged ? catalog_refresh(h, h->catalog) : 0;
}
