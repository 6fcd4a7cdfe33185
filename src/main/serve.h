/* SPDX-License-Identifier: EUPL-1.2 */
/* The server from opening to closing, for `serve` and `preview`. */
#pragma once
#include "main/command.h"

struct serving {
	str preview;		/* folder of the one package under its author's eyes; empty: the real thing */
	int notify_fd;		/* preview_watch() */
};
/* Until SIGINT or SIGTERM. Exit status. */
int serve_run(struct run *r, const struct serving *how);
