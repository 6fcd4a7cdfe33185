/* SPDX-License-Identifier: EUPL-1.2 */
/* What specialist software calls, with the credential of its destination (docs/api.md). Errors are JSON (RFC 9457). */
#include "base/json.h"
#include "usecase/copy.h"
#include "usecase/delivery.h"
#include "usecase/software_case.h"
#include "web/pages.h"

static int problem(struct req *rq, int status, const char *detail)
{
	struct buf b = buf_new(rq->arena, 256);
	struct json j;

	json_begin(&j, &b);
	json_object(&j);
	json_kstr(&j, S("type"), S("about:blank"));
	json_kint(&j, S("status"), status);
	json_kstr(&j, S("detail"), str_c(detail));
	json_kstr(&j, S("request"), str_c(rq->id));
	json_object_end(&j);
	json_end(&j);
	return reply_bytes(rq, status, "application/problem+json", buf_str(&b));
}

static int open_case(struct req *rq, struct casefile **ret)
{
	struct grant g;

	TRY(case_authorize(&rq->ctx, req_path(rq, 0), CASE_DELIVER, &g));
	return case_open(&rq->ctx, &g, ret);
}

/* ---- GET /api/v1/cases/{handle}: as it was sent, and as it stands ---- */

struct reading {
	struct casefile *f;
	struct buf json;
	const struct stored_file *file;
	str name, bytes;
	const char *type;
	size_t max;
	int rc;
};

static void read_case(void *arg)
{
	struct reading *x = arg;

	x->rc = delivery_json(x->f, STR_EMPTY, &x->json);
	ctx_done(x->f->ctx);
}

static int case_read(struct req *rq)
{
	struct reading *x = rq->data;

	TRY(x->rc);
	return reply_json(rq, 200, &x->json);
}

int page_api_case(struct req *rq)
{
	struct reading *x = ARENA_NEW(rq->arena, struct reading);

	TRY(open_case(rq, &x->f));
	x->json = buf_new(rq->arena, 4096);
	rq->data = x;
	return req_work(rq, read_case, x, case_read); /* hashes files */
}

/* ---- GET /api/v1/cases/{handle}/files/{id} ---- */

static void read_file(void *arg)
{
	struct reading *x = arg;
	struct ctx *c = x->f->ctx;

	if (x->file)
		x->rc = blob_read_all(c->house->blobs, c->arena, x->file->blob_tenant.v, x->file->id, &x->file->blob_key, x->max, &x->bytes);
	else
		x->rc = application_pdf(x->f, LANG_DE, &x->bytes);
}

static int file_read(struct req *rq)
{
	const struct reading *x = rq->data;

	TRY(x->rc);
	return reply_download(rq, x->type, x->name, x->bytes);
}

static const char *type_name(str type)
{
	return str_eq(type, S("pdf")) ? "application/pdf" : str_eq(type, S("jpeg")) ? "image/jpeg" : "image/png";
}

static int file_part(void *arg, struct arena *a, int64_t number, str *ret)
{
	const struct reading *x = arg;
	bool last;

	return blob_read_chunk(x->f->ctx->house->blobs, a, x->file->blob_tenant.v, x->file->id, &x->file->blob_key, number, ret, &last);
}

/* Where reads run inline the file flows through part by part; else it is read on the work pool, whole. */
static int send_file(struct req *rq, struct reading *x)
{
	str first;

	rq->data = x;
	if (!x->file || !x->file->size || !db_reads_inline(rq->house->db))
		return req_work(rq, read_file, x, file_read);
	TRY(file_part(x, rq->arena, 0, &first)); /* what cannot be read is no 200 */
	return reply_download_parts(rq, x->type, x->name, x->file->size, file_part, x);
}

_Static_assert(REPLY_PART == BLOB_CHUNK, "a part of a reply is a chunk of a blob");

int page_api_file(struct req *rq)
{
	struct reading *x = ARENA_NEW(rq->arena, struct reading);
	const struct case_file *file;
	int64_t id;

	TRY(open_case(rq, &x->f));
	TRY(casefile_files(x->f));
	if (str_eq(req_path(rq, 1), S("antrag.pdf"))) {
		TRY(casefile_journey(x->f));
		x->type = "application/pdf";
		x->name = str_fmt(rq->arena, "%.*s.pdf", STR_FMT(x->f->row.reference));
	} else {
		if (str_to_i64(req_path(rq, 1), &id) < 0 || !(file = casefile_file(x->f, id)))
			return ERR_NOTFOUND;
		x->file = &file->stored;
		x->type = type_name(file->stored.type);
		x->name = file->stored.name;
		x->max = (size_t)rq->house->conf.upload_max_mb << 20;
	}
	return send_file(rq, x);
}

/* ---- POST /api/v1/cases/{handle}/status ---- */

static int status_taken(struct req *rq)
{
	const struct software_outcome *o = rq->data;
	struct buf b = buf_new(rq->arena, 128);
	struct json j;

	if (o->differs)
		return problem(rq, 422, "this Idempotency-Key came before with another body");
	if (o->result == SOFTWARE_NOT_NOW)
		return problem(rq, 409, str_z(rq->arena, str_fmt(rq->arena, "not possible while the case is %.*s", STR_FMT(phase_name(o->phase)))));
	json_begin(&j, &b);
	json_object(&j);
	json_kint(&j, S("event"), o->seq);
	json_kstr(&j, S("phase"), phase_name(o->phase));
	json_kbool(&j, S("repeated"), o->repeated);
	json_object_end(&j);
	json_end(&j);
	return reply_json(rq, 200, &b);
}

int page_api_status(struct req *rq)
{
	struct software_outcome *out;
	struct software_in in;
	struct casefile *f;
	struct once *once;
	str route = str_fmt(rq->arena, "api_status/%.*s", STR_FMT(req_path(rq, 0)));

	TRY(open_case(rq, &f));
	if (!str_has_prefix(rq->content_type, S("application/json")))
		return problem(rq, 415, "Content-Type must be application/json");
	TRY(software_status_read(&rq->ctx, rq->body, &in));
	if (in.problem)
		return problem(rq, 400, in.problem);
	if (once_open(&rq->ctx, route, rq->idempotency_key, sha256(rq->body), &once) < 0)
		return problem(rq, 400, "the header Idempotency-Key is needed: 8 to 100 printable characters without blanks");
	TRY(software_status(f, once, &in, &out));
	rq->data = out;
	return req_commit(rq, status_taken);
}
