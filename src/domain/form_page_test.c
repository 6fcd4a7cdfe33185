/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/testing.h"
#include "domain/form.h"

static struct arena *a;
static struct form *form;
static struct answers *x;

static const char form_yaml[] =
	"steps:\n"
	"  - {id: a, pages: [{id: a, fields: [{id: a.text, type: longtext}, {id: a.name, type: name}, {id: a.tag, type: date},\n"
	"      {id: a.monat, type: month}, {id: a.viele, type: several, options: [x, y, z]}, {id: a.ja, type: bool},\n"
	"      {id: a.ok, type: consent, optional: true}, {id: a.datei, type: file, optional: true},\n"
	"      {id: a.bed, type: several, optional: true, options: [x], when: \"a.ja\"}]}]}\n"
	"  - {id: b, pages: [{id: b, fields: [{id: b.geld, type: money}, {id: b.zahl, type: decimal}, {id: b.zeit, type: time},\n"
	"      {id: b.iban, type: iban}, {id: b.tel, type: phone}, {id: b.wahl, type: choice, options: [eins]},\n"
	"      {id: b.land, type: country, list: laender, options: [DE]}, {id: b.rechnung, type: calc, value: \"b.geld * 2\"},\n"
	"      {id: b.wann, type: calc, value: \"today()\"}, {id: b.ob, type: calc, value: \"b.geld > 1\"},\n"
	"      {id: b.termin, type: datetime}, {id: b.eintrag, type: register}, {id: b.steuer, type: taxid}]}]}\n"
	"  - {id: g, repeat: {group: g, max: 3}, pages: [{id: g, fields: [{id: g.n, type: text}, {id: g.tag, type: date}]}]}\n";

static int set_up(void **state)
{
	struct node_error e = { 0 };
	struct node *n;

	a = arena_new(65536);
	if (node_parse_yaml(a, S("form.yaml"), str_c(form_yaml), &n, &e) < 0 ||
	    form_compile(a, node_new(a, NODE_MAP), n, NULL, NULL, &form) < 0)
		return -1;
	x = answers_new(a, form);
	return 0;
}

static int tear_down(void **state)
{
	arena_free(a);
	return 0;
}

static void post(const char *page, uint16_t row, const char *body)
{
	struct pairs p;

	assert_ok(form_parse(a, str_c(body), 100, &p));
	page_take(x, form_page(form, str_c(page)), row, &p);
}

static void has(const char *id, const char *raw)
{
	uint16_t field, row;

	assert_true(answers_locate(form, str_c(id), &field, &row));
	assert_s(answers_get(x, field, row), raw);
}

static void what_was_posted_is_kept_as_typed(void **state)
{
	x = answers_new(a, form);
	post("a", 0, "a-text=+Zeile+1%0D%0AZeile+2%0D%0A&a-name=+Anna%0D%0ALena+&a-tag-day=1&a-tag-month=M%C3%A4rz&a-tag-year=85"
		     "&a-monat-month=3&a-monat-year=2026&a-viele=z&a-viele=x&a-ja=true&a-ok=true&a-datei=17&b-geld=5&fremd=1");
	has("a.text", "Zeile 1\nZeile 2");
	has("a.name", "Anna Lena");
	has("a.tag", "1|März|85");
	has("a.monat", "3|2026");
	has("a.viele", "z|x");
	has("a.ok", "true");
	/* files come from the upload, other pages from other requests */
	has("a.datei", "");
	has("b.geld", "");
}

static void boxes_that_are_not_sent_are_not_ticked(void **state)
{
	x = answers_new(a, form);
	post("a", 0, "a-viele=x&a-ok=true&a-bed=x&a-ja=true");
	has("a.bed", "x");
	/* a field with a condition may not have been on the page at all: only its hidden empty twin says that it was */
	post("a", 0, "a-ja=true");
	has("a.viele", "");
	has("a.ok", "");
	has("a.bed", "x");
	post("a", 0, "a-bed=");
	has("a.bed", "");
	has("a.ja", "true");
}

static void dates_with_time_and_registers_have_several_inputs(void **state)
{
	x = answers_new(a, form);
	post("b", 0, "b-termin-day=3&b-termin-month=12&b-termin-year=2026&b-termin-time=14:30&b-eintrag-kind=HRB&b-eintrag-number=12345&b-eintrag-court=Dresden");
	has("b.termin", "3|12|2026|14:30");
	has("b.eintrag", "HRB|12345|Dresden");
	post("b", 0, "b-termin-day=&b-termin-month=&b-termin-year=&b-termin-time=&b-eintrag-kind=&b-eintrag-number=&b-eintrag-court=");
	has("b.termin", "");
	has("b.eintrag", "");
}

static void an_emptied_date_is_gone_and_bars_do_not_confuse(void **state)
{
	x = answers_new(a, form);
	post("a", 0, "a-tag-day=1&a-tag-month=2&a-tag-year=2000");
	post("a", 0, "a-tag-day=&a-tag-month=&a-tag-year=");
	has("a.tag", "");
	post("a", 0, "a-tag-day=1|2&a-tag-month=2&a-tag-year=2000");
	has("a.tag", "1/2|2|2000");
}

static void rows_have_inputs_of_their_own(void **state)
{
	x = answers_new(a, form);
	assert_s(field_input_name(a, form_field(form, S("g.tag")), 1), "g-tag");
	assert_s(field_input_name(a, form_field(form, S("g.tag")), 2), "g-tag-2");
	post("g", 1, "g-n=eins&g-n-2=zwei");
	has("g[1].n", "eins");
	has("g[2].n", "");
	post("g", 2, "g-n-2=zwei&g-tag-2-day=1&g-tag-2-month=2&g-tag-2-year=2000");
	has("g[2].n", "zwei");
	has("g[2].tag", "1|2|2000");
	assert_int_equal(answers_rows(x, 0, 0), 2);
}

static str texts(void *arg, str key)
{
	if (str_eq(key, S("field.b.wahl.option.eins")))
		return S("Die Eins");
	if (str_eq(key, S("list.laender.DE")))
		return S("Deutschland");
	return STR_EMPTY;
}

static void shown(const char *id, const char *raw, const char *de, const char *en)
{
	struct journey_context c = { .today = { 2026, 11, 22 } };
	const struct journey *j;
	uint16_t field, row;

	assert_true(answers_locate(form, str_c(id), &field, &row));
	if (raw)
		answers_set(x, field, row, str_c(raw));
	j = journey_run(a, form, x, &c);
	assert_s(value_display(a, &form->field[field], journey_value(j, field, row), S("de"), texts, NULL), de);
	assert_s(value_display(a, &form->field[field], journey_value(j, field, row), S("en"), texts, NULL), en);
}

static void values_read_as_people_write_them(void **state)
{
	x = answers_new(a, form);
	shown("b.geld", "1234,5", "1.234,50\u00a0€", "€1,234.50");
	shown("b.zahl", "2,5", "2,50", "2.50");
	shown("b.zeit", "9", "09:00 Uhr", "09:00");
	shown("b.iban", "DE02120300000000202051", "DE02 1203 0000 0000 2020 51", "DE02 1203 0000 0000 2020 51");
	shown("b.tel", "0351 123456", "+49 351 123456", "+49 351 123456");
	shown("b.wahl", "eins", "Die Eins", "Die Eins");
	shown("b.land", "DE", "Deutschland", "Deutschland");
	shown("b.tel", "0171 2345678", "+49 171 2345678", "+49 171 2345678");
	shown("b.tel", "+43 1 58858", "+43158858", "+43158858");
	shown("b.termin", "3|12|2026|9", "03.12.2026, 09:00 Uhr", "3 December 2026, 09:00");
	shown("b.eintrag", "HRB|1|Dresden", "HRB 1, Dresden", "HRB 1, Dresden");
	shown("b.steuer", "86095742719", "86 095 742 719", "86 095 742 719");
	shown("b.rechnung", NULL, "2.469,00", "2,469.00");
	shown("b.wann", NULL, "22.11.2026", "22 November 2026");
	shown("b.ob", NULL, "Ja", "Yes");
	shown("a.tag", "1|3|1985", "01.03.1985", "1 March 1985");
	shown("a.monat", "3|2026", "März 2026", "March 2026");
	shown("a.ja", "false", "Nein", "No");
	shown("a.viele", "z|x", "x, z", "x, z");
	shown("a.tag", "31|2|1985", "", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_posted_is_kept_as_typed),
		cmocka_unit_test(boxes_that_are_not_sent_are_not_ticked),
		cmocka_unit_test(dates_with_time_and_registers_have_several_inputs),
		cmocka_unit_test(an_emptied_date_is_gone_and_bars_do_not_confuse),
		cmocka_unit_test(rows_have_inputs_of_their_own),
		cmocka_unit_test(values_read_as_people_write_them),
	};

	return cmocka_run_group_tests_name("domain/form_page", tests, set_up, tear_down);
}
