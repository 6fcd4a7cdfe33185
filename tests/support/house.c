/* SPDX-License-Identifier: EUPL-1.2 */
#include "support/house.h"

#include <stdlib.h>

#include "usecase/sessions.h"
#include "usecase/setup.h"
#include "usecase/staff.h"
#include "web/dispatch.h"

#define MONDAY_MORNING INT64_C(1795424400000000) /* 2026-11-23T09:00:00Z */

static const char *env_or(const char *name, const char *fallback)
{
	const char *v = getenv(name);

	return v && *v ? v : fallback;
}

static void open_house(struct house_test *t)
{
	struct house_opening *o = &t->opening;
	struct arena *a = t->arena;
	size_t added;

	*o = (struct house_opening){ .clock = &t->clock };
	o->program = str_z(a, str_fmt(a, "%s/schalter", env_or("SCHALTER_BUILD", "build")));
	conf_defaults(&o->conf);
	o->conf.demo = true;
	o->conf.data = str_fmt(a, "%s/data", t->content.dir);
	o->conf.origin = S("http://localhost");
	o->conf.services = str_fmt(a, "%s/services", env_or("SCHALTER_SOURCE", "."));
	o->conf.places = str_fmt(a, "%s/places", env_or("SCHALTER_SOURCE", "."));
	o->conf.rate_per_minute = 0;
	o->conf.smtp_url = S("smtp://127.0.0.1:1");
	o->conf.db_threads = 4;
	if (t->engine == DB_POSTGRES) {
		o->conf.database = str_c(t->content.conninfo);
		o->conf.key_database = str_c(t->keys.conninfo);
	}
	if (house_open(a, o) < 0) {
		struct buf b = buf_new(a, 1024);

		findings_print(&b, &o->findings);
		print_error("house_open: %.*s\n%.*s", STR_FMT(o->why), STR_FMT(buf_str(&b)));
		fail();
	}
	t->house = o->house;
	if (o->findings.errors) {
		struct buf b = buf_new(a, 1024);

		findings_print(&b, &o->findings);
		print_error("%.*s", STR_FMT(buf_str(&b)));
	}
	assert_ok(setup_tenants(t->house, &added));
	dispatch_init(t->house);
}

void house_test_open(struct house_test *t, enum db_engine engine)
{
	test_db_needs(engine);
	*t = (struct house_test){ .arena = arena_new(1 << 20), .engine = engine };
	t->clock = clock_fixed((instant){ MONDAY_MORNING });
	test_db_files(&t->content, engine);
	if (engine == DB_POSTGRES)
		test_db_files(&t->keys, engine);
	open_house(t);
}

void house_test_close(struct house_test *t)
{
	char script[300];
	str why;

	house_close(&t->opening);
	nftw(t->content.dir, test_remove_one, 16, FTW_DEPTH | FTW_PHYS);
	if (t->engine == DB_POSTGRES) {
		nftw(t->keys.dir, test_remove_one, 16, FTW_DEPTH | FTW_PHYS);
		snprintf(script, sizeof script, "SET client_min_messages = error; DROP SCHEMA %s CASCADE; DROP SCHEMA %s CASCADE", t->content.schema,
			t->keys.schema);
		assert_ok(pg_script(getenv("SCHALTER_TEST_PG"), script, &why));
	}
	arena_free(t->arena);
}

void house_test_reopen(struct house_test *t)
{
	house_close(&t->opening);
	open_house(t);
}

void house_test_move(struct house_test *t, int64_t seconds)
{
	t->clock.fixed_us += INSTANT_S(seconds);
}

struct ctx house_test_ctx(struct house_test *t)
{
	return ctx_system(t->house, t->arena);
}

tenant_id house_test_tenant(struct house_test *t, const char *slug)
{
	const struct authority *a = str_eq(str_c(slug), S(STAFF_PORTAL)) ? &staff_portal : authority_by_slug(t->house->places, str_c(slug));

	assert_non_null(a);
	return (tenant_id){ a->tenant_id };
}

int64_t house_test_count(struct house_test *t, const char *sql)
{
	AUTO(db_read_done) struct dbc *db = NULL;
	AUTO(rows_done) struct rows *r = NULL;

	assert_ok(db_read(t->house->db, TENANT_ALL, 0, &db));
	assert_ok(db_query(db, &r, sql));
	assert_true(rows_next(r));
	return row_int(r, 0);
}

/* ---- a clerk with a session ---- */

static int open_session(struct dbc *db, void *arg)
{
	return session_insert(db, arg);
}

struct browser *browser_clerk_named(struct house_test *t, const char *slug, enum clerk_role role, const char *login, const char *name)
{
	struct ctx c = house_test_ctx(t);
	tenant_id tenant = house_test_tenant(t, slug);
	struct staff_new n = { .login = str_c(login), .name = str_c(name), .role = role };
	struct browser *b = browser_new(t, "amt.localhost");
	str token = token_random(t->arena, 32);
	struct staff_outcome *out;
	struct pair *cookie = ARENA_NEW(t->arena, struct pair);

	assert_ok(staff_add(&c, tenant, &n, &out));
	assert_ok(ctx_commit_wait(&c));
	assert_int_equal(out->result, STAFF_DONE);
	struct session_new s = { .hash = sha256(token), .kind = 2, .subject = out->id.v, .subject_tenant = tenant, .now = c.now,
				 .expires = instant_add_s(c.now, SESSION_CLERK_HOURS * 3600) };
	ctx_hand_over(&c, open_session, &s, TENANT_PORTAL, true);
	assert_ok(ctx_commit_wait(&c));
	*cookie = (struct pair){ S("schalter"), token };
	b->cookies = (struct pairs){ cookie, 1 };
	return b;
}

struct browser *browser_clerk(struct house_test *t, const char *slug, enum clerk_role role)
{
	static const char *const names[] = { "Sam Redaktion", "", "Kim Beispiel", "Toni Muster", "Robin Vorlage" };
	static unsigned count;

	return browser_clerk_named(t, slug, role, str_z(t->arena, str_fmt(t->arena, "person%u", ++count)), names[role + 1]);
}

/* ---- something to upload ---- */

str house_test_pdf(struct arena *a)
{
	static const char *const objects[] = {
		"<< /Type /Catalog /Pages 2 0 R >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
		"<< /Length 46 >>\nstream\nBT /F1 18 Tf 20 100 Td (Ausweis, Muster) Tj ET\nendstream",
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
	};
	struct buf b = buf_new(a, 1024);
	size_t at[5], n = sizeof objects / sizeof *objects, xref;

	buf_put(&b, S("%PDF-1.4\n"));
	for (size_t i = 0; i < n; i++) {
		at[i] = b.n;
		buf_fmt(&b, "%zu 0 obj\n%s\nendobj\n", i + 1, objects[i]);
	}
	xref = b.n;
	buf_fmt(&b, "xref\n0 %zu\n0000000000 65535 f \n", n + 1);
	for (size_t i = 0; i < n; i++)
		buf_fmt(&b, "%010zu 00000 n \n", at[i]);
	buf_fmt(&b, "trailer\n<< /Size %zu /Root 1 0 R >>\nstartxref\n%zu\n%%%%EOF\n", n + 1, xref);
	return buf_str(&b);
}
