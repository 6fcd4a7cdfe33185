/* SPDX-License-Identifier: EUPL-1.2 */
#include "domain/field_value.h"

#include "base/pattern.h"
#include "base/utf8.h"
#include "domain/field_codes.h"
#include "domain/field_register.h"

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool all_digits(str s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (!digit(s.p[i]))
			return false;
	return s.n > 0;
}

static int wrong(struct value_problem *p, enum problem_kind kind, int32_t limit)
{
	p->kind = kind;
	p->limit = limit;
	return (int)kind;
}

static int fine(struct value *v, str canonical)
{
	v->canonical = canonical;
	v->valid = true;
	return VALUE_OK;
}

/* ---- texts ---- */

static size_t length_of(str s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] >= 0x80)
			return utf8_length(s);
	return s.n;
}

/* Control characters have no place in an answer; a long text has lines. */
static bool has_controls(str s, bool lines)
{
	size_t i;

	for (i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if ((c < 0x20 && !(lines && (c == '\n' || c == '\t'))) || c == 0x7f)
			return true;
	}
	return false;
}

static int parse_text(struct arena *a, const struct field *f, str raw, struct value *v, struct value_problem *p)
{
	size_t n = length_of(raw);

	if (f->lacks && (str_eq(raw, S("-")) || str_eq(raw, S("–")) || str_eq(raw, S("—"))))
		return fine(v, STR_EMPTY);
	if (f->max_length > 0 && n > (size_t)f->max_length)
		return wrong(p, PROBLEM_TOO_LONG, f->max_length);
	if (f->min_length > 0 && n < (size_t)f->min_length)
		return wrong(p, PROBLEM_TOO_SHORT, f->min_length);
	if (has_controls(raw, f->type == FIELD_LONGTEXT))
		return wrong(p, PROBLEM_FORMAT, 0);
	if (f->type == FIELD_NAME && !name_chars_valid(raw))
		return wrong(p, PROBLEM_FORMAT, 0);
	if (f->pattern && !pattern_matches(a, f->pattern, raw))
		return wrong(p, PROBLEM_FORMAT, 0);
	return fine(v, raw);
}

/* ---- numbers ---- */

static str without_currency(str s)
{
	static const str unit[] = { STR_INIT("€"), STR_INIT("EUR"), STR_INIT("Euro"), STR_INIT("euro") };
	size_t i;

	for (i = 0; i < sizeof unit / sizeof *unit; i++)
		if (str_has_suffix(s, unit[i]))
			return str_trim(str_sub(s, 0, s.n - unit[i].n));
	return s;
}

static int parse_number(struct arena *a, const struct field *f, str raw, struct value *v, struct value_problem *p)
{
	uint8_t scale = f->type == FIELD_INTEGER ? 0 : f->type == FIELD_MONEY ? 2 : f->scale;
	struct decimal d, rounded;
	int rc;

	if (f->type == FIELD_MONEY)
		raw = without_currency(raw);
	rc = decimal_parse_german(raw, &d);
	if (rc == ERR_OVERFLOW)
		return wrong(p, PROBLEM_TOO_LARGE, 0);
	if (rc < 0 || decimal_round(d, scale, ROUND_DOWN, &rounded) < 0 || decimal_cmp(d, rounded) != 0)
		return wrong(p, PROBLEM_FORMAT, 0);
	v->number = rounded;
	return fine(v, decimal_str(a, rounded));
}

/* ---- dates and times ---- */

/* A year that lacks its century is a mistake of its own: 85 could be 1985 or 2085. */
static bool short_year(str s)
{
	return s.n > 0 && s.n < 4 && all_digits(s);
}

static str last_part(str s)
{
	size_t i = s.n;

	while (i > 0 && s.p[i - 1] != '.' && s.p[i - 1] != '/' && s.p[i - 1] != ' ' && s.p[i - 1] != '|')
		i--;
	return str_sub(s, i, s.n);
}

/* Which parts cannot be right, for the marks at the three inputs: 1 day, 2 month, 4 year. */
static int32_t bad_parts(str day, str month, str year)
{
	struct date d;
	int32_t bad = 0;

	if (date_parse_parts(day, S("1"), S("2000"), &d) < 0)
		bad |= 1;
	if (date_parse_parts(S("1"), month, S("2000"), &d) < 0)
		bad |= 2;
	if (date_parse_parts(S("1"), S("1"), year, &d) < 0)
		bad |= 4;
	return bad ? bad : 7;
}

static int parse_date(struct arena *a, str raw, struct value *v, struct value_problem *p)
{
	str day, month, year, rest;
	struct date d;

	if (!str_cut(raw, '|', &day, &rest)) {
		if (date_parse_iso(raw, &d) < 0 && date_parse_german(raw, &d) < 0)
			return short_year(last_part(raw)) ? wrong(p, PROBLEM_YEAR, 4) : wrong(p, PROBLEM_FORMAT, 7);
	} else {
		if (!str_cut(rest, '|', &month, &year))
			return wrong(p, PROBLEM_FORMAT, 7);
		day = str_trim(day);
		month = str_trim(month);
		year = str_trim(year);
		if (date_parse_parts(day, month, year, &d) < 0) {
			int32_t bad = bad_parts(day, month, year);

			if (bad == 4 && short_year(year))
				return wrong(p, PROBLEM_YEAR, 4);
			return wrong(p, PROBLEM_FORMAT, bad);
		}
	}
	v->date = d;
	return fine(v, date_iso(a, d));
}

/* "m|y" from the two inputs, or "2026-11", "11/2026", "11.2026", "November 2026". */
static int parse_month(struct arena *a, str raw, struct value *v, struct value_problem *p)
{
	str month, year;
	struct date d;

	if (raw.n == 7 && raw.p[4] == '-') {
		year = str_sub(raw, 0, 4);
		month = str_sub(raw, 5, 7);
	} else if (!str_cut(raw, '|', &month, &year) && !str_cut(raw, '/', &month, &year) &&
		   !str_cut(raw, '.', &month, &year) && !str_cut(raw, ' ', &month, &year)) {
		return wrong(p, PROBLEM_FORMAT, 6);
	}
	month = str_trim(month);
	year = str_trim(year);
	if (date_parse_parts(S("1"), month, year, &d) < 0) {
		int32_t bad = bad_parts(S("1"), month, year);

		if (bad == 4 && short_year(year))
			return wrong(p, PROBLEM_YEAR, 4);
		return wrong(p, PROBLEM_FORMAT, bad & 6);
	}
	v->date = d;
	return fine(v, str_sub(date_iso(a, d), 0, 7));
}

static bool small_number(str s, int max, int *ret)
{
	if (s.n < 1 || s.n > 2 || !all_digits(s))
		return false;
	*ret = s.n == 1 ? s.p[0] - '0' : (s.p[0] - '0') * 10 + s.p[1] - '0';
	return *ret <= max;
}

/* "14:30", "14.30", "14 Uhr", "9", "14:30 Uhr", "1430". */
static int parse_time(struct arena *a, str raw, struct value *v, struct value_problem *p)
{
	str h, m = S("00");
	int hour, minute;

	if (str_has_suffix(raw, S("Uhr")) || str_has_suffix(raw, S("uhr")))
		raw = str_trim(str_sub(raw, 0, raw.n - 3));
	else if (str_has_suffix(raw, S("h")))
		raw = str_trim(str_sub(raw, 0, raw.n - 1));
	if (!str_cut(raw, ':', &h, &m) && !str_cut(raw, '.', &h, &m)) {
		h = raw;
		if (raw.n == 4) {
			h = str_sub(raw, 0, 2);
			m = str_sub(raw, 2, 4);
		}
	}
	if (m.n != 2 || !small_number(h, 23, &hour) || !small_number(m, 59, &minute))
		return wrong(p, PROBLEM_FORMAT, 0);
	return fine(v, str_fmt(a, "%02d:%02d", hour, minute));
}

/* "d|m|y|time" from the four inputs, or "2026-11-30T14:30", "30.11.2026 14:30", "30.11.2026, 14:30 Uhr". */
static int parse_datetime(struct arena *a, str raw, struct value *v, struct value_problem *p)
{
	struct value hour = { 0 };
	struct value_problem wrong_time;
	str day = raw, time = STR_EMPTY;
	size_t i, bars = 0;
	int rc;

	for (i = 0; i < raw.n && bars < 3; i++)
		bars += raw.p[i] == '|';
	if (bars == 0)
		for (i = 0; i < raw.n && raw.p[i] != 'T' && raw.p[i] != ' ' && raw.p[i] != ','; i++)
			;
	if (bars == 3 || (bars == 0 && i < raw.n)) {
		day = str_sub(raw, 0, bars ? i - 1 : i);
		time = str_trim(str_sub(raw, bars ? i : i + 1, raw.n));
	}
	rc = parse_date(a, day, v, p);
	if (parse_time(a, time, &hour, &wrong_time) != VALUE_OK) {
		v->valid = false;
		return wrong(p, rc == VALUE_OK ? PROBLEM_FORMAT : (enum problem_kind)rc, (rc == VALUE_OK ? 0 : p->limit) | 8);
	}
	if (rc != VALUE_OK)
		return rc;
	return fine(v, str_fmt(a, "%.*sT%.*s", STR_FMT(v->canonical), STR_FMT(hour.canonical)));
}

/* ---- choices ---- */

static bool has_option(const struct field *f, str id)
{
	size_t i;

	for (i = 0; i < f->options; i++)
		if (str_eq(f->option[i].id, id))
			return true;
	return false;
}

static int parse_bool(str raw, struct value *v, struct value_problem *p)
{
	if (str_eq(raw, S("true")) || str_eq(raw, S("on")) || str_eq(raw, S("ja")) || str_eq(raw, S("yes")))
		return fine(v, S("true"));
	if (str_eq(raw, S("false")) || str_eq(raw, S("nein")) || str_eq(raw, S("no")))
		return fine(v, S("false"));
	return wrong(p, PROBLEM_OPTION, 0);
}

/* "true@2026-11-22T09:30:00Z": ticked at that time. */
static int parse_consent(str raw, struct value *v, struct value_problem *p)
{
	str tick, given;

	if (str_cut(raw, '@', &tick, &given))
		v->given = given;
	else
		tick = raw;
	return parse_bool(tick, v, p);
}

/* Canonical order is the order of the options, each once, whatever the browser sent. */
static int parse_several(struct arena *a, const struct field *f, str raw, struct value *v, struct value_problem *p)
{
	struct buf b = buf_new(a, raw.n + 1);
	int32_t ticks = 0;
	bool none = false;
	str rest = raw, part;
	size_t i;

	while (str_split(&rest, '|', &part))
		if (!has_option(f, part))
			return wrong(p, PROBLEM_OPTION, 0);
	for (i = 0; i < f->options; i++) {
		bool ticked = false;

		for (rest = raw; !ticked && str_split(&rest, '|', &part);)
			ticked = str_eq(part, f->option[i].id);
		if (!ticked)
			continue;
		if (ticks++)
			buf_putc(&b, '|');
		none |= f->none == i + 1;
		buf_put(&b, f->option[i].id);
	}
	if (ticks > 1 && none)
		return wrong(p, PROBLEM_NONE, 0);
	/* who says "none of these" has answered */
	if (f->least > 0 && ticks < f->least && !none)
		return wrong(p, PROBLEM_TOO_FEW, f->least);
	if (f->most > 0 && ticks > f->most)
		return wrong(p, PROBLEM_TOO_MANY, f->most);
	return fine(v, buf_str(&b));
}

static int parse_files(const struct field *f, str raw, struct value *v, struct value_problem *p)
{
	int32_t n = 0;
	str rest = raw, part;
	int64_t id;

	for (; str_split(&rest, '|', &part); n++)
		if (str_to_i64(part, &id) < 0 || id <= 0)
			return wrong(p, PROBLEM_FILE, 0);
	if (n < f->least)
		return wrong(p, PROBLEM_TOO_FEW, f->least);
	if (f->most > 0 && n > f->most)
		return wrong(p, PROBLEM_TOO_MANY, f->most);
	return fine(v, raw);
}

static int parse_code(struct arena *a, const struct field *f, str raw, struct value *v, struct value_problem *p)
{
	str canonical;
	int rc = field_code_parse(a, f->type, raw, &canonical);

	return rc < 0 ? wrong(p, PROBLEM_FORMAT, 0) : fine(v, canonical);
}

static bool only_bars(str s)
{
	size_t i;

	for (i = 0; i < s.n && s.p[i] == '|'; i++)
		;
	return i == s.n;
}

/* The bits of all inputs of a type that has several. */
static int32_t inputs_of(enum field_type t)
{
	return t == FIELD_DATE || t == FIELD_REGISTER ? 7 : t == FIELD_DATETIME ? 15 : 0;
}

static int parse_register(struct arena *a, str raw, struct value *v, struct value_problem *p)
{
	str canonical;
	int32_t bad = field_register_parse(a, raw, &canonical);

	return bad ? wrong(p, PROBLEM_FORMAT, bad) : fine(v, canonical);
}

int field_parse(struct arena *a, const struct field *f, str raw, struct value *ret, struct value_problem *ret_problem)
{
	bool untouched = raw.n == 0 || (raw.p[0] == '|' && only_bars(raw));

	ret->present = !untouched;
	ret->valid = false;
	ret->canonical = STR_EMPTY;
	/* a box that was not ticked is never "false": nobody consented, nobody refused */
	if (f->type == FIELD_CONSENT && str_eq(raw, S("false")))
		ret->present = false;
	if (!ret->present) {
		ret->valid = f->optional;
		return f->optional ? VALUE_OK : wrong(ret_problem, PROBLEM_REQUIRED, inputs_of(f->type));
	}
	switch (f->type) {
	case FIELD_TEXT:
	case FIELD_NAME:
	case FIELD_LONGTEXT:
		return parse_text(a, f, raw, ret, ret_problem);
	case FIELD_INTEGER:
	case FIELD_DECIMAL:
	case FIELD_MONEY:
		return parse_number(a, f, raw, ret, ret_problem);
	case FIELD_DATE:
		return parse_date(a, raw, ret, ret_problem);
	case FIELD_MONTH:
		return parse_month(a, raw, ret, ret_problem);
	case FIELD_TIME:
		return parse_time(a, raw, ret, ret_problem);
	case FIELD_DATETIME:
		return parse_datetime(a, raw, ret, ret_problem);
	case FIELD_REGISTER:
		return parse_register(a, raw, ret, ret_problem);
	case FIELD_BOOL:
		return parse_bool(raw, ret, ret_problem);
	case FIELD_CONSENT:
		return parse_consent(raw, ret, ret_problem);
	case FIELD_CHOICE:
	case FIELD_COUNTRY:
		return has_option(f, raw) ? fine(ret, raw) : wrong(ret_problem, PROBLEM_OPTION, 0);
	case FIELD_SEVERAL:
		return parse_several(a, f, raw, ret, ret_problem);
	case FIELD_FILE:
		return parse_files(f, raw, ret, ret_problem);
	case FIELD_POSTCODE:
	case FIELD_EMAIL:
	case FIELD_PHONE:
	case FIELD_IBAN:
	case FIELD_TAXID:
	case FIELD_PLATE:
	case FIELD_VIN:
		return parse_code(a, f, raw, ret, ret_problem);
	case FIELD_INFO:
	case FIELD_CALC:
	case FIELD_TYPE_COUNT:
		break;
	}
	ret->present = false;
	ret->valid = true;
	return VALUE_OK;
}

str field_typed(struct arena *a, const struct field *f, str canonical)
{
	str time = STR_EMPTY, day = canonical, number, court;
	struct date d;

	switch (f->type) {
	case FIELD_DATETIME:
		if (!str_cut(canonical, 'T', &day, &time) || date_parse_iso(day, &d) < 0)
			return canonical;
		return str_fmt(a, "%d|%d|%d|%.*s", d.day, d.month, d.year, STR_FMT(time));
	case FIELD_DATE:
		return date_parse_iso(day, &d) < 0 ? canonical : str_fmt(a, "%d|%d|%d", d.day, d.month, d.year);
	case FIELD_MONTH:
		return canonical.n == 7 && date_parse_iso(str_fmt(a, "%.*s-01", STR_FMT(canonical)), &d) == 0 ? str_fmt(a, "%d|%d", d.month, d.year) : canonical;
	case FIELD_INTEGER:
	case FIELD_DECIMAL:
	case FIELD_MONEY:
		return str_replace(a, canonical, S("."), S(","));
	case FIELD_NAME:
		return f->lacks && !canonical.n ? S("–") : canonical;
	case FIELD_REGISTER:
		if (!str_cut(canonical, ',', &number, &court) || !str_cut(number, ' ', &day, &number))
			return canonical;
		return str_fmt(a, "%.*s|%.*s|%.*s", STR_FMT(day), STR_FMT(number), STR_FMT(str_trim(court)));
	default:
		return canonical;
	}
}

int param_parse(struct arena *a, enum field_type type, str raw, str *ret_canonical)
{
	struct field f = { .type = type, .max_length = 4000, .scale = 6 };
	struct value v = { 0 };
	struct value_problem p;

	switch (type) {
	case FIELD_TEXT:
	case FIELD_LONGTEXT:
	case FIELD_INTEGER:
	case FIELD_DECIMAL:
	case FIELD_MONEY:
	case FIELD_DATE:
	case FIELD_BOOL:
	case FIELD_IBAN:
	case FIELD_EMAIL:
	case FIELD_PHONE:
	case FIELD_POSTCODE:
		break;
	default:
		return ERR_UNSUPPORTED;
	}
	raw = str_trim(raw);
	f.optional = type == FIELD_TEXT || type == FIELD_LONGTEXT || type >= FIELD_POSTCODE;
	if (field_parse(a, &f, raw, &v, &p) != VALUE_OK)
		return ERR_PARSE;
	*ret_canonical = v.canonical;
	return 0;
}
