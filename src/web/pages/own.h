/* SPDX-License-Identifier: EUPL-1.2 */
/* Shared by the pages of account, sign-in, identity and clerks' sign-in. */
#pragma once
#include "usecase/passkeys.h"
#include "web/pages.h"
#include "web/session.h"

/* Where to go on afterwards: an own path ("/antrag/x?y=z"), or empty when it is anything else: no address of another host comes through. */
str own_path(str typed);
/* "?weiter=..." for links and actions that keep it; empty without one. */
str own_tail(struct req *rq, str back);
/* Origin under which the visitor is here: scheme of the setting, host as checked by dispatch. */
str own_origin(struct req *rq);

struct field_view own_email(struct req *rq, str key, str label, str value);
struct field_view own_password(str key, str label, bool fresh);		/* fresh: a new one is chosen */
void own_error(struct req *rq, struct errors_view *e, struct field_view *f, str text);
/* What is wrong with a new password, in words; empty: nothing. */
str own_password_problem(struct req *rq, str password, str email);

/* A new session is tried; when nothing comes of it, the old one stays. */
struct kept {
	struct actor actor;
	str token;
};
struct kept own_session_new(struct req *rq);
void own_session_back(struct req *rq, const struct kept *k);

/* Passkeys work on host names, and on https or this machine only. */
struct webauthn_rp own_rp(struct req *rq);
bool own_rp_possible(const struct req *rq);
/* The passkey part of a page. subject 0: signing in. action: where the answer goes. */
MUST_USE int own_passkey(struct req *rq, const struct passkey_owner *o, str name, str action, struct passkey_view *ret);

/* A dead end that says how to go on. */
MUST_USE int own_gone(struct req *rq, int status, str text, str back_href);
