/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/testing.h"

#include <time.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "domain/place.h"

static struct arena *a, *scratch;
static const struct place_snapshot *snap;

static int setup(void **state)
{
	const char *source = getenv("SCHALTER_SOURCE");
	struct findings f;

	a = arena_new(1 << 20);
	f = findings_new(a);
	scratch = arena_new(1 << 16);
	if (place_load(a, str_fmt(a, "%s/places", source ? source : "."), &snap, &f) < 0)
		return -1;
	return snap ? 0 : -1;
}

static int teardown(void **state)
{
	arena_free(scratch);
	arena_free(a);
	return 0;
}

static struct place_hit *find(str typed, size_t max, size_t *ret_n)
{
	struct place_hit *hits;

	assert_ok(place_find(scratch, snap, typed, max, &hits, ret_n));
	assert_true(*ret_n <= max);
	return hits;
}

/* Position of the place among the hits; -1: it is not there. */
static int rank(str typed, const struct place *p, size_t max)
{
	size_t n;

	arena_reset(scratch);
	struct place_hit *hits = find(typed, max, &n);
	for (size_t i = 0; i < n; i++)
		if (hits[i].place == p)
			return (int)i;
	return -1;
}

static str without_umlauts(struct arena *arena, str s)
{
	static const struct {
		const char *from, *to;
	} PAIRS[] = {{"ä", "ae"}, {"ö", "oe"}, {"ü", "ue"}, {"ß", "ss"}, {"Ä", "Ae"}, {"Ö", "Oe"},
		{"Ü", "Ue"}};

	for (size_t i = 0; i < sizeof(PAIRS) / sizeof(PAIRS[0]); i++)
		s = str_replace(arena, s, str_c(PAIRS[i].from), str_c(PAIRS[i].to));
	return s;
}

static void every_name_finds_its_place_first_in_every_usual_spelling(void **state)
{
	size_t n;
	const struct place *p = place_all(snap, &n);

	for (size_t i = 0; i < n; i++) {
		bool twice = !str_eq(p[i].name, p[i].label);
		str spellings[] = {p[i].name, p[i].official, without_umlauts(a, p[i].name),
			str_lower_ascii(a, p[i].name), str_fmt(a, "  %.*s ", STR_FMT(p[i].name)),
			str_fmt(a, "%.*s %.*s", STR_FMT(p[i].seat_postcode), STR_FMT(p[i].name)),
			str_fmt(a, "%.*s, %.*s", STR_FMT(p[i].name), STR_FMT(p[i].seat_postcode)),
			p[i].label};

		for (size_t s = 0; s < sizeof(spellings) / sizeof(spellings[0]); s++) {
			int r = rank(spellings[s], &p[i], 5);

			if (r < 0 || r > 1)
				print_error("\"%.*s\": rank %d\n", STR_FMT(spellings[s]), r);
			assert_in_range(
				r, 0, 1); /* 1: another one has the same name, or is called so */
		}
		assert_int_equal(
			rank(p[i].label, &p[i], 5), rank(p[i].label, &p[i], 1) < 0 ? 1 : 0);
		if (twice)
			assert_int_equal(rank(p[i].label, &p[i], 5), 0);
	}
}

static void every_postcode_finds_all_its_municipalities_and_asks_if_there_are_several(void **state)
{
	size_t several = 0;

	for (unsigned code = 1000; code < 11000; code++) {
		char s[12];
		size_t n, want;

		snprintf(s, sizeof(s), "%05u", code);
		const struct place *const *p = place_by_postcode(snap, str_c(s), &want);
		if (!want)
			continue;
		arena_reset(scratch);
		struct place_hit *hits = find(str_c(s), 30, &n);
		size_t exact = 0;
		for (size_t i = 0; i < n; i++)
			exact += hits[i].match == PLACE_MATCH_EXACT;
		assert_int_equal(exact, want);
		for (size_t i = 0; i < want; i++)
			assert_ptr_equal(hits[i].place, p[i]);
		if (want > 1) {
			several++;
			assert_false(place_hits_sure(hits, n));
		} else {
			assert_int_equal(place_hits_sure(hits, n), n == 1);
		}
	}
	assert_int_equal(several, 86);
}

/* One wrong letter as people make them: left out, doubled key, wrong key, two letters swapped. */
static str with_typo(struct arena *arena, str name, uint64_t *seed)
{
	uint32_t cp[64];
	size_t n = 0, i = 0;
	struct buf b = buf_new(arena, 64);

	while (i < name.n && n < 60)
		cp[n++] = utf8_next(name, &i);
	size_t at = test_random(seed) % n;
	uint32_t letter = 'a' + (uint32_t)(test_random(seed) % 26);
	switch (test_random(seed) % 4) {
	case 0:
		memmove(cp + at, cp + at + 1, (n - at - 1) * sizeof(*cp));
		n--;
		break;
	case 1:
		memmove(cp + at + 1, cp + at, (n - at) * sizeof(*cp));
		cp[at] = letter;
		n++;
		break;
	case 2: cp[at] = letter; break;
	default:
		if (at + 1 < n) {
			uint32_t c = cp[at];

			cp[at] = cp[at + 1];
			cp[at + 1] = c;
		}
	}
	for (i = 0; i < n; i++)
		buf_utf8(&b, cp[i]);
	return buf_str(&b);
}

static void a_name_with_one_typo_finds_its_place_in_the_top_three(void **state)
{
	size_t n, tried = 0, first = 0, top3 = 0;
	const struct place *p = place_all(snap, &n);
	uint64_t seed = 20261122;

	for (int round = 0; round < 20; round++)
		for (size_t i = 0; i < n; i++) {
			str typed = with_typo(a, p[i].name, &seed);
			int r = rank(typed, &p[i], 3);

			tried++;
			first += r == 0;
			top3 += r >= 0;
		}
	print_message("# one typo: %zu tries, first %.2f %%, top three %.2f %%\n", tried,
		100.0 * (double)first / (double)tried, 100.0 * (double)top3 / (double)tried);
	assert_true(top3 * 1000 >= tried * 990);
	assert_true(first * 100 >= tried * 95);
}

static void what_people_type_leads_where_they_mean(void **state)
{
	static const struct {
		const char *typed, *first;
		bool sure;
	} WANT[] = {
		{"01067 Dresden", "dresden", true},
		{"D-04109 Leipzig", "leipzig", true},
		{"Frankenberg/Sa.", "frankenberg", true},
		{"Frankenberg (Sachsen)", "frankenberg", true},
		{"frankenberg", "frankenberg", true},
		{"Stadt Radeberg", "radeberg", true},
		{"Große Kreisstadt Pirna", "pirna", true},
		{"Gemeinde Burkau", "burkau", true},
		{"Stadt Wehlen", "stadt-wehlen", true},
		{"St. Egidien", "st-egidien", true},
		{"Sankt Egidien", "st-egidien", true},
		{"st egidien", "st-egidien", true},
		{"Neustadt i. Sa.", "neustadt-in-sachsen", true},
		{"Schlema", "aue-bad-schlema", false},
		{"Karl-Marx-Stadt", "chemnitz", false},
		{"Camenz", "kamenz", false},
		{"Zwikau", "zwickau", false},
		{"Kunewalde", "cunewalde", false},
		{"Rosenthal", "rosenthal-bielatal", false},
		{"Leizpig", "leipzig", false},
		{"Budysin", "bautzen", false},
		{"Budyšin", "bautzen", false},
		{"Siebenlehn", "grossschirma", false},
		{"09634 Siebenlehn", "grossschirma", false},
		{"04685", "grimma", false},
		{"Buchholz", "annaberg-buchholz", false},
		{"annabergbuchholz", "annaberg-buchholz", true},
		{"Dresden Neustadt", "dresden", false},
		{"Chemnitz OT Wittgensdorf", "chemnitz", false},
		{"Bernsdorf Zwickau", "bernsdorf-zwickau", true},
		{"Bernsdorf (Landkreis Bautzen)", "bernsdorf-bautzen", true},
		{"09306 Wechselburg", "wechselburg", true},
		{"Auerbach", "auerbach-vogtl", false},
		{"Limbach", "limbach", false},
		{"Reichenbach", "reichenbach-im-vogtland", false},
		{"01067 Radebeul", "dresden", false},
	};

	for (size_t i = 0; i < sizeof(WANT) / sizeof(WANT[0]); i++) {
		size_t n;

		arena_reset(scratch);
		struct place_hit *hits = find(str_c(WANT[i].typed), 5, &n);
		if (!n || !str_eq(hits[0].place->slug, str_c(WANT[i].first)))
			print_error("typed: %s\n", WANT[i].typed);
		assert_true(n > 0);
		assert_s(hits[0].place->slug, WANT[i].first);
		if (place_hits_sure(hits, n) != WANT[i].sure)
			print_error("typed: %s\n", WANT[i].typed);
		assert_int_equal(place_hits_sure(hits, n), WANT[i].sure);
	}
}

static void an_alias_says_what_it_was_found_by(void **state)
{
	size_t n;
	struct place_hit *hits = find(S("siebenlehn"), 3, &n);

	assert_int_equal(n, 1);
	assert_s(hits[0].via, "Siebenlehn");
	assert_int_equal(hits[0].match, PLACE_MATCH_ALIAS);
	hits = find(S("04685"), 3, &n);
	assert_s(hits[0].via, "Nerchau");
	hits = find(S("Radeberg"), 3, &n);
	assert_int_equal(hits[0].via.n, 0);
}

static void old_spellings_count_as_the_name_itself(void **state)
{
	static const char *const TYPED[][2] = {{"Camenz", "kamenz"}, {"Müglitzthal", "mueglitztal"},
		{"Zwikau", "zwickau"}, {"Freyberg", "freiberg"}, {"Creischa", "kreischa"}};

	for (size_t i = 0; i < sizeof(TYPED) / sizeof(TYPED[0]); i++) {
		size_t n;
		struct place_hit *hits = find(str_c(TYPED[i][0]), 3, &n);

		assert_true(n > 0);
		assert_s(hits[0].place->slug, TYPED[i][1]);
		assert_int_equal(hits[0].match, PLACE_MATCH_ALIAS);
		assert_int_equal(hits[0].via.n, 0);
	}
}

static void both_auerbachs_and_the_exact_place_of_a_number_are_offered(void **state)
{
	size_t n;
	struct place_hit *hits = find(S("Auerbach"), 5, &n);

	assert_true(n >= 2);
	assert_s(hits[0].place->slug, "auerbach-vogtl");
	assert_s(hits[1].place->slug, "auerbach");
	hits = find(S("0106"), 5, &n);
	assert_int_equal(n, 1);
	assert_int_equal(hits[0].match, PLACE_MATCH_PREFIX);
}

static void rubbish_finds_nothing_and_harms_nothing(void **state)
{
	struct buf long_text = buf_new(a, 0);
	uint64_t seed = 7;
	size_t n;

	find(STR_EMPTY, 5, &n);
	assert_int_equal(n, 0);
	find(S("  .,-/() "), 5, &n);
	assert_int_equal(n, 0);
	find(S("xyzzyqwv"), 5, &n);
	assert_int_equal(n, 0);
	find(S("99999"), 5, &n);
	assert_int_equal(n, 0);
	find(S("Dresden"), 0, &n);
	assert_int_equal(n, 0);
	find(S("\xf0\x9f\x92\xa9 \xe6\xbc\xa2\xe5\xad\x97"), 5, &n);
	assert_int_equal(n, 0);
	for (int i = 0; i < 10000; i++)
		buf_put(&long_text, S("a b "));
	find(buf_str(&long_text), 5, &n);
	for (int i = 0; i < 2000; i++) {
		char text[40];
		size_t len = test_random(&seed) % sizeof(text);

		for (size_t k = 0; k < len; k++)
			text[k] = (char)(' ' + test_random(&seed) % 95);
		arena_reset(scratch);
		find(str_n(text, len), 5, &n);
	}
}

static void a_question_is_quick_and_uses_little_memory(void **state)
{
	size_t n, hits;
	const struct place *p = place_all(snap, &n);
	struct timespec t0, t1;

	arena_reset(scratch);
	size_t before = arena_used(scratch);
	find(S("Bernsdorf (Landkreis Zwickau)"), 10, &hits);
	assert_true(arena_used(scratch) - before < 64 * 1024);
	clock_gettime(CLOCK_MONOTONIC, &t0);
	for (size_t i = 0; i < n; i++) {
		arena_reset(scratch);
		find(p[i].name, 10, &hits);
	}
	clock_gettime(CLOCK_MONOTONIC, &t1);
	double us = ((double)(t1.tv_sec - t0.tv_sec) * 1e9 + (double)(t1.tv_nsec - t0.tv_nsec)) /
		1e3 / (double)n;
	print_message("# a name: %.1f us\n", us);
	assert_true(us < 2000); /* only against a slip into something quadratic: sanitizers and a
				   busy machine are slow */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_name_finds_its_place_first_in_every_usual_spelling),
		cmocka_unit_test(
			every_postcode_finds_all_its_municipalities_and_asks_if_there_are_several),
		cmocka_unit_test(a_name_with_one_typo_finds_its_place_in_the_top_three),
		cmocka_unit_test(what_people_type_leads_where_they_mean),
		cmocka_unit_test(an_alias_says_what_it_was_found_by),
		cmocka_unit_test(old_spellings_count_as_the_name_itself),
		cmocka_unit_test(both_auerbachs_and_the_exact_place_of_a_number_are_offered),
		cmocka_unit_test(rubbish_finds_nothing_and_harms_nothing),
		cmocka_unit_test(a_question_is_quick_and_uses_little_memory),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
