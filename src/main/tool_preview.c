/* SPDX-License-Identifier: EUPL-1.2 */
/* schalter preview: the server on one package, in a folder that is removed at the end. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "main/serve.h"
#include "main/tools.h"
#include "usecase/preview.h"

/* The data folder is flat. */
static void remove_folder(struct arena *a, const char *path)
{
	str *name;
	size_t n = 0;

	if (dir_list(a, path, &name, &n) < 0)
		n = 0;
	for (size_t i = 0; i < n; i++)
		(void)unlink(str_z(a, str_fmt(a, "%s/%.*s", path, STR_FMT(name[i]))));
	(void)rmdir(path);
}

/* The server closes its sandbox, and from inside nobody may remove the folder itself: a parent outside does so when the server has ended.
 * Gives true in the process that serves. */
static bool serves(int *ret_status)
{
	sigset_t s, before;
	pid_t child;
	int sig, status = 0;

	sigemptyset(&s);
	sigaddset(&s, SIGINT);
	sigaddset(&s, SIGTERM);
	sigaddset(&s, SIGCHLD);
	sigprocmask(SIG_BLOCK, &s, &before);
	child = fork();
	if (child <= 0) {
		sigprocmask(SIG_SETMASK, &before, NULL);
		(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
		return true;
	}
	while (waitpid(child, &status, WNOHANG) != child) {
		(void)sigwait(&s, &sig);
		if (sig != SIGCHLD)
			(void)kill(child, SIGTERM);
	}
	*ret_status = WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_WRONG;
	return false;
}

int tool_preview(struct run *r)
{
	const char *temp = getenv("TMPDIR"), *dir;
	char *path = (char *)(uintptr_t)str_z(r->arena, r->arg[0]), *real = realpath(path, NULL);
	char *data = (char *)(uintptr_t)str_z(r->arena, str_fmt(r->arena, "%s/schalter-preview-XXXXXX", temp && *temp ? temp : "/tmp"));
	struct serving s = { .notify_fd = -1 };
	int rc;

	dir = real ? str_z(r->arena, str_c(real)) : path;
	AUTO(arena_free_foreign) void *foreign = real;
	(void)foreign;
	if (!file_exists(str_z(r->arena, str_fmt(r->arena, "%s/service.yaml", dir))))
		return command_fail(r, "%s: no service package (service.yaml is missing); for a first one see docs/adding-a-service.md", dir);
	if (!mkdtemp(data))
		return command_fail(r, "%s: cannot be made; TMPDIR may name another folder", data);
	if (preview_watch(r->arena, str_c(dir), &s.notify_fd) < 0) {
		remove_folder(r->arena, data);
		return command_fail(r, "%s: cannot be watched (inotify)", dir);
	}
	log_open(STDERR_FILENO, LOG_WARN);
	r->conf.data = str_c(data);
	r->conf.services = str_c(dir);
	r->conf.demo = true;
	r->conf.database = r->conf.key_database = r->conf.master_key_file = r->conf.identity_url = r->conf.smtp_url = STR_EMPTY;
	r->conf.rate_per_minute = 0;
	s.preview = str_c(dir);
	if (serves(&rc))
		return serve_run(r, &s);
	close(s.notify_fd);
	remove_folder(r->arena, data);
	return rc;
}
