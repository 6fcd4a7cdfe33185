/* SPDX-License-Identifier: EUPL-1.2 */
/* Filling in: every look of a field, fine and wrong; list, check, conflict, save, resume. */
#include "view_gallery.h"

static const struct option_view yes_no[] = { { .value = STR_INIT("ja"), .text = STR_INIT("Ja") }, { .value = STR_INIT("nein"), .text = STR_INIT("Nein") } };
static const struct option_view holders[] = {
	{ .value = STR_INIT("ich"), .text = STR_INIT("Ich selbst"), .checked = true },
	{ .value = STR_INIT("haushalt"), .text = STR_INIT("Eine andere Person in meinem Haushalt"), .hint = STR_INIT("Zum Beispiel Ihre Partnerin oder Ihr Kind ab 18 Jahren") },
	{ .value = STR_INIT("firma"), .text = STR_INIT("Eine Firma oder ein Verein") },
};
static const struct file_view some_files[] = {
	{ .id = STR_INIT("11"), .name = STR_INIT("Haftpflicht Frieda.pdf"), .info = STR_INIT("PDF, 312 kB"), .href = STR_INIT("/antrag/abc/datei/11") },
	{ .id = STR_INIT("12"), .name = STR_INIT("IMG_20261114_143501_Versicherungsschein-Vorderseite-endgueltig-neu(2).jpg"), .info = STR_INIT("Foto, 1,4 MB"),
	  .href = STR_INIT("/antrag/abc/datei/12"), .picture = true },
};

static struct question_view base_question(void)
{
	return (struct question_view){
		.page = sample_page(S("Seit wann halten Sie den Hund? Hund anmelden, Schritt 3 von 6")),
		.steps = sample_steps(3),
		.post = sample_post(S("/antrag/abc/seit")),
		.back_href = S("/antrag/abc/rasse"),
		.version = S("0123456789abcdef"),
		.keep_until = S("20. Dezember 2026"),
		.contact = sample_contact(),
	};
}

static void one(struct gallery *g, const char *name, const char *name_error, struct field_view f, str error)
{
	struct question_view v = base_question();
	struct error_item_view item = { .text = error, .href = S("#f") };

	f.key = S("f");
	f.heading = f.look != LOOK_INFO && f.look != LOOK_CALC;
	if (!f.heading)
		v.title = S("Gut zu wissen");
	v.field = &f;
	v.fields = 1;
	v.page.title = f.label;
	v.has_files = f.look == LOOK_FILE;
	DRAW(g, name, LANG_DE, question, &v);
	if (!error.n)
		return;
	f.error = error;
	v.page.errors = true;
	v.errors = (struct errors_view){ &item, 1 };
	DRAW(g, name_error, LANG_DE, question, &v);
}

static void draw_looks(struct gallery *g)
{
	one(g, "question-date", "question-date-error",
	    (struct field_view){ .look = LOOK_DATE, .label = S("Seit wann halten Sie den Hund?"), .day = S("14"), .month = S("14"), .year = S("2026"), .bad_month = true,
				 .hint = S("Wir meinen den Tag, an dem der Hund zu Ihnen gekommen ist. Danach richtet sich, ab welchem Monat Sie Steuer zahlen."),
				 .more_title = S("Ich weiß den Tag nicht genau"), .more_text = S("Dann nehmen Sie den Ersten des Monats. Für die Steuer zählt nur der Monat.") },
	    S("Prüfen Sie den Monat: Er liegt zwischen 1 und 12"));
	one(g, "question-month", "question-month-error",
	    (struct field_view){ .look = LOOK_MONTH, .label = S("Wann ist der Hund geboren?"), .hint = S("Der Monat genügt.") }, S("Tragen Sie Monat und Jahr ein, zum Beispiel 5 2023"));
	one(g, "question-text", "question-text-error",
	    (struct field_view){ .look = LOOK_TEXT, .label = S("Wie lautet die Chipnummer?"), .hint = S("15 Ziffern. Sie steht im Heimtierausweis."), .inputmode = S("numeric"),
				 .width = 20, .value = S("276098102345") },
	    S("Die Chipnummer hat 15 Ziffern, zum Beispiel 276 0981 0234 5678"));
	one(g, "question-money", "question-money-error",
	    (struct field_view){ .look = LOOK_TEXT, .label = S("Wie hoch ist Ihre Miete im Monat?"), .inputmode = S("decimal"), .width = 10, .suffix = S("Euro"), .value = S("1.234,5x") },
	    S("Schreiben Sie den Betrag in Euro, zum Beispiel 1.234,50"));
	one(g, "question-area", "question-area-error",
	    (struct field_view){ .look = LOOK_AREA, .label = S("Was möchten Sie uns noch sagen?"), .optional = true, .max_length = 500, .rows = 6, .value = long_text,
				 .hint = S("Bitte keine Angaben zu Gesundheit oder Religion.") },
	    S("Kürzen Sie Ihre Nachricht auf höchstens 500 Zeichen"));
	one(g, "question-radio", "question-radio-error",
	    (struct field_view){ .look = LOOK_RADIO, .label = S("Wer hält den Hund?"), .option = holders, .options = N(holders), .more_title = S("Warum fragen wir das?"),
				 .more_text = S("Die Hundesteuer zahlt, wer den Hund hält.") },
	    S("Wählen Sie aus, wer den Hund hält"));
	one(g, "question-yesno", "question-yesno-error", (struct field_view){ .look = LOOK_RADIO, .label = S("Haben Sie noch einen Hund?"), .option = yes_no, .options = 2 },
	    S("Wählen Sie Ja oder Nein"));
	one(g, "question-several", "question-several-error",
	    (struct field_view){ .look = LOOK_SEVERAL, .label = S("Trifft etwas davon zu?"), .hint = S("Sie können mehrere ankreuzen."), .option = holders, .options = N(holders), .optional = true },
	    S("Wählen Sie mindestens eine Antwort aus"));
	one(g, "question-select", "question-select-error", (struct field_view){ .look = LOOK_SELECT, .label = S("Welche Rechtsform hat die Firma?"), .option = holders, .options = N(holders) },
	    S("Wählen Sie eine Rechtsform aus"));
	one(g, "question-search", "question-search-error",
	    (struct field_view){ .look = LOOK_SEARCH, .label = S("Welche Staatsangehörigkeit haben Sie?"), .option = holders, .options = N(holders), .value = S("Groß Fantasien"), .width = 20 },
	    S("Wählen Sie einen Staat aus der Liste"));
	one(g, "question-consent", "question-consent-error",
	    (struct field_view){ .look = LOOK_CONSENT, .label = S("Abbuchung erlauben"),
				 .option = (const struct option_view[]){ { .text = S("Ich erlaube der Stadt Radeberg, die Hundesteuer von meinem Konto abzubuchen.") } }, .options = 1 },
	    S("Setzen Sie das Häkchen, um weiterzumachen"));
	one(g, "question-info", NULL,
	    (struct field_view){ .look = LOOK_INFO, .label = S("Sie zahlen ab dem 1. Dezember 2026"), .value = S("Die Steuer beginnt mit dem Monat, nachdem der Hund zu Ihnen gekommen ist.\n\nDen Bescheid "
																  "bekommen Sie nach der Prüfung.") },
	    STR_EMPTY);
	one(g, "question-calc", NULL, (struct field_view){ .look = LOOK_CALC, .label = S("Steuer im Jahr"), .value = S("96,00 €"), .hint = S("Für einen Hund, der kein Listenhund ist.") },
	    STR_EMPTY);
}

static void draw_files(struct gallery *g)
{
	struct field_view f = { .look = LOOK_FILE, .label = S("Nachweis der Haftpflichtversicherung"), .hint = S("PDF, JPG oder PNG, jede Datei höchstens 10 MB, bis zu 3 Dateien."),
				.accept = S(".pdf,.jpg,.jpeg,.png"), .upload_action = S("/antrag/abc/datei/haftpflicht/0") };

	one(g, "question-file-empty", "question-file-error", f, S("Die Datei ist zu groß. Erlaubt sind 10 MB"));
	f.file = some_files;
	f.files = 2;
	one(g, "question-file", NULL, f, STR_EMPTY);
	f.files_full = true;
	one(g, "question-file-full", NULL, f, STR_EMPTY);
}

static void draw_several_fields(struct gallery *g)
{
	struct question_view v = base_question();
	struct field_view f[] = {
		{ .look = LOOK_TEXT, .key = S("vorname"), .label = S("Vornamen"), .hint = S("Wie im Ausweis, alle Vornamen"), .autocomplete = S("given-name"), .value = S("Łukasz"),
		  .no_spellcheck = true },
		{ .look = LOOK_TEXT, .key = S("nachname"), .label = S("Nachname"), .autocomplete = S("family-name"), .value = S("Öztürk-Groß"), .no_spellcheck = true },
		{ .look = LOOK_DATE, .key = S("geburt"), .label = S("Geburtsdatum"), .autocomplete = S("bday"), .day = S("12"), .month = S("14"), .year = S("1985") },
		{ .look = LOOK_TEXT, .key = S("plz"), .label = S("Postleitzahl"), .inputmode = S("numeric"), .autocomplete = S("postal-code"), .width = 5, .value = S("0145") },
		{ .look = LOOK_TEXT, .key = S("iban"), .label = S("IBAN"), .autocomplete = S("off"), .value = S("DE02 1203 0000 0000 2020 51"), .no_spellcheck = true },
		{ .look = LOOK_TEXT, .key = S("mail"), .label = S("E-Mail"), .optional = true, .input_type = S("email"), .autocomplete = S("email"), .hint = S("Nur für Rückfragen zu diesem Antrag") },
	};
	struct error_item_view item[] = {
		{ S("Prüfen Sie „Geburtsdatum“: Dieses Datum gibt es nicht. Schreiben Sie Tag, Monat und Jahr, zum Beispiel 27 3 1985"), S("#geburt-month") },
		{ S("Geben Sie die Postleitzahl mit 5 Ziffern ein, zum Beispiel 01067"), S("#plz") },
	};

	v.page.title = S("Ihre Angaben");
	v.title = S("Zu Ihnen");
	v.over = S("2. Halterin oder Halter");
	v.intro = S("Diese Angaben stehen später im Bescheid.");
	v.says_optional = true;
	v.field = f;
	v.fields = N(f);
	v.to_check = true;
	v.notice = S("Die Fragen haben sich geändert. Ihre Antworten haben wir übernommen. Neu ist die Frage nach der Versicherung.");
	DRAW(g, "question-many", LANG_DE, question, &v);
	f[2].error = item[0].text;
	f[2].bad_month = true;
	f[3].error = item[1].text;
	v.page.errors = true;
	v.errors = (struct errors_view){ item, 2 };
	v.notice = STR_EMPTY;
	DRAW(g, "question-many-error", LANG_DE, question, &v);
	DRAW(g, "question-many-en", LANG_EN, question, &v);
}

static void draw_group(struct gallery *g)
{
	struct group_row_view row[] = {
		{ S("Frieda"), S("Labrador-Mischling, bei Ihnen seit 14. November 2026"), S("/antrag/abc/hund/1"), S("/antrag/abc/entfernen/hund/1") },
		{ S("Bello"), long_text, S("/antrag/abc/hund/2"), S("/antrag/abc/entfernen/hund/2") },
	};
	struct group_list_view v = {
		.page = sample_page(S("Ihre Hunde")), .steps = sample_steps(3), .post = sample_post(S("/antrag/abc/hund-list")), .back_href = S("/antrag/abc/x"),
		.title = S("Sie haben 2 Hunde angegeben"), .row = row, .rows = 2, .version = S("0123456789abcdef"), .keep_until = S("20. Dezember 2026"),
		.more = { .look = LOOK_RADIO, .key = S("noch-einer"), .label = S("Möchten Sie noch einen Hund anmelden?"), .option = yes_no, .options = 2 },
		.contact = sample_contact(),
	};
	struct error_item_view item = { S("Wählen Sie Ja oder Nein"), S("#noch-einer") };
	struct confirm_view c = {
		.page = sample_page(S("Hund entfernen?")), .post = sample_post(S("/antrag/abc/entfernen/hund/2")), .back_href = S("/antrag/abc/hund-list"), .title = S("Bello entfernen?"),
		.text = S("Alle Angaben zu diesem Hund werden gelöscht."), .button = S("Ja, entfernen"), .danger = true, .cancel = S("Nein, behalten"), .cancel_href = S("/antrag/abc/hund-list"),
	};

	DRAW(g, "group-list", LANG_DE, group_list, &v);
	v.errors = (struct errors_view){ &item, 1 };
	v.more.error = item.text;
	v.page.errors = true;
	DRAW(g, "group-list-error", LANG_DE, group_list, &v);
	v.errors.items = 0;
	v.page.errors = false;
	v.more.options = 0;
	v.full_note = S("Mehr als 10 Hunde können Sie hier nicht anmelden. Rufen Sie uns an.");
	row[0].remove_href = STR_EMPTY;
	v.rows = 1;
	DRAW(g, "group-list-full", LANG_DE, group_list, &v);
	DRAW(g, "confirm", LANG_DE, confirm, &c);
	c.danger = false;
	c.reason_key = S("grund");
	c.reason_label = S("Warum möchten Sie den Antrag zurückziehen?");
	c.title = c.page.title = S("Antrag zurückziehen?");
	c.text = S("Wir bearbeiten ihn dann nicht weiter.");
	c.text_2 = S("Schon bezahlte Gebühren erstatten wir, wenn wir noch nichts getan haben.");
	c.button = S("Antrag zurückziehen");
	DRAW(g, "confirm-reason", LANG_EN, confirm, &c);
}

static void draw_check(struct gallery *g)
{
	const str adr[] = { S("Lindenweg 7"), S("01454 Radeberg") }, name[] = { S("Łukasz Öztürk-Groß") }, lang[] = { long_text }, word[] = { long_word };
	struct check_row_view you[] = {
		{ .label = S("Name"), .line = name, .lines = 1, .change_href = S("/antrag/abc/name"), .change_name = S("Name") },
		{ .label = S("Adresse"), .line = adr, .lines = 2, .change_href = S("/antrag/abc/adr"), .change_name = S("Adresse") },
		{ .label = S("E-Mail"), .line = word, .lines = 1, .change_href = S("/antrag/abc/mail"), .change_name = S("E-Mail") },
		{ .label = S("Telefon"), .change_href = S("/antrag/abc/tel"), .change_name = S("Telefon") },
	};
	struct check_row_view dog[] = {
		{ .label = S("Bei Ihnen seit"), .line = name, .lines = 1, .change_href = S("/antrag/abc/seit"), .change_name = S("Bei Ihnen seit") },
		{ .label = S("Bemerkung"), .line = lang, .lines = 1, .change_href = S("/antrag/abc/bem"), .change_name = S("Bemerkung") },
		{ .label = S("Haftpflicht"), .file = some_files, .files = 2, .change_href = S("/antrag/abc/haft"), .change_name = S("Haftpflicht") },
	};
	struct check_section_view section[] = { { S("Zu Ihnen"), you, N(you) }, { S("1. Hund: Frieda"), dog, N(dog) } };
	struct fee_line_view fee[] = { { S("Steuer für Dezember 2026"), S("8,00 €") }, { S("Hundemarke"), S("2,50 €") } };
	struct option_view delivery[] = {
		{ .value = S("online"), .text = S("Online"), .hint = S("Sobald er da ist, bekommen Sie eine E-Mail. Sie holen ihn hier ab. Das können Sie jederzeit ändern.") },
		{ .value = S("post"), .text = S("Per Post"), .hint = S("An Lindenweg 7, 01454 Radeberg") },
	};
	struct field_view f[] = { { .look = LOOK_RADIO, .key = S("bekanntgabe"), .label = S("Wie möchten Sie den Bescheid bekommen?"), .hint = S("Die Hundemarke kommt immer per Post."),
				    .option = delivery, .options = 2 } };
	struct check_view v = {
		.page = sample_page(S("Prüfen und absenden")), .steps = sample_steps(6), .post = sample_post(S("/antrag/abc/pruefen")), .back_href = S("/antrag/abc/x"), .section = section,
		.sections = 2, .fee = fee, .fees = 2, .fee_total = S("10,50 €"), .fee_note = S("Sie zahlen erst, wenn der Bescheid da ist."), .field = f, .fields = 1,
		.send_label = S("Anmeldung absenden"), .version = S("0123456789abcdef"), .keep_until = S("20. Dezember 2026"), .contact = sample_contact(),
	};
	struct error_item_view item = { S("Wählen Sie, wie Sie den Bescheid bekommen möchten"), S("#bekanntgabe") };

	DRAW(g, "check", LANG_DE, check, &v);
	f[0].error = item.text;
	v.errors = (struct errors_view){ &item, 1 };
	v.page.errors = true;
	DRAW(g, "check-error", LANG_EN, check, &v);
	v.errors.items = 0;
	v.page.errors = false;
	v.incomplete = dog[0].wrong = true;
	dog[0].lines = 0;
	v.gap_href = S("/antrag/abc/seit");
	v.notice = S("Die Leistung hat sich am 20. November 2026 geändert. Bitte beantworten Sie die neuen Fragen.");
	DRAW(g, "check-incomplete", LANG_DE, check, &v);
	DRAW(g, "answers", LANG_DE, answers,
	     &((struct answers_view){ .page = sample_page(S("Ihre Angaben")), .back_href = S("/vorgang/abc"), .service = S("Hund anmelden"), .reference = S("RAD-2026-0412"),
				      .sent = S("am 20. November 2026 um 14:32 Uhr"), .section = section, .sections = 1 }));
}

static void draw_rest(struct gallery *g)
{
	struct conflict_row_view row[] = {
		{ S("Vornamen"), S("Łukasz"), S("Łukasz Jan"), true },
		{ S("Nachname"), S("Öztürk-Groß"), S("Öztürk-Groß"), false },
		{ S("Telefon"), STR_EMPTY, long_text, true },
	};
	struct conflict_view c = { .page = sample_page(S("Diese Seite wurde inzwischen geändert")), .post = sample_post(S("/antrag/abc/name")), .title = S("Zu Ihnen"), .row = row, .rows = 3,
				   .hidden = (const struct pair[]){ { S("vorname"), S("Łukasz Jan") } }, .hiddens = 1 };
	struct saved_view s = {
		.page = sample_page(S("Gespeichert")), .post = sample_post(S("/antrag/abc/gespeichert")), .service = S("Hund anmelden"), .code = S("K7MQ-4TXR-92HD-W3FE"), .until = S("20. Dezember 2026"),
		.continue_href = S("/antrag/abc"), .resume_url = S("schalter.example/fortsetzen"), .email = { .look = LOOK_TEXT, .key = S("email"), .label = S("E-Mail-Adresse"),
													     .input_type = S("email"), .autocomplete = S("email") },
	};
	struct error_item_view item = { S("Schreiben Sie die E-Mail-Adresse mit @ und Punkt, zum Beispiel name@example.org"), S("#email") };
	struct resume_view r = { .page = sample_portal(S("Antrag fortsetzen")), .post = sample_post(S("/fortsetzen")),
				 .code = { .look = LOOK_TEXT, .key = S("code"), .label = S("Ihr Code"), .hint = S("16 Zeichen, Groß- und Kleinschreibung ist egal."), .autocomplete = S("off"), .width = 20,
					   .no_spellcheck = true } };
	struct error_item_view wrong = { S("Diesen Code gibt es nicht. Vergleichen Sie ihn noch einmal Zeichen für Zeichen"), S("#code") };

	DRAW(g, "conflict", LANG_DE, conflict, &c);
	DRAW(g, "saved", LANG_DE, saved, &s);
	s.sent_to = S("l.oeztuerk@example.org");
	DRAW(g, "saved-sent", LANG_EN, saved, &s);
	s.sent_to = STR_EMPTY;
	s.errors = (struct errors_view){ &item, 1 };
	s.email.error = item.text;
	s.email.value = long_word;
	s.page.errors = true;
	DRAW(g, "saved-error", LANG_DE, saved, &s);
	s.page.errors = false;
	s.errors.items = 0;
	s.in_account = true;
	DRAW(g, "saved-account", LANG_DE, saved, &s);
	DRAW(g, "resume", LANG_DE, resume, &r);
	r.errors = (struct errors_view){ &wrong, 1 };
	r.code.error = wrong.text;
	r.code.value = S("K7MQ");
	r.page.errors = true;
	DRAW(g, "resume-error", LANG_DE, resume, &r);
}

/* Looks of several inputs: date with time, entry in a register, ticks of which one excludes the others, several values. */
static void draw_parts(struct gallery *g)
{
	static const struct option_view kinds[] = { { .text = STR_INIT("Bitte wählen") }, { .value = STR_INIT("HRB"), .text = STR_INIT("HRB (Kapitalgesellschaften)"), .checked = true },
						    { .value = STR_INIT("VR"), .text = STR_INIT("VR (Vereine)") } };
	static const struct option_view pets[] = { { .value = STR_INIT("katze"), .text = STR_INIT("Eine Katze") }, { .value = STR_INIT("pferd"), .text = STR_INIT("Ein Pferd") },
						   { .value = STR_INIT("keins"), .text = STR_INIT("Nichts davon"), .checked = true } };
	struct field_view part[] = {
		{ .look = LOOK_TEXT, .key = S("f"), .label = S("1. Angabe"), .value = S("Österreich"), .removable = true },
		{ .look = LOOK_TEXT, .key = S("f--2"), .label = S("2. Angabe"), .value = long_word, .removable = true },
	};
	struct field_view many = { .look = LOOK_MANY, .label = S("In welchen Staaten haben Sie gelebt?"), .hint = S("Ohne Urlaubsreisen."), .part = part, .parts = N(part) };
	struct question_view v = base_question();
	struct error_item_view item = { S("2. Angabe: Wählen Sie einen Staat aus der Liste"), S("#f--2") };

	one(g, "question-datetime", "question-datetime-error",
	    (struct field_view){ .look = LOOK_DATETIME, .label = S("Wann beginnt das Fest?"), .day = S("12"), .month = S("6"), .year = S("2027"), .time = S("25 Uhr"), .bad_time = true },
	    S("Prüfen Sie die Uhrzeit, zum Beispiel 14:30"));
	one(g, "question-register", "question-register-error",
	    (struct field_view){ .look = LOOK_REGISTER, .label = S("Wo ist die Firma eingetragen?"), .option = kinds, .options = N(kinds), .number = S("12345 B"), .bad_court = true },
	    S("Tragen Sie den Ort des Registergerichts ein, zum Beispiel Dresden"));
	one(g, "question-none-of-these", "question-none-of-these-error",
	    (struct field_view){ .look = LOOK_SEVERAL, .label = S("Welche Tiere halten Sie noch?"), .option = pets, .options = N(pets), .apart = true },
	    S("Wählen Sie „Nichts davon“ oder die Tiere, nicht beides"));
	many.key = S("f");
	many.heading = true;
	v.page.title = many.label;
	v.field = &many;
	v.fields = 1;
	v.has_many = true;
	DRAW(g, "question-values", LANG_DE, question, &v);
	many.parts_full = true;
	DRAW(g, "question-values-full", LANG_EN, question, &v);
	part[1].error = S("Wählen Sie einen Staat aus der Liste");
	v.page.errors = true;
	v.errors = (struct errors_view){ &item, 1 };
	DRAW(g, "question-values-error", LANG_DE, question, &v);
}

/* What is known already: with its source, locked by the identity, and a name that somebody does not have. */
static void draw_known(struct gallery *g)
{
	struct question_view v = base_question();
	struct field_view f[] = {
		{ .look = LOOK_TEXT, .key = S("vorname"), .label = S("Vornamen"), .hint = S("Wie im Ausweis, alle Vornamen"), .value = S("Łukasz"), .source = S("Aus Ihrem Ausweis. Bitte prüfen Sie es."),
		  .none = S("Diese Person hat nur einen Namen"), .no_spellcheck = true },
		{ .look = LOOK_LOCKED, .key = S("nachname"), .label = S("Nachname"), .value = long_word, .source = S("Aus Ihrem Ausweis. Das lässt sich hier nicht ändern.") },
		{ .look = LOOK_DATE, .key = S("geburt"), .label = S("Geburtsdatum"), .day = S("12"), .month = S("4"), .year = S("1985"), .source = S("Aus Ihrem letzten Antrag. Bitte prüfen Sie es.") },
	};
	struct error_item_view item = { S("Diese Angabe kommt aus Ihrem Ausweis und bleibt, wie sie ist. Stimmt sie nicht mehr, gehen Sie zum Bürgeramt"), S("#nachname") };

	v.page.title = v.title = S("Wie heißen Sie?");
	v.field = f;
	v.fields = N(f);
	DRAW(g, "question-known", LANG_DE, question, &v);
	f[0].none_ticked = true;
	f[1].error = item.text;
	v.page.errors = true;
	v.errors = (struct errors_view){ &item, 1 };
	DRAW(g, "question-known-error", LANG_DE, question, &v);
}

void gallery_form(struct gallery *g)
{
	draw_looks(g);
	draw_parts(g);
	draw_known(g);
	draw_files(g);
	draw_several_fields(g);
	draw_group(g);
	draw_check(g);
	draw_rest(g);
}
