/* SPDX-License-Identifier: EUPL-1.2 */
#include "usecase/substitutes.h"

#define SUBSTITUTIONS_MAX 200

int substitutions(struct ctx *c, struct substitution **ret, size_t *ret_n)
{
	AUTO(rows_done) struct rows *r = NULL;
	struct substitution *list = ARENA_ARRAY(c->arena, struct substitution, SUBSTITUTIONS_MAX);
	struct dbc *db;
	size_t n = 0;

	if (c->actor.kind != ACTOR_CLERK)
		return ERR_DENIED;
	TRY(ctx_db(c, c->actor.tenant, &db));
	TRY(db_query(db, &r, SQL("SELECT a.clerk_id, a.name, b.clerk_id, b.name, a.absent_from, a.absent_until FROM clerk a, clerk b "
				 "WHERE a.tenant_id = $1 AND b.tenant_id = $1 AND b.clerk_id = a.substitute_id AND a.absent_until >= $2 "
				 "ORDER BY a.absent_from, a.name, a.clerk_id LIMIT 200"),
		VI(c->actor.tenant.v), VI(date_days(c->today))));
	while (n < SUBSTITUTIONS_MAX && rows_next(r)) {
		struct substitution *s = &list[n++];

		*s = (struct substitution){ .absent.v = row_int(r, 0), .absent_name = str_dup(c->arena, row_str(r, 1)), .by.v = row_int(r, 2),
					    .by_name = str_dup(c->arena, row_str(r, 3)), .from = (int32_t)row_int(r, 4), .until = (int32_t)row_int(r, 5) };
	}
	*ret = list;
	*ret_n = n;
	return rows_error(r);
}

struct change {
	struct substitution s;
	struct substitute_outcome *out;
	struct once *once;
	tenant_id tenant;
};

static const str results[] = { STR_INIT("done"), STR_INIT("denied"), STR_INIT("unknown") };

static int there(struct dbc *db, tenant_id t, clerk_id id, bool *ret)
{
	AUTO(rows_done) struct rows *r = NULL;

	TRY(db_query(db, &r, SQL("SELECT 1 FROM clerk WHERE tenant_id = $1 AND clerk_id = $2 AND active = 1 AND role > 0"), VI(t.v), VI(id.v)));
	*ret = rows_next(r);
	return rows_error(r);
}

static int set_unit(struct dbc *db, void *arg)
{
	struct change *x = arg;
	bool known = true;
	int64_t changed;

	TRY(once_take(db, x->once, results[SUBSTITUTE_DONE]));
	if (x->once->repeated) {
		for (size_t i = 0; i < sizeof results / sizeof *results; i++)
			if (str_eq(x->once->outcome, results[i]))
				x->out->result = (enum substitute_result)i;
		return 0;
	}
	x->out->result = SUBSTITUTE_DONE;
	if (x->s.by.v)
		TRY(there(db, x->tenant, x->s.by, &known));
	if (known) {
		TRY(db_exec_n(db, &changed, SQL("UPDATE clerk SET substitute_id = $3, absent_from = $4, absent_until = $5 WHERE tenant_id = $1 AND clerk_id = $2"),
			VI(x->tenant.v), VI(x->s.absent.v), x->s.by.v ? VI(x->s.by.v) : VN_INT(), x->s.by.v ? VI(x->s.from) : VN_INT(),
			x->s.by.v ? VI(x->s.until) : VN_INT()));
		known = changed > 0;
	}
	if (known)
		return 0;
	x->out->result = SUBSTITUTE_UNKNOWN;
	return once_outcome(db, x->once, results[SUBSTITUTE_UNKNOWN]);
}

int substitute_set(struct ctx *c, struct once *once, const struct substitution *s, struct substitute_outcome **ret)
{
	struct change *x = ARENA_NEW(c->arena, struct change);

	*ret = x->out = ARENA_NEW(c->arena, struct substitute_outcome);
	if (c->actor.kind != ACTOR_CLERK || (s->absent.v != c->actor.clerk.v && c->actor.role < ROLE_LEAD)) {
		x->out->result = SUBSTITUTE_DENIED;
		return 0;
	}
	x->s = *s;
	x->once = once;
	x->tenant = c->actor.tenant;
	ctx_hand_over(c, set_unit, x, x->tenant, true);
	return 0;
}
