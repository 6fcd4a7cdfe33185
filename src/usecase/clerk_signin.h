/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Clerks sign in: on their own host, with a login name that carries the authority ("e.muster@dresden") and a password, or with a passkey.
 * There are no default passwords: an administrator gives a one-time link (usecase/staff.h); its use ends the old password and passkeys,
 * signs in, and lets choose new ones ("clerk_open").
 */
#pragma once
#include "usecase/passkeys.h"
#include "usecase/sessions.h"

#define CLERK_OPEN_MINUTES 60

struct clerk_login {
	tenant_id tenant;		/* 0: no such authority */
	clerk_id id;			/* 0: no such clerk, or switched off */
	str name, login;
	enum clerk_role role;
	str password;			/* argon2id, or a dummy that takes as long */
	bool has_password;
};
/* typed: login@authority. Unknown: id 0 and a dummy. */
MUST_USE int clerk_login_find(struct ctx *c, str typed, struct clerk_login *ret);
MUST_USE int clerk_login_by_id(struct ctx *c, tenant_id t, clerk_id id, struct clerk_login *ret);
bool clerk_password_ok(struct arena *a, const struct clerk_login *l, str password);	/* work pool */
/* c->actor.session: the new session; old: the one before. use: the passkey that proves it, or NULL. */
MUST_USE int clerk_signin(struct ctx *c, const struct clerk_login *l, const struct actor *old, struct passkey_use *use);

struct clerk_setup {
	struct clerk_login clerk;	/* clerk.id 0: unknown, used or expired */
	struct one_time row;
	bool used;			/* after the commit of clerk_setup_use: false means that somebody was faster */
};
MUST_USE int clerk_setup_find(struct ctx *c, str token, struct clerk_setup *ret);
MUST_USE int clerk_setup_use(struct ctx *c, struct clerk_setup *s, const struct actor *old);
/* May this clerk's session choose a password and passkeys now? */
MUST_USE int clerk_is_open(struct ctx *c, bool *ret);
/* Both end "open" and all other sessions of the clerk. */
MUST_USE int clerk_password_set(struct ctx *c, str encoded);
MUST_USE int clerk_passkey_set(struct ctx *c, struct passkey_use *use);
