/* SPDX-License-Identifier: EUPL-1.2 */
/* Public checks: is this receipt genuine, does this decision come from the authority? Nothing about the case's content is told. */
#pragma once
#include "usecase/ctx.h"
#include "wire/receipt.h"

/* Verifies against the keys of this house only. ERR_PARSE, ERR_NOTFOUND (key unknown), ERR_CRYPTO. */
MUST_USE int receipt_check(struct ctx *c, str jws, struct receipt *ret, str *ret_kid);
/* All public keys ever used, as a set. */
MUST_USE int house_keys(struct ctx *c, struct jose_keys *ret);

struct letter_check {
	tenant_id tenant;
	struct digest pdf;
	instant sent;
};
/* code: as printed under the QR (typed or scanned): 32 Crockford characters; carries its tenant. ERR_NOTFOUND. */
MUST_USE int letter_check(struct ctx *c, str code, struct letter_check *ret);
/* A new code: base32 of tenant (2 bytes) and 18 random bytes; and the hash that the letter's row keeps. */
str letter_code_make(struct arena *a, tenant_id t);
struct digest letter_code_hash(struct arena *a, str code);
