/* SPDX-License-Identifier: EUPL-1.2 */
#include "usecase/software_case.h"

#include "base/json.h"
#include "base/utf8.h"

/* Where a state leads; 0: the phase stays as it is. */
static const struct {
	str name;
	enum case_phase to;
} states[SOFTWARE_STATES] = {
	[SOFTWARE_RECEIVED] = { STR_INIT("received"), 0 },
	[SOFTWARE_IN_WORK] = { STR_INIT("in_work"), PHASE_IN_WORK },
	[SOFTWARE_QUESTION] = { STR_INIT("question"), PHASE_ASKED },
	[SOFTWARE_DECIDED] = { STR_INIT("decided"), PHASE_DECIDED },
	[SOFTWARE_REJECTED] = { STR_INIT("rejected"), PHASE_DECIDED },
	[SOFTWARE_CLOSED] = { STR_INIT("closed"), PHASE_CLOSED },
};

str software_state_name(enum software_state s)
{
	return states[s].name;
}

/* ---- the body ---- */

static const char *check_keys(const struct node *n)
{
	for (size_t i = 0; i < n->n; i++)
		if (!str_eq(n->key[i], S("state")) && !str_eq(n->key[i], S("text")) && !str_eq(n->key[i], S("external_reference")))
			return "unknown member; known are state, text, external_reference";
	return NULL;
}

static bool is_text(const struct node *map, str key)
{
	const struct node *n = node_get(map, key);

	return !n || n->kind == NODE_TEXT;
}

static const char *check(const struct node *n, struct software_in *in)
{
	str state = node_text_at(n, S("state"));
	const char *unknown = n->kind == NODE_MAP ? check_keys(n) : "the body must be a JSON object";

	if (unknown)
		return unknown;
	for (in->state = 0; in->state < SOFTWARE_STATES && !str_eq(states[in->state].name, state); in->state++)
		;
	if (in->state == SOFTWARE_STATES)
		return "state must be one of received, in_work, question, decided, rejected, closed";
	if (!is_text(n, S("text")) || !is_text(n, S("external_reference")))
		return "text and external_reference must be strings";
	in->text = str_trim(node_text_at(n, S("text")));
	in->external_reference = str_trim(node_text_at(n, S("external_reference")));
	if (in->text.n > SOFTWARE_TEXT_MAX)
		return "text is longer than 5000 bytes";
	if (in->external_reference.n > SOFTWARE_REFERENCE_MAX)
		return "external_reference is longer than 100 bytes";
	if (in->state == SOFTWARE_QUESTION && !in->text.n)
		return "a question needs a text";
	return NULL;
}

int software_status_read(struct ctx *c, str body, struct software_in *ret)
{
	struct node_error e;
	struct node *n;

	*ret = (struct software_in){ 0 };
	if (node_parse_json(c->arena, body, &n, &e) < 0)
		ret->problem = "the body is not JSON";
	else
		ret->problem = check(n, ret);
	return 0;
}

/* ---- the change ---- */

struct change {
	struct software_outcome *out;
	struct arena *arena;
	struct grant grant;
	struct once *once;
	struct event event;
	struct message_row message;
	struct outbox_row mail;
	bool has_message, has_mail;
	enum case_phase to;
	instant now;
};

static str outcome_text(struct change *x)
{
	return str_fmt(x->arena, "%d %d %lld", x->out->result, x->out->phase, (long long)x->out->seq);
}

static int read_outcome(struct change *x)
{
	str rest = x->once->outcome, part[3];
	int64_t v[3];

	for (size_t i = 0; i < 3; i++) {
		if (!str_split(&rest, ' ', &part[i]))
			return ERR_PARSE;
		TRY(str_to_i64(part[i], &v[i]));
	}
	x->out->result = (enum software_result)v[0];
	x->out->phase = (enum case_phase)v[1];
	x->out->seq = v[2];
	x->out->repeated = true;
	x->out->differs = x->once->differs;
	return 0;
}

/* The clock stands while the applicant is asked, as with a clerk's question. */
static void move_phase(struct change *x, struct case_row *row)
{
	if (!x->to || row->phase == x->to)
		return;
	if (row->phase == PHASE_ASKED)
		row->waiting_since = (instant){ 0 };
	if (x->to == PHASE_ASKED && !row->waiting_since.us)
		row->waiting_since = x->now;
	if (x->to == PHASE_CLOSED) {
		row->waiting_since = (instant){ 0 };
		row->follow_up_on = 0;
	}
	row->phase = x->to;
}

static int change_unit(struct dbc *db, void *arg)
{
	struct change *x = arg;
	struct event e = x->event;
	struct case_row row;

	*x->out = (struct software_outcome){ 0 };
	TRY(once_take(db, x->once, STR_EMPTY));
	if (x->once->repeated)
		return read_outcome(x);
	TRY(case_lock(db, x->arena, &x->grant, -1, &row));
	if (row.phase >= PHASE_CLOSED || (x->to && !phase_may(row.phase, x->to))) {
		x->out->result = SOFTWARE_NOT_NOW;
		x->out->phase = row.phase;
		return once_outcome(db, x->once, outcome_text(x));
	}
	move_phase(x, &row);
	row.unread = true;
	TRY(case_event_add(db, &x->grant, &row, &e));
	TRY(case_save(db, &x->grant, &row, x->now));
	if (x->has_message)
		TRY(case_message_add(db, &x->grant, &x->message));
	if (x->has_mail)
		TRY(outbox_put(db, &x->mail));
	x->out->phase = row.phase;
	x->out->seq = e.seq;
	return once_outcome(db, x->once, outcome_text(x));
}

static str detail_json(struct casefile *f, const struct software_in *in)
{
	struct buf b = buf_new(f->ctx->arena, 256);
	struct json j;

	json_begin(&j, &b);
	json_object(&j);
	json_kstr(&j, S("state"), states[in->state].name);
	json_kstr(&j, S("text"), in->text);
	json_kstr(&j, S("external_reference"), in->external_reference);
	json_object_end(&j);
	json_end(&j);
	return buf_str(&b);
}

/* Only that there is news, and where; never what. */
static int prepare_mail(struct casefile *f, bool question, struct change *x)
{
	struct mail_out m = { .kind = question ? S("asked") : S("message"), .authority = f->authority ? f->authority->name : STR_EMPTY };

	TRY(casefile_contact(f));
	if (!f->contact.email.n)
		return 0;
	m.to = f->contact.email;
	m.lang = f->contact.lang;
	m.link = casefile_link(f);
	m.service = definition_text(f->definition, lang_code(m.lang), S("title"));
	TRY(mail_prepare(f->ctx, f->row.tenant, f->row.id, &m, &x->mail));
	x->has_mail = true;
	return 0;
}

static void prepare_question(struct casefile *f, const struct software_in *in, struct change *x)
{
	int32_t days = f->definition->service->clocks.answer_days;
	struct date by = date_next_working_day(date_add_days(f->ctx->today, days ? days : 14));

	x->message = (struct message_row){ .id = id_next(f->ctx->house->clock), .at = f->ctx->now, .to_applicant = true, .asks = true,
					   .answer_by = date_days(by) };
	x->message.sealed = casefile_message_seal(f, x->message.id, in->text, NULL, 0);
	x->has_message = true;
}

int software_status(struct casefile *f, struct once *once, const struct software_in *in, struct software_outcome **ret)
{
	struct change *x = ARENA_NEW(f->ctx->arena, struct change);

	*ret = ARENA_NEW(f->ctx->arena, struct software_outcome);
	if (f->grant.permission != CASE_DELIVER || in->problem)
		return ERR_DENIED;
	*x = (struct change){ .out = *ret, .arena = f->ctx->arena, .grant = f->grant, .once = once, .now = f->ctx->now, .to = states[in->state].to,
			      .event = casefile_event(f, EVENT_SOFTWARE_STATUS, detail_json(f, in)) };
	if (in->state == SOFTWARE_QUESTION)
		prepare_question(f, in, x);
	if (in->state != SOFTWARE_RECEIVED)
		TRY(prepare_mail(f, in->state == SOFTWARE_QUESTION, x));
	ctx_hand_over(f->ctx, change_unit, x, f->row.tenant, true);
	return 0;
}
