/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * late: outside libraries that only some requests need (documents, outgoing calls, passkeys, PostgreSQL) are mapped when the first
 * of them comes, not when the program starts (docs/why/050-libraries-on-first-use.md). The one file that includes such a library
 * lists the functions that it uses in a table x.def, one F(name) a line, and calls them through a struct of that table.
 * The types come from the library's own header. The versioned file name (LATE_CURL, ...) is that of the build, see meson.build.
 *
 *	static struct {
 *	#define F(name) __typeof__(name) *name;
 *	#include "wire/net_curl.def"
 *	#undef F
 *	} lib;
 *	static const char *const lib_names[] = {
 *	#define F(name) #name,
 *	#include "wire/net_curl.def"
 *	#undef F
 *	};
 *	LATE_FITS(lib, lib_names);
 *	...
 *	TRY(late_load(LATE_CURL, lib_names, sizeof lib, &lib));	// before the first use of each request
 *	c = lib.curl_easy_init();
 */
#pragma once
#include <stddef.h>

#include "base/err.h"

#define LATE_FITS(table, names) \
	_Static_assert(sizeof(table) == sizeof(names), "one pointer a name")

/* Maps the library for good and fills the size / sizeof(void *) pointers at ret; when that is done already, it is quick. Thread-safe.
 * ERR_UNSUPPORTED: the library or one of the functions is not there (late_why says which); then ret is as it was. */
MUST_USE int late_load(const char *library, const char *const *name, size_t size, void *ret);
/* For doctor: whether the library is there. It is mapped for a moment, and stays if it is one that cannot go. ERR_UNSUPPORTED. */
MUST_USE int late_look(const char *library);
/* What this thread's last failed call has missed, for people who install things; "" without one. Valid until the next call. */
const char *late_why(void);
