/* SPDX-License-Identifier: EUPL-1.2 */
#include "usecase/delivery.h"

#include "base/json.h"
#include "domain/fim_data.h"
#include "usecase/destinations.h"
#include "usecase/follow.h"
#include "usecase/prefill.h"
#include "usecase/shown.h"

#define WAIT_OFF_S 600	/* a destination that is switched off is looked at again after this */

/* ---- what is sent ---- */

static const char *const trust_names[] = { "none", "low", "substantial", "high" };

static int file_digest(struct ctx *c, const struct stored_file *s, struct digest *ret)
{
	struct sha256_stream *hash = sha256_begin();
	struct arena_mark mark = arena_mark(c->arena);
	bool last = false;
	int rc = 0;

	for (int64_t i = 0; !last && !rc; i++) {
		str part;

		rc = blob_read_chunk(c->house->blobs, c->arena, s->blob_tenant.v, s->id, &s->blob_key, i, &part, &last);
		if (!rc)
			sha256_add(hash, part);
		arena_rewind(c->arena, mark);
	}
	sha256_end(hash, ret); /* frees it, too */
	return rc;
}

static str api_url(const struct casefile *f, str handle, const char *tail)
{
	return str_fmt(f->ctx->arena, "%.*s/api/v1/cases/%.*s%s", STR_FMT(f->ctx->house->origin), STR_FMT(handle), tail);
}

static const char *type_name(str type)
{
	return str_eq(type, S("pdf")) ? "application/pdf" : str_eq(type, S("jpeg")) ? "image/jpeg" : "image/png";
}

static int put_files(struct casefile *f, struct json *j, str handle, bool later)
{
	json_key(j, S("attachments"));
	json_array(j);
	for (size_t i = 0; i < f->files; i++) {
		const struct stored_file *s = &f->file[i].stored;
		struct digest d;

		if (f->file[i].origin != 1 && !later)
			continue;
		TRY(file_digest(f->ctx, s, &d));
		json_object(j);
		json_kstr(j, S("id"), str_fmt(f->ctx->arena, "%lld", (long long)s->id));
		json_kstr(j, S("name"), s->name);
		json_kstr(j, S("type"), str_c(type_name(s->type)));
		json_kint(j, S("size"), s->size);
		json_kstr(j, S("sha256"), hex(f->ctx->arena, digest_str(&d)));
		json_kstr(j, S("origin"), f->file[i].origin == 1 ? S("application") : f->file[i].origin == 2 ? S("later") : S("authority"));
		json_kstr(j, S("url"), api_url(f, handle, str_z(f->ctx->arena, str_fmt(f->ctx->arena, "/files/%lld", (long long)s->id))));
		json_object_end(j);
	}
	json_array_end(j);
	return 0;
}

static int put_messages(struct casefile *f, struct json *j)
{
	TRY(casefile_messages(f));
	json_key(j, S("messages"));
	json_array(j);
	for (size_t i = 0; i < f->messages; i++) {
		const struct case_message *m = &f->message[i];

		json_object(j);
		json_kstr(j, S("from"), m->to_applicant ? S("authority") : S("applicant"));
		json_kstr(j, S("at"), instant_iso(f->ctx->arena, m->at));
		json_kbool(j, S("question"), m->asks);
		json_kstr(j, S("text"), m->text);
		json_key(j, S("attachments"));
		json_array(j);
		for (size_t k = 0; k < m->files; k++)
			json_str(j, str_fmt(f->ctx->arena, "%lld", (long long)m->file[k]));
		json_array_end(j);
		json_object_end(j);
	}
	json_array_end(j);
	return 0;
}

/* Our own writer's text, read and written again: nothing is pasted. */
static void put_node(struct json *j, const struct node *n)
{
	switch (n->kind) {
	case NODE_NULL:
		json_null(j);
		break;
	case NODE_TEXT:
		json_str(j, n->text);
		break;
	case NODE_NUMBER:
		json_raw_number(j, n->text);
		break;
	case NODE_BOOL:
		json_bool(j, str_eq(n->text, S("true")));
		break;
	case NODE_LIST:
		json_array(j);
		for (size_t i = 0; i < n->n; i++)
			put_node(j, n->item[i]);
		json_array_end(j);
		break;
	case NODE_MAP:
		json_object(j);
		for (size_t i = 0; i < n->n; i++) {
			json_key(j, n->key[i]);
			put_node(j, n->item[i]);
		}
		json_object_end(j);
		break;
	}
}

/* Of which answers the identity service says the same: software need not check them again. */
static int put_proved(struct casefile *f, struct json *j)
{
	const struct node *person;

	TRY(casefile_person(f, &person));
	TRY(casefile_journey(f));
	json_key(j, S("proved"));
	json_array(j);
	for (size_t i = 0; person && i < f->journey->values; i++)
		if (prefill_proves(f->ctx->arena, person, f->journey->form, &f->journey->value[i]))
			json_str(j, f->journey->form->field[f->journey->value[i].field].id);
	json_array_end(j);
	return 0;
}

static int put_answers(struct casefile *f, struct json *j)
{
	struct node_error e;
	struct dbc *db;
	struct node *n;
	str sealed, plain;

	TRY(ctx_db(f->ctx, f->row.tenant, &db));
	TRY(case_content_get(db, f->ctx->arena, &f->grant, S("submission"), &sealed));
	TRY(case_unseal(f->ctx->arena, &f->key, f->row.tenant, f->row.id, "submission", 0, sealed, &plain));
	TRY(node_parse_json(f->ctx->arena, plain, &n, &e));
	json_key(j, S("answers"));
	put_node(j, n);
	return put_proved(f, j);
}

/* The same answers in the terms of the official schema that the form was made from. */
static int put_fim(struct casefile *f, struct json *j)
{
	const struct form *form = f->definition->form;
	struct buf json = buf_new(f->ctx->arena, 4096), xml = buf_new(f->ctx->arena, 4096);
	struct node_error e;
	struct node *n;

	if (!form->fim_schema.n)
		return 0;
	TRY(casefile_journey(f));
	fim_data_json(&json, f->journey);
	fim_data_xml(&xml, f->journey);
	TRY(node_parse_json(f->ctx->arena, buf_str(&json), &n, &e));
	json_key(j, S("fim"));
	json_object(j);
	json_kstr(j, S("schema"), form->fim_schema);
	json_kstr(j, S("version"), form->fim_version);
	json_kstr(j, S("schema_uri"), fim_schema_uri(f->ctx->arena, form));
	json_key(j, S("data"));
	put_node(j, n);
	json_kstr(j, S("xml"), buf_str(&xml));
	json_object_end(j);
	return 0;
}

static void put_head(struct casefile *f, struct json *j, str handle)
{
	struct arena *a = f->ctx->arena;
	int trust = f->row.trust >= 0 && f->row.trust < 4 ? f->row.trust : 0;

	json_kstr(j, S("tenant"), f->authority ? f->authority->slug : STR_EMPTY);
	json_kstr(j, S("authority"), f->authority ? f->authority->name : STR_EMPTY);
	json_kstr(j, S("reference"), f->row.reference);
	json_kstr(j, S("case"), handle);
	json_kstr(j, S("case_url"), api_url(f, handle, ""));
	json_kstr(j, S("status_url"), api_url(f, handle, "/status"));
	json_kstr(j, S("service"), f->row.service);
	json_kstr(j, S("service_title"), definition_text(f->definition, S("de"), S("title")));
	json_kstr(j, S("ars"), f->row.ars);
	json_kstr(j, S("definition"), f->definition->hash);
	json_kstr(j, S("schema"), str_fmt(a, "%.*s/schema/%.*s.json", STR_FMT(f->ctx->house->origin), STR_FMT(f->definition->hash)));
	json_kstr(j, S("submitted_at"), instant_iso(a, f->row.submitted_at));
	json_kstr(j, S("trust_level"), str_c(trust_names[trust]));
	json_kstr(j, S("copy_url"), api_url(f, handle, "/files/antrag.pdf"));
}

int delivery_json(struct casefile *f, str event_id, struct buf *b)
{
	struct json j;
	str handle;

	TRY(case_handle(f->ctx, &f->grant, &handle));
	TRY(casefile_files(f));
	json_begin(&j, b);
	json_object(&j);
	if (event_id.n) {
		json_kstr(&j, S("event"), S("case.submitted"));
		json_kstr(&j, S("event_id"), event_id);
	} else {
		json_kstr(&j, S("phase"), phase_name(f->row.phase));
		json_kint(&j, S("version"), f->row.version);
	}
	put_head(f, &j, handle);
	TRY(put_answers(f, &j));
	TRY(put_fim(f, &j));
	if (!event_id.n)
		TRY(put_messages(f, &j));
	ctx_done(f->ctx); /* files are read without holding a snapshot */
	TRY(put_files(f, &j, handle, !event_id.n));
	json_object_end(&j);
	json_end(&j);
	return 0;
}

int delivery_request(struct ctx *c, tenant_id t, int64_t destination, str event_id, str body, struct http_out_request *ret)
{
	struct pair *header = ARENA_ARRAY(c->arena, struct pair, 2);
	struct destination d;
	struct key secret;

	TRY(destination_find(c, t, destination, &d));
	TRY(destination_secret(c, t, &d, &secret));
	header[0] = (struct pair){ S(WEBHOOK_HEADER), webhook_signature(c->arena, &secret, clock_now(c->house->clock).us / 1000000, body) };
	header[1] = (struct pair){ S("Idempotency-Key"), event_id };
	wipe(&secret, sizeof secret);
	*ret = (struct http_out_request){ .method = S("POST"), .url = d.url, .content_type = S("application/json"), .body = body,
					  .headers = { header, 2 }, .timeout_ms = (uint32_t)c->house->conf.call_seconds * 1000,
					  .response_max = DELIVERY_RESPONSE_MAX, .exceptions = c->house->conf.delivery_exceptions };
	return 0;
}

/* ---- before the call ---- */

struct start {
	struct delivery_call *d;
	enum { START_CALL, START_OVER, START_DONE } result;
	struct event event;
	instant now;
};

static int move_case(struct dbc *db, struct delivery_call *d, const struct event *event, instant now)
{
	struct event e = *event;
	struct case_row row;

	TRY(case_lock(db, d->f->ctx->arena, &d->f->grant, -1, &row));
	TRY(case_event_add(db, &d->f->grant, &row, &e));
	return case_save(db, &d->f->grant, &row, now);
}

static int start_unit(struct dbc *db, void *arg)
{
	struct start *s = arg;
	struct delivery_call *d = s->d;
	bool mine, accepted;

	s->result = START_OVER;
	TRY(outbox_renew(db, &d->task, DELIVERY_LEASE_S(d->f->ctx->house), &mine));
	if (!mine)
		return 0;
	TRY(delivery_accepted(db, &d->f->grant, d->task.id, &accepted));
	if (accepted) { /* it arrived, and only our note of it was lost */
		s->result = START_DONE;
		TRY(outbox_settle(db, &d->task, OUTBOX_DONE, 0, STR_EMPTY, &mine));
		return mine ? move_case(db, d, &s->event, s->now) : 0;
	}
	s->result = START_CALL;
	return delivery_add(db, &d->f->grant, &d->row);
}

/* {"destination":7}; ret 0 with *ret_id 0: not readable. */
static int destination_of(struct ctx *c, const struct outbox_task *t, int64_t *ret_id)
{
	struct node_error e;
	struct node *n;
	str plain;

	TRY(outbox_unseal(c, t->tenant, t->id, t->sealed, &plain));
	TRY(node_parse_json(c->arena, plain, &n, &e));
	return node_i64(node_get(n, S("destination")), ret_id);
}

static str event_detail(struct delivery_call *d, int status, str word)
{
	struct buf b = buf_new(d->f->ctx->arena, 128);
	struct json j;

	json_begin(&j, &b);
	json_object(&j);
	json_kint(&j, S("destination"), d->row.destination);
	json_kint(&j, S("attempt"), d->row.attempt);
	json_kint(&j, S("status"), status);
	json_kstr(&j, S("result"), word);
	json_object_end(&j);
	json_end(&j);
	return buf_str(&b);
}

struct settle {
	const struct outbox_task *task;
	enum outbox_end how;
	int64_t pause_us;
	str error;
};

static int settle_unit(struct dbc *db, void *arg)
{
	struct settle *s = arg;
	bool mine;

	return outbox_settle(db, s->task, s->how, s->pause_us, s->error, &mine);
}

static int settle_only(struct ctx *c, const struct outbox_task *t, enum outbox_end how, int64_t pause_us, str error)
{
	struct settle s = { .task = t, .how = how, .pause_us = pause_us, .error = error };

	ctx_hand_over(c, settle_unit, &s, t->tenant, true);
	return ctx_commit_wait(c);
}

int delivery_open(struct ctx *c, const struct outbox_task *t, struct delivery_call **ret)
{
	struct delivery_call *d = ARENA_NEW(c->arena, struct delivery_call);
	struct buf b = buf_new(c->arena, 4096);
	struct start s = { .d = d, .now = c->now };
	struct destination to;
	struct grant g;
	int64_t destination;

	*ret = d;
	*d = (struct delivery_call){ .task = *t, .skip = true };
	TRY(destination_of(c, t, &destination));
	TRY(destination_find(c, t->tenant, destination, &to));
	if (!to.active)
		return settle_only(c, t, OUTBOX_WAIT, INSTANT_S(WAIT_OFF_S), S("off"));
	TRY(case_authorize_system(c, t->tenant, t->case_id, &g));
	TRY(case_open(c, &g, &d->f));
	d->url = to.url;
	d->event_id = str_fmt(c->arena, "%d-%lld", t->tenant.v, (long long)t->id);
	TRY(delivery_json(d->f, d->event_id, &b));
	TRY(delivery_request(c, t->tenant, destination, d->event_id, buf_str(&b), &d->request));
	d->row = (struct delivery_row){ .id = id_next(c->house->clock), .destination = destination, .outbox = t->id, .attempt = t->attempts,
					.at = c->now, .result = S("started") };
	s.event = casefile_event(d->f, EVENT_HANDED_OVER, event_detail(d, 0, S("accepted")));
	ctx_hand_over(c, start_unit, &s, t->tenant, true);
	TRY(ctx_commit_wait(c));
	d->skip = s.result != START_CALL;
	return 0;
}

/* ---- after it ---- */

struct verdict {
	str word;
	bool accepted, final;
};

static struct verdict judge(int rc, int status)
{
	bool good = status >= 200 && status < 300;

	switch (rc) {
	case 0:
		break;
	case ERR_LIMIT: /* the answer was too long, but its first line says all that we need */
		return good ? (struct verdict){ S("accepted"), true, true } : (struct verdict){ S("oversize"), false, false };
	case ERR_TIMEOUT:
		return (struct verdict){ S("timeout"), false, false };
	case ERR_DENIED:
	case ERR_INVALID:
		return (struct verdict){ S("forbidden"), false, true };
	case ERR_CRYPTO:
		return (struct verdict){ S("certificate"), false, false };
	case ERR_NOTFOUND:
		return (struct verdict){ S("unknown-name"), false, false };
	default:
		return (struct verdict){ S("lost"), false, false };
	}
	if (good)
		return (struct verdict){ S("accepted"), true, true };
	if (status >= 300 && status < 400)
		return (struct verdict){ S("redirected"), false, false };
	/* it has read the case and does not want it: a retry says the same */
	return (struct verdict){ S("refused"), false, status == 400 || status == 410 || status == 413 || status == 415 || status == 422 };
}

str delivery_word(int rc, int status)
{
	return judge(rc, status).word;
}

struct finish {
	struct delivery_call *d;
	enum outbox_end how;
	int64_t pause_us;
	str error;
	bool has_event;
	struct event event;
	instant now;
};

static int finish_unit(struct dbc *db, void *arg)
{
	struct finish *x = arg;
	struct delivery_call *d = x->d;
	bool mine;

	TRY(delivery_end(db, &d->f->grant, &d->row));
	TRY(outbox_settle(db, &d->task, x->how, x->pause_us, x->error, &mine));
	return mine && x->has_event ? move_case(db, d, &x->event, x->now) : 0;
}

int delivery_close(struct ctx *c, struct delivery_call *d, int rc, const struct http_out_response *rs)
{
	struct verdict v = judge(rc, rs->status);
	struct finish x = { .d = d, .error = v.accepted ? STR_EMPTY : v.word, .now = clock_now(c->house->clock) };
	bool over = v.final || d->task.attempts >= c->house->conf.retry_most;

	c->now = x.now;
	d->row.status = rs->status;
	d->row.result = v.word;
	if (rs->body.n)
		d->row.sealed = casefile_seal(d->f, "delivery", d->row.id, str_sub(rs->body, 0, DELIVERY_ANSWER_KEPT));
	x.how = v.accepted ? OUTBOX_DONE : over ? OUTBOX_GIVE_UP : OUTBOX_AGAIN;
	x.pause_us = x.how == OUTBOX_AGAIN ? outbox_pause_us(d->task.attempts, c->house->conf.retry_seconds) : 0;
	x.has_event = x.how != OUTBOX_AGAIN;
	x.event = casefile_event(d->f, v.accepted ? EVENT_HANDED_OVER : EVENT_HAND_OVER_FAILED, event_detail(d, rs->status, v.word));
	ctx_hand_over(c, finish_unit, &x, d->task.tenant, true);
	return ctx_commit_wait(c);
}

int delivery_fail(struct ctx *c, const struct outbox_task *t, int rc)
{
	bool over = rc == ERR_DESTROYED || rc == ERR_NOTFOUND || t->attempts >= c->house->conf.retry_most;

	return settle_only(c, t, over ? OUTBOX_GIVE_UP : OUTBOX_AGAIN, over ? 0 : outbox_pause_us(t->attempts, c->house->conf.retry_seconds),
		str_lower_ascii(c->arena, str_c(err_name(rc))));
}
