/* SPDX-License-Identifier: EUPL-1.2 */
#include "domain/place_csv.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/utf8.h"

enum { MAX_FILE = 4 * 1024 * 1024 };

/* The field that begins a quoted cell; *rest is behind its closing quote. false: the quote is not
 * closed. */
static bool quoted(struct arena *arena, str *rest, str *ret)
{
	struct buf b = buf_new(arena, 64);
	size_t i = 1;

	for (;; i++) {
		if (i >= rest->n)
			return false;
		if (rest->p[i] != '"') {
			buf_putc(&b, rest->p[i]);
			continue;
		}
		if (i + 1 >= rest->n || rest->p[i + 1] != '"')
			break;
		buf_putc(&b, '"');
		i++;
	}
	*ret = buf_str(&b);
	*rest = str_sub(*rest, i + 1, rest->n);
	return true;
}

/* Cuts a line into at most max cells; returns how many there are (more than max: too many), 0 for a
 * broken quote. */
static size_t cut(struct arena *arena, str line, str *cells, size_t max)
{
	size_t n = 0;

	for (;;) {
		str cell;

		if (line.n && line.p[0] == '"') {
			if (!quoted(arena, &line, &cell) || (line.n && line.p[0] != ','))
				return 0;
		} else {
			ptrdiff_t comma = str_index(line, ',');

			cell = str_sub(line, 0, comma < 0 ? line.n : (size_t)comma);
			line = str_sub(line, cell.n, line.n);
		}
		if (n < max)
			cells[n] = cell;
		n++;
		if (!line.n)
			return n;
		line = str_sub(line, 1, line.n);
	}
}

static bool head_fits(struct findings *f, str file, unsigned line, const str *cells, size_t n,
	const char *const *columns, size_t n_columns)
{
	for (size_t i = 0; i < n_columns; i++) {
		str want = str_c(columns[i]);

		if (i >= n || !str_eq(cells[i], want)) {
			csv_note(f, file, line, "bad-head", "head line: column %zu must be '%.*s'",
				i + 1, STR_FMT(want));
			return false;
		}
	}
	if (n > n_columns)
		csv_note(f, file, line, "bad-head", "head line: %zu columns, there must be %zu", n,
			n_columns);
	return n == n_columns;
}

static bool parse(struct findings *f, str text, const char *const *columns, struct place_csv *t)
{
	bool head = false;
	unsigned line_no = 0;
	str line;

	while (str_split(&text, '\n', &line)) {
		line_no++;
		if (!line.n || line.p[0] == '#')
			continue;
		str *cells = t->cells + t->n_rows * t->n_columns;
		size_t n = cut(f->arena, line, cells, t->n_columns);

		if (!n) {
			csv_note(f, t->file, line_no, "bad-quote",
				"a quotation mark is not closed rightly");
		} else if (!head) {
			if (!head_fits(f, t->file, line_no, cells, n, columns, t->n_columns))
				return false;
			head = true;
		} else if (n != t->n_columns) {
			csv_note(f, t->file, line_no, "bad-row", "%zu fields, there must be %zu", n,
				t->n_columns);
		} else {
			t->lines[t->n_rows++] = line_no;
		}
	}
	if (!head)
		csv_note(f, t->file, 0, "bad-head", "the file has no head line");
	return head;
}

bool place_csv_read(struct findings *f, str dir, str file, const char *const *columns,
	size_t n_columns, struct place_csv *ret)
{
	str path = str_fmt(f->arena, "%.*s/%.*s", STR_FMT(dir), STR_FMT(file));
	size_t lines = 2;
	str text;

	int rc = file_read(f->arena, str_z(f->arena, path), MAX_FILE, &text);
	if (rc < 0) {
		csv_note(f, file, 0, "unreadable", "the file cannot be read: %s", err_text(rc));
		return false;
	}
	if (!utf8_valid(text)) {
		csv_note(f, file, 0, "bad-utf8", "the file is not valid UTF-8");
		return false;
	}
	for (size_t i = 0; i < text.n; i++)
		lines += text.p[i] == '\n';
	*ret = (struct place_csv){
		.file = file,
		.n_columns = n_columns,
		.cells = ARENA_ARRAY(f->arena, str, arena_mul(lines, n_columns)),
		.lines = ARENA_ARRAY(f->arena, unsigned, lines),
	};
	return parse(f, text, columns, ret);
}
