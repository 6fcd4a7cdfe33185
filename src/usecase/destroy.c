/* SPDX-License-Identifier: EUPL-1.2 */
#include "usecase/destroy.h"

/* ---- before the unit: what must go, too ---- */

static void add_blob(struct destruction *d, tenant_id t, int64_t id)
{
	if (id && d->blobs < DESTROY_FILES_MAX)
		d->blob[d->blobs++] = (typeof(d->blob[0])){ t, id };
}

static int find_blobs(struct ctx *c, struct dbc *db, struct destruction *d)
{
	struct attachment_row *file;
	struct letter_row *letter;
	size_t n;

	TRY(case_attachments(db, c->arena, &d->grant, &file, &n));
	for (size_t i = 0; i < n; i++)
		add_blob(d, file[i].blob_tenant, file[i].id);
	TRY(case_letters(db, c->arena, &d->grant, &letter, &n));
	for (size_t i = 0; i < n; i++)
		add_blob(d, d->grant.row.tenant, letter[i].blob_id);
	return 0;
}

/* The draft keeps the keys of the files until it expires: it ends with the case. */
static int find_draft(struct dbc *db, struct destruction *d)
{
	AUTO(rows_done) struct rows *r = NULL;

	TRY(db_query(db, &r, SQL("SELECT key_id FROM draft WHERE tenant_id = $1 AND case_tenant = $2 AND case_id = $3"), VI(TENANT_PORTAL.v),
		VI(d->grant.row.tenant.v), VI(d->grant.row.id.v)));
	if (rows_next(r))
		d->draft_key = row_int(r, 0);
	return rows_error(r);
}

/* ---- the unit ---- */

#define OF_CASE(table)                                                                                                                   \
	TRY(db_exec(db, SQL("DELETE FROM " table " WHERE tenant_id = $1 AND case_id = $2"), VI(d->grant.row.tenant.v), VI(d->grant.row.id.v)))

static int delete_rows(struct dbc *db, const struct destruction *d)
{
	OF_CASE("case_content");
	OF_CASE("message");
	OF_CASE("attachment");
	OF_CASE("note");
	OF_CASE("letter");
	OF_CASE("name_token");
	OF_CASE("outbox");
	TRY(db_exec(db, SQL("UPDATE delivery SET answer = NULL WHERE tenant_id = $1 AND case_id = $2"), VI(d->grant.row.tenant.v), VI(d->grant.row.id.v)));
	TRY(db_exec(db, SQL("DELETE FROM session_case WHERE tenant_id = $1 AND case_tenant = $2 AND case_id = $3"), VI(TENANT_PORTAL.v),
		VI(d->grant.row.tenant.v), VI(d->grant.row.id.v)));
	TRY(db_exec(db, SQL("DELETE FROM draft_file WHERE tenant_id = $1 AND draft_id IN "
			    "(SELECT draft_id FROM draft WHERE tenant_id = $1 AND case_tenant = $2 AND case_id = $3)"),
		VI(TENANT_PORTAL.v), VI(d->grant.row.tenant.v), VI(d->grant.row.id.v)));
	return db_exec(db, SQL("DELETE FROM draft WHERE tenant_id = $1 AND case_tenant = $2 AND case_id = $3"), VI(TENANT_PORTAL.v),
		VI(d->grant.row.tenant.v), VI(d->grant.row.id.v));
}

static int destroy_unit(struct dbc *db, void *arg)
{
	struct destruction *d = arg;
	struct event e = d->event;
	struct case_row row;
	int rc = case_lock(db, d->arena, &d->grant, -1, &row);

	if (rc == ERR_DESTROYED) /* done before; keys and blobs may still be to do */
		return 0;
	TRY(rc);
	TRY(delete_rows(db, d));
	TRY(case_event_add(db, &d->grant, &row, &e));
	row.phase = PHASE_DESTROYED;
	row.substate = d->ground;
	row.destroyed_at = d->now;
	row.owner.v = 0;
	row.clerk.v = 0;
	row.due_on = row.follow_up_on = 0;
	row.unread = false;
	TRY(case_save(db, &d->grant, &row, d->now));
	return db_exec(db, SQL("UPDATE cases SET name = $3, follow_hash = NULL, draft_id = $4 WHERE tenant_id = $1 AND case_id = $2"), VI(row.tenant.v),
		VI(row.id.v), VB(STR_EMPTY), VI(-row.id.v)); /* unique, and no draft's */
}

int case_destroy(struct ctx *c, const struct grant *g, str ground, struct destruction **ret)
{
	struct destruction *d = ARENA_NEW(c->arena, struct destruction);
	struct dbc *db;
	struct key k;
	int rc;

	*ret = d;
	if (!g->made || g->permission != CASE_SYSTEM)
		return ERR_DENIED;
	d->grant = *g;
	d->ground = ground;
	d->arena = c->arena;
	d->now = c->now;
	d->case_key = g->row.key_id;
	TRY(ctx_db(c, g->row.tenant, &db));
	TRY(find_blobs(c, db, d));
	TRY(find_draft(db, d));
	rc = case_key(c, g, &k);
	if (rc == ERR_DESTROYED)
		k = key_random(); /* the detail of the event is lost with the rest; the chain needs bytes only */
	else
		TRY(rc);
	d->event = (struct event){ .at = c->now, .kind = EVENT_DESTROYED, .actor = ACTOR_SYSTEM };
	d->event.sealed = event_seal(c->arena, &k, g->row.tenant, g->row.id, &d->event, S("{}"));
	wipe(&k, sizeof k);
	ctx_hand_over(c, destroy_unit, d, g->row.tenant, true);
	return 0;
}

int case_destroy_finish(struct ctx *c, const struct destruction *d)
{
	TRY(keys_destroy(c->house->keys, d->case_key));
	if (d->draft_key)
		TRY(keys_destroy(c->house->keys, d->draft_key));
	for (size_t i = 0; i < d->blobs; i++)
		TRY(blob_delete(c->house->blobs, d->blob[i].tenant.v, d->blob[i].id));
	return 0;
}
