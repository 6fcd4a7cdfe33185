/* SPDX-License-Identifier: EUPL-1.2 */
/* Attachments: page by page as bitmaps of our own; the original as download; the application as PDF; the protocol. */
#include "domain/form.h"
#include "usecase/copy.h"
#include "web/pages/clerk.h"
#include "web/pages/files.h"
#include "wire/intake.h"

static int open_file(struct req *rq, struct casefile **ret_case, const struct case_file **ret)
{
	int64_t id;

	if (str_to_i64(req_path(rq, 1), &id) < 0)
		return ERR_NOTFOUND;
	TRY(clerk_open(rq, CASE_READ, ret_case));
	TRY(casefile_files(*ret_case));
	*ret = casefile_file(*ret_case, id);
	return *ret ? 0 : ERR_NOTFOUND;
}

static int pages_of(const struct stored_file *f)
{
	return f->pages < 1 ? 1 : f->pages > INTAKE_PREVIEW_PAGES ? INTAKE_PREVIEW_PAGES : f->pages;
}

int page_clerk_preview(struct req *rq)
{
	struct preview_view v = { 0 };
	const struct case_file *x;
	struct casefile *f;
	int64_t page;
	str base;

	TRY(open_file(rq, &f, &x));
	base = str_fmt(rq->arena, "/fall/%.*s/datei/%lld", STR_FMT(f->row.reference), (long long)x->stored.id);
	if (str_to_i64(req_query(rq, S("seite")), &page) < 0 || page < 1)
		page = 1;
	v.page_count = pages_of(&x->stored);
	v.page_number = page > v.page_count ? v.page_count : (int)page;
	v.page = clerk_frame(rq, x->stored.name, NAV_INBOX);
	v.back_href = case_href(rq, f, "");
	v.file = case_file_view(rq, f, x);
	v.download_href = str_fmt(rq->arena, "%.*s/original", STR_FMT(base));
	if (x->stored.preview_id)
		v.image_href = str_fmt(rq->arena, "%.*s/bild/%d", STR_FMT(base), v.page_number);
	else
		v.why_not = TX(rq, TX_OFFICE_PREVIEW_NONE);
	v.alt = TXF(rq, TX_OFFICE_PREVIEW_ALT, TEXT_INT("n", v.page_number), TEXT_ARG("name", x->stored.name));
	if (v.page_number > 1)
		v.previous_href = str_fmt(rq->arena, "%.*s?seite=%d", STR_FMT(base), v.page_number - 1);
	if (v.page_number < v.page_count)
		v.next_href = str_fmt(rq->arena, "%.*s?seite=%d", STR_FMT(base), v.page_number + 1);
	return RENDER(rq, 200, view_preview, &v);
}

/* ---- bytes: read, and for later pages looked at by the sandboxed intake process, on the work pool ---- */

struct look {
	struct req *rq;
	const struct stored_file *file;
	size_t page;			/* 0: the original */
	str bytes;
	bool png;
	int rc;
};

static void read_bytes(void *arg)
{
	struct look *l = arg;
	struct house *h = l->rq->house;
	const struct stored_file *f = l->file;
	struct intake_result r;
	str all;

	l->rc = blob_read_all(h->blobs, l->rq->arena, f->blob_tenant.v, f->id, &f->blob_key, INTAKE_BYTES_MAX, &all);
	if (l->rc < 0 || !l->page) {
		l->bytes = all;
		return;
	}
	l->rc = intake_check(l->rq->arena, h->intake, all, INTAKE_PDF | INTAKE_JPEG | INTAKE_PNG, &r);
	if (l->rc < 0)
		return;
	if (r.verdict != INTAKE_FINE || l->page > r.previews) {
		l->rc = ERR_NOTFOUND;
		return;
	}
	l->bytes = r.preview[l->page - 1].bytes;
	l->png = r.preview[l->page - 1].type == INTAKE_PNG;
}

static int send_image(struct req *rq)
{
	struct look *l = rq->work_arg;

	TRY(l->rc);
	return reply_inline_image(rq, l->png ? "image/png" : "image/jpeg", l->bytes);
}

int page_clerk_preview_image(struct req *rq)
{
	const struct case_file *x;
	struct casefile *f;
	struct look *l;
	int64_t page;

	TRY(open_file(rq, &f, &x));
	if (str_to_i64(req_path(rq, 2), &page) < 0 || page < 1 || page > pages_of(&x->stored) || !x->stored.preview_id)
		return reply_problem(rq, 404);
	if (page == 1)
		return file_preview(rq, &x->stored);
	l = ARENA_NEW(rq->arena, struct look);
	*l = (struct look){ .rq = rq, .file = &x->stored, .page = (size_t)page };
	return req_look(rq, read_bytes, l, send_image); /* further pages of a PDF are drawn by the intake process */
}

static int send_original(struct req *rq)
{
	struct look *l = rq->work_arg;

	TRY(l->rc);
	/* never opened in the browser of the counter's own origin, whatever it is */
	return reply_download(rq, "application/octet-stream", l->file->name, l->bytes);
}

int page_clerk_download(struct req *rq)
{
	const struct case_file *x;
	struct casefile *f;
	struct look *l;

	TRY(open_file(rq, &f, &x));
	l = ARENA_NEW(rq->arena, struct look);
	*l = (struct look){ .rq = rq, .file = &x->stored };
	return req_work(rq, read_bytes, l, send_original);
}

/* ---- the application as PDF ---- */

struct paper {
	struct casefile *file;
	str bytes;
	int rc;
};

static void make_paper(void *arg)
{
	struct paper *p = arg;

	p->rc = application_pdf(p->file, LANG_DE, &p->bytes);
}

static int send_paper(struct req *rq)
{
	struct paper *p = rq->work_arg;

	TRY(p->rc);
	return reply_download(rq, "application/pdf", str_fmt(rq->arena, "Antrag-%.*s.pdf", STR_FMT(p->file->row.reference)), p->bytes);
}

int page_clerk_copy(struct req *rq)
{
	struct paper *p = ARENA_NEW(rq->arena, struct paper);

	TRY(clerk_open(rq, CASE_READ, &p->file));
	TRY(casefile_journey(p->file));
	TRY(casefile_files(p->file));
	return req_work(rq, make_paper, p, send_paper);
}

/* ---- the protocol: every event, and whether the chain holds ---- */

int page_clerk_log(struct req *rq)
{
	struct log_view v = { 0 };
	struct log_row_view *row;
	struct casefile *f;
	struct dbc *db;
	int64_t bad;
	int rc;

	TRY(clerk_open(rq, CASE_READ, &f));
	TRY(casefile_events(f));
	TRY(ctx_db(&rq->ctx, f->row.tenant, &db));
	rc = case_chain_verify(db, rq->arena, &f->grant, &bad);
	if (rc < 0 && rc != ERR_CRYPTO)
		return rc;
	row = ARENA_ARRAY(rq->arena, struct log_row_view, f->events + 1);
	for (size_t i = 0; i < f->events; i++) {
		const struct case_event *e = &f->event[i];

		row[i] = (struct log_row_view){ .number = str_fmt(rq->arena, "%lld", (long long)e->event.seq), .when = show_time(rq->arena, LANG_DE, e->event.at),
						.who = event_who(rq, f, e), .what = event_title(rq, e), .hash = hex(rq->arena, digest_str(&e->event.hash)) };
		row[i].hash = str_sub(row[i].hash, 0, 16);
	}
	v.page = clerk_frame(rq, TX(rq, TX_CLERK_LOG), NAV_INBOX);
	v.back_href = case_href(rq, f, "");
	v.service = case_service(rq, f);
	v.reference = f->row.reference;
	v.row = row;
	v.rows = f->events;
	v.unbroken = rc == 0;
	v.head = hex(rq->arena, digest_str(&f->row.head));
	return RENDER(rq, 200, view_log, &v);
}
