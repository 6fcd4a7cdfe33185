/* SPDX-License-Identifier: EUPL-1.2 */
#include "wire/smtp.h"

#include "base/crypto.h"
#include "base/utf8.h"
#include "wire/net.h"

static bool atom_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       str_index(S("!#$%&'*+-/=?^_`{|}~"), c) >= 0;
}

static bool host_ok(str host)
{
	str rest = host, label;
	size_t labels = 0;

	while (str_split(&rest, '.', &label)) {
		if (label.n == 0 || label.n > 63 || label.p[0] == '-' || label.p[label.n - 1] == '-')
			return false;
		for (size_t i = 0; i < label.n; i++) {
			char c = (char)(label.p[i] | 32);
			if (!((c >= 'a' && c <= 'z') || (label.p[i] >= '0' && label.p[i] <= '9') || label.p[i] == '-'))
				return false;
		}
		labels++;
	}
	return labels >= 2 || str_eq_ci(host, S("localhost"));
}

bool mail_address_ok(str address)
{
	str local, host;

	if (address.n > 254 || !str_cut(address, '@', &local, &host))
		return false;
	if (local.n == 0 || local.n > 64 || local.p[0] == '.' || local.p[local.n - 1] == '.')
		return false;
	for (size_t i = 0; i < local.n; i++) {
		if (local.p[i] == '.' ? local.p[i + 1] == '.' : !atom_char(local.p[i]))
			return false;
	}
	return host_ok(host);
}

static bool header_text_ok(str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if ((unsigned char)s.p[i] < 32 || s.p[i] == 127)
			return false;
	}
	return utf8_valid(s);
}

static bool plain_ascii(str s)
{
	if (s.n > 60 || str_contains(s, S("=?")))
		return false;
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c >= 127 || c == '"' || c == '\\' || c == '<' || c == '>' || c == ',' || c == ';' || c == ':' || c == '(' ||
			c == ')' || c == '@' || c == '[' || c == ']')
			return false;
	}
	return true;
}

/* RFC 2047 encoded words of at most 75 characters, folded, cut between code points. */
static void put_words(struct buf *b, str s)
{
	size_t i = 0;

	if (plain_ascii(s)) {
		buf_put(b, s);
		return;
	}
	while (i < s.n) {
		/* a line with an encoded word has at most 76 characters; on the first one the header's name stands as well */
		size_t from = i, next = i, most = from ? 45 : 36;
		while (next < s.n) {
			utf8_next(s, &next);
			if (next - from > most)
				break;
			i = next;
		}
		if (from)
			buf_put(b, S("\r\n "));
		str word = b64(b->arena, str_sub(s, from, i));
		buf_fmt(b, "=?utf-8?B?%.*s?=", STR_FMT(word));
	}
}

static void put_date(struct buf *b, instant t)
{
	static const char day[] = "ThuFriSatSunMonTueWed", month[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	int64_t s = t.us / 1000000;
	int32_t days = (int32_t)(s / 86400);
	int y, m, d, clock = (int)(s % 86400);

	ymd_from_days(days, &y, &m, &d);
	buf_fmt(b, "Date: %.3s, %02d %.3s %04d %02d:%02d:%02d +0000\r\n", day + 3 * (days % 7), d, month + 3 * (m - 1), y,
		clock / 3600, clock / 60 % 60, clock % 60);
}

/* RFC 2045 section 6.7: lines of at most 76 characters, CRLF. */
static void put_quoted(struct buf *b, str text)
{
	str rest = str_has_suffix(text, S("\n")) ? str_sub(text, 0, text.n - 1) : text, line;

	while (str_split(&rest, '\n', &line)) {
		size_t width = 0;
		if (str_has_suffix(line, S("\r")))
			line.n--;
		for (size_t i = 0; i < line.n; i++) {
			unsigned char c = (unsigned char)line.p[i];
			bool last = i + 1 == line.n;
			bool raw = c != '=' && c < 127 && (c > 32 || (c == ' ' && !last));
			size_t need = raw ? 1 : 3;

			if (width + need > (last ? 76 : 75)) {
				buf_put(b, S("=\r\n"));
				width = 0;
			}
			if (raw)
				buf_putc(b, (char)c);
			else
				buf_fmt(b, "=%02X", c);
			width += need;
		}
		buf_put(b, S("\r\n"));
	}
}

static void put_address(struct buf *b, str header, str name, str address)
{
	buf_put(b, header);
	if (name.n) {
		put_words(b, name);
		buf_put(b, S("\r\n "));
	}
	buf_fmt(b, "<%.*s>\r\n", STR_FMT(address));
}

int mail_build(struct buf *b, const struct mail *m)
{
	str automatic = m->auto_submitted.n ? m->auto_submitted : S("auto-generated");

	if (!mail_address_ok(m->from) || !mail_address_ok(m->to) || (m->reply_to.n && !mail_address_ok(m->reply_to)))
		return ERR_INVALID;
	/* a message id has the shape of an address, too */
	if (!mail_address_ok(m->message_id) || !header_text_ok(m->from_name) || !header_text_ok(m->subject))
		return ERR_INVALID;
	if (!plain_ascii(automatic) || !header_text_ok(automatic) || m->date.us < 0 || !utf8_valid(m->text))
		return ERR_INVALID;

	put_address(b, S("From: "), m->from_name, m->from);
	put_address(b, S("To: "), STR_EMPTY, m->to);
	if (m->reply_to.n)
		put_address(b, S("Reply-To: "), STR_EMPTY, m->reply_to);
	buf_put(b, S("Subject: "));
	put_words(b, m->subject);
	buf_put(b, S("\r\n"));
	put_date(b, m->date);
	buf_fmt(b, "Message-ID: <%.*s>\r\nAuto-Submitted: %.*s\r\n", STR_FMT(m->message_id), STR_FMT(automatic));
	buf_put(b, S("MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
		     "Content-Transfer-Encoding: quoted-printable\r\n\r\n"));
	put_quoted(b, m->text);
	return OK;
}

int smtp_send(struct arena *a, const struct smtp *s, const struct mail *m)
{
	struct buf message = buf_new(a, m->text.n + m->text.n / 2 + 1024);
	struct net_url url;
	str local, host;

	TRY(mail_build(&message, m));
	if (net_url_parse(a, s->url, &url) < 0 || url.credentials)
		return ERR_INVALID;
	bool tls = str_eq(url.scheme, S("smtps")) || s->starttls;
	if ((!tls && s->user.n) || !(str_eq(url.scheme, S("smtp")) || str_eq(url.scheme, S("smtps"))))
		return ERR_INVALID; /* a password never goes over the line in clear */

	/* the path is what curl says in EHLO: our mail domain, not the name of the machine */
	if (!str_cut(m->from, '@', &local, &host))
		return ERR_INVALID;
	bool six = url.literal && str_index(url.host, ':') >= 0;
	str where = str_fmt(a, "%.*s://%s%.*s%s:%u/%.*s", STR_FMT(url.scheme), six ? "[" : "", STR_FMT(url.host), six ? "]" : "",
		url.port, STR_FMT(host));
	struct net_mail call = {
		.url = where.p,
		.user = s->user.n ? str_z(a, s->user) : NULL,
		.password = str_z(a, s->password),
		.starttls = s->starttls,
		.timeout_ms = s->timeout_ms ? s->timeout_ms : 15000,
		.from = str_z(a, m->from),
		.to = str_z(a, m->to),
		.message = buf_str(&message),
	};
	return net_smtp(&call);
}
