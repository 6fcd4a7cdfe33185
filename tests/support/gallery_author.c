/* SPDX-License-Identifier: EUPL-1.2 */
/* The authors' pages, drawn from sample data. */
#include "view_gallery.h"
#include "web/view_author.h"


static const struct inbox_tab_view tabs[] = { { STR_INIT("Lesen"), STR_INIT("/redaktion/x"), -1, true }, { STR_INIT("Entwurf und Freigabe"), STR_INIT("/redaktion/x/entwurf"), -1, false },
					      { STR_INIT("Vorschau"), STR_INIT("/redaktion/x/vorschau"), -1, false }, { STR_INIT("Verlauf"), STR_INIT("/redaktion/x/verlauf"), -1, false } };

static struct page_view frame(str title)
{
	struct page_view p = sample_clerk(title);

	p.author = true;
	p.desk = p.admin = false;
	p.nav = NAV_AUTHOR;
	p.home = S("/redaktion");
	return p;
}

static struct author_head_view head(void)
{
	return (struct author_head_view){ .title = S("Hund anmelden"), .href = S("/redaktion/x"), .tab = tabs, .tabs = N(tabs), .state = S("in Arbeit"), .kind = NOTICE_WARNING };
}

static void list(struct gallery *g)
{
	static const struct author_row_view row[] = {
		{ STR_INIT("Hund anmelden"), STR_INIT("/redaktion/x"), STR_INIT("hundesteuer-anmeldung"), STR_INIT("1.0.0"), STR_INIT("3 Änderungen"), STR_INIT("2 Angaben"), STR_INIT("wartet auf Freigabe"), NOTICE_WARNING },
		{ STR_INIT("Genehmigung für das Aufstellen von Tischen und Stühlen vor dem Lokal"), STR_INIT("/redaktion/y"), STR_INIT("sondernutzung-aussengastronomie"), STR_INIT("1.0.0"), STR_INIT("nichts"), STR_EMPTY, STR_INIT("veröffentlicht"), NOTICE_SUCCESS },
		{ STR_INIT("Geburtsurkunde bestellen"), STR_INIT("/redaktion/z"), STR_INIT("geburtsurkunde"), STR_INIT("1.1.0"), STR_INIT("eine Änderung"), STR_EMPTY, STR_INIT("neue Fassung: bitte abgleichen"), NOTICE_DANGER },
	};
	struct author_list_view v = { .page = frame(S("Leistungen")), .lead = S("Was Sie hier veröffentlichen, gilt nur für Landeshauptstadt Dresden."), .row = row, .rows = N(row) };

	DRAW(g, "author-list", LANG_DE, author_list, &v);
	v.rows = 0;
	v.q = S("Quark");
	DRAW(g, "author-list-empty", LANG_DE, author_list, &v);
}

static const struct author_text_view texts[] = {
	{ .what = STR_INIT("Frage"), .key = STR_INIT("text.page.name.title"), .de = STR_INIT("Wie heißen Sie?"), .en = STR_INIT("What is your name?"), .own = true, .change_href = STR_INIT("/redaktion/x/aendern/text.page.name.title") },
	{ .what = STR_INIT("Hilfe"), .key = STR_INIT("text.page.name.help"), .de = STR_INIT("Erster Absatz.\n\nZweiter Absatz mit **fett**."), .markdown = true, .missing = true, .change_href = STR_INIT("/redaktion/x/aendern/text.page.name.help") },
	{ .what = STR_INIT("Rechtsbehelf"), .key = STR_INIT("text.decision.remedy.erteilt"), .de = STR_INIT("Gegen diesen Bescheid kann innerhalb eines Monats Widerspruch erhoben werden."), .one = true, .guarded = true },
};
static const struct author_word_view words[] = { { STR_INIT("Erscheint nur, wenn"), STR_INIT("„Anmeldung für“ ist „Für mich oder meine Familie“"), STR_INIT("halter.art == 'person'") } };

static void reading(struct gallery *g)
{
	static const struct author_item_view item[] = { { STR_INIT("Wie heißen Sie?"), STR_INIT("wird für jeden Eintrag gefragt"), STR_INIT("p-name"), words, N(words), texts, N(texts), STR_INIT("/redaktion/x/vorschau/name") },
							{ STR_INIT("Vornamen"), STR_INIT("Name"), STR_INIT("f-halter-vorname"), NULL, 0, texts, 1, STR_EMPTY } };
	static const struct author_section_view section[] = { { STR_INIT("s-halter"), STR_INIT("Zu Ihnen"), item, N(item) } };
	static const struct point_view fact[] = { { STR_INIT("Version"), STR_INIT("1.0.0") }, { STR_INIT("LeiKa"), STR_INIT("99102013104000") } };
	static const struct inbox_tab_view filter[] = { { STR_INIT("Alles"), STR_INIT("/redaktion/x"), -1, true }, { STR_INIT("Fehlt"), STR_INIT("/redaktion/x?zeigen=fehlt"), -1, false } };
	struct author_read_view v = { .page = frame(S("Hund anmelden")), .head = head(), .filter = filter, .filters = N(filter), .fact = fact, .facts = N(fact), .section = section, .sections = N(section) };

	DRAW(g, "author-read", LANG_DE, author_read, &v);
	v.facts = v.sections = 0;
	v.q = S("Quark");
	v.show = S("fehlt");
	DRAW(g, "author-read-empty", LANG_DE, author_read, &v);
}

static void changing(struct gallery *g)
{
	static const struct pair mark[] = { { STR_INIT("stand-de"), STR_INIT("0123456789abcdef") }, { STR_INIT("stand-en"), STR_INIT("0123456789abcdef") } };
	static const struct point_view below[] = { { STR_INIT("Deutsch"), STR_INIT("Wie heißt der Hund?") }, { STR_INIT("Englisch"), STR_EMPTY } };
	struct field_view field[2] = { { .look = LOOK_TEXT, .key = S("de"), .label = S("Deutsch"), .value = S("Wie ruft ihr ihn {quatsch}?"), .input_type = S("text") },
				       { .look = LOOK_AREA, .key = S("en"), .label = S("Englisch"), .value = S("What do you call your dog?"), .rows = 4 } };
	static const struct error_item_view error = { STR_INIT("Der Platzhalter {quatsch} ist hier nicht bekannt. Möglich sind die unten genannten"), STR_INIT("#de") };
	struct author_change_view v = { .page = frame(S("Ändern: Frage")), .head = head(), .post = sample_post(S("/redaktion/x/aendern/text.page.hund-name.title")), .what = S("Frage: Wie heißt der Hund?"),
					.key = S("text.page.hund-name.title"), .back_href = S("/redaktion/x"), .preview_href = S("/redaktion/x/vorschau/hund-name"), .field = field, .fields = 2, .mark = mark, .marks = 2,
					.below = below, .belows = 2, .placeholders = S("{place} {authority} {row} {param.steuer_erster} {halter.vorname} {anschrift.hausnummer}"), .own = true };

	DRAW(g, "author-change", LANG_DE, author_change, &v);
	field[0].error = error.text;
	v.errors = (struct errors_view){ &error, 1 };
	v.page.errors = true;
	v.theirs = S("Wie nennen Sie den Hund?");
	DRAW(g, "author-change-errors", LANG_DE, author_change, &v);
	v.errors.items = 0;
	v.theirs = STR_EMPTY;
	v.page.errors = false;
	v.guarded = true;
	DRAW(g, "author-change-guarded", LANG_DE, author_change, &v);
}

static const struct author_diff_view diff[] = {
	{ STR_INIT("Frage: Wie heißt der Hund?"), STR_INIT("text.de.page.hund-name.title"), STR_INIT("Wie heißt der Hund?"), STR_INIT("Wie ruft ihr euren Hund?"), STR_INIT("/redaktion/x/aendern/text.page.hund-name.title"), false },
	{ STR_INIT("Hinweis (englisch)"), STR_INIT("text.en.page.hund-name.hint"), STR_EMPTY, STR_INIT("As on the passport"), STR_INIT("/redaktion/x/aendern/text.page.hund-name.hint"), true },
	{ STR_INIT("Wert: Steuer für den ersten Hund im Jahr"), STR_INIT("param.steuer_erster"), STR_INIT("60,00"), STR_INIT("66,00"), STR_EMPTY, false },
};

static void drafting(struct gallery *g)
{
	static const struct author_effect_view effect[] = { { STR_INIT("ein Hund, Person, Lastschrift"), STR_INIT("Gebühr bisher 60,00 €, jetzt 66,00 €."), false },
							    { STR_INIT("Firma mit Diensthund"), STR_INIT("Angaben, die galten, sind jetzt falsch: haushalt.bisher/0: too_large"), true } };
	static const struct author_effect_view finding[] = { { STR_INIT("Ein Platzhalter ist hier nicht bekannt"), STR_INIT("'page.name.hint': {quatsch} is not known here"), true } };
	static const struct error_item_view error = { STR_INIT("Schreiben Sie in einem Satz, warum"), STR_INIT("#warum") };
	struct author_draft_view v = { .page = frame(S("Entwurf und Freigabe")), .head = head(), .post = sample_post(S("/redaktion/x/entwurf")), .there = true, .state = S("Zuletzt geändert von Sam Entwurf (heute, 08:22)."),
				       .diff = diff, .diffs = N(diff), .cases = S("14 aufgezeichnete Fälle, alle laufen durch."), .good = true, .effect = effect, .effects = 1, .can_ask = true, .can_discard = true, .version = S("3"),
				       .preview_href = S("/redaktion/x/vorschau"), .pin = S("Diese Leistung folgt neuen Fassungen von selbst. Jetzt: Version 1.0.0."), .can_pin = true };

	v.why_field = (struct field_view){ .look = LOOK_AREA, .key = S("warum"), .label = S("Warum diese Änderung?"), .hint = S("Ein Satz für die Person, die freigibt"), .rows = 3, .max_length = 500 };
	v.return_field = (struct field_view){ .look = LOOK_AREA, .key = S("grund"), .label = S("Was soll anders werden?"), .rows = 3, .max_length = 500 };
	DRAW(g, "author-draft", LANG_DE, author_draft, &v);
	v.why_field.error = error.text;
	v.errors = (struct errors_view){ &error, 1 };
	v.page.errors = true;
	v.good = false;
	v.finding = finding;
	v.findings = 1;
	v.effects = 2;
	v.form = true;
	v.conflicts = S("Die Leistung hat eine neue Fassung. Bei 2 Texten müssen Sie entscheiden, was gilt.");
	v.conflicts_href = S("/redaktion/x/abgleich");
	DRAW(g, "author-draft-errors", LANG_DE, author_draft, &v);
	v.errors.items = v.findings = 0;
	v.page.errors = false;
	v.good = true;
	v.conflicts = STR_EMPTY;
	v.state = S("Sam Entwurf bittet um Freigabe (heute, 08:22).");
	v.why = S("Satz der neuen Satzung");
	v.kind = NOTICE_WARNING;
	v.can_ask = v.can_discard = v.can_pin = false;
	v.can_release = v.can_return = true;
	DRAW(g, "author-release", LANG_DE, author_draft, &v);
	v.can_release = v.can_return = false;
	v.can_take_back = true;
	v.may_not = S("Sie haben an diesem Entwurf mitgeschrieben. Freigeben kann nur, wer nichts daran geändert hat.");
	DRAW(g, "author-release-not-me", LANG_DE, author_draft, &v);
}

static void merging(struct gallery *g)
{
	static const struct author_merge_view_row row[] = {
		{ .what = STR_INIT("Frage: Wie heißt der Hund?"), .key = STR_INIT("text.de.page.hund-name.title"), .base = STR_INIT("Wie heißt der Hund?"), .below = STR_INIT("Welchen Namen hat der Hund?"), .mine = STR_INIT("Wie ruft man ihn in Dresden?"),
		  .input = STR_INIT("teil-0"), .change_href = STR_INIT("/redaktion/x/aendern/text.page.hund-name.title"), .state = STR_INIT("hier und in der neuen Fassung geändert"), .keep = true },
		{ .what = STR_INIT("Hinweis (englisch)"), .key = STR_INIT("text.en.page.alt.hint"), .base = STR_INIT("Old"), .mine = STR_INIT("Our own"), .input = STR_INIT("teil-1"), .state = STR_INIT("gibt es in der neuen Fassung nicht mehr"), .gone = true, .english = true },
	};
	static const struct error_item_view error = { STR_INIT("Wählen Sie, was gilt: Frage: Wie heißt der Hund?"), STR_INIT("#teil-0") };
	struct author_merge_view v = { .page = frame(S("Neue Fassung abgleichen")), .head = head(), .post = sample_post(S("/redaktion/x/abgleich")), .row = row, .rows = N(row), .news = diff, .newss = 2, .form = true, .version = S("4"),
				       .errors = { &error, 1 } };

	v.page.errors = true;
	DRAW(g, "author-merge", LANG_DE, author_merge, &v);
	v.page.errors = false;
	v.rows = v.newss = v.errors.items = 0;
	v.form = false;
	DRAW(g, "author-merge-empty", LANG_DE, author_merge, &v);
}

static void looking(struct gallery *g)
{
	static const struct point_view item[] = { { STR_INIT("Für wen melden Sie den Hund an?"), STR_EMPTY }, { STR_INIT("Wie heißen Sie?"), STR_INIT("nur, wenn „Anmeldung für“ ist „Für mich oder meine Familie“") } };
	static const str href[] = { STR_INIT("/redaktion/x/vorschau/wer"), STR_INIT("/redaktion/x/vorschau/name") };
	static const struct author_event_view event[] = {
		{ STR_INIT("29. November 2026, 08:22 Uhr"), STR_INIT("Alex Gegenlese"), STR_INIT("Freigegeben und veröffentlicht, geschrieben von Sam Entwurf"), STR_INIT("Satz der neuen Satzung"), STR_INIT("96028aa859bd"), STR_INIT("4"), false },
		{ STR_INIT("1. Oktober 2026, 10:00 Uhr"), STR_INIT("Betrieb"), STR_INIT("Neue Fassung übernommen"), STR_EMPTY, STR_INIT("66028aa859bd"), STR_INIT("1"), true },
	};
	struct author_pages_view p = { .page = frame(S("Vorschau")), .head = head(), .service_href = S("/redaktion/x/vorschau-leistung"), .item = item, .href = href, .items = 2 };
	struct author_history_view h = { .page = frame(S("Verlauf")), .head = head(), .post = sample_post(S("/redaktion/x/verlauf")), .csv_href = S("/redaktion/x/verlauf.csv"), .json_href = S("/redaktion/x/verlauf.json"), .event = event, .events = N(event) };

	DRAW(g, "author-pages", LANG_DE, author_pages, &p);
	DRAW(g, "author-history", LANG_DE, author_history, &h);
	h.events = 0;
	DRAW(g, "author-history-empty", LANG_DE, author_history, &h);
}

void gallery_author(struct gallery *g)
{
	list(g);
	reading(g);
	changing(g);
	drafting(g);
	merging(g);
	looking(g);
}
