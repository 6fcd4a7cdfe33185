/* SPDX-License-Identifier: EUPL-1.2 */
/* The browser of flow tests: reads forms out of HTML as our templates write it (every attribute quoted), sends them, follows redirects. */
#include <stdarg.h>
#include <stdlib.h>

#include "support/house.h"

#define FIELDS_MAX 400
#define REDIRECTS_MAX 6

/* ---- reading HTML ---- */

struct tag {
	str name, attributes;
	bool end;
	size_t at, after;
};

static bool tag_next(str html, size_t *pos, struct tag *ret)
{
	size_t i = *pos, start;
	char quote = 0;

	for (;; i++) {
		while (i < html.n && html.p[i] != '<')
			i++;
		if (i + 1 >= html.n)
			return false;
		if (html.p[i + 1] == '/' || (html.p[i + 1] >= 'a' && html.p[i + 1] <= 'z'))
			break;
	}
	*ret = (struct tag){ .at = i, .end = html.p[i + 1] == '/' };
	start = i + 1 + ret->end;
	for (i = start; i < html.n && ((html.p[i] >= 'a' && html.p[i] <= 'z') || (html.p[i] >= '0' && html.p[i] <= '9')); i++)
		;
	ret->name = str_sub(html, start, i);
	start = i;
	for (; i < html.n && (quote || html.p[i] != '>'); i++)
		if (html.p[i] == '"')
			quote = !quote;
	ret->attributes = str_sub(html, start, i);
	*pos = ret->after = i + 1;
	return true;
}

static str decode(struct arena *a, str s)
{
	static const struct { const char *name, *text; } known[] = { { "amp;", "&" }, { "lt;", "<" }, { "gt;", ">" }, { "quot;", "\"" }, { "#39;", "'" },
								     { "#x27;", "'" }, { "nbsp;", "\xc2\xa0" } };
	struct buf b = buf_new(a, s.n + 8);

	for (size_t i = 0; i < s.n; i++) {
		bool found = false;

		for (size_t k = 0; s.p[i] == '&' && !found && k < sizeof known / sizeof *known; k++)
			if (str_has_prefix(str_sub(s, i + 1, s.n), str_c(known[k].name))) {
				buf_put(&b, str_c(known[k].text));
				i += strlen(known[k].name);
				found = true;
			}
		if (!found)
			buf_putc(&b, s.p[i]);
	}
	return buf_str(&b);
}

/* Value of an attribute; false: it is not there. `checked` alone gives the empty value. */
static bool attribute(struct arena *a, const struct tag *t, const char *name, str *ret)
{
	str s = t->attributes;

	for (size_t i = 0; i < s.n;) {
		size_t start, end, from, to;

		while (i < s.n && (s.p[i] == ' ' || s.p[i] == '\n' || s.p[i] == '/'))
			i++;
		for (start = i; i < s.n && s.p[i] != ' ' && s.p[i] != '=' && s.p[i] != '\n'; i++)
			;
		end = i;
		from = to = i;
		if (i + 1 < s.n && s.p[i] == '=' && s.p[i + 1] == '"') {
			for (from = i += 2; i < s.n && s.p[i] != '"'; i++)
				;
			to = i++;
		}
		if (end > start && str_eq(str_sub(s, start, end), str_c(name))) {
			*ret = decode(a, str_sub(s, from, to));
			return true;
		}
		if (i == start)
			i++;
	}
	return false;
}

static str attribute_or(struct arena *a, const struct tag *t, const char *name, const char *fallback)
{
	str v;

	return attribute(a, t, name, &v) ? v : str_c(fallback);
}

/* ---- a form ---- */

struct shown {
	str name, value;
	bool sent;		/* goes along as it is */
	bool button;
};
struct form_shown {
	str action;
	bool multipart;
	struct shown field[FIELDS_MAX];
	size_t fields;
};

static void add(struct form_shown *f, str name, str value, bool sent, bool button)
{
	if (name.n && f->fields < FIELDS_MAX)
		f->field[f->fields++] = (struct shown){ name, value, sent, button };
}

static void add_input(struct arena *a, struct form_shown *f, const struct tag *t)
{
	str type = attribute_or(a, t, "type", "text"), name = attribute_or(a, t, "name", ""), value, none;
	bool box = str_eq(type, S("checkbox")) || str_eq(type, S("radio"));

	if (!attribute(a, t, "value", &value))
		value = box ? S("on") : STR_EMPTY;
	if (str_eq(type, S("submit")))
		add(f, name, value, false, true);
	else if (str_eq(type, S("file")))
		add(f, name, STR_EMPTY, false, false);
	else
		add(f, name, value, !box || attribute(a, t, "checked", &none), false);
}

static void add_select(struct arena *a, struct form_shown *f, str html, size_t *pos, const struct tag *select)
{
	str name = attribute_or(a, select, "name", ""), chosen = STR_EMPTY, none;
	bool any = false, fixed = false;
	struct tag t;

	while (tag_next(html, pos, &t) && !str_eq(t.name, S("select"))) {
		if (t.end || !str_eq(t.name, S("option")))
			continue;
		if (!any || (!fixed && attribute(a, &t, "selected", &none))) {
			fixed = attribute(a, &t, "selected", &none);
			chosen = attribute_or(a, &t, "value", "");
			any = true;
		}
	}
	add(f, name, chosen, any, false);
}

static void read_form(struct arena *a, str html, size_t pos, const struct tag *form, struct form_shown *ret)
{
	struct tag t;

	memset(ret, 0, sizeof *ret);
	ret->action = attribute_or(a, form, "action", "");
	ret->multipart = str_eq(attribute_or(a, form, "enctype", ""), S("multipart/form-data"));
	while (tag_next(html, &pos, &t)) {
		if (str_eq(t.name, S("form")) && t.end)
			return;
		if (t.end)
			continue;
		if (str_eq(t.name, S("input"))) {
			add_input(a, ret, &t);
		} else if (str_eq(t.name, S("select"))) {
			add_select(a, ret, html, &pos, &t);
		} else if (str_eq(t.name, S("button"))) {
			if (!str_eq(attribute_or(a, &t, "type", "submit"), S("button")))
				add(ret, attribute_or(a, &t, "name", ""), attribute_or(a, &t, "value", ""), false, true);
		} else if (str_eq(t.name, S("textarea"))) {
			ptrdiff_t end = str_find(str_sub(html, t.after, html.n), S("</textarea>"));

			if (end >= 0)
				add(ret, attribute_or(a, &t, "name", ""), decode(a, str_sub(html, t.after, t.after + (size_t)end)), true, false);
		}
	}
}

static str path_of(str url)
{
	ptrdiff_t at = str_find(url, S("://")), slash;

	if (at < 0)
		return url;
	url = str_sub(url, (size_t)at + 3, url.n);
	slash = str_index(url, '/');
	return slash < 0 ? S("/") : str_sub(url, (size_t)slash, url.n);
}

/* The form with this action; NULL: the first POST form in <main>. */
static bool find_form(struct browser *b, const char *path, struct form_shown *ret)
{
	ptrdiff_t main_at = str_find(b->body, S("<main"));
	size_t pos = !path && main_at >= 0 ? (size_t)main_at : 0;
	struct tag t;

	while (tag_next(b->body, &pos, &t)) {
		if (t.end || !str_eq(t.name, S("form")) || !str_eq(attribute_or(b->arena, &t, "method", "get"), S("post")))
			continue;
		read_form(b->arena, b->body, pos, &t, ret);
		str action = ret->action.n ? path_of(ret->action) : b->path;

		if (!path || str_eq(action, str_c(path))) {
			ret->action = action;
			return true;
		}
	}
	return false;
}

/* ---- sending ---- */

static void keep_cookie(struct browser *b, str header)
{
	str pair = header, rest, name, value;
	struct pair *v = ARENA_ARRAY(b->arena, struct pair, b->cookies.n + 1);
	size_t n = 0;

	(void)str_cut(header, ';', &pair, &rest);
	if (!str_cut(pair, '=', &name, &value))
		return;
	for (size_t i = 0; i < b->cookies.n; i++)
		if (!str_eq(b->cookies.v[i].name, name))
			v[n++] = b->cookies.v[i];
	if (!str_contains(header, S("Max-Age=0")))
		v[n++] = (struct pair){ name, value };
	b->cookies = (struct pairs){ v, n };
}

static str cookie_header(struct browser *b)
{
	struct buf out = buf_new(b->arena, 128);

	for (size_t i = 0; i < b->cookies.n; i++)
		buf_fmt(&out, "%s%.*s=%.*s", i ? "; " : "", STR_FMT(b->cookies.v[i].name), STR_FMT(b->cookies.v[i].value));
	return buf_str(&out);
}

int browser_send(struct browser *b, const struct web_request *in)
{
	struct web_request r = *in;
	struct req *rq;

	r.host = b->host;
	r.cookie = cookie_header(b);
	r.client = b->client;
	assert_ok(web_handle(b->test->house, b->arena, &r, &rq));
	b->reply = rq->reply;
	b->status = rq->reply.status;
	b->path = in->path;
	b->query = in->query;
	b->body = rq->reply.file_body.n ? rq->reply.file_body : buf_str(&rq->reply.body);
	b->type = str_c(rq->reply.type);
	b->location = browser_header(b, "Location");
	for (size_t i = 0; i < rq->reply.headers; i++)
		if (!strcmp(rq->reply.header[i].name, "Set-Cookie"))
			keep_cookie(b, rq->reply.header[i].value);
	return b->status;
}

static int get_once(struct browser *b, str url)
{
	struct web_request r = { .method = METHOD_GET };
	str path = url, hash;

	(void)str_cut(url, '#', &url, &hash);
	path = url;
	(void)str_cut(url, '?', &path, &r.query);
	r.path = str_dup(b->arena, path);
	r.query = str_dup(b->arena, r.query);
	return browser_send(b, &r);
}

static int follow(struct browser *b)
{
	for (int i = 0; i < REDIRECTS_MAX && !b->stay && b->status == 303 && b->location.n; i++) {
		str origin = str_fmt(b->arena, "http://%.*s/", STR_FMT(b->host));

		if (str_find(b->location, S("://")) >= 0 && !str_has_prefix(b->location, origin))
			break;
		get_once(b, path_of(b->location));
	}
	return b->status;
}

struct browser *browser_new(struct house_test *t, const char *host)
{
	struct browser *b = ARENA_NEW(t->arena, struct browser);

	b->test = t;
	b->arena = t->arena;
	b->host = str_c(host);
	b->client = S("127.0.0.1");
	return b;
}

int browser_get(struct browser *b, const char *path)
{
	get_once(b, str_dup(b->arena, str_c(path)));
	return follow(b);
}

void browser_file(struct browser *b, const char *field, const char *name, const char *type, str bytes)
{
	assert_true(b->files_n < sizeof b->files / sizeof *b->files);
	b->files[b->files_n++] = (struct browser_file){ str_c(field), str_c(name), str_c(type), bytes };
}

static int post_body(struct browser *b, str action, str type, str body)
{
	struct web_request r = { .method = METHOD_POST, .content_type = type, .body = body, .origin = b->origin };
	str path = action;

	(void)str_cut(action, '?', &path, &r.query);
	r.path = path;
	browser_send(b, &r);
	b->files_n = 0;
	return follow(b);
}

static str urlencoded(struct browser *b, const struct form_shown *f)
{
	struct buf out = buf_new(b->arena, 512);

	for (size_t i = 0; i < f->fields; i++) {
		if (!f->field[i].sent)
			continue;
		if (out.n)
			buf_putc(&out, '&');
		url_put(&out, f->field[i].name);
		buf_putc(&out, '=');
		url_put(&out, f->field[i].value);
	}
	return buf_str(&out);
}

#define BOUNDARY "----flow7f3a9c"
static str multipart(struct browser *b, const struct form_shown *f)
{
	struct buf out = buf_new(b->arena, 4096);

	for (size_t i = 0; i < f->fields; i++)
		if (f->field[i].sent)
			buf_fmt(&out, "--" BOUNDARY "\r\nContent-Disposition: form-data; name=\"%.*s\"\r\n\r\n%.*s\r\n", STR_FMT(f->field[i].name),
				STR_FMT(f->field[i].value));
	for (size_t i = 0; i < b->files_n; i++) {
		buf_fmt(&out, "--" BOUNDARY "\r\nContent-Disposition: form-data; name=\"%.*s\"; filename=\"%.*s\"\r\nContent-Type: %.*s\r\n\r\n",
			STR_FMT(b->files[i].field), STR_FMT(b->files[i].name), STR_FMT(b->files[i].type));
		buf_put(&out, b->files[i].bytes);
		buf_put(&out, S("\r\n"));
	}
	buf_put(&out, S("--" BOUNDARY "--\r\n"));
	return buf_str(&out);
}

/* One given pair over what the form shows. */
static void set_field(struct browser *b, struct form_shown *f, str name, const char *value)
{
	bool known = false, done = false;

	for (size_t i = 0; i < f->fields; i++) {
		struct shown *s = &f->field[i];

		if (!str_eq(s->name, name))
			continue;
		known = true;
		/* of several buttons or boxes of one name the one with this value is meant */
		bool wanted = value && !done && (!s->button || str_eq(s->value, str_c(value)));
		s->sent = wanted;
		if (wanted)
			s->value = str_c(value);
		done = done || wanted;
	}
	if (!known)
		browser_fail(b, str_z(b->arena, str_fmt(b->arena, "the form has no field \"%.*s\"", STR_FMT(name))), __FILE__, __LINE__);
}

/* As on Enter: the first button goes along when none was named. */
static void press(struct form_shown *f)
{
	for (size_t i = 0; i < f->fields; i++)
		if (f->field[i].button && f->field[i].sent)
			return;
	for (size_t i = 0; i < f->fields; i++)
		if (f->field[i].button) {
			f->field[i].sent = true;
			return;
		}
}

int browser_post(struct browser *b, const char *path, ...)
{
	static struct form_shown form; /* large; tests have one thread */
	const char *name;
	va_list ap;

	if (!find_form(b, path, &form))
		browser_fail(b, path ? path : "there is no form to post", __FILE__, __LINE__);
	va_start(ap, path);
	while ((name = va_arg(ap, const char *)))
		set_field(b, &form, str_c(name), va_arg(ap, const char *));
	va_end(ap);
	press(&form);
	if (form.multipart)
		return post_body(b, form.action, S("multipart/form-data; boundary=" BOUNDARY), multipart(b, &form));
	return post_body(b, form.action, S("application/x-www-form-urlencoded"), urlencoded(b, &form));
}

int browser_post_raw(struct browser *b, const char *path, const char *body)
{
	return post_body(b, str_c(path), S("application/x-www-form-urlencoded"), str_c(body));
}

/* ---- looking ---- */

bool browser_has(const struct browser *b, const char *text)
{
	return str_contains(b->body, str_c(text));
}

static bool any_field(struct browser *b, const char *name, str *ret)
{
	static struct form_shown form;
	size_t pos = 0;
	struct tag t;

	while (tag_next(b->body, &pos, &t)) {
		if (t.end || !str_eq(t.name, S("form")))
			continue;
		read_form(b->arena, b->body, pos, &t, &form);
		for (int sent = 1; sent >= 0; sent--)
			for (size_t i = 0; i < form.fields; i++)
				if (str_eq(form.field[i].name, str_c(name)) && form.field[i].sent == sent) {
					*ret = sent ? form.field[i].value : STR_EMPTY;
					return true;
				}
	}
	return false;
}

str browser_field(struct browser *b, const char *name)
{
	str v = STR_EMPTY;

	(void)any_field(b, name, &v);
	return v;
}

bool browser_has_field(struct browser *b, const char *name)
{
	str v;

	return any_field(b, name, &v);
}

static str text_of(struct arena *a, str html)
{
	struct buf b = buf_new(a, html.n + 1);
	size_t pos = 0, from = 0;
	bool blank = true, skip = false;
	struct tag t;

	for (;;) {
		bool more = tag_next(html, &pos, &t);
		str part = decode(a, str_sub(html, from, more ? t.at : html.n));

		for (size_t i = 0; !skip && i < part.n; i++) {
			bool space = part.p[i] == ' ' || part.p[i] == '\n' || part.p[i] == '\t';

			if (!space || !blank)
				buf_putc(&b, space ? ' ' : part.p[i]);
			blank = space;
		}
		if (!more)
			return str_trim(buf_str(&b));
		skip = !t.end && (str_eq(t.name, S("style")) || str_eq(t.name, S("script")));
		if (!blank && !str_eq(t.name, S("span")) && !str_eq(t.name, S("a")) && !str_eq(t.name, S("strong")))
			buf_putc(&b, ' '), blank = true;
		from = t.after;
	}
}

str browser_link(struct browser *b, const char *text)
{
	size_t pos = 0;
	struct tag t;

	while (tag_next(b->body, &pos, &t)) {
		ptrdiff_t end;

		if (t.end || !str_eq(t.name, S("a")))
			continue;
		end = str_find(str_sub(b->body, t.after, b->body.n), S("</a>"));
		if (end >= 0 && str_contains(text_of(b->arena, str_sub(b->body, t.after, t.after + (size_t)end)), str_c(text)))
			return attribute_or(b->arena, &t, "href", "");
	}
	return STR_EMPTY;
}

str browser_title(struct browser *b)
{
	ptrdiff_t from = str_find(b->body, S("<title>")), to = str_find(b->body, S("</title>"));

	return from < 0 || to < from ? STR_EMPTY : decode(b->arena, str_sub(b->body, (size_t)from + 7, (size_t)to));
}

str browser_header(const struct browser *b, const char *name)
{
	for (size_t i = 0; i < b->reply.headers; i++)
		if (!strcmp(b->reply.header[i].name, name))
			return b->reply.header[i].value;
	return STR_EMPTY;
}

str browser_text(struct browser *b)
{
	ptrdiff_t from = str_find(b->body, S("<main"));

	return text_of(b->arena, from < 0 ? b->body : str_sub(b->body, (size_t)from, b->body.n));
}

void browser_fail(const struct browser *b, const char *what, const char *file, int line)
{
	struct browser copy = *b;
	str text = browser_text(&copy);

	print_error("%s:%d: %s\n  at %.*s%s%.*s: %d %.*s\n  %.*s\n", file, line, what, STR_FMT(b->path), b->query.n ? "?" : "", STR_FMT(b->query), b->status,
		STR_FMT(browser_title(&copy)), STR_FMT(str_sub(text, 0, 1500)));
	_fail(file, line);
}
