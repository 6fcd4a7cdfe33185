/* SPDX-License-Identifier: EUPL-1.2 */
#include "main/house.h"

#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/testing.h"

static struct arena *a;
static char dir[64];

static int setup(void **state)
{
	a = arena_new(4096);
	snprintf(dir, sizeof dir, "/tmp/schalter-house-XXXXXX");
	return mkdtemp(dir) ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *f)
{
	return remove(path);
}

static int teardown(void **state)
{
	arena_free(a);
	return nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static struct conf conf_of(const char *origin, const char *clerks)
{
	struct conf c;

	conf_defaults(&c);
	c.origin = str_c(origin);
	c.clerk_origin = str_c(clerks);
	c.data = str_c(dir);
	return c;
}

static void clerks_get_a_host_of_their_own(void **state)
{
	static const struct { const char *origin, *clerks, *want_portal, *want_clerks; bool https; } cases[] = {
		{ "", "", "http://localhost:8080", "http://amt.localhost:8080", false },
		{ "http://localhost", "", "http://localhost", "http://amt.localhost", false },
		{ "http://127.0.0.1:90", "", "http://127.0.0.1:90", "http://amt.localhost:90", false },
		{ "http://[::1]:90", "", "http://[::1]:90", "http://amt.localhost:90", false },
		{ "https://schalter.example.de", "", "https://schalter.example.de", "https://amt.schalter.example.de", true },
		{ "https://schalter.example.de:8443", "", "https://schalter.example.de:8443", "https://amt.schalter.example.de:8443", true },
		{ "https://a.de", "https://intern.a.de", "https://a.de", "https://intern.a.de", true },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct conf c = conf_of(cases[i].origin, cases[i].clerks);
		str portal, clerks, why;
		bool https;

		assert_ok(house_origins(a, &c, &portal, &clerks, &https, &why));
		assert_s(portal, cases[i].want_portal);
		assert_s(clerks, cases[i].want_clerks);
		assert_int_equal(https, cases[i].https);
	}
}

static void what_is_no_safe_origin_is_refused_with_a_reason(void **state)
{
	static const struct { const char *origin, *clerks, *identity, *word; } cases[] = {
		{ "http://schalter.example.de", "", "", "this machine only" },
		{ "http://127.0.0.1.evil.de", "", "", "this machine only" },
		{ "http://127.evil", "", "", "this machine only" },
		{ "http://localhost.evil.de", "", "", "this machine only" },
		{ "https://schalter.example.de/", "", "", "must look like" },
		{ "https://schalter.example.de/pfad", "", "", "must look like" },
		{ "https://Schalter.example.de", "", "", "must look like" },
		{ "https://user@schalter.example.de", "", "", "must look like" },
		{ "https://schalter.example.de:", "", "", "must look like" },
		{ "https://schalter.example.de:x", "", "", "must look like" },
		{ "https://", "", "", "must look like" },
		{ "schalter.example.de", "", "", "must look like" },
		{ "ftp://schalter.example.de", "", "", "must look like" },
		{ "https://a.de", "http://amt.localhost", "", "both must be https" },
		{ "https://a.de", "https://a.de", "", "host of their own" },
		{ "https://a.de", "https://a.de:444", "", "host of their own" },
		{ "https://a.de", "", "http://127.0.0.1:8090", "identity_url" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct conf c = conf_of(cases[i].origin, cases[i].clerks);
		str portal, clerks, why = STR_EMPTY;
		bool https;

		c.identity_url = str_c(cases[i].identity);
		assert_rc(house_origins(a, &c, &portal, &clerks, &https, &why), ERR_PARSE);
		if (!str_contains(why, str_c(cases[i].word)))
			print_error("%s: %.*s\n", cases[i].origin, STR_FMT(why));
		assert_true(str_contains(why, str_c(cases[i].word)));
	}
}

static void a_demo_makes_its_master_key_once(void **state)
{
	struct conf c = conf_of("", "");
	struct key first, second;
	struct stat st;
	str why;

	c.demo = true;
	assert_ok(house_master_key(a, &c, &first, &why));
	assert_ok(house_master_key(a, &c, &second, &why));
	assert_memory_equal(first.b, second.b, KEY_BYTES);
	assert_int_equal(stat(str_z(a, str_fmt(a, "%s/master.key", dir)), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

static void a_lost_master_key_is_not_replaced_where_keys_wait_for_it(void **state)
{
	struct conf c = conf_of("", "");
	struct key k;
	str why;

	c.demo = true;
	assert_ok(file_write_durable(str_z(a, str_fmt(a, "%s/keys.db", dir)), S("x"), 0600));
	assert_rc(house_master_key(a, &c, &k, &why), ERR_NOTFOUND);
	assert_true(str_contains(why, S("is gone")));
	assert_false(file_exists(str_z(a, str_fmt(a, "%s/master.key", dir))));
}

static void outside_a_demo_the_master_key_must_be_given(void **state)
{
	struct conf c = conf_of("", "");
	const char *path = str_z(a, str_fmt(a, "%s/key", dir));
	struct key k;
	str why;

	assert_rc(house_master_key(a, &c, &k, &why), ERR_NOTFOUND);
	assert_true(str_contains(why, S("master_key_file")));
	c.master_key_file = str_c(path);
	assert_rc(house_master_key(a, &c, &k, &why), ERR_NOTFOUND);
	assert_ok(file_write_durable(path, S("0123"), 0600));
	assert_rc(house_master_key(a, &c, &k, &why), ERR_PARSE);
	assert_ok(file_write_durable(path, S("00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF\n"), 0600));
	assert_ok(house_master_key(a, &c, &k, &why));
	assert_int_equal(k.b[1], 0x11);
	assert_int_equal(k.b[31], 0xff);
}

static void a_folder_is_locked_for_one(void **state)
{
	int first, second;
	str why;

	assert_ok(house_lock(a, str_c(dir), &first, &why));
	assert_rc(house_lock(a, str_c(dir), &second, &why), ERR_BUSY);
	assert_true(str_contains(why, str_fmt(a, "process %ld", (long)getpid())));
	close(first);
	assert_ok(house_lock(a, str_c(dir), &second, &why));
	close(second);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(clerks_get_a_host_of_their_own, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_no_safe_origin_is_refused_with_a_reason, setup, teardown),
		cmocka_unit_test_setup_teardown(a_demo_makes_its_master_key_once, setup, teardown),
		cmocka_unit_test_setup_teardown(a_lost_master_key_is_not_replaced_where_keys_wait_for_it, setup, teardown),
		cmocka_unit_test_setup_teardown(outside_a_demo_the_master_key_must_be_given, setup, teardown),
		cmocka_unit_test_setup_teardown(a_folder_is_locked_for_one, setup, teardown),
	};

	return cmocka_run_group_tests_name("house", tests, NULL, NULL);
}
