/* SPDX-License-Identifier: EUPL-1.2 */
#include "usecase/ledger.h"

#include "usecase/destinations.h"

struct reading {
	struct ctx *c;
	tenant_id tenant;
	struct destination *destination;
	size_t destinations;
};

static int begin(struct ctx *c, tenant_id t, struct reading *ret)
{
	*ret = (struct reading){ .c = c, .tenant = t };
	return destination_list(c, t, &ret->destination, &ret->destinations);
}

static str url_of(const struct reading *x, int64_t id)
{
	for (size_t i = 0; i < x->destinations; i++)
		if (x->destination[i].id == id)
			return x->destination[i].url;
	return STR_EMPTY;
}

/* The payload of a hand-over names its destination. */
static void read_url(const struct reading *x, str sealed, struct ledger_line *l)
{
	struct node_error e;
	struct node *n;
	int64_t id;
	str plain;

	if (str_eq(l->kind, S("delivery")) && !outbox_unseal(x->c, x->tenant, l->outbox, sealed, &plain) &&
	    !node_parse_json(x->c->arena, plain, &n, &e) && !node_i64(node_get(n, S("destination")), &id))
		l->url = url_of(x, id);
}

/* Columns: outbox_id, kind, state, attempts, due_at, error, payload, reference, service */
static void read_line(const struct reading *x, const struct rows *r, struct ledger_line *l)
{
	struct arena *a = x->c->arena;

	*l = (struct ledger_line){ .outbox = row_int(r, 0), .kind = str_dup(a, row_str(r, 1)), .state = (int)row_int(r, 2), .attempts = (int)row_int(r, 3),
				   .due.us = row_int(r, 4), .error = str_dup(a, row_str(r, 5)), .reference = str_dup(a, row_str(r, 7)),
				   .service = str_dup(a, row_str(r, 8)) };
	read_url(x, row_str(r, 6), l);
}

static int read_last(const struct reading *x, struct dbc *db, struct ledger_line *l)
{
	AUTO(rows_done) struct rows *r = NULL;

	TRY(db_query(db, &r, SQL("SELECT at, status, result FROM delivery WHERE tenant_id = $1 AND outbox_id = $2 ORDER BY delivery_id DESC LIMIT 1"),
		VI(x->tenant.v), VI(l->outbox)));
	if (rows_next(r)) {
		l->last.us = row_int(r, 0);
		l->status = (int)row_int(r, 1);
		l->result = str_dup(x->c->arena, row_str(r, 2));
	}
	return rows_error(r);
}

#define LINE "SELECT o.outbox_id, o.kind, o.state, o.attempts, o.due_at, o.error, o.payload, c.reference, c.service FROM outbox o " \
	     "LEFT JOIN cases c ON c.tenant_id = o.tenant_id AND c.case_id = o.case_id WHERE o.tenant_id = $1 AND "

int ledger(struct ctx *c, enum ledger_filter which, int64_t before, size_t most, struct ledger_line **ret, size_t *ret_n)
{
	AUTO(rows_done) struct rows *r = NULL;
	struct ledger_line *list = ARENA_ARRAY(c->arena, struct ledger_line, most + 1);
	struct reading x;
	struct dbc *db;
	size_t n = 0;

	if (c->actor.kind != ACTOR_CLERK)
		return ERR_DENIED;
	TRY(begin(c, c->actor.tenant, &x));
	TRY(ctx_db(c, x.tenant, &db));
	TRY(db_query(db, &r, SQL(LINE "(o.kind = 'delivery' OR o.state = 3) AND ($2 = 0 OR o.state = $2) AND o.outbox_id < $3 "
				      "ORDER BY o.outbox_id DESC LIMIT $4"),
		VI(x.tenant.v), VI(which == LEDGER_WAITING ? 1 : which == LEDGER_GIVEN_UP ? 3 : 0), VI(before ? before : INT64_MAX), VI((int64_t)most)));
	while (n < most && rows_next(r))
		read_line(&x, r, &list[n++]);
	TRY(rows_error(r));
	for (size_t i = 0; i < n; i++)
		TRY(read_last(&x, db, &list[i]));
	*ret = list;
	*ret_n = n;
	return 0;
}

int ledger_of_case(struct casefile *f, struct ledger_line **ret, size_t *ret_n)
{
	AUTO(rows_done) struct rows *r = NULL;
	struct ledger_line *list = ARENA_ARRAY(f->ctx->arena, struct ledger_line, DESTINATIONS_MOST);
	struct reading x;
	struct dbc *db;
	size_t n = 0;

	if (f->grant.who != ACTOR_CLERK)
		return ERR_DENIED;
	TRY(begin(f->ctx, f->row.tenant, &x));
	TRY(ctx_db(f->ctx, x.tenant, &db));
	TRY(db_query(db, &r, SQL(LINE "o.case_id = $2 AND (o.kind = 'delivery' OR o.state = 3) ORDER BY o.outbox_id LIMIT $3"),
		VI(x.tenant.v), VI(f->row.id.v), VI(DESTINATIONS_MOST)));
	while (n < DESTINATIONS_MOST && rows_next(r))
		read_line(&x, r, &list[n++]);
	TRY(rows_error(r));
	for (size_t i = 0; i < n; i++)
		TRY(read_last(&x, db, &list[i]));
	*ret = list;
	*ret_n = n;
	return 0;
}
