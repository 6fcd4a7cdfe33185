/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The context of a use case: who asks, when, in which language, with which services of the house.
 *
 * A use case is one public function: it checks (grant), decides (rules), and either answers at once or hands over one unit of work in
 * ctx->unit, which the caller submits; the outcome struct is filled by the unit and read after the commit.
 *
 *	MUST_USE int note_add(struct ctx *c, const struct grant *g, str text, struct note_outcome **ret);
 */
#pragma once
#include "base/clock.h"
#include "base/conf.h"
#include "base/date.h"
#include "base/pool.h"
#include "domain/case.h"
#include "domain/definition.h"
#include "domain/place.h"
#include "domain/text.h"
#include "storage/blob.h"
#include "storage/db.h"
#include "storage/ids.h"
#include "storage/keys.h"

struct catalog;
struct intake;
struct preview;

/* The house: made once at start, shared by all threads. */
struct house {
	struct conf conf;
	struct clock *clock;
	struct db *db;
	struct keys *keys;
	struct blobs *blobs;
	struct pool *work;			/* argon2, PDF: short */
	struct pool *look;			/* uploads: a file may take its 20 s, and must not keep people from signing in */
	struct intake *intake;
	const struct place_snapshot *places;
	struct catalog *catalog;
	struct preview *preview;		/* schalter preview: one package under its author's eyes; NULL: not */
	str origin, clerk_origin;		/* "http://localhost:8080": no slash at the end */
	bool https;
};

/* ROLE_AUTHOR writes services and sees no case: below all others, so that no comparison with CLERK, LEAD, ADMIN lets it in. */
enum clerk_role { ROLE_AUTHOR = -1, ROLE_NONE, ROLE_CLERK, ROLE_LEAD, ROLE_ADMIN };

struct actor {
	enum actor_kind kind;
	bool known;				/* there is a session */
	struct digest session;			/* hash of the session token */
	account_id account;			/* 0: no account */
	clerk_id clerk;				/* of tenant */
	int64_t software;			/* destination of tenant */
	tenant_id tenant;			/* portal for citizens, own tenant for clerks and software */
	enum clerk_role role;
	enum trust_level trust;
	bool standin;				/* a stand-in identity was used in this session */
	bool stale;				/* seen_at is old: session_touch() */
	str name;				/* clerk's name; identity name of a citizen, may be empty */
	str identity;				/* JSON of the sign-in's identity data, may be empty */
};

struct ctx {
	struct house *house;
	struct arena *arena;
	instant now;
	struct date today;
	enum lang lang;
	struct actor actor;
	struct dbc *db;				/* private: use ctx_db() */
	tenant_id db_tenant;			/* private */
	struct unit *unit;			/* handed over by the use case; NULL: nothing to write */
};

/* The read connection of this request, opened on first use for the portal and, if given, another tenant. Closed by ctx_done(). */
MUST_USE int ctx_db(struct ctx *c, tenant_id other, struct dbc **ret);
void ctx_done(struct ctx *c);
/* Hands over a unit of work. tenant: whose rows it touches beside the portal's. once: may be run again after a lost commit. */
void ctx_hand_over(struct ctx *c, int (*run)(struct dbc *db, void *arg), void *arg, tenant_id tenant, bool once);
/* Ends the use case's write at once, waiting: tools, jobs and tests only. */
MUST_USE int ctx_commit_wait(struct ctx *c);
/* Context of a job or tool: actor system, TENANT of its own. */
struct ctx ctx_system(struct house *h, struct arena *a);
