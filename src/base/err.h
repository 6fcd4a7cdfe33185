/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Errors. A fallible function returns int: 0, or one of the negative codes of errors.def.
 * Wrong user input is not an error, it is data.
 *
 *	MUST_USE int thing_load(struct arena *a, str path, struct thing **ret);
 *	TRY(thing_load(a, path, &t));
 */
#pragma once

enum err {
	OK = 0,
#define E(name, number, text) ERR_##name = number,
#include "base/errors.def"
#undef E
};

#define MUST_USE __attribute__((warn_unused_result))
#define UNUSED __attribute__((unused))
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))
#define AUTO(fn) __attribute__((cleanup(fn)))

/* Returns the negative code from the calling function. */
#define TRY(expr)                         \
	do {                              \
		int try_rc_ = (expr);     \
		if (try_rc_ < 0)          \
			return try_rc_;   \
	} while (0)

/* Where a failure has no consequence, and a comment says why. */
#define IGNORE(expr)                      \
	do {                              \
		if ((expr) < 0) {         \
		}                         \
	} while (0)

/* Name ("NOTFOUND") and explanation of a code; never NULL. */
const char *err_name(int code);
const char *err_text(int code);

/*
 * Ends the process at once with a message on stderr: only where going on would be worse (no memory,
 * no randomness, a broken promise between modules). No abort(): a core file would hold personal
 * data and keys.
 */
#define ERR_DIE_STATUS 71
_Noreturn void err_die(const char *why);
