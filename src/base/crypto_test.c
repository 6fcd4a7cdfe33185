/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/testing.h"

#include <pthread.h>

#include "base/crypto.h"

static struct arena *a;

static int open_arena(void **state)
{
	a = arena_new(1 << 16);
	return 0;
}

static int close_arena(void **state)
{
	arena_free(a);
	return 0;
}

static str unhex(const char *text)
{
	str s = STR_EMPTY;
	assert_ok(hex_decode(a, str_c(text), &s));
	return s;
}

static struct key key_of(str bytes)
{
	struct key k = {0};
	assert_true(bytes.n <= sizeof k.b);
	memcpy(k.b, bytes.p, bytes.n);
	return k;
}

static str random_str(size_t n)
{
	char *p = arena_alloc_raw(a, n);
	rand_bytes(p, n);
	return str_n(p, n);
}

static void sha256_gives_the_published_values(void **state)
{
	struct digest d = sha256(S("abc"));
	assert_s(hex(a, digest_str(&d)),
		"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	d = sha256(STR_EMPTY);
	assert_s(hex(a, digest_str(&d)),
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	struct digest whole = sha256(S("abc")), parts = sha256_2(S("a"), S("bc"));
	assert_true(digest_eq(&whole, &parts));
	assert_false(digest_eq(&whole, &d));
}

static void a_stream_hashes_like_the_whole_wherever_it_is_cut(void **state)
{
	str text = random_str(1000);
	struct digest whole = sha256(text), parts;
	for (size_t cut = 0; cut <= text.n; cut += 37) {
		struct sha256_stream *s = sha256_begin();
		sha256_add(s, str_sub(text, 0, cut));
		sha256(S("another hash in between does not disturb it"));
		sha256_add(s, STR_EMPTY);
		sha256_add(s, str_sub(text, cut, text.n));
		sha256_end(s, &parts);
		assert_true(digest_eq(&whole, &parts));
	}
	sha256_end(sha256_begin(), NULL);
}

/* RFC 4231, cases 1, 2 and 4: keys up to 32 bytes, filled with zeros as HMAC does itself */
static void hmac_gives_the_values_of_rfc_4231(void **state)
{
	struct key k = key_of(unhex("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b"));
	struct digest d = hmac_sha256(&k, S("Hi There"));
	assert_s(hex(a, digest_str(&d)),
		"b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
	k = key_of(S("Jefe"));
	d = hmac_sha256(&k, S("what do ya want for nothing?"));
	assert_s(hex(a, digest_str(&d)),
		"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	k = key_of(unhex("0102030405060708090a0b0c0d0e0f10111213141516171819"));
	char data[50];
	memset(data, 0xcd, sizeof data);
	d = hmac_sha256(&k, str_n(data, sizeof data));
	assert_s(hex(a, digest_str(&d)),
		"82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b");
}

static void derived_keys_follow_hkdf_and_differ_by_label(void **state)
{
	struct key k, one, two;
	for (int i = 0; i < KEY_BYTES; i++)
		k.b[i] = (uint8_t)i;
	one = key_derive(&k, S("case"));
	two = key_derive(&k, S("blob"));
	/* computed with Python's hmac after RFC 5869 */
	assert_s(hex(a, str_n(one.b, sizeof one.b)),
		"036958d863bdd95b64ae5f595c68c8ff20fc5275d9723ca36791f6c09b641cc9");
	assert_memory_not_equal(one.b, two.b, sizeof one.b);
}

/* McGrew, Viega: The Galois/Counter Mode of Operation, test case 16 */
static void unseal_reads_the_published_gcm_example(void **state)
{
	struct key k =
		key_of(unhex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"));
	str aad = unhex("feedfacedeadbeeffeedfacedeadbeefabaddad2"), plain;
	str sealed = unhex("cafebabefacedbaddecaf888"
			   "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e4"
			   "8590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
			   "76fc6ece0f4e1768cddf8853bb2d551b");
	assert_ok(unseal(a, &k, aad, sealed, &plain));
	assert_s(hex(a, plain),
		"d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532f"
		"cf0e2449a6b525b16aedf5aa0de657ba637b39");
}

static void sealed_text_opens_only_unchanged_with_key_and_aad(void **state)
{
	static const size_t sizes[] = {0, 1, 15, 16, 17, 4096, 100000};
	struct key k = key_random(), other = key_random();
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		str plain = random_str(sizes[i]), sealed = seal(a, &k, S("case 7"), plain),
		    back = S("untouched");
		assert_int_equal(sealed.n, plain.n + SEAL_OVERHEAD);
		assert_rc(unseal(a, &k, S("case 8"), sealed, &back), ERR_CRYPTO);
		assert_rc(unseal(a, &k, STR_EMPTY, sealed, &back), ERR_CRYPTO);
		assert_rc(unseal(a, &other, S("case 7"), sealed, &back), ERR_CRYPTO);
		assert_rc(unseal(a, &k, S("case 7"), str_sub(sealed, 0, sealed.n - 1), &back),
			ERR_CRYPTO);
		assert_s(back, "untouched");
		assert_ok(unseal(a, &k, S("case 7"), sealed, &back));
		assert_str(back, plain);
	}
	str sealed = seal(a, &k, STR_EMPTY, S("Erika")), back;
	for (size_t bit = 0; bit < sealed.n * 8; bit++) {
		char *copy = arena_copy(a, sealed.p, sealed.n);
		copy[bit / 8] ^= (char)(1 << bit % 8);
		assert_rc(unseal(a, &k, STR_EMPTY, str_n(copy, sealed.n), &back), ERR_CRYPTO);
	}
	for (size_t n = 0; n < sealed.n; n++)
		assert_rc(unseal(a, &k, STR_EMPTY, str_sub(sealed, 0, n), &back), ERR_CRYPTO);
	assert_rc(unseal(a, &k, STR_EMPTY, STR_EMPTY, &back), ERR_CRYPTO);
}

static void sealing_twice_never_gives_the_same(void **state)
{
	struct key k = key_random();
	str one = seal(a, &k, STR_EMPTY, S("x")), two = seal(a, &k, STR_EMPTY, S("x"));
	assert_false(str_eq(one, two));
	assert_false(str_eq(str_sub(one, 0, 12), str_sub(two, 0, 12)));
}

static void base64_follows_rfc_4648(void **state)
{
	static const char *rows[][3] = {{"", "", ""}, {"f", "Zg==", "Zg"}, {"fo", "Zm8=", "Zm8"},
		{"foo", "Zm9v", "Zm9v"}, {"foob", "Zm9vYg==", "Zm9vYg"},
		{"fooba", "Zm9vYmE=", "Zm9vYmE"}, {"foobar", "Zm9vYmFy", "Zm9vYmFy"},
		{"\xfb\xff", "+/8=", "-_8"}};
	str back;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_s(b64(a, str_c(rows[i][0])), rows[i][1]);
		assert_s(b64url(a, str_c(rows[i][0])), rows[i][2]);
		assert_ok(b64_decode(a, str_c(rows[i][1]), &back));
		assert_s(back, rows[i][0]);
		assert_ok(b64url_decode(a, str_c(rows[i][2]), &back));
		assert_s(back, rows[i][0]);
	}
	static const char *bad[] = {"Z", "Zg=", "Zg===", "====", "=", "Zh==", "Zm9=", "Zm 9v",
		"Zm9v\n", "-_8=", "Zg==Zg==", "Zm9v====", "A==="};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_rc(b64_decode(a, str_c(bad[i]), &back), ERR_PARSE);
	static const char *bad_url[] = {"Z", "Zg==", "+/8", "Zh", "Zm9", "Zm9v ", "ä"};
	for (size_t i = 0; i < sizeof bad_url / sizeof *bad_url; i++)
		assert_rc(b64url_decode(a, str_c(bad_url[i]), &back), ERR_PARSE);
	assert_rc(b64url_decode(a, S("Zm\0v"), &back), ERR_PARSE);
}

static void base32_forgives_what_people_mistype(void **state)
{
	str back;
	assert_s(b32(a, unhex("0123456789abcdef")), "04HMASW9NF6YY");
	assert_ok(b32_decode(a, S("o4hm-asw9 NF6YY"), &back));
	assert_s(hex(a, back), "0123456789abcdef");
	assert_ok(b32_decode(a, S("0L-iO"), &back));
	assert_s(hex(a, back), "0042");
	assert_rc(b32_decode(a, S("U000"), &back), ERR_PARSE);
	assert_rc(b32_decode(a, S("04HMASW9NF6YZ"), &back), ERR_PARSE);
	assert_rc(b32_decode(a, S("0"), &back), ERR_PARSE);
	assert_rc(b32_decode(a, S("00\0000"), &back), ERR_PARSE);
}

static void hex_reads_both_cases(void **state)
{
	str back;
	assert_ok(hex_decode(a, S("00fFAb"), &back));
	assert_s(hex(a, back), "00ffab");
	assert_rc(hex_decode(a, S("0"), &back), ERR_PARSE);
	assert_rc(hex_decode(a, S("0g"), &back), ERR_PARSE);
	assert_rc(hex_decode(a, S("@0"), &back), ERR_PARSE);
}

static void every_text_form_comes_back(void **state)
{
	for (size_t n = 0; n < 300; n++) {
		struct arena_mark m = arena_mark(a);
		str bytes = random_str(n), back;
		assert_ok(b64_decode(a, b64(a, bytes), &back));
		assert_str(back, bytes);
		assert_ok(b64url_decode(a, b64url(a, bytes), &back));
		assert_str(back, bytes);
		assert_ok(b32_decode(a, b32(a, bytes), &back));
		assert_str(back, bytes);
		assert_ok(hex_decode(a, hex(a, bytes), &back));
		assert_str(back, bytes);
		arena_rewind(a, m);
	}
	assert_int_equal(token_random(a, 16).n, 22);
	assert_int_equal(token_random(a, 100).n, 134);
	assert_false(str_eq(token_random(a, 16), token_random(a, 16)));
	assert_true(rand_u64() != rand_u64());
}

static const char jws_input[] = "eyJhbGciOiJFUzI1NiJ9."
				"eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcG"
				"xlLmNvbS9pc19yb290Ijp0cnVlfQ";
static const char jws_signature[] =
	"DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

static void part_of_jwk(const char *text, uint8_t to[32])
{
	str s = STR_EMPTY;
	assert_ok(b64url_decode(a, str_c(text), &s));
	assert_int_equal(s.n, 32);
	memcpy(to, s.p, 32);
}

/* The example of RFC 7515, appendix A.3 */
static void jws_key(uint8_t d[32], struct ec_public *pub)
{
	part_of_jwk("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", pub->x);
	part_of_jwk("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0", pub->y);
	part_of_jwk("jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI", d);
}

static void es256_verifies_the_example_of_rfc_7515(void **state)
{
	uint8_t d[32], mine[64];
	struct ec_public pub;
	struct ec_private *k;
	str rs;
	jws_key(d, &pub);
	assert_ok(b64url_decode(a, str_c(jws_signature), &rs));
	assert_int_equal(rs.n, 64);
	assert_ok(ec_verify(&pub, str_c(jws_input), (const uint8_t *)rs.p));
	assert_ok(ec_load(a, d, &pub, &k));
	assert_ok(ec_sign(k, str_c(jws_input), mine));
	assert_ok(ec_verify(&pub, str_c(jws_input), mine));
}

static void wrong_signatures_and_keys_are_refused(void **state)
{
	uint8_t d[32], d2[32], rs[64], zero[64] = {0};
	struct ec_public pub, pub2;
	struct ec_private *k, *k2;
	assert_ok(ec_generate(a, &k, &pub, d));
	assert_ok(ec_generate(a, &k2, &pub2, d2));
	for (int i = 0; i < 50; i++) {
		str text = random_str(100);
		assert_ok(ec_sign(k, text, rs));
		assert_ok(ec_verify(&pub, text, rs));
		assert_rc(ec_verify(&pub2, text, rs), ERR_CRYPTO);
		assert_rc(ec_verify(&pub, str_sub(text, 1, 100), rs), ERR_CRYPTO);
		rs[i] ^= 1;
		assert_rc(ec_verify(&pub, text, rs), ERR_CRYPTO);
	}
	assert_rc(ec_verify(&pub, S("x"), zero), ERR_CRYPTO);
	assert_rc(ec_load(a, d, &pub2, &k2), ERR_CRYPTO);
	struct ec_public off_curve = pub;
	off_curve.y[31] ^= 1;
	assert_rc(ec_load(a, d, &off_curve, &k2), ERR_CRYPTO);
	assert_rc(ec_verify(&off_curve, S("x"), rs), ERR_CRYPTO);
	memset(d2, 0, sizeof d2);
	assert_rc(ec_load(a, d2, &pub2, &k2), ERR_CRYPTO);
	memset(d2, 0xff, sizeof d2);
	assert_rc(ec_load(a, d2, &pub2, &k2), ERR_CRYPTO);
	assert_ok(ec_load(a, d, &pub, &k2));
}

static void *work_of_a_thread(void *arg)
{
	struct ec_private *k = arg;
	AUTO(arena_freep) struct arena *own = arena_new(4096);
	intptr_t wrong = 0;
	for (int i = 0; i < 30; i++) {
		struct key key = key_random();
		uint8_t rs[64];
		str back;
		wrong += unseal(own, &key, S("x"), seal(own, &key, S("x"), S("Erika")), &back) !=
				0 ||
			!str_eq(back, S("Erika"));
		struct digest d = sha256(S("abc"));
		wrong += d.b[0] != 0xba;
		wrong += ec_sign(k, S("y"), rs) != 0;
	}
	return (void *)wrong;
}

static void threads_do_not_disturb_each_other(void **state)
{
	pthread_t t[8];
	uint8_t d[32];
	struct ec_public pub;
	struct ec_private *k;
	assert_ok(ec_generate(a, &k, &pub, d));
	for (int i = 0; i < 8; i++)
		assert_int_equal(pthread_create(&t[i], NULL, work_of_a_thread, k), 0);
	for (int i = 0; i < 8; i++) {
		void *wrong;
		pthread_join(t[i], &wrong);
		assert_null(wrong);
	}
}

static void passwords_match_their_own_hash_only(void **state)
{
	str encoded = password_hash(a, S("Geheim über alles"));
	assert_true(str_has_prefix(encoded, S("$argon2id$v=19$m=19456,t=2,p=1$")));
	assert_true(password_matches(a, encoded, S("Geheim über alles")));
	assert_false(password_matches(a, encoded, S("geheim über alles")));
	assert_false(password_matches(a, encoded, STR_EMPTY));
	assert_false(str_eq(encoded, password_hash(a, S("Geheim über alles"))));
	/* from the test of the reference implementation (P-H-C/phc-winner-argon2, test.c) */
	assert_true(password_matches(a,
		S("$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/"
		  "uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"),
		S("password")));
	assert_false(password_matches(a, STR_EMPTY, STR_EMPTY));
	assert_false(password_matches(a, S("$argon2id$v=19$m=256"), S("password")));
	assert_false(password_matches(a, S("password"), S("password")));
}

static void wipe_clears(void **state)
{
	char secret[32];
	memset(secret, 'x', sizeof secret);
	wipe(secret, sizeof secret);
	for (size_t i = 0; i < sizeof secret; i++)
		assert_int_equal(secret[i], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sha256_gives_the_published_values),
		cmocka_unit_test(a_stream_hashes_like_the_whole_wherever_it_is_cut),
		cmocka_unit_test(hmac_gives_the_values_of_rfc_4231),
		cmocka_unit_test(derived_keys_follow_hkdf_and_differ_by_label),
		cmocka_unit_test(unseal_reads_the_published_gcm_example),
		cmocka_unit_test(sealed_text_opens_only_unchanged_with_key_and_aad),
		cmocka_unit_test(sealing_twice_never_gives_the_same),
		cmocka_unit_test(base64_follows_rfc_4648),
		cmocka_unit_test(base32_forgives_what_people_mistype),
		cmocka_unit_test(hex_reads_both_cases),
		cmocka_unit_test(every_text_form_comes_back),
		cmocka_unit_test(es256_verifies_the_example_of_rfc_7515),
		cmocka_unit_test(wrong_signatures_and_keys_are_refused),
		cmocka_unit_test(threads_do_not_disturb_each_other),
		cmocka_unit_test(passwords_match_their_own_hash_only),
		cmocka_unit_test(wipe_clears),
	};
	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
