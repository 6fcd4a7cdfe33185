/* SPDX-License-Identifier: EUPL-1.2 */
/* What the compiled templates call. Only generated code and web/view_*.c include this. */
#pragma once
#include "web/asset_urls.h"
#include "web/view_account.h"
#include "web/view_citizen.h"
#include "web/view_author.h"
#include "web/view_form.h"
#include "web/view_layout.h"
#include "web/view_preview.h"

/* An argument of a text is a str or any integer; anything else does not compile. */
#define VIEW_ARG(name, v) _Generic((v), str: text_arg_str, default: text_arg_int)(S(name), (v))

static inline void view_safe(struct buf *b, struct html_safe h)
{
	buf_put(b, h.html);
}
