/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/err.h"

#include <string.h>
#include <unistd.h>

const char *err_name(int code)
{
	switch (code) {
	case OK: return "OK";
#define E(name, number, text) \
	case ERR_##name:      \
		return #name;
#include "base/errors.def"
#undef E
	default: return "UNKNOWN";
	}
}

const char *err_text(int code)
{
	switch (code) {
	case OK: return "success";
#define E(name, number, text) \
	case ERR_##name:      \
		return text;
#include "base/errors.def"
#undef E
	default: return "unknown error code";
	}
}

static void say(const char *s)
{
	/* nothing can be done when standard error is gone */
	ssize_t n UNUSED = write(STDERR_FILENO, s, strlen(s));
}

void err_die(const char *why)
{
	say("schalter: ");
	say(why);
	say("\n");
	_exit(ERR_DIE_STATUS);
}
