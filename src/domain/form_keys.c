/* SPDX-License-Identifier: EUPL-1.2 */
#include "domain/form_keys.h"

#include <stdarg.h>
#include <stdio.h>

static void at(struct findings *f, enum severity s, const struct node *n, str code, const char *fmt, va_list ap)
{
	char text[500];

	vsnprintf(text, sizeof text, fmt, ap);
	finding_add(f, s, str_c(n && n->file ? n->file : ""), n ? n->line : 0, n ? n->col : 0, code, "%s", text);
}

void node_error_at(struct findings *f, const struct node *n, str code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	at(f, FINDING_ERROR, n, code, fmt, ap);
	va_end(ap);
}

void node_warning_at(struct findings *f, const struct node *n, str code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	at(f, FINDING_WARNING, n, code, fmt, ap);
	va_end(ap);
}

static int word_index(const char *words, str w)
{
	str rest = str_c(words), one;
	int i = 0;

	while (str_split(&rest, ' ', &one)) {
		if (str_eq(one, w))
			return i;
		i++;
	}
	return -1;
}

bool word_in(const char *words, str w)
{
	return word_index(words, w) >= 0;
}

bool keys_check(struct findings *f, const struct node *map, const char *what, const char *known)
{
	size_t i;

	if (!map || map->kind != NODE_MAP) {
		node_error_at(f, map, S("bad-value"), "%s must be a map of keys", what);
		return false;
	}
	for (i = 0; i < map->n; i++)
		if (!word_in(known, map->key[i]))
			node_error_at(f, map->item[i], S("unknown-key"), "%s has no key '%.*s'; known are: %s", what, STR_FMT(map->key[i]),
				      known);
	return true;
}

str key_text(struct findings *f, const struct node *map, const char *key, const char *what)
{
	str s = str_trim(node_text_at(map, str_c(key)));

	if (!s.n)
		node_error_at(f, map, S("missing-key"), "%s needs '%s'", what, key);
	return s;
}

int32_t key_int(struct findings *f, const struct node *map, const char *key, int32_t fallback, int32_t min, int32_t max)
{
	const struct node *n = node_get(map, str_c(key));
	int64_t v;

	if (!n)
		return fallback;
	if (node_i64(n, &v) < 0 || v < min || v > max) {
		node_error_at(f, n, S("bad-value"), "'%s' must be a whole number from %d to %d", key, (int)min, (int)max);
		return fallback;
	}
	return (int32_t)v;
}

bool key_bool(struct findings *f, const struct node *map, const char *key, bool fallback)
{
	const struct node *n = node_get(map, str_c(key));

	if (n && !word_in("true false yes no", node_text(n)))
		node_error_at(f, n, S("bad-value"), "'%s' must be true or false", key);
	return node_bool(n, fallback);
}

int key_word(struct findings *f, const struct node *map, const char *key, const char *words, int fallback)
{
	const struct node *n = node_get(map, str_c(key));
	int i;

	if (!n)
		return fallback;
	i = word_index(words, node_text(n));
	if (i >= 0)
		return i;
	node_error_at(f, n, S("bad-value"), "'%s' must be one of: %s", key, words);
	return fallback;
}

size_t key_texts(struct arena *a, struct findings *f, const struct node *map, const char *key, const str **ret)
{
	const struct node *n = node_get(map, str_c(key));
	str *v;
	size_t i;

	*ret = NULL;
	if (!n)
		return 0;
	if (n->kind != NODE_LIST) {
		node_error_at(f, n, S("bad-value"), "'%s' must be a list", key);
		return 0;
	}
	v = ARENA_ARRAY(a, str, n->n);
	for (i = 0; i < n->n; i++) {
		v[i] = node_text(n->item[i]);
		if (!v[i].n)
			node_error_at(f, n->item[i], S("bad-value"), "'%s' holds something that is no text", key);
	}
	*ret = v;
	return n->n;
}

static bool id_char(char c, enum id_style style)
{
	if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
		return true;
	if (c == '_')
		return style != ID_PAGE;
	if (c == '.')
		return style == ID_FIELD;
	if (c == '-')
		return style == ID_PAGE || style == ID_OPTION;
	return style == ID_OPTION && c >= 'A' && c <= 'Z';
}

bool id_check(struct findings *f, const struct node *n, str id, enum id_style style, const char *what)
{
	static const char *const known[] = { "a-z 0-9 _", "words of a-z 0-9 _ joined by dots", "a-z 0-9 -", "letters, digits, _ and -" };
	bool good = id.n > 0 && id.n <= (style == ID_FIELD ? 200 : 80);	/* fields of groups in groups carry their ids */
	size_t i;

	for (i = 0; good && i < id.n; i++)
		good = id_char(id.p[i], style);
	/* an expression reads names: they begin with a letter; a dot stands between words */
	if (good && style != ID_OPTION)
		good = id.p[0] >= 'a' && id.p[0] <= 'z';
	for (i = 0; good && style == ID_FIELD && i < id.n; i++)
		good = id.p[i] != '.' || (i + 1 < id.n && id.p[i + 1] != '.');
	if (good)
		return true;
	node_error_at(f, n, S("bad-id"), "the id '%.*s' of %s must be made of %s and begin with a letter", STR_FMT(id), what, known[style]);
	return false;
}
