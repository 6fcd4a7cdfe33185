/* SPDX-License-Identifier: EUPL-1.2 */
#include "wire/net.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/late.h"

/* Mapped on first use; see base/late.h. */
static struct {
#define F(name) __typeof__(name) *name;
#include "wire/net_curl.def"
#undef F
} lib;
static const char *const lib_names[] = {
#define F(name) #name,
#include "wire/net_curl.def"
#undef F
};
LATE_FITS(lib, lib_names);
/* The macros of libcurl's header check the type behind each option; its function is never called here. */
#define setopt(e, o, v)	 ((void)(0 ? curl_easy_setopt((e), (o), (v)) : (lib.curl_easy_setopt)((e), (o), (v))))
#define getinfo(e, o, v) ((void)(0 ? curl_easy_getinfo((e), (o), (v)) : (lib.curl_easy_getinfo)((e), (o), (v))))

static pthread_once_t once = PTHREAD_ONCE_INIT;
static atomic_bool net_stopping;

void net_stop(bool stop)
{
	net_stopping = stop;
}

static void init(void)
{
	if (lib.curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		err_die("libcurl cannot be initialised");
}

static int ready(void)
{
	TRY(late_load(LATE_CURL, lib_names, sizeof lib, &lib));
	pthread_once(&once, init);
	return OK;
}

static void easy_end(CURL **c)
{
	if (*c)
		lib.curl_easy_cleanup(*c);
}

static void list_end(struct curl_slist **l)
{
	lib.curl_slist_free_all(*l);
}

static void url_end(CURLU **u)
{
	if (*u)
		lib.curl_url_cleanup(*u);
}

static void text_end(char **p)
{
	if (*p)
		lib.curl_free(*p);
}

int net_url_parse(struct arena *a, str url, struct net_url *ret)
{
	CURLU *AUTO(url_end) u = NULL;
	char *AUTO(text_end) scheme = NULL, *AUTO(text_end) host = NULL, *AUTO(text_end) port = NULL;
	char *AUTO(text_end) user = NULL, *AUTO(text_end) password = NULL;
	unsigned char address[16];
	int64_t number;

	TRY(ready());
	u = lib.curl_url();
	for (size_t i = 0; i < url.n; i++) {
		if ((unsigned char)url.p[i] <= 32 || url.p[i] == 127)
			return ERR_PARSE;
	}
	if (!u || lib.curl_url_set(u, CURLUPART_URL, str_z(a, url), CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK)
		return ERR_PARSE;
	if (lib.curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) || lib.curl_url_get(u, CURLUPART_HOST, &host, 0) ||
		lib.curl_url_get(u, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT))
		return ERR_PARSE;
	bool with_user = lib.curl_url_get(u, CURLUPART_USER, &user, 0) == CURLUE_OK;
	bool with_password = lib.curl_url_get(u, CURLUPART_PASSWORD, &password, 0) == CURLUE_OK;
	TRY(str_to_i64(str_c(port), &number));
	if (number < 1 || number > 65535)
		return ERR_PARSE;

	str h = str_lower_ascii(a, str_c(host));
	if (str_has_prefix(h, S("[")))
		h = str_sub(h, 1, h.n - 1);
	if (str_has_suffix(h, S(".")))
		h = str_sub(h, 0, h.n - 1); /* "localhost." is localhost */
	const char *z = str_z(a, h);
	*ret = (struct net_url){
		.scheme = str_lower_ascii(a, str_c(scheme)),
		.host = h,
		.port = (uint16_t)number,
		.credentials = with_user || with_password,
		.literal = inet_pton(AF_INET, z, address) == 1 || inet_pton(AF_INET6, z, address) == 1,
	};
	return OK;
}

/* One running call. */
struct run {
	struct net_call *call;
	struct buf in;
	struct curl_slist *headers;
	CURL *easy;
	bool refused, allowed, too_big, ended;
	int64_t started;
};

/* The one moment that counts: the address that is about to be connected to, whatever the name resolved to before. */
static curl_socket_t open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *to)
{
	struct run *r = arg;
	const void *address = to->family == AF_INET ? (const void *)&((struct sockaddr_in *)&to->addr)->sin_addr
						    : (const void *)&((struct sockaddr_in6 *)&to->addr)->sin6_addr;
	bool known = to->family == AF_INET || to->family == AF_INET6;

	if (purpose != CURLSOCKTYPE_IPCXN || !known ||
		(!r->call->any_address && !r->call->address_ok(to->family, address))) {
		r->refused = true;
		return CURL_SOCKET_BAD;
	}
	r->allowed = true;
	return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

static size_t receive(char *p, size_t size, size_t n, void *arg)
{
	struct run *r = arg;

	if (r->in.n + size * n > r->call->response_max) {
		r->too_big = true;
		return 0;
	}
	buf_putn(&r->in, p, size * n);
	return size * n;
}

static int set_up(struct run *r, struct arena *a)
{
	struct net_call *c = r->call;
	CURL *e = r->easy = lib.curl_easy_init();

	if (!e)
		return ERR_NOMEM;
	for (size_t i = 0; i < c->headers; i++)
		r->headers = lib.curl_slist_append(r->headers, str_z(a, c->header[i]));
	r->headers = lib.curl_slist_append(r->headers, "Expect:"); /* no waiting for 100 Continue */
	setopt(e, CURLOPT_URL, c->url);
	setopt(e, CURLOPT_PROTOCOLS_STR, c->plain_ok ? "http,https" : "https");
	setopt(e, CURLOPT_FOLLOWLOCATION, 0L);
	setopt(e, CURLOPT_PROXY, "");
	setopt(e, CURLOPT_NOSIGNAL, 1L);
	setopt(e, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
	setopt(e, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
	setopt(e, CURLOPT_USERAGENT, "Schalter/" SCHALTER_VERSION);
	setopt(e, CURLOPT_TIMEOUT_MS, (long)c->timeout_ms);
	setopt(e, CURLOPT_CONNECTTIMEOUT_MS, (long)c->timeout_ms);
	setopt(e, CURLOPT_FORBID_REUSE, 1L);
	setopt(e, CURLOPT_CUSTOMREQUEST, c->method);
	setopt(e, CURLOPT_HTTPHEADER, r->headers);
	setopt(e, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	setopt(e, CURLOPT_OPENSOCKETDATA, r);
	setopt(e, CURLOPT_WRITEFUNCTION, receive);
	setopt(e, CURLOPT_WRITEDATA, r);
	setopt(e, CURLOPT_PRIVATE, r);
	if (c->ca_file)
		setopt(e, CURLOPT_CAINFO, c->ca_file);
	if (c->body.n || strcmp(c->method, "POST") == 0 || strcmp(c->method, "PUT") == 0) {
		setopt(e, CURLOPT_POSTFIELDS, c->body.p ? c->body.p : "");
		setopt(e, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)c->body.n);
	}
	r->in = buf_new(a, 1024);
	r->started = clock_monotonic_us();
	return OK;
}

static int code_of(const struct run *r, CURLcode c)
{
	if (r->too_big)
		return ERR_LIMIT;
	switch (c) {
	case CURLE_OK: return OK;
	case CURLE_OPERATION_TIMEDOUT: return ERR_TIMEOUT;
	case CURLE_COULDNT_RESOLVE_HOST: return ERR_NOTFOUND;
	case CURLE_URL_MALFORMAT: return ERR_INVALID;
	case CURLE_UNSUPPORTED_PROTOCOL: return r->allowed ? ERR_IO : ERR_INVALID; /* connected: the answer was no HTTP */
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_SSL_CACERT_BADFILE: return ERR_CRYPTO;
	default: return r->refused && !r->allowed ? ERR_DENIED : ERR_IO;
	}
}

static void done(struct run *r, struct arena *a, CURLcode c)
{
	struct net_call *call = r->call;
	char *type = NULL, *location = NULL;
	long status = 0;

	r->ended = true;
	call->rc = code_of(r, c);
	call->took_us = clock_monotonic_us() - r->started;
	getinfo(r->easy, CURLINFO_RESPONSE_CODE, &status);
	getinfo(r->easy, CURLINFO_CONTENT_TYPE, &type);
	getinfo(r->easy, CURLINFO_REDIRECT_URL, &location);
	call->status = (int)status;
	call->location = str_dup(a, str_c(location));
	call->content_type = str_dup(a, str_c(type));
	call->response = buf_str(&r->in);
}

void net_http(struct arena *a, struct net_call *call, size_t n)
{
	struct run *run = ARENA_ARRAY(a, struct run, n ? n : 1);
	int running = 0, left;

	int rc = ready();
	CURLM *multi = rc < 0 ? NULL : lib.curl_multi_init();
	for (size_t i = 0; i < n; i++) {
		run[i].call = &call[i];
		call[i].rc = rc < 0 ? rc : multi ? set_up(&run[i], a) : ERR_NOMEM;
		if (call[i].rc == OK && lib.curl_multi_add_handle(multi, run[i].easy) != CURLM_OK)
			call[i].rc = ERR_NOMEM;
	}
	do {
		if (!multi || net_stopping || lib.curl_multi_perform(multi, &running) != CURLM_OK)
			break;
		for (CURLMsg *m; (m = lib.curl_multi_info_read(multi, &left));) {
			struct run *r = NULL;
			getinfo(m->easy_handle, CURLINFO_PRIVATE, (char **)&r);
			if (m->msg == CURLMSG_DONE)
				done(r, a, m->data.result);
		}
		if (running && lib.curl_multi_poll(multi, NULL, 0, 200, NULL) != CURLM_OK)
			break;
	} while (running);
	for (size_t i = 0; i < n; i++) {
		if (call[i].rc == OK && !run[i].ended)
			call[i].rc = ERR_IO; /* broken off: never to be taken for an answer */
		if (run[i].easy) {
			lib.curl_multi_remove_handle(multi, run[i].easy);
			lib.curl_easy_cleanup(run[i].easy);
		}
		if (run[i].headers)
			lib.curl_slist_free_all(run[i].headers);
	}
	if (multi)
		lib.curl_multi_cleanup(multi);
}

struct reader {
	str left;
};

static size_t give(char *p, size_t size, size_t n, void *arg)
{
	struct reader *r = arg;
	size_t room = size * n, take = r->left.n < room ? r->left.n : room;

	if (take)
		memcpy(p, r->left.p, take);
	r->left = str_sub(r->left, take, r->left.n);
	return take;
}

/* Asked about once a second; other than 0 ends the transfer. */
static int may_go_on(void *arg, curl_off_t dt, curl_off_t dn, curl_off_t ut, curl_off_t un)
{
	return net_stopping;
}

static int mail_code(CURL *e, CURLcode c)
{
	long status = 0;

	getinfo(e, CURLINFO_RESPONSE_CODE, &status);
	if (c == CURLE_OK)
		return OK;
	if (c == CURLE_OPERATION_TIMEDOUT)
		return ERR_TIMEOUT;
	if (c == CURLE_PEER_FAILED_VERIFICATION || c == CURLE_USE_SSL_FAILED || c == CURLE_SSL_CONNECT_ERROR)
		return ERR_CRYPTO;
	if (status >= 500)
		return ERR_DENIED;
	return status >= 400 ? ERR_BUSY : ERR_IO;
}

int net_smtp(const struct net_mail *m)
{
	struct reader r = { m->message };

	TRY(ready());
	CURL *AUTO(easy_end) e = lib.curl_easy_init();
	struct curl_slist *AUTO(list_end) to = lib.curl_slist_append(NULL, m->to);
	if (!e || !to)
		return ERR_NOMEM;
	setopt(e, CURLOPT_URL, m->url);
	setopt(e, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	setopt(e, CURLOPT_PROXY, "");
	setopt(e, CURLOPT_NOSIGNAL, 1L);
	setopt(e, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
	setopt(e, CURLOPT_TIMEOUT_MS, (long)m->timeout_ms);
	setopt(e, CURLOPT_NOPROGRESS, 0L);
	setopt(e, CURLOPT_XFERINFOFUNCTION, may_go_on);
	setopt(e, CURLOPT_MAIL_FROM, m->from);
	setopt(e, CURLOPT_MAIL_RCPT, to);
	setopt(e, CURLOPT_UPLOAD, 1L);
	setopt(e, CURLOPT_READFUNCTION, give);
	setopt(e, CURLOPT_READDATA, &r);
	if (m->starttls)
		setopt(e, CURLOPT_USE_SSL, CURLUSESSL_ALL);
	if (m->user) {
		setopt(e, CURLOPT_USERNAME, m->user);
		setopt(e, CURLOPT_PASSWORD, m->password);
	}
	return mail_code(e, lib.curl_easy_perform(e));
}
