/* SPDX-License-Identifier: EUPL-1.2 */
/* schalter serve: opens the house, answers until SIGINT or SIGTERM, closes it. */
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/sandbox.h"
#include "jobs/worker.h"
#include "main/control.h"
#include "main/demo.h"
#include "main/house.h"
#include "main/metrics.h"
#include "main/serve.h"
#include "main/tools.h"
#include "usecase/preview.h"
#include "usecase/setup.h"
#include "web/dispatch.h"
#include "web/http.h"
#include "web/listen.h"

struct server {
	struct run *run;
	const struct serving *how;
	struct house_opening opening;
	struct control *control;
	struct metrics *metrics;
	struct http *http;
	struct jobs *jobs;
	int port;
};

/* The protocol of sd_notify(3): one datagram. Without a supervisor that asked for it: nothing. */
static void notify(const char *state)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	size_t n = path ? strlen(path) : 0;
	int fd;

	if (!n || n >= sizeof at.sun_path || (path[0] != '/' && path[0] != '@'))
		return;
	memcpy(at.sun_path, path, n);
	if (path[0] == '@')
		at.sun_path[0] = 0;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	(void)sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&at, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n));
	close(fd);
}

/* What the process may still reach: its data, and for reading programs, libraries, fonts, certificates, services and places. Before any
 * thread starts, so that all of them inherit it. LeakSanitizer needs ptrace, so sanitizer builds go without. */
static int close_sandbox(struct run *r, const struct serving *how)
{
#if !defined(__SANITIZE_ADDRESS__)
	struct arena *a = r->arena;
	const char *beside = str_z(a, str_sub(str_c(r->program), 0, strlen(r->program) - strlen(strrchr(r->program, '/') ? strrchr(r->program, '/') : "")));
	const char *const read_only[] = {
		"/usr", "/lib", "/lib64", "/bin", "/etc", "/proc", "/sys/devices/system/cpu", "/dev/urandom", "/dev/null", "/run/systemd/resolve",
		"/var/cache/fontconfig", "/var/lib/ca-certificates", beside, str_z(a, house_share(a, r->conf.services, r->program, "services")),
		str_z(a, house_share(a, r->conf.places, r->program, "places")),
		how->preview.n ? str_z(a, str_fmt(a, "%.*s/..", STR_FMT(how->preview))) : "/dev/null",
		r->conf.master_key_file.n ? str_z(a, r->conf.master_key_file) : "/dev/null", NULL,
	};
	const char *const read_write[] = { str_z(a, r->conf.data), how->preview.n ? str_z(a, how->preview) : "/dev/null", "/dev/null", NULL };
	bool files;

	if (sandbox_files(read_only, read_write, &files) < 0 || sandbox_calls(SANDBOX_SERVE, files) < 0)
		return command_fail(r, "the sandbox (landlock, seccomp) could not be closed; nothing is served without it");
	log_event(LOG_INFO, "sandbox", "files", files ? S("landlock") : S("not in this kernel"), "calls", S("seccomp"), NULL);
#endif
	return 0;
}

static void raise_limits(void)
{
	struct rlimit l;

	if (!getrlimit(RLIMIT_NOFILE, &l)) {
		l.rlim_cur = l.rlim_max < 65536 ? l.rlim_max : 65536;
		(void)setrlimit(RLIMIT_NOFILE, &l);
	}
}

/* SIGINT and SIGTERM are taken by the main thread alone; a broken pipe is an error code, not a death. */
static sigset_t block_signals(void)
{
	sigset_t s;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&s);
	sigaddset(&s, SIGINT);
	sigaddset(&s, SIGTERM);
	sigaddset(&s, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &s, NULL);
	return s;
}

static int start(struct server *s)
{
	struct run *r = s->run;
	struct house *h = s->opening.house;
	size_t added;
	str why = STR_EMPTY;
	int rc = setup_tenants(h, &added);

	if (rc < 0)
		return command_fail(r, "the authorities could not be set up: %s", err_text(rc));
	if (s->how->preview.n && preview_open(r->arena, h, s->how->preview, s->how->notify_fd, &h->preview) < 0)
		return command_fail(r, "%.*s: cannot be watched", STR_FMT(s->how->preview));
	if (h->conf.demo && !h->preview && demo_make(h, r) < 0)
		return EXIT_WRONG;
	dispatch_init(h);
	if (control_start(h, r->program, &s->control, &why) < 0)
		return command_fail(r, "%.*s", STR_FMT(why));
	if (h->conf.metrics.n && metrics_start(h, &s->metrics, &why) < 0)
		return command_fail(r, "%.*s", STR_FMT(why));
	if (http_start(h, &s->http, &s->port, &why) < 0)
		return command_fail(r, "port %lld: %.*s", (long long)h->conf.port, STR_FMT(why));
	if (jobs_start(h, &s->jobs) < 0)
		return command_fail(r, "no threads for the background jobs could be started");
	return 0;
}

static void stop(struct server *s)
{
	if (s->http)
		http_stop(s->http);
	if (s->jobs)
		jobs_stop(s->jobs);
	if (s->metrics)
		metrics_stop(s->metrics);
	if (s->control)
		control_stop(s->control);
	preview_close(s->opening.house->preview);
	s->opening.house->preview = NULL;
	house_close(&s->opening);
}

static void say(struct buf *b)
{
	fwrite(b->p, 1, b->n, stderr);
	buf_reset(b);
}

static void wait_for_end(const sigset_t *signals)
{
	int sig = 0;

	do
		(void)sigwait(signals, &sig);
	while (sig == SIGHUP);
	log_event(LOG_INFO, "stopping", "signal", sig == SIGINT ? S("INT") : S("TERM"), NULL);
}

static void say_ready(const struct server *s)
{
	if (s->how->preview.n)
		printf("Preview of %.*s: http://localhost:%d/vorschau\nEach save shows at once. Ctrl-C ends it; nothing is kept but recorded cases.\n",
		       STR_FMT(s->how->preview), s->port);
	else
		printf("Schalter is ready: http://127.0.0.1:%d/\n", s->port);
	fflush(stdout);
	log_event(LOG_INFO, "ready", "version", S(SCHALTER_VERSION), NULL);
}

int serve_run(struct run *r, const struct serving *how)
{
	struct server s = { .run = r, .how = how, .opening = { .conf = r->conf, .program = r->program } };
	sigset_t signals = block_signals();
	int rc;

	(void)listen_inherit();
	if (sandbox_harden() < 0)
		return command_fail(r, "the process cannot give up privileges (prctl): is this Linux 5.10 or newer?");
	raise_limits();
	if (dir_make(str_z(r->arena, r->conf.data), 0700) < 0)
		return command_fail(r, "data folder %.*s: cannot be made; make it, or choose another with --data", STR_FMT(r->conf.data));
	rc = close_sandbox(r, how);
	if (rc)
		return rc;
	if (house_open(r->arena, &s.opening) < 0) {
		findings_print(&r->err, &s.opening.findings);
		return command_fail(r, "%.*s", STR_FMT(s.opening.why));
	}
	findings_print(&r->err, &s.opening.findings);
	rc = start(&s);
	say(&r->err);
	if (!rc) {
		arena_give_back(); /* what reading places, services and texts took for a moment */
		say_ready(&s);
		notify("READY=1");
		wait_for_end(&signals);
		notify("STOPPING=1");
	}
	stop(&s);
	return rc;
}

int tool_serve(struct run *r)
{
	return serve_run(r, &(struct serving){ .notify_fd = -1 });
}
