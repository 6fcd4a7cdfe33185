/* SPDX-License-Identifier: EUPL-1.2 */
/* An upload's body: whole, byte by byte and cut anywhere it gives the same parts and the same end; names are text; memory stays small. */
#include "base/utf8.h"
#include "fuzz.h"
#include "web/multipart.h"

struct seen {
	struct arena *arena;
	struct buf all;
	size_t open, parts;		/* parts begun and not ended; parts at all */
	bool last;
};

static void on_part(void *arg, str name, str filename, bool is_file)
{
	struct seen *s = arg;
	str clean = multipart_filename(s->arena, filename);

	FUZZ_CHECK(!s->open && !s->last);
	FUZZ_CHECK(clean.n > 0 && str_index(clean, '/') < 0 && str_index(clean, '\r') < 0 && str_index(clean, '"') < 0);
	s->open++;
	s->parts++;
	buf_fmt(&s->all, "[%zu|%zu|%d]", name.n, filename.n, is_file);
	buf_put(&s->all, name);
	buf_put(&s->all, filename);
}

static int on_data(void *arg, str part)
{
	struct seen *s = arg;

	FUZZ_CHECK(s->open == 1);
	buf_put(&s->all, part);
	return 0;
}

static int on_end(void *arg, bool last)
{
	struct seen *s = arg;

	FUZZ_CHECK(s->open == 1);
	s->open = 0;
	s->last = last;
	buf_put(&s->all, last ? S("<END>") : S("<end>"));
	return 0;
}

/* step 0: in one piece; else in pieces of that many bytes. */
static int parse(struct arena *a, str body, size_t step, struct seen *s, bool *ret_complete)
{
	struct multipart m;
	int rc = 0;

	*s = (struct seen){ .arena = a, .all = buf_new(a, 1024) };
	if (multipart_begin(a, S("multipart/form-data; boundary=\"XyZ\""), &m) < 0)
		abort();
	m.on_part = on_part;
	m.on_data = on_data;
	m.on_end = on_end;
	m.arg = s;
	for (size_t at = 0; !rc && at < body.n; at += step ? step : body.n)
		rc = multipart_feed(&m, str_sub(body, at, step && at + step < body.n ? at + step : body.n));
	*ret_complete = multipart_complete(&m);
	return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(1 << 16);
	str body = str_n(data, size);
	struct seen whole, cut;
	bool whole_done, cut_done;
	int rc = parse(a, body, 0, &whole, &whole_done);

	for (size_t step = 1; step < 8; step += 3) {
		FUZZ_CHECK(parse(a, body, step, &cut, &cut_done) == rc);
		FUZZ_CHECK(cut_done == whole_done);
		/* what is broken may have given out more or less of the part in which it broke */
		FUZZ_CHECK(rc < 0 || str_eq(buf_str(&cut.all), buf_str(&whole.all)));
	}
	FUZZ_CHECK(!whole_done || whole.last || !whole.parts);
	arena_free(a);
	return 0;
}
