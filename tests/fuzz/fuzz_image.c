/* SPDX-License-Identifier: EUPL-1.2 */
/* Pictures: whatever is read is within the limits and can be written and read again. */
#include "fuzz.h"
#include "wire/intake_image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(4096);
	str in = str_n(data, size), out;
	enum intake_type type = intake_sniff(in);
	enum intake_verdict v;
	struct bitmap m, back;

	if ((type == INTAKE_JPEG || type == INTAKE_PNG) && image_decode(a, type, in, &m, &v) == OK && v == INTAKE_FINE) {
		FUZZ_CHECK(m.w > 0 && m.h > 0 && (uint64_t)m.w * m.h <= BITMAP_PIXELS_MAX);
		if ((uint64_t)m.w * m.h < 100000) {
			FUZZ_CHECK(image_encode(a, type, &m, &out) == OK);
			FUZZ_CHECK(intake_sniff(out) == type);
			FUZZ_CHECK(image_decode(a, type, out, &back, &v) == OK && v == INTAKE_FINE);
			FUZZ_CHECK(back.w == m.w && back.h == m.h);
		}
	}
	arena_free(a);
	return 0;
}
