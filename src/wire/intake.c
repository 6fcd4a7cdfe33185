/* SPDX-License-Identifier: EUPL-1.2 */
#include "wire/intake.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "base/clock.h"
#include "base/proc.h"
#include "wire/intake_frame.h"

#define PROCESSES_MAX 16

struct intake {
	struct arena *arena;
	pthread_mutex_t lock;
	pthread_cond_t free_slot;
	const char *program;
	unsigned n, seconds;
	struct proc slot[PROCESSES_MAX];
	bool busy[PROCESSES_MAX];
};

static int spawn(const struct intake *in, struct proc *ret)
{
	return proc_spawn(in->program, (const char *[]){ "schalter-intake", NULL }, ret);
}

int intake_start(unsigned processes, const char *program, struct intake **ret)
{
	if (processes < 1 || processes > PROCESSES_MAX)
		return ERR_INVALID;

	struct arena *a = arena_new(4096);
	struct intake *in = ARENA_NEW(a, struct intake);
	pthread_condattr_t monotonic;

	in->arena = a;
	in->program = str_z(a, str_c(program));
	in->n = processes;
	in->seconds = INTAKE_SECONDS;
	pthread_mutex_init(&in->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&in->free_slot, &monotonic);
	pthread_condattr_destroy(&monotonic);
	for (unsigned i = 0; i < processes; i++) {
		int rc = spawn(in, &in->slot[i]);
		if (rc < 0) {
			intake_stop(in);
			return rc;
		}
	}
	*ret = in;
	return OK;
}

void intake_set_seconds(struct intake *in, unsigned seconds)
{
	in->seconds = seconds;
}

void intake_stop(struct intake *in)
{
	if (!in)
		return;
	for (unsigned i = 0; i < in->n; i++)
		proc_end(&in->slot[i]);
	pthread_cond_destroy(&in->free_slot);
	pthread_mutex_destroy(&in->lock);
	arena_free(in->arena);
}

static int slot_take(struct intake *in, unsigned *ret)
{
	struct timespec until;
	int rc = ERR_BUSY;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += in->seconds;
	pthread_mutex_lock(&in->lock);
	for (int waited = 0; rc != OK && waited == 0;) {
		for (unsigned i = 0; i < in->n && rc != OK; i++) {
			if (in->busy[i])
				continue;
			in->busy[i] = true;
			*ret = i;
			rc = OK;
		}
		if (rc != OK)
			waited = pthread_cond_timedwait(&in->free_slot, &in->lock, &until);
	}
	pthread_mutex_unlock(&in->lock);
	return rc;
}

static void slot_give(struct intake *in, unsigned i)
{
	pthread_mutex_lock(&in->lock);
	in->busy[i] = false;
	pthread_cond_signal(&in->free_slot);
	pthread_mutex_unlock(&in->lock);
}

/* --- talking, with one deadline over all of it (monotonic microseconds) */

static int wait_for(int fd, short events, int64_t deadline)
{
	struct pollfd w = { .fd = fd, .events = events };

	for (;;) {
		int64_t left = deadline - clock_monotonic_us();
		if (left <= 0)
			return ERR_TIMEOUT;
		int n = poll(&w, 1, (int)(left / 1000) + 1);
		if (n > 0)
			return OK;
		if (n < 0 && errno != EINTR)
			return ERR_IO;
	}
}

static int send_all(int fd, str s, int64_t deadline)
{
	while (s.n) {
		ssize_t k = send(fd, s.p, s.n, MSG_NOSIGNAL);
		if (k > 0)
			s = str_sub(s, (size_t)k, s.n);
		else if (errno == EAGAIN || errno == EINTR)
			TRY(wait_for(fd, POLLOUT, deadline));
		else
			return ERR_IO;
	}
	return OK;
}

static int receive_all(int fd, void *to, size_t n, int64_t deadline)
{
	for (size_t got = 0; got < n;) {
		ssize_t k = recv(fd, (char *)to + got, n - got, 0);
		if (k > 0)
			got += (size_t)k;
		else if (k < 0 && (errno == EAGAIN || errno == EINTR))
			TRY(wait_for(fd, POLLIN, deadline));
		else
			return ERR_IO;
	}
	return OK;
}

static int ask(struct arena *a, int fd, unsigned seconds, str bytes, unsigned accept, struct intake_result *ret)
{
	int64_t deadline = clock_monotonic_us() + INSTANT_S(seconds);
	uint8_t request[INTAKE_REQUEST_HEAD], answer[INTAKE_ANSWER_HEAD];
	size_t n;

	intake_request_head(request, bytes.n, accept);
	TRY(send_all(fd, str_n(request, sizeof request), deadline));
	TRY(send_all(fd, bytes, deadline));
	TRY(receive_all(fd, answer, sizeof answer, deadline));
	TRY(intake_answer_head(answer, &n));
	char *content = arena_alloc_raw(a, n);
	TRY(receive_all(fd, content, n, deadline));
	return intake_answer_read(a, str_n(content, n), ret);
}

/* A process that has died while it waited (killed from outside) is no fault of the upload. */
static int slot_ready(const struct intake *in, struct proc *p)
{
	struct pollfd w = { .fd = p->fd, .events = POLLIN };

	if (p->pid > 0 && poll(&w, 1, 0) > 0)
		proc_end(p);
	return p->pid > 0 ? OK : spawn(in, p);
}

int intake_check(struct arena *a, struct intake *in, str bytes, unsigned accept, struct intake_result *ret)
{
	enum intake_type type = intake_sniff(bytes);
	unsigned i = 0;

	*ret = (struct intake_result){ .type = type, .verdict = bytes.n ? INTAKE_WRONG_TYPE : INTAKE_EMPTY };
	if (bytes.n > INTAKE_BYTES_MAX)
		return ERR_LIMIT;
	if (type == INTAKE_UNKNOWN || !(accept & type))
		return OK;

	TRY(slot_take(in, &i));
	int rc = slot_ready(in, &in->slot[i]);
	if (rc == OK) {
		int said = ask(a, in->slot[i].fd, in->seconds, bytes, accept, ret);
		if (said == OK && ret->type != type)
			said = ERR_PARSE;
		if (said < 0)
			*ret = (struct intake_result){ .type = type,
				.verdict = said == ERR_TIMEOUT ? INTAKE_TOO_SLOW : INTAKE_BROKEN };
		/* whatever this upload has done to the process, the next one does not meet it; if no new one starts, the next call says so */
		proc_end(&in->slot[i]);
		if (spawn(in, &in->slot[i]) < 0)
			in->slot[i].pid = 0;
	}
	slot_give(in, i);
	return rc < 0 ? ERR_IO : OK;
}
