/* SPDX-License-Identifier: EUPL-1.2 */
#include "domain/overlay.h"

#include <string.h>

#include "domain/form_keys.h"

#define OVERLAY_FORMAT S("1")

/* ---- the list ---- */

static size_t place_of(const struct overlay *o, str key, bool *ret_there)
{
	size_t low = 0, high = o->n;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (str_cmp(o->v[mid].key, key) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	*ret_there = low < o->n && str_eq(o->v[low].key, key);
	return low;
}

const struct change *overlay_find(const struct overlay *o, str key)
{
	bool there;
	size_t at = place_of(o, key, &there);

	return there ? &o->v[at] : NULL;
}

void overlay_drop(struct overlay *o, str key)
{
	bool there;
	size_t at = place_of(o, key, &there);

	if (!there)
		return;
	memmove(&o->v[at], &o->v[at + 1], (o->n - at - 1) * sizeof *o->v);
	o->n--;
}

static void insert(struct arena *a, struct overlay *o, struct change c)
{
	bool there;
	size_t at = place_of(o, c.key, &there);
	struct change *wider;

	if (!there) {
		wider = ARENA_ARRAY(a, struct change, o->n + 1);
		if (at)
			memcpy(wider, o->v, at * sizeof *wider);
		if (o->n > at)
			memcpy(wider + at + 1, o->v + at, (o->n - at) * sizeof *wider);
		o->v = wider;
		o->n++;
	}
	o->v[at] = c;
}

void overlay_set(struct arena *a, struct overlay *o, str key, str base, str mine)
{
	if (str_eq(base, mine))
		overlay_drop(o, key);
	else
		insert(a, o, (struct change){ str_dup(a, key), str_dup(a, base), str_dup(a, mine) });
}

struct overlay overlay_clone(struct arena *a, const struct overlay *o)
{
	struct overlay x = { ARENA_ARRAY(a, struct change, o->n + 1), o->n };

	if (o->n)
		memcpy(x.v, o->v, o->n * sizeof *x.v);
	return x;
}

bool overlay_has_text(const struct overlay *o, str key)
{
	str kind, lang, name;

	if (!str_has_prefix(key, S("text.")))
		return overlay_find(o, key) != NULL;
	for (size_t i = 0; i < o->n; i++)
		if (part_cut(o->v[i].key, &kind, &lang, &name) && lang.n && str_eq(name, str_sub(key, 5, key.n)))
			return true;
	return false;
}

/* ---- stored form ---- */

int overlay_parse(struct arena *a, str json, struct overlay *ret)
{
	const struct node *changes;
	struct node_error e;
	struct node *root;

	*ret = (struct overlay){ 0 };
	if (!json.n)
		return 0;
	TRY(node_parse_json(a, json, &root, &e));
	if (!str_eq(node_text_at(root, S("format")), OVERLAY_FORMAT))
		return ERR_UNSUPPORTED;
	changes = node_get(root, S("changes"));
	ret->v = ARENA_ARRAY(a, struct change, node_count(changes) + 1);
	for (size_t i = 0; i < node_count(changes); i++) /* canonical: sorted */
		ret->v[ret->n++] = (struct change){ changes->key[i], node_text_at(changes->item[i], S("base")), node_text_at(changes->item[i], S("mine")) };
	return 0;
}

str overlay_json(struct arena *a, const struct overlay *o)
{
	struct node *root = node_new(a, NODE_MAP), *changes = node_new(a, NODE_MAP);
	struct buf b = buf_new(a, 1024);

	for (size_t i = 0; i < o->n; i++) {
		struct node *c = node_new(a, NODE_MAP);

		node_set(a, c, S("base"), node_new_text(a, o->v[i].base));
		node_set(a, c, S("mine"), node_new_text(a, o->v[i].mine));
		node_set(a, changes, o->v[i].key, c);
	}
	node_set(a, root, S("format"), node_new_text(a, OVERLAY_FORMAT));
	node_set(a, root, S("changes"), changes);
	node_write_canonical(&b, root);
	return buf_str(&b);
}

/* ---- parts of a package ---- */

bool part_cut(str key, str *ret_kind, str *ret_lang, str *ret_name)
{
	str rest;

	*ret_lang = STR_EMPTY;
	if (str_eq(key, S("pin"))) {
		*ret_kind = key;
		*ret_name = STR_EMPTY;
		return true;
	}
	if (!str_cut(key, '.', ret_kind, &rest) || !rest.n)
		return false;
	*ret_name = rest;
	if (str_eq(*ret_kind, S("text")))
		return str_cut(rest, '.', ret_lang, ret_name) && ret_lang->n == 2 && ret_name->n;
	return str_eq(*ret_kind, S("param")) || str_eq(*ret_kind, S("document"));
}

static const struct node *param_node(const struct package *p, str id)
{
	const struct node *list = node_get(p->service, S("parameters"));

	for (size_t i = 0; i < node_count(list); i++)
		if (str_eq(node_text_at(list->item[i], S("id")), id))
			return list->item[i];
	return NULL;
}

str param_typed(struct arena *a, enum field_type t, str canonical)
{
	bool number = t == FIELD_MONEY || t == FIELD_DECIMAL || t == FIELD_INTEGER;

	return number ? str_replace(a, canonical, S("."), S(",")) : canonical;
}

static str param_default(struct arena *a, const struct package *p, str id)
{
	for (size_t i = 0; i < p->facts->params; i++)
		if (str_eq(p->facts->param[i].id, id))
			return param_typed(a, p->facts->param[i].type, p->facts->param[i].standard);
	return STR_EMPTY;
}

str part_get(struct arena *a, const struct package *p, str key)
{
	str kind, lang, name;

	if (!part_cut(key, &kind, &lang, &name))
		return STR_EMPTY;
	if (lang.n)
		return node_text_at(node_get(p->texts, lang), name);
	if (str_eq(kind, S("param")))
		return param_default(a, p, name);
	return str_eq(kind, S("document")) ? node_text_at(p->documents, name) : STR_EMPTY;
}

/* "title" guards title, title.x and, whatever it is, document.title. */
static bool under(str key, str entry)
{
	return str_eq(key, entry) || (key.n > entry.n && str_has_prefix(key, entry) && key.p[entry.n] == '.');
}

bool part_guarded(const struct service *s, str key)
{
	static const char *const always[] = { "privacy", "decision.remedy" };
	bool text = str_has_prefix(key, S("text."));
	str name = text ? str_sub(key, 5, key.n) : key;

	if (text && name.n > 3 && name.p[2] == '.') /* with its language; pages name a text without */
		name = str_sub(name, 3, name.n);
	for (size_t i = 0; text && i < sizeof always / sizeof *always; i++)
		if (under(name, str_c(always[i])))
			return true;
	for (size_t i = 0; i < s->guardeds; i++)
		if (under(name, s->guarded[i]))
			return true;
	return false;
}

/* ---- applying ---- */

static bool applies(struct arena *a, const struct package *below, const struct change *c)
{
	if (str_eq(c->key, S("pin")) || part_guarded(below->facts, c->key))
		return false;
	return !c->base.n || part_get(a, below, c->key).n;
}

static void remove_key(struct node *map, str key)
{
	for (size_t i = 0; i < map->n; i++)
		if (str_eq(map->key[i], key)) {
			map->item[i] = map->item[map->n - 1];
			map->key[i] = map->key[map->n - 1];
			map->n--;
			map->index = NULL;
			return;
		}
}

static struct node *copy_map(struct arena *a, const struct node *from)
{
	struct node *n = node_new(a, NODE_MAP);

	for (size_t i = 0; i < node_count(from); i++)
		node_set(a, n, from->key[i], from->item[i]);
	return n;
}

static void put(struct arena *a, struct node *map, str key, str value)
{
	if (value.n)
		node_set(a, map, key, node_new_text(a, value));
	else
		remove_key(map, key);
}

/* The state sets what a town finds as the standard. */
static const struct node *with_defaults(struct arena *a, const struct node *service, const struct node *params)
{
	struct node *s, *list;

	if (!node_count(params))
		return service;
	s = copy_map(a, service);
	list = node_clone(a, node_get(service, S("parameters")));
	for (size_t i = 0; i < node_count(list); i++) {
		const struct node *own = node_get(params, node_text_at(list->item[i], S("id")));

		if (own)
			node_set(a, list->item[i], S("default"), (struct node *)own);
	}
	node_set(a, s, S("parameters"), list);
	return s;
}

/* The cases of the package were recorded with its own defaults. */
static const struct node *recorded_with(struct arena *a, const struct package *below, const struct node *params)
{
	struct node *map = below->recorded ? copy_map(a, below->recorded) : node_new(a, NODE_MAP);

	for (size_t i = 0; i < node_count(params); i++)
		if (!node_get(map, params->key[i]))
			node_set(a, map, params->key[i], node_new_text(a, node_text_at(param_node(below, params->key[i]), S("default"))));
	return map->n ? map : NULL;
}

struct copies {
	struct node *texts, *documents, *params;
	bool texts_own[2], documents_own;
};

static void apply_one(struct arena *a, const struct package *below, struct copies *c, const struct change *x)
{
	str kind, lang, name;

	if (!applies(a, below, x) || !part_cut(x->key, &kind, &lang, &name))
		return;
	if (lang.n) {
		struct node *map = (struct node *)node_get(c->texts, lang);

		if (!map)
			return;
		if (map == node_get(below->texts, lang)) {
			map = copy_map(a, map);
			node_set(a, c->texts, lang, map);
		}
		put(a, map, name, x->mine);
	} else if (str_eq(kind, S("param"))) {
		node_set(a, c->params, name, node_new_text(a, x->mine));
	} else {
		if (c->documents == below->documents)
			c->documents = copy_map(a, below->documents);
		put(a, c->documents, name, x->mine);
	}
}

int overlay_apply(struct arena *a, const struct package *below, const struct overlay *o, enum overlay_level level, struct findings *f,
		  const struct package **ret, const struct node **ret_params)
{
	struct package *p = ARENA_NEW(a, struct package);
	struct copies c = { .texts = copy_map(a, below->texts), .documents = (struct node *)below->documents, .params = node_new(a, NODE_MAP) };

	*ret = NULL;
	*ret_params = c.params;
	for (size_t i = 0; i < o->n; i++)
		apply_one(a, below, &c, &o->v[i]);
	*p = *below;
	p->texts = c.texts;
	p->documents = c.documents;
	if (level == OVERLAY_STATE) {
		p->recorded = recorded_with(a, below, c.params);
		p->service = with_defaults(a, below->service, c.params);
		*ret_params = NULL;
	}
	TRY(package_compile(a, p, f));
	*ret = p;
	return 0;
}

/* ---- an update below ---- */

enum merge_state overlay_merge_state(struct arena *a, const struct package *below, const struct change *c)
{
	str now = part_get(a, below, c->key);

	if (str_eq(c->key, S("pin")))
		return MERGE_OWN;
	if (str_eq(now, c->mine))
		return MERGE_SAME;
	if (part_guarded(below->facts, c->key))
		return MERGE_GUARDED;
	if (c->base.n && !now.n)
		return MERGE_GONE;
	/* a value is for each town to decide: another standard below says nothing about it */
	return str_eq(now, c->base) || str_has_prefix(c->key, S("param.")) ? MERGE_OWN : MERGE_CONFLICT;
}

size_t overlay_conflicts(struct arena *a, const struct package *below, const struct overlay *o)
{
	size_t n = 0;

	for (size_t i = 0; i < o->n; i++)
		n += overlay_merge_state(a, below, &o->v[i]) >= MERGE_CONFLICT;
	return n;
}

/* ---- what differs ---- */

struct diffs {
	struct arena *arena;
	struct part_diff *v;
	size_t n, room;
};

static void differs(struct diffs *d, str key, str before, str after)
{
	if (str_eq(before, after))
		return;
	if (d->n == d->room) {
		struct part_diff *wider = ARENA_ARRAY(d->arena, struct part_diff, d->room ? d->room * 2 : 16);

		if (d->n)
			memcpy(wider, d->v, d->n * sizeof *wider);
		d->v = wider;
		d->room = d->room ? d->room * 2 : 16;
	}
	d->v[d->n++] = (struct part_diff){ key, before, after };
}

static void diff_maps(struct diffs *d, str prefix, const struct node *from, const struct node *to)
{
	for (size_t i = 0; i < node_count(from); i++)
		if (!str_has_prefix(from->key[i], S("list.")))
			differs(d, str_fmt(d->arena, "%.*s%.*s", STR_FMT(prefix), STR_FMT(from->key[i])), node_text(from->item[i]), node_text_at(to, from->key[i]));
	for (size_t i = 0; i < node_count(to); i++)
		if (!node_get(from, to->key[i]) && !str_has_prefix(to->key[i], S("list.")))
			differs(d, str_fmt(d->arena, "%.*s%.*s", STR_FMT(prefix), STR_FMT(to->key[i])), STR_EMPTY, node_text(to->item[i]));
}

static struct node *defaults_of(struct arena *a, const struct package *p)
{
	const struct node *list = node_get(p->service, S("parameters"));
	struct node *map = node_new(a, NODE_MAP);

	for (size_t i = 0; i < node_count(list); i++)
		node_set(a, map, node_text_at(list->item[i], S("id")), node_new_text(a, node_text_at(list->item[i], S("default"))));
	return map;
}

static str canonical(struct arena *a, const struct node *n)
{
	struct buf b = buf_new(a, 4096);

	node_write_canonical(&b, n);
	return buf_str(&b);
}

/* The facts without what is told on its own: the version and the defaults. */
static str facts_of(struct arena *a, const struct node *service)
{
	struct node *s = copy_map(a, service), *list;

	if (node_get(service, S("parameters"))) {
		list = node_clone(a, node_get(service, S("parameters")));
		for (size_t i = 0; i < list->n; i++)
			node_set(a, list->item[i], S("default"), node_new_text(a, STR_EMPTY));
		node_set(a, s, S("parameters"), list);
	}
	remove_key(s, S("version"));
	return canonical(a, s);
}

size_t package_diff(struct arena *a, const struct package *from, const struct package *to, const struct part_diff **ret, bool *ret_form)
{
	struct diffs d = { .arena = a };

	for (size_t i = 0; i < to->texts->n; i++)
		diff_maps(&d, str_fmt(a, "text.%.*s.", STR_FMT(to->texts->key[i])), node_get(from->texts, to->texts->key[i]), to->texts->item[i]);
	diff_maps(&d, S("param."), defaults_of(a, from), defaults_of(a, to));
	diff_maps(&d, S("document."), from->documents, to->documents);
	*ret_form = !str_eq(canonical(a, from->form), canonical(a, to->form)) || !str_eq(facts_of(a, from->service), facts_of(a, to->service));
	*ret = d.v;
	return d.n;
}
