/* SPDX-License-Identifier: EUPL-1.2 */
/* People of the authority: who may sign in, who stands in for whom. */
#include "usecase/staff.h"
#include "usecase/substitutes.h"
#include "web/pages/clerk.h"

/* ---- substitution ---- */

static str number(struct req *rq, int64_t v)
{
	return str_fmt(rq->arena, "%lld", (long long)v);
}

static int substitute_view_of(struct req *rq, struct substitute_view *v)
{
	struct field_view *field = ARENA_ARRAY(rq->arena, struct field_view, 4);
	struct substitute_row_view *row;
	struct option_view *absent, *by;
	struct substitution *s;
	int64_t chosen_absent, chosen_by;
	size_t n, people, others;

	*v = (struct substitute_view){ .page = clerk_frame(rq, TX(rq, TX_CLERK_NAV_SUBSTITUTE), NAV_SUBSTITUTE) };
	v->post = page_post(rq, S("/vertretung"), true);
	TRY(substitutions(&rq->ctx, &s, &n));
	row = ARENA_ARRAY(rq->arena, struct substitute_row_view, n + 1);
	for (size_t i = 0; i < n; i++)
		row[i] = (struct substitute_row_view){ .absent = s[i].absent_name, .by = s[i].by_name, .from = date_of_days(rq, s[i].from),
						       .until = date_of_days(rq, s[i].until), .id = number(rq, s[i].absent.v) };
	v->row = row;
	v->rows = n;
	if (str_to_i64(req_form(rq, S("abwesend")), &chosen_absent) < 0)
		chosen_absent = rq->ctx.actor.clerk.v;
	if (str_to_i64(req_form(rq, S("vertritt")), &chosen_by) < 0)
		chosen_by = 0;
	TRY(clerk_options(rq, chosen_absent, true, &absent, &people));
	TRY(clerk_options(rq, chosen_by, true, &by, &others));
	field[0] = form_choice(S("abwesend"), TX(rq, TX_OFFICE_SUBSTITUTE_ABSENT), LOOK_SELECT, absent, people);
	if (rq->ctx.actor.role < ROLE_LEAD) { /* only for oneself */
		for (size_t i = 0; i < people; i++)
			if (str_eq(absent[i].value, number(rq, rq->ctx.actor.clerk.v)))
				absent[0] = absent[i];
		field[0].options = people ? 1 : 0;
	}
	field[1] = form_choice(S("vertritt"), TX(rq, TX_OFFICE_SUBSTITUTE_BY), LOOK_SELECT, by, others);
	field[2] = form_date(rq, S("ab"), TX(rq, TX_OFFICE_SUBSTITUTE_FROM));
	field[3] = form_date(rq, S("bis"), TX(rq, TX_OFFICE_SUBSTITUTE_UNTIL));
	v->field = field;
	v->fields = 4;
	return 0;
}

int page_clerk_substitute(struct req *rq)
{
	struct substitute_view v;

	TRY(substitute_view_of(rq, &v));
	return RENDER(rq, 200, view_substitute, &v);
}

static int show_substitute(struct req *rq, struct substitute_view *v, str problem, int status)
{
	if (problem.n)
		form_error(rq, &v->errors, NULL, problem);
	v->page.errors = true;
	return RENDER(rq, status, view_substitute, v);
}

static int substituted(struct req *rq)
{
	const struct substitute_outcome *o = rq->data;
	struct substitute_view v;

	if (o->result == SUBSTITUTE_DONE)
		return reply_see(rq, S("/vertretung?erledigt=saved"));
	TRY(substitute_view_of(rq, &v));
	return show_substitute(rq, &v, TX(rq, o->result == SUBSTITUTE_DENIED ? TX_OFFICE_WRONG_DENIED : TX_OFFICE_WRONG_UNKNOWN),
		o->result == SUBSTITUTE_DENIED ? 403 : 409);
}

static int set_substitute(struct req *rq, const struct substitution *s)
{
	struct substitute_outcome *o;
	struct once *once;

	TRY(once_open(&rq->ctx, S("clerk_substitute"), req_form(rq, S("once")), once_body(&rq->form), &once));
	TRY(substitute_set(&rq->ctx, once, s, &o));
	rq->data = o;
	return req_commit(rq, substituted);
}

int page_clerk_substitute_post(struct req *rq)
{
	struct substitution s = { 0 };
	struct substitute_view v;
	struct field_view *field;
	str end = req_form(rq, S("beenden"));

	if (end.n)
		return str_to_i64(end, &s.absent.v) < 0 ? reply_problem(rq, 400) : set_substitute(rq, &s);
	TRY(substitute_view_of(rq, &v));
	field = (struct field_view *)(uintptr_t)v.field;
	if (str_to_i64(req_form(rq, S("abwesend")), &s.absent.v) < 0)
		form_error(rq, &v.errors, &field[0], TX(rq, TX_OFFICE_WRONG_CLERK));
	if (str_to_i64(req_form(rq, S("vertritt")), &s.by.v) < 0 || s.by.v <= 0)
		form_error(rq, &v.errors, &field[1], TX(rq, TX_OFFICE_WRONG_CLERK));
	else if (s.by.v == s.absent.v)
		form_error(rq, &v.errors, &field[1], TX(rq, TX_OFFICE_WRONG_SAME));
	if (typed_date(rq, S("ab"), &s.from) < 0 || !s.from)
		form_error(rq, &v.errors, &field[2], TX(rq, TX_OFFICE_WRONG_DATE));
	if (typed_date(rq, S("bis"), &s.until) < 0 || !s.until)
		form_error(rq, &v.errors, &field[3], TX(rq, TX_OFFICE_WRONG_DATE));
	else if (s.until < s.from || s.until < date_days(rq->ctx.today))
		form_error(rq, &v.errors, &field[3], TX(rq, TX_OFFICE_WRONG_PERIOD));
	return v.errors.items ? show_substitute(rq, &v, STR_EMPTY, 422) : set_substitute(rq, &s);
}

/* ---- people ---- */

static str role_text(struct req *rq, enum clerk_role r)
{
	return TX(rq, r == ROLE_AUTHOR ? TX_OFFICE_PEOPLE_ROLE_AUTHOR : r == ROLE_ADMIN ? TX_OFFICE_PEOPLE_ROLE_ADMIN : r == ROLE_LEAD ? TX_OFFICE_PEOPLE_ROLE_LEAD : TX_OFFICE_PEOPLE_ROLE_CLERK);
}

static str state_text(struct req *rq, const struct staff *s)
{
	if (!s->active)
		return TX(rq, TX_OFFICE_PEOPLE_LOCKED);
	if (s->absent_until >= date_days(rq->ctx.today))
		return TXF(rq, TX_OFFICE_PEOPLE_ABSENT, TEXT_ARG("date", date_of_days(rq, s->absent_until)));
	return TX(rq, s->ready ? TX_OFFICE_PEOPLE_ACTIVE : TX_OFFICE_PEOPLE_WAITING);
}

static struct option_view *role_options(struct req *rq, str chosen, size_t *ret_n)
{
	struct option_view *o = ARENA_ARRAY(rq->arena, struct option_view, STAFF_ROLES);

	*ret_n = 0;
	for (size_t i = 0; i < STAFF_ROLES; i++) {
		str name = staff_role_name(staff_roles[i]);

		if (staff_role_fits(rq->ctx.actor.tenant, staff_roles[i]))
			o[(*ret_n)++] = (struct option_view){ .value = name, .text = role_text(rq, staff_roles[i]), .checked = str_eq(chosen, name) };
	}
	return o;
}

static struct field_view role_field(struct req *rq)
{
	size_t n;
	struct option_view *o = role_options(rq, req_form(rq, S("rolle")), &n);

	return form_choice(S("rolle"), TX(rq, TX_OFFICE_PEOPLE_ROLE), LOOK_RADIO, o, n);
}

static str role_key(struct req *rq, int64_t id)
{
	return str_fmt(rq->arena, "rolle-%lld", (long long)id);
}

static int people_view(struct req *rq, struct clerks_view *v)
{
	struct field_view *field = ARENA_ARRAY(rq->arena, struct field_view, 4);
	struct clerk_row_view *row;
	struct staff *s;
	size_t n;

	*v = (struct clerks_view){ .page = clerk_frame(rq, TX(rq, TX_CLERK_NAV_PEOPLE), NAV_PEOPLE) };
	v->post = page_post(rq, S("/leute"), true);
	TRY(staff_list(&rq->ctx, rq->ctx.actor.tenant, &s, &n));
	row = ARENA_ARRAY(rq->arena, struct clerk_row_view, n + 1);
	for (size_t i = 0; i < n; i++) {
		row[i] = (struct clerk_row_view){ .id = number(rq, s[i].id.v), .name = s[i].name, .email = s[i].email.n ? s[i].email : s[i].login,
						  .role = role_text(rq, s[i].role), .state = state_text(rq, &s[i]), .active = s[i].active,
						  .role_key = role_key(rq, s[i].id.v) };
		row[i].role_option = role_options(rq, staff_role_name(s[i].role), &row[i].role_options);
		if (!s[i].active)
			row[i].role_options = 0;
	}
	v->row = row;
	v->rows = n;
	field[0] = form_line(S("anmeldename"), TX(rq, TX_OFFICE_PEOPLE_LOGIN), req_form(rq, S("anmeldename")));
	field[0].hint = TX(rq, TX_OFFICE_PEOPLE_LOGIN_HINT);
	field[0].no_spellcheck = true;
	field[1] = form_line(S("name"), TX(rq, TX_OFFICE_PEOPLE_NAME), req_form(rq, S("name")));
	field[1].hint = TX(rq, TX_OFFICE_PEOPLE_NAME_HINT);
	field[2] = form_line(S("email"), TX(rq, TX_OFFICE_PEOPLE_EMAIL), req_form(rq, S("email")));
	field[2].optional = true;
	field[2].input_type = S("email");
	field[3] = role_field(rq);
	v->field = field;
	v->fields = 4;
	return 0;
}

int page_clerks(struct req *rq)
{
	struct clerks_view v;

	TRY(people_view(rq, &v));
	return RENDER(rq, 200, view_clerks, &v);
}

struct people_done {
	struct staff_outcome *out;
	struct once *once;
	str name;
	bool link;			/* a set-up link is to be shown, once */
};

static void field_error(struct req *rq, struct clerks_view *v, const char *which)
{
	static const struct {
		const char *name;
		size_t at;
		enum text_id text;
	} map[] = { { "login", 0, TX_OFFICE_WRONG_LOGIN }, { "name", 1, TX_OFFICE_WRONG_NAME }, { "email", 2, TX_OFFICE_WRONG_EMAIL }, { "role", 3, TX_OFFICE_WRONG_ROLE } };

	for (size_t i = 0; i < sizeof map / sizeof *map; i++)
		if (str_eq(str_c(which), str_c(map[i].name)))
			form_error(rq, &v->errors, (struct field_view *)(uintptr_t)&v->field[map[i].at], TX(rq, map[i].text));
}

static int people_changed(struct req *rq)
{
	const struct people_done *d = rq->data;
	struct clerks_view v;

	if (d->once->repeated || (d->out->result == STAFF_DONE && !d->link)) /* a link is shown once only, also to who sends the form again */
		return reply_see(rq, S("/leute?erledigt=saved"));
	if (d->out->result == STAFF_DONE) { /* the fields of the form are done with */
		rq->form.n = 0;
		TRY(people_view(rq, &v));
		v.setup_link = d->out->link;
		v.setup_for = d->name;
		return RENDER(rq, 200, view_clerks, &v);
	}
	TRY(people_view(rq, &v));
	if (d->out->result == STAFF_INVALID)
		field_error(rq, &v, d->out->field);
	else if (d->out->result == STAFF_EXISTS)
		form_error(rq, &v.errors, (struct field_view *)(uintptr_t)&v.field[0], TX(rq, TX_OFFICE_WRONG_EXISTS));
	else
		form_error(rq, &v.errors, NULL, TX(rq, d->out->result == STAFF_LAST_ADMIN ? TX_OFFICE_WRONG_LAST_ADMIN : TX_OFFICE_WRONG_UNKNOWN));
	v.page.errors = true;
	return RENDER(rq, d->out->result == STAFF_INVALID || d->out->result == STAFF_EXISTS ? 422 : 409, view_clerks, &v);
}

static int name_of_person(struct req *rq, int64_t id, str *ret)
{
	return clerk_name(&rq->ctx, rq->ctx.actor.tenant, (clerk_id){ id }, ret);
}

static int add_person(struct req *rq, struct people_done *d)
{
	struct staff_new new = { .login = str_trim(req_form(rq, S("anmeldename"))), .name = str_trim(req_form(rq, S("name"))),
				 .email = str_trim(req_form(rq, S("email"))) };

	if (!staff_role_parse(req_form(rq, S("rolle")), &new.role))
		new.role = ROLE_NONE;
	d->name = new.name;
	d->link = true;
	return staff_add(&rq->ctx, rq->ctx.actor.tenant, &new, &d->out);
}

static int change_person(struct req *rq, struct people_done *d, int button, clerk_id id)
{
	tenant_id t = rq->ctx.actor.tenant;
	enum clerk_role role;

	TRY(name_of_person(rq, id.v, &d->name));
	if (button == 0) {
		d->link = true;
		return staff_link(&rq->ctx, t, id, &d->out);
	}
	if (button < 3)
		return staff_set_active(&rq->ctx, t, id, button == 2, &d->out);
	if (!staff_role_parse(req_form(rq, role_key(rq, id.v)), &role) || !staff_role_fits(t, role))
		return ERR_PARSE;
	return staff_set_role(&rq->ctx, t, id, role, &d->out);
}

int page_clerks_post(struct req *rq)
{
	static const char *const buttons[] = { "link", "sperren", "freigeben", "rolle-setzen" };
	struct people_done *d = ARENA_NEW(rq->arena, struct people_done);
	int button = 0;
	int64_t id;

	rq->data = d;
	TRY(once_open(&rq->ctx, S("clerks"), req_form(rq, S("once")), once_body(&rq->form), &d->once));
	while (button < 4 && str_to_i64(req_form(rq, str_c(buttons[button])), &id) < 0)
		button++;
	if (button < 4)
		TRY(change_person(rq, d, button, (clerk_id){ id }));
	else
		TRY(add_person(rq, d));
	once_guard(&rq->ctx, d->once);
	return req_commit(rq, people_changed);
}
