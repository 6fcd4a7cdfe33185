/* SPDX-License-Identifier: EUPL-1.2 */
#include "usecase/decide.h"

#include "base/json.h"
#include "usecase/checks.h"
#include "usecase/outbox.h"

#define LETTER_BYTES_MAX (16u << 20)

bool decide_four_eyes(const struct casefile *f)
{
	return f->definition->service->four_eyes;
}

const struct case_letter *decide_draft(const struct casefile *f)
{
	const struct case_letter *l = casefile_decision(f);

	return l && l->row.state != LETTER_SENT ? l : NULL;
}

bool decide_may_release(const struct casefile *f)
{
	const struct case_letter *l = decide_draft(f);
	const struct actor *a = &f->ctx->actor;

	return l && l->row.state == LETTER_WAITS && a->role >= ROLE_LEAD && l->row.clerk.v != a->clerk.v;
}

static bool template_known(const struct casefile *f, str id)
{
	const struct service *s = f->definition->service;

	for (size_t i = 0; i < s->decisions; i++)
		if (str_eq(s->decision[i], id))
			return true;
	return false;
}

enum decide_problem decide_check(const struct casefile *f, const struct decide_in *in, bool final)
{
	const struct case_letter *l = decide_draft(f);

	if (!template_known(f, in->template_id))
		return DECIDE_NO_TEMPLATE;
	if (in->reason.n > DECIDE_REASON_MAX)
		return DECIDE_TOO_LONG;
	if (f->row.phase > PHASE_DECIDED || (l && l->row.state == LETTER_WAITS))
		return DECIDE_NOT_NOW;
	if (final && decision_of_template(in->template_id) != DECIDE_GRANT && !str_trim(in->reason).n)
		return DECIDE_NO_REASON;
	return DECIDE_FINE;
}

struct case_letter decide_letter(const struct casefile *f, const struct decide_in *in)
{
	const struct case_letter *old = decide_draft(f);
	struct case_letter l = { .reason = in->reason, .fee_cents = in->fee_cents, .decision = decision_of_template(in->template_id) };

	l.title = definition_text3(f->definition, S("de"), S("document."), in->template_id, S(".title"));
	l.row = (struct letter_row){ .id = old ? old->row.id : 0, .kind = S("decision"), .template_id = in->template_id, .state = LETTER_DRAFT,
				     .clerk = f->ctx->actor.clerk, .created_at = old ? old->row.created_at : f->ctx->now };
	return l;
}

/* ---- units ---- */

struct change {
	struct work_outcome *out;
	struct arena *arena;
	struct grant grant;
	struct once *once;
	int64_t version;
	instant now;
	clerk_id self;
	struct letter_row letter;
	int64_t expects;		/* id of the draft that was seen; 0: none */
	enum letter_state from;		/* its state */
	enum case_phase to;
	bool four_eyes, release;
	int64_t fee_cents;		/* -1: unchanged */
	struct event event[2];
	size_t events;
	struct outbox_row mail;
	bool has_mail;
};

static const str results[] = { STR_INIT("done"), STR_INIT("conflict"), STR_INIT("not-now"), STR_INIT("denied") };

/* The state of the letter as it is in the database now, not as the page showed it: two people may sit at the same case. */
static int check_letter(struct dbc *db, struct change *x, const struct case_row *row)
{
	const struct letter_row *draft = NULL;
	struct letter_row *list;
	size_t n;

	TRY(case_letters(db, x->arena, &x->grant, &list, &n));
	for (size_t i = 0; i < n; i++)
		if (str_eq(list[i].kind, S("decision")) && list[i].state != LETTER_SENT)
			draft = &list[i];
	if ((draft ? draft->id : 0) != x->expects || (draft && draft->state != x->from))
		x->out->result = WORK_CONFLICT;
	/* sent at once, without a second person: decided and on its way in one unit */
	else if (!phase_may(row->phase, x->to == PHASE_KNOWN ? PHASE_DECIDED : x->to) || row->phase > PHASE_DECIDED)
		x->out->result = WORK_NOT_NOW;
	/* four eyes: what is sent has waited, and whoever releases it is a lead and has not drafted it */
	else if (x->to == PHASE_KNOWN && x->four_eyes &&
		 (!x->release || !draft || draft->state != LETTER_WAITS || draft->clerk.v == x->self.v || x->grant.permission != CASE_RELEASE))
		x->out->result = WORK_DENIED;
	return 0;
}

static void change_row(const struct change *x, struct case_row *row)
{
	if (!row->clerk.v)
		row->clerk = x->self;
	row->unread = x->to == PHASE_DECIDED;
	if (x->to >= PHASE_DECIDED)
		row->waiting_since = (instant){ 0 };
	if (x->to != PHASE_KNOWN) {
		row->phase = x->to;
		return;
	}
	row->phase = PHASE_KNOWN;
	row->follow_up_on = 0;
	if (x->fee_cents > 0 && !row->paid_at.us) {
		row->fee_cents = x->fee_cents;
		row->payment_reference = row->reference;
	}
}

static int change_unit(struct dbc *db, void *arg)
{
	struct change *x = arg;
	struct case_row row;

	x->out->result = WORK_DONE;
	TRY(once_take(db, x->once, results[WORK_DONE]));
	if (x->once->repeated) {
		for (size_t i = 0; i < sizeof results / sizeof *results; i++)
			if (str_eq(x->once->outcome, results[i]))
				x->out->result = (enum work_result)i;
		return 0;
	}
	TRY(case_lock(db, x->arena, &x->grant, -1, &row));
	if (x->version >= 0 && row.version != x->version)
		x->out->result = WORK_CONFLICT;
	else
		TRY(check_letter(db, x, &row));
	if (x->out->result != WORK_DONE)
		return once_outcome(db, x->once, results[x->out->result]);
	x->letter.post_task = x->letter.state == LETTER_SENT && !row.online_consent;
	change_row(x, &row);
	TRY(case_letter_put(db, &x->grant, &x->letter));
	for (size_t i = 0; i < x->events; i++) {
		struct event e = x->event[i];

		TRY(case_event_add(db, &x->grant, &row, &e));
	}
	TRY(case_save(db, &x->grant, &row, x->now));
	return x->has_mail && row.online_consent ? outbox_put(db, &x->mail) : 0;
}

static struct change *begin(struct casefile *f, const struct work_in *in, const struct case_letter *l, enum case_phase to, struct work_outcome **ret)
{
	const struct case_letter *old = decide_draft(f);
	struct change *x = ARENA_NEW(f->ctx->arena, struct change);

	*ret = ARENA_NEW(f->ctx->arena, struct work_outcome);
	*x = (struct change){ .out = *ret, .arena = f->ctx->arena, .grant = f->grant, .once = in->once, .version = in->version, .now = f->ctx->now,
			      .self = f->ctx->actor.clerk, .letter = l->row, .to = to, .four_eyes = decide_four_eyes(f), .fee_cents = -1 };
	if (old) {
		x->expects = old->row.id;
		x->from = old->row.state;
	}
	if (!x->letter.id)
		x->letter.id = id_next(f->ctx->house->clock);
	x->letter.sealed = casefile_seal(f, "letter", x->letter.id, letter_json(f->ctx->arena, l));
	return x;
}

/* Phase in which a draft lies: a case that waits for its applicant stays so. */
static enum case_phase working(const struct casefile *f)
{
	return f->row.phase == PHASE_ASKED ? PHASE_ASKED : PHASE_IN_WORK;
}

static str letter_detail(struct casefile *f, const struct case_letter *l, str pdf, str reason)
{
	static const str kinds[] = { STR_INIT("grant"), STR_INIT("partly"), STR_INIT("refuse") };
	struct buf b = buf_new(f->ctx->arena, 256);
	struct json j;

	json_begin(&j, &b);
	json_object(&j);
	json_kstr(&j, S("template"), l->row.template_id);
	json_kstr(&j, S("outcome"), kinds[l->decision]);
	if (pdf.n) {
		json_kstr(&j, S("pdf"), pdf);
		json_kstr(&j, S("delivery"), f->row.online_consent ? S("online") : S("post"));
	}
	if (reason.n)
		json_kstr(&j, S("reason"), reason);
	json_object_end(&j);
	json_end(&j);
	return buf_str(&b);
}

int decide_save(struct casefile *f, const struct decide_in *in, struct work_outcome **ret)
{
	struct case_letter l = decide_letter(f, in);
	struct change *x = begin(f, &in->work, &l, working(f), ret);

	x->event[x->events++] = casefile_event(f, EVENT_DRAFTED, letter_detail(f, &l, STR_EMPTY, STR_EMPTY));
	ctx_hand_over(f->ctx, change_unit, x, f->row.tenant, true);
	return 0;
}

int decide_submit(struct casefile *f, const struct decide_in *in, struct work_outcome **ret)
{
	struct case_letter l = decide_letter(f, in);
	struct change *x;

	l.row.state = LETTER_WAITS;
	x = begin(f, &in->work, &l, PHASE_DECIDED, ret);
	x->event[x->events++] = casefile_event(f, EVENT_RELEASE_ASKED, letter_detail(f, &l, STR_EMPTY, STR_EMPTY));
	ctx_hand_over(f->ctx, change_unit, x, f->row.tenant, true);
	return 0;
}

int decide_return(struct casefile *f, const struct work_in *in, str reason, struct work_outcome **ret)
{
	const struct case_letter *old = decide_draft(f);
	struct case_letter l;
	struct change *x;

	if (!decide_may_release(f))
		return ERR_DENIED;
	l = *old;
	l.row.state = LETTER_DRAFT;
	l.returned = reason;
	x = begin(f, in, &l, PHASE_IN_WORK, ret);
	x->event[x->events++] = casefile_event(f, EVENT_RETURNED, letter_detail(f, &l, STR_EMPTY, reason));
	ctx_hand_over(f->ctx, change_unit, x, f->row.tenant, true);
	return 0;
}

/* ---- sending ---- */

struct decide_send {
	struct casefile *f;
	struct work_in in;
	struct case_letter letter;
	struct letter_print *print;
	bool release;
	struct outbox_row mail;
	bool has_mail;
	struct digest pdf_hash;
	struct blob_info blob;
	int rc;
};

static int prepare_mail(struct decide_send *s)
{
	struct casefile *f = s->f;
	struct mail_out m = { .kind = S("decided"), .authority = f->authority ? f->authority->name : STR_EMPTY };

	TRY(casefile_contact(f));
	if (!f->contact.email.n || !f->row.online_consent)
		return 0;
	m.to = f->contact.email;
	m.lang = f->contact.lang;
	m.link = casefile_link(f);
	m.service = definition_text(f->definition, lang_code(m.lang), S("title"));
	s->has_mail = true;
	return mail_prepare(f->ctx, f->row.tenant, f->row.id, &m, &s->mail);
}

int decide_send_prepare(struct casefile *f, const struct decide_in *in, struct decide_send **ret)
{
	struct decide_send *s = ARENA_NEW(f->ctx->arena, struct decide_send);

	s->f = f;
	s->in = in->work;
	s->release = !in->template_id.n;
	if (s->release && !decide_may_release(f))
		return ERR_DENIED;
	if (!s->release && decide_four_eyes(f))
		return ERR_DENIED;
	s->letter = s->release ? *decide_draft(f) : decide_letter(f, in);
	s->letter.row.state = LETTER_SENT;
	s->letter.row.sent_at = f->ctx->now;
	if (s->release)
		s->letter.row.approved_by = f->ctx->actor.clerk;
	s->letter.check_code = letter_code_make(f->ctx->arena, f->row.tenant);
	s->letter.row.has_check = true;
	s->letter.row.check_hash = letter_code_hash(f->ctx->arena, s->letter.check_code);
	TRY(letter_prepare(f, &s->letter, &s->print));
	*ret = s;
	return prepare_mail(s);
}

void decide_send_work(void *arg)
{
	struct decide_send *s = arg;
	struct ctx *c = s->f->ctx;
	str pdf;

	s->rc = letter_pdf(s->print, &pdf);
	if (s->rc < 0)
		return;
	s->pdf_hash = sha256(pdf);
	s->letter.size = (int64_t)pdf.n;
	s->letter.row.blob_id = id_next(c->house->clock);
	s->rc = blob_put(c->house->blobs, s->f->row.tenant.v, s->letter.row.blob_id, pdf, &s->blob);
}

int decide_send(struct decide_send *s, struct work_outcome **ret)
{
	struct casefile *f = s->f;
	struct change *x;

	TRY(s->rc);
	s->letter.blob_key = s->blob.key;
	s->letter.row.pdf_hash = s->pdf_hash;
	x = begin(f, &s->in, &s->letter, PHASE_KNOWN, ret);
	x->release = s->release;
	x->fee_cents = s->letter.decision == DECIDE_REFUSE ? -1 : s->letter.fee_cents;
	if (x->fee_cents < 0 && s->letter.decision != DECIDE_REFUSE && f->journey->fee_known)
		x->fee_cents = f->journey->fee_cents;
	if (s->release)
		x->event[x->events++] = casefile_event(f, EVENT_RELEASED, STR_EMPTY);
	x->event[x->events++] = casefile_event(f, EVENT_DECIDED, letter_detail(f, &s->letter, hex(f->ctx->arena, digest_str(&s->pdf_hash)), STR_EMPTY));
	x->mail = s->mail;
	x->has_mail = s->has_mail;
	ctx_hand_over(f->ctx, change_unit, x, f->row.tenant, true);
	return 0;
}

int letter_bytes(struct casefile *f, const struct case_letter *l, str *ret)
{
	if (!l->row.blob_id)
		return ERR_NOTFOUND;
	return blob_read_all(f->ctx->house->blobs, f->ctx->arena, f->row.tenant.v, l->row.blob_id, &l->blob_key, LETTER_BYTES_MAX, ret);
}
