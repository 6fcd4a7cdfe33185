/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Dispatch: route, host, session, CSRF, permission; then the page. The order of checks is the order of the steps in dispatch.c.
 *
 *	headers in  -> dispatch_route()    finds the route, refuses what has none (404, 405), limits the rate
 *	body in     -> dispatch_run()      session, language, CSRF, permission, handler
 *	committed   -> dispatch_continue() the page's continuation
 */
#pragma once
#include "web/req.h"

void dispatch_init(struct house *h);
/* Sets rq->route and segments, or makes the reply ready. Needs method, path, host_name, client. */
void dispatch_route(struct req *rq);
/* Runs the handler. Afterwards rq->state is REQ_DONE, or REQ_UNIT / REQ_WORK: the driver does that and calls dispatch_continue. */
void dispatch_run(struct req *rq);
void dispatch_continue(struct req *rq, int rc);
/* Headers that every reply carries: CSP, no-referrer, cookies, cache. Called by the driver once the reply is ready. */
void dispatch_finish(struct req *rq);
/* Lists method, path, permission, name of every route (schalter routes, documentation, the permission walk). */
const struct route *dispatch_routes(size_t *ret_n);
