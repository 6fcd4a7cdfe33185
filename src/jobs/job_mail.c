/* SPDX-License-Identifier: EUPL-1.2 */
/* Mails of the outbox: a reason and a link, never content (P12). Texts are mail.<kind>.subject and .body. */
#include "base/log.h"
#include "jobs/worker.h"
#include "usecase/outbox_work.h"
#include "wire/smtp.h"

struct parcel {
	struct outbox_task task;
	enum outbox_end how;
	int64_t pause_us;
	str error;
	bool mine;
};

static int settle_unit(struct dbc *db, void *arg)
{
	struct parcel *p = arg;

	return outbox_settle(db, &p->task, p->how, p->pause_us, p->error, &p->mine);
}

/* ERR_UNSUPPORTED: no text for this kind. */
static int mail_texts(struct arena *a, const struct node *n, struct mail *m)
{
	str kind = node_text_at(n, S("kind"));
	struct text_arg arg[] = {
		TEXT_ARG("link", node_text_at(n, S("link"))), TEXT_ARG("service", node_text_at(n, S("service"))),
		TEXT_ARG("authority", node_text_at(n, S("authority"))), TEXT_ARG("code", node_text_at(n, S("code"))),
		TEXT_ARG("until", node_text_at(n, S("until"))),
	};
	size_t args = sizeof arg / sizeof *arg;
	enum text_id subject, body;
	enum lang l = LANG_DE;

	if (!text_find(str_fmt(a, "mail.%.*s.subject", STR_FMT(kind)), &subject) || !text_find(str_fmt(a, "mail.%.*s.body", STR_FMT(kind)), &body))
		return ERR_UNSUPPORTED;
	(void)lang_parse(node_text_at(n, S("lang")), &l);
	m->subject = text_format_str(a, l, subject, arg, args);
	m->text = str_fmt(a, "%.*s\n\n%.*s\n", STR_FMT(text_format_str(a, l, body, arg, args)), STR_FMT(text_format_str(a, l, TX_MAIL_FOOT, arg, args)));
	return 0;
}

static str host_of_sender(str from)
{
	ptrdiff_t at = str_index(from, '@');

	return at < 0 ? S("localhost") : str_sub(from, (size_t)at + 1, from.n);
}

static int send_one(struct ctx *c, const struct parcel *p)
{
	const struct conf *conf = &c->house->conf;
	struct mail m = { .from = conf->smtp_from, .date = id_time(p->task.id) };
	struct smtp to = { .url = conf->smtp_url, .timeout_ms = (uint32_t)conf->call_seconds * 1000 };
	struct node_error e;
	struct node *n;
	str plain;

	TRY(outbox_unseal(c, p->task.tenant, p->task.id, p->task.sealed, &plain));
	TRY(node_parse_json(c->arena, plain, &n, &e));
	TRY(mail_texts(c->arena, n, &m));
	m.to = node_text_at(n, S("to"));
	m.from_name = node_text_at(n, S("authority"));
	if (!m.from_name.n)
		m.from_name = text_get(LANG_DE, TX_MAIL_SENDER);
	m.message_id = str_fmt(c->arena, "%d-%lld@%.*s", p->task.tenant.v, (long long)p->task.id, STR_FMT(host_of_sender(conf->smtp_from)));
	return smtp_send(c->arena, &to, &m);
}

/* What no retry can mend: an address that the relay refuses for good, a row that cannot be read. */
static bool is_final(int rc)
{
	return rc == ERR_DENIED || rc == ERR_INVALID || rc == ERR_UNSUPPORTED || rc == ERR_PARSE;
}

static int deliver(struct job_run *r, struct parcel *p)
{
	const struct conf *conf = &r->house->conf;
	struct ctx c = ctx_system(r->house, r->arena);
	int rc = send_one(&c, p);

	ctx_done(&c);
	p->how = rc == 0 ? OUTBOX_DONE : is_final(rc) || p->task.attempts >= conf->retry_most ? OUTBOX_GIVE_UP : OUTBOX_AGAIN;
	p->pause_us = p->how == OUTBOX_AGAIN ? outbox_pause_us(p->task.attempts, conf->retry_seconds) : 0;
	p->error = rc ? str_lower_ascii(r->arena, str_c(err_name(rc))) : STR_EMPTY;
	if (p->how == OUTBOX_GIVE_UP)
		log_event(LOG_WARN, "mail-given-up", "code", str_c(err_name(rc)), NULL);
	ctx_hand_over(&c, settle_unit, p, p->task.tenant, true);
	return ctx_commit_wait(&c);
}

int job_mail(struct job_run *r)
{
	static struct outbox_turn turn = { .kind = STR_INIT("mail"), .most = OUTBOX_BATCH };	/* one thread only */
	struct outbox_task list[OUTBOX_BATCH];
	size_t n;

	if (!r->house->conf.smtp_url.n)
		return 0;
	turn.lease_s = (int32_t)r->house->conf.call_seconds * OUTBOX_BATCH + 10;
	TRY(outbox_claim(r->house, r->arena, &turn, list, &n));
	for (size_t i = 0; i < n; i++) {
		struct parcel p = { .task = list[i] };

		TRY(deliver(r, &p));
		r->n++;
	}
	r->more = n > 0;
	return 0;
}
