/* SPDX-License-Identifier: EUPL-1.2 */
#include "usecase/catalog.h"

#include <pthread.h>
#include <string.h>

#include "base/file.h"
#include "domain/package.h"
#include "storage/fts.h"

/* A definition in memory, under its hash. Never freed: drafts and cases of any age may ask for it. */
struct known {
	struct digest hash;
	const struct definition *definition;
	struct known *next;
};
struct offer {
	int32_t tenant;
	bool active;
	const struct definition *definition;
	struct offer *next;
};
struct entry {
	str dir;				/* of the package: read again when a town sets parameters */
	const struct definition *standard;	/* with the package's own parameters */
	struct offer *offer;			/* towns that differ */
};

#define BUCKETS 1024u
struct catalog {
	struct arena *arena;			/* guarded by lock when written */
	pthread_rwlock_t lock;
	struct entry *entry;
	const struct definition **service;
	size_t n;
	struct known *known[BUCKETS];
	struct fts *search;
};

static size_t bucket_of(const struct digest *h)
{
	return (h->b[0] | (size_t)h->b[1] << 8) % BUCKETS;
}

static const struct definition *known_find(const struct catalog *c, const struct digest *h)
{
	for (const struct known *k = c->known[bucket_of(h)]; k; k = k->next)
		if (digest_eq(&k->hash, h))
			return k->definition;
	return NULL;
}

/* Reads a definition into the snapshot's memory; the write lock is held. */
static int known_add(struct catalog *c, str json, const struct definition **ret)
{
	struct digest h = sha256(json);
	const struct definition *have = known_find(c, &h);
	struct known *k;

	if (!have) {
		TRY(definition_from_json(c->arena, str_dup(c->arena, json), &have));
		k = ARENA_NEW(c->arena, struct known);
		*k = (struct known){ .hash = have->digest, .definition = have, .next = c->known[bucket_of(&have->digest)] };
		c->known[bucket_of(&have->digest)] = k;
	}
	*ret = have;
	return 0;
}

/* ---- publishing ---- */

struct publish {
	const struct definition *definition;
	str json;
	int64_t now;
};

static int publish_unit(struct dbc *db, void *arg)
{
	struct publish *p = arg;
	const struct service *s = p->definition->service;

	return db_exec(db, SQL_ALL_TENANTS("definitions are content-addressed and shared", "INSERT INTO definition (hash, service, version, body, created_at) "
					   "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (hash) DO NOTHING"),
		VB(digest_str(&p->definition->digest)), VT(s->id), VT(s->version), VB(p->json), VI(p->now));
}

static int publish_wait(struct house *h, const struct definition *d, str json)
{
	struct publish p = { d, json, clock_now(h->clock).us };
	struct unit u = { .run = publish_unit, .arg = &p, .tenant = { TENANT_PORTAL.v, 0 } };

	return db_unit_run(h->db, &u);
}

/* The package's own trees are large and needed only while merging: they live in scratch memory. */
static int merge(struct arena *scratch, str dir, const struct node *params, struct findings *f, str *ret_json)
{
	const struct package *p;

	TRY(package_load(scratch, dir, f, &p));
	return package_definition_json(scratch, p, params, f, ret_json);
}

static int open_package(struct house *h, struct catalog *c, str dir, struct findings *f)
{
	AUTO(arena_freep) struct arena *scratch = arena_new(1 << 18);
	struct entry *e = &c->entry[c->n];
	str json;
	int rc = merge(scratch, dir, NULL, f, &json);

	if (rc == ERR_PARSE || rc == ERR_NOTFOUND)
		return 0; /* the findings say why; the others are served */
	TRY(rc);
	TRY(known_add(c, json, &e->standard));
	TRY(publish_wait(h, e->standard, json));
	e->dir = str_dup(c->arena, dir);
	c->service[c->n++] = e->standard;
	return 0;
}

/* ---- offers of towns ---- */

static int offer_put(struct catalog *c, struct entry *e, int32_t tenant, bool active, str params)
{
	AUTO(arena_freep) struct arena *scratch = arena_new(1 << 16);
	struct findings f = findings_new(scratch);
	const struct definition *d = e->standard;
	struct node_error error;
	struct node *n;
	struct offer *o;
	str json;

	TRY(node_parse_json(scratch, str_dup(scratch, params), &n, &error));
	if (node_count(n)) {
		TRY(merge(scratch, e->dir, n, &f, &json));
		TRY(known_add(c, json, &d));
	}
	for (o = e->offer; o && o->tenant != tenant; o = o->next)
		;
	if (!o) {
		o = ARENA_NEW(c->arena, struct offer);
		o->tenant = tenant;
		o->next = e->offer;
		o->definition = d;
		__atomic_store_n(&e->offer, o, __ATOMIC_RELEASE);
	}
	o->definition = d;
	o->active = active;
	return 0;
}

static struct entry *entry_find(const struct catalog *c, str service)
{
	for (size_t i = 0; i < c->n; i++)
		if (str_eq(c->entry[i].standard->service->id, service))
			return &c->entry[i];
	return NULL;
}

static int read_offers(struct house *h, struct catalog *c)
{
	AUTO(db_read_done) struct dbc *db = NULL;
	AUTO(rows_done) struct rows *r = NULL;

	TRY(db_read(h->db, TENANT_ALL, 0, &db));
	TRY(db_query(db, &r, SQL_ALL_TENANTS("read once at start", "SELECT tenant_id, service, active, params FROM offer")));
	while (rows_next(r)) {
		struct entry *e = entry_find(c, row_str(r, 1));

		if (e)
			TRY(offer_put(c, e, (int32_t)row_int(r, 0), row_int(r, 2), row_str(r, 3)));
	}
	return rows_error(r);
}

/* ---- search ---- */

static void index_service(struct catalog *c, int64_t id, const struct definition *d)
{
	struct buf synonyms = buf_new(c->arena, 256), body = buf_new(c->arena, 1024);
	static const char *const langs[] = { "de", "en" };

	for (size_t l = 0; l < 2; l++) {
		str lang = str_c(langs[l]);
		const str *list;
		size_t n = definition_list(c->arena, d, lang, S("synonyms"), &list);

		for (size_t i = 0; i < n; i++) {
			buf_put(&synonyms, list[i]);
			buf_putc(&synonyms, '\n');
		}
		if (l)
			buf_put(&synonyms, definition_text(d, lang, S("title")));
		buf_put(&body, definition_text(d, lang, S("short")));
		buf_putc(&body, '\n');
		buf_put(&body, definition_text(d, lang, S("description")));
		buf_putc(&body, '\n');
	}
	fts_add(c->search, id, definition_text(d, S("de"), S("title")), buf_str(&synonyms), buf_str(&body));
}

int catalog_search(struct ctx *ctx, str words, size_t max, struct catalog_hit **ret, size_t *ret_n)
{
	const struct catalog *c = ctx->house->catalog;
	struct fts_hit *hit;
	size_t n = 0;

	if (words.n)
		TRY(fts_search(c->search, ctx->arena, words, max, &hit, &n));
	*ret = ARENA_ARRAY(ctx->arena, struct catalog_hit, n + 1);
	for (size_t i = 0; i < n; i++)
		(*ret)[i] = (struct catalog_hit){ .definition = c->service[hit[i].id] };
	*ret_n = n;
	return 0;
}

int catalog_open(struct house *h, str services_dir, struct findings *f, struct catalog **ret)
{
	struct arena *a = arena_new(1 << 20);
	struct catalog *c = ARENA_NEW(a, struct catalog);
	str *name;
	size_t n;

	c->arena = a;
	pthread_rwlock_init(&c->lock, NULL);
	TRY(dir_list(a, str_z(a, services_dir), &name, &n));
	c->entry = ARENA_ARRAY(a, struct entry, n + 1);
	c->service = ARENA_ARRAY(a, const struct definition *, n + 1);
	for (size_t i = 0; i < n; i++) {
		str dir = str_fmt(a, "%.*s/%.*s", STR_FMT(services_dir), STR_FMT(name[i]));

		if (file_exists(str_z(a, str_fmt(a, "%.*s/service.yaml", STR_FMT(dir)))))
			TRY(open_package(h, c, dir, f));
	}
	TRY(read_offers(h, c));
	TRY(fts_open(&c->search));
	for (size_t i = 0; i < c->n; i++)
		index_service(c, (int64_t)i, c->service[i]);
	TRY(fts_ready(c->search));
	*ret = c;
	return 0;
}

void catalog_close(struct catalog *c)
{
	if (!c)
		return;
	fts_close(c->search);
	pthread_rwlock_destroy(&c->lock);
	arena_free(c->arena); /* with c itself */
}

/* ---- reading ---- */

const struct definition *const *catalog_services(const struct catalog *c, size_t *ret_n)
{
	*ret_n = c->n;
	return (const struct definition *const *)c->service;
}

int catalog_offer(struct ctx *ctx, tenant_id tenant, str service, const struct definition **ret)
{
	struct catalog *c = ctx->house->catalog;
	const struct entry *e = entry_find(c, service);
	int rc = 0;

	if (!e)
		return ERR_NOTFOUND;
	*ret = e->standard;
	if (!tenant.v)
		return 0;
	pthread_rwlock_rdlock(&c->lock);
	for (const struct offer *o = e->offer; o; o = o->next)
		if (o->tenant == tenant.v) {
			*ret = o->definition;
			rc = o->active ? 0 : ERR_NOTFOUND;
			break;
		}
	pthread_rwlock_unlock(&c->lock);
	return rc;
}

static int read_definition(struct ctx *ctx, const struct digest *hash, str *ret_json)
{
	AUTO(rows_done) struct rows *r = NULL;
	struct dbc *db;

	TRY(ctx_db(ctx, (tenant_id){ 0 }, &db));
	TRY(db_query(db, &r, SQL_ALL_TENANTS("definitions are content-addressed and shared", "SELECT body FROM definition WHERE hash = $1"),
		VB(digest_str(hash))));
	if (!rows_next(r))
		return rows_error(r) ? rows_error(r) : ERR_NOTFOUND;
	*ret_json = str_dup(ctx->arena, row_str(r, 0));
	return 0;
}

int catalog_definition(struct ctx *ctx, const struct digest *hash, const struct definition **ret)
{
	struct catalog *c = ctx->house->catalog;
	str json;
	int rc;

	pthread_rwlock_rdlock(&c->lock);
	*ret = known_find(c, hash);
	pthread_rwlock_unlock(&c->lock);
	if (*ret)
		return 0;
	TRY(read_definition(ctx, hash, &json));
	pthread_rwlock_wrlock(&c->lock);
	rc = known_add(c, json, ret);
	pthread_rwlock_unlock(&c->lock);
	return rc;
}

/* ---- a town's own parameters ---- */

struct set {
	struct publish publish;
	int32_t tenant;
	str service, params;
	bool active;
};

static int set_unit(struct dbc *db, void *arg)
{
	struct set *s = arg;

	TRY(publish_unit(db, &s->publish));
	return db_exec(db, SQL("INSERT INTO offer (tenant_id, service, active, params, updated_at) VALUES ($1, $2, $3, $4, $5) "
			       "ON CONFLICT (tenant_id, service) DO UPDATE SET active = excluded.active, params = excluded.params, updated_at = excluded.updated_at"),
		VI(s->tenant), VT(s->service), VI(s->active), VT(s->params), VI(s->publish.now));
}

int catalog_offer_set(struct ctx *ctx, tenant_id tenant, str service, const struct offer_settings *settings)
{
	struct catalog *c = ctx->house->catalog;
	const struct entry *e = entry_find(c, service);
	struct set *s = ARENA_NEW(ctx->arena, struct set);
	struct findings f = findings_new(ctx->arena);
	struct node *params = node_new(ctx->arena, NODE_MAP);
	struct buf b = buf_new(ctx->arena, 256);

	if (!e)
		return ERR_NOTFOUND;
	for (size_t i = 0; i < settings->params.n; i++)
		node_set(ctx->arena, params, settings->params.v[i].name, node_new_text(ctx->arena, settings->params.v[i].value));
	TRY(merge(ctx->arena, e->dir, params, &f, &s->publish.json));
	TRY(definition_from_json(ctx->arena, s->publish.json, &s->publish.definition));
	node_write_canonical(&b, params);
	s->publish.now = ctx->now.us;
	s->tenant = tenant.v;
	s->service = e->standard->service->id;
	s->params = buf_str(&b);
	s->active = settings->active;
	ctx_hand_over(ctx, set_unit, s, tenant, true);
	return 0;
}

int catalog_reload(struct ctx *ctx, tenant_id tenant)
{
	struct catalog *c = ctx->house->catalog;
	AUTO(rows_done) struct rows *r = NULL;
	struct dbc *db;

	TRY(ctx_db(ctx, tenant, &db));
	TRY(db_query(db, &r, SQL("SELECT service, active, params FROM offer WHERE tenant_id = $1"), VI(tenant.v)));
	while (rows_next(r)) {
		struct entry *e = entry_find(c, row_str(r, 0));
		int rc = 0;

		pthread_rwlock_wrlock(&c->lock);
		if (e)
			rc = offer_put(c, e, tenant.v, row_int(r, 1), row_str(r, 2));
		pthread_rwlock_unlock(&c->lock);
		TRY(rc);
	}
	return rows_error(r);
}
