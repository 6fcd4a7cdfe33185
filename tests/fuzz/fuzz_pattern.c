/* SPDX-License-Identifier: EUPL-1.2 */
/* The first line is a pattern, the rest a text: matching ends soon, and an example fits its pattern. */
#include "base/pattern.h"
#include "base/utf8.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(4096);
	str all = str_n(data, size), source = all, text = STR_EMPTY, example;
	const struct pattern *p;

	(void)str_cut(all, '\n', &source, &text);
	if (utf8_valid(all) && pattern_compile(a, source, &p) == 0) {
		(void)pattern_matches(a, p, text);
		example = pattern_example(a, p, 3);
		FUZZ_CHECK(!example.n || pattern_matches(a, p, example));
	}
	arena_free(a);
	return 0;
}
