/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The stream of elements -> tree of nodes. Every element that carries text is known by its name and the names above it; "relation" makes up
 * most of a large file and says nothing for a form: it is skipped as soon as it opens.
 */
#include "wire/xdf_impl.h"

#define MAX_FRAMES 200

struct reading {
	struct arena *arena;
	struct xdf_notes *notes;
	struct xdf_document *doc;
	str ns;				/* of the message */
	enum xdf_name frame[MAX_FRAMES];
	size_t frames;
	struct building level[XDF_MAX_DEPTH + 1];
	size_t levels;
	struct xdf_rule *rule;		/* the open one */
	struct xdf_code *code;
	struct xdf_legal *legal;
	uint32_t line;
	int rc;
	uint8_t table[256];		/* hash -> name, open addressing */
};

static const str names[] = {
	STR_INIT(""),
#define N(ID, name) STR_INIT(#name),
#include "wire/xdf_names.def"
#undef N
};

/* ---- names ---- */

static uint8_t name_hash(str s)
{
	return (uint8_t)(s.n * 31u + (unsigned char)s.p[0] * 7u + (unsigned char)s.p[s.n - 1] * 3u + (unsigned char)s.p[s.n / 2] * 13u);
}

static void table_make(struct reading *r)
{
	for (unsigned i = 1; i < NAME_COUNT; i++) {
		uint8_t at = name_hash(names[i]);

		while (r->table[at])
			at++;
		r->table[at] = (uint8_t)i;
	}
}

static enum xdf_name name_find(const struct reading *r, str s)
{
	uint8_t at = name_hash(s);

	for (; r->table[at]; at++)
		if (str_eq(names[r->table[at]], s))
			return (enum xdf_name)r->table[at];
	return NAME_NONE;
}

static enum xdf_name above(const struct reading *r, size_t up)
{
	return r->frames > up ? r->frame[r->frames - 1 - up] : NAME_NONE;
}

static struct building *top(struct reading *r)
{
	return r->levels ? &r->level[r->levels - 1] : NULL;
}

static int refuse(struct reading *r, int rc, const char *code, const char *text)
{
	if (!r->rc) {
		r->rc = rc;
		xdf_note(r->notes, r->line, code, r->levels ? top(r)->node->id : STR_EMPTY, "%s", text);
	}
	return rc;
}

/* ---- opening ---- */

static bool node_open(struct reading *r, enum xdf_kind kind)
{
	struct building *b;

	if (r->levels > XDF_MAX_DEPTH || r->doc->fields + r->doc->groups >= XDF_MAX_NODES) {
		refuse(r, ERR_LIMIT, "limit", "more groups inside one another, or more fields, than a sound schema has");
		return false;
	}
	b = &r->level[r->levels++];
	*b = (struct building){ .node = ARENA_NEW(r->arena, struct xdf_node), .depth = r->frames };
	*b->node = (struct xdf_node){ .kind = kind, .line = r->line, .min = 1, .max = 1, .use = XDF_USE_UNKNOWN, .type = XDF_TYPE_UNKNOWN };
	r->doc->fields += kind == XDF_FIELD;
	r->doc->groups += kind == XDF_GROUP;
	return true;
}

static bool root_open(struct reading *r, const struct xml_element *e)
{
	static const str ns2 = STR_INIT("urn:xoev-de:fim:standard:xdatenfelder_2"), ns3 = STR_INIT("urn:xoev-de:fim:standard:xdatenfelder_3.0.0");

	if (str_eq(e->ns, ns2) || str_eq(e->ns, S("urn:xoev-de:fim:standard:xdatenfelder_2.0")))
		r->doc->version = 2;
	else if (str_eq(e->ns, ns3))
		r->doc->version = 3;
	if (!r->doc->version) {
		refuse(r, ERR_UNSUPPORTED, "namespace", "the namespace is none of XDatenfelder 2.0 or 3.0.0");
		return false;
	}
	if (!str_eq(e->name, S("xdatenfelder.stammdatenschema.0102")) && !str_eq(e->name, S("xdatenfelder.datenfeldgruppe.0103")) &&
	    !str_eq(e->name, S("xdatenfelder.datenfeld.0104"))) {
		refuse(r, ERR_UNSUPPORTED, "message", "this message holds no schema, group or field");
		return false;
	}
	r->ns = str_dup(r->arena, e->ns);
	return true;
}

static void rule_open(struct reading *r)
{
	struct building *b = top(r);

	if (!b)
		return;
	r->rule = growing_add(r->arena, &b->rule, sizeof *r->rule);
	r->rule->line = r->line;
}

static void precision_open(struct reading *r, const struct xml_element *e)
{
	struct xdf_node *n = top(r)->node;

	n->min_length = str_dup(r->arena, str_trim(xml_attribute(e, S("minLength"))));
	n->max_length = str_dup(r->arena, str_trim(xml_attribute(e, S("maxLength"))));
	n->min_value = str_dup(r->arena, str_trim(xml_attribute(e, S("minValue"))));
	n->max_value = str_dup(r->arena, str_trim(xml_attribute(e, S("maxValue"))));
	n->pattern = str_dup(r->arena, str_trim(xml_attribute(e, S("pattern"))));
}

static void structure_open(struct reading *r)
{
	struct building *b = top(r);

	if (b) {
		b->place_legal = (struct growing){ 0 };
		b->count = STR_EMPTY;
	}
}

static void legal_open(struct reading *r, const struct xml_element *e, enum xdf_name parent)
{
	struct building *b = top(r);
	struct growing *to = parent == NAME_STRUKTUR ? &b->place_legal : &b->legal;

	if (r->rule)
		return;
	r->legal = growing_add(r->arena, to, sizeof *r->legal);
	r->legal->link = str_dup(r->arena, str_trim(xml_attribute(e, S("link"))));
}

static bool opens(struct reading *r, const struct xml_element *e, enum xdf_name name, enum xdf_name parent)
{
	switch (name) {
	case NAME_STAMMDATENSCHEMA:
		return r->levels == 0 && node_open(r, XDF_SCHEMA);
	case NAME_DATENFELDGRUPPE:
		return (r->frames == 1 || parent == NAME_ENTHAELT) && node_open(r, XDF_GROUP);
	case NAME_DATENFELD:
		return (r->frames == 1 || parent == NAME_ENTHAELT) && node_open(r, XDF_FIELD);
	case NAME_NONE:
		return false;
	default:
		break;
	}
	if (!r->levels)
		return name == NAME_HEADER || parent == NAME_HEADER;
	if (name == NAME_REGEL)
		rule_open(r);
	else if (name == NAME_STRUKTUR)
		structure_open(r);
	else if (name == NAME_PRAEZISIERUNG && top(r)->node->kind == XDF_FIELD)
		precision_open(r, e);
	else if (name == NAME_BEZUG)
		legal_open(r, e, parent);
	else if (name == NAME_WERT)
		r->code = growing_add(r->arena, &top(r)->code, sizeof *r->code);
	else if (name == NAME_CODELISTE_REFERENZ)
		top(r)->node->has_list = true;
	return true;
}

static bool on_open(void *arg, const struct xml_element *e)
{
	struct reading *r = arg;
	enum xdf_name name;
	bool good;

	if (r->rc)
		return false;
	r->line = e->line;
	if (r->frames == 0) {
		if (!root_open(r, e))
			return false;
		r->frame[r->frames++] = NAME_NONE;
		return true;
	}
	if (e->ns.n && !str_eq(e->ns, r->ns))
		return false;
	name = name_find(r, e->name);
	good = r->frames < MAX_FRAMES && opens(r, e, name, above(r, 0));
	if (good)
		r->frame[r->frames++] = name;
	return good;
}

/* ---- closing ---- */

static void node_close(struct reading *r)
{
	struct building *b = top(r), *up;
	struct xdf_node *n = b->node;

	n->legal = b->legal.v;
	n->legals = b->legal.n;
	n->rule = b->rule.v;
	n->rules = b->rule.n;
	n->code = b->code.v;
	n->codes = b->code.n;
	n->media = b->media.v;
	n->medias = b->media.n;
	n->child = b->child.v;
	n->children = b->child.n;
	r->levels--;
	up = top(r);
	if (!up) {
		r->doc->root = n;
		return;
	}
	n->place_legal = up->place_legal.v;
	n->place_legals = up->place_legal.n;
	n->count_given = up->count.n > 0;
	if (!xdf_count(up->count, &n->min, &n->max)) {
		xdf_note(r->notes, n->line, up->count.n ? "count-shape" : "count-missing", n->id, "%.*s", STR_FMT(up->count));
		n->min = n->max = 1;
	} else if (n->max != XDF_MANY && n->min > n->max) {
		xdf_note(r->notes, n->line, "count-order", n->id, "%.*s", STR_FMT(up->count));
		n->max = n->min;
	}
	*(struct xdf_node **)growing_add(r->arena, &up->child, sizeof n) = n;
}

static void field_use(struct reading *r, struct xdf_node *n, str text)
{
	n->use_text = text;
	for (unsigned i = 0; i < XDF_USE_UNKNOWN; i++)
		if (str_eq(text, xdf_use_word((enum xdf_use)i)))
			n->use = (enum xdf_use)i;
}

static void field_type(struct reading *r, struct xdf_node *n, str text)
{
	n->type_text = text;
	for (unsigned i = 0; i < XDF_TYPE_UNKNOWN; i++)
		if (str_eq(text, xdf_type_word((enum xdf_type)i)))
			n->type = (enum xdf_type)i;
}

static void coded(struct reading *r, struct xdf_node *n, enum xdf_name parent, str text)
{
	if (parent == NAME_FELDART)
		field_use(r, n, text);
	else if (parent == NAME_DATENTYP)
		field_type(r, n, text);
	else if (parent == NAME_STATUS || parent == NAME_FREIGABESTATUS)
		n->status = text;
	else if (parent == NAME_SCHEMAELEMENTART)
		n->element_kind = text;
	else if (parent == NAME_ABLEITUNG_STRUKTUR)
		n->struct_change = text;
	else if (parent == NAME_ABLEITUNG_REPRAESENTATION)
		n->look_change = text;
	else if (parent == NAME_ART)
		n->art = text;
	else if (parent == NAME_VORBEFUELLUNG) {
		n->prefill_known = str_eq(text, S("keine")) || str_eq(text, S("optional")) || str_eq(text, S("verpflichtend"));
		n->prefill = str_eq(text, S("optional")) ? XDF_PREFILL_MAY : str_eq(text, S("verpflichtend")) ? XDF_PREFILL_MUST : XDF_PREFILL_NO;
	}
	n->choice = str_eq(n->art, S("X"));
}

static void rule_text(struct reading *r, enum xdf_name name, enum xdf_name parent, str text)
{
	struct xdf_rule *x = r->rule;

	if (name == NAME_ID && parent == NAME_IDENTIFIKATION)
		x->id = str_dup(r->arena, str_trim(text));
	else if (name == NAME_VERSION && parent == NAME_IDENTIFIKATION)
		x->version = str_dup(r->arena, str_trim(text));
	else if (name == NAME_NAME)
		x->name = xdf_clean(r->arena, text);
	else if (name == NAME_FREITEXT_REGEL || (name == NAME_DEFINITION && r->doc->version == 2))
		x->text = str_dup(r->arena, str_trim(text));
	else if (name == NAME_CODE && parent == NAME_TYP)
		x->kind = str_dup(r->arena, str_trim(text));
	else if (name == NAME_FACHLICHER_ERSTELLER)
		x->creator = xdf_clean(r->arena, text);
	else if (name == NAME_LETZTE_AENDERUNG)
		x->changed = str_dup(r->arena, str_trim(text));
	else if (name == NAME_SKRIPT || name == NAME_SCRIPT)
		x->script = str_trim(text).n > 0 && !str_eq(xdf_clean(r->arena, text), S("function script() {}"));
}

/* id and version stand in several places */
static void identity(struct reading *r, struct xdf_node *n, enum xdf_name name, str text)
{
	enum xdf_name parent = above(r, 0), grand = above(r, 1);

	text = str_dup(r->arena, str_trim(text));
	if (parent == NAME_DOKUMENTSTECKBRIEF || grand == NAME_DOKUMENTSTECKBRIEF) {
		if (name == NAME_ID)
			n->fact_sheet = text;
	} else if (grand == NAME_CODELISTE_REFERENZ || parent == NAME_CODELISTE_REFERENZ || parent == NAME_GENERICODE_ID) {
		if (name == NAME_VERSION && parent != NAME_IDENTIFIKATION)
			n->list_version = text;
	} else if (parent == NAME_IDENTIFIKATION) {
		if (name == NAME_ID)
			n->id = text;
		else
			n->version = text;
	}
}

static void code_text(struct reading *r, enum xdf_name name, str text)
{
	if (name == NAME_CODE)
		r->code->code = str_dup(r->arena, str_trim(text));
	else if (name == NAME_NAME)
		r->code->name = xdf_clean(r->arena, text);
	else if (name == NAME_HILFE)
		r->code->help = str_dup(r->arena, str_trim(text));
}

static void more_keys(struct reading *r, struct xdf_node *n, str text)
{
	text = xdf_clean(r->arena, text);
	if (text.n)
		n->keys = n->keys.n ? str_fmt(r->arena, "%.*s|%.*s", STR_FMT(n->keys), STR_FMT(text)) : text;
}

static void node_text_put(struct reading *r, struct xdf_node *n, enum xdf_name name, str text)
{
	struct arena *a = r->arena;
	str *to = NULL;

	switch (name) {
	case NAME_NAME: n->name = xdf_clean(a, text); break;
	case NAME_BEZEICHNUNG: n->label = xdf_clean(a, text); break;
	case NAME_BEZEICHNUNG_EINGABE: n->label = xdf_clean(a, text); break;
	case NAME_BEZEICHNUNG_AUSGABE: n->label_out = xdf_clean(a, text); break;
	case NAME_HILFETEXT: to = &n->help; break;
	case NAME_HILFETEXT_EINGABE: to = &n->help; break;
	case NAME_HILFETEXT_AUSGABE: to = &n->help_out; break;
	case NAME_BESCHREIBUNG: to = &n->description; break;
	case NAME_DEFINITION: to = &n->definition; break;
	case NAME_STATUS_AM: to = &n->status_date; break;
	case NAME_FREIGABEDATUM: to = &n->status_date; break;
	case NAME_STATUS_DURCH: n->status_by = xdf_clean(a, text); break;
	case NAME_FACHLICHER_ERSTELLER: n->status_by = xdf_clean(a, text); break;
	case NAME_GUELTIG_AB: to = &n->valid_from; break;
	case NAME_GUELTIG_BIS: to = &n->valid_to; break;
	case NAME_VERSIONSHINWEIS: to = &n->version_note; break;
	case NAME_VEROEFFENTLICHUNG: to = &n->published; break;
	case NAME_LETZTE_AENDERUNG: to = &n->changed; break;
	case NAME_STICHWORT: more_keys(r, n, text); break;
	case NAME_INHALT: to = &n->content; break;
	case NAME_CANONICAL_ID: to = &n->list_uri; break;
	case NAME_CANONICAL_VERSION_URI: to = &n->list_version_uri; break;
	case NAME_CODE_KEY: to = &n->code_key; break;
	case NAME_NAME_KEY: to = &n->name_key; break;
	case NAME_HELP_KEY: to = &n->help_key; break;
	case NAME_MAX_SIZE: to = &n->max_size; break;
	default: break;
	}
	if (to)
		*to = str_dup(a, str_trim(text));
}

/* In 2.0 one string names several laws. */
static void legal_close(struct reading *r, enum xdf_name parent, str text)
{
	struct building *b = top(r);
	struct growing *to = parent == NAME_STRUKTUR ? &b->place_legal : &b->legal;
	str rest = xdf_clean(r->arena, text), part;
	bool first = true;

	if (!r->legal)
		return;
	if (!rest.n) {
		to->n--;
	} else if (r->doc->version == 3) {
		r->legal->text = rest;
	} else {
		while (str_split(&rest, ';', &part)) {
			part = str_trim(part);
			if (!part.n)
				continue;
			if (!first)
				r->legal = growing_add(r->arena, to, sizeof *r->legal);
			r->legal->text = part;
			first = false;
		}
		if (first)
			to->n--;
	}
	r->legal = NULL;
}

static void field_only(struct reading *r, struct building *b, enum xdf_name name, str text)
{
	if (name == NAME_MEDIA_TYPE && str_trim(text).n)
		*(str *)growing_add(r->arena, &b->media, sizeof(str)) = str_dup(r->arena, str_trim(text));
	else if (name == NAME_PRAEZISIERUNG && r->doc->version == 2)
		xdf_precision_2(r->arena, b->node, text, r->notes);
}

static void header_text(struct reading *r, enum xdf_name name, str text)
{
	if (name == NAME_NACHRICHT_ID)
		r->doc->message_id = str_dup(r->arena, str_trim(text));
	else if (name == NAME_ERSTELLUNGSZEITPUNKT)
		r->doc->made = str_dup(r->arena, str_trim(text));
}

static void on_close(void *arg, str unused, str text)
{
	struct reading *r = arg;
	enum xdf_name name = r->frame[--r->frames], parent = above(r, 0);
	struct building *b = top(r);

	if (r->rc)
		return;
	if (!b) {
		header_text(r, name, text);
	} else if (b->depth == r->frames && (name == NAME_STAMMDATENSCHEMA || name == NAME_DATENFELDGRUPPE || name == NAME_DATENFELD)) {
		node_close(r);
	} else if (name == NAME_REGEL) {
		r->rule = NULL;
	} else if (r->rule) {
		rule_text(r, name, parent, text);
	} else if (name == NAME_WERT) {
		r->code = NULL;
	} else if (r->code) {
		code_text(r, name, text);
	} else if (name == NAME_ID || name == NAME_VERSION) {
		identity(r, b->node, name, text);
	} else if (name == NAME_CODE) {
		coded(r, b->node, parent, str_dup(r->arena, str_trim(text)));
	} else if (name == NAME_ANZAHL) {
		b->count = str_dup(r->arena, str_trim(text));
	} else if (name == NAME_BEZUG) {
		legal_close(r, parent, text);
	} else {
		field_only(r, b, name, text);
		node_text_put(r, b->node, name, text);
	}
}

/* A group or field that came alone gets a schema around it. */
static void wrap(struct reading *r)
{
	struct xdf_node *inner = r->doc->root, *outer;

	if (!inner || inner->kind == XDF_SCHEMA)
		return;
	outer = ARENA_NEW(r->arena, struct xdf_node);
	*outer = (struct xdf_node){ .kind = XDF_SCHEMA, .line = inner->line, .id = inner->id, .version = inner->version, .name = inner->name,
				    .label = inner->label, .min = 1, .max = 1, .children = 1 };
	outer->child = ARENA_ARRAY(r->arena, struct xdf_node *, 1);
	outer->child[0] = inner;
	r->doc->root = outer;
	xdf_note(r->notes, inner->line, "wrapped", inner->id, "%s", inner->kind == XDF_GROUP ? "datenfeldgruppe" : "datenfeld");
}

int xdf_read(struct arena *a, str text, struct xdf_notes *notes, struct xdf_document **ret)
{
	AUTO(arena_freep) struct arena *scratch = arena_new(65536);
	struct reading *r = ARENA_NEW(a, struct reading);
	struct xml_sink sink = { r, on_open, on_close };
	struct xml_error e;
	int rc;

	*ret = NULL;
	*r = (struct reading){ .arena = a, .notes = notes, .doc = ARENA_NEW(a, struct xdf_document) };
	table_make(r);
	rc = xml_read(scratch, text, &sink, &e);
	if (r->rc)
		return r->rc;
	if (rc < 0) {
		xdf_note(notes, e.line, "xml", STR_EMPTY, "%s", e.text);
		return rc;
	}
	if (!r->doc->root)
		return refuse(r, ERR_PARSE, "empty", "the message holds no schema, group or field");
	wrap(r);
	*ret = r->doc;
	return 0;
}
