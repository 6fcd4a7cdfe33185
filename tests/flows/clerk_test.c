/* SPDX-License-Identifier: EUPL-1.2 */
/* The clerk's way: inbox, case, question, decision, second pair of eyes; what others may not do; on both engines. */
#include "support/house.h"
#include "usecase/inbox.h"
#include "usecase/tenants.h"
#include "web/dispatch.h"

#define LEIPZIG "leipzig"
#define assert_on(b, want) ((void)(str_eq((b)->path, str_c(want)) || (browser_fail((b), "on another page", __FILE__, __LINE__), 0)))

static int64_t count(struct house_test *t, const char *sql)
{
	return house_test_count(t, sql);
}
#define COUNT(t, sql) count((t), SQL_ALL_TENANTS("test", sql))

/* ---- applicants ---- */

struct sent {
	str reference;
	const char *path;		/* "/fall/<reference>" */
	struct browser *browser;
};

static const char *z(struct house_test *t, const char *a, const char *b)
{
	return str_z(t->arena, str_fmt(t->arena, "%s%s", a, b));
}

static struct sent take_sent(struct house_test *t, struct browser *b)
{
	ptrdiff_t at = str_find(b->body, S("S26-"));
	struct sent s = { .browser = b };

	assert_at_end(b, "/gesendet");
	assert_true(at >= 0);
	s.reference = str_dup(t->arena, str_sub(b->body, (size_t)at, (size_t)at + 13));
	s.path = z(t, "/fall/", str_z(t->arena, s.reference));
	return s;
}

/* A birth certificate, as apply_test.c does it page by page. */
static struct sent apply(struct house_test *t, const char *first, const char *last, const char *delivery)
{
	struct browser *b = browser_new(t, "localhost");

	browser_get(b, "/leipzig/leistung/geburtsurkunde");
	browser_post(b, "/leipzig/leistung/geburtsurkunde/antrag", NULL);
	browser_post(b, NULL, "antrag-verhaeltnis", "selbst", NULL);
	browser_post(b, NULL, "person-vorname", first, "person-geburtsname", last, "person-nachname", last, NULL);
	browser_post(b, NULL, "person-geburt-day", "27", "person-geburt-month", "3", "person-geburt-year", "1985", NULL);
	browser_post(b, NULL, "person-ort", "Frauenklinik", "person-register", "G 1234/1985", NULL);
	browser_post(b, NULL, "eltern-eins_vorname", "Petra", "eltern-eins_name", last, NULL);
	browser_post(b, NULL, "bestellung-art", "deutsch", NULL);
	browser_post(b, NULL, "bestellung-deutsch", "2", NULL);
	browser_post(b, NULL, "bestellung-eu_formular", "false", NULL);
	browser_post(b, NULL, "bestellung-zweck", "allgemein", NULL);
	browser_post(b, NULL, "antragsteller-vorname", first, "antragsteller-nachname", last, NULL);
	browser_post(b, NULL, "anschrift-land", "Deutschland", NULL);
	browser_post(b, NULL, "anschrift-strasse", "Lindenweg", "anschrift-hausnummer", "7a", "anschrift-plz", "04109", "anschrift-ort", "Leipzig", NULL);
	browser_post(b, NULL, "kontakt-email", "anna@example.org", "kontakt-telefon", "0341 1234567", NULL);
	browser_file(b, "nachweis-ausweis", "Ausweis.pdf", "application/pdf", house_test_pdf(t->arena));
	browser_post(b, NULL, NULL);
	browser_post(b, NULL, "lieferung-art", "post", NULL);
	browser_post(b, NULL, "aktion", "absenden", "bekanntgabe", delivery, "email", "anna@example.org", NULL);
	return take_sent(t, b);
}

static void upload(struct house_test *t, struct browser *b, const char *field)
{
	browser_file(b, field, "Blatt.pdf", "application/pdf", house_test_pdf(t->arena));
	browser_post(b, NULL, NULL);
}

/* A terrace on the pavement of Görlitz: the service asks for a second pair of eyes. */
static struct sent apply_terrace(struct house_test *t)
{
	struct browser *b = browser_new(t, "localhost");

	browser_get(b, "/goerlitz/leistung/sondernutzung-aussengastronomie");
	browser_post(b, "/goerlitz/leistung/sondernutzung-aussengastronomie/antrag", NULL);
	browser_post(b, NULL, "betrieb-art", "firma", NULL);
	browser_post(b, NULL, "betrieb-firma", "Café Elbblick GmbH", "betrieb-vertreten", "Maria Berger", NULL);
	browser_post(b, NULL, "anschrift-strasse", "Obermarkt", "anschrift-hausnummer", "9", "anschrift-plz", "02826", "anschrift-ort", "Görlitz", NULL);
	browser_post(b, NULL, "kontakt-email", "cafe@example.org", "kontakt-telefon", "03581 12345", NULL);
	browser_post(b, NULL, "ort-lokal", "Café Elbblick", "ort-strasse", "Obermarkt", "ort-hausnummer", "9", NULL);
	browser_post(b, NULL, "ort-lage", "platz", NULL);
	browser_post(b, NULL, "ort-eigene_front", "true", NULL);
	browser_post(b, NULL, "ort-vorher", "false", NULL);
	browser_post(b, NULL, "flaeche-laenge", "6,5", "flaeche-breite", "2", NULL);
	browser_post(b, NULL, NULL);
	browser_post(b, NULL, "moebel-tische", "6", "moebel-stuehle", "24", NULL);
	browser_post(b, NULL, NULL);
	browser_post(b, NULL, "zeit-beginn-day", "1", "zeit-beginn-month", "4", "zeit-beginn-year", "2027", "zeit-ende-day", "31", "zeit-ende-month", "10",
		"zeit-ende-year", "2027", NULL);
	browser_post(b, NULL, NULL);
	browser_post(b, NULL, "zeit-oeffnet", "10:00", "zeit-schliesst", "22:00", NULL);
	browser_post(b, NULL, "zeit-musik", "false", NULL);
	upload(t, b, "datei-lageplan");
	browser_post(b, NULL, NULL);
	upload(t, b, "datei-gewerbe");
	browser_post(b, NULL, "antrag-erklaerung", "true", NULL);
	browser_post(b, NULL, "aktion", "absenden", "bekanntgabe", "online", NULL);
	return take_sent(t, b);
}

/* ---- the whole way ---- */

static void take(struct browser *b, const struct sent *s)
{
	browser_get(b, s->path);
	browser_post(b, s->path, "aktion", "uebernehmen", NULL);
	assert_status(b, 200);
}

static void issue(struct house_test *t, struct browser *b, const struct sent *s, const char *template_id, const char *reason)
{
	browser_get(b, z(t, s->path, "/bescheid"));
	assert_status(b, 200);
	browser_post(b, NULL, "aktion", "waehlen", "vorlage", template_id, NULL);
	assert_status(b, 200);
	browser_post(b, NULL, "aktion", "vorschau", "grund", reason, NULL);
	assert_status(b, 200);
	browser_post(b, NULL, "aktion", "erlassen", NULL);
}

static void from_the_inbox_to_the_decision(struct house_test *t)
{
	struct sent s = apply(t, "Anna Sophie", "Nowak", "online");
	struct browser *b = browser_clerk(t, LEIPZIG, ROLE_CLERK);
	str first;

	assert_int_equal(browser_get(b, "/"), 200);
	assert_true(browser_has(b, str_z(t->arena, s.reference)));
	assert_page(b, "Anna Sophie Nowak");
	browser_post(b, "/", "aktion", "uebernehmen", "fall", str_z(t->arena, s.reference), NULL);
	assert_page(b, "Ein Vorgang ist jetzt bei Ihnen.");
	assert_int_equal(COUNT(t, "SELECT COUNT(*) FROM cases WHERE phase = 20 AND clerk_id IS NOT NULL"), 1);

	browser_get(b, s.path);
	assert_status(b, 200);
	assert_page(b, "27.03.1985");
	assert_page(b, "Ausweis.pdf");
	browser_post(b, z(t, s.path, "/notiz"), "text", "Register liegt in der Außenstelle", NULL);
	assert_page(b, "Notiz gespeichert.");
	assert_page(b, "Register liegt in der Außenstelle");

	issue(t, b, &s, "erteilt", "Die Urkunden liegen bei.");
	assert_status(b, 200);
	assert_page(b, "Der Bescheid ist erlassen.");
	assert_int_equal(COUNT(t, "SELECT COUNT(*) FROM letter WHERE kind = 'decision' AND state = 3 AND post_task = 0 AND check_hash IS NOT NULL"), 1);
	assert_int_equal(COUNT(t, "SELECT phase FROM cases"), PHASE_KNOWN);
	assert_int_equal(COUNT(t, "SELECT COUNT(*) FROM outbox WHERE kind = 'mail'"), 2);

	browser_get(b, z(t, s.path, "/bescheid.pdf"));
	assert_true(str_has_prefix(b->body, S("%PDF-")));
	first = str_dup(t->arena, b->body);
	house_test_move(t, 3600);
	browser_get(b, z(t, s.path, "/bescheid.pdf"));
	assert_true(str_eq(first, b->body));

	browser_get(b, z(t, s.path, "/protokoll"));
	assert_page(b, "unversehrt");
	assert_page(b, "Bescheid erlassen");
	browser_get(b, z(t, s.path, "/abschliessen"));
	browser_post(b, NULL, NULL);
	assert_page(b, "Der Vorgang ist abgeschlossen.");
	browser_post(b, s.path, "aktion", "aufnehmen", NULL);
	assert_page(b, "wieder offen");
}

/* The code on the letter leads to the public check page, and only what was sent is known there. */
static void the_code_of_a_letter_is_known_to_everybody(struct house_test *t)
{
	struct sent s = apply(t, "Anna", "Nowak", "online");
	struct browser *clerk = browser_clerk(t, LEIPZIG, ROLE_CLERK), *anybody = browser_new(t, "localhost");
	struct casefile *f;
	struct grant g;
	struct ctx c;

	take(clerk, &s);
	issue(t, clerk, &s, "erteilt", "");
	c = house_test_ctx(t);
	assert_ok(case_authorize_system(&c, house_test_tenant(t, LEIPZIG), (case_id){ COUNT(t, "SELECT case_id FROM cases") }, &g));
	assert_ok(case_open(&c, &g, &f));
	assert_ok(casefile_letters(f));
	assert_non_null(casefile_sent(f));
	browser_get(anybody, z(t, "/bescheid-pruefen/", str_z(t->arena, casefile_sent(f)->check_code)));
	assert_status(anybody, 200);
	assert_page(anybody, "Stadt Leipzig");
	assert_no_page(anybody, "Nowak");
	ctx_done(&c);
}

static void a_question_stops_the_clock_until_the_answer(struct house_test *t)
{
	struct sent s = apply(t, "Anna", "Nowak", "online");
	struct browser *b = browser_clerk(t, LEIPZIG, ROLE_CLERK);
	int64_t due;

	take(b, &s);
	due = COUNT(t, "SELECT due_on FROM cases");
	browser_get(b, z(t, s.path, "/rueckfrage"));
	browser_post(b, NULL, "aktion", "senden", "text", "", NULL);
	assert_status(b, 422);
	assert_page(b, "Schreiben Sie einen Text");
	browser_post(b, NULL, "aktion", "einsetzen", "baustein", "unterlage", NULL);
	assert_page(b, "fehlt uns noch eine Unterlage");
	browser_post(b, NULL, "aktion", "senden", NULL);
	assert_page(b, "Die Frist ruht.");
	assert_int_equal(COUNT(t, "SELECT phase FROM cases"), PHASE_ASKED);
	assert_int_equal(COUNT(t, "SELECT attend_on FROM cases"), CASE_NEVER);
	assert_int_equal(COUNT(t, "SELECT COUNT(*) FROM message WHERE asks = 1 AND answered_at IS NULL"), 1);

	house_test_move(t, 7 * 86400);
	browser_get(s.browser, str_z(t->arena, browser_link(s.browser, "Stand ansehen")));
	assert_status(s.browser, 200);
	browser_get(s.browser, str_z(t->arena, browser_link(s.browser, "Frage beantworten")));
	browser_post(s.browser, NULL, "aktion", "senden", "text", "Hier ist sie.", NULL);
	assert_status(s.browser, 200);
	assert_int_equal(COUNT(t, "SELECT phase FROM cases"), PHASE_IN_WORK);
	assert_int_equal(COUNT(t, "SELECT unread FROM cases"), 1);
	assert_true(COUNT(t, "SELECT due_on FROM cases") >= due + 7);
	assert_int_equal(COUNT(t, "SELECT COUNT(*) FROM cases WHERE due_on = attend_on"), 1);
	b = browser_clerk(t, LEIPZIG, ROLE_CLERK);
	browser_get(b, s.path);
	assert_page(b, "Hier ist sie.");
}

static void without_consent_the_letter_goes_by_post(struct house_test *t)
{
	struct sent s = apply(t, "Anna", "Nowak", "post");
	struct browser *b = browser_clerk(t, LEIPZIG, ROLE_CLERK);

	take(b, &s);
	issue(t, b, &s, "abgelehnt", "");
	assert_status(b, 422); /* a refusal gives its reasons */
	assert_page(b, "Schreiben Sie die Begründung");
	browser_post(b, NULL, "aktion", "erlassen", "grund", "Das Register liegt in einer anderen Stadt.", NULL);
	assert_page(b, "Der Bescheid ist erlassen.");
	assert_int_equal(COUNT(t, "SELECT post_task FROM letter"), 1);
	assert_int_equal(COUNT(t, "SELECT COUNT(*) FROM outbox WHERE kind = 'mail'"), 1); /* that it has arrived; nothing more */
	browser_get(b, z(t, s.path, "/abschliessen"));
	browser_post(b, NULL, "grund", "fertig", NULL);
	assert_status(b, 409); /* not before it was posted */
	browser_get(b, s.path);
	browser_post(b, s.path, "aktion", "verschickt", NULL);
	assert_page(b, "Versand mit der Post ist vermerkt");
	assert_int_equal(COUNT(t, "SELECT post_task FROM letter"), 0);
	assert_int_equal(COUNT(t, "SELECT known_on FROM letter"), date_days((struct date){ 2026, 11, 27 }));
}

/* ---- two people ---- */

static void four_eyes_cannot_be_passed_by(struct house_test *t)
{
	struct sent s = apply_terrace(t);
	struct browser *clerk = browser_clerk(t, "goerlitz", ROLE_CLERK), *boss = browser_clerk(t, "goerlitz", ROLE_LEAD),
		       *other = browser_clerk(t, "goerlitz", ROLE_LEAD);
	const char *path = z(t, s.path, "/bescheid");

	take(boss, &s);
	issue(t, boss, &s, "erteilt", "");
	assert_page(boss, "wartet auf die Freigabe");
	assert_int_equal(COUNT(t, "SELECT state FROM letter WHERE kind = 'decision'"), 2);
	assert_int_equal(COUNT(t, "SELECT phase FROM cases"), PHASE_DECIDED);

	browser_get(boss, path); /* who has drafted it sees no button, and forging one does not help */
	assert_no_page(boss, "value=\"freigeben\"");
	browser_get(clerk, path);
	assert_no_page(clerk, "value=\"freigeben\"");
	browser_get(other, path);
	assert_page(other, "value=\"freigeben\"");
	browser_post(other, NULL, "aktion", "zurueckgeben", NULL);
	assert_status(other, 422);

	/* forged posts with a good token of their own */
	browser_get(boss, s.path);
	str body = str_fmt(t->arena, "csrf=%.*s&once=%.*s&aktion=freigeben", STR_FMT(browser_field(boss, "csrf")), STR_FMT(browser_field(boss, "once")));
	browser_post_raw(boss, path, str_z(t->arena, body));
	assert_status(boss, 403);
	body = str_fmt(t->arena, "csrf=%.*s&once=%.*s&aktion=erlassen&vorlage=erteilt", STR_FMT(browser_field(boss, "csrf")), STR_FMT(token_random(t->arena, 16)));
	browser_post_raw(boss, path, str_z(t->arena, body));
	assert_status(boss, 409);
	browser_get(clerk, s.path);
	body = str_fmt(t->arena, "csrf=%.*s&once=%.*s&aktion=freigeben", STR_FMT(browser_field(clerk, "csrf")), STR_FMT(browser_field(clerk, "once")));
	browser_post_raw(clerk, path, str_z(t->arena, body));
	assert_status(clerk, 404);
	browser_get(other, path); /* who may release, but does not say which state was read */
	body = str_fmt(t->arena, "csrf=%.*s&once=%.*s&aktion=freigeben", STR_FMT(browser_field(other, "csrf")), STR_FMT(browser_field(other, "once")));
	browser_post_raw(other, path, str_z(t->arena, body));
	assert_status(other, 409);
	assert_int_equal(COUNT(t, "SELECT state FROM letter WHERE kind = 'decision'"), 2);

	browser_get(other, path);
	browser_post(other, NULL, "aktion", "zurueckgeben", "zurueck", "Die Restbreite fehlt.", NULL);
	assert_page(other, "zurückgegeben");
	assert_int_equal(COUNT(t, "SELECT state FROM letter WHERE kind = 'decision'"), 1);
	browser_get(boss, path);
	assert_page(boss, "Die Restbreite fehlt.");
	browser_post(boss, NULL, "aktion", "erlassen", "grund", "Restbreite 1,80 m.", NULL);
	assert_page(boss, "wartet auf die Freigabe");
	browser_get(other, path);
	browser_post(other, NULL, "aktion", "freigeben", NULL);
	assert_page(other, "Der Bescheid ist erlassen.");
	assert_int_equal(COUNT(t, "SELECT COUNT(*) FROM letter WHERE state = 3 AND approved_by IS NOT NULL AND approved_by <> clerk_id"), 1);
	assert_int_equal(COUNT(t, "SELECT COUNT(*) FROM case_event WHERE kind = 'released'"), 1);
}

static void who_was_slower_is_told_and_loses_nothing(struct house_test *t)
{
	struct sent s = apply(t, "Anna", "Nowak", "online");
	struct browser *one = browser_clerk(t, LEIPZIG, ROLE_LEAD), *two = browser_clerk(t, LEIPZIG, ROLE_LEAD);
	const char *path = z(t, s.path, "/wiedervorlage");

	browser_get(one, path);
	browser_get(two, path);
	browser_post(one, NULL, "am-day", "1", "am-month", "12", "am-year", "2026", "grund", "von eins", NULL);
	assert_status(one, 200);
	browser_post(two, NULL, "am-day", "2", "am-month", "12", "am-year", "2026", "grund", "von zwei", NULL);
	assert_status(two, 409);
	assert_page(two, "Jemand hat den Vorgang inzwischen geändert");
	assert_page(two, "von zwei");
	assert_int_equal(COUNT(t, "SELECT follow_up_on FROM cases"), date_days((struct date){ 2026, 12, 1 }));
	browser_post(two, NULL, NULL); /* sent again, over the state that is now shown */
	assert_status(two, 200);
	assert_int_equal(COUNT(t, "SELECT follow_up_on FROM cases"), date_days((struct date){ 2026, 12, 2 }));
}

static void a_form_sent_twice_is_done_once(struct house_test *t)
{
	struct sent s = apply(t, "Anna", "Nowak", "online");
	struct browser *b = browser_clerk(t, LEIPZIG, ROLE_CLERK);
	str body;

	browser_get(b, s.path);
	body = str_fmt(t->arena, "csrf=%.*s&once=%.*s&text=einmal", STR_FMT(browser_field(b, "csrf")), STR_FMT(browser_field(b, "once")));
	browser_post_raw(b, z(t, s.path, "/notiz"), str_z(t->arena, body));
	assert_status(b, 200);
	browser_post_raw(b, z(t, s.path, "/notiz"), str_z(t->arena, body));
	assert_status(b, 200);
	assert_int_equal(COUNT(t, "SELECT COUNT(*) FROM note"), 1);
	assert_int_equal(COUNT(t, "SELECT COUNT(*) FROM case_event WHERE kind = 'note'"), 1);
	browser_post_raw(b, z(t, s.path, "/notiz"), "csrf=falsch&text=zweimal");
	assert_status(b, 403);
}

/* ---- strangers ---- */

static const char *filled(struct house_test *t, const char *path, const struct sent *s, int64_t file)
{
	str p = str_c(path), id = str_fmt(t->arena, "%lld", (long long)file);

	p = str_fmt(t->arena, "%s%.*s", s->path, STR_FMT(str_sub(p, sizeof "/fall/{}" - 1, p.n)));
	p = str_replace(t->arena, p, S("datei/{}"), str_fmt(t->arena, "datei/%.*s", STR_FMT(id)));
	return str_z(t->arena, str_replace(t->arena, p, S("{}"), S("1")));
}

static void another_authority_finds_nothing_anywhere(struct house_test *t)
{
	struct sent s = apply(t, "Anna", "Nowak", "online");
	struct browser *stranger = browser_clerk(t, "dresden", ROLE_ADMIN), *own = browser_clerk(t, LEIPZIG, ROLE_LEAD);
	int64_t file = COUNT(t, "SELECT attachment_id FROM attachment");
	const struct route *r;
	size_t n, walked = 0;
	str csrf;

	r = dispatch_routes(&n);
	browser_get(stranger, "/leute");
	assert_status(stranger, 200);
	csrf = str_dup(t->arena, browser_field(stranger, "csrf"));
	for (size_t i = 0; i < n; i++) {
		if (!str_has_prefix(str_c(r[i].path), S("/fall/{}")))
			continue;
		const char *path = filled(t, r[i].path, &s, file);
		if (r[i].method == METHOD_POST)
			browser_post_raw(stranger, path, str_z(t->arena, str_fmt(t->arena, "csrf=%.*s&once=%.*s&aktion=uebernehmen&text=x", STR_FMT(csrf),
				STR_FMT(token_random(t->arena, 16)))));
		else
			browser_get(stranger, path);
		assert_status(stranger, 404);
		assert_no_page(stranger, "Nowak");
		walked++;
	}
	assert_true(walked >= 19);
	browser_get(stranger, z(t, "/?q=", str_z(t->arena, s.reference)));
	assert_no_page(stranger, "Nowak");
	browser_get(stranger, "/?q=Nowak");
	assert_page(stranger, "Nichts gefunden");
	browser_get(stranger, "/");
	assert_no_page(stranger, "Nowak");
	assert_int_equal(COUNT(t, "SELECT COUNT(*) FROM case_event"), 1);
	assert_int_equal(COUNT(t, "SELECT COUNT(*) FROM once"), 0);
	browser_get(own, s.path);
	assert_status(own, 200);
	browser_get(browser_new(t, "amt.localhost"), s.path);
}

/* ---- inbox ---- */

static int rows_on_page(struct house_test *t, const struct browser *b, str *seen, size_t *n)
{
	str rest = b->body;
	int rows = 0;
	ptrdiff_t at;

	while ((at = str_find(rest, S("name=\"fall\" value=\""))) >= 0) {
		str reference = str_dup(t->arena, str_sub(rest, (size_t)at + 19, (size_t)at + 32));

		for (size_t i = 0; i < *n; i++)
			assert_false(str_eq(seen[i], reference));
		seen[(*n)++] = reference;
		rows++;
		rest = str_sub(rest, (size_t)at + 32, rest.n);
	}
	return rows;
}

static void pages_of_the_inbox_hold_every_case_once(struct house_test *t)
{
	static const char *const sorts[] = { "/?nach=eingang", "/?nach=frist&ab=1", "/?nach=leistung", "/?nach=stand", "/?nach=vorgang&ab=1", "/?ansicht=neu",
					     "/?ansicht=neu&nach=vorgang" };
	struct browser *b = browser_clerk(t, LEIPZIG, ROLE_CLERK);
	str seen[64], back[64];
	size_t n, m;

	for (int i = 0; i < 23; i++) {
		(void)apply(t, "Anna", "Nowak", "online");
		house_test_move(t, 60);
	}
	for (size_t i = 0; i < sizeof sorts / sizeof *sorts; i++) {
		n = m = 0;
		assert_int_equal(browser_get(b, sorts[i]), 200);
		assert_int_equal(rows_on_page(t, b, seen, &n), 20);
		assert_page(b, "1 bis 20 von 23");
		browser_get(b, str_z(t->arena, browser_link(b, "Weiter")));
		assert_int_equal(rows_on_page(t, b, seen, &n), 3);
		assert_page(b, "21 bis 23 von 23");
		browser_get(b, str_z(t->arena, browser_link(b, "Zurück")));
		assert_int_equal(rows_on_page(t, b, back, &m), 20);
		for (size_t k = 0; k < 20; k++)
			assert_true(str_eq(seen[k], back[k]));
	}
	browser_get(b, "/?ansicht=meine");
	assert_page(b, "Sie haben gerade keine Vorgänge.");
	browser_get(b, "/?weiter=unsinn&nach=frist&seite=9&stand=x");
	assert_status(b, 200);
}

static void names_are_found_by_word_and_sound(struct house_test *t)
{
	struct sent s = apply(t, "Zoë", "Müller-Lüdenscheidt", "online"), other = apply(t, "Anna", "Nowak", "online");
	struct browser *b = browser_clerk(t, LEIPZIG, ROLE_CLERK);
	static const char *const good[] = { "/?q=M%C3%BCller", "/?q=muller", "/?q=zoe", "/?q=Mueler", "/?q=Zoe+M%C3%BCller", "/?q=Luedenscheid" };
	static const char *const bad[] = { "/?q=Mull", "/?q=Zoe+Nowak", "/?q=xyz" };

	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		browser_get(b, good[i]);
		assert_page(b, "Lüdenscheidt");
		assert_no_page(b, "Nowak");
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		browser_get(b, bad[i]);
		assert_page(b, "Nichts gefunden");
	}
	/* by a part of the reference, small letters, without hyphens */
	str part = str_lower_ascii(t->arena, str_replace(t->arena, str_sub(other.reference, 4, 13), S("-"), S("")));
	browser_get(b, z(t, "/?q=", str_z(t->arena, part)));
	assert_page(b, "Nowak");
	assert_no_page(b, "Lüdenscheidt");
	browser_get(b, z(t, "/fall/", str_z(t->arena, str_lower_ascii(t->arena, s.reference))));
	assert_true(str_eq(b->path, str_c(s.path)));
}

static void a_substitute_sees_the_cases_of_the_absent(struct house_test *t)
{
	struct sent s = apply(t, "Anna", "Nowak", "online");
	struct browser *keil = browser_clerk_named(t, LEIPZIG, ROLE_CLERK, "keil", "Mara Keil"),
		       *wolf = browser_clerk_named(t, LEIPZIG, ROLE_CLERK, "wolf", "Jo Wolf");
	const char *wolf_id = str_z(t->arena, str_fmt(t->arena, "%lld", (long long)COUNT(t, "SELECT clerk_id FROM clerk WHERE login = 'wolf'")));

	take(keil, &s);
	browser_get(wolf, "/?ansicht=meine");
	assert_no_page(wolf, "Nowak");
	browser_get(wolf, s.path); /* it is hers: no hand-over by others */
	assert_no_page(wolf, "/abgeben");
	browser_get(keil, "/vertretung");
	browser_post(keil, NULL, "aktion", "eintragen", "vertritt", wolf_id, "ab-day", "23", "ab-month", "11", "ab-year", "2026", "bis-day", "20", "bis-month", "11",
		"bis-year", "2026", NULL);
	assert_status(keil, 422);
	browser_post(keil, NULL, "aktion", "eintragen", "vertritt", wolf_id, "ab-day", "23", "ab-month", "11", "ab-year", "2026", "bis-day", "30", "bis-month", "11",
		"bis-year", "2026", NULL);
	assert_status(keil, 200);
	assert_page(keil, "Jo Wolf vertritt Mara Keil");
	browser_get(wolf, "/?ansicht=meine");
	assert_page(wolf, "Nowak");
	browser_get(wolf, s.path);
	assert_page(wolf, "Sie vertreten Mara Keil.");
	browser_get(wolf, z(t, s.path, "/abgeben"));
	browser_post(wolf, NULL, "an", wolf_id, NULL);
	assert_page(wolf, "Der Vorgang ist abgegeben.");
	house_test_move(t, 9 * 86400);
	wolf = browser_clerk(t, LEIPZIG, ROLE_CLERK);
	browser_get(wolf, "/vertretung");
	assert_no_page(wolf, "Jo Wolf vertritt");
}

static void a_remark_stands_beside_the_answer_and_in_the_letter(struct house_test *t)
{
	struct sent s = apply(t, "Anna", "Nowack", "online");
	struct browser *b = browser_clerk(t, LEIPZIG, ROLE_CLERK);

	take(b, &s);
	browser_get(b, z(t, s.path, "/berichtigen"));
	browser_post(b, NULL, "angabe", "person.vorname/0", "wert", "Annemarie", "grund", "", NULL);
	assert_status(b, 422);
	assert_page(b, "Annemarie");
	browser_post(b, NULL, "angabe", "person.vorname/0", "wert", "Annemarie", "grund", "laut Register", NULL);
	assert_page(b, "Annemarie (laut Antrag: Anna)");
	browser_get(b, z(t, s.path, "/bescheid?vorlage=erteilt"));
	assert_page(b, "Annemarie");
	assert_int_equal(COUNT(t, "SELECT COUNT(*) FROM case_event WHERE kind = 'corrected'"), 1);
}

/* ---- from case to case ---- */

static const char *neighbour(struct house_test *t, struct browser *b, const char *rel)
{
	str mark = str_fmt(t->arena, "rel=\"%s\"", rel), before;
	ptrdiff_t at = str_find(b->body, mark), href;

	if (at < 0)
		return NULL;
	before = str_sub(b->body, (size_t)at > 200 ? (size_t)at - 200 : 0, (size_t)at);
	for (href = str_find(before, S("href=\"")); href >= 0; href = str_find(before, S("href=\"")))
		before = str_sub(before, (size_t)href + 6, before.n);
	before = str_sub(before, 0, (size_t)str_index(before, '"'));
	return str_z(t->arena, str_replace(t->arena, before, S("&amp;"), S("&")));
}

static void from_case_to_case_through_the_list_one_comes_from(struct house_test *t)
{
	struct sent a = apply(t, "Anna", "Nowak", "online"), other, c;
	struct browser *b = browser_clerk(t, LEIPZIG, ROLE_CLERK);

	house_test_move(t, 60);
	other = apply(t, "Berta", "Kunze", "online");
	house_test_move(t, 60);
	c = apply(t, "Cora", "Lange", "online");
	browser_get(b, "/?ansicht=neu&ab=1");
	assert_true(browser_has(b, str_z(t->arena, str_fmt(t->arena, "%s?ansicht=neu&amp;ab=1", c.path))));
	browser_get(b, z(t, c.path, "?ansicht=neu&ab=1"));
	assert_page(b, "1 von 3");
	assert_null(neighbour(t, b, "prev"));
	browser_get(b, neighbour(t, b, "next"));
	assert_on(b, other.path);
	assert_page(b, "2 von 3");
	browser_post(b, str_z(t->arena, str_fmt(t->arena, "%s?ansicht=neu&ab=1", other.path)), "aktion", "uebernehmen", NULL);
	assert_on(b, other.path);
	assert_no_page(b, " von 3<");
	assert_no_page(b, " von 2<"); /* it is not new any more; its neighbours are */
	browser_get(b, neighbour(t, b, "next"));
	assert_on(b, a.path);
	assert_page(b, "2 von 2");
	assert_null(neighbour(t, b, "next"));
	browser_get(b, neighbour(t, b, "prev"));
	assert_on(b, c.path);
	browser_get(b, z(t, c.path, "?ansicht=offen&nach=vorgang"));
	assert_page(b, " von 3");
	browser_get(b, z(t, c.path, "")); /* by a link of its own: no list */
	assert_null(neighbour(t, b, "prev"));
	assert_no_page(b, " von 3<");
}
FLOW_TEST(from_case_to_case_through_the_list_one_comes_from)

/* ---- administration ---- */

static void only_administrators_administrate(struct house_test *t)
{
	struct browser *clerk = browser_clerk(t, LEIPZIG, ROLE_CLERK), *lead = browser_clerk(t, LEIPZIG, ROLE_LEAD), *boss = browser_clerk(t, LEIPZIG, ROLE_ADMIN);
	struct tenant_settings s;
	struct ctx c;

	assert_int_equal(browser_get(clerk, "/leute"), 403);
	assert_int_equal(browser_get(lead, "/einstellungen"), 403);
	browser_get(boss, "/leute");
	str csrf = str_dup(t->arena, browser_field(boss, "csrf"));
	browser_post_raw(boss, "/leute", z(t, "once=erste-form&aktion=anlegen&anmeldename=Nicht+Gut&name=Neu+Hier&rolle=clerk&csrf=", str_z(t->arena, csrf)));
	assert_status(boss, 422);
	assert_page(boss, "Nicht Gut");
	assert_int_equal(COUNT(t, "SELECT COUNT(*) FROM clerk"), 3);
	browser_post_raw(boss, "/leute", z(t, "once=zweite-form&aktion=anlegen&anmeldename=neu.hier&name=Neu+Hier&rolle=clerk&csrf=", str_z(t->arena, csrf)));
	assert_status(boss, 200);
	assert_page(boss, "http://amt.localhost/einrichten/");
	browser_get(boss, "/leute"); /* shown once */
	assert_no_page(boss, "/einrichten/");
	str me = str_fmt(t->arena, "once=dritte-form&sperren=%lld&csrf=%.*s", (long long)COUNT(t, "SELECT clerk_id FROM clerk WHERE role = 3"), STR_FMT(csrf));
	browser_post_raw(boss, "/leute", str_z(t->arena, me));
	assert_status(boss, 409); /* the last administrator stays */
	browser_get(boss, "/einstellungen");
	assert_status(boss, 200);
	browser_post(boss, NULL, "telefon", "0341 1230", "iban", "DE00 1234", "web", "javascript:alert(1)//.", NULL);
	assert_status(boss, 422);
	assert_page(boss, "Geben Sie eine Internetadresse ein");
	assert_page(boss, "Prüfen Sie die IBAN");
	assert_page(boss, "0341 1230");
	browser_post(boss, NULL, "web", "www.leipzig.example", "iban", "DE02 1203 0000 0000 2020 51", "p-hundesteuer-anmeldung-steuer_erster", "96,00", NULL);
	assert_status(boss, 200);
	assert_page(boss, "Gespeichert.");
	assert_page(boss, "96,00");
	c = house_test_ctx(t);
	assert_ok(tenant_settings_get(&c, house_test_tenant(t, LEIPZIG), &s));
	assert_true(str_eq(s.contact.phone, S("0341 1230")));
	assert_true(str_eq(s.bank.iban, S("DE02120300000000202051")));
	assert_true(str_eq(s.contact.web, S("https://www.leipzig.example")));
	ctx_done(&c);
	struct browser *anybody = browser_new(t, "localhost");
	browser_get(anybody, "/leipzig/leistung/hundesteuer-anmeldung");
	assert_page(anybody, "96,00");
	browser_get(anybody, "/dresden/leistung/hundesteuer-anmeldung");
	assert_no_page(anybody, "96,00");
}

FLOW_TEST(from_the_inbox_to_the_decision)
FLOW_TEST(the_code_of_a_letter_is_known_to_everybody)
FLOW_TEST(a_question_stops_the_clock_until_the_answer)
FLOW_TEST(without_consent_the_letter_goes_by_post)
FLOW_TEST(four_eyes_cannot_be_passed_by)
FLOW_TEST(who_was_slower_is_told_and_loses_nothing)
FLOW_TEST(a_form_sent_twice_is_done_once)
FLOW_TEST(another_authority_finds_nothing_anywhere)
FLOW_TEST(pages_of_the_inbox_hold_every_case_once)
FLOW_TEST(names_are_found_by_word_and_sound)
FLOW_TEST(a_substitute_sees_the_cases_of_the_absent)
FLOW_TEST(a_remark_stands_beside_the_answer_and_in_the_letter)
FLOW_TEST(only_administrators_administrate)

static void a_role_is_changed_once_and_the_last_administrator_keeps_it(struct house_test *t)
{
	struct browser *boss = browser_clerk_named(t, LEIPZIG, ROLE_ADMIN, "chef", "Chef Beispiel");
	(void)browser_clerk_named(t, LEIPZIG, ROLE_CLERK, "kim", "Kim Beispiel");
	long long me = COUNT(t, "SELECT clerk_id FROM clerk WHERE role = 3"), kim = COUNT(t, "SELECT clerk_id FROM clerk WHERE role = 1");
	const char *csrf, *twice;

	browser_get(boss, "/leute");
	assert_page(boss, "Rolle ändern");
	csrf = str_z(t->arena, str_dup(t->arena, browser_field(boss, "csrf")));
	twice = str_z(t->arena, str_fmt(t->arena, "once=form-eins&rolle-setzen=%lld&rolle-%lld=lead&csrf=%s", kim, kim, csrf));
	browser_post_raw(boss, "/leute", twice);
	assert_page(boss, "Gespeichert.");
	assert_int_equal(COUNT(t, "SELECT COUNT(*) FROM clerk WHERE role = 2 AND login = 'kim'"), 1);
	browser_post_raw(boss, "/leute", str_z(t->arena, str_fmt(t->arena, "once=form-zwei&rolle-setzen=%lld&rolle-%lld=clerk&csrf=%s", kim, kim, csrf)));
	browser_post_raw(boss, "/leute", twice); /* sent again later: does not undo the newer change */
	assert_int_equal(COUNT(t, "SELECT COUNT(*) FROM clerk WHERE role = 1 AND login = 'kim'"), 1);
	browser_post_raw(boss, "/leute", str_z(t->arena, str_fmt(t->arena, "once=form-drei&rolle-setzen=%lld&rolle-%lld=clerk&csrf=%s", me, me, csrf)));
	assert_status(boss, 409);
	browser_post_raw(boss, "/leute", str_z(t->arena, str_fmt(t->arena, "once=form-vier&rolle-setzen=%lld&rolle-%lld=koenig&csrf=%s", kim, kim, csrf)));
	assert_status(boss, 400);
	browser_post_raw(boss, "/leute", str_z(t->arena, str_fmt(t->arena, "rolle-setzen=%lld&rolle-%lld=lead&csrf=%s", kim, kim, csrf)));
	assert_status(boss, 400); /* no token */
	assert_int_equal(COUNT(t, "SELECT COUNT(*) FROM clerk WHERE role = 1 AND login = 'kim'"), 1);
}
FLOW_TEST(a_role_is_changed_once_and_the_last_administrator_keeps_it)

static void settings_sent_again_do_not_undo_what_came_later(struct house_test *t)
{
	struct browser *boss = browser_clerk(t, LEIPZIG, ROLE_ADMIN), *tab;

	browser_get(boss, "/einstellungen");
	tab = ARENA_NEW(t->arena, struct browser);
	*tab = *boss;
	browser_post(boss, NULL, "telefon", "0341 1", NULL);
	assert_page(boss, "Gespeichert.");
	browser_get(boss, "/einstellungen");
	browser_post(boss, NULL, "telefon", "0341 2", NULL);
	browser_post(tab, NULL, "telefon", "0341 1", NULL); /* the first form once more */
	browser_get(boss, "/einstellungen");
	assert_true(str_eq(browser_field(boss, "telefon"), S("0341 2")));
}
FLOW_TEST(settings_sent_again_do_not_undo_what_came_later)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FLOW_UNIT_TESTS(from_the_inbox_to_the_decision),
		FLOW_UNIT_TESTS(the_code_of_a_letter_is_known_to_everybody),
		FLOW_UNIT_TESTS(a_question_stops_the_clock_until_the_answer),
		FLOW_UNIT_TESTS(without_consent_the_letter_goes_by_post),
		FLOW_UNIT_TESTS(four_eyes_cannot_be_passed_by),
		FLOW_UNIT_TESTS(who_was_slower_is_told_and_loses_nothing),
		FLOW_UNIT_TESTS(a_form_sent_twice_is_done_once),
		FLOW_UNIT_TESTS(another_authority_finds_nothing_anywhere),
		FLOW_UNIT_TESTS(from_case_to_case_through_the_list_one_comes_from),
		FLOW_UNIT_TESTS(pages_of_the_inbox_hold_every_case_once),
		FLOW_UNIT_TESTS(names_are_found_by_word_and_sound),
		FLOW_UNIT_TESTS(a_substitute_sees_the_cases_of_the_absent),
		FLOW_UNIT_TESTS(a_remark_stands_beside_the_answer_and_in_the_letter),
		FLOW_UNIT_TESTS(only_administrators_administrate),
		FLOW_UNIT_TESTS(a_role_is_changed_once_and_the_last_administrator_keeps_it),
		FLOW_UNIT_TESTS(settings_sent_again_do_not_undo_what_came_later),
	};

	return cmocka_run_group_tests_name("clerk", tests, NULL, NULL);
}
