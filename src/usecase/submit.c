/* SPDX-License-Identifier: EUPL-1.2 */
#include "usecase/submit.h"

#include <string.h>

#include "base/json.h"
#include "domain/field_value.h"
#include "usecase/access.h"
#include "usecase/drafts_impl.h"
#include "usecase/outbox.h"
#include "wire/receipt.h"

#define FILES_MAX DRAFT_FILES_MAX

struct submission {
	struct ctx *c;
	struct draft *draft;
	struct submit_outcome *out;
	const struct submit_in *in;
	struct case_new new;
	struct grant grant;
	struct key key;
	struct event event;
	str raw, canonical, contact, receipt, identity, links;	/* sealed */
	str confirmation, empty_answers;
	int64_t *token;
	size_t tokens;
	struct attachment_row file[FILES_MAX];
	size_t files;
	struct outbox_row *delivery;
	size_t deliveries;
	struct outbox_row mail;
	bool has_mail;
	str *seal_list;
};

str draft_fingerprint(struct arena *a, const struct draft *d)
{
	struct buf b = buf_new(a, 1024);
	struct digest h;

	answers_write(&b, d->answers);
	h = sha256(buf_str(&b));
	return b64url(a, str_n(h.b, 12));
}

/* ---- before the unit ---- */

/* What leaves the draft: reachable answers only (P7). */
static struct answers *reachable(struct submission *s)
{
	const struct journey *j = s->draft->journey;
	struct answers *x = answers_new(s->c->arena, s->draft->definition->form);

	for (size_t i = 0; i < j->values; i++) {
		const struct value *v = &j->value[i];
		const struct field *f = &j->form->field[v->field];

		/* what is taken over stands where it comes from; what was proved has not been typed */
		if (v->proved)
			answers_set(x, v->field, v->row, field_typed(s->c->arena, f, v->canonical));
		else if (!v->taken)
			answers_set(x, v->field, v->row, answers_get(s->draft->answers, v->field, v->row));
	}
	for (size_t i = 0; i < s->draft->answers->groups; i++) {
		const struct answer_rows *g = &s->draft->answers->g[i];

		if (journey_rows(j, g->group, g->outer))
			answers_rows_set(x, g->group, g->outer, g->rows, g->more);
	}
	return x;
}

static str seal_for_case(struct submission *s, const char *purpose, int64_t row, str plain)
{
	return case_seal(s->c->arena, &s->key, s->new.row.tenant, s->new.row.id, purpose, row, plain);
}

/* The context of the journey is kept with the answers: the case shows for ever what the applicant saw. */
static str raw_json(struct submission *s)
{
	struct buf b = buf_new(s->c->arena, 1024), x = buf_new(s->c->arena, 1024);
	struct json j;

	answers_write(&x, reachable(s));
	json_begin(&j, &b);
	json_object(&j);
	json_kstr(&j, S("today"), date_iso(s->c->arena, s->c->today));
	json_kint(&j, S("population"), s->draft->context.place_population);
	json_kstr(&j, S("answers"), buf_str(&x));
	json_object_end(&j);
	json_end(&j);
	return buf_str(&b);
}

static str contact_json(struct submission *s)
{
	struct buf b = buf_new(s->c->arena, 256);
	struct json j;

	json_begin(&j, &b);
	json_object(&j);
	json_kstr(&j, S("email"), s->in->email);
	json_kstr(&j, S("lang"), lang_code(s->in->lang));
	json_object_end(&j);
	json_end(&j);
	return buf_str(&b);
}

/* The row knows hashes only: lists, mails and the copy make their links from this. */
static str links_json(struct submission *s)
{
	struct buf b = buf_new(s->c->arena, 128);
	struct json j;

	json_begin(&j, &b);
	json_object(&j);
	json_kstr(&j, S("handle"), s->out->handle);
	json_kstr(&j, S("follow"), s->out->follow_token);
	json_object_end(&j);
	json_end(&j);
	return buf_str(&b);
}

static str confirmation_json(struct submission *s)
{
	struct buf b = buf_new(s->c->arena, 256);
	struct json j;

	json_begin(&j, &b);
	json_object(&j);
	json_kstr(&j, S("handle"), s->out->handle);
	json_kstr(&j, S("follow"), s->out->follow_token);
	json_kstr(&j, S("reference"), s->out->reference);
	json_kstr(&j, S("email"), s->in->email);
	json_kstr(&j, S("fingerprint"), draft_fingerprint(s->c->arena, s->draft));
	json_kint(&j, S("at"), s->c->now.us);
	json_kint(&j, S("fee"), s->new.row.fee_cents);
	json_kint(&j, S("due"), s->new.row.fee_cents > 0 && s->draft->definition->service->fee_at_once);
	json_object_end(&j);
	json_end(&j);
	return buf_str(&b);
}

int confirmation_parse(struct arena *a, str json, struct confirmation *ret)
{
	struct node_error e;
	struct node *n;
	int64_t due;

	TRY(node_parse_json(a, json, &n, &e));
	ret->handle = node_text_at(n, S("handle"));
	ret->follow_token = node_text_at(n, S("follow"));
	ret->reference = node_text_at(n, S("reference"));
	ret->email = node_text_at(n, S("email"));
	ret->fingerprint = node_text_at(n, S("fingerprint"));
	TRY(node_i64(node_get(n, S("at")), &ret->at.us));
	TRY(node_i64(node_get(n, S("fee")), &ret->fee_cents));
	TRY(node_i64(node_get(n, S("due")), &due));
	ret->fee_due = due != 0;
	return 0;
}

static bool file_is_reachable(const struct journey *j, str id)
{
	for (size_t i = 0; i < j->values; i++) {
		str rest = j->value[i].canonical, part;

		if (j->form->field[j->value[i].field].type != FIELD_FILE)
			continue;
		while (str_split(&rest, '|', &part))
			if (str_eq(part, id))
				return true;
	}
	return false;
}

/* The bytes stay where they are: only their keys are sealed anew under the case's key. */
static int take_files(struct submission *s)
{
	struct stored_file *f;
	size_t n;

	TRY(draft_files(s->c, s->draft, &f, &n));
	for (size_t i = 0; i < n && s->files < FILES_MAX; i++) {
		if (!file_is_reachable(s->draft->journey, str_fmt(s->c->arena, "%lld", (long long)f[i].id)))
			continue;
		s->file[s->files++] = (struct attachment_row){ .id = f[i].id, .blob_tenant = f[i].blob_tenant, .origin = 1, .size = f[i].size,
							       .at = s->c->now, .sealed = seal_for_case(s, "file", f[i].id, stored_file_json(s->c->arena, &f[i])) };
	}
	return 0;
}

static int make_receipt(struct submission *s, str canonical)
{
	const struct signing_key *k;
	const struct authority *who = authority_by_tenant(s->c->house->places, s->new.row.tenant.v);
	struct key salt = key_random();
	struct receipt r = { .issuer = s->c->house->origin, .tenant = who ? who->slug : STR_EMPTY, .reference = s->new.row.reference,
			     .service = s->draft->service, .definition = s->draft->definition->digest, .head = s->new.row.head, .submitted = s->c->now };
	struct buf b = buf_new(s->c->arena, 1024);
	struct json j;
	str jws;

	r.commitment = receipt_commit(&salt, canonical);
	TRY(keys_signing(s->c->house->keys, &k));
	TRY(receipt_sign(s->c->arena, k->priv, str_c(k->kid), &r, &jws));
	json_begin(&j, &b);
	json_object(&j);
	json_kstr(&j, S("jws"), jws);
	json_kstr(&j, S("salt"), b64url(s->c->arena, str_n(salt.b, KEY_BYTES)));
	json_object_end(&j);
	json_end(&j);
	s->receipt = seal_for_case(s, "receipt", 0, buf_str(&b));
	return 0;
}

static int prepare_mail(struct submission *s)
{
	const struct authority *who = authority_by_tenant(s->c->house->places, s->new.row.tenant.v);
	struct mail_out m = { .to = s->in->email, .kind = S("submitted"), .lang = s->in->lang,
			      .service = definition_text(s->draft->definition, lang_code(s->in->lang), S("title")), .authority = who ? who->name : STR_EMPTY };

	if (!s->in->email.n)
		return 0;
	m.link = str_fmt(s->c->arena, "%.*s/folgen/%.*s", STR_FMT(s->c->house->origin), STR_FMT(s->out->follow_token));
	TRY(mail_prepare(s->c, s->new.row.tenant, s->new.row.id, &m, &s->mail));
	s->has_mail = true;
	return 0;
}

static int prepare_row(struct submission *s, tenant_id tenant)
{
	struct ctx *c = s->c;
	struct draft *d = s->draft;
	struct case_row *row = &s->new.row;
	const struct service *service = d->definition->service;
	struct key names;
	str name = definition_applicant_name(c->arena, d->journey);
	struct date due = c->today;

	*row = (struct case_row){ .tenant = tenant, .service = d->service, .ars = d->place->ars, .definition = d->definition->digest,
				  .phase = PHASE_SUBMITTED, .owner = c->actor.account, .submitted_at = c->now, .updated_at = c->now,
				  .online_consent = s->in->online_consent, .trust = c->actor.trust, .version = 1 };
	row->id.v = id_next(c->house->clock);
	row->fee_cents = d->journey->fee_known ? d->journey->fee_cents : 0;
	for (int i = 0; i < service->duration_days; i++)
		due = date_next_working_day(date_add_days(due, 1));
	row->due_on = service->duration_days ? date_days(due) : 0;
	TRY(keys_new(c->house->keys, tenant.v, &row->key_id, &s->key));
	row->reference = reference_make(c->arena, c->today);
	s->out->reference = row->reference;
	s->out->handle = handle_make(c->arena, tenant);
	s->out->follow_token = handle_make(c->arena, tenant);
	s->new.handle = handle_hash(s->out->handle);
	s->new.follow = handle_hash(s->out->follow_token);
	s->new.draft = d->id;
	row->payment_reference = row->fee_cents ? row->reference : STR_EMPTY;
	row->name_sealed = seal_for_case(s, "name", 0, name);
	TRY(keys_purpose(c->house->keys, tenant.v, "names", &names));
	s->tokens = name_tokens(c->arena, &names, name, &s->token);
	return 0;
}

static int prepare(struct submission *s, tenant_id tenant)
{
	struct ctx *c = s->c;
	struct case_row *row = &s->new.row;
	struct buf canonical = buf_new(c->arena, 1024), empty = buf_new(c->arena, 64);

	TRY(prepare_row(s, tenant));
	journey_submission_json(&canonical, s->draft->journey);
	s->raw = seal_for_case(s, "answers", 0, raw_json(s));
	s->canonical = seal_for_case(s, "submission", 0, buf_str(&canonical));
	s->contact = seal_for_case(s, "contact", 0, contact_json(s));
	s->links = seal_for_case(s, "links", 0, links_json(s));
	if (c->actor.identity.n)
		s->identity = seal_for_case(s, "identity", 0, c->actor.identity);
	TRY(take_files(s));
	s->event = (struct event){ .at = c->now, .kind = EVENT_SUBMITTED, .actor = ACTOR_APPLICANT, .actor_id = c->actor.account.v };
	s->event.sealed = event_seal(c->arena, &s->key, row->tenant, row->id, &s->event, str_fmt(c->arena, "{\"files\":%zu}", s->files));
	s->event.seq = 1;
	s->event.hash = event_hash(&row->head, row->tenant, row->id, &s->event);
	row->seq = 1;
	row->head = s->event.hash;
	TRY(make_receipt(s, buf_str(&canonical)));
	TRY(prepare_mail(s));
	TRY(delivery_prepare(c, tenant, row->id, s->draft->service, &s->delivery, &s->deliveries));
	answers_write(&empty, answers_new(c->arena, s->draft->definition->form));
	s->empty_answers = draft_seal(c->arena, &s->draft->key, s->draft->id, "answers", 0, buf_str(&empty));
	s->confirmation = draft_seal(c->arena, &s->draft->key, s->draft->id, "receipt", 0, confirmation_json(s));
	return case_authorize_new(c, row, &s->grant);
}

/* ---- the unit ---- */

static int show_first(struct arena *a, str json, const struct submit_in *in, struct submit_outcome *o)
{
	struct confirmation first;

	TRY(confirmation_parse(a, json, &first));
	o->result = SUBMIT_REPEATED;
	o->handle = first.handle;
	o->follow_token = first.follow_token;
	o->reference = first.reference;
	o->differs = in->fingerprint.n && !str_eq(in->fingerprint, first.fingerprint);
	return 0;
}

/* Somebody was faster (second tab, double click, lost reply): the first confirmation stands. */
static int read_first(struct dbc *db, struct submission *s)
{
	AUTO(rows_done) struct rows *r = NULL;
	str json;

	TRY(db_query(db, &r, SQL("SELECT receipt_page FROM draft WHERE tenant_id = $1 AND draft_id = $2 AND case_id IS NOT NULL"), VI(TENANT_PORTAL.v),
		VI(s->draft->id.v)));
	if (!rows_next(r)) {
		s->out->result = SUBMIT_CHANGED;
		return rows_error(r);
	}
	TRY(draft_unseal(s->c->arena, &s->draft->key, s->draft->id, "receipt", 0, row_str(r, 0), &json));
	return show_first(s->c->arena, json, s->in, s->out);
}

static int insert_contents(struct dbc *db, struct submission *s)
{
	TRY(case_content_put(db, &s->grant, S("answers"), s->raw));
	TRY(case_content_put(db, &s->grant, S("submission"), s->canonical));
	TRY(case_content_put(db, &s->grant, S("receipt"), s->receipt));
	TRY(case_content_put(db, &s->grant, S("links"), s->links));
	if (s->in->email.n)
		TRY(case_content_put(db, &s->grant, S("contact"), s->contact));
	if (s->identity.n)
		TRY(case_content_put(db, &s->grant, S("identity"), s->identity));
	return 0;
}

static int submit_unit(struct dbc *db, void *arg)
{
	struct submission *s = arg;
	struct case_row chain = s->new.row;
	struct event first = s->event;
	int64_t changed;

	TRY(db_exec_n(db, &changed, SQL("UPDATE draft SET case_tenant = $3, case_id = $4, answers = $5, receipt_page = $6, resume_hash = NULL, version = version + 1 "
					"WHERE tenant_id = $1 AND draft_id = $2 AND version = $7 AND case_id IS NULL"),
		VI(TENANT_PORTAL.v), VI(s->draft->id.v), VI(s->new.row.tenant.v), VI(s->new.row.id.v), VB(s->empty_answers), VB(s->confirmation),
		VI(s->draft->version)));
	if (!changed)
		return read_first(db, s);
	chain.seq = 0;
	chain.head = (struct digest){ { 0 } };
	TRY(case_insert(db, &s->grant, &s->new));
	TRY(case_event_add(db, &s->grant, &chain, &first));
	TRY(insert_contents(db, s));
	TRY(case_name_tokens_put(db, &s->grant, s->token, s->tokens));
	for (size_t i = 0; i < s->files; i++)
		TRY(case_attachment_add(db, &s->grant, &s->file[i]));
	for (size_t i = 0; i < s->deliveries; i++)
		TRY(outbox_put(db, &s->delivery[i]));
	if (s->has_mail)
		TRY(outbox_put(db, &s->mail));
	return case_session_allow(db, &s->grant, &s->c->actor.session);
}

/* ---- */

int draft_submit(struct ctx *c, str handle, const struct submit_in *in, struct submit_outcome **ret)
{
	struct submit_outcome *o = ARENA_NEW(c->arena, struct submit_outcome);
	struct submission *s = ARENA_NEW(c->arena, struct submission);
	struct responsibility who;
	struct draft *d;

	*ret = o;
	TRY(draft_open(c, handle, &d));
	o->draft = d;
	if (d->submitted)
		return show_first(c->arena, d->receipt_page, in, o);
	if (in->fingerprint.n && !str_eq(in->fingerprint, draft_fingerprint(c->arena, d))) {
		o->result = SUBMIT_CHANGED;
		return 0;
	}
	if (d->journey->problems || d->journey->first_open != d->journey->visits) {
		o->result = SUBMIT_INCOMPLETE;
		return 0;
	}
	if (c->actor.trust < d->definition->service->trust) {
		o->result = SUBMIT_TRUST;
		return 0;
	}
	TRY(place_responsible(c->house->places, d->definition->service->responsible, d->place, &who));
	if (!who.tenant_id)
		return ERR_UNSUPPORTED;
	/* a copy: the unit runs when the caller, on whose stack it may lie, has returned */
	*s = (struct submission){ .c = c, .draft = d, .out = o, .in = arena_copy(c->arena, in, sizeof *in) };
	TRY(prepare(s, (tenant_id){ who.tenant_id }));
	o->result = SUBMIT_DONE;
	ctx_hand_over(c, submit_unit, s, s->new.row.tenant, true);
	return 0;
}
