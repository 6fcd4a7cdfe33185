/* SPDX-License-Identifier: EUPL-1.2 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/sandbox.h"
#include "base/testing.h"

/* Runs fn in a child, for a sandbox cannot be left again; gives the wait status. fn returns the exit status. */
static int in_child(int (*fn)(void))
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(fn());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}
#define assert_exits_0(fn) (status_ = in_child(fn), assert_true(WIFEXITED(status_)), assert_int_equal(WEXITSTATUS(status_), 0))
static int status_;

#define WANT(number, condition)                \
	do {                                   \
		if (!(condition))              \
			return number;         \
	} while (0)

static int files(void)
{
	bool enforced;
	int open_before = open("/etc/passwd", O_RDONLY);
	char byte;

	WANT(1, sandbox_harden() == OK);
	WANT(2, sandbox_files((const char *[]){ "/usr", "/etc/hostname", "/nonexistent", NULL }, (const char *[]){ "/tmp", NULL },
			&enforced) == OK);
	if (!enforced)
		return 77;
	WANT(3, open("/usr/bin/env", O_RDONLY) >= 0);
	WANT(4, open("/etc/hostname", O_RDONLY) >= 0);
	WANT(5, open("/etc/passwd", O_RDONLY) < 0 && errno == EACCES);
	WANT(6, open("/etc/hostname", O_WRONLY) < 0);
	WANT(7, open("/usr/x", O_WRONLY | O_CREAT, 0600) < 0);
	int mine = open("/tmp", O_TMPFILE | O_RDWR, 0600);
	WANT(8, mine >= 0);
	WANT(9, read(open_before, &byte, 1) == 1);
	return 0;
}

static void only_listed_files_can_be_opened(void **state)
{
	int status = in_child(files);

	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77)
		skip(); /* this kernel has no landlock */
	assert_int_equal(WEXITSTATUS(status), 0);
}

static int intake_calls(void)
{
	WANT(1, sandbox_harden() == OK);
	WANT(2, sandbox_calls(SANDBOX_INTAKE, true) == OK);
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	WANT(3, p != MAP_FAILED);
	WANT(4, mprotect(p, 4096, PROT_READ | PROT_EXEC) < 0 && errno == EPERM);
	WANT(5, mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED);
	WANT(6, open("/etc/hostname", O_RDONLY) >= 0);
	WANT(7, open("/etc/hostname", O_WRONLY) < 0 && errno == EPERM);
	WANT(8, open("/tmp/x", O_RDONLY | O_CREAT, 0600) < 0 && errno == EPERM);
	WANT(9, socket(AF_INET, SOCK_STREAM, 0) < 0 && errno == EPERM);
	WANT(10, socket(AF_UNIX, SOCK_STREAM, 0) < 0 && errno == EPERM);
	WANT(11, unlink("/tmp/x") < 0 && errno == EPERM);
	WANT(12, kill(getpid(), 0) < 0 && errno == EPERM);
	return 0;
}

static int intake_without_files(void)
{
	WANT(1, sandbox_calls(SANDBOX_INTAKE, false) == OK);
	WANT(2, open("/etc/hostname", O_RDONLY) < 0 && errno == EPERM);
	return 0;
}

static void intake_can_compute_and_read_and_nothing_more(void **state)
{
	assert_exits_0(intake_calls);
	assert_exits_0(intake_without_files);
}

static int intake_executes(void)
{
	if (sandbox_calls(SANDBOX_INTAKE, true) < 0)
		return 1;
	execl("/bin/true", "true", NULL);
	return 2;
}

static int serve_traces(void)
{
	if (sandbox_calls(SANDBOX_SERVE, true) < 0)
		return 1;
	ptrace(PTRACE_TRACEME, 0, NULL, NULL);
	return 2;
}

static void what_only_an_attack_needs_ends_the_process(void **state)
{
	int status = in_child(intake_executes);

	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS);
	status = in_child(serve_traces);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS);
}

static int serve_calls(void)
{
	WANT(1, sandbox_calls(SANDBOX_SERVE, true) == OK);
	WANT(2, socket(AF_INET, SOCK_STREAM, 0) >= 0);
	WANT(3, socket(AF_INET6, SOCK_STREAM, 0) >= 0 || errno != EPERM);
	WANT(4, socket(AF_UNIX, SOCK_STREAM, 0) >= 0);
	WANT(5, socket(AF_NETLINK, SOCK_RAW, 0) >= 0);
	WANT(6, socket(AF_PACKET, SOCK_RAW, 0) < 0 && errno == EAFNOSUPPORT);
	WANT(7, socket(AF_VSOCK, SOCK_STREAM, 0) < 0 && errno == EAFNOSUPPORT);
	pid_t pid = fork(); /* helpers are started and restarted */
	if (pid == 0) {
		execl("/bin/true", "true", NULL);
		_exit(1);
	}
	int status;
	WANT(8, waitpid(pid, &status, 0) == pid && status == 0);
	return 0;
}

static void a_server_can_do_its_work(void **state)
{
	assert_exits_0(serve_calls);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_listed_files_can_be_opened),
		cmocka_unit_test(intake_can_compute_and_read_and_nothing_more),
		cmocka_unit_test(what_only_an_attack_needs_ends_the_process),
		cmocka_unit_test(a_server_can_do_its_work),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
