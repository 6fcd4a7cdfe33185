/* SPDX-License-Identifier: EUPL-1.2 */
#include "main/metrics.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "jobs/worker.h"
#include "usecase/catalog.h"
#include "web/http.h"

struct metrics {
	struct arena *arena;
	struct house *house;
	int fd, stop;
	pthread_t thread;
};

/* ---- the text ---- */

static void metric(struct buf *b, const char *name, const char *type, const char *help)
{
	buf_fmt(b, "# HELP schalter_%s %s\n# TYPE schalter_%s %s\n", name, help, name, type);
}

static void one(struct buf *b, const char *name, const char *type, const char *help, uint64_t value)
{
	metric(b, name, type, help);
	buf_fmt(b, "schalter_%s %llu\n", name, (unsigned long long)value);
}

static void write_http(struct buf *b)
{
	struct http_stats s;

	http_stats(&s);
	metric(b, "requests_total", "counter", "Requests answered, by class of status.");
	for (int i = 1; i < 6; i++)
		buf_fmt(b, "schalter_requests_total{class=\"%dxx\"} %llu\n", i, (unsigned long long)s.by_class[i]);
	metric(b, "request_seconds_total", "counter", "Time from headers to reply, summed up.");
	buf_fmt(b, "schalter_request_seconds_total %llu.%06llu\n", (unsigned long long)s.micros / 1000000, (unsigned long long)s.micros % 1000000);
	one(b, "requests_refused_busy_total", "counter", "Requests refused because a queue was full.", s.busy);
}

static void write_database(struct buf *b, struct house *h)
{
	struct db_stats s;
	struct statvfs disk;

	db_stats(h->db, &s);
	one(b, "units_total", "counter", "Units of work committed.", s.units);
	one(b, "unit_batches_total", "counter", "Commits; one carries many units.", s.batches);
	one(b, "unit_retries_total", "counter", "Units run again after a transient failure.", s.retries);
	one(b, "unit_failures_total", "counter", "Units that failed.", s.failures);
	one(b, "units_waiting", "gauge", "Units that wait for the writer.", s.waiting);
	one(b, "readonly", "gauge", "1 while the disk is full or lost.", db_readonly(h->db));
	if (h->work)
		one(b, "work_waiting", "gauge", "Slow work that waits for a thread.", pool_waiting(h->work));
	if (!statvfs(str_z(b->arena, h->conf.data), &disk))
		one(b, "data_free_bytes", "gauge", "Room left where the data lies.", (uint64_t)disk.f_bavail * disk.f_frsize);
}

/* Age and number of what the outbox has not done yet, over all tenants. */
static void write_outbox(struct buf *b, struct house *h)
{
	AUTO(db_read_done) struct dbc *db = NULL;
	AUTO(rows_done) struct rows *r = NULL;
	int64_t now = clock_now(h->clock).us, late = 0;

	if (db_read(h->db, TENANT_ALL, 0, &db) < 0 ||
	    db_query(db, &r, SQL_ALL_TENANTS("operator's figures, no content", "SELECT state, COUNT(*), MIN(due_at) FROM outbox WHERE state <> 2 GROUP BY state")) < 0)
		return;
	metric(b, "outbox_rows", "gauge", "Hand-overs and mails not done, by state.");
	while (rows_next(r)) {
		const char *state = row_int(r, 0) == 1 ? "waiting" : "given_up";

		buf_fmt(b, "schalter_outbox_rows{state=\"%s\"} %lld\n", state, (long long)row_int(r, 1));
		if (row_int(r, 0) == 1 && row_int(r, 2) < now)
			late = now - row_int(r, 2);
	}
	one(b, "outbox_late_seconds", "gauge", "By how much the oldest waiting row is over its time.", (uint64_t)late / 1000000);
}

/* A job whose last success is long ago is what an operator wants to be woken for. */
static void write_jobs(struct buf *b)
{
	struct job_stats s[16];
	size_t n = jobs_stats(s, sizeof s / sizeof *s);

	metric(b, "job_runs_total", "counter", "Runs of a background job.");
	for (size_t i = 0; i < n; i++)
		buf_fmt(b, "schalter_job_runs_total{job=\"%s\"} %llu\n", s[i].name, (unsigned long long)s[i].runs);
	metric(b, "job_failures_total", "counter", "Runs that failed.");
	for (size_t i = 0; i < n; i++)
		buf_fmt(b, "schalter_job_failures_total{job=\"%s\"} %llu\n", s[i].name, (unsigned long long)s[i].failures);
	metric(b, "job_done_total", "counter", "Rows that a job has dealt with.");
	for (size_t i = 0; i < n; i++)
		buf_fmt(b, "schalter_job_done_total{job=\"%s\"} %llu\n", s[i].name, (unsigned long long)s[i].done);
	metric(b, "job_last_success_seconds", "gauge", "When the job last ended well (Unix time); 0: not yet.");
	for (size_t i = 0; i < n; i++)
		buf_fmt(b, "schalter_job_last_success_seconds{job=\"%s\"} %lld\n", s[i].name, (long long)s[i].last_ok_us / 1000000);
}

/* Definitions in force, so that a package that did not load is seen. */
static void write_catalog(struct buf *b, struct house *h)
{
	size_t n;

	(void)catalog_services(h->catalog, &n);
	one(b, "services", "gauge", "Services in the catalogue.", n);
}

void metrics_write(struct buf *b, struct house *h)
{
	metric(b, "info", "gauge", "Version of the program.");
	buf_fmt(b, "schalter_info{version=\"%s\",engine=\"%s\"} 1\n", SCHALTER_VERSION, db_engine(h->db) == DB_SQLITE ? "sqlite" : "postgresql");
	write_http(b);
	write_database(b, h);
	write_outbox(b, h);
	write_jobs(b);
	write_catalog(b, h);
}

/* ---- the listener ---- */

static int listen_at(struct arena *a, str where, int *ret_fd)
{
	struct addrinfo want = { .ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM }, *list = NULL;
	size_t colon = where.n;
	int on = 1, fd;

	while (colon && where.p[colon - 1] != ':')
		colon--;
	if (colon < 2)
		return ERR_PARSE;
	str host = str_sub(where, 0, colon - 1);
	if (host.p[0] == '[' && host.p[host.n - 1] == ']')
		host = str_sub(host, 1, host.n - 1);
	if (getaddrinfo(str_z(a, host), str_z(a, str_sub(where, colon, where.n)), &want, &list))
		return ERR_PARSE;
	fd = socket(list->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0)
		(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	bool bound = fd >= 0 && !bind(fd, list->ai_addr, list->ai_addrlen) && !listen(fd, 16);
	freeaddrinfo(list);
	if (!bound) {
		if (fd >= 0)
			close(fd);
		return ERR_IO;
	}
	*ret_fd = fd;
	return 0;
}

static void send_all(int fd, str s)
{
	while (s.n) {
		ssize_t n = send(fd, s.p, s.n, MSG_NOSIGNAL);

		if (n <= 0)
			return;
		s = str_sub(s, (size_t)n, s.n);
	}
}

static void answer(struct metrics *m, int fd)
{
	AUTO(arena_freep) struct arena *a = arena_new(16 * 1024);
	struct buf b = buf_new(a, 8192), head = buf_new(a, 256);
	struct timeval limit = { .tv_sec = 2 };
	char in[2048];
	ssize_t n;

	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
	n = recv(fd, in, sizeof in, 0);
	if (n <= 0)
		return;
	bool known = str_has_prefix(str_n(in, (size_t)n), S("GET /metrics "));
	if (known)
		metrics_write(&b, m->house);
	else
		buf_put(&b, S("GET /metrics\n"));
	buf_fmt(&head, "HTTP/1.1 %s\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n",
		known ? "200 OK" : "404 Not Found", b.n);
	send_all(fd, buf_str(&head));
	send_all(fd, buf_str(&b));
}

static void *serve(void *arg)
{
	struct metrics *m = arg;
	struct pollfd p[2] = { { .fd = m->fd, .events = POLLIN }, { .fd = m->stop, .events = POLLIN } };

	for (;;) {
		if (poll(p, 2, -1) < 0 && errno != EINTR)
			return NULL;
		if (p[1].revents)
			return NULL;
		if (!(p[0].revents & POLLIN))
			continue;
		int fd = accept4(m->fd, NULL, NULL, SOCK_CLOEXEC);
		if (fd >= 0) {
			answer(m, fd);
			close(fd);
		}
	}
}

int metrics_start(struct house *h, struct metrics **ret, str *ret_why)
{
	struct arena *a = arena_new(1024);
	struct metrics *m = ARENA_NEW(a, struct metrics);
	int rc = listen_at(a, h->conf.metrics, &m->fd);

	if (rc < 0) {
		*ret_why = rc == ERR_PARSE ? S("metrics: must be an address and a port, 127.0.0.1:9090 or [::1]:9090")
					   : S("metrics: cannot listen there; is the port taken?");
		return rc;
	}
	m->arena = a;
	m->house = h;
	m->stop = eventfd(0, EFD_CLOEXEC);
	if (m->stop < 0 || pthread_create(&m->thread, NULL, serve, m)) {
		*ret_why = S("metrics: no thread could be started");
		return ERR_IO;
	}
	*ret = m;
	return 0;
}

void metrics_stop(struct metrics *m)
{
	uint64_t one_more = 1;

	if (write(m->stop, &one_more, sizeof one_more) == sizeof one_more)
		pthread_join(m->thread, NULL);
	close(m->fd);
	close(m->stop);
	arena_free(m->arena);
}
