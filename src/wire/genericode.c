/* SPDX-License-Identifier: EUPL-1.2 */
#include "wire/genericode.h"

#include <stdio.h>

#include "base/buf.h"

#define MAX_COLUMNS 16

struct column {
	str id, short_name;
};
struct row {
	str value[MAX_COLUMNS];
	uint32_t line;
};
struct reading {
	struct arena *arena;
	struct genericode *list;
	struct column column[MAX_COLUMNS];
	size_t columns;
	str first_key;				/* column of the first key */
	str key_column, name_column;		/* that the list itself recommends */
	struct row *row;
	size_t rows, cap;
	size_t at;				/* column of the open value */
	bool in_column, in_key, in_row, in_agency, in_value;
	uint32_t line;
	int rc;
};

static void row_new(struct reading *r)
{
	if (r->rows == r->cap) {
		size_t cap = r->cap ? r->cap * 2 : 64;
		struct row *v = ARENA_ARRAY(r->arena, struct row, cap);

		if (r->rows)
			memcpy(v, r->row, r->rows * sizeof *v);
		r->row = v;
		r->cap = cap;
	}
	r->row[r->rows++] = (struct row){ .line = r->line };
	r->at = MAX_COLUMNS;
}

static size_t column_find(const struct reading *r, str id)
{
	size_t i;

	for (i = 0; i < r->columns && !str_eq(r->column[i].id, id); i++)
		;
	return i;
}

/* Without ColumnRef the next column in order is meant. */
static void value_open(struct reading *r, const struct xml_element *e)
{
	str ref = xml_attribute(e, S("ColumnRef"));

	r->in_value = true;
	if (ref.n)
		r->at = column_find(r, ref);
	else
		r->at = r->at == MAX_COLUMNS ? 0 : r->at + 1;
}

static bool on_open(void *arg, const struct xml_element *e)
{
	struct reading *r = arg;

	r->line = e->line;
	if (e->depth == 0 && !str_eq(e->name, S("CodeList"))) {
		r->rc = ERR_UNSUPPORTED;
		return false;
	}
	if (r->rc)
		return false;
	if (str_eq(e->name, S("Column")) && r->columns < MAX_COLUMNS) {
		r->column[r->columns++].id = str_dup(r->arena, xml_attribute(e, S("Id")));
		r->in_column = true;
	} else if (str_eq(e->name, S("Key"))) {
		r->in_key = true;
	} else if (str_eq(e->name, S("ColumnRef")) && r->in_key && !r->first_key.n) {
		r->first_key = str_dup(r->arena, xml_attribute(e, S("Ref")));
	} else if (str_eq(e->name, S("Agency"))) {
		r->in_agency = true;
	} else if (str_eq(e->name, S("Row"))) {
		if (r->rows >= GENERICODE_MAX_ROWS) {
			r->rc = ERR_LIMIT;
			return false;
		}
		row_new(r);
		r->in_row = true;
	} else if (str_eq(e->name, S("Value")) && r->in_row) {
		value_open(r, e);
	}
	return true;
}

static void head_text(struct reading *r, str name, str text)
{
	const struct {
		str name, *to;
	} known[] = { { S("ShortName"), &r->list->short_name }, { S("LongName"), &r->list->long_name }, { S("Version"), &r->list->version },
		      { S("CanonicalUri"), &r->list->uri }, { S("CanonicalVersionUri"), &r->list->version_uri },
		      { S("recommendedKeyColumn"), &r->key_column }, { S("recommendedNameColumn"), &r->name_column } };

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (str_eq(name, known[i].name) && !known[i].to->n)
			*known[i].to = str_dup(r->arena, str_trim(text));
}

static void on_close(void *arg, str name, str text)
{
	struct reading *r = arg;

	if (str_eq(name, S("Column"))) {
		r->in_column = false;
	} else if (str_eq(name, S("Key"))) {
		r->in_key = false;
	} else if (str_eq(name, S("Agency"))) {
		r->in_agency = false;
	} else if (str_eq(name, S("Row"))) {
		r->in_row = false;
	} else if (str_eq(name, S("Value"))) {
		r->in_value = false;
	} else if (str_eq(name, S("SimpleValue")) && r->in_value) {
		if (r->at < r->columns)
			r->row[r->rows - 1].value[r->at] = str_dup(r->arena, str_trim(text));
	} else if (r->in_column) {
		if (str_eq(name, S("ShortName")))
			r->column[r->columns - 1].short_name = str_dup(r->arena, str_trim(text));
	} else if (!r->in_key && !r->in_agency && !r->in_row) {
		head_text(r, name, text);
	}
}

/* ---- which column is which ---- */

static size_t column_like(const struct reading *r, str word)
{
	size_t i;

	for (i = 0; i < r->columns && !str_eq_ci(r->column[i].id, word); i++)
		;
	return i;
}

/* The column a hint names, by id or short name; columns: none. */
static size_t column_named(struct reading *r, str name)
{
	size_t i;

	if (!name.n)
		return r->columns;
	for (i = 0; i < r->columns && !str_eq(r->column[i].id, name); i++)
		;
	if (i == r->columns)
		for (i = 0; i < r->columns && !str_eq(r->column[i].short_name, name); i++)
			;
	return i;
}

static size_t hinted(struct reading *r, str name)
{
	size_t i = column_named(r, name);

	if (name.n && i == r->columns)
		r->list->columns_missing = true;
	return i;
}

static size_t code_column(struct reading *r, str hint)
{
	size_t i = hinted(r, hint);

	if (i == r->columns)
		i = column_named(r, r->key_column);
	if (i == r->columns)
		i = column_named(r, r->first_key);
	return i == r->columns ? 0 : i;
}

static size_t name_column(struct reading *r, str hint, size_t code)
{
	static const char *const words[] = { "name", "bezeichnung", "beschreibung", "wert", "langname" };
	size_t i = hinted(r, hint), k;

	if (i == r->columns)
		i = column_named(r, r->name_column);
	for (k = 0; i == r->columns && k < sizeof words / sizeof *words; k++)
		i = column_like(r, str_c(words[k]));
	if (i == r->columns && r->columns > 1)
		i = code == 0 ? 1 : 0;
	return i == r->columns ? code : i;
}

struct code_set {
	str *slot;
	size_t mask;
};

static bool code_new(struct code_set *s, str code)
{
	size_t at = str_hash(code) & s->mask;

	while (s->slot[at].p) {
		if (str_eq(s->slot[at], code))
			return false;
		at = (at + 1) & s->mask;
	}
	s->slot[at] = code;
	return true;
}

static void entries_make(struct reading *r, const struct genericode_hints *h)
{
	size_t code = code_column(r, h->code), name = name_column(r, h->name, code), help = hinted(r, h->help), size = 16;
	struct genericode_entry *v = ARENA_ARRAY(r->arena, struct genericode_entry, r->rows);
	struct code_set set;

	while (size < r->rows * 2)
		size *= 2;
	set = (struct code_set){ ARENA_ARRAY(r->arena, str, size), size - 1 };
	r->list->entry = v;
	for (size_t i = 0; i < r->rows; i++) {
		const struct row *x = &r->row[i];
		str c = code < r->columns ? x->value[code] : STR_EMPTY;

		if (!c.n || !code_new(&set, c)) {
			r->list->skipped++;
			continue;
		}
		v[r->list->entries++] = (struct genericode_entry){ c, x->value[name].n ? x->value[name] : c,
								     help < r->columns ? x->value[help] : STR_EMPTY, x->line };
	}
}

int genericode_read(struct arena *a, str text, const struct genericode_hints *h, struct genericode **ret, struct xml_error *e)
{
	AUTO(arena_freep) struct arena *scratch = arena_new(16384);
	struct reading *r = ARENA_NEW(scratch, struct reading);
	struct xml_sink sink = { r, on_open, on_close };
	static const struct genericode_hints none;
	int rc;

	*ret = NULL;
	r->arena = a;
	r->list = ARENA_NEW(a, struct genericode);
	rc = xml_read(scratch, text, &sink, e);
	if (r->rc == ERR_UNSUPPORTED)
		(void)snprintf(e->text, sizeof e->text, "no genericode list: the root is not CodeList");
	else if (r->rc)
		(void)snprintf(e->text, sizeof e->text, "more than %d rows", GENERICODE_MAX_ROWS);
	if (r->rc || rc)
		return r->rc ? r->rc : rc;
	entries_make(r, h ? h : &none);
	*ret = r->list;
	return 0;
}

bool genericode_is(str text)
{
	return str_contains(str_sub(text, 0, 4096), S("docs.oasis-open.org/codelist/ns/genericode"));
}
