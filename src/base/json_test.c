/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/testing.h"

#include <sys/wait.h>
#include <unistd.h>

#include "base/json.h"

static struct arena *a;
static struct buf b;
static struct json j;

static int begin(void **state)
{
	a = arena_new(1024);
	b = buf_new(a, 64);
	json_begin(&j, &b);
	return 0;
}

static int end(void **state)
{
	arena_free(a);
	return 0;
}

static void objects_and_arrays_get_their_commas(void **state)
{
	json_object(&j);
	json_kstr(&j, S("a"), S("x"));
	json_key(&j, S("list"));
	json_array(&j);
	json_int(&j, -5);
	json_array(&j);
	json_array_end(&j);
	json_object(&j);
	json_object_end(&j);
	json_null(&j);
	json_raw_number(&j, S("-1.50e+2"));
	json_array_end(&j);
	json_kint(&j, S("n"), INT64_MIN);
	json_kbool(&j, S("t"), true);
	json_key(&j, S("f"));
	json_bool(&j, false);
	json_object_end(&j);
	json_end(&j);
	assert_s(buf_str(&b),
		"{\"a\":\"x\",\"list\":[-5,[],{},null,-1.50e+2],\"n\":-9223372036854775808,\"t\":"
		"true,\"f\":false}");
}

static void strings_are_safe_inside_html(void **state)
{
	json_str(&j, S("</script><!-- & \"q\" \\ \n\r\t\b\f \x01\x1f\x7f äö€"));
	json_end(&j);
	assert_s(buf_str(&b),
		"\"\\u003c/script\\u003e\\u003c!-- \\u0026 \\\"q\\\" \\\\ \\n\\r\\t\\b\\f "
		"\\u0001\\u001f\\u007f äö€\"");
}

static void a_single_value_and_empty_strings(void **state)
{
	json_str(&j, STR_EMPTY);
	json_end(&j);
	assert_s(buf_str(&b), "\"\"");
}

static void value_without_key(void)
{
	json_object(&j);
	json_int(&j, 1);
}

static void key_outside_of_object(void)
{
	json_array(&j);
	json_key(&j, S("x"));
}

static void key_at_the_top(void)
{
	json_key(&j, S("x"));
}

static void two_keys(void)
{
	json_object(&j);
	json_key(&j, S("x"));
	json_key(&j, S("y"));
}

static void key_without_value(void)
{
	json_object(&j);
	json_key(&j, S("x"));
	json_object_end(&j);
}

static void wrong_end(void)
{
	json_array(&j);
	json_object_end(&j);
}

static void end_of_nothing(void)
{
	json_array_end(&j);
}

static void not_closed(void)
{
	json_object(&j);
	json_end(&j);
}

static void empty(void)
{
	json_end(&j);
}

static void two_values(void)
{
	json_int(&j, 1);
	json_int(&j, 2);
}

static void too_deep(void)
{
	for (int i = 0; i < 65; i++)
		json_array(&j);
}

static void no_number(void)
{
	json_raw_number(&j, S("01"));
}

static void injected_number(void)
{
	json_raw_number(&j, S("1,\"x\":2"));
}

static void no_exponent(void)
{
	json_raw_number(&j, S("1e"));
}

static void empty_number(void)
{
	json_raw_number(&j, STR_EMPTY);
}

static void broken_nesting_ends_the_process(void **state)
{
	static void (*const wrong[])(void) = {
		value_without_key,
		key_outside_of_object,
		key_at_the_top,
		two_keys,
		key_without_value,
		wrong_end,
		end_of_nothing,
		not_closed,
		empty,
		two_values,
		too_deep,
		no_number,
		injected_number,
		no_exponent,
		empty_number,
	};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		int status;
		pid_t pid = fork();
		if (pid == 0) {
			close(STDERR_FILENO);
			wrong[i]();
			_exit(0);
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		if (WEXITSTATUS(status) != ERR_DIE_STATUS)
			fail_msg("number %zu is let through", i);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(objects_and_arrays_get_their_commas, begin, end),
		cmocka_unit_test_setup_teardown(strings_are_safe_inside_html, begin, end),
		cmocka_unit_test_setup_teardown(a_single_value_and_empty_strings, begin, end),
		cmocka_unit_test_setup_teardown(broken_nesting_ends_the_process, begin, end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
