/* SPDX-License-Identifier: EUPL-1.2 */
/* Account, payment, legal pages, public checks, problems. */
#include <stdio.h>
#include "view_gallery.h"

static const struct field_view email = { .look = LOOK_TEXT, .key = STR_INIT("email"), .label = STR_INIT("E-Mail-Adresse"), .input_type = STR_INIT("email"), .autocomplete = STR_INIT("username") };
static const struct field_view password = { .look = LOOK_PASSWORD, .key = STR_INIT("passwort"), .label = STR_INIT("Passwort"), .autocomplete = STR_INIT("current-password") };
static const struct field_view new_password = { .look = LOOK_PASSWORD, .key = STR_INIT("passwort"), .label = STR_INIT("Neues Passwort"), .hint = STR_INIT("Mindestens 12 Zeichen. Ein Satz ist gut."),
						.autocomplete = STR_INIT("new-password") };

static struct passkey_view sample_passkey(void)
{
	return (struct passkey_view){ .offered = true, .options = S("{\"challenge\":\"AAAA\",\"rpId\":\"localhost\"}"), .post = sample_post(S("/konto/anmelden/passkey")) };
}

static void draw_signin(struct gallery *g)
{
	struct error_item_view item = { S("E-Mail-Adresse oder Passwort stimmt nicht. Versuchen Sie es noch einmal"), S("#email") };
	struct signin_view v = {
		.page = sample_portal(S("Anmelden")), .post = sample_post(S("/konto/anmelden")), .email = email, .password = password, .passkey = sample_passkey(), .register_href = S("/konto/neu"),
		.forgot_href = S("/konto/passwort-vergessen"), .identity_href = S("/konto/ausweisen"), .identity_name = S("Test-Ausweis (Vorführung)"), .back_to = S("/antrag/abc"),
		.for_what = S("Danach geht es weiter mit: Hund anmelden"),
	};
	struct register_view r = { .page = sample_portal(S("Konto anlegen")), .post = sample_post(S("/konto/neu")), .email = email, .password = new_password, .signin_href = S("/konto/anmelden"),
				   .privacy_href = S("/datenschutz") };
	struct signin_needed_view n = { .page = sample_page(S("Bitte melden Sie sich an")), .service = S("Führerschein umtauschen"),
					.why = S("Für den Führerschein müssen wir sicher wissen, wer Sie sind. Ihre Angaben gehen dabei nicht verloren."), .identity_href = S("/konto/ausweisen"),
					.identity_name = S("Test-Ausweis (Vorführung)"), .identity_note = S("Sie wählen eine erfundene Person. Echte Ausweise gehen hier nicht."),
					.signin_href = S("/konto/anmelden"), .register_href = S("/konto/neu"), .back_href = S("/radeberg/leistung/fs") };

	DRAW(g, "signin", LANG_DE, signin, &v);
	v.errors = (struct errors_view){ &item, 1 };
	v.email.error = item.text;
	v.page.errors = true;
	v.passkey.local_href = S("http://localhost:8080/konto/anmelden");
	DRAW(g, "signin-error", LANG_EN, signin, &v);
	DRAW(g, "register", LANG_DE, register, &r);
	DRAW(g, "signin-needed", LANG_DE, signin_needed, &n);
	DRAW(g, "mail-sent", LANG_DE, mail_sent,
	     (&(struct mail_sent_view){ .page = sample_portal(S("E-Mail gesendet")), .title = S("Bitte sehen Sie in Ihre E-Mails"), .email = long_word, .again_href = S("/konto/neu"), .sink_href = S("/post") }));
	DRAW(g, "password", LANG_DE, password,
	     (&(struct password_view){ .page = sample_portal(S("Neues Passwort")), .post = sample_post(S("/konto/passwort")), .old = password, .password = (struct field_view){ .look = LOOK_PASSWORD, .key = S("neu"),
																							      .label = S("Neues Passwort"), .autocomplete = S("new-password") },
				       .token = S("t"), .title = S("Neues Passwort festlegen"), .text = S("Mindestens 12 Zeichen.") }));
	DRAW(g, "forgot", LANG_EN, forgot, (&(struct forgot_view){ .page = sample_portal(S("Passwort vergessen")), .post = sample_post(S("/konto/passwort-vergessen")), .email = email }));
}

static void draw_account(struct gallery *g)
{
	const struct account_case_view items[] = {
		{ S("Gewerbe anmelden"), S("ARN-2026-0031"), S("Stadt Radeberg"), S("/vorgang/def"), S("Wir haben eine Frage. Bitte antworten Sie bis zum 8. Dezember."), S("24. November 2026"), S("Frage offen"),
		  NOTICE_WARNING, true },
		{ S("Hund anmelden"), S("RAD-2026-0412"), S("Stadt Radeberg, Steueramt"), S("/vorgang/abc"), S("Ihr Bescheid ist da."), S("20. November 2026"), S("Fertig"), NOTICE_SUCCESS, false },
		{ long_text, S("RAD-2026-0400"), S("Landkreis Bautzen"), S("/vorgang/ghi"), S("Wir haben Ihren Antrag abgelehnt."), S("2. Oktober 2026"), S("Abgelehnt"), NOTICE_DANGER, false },
	};
	struct account_view v = {
		.page = sample_portal(S("Meine Anträge")), .draft = (const struct draft_tile_view[]){ { S("Bewohnerparkausweis, Dresden"), S("/antrag/abc"), S("20. Dezember 2026"), S("Schritt 3 von 6") } },
		.drafts = 1, .item = items, .items = N(items), .older_href = S("/konto?seite=2"), .settings_href = S("/konto/einstellungen"), .code_href = S("/fortsetzen"), .services_href = S("/"),
	};
	struct settings_view s = {
		.page = sample_portal(S("Konto verwalten")), .post = sample_post(S("/konto/einstellungen")), .email = S("l.oeztuerk@example.org"), .email_pending = S("neu@example.org"),
		.new_email = { .look = LOOK_TEXT, .key = S("neue-email"), .label = S("Neue E-Mail-Adresse"), .input_type = S("email"), .autocomplete = S("email") },
		.key = (const struct passkey_row_view[]){ { S("1"), S("Telefon"), S("Angelegt am 3. November 2026"), S("zuletzt gestern benutzt") } }, .keys = 1, .passkey = sample_passkey(),
		.password_href = S("/konto/passwort"), .close_href = S("/konto/loeschen"),
	};

	v.page.user = s.page.user = S("l.oeztuerk@example.org");
	v.page.nav = s.page.nav = NAV_MINE;
	DRAW(g, "account", LANG_DE, account, &v);
	v.drafts = v.items = 0;
	DRAW(g, "account-empty", LANG_EN, account, &v);
	DRAW(g, "settings", LANG_DE, settings, &s);
}

static void draw_payment(struct gallery *g)
{
	const struct fee_line_view fee[] = { { S("Bewohnerparkausweis für ein Jahr"), S("30,70 €") } };
	struct payment_view v = {
		.page = sample_page(S("Gebühr bezahlen")), .back_href = S("/vorgang/abc"), .service = S("Bewohnerparkausweis"), .case_reference = S("RAD-2026-0412"), .amount = S("30,70 €"), .until = S("4. Dezember 2026"),
		.recipient = S("Stadt Radeberg"), .iban = S("DE02 1203 0000 0000 2020 51"), .bic = S("BYLADEM1001"), .bank = S("Musterbank"), .purpose = S("RAD-2026-0412-7"),
		.qr_path = S("M0 0h7v1h-7zM0 1h1v5h-1zM6 1h1v5h-1zM2 2h3v3h-3zM0 6h7v1h-7zM8 0h1v1h-1zM10 3h2v1h-2zM9 8h4v1h-4zM0 9h3v2h-3zM14 0h7v1h-7zM14 1h1v5h-1zM20 1h1v5h-1zM16 2h3v3h-3zM14 6h7v1h-7zM0 14h7v1h-7zM0 15h1v5h-1z"
			       "M6 15h1v5h-1zM2 16h3v3h-3zM0 20h7v1h-7zM9 11h2v3h-2zM13 13h3v2h-3zM17 17h2v4h-2z"),
		.qr_size = 21, .pdf_href = S("/vorgang/abc/zahlung.pdf"), .fee = fee, .fees = 1,
	};

	DRAW(g, "payment", LANG_DE, payment, &v);
	v.paid = true;
	v.paid_on = S("1. Dezember 2026");
	DRAW(g, "payment-paid", LANG_EN, payment, &v);
}

static void draw_legal(struct gallery *g)
{
	const str data[] = { S("Name, Geburtsdatum, Anschrift"), S("Angaben zum Hund"), S("IBAN, wenn Sie abbuchen lassen") };
	const struct point_view gap[] = { { S("PDF-Dateien"), S("Ältere Bescheide sind nicht vollständig gekennzeichnet.") } };
	const struct licence_view part[] = { { S("KERN"), S("2.7.2"), S("EUPL-1.2"), S("Gestaltung"), S("https://gitlab.opencode.de/kern-ux/kern-ux-plain") },
					     { S("Fira Sans"), S("4.106"), S("OFL 1.1"), S("Schrift"), STR_EMPTY } };
	struct barrier_view b = { .page = sample_page(S("Barriere melden")), .post = sample_post(S("/radeberg/barriere-melden")), .about = S("/radeberg/leistung/hund"),
				  .text = { .look = LOOK_AREA, .key = S("text"), .label = S("Was ging nicht?"), .rows = 5, .max_length = 4000 },
				  .email = { .look = LOOK_TEXT, .key = S("email"), .label = S("E-Mail-Adresse"), .optional = true, .input_type = S("email"), .autocomplete = S("email") } };

	DRAW(g, "imprint", LANG_DE, imprint,
	     (&(struct imprint_view){ .page = sample_page(S("Impressum")), .contact = sample_contact(), .authority = S("Große Kreisstadt Radeberg"), .represented_by = S("Oberbürgermeister"),
				      .supervision = S("Landkreis Bautzen"), .operator_name = S("Betreiber der Vorführung"), .operator_email = S("betrieb@schalter.example") }));
	DRAW(g, "privacy", LANG_DE, privacy,
	     (&(struct privacy_view){ .page = sample_page(S("Datenschutz")), .authority = S("Große Kreisstadt Radeberg"), .contact = sample_contact(), .officer = sample_contact(), .service = S("Hund anmelden"),
				      .purpose = S("Wir bearbeiten Ihre Anmeldung und setzen die Hundesteuer fest."), .legal_basis = S("§ 7 SächsKAG, Hundesteuersatzung"), .recipients = S("Das Steueramt der Stadt."),
				      .retention = S("Zehn Jahre nach dem letzten Steuerjahr."), .data = data, .datas = N(data), .supervisory_name = S("Sächsische Datenschutz- und Transparenzbeauftragte"),
				      .supervisory_href = S("https://www.datenschutz.sachsen.de/") }));
	DRAW(g, "accessibility", LANG_EN, accessibility,
	     (&(struct accessibility_view){ .page = sample_page(S("Erklärung zur Barrierefreiheit")), .authority = S("Große Kreisstadt Radeberg"), .updated = S("22. November 2026"),
					    .method = S("Selbstbewertung mit automatischen Prüfungen jeder Seite."), .gap = gap, .gaps = 1, .contact = sample_contact(), .report_href = S("/radeberg/barriere-melden"),
					    .enforcement_name = S("Durchsetzungsstelle beim Sächsischen Staatsministerium"), .law = S("§ 3 BfWebG") }));
	DRAW(g, "barrier", LANG_DE, barrier, &b);
	b.sent = true;
	DRAW(g, "barrier-sent", LANG_EN, barrier, &b);
	DRAW(g, "licences", LANG_DE, licences,
	     (&(struct licences_view){ .page = sample_portal(S("Quelltext und Lizenzen")), .version = S("0.1.0"), .source_href = S("https://example.org/"), .part = part, .parts = N(part), .data = part, .datas = N(part) }));
	DRAW(g, "help", LANG_DE, help, (&(struct help_view){ .page = sample_page(S("Hilfe")), .contact = sample_contact() }));
	DRAW(g, "help-portal", LANG_EN, help, (&(struct help_view){ .page = sample_portal(S("Help")) }));
}

static void draw_public(struct gallery *g)
{
	struct receipt_check_view r = { .page = sample_portal(S("Eingangsbestätigung prüfen")), .post = sample_post(S("/quittung-pruefen")),
					.text = { .look = LOOK_AREA, .key = S("text"), .label = S("Inhalt der Datei"), .rows = 6 }, .keys_href = S("/.well-known/schalter-keys.json") };
	struct decision_check_view d = { .page = sample_portal(S("Bescheid prüfen")) };

	DRAW(g, "receipt-check", LANG_DE, receipt_check, &r);
	r.result = CHECK_GOOD;
	r.authority = S("Stadt Radeberg");
	r.reference = S("RAD-2026-0412");
	r.time = S("20. November 2026, 14:32 Uhr");
	r.key_id = S("2026-11-a7f3c1d09e5b4f22a7f3c1d09e5b4f22");
	r.text.value = long_word;
	DRAW(g, "receipt-check-good", LANG_DE, receipt_check, &r);
	r.result = CHECK_BAD;
	r.why = S("Die Unterschrift passt nicht zum Inhalt.");
	DRAW(g, "receipt-check-bad", LANG_EN, receipt_check, &r);
	DRAW(g, "decision-check", LANG_DE, decision_check, &d);
	d.result = CHECK_GOOD;
	d.authority = S("Stadt Radeberg");
	d.kind = S("Bescheid über die Hundesteuer");
	d.date = S("26. November 2026");
	d.fingerprint = S("7f3a 91c0 44de 02b7 7f3a 91c0 44de 02b7");
	DRAW(g, "decision-check-good", LANG_DE, decision_check, &d);
	d.result = CHECK_BAD;
	d.code = S("ABCD-1234");
	d.error = S("Geben Sie die Prüfnummer so ein, wie sie auf dem Bescheid steht");
	DRAW(g, "decision-check-bad", LANG_EN, decision_check, &d);
}

static void draw_problems(struct gallery *g)
{
	static const int status[] = { 400, 403, 404, 405, 409, 410, 413, 415, 429, 500, 503 };
	struct moved_view m = { .page = sample_page(S("Sie sind jetzt in Arnsdorf")), .title = S("Für Sie ist Arnsdorf zuständig"), .text = S("Ihre Angaben haben wir mitgenommen. Nichts ist verloren."),
				.href = S("/arnsdorf"), .label = S("Weiter nach Arnsdorf"), .stay_href = S("/radeberg"), .stay_label = S("In Radeberg bleiben") };

	for (size_t i = 0; i < N(status); i++) {
		struct error_view v = { .page = sample_portal(S("Es ging nicht weiter")), .status = status[i] };
		char name[32];

		if (status[i] >= 500)
			v.request_id = S("7K2M-9QXT");
		if (status[i] == 429)
			v.retry_seconds = 30;
		if (status[i] == 503)
			v.page.readonly = true;
		snprintf(name, sizeof(name), "error-%d", status[i]);
		DRAW(g, name, status[i] % 2 ? LANG_EN : LANG_DE, error, &v);
	}
	DRAW(g, "moved", LANG_DE, moved, &m);
}

void gallery_account(struct gallery *g)
{
	draw_signin(g);
	draw_account(g);
	draw_payment(g);
	draw_legal(g);
	draw_public(g);
	draw_problems(g);
}
