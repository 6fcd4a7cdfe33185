/* SPDX-License-Identifier: EUPL-1.2 */
/* schalter receipt verify: offline. */
#include <stdio.h>

#include "base/file.h"
#include "main/tools.h"
#include "wire/receipt.h"

static int read_input(struct run *r, str path, size_t max, str *ret)
{
	int rc = file_read(r->arena, str_z(r->arena, path), max, ret);

	return rc < 0 ? command_fail(r, "%.*s: %s", STR_FMT(path), err_text(rc)) : EXIT_DONE;
}

int tool_receipt_verify(struct run *r)
{
	str keys_file = command_option(r, S("keys")), text, jws;
	struct jose_keys keys;
	struct receipt x;
	int rc;

	if (!keys_file.n)
		return command_fail(r, "--keys FILE is missing: the public keys, from https://SERVER/.well-known/schalter-keys.json, got on a way you trust");
	if (read_input(r, keys_file, 1 << 20, &text) || read_input(r, r->arg[0], 1 << 20, &jws))
		return EXIT_WRONG;
	if (jwks_parse(r->arena, text, &keys) < 0)
		return command_fail(r, "%.*s holds no public keys (a JWK set is expected)", STR_FMT(keys_file));
	rc = receipt_verify(r->arena, &keys, str_trim(jws), &x);
	if (rc == ERR_NOTFOUND)
		return command_fail(r, "NOT GENUINE or of another server: the key that it names is not among these keys");
	if (rc == ERR_CRYPTO)
		return command_fail(r, "NOT GENUINE: the signature does not fit; something in it was changed");
	if (rc < 0)
		return command_fail(r, "%.*s is no receipt", STR_FMT(r->arg[0]));
	buf_fmt(&r->out, "genuine\n  server      %.*s\n  authority   %.*s\n  reference   %.*s\n  service     %.*s\n  submitted   %.*s\n", STR_FMT(x.issuer), STR_FMT(x.tenant),
		STR_FMT(x.reference), STR_FMT(x.service), STR_FMT(instant_iso(r->arena, x.submitted)));
	buf_fmt(&r->out, "  definition  %.*s\n  answers     %.*s (commitment)\n  head        %.*s\n", STR_FMT(hex(r->arena, digest_str(&x.definition))),
		STR_FMT(hex(r->arena, digest_str(&x.commitment))), STR_FMT(hex(r->arena, digest_str(&x.head))));
	return EXIT_DONE;
}
