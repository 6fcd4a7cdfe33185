/* SPDX-License-Identifier: EUPL-1.2 */
/* Shared by the files of accounts and by identity: a session takes the place of another one. */
#pragma once
#include "domain/grant.h"
#include "usecase/accounts.h"
#include "usecase/one_time.h"
#include "usecase/outbox.h"

#define ADOPT_MAX 50
/* Parameters of password_hash(), bytes that nobody's password gives: an unknown name takes as long as a known one. */
#define PASSWORD_DUMMY "$argon2id$v=19$m=19456,t=2,p=1$PAE2EJAQiRWBVhKi4AZrIQ$YLn1jL37swvHS0m4+eVqfKzimZ1eGiu6pcd6+pYqVQo"

struct signin {
	struct session_new fresh;
	struct digest from;
	bool has_from, moves;
	account_id owner;		/* 0: still nobody's */
	struct grant adopt[ADOPT_MAX];	/* cases that the old session sent and that are nobody's yet */
	size_t adopts;
	tenant_id touches;		/* for row-level security */
};
/* c->actor.session is the new session; old the one before. owner may be filled in by the unit. */
MUST_USE int signin_prepare(struct ctx *c, account_id owner, const struct actor *old, struct signin *ret);
MUST_USE int signin_write(struct dbc *db, const struct signin *s);

str account_seal(struct ctx *c, const struct key *k, account_id id, str email, enum lang lang);
int64_t account_subject(const struct digest *email_token);	/* blind number for one_time */
str open_token(struct arena *a, const struct digest *session);
MUST_USE int account_mail(struct ctx *c, const char *kind, str to, str link, struct outbox_row *ret);
