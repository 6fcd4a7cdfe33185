/* SPDX-License-Identifier: EUPL-1.2 */
#include "domain/fim_impl.h"

#include "base/yaml_write.h"

/* ---- open tasks ---- */

static void put(struct fim_plan *p, struct node *map, const char *key, str value)
{
	if (value.n)
		node_set(p->arena, map, str_c(key), node_new_text(p->arena, value));
}

static str what(struct fim_plan *p, str kind)
{
	return text_by_key(LANG_DE, str_fmt(p->arena, "fim.task.%.*s", STR_FMT(kind)));
}

static struct node *tasks(struct fim_plan *p)
{
	struct node *list = node_new(p->arena, NODE_LIST), *ids = node_new(p->arena, NODE_MAP);

	for (size_t i = 0; i < p->tasks; i++) {
		const struct fim_word *t = &p->task[i];
		struct node *one = node_new(p->arena, NODE_MAP);
		str id = t->rule ? t->rule->id : t->spot->up ? str_fmt(p->arena, "%.*s-%.*s", STR_FMT(t->kind), STR_FMT(t->spot->x->id)) : t->kind;

		put(p, one, "id", fim_unique(p, ids, id, '-'));
		put(p, one, "what", what(p, t->kind));
		put(p, one, "fim", t->spot->up ? t->spot->path : p->doc->root->id);
		put(p, one, "text", t->text);
		put(p, one, "proposal", t->proposal);
		if (t->accepted)
			put(p, one, "done", S("true"));
		node_append(p->arena, list, one);
		p->result->tasks += !t->accepted;
		p->result->proposals += t->proposal.n > 0;
	}
	return list;
}

static void prefills(struct fim_plan *p)
{
	for (size_t i = 0; i < p->spots; i++) {
		const struct fim_spot *s = p->spot[i];

		if (s->x->kind == XDF_FIELD && s->x->prefill != XDF_PREFILL_NO && !s->dropped)
			fim_task(p, s, NULL, "prefill", s->title, STR_EMPTY, false);
	}
}

/* ---- files ---- */

static void file(struct fim_plan *p, const char *path, const char *comment, const struct node *n)
{
	struct buf b = buf_new(p->arena, 16384);

	if (comment)
		buf_fmt(&b, "# %s\n", comment);
	yaml_write(&b, n);
	fim_file_add(p, str_c(path), buf_str(&b));
}

static void lists(struct fim_plan *p)
{
	for (size_t i = 0; i < p->lists->n; i++) {
		struct buf b = buf_new(p->arena, 16384);

		yaml_write(&b, p->lists->item[i]);
		fim_file_add(p, str_fmt(p->arena, "../lists/%.*s.yaml", STR_FMT(p->lists->key[i])), buf_str(&b));
		p->result->lists++;
	}
}

/* The compiler wants options that a package gets from its lists. */
static void options_in(struct fim_plan *p, struct node *pages)
{
	for (size_t i = 0; i < node_count(pages); i++) {
		const struct node *fields = node_get(pages->item[i], S("fields"));

		if (node_get(pages->item[i], S("pages")))
			options_in(p, (struct node *)node_get(pages->item[i], S("pages")));
		for (size_t k = 0; k < node_count(fields); k++) {
			struct node *f = fields->item[k], *list = node_new(p->arena, NODE_LIST);
			const struct node *items = node_get(p->lists, node_text_at(f, S("list")));

			if (!items)
				continue;
			for (size_t m = 0; m < items->n; m++)
				node_append(p->arena, list, node_new_text(p->arena, items->key[m]));
			node_set(p->arena, f, S("options"), list);
		}
	}
}

static struct node *with_options(struct fim_plan *p, const struct node *form)
{
	struct node *copy = node_clone(p->arena, form);
	const struct node *steps = node_get(copy, S("steps"));

	for (size_t i = 0; i < node_count(steps); i++)
		options_in(p, (struct node *)node_get(steps->item[i], S("pages")));
	return copy;
}

/* Two schemas may have one title. */
str fim_package_id(struct arena *a, const struct xdf_document *d)
{
	str title = fim_slug(a, d->root->label.n ? d->root->label : d->root->name, ' ', 45), id;

	id = fim_slug(a, str_fmt(a, "%.*s %.*s", STR_FMT(title), STR_FMT(d->root->id)), '-', 60);
	return id.n ? id : S("formular");
}

/* What this import made, for the next one to compare with. */
static str base_json(struct fim_plan *p)
{
	const struct fim_package *k = &p->result->package;
	struct node *root = node_new(p->arena, NODE_MAP);
	struct buf b = buf_new(p->arena, 65536);

	node_set(p->arena, root, S("service"), (struct node *)k->service);
	node_set(p->arena, root, S("form"), (struct node *)k->form);
	node_set(p->arena, root, S("texts"), (struct node *)k->texts);
	node_set(p->arena, root, S("tasks"), (struct node *)k->tasks);
	node_write_canonical(&b, root);
	buf_putc(&b, '\n');
	return buf_str(&b);
}

static int import_once(struct arena *a, const struct xdf_document *d, str name, const struct fim_source *s, struct findings *f, struct fim_result **ret)
{
	struct fim_plan p = { .arena = a, .source = s, .doc = d, .f = f, .name = name, .result = ARENA_NEW(a, struct fim_result) };
	struct node *texts = node_new(a, NODE_MAP), *all = node_new(a, NODE_MAP), *service, *form, *open;
	str cases, base;

	*ret = NULL;
	p.result->id = s->id.n ? s->id : fim_package_id(a, d);
	if (s->mine)
		p.id_of_path = fim_ids_of(a, s->mine->form);
	TRY(fim_plan_make(&p));
	fim_check_schema(&p);
	fim_rules(&p);
	fim_prose(&p);
	fim_resolve(&p);
	fim_gates(&p);
	service = fim_service(&p, texts);
	form = fim_form(&p, texts);
	prefills(&p);
	open = tasks(&p);
	node_set(a, all, S("de"), texts);
	p.result->package = (struct fim_package){ service, form, all, open };
	base = base_json(&p);
	if (s->base && s->mine)
		fim_merge(&p, &p.result->package);
	cases = fim_case(&p, service, with_options(&p, form));
	if (!cases.n)
		return ERR_PARSE;
	file(&p, "service.yaml", NULL, service);
	file(&p, "form.yaml", NULL, form);
	file(&p, "texts/de.yaml", NULL, texts);
	file(&p, "tasks.yaml", NULL, open);
	fim_file_add(&p, S("cases.yaml"), cases);
	fim_file_add(&p, S("fim-base.json"), base);
	fim_documents(&p);
	lists(&p);
	*ret = p.result;
	return 0;
}

/* A rule that nobody foresaw must not keep a schema out: then the form comes without rules. */
int fim_import(struct arena *a, const struct xdf_document *d, str name, const struct fim_source *s, struct findings *f, struct fim_result **ret)
{
	struct fim_source plain = *s;
	size_t before = f->errors;
	int rc = import_once(a, d, name, s, f, ret);

	if (rc != ERR_PARSE || f->errors > before || !s->rules)
		return rc;
	plain.rules = 0;
	return import_once(a, d, name, &plain, f, ret);
}
