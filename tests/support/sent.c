/* SPDX-License-Identifier: EUPL-1.2 */
#include "support/sent.h"

#include "usecase/decide.h"
#include "usecase/follow.h"
#include "usecase/staff.h"

static void fill_in(struct browser *b, str pdf)
{
	browser_post(b, NULL, "antrag-verhaeltnis", "selbst", NULL);
	browser_post(b, NULL, "person-vorname", "Anna Sophie", "person-geburtsname", "Krüger", "person-nachname", "Nowak", NULL);
	browser_post(b, NULL, "person-geburt-day", "27", "person-geburt-month", "3", "person-geburt-year", "1985", NULL);
	browser_post(b, NULL, "person-ort", "Frauenklinik", "person-register", "G 1234/1985", NULL);
	browser_post(b, NULL, "eltern-eins_vorname", "Petra", "eltern-eins_name", "Krüger", NULL);
	browser_post(b, NULL, "bestellung-art", "deutsch", NULL);
	browser_post(b, NULL, "bestellung-deutsch", "2", NULL);
	browser_post(b, NULL, "bestellung-eu_formular", "false", NULL);
	browser_post(b, NULL, "bestellung-zweck", "allgemein", NULL);
	browser_post(b, NULL, "antragsteller-vorname", "Anna Sophie", "antragsteller-nachname", "Nowak", NULL);
	browser_post(b, NULL, "anschrift-land", "Deutschland", NULL);
	browser_post(b, NULL, "anschrift-strasse", "Lindenweg", "anschrift-hausnummer", "7a", "anschrift-plz", "04109", "anschrift-ort", "Leipzig", NULL);
	browser_post(b, NULL, "kontakt-email", "anna@example.org", "kontakt-telefon", "0341 1234567", NULL);
	browser_file(b, "nachweis-ausweis", "Ausweis.pdf", "application/pdf", pdf);
	browser_post(b, NULL, NULL);
	browser_post(b, NULL, "lieferung-art", "post", NULL);
}

struct sent sent_case(struct house_test *t, struct browser *b, bool online)
{
	struct ctx c = house_test_ctx(t);
	struct sent s = { .tenant = house_test_tenant(t, "leipzig") };
	struct case_links links;
	struct grant g;

	assert_int_equal(browser_get(b, "/leipzig/leistung/geburtsurkunde"), 200);
	browser_post(b, "/leipzig/leistung/geburtsurkunde/antrag", NULL);
	fill_in(b, house_test_pdf(t->arena));
	browser_post(b, NULL, "aktion", "absenden", "bekanntgabe", online ? "online" : "post", NULL);
	assert_true(str_has_suffix(b->path, S("/gesendet")));
	s.id.v = house_test_count(t, SQL_ALL_TENANTS("test", "SELECT MAX(case_id) FROM cases"));
	assert_ok(case_authorize_system(&c, s.tenant, s.id, &g));
	assert_ok(case_links(&c, &g, &links));
	ctx_done(&c);
	s.reference = g.row.reference;
	s.handle = links.handle;
	s.follow = links.follow;
	s.path = str_z(t->arena, str_fmt(t->arena, "/vorgang/%.*s", STR_FMT(links.handle)));
	return s;
}

struct ctx sent_clerk(struct house_test *t, const struct sent *s, enum clerk_role role)
{
	static unsigned count;
	struct ctx c = house_test_ctx(t);
	struct staff_new n = { .login = str_fmt(t->arena, "amt%u", ++count), .name = S("Kim Beispiel"), .role = role };
	struct staff_outcome *out;

	assert_ok(staff_add(&c, s->tenant, &n, &out));
	assert_ok(ctx_commit_wait(&c));
	assert_int_equal(out->result, STAFF_DONE);
	c.actor = (struct actor){ .kind = ACTOR_CLERK, .known = true, .session = sha256(n.login), .clerk = out->id, .tenant = s->tenant, .role = role,
				  .name = n.name };
	return c;
}

struct casefile *sent_open(struct ctx *c, const struct sent *s)
{
	struct casefile *f;
	struct grant g;

	c->now = clock_now(c->house->clock);
	c->today = date_today(c->house->clock);
	ctx_done(c);
	assert_ok(case_authorize_clerk(c, s->reference, CASE_WORK, &g));
	assert_ok(case_open(c, &g, &f));
	assert_ok(casefile_letters(f));
	assert_ok(casefile_messages(f));
	assert_ok(casefile_files(f));
	assert_ok(casefile_journey(f));
	assert_ok(casefile_events(f));
	return f;
}

static struct work_in work(struct ctx *c, const char *route)
{
	struct work_in in = { .version = -1 };

	assert_ok(once_open(c, str_c(route), token_random(c->arena, 16), (struct digest){ { 0 } }, &in.once));
	return in;
}

void sent_asks(struct ctx *c, const struct sent *s, const char *text, int days)
{
	struct casefile *f = sent_open(c, s);
	struct work_in in = work(c, "clerk_ask");
	struct work_outcome *out;

	assert_ok(work_ask(f, &in, str_c(text), date_days(c->today) + days, &out));
	assert_ok(ctx_commit_wait(c));
	assert_int_equal(out->result, WORK_DONE);
}

void sent_decides(struct ctx *c, const struct sent *s, const char *template_id)
{
	struct casefile *f = sent_open(c, s);
	struct decide_in in = { .work = work(c, "clerk_decide"), .template_id = str_c(template_id), .reason = S("Die Angaben wurden geprüft."), .fee_cents = -1 };
	struct decide_send *send;
	struct work_outcome *out;

	assert_int_equal(decide_check(f, &in, true), DECIDE_FINE);
	assert_ok(decide_send_prepare(f, &in, &send));
	ctx_done(c);
	decide_send_work(send);
	assert_ok(decide_send(send, &out));
	assert_ok(ctx_commit_wait(c));
	assert_int_equal(out->result, WORK_DONE);
}

void sent_posts(struct ctx *c, const struct sent *s)
{
	struct casefile *f = sent_open(c, s);
	struct work_in in = work(c, "clerk_posted");
	struct work_outcome *out;

	assert_ok(work_posted(f, &in, &out));
	assert_ok(ctx_commit_wait(c));
	assert_int_equal(out->result, WORK_DONE);
}

struct casefile *sent_now(struct house_test *t, const struct sent *s)
{
	struct ctx *c = ARENA_NEW(t->arena, struct ctx);
	struct casefile *f;
	struct grant g;
	struct dbc *db;
	int64_t bad;

	*c = house_test_ctx(t);
	assert_ok(case_authorize_system(c, s->tenant, s->id, &g));
	assert_ok(case_open(c, &g, &f));
	assert_ok(casefile_letters(f));
	assert_ok(casefile_messages(f));
	assert_ok(casefile_files(f));
	assert_ok(casefile_events(f));
	assert_ok(ctx_db(c, s->tenant, &db));
	assert_ok(case_chain_verify(db, c->arena, &g, &bad));
	ctx_done(c);
	return f;
}

size_t sent_events(const struct casefile *f, enum event_kind k)
{
	size_t n = 0;

	for (size_t i = 0; i < f->events; i++)
		n += f->event[i].event.kind == k;
	return n;
}

const char *sent_at(struct house_test *t, const struct sent *s, const char *tail)
{
	return str_z(t->arena, str_fmt(t->arena, "%s%s", s->path, tail));
}

struct browser *second_tab(struct house_test *t, const struct browser *b)
{
	struct browser *x = ARENA_NEW(t->arena, struct browser);

	*x = *b;
	return x;
}
