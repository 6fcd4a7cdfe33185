/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * house: opens everything that the program lives in (struct house, usecase/ctx.h) from the settings, and closes it again. Used by the
 * server, by tools when no server runs, and by flow tests.
 *
 *	struct house_opening o = { .conf = conf, .program = "/usr/local/bin/schalter" };
 *	if (house_open(app, &o) < 0) ... say o.why
 *	... o.house ...
 *	house_close(o.house);
 */
#pragma once
#include "domain/findings.h"
#include "usecase/ctx.h"

struct house_opening {
	/* in */
	struct conf conf;
	const char *program;		/* path of the running program: helpers and data are looked for beside it */
	struct clock *clock;		/* NULL: the real one */
	bool no_helpers;		/* tools: no processes, no work threads */
	/* out */
	struct house *house;
	str why;			/* what went wrong and what to do about it */
	struct findings findings;	/* of places and services; errors there leave a service out */
	int schema_from, schema_to;
	bool fresh;			/* the database was empty */
	int lock;			/* descriptor that holds the data folder; -1: none (PostgreSQL without a data folder) */
};

/* All memory in the arena, which must outlive the house. On failure what was opened is closed again. */
MUST_USE int house_open(struct arena *a, struct house_opening *o);
void house_close(struct house_opening *o);

/* Parts, for doctor and tests. */
/* Origins from the settings. ERR_PARSE with a message: not an origin, plain http for others than this machine, stand-in identity on https. */
MUST_USE int house_origins(struct arena *a, const struct conf *c, str *ret_origin, str *ret_clerk_origin, bool *ret_https, str *ret_why);
/* ERR_NOTFOUND, ERR_PARSE with a message. In a demo the file is made if it is not there and there are no keys yet. */
MUST_USE int house_master_key(struct arena *a, const struct conf *c, struct key *ret, str *ret_why);
/* Where services, places and the like lie: the setting, or beside the program (build folder or prefix/share/schalter). */
str house_share(struct arena *a, str setting, const char *program, const char *name);
/* Takes the lock of the data folder. ERR_BUSY: another process has it. */
MUST_USE int house_lock(struct arena *a, str data, int *ret_fd, str *ret_why);
