/* SPDX-License-Identifier: EUPL-1.2 */
#include "usecase/prefill.h"

#include "domain/field_value.h"

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

bool prefill_beside_street(const struct form *form, const struct field *f)
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
		      { "address-level2", "locality" }, { "organization", "organization" }, { "email", "email" } };

	if (!person || f->group >= 0)
		return STR_EMPTY;
	if (f->type == FIELD_DATE && str_eq(f->autocomplete, S("bday")))
		return birthday(a, node_text_at(person, S("birthdate")));
	if (!f->autocomplete.n)
		return prefill_beside_street(form, f) ? node_text_at(person, S("house_number")) : STR_EMPTY;
	for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
		if (str_eq(f->autocomplete, str_c(plain[i].token)))
			return node_text_at(person, str_c(plain[i].key));
	return STR_EMPTY;
}

bool prefill_proves(struct arena *a, const struct node *person, const struct form *form, const struct value *v)
{
	const struct field *f = &form->field[v->field];
	struct value known = { 0 };
	struct value_problem p;
	str raw = prefill_value(a, person, form, f);

	/* an address for mail is told, not proved */
	if (!raw.n || !v->present || !v->valid || f->type == FIELD_EMAIL || field_parse(a, f, raw, &known, &p) != VALUE_OK)
		return false;
	return str_eq(known.canonical, v->canonical);
}

struct proof {
	struct arena *arena;
	const struct node *person;
};

static str proved(void *arg, const struct form *form, const struct field *f)
{
	const struct proof *p = arg;

	return prefill_value(p->arena, p->person, form, f);
}

void prefill_prove(struct ctx *c, struct journey_context *j)
{
	const struct node *person = c->actor.trust >= TRUST_SUBSTANTIAL ? prefill_person(c) : NULL;
	struct proof *p;

	if (!person)
		return;
	p = ARENA_NEW(c->arena, struct proof);
	*p = (struct proof){ c->arena, person };
	j->proved = proved;
	j->proved_arg = p;
}
