/* SPDX-License-Identifier: EUPL-1.2 */
/* A citizen applies: from the start page to the confirmation, every page of a form, on both engines. */
#include "support/house.h"

/* Fills in the page that is shown; every value is one that a person may type. */
static void birth_pages(struct browser *b, str pdf)
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

static void applies_for_a_birth_certificate(struct house_test *t)
{
	struct browser *b = browser_new(t, "localhost");

	assert_int_equal(browser_get(b, "/"), 200);
	assert_page(b, "<h1");
	assert_int_equal(browser_get(b, "/leipzig/suche?q=Geburtsurkunde"), 200);
	assert_page(b, "/leipzig/leistung/geburtsurkunde");
	assert_int_equal(browser_get(b, "/leipzig/leistung/geburtsurkunde"), 200);
	browser_post(b, "/leipzig/leistung/geburtsurkunde/antrag", NULL);
	assert_status(b, 200);
	assert_true(str_has_prefix(b->path, S("/antrag/")));
	assert_int_equal(house_test_count(t, SQL_ALL_TENANTS("test", "SELECT COUNT(*) FROM draft")), 1);
	birth_pages(b, house_test_pdf(t->arena));
	assert_at_end(b, "/pruefen");
	assert_status(b, 200);
	assert_page(b, "Anna Sophie");
	assert_page(b, "27.03.1985");
	assert_page(b, "Ausweis.pdf");
	browser_post(b, NULL, "aktion", "absenden", "bekanntgabe", "online", NULL);
	assert_at_end(b, "/gesendet");
	assert_status(b, 200);
	assert_page(b, "S26-");
	assert_int_equal(house_test_count(t, SQL_ALL_TENANTS("test", "SELECT COUNT(*) FROM cases")), 1);
	assert_int_equal(house_test_count(t, SQL_ALL_TENANTS("test", "SELECT COUNT(*) FROM case_event")), 1);
	assert_int_equal(house_test_count(t, SQL_ALL_TENANTS("test", "SELECT COUNT(*) FROM attachment")), 1);
	assert_int_equal(house_test_count(t, SQL_ALL_TENANTS("test", "SELECT tenant_id FROM cases")), house_test_tenant(t, "leipzig").v);
}

FLOW_TEST(applies_for_a_birth_certificate)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FLOW_UNIT_TESTS(applies_for_a_birth_certificate),
	};

	return cmocka_run_group_tests_name("apply", tests, NULL, NULL);
}
