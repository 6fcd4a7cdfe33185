/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The control socket, DATA/control.sock: tools ask the running server to do their work, because one process alone opens the database.
 * One line of JSON each way: {"args":["clerk","list","--tenant","dresden"]} -> {"status":0,"out":"...","err":"..."}. Only the user who
 * runs the server, and root, may ask (peer credentials).
 */
#pragma once
#include "usecase/ctx.h"

struct control;
/* Starts the thread that answers. */
MUST_USE int control_start(struct house *h, const char *program, struct control **ret, str *ret_why);
void control_stop(struct control *c);		/* finishes the command that runs, removes the socket */

/* The tool's side. ERR_NOTFOUND: no server runs there. */
MUST_USE int control_ask(struct arena *a, str data, const str *arg, size_t args, struct buf *out, struct buf *err, int *ret_status);
