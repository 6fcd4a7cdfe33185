/* SPDX-License-Identifier: EUPL-1.2 */
/* Recorded cases: the author's examples, run through the journey. What differs from the record is a finding at its line. */
#include "domain/case_record.h"
#include "domain/form_impl.h"
#include "domain/form_keys.h"
#include "domain/package.h"

struct run {
	struct arena *arena;
	const struct package *p;
	const struct place_snapshot *places;
	struct findings *f;
	const struct node *node;	/* the case */
	str name;
	const struct form *form;
	struct journey *j;
};

static str raw_of(struct arena *a, const struct node *n, bool many)
{
	struct buf b;
	size_t i;

	if (n->kind != NODE_LIST)
		return str_trim(node_text(n));
	b = buf_new(a, 64);
	for (i = 0; i < n->n; i++) {
		if (i)
			buf_putc(&b, many ? '\n' : '|');
		buf_put(&b, node_text(n->item[i]));
	}
	return buf_str(&b);
}

/* "another?" is answered with no at the end, in each outer row, unless the case says otherwise. */
static void no_more(struct run *r, struct answers *x, uint16_t group, const struct node *more)
{
	int16_t parent = r->form->group[group].parent;
	uint32_t outer, last = parent < 0 ? 0 : form_row_span(r->form, parent, -1);
	struct buf place = buf_new(r->arena, 60);

	for (outer = parent < 0 ? 0 : 1; outer <= last; outer++) {
		buf_reset(&place);
		form_group_place_put(&place, r->form, group, (uint16_t)outer);
		if (node_bool(node_get(more, buf_str(&place)), true))
			answers_rows_set(x, group, (uint16_t)outer, answers_rows(x, group, (uint16_t)outer), true);
	}
}

static struct answers *answers_of(struct run *r)
{
	const struct node *list = node_get(r->node, S("answers")), *more = node_get(r->node, S("more"));
	struct answers *x = answers_new(r->arena, r->form);
	uint16_t field, row;
	size_t i;

	for (i = 0; list && list->kind == NODE_MAP && i < list->n; i++) {
		if (!answers_locate(r->form, list->key[i], &field, &row))
			node_error_at(r->f, list->item[i], S("case"), "case '%.*s': there is no field '%.*s'", STR_FMT(r->name),
				      STR_FMT(list->key[i]));
		else
			answers_set(x, field, row, raw_of(r->arena, list->item[i], r->form->field[field].many));
	}
	for (i = 0; i < r->form->groups; i++)
		no_more(r, x, (uint16_t)i, more);
	return x;
}

static bool context_of(struct run *r, struct journey_context *c)
{
	const struct node *today = node_get(r->node, S("today")), *slug = node_get(r->node, S("place"));
	const struct place *place;

	if (date_parse_iso(node_text(today), &c->today) < 0) {
		node_error_at(r->f, today ? today : r->node, S("case"), "case '%.*s' needs 'today', such as 2026-11-22", STR_FMT(r->name));
		return false;
	}
	if (!slug || !r->places)
		return true;
	place = place_by_slug(r->places, node_text(slug));
	if (!place) {
		node_error_at(r->f, slug, S("case"), "there is no place '%.*s'", STR_FMT(node_text(slug)));
		return false;
	}
	c->place_ars = place->ars;
	c->place_population = place->population;
	return true;
}

static void check_path(struct run *r)
{
	const struct node *want = node_get(r->node, S("path"));
	struct buf b = buf_new(r->arena, 40);
	const struct visit **asked = ARENA_ARRAY(r->arena, const struct visit *, r->j->visits + 1);
	size_t i, visits = 0, n;

	/* what is taken over from another page is on the path, but nobody sees it */
	for (i = 0; i < r->j->visits; i++)
		if (!r->j->visit[i].taken)
			asked[visits++] = &r->j->visit[i];
	n = visits + (r->j->problems == 0);
	for (i = 0; i < n || i < node_count(want); i++) {
		str expected = node_text(node_at(want, i));

		buf_reset(&b);
		if (i < visits)
			case_page_put(&b, r->form, asked[i]->page, asked[i]->row);
		else if (i < n)
			buf_put(&b, S("pruefen"));
		if (str_eq(buf_str(&b), expected))
			continue;
		node_error_at(r->f, i < node_count(want) ? want->item[i] : want, S("case"), "case '%.*s', page %zu of the path: recorded '%.*s', is '%.*s'",
			      STR_FMT(r->name), i + 1, STR_FMT(expected), STR_FMT(buf_str(&b)));
		return;
	}
}

static void check_errors(struct run *r)
{
	const struct node *want = node_get(r->node, S("errors"));
	size_t i, k;

	for (i = 0; i < r->j->problems; i++) {
		str key = case_problem_key(r->arena, r->form, &r->j->problem[i]), word = case_problem_word(r->form, &r->j->problem[i]);

		if (!str_eq(node_text_at(want, key), word))
			node_error_at(r->f, node_get(want, key) ? node_get(want, key) : r->node, S("case"),
				      "case '%.*s': unexpected error %.*s: %.*s", STR_FMT(r->name), STR_FMT(key), STR_FMT(word));
	}
	for (i = 0; want && want->kind == NODE_MAP && i < want->n; i++) {
		for (k = 0; k < r->j->problems && !str_eq(case_problem_key(r->arena, r->form, &r->j->problem[k]), want->key[i]); k++)
			;
		if (k == r->j->problems)
			node_error_at(r->f, want->item[i], S("case"), "case '%.*s': the recorded error %.*s: %.*s does not come", STR_FMT(r->name),
				      STR_FMT(want->key[i]), STR_FMT(node_text(want->item[i])));
	}
}

static void check_fee(struct run *r)
{
	const struct node *want = node_get(r->node, S("fee"));
	struct decimal d;
	int64_t cents;

	if (!want)
		return;
	if (!node_text(want).n) {
		if (r->j->fee_known)
			node_error_at(r->f, want, S("case"), "case '%.*s': the fee is known: %.*s", STR_FMT(r->name),
				      STR_FMT(decimal_str(r->arena, decimal_cents(r->j->fee_cents))));
		return;
	}
	if (decimal_parse_german(node_text(want), &d) < 0 || decimal_to_cents(d, ROUND_HALF_UP, &cents) < 0)
		node_error_at(r->f, want, S("case"), "'%.*s' is no amount", STR_FMT(node_text(want)));
	else if (!r->j->fee_known)
		node_error_at(r->f, want, S("case"), "case '%.*s': the fee is not known yet", STR_FMT(r->name));
	else if (r->j->fee_cents != cents)
		node_error_at(r->f, want, S("case"), "case '%.*s': recorded fee %.*s, is %.*s", STR_FMT(r->name), STR_FMT(node_text(want)),
			      STR_FMT(decimal_str(r->arena, decimal_cents(r->j->fee_cents))));
}

/* What the case says itself, over what it was recorded with. */
static const struct node *params_of(struct run *r)
{
	const struct node *own = node_get(r->node, S("params"));
	struct node *both;

	if (!r->p->recorded || !own)
		return own ? own : r->p->recorded;
	both = node_clone(r->arena, r->p->recorded);
	for (size_t i = 0; i < node_count(own); i++)
		node_set(r->arena, both, own->key[i], own->item[i]);
	return both;
}

static void prepare_case(struct run *r)
{
	const struct node *params = params_of(r);
	struct journey_context c = { 0 };
	struct form *own;

	if (!keys_check(r->f, r->node, "a case", "name place today params answers more path fee errors"))
		return;
	r->name = key_text(r->f, r->node, "name", "a case");
	if (!context_of(r, &c))
		return;
	r->form = r->p->compiled;
	if (params) {
		if (form_compile(r->arena, r->p->service, r->p->form, params, r->f, &own) < 0)
			return;
		r->form = own;
	}
	r->j = journey_run(r->arena, r->form, answers_of(r), &c);
}

const struct journey *package_case(struct arena *a, const struct package *p, const struct node *one, const struct place_snapshot *places,
				   struct findings *f)
{
	struct run r = { .arena = a, .p = p, .places = places, .f = f, .node = one };

	prepare_case(&r);
	if (!r.j)
		return NULL;
	if (node_get(one, S("path")))
		check_path(&r);
	check_errors(&r);
	check_fee(&r);
	return r.j;
}

size_t package_run_cases(struct arena *a, const struct package *p, const struct place_snapshot *places, struct findings *f)
{
	size_t i;

	if (!p->cases)
		return 0;
	if (p->cases->kind != NODE_LIST || p->cases->n == 0) {
		node_error_at(f, p->cases, S("case"), "cases.yaml must be a list with at least one case");
		return 0;
	}
	for (i = 0; i < p->cases->n; i++)
		(void)package_case(a, p, p->cases->item[i], places, f);
	return p->cases->n;
}

struct answers *package_case_answers(struct arena *a, const struct form *form, const struct node *one)
{
	struct findings quiet = findings_new(a);
	struct run r = { .arena = a, .f = &quiet, .node = one, .form = form };

	return answers_of(&r);
}
