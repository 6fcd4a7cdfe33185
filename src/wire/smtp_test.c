/* SPDX-License-Identifier: EUPL-1.2 */
#include <arpa/inet.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/testing.h"
#include "wire/smtp.h"

static struct arena *a;

static int open_arena(void **state)
{
	a = arena_new(1 << 16);
	return 0;
}

static int close_arena(void **state)
{
	arena_free(a);
	return 0;
}

static struct mail sample(void)
{
	return (struct mail){
		.from = S("noreply@schalter.example"),
		.from_name = S("Stadt Görlitz, Bürgerbüro"),
		.to = S("erika.mustermann@example.org"),
		.subject = S("Bitte bestätigen Sie Ihre E-Mail-Adresse für den Antrag auf einen Bewohnerparkausweis in Görlitz"),
		.text = S("Guten Tag,\n\nbitte öffnen Sie: https://schalter.example/bestaetigen/0123456789abcdefghijkl?von=mail&zweck=konto\n"
			  ".Punkt am Anfang\nLeerzeichen am Ende \n"),
		.message_id = S("1f2e3d@schalter.example"),
		.date = { INSTANT_S(1795348800) },
	};
}

/* --- a relay that follows a script: one reply for each thing the client says */
struct relay {
	int listener, port;
	const char *reply[8];	/* greeting, EHLO, MAIL, RCPT, DATA, end of data, QUIT; NULL: says nothing any more */
	char got[16384];
	size_t n;
	pthread_t thread;
};

/* Hears the client until it has finished a line or a mail; false: it is gone. */
static bool relay_hear(struct relay *r, int c, const char *end)
{
	size_t from = r->n;

	while (!str_has_suffix(str_n(r->got + from, r->n - from), str_c(end))) {
		ssize_t n = recv(c, r->got + r->n, sizeof r->got - 1 - r->n, 0);
		if (n <= 0)
			return false;
		r->n += (size_t)n;
	}
	return true;
}

static void *relay_run(void *arg)
{
	struct relay *r = arg;
	int c = accept(r->listener, NULL, NULL);
	bool there = c >= 0;

	for (int i = 0; there && r->reply[i]; i++) {
		there = send(c, r->reply[i], strlen(r->reply[i]), MSG_NOSIGNAL) > 0 &&
			relay_hear(r, c, strncmp(r->reply[i], "354", 3) == 0 ? "\r\n.\r\n" : "\r\n");
	}
	for (char b; there && recv(c, &b, 1, 0) > 0;) /* silence until the client gives up */
		;
	close(c);
	return NULL;
}

static void relay_start(struct relay *r)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t n = sizeof at;

	r->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(r->listener, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(listen(r->listener, 1), 0);
	assert_int_equal(getsockname(r->listener, (struct sockaddr *)&at, &n), 0);
	r->port = ntohs(at.sin_port);
	assert_int_equal(pthread_create(&r->thread, NULL, relay_run, r), 0);
}

static int relay_send(struct relay *r, uint32_t timeout_ms, const struct mail *m)
{
	relay_start(r);
	struct smtp s = { .url = str_fmt(a, "smtp://127.0.0.1:%d", r->port), .timeout_ms = timeout_ms };
	int rc = smtp_send(a, &s, m);
	shutdown(r->listener, SHUT_RDWR);
	pthread_join(r->thread, NULL);
	close(r->listener);
	return rc;
}

static void a_mail_is_handed_over_complete(void **state)
{
	struct relay r = { .reply = { "220 hi\r\n", "250 ok\r\n", "250 ok\r\n", "250 ok\r\n", "354 go\r\n", "250 ok\r\n", "221 bye\r\n" } };
	struct mail m = sample();

	assert_ok(relay_send(&r, 5000, &m));
	str got = str_n(r.got, r.n);
	assert_true(str_has_prefix(got, S("EHLO schalter.example\r\n")));
	assert_true(str_contains(got, S("MAIL FROM:<noreply@schalter.example>")));
	assert_true(str_contains(got, S("RCPT TO:<erika.mustermann@example.org>")));
	assert_true(str_contains(got, S("\r\n..Punkt am Anfang\r\n"))); /* dot-stuffed */
	assert_true(str_contains(got, S("Leerzeichen am Ende=20\r\n.\r\n")));
}

static void refusals_are_told_apart_by_whether_a_retry_helps(void **state)
{
	struct mail m = sample();
	struct relay full = { .reply = { "220 hi\r\n", "250 ok\r\n", "250 ok\r\n", "452 full\r\n", "221 bye\r\n" } };
	assert_rc(relay_send(&full, 5000, &m), ERR_BUSY);
	struct relay unknown = { .reply = { "220 hi\r\n", "250 ok\r\n", "250 ok\r\n", "550 unknown\r\n", "221 bye\r\n" } };
	assert_rc(relay_send(&unknown, 5000, &m), ERR_DENIED);
	struct relay late = { .reply = { "220 hi\r\n", "250 ok\r\n", "250 ok\r\n", "250 ok\r\n", "354 go\r\n", "554 spam\r\n", "221 x\r\n" } };
	assert_rc(relay_send(&late, 5000, &m), ERR_DENIED);
	struct relay silent = { .reply = { "220 hi\r\n", "250 ok\r\n" } };
	assert_rc(relay_send(&silent, 300, &m), ERR_TIMEOUT);
	struct smtp nobody = { .url = S("smtp://127.0.0.1:1"), .timeout_ms = 2000 };
	assert_rc(smtp_send(a, &nobody, &m), ERR_IO);
}

static void a_password_is_never_sent_in_clear(void **state)
{
	struct smtp s = { .url = S("smtp://127.0.0.1:1"), .user = S("u"), .password = S("p") };
	struct mail m = sample();

	assert_rc(smtp_send(a, &s, &m), ERR_INVALID);
	s.url = S("smtp://u:p@127.0.0.1:1");
	s.user = STR_EMPTY;
	assert_rc(smtp_send(a, &s, &m), ERR_INVALID);
	s.url = S("http://127.0.0.1:1");
	assert_rc(smtp_send(a, &s, &m), ERR_INVALID);
}

static void nothing_can_be_smuggled_into_a_header(void **state)
{
	struct buf b = buf_new(a, 1024);
	struct mail m;

#define REFUSED(change) (m = sample(), change, assert_rc(mail_build(&b, &m), ERR_INVALID))
	REFUSED(m.to = S("a@b.example\r\nBcc: c@d.example"));
	REFUSED(m.to = S("a@b.example>,<c@d.example"));
	REFUSED(m.to = STR_EMPTY);
	REFUSED(m.subject = S("Hallo\nBcc: c@d.example"));
	REFUSED(m.from_name = S("Stadt\r\nX: y"));
	REFUSED(m.reply_to = S("kein at"));
	REFUSED(m.message_id = S("x>\r\ny"));
	REFUSED(m.subject = S("\xff"));
#undef REFUSED
}

static void addresses_are_checked_practically(void **state)
{
	static const char *const good[] = { "a@b.de", "erika.mustermann+hund@sub.example.org", "o'neil@b-c.example", "x@localhost" };
	static const char *const bad[] = { "", "a", "a@", "@b.de", "a@b", "a b@c.de", "a@b..de", ".a@b.de", "a.@b.de", "a..b@c.de",
		"a@-b.de", "a@b_c.de", "a@b.de ", "\"a b\"@c.de", "ä@b.de", "a@[127.0.0.1]", "a@b@c.de", "a@b.de\n" };

	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		assert_true(mail_address_ok(str_c(good[i])));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		if (mail_address_ok(str_c(bad[i])))
			print_error("accepted: %s\n", bad[i]);
		assert_false(mail_address_ok(str_c(bad[i])));
	}
}

static void lines_are_short_and_ascii(void **state)
{
	struct buf b = buf_new(a, 1024);
	struct mail m = sample();
	str rest, line;

	m.text = S("ääääääääääääääääääääääääääääääääääääääääääääääääääääääää");
	assert_ok(mail_build(&b, &m));
	rest = buf_str(&b);
	while (str_split(&rest, '\n', &line)) {
		assert_true(line.n <= 77);
		for (size_t i = 0; i < line.n; i++)
			assert_true((unsigned char)line.p[i] < 127);
	}
	assert_true(str_contains(buf_str(&b), S("Date: Sun, 22 Nov 2026 12:00:00 +0000\r\n")));
}

/* Python's own mail parser as a second opinion. */
static void another_parser_reads_what_was_written(void **state)
{
	static const char program[] =
		"import email, email.policy, sys\n"
		"m = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)\n"
		"assert not m.defects and not any(m[h].defects for h in m.keys()), 'defects'\n"
		"sys.stdout.buffer.write(('|'.join([m['subject'], m['from'].addresses[0].display_name, m['to'].addresses[0].addr_spec, "
		"m['message-id'], m.get_content().replace('\\r\\n', '\\n')])).encode())\n";
	struct buf b = buf_new(a, 1024);
	struct mail m = sample();
	int in[2], out[2], status;
	char got[4096];

	assert_ok(mail_build(&b, &m));
	assert_true(pipe(in) == 0 && pipe(out) == 0);
	pid_t pid = fork();
	if (pid == 0) {
		dup2(in[0], 0);
		dup2(out[1], 1);
		close(in[1]);
		close(out[0]);
		execlp("python3", "python3", "-c", program, NULL);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	assert_int_equal(write(in[1], b.p, b.n), b.n);
	close(in[1]);
	size_t n = 0;
	for (ssize_t k; (k = read(out[0], got + n, sizeof got - n)) > 0;)
		n += (size_t)k;
	close(out[0]);
	waitpid(pid, &status, 0);
	assert_int_equal(WEXITSTATUS(status), 0);
	str want = str_fmt(a, "%.*s|%.*s|%.*s|<%.*s>|%.*s", STR_FMT(m.subject), STR_FMT(m.from_name), STR_FMT(m.to),
		STR_FMT(m.message_id), STR_FMT(m.text));
	assert_str(str_n(got, n), want);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, open_arena, close_arena)
	const struct CMUnitTest tests[] = {
		T(a_mail_is_handed_over_complete),
		T(refusals_are_told_apart_by_whether_a_retry_helps),
		T(a_password_is_never_sent_in_clear),
		T(nothing_can_be_smuggled_into_a_header),
		T(addresses_are_checked_practically),
		T(lines_are_short_and_ascii),
		T(another_parser_reads_what_was_written),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
