/* SPDX-License-Identifier: EUPL-1.2 */
/* Markdown of authors and clerks: no script, no handler, no foreign scheme comes out, and an escaped value shows itself. */
#include "base/utf8.h"
#include "fuzz.h"
#include "wire/md.h"

static bool holds(struct arena *a, str html, str what)
{
	return str_contains(str_lower_ascii(a, html), what);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(4096);
	str in = str_n(data, size);
	struct buf b = buf_new(a, 256), t = buf_new(a, 256);

	if (utf8_valid(in) && md_html(&b, in, 1) == OK) {
		str html = buf_str(&b);
		FUZZ_CHECK(!holds(a, html, S("<script")) && !holds(a, html, S("<img")) && !holds(a, html, S("<!--")));
		FUZZ_CHECK(!holds(a, html, S("href=\"javascript:")) && !holds(a, html, S("href=\"data:")) && !holds(a, html, S("href=\"//")));
		FUZZ_CHECK(md_text(&t, md_escape(a, in)) == OK);
		FUZZ_CHECK(!str_contains(buf_str(&t), S("\n")));
	}
	arena_free(a);
	return 0;
}
