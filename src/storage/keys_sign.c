/* SPDX-License-Identifier: EUPL-1.2 */
#include <string.h>
#include "storage/keys_impl.h"

/* ---- purposes ---- */

int keys_purpose(struct keys *k, int32_t tenant, const char *label, struct key *ret)
{
	struct key t;
	size_t n = strlen(label);

	TRY(keys_tenant(k, tenant, &t));
	if (n >= sizeof k->purposes->label || n == 0)
		return ERR_INVALID;
	size_t first = (size_t)(str_hash(str_c(label)) ^ ((uint32_t)tenant * UINT32_C(2654435769))) & (KEYS_PURPOSES - 1);
	pthread_mutex_lock(&k->mu);
	for (size_t i = 0; i < 8; i++) {
		struct purpose *p = &k->purposes[(first + i) & (KEYS_PURPOSES - 1)];
		if (p->label[0] && (p->tenant != tenant || strcmp(p->label, label) != 0) && i < 7)
			continue;
		if (p->tenant != tenant || strcmp(p->label, label) != 0) {
			p->tenant = tenant;
			memcpy(p->label, label, n + 1);
			p->key = key_derive(&t, str_c(label));
		}
		*ret = p->key;
		break;
	}
	pthread_mutex_unlock(&k->mu);
	return 0;
}

/* ---- signing ---- */

struct sign_row {
	struct keys *k;
	struct arena *a;
	const struct signing_key *made;	/* to insert */
	str wrapped;
	bool only_if_none;
};

static void kid_of(struct arena *a, const struct ec_public *pub, char ret[24])
{
	struct digest d = sha256(str_n(pub, sizeof *pub));
	str kid = b64url(a, str_n(d.b, 12));

	memcpy(ret, kid.p, kid.n);
	ret[kid.n] = 0;
}

static int read_signing(struct dbc *c, struct arena *a, struct signing_key **ret, size_t *ret_n, str **ret_wrapped)
{
	AUTO(rows_done) struct rows *r = NULL;
	size_t n = 0, cap = 8;
	struct signing_key *list = ARENA_ARRAY(a, struct signing_key, cap);
	str *wrapped = ARENA_ARRAY(a, str, cap);

	TRY(db_query(c, &r, SQL_ALL_TENANTS("receipts are signed by the portal",
		"SELECT kid, public, wrapped, since FROM signing_key ORDER BY since DESC, kid")));
	while (rows_next(r)) {
		if (n == cap) {
			struct signing_key *more = ARENA_ARRAY(a, struct signing_key, cap * 2);
			str *more_wrapped = ARENA_ARRAY(a, str, cap * 2);
			memcpy(more, list, n * sizeof *list);
			memcpy(more_wrapped, wrapped, n * sizeof *wrapped);
			list = more;
			wrapped = more_wrapped;
			cap *= 2;
		}
		str kid = row_str(r, 0), pub = row_str(r, 1);
		if (kid.n >= sizeof list->kid || pub.n != sizeof list->pub)
			return ERR_PARSE;
		memcpy(list[n].kid, kid.p, kid.n);
		memcpy(&list[n].pub, pub.p, pub.n);
		list[n].since.us = row_int(r, 3);
		wrapped[n] = str_dup(a, row_str(r, 2));
		n++;
	}
	TRY(rows_error(r));
	*ret = list;
	*ret_n = n;
	if (ret_wrapped)
		*ret_wrapped = wrapped;
	return 0;
}

static int insert_signing(struct dbc *c, void *arg)
{
	struct sign_row *s = arg;
	struct signing_key *list;
	size_t n;

	if (s->only_if_none) {
		TRY(read_signing(c, s->a, &list, &n, NULL));
		if (n)
			return 0;
	}
	return db_exec(c, SQL_ALL_TENANTS("receipts are signed by the portal",
		"INSERT INTO signing_key (kid, public, wrapped, since) VALUES ($1, $2, $3, $4)"),
		VT(str_c(s->made->kid)), VB(str_n(&s->made->pub, sizeof s->made->pub)), VB(s->wrapped), VI(s->made->since.us));
}

static int make_signing(struct keys *k, bool only_if_none)
{
	AUTO(arena_freep) struct arena *a = arena_new(2048);
	struct signing_key made = { .since = clock_now(&clock_real) };
	struct ec_private *unused;
	struct key d;

	/* only the number is kept: the working key is loaded from the store, so that what is used is what can be read again */
	TRY(ec_generate(a, &unused, &made.pub, d.b));
	kid_of(a, &made.pub, made.kid);
	struct sign_row s = { k, a, &made, keys_wrap(k, a, made.kid, 0, &d), only_if_none };
	wipe(&d, sizeof d);
	return keys_run(k, insert_signing, &s);
}

/* The newest one, with its private key, into the memory of the process. */
static int load_signing(struct keys *k)
{
	AUTO(arena_freep) struct arena *a = arena_new(2048);
	AUTO(db_read_done) struct dbc *c = NULL;
	struct signing_key *list;
	struct ec_private *priv;
	struct key d;
	str *wrapped;
	size_t n;

	TRY(db_read(k->db, TENANT_ALL, 0, &c));
	TRY(read_signing(c, a, &list, &n, &wrapped));
	if (!n)
		return ERR_NOTFOUND;
	TRY(keys_unwrap(k, list[0].kid, 0, wrapped[0], &d));
	pthread_mutex_lock(&k->mu);
	int rc = ec_load(k->arena, d.b, &list[0].pub, &priv);
	if (rc == 0) {
		k->signing = arena_copy(k->arena, &list[0], sizeof list[0]);
		k->signing->priv = priv;
	}
	pthread_mutex_unlock(&k->mu);
	wipe(&d, sizeof d);
	return rc;
}

static const struct signing_key *current(struct keys *k)
{
	pthread_mutex_lock(&k->mu);
	const struct signing_key *s = k->signing;
	pthread_mutex_unlock(&k->mu);
	return s;
}

int keys_signing(struct keys *k, const struct signing_key **ret)
{
	*ret = current(k);
	if (*ret)
		return 0;
	int rc = load_signing(k);
	if (rc == ERR_NOTFOUND) {
		TRY(make_signing(k, true));
		rc = load_signing(k);
	}
	TRY(rc);
	*ret = current(k);
	return 0;
}

int keys_signing_rotate(struct keys *k)
{
	TRY(make_signing(k, false));
	return load_signing(k);
}

int keys_signing_list(struct keys *k, struct arena *a, struct signing_key **ret, size_t *ret_n)
{
	AUTO(db_read_done) struct dbc *c = NULL;

	TRY(db_read(k->db, TENANT_ALL, 0, &c));
	return read_signing(c, a, ret, ret_n, NULL);
}

/* ---- keys of many tenants ---- */

struct tenants {
	const int32_t *tenant;
	str *wrapped;
	size_t n;
};

static int insert_tenants(struct dbc *c, void *arg)
{
	const struct tenants *t = arg;

	for (size_t i = 0; i < t->n; i++)
		TRY(db_exec(c, SQL("INSERT INTO tenant_key (tenant_id, wrapped, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"),
			VI(t->tenant[i]), VB(t->wrapped[i]), VI(clock_now(&clock_real).us)));
	return 0;
}

int keys_tenants_make(struct keys *k, const int32_t *tenant, size_t n)
{
	AUTO(arena_freep) struct arena *a = arena_new(n * 128 + 1024);
	int32_t *missing = ARENA_ARRAY(a, int32_t, n + 1);
	struct tenants t = { missing, ARENA_ARRAY(a, str, n + 1), 0 };
	struct key key;

	for (size_t i = 0; i < n; i++) {
		int rc = keys_tenant(k, tenant[i], &key);

		if (rc != 0 && rc != ERR_NOTFOUND)
			return rc;
		if (!rc)
			continue;
		key = key_random();
		missing[t.n] = tenant[i];
		t.wrapped[t.n++] = keys_wrap(k, a, "tenant", tenant[i], &key);
	}
	wipe(&key, sizeof key);
	return t.n ? keys_run(k, insert_tenants, &t) : 0;
}
