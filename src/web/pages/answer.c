/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Answering a question, or adding something of one's own accord: a text and files, sent together once. Files that were uploaded before sending
 * are durable and checked, but belong to nobody yet: the form carries them along, sealed for this session and case ("stand"). Those that
 * are never sent are swept.
 */
#include "base/json.h"
#include "base/utf8.h"
#include "web/limit.h"
#include "web/pages/files.h"
#include "web/pages/track.h"

#define STAGED_HOURS 12	/* what nobody refers to is swept after a day */
#define ANSWER_ACCEPT (ACCEPT_PDF | ACCEPT_JPEG | ACCEPT_PNG)

struct answering {
	struct req *rq;
	struct casefile *f;
	str text;
	struct stored_file file[UPLOAD_FILES_MAX];
	size_t files;
	instant staged_at;		/* of the oldest of them */
	str text_error, file_error;
	int rc;
	struct applicant_outcome *out;
};

/* ---- files on their way ---- */

static int staged_key(struct req *rq, struct key *ret)
{
	return keys_purpose(rq->house->keys, TENANT_PORTAL.v, "answer-files", ret);
}

static str staged_aad(struct answering *x)
{
	return str_fmt(x->rq->arena, "%d/%lld/%.*s", x->f->row.tenant.v, (long long)x->f->row.id.v,
		STR_FMT(b64url(x->rq->arena, digest_str(&x->rq->ctx.actor.session))));
}

static int staged_seal(struct answering *x, str *ret)
{
	struct arena *a = x->rq->arena;
	struct buf b = buf_new(a, 512);
	struct json j;
	struct key k;

	*ret = STR_EMPTY;
	if (!x->files)
		return 0;
	TRY(staged_key(x->rq, &k));
	json_begin(&j, &b);
	json_object(&j);
	json_kint(&j, S("at"), x->staged_at.us ? x->staged_at.us : x->rq->ctx.now.us);
	json_key(&j, S("files"));
	json_array(&j);
	for (size_t i = 0; i < x->files; i++) {
		json_object(&j);
		json_kstr(&j, S("id"), str_fmt(a, "%lld", (long long)x->file[i].id));
		json_kstr(&j, S("file"), stored_file_json(a, &x->file[i]));
		json_object_end(&j);
	}
	json_array_end(&j);
	json_object_end(&j);
	json_end(&j);
	*ret = b64url(a, seal(a, &k, staged_aad(x), buf_str(&b)));
	return 0;
}

/* Anything that this session has not been given for this case is as good as nothing. */
static int staged_open(struct answering *x)
{
	struct arena *a = x->rq->arena;
	str raw, json, given = req_form(x->rq, S("stand"));
	struct node_error e;
	const struct node *files;
	struct node *n;
	struct key k;

	if (!given.n)
		return 0;
	TRY(staged_key(x->rq, &k));
	if (b64url_decode(a, given, &raw) < 0 || unseal(a, &k, staged_aad(x), raw, &json) < 0)
		return 0;
	TRY(node_parse_json(a, json, &n, &e));
	TRY(node_i64(node_get(n, S("at")), &x->staged_at.us));
	if (x->staged_at.us + INSTANT_S(STAGED_HOURS * 3600) < x->rq->ctx.now.us) {
		x->file_error = TX(x->rq, TX_TRACK_FILES_GONE);
		x->staged_at.us = 0;
		return 0;
	}
	files = node_get(n, S("files"));
	for (size_t i = 0; i < node_count(files) && x->files < UPLOAD_FILES_MAX; i++) {
		struct stored_file *s = &x->file[x->files];

		TRY(stored_file_parse(a, node_text_at(node_at(files, i), S("file")), s));
		TRY(str_to_i64(node_text_at(node_at(files, i), S("id")), &s->id));
		s->blob_tenant = TENANT_PORTAL;
		x->files++;
	}
	return 0;
}

/* Its bytes stay until they are swept: who goes back to the page before finds the file again. */
static void staged_remove(struct answering *x, str id)
{
	int64_t number;

	if (str_to_i64(id, &number) < 0)
		return;
	for (size_t i = 0; i < x->files; i++)
		if (x->file[i].id == number) {
			x->file[i] = x->file[--x->files];
			return;
		}
}

/* ---- the page ---- */

struct field_view track_text_field(struct req *rq, str label)
{
	(void)rq;
	return (struct field_view){ .look = LOOK_AREA, .key = S("text"), .label = label, .rows = 6, .max_length = APPLICANT_TEXT_MAX, .optional = true };
}

struct field_view track_file_field(struct req *rq)
{
	return (struct field_view){ .look = LOOK_FILE, .key = S("datei"), .label = TX(rq, TX_TRACK_FILE_LABEL), .optional = true,
				    .hint = TXF(rq, TX_TRACK_FILE_HINT, TEXT_INT("limit", rq->house->conf.upload_max_mb)),
				    .accept = S(".pdf,.jpg,.jpeg,.png") };
}

static void fill_question(struct answering *x, struct answer_view *v)
{
	struct req *rq = x->rq;
	const struct case_message *q = x->f->row.phase == PHASE_ASKED ? casefile_question(x->f) : NULL;

	v->text = track_text_field(rq, TX(rq, q ? TX_TRACK_ANSWER_LABEL : TX_TRACK_ADD_LABEL));
	if (!q)
		return;
	v->question = q->text;
	v->from = x->f->authority ? x->f->authority->name : STR_EMPTY;
	v->asked = show_time(rq->arena, rq->ctx.lang, q->at);
	if (q->answer_by)
		v->due = show_date(rq->arena, rq->ctx.lang, date_from_days(q->answer_by));
}

static void fill_files(struct answering *x, struct answer_view *v)
{
	struct file_view *list = ARENA_ARRAY(x->rq->arena, struct file_view, x->files + 1);

	for (size_t i = 0; i < x->files; i++)
		list[i] = track_file(x->rq, &x->file[i]);
	v->file = track_file_field(x->rq);
	v->file.file = list;
	v->file.files = x->files;
	v->file.files_full = x->files == UPLOAD_FILES_MAX;
}

static int show_answer(struct answering *x, int status)
{
	struct req *rq = x->rq;
	struct error_item_view *e = ARENA_ARRAY(rq->arena, struct error_item_view, 2);
	struct answer_view v = { 0 };

	fill_question(x, &v);
	fill_files(x, &v);
	v.text.value = x->text;
	v.text.error = x->text_error;
	v.file.error = x->file_error;
	if (x->text_error.n)
		e[v.errors.items++] = (struct error_item_view){ x->text_error, S("#text") };
	if (x->file_error.n)
		e[v.errors.items++] = (struct error_item_view){ x->file_error, S("#datei") };
	v.errors.item = e;
	v.page = track_frame(rq, x->f, v.question.n ? TX(rq, TX_ANSWER_TITLE) : TX(rq, TX_ANSWER_ADD_TITLE));
	v.page.errors = v.errors.items;
	v.post = page_post(rq, track_href(rq, "/antwort"), true);
	v.back_href = track_href(rq, "");
	v.service = track_service(rq, x->f);
	v.reference = x->f->row.reference;
	TRY(staged_seal(x, &v.version));
	return RENDER(rq, status, view_answer, &v);
}

static int begin(struct req *rq, struct answering **ret)
{
	struct answering *x = ARENA_NEW(rq->arena, struct answering);

	x->rq = rq;
	TRY(track_open(rq, CASE_ANSWER, &x->f));
	TRY(casefile_messages(x->f));
	TRY(casefile_files(x->f));
	*ret = x;
	return 0;
}

int page_status_answer(struct req *rq)
{
	struct answering *x;

	TRY(begin(rq, &x));
	if (!applicant_may_answer(&x->f->row))
		return track_back(rq, "zu-spaet");
	return show_answer(x, 200);
}

/* ---- sending ---- */

/* On the pool for uploads. Ends with the first file that is refused; what was fine before it stays. */
static void look_at_files(void *arg)
{
	struct answering *x = arg;
	const struct upload *up = x->rq->upload;

	for (size_t i = 0; i < up->files && x->rc >= 0 && !x->file_error.n; i++) {
		str error = STR_EMPTY;

		if (up->file[i].too_large || !str_eq(up->file[i].field, S("datei")))
			continue;
		if (x->files == UPLOAD_FILES_MAX) {
			x->file_error = TXF(x->rq, TX_TRACK_FILES_TOO_MANY, TEXT_INT("limit", UPLOAD_FILES_MAX));
			return;
		}
		x->rc = file_check(x->rq, &up->file[i], up->tenant, ANSWER_ACCEPT, &x->file[x->files], &error);
		if (error.n)
			x->file_error = error;
		else if (x->rc >= 0)
			x->files++;
	}
}

static int sent(struct req *rq)
{
	struct answering *x = rq->data;

	switch (x->out->result) {
	case APPLICANT_DONE:
		return track_back(rq, x->out->differs ? "doppelt" : x->out->answered ? "antwort" : "nachricht");
	case APPLICANT_NOT_NOW:
		return track_back(rq, "zu-spaet");
	case APPLICANT_TOO_MANY:
		x->file_error = TXF(rq, TX_TRACK_FILES_MANY, TEXT_INT("limit", APPLICANT_FILES_MAX));
		return show_answer(x, 422);
	}
	return ERR_INVALID;
}

static int checked(struct req *rq)
{
	struct answering *x = rq->data;
	bool sending = !str_eq(req_form(rq, S("aktion")), S("hochladen")) && !req_form(rq, S("entfernen")).n;
	struct once *once;

	TRY(x->rc);
	if (!sending)
		return show_answer(x, x->file_error.n ? 422 : 200);
	if (!x->text.n && !x->files && !x->file_error.n)
		x->text_error = TX(rq, TX_TRACK_ANSWER_REQUIRED);
	if (utf8_length(x->text) > APPLICANT_TEXT_MAX)
		x->text_error = TXF(rq, TX_TRACK_ANSWER_LONG, TEXT_INT("limit", APPLICANT_TEXT_MAX));
	if (x->text_error.n || x->file_error.n)
		return show_answer(x, 422);
	TRY(track_once(rq, S("answer"), &once));
	TRY(applicant_answer(x->f, once, &(struct answer_in){ .text = x->text, .file = x->file, .files = x->files }, &x->out));
	return req_commit(rq, sent);
}

int page_status_answer_post(struct req *rq)
{
	const struct upload *up = rq->upload;
	struct answering *x;

	TRY(begin(rq, &x));
	rq->data = x;
	x->text = str_trim(req_form(rq, S("text")));
	TRY(staged_open(x));
	staged_remove(x, req_form(rq, S("entfernen")));
	if (up->too_many)
		x->file_error = TXF(rq, TX_TRACK_FILES_TOO_MANY, TEXT_INT("limit", UPLOAD_FILES_MAX));
	for (size_t i = 0; i < up->files; i++)
		if (up->file[i].too_large)
			x->file_error = TXF(rq, TX_PAGES_UPLOAD_SIZE, TEXT_INT("limit", up->max_bytes / 1000000));
	if (!up->files) {
		if (str_eq(req_form(rq, S("aktion")), S("hochladen")))
			x->file_error = TX(rq, TX_PAGES_UPLOAD_NONE);
		return checked(rq);
	}
	if (!limit_take(S("look"), limit_client(rq->arena, rq->client), LOOKS_PER_MINUTE))
		return reply_problem(rq, 429);
	return req_look(rq, look_at_files, x, checked);
}
