/* SPDX-License-Identifier: EUPL-1.2 */
#include "domain/package_blocks_impl.h"

#include "domain/form_compile_impl.h"
#include "domain/form_keys.h"
#include "domain/package_impl.h"

#define AS S("{as}")
#define SAME S("{same}")

/* One entry {use: ...} while it is expanded. */
struct use {
	struct blocks *b;
	const struct node *at, *block, *parts, *own;
	str as, dashed, scored;		/* halter.kind halter-kind halter_kind */
	str when, same;			/* same: the earlier use whose answers may be taken over */
	bool applicant, all_optional, all_required;
	struct node *fields, *pages, *rules;	/* sets of what was taken: MAP name in the block -> id in the form */
};

/* ---- filling in ---- */

/* A copy in which {as} is the name of the use; everything stays at its line of the block. */
static struct node *filled(struct use *u, const struct node *n)
{
	struct arena *a = u->b->arena;
	struct node *copy = node_new(a, n->kind);
	size_t i;

	copy->file = n->file;
	copy->line = n->line;
	copy->col = n->col;
	copy->text = str_contains(n->text, AS) ? str_replace(a, n->text, AS, u->as) : n->text;
	if (str_contains(copy->text, SAME))
		copy->text = str_replace(a, copy->text, SAME, u->same);
	for (i = 0; i < n->n; i++) {
		if (n->kind == NODE_MAP)
			node_set(a, copy, n->key[i], filled(u, n->item[i]));
		else
			node_append(a, copy, filled(u, n->item[i]));
	}
	return copy;
}

static void stands_at(struct node *n, const struct node *place)
{
	n->file = place->file;
	n->line = place->line;
	n->col = place->col;
}

static bool taken(const struct use *u, const struct node *part)
{
	return u->parts ? blocks_in_list(u->parts, node_text_at(part, S("id"))) : !node_bool(node_get(part, S("extra")), false);
}

static bool part_taken(const struct use *u, str id)
{
	const struct node *parts = node_get(u->block, S("parts"));
	size_t i;

	for (i = 0; i < node_count(parts); i++)
		if (str_eq(node_text_at(parts->item[i], S("id")), id))
			return taken(u, parts->item[i]);
	return false;
}

/* "with: land" and "without: land": fields that hang on another part. */
static bool goes_along(const struct use *u, const struct node *field)
{
	str with = node_text_at(field, S("with")), without = node_text_at(field, S("without"));

	return (!with.n || part_taken(u, with)) && (!without.n || !part_taken(u, without));
}

static void remove_key(struct arena *a, struct node **map, str key)
{
	struct node *copy = node_new(a, NODE_MAP);
	size_t i;

	if (!node_get(*map, key))
		return;
	stands_at(copy, *map);
	for (i = 0; i < (*map)->n; i++)
		if (!str_eq((*map)->key[i], key))
			node_set(a, copy, (*map)->key[i], (*map)->item[i]);
	*map = copy;
}

static void join_when(struct use *u, struct node *map, str when)
{
	struct blocks *b = u->b;
	const struct node *own = node_get(map, S("when"));

	if (!when.n)
		return;
	node_set(b->arena, map, S("when"),
		 own ? blocks_text_at(b, str_fmt(b->arena, "(%.*s) and (%.*s)", STR_FMT(when), STR_FMT(node_text(own))), own)
		     : blocks_text_at(b, when, node_get(u->at, S("when")) ? node_get(u->at, S("when")) : u->at));
}

static struct node *field_of(struct use *u, const struct node *field)
{
	struct arena *a = u->b->arena;
	str id = node_text_at(field, S("id"));
	struct node *n = filled(u, field);
	const struct node *own = node_get(u->own, id), *optional = node_get(u->at, S("optional")), *required = node_get(u->at, S("required"));
	size_t i;

	stands_at(n, u->at);
	remove_key(a, &n, S("with"));
	remove_key(a, &n, S("without"));
	if (node_get(u->at, S("locked")) && node_get(n, S("autocomplete")))
		node_set(a, n, S("locked"), (struct node *)node_get(u->at, S("locked")));
	if (!u->applicant)
		remove_key(a, &n, S("autocomplete"));
	if (u->all_required || blocks_in_list(required, id))
		remove_key(a, &n, S("optional"));
	if (u->all_optional || blocks_in_list(optional, id))
		node_set(a, n, S("optional"), blocks_text_at(u->b, S("true"), optional));
	if (u->same.n && node_get(node_get(u->b->used, u->same), id)) {
		node_set(a, n, S("same_as"), blocks_text_at(u->b, str_fmt(a, "%.*s.%.*s", STR_FMT(u->same), STR_FMT(id)), u->at));
		node_set(a, n, S("same_if"), blocks_text_at(u->b, str_fmt(a, "%.*s.wie_oben", STR_FMT(u->as)), u->at));
	}
	for (i = 0; own && i < own->n; i++)
		node_set(a, n, own->key[i], own->item[i]);
	id = str_fmt(a, "%.*s.%.*s", STR_FMT(u->as), STR_FMT(id));
	node_set(a, u->fields, node_text_at(field, S("id")), blocks_text_at(u->b, id, u->at));
	node_set(a, n, S("id"), blocks_text_at(u->b, id, u->at));
	return n;
}

static void take_fields(struct use *u, const struct node *part, struct node *to, str when)
{
	const struct node *list = node_get(part, S("fields"));
	size_t i;

	for (i = 0; i < node_count(list); i++) {
		struct node *n;

		if (!goes_along(u, list->item[i]))
			continue;
		n = field_of(u, list->item[i]);
		join_when(u, n, when);
		node_append(u->b->arena, to, n);
	}
}

/* A rule of the block belongs to the page that its fields stand on. */
static void take_rules(struct use *u, const struct node *part, struct node *page)
{
	const struct node *list = node_get(part, S("rules"));
	struct arena *a = u->b->arena;
	struct node *to = (struct node *)node_get(page, S("rules"));
	size_t i;

	if (!node_count(list))
		return;
	if (!to) {
		to = node_new(a, NODE_LIST);
		stands_at(to, u->at);
		node_set(a, page, S("rules"), to);
	}
	for (i = 0; i < list->n; i++) {
		struct node *n = filled(u, list->item[i]);
		str id = node_text_at(n, S("id")), at = node_text_at(n, S("at")), full = str_fmt(a, "%.*s_%.*s", STR_FMT(u->scored), STR_FMT(id));

		stands_at(n, u->at);
		node_set(a, n, S("id"), blocks_text_at(u->b, full, u->at));
		if (at.n)
			node_set(a, n, S("at"), blocks_text_at(u->b, str_fmt(a, "%.*s.%.*s", STR_FMT(u->as), STR_FMT(at)), u->at));
		node_set(a, u->rules, id, blocks_text_at(u->b, full, u->at));
		node_append(a, to, n);
	}
}

static void take_page(struct use *u, const struct node *part, struct node *to)
{
	struct arena *a = u->b->arena;
	str id = node_text_at(part, S("id")), full = str_fmt(a, "%.*s-%.*s", STR_FMT(u->dashed), STR_FMT(id));
	struct node *page = node_new(a, NODE_MAP), *fields = node_new(a, NODE_LIST);

	stands_at(page, u->at);
	stands_at(fields, u->at);
	node_set(a, page, S("id"), blocks_text_at(u->b, full, u->at));
	if (node_get(part, S("when")))
		node_set(a, page, S("when"), filled(u, node_get(part, S("when"))));
	join_when(u, page, u->when);
	take_fields(u, part, fields, STR_EMPTY);
	node_set(a, page, S("fields"), fields);
	take_rules(u, part, page);
	node_set(a, u->pages, id, blocks_text_at(u->b, full, u->at));
	node_append(a, to, page);
}

/* The question before the block: is it the same as before? */
static void take_same_page(struct use *u, struct node *to)
{
	struct arena *a = u->b->arena;
	struct node *page = node_new(a, NODE_MAP), *fields = node_new(a, NODE_LIST), *field = node_new(a, NODE_MAP);
	str full = str_fmt(a, "%.*s-wie-oben", STR_FMT(u->dashed)), id = str_fmt(a, "%.*s.wie_oben", STR_FMT(u->as));

	stands_at(page, u->at);
	stands_at(fields, u->at);
	stands_at(field, u->at);
	node_set(a, field, S("id"), blocks_text_at(u->b, id, u->at));
	node_set(a, field, S("type"), blocks_text_at(u->b, S("bool"), u->at));
	node_append(a, fields, field);
	node_set(a, page, S("id"), blocks_text_at(u->b, full, u->at));
	join_when(u, page, u->when);
	node_set(a, page, S("fields"), fields);
	node_set(a, u->fields, S("wie_oben"), blocks_text_at(u->b, id, u->at));
	node_set(a, u->pages, S("wie-oben"), blocks_text_at(u->b, full, u->at));
	node_append(a, to, page);
}

/* ---- texts ---- */

/* "field.vorname.label" of a block -> "field.halter.vorname.label"; empty: belongs to something that this use has not taken. */
static str target_key(struct use *u, str key)
{
	static const char *const kind[] = { "field", "page", "rule" };
	const struct node *set[] = { u->fields, u->pages, u->rules };
	str head, rest, name, tail;
	size_t i;

	if (!str_cut(key, '.', &head, &rest))
		return STR_EMPTY;
	if (!str_cut(rest, '.', &name, &tail))
		name = rest, tail = STR_EMPTY;
	for (i = 0; i < 3; i++) {
		str id = node_text_at(set[i], name);

		if (str_eq(head, str_c(kind[i])) && id.n)
			return str_fmt(u->b->arena, "%s.%.*s%s%.*s", kind[i], STR_FMT(id), tail.n ? "." : "", STR_FMT(tail));
	}
	return STR_EMPTY;
}

static bool said(const struct node *texts, str key)
{
	size_t i;

	for (i = 0; i < texts->n; i++)
		if (node_get(texts->item[i], key))
			return true;
	return false;
}

/* All languages or none: a label in the package's own words must not stand beside a translation of other words. */
static void take_text(struct use *u, str key, str target)
{
	const struct node *all = u->b->texts;
	size_t i;

	if (!target.n || said(u->b->package_texts, target))
		return;
	for (i = 0; i < all->n; i++) {
		const struct node *text = node_get(all->item[i], key);

		if (text)
			node_set(u->b->arena, (struct node *)node_get(u->b->package_texts, all->key[i]), target, filled(u, text));
	}
}

static void take_texts(struct use *u, str block)
{
	const struct node *de;
	str prefix[2];
	size_t i, k;

	blocks_read_texts(u->b);
	de = node_get(u->b->texts, S("de"));
	/* whom the applicant's own data are asked is spoken to */
	prefix[0] = str_fmt(u->b->arena, "%.*s.applicant.", STR_FMT(block));
	prefix[1] = str_fmt(u->b->arena, "%.*s.", STR_FMT(block));
	for (k = u->applicant ? 0 : 1; k < 2; k++)
		for (i = 0; i < node_count(de); i++)
			if (str_has_prefix(de->key[i], prefix[k]))
				take_text(u, de->key[i], target_key(u, str_sub(de->key[i], prefix[k].n, de->key[i].n)));
}

/* ---- a use ---- */

static void check_names(struct use *u, const char *key, const struct node *list, bool parts)
{
	const struct node *all = node_get(u->block, S("parts"));
	size_t i, k, m;

	for (i = 0; i < node_count(list); i++) {
		str name = list->kind == NODE_MAP ? list->key[i] : node_text(list->item[i]);
		bool found = false;

		for (k = 0; k < node_count(all) && !found; k++) {
			const struct node *fields = node_get(all->item[k], S("fields"));

			found = parts && str_eq(node_text_at(all->item[k], S("id")), name);
			for (m = 0; !parts && m < node_count(fields) && !found; m++)
				found = str_eq(node_text_at(fields->item[m], S("id")), name);
		}
		if (!found)
			node_error_at(u->b->f, list->item[i], S("bad-value"), "'%s': the block has no %s '%.*s'", key, parts ? "part" : "field", STR_FMT(name));
	}
}

static bool all_or_list(struct use *u, const char *key)
{
	const struct node *n = node_get(u->at, str_c(key));

	if (n && n->kind == NODE_LIST)
		check_names(u, key, n, false);
	else if (n && !word_in("true false", node_text(n)))
		node_error_at(u->b->f, n, S("bad-value"), "'%s' is true, or a list of fields of the block", key);
	return n && n->kind == NODE_TEXT && node_bool(n, false);
}

static bool use_read(struct use *u)
{
	struct findings *f = u->b->f;
	str id = node_text_at(u->at, S("use"));
	size_t errors = f->errors;

	keys_check(f, u->at, "the use of a block", "use as parts optional required applicant locked when own same_as");
	u->block = blocks_get(u->b, id, node_get(u->at, S("use")));
	u->as = node_get(u->at, S("as")) ? node_text_at(u->at, S("as")) : id;
	if (!u->block || !id_check(f, u->at, u->as, ID_FIELD, "the use of a block"))
		return false;
	u->dashed = str_replace(u->b->arena, str_replace(u->b->arena, u->as, S("."), S("-")), S("_"), S("-"));
	u->scored = str_replace(u->b->arena, u->as, S("."), S("_"));
	u->when = str_trim(node_text_at(u->at, S("when")));
	u->applicant = key_bool(f, u->at, "applicant", false);
	u->same = node_text_at(u->at, S("same_as"));
	if (u->same.n && !str_eq(node_text_at(u->b->used_block, u->same), id))
		node_error_at(f, node_get(u->at, S("same_as")), S("bad-value"), "'same_as' names an earlier use of the same block by its 'as'; '%.*s' is none",
			      STR_FMT(u->same));
	u->parts = node_get(u->at, S("parts"));
	u->own = node_get(u->at, S("own"));
	check_names(u, "parts", u->parts, true);
	check_names(u, "own", u->own, false);
	u->all_optional = all_or_list(u, "optional");
	u->all_required = all_or_list(u, "required");
	if ((u->parts && (u->parts->kind != NODE_LIST || !u->parts->n)) || (u->own && u->own->kind != NODE_MAP))
		node_error_at(f, u->at, S("bad-value"), "'parts' is a list of parts, 'own' a map of fields");
	return f->errors == errors;
}

/* A block may be used in pieces under one name. */
static void remember(struct blocks *b, const struct use *u)
{
	struct node *known = (struct node *)node_get(b->used, u->as);
	size_t i;

	if (!known) {
		known = node_new(b->arena, NODE_MAP);
		node_set(b->arena, b->used, u->as, known);
		node_set(b->arena, b->used_block, u->as, node_new_text(b->arena, node_text_at(u->at, S("use"))));
	}
	for (i = 0; i < u->fields->n; i++)
		node_set(b->arena, known, u->fields->key[i], u->fields->item[i]);
}

/* page: the one that holds the list of fields; NULL: a list of pages. */
static void use_expand(struct blocks *b, const struct node *at, struct node *page, struct node *to)
{
	struct use u = { .b = b, .at = at, .fields = node_new(b->arena, NODE_MAP), .pages = node_new(b->arena, NODE_MAP),
			 .rules = node_new(b->arena, NODE_MAP) };
	const struct node *parts;
	size_t i;

	if (!use_read(&u))
		return;
	parts = node_get(u.block, S("parts"));
	if (u.same.n && page)
		node_error_at(b->f, at, S("bad-value"), "'same_as' asks on a page of its own: use the block in the list of pages, without 'fields'");
	else if (u.same.n)
		take_same_page(&u, to);
	for (i = 0; i < node_count(parts); i++) {
		const struct node *part = parts->item[i];

		if (!taken(&u, part))
			continue;
		if (!page) {
			take_page(&u, part, to);
			continue;
		}
		if (node_get(part, S("when")))
			node_error_at(b->f, at, S("bad-value"), "part '%.*s' has a condition: use the block in the list of pages, without 'fields'",
				      STR_FMT(node_text_at(part, S("id"))));
		take_fields(&u, part, to, u.when);
		take_rules(&u, part, page);
	}
	take_texts(&u, node_text_at(at, S("use")));
	remember(b, &u);
}

static bool uses_any(const struct node *list)
{
	size_t i;

	for (i = 0; i < node_count(list); i++)
		if (node_get(list->item[i], S("use")))
			return true;
	return false;
}

static void walk(struct blocks *b, struct node *n)
{
	size_t i, k;

	for (i = 0; i < n->n; i++) {
		bool fields = n->kind == NODE_MAP && str_eq(n->key[i], S("fields"));
		struct node *list = n->item[i], *to;

		if ((fields || (n->kind == NODE_MAP && str_eq(n->key[i], S("pages")))) && list->kind == NODE_LIST && uses_any(list)) {
			to = node_new(b->arena, NODE_LIST);
			stands_at(to, list);
			for (k = 0; k < list->n; k++) {
				if (node_get(list->item[k], S("use")))
					use_expand(b, list->item[k], fields ? n : NULL, to);
				else
					node_append(b->arena, to, list->item[k]);
			}
			n->item[i] = to;
		}
		walk(b, n->item[i]);
	}
}

void blocks_expand(struct arena *a, str dir, struct node *form, struct node *texts, struct findings *f)
{
	struct blocks b = { .arena = a, .dir = dir, .f = f, .package_texts = texts, .loaded = node_new(a, NODE_MAP), .used = node_new(a, NODE_MAP),
			    .used_block = node_new(a, NODE_MAP) };

	if (form)
		walk(&b, form);
}

/* The shared text of one template: a word for all, or a map template -> word. */
static str remedy_name(const struct node *remedy, str template)
{
	return remedy->kind == NODE_MAP ? node_text_at(remedy, template) : node_text(remedy);
}

void blocks_remedy(struct arena *a, str dir, const struct node *service, struct node *texts, struct findings *f)
{
	struct blocks b = { .arena = a, .dir = dir, .f = f, .package_texts = texts, .loaded = node_new(a, NODE_MAP) };
	const struct node *decision = node_get(service, S("decision")), *templates = node_get(decision, S("templates")), *remedy = node_get(decision, S("remedy"));
	struct use u = { .b = &b };
	size_t i;

	if (!remedy)
		return;
	blocks_read_texts(&b);
	for (i = 0; i < node_count(templates); i++) {
		str template = node_text(templates->item[i]), name = remedy_name(remedy, template), key = str_fmt(a, "remedy.%.*s", STR_FMT(name));

		if (name.n && !node_get(node_get(b.texts, S("de")), key))
			node_error_at(f, remedy, S("bad-value"), "there is no text '%.*s' in services/blocks/texts/de.yaml", STR_FMT(key));
		else if (name.n)
			take_text(&u, key, str_fmt(a, "decision.remedy.%.*s", STR_FMT(template)));
	}
	for (i = 0; i < (remedy->kind == NODE_MAP ? remedy->n : 0); i++)
		if (!blocks_in_list(templates, remedy->key[i]))
			node_error_at(f, remedy->item[i], S("bad-value"), "'remedy': there is no template '%.*s'", STR_FMT(remedy->key[i]));
}
