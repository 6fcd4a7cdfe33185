/* SPDX-License-Identifier: EUPL-1.2 */
/* The plan -> form.yaml and its texts: steps from the outermost groups, pages from the groups inside, blocks for what is repeated. */
#include "domain/fim_impl.h"

#define FIELDS_MOST 12		/* on one page */

struct writing {
	struct fim_plan *p;
	struct arena *a;
	struct node *texts;
	struct node *pages;		/* list that pages are added to */
	struct node *page;		/* the open one, or NULL */
	const struct fim_spot *page_of;	/* its group */
	str page_when;
	struct node *summary;		/* of the block that is being written; NULL */
	str title;
};

static struct node *text_node(struct writing *w, str s)
{
	return node_new_text(w->a, s);
}

static void set(struct writing *w, struct node *map, const char *key, str value)
{
	node_set(w->a, map, str_c(key), text_node(w, value));
}

static void set_int(struct writing *w, struct node *map, const char *key, int64_t n)
{
	set(w, map, key, str_fmt(w->a, "%lld", (long long)n));
}

static void text(struct writing *w, const char *prefix, str id, const char *suffix, str value)
{
	if (value.n)
		node_set(w->a, w->texts, str_fmt(w->a, "%s%.*s%s", prefix, STR_FMT(id), suffix), text_node(w, value));
}

static str made(struct writing *w, enum text_id id, str detail)
{
	struct text_arg arg = TEXT_ARG("detail", detail);

	return text_format_str(w->a, LANG_DE, id, &arg, 1);
}

/* ---- pages ---- */

static void key_drop(struct node *map, str key)
{
	size_t k = 0;

	for (size_t i = 0; i < map->n; i++)
		if (!str_eq(map->key[i], key)) {
			map->key[k] = map->key[i];
			map->item[k++] = map->item[i];
		}
	map->n = k;
	map->index = NULL;
}

/* A page on which nothing may be asked is no page: it hangs on the conditions of its fields. */
static void page_close(struct writing *w)
{
	const struct node *fields = node_get(w->page, S("fields"));
	struct fim_strs all = { 0 };
	struct buf b = buf_new(w->a, 100);

	for (size_t i = 0; i < node_count(fields); i++) {
		str when = node_text_at(fields->item[i], S("when"));

		if (!when.n)
			fields = NULL;
		else
			fim_strs_add(w->a, &all, when);
	}
	for (size_t i = 0; fields && i < all.n; i++)
		buf_fmt(&b, all.n > 1 ? "%s(%.*s)" : "%s%.*s", i ? " or " : "", STR_FMT(all.v[i]));
	if (b.n)
		node_set(w->a, w->page, S("when"), node_new_text(w->a, fim_and(w->a, w->page_when, buf_str(&b))));
	if (w->page && !node_text_at(w->page, S("when")).n)
		key_drop(w->page, S("when"));
	w->page = NULL;
}

/* Does the condition read something of the open page? Then it must stand on the next one. */
static bool reads_open_page(const struct writing *w, str when)
{
	const struct node *fields = node_get(w->page, S("fields"));

	for (size_t i = 0; when.n && i < node_count(fields); i++) {
		str id = node_text_at(fields->item[i], S("id"));
		ptrdiff_t at;
		str rest = when;

		while ((at = str_find(rest, id)) >= 0) {
			char before = at ? rest.p[at - 1] : ' ', after = (size_t)at + id.n < rest.n ? rest.p[(size_t)at + id.n] : ' ';

			if (strchr(" ()!,", before) && strchr(" ()!,", after))
				return true;
			rest = str_sub(rest, (size_t)at + 1, rest.n);
		}
	}
	return false;
}

static void page_open(struct writing *w, const struct fim_spot *group, str title, str when)
{
	str id = fim_slug(w->a, title, '-', 50);

	if (w->page && w->page_of == group && str_eq(w->page_when, when) && node_count(node_get(w->page, S("fields"))) < FIELDS_MOST)
		return;
	page_close(w);
	id = fim_unique(w->p, w->p->pages, id.n ? id : S("seite"), '-');
	w->page = node_new(w->a, NODE_MAP);
	w->page_of = group;
	w->page_when = when;
	set(w, w->page, "id", id);
	set(w, w->page, "when", when);
	node_set(w->a, w->page, S("fields"), node_new(w->a, NODE_LIST));
	node_append(w->a, w->pages, w->page);
	text(w, "page.", id, ".title", title);
	w->p->result->pages++;
}

static void field_put(struct writing *w, const struct fim_spot *group, str page_title, str page_when, struct node *field)
{
	if (w->page && reads_open_page(w, node_text_at(field, S("when"))))
		page_close(w);
	page_open(w, group, page_title, page_when);
	node_append(w->a, (struct node *)node_get(w->page, S("fields")), field);
}

/* ---- fields ---- */

static void lengths(struct writing *w, struct node *n, const struct fim_spot *s)
{
	int32_t longest = s->type == FIELD_LONGTEXT ? 20000 : s->type == FIELD_NAME ? 500 : 1000;
	int64_t low = 0, high = 0;

	if (str_to_i64(s->x->max_length, &high) < 0 || high < 1)
		high = 0;
	if (str_to_i64(s->x->min_length, &low) < 0 || low < 0 || (high && low > high) || low > longest)
		low = 0;
	if (high > longest)
		high = longest;
	if (!high && low > (s->type == FIELD_NAME ? 100 : 200))
		high = longest;
	if (low > 1)
		set_int(w, n, "min", low);
	/* said even where it is the usual one, so that an export and its import say the same */
	set_int(w, n, "max", high ? high : s->type == FIELD_NAME ? 100 : s->type == FIELD_LONGTEXT ? 2000 : 200);
	if (s->pattern.n)
		set(w, n, "pattern", s->pattern);
	if (high && high <= 10)
		set_int(w, n, "width", high <= 5 ? 5 : 10);
}

static void range(struct writing *w, struct node *n, const struct fim_spot *s)
{
	const struct xdf_node *x = s->x;
	struct decimal low, high;
	struct date from, to;
	bool has_low = x->min_value.n > 0, has_high = x->max_value.n > 0;

	if (s->type == FIELD_DATE) {
		has_low = has_low && date_parse_iso(x->min_value, &from) == 0;
		has_high = has_high && date_parse_iso(x->max_value, &to) == 0;
		if (has_low && has_high && date_cmp(from, to) > 0)
			return;
	} else {
		has_low = has_low && decimal_parse(x->min_value, &low) == 0;
		has_high = has_high && decimal_parse(x->max_value, &high) == 0;
		if (has_low && has_high && decimal_cmp(low, high) > 0)
			return;
	}
	if (has_low)
		set(w, n, "min", x->min_value);
	if (has_high)
		set(w, n, "max", x->max_value);
}

static void media(struct writing *w, struct node *n, const struct fim_spot *s)
{
	static const char *const known[][2] = { { "application/pdf", "pdf" }, { "image/jpeg", "jpeg" }, { "image/png", "png" } };
	struct node *list = node_new(w->a, NODE_LIST);
	int64_t bytes;

	if (s->x->max == XDF_MANY || s->max > 1)
		set_int(w, n, "max_files", s->max > 50 ? 50 : s->max);
	if (s->min > 1)
		set_int(w, n, "min_files", s->min > 50 ? 50 : s->min);
	if (str_to_i64(s->x->max_size, &bytes) == 0 && bytes > 0) {
		bytes = bytes < 1048576 ? 1 : bytes / 1048576;
		set_int(w, n, "max_mb", bytes > 1024 ? 1024 : bytes);
	}
	for (size_t i = 0; i < s->x->medias; i++) {
		size_t k;

		for (k = 0; k < 3 && !str_eq(s->x->media[i], str_c(known[k][0])); k++)
			;
		if (k < 3)
			node_append(w->a, list, text_node(w, str_c(known[k][1])));
		else
			fim_find(w->p, FINDING_WARNING, "media_other", s->x->line, s->x->id, s->x->media[i]);
	}
	if (list->n)
		node_set(w->a, n, S("accept"), list);
}

static void options(struct writing *w, struct node *n, str id, const struct fim_option *o, size_t count)
{
	struct node *list = node_new(w->a, NODE_LIST);

	for (size_t i = 0; i < count; i++) {
		struct node *one = text_node(w, o[i].id);

		if (o[i].code.n && !str_eq(o[i].code, o[i].id)) {
			one = node_new(w->a, NODE_MAP);
			set(w, one, "id", o[i].id);
			set(w, one, "fim", o[i].code);
		}
		node_append(w->a, list, one);
		text(w, "field.", id, str_z(w->a, str_fmt(w->a, ".option.%.*s", STR_FMT(o[i].id))), o[i].label);
		if (o[i].help.n && !str_eq(o[i].help, o[i].label))
			text(w, "field.", id, str_z(w->a, str_fmt(w->a, ".option.%.*s.hint", STR_FMT(o[i].id))), o[i].help);
	}
	node_set(w->a, n, S("options"), list);
}

static void choices(struct writing *w, struct node *n, const struct fim_spot *s)
{
	if (s->type == FIELD_SEVERAL) {
		int32_t most = s->x->max == XDF_MANY || s->max > (int32_t)s->options ? 0 : s->max;

		if (s->min > 1)
			set_int(w, n, "min", s->min > (int32_t)s->options ? (int64_t)s->options : s->min);
		if (most)
			set_int(w, n, "max", most);
	}
	if (s->list.n)
		set(w, n, "list", s->list);
	else
		options(w, n, s->id, s->option, s->options);
	if (s->options > 20 && s->type == FIELD_CHOICE)
		set(w, n, "search", S("true"));
}

static str type_name(enum field_type t)
{
	static const str names[] = {
#define FIELD_TYPE(ID, name, has_input) STR_INIT(#name),
#include "domain/field_types.def"
#undef FIELD_TYPE
	};

	return names[t];
}

static void keys_of_type(struct writing *w, struct node *n, const struct fim_spot *s)
{
	switch (s->type) {
	case FIELD_TEXT:
	case FIELD_NAME:
	case FIELD_LONGTEXT:
		lengths(w, n, s);
		break;
	case FIELD_INTEGER:
	case FIELD_DECIMAL:
	case FIELD_MONEY:
	case FIELD_DATE:
		range(w, n, s);
		break;
	case FIELD_FILE:
		media(w, n, s);
		break;
	case FIELD_CHOICE:
	case FIELD_SEVERAL:
		choices(w, n, s);
		break;
	default:
		break;
	}
	if (s->type == FIELD_DECIMAL)
		set_int(w, n, "scale", 6);
}

static void field(struct writing *w, const struct fim_spot *s, const struct fim_spot *group, str title, str when)
{
	struct node *n = node_new(w->a, NODE_MAP);
	str own = s->when;

	if (s->choice_is.n)
		own = fim_and(w->a, str_fmt(w->a, "%.*s == '%.*s'", STR_FMT(s->up->gate), STR_FMT(s->choice_is)), own);
	set(w, n, "id", s->id);
	set(w, n, "type", type_name(s->type));
	if (s->optional && s->type != FIELD_INFO && s->type != FIELD_CALC)
		set(w, n, "optional", S("true"));
	keys_of_type(w, n, s);
	if (s->many) {
		struct node *many = node_new(w->a, NODE_MAP);

		set_int(w, many, "min", s->min > 100 ? 100 : s->min);
		set_int(w, many, "max", s->max > 100 ? 100 : s->max);
		node_set(w->a, n, S("many"), many);
	}
	if (s->content.n)
		set(w, n, s->type == FIELD_CALC ? "value" : "default", s->content);
	if (own.n)
		set(w, n, "when", own);
	set(w, n, "fim", s->path);
	text(w, "field.", s->id, ".label", s->title);
	text(w, "field.", s->id, ".hint", s->hint);
	field_put(w, group, title, when, n);
	((struct fim_spot *)s)->page = w->page;
	if (w->summary && node_count(w->summary) < 2 && s->row && s->type != FIELD_INFO && s->type != FIELD_CALC && s->type != FIELD_FILE)
		node_append(w->a, w->summary, text_node(w, s->id));
	w->p->result->fields++;
}

/* ---- groups ---- */

static void group(struct writing *w, const struct fim_spot *s, const struct fim_spot *until);

/* The question whether, or which one. */
static void gate(struct writing *w, const struct fim_spot *s, const struct fim_spot *until, bool inside)
{
	struct node *n = node_new(w->a, NODE_MAP);
	str around = fim_conditions(w->p, inside ? s : s->up, until), title;

	if (inside && !s->repeats)
		around = fim_and(w->a, fim_conditions(w->p, s->up, until), s->when);
	set(w, n, "id", s->gate);
	set(w, n, "type", s->gate_choice ? S("choice") : S("bool"));
	if (s->gate_choice && s->min == 0 && !s->repeats)
		set(w, n, "optional", S("true"));
	if (s->gate_choice)
		options(w, n, s->gate, s->option, s->options);
	title = made(w, s->gate_choice ? TX_FIM_MAKE_CHOOSE : TX_FIM_MAKE_GATE, s->title);
	text(w, "field.", s->gate, ".label", title);
	if (!s->gate_choice) {
		around = fim_and(w->a, around, s->gate_when);
		around = fim_and(w->a, around, s->when);
	}
	page_close(w);
	field_put(w, s, title, around, n);
	((struct fim_spot *)s)->page = w->page;
	page_close(w);
}

static void children(struct writing *w, const struct fim_spot *s, const struct fim_spot *until)
{
	for (size_t i = 0; i < s->children; i++) {
		const struct fim_spot *c = s->child[i];

		if (c->dropped)
			continue;
		if (c->x->kind == XDF_FIELD)
			field(w, c, s, s->title.n ? s->title : w->title, fim_conditions(w->p, s, until));
		else
			group(w, c, until);
	}
}

static struct node *repeat_keys(struct writing *w, const struct fim_spot *s)
{
	struct node *r = node_new(w->a, NODE_MAP);

	set(w, r, "group", s->id);
	set_int(w, r, "min", s->min);
	set_int(w, r, "max", s->max);
	text(w, "group.", s->id, ".title", s->title);
	text(w, "group.", s->id, ".item", str_fmt(w->a, "%.*s {row}", STR_FMT(s->title)));
	text(w, "group.", s->id, ".another", made(w, TX_FIM_MAKE_ANOTHER, s->title));
	return r;
}

static void repeated(struct writing *w, const struct fim_spot *s, const struct fim_spot *until)
{
	struct node *block = node_new(w->a, NODE_MAP), *repeat = repeat_keys(w, s), *outer = w->pages, *summary = w->summary;
	str when = fim_conditions(w->p, s, until);

	page_close(w);
	w->pages = node_new(w->a, NODE_LIST);
	w->summary = node_new(w->a, NODE_LIST);
	if (s->gate_choice)
		gate(w, s, s, true);
	children(w, s, s);
	page_close(w);
	if (w->summary->n)
		node_set(w->a, repeat, S("summary"), w->summary);
	node_set(w->a, block, S("repeat"), repeat);
	if (when.n)
		set(w, block, "when", when);
	node_set(w->a, block, S("pages"), w->pages);
	w->pages = outer;
	w->summary = summary;
	node_append(w->a, w->pages, block);
}

static void group(struct writing *w, const struct fim_spot *s, const struct fim_spot *until)
{
	struct node *summary = w->summary;

	w->p->result->groups++;
	if (s->repeats) {
		repeated(w, s, until);
		return;
	}
	page_close(w);
	if (s->gate.n)
		gate(w, s, until, true);
	children(w, s, until);
	page_close(w);
	w->summary = summary;
}

/* ---- rules ---- */

static void rules(struct writing *w)
{
	for (size_t i = 0; i < w->p->musts; i++) {
		struct fim_must *m = &w->p->must[i];
		struct node *list, *one = node_new(w->a, NODE_MAP);

		if (!m->at || !m->at->page) {
			fim_task(w->p, m->at ? m->at : w->p->root, NULL, "rule_unclear", m->text, m->expr, false);
			continue;
		}
		list = (struct node *)node_get(m->at->page, S("rules"));
		if (!list)
			node_set(w->a, m->at->page, S("rules"), list = node_new(w->a, NODE_LIST));
		set(w, one, "id", m->id);
		set(w, one, "must", m->expr);
		if (m->at->x->kind == XDF_FIELD && m->at->type != FIELD_INFO && m->at->type != FIELD_CALC)
			set(w, one, "at", m->at->id);
		else if (m->at->gate.n)
			set(w, one, "at", m->at->gate);
		node_append(w->a, list, one);
		text(w, "rule.", m->id, "", m->text.n ? m->text : m->at->title);
	}
}

/* ---- steps ---- */

static struct node *step_new(struct writing *w, struct node *steps, str title)
{
	struct node *step = node_new(w->a, NODE_MAP);
	str id = fim_slug(w->a, title, '-', 40);

	id = fim_unique(w->p, w->p->pages, str_fmt(w->a, "schritt-%.*s", STR_FMT(id.n ? id : S("angaben"))), '-');
	set(w, step, "id", id);
	w->pages = node_new(w->a, NODE_LIST);
	node_set(w->a, step, S("pages"), w->pages);
	node_append(w->a, steps, step);
	text(w, "step.", id, "", title);
	w->title = title;
	page_close(w);
	return step;
}

/* What is needed to tell the official structure again: labels and numbers of the groups. */
static struct node *fim_head(struct writing *w)
{
	struct node *head = node_new(w->a, NODE_MAP), *groups = node_new(w->a, NODE_MAP);
	struct fim_plan *p = w->p;

	set(w, head, "schema", p->doc->root->id);
	set(w, head, "version", p->doc->root->version);
	for (size_t i = 1; i < p->spots; i++) {
		const struct fim_spot *s = p->spot[i];
		struct node *g;

		if (s->x->kind != XDF_GROUP)
			continue;
		g = node_new(w->a, NODE_MAP);
		set(w, g, "label", s->title);
		set(w, g, "count", s->x->max == XDF_MANY ? str_fmt(w->a, "%d:*", (int)s->x->min) : str_fmt(w->a, "%d:%d", (int)s->x->min, (int)s->x->max));
		if (s->x->choice)
			set(w, g, "art", S("X"));
		if (s->x->version.n)
			set(w, g, "version", s->x->version);
		node_set(w->a, groups, s->path, g);
	}
	if (groups->n)
		node_set(w->a, head, S("groups"), groups);
	return head;
}

struct node *fim_form(struct fim_plan *p, struct node *texts)
{
	struct writing w = { .p = p, .a = p->arena, .texts = texts };
	struct node *form = node_new(p->arena, NODE_MAP), *steps = node_new(p->arena, NODE_LIST);
	bool loose = false;

	node_set(w.a, form, S("fim"), fim_head(&w));
	if (p->root->gate_choice) {
		step_new(&w, steps, text_get(LANG_DE, TX_FIM_MAKE_STEP_OWN));
		gate(&w, p->root, NULL, false);
	}
	for (size_t i = 0; i < p->root->children; i++) {
		const struct fim_spot *s = p->root->child[i];

		if (s->dropped)
			continue;
		if (s->x->kind == XDF_FIELD) {
			if (!loose)
				step_new(&w, steps, text_get(LANG_DE, TX_FIM_MAKE_STEP_OWN));
			loose = true;
			field(&w, s, p->root, w.title, STR_EMPTY);
			continue;
		}
		loose = false;
		step_new(&w, steps, s->title);
		group(&w, s, NULL);
	}
	page_close(&w);
	rules(&w);
	node_set(w.a, form, S("steps"), steps);
	return form;
}
