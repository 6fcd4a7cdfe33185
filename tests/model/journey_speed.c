/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * journey_speed: how long one journey takes, and compiling its form, by number of fields and of rows; one line "name fields us compile_us" each.
 * Pages of five fields: text, number, date, yes/no, choice; each page but the first has a condition and a rule, each number a limit, each third
 * yes/no a condition; all is answered, so that all is asked.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "domain/form.h"

static double now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void put_page(struct buf *b, unsigned page, const char *group, const char *outer)
{
	unsigned i = page * 5;

	buf_fmt(b, "\n      - id: p%u\n", page);
	if (page)
		buf_fmt(b, "        when: \"%sb%u and %sn%u > 0\"\n", outer, i - 5, outer, i - 5);
	buf_fmt(b, "        fields:\n          - {id: %st%u, type: text}\n          - {id: %sn%u, type: integer, min: 1, max: 100}\n", group, i, group, i);
	buf_fmt(b, "          - {id: %sd%u, type: date}\n          - {id: %sb%u, type: bool}\n", group, i, group, i);
	buf_fmt(b, "          - {id: %sc%u, type: choice, options: [a, b, c], optional: true%s}\n", group, i, page % 3 ? "" : ", when: \"today() > 2026-01-01\"");
	buf_fmt(b, "        rules: [{id: r%u, must: \"%sd%u <= today() and %sc%u != 'c'\"}]\n", page, group, i, group, i);
}

/* rows 0: so many fields outside of groups; else ten fields in a group of so many rows. */
static struct form *make(struct arena *a, unsigned fields, unsigned rows, double *ret_us)
{
	struct buf b = buf_new(a, 65536);
	struct findings f = findings_new(a);
	struct node_error e = { 0 };
	struct node *n;
	struct form *form;
	unsigned i;
	double from;

	buf_put(&b, S("steps:\n  - id: s"));
	if (rows)
		buf_fmt(&b, "\n    repeat: {group: g, min: 1, max: %u}", rows);
	buf_put(&b, S("\n    pages:"));
	for (i = 0; i < (rows ? 2 : fields / 5); i++)
		put_page(&b, i, rows ? "g." : "", rows ? "g." : "");
	if (node_parse_yaml(a, S("form.yaml"), buf_str(&b), &n, &e) < 0) {
		fprintf(stderr, "journey_speed: %s\n", e.text);
		exit(1);
	}
	from = now_us();
	if (form_compile(a, node_new(a, NODE_MAP), n, NULL, &f, &form) < 0) {
		fprintf(stderr, "journey_speed: %.*s\n", STR_FMT(f.v[0].text));
		exit(1);
	}
	*ret_us = now_us() - from;
	return form;
}

static struct answers *fill(struct arena *a, const struct form *form, unsigned rows)
{
	struct answers *x = answers_new(a, form);
	unsigned row;
	size_t i;

	for (i = 0; i < form->fields; i++)
		for (row = rows ? 1 : 0; row <= rows; row++) {
			enum field_type t = form->field[i].type;

			answers_set(x, (uint16_t)i, (uint16_t)row, t == FIELD_INTEGER ? S("7") : t == FIELD_DATE ? S("27|3|1985") :
				    t == FIELD_BOOL ? S("true") : t == FIELD_CHOICE ? S("b") : S("Frieda"));
		}
	if (rows)
		answers_another(x, 0, 0, false);
	return x;
}

static int by_size(const void *a, const void *b)
{
	return *(const double *)a < *(const double *)b ? -1 : 1;
}

static void measure(const char *name, unsigned fields, unsigned rows)
{
	struct journey_context c = { .today = { 2026, 11, 22 }, .place_ars = S("146120000000"), .place_population = 5000 };
	struct arena *a = arena_new(1 << 20), *scratch = arena_new(1 << 20);
	double took[51], compile = 0, from;
	struct form *form = make(a, fields, rows, &compile);
	struct answers *x = fill(a, form, rows);
	size_t i, asked = 0;

	for (i = 0; i < 51; i++) {
		struct journey *j;

		arena_reset(scratch);
		from = now_us();
		j = journey_run(scratch, form, x, &c);
		took[i] = now_us() - from;
		asked = j->values;
		if (j->problems || j->first_open < j->visits || asked != x->n) {
			fprintf(stderr, "journey_speed: %zu problems, %zu of %zu values\n", j->problems, asked, x->n);
			exit(1);
		}
	}
	qsort(took, 51, sizeof *took, by_size);
	printf("%s %zu %.1f %.0f\n", name, asked, took[25], compile);
	arena_free(scratch);
	arena_free(a);
}

int main(void)
{
	static const unsigned fields[] = { 250, 500, 1000, 2000, 4000, 10000 }, rows[] = { 10, 50, 200, 1000 };
	size_t i;

	for (i = 0; i < sizeof fields / sizeof *fields; i++)
		measure("fields", fields[i], 0);
	for (i = 0; i < sizeof rows / sizeof *rows; i++)
		measure("rows", rows[i] * 10, rows[i]);
	return 0;
}
