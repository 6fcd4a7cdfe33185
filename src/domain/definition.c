/* SPDX-License-Identifier: EUPL-1.2 */
#include "domain/definition.h"

#include "base/utf8.h"

#include <stdio.h>

#include "domain/form_keys.h"

struct definition_texts {
	str lang;
	const struct node *map;		/* flat: key -> text */
	uint32_t *slot;			/* index + 1 into map */
	uint32_t mask;
};

/* ---- reading ---- */

#define HASH_START 2166136261u

static uint32_t hash_more(uint32_t h, str s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * 16777619u;
	return h;
}

static uint32_t hash_end(uint32_t h)
{
	return h ^ h >> 15;
}

static void index_texts(struct arena *a, struct definition_texts *t)
{
	uint32_t size = 16, i;

	while (size < t->map->n * 2)
		size *= 2;
	t->mask = size - 1;
	t->slot = ARENA_ARRAY(a, uint32_t, size);
	for (i = 0; i < t->map->n; i++) {
		uint32_t at = hash_end(hash_more(HASH_START, t->map->key[i])) & t->mask;

		while (t->slot[at])
			at = (at + 1) & t->mask;
		t->slot[at] = i + 1;
	}
}

static int read_texts(struct arena *a, const struct node *texts, struct definition *d)
{
	struct definition_texts *v;
	size_t i;

	if (!texts || texts->kind != NODE_MAP)
		return ERR_PARSE;
	v = ARENA_ARRAY(a, struct definition_texts, texts->n);
	for (i = 0; i < texts->n; i++) {
		v[i] = (struct definition_texts){ .lang = texts->key[i], .map = texts->item[i] };
		if (v[i].map->kind != NODE_MAP)
			return ERR_PARSE;
		index_texts(a, &v[i]);
	}
	d->texts = v;
	d->languages = texts->n;
	return 0;
}

int definition_from_json_findings(struct arena *a, str json, struct findings *f, const struct definition **ret)
{
	struct definition *d = ARENA_NEW(a, struct definition);
	const struct node *params;
	struct form *form;
	struct node *root;
	struct node_error e = { 0 };
	int64_t format;

	*ret = NULL;
	if (node_parse_json(a, json, &root, &e) < 0) {
		finding_add(f, FINDING_ERROR, S("definition"), e.line, e.col, S("json"), "%s", e.text);
		return ERR_PARSE;
	}
	if (node_i64(node_get(root, S("format")), &format) < 0) {
		node_error_at(f, root, S("format"), "the definition does not name its format");
		return ERR_PARSE;
	}
	if (format < 1 || format > DEFINITION_FORMAT) {
		node_error_at(f, root, S("format"), "format %lld is newer than this program", (long long)format);
		return ERR_UNSUPPORTED;
	}
	params = node_get(root, S("params"));
	TRY(service_read(a, node_get(root, S("service")), params, f, &d->service));
	TRY(form_compile(a, node_get(root, S("service")), node_get(root, S("form")), params, f, &form));
	TRY(read_texts(a, node_get(root, S("texts")), d));
	d->form = form;
	d->tree = root;
	d->format = (int32_t)format;
	d->digest = sha256(json);
	d->hash = hex(a, digest_str(&d->digest));
	*ret = d;
	return 0;
}

int definition_from_json(struct arena *a, str json, const struct definition **ret)
{
	return definition_from_json_findings(a, json, NULL, ret);
}

/* ---- texts ---- */

static bool equals3(str key, str a, str b, str c)
{
	return key.n == a.n + b.n + c.n && str_eq(str_sub(key, 0, a.n), a) && str_eq(str_sub(key, a.n, a.n + b.n), b) &&
	       str_eq(str_sub(key, a.n + b.n, key.n), c);
}

static const struct node *find(const struct definition *d, str lang, str a, str b, str c)
{
	uint32_t h = hash_end(hash_more(hash_more(hash_more(HASH_START, a), b), c)), at;
	size_t i;

	for (i = 0; i < d->languages; i++) {
		const struct definition_texts *t = &d->texts[i];

		if (!str_eq(t->lang, lang))
			continue;
		for (at = h & t->mask; t->slot[at]; at = (at + 1) & t->mask)
			if (equals3(t->map->key[t->slot[at] - 1], a, b, c))
				return t->map->item[t->slot[at] - 1];
	}
	return NULL;
}

str definition_text3(const struct definition *d, str lang, str a, str b, str c)
{
	const struct node *n = find(d, lang, a, b, c);

	if (!n && !str_eq(lang, S("de")))
		n = find(d, S("de"), a, b, c);
	return node_text(n);
}

str definition_text(const struct definition *d, str lang, str key)
{
	return definition_text3(d, lang, key, STR_EMPTY, STR_EMPTY);
}

bool definition_has(const struct definition *d, str lang, str key)
{
	return find(d, lang, key, STR_EMPTY, STR_EMPTY) != NULL;
}

size_t definition_list(struct arena *a, const struct definition *d, str lang, str key, const str **ret)
{
	size_t n = 0, i;
	str *v;

	while (definition_text3(d, lang, key, S("."), str_fmt(a, "%zu", n + 1)).n)
		n++;
	v = ARENA_ARRAY(a, str, n);
	for (i = 0; i < n; i++)
		v[i] = definition_text3(d, lang, key, S("."), str_fmt(a, "%zu", i + 1));
	*ret = v;
	return n;
}

static str joined(char *to, size_t size, str a, str b, str c)
{
	int n = snprintf(to, size, "%.*s%.*s%.*s", STR_FMT(a), STR_FMT(b), STR_FMT(c));

	return n > 0 && (size_t)n < size ? str_n(to, (size_t)n) : STR_EMPTY;
}

str definition_option(const struct definition *d, str lang, const struct field *f, str option, str part)
{
	char key[300];
	str tail;

	if (f->list.n) {
		tail = joined(key, sizeof key, f->list, S("."), option);
		return definition_text3(d, lang, S("list."), tail, part);
	}
	tail = joined(key, sizeof key, S(".option."), option, part);
	return definition_text3(d, lang, S("field."), f->id, tail);
}

str definition_option_typed(struct arena *a, const struct definition *d, const struct field *f, str typed)
{
	static const char *const langs[] = { "de", "en" };
	str want = utf8_fold(a, typed);

	for (size_t i = 0; i < f->options; i++)
		if (str_eq(f->option[i].id, typed))
			return f->option[i].id;
	for (size_t l = 0; want.n && l < sizeof langs / sizeof *langs; l++)
		for (size_t i = 0; i < f->options; i++)
			if (str_eq(utf8_fold(a, definition_option(d, str_c(langs[l]), f, f->option[i].id, STR_EMPTY)), want))
				return f->option[i].id;
	return STR_EMPTY;
}

str definition_problem(const struct definition *d, str lang, const struct problem *p)
{
	static const str name[] = {
#define PROBLEM(ID, name) STR_INIT(".error." #name),
#include "domain/problems.def"
#undef PROBLEM
	};

	if (p->rule >= 0)
		return definition_text3(d, lang, S("rule."), d->form->rule[p->rule].id, STR_EMPTY);
	if (p->field >= 0)
		return definition_text3(d, lang, S("field."), d->form->field[p->field].id, name[p->kind]);
	return STR_EMPTY;
}

str definition_document(const struct definition *d, str id)
{
	return node_text_at(node_get(d->tree, S("documents")), id);
}

str definition_lookup_text(void *lookup, str key)
{
	const struct definition_lookup *l = lookup;

	return definition_text(l->definition, l->lang, key);
}

str definition_display(struct arena *a, const struct definition *d, str lang, const struct field *f, const struct value *v)
{
	struct definition_lookup l = { d, lang };

	return value_display(a, f, v, lang, definition_lookup_text, &l);
}

/* ---- placeholders ---- */

static str param_display(struct arena *a, const struct definition *d, str lang, str id)
{
	size_t i;

	for (i = 0; i < d->service->params; i++) {
		const struct service_param *p = &d->service->param[i];
		struct field f = { .type = p->type };
		struct value v = { .present = true, .valid = true, .canonical = p->value };

		if (!str_eq(p->id, id))
			continue;
		if (decimal_parse(p->value, &v.number) < 0)
			v.number = (struct decimal){ 0 };
		if (date_parse_iso(p->value, &v.date) < 0)
			v.date = (struct date){ 0 };
		return definition_display(a, d, lang, &f, &v);
	}
	return STR_EMPTY;
}

static str field_display(struct arena *a, const struct definition *d, str lang, const struct text_values *v, const struct field *f)
{
	if (!v->journey)
		return STR_EMPTY;
	return definition_display(a, d, lang, f, journey_value(v->journey, f->index, form_row_up(d->form, v->row ? v->group : -1, v->row, f->group)));
}

static bool replace(struct buf *b, const struct definition *d, str lang, str name, const struct text_values *v)
{
	const struct {
		str name, value;
	} plain[] = { { S("place"), v->place }, { S("authority"), v->authority }, { S("seat"), v->seat }, { S("label"), v->label },
		      { S("limit"), v->limit } };
	const struct field *f;
	size_t i;

	for (i = 0; i < sizeof plain / sizeof *plain; i++)
		if (str_eq(name, plain[i].name)) {
			buf_put(b, plain[i].value);
			return true;
		}
	if (str_eq(name, S("row")))
		buf_int(b, form_row_local(d->form, v->row ? v->group : -1, v->row));
	else if (str_eq(name, S("days")))
		buf_int(b, v->days ? v->days : d->service->duration_days);
	else if (str_has_prefix(name, S("param.")))
		buf_put(b, param_display(b->arena, d, lang, str_sub(name, 6, name.n)));
	else if ((f = form_field(d->form, name)))
		buf_put(b, field_display(b->arena, d, lang, v, f));
	else
		return false;
	return true;
}

int16_t definition_text_group(const struct definition *d, str a, str b, str c)
{
	const struct page *p = str_eq(a, S("page.")) ? form_page(d->form, b) : NULL;
	const struct field *f = str_eq(a, S("field.")) ? form_field(d->form, b) : NULL;
	const struct group *g = str_eq(a, S("group.")) ? form_group(d->form, b) : NULL;

	if (g)
		return str_eq(c, S(".item")) ? (int16_t)(g - d->form->group) : g->parent;
	return p ? p->per : f ? f->group : -1;
}

str definition_expand(struct arena *a, const struct definition *d, str lang, str text, const struct text_values *v)
{
	struct buf b;
	str before, name, rest;

	if (str_index(text, '{') < 0)
		return text;
	b = buf_new(a, text.n + 64);
	while (str_cut(text, '{', &before, &rest)) {
		buf_put(&b, before);
		if (!str_cut(rest, '}', &name, &text) || !replace(&b, d, lang, name, v)) {
			buf_putc(&b, '{');
			text = rest;
		}
	}
	buf_put(&b, text);
	return buf_str(&b);
}

str definition_applicant_name(struct arena *a, const struct journey *j)
{
	struct buf b = buf_new(a, 64);
	size_t i;

	for (i = 0; i < j->form->name_fields; i++) {
		const struct field *f = &j->form->field[j->form->name_field[i]];
		const struct value *v = journey_value(j, f->index, f->group >= 0 ? 1 : 0);

		if (!v || !v->present || !v->valid || !v->canonical.n)
			continue;
		if (b.n)
			buf_putc(&b, ' ');
		buf_put(&b, v->canonical);
	}
	return buf_str(&b);
}
