/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * intake: looks at uploads in processes of its own that have no network, no database, no keys and no files ("schalter-intake").
 * An upload is bytes; the answer is data: what it really is, how big, a preview, and for pictures a copy made anew from the pixels
 * (no metadata, no trailing bytes). A child that crashes, hangs or eats memory is ended; the upload then counts as broken or too slow.
 * intake_check blocks (up to the time limit): call it on the work pool. Thread-safe.
 *
 *	struct intake *in; TRY(intake_start(2, path, &in));
 *	struct intake_result r; TRY(intake_check(a, in, bytes, INTAKE_PDF | INTAKE_JPEG, &r));
 *	if (r.verdict != INTAKE_FINE) ...say why
 */
#pragma once
#include "base/str.h"

enum intake_type { INTAKE_UNKNOWN = 0, INTAKE_PDF = 1, INTAKE_JPEG = 2, INTAKE_PNG = 4 };

/* The number is part of the protocol between parent and child: add at the end. */
enum intake_verdict {
	INTAKE_FINE,
	INTAKE_EMPTY,		/* no bytes */
	INTAKE_WRONG_TYPE,	/* known or unknown, but not among those accepted */
	INTAKE_BROKEN,		/* cannot be read to its end */
	INTAKE_TOO_LARGE,	/* pixels or pages beyond the limits (decompression bombs) */
	INTAKE_LOCKED,		/* PDF with a password */
	INTAKE_TOO_SLOW,	/* time limit */
};

#define INTAKE_BYTES_MAX (64u * 1024 * 1024)
#define INTAKE_PREVIEW_SIDE 1200		/* pixels, longer side */
#define INTAKE_PREVIEW_PAGES 8			/* of a PDF; the first ones */
#define INTAKE_PDF_PAGES_MAX 2000
#define INTAKE_SECONDS 20
#define INTAKE_RESULT_MAX (96u * 1024 * 1024)

struct intake_picture {
	enum intake_type type;	/* JPEG or PNG */
	uint32_t w, h;
	str bytes;
};
struct intake_result {
	enum intake_verdict verdict;
	enum intake_type type;		/* by content, also when it is refused */
	uint32_t pages;			/* 1 for pictures */
	uint32_t w, h;			/* pixels as seen (EXIF turned); of a PDF's first page in points */
	struct intake_picture safe;	/* pictures only: made anew from the pixels; empty for PDF */
	struct intake_picture *preview;	/* one a page, at most INTAKE_PREVIEW_PAGES */
	size_t previews;
};

struct intake;
/* program: path of the helper program "schalter-intake", which lies beside our own executable; started with one socket and nothing else
 * inherited. It is a program of its own because it links Poppler (GPL), and the main program links no GPL library. */
MUST_USE int intake_start(unsigned processes, const char *program, struct intake **ret);
void intake_set_seconds(struct intake *in, unsigned seconds);	/* time limit of one upload; default INTAKE_SECONDS */
void intake_stop(struct intake *in);
/* accept: mask of enum intake_type. ERR_BUSY: all processes are taken for longer than the time limit; ERR_LIMIT: above INTAKE_BYTES_MAX;
 * ERR_IO: no child could be started. A bad upload is a verdict, not an error. */
MUST_USE int intake_check(struct arena *a, struct intake *in, str bytes, unsigned accept, struct intake_result *ret);

/* The child: serves one socket (file descriptor 3) until it closes; the main() of schalter-intake calls it. Returns the exit status. */
int intake_main(int fd);

/* By the first bytes only; the child uses it and then reads the whole. */
enum intake_type intake_sniff(str bytes);
str intake_type_name(enum intake_type t);		/* media type, "application/pdf"; empty for unknown */
enum intake_type intake_type_from_name(str media_type);
