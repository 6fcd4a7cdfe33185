/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What the import has to say, in the author's language, with id and line. Codes of four digits are those of the official quality rules
 * (code list urn:xoev-de:fim-datenfelder:codeliste:xdfm, version 1.8), told in our own words; words are our own findings.
 */
#include "domain/fim_impl.h"

#include <stdio.h>

static str told(struct arena *a, enum lang lang, str code, str id, str detail)
{
	enum text_id t;
	struct text_arg arg[] = { TEXT_ARG("id", id.n ? id : S("-")), TEXT_ARG("detail", detail) };

	if (!text_find(str_fmt(a, "fim.find.%.*s", STR_FMT(code)), &t))
		return str_fmt(a, "%.*s: %.*s %.*s", STR_FMT(id), STR_FMT(code), STR_FMT(detail));
	return str_fmt(a, "%.*s%s%.*s", STR_FMT(id), id.n ? ": " : "", STR_FMT(text_format_str(a, lang, t, arg, 2)));
}

void fim_find(struct fim_plan *p, enum severity s, const char *code, uint32_t line, str id, str detail)
{
	str text = told(p->arena, p->source->lang, str_c(code), id, str_sub(detail, 0, 200));

	finding_add(p->f, s, p->name, line, 0, str_fmt(p->arena, "fim-%s", code), "%.*s", STR_FMT(text));
}

void fim_tell_notes(struct findings *f, enum lang lang, str name, const struct xdf_notes *notes, bool failed)
{
	static const struct {
		const char *note, *code;
	} official[] = { { "count-missing", "1021" }, { "count-shape", "1046" }, { "count-order", "1047" } };

	for (size_t i = 0; i < notes->n; i++) {
		const struct xdf_note *n = &notes->v[i];
		str code = str_replace(f->arena, n->code, S("-"), S("_"));
		bool last = failed && i + 1 == notes->n;

		for (size_t k = 0; k < sizeof official / sizeof *official; k++)
			if (str_eq(n->code, str_c(official[k].note)))
				code = str_c(official[k].code);
		finding_add(f, last ? FINDING_ERROR : FINDING_WARNING, name, n->line, 0, str_fmt(f->arena, "fim-%.*s", STR_FMT(code)), "%.*s",
			    STR_FMT(told(f->arena, lang, code, n->id, n->text)));
	}
}

/* ---- rules of quality ---- */

struct checking {
	struct fim_plan *p;
	const struct xdf_node *x;
	const struct xdf_node *up;
	struct node *versions;		/* id -> version */
};

static void say(struct checking *c, enum severity s, const char *code, str detail)
{
	fim_find(c->p, s, code, c->x->line, c->x->id, detail);
}

static void warn_if(struct checking *c, bool wrong, const char *code, str detail)
{
	if (wrong)
		say(c, FINDING_WARNING, code, detail);
}

static bool is_text(const struct xdf_node *x)
{
	return x->type == XDF_TEXT || x->type == XDF_LATIN;
}

static bool is_number(const struct xdf_node *x)
{
	return x->type == XDF_NUMBER || x->type == XDF_INTEGER || x->type == XDF_MONEY;
}

static bool is_time(const struct xdf_node *x)
{
	return x->type == XDF_DATE || x->type == XDF_TIME || x->type == XDF_DATETIME;
}

static bool id_good(const struct xdf_node *x)
{
	static const char first[] = { 'S', 'G', 'F' };
	bool good = (x->id.n == 12 || x->id.n == 9) && x->id.p[0] == first[x->kind];

	for (size_t i = 1; good && i < x->id.n; i++)
		good = x->id.p[i] >= '0' && x->id.p[i] <= '9';
	return good;
}

static void check_all(struct checking *c)
{
	const struct xdf_node *x = c->x;
	const struct node *seen = node_get(c->versions, x->id);

	warn_if(c, !x->id.n, "1038", x->name);
	warn_if(c, x->id.n && !id_good(x), "1039", x->id);
	warn_if(c, !x->name.n, "1002", STR_EMPTY);
	warn_if(c, !x->label.n, x->kind == XDF_SCHEMA ? "1050" : "1009", STR_EMPTY);
	warn_if(c, str_eq(x->element_kind, S("RNG")) && !x->legals, "1006", STR_EMPTY);
	warn_if(c, str_eq(x->status, S("7")) || str_eq(x->status, S("inaktiv")), "1116", STR_EMPTY);
	warn_if(c, x->help.n && str_eq(x->help, x->label), "1098", STR_EMPTY);
	if (seen && !str_eq(node_text(seen), x->version))
		say(c, FINDING_NOTE, "1003", str_fmt(c->p->arena, "%.*s, %.*s", STR_FMT(node_text(seen)), STR_FMT(x->version)));
	else if (!seen && x->id.n)
		node_set(c->p->arena, c->versions, x->id, node_new_text(c->p->arena, x->version));
	for (size_t i = 0; i < x->rules; i++) {
		if (!x->rule[i].text.n)
			fim_find(c->p, FINDING_WARNING, "1024", x->rule[i].line, x->rule[i].id, STR_EMPTY);
		if (x->rule[i].script)
			fim_find(c->p, FINDING_WARNING, "script", x->rule[i].line, x->rule[i].id, STR_EMPTY);
	}
}

static void check_group(struct checking *c)
{
	const struct xdf_node *x = c->x;

	if (!x->children)
		say(c, FINDING_WARNING, x->kind == XDF_SCHEMA ? "1078" : "1023", STR_EMPTY);
	else if (x->children == 1 && x->kind == XDF_GROUP)
		say(c, FINDING_NOTE, "1106", STR_EMPTY);
	warn_if(c, x->art.n && !x->choice, "1042", x->art);
	warn_if(c, x->choice && x->children == 1, "1043", STR_EMPTY);
	for (size_t i = 0; i < x->children; i++) {
		const struct xdf_node *one = x->child[i];

		if (x->choice && (one->min != 0 || one->max != 1))
			fim_find(c->p, FINDING_WARNING, "1118", one->line, one->id, STR_EMPTY);
		for (size_t k = 0; k < i; k++)
			if (str_eq(x->child[k]->id, one->id) && str_eq(x->child[k]->version, one->version)) {
				fim_find(c->p, FINDING_WARNING, "1004", one->line, one->id, STR_EMPTY);
				break;
			}
	}
}

static void check_lengths(struct checking *c)
{
	const struct xdf_node *x = c->x;
	bool any = x->min_length.n || x->max_length.n;
	int64_t low = 0, high = 0;
	bool low_good = !x->min_length.n || (str_to_i64(x->min_length, &low) == 0 && low >= 0);
	bool high_good = !x->max_length.n || (str_to_i64(x->max_length, &high) == 0 && high > 0);

	warn_if(c, any && (x->use == XDF_SELECT || x->use == XDF_LABEL), "1012", STR_EMPTY);
	warn_if(c, any && x->use == XDF_INPUT && !is_text(x), "1015", STR_EMPTY);
	warn_if(c, !low_good, "1059", x->min_length);
	warn_if(c, !high_good, "1060", x->max_length);
	warn_if(c, low_good && high_good && x->min_length.n && x->max_length.n && low > high, "1061", STR_EMPTY);
	if (!any && x->use == XDF_INPUT && is_text(x) && !x->pattern.n)
		say(c, FINDING_NOTE, "1102", STR_EMPTY);
}

static void check_range(struct checking *c)
{
	const struct xdf_node *x = c->x;
	bool any = x->min_value.n || x->max_value.n, both = x->min_value.n && x->max_value.n;
	struct decimal low = { 0 }, high = { 0 };
	struct date from, to;
	bool low_good = true, high_good = true;

	warn_if(c, any && !is_number(x) && !is_time(x), "1016", STR_EMPTY);
	if (is_number(x)) {
		low_good = !x->min_value.n || decimal_parse(x->min_value, &low) == 0;
		high_good = !x->max_value.n || decimal_parse(x->max_value, &high) == 0;
		warn_if(c, !low_good, "1062", x->min_value);
		warn_if(c, !high_good, "1063", x->max_value);
		warn_if(c, both && low_good && high_good && decimal_cmp(low, high) > 0, "1064", STR_EMPTY);
	} else if (x->type == XDF_DATE) {
		low_good = !x->min_value.n || date_parse_iso(x->min_value, &from) == 0;
		high_good = !x->max_value.n || date_parse_iso(x->max_value, &to) == 0;
		warn_if(c, !low_good, "1067", x->min_value);
		warn_if(c, !high_good, "1068", x->max_value);
		warn_if(c, both && low_good && high_good && date_cmp(from, to) > 0, "1064", STR_EMPTY);
	}
	if (!any && x->use == XDF_INPUT && (is_number(x) || x->type == XDF_DATE))
		say(c, FINDING_NOTE, "1103", STR_EMPTY);
}

static void check_codes(struct checking *c)
{
	const struct xdf_node *x = c->x;
	struct node *names = node_new(c->p->arena, NODE_MAP);

	warn_if(c, (x->codes || x->has_list) && x->use != XDF_SELECT, "1017", STR_EMPTY);
	warn_if(c, x->codes == 1, "1044", STR_EMPTY);
	warn_if(c, x->has_list && !x->list_uri.n && !x->list_version_uri.n, "1040", STR_EMPTY);
	warn_if(c, x->list_uri.n && !str_has_prefix(x->list_uri, S("urn:")), "1005", x->list_uri);
	warn_if(c, !x->has_list && (x->code_key.n || x->name_key.n || x->help_key.n), "1058", STR_EMPTY);
	for (size_t i = 0; i < x->codes; i++) {
		if (x->code[i].name.n && node_get(names, x->code[i].name))
			say(c, FINDING_WARNING, "1093", x->code[i].name);
		else if (x->code[i].name.n)
			node_set(c->p->arena, names, x->code[i].name, node_new_text(c->p->arena, x->code[i].code));
	}
}

static void check_field(struct checking *c)
{
	const struct xdf_node *x = c->x;
	int64_t n;

	warn_if(c, x->use == XDF_USE_UNKNOWN, "1027", x->use_text);
	warn_if(c, x->use == XDF_SELECT && !is_text(x), "1011", STR_EMPTY);
	warn_if(c, str_eq(x->element_kind, S("ABS")), "1014", STR_EMPTY);
	warn_if(c, x->use == XDF_LABEL && x->type != XDF_OBJECT && !is_text(x), "1090", x->type_text);
	warn_if(c, x->use == XDF_LABEL && !x->content.n, "1109", STR_EMPTY);
	warn_if(c, x->content.n && (x->type == XDF_FILE || x->type == XDF_OBJECT), "1100", STR_EMPTY);
	warn_if(c, x->max_size.n && x->type != XDF_FILE, "1056", STR_EMPTY);
	warn_if(c, x->max_size.n && x->type == XDF_FILE && (str_to_i64(x->max_size, &n) < 0 || n <= 0), "size_bad", x->max_size);
	warn_if(c, x->medias && x->type != XDF_FILE, "1057", STR_EMPTY);
	warn_if(c, x->content.n && x->type == XDF_BOOL && !str_eq(x->content, S("true")) && !str_eq(x->content, S("false")), "1077", x->content);
	warn_if(c, c->p->doc->version == 3 && !x->prefill_known, "1030", STR_EMPTY);
	if (x->type == XDF_FILE && x->max == 1)
		say(c, FINDING_NOTE, "1139", STR_EMPTY);
	check_lengths(c);
	check_range(c);
	check_codes(c);
}

void fim_check_schema(struct fim_plan *p)
{
	struct checking c = { .p = p, .versions = node_new(p->arena, NODE_MAP) };

	for (size_t i = 0; i < p->spots; i++) {
		c.x = p->spot[i]->x;
		check_all(&c);
		if (c.x->kind == XDF_FIELD)
			check_field(&c);
		else
			check_group(&c);
	}
}
