/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/testing.h"

#include "base/yaml_write.h"

static str written(struct arena *a, const struct node *n)
{
	struct buf b = buf_new(a, 256);

	yaml_write(&b, n);
	return buf_str(&b);
}

static struct node *parsed(struct arena *a, str text)
{
	struct node_error e = { 0 };
	struct node *n;

	if (node_parse_yaml(a, S("x"), text, &n, &e) < 0)
		fail_msg("%u:%u: %s in\n%.*s", (unsigned)e.line, (unsigned)e.col, e.text, STR_FMT(text));
	return n;
}

static str canonical(struct arena *a, const struct node *n)
{
	struct buf b = buf_new(a, 256);

	node_write_canonical(&b, n);
	return buf_str(&b);
}

static void what_is_written_is_read_the_same(void **state)
{
	AUTO(arena_freep) struct arena *a = arena_new(65536);
	static const char *const texts[] = { "x", "", " x", "x ", "- a", "a: b", "a:", "a #b", "#", "'", "\"", "a\nb", "a\n\nb", "\na", "a\n", "a \nb", " a\nb", "a\n  b", "\\", "{row}",
		"[x]", "a, b", "NO", "~", "null", "1.0", "01067", "ä ö", "a\tb", "\x7f", "\xc2\x85", "\xc2\xa0x", "@", "%", "|", ">", "a & b", "* x", "? y", "!z", "`", "...", "---",
		"http://x.example/y", "x == 'y''z'", "a\xe2\x80\xa8" "b", "\xef\xbb\xbf" "a" };
	struct node *root = node_new(a, NODE_MAP), *list = node_new(a, NODE_LIST), *maps = node_new(a, NODE_LIST);

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct node *one = node_new(a, NODE_MAP);

		node_append(a, list, node_new_text(a, str_c(texts[i])));
		node_set(a, one, S("id"), node_new_text(a, str_c(texts[i])));
		node_set(a, one, str_fmt(a, "k%zu", i), node_new_text(a, str_c(texts[i])));
		node_set(a, one, str_fmt(a, "key %zu: {", i), node_new_text(a, S("v")));
		node_append(a, maps, one);
		node_set(a, root, str_fmt(a, "t%zu", i), node_new_text(a, str_c(texts[i])));
	}
	node_set(a, root, S("list"), list);
	node_set(a, root, S("maps"), maps);
	node_set(a, root, S("empty"), node_new(a, NODE_LIST));
	assert_string_equal(str_z(a, canonical(a, parsed(a, written(a, root)))), str_z(a, canonical(a, root)));
}

static void small_things_stand_on_one_line(void **state)
{
	AUTO(arena_freep) struct arena *a = arena_new(4096);
	str text = S("steps:\n  - id: a\n    pages:\n      - id: b\n        fields:\n          - {id: x.y, type: text, max: 40}\n"
		     "          - {id: z, type: choice, options: [a, {id: b, fim: \"1.1\"}]}\nlegal: [\"§ 1: x\"]\n");

	assert_string_equal(str_z(a, written(a, parsed(a, text))), str_z(a, text));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read_the_same),
		cmocka_unit_test(small_things_stand_on_one_line),
	};

	return cmocka_run_group_tests_name("yaml", tests, NULL, NULL);
}
