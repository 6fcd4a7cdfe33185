/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Texts and documents of a package: every key that a page will ask for is there in both languages, no key is there for nothing,
 * placeholders are known and the same in every language.
 */
#include "domain/form_keys.h"
#include "domain/package.h"

enum text_need { NEED_NOT = 0, NEED_DE = 1, NEED_ALL = 3 };	/* bits: de, en */

/* What a key stands for: where it is shown decides which placeholders it may hold. */
struct spec {
	str key;
	uint8_t need;
	bool citizen;			/* must be in English when it is in German */
	int16_t group;			/* {row} is known */
	int32_t page;			/* fields asked before this page may be named; -1: none */
	bool problem;			/* {label} {limit} */
};
struct checker {
	struct arena *arena;
	const struct package *p;
	struct findings *f;
	struct spec *v;
	size_t n, cap;
	struct node *index;		/* key -> NODE_NUMBER-like text of the position */
};

static void add(struct checker *c, struct spec s)
{
	if (node_get(c->index, s.key))
		return;
	if (c->n == c->cap) {
		size_t cap = c->cap ? c->cap * 2 : 256;
		struct spec *v = ARENA_ARRAY(c->arena, struct spec, cap);

		if (c->n)
			memcpy(v, c->v, c->n * sizeof *v);
		c->v = v;
		c->cap = cap;
	}
	node_set(c->arena, c->index, s.key, node_new_text(c->arena, str_fmt(c->arena, "%zu", c->n)));
	c->v[c->n++] = s;
}

static const struct spec *find(const struct checker *c, str key)
{
	int64_t i;

	return node_i64(node_get(c->index, key), &i) == 0 ? &c->v[i] : NULL;
}

static void add_plain(struct checker *c, str key, enum text_need need, bool citizen)
{
	add(c, (struct spec){ key, (uint8_t)need, citizen, -1, -1, false });
}

static str key3(struct checker *c, const char *a, str b, const char *d)
{
	return str_fmt(c->arena, "%s%.*s%s", a, STR_FMT(b), d);
}

/* ---- what is known ---- */

static void general_keys(struct checker *c)
{
	static const char *const all[] = { "title", "short", "description", "privacy.purpose", "privacy.recipients", "next.1" };
	static const char *const some[] = { "cost", "contact_hint", "privacy.basis", "privacy.retention" };
	const struct service *s = c->p->facts;
	size_t i;

	for (i = 0; i < sizeof all / sizeof *all; i++)
		add_plain(c, str_c(all[i]), NEED_ALL, true);
	for (i = 0; i < sizeof some / sizeof *some; i++)
		add_plain(c, str_c(some[i]), NEED_NOT, true);
	add_plain(c, S("simple"), NEED_NOT, false);
	add_plain(c, S("duration"), s->duration_days ? NEED_ALL : NEED_NOT, true);
	add_plain(c, S("fee_note"), s->fee_note ? NEED_ALL : NEED_NOT, true);
	for (i = 0; i < c->p->compiled->fees; i++)
		add_plain(c, key3(c, "fee.", c->p->compiled->fee[i].id, ""), NEED_ALL, true);
	for (i = 0; i < s->needs; i++)
		add_plain(c, key3(c, "need.", s->need[i], ""), NEED_ALL, true);
	for (i = 0; i < s->params; i++)
		add_plain(c, key3(c, "param.", s->param[i].id, ""), NEED_DE, false);
	for (i = 0; i < s->confirms; i++)
		add_plain(c, key3(c, "confirm.", s->confirm[i], ""), NEED_DE, false);
	for (i = 0; i < s->decisions; i++) {
		add_plain(c, key3(c, "document.", s->decision[i], ".title"), NEED_DE, false);
		add_plain(c, key3(c, "decision.remedy.", s->decision[i], ""), NEED_DE, false);
	}
	for (i = 0; i < s->reasons; i++)
		add_plain(c, key3(c, "decision.reason.", s->reason[i], ""), NEED_DE, false);
}

static void field_keys(struct checker *c, const struct field *x)
{
	static const char *const kind[] = {
#define PROBLEM(ID, name) ".error." #name,
#include "domain/problems.def"
#undef PROBLEM
	};
	size_t i;

	add(c, (struct spec){ key3(c, "field.", x->id, ".label"), NEED_ALL, true, x->group, x->page, false });
	add(c, (struct spec){ key3(c, "field.", x->id, ".hint"), NEED_NOT, true, x->group, x->page, false });
	if (x->lacks)
		add(c, (struct spec){ key3(c, "field.", x->id, ".none"), NEED_ALL, true, x->group, x->page, false });
	for (i = 0; i < sizeof kind / sizeof *kind; i++)
		if ((int)i != PROBLEM_RULE && (int)i != PROBLEM_LOCKED)
			add(c, (struct spec){ key3(c, "field.", x->id, kind[i]), NEED_NOT, true, x->group, x->page, true });
	for (i = 0; i < x->options && !x->list.n; i++) {
		str key = str_fmt(c->arena, "field.%.*s.option.%.*s", STR_FMT(x->id), STR_FMT(x->option[i].id));

		add(c, (struct spec){ key, NEED_ALL, true, x->group, x->page, false });
		add(c, (struct spec){ key3(c, "", key, ".hint"), NEED_NOT, true, x->group, x->page, false });
	}
}

static void form_keys(struct checker *c)
{
	static const char *const part[] = { ".title", ".hint", ".help_title", ".help" };
	const struct form *f = c->p->compiled;
	size_t i, k;

	for (i = 0; i < f->steps; i++)
		add_plain(c, key3(c, "step.", f->step[i].id, ""), NEED_ALL, true);
	for (i = 0; i < f->pages; i++)
		for (k = 0; k < 4 && !f->page[i].group_list; k++)
			add(c, (struct spec){ key3(c, "page.", f->page[i].id, part[k]), k == 0 ? NEED_ALL : NEED_NOT, true, f->page[i].group,
					      (int32_t)i, false });
	for (i = 0; i < f->fields; i++)
		field_keys(c, &f->field[i]);
	for (i = 0; i < f->rules; i++)
		add(c, (struct spec){ key3(c, "rule.", f->rule[i].id, ""), NEED_ALL, true, f->page[f->rule[i].page].group,
				      f->rule[i].page, true });
	for (i = 0; i < f->groups; i++) {
		add(c, (struct spec){ key3(c, "group.", f->group[i].id, ".title"), NEED_ALL, true, f->group[i].parent, f->group[i].first_page, false });
		add(c, (struct spec){ key3(c, "group.", f->group[i].id, ".another"), NEED_ALL, true, f->group[i].parent, f->group[i].first_page, false });
		add(c, (struct spec){ key3(c, "group.", f->group[i].id, ".item"), NEED_ALL, true, (int16_t)i, f->group[i].list_page, false });
	}
}

/* ---- what is there ---- */

/* synonyms.3, next.2: as many as the author likes. */
static bool counted(str key, const char *prefix)
{
	int64_t n;
	str p = str_c(prefix);

	return str_has_prefix(key, p) && str_to_i64(str_sub(key, p.n, key.n), &n) == 0 && n > 0;
}

/* A row of this group is at hand where a row of `here` is. */
static bool at_hand(const struct form *f, int16_t here, int16_t group)
{
	while (here >= 0 && here != group)
		here = f->group[here].parent;
	return here == group;
}

static bool placeholder_known(const struct checker *c, const struct spec *s, str name)
{
	static const char words[] = "place authority seat days";
	const struct field *x;
	size_t i;

	if (word_in(words, name))
		return true;
	if (str_eq(name, S("row")))
		return s->group >= 0;
	if (s->problem && word_in("label limit", name))
		return true;
	if (str_has_prefix(name, S("param."))) {
		for (i = 0; i < c->p->facts->params; i++)
			if (str_eq(c->p->facts->param[i].id, str_sub(name, 6, name.n)))
				return true;
		return false;
	}
	x = form_field(c->p->compiled, name);
	return x && s->page >= 0 && (int32_t)x->page < s->page && at_hand(c->p->compiled, s->group, x->group);
}

static void check_placeholders(struct checker *c, const struct spec *s, const struct node *n)
{
	str text = node_text(n), before, name, rest;

	while (str_cut(text, '{', &before, &rest)) {
		if (!str_cut(rest, '}', &name, &text)) {
			node_error_at(c->f, n, S("placeholder"), "'%.*s': '{' without '}'", STR_FMT(s->key));
			return;
		}
		if (!placeholder_known(c, s, name))
			node_error_at(c->f, n, S("placeholder"), "'%.*s': {%.*s} is not known here", STR_FMT(s->key), STR_FMT(name));
	}
}

static bool has_placeholder(str text, str name)
{
	str before, one, rest;

	while (str_cut(text, '{', &before, &rest) && str_cut(rest, '}', &one, &text))
		if (str_eq(one, name))
			return true;
	return false;
}

static void compare_placeholders(struct checker *c, str key, const struct node *de, const struct node *other)
{
	str text = node_text(de), before, name, rest;

	while (str_cut(text, '{', &before, &rest) && str_cut(rest, '}', &name, &text))
		if (!has_placeholder(node_text(other), name))
			node_warning_at(c->f, other, S("placeholder"), "'%.*s' lacks {%.*s}, which the German text has", STR_FMT(key), STR_FMT(name));
}

static void check_key(struct checker *c, str key, const struct node *n, bool german)
{
	static const struct spec loose = { .group = -1, .page = -1, .citizen = true };
	const struct spec *s = find(c, key);

	if (str_has_prefix(key, S("list.")))
		return;
	if (!s && (counted(key, "synonyms.") || counted(key, "next.")))
		s = &loose;
	if (!s) {
		node_error_at(c->f, n, S("unknown-text"), "no page or letter shows the text '%.*s'", STR_FMT(key));
		return;
	}
	check_placeholders(c, s, n);
	/* search words differ from language to language */
	if (german && !c->p->facts->german_only && s->citizen && !node_get(node_get(c->p->texts, S("en")), key) && !counted(key, "synonyms.") && !(s->need & 2))
		node_error_at(c->f, n, S("missing-text"), "'%.*s' has no English text", STR_FMT(key));
	if (!german && !node_get(node_get(c->p->texts, S("de")), key) && !counted(key, "synonyms."))
		node_error_at(c->f, n, S("unknown-text"), "'%.*s' is not in the German texts", STR_FMT(key));
	if (!german && node_get(node_get(c->p->texts, S("de")), key))
		compare_placeholders(c, key, node_get(node_get(c->p->texts, S("de")), key), n);
}

static void check_help(struct checker *c, const struct node *de)
{
	size_t i;

	for (i = 0; i < c->p->compiled->pages; i++) {
		str id = c->p->compiled->page[i].id;
		const struct node *title = node_get(de, key3(c, "page.", id, ".help_title")), *help = node_get(de, key3(c, "page.", id, ".help"));

		if (!title != !help)
			node_error_at(c->f, title ? title : help, S("missing-text"), "page '%.*s': help and help_title belong together",
				      STR_FMT(id));
	}
}

static void check_languages(struct checker *c)
{
	const struct node *de = node_get(c->p->texts, S("de")), *en = node_get(c->p->texts, S("en"));
	size_t i, k;

	for (i = 0; i < c->n; i++) {
		str key = c->v[i].key;

		if ((c->v[i].need & 1) && de && !node_get(de, key))
			finding_add(c->f, FINDING_ERROR, str_fmt(c->arena, "%.*s/texts/de.yaml", STR_FMT(c->p->dir)), 0, 0, S("missing-text"),
				    "the text '%.*s' is missing", STR_FMT(key));
		if ((c->v[i].need & 2) && en && !c->p->facts->german_only && !node_get(en, key))
			finding_add(c->f, FINDING_ERROR, str_fmt(c->arena, "%.*s/texts/en.yaml", STR_FMT(c->p->dir)), 0, 0, S("missing-text"),
				    "the text '%.*s' is missing", STR_FMT(key));
	}
	for (i = 0; i < c->p->texts->n; i++)
		for (k = 0; k < c->p->texts->item[i]->n; k++)
			check_key(c, c->p->texts->item[i]->key[k], c->p->texts->item[i]->item[k], str_eq(c->p->texts->key[i], S("de")));
	check_help(c, de);
}

/* ---- documents ---- */

static uint32_t line_of(str text, const char *at)
{
	uint32_t line = 1;
	const char *p;

	for (p = text.p; p < at; p++)
		line += *p == '\n';
	return line;
}

static void document_error(struct checker *c, const struct node *n, const char *at, const char *what, str name)
{
	finding_add(c->f, FINDING_ERROR, str_c(n->file), line_of(n->text, at), 0, S("placeholder"), "%s: {{%.*s}}", what, STR_FMT(name));
}

static void check_document_name(struct checker *c, const struct node *n, str name, const struct group *in)
{
	static const char words[] =
		"reference date authority applicant.name applicant.address fee.total reason clerk.name remedy place service";
	const struct form *form = c->p->compiled;
	const struct field *x;
	size_t i;

	if (word_in(words, name) || (in && str_eq(name, S("row"))))
		return;
	if (str_has_prefix(name, S("param:"))) {
		for (i = 0; i < form->params; i++)
			if (str_eq(form->param[i].id, str_sub(name, 6, name.n)))
				return;
		document_error(c, n, name.p, "no such parameter", name);
		return;
	}
	if (!str_has_prefix(name, S("field:"))) {
		document_error(c, n, name.p, "not known", name);
		return;
	}
	x = form_field(form, str_sub(name, 6, name.n));
	if (!x)
		document_error(c, n, name.p, "no such field", name);
	else if (x->group >= 0 && (!in || !at_hand(form, (int16_t)(in - form->group), x->group)))
		document_error(c, n, name.p, "a field of a group stands between {{#each}} and {{/each}}", name);
}

static void check_document(struct checker *c, const struct node *n)
{
	const struct form *form = c->p->compiled;
	const struct group *in = NULL;
	str text = n->text, name;
	ptrdiff_t open, close;

	while ((open = str_find(text, S("{{"))) >= 0) {
		text = str_sub(text, (size_t)open + 2, text.n);
		close = str_find(text, S("}}"));
		if (close < 0) {
			document_error(c, n, text.p, "'{{' without '}}'", STR_EMPTY);
			return;
		}
		name = str_trim(str_sub(text, 0, (size_t)close));
		text = str_sub(text, (size_t)close + 2, text.n);
		if (str_has_prefix(name, S("#each "))) {
			const struct group *g = form_group(form, str_trim(str_sub(name, 6, name.n)));

			if (!g)
				document_error(c, n, name.p, "no such group", name);
			else if (g->parent != (in ? (int16_t)(in - form->group) : -1))
				document_error(c, n, name.p, "an inner group stands in {{#each}} of the group around it, any other in none", name);
			in = g;
		} else if (str_eq(name, S("/each"))) {
			if (!in)
				document_error(c, n, name.p, "without {{#each}}", name);
			in = in && in->parent >= 0 ? &form->group[in->parent] : NULL;
		} else {
			check_document_name(c, n, name, in);
		}
	}
	if (in)
		document_error(c, n, n->text.p + n->text.n, "{{#each}} is not closed", in->id);
}

static void check_documents(struct checker *c)
{
	const struct service *s = c->p->facts;
	size_t i, k;

	for (i = 0; i < s->decisions; i++)
		if (!node_get(c->p->documents, s->decision[i]))
			finding_add(c->f, FINDING_ERROR, str_fmt(c->arena, "%.*s/documents/%.*s.md", STR_FMT(c->p->dir), STR_FMT(s->decision[i])), 0, 0,
				    S("missing-document"), "the decision template is missing");
	for (i = 0; i < c->p->documents->n; i++) {
		for (k = 0; k < s->decisions && !str_eq(s->decision[k], c->p->documents->key[i]); k++)
			;
		if (k == s->decisions)
			node_warning_at(c->f, c->p->documents->item[i], S("unknown-file"), "no decision uses this document");
		check_document(c, c->p->documents->item[i]);
	}
	if (!s->decisions)
		node_error_at(c->f, c->p->service, S("missing-key"), "the service has no decision template");
}

void package_check_texts(struct arena *a, const struct package *p, struct findings *f)
{
	struct checker c = { .arena = a, .p = p, .f = f, .index = node_new(a, NODE_MAP) };

	general_keys(&c);
	form_keys(&c);
	check_languages(&c);
	check_documents(&c);
}

size_t package_placeholders(struct arena *a, const struct package *p, str key, const str **ret)
{
	static const char *const words[] = { "place", "authority", "seat", "days", "row", "label", "limit" };
	struct findings quiet = findings_new(a);
	struct checker c = { .arena = a, .p = p, .f = &quiet, .index = node_new(a, NODE_MAP) };
	const struct spec *s;
	str *list = ARENA_ARRAY(a, str, 8 + p->facts->params + p->compiled->fields);
	size_t n = 0;

	general_keys(&c);
	form_keys(&c);
	s = find(&c, key);
	*ret = list;
	for (size_t i = 0; s && i < sizeof words / sizeof *words; i++)
		if (placeholder_known(&c, s, str_c(words[i])))
			list[n++] = str_c(words[i]);
	for (size_t i = 0; s && i < p->facts->params; i++)
		list[n++] = key3(&c, "param.", p->facts->param[i].id, "");
	for (size_t i = 0; s && i < p->compiled->fields; i++)
		if (placeholder_known(&c, s, p->compiled->field[i].id))
			list[n++] = p->compiled->field[i].id;
	return n;
}
