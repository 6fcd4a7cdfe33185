/* SPDX-License-Identifier: EUPL-1.2 */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "base/proc.h"
#include "base/testing.h"

/* Everything the child says until it closes. */
static size_t listen_to(struct proc *p, char *to, size_t most)
{
	size_t n = 0;

	for (;;) {
		struct pollfd w = { .fd = p->fd, .events = POLLIN };
		assert_int_equal(poll(&w, 1, 10000), 1);
		ssize_t k = read(p->fd, to + n, most - n);
		if (k <= 0)
			return n;
		n += (size_t)k;
	}
}

static void a_child_inherits_its_socket_and_nothing_else(void **state)
{
	struct proc p;
	char said[4096];
	/* a descriptor that lacks close-on-exec, as a careless library leaves it */
	int careless = fcntl(open("/etc/hostname", O_RDONLY), F_DUPFD, 30);

	assert_true(careless >= 0);
	setenv("SECRET_OF_THE_PARENT", "1", 1);
	assert_ok(proc_spawn("/bin/sh", (const char *[]){ "sh", "-c", "{ ls /proc/self/fd; env; } >&3", NULL }, &p));
	str all = str_n(said, listen_to(&p, said, sizeof said));
	proc_end(&p);
	close(careless);
	/* 0, 1, 2, 3 and the directory that ls itself has opened */
	assert_true(str_has_prefix(all, S("0\n1\n2\n3\n4\n")));
	assert_false(str_contains(all, S("30\n")));
	assert_false(str_contains(all, S("SECRET_OF_THE_PARENT")));
	assert_int_equal(p.pid, 0);
}

static void a_missing_program_is_reported(void **state)
{
	struct proc p;

	assert_rc(proc_spawn("/nonexistent/schalter-intake", (const char *[]){ "x", NULL }, &p), ERR_NOTFOUND);
	assert_int_equal(p.pid, 0);
	assert_rc(proc_spawn("/etc/hostname", (const char *[]){ "x", NULL }, &p), ERR_NOTFOUND);
	proc_end(&p);
}

static void a_child_is_gone_after_its_end(void **state)
{
	struct proc p;

	assert_ok(proc_spawn("/bin/sleep", (const char *[]){ "sleep", "1000", NULL }, &p));
	pid_t pid = p.pid;
	assert_int_equal(kill(pid, 0), 0);
	proc_end(&p);
	assert_int_equal(kill(pid, 0), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_child_inherits_its_socket_and_nothing_else),
		cmocka_unit_test(a_missing_program_is_reported),
		cmocka_unit_test(a_child_is_gone_after_its_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
