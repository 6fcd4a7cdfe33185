/* SPDX-License-Identifier: EUPL-1.2 */
#include "wire/qr.h"

#include <errno.h>
#include <qrencode.h>

#include "base/utf8.h"

#define QR_BYTES_MAX 2331 /* version 40, level M, 8-bit mode */

static void qr_free(QRcode **q)
{
	if (*q)
		QRcode_free(*q);
}

int qr_make(struct arena *a, str text, struct qr *ret)
{
	if (text.n == 0 || text.n > QR_BYTES_MAX)
		return ERR_LIMIT;

	QRcode *AUTO(qr_free) q =
		QRcode_encodeData((int)text.n, (const unsigned char *)text.p, 0, QR_ECLEVEL_M);
	if (!q)
		return errno == ERANGE ? ERR_LIMIT : ERR_NOMEM;

	ret->side = (unsigned)q->width;
	size_t n = (size_t)ret->side * ret->side;
	ret->dark = arena_alloc(a, n);
	for (size_t i = 0; i < n; i++)
		ret->dark[i] = q->data[i] & 1;
	return OK;
}

str qr_svg_path(struct arena *a, const struct qr *q)
{
	struct buf b = buf_new(a, (size_t)q->side * q->side * 4);

	for (unsigned y = 0; y < q->side; y++) {
		const uint8_t *row = q->dark + (size_t)y * q->side;
		for (unsigned x = 0; x < q->side;) {
			unsigned from = x;
			if (!row[x]) {
				x++;
				continue;
			}
			while (x < q->side && row[x])
				x++;
			buf_fmt(&b, "M%u %uh%uv1h-%uz", from + QR_QUIET, y + QR_QUIET, x - from, x - from);
		}
	}
	return buf_str(&b);
}

/* Without blanks, upper case; empty if it holds anything but letters and digits. */
static str iban_compact(char out[35], str iban)
{
	size_t n = 0;

	for (size_t i = 0; i < iban.n; i++) {
		char c = iban.p[i];
		if (c == ' ')
			continue;
		if (c >= 'a' && c <= 'z')
			c = (char)(c - 32);
		if (n == 34 || !((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')))
			return STR_EMPTY;
		out[n++] = c;
	}
	return str_n(out, n);
}

static bool compact_valid(str s)
{
	unsigned rest = 0;

	if (s.n < 15 || s.p[0] < 'A' || s.p[1] < 'A' || s.p[2] > '9' || s.p[3] > '9')
		return false;
	if (str_has_prefix(s, S("DE")) && s.n != 22)
		return false;
	for (size_t i = 0; i < s.n; i++) { /* ISO 7064 mod 97-10 over the text turned by four */
		char c = s.p[(i + 4) % s.n];
		if (c >= 'A')
			rest = (rest * 100 + (unsigned)(c - 'A' + 10)) % 97;
		else
			rest = (rest * 10 + (unsigned)(c - '0')) % 97;
	}
	return rest == 1;
}

bool giro_iban_valid(str iban)
{
	char text[35];

	return compact_valid(iban_compact(text, iban));
}

/* One line of the code: no line break and no other control character may get in. */
static bool line_ok(str s, size_t most)
{
	for (size_t i = 0; i < s.n; i++) {
		if ((unsigned char)s.p[i] < 32 || s.p[i] == 127)
			return false;
	}
	return utf8_valid(s) && utf8_length(s) <= most;
}

static bool upper_alnum(str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (!((s.p[i] >= 'A' && s.p[i] <= 'Z') || (s.p[i] >= '0' && s.p[i] <= '9')))
			return false;
	}
	return true;
}

int giro_text(struct arena *a, const struct giro *g, str *ret)
{
	char text[35];
	str iban = iban_compact(text, g->iban);

	if (g->name.n == 0 || !line_ok(g->name, 70) || !line_ok(g->text, 140) || !compact_valid(iban))
		return ERR_INVALID;
	if ((g->bic.n != 0 && g->bic.n != 8 && g->bic.n != 11) || !upper_alnum(g->bic))
		return ERR_INVALID;
	if (g->purpose.n > 4 || !upper_alnum(g->purpose))
		return ERR_INVALID;
	if (g->cents < 1 || g->cents > 99999999999)
		return ERR_INVALID;

	struct buf b = buf_new(a, 400);
	buf_put(&b, S("BCD\n002\n1\nSCT\n"));
	buf_fmt(&b, "%.*s\n%.*s\n%.*s\n", STR_FMT(g->bic), STR_FMT(g->name), STR_FMT(iban));
	buf_fmt(&b, "EUR%lld.%02lld\n", (long long)(g->cents / 100), (long long)(g->cents % 100));
	/* purpose, structured reference (not used), text: trailing empty lines are left away */
	buf_fmt(&b, "%.*s\n\n%.*s", STR_FMT(g->purpose), STR_FMT(g->text));
	while (b.n && b.p[b.n - 1] == '\n')
		b.p[--b.n] = 0;
	if (b.n > 331)
		return ERR_INVALID;
	*ret = buf_str(&b);
	return OK;
}
