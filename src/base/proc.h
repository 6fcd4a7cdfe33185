/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * proc: starts a helper program of ours that gets one socket as descriptor 3, /dev/null as 0 and 1, our standard error, a minimal
 * environment, and nothing else: no keys, no databases, no connections. It ends by itself when its socket closes, also when we die.
 *
 *	struct proc child;
 *	TRY(proc_spawn("build/schalter-intake", (const char *[]){ "schalter-intake", NULL }, &child));
 *	write(child.fd, ...);
 *	proc_end(&child);
 */
#pragma once
#include <sys/types.h>

#include "base/err.h"

struct proc {
	pid_t pid;		/* 0: none */
	int fd;			/* our end of the socket pair: stream, non-blocking, close-on-exec */
};

/* ERR_NOTFOUND: program is not there or cannot be executed; ERR_IO: no descriptors, no processes. Thread-safe. */
MUST_USE int proc_spawn(const char *program, const char *const *argv, struct proc *ret);
void proc_end(struct proc *p);		/* closes the socket, kills and reaps at once; nothing to do for pid 0 */
