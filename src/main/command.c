/* SPDX-License-Identifier: EUPL-1.2 */
#include "main/command.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "main/tools.h"

/* ---- which command ---- */

static size_t words_of(const char *name)
{
	return strchr(name, ' ') ? 2 : 1;
}

const struct command *command_find(const str *arg, size_t args, size_t *ret_words, bool *ret_group)
{
	*ret_group = false;
	for (size_t i = 0; i < tools_n; i++) {
		const struct command *c = &tools[i];
		str first = str_c(c->name), second = STR_EMPTY;

		(void)str_cut(first, ' ', &first, &second);
		if (!args || !str_eq(arg[0], first))
			continue;
		if (!second.n || (args > 1 && str_eq(arg[1], second))) {
			*ret_words = words_of(c->name);
			return c;
		}
		*ret_group = true;
	}
	return NULL;
}

/* ---- arguments ---- */

int command_fail(struct run *r, const char *fmt, ...)
{
	char text[2000];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	buf_fmt(&r->err, "schalter: %s\n", text);
	return EXIT_WRONG;
}

static int usage(struct run *r, const struct command *c, str what)
{
	buf_fmt(&r->err, "schalter: %.*s\nusage: schalter %s %s\n(schalter %s --help says more)\n", STR_FMT(what), c->name, c->arguments, c->name);
	return EXIT_USAGE;
}

/* 0: not an option of this command; 1: a switch; 2: takes a value */
static int own_option(const struct command *c, str name)
{
	str rest = str_c(c->options), part;

	while (str_split(&rest, ' ', &part)) {
		if (str_eq(part, name))
			return 1;
		if (part.n == name.n + 1 && str_has_prefix(part, name) && part.p[name.n] == '=')
			return 2;
	}
	return 0;
}

static void add_option(struct run *r, str name, str value)
{
	struct pair *wider = ARENA_ARRAY(r->arena, struct pair, r->option.n + 1);

	if (r->option.n)
		memcpy(wider, r->option.v, r->option.n * sizeof *wider);
	wider[r->option.n] = (struct pair){ name, value };
	r->option.v = wider;
	r->option.n++;
}

/* One "--name", "--name=value" or "--name value"; *at moves over a value that stands alone. */
static int take_option(struct run *r, const struct command *c, const str *arg, size_t args, size_t *at)
{
	str text = str_sub(arg[*at], 2, arg[*at].n), name = text, value = STR_EMPTY, why;
	bool given = str_cut(text, '=', &name, &value), on_off = false;
	int own = own_option(c, name);

	if (own == 1 && given)
		return usage(r, c, str_fmt(r->arena, "--%.*s takes no value", STR_FMT(name)));
	if (!own && (!(c->flags & (NEEDS_HOUSE | NEEDS_CONF)) || !conf_known(r->arena, name, &on_off)))
		return usage(r, c, str_fmt(r->arena, "there is no option --%.*s", STR_FMT(name)));
	if (!given && own != 1 && !on_off) {
		if (*at + 1 == args)
			return usage(r, c, str_fmt(r->arena, "--%.*s needs a value", STR_FMT(name)));
		value = arg[++*at];
	}
	if (own) {
		add_option(r, name, own == 1 ? S("yes") : value);
	} else if (conf_set(r->arena, &r->conf, name, given || !on_off ? value : S("true"), &why) < 0) {
		return usage(r, c, str_fmt(r->arena, "--%.*s", STR_FMT(why)));
	}
	return 0;
}

static int load_settings(struct run *r, const struct command *c, const str *arg, size_t args)
{
	extern char **environ;
	str why = STR_EMPTY;

	conf_defaults(&r->conf);
	/* the file comes first, so that environment and arguments win */
	for (size_t i = 0; i < args; i++) {
		str file = STR_EMPTY;

		if (str_eq(arg[i], S("--config")) && i + 1 < args)
			file = arg[i + 1];
		else if (str_has_prefix(arg[i], S("--config=")))
			file = str_sub(arg[i], 9, arg[i].n);
		if (file.n && conf_load_file(r->arena, &r->conf, str_z(r->arena, file), &why) < 0)
			return usage(r, c, str_fmt(r->arena, "--config: %.*s", STR_FMT(why)));
	}
	if (conf_load_env(r->arena, &r->conf, environ, &why) < 0)
		return usage(r, c, why);
	return 0;
}

int command_read(struct run *r, const struct command *c, const str *arg, size_t args)
{
	bool only_arguments = false;
	int rc = r->remote || !(c->flags & (NEEDS_HOUSE | NEEDS_CONF)) ? 0 : load_settings(r, c, arg, args);

	r->arg = ARENA_ARRAY(r->arena, str, args + 1);
	for (size_t i = 0; !rc && i < args; i++) {
		if (only_arguments || arg[i].n < 2 || arg[i].p[0] != '-') {
			r->arg[r->args++] = arg[i];
		} else if (str_eq(arg[i], S("--"))) {
			only_arguments = true;
		} else if (str_eq(arg[i], S("--config")) && c->flags & (NEEDS_HOUSE | NEEDS_CONF)) {
			i++;
		} else if (str_has_prefix(arg[i], S("--config=")) && c->flags & (NEEDS_HOUSE | NEEDS_CONF)) {
			continue;
		} else if (str_has_prefix(arg[i], S("--"))) {
			rc = take_option(r, c, arg, args, &i);
		} else {
			rc = usage(r, c, str_fmt(r->arena, "there is no option %.*s", STR_FMT(arg[i])));
		}
	}
	if (!rc && r->args < c->least)
		return usage(r, c, S("something is missing"));
	if (!rc && r->args > c->most)
		return usage(r, c, str_fmt(r->arena, "\"%.*s\" is too much", STR_FMT(r->arg[c->most])));
	return rc;
}

/* ---- help ---- */

void command_help(struct buf *b, const struct command *c)
{
	buf_fmt(b, "usage: schalter %s %s\n\n%s\n", c->name, c->arguments, c->summary);
	if (c->help)
		buf_fmt(b, "\n%s\n", c->help);
	if (!(c->flags & (NEEDS_HOUSE | NEEDS_CONF)))
		return;
	if (c->flags & NEEDS_HOUSE)
		buf_put(b, S("\nIt runs inside the server when one runs on the data folder, and else by itself.\n"));
	buf_put(b, S("\nSettings, in rising order from --config FILE (NAME=value lines), environment (SCHALTER_NAME) and arguments:\n"));
	conf_help(b);
}

void command_overview(struct buf *b, str group)
{
	buf_put(b, S("usage: schalter COMMAND ...\n\n"));
	for (size_t i = 0; i < tools_n; i++) {
		str first = str_c(tools[i].name), rest;

		(void)str_cut(first, ' ', &first, &rest);
		if (group.n && !str_eq(first, group))
			continue;
		buf_fmt(b, "  %-16s %s\n", tools[i].name, tools[i].summary);
	}
	buf_put(b, S("\nschalter COMMAND --help says more. Exit status: 0 done, 1 something is wrong, 2 wrong call.\n"));
}
