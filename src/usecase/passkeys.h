/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Passkeys of accounts and of clerks: adding, listing, removing, signing in. wire/webauthn.h checks the ceremony, this keeps its state.
 *
 * A challenge is no row: it is random bytes, the end of its time and a MAC over both and what it is for. Only when it was used it is
 * remembered, so that a page that offers passkeys writes nothing, and yet no answer is taken twice.
 */
#pragma once
#include "usecase/one_time.h"
#include "wire/webauthn.h"

enum passkey_kind { PASSKEY_ACCOUNT = 1, PASSKEY_CLERK = 2 };
#define PASSKEYS_MAX 10
#define PASSKEY_CHALLENGE_MINUTES 15

struct passkey_owner {
	enum passkey_kind kind;
	tenant_id tenant;		/* the portal, or the clerk's authority */
	int64_t subject;		/* 0 with the challenge of a sign-in: not known yet */
};
/* For signing in (subject 0), or for adding to this owner. */
MUST_USE int passkey_challenge(struct ctx *c, const struct passkey_owner *o, str *ret);
/* JSON for the page script. */
MUST_USE int passkey_create_json(struct ctx *c, const struct webauthn_rp *rp, const struct passkey_owner *o, str challenge, str name, str *ret);
str passkey_get_json(struct arena *a, const struct webauthn_rp *rp, str challenge);

struct passkey {
	str credential;			/* raw */
	instant created;
};
MUST_USE int passkeys_of(struct ctx *c, const struct passkey_owner *o, struct passkey *ret, size_t *ret_n);	/* room for PASSKEYS_MAX */

/* A ceremony that was checked, to be written inside a unit. */
struct passkey_use {
	struct one_time challenge;
	struct passkey_owner owner;
	struct webauthn_credential credential;
	instant now;
	bool refused;			/* after writing: the challenge was used before, or there are too many */
};
/* ERR_DENIED whatever is wrong with the answer. */
MUST_USE int passkey_add_check(struct ctx *c, const struct webauthn_rp *rp, const struct passkey_owner *o, str challenge, str reply,
			       struct passkey_use *ret);
MUST_USE int passkey_add_write(struct dbc *db, struct passkey_use *u);
MUST_USE int passkey_signin_check(struct ctx *c, const struct webauthn_rp *rp, enum passkey_kind kind, str challenge, str reply,
				  struct passkey_use *ret);
MUST_USE int passkey_signin_write(struct dbc *db, struct passkey_use *u);
MUST_USE int passkey_remove_write(struct dbc *db, const struct passkey_owner *o, str credential, bool *ret_removed);
