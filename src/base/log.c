/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/utf8.h"

/* One write below PIPE_BUF (4096) is atomic on pipes: lines of several threads never mix. */
#define LINE_MAX_BYTES  4000
#define VALUE_MAX_BYTES 512

struct line {
	char p[LINE_MAX_BYTES + 64]; /* room for the last closing signs */
	size_t n;
};

static atomic_int log_fd = STDERR_FILENO;
static atomic_int log_least = LOG_INFO;

void log_open(int fd, enum log_level least)
{
	atomic_store(&log_fd, fd);
	atomic_store(&log_least, (int)least);
}

static void put(struct line *l, const char *p, size_t n)
{
	memcpy(l->p + l->n, p, n);
	l->n += n;
}

static void put_char(struct line *l, unsigned char c)
{
	static const char digits[] = "0123456789abcdef";
	if (c == '"' || c == '\\') {
		put(l, (char[]){'\\', (char)c}, 2);
	} else if (c < 0x20 || c == 0x7f) {
		put(l, (char[]){'\\', 'u', '0', '0', digits[c >> 4], digits[c & 15]}, 6);
	} else {
		put(l, (char[]){(char)c}, 1);
	}
}

/* Returns false, with nothing written, when the line has no room for it. */
static bool put_string(struct line *l, str s)
{
	if (s.n > VALUE_MAX_BYTES) {
		s.n = VALUE_MAX_BYTES;
		while (s.n && ((unsigned char)s.p[s.n] & 0xc0) == 0x80)
			s.n--;
	}
	bool plain = utf8_valid(s);
	size_t start = l->n;
	put(l, "\"", 1);
	for (size_t i = 0; i < s.n; i++) {
		if (l->n + 8 > LINE_MAX_BYTES) {
			l->n = start;
			return false;
		}
		unsigned char c = (unsigned char)s.p[i];
		put_char(l, c >= 0x80 && !plain ? '?' : c);
	}
	put(l, "\"", 1);
	return true;
}

static void put_time(struct line *l)
{
	char iso[INSTANT_ISO_BYTES + 1];
	instant now = clock_now(&clock_real);
	int64_t ms = now.us / 1000 % 1000;
	instant_iso_z(now, iso);
	put(l, "{\"time\":\"", 9);
	put(l, iso, INSTANT_ISO_BYTES - 1);
	put(l,
		(char[]){'.', (char)('0' + ms / 100), (char)('0' + ms / 10 % 10),
			(char)('0' + ms % 10)},
		4);
}

void log_event(enum log_level level, const char *event, ...)
{
	static const str names[] = {
		STR_INIT("error"), STR_INIT("warn"), STR_INIT("info"), STR_INIT("debug")};
	if ((int)level > atomic_load_explicit(&log_least, memory_order_relaxed))
		return;
	struct line l __attribute__((uninitialized)); /* 4 KB that the compiler would clear for nothing */
	l.n = 0;
	put_time(&l);
	put(&l, "Z\",\"level\":", 11);
	put_string(&l, names[level & 3]);
	put(&l, ",\"event\":", 9);
	put_string(&l, str_c(event));
	va_list ap;
	va_start(ap, event);
	for (const char *key; (key = va_arg(ap, const char *)) != NULL;) {
		str value = va_arg(ap, str);
		size_t start = l.n;
		put(&l, ",", 1);
		if (l.n + 600 > LINE_MAX_BYTES || !put_string(&l, str_c(key)) ||
			(put(&l, ":", 1), !put_string(&l, value))) {
			l.n = start;
			put(&l, ",\"cut\":true", 11);
			break;
		}
	}
	va_end(ap);
	put(&l, "}\n", 2);
	int fd = atomic_load_explicit(&log_fd, memory_order_relaxed);
	for (size_t at = 0; at < l.n;) {
		ssize_t n = write(fd, l.p + at, l.n - at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return; /* a full log disk must not stop the counter */
		at += (size_t)n;
	}
}
