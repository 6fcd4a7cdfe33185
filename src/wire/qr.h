/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * qr: QR codes (libqrencode) as SVG path data or as a matrix, and the text of a payment code ("GiroCode", EPC069-12 version 3.1).
 *
 *	struct giro g = { .name = S("Stadt Dresden"), .iban = S("DE02120300000000202051"), .cents = 3000, .text = S("2026-0001") };
 *	str text; TRY(giro_text(a, &g, &text));
 *	struct qr q; TRY(qr_make(a, text, &q));
 *	str path = qr_svg_path(a, &q);       // <svg viewBox="0 0 {q.side+8} {q.side+8}"><path d="..."/></svg>
 */
#pragma once
#include "base/buf.h"

struct qr {
	unsigned side;		/* modules per side, without the quiet zone */
	uint8_t *dark;		/* side * side, row by row: 1 dark, 0 light */
};
#define QR_QUIET 4		/* modules of quiet zone around, ISO/IEC 18004 */

/* Bytes as they are, level M. ERR_LIMIT: longer than a code holds (2331 bytes) or empty. */
MUST_USE int qr_make(struct arena *a, str text, struct qr *ret);
/* Path data with the quiet zone as offset: coordinates 0 .. side + 2*QR_QUIET. */
str qr_svg_path(struct arena *a, const struct qr *q);

struct giro {
	str name;		/* receiver, at most 70 characters */
	str iban;		/* blanks allowed; checked (mod 97) */
	str bic;		/* optional within the SEPA countries of the EEA */
	int64_t cents;		/* 1 .. 99,999,999,999 */
	str text;		/* unstructured remittance, at most 140 characters */
	str purpose;		/* optional, four letters */
};
/* EPC069-12: service tag BCD, version 002, UTF-8, SCT; at most 331 bytes. ERR_INVALID: a field breaks its limits. */
MUST_USE int giro_text(struct arena *a, const struct giro *g, str *ret);
bool giro_iban_valid(str iban);	/* blanks allowed, any country, mod 97; German ones must have 22 characters */
