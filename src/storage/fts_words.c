/* SPDX-License-Identifier: EUPL-1.2 */
#include <libstemmer.h>
#include <string.h>
#include "base/utf8.h"
#include "storage/fts_impl.h"

struct fts_stemmer *fts_stemmer_new(void)
{
	return (struct fts_stemmer *)sb_stemmer_new("german", "UTF_8");
}

void fts_stemmer_free(struct fts_stemmer *s)
{
	if (s)
		sb_stemmer_delete((struct sb_stemmer *)s);
}

str fts_stem(struct fts_stemmer *s, str word)
{
	const sb_symbol *p = sb_stemmer_stem((struct sb_stemmer *)s, (const sb_symbol *)word.p, (int)word.n);

	return p ? str_n(p, (size_t)sb_stemmer_length((struct sb_stemmer *)s)) : word;
}

static bool letter(uint32_t c)
{
	if (c < 0x80)
		return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
	if (c < 0xc0)
		return c == 0xaa || c == 0xb5 || c == 0xba;
	return c != 0xd7 && c != 0xf7 && !(c >= 0x2000 && c < 0x2c00) && !(c >= 0x3000 && c < 0x3040);
}

bool fts_word_next(str *rest, str *ret_word)
{
	size_t i = 0, from = 0;

	for (;;) {
		size_t at = i;
		uint32_t c = utf8_next(*rest, &i);
		if (c && letter(c) && i < rest->n)
			continue;
		size_t to = c && letter(c) ? i : at;
		if (to > from) {
			*ret_word = str_sub(*rest, from, to);
			*rest = str_sub(*rest, i, rest->n);
			return true;
		}
		if (!c || i >= rest->n)
			return false;
		from = i;
	}
}

/* FNV-1a: the same in every run, so that a search gives the same order */
static size_t hash(str s)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (uint8_t)s.p[i]) * UINT64_C(1099511628211);
	return (size_t)(h ^ h >> 32);
}

struct fts_word *fts_vocabulary_find(const struct fts_vocabulary *v, str text)
{
	if (!v->cap)
		return NULL;
	for (size_t i = hash(text) & (v->cap - 1); v->table[i]; i = (i + 1) & (v->cap - 1))
		if (str_eq(v->table[i]->text, text))
			return v->table[i];
	return NULL;
}

static void put(struct fts_vocabulary *v, struct fts_word *w)
{
	size_t i = hash(w->text) & (v->cap - 1);

	while (v->table[i])
		i = (i + 1) & (v->cap - 1);
	v->table[i] = w;
}

struct fts_word *fts_vocabulary_add(struct fts_vocabulary *v, str text)
{
	struct fts_word *w = fts_vocabulary_find(v, text);

	if (w)
		return w;
	if ((v->n + 1) * 2 > v->cap) {
		struct fts_word **old = v->table;
		size_t old_cap = v->cap;
		v->cap = old_cap ? old_cap * 2 : 1024;
		v->table = ARENA_ARRAY(v->arena, struct fts_word *, v->cap);
		for (size_t i = 0; i < old_cap; i++)
			if (old[i])
				put(v, old[i]);
	}
	w = ARENA_NEW(v->arena, struct fts_word);
	w->text = str_dup(v->arena, text);
	size_t length = text.n < WORD_MAX ? text.n : WORD_MAX;
	w->next = v->by_length[length];
	v->by_length[length] = w;
	put(v, w);
	v->n++;
	return w;
}

str fts_umlauts(struct arena *a, str word)
{
	struct buf b = buf_new(a, word.n + 1);
	bool any = false;

	for (size_t i = 0; i < word.n; i++) {
		char c = word.p[i], before = i ? word.p[i - 1] : ' ';
		bool pair = i + 1 < word.n && word.p[i + 1] == 'e' && (c == 'a' || c == 'o' || c == 'u');
		/* "que", "aue", "eue": no umlaut there */
		if (pair && !(c == 'u' && (before == 'q' || before == 'a' || before == 'e'))) {
			buf_put(&b, c == 'a' ? S("\xc3\xa4") : c == 'o' ? S("\xc3\xb6") : S("\xc3\xbc"));
			any = true;
			i++;
		} else {
			buf_putc(&b, c);
		}
	}
	return any ? buf_str(&b) : STR_EMPTY;
}

bool fts_one_typo(str a, str b)
{
	size_t i = 0, x, y;

	if (a.n > b.n + 1 || b.n > a.n + 1)
		return false;
	while (i < a.n && i < b.n && a.p[i] == b.p[i])
		i++;
	x = a.n;
	y = b.n;
	while (x > i && y > i && a.p[x - 1] == b.p[y - 1]) {
		x--;
		y--;
	}
	if (x - i <= 1 && y - i <= 1)
		return true;
	return x - i == 2 && y - i == 2 && a.p[i] == b.p[i + 1] && a.p[i + 1] == b.p[i];
}

static int least(int a, int b)
{
	return a < b ? a : b;
}

/* Optimal string alignment, three rows. */
bool fts_typos(str a, str b, int most)
{
	int row[3][WORD_MAX + 2];

	if (most <= 1)
		return fts_one_typo(a, b);
	if (a.n > WORD_MAX || b.n > WORD_MAX)
		return false;
	for (size_t k = 0; k <= b.n; k++)
		row[0][k] = (int)k;
	for (size_t i = 1; i <= a.n; i++) {
		int *now = row[i % 3], *before = row[(i + 2) % 3], *two = row[(i + 1) % 3];
		int best = now[0] = (int)i;

		for (size_t k = 1; k <= b.n; k++) {
			bool same = a.p[i - 1] == b.p[k - 1], swapped = i > 1 && k > 1 && a.p[i - 1] == b.p[k - 2] && a.p[i - 2] == b.p[k - 1];

			now[k] = least(least(before[k], now[k - 1]) + 1, before[k - 1] + !same);
			if (swapped)
				now[k] = least(now[k], two[k - 2] + 1);
			best = least(best, now[k]);
		}
		if (best > most)
			return false;
	}
	return row[a.n % 3][b.n] <= most;
}
