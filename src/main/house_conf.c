/* SPDX-License-Identifier: EUPL-1.2 */
/* What the settings mean: origins, master key, folders, lock. Opens no database. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "main/house.h"

/* ---- origins ---- */

struct origin {
	bool https;
	str host;	/* without port; an IPv6 address in brackets */
	str port;	/* ":8080" or empty */
};

static bool host_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
}

static bool digits(str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.n > 0 && s.n <= 5;
}

/* "https://schalter.example.de", "http://localhost:8080", "http://[::1]:8080": nothing behind it. */
static bool origin_read(str s, struct origin *ret)
{
	ptrdiff_t colon;

	if (str_has_prefix(s, S("https://")))
		ret->https = true, s = str_sub(s, 8, s.n);
	else if (str_has_prefix(s, S("http://")))
		ret->https = false, s = str_sub(s, 7, s.n);
	else
		return false;
	if (str_has_prefix(s, S("[::1]"))) {
		ret->host = str_sub(s, 0, 5);
		ret->port = str_sub(s, 5, s.n);
	} else {
		colon = str_index(s, ':');
		ret->host = colon < 0 ? s : str_sub(s, 0, (size_t)colon);
		ret->port = colon < 0 ? STR_EMPTY : str_sub(s, (size_t)colon, s.n);
		for (size_t i = 0; i < ret->host.n; i++)
			if (!host_char(ret->host.p[i]))
				return false;
	}
	return ret->host.n && ret->host.p[0] != '.' && (!ret->port.n || (ret->port.p[0] == ':' && digits(str_sub(ret->port, 1, ret->port.n))));
}

static bool is_address(str host)
{
	return host.p[0] == '[' || (host.p[host.n - 1] >= '0' && host.p[host.n - 1] <= '9');
}

static bool is_loopback(str host)
{
	return str_eq(host, S("localhost")) || str_has_suffix(host, S(".localhost")) || str_eq(host, S("[::1]")) ||
	       (str_has_prefix(host, S("127.")) && is_address(host));
}

static int check_origin(struct arena *a, const char *setting, str text, struct origin *ret, str *ret_why)
{
	if (!origin_read(text, ret)) {
		*ret_why = str_fmt(a, "%s: must look like https://schalter.example.de (lower case, no path, no slash at the end), not \"%.*s\"", setting,
			STR_FMT(text));
		return ERR_PARSE;
	}
	if (!ret->https && !is_loopback(ret->host)) {
		*ret_why = str_fmt(a, "%s: plain http is for this machine only (localhost); for \"%.*s\" give https:// and put nginx in front "
				      "(docs/operating.md)", setting, STR_FMT(ret->host));
		return ERR_PARSE;
	}
	return 0;
}

int house_origins(struct arena *a, const struct conf *c, str *ret_origin, str *ret_clerk_origin, bool *ret_https, str *ret_why)
{
	struct origin portal, clerk;

	*ret_origin = c->origin.n ? c->origin : str_fmt(a, "http://localhost:%lld", (long long)c->port);
	TRY(check_origin(a, "origin", *ret_origin, &portal, ret_why));
	*ret_clerk_origin = c->clerk_origin;
	if (!c->clerk_origin.n)
		*ret_clerk_origin = str_fmt(a, "%s://amt.%.*s%.*s", portal.https ? "https" : "http",
			STR_FMT(is_address(portal.host) ? S("localhost") : portal.host), STR_FMT(portal.port));
	TRY(check_origin(a, "clerk_origin", *ret_clerk_origin, &clerk, ret_why));
	*ret_https = portal.https;
	if (clerk.https != portal.https) {
		*ret_why = S("origin and clerk_origin: both must be https, or both http");
		return ERR_PARSE;
	}
	if (str_eq(portal.host, clerk.host)) {
		*ret_why = S("clerk_origin: clerks sign in on a host of their own; give another host than that of origin");
		return ERR_PARSE;
	}
	if (portal.https && c->identity_url.n) {
		*ret_why = S("identity_url: the stand-in identity service lets everybody be anybody; it is refused on an https origin. Remove the setting");
		return ERR_PARSE;
	}
	return 0;
}

/* ---- folders ---- */

static bool is_dir(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISDIR(st.st_mode);
}

str house_share(struct arena *a, str setting, const char *program, const char *name)
{
	str dir = str_c(program), found;

	if (setting.n)
		return setting;
	while (dir.n && dir.p[dir.n - 1] != '/')
		dir.n--;
	found = str_fmt(a, "%.*s../share/schalter/%s", STR_FMT(dir), name);
	return is_dir(str_z(a, found)) ? found : str_fmt(a, "%.*s../%s", STR_FMT(dir), name);
}

int house_lock(struct arena *a, str data, int *ret_fd, str *ret_why)
{
	const char *path = str_z(a, str_fmt(a, "%.*s/lock", STR_FMT(data)));
	char text[32] = "";
	ssize_t n;
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0) {
		*ret_why = str_fmt(a, "%s: %s", path, errno == EACCES || errno == EROFS ? "no permission to write into the data folder; it must belong to the user "
										   "who starts schalter" : err_text(ERR_IO));
		return ERR_IO;
	}
	if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		n = read(fd, text, sizeof text - 1);
		*ret_why = str_fmt(a, "%.*s: another schalter works on this data folder (process %.*s). Stop it first, or choose another folder with --data",
			STR_FMT(data), STR_FMT(str_trim(str_n(text, n > 0 ? (size_t)n : 0))));
		close(fd);
		return ERR_BUSY;
	}
	n = snprintf(text, sizeof text, "%ld\n", (long)getpid());
	if (ftruncate(fd, 0) < 0 || pwrite(fd, text, (size_t)n, 0) != n) {
		*ret_why = str_fmt(a, "%s: cannot be written; is the disk full?", path);
		close(fd);
		return ERR_FULL;
	}
	*ret_fd = fd;
	return 0;
}

/* ---- the master key ---- */

static int read_key(struct arena *a, const char *path, struct key *ret, str *ret_why)
{
	str text, bytes;
	int rc = file_read(a, path, 1024, &text);

	if (rc < 0) {
		*ret_why = str_fmt(a, "master key %s: %s", path, err_text(rc));
		return rc;
	}
	rc = hex_decode(a, str_trim(text), &bytes);
	if (rc < 0 || bytes.n != KEY_BYTES) {
		*ret_why = str_fmt(a, "master key %s: must hold 64 hexadecimal characters (openssl rand -hex 32)", path);
		rc = ERR_PARSE;
	} else {
		memcpy(ret->b, bytes.p, KEY_BYTES);
		wipe((void *)(uintptr_t)bytes.p, bytes.n);
	}
	wipe((void *)(uintptr_t)text.p, text.n);
	return rc;
}

static int make_key(struct arena *a, const char *path, struct key *ret, str *ret_why)
{
	struct key k = key_random();
	int rc = file_write_durable(path, str_fmt(a, "%.*s\n", STR_FMT(hex(a, str_n(k.b, KEY_BYTES)))), 0600);

	if (rc < 0)
		*ret_why = str_fmt(a, "master key %s: cannot be written: %s", path, err_text(rc));
	*ret = k;
	return rc;
}

int house_master_key(struct arena *a, const struct conf *c, struct key *ret, str *ret_why)
{
	const char *path = str_z(a, str_fmt(a, "%.*s/master.key", STR_FMT(c->data)));

	if (c->master_key_file.n)
		return read_key(a, str_z(a, c->master_key_file), ret, ret_why);
	if (!c->demo) {
		*ret_why = S("master_key_file is not set. The master key lies outside the data folder: umask 077; openssl rand -hex 32 >FILE, then "
			     "--master-key-file FILE (docs/operating.md). For a demonstration: --demo");
		return ERR_NOTFOUND;
	}
	if (file_exists(path))
		return read_key(a, path, ret, ret_why);
	if (file_exists(str_z(a, str_fmt(a, "%.*s/keys.db", STR_FMT(c->data))))) {
		*ret_why = str_fmt(a, "%s is gone, but there are keys that only it opens. Put it back, or begin anew with another --data", path);
		return ERR_NOTFOUND;
	}
	return make_key(a, path, ret, ret_why);
}
