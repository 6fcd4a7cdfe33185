/* SPDX-License-Identifier: EUPL-1.2 */
/* identity_http: serves identity over HTTP on 127.0.0.1, one thread (libmicrohttpd of this small program; the main one has web/http). */
#pragma once
#include "main/identity/identity.h"

struct identity_http;
/* port 0: any free one; ret_port says which. The issuer is http://127.0.0.1:PORT, or http://localhost:PORT if by_name.
 * ERR_EXISTS: the port is taken. */
MUST_USE int identity_http_start(struct arena *app, uint16_t port, bool by_name, struct identity_http **ret, uint16_t *ret_port);
void identity_http_stop(struct identity_http *h);
