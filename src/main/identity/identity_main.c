/* SPDX-License-Identifier: EUPL-1.2 */
/* schalter-identity: the stand-in identity service; see main/identity/identity.h. Demonstrations and tests only. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "main/identity/identity_http.h"

static const char usage[] =
	"usage: schalter-identity [--port N] [--by-name] [--die-with-parent]\n"
	"A stand-in for an identity service, for demonstrations and tests: invented people, nobody proves anything.\n"
	"It serves 127.0.0.1 only and sends people back to this machine only.\n"
	"  --port N            default 8090; 0 takes any free one\n"
	"  --by-name           calls itself http://localhost:N instead of http://127.0.0.1:N\n"
	"  --die-with-parent   ends when the program that has started it ends\n"
	"It prints \"schalter-identity: ISSUER\" when it can answer; ISSUER is what the setting identity_url of schalter needs.\n";

static int die_with_parent(void)
{
	pid_t parent = getppid();

	if (prctl(PR_SET_PDEATHSIG, SIGTERM) < 0)
		return ERR_UNSUPPORTED;
	return getppid() == parent ? OK : ERR_NOTFOUND;
}

int main(int argc, char **argv)
{
	struct arena *app = arena_new(4096);
	struct identity_http *h;
	int64_t port = 8090;
	bool by_name = false;
	uint16_t got;
	sigset_t end;
	int sig;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--by-name") == 0) {
			by_name = true;
		} else if (strcmp(argv[i], "--die-with-parent") == 0) {
			if (die_with_parent() < 0)
				return 0;
		} else if (strcmp(argv[i], "--port") == 0 && i + 1 < argc && str_to_i64(str_c(argv[++i]), &port) == OK && port >= 0 &&
			   port <= 65535) {
			continue;
		} else {
			bool help = strcmp(argv[i], "--help") == 0;
			fputs(usage, help ? stdout : stderr);
			return help ? 0 : 64;
		}
	}
	sigemptyset(&end);
	sigaddset(&end, SIGINT);
	sigaddset(&end, SIGTERM);
	sigprocmask(SIG_BLOCK, &end, NULL); /* before there are threads: they inherit it */
	int rc = identity_http_start(app, (uint16_t)port, by_name, &h, &got);
	if (rc < 0) {
		fprintf(stderr, "schalter-identity: port %d of 127.0.0.1: %s\n", (int)port,
			rc == ERR_EXISTS ? "it is taken by another program; choose one with --port" : err_text(rc));
		return 70;
	}
	printf("schalter-identity: http://%s:%u\n", by_name ? "localhost" : "127.0.0.1", got);
	fflush(stdout);
	sigwait(&end, &sig);
	identity_http_stop(h);
	arena_free(app);
	return 0;
}
