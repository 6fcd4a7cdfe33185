/* SPDX-License-Identifier: EUPL-1.2 */
#include "main/demo.h"

#include "usecase/staff.h"

/* Towns of all kinds: independent cities, a Große Kreisstadt, a small town that leads a Verwaltungsgemeinschaft, a Verwaltungsverband, districts. */
static const char *const authorities[] = { STAFF_PORTAL, "dresden", "leipzig", "radebeul", "koenigstein", "verwaltungsverband-eilenburg-west", "landkreis-meissen",
					   "landkreis-saechsische-schweiz-osterzgebirge" };
static const struct {
	const char *login, *name;
	enum clerk_role role;
} people[] = {
	{ "sachbearbeitung", "Kim Beispiel", ROLE_CLERK },
	{ "leitung", "Toni Muster", ROLE_LEAD },
	{ "verwaltung", "Robin Vorlage", ROLE_ADMIN },
	/* two, since nobody releases what he has written himself */
	{ "redaktion", "Sam Entwurf", ROLE_AUTHOR },
	{ "freigabe", "Alex Gegenlese", ROLE_AUTHOR },
};

static int any_clerk(struct house *h, bool *ret)
{
	AUTO(db_read_done) struct dbc *db = NULL;
	AUTO(rows_done) struct rows *r = NULL;

	TRY(db_read(h->db, TENANT_ALL, 0, &db));
	TRY(db_query(db, &r, SQL_ALL_TENANTS("is this installation new?", "SELECT 1 FROM clerk LIMIT 1")));
	*ret = rows_next(r);
	return rows_error(r);
}

static int add_clerk(struct house *h, struct run *r, const struct authority *a, size_t i)
{
	AUTO(ctx_done) struct ctx c = ctx_system(h, r->arena);
	struct staff_new n = { .login = str_c(people[i].login), .name = str_c(people[i].name), .role = people[i].role };
	struct staff_outcome *out;

	TRY(staff_add(&c, (tenant_id){ a->tenant_id }, &n, &out));
	TRY(ctx_commit_wait(&c));
	if (out->result == STAFF_DONE)
		buf_fmt(&r->err, "  %-16s %.*s\n", people[i].login, STR_FMT(out->link));
	return 0;
}

int demo_make(struct house *h, struct run *r)
{
	bool there;
	int rc = any_clerk(h, &there);

	if (rc < 0)
		return command_fail(r, "the clerks cannot be read: %s", err_text(rc)), rc;
	if (there)
		return 0;
	buf_fmt(&r->err, "The demonstration has these clerks. Each link works once, for %d days; with it the clerk chooses a password or passkey.\n"
			 "Clerks sign in as LOGIN@SLUG. New links: build/schalter clerk link LOGIN --tenant SLUG --data DIR (this demonstration's)\n"
			 "More people: build/schalter clerk add --help\n", STAFF_LINK_DAYS);
	for (size_t i = 0; i < sizeof authorities / sizeof *authorities; i++) {
		const struct authority *a = i ? authority_by_slug(h->places, str_c(authorities[i])) : &staff_portal;

		if (!a)
			continue; /* another register of places */
		buf_fmt(&r->err, "%.*s (%s)\n", STR_FMT(a->name), authorities[i]);
		for (size_t p = 0; p < sizeof people / sizeof *people; p++) {
			if (!staff_role_fits((tenant_id){ a->tenant_id }, people[p].role))
				continue;
			rc = add_clerk(h, r, a, p);
			if (rc < 0)
				return command_fail(r, "the clerks of the demonstration could not be made: %s", err_text(rc)), rc;
		}
	}
	return 0;
}
