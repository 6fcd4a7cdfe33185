/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/testing.h"

#include <unistd.h>

#include "base/file.h"
#include "domain/place.h"

static struct arena *a;
static const char *dir;
static char scratch[64];

static const char *const FILES[] = {"municipalities.csv", "districts.csv", "associations.csv",
	"authorities.csv", "postcodes.csv", "aliases.csv", "rules.csv"};
enum { N_FILES = sizeof(FILES) / sizeof(FILES[0]) };

static int setup(void **state)
{
	const char *source = getenv("SCHALTER_SOURCE");

	a = arena_new(1 << 20);
	dir = str_z(a, str_fmt(a, "%s/places", source ? source : "."));
	memcpy(scratch, "/tmp/place_load_XXXXXX", 23);
	return mkdtemp(scratch) ? 0 : -1;
}

static int teardown(void **state)
{
	for (size_t i = 0; i < N_FILES; i++)
		unlink(str_z(a, str_fmt(a, "%s/%s", scratch, FILES[i])));
	rmdir(scratch);
	arena_free(a);
	return 0;
}

static const struct place_snapshot *load_real(void)
{
	const struct place_snapshot *snap;
	struct findings f = findings_new(a);

	assert_ok(place_load(a, str_c(dir), &snap, &f));
	for (size_t i = 0; i < f.n; i++)
		print_error(
			"%.*s:%u: %.*s\n", STR_FMT(f.v[i].file), f.v[i].line, STR_FMT(f.v[i].text));
	assert_non_null(snap);
	assert_int_equal(f.n, 0);
	return snap;
}

static void the_files_of_saxony_have_no_findings_and_the_known_numbers(void **state)
{
	const struct place_snapshot *snap = load_real();
	size_t n, verbaende = 0, members = 0;

	place_all(snap, &n);
	assert_int_equal(n, 418);
	district_all(snap, &n);
	assert_int_equal(n, 13);
	authority_all(snap, &n);
	assert_int_equal(n, 434);
	/* 6 Verwaltungsverbaende with 21 and 64 Verwaltungsgemeinschaften with 158 members:
	 * Saechsischer Staedte- und Gemeindetag, 2024 */
	const struct association *as = association_all(snap, &n);
	for (size_t i = 0; i < n; i++) {
		verbaende += as[i].kind == ASSOCIATION_VERBAND;
		members += as[i].n_members;
		assert_true(as[i].tenant_id > 0);
	}
	assert_int_equal(n - verbaende, 64);
	assert_int_equal(verbaende, 6);
	assert_int_equal(members, 21 + 158);
}

static void districts_have_as_many_people_and_municipalities_as_the_census_says(void **state)
{
	/* saxony_districts.csv: sums of the census of 2022, number of municipalities (GFRGDVO 2024)
	 */
	static const struct {
		const char *key;
		int people, municipalities;
	} WANT[] = {{"14511", 240078, 1}, {"14521", 324874, 59}, {"14522", 297712, 52},
		{"14523", 221459, 37}, {"14524", 310249, 33}, {"14612", 557782, 1},
		{"14625", 296168, 57}, {"14626", 247014, 53}, {"14627", 240414, 28},
		{"14628", 244202, 36}, {"14713", 598899, 1}, {"14729", 259190, 30},
		{"14730", 200090, 30}};
	const struct place_snapshot *snap = load_real();
	size_t n;
	const struct place *p = place_all(snap, &n);

	for (size_t d = 0; d < sizeof(WANT) / sizeof(WANT[0]); d++) {
		int people = 0, count = 0;

		for (size_t i = 0; i < n; i++)
			if (str_eq(p[i].district->key, str_c(WANT[d].key))) {
				people += p[i].population;
				count++;
			}
		assert_int_equal(people, WANT[d].people);
		assert_int_equal(count, WANT[d].municipalities);
	}
}

static void the_53_grosse_kreisstaedte_lie_where_the_ministry_counts_them(void **state)
{
	/* per district, by the announcement of 2008 and the three of 2019 to 2021
	 * (places/hand/grosse_kreisstaedte.csv) */
	static const struct {
		const char *key;
		int count;
	} WANT[] = {{"14521", 6}, {"14522", 7}, {"14523", 5}, {"14524", 6}, {"14625", 5},
		{"14626", 5}, {"14627", 5}, {"14628", 4}, {"14729", 5}, {"14730", 5}};
	const struct place_snapshot *snap = load_real();
	size_t n;
	const struct place *p = place_all(snap, &n);
	int all = 0;

	for (size_t d = 0; d < sizeof(WANT) / sizeof(WANT[0]); d++) {
		int count = 0;

		for (size_t i = 0; i < n; i++)
			count += p[i].grosse_kreisstadt != PLACE_NO &&
				str_eq(p[i].district->key, str_c(WANT[d].key));
		assert_int_equal(count, WANT[d].count);
		all += count;
	}
	assert_int_equal(all, 53);
}

static void every_key_leads_back_to_its_place(void **state)
{
	const struct place_snapshot *snap = load_real();
	size_t n, m;
	const struct place *p = place_all(snap, &n);
	const struct authority *au = authority_all(snap, &m);

	for (size_t i = 0; i < n; i++) {
		assert_ptr_equal(place_by_ars(snap, p[i].ars), &p[i]);
		assert_ptr_equal(place_by_ags(snap, p[i].ags), &p[i]);
		assert_ptr_equal(place_by_slug(snap, p[i].slug), &p[i]);
		assert_ptr_equal(place_by_tenant(snap, p[i].tenant_id), &p[i]);
		assert_str(authority_by_tenant(snap, p[i].tenant_id)->slug, p[i].slug);
	}
	for (size_t i = 0; i < m; i++)
		assert_ptr_equal(authority_by_slug(snap, au[i].slug), &au[i]);
	assert_null(place_by_slug(snap, S("atlantis")));
	assert_null(place_by_ars(snap, STR_EMPTY));
	assert_null(authority_by_tenant(snap, 0));
	assert_null(authority_by_tenant(snap, 435));
	assert_null(
		place_by_tenant(snap, authority_by_slug(snap, S("landkreis-bautzen"))->tenant_id));
	assert_s(place_by_slug(snap, S("frankenberg"))->name, "Frankenberg/Sa.");
	assert_s(place_by_slug(snap, S("bernsdorf-zwickau"))->ags, "14524010");
	assert_s(place_by_slug(snap, S("bernsdorf-bautzen"))->ags, "14625030");
}

static void eighty_six_postcodes_lead_to_several_municipalities(void **state)
{
	const struct place_snapshot *snap = load_real();
	size_t several = 0, known = 0, n;

	for (unsigned code = 0; code < 100000; code++) {
		char s[12];

		snprintf(s, sizeof(s), "%05u", code);
		place_by_postcode(snap, str_c(s), &n);
		known += n > 0;
		several += n > 1;
	}
	assert_int_equal(known, 384);
	assert_int_equal(several, 86);
	const struct place *const *p = place_by_postcode(snap, S("01067"), &n);
	assert_int_equal(n, 1);
	assert_s(p[0]->name, "Dresden");
}

/* Copies the files and replaces the first `what` by `with` in one of them. */
static struct findings load_damaged(const char *file, const char *what, const char *with)
{
	const struct place_snapshot *snap = NULL;
	struct findings f = findings_new(a);

	for (size_t i = 0; i < N_FILES; i++) {
		str text;

		assert_ok(
			file_read(a, str_z(a, str_fmt(a, "%s/%s", dir, FILES[i])), 1 << 22, &text));
		if (!strcmp(FILES[i], file)) {
			ptrdiff_t at = str_find(text, str_c(what));

			assert_true(at >= 0);
			text = str_fmt(a, "%.*s%s%.*s", (int)at, text.p, with,
				STR_FMT(str_sub(text, (size_t)at + strlen(what), text.n)));
		}
		assert_ok(file_write_durable(
			str_z(a, str_fmt(a, "%s/%s", scratch, FILES[i])), text, 0600));
	}
	assert_ok(place_load(a, str_c(scratch), &snap, &f));
	assert_null(snap);
	assert_true(f.n > 0);
	return f;
}

static void each_kind_of_damage_is_named_with_file_and_line(void **state)
{
	static const struct {
		const char *file, *what, *with;
		unsigned line; /* 0: found in the file as a whole */
		const char *says;
	} CASES[] = {
		{"municipalities.csv", "ars,ags,slug", "ars,slug,ags", 4, "head line"},
		{"municipalities.csv", "145110000000,14511000", "145110000000,14512000", 5,
			"do not belong together"},
		{"municipalities.csv", "145110000000,14511000", "14511000000,14511000", 5,
			"12 digits"},
		{"municipalities.csv", "Amtsberg,Gemeinde,14521", "Amtsberg,Gemeinde,14522", 6,
			"does not lie in district"},
		{"municipalities.csv", "Amtsberg,Gemeinde,14521", "Amtsberg,Dorf,14521", 6,
			"not a known word"},
		{"municipalities.csv", "14521010,amtsberg", "14521010,Amts berg", 6, "slug"},
		{"municipalities.csv", ",3694,", ",viele,", 6, "no number"},
		{"municipalities.csv", ",verified,18942", ",vielleicht,18942", 7,
			"not a known word"},
		{"municipalities.csv", "50.83359", "50,83359", 5, "fields"},
		{"municipalities.csv", "50.83359", "5083359", 5, "degrees"},
		{"municipalities.csv", "\"Chemnitz, Stadt\"", "\"Chemnitz, Stadt", 5,
			"quotation mark"},
		{"municipalities.csv", ",14521,145215103,", ",14521,,", 43, "none is named"},
		{"municipalities.csv", "14521010,amtsberg", "14521010,chemnitz", 0, "slug"},
		{"districts.csv", "14511,145110000000", "1451,145110000000", 4, "5 digits"},
		{"districts.csv", "Kreisfreie Stadt,Chemnitz", "Landkreis,Chemnitz", 0, ""},
		{"associations.csv", "gemeinschaft,14521060,verified",
			"gemeinschaft,14521010,verified", 4, "no member"},
		{"associations.csv", "gemeinschaft,14521060,verified", "gemeinschaft,14521060,", 4,
			"verified"},
		{"associations.csv", "145215101,", "14521510,", 4, "9 digits"},
		{"authorities.csv", "1,municipality,14511000", "2,municipality,14511000", 0,
			"twice"},
		{"authorities.csv", "1,municipality,14511000", "1,municipality,14511001", 4,
			"no body"},
		{"authorities.csv", "1,municipality,14511000", "# 1,municipality,14511000", 0,
			"no tenant"},
		{"postcodes.csv", "01067,14612000", "01067,14612001", 6, "unknown"},
		{"postcodes.csv", "01069,14612000", "00001,14612000", 7, "not sorted"},
		{"aliases.csv", "Karl-Marx-Stadt,14511000", "Karl-Marx-Stadt,14511001", 5,
			"leads to no"},
		{"rules.csv", "gemeinde,gemeinde,", "gemeinde,gemeinde;bund,", 11, "step"},
		{"rules.csv", "kreisfrei;kreis,,,,\"SächsStrVRG",
			"kreis;kreisfrei,,,,\"SächsStrVRG", 13, "last step"},
		{"rules.csv", "partner-ueber;kreis,20000", "partner-ueber;kreis,", 15,
			"inhabitants"},
		{"rules.csv", "SächsBO § 57", "", 17, "the law"},
		{"rules.csv", "14523320;", "14523321;", 17, "no municipality"},
		{"rules.csv", "14523320;14524330;14625240;14626110", "", 17, "named"},
		{"rules.csv", "Who acts", "\xff", 0, "UTF-8"},
	};

	for (size_t c = 0; c < sizeof(CASES) / sizeof(CASES[0]); c++) {
		struct findings f = load_damaged(CASES[c].file, CASES[c].what, CASES[c].with);
		bool named = false;

		for (size_t i = 0; i < f.n; i++)
			named |= (str_eq(f.v[i].file, str_c(CASES[c].file)) || !CASES[c].line) &&
				f.v[i].line == CASES[c].line &&
				str_contains(f.v[i].text, str_c(CASES[c].says));
		if (!named)
			print_error("case %zu: %s -> %s; first finding: %.*s:%u %.*s\n", c,
				CASES[c].what, CASES[c].with, STR_FMT(f.v[0].file), f.v[0].line,
				STR_FMT(f.v[0].text));
		assert_true(named);
	}
}

static void an_association_that_lost_a_member_is_named_in_its_own_file(void **state)
{
	struct findings f = load_damaged(
		"municipalities.csv", "145215110610,14521610", "145215110610,14521619");
	bool named = false;

	for (size_t i = 0; i < f.n; i++)
		named |= str_eq(f.v[i].file, S("associations.csv")) && f.v[i].line == 6 &&
			str_contains(f.v[i].text, S("needs 2"));
	assert_true(named);
}

static void a_missing_directory_is_a_finding_and_not_a_crash(void **state)
{
	const struct place_snapshot *snap;
	struct findings f = findings_new(a);

	assert_ok(place_load(a, S("/nonexistent"), &snap, &f));
	assert_null(snap);
	assert_s(f.v[0].file, "districts.csv");
	assert_int_equal(f.v[0].line, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			the_files_of_saxony_have_no_findings_and_the_known_numbers, setup,
			teardown),
		cmocka_unit_test_setup_teardown(
			districts_have_as_many_people_and_municipalities_as_the_census_says, setup,
			teardown),
		cmocka_unit_test_setup_teardown(
			the_53_grosse_kreisstaedte_lie_where_the_ministry_counts_them, setup,
			teardown),
		cmocka_unit_test_setup_teardown(every_key_leads_back_to_its_place, setup, teardown),
		cmocka_unit_test_setup_teardown(
			eighty_six_postcodes_lead_to_several_municipalities, setup, teardown),
		cmocka_unit_test_setup_teardown(
			each_kind_of_damage_is_named_with_file_and_line, setup, teardown),
		cmocka_unit_test_setup_teardown(
			an_association_that_lost_a_member_is_named_in_its_own_file, setup,
			teardown),
		cmocka_unit_test_setup_teardown(
			a_missing_directory_is_a_finding_and_not_a_crash, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
