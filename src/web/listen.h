/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Sockets that listen: own ones on loopback, or those that a supervisor holds and hands over (systemd's protocol: LISTEN_PID, LISTEN_FDS,
 * descriptors from 3 on). Such a socket stays open while the program is exchanged: who connects in that moment waits, nobody is refused.
 *
 *	listen_inherit();			// first of all in serve: no helper process may get them
 *	fd = listen_open(AF_INET, 8080, &port);	// the inherited one, if there is one of this kind
 */
#pragma once

/* How many were handed over; none, if they are another process's. Takes the variables out of the environment. Once per process. */
int listen_inherit(void);
/* -1: errno. An inherited socket must listen on a loopback address (EADDRNOTAVAIL): proxies are on this machine; its port is *ret_port. */
int listen_open(int family, int port, int *ret_port);
