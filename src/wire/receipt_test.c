/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/buf.h"
#include "base/testing.h"
#include "wire/receipt.h"

static struct arena *a;
static struct ec_private *key;
static struct jose_key entry;
static struct jose_keys keys = { &entry, 1 };

static int open_arena(void **state)
{
	uint8_t d[32];

	a = arena_new(1 << 16);
	entry.kid = S("2026-1");
	return ec_generate(a, &key, &entry.pub, d);
}

static int close_arena(void **state)
{
	arena_free(a);
	return 0;
}

static struct receipt sample(void)
{
	return (struct receipt){
		.issuer = S("https://schalter.example"),
		.tenant = S("dresden"),
		.reference = S("DD-2026-000123"),
		.service = S("hundesteuer-anmeldung"),
		.definition = sha256(S("def")),
		.commitment = sha256(S("answers")),
		.head = sha256(S("head")),
		.submitted = { INSTANT_S(1795348800) + 123456 },
	};
}

static void a_receipt_tells_what_was_signed(void **state)
{
	struct receipt r = sample(), back;
	str jws;

	assert_ok(receipt_sign(a, key, S("2026-1"), &r, &jws));
	assert_ok(receipt_verify(a, &keys, str_fmt(a, "%.*s\n", STR_FMT(jws)), &back));
	assert_str(back.issuer, r.issuer);
	assert_str(back.tenant, r.tenant);
	assert_str(back.reference, r.reference);
	assert_str(back.service, r.service);
	assert_true(digest_eq(&back.definition, &r.definition));
	assert_true(digest_eq(&back.commitment, &r.commitment));
	assert_true(digest_eq(&back.head, &r.head));
	assert_int_equal(back.submitted.us, INSTANT_S(1795348800));
}

static void another_key_or_a_missing_claim_is_refused(void **state)
{
	struct receipt r = sample(), back;
	struct ec_private *other;
	struct ec_public pub;
	uint8_t d[32];
	str jws;

	assert_ok(ec_generate(a, &other, &pub, d));
	assert_ok(receipt_sign(a, other, S("2026-1"), &r, &jws));
	assert_rc(receipt_verify(a, &keys, jws, &back), ERR_CRYPTO);
	assert_ok(receipt_sign(a, key, S("2025-1"), &r, &jws));
	assert_rc(receipt_verify(a, &keys, jws, &back), ERR_NOTFOUND);
	r.tenant = STR_EMPTY;
	assert_ok(receipt_sign(a, key, S("2026-1"), &r, &jws));
	assert_rc(receipt_verify(a, &keys, jws, &back), ERR_PARSE);
	/* a token of another kind under the same key is no receipt */
	assert_ok(jws_sign(a, key, S("2026-1"), S(DAYROOT_TYP), S("{}"), &jws));
	assert_rc(receipt_verify(a, &keys, jws, &back), ERR_PARSE);
}

static void a_commitment_depends_on_salt_and_answers(void **state)
{
	struct key s1 = key_random(), s2 = key_random();
	struct digest d = receipt_commit(&s1, S("{\"a\":1}")), e;

	e = receipt_commit(&s1, S("{\"a\":1}"));
	assert_true(digest_eq(&d, &e));
	e = receipt_commit(&s2, S("{\"a\":1}"));
	assert_false(digest_eq(&d, &e));
	e = receipt_commit(&s1, S("{\"a\":2}"));
	assert_false(digest_eq(&d, &e));
}

static void the_merkle_root_is_that_of_rfc_6962(void **state)
{
	struct digest l[7], r, want, left, right;
	uint8_t node[65] = { 1 };

	for (int i = 0; i < 7; i++)
		l[i] = sha256(str_fmt(a, "%d", i));
	r = merkle_root(a, l, 0);
	assert_s(hex(a, digest_str(&r)), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	want = sha256_2(str_n("\0", 1), digest_str(&l[0]));
	r = merkle_root(a, l, 1);
	assert_true(digest_eq(&r, &want));
	/* seven leaves split as four and three */
	left = merkle_root(a, l, 4);
	right = merkle_root(a, l + 4, 3);
	memcpy(node + 1, left.b, 32);
	memcpy(node + 33, right.b, 32);
	want = sha256(str_n(node, 65));
	r = merkle_root(a, l, 7);
	assert_true(digest_eq(&r, &want));
	l[5].b[0] ^= 1;
	r = merkle_root(a, l, 7);
	assert_false(digest_eq(&r, &want));
}

static void a_days_root_tells_what_was_signed(void **state)
{
	struct dayroot d = { .issuer = S("https://schalter.example"), .tenant = S("dresden"), .day = S("2026-11-22"), .count = 3,
		.root = sha256(S("x")) };
	struct dayroot back;
	struct receipt no;
	str jws;

	assert_ok(dayroot_sign(a, key, S("2026-1"), &d, &jws));
	assert_ok(dayroot_verify(a, &keys, jws, &back));
	assert_str(back.day, d.day);
	assert_int_equal(back.count, 3);
	assert_true(digest_eq(&back.root, &d.root));
	assert_true(digest_eq(&back.previous, &d.previous));
	assert_rc(receipt_verify(a, &keys, jws, &no), ERR_PARSE);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, open_arena, close_arena)
	const struct CMUnitTest tests[] = {
		T(a_receipt_tells_what_was_signed),
		T(another_key_or_a_missing_claim_is_refused),
		T(a_commitment_depends_on_salt_and_answers),
		T(the_merkle_root_is_that_of_rfc_6962),
		T(a_days_root_tells_what_was_signed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
