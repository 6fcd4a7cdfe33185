/* SPDX-License-Identifier: EUPL-1.2 */
#include "usecase/tenants.h"

#include <pthread.h>

#include "base/json.h"

/* Group, name and place of every fact, once: reading and writing follow this table. */
#define FACTS(X)                                                                                     \
	X("contact", "phone", contact.phone) X("contact", "email", contact.email)                    \
	X("contact", "web", contact.web) X("contact", "hours", contact.hours)                        \
	X("contact", "street", contact.street) X("contact", "postcode", contact.postcode)            \
	X("contact", "town", contact.town)                                                           \
	X("bank", "name", bank.name) X("bank", "iban", bank.iban) X("bank", "bic", bank.bic)         \
	X("officer", "name", officer.name) X("officer", "email", officer.email)                      \
	X("officer", "phone", officer.phone)                                                         \
	X("supervision", "name", supervision.name) X("supervision", "web", supervision.web)          \
	X("legal", "represented_by", represented_by) X("legal", "vat_id", vat_id)

int tenant_settings_parse(struct arena *a, str json, struct tenant_settings *ret)
{
	struct node_error e;
	struct node *n;

	*ret = (struct tenant_settings){ 0 };
	TRY(node_parse_json(a, json.n ? json : S("{}"), &n, &e));
#define READ(group, name, member) ret->member = str_dup(a, node_text_at(node_get(n, S(group)), S(name)));
	FACTS(READ)
#undef READ
	return 0;
}

static void open_group(struct json *j, str *now, str group)
{
	if (str_eq(*now, group))
		return;
	if (now->n)
		json_object_end(j);
	json_key(j, group);
	json_object(j);
	*now = group;
}

str tenant_settings_json(struct arena *a, const struct tenant_settings *s)
{
	struct buf b = buf_new(a, 512);
	str group = STR_EMPTY;
	struct json j;

	json_begin(&j, &b);
	json_object(&j);
#define WRITE(name_of_group, name, member)                      \
	if (s->member.n) {                                      \
		open_group(&j, &group, S(name_of_group));       \
		json_kstr(&j, S(name), s->member);              \
	}
	FACTS(WRITE)
#undef WRITE
	if (group.n)
		json_object_end(&j);
	json_object_end(&j);
	json_end(&j);
	return buf_str(&b);
}

/* ---- the cache: JSON text by tenant; small, and read on most pages ---- */

#define SLOTS 64
static struct slot {
	const struct db *db;		/* whose tenant: tests open several houses in one process */
	int32_t tenant;
	int64_t read_us;
	struct arena *arena;
	str json;
} cache[SLOTS];
static pthread_mutex_t cache_lock = PTHREAD_MUTEX_INITIALIZER;

static bool cached(struct ctx *c, tenant_id t, str *ret)
{
	struct slot *s = &cache[t.v % SLOTS];
	bool found;

	pthread_mutex_lock(&cache_lock);
	found = s->arena && s->db == c->house->db && s->tenant == t.v &&
		clock_monotonic_us() - s->read_us < INSTANT_S(TENANT_SETTINGS_SECONDS);
	if (found)
		*ret = str_dup(c->arena, s->json);
	pthread_mutex_unlock(&cache_lock);
	return found;
}

static void keep(struct ctx *c, tenant_id t, str json)
{
	struct slot *s = &cache[t.v % SLOTS];

	pthread_mutex_lock(&cache_lock);
	if (s->arena)
		arena_reset(s->arena);
	else
		s->arena = arena_new(1024);
	s->db = c->house->db;
	s->tenant = t.v;
	s->read_us = clock_monotonic_us();
	s->json = str_dup(s->arena, json);
	pthread_mutex_unlock(&cache_lock);
}

void tenant_settings_forget(tenant_id tenant)
{
	pthread_mutex_lock(&cache_lock);
	cache[tenant.v % SLOTS].tenant = 0;
	pthread_mutex_unlock(&cache_lock);
}

static int read_json(struct ctx *c, tenant_id t, str *ret)
{
	AUTO(rows_done) struct rows *r = NULL;
	struct dbc *db;

	TRY(ctx_db(c, t, &db));
	TRY(db_query(db, &r, SQL("SELECT settings FROM tenant WHERE tenant_id = $1"), VI(t.v)));
	*ret = rows_next(r) ? str_dup(c->arena, row_str(r, 0)) : S("{}");
	return rows_error(r);
}

int tenant_settings_get(struct ctx *c, tenant_id tenant, struct tenant_settings *ret)
{
	str json;

	if (tenant.v <= 0)
		return tenant_settings_parse(c->arena, STR_EMPTY, ret);
	if (!cached(c, tenant, &json)) {
		TRY(read_json(c, tenant, &json));
		keep(c, tenant, json);
	}
	return tenant_settings_parse(c->arena, json, ret);
}

/* ---- writing ---- */

struct set {
	tenant_id tenant;
	str json;
};

static int set_unit(struct dbc *db, void *arg)
{
	struct set *s = arg;
	int64_t changed;

	TRY(db_exec_n(db, &changed, SQL("UPDATE tenant SET settings = $2 WHERE tenant_id = $1"), VI(s->tenant.v), VT(s->json)));
	return changed ? 0 : ERR_NOTFOUND;
}

int tenant_settings_set(struct ctx *c, tenant_id tenant, const struct tenant_settings *settings)
{
	struct set *s = ARENA_NEW(c->arena, struct set);

	s->tenant = tenant;
	s->json = tenant_settings_json(c->arena, settings);
	ctx_hand_over(c, set_unit, s, tenant, true);
	return 0;
}
