/* SPDX-License-Identifier: EUPL-1.2 */
/* The clerks' pages. */
#include "view_gallery.h"

static const struct field_view email = { .look = LOOK_TEXT, .key = STR_INIT("email"), .label = STR_INIT("E-Mail-Adresse"), .input_type = STR_INIT("email"), .autocomplete = STR_INIT("username") };
static const struct field_view password = { .look = LOOK_PASSWORD, .key = STR_INIT("passwort"), .label = STR_INIT("Passwort"), .autocomplete = STR_INIT("current-password") };
static const struct option_view people[] = {
	{ .value = STR_INIT(""), .text = STR_INIT("Bitte wählen") }, { .value = STR_INIT("1"), .text = STR_INIT("Mara Keil") }, { .value = STR_INIT("2"), .text = STR_INIT("Jörg Lehmann") },
};

static void draw_signin(struct gallery *g)
{
	struct clerk_signin_view v = { .page = sample_clerk(S("Anmelden")), .post = sample_post(S("/anmelden")), .email = email, .password = password,
				       .passkey = { .offered = true, .options = S("{}"), .post = sample_post(S("/anmelden/passkey")) } };
	struct error_item_view item = { S("E-Mail-Adresse oder Passwort stimmt nicht"), S("#email") };
	struct clerk_setup_view s = { .page = sample_clerk(S("Zugang einrichten")), .post = sample_post(S("/einrichten/abc")), .name = S("Mara Keil"), .authority = S("Stadt Radeberg"), .button_only = true,
				      .password = { .look = LOOK_PASSWORD, .key = S("passwort"), .label = S("Passwort"), .hint = S("Mindestens 12 Zeichen."), .autocomplete = S("new-password") } };

	v.page.user = s.page.user = v.page.town = s.page.town = STR_EMPTY;
	DRAW(g, "clerk-signin", LANG_DE, clerk_signin, &v);
	v.errors = (struct errors_view){ &item, 1 };
	v.email.error = item.text;
	v.page.errors = true;
	DRAW(g, "clerk-signin-error", LANG_DE, clerk_signin, &v);
	DRAW(g, "clerk-setup", LANG_DE, clerk_setup, &s);
	s.button_only = false;
	s.token = S("t");
	DRAW(g, "clerk-setup-form", LANG_DE, clerk_setup, &s);
}

static void draw_inbox(struct gallery *g)
{
	static struct inbox_row_view row[20];
	static const struct inbox_row_view kind[] = {
		{ .reference = STR_INIT("RAD-2026-0412"), .service = STR_INIT("Hund anmelden"), .applicant = STR_INIT("Öztürk-Groß, Łukasz"), .received = STR_INIT("20.11., 14:32"), .due = STR_INIT("27.11., morgen"),
		  .soon = true, .state = STR_INIT("Antwort da"), .state_kind = NOTICE_INFO, .clerk = STR_INIT("M. Keil") },
		{ .reference = STR_INIT("RAD-2026-0413"), .service = STR_INIT("Gewerbe anmelden"), .applicant = STR_INIT("Bäckerei Sonnenschein GmbH & Co. KG"), .received = STR_INIT("heute, 08:10"),
		  .due = STR_INIT("04.12."), .state = STR_INIT("Neu"), .state_kind = NOTICE_INFO, .is_new = true },
		{ .reference = STR_INIT("RAD-2026-0377"), .service = STR_INIT("Außengastronomie"), .applicant = STR_INIT("Müller, Änne"), .received = STR_INIT("02.11., 09:00"), .due = STR_INIT("18.11., überfällig"),
		  .late = true, .state = STR_INIT("In Arbeit"), .state_kind = NOTICE_INFO, .clerk = STR_INIT("J. Lehmann") },
		{ .reference = STR_INIT("RAD-2026-0399"), .service = STR_INIT("Geburtsurkunde"), .applicant = STR_INIT("von Hohenstein-Oberlausitz, Wilhelmine-Charlotte"), .received = STR_INIT("11.11., 16:45"),
		  .state = STR_INIT("Wartet auf Antwort"), .state_kind = NOTICE_WARNING, .clerk = STR_INIT("S. Albers") },
		{ .reference = STR_INIT("RAD-2026-0401"), .service = STR_INIT("Bewohnerparkausweis"), .applicant = STR_INIT("Nguyễn, Thị Minh"), .received = STR_INIT("12.11., 10:20"), .due = STR_INIT("26.11."),
		  .state = STR_INIT("Bezahlt"), .state_kind = NOTICE_SUCCESS, .clerk = STR_INIT("S. Albers") },
	};
	const struct inbox_tab_view tab[] = { { S("Alle offenen"), S("/?a=alle"), 38, true }, { S("Neu"), S("/?a=neu"), 12, false }, { S("Mir zugewiesen"), S("/?a=ich"), 9, false },
					      { S("Frist diese Woche"), S("/?a=frist"), 4, false }, { S("Erledigt"), S("/?a=erledigt"), -1, false } };
	struct inbox_view v = {
		.page = sample_clerk(S("Eingang, 38 offene Vorgänge")), .post = sample_post(S("/")), .tab = tab, .tabs = N(tab),
		.filter = { .action = S("/"), .hidden = (const struct pair[]){ { S("a"), S("alle") } }, .hiddens = 1, .q = { .key = S("q"), .label = S("Vorgang suchen") },
			    .service = { .look = LOOK_SELECT, .key = S("leistung"), .label = S("Leistung"), .option = people, .options = N(people) },
			    .clerk = { .look = LOOK_SELECT, .key = S("wer"), .label = S("Bearbeitung"), .option = people, .options = N(people) }, .clear_href = S("/") },
		.caption = S("Alle offenen Vorgänge, 1 bis 20 von 38, nach Eingang"),
		.col_reference = { .text = S("Vorgang"), .href = S("/?s=nr") }, .col_service = { .text = S("Leistung"), .href = S("/?s=leistung") },
		.col_received = { .text = S("Eingang"), .href = S("/?s=eingang"), .sort = SORT_DOWN }, .col_due = { .text = S("Frist"), .href = S("/?s=frist") }, .col_state = { .text = S("Stand"), .href = S("/?s=stand") },
		.row = row, .rows = N(row), .next_href = S("/?seite=2"), .page_number = 1, .page_count = 2, .empty = S("Hier ist nichts offen."),
	};

	for (size_t i = 0; i < N(row); i++) {
		row[i] = kind[i % N(kind)];
		row[i].id = S("1");
		row[i].href = S("/fall/abc");
	}
	DRAW(g, "inbox", LANG_DE, inbox, &v);
	v.filter.active = true;
	v.filter.q.value = S("Müller");
	v.rows = 1;
	v.previous_href = v.next_href;
	v.page_number = 2;
	DRAW(g, "inbox-filter", LANG_DE, inbox, &v);
	v.rows = 0;
	DRAW(g, "inbox-empty", LANG_DE, inbox, &v);
}

static const struct fact_row_view holder[] = {
	{ .label = STR_INIT("Name"), .value = STR_INIT("Öztürk-Groß, Łukasz") },
	{ .label = STR_INIT("Geboren"), .value = STR_INIT("12.03.1985") },
	{ .label = STR_INIT("Adresse"), .value = STR_INIT("Lindenweg 7, 01454 Radeberg"), .changed = true },
	{ .label = STR_INIT("E-Mail"), .value = STR_INIT("l.oeztuerk@example.org"), .href = STR_INIT("mailto:l.oeztuerk@example.org") },
	{ .label = STR_INIT("Telefon") },
};
static const struct fact_row_view dog[] = {
	{ .label = STR_INIT("Name"), .value = STR_INIT("Frieda") },
	{ .label = STR_INIT("Rasse"), .value = STR_INIT("Labrador-Mischling"), .check = STR_INIT("keine Liste") },
	{ .label = STR_INIT("Chip"), .value = STR_INIT("276 0981 0234 5678"), .check = STR_INIT("gültig") },
	{ .label = STR_INIT("Gehalten seit"), .value = STR_INIT("14.11.2026") },
};
static const struct fact_row_view insurance[] = {
	{ .label = STR_INIT("Nummer"), .value = STR_INIT("HP-55 017") },
	{ .label = STR_INIT("Gültig bis"), .value = STR_INIT("31.12.2026"), .check = STR_INIT("endet bald"), .check_warns = true },
	{ .label = STR_INIT("Bemerkung der antragstellenden Person"), .value = STR_INIT("Der Hund ist sehr freundlich und war schon in der Hundeschule.\nBescheinigung liegt bei.") },
};

static struct clerk_case_view sample_case(void)
{
	static const struct point_view meta[] = { { STR_INIT("Person"), STR_INIT("Öztürk-Groß, Łukasz") }, { STR_INIT("Eingang"), STR_INIT("20.11.2026, 14:32") },
						  { STR_INIT("Bearbeitung"), STR_INIT("M. Keil, Steueramt") }, { STR_INIT("Bescheid"), STR_INIT("online, eingewilligt") } };
	static const struct action_view action[] = {
		{ .text = STR_INIT("Bescheid"), .href = STR_INIT("/fall/abc/bescheid"), .key = STR_INIT("b"), .key_shown = STR_INIT("B"), .primary = true },
		{ .text = STR_INIT("Rückfrage"), .href = STR_INIT("/fall/abc/rueckfrage"), .key = STR_INIT("r"), .key_shown = STR_INIT("R") },
		{ .text = STR_INIT("Übernehmen"), .value = STR_INIT("uebernehmen"), .key = STR_INIT("u"), .key_shown = STR_INIT("U") },
		{ .text = STR_INIT("Wiedervorlage"), .href = STR_INIT("/fall/abc/wiedervorlage"), .key = STR_INIT("w"), .key_shown = STR_INIT("W") },
	};
	static const struct action_view more[] = { { .text = STR_INIT("Abgeben"), .href = STR_INIT("/fall/abc/abgeben") }, { .text = STR_INIT("Angaben berichtigen"), .href = STR_INIT("/fall/abc/berichtigen") },
						   { .text = STR_INIT("Antrag als PDF"), .href = STR_INIT("/fall/abc/antrag.pdf") }, { .text = STR_INIT("Abschließen"), .href = STR_INIT("/fall/abc/abschliessen") },
						   { .text = STR_INIT("Freigeben"), .value = STR_INIT("freigeben") } };
	static const struct fact_group_view group[] = { { STR_INIT("Halter"), holder, N(holder) }, { STR_INIT("1. Hund"), dog, N(dog) }, { STR_INIT("Versicherung"), insurance, N(insurance) } };
	static const struct file_view file[] = {
		{ .name = STR_INIT("Bestätigung Nordlicht.pdf"), .info = STR_INIT("25.11., PDF, 148 kB"), .href = STR_INIT("/fall/abc/datei/1") },
		{ .name = STR_INIT("IMG_20261114_143501_Versicherungsschein-Vorderseite-endgueltig-neu(2).jpg"), .info = STR_INIT("20.11., Foto, 1,4 MB"), .href = STR_INIT("/fall/abc/datei/2"), .picture = true },
	};
	static const struct message_view message[] = {
		{ .from = STR_INIT("M. Keil"), .when = STR_INIT("24.11., 09:15"), .text = STR_INIT("Guten Tag, auf dem Nachweis der Versicherung fehlt der Name Ihres Hundes. Ein Foto reicht.") },
		{ .from = STR_INIT("Ł. Öztürk-Groß"), .when = STR_INIT("25.11., 18:02"), .text = STR_INIT("Hallo Frau Keil, hier ist die Bestätigung."), .mine = true, .file = file, .files = 1 },
	};
	static const struct note_view note[] = { { STR_INIT("Bestätigung liegt vor, aus meiner Sicht fertig. Bin ab morgen im Urlaub."), STR_INIT("M. Keil"), STR_INIT("26.11., 08:40") } };
	static const struct moment_view moment[] = {
		{ MOMENT_NOW, STR_INIT("Antwort eingegangen"), STR_EMPTY, STR_INIT("25.11., 18:02"), STR_INIT("mit 1 Datei") },
		{ MOMENT_DONE, STR_INIT("Rückfrage gesendet"), STR_EMPTY, STR_INIT("24.11., 09:15"), STR_INIT("M. Keil") },
		{ MOMENT_DONE, STR_INIT("Übernommen"), STR_EMPTY, STR_INIT("23.11., 08:10"), STR_INIT("M. Keil") },
		{ MOMENT_DONE, STR_INIT("Eingegangen"), STR_EMPTY, STR_INIT("20.11., 14:32"), STR_INIT("online") },
	};

	return (struct clerk_case_view){
		.page = sample_clerk(S("RAD-2026-0412, Hund anmelden")), .post = sample_post(S("/fall/abc")), .inbox_href = S("/"), .previous_href = S("/fall/x"), .next_href = S("/fall/y"), .position = S("3 von 38"),
		.service = S("Hund anmelden"), .reference = S("RAD-2026-0412"), .badge = S("Antwort eingegangen"), .badge_kind = NOTICE_INFO, .meta = meta, .metas = N(meta), .due = S("27.11.2026, morgen"),
		.due_late = true, .action = action, .actions = N(action), .more = more, .mores = N(more), .group = group, .groups = N(group), .hints = S("1 Hinweis"), .file = file, .files = N(file),
		.files_info = S("2 Dateien, geprüft"), .message = message, .messages = N(message), .note = note, .notes = N(note), .new_note = { .key = S("notiz") }, .moment = moment, .moments = N(moment),
		.log_href = S("/fall/abc/protokoll"),
	};
}

static const struct delivery_view deliveries[] = {
	{ .destination = STR_INIT("Steuerverfahren"), .service = STR_INIT("Hund anmelden"), .reference = STR_INIT("RAD-2026-0412"), .case_href = STR_INIT("/fall/abc"), .state = STR_INIT("Übergeben"), .kind = NOTICE_SUCCESS,
	  .tries = STR_INIT("1 Versuch"), .last = STR_INIT("20.11., 14:33") },
	{ .destination = STR_INIT("Gewerberegister"), .service = STR_INIT("Gewerbe anmelden"), .reference = STR_INIT("RAD-2026-0413"), .case_href = STR_INIT("/fall/def"), .state = STR_INIT("Aufgegeben"), .kind = NOTICE_DANGER,
	  .tries = STR_INIT("12 Versuche"), .last = STR_INIT("heute, 07:12"), .error = STR_INIT("Das Ziel antwortet nicht (Zeitüberschreitung nach 10 Sekunden)."),
	  .resend = { STR_INIT("/zustellungen"), STR_INIT("token"), STR_INIT("einmal") }, .id = STR_INIT("7") },
};

static void draw_case(struct gallery *g)
{
	struct clerk_case_view v = sample_case();
	struct error_item_view item = { S("Schreiben Sie die Notiz, bevor Sie speichern"), S("#notiz") };
	const struct log_row_view row[] = { { S("1"), S("20.11.2026, 14:32:07"), S("Łukasz Öztürk-Groß"), S("Eingegangen"), S("7f3a91c044de02b7") },
					    { S("2"), S("23.11.2026, 08:10:44"), S("M. Keil"), S("Übernommen"), S("a91c044de02b77f3") } };
	struct log_view l = { .page = sample_clerk(S("Protokoll")), .back_href = S("/fall/abc"), .service = S("Hund anmelden"), .reference = S("RAD-2026-0412"), .row = row, .rows = 2, .unbroken = true };
	struct preview_view p = { .page = sample_clerk(S("Bestätigung Nordlicht.pdf")), .back_href = S("/fall/abc"), .file = { .name = S("Bestätigung Nordlicht.pdf"), .info = S("PDF, 148 kB, 2 Seiten") },
				  .image_href = S("/bild.png"), .width = 900, .height = 1270, .alt = S("Seite 1 von 2"), .page_number = 1, .page_count = 2, .next_href = S("?seite=2"), .download_href = S("/fall/abc/datei/1/original") };

	DRAW(g, "clerk-case", LANG_DE, clerk_case, &v);
	v.decision.there = true;
	v.decision.title = S("Bescheid, Entwurf");
	v.decision.state = S("Von M. Keil, 26.11., 08:30.");
	v.decision.href = S("/fall/abc/bescheid");
	v.payment.due = v.payment.can_mark = true;
	v.payment.amount = S("30,70 €");
	v.payment.state = S("Noch nicht bezahlt, fällig am 04.12.2026");
	v.delivery = deliveries;
	v.deliveries = N(deliveries);
	v.standin = S("Sie vertreten M. Keil.");
	v.errors = (struct errors_view){ &item, 1 };
	v.new_note.error = item.text;
	v.page.errors = true;
	DRAW(g, "clerk-case-full", LANG_DE, clerk_case, &v);
	v = sample_case();
	v.actions = v.mores = v.files = v.messages = v.notes = v.groups = 0;
	v.hints = v.position = v.files_info = v.new_note.key = v.due = STR_EMPTY;
	v.badge = S("Geschlossen");
	DRAW(g, "clerk-case-empty", LANG_DE, clerk_case, &v);
	DRAW(g, "clerk-log", LANG_DE, log, &l);
	l.unbroken = false;
	DRAW(g, "clerk-log-broken", LANG_DE, log, &l);
	DRAW(g, "clerk-preview", LANG_DE, preview, &p);
	p.image_href = STR_EMPTY;
	p.why_not = S("Diese Datei lässt sich nicht als Bild darstellen.");
	p.page_count = 1;
	DRAW(g, "clerk-preview-none", LANG_DE, preview, &p);
}

static void draw_work(struct gallery *g)
{
	struct field_view due = { .look = LOOK_DATE, .key = S("frist"), .label = S("Antwort bis"), .day = S("8"), .month = S("12"), .year = S("2026") };
	struct ask_view a = { .page = sample_clerk(S("Rückfrage")), .post = sample_post(S("/fall/abc/rueckfrage")), .back_href = S("/fall/abc"), .service = S("Hund anmelden"), .reference = S("RAD-2026-0412"),
			      .applicant = S("Öztürk-Groß, Łukasz"), .block = { .look = LOOK_SELECT, .key = S("baustein"), .label = S("Textbaustein"), .option = people, .options = N(people) },
			      .text = { .look = LOOK_AREA, .key = S("text"), .label = S("Ihre Frage"), .rows = 8, .max_length = 4000, .hint = S("Kurz und freundlich. Sagen Sie, was genau Sie brauchen.") }, .due = due,
			      .by = S("Die Person bekommt eine E-Mail mit einem Link.") };
	struct error_item_view item = { S("Schreiben Sie, was Sie wissen möchten"), S("#text") };
	const str letter[] = { S("Sehr geehrter Herr Öztürk-Groß,"), S("für Ihren Hund Frieda setzen wir die Hundesteuer fest:\n\nDezember 2026: 8,00 €\nJahr 2027: 96,00 €"), S("Mit freundlichen Grüßen\nSabine Albers") };
	struct field_view f[] = { { .look = LOOK_TEXT, .key = S("betrag"), .label = S("Steuer im Jahr"), .width = 10, .suffix = S("Euro"), .value = S("96,00") },
				  { .look = LOOK_AREA, .key = S("begruendung"), .label = S("Begründung"), .rows = 5, .optional = true } };
	struct option_view templates[] = { { .value = S("ja"), .text = S("Stattgeben") }, { .value = S("teil"), .text = S("Teilweise stattgeben") }, { .value = S("nein"), .text = S("Ablehnen"), .hint = S("Mit Gründen und Rechtsbehelf") } };
	struct decide_view d = { .page = sample_clerk(S("Bescheid")), .post = sample_post(S("/fall/abc/bescheid")), .back_href = S("/fall/abc"), .service = S("Hund anmelden"), .reference = S("RAD-2026-0412"),
				 .applicant = S("Öztürk-Groß, Łukasz"), .choose = true, .template_field = { .look = LOOK_RADIO, .key = S("vorlage"), .label = S("Wie entscheiden Sie?"), .option = templates, .options = 3 } };
	struct case_form_view c = { .page = sample_clerk(S("Abgeben")), .post = sample_post(S("/fall/abc/abgeben")), .back_href = S("/fall/abc"), .service = S("Hund anmelden"), .reference = S("RAD-2026-0412"),
				    .applicant = S("Öztürk-Groß, Łukasz"), .title = S("Vorgang abgeben"), .text = S("Die neue Person sieht alles, was zum Vorgang gehört."),
				    .field = (const struct field_view[]){ { .look = LOOK_SELECT, .key = S("an"), .label = S("An wen?"), .option = people, .options = N(people) } }, .fields = 1, .button = S("Abgeben") };

	DRAW(g, "clerk-ask", LANG_DE, ask, &a);
	a.errors = (struct errors_view){ &item, 1 };
	a.text.error = item.text;
	a.page.errors = true;
	DRAW(g, "clerk-ask-error", LANG_DE, ask, &a);
	DRAW(g, "clerk-decide-choose", LANG_DE, decide, &d);
	d.choose = false;
	d.field = f;
	d.fields = N(f);
	d.letter = letter;
	d.letters = N(letter);
	d.letter_title = S("Bescheid über die Hundesteuer");
	d.preview_href = S("/fall/abc/bescheid.pdf");
	d.remedy = S("Gegen diesen Bescheid können Sie innerhalb eines Monats nach Bekanntgabe Widerspruch erheben.");
	d.delivery = S("Die Person hat eingewilligt, den Bescheid online abzuholen.");
	DRAW(g, "clerk-decide", LANG_DE, decide, &d);
	d.four_eyes = d.waiting = true;
	d.drafted_by = S("M. Keil");
	DRAW(g, "clerk-decide-waiting", LANG_DE, decide, &d);
	d.may_release = true;
	d.return_reason = (struct field_view){ .look = LOOK_AREA, .key = S("grund"), .label = S("Was soll geändert werden?"), .optional = true, .rows = 3 };
	DRAW(g, "clerk-decide-release", LANG_DE, decide, &d);
	DRAW(g, "clerk-hand-over", LANG_DE, case_form, &c);
}

static void draw_office(struct gallery *g)
{
	const struct field_view who[] = { { .look = LOOK_SELECT, .key = S("abwesend"), .label = S("Wer ist abwesend?"), .option = people, .options = N(people) },
					  { .look = LOOK_DATE, .key = S("von"), .label = S("Von") } };
	const struct option_view role[] = { { .value = S("1"), .text = S("Sachbearbeitung"), .checked = true }, { .value = S("2"), .text = S("Leitung") },
					    { .value = S("3"), .text = S("Verwaltung") } };
	const struct clerk_row_view clerk[] = {
		{ .id = S("1"), .name = S("Mara Keil"), .email = S("m.keil@radeberg.example"), .role = S("Sachbearbeitung"), .state = S("aktiv"),
		  .last = S("26.11., 08:30"), .active = true, .role_key = S("rolle-1"), .role_option = role, .role_options = N(role) },
		{ .id = S("2"), .name = S("Jörg Lehmann"), .email = S("j.lehmann@radeberg.example"), .role = S("Leitung"), .state = S("gesperrt"),
		  .last = S("noch nie") } };
	const struct field_view fresh[] = { { .look = LOOK_TEXT, .key = S("name"), .label = S("Name"), .autocomplete = S("off") },
					    { .look = LOOK_RADIO, .key = S("rolle"), .label = S("Rolle"), .option = people + 1, .options = 2 } };
	const struct destination_row_view target[] = { { S("1"), S("Hund anmelden"), S("https://fachverfahren.radeberg.example/eingang/hundesteuer/v2/annahme"), S("an"), S("Zuletzt: heute, 08:10"), NOTICE_SUCCESS,
							 sample_post(S("/zustellpunkte")), true } };
	const struct inbox_tab_view tab[] = { { S("Alle"), S("/zustellungen"), 212, true }, { S("Aufgegeben"), S("/zustellungen?a=auf"), 1, false } };
	const struct substitute_row_view sub[] = { { S("Mara Keil"), S("Sabine Albers"), S("27.11.2026"), S("08.12.2026"), S("1") } };

	DRAW(g, "clerk-substitute", LANG_DE, substitute,
	     (&(struct substitute_view){ .page = sample_clerk(S("Vertretung")), .post = sample_post(S("/vertretung")), .row = sub, .rows = 1, .field = who, .fields = N(who) }));
	DRAW(g, "clerk-substitute-none", LANG_DE, substitute, (&(struct substitute_view){ .page = sample_clerk(S("Vertretung")), .post = sample_post(S("/vertretung")), .field = who, .fields = N(who) }));
	DRAW(g, "clerk-people", LANG_DE, clerks, (&(struct clerks_view){ .page = sample_clerk(S("Personen")), .post = sample_post(S("/leute")), .row = clerk, .rows = 2, .field = fresh, .fields = N(fresh) }));
	DRAW(g, "clerk-people-link", LANG_DE, clerks,
	     (&(struct clerks_view){ .page = sample_clerk(S("Personen")), .post = sample_post(S("/leute")), .row = clerk, .rows = 2, .field = fresh, .fields = N(fresh), .setup_for = S("Mara Keil"),
				     .setup_link = S("http://amt.localhost:8080/einrichten/q7Jm2xkT4vN0sLbYw9ZrEA") }));
	DRAW(g, "clerk-destinations", LANG_DE, destinations,
	     (&(struct destinations_view){ .page = sample_clerk(S("Zustellpunkte")), .post = sample_post(S("/zustellpunkte")), .row = target, .rows = 1, .field = fresh, .fields = 1, .docs_href = S("/schema/hilfe") }));
	DRAW(g, "clerk-destinations-secret", LANG_DE, destinations,
	     (&(struct destinations_view){ .page = sample_clerk(S("Zustellpunkte")), .post = sample_post(S("/zustellpunkte")), .field = fresh, .fields = 1, .secret = long_word, .credential = long_word }));
	DRAW(g, "clerk-ledger", LANG_DE, ledger,
	     (&(struct ledger_view){ .page = sample_clerk(S("Zustellungen")), .tab = tab, .tabs = 2, .row = deliveries, .rows = N(deliveries), .next_href = S("?seite=2") }));
	DRAW(g, "clerk-ledger-empty", LANG_DE, ledger, (&(struct ledger_view){ .page = sample_clerk(S("Zustellungen")), .tab = tab, .tabs = 2, .empty = S("Noch nichts übergeben.") }));
	DRAW(g, "clerk-settings", LANG_DE, tenant_settings,
	     (&(struct tenant_settings_view){ .page = sample_clerk(S("Einstellungen")), .post = sample_post(S("/einstellungen")), .field = fresh, .fields = N(fresh) }));
}

void gallery_clerk(struct gallery *g)
{
	draw_signin(g);
	draw_inbox(g);
	draw_case(g);
	draw_work(g);
	draw_office(g);
}
