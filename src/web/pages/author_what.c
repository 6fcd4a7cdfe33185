/* SPDX-License-Identifier: EUPL-1.2 */
/* Parts of a service in the words of an author. */
#include "web/pages/author_work.h"

static bool cut_lang(str key, str *ret_lang, str *ret_name)
{
	*ret_lang = STR_EMPTY;
	*ret_name = key;
	if (!str_has_prefix(key, S("text.")))
		return false;
	*ret_name = str_sub(key, 5, key.n);
	if (ret_name->n > 3 && ret_name->p[2] == '.') {
		*ret_lang = str_sub(*ret_name, 0, 2);
		*ret_name = str_sub(*ret_name, 3, ret_name->n);
	}
	return true;
}

str author_address(struct req *rq, str key)
{
	str lang, name;

	return cut_lang(key, &lang, &name) ? str_fmt(rq->arena, "text.%.*s", STR_FMT(name)) : key;
}

struct form_of {
	const char *head, *tail;
	enum text_id what;
	const char *before, *after;	/* of the key whose German text names the thing; NULL: nothing names it */
};
static const struct form_of forms[] = {
	{ "page.", ".title", TX_AUTHOR_WHAT_QUESTION, "page.", ".title" }, { "page.", ".hint", TX_AUTHOR_WHAT_HINT, "page.", ".title" },
	{ "page.", ".help_title", TX_AUTHOR_WHAT_HELP_TITLE, "page.", ".title" }, { "page.", ".help", TX_AUTHOR_WHAT_HELP, "page.", ".title" },
	{ "field.", ".label", TX_AUTHOR_WHAT_LABEL, "field.", ".label" }, { "group.", ".title", TX_AUTHOR_WHAT_GROUP_TITLE, "group.", ".title" },
	{ "group.", ".item", TX_AUTHOR_WHAT_GROUP_ITEM, "group.", ".title" }, { "group.", ".another", TX_AUTHOR_WHAT_GROUP_ANOTHER, "group.", ".title" },
	{ "document.", ".title", TX_AUTHOR_WHAT_DOCUMENT_TITLE, "document.", ".title" }, { "decision.remedy.", "", TX_AUTHOR_WHAT_REMEDY, "document.", ".title" },
	{ "decision.reason.", "", TX_AUTHOR_WHAT_REASON, NULL, NULL }, { "rule.", "", TX_AUTHOR_WHAT_RULE, NULL, NULL },
	{ "step.", "", TX_AUTHOR_WHAT_STEP, "step.", "" }, { "fee.", "", TX_AUTHOR_WHAT_FEE, "fee.", "" }, { "need.", "", TX_AUTHOR_WHAT_NEED, NULL, NULL },
	{ "param.", "", TX_AUTHOR_WHAT_PARAM, "param.", "" }, { "next.", "", TX_AUTHOR_WHAT_NEXT, NULL, NULL }, { "synonyms.", "", TX_AUTHOR_WHAT_SYNONYM, NULL, NULL },
	{ "privacy.purpose", "", TX_AUTHOR_WHAT_PURPOSE, NULL, NULL }, { "privacy.basis", "", TX_AUTHOR_WHAT_BASIS, NULL, NULL },
	{ "privacy.recipients", "", TX_AUTHOR_WHAT_RECIPIENTS, NULL, NULL }, { "privacy.retention", "", TX_AUTHOR_WHAT_RETENTION, NULL, NULL },
	{ "title", "", TX_AUTHOR_WHAT_TITLE, NULL, NULL }, { "short", "", TX_AUTHOR_WHAT_SHORT, NULL, NULL },
	{ "description", "", TX_AUTHOR_WHAT_DESCRIPTION, NULL, NULL }, { "simple", "", TX_AUTHOR_WHAT_SIMPLE, NULL, NULL }, { "cost", "", TX_AUTHOR_WHAT_COST, NULL, NULL },
	{ "duration", "", TX_AUTHOR_WHAT_DURATION, NULL, NULL }, { "contact_hint", "", TX_AUTHOR_WHAT_CONTACT_HINT, NULL, NULL },
	{ "fee_note", "", TX_AUTHOR_WHAT_FEE_NOTE, NULL, NULL }, { "confirm.", "", TX_AUTHOR_WHAT_CONFIRM, NULL, NULL },
};

static str named(struct req *rq, const struct definition *d, str what, str key)
{
	str name = definition_text(d, S("de"), key);

	return name.n ? TXF(rq, TX_AUTHOR_WHAT_OF, TEXT_ARG("what", what), TEXT_ARG("name", name)) : what;
}

/* field.<id>.hint, .option.<o>, .error.<kind>: ids have dots of their own. */
static str field_part(struct req *rq, const struct definition *d, str name)
{
	static const struct {
		const char *mark;
		enum text_id what;
	} marks[] = { { ".option.", TX_AUTHOR_WHAT_OPTION }, { ".error.", TX_AUTHOR_WHAT_ERROR }, { ".hint", TX_AUTHOR_WHAT_HINT } };

	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		ptrdiff_t at = str_find(name, str_c(marks[i].mark));
		str id, tail, said;

		if (at < 0)
			continue;
		id = str_sub(name, 0, (size_t)at);
		tail = str_sub(name, (size_t)at + str_c(marks[i].mark).n, name.n);
		said = i == 1 ? text_by_key(LANG_DE, str_fmt(rq->arena, "author.error.%.*s", STR_FMT(tail))) : STR_EMPTY;
		return named(rq, d, TXF(rq, marks[i].what, TEXT_ARG("option", tail), TEXT_ARG("kind", said.n ? said : tail)),
			str_fmt(rq->arena, "%.*s.label", STR_FMT(id)));
	}
	return name;
}

static str text_part(struct req *rq, const struct definition *d, str name)
{
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		const struct form_of *f = &forms[i];
		str head = str_c(f->head), tail = str_c(f->tail), id;
		bool whole = head.p[head.n - 1] != '.';

		if (whole ? !str_eq(name, head) : !str_has_prefix(name, head) || !str_has_suffix(name, tail) || name.n <= head.n + tail.n)
			continue;
		if (!f->before)
			return TX(rq, f->what);
		id = str_sub(name, head.n, name.n - tail.n);
		return named(rq, d, TX(rq, f->what), str_fmt(rq->arena, "%s%.*s%s", f->before, STR_FMT(id), f->after));
	}
	return str_has_prefix(name, S("field.")) ? field_part(rq, d, name) : name;
}

str author_what(struct req *rq, const struct definition *d, str key)
{
	str lang, name, what;

	if (str_eq(key, S("pin")))
		return TX(rq, TX_AUTHOR_WHAT_PIN);
	if (cut_lang(key, &lang, &name)) {
		what = text_part(rq, d, name);
		return str_eq(lang, S("en")) ? TXF(rq, TX_AUTHOR_WHAT_ENGLISH, TEXT_ARG("what", what)) : what;
	}
	if (str_has_prefix(key, S("param.")))
		return named(rq, d, TX(rq, TX_AUTHOR_WHAT_VALUE), key);
	if (str_has_prefix(key, S("document.")))
		return named(rq, d, TX(rq, TX_AUTHOR_WHAT_DOCUMENT), str_fmt(rq->arena, "%.*s.title", STR_FMT(key)));
	return key;
}

static str page_of(const struct definition *d, str name)
{
	const struct form *form = d->form;

	for (size_t i = 0; i < form->pages; i++) {
		const struct page *p = &form->page[i];

		if (str_has_prefix(name, S("page.")) && str_has_prefix(str_sub(name, 5, name.n), p->id) && name.n > 5 + p->id.n && name.p[5 + p->id.n] == '.')
			return p->id;
		for (size_t k = 0; str_has_prefix(name, S("field.")) && k < p->fields; k++) {
			str id = form->field[p->field[k]].id;

			if (str_has_prefix(str_sub(name, 6, name.n), id) && name.n > 6 + id.n && name.p[6 + id.n] == '.')
				return p->id;
		}
		for (size_t k = 0; str_has_prefix(name, S("rule.")) && k < p->rules; k++)
			if (str_eq(form->rule[p->rule[k]].id, str_sub(name, 5, name.n)))
				return p->id;
	}
	return STR_EMPTY;
}

str author_preview_of(struct req *rq, const struct definition *d, str key)
{
	str lang, name;

	if (!cut_lang(key, &lang, &name))
		return str_has_prefix(key, S("param.")) ? author_preview_href(rq, d, STR_EMPTY) : STR_EMPTY;
	if (str_has_prefix(name, S("decision.")) || str_has_prefix(name, S("document.")))
		return STR_EMPTY; /* letters are seen where they are written */
	return author_preview_href(rq, d, page_of(d, name));
}

void author_diff_rows(struct req *rq, const struct definition *d, const struct part_diff *v, size_t n, bool link, const struct author_diff_view **ret)
{
	struct author_diff_view *row = ARENA_ARRAY(rq->arena, struct author_diff_view, n + 1);

	for (size_t i = 0; i < n; i++) {
		str address = author_address(rq, v[i].key);

		row[i] = (struct author_diff_view){ .what = author_what(rq, d, v[i].key), .key = v[i].key, .before = v[i].before, .after = v[i].after,
						    .english = str_has_prefix(v[i].key, S("text.en.")) };
		if (link && !part_guarded(d->service, v[i].key))
			row[i].change_href = author_change_href(rq, d, address);
	}
	*ret = row;
}
