/* SPDX-License-Identifier: EUPL-1.2 */
#include "usecase/once.h"
#include <pthread.h>
#include "storage/testing.h"

/* A context with nothing but what once needs: database, keys, a session. */
struct bench {
	struct arena *a;
	struct house house;
	struct ctx c;
};

static void begin(struct bench *b, struct test_db *t)
{
	static char path[200];
	struct keys_options o = { .master = key_random() };
	str why;

	*b = (struct bench){ .a = arena_new(4096) };
	snprintf(path, sizeof path, "%s/keys.db", t->dir);
	if (t->engine == DB_SQLITE)
		o.sqlite_path = path;
	else
		o.pg_conninfo = t->conninfo;
	assert_ok(keys_open(&o, &b->house.keys, &why));
	assert_ok(keys_tenant_make(b->house.keys, TENANT_PORTAL.v));
	assert_ok(keys_tenant_make(b->house.keys, 7));
	b->house.db = t->db;
	b->house.clock = &clock_real;
	b->c = ctx_system(&b->house, b->a);
	b->c.actor = (struct actor){ .kind = ACTOR_APPLICANT, .known = true, .tenant = TENANT_PORTAL, .session = sha256(S("one")) };
}

static void end(struct bench *b)
{
	keys_close(b->house.keys);
	arena_free(b->a);
}

struct change {
	struct once *once;
	str outcome, later;
	bool fail;
};

static int change_unit(struct dbc *db, void *arg)
{
	struct change *x = arg;

	TRY(once_take(db, x->once, x->outcome));
	if (x->once->repeated)
		return 0;
	/* the change itself: a row that may be there once only */
	TRY(db_exec(db, SQL("INSERT INTO offer (tenant_id, service, active, params, updated_at) VALUES ($1, $2, 1, '{}', 0)"), VI(x->once->tenant.v),
		VT(x->outcome)));
	if (x->later.n)
		TRY(once_outcome(db, x->once, x->later));
	return x->fail ? ERR_CONFLICT : 0;
}

static int send(struct bench *b, str route, str token, str body, struct change *x)
{
	TRY(once_open(&b->c, route, token, sha256(body), &x->once));
	ctx_hand_over(&b->c, change_unit, x, b->c.actor.tenant, true);
	return ctx_commit_wait(&b->c);
}

static void the_second_time_gives_the_first_outcome(struct test_db *t)
{
	struct change first = { .outcome = S("reference-1") }, again = { .outcome = S("reference-2") }, other = { .outcome = S("reference-3") };
	struct bench b;

	begin(&b, t);
	assert_ok(send(&b, S("ask"), S("token-token"), S("body"), &first));
	assert_false(first.once->repeated);
	assert_ok(send(&b, S("ask"), S("token-token"), S("body"), &again));
	assert_true(again.once->repeated);
	assert_false(again.once->differs);
	assert_s(again.once->outcome, "reference-1");
	assert_ok(send(&b, S("ask"), S("token-token"), S("another body"), &other));
	assert_true(other.once->repeated && other.once->differs);
	assert_s(other.once->outcome, "reference-1");
	end(&b);
}
STORE_TEST(the_second_time_gives_the_first_outcome)

static void tokens_are_apart_by_route_session_and_tenant(struct test_db *t)
{
	struct change x[4] = { { .outcome = S("a") }, { .outcome = S("b") }, { .outcome = S("c") }, { .outcome = S("d") } };
	struct bench b;

	begin(&b, t);
	assert_ok(send(&b, S("ask"), S("token-token"), S("body"), &x[0]));
	assert_ok(send(&b, S("decide"), S("token-token"), S("body"), &x[1]));
	b.c.actor.session = sha256(S("two"));
	assert_ok(send(&b, S("ask"), S("token-token"), S("body"), &x[2]));
	b.c.actor.kind = ACTOR_CLERK;
	b.c.actor.tenant.v = 7;
	assert_ok(send(&b, S("ask"), S("token-token"), S("body"), &x[3]));
	for (size_t i = 0; i < 4; i++)
		assert_false(x[i].once->repeated);
	end(&b);
}
STORE_TEST(tokens_are_apart_by_route_session_and_tenant)

static void what_failed_may_be_sent_again(struct test_db *t)
{
	struct change x = { .outcome = S("a"), .fail = true }, y = { .outcome = S("a"), .later = S("b") }, z = { .outcome = S("a") };
	struct bench b;

	begin(&b, t);
	assert_rc(send(&b, S("ask"), S("token-token"), S("body"), &x), ERR_CONFLICT);
	assert_ok(send(&b, S("ask"), S("token-token"), S("body"), &y));
	assert_false(y.once->repeated);
	assert_ok(send(&b, S("ask"), S("token-token"), S("body"), &z));
	assert_true(z.once->repeated);
	assert_s(z.once->outcome, "b");
	end(&b);
}
STORE_TEST(what_failed_may_be_sent_again)

static void no_token_is_refused(struct test_db *t)
{
	struct once *o;
	struct bench b;

	begin(&b, t);
	assert_rc(once_open(&b.c, S("ask"), STR_EMPTY, sha256(STR_EMPTY), &o), ERR_PARSE);
	assert_rc(once_open(&b.c, S("ask"), S("short"), sha256(STR_EMPTY), &o), ERR_PARSE);
	assert_rc(once_open(&b.c, S("ask"), S("with blank and more"), sha256(STR_EMPTY), &o), ERR_PARSE);
	b.c.actor.known = false;
	assert_rc(once_open(&b.c, S("ask"), S("token-token"), sha256(STR_EMPTY), &o), ERR_DENIED);
	end(&b);
}
STORE_TEST(no_token_is_refused)

static void the_outcome_is_sealed(struct test_db *t)
{
	struct change x = { .outcome = S("Erika Mustermann") };
	AUTO(rows_done) struct rows *r = NULL;
	struct dbc *db;
	struct bench b;

	begin(&b, t);
	assert_ok(send(&b, S("ask"), S("token-token"), S("body"), &x));
	assert_ok(db_read(t->db, TENANT_PORTAL.v, 0, &db));
	assert_ok(db_query(db, &r, SQL("SELECT outcome FROM once WHERE tenant_id = $1"), VI(TENANT_PORTAL.v)));
	assert_true(rows_next(r));
	assert_false(str_contains(row_str(r, 0), S("Erika")));
	rows_done(&r);
	db_read_done(&db);
	end(&b);
}
STORE_TEST(the_outcome_is_sealed)

/* Sixteen callers send the same form at the same moment. */
struct caller {
	struct bench *b;
	struct change x;
	int rc;
};

static void *call(void *arg)
{
	struct caller *k = arg;
	struct arena *a = arena_new(4096);
	struct ctx c = k->b->c;

	c.arena = a;
	k->rc = once_open(&c, S("ask"), S("token-token"), sha256(S("body")), &k->x.once);
	if (!k->rc) {
		ctx_hand_over(&c, change_unit, &k->x, TENANT_PORTAL, true);
		k->rc = ctx_commit_wait(&c);
	}
	k->x.fail = !k->rc && k->x.once->repeated; /* the arena ends here */
	arena_free(a);
	return NULL;
}

static void of_sixteen_at_once_one_is_the_first(struct test_db *t)
{
	struct caller k[16];
	pthread_t th[16];
	struct bench b;
	int firsts = 0;

	begin(&b, t);
	for (int i = 0; i < 16; i++) {
		k[i] = (struct caller){ .b = &b, .x = { .outcome = S("same") } };
		assert_int_equal(pthread_create(&th[i], NULL, call, &k[i]), 0);
	}
	for (int i = 0; i < 16; i++) {
		pthread_join(th[i], NULL);
		assert_ok(k[i].rc);
		firsts += !k[i].x.fail;
	}
	assert_int_equal(firsts, 1);
	end(&b);
}
STORE_TEST(of_sixteen_at_once_one_is_the_first)

static void the_body_hash_leaves_tokens_out_and_keeps_fields_apart(void **state)
{
	struct pair a[] = { { S("csrf"), S("1") }, { S("x"), S("ab") }, { S("once"), S("t") } }, b[] = { { S("x"), S("ab") } },
		    c[] = { { S("xa"), S("b") } };
	struct digest da = once_body(&(struct pairs){ a, 3 }), db = once_body(&(struct pairs){ b, 1 }), dc = once_body(&(struct pairs){ c, 1 });

	assert_true(digest_eq(&da, &db));
	assert_false(digest_eq(&da, &dc));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_UNIT_TESTS(the_second_time_gives_the_first_outcome),
		STORE_UNIT_TESTS(tokens_are_apart_by_route_session_and_tenant),
		STORE_UNIT_TESTS(what_failed_may_be_sent_again),
		STORE_UNIT_TESTS(no_token_is_refused),
		STORE_UNIT_TESTS(the_outcome_is_sealed),
		STORE_UNIT_TESTS(of_sixteen_at_once_one_is_the_first),
		cmocka_unit_test(the_body_hash_leaves_tokens_out_and_keeps_fields_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
