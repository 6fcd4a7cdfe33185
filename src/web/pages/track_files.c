/* SPDX-License-Identifier: EUPL-1.2 */
/* What can be taken home from a case: copy, receipt, decision, files. Always as attachments of a type that we know. */
#include "usecase/copy.h"
#include "web/pages/files.h"
#include "web/pages/track.h"

#define FILE_BYTES_MAX ((size_t)256 << 20)

static str name_with_reference(struct req *rq, const char *what, const struct casefile *f, const char *end)
{
	return str_fmt(rq->arena, "%s-%.*s.%s", what, STR_FMT(f->row.reference), end);
}

/* ---- the copy ---- */

static void on_pool(void *arg)
{
	copy_work(arg);
}

static int copy_sent(struct req *rq)
{
	struct copy *p = rq->data;

	TRY(p->rc);
	return reply_download(rq, "application/pdf", name_with_reference(rq, "Antrag", p->f, "pdf"), p->bytes);
}

/* Two came at once: the other one's copy is the copy. */
static int copy_kept(struct req *rq)
{
	struct copy *p = rq->data;
	int64_t mine = p->letter.row.blob_id;
	struct casefile *f;

	if (!p->other)
		return copy_sent(rq);
	TRY(track_open(rq, CASE_READ, &f));
	TRY(copy_open(f, &p));
	if (!p->kept)
		return ERR_RETRY;
	if (p->letter.row.blob_id != mine)
		IGNORE(blob_delete(rq->house->blobs, f->row.tenant.v, mine)); /* what stays is swept */
	rq->data = p;
	return req_work(rq, on_pool, p, copy_sent);
}

static int copy_made(struct req *rq)
{
	struct copy *p = rq->data;

	TRY(p->rc);
	TRY(copy_keep(p));
	return req_commit(rq, copy_kept);
}

int page_status_copy(struct req *rq)
{
	struct casefile *f;
	struct copy *p;

	TRY(track_open(rq, CASE_READ, &f));
	TRY(copy_open(f, &p));
	rq->data = p;
	return req_work(rq, on_pool, p, p->kept ? copy_sent : copy_made);
}

/* ---- the receipt ---- */

int page_status_receipt(struct req *rq)
{
	struct casefile *f;
	str jws;

	TRY(track_open(rq, CASE_READ, &f));
	TRY(case_receipt(&rq->ctx, &f->grant, &jws));
	if (!jws.n)
		return track_back(rq, "ohne-beleg");
	return reply_download(rq, "application/jose", name_with_reference(rq, "Eingangsbestaetigung", f, "jws"), jws);
}

/* ---- the decision ---- */

struct reading {
	struct casefile *f;
	const struct case_file *file;
	str bytes;
	int rc;
};

static void read_decision(void *arg)
{
	struct reading *r = arg;

	r->rc = decision_bytes(r->f, &r->bytes);
}

static int decision_sent(struct req *rq)
{
	struct reading *r = rq->data;

	TRY(r->rc);
	return reply_download(rq, "application/pdf", name_with_reference(rq, "Bescheid", r->f, "pdf"), r->bytes);
}

int page_status_decision(struct req *rq)
{
	struct reading *r = ARENA_NEW(rq->arena, struct reading);
	const struct case_letter *l;
	enum fetch_state s;

	TRY(track_open(rq, CASE_READ, &r->f));
	TRY(casefile_letters(r->f));
	l = casefile_sent(r->f);
	s = fetch_state(&r->f->row, l ? &l->row : NULL, &r->f->definition->service->clocks, rq->ctx.today);
	if (s == FETCH_OFFERED || s == FETCH_POST) /* an address typed or kept: the button on the page is what records it */
		return track_back(rq, s == FETCH_POST ? "per-post" : "");
	rq->data = r;
	return req_work(rq, read_decision, r, decision_sent);
}

/* ---- files ---- */

/* The applicant's own, and what a clerk has sent along with a message. */
static bool may_see(const struct casefile *f, const struct case_file *x)
{
	if (x->origin != 3)
		return true;
	for (size_t i = 0; i < f->messages; i++)
		for (size_t k = 0; f->message[i].to_applicant && k < f->message[i].files; k++)
			if (f->message[i].file[k] == x->stored.id)
				return true;
	return false;
}

static void read_file(void *arg)
{
	struct reading *r = arg;
	const struct stored_file *s = &r->file->stored;
	struct ctx *c = r->f->ctx;

	r->rc = blob_read_all(c->house->blobs, c->arena, s->blob_tenant.v, s->id, &s->blob_key, FILE_BYTES_MAX, &r->bytes);
}

/* The name ends as the content says: "rechnung.html" with a PDF in it becomes "rechnung.html.pdf". */
static str safe_name(struct req *rq, const struct stored_file *s, const char **ret_type)
{
	static const struct { const char *type, *end, *end_2, *mime; } known[] = {
		{ "pdf", ".pdf", ".pdf", "application/pdf" }, { "jpeg", ".jpg", ".jpeg", "image/jpeg" }, { "png", ".png", ".png", "image/png" } };
	str lower = str_lower_ascii(rq->arena, s->name);

	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (!str_eq(s->type, str_c(known[i].type)))
			continue;
		*ret_type = known[i].mime;
		if (str_has_suffix(lower, str_c(known[i].end)) || str_has_suffix(lower, str_c(known[i].end_2)))
			return s->name;
		return str_fmt(rq->arena, "%.*s%s", STR_FMT(s->name), known[i].end);
	}
	*ret_type = "application/octet-stream";
	return str_fmt(rq->arena, "%.*s.bin", STR_FMT(s->name));
}

static int file_sent(struct req *rq)
{
	struct reading *r = rq->data;
	const char *type;
	str name;

	TRY(r->rc);
	name = safe_name(rq, &r->file->stored, &type);
	return reply_download(rq, type, name, r->bytes);
}

int page_status_file(struct req *rq)
{
	struct reading *r = ARENA_NEW(rq->arena, struct reading);
	int64_t id;

	TRY(track_open(rq, CASE_READ, &r->f));
	if (str_to_i64(req_path(rq, 1), &id) < 0)
		return reply_problem(rq, 404);
	TRY(casefile_files(r->f));
	TRY(casefile_messages(r->f));
	r->file = casefile_file(r->f, id);
	if (!r->file || !may_see(r->f, r->file))
		return reply_problem(rq, 404);
	if (req_query(rq, S("bild")).n)
		return r->file->stored.preview_id ? file_preview(rq, &r->file->stored) : reply_problem(rq, 404);
	rq->data = r;
	return req_work(rq, read_file, r, file_sent);
}
