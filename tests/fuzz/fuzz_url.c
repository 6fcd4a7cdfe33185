/* SPDX-License-Identifier: EUPL-1.2 */
/* A form body: what is decoded is valid text, and encoding brings back the same text; a URL attribute never becomes a script. */
#include "base/html.h"
#include "base/url.h"
#include "base/utf8.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(4096);
	str in = str_n(data, size), back;
	struct pairs pairs;
	struct buf b;

	if (!form_parse(a, in, 100, &pairs)) {
		FUZZ_CHECK(pairs.n <= 100);
		for (size_t i = 0; i < pairs.n; i++) {
			FUZZ_CHECK(utf8_valid(pairs.v[i].name) && utf8_valid(pairs.v[i].value));
			FUZZ_CHECK(!url_decode(a, url_encode(a, pairs.v[i].value), true, &back));
			FUZZ_CHECK(str_eq(back, pairs.v[i].value));
		}
	}
	if (utf8_valid(in)) {
		b = buf_new(a, 256);
		html_url(&b, in);
		FUZZ_CHECK(str_index(buf_str(&b), '"') < 0 && str_index(buf_str(&b), '<') < 0);
		FUZZ_CHECK(!str_has_prefix(str_lower_ascii(a, str_trim(buf_str(&b))), S("javascript:")));
	}
	arena_free(a);
	return 0;
}
