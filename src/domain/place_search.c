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

enum { MAX_TYPED = 80, MAX_TOKENS = 8 };

/*
 * How well an entry fits; smaller is better. An alias is a little worse than an own name.
 */
enum {
	SCORE_EXACT = 0,
	SCORE_EXACT_DISTRICT = 1,
	SCORE_ALIAS = 10,
	SCORE_SOUND = 12,
	SCORE_SAME_WORD = 18, /* "Limbach" for Limbach-Oberfrohna, while there is a Limbach too */
	SCORE_PREFIX = 20,
	SCORE_TYPO_1 = 30,
	SCORE_NAME_INSIDE = 36, /* "Dresden Neustadt": all words of a name, and more */
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
	uint32_t token_letters[MAX_TOKENS];
	size_t n_tokens;
};

struct best {
	int score;
	const struct place_entry *entry;
};

static bool letters_near(uint32_t a, uint32_t b, int edits)
{
	return __builtin_popcount(a ^ b) <= 2 * edits;
}

/* --- one entry against one question --- */

static bool same(str a, str b)
{
	return a.n == b.n && memcmp(a.p, b.p, a.n) == 0;
}

static bool begins(str s, str with)
{
	return s.n >= with.n && memcmp(s.p, with.p, with.n) == 0;
}

static str word_of(const struct place_entry *e, size_t i)
{
	return str_n(e->key.p + e->words[i].from, e->words[i].n);
}

static bool district_has(const struct place_snapshot *snap, const struct place_entry *e, str token)
{
	str rest = snap->district_keys[e->place->district - snap->districts], w;

	while (str_split(&rest, ' ', &w))
		if (token.n >= 2 && begins(w, token))
			return true;
	return false;
}

/* Can any word asked for be in this name? Rules out most entries. */
static bool may_share_a_word(const struct place_entry *e, const struct query *q)
{
	for (size_t t = 0; t < q->n_tokens; t++)
		if ((q->token_letters[t] & ~e->letters) == 0)
			return true;
	return false;
}

/* Words against words: "Bernsdorf Zwickau", "Buchholz", "Dresden Neustadt". */
static int score_words(
	const struct place_snapshot *snap, const struct place_entry *e, const struct query *q)
{
	size_t whole = 0, begun = 0, district = 0;
	unsigned covered = 0;

	for (size_t t = 0; t < q->n_tokens; t++) {
		bool found = false;

		for (size_t i = 0; i < e->n_words && !found; i++) {
			str w = word_of(e, i);

			if (covered & (1u << i))
				continue;
			if (same(w, q->tokens[t])) {
				found = true;
				covered |= 1u << i;
				whole++;
			} else if (q->tokens[t].n >= 3 && begins(w, q->tokens[t])) {
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

/* The whole name, or its beginning: cheap, and enough for most questions. */
static int score_quick(UNUSED const struct place_snapshot *snap, const struct place_entry *e,
	const struct query *q)
{
	if (e->squeezed.p[0] == q->squeezed.p[0] && begins(e->squeezed, q->squeezed)) {
		if (e->squeezed.n == q->squeezed.n)
			return e->own ? SCORE_EXACT : SCORE_ALIAS - ALIAS_LESS;
		if (e->own && begins(e->key, q->key) && e->key.p[q->key.n] == ' ')
			return SCORE_SAME_WORD;
		return q->squeezed.n >= 2 ? SCORE_PREFIX : SCORE_NONE;
	}
	return same(e->sound, q->sound) ? SCORE_SOUND : SCORE_NONE;
}

/* Words of the name, one wrong letter, or somewhere inside. */
static int score_slow(
	const struct place_snapshot *snap, const struct place_entry *e, const struct query *q)
{
	int words = may_share_a_word(e, q) ? score_words(snap, e, q) : SCORE_NONE;

	if (words == SCORE_EXACT_DISTRICT)
		return e->own ? words : SCORE_ALIAS - ALIAS_LESS;
	if (q->squeezed.n >= 3 && letters_near(e->letters, q->letters, 1) &&
		place_distance(q->squeezed, e->squeezed, 1, false) <= 1)
		return SCORE_TYPO_1;
	if (words < SCORE_NONE)
		return words;
	return q->squeezed.n >= 3 && (q->letters & ~e->letters) == 0 &&
			str_contains(e->squeezed, q->squeezed)
		? SCORE_PART
		: SCORE_NONE;
}

/* Only looked at when nothing closer was found. */
static int score_far(UNUSED const struct place_snapshot *snap, const struct place_entry *e,
	const struct query *q)
{
	if (q->squeezed.n >= 6 && letters_near(e->letters, q->letters, 2) &&
		place_distance(q->squeezed, e->squeezed, 2, false) <= 2)
		return SCORE_TYPO_2;
	if (q->squeezed.n >= 5 && __builtin_popcount(q->letters & ~e->letters) <= 1 &&
		place_distance(q->squeezed, e->squeezed, 1, true) <= 1)
		return SCORE_TYPO_PREFIX;
	return SCORE_NONE;
}

static void keep(const struct place_snapshot *snap, struct best *best, const struct place_entry *e,
	int score)
{
	struct best *b = &best[e->place - snap->places];

	if (!e->own)
		score += score < SCORE_NONE ? ALIAS_LESS : 0;
	if (score < b->score)
		*b = (struct best){score, e};
}

typedef int score_fn(
	const struct place_snapshot *snap, const struct place_entry *e, const struct query *q);

static bool scan(const struct place_snapshot *snap, const struct query *q, struct best *best,
	score_fn *score, int good)
{
	bool found = false;

	for (size_t i = 0; i < snap->n_entries; i++) {
		const struct place_entry *e = &snap->entries[i];
		int v = score(snap, e, q);

		found |= v < good;
		keep(snap, best, e, v);
	}
	return found;
}

/* From the cheap looks to the dear ones, with and without the words around the name, until
 * something is good enough. */
static void search(
	const struct place_snapshot *snap, const struct query *qs, size_t n, struct best *best)
{
	bool found = false;

	for (size_t i = 0; i < n && !found; i++)
		found = scan(snap, &qs[i], best, score_quick, SCORE_ALIAS);
	if (found)
		return;
	for (size_t i = 0; i < n; i++)
		found |= scan(snap, &qs[i], best, score_slow, SCORE_PART);
	if (!found)
		scan(snap, &qs[n - 1], best, score_far, SCORE_NONE);
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
	static const str NOISE[] = {STR_INIT("stadt"), STR_INIT("gemeinde"), STR_INIT("grose"),
		STR_INIT("kreistadt"), STR_INIT("landeshauptstadt"), STR_INIT("kurort"),
		STR_INIT("ot"), STR_INIT("ortsteil"), STR_INIT("in"), STR_INIT("bei"),
		STR_INIT("im"), STR_INIT("der"), STR_INIT("i"), STR_INIT("d"), STR_INIT("sa"),
		STR_INIT("sachsen"), STR_INIT("deutschland"), STR_INIT("rathaus"),
		STR_INIT("stadtverwaltung"), STR_INIT("gemeindeverwaltung"), STR_INIT("plz"),
		STR_INIT("freistat"), STR_INIT("lk"), STR_INIT("landkreis"), STR_INIT("kreis")};

	for (size_t i = 0; i < sizeof(NOISE) / sizeof(NOISE[0]); i++)
		if (same(w, NOISE[i]))
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
		q->token_letters[i] = place_letters(q->tokens[i]);
		memcpy(key + n, q->tokens[i].p, q->tokens[i].n);
		n += q->tokens[i].n;
	}
	q->key = str_n(key, n);
	q->squeezed = place_squeeze(arena, q->key);
	q->sound = place_sound(arena, q->squeezed);
	q->letters = place_letters(q->squeezed);
}

/* Cuts what was typed into a postcode (or its beginning) and words. */
static void query_parse(struct arena *arena, str typed, struct query *q, str *ret_number)
{
	str rest = place_fold(arena, utf8_truncate(typed, MAX_TYPED)), w;

	*q = (struct query){.n_tokens = 0};
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
	*ret = (struct query){.n_tokens = 0};
	for (size_t i = 0; i < q->n_tokens; i++)
		if (!is_noise(q->tokens[i]))
			ret->tokens[ret->n_tokens++] = q->tokens[i];
	query_close(arena, ret);
	return ret->n_tokens && ret->n_tokens < q->n_tokens;
}

/* --- postcodes --- */

static bool fits(const struct place_snapshot *snap, const struct place *p, const struct best *best)
{
	return best[p - snap->places].score < SCORE_PART;
}

/* Do the words beside the postcode name one of its places? */
static bool words_fit(const struct place_snapshot *snap, str number, const struct best *best)
{
	for (size_t i = 0; i < snap->n_postcodes; i++)
		for (size_t k = 0;
			k < snap->postcodes[i].n && begins(snap->postcodes[i].code, number); k++)
			if (fits(snap, snap->postcodes[i].places[k], best))
				return true;
	for (size_t i = 0; i < snap->n_old_postcodes; i++)
		if (same(snap->old_postcodes[i].code, number) &&
			fits(snap, snap->old_postcodes[i].place, best))
			return true;
	return false;
}

/*
 * The places of a postcode, or of all that begin so. If the words beside it name one of them, that
 * comes first and the others are no longer exact; if they name none, the postcode counts alone.
 */
static void add_postcodes(const struct place_snapshot *snap, str number, struct best *best)
{
	bool chosen = words_fit(snap, number, best);

	for (size_t i = 0; i < snap->n_postcodes; i++) {
		const struct place_postcode *pc = &snap->postcodes[i];

		for (size_t k = 0; k < pc->n && begins(pc->code, number); k++) {
			struct best *b = &best[pc->places[k] - snap->places];

			if (chosen && b->score < SCORE_PART)
				b->score = b->score < SCORE_PREFIX ? SCORE_EXACT
								   : SCORE_EXACT_DISTRICT;
			else if (chosen)
				*b = (struct best){SCORE_PART, NULL};
			else
				*b = (struct best){number.n < 5 ? SCORE_PREFIX : SCORE_EXACT, NULL};
		}
	}
}

static void add_old_postcodes(
	struct arena *arena, const struct place_snapshot *snap, str number, struct best *best)
{
	for (size_t i = 0; i < snap->n_old_postcodes; i++) {
		const struct place_old_postcode *o = &snap->old_postcodes[i];
		struct best *b = &best[o->place - snap->places];

		if (!same(o->code, number) || b->score <= SCORE_ALIAS)
			continue;
		struct place_entry *via = ARENA_NEW(arena, struct place_entry);
		via->place = o->place;
		via->via = o->via;
		*b = (struct best){SCORE_ALIAS, via};
	}
}

/* --- the answer --- */

static enum place_match match_of(int score)
{
	if (score < SCORE_ALIAS)
		return PLACE_MATCH_EXACT;
	if (score < SCORE_SAME_WORD)
		return PLACE_MATCH_ALIAS;
	if (score < SCORE_TYPO_1)
		return PLACE_MATCH_PREFIX;
	if (score < SCORE_NAME_INSIDE)
		return PLACE_MATCH_TYPO;
	if (score < SCORE_PART)
		return PLACE_MATCH_WORD;
	return score < SCORE_TYPO_2 ? PLACE_MATCH_PART : PLACE_MATCH_TYPO;
}

static bool before(
	const struct best *a, const struct place *p, const struct best *b, const struct place *q)
{
	if (a->score != b->score)
		return a->score < b->score;
	return p->population > q->population;
}

/* Insertion into a short sorted list: max is small. */
static size_t collect(
	const struct place_snapshot *snap, const struct best *best, size_t max, size_t *order)
{
	size_t n = 0;

	for (size_t i = 0; i < snap->n_places; i++) {
		size_t at = n;

		if (best[i].score >= SCORE_NONE)
			continue;
		while (at &&
			before(&best[i], &snap->places[i], &best[order[at - 1]],
				&snap->places[order[at - 1]]))
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
	struct query q[2]; /* as typed, and without the words around the name */
	str number;

	for (size_t i = 0; i < snap->n_places; i++)
		best[i].score = SCORE_NONE;
	query_parse(arena, typed, &q[0], &number);
	if (q[0].n_tokens)
		search(snap, q, without_noise(arena, &q[0], &q[1]) ? 2 : 1, best);
	if (number.n >= 2) {
		add_postcodes(snap, number, best);
		add_old_postcodes(arena, snap, number, best);
	}
	size_t *order = ARENA_ARRAY(arena, size_t, max + 1);
	size_t n = collect(snap, best, max, order);
	struct place_hit *hits = ARENA_ARRAY(arena, struct place_hit, n);

	for (size_t i = 0; i < n; i++) {
		const struct best *b = &best[order[i]];

		hits[i].place = &snap->places[order[i]];
		hits[i].match = match_of(b->score);
		hits[i].via = b->entry ? b->entry->via : STR_EMPTY;
		hits[i].rival = b->score <= SCORE_SAME_WORD;
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
		if (hits[i].rival)
			return false;
	return true;
}
