/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * sandbox: gives up rights for good: file access (landlock, as far as the kernel's ABI goes) and system calls (seccomp).
 * Order in a process: sandbox_harden at the start; open what is needed; sandbox_files; sandbox_calls; then touch input of others.
 * Rights are those of the calling thread and of what it starts: call before there are other threads.
 *
 *	bool enforced;
 *	TRY(sandbox_files((const char *[]){ "/usr/share/fonts", NULL }, NULL, &enforced));
 *	TRY(sandbox_calls(SANDBOX_INTAKE, enforced));
 */
#pragma once
#include <stdbool.h>

#include "base/err.h"

enum sandbox_profile {
	SANDBOX_INTAKE,	/* memory, time, open descriptors, files for reading: no sockets, no processes, no threads, no new code */
	SANDBOX_SERVE,	/* everything but what no server needs: ptrace, mounts, modules, kernel keys, namespaces, raw sockets, io_uring.
			 * Starting programs stays possible (intake is restarted); which ones, sandbox_files decides. */
};

/* Lists end with NULL and may be NULL; what does not exist is skipped. Everything else becomes unreachable; open files stay open.
 * Programs can be started from read_only paths only. ret_enforced: false where the kernel has no landlock; then nothing happened. */
MUST_USE int sandbox_files(const char *const *read_only, const char *const *read_write, bool *ret_enforced);
/* A forbidden call gives EPERM; one that only an attack needs ends the process. may_open: whether SANDBOX_INTAKE may open files for
 * reading at all: pass what sandbox_files has found. */
MUST_USE int sandbox_calls(enum sandbox_profile p, bool may_open);
/* No new privileges, not dumpable (no core file, no ptrace by others of the same user): before there are secrets. */
MUST_USE int sandbox_harden(void);
bool sandbox_files_known(void);	/* whether this kernel has landlock */
