/* SPDX-License-Identifier: EUPL-1.2 */
#include "usecase/known_data.h"

#include "domain/field_value.h"
#include "usecase/access.h"
#include "usecase/accounts.h"
#include "usecase/casefile.h"

static int read_last(struct ctx *c, struct known_data *k)
{
	struct my_case *mine;
	struct casefile *f;
	struct grant g;
	size_t n;
	int rc;

	TRY(account_cases(c, 0, 1, &mine, &n));
	if (!n)
		return 0;
	rc = case_authorize_id(c, mine[0].tenant, mine[0].id, CASE_READ, &g);
	if (rc == ERR_NOTFOUND || rc == ERR_DESTROYED)
		return 0;
	TRY(rc);
	TRY(case_open(c, &g, &f));
	TRY(casefile_journey(f));
	k->last = f->journey;
	return 0;
}

int known_data_read(struct ctx *c, struct known_data **ret)
{
	struct known_data *k = ARENA_NEW(c->arena, struct known_data);
	struct account acc;

	*ret = k;
	k->person = prefill_person(c);
	k->account = c->actor.kind == ACTOR_APPLICANT && c->actor.account.v != 0;
	if (!k->account)
		return 0;
	TRY(account_by_id(c, c->actor.account, &acc));
	k->email = acc.email;
	return read_last(c, k);
}

/* The same datum in another form: by its token; the house number, which has none, by its place beside the street. */
static const struct field *counterpart(const struct form *form, const struct field *f)
{
	for (uint16_t i = 0; i < form->fields; i++) {
		const struct field *o = &form->field[i];

		if (o->type != f->type || o->group >= 0)
			continue;
		if (f->autocomplete.n ? str_eq(o->autocomplete, f->autocomplete) : prefill_beside_street(form, o))
			return o;
	}
	return NULL;
}

static str from_last(struct arena *a, const struct known_data *k, const struct form *form, const struct field *f)
{
	const struct field *o;
	const struct value *v;

	if (!k->last || f->group >= 0 || (f->autocomplete.n ? str_eq(f->autocomplete, S("off")) : !prefill_beside_street(form, f)))
		return STR_EMPTY;
	o = counterpart(k->last->form, f);
	v = o ? journey_value(k->last, o->index, 0) : NULL;
	return v && v->present && v->valid ? field_typed(a, f, v->canonical) : STR_EMPTY;
}

str known_data_value(struct arena *a, const struct known_data *k, const struct form *form, const struct field *f, enum known_source *ret_source)
{
	str raw = prefill_value(a, k->person, form, f);

	*ret_source = KNOWN_IDENTITY;
	if (raw.n)
		return raw;
	*ret_source = KNOWN_LAST;
	raw = from_last(a, k, form, f);
	if (raw.n)
		return raw;
	*ret_source = KNOWN_ACCOUNT;
	if (f->type == FIELD_EMAIL && f->group < 0 && str_eq(f->autocomplete, S("email")) && k->email.n)
		return k->email;
	*ret_source = KNOWN_NOT;
	return STR_EMPTY;
}
