/* SPDX-License-Identifier: EUPL-1.2 */
#include "usecase/checks.h"

#include <string.h>

#define CODE_BYTES 20

int house_keys(struct ctx *c, struct jose_keys *ret)
{
	struct signing_key *list;
	struct jose_key *k;
	size_t n;

	TRY(keys_signing_list(c->house->keys, c->arena, &list, &n));
	k = ARENA_ARRAY(c->arena, struct jose_key, n + 1);
	for (size_t i = 0; i < n; i++)
		k[i] = (struct jose_key){ .kid = str_dup(c->arena, str_c(list[i].kid)), .pub = list[i].pub };
	*ret = (struct jose_keys){ k, n };
	return 0;
}

/* The header of a token that was verified already. */
static str kid_of(struct arena *a, str jws)
{
	struct node_error e;
	struct node *n;
	str head, rest, json;

	if (!str_cut(jws, '.', &head, &rest) || b64url_decode(a, head, &json) < 0 || node_parse_json(a, json, &n, &e) < 0)
		return STR_EMPTY;
	return node_text_at(n, S("kid"));
}

int receipt_check(struct ctx *c, str jws, struct receipt *ret, str *ret_kid)
{
	struct jose_keys keys;

	TRY(house_keys(c, &keys));
	TRY(receipt_verify(c->arena, &keys, str_trim(jws), ret));
	*ret_kid = kid_of(c->arena, str_trim(jws));
	return 0;
}

str letter_code_make(struct arena *a, tenant_id t)
{
	uint8_t raw[CODE_BYTES] = { (uint8_t)(t.v >> 8), (uint8_t)t.v };

	rand_bytes(raw + 2, sizeof raw - 2);
	return b32(a, str_n(raw, sizeof raw));
}

struct digest letter_code_hash(struct arena *a, str code)
{
	str raw;

	/* over the bytes, so that typing (lower case, O for 0, hyphens) does not matter */
	return b32_decode(a, code, &raw) < 0 ? sha256(code) : sha256(raw);
}

int letter_check(struct ctx *c, str code, struct letter_check *ret)
{
	AUTO(rows_done) struct rows *r = NULL;
	struct digest hash = letter_code_hash(c->arena, code);
	struct dbc *db;
	str raw;

	if (b32_decode(c->arena, code, &raw) < 0 || raw.n != CODE_BYTES)
		return ERR_NOTFOUND;
	ret->tenant.v = (uint8_t)raw.p[0] << 8 | (uint8_t)raw.p[1];
	TRY(ctx_db(c, ret->tenant, &db));
	TRY(db_query(db, &r, SQL("SELECT pdf_hash, sent_at FROM letter WHERE tenant_id = $1 AND check_hash = $2 AND state = 3"), VI(ret->tenant.v),
		VB(digest_str(&hash))));
	if (!rows_next(r))
		return rows_error(r) ? rows_error(r) : ERR_NOTFOUND;
	if (row_str(r, 0).n != sizeof ret->pdf.b)
		return ERR_NOTFOUND;
	memcpy(ret->pdf.b, row_str(r, 0).p, sizeof ret->pdf.b);
	ret->sent.us = row_int(r, 1);
	return 0;
}
