/* SPDX-License-Identifier: EUPL-1.2 */
#include "web/upload.h"

#include <string.h>

#include "base/utf8.h"
#include "storage/blob.h"
#include "usecase/access.h"
#include "usecase/drafts.h"
#include "web/multipart.h"
#include "web/pages.h"
#include "web/session.h"

/* State of one upload between two pieces of the body. */
struct upload_parser {
	struct multipart multipart;
	struct req *rq;
	struct upload *up;
	struct upload_file *file;	/* being written */
	struct buf field;		/* text field being read */
	str field_name;
	struct pair pair[64];
	size_t pairs;
	void (*done)(void *arg, int rc);
	void *done_arg;
};

/* Whose body is read at all: the owner of the draft or case, signed in as needed. Anything else is refused before the first byte. */
static int gate(struct req *rq)
{
	if (str_has_prefix(rq->path, S("/antrag/"))) {
		draft_id id;

		return draft_gate(&rq->ctx, req_path(rq, 0), &id);
	}
	struct grant g;

	return case_authorize(&rq->ctx, req_path(rq, 0), CASE_ANSWER, &g);
}

static void on_part(void *arg, str name, str filename, bool is_file)
{
	struct upload_parser *p = arg;
	struct upload *up = p->up;

	p->file = NULL;
	if (!is_file) {
		p->field = buf_new(p->rq->arena, 64);
		p->field.limit = 64 * 1024;
		p->field_name = str_dup(p->rq->arena, name);
		return;
	}
	if (!filename.n)
		return; /* the browser sends an empty part where nothing was chosen */
	if (up->files == UPLOAD_FILES_MAX) {
		up->too_many = true;
		return;
	}
	p->file = &up->file[up->files++];
	p->file->field = str_dup(p->rq->arena, name);
	p->file->name = multipart_filename(p->rq->arena, filename);
}

static int open_blob(struct upload_parser *p)
{
	struct house *h = p->rq->house;

	return blob_begin(h->blobs, p->rq->arena, p->up->tenant.v, id_next(h->clock), &p->up->writer);
}

static int on_data(void *arg, str part)
{
	struct upload_parser *p = arg;
	struct upload *up = p->up;

	if (!p->file) {
		if (p->field_name.n)
			buf_put(&p->field, part);
		return 0;
	}
	if (p->file->too_large)
		return 0;
	if (p->file->size + (int64_t)part.n > up->max_bytes) {
		p->file->too_large = true;
		blob_abort(up->writer);
		up->writer = NULL;
		return 0;
	}
	if (!up->writer)
		TRY(open_blob(p));
	if (p->file->head.n < 4096 && !p->file->size)
		p->file->head = str_dup(p->rq->arena, str_sub(part, 0, 4096));
	p->file->size += (int64_t)part.n;
	return blob_write(up->writer, part);
}

/* Chunks of the earlier files are made durable here; only the last one is waited for asynchronously, in upload_close. */
static int on_end(void *arg, bool last)
{
	struct upload_parser *p = arg;
	struct upload *up = p->up;

	if (!p->file && p->field_name.n) {
		/* the same rule as for other forms: what is not UTF-8 would be stored as JSON that nobody can read again */
		if (p->field.failed)
			return ERR_LIMIT;
		if (!utf8_valid(buf_str(&p->field)))
			return ERR_PARSE;
		if (p->pairs < sizeof p->pair / sizeof *p->pair)
			p->pair[p->pairs++] = (struct pair){ p->field_name, buf_str(&p->field) };
	}
	p->field_name = STR_EMPTY;
	if (p->file && !p->file->size && !p->file->too_large)
		up->files--; /* an empty file is no file */
	if (up->writer && !last) {
		struct blob_writer *w = up->writer;

		up->writer = NULL;
		TRY(blob_finish_wait(w, &p->file->blob));
	}
	return 0;
}

int upload_open(struct req *rq)
{
	struct upload *up;
	int rc = session_load(rq);

	if (rc < 0 && rc != ERR_NOTFOUND)
		return rc;
	if (db_readonly(rq->house->db) || blobs_readonly(rq->house->blobs))
		return reply_problem(rq, 503);
	if (!rq->ctx.actor.known)
		return page_session_missing(rq);
	TRY(gate(rq));
	up = ARENA_NEW(rq->arena, struct upload);
	up->tenant = TENANT_PORTAL;
	up->max_bytes = rq->house->conf.upload_max_mb * 1000000;
	up->parser = ARENA_NEW(rq->arena, struct upload_parser);
	up->parser->rq = rq;
	up->parser->up = up;
	rq->upload = up;
	if (multipart_begin(rq->arena, rq->content_type, &up->parser->multipart) < 0) {
		rq->upload = NULL;
		return reply_problem(rq, 415);
	}
	up->parser->multipart.on_part = on_part;
	up->parser->multipart.on_data = on_data;
	up->parser->multipart.on_end = on_end;
	up->parser->multipart.arg = up->parser;
	return 0;
}

int upload_feed(struct req *rq, str part)
{
	return multipart_feed(&rq->upload->parser->multipart, part);
}

bool upload_room(struct req *rq, size_t n, void (*room)(void *arg), void *arg)
{
	return !rq->upload->writer || blob_room(rq->upload->writer, n, room, arg);
}

static void finished(void *arg, int rc)
{
	struct upload_parser *p = arg;

	p->done(p->done_arg, rc);
}

int upload_close(struct req *rq, void (*done)(void *arg, int rc), void *arg)
{
	struct upload *up = rq->upload;
	struct upload_parser *p = up->parser;
	struct blob_writer *w = up->writer;

	up->malformed = !multipart_complete(&p->multipart);
	rq->form = (struct pairs){ p->pair, p->pairs };
	up->writer = NULL;
	if (up->malformed) {
		blob_abort(w);
		return ERR_PARSE;
	}
	if (!w || !up->files) {
		blob_abort(w);
		done(arg, 0);
		return 0;
	}
	p->done = done;
	p->done_arg = arg;
	return blob_finish(w, finished, p, &up->file[up->files - 1].blob);
}

void upload_abort(struct req *rq)
{
	if (rq->upload) {
		blob_abort(rq->upload->writer);
		rq->upload->writer = NULL;
	}
}
