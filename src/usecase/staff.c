/* SPDX-License-Identifier: EUPL-1.2 */
#include "usecase/staff.h"

#define NAME_MAX_BYTES 120

const enum clerk_role staff_roles[STAFF_ROLES] = { ROLE_CLERK, ROLE_LEAD, ROLE_ADMIN, ROLE_AUTHOR };
static const char *const role_names[] = { "clerk", "lead", "admin", "author" };

str staff_role_name(enum clerk_role r)
{
	for (size_t i = 0; i < STAFF_ROLES; i++)
		if (staff_roles[i] == r)
			return str_c(role_names[i]);
	return S("none");
}

bool staff_role_parse(str s, enum clerk_role *ret)
{
	for (size_t i = 0; i < STAFF_ROLES; i++)
		if (str_eq(s, str_c(role_names[i]))) {
			*ret = staff_roles[i];
			return true;
		}
	return false;
}

bool staff_role_fits(tenant_id t, enum clerk_role r)
{
	if (t.v == TENANT_PORTAL.v) /* the portal decides no cases */
		return r == ROLE_AUTHOR || r == ROLE_ADMIN;
	return r != ROLE_NONE;
}

const struct authority staff_portal = { .tenant_id = 10000, .slug = STR_INIT(STAFF_PORTAL), .name = STR_INIT("Portal") };

const struct authority *staff_authority(const struct house *h, tenant_id t)
{
	return t.v == TENANT_PORTAL.v ? &staff_portal : authority_by_tenant(h->places, t.v);
}

bool staff_login_ok(str login)
{
	if (login.n < 2 || login.n > 40)
		return false;
	for (size_t i = 0; i < login.n; i++) {
		char c = login.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (i && (c == '.' || c == '-' || c == '_'))))
			return false;
	}
	return true;
}

static const char *wrong_field(tenant_id t, const struct staff_new *n)
{
	ptrdiff_t at = str_index(n->email, '@');

	if (!staff_login_ok(n->login))
		return "login";
	if (!str_trim(n->name).n || n->name.n > NAME_MAX_BYTES)
		return "name";
	if (n->email.n && (at < 1 || (size_t)at + 3 > n->email.n || n->email.n > 254 || str_index(n->email, ' ') >= 0))
		return "email";
	return staff_role_fits(t, n->role) ? NULL : "role";
}

/* ---- reading ---- */

#define STAFF_COLUMNS                                                                                                                 \
	"c.clerk_id, c.login, c.name, c.email, c.role, c.active, c.password, c.absent_until, c.substitute_id, c.created_at, "        \
	"(SELECT COUNT(*) FROM passkey p WHERE p.tenant_id = c.tenant_id AND p.kind = 2 AND p.subject_id = c.clerk_id)"

static void read_row(struct arena *a, const struct rows *r, struct staff *ret)
{
	*ret = (struct staff){ .id = { row_int(r, 0) }, .login = str_dup(a, row_str(r, 1)), .name = str_dup(a, row_str(r, 2)),
			       .email = str_dup(a, row_str(r, 3)), .role = (enum clerk_role)row_int(r, 4), .active = row_int(r, 5),
			       .ready = row_str(r, 6).n || row_int(r, 10), .absent_until = (int32_t)row_int(r, 7),
			       .substitute = { row_int(r, 8) }, .created = { row_int(r, 9) } };
}

int staff_list(struct ctx *c, tenant_id t, struct staff **ret, size_t *ret_n)
{
	AUTO(rows_done) struct rows *r = NULL;
	struct dbc *db;
	size_t n = 0, cap = 16;
	struct staff *list = ARENA_ARRAY(c->arena, struct staff, cap), *wider;

	TRY(ctx_db(c, t, &db));
	TRY(db_query(db, &r, SQL("SELECT " STAFF_COLUMNS " FROM clerk c WHERE c.tenant_id = $1 ORDER BY c.active DESC, c.name, c.clerk_id"), VI(t.v)));
	while (rows_next(r)) {
		if (n == cap) {
			wider = ARENA_ARRAY(c->arena, struct staff, cap * 2);
			memcpy(wider, list, cap * sizeof *list);
			list = wider;
			cap *= 2;
		}
		read_row(c->arena, r, &list[n++]);
	}
	*ret = list;
	*ret_n = n;
	return rows_error(r);
}

int staff_find(struct ctx *c, tenant_id t, str login, struct staff *ret)
{
	AUTO(rows_done) struct rows *r = NULL;
	struct dbc *db;

	TRY(ctx_db(c, t, &db));
	TRY(db_query(db, &r, SQL("SELECT " STAFF_COLUMNS " FROM clerk c WHERE c.tenant_id = $1 AND c.login = $2"), VI(t.v), VT(login)));
	if (!rows_next(r))
		return rows_error(r) ? rows_error(r) : ERR_NOTFOUND;
	read_row(c->arena, r, ret);
	return 0;
}

/* ---- writing ---- */

struct staff_change {
	tenant_id tenant;
	struct staff_new new;
	struct staff_outcome *out;
	struct digest token;
	instant now;
	bool active;
	enum clerk_role role;
};

static struct staff_change *change_new(struct ctx *c, tenant_id t, clerk_id id, struct staff_outcome **ret)
{
	struct staff_change *s = ARENA_NEW(c->arena, struct staff_change);

	s->out = *ret = ARENA_NEW(c->arena, struct staff_outcome);
	s->tenant = t;
	s->now = c->now;
	s->out->id = id;
	return s;
}

static void make_link(struct ctx *c, struct staff_change *s)
{
	struct staff_outcome *o = s->out;

	o->token = handle_make(c->arena, s->tenant);
	o->link = str_fmt(c->arena, "%.*s/einrichten/%.*s", STR_FMT(c->house->clerk_origin), STR_FMT(o->token));
	o->until = instant_add_s(c->now, STAFF_LINK_DAYS * 86400);
	s->token = handle_hash(o->token);
}

static int drop_links(struct dbc *db, const struct staff_change *s)
{
	return db_exec(db, SQL("DELETE FROM one_time WHERE tenant_id = $1 AND kind = 'clerk_setup' AND subject_id = $2"), VI(s->tenant.v), VI(s->out->id.v));
}

static int put_link(struct dbc *db, const struct staff_change *s)
{
	TRY(drop_links(db, s));
	return db_exec(db, SQL("INSERT INTO one_time (tenant_id, token_hash, kind, subject_id, expires_at) VALUES ($1, $2, 'clerk_setup', $3, $4)"),
		VI(s->tenant.v), VB(digest_str(&s->token)), VI(s->out->id.v), VI(s->out->until.us));
}

static int add_unit(struct dbc *db, void *arg)
{
	struct staff_change *s = arg;
	int64_t changed;

	TRY(db_exec_n(db, &changed, SQL("INSERT INTO clerk (tenant_id, clerk_id, login, name, email, role, active, created_at) "
					"VALUES ($1, $2, $3, $4, $5, $6, 1, $7) ON CONFLICT DO NOTHING"),
		VI(s->tenant.v), VI(s->out->id.v), VT(s->new.login), VT(s->new.name), VT(s->new.email), VI(s->new.role), VI(s->now.us)));
	s->out->result = changed ? STAFF_DONE : STAFF_EXISTS;
	return changed ? put_link(db, s) : 0;
}

int staff_add(struct ctx *c, tenant_id t, const struct staff_new *n, struct staff_outcome **ret)
{
	struct staff_change *s = change_new(c, t, (clerk_id){ id_next(c->house->clock) }, ret);

	s->new = *n;
	s->new.name = str_trim(n->name);
	s->out->field = wrong_field(t, n);
	if (s->out->field) {
		s->out->result = STAFF_INVALID;
		return 0;
	}
	make_link(c, s);
	ctx_hand_over(c, add_unit, s, t, true);
	return 0;
}

static int link_unit(struct dbc *db, void *arg)
{
	struct staff_change *s = arg;
	AUTO(rows_done) struct rows *r = NULL;

	TRY(db_query(db, &r, SQL("SELECT 1 FROM clerk WHERE tenant_id = $1 AND clerk_id = $2 AND active = 1"), VI(s->tenant.v), VI(s->out->id.v)));
	s->out->result = rows_next(r) ? STAFF_DONE : STAFF_UNKNOWN;
	TRY(rows_error(r));
	rows_done(&r);
	return s->out->result == STAFF_DONE ? put_link(db, s) : 0;
}

int staff_link(struct ctx *c, tenant_id t, clerk_id id, struct staff_outcome **ret)
{
	struct staff_change *s = change_new(c, t, id, ret);

	make_link(c, s);
	ctx_hand_over(c, link_unit, s, t, true);
	return 0;
}

/* Would the authority have no administrator any more? */
static int other_admins(struct dbc *db, const struct staff_change *s, int64_t *ret)
{
	AUTO(rows_done) struct rows *r = NULL;

	TRY(db_query(db, &r, SQL("SELECT COUNT(*) FROM clerk WHERE tenant_id = $1 AND clerk_id <> $2 AND active = 1 AND role = 3"), VI(s->tenant.v),
		VI(s->out->id.v)));
	*ret = rows_next(r) ? row_int(r, 0) : 0;
	return rows_error(r);
}

static int is_admin(struct dbc *db, const struct staff_change *s, bool *ret_known, bool *ret)
{
	AUTO(rows_done) struct rows *r = NULL;

	TRY(db_query(db, &r, SQL("SELECT role, active FROM clerk WHERE tenant_id = $1 AND clerk_id = $2"), VI(s->tenant.v), VI(s->out->id.v)));
	*ret_known = rows_next(r);
	*ret = *ret_known && row_int(r, 0) == ROLE_ADMIN && row_int(r, 1);
	return rows_error(r);
}

/* Sets out->result to STAFF_DONE if the clerk is there and may stop being an active administrator. */
static int may_leave(struct dbc *db, struct staff_change *s, bool stays_admin)
{
	bool known, admin;
	int64_t others;

	TRY(is_admin(db, s, &known, &admin));
	TRY(other_admins(db, s, &others));
	s->out->result = !known ? STAFF_UNKNOWN : admin && !stays_admin && !others ? STAFF_LAST_ADMIN : STAFF_DONE;
	return 0;
}

static int active_unit(struct dbc *db, void *arg)
{
	struct staff_change *s = arg;

	TRY(may_leave(db, s, s->active));
	if (s->out->result != STAFF_DONE)
		return 0;
	TRY(db_exec(db, SQL("UPDATE clerk SET active = $3 WHERE tenant_id = $1 AND clerk_id = $2"), VI(s->tenant.v), VI(s->out->id.v), VI(s->active)));
	if (s->active)
		return 0;
	TRY(drop_links(db, s));
	return db_exec(db, SQL("DELETE FROM session WHERE tenant_id = $1 AND kind = 2 AND subject_tenant = $2 AND subject_id = $3"), VI(TENANT_PORTAL.v),
		VI(s->tenant.v), VI(s->out->id.v));
}

int staff_set_active(struct ctx *c, tenant_id t, clerk_id id, bool active, struct staff_outcome **ret)
{
	struct staff_change *s = change_new(c, t, id, ret);

	s->active = active;
	ctx_hand_over(c, active_unit, s, t, true);
	return 0;
}

static int role_unit(struct dbc *db, void *arg)
{
	struct staff_change *s = arg;

	TRY(may_leave(db, s, s->role == ROLE_ADMIN));
	if (s->out->result != STAFF_DONE)
		return 0;
	return db_exec(db, SQL("UPDATE clerk SET role = $3 WHERE tenant_id = $1 AND clerk_id = $2"), VI(s->tenant.v), VI(s->out->id.v), VI(s->role));
}

int staff_set_role(struct ctx *c, tenant_id t, clerk_id id, enum clerk_role role, struct staff_outcome **ret)
{
	struct staff_change *s = change_new(c, t, id, ret);

	s->role = role;
	ctx_hand_over(c, role_unit, s, t, true);
	return 0;
}
