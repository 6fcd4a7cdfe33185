/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A question page with files. The bytes are durable and sealed when the handler starts; the intake process looks at them (type by content,
 * bitmaps made anew, pages rendered), then one unit takes the files and the other fields of the page.
 */
#include "usecase/catalog.h"
#include "usecase/drafts.h"
#include "web/limit.h"
#include "web/pages/citizen.h"
#include "web/pages/files.h"
#include "web/upload.h"

struct look {
	struct req *rq;
	struct upload_in in;
	struct stored_file file[UPLOAD_FILES_MAX];
	str key[UPLOAD_FILES_MAX];
	str error, error_key;
	int rc;
};

/* The field of an input name "key" or "key-<row>"; nothing is accepted where there is none. */
static unsigned accept_of(const struct form *form, str key)
{
	for (size_t i = 0; i < form->fields; i++) {
		const struct field *f = &form->field[i];
		int64_t row;

		if (f->type != FIELD_FILE || !str_has_prefix(key, f->key))
			continue;
		if (key.n == f->key.n || (key.p[f->key.n] == '-' && !str_to_i64(str_sub(key, f->key.n + 1, key.n), &row)))
			return f->accept;
	}
	return 0;
}

/* On the pool for uploads. Ends with the first file that is refused. */
static void look_at_files(void *arg)
{
	struct look *l = arg;
	const struct upload *up = l->rq->upload;
	const struct definition *d = l->rq->data;

	for (size_t i = 0; i < up->files && !l->error.n && l->rc >= 0; i++) {
		const struct upload_file *f = &up->file[i];

		l->rc = file_check(l->rq, f, up->tenant, accept_of(d->form, f->field), &l->file[l->in.files], &l->error);
		if (l->error.n)
			l->error_key = f->field;
		else
			l->key[l->in.files++] = f->field;
	}
}

static int show_again(struct req *rq, struct step_outcome *o, str key, str error)
{
	return question_with_error(rq, o->draft, o->page, o->row, key, error);
}

static int saved(struct req *rq)
{
	struct step_outcome *o = rq->data;
	struct draft *d = o->draft;
	str action = req_form(rq, S("aktion"));

	if (o->result == STEP_CLOSED)
		return reply_see(rq, draft_href(rq, d, S("gesendet")));
	if (o->result == STEP_GONE)
		return reply_see(rq, draft_href(rq, d, draft_next_path(rq->arena, d, NULL)));
	if (str_eq(action, S("speichern")))
		return reply_see(rq, draft_href(rq, d, S("gespeichert")));
	if (values_changed(rq))
		return reply_see(rq, same_page(rq, o));
	if (str_eq(action, S("hochladen")) || req_form(rq, S("entfernen")).n)
		return reply_see(rq, draft_href(rq, d, visit_path(rq->arena, d, &(struct visit){ .page = o->page->index, .row = o->row })));
	return after_page(rq, o);
}

static int checked(struct req *rq)
{
	struct look *l = (struct look *)rq->work_arg;
	struct step_outcome *o;

	TRY(l->rc);
	TRY(draft_upload(&rq->ctx, req_path(rq, 0), &l->in, &o));
	if (l->error.n && o->page) {
		/* what was fine is kept with the page; the wrong file is told beside its field */
		rq->data = o;
		rq->work_arg = l;
		return req_commit(rq, refused_file);
	}
	rq->data = o;
	return req_commit(rq, saved);
}

int refused_file(struct req *rq)
{
	struct look *l = rq->work_arg;
	struct step_outcome *o = rq->data;

	if (o->result == STEP_CLOSED || o->result == STEP_GONE)
		return saved(rq);
	return show_again(rq, o, l->error_key, l->error);
}

int page_draft_upload(struct req *rq)
{
	struct look *l = ARENA_NEW(rq->arena, struct look);
	const struct upload *up = rq->upload;
	struct draft *d;
	const struct page *p;
	uint16_t row = 0;

	TRY(draft_open(&rq->ctx, req_path(rq, 0), &d));
	p = form_page(d->definition->form, req_path(rq, 1));
	if (!p || (!str_eq(req_path(rq, 2), S("0")) && !form_row_parse(d->definition->form, p->per, req_path(rq, 2), &row)))
		return reply_problem(rq, 404);
	l->rq = rq;
	l->in = (struct upload_in){ .page = req_path(rq, 1), .row = row, .posted = &rq->form, .file = l->file, .field_key = l->key };
	if (req_form(rq, S("entfernen")).n && str_to_i64(req_form(rq, S("entfernen")), &l->in.remove) < 0)
		return reply_problem(rq, 400);
	for (size_t i = 0; i < up->files; i++)
		if (up->file[i].too_large) {
			l->error = TXF(rq, TX_PAGES_UPLOAD_SIZE, TEXT_INT("limit", up->max_bytes / 1000000));
			l->error_key = up->file[i].field;
		}
	if (!up->files && str_eq(req_form(rq, S("aktion")), S("hochladen"))) {
		l->error = TX(rq, TX_PAGES_UPLOAD_NONE);
		l->error_key = STR_EMPTY;
	}
	rq->work_arg = l;
	if (l->error.n || !up->files)
		return checked(rq);
	rq->data = (void *)(uintptr_t)d->definition;
	if (!limit_take(S("look"), limit_client(rq->arena, rq->client), LOOKS_PER_MINUTE))
		return reply_problem(rq, 429);
	return req_look(rq, look_at_files, l, checked);
}

int page_draft_file(struct req *rq)
{
	struct stored_file *f;
	struct draft *d;
	size_t n;
	int64_t id;

	if (str_to_i64(req_path(rq, 1), &id) < 0)
		return reply_problem(rq, 404);
	TRY(draft_open(&rq->ctx, req_path(rq, 0), &d));
	TRY(draft_files(&rq->ctx, d, &f, &n));
	for (size_t i = 0; i < n; i++)
		if (f[i].id == id && f[i].preview_id)
			return file_preview(rq, &f[i]);
	return reply_problem(rq, 404);
}
