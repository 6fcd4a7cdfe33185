/* SPDX-License-Identifier: EUPL-1.2 */
/* Stored answers, even damaged ones: read or refused; what is read is written and read again the same, and has a journey. */
#include "domain/form.h"
#include "fuzz.h"

static const char form_yaml[] =
	"steps:\n"
	"  - {id: a, pages: [{id: a, fields: [{id: t, type: text}, {id: d, type: date}, {id: i, type: iban}, {id: p, type: plate},\n"
	"      {id: n, type: name}, {id: f, type: file, max_files: 3}, {id: s, type: several, options: [x, y]}, {id: z, type: time},\n"
	"      {id: m, type: money}, {id: e, type: email}, {id: h, type: phone}, {id: o, type: month}]}]}\n"
	"  - {id: g, repeat: {group: g, min: 0, max: 3}, pages: [{id: g, fields: [{id: g.n, type: integer}, {id: g.b, type: bool}]},\n"
	"      {repeat: {group: g.k, min: 0, max: 3}, when: \"g.b\", pages: [{id: k, fields: [{id: g.k.m, type: date, many: {min: 0, max: 3}},\n"
	"          {id: g.k.t, type: text, many: {max: 2}, required: \"count(g.k.m) > 1\", validation: \"any(g.k.t, value != 'x')\"}]},\n"
	"        {repeat: {group: g.k.s, max: 2}, pages: [{id: s, fields: [{id: g.k.s.c, type: calc, value: \"count(g.k) + count(g.k.m)\"}]}]}]}]}\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct journey_context c = { .today = { 2026, 11, 22 } };
	static struct form *form;
	struct arena *a = arena_new(16384);
	struct answers *x, *y;
	struct buf one = buf_new(a, 512), two = buf_new(a, 512);
	struct node_error e;
	struct node *n;
	size_t lost;

	if (!form) {
		struct arena *forever = arena_new(16384);

		FUZZ_CHECK(node_parse_yaml(forever, S("form.yaml"), str_c(form_yaml), &n, &e) == 0);
		FUZZ_CHECK(form_compile(forever, node_new(forever, NODE_MAP), n, NULL, NULL, &form) == 0);
	}
	if (answers_read(a, form, str_n(data, size), &x, &lost) == 0) {
		answers_write(&one, x);
		FUZZ_CHECK(answers_read(a, form, buf_str(&one), &y, &lost) == 0 && lost == 0);
		answers_write(&two, y);
		FUZZ_CHECK(str_eq(buf_str(&one), buf_str(&two)));
		FUZZ_CHECK(journey_run(a, form, x, &c)->visits > 0);
		for (lost = 0; lost < form->groups; lost++)
			answers_row_remove(x, (uint16_t)lost, (uint16_t)(size % 5));
		FUZZ_CHECK(journey_run(a, form, x, &c)->visits > 0);
	}
	arena_free(a);
	return 0;
}
