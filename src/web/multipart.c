/* SPDX-License-Identifier: EUPL-1.2 */
#include "web/multipart.h"

#include <string.h>

#include "base/utf8.h"

#define HEADER_MAX 4096
#define PARTS_MAX 200
#define WORK 32768u

static str parameter(str header, str name)
{
	str rest = header, part, n, v;

	(void)str_split(&rest, ';', &part);
	while (str_split(&rest, ';', &part))
		if (str_cut(str_trim(part), '=', &n, &v) && str_eq_ci(n, name)) {
			if (v.n >= 2 && v.p[0] == '"' && v.p[v.n - 1] == '"')
				v = str_sub(v, 1, v.n - 1);
			return v;
		}
	return STR_EMPTY;
}

int multipart_begin(struct arena *a, str content_type, struct multipart *m)
{
	str b = parameter(content_type, S("boundary"));

	if (!str_has_prefix(content_type, S("multipart/form-data")) || !b.n || b.n > 70)
		return ERR_UNSUPPORTED;
	*m = (struct multipart){ .state = MP_START };
	memcpy(m->boundary, "\r\n--", 4);
	memcpy(m->boundary + 4, b.p, b.n);
	m->boundary_n = b.n + 4;
	m->hold = buf_new(a, HEADER_MAX);
	m->work = arena_alloc_raw(a, WORK);
	/* the first boundary has no line break before it: pretend one */
	memcpy(m->work, "\r\n", 2);
	m->waiting = 2;
	return 0;
}

/* A quoted parameter may hold ';': file names of browsers do. Finds name="..." with %22 for quotes (RFC 7578, WHATWG). */
static str quoted(str header, str name)
{
	str want[2];
	ptrdiff_t at = -1;
	size_t end;

	for (size_t i = 0; i + name.n + 2 <= header.n && at < 0; i++) {
		want[0] = str_sub(header, i, i + name.n);
		if (str_eq_ci(want[0], name) && header.p[i + name.n] == '=' && header.p[i + name.n + 1] == '"' && i && strchr("; \t", header.p[i - 1]))
			at = (ptrdiff_t)(i + name.n + 2);
	}
	if (at < 0)
		return STR_EMPTY;
	for (end = (size_t)at; end < header.n && header.p[end] != '"' && header.p[end] != '\r'; end++)
		;
	return str_sub(header, (size_t)at, end);
}

static int take_header(struct multipart *m, str header)
{
	str rest = header, line;
	str name = STR_EMPTY, file = STR_EMPTY;
	bool is_file = false, disposition = false;

	while (str_split(&rest, '\n', &line)) {
		line = str_trim(line);
		if (line.n < 20 || !str_eq_ci(str_sub(line, 0, 20), S("content-disposition:")))
			continue;
		disposition = true;
		name = quoted(line, S("name"));
		is_file = str_contains(line, S("filename="));
		file = quoted(line, S("filename"));
	}
	if (!disposition || !name.n || !utf8_valid(name) || !utf8_valid(file) || ++m->parts > PARTS_MAX)
		return ERR_PARSE;
	m->on_part(m->arg, name, file, is_file);
	return 0;
}

/*
 * Content up to a boundary goes to on_data; what may begin a boundary (at most boundary_n - 1 bytes) waits at the beginning of work.
 * Takes as much of the piece as fits into work.
 */
static int feed_body(struct multipart *m, str *piece)
{
	size_t take = piece->n < WORK - m->waiting ? piece->n : WORK - m->waiting, keep;
	str all = { m->work, m->waiting + take };
	ptrdiff_t at;

	memcpy(m->work + m->waiting, piece->p, take);
	at = str_find(all, str_n(m->boundary, m->boundary_n));
	if (at >= 0) {
		size_t used = (size_t)at + m->boundary_n - m->waiting;
		bool body = m->state == MP_BODY;

		*piece = str_sub(*piece, used, piece->n);
		m->waiting = 0;
		m->state = MP_AFTER;
		return body && at ? m->on_data(m->arg, str_sub(all, 0, (size_t)at)) : 0;
	}
	keep = all.n < m->boundary_n - 1 ? all.n : m->boundary_n - 1;
	if (m->state == MP_BODY && all.n > keep)
		TRY(m->on_data(m->arg, str_sub(all, 0, all.n - keep)));
	memmove(m->work, m->work + all.n - keep, keep);
	m->waiting = keep;
	*piece = str_sub(*piece, take, piece->n);
	return 0;
}

/* Behind a boundary: "--" ends the body, CRLF begins a part. */
static int feed_after(struct multipart *m, str *piece)
{
	while (piece->n && m->hold.n < 2) {
		buf_putc(&m->hold, piece->p[0]);
		*piece = str_sub(*piece, 1, piece->n);
	}
	if (m->hold.n < 2)
		return 0;
	str two = buf_str(&m->hold);
	bool last = str_eq(two, S("--"));
	if (!last && !str_eq(two, S("\r\n")))
		return ERR_PARSE;
	if (m->parts)
		TRY(m->on_end(m->arg, last));
	buf_reset(&m->hold);
	m->state = last ? MP_DONE : MP_HEADER;
	return 0;
}

static int feed_header(struct multipart *m, str *piece)
{
	while (piece->n) {
		buf_putc(&m->hold, piece->p[0]);
		*piece = str_sub(*piece, 1, piece->n);
		if (m->hold.n > HEADER_MAX)
			return ERR_LIMIT;
		if (str_has_suffix(buf_str(&m->hold), S("\r\n\r\n"))) {
			TRY(take_header(m, buf_str(&m->hold)));
			buf_reset(&m->hold);
			m->state = MP_BODY;
			return 0;
		}
	}
	return 0;
}

int multipart_feed(struct multipart *m, str piece)
{
	int rc = 0;

	while (piece.n && rc >= 0 && m->state != MP_DONE) {
		switch (m->state) {
		case MP_START:
		case MP_BODY:
			rc = feed_body(m, &piece);
			break;
		case MP_AFTER:
			rc = feed_after(m, &piece);
			break;
		case MP_HEADER:
			rc = feed_header(m, &piece);
			break;
		default:
			rc = ERR_PARSE;
		}
	}
	if (rc < 0)
		m->state = MP_BAD;
	return rc < 0 ? rc : 0;
}

bool multipart_complete(const struct multipart *m)
{
	return m->state == MP_DONE;
}

str multipart_filename(struct arena *a, str typed)
{
	struct buf b = buf_new(a, 64);

	for (size_t i = 0; i < typed.n; i++) {
		unsigned char c = (unsigned char)typed.p[i];

		if (c == '/' || c == '\\')
			buf_reset(&b);
		else if (c >= 0x20 && c != 0x7f && c != '"' && c != '<' && c != '>')
			buf_putc(&b, (char)c);
	}
	str s = utf8_truncate(str_trim(buf_str(&b)), 200);
	return s.n && !str_eq(s, S(".")) && !str_eq(s, S("..")) ? s : S("datei");
}
