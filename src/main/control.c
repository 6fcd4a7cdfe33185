/* SPDX-License-Identifier: EUPL-1.2 */
#include "main/control.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/json.h"
#include "base/log.h"
#include "main/command.h"

#define LINE_MAX_BYTES (1u << 20)	/* of a request */
#define REPLY_MAX_BYTES (64u << 20)
#define SECONDS 120

struct control {
	struct arena *arena;
	struct house *house;
	const char *program;
	struct sockaddr_un at;
	int fd, stop;
	pthread_t thread;
};

static void fd_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

/* A socket's name has 107 bytes: a longer data folder is reached through its descriptor. */
static int address(str data, struct sockaddr_un *ret)
{
	int n = snprintf(ret->sun_path, sizeof ret->sun_path, "%.*s/control.sock", STR_FMT(data));

	ret->sun_family = AF_UNIX;
	return n > 0 && (size_t)n < sizeof ret->sun_path ? 0 : ERR_LIMIT;
}

static int write_line(int fd, str s)
{
	while (s.n) {
		ssize_t n = send(fd, s.p, s.n, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return ERR_IO;
		s = str_sub(s, (size_t)n, s.n);
	}
	return 0;
}

static int read_line(struct arena *a, int fd, size_t max, str *ret)
{
	struct buf b = buf_new(a, 4096);
	char part[4096];

	while (b.n < max) {
		ssize_t n = read(fd, part, sizeof part);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN ? ERR_TIMEOUT : ERR_IO;
		if (!n)
			return ERR_PARSE;
		buf_putn(&b, part, (size_t)n);
		if (part[n - 1] == '\n') {
			*ret = str_sub(buf_str(&b), 0, b.n - 1);
			return 0;
		}
	}
	return ERR_LIMIT;
}

static void set_timeout(int fd, int seconds)
{
	struct timeval t = { .tv_sec = seconds };

	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof t);
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &t, sizeof t);
}

/* ---- the server's side ---- */

static bool peer_may(int fd)
{
	struct ucred who;
	socklen_t n = sizeof who;

	return !getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &n) && (who.uid == geteuid() || who.uid == 0);
}

static int run_command(struct control *c, struct run *r, str line)
{
	struct node_error e;
	struct node *n;
	const struct node *list;
	const struct command *cmd;
	size_t words;
	bool group;
	str *arg;

	if (node_parse_json(r->arena, line, &n, &e) < 0)
		return command_fail(r, "the server did not understand the call");
	list = node_get(n, S("args"));
	arg = ARENA_ARRAY(r->arena, str, node_count(list) + 1);
	for (size_t i = 0; i < node_count(list); i++)
		arg[i] = node_text(node_at(list, i));
	cmd = command_find(arg, node_count(list), &words, &group);
	if (!cmd || !(cmd->flags & (NEEDS_HOUSE | ALSO_REMOTE)))
		return command_fail(r, "the server does not know this command; is it of another version?");
	int rc = command_read(r, cmd, arg + words, node_count(list) - words);
	r->conf = c->house->conf; /* the server's own: what the caller has set concerns a house of its own */
	return rc ? rc : cmd->run(r);
}

static void answer(struct control *c, int fd)
{
	AUTO(arena_freep) struct arena *a = arena_new(64 * 1024);
	struct run r = { .arena = a, .program = c->program, .conf = c->house->conf, .house = c->house, .remote = true };
	struct buf b = buf_new(a, 4096);
	struct json j;
	int status;
	str line;

	set_timeout(fd, SECONDS);
	if (!peer_may(fd) || read_line(a, fd, LINE_MAX_BYTES, &line) < 0)
		return;
	r.out = buf_new(a, 4096);
	r.err = buf_new(a, 256);
	status = run_command(c, &r, line);
	json_begin(&j, &b);
	json_object(&j);
	json_kint(&j, S("status"), status);
	json_kstr(&j, S("out"), buf_str(&r.out));
	json_kstr(&j, S("err"), buf_str(&r.err));
	json_object_end(&j);
	json_end(&j);
	buf_putc(&b, '\n');
	(void)write_line(fd, buf_str(&b));
}

static void *serve(void *arg)
{
	struct control *c = arg;
	struct pollfd p[2] = { { .fd = c->fd, .events = POLLIN }, { .fd = c->stop, .events = POLLIN } };

	for (;;) {
		if (poll(p, 2, -1) < 0 && errno != EINTR)
			return NULL;
		if (p[1].revents)
			return NULL;
		if (p[0].revents & POLLIN) {
			int AUTO(fd_close) fd = accept4(c->fd, NULL, NULL, SOCK_CLOEXEC);

			if (fd >= 0)
				answer(c, fd);
		}
	}
}

int control_start(struct house *h, const char *program, struct control **ret, str *ret_why)
{
	struct arena *a = arena_new(1024);
	struct control *c = ARENA_NEW(a, struct control);

	*c = (struct control){ .arena = a, .house = h, .program = program };
	c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	c->stop = eventfd(0, EFD_CLOEXEC);
	if (address(h->conf.data, &c->at) < 0) {
		*ret_why = S("the path of the data folder is too long for its control socket (80 bytes at most)");
		return ERR_LIMIT;
	}
	(void)unlink(c->at.sun_path); /* we hold the lock of the folder: whose it was is gone */
	if (c->fd < 0 || c->stop < 0 || bind(c->fd, (struct sockaddr *)&c->at, sizeof c->at) < 0 || listen(c->fd, 16) < 0 ||
	    pthread_create(&c->thread, NULL, serve, c)) {
		*ret_why = S("the control socket could not be made in the data folder");
		fd_close(&c->fd);
		fd_close(&c->stop);
		arena_free(a);
		return ERR_IO;
	}
	*ret = c;
	return 0;
}

void control_stop(struct control *c)
{
	uint64_t one = 1;

	(void)unlink(c->at.sun_path);
	if (write(c->stop, &one, sizeof one) == sizeof one)
		pthread_join(c->thread, NULL);
	close(c->fd);
	close(c->stop);
	arena_free(c->arena);
}

/* ---- the tool's side ---- */

int control_ask(struct arena *a, str data, const str *arg, size_t args, struct buf *out, struct buf *err, int *ret_status)
{
	int AUTO(fd_close) fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct buf b = buf_new(a, 1024);
	struct sockaddr_un at = { 0 };
	struct node_error e;
	struct node *n;
	struct json j;
	int64_t status;
	str line;

	if (fd < 0 || address(data, &at) < 0 || connect(fd, (struct sockaddr *)&at, sizeof at) < 0)
		return errno == EACCES ? ERR_DENIED : ERR_NOTFOUND;
	json_begin(&j, &b);
	json_object(&j);
	json_key(&j, S("args"));
	json_array(&j);
	for (size_t i = 0; i < args; i++)
		json_str(&j, arg[i]);
	json_array_end(&j);
	json_object_end(&j);
	json_end(&j);
	buf_putc(&b, '\n');
	set_timeout(fd, SECONDS);
	TRY(write_line(fd, buf_str(&b)));
	TRY(read_line(a, fd, REPLY_MAX_BYTES, &line));
	TRY(node_parse_json(a, line, &n, &e));
	TRY(node_i64(node_get(n, S("status")), &status));
	buf_put(out, node_text_at(n, S("out")));
	buf_put(err, node_text_at(n, S("err")));
	*ret_status = (int)status;
	return 0;
}
