/* SPDX-License-Identifier: EUPL-1.2 */
/* What the town says about itself, and the parameters of its services. One page; each service and the facts are saved together, in turn. */
#include "domain/field_codes.h"
#include "usecase/catalog.h"
#include "usecase/tenants.h"
#include "web/pages/clerk.h"

#define FACTS(X)                                                                                                                              \
	X("telefon", contact.phone, PHONE) X("email", contact.email, EMAIL) X("web", contact.web, WEB) X("zeiten", contact.hours, HOURS)      \
	X("strasse", contact.street, STREET) X("plz", contact.postcode, POSTCODE) X("ort", contact.town, TOWN)                                \
	X("kontoinhaber", bank.name, BANK_NAME) X("iban", bank.iban, IBAN) X("bic", bank.bic, BIC)                                            \
	X("vertreten", represented_by, REPRESENTED) X("ust", vat_id, VAT)                                                                     \
	X("dsb", officer.name, OFFICER_NAME) X("dsb-email", officer.email, OFFICER_EMAIL) X("dsb-telefon", officer.phone, OFFICER_PHONE)      \
	X("aufsicht", supervision.name, SUPERVISION) X("aufsicht-web", supervision.web, SUPERVISION_WEB)

struct town_form {
	struct tenant_settings_view v;
	struct field_view *field;
	size_t fields, room;
	struct tenant_settings typed;
	const struct definition *const *service;
	size_t services, next;			/* next: service whose parameters are written now */
	struct once *once;
};

static struct field_view *add(struct town_form *p, struct field_view f)
{
	p->field[p->fields] = f;
	return &p->field[p->fields++];
}

static void read_facts(struct req *rq, struct town_form *p)
{
#define READ(key, member, text) p->typed.member = str_trim(req_form(rq, S(key)));
	FACTS(READ)
#undef READ
}

static void add_facts(struct req *rq, struct town_form *p, const struct tenant_settings *s)
{
#define ADD(key, member, text) add(p, form_line(S(key), TX(rq, TX_OFFICE_SETTINGS_##text), s->member))->optional = true;
	FACTS(ADD)
#undef ADD
}

/* What the town has, also while it is switched off: its parameters are not lost. */
static const struct definition *offer_of(struct req *rq, const struct definition *standard, bool *ret_active)
{
	const struct definition *d = standard;

	*ret_active = catalog_offer(&rq->ctx, rq->ctx.actor.tenant, standard->service->id, &d) == 0;
	return d;
}

static str active_key(struct req *rq, const struct service *s)
{
	return str_fmt(rq->arena, "an-%.*s", STR_FMT(s->id));
}

static str param_key(struct req *rq, const struct service *s, size_t i)
{
	return str_fmt(rq->arena, "p-%.*s-%.*s", STR_FMT(s->id), STR_FMT(s->param[i].id));
}

static str param_shown(struct req *rq, const struct service_param *p)
{
	struct decimal d;

	if ((p->type == FIELD_MONEY || p->type == FIELD_DECIMAL) && decimal_parse(p->value, &d) == 0)
		return decimal_format(rq->arena, d, S("de"));
	return p->value;
}

static void add_service(struct req *rq, struct town_form *p, const struct definition *standard, bool posted)
{
	bool active;
	const struct definition *d = offer_of(rq, standard, &active);
	const struct service *s = d->service;
	struct option_view *o = ARENA_ARRAY(rq->arena, struct option_view, 2);
	str title = definition_text(d, S("de"), S("title")), key = active_key(rq, s);

	if (posted)
		active = str_eq(req_form(rq, key), S("ja"));
	o[0] = (struct option_view){ .value = S("ja"), .text = TX(rq, TX_OFFICE_SETTINGS_YES), .checked = active };
	o[1] = (struct option_view){ .value = S("nein"), .text = TX(rq, TX_OFFICE_SETTINGS_NO), .checked = !active };
	add(p, form_choice(key, TXF(rq, TX_OFFICE_SETTINGS_ACTIVE, TEXT_ARG("service", title)), LOOK_RADIO, o, 2));
	for (size_t i = 0; i < s->params; i++) {
		struct field_view *f;
		str name = definition_text3(d, S("de"), S("param."), s->param[i].id, STR_EMPTY);

		key = param_key(rq, s, i);
		f = add(p, form_line(key, TXF(rq, TX_OFFICE_SETTINGS_PARAM, TEXT_ARG("service", title), TEXT_ARG("name", name)),
				posted ? str_trim(req_form(rq, key)) : param_shown(rq, &s->param[i])));
		if (s->param[i].type == FIELD_MONEY) {
			f->suffix = S("Euro");
			f->inputmode = S("decimal");
		}
		f->width = 20;
	}
}

static int build(struct req *rq, bool posted, struct town_form **ret)
{
	struct town_form *p = ARENA_NEW(rq->arena, struct town_form);
	struct tenant_settings now;

	p->service = catalog_services(rq->house->catalog, &p->services);
	p->room = 20;
	for (size_t i = 0; i < p->services; i++)
		p->room += 1 + p->service[i]->service->params;
	p->field = ARENA_ARRAY(rq->arena, struct field_view, p->room);
	p->v.page = clerk_frame(rq, TX(rq, TX_CLERK_NAV_SETTINGS), NAV_SETTINGS);
	p->v.post = page_post(rq, S("/einstellungen"), true);
	if (posted)
		read_facts(rq, p);
	else
		TRY(tenant_settings_get(&rq->ctx, rq->ctx.actor.tenant, &now));
	add_facts(rq, p, posted ? &p->typed : &now);
	for (size_t i = 0; i < p->services; i++)
		add_service(rq, p, p->service[i], posted);
	p->v.field = p->field;
	p->v.fields = p->fields;
	*ret = p;
	return 0;
}

int page_tenant_settings(struct req *rq)
{
	struct town_form *p;

	if (rq->ctx.actor.tenant.v == TENANT_PORTAL.v) /* it decides no cases */
		return reply_problem(rq, 403);
	TRY(build(rq, false, &p));
	return RENDER(rq, 200, view_tenant_settings, &p->v);
}

/* ---- saving ---- */

static struct field_view *field_at(struct town_form *p, str key)
{
	for (size_t i = 0; i < p->fields; i++)
		if (str_eq(p->field[i].key, key))
			return &p->field[i];
	return NULL;
}

static int param_canonical(struct req *rq, enum field_type type, str typed, str *ret)
{
	struct decimal d;
	int64_t whole;

	switch (type) {
	case FIELD_MONEY:
		TRY(decimal_parse_german(typed, &d));
		TRY(decimal_round(d, 2, ROUND_HALF_UP, &d));
		*ret = decimal_str(rq->arena, d);
		return d.unscaled < 0 ? ERR_LIMIT : 0;
	case FIELD_DECIMAL:
		TRY(decimal_parse_german(typed, &d));
		*ret = decimal_str(rq->arena, d);
		return 0;
	case FIELD_INTEGER:
		*ret = typed;
		return str_to_i64(typed, &whole);
	case FIELD_BOOL:
		*ret = typed;
		return str_eq(typed, S("true")) || str_eq(typed, S("false")) ? 0 : ERR_PARSE;
	default:
		*ret = typed;
		return typed.n && typed.n <= 1000 ? 0 : ERR_PARSE;
	}
}

static bool host_name(str host)
{
	for (size_t i = 0; i < host.n; i++) {
		char c = host.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || (unsigned char)c >= 0x80))
			return false;
	}
	return str_index(host, '.') > 0;
}

/* A link that citizens get to see: http or https to a host with a name, nothing else. */
static bool web_address(struct req *rq, str *address)
{
	str rest, host;

	if (!address->n)
		return true;
	if (str_find(*address, S("://")) < 0)
		*address = str_fmt(rq->arena, "https://%.*s", STR_FMT(*address));
	if (!str_has_prefix(*address, S("https://")) && !str_has_prefix(*address, S("http://")))
		return false;
	rest = str_sub(*address, (size_t)str_find(*address, S("://")) + 3, address->n);
	return address->n <= 300 && str_index(*address, ' ') < 0 && str_split(&rest, '/', &host) && host_name(host);
}

static void check(struct req *rq, struct town_form *p)
{
	str canonical;

	if (!web_address(rq, &p->typed.contact.web))
		form_error(rq, &p->v.errors, field_at(p, S("web")), TX(rq, TX_OFFICE_WRONG_WEB));
	if (!web_address(rq, &p->typed.supervision.web))
		form_error(rq, &p->v.errors, field_at(p, S("aufsicht-web")), TX(rq, TX_OFFICE_WRONG_WEB));
	if (p->typed.contact.email.n && field_code_parse(rq->arena, FIELD_EMAIL, p->typed.contact.email, &canonical) < 0)
		form_error(rq, &p->v.errors, field_at(p, S("email")), TX(rq, TX_OFFICE_WRONG_EMAIL));
	if (p->typed.bank.iban.n && field_code_parse(rq->arena, FIELD_IBAN, p->typed.bank.iban, &p->typed.bank.iban) < 0)
		form_error(rq, &p->v.errors, field_at(p, S("iban")), TX(rq, TX_OFFICE_WRONG_IBAN));
	for (size_t i = 0; i < p->services; i++) {
		const struct service *s = p->service[i]->service;

		for (size_t k = 0; k < s->params; k++) {
			struct field_view *f = field_at(p, param_key(rq, s, k));

			if (f && param_canonical(rq, s->param[k].type, f->value, &canonical) < 0)
				form_error(rq, &p->v.errors, f, TX(rq, TX_OFFICE_WRONG_PARAM));
		}
	}
}

/* Only services whose settings differ from what is in force are written: a new definition for the town each. */
static bool changed(struct req *rq, struct town_form *p, const struct definition *standard, struct offer_settings *ret)
{
	bool active, differs;
	const struct definition *d = offer_of(rq, standard, &active);
	const struct service *s = d->service;
	struct pair *list = ARENA_ARRAY(rq->arena, struct pair, s->params + 1);

	*ret = (struct offer_settings){ .active = str_eq(req_form(rq, active_key(rq, s)), S("ja")) };
	differs = ret->active != active;
	for (size_t k = 0; k < s->params; k++) {
		str canonical;

		if (param_canonical(rq, s->param[k].type, str_trim(req_form(rq, param_key(rq, s, k))), &canonical) < 0)
			continue;
		differs |= !str_eq(canonical, s->param[k].value);
		if (!str_eq(canonical, s->param[k].standard))
			list[ret->params.n++] = (struct pair){ s->param[k].id, canonical };
	}
	ret->params.v = list;
	return differs;
}

static int next_service(struct req *rq)
{
	struct town_form *p = rq->data;

	if (p->once->repeated) /* what was saved by others meanwhile stays */
		return reply_see(rq, S("/einstellungen?erledigt=saved"));
	if (p->next) /* one was written: it is in force from now on */
		TRY(catalog_reload(&rq->ctx, rq->ctx.actor.tenant));
	else
		tenant_settings_forget(rq->ctx.actor.tenant);
	while (p->next < p->services) {
		const struct definition *d = p->service[p->next++];
		struct offer_settings o;

		if (!changed(rq, p, d, &o))
			continue;
		rq->ctx.unit = NULL;
		TRY(catalog_offer_set(&rq->ctx, rq->ctx.actor.tenant, d->service->id, &o));
		return req_commit(rq, next_service);
	}
	return reply_see(rq, S("/einstellungen?erledigt=saved"));
}

int page_tenant_settings_post(struct req *rq)
{
	struct town_form *p;

	if (rq->ctx.actor.tenant.v == TENANT_PORTAL.v) /* it decides no cases */
		return reply_problem(rq, 403);
	TRY(build(rq, true, &p));
	check(rq, p);
	if (p->v.errors.items) {
		p->v.page.errors = true;
		return RENDER(rq, 422, view_tenant_settings, &p->v);
	}
	TRY(once_open(&rq->ctx, S("tenant_settings"), req_form(rq, S("once")), once_body(&rq->form), &p->once));
	TRY(tenant_settings_set(&rq->ctx, rq->ctx.actor.tenant, &p->typed));
	once_guard(&rq->ctx, p->once);
	rq->data = p;
	return req_commit(rq, next_service);
}
