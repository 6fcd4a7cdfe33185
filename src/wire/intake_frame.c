/* SPDX-License-Identifier: EUPL-1.2 */
#include "wire/intake_frame.h"

#include <string.h>

#include "wire/bitmap.h"

enum intake_type intake_sniff(str b)
{
	if (str_has_prefix(b, S("\xff\xd8\xff")))
		return INTAKE_JPEG;
	if (str_has_prefix(b, S("\x89PNG\r\n\x1a\n")))
		return INTAKE_PNG;
	/* ISO 32000-1 appendix H: readers accept the mark anywhere in the first 1024 bytes; we want it at the beginning, at most a
	 * byte order mark or white space before it, so that a file is never two things at once */
	if (str_has_prefix(b, S("\xef\xbb\xbf")))
		b = str_sub(b, 3, b.n);
	while (b.n && (b.p[0] == '\n' || b.p[0] == '\r' || b.p[0] == ' '))
		b = str_sub(b, 1, b.n);
	return str_has_prefix(b, S("%PDF-")) ? INTAKE_PDF : INTAKE_UNKNOWN;
}

static const struct {
	enum intake_type type;
	str name;
} names[] = {
	{ INTAKE_PDF, STR_INIT("application/pdf") },
	{ INTAKE_JPEG, STR_INIT("image/jpeg") },
	{ INTAKE_PNG, STR_INIT("image/png") },
};

str intake_type_name(enum intake_type t)
{
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (names[i].type == t)
			return names[i].name;
	}
	return STR_EMPTY;
}

enum intake_type intake_type_from_name(str media_type)
{
	str name = media_type, parameters;

	if (str_cut(media_type, ';', &name, &parameters))
		name = str_trim(name);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (str_eq_ci(names[i].name, name))
			return names[i].type;
	}
	return INTAKE_UNKNOWN;
}

static void put32(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> (8 * i));
}

static uint32_t get32(const void *from)
{
	const uint8_t *p = from;

	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

void intake_request_head(uint8_t ret[INTAKE_REQUEST_HEAD], size_t n, unsigned accept)
{
	memcpy(ret, "SCH?", 4);
	put32(ret + 4, (uint32_t)n);
	put32(ret + 8, accept);
	put32(ret + 12, 0);
}

int intake_request_read(const uint8_t head[INTAKE_REQUEST_HEAD], size_t *ret_n, unsigned *ret_accept)
{
	if (memcmp(head, "SCH?", 4) != 0 || get32(head + 12) != 0)
		return ERR_PARSE;
	*ret_n = get32(head + 4);
	*ret_accept = get32(head + 8);
	return *ret_n > INTAKE_BYTES_MAX ? ERR_LIMIT : OK;
}

static void buf32(struct buf *b, uint32_t v)
{
	uint8_t p[4];

	put32(p, v);
	buf_putn(b, p, 4);
}

static void put_picture(struct buf *b, const struct intake_picture *p)
{
	buf32(b, p->type);
	buf32(b, p->w);
	buf32(b, p->h);
	buf32(b, (uint32_t)p->bytes.n);
	buf_put(b, p->bytes);
}

void intake_answer_put(struct buf *b, const struct intake_result *r)
{
	size_t at = b->n;

	buf_put(b, S("SCH!\0\0\0\0"));
	buf32(b, r->verdict);
	buf32(b, r->type);
	buf32(b, r->pages);
	buf32(b, r->w);
	buf32(b, r->h);
	put_picture(b, &r->safe);
	buf32(b, (uint32_t)r->previews);
	for (size_t i = 0; i < r->previews; i++)
		put_picture(b, &r->preview[i]);
	put32((uint8_t *)b->p + at + 4, (uint32_t)(b->n - at - INTAKE_ANSWER_HEAD));
}

int intake_answer_head(const uint8_t head[INTAKE_ANSWER_HEAD], size_t *ret_n)
{
	*ret_n = get32(head + 4);
	return memcmp(head, "SCH!", 4) != 0 || *ret_n > INTAKE_RESULT_MAX ? ERR_PARSE : OK;
}

static int take32(str *rest, uint32_t *ret)
{
	if (rest->n < 4)
		return ERR_PARSE;
	*ret = get32(rest->p);
	*rest = str_sub(*rest, 4, rest->n);
	return OK;
}

static int take_picture(str *rest, struct intake_picture *ret, bool required)
{
	uint32_t type, n;

	TRY(take32(rest, &type));
	TRY(take32(rest, &ret->w));
	TRY(take32(rest, &ret->h));
	TRY(take32(rest, &n));
	if (n > rest->n)
		return ERR_PARSE;
	ret->bytes = str_sub(*rest, 0, n);
	*rest = str_sub(*rest, n, rest->n);
	if (n == 0 && !required)
		return type || ret->w || ret->h ? ERR_PARSE : OK;
	/* a picture is what it says it is, or it will not be shown to anybody */
	if ((type != INTAKE_JPEG && type != INTAKE_PNG) || intake_sniff(ret->bytes) != type)
		return ERR_PARSE;
	if (ret->w == 0 || ret->h == 0 || ret->w > BITMAP_SIDE_MAX || ret->h > BITMAP_SIDE_MAX)
		return ERR_PARSE;
	ret->type = (enum intake_type)type;
	return OK;
}

int intake_answer_read(struct arena *a, str content, struct intake_result *ret)
{
	uint32_t verdict, type, count;
	str rest = content;

	*ret = (struct intake_result){ 0 };
	TRY(take32(&rest, &verdict));
	TRY(take32(&rest, &type));
	TRY(take32(&rest, &ret->pages));
	TRY(take32(&rest, &ret->w));
	TRY(take32(&rest, &ret->h));
	TRY(take_picture(&rest, &ret->safe, false));
	TRY(take32(&rest, &count));
	if (verdict > INTAKE_TOO_SLOW || count > INTAKE_PREVIEW_PAGES || ret->pages > INTAKE_PDF_PAGES_MAX)
		return ERR_PARSE;
	if (type != INTAKE_UNKNOWN && intake_type_name((enum intake_type)type).n == 0)
		return ERR_PARSE;
	ret->verdict = (enum intake_verdict)verdict;
	ret->type = (enum intake_type)type;
	ret->preview = ARENA_ARRAY(a, struct intake_picture, count);
	for (; ret->previews < count; ret->previews++)
		TRY(take_picture(&rest, &ret->preview[ret->previews], true));
	return rest.n ? ERR_PARSE : OK;
}
