/* SPDX-License-Identifier: EUPL-1.2 */
/* Tokens and key sets from outside: nothing that was not signed by the one key is ever accepted. */
#include "base/buf.h"
#include "fuzz.h"
#include "wire/receipt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* the key of RFC 7515 appendix A.3: its private half is known, but no input here is made with it */
	static const str set = STR_INIT("{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"a\","
					"\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\",\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}]}");
	static const str signed_part = STR_INIT("eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.");
	struct arena *a = arena_new(4096);
	str in = str_n(data, size), payload;
	struct jose_keys keys, other;
	struct receipt r;

	FUZZ_CHECK(jwks_parse(a, set, &keys) == OK && keys.n == 1);
	if (jws_verify(a, &keys, STR_EMPTY, in, &payload) == OK)
		FUZZ_CHECK(str_has_prefix(in, signed_part));
	FUZZ_CHECK(receipt_verify(a, &keys, in, &r) < 0);
	if (jwks_parse(a, in, &other) == OK) {
		struct buf b = buf_new(a, 256);
		struct jose_keys again;
		jwks_write(&b, &other);
		FUZZ_CHECK(jwks_parse(a, buf_str(&b), &again) == OK && again.n == other.n);
	}
	arena_free(a);
	return 0;
}
