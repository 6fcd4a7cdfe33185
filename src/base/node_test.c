/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/testing.h"

#include "base/node.h"

static struct arena *a;
static struct node_error e;

static int open_arena(void **state)
{
	a = arena_new(1 << 16);
	return 0;
}

static int close_arena(void **state)
{
	arena_free(a);
	return 0;
}

static struct node *yaml(const char *text)
{
	struct node *root = NULL;
	if (node_parse_yaml(a, S("t.yaml"), str_c(text), &root, &e) != 0)
		fail_msg("%s:%u:%u %s in: %s", e.file, e.line, e.col, e.text, text);
	return root;
}

static struct node *json(const char *text)
{
	struct node *root = NULL;
	if (node_parse_json(a, str_c(text), &root, &e) != 0)
		fail_msg("%u:%u %s in: %s", e.line, e.col, e.text, text);
	return root;
}

static str canonical(const struct node *n)
{
	struct buf b = buf_new(a, 64);
	node_write_canonical(&b, n);
	return buf_str(&b);
}

static void yaml_scalars_are_always_text(void **state)
{
	struct node *n = yaml("country: NO\nzip: 01067\nyes: yes\nnum: 1.0\nempty:\nquoted: "
			      "\"\"\nnull_word: null\ntilde: ~\n");
	assert_s(canonical(n),
		"{\"country\":\"NO\",\"empty\":null,\"null_word\":\"null\",\"num\":\"1.0\","
		"\"quoted\":\"\",\"tilde\":\"~\",\"yes\":\"yes\",\"zip\":\"01067\"}");
	assert_int_equal(node_get(n, S("empty"))->kind, NODE_NULL);
	assert_int_equal(node_get(n, S("quoted"))->kind, NODE_TEXT);
	assert_true(node_bool(node_get(n, S("yes")), false));
	assert_true(node_bool(node_get(n, S("num")), true));
}

static void yaml_knows_the_place_of_everything(void **state)
{
	struct node *n = yaml(
		"# comment\npages:\n  - id: a\n    text: |\n      Zwei\n      Zeilen\n  - id: b\n");
	const struct node *second = node_at(node_get(n, S("pages")), 1);
	assert_int_equal(second->line, 7);
	assert_int_equal(second->col, 5);
	assert_string_equal(second->file, "t.yaml");
	assert_s(node_text_at(node_at(node_get(n, S("pages")), 0), S("text")), "Zwei\nZeilen\n");
	assert_int_equal(node_count(node_get(n, S("pages"))), 2);
}

static void yaml_outside_the_subset_is_refused_with_its_place(void **state)
{
	static const struct {
		const char *text;
		unsigned line;
		const char *says;
	} bad[] = {
		{"a: &x 1\n", 1, "anchors"},
		{"a: 1\nb: &x [1]\n", 2, "anchors"},
		{"a: &x {b: 1}\n", 1, "anchors"},
		{"a: 1\nb: *x\n", 2, "aliases"},
		{"- *x\n", 1, "aliases"},
		{"*x: 1\n", 1, "key"},
		{"a: !!int 1\n", 1, "tags"},
		{"a: !local 1\n", 1, "tags"},
		{"a: ! 1\n", 1, "tags"},
		{"!!map\na: 1\n", 1, "tags"},
		{"a: !!seq [1]\n", 1, "tags"},
		{"a: 1\nb: 2\na: 3\n", 3, "twice, first in line 1"},
		{"a: {b: 1, b: 2}\n", 1, "twice"},
		{"? [x]\n: 1\n", 1, "key"},
		{"? {x: 1}\n: 1\n", 1, "key"},
		{": 1\n", 1, "key"},
		{"a: 1\n---\nb: 2\n", 2, "one document"},
		{"a: 1\n...\n---\nb: 2\n", 3, "one document"},
		{"%YAML 1.1\n---\na: 1\n", 1, "directives"},
		{"%TAG ! tag:x,2000:\n---\na: 1\n", 1, "directives"},
		{"", 1, "empty"},
		{"# nothing\n", 2, "empty"},
		{"a: \"\\0\"\n", 1, "NUL"},
		{"a: [1\nb: 2\n", 2, ""},
		{"a: b: c\n", 1, ""},
		{"\ta: 1\n", 1, ""},
		{"a: 'x\n", 2, ""},
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct node *root = NULL;
		e = (struct node_error){0};
		if (node_parse_yaml(a, S("t.yaml"), str_c(bad[i].text), &root, &e) != ERR_PARSE)
			fail_msg("accepted: %s", bad[i].text);
		if (!strstr(e.text, bad[i].says) || e.line != bad[i].line)
			fail_msg("%s\nsays line %u: %s", bad[i].text, e.line, e.text);
		assert_null(root);
		assert_string_equal(e.file, "t.yaml");
	}
}

static void yaml_limits_hold(void **state)
{
	struct node *root;
	char deep[400];
	memset(deep, '[', 64);
	memset(deep + 64, ']', 64);
	deep[128] = 0;
	yaml(deep);
	memset(deep, '[', 65);
	memset(deep + 65, ']', 65);
	deep[130] = 0;
	assert_rc(node_parse_yaml(a, S("x"), str_c(deep), &root, &e), ERR_LIMIT);
	memset(deep, '[', sizeof deep - 1);
	deep[sizeof deep - 1] = 0;
	assert_rc(node_parse_yaml(a, S("x"), str_c(deep), &root, &e), ERR_LIMIT);
	size_t n = ((size_t)8 << 20) + 1;
	char *big = arena_alloc_raw(a, n);
	memset(big, ' ', n);
	assert_rc(node_parse_yaml(a, S("x"), str_n(big, n), &root, &e), ERR_LIMIT);
	assert_rc(node_parse_yaml(a, S("x"), S("a: \xff"), &root, &e), ERR_PARSE);
	assert_rc(node_parse_yaml(a, S("x"), S("a: b\0c"), &root, &e), ERR_PARSE);
	assert_rc(node_parse_yaml(a, S("x"), STR_EMPTY, &root, &e), ERR_PARSE);
}

static void json_values_of_all_kinds(void **state)
{
	struct node *n = json(" {\"b\" : [1, -2.50, 1e+3, 0, true, false, null, \"\", {}] "
			      ",\r\n\t\"a\":\"x\"} \n");
	assert_s(canonical(n), "{\"a\":\"x\",\"b\":[1,-2.50,1e+3,0,true,false,null,\"\",{}]}");
	assert_int_equal(node_get(n, S("a"))->line, 2);
	assert_int_equal(node_get(n, S("a"))->col, 6);
	assert_s(canonical(json("\"top\"")), "\"top\"");
	assert_s(canonical(json("[ ]")), "[]");
}

static void json_strings_are_decoded(void **state)
{
	assert_s(node_text(json("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e4\\u20AC\\ud83d\\ude00x\"")),
		"\"\\/\b\f\n\r\tä€😀x");
	assert_s(node_text(json("\"äöü€\"")), "äöü€");
	str s = node_text(json("\"abc\\u0041\""));
	assert_int_equal(s.p[s.n], 0);
}

static void malformed_json_is_refused(void **state)
{
	static const char *bad[] = {
		"",
		" ",
		"{",
		"[",
		"[1",
		"[1,]",
		"[,1]",
		"{\"a\"}",
		"{\"a\":}",
		"{\"a\":1,}",
		"{a:1}",
		"{1:2}",
		"01",
		"-",
		"-01",
		"1.",
		".5",
		"1e",
		"1e+",
		"+1",
		"0x1",
		"NaN",
		"Infinity",
		"tru",
		"True",
		"nul",
		"\"",
		"\"\\",
		"\"\\x\"",
		"\"\\u12\"",
		"\"\\u12g4\"",
		"\"\\ud800\"",
		"\"\\ud800x\"",
		"\"\\ud800\\u0041\"",
		"\"\\udc00\"",
		"\"\\u0000\"",
		"\"a\nb\"",
		"\"\x01\"",
		"1 2",
		"[1 2]",
		"{\"a\":1 \"b\":2}",
		"[]]",
		"'a'",
		"// x\n1",
		"\xef\xbb\xbf"
		"1",
		"{\"a\":1,\"\\u0061\":2}",
		"[1}",
		"{\"a\":1]",
		"1,",
		"\"\\",
		"--1",
		"1.e5",
		"1.5.5",
		"truefalse",
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct node *root = NULL;
		e = (struct node_error){0};
		if (node_parse_json(a, str_c(bad[i]), &root, &e) != ERR_PARSE)
			fail_msg("accepted: %s", bad[i]);
		assert_true(e.text[0] && e.line >= 1 && e.col >= 1);
		assert_null(root);
	}
	struct node *root;
	assert_rc(node_parse_json(a, S("\"\xc3\""), &root, &e), ERR_PARSE);
	assert_rc(node_parse_json(a, S("\"\0\""), &root, &e), ERR_PARSE);
	assert_rc(node_parse_json(a, S("{\n \"a\":1,\n \"a\":2}"), &root, &e), ERR_PARSE);
	assert_int_equal(e.line, 3);
	assert_int_equal(e.col, 2);
	char *deep = arena_alloc_raw(a, 100000);
	memset(deep, '[', 100000);
	assert_rc(node_parse_json(a, str_n(deep, 100000), &root, &e), ERR_LIMIT);
}

static void every_cut_of_a_text_is_refused_without_harm(void **state)
{
	static const char text[] =
		"{\"a\":[1,2.5e-7,{\"b\":\"\\ud83d\\ude00\\n\"}],\"c\":null,\"d\":true}";
	for (size_t n = 0; n < sizeof text - 1; n++) {
		/*
		 * exactly as large as the text, so that the sanitizer sees every byte read beyond
		 */
		struct node *root;
		char *p = arena_copy(a, text, n);
		assert_rc(node_parse_json(a, str_n(p, n), &root, &e), ERR_PARSE);
	}
	json(text);
}

static void accessors_accept_null_and_other_kinds(void **state)
{
	struct node *n = json("{\"n\":12,\"t\":\"-7\",\"b\":true,\"l\":[1],\"big\":"
			      "99999999999999999999,\"f\":1.5}");
	int64_t v = 0;
	assert_null(node_get(NULL, S("x")));
	assert_null(node_get(node_get(n, S("l")), S("x")));
	assert_null(node_get(n, S("missing")));
	assert_null(node_at(NULL, 0));
	assert_null(node_at(node_get(n, S("l")), 1));
	assert_null(node_at(node_get(n, S("t")), 0));
	assert_int_equal(node_count(NULL), 0);
	assert_int_equal(node_count(node_get(n, S("t"))), 0);
	assert_s(node_text(NULL), "");
	assert_s(node_text(n), "");
	assert_s(node_text_at(n, S("n")), "12");
	assert_true(node_bool(NULL, true));
	assert_false(node_bool(node_get(n, S("n")), false));
	assert_true(node_bool(node_get(n, S("b")), false));
	assert_ok(node_i64(node_get(n, S("n")), &v));
	assert_int_equal(v, 12);
	assert_ok(node_i64(node_get(n, S("t")), &v));
	assert_int_equal(v, -7);
	assert_rc(node_i64(NULL, &v), ERR_NOTFOUND);
	assert_rc(node_i64(node_get(n, S("b")), &v), ERR_PARSE);
	assert_rc(node_i64(node_get(n, S("f")), &v), ERR_PARSE);
	assert_rc(node_i64(node_get(n, S("big")), &v), ERR_OVERFLOW);
	assert_int_equal(v, -7);
}

static void large_maps_find_every_key(void **state)
{
	struct node *map = node_new(a, NODE_MAP);
	for (int i = 0; i < 3000; i++) {
		node_set(a, map, str_fmt(a, "key%d", i), node_new_text(a, str_fmt(a, "%d", i)));
		if (i % 7 == 0)
			node_set(a, map, str_fmt(a, "key%d", i / 2),
				node_new_text(a, S("replaced")));
	}
	assert_int_equal(map->n, 3000);
	for (int i = 0; i < 3000; i++) {
		str want = i <= 2998 / 2 && (i * 2 % 7 == 0 || (i * 2 + 1) % 7 == 0)
			? S("replaced")
			: str_fmt(a, "%d", i);
		assert_str(node_text_at(map, str_fmt(a, "key%d", i)), want);
	}
	assert_null(node_get(map, S("key3000")));
	assert_null(node_get(map, S("")));
	struct node *copy = node_clone(a, map), *back;
	assert_str(canonical(copy), canonical(map));
	assert_ok(node_parse_json(a, canonical(map), &back, &e));
	assert_str(canonical(back), canonical(map));
}

static void a_clone_is_independent(void **state)
{
	struct node *n = json("{\"a\":[1,{\"b\":\"x\"}]}"), *copy;
	{
		struct arena *other = arena_new(256);
		struct node *there = node_clone(other, n);
		copy = node_clone(a, there);
		arena_free(other);
	}
	node_append(a, n->item[0], node_new_text(a, S("later")));
	node_set(a, n, S("c"), node_new(a, NODE_NULL));
	assert_s(canonical(copy), "{\"a\":[1,{\"b\":\"x\"}]}");
	assert_s(canonical(n), "{\"a\":[1,{\"b\":\"x\"},\"later\"],\"c\":null}");
}

static void canonical_json_does_not_depend_on_order_or_spelling(void **state)
{
	static const char want[] = "{\"\":\"e\",\"a\":\"1\",\"b\":{\"x\":"
				   "\"\\u0001\\b\\t\\n\\f\\r\\\"\\\\/\",\"y\":[]},\"ä\":\"<>&\"}";
	assert_s(canonical(json("{\"ä\":\"<>&\",\"b\":{\"y\":[],\"x\":"
				"\"\\u0001\\b\\t\\n\\f\\r\\\"\\\\\\/\"},\"\":\"e\",\"a\":\"1\"}")),
		want);
	assert_s(canonical(json(want)), want);
	assert_str(canonical(yaml("b: 2\na: [x, y]\n")),
		canonical(json("{\"a\":[\"x\",\"y\"],\"b\":\"2\"}")));
}

static struct node *random_node(uint64_t *rnd, int depth)
{
	struct node *n;
	uint64_t kind = test_random(rnd) % (depth > 4 ? 2 : 4);
	if (kind < 2) {
		char text[12];
		size_t len = test_random(rnd) % sizeof text;
		for (size_t i = 0; i < len; i++)
			text[i] = (char)(1 + test_random(rnd) % 126);
		return node_new_text(a, str_n(text, len));
	}
	n = node_new(a, kind == 2 ? NODE_LIST : NODE_MAP);
	for (uint64_t i = test_random(rnd) % 14; i > 0; i--) {
		struct node *child = random_node(rnd, depth + 1);
		if (kind == 2)
			node_append(a, n, child);
		else
			node_set(a, n, str_fmt(a, "k%u", (unsigned)(test_random(rnd) % 40)), child);
	}
	return n;
}

static void random_trees_come_back_from_their_canonical_form(void **state)
{
	uint64_t rnd = 99;
	for (int i = 0; i < 300; i++) {
		struct arena_mark m = arena_mark(a);
		struct node *back;
		str text = canonical(random_node(&rnd, 0));
		assert_ok(node_parse_json(a, text, &back, &e));
		assert_str(canonical(back), text);
		/*
		 * JSON without tabs in keys is YAML, too: a second opinion from libyaml on what
		 * needs quotes
		 */
		struct node *as_yaml;
		if (node_parse_yaml(a, S("x"), text, &as_yaml, &e) == 0)
			assert_str(canonical(as_yaml), text);
		arena_rewind(a, m);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(yaml_scalars_are_always_text),
		cmocka_unit_test(yaml_knows_the_place_of_everything),
		cmocka_unit_test(yaml_outside_the_subset_is_refused_with_its_place),
		cmocka_unit_test(yaml_limits_hold),
		cmocka_unit_test(json_values_of_all_kinds),
		cmocka_unit_test(json_strings_are_decoded),
		cmocka_unit_test(malformed_json_is_refused),
		cmocka_unit_test(every_cut_of_a_text_is_refused_without_harm),
		cmocka_unit_test(accessors_accept_null_and_other_kinds),
		cmocka_unit_test(large_maps_find_every_key),
		cmocka_unit_test(a_clone_is_independent),
		cmocka_unit_test(canonical_json_does_not_depend_on_order_or_spelling),
		cmocka_unit_test(random_trees_come_back_from_their_canonical_form),
	};
	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
