/* SPDX-License-Identifier: EUPL-1.2 */
/* Bytes as text, and what comes sealed: each value has one spelling; nothing that was not sealed
 * opens; instants come back. */
#include "base/crypto.h"
#include "fuzz.h"
#include <string.h>

/* Spellings that are not unique by design (base32 forgives O and hyphens, hex has two cases) are
 * compared as bytes. */
static void check_code(struct arena *a, str in, int (*decode)(struct arena *, str, str *),
	str (*encode)(struct arena *, str), bool unique)
{
	str bytes, again;
	if (!decode(a, in, &bytes)) {
		FUZZ_CHECK(bytes.p[bytes.n] == 0);
		FUZZ_CHECK(!unique || str_eq(encode(a, bytes), in));
		FUZZ_CHECK(!decode(a, encode(a, bytes), &again) && str_eq(again, bytes));
	}
	FUZZ_CHECK(!decode(a, encode(a, in), &again) && str_eq(again, in));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct key k = {{1, 2, 3}};
	struct arena *a = arena_new(4096);
	str in = str_n(data, size), out;
	instant t, back;

	check_code(a, in, b64_decode, b64, true);
	check_code(a, in, b64url_decode, b64url, true);
	check_code(a, in, b32_decode, b32, false);
	check_code(a, in, hex_decode, hex, false);
	FUZZ_CHECK(unseal(a, &k, STR_EMPTY, in, &out));
	FUZZ_CHECK(!unseal(a, &k, in, seal(a, &k, in, in), &out) && str_eq(out, in));
	if (!instant_parse(in, &t)) {
		FUZZ_CHECK(!instant_parse(instant_iso(a, t), &back));
		FUZZ_CHECK(back.us <= t.us || t.us < INSTANT_S((int64_t)-719162 * 86400));
	}
	arena_free(a);
	return 0;
}
