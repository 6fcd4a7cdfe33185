/* SPDX-License-Identifier: EUPL-1.2 */
/* Text at the door: what is valid stays valid under every folding; foldings done twice change nothing; HTML cannot be broken out of. */
#include "base/html.h"
#include "base/utf8.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(4096);
	str in = str_n(data, size), once;
	str (*const foldings[])(struct arena *, str) = { utf8_nfc, utf8_fold, utf8_fold_plain, utf8_lower };
	struct buf b;
	size_t i = 0, n = 0;

	if (utf8_valid(in)) {
		for (size_t f = 0; f < sizeof foldings / sizeof *foldings; f++) {
			once = foldings[f](a, in);
			FUZZ_CHECK(utf8_valid(once));
			FUZZ_CHECK(str_eq(once, foldings[f](a, once)));
		}
		while (utf8_next(in, &i))
			n++;
		FUZZ_CHECK(n == utf8_length(in) && i == in.n);
		FUZZ_CHECK(utf8_length(utf8_truncate(in, 3)) <= 3);
		utf8_cologne(a, in);
		b = buf_new(a, 256);
		html_attr(&b, in);
		FUZZ_CHECK(str_index(buf_str(&b), '"') < 0 && str_index(buf_str(&b), '\'') < 0 && str_index(buf_str(&b), '<') < 0);
	}
	arena_free(a);
	return 0;
}
