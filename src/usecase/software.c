/* SPDX-License-Identifier: EUPL-1.2 */
#include "usecase/software.h"

str software_credential(struct arena *a, tenant_id t)
{
	uint8_t raw[34] = { (uint8_t)(t.v >> 8), (uint8_t)t.v };

	rand_bytes(raw + 2, 32);
	return b64url(a, str_n(raw, sizeof raw));
}

int software_actor(struct ctx *c, str authorization)
{
	AUTO(rows_done) struct rows *r = NULL;
	struct digest hash;
	struct dbc *db;
	str raw, credential;
	tenant_id t;

	if (!str_has_prefix(authorization, S("Bearer ")))
		return ERR_NOTFOUND;
	credential = str_trim(str_sub(authorization, 7, authorization.n));
	if (b64url_decode(c->arena, credential, &raw) < 0 || raw.n != 34)
		return ERR_NOTFOUND;
	t.v = (uint8_t)raw.p[0] << 8 | (uint8_t)raw.p[1];
	hash = sha256(credential);
	TRY(ctx_db(c, t, &db));
	TRY(db_query(db, &r, SQL("SELECT destination_id FROM destination WHERE tenant_id = $1 AND credential_hash = $2 AND active = 1"), VI(t.v),
		VB(digest_str(&hash))));
	if (!rows_next(r))
		return rows_error(r) ? rows_error(r) : ERR_NOTFOUND;
	c->actor = (struct actor){ .kind = ACTOR_SOFTWARE, .known = true, .tenant = t, .software = row_int(r, 0) };
	return 0;
}
