/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Finding a place by what a citizen typed. All names (own, other spellings, former municipalities,
 * parts) are folded once when the snapshot is made; a question is folded the same way and compared
 * with all of them, from the best kind of match to the worst. About a thousand short names: a scan
 * is faster than any tree, and every rule stays readable.
 */
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "domain/place_impl.h"

enum { MAX_TYPED = 80, MAX_TOKENS = 8, MAX_SQUEEZED = 64 };

/*
 * How well an entry fits; smaller is better. An alias is a little worse than an own name. From
 * SCORE_PREFIX on it is no longer "exact".
 */
enum {
	SCORE_EXACT = 0,
	SCORE_EXACT_DISTRICT = 1,
	SCORE_ALIAS = 10,
	SCORE_SOUND = 12,
	SCORE_PREFIX = 20,
	SCORE_TYPO_1 = 30,
	SCORE_NAME_INSIDE = 36,   /* "Dresden Neustadt": all words of a name, and more */
	SCORE_WORD = 40,
	SCORE_PART = 50,
	SCORE_TYPO_2 = 60,
	SCORE_TYPO_PREFIX = 70,
	SCORE_NONE = 1000,
	ALIAS_LESS = 4,
};

struct query {
	str key, squeezed, sound;
	uint32_t letters;
	str tokens[MAX_TOKENS];
	size_t n_tokens;
};

struct best {
	int score;
	const struct place_entry *entry;
};

/* --- folding --- */

/*
 * "Döbeln", "Doebeln", "Dobeln" -> "dobeln"; "Meißen", "Meissen", "Meisen" -> "meisen": utf8_fold, then ae oe ue lose
 * their e, doubled letters become one, sankt becomes st.
 */
static str fold(struct arena *arena, str text)
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

static str squeeze(struct arena *arena, str key)
{
	char *out = arena_alloc_raw(arena, key.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < key.n && n < MAX_SQUEEZED; i++)
		if (key.p[i] != ' ')
			out[n++] = key.p[i];
	return str_n(out, n);
}

/* Spellings before 1901 and by ear: Camenz, Thal, Mylau/Milau, Zwickau/Zwikau, Stadt/Stat, v and f. */
static str sound(struct arena *arena, str squeezed)
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

static uint32_t letters(str s)
{
	uint32_t mask = 0;

	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] >= 'a' && s.p[i] <= 'z')
			mask |= 1u << (s.p[i] - 'a');
	return mask;
}

/* --- the index --- */

static void add_entry(struct arena *arena, struct place_snapshot *snap, const struct place *p, str text, bool own)
{
	struct place_entry *e = &snap->entries[snap->n_entries++];
	str rest, w;

	*e = (struct place_entry){ .place = p, .own = own, .via = own ? STR_EMPTY : text };
	e->key = fold(arena, text);
	e->squeezed = squeeze(arena, e->key);
	e->sound = sound(arena, e->squeezed);
	e->letters = letters(e->squeezed);
	rest = e->key;
	while (e->n_words < PLACE_MAX_WORDS && str_split(&rest, ' ', &w)) {
		if (!w.n || w.p - e->key.p > 255 || w.n > 255)
			continue;
		e->words[e->n_words++] = (struct place_word){ (uint8_t)(w.p - e->key.p), (uint8_t)w.n };
	}
}

void place_index_build(struct arena *arena, struct place_snapshot *snap)
{
	snap->entries = ARENA_ARRAY(arena, struct place_entry, snap->n_places + snap->n_aliases);
	for (size_t i = 0; i < snap->n_places; i++)
		add_entry(arena, snap, &snap->places[i], snap->places[i].name, true);
	for (size_t i = 0; i < snap->n_aliases; i++)
		add_entry(arena, snap, snap->aliases[i].place, snap->aliases[i].text, snap->aliases[i].own);
	snap->district_keys = ARENA_ARRAY(arena, str, snap->n_districts);
	for (size_t i = 0; i < snap->n_districts; i++)
		snap->district_keys[i] = fold(arena, snap->districts[i].name);
}

/* --- distances --- */

/*
 * Edits (insert, leave out, change, swap neighbours) between a and b, if at most max; else more than max. Only the band
 * of max around the diagonal is looked at. With free_tail the rest of b costs nothing: a is the beginning of b.
 */
static int distance(str a, str b, int max, bool free_tail)
{
	enum { FAR = 100 };
	int rows[3][MAX_SQUEEZED + 2];
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
			if (i > 1 && j > 1 && a.p[i - 1] == b.p[j - 2] && a.p[i - 2] == b.p[j - 1] && up2[j - 2] + 1 < d)
				d = up2[j - 2] + 1;
			row[j] = d;
		}
		for (int j = free_tail ? from - 1 : n; i == m && j <= to; j++)
			best = row[j] < best ? row[j] : best;
	}
	return best;
}

static bool letters_near(uint32_t a, uint32_t b, int edits)
{
	return __builtin_popcount(a ^ b) <= 2 * edits;
}

/* --- one entry against one question --- */

static str word_of(const struct place_entry *e, size_t i)
{
	return str_n(e->key.p + e->words[i].from, e->words[i].n);
}

static bool district_has(const struct place_snapshot *snap, const struct place_entry *e, str token)
{
	str rest = snap->district_keys[e->place->district - snap->districts], w;

	while (str_split(&rest, ' ', &w))
		if (token.n >= 2 && str_has_prefix(w, token))
			return true;
	return false;
}

/* Words against words: "Bernsdorf Zwickau", "Buchholz", "Dresden Neustadt". */
static int score_words(const struct place_snapshot *snap, const struct place_entry *e, const struct query *q)
{
	size_t whole = 0, begun = 0, district = 0;
	unsigned covered = 0;

	for (size_t t = 0; t < q->n_tokens; t++) {
		bool found = false;

		for (size_t i = 0; i < e->n_words && !found; i++) {
			str w = word_of(e, i);

			if (covered & (1u << i))
				continue;
			if (str_eq(w, q->tokens[t])) {
				found = true;
				covered |= 1u << i;
				whole++;
			} else if (q->tokens[t].n >= 3 && str_has_prefix(w, q->tokens[t])) {
				found = true;
				begun++;
			}
		}
		if (!found && district_has(snap, e, q->tokens[t]))
			district++;
	}
	if (whole == e->n_words && whole + district == q->n_tokens)
		return SCORE_EXACT_DISTRICT;
	if (whole + begun && whole + begun + district == q->n_tokens)
		return SCORE_WORD;
	if (whole == e->n_words && e->squeezed.n >= 4)
		return SCORE_NAME_INSIDE;
	return SCORE_NONE;
}

static int score_close(const struct place_snapshot *snap, const struct place_entry *e, const struct query *q)
{
	if (str_eq(e->squeezed, q->squeezed))
		return e->own ? SCORE_EXACT : SCORE_ALIAS - ALIAS_LESS;
	if (str_eq(e->sound, q->sound))
		return SCORE_SOUND;
	if (q->squeezed.n >= 2 && str_has_prefix(e->squeezed, q->squeezed))
		return SCORE_PREFIX;
	int words = score_words(snap, e, q);

	if (words < SCORE_TYPO_1 && (e->own || words > SCORE_EXACT_DISTRICT))
		return words;
	if (words == SCORE_EXACT_DISTRICT)
		return SCORE_ALIAS - ALIAS_LESS;
	if (q->squeezed.n >= 3 && letters_near(e->letters, q->letters, 1) && distance(q->squeezed, e->squeezed, 1, false) <= 1)
		return SCORE_TYPO_1;
	if (words < SCORE_NONE)
		return words;
	return q->squeezed.n >= 3 && str_contains(e->squeezed, q->squeezed) ? SCORE_PART : SCORE_NONE;
}

/* Only looked at when nothing closer was found. */
static int score_far(const struct place_entry *e, const struct query *q)
{
	if (q->squeezed.n >= 6 && letters_near(e->letters, q->letters, 2) && distance(q->squeezed, e->squeezed, 2, false) <= 2)
		return SCORE_TYPO_2;
	if (q->squeezed.n >= 5 && __builtin_popcount(q->letters & ~e->letters) <= 1 &&
		distance(q->squeezed, e->squeezed, 1, true) <= 1)
		return SCORE_TYPO_PREFIX;
	return SCORE_NONE;
}

static void keep(const struct place_snapshot *snap, struct best *best, const struct place_entry *e, int score)
{
	struct best *b = &best[e->place - snap->places];

	if (!e->own)
		score += score < SCORE_NONE ? ALIAS_LESS : 0;
	if (score < b->score)
		*b = (struct best){ score, e };
}

static void search(const struct place_snapshot *snap, const struct query *q, struct best *best)
{
	bool close = false;

	if (!q->squeezed.n)
		return;
	for (size_t i = 0; i < snap->n_entries; i++) {
		const struct place_entry *e = &snap->entries[i];
		int score = score_close(snap, e, q);

		if (score < SCORE_PART)
			close = true;
		keep(snap, best, e, score);
	}
	if (close)
		return;
	for (size_t i = 0; i < snap->n_entries; i++)
		keep(snap, best, &snap->entries[i], score_far(&snap->entries[i], q));
}

/* --- the question --- */

static bool is_number(str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.n > 0;
}

/* Words that people put around a name; folded. Left out only if the whole thing is no name. */
static bool is_noise(str w)
{
	static const str NOISE[] = { STR_INIT("stadt"), STR_INIT("gemeinde"), STR_INIT("grose"), STR_INIT("kreistadt"),
		STR_INIT("landeshauptstadt"), STR_INIT("kurort"), STR_INIT("ot"), STR_INIT("ortsteil"), STR_INIT("in"),
		STR_INIT("bei"), STR_INIT("im"), STR_INIT("der"), STR_INIT("i"), STR_INIT("d"), STR_INIT("sa"),
		STR_INIT("sachsen"), STR_INIT("deutschland"), STR_INIT("rathaus"), STR_INIT("stadtverwaltung"),
		STR_INIT("gemeindeverwaltung"), STR_INIT("plz"), STR_INIT("freistat"),
		STR_INIT("lk"), STR_INIT("landkreis"), STR_INIT("kreis") };

	for (size_t i = 0; i < sizeof(NOISE) / sizeof(NOISE[0]); i++)
		if (str_eq(w, NOISE[i]))
			return true;
	return false;
}

static void query_close(struct arena *arena, struct query *q)
{
	size_t n = 0;
	char *key = arena_alloc_raw(arena, (MAX_TYPED + MAX_TOKENS) * 4);

	for (size_t i = 0; i < q->n_tokens; i++) {
		if (i)
			key[n++] = ' ';
		memcpy(key + n, q->tokens[i].p, q->tokens[i].n);
		n += q->tokens[i].n;
	}
	q->key = str_n(key, n);
	q->squeezed = squeeze(arena, q->key);
	q->sound = sound(arena, q->squeezed);
	q->letters = letters(q->squeezed);
}

/* Cuts what was typed into a postcode (or its beginning) and words. */
static void query_parse(struct arena *arena, str typed, struct query *q, str *ret_number)
{
	str rest = fold(arena, utf8_truncate(typed, MAX_TYPED)), w;

	*q = (struct query){ .n_tokens = 0 };
	*ret_number = STR_EMPTY;
	while (str_split(&rest, ' ', &w)) {
		if (is_number(w) && w.n <= 5) {
			if (w.n > ret_number->n)
				*ret_number = w;
		} else if (w.n && q->n_tokens < MAX_TOKENS) {
			q->tokens[q->n_tokens++] = w;
		}
	}
	query_close(arena, q);
}

static bool without_noise(struct arena *arena, const struct query *q, struct query *ret)
{
	*ret = (struct query){ .n_tokens = 0 };
	for (size_t i = 0; i < q->n_tokens; i++)
		if (!is_noise(q->tokens[i]))
			ret->tokens[ret->n_tokens++] = q->tokens[i];
	query_close(arena, ret);
	return ret->n_tokens && ret->n_tokens < q->n_tokens;
}

static bool any_exact(const struct place_snapshot *snap, const struct best *best)
{
	for (size_t i = 0; i < snap->n_places; i++)
		if (best[i].score < SCORE_ALIAS)
			return true;
	return false;
}

/* --- postcodes --- */

/*
 * The places of a postcode, or of all that begin so. With words beside it, the postcode's places that the words
 * fit come first, and the other ones are no longer exact; if the words fit none of them, the postcode alone counts.
 */
static void add_postcodes(const struct place_snapshot *snap, str number, bool words, struct best *best)
{
	bool fits = false;

	for (size_t i = 0; i < snap->n_postcodes && words; i++)
		if (str_has_prefix(snap->postcodes[i].code, number))
			for (size_t k = 0; k < snap->postcodes[i].n; k++)
				fits |= best[snap->postcodes[i].places[k] - snap->places].score < SCORE_PART;
	for (size_t i = 0; i < snap->n_postcodes; i++) {
		const struct place_postcode *pc = &snap->postcodes[i];

		if (!str_has_prefix(pc->code, number))
			continue;
		for (size_t k = 0; k < pc->n; k++) {
			struct best *b = &best[pc->places[k] - snap->places];
			int score = number.n < 5 ? SCORE_PREFIX : SCORE_EXACT;

			if (fits && b->score < SCORE_PART)
				score = b->score < SCORE_PREFIX ? SCORE_EXACT : SCORE_EXACT_DISTRICT;
			else if (fits)
				score = SCORE_PART;
			b->score = score;
			b->entry = NULL;
		}
	}
}

static void add_old_postcodes(const struct place_snapshot *snap, str number, struct best *best, struct place_entry *via)
{
	for (size_t i = 0; i < snap->n_old_postcodes; i++) {
		const struct place_old_postcode *o = &snap->old_postcodes[i];
		struct best *b = &best[o->place - snap->places];

		if (!str_eq(o->code, number) || b->score <= SCORE_ALIAS)
			continue;
		via[i] = (struct place_entry){ .place = o->place, .via = o->via };
		*b = (struct best){ SCORE_ALIAS, &via[i] };
	}
}

/* --- the answer --- */

static enum place_match match_of(int score)
{
	if (score < SCORE_ALIAS)
		return PLACE_MATCH_EXACT;
	if (score < SCORE_PREFIX)
		return PLACE_MATCH_ALIAS;
	if (score < SCORE_TYPO_1)
		return PLACE_MATCH_PREFIX;
	if (score < SCORE_NAME_INSIDE)
		return PLACE_MATCH_TYPO;
	if (score < SCORE_PART)
		return PLACE_MATCH_WORD;
	return score < SCORE_TYPO_2 ? PLACE_MATCH_PART : PLACE_MATCH_TYPO;
}

static bool before(const struct best *a, const struct place *p, const struct best *b, const struct place *q)
{
	if (a->score != b->score)
		return a->score < b->score;
	return p->population > q->population;
}

/* Insertion into a short sorted list: max is small. */
static size_t collect(const struct place_snapshot *snap, const struct best *best, size_t max, size_t *order)
{
	size_t n = 0;

	for (size_t i = 0; i < snap->n_places; i++) {
		size_t at = n;

		if (best[i].score >= SCORE_NONE)
			continue;
		while (at && before(&best[i], &snap->places[i], &best[order[at - 1]], &snap->places[order[at - 1]]))
			at--;
		if (at >= max)
			continue;
		if (n < max)
			n++;
		memmove(order + at + 1, order + at, (n - 1 - at) * sizeof(*order));
		order[at] = i;
	}
	return n;
}

int place_find(struct arena *arena, const struct place_snapshot *snap, str typed, size_t max,
	struct place_hit **ret_hits, size_t *ret_n)
{
	struct best *best = ARENA_ARRAY(arena, struct best, snap->n_places);
	struct place_entry *via = NULL;
	struct query q, bare;
	str number;

	for (size_t i = 0; i < snap->n_places; i++)
		best[i].score = SCORE_NONE;
	query_parse(arena, typed, &q, &number);
	search(snap, &q, best);
	if (!any_exact(snap, best) && without_noise(arena, &q, &bare))
		search(snap, &bare, best);
	if (number.n >= 2) {
		add_postcodes(snap, number, q.n_tokens > 0, best);
		via = ARENA_ARRAY(arena, struct place_entry, snap->n_old_postcodes);
		add_old_postcodes(snap, number, best, via);
	}
	size_t *order = ARENA_ARRAY(arena, size_t, max + 1);
	size_t n = collect(snap, best, max, order);
	struct place_hit *hits = ARENA_ARRAY(arena, struct place_hit, n);

	for (size_t i = 0; i < n; i++) {
		const struct best *b = &best[order[i]];

		hits[i].place = &snap->places[order[i]];
		hits[i].match = match_of(b->score);
		hits[i].via = b->entry ? b->entry->via : STR_EMPTY;
	}
	*ret_hits = hits;
	*ret_n = n;
	return 0;
}

bool place_hits_sure(const struct place_hit *hits, size_t n)
{
	if (!n || hits[0].match != PLACE_MATCH_EXACT)
		return false;
	for (size_t i = 1; i < n; i++)
		if (hits[i].match == PLACE_MATCH_EXACT || hits[i].match == PLACE_MATCH_ALIAS)
			return false;
	return true;
}
