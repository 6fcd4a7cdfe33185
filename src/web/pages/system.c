/* SPDX-License-Identifier: EUPL-1.2 */
/* What machines ask for: assets, keys, schemas, health, robots; and the page of licences. */
#include "usecase/catalog.h"
#include "web/assets.h"
#include "web/pages.h"
#include "wire/jose.h"

#define FOR_EVER "public, max-age=31536000, immutable"

/* ---- assets: their address holds a hash of their content ---- */

static int send_asset(struct req *rq, const struct asset *a, str keep)
{
	str encoding, body = asset_body(a, rq->accept_encoding, &encoding);

	reply_header(rq, "Cache-Control", keep);
	reply_header(rq, "Vary", S("Accept-Encoding"));
	if (encoding.n)
		reply_header(rq, "Content-Encoding", encoding);
	return reply_bytes(rq, 200, str_z(rq->arena, a->type), body);
}

int page_asset(struct req *rq)
{
	const struct asset *a = asset_find(rq->path);

	return a ? send_asset(rq, a, S(FOR_EVER)) : reply_problem(rq, 404);
}

int page_favicon(struct req *rq)
{
	const struct asset *a = asset_by_name(S("icon.svg"));

	return a ? send_asset(rq, a, S("public, max-age=86400")) : reply_problem(rq, 404);
}

/* ---- robots: a demonstration is not to be found; secret addresses never are ---- */

int page_robots(struct req *rq)
{
	struct buf b = buf_new(rq->arena, 512);

	buf_put(&b, S("User-agent: *\n"));
	if (rq->house->conf.demo || rq->host == HOST_CLERK)
		buf_put(&b, S("Disallow: /\n"));
	else
		buf_put(&b, S("Disallow: /antrag/\nDisallow: /folgen/\nDisallow: /vorgang/\nDisallow: /konto\nDisallow: /bescheid-pruefen/\n"
			      "Disallow: /api/\nDisallow: /suche\nDisallow: /fortsetzen\n"));
	reply_header(rq, "Cache-Control", S("public, max-age=3600"));
	return reply_bytes(rq, 200, "text/plain; charset=utf-8", buf_str(&b));
}

/* ---- health: can read, can write ---- */

int page_healthz(struct req *rq)
{
	AUTO(rows_done) struct rows *r = NULL;
	struct dbc *db;
	bool reads = false;

	if (!ctx_db(&rq->ctx, (tenant_id){ 0 }, &db) &&
	    !db_query(db, &r, SQL("SELECT 1 FROM tenant WHERE tenant_id = $1"), VI(TENANT_PORTAL.v)))
		reads = rows_next(r);
	if (!reads)
		return reply_bytes(rq, 503, "application/json", S("{\"status\":\"no database\"}\n"));
	if (db_readonly(rq->house->db))
		return reply_bytes(rq, 503, "application/json", S("{\"status\":\"read-only\"}\n"));
	return reply_bytes(rq, 200, "application/json", S("{\"status\":\"ok\"}\n"));
}

/* ---- public keys: all that ever signed receipts and daily roots ---- */

int page_keys_json(struct req *rq)
{
	struct signing_key *k;
	struct jose_keys keys = { 0 };
	struct jose_key *list;
	struct buf b = buf_new(rq->arena, 1024);
	const struct signing_key *now;
	size_t n;

	TRY(keys_signing(rq->house->keys, &now)); /* the first one is made on first need */
	TRY(keys_signing_list(rq->house->keys, rq->arena, &k, &n));
	list = ARENA_ARRAY(rq->arena, struct jose_key, n + 1);
	for (size_t i = 0; i < n; i++)
		list[i] = (struct jose_key){ str_c(k[i].kid), k[i].pub };
	keys.v = list;
	keys.n = n;
	jwks_write(&b, &keys);
	reply_header(rq, "Cache-Control", S("public, max-age=300"));
	reply_header(rq, "Access-Control-Allow-Origin", S("*"));
	rq->reply.body = b;
	return reply_json(rq, 200, &b);
}

/* ---- /schema/<hash of the definition>.json ---- */

int page_form_schema(struct req *rq)
{
	str name = req_path(rq, 0), raw;
	const struct definition *d;
	struct digest hash;
	struct buf b;

	if (!str_has_suffix(name, S(".json")) || name.n != 64 + 5 || hex_decode(rq->arena, str_sub(name, 0, 64), &raw) < 0)
		return reply_problem(rq, 404);
	memcpy(hash.b, raw.p, sizeof hash.b);
	TRY(catalog_definition(&rq->ctx, &hash, &d));
	b = buf_new(rq->arena, 16 * 1024);
	form_schema_json(&b, d->form, str_fmt(rq->arena, "%.*s/schema/%.*s", STR_FMT(rq->house->origin), STR_FMT(name)),
		definition_text(d, S("de"), S("title")));
	reply_header(rq, "Cache-Control", S(FOR_EVER));
	reply_header(rq, "Access-Control-Allow-Origin", S("*"));
	rq->reply.body = b;
	rq->reply.type = "application/schema+json";
	rq->reply.status = 200;
	rq->reply.ready = true;
	rq->state = REQ_DONE;
	return 0;
}

/* ---- licences ---- */

static const struct licence_view parts[] = {
#define PART(n, l, u) { .name = STR_INIT(n), .licence = STR_INIT(l), .use = STR_INIT(u) },
#define DATA(n, l, u)
#include "web/licences.def"
#undef PART
#undef DATA
};
static const struct licence_view datas[] = {
#define PART(n, l, u)
#define DATA(n, l, u) { .name = STR_INIT(n), .licence = STR_INIT(l), .use = STR_INIT(u) },
#include "web/licences.def"
#undef PART
#undef DATA
};

int page_licences(struct req *rq)
{
	struct licences_view v = { .version = S(SCHALTER_VERSION), .part = parts, .parts = sizeof parts / sizeof *parts, .data = datas,
				   .datas = sizeof datas / sizeof *datas };

	v.page = page_frame(rq, TX(rq, TX_LAYOUT_LICENCES));
	return RENDER(rq, 200, view_licences, &v);
}
