/* SPDX-License-Identifier: EUPL-1.2 */
/* JSON that is accepted has one canonical form, which is accepted again and is its own canonical form. */
#include "base/node.h"
#include "base/utf8.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(4096);
	struct node *first, *second;
	struct node_error e;
	struct buf one, two;

	if (!node_parse_json(a, str_n(data, size), &first, &e)) {
		one = buf_new(a, 256);
		two = buf_new(a, 256);
		node_write_canonical(&one, first);
		FUZZ_CHECK(utf8_valid(buf_str(&one)));
		FUZZ_CHECK(!node_parse_json(a, buf_str(&one), &second, &e));
		node_write_canonical(&two, second);
		FUZZ_CHECK(str_eq(buf_str(&one), buf_str(&two)));
	}
	arena_free(a);
	return 0;
}
