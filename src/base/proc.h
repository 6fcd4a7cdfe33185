/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * proc: starts a helper process of ours that inherits one socket as descriptor 3, /dev/null as 0 and 1, our standard error, a minimal
 * environment, and nothing else (close_range): no keys, no databases, no connections. It dies with us.
 *
 *	TRY(proc_spawn("/proc/self/exe", (const char *[]){ "schalter", "intake", NULL }, &child));
 *	... child.fd ...
 *	proc_end(&child);
 */
#pragma once
#include "base/err.h"
#include <sys/types.h>

struct proc {
	pid_t pid;		/* 0: none */
	int fd;			/* our end of the socketpair (stream) */
};

MUST_USE int proc_spawn(const char *program, const char *const *argv, struct proc *ret);
void proc_end(struct proc *p);		/* closes the socket, kills and reaps at once */
