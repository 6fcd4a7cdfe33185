/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/testing.h"

#include <sys/wait.h>
#include <unistd.h>

static void every_code_has_a_name_and_a_text(void **state)
{
#define E(name, number, text)                         \
	assert_string_equal(err_name(number), #name); \
	assert_string_equal(err_text(number), text);  \
	assert_true(number < 0);
#include "base/errors.def"
#undef E
	assert_string_equal(err_name(0), "OK");
}

static void an_unknown_code_is_named_so(void **state)
{
	assert_string_equal(err_name(-9999), "UNKNOWN");
	assert_non_null(err_text(12345));
}

static int two_steps(int first, int *reached)
{
	TRY(first);
	*reached = 1;
	return 7;
}

static void try_returns_the_code_at_once_and_goes_on_after_success(void **state)
{
	int reached = 0;
	assert_int_equal(two_steps(ERR_IO, &reached), ERR_IO);
	assert_int_equal(reached, 0);
	assert_int_equal(two_steps(0, &reached), 7);
	assert_int_equal(two_steps(3, &reached), 7);
	assert_int_equal(reached, 1);
}

static void err_die_writes_its_reason_and_ends_the_process(void **state)
{
	int fds[2], status;
	char got[100] = "";
	assert_int_equal(pipe(fds), 0);
	pid_t pid = fork();
	if (pid == 0) {
		dup2(fds[1], STDERR_FILENO);
		err_die("no more paper");
	}
	close(fds[1]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(read(fds[0], got, sizeof got - 1) > 0);
	close(fds[0]);
	assert_string_equal(got, "schalter: no more paper\n");
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), ERR_DIE_STATUS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_code_has_a_name_and_a_text),
		cmocka_unit_test(an_unknown_code_is_named_so),
		cmocka_unit_test(try_returns_the_code_at_once_and_goes_on_after_success),
		cmocka_unit_test(err_die_writes_its_reason_and_ends_the_process),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
