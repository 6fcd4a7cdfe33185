/* SPDX-License-Identifier: EUPL-1.2 */
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/testing.h"
#include "wire/pdf.h"

static struct arena *a;
static const str letters_test = STR_INIT("Größe, Straße, Łukasiewicz, Gjirokastër, Nguyễn, C̈, M̂, Ḩ, ʿAbd, K͟h, S̛̄");

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

/* Runs a tool with the bytes in a file as its last argument; gives what it prints. Skips where the tool is not installed. */
static str tool(str pdf, const char *const *argv, int *ret_status)
{
	char path[] = "/tmp/schalter-pdf-XXXXXX";
	int fd = mkstemp(path), out[2];
	const char *args[8] = { 0 };
	size_t n = 0;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, pdf.p, pdf.n), pdf.n);
	close(fd);
	for (; argv[n]; n++)
		args[n] = strcmp(argv[n], "FILE") ? argv[n] : path;
	assert_int_equal(pipe(out), 0);
	pid_t pid = fork();
	if (pid == 0) {
		dup2(out[1], 1);
		dup2(out[1], 2);
		close(out[0]);
		execvp(args[0], (char *const *)args);
		_exit(127);
	}
	close(out[1]);
	struct buf b = buf_new(a, 65536);
	char piece[4096];
	for (ssize_t got; (got = read(out[0], piece, sizeof piece)) > 0;)
		buf_putn(&b, piece, (size_t)got);
	close(out[0]);
	int status;
	waitpid(pid, &status, 0);
	unlink(path);
	if (WEXITSTATUS(status) == 127)
		skip();
	*ret_status = WEXITSTATUS(status);
	return buf_str(&b);
}

static bool has(str hay, const char *needle)
{
	if (str_contains(hay, str_c(needle)))
		return true;
	print_error("not found: %s\nin:\n%.*s\n", needle, STR_FMT(hay));
	return false;
}

static struct pdf_doc *sample(void)
{
	struct pdf_doc *d = pdf_doc_new(a, S("de"), S("Zusammenfassung <Ihres> Antrags & mehr"));

	pdf_created(d, (instant){ INSTANT_S(1795348800) });
	pdf_author(d, S("Stadt Musterstadt"));
	pdf_footer(d, S("Vorgang 2026-000123"));
	pdf_heading(d, 1, S("Zusammenfassung Ihres Antrags"));
	pdf_paragraph(d, letters_test);
	for (int k = 0; k < 5; k++) {
		pdf_heading(d, 2, str_fmt(a, "Abschnitt %d", k));
		struct pdf_table *t = pdf_pairs(d, S("Angaben zur Person"));
		for (int i = 0; i < 9; i++)
			pdf_pair(t, S("Straße und Hausnummer"), S("Königsallee 12 b, Gebäude „Süd“"));
	}
	struct pdf_table *t = pdf_table(d, S("Gebühren"), (str[]){ S("Posten"), S("Betrag") }, 2, (double[]){ 3, 1 },
		(bool[]){ false, true });
	for (int i = 0; i < 60; i++)
		pdf_row(t, (str[]){ S("Erster Hund"), S("108,00 €") });
	struct pdf_list *l = pdf_list(d, false);
	pdf_item(l, S("Ausweis"));
	pdf_item(l, S("Foto"));
	pdf_paragraph_spans(d, (struct pdf_span[]){ { .text = S("Mehr unter ") },
		{ .text = S("schalter.example"), .link = S("https://schalter.example/o'neil") }, { .text = S("."), .bold = true } }, 3);
	pdf_qr(d, S("https://schalter.example/pruefen/x"), 30, S("QR-Code zur Prüfseite"), S("Hier prüfen"));
	struct bitmap m;
	assert_ok(bitmap_new(a, 40, 30, &m));
	pdf_image(d, &m, 40, S("Lageplan"));
	return d;
}

static void a_document_is_tagged_in_reading_order(void **state)
{
	str pdf;
	int status;

	assert_ok(pdf_write(a, sample(), &pdf));
	str s = tool(pdf, (const char *[]){ "pdfinfo", "-struct-text", "FILE", NULL }, &status);
	assert_int_equal(status, 0);
	assert_true(has(s, "Document\n  H1 (block)\n"));
	assert_true(has(s, "\"Zusammenfassung Ihres Antrags\""));
	assert_true(has(s, "LBody"));
	assert_true(has(s, "THead"));
	assert_false(str_contains(s, S("Private")));
	assert_false(str_contains(s, S("Seite 1"))); /* page numbers are artifacts */
	assert_false(str_contains(s, S("Vorgang 2026")));
	assert_true(str_find(s, S("Erster Hund")) < str_find(s, S("Ausweis")));
}

static void all_letters_of_din_91379_can_be_copied_out_again(void **state)
{
	str pdf;
	int status;

	assert_ok(pdf_write(a, sample(), &pdf));
	str s = tool(pdf, (const char *[]){ "pdftotext", "-raw", "FILE", "-", NULL }, &status);
	assert_int_equal(status, 0);
	assert_true(has(s, "Größe, Straße, Łukasiewicz, Gjirokastër, Nguyễn"));
	assert_true(has(s, "Seite 1 von"));
	s = tool(pdf, (const char *[]){ "pdffonts", "FILE", NULL }, &status);
	assert_true(has(s, "DejaVuSans"));
	assert_false(str_contains(s, S("Type 3")));
	assert_false(str_contains(s, S(" no "))); /* embedded, subset, unicode map: all three yes */
}

/* The ranges hold the normative Latin letters of DIN 91379 and some more; the sequences are base letters with marks of their own. */
static void no_latin_letter_is_without_a_glyph(void **state)
{
	static const uint32_t range[][2] = { { 0xc0, 0xd6 }, { 0xd8, 0xf6 }, { 0xf8, 0x148 }, { 0x14a, 0x17e }, { 0x18f, 0x18f },
		{ 0x1a0, 0x1a1 }, { 0x1af, 0x1b0 }, { 0x1cd, 0x1dc }, { 0x1de, 0x1df }, { 0x1e2, 0x1f0 }, { 0x1f4, 0x1f5 },
		{ 0x1f8, 0x1ff }, { 0x212, 0x213 }, { 0x218, 0x21b }, { 0x21e, 0x21f }, { 0x227, 0x233 }, { 0x259, 0x259 },
		{ 0x1e02, 0x1e03 }, { 0x1e06, 0x1e07 }, { 0x1e0a, 0x1e99 }, { 0x1e9e, 0x1e9e }, { 0x1ea0, 0x1ef9 } };
	static const char *const sequence[] = { "C̈", "M̂", "S̛̄", "K͟h", "L̥̄", "c̨̆", "Z̧", "k̛", "ß̀", "Û̄" };
	struct pdf_doc *d = pdf_doc_new(a, S("de"), S("Buchstaben"));
	struct buf b = buf_new(a, 4096), one = buf_new(a, 16);
	str pdf;
	int status;

	for (size_t i = 0; i < sizeof range / sizeof *range; i++) {
		for (uint32_t c = range[i][0]; c <= range[i][1]; c++) {
			buf_utf8(&b, c);
			buf_putc(&b, ' ');
		}
	}
	for (size_t i = 0; i < sizeof sequence / sizeof *sequence; i++)
		buf_fmt(&b, "%s ", sequence[i]);
	pdf_paragraph(d, buf_str(&b));
	assert_ok(pdf_write(a, d, &pdf));
	str s = tool(pdf, (const char *[]){ "pdftotext", "-raw", "FILE", "-", NULL }, &status);
	assert_int_equal(status, 0);
	for (size_t i = 0; i < sizeof range / sizeof *range; i++) {
		for (uint32_t c = range[i][0]; c <= range[i][1]; c++) {
			buf_reset(&one);
			buf_utf8(&one, c);
			if (!str_contains(s, buf_str(&one)))
				print_error("U+%04X is lost\n", c);
			assert_true(str_contains(s, buf_str(&one)));
		}
	}
	/* no other font had to help out */
	s = tool(pdf, (const char *[]){ "pdffonts", "FILE", NULL }, &status);
	str line, rest = s;
	for (size_t n = 0; str_split(&rest, '\n', &line); n++)
		assert_true(n < 2 || line.n == 0 || str_contains(line, S("+DejaVuSans")));
}

static void the_file_is_sound_and_says_what_it_is(void **state)
{
	str pdf;
	int status;

	assert_ok(pdf_write(a, sample(), &pdf));
	str s = tool(pdf, (const char *[]){ "qpdf", "--check", "FILE", NULL }, &status);
	assert_int_equal(status, 0);
	assert_false(str_contains(s, S("WARNING")));
	s = tool(pdf, (const char *[]){ "qpdf", "--qdf", "--object-streams=disable", "FILE", "-", NULL }, &status);
	assert_int_equal(status, 0);
	assert_true(has(s, "/Lang (de)"));
	assert_true(has(s, "/DisplayDocTitle true"));
	assert_true(has(s, "/GTS_PDFA1"));
	assert_true(has(s, "<pdfaid:part>2</pdfaid:part><pdfaid:conformance>U</pdfaid:conformance>"));
	assert_true(has(s, "Zusammenfassung &lt;Ihres&gt; Antrags &amp; mehr"));
	assert_true(has(s, "/Scope /Column"));
	assert_true(has(s, "/Scope /Row"));
	assert_true(has(s, "/Alt (QR-Code zur Pr"));
	assert_true(has(s, "/Alt (Lageplan)"));
	assert_true(has(s, "/Artifact << /Type /Pagination >> BDC"));
	assert_true(has(s, "/CIDToGIDMap /Identity"));
	assert_true(has(s, "(https://schalter.example/o%27neil)"));
	assert_false(str_contains(s, S("/Interpolate true")));
	assert_false(str_contains(s, S("/Private")));
	assert_true(has(s, "(D:20261122120000Z)"));
}

static void the_same_document_gives_the_same_bytes(void **state)
{
	str one, two;

	assert_ok(pdf_write(a, sample(), &one));
	assert_ok(pdf_write(a, sample(), &two));
	assert_true(str_eq(one, two));
}

static void a_model_without_title_or_alternative_text_is_refused(void **state)
{
	struct bitmap m;
	str out;

	assert_ok(bitmap_new(a, 4, 4, &m));
	struct pdf_doc *d = pdf_doc_new(a, S("de"), STR_EMPTY);
	pdf_paragraph(d, S("x"));
	assert_rc(pdf_write(a, d, &out), ERR_INVALID);
	d = pdf_doc_new(a, S("de"), S("Titel"));
	pdf_image(d, &m, 10, STR_EMPTY);
	assert_rc(pdf_write(a, d, &out), ERR_INVALID);
	d = pdf_doc_new(a, S("de"), S("Titel"));
	pdf_heading(d, 7, S("x"));
	assert_rc(pdf_write(a, d, &out), ERR_INVALID);
}

static void empty_and_very_long_texts_do_not_break_the_layout(void **state)
{
	struct pdf_doc *d = pdf_doc_new(a, S("de"), S("Titel"));
	struct buf b = buf_new(a, 1 << 16);
	str out;
	int status;

	assert_ok(pdf_write(a, d, &out)); /* an empty document has one page */
	for (int i = 0; i < 6000; i++)
		buf_fmt(&b, "Wort%d ", i);
	struct pdf_table *t = pdf_pairs(d, STR_EMPTY);
	pdf_pair(t, S("leer"), STR_EMPTY);
	pdf_pair(t, STR_EMPTY, S("\x01\x02 Steuer\xe2\x80\xaezeichen"));
	pdf_pair(t, S("Sehr lang"), buf_str(&b));
	pdf_paragraph(d, buf_str(&b));
	pdf_paragraph(d, str_replace(a, buf_str(&b), S(" "), STR_EMPTY));
	assert_ok(pdf_write(a, d, &out));
	str s = tool(out, (const char *[]){ "pdftotext", "-raw", "FILE", "-", NULL }, &status);
	assert_int_equal(status, 0);
	assert_true(has(s, "Wort5999"));
	s = tool(out, (const char *[]){ "qpdf", "--check", "FILE", NULL }, &status);
	assert_int_equal(status, 0);
}

static void a_letter_puts_the_address_into_the_window_of_din_5008(void **state)
{
	struct pdf_doc *d = pdf_doc_new(a, S("de"), S("Bescheid"));
	struct pdf_letter l = {
		.letterhead = { S("Stadt Musterstadt"), S("Steueramt") },
		.sender_line = S("Stadt Musterstadt · Markt 1 · 01234 Musterstadt"),
		.recipient = { S("Frau"), S("Erika Mustermann"), S("Heidestraße 17"), S("01234 Musterstadt") },
		.info = { { S("Unser Zeichen"), S("2026-000123") }, { S("Datum"), S("22. November 2026") } },
		.subject = S("Bescheid über die Hundesteuer"),
	};
	str out;
	int status;

	pdf_letter(d, &l);
	pdf_paragraph(d, S("Sehr geehrte Frau Mustermann,"));
	assert_ok(pdf_write(a, d, &out));
	/* the window is 20..105 mm from the left and 45..90 mm from the top; -bbox counts in points */
	str bbox = tool(out, (const char *[]){ "pdftotext", "-bbox", "FILE", "-", NULL }, &status);
	ptrdiff_t at = str_find(bbox, S(">Heidestraße<"));
	assert_true(at > 0);
	double x = 0, y = 0;
	while (at > 0 && bbox.p[at] != '\n')
		at--;
	assert_int_equal(sscanf(bbox.p + at, " <word xMin=\"%lf\" yMin=\"%lf\"", &x, &y), 2);
	assert_true(x >= 20 * 2.8346 && x <= 105 * 2.8346);
	assert_true(y >= 62 * 2.8346 && y <= 90 * 2.8346);
	str tags = tool(out, (const char *[]){ "pdfinfo", "-struct-text", "FILE", NULL }, &status);
	assert_true(has(tags, "H1"));
	assert_true(str_find(tags, S("Erika")) < str_find(tags, S("Sehr geehrte")));
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, open_arena, close_arena)
	const struct CMUnitTest tests[] = {
		T(a_document_is_tagged_in_reading_order),
		T(all_letters_of_din_91379_can_be_copied_out_again),
		T(no_latin_letter_is_without_a_glyph),
		T(the_file_is_sound_and_says_what_it_is),
		T(the_same_document_gives_the_same_bytes),
		T(a_model_without_title_or_alternative_text_is_refused),
		T(empty_and_very_long_texts_do_not_break_the_layout),
		T(a_letter_puts_the_address_into_the_window_of_din_5008),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
