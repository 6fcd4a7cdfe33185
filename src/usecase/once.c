/* SPDX-License-Identifier: EUPL-1.2 */
#include "usecase/once.h"

#define TOKEN_LEAST 8
#define TOKEN_MOST 100 /* Idempotency-Key of an API */

static bool token_ok(str t)
{
	if (t.n < TOKEN_LEAST || t.n > TOKEN_MOST)
		return false;
	for (size_t i = 0; i < t.n; i++)
		if (t.p[i] <= ' ' || t.p[i] > '~')
			return false;
	return true;
}

static void add_part(struct sha256_stream *s, str part)
{
	uint64_t n = part.n;

	/* the length keeps "ab" + "c" and "a" + "bc" apart */
	sha256_add(s, str_n(&n, sizeof n));
	sha256_add(s, part);
}

struct digest once_body(const struct pairs *form)
{
	struct sha256_stream *s = sha256_begin();
	struct digest d;

	for (size_t i = 0; i < form->n; i++)
		if (!str_eq(form->v[i].name, S("csrf")) && !str_eq(form->v[i].name, S("once"))) {
			add_part(s, form->v[i].name);
			add_part(s, form->v[i].value);
		}
	sha256_end(s, &d);
	return d;
}

/* Whose token it is: nobody can ask for the outcome of somebody else's. */
static str owner(struct ctx *c)
{
	if (c->actor.kind == ACTOR_SOFTWARE)
		return str_fmt(c->arena, "software/%lld", (long long)c->actor.software);
	return digest_str(&c->actor.session);
}

int once_open(struct ctx *c, str route, str token, struct digest body, struct once **ret)
{
	struct once *o = ARENA_NEW(c->arena, struct once);
	struct sha256_stream *s;

	if (!token_ok(token))
		return ERR_PARSE;
	if (!c->actor.known)
		return ERR_DENIED;
	o->arena = c->arena;
	o->tenant = c->actor.tenant;
	o->now = c->now;
	o->body = body;
	TRY(keys_purpose(c->house->keys, o->tenant.v, "once", &o->key));
	s = sha256_begin();
	add_part(s, owner(c));
	add_part(s, route);
	add_part(s, token);
	sha256_end(s, &o->hash);
	*ret = o;
	return 0;
}

static int read_first(struct dbc *db, struct once *o)
{
	AUTO(rows_done) struct rows *r = NULL;

	TRY(db_query(db, &r, SQL("SELECT outcome, body_hash FROM once WHERE tenant_id = $1 AND once_hash = $2"), VI(o->tenant.v), VB(digest_str(&o->hash))));
	if (!rows_next(r))
		return rows_error(r) ? rows_error(r) : ERR_RETRY; /* swept between the two statements */
	o->differs = !str_eq(row_str(r, 1), digest_str(&o->body));
	return unseal(o->arena, &o->key, digest_str(&o->hash), row_str(r, 0), &o->outcome);
}

int once_take(struct dbc *db, struct once *o, str outcome)
{
	int64_t changed;

	if (outcome.n > ONCE_OUTCOME_MAX)
		return ERR_LIMIT;
	/* a unit may run again: nothing of an earlier attempt may stay */
	o->repeated = o->differs = false;
	o->outcome = outcome;
	TRY(db_exec_n(db, &changed, SQL("INSERT INTO once (tenant_id, once_hash, body_hash, outcome, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING"),
		VI(o->tenant.v), VB(digest_str(&o->hash)), VB(digest_str(&o->body)), VB(seal(o->arena, &o->key, digest_str(&o->hash), outcome)),
		VI(o->now.us)));
	if (changed)
		return 0;
	o->repeated = true;
	return read_first(db, o);
}

int once_outcome(struct dbc *db, struct once *o, str outcome)
{
	if (o->repeated)
		return ERR_INVALID;
	if (outcome.n > ONCE_OUTCOME_MAX)
		return ERR_LIMIT;
	o->outcome = outcome;
	return db_exec(db, SQL("UPDATE once SET outcome = $3 WHERE tenant_id = $1 AND once_hash = $2"), VI(o->tenant.v), VB(digest_str(&o->hash)),
		VB(seal(o->arena, &o->key, digest_str(&o->hash), outcome)));
}

struct guarded {
	struct once *once;
	int (*run)(struct dbc *db, void *arg);
	void *arg;
};

static int guarded_unit(struct dbc *db, void *arg)
{
	struct guarded *g = arg;

	TRY(once_take(db, g->once, STR_EMPTY));
	return g->once->repeated ? 0 : g->run(db, g->arg);
}

void once_guard(struct ctx *c, struct once *o)
{
	struct guarded *g = ARENA_NEW(c->arena, struct guarded);

	if (!c->unit) /* wrong input: nothing is written */
		return;
	*g = (struct guarded){ o, c->unit->run, c->unit->arg };
	c->unit->run = guarded_unit;
	c->unit->arg = g;
}
