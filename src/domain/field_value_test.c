/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/testing.h"
#include "domain/field_value.h"

static struct arena *a;
static struct value v;
static struct value_problem p;

static int set_up(void **state)
{
	a = arena_new(65536);
	return 0;
}

static int tear_down(void **state)
{
	arena_free(a);
	return 0;
}

static void expect(const struct field *f, const char *raw, const char *canonical)
{
	int rc;

	memset(&v, 0, sizeof v);
	rc = field_parse(a, f, str_c(raw), &v, &p);
	if (rc != VALUE_OK || !v.valid || !str_eq(v.canonical, str_c(canonical)))
		print_error("\"%s\": problem %d, got \"%.*s\", want \"%s\"\n", raw, rc, STR_FMT(v.canonical), canonical);
	assert_int_equal(rc, VALUE_OK);
	assert_true(v.present && v.valid);
	assert_s(v.canonical, canonical);
}

static void refuse(const struct field *f, const char *raw, enum problem_kind kind)
{
	int rc;

	memset(&v, 0, sizeof v);
	rc = field_parse(a, f, str_c(raw), &v, &p);
	if (rc != (int)kind)
		print_error("\"%s\": problem %d, want %d\n", raw, rc, (int)kind);
	assert_int_equal(rc, kind);
	assert_false(v.valid);
}

static const struct field date = { .type = FIELD_DATE }, month = { .type = FIELD_MONTH }, hour = { .type = FIELD_TIME },
			  money = { .type = FIELD_MONEY }, whole = { .type = FIELD_INTEGER }, dec = { .type = FIELD_DECIMAL, .scale = 1 },
			  name = { .type = FIELD_NAME, .max_length = 20 }, iban = { .type = FIELD_IBAN }, phone = { .type = FIELD_PHONE },
			  email = { .type = FIELD_EMAIL }, postcode = { .type = FIELD_POSTCODE }, taxid = { .type = FIELD_TAXID },
			  moment = { .type = FIELD_DATETIME }, entry = { .type = FIELD_REGISTER }, vin = { .type = FIELD_VIN },
			  plate = { .type = FIELD_PLATE }, yes_no = { .type = FIELD_BOOL }, consent = { .type = FIELD_CONSENT };

static void dates_as_people_type_them(void **state)
{
	expect(&date, "1|3|1985", "1985-03-01");
	expect(&date, "01|März|1985", "1985-03-01");
	expect(&date, " 01 | maerz |1985", "1985-03-01");
	expect(&date, "1.3.1985", "1985-03-01");
	expect(&date, "1985-03-01", "1985-03-01");
	expect(&date, "29|2|2024", "2024-02-29");
	refuse(&date, "29|2|2023", PROBLEM_FORMAT);
	refuse(&date, "1|3|85", PROBLEM_YEAR);
	assert_int_equal(p.limit, 4);
	refuse(&date, "1.3.85", PROBLEM_YEAR);
	refuse(&date, "1|13|1985", PROBLEM_FORMAT);
	assert_int_equal(p.limit, 2);
	refuse(&date, "|3|1985", PROBLEM_FORMAT);
	assert_int_equal(p.limit, 1);
	refuse(&date, "x", PROBLEM_FORMAT);
	refuse(&date, "||", PROBLEM_REQUIRED);
	refuse(&date, "", PROBLEM_REQUIRED);
	expect(&month, "3|2026", "2026-03");
	expect(&month, "März 2026", "2026-03");
	expect(&month, "2026-03", "2026-03");
	refuse(&month, "3|26", PROBLEM_YEAR);
	refuse(&month, "13|2026", PROBLEM_FORMAT);
	refuse(&month, "2026", PROBLEM_FORMAT);
}

static void times_as_people_type_them(void **state)
{
	expect(&hour, "14:30", "14:30");
	expect(&hour, "14.30 Uhr", "14:30");
	expect(&hour, "9", "09:00");
	expect(&hour, "9 Uhr", "09:00");
	expect(&hour, "1430", "14:30");
	refuse(&hour, "24:00", PROBLEM_FORMAT);
	refuse(&hour, "14:60", PROBLEM_FORMAT);
	refuse(&hour, "14:3", PROBLEM_FORMAT);
	refuse(&hour, "mittags", PROBLEM_FORMAT);
}

static void numbers_and_money(void **state)
{
	expect(&money, "1.234,5 €", "1234.50");
	expect(&money, "60", "60.00");
	expect(&money, "60,00 EUR", "60.00");
	refuse(&money, "1,234", PROBLEM_FORMAT);
	refuse(&money, "umsonst", PROBLEM_FORMAT);
	refuse(&money, "99999999999999999999", PROBLEM_TOO_LARGE);
	expect(&whole, "1.000", "1000");
	expect(&whole, "-3", "-3");
	refuse(&whole, "2,5", PROBLEM_FORMAT);
	expect(&dec, "2,5", "2.5");
	refuse(&dec, "2,55", PROBLEM_FORMAT);
}

static void names_keep_their_letters(void **state)
{
	expect(&name, "Łucja d’Ávila-Ñuñez", "Łucja d’Ávila-Ñuñez");
	expect(&name, "Nguyễn Văn", "Nguyễn Văn");
	expect(&name, "M\xcc\x82", "M\xcc\x82");
	refuse(&name, "Anna@home", PROBLEM_FORMAT);
	refuse(&name, "R2D2", PROBLEM_FORMAT);
	refuse(&name, "Анна", PROBLEM_FORMAT);
	refuse(&name, "abcdefghijklmnopqrstu", PROBLEM_TOO_LONG);
	assert_int_equal(p.limit, 20);
	/* twenty letters are twenty letters, however many bytes they take */
	expect(&name, "öööööööööööööööööööö", "öööööööööööööööööööö");
}

static void ibans_are_checked_by_length_and_remainder(void **state)
{
	expect(&iban, "de02 1203 0000 0000 2020 51", "DE02120300000000202051");
	expect(&iban, "AT61 1904 3002 3457 3201", "AT611904300234573201");
	expect(&iban, "GB82 WEST 1234 5698 7654 32", "GB82WEST12345698765432");
	expect(&iban, "NO93 8601 1117 947", "NO9386011117947");
	refuse(&iban, "DE03 1203 0000 0000 2020 51", PROBLEM_FORMAT);
	refuse(&iban, "DE02 1203 0000 0000 2020 5", PROBLEM_FORMAT);
	refuse(&iban, "XX02 1203 0000 0000 2020 51", PROBLEM_FORMAT);
	refuse(&iban, "12345", PROBLEM_FORMAT);
}

static void tax_ids_have_a_check_digit(void **state)
{
	expect(&taxid, "86 095 742 719", "86095742719");
	expect(&taxid, "47036892816", "47036892816");
	refuse(&taxid, "86095742718", PROBLEM_FORMAT);
	refuse(&taxid, "12345678901", PROBLEM_FORMAT);
	refuse(&taxid, "8609574271", PROBLEM_FORMAT);
	refuse(&taxid, "00000000000", PROBLEM_FORMAT);
}

static void phones_become_international(void **state)
{
	expect(&phone, "0351 / 1234567", "+493511234567");
	expect(&phone, "+49 (0)351 123-4567", "+493511234567");
	expect(&phone, "0049 351 1234567", "+493511234567");
	expect(&phone, "(0351) 1234567", "+493511234567");
	expect(&phone, "+420 123 456 789", "+420123456789");
	refuse(&phone, "1234567", PROBLEM_FORMAT);
	refuse(&phone, "0351", PROBLEM_FORMAT);
	refuse(&phone, "0351 12345x", PROBLEM_FORMAT);
	refuse(&phone, "+49 351 1234567 1234567 1234567", PROBLEM_FORMAT);
}

static void mail_addresses_and_postcodes(void **state)
{
	expect(&email, "Anna.Muster+x@Example.ORG", "Anna.Muster+x@example.org");
	refuse(&email, "anna@localhost", PROBLEM_FORMAT);
	refuse(&email, "anna.example.org", PROBLEM_FORMAT);
	refuse(&email, "a@b@c.de", PROBLEM_FORMAT);
	refuse(&email, "anna..m@example.org", PROBLEM_FORMAT);
	refuse(&email, "anna m@example.org", PROBLEM_FORMAT);
	refuse(&email, "anna@192.168.1.1", PROBLEM_FORMAT);
	expect(&postcode, "01067", "01067");
	expect(&postcode, "D-01 067", "01067");
	refuse(&postcode, "1067", PROBLEM_FORMAT);
	refuse(&postcode, "00123", PROBLEM_FORMAT);
	refuse(&postcode, "0106O", PROBLEM_FORMAT);
}

static void number_plates(void **state)
{
	expect(&plate, "dd ab 123", "DD-AB 123");
	expect(&plate, "DD-AB123", "DD-AB 123");
	expect(&plate, "WÜ-x 1e", "WÜ-X 1E");
	expect(&plate, "B-MW 2026H", "B-MW 2026H");
	expect(&plate, "AB12", "A-B 12");
	expect(&plate, "DD-1234", "DD-1234");
	refuse(&plate, "DDAB 123", PROBLEM_FORMAT);
	refuse(&plate, "DD-AB 0123", PROBLEM_FORMAT);
	refuse(&plate, "DDDD-AB 1", PROBLEM_FORMAT);
	refuse(&plate, "ABC-DE 1234X", PROBLEM_FORMAT);
	refuse(&plate, "MIL-AB 1234E", PROBLEM_FORMAT);
	refuse(&plate, "DD-AB", PROBLEM_FORMAT);
}

static void choices_take_only_what_is_offered(void **state)
{
	static const struct option o[] = { { .id = STR_INIT("a") }, { .id = STR_INIT("b") }, { .id = STR_INIT("c") } };
	const struct field one = { .type = FIELD_CHOICE, .option = o, .options = 3 };
	const struct field many = { .type = FIELD_SEVERAL, .option = o, .options = 3, .least = 1, .most = 2 };

	expect(&one, "b", "b");
	refuse(&one, "d", PROBLEM_OPTION);
	expect(&many, "c|a|a", "a|c");
	refuse(&many, "a|b|c", PROBLEM_TOO_MANY);
	refuse(&many, "a|x", PROBLEM_OPTION);
	refuse(&many, "", PROBLEM_REQUIRED);
	expect(&yes_no, "true", "true");
	expect(&yes_no, "nein", "false");
	refuse(&yes_no, "vielleicht", PROBLEM_OPTION);
	expect(&consent, "on", "true");
	refuse(&consent, "false", PROBLEM_REQUIRED);
}

static void an_optional_field_may_stay_empty(void **state)
{
	struct field f = iban;

	f.optional = true;
	memset(&v, 0, sizeof v);
	assert_int_equal(field_parse(a, &f, STR_EMPTY, &v, &p), VALUE_OK);
	assert_false(v.present);
	assert_true(v.valid);
	refuse(&f, "DE", PROBLEM_FORMAT);
}

/* Whatever bytes come, every type answers and stays in its bounds. */
static void no_type_trips_over_noise(void **state)
{
	static const char bits[] = "0123456789|.,:-/+()@ \xc3\xa4\xcc\x81\xe2\x80\x93" "abEHßZ€'x";
	static const struct option o[] = { { .id = STR_INIT("a") } };
	uint64_t seed = 7;
	int i;

	for (i = 0; i < 20000; i++) {
		char raw[40];
		size_t n = test_random(&seed) % sizeof raw, k;
		struct field f = { .type = (enum field_type)(test_random(&seed) % FIELD_TYPE_COUNT), .max_length = 30, .scale = 2,
				   .option = o, .options = 1, .most = 3 };
		struct arena_mark m = arena_mark(a);

		for (k = 0; k < n; k++)
			raw[k] = bits[test_random(&seed) % (sizeof bits - 1)];
		memset(&v, 0, sizeof v);
		if (field_parse(a, &f, str_n(raw, n), &v, &p) == VALUE_OK)
			assert_true(v.valid || !v.present);
		arena_rewind(a, m);
	}
}

static void a_date_with_time_has_four_inputs(void **state)
{
	expect(&moment, "3|12|2026|14:30", "2026-12-03T14:30");
	expect(&moment, "3|Dezember|2026|9 Uhr", "2026-12-03T09:00");
	expect(&moment, "2026-12-03T14:30", "2026-12-03T14:30");
	expect(&moment, "3.12.2026 14:30", "2026-12-03T14:30");
	expect(&moment, "3.12.2026, 14.30 Uhr", "2026-12-03T14:30");
	refuse(&moment, "3|12|2026|", PROBLEM_FORMAT);
	assert_int_equal(p.limit, 8);
	refuse(&moment, "31|2|2026|25:00", PROBLEM_FORMAT);
	assert_int_equal(p.limit & 8, 8);
	refuse(&moment, "3|12|26|14:30", PROBLEM_YEAR);
	assert_int_equal(p.limit, 4);
	refuse(&moment, "|||", PROBLEM_REQUIRED);
	assert_int_equal(p.limit, 15);
	refuse(&moment, "3.12.2026", PROBLEM_FORMAT);
	refuse(&moment, "3|12|2026", PROBLEM_FORMAT);
}

static void an_entry_in_a_register_is_kind_number_and_court(void **state)
{
	expect(&entry, "HRB|12345|Dresden", "HRB 12345, Dresden");
	expect(&entry, "hrb|012345|Amtsgericht Dresden", "HRB 12345, Dresden");
	expect(&entry, "|HRB 12345|Dresden", "HRB 12345, Dresden");
	expect(&entry, "HRB|HRB 12345 b|AG Charlottenburg (Berlin)", "HRB 12345 B, Charlottenburg (Berlin)");
	expect(&entry, "GnR|7|Chemnitz", "GnR 7, Chemnitz");
	expect(&entry, "HRB 12345 Dresden", "HRB 12345, Dresden");
	expect(&entry, "VR 4711, Leipzig", "VR 4711, Leipzig");
	expect(&entry, "HRB 1234 FL Amtsgericht Flensburg", "HRB 1234 FL, Flensburg");
	expect(&entry, "HRA 12 AG Leipzig", "HRA 12, Leipzig");
	refuse(&entry, "|12345|Dresden", PROBLEM_FORMAT);
	assert_int_equal(p.limit, 1);
	refuse(&entry, "HRB||Dresden", PROBLEM_FORMAT);
	assert_int_equal(p.limit, 2);
	refuse(&entry, "HRB|12345|", PROBLEM_FORMAT);
	assert_int_equal(p.limit, 4);
	refuse(&entry, "HRC|x12|1", PROBLEM_FORMAT);
	assert_int_equal(p.limit, 7);
	refuse(&entry, "||", PROBLEM_REQUIRED);
	refuse(&entry, "HRB 12345678 Dresden", PROBLEM_FORMAT);
}

static void a_vin_has_17_characters_without_i_o_q(void **state)
{
	expect(&vin, "WVWZZZ1JZXW000001", "WVWZZZ1JZXW000001");
	expect(&vin, " wvw zzz 1jz-xw000001", "WVWZZZ1JZXW000001");
	refuse(&vin, "WVWZZZ1JZXW00000", PROBLEM_FORMAT);
	refuse(&vin, "WVWZZZ1JZXW0000012", PROBLEM_FORMAT);
	refuse(&vin, "WVWZZZ1JZXWOOOOO1", PROBLEM_FORMAT);
}

static void none_of_these_goes_with_no_other(void **state)
{
	static const struct option o[] = { { .id = S("a") }, { .id = S("b") }, { .id = S("keine") } };
	const struct field f = { .type = FIELD_SEVERAL, .option = o, .options = 3, .none = 3, .least = 2 };

	expect(&f, "keine", "keine");
	expect(&f, "b|a", "a|b");
	refuse(&f, "a|keine", PROBLEM_NONE);
	refuse(&f, "a", PROBLEM_TOO_FEW);
}

/* What is taken over from elsewhere is put into the inputs, and read from there again. */
static void a_canonical_value_can_be_typed_again(void **state)
{
	static const struct {
		enum field_type type;
		const char *canonical, *typed;
	} of[] = { { FIELD_DATE, "1985-03-27", "27|3|1985" }, { FIELD_MONTH, "2026-11", "11|2026" }, { FIELD_DATETIME, "2026-12-03T14:30", "3|12|2026|14:30" },
		   { FIELD_REGISTER, "HRB 12345 B, Charlottenburg (Berlin)", "HRB|12345 B|Charlottenburg (Berlin)" }, { FIELD_MONEY, "1234.50", "1234,50" },
		   { FIELD_TEXT, "a.b", "a.b" }, { FIELD_IBAN, "DE02120300000000202051", "DE02120300000000202051" }, { FIELD_TIME, "09:00", "09:00" } };

	for (size_t i = 0; i < sizeof of / sizeof *of; i++) {
		struct field f = { .type = of[i].type, .max_length = 50 };

		assert_s(field_typed(a, &f, str_c(of[i].canonical)), of[i].typed);
		expect(&f, of[i].typed, of[i].canonical);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_date_with_time_has_four_inputs),
		cmocka_unit_test(an_entry_in_a_register_is_kind_number_and_court),
		cmocka_unit_test(a_vin_has_17_characters_without_i_o_q),
		cmocka_unit_test(none_of_these_goes_with_no_other),
		cmocka_unit_test(a_canonical_value_can_be_typed_again),
		cmocka_unit_test(dates_as_people_type_them),
		cmocka_unit_test(times_as_people_type_them),
		cmocka_unit_test(numbers_and_money),
		cmocka_unit_test(names_keep_their_letters),
		cmocka_unit_test(ibans_are_checked_by_length_and_remainder),
		cmocka_unit_test(tax_ids_have_a_check_digit),
		cmocka_unit_test(phones_become_international),
		cmocka_unit_test(mail_addresses_and_postcodes),
		cmocka_unit_test(number_plates),
		cmocka_unit_test(choices_take_only_what_is_offered),
		cmocka_unit_test(an_optional_field_may_stay_empty),
		cmocka_unit_test(no_type_trips_over_noise),
	};

	return cmocka_run_group_tests_name("domain/field_value", tests, set_up, tear_down);
}
