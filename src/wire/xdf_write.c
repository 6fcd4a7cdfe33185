/* SPDX-License-Identifier: EUPL-1.2 */
/* XDatenfelder 3.0.0, in the order of elements that its XSD wants. */
#include "base/xml.h"
#include "wire/xdf.h"

#define NS "urn:xoev-de:fim:standard:xdatenfelder_3.0.0"
#define LISTS "urn:xoev-de:fim:codeliste:"

struct writing {
	struct xml x;
	str made;
};

static void leaf(struct writing *w, const char *name, str value)
{
	xml_leaf(&w->x, str_c(name), value);
}

static void optional(struct writing *w, const char *name, str value)
{
	if (value.n)
		leaf(w, name, value);
}

static void coded(struct writing *w, const char *name, const char *list, const char *version, str code)
{
	xml_open(&w->x, str_c(name));
	xml_attr(&w->x, S("listURI"), str_c(list));
	xml_attr(&w->x, S("listVersionID"), str_c(version));
	leaf(w, "code", code);
	xml_close(&w->x);
}

static void identity(struct writing *w, const char *name, str id, str version)
{
	xml_open(&w->x, str_c(name));
	leaf(w, "xdf:id", id);
	optional(w, "xdf:version", version);
	xml_close(&w->x);
}

static void legals(struct writing *w, const struct xdf_legal *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		xml_open(&w->x, S("xdf:bezug"));
		if (v[i].link.n)
			xml_attr(&w->x, S("link"), v[i].link);
		xml_text(&w->x, v[i].text);
		xml_close(&w->x);
	}
}

static void general(struct writing *w, const struct xdf_node *n)
{
	str rest = n->keys, part;

	identity(w, "xdf:identifikation", n->id, n->version);
	leaf(w, "xdf:name", n->name.n ? n->name : n->label);
	optional(w, "xdf:beschreibung", n->description);
	optional(w, "xdf:definition", n->definition);
	legals(w, n->legal, n->legals);
	coded(w, "xdf:freigabestatus", "urn:xoev-de:xprozess:codeliste:status", "2022-07-12", n->status.n == 1 ? n->status : S("2"));
	optional(w, "xdf:statusGesetztAm", n->status_date);
	optional(w, "xdf:statusGesetztDurch", n->status_by);
	optional(w, "xdf:gueltigAb", n->valid_from);
	optional(w, "xdf:gueltigBis", n->valid_to);
	optional(w, "xdf:versionshinweis", n->version_note);
	optional(w, "xdf:veroeffentlichungsdatum", n->published);
	leaf(w, "xdf:letzteAenderung", n->changed.n > 10 ? n->changed : w->made);
	while (rest.n && str_split(&rest, '|', &part)) {
		xml_open(&w->x, S("xdf:stichwort"));
		xml_text(&w->x, part);
		xml_close(&w->x);
	}
}

static void rules(struct writing *w, const struct xdf_node *n)
{
	for (size_t i = 0; i < n->rules; i++) {
		const struct xdf_rule *r = &n->rule[i];

		xml_open(&w->x, S("xdf:regel"));
		identity(w, "xdf:identifikation", r->id, r->version);
		leaf(w, "xdf:name", r->name.n ? r->name : r->id);
		optional(w, "xdf:freitextRegel", r->text);
		optional(w, "xdf:fachlicherErsteller", r->creator);
		leaf(w, "xdf:letzteAenderung", r->changed.n > 10 ? r->changed : w->made);
		coded(w, "xdf:typ", LISTS "xdatenfelder.regeltyp", "1.0", r->kind.n ? r->kind : S("K"));
		xml_close(&w->x);
	}
}

static void element(struct writing *w, const struct xdf_node *n);

static void children(struct writing *w, const struct xdf_node *n)
{
	for (size_t i = 0; i < n->children; i++) {
		const struct xdf_node *c = n->child[i];
		struct arena *a = w->x.b->arena;
		str count = c->max == XDF_MANY ? str_fmt(a, "%d:*", (int)c->min) : str_fmt(a, "%d:%d", (int)c->min, (int)c->max);

		xml_open(&w->x, S("xdf:struktur"));
		leaf(w, "xdf:anzahl", count);
		legals(w, c->place_legal, c->place_legals);
		xml_open(&w->x, S("xdf:enthaelt"));
		element(w, c);
		xml_close(&w->x);
		xml_close(&w->x);
	}
}

static void limits(struct writing *w, const struct xdf_node *n)
{
	const struct {
		str name, value;
	} all[] = { { S("minLength"), n->min_length }, { S("maxLength"), n->max_length }, { S("minValue"), n->min_value }, { S("maxValue"), n->max_value },
		    { S("pattern"), n->pattern } };
	bool any = n->precision_text.n > 0;

	for (size_t i = 0; i < 5; i++)
		any |= all[i].value.n > 0;
	if (!any)
		return;
	xml_open(&w->x, S("xdf:praezisierung"));
	for (size_t i = 0; i < 5; i++)
		if (all[i].value.n)
			xml_attr(&w->x, all[i].name, all[i].value);
	if (n->precision_text.n)
		xml_text(&w->x, n->precision_text);
	xml_close(&w->x);
}

static void values(struct writing *w, const struct xdf_node *n)
{
	if (n->codes) {
		xml_open(&w->x, S("xdf:werte"));
		for (size_t i = 0; i < n->codes; i++) {
			xml_open(&w->x, S("xdf:wert"));
			leaf(w, "xdf:code", n->code[i].code);
			leaf(w, "xdf:name", n->code[i].name);
			optional(w, "xdf:hilfe", n->code[i].help);
			xml_close(&w->x);
		}
		xml_close(&w->x);
	} else if (n->has_list) {
		xml_open(&w->x, S("xdf:codelisteReferenz"));
		optional(w, "xdf:canonicalIdentification", n->list_uri);
		optional(w, "xdf:version", n->list_version);
		optional(w, "xdf:canonicalVersionUri", n->list_version_uri);
		xml_close(&w->x);
	}
}

static void field(struct writing *w, const struct xdf_node *n)
{
	static const str prefill[] = { STR_INIT("keine"), STR_INIT("optional"), STR_INIT("verpflichtend") };

	coded(w, "xdf:feldart", LISTS "xdatenfelder.feldart", "2.0", xdf_use_word(n->use));
	coded(w, "xdf:datentyp", LISTS "xdatenfelder.datentyp", "2.0", xdf_type_word(n->type));
	limits(w, n);
	optional(w, "xdf:inhalt", n->content);
	coded(w, "xdf:vorbefuellung", LISTS "xdatenfelder.vorbefuellung", "1.0", prefill[n->prefill]);
	values(w, n);
	optional(w, "xdf:codeKey", n->code_key);
	optional(w, "xdf:nameKey", n->name_key);
	optional(w, "xdf:helpKey", n->help_key);
	rules(w, n);
	optional(w, "xdf:maxSize", n->max_size);
	for (size_t i = 0; i < n->medias; i++)
		leaf(w, "xdf:mediaType", n->media[i]);
}

static void element(struct writing *w, const struct xdf_node *n)
{
	xml_open(&w->x, n->kind == XDF_FIELD ? S("xdf:datenfeld") : S("xdf:datenfeldgruppe"));
	general(w, n);
	leaf(w, "xdf:bezeichnungEingabe", n->label.n ? n->label : n->name);
	optional(w, "xdf:bezeichnungAusgabe", n->label_out);
	coded(w, "xdf:schemaelementart", LISTS "xdatenfelder.schemaelementart", "1.0", n->element_kind.n ? n->element_kind : S("HAR"));
	optional(w, "xdf:hilfetextEingabe", n->help);
	optional(w, "xdf:hilfetextAusgabe", n->help_out);
	if (n->kind == XDF_FIELD) {
		field(w, n);
	} else {
		if (n->choice)
			coded(w, "xdf:art", LISTS "datenfelder.gruppenart", "1.0", S("X"));
		rules(w, n);
		children(w, n);
	}
	xml_close(&w->x);
}

void xdf_write(struct buf *b, const struct xdf_node *s, str message_id, str made)
{
	struct writing w = { .made = made };

	xml_begin(&w.x, b, true);
	xml_open(&w.x, S("xdf:xdatenfelder.stammdatenschema.0102"));
	xml_attr(&w.x, S("xmlns:xdf"), S(NS));
	xml_open(&w.x, S("xdf:header"));
	leaf(&w, "xdf:nachrichtID", message_id);
	leaf(&w, "xdf:erstellungszeitpunkt", made);
	xml_close(&w.x);
	xml_open(&w.x, S("xdf:stammdatenschema"));
	general(&w, s);
	leaf(&w, "xdf:bezeichnung", s->label.n ? s->label : s->name);
	optional(&w, "xdf:hilfetext", s->help);
	coded(&w, "xdf:ableitungsmodifikationenStruktur", LISTS "xdatenfelder.ableitungsmodifikationenStruktur", "1.0", s->struct_change.n ? s->struct_change : S("3"));
	coded(&w, "xdf:ableitungsmodifikationenRepraesentation", LISTS "xdatenfelder.ableitungsmodifikationenRepraesentation", "1.0",
	      s->look_change.n ? s->look_change : S("1"));
	identity(&w, "xdf:dokumentsteckbrief", s->fact_sheet.n ? s->fact_sheet : S("D99000000001"), STR_EMPTY);
	rules(&w, s);
	children(&w, s);
	xml_close(&w.x);
	xml_close(&w.x);
	xml_end(&w.x);
}
