/* SPDX-License-Identifier: EUPL-1.2 */
/* What stands around the form: service.yaml, texts about the service, letters, and the author's open tasks. */
#include "domain/fim_impl.h"

#include "base/utf8.h"
#include "base/yaml_write.h"

struct about {
	struct fim_plan *p;
	struct arena *a;
	struct node *service, *texts;
};

static void set(struct about *w, struct node *map, const char *key, str value)
{
	node_set(w->a, map, str_c(key), node_new_text(w->a, value));
}

static void say(struct about *w, const char *key, str value)
{
	if (value.n)
		set(w, w->texts, key, value);
}

static str made(struct about *w, enum text_id id, str detail)
{
	struct text_arg arg[] = { TEXT_ARG("detail", detail), TEXT_ARG("id", w->p->doc->root->id) };

	return text_format_str(w->a, LANG_DE, id, arg, 2);
}

static struct node *texts_of(struct about *w, const str *v, size_t n)
{
	struct node *list = node_new(w->a, NODE_LIST);

	for (size_t i = 0; i < n; i++)
		node_append(w->a, list, node_new_text(w->a, v[i]));
	return list;
}

/* ---- facts ---- */

/* "Leistungsschlüssel: 99006047261000" stands in some descriptions. */
static bool leika_of(const struct xdf_node *x, str *ret)
{
	str d = x->description;

	for (size_t i = 0; i + 14 <= d.n; i++) {
		size_t k;

		if (d.p[i] != '9' || d.p[i + 1] != '9' || (i && d.p[i - 1] >= '0' && d.p[i - 1] <= '9'))
			continue;
		for (k = 0; k < 14 && d.p[i + k] >= '0' && d.p[i + k] <= '9'; k++)
			;
		if (k == 14 && (i + 14 == d.n || d.p[i + 14] < '0' || d.p[i + 14] > '9')) {
			*ret = str_sub(d, i, i + 14);
			return true;
		}
	}
	return false;
}

static str day_of(const struct xdf_node *x)
{
	const str candidates[] = { x->valid_from, x->published, x->status_date, str_sub(x->changed, 0, 10) };
	struct date d;

	for (size_t i = 0; i < 4; i++)
		if (date_parse_iso(candidates[i], &d) == 0)
			return candidates[i];
	return S("2026-01-01");
}

/* A guess by words of the title; the author is told to look at it. */
static str topic_of(struct about *w, const struct xdf_node *x)
{
	static const char *const guess[][2] = { { "gewerb", "gewerbe" }, { "betrieb", "gewerbe" }, { "erlaubnis fuer", "gewerbe" }, { "hund", "tiere" }, { "tier", "tiere" }, { "jagd", "tiere" },
		{ "aufenthalt", "ausweise" }, { "ausweis", "ausweise" }, { "pass", "ausweise" }, { "kind", "familie" }, { "mutter", "familie" }, { "eltern", "familie" },
		{ "ehe", "heirat" }, { "fahr", "auto" }, { "kraft", "auto" }, { "bau", "bauen" }, { "wohn", "soziales" }, { "pflege", "soziales" }, { "abfall", "abfall" },
		{ "wahl", "wahlen" }, { "umzug", "umzug" }, { "sterb", "todesfall" } };
	str title = utf8_fold(w->a, str_fmt(w->a, "%.*s %.*s", STR_FMT(x->label), STR_FMT(x->name)));

	for (size_t i = 0; i < sizeof guess / sizeof *guess; i++)
		if (str_contains(title, str_c(guess[i][0])))
			return str_c(guess[i][1]);
	return S("gewerbe");
}

static bool label_has(struct about *w, const struct fim_spot *s, const char *word)
{
	return str_contains(utf8_fold(w->a, s->x->label.n ? s->x->label : s->x->name), str_c(word));
}

static const struct fim_spot *first_named(struct about *w, const char *word)
{
	for (size_t i = 0; i < w->p->spots; i++) {
		const struct fim_spot *s = w->p->spot[i];

		if (s->x->kind == XDF_FIELD && !s->dropped && !s->row && !s->many && (s->type == FIELD_TEXT || s->type == FIELD_NAME) && label_has(w, s, word))
			return s;
	}
	return NULL;
}

static void names(struct about *w)
{
	static const char *const words[] = { "vorname", "familienname", "nachname", "firma", "name des unternehmens" };
	str id[5];
	size_t n = 0;

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		const struct fim_spot *s = first_named(w, words[i]);
		bool twice = false;

		for (size_t k = 0; s && k < n; k++)
			twice |= str_eq(id[k], s->id);
		if (s && !twice)
			id[n++] = s->id;
	}
	if (n)
		node_set(w->a, w->service, S("name_field"), texts_of(w, id, n));
	for (size_t i = 0; i < w->p->spots; i++) {
		const struct fim_spot *s = w->p->spot[i];

		if (s->x->kind == XDF_FIELD && !s->dropped && !s->row && !s->many && s->type == FIELD_EMAIL) {
			set(w, w->service, "email_field", s->id);
			return;
		}
	}
}

static void facts(struct about *w)
{
	const struct xdf_node *x = w->p->doc->root;
	struct node *decision = node_new(w->a, NODE_MAP);
	const str who[] = { S("person"), S("firm") }, letters[] = { S("erteilt"), S("abgelehnt") }, de[] = { S("de") }, reasons[] = { S("voraussetzungen") };
	str *legal = ARENA_ARRAY(w->a, str, x->legals + 1), leika, from = day_of(x), to = x->valid_to;
	struct date a, b;
	size_t n = 0;

	set(w, w->service, "format", S("1"));
	set(w, w->service, "id", w->p->result->id);
	set(w, w->service, "version", x->version.n ? x->version : S("1.0.0"));
	set(w, w->service, "valid_from", from);
	if (date_parse_iso(to, &b) == 0 && date_parse_iso(from, &a) == 0 && date_cmp(b, a) >= 0)
		set(w, w->service, "valid_to", to);
	node_set(w->a, w->service, S("languages"), texts_of(w, de, 1));
	if (leika_of(x, &leika))
		node_set(w->a, w->service, S("leika"), texts_of(w, &leika, 1));
	else
		fim_task(w->p, w->p->root, NULL, "leika", STR_EMPTY, STR_EMPTY, false);
	set(w, w->service, "topic", topic_of(w, x));
	node_set(w->a, w->service, S("audience"), texts_of(w, who, 2));
	set(w, w->service, "responsible", S("gemeinde"));
	set(w, w->service, "place_of", S("residence"));
	set(w, w->service, "trust", S("none"));
	set(w, w->service, "online", S("full"));
	for (size_t i = 0; i < x->legals; i++)
		if (x->legal[i].text.n)
			legal[n++] = x->legal[i].text;
	node_set(w->a, w->service, S("legal"), texts_of(w, legal, n));
	set(w, w->service, "retention_years", S("10"));
	node_set(w->a, decision, S("templates"), texts_of(w, letters, 2));
	node_set(w->a, decision, S("reasons"), texts_of(w, reasons, 1));
	node_set(w->a, w->service, S("decision"), decision);
	names(w);
	set(w, w->service, "attachments_to_clerk", S("true"));
}

/* ---- texts ---- */

static void texts(struct about *w)
{
	const struct xdf_node *x = w->p->doc->root;
	struct buf legal = buf_new(w->a, 200);
	str title = fim_plain(w->a, x->label.n ? x->label : x->name.n ? x->name : x->id);

	for (size_t i = 0; i < x->legals && i < 5; i++)
		if (x->legal[i].text.n)
			buf_fmt(&legal, "%s%.*s", legal.n ? ", " : "", STR_FMT(fim_plain(w->a, x->legal[i].text)));
	say(w, "title", title);
	say(w, "short", made(w, TX_FIM_MAKE_SHORT, title));
	say(w, "description", fim_plain(w->a, x->help.n ? x->help : made(w, TX_FIM_MAKE_DESCRIPTION, title)));
	say(w, "privacy.purpose", text_get(LANG_DE, TX_FIM_MAKE_PRIVACY_PURPOSE));
	say(w, "privacy.basis", legal.n ? made(w, TX_FIM_MAKE_PRIVACY_BASIS, buf_str(&legal)) : text_get(LANG_DE, TX_FIM_MAKE_PRIVACY_BASIS_NONE));
	say(w, "privacy.recipients", text_get(LANG_DE, TX_FIM_MAKE_PRIVACY_RECIPIENTS));
	say(w, "next.1", text_get(LANG_DE, TX_FIM_MAKE_NEXT_1));
	say(w, "next.2", text_get(LANG_DE, TX_FIM_MAKE_NEXT_2));
	say(w, "document.erteilt.title", text_get(LANG_DE, TX_FIM_MAKE_GRANTED));
	say(w, "document.abgelehnt.title", text_get(LANG_DE, TX_FIM_MAKE_REFUSED));
	say(w, "decision.remedy.erteilt", text_get(LANG_DE, TX_FIM_MAKE_REMEDY));
	say(w, "decision.remedy.abgelehnt", text_get(LANG_DE, TX_FIM_MAKE_REMEDY));
	say(w, "decision.reason.voraussetzungen", text_get(LANG_DE, TX_FIM_MAKE_REASON));
}

struct node *fim_service(struct fim_plan *p, struct node *about)
{
	struct about w = { p, p->arena, node_new(p->arena, NODE_MAP), about };

	facts(&w);
	texts(&w);
	fim_task(p, p->root, NULL, "responsible", STR_EMPTY, STR_EMPTY, false);
	fim_task(p, p->root, NULL, "texts", STR_EMPTY, STR_EMPTY, false);
	return w.service;
}

/* ---- letters, files ---- */

void fim_file_add(struct fim_plan *p, str path, str content)
{
	struct fim_result *r = p->result;
	struct fim_file *v = ARENA_ARRAY(p->arena, struct fim_file, r->files + 1);

	if (r->files)
		memcpy(v, r->file, r->files * sizeof *v);
	v[r->files] = (struct fim_file){ path, content };
	r->file = v;
	r->files++;
}

static void letter(struct fim_plan *p, const char *path, enum text_id id)
{
	str text = str_replace(p->arena, str_replace(p->arena, text_get(LANG_DE, id), S("[["), S("{{")), S("]]"), S("}}"));

	fim_file_add(p, str_c(path), str_fmt(p->arena, "%.*s\n", STR_FMT(text)));
}

void fim_documents(struct fim_plan *p)
{
	letter(p, "documents/erteilt.md", TX_FIM_LETTER_GRANTED);
	letter(p, "documents/abgelehnt.md", TX_FIM_LETTER_REFUSED);
}
