/* SPDX-License-Identifier: EUPL-1.2 */
#include "wire/http_out.h"

#include <netinet/in.h>
#include <arpa/inet.h>
#include <string.h>

#include "wire/net.h"

#define HEADERS_MAX 20
#define TIMEOUT_MS 10000
#define RESPONSE_MAX (1u << 20)

/* IANA special-purpose registries (RFC 6890 and updates): whatever is not reachable as a public host */
static const struct {
	uint8_t net[4];
	int bits;
} special4[] = {
	{ { 0 }, 8 }, { { 10 }, 8 }, { { 100, 64 }, 10 }, { { 127 }, 8 }, { { 169, 254 }, 16 }, { { 172, 16 }, 12 },
	{ { 192, 0, 0 }, 24 }, { { 192, 0, 2 }, 24 }, { { 192, 88, 99 }, 24 }, { { 192, 168 }, 16 }, { { 198, 18 }, 15 },
	{ { 198, 51, 100 }, 24 }, { { 203, 0, 113 }, 24 }, { { 224 }, 4 }, { { 240 }, 4 },
};
/* Only 2000::/3 is global unicast; inside of it these are not, or hold an IPv4 address (Teredo, 6to4). Mapped, compatible and
 * NAT64 forms of IPv4 addresses lie outside. */
static const struct {
	uint8_t net[16];
	int bits;
} special6[] = {
	{ { 0x20, 0x01, 0x00 }, 23 }, { { 0x20, 0x01, 0x0d, 0xb8 }, 32 }, { { 0x20, 0x02 }, 16 }, { { 0x3f, 0xff, 0x00 }, 20 },
	{ { 0x3f, 0xfe }, 16 },
};

static bool in_net(const uint8_t *address, const uint8_t *net, int bits)
{
	int bytes = bits / 8, rest = bits % 8;

	if (memcmp(address, net, (size_t)bytes) != 0)
		return false;
	return rest == 0 || ((address[bytes] ^ net[bytes]) >> (8 - rest)) == 0;
}

bool address_is_public(int family, const void *address)
{
	const uint8_t *p = address;

	if (family == AF_INET) {
		for (size_t i = 0; i < sizeof special4 / sizeof *special4; i++) {
			if (in_net(p, special4[i].net, special4[i].bits))
				return false;
		}
		return true;
	}
	if (family != AF_INET6 || (p[0] & 0xe0) != 0x20)
		return false;
	for (size_t i = 0; i < sizeof special6 / sizeof *special6; i++) {
		if (in_net(p, special6[i].net, special6[i].bits))
			return false;
	}
	return true;
}

/* Setting delivery_exceptions: "host:port", blanks or commas between them. */
static bool is_exception(struct arena *a, const struct net_url *u, str exceptions)
{
	bool six = str_index(u->host, ':') >= 0;
	str mine = str_fmt(a, "%s%.*s%s:%u", six ? "[" : "", STR_FMT(u->host), six ? "]" : "", u->port);
	str rest = str_replace(a, exceptions, S(","), S(" ")), one;

	while (str_split(&rest, ' ', &one)) {
		if (str_eq_ci(str_trim(one), mine))
			return true;
	}
	return false;
}

static bool literal_public(struct arena *a, str host)
{
	uint8_t address[16];
	const char *z = str_z(a, host);

	if (inet_pton(AF_INET, z, address) == 1)
		return address_is_public(AF_INET, address);
	return inet_pton(AF_INET6, z, address) == 1 && address_is_public(AF_INET6, address);
}

static enum http_out_problem url_check(struct arena *a, str url, str exceptions, bool *ret_exception)
{
	struct net_url u;

	*ret_exception = false;
	if (url.n > 2000 || net_url_parse(a, url, &u) < 0)
		return HTTP_OUT_NO_URL;
	bool https = str_eq(u.scheme, S("https"));
	if (!https && !str_eq(u.scheme, S("http")))
		return HTTP_OUT_NOT_HTTPS;
	if (u.credentials)
		return HTTP_OUT_CREDENTIALS;
	*ret_exception = is_exception(a, &u, exceptions);
	if (*ret_exception)
		return HTTP_OUT_OK;
	if (!https)
		return HTTP_OUT_NOT_HTTPS;
	/* a name without a dot, or one of this machine or house, is never a public host; the address is checked when connecting */
	if (u.literal ? !literal_public(a, u.host)
		      : str_index(u.host, '.') < 0 || str_has_suffix(u.host, S(".localhost")) ||
				str_has_suffix(u.host, S(".local")) || str_has_suffix(u.host, S(".internal")))
		return HTTP_OUT_NOT_PUBLIC;
	return HTTP_OUT_OK;
}

enum http_out_problem http_out_url_problem(struct arena *a, str url, str exceptions)
{
	bool exception;

	return url_check(a, url, exceptions, &exception);
}

static bool header_ok(str name, str value)
{
	if (name.n == 0)
		return false;
	for (size_t i = 0; i < name.n; i++) {
		char c = (char)(name.p[i] | 32);
		if (!((c >= 'a' && c <= 'z') || (name.p[i] >= '0' && name.p[i] <= '9') || name.p[i] == '-'))
			return false;
	}
	for (size_t i = 0; i < value.n; i++) {
		if ((unsigned char)value.p[i] < 32 || (unsigned char)value.p[i] >= 127)
			return false;
	}
	return true;
}

static int prepare(struct arena *a, const struct http_out_request *rq, struct net_call *c)
{
	static const char *const known[] = { "GET", "POST", "PUT", "DELETE" };
	bool exception;

	enum http_out_problem p = url_check(a, rq->url, rq->exceptions, &exception);
	if (p == HTTP_OUT_NOT_PUBLIC)
		return ERR_DENIED;
	if (p != HTTP_OUT_OK || rq->headers.n > HEADERS_MAX)
		return ERR_INVALID;

	*c = (struct net_call){
		.url = str_z(a, rq->url),
		.ca_file = rq->ca_file.n ? str_z(a, rq->ca_file) : NULL,
		.body = rq->body,
		.plain_ok = exception,
		.any_address = exception,
		.address_ok = address_is_public,
		.timeout_ms = rq->timeout_ms ? rq->timeout_ms : TIMEOUT_MS,
		.response_max = rq->response_max ? rq->response_max : RESPONSE_MAX,
	};
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (str_eq(rq->method, str_c(known[i])))
			c->method = known[i];
	}
	if (!c->method)
		return ERR_INVALID;

	str *header = ARENA_ARRAY(a, str, rq->headers.n + 1);
	if (rq->content_type.n) {
		if (!header_ok(S("Content-Type"), rq->content_type))
			return ERR_INVALID;
		header[c->headers++] = str_fmt(a, "Content-Type: %.*s", STR_FMT(rq->content_type));
	}
	for (size_t i = 0; i < rq->headers.n; i++) {
		const struct pair *h = &rq->headers.v[i];
		if (!header_ok(h->name, h->value))
			return ERR_INVALID;
		header[c->headers++] = str_fmt(a, "%.*s: %.*s", STR_FMT(h->name), STR_FMT(h->value));
	}
	c->header = header;
	return OK;
}

void http_out_many(struct arena *a, const struct http_out_request *rq, size_t n, struct http_out_response *ret, int *ret_rc)
{
	struct net_call *call = ARENA_ARRAY(a, struct net_call, n);
	size_t *of = ARENA_ARRAY(a, size_t, n), calls = 0;

	for (size_t i = 0; i < n; i++) {
		ret[i] = (struct http_out_response){ 0 };
		ret_rc[i] = prepare(a, &rq[i], &call[calls]);
		if (ret_rc[i] == OK)
			of[calls++] = i;
	}
	net_http(a, call, calls);
	for (size_t k = 0; k < calls; k++) {
		ret_rc[of[k]] = call[k].rc;
		ret[of[k]] = (struct http_out_response){
			.status = call[k].status,
			.content_type = call[k].content_type,
			.body = call[k].response,
			.location = call[k].location,
			.took_us = call[k].took_us,
		};
	}
}

int http_out_call(struct arena *a, const struct http_out_request *rq, struct http_out_response *ret)
{
	int rc;

	http_out_many(a, rq, 1, ret, &rc);
	return rc;
}

static str signature_hex(struct arena *a, const struct key *k, str time, str body)
{
	struct buf b = buf_new(a, body.n + 32);

	buf_put(&b, time);
	buf_putc(&b, '.');
	buf_put(&b, body);
	struct digest d = hmac_sha256(k, buf_str(&b));
	return hex(a, digest_str(&d));
}

str webhook_signature(struct arena *a, const struct key *k, int64_t unix_s, str body)
{
	str t = str_fmt(a, "%lld", (long long)unix_s), v1 = signature_hex(a, k, t, body);

	return str_fmt(a, "t=%.*s,v1=%.*s", STR_FMT(t), STR_FMT(v1));
}

int webhook_verify(struct arena *a, const struct key *k, str header, str body, int64_t now_unix_s)
{
	str t, v1;
	int64_t at;

	if (!str_cut(header, ',', &t, &v1) || !str_has_prefix(t, S("t=")) || !str_has_prefix(v1, S("v1=")))
		return ERR_PARSE;
	t = str_sub(t, 2, t.n);
	v1 = str_sub(v1, 3, v1.n);
	if (str_to_i64(t, &at) < 0 || at < 0 || v1.n != 64)
		return ERR_PARSE;
	if (!str_eq_secret(signature_hex(a, k, t, body), v1))
		return ERR_CRYPTO;
	/* only after the signature: who cannot sign learns nothing about our clock */
	int64_t off = now_unix_s > at ? now_unix_s - at : at - now_unix_s;
	return off > WEBHOOK_TOLERANCE_S ? ERR_EXPIRED : OK;
}
