/* SPDX-License-Identifier: EUPL-1.2 */
#include "usecase/applicant.h"

#include "base/json.h"
#include "domain/known.h"
#include "usecase/work.h"

#define DECISION_BYTES_MAX ((size_t)32 << 20)

struct deed {
	struct ctx *c;
	struct grant grant;
	struct once *once;
	struct applicant_outcome *out;
	struct event event;
	int (*apply)(struct dbc *db, struct deed *d, struct case_row *row);
	struct message_row message;
	bool has_message;
	struct attachment_row *file;
	size_t files;
	bool online;
	const struct service_clocks *clocks;
	int64_t letter;
};

static str result_word(enum applicant_result r)
{
	return r == APPLICANT_DONE ? S("done") : r == APPLICANT_TOO_MANY ? S("too-many") : S("not-now");
}

static void take_repeated(struct deed *d)
{
	d->out->repeated = true;
	d->out->differs = d->once->differs;
	if (str_eq(d->once->outcome, S("answered")))
		d->out->answered = true;
	else if (str_eq(d->once->outcome, S("not-now")))
		d->out->result = APPLICANT_NOT_NOW;
	else if (str_eq(d->once->outcome, S("too-many")))
		d->out->result = APPLICANT_TOO_MANY;
}

/* The frame of all of them. apply() changes the row, or sets out->result and leaves everything as it was. */
static int deed_unit(struct dbc *db, void *arg)
{
	struct deed *d = arg;
	struct event event;
	struct case_row row;

	*d->out = (struct applicant_outcome){ .result = APPLICANT_DONE };
	TRY(once_take(db, d->once, S("done")));
	if (d->once->repeated) {
		take_repeated(d);
		return 0;
	}
	TRY(case_lock(db, d->c->arena, &d->grant, -1, &row));
	TRY(d->apply(db, d, &row));
	if (d->out->result != APPLICANT_DONE)
		return once_outcome(db, d->once, result_word(d->out->result));
	if (d->out->repeated) /* nothing left to do: somebody was faster */
		return 0;
	event = d->event; /* a copy: the unit may run again */
	TRY(case_event_add(db, &d->grant, &row, &event));
	TRY(case_save(db, &d->grant, &row, d->c->now));
	return d->out->answered ? once_outcome(db, d->once, S("answered")) : 0;
}

static struct deed *deed(struct casefile *f, struct once *once, enum event_kind kind, str detail,
			 int (*apply)(struct dbc *, struct deed *, struct case_row *), struct applicant_outcome **ret)
{
	struct deed *d = ARENA_NEW(f->ctx->arena, struct deed);

	*ret = ARENA_NEW(f->ctx->arena, struct applicant_outcome);
	*d = (struct deed){ .c = f->ctx, .grant = f->grant, .once = once, .out = *ret, .apply = apply, .clocks = &f->definition->service->clocks };
	d->event = casefile_event(f, kind, detail);
	ctx_hand_over(f->ctx, deed_unit, d, f->row.tenant, true);
	return d;
}

/* ---- answers and documents ---- */

bool applicant_may_answer(const struct case_row *row)
{
	return phase_open(row->phase);
}

static int apply_answer(struct dbc *db, struct deed *d, struct case_row *row)
{
	if (!applicant_may_answer(row)) {
		d->out->result = APPLICANT_NOT_NOW;
		return 0;
	}
	d->out->answered = row->phase == PHASE_ASKED;
	d->event.kind = d->out->answered ? EVENT_ANSWERED : d->files ? EVENT_ADDED : EVENT_MESSAGE;
	for (size_t i = 0; i < d->files; i++)
		TRY(case_attachment_add(db, &d->grant, &d->file[i]));
	TRY(case_message_add(db, &d->grant, &d->message));
	if (d->out->answered)
		TRY(case_messages_answered(db, &d->grant, d->c->now));
	case_answer_received(row, d->c->now);
	return 0;
}

int applicant_answer(struct casefile *f, struct once *once, const struct answer_in *in, struct applicant_outcome **ret)
{
	struct arena *a = f->ctx->arena;
	int64_t *id = ARENA_ARRAY(a, int64_t, in->files + 1);
	struct deed *d;

	if (!in->text.n && !in->files)
		return ERR_INVALID; /* the page asks for one of them */
	TRY(casefile_files(f));
	if (f->files + in->files > APPLICANT_FILES_MAX) {
		*ret = ARENA_NEW(a, struct applicant_outcome);
		(*ret)->result = APPLICANT_TOO_MANY;
		return 0;
	}
	d = deed(f, once, EVENT_MESSAGE, str_fmt(a, "{\"files\":%zu}", in->files), apply_answer, ret);
	d->file = ARENA_ARRAY(a, struct attachment_row, in->files + 1);
	for (size_t i = 0; i < in->files; i++) {
		id[i] = in->file[i].id;
		if (casefile_file(f, id[i])) /* a form found again by Back: it is there already */
			continue;
		d->file[d->files++] = (struct attachment_row){ .id = in->file[i].id, .blob_tenant = in->file[i].blob_tenant, .origin = 2,
							       .size = in->file[i].size, .at = f->ctx->now,
							       .sealed = casefile_seal(f, "file", in->file[i].id, stored_file_json(a, &in->file[i])) };
	}
	d->message = (struct message_row){ .id = id_next(f->ctx->house->clock), .at = f->ctx->now };
	d->message.sealed = casefile_message_seal(f, d->message.id, in->text, id, in->files);
	return 0;
}

/* ---- withdrawing ---- */

bool applicant_may_withdraw(const struct case_row *row)
{
	return row->phase != PHASE_WITHDRAWN && phase_may(row->phase, PHASE_WITHDRAWN);
}

static int apply_withdraw(struct dbc *db, struct deed *d, struct case_row *row)
{
	if (row->phase == PHASE_WITHDRAWN) { /* from another tab: it is as wished */
		d->out->repeated = true;
		return 0;
	}
	if (!applicant_may_withdraw(row)) {
		d->out->result = APPLICANT_NOT_NOW;
		return 0;
	}
	row->phase = PHASE_WITHDRAWN;
	row->waiting_since = (instant){ 0 };
	row->unread = true;
	return case_messages_answered(db, &d->grant, d->c->now); /* nobody waits for an answer any more */
}

static str json_of(struct arena *a, str key, str value)
{
	struct buf b = buf_new(a, 64 + value.n);
	struct json j;

	json_begin(&j, &b);
	json_object(&j);
	json_kstr(&j, key, value);
	json_object_end(&j);
	json_end(&j);
	return buf_str(&b);
}

int applicant_withdraw(struct casefile *f, struct once *once, str reason, struct applicant_outcome **ret)
{
	str detail = reason.n ? json_of(f->ctx->arena, S("reason"), reason) : STR_EMPTY;

	(void)deed(f, once, EVENT_WITHDRAWN, detail, apply_withdraw, ret);
	return 0;
}

/* ---- how the decision comes ---- */

bool applicant_may_consent(const struct case_row *row)
{
	return row->phase < PHASE_KNOWN;
}

static int apply_consent(struct dbc *db, struct deed *d, struct case_row *row)
{
	(void)db;
	if (!applicant_may_consent(row))
		d->out->result = APPLICANT_NOT_NOW;
	else if (row->online_consent == d->online)
		d->out->repeated = true;
	row->online_consent = d->online;
	return 0;
}

int applicant_consent(struct casefile *f, struct once *once, bool online, struct applicant_outcome **ret)
{
	struct deed *d = deed(f, once, EVENT_CONSENT, online ? S("{\"online\":true}") : S("{\"online\":false}"), apply_consent, ret);

	d->online = online;
	return 0;
}

/* ---- the decision ---- */

enum fetch_state fetch_state(const struct case_row *row, const struct letter_row *l, const struct service_clocks *clocks, struct date today)
{
	if (!l || l->state != LETTER_SENT || !l->blob_id)
		return FETCH_NONE;
	if (l->fetched_at.us)
		return FETCH_DONE;
	if (l->post_task)
		return FETCH_POST;
	if (l->known_on)
		return FETCH_POSTED;
	if (!row->online_consent || (row->phase != PHASE_KNOWN && row->phase != PHASE_CLOSED))
		return FETCH_POST;
	if (fetch_over(clocks, civil_from_instant(l->sent_at).date, today))
		return FETCH_POST;
	return FETCH_OFFERED;
}

static int apply_fetch(struct dbc *db, struct deed *d, struct case_row *row)
{
	struct letter_row *list, *l = NULL;
	struct known_facts facts;
	size_t n;

	TRY(case_letters(db, d->c->arena, &d->grant, &list, &n));
	for (size_t i = 0; i < n; i++)
		if (list[i].id == d->letter)
			l = &list[i];
	switch (fetch_state(row, l, d->clocks, d->c->today)) {
	case FETCH_DONE:
	case FETCH_POSTED:
		d->out->repeated = true; /* the first time stands */
		return 0;
	case FETCH_OFFERED:
		break;
	case FETCH_NONE:
	case FETCH_POST:
		d->out->result = APPLICANT_NOT_NOW;
		return 0;
	}
	facts = (struct known_facts){ .offered = civil_from_instant(l->sent_at).date, .fetched = d->c->today };
	l->fetched_at = d->c->now;
	l->known_on = date_days(known_on(d->clocks, &facts));
	return case_letter_put(db, &d->grant, l);
}

int applicant_fetch(struct casefile *f, struct once *once, struct applicant_outcome **ret)
{
	struct known_facts facts = { .fetched = f->ctx->today };
	const struct case_letter *l;
	struct deed *d;

	TRY(casefile_letters(f));
	l = casefile_sent(f);
	if (!l) {
		*ret = ARENA_NEW(f->ctx->arena, struct applicant_outcome);
		(*ret)->result = APPLICANT_NOT_NOW;
		return 0;
	}
	facts.offered = civil_from_instant(l->row.sent_at).date;
	d = deed(f, once, EVENT_FETCHED,
		json_of(f->ctx->arena, S("known_on"), date_iso(f->ctx->arena, known_on(&f->definition->service->clocks, &facts))), apply_fetch, ret);
	d->letter = l->row.id;
	return 0;
}

int decision_bytes(struct casefile *f, str *ret)
{
	const struct case_letter *l = casefile_sent(f);
	enum fetch_state s = fetch_state(&f->row, l ? &l->row : NULL, &f->definition->service->clocks, f->ctx->today);

	if (s != FETCH_DONE && s != FETCH_POSTED)
		return ERR_NOTFOUND;
	return blob_read_all(f->ctx->house->blobs, f->ctx->arena, f->row.tenant.v, l->row.blob_id, &l->blob_key, DECISION_BYTES_MAX, ret);
}
