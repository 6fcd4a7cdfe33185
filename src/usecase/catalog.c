/* SPDX-License-Identifier: EUPL-1.2 */
#include "usecase/catalog.h"

#include <pthread.h>
#include <string.h>

#include "base/file.h"
#include "storage/fts.h"
#include "usecase/catalog_impl.h"

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

/* ---- packages ---- */

struct shipped {
	str service, version, package, definition;
	struct digest package_hash, definition_hash;
	int64_t now;
};

static int shipped_unit(struct dbc *db, void *arg)
{
	struct shipped *p = arg;

	TRY(catalog_put_package(db, &(struct stored){ p->service, p->version, p->package, p->package_hash }, p->now));
	return catalog_put_definition(db, &(struct stored){ p->service, p->version, p->definition, p->definition_hash }, p->now);
}

int catalog_put_package(struct dbc *db, const struct stored *s, int64_t now)
{
	return db_exec(db, SQL_ALL_TENANTS("packages are content-addressed and shared", "INSERT INTO package (hash, service, version, body, created_at) "
					   "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (hash) DO NOTHING"),
		VB(digest_str(&s->hash)), VT(s->service), VT(s->version), VB(s->body), VI(now));
}

int catalog_put_definition(struct dbc *db, const struct stored *s, int64_t now)
{
	return db_exec(db, SQL_ALL_TENANTS("definitions are content-addressed and shared", "INSERT INTO definition (hash, service, version, body, created_at) "
					   "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (hash) DO NOTHING"),
		VB(digest_str(&s->hash)), VT(s->service), VT(s->version), VB(s->body), VI(now));
}

/* In the place of the one of the same service, or behind the others; the write lock is held. */
static void entry_put(struct catalog *c, const struct definition *d, const struct digest *package)
{
	struct entry *e = catalog_entry(c, d->service->id);
	size_t at = e ? (size_t)(e - c->entry) : c->n;

	c->entry[at].standard = d;
	c->entry[at].below = c->entry[at].shipped = *package;
	c->service[at] = d;
	c->n += !e;
}

/* The package's own trees are large and needed only while merging: they live in scratch memory. */
static int read_package(struct house *h, struct catalog *c, str dir, struct findings *f)
{
	AUTO(arena_freep) struct arena *scratch = arena_new(1 << 18);
	struct shipped s = { .now = clock_now(h->clock).us };
	struct unit u = { .run = shipped_unit, .arg = &s, .tenant = { TENANT_PORTAL.v, 0 } };
	const struct definition *d;
	const struct package *p;
	int rc;

	TRY(package_load(scratch, dir, f, &p));
	TRY(package_definition_json(scratch, p, NULL, f, &s.definition));
	pthread_rwlock_wrlock(&c->lock);
	rc = known_add(c, s.definition, &d);
	pthread_rwlock_unlock(&c->lock);
	TRY(rc);
	s.service = d->service->id;
	s.version = d->service->version;
	s.definition_hash = d->digest;
	s.package = package_json(scratch, p);
	s.package_hash = sha256(s.package);
	TRY(db_unit_run(h->db, &u));
	pthread_rwlock_wrlock(&c->lock);
	entry_put(c, d, &s.package_hash);
	pthread_rwlock_unlock(&c->lock);
	return 0;
}

static int open_package(struct house *h, struct catalog *c, str dir, struct findings *f)
{
	int rc = read_package(h, c, dir, f);

	return rc == ERR_PARSE || rc == ERR_NOTFOUND ? 0 : rc; /* the findings say why; the others are served */
}

int catalog_renew(struct house *h, str dir, struct findings *f)
{
	return read_package(h, h->catalog, dir, f);
}

/* ---- offers ---- */

static void offer_put(struct catalog *c, struct entry *e, int32_t tenant, bool active, const struct digest *hash)
{
	struct offer *o = e->offer;

	while (o && o->tenant != tenant)
		o = o->next;
	if (!o) {
		o = ARENA_NEW(c->arena, struct offer);
		o->tenant = tenant;
		o->next = e->offer;
		__atomic_store_n(&e->offer, o, __ATOMIC_RELEASE);
	}
	o->active = active;
	o->merged = hash != NULL;
	if (hash)
		o->hash = *hash;
}

struct entry *catalog_entry(const struct catalog *c, str service)
{
	for (size_t i = 0; i < c->n; i++)
		if (str_eq(c->entry[i].standard->service->id, service))
			return &c->entry[i];
	return NULL;
}

bool catalog_digest(const struct rows *r, int col, struct digest *ret)
{
	str s = row_str(r, col);

	if (s.n != sizeof ret->b)
		return false;
	memcpy(ret->b, s.p, s.n);
	return true;
}

static int body_by_hash(struct dbc *db, struct arena *a, const struct digest *hash, str *ret)
{
	AUTO(rows_done) struct rows *r = NULL;

	TRY(db_query(db, &r, SQL_ALL_TENANTS("definitions are content-addressed and shared", "SELECT body FROM definition WHERE hash = $1"),
		VB(digest_str(hash))));
	if (!rows_next(r))
		return rows_error(r) ? rows_error(r) : ERR_NOTFOUND;
	*ret = str_dup(a, row_str(r, 0));
	return 0;
}

/* The state's own parts are what every town without own ones offers. The write lock is held (or nobody else is there yet). */
static int state_put(struct dbc *db, struct catalog *c, struct entry *e, const struct digest *definition, const struct digest *package)
{
	AUTO(arena_freep) struct arena *scratch = arena_new(1 << 17);
	const struct definition *d = known_find(c, definition);
	str json;

	if (!d) {
		TRY(body_by_hash(db, scratch, definition, &json));
		TRY(known_add(c, json, &d));
	}
	e->below = *package;
	__atomic_store_n(&e->standard, d, __ATOMIC_RELEASE);
	__atomic_store_n(&c->service[e - c->entry], d, __ATOMIC_RELEASE);
	return 0;
}

struct offer_row {
	int32_t tenant;
	str service;
	bool active, merged, gives;
	struct digest definition, package;
};

static void read_offer(struct arena *a, const struct rows *r, struct offer_row *o)
{
	*o = (struct offer_row){ .tenant = (int32_t)row_int(r, 0), .service = str_dup(a, row_str(r, 1)), .active = row_int(r, 2) };
	o->merged = catalog_digest(r, 3, &o->definition);
	o->gives = catalog_digest(r, 4, &o->package);
}

static int take_offer(struct dbc *db, struct catalog *c, const struct offer_row *o)
{
	struct entry *e = catalog_entry(c, o->service);

	if (!e)
		return 0; /* a package that is not served any more */
	if (o->tenant != TENANT_PORTAL.v)
		offer_put(c, e, o->tenant, o->active, o->merged ? &o->definition : NULL);
	else if (o->merged && o->gives)
		return state_put(db, c, e, &o->definition, &o->package);
	return 0;
}

#define OFFER_COLUMNS "tenant_id, service, active, definition_hash, package_hash"

/* Rows are read to the end before anything else is asked on the connection. */
static int read_offers(struct dbc *db, struct arena *a, struct rows *r, struct catalog *c)
{
	struct offer_row *list = NULL;
	size_t n = 0, room = 0;
	int rc = 0;

	while (rows_next(r)) {
		if (n == room) {
			struct offer_row *wider = ARENA_ARRAY(a, struct offer_row, room ? room * 2 : 64);

			if (n)
				memcpy(wider, list, n * sizeof *list);
			list = wider;
			room = room ? room * 2 : 64;
		}
		read_offer(a, r, &list[n++]);
	}
	TRY(rows_error(r));
	pthread_rwlock_wrlock(&c->lock);
	for (size_t i = 0; !rc && i < n; i++)
		rc = take_offer(db, c, &list[i]);
	pthread_rwlock_unlock(&c->lock);
	return rc;
}

int catalog_refresh(struct house *h, struct catalog *c)
{
	AUTO(arena_freep) struct arena *scratch = arena_new(1 << 16);
	AUTO(db_read_done) struct dbc *db = NULL;
	AUTO(rows_done) struct rows *r = NULL;

	TRY(db_read(h->db, TENANT_ALL, 0, &db));
	TRY(db_query(db, &r, SQL_ALL_TENANTS("the offers of all towns", "SELECT " OFFER_COLUMNS " FROM offer")));
	return read_offers(db, scratch, r, c);
}

/* ---- search ---- */

static void index_service(struct fts *search, struct arena *a, int64_t id, const struct definition *d)
{
	struct buf synonyms = buf_new(a, 256), body = buf_new(a, 1024);
	static const char *const langs[] = { "de", "en" };

	for (size_t l = 0; l < 2; l++) {
		str lang = str_c(langs[l]);
		const str *list;
		size_t n = definition_list(a, d, lang, S("synonyms"), &list);

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
	fts_add(search, id, definition_text(d, S("de"), S("title")), buf_str(&synonyms), buf_str(&body));
}

int catalog_index(struct catalog *c)
{
	AUTO(arena_freep) struct arena *scratch = arena_new(1 << 16);
	struct fts *fresh, *old;

	TRY(fts_open(&fresh));
	for (size_t i = 0; i < c->n; i++)
		index_service(fresh, scratch, (int64_t)i, c->service[i]);
	TRY(fts_ready(fresh));
	pthread_rwlock_wrlock(&c->lock);
	old = c->search;
	c->search = fresh;
	pthread_rwlock_unlock(&c->lock);
	fts_close(old);
	return 0;
}

int catalog_search(struct ctx *ctx, str words, size_t max, struct catalog_hit **ret, size_t *ret_n)
{
	struct catalog *c = ctx->house->catalog;
	struct fts_hit *hit;
	size_t n = 0;
	int rc = 0;

	pthread_rwlock_rdlock(&c->lock); /* the state's new title may just put another index here */
	if (words.n)
		rc = fts_search(c->search, ctx->arena, words, max, &hit, &n);
	pthread_rwlock_unlock(&c->lock);
	TRY(rc);
	*ret = ARENA_ARRAY(ctx->arena, struct catalog_hit, n + 1);
	for (size_t i = 0; i < n; i++)
		(*ret)[i] = (struct catalog_hit){ .definition = c->service[hit[i].id] };
	*ret_n = n;
	return 0;
}

static bool holds_package(struct arena *a, str dir)
{
	return file_exists(str_z(a, str_fmt(a, "%.*s/service.yaml", STR_FMT(dir))));
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
	if (holds_package(a, services_dir))
		TRY(open_package(h, c, services_dir, f));
	for (size_t i = 0; i < n; i++) {
		str dir = str_fmt(a, "%.*s/%.*s", STR_FMT(services_dir), STR_FMT(name[i]));

		if (holds_package(a, dir))
			TRY(open_package(h, c, dir, f));
	}
	TRY(catalog_refresh(h, c));
	TRY(catalog_index(c));
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
	const struct entry *e = catalog_entry(c, service);
	struct digest hash;
	bool merged = false;
	int rc = 0;

	if (!e)
		return ERR_NOTFOUND;
	pthread_rwlock_rdlock(&c->lock);
	*ret = e->standard;
	for (const struct offer *o = tenant.v ? e->offer : NULL; o; o = o->next)
		if (o->tenant == tenant.v) {
			rc = o->active ? 0 : ERR_NOTFOUND;
			merged = o->merged;
			hash = o->hash;
			break;
		}
	pthread_rwlock_unlock(&c->lock);
	if (merged)
		TRY(catalog_definition(ctx, &hash, ret));
	return rc;
}

int catalog_definition(struct ctx *ctx, const struct digest *hash, const struct definition **ret)
{
	struct catalog *c = ctx->house->catalog;
	struct dbc *db;
	str json;
	int rc;

	pthread_rwlock_rdlock(&c->lock);
	*ret = known_find(c, hash);
	pthread_rwlock_unlock(&c->lock);
	if (*ret)
		return 0;
	TRY(ctx_db(ctx, (tenant_id){ 0 }, &db));
	TRY(body_by_hash(db, ctx->arena, hash, &json));
	pthread_rwlock_wrlock(&c->lock);
	rc = known_add(c, json, ret);
	pthread_rwlock_unlock(&c->lock);
	return rc;
}

int catalog_reload(struct ctx *ctx, tenant_id tenant)
{
	struct catalog *c = ctx->house->catalog;
	AUTO(rows_done) struct rows *r = NULL;
	struct dbc *db;

	TRY(ctx_db(ctx, tenant, &db));
	TRY(db_query(db, &r, SQL("SELECT " OFFER_COLUMNS " FROM offer WHERE tenant_id = $1"), VI(tenant.v)));
	return read_offers(db, ctx->arena, r, c);
}
