/* Every length around the borders of blocks, from any address, and long ones: as libsodium has it.
 */
#include "base/id.h"

#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void same(const uint8_t *p, size_t len)
{
	uint8_t is[32], due[32];
	uint8_t *copy = malloc(len ? len : 1); /* exact: what reads past the end is seen */

	assert_non_null(copy);
	if (len)
		memcpy(copy, p, len);
	ward_sha256(ward_slice_of(copy, len), is);
	(void)crypto_hash_sha256(due, p, len);
	assert_memory_equal(is, due, sizeof(due));
	const struct ward_slice part[] = {{copy, len / 3}, {copy + len / 3, 0},
		{copy + len / 3, len - len / 3 - len / 5}, {copy + len - len / 5, len / 5}};

	ward_sha256_parts(part, WARD_ARRAY_LEN(part), is);
	assert_memory_equal(is, due, sizeof(due));
	free(copy);
}

static void test_lengths(void **state)
{
	static uint8_t bytes[70000];

	(void)state;
	assert_true(sodium_init() >= 0);
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 131 + i / 251);
	for (size_t len = 0; len <= 300; len++)
		same(bytes + len % 7, len);
	for (size_t len = 4090; len < sizeof(bytes) - 7; len += 4093)
		same(bytes + len % 7, len);
}

/* FIPS 180-4's examples. */
static void test_published(void **state)
{
	static const struct {
		const char *text, *hex;
	} of[] = {{"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
		{"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
		{"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
			"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"}};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(of); i++) {
		uint8_t is[32], due[32];

		assert_true(ward_str_unhex(ward_str_z(of[i].hex), due, sizeof(due)));
		ward_sha256(ward_str_bytes(ward_str_z(of[i].text)), is);
		assert_memory_equal(is, due, sizeof(due));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lengths), cmocka_unit_test(test_published)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
