/* SPDX-License-Identifier: EUPL-1.2 */
#include <dirent.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/testing.h"
#include "wire/intake_frame.h"
#include "wire/intake_image.h"
#include "wire/pdf.h"

#define ALL (INTAKE_PDF | INTAKE_JPEG | INTAKE_PNG)

static struct arena *a;
static struct intake *in;
static char program[500];

static int start_all(void **state)
{
	snprintf(program, sizeof program, "%s/schalter-intake", getenv("SCHALTER_BUILD"));
	return intake_start(2, program, &in);
}

static int stop_all(void **state)
{
	intake_stop(in);
	return 0;
}

static int open_arena(void **state)
{
	a = arena_new(1 << 20);
	return 0;
}

static int close_arena(void **state)
{
	arena_free(a);
	return 0;
}

/* Left half red, right half blue. */
static struct bitmap picture(uint32_t w, uint32_t h)
{
	struct bitmap m;

	assert_ok(bitmap_new(a, w, h, &m));
	for (uint32_t y = 0; y < h; y++)
		for (uint32_t x = 0; x < w; x++)
			memcpy(bitmap_at(&m, x, y), x < w / 2 ? "\xff\0\0" : "\0\0\xff", 3);
	return m;
}

static str encoded(enum intake_type t, uint32_t w, uint32_t h)
{
	struct bitmap m = picture(w, h);
	str s;

	assert_ok(image_encode(a, t, &m, &s));
	return s;
}

static struct intake_result check(str bytes)
{
	struct intake_result r;

	assert_ok(intake_check(a, in, bytes, ALL, &r));
	return r;
}

static str glue(str x, str y)
{
	struct buf b = buf_new(a, x.n + y.n + 1);

	buf_put(&b, x);
	buf_put(&b, y);
	return buf_str(&b);
}

static void a_jpeg_comes_back_clean_with_a_preview(void **state)
{
	str jpeg = encoded(INTAKE_JPEG, 3000, 1500);
	struct intake_result r = check(glue(jpeg, S("<?php secret trailing bytes")));

	assert_int_equal(r.verdict, INTAKE_FINE);
	assert_int_equal(r.type, INTAKE_JPEG);
	assert_int_equal(r.pages, 1);
	assert_int_equal(r.w, 3000);
	assert_int_equal(r.safe.w, 3000);
	assert_int_equal(r.safe.type, INTAKE_JPEG);
	assert_false(str_contains(r.safe.bytes, S("secret")));
	assert_int_equal(r.previews, 1);
	assert_int_equal(r.preview[0].w, 1200);
	assert_int_equal(r.preview[0].h, 600);
	struct bitmap m;
	enum intake_verdict v;
	assert_ok(image_decode(a, INTAKE_JPEG, r.preview[0].bytes, &m, &v));
	assert_int_equal(v, INTAKE_FINE);
	assert_true(bitmap_at(&m, 100, 300)[0] > 230 && bitmap_at(&m, 1100, 300)[2] > 230);
}

static void a_png_stays_a_png_without_its_texts(void **state)
{
	str png = encoded(INTAKE_PNG, 50, 20);
	/* a text chunk before the end: length 6, tEXt, "a\0GEO1", CRC is not checked for ancillary chunks that are skipped */
	str with_text = glue(glue(str_sub(png, 0, png.n - 12), S("\0\0\0\6tEXta\0GEO1\0\0\0\0")), str_sub(png, png.n - 12, png.n));
	struct intake_result r = check(with_text);

	assert_int_equal(r.verdict, INTAKE_FINE);
	assert_int_equal(r.type, INTAKE_PNG);
	assert_int_equal(r.safe.type, INTAKE_PNG);
	assert_false(str_contains(r.safe.bytes, S("GEO1")));
	assert_int_equal(r.preview[0].w, 50);
}

static void the_turn_of_a_camera_is_made_real(void **state)
{
	str jpeg = encoded(INTAKE_JPEG, 200, 100);
	/* APP1 with one entry: orientation 6 (right side is up), big-endian */
	str exif = str_n("\xff\xe1\0\x22" "Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0", 36);
	struct intake_result r = check(glue(glue(str_sub(jpeg, 0, 2), exif), str_sub(jpeg, 2, jpeg.n)));

	assert_int_equal(r.verdict, INTAKE_FINE);
	assert_int_equal(r.w, 100);
	assert_int_equal(r.h, 200);
	struct bitmap m;
	enum intake_verdict v;
	assert_ok(image_decode(a, INTAKE_JPEG, r.safe.bytes, &m, &v));
	assert_true(bitmap_at(&m, 50, 20)[0] > 230); /* what was left is above now */
	assert_true(bitmap_at(&m, 50, 180)[2] > 230);
}

static str sample_pdf(int pages)
{
	struct pdf_doc *d = pdf_doc_new(a, S("de"), S("Nachweis"));
	str out;

	for (int i = 0; i < pages; i++) {
		pdf_heading(d, 1, S("Nachweis über die Haftpflicht"));
		if (i + 1 < pages)
			pdf_page_break(d);
	}
	assert_ok(pdf_write(a, d, &out));
	return out;
}

static void the_first_pages_of_a_pdf_become_pictures(void **state)
{
	struct intake_result r = check(sample_pdf(12));

	assert_int_equal(r.verdict, INTAKE_FINE);
	assert_int_equal(r.type, INTAKE_PDF);
	assert_int_equal(r.pages, 12);
	assert_int_equal(r.w, 595);
	assert_int_equal(r.h, 842);
	assert_int_equal(r.safe.bytes.n, 0);
	assert_int_equal(r.previews, INTAKE_PREVIEW_PAGES);
	assert_int_equal(r.preview[7].h, 1200);
	struct bitmap m;
	enum intake_verdict v;
	assert_ok(image_decode(a, INTAKE_JPEG, r.preview[0].bytes, &m, &v));
	size_t dark = 0;
	for (size_t i = 0; i < (size_t)m.w * m.h * 3; i += 3)
		dark += m.rgb[i] < 80;
	assert_true(dark > 500 && dark < (size_t)m.w * m.h / 10); /* letters on white */
}

static void a_pdf_without_its_fonts_is_still_readable(void **state)
{
	/* Helvetica, not embedded: the font is found within the sandbox */
	str pdf = S("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj "
		    "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]/Contents 4 0 R/Resources<</Font<</F<</Type/Font/Subtype/Type1"
		    "/BaseFont/Helvetica>>>>>>>>endobj 4 0 obj<</Length 41>>stream\nBT /F 40 Tf 10 40 Td (Schalter) Tj ET     \nendstream endobj "
		    "trailer<</Root 1 0 R/Size 5>>");
	struct intake_result r = check(pdf);
	struct bitmap m;
	enum intake_verdict v;
	size_t dark = 0;

	assert_int_equal(r.verdict, INTAKE_FINE);
	assert_ok(image_decode(a, INTAKE_JPEG, r.preview[0].bytes, &m, &v));
	for (size_t i = 0; i < (size_t)m.w * m.h * 3; i += 3)
		dark += m.rgb[i] < 80;
	assert_true(dark > 500);
}

static void content_decides_not_name_or_wish(void **state)
{
	struct intake_result r;
	static const char *const other[] = { "GIF89a....", "<svg xmlns='http://www.w3.org/2000/svg'/>", "PK\x03\x04", "MZ", "<html>", "x",
		"text %PDF-1.7 later", "RIFF....WEBP" };

	for (size_t i = 0; i < sizeof other / sizeof *other; i++) {
		r = check(str_c(other[i]));
		assert_int_equal(r.verdict, INTAKE_WRONG_TYPE);
		assert_int_equal(r.type, INTAKE_UNKNOWN);
	}
	assert_int_equal(check(STR_EMPTY).verdict, INTAKE_EMPTY);
	assert_ok(intake_check(a, in, encoded(INTAKE_PNG, 5, 5), INTAKE_PDF, &r));
	assert_int_equal(r.verdict, INTAKE_WRONG_TYPE);
	assert_int_equal(r.type, INTAKE_PNG);
	assert_int_equal(intake_type_from_name(S("image/JPEG; q=1")), INTAKE_JPEG);
	assert_int_equal(intake_type_from_name(S("image/gif")), INTAKE_UNKNOWN);
}

static void half_and_mangled_files_are_broken(void **state)
{
	uint64_t seed = 12345;
	str good[3] = { encoded(INTAKE_JPEG, 400, 300), encoded(INTAKE_PNG, 400, 300), sample_pdf(1) };

	for (int k = 0; k < 2; k++) {
		struct intake_result r = check(str_sub(good[k], 0, good[k].n / 2));
		assert_int_equal(r.verdict, INTAKE_BROKEN);
		assert_int_equal(r.previews, 0);
		assert_int_equal(r.safe.bytes.n, 0);
	}
	assert_int_equal(check(S("%PDF-1.7\nnothing")).verdict, INTAKE_BROKEN);
	for (int i = 0; i < 60; i++) { /* whatever happens in the child, there is an answer */
		str g = good[i % 3];
		char *bad = (char *)str_dup(a, g).p;
		for (int j = 0; j < 20; j++)
			bad[8 + test_random(&seed) % (g.n - 8)] = (char)test_random(&seed);
		struct intake_result r = check(str_n(bad, g.n));
		assert_true(r.verdict <= INTAKE_TOO_SLOW);
		assert_true(r.verdict == INTAKE_FINE || r.previews == 0);
	}
}

static void bombs_are_refused_before_they_unfold(void **state)
{
	str png = encoded(INTAKE_PNG, 5, 5), jpeg = encoded(INTAKE_JPEG, 16, 16);
	char *p = (char *)str_dup(a, png).p;
	/* a header that says 50,000 x 50,000, with its right checksum */
	memcpy(p + 8 + 8, "\0\0\xc3\x50\0\0\xc3\x50", 8);
	uint32_t crc = ~0u;
	for (int i = 12; i < 29; i++) {
		crc ^= (unsigned char)p[i];
		for (int k = 0; k < 8; k++)
			crc = crc & 1 ? crc >> 1 ^ 0xedb88320u : crc >> 1;
	}
	crc = ~crc;
	for (int i = 0; i < 4; i++)
		p[29 + i] = (char)(crc >> (24 - 8 * i));
	assert_int_equal(check(str_n(p, png.n)).verdict, INTAKE_TOO_LARGE);

	char *j = (char *)str_dup(a, jpeg).p;
	ptrdiff_t sof = str_find(jpeg, S("\xff\xc0"));
	assert_true(sof > 0);
	memcpy(j + sof + 5, "\xc3\x50\xc3\x50", 4);
	assert_int_equal(check(str_n(j, jpeg.n)).verdict, INTAKE_TOO_LARGE);

	str pdf = S("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj "
		    "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9000000 9000000]>>endobj trailer<</Root 1 0 R/Size 4>>");
	assert_int_equal(check(pdf).verdict, INTAKE_TOO_LARGE);
	struct intake_result r;
	assert_rc(intake_check(a, in, (str){ png.p, (size_t)INTAKE_BYTES_MAX + 1 }, ALL, &r), ERR_LIMIT);
}

static void a_pdf_with_a_password_is_told_apart(void **state)
{
	char plain[] = "/tmp/schalter-pdf-XXXXXX", locked[64];
	int fd = mkstemp(plain), status;
	str pdf = sample_pdf(1);

	snprintf(locked, sizeof locked, "%s.locked", plain);
	assert_int_equal(write(fd, pdf.p, pdf.n), pdf.n);
	close(fd);
	pid_t pid = fork();
	if (pid == 0) {
		execlp("qpdf", "qpdf", "--encrypt", "geheim", "geheim", "256", "--", plain, locked, NULL);
		_exit(127);
	}
	waitpid(pid, &status, 0);
	unlink(plain);
	if (WEXITSTATUS(status) == 127)
		skip();
	FILE *f = fopen(locked, "r");
	char *bytes = arena_alloc(a, 1 << 20);
	size_t n = fread(bytes, 1, 1 << 20, f);
	fclose(f);
	unlink(locked);
	assert_int_equal(check(str_n(bytes, n)).verdict, INTAKE_LOCKED);
}

/* Our own children, by /proc. */
static int children(pid_t *ret, int most)
{
	DIR *d = opendir("/proc");
	int n = 0;

	for (struct dirent *e; (e = readdir(d));) {
		char path[300], line[500] = "";
		snprintf(path, sizeof path, "/proc/%s/stat", e->d_name);
		FILE *f = e->d_name[0] >= '0' && e->d_name[0] <= '9' ? fopen(path, "r") : NULL;
		if (!f)
			continue;
		int pid = 0, parent = 0;
		if (fgets(line, sizeof line, f) && sscanf(line, "%d (%*[^)]) %*c %d", &pid, &parent) == 2 && parent == getpid() && n < most)
			ret[n++] = pid;
		fclose(f);
	}
	closedir(d);
	return n;
}

static str proc_file(pid_t pid, const char *name)
{
	char *text = arena_alloc(a, 8192);
	FILE *f = fopen(str_fmt(a, "/proc/%d/%s", (int)pid, name).p, "r");

	assert_non_null(f);
	size_t n = fread(text, 1, 8191, f);
	fclose(f);
	return str_n(text, n);
}

static void the_children_are_locked_in(void **state)
{
	pid_t pid[8];

	check(encoded(INTAKE_PNG, 5, 5));
	int n = children(pid, 8);
	assert_int_equal(n, 2);
	for (int i = 0; i < n; i++) {
		str status = STR_EMPTY;
		for (int k = 0; k < 200 && !str_contains(status, S("Seccomp:\t2\n")); k++) { /* a fresh one takes a moment */
			usleep(10000);
			status = proc_file(pid[i], "status");
		}
		assert_true(str_contains(status, S("Seccomp:\t2\n")));
		assert_true(str_contains(status, S("NoNewPrivs:\t1\n")));
	}
}

static void a_child_that_was_killed_is_replaced(void **state)
{
	for (int round = 0; round < 3; round++) {
		pid_t pid[8];
		int n = children(pid, 8);
		assert_true(n >= 2);
		for (int i = 0; i < n; i++)
			kill(pid[i], SIGKILL);
		usleep(20000);
		assert_int_equal(check(encoded(INTAKE_PNG, 5, 5)).verdict, INTAKE_FINE);
	}
}

static struct intake *with_script(const char *script, char path[32])
{
	struct intake *odd;

	snprintf(path, 32, "/tmp/schalter-odd-XXXXXX");
	int fd = mkstemp(path);
	assert_int_equal(write(fd, script, strlen(script)), strlen(script));
	assert_int_equal(fchmod(fd, 0700), 0);
	close(fd);
	assert_ok(intake_start(1, path, &odd));
	return odd;
}

static void a_child_that_hangs_lies_or_dies_costs_one_upload_only(void **state)
{
	static const struct {
		const char *script;
		enum intake_verdict verdict;
	} t[] = {
		{ "#!/bin/sh\nexec sleep 100\n", INTAKE_TOO_SLOW },
		{ "#!/bin/sh\nread x <&3\nexit 1\n", INTAKE_BROKEN },
		{ "#!/bin/sh\nprintf 'SCH!\\377\\377\\377\\377' >&3\nexec sleep 100\n", INTAKE_BROKEN },
		{ "#!/bin/sh\nprintf 'SCH!\\004\\000\\000\\000abcd' >&3\nexec sleep 100\n", INTAKE_BROKEN },
		{ "#!/bin/sh\nprintf 'SCH!' >&3\nexec sleep 100\n", INTAKE_TOO_SLOW },
	};
	struct intake_result r;
	str png = encoded(INTAKE_PNG, 200, 200);

	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		char path[32];
		struct intake *odd = with_script(t[i].script, path);
		intake_set_seconds(odd, 1);
		int64_t start = clock_monotonic_us();
		assert_ok(intake_check(a, odd, png, ALL, &r));
		if (r.verdict != t[i].verdict)
			print_error("script %zu: verdict %d\n", i, (int)r.verdict);
		/* a script may say its line before the request is there: then the slot counts as dead and is started anew */
		assert_true(r.verdict == t[i].verdict || r.verdict == INTAKE_BROKEN);
		assert_int_equal(r.type, INTAKE_PNG);
		assert_true(clock_monotonic_us() - start < 3000000);
		intake_stop(odd);
		unlink(path);
	}
	assert_rc(intake_start(1, "/nonexistent/schalter-intake", &(struct intake *){ NULL }), ERR_NOTFOUND);
}

static void *many(void *arg)
{
	struct arena *own = arena_new(1 << 20);
	const str *png = arg;
	int *bad = arena_alloc(own, sizeof *bad);

	for (int i = 0; i < 4; i++) {
		struct intake_result r;
		if (intake_check(own, in, *png, ALL, &r) != OK || r.verdict != INTAKE_FINE)
			++*bad;
	}
	void *result = *bad ? arg : NULL;
	arena_free(own);
	return result;
}

static void many_threads_share_few_processes(void **state)
{
	pthread_t t[6];
	str png = encoded(INTAKE_PNG, 100, 100);

	for (int i = 0; i < 6; i++)
		assert_int_equal(pthread_create(&t[i], NULL, many, &png), 0);
	for (int i = 0; i < 6; i++) {
		void *bad;
		pthread_join(t[i], &bad);
		assert_null(bad);
	}
}

static void an_answer_survives_the_frame_and_no_mangled_one_is_believed(void **state)
{
	struct intake_picture preview[2] = { { INTAKE_PNG, 5, 5, encoded(INTAKE_PNG, 5, 5) }, { INTAKE_JPEG, 6, 6, encoded(INTAKE_JPEG, 6, 6) } };
	struct intake_result r = { .verdict = INTAKE_FINE, .type = INTAKE_PDF, .pages = 2, .w = 595, .h = 842, .preview = preview,
		.previews = 2 };
	struct intake_result back;
	struct buf b = buf_new(a, 1000);
	size_t n;

	intake_answer_put(&b, &r);
	assert_ok(intake_answer_head((const uint8_t *)b.p, &n));
	assert_int_equal(n + INTAKE_ANSWER_HEAD, b.n);
	str content = str_n(b.p + INTAKE_ANSWER_HEAD, n);
	assert_ok(intake_answer_read(a, content, &back));
	assert_int_equal(back.previews, 2);
	assert_str(back.preview[1].bytes, preview[1].bytes);
	for (size_t i = 0; i < n; i++)
		assert_rc(intake_answer_read(a, str_sub(content, 0, i), &back), ERR_PARSE);
	assert_rc(intake_answer_read(a, glue(content, S("x")), &back), ERR_PARSE);
	preview[0].type = INTAKE_JPEG; /* says JPEG, is PNG */
	buf_reset(&b);
	intake_answer_put(&b, &r);
	assert_rc(intake_answer_read(a, str_n(b.p + INTAKE_ANSWER_HEAD, b.n - INTAKE_ANSWER_HEAD), &back), ERR_PARSE);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, open_arena, close_arena)
	const struct CMUnitTest tests[] = {
		T(a_jpeg_comes_back_clean_with_a_preview),
		T(a_png_stays_a_png_without_its_texts),
		T(the_turn_of_a_camera_is_made_real),
		T(the_first_pages_of_a_pdf_become_pictures),
		T(a_pdf_without_its_fonts_is_still_readable),
		T(content_decides_not_name_or_wish),
		T(half_and_mangled_files_are_broken),
		T(bombs_are_refused_before_they_unfold),
		T(a_pdf_with_a_password_is_told_apart),
		T(the_children_are_locked_in),
		T(a_child_that_was_killed_is_replaced),
		T(a_child_that_hangs_lies_or_dies_costs_one_upload_only),
		T(many_threads_share_few_processes),
		T(an_answer_survives_the_frame_and_no_mangled_one_is_believed),
	};
	return cmocka_run_group_tests(tests, start_all, stop_all);
}
