/* SPDX-License-Identifier: EUPL-1.2 */
/* Who acts for a place, by the rules of places/rules.csv. Pure: snapshot and place in, answer out.
 */
#include "domain/place_impl.h"

/* What a step found; tenant_id -1: it does not apply. */
struct found {
	int tenant_id;
	int32_t area; /* inhabitants of the acting authority's area; 0: not counted */
	enum basis {
		BY_GEMEINDE,
		BY_VERBAND,
		BY_ERFUELLENDE,
		BY_KREISFREI,
		BY_KREIS,
		BY_GROSSE,
		BY_PARTNER_GROSSE,
		BY_EINWOHNER,
		BY_PARTNER_EINWOHNER,
		BY_GENANNT,
		BY_LAND,
	} basis;
	enum doubt {
		NO_DOUBT,
		DOUBT_LEAD,
		DOUBT_GROSSE,
		DOUBT_EINWOHNER,
		DOUBT_STANDESAMT,
		DOUBT_LAW,
	} doubt;
};

static const struct {
	str basis;
	enum text_id text;
} BASES[] = {
	[BY_GEMEINDE] = {STR_INIT("gemeinde"), TX_PLACE_BASIS_GEMEINDE},
	[BY_VERBAND] = {STR_INIT("verband"), TX_PLACE_BASIS_VERBAND},
	[BY_ERFUELLENDE] = {STR_INIT("erfuellende-gemeinde"), TX_PLACE_BASIS_ERFUELLENDE_GEMEINDE},
	[BY_KREISFREI] = {STR_INIT("kreisfreie-stadt"), TX_PLACE_BASIS_KREISFREIE_STADT},
	[BY_KREIS] = {STR_INIT("kreis"), TX_PLACE_BASIS_KREIS},
	[BY_GROSSE] = {STR_INIT("grosse-kreisstadt"), TX_PLACE_BASIS_GROSSE_KREISSTADT},
	[BY_PARTNER_GROSSE] = {STR_INIT("partner-grosse-kreisstadt"),
		TX_PLACE_BASIS_PARTNER_GROSSE_KREISSTADT},
	[BY_EINWOHNER] = {STR_INIT("einwohner"), TX_PLACE_BASIS_EINWOHNER},
	[BY_PARTNER_EINWOHNER] = {STR_INIT("partner-einwohner"), TX_PLACE_BASIS_PARTNER_EINWOHNER},
	[BY_GENANNT] = {STR_INIT("genannt"), TX_PLACE_BASIS_GENANNT},
	[BY_LAND] = {STR_INIT("land"), TX_PLACE_BASIS_LAND},
};

static const enum text_id DOUBTS[] = {
	[DOUBT_LEAD] = TX_PLACE_DOUBT_ERFUELLENDE_GEMEINDE,
	[DOUBT_GROSSE] = TX_PLACE_DOUBT_GROSSE_KREISSTADT,
	[DOUBT_EINWOHNER] = TX_PLACE_DOUBT_EINWOHNER,
	[DOUBT_STANDESAMT] = TX_PLACE_DOUBT_STANDESAMTSBEZIRK,
	[DOUBT_LAW] = TX_PLACE_DOUBT_RECHT,
};

static const struct found NOT = {.tenant_id = -1};

/* The other municipality that acts for this one in a Verwaltungsgemeinschaft; NULL: there is none.
 */
static const struct place *partner(const struct place *p)
{
	const struct association *a = p->association;

	if (!a || a->kind != ASSOCIATION_GEMEINSCHAFT || a->lead == p)
		return NULL;
	return a->lead;
}

static bool leads(const struct place *p)
{
	return p->association && p->association->lead == p;
}

/* The responsibility changes only after three years below the limit: near it, the figures do not
 * decide. */
static bool near(const struct place_rule *rule, const struct place *p)
{
	int32_t now = p->population - rule->over;
	int32_t before = p->population_before - rule->over;

	if (!rule->over)
		return false;
	return (now > -rule->band && now < rule->band) ||
		(before > -rule->band && before < rule->band) || (now > 0) != (before > 0);
}

static struct found verband(const struct place *p)
{
	const struct association *a = p->association;

	if (!a || a->kind != ASSOCIATION_VERBAND)
		return NOT;
	return (struct found){
		.tenant_id = a->tenant_id, .area = a->population, .basis = BY_VERBAND};
}

static struct found erfuellende(const struct place *p)
{
	const struct association *a = p->association;

	if (!a || a->kind != ASSOCIATION_GEMEINSCHAFT || a->lead == p)
		return NOT;
	if (!a->lead)
		return (struct found){p->tenant_id, a->population, BY_GEMEINDE, DOUBT_LEAD};
	return (struct found){
		.tenant_id = a->lead->tenant_id,
		.area = a->population,
		.basis = BY_ERFUELLENDE,
		.doubt = a->lead_trust == PLACE_YES ? NO_DOUBT : DOUBT_LEAD,
	};
}

static struct found partner_acts(
	const struct place *p, bool may, enum basis basis, enum doubt doubt)
{
	if (!may)
		return NOT;
	if (p->association->lead_trust != PLACE_YES)
		doubt = DOUBT_LEAD;
	return (struct found){
		.tenant_id = p->association->lead->tenant_id, .basis = basis, .doubt = doubt};
}

static struct found own(const struct place *p, bool may, enum basis basis, enum doubt doubt)
{
	if (!may)
		return NOT;
	return (struct found){
		.tenant_id = p->tenant_id,
		.area = leads(p) ? p->association->population : p->population,
		.basis = basis,
		.doubt = doubt,
	};
}

static bool named(const struct place_rule *rule, const struct place *p)
{
	str rest = rule->named, ags;

	while (str_split(&rest, ';', &ags))
		if (str_eq(ags, p->ags))
			return true;
	return false;
}

static enum doubt of_status(const struct place *p)
{
	return p->grosse_kreisstadt == PLACE_YES ? NO_DOUBT : DOUBT_GROSSE;
}

static struct found kreis(const struct place_rule *rule, const struct place *p)
{
	const struct place *lead = partner(p);
	bool doubtful = near(rule, p) || (lead && near(rule, lead));

	return (struct found){
		.tenant_id = p->district->tenant_id,
		.basis = BY_KREIS,
		.doubt = doubtful ? DOUBT_EINWOHNER : NO_DOUBT,
	};
}

static struct found step(const struct place_rule *rule, enum place_step what, const struct place *p)
{
	const struct place *lead = partner(p);

	switch (what) {
	case STEP_KREISFREI:
		return own(p, p->kind == PLACE_KREISFREIE_STADT, BY_KREISFREI, NO_DOUBT);
	case STEP_VERBAND: return verband(p);
	case STEP_ERFUELLENDE: return erfuellende(p);
	case STEP_GROSSE_KREISSTADT:
		return own(p, p->grosse_kreisstadt != PLACE_NO, BY_GROSSE, of_status(p));
	case STEP_PARTNER_GROSSE_KREISSTADT:
		return lead ? partner_acts(p, lead->grosse_kreisstadt != PLACE_NO,
				      BY_PARTNER_GROSSE, of_status(lead))
			    : NOT;
	case STEP_UEBER:
		return own(p, p->population > rule->over, BY_EINWOHNER,
			near(rule, p) ? DOUBT_EINWOHNER : NO_DOUBT);
	case STEP_PARTNER_UEBER:
		return lead ? partner_acts(p, lead->population > rule->over, BY_PARTNER_EINWOHNER,
				      near(rule, lead) ? DOUBT_EINWOHNER : NO_DOUBT)
			    : NOT;
	case STEP_GENANNT: return own(p, named(rule, p), BY_GENANNT, NO_DOUBT);
	case STEP_GEMEINDE: return own(p, true, BY_GEMEINDE, NO_DOUBT);
	case STEP_KREIS: return kreis(rule, p);
	case STEP_LAND: return (struct found){.basis = BY_LAND};
	}
	return NOT;
}

int place_responsible(const struct place_snapshot *snap, str rule_key, const struct place *place,
	struct responsibility *ret)
{
	const struct place_rule *rule = place_rule_by_key(snap, rule_key);
	struct found f = NOT;

	if (!rule)
		return ERR_NOTFOUND;
	for (uint8_t i = 0; i < rule->n_steps && f.tenant_id < 0; i++)
		f = step(rule, rule->steps[i], place);
	if (f.tenant_id < 0)
		return ERR_INVALID; /* the loader takes only rules that end with a step that always
				       applies */
	if (f.doubt == NO_DOUBT && f.basis != BY_KREISFREI && f.area && f.area < rule->area_below)
		f.doubt = DOUBT_STANDESAMT;
	if (f.doubt == NO_DOUBT && !rule->verified && f.basis != BY_KREISFREI && f.basis != BY_GENANNT)
		f.doubt = DOUBT_LAW;
	*ret = (struct responsibility){
		.tenant_id = f.tenant_id,
		.authority = f.tenant_id ? authority_by_tenant(snap, f.tenant_id) : NULL,
		.confirmed = f.doubt == NO_DOUBT,
		.basis = BASES[f.basis].basis,
		.text = BASES[f.basis].text,
		.doubt = DOUBTS[f.doubt],
	};
	return 0;
}
