/* SPDX-License-Identifier: EUPL-1.2 */
#include "web/pages/files.h"

#include "wire/intake.h"

#define INTAKE_READ_MAX ((size_t)INTAKE_BYTES_MAX)

static str types_text(struct req *rq, unsigned accept)
{
	struct buf b = buf_new(rq->arena, 32);
	static const struct { unsigned bit; const char *name; } types[] = { { ACCEPT_PDF, "PDF" }, { ACCEPT_JPEG, "JPG" }, { ACCEPT_PNG, "PNG" } };

	for (size_t i = 0; i < 3; i++)
		if (accept & types[i].bit) {
			if (b.n)
				buf_put(&b, S(", "));
			buf_put(&b, str_c(types[i].name));
		}
	return buf_str(&b);
}

static str type_key(enum intake_type t)
{
	return t == INTAKE_PDF ? S("pdf") : t == INTAKE_JPEG ? S("jpeg") : S("png");
}

static str verdict_text(struct req *rq, enum intake_verdict v, unsigned accept)
{
	switch (v) {
	case INTAKE_FINE:
		return STR_EMPTY;
	case INTAKE_WRONG_TYPE:
		return TXF(rq, TX_PAGES_UPLOAD_TYPE, TEXT_ARG("types", types_text(rq, accept)));
	default:
		return TX(rq, TX_PAGES_UPLOAD_BROKEN);
	}
}

static int keep_preview(struct req *rq, const struct intake_result *r, struct stored_file *f)
{
	struct blob_info info;
	int64_t id = id_next(rq->house->clock);

	if (!r->previews)
		return 0;
	TRY(blob_put(rq->house->blobs, f->blob_tenant.v, id, r->preview[0].bytes, &info));
	f->preview_id = id;
	f->preview_key = info.key;
	return 0;
}

int file_check(struct req *rq, const struct upload_file *u, tenant_id tenant, unsigned accept, struct stored_file *f, str *ret_error)
{
	struct arena_mark mark = arena_mark(rq->arena);
	struct intake_result r;
	str bytes;
	int rc;

	*f = (struct stored_file){ .id = u->blob.blob_id, .name = u->name, .size = u->blob.size, .blob_key = u->blob.key, .blob_tenant = tenant };
	TRY(blob_read_all(rq->house->blobs, rq->arena, tenant.v, u->blob.blob_id, &u->blob.key, INTAKE_READ_MAX, &bytes));
	/* the bits of file_accept and intake_type are the same on purpose: pdf 1, jpeg 2, png 4 */
	rc = intake_check(rq->arena, rq->house->intake, bytes, accept, &r);
	if (rc == ERR_BUSY)
		*ret_error = TX(rq, TX_PAGES_UPLOAD_BUSY);
	else if (rc < 0)
		return rc;
	else
		*ret_error = verdict_text(rq, r.verdict, accept);
	if (ret_error->n) {
		IGNORE(blob_delete(rq->house->blobs, tenant.v, u->blob.blob_id)); /* what stays is swept */
		return 0;
	}
	f->type = type_key(r.type);
	f->pages = (int32_t)r.pages;
	rc = keep_preview(rq, &r, f);
	arena_rewind(rq->arena, mark);
	return rc;
}

int file_preview(struct req *rq, const struct stored_file *f)
{
	str bytes;

	TRY(blob_read_all(rq->house->blobs, rq->arena, f->blob_tenant.v, f->preview_id, &f->preview_key, 8u << 20, &bytes));
	return reply_inline_image(rq, bytes.n > 1 && bytes.p[0] == '\x89' ? "image/png" : "image/jpeg", bytes);
}
