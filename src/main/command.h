/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The command line: one table of commands (tools.h), one way to read arguments, settings and help. A command writes to out and err and
 * gives an exit status: 0 done, 1 something is wrong with what was asked about, 2 the call itself is wrong.
 *
 * A command with NEEDS_HOUSE runs inside the server when one runs on this data folder (control.h), and else opens the house itself.
 */
#pragma once
#include "base/conf.h"
#include "base/url.h"
#include "usecase/ctx.h"

enum { EXIT_DONE = 0, EXIT_WRONG = 1, EXIT_USAGE = 2 };

struct run {
	struct arena *arena;
	const char *program;
	struct conf conf;		/* settings from file, environment and arguments */
	struct house *house;		/* NEEDS_HOUSE */
	bool remote;			/* runs inside the server: paths of the caller mean nothing here */
	bool progress;			/* a person watches: long work may write to the terminal */
	str *arg;			/* without the command's own words */
	size_t args;
	struct pairs option;		/* the command's own options */
	struct buf out, err;
};

enum command_flag {
	NEEDS_HOUSE = 1,
	NEEDS_CONF = 2,
	ALSO_REMOTE = 4,		/* rather inside the server when one runs; else without a house */
	FILES_OUT = 8,			/* what it gives is a JSON map path -> text: the caller's process writes these files (tool_write_files) */
};

struct command {
	const char *name;		/* "clerk add" */
	const char *arguments;		/* "LOGIN --tenant SLUG --name NAME" */
	const char *summary;
	const char *help;		/* more, may be NULL */
	const char *options;		/* names of own options, blank-separated; with "=" when they take a value: "tenant= json" */
	unsigned flags;
	size_t least, most;		/* number of arguments */
	int (*run)(struct run *r);	/* exit status */
};

/* Finds the command whose words begin args; *ret_words: how many. NULL: none, and *ret_group says whether the first word begins one. */
const struct command *command_find(const str *arg, size_t args, size_t *ret_words, bool *ret_group);
/* Reads options, settings and arguments. 0, or an exit status with a message in r->err. */
int command_read(struct run *r, const struct command *c, const str *arg, size_t args);
void command_help(struct buf *b, const struct command *c);
void command_overview(struct buf *b, str group);		/* empty: everything */

/* For commands: an error that says what to do. Gives EXIT_WRONG. */
int command_fail(struct run *r, const char *fmt, ...) PRINTF_LIKE(2, 3);
static inline str command_option(const struct run *r, str name) { return pairs_get(&r->option, name); }
