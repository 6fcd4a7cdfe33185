/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/json.h"

/* A broken promise of the caller: going on would store or send something that is no JSON. */
static void promise(bool kept, const char *what)
{
	if (!kept)
		err_die(what);
}

static void before_value(struct json *j)
{
	if (j->depth && j->stack[j->depth - 1] == '{')
		promise(j->after_key, "json: a value in an object needs a key");
	else if (j->depth == 0)
		promise(!j->comma, "json: only one value at the top");
	if (j->comma && !j->after_key)
		buf_putc(j->b, ',');
	j->comma = true;
	j->after_key = false;
}

static void open_level(struct json *j, char sign)
{
	before_value(j);
	promise(j->depth < sizeof j->stack, "json: nested too deeply");
	j->stack[j->depth++] = sign;
	j->comma = false;
	buf_putc(j->b, sign);
}

static void close_level(struct json *j, char opened, char sign)
{
	promise(j->depth && j->stack[j->depth - 1] == opened && !j->after_key,
		"json: closes what is not open");
	j->depth--;
	j->comma = true;
	buf_putc(j->b, sign);
}

void json_begin(struct json *j, struct buf *b)
{
	*j = (struct json){.b = b};
}

void json_end(struct json *j)
{
	promise(j->depth == 0 && j->comma, "json: not closed, or empty");
}

void json_object(struct json *j)
{
	open_level(j, '{');
}

void json_object_end(struct json *j)
{
	close_level(j, '{', '}');
}

void json_array(struct json *j)
{
	open_level(j, '[');
}

void json_array_end(struct json *j)
{
	close_level(j, '[', ']');
}

/* 0: as it is; 1: \u00XX; else the letter behind the backslash */
static const char escapes[256] = {
	[0] = 1,
	[1] = 1,
	[2] = 1,
	[3] = 1,
	[4] = 1,
	[5] = 1,
	[6] = 1,
	[7] = 1,
	['\b'] = 'b',
	['\t'] = 't',
	['\n'] = 'n',
	[11] = 1,
	['\f'] = 'f',
	['\r'] = 'r',
	[14] = 1,
	[15] = 1,
	[16] = 1,
	[17] = 1,
	[18] = 1,
	[19] = 1,
	[20] = 1,
	[21] = 1,
	[22] = 1,
	[23] = 1,
	[24] = 1,
	[25] = 1,
	[26] = 1,
	[27] = 1,
	[28] = 1,
	[29] = 1,
	[30] = 1,
	[31] = 1,
	['"'] = '"',
	['\\'] = '\\',
	['<'] = 1,
	['>'] = 1,
	['&'] = 1,
	[127] = 1,
};

static void put_string(struct buf *b, str s)
{
	static const char digits[] = "0123456789abcdef";
	size_t from = 0;
	buf_putc(b, '"');
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (!escapes[c])
			continue;
		if (i > from)
			buf_putn(b, s.p + from, i - from);
		from = i + 1;
		if (escapes[c] == 1)
			buf_putn(b, (char[]){'\\', 'u', '0', '0', digits[c >> 4], digits[c & 15]},
				6);
		else
			buf_putn(b, (char[]){'\\', escapes[c]}, 2);
	}
	if (s.n > from)
		buf_putn(b, s.p + from, s.n - from);
	buf_putc(b, '"');
}

void json_key(struct json *j, str key)
{
	promise(j->depth && j->stack[j->depth - 1] == '{' && !j->after_key,
		"json: a key belongs into an object");
	if (j->comma)
		buf_putc(j->b, ',');
	put_string(j->b, key);
	buf_putc(j->b, ':');
	j->after_key = true;
}

void json_str(struct json *j, str v)
{
	before_value(j);
	put_string(j->b, v);
}

void json_int(struct json *j, int64_t v)
{
	before_value(j);
	buf_int(j->b, v);
}

void json_bool(struct json *j, bool v)
{
	before_value(j);
	buf_put(j->b, v ? S("true") : S("false"));
}

void json_null(struct json *j)
{
	before_value(j);
	buf_put(j->b, S("null"));
}

static size_t digits_at(str s, size_t i)
{
	size_t n = 0;
	while (i + n < s.n && s.p[i + n] >= '0' && s.p[i + n] <= '9')
		n++;
	return n;
}

static bool is_number(str s)
{
	size_t i = str_has_prefix(s, S("-")), n = digits_at(s, i);
	if (n == 0 || (n > 1 && s.p[i] == '0'))
		return false;
	i += n;
	if (i < s.n && s.p[i] == '.') {
		if ((n = digits_at(s, i + 1)) == 0)
			return false;
		i += 1 + n;
	}
	if (i < s.n && (s.p[i] | 0x20) == 'e') {
		i++;
		i += i < s.n && (s.p[i] == '+' || s.p[i] == '-');
		if ((n = digits_at(s, i)) == 0)
			return false;
		i += n;
	}
	return i == s.n;
}

void json_raw_number(struct json *j, str literal)
{
	promise(is_number(literal), "json: not a number");
	before_value(j);
	buf_put(j->b, literal);
}

void json_kstr(struct json *j, str key, str v)
{
	json_key(j, key);
	json_str(j, v);
}

void json_kint(struct json *j, str key, int64_t v)
{
	json_key(j, key);
	json_int(j, v);
}

void json_kbool(struct json *j, str key, bool v)
{
	json_key(j, key);
	json_bool(j, v);
}
