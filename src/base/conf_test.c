/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/testing.h"

#include <unistd.h>

#include "base/conf.h"
#include "base/file.h"

static struct arena *a;
static struct conf c;
static str why;

static int begin(void **state)
{
	a = arena_new(4096);
	conf_defaults(&c);
	why = STR_EMPTY;
	return 0;
}

static int end(void **state)
{
	arena_free(a);
	return 0;
}

static void defaults_are_those_of_the_table(void **state)
{
	assert_int_equal(c.port, 8080);
	assert_s(c.data, "./data");
	assert_false(c.demo);
	assert_s(c.database, "");
}

static void names_are_forgiving_and_values_checked(void **state)
{
	assert_ok(conf_set(a, &c, S("port"), S("0"), &why));
	assert_int_equal(c.port, 0);
	assert_ok(conf_set(a, &c, S("key-backup-days"), S(" 7 "), &why));
	assert_int_equal(c.key_backup_days, 7);
	assert_ok(conf_set(a, &c, S("SCHALTER_DEMO"), S("Yes"), &why));
	assert_true(c.demo);
	assert_ok(conf_set(a, &c, S("demo"), S("0"), &why));
	assert_false(c.demo);
	assert_rc(conf_set(a, &c, S("port"), S("65536"), &why), ERR_PARSE);
	assert_s(why, "port: must be a number from 0 to 65535, not \"65536\"");
	assert_rc(conf_set(a, &c, S("port"), S("http"), &why), ERR_PARSE);
	assert_rc(conf_set(a, &c, S("port"), S("99999999999999999999"), &why), ERR_PARSE);
	assert_rc(conf_set(a, &c, S("port"), S(""), &why), ERR_PARSE);
	assert_rc(conf_set(a, &c, S("demo"), S("maybe"), &why), ERR_PARSE);
	assert_s(why, "demo: must be true or false, not \"maybe\"");
	assert_rc(conf_set(a, &c, S("data"), S("a\nb"), &why), ERR_PARSE);
	assert_rc(conf_set(a, &c, S("data"), S("a\xff"), &why), ERR_PARSE);
	assert_rc(conf_set(a, &c, S("prot"), S("1"), &why), ERR_PARSE);
	assert_s(why, "prot: there is no such setting (--help lists all)");
	assert_int_equal(c.port, 0);
	assert_s(c.data, "./data");
}

static void the_environment_sets_what_it_names(void **state)
{
	char foreign[] = "PORT=1", port[] = "SCHALTER_PORT=9000",
	     origin[] = "SCHALTER_ORIGIN=https://x.example/?a=b";
	char unknown[] = "SCHALTER_UNKNOWN=1", no_value[] = "SCHALTER_DATA",
	     threads[] = "SCHALTER_THREADS=0";
	char *env[] = {foreign, port, origin, unknown, no_value, NULL};
	assert_ok(conf_load_env(a, &c, env, &why));
	assert_int_equal(c.port, 9000);
	assert_s(c.origin, "https://x.example/?a=b");
	char *bad[] = {threads, NULL};
	assert_rc(conf_load_env(a, &c, bad, &why), ERR_PARSE);
	assert_s(why,
		"environment: SCHALTER_THREADS: threads: must be a number from 1 to 64, not \"0\"");
}

static int load(const char *text)
{
	char path[] = "/tmp/schalter-conf-XXXXXX";
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	close(fd);
	assert_ok(file_write_durable(path, str_c(text), 0600));
	int rc = conf_load_file(a, &c, path, &why);
	unlink(path);
	why = str_replace(a, why, str_c(path), S("FILE"));
	return rc;
}

static void a_file_has_a_setting_a_line(void **state)
{
	assert_ok(load("# comment\r\n\n  port = 81 \r\nSCHALTER_DATA=\"/srv/my "
		       "data\"\nsmtp_from='a@b'\ndatabase=host=x dbname=y\norigin=\n"));
	assert_int_equal(c.port, 81);
	assert_s(c.data, "/srv/my data");
	assert_s(c.smtp_from, "a@b");
	assert_s(c.database, "host=x dbname=y");
	assert_s(c.origin, "");
	assert_rc(load("port=1\n\nthreads=many\n"), ERR_PARSE);
	assert_s(why, "FILE:3: threads: must be a number from 1 to 64, not \"many\"");
	assert_rc(load("port\n"), ERR_PARSE);
	assert_s(why, "FILE:1: expected NAME=VALUE");
	assert_rc(load("color=red"), ERR_PARSE);
	assert_rc(conf_load_file(a, &c, "/nowhere/at/all", &why), ERR_NOTFOUND);
	assert_s(why, "/nowhere/at/all: not found");
}

static void help_lists_every_setting(void **state)
{
	struct buf b = buf_new(a, 4096);
	conf_help(&b);
	str s = buf_str(&b);
	assert_true(str_contains(s, S("  --port=8080                     port on")));
	assert_true(str_contains(s, S("(0 to 65535)\n")));
#define SETTING_STR(name, fallback, help)              assert_true(str_contains(s, S(help)));
#define SETTING_INT(name, fallback, least, most, help) assert_true(str_contains(s, S(help)));
#define SETTING_BOOL(name, fallback, help)             assert_true(str_contains(s, S(help)));
#include "base/settings.def"
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(defaults_are_those_of_the_table, begin, end),
		cmocka_unit_test_setup_teardown(names_are_forgiving_and_values_checked, begin, end),
		cmocka_unit_test_setup_teardown(the_environment_sets_what_it_names, begin, end),
		cmocka_unit_test_setup_teardown(a_file_has_a_setting_a_line, begin, end),
		cmocka_unit_test_setup_teardown(help_lists_every_setting, begin, end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
