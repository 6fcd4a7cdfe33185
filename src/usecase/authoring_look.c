/* SPDX-License-Identifier: EUPL-1.2 */
/* What authors look at: differences, history, what is in work. */
#include <string.h>

#include "usecase/authoring.h"
#include "usecase/casefile.h"

static void param_diffs(struct ctx *c, const struct authoring *w, struct part_diff *v, size_t *n)
{
	const struct service *s = w->merged.package->facts;

	for (size_t i = 0; i < s->params; i++) {
		str key = str_fmt(c->arena, "param.%.*s", STR_FMT(s->param[i].id));
		const struct change *live = overlay_find(&w->offered.overlay, key), *draft = overlay_find(&w->draft, key);
		str below = part_get(c->arena, w->below.package, key), before = live ? live->mine : below, after = draft ? draft->mine : below;

		if (!str_eq(before, after))
			v[(*n)++] = (struct part_diff){ key, before, after };
	}
}

int authoring_diffs(struct ctx *c, const struct authoring *w, struct authoring_diff *ret)
{
	const struct part_diff *list;
	struct part_diff *all;
	struct below upstream = w->below;
	struct findings f = findings_new(c->arena);
	struct merged live;
	size_t n;

	*ret = (struct authoring_diff){ 0 };
	if (!w->good)
		return 0;
	if (w->offered.merged && !digest_eq(&w->offered.upstream, &w->below.hash)) {
		upstream.hash = w->offered.upstream;
		TRY(catalog_package(c, &upstream.hash, &upstream.package));
	}
	TRY(catalog_merge(c->arena, w->tenant, &upstream, &w->offered.overlay, &f, &live));
	n = package_diff(c->arena, live.package, w->merged.package, &list, &ret->form);
	all = ARENA_ARRAY(c->arena, struct part_diff, n + w->merged.package->facts->params + 1);
	for (size_t i = 0; i < n; i++)
		if (w->tenant.v == TENANT_PORTAL.v || !str_has_prefix(list[i].key, S("param.")))
			all[ret->n++] = list[i];
	if (w->tenant.v != TENANT_PORTAL.v) /* a town's values stand beside the package */
		param_diffs(c, w, all, &ret->n);
	ret->v = all;
	return 0;
}

static int name_of(struct ctx *c, tenant_id t, int64_t id, str *ret)
{
	int rc;

	*ret = STR_EMPTY;
	if (!id)
		return 0;
	rc = clerk_name(c, t, (clerk_id){ id }, ret);
	return rc == ERR_NOTFOUND ? 0 : rc;
}

int authoring_history(struct ctx *c, str service, struct authoring_entry **ret, size_t *ret_n)
{
	AUTO(rows_done) struct rows *r = NULL;
	tenant_id t = c->actor.tenant;
	struct authoring_entry *list = NULL;
	size_t n = 0, room = 0;
	struct dbc *db;

	TRY(ctx_db(c, t, &db));
	TRY(db_query(db, &r, SQL("SELECT number, at, kind, clerk_id, author_id, why, overlay, definition_hash FROM publication "
				 "WHERE tenant_id = $1 AND service = $2 ORDER BY number DESC"), VI(t.v), VT(service)));
	while (rows_next(r)) {
		struct authoring_entry *e;

		if (n == room) {
			struct authoring_entry *wider = ARENA_ARRAY(c->arena, struct authoring_entry, room ? room * 2 : 16);

			if (n)
				memcpy(wider, list, n * sizeof *list);
			list = wider;
			room = room ? room * 2 : 16;
		}
		e = &list[n++];
		*e = (struct authoring_entry){ .number = row_int(r, 0), .at = { row_int(r, 1) }, .kind = str_dup(c->arena, row_str(r, 2)), .clerk = row_int(r, 3),
					       .author = row_int(r, 4), .why = str_dup(c->arena, row_str(r, 5)), .has_overlay = !row_is_null(r, 6) };
		TRY(overlay_parse(c->arena, str_dup(c->arena, row_str(r, 6)), &e->overlay));
		if (row_str(r, 7).n)
			e->definition = hex(c->arena, row_str(r, 7));
	}
	TRY(rows_error(r));
	rows_done(&r);
	for (size_t i = 0; i < n; i++) {
		TRY(name_of(c, t, list[i].clerk, &list[i].clerk_name));
		TRY(name_of(c, t, list[i].author, &list[i].author_name));
	}
	*ret = list;
	*ret_n = n;
	return 0;
}

int authoring_drafts(struct ctx *c, struct authoring_item **ret, size_t *ret_n)
{
	AUTO(rows_done) struct rows *r = NULL;
	tenant_id t = c->actor.tenant;
	size_t n = 0, room;
	struct authoring_item *list;
	struct dbc *db;

	(void)catalog_services(c->house->catalog, &room);
	list = ARENA_ARRAY(c->arena, struct authoring_item, room + 1);
	TRY(ctx_db(c, t, &db));
	TRY(db_query(db, &r, SQL("SELECT service, state, body FROM overlay_draft WHERE tenant_id = $1 ORDER BY service"), VI(t.v)));
	while (n < room && rows_next(r)) {
		struct overlay o;

		TRY(overlay_parse(c->arena, str_dup(c->arena, row_str(r, 2)), &o));
		list[n++] = (struct authoring_item){ .service = str_dup(c->arena, row_str(r, 0)),
						     .state = row_int(r, 1) == 2 ? AUTHORING_WAITING : AUTHORING_EDITING, .changes = o.n };
	}
	*ret = list;
	*ret_n = n;
	return rows_error(r);
}
