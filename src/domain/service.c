/* SPDX-License-Identifier: EUPL-1.2 */
#include "domain/service.h"

#include "domain/field_value.h"
#include "domain/form_keys.h"

static const char service_keys[] =
	"format id version valid_from valid_to leika ozg topic audience responsible place_of trust online duration_days legal "
	"retention_years four_eyes clocks parameters fee fee_due fee_note documents_needed decision name_field address_field email_field debit_field "
	"attachments_to_clerk protected confirm languages";
static const char topic_words[] = "umzug ausweise familie heirat auto bauen gewerbe soziales tiere abfall wahlen todesfall";

static void read_dates(struct findings *f, const struct node *n, struct service *s)
{
	const struct node *from = node_get(n, S("valid_from")), *to = node_get(n, S("valid_to"));

	if (date_parse_iso(node_text(from), &s->valid_from) < 0)
		node_error_at(f, from ? from : n, S("bad-value"), "'valid_from' must be a date such as 2026-01-01");
	if (to && date_parse_iso(node_text(to), &s->valid_to) < 0)
		node_error_at(f, to, S("bad-value"), "'valid_to' must be a date such as 2026-12-31");
	if (s->valid_to.year && date_cmp(s->valid_to, s->valid_from) < 0)
		node_error_at(f, to, S("bad-value"), "'valid_to' lies before 'valid_from'");
}

static void read_clocks(struct findings *f, const struct node *n, struct service_clocks *c)
{
	const struct node *clocks = node_get(n, S("clocks"));

	/* VwVfG section 41: by post on the fourth day (2), fetched on the day after, and the offer ends after ten days (2a) */
	*c = (struct service_clocks){ .known_after_days = 4, .fetched_known_days = 1, .fetch_days = 10, .answer_days = 14, .remedy_months = 1 };
	if (!clocks || !keys_check(f, clocks, "clocks", "known_after_days fetched_known_days offered_known_days fetch_days answer_days remedy_months "
								"pay_days"))
		return;
	c->fetched_known_days = key_int(f, clocks, "fetched_known_days", c->fetched_known_days, 0, 60);
	c->offered_known_days = key_int(f, clocks, "offered_known_days", c->offered_known_days, 0, 60);
	c->known_after_days = key_int(f, clocks, "known_after_days", c->known_after_days, 0, 60);
	c->fetch_days = key_int(f, clocks, "fetch_days", c->fetch_days, 0, 365);
	c->answer_days = key_int(f, clocks, "answer_days", c->answer_days, 0, 365);
	c->pay_days = key_int(f, clocks, "pay_days", c->pay_days, 0, 365);
	c->remedy_months = key_int(f, clocks, "remedy_months", c->remedy_months, 0, 12);
}

static void read_params(struct arena *a, const struct node *n, const struct node *params, struct service *s)
{
	static const str name[] = {
#define FIELD_TYPE(ID, name, has_input) STR_INIT(#name),
#include "domain/field_types.def"
#undef FIELD_TYPE
	};
	const struct node *list = node_get(n, S("parameters"));
	struct service_param *v = ARENA_ARRAY(a, struct service_param, node_count(list));
	size_t i;
	int t;

	s->param = v;
	for (i = 0; i < node_count(list); i++) {
		struct service_param *p = &v[s->params];
		str own;

		p->id = node_text_at(list->item[i], S("id"));
		for (t = 0; t < FIELD_TYPE_COUNT && !str_eq(name[t], node_text_at(list->item[i], S("type"))); t++)
			;
		/* form_compile says what is wrong with parameters, here they are only taken over */
		if (t == FIELD_TYPE_COUNT || param_parse(a, (enum field_type)t, node_text_at(list->item[i], S("default")), &p->standard) < 0)
			continue;
		p->type = (enum field_type)t;
		p->value = p->standard;
		if (node_get(params, p->id) && param_parse(a, p->type, node_text_at(params, p->id), &own) == 0)
			p->value = own;
		s->params++;
	}
}

static void read_decision(struct arena *a, struct findings *f, const struct node *n, struct service *s)
{
	const struct node *d = node_get(n, S("decision"));

	if (!d || !keys_check(f, d, "decision", "templates reasons remedy"))
		return;
	s->decisions = key_texts(a, f, d, "templates", &s->decision);
	s->reasons = key_texts(a, f, d, "reasons", &s->reason);
}

static void read_audience(struct arena *a, struct findings *f, const struct node *n, struct service *s)
{
	const str *v;
	size_t k = key_texts(a, f, n, "audience", &v), i;

	for (i = 0; i < k; i++) {
		if (str_eq(v[i], S("person")))
			s->audience |= AUDIENCE_PERSON;
		else if (str_eq(v[i], S("firm")))
			s->audience |= AUDIENCE_FIRM;
		else
			node_error_at(f, node_get(n, S("audience")), S("bad-value"), "'audience' knows person and firm, not '%.*s'",
				      STR_FMT(v[i]));
	}
	if (!s->audience)
		s->audience = AUDIENCE_PERSON;
}

static void read_languages(struct arena *a, struct findings *f, const struct node *n, struct service *s)
{
	const str *v;
	size_t k = key_texts(a, f, n, "languages", &v), i;
	bool german = k == 0, english = k == 0;

	for (i = 0; i < k; i++) {
		german |= str_eq(v[i], S("de"));
		english |= str_eq(v[i], S("en"));
	}
	if (!german)
		node_error_at(f, node_get(n, S("languages")), S("bad-value"), "'languages' must name de: texts fall back to German");
	s->german_only = !english;
}

static void read_keys(struct arena *a, struct findings *f, const struct node *n, struct service *s)
{
	size_t i, k;

	s->leikas = key_texts(a, f, n, "leika", &s->leika);
	for (i = 0; i < s->leikas; i++) {
		bool good = s->leika[i].n == 14;

		for (k = 0; good && k < 14; k++)
			good = s->leika[i].p[k] >= '0' && s->leika[i].p[k] <= '9';
		if (!good)
			node_error_at(f, node_get(n, S("leika")), S("bad-value"), "'%.*s' is no LeiKa key: 14 digits", STR_FMT(s->leika[i]));
	}
	s->ozg = node_text_at(n, S("ozg"));
	s->legals = key_texts(a, f, n, "legal", &s->legal);
	s->needs = key_texts(a, f, n, "documents_needed", &s->need);
	s->guardeds = key_texts(a, f, n, "protected", &s->guarded);
	s->confirms = key_texts(a, f, n, "confirm", &s->confirm);
}

static void read_words(struct findings *f, const struct node *n, struct service *s)
{
	s->responsible = key_text(f, n, "responsible", "service.yaml");
	s->place_of = (enum service_place)key_word(f, n, "place_of", "residence business object event school", 0);
	s->place_of_key = node_get(n, S("place_of")) ? node_text_at(n, S("place_of")) : S("residence");
	s->trust = (enum trust_level)key_word(f, n, "trust", "none account substantial high", 0);
	s->online = (enum service_online)key_word(f, n, "online", "full partly info", 0);
	s->topic = key_text(f, n, "topic", "service.yaml");
	if (s->topic.n)
		(void)key_word(f, n, "topic", topic_words, 0);
}

int service_read(struct arena *a, const struct node *n, const struct node *params, struct findings *f, const struct service **ret)
{
	struct findings own = findings_new(a);
	struct service *s = ARENA_NEW(a, struct service);
	size_t before;

	*ret = NULL;
	if (!f)
		f = &own;
	before = f->errors;
	if (!keys_check(f, n, "service.yaml", service_keys))
		return ERR_PARSE;
	s->id = key_text(f, n, "id", "service.yaml");
	id_check(f, n, s->id, ID_PAGE, "a service");
	s->version = key_text(f, n, "version", "service.yaml");
	read_dates(f, n, s);
	read_words(f, n, s);
	read_keys(a, f, n, s);
	read_audience(a, f, n, s);
	read_languages(a, f, n, s);
	read_clocks(f, n, &s->clocks);
	read_decision(a, f, n, s);
	read_params(a, n, params, s);
	s->duration_days = key_int(f, n, "duration_days", 0, 0, 1000);
	s->retention_years = key_int(f, n, "retention_years", 10, 0, 110);
	s->four_eyes = key_bool(f, n, "four_eyes", false);
	s->attachments_to_clerk = key_bool(f, n, "attachments_to_clerk", true);
	s->fee_note = key_bool(f, n, "fee_note", false);
	s->fee_at_once = key_word(f, n, "fee_due", "decision submission", 0) == 1;
	*ret = s;
	return f->errors > before ? ERR_PARSE : 0;
}
