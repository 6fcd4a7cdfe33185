/* SPDX-License-Identifier: EUPL-1.2 */
/* schalter: the command line. See command.h. */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "main/command.h"
#include "main/control.h"
#include "main/house.h"
#include "main/tools.h"

static void write_all(int fd, str s)
{
	while (s.n) {
		ssize_t n = write(fd, s.p, s.n);

		if (n <= 0)
			return;
		s = str_sub(s, (size_t)n, s.n);
	}
}

static int show(struct run *r, int status)
{
	write_all(STDOUT_FILENO, buf_str(&r->out));
	write_all(STDERR_FILENO, buf_str(&r->err));
	return status;
}

static bool wants_help(const str *arg, size_t args)
{
	for (size_t i = 0; i < args && !str_eq(arg[i], S("--")); i++)
		if (str_eq(arg[i], S("--help")) || str_eq(arg[i], S("-h")))
			return true;
	return false;
}

/* Opens the house for one command; places and services in disorder do not keep a tool from working. */
static int run_alone(struct run *r, const struct command *c)
{
	struct house_opening o = { .conf = r->conf, .program = r->program, .no_helpers = true };
	int status;

	if (house_open(r->arena, &o) < 0) {
		findings_print(&r->err, &o.findings);
		return command_fail(r, "%.*s", STR_FMT(o.why));
	}
	r->house = o.house;
	status = c->run(r);
	house_close(&o);
	return status;
}

static int run_with_house(struct run *r, const struct command *c, const str *arg, size_t args)
{
	int status, rc = control_ask(r->arena, r->conf.data, arg, args, &r->out, &r->err, &status);

	if (!rc)
		return status;
	if (rc != ERR_NOTFOUND)
		return command_fail(r, "the server that runs on %.*s does not answer: %s", STR_FMT(r->conf.data), err_text(rc));
	return c->flags & NEEDS_HOUSE ? run_alone(r, c) : c->run(r);
}

static int no_command(struct run *r, const str *arg, size_t args, bool group)
{
	if (!args || wants_help(arg, 1) || (group && wants_help(arg, args))) {
		command_overview(&r->out, group ? arg[0] : STR_EMPTY);
		return show(r, args ? EXIT_DONE : EXIT_USAGE);
	}
	buf_fmt(&r->err, "schalter: there is no command \"%.*s%s%.*s\"\n\n", STR_FMT(arg[0]), group && args > 1 ? " " : "",
		STR_FMT(group && args > 1 ? arg[1] : STR_EMPTY));
	command_overview(&r->err, group ? arg[0] : STR_EMPTY);
	return show(r, EXIT_USAGE);
}

static const char *own_path(struct arena *a)
{
	char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);

	return n > 0 ? str_z(a, str_n(path, (size_t)n)) : "schalter";
}

int main(int argc, char **argv)
{
	struct arena *a = arena_new(64 * 1024);
	struct run r = { .arena = a, .program = own_path(a), .progress = isatty(STDERR_FILENO) };
	size_t args = argc > 1 ? (size_t)argc - 1 : 0, words = 0;
	str *arg = ARENA_ARRAY(a, str, args + 1);
	const struct command *c;
	bool group;
	int rc;

	umask(077);
	r.out = buf_new(a, 4096);
	r.err = buf_new(a, 1024);
	for (size_t i = 0; i < args; i++)
		arg[i] = str_c(argv[i + 1]);
	if (args && str_eq(arg[0], S("--version"))) {
		buf_put(&r.out, S("schalter " SCHALTER_VERSION "\n"));
		return show(&r, EXIT_DONE);
	}
	c = command_find(arg, args, &words, &group);
	if (!c)
		return no_command(&r, arg, args, group);
	if (wants_help(arg + words, args - words)) {
		command_help(&r.out, c);
		return show(&r, EXIT_DONE);
	}
	rc = command_read(&r, c, arg + words, args - words);
	if (rc)
		return show(&r, rc);
	rc = c->flags & (NEEDS_HOUSE | ALSO_REMOTE) ? run_with_house(&r, c, arg, args) : c->run(&r);
	if (!rc && c->flags & FILES_OUT)
		rc = tool_write_files(&r);
	return show(&r, rc);
}
