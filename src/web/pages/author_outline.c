/* SPDX-License-Identifier: EUPL-1.2 */
/* A service as its author reads it: sections, in each the questions with texts in both languages, conditions in words, amounts. */
#include "base/utf8.h"
#include "web/pages/author.h"

struct outline {
	struct author_outline *o;
	struct req *rq;
	const struct definition *d;
	str want;			/* folded words that are looked for */
	struct author_item_view item;	/* being written */
	struct author_text_view *text;
	struct author_word_view *word;
	size_t texts_room, words_room, items_room, sections_room;
	bool hit;			/* the item's title holds the words */
};

#define MORE(a, array, n, room)                                                                        \
	do {                                                                                           \
		if ((n) == (room)) {                                                                   \
			__auto_type wider_ = ARENA_ARRAY((a), __typeof__(*(array)), (room) ? (room) * 2 : 8); \
			if (n)                                                                         \
				memcpy(wider_, (array), (n) * sizeof *(array));                        \
			(array) = wider_;                                                              \
			(room) = (room) ? (room) * 2 : 8;                                              \
		}                                                                                      \
	} while (0)

static bool holds(const struct outline *x, str s)
{
	return !x->want.n || str_contains(utf8_fold(x->rq->arena, s), x->want);
}

/* ---- items ---- */

static void begin(struct outline *x, str id, str title, str kind)
{
	x->item = (struct author_item_view){ .title = title, .kind = kind, .id = id };
	x->text = NULL;
	x->word = NULL;
	x->texts_room = x->words_room = 0;
	x->hit = x->want.n && (holds(x, title) || holds(x, id));
}

static void section(struct outline *x, str id, str title)
{
	struct author_outline *o = x->o;

	if (o->sections && !o->section[o->sections - 1].items)
		o->sections--; /* nothing of it was wanted */
	MORE(x->rq->arena, o->section, o->sections, x->sections_room);
	o->section[o->sections++] = (struct author_section_view){ .id = str_fmt(x->rq->arena, "s-%.*s", STR_FMT(id)), .title = title };
	x->items_room = 0;
}

static void end(struct outline *x)
{
	struct author_section_view *s = &x->o->section[x->o->sections - 1];
	struct author_item_view *list = (struct author_item_view *)(uintptr_t)s->item;

	if (!x->item.texts && (x->o->show.n || (x->want.n && !x->hit) || !x->item.words))
		return;
	x->item.text = x->text;
	x->item.word = x->word;
	MORE(x->rq->arena, list, s->items, x->items_room);
	list[s->items++] = x->item;
	s->item = list;
}

static void put(struct outline *x, struct author_text_view t)
{
	bool fits = str_eq(x->o->show, S("fehlt")) ? t.missing : str_eq(x->o->show, S("eigene")) ? t.own : true;

	if (!fits || !(x->hit || holds(x, t.de) || holds(x, t.en) || holds(x, t.key)))
		return;
	t.guarded = author_guarded(x->d, t.key);
	if (!x->o->locked)
		t.change_href = author_change_href(x->rq, x->d, t.key);
	MORE(x->rq->arena, x->text, x->item.texts, x->texts_room);
	x->text[x->item.texts++] = t;
}

/* A text of the definition; one that is there in neither language is not shown. */
static bool text(struct outline *x, str key, str what, bool one)
{
	bool has_de = definition_has(x->d, S("de"), key), has_en = definition_has(x->d, S("en"), key);
	struct author_text_view t = { .what = what, .key = str_fmt(x->rq->arena, "text.%.*s", STR_FMT(key)), .one = one };

	if (!has_de && !has_en)
		return false;
	t.de = has_de ? definition_text(x->d, S("de"), key) : STR_EMPTY;
	t.en = has_en ? definition_text(x->d, S("en"), key) : STR_EMPTY;
	t.missing = !one && has_de && !has_en;
	t.markdown = str_contains(t.de, S("\n"));
	t.own = author_own(x->o->own, t.key);
	put(x, t);
	return true;
}

static str key3(struct outline *x, const char *a, str b, const char *c)
{
	return str_fmt(x->rq->arena, "%s%.*s%s", a, STR_FMT(b), c);
}

static void word(struct outline *x, str what, const struct expr *e)
{
	if (!e)
		return;
	MORE(x->rq->arena, x->word, x->item.words, x->words_room);
	x->word[x->item.words++] = (struct author_word_view){ what, author_words(x->rq, x->d, e), e->source };
}

/* ---- the form ---- */

static void options(struct outline *x, const struct field *f)
{
	for (size_t i = 0; i < f->options && !f->list.n; i++) {
		str id = f->option[i].id, key = str_fmt(x->rq->arena, "field.%.*s.option.%.*s", STR_FMT(f->id), STR_FMT(id));
		str shown = definition_option(x->d, S("de"), f, id, STR_EMPTY);

		word(x, TXF(x->rq, TX_AUTHOR_WHEN_OPTION, TEXT_ARG("option", shown)), f->option[i].when);
		text(x, key, TXF(x->rq, TX_AUTHOR_WHAT_OPTION, TEXT_ARG("option", id)), false);
		text(x, key3(x, "", key, ".hint"), TXF(x->rq, TX_AUTHOR_WHAT_OPTION_HINT, TEXT_ARG("option", id)), false);
	}
}

static void field(struct outline *x, const struct field *f)
{
	static const char *const problems[] = {
#define PROBLEM(ID, name) #name,
#include "domain/problems.def"
#undef PROBLEM
	};
	static const char *const types[] = {
#define FIELD_TYPE(ID, name, has_input) #name,
#include "domain/field_types.def"
#undef FIELD_TYPE
	};
	str label = definition_text3(x->d, S("de"), S("field."), f->id, S(".label"));
	str kind = text_by_key(LANG_DE, str_fmt(x->rq->arena, "author.kind.%s", types[f->type]));

	if (!kind.n)
		kind = str_c(types[f->type]);
	if (f->optional)
		kind = str_fmt(x->rq->arena, "%.*s, %.*s", STR_FMT(kind), STR_FMT(TX(x->rq, TX_AUTHOR_KIND_OPTIONAL)));
	begin(x, str_fmt(x->rq->arena, "f-%.*s", STR_FMT(f->key)), label.n ? label : f->id, kind);
	word(x, TX(x->rq, TX_AUTHOR_WHEN_FIELD), f->when);
	word(x, TX(x->rq, TX_AUTHOR_WHEN_REQUIRED), f->required);
	word(x, TX(x->rq, TX_AUTHOR_WHEN_FORBIDDEN), f->forbidden);
	word(x, TX(x->rq, TX_AUTHOR_WHEN_VALIDATION), f->validation);
	word(x, TX(x->rq, TX_AUTHOR_WHEN_MIN), f->min);
	word(x, TX(x->rq, TX_AUTHOR_WHEN_MAX), f->max);
	word(x, TX(x->rq, TX_AUTHOR_WHEN_DEFAULT), f->dflt);
	word(x, TX(x->rq, TX_AUTHOR_WHEN_VALUE), f->value);
	text(x, key3(x, "field.", f->id, ".label"), TX(x->rq, TX_AUTHOR_WHAT_LABEL), false);
	text(x, key3(x, "field.", f->id, ".hint"), TX(x->rq, TX_AUTHOR_WHAT_HINT), false);
	options(x, f);
	for (size_t i = 0; i < sizeof problems / sizeof *problems; i++) {
		str said = text_by_key(LANG_DE, str_fmt(x->rq->arena, "author.error.%s", problems[i]));

		text(x, str_fmt(x->rq->arena, "field.%.*s.error.%s", STR_FMT(f->id), problems[i]),
			TXF(x->rq, TX_AUTHOR_WHAT_ERROR, TEXT_ARG("kind", said.n ? said : str_c(problems[i]))), false);
	}
	end(x);
}

static void page(struct outline *x, const struct page *p)
{
	const struct form *form = x->d->form;
	str title = definition_text3(x->d, S("de"), S("page."), p->id, S(".title"));

	if (p->group_list)
		return;
	begin(x, str_fmt(x->rq->arena, "p-%.*s", STR_FMT(p->id)), title.n ? title : p->id, p->group >= 0 ? TX(x->rq, TX_AUTHOR_KIND_REPEATED) : STR_EMPTY);
	x->item.preview_href = author_preview_href(x->rq, x->d, p->id);
	word(x, TX(x->rq, TX_AUTHOR_WHEN_PAGE), p->when);
	for (size_t i = 0; i < p->rules; i++)
		word(x, TX(x->rq, TX_AUTHOR_WHEN_RULE), form->rule[p->rule[i]].must);
	text(x, key3(x, "page.", p->id, ".title"), TX(x->rq, TX_AUTHOR_WHAT_QUESTION), false);
	text(x, key3(x, "page.", p->id, ".hint"), TX(x->rq, TX_AUTHOR_WHAT_HINT), false);
	text(x, key3(x, "page.", p->id, ".help_title"), TX(x->rq, TX_AUTHOR_WHAT_HELP_TITLE), false);
	text(x, key3(x, "page.", p->id, ".help"), TX(x->rq, TX_AUTHOR_WHAT_HELP), false);
	for (size_t i = 0; i < p->rules; i++)
		text(x, key3(x, "rule.", form->rule[p->rule[i]].id, ""), TX(x->rq, TX_AUTHOR_WHAT_RULE), false);
	end(x);
	for (size_t i = 0; i < p->fields; i++)
		field(x, &form->field[p->field[i]]);
}

static void step(struct outline *x, const struct step *s)
{
	const struct form *form = x->d->form;
	str title = definition_text3(x->d, S("de"), S("step."), s->id, STR_EMPTY);

	section(x, s->id, title.n ? title : s->id);
	begin(x, STR_EMPTY, title, TX(x->rq, TX_AUTHOR_WHAT_STEP));
	text(x, key3(x, "step.", s->id, ""), TX(x->rq, TX_AUTHOR_WHAT_STEP), false);
	for (size_t i = 0; i < form->groups; i++)
		if (&form->step[form->group[i].step] == s) {
			text(x, key3(x, "group.", form->group[i].id, ".title"), TX(x->rq, TX_AUTHOR_WHAT_GROUP_TITLE), false);
			text(x, key3(x, "group.", form->group[i].id, ".item"), TX(x->rq, TX_AUTHOR_WHAT_GROUP_ITEM), false);
			text(x, key3(x, "group.", form->group[i].id, ".another"), TX(x->rq, TX_AUTHOR_WHAT_GROUP_ANOTHER), false);
		}
	end(x);
	for (size_t i = 0; i < s->pages; i++)
		page(x, &form->page[s->first_page + i]);
}

/* ---- what stands around the form ---- */

static void counted(struct outline *x, const char *prefix, str what)
{
	for (int i = 1; text(x, str_fmt(x->rq->arena, "%s.%d", prefix, i), what, false); i++)
		;
}

static void first(struct outline *x)
{
	static const struct {
		const char *key;
		enum text_id what;
	} one[] = { { "title", TX_AUTHOR_WHAT_TITLE }, { "short", TX_AUTHOR_WHAT_SHORT }, { "description", TX_AUTHOR_WHAT_DESCRIPTION }, { "cost", TX_AUTHOR_WHAT_COST },
		    { "duration", TX_AUTHOR_WHAT_DURATION }, { "fee_note", TX_AUTHOR_WHAT_FEE_NOTE }, { "contact_hint", TX_AUTHOR_WHAT_CONTACT_HINT } };
	const struct service *s = x->d->service;

	section(x, S("anfang"), TX(x->rq, TX_AUTHOR_SECTION_FIRST));
	begin(x, S("p-anfang"), definition_text(x->d, S("de"), S("title")), STR_EMPTY);
	x->item.preview_href = author_preview_href(x->rq, x->d, STR_EMPTY);
	for (size_t i = 0; i < sizeof one / sizeof *one; i++)
		text(x, str_c(one[i].key), TX(x->rq, one[i].what), false);
	text(x, S("simple"), TX(x->rq, TX_AUTHOR_WHAT_SIMPLE), true);
	for (size_t i = 0; i < s->needs; i++)
		text(x, key3(x, "need.", s->need[i], ""), TX(x->rq, TX_AUTHOR_WHAT_NEED), false);
	counted(x, "synonyms", TX(x->rq, TX_AUTHOR_WHAT_SYNONYM));
	end(x);
}

static void params(struct outline *x)
{
	const struct service *s = x->d->service;

	section(x, S("werte"), TX(x->rq, TX_AUTHOR_SECTION_PARAMS));
	for (size_t i = 0; i < s->params; i++) {
		const struct service_param *p = &s->param[i];
		str name = definition_text3(x->d, S("de"), S("param."), p->id, STR_EMPTY), value = author_value(x->rq, p->type, p->value);
		bool own = !str_eq(p->value, p->standard) || author_own(x->o->own, key3(x, "param.", p->id, ""));

		begin(x, str_fmt(x->rq->arena, "w-%.*s", STR_FMT(p->id)), name.n ? name : p->id, STR_EMPTY);
		put(x, (struct author_text_view){ .what = TX(x->rq, TX_AUTHOR_WHAT_VALUE), .key = key3(x, "param.", p->id, ""), .de = value, .one = true, .own = own });
		text(x, key3(x, "param.", p->id, ""), TX(x->rq, TX_AUTHOR_WHAT_PARAM), true);
		end(x);
	}
}

static void fees(struct outline *x)
{
	const struct form *form = x->d->form;

	section(x, S("gebuehr"), TX(x->rq, TX_AUTHOR_SECTION_FEE));
	for (size_t i = 0; i < form->fees; i++) {
		str name = definition_text3(x->d, S("de"), S("fee."), form->fee[i].id, STR_EMPTY);

		begin(x, str_fmt(x->rq->arena, "g-%.*s", STR_FMT(form->fee[i].id)), name.n ? name : form->fee[i].id, STR_EMPTY);
		word(x, TX(x->rq, TX_AUTHOR_WHEN_AMOUNT), form->fee[i].amount);
		text(x, key3(x, "fee.", form->fee[i].id, ""), TX(x->rq, TX_AUTHOR_WHAT_FEE), false);
		end(x);
	}
}

static void letters(struct outline *x)
{
	const struct service *s = x->d->service;

	section(x, S("bescheide"), TX(x->rq, TX_AUTHOR_SECTION_LETTERS));
	for (size_t i = 0; i < s->decisions; i++) {
		str title = definition_text3(x->d, S("de"), S("document."), s->decision[i], S(".title")), key = key3(x, "document.", s->decision[i], "");

		begin(x, str_fmt(x->rq->arena, "b-%.*s", STR_FMT(s->decision[i])), title.n ? title : s->decision[i], STR_EMPTY);
		text(x, key3(x, "document.", s->decision[i], ".title"), TX(x->rq, TX_AUTHOR_WHAT_DOCUMENT_TITLE), true);
		put(x, (struct author_text_view){ .what = TX(x->rq, TX_AUTHOR_WHAT_DOCUMENT), .key = key, .de = definition_document(x->d, s->decision[i]),
						  .one = true, .markdown = true, .own = author_own(x->o->own, key) });
		text(x, key3(x, "decision.remedy.", s->decision[i], ""), TX(x->rq, TX_AUTHOR_WHAT_REMEDY), true);
		end(x);
	}
	for (size_t i = 0; i < s->reasons; i++) {
		begin(x, str_fmt(x->rq->arena, "t-%.*s", STR_FMT(s->reason[i])), s->reason[i], STR_EMPTY);
		text(x, key3(x, "decision.reason.", s->reason[i], ""), TX(x->rq, TX_AUTHOR_WHAT_REASON), true);
		end(x);
	}
}

static void last(struct outline *x)
{
	section(x, S("danach"), TX(x->rq, TX_AUTHOR_SECTION_NEXT));
	begin(x, S("p-danach"), TX(x->rq, TX_AUTHOR_SECTION_NEXT), STR_EMPTY);
	counted(x, "next", TX(x->rq, TX_AUTHOR_WHAT_NEXT));
	end(x);
	section(x, S("datenschutz"), TX(x->rq, TX_AUTHOR_SECTION_PRIVACY));
	begin(x, S("p-datenschutz"), TX(x->rq, TX_AUTHOR_SECTION_PRIVACY), STR_EMPTY);
	text(x, S("privacy.purpose"), TX(x->rq, TX_AUTHOR_WHAT_PURPOSE), false);
	text(x, S("privacy.basis"), TX(x->rq, TX_AUTHOR_WHAT_BASIS), false);
	text(x, S("privacy.recipients"), TX(x->rq, TX_AUTHOR_WHAT_RECIPIENTS), false);
	text(x, S("privacy.retention"), TX(x->rq, TX_AUTHOR_WHAT_RETENTION), false);
	end(x);
}

void author_outline(struct author_outline *o)
{
	struct outline x = { .o = o, .rq = o->rq, .d = o->d, .want = utf8_fold(o->rq->arena, str_trim(o->q)) };

	o->sections = 0;
	first(&x);
	for (size_t i = 0; i < o->d->form->steps; i++)
		step(&x, &o->d->form->step[i]);
	params(&x);
	fees(&x);
	letters(&x);
	last(&x);
	if (o->sections && !o->section[o->sections - 1].items)
		o->sections--;
}
