/* SPDX-License-Identifier: EUPL-1.2 */
/* What a browser posts as a new passkey or a sign-in: the bytes stand for the attestation object, or for authenticator data. */
#include "base/buf.h"
#include "fuzz.h"
#include "wire/webauthn.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct webauthn_rp rp = { STR_INIT("localhost"), STR_INIT("x"), STR_INIT("http://localhost:8080") };
	static const str challenge = STR_INIT("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
	static const uint8_t id[16] = "0123456789abcde";
	struct arena *a = arena_new(4096);
	struct webauthn_credential c, known = { .id = { (const char *)id, sizeof id } };
	uint32_t counter;

	for (int create = 0; create < 2; create++) {
		str client = str_fmt(a, "{\"type\":\"webauthn.%s\",\"challenge\":\"%.*s\",\"origin\":\"http://localhost:8080\"}",
			create ? "create" : "get", STR_FMT(challenge));
		str raw = b64url(a, known.id), cd = b64url(a, client), bytes = b64url(a, str_n(data, size));
		str reply = str_fmt(a, "{\"type\":\"public-key\",\"rawId\":\"%.*s\",\"response\":{\"clientDataJSON\":\"%.*s\","
				       "\"attestationObject\":\"%.*s\",\"authenticatorData\":\"%.*s\",\"signature\":\"%.*s\"}}",
			STR_FMT(raw), STR_FMT(cd), STR_FMT(bytes), STR_FMT(bytes), STR_FMT(bytes));
		if (create && webauthn_register(a, &rp, challenge, reply, &c) == OK)
			FUZZ_CHECK(str_eq(c.id, known.id));
		FUZZ_CHECK(webauthn_verify(a, &rp, challenge, &known, reply, &counter) < 0);
	}
	/* the whole reply from outside */
	str credential, handle;
	if (webauthn_reply_id(a, str_n(data, size), &credential, &handle) == OK)
		FUZZ_CHECK(credential.n >= 16);
	arena_free(a);
	return 0;
}
