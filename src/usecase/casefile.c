/* SPDX-License-Identifier: EUPL-1.2 */
#include "usecase/casefile.h"

#include <string.h>

#include "base/json.h"
#include "usecase/catalog.h"

static int unseal_part(const struct casefile *f, const char *purpose, int64_t row, str sealed, str *ret)
{
	return case_unseal(f->ctx->arena, &f->key, f->row.tenant, f->row.id, purpose, row, sealed, ret);
}

str casefile_seal(const struct casefile *f, const char *purpose, int64_t row, str plain)
{
	return case_seal(f->ctx->arena, &f->key, f->row.tenant, f->row.id, purpose, row, plain);
}

static int unseal_json(const struct casefile *f, const char *purpose, int64_t row, str sealed, struct node **ret)
{
	struct node_error e;
	str json;

	TRY(unseal_part(f, purpose, row, sealed, &json));
	return node_parse_json(f->ctx->arena, json, ret, &e);
}

int case_open(struct ctx *c, const struct grant *g, struct casefile **ret)
{
	struct casefile *f = ARENA_NEW(c->arena, struct casefile);

	f->ctx = c;
	f->grant = *g;
	f->row = g->row;
	TRY(case_key(c, g, &f->key));
	TRY(catalog_definition(c, &f->row.definition, &f->definition));
	f->place = place_by_ars(c->house->places, f->row.ars);
	f->authority = authority_by_tenant(c->house->places, f->row.tenant.v);
	TRY(unseal_part(f, "name", 0, f->row.name_sealed, &f->name));
	*ret = f;
	return 0;
}

static int file_db(struct casefile *f, struct dbc **ret)
{
	return ctx_db(f->ctx, f->row.tenant, ret);
}

/* A part of the case by kind; empty when the case has none. */
static int content(struct casefile *f, const char *kind, str *ret)
{
	struct dbc *db;
	str sealed;
	int rc;

	*ret = STR_EMPTY;
	TRY(file_db(f, &db));
	rc = case_content_get(db, f->ctx->arena, &f->grant, str_c(kind), &sealed);
	if (rc == ERR_NOTFOUND)
		return 0;
	TRY(rc);
	return unseal_part(f, kind, 0, sealed, ret);
}

/* ---- answers: as they were, where they were, on the day they were sent ---- */

int casefile_journey(struct casefile *f)
{
	struct node_error e;
	struct node *n;
	size_t lost;
	str json;

	if (f->read.journey)
		return 0;
	TRY(content(f, "answers", &json));
	if (!json.n)
		return ERR_NOTFOUND;
	TRY(node_parse_json(f->ctx->arena, json, &n, &e));
	TRY(date_parse_iso(node_text_at(n, S("today")), &f->context.today));
	TRY(node_i64(node_get(n, S("population")), &f->context.place_population));
	f->context.place_ars = f->row.ars;
	TRY(answers_read(f->ctx->arena, f->definition->form, node_text_at(n, S("answers")), &f->answers, &lost));
	f->journey = journey_run(f->ctx->arena, f->definition->form, f->answers, &f->context);
	f->read.journey = true;
	return 0;
}

/* ---- messages ---- */

static int read_message(struct casefile *f, const struct message_row *r, struct case_message *m)
{
	const struct node *files;
	struct node *n;
	int64_t *id;

	*m = (struct case_message){ .id = r->id, .at = r->at, .to_applicant = r->to_applicant, .asks = r->asks, .clerk = r->clerk,
				    .answer_by = r->answer_by, .answered_at = r->answered_at, .read_at = r->read_at };
	TRY(unseal_json(f, "message", r->id, r->sealed, &n));
	m->text = node_text_at(n, S("text"));
	files = node_get(n, S("files"));
	id = ARENA_ARRAY(f->ctx->arena, int64_t, node_count(files) + 1);
	for (size_t i = 0; i < node_count(files); i++)
		TRY(node_i64(node_at(files, i), &id[m->files++]));
	m->file = id;
	return 0;
}

int casefile_messages(struct casefile *f)
{
	struct message_row *r;
	struct dbc *db;
	size_t n;

	if (f->read.messages)
		return 0;
	TRY(file_db(f, &db));
	TRY(case_messages(db, f->ctx->arena, &f->grant, &r, &n));
	f->message = ARENA_ARRAY(f->ctx->arena, struct case_message, n + 1);
	for (size_t i = 0; i < n; i++)
		TRY(read_message(f, &r[i], &f->message[i]));
	f->messages = n;
	f->read.messages = true;
	return 0;
}

str casefile_message_seal(const struct casefile *f, int64_t id, str text, const int64_t *file, size_t files)
{
	struct buf b = buf_new(f->ctx->arena, 256);
	struct json j;

	json_begin(&j, &b);
	json_object(&j);
	json_kstr(&j, S("text"), text);
	json_key(&j, S("files"));
	json_array(&j);
	for (size_t i = 0; i < files; i++)
		json_int(&j, file[i]);
	json_array_end(&j);
	json_object_end(&j);
	json_end(&j);
	return casefile_seal(f, "message", id, buf_str(&b));
}

const struct case_message *casefile_question(const struct casefile *f)
{
	for (size_t i = f->messages; i-- > 0;)
		if (f->message[i].to_applicant && f->message[i].asks && !f->message[i].answered_at.us)
			return &f->message[i];
	return NULL;
}

/* ---- attachments ---- */

int casefile_files(struct casefile *f)
{
	struct attachment_row *r;
	struct dbc *db;
	size_t n;

	if (f->read.files)
		return 0;
	TRY(file_db(f, &db));
	TRY(case_attachments(db, f->ctx->arena, &f->grant, &r, &n));
	f->file = ARENA_ARRAY(f->ctx->arena, struct case_file, n + 1);
	for (size_t i = 0; i < n; i++) {
		struct case_file *x = &f->file[i];
		str json;

		TRY(unseal_part(f, "file", r[i].id, r[i].sealed, &json));
		TRY(stored_file_parse(f->ctx->arena, json, &x->stored));
		x->stored.id = r[i].id;
		x->stored.blob_tenant = r[i].blob_tenant;
		x->origin = r[i].origin;
		x->at = r[i].at;
	}
	f->files = n;
	f->read.files = true;
	return 0;
}

const struct case_file *casefile_file(const struct casefile *f, int64_t id)
{
	for (size_t i = 0; i < f->files; i++)
		if (f->file[i].stored.id == id)
			return &f->file[i];
	return NULL;
}

/* ---- letters ---- */

enum decision_kind decision_of_template(str id)
{
	if (str_has_prefix(id, S("abgelehnt")) || str_has_prefix(id, S("ablehn")))
		return DECIDE_REFUSE;
	return str_has_prefix(id, S("teil")) ? DECIDE_PARTLY : DECIDE_GRANT;
}

str letter_json(struct arena *a, const struct case_letter *l)
{
	struct buf b = buf_new(a, 512);
	struct json j;

	json_begin(&j, &b);
	json_object(&j);
	json_kstr(&j, S("reason"), l->reason);
	json_kint(&j, S("fee"), l->fee_cents);
	json_kstr(&j, S("returned"), l->returned);
	json_kstr(&j, S("code"), l->check_code);
	if (l->row.blob_id) {
		json_kstr(&j, S("key"), b64url(a, str_n(l->blob_key.b, KEY_BYTES)));
		json_kint(&j, S("size"), l->size);
	}
	json_object_end(&j);
	json_end(&j);
	return buf_str(&b);
}

static int read_blob_key(struct casefile *f, const struct node *n, struct case_letter *l)
{
	str raw;

	if (!l->row.blob_id)
		return 0;
	TRY(b64url_decode(f->ctx->arena, node_text_at(n, S("key")), &raw));
	if (raw.n != KEY_BYTES)
		return ERR_PARSE;
	memcpy(l->blob_key.b, raw.p, KEY_BYTES);
	return node_i64(node_get(n, S("size")), &l->size);
}

int casefile_letters(struct casefile *f)
{
	struct letter_row *r;
	struct dbc *db;
	size_t n;

	if (f->read.letters)
		return 0;
	TRY(file_db(f, &db));
	TRY(case_letters(db, f->ctx->arena, &f->grant, &r, &n));
	f->letter = ARENA_ARRAY(f->ctx->arena, struct case_letter, n + 1);
	for (size_t i = 0; i < n; i++) {
		struct case_letter *l = &f->letter[i];
		struct node *x;

		l->row = r[i];
		l->decision = decision_of_template(r[i].template_id);
		l->title = definition_text3(f->definition, S("de"), S("document."), r[i].template_id, S(".title"));
		TRY(unseal_json(f, "letter", r[i].id, r[i].sealed, &x));
		l->reason = node_text_at(x, S("reason"));
		l->returned = node_text_at(x, S("returned"));
		l->check_code = node_text_at(x, S("code"));
		if (node_i64(node_get(x, S("fee")), &l->fee_cents) < 0)
			l->fee_cents = -1; /* letters that are no decisions have none */
		TRY(read_blob_key(f, x, l));
	}
	f->letters = n;
	f->read.letters = true;
	return 0;
}

const struct case_letter *casefile_decision(const struct casefile *f)
{
	for (size_t i = f->letters; i-- > 0;)
		if (str_eq(f->letter[i].row.kind, S("decision")))
			return &f->letter[i];
	return NULL;
}

const struct case_letter *casefile_sent(const struct casefile *f)
{
	for (size_t i = f->letters; i-- > 0;)
		if (str_eq(f->letter[i].row.kind, S("decision")) && f->letter[i].row.state == LETTER_SENT)
			return &f->letter[i];
	return NULL;
}

/* ---- notes, events ---- */

int casefile_notes(struct casefile *f)
{
	struct note_row *r;
	struct dbc *db;
	size_t n;

	if (f->grant.who != ACTOR_CLERK)
		return ERR_DENIED;
	if (f->read.notes)
		return 0;
	TRY(file_db(f, &db));
	TRY(case_notes(db, f->ctx->arena, &f->grant, &r, &n));
	f->note = ARENA_ARRAY(f->ctx->arena, struct case_note, n + 1);
	for (size_t i = 0; i < n; i++) {
		f->note[i] = (struct case_note){ .id = r[i].id, .clerk = r[i].clerk, .at = r[i].at };
		TRY(unseal_part(f, "note", r[i].id, r[i].sealed, &f->note[i].text));
	}
	f->notes = n;
	f->read.notes = true;
	return 0;
}

int casefile_events(struct casefile *f)
{
	struct event *e;
	struct dbc *db;
	size_t n;

	if (f->read.events)
		return 0;
	TRY(file_db(f, &db));
	TRY(case_events(db, f->ctx->arena, &f->grant, &e, &n));
	f->event = ARENA_ARRAY(f->ctx->arena, struct case_event, n + 1);
	for (size_t i = 0; i < n; i++) {
		struct node_error wrong;
		struct node *detail;
		str json;

		f->event[i].event = e[i];
		TRY(event_unseal(f->ctx->arena, &f->key, f->row.tenant, f->row.id, &e[i], &json));
		TRY(node_parse_json(f->ctx->arena, json, &detail, &wrong));
		f->event[i].detail = detail;
	}
	f->events = n;
	f->read.events = true;
	return 0;
}

static int64_t actor_number(const struct actor *a)
{
	switch (a->kind) {
	case ACTOR_APPLICANT:
		return a->account.v;
	case ACTOR_CLERK:
		return a->clerk.v;
	case ACTOR_SOFTWARE:
		return a->software;
	case ACTOR_SYSTEM:
		break;
	}
	return 0;
}

struct event casefile_event(const struct casefile *f, enum event_kind kind, str detail)
{
	const struct actor *a = &f->ctx->actor;

	struct event e = { .at = f->ctx->now, .kind = kind, .actor = a->kind, .actor_id = actor_number(a) };

	e.sealed = event_seal(f->ctx->arena, &f->key, f->row.tenant, f->row.id, &e, detail.n ? detail : S("{}"));
	return e;
}

/* ---- who it is ---- */

int casefile_contact(struct casefile *f)
{
	struct node_error e;
	struct node *n;
	str json;

	if (f->read.contact)
		return 0;
	TRY(content(f, "contact", &json));
	if (json.n) {
		TRY(node_parse_json(f->ctx->arena, json, &n, &e));
		f->contact.email = node_text_at(n, S("email"));
		if (!lang_parse(node_text_at(n, S("lang")), &f->contact.lang))
			f->contact.lang = LANG_DE;
	}
	TRY(content(f, "links", &json));
	if (json.n) {
		TRY(node_parse_json(f->ctx->arena, json, &n, &e));
		f->contact.follow = node_text_at(n, S("follow"));
	}
	f->read.contact = true;
	return 0;
}

int casefile_identity(struct casefile *f)
{
	if (f->read.identity)
		return 0;
	TRY(content(f, "identity", &f->identity));
	f->read.identity = true;
	return 0;
}

str casefile_link(const struct casefile *f)
{
	str origin = f->ctx->house->origin;

	if (f->row.owner.v || !f->contact.follow.n)
		return str_fmt(f->ctx->arena, "%.*s/konto", STR_FMT(origin));
	return str_fmt(f->ctx->arena, "%.*s/folgen/%.*s", STR_FMT(origin), STR_FMT(f->contact.follow));
}

int clerk_name(struct ctx *c, tenant_id t, clerk_id id, str *ret)
{
	AUTO(rows_done) struct rows *r = NULL;
	struct dbc *db;

	*ret = STR_EMPTY;
	if (!id.v)
		return 0;
	if (c->actor.kind == ACTOR_CLERK && c->actor.clerk.v == id.v && c->actor.tenant.v == t.v) {
		*ret = c->actor.name;
		return 0;
	}
	TRY(ctx_db(c, t, &db));
	TRY(db_query(db, &r, SQL("SELECT name FROM clerk WHERE tenant_id = $1 AND clerk_id = $2"), VI(t.v), VI(id.v)));
	if (rows_next(r))
		*ret = str_dup(c->arena, row_str(r, 0));
	return rows_error(r);
}
