/* SPDX-License-Identifier: EUPL-1.2 */
/* Finding a service. */
#include "view_gallery.h"

static const struct service_tile_view tiles[] = {
	{ .title = STR_INIT("Hund anmelden"), .text = STR_INIT("Hundesteuer und Hundemarke, innerhalb von zwei Wochen."), .href = STR_INIT("/radeberg/leistung/hund"),
	  .online = ONLINE_FULL, .authority = STR_INIT("Stadt Radeberg"), .cost = STR_INIT("kostenlos"), .duration = STR_INIT("etwa 10 Minuten") },
	{ .title = STR_INIT("Gewerbe anmelden"), .text = STR_INIT("Für Einzelpersonen und Firmen."), .href = STR_INIT("/radeberg/leistung/gewerbe"),
	  .online = ONLINE_FULL, .authority = STR_INIT("Stadt Radeberg, Ordnungsamt"), .cost = STR_INIT("ab 20,00 €"), .duration = STR_INIT("etwa 20 Minuten") },
	{ .title = STR_INIT("Geburtsurkunde bestellen"), .text = STR_INIT("Auch für frühere Geburten in Radeberg."), .href = STR_INIT("/radeberg/leistung/geburt"),
	  .online = ONLINE_FULL, .authority = STR_INIT("Standesamt Radeberg"), .cost = STR_INIT("15,00 €"), .duration = STR_INIT("etwa 5 Minuten") },
	{ .title = STR_INIT("Führerschein umtauschen"), .text = STR_INIT("Alten Papierführerschein gegen die Karte tauschen."), .href = STR_INIT("/radeberg/leistung/fs"),
	  .online = ONLINE_PARTLY, .authority = STR_INIT("Landkreis Bautzen"), .cost = STR_INIT("30,30 €"), .duration = STR_INIT("etwa 15 Minuten") },
	{ .title = STR_INIT("Bewohnerparkausweis"), .text = STR_INIT("Neu beantragen oder verlängern."), .href = STR_INIT("/radeberg/leistung/parken"),
	  .online = ONLINE_FULL, .authority = STR_INIT("Stadt Radeberg"), .cost = STR_INIT("30,70 €"), .duration = STR_INIT("etwa 5 Minuten") },
	{ .title = STR_INIT("Reisepass"), .text = STR_INIT("Sie kommen selbst vorbei. Bringen Sie ein Foto mit."), .href = STR_INIT("/radeberg/leistung/pass"),
	  .online = ONLINE_NO, .authority = STR_INIT("Bürgerbüro"), .cost = STR_INIT("70,00 €"), .duration = STR_INIT("Termin nötig") },
};

static const struct topic_view topics[] = {
	{ STR_INIT("Umzug und Wohnen"), STR_INIT("/thema/umzug"), ICON_HOME },
	{ STR_INIT("Ausweise und Dokumente"), STR_INIT("/thema/ausweise"), ICON_ID },
	{ STR_INIT("Familie und Kinder"), STR_INIT("/thema/familie"), ICON_FAMILY },
	{ STR_INIT("Heirat und Partnerschaft"), STR_INIT("/thema/heirat"), ICON_RINGS },
	{ STR_INIT("Auto und Verkehr"), STR_INIT("/thema/auto"), ICON_CAR },
	{ STR_INIT("Bauen und Grundstück"), STR_INIT("/thema/bauen"), ICON_BUILD },
	{ STR_INIT("Gewerbe und Selbstständigkeit"), STR_INIT("/thema/gewerbe"), ICON_SHOP },
	{ STR_INIT("Soziales und Pflege"), STR_INIT("/thema/soziales"), ICON_CARE },
	{ STR_INIT("Tiere und Umwelt"), STR_INIT("/thema/tiere"), ICON_ANIMAL },
	{ STR_INIT("Abfall und Wasser"), STR_INIT("/thema/abfall"), ICON_WASTE },
	{ STR_INIT("Wahlen und Ehrenamt"), STR_INIT("/thema/wahlen"), ICON_VOTE },
	{ STR_INIT("Todesfall"), STR_INIT("/thema/todesfall"), ICON_DOVE },
};

static const struct link_view quicks[] = {
	{ .text = STR_INIT("Hund anmelden"), .href = STR_INIT("/radeberg/leistung/hund") },
	{ .text = STR_INIT("Parkausweis"), .href = STR_INIT("/radeberg/leistung/parken") },
	{ .text = STR_INIT("Geburtsurkunde"), .href = STR_INIT("/radeberg/leistung/geburt") },
	{ .text = STR_INIT("Gewerbe"), .href = STR_INIT("/radeberg/leistung/gewerbe") },
};

static void draw_start(struct gallery *g)
{
	struct start_view v = {
		.page = sample_page(STR_EMPTY),
		.place = { .value = S("01454 Radeberg") },
		.quick = quicks, .quicks = N(quicks),
		.tile = tiles, .tiles = N(tiles),
		.topic = topics, .topics = N(topics),
		.contact = sample_contact(),
	};
	struct start_view p = { .page = sample_portal(STR_EMPTY), .quick = quicks, .quicks = N(quicks), .tile = tiles, .tiles = N(tiles), .topic = topics,
				.topics = N(topics) };

	DRAW(g, "start", LANG_DE, start, &v);
	DRAW(g, "start-en", LANG_EN, start, &v);
	DRAW(g, "start-portal", LANG_DE, start, &p);
	p.place = (struct place_field_view){ .value = long_text, .error = S("Diesen Ort kennen wir nicht. Geben Sie einen Ort in Sachsen oder eine Postleitzahl ein") };
	p.page.errors = true;
	DRAW(g, "start-error", LANG_DE, start, &p);
	v.page.user = S("l.oeztuerk@example.org");
	v.page.standin = S("Łukasz Öztürk-Groß");
	v.page.notice = S("Sie sind angemeldet.");
	v.page.notice_kind = NOTICE_SUCCESS;
	v.draft = (const struct draft_tile_view[]){
		{ S("Hund anmelden, Radeberg"), S("/antrag/abc"), S("20. Dezember 2026"), S("Schritt 3 von 6") },
		{ S("Gewerbe anmelden, Arnsdorf"), S("/antrag/def"), S("2. Dezember 2026"), S("Schritt 1 von 8") },
	};
	v.drafts = 2;
	DRAW(g, "start-signed-in", LANG_DE, start, &v);
}

static void draw_place(struct gallery *g)
{
	struct place_view v = {
		.page = sample_portal(S("Welchen Ort meinen Sie?")),
		.typed = S("01824"),
		.choice = (const struct place_choice_view[]){
			{ S("1"), S("Gohrisch"), S("Landkreis Sächsische Schweiz-Osterzgebirge"), S("/gohrisch") },
			{ S("2"), S("Königstein/Sächs. Schw."), S("Landkreis Sächsische Schweiz-Osterzgebirge"), S("/koenigstein") },
			{ S("3"), S("Rathen, Kurort"), S("Landkreis Sächsische Schweiz-Osterzgebirge"), S("/rathen") },
			{ S("4"), S("Struppen"), STR_EMPTY, S("/struppen") },
		},
		.choices = 4,
		.action = S("/ort"),
		.hidden = (const struct pair[]){ { S("leistung"), S("hundesteuer-anmeldung") } },
		.hiddens = 1,
	};

	DRAW(g, "place", LANG_DE, place, &v);
	v.post = sample_post(S("/antrag/abc/ort"));
	DRAW(g, "place-move", LANG_EN, place, &v);
	v.post = (struct post_view){ .csrf = STR_EMPTY };
	v.similar = true;
	v.typed = S("Radebreg");
	DRAW(g, "place-similar", LANG_DE, place, &v);
	v.choices = 0;
	v.typed = long_word;
	DRAW(g, "place-none", LANG_DE, place, &v);
	v.typed = STR_EMPTY;
	DRAW(g, "place-ask", LANG_EN, place, &v);
}

static void draw_search(struct gallery *g)
{
	struct search_view v = {
		.page = sample_page(S("Leistung suchen: Hund")),
		.q = S("hunt"),
		.instead = S("Hund"),
		.place = { .value = S("01454 Radeberg") },
		.result = tiles, .results = N(tiles),
		.topic = topics, .topics = N(topics),
		.contact = sample_contact(),
	};

	DRAW(g, "search", LANG_DE, search, &v);
	v.results = 0;
	v.q = long_word;
	DRAW(g, "search-none", LANG_DE, search, &v);
	v.q = STR_EMPTY;
	DRAW(g, "search-empty", LANG_EN, search, &v);
	v.title = S("Tiere und Umwelt");
	v.results = 1;
	v.instead = STR_EMPTY;
	DRAW(g, "topic", LANG_DE, search, &v);
}

static const struct point_view ways[] = {
	{ STR_INIT("Sie beantworten unsere Fragen"), STR_INIT("Zu Ihnen, zum Hund, zur Versicherung. Sie können jederzeit speichern und später weitermachen.") },
	{ STR_INIT("Wir prüfen Ihre Angaben"), STR_INIT("Das dauert meist weniger als 5 Werktage. Fehlt etwas, schreiben wir Ihnen.") },
	{ STR_INIT("Sie bekommen Bescheid und Hundemarke"), STR_INIT("Den Bescheid online oder per Post, die Marke immer per Post. Erst danach zahlen Sie.") },
};
static const struct point_view documents[] = {
	{ STR_INIT("Chipnummer"), STR_INIT("15 Ziffern, zu finden im Heimtierausweis") },
	{ STR_INIT("Haftpflichtversicherung"), STR_INIT("Nachweis für den Hund als PDF oder Foto") },
	{ STR_INIT("IBAN"), STR_INIT("wenn wir die Steuer abbuchen sollen") },
};
static const str goods[] = {
	STR_INIT("Die Steuer beginnt mit dem Monat, nachdem der Hund zu Ihnen gekommen ist."),
	STR_INIT("Für jeden weiteren Hund kostet sie 132 € im Jahr."),
	STR_INIT("Die Marke gehört ans Halsband, sobald der Hund draußen ist."),
};
static const struct link_view laws[] = {
	{ .text = STR_INIT("Hundesteuersatzung der Stadt Radeberg"), .href = STR_INIT("https://radeberg.example/satzung"), .note = STR_INIT("§§ 2, 5 und 11") },
	{ .text = STR_INIT("Sächsisches Kommunalabgabengesetz"), .note = STR_INIT("§ 7") },
};
static const struct link_view crumbs[] = { { .text = STR_INIT("Tiere und Umwelt"), .href = STR_INIT("/radeberg/thema/tiere") } };
static const struct link_view relateds[] = {
	{ .text = STR_INIT("Hund abmelden"), .href = STR_INIT("/radeberg/leistung/hund-ab") },
	{ .text = STR_INIT("Ermäßigung bei der Hundesteuer"), .href = STR_INIT("/radeberg/leistung/hund-erm") },
};

static struct service_view sample_service(void)
{
	return (struct service_view){
		.page = sample_page(S("Hund anmelden")),
		.crumb = crumbs, .crumbs = N(crumbs),
		.title = S("Hund anmelden"),
		.lead = S("Ein Hund ist bei Ihnen eingezogen? Melden Sie ihn innerhalb von zwei Wochen an. Sie bekommen den Steuerbescheid und die Hundemarke."),
		.place = S("Radeberg"), .place_href = S("/ort?leistung=hundesteuer-anmeldung"),
		.online = ONLINE_FULL, .online_note = S("Kein Termin nötig"),
		.authority = S("Stadt Radeberg"), .authority_note = S("Steueramt"),
		.cost = S("Anmeldung kostenlos"), .cost_note = S("Steuer: 96 € im Jahr"),
		.duration = S("Etwa 10 Minuten"), .duration_note = S("Bescheid in einer Woche"),
		.needs = S("Chipnummer"), .needs_note = S("und Haftpflicht-Nachweis"),
		.signin = S("Nein"), .signin_note = S("Mit Konto geht es schneller"),
		.start_label = S("Jetzt Hund anmelden"), .start = sample_post(S("/radeberg/leistung/hund/antrag")),
		.resume_href = S("/fortsetzen"),
		.way = ways, .ways = N(ways), .document = documents, .documents = N(documents), .good = goods, .goods = N(goods), .law = laws, .laws = N(laws),
		.documents_note = S("Sie haben eine Ermäßigung, zum Beispiel für einen Assistenzhund? Dann brauchen wir zusätzlich den Nachweis dafür."),
		.simple = { S("<p>Sie haben einen Hund.</p><p>Dann müssen Sie den Hund anmelden.</p><ul><li>Das heißt Hundesteuer.</li></ul>") },
		.body = { S("<h2>Ausführlich</h2><p>Ein Absatz mit <strong>Betonung</strong> und <a href=\"https://example.org/\">Verweis</a>.</p>"
			    "<ul><li>Ein Punkt</li><li>Noch ein Punkt</li></ul><h3>Kleiner</h3><p>Noch ein Absatz.</p>") },
		.remedy = S("Gegen den Bescheid können Sie Widerspruch einlegen. Wie das geht, steht im Bescheid."),
		.contact = sample_contact(), .related = relateds, .relateds = N(relateds),
		.schema_href = S("/schema/abc.json"), .privacy_href = S("/radeberg/datenschutz/hund"), .reviewed = S("Stand: 3. November 2026"),
	};
}

static void draw_service(struct gallery *g)
{
	struct service_view v = sample_service();

	DRAW(g, "service", LANG_DE, service, &v);
	v.doubt = S("Für Arnsdorf nimmt wahrscheinlich Radeberg diese Aufgabe wahr. Wir leiten Ihren Antrag weiter, wenn es anders ist.");
	v.draft = (struct draft_tile_view){ S("Ihr angefangener Antrag"), S("/antrag/abc"), S("20. Dezember 2026"), S("Schritt 3 von 6") };
	v.online = ONLINE_PARTLY;
	v.online_note = S("Sie holen den neuen Führerschein selbst ab");
	DRAW(g, "service-draft", LANG_DE, service, &v);
	v = sample_service();
	v.page = sample_portal(S("Hund anmelden"));
	v.page.content_lang = S("de");
	v.place = v.authority = v.authority_note = v.place_href = STR_EMPTY;
	v.cost = S("Hängt vom Ort ab");
	v.cost_note = STR_EMPTY;
	DRAW(g, "service-no-place", LANG_EN, service, &v);
	v.place_field = (struct place_field_view){ .value = S("Entenhausen"), .error = S("Diesen Ort kennen wir nicht. Prüfen Sie die Schreibweise") };
	v.page.errors = true;
	v.page.content_lang = STR_EMPTY;
	DRAW(g, "service-place-error", LANG_DE, service, &v);
	v = sample_service();
	v.off_reason = S("Radeberg bietet diese Leistung nicht online an. Rufen Sie uns an oder kommen Sie vorbei.");
	v.online = ONLINE_NO;
	v.title = v.page.title = S("Ausnahmegenehmigung vom Feiertagsfahrverbot für Schwerlasttransporte");
	v.authority = long_text;
	v.ways = v.documents = v.goods = v.laws = v.relateds = 0;
	v.documents_note = v.remedy = v.reviewed = v.schema_href = STR_EMPTY;
	v.body = (struct html_safe){ STR_EMPTY };
	DRAW(g, "service-off", LANG_DE, service, &v);
}

void gallery_citizen(struct gallery *g)
{
	draw_start(g);
	draw_place(g);
	draw_search(g);
	draw_service(g);
}
