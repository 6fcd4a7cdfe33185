/* SPDX-License-Identifier: EUPL-1.2 */
/* Escaping by context; the compiled templates call these. */
#pragma once
#include "base/buf.h"

void html_text(struct buf *b, str s);	/* < > & */
void html_attr(struct buf *b, str s);	/* < > & " ' */
/*
 * URL attribute from its beginning: only http, https, mailto, tel or a relative reference; anything
 * else becomes "#".
 */
void html_url(struct buf *b, str s);
void html_url_part(struct buf *b, str s);	/* percent-encodes: a part behind a literal beginning */
#define html_lit(b, literal) buf_putn((b), "" literal "", sizeof(literal) - 1)

/*
 * HTML that is safe as it stands (rendered by cmark without raw HTML): a type of its own, so that
 * no plain str gets into a page unescaped.
 */
struct html_safe {
	str html;
};
