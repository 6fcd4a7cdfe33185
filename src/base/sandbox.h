/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * sandbox: gives up rights for good: system calls (seccomp) and file access (landlock, by the kernel's ABI).
 * Order in a process: open what is needed, sandbox_files, sandbox_calls, then touch input of others.
 *
 *	TRY(sandbox_files((const char *[]){ "/usr/share/fonts", NULL }, NULL, &got));
 *	TRY(sandbox_calls(SANDBOX_INTAKE));
 */
#pragma once
#include "base/err.h"
#include <stdbool.h>

enum sandbox_profile {
	SANDBOX_INTAKE,		/* compute, memory, read and write open descriptors, open files read-only (within landlock); no sockets, no processes */
	SANDBOX_SERVE,		/* everything a server needs but: exec, ptrace, mounts, modules, keys, namespaces, raw and packet sockets */
};

/* Lists end with NULL and may be NULL; paths that do not exist are skipped. Everything else becomes unreachable (already open files stay).
 * ret_enforced: false where the kernel has no landlock; then nothing happened. */
MUST_USE int sandbox_files(const char *const *read_only, const char *const *read_write, bool *ret_enforced);
/* A forbidden call returns EPERM; the ones that only an attacker needs end the process. files: whether the profile may open at all. */
MUST_USE int sandbox_calls(enum sandbox_profile p, bool files);
/* no_new_privs, not dumpable, core size 0: at the start of each role, before there are secrets. */
MUST_USE int sandbox_harden(void);
