/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * journey_print: definitions and answers from standard input, one JSON text a line; journeys to standard output, one a line.
 *
 *	{"service": {..}, "form": {..}, "params": {..}}		-> {"ok": true} or {"ok": false, "findings": [..]}
 *	{"answers": {"g[1].k[2].x": "raw"}, "rows": {"g": 2, "g[1].k": 3}, "more": {"g": 1}, "today": "2026-11-22", "ars": "..", "population": 5}
 *		-> {"path": ["name", "hund/1"], "values": {"id": "canonical" or null}, "problems": [["id", "kind"], ["id", "kind", nth]], "back": [..], "first_open": 3,
 *		    "fee": "12.50" or null}	and, after a tab, the submission
 *	schema							-> the JSON Schema of the form
 *	package DIR						-> {"schema": {..}, "complete": [submissions of the recorded cases without errors]}
 */
#include <stdio.h>
#include <string.h>
#include "base/json.h"
#include "domain/package.h"

static const char *const kind_name[] = {
#define PROBLEM(ID, name) #name,
#include "domain/problems.def"
#undef PROBLEM
};

static void put_key(struct json *j, struct arena *a, const struct form *f, uint16_t field, uint16_t row, bool value)
{
	struct buf b = buf_new(a, 80);
	str key;

	form_place_put(&b, f, field, row);
	key = buf_str(&b);
	if (value)
		json_str(j, key);
	else
		json_key(j, key);
}

static void define(struct arena *a, const struct node *n, struct form **form)
{
	struct findings f = findings_new(a);
	struct buf b = buf_new(a, 256);
	struct json j;
	size_t i;
	int rc = form_compile(a, node_get(n, S("service")), node_get(n, S("form")), node_get(n, S("params")), &f, form);

	json_begin(&j, &b);
	json_object(&j);
	json_kbool(&j, S("ok"), rc == 0);
	json_key(&j, S("findings"));
	json_array(&j);
	for (i = 0; i < f.n; i++)
		json_str(&j, f.v[i].text);
	json_array_end(&j);
	json_object_end(&j);
	json_end(&j);
	puts(b.p);
}

static void take_rows(struct answers *x, const struct node *rows, const struct node *more)
{
	uint16_t g, outer;
	int64_t v;
	size_t i;

	for (i = 0; rows && i < rows->n; i++)
		if (answers_locate_group(x->form, rows->key[i], &g, &outer) && node_i64(rows->item[i], &v) == 0)
			answers_rows_set(x, g, outer, (uint16_t)v, answers_no_more(x, g, outer));
	for (i = 0; more && i < more->n; i++)
		if (answers_locate_group(x->form, more->key[i], &g, &outer) && node_i64(more->item[i], &v) == 0)
			answers_rows_set(x, g, outer, answers_rows(x, g, outer), v != 0);
}

static struct answers *take(struct arena *a, const struct form *form, const struct node *n)
{
	const struct node *list = node_get(n, S("answers"));
	struct answers *x = answers_new(a, form);
	uint16_t field, row;
	size_t i;

	for (i = 0; list && i < list->n; i++)
		if (answers_locate(form, list->key[i], &field, &row))
			answers_set(x, field, row, node_text(list->item[i]));
	take_rows(x, node_get(n, S("rows")), node_get(n, S("more")));
	return x;
}

static str page_place(struct arena *a, const struct form *f, uint16_t page, uint16_t row)
{
	str id = f->page[page].id, path = form_row_path(a, f, f->page[page].per, row);

	return path.n ? str_fmt(a, "%.*s/%.*s", STR_FMT(id), STR_FMT(path)) : id;
}

static void put_problem(struct json *w, struct arena *a, const struct journey *j, const struct problem *p)
{
	json_array(w);
	if (p->field >= 0)
		put_key(w, a, j->form, (uint16_t)p->field, p->row, true);
	else
		json_str(w, page_place(a, j->form, p->page, p->row));
	json_str(w, p->rule >= 0 ? j->form->rule[p->rule].id : str_c(kind_name[p->kind]));
	if (p->nth)
		json_int(w, p->nth);
	json_array_end(w);
}

static void print(struct arena *a, const struct journey *j)
{
	struct buf b = buf_new(a, 4096), sub = buf_new(a, 1024);
	const struct visit *v;
	struct json w;
	size_t i;

	json_begin(&w, &b);
	json_object(&w);
	json_key(&w, S("path"));
	json_array(&w);
	for (i = 0; i < j->visits; i++) {
		json_str(&w, page_place(a, j->form, j->visit[i].page, j->visit[i].row));
	}
	json_array_end(&w);
	json_key(&w, S("values"));
	json_object(&w);
	for (i = 0; i < j->values; i++) {
		const struct value *x = &j->value[i];

		put_key(&w, a, j->form, x->field, x->row, false);
		if (x->present && x->valid)
			json_str(&w, x->canonical);
		else
			json_null(&w);
	}
	json_object_end(&w);
	json_key(&w, S("problems"));
	json_array(&w);
	for (i = 0; i < j->problems; i++)
		put_problem(&w, a, j, &j->problem[i]);
	json_array_end(&w);
	json_key(&w, S("back"));
	json_array(&w);
	for (v = j->visits ? &j->visit[j->visits - 1] : NULL; v; v = journey_before(j, v))
		json_str(&w, page_place(a, j->form, v->page, v->row));
	json_array_end(&w);
	json_kint(&w, S("first_open"), (int64_t)j->first_open);
	json_key(&w, S("fee"));
	if (j->fee_known)
		json_str(&w, decimal_str(a, decimal_cents(j->fee_cents)));
	else
		json_null(&w);
	json_object_end(&w);
	json_end(&w);
	journey_submission_json(&sub, j);
	/* two texts a line: the second is the submission */
	printf("%s\t%s\n", b.p, sub.p);
}

static void run(struct arena *a, const struct form *form, const struct node *n)
{
	struct journey_context c = { .place_ars = node_text_at(n, S("ars")) };
	int64_t v;

	if (date_parse_iso(node_text_at(n, S("today")), &c.today) < 0)
		c.today = (struct date){ 2026, 1, 1 };
	if (node_i64(node_get(n, S("population")), &v) == 0)
		c.place_population = v;
	print(a, journey_run(a, form, take(a, form, n), &c));
}

static void package(struct arena *a, str dir)
{
	struct findings f = findings_new(a);
	struct buf b = buf_new(a, 65536);
	const struct package *p;
	size_t i, n = 0;

	if (package_load(a, dir, &f, &p) < 0) {
		puts("{}");
		return;
	}
	buf_put(&b, S("{\"schema\":"));
	form_schema_json(&b, p->compiled, S("urn:schalter:test"), p->id);
	buf_put(&b, S(",\"complete\":["));
	for (i = 0; i < node_count(p->cases); i++) {
		const struct journey *j = package_case(a, p, p->cases->item[i], NULL, &f);

		if (!j || j->problems)
			continue;
		if (n++)
			buf_putc(&b, ',');
		journey_submission_json(&b, j);
	}
	buf_put(&b, S("]}"));
	puts(b.p);
}

int main(int argc, char **argv)
{
	static char line[1 << 20];
	struct arena *definition = arena_new(65536), *scratch = arena_new(65536);
	struct form *form = NULL;
	struct node_error e;
	struct node *n;

	while (fgets(line, sizeof line, stdin)) {
		arena_reset(scratch);
		if (strncmp(line, "schema", 6) == 0) {
			struct buf b = buf_new(scratch, 4096);

			form_schema_json(&b, form, S("urn:test"), S("Test"));
			puts(b.p);
		} else if (strncmp(line, "package ", 8) == 0) {
			package(scratch, str_trim(str_c(line + 8)));
		} else if (node_parse_json(scratch, str_trim(str_c(line)), &n, &e) < 0) {
			fprintf(stderr, "journey_print: %s\n", e.text);
			return 2;
		} else if (node_get(n, S("form"))) {
			arena_reset(definition);
			/* the definition's texts point into its source */
			if (node_parse_json(definition, str_dup(definition, str_trim(str_c(line))), &n, &e) < 0)
				return 2;
			define(definition, n, &form);
		} else if (form) {
			run(scratch, form, n);
		} else {
			puts("{}\t{}");
		}
		fflush(stdout);
	}
	arena_free(scratch);
	arena_free(definition);
	return 0;
}
