/* SPDX-License-Identifier: EUPL-1.2 */
#include "web/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define FIRST 3
#define MOST 8

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};
static int inherited; /* descriptors FIRST .. FIRST + inherited - 1 */

int listen_inherit(void)
{
	const char *pid = getenv("LISTEN_PID"), *fds = getenv("LISTEN_FDS");
	long n = pid && fds && strtol(pid, NULL, 10) == (long)getpid() ? strtol(fds, NULL, 10) : 0;

	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
	inherited = n < 0 ? 0 : n > MOST ? MOST : (int)n;
	for (int fd = FIRST; fd < FIRST + inherited; fd++) {
		(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
		(void)fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	}
	return inherited;
}

static bool is_loopback(const union address *a)
{
	if (a->any.sa_family == AF_INET)
		return ntohl(a->v4.sin_addr.s_addr) >> 24 == 127;
	return IN6_IS_ADDR_LOOPBACK(&a->v6.sin6_addr);
}

static int port_of(const union address *a)
{
	return ntohs(a->any.sa_family == AF_INET ? a->v4.sin_port : a->v6.sin6_port);
}

/* -1 with errno 0: none of this kind. */
static int find_inherited(int family, int *ret_port)
{
	for (int fd = FIRST; fd < FIRST + inherited; fd++) {
		union address a = { 0 };
		socklen_t n = sizeof a, size = sizeof(int);
		int listens = 0;

		if (getsockname(fd, &a.any, &n) < 0 || a.any.sa_family != family)
			continue;
		if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) < 0 || !listens)
			continue;
		if (!is_loopback(&a)) {
			errno = EADDRNOTAVAIL;
			return -1;
		}
		*ret_port = port_of(&a);
		return fd;
	}
	errno = 0;
	return -1;
}

int listen_open(int family, int port, int *ret_port)
{
	union address a = { 0 };
	socklen_t n = family == AF_INET ? sizeof a.v4 : sizeof a.v6;
	int fd = find_inherited(family, ret_port), on = 1;

	if (fd >= 0 || errno || inherited) /* who hands over one kind wants no other */
		return fd;
	fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -1;
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	a.any.sa_family = (sa_family_t)family;
	if (family == AF_INET) {
		a.v4.sin_port = htons((uint16_t)port);
		a.v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	} else {
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
		a.v6.sin6_port = htons((uint16_t)port);
		a.v6.sin6_addr = in6addr_loopback;
	}
	if (bind(fd, &a.any, n) < 0 || listen(fd, 1024) < 0 || getsockname(fd, &a.any, &n) < 0) {
		int e = errno;

		close(fd);
		errno = e;
		return -1;
	}
	*ret_port = port_of(&a);
	return fd;
}
