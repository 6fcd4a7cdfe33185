/* SPDX-License-Identifier: EUPL-1.2 */
#include "usecase/setup.h"

#include "usecase/tenants.h"

#define TENANT_MAX 10000

struct missing {
	struct house *house;
	struct arena *arena;
	const struct authority **authority;
	size_t n;
	bool portal;
	instant now;
};

static const char *kind_of(const struct authority *a)
{
	switch (a->kind) {
	case AUTHORITY_DISTRICT:
		return "kreis";
	case AUTHORITY_VERBAND:
		return "verband";
	case AUTHORITY_MUNICIPALITY:
		break;
	}
	return "gemeinde";
}

/* A demonstration shows payment notices, too: bank code 00000000 does not exist, so that nobody can pay by mistake. */
static str demo_settings(struct arena *a, const struct authority *who)
{
	struct tenant_settings s = { .bank = { .name = str_fmt(a, "%.*s (Demonstration)", STR_FMT(who->name)), .iban = S("DE36000000000000000000") } };

	return tenant_settings_json(a, &s);
}

static int insert(struct dbc *db, int32_t id, str slug, str name, const char *kind, str settings, instant now)
{
	return db_exec(db, SQL("INSERT INTO tenant (tenant_id, slug, name, kind, settings, created_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING"),
		VI(id), VT(slug), VT(name), VT(str_c(kind)), VT(settings), VI(now.us));
}

static int insert_missing(struct dbc *db, void *arg)
{
	const struct missing *m = arg;

	if (m->portal)
		TRY(insert(db, TENANT_PORTAL.v, S("portal"), S("Schalter"), "portal", S("{}"), m->now));
	for (size_t i = 0; i < m->n; i++) {
		const struct authority *a = m->authority[i];
		str settings = m->house->conf.demo ? demo_settings(m->arena, a) : S("{}");

		TRY(insert(db, a->tenant_id, a->slug, a->name, kind_of(a), settings, m->now));
	}
	return 0;
}

static int read_known(struct house *h, bool *known)
{
	AUTO(db_read_done) struct dbc *db = NULL;
	AUTO(rows_done) struct rows *r = NULL;

	TRY(db_read(h->db, TENANT_ALL, 0, &db));
	TRY(db_query(db, &r, SQL_ALL_TENANTS("the register of tenants itself", "SELECT t.tenant_id FROM tenant t")));
	while (rows_next(r))
		if (row_int(r, 0) >= 0 && row_int(r, 0) <= TENANT_MAX)
			known[row_int(r, 0)] = true;
	return rows_error(r);
}

int setup_tenants(struct house *h, size_t *ret_added)
{
	AUTO(arena_freep) struct arena *a = arena_new(64 * 1024);
	bool *known = ARENA_ARRAY(a, bool, TENANT_MAX + 1);
	size_t n, ids = 1;
	const struct authority *all = authority_all(h->places, &n);
	struct missing m = { h, a, ARENA_ARRAY(a, const struct authority *, n + 1), 0, true, clock_now(h->clock) };
	int32_t *id = ARENA_ARRAY(a, int32_t, n + 1);
	struct unit u = { .run = insert_missing, .arg = &m, .tenant = { TENANT_ALL, 0 }, .once = true };

	*ret_added = 0;
	TRY(read_known(h, known));
	m.portal = !known[TENANT_PORTAL.v];
	id[0] = TENANT_PORTAL.v;
	for (size_t i = 0; i < n; i++) {
		if (all[i].tenant_id <= 0 || all[i].tenant_id >= TENANT_PORTAL.v)
			return ERR_INVALID;
		if (!known[all[i].tenant_id]) {
			m.authority[m.n++] = &all[i];
			id[ids++] = all[i].tenant_id;
		}
	}
	*ret_added = m.n;
	/* the keys come first: a tenant that is there can always seal */
	if (m.portal || m.n) {
		TRY(keys_tenants_make(h->keys, id, ids));
		TRY(db_unit_run(h->db, &u));
	}
	return 0;
}

int setup_tenant_list(struct house *h, struct arena *a, str slug, struct tenant_row **ret, size_t *ret_n)
{
	AUTO(db_read_done) struct dbc *db = NULL;
	AUTO(rows_done) struct rows *r = NULL;
	size_t cap, n = 0;

	(void)authority_all(h->places, &cap);
	cap += 16;
	*ret = ARENA_ARRAY(a, struct tenant_row, cap);
	TRY(db_read(h->db, TENANT_ALL, 0, &db));
	TRY(db_query(db, &r, SQL_ALL_TENANTS("the operator's list of tenants",
		"SELECT t.tenant_id, t.slug, t.name, t.kind, t.settings, "
		"(SELECT COUNT(*) FROM clerk c WHERE c.tenant_id = t.tenant_id AND c.active = 1), "
		"(SELECT COUNT(*) FROM cases s WHERE s.tenant_id = t.tenant_id AND s.phase <= $2 AND s.destroyed_at IS NULL) "
		"FROM tenant t WHERE $1 = '' OR t.slug = $1 ORDER BY t.tenant_id"),
		VT(slug), VI(PHASE_KNOWN)));
	while (n < cap && rows_next(r)) {
		(*ret)[n++] = (struct tenant_row){ .id = { (int32_t)row_int(r, 0) }, .slug = str_dup(a, row_str(r, 1)), .name = str_dup(a, row_str(r, 2)),
						   .kind = str_dup(a, row_str(r, 3)), .settings = str_dup(a, row_str(r, 4)),
						   .clerks = (size_t)row_int(r, 5), .open_cases = (size_t)row_int(r, 6) };
	}
	*ret_n = n;
	return rows_error(r);
}
