/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* After fork in a process with threads: system calls only, nothing that takes a lock. */
static _Noreturn void become(const char *program, const char *const *argv, int socket_fd, int report_fd)
{
	static char path[] = "PATH=/usr/bin:/bin", lang[] = "LANG=C.UTF-8";
	char *const environment[] = { path, lang, NULL };
	sigset_t none;
	int null = open("/dev/null", O_RDWR);

	/* 4 reports a failed exec, then nothing is open but 0 to 4; both may lie on each other's place, so go over high numbers */
	socket_fd = fcntl(socket_fd, F_DUPFD, 10);
	report_fd = fcntl(report_fd, F_DUPFD, 10);
	if (null < 0 || socket_fd < 0 || report_fd < 0 || dup2(null, 0) < 0 || dup2(null, 1) < 0 || dup2(socket_fd, 3) < 0 ||
		dup3(report_fd, 4, O_CLOEXEC) < 0 || syscall(SYS_close_range, 5U, ~0U, 0) < 0)
		_exit(126);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execve(program, (char *const *)argv, environment);
	int why = errno;
	_exit(write(4, &why, sizeof why) == sizeof why ? 127 : 126);
}

static void reap(pid_t pid)
{
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

int proc_spawn(const char *program, const char *const *argv, struct proc *ret)
{
	int pair[2], report[2], why = 0;

	*ret = (struct proc){ .pid = 0, .fd = -1 };
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return ERR_IO;
	if (pipe2(report, O_CLOEXEC) < 0) {
		close(pair[0]);
		close(pair[1]);
		return ERR_IO;
	}
	pid_t pid = fork();
	if (pid == 0)
		become(program, argv, pair[1], report[1]);
	close(pair[1]);
	close(report[1]);
	/* the end of the pipe tells that exec has happened; a number, why it has not */
	ssize_t n = pid < 0 ? -1 : read(report[0], &why, sizeof why);
	close(report[0]);
	if (n != 0) {
		close(pair[0]);
		if (pid > 0)
			reap(pid);
		return pid > 0 && (why == ENOENT || why == EACCES || why == ENOEXEC) ? ERR_NOTFOUND : ERR_IO;
	}
	fcntl(pair[0], F_SETFL, O_NONBLOCK);
	*ret = (struct proc){ .pid = pid, .fd = pair[0] };
	return OK;
}

void proc_end(struct proc *p)
{
	if (p->pid <= 0)
		return;
	close(p->fd);
	kill(p->pid, SIGKILL);
	reap(p->pid);
	*p = (struct proc){ .pid = 0, .fd = -1 };
}
