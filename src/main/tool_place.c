/* SPDX-License-Identifier: EUPL-1.2 */
/* schalter place: who acts where. Reads places and service packages, no database. */
#include "base/json.h"
#include "domain/package.h"
#include "main/house.h"
#include "main/tools.h"

struct asking {
	struct run *run;
	const struct place_snapshot *places;
	const struct place_rule *rule;
	str place_of;			/* of a service: where the rule looks; empty: a rule was named */
	struct json json;
	bool as_json;
};

/* A rule, or a service that names one. */
static int find_rule(struct asking *x, str name)
{
	struct run *r = x->run;
	str dir = str_fmt(r->arena, "%.*s/%.*s", STR_FMT(house_share(r->arena, r->conf.services, r->program, "services")), STR_FMT(name));
	struct findings f = findings_new(r->arena);
	const struct package *p;

	x->rule = place_rule_by_key(x->places, name);
	if (x->rule)
		return EXIT_DONE;
	if (!name.n || str_index(name, '/') >= 0 || package_load(r->arena, dir, &f, &p) < 0)
		return command_fail(r, "\"%.*s\" is neither a service nor a rule (places/rules.csv names the rules)", STR_FMT(name));
	x->place_of = p->facts->place_of_key;
	x->rule = place_rule_by_key(x->places, p->facts->responsible);
	if (!x->rule)
		return command_fail(r, "%.*s: there is no rule \"%.*s\"", STR_FMT(name), STR_FMT(p->facts->responsible));
	return EXIT_DONE;
}

static void put_json(struct asking *x, const struct place *p, const struct responsibility *who)
{
	str doubt = who->confirmed ? STR_EMPTY : text_key(who->doubt);

	json_object(&x->json);
	json_kstr(&x->json, S("ags"), p->ags);
	json_kstr(&x->json, S("place"), p->slug);
	json_kstr(&x->json, S("acting"), who->authority ? who->authority->slug : STR_EMPTY);
	json_kstr(&x->json, S("basis"), who->basis);
	json_kbool(&x->json, S("confirmed"), who->confirmed);
	json_kstr(&x->json, S("doubt"), str_has_prefix(doubt, S("place.doubt.")) ? str_sub(doubt, 12, doubt.n) : doubt);
	json_object_end(&x->json);
}

static void put_line(struct asking *x, const struct place *p, const struct responsibility *who)
{
	struct buf *b = &x->run->out;
	struct text_arg arg = TEXT_ARG("place", p->label);

	buf_fmt(b, "%.*s: ", STR_FMT(p->label));
	if (who->authority)
		buf_fmt(b, "%.*s (%.*s). ", STR_FMT(who->authority->name), STR_FMT(who->authority->slug));
	text_format(b, LANG_EN, who->text, &arg, 1);
	if (!who->confirmed) {
		buf_putc(b, ' ');
		text_format(b, LANG_EN, who->doubt, &arg, 1);
	}
	buf_putc(b, '\n');
}

static int answer(struct asking *x, const struct place *p)
{
	struct responsibility who;

	TRY(place_responsible(x->places, x->rule->key, p, &who));
	if (x->as_json)
		put_json(x, p, &who);
	else
		put_line(x, p, &who);
	return 0;
}

static int answer_all(struct asking *x)
{
	struct run *r = x->run;
	size_t n = 0;
	const struct place *all = place_all(x->places, &n), *p;

	for (size_t i = 0; r->args == 1 && i < n; i++)
		if (answer(x, &all[i]) < 0)
			return command_fail(r, "the rule gives no answer for %.*s", STR_FMT(all[i].slug));
	for (size_t i = 1; i < r->args; i++) {
		p = place_by_slug(x->places, r->arg[i]);
		if (!p)
			p = place_by_ags(x->places, r->arg[i]);
		if (!p)
			return command_fail(r, "there is no place \"%.*s\" (slug or 8 digits, see places/municipalities.csv)", STR_FMT(r->arg[i]));
		if (answer(x, p) < 0)
			return command_fail(r, "the rule gives no answer for %.*s", STR_FMT(p->slug));
	}
	return EXIT_DONE;
}

int tool_place_responsible(struct run *r)
{
	struct asking x = { .run = r, .as_json = pairs_has(&r->option, S("json")) };
	struct findings f = findings_new(r->arena);
	struct buf b = buf_new(r->arena, 4096);
	int rc;

	if (place_load(r->arena, house_share(r->arena, r->conf.places, r->program, "places"), &x.places, &f) < 0 || !x.places)
		return command_fail(r, "the places cannot be read (\"schalter check\" says why)");
	rc = find_rule(&x, r->arg[0]);
	if (rc)
		return rc;
	if (!x.as_json) {
		buf_fmt(&r->out, "rule %.*s, %.*s\n", STR_FMT(x.rule->key), STR_FMT(x.rule->law));
		return answer_all(&x);
	}
	json_begin(&x.json, &b);
	json_object(&x.json);
	json_kstr(&x.json, S("rule"), x.rule->key);
	json_kstr(&x.json, S("law"), x.rule->law);
	json_kstr(&x.json, S("place_of"), x.place_of);
	json_key(&x.json, S("answers"));
	json_array(&x.json);
	rc = answer_all(&x);
	if (rc)
		return rc;		/* half a document is none */
	json_array_end(&x.json);
	json_object_end(&x.json);
	json_end(&x.json);
	buf_putc(&b, '\n');
	buf_put(&r->out, buf_str(&b));
	return EXIT_DONE;
}
