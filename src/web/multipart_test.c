/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/testing.h"
#include "web/multipart.h"

#include <string.h>

struct seen {
	struct buf all;
};

static void on_part(void *arg, str name, str filename, bool is_file)
{
	struct seen *s = arg;

	buf_fmt(&s->all, "[%.*s|%.*s|%d]", STR_FMT(name), STR_FMT(filename), is_file);
}

static int on_data(void *arg, str part)
{
	buf_put(&((struct seen *)arg)->all, part);
	return 0;
}

static int on_end(void *arg, bool last)
{
	buf_put(&((struct seen *)arg)->all, last ? S("<END>") : S("<end>"));
	return 0;
}

static const char body[] = "--XyZ\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\ntoken\r\n"
			   "--XyZ\r\nContent-Disposition: form-data; name=\"leer\"\r\n\r\n\r\n"
			   "--XyZ\r\nContent-Disposition: form-data; name=\"datei\"; filename=\"a;b.pdf\"\r\nContent-Type: application/pdf\r\n\r\n"
			   "%PDF\r\n--XyZnot\r\n--Xy\r\n\r\n--\r\n--XyZ--\r\n";
static const char want[] = "[csrf||0]token<end>[leer||0]<end>[datei|a;b.pdf|1]%PDF";

static int feed(struct arena *a, size_t first, size_t second, struct seen *s, struct multipart *m)
{
	str all = { body, sizeof body - 1 };

	s->all = buf_new(a, 256);
	TRY(multipart_begin(a, S("multipart/form-data; boundary=XyZ"), m));
	m->on_part = on_part;
	m->on_data = on_data;
	m->on_end = on_end;
	m->arg = s;
	TRY(multipart_feed(m, str_sub(all, 0, first)));
	TRY(multipart_feed(m, str_sub(all, first, second)));
	return multipart_feed(m, str_sub(all, second, all.n));
}

static void any_cut_of_a_body_gives_the_same_parts(void **state)
{
	struct arena *a = arena_new(1 << 16);

	for (size_t i = 0; i < sizeof body; i++)
		for (size_t k = i; k < sizeof body; k += 3) {
			struct multipart m;
			struct seen s;
			/* "--XyZnot" is a boundary followed by neither "--" nor a line break: that is malformed */
			assert_int_equal(feed(a, i, k, &s, &m), ERR_PARSE);
			assert_true(str_eq(buf_str(&s.all), str_c(want)));
			arena_reset(a);
		}
	arena_free(a);
}

static void what_only_looks_like_a_boundary_is_content(void **state)
{
	static const char good[] = "--XyZ\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x\"\r\n\r\n\r\n--Xy\r\n-\r\n--XyZ--";
	struct arena *a = arena_new(1 << 16);

	for (size_t i = 0; i < sizeof good; i++) {
		struct multipart m;
		struct seen s = { buf_new(a, 64) };

		assert_int_equal(multipart_begin(a, S("multipart/form-data; boundary=\"XyZ\""), &m), 0);
		m.on_part = on_part;
		m.on_data = on_data;
		m.on_end = on_end;
		m.arg = &s;
		assert_int_equal(multipart_feed(&m, str_n(good, i)), 0);
		assert_int_equal(multipart_feed(&m, str_n(good + i, sizeof good - 1 - i)), 0);
		assert_true(multipart_complete(&m));
		assert_true(str_eq(buf_str(&s.all), S("[f|x|1]\r\n--Xy\r\n-<END>")));
		arena_reset(a);
	}
	arena_free(a);
}

static void a_truncated_body_is_not_complete(void **state)
{
	struct arena *a = arena_new(1 << 16);
	struct multipart m;
	struct seen s = { buf_new(a, 64) };

	assert_int_equal(multipart_begin(a, S("multipart/form-data; boundary=XyZ"), &m), 0);
	m.on_part = on_part;
	m.on_data = on_data;
	m.on_end = on_end;
	m.arg = &s;
	assert_int_equal(multipart_feed(&m, str_n(body, 60)), 0);
	assert_false(multipart_complete(&m));
	assert_int_equal(multipart_begin(a, S("application/json"), &m), ERR_UNSUPPORTED);
	assert_int_equal(multipart_begin(a, S("multipart/form-data"), &m), ERR_UNSUPPORTED);
	arena_free(a);
}

static void a_file_name_loses_its_path_and_control_characters(void **state)
{
	struct arena *a = arena_new(4096);

	assert_true(str_eq(multipart_filename(a, S("C:\\Users\\x\\Ausweis.pdf")), S("Ausweis.pdf")));
	assert_true(str_eq(multipart_filename(a, S("../../etc/passwd")), S("passwd")));
	assert_true(str_eq(multipart_filename(a, S("..")), S("datei")));
	assert_true(str_eq(multipart_filename(a, S("a\nb<c>.png")), S("abc.png")));
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_cut_of_a_body_gives_the_same_parts),
		cmocka_unit_test(what_only_looks_like_a_boundary_is_content),
		cmocka_unit_test(a_truncated_body_is_not_complete),
		cmocka_unit_test(a_file_name_loses_its_path_and_control_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
