/* SPDX-License-Identifier: EUPL-1.2 */
/* Debian's OpenSSL 3.0 has no argon2, so the reference library does it. */
#include "base/crypto.h"

#include <argon2.h>

/* OWASP Password Storage Cheat Sheet (2023): argon2id, 19 MiB, two passes, one lane */
#define MEMORY_KIB  19456
#define PASSES      2
#define LANES       1
#define SALT_BYTES  16
#define HASH_BYTES  32
#define ENCODED_MAX 256

str password_hash(struct arena *a, str password)
{
	uint8_t salt[SALT_BYTES];
	char *encoded = arena_alloc(a, ENCODED_MAX);
	rand_bytes(salt, sizeof salt);
	int rc = argon2id_hash_encoded(PASSES, MEMORY_KIB, LANES, password.p ? password.p : "",
		password.n, salt, sizeof salt, HASH_BYTES, encoded, ENCODED_MAX);
	if (rc != ARGON2_OK)
		err_die(argon2_error_message(rc));
	return str_c(encoded);
}

bool password_matches(struct arena *a, str encoded, str password)
{
	if (encoded.n >= ENCODED_MAX || !str_has_prefix(encoded, S("$argon2id$")))
		return false;
	return argon2id_verify(str_z(a, encoded), password.p ? password.p : "", password.n) ==
		ARGON2_OK;
}
