/* SPDX-License-Identifier: EUPL-1.2 */
/* How names are folded and compared, and the list of all names of a snapshot. */
#include <string.h>

#include "base/utf8.h"
#include "domain/place_impl.h"

/*
 * "Döbeln", "Doebeln", "Dobeln" -> "dobeln"; "Meißen", "Meissen", "Meisen" -> "meisen": utf8_fold,
 * then ae oe ue lose their e, doubled letters become one, sankt becomes st.
 */
str place_fold(struct arena *arena, str text)
{
	str s = utf8_fold(arena, text);
	char *out = arena_alloc_raw(arena, s.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (n && c == out[n - 1] && c >= 'a' && c <= 'z')
			continue;
		if (n && c == 'e' && (out[n - 1] == 'a' || out[n - 1] == 'o' || out[n - 1] == 'u'))
			continue;
		out[n++] = c;
		if (n >= 5 && memcmp(out + n - 5, "sankt", 5) == 0 && (n == 5 || out[n - 6] == ' '))
			out[n - 4] = 't', n -= 3;
	}
	return str_n(out, n);
}

str place_squeeze(struct arena *arena, str key)
{
	char *out = arena_alloc(arena, key.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < key.n && n < PLACE_MAX_SQUEEZED; i++)
		if (key.p[i] != ' ')
			out[n++] = key.p[i];
	return str_n(out, n);
}

/* Spellings before 1901 and by ear: Camenz, Thal, Mylau/Milau, Zwickau/Zwikau, Stadt/Stat, v and f.
 */
str place_sound(struct arena *arena, str squeezed)
{
	char *out = arena_alloc_raw(arena, squeezed.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < squeezed.n; i++) {
		char c = squeezed.p[i];
		char next = i + 1 < squeezed.n ? squeezed.p[i + 1] : 0;

		if (c == 'c' && next != 'h')
			c = 'k';
		else if (c == 'y' || c == 'j')
			c = 'i';
		else if (c == 'v' || (c == 'p' && next == 'h'))
			c = 'f';
		else if (c == 'h' && i && (squeezed.p[i - 1] == 't' || squeezed.p[i - 1] == 'p'))
			continue;
		else if (c == 'd' && next == 't')
			continue;
		else if (c == 't' && next == 'z')
			continue;
		if (n && out[n - 1] == c)
			continue;
		out[n++] = c;
	}
	return str_n(out, n);
}

uint32_t place_letters(str s)
{
	uint32_t mask = 0;

	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] >= 'a' && s.p[i] <= 'z')
			mask |= 1u << (s.p[i] - 'a');
	return mask;
}

static void add_entry(
	struct arena *arena, struct place_snapshot *snap, const struct place *p, str text, bool own)
{
	struct place_entry *e = &snap->entries[snap->n_entries++];
	str rest, w;

	*e = (struct place_entry){.place = p, .own = own, .via = own ? STR_EMPTY : text};
	e->key = place_fold(arena, text);
	e->squeezed = place_squeeze(arena, e->key);
	e->sound = place_sound(arena, e->squeezed);
	e->letters = place_letters(e->squeezed);
	rest = e->key;
	while (e->n_words < PLACE_MAX_WORDS && str_split(&rest, ' ', &w)) {
		if (!w.n || w.p - e->key.p > 255 || w.n > 255)
			continue;
		e->words[e->n_words++] =
			(struct place_word){(uint8_t)(w.p - e->key.p), (uint8_t)w.n};
	}
}

void place_index_build(struct arena *arena, struct place_snapshot *snap)
{
	snap->entries = ARENA_ARRAY(arena, struct place_entry, snap->n_places + snap->n_aliases);
	for (size_t i = 0; i < snap->n_places; i++)
		add_entry(arena, snap, &snap->places[i], snap->places[i].name, true);
	for (size_t i = 0; i < snap->n_aliases; i++)
		add_entry(arena, snap, snap->aliases[i].place, snap->aliases[i].text,
			snap->aliases[i].own);
	snap->district_keys = ARENA_ARRAY(arena, str, snap->n_districts);
	for (size_t i = 0; i < snap->n_districts; i++)
		snap->district_keys[i] = place_fold(arena, snap->districts[i].name);
}

/*
 * Edits (insert, leave out, change, swap neighbours) between a and b, if at most max; else more
 * than max. Only the band of max around the diagonal is looked at. With free_tail the rest of b
 * costs nothing: a is the beginning of b.
 */
int place_distance(str a, str b, int max, bool free_tail)
{
	enum { FAR = 100 };
	int rows[3][PLACE_MAX_SQUEEZED + 2];
	int m = (int)a.n, n = (int)b.n, best = FAR;

	if (m - n > max || (!free_tail && n - m > max))
		return FAR;
	for (int j = 0; j <= n; j++)
		rows[0][j] = j;
	for (int i = 1; i <= m; i++) {
		int *up2 = rows[(i + 1) % 3], *up = rows[(i - 1) % 3], *row = rows[i % 3];
		int from = i - max > 1 ? i - max : 1, to = i + max < n ? i + max : n;

		row[from - 1] = from == 1 ? i : FAR;
		row[to + 1] = FAR;
		for (int j = from; j <= to; j++) {
			int d = up[j - 1] + (a.p[i - 1] != b.p[j - 1]);

			if (row[j - 1] + 1 < d)
				d = row[j - 1] + 1;
			if (up[j] + 1 < d)
				d = up[j] + 1;
			if (i > 1 && j > 1 && a.p[i - 1] == b.p[j - 2] &&
				a.p[i - 2] == b.p[j - 1] && up2[j - 2] + 1 < d)
				d = up2[j - 2] + 1;
			row[j] = d;
		}
		for (int j = free_tail ? from - 1 : n; i == m && j <= to; j++)
			best = row[j] < best ? row[j] : best;
	}
	return best;
}
