/* SPDX-License-Identifier: EUPL-1.2 */
/* What a taken-over intake process may answer: it is refused, or it is an answer that could have been written by us. */
#include "fuzz.h"
#include "wire/bitmap.h"
#include "wire/intake_frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(4096);
	struct intake_result r, again;
	str in = str_n(data, size);
	uint8_t head[INTAKE_REQUEST_HEAD] = { 0 };
	unsigned accept;
	size_t n;

	enum intake_type type = intake_sniff(in);
	FUZZ_CHECK(type == INTAKE_UNKNOWN || intake_type_from_name(intake_type_name(type)) == type);
	if (intake_answer_read(a, in, &r) == OK) {
		struct buf b = buf_new(a, 256);
		FUZZ_CHECK(r.previews <= INTAKE_PREVIEW_PAGES && r.verdict <= INTAKE_TOO_SLOW);
		for (size_t i = 0; i < r.previews; i++)
			FUZZ_CHECK(r.preview[i].w <= BITMAP_SIDE_MAX && intake_sniff(r.preview[i].bytes) == r.preview[i].type);
		intake_answer_put(&b, &r);
		FUZZ_CHECK(str_eq(str_sub(buf_str(&b), INTAKE_ANSWER_HEAD, b.n), in));
		FUZZ_CHECK(intake_answer_read(a, str_sub(buf_str(&b), INTAKE_ANSWER_HEAD, b.n), &again) == OK);
	}
	for (size_t i = 0; i < sizeof head && i < size; i++)
		head[i] = data[i];
	if (intake_request_read(head, &n, &accept) == OK)
		FUZZ_CHECK(n <= INTAKE_BYTES_MAX);
	arena_free(a);
	return 0;
}
