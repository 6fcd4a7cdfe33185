/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Sessions: a random token in a cookie, stored as a hash. A visitor has none until something must be remembered.
 * CSRF tokens are HMAC(session token, purpose): they need no storage and end with the session.
 */
#pragma once
#include "web/req.h"

enum session_kind { SESSION_CITIZEN = 1, SESSION_CLERK = 2 };

/* Reads the cookie and fills rq->ctx.actor; a missing or expired session is no error. */
MUST_USE int session_load(struct req *rq);
/* Makes a token for a session that the use case's unit will insert (session_insert in domain/person); sets the cookie when the reply goes out. */
void session_make(struct req *rq);
void session_forget(struct req *rq);	/* takes session_make() back: nothing came of it */
void session_clear(struct req *rq);
void session_cookie(struct req *rq);	/* writes Set-Cookie headers: dispatch_finish() */
/* Hidden field value for forms; empty session: bound to nothing, checked by origin only. */
str csrf_token(struct req *rq);
bool csrf_ok(struct req *rq);
