/* SPDX-License-Identifier: EUPL-1.2 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/testing.h"
#include "wire/http_out.h"
#include "wire/net.h"

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

/* --- a server on loopback that gives one prepared answer to every connection and keeps what it was told */
struct peer {
	int listener, port, delay_ms;
	const char *answer;
	size_t flood;		/* so many further bytes */
	char got[8192];
	size_t n;
	int connections;
	pthread_t thread;
};

static void *peer_run(void *arg)
{
	struct peer *p = arg;
	static char block[65536];

	for (;;) {
		int c = accept(p->listener, NULL, NULL);
		if (c < 0)
			return NULL;
		p->connections++;
		ssize_t n;
		p->n = 0;
		while ((n = recv(c, p->got + p->n, sizeof p->got - 1 - p->n, 0)) > 0) {
			p->n += (size_t)n;
			str said = str_n(p->got, p->n);
			ptrdiff_t end = str_find(said, S("\r\n\r\n"));
			ptrdiff_t length = str_find(said, S("Content-Length: "));
			if (end >= 0 && (length < 0 || p->n >= (size_t)end + 4 + strtoul(said.p + length + 16, NULL, 10)))
				break;
		}
		usleep((useconds_t)p->delay_ms * 1000);
		send(c, p->answer, strlen(p->answer), MSG_NOSIGNAL);
		for (size_t left = p->flood; left > 0; left -= left < sizeof block ? left : sizeof block) {
			if (send(c, block, left < sizeof block ? left : sizeof block, MSG_NOSIGNAL) < 0)
				break;
		}
		close(c);
	}
}

static int free_port(int *ret_socket)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t n = sizeof at;
	int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(s, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(listen(s, 8), 0);
	assert_int_equal(getsockname(s, (struct sockaddr *)&at, &n), 0);
	*ret_socket = s;
	return ntohs(at.sin_port);
}

static void peer_start(struct peer *p)
{
	p->port = free_port(&p->listener);
	assert_int_equal(pthread_create(&p->thread, NULL, peer_run, p), 0);
}

static void peer_stop(struct peer *p)
{
	shutdown(p->listener, SHUT_RDWR);
	pthread_join(p->thread, NULL);
	close(p->listener);
}

static struct http_out_request to_peer(const struct peer *p, bool excepted)
{
	return (struct http_out_request){
		.method = S("POST"),
		.url = str_fmt(a, "http://127.0.0.1:%d/hook?x=1", p->port),
		.content_type = S("application/json"),
		.body = S("{\"a\":1}"),
		.timeout_ms = 3000,
		.exceptions = excepted ? str_fmt(a, "other.example:443, 127.0.0.1:%d", p->port) : STR_EMPTY,
	};
}

static void an_exception_of_the_operator_is_called(void **state)
{
	struct peer p = { .answer = "HTTP/1.1 202 Accepted\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok" };
	struct pair header = { S("Schalter-Signature"), S("t=1,v1=00") };
	struct http_out_response r;

	peer_start(&p);
	struct http_out_request rq = to_peer(&p, true);
	rq.headers = (struct pairs){ &header, 1 };
	assert_ok(http_out_call(a, &rq, &r));
	peer_stop(&p);
	assert_int_equal(r.status, 202);
	assert_s(r.body, "ok");
	assert_s(r.content_type, "text/plain");
	str got = str_n(p.got, p.n);
	assert_true(str_has_prefix(got, S("POST /hook?x=1 HTTP/1.1\r\n")));
	assert_true(str_contains(got, S("\r\nSchalter-Signature: t=1,v1=00\r\n")));
	assert_true(str_contains(got, S("\r\nContent-Type: application/json\r\n")));
	assert_true(str_has_suffix(got, S("\r\n\r\n{\"a\":1}")));
}

static void without_an_exception_no_connection_is_made(void **state)
{
	struct peer p = { .answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" };
	struct http_out_response r;

	peer_start(&p);
	struct http_out_request rq = to_peer(&p, false);
	assert_rc(http_out_call(a, &rq, &r), ERR_INVALID); /* http */
	rq.url = str_fmt(a, "https://127.0.0.1:%d/", p.port);
	assert_rc(http_out_call(a, &rq, &r), ERR_DENIED);
	rq.url = str_fmt(a, "https://[::ffff:127.0.0.1]:%d/", p.port);
	assert_rc(http_out_call(a, &rq, &r), ERR_DENIED);
	rq.url = str_fmt(a, "https://2130706433:%d/", p.port); /* 127.0.0.1 as a number */
	assert_true(http_out_call(a, &rq, &r) < 0);
	rq.url = str_fmt(a, "https://0x7f.1:%d/", p.port);
	assert_true(http_out_call(a, &rq, &r) < 0);
	rq.url = str_fmt(a, "https://localhost:%d/", p.port);
	assert_rc(http_out_call(a, &rq, &r), ERR_DENIED);
	rq.exceptions = S("127.0.0.1:1");
	assert_rc(http_out_call(a, &rq, &r), ERR_DENIED);
	peer_stop(&p);
	assert_int_equal(p.connections, 0);
}

/* Below the check of the written address: what a name resolves to counts at the moment of connecting (DNS rebinding). */
static void a_name_that_leads_to_this_machine_is_refused_when_connecting(void **state)
{
	struct peer p = { .answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" };

	peer_start(&p);
	struct net_call c = { .method = "GET", .url = str_fmt(a, "http://localhost:%d/", p.port).p, .plain_ok = true,
		.address_ok = address_is_public, .timeout_ms = 3000, .response_max = 1000 };
	net_http(a, &c, 1);
	assert_rc(c.rc, ERR_DENIED);
	c.any_address = true;
	net_http(a, &c, 1);
	assert_ok(c.rc);
	peer_stop(&p);
	assert_int_equal(p.connections, 1);
}

static void redirects_are_reported_but_not_followed(void **state)
{
	struct peer p = { .answer = "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n" };
	struct http_out_response r;

	peer_start(&p);
	struct http_out_request rq = to_peer(&p, true);
	assert_ok(http_out_call(a, &rq, &r));
	peer_stop(&p);
	assert_int_equal(r.status, 302);
	assert_s(r.location, "http://127.0.0.1:1/");
	assert_int_equal(p.connections, 1);
}

static void size_and_time_are_limited(void **state)
{
	struct peer big = { .answer = "HTTP/1.1 200 OK\r\nContent-Length: 50000000\r\n\r\n", .flood = 50000000 };
	struct peer slow = { .answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", .delay_ms = 800 };
	struct peer lost = { .answer = "" };
	struct http_out_response r;

	peer_start(&big);
	struct http_out_request rq = to_peer(&big, true);
	assert_rc(http_out_call(a, &rq, &r), ERR_LIMIT);
	assert_true(r.body.n <= 1u << 20);
	peer_stop(&big);
	peer_start(&slow);
	rq = to_peer(&slow, true);
	rq.timeout_ms = 200;
	assert_rc(http_out_call(a, &rq, &r), ERR_TIMEOUT);
	peer_stop(&slow);
	peer_start(&lost);
	rq = to_peer(&lost, true);
	assert_rc(http_out_call(a, &rq, &r), ERR_IO);
	peer_stop(&lost);
}

static void several_calls_run_side_by_side(void **state)
{
	struct peer p[3] = { 0 };
	struct http_out_request rq[4];
	struct http_out_response r[4];
	int rc[4];

	for (int i = 0; i < 3; i++) {
		p[i].answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
		p[i].delay_ms = 300;
		peer_start(&p[i]);
		rq[i] = to_peer(&p[i], true);
	}
	rq[3] = (struct http_out_request){ .method = S("GET"), .url = S("nonsense") };
	int64_t start = clock_monotonic_us();
	http_out_many(a, rq, 4, r, rc);
	assert_true(clock_monotonic_us() - start < 850000);
	for (int i = 0; i < 3; i++) {
		assert_ok(rc[i]);
		assert_int_equal(r[i].status, 200);
		peer_stop(&p[i]);
	}
	assert_rc(rc[3], ERR_INVALID);
}

static void bad_requests_are_refused_before_anything_happens(void **state)
{
	struct pair bad[] = { { S("X\r\nY"), S("z") }, { S("X"), S("a\r\nY: z") }, { S("X"), S("\xc3\xa4") } };
	struct http_out_request rq = { .method = S("GET"), .url = S("https://schalter.example/") };
	struct http_out_response r;

	for (int i = 0; i < 3; i++) {
		rq.headers = (struct pairs){ &bad[i], 1 };
		assert_rc(http_out_call(a, &rq, &r), ERR_INVALID);
	}
	rq.headers.n = 0;
	rq.method = S("TRACE");
	assert_rc(http_out_call(a, &rq, &r), ERR_INVALID);
}

static void problems_of_a_typed_address_are_named(void **state)
{
	static const struct {
		const char *url;
		enum http_out_problem p;
	} t[] = {
		{ "https://fachverfahren.example/eingang", HTTP_OUT_OK }, { "HTTPS://Fachverfahren.example:8443/", HTTP_OUT_OK },
		{ "http://fachverfahren.example/", HTTP_OUT_NOT_HTTPS }, { "ftp://x.example/", HTTP_OUT_NOT_HTTPS },
		{ "fachverfahren.example", HTTP_OUT_NO_URL }, { "", HTTP_OUT_NO_URL }, { "https://", HTTP_OUT_NO_URL },
		{ "https://x.example/a b", HTTP_OUT_NO_URL }, { "https://x.example:0/", HTTP_OUT_NO_URL },
		{ "https://u:p@x.example/", HTTP_OUT_CREDENTIALS }, { "https://u@x.example/", HTTP_OUT_CREDENTIALS },
		{ "https://10.1.2.3/", HTTP_OUT_NOT_PUBLIC }, { "https://[::1]/", HTTP_OUT_NOT_PUBLIC },
		{ "https://intranet/", HTTP_OUT_NOT_PUBLIC }, { "https://localhost./", HTTP_OUT_NOT_PUBLIC },
		{ "https://x.localhost/", HTTP_OUT_NOT_PUBLIC }, { "https://drucker.local/", HTTP_OUT_NOT_PUBLIC },
		{ "https://8.8.8.8/", HTTP_OUT_OK }, { "http://10.1.2.3:8080/", HTTP_OUT_OK }, { "http://10.1.2.3/", HTTP_OUT_NOT_HTTPS },
	};
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		enum http_out_problem p = http_out_url_problem(a, str_c(t[i].url), S("10.1.2.3:8080 [fd00::1]:443"));
		if (p != t[i].p)
			print_error("%s: %d\n", t[i].url, (int)p);
		assert_int_equal(p, t[i].p);
	}
	assert_int_equal(http_out_url_problem(a, S("https://[fd00::1]/"), S("[fd00::1]:443")), HTTP_OUT_OK);
}

static void only_global_unicast_addresses_are_public(void **state)
{
	static const char *const no4[] = { "0.0.0.0", "10.0.0.1", "100.64.0.1", "100.127.255.255", "127.0.0.1", "169.254.169.254",
		"172.16.0.1", "172.31.255.255", "192.0.0.8", "192.168.1.1", "198.18.0.1", "198.19.255.255", "203.0.113.5", "224.0.0.1",
		"239.1.1.1", "255.255.255.255", "240.0.0.1" };
	static const char *const yes4[] = { "8.8.8.8", "100.63.255.255", "100.128.0.1", "172.32.0.1", "193.99.144.80", "198.20.0.1" };
	static const char *const no6[] = { "::", "::1", "::ffff:8.8.8.8", "::ffff:127.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "fc00::1",
		"fd12::1", "fe80::1", "fec0::1", "ff02::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "100::1", "3fff::1" };
	static const char *const yes6[] = { "2a00:1450:4001:800::200e", "2001:4860:4860::8888", "2606:4700::1111" };
	uint8_t b[16];

#define EACH(list, family, want)                                                         \
	for (size_t i = 0; i < sizeof list / sizeof *list; i++) {                         \
		assert_int_equal(inet_pton(family, list[i], b), 1);                       \
		if (address_is_public(family, b) != (want))                               \
			print_error("%s\n", list[i]);                                     \
		assert_int_equal(address_is_public(family, b), want);                     \
	}
	EACH(no4, AF_INET, false)
	EACH(yes4, AF_INET, true)
	EACH(no6, AF_INET6, false)
	EACH(yes6, AF_INET6, true)
	assert_false(address_is_public(AF_UNIX, b));
}

static void the_test_vector_of_the_interface_paper_holds(void **state)
{
	struct key k;

	for (int i = 0; i < KEY_BYTES; i++)
		k.b[i] = (uint8_t)i;
	assert_s(webhook_signature(a, &k, 1795348800, S("{\"event\":\"test\"}")),
		"t=1795348800,v1=4c91b8f28a2ce3a0541d17693f4409b7eef2c7bbe0e31ba77f1954a068d522e7");
}

static void a_webhook_signature_binds_time_and_body(void **state)
{
	struct key k = { .b = { 1, 2, 3 } }, other = { .b = { 1, 2, 4 } };
	str s = webhook_signature(a, &k, 1795348800, S("{\"a\":1}"));

	assert_true(str_has_prefix(s, S("t=1795348800,v1=")));
	assert_int_equal(s.n, 16 + 64);
	assert_ok(webhook_verify(a, &k, s, S("{\"a\":1}"), 1795348800 + 299));
	assert_ok(webhook_verify(a, &k, s, S("{\"a\":1}"), 1795348800 - 299));
	assert_rc(webhook_verify(a, &k, s, S("{\"a\":1}"), 1795348800 + 301), ERR_EXPIRED);
	assert_rc(webhook_verify(a, &k, s, S("{\"a\":2}"), 1795348800), ERR_CRYPTO);
	assert_rc(webhook_verify(a, &other, s, S("{\"a\":1}"), 1795348800), ERR_CRYPTO);
	str moved = str_replace(a, s, S("t=1795348800"), S("t=1795348801"));
	assert_rc(webhook_verify(a, &k, moved, S("{\"a\":1}"), 1795348800), ERR_CRYPTO);
	assert_rc(webhook_verify(a, &k, S("t=x,v1=y"), STR_EMPTY, 0), ERR_PARSE);
	assert_rc(webhook_verify(a, &k, STR_EMPTY, STR_EMPTY, 0), ERR_PARSE);
}

/* --- certificates, with the openssl tool as the other side */
static pid_t start(const char *const *argv)
{
	pid_t pid = fork();

	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);
		dup2(null, 0);
		dup2(null, 1);
		dup2(null, 2);
		execvp(argv[0], (char *const *)argv);
		_exit(127);
	}
	return pid;
}

static void a_certificate_must_be_trusted(void **state)
{
	char dir[] = "/tmp/schalter-tls-XXXXXX";
	int s, status;

	assert_non_null(mkdtemp(dir));
	const char *key = str_fmt(a, "%s/key.pem", dir).p, *cert = str_fmt(a, "%s/cert.pem", dir).p;
	pid_t pid = start((const char *[]){ "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
		"-nodes", "-keyout", key, "-out", cert, "-days", "2", "-subj", "/CN=localhost", "-addext",
		"subjectAltName=DNS:localhost", NULL });
	waitpid(pid, &status, 0);
	if (WEXITSTATUS(status) == 127)
		skip();
	assert_int_equal(status, 0);
	int port = free_port(&s);
	close(s);
	pid = start((const char *[]){ "openssl", "s_server", "-accept", str_fmt(a, "127.0.0.1:%d", port).p, "-key", key, "-cert",
		cert, "-www", "-quiet", NULL });

	struct http_out_request rq = { .method = S("GET"), .url = str_fmt(a, "https://localhost:%d/", port),
		.exceptions = str_fmt(a, "localhost:%d", port), .timeout_ms = 5000, .ca_file = str_c(cert) };
	struct http_out_response r;
	int rc = ERR_IO;
	for (int i = 0; i < 100 && rc == ERR_IO; i++) {
		usleep(50000);
		rc = http_out_call(a, &rq, &r);
	}
	assert_ok(rc);
	assert_int_equal(r.status, 200);
	rq.ca_file = STR_EMPTY;
	assert_rc(http_out_call(a, &rq, &r), ERR_CRYPTO);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	unlink(key);
	unlink(cert);
	rmdir(dir);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, open_arena, close_arena)
	const struct CMUnitTest tests[] = {
		T(an_exception_of_the_operator_is_called),
		T(without_an_exception_no_connection_is_made),
		T(a_name_that_leads_to_this_machine_is_refused_when_connecting),
		T(redirects_are_reported_but_not_followed),
		T(size_and_time_are_limited),
		T(several_calls_run_side_by_side),
		T(bad_requests_are_refused_before_anything_happens),
		T(problems_of_a_typed_address_are_named),
		T(only_global_unicast_addresses_are_public),
		T(a_webhook_signature_binds_time_and_body),
		T(the_test_vector_of_the_interface_paper_holds),
		T(a_certificate_must_be_trusted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
