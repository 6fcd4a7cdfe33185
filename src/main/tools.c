/* SPDX-License-Identifier: EUPL-1.2 */
/* Every command, once. */
#include "main/tools.h"

const struct command tools[] = {
	{ "serve", "[--demo] [--port N] [--data DIR] [--SETTING VALUE]...", "Serves until SIGINT or SIGTERM.", NULL, "", NEEDS_CONF, 0, 0, tool_serve },
};
const size_t tools_n = sizeof tools / sizeof *tools;
