/* SPDX-License-Identifier: EUPL-1.2 */
/* YAML that is accepted is written as JSON that is accepted; what is refused says where and why. */
#include "base/node.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(4096);
	struct node *root, *again;
	struct node_error e = { 0 };
	struct buf one, two;

	if (node_parse_yaml(a, S("x.yaml"), str_n(data, size), &root, &e)) {
		FUZZ_CHECK(e.text[0]);
	} else {
		one = buf_new(a, 256);
		two = buf_new(a, 256);
		node_write_canonical(&one, root);
		FUZZ_CHECK(!node_parse_json(a, buf_str(&one), &again, &e));
		node_write_canonical(&two, again);
		FUZZ_CHECK(str_eq(buf_str(&one), buf_str(&two)));
	}
	arena_free(a);
	return 0;
}
