/* SPDX-License-Identifier: EUPL-1.2 */
/* After sending: confirmation, status in all its states, answer, follow link. */
#include "view_gallery.h"

static const struct moment_view moments[] = {
	{ MOMENT_LATER, STR_INIT("Hundemarke kommt per Post"), STR_EMPTY, STR_INIT("Bis Freitag, 4. Dezember"), STR_EMPTY },
	{ MOMENT_NOW, STR_INIT("Bescheid liegt bereit"), STR_EMPTY, STR_INIT("Donnerstag, 26. November, 11:20 Uhr"), STR_EMPTY },
	{ MOMENT_DONE, STR_INIT("Sie haben unsere Frage beantwortet"), STR_INIT("Mit einer Datei"), STR_INIT("Mittwoch, 25. November, 18:02 Uhr"), STR_EMPTY },
	{ MOMENT_DONE, STR_INIT("Wir hatten eine Frage zur Versicherung"), STR_EMPTY, STR_INIT("Dienstag, 24. November, 09:15 Uhr"), STR_EMPTY },
	{ MOMENT_DONE, STR_INIT("Wir haben mit der Prüfung begonnen"), STR_EMPTY, STR_INIT("Montag, 23. November, 08:10 Uhr"), STR_EMPTY },
	{ MOMENT_DONE, STR_INIT("Sie haben den Hund angemeldet"), STR_EMPTY, STR_INIT("Freitag, 20. November, 14:32 Uhr"), STR_EMPTY },
};
static const struct file_view answer_file[] = { { .name = STR_INIT("Bestätigung Nordlicht.pdf"), .info = STR_INIT("PDF, 148 kB"), .href = STR_INIT("/vorgang/abc/datei/3") } };
static const struct message_view messages[] = {
	{ .from = STR_INIT("Stadt Radeberg, Mara Keil"), .when = STR_INIT("24. November, 09:15 Uhr"),
	  .text = STR_INIT("Guten Tag,\n\nauf dem Nachweis der Versicherung fehlt der Name Ihres Hundes. Können Sie uns eine Bestätigung schicken, auf der Frieda oder die Chipnummer steht? Ein "
			   "Foto reicht.") },
	{ .from = STR_INIT("Sie"), .when = STR_INIT("25. November, 18:02 Uhr"), .text = STR_INIT("Hallo Frau Keil, hier ist die Bestätigung. Viele Grüße!"), .mine = true, .file = answer_file, .files = 1 },
};

static struct sent_view sample_sent(void)
{
	static const struct next_view next[] = {
		{ STR_INIT("Heute"), STR_INIT("Sie bekommen eine E-Mail an l.oeztuerk@example.org."), true },
		{ STR_INIT("Bis Freitag, 27. November"), STR_INIT("Wir prüfen Ihre Angaben. Haben wir eine Frage, schreiben wir Ihnen."), false },
		{ STR_INIT("Bis Freitag, 4. Dezember"), STR_INIT("Ihr Bescheid liegt online bereit. Die Hundemarke kommt per Post."), false },
	};

	return (struct sent_view){
		.page = sample_page(S("Ihre Anmeldung ist angekommen")), .title = S("Ihre Anmeldung ist angekommen"),
		.summary = S("Hund anmelden. Gesendet am 20. November 2026 um 14:32 Uhr."), .reference = S("RAD-2026-0412"), .next = next, .nexts = N(next),
		.follow_url = S("https://schalter.example/folgen/q7Jm2xkT4vN0sLbYw9ZrEA"), .status_href = S("/vorgang/abc"), .copy_href = S("/vorgang/abc/kopie.pdf"),
		.receipt_href = S("/vorgang/abc/quittung.jws"), .receipt_check_href = S("/quittung-pruefen"), .email = S("l.oeztuerk@example.org"),
	};
}

static void draw_sent(struct gallery *g)
{
	struct sent_view v = sample_sent();

	DRAW(g, "sent", LANG_DE, sent, &v);
	v.repeated = v.repeated_differs = true;
	v.payment_href = S("/vorgang/abc/zahlung");
	v.payment_amount = S("30,70 €");
	DRAW(g, "sent-again", LANG_DE, sent, &v);
	v = sample_sent();
	v.follow_url = v.receipt_href = v.email = STR_EMPTY;
	v.title = S("Your application has arrived");
	DRAW(g, "sent-account", LANG_EN, sent, &v);
}

static struct status_view sample_status(void)
{
	return (struct status_view){
		.page = sample_page(S("Ihr Antrag ist in Arbeit")), .back_href = S("/konto"), .back_label = S("Meine Anträge"), .service = S("Hund anmelden: Frieda"), .reference = S("RAD-2026-0412"),
		.title = S("Wir prüfen Ihre Anmeldung"), .lead = S("Bis Freitag, 4. Dezember haben Sie den Bescheid. Sie müssen nichts weiter tun."), .badge = S("In Arbeit"),
		.badge_kind = NOTICE_INFO, .moment = moments + 4, .moments = 2, .reply = sample_post(S("/vorgang/abc/antwort")),
		.reply_text = { .look = LOOK_AREA, .key = S("text"), .label = S("Ihre Nachricht"), .hint = S("Wir antworten meist innerhalb von 2 Werktagen."), .rows = 4, .max_length = 4000 },
		.reply_file = { .look = LOOK_FILE, .key = S("datei"), .label = S("Datei anhängen"), .optional = true, .file_with_form = true, .hint = S("PDF, JPG oder PNG, höchstens 10 MB"), .accept = S(".pdf,.jpg,.jpeg,.png") },
		.authority = S("Stadt Radeberg, Steueramt"), .contact = sample_contact(), .delivery = S("online"), .delivery_href = S("/vorgang/abc/bekanntgabe"),
		.copy_href = S("/vorgang/abc/kopie.pdf"), .receipt_href = S("/vorgang/abc/quittung.jws"), .answers_href = S("/vorgang/abc/angaben"), .add_href = S("/vorgang/abc/antwort"),
		.withdraw_href = S("/vorgang/abc/zurueckziehen"),
	};
}

static void draw_open(struct gallery *g)
{
	struct status_view v = sample_status();
	struct error_item_view item = { S("Schreiben Sie, was Sie uns sagen möchten"), S("#text") };

	DRAW(g, "status", LANG_DE, status, &v);
	DRAW(g, "status-en", LANG_EN, status, &v);
	v.errors = (struct errors_view){ &item, 1 };
	v.reply_text.error = item.text;
	v.page.errors = true;
	DRAW(g, "status-error", LANG_DE, status, &v);
	v = sample_status();
	v.title = S("Wir brauchen noch etwas von Ihnen");
	v.lead = S("Wir haben eine Frage zu Ihrer Anmeldung. Danach geht es weiter.");
	v.badge = S("Frage offen");
	v.badge_kind = NOTICE_WARNING;
	v.question.open = true;
	v.question.text = messages[0].text;
	v.question.from = messages[0].from;
	v.question.due = S("8. Dezember 2026");
	v.question.href = S("/vorgang/abc/antwort");
	v.message = messages;
	v.messages = 1;
	DRAW(g, "status-question", LANG_DE, status, &v);
	v = sample_status();
	v.title = S("Bitte bezahlen Sie die Gebühr");
	v.lead = S("Wir haben Ihren Antrag. Sobald die Gebühr da ist, geht es weiter.");
	v.badge = S("Noch nicht bezahlt");
	v.badge_kind = NOTICE_WARNING;
	v.payment.due = true;
	v.payment.amount = S("30,70 €");
	v.payment.until = S("4. Dezember 2026");
	v.payment.href = S("/vorgang/abc/zahlung");
	DRAW(g, "status-unpaid", LANG_DE, status, &v);
}

static void draw_ended(struct gallery *g)
{
	struct status_view v = sample_status();

	v.title = S("Ihr Bescheid ist da");
	v.lead = S("Frieda ist angemeldet. Als Nächstes schicken wir Ihnen die Hundemarke, spätestens am 4. Dezember.");
	v.badge = S("Fertig");
	v.badge_kind = NOTICE_SUCCESS;
	v.moment = moments;
	v.moments = N(moments);
	v.message = messages;
	v.messages = 2;
	v.withdraw_href = v.add_href = STR_EMPTY;
	v.again_href = S("/radeberg/leistung/hund-ab");
	v.again_label = S("Hund wieder abmelden");
	v.decision = (struct decision_box_view){
		.there = true, .outcome = DECISION_GRANTED, .title = S("Bescheid über die Hundesteuer"), .date = S("Vom 26. November 2026"), .text = S("Wir haben Ihren Hund angemeldet. Die Steuer beträgt 96 € im Jahr."),
		.post = sample_post(S("/vorgang/abc/bescheid")), .info = S("PDF, 118 kB"),
		.remedy = S("Sie können innerhalb eines Monats Widerspruch einlegen. Die Frist und die Adresse stehen am Ende des Bescheids."),
	};
	DRAW(g, "status-decided", LANG_DE, status, &v);
	v.decision.post.csrf = STR_EMPTY;
	v.decision.href = S("/vorgang/abc/bescheid.pdf");
	v.decision.fetched = S("Abgeholt am 26. November 2026 um 19:05 Uhr");
	v.decision.outcome = DECISION_PARTLY;
	v.reply.csrf = STR_EMPTY;
	DRAW(g, "status-partly", LANG_EN, status, &v);
	v.decision.outcome = DECISION_REFUSED;
	v.decision.href = STR_EMPTY;
	v.decision.by_post = S("Der Bescheid kommt per Post an Lindenweg 7, 01454 Radeberg.");
	v.title = S("Wir haben Ihren Antrag abgelehnt");
	v.lead = long_text;
	v.badge = S("Abgelehnt");
	v.badge_kind = NOTICE_DANGER;
	v.messages = 0;
	DRAW(g, "status-refused", LANG_DE, status, &v);
	v = sample_status();
	v.title = S("Sie haben den Antrag zurückgezogen");
	v.lead = S("Wir bearbeiten ihn nicht weiter.");
	v.badge = S("Zurückgezogen");
	v.reply.csrf = v.withdraw_href = v.add_href = v.delivery_href = STR_EMPTY;
	DRAW(g, "status-withdrawn", LANG_DE, status, &v);
}

static void draw_answer(struct gallery *g)
{
	struct answer_view v = {
		.page = sample_page(S("Unsere Frage an Sie")), .post = sample_post(S("/vorgang/abc/antwort")), .back_href = S("/vorgang/abc"), .service = S("Hund anmelden"), .reference = S("RAD-2026-0412"),
		.from = messages[0].from, .asked = messages[0].when, .due = S("8. Dezember 2026"), .question = messages[0].text,
		.text = { .look = LOOK_AREA, .key = S("text"), .label = S("Ihre Antwort"), .rows = 6, .max_length = 4000 },
		.file = { .look = LOOK_FILE, .key = S("datei"), .label = S("Dateien"), .optional = true, .hint = S("PDF, JPG oder PNG, höchstens 10 MB"), .accept = S(".pdf,.jpg,.jpeg,.png"), .file = answer_file,
			  .files = 1 },
		.version = S("0123456789abcdef"),
	};
	struct error_item_view item = { S("Schreiben Sie eine Antwort oder laden Sie eine Datei hoch"), S("#text") };
	struct follow_view f = { .page = sample_portal(S("Ihr Vorgang")), .post = sample_post(S("/folgen/q7Jm2xkT4vN0sLbYw9ZrEA")), .title = S("Ihr Vorgang bei der Stadt Radeberg"),
				 .text = S("Mit diesem Link sehen Sie den Stand Ihres Antrags."), .button = S("Vorgang öffnen") };

	DRAW(g, "answer", LANG_DE, answer, &v);
	v.errors = (struct errors_view){ &item, 1 };
	v.text.error = item.text;
	v.page.errors = true;
	DRAW(g, "answer-error", LANG_EN, answer, &v);
	v.page.errors = false;
	v.errors.items = 0;
	v.text.error = v.question = STR_EMPTY;
	DRAW(g, "answer-add", LANG_DE, answer, &v);
	f.page.secret = true;
	DRAW(g, "follow", LANG_DE, follow, &f);
}

void gallery_case(struct gallery *g)
{
	draw_sent(g);
	draw_open(g);
	draw_ended(g);
	draw_answer(g);
}
