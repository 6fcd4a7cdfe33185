/* SPDX-License-Identifier: EUPL-1.2 */
/* Authors: reading, changing, four eyes, what is in force where, and an update below that meets own texts. */
#include "support/house.h"

#define SERVICE "/redaktion/hundesteuer-anmeldung"
#define NAME_KEY SERVICE "/aendern/text.page.hund-name.title"
#define DRAFT SERVICE "/entwurf"

static void change(struct browser *b, const char *path, const char *de, const char *en)
{
	assert_int_equal(browser_get(b, path), 200);
	if (en)
		browser_post(b, path, "de", de, "en", en, NULL);
	else
		browser_post(b, path, "de", de, NULL);
}

static void ask(struct browser *b, const char *why)
{
	assert_int_equal(browser_get(b, DRAFT), 200);
	browser_post(b, DRAFT, "warum", why, "aktion", "bitten", NULL);
	assert_status(b, 200);
	assert_page(b, "bittet um Freigabe");
}

static void release(struct browser *b)
{
	assert_int_equal(browser_get(b, DRAFT), 200);
	browser_post(b, DRAFT, "aktion", "freigeben", NULL);
	assert_status(b, 200);
	assert_page(b, "Veröffentlicht.");
}

static void authors_see_services_and_nothing_else(struct house_test *t)
{
	struct browser *author = browser_clerk(t, "dresden", ROLE_AUTHOR), *clerk = browser_clerk(t, "dresden", ROLE_ADMIN);
	static const char *const closed[] = { "/vertretung", "/zustellungen", "/leute", "/einstellungen", "/fall/S26-000000" };

	assert_int_equal(browser_get(author, "/"), 200);
	assert_at(author, "/redaktion");
	assert_page(author, "Hund anmelden");
	for (size_t i = 0; i < sizeof closed / sizeof *closed; i++) {
		browser_get(author, closed[i]);
		assert_status(author, 403);
	}
	browser_get(clerk, "/redaktion");
	assert_status(clerk, 403);
	assert_int_equal(browser_get(author, SERVICE), 200);
	assert_page(author, "Erscheint nur, wenn");
	assert_page(author, "„Anmeldung für“ ist „Für mich oder meine Familie“");
	assert_page(author, "halter.art == ");
	assert_int_equal(browser_get(author, SERVICE "?q=chip"), 200);
	assert_page(author, "Welche Chipnummer hat der Hund?");
	assert_no_page(author, "Wie erreichen wir Sie?");
	assert_int_equal(browser_get(author, SERVICE "?zeigen=eigene"), 200);
	assert_page(author, "Dazu gibt es hier nichts.");
}
FLOW_TEST(authors_see_services_and_nothing_else)

static void wrong_input_is_told_and_kept(struct house_test *t)
{
	struct browser *b = browser_clerk(t, "dresden", ROLE_AUTHOR);

	change(b, NAME_KEY, "Wie heißt {quatsch}?", "What?");
	assert_status(b, 422);
	assert_page(b, "Der Platzhalter {quatsch} ist hier nicht bekannt");
	assert_page(b, "Wie heißt {quatsch}?");
	change(b, NAME_KEY, "Wie <b>heißt</b> er?", "What?");
	assert_page(b, "HTML wird nicht angezeigt");
	change(b, NAME_KEY, "Wie heißt er?", "");
	assert_page(b, "Dieser Text darf nicht leer sein");
	change(b, SERVICE "/aendern/text.page.gemeinsam.help", "", "");
	assert_page(b, "Hilfe und ihre Überschrift gehören zusammen");
	change(b, SERVICE "/aendern/param.steuer_erster", "viel", NULL);
	assert_page(b, "Dieser Wert passt nicht");
	change(b, SERVICE "/aendern/document.erteilt", "# Bescheid\n\n{{reference}} {{authority}}", NULL);
	assert_page(b, "Im Schreiben fehlt {{remedy}}");
	assert_int_equal(browser_get(b, SERVICE "/aendern/text.privacy.purpose"), 200);
	assert_page(b, "Dieser Text ist geschützt");
	assert_int_equal(house_test_count(t, SQL_ALL_TENANTS("test", "SELECT COUNT(*) FROM overlay_draft")), 0);
}
FLOW_TEST(wrong_input_is_told_and_kept)

static void two_people_do_not_overwrite_each_other(struct house_test *t)
{
	struct browser *one = browser_clerk(t, "dresden", ROLE_AUTHOR), *two = browser_clerk(t, "dresden", ROLE_AUTHOR);

	assert_int_equal(browser_get(one, NAME_KEY), 200);
	change(two, NAME_KEY, "Wie ruft ihr ihn?", "How do you call it?");
	assert_at(two, DRAFT);
	change(two, SERVICE "/aendern/text.page.hund-chip.title", "Welchen Chip?", "Which chip?");
	browser_get(one, SERVICE "/aendern/text.page.hund-rasse.title"); /* another part: no conflict */
	browser_post(one, NULL, "de", "Was für einer?", "en", "What kind?", NULL);
	assert_at(one, DRAFT);
	assert_page(one, "Wie ruft ihr ihn?");
	assert_page(one, "Welchen Chip?");
	assert_page(one, "Was für einer?");
}
FLOW_TEST(two_people_do_not_overwrite_each_other)

static void an_older_page_shows_both_texts(struct house_test *t)
{
	struct browser *one = browser_clerk(t, "dresden", ROLE_AUTHOR), *two = browser_clerk(t, "dresden", ROLE_AUTHOR);

	assert_int_equal(browser_get(one, NAME_KEY), 200);
	change(two, NAME_KEY, "Wie ruft ihr ihn?", "How do you call it?");
	browser_post(one, NAME_KEY, "de", "Name des Hundes?", "en", "Name of the dog?", NULL);
	assert_status(one, 409);
	assert_page(one, "Wie ruft ihr ihn?");
	assert_page(one, "Name des Hundes?");
	browser_post(one, NAME_KEY, NULL); /* seen, and wanted */
	assert_at(one, DRAFT);
	assert_page(one, "Name des Hundes?");
}
FLOW_TEST(an_older_page_shows_both_texts)

/* A button that the page does not show. */
static void forged(struct browser *b, const char *button)
{
	str csrf = browser_field(b, "csrf"), version = browser_field(b, "stand");

	browser_post_raw(b, DRAFT, str_fmt(b->arena, "csrf=%.*s&once=AAAAAAAAAAAAAAAAAAAAAA&stand=%.*s&aktion=%s", STR_FMT(csrf), STR_FMT(version), button).p);
}

static struct browser *begin(struct house_test *t, const char *town)
{
	struct browser *b = browser_new(t, "localhost");

	assert_int_equal(browser_get(b, str_fmt(t->arena, "/%s/leistung/hundesteuer-anmeldung", town).p), 200);
	browser_post(b, NULL, NULL);
	return b;
}

static void four_eyes_publish_for_all_who_inherit(struct house_test *t)
{
	struct browser *writer = browser_clerk(t, "portal", ROLE_AUTHOR), *second = browser_clerk(t, "portal", ROLE_AUTHOR);
	struct browser *before = begin(t, "leipzig"), *after;
	struct browser *town = browser_clerk(t, "dresden", ROLE_ADMIN);

	/* Dresden has an amount of its own */
	assert_int_equal(browser_get(town, "/einstellungen"), 200);
	browser_post(town, NULL, "p-hundesteuer-anmeldung-steuer_erster", "108,00", NULL);
	assert_page(town, "Gespeichert");

	change(writer, SERVICE "/aendern/text.page.wer.title", "Wer meldet den Hund an?", "Who registers the dog?");
	change(writer, SERVICE "/aendern/param.steuer_erster", "66", NULL);
	assert_page(writer, "Gebühr bisher 60,00"), assert_page(writer, "jetzt 66,00");
	browser_post(writer, DRAFT, "warum", "", "aktion", "bitten", NULL);
	assert_status(writer, 422);
	ask(writer, "Kürzer; Satz der Satzung");
	/* never the same person */
	assert_no_page(writer, "value=\"freigeben\"");
	assert_page(writer, "Sie haben an diesem Entwurf mitgeschrieben");
	forged(writer, "freigeben");
	assert_status(writer, 403);
	browser_get(before, "/leipzig/leistung/hundesteuer-anmeldung");
	assert_page(before, "Steuer ab 60,00");
	/* sent back, and once more */
	assert_int_equal(browser_get(second, DRAFT), 200);
	assert_page(second, "Kürzer; Satz der Satzung");
	browser_post(second, DRAFT, "grund", "Bitte mit Punkt", "aktion", "zurueckgeben", NULL);
	assert_int_equal(browser_get(writer, DRAFT), 200);
	assert_page(writer, "Bitte mit Punkt");
	ask(writer, "Noch einmal");
	release(second);

	after = begin(t, "leipzig");
	assert_page(after, "Wer meldet den Hund an?");
	browser_get(after, "/leipzig/leistung/hundesteuer-anmeldung");
	assert_page(after, "Steuer ab 66,00");
	/* Dresden inherits the text and keeps its amount */
	after = begin(t, "dresden");
	assert_page(after, "Wer meldet den Hund an?");
	browser_get(after, "/dresden/leistung/hundesteuer-anmeldung");
	assert_page(after, "Steuer ab 108,00");
	/* who has begun keeps what he began with, also over a restart */
	house_test_reopen(t);
	browser_get(before, "/leipzig/leistung/hundesteuer-anmeldung");
	assert_page(before, "Steuer ab 66,00");
	assert_int_equal(house_test_count(t, SQL_ALL_TENANTS("test", "SELECT COUNT(*) FROM publication WHERE kind = 'published'")), 1);
	assert_int_equal(house_test_count(t, SQL_ALL_TENANTS("test", "SELECT COUNT(*) FROM publication WHERE tenant_id < 10000 AND kind = 'update'")), 1);

	/* back to what was: the same way */
	assert_int_equal(browser_get(second, SERVICE "/verlauf"), 200);
	assert_page(second, "Noch einmal");
	assert_int_equal(browser_get(second, SERVICE "/verlauf.csv"), 200);
	assert_page(second, "text.de.page.wer.title");
	assert_int_equal(browser_get(second, SERVICE "/verlauf.json"), 200);
	assert_page(second, "\"kind\":\"published\"");
}
FLOW_TEST(four_eyes_publish_for_all_who_inherit)

static void an_update_below_is_merged_part_by_part(struct house_test *t)
{
	struct browser *state = browser_clerk(t, "portal", ROLE_AUTHOR), *state2 = browser_clerk(t, "portal", ROLE_AUTHOR);
	struct browser *town = browser_clerk(t, "dresden", ROLE_AUTHOR), *town2 = browser_clerk(t, "dresden", ROLE_AUTHOR), *citizen;

	change(town, NAME_KEY, "Wie ruft man ihn in Dresden?", "What is it called in Dresden?");
	ask(town, "Dresdner Art");
	release(town2);
	change(state, NAME_KEY, "Welchen Namen hat der Hund?", "Which name has the dog?");
	change(state, SERVICE "/aendern/text.page.hund-chip.title", "Chipnummer des Hundes?", "Chip number of the dog?");
	ask(state, "Neue Fragen");
	release(state2);

	/* both have changed the name: Dresden stays with what it has until somebody decides */
	assert_int_equal(browser_get(town, "/redaktion"), 200);
	assert_page(town, "bitte abgleichen");
	assert_int_equal(browser_get(town, DRAFT), 200);
	assert_page(town, "Bei 2 Texten müssen Sie entscheiden");
	assert_int_equal(browser_get(town, SERVICE "/abgleich"), 200);
	assert_page(town, "Wie heißt der Hund?");
	assert_page(town, "Welchen Namen hat der Hund?");
	assert_page(town, "Wie ruft man ihn in Dresden?");
	assert_page(town, "Chipnummer des Hundes?");
	browser_post(town, SERVICE "/abgleich", NULL);
	assert_status(town, 422);
	browser_post(town, SERVICE "/abgleich", "teil-0", "eigen", "teil-1", "neu", NULL);
	assert_at(town, DRAFT);
	ask(town, "Deutsch unser, englisch das neue");
	release(town2);
	assert_int_equal(browser_get(town, SERVICE "?q=hund-name"), 200);
	assert_page(town, "Wie ruft man ihn in Dresden?");
	assert_page(town, "Which name has the dog?");
	assert_int_equal(browser_get(town, SERVICE "?q=hund-chip"), 200);
	assert_page(town, "Chipnummer des Hundes?");
	citizen = begin(t, "dresden");
	assert_status(citizen, 200);
}
FLOW_TEST(an_update_below_is_merged_part_by_part)

static void the_preview_stores_nothing(struct house_test *t)
{
	struct browser *b = browser_clerk(t, "dresden", ROLE_AUTHOR);
	int64_t drafts = house_test_count(t, SQL_ALL_TENANTS("test", "SELECT COUNT(*) FROM draft"));

	change(b, SERVICE "/aendern/text.page.wer.title", "Für wen ist der Hund?", "For whom is the dog?");
	assert_int_equal(browser_get(b, SERVICE "/vorschau-leistung"), 200);
	assert_page(b, "Vorschau.");
	browser_post(b, NULL, NULL); /* start */
	assert_page(b, "Für wen ist der Hund?");
	browser_post(b, NULL, NULL);
	assert_status(b, 422);
	browser_post(b, NULL, "halter-art", "firma", NULL);
	assert_page(b, "Wie heißt die Firma oder der Verein?");
	assert_int_equal(browser_get(b, SERVICE "/vorschau/hund-erlaubnis?lang=en"), 200);
	assert_page(b, "Preview.");
	assert_int_equal(house_test_count(t, SQL_ALL_TENANTS("test", "SELECT COUNT(*) FROM draft")), drafts);
}
FLOW_TEST(the_preview_stores_nothing)

static void a_version_is_pinned_and_followed_again(struct house_test *t)
{
	struct browser *state = browser_clerk(t, "portal", ROLE_AUTHOR), *state2 = browser_clerk(t, "portal", ROLE_AUTHOR);
	struct browser *town = browser_clerk(t, "leipzig", ROLE_AUTHOR), *town2 = browser_clerk(t, "leipzig", ROLE_AUTHOR), *citizen;

	change(town, SERVICE "/aendern/text.contact_hint", "Fragen an das Steueramt Leipzig.", "Ask the tax office.");
	browser_post_raw(town, DRAFT, "x=1"); /* no token: refused */
	assert_status(town, 403);
	assert_int_equal(browser_get(town, DRAFT), 200);
	browser_post(town, DRAFT "?teil=fassung", NULL);
	assert_page(town, "festgehalten");
	ask(town, "Wir bleiben dabei");
	release(town2);
	change(state, SERVICE "/aendern/text.page.wer.title", "Wer meldet an?", "Who?");
	ask(state, "kürzer");
	release(state2);
	citizen = begin(t, "leipzig");
	assert_no_page(citizen, "Wer meldet an?");
	assert_int_equal(browser_get(town, DRAFT), 200);
	browser_post(town, DRAFT "?teil=fassung", NULL);
	assert_page(town, "Wer meldet an?"); /* among what will change */
	ask(town, "Wir folgen wieder");
	release(town2);
	citizen = begin(t, "leipzig");
	assert_page(citizen, "Wer meldet an?");
}
FLOW_TEST(a_version_is_pinned_and_followed_again)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FLOW_UNIT_TESTS(authors_see_services_and_nothing_else), FLOW_UNIT_TESTS(wrong_input_is_told_and_kept),
		FLOW_UNIT_TESTS(two_people_do_not_overwrite_each_other), FLOW_UNIT_TESTS(an_older_page_shows_both_texts),
		FLOW_UNIT_TESTS(four_eyes_publish_for_all_who_inherit), FLOW_UNIT_TESTS(an_update_below_is_merged_part_by_part),
		FLOW_UNIT_TESTS(the_preview_stores_nothing), FLOW_UNIT_TESTS(a_version_is_pinned_and_followed_again),
	};

	return cmocka_run_group_tests_name("flow/author", tests, NULL, NULL);
}
