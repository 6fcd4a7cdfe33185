/* SPDX-License-Identifier: EUPL-1.2 */
/* A list that is read has codes, each once, each with a name; what is refused says why. */
#include "fuzz.h"
#include "wire/genericode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct genericode_hints hints = { STR_INIT("code"), STR_INIT("name"), STR_INIT("help") };
	struct arena *a = arena_new(4096);
	struct genericode *list;
	struct xml_error e;

	for (int i = 0; i < 2; i++) {
		if (genericode_read(a, str_n(data, size), i ? &hints : NULL, &list, &e) < 0) {
			FUZZ_CHECK(e.text[0]);
			continue;
		}
		for (size_t k = 0; k < list->entries; k++) {
			FUZZ_CHECK(list->entry[k].code.n > 0 && list->entry[k].name.n > 0);
			for (size_t m = 0; m < k && k < 50; m++)
				FUZZ_CHECK(!str_eq(list->entry[k].code, list->entry[m].code));
		}
	}
	arena_free(a);
	return 0;
}
