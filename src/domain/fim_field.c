/* SPDX-License-Identifier: EUPL-1.2 */
/* What becomes of one field of a schema: type, limits, choices, fixed values. */
#include "domain/fim_impl.h"


#include "base/pattern.h"

#define OPTIONS_MOST 1000	/* as form_impl.h */

str fim_plain(struct arena *a, str text)
{
	text = str_trim(text);
	if (str_index(text, '{') < 0 && str_index(text, '}') < 0)
		return text;
	return str_replace(a, str_replace(a, text, S("{"), S("(")), S("}"), S(")"));
}

str fim_quote(struct arena *a, str text)
{
	return str_fmt(a, "'%.*s'", STR_FMT(str_replace(a, text, S("'"), S("''"))));
}

static void tell(struct fim_plan *p, const struct fim_spot *s, const char *code, str detail)
{
	fim_find(p, FINDING_WARNING, code, s->x->line, s->x->id, detail);
}

static void hint_add(struct fim_plan *p, struct fim_spot *s, str more)
{
	more = fim_plain(p->arena, more);
	s->hint = s->hint.n ? str_fmt(p->arena, "%.*s\n%.*s", STR_FMT(s->hint), STR_FMT(more)) : more;
}

/* ---- choices ---- */

static str option_id(struct fim_plan *p, struct node *taken, str code)
{
	bool plain = code.n > 0 && code.n <= 60;
	str id = code;

	for (size_t i = 0; plain && i < code.n; i++)
		plain = (code.p[i] >= 'a' && code.p[i] <= 'z') || (code.p[i] >= 'A' && code.p[i] <= 'Z') || (code.p[i] >= '0' && code.p[i] <= '9') ||
			code.p[i] == '_' || code.p[i] == '-';
	if (!plain)
		id = fim_slug(p->arena, code, '_', 50);
	return fim_unique(p, taken, id.n ? id : S("wert"), '_');
}

static void own_options(struct fim_plan *p, struct fim_spot *s)
{
	struct fim_option *o = ARENA_ARRAY(p->arena, struct fim_option, s->x->codes);
	struct node *taken = node_new(p->arena, NODE_MAP), *codes = node_new(p->arena, NODE_MAP);

	s->option = o;
	for (size_t i = 0; i < s->x->codes; i++) {
		const struct xdf_code *c = &s->x->code[i];

		if (!c->code.n || node_get(codes, c->code)) {
			fim_find(p, FINDING_WARNING, c->code.n ? "1045" : "code_empty", s->x->line, s->x->id, c->code.n ? c->code : c->name);
			continue;
		}
		node_set(p->arena, codes, c->code, node_new_text(p->arena, c->code));
		o[s->options++] = (struct fim_option){ option_id(p, taken, c->code), c->code, fim_plain(p->arena, c->name.n ? c->name : c->code),
						       fim_plain(p->arena, c->help) };
	}
}

/* Is b later than a? Versions are dates, numbers joined by dots, or words. */
static bool later(str a, str b)
{
	str x, y;
	int64_t n, m;

	while (a.n || b.n) {
		if (!str_cut(a, '.', &x, &a))
			x = a, a = STR_EMPTY;
		if (!str_cut(b, '.', &y, &b))
			y = b, b = STR_EMPTY;
		if (str_eq(x, y))
			continue;
		if (str_to_i64(x, &n) == 0 && str_to_i64(y, &m) == 0)
			return m > n;
		return str_cmp(y, x) > 0;
	}
	return false;
}

static bool same_list(const struct fim_list *l, const struct xdf_node *x)
{
	if (x->list_version_uri.n && str_eq(l->version_uri, x->list_version_uri))
		return true;
	return x->list_uri.n && str_eq(l->uri, x->list_uri);
}

static bool exact_list(const struct fim_list *l, const struct xdf_node *x)
{
	if (x->list_version_uri.n && str_eq(l->version_uri, x->list_version_uri))
		return true;
	return x->list_version.n && str_eq(l->uri, x->list_uri) && str_eq(l->version, x->list_version);
}

/* The version that is asked for; else the latest that is known. */
static const struct fim_list *find_list(struct fim_plan *p, const struct xdf_node *x)
{
	const struct fim_list *best = NULL;

	for (size_t i = 0; i < p->source->lists; i++) {
		const struct fim_list *l = &p->source->list[i];

		if (!same_list(l, x))
			continue;
		if (exact_list(l, x))
			return l;
		if (!best || later(best->version, l->version))
			best = l;
	}
	if (best)
		fim_find(p, FINDING_NOTE, "list_other_version", x->line, x->id,
			 str_fmt(p->arena, "%.*s: %.*s, %.*s", STR_FMT(x->list_uri), STR_FMT(x->list_version.n ? x->list_version : S("-")),
				 STR_FMT(best->version)));
	return best;
}

static str list_name(struct fim_plan *p, const struct fim_list *l)
{
	str last = l->uri, rest = l->uri, part;

	while (str_split(&rest, ':', &part))
		last = part.n ? part : last;
	return fim_slug(p->arena, str_fmt(p->arena, "%.*s %.*s", STR_FMT(last), STR_FMT(l->version)), '-', 60);
}

/* The list as a shared file; options of the field are kept for rules and defaults. */
static void outer_options(struct fim_plan *p, struct fim_spot *s, const struct fim_list *l)
{
	struct fim_option *o = ARENA_ARRAY(p->arena, struct fim_option, l->entries);
	struct node *taken = node_new(p->arena, NODE_MAP), *items = node_new(p->arena, NODE_MAP);
	str name = list_name(p, l);

	s->option = o;
	s->list = name;
	for (size_t i = 0; i < l->entries; i++)
		o[s->options++] = (struct fim_option){ option_id(p, taken, l->entry[i].code), l->entry[i].code, fim_plain(p->arena, l->entry[i].name),
						       STR_EMPTY };
	if (node_get(p->lists, name))
		return;
	for (size_t i = 0; i < s->options; i++) {
		struct node *one = node_new(p->arena, NODE_MAP);

		node_set(p->arena, one, S("de"), node_new_text(p->arena, o[i].label));
		if (!str_eq(o[i].id, o[i].code))
			node_set(p->arena, one, S("fim"), node_new_text(p->arena, o[i].code));
		node_set(p->arena, items, o[i].id, one);
	}
	node_set(p->arena, p->lists, name, items);
}

static void choice(struct fim_plan *p, struct fim_spot *s)
{
	const struct fim_list *l = NULL;
	str ref = s->x->list_version_uri.n ? s->x->list_version_uri : s->x->list_uri;

	if (s->x->codes)
		own_options(p, s);
	else if (s->x->has_list)
		l = find_list(p, s->x);
	if (l && l->entries <= OPTIONS_MOST)
		outer_options(p, s, l);
	if (s->options > OPTIONS_MOST)
		s->options = 0;
	if (s->options) {
		s->type = s->max > 1 ? FIELD_SEVERAL : FIELD_CHOICE;
		return;
	}
	/* the form works without the list: its code is typed */
	s->type = FIELD_TEXT;
	if (s->x->has_list && !l)
		tell(p, s, "list_missing", ref);
	else if (l)
		tell(p, s, "list_long", ref);
	else
		tell(p, s, "1018", STR_EMPTY);
}

/* ---- types ---- */

static int32_t length_of(str s)
{
	int64_t n;

	return str_to_i64(s, &n) == 0 && n > 0 && n < 1000000 ? (int32_t)n : 0;
}

static bool asks_for_mail(const struct xdf_node *x)
{
	str label = x->label.n ? x->label : x->name;

	return str_contains(x->pattern, S("@")) || (x->pattern.n == 0 && (str_has_prefix(label, S("E-Mail")) || str_has_prefix(label, S("Email"))));
}

static enum field_type text_type(const struct xdf_node *x)
{
	int32_t most = length_of(x->max_length);

	if (asks_for_mail(x))
		return FIELD_EMAIL;
	if (most > 255)
		return FIELD_LONGTEXT;
	return x->type == XDF_LATIN && most <= 500 ? FIELD_NAME : FIELD_TEXT;
}

static void input_type(struct fim_plan *p, struct fim_spot *s)
{
	switch (s->x->type) {
	case XDF_BOOL: s->type = FIELD_BOOL; return;
	case XDF_DATE: s->type = FIELD_DATE; return;
	case XDF_FILE: s->type = FIELD_FILE; return;
	case XDF_NUMBER: s->type = FIELD_DECIMAL; return;
	case XDF_MONEY: s->type = FIELD_MONEY; return;
	case XDF_INTEGER: s->type = FIELD_INTEGER; return;
	case XDF_TIME: s->type = FIELD_TIME; return;
	case XDF_OBJECT: s->type = FIELD_INFO; return;
	case XDF_DATETIME:
		s->type = FIELD_TEXT;
		tell(p, s, "datetime", STR_EMPTY);
		return;
	case XDF_TYPE_UNKNOWN:
		tell(p, s, "1028", s->x->type_text);
		break;
	default:
		break;
	}
	s->type = text_type(s->x);
}

/* A pattern that does not compile, or is words, is told to people instead. */
static void pattern(struct fim_plan *p, struct fim_spot *s)
{
	const struct pattern *compiled;
	str source = s->x->pattern;

	if (s->x->precision_text.n)
		hint_add(p, s, s->x->precision_text);
	if (!source.n || s->type == FIELD_EMAIL)
		return;
	if (s->type != FIELD_TEXT && s->type != FIELD_NAME && s->type != FIELD_LONGTEXT) {
		if (s->type == FIELD_FILE || s->type == FIELD_INFO)
			tell(p, s, "1120", source);
		return;
	}
	if (pattern_is_prose(source)) {
		hint_add(p, s, source);
		tell(p, s, "pattern_prose", source);
	} else if (pattern_compile(p->arena, source, &compiled) < 0) {
		hint_add(p, s, source);
		tell(p, s, "pattern_bad", source);
	} else {
		s->pattern = source;
	}
}

/* ---- defaults and fixed values ---- */

static str option_of(const struct fim_spot *s, str code)
{
	for (size_t i = 0; i < s->options; i++)
		if (str_eq(s->option[i].code, code))
			return s->option[i].id;
	return STR_EMPTY;
}

static bool is_true(str s)
{
	return str_eq_ci(s, S("true")) || str_eq_ci(s, S("wahr")) || str_eq_ci(s, S("ja")) || str_eq(s, S("1"));
}

static bool is_number(str s)
{
	struct decimal d;

	return decimal_parse(s, &d) == 0;
}

static void content(struct fim_plan *p, struct fim_spot *s)
{
	str c = str_trim(s->x->content);
	struct date d;

	if (!c.n || s->type == FIELD_INFO || s->type == FIELD_FILE || s->max > 1)
		return;
	if (s->type == FIELD_CHOICE) {
		c = option_of(s, c);
		if (!c.n)
			tell(p, s, "1076", s->x->content);
		else
			s->content = fim_quote(p->arena, c);
	} else if (s->type == FIELD_BOOL) {
		s->content = is_true(c) ? S("true") : S("false");
	} else if (s->type == FIELD_DATE) {
		if (date_parse_iso(c, &d) == 0)
			s->content = c;
		else
			tell(p, s, "1071", c);
	} else if (s->type == FIELD_INTEGER || s->type == FIELD_DECIMAL || s->type == FIELD_MONEY) {
		if (is_number(c))
			s->content = c;
		else
			tell(p, s, "1069", c);
	} else {
		s->content = fim_quote(p->arena, str_sub(c, 0, 1000));
	}
}

/* Locked and hidden fields are not typed: what they hold is shown, as a calculation. */
static void fixed(struct fim_plan *p, struct fim_spot *s)
{
	str c = str_trim(s->x->content);

	s->type = FIELD_CALC;
	s->optional = true;
	if (c.n && str_sub(c, 0, 1000).n == c.n) {
		s->content = s->x->type == XDF_INTEGER && is_number(c) ? c : fim_quote(p->arena, c);
		if (s->x->use == XDF_HIDDEN)
			tell(p, s, "hidden_shown", c);
		return;
	}
	s->dropped = true;
	tell(p, s, "fixed_empty", xdf_use_word(s->x->use));
}

void fim_field(struct fim_plan *p, struct fim_spot *s)
{
	const struct xdf_node *x = s->x;

	s->optional = s->min == 0;
	if (x->help.n)
		hint_add(p, s, x->help);
	if (x->use == XDF_LABEL) {
		s->type = FIELD_INFO;
		s->optional = true;
		if (x->content.n)
			s->hint = fim_plain(p->arena, x->content);
		return;
	}
	if (x->use == XDF_LOCKED || x->use == XDF_HIDDEN) {
		fixed(p, s);
		return;
	}
	if (x->use == XDF_SELECT || (x->use == XDF_USE_UNKNOWN && (x->codes || x->has_list)))
		choice(p, s);
	else
		input_type(p, s);
	if (s->max > 1 && s->type == FIELD_LONGTEXT)
		s->type = FIELD_TEXT;
	s->many = s->max > 1 && s->type != FIELD_SEVERAL && s->type != FIELD_FILE && s->type != FIELD_INFO && s->type != FIELD_BOOL;
	pattern(p, s);
	content(p, s);
}
