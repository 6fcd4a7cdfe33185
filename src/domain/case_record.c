/* SPDX-License-Identifier: EUPL-1.2 */
#include "domain/case_record.h"

#include "base/yaml_write.h"
#include "domain/form_impl.h"

void case_page_put(struct buf *b, const struct form *f, uint16_t page, uint16_t row)
{
	str path = form_row_path(b->arena, f, f->page[page].per, row);

	buf_put(b, f->page[page].id);
	if (path.n)
		buf_fmt(b, "/%.*s", STR_FMT(path));
}

str case_problem_key(struct arena *a, const struct form *f, const struct problem *p)
{
	struct buf b = buf_new(a, 60);

	if (p->field < 0)
		case_page_put(&b, f, p->page, p->row);
	else
		form_place_put(&b, f, (uint16_t)p->field, p->row);
	return buf_str(&b);
}

str case_problem_word(const struct form *f, const struct problem *p)
{
	static const str name[] = {
#define PROBLEM(ID, name) STR_INIT(#name),
#include "domain/problems.def"
#undef PROBLEM
	};

	return p->rule >= 0 ? f->rule[p->rule].id : name[p->kind];
}

static bool plain_word(str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || s.p[i] == '_' || s.p[i] == '.' || (i && s.p[i] == '-')))
			return false;
	return s.n > 0;
}

static void put_scalar(struct buf *b, str s)
{
	if (plain_word(s))
		buf_put(b, s);
	else
		yaml_quoted(b, s);
}

static void put_list(struct buf *b, str raw, bool numbered)
{
	str rest = raw, part;
	int n = 0;

	buf_putc(b, '[');
	while (str_split(&rest, '|', &part)) {
		buf_put(b, n++ ? S(", ") : STR_EMPTY);
		if (numbered)
			buf_int(b, n);
		else
			put_scalar(b, part);
	}
	buf_putc(b, ']');
}

static bool three_numbers(str raw)
{
	int bars = 0;

	for (size_t i = 0; i < raw.n; i++) {
		if (raw.p[i] == '|' && (!i || i + 1 == raw.n || raw.p[i - 1] == '|'))
			return false;
		bars += raw.p[i] == '|';
		if (raw.p[i] != '|' && (raw.p[i] < '0' || raw.p[i] > '9'))
			return false;
	}
	return bars == 2;
}

static void put_answer(struct buf *b, const struct field *f, str raw)
{
	if (f->type == FIELD_DATE && three_numbers(raw))
		yaml_quoted(b, str_replace(b->arena, raw, S("|"), S(".")));
	else if (f->type == FIELD_SEVERAL || f->type == FIELD_FILE || str_index(raw, '|') >= 0)
		put_list(b, raw, f->type == FIELD_FILE);
	else
		put_scalar(b, raw);
}

static void put_answers(struct buf *b, const struct journey *j, const struct answers *x)
{
	struct buf place = buf_new(b->arena, 60);

	buf_put(b, x->n ? S("  answers:\n") : S("  answers: {}\n"));
	for (size_t i = 0; i < x->n; i++) {
		const struct answer *a = &x->v[i];

		if (!journey_value(j, a->field, a->row))
			continue;
		buf_reset(&place);
		form_place_put(&place, j->form, a->field, a->row);
		buf_put(b, S("    "));
		put_scalar(b, buf_str(&place));
		buf_put(b, S(": "));
		put_answer(b, &j->form->field[a->field], a->raw);
		buf_putc(b, '\n');
	}
}

/* "another?" that nobody has answered yet. */
static void put_more(struct buf *b, const struct journey *j, const struct answers *x)
{
	struct buf place = buf_new(b->arena, 60);
	int n = 0;

	for (size_t i = 0; i < j->visits; i++) {
		const struct page *p = &j->form->page[j->visit[i].page];

		if (!p->group_list || answers_no_more(x, (uint16_t)p->group, j->visit[i].row))
			continue;
		buf_reset(&place);
		form_group_place_put(&place, j->form, (uint16_t)p->group, j->visit[i].row);
		buf_put(b, n++ ? S(", ") : S("  more: {"));
		put_scalar(b, buf_str(&place));
		buf_put(b, S(": false"));
	}
	if (n)
		buf_put(b, S("}\n"));
}

static void put_path(struct buf *b, const struct journey *j)
{
	struct buf page = buf_new(b->arena, 60);

	buf_put(b, S("  path: ["));
	for (size_t i = 0; i < j->visits; i++) {
		buf_reset(&page);
		case_page_put(&page, j->form, j->visit[i].page, j->visit[i].row);
		buf_put(b, i ? S(", ") : STR_EMPTY);
		put_scalar(b, buf_str(&page));
	}
	if (!j->problems)
		buf_put(b, j->visits ? S(", pruefen") : S("pruefen"));
	buf_put(b, S("]\n"));
}

static void put_fee(struct buf *b, const struct journey *j)
{
	if (!j->form->fees)
		return;
	buf_put(b, S("  fee: "));
	yaml_quoted(b, j->fee_known ? str_replace(b->arena, decimal_str(b->arena, decimal_cents(j->fee_cents)), S("."), S(",")) : STR_EMPTY);
	buf_putc(b, '\n');
}

static void put_errors(struct buf *b, const struct journey *j)
{
	if (!j->problems)
		return;
	buf_put(b, S("  errors:\n"));
	for (size_t i = 0; i < j->problems; i++) {
		buf_put(b, S("    "));
		put_scalar(b, case_problem_key(b->arena, j->form, &j->problem[i]));
		buf_put(b, S(": "));
		put_scalar(b, case_problem_word(j->form, &j->problem[i]));
		buf_putc(b, '\n');
	}
}

void case_record(struct buf *b, const struct journey *j, const struct answers *x, const struct case_facts *c)
{
	buf_put(b, S("- name: "));
	yaml_quoted(b, c->name);
	buf_putc(b, '\n');
	if (c->place.n)
		buf_fmt(b, "  place: %.*s\n", STR_FMT(c->place));
	buf_fmt(b, "  today: %.*s\n", STR_FMT(date_iso(b->arena, c->today)));
	put_answers(b, j, x);
	put_more(b, j, x);
	put_path(b, j);
	put_fee(b, j);
	put_errors(b, j);
}
