/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/late.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

static _Thread_local char why[200];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

const char *late_why(void)
{
	return why;
}

static int not_there(const char *library)
{
	const char *e = dlerror();

	(void)snprintf(why, sizeof why, "%s", e ? e : library);
	return ERR_UNSUPPORTED;
}

int late_look(const char *library)
{
	void *h = dlopen(library, RTLD_LAZY | RTLD_LOCAL);

	return h ? dlclose(h), OK : not_there(library);
}

static int load(const char *library, const char *const *name, size_t size, void *ret)
{
	/* NOW: a function that is missing shows here and not in the middle of a request. Never closed: libraries of this size keep
	 * threads' variables and exit handlers, and do not survive being unmapped. */
	void *h = dlopen(library, RTLD_NOW | RTLD_LOCAL);

	if (!h)
		return not_there(library);
	for (size_t i = 0; i < size / sizeof(void *); i++) {
		if (!dlsym(h, name[i])) {
			(void)snprintf(why, sizeof why, "%s: has no %s", library, name[i]);
			return ERR_UNSUPPORTED;
		}
	}
	for (size_t i = 0; i < size / sizeof(void *); i++) {
		void *f = dlsym(h, name[i]);

		memcpy((char *)ret + i * sizeof f, &f, sizeof f); /* POSIX: an address of code fits into void * */
	}
	return OK;
}

int late_load(const char *library, const char *const *name, size_t size, void *ret)
{
	void *first = NULL;
	int rc = OK;

	pthread_mutex_lock(&lock);
	memcpy(&first, ret, sizeof first);
	if (!first)
		rc = load(library, name, size, ret);
	pthread_mutex_unlock(&lock);
	return rc;
}
