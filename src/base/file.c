/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"

static int err_of(int number)
{
	switch (number) {
	case ENOENT:
	case ENOTDIR: return ERR_NOTFOUND;
	case EACCES:
	case EPERM:
	case EROFS: return ERR_DENIED;
	case ENOSPC:
	case EDQUOT:
	case EFBIG: return ERR_FULL;
	case EEXIST: return ERR_EXISTS;
	default: return ERR_IO;
	}
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}
#define AUTO_FD AUTO(close_fd) int

int file_read(struct arena *a, const char *path, size_t max, str *ret)
{
	AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct stat st;
	if (fd < 0 || fstat(fd, &st) != 0)
		return err_of(errno);
	if (S_ISREG(st.st_mode) && (uint64_t)st.st_size > max)
		return ERR_LIMIT;
	/*
	 * the size is only a hint: files of /proc have none, and a file may grow while it is read
	 */
	struct buf b = buf_new(a, S_ISREG(st.st_mode) ? (size_t)st.st_size + 2 : 4096);
	for (;;) {
		buf_grow(&b, 1);
		ssize_t n = read(fd, b.p + b.n, b.cap - b.n - 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_of(errno);
		if (n == 0)
			break;
		b.n += (size_t)n;
		if (b.n > max)
			return ERR_LIMIT;
	}
	b.p[b.n] = 0;
	*ret = buf_str(&b);
	return 0;
}

static int write_all(int fd, str s)
{
	while (s.n) {
		ssize_t n = write(fd, s.p, s.n);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_of(errno);
		s = str_sub(s, (size_t)n, s.n);
	}
	return 0;
}

/* A rename is durable only when its directory is. */
static int sync_directory_of(const char *path)
{
	char dir[PATH_MAX];
	const char *slash = strrchr(path, '/');
	size_t n = slash ? (size_t)(slash - path) + 1 : 0;
	if (n >= sizeof dir)
		return ERR_IO;
	memcpy(dir, path, n);
	memcpy(dir + n, ".", 2);
	AUTO_FD fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 || fsync(fd) != 0 ? err_of(errno) : 0;
}

static int write_and_sync(int fd, str content, unsigned mode)
{
	/* the mode given to open is cut by the umask */
	if (fchmod(fd, mode) != 0)
		return err_of(errno);
	TRY(write_all(fd, content));
	return fsync(fd) == 0 ? 0 : err_of(errno);
}

int file_write_durable(const char *path, str content, unsigned mode)
{
	static atomic_uint counter;
	char temp[PATH_MAX];
	AUTO_FD fd = -1;
	/* a name may be left over from a crash of a process with our number */
	for (int tries = 0; fd < 0 && tries < 100; tries++) {
		int n = snprintf(temp, sizeof temp, "%s.%ld-%u.tmp", path, (long)getpid(),
			atomic_fetch_add(&counter, 1));
		if (n < 0 || (size_t)n >= sizeof temp)
			return ERR_IO;
		fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
		if (fd < 0 && errno != EEXIST)
			return err_of(errno);
	}
	if (fd < 0)
		return ERR_EXISTS;
	int rc = write_and_sync(fd, content, mode);
	if (rc == 0 && rename(temp, path) != 0)
		rc = err_of(errno);
	if (rc != 0) {
		unlink(temp);
		return rc;
	}
	return sync_directory_of(path);
}

static void close_dir(DIR **d)
{
	if (*d)
		closedir(*d);
}

static int by_name(const void *a, const void *b)
{
	return str_cmp(*(const str *)a, *(const str *)b);
}

int dir_list(struct arena *a, const char *path, str **ret, size_t *ret_n)
{
	AUTO(close_dir) DIR *d = opendir(path);
	struct dirent *entry;
	str *names = NULL;
	size_t n = 0, cap = 0;
	if (!d)
		return err_of(errno);
	for (errno = 0; (entry = readdir(d)) != NULL; errno = 0) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (n == cap) {
			str *more = ARENA_ARRAY(a, str, cap = cap ? cap * 2 : 32);
			if (n)
				memcpy(more, names, n * sizeof *names);
			names = more;
		}
		names[n++] = str_dup(a, str_c(entry->d_name));
	}
	if (errno)
		return err_of(errno);
	if (n)
		qsort(names, n, sizeof *names, by_name);
	*ret = names;
	*ret_n = n;
	return 0;
}

int dir_make(const char *path, unsigned mode)
{
	struct stat st;
	if (mkdir(path, mode) == 0)
		return 0;
	if (errno != EEXIST)
		return err_of(errno);
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode) ? 0 : ERR_EXISTS;
}

bool file_exists(const char *path)
{
	return access(path, F_OK) == 0;
}
