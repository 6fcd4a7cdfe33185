/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/url.h"

#include "base/utf8.h"

/* RFC 3986, section 2.3 */
static bool is_unreserved(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		c == '-' || c == '.' || c == '_' || c == '~';
}

void url_put(struct buf *b, str part)
{
	static const char digits[] = "0123456789ABCDEF";
	size_t from = 0;
	for (size_t i = 0; i < part.n; i++) {
		unsigned char c = (unsigned char)part.p[i];
		if (is_unreserved(c))
			continue;
		if (i > from)
			buf_putn(b, part.p + from, i - from);
		from = i + 1;
		buf_putn(b, (char[]){'%', digits[c >> 4], digits[c & 15]}, 3);
	}
	if (part.n > from)
		buf_putn(b, part.p + from, part.n - from);
}

str url_encode(struct arena *a, str part)
{
	struct buf b = buf_new(a, part.n + 16);
	url_put(&b, part);
	return buf_str(&b);
}

static int hex_digit(char c)
{
	char low = (char)(c | 0x20);
	return c >= '0' && c <= '9' ? c - '0' : low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

/* Decodes s in place, where its memory is ours. */
static int decode_in_place(char *p, size_t n, bool plus, str *ret)
{
	size_t to = 0, i = 0;
	while (i < n && p[i] != '%' && p[i] != '+')
		i++;
	for (to = i; i < n; i++) {
		char c = p[i];
		if (c == '+' && plus) {
			c = ' ';
		} else if (c == '%') {
			int high = i + 2 < n ? hex_digit(p[i + 1]) : -1,
			    low = i + 2 < n ? hex_digit(p[i + 2]) : -1;
			if (high < 0 || low < 0)
				return ERR_PARSE;
			c = (char)(high << 4 | low);
			i += 2;
		}
		p[to++] = c;
	}
	*ret = (str){p, to};
	return utf8_valid(*ret) ? 0 : ERR_PARSE;
}

int url_decode(struct arena *a, str s, bool plus, str *ret)
{
	str decoded;
	TRY(decode_in_place(arena_copy(a, s.p, s.n), s.n, plus, &decoded));
	*ret = decoded;
	return 0;
}

static size_t count_pairs(str body)
{
	size_t n = 0;
	str part;
	while (str_split(&body, '&', &part))
		n += part.n > 0;
	return n;
}

int form_parse(struct arena *a, str body, size_t max, struct pairs *ret)
{
	struct pairs out = {0};
	size_t n = count_pairs(body);
	if (n > max)
		return ERR_LIMIT;
	out.v = ARENA_ARRAY(a, struct pair, n);
	char *copy = arena_copy(a, body.p, body.n);
	for (size_t from = 0; from < body.n;) {
		str part = str_sub((str){copy, body.n}, from, body.n);
		ptrdiff_t end = str_index(part, '&');
		part.n = end < 0 ? part.n : (size_t)end;
		ptrdiff_t equals = str_index(part, '=');
		size_t name = equals < 0 ? part.n : (size_t)equals,
		       value = equals < 0 ? part.n : name + 1;
		if (part.n) {
			struct pair *p = &out.v[out.n++];
			TRY(decode_in_place(copy + from, name, true, &p->name));
			TRY(decode_in_place(copy + from + value, part.n - value, true, &p->value));
		}
		from += part.n + 1;
	}
	*ret = out;
	return 0;
}

static const struct pair *find(const struct pairs *p, str name)
{
	for (size_t i = 0; i < p->n; i++)
		if (str_eq(p->v[i].name, name))
			return &p->v[i];
	return NULL;
}

str pairs_get(const struct pairs *p, str name)
{
	const struct pair *found = find(p, name);
	return found ? found->value : STR_EMPTY;
}

bool pairs_has(const struct pairs *p, str name)
{
	return find(p, name) != NULL;
}
