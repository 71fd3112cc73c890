#include "base/id.h"
#include "comply/ledger.h"

#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

/* The eight leaves and the roots of their first n that the certificate-transparency projects test
 * with (RFC 6962 trees; the hashing of RFC 9162 is the same). */
static const char *const leaf_hex[] = {"", "00", "10", "2021", "3031", "40414243",
	"5051525354555657", "606162636465666768696a6b6c6d6e6f"};
static const char *const root_hex[] = {
	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
	"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
	"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
	"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
	"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
	"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
	"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
	"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
	"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
};

enum { MAX = 65 };

static struct ward_hash leaves[MAX];

static enum ward_err leaf_at(void *ctx, uint64_t index, struct ward_hash *ret)
{
	(void)ctx;
	assert_true(index < MAX);
	*ret = leaves[index];
	return WARD_OK;
}

static const struct ward_ledger_source source = {leaf_at, NULL};

static int setup(void **state)
{
	(void)state;
	for (size_t i = 0; i < MAX; i++) {
		uint8_t buf[16];
		const char *hex = i < 8 ? leaf_hex[i] : "ff";
		size_t len = strlen(hex) / 2;

		assert_true(len == 0 || ward_str_unhex(ward_str_z(hex), buf, len));
		if (i >= 8)
			buf[0] = (uint8_t)i;
		ward_ledger_leaf(ward_slice_of(buf, len), &leaves[i]);
	}
	return 0;
}

static struct ward_hash unhex(const char *s)
{
	struct ward_hash h;

	assert_true(ward_str_unhex(ward_str_z(s), h.b, sizeof(h.b)));
	return h;
}

/* Straight from the definition (RFC 9162 2.1.1), to compare with. */
static struct ward_hash naive(size_t from, size_t n)
{
	struct ward_hash a, b, r;
	size_t k = 1;

	if (n == 0)
		return unhex(root_hex[0]);
	if (n == 1)
		return leaves[from];
	while (k * 2 < n)
		k *= 2;
	a = naive(from, k);
	b = naive(from + k, n - k);
	ward_ledger_node(&a, &b, &r);
	return r;
}

static void test_published_roots(void **state)
{
	struct ward_ledger l;
	struct ward_hash root, want;

	(void)state;
	ward_ledger_init(&l);
	for (size_t n = 0; n <= 8; n++) {
		ward_ledger_root(&l, &root);
		want = unhex(root_hex[n]);
		assert_memory_equal(&root, &want, sizeof(root));
		if (n < 8)
			ward_ledger_add(&l, &leaves[n]);
	}
}

static void test_published_proofs(void **state)
{
	struct ward_hash proof[WARD_LEDGER_PROOF], want;
	size_t n;

	(void)state;
	/* inclusion of the sixth leaf in eight */
	assert_int_equal(ward_ledger_inclusion(&source, 5, 8, proof, &n), WARD_OK);
	assert_int_equal(n, 3);
	want = unhex("bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b");
	assert_memory_equal(&proof[0], &want, sizeof(want));
	want = unhex("ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0");
	assert_memory_equal(&proof[1], &want, sizeof(want));
	want = unhex("d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7");
	assert_memory_equal(&proof[2], &want, sizeof(want));
	/* consistency of six with eight */
	assert_int_equal(ward_ledger_consistency(&source, 6, 8, proof, &n), WARD_OK);
	assert_int_equal(n, 3);
	want = unhex("0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a");
	assert_memory_equal(&proof[0], &want, sizeof(want));
	want = unhex("ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0");
	assert_memory_equal(&proof[1], &want, sizeof(want));
	want = unhex("d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7");
	assert_memory_equal(&proof[2], &want, sizeof(want));
}

static void test_all_inclusions(void **state)
{
	struct ward_hash proof[WARD_LEDGER_PROOF], root, wrong;
	size_t len;

	(void)state;
	for (uint64_t n = 1; n <= 64; n++) {
		root = naive(0, n);
		assert_int_equal(ward_ledger_root_of(&source, n, &wrong), WARD_OK);
		assert_memory_equal(&root, &wrong, sizeof(root));
		for (uint64_t i = 0; i < n; i++) {
			assert_int_equal(
				ward_ledger_inclusion(&source, i, n, proof, &len), WARD_OK);
			assert_true(
				ward_ledger_verify_inclusion(&leaves[i], i, n, proof, len, &root));
			assert_false(ward_ledger_verify_inclusion(
				&leaves[i + 1], i, n, proof, len, &root));
			assert_false(ward_ledger_verify_inclusion(
				&leaves[i], i ^ 1, n, proof, len, n > 1 ? &root : &leaves[1]));
			if (len)
				assert_false(ward_ledger_verify_inclusion(
					&leaves[i], i, n, proof, len - 1, &root));
			for (size_t k = 0; k < len; k++) {
				proof[k].b[k] ^= 1;
				assert_false(ward_ledger_verify_inclusion(
					&leaves[i], i, n, proof, len, &root));
				proof[k].b[k] ^= 1;
			}
		}
		assert_int_equal(
			ward_ledger_inclusion(&source, n, n, proof, &len), WARD_ERR_NOT_FOUND);
		assert_false(ward_ledger_verify_inclusion(&leaves[0], n, n, proof, len, &root));
	}
}

static void test_all_consistencies(void **state)
{
	struct ward_hash proof[WARD_LEDGER_PROOF];
	size_t len;

	(void)state;
	for (uint64_t n = 0; n <= 64; n++) {
		struct ward_tree_head b = {.n = n, .root = naive(0, n)};

		for (uint64_t m = 0; m <= n; m++) {
			struct ward_tree_head a = {.n = m, .root = naive(0, m)};

			assert_int_equal(
				ward_ledger_consistency(&source, m, n, proof, &len), WARD_OK);
			assert_true(ward_ledger_verify_consistency(&a, &b, proof, len));
			a.root.b[7] ^= 1;
			assert_false(ward_ledger_verify_consistency(&a, &b, proof, len));
			a.root.b[7] ^= 1;
			for (size_t k = 0; k < len; k++) {
				proof[k].b[k] ^= 1;
				assert_false(ward_ledger_verify_consistency(&a, &b, proof, len));
				proof[k].b[k] ^= 1;
			}
			if (len)
				assert_false(
					ward_ledger_verify_consistency(&a, &b, proof, len - 1));
			if (m < n)
				assert_false(ward_ledger_verify_consistency(&b, &a, proof, len));
		}
		assert_int_equal(ward_ledger_consistency(&source, n + 1, n, proof, &len),
			WARD_ERR_NOT_FOUND);
	}
}

static void test_signed_head(void **state)
{
	uint8_t public_key[WARD_LEDGER_PUBLIC], secret[WARD_LEDGER_SECRET];
	struct ward_tree_head h = {.n = 3, .time = 4, .root = naive(0, 3)};

	(void)state;
	assert_true(sodium_init() >= 0);
	assert_int_equal(crypto_sign_keypair(public_key, secret), 0);
	assert_false(ward_tree_head_verify(&h, public_key));
	ward_tree_head_sign(&h, secret);
	assert_true(ward_tree_head_verify(&h, public_key));
	h.n++;
	assert_false(ward_tree_head_verify(&h, public_key));
	h.n--;
	h.time += WARD_NS_PER_MS;
	assert_false(ward_tree_head_verify(&h, public_key));
	h.time -= WARD_NS_PER_MS;
	h.log.b[0] ^= 1;
	assert_false(ward_tree_head_verify(&h, public_key));
	h.log.b[0] ^= 1;
	h.root.b[31] ^= 1;
	assert_false(ward_tree_head_verify(&h, public_key));
}

static void test_commitment(void **state)
{
	uint8_t salt[WARD_LEDGER_SALT] = {1}, buf[64] = {1};
	struct ward_hash payload = {{2}}, c, want;

	(void)state;
	buf[32] = 2;
	ward_sha256(ward_slice_of(buf, sizeof(buf)), want.b);
	ward_ledger_commitment(salt, &payload, &c);
	assert_memory_equal(&c, &want, sizeof(c));
}

static void test_salts(void **state)
{
	static const uint8_t none[WARD_LEDGER_SALT];
	static uint8_t salt[200][WARD_LEDGER_SALT];
	struct ward_salts s = {.left = 0};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(salt); i++) {
		ward_salts_next(&s, salt[i]);
		assert_memory_not_equal(salt[i], none, sizeof(none));
		assert_memory_equal(s.b + s.left * WARD_LEDGER_SALT, none, sizeof(none));
		for (size_t k = 0; k < i; k++)
			assert_memory_not_equal(salt[i], salt[k], sizeof(none));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_published_roots),
		cmocka_unit_test(test_published_proofs),
		cmocka_unit_test(test_all_inclusions),
		cmocka_unit_test(test_all_consistencies),
		cmocka_unit_test(test_signed_head),
		cmocka_unit_test(test_commitment),
		cmocka_unit_test(test_salts),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
