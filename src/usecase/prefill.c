/* SPDX-License-Identifier: EUPL-1.2 */
#include "usecase/prefill.h"

const struct node *prefill_person(struct ctx *c)
{
	struct node_error e;
	struct node *n;

	if (!c->actor.identity.n || node_parse_json(c->arena, c->actor.identity, &n, &e) < 0)
		return NULL;
	return n;
}

static str birthday(struct arena *a, str iso)
{
	struct date d;

	if (date_parse_iso(iso, &d) < 0)
		return STR_EMPTY;
	return str_fmt(a, "%d|%d|%d", d.day, d.month, d.year);
}

/* "anschrift.hausnummer" beside "anschrift.strasse": there is no autocomplete token for a house number alone. */
static bool beside_street(const struct form *form, const struct field *f)
{
	str stem = str_sub(f->id, 0, f->id.n - S(".hausnummer").n);

	if (!str_has_suffix(f->id, S(".hausnummer")))
		return false;
	for (uint16_t i = 0; i < form->fields; i++) {
		const struct field *o = &form->field[i];

		if (o->page == f->page && str_eq(o->autocomplete, S("address-line1")) && str_has_prefix(o->id, stem) && o->id.n > stem.n &&
		    o->id.p[stem.n] == '.')
			return true;
	}
	return false;
}

str prefill_value(struct arena *a, const struct node *person, const struct form *form, const struct field *f)
{
	static const struct {
		const char *token, *key;
	} plain[] = { { "given-name", "given_name" }, { "family-name", "family_name" }, { "address-line1", "street" }, { "postal-code", "postcode" },
		      { "address-level2", "locality" }, { "organization", "organization" } };

	if (!person || f->group >= 0)
		return STR_EMPTY;
	if (f->type == FIELD_DATE && str_eq(f->autocomplete, S("bday")))
		return birthday(a, node_text_at(person, S("birthdate")));
	if (!f->autocomplete.n)
		return beside_street(form, f) ? node_text_at(person, S("house_number")) : STR_EMPTY;
	for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
		if (str_eq(f->autocomplete, str_c(plain[i].token)))
			return node_text_at(person, str_c(plain[i].key));
	return STR_EMPTY;
}
