/* SPDX-License-Identifier: EUPL-1.2 */
/* Is one change right: looked at as soon as it is typed, with the same checks that a package goes through. */
#include "base/utf8.h"
#include "domain/field_value.h"
#include "usecase/authoring.h"

#define TEXT_MAX 6000
#define LINE_MAX 400

static bool one_line(str name)
{
	static const char *const heads[] = { "title", "step.", "fee.", "need.", "synonyms.", "group.", "param.", "document.", "rule." };
	static const char *const tails[] = { ".title", ".help_title", ".label" };

	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
		if (str_has_prefix(name, str_c(heads[i])))
			return true;
	for (size_t i = 0; i < sizeof tails / sizeof *tails; i++)
		if (str_has_suffix(name, str_c(tails[i])))
			return true;
	return str_contains(name, S(".option.")) || str_contains(name, S(".error."));
}

/* "<b>", "</p>", "<!--": nothing of it would be shown. "a < b" is text. */
static bool has_html(str s)
{
	for (size_t i = 0; i + 1 < s.n; i++) {
		char n = s.p[i + 1];

		if (s.p[i] == '<' && ((n >= 'a' && n <= 'z') || (n >= 'A' && n <= 'Z') || n == '/' || n == '!'))
			return true;
	}
	return false;
}

static void check_param(struct ctx *c, const struct authoring *w, struct part_in *p, str id)
{
	const struct service *s = w->below.package->facts;
	str canonical;

	p->problem = PART_UNKNOWN;
	for (size_t i = 0; i < s->params; i++) {
		if (!str_eq(s->param[i].id, id))
			continue;
		p->problem = PART_OK;
		if (!p->mine.n)
			p->mine = authoring_below(c, w, p->key); /* nothing of its own */
		else if (param_parse(c->arena, s->param[i].type, p->mine, &canonical) < 0 || str_has_prefix(canonical, S("-")))
			p->problem = PART_VALUE;
		else
			p->mine = param_typed(c->arena, s->param[i].type, canonical);
	}
}

static void check_form(struct ctx *c, const struct authoring *w, struct part_in *p)
{
	str kind, lang, name;

	p->problem = PART_OK;
	p->mine = utf8_nfc(c->arena, str_trim(str_replace(c->arena, p->mine, S("\r\n"), S("\n"))));
	if (!part_cut(p->key, &kind, &lang, &name))
		p->problem = PART_UNKNOWN;
	else if (part_guarded(w->below.package->facts, p->key))
		p->problem = PART_GUARDED;
	else if (str_eq(kind, S("param")))
		check_param(c, w, p, name);
	else if (p->mine.n > (lang.n ? TEXT_MAX : 4 * TEXT_MAX) || (lang.n && one_line(name) && utf8_length(p->mine) > LINE_MAX))
		p->problem = PART_TOO_LONG;
	else if (lang.n && one_line(name) && str_contains(p->mine, S("\n")))
		p->problem = PART_LINES;
	else if (has_html(p->mine))
		p->problem = PART_HTML;
	else if (str_eq(kind, S("document")) && !p->mine.n)
		p->problem = PART_EMPTY;
}

/* ---- findings of the package's own checks, brought back to the part they are about ---- */

static bool about(const struct finding *x, str name)
{
	ptrdiff_t at = str_find(x->text, name);

	return at > 0 && x->text.p[at - 1] == '\'' && (size_t)at + name.n < x->text.n && x->text.p[(size_t)at + name.n] == '\'';
}

static str braces(str text)
{
	ptrdiff_t at = str_index(text, '{'), end;

	if (at < 0)
		return STR_EMPTY;
	text = str_sub(text, (size_t)at, text.n);
	end = str_index(text, '}') + 1;
	return str_sub(text, 0, (size_t)end + (end > 0 && (size_t)end < text.n && text.p[end] == '}'));
}

static enum part_problem kind_of(const struct finding *x)
{
	static const struct {
		str code;
		enum part_problem problem;
	} map[] = { { STR_INIT("placeholder"), PART_PLACEHOLDER }, { STR_INIT("unknown-text"), PART_UNKNOWN }, { STR_INIT("missing-text"), PART_EMPTY },
		    { STR_INIT("letter-part"), PART_LETTER } };

	for (size_t i = 0; i < sizeof map / sizeof *map; i++)
		if (str_eq(map[i].code, x->code))
			return map[i].problem;
	return PART_OK;
}

/* English findings speak of both languages with one key: the one that is typed badly is told by its own text. */
static bool fits(const struct authoring *w, const struct part_in *p, const struct finding *x)
{
	str kind, lang, name, brace = braces(x->text);

	(void)w;
	if (!part_cut(p->key, &kind, &lang, &name))
		return false;
	if (str_eq(kind, S("document")))
		return str_eq(x->code, S("letter-part")) ? about(x, p->key) : str_eq(x->code, S("placeholder")) && !str_contains(x->text, S("'")) && brace.n;
	if (!lang.n)
		return false;
	if (str_contains(x->text, S("help and help_title")))
		return str_has_prefix(name, S("page.")) && (str_has_suffix(name, S(".help")) || str_has_suffix(name, S(".help_title")));
	if (!about(x, name))
		return false;
	if (brace.n)
		return str_contains(p->mine, brace) || str_contains(x->text, S("without"));
	return str_eq(x->code, S("missing-text")) ? !p->mine.n : true;
}

static void assign(const struct authoring *w, struct part_in *p, size_t n, const struct findings *f)
{
	for (size_t i = 0; i < f->n; i++) {
		const struct finding *x = &f->v[i];
		enum part_problem problem = str_contains(x->text, S("help and help_title")) ? PART_HELP : kind_of(x);

		if (x->severity != FINDING_ERROR || problem == PART_OK)
			continue;
		for (size_t k = 0; k < n; k++)
			if (p[k].problem == PART_OK && fits(w, &p[k], x)) {
				p[k].problem = problem;
				p[k].detail = braces(x->text);
			}
	}
}

int authoring_check_parts(struct ctx *c, const struct authoring *w, struct part_in *p, size_t n, size_t *ret_problems)
{
	struct overlay o = overlay_clone(c->arena, &w->draft);
	struct findings f = findings_new(c->arena);
	struct overlay_check check = { 0 };
	struct merged m;

	*ret_problems = 0;
	for (size_t i = 0; i < n; i++) {
		check_form(c, w, &p[i]);
		*ret_problems += p[i].problem != PART_OK;
		overlay_set(c->arena, &o, p[i].key, authoring_below(c, w, p[i].key), p[i].mine);
	}
	if (*ret_problems)
		return 0;
	if (catalog_merge(c->arena, w->tenant, &w->below, &o, &f, &m) == 0)
		overlay_check(c->arena, w->good ? w->merged.package : w->below.package, m.package, m.params, NULL, &check);
	assign(w, p, n, &check.findings);
	for (size_t i = 0; i < n; i++)
		*ret_problems += p[i].problem != PART_OK;
	return 0;
}

size_t authoring_placeholders(struct ctx *c, const struct authoring *w, str key, const str **ret)
{
	const struct package *p = w->good ? w->merged.package : w->below.package;
	str kind, lang, name;

	*ret = NULL;
	if (!part_cut(key, &kind, &lang, &name) || !lang.n)
		return 0;
	return package_placeholders(c->arena, p, name, ret);
}
