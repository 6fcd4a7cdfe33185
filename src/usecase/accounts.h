/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The citizen's own simple account: an e-mail address that was confirmed, a password and/or passkeys. It is voluntary.
 *
 * Nothing here tells whether an address has an account: registering and "forgot password" do the same work and send one mail either way.
 * An account is made only when the link in the mail is used, so nobody can put a password on somebody else's address.
 * A link leads to a button; the button takes the link away, signs in, and allows to choose a password without the old one ("open").
 *
 * argon2 is slow: account_password_check() and account_password_hash() run on the work pool (req_work), between reading and writing.
 *
 *	TRY(account_by_email(c, email, &acc));			// acc.id 0: none; acc.password is then a dummy
 *	... on the pool: ok = account_password_ok(arena, &acc, typed);
 *	TRY(account_signin(c, &acc, &old, &out));		// c->actor.session is the new one; hands over a unit
 */
#pragma once
#include "usecase/passkeys.h"
#include "usecase/sessions.h"

#define ACCOUNT_LINK_HOURS 24
#define ACCOUNT_OPEN_MINUTES 30		/* so long after a link a password may be chosen without the old one */
#define ACCOUNT_MAILS_A_DAY 5		/* for one address and purpose; then nothing is sent, and nobody is told */
#define PASSWORD_LEAST 10
#define PASSWORD_MOST 200		/* characters */

struct account {
	account_id id;			/* 0: there is none */
	struct digest email_token;
	int64_t key_id;
	str email;			/* unsealed; empty when there is none */
	enum lang lang;
	str password;			/* argon2id; a dummy when there is none, so that checking takes as long */
	bool has_password;
	instant created;
};
/* Both give acc->id 0 when there is none; only real errors are returned. */
MUST_USE int account_by_email(struct ctx *c, str email, struct account *ret);
MUST_USE int account_by_id(struct ctx *c, account_id id, struct account *ret);
/* For rate limits: the same for all ways of writing an address, and not the address. */
MUST_USE int account_email_token(struct ctx *c, str email, struct digest *ret);

/* ---- passwords ---- */
enum password_problem { PASSWORD_FINE, PASSWORD_SHORT, PASSWORD_LONG, PASSWORD_COMMON };
enum password_problem password_check(struct arena *a, str password, str email);
str password_encode(struct arena *a, str password);		/* work pool */
bool account_password_ok(struct arena *a, const struct account *acc, str password);	/* work pool */

/* ---- mails with links: register and forgot do the same for known and unknown addresses ---- */
MUST_USE int account_register(struct ctx *c, str email, str back);
MUST_USE int account_forgot(struct ctx *c, str email);
MUST_USE int account_email_change(struct ctx *c, str email);	/* link goes to the new address */

enum link_kind { LINK_NONE, LINK_CONFIRM, LINK_RESET, LINK_EMAIL };
/* What a link is good for now; LINK_NONE: unknown, used, expired. Uses nothing up. */
MUST_USE int account_link(struct ctx *c, str token, enum link_kind *ret);
struct link_outcome {
	enum link_kind used;		/* LINK_NONE: somebody was faster, or the account is gone */
	bool taken;			/* LINK_EMAIL: the address has another account by now */
	bool needs_password;		/* neither password nor passkey yet */
	str back;			/* where the person was: own path or empty */
};
/*
 * Takes the link. old: the session before (NULL: visitor had none); c->actor.session: the new one, which is signed in afterwards
 * (not with LINK_EMAIL: there the session stays as it is, c->actor.session is the present one or unknown).
 */
MUST_USE int account_link_use(struct ctx *c, str token, const struct actor *old, struct link_outcome **ret);

/* ---- signing in and out ---- */
/*
 * Drafts and cases of the old session go over, unless it was signed in to another account. The old session ends.
 * use: the passkey that proves it, or NULL; use->refused after the commit: nobody was signed in.
 */
MUST_USE int account_signin(struct ctx *c, account_id id, const struct actor *old, struct passkey_use *use);
MUST_USE int account_signout(struct ctx *c);

/* ---- in the account ---- */
/* May this session choose a password without the old one? */
MUST_USE int account_is_open(struct ctx *c, bool *ret);
/* Ends all other sessions and open links. encoded: password_encode(). */
MUST_USE int account_password_set(struct ctx *c, str encoded);
MUST_USE int account_passkey_add(struct ctx *c, struct passkey_use *use);
MUST_USE int account_passkey_remove(struct ctx *c, str credential);
/* Drafts are deleted; cases stay with the authority, without the link to the account; all sessions end. */
MUST_USE int account_close(struct ctx *c);

struct my_case {
	tenant_id tenant;
	case_id id;
};
/* "My cases": the one read across tenants, by owner; newest first, before a case id (0: from the newest). Each is then opened by case_authorize_id(). */
MUST_USE int account_cases(struct ctx *c, int64_t before, size_t max, struct my_case **ret, size_t *ret_n);
