/* SPDX-License-Identifier: EUPL-1.2 */
/* One page between browser and answers: taking what was posted, its fingerprint, showing values to people. Contract: form.h. */
#include "base/utf8.h"
#include "domain/expr.h"
#include "domain/form.h"
#include "domain/text.h"

str field_input_name(struct arena *a, const struct field *f, uint16_t row)
{
	return row > 1 ? str_fmt(a, "%.*s-%u", STR_FMT(f->key), (unsigned)row) : f->key;
}

str field_input_nth(struct arena *a, str name, unsigned nth)
{
	return nth > 1 ? str_fmt(a, "%.*s--%u", STR_FMT(name), nth) : name;
}

/* What was typed stays, but for blanks at the ends, line ends and the form of accents. */
static str tidy(struct arena *a, str s, bool lines)
{
	struct buf b;
	size_t i;

	s = str_trim(s);
	if (memchr(s.n ? s.p : "", '\r', s.n) || (!lines && memchr(s.n ? s.p : "", '\n', s.n))) {
		b = buf_new(a, s.n + 1);
		for (i = 0; i < s.n; i++) {
			if (s.p[i] == '\r' && i + 1 < s.n && s.p[i + 1] == '\n')
				continue;
			buf_putc(&b, s.p[i] == '\r' || s.p[i] == '\n' ? (lines ? '\n' : ' ') : s.p[i]);
		}
		s = buf_str(&b);
	}
	for (i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] >= 0x80)
			return utf8_nfc(a, s);
	return s;
}

static bool posted_part(struct arena *a, const struct pairs *posted, str name, const char *part, str *ret)
{
	str full = str_fmt(a, "%.*s-%s", STR_FMT(name), part);
	struct buf b;
	size_t i;

	if (!pairs_has(posted, full))
		return false;
	*ret = tidy(a, pairs_get(posted, full), false);
	if (str_index(*ret, '|') < 0)
		return true;
	/* the bar separates the parts in the stored form; nobody means it in a date */
	b = buf_new(a, ret->n + 1);
	for (i = 0; i < ret->n; i++)
		buf_putc(&b, ret->p[i] == '|' ? '/' : ret->p[i]);
	*ret = buf_str(&b);
	return true;
}

/* The three inputs of an entry in a register. */
static bool posted_register(struct arena *a, const struct pairs *posted, str name, str *ret)
{
	str k = STR_EMPTY, n = STR_EMPTY, c = STR_EMPTY;
	bool kind = posted_part(a, posted, name, "kind", &k), number = posted_part(a, posted, name, "number", &n), court = posted_part(a, posted, name, "court", &c);

	*ret = k.n || n.n || c.n ? str_fmt(a, "%.*s|%.*s|%.*s", STR_FMT(k), STR_FMT(n), STR_FMT(c)) : STR_EMPTY;
	return kind || number || court;
}

/* The parts of a date. Nothing typed: empty. */
static bool posted_date(struct arena *a, const struct field *f, const struct pairs *posted, str name, str *ret)
{
	str d = STR_EMPTY, m = STR_EMPTY, y = STR_EMPTY, t = STR_EMPTY;
	bool day = f->type != FIELD_MONTH && posted_part(a, posted, name, "day", &d);
	bool month = posted_part(a, posted, name, "month", &m), year = posted_part(a, posted, name, "year", &y);
	bool time = f->type == FIELD_DATETIME && posted_part(a, posted, name, "time", &t);

	if (!d.n && !m.n && !y.n && !t.n)
		*ret = STR_EMPTY;
	else if (f->type == FIELD_DATETIME)
		*ret = str_fmt(a, "%.*s|%.*s|%.*s|%.*s", STR_FMT(d), STR_FMT(m), STR_FMT(y), STR_FMT(t));
	else if (f->type == FIELD_DATE)
		*ret = str_fmt(a, "%.*s|%.*s|%.*s", STR_FMT(d), STR_FMT(m), STR_FMT(y));
	else
		*ret = str_fmt(a, "%.*s|%.*s", STR_FMT(m), STR_FMT(y));
	return day || month || year || time;
}

/* What was posted for one input, in parts or as one text; false: it was not asked. */
static bool posted_value(struct arena *a, const struct field *f, const struct pairs *posted, str name, str *ret)
{
	if ((f->type == FIELD_DATE || f->type == FIELD_MONTH || f->type == FIELD_DATETIME) && posted_date(a, f, posted, name, ret))
		return true;
	if (f->type == FIELD_REGISTER && posted_register(a, posted, name, ret))
		return true;
	if (!pairs_has(posted, name))
		return false;
	*ret = tidy(a, pairs_get(posted, name), f->type == FIELD_LONGTEXT);
	return true;
}

/* Values of a field with many, one a line. Empty ones stay while the person is adding and taking away. */
static void take_many(struct answers *x, const struct field *f, uint16_t row, const struct pairs *posted, str name)
{
	bool keep = pairs_has(posted, S("mehr")) || pairs_has(posted, S("weg"));
	struct buf b = buf_new(x->arena, 64);
	unsigned i, lines = 0, filled = 0;
	str part;

	for (i = 1; i <= (unsigned)f->most + 1; i++) {
		str one = field_input_nth(x->arena, name, i);

		if (!posted_value(x->arena, f, posted, one, &part))
			break;
		if (str_eq(pairs_get(posted, S("weg")), one) || (!part.n && !keep))
			continue;
		if (lines++)
			buf_putc(&b, '\n');
		buf_put(&b, part);
		filled += part.n > 0;
	}
	if (i == 1)
		return;
	if (str_eq(pairs_get(posted, S("mehr")), name) && lines < (unsigned)f->most) {
		buf_putc(&b, '\n');
		if (!lines)
			buf_putc(&b, '\n');
		filled++;
	}
	answers_set(x, f->index, row, filled || lines > 1 ? buf_str(&b) : STR_EMPTY);
}

/* Who has no such name ticks a box beside the input; what is typed all the same counts. */
static void take_name(struct answers *x, const struct field *f, uint16_t row, const struct pairs *posted, str name)
{
	str typed = tidy(x->arena, pairs_get(posted, name), false);
	bool none = f->lacks && !typed.n && pairs_get(posted, str_fmt(x->arena, "%.*s-none", STR_FMT(name))).n;

	if (none)
		answers_set(x, f->index, row, S("–"));
	else if (pairs_has(posted, name))
		answers_set(x, f->index, row, typed);
}

/* Boxes that are not ticked are not sent at all. */
static void take_boxes(struct answers *x, const struct field *f, uint16_t row, const struct pairs *posted, str name)
{
	struct buf b = buf_new(x->arena, 64);
	bool asked = f->when == NULL;
	size_t i;

	for (i = 0; i < posted->n; i++) {
		str v = posted->v[i].value;

		if (!str_eq(posted->v[i].name, name))
			continue;
		asked = true;
		if (!v.n || str_index(v, '|') >= 0)
			continue;
		if (b.n)
			buf_putc(&b, '|');
		buf_put(&b, v);
	}
	if (asked)
		answers_set(x, f->index, row, buf_str(&b));
}

static void take_list_page(struct answers *x, const struct page *p, uint16_t outer, const struct pairs *posted)
{
	str another = pairs_get(posted, S("another"));

	if (str_eq(another, S("yes")) || str_eq(another, S("no")))
		answers_another(x, (uint16_t)p->group, outer, str_eq(another, S("yes")));
}

void page_take(struct answers *x, const struct page *p, uint16_t row, const struct pairs *posted)
{
	size_t i;

	if (p->group_list) {
		take_list_page(x, p, row, posted);
		return;
	}
	for (i = 0; i < p->fields; i++) {
		const struct field *f = &x->form->field[p->field[i]];
		str name = field_input_name(x->arena, f, row), typed;

		if (f->many) {
			take_many(x, f, row, posted, name);
			continue;
		}
		switch (f->type) {
		case FIELD_SEVERAL:
		case FIELD_CONSENT:
			take_boxes(x, f, row, posted, name);
			break;
		case FIELD_FILE:
		case FIELD_INFO:
		case FIELD_CALC:
			break;
		case FIELD_NAME:
			take_name(x, f, row, posted, name);
			break;
		default:
			if (posted_value(x->arena, f, posted, name, &typed))
				answers_set(x, f->index, row, typed);
		}
	}
}

/* FNV-1a, 64 bits: tells two states of one's own page apart, it protects nothing. */
static uint64_t mix(uint64_t h, str s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * 1099511628211u;
	return (h ^ 0xff) * 1099511628211u;
}

str page_fingerprint(struct arena *a, const struct answers *x, const struct page *p, uint16_t row)
{
	uint64_t h = 14695981039346656037u;
	size_t i;

	if (p->group_list)
		h = mix(h, str_fmt(a, "%u %u", (unsigned)answers_rows(x, (uint16_t)p->group, row),
				  (unsigned)answers_no_more(x, (uint16_t)p->group, row)));
	for (i = 0; i < p->fields; i++)
		h = mix(h, answers_get(x, p->field[i], row));
	return str_fmt(a, "%016llx", (unsigned long long)h);
}

/* ---- values for people ---- */

static enum lang lang_of(str lang)
{
	enum lang l;

	return lang_parse(lang, &l) ? l : LANG_DE;
}

static str month_text(struct arena *a, struct date d, str lang)
{
	return text_by_key(lang_of(lang), str_fmt(a, "value.month.m%d", d.month));
}

/* "27.03.1985"; a month's name cannot be misread where the order of day and month differs. */
static str date_text(struct arena *a, struct date d, str lang)
{
	if (lang_of(lang) == LANG_DE)
		return str_fmt(a, "%02d.%02d.%04d", d.day, d.month, d.year);
	return str_fmt(a, "%d %.*s %d", d.day, STR_FMT(month_text(a, d, lang)), d.year);
}

static str in_fours(struct arena *a, str s)
{
	struct buf b = buf_new(a, s.n + s.n / 4 + 1);
	size_t i;

	for (i = 0; i < s.n; i++) {
		if (i && i % 4 == 0)
			buf_putc(&b, ' ');
		buf_putc(&b, s.p[i]);
	}
	return buf_str(&b);
}

static str option_text(struct arena *a, const struct field *f, str option, text_lookup text, void *arg)
{
	str key = f->list.n ? str_fmt(a, "list.%.*s.%.*s", STR_FMT(f->list), STR_FMT(option))
			    : str_fmt(a, "field.%.*s.option.%.*s", STR_FMT(f->id), STR_FMT(option));
	str s = text ? text(arg, key) : STR_EMPTY;

	return s.n ? s : option;
}

static str options_text(struct arena *a, const struct field *f, str options, text_lookup text, void *arg)
{
	struct buf b = buf_new(a, 64);
	str rest = options, part;

	while (str_split(&rest, '|', &part)) {
		if (b.n)
			buf_put(&b, S(", "));
		buf_put(&b, option_text(a, f, part, text, arg));
	}
	return buf_str(&b);
}

static str number_text(struct arena *a, const struct field *f, const struct value *v, str lang)
{
	int64_t cents;

	if (f->type == FIELD_MONEY && decimal_to_cents(v->number, ROUND_HALF_UP, &cents) == 0)
		return money_format(a, cents, lang);
	return decimal_format(a, v->number, lang);
}

static str yes_no(str canonical, str lang)
{
	return text_get(lang_of(lang), str_eq(canonical, S("true")) ? TX_VALUE_YES : TX_VALUE_NO);
}

/* The type of a calculation shows in its value. */
static str calc_text(struct arena *a, const struct field *f, const struct value *v, str lang)
{
	if (v->date.year)
		return date_text(a, v->date, lang);
	if (str_eq(v->canonical, S("true")) || str_eq(v->canonical, S("false")))
		return yes_no(v->canonical, lang);
	return expr_type_of(f) == EXPR_NUMBER ? decimal_format(a, v->number, lang) : v->canonical;
}

/* "30.11.2026, 14:30 Uhr" */
static str datetime_text(struct arena *a, const struct value *v, str lang)
{
	str day, time;
	struct text_arg arg[2];

	if (!str_cut(v->canonical, 'T', &day, &time))
		return v->canonical;
	arg[0] = TEXT_ARG("date", date_text(a, v->date, lang));
	arg[1] = TEXT_ARG("time", time);
	return text_format_str(a, lang_of(lang), TX_VALUE_DATETIME, arg, 2);
}

/* Area codes of two and three digits, which can be told without a directory; mobile numbers have three. */
static size_t area_code(str national)
{
	static const char two[] = "30 40 69 89", three[] = "201 202 203 208 209 211 212 214 221 228 231 234 241 251 261 271 281 291 331 335 340 341 345 351 355 361 365 371 "
							   "375 381 385 391 395 421 431 441 451 461 471 481 491 511 521 531 541 551 561 571 581 591 611 621 "
							   "631 641 651 661 671 681 711 721 731 741 751 761 771 781 791 811 821 831 841 851 861 871 881 "
							   "906 911 921 931 941 951 961 971 981 991";

	if (national.n > 6 && national.p[0] == '1' && strchr("567", national.p[1]))
		return 3;
	if (national.n > 4 && str_contains(str_c(two), str_sub(national, 0, 2)))
		return 2;
	return national.n > 5 && str_contains(str_c(three), str_sub(national, 0, 3)) ? 3 : 0;
}

static str phone_text(struct arena *a, str e164)
{
	str national = str_sub(e164, 3, e164.n);
	size_t area = str_has_prefix(e164, S("+49")) ? area_code(national) : 0;

	if (!str_has_prefix(e164, S("+49")))
		return e164;
	if (!area)
		return str_fmt(a, "+49 %.*s", STR_FMT(national));
	return str_fmt(a, "+49 %.*s %.*s", STR_FMT(str_sub(national, 0, area)), STR_FMT(str_sub(national, area, national.n)));
}

/* "12 345 678 901", as letters of the tax office write it. */
static str taxid_text(struct arena *a, str s)
{
	if (s.n != 11)
		return s;
	return str_fmt(a, "%.*s %.*s %.*s %.*s", STR_FMT(str_sub(s, 0, 2)), STR_FMT(str_sub(s, 2, 5)), STR_FMT(str_sub(s, 5, 8)), STR_FMT(str_sub(s, 8, 11)));
}

/* Each value as if it stood alone; amounts have commas of their own. */
static str display_many(struct arena *a, const struct field *f, const struct value *v, str lang, text_lookup text, void *arg)
{
	struct buf b = buf_new(a, v->canonical.n * 2 + 16);
	str rest = v->canonical, part, between = expr_element_type(f) == EXPR_NUMBER ? S("; ") : S(", ");
	struct field single = *f;

	single.many = false;
	while (expr_list_next(&rest, &part)) {
		struct value one = { .field = v->field, .row = v->row, .present = true, .valid = true, .canonical = part };

		if (decimal_parse(part, &one.number) < 0)
			one.number = (struct decimal){ 0 };
		if (date_parse_iso(part.n == 7 ? str_fmt(a, "%.*s-01", STR_FMT(part)) : str_sub(part, 0, 10), &one.date) < 0)
			one.date = (struct date){ 0 };
		if (b.n)
			buf_put(&b, between);
		buf_put(&b, value_display(a, &single, &one, lang, text, arg));
	}
	return buf_str(&b);
}

str value_display(struct arena *a, const struct field *f, const struct value *v, str lang, text_lookup text, void *arg)
{
	struct text_arg time;
	int64_t cents;

	if (!v || !v->present)
		return STR_EMPTY;
	if (!v->valid && v->canonical.n == 0)
		return STR_EMPTY;
	if (f->many)
		return display_many(a, f, v, lang, text, arg);
	switch (f->type) {
	case FIELD_INTEGER:
	case FIELD_DECIMAL:
	case FIELD_MONEY:
		return number_text(a, f, v, lang);
	case FIELD_DATE:
		return date_text(a, v->date, lang);
	case FIELD_MONTH:
		return str_fmt(a, "%.*s %d", STR_FMT(month_text(a, v->date, lang)), v->date.year);
	case FIELD_TIME:
		time = TEXT_ARG("time", v->canonical);
		return text_format_str(a, lang_of(lang), TX_VALUE_TIME, &time, 1);
	case FIELD_BOOL:
	case FIELD_CONSENT:
		return yes_no(v->canonical, lang);
	case FIELD_CHOICE:
	case FIELD_SEVERAL:
	case FIELD_COUNTRY:
		return options_text(a, f, v->canonical, text, arg);
	case FIELD_IBAN:
		return in_fours(a, v->canonical);
	case FIELD_PHONE:
		return phone_text(a, v->canonical);
	case FIELD_TAXID:
		return taxid_text(a, v->canonical);
	case FIELD_DATETIME:
		return datetime_text(a, v, lang);
	case FIELD_CALC:
		if (f->money && decimal_to_cents(v->number, ROUND_HALF_UP, &cents) == 0)
			return money_format(a, cents, lang);
		return calc_text(a, f, v, lang);
	default:
		return v->canonical;
	}
}
