/* SPDX-License-Identifier: EUPL-1.2 */
/* Is an overlay fit to be published: texts, letters and recorded cases. */
#include "domain/overlay.h"

/* Whole sentences are compared: what the package below says itself is no fault of the overlay. */
static bool said_before(const struct findings *f, const struct finding *x)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->v[i].severity == x->severity && str_eq(f->v[i].code, x->code) && str_eq(f->v[i].text, x->text))
			return true;
	return false;
}

static void take_new(struct findings *to, const struct findings *before, const struct findings *now)
{
	for (size_t i = 0; i < now->n; i++) {
		const struct finding *x = &now->v[i];

		if (!said_before(before, x))
			finding_add(to, x->severity, STR_EMPTY, 0, 0, x->code, "%.*s", STR_FMT(x->text));
	}
}

static void check_texts(struct arena *a, const struct package *below, const struct package *merged, struct findings *f)
{
	struct findings before = findings_new(a), now = findings_new(a);

	package_check_texts(a, below, &before);
	package_check_texts(a, merged, &now);
	take_new(f, &before, &now);
}

/* A letter that loses the legal remedy would run for a year instead of a month (VwGO section 58). */
static void check_letters(const struct package *below, const struct package *merged, struct findings *f)
{
	static const str needed[] = { STR_INIT("{{remedy}}"), STR_INIT("{{reference}}"), STR_INIT("{{authority}}") };

	for (size_t i = 0; i < below->documents->n; i++) {
		str id = below->documents->key[i], before = node_text(below->documents->item[i]), now = node_text_at(merged->documents, id);

		for (size_t k = 0; k < sizeof needed / sizeof *needed; k++)
			if (str_contains(before, needed[k]) && !str_contains(now, needed[k]))
				finding_add(f, FINDING_ERROR, STR_EMPTY, 0, 0, S("letter-part"), "'document.%.*s' lacks %.*s", STR_FMT(id), STR_FMT(needed[k]));
	}
}

/* ---- cases ---- */

static str path_of(struct arena *a, const struct journey *j)
{
	struct buf b = buf_new(a, 200);

	for (size_t i = 0; i < j->visits; i++) {
		if (i)
			buf_put(&b, S(", "));
		buf_put(&b, j->form->page[j->visit[i].page].id);
		if (j->visit[i].row)
			buf_fmt(&b, "/%u", (unsigned)j->visit[i].row);
	}
	return buf_str(&b);
}

static str errors_of(struct arena *a, const struct journey *j)
{
	static const char *const kind[] = {
#define PROBLEM(ID, name) #name,
#include "domain/problems.def"
#undef PROBLEM
	};
	struct buf b = buf_new(a, 100);

	for (size_t i = 0; i < j->problems; i++) {
		const struct problem *p = &j->problem[i];

		if (i)
			buf_put(&b, S(", "));
		buf_put(&b, p->field >= 0 ? j->form->field[p->field].id : j->form->page[p->page].id);
		buf_fmt(&b, "/%u: ", (unsigned)p->row);
		buf_put(&b, p->rule >= 0 ? j->form->rule[p->rule].id : str_c(kind[p->kind]));
	}
	return buf_str(&b);
}

static str fee_of(struct arena *a, const struct journey *j)
{
	return j->fee_known ? decimal_str(a, decimal_cents(j->fee_cents)) : STR_EMPTY;
}

struct effects {
	struct case_effect *v;
	size_t n;
};

static void compare(struct arena *a, struct effects *e, str name, const struct journey *was, const struct journey *now)
{
	struct case_effect x = { .name = name, .fee_before = fee_of(a, was), .fee_after = fee_of(a, now) };
	str path_was = path_of(a, was), path_now = path_of(a, now), wrong_was = errors_of(a, was), wrong_now = errors_of(a, now);

	if (str_eq(path_was, path_now) && str_eq(wrong_was, wrong_now) && str_eq(x.fee_before, x.fee_after))
		return;
	if (!str_eq(path_was, path_now)) {
		x.path_before = path_was;
		x.path_after = path_now;
	}
	x.errors = str_eq(wrong_was, wrong_now) ? STR_EMPTY : wrong_now;
	/* "nothing filled in" has other gaps on another path: only a complete case may not become a wrong one */
	x.failed = !str_eq(wrong_was, wrong_now) && (!was->problems || !now->problems);
	e->v[e->n++] = x;
}

static void run_cases(struct arena *a, const struct package *below, const struct package *merged, const struct node *params, const struct place_snapshot *places,
		      struct overlay_check *ret)
{
	struct effects e = { .v = ARENA_ARRAY(a, struct case_effect, node_count(merged->cases) + 1) };
	struct package before = *below, own = *merged;
	struct form *form;

	before.recorded = own.recorded = NULL;
	if (node_count(params) && form_compile(a, merged->service, merged->form, params, &ret->findings, &form) == 0)
		own.compiled = form;
	for (size_t i = 0; i < node_count(merged->cases); i++) {
		const struct node *one = merged->cases->item[i];
		const struct journey *was, *now;
		struct findings quiet = findings_new(a); /* told as effects */

		ret->cases++;
		if (!package_case(a, merged, one, places, &ret->findings) || node_get(one, S("params")))
			continue; /* with amounts of its own it says nothing about ours */
		was = package_case(a, &before, one, places, &quiet);
		now = package_case(a, &own, one, places, &quiet);
		if (was && now)
			compare(a, &e, node_text_at(one, S("name")), was, now);
	}
	ret->effect = e.v;
	ret->effects = e.n;
}

void overlay_check(struct arena *a, const struct package *below, const struct package *merged, const struct node *params,
		   const struct place_snapshot *places, struct overlay_check *ret)
{
	*ret = (struct overlay_check){ .findings = findings_new(a) };
	check_texts(a, below, merged, &ret->findings);
	check_letters(below, merged, &ret->findings);
	run_cases(a, below, merged, params, places, ret);
	ret->good = !ret->findings.errors;
	for (size_t i = 0; i < ret->effects; i++)
		ret->good &= !ret->effect[i].failed;
}
