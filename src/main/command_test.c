/* SPDX-License-Identifier: EUPL-1.2 */
#include "main/command.h"

#include "base/testing.h"
#include "main/tools.h"

static struct arena *a;

static int setup(void **state)
{
	a = arena_new(4096);
	return 0;
}

static int teardown(void **state)
{
	arena_free(a);
	return 0;
}

static struct run run_new(void)
{
	return (struct run){ .arena = a, .program = "/usr/bin/schalter", .out = buf_new(a, 256), .err = buf_new(a, 256) };
}

static int read_args(struct run *r, const char *name, const char *const *arg)
{
	const struct command *c = NULL;
	str list[16];
	size_t n = 0;

	for (size_t i = 0; i < tools_n; i++)
		if (!strcmp(tools[i].name, name))
			c = &tools[i];
	assert_non_null(c);
	for (; arg[n]; n++)
		list[n] = str_c(arg[n]);
	return command_read(r, c, list, n);
}
#define READ(r, name, ...) read_args((r), (name), (const char *const[]){ __VA_ARGS__, NULL })

static void commands_of_one_and_two_words_are_found(void **state)
{
	const str one[] = { S("serve"), S("--demo") }, two[] = { S("clerk"), S("add"), S("x") }, half[] = { S("clerk"), S("nix") }, none[] = { S("nix") };
	size_t words;
	bool group;

	assert_string_equal(command_find(one, 2, &words, &group)->name, "serve");
	assert_int_equal(words, 1);
	assert_string_equal(command_find(two, 3, &words, &group)->name, "clerk add");
	assert_int_equal(words, 2);
	assert_null(command_find(half, 2, &words, &group));
	assert_true(group);
	assert_null(command_find(none, 1, &words, &group));
	assert_false(group);
	assert_null(command_find(none, 0, &words, &group));
}

static void values_stand_behind_an_equals_sign_or_alone(void **state)
{
	struct run r = run_new();

	assert_int_equal(READ(&r, "clerk add", "k.neu", "--tenant=dresden", "--name", "Kim Neu", "--demo", "--port", "81"), 0);
	assert_int_equal(r.args, 1);
	assert_s(r.arg[0], "k.neu");
	assert_s(command_option(&r, S("tenant")), "dresden");
	assert_s(command_option(&r, S("name")), "Kim Neu");
	assert_true(r.conf.demo);
	assert_int_equal(r.conf.port, 81);
}

static void behind_two_dashes_everything_is_an_argument(void **state)
{
	struct run r = run_new();

	assert_int_equal(READ(&r, "tenant set", "--", "leipzig", "--contact.phone=1"), 0);
	assert_int_equal(r.args, 2);
	assert_s(r.arg[1], "--contact.phone=1");
}

static void environment_loses_against_arguments(void **state)
{
	struct run r = run_new();

	setenv("SCHALTER_PORT", "82", 1);
	setenv("SCHALTER_THREADS", "5", 1);
	assert_int_equal(READ(&r, "serve", "--port", "83"), 0);
	unsetenv("SCHALTER_PORT");
	unsetenv("SCHALTER_THREADS");
	assert_int_equal(r.conf.port, 83);
	assert_int_equal(r.conf.threads, 5);
}

static void wrong_calls_end_with_status_2_and_a_hint(void **state)
{
	static const struct { const char *command, *arg[4], *word; } cases[] = {
		{ "serve", { "--nix" }, "no option --nix" },
		{ "serve", { "-x" }, "no option -x" },
		{ "serve", { "--port" }, "needs a value" },
		{ "serve", { "--port", "abc" }, "number" },
		{ "serve", { "extra" }, "too much" },
		{ "clerk add", { "--tenant", "x" }, "missing" },
		{ "case destroy", { "S26", "--yes=1" }, "takes no value" },
		{ "receipt verify", { "f", "--port", "1" }, "no option --port" },
		{ "clerk add", { "x", "--config", "/there/is/no/such/file" }, "--config" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct run r = run_new();

		assert_int_equal(read_args(&r, cases[i].command, cases[i].arg), EXIT_USAGE);
		assert_true(str_contains(buf_str(&r.err), str_c(cases[i].word)));
		assert_true(str_contains(buf_str(&r.err), S("--help")));
	}
}

static void every_command_explains_itself(void **state)
{
	struct buf b = buf_new(a, 4096);

	command_overview(&b, STR_EMPTY);
	for (size_t i = 0; i < tools_n; i++) {
		struct buf one = buf_new(a, 4096);

		assert_true(str_contains(buf_str(&b), str_c(tools[i].name)));
		command_help(&one, &tools[i]);
		assert_true(str_contains(buf_str(&one), str_c(tools[i].summary)));
		assert_non_null(tools[i].run);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(commands_of_one_and_two_words_are_found, setup, teardown),
		cmocka_unit_test_setup_teardown(values_stand_behind_an_equals_sign_or_alone, setup, teardown),
		cmocka_unit_test_setup_teardown(behind_two_dashes_everything_is_an_argument, setup, teardown),
		cmocka_unit_test_setup_teardown(environment_loses_against_arguments, setup, teardown),
		cmocka_unit_test_setup_teardown(wrong_calls_end_with_status_2_and_a_hint, setup, teardown),
		cmocka_unit_test_setup_teardown(every_command_explains_itself, setup, teardown),
	};

	return cmocka_run_group_tests_name("command", tests, NULL, NULL);
}
