/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * schalter-intake: looks at uploads. Started by schalter only, with a socket as descriptor 3; see wire/intake.h and wire/intake_frame.h.
 * It gives up all rights before it reads the first byte.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/sandbox.h"
#include "wire/intake_frame.h"
#include "wire/intake_image.h"
#include "wire/intake_pdf.h"

#define SOCKET 3
#define MEMORY_MAX (1536ul << 20)

static int read_all(void *to, size_t n)
{
	for (size_t got = 0; got < n;) {
		ssize_t k = read(SOCKET, (char *)to + got, n - got);
		if (k <= 0)
			return ERR_IO;
		got += (size_t)k;
	}
	return OK;
}

static int write_all(str s)
{
	while (s.n) {
		ssize_t k = write(SOCKET, s.p, s.n);
		if (k <= 0)
			return ERR_IO;
		s = str_sub(s, (size_t)k, s.n);
	}
	return OK;
}

static int picture_look(struct arena *a, str bytes, enum intake_type type, struct intake_result *ret)
{
	struct bitmap m, small;

	TRY(image_decode(a, type, bytes, &m, &ret->verdict));
	if (ret->verdict != INTAKE_FINE)
		return OK;
	ret->pages = 1;
	ret->w = m.w;
	ret->h = m.h;
	ret->safe = (struct intake_picture){ .type = type, .w = m.w, .h = m.h };
	TRY(image_encode(a, type, &m, &ret->safe.bytes));
	TRY(bitmap_shrink(a, &m, INTAKE_PREVIEW_SIDE, &small));
	ret->preview = ARENA_NEW(a, struct intake_picture);
	ret->previews = 1;
	ret->preview[0] = (struct intake_picture){ .type = type, .w = small.w, .h = small.h, .bytes = ret->safe.bytes };
	/* small enough as it is: one picture serves for both */
	return small.rgb == m.rgb ? OK : image_encode(a, type, &small, &ret->preview[0].bytes);
}

static void look(struct arena *a, str bytes, unsigned accept, struct intake_result *ret)
{
	enum intake_type type = intake_sniff(bytes);
	int rc = OK;

	*ret = (struct intake_result){ .type = type, .verdict = INTAKE_WRONG_TYPE };
	if (bytes.n == 0)
		ret->verdict = INTAKE_EMPTY;
	else if (type == INTAKE_UNKNOWN || !(accept & type))
		return;
	else
		rc = type == INTAKE_PDF ? pdf_look(a, bytes, ret) : picture_look(a, bytes, type, ret);
	if (rc < 0)
		*ret = (struct intake_result){ .type = type, .verdict = rc == ERR_LIMIT ? INTAKE_TOO_LARGE : INTAKE_BROKEN };
	/* nothing half-done leaves the house */
	if (ret->verdict != INTAKE_FINE)
		*ret = (struct intake_result){ .type = type, .verdict = ret->verdict };
}

static int serve_one(void)
{
	struct arena *AUTO(arena_freep) a = arena_new(1 << 20);
	uint8_t head[INTAKE_REQUEST_HEAD];
	struct intake_result r;
	unsigned accept;
	size_t n;

	TRY(read_all(head, sizeof head));
	TRY(intake_request_read(head, &n, &accept));
	char *bytes = arena_alloc_raw(a, n);
	TRY(read_all(bytes, n));
	look(a, str_n(bytes, n), accept, &r);
	struct buf b = buf_new(a, 1 << 16);
	intake_answer_put(&b, &r);
	return write_all(buf_str(&b));
}

static int give_up_rights(void)
{
	/* fonts and character maps, for PDFs that do not bring theirs along */
	static const char *const readable[] = { "/usr/share/fonts", "/usr/local/share/fonts", "/usr/share/fontconfig", "/etc/fonts",
		"/var/cache/fontconfig", "/usr/share/poppler", NULL };
	struct rlimit memory = { MEMORY_MAX, MEMORY_MAX }, cpu = { INTAKE_SECONDS + 5, INTAKE_SECONDS + 5 }, none = { 0, 0 };
	bool enforced;

	TRY(sandbox_harden());
#ifndef __SANITIZE_ADDRESS__ /* which reserves terabytes of addresses */
	if (setrlimit(RLIMIT_AS, &memory) < 0)
		return ERR_IO;
#endif
	(void)memory;
	if (setrlimit(RLIMIT_CPU, &cpu) < 0 || setrlimit(RLIMIT_FSIZE, &none) < 0)
		return ERR_IO;
	TRY(sandbox_files(readable, NULL, &enforced));
	return sandbox_calls(SANDBOX_INTAKE, enforced);
}

int main(int argc, char **argv)
{
	int type = 0;
	socklen_t n = sizeof type;

	if (argc > 1 || getsockopt(SOCKET, SOL_SOCKET, SO_TYPE, &type, &n) < 0 || type != SOCK_STREAM) {
		fputs("schalter-intake is started by schalter; by itself it does nothing.\n", stderr);
		return 64;
	}
	/* what libraries say about an upload may be a part of it: nobody is to read that */
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (give_up_rights() < 0) {
		fputs("schalter-intake: the sandbox cannot be set up; nothing is looked at.\n", stderr);
		return 70;
	}
	if (null < 0 || dup2(null, 2) < 0)
		return 70;
	while (serve_one() == OK)
		;
	_exit(0);
}
