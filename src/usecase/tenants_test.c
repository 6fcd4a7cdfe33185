/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/testing.h"
#include "usecase/tenants.h"

static void settings_come_back_as_they_were_written(void **state)
{
	struct arena *a = arena_new(4096);
	struct tenant_settings s = { .contact.phone = S("03528 \"45\" <00>"), .bank.iban = S("DE02120300000000202051"), .officer.email = S("dsb@stadt.example"),
				     .supervision.name = S("Landratsamt Bautzen"), .vat_id = S("DE 123") }, back;

	assert_int_equal(tenant_settings_parse(a, tenant_settings_json(a, &s), &back), 0);
	assert_true(str_eq(back.contact.phone, s.contact.phone));
	assert_true(str_eq(back.bank.iban, s.bank.iban));
	assert_true(str_eq(back.officer.email, s.officer.email));
	assert_true(str_eq(back.supervision.name, s.supervision.name));
	assert_true(str_eq(back.vat_id, s.vat_id));
	assert_int_equal(back.contact.email.n, 0);
	arena_free(a);
}

static void settings_of_which_nothing_is_known_are_empty(void **state)
{
	struct arena *a = arena_new(4096);
	struct tenant_settings none = { 0 }, back;

	assert_true(str_eq(tenant_settings_json(a, &none), S("{}")));
	assert_int_equal(tenant_settings_parse(a, STR_EMPTY, &back), 0);
	assert_int_equal(back.bank.iban.n, 0);
	assert_int_equal(tenant_settings_parse(a, S("{\"bank\":{\"iban\":\"X\"},\"new\":{\"thing\":1}}"), &back), 0);
	assert_true(str_eq(back.bank.iban, S("X")));
	assert_int_equal(tenant_settings_parse(a, S("{broken"), &back), ERR_PARSE);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(settings_come_back_as_they_were_written),
		cmocka_unit_test(settings_of_which_nothing_is_known_are_empty),
	};

	return cmocka_run_group_tests_name("tenants", tests, NULL, NULL);
}
