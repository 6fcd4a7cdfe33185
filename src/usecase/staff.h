/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Clerks of an authority as accounts: adding, listing, switching off, and the one-time link by which a new clerk chooses a password or
 * passkey. There are no default passwords. Pages (administrator, /leute) and the command line (schalter clerk) use the same functions;
 * who may call them is checked by the caller: route permission ADMIN with the actor's own tenant, or the operator's shell.
 *
 * A set-up token is a handle (domain/case.h: it carries its tenant), kept as a hash in one_time: (tenant of the clerk, handle_hash(token),
 * kind "clerk_setup", subject_id = clerk). GET /einrichten/<token> shows a button only; POST uses it up.
 *
 *	TRY(staff_add(c, tenant, &new, &out));		// hands over a unit
 *	if (out->result == STAFF_DONE) ... out->link
 */
#pragma once
#include "usecase/ctx.h"

#define STAFF_LINK_DAYS 7

struct staff {
	clerk_id id;
	str login, name, email;
	enum clerk_role role;
	bool active, ready;		/* ready: has a password or passkey */
	int32_t absent_until;		/* date as days; 0: present */
	clerk_id substitute;
	instant created;
};
MUST_USE int staff_list(struct ctx *c, tenant_id t, struct staff **ret, size_t *ret_n);
/* ERR_NOTFOUND */
MUST_USE int staff_find(struct ctx *c, tenant_id t, str login, struct staff *ret);

enum staff_result { STAFF_DONE, STAFF_EXISTS, STAFF_LAST_ADMIN, STAFF_INVALID, STAFF_UNKNOWN };
struct staff_new {
	str login, name, email;		/* login: 2..40 of a-z 0-9 . - _ */
	enum clerk_role role;
};
struct staff_outcome {
	enum staff_result result;	/* final after the commit */
	clerk_id id;
	str token, link;		/* origin of the clerks + /einrichten/ + token */
	instant until;
	const char *field;		/* STAFF_INVALID: "login", "name", "email", "role" */
};
MUST_USE int staff_add(struct ctx *c, tenant_id t, const struct staff_new *n, struct staff_outcome **ret);
/* A new set-up link; older ones of this clerk end, the password and passkeys are removed when the link is used, not before. */
MUST_USE int staff_link(struct ctx *c, tenant_id t, clerk_id id, struct staff_outcome **ret);
/* Switching off ends the clerk's sessions and links at once. The last active administrator stays: STAFF_LAST_ADMIN. */
MUST_USE int staff_set_active(struct ctx *c, tenant_id t, clerk_id id, bool active, struct staff_outcome **ret);
/* The caller has asked staff_role_fits(). */
MUST_USE int staff_set_role(struct ctx *c, tenant_id t, clerk_id id, enum clerk_role role, struct staff_outcome **ret);
/* All roles, in the order in which people choose them. */
#define STAFF_ROLES 4
extern const enum clerk_role staff_roles[STAFF_ROLES];
/* The portal of the state has authors and administrators only; a town has all. */
bool staff_role_fits(tenant_id t, enum clerk_role r);
/* Whose people they are: an authority, or the state's portal, which is none. NULL: there is no such tenant. */
#define STAFF_PORTAL "portal"
extern const struct authority staff_portal;
const struct authority *staff_authority(const struct house *h, tenant_id t);
bool staff_login_ok(str login);
str staff_role_name(enum clerk_role r);		/* "clerk", "lead", "admin", "author": for the command line */
bool staff_role_parse(str s, enum clerk_role *ret);
