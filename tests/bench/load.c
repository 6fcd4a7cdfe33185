/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A load generator that fills in real forms: virtual users with their own cookie follow the links and forms of the pages as a browser without
 * JavaScript would, on loopback only. Bounded in count and time. Prints one JSON object.
 *
 *	load PORT get PATH CLIENTS REQUESTS [COOKIE]
 *	load PORT journey SERVICE-PATH ANSWERS CLIENTS JOURNEYS          whole journeys, fresh session to confirmation
 *	load PORT steps SERVICE-PATH ANSWERS CLIENTS JOURNEYS            the same without sending; counts the step posts
 *	load PORT submit SERVICE-PATH ANSWERS CLIENTS DRAFTS             prepares drafts, then sends them all, closed loop
 *	load PORT submit-open SERVICE-PATH ANSWERS RATE DRAFTS           prepares drafts, then sends them at RATE a second, open loop
 *
 * ANSWERS: file of lines name=value, by input name; a journey that meets a field without an answer ends with an error.
 * Between preparing and sending it writes "ready" to stderr and waits for a line on stdin, so that the caller can read the server's CPU time.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#define BUFFER (256 * 1024)
#define TIME_LIMIT_US (180ll * 1000000)
#define STEPS_MAX 120

static int port;
static struct { char name[80], value[200]; } answer[300];
static size_t answers;

enum mode { GET, JOURNEY, STEPS, SUBMIT, SUBMIT_OPEN } static mode;

struct draft {
	char cookie[64], path[160], body[600];
};
struct user {
	int fd, steps;
	size_t address;
	char cookie[64], path[256];
	char *in;
	size_t in_n;
	int64_t sent_us, due_us;
	bool busy, posting, sending;
	struct draft *draft;
};

static const char *start_path;
static struct user *user;
static size_t users, done, target, started, failures, requests, posts, redirects;
static struct draft *draft;
static size_t drafts, draft_next;
static int64_t *latency;
static size_t latencies, latency_max;
static int ep;
static char first_failure[400];

static int64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(1);
}

static void read_answers(const char *path)
{
	char line[400];
	FILE *f = fopen(path, "r");

	if (!f)
		die("load: cannot read %s", path);
	while (fgets(line, sizeof line, f) && answers < sizeof answer / sizeof *answer) {
		char *eq = strchr(line, '=');

		line[strcspn(line, "\n")] = 0;
		if (!eq || line[0] == '#')
			continue;
		*eq = 0;
		snprintf(answer[answers].name, sizeof answer->name, "%s", line);
		snprintf(answer[answers++].value, sizeof answer->value, "%s", eq + 1);
	}
	fclose(f);
}

static const char *answer_of(const char *name, size_t n)
{
	for (size_t i = 0; i < answers; i++)
		if (strlen(answer[i].name) == n && !memcmp(answer[i].name, name, n))
			return answer[i].value;
	return NULL;
}

/* ---- one exchange ---- */

static void open_user(struct user *u)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int on = 1;
	struct epoll_event e = { .events = EPOLLIN, .data.ptr = u };

	u->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (u->fd < 0 || connect(u->fd, (struct sockaddr *)&a, sizeof a) < 0)
		die("load: cannot connect: %s", strerror(errno));
	setsockopt(u->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	if (epoll_ctl(ep, EPOLL_CTL_ADD, u->fd, &e) < 0)
		die("load: epoll: %s", strerror(errno));
}

static void send_request(struct user *u, const char *method, const char *path, const char *body)
{
	char head[1400], cookie[80] = "";
	size_t body_n = body ? strlen(body) : 0;
	int n;

	if (u->cookie[0])
		snprintf(cookie, sizeof cookie, "Cookie: schalter=%s\r\n", u->cookie);
	/* the server believes us as its proxy: every journey, and every 300 requests, come from another address, so that its rate limit stays on */
	unsigned who = (unsigned)getpid() * 4099u + (unsigned)(mode == GET ? requests / 300 : u->address);
	n = snprintf(head, sizeof head, "%s %s HTTP/1.1\r\nHost: localhost:%d\r\nX-Forwarded-For: 10.%u.%u.%u\r\n%s%s", method, path, port, who >> 16 & 255,
		who >> 8 & 255, who & 255, cookie, body ? "" : "\r\n");
	if (body)
		n += snprintf(head + n, sizeof head - (size_t)n, "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %zu\r\n\r\n%s", body_n, body);
	u->in_n = 0;
	u->busy = true;
	u->posting = body;
	u->sent_us = now_us();
	requests++;
	posts += body != NULL;
	if (n >= (int)sizeof head || write(u->fd, head, (size_t)n) != n)
		die("load: cannot send");
}

static void fail_user(struct user *u, const char *why)
{
	failures++;
	if (!first_failure[0])
		snprintf(first_failure, sizeof first_failure, "%.40s at %.120s: %.200s", why, u->path, u->in_n ? u->in : "");
	for (char *p = first_failure; *p; p++)
		if (*p == '"' || *p == '\\' || (unsigned char)*p < 32)
			*p = ' ';
	u->busy = false;
	done++;
}

/* ---- pages ---- */

static void put_encoded(char *out, size_t max, const char *v, size_t n)
{
	size_t at = strlen(out);

	for (size_t i = 0; i < n && at + 4 < max; i++) {
		unsigned char c = (unsigned char)v[i];

		if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || strchr("-_.~", c))
			out[at++] = (char)c;
		else
			at += (size_t)snprintf(out + at, 4, "%%%02X", c);
	}
	out[at] = 0;
}

static bool attribute(const char *tag, const char *end, const char *name, const char **ret, size_t *ret_n)
{
	size_t n = strlen(name);

	for (const char *p = tag; p + n + 2 < end; p++)
		if (p[0] == ' ' && !strncmp(p + 1, name, n) && p[n + 1] == '=' && p[n + 2] == '"') {
			*ret = p + n + 3;
			*ret_n = (size_t)(strchr(*ret, '"') - *ret);
			return true;
		}
	return false;
}

/* Builds the body of the page's form with an action (the last one inside <main>). false: a field has no answer. */
static bool fill_form(struct user *u, char *action, size_t action_max, char *body, size_t body_max)
{
	const char *main_at = strstr(u->in, "<main"), *form = NULL, *p, *v;
	size_t n;
	char seen[60][80];
	size_t seens = 0;

	for (p = main_at; p && (p = strstr(p, "<form")); p += 5)
		if (attribute(p, strchr(p, '>'), "method", &v, &n) && !strncasecmp(v, "post", 4))
			form = p;
	if (!form)
		return false;
	snprintf(action, action_max, "%s", u->path);
	if (attribute(form, strchr(form, '>'), "action", &v, &n) && n)
		snprintf(action, action_max, "%.*s", (int)n, v);
	action[strcspn(action, "#")] = 0;
	body[0] = 0;
	for (p = form; (p = strchr(p, '<')) && strncmp(p, "</form", 6); p++) {
		const char *end = strchr(p, '>'), *name, *type = "text", *value = "", *give;
		size_t name_n, type_n = 4, value_n = 0;
		bool input = !strncmp(p, "<input", 6), select = !strncmp(p, "<select", 7), area = !strncmp(p, "<textarea", 9);
		char key[80];

		if ((!input && !select && !area) || !attribute(p, end, "name", &name, &name_n) || name_n >= sizeof key)
			continue;
		if (input)
			(void)attribute(p, end, "type", &type, &type_n);
		(void)attribute(p, end, "value", &value, &value_n);
		if (type_n == 6 && !strncmp(type, "hidden", 6)) {
			give = NULL;
		} else if (type_n == 4 && !strncmp(type, "file", 4)) {
			continue;
		} else {
			bool again = false;

			snprintf(key, sizeof key, "%.*s", (int)name_n, name);
			for (size_t i = 0; i < seens; i++)
				again |= !strcmp(seen[i], key);
			if (again)
				continue;
			if (seens < 60)
				snprintf(seen[seens++], 80, "%s", key);
			give = answer_of(name, name_n);
			if (!give)
				return snprintf(body, body_max, "no answer for %s", key) < 0;
			value = give;
			value_n = strlen(give);
			if (!value_n)
				continue;
		}
		if (body[0])
			strncat(body, "&", body_max - strlen(body) - 1);
		put_encoded(body, body_max, name, name_n);
		strncat(body, "=", body_max - strlen(body) - 1);
		put_encoded(body, body_max, value, value_n);
	}
	return true;
}

static void begin_journey(struct user *u)
{
	if (started >= target) {
		u->busy = false;
		return;
	}
	u->address = started++;
	u->steps = 0;
	u->cookie[0] = 0;
	snprintf(u->path, sizeof u->path, "%s", start_path);
	send_request(u, "GET", u->path, NULL);
}

static void journey_done(struct user *u)
{
	done++;
	begin_journey(u);
}

static void keep_draft(struct user *u, const char *action, const char *body)
{
	struct draft *d = &draft[drafts++];

	snprintf(d->cookie, sizeof d->cookie, "%s", u->cookie);
	snprintf(d->path, sizeof d->path, "%s", action);
	snprintf(d->body, sizeof d->body, "%s", body);
}

static void next_step(struct user *u, int status, const char *location)
{
	char action[256], body[4000];

	if (++u->steps > STEPS_MAX) {
		fail_user(u, "too many steps");
		begin_journey(u);
		return;
	}
	if (status == 303 && location[0]) {
		redirects++;
		snprintf(u->path, sizeof u->path, "%s", location);
		send_request(u, "GET", u->path, NULL);
		return;
	}
	if (status != 200) {
		fail_user(u, "status");
		begin_journey(u);
		return;
	}
	if (strstr(u->path, "/gesendet")) {
		journey_done(u);
		return;
	}
	if (!fill_form(u, action, sizeof action, body, sizeof body)) {
		snprintf(u->in, BUFFER, "%s", body);
		u->in_n = strlen(u->in);
		fail_user(u, "form");
		begin_journey(u);
		return;
	}
	if (strstr(u->path, "/pruefen") && mode != JOURNEY) {
		if (mode != STEPS)
			keep_draft(u, action, body);
		journey_done(u);
		return;
	}
	send_request(u, "POST", action, body);
}

/* ---- sending prepared drafts ---- */

static void send_draft(struct user *u, int64_t due)
{
	u->address = draft_next;
	u->draft = &draft[draft_next++];
	snprintf(u->cookie, sizeof u->cookie, "%s", u->draft->cookie);
	snprintf(u->path, sizeof u->path, "%s", u->draft->path);
	send_request(u, "POST", u->draft->path, u->draft->body);
	u->due_us = due ? due : u->sent_us;
}

static void answered(struct user *u, int status, const char *location)
{
	int64_t took = now_us() - (u->sending ? u->due_us : u->sent_us);

	u->busy = false;
	if (latencies < latency_max && (u->sending || mode == GET || u->posting))
		latency[latencies++] = took;
	if (mode == GET) {
		if (status != 200)
			fail_user(u, "status");
		else
			done++;
		if (started < target) {
			started++;
			send_request(u, "GET", start_path, NULL);
		}
	} else if (u->sending) {
		if (status != 303 || !strstr(location, "/gesendet"))
			fail_user(u, "send");
		else
			done++;
		if (mode == SUBMIT && draft_next < drafts)
			send_draft(u, 0);
	} else {
		next_step(u, status, location);
	}
}

static void on_readable(struct user *u)
{
	ssize_t n = read(u->fd, u->in + u->in_n, BUFFER - 1 - u->in_n);
	char *head, *at, location[256] = "";
	size_t length = 0;

	if (n <= 0)
		die("load: connection closed by the server at %s", u->path);
	u->in_n += (size_t)n;
	u->in[u->in_n] = 0;
	head = strstr(u->in, "\r\n\r\n");
	if (!head)
		return;
	at = strcasestr(u->in, "\r\nContent-Length:");
	if (at && at < head)
		length = strtoul(at + 17, NULL, 10);
	if (u->in_n < (size_t)(head - u->in) + 4 + length)
		return;
	at = strcasestr(u->in, "\r\nSet-Cookie: schalter=");
	if (at && at < head) {
		at += strlen("\r\nSet-Cookie: schalter=");
		snprintf(u->cookie, sizeof u->cookie, "%.*s", (int)strcspn(at, ";\r"), at);
	}
	at = strcasestr(u->in, "\r\nLocation: ");
	if (at && at < head) {
		at += strlen("\r\nLocation: ");
		snprintf(location, sizeof location, "%.*s", (int)strcspn(at, "\r"), at);
	}
	if (strcasestr(u->in, "\r\nConnection: close") && strcasestr(u->in, "\r\nConnection: close") < head)
		die("load: the server wants to close");
	answered(u, (int)strtol(u->in + 9, NULL, 10), location);
}

static void loop(int64_t until)
{
	struct epoll_event e[256];

	while (done < target && now_us() < until) {
		int n = epoll_wait(ep, e, 256, 100);

		for (int i = 0; i < n; i++)
			on_readable(e[i].data.ptr);
	}
}

/* Open loop: arrivals come by the clock, whether earlier ones are answered or not; latency counts from the due time. */
static void open_loop(double rate)
{
	struct epoll_event e[256];
	int64_t start = now_us(), until = start + TIME_LIMIT_US;
	size_t sent = 0;

	while (done < drafts && now_us() < until) {
		while (sent < drafts) {
			int64_t due = start + (int64_t)((double)sent * 1e6 / rate);
			struct user *u = NULL;

			if (due > now_us())
				break;
			for (size_t i = 0; i < users && !u; i++)
				if (!user[i].busy)
					u = &user[i];
			if (!u)
				break; /* waits for a connection: the delay is in the latency */
			send_draft(u, due);
			sent++;
		}
		int n = epoll_wait(ep, e, 256, sent < drafts ? 0 : 100);
		for (int i = 0; i < n; i++)
			on_readable(e[i].data.ptr);
	}
}

static int by_size(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static double percentile(double p)
{
	return latencies ? (double)latency[(size_t)((double)(latencies - 1) * p)] / 1000.0 : 0;
}

int main(int argc, char **argv)
{
	static const char *const modes[] = { "get", "journey", "steps", "submit", "submit-open" };
	size_t m = 0;
	double rate = 0, seconds;
	int64_t t0;

	if (argc < 6)
		die("usage: see the head of tests/bench/load.c");
	port = atoi(argv[1]);
	while (m < 5 && strcmp(argv[2], modes[m]))
		m++;
	if (m == 5)
		die("load: unknown mode %s", argv[2]);
	mode = (enum mode)m;
	start_path = argv[3];
	if (mode == GET) {
		users = strtoul(argv[4], NULL, 10);
		target = strtoul(argv[5], NULL, 10);
	} else {
		read_answers(argv[4]);
		users = mode == SUBMIT_OPEN ? 256 : strtoul(argv[5], NULL, 10);
		rate = mode == SUBMIT_OPEN ? strtod(argv[5], NULL) : 0;
		target = strtoul(argv[6], NULL, 10);
	}
	if (!users || users > 1000 || !target || target > 1000000)
		die("load: 1..1000 clients, 1..1000000 requests");
	user = calloc(users, sizeof *user);
	draft = calloc(target + 1, sizeof *draft);
	latency_max = target * 40 + 1000;
	latency = calloc(latency_max, sizeof *latency);
	ep = epoll_create1(EPOLL_CLOEXEC);
	for (size_t i = 0; i < users; i++) {
		user[i].in = calloc(1, BUFFER);
		if (mode == GET && argc > 6)
			snprintf(user[i].cookie, sizeof user[i].cookie, "%s", argv[6]);
		open_user(&user[i]);
	}
	t0 = now_us();
	for (size_t i = 0; i < users && started < target; i++) {
		if (mode == GET) {
			started++;
			snprintf(user[i].path, sizeof user[i].path, "%s", start_path);
			send_request(&user[i], "GET", start_path, NULL);
		} else {
			begin_journey(&user[i]);
		}
	}
	loop(t0 + TIME_LIMIT_US);
	if (mode == SUBMIT || mode == SUBMIT_OPEN) {
		char line[10];

		fprintf(stderr, "ready %zu\n", drafts);
		if (!fgets(line, sizeof line, stdin))
			return 1;
		latencies = requests = posts = done = 0;
		target = drafts;
		for (size_t i = 0; i < users; i++)
			user[i].sending = true;
		t0 = now_us();
		if (mode == SUBMIT) {
			for (size_t i = 0; i < users && draft_next < drafts; i++)
				send_draft(&user[i], 0);
			loop(t0 + TIME_LIMIT_US);
		} else {
			open_loop(rate);
		}
	}
	seconds = (double)(now_us() - t0) / 1e6;
	qsort(latency, latencies, sizeof *latency, by_size);
	printf("{\"done\":%zu,\"failures\":%zu,\"seconds\":%.3f,\"requests\":%zu,\"posts\":%zu,\"redirects\":%zu,\"p50_ms\":%.2f,\"p99_ms\":%.2f,\"max_ms\":%.2f,"
	       "\"first_failure\":\"%s\"}\n", done, failures, seconds, requests, posts, redirects, percentile(0.5), percentile(0.99), percentile(1), first_failure);
	return failures ? 1 : 0;
}
