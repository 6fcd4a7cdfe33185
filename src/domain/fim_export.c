/* SPDX-License-Identifier: EUPL-1.2 */
#include "domain/fim_export.h"

#include "domain/expr.h"

struct exporting {
	struct arena *arena;
	const struct package *p;
	const struct form *form;
	struct findings *f;
	unsigned made;			/* ids of our own */
	struct node *paths;		/* MAP path -> number of the group in v */
	struct xdf_node **v;
	size_t n;
};

static str text(struct exporting *x, const char *prefix, str id, const char *suffix)
{
	return node_text_at(node_get(x->p->texts, S("de")), str_fmt(x->arena, "%s%.*s%s", prefix, STR_FMT(id), suffix));
}

static void lost(struct exporting *x, str id, const char *what, str detail)
{
	finding_add(x->f, FINDING_NOTE, str_fmt(x->arena, "%.*s/form.yaml", STR_FMT(x->p->dir)), 0, 0, S("not-carried"), "%.*s: %s%s%.*s", STR_FMT(id), what,
		    detail.n ? ": " : "", STR_FMT(str_sub(detail, 0, 200)));
}

static str own_id(struct exporting *x, char kind)
{
	return str_fmt(x->arena, "%c99%09u", kind, ++x->made);
}

static void add(struct exporting *x, struct xdf_node *up, struct xdf_node *c)
{
	struct xdf_node **v = ARENA_ARRAY(x->arena, struct xdf_node *, up->children + 1);

	if (up->children)
		memcpy(v, up->child, up->children * sizeof *v);
	v[up->children] = c;
	up->child = v;
	up->children++;
}

/* 2.0 has shorter ids and versions of two numbers. */
static str id3(struct exporting *x, str id)
{
	ptrdiff_t at = str_index(id, '[');

	id = at < 0 ? id : str_sub(id, 0, (size_t)at);
	return id.n == 9 ? str_fmt(x->arena, "%.*s000%.*s", 3, id.p, 6, id.p + 3) : id;
}

static str version3(struct exporting *x, str v)
{
	size_t dots = 0;

	for (size_t i = 0; i < v.n; i++)
		dots += v.p[i] == '.';
	return dots == 1 ? str_fmt(x->arena, "%.*s.0", STR_FMT(v)) : dots == 2 ? v : STR_EMPTY;
}

/* ---- groups ---- */

static struct xdf_node *group_at(struct exporting *x, struct xdf_node *root, str path);

static struct xdf_node *group_new(struct exporting *x, struct xdf_node *root, str path)
{
	const struct node *known = node_get(x->form->fim_groups, path);
	struct xdf_node *g = ARENA_NEW(x->arena, struct xdf_node);
	size_t cut = path.n;
	int64_t high;
	str count = node_text_at(known, S("count")), low, most;

	while (cut && path.p[cut - 1] != '/')
		cut--;
	*g = (struct xdf_node){ .kind = XDF_GROUP, .id = id3(x, str_sub(path, cut, path.n)), .version = version3(x, node_text_at(known, S("version"))),
				.label = node_text_at(known, S("label")), .min = 1, .max = 1, .choice = str_eq(node_text_at(known, S("art")), S("X")) };
	if (str_cut(count, ':', &low, &most)) {
		g->min = low.n == 1 ? low.p[0] - '0' : 1;
		g->max = str_eq(most, S("*")) ? XDF_MANY : str_to_i64(most, &high) == 0 ? (int32_t)high : 1;
	}
	if (!g->label.n)
		g->label = g->id;
	add(x, group_at(x, root, str_sub(path, 0, cut ? cut - 1 : 0)), g);
	return g;
}

static struct xdf_node *group_at(struct exporting *x, struct xdf_node *root, str path)
{
	int64_t at;

	if (!path.n)
		return root;
	if (node_i64(node_get(x->paths, path), &at) == 0)
		return x->v[at];
	struct xdf_node *g = group_new(x, root, path);

	node_set(x->arena, x->paths, path, node_new_text(x->arena, str_fmt(x->arena, "%zu", x->n)));
	x->v[x->n++] = g;
	return g;
}

/* Where a question of our own stands: step, page, and the repeated group. The numbers of these groups are made once each. */
static struct xdf_node *own_group(struct exporting *x, struct xdf_node *root, const char *kind, str id, str label, int32_t min, int32_t max, str outer)
{
	str path = str_fmt(x->arena, "%.*s%s%s:%.*s", STR_FMT(outer), outer.n ? "/" : "", kind, STR_FMT(id));
	struct xdf_node *up = group_at(x, root, outer), *g;
	int64_t at;

	if (node_i64(node_get(x->paths, path), &at) == 0)
		return x->v[at];
	g = ARENA_NEW(x->arena, struct xdf_node);
	*g = (struct xdf_node){ .kind = XDF_GROUP, .id = own_id(x, 'G'), .label = label.n ? label : id, .min = min, .max = max };
	add(x, up, g);
	node_set(x->arena, x->paths, path, node_new_text(x->arena, str_fmt(x->arena, "%zu", x->n)));
	x->v[x->n++] = g;
	return g;
}

static struct xdf_node *own_place(struct exporting *x, struct xdf_node *root, const struct field *f)
{
	const struct page *page = &x->form->page[f->page];
	str step = x->form->step[page->step].id, path = str_fmt(x->arena, "step:%.*s", STR_FMT(step));
	struct xdf_node *up = own_group(x, root, "step", step, text(x, "step.", step, ""), 1, 1, STR_EMPTY);
	int16_t chain[10];
	size_t n = 0;

	for (int16_t g = f->group; g >= 0 && n < 10; g = x->form->group[g].parent)
		chain[n++] = g;
	while (n--) {
		const struct group *g = &x->form->group[chain[n]];

		up = own_group(x, root, "group", g->id, text(x, "group.", g->id, ".title"), g->min, g->max, path);
		path = str_fmt(x->arena, "%.*s/group:%.*s", STR_FMT(path), STR_FMT(g->id));
	}
	if (page->fields > 1)
		up = own_group(x, root, "page", page->id, text(x, "page.", page->id, ".title"), page->when ? 0 : 1, 1, path);
	return up;
}

/* ---- fields ---- */

static void use_of(struct xdf_node *n, const struct field *f)
{
	static const struct {
		enum field_type type;
		enum xdf_type as;
	} types[] = { { FIELD_INTEGER, XDF_INTEGER }, { FIELD_DECIMAL, XDF_NUMBER }, { FIELD_MONEY, XDF_MONEY }, { FIELD_DATE, XDF_DATE }, { FIELD_TIME, XDF_TIME },
		      { FIELD_BOOL, XDF_BOOL }, { FIELD_CONSENT, XDF_BOOL }, { FIELD_FILE, XDF_FILE }, { FIELD_NAME, XDF_LATIN } };

	n->use = f->options ? XDF_SELECT : f->type == FIELD_INFO ? XDF_LABEL : f->type == FIELD_CALC ? XDF_LOCKED : XDF_INPUT;
	n->type = XDF_TEXT;
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (f->type == types[i].type)
			n->type = types[i].as;
}

static str constant(struct exporting *x, const struct field *f, const struct expr *e)
{
	struct expr_value v;

	if (!e)
		return STR_EMPTY;
	if (!expr_constant(e, &v) || v.empty) {
		lost(x, f->id, "limit or default that hangs on other answers or today", e->source);
		return STR_EMPTY;
	}
	if (v.type == EXPR_NUMBER)
		return decimal_str(x->arena, v.number);
	if (v.type == EXPR_DATE)
		return date_iso(x->arena, v.date);
	if (v.type == EXPR_BOOL)
		return v.truth ? S("true") : S("false");
	for (size_t i = 0; i < f->options; i++)
		if (str_eq(f->option[i].id, v.text))
			return f->option[i].code;
	return v.text;
}

static void codes(struct exporting *x, struct xdf_node *n, const struct field *f)
{
	struct xdf_code *v = ARENA_ARRAY(x->arena, struct xdf_code, f->options);

	for (size_t i = 0; i < f->options; i++) {
		str key = str_fmt(x->arena, ".option.%.*s", STR_FMT(f->option[i].id));

		v[i].code = f->option[i].code;
		v[i].name = f->list.n ? node_text_at(node_get(x->p->texts, S("de")), str_fmt(x->arena, "list.%.*s.%.*s", STR_FMT(f->list), STR_FMT(f->option[i].id)))
				      : text(x, "field.", f->id, str_z(x->arena, key));
		v[i].help = text(x, "field.", f->id, str_z(x->arena, str_fmt(x->arena, "%.*s.hint", STR_FMT(key))));
		if (!v[i].name.n)
			v[i].name = v[i].code;
		if (f->option[i].when)
			lost(x, f->id, "condition of an option", f->option[i].when->source);
	}
	n->code = v;
	n->codes = f->options;
}

static void limits(struct exporting *x, struct xdf_node *n, const struct field *f)
{
	static const struct {
		unsigned bit;
		str type;
	} media[] = { { ACCEPT_PDF, STR_INIT("application/pdf") }, { ACCEPT_JPEG, STR_INIT("image/jpeg") }, { ACCEPT_PNG, STR_INIT("image/png") } };
	bool typed = n->use == XDF_INPUT && (n->type == XDF_TEXT || n->type == XDF_LATIN);
	str *v = ARENA_ARRAY(x->arena, str, 3);

	if (typed && f->min_length > 0)
		n->min_length = str_fmt(x->arena, "%d", (int)f->min_length);
	if (typed && f->max_length > 0)
		n->max_length = str_fmt(x->arena, "%d", (int)f->max_length);
	n->pattern = f->pattern_source;
	n->min_value = constant(x, f, f->min);
	n->max_value = constant(x, f, f->max);
	if (f->type != FIELD_FILE)
		return;
	n->max_size = str_fmt(x->arena, "%lld", (long long)f->max_bytes);
	n->media = v;
	for (size_t i = 0; i < 3; i++)
		if (f->accept & media[i].bit)
			v[n->medias++] = media[i].type;
}

static void counts(struct xdf_node *n, const struct field *f)
{
	bool list = f->many || f->type == FIELD_FILE || f->type == FIELD_SEVERAL;

	n->min = f->optional ? 0 : list && f->least > 1 ? f->least : 1;
	n->max = 1;
	if (list)
		n->max = f->most > 0 ? f->most : f->type == FIELD_SEVERAL ? XDF_MANY : 1;
}

static void field(struct exporting *x, struct xdf_node *root, const struct field *f)
{
	struct xdf_node *n = ARENA_NEW(x->arena, struct xdf_node), *up;
	size_t cut = f->fim.n;

	while (cut && f->fim.p[cut - 1] != '/')
		cut--;
	n->kind = XDF_FIELD;
	n->id = f->fim.n ? id3(x, str_sub(f->fim, cut, f->fim.n)) : own_id(x, 'F');
	n->label = text(x, "field.", f->id, ".label");
	n->help = f->type == FIELD_INFO ? STR_EMPTY : text(x, "field.", f->id, ".hint");
	use_of(n, f);
	counts(n, f);
	limits(x, n, f);
	n->content = f->type == FIELD_INFO ? text(x, "field.", f->id, ".hint") : constant(x, f, f->type == FIELD_CALC ? f->value : f->dflt);
	if (f->options)
		codes(x, n, f);
	if (f->when)
		lost(x, f->id, "condition", f->when->source);
	up = f->fim.n ? group_at(x, root, str_sub(f->fim, 0, cut ? cut - 1 : 0)) : own_place(x, root, f);
	add(x, up, n);
}

/* A yes/no before a group, or the choice of one, that the import made: the numbers of the group say the same. */
static bool made_by_import(const struct field *f, bool imported)
{
	str last = f->id, rest = f->id, part;

	while (str_split(&rest, '.', &part))
		last = part;
	return imported && !f->fim.n && ((f->type == FIELD_BOOL && str_has_prefix(last, S("mit_"))) || (f->type == FIELD_CHOICE && str_has_prefix(last, S("wahl_"))));
}

const struct xdf_node *fim_export(struct arena *a, const struct package *p, struct findings *f)
{
	struct exporting x = { .arena = a, .p = p, .form = p->compiled, .f = f, .paths = node_new(a, NODE_MAP) };
	struct xdf_node *root = ARENA_NEW(a, struct xdf_node);
	struct xdf_legal *legal = ARENA_ARRAY(a, struct xdf_legal, p->facts->legals);
	bool imported = x.form->fim_schema.n > 0;

	x.v = ARENA_ARRAY(a, struct xdf_node *, x.form->fields * 8 + 100);
	for (size_t i = 0; i < p->facts->legals; i++)
		legal[i].text = p->facts->legal[i];
	*root = (struct xdf_node){ .kind = XDF_SCHEMA, .id = imported ? id3(&x, x.form->fim_schema) : own_id(&x, 'S'),
				   .version = version3(&x, imported ? x.form->fim_version : p->facts->version), .label = text(&x, "title", STR_EMPTY, ""), .min = 1, .max = 1,
				   .valid_from = date_iso(a, p->facts->valid_from), .legal = legal, .legals = p->facts->legals };
	root->help = text(&x, "description", STR_EMPTY, "");
	if (p->facts->valid_to.year)
		root->valid_to = date_iso(a, p->facts->valid_to);
	for (size_t i = 0; i < p->facts->leikas; i++)
		root->description = str_fmt(a, "%.*sLeistungsschlüssel: %.*s\n", STR_FMT(root->description), STR_FMT(p->facts->leika[i]));
	root->description = str_trim(root->description);
	for (size_t i = 0; i < x.form->fields; i++)
		if (!made_by_import(&x.form->field[i], imported))
			field(&x, root, &x.form->field[i]);
	for (size_t i = 0; i < x.form->rules; i++)
		lost(&x, x.form->rule[i].id, "rule", x.form->rule[i].must->source);
	for (size_t i = 0; i < x.form->pages; i++)
		if (x.form->page[i].when && !x.form->page[i].group_list)
			lost(&x, x.form->page[i].id, "condition of a page", x.form->page[i].when->source);
	for (size_t i = 0; i < x.form->fees; i++)
		lost(&x, x.form->fee[i].id, "fee", STR_EMPTY);
	return root;
}
