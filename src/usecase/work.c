/* SPDX-License-Identifier: EUPL-1.2 */
#include "usecase/work.h"

#include "base/json.h"
#include "domain/known.h"
#include "usecase/outbox.h"

struct work {
	struct work_outcome *out;
	struct arena *arena;
	struct grant grant;
	struct once *once;
	int64_t version;
	instant now;
	struct event event;
	int (*apply)(struct dbc *db, struct work *w, struct case_row *row);	/* sets out->result when it is not possible */
	clerk_id self, to;
	bool may_assign;
	int32_t day;
	struct message_row message;
	struct note_row note;
	struct letter_row letter;
	struct outbox_row mail;
	bool has_mail;
};

static const str results[] = { STR_INIT("done"), STR_INIT("conflict"), STR_INIT("not-now"), STR_INIT("denied") };

static int finish(struct dbc *db, struct work *w)
{
	return w->out->result == WORK_DONE ? 0 : once_outcome(db, w->once, results[w->out->result]);
}

static int work_unit(struct dbc *db, void *arg)
{
	struct work *w = arg;
	struct event e = w->event;
	struct case_row row;

	w->out->result = WORK_DONE;
	TRY(once_take(db, w->once, results[WORK_DONE]));
	if (w->once->repeated) {
		for (size_t i = 0; i < sizeof results / sizeof *results; i++)
			if (str_eq(w->once->outcome, results[i]))
				w->out->result = (enum work_result)i;
		return 0;
	}
	TRY(case_lock(db, w->arena, &w->grant, -1, &row));
	if (w->version >= 0 && row.version != w->version)
		w->out->result = WORK_CONFLICT;
	else
		TRY(w->apply(db, w, &row));
	if (w->out->result != WORK_DONE)
		return finish(db, w);
	TRY(case_event_add(db, &w->grant, &row, &e));
	TRY(case_save(db, &w->grant, &row, w->now));
	return w->has_mail ? outbox_put(db, &w->mail) : 0;
}

static struct work *begin(struct casefile *f, const struct work_in *in, enum event_kind kind, str detail,
			  int (*apply)(struct dbc *, struct work *, struct case_row *), struct work_outcome **ret)
{
	struct work *w = ARENA_NEW(f->ctx->arena, struct work);

	*ret = ARENA_NEW(f->ctx->arena, struct work_outcome);
	*w = (struct work){ .out = *ret, .arena = f->ctx->arena, .grant = f->grant, .once = in->once, .version = in->version, .now = f->ctx->now,
			    .event = casefile_event(f, kind, detail), .apply = apply, .self = f->ctx->actor.clerk };
	ctx_hand_over(f->ctx, work_unit, w, f->row.tenant, true);
	return w;
}

/* {"name":"value"} */
static str detail(struct casefile *f, const char *name, str value)
{
	struct buf b = buf_new(f->ctx->arena, 128);
	struct json j;

	json_begin(&j, &b);
	json_object(&j);
	if (value.n)
		json_kstr(&j, str_c(name), value);
	json_object_end(&j);
	json_end(&j);
	return buf_str(&b);
}

/* Who works on a case that is nobody's has taken it. */
static void take_silently(struct work *w, struct case_row *row)
{
	if (!row->clerk.v)
		row->clerk = w->self;
	if (row->phase == PHASE_SUBMITTED)
		row->phase = PHASE_IN_WORK;
	row->unread = false;
}

/* ---- taking, handing over ---- */

static int apply_take(struct dbc *db, struct work *w, struct case_row *row)
{
	if (!phase_open(row->phase)) {
		w->out->result = WORK_NOT_NOW;
		return 0;
	}
	if (row->clerk.v && row->clerk.v != w->self.v && !w->may_assign) {
		w->out->result = WORK_DENIED;
		return 0;
	}
	row->clerk = w->self;
	if (row->phase == PHASE_SUBMITTED)
		row->phase = PHASE_IN_WORK;
	row->unread = false;
	return 0;
}

int work_take(struct casefile *f, const struct work_in *in, struct work_outcome **ret)
{
	bool may;

	TRY(work_may_assign(f, &may));
	begin(f, in, EVENT_TAKEN, STR_EMPTY, apply_take, ret)->may_assign = may;
	return 0;
}

static int stands_in(struct casefile *f, clerk_id absent, bool *ret)
{
	AUTO(rows_done) struct rows *r = NULL;
	struct dbc *db;

	TRY(ctx_db(f->ctx, f->row.tenant, &db));
	TRY(db_query(db, &r, SQL("SELECT 1 FROM clerk WHERE tenant_id = $1 AND clerk_id = $2 AND substitute_id = $3 AND absent_from <= $4 "
				 "AND absent_until >= $4"),
		VI(f->row.tenant.v), VI(absent.v), VI(f->ctx->actor.clerk.v), VI(date_days(f->ctx->today))));
	*ret = rows_next(r);
	return rows_error(r);
}

int work_may_assign(struct casefile *f, bool *ret)
{
	const struct actor *a = &f->ctx->actor;

	*ret = !f->row.clerk.v || f->row.clerk.v == a->clerk.v || a->role >= ROLE_LEAD;
	return *ret ? 0 : stands_in(f, f->row.clerk, ret);
}

static int clerk_is_there(struct dbc *db, tenant_id t, clerk_id id, bool *ret)
{
	AUTO(rows_done) struct rows *r = NULL;

	TRY(db_query(db, &r, SQL("SELECT 1 FROM clerk WHERE tenant_id = $1 AND clerk_id = $2 AND active = 1 AND role > 0"), VI(t.v), VI(id.v)));
	*ret = rows_next(r);
	return rows_error(r);
}

static int apply_assign(struct dbc *db, struct work *w, struct case_row *row)
{
	bool there = true;

	if (row->clerk.v && row->clerk.v != w->self.v && !w->may_assign) {
		w->out->result = WORK_DENIED;
		return 0;
	}
	if (w->to.v)
		TRY(clerk_is_there(db, row->tenant, w->to, &there));
	if (!there || !phase_open(row->phase)) {
		w->out->result = WORK_NOT_NOW;
		return 0;
	}
	row->unread = w->to.v != w->self.v;
	row->clerk = w->to;
	return 0;
}

int work_assign(struct casefile *f, const struct work_in *in, clerk_id to, str reason, struct work_outcome **ret)
{
	struct buf b = buf_new(f->ctx->arena, 128);
	struct json j;
	struct work *w;
	str name;
	bool may;

	TRY(work_may_assign(f, &may));
	TRY(clerk_name(f->ctx, f->row.tenant, to, &name));
	json_begin(&j, &b);
	json_object(&j);
	json_kstr(&j, S("to"), name);
	json_kstr(&j, S("reason"), reason);
	json_object_end(&j);
	json_end(&j);
	w = begin(f, in, EVENT_ASSIGNED, buf_str(&b), apply_assign, ret);
	w->to = to;
	w->may_assign = may;
	return 0;
}

static int apply_seen(struct dbc *db, struct work *w, struct case_row *row)
{
	row->unread = false;
	return 0;
}

int work_seen(struct casefile *f, const struct work_in *in, struct work_outcome **ret)
{
	(void)begin(f, in, EVENT_VIEWED, STR_EMPTY, apply_seen, ret);
	return 0;
}

/* ---- follow-up, notes ---- */

static int apply_follow_up(struct dbc *db, struct work *w, struct case_row *row)
{
	if (!phase_open(row->phase))
		w->out->result = WORK_NOT_NOW;
	row->follow_up_on = w->day;
	return 0;
}

int work_follow_up(struct casefile *f, const struct work_in *in, int32_t day, str reason, struct work_outcome **ret)
{
	struct buf b = buf_new(f->ctx->arena, 128);
	struct json j;

	json_begin(&j, &b);
	json_object(&j);
	if (day)
		json_kstr(&j, S("day"), date_iso(f->ctx->arena, date_from_days(day)));
	json_kstr(&j, S("reason"), reason);
	json_object_end(&j);
	json_end(&j);
	begin(f, in, EVENT_FOLLOW_UP, buf_str(&b), apply_follow_up, ret)->day = day;
	return 0;
}

static int apply_note(struct dbc *db, struct work *w, struct case_row *row)
{
	return case_note_add(db, &w->grant, &w->note);
}

int work_note(struct casefile *f, const struct work_in *in, str text, struct work_outcome **ret)
{
	struct work *w = begin(f, in, EVENT_NOTE, STR_EMPTY, apply_note, ret);

	w->note = (struct note_row){ .id = id_next(f->ctx->house->clock), .clerk = f->ctx->actor.clerk, .at = f->ctx->now };
	w->note.sealed = casefile_seal(f, "note", w->note.id, text);
	return 0;
}

/* ---- messages and questions ---- */

static int apply_ask(struct dbc *db, struct work *w, struct case_row *row)
{
	if (row->phase >= PHASE_CLOSED || (w->message.asks && !phase_may(row->phase, PHASE_ASKED))) {
		w->out->result = WORK_NOT_NOW;
		return 0;
	}
	take_silently(w, row);
	if (w->message.asks) {
		row->phase = PHASE_ASKED;
		if (!row->waiting_since.us)
			row->waiting_since = w->now;
	}
	return case_message_add(db, &w->grant, &w->message);
}

/* Only that there is news, and where; never what. */
static int prepare_mail(struct casefile *f, str kind, struct work *w)
{
	struct mail_out m = { .kind = kind, .authority = f->authority ? f->authority->name : STR_EMPTY };

	TRY(casefile_contact(f));
	if (!f->contact.email.n)
		return 0;
	m.to = f->contact.email;
	m.lang = f->contact.lang;
	m.link = casefile_link(f);
	m.service = definition_text(f->definition, lang_code(m.lang), S("title"));
	TRY(mail_prepare(f->ctx, f->row.tenant, f->row.id, &m, &w->mail));
	w->has_mail = true;
	return 0;
}

int work_ask(struct casefile *f, const struct work_in *in, str text, int32_t answer_by, struct work_outcome **ret)
{
	struct work *w = begin(f, in, answer_by ? EVENT_ASKED : EVENT_MESSAGE,
		answer_by ? detail(f, "by", date_iso(f->ctx->arena, date_from_days(answer_by))) : STR_EMPTY, apply_ask, ret);

	w->message = (struct message_row){ .id = id_next(f->ctx->house->clock), .at = f->ctx->now, .to_applicant = true, .asks = answer_by != 0,
					   .clerk = f->ctx->actor.clerk, .answer_by = answer_by };
	w->message.sealed = casefile_message_seal(f, w->message.id, text, NULL, 0);
	return prepare_mail(f, answer_by ? S("asked") : S("message"), w);
}

void case_answer_received(struct case_row *row, instant now)
{
	row->unread = true;
	if (row->phase != PHASE_ASKED)
		return;
	row->phase = PHASE_IN_WORK;
	if (row->due_on && row->waiting_since.us) {
		struct date from = civil_from_instant(row->waiting_since).date, to = civil_from_instant(now).date;
		int32_t stood = date_days(to) - date_days(from);

		if (stood > 0)
			row->due_on = date_days(date_next_working_day(date_from_days(row->due_on + stood)));
	}
	row->waiting_since = (instant){ 0 };
}

/* ---- payment, post ---- */

static int apply_paid(struct dbc *db, struct work *w, struct case_row *row)
{
	if (!row->fee_cents || row->paid_at.us)
		w->out->result = WORK_NOT_NOW;
	row->paid_at = w->now;
	return 0;
}

int work_paid(struct casefile *f, const struct work_in *in, struct work_outcome **ret)
{
	(void)begin(f, in, EVENT_PAID, STR_EMPTY, apply_paid, ret);
	return 0;
}

/* The letter's row as it is now: the applicant may have fetched it this minute. */
static int apply_posted(struct dbc *db, struct work *w, struct case_row *row)
{
	struct letter_row *list;
	size_t n;

	TRY(case_letters(db, w->arena, &w->grant, &list, &n));
	for (size_t i = n; i-- > 0;) {
		struct letter_row l = list[i];

		if (l.id != w->letter.id || l.state != LETTER_SENT || !l.post_task)
			continue;
		l.post_task = false;
		if (!l.known_on || l.known_on > w->day)
			l.known_on = w->day;
		return case_letter_put(db, &w->grant, &l);
	}
	w->out->result = WORK_NOT_NOW;
	return 0;
}

int work_posted(struct casefile *f, const struct work_in *in, struct work_outcome **ret)
{
	const struct case_letter *l;
	struct work *w;
	int32_t known = date_days(known_on(&f->definition->service->clocks, &(struct known_facts){ .posted = f->ctx->today }));

	TRY(casefile_letters(f));
	l = casefile_sent(f);
	w = begin(f, in, EVENT_POSTED, detail(f, "known_on", date_iso(f->ctx->arena, date_from_days(known))), apply_posted, ret);
	w->day = known;
	w->letter.id = l ? l->row.id : 0;
	return 0;
}

/* ---- the end, and back ---- */

static int apply_close(struct dbc *db, struct work *w, struct case_row *row)
{
	struct letter_row *list;
	size_t n;

	/* a decision that waits for its second person, or for the post, is not done */
	TRY(case_letters(db, w->arena, &w->grant, &list, &n));
	for (size_t i = 0; i < n; i++)
		if (list[i].state == LETTER_WAITS || (list[i].state == LETTER_SENT && list[i].post_task))
			w->out->result = WORK_NOT_NOW;
	if (row->phase == PHASE_CLOSED || !phase_may(row->phase, PHASE_CLOSED))
		w->out->result = WORK_NOT_NOW;
	row->phase = PHASE_CLOSED;
	row->waiting_since = (instant){ 0 };
	row->follow_up_on = 0;
	row->unread = false;
	return 0;
}

int work_close(struct casefile *f, const struct work_in *in, str reason, struct work_outcome **ret)
{
	(void)begin(f, in, EVENT_CLOSED, detail(f, "reason", reason), apply_close, ret);
	return 0;
}

static int apply_reopen(struct dbc *db, struct work *w, struct case_row *row)
{
	if (row->phase != PHASE_CLOSED)
		w->out->result = WORK_NOT_NOW;
	row->phase = PHASE_IN_WORK;
	row->clerk = w->self;
	return 0;
}

int work_reopen(struct casefile *f, const struct work_in *in, struct work_outcome **ret)
{
	(void)begin(f, in, EVENT_REOPENED, STR_EMPTY, apply_reopen, ret);
	return 0;
}

/* ---- remarks beside answers ---- */

static int apply_correct(struct dbc *db, struct work *w, struct case_row *row)
{
	if (!phase_open(row->phase)) {
		w->out->result = WORK_NOT_NOW;
		return 0;
	}
	take_silently(w, row);
	return 0;
}

int work_correct(struct casefile *f, const struct work_in *in, str field, uint16_t row, str value, str reason, struct work_outcome **ret)
{
	struct buf b = buf_new(f->ctx->arena, 256);
	struct json j;

	json_begin(&j, &b);
	json_object(&j);
	json_kstr(&j, S("field"), field);
	json_kint(&j, S("row"), row);
	json_kstr(&j, S("value"), value);
	json_kstr(&j, S("reason"), reason);
	json_object_end(&j);
	json_end(&j);
	(void)begin(f, in, EVENT_CORRECTED, buf_str(&b), apply_correct, ret);
	return 0;
}

str work_correction(const struct casefile *f, str field, uint16_t row)
{
	for (size_t i = f->events; i-- > 0;) {
		const struct node *d = f->event[i].detail;
		int64_t at;

		if (f->event[i].event.kind == EVENT_CORRECTED && str_eq(node_text_at(d, S("field")), field) &&
		    node_i64(node_get(d, S("row")), &at) == 0 && at == row)
			return node_text_at(d, S("value"));
	}
	return STR_EMPTY;
}
