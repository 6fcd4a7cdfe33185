/* SPDX-License-Identifier: EUPL-1.2 */
/* Keeping a draft: resume code, going on elsewhere, moving to another place, deleting; its files. */
#include <string.h>

#include "base/json.h"
#include "usecase/catalog.h"
#include "usecase/drafts.h"
#include "usecase/drafts_impl.h"
#include "usecase/outbox.h"
#include "usecase/sessions.h"

#define CODE_BYTES 10 /* 80 bits */

/* A keyed hash: whoever reads the table cannot try codes. */
static int code_hash(struct ctx *c, str code, struct digest *ret)
{
	struct key k;
	str raw;

	if (b32_decode(c->arena, code, &raw) < 0 || raw.n != CODE_BYTES)
		return ERR_NOTFOUND;
	TRY(keys_purpose(c->house->keys, TENANT_PORTAL.v, "resume", &k));
	*ret = hmac_sha256(&k, raw);
	return 0;
}

struct keep {
	draft_id id;
	struct digest hash, session;
	int64_t account, now, expires, key_id;
	struct session_new fresh;
	bool new_session;
	struct outbox_row mail;
	bool has_mail;
};

static int code_unit(struct dbc *db, void *arg)
{
	struct keep *k = arg;

	if (k->has_mail)
		TRY(outbox_put(db, &k->mail));
	return db_exec(db, SQL("UPDATE draft SET resume_hash = $3 WHERE tenant_id = $1 AND draft_id = $2 AND case_id IS NULL"), VI(TENANT_PORTAL.v),
		VI(k->id.v), VB(digest_str(&k->hash)));
}

int draft_resume_code(struct ctx *c, struct draft *d, str email, str *ret_code)
{
	struct keep *k = ARENA_NEW(c->arena, struct keep);
	struct key own;
	struct digest raw;
	str text;

	/* always the same for a draft: what somebody has written down stays right */
	TRY(keys_purpose(c->house->keys, TENANT_PORTAL.v, "resume-code", &own));
	raw = hmac_sha256(&own, str_n(&d->id.v, sizeof d->id.v));
	text = b32(c->arena, str_n(raw.b, CODE_BYTES));
	*ret_code = str_fmt(c->arena, "%.4s-%.4s-%.4s-%.4s", text.p, text.p + 4, text.p + 8, text.p + 12);
	k->id = d->id;
	TRY(code_hash(c, *ret_code, &k->hash));
	if (email.n) {
		struct mail_out m = { .to = email, .kind = S("resume"), .code = *ret_code, .lang = c->lang,
				      .link = str_fmt(c->arena, "%.*s/fortsetzen", STR_FMT(c->house->origin)),
				      .service = definition_text(d->definition, lang_code(c->lang), S("title")) };

		TRY(mail_prepare(c, TENANT_PORTAL, (case_id){ 0 }, &m, &k->mail));
		k->has_mail = true;
	}
	ctx_hand_over(c, code_unit, k, TENANT_PORTAL, false);
	return 0;
}

static int resume_unit(struct dbc *db, void *arg)
{
	struct keep *k = arg;

	if (k->new_session)
		TRY(session_insert(db, &k->fresh));
	return db_exec(db, SQL("UPDATE draft SET session_hash = $3, account_id = COALESCE(account_id, $4), expires_at = $5 "
			       "WHERE tenant_id = $1 AND draft_id = $2 AND case_id IS NULL"),
		VI(TENANT_PORTAL.v), VI(k->id.v), VB(digest_str(&k->session)), k->account ? VI(k->account) : VN_INT(), VI(k->expires));
}

int draft_resume(struct ctx *c, str code, bool new_session, str *ret_handle)
{
	AUTO(rows_done) struct rows *r = NULL;
	struct keep *k = ARENA_NEW(c->arena, struct keep);
	struct dbc *db;

	TRY(code_hash(c, code, &k->hash));
	TRY(ctx_db(c, (tenant_id){ 0 }, &db));
	TRY(db_query(db, &r, SQL("SELECT draft_id, account_id FROM draft WHERE tenant_id = $1 AND resume_hash = $2 AND case_id IS NULL AND expires_at > $3"),
		VI(TENANT_PORTAL.v), VB(digest_str(&k->hash)), VI(c->now.us)));
	if (!rows_next(r))
		return rows_error(r) ? rows_error(r) : ERR_NOTFOUND;
	k->id.v = row_int(r, 0);
	TRY(draft_handle(c, k->id, ret_handle));
	k->session = c->actor.session;
	k->account = c->actor.account.v;
	k->expires = draft_expiry(c).us;
	k->new_session = new_session;
	k->fresh = (struct session_new){ .hash = c->actor.session, .kind = 1, .subject_tenant = TENANT_PORTAL, .now = c->now,
					 .expires = instant_add_s(c->now, SESSION_CITIZEN_DAYS * 86400) };
	ctx_hand_over(c, resume_unit, k, TENANT_PORTAL, false);
	return 0;
}

static int delete_unit(struct dbc *db, void *arg)
{
	struct keep *k = arg;

	TRY(db_exec(db, SQL("DELETE FROM draft_file WHERE tenant_id = $1 AND draft_id = $2"), VI(TENANT_PORTAL.v), VI(k->id.v)));
	return db_exec(db, SQL("DELETE FROM draft WHERE tenant_id = $1 AND draft_id = $2 AND case_id IS NULL"), VI(TENANT_PORTAL.v), VI(k->id.v));
}

int draft_delete(struct ctx *c, struct draft *d)
{
	struct keep *k = ARENA_NEW(c->arena, struct keep);

	k->id = d->id;
	/* the row goes with the commit; its key is swept by the retention job, which destroys keys that nothing refers to */
	ctx_hand_over(c, delete_unit, k, TENANT_PORTAL, false);
	return 0;
}

static void apply_nothing(struct answers *x, struct draft_change *s)
{
}

int draft_move(struct ctx *c, struct draft *d, const struct place *to)
{
	struct draft_change *s = ARENA_NEW(c->arena, struct draft_change);
	struct buf b = buf_new(c->arena, 1024);
	const struct definition *def;
	struct responsibility who;

	TRY(place_responsible(c->house->places, d->definition->service->responsible, to, &who));
	TRY(catalog_offer(c, (tenant_id){ who.tenant_id }, d->service, &def));
	answers_write(&b, d->answers);
	d->definition = def;
	d->place = to;
	d->context = draft_context(c, to);
	TRY(answers_read(c->arena, def->form, buf_str(&b), &d->answers, &d->lost));
	s->apply = apply_nothing;
	draft_change(c, d, s);
	return 0;
}

/* ---- files ---- */

str stored_file_json(struct arena *a, const struct stored_file *f)
{
	struct buf b = buf_new(a, 256);
	struct json j;

	json_begin(&j, &b);
	json_object(&j);
	json_kstr(&j, S("name"), f->name);
	json_kstr(&j, S("type"), f->type);
	json_kint(&j, S("size"), f->size);
	json_kint(&j, S("tenant"), f->blob_tenant.v);
	json_kstr(&j, S("key"), b64url(a, str_n(f->blob_key.b, KEY_BYTES)));
	json_kint(&j, S("pages"), f->pages);
	if (f->preview_id) {
		json_kstr(&j, S("preview"), str_fmt(a, "%lld", (long long)f->preview_id));
		json_kstr(&j, S("preview_key"), b64url(a, str_n(f->preview_key.b, KEY_BYTES)));
	}
	json_object_end(&j);
	json_end(&j);
	return buf_str(&b);
}

static int take_key(struct arena *a, const struct node *n, struct key *ret)
{
	str raw;

	TRY(b64url_decode(a, node_text(n), &raw));
	if (raw.n != KEY_BYTES)
		return ERR_PARSE;
	memcpy(ret->b, raw.p, KEY_BYTES);
	return 0;
}

int stored_file_parse(struct arena *a, str json, struct stored_file *f)
{
	struct node_error e;
	struct node *n;
	int64_t v;

	TRY(node_parse_json(a, json, &n, &e));
	f->name = node_text_at(n, S("name"));
	f->type = node_text_at(n, S("type"));
	TRY(node_i64(node_get(n, S("size")), &f->size));
	TRY(node_i64(node_get(n, S("tenant")), &v));
	f->blob_tenant.v = (int32_t)v;
	TRY(take_key(a, node_get(n, S("key")), &f->blob_key));
	TRY(node_i64(node_get(n, S("pages")), &v));
	f->pages = (int32_t)v;
	f->preview_id = 0;
	if (node_get(n, S("preview"))) {
		TRY(str_to_i64(node_text_at(n, S("preview")), &f->preview_id));
		TRY(take_key(a, node_get(n, S("preview_key")), &f->preview_key));
	}
	return 0;
}

int draft_files(struct ctx *c, struct draft *d, struct stored_file **ret, size_t *ret_n)
{
	AUTO(rows_done) struct rows *r = NULL;
	struct stored_file *list = ARENA_ARRAY(c->arena, struct stored_file, DRAFT_FILES_MAX);
	struct dbc *db;
	size_t n = 0;

	TRY(ctx_db(c, (tenant_id){ 0 }, &db));
	TRY(db_query(db, &r, SQL("SELECT file_id, meta FROM draft_file WHERE tenant_id = $1 AND draft_id = $2 ORDER BY file_id"), VI(TENANT_PORTAL.v),
		VI(d->id.v)));
	while (n < DRAFT_FILES_MAX && rows_next(r)) {
		str json;

		TRY(draft_unseal(c->arena, &d->key, d->id, "file", row_int(r, 0), row_str(r, 1), &json));
		TRY(stored_file_parse(c->arena, json, &list[n]));
		list[n++].id = row_int(r, 0);
	}
	*ret = list;
	*ret_n = n;
	return rows_error(r);
}

struct file_change {
	struct draft_change change;
	const struct upload_in *in;
	const struct page *page;
	const struct field **field;	/* of each file */
	str *sealed;
	int64_t at;
};

/* Ids of a file field are joined by '|'. */
static void put_file(struct arena *a, struct answers *x, const struct field *f, uint16_t row, int64_t add, int64_t remove)
{
	str gone = str_fmt(a, "%lld", (long long)remove), rest = answers_get(x, f->index, row), part;
	struct buf b = buf_new(a, 64);

	while (str_split(&rest, '|', &part))
		if (part.n && !str_eq(part, gone)) {
			if (b.n)
				buf_putc(&b, '|');
			buf_put(&b, part);
		}
	if (add) {
		if (b.n)
			buf_putc(&b, '|');
		buf_int(&b, add);
	}
	answers_set(x, f->index, row, buf_str(&b));
}

static void apply_files(struct answers *x, struct draft_change *s)
{
	struct file_change *f = (struct file_change *)s;

	page_take(x, f->page, f->in->row, f->in->posted);
	for (size_t i = 0; i < f->in->files; i++)
		put_file(s->arena, x, f->field[i], f->in->row, f->in->file[i].id, 0);
	for (size_t i = 0; f->in->remove && i < f->page->fields; i++) {
		const struct field *field = &x->form->field[f->page->field[i]];

		if (field->type == FIELD_FILE)
			put_file(s->arena, x, field, f->in->row, 0, f->in->remove);
	}
}

static int also_files(struct dbc *db, struct draft_change *s)
{
	struct file_change *f = (struct file_change *)s;

	if (f->in->remove)
		TRY(db_exec(db, SQL("DELETE FROM draft_file WHERE tenant_id = $1 AND draft_id = $2 AND file_id = $3"), VI(TENANT_PORTAL.v),
			VI(s->draft->id.v), VI(f->in->remove)));
	for (size_t i = 0; i < f->in->files; i++)
		TRY(db_exec(db, SQL("INSERT INTO draft_file (tenant_id, draft_id, file_id, meta, size, created_at) VALUES ($1, $2, $3, $4, $5, $6)"),
			VI(TENANT_PORTAL.v), VI(s->draft->id.v), VI(f->in->file[i].id), VB(f->sealed[i]), VI(f->in->file[i].size), VI(f->at)));
	return 0;
}

static const struct field *field_by_key(const struct form *form, const struct page *p, uint16_t row, str key)
{
	str tail = row > 1 ? S("-") : STR_EMPTY;

	for (size_t i = 0; i < p->fields; i++) {
		const struct field *f = &form->field[p->field[i]];

		if (f->type == FIELD_FILE && str_has_prefix(key, f->key) && (key.n == f->key.n || (tail.n && key.p[f->key.n] == '-')))
			return f;
	}
	return NULL;
}

int draft_upload(struct ctx *c, str handle, const struct upload_in *in, struct step_outcome **ret)
{
	struct step_outcome *o = ARENA_NEW(c->arena, struct step_outcome);
	struct file_change *f = ARENA_NEW(c->arena, struct file_change);
	struct stored_file *have;
	struct draft *d;
	size_t n;

	*ret = o;
	TRY(draft_open(c, handle, &d));
	o->draft = d;
	o->row = in->row;
	o->page = form_page(d->definition->form, in->page);
	o->result = d->submitted ? STEP_CLOSED : STEP_GONE;
	if (d->submitted || !o->page || !journey_find(d->journey, o->page->index, in->row))
		return 0;
	TRY(draft_files(c, d, &have, &n));
	if (n + in->files > DRAFT_FILES_MAX)
		return ERR_LIMIT;
	*f = (struct file_change){ .change = { .apply = apply_files, .also = also_files }, .page = o->page, .at = c->now.us };
	f->in = arena_copy(c->arena, in, sizeof *in); /* the unit runs when the caller has returned */
	f->field = ARENA_ARRAY(c->arena, const struct field *, in->files + 1);
	f->sealed = ARENA_ARRAY(c->arena, str, in->files + 1);
	for (size_t i = 0; i < in->files; i++) {
		f->field[i] = field_by_key(d->definition->form, o->page, in->row, in->field_key[i]);
		if (!f->field[i])
			return ERR_NOTFOUND;
		f->sealed[i] = draft_seal(c->arena, &d->key, d->id, "file", in->file[i].id, stored_file_json(c->arena, &in->file[i]));
	}
	draft_change(c, d, &f->change);
	o->result = page_has_problems(d->journey, o->page, in->row) ? STEP_WRONG : STEP_SAVED;
	return 0;
}
