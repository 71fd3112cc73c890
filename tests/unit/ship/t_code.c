/* The code that people carry: typed in any way it is the same, with a wrong letter it is none; and
 * a proof of it is of one key and one server alone. */
#include "ship/code.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct ward_ship_code some = {
	.print = {0, 1, 2, 3, 4, 0xfd, 0xfe, 0xff, 0x80, 0x7f},
	.secret = {9, 8, 7, 6, 5, 4, 3, 2, 1, 0xaa},
};

static void is_read_as_it_was_written(void **state)
{
	char text[WARD_SHIP_CODE_TEXT];
	struct ward_ship_code is;

	(void)state;
	for (unsigned i = 0; i < 256; i++) {
		struct ward_ship_code c = some;

		c.print[i % WARD_SHIP_CODE_PRINT] = (uint8_t)i;
		c.secret[i % WARD_SHIP_CODE_SECRET] = (uint8_t)(255 - i);
		ward_ship_code_write(&c, text);
		assert_int_equal(strlen(text), WARD_SHIP_CODE_TEXT - 1);
		assert_null(strpbrk(text, "ILOU"));
		assert_true(ward_ship_code_read(ward_str_z(text), &is));
		assert_memory_equal(&is, &c, sizeof(c));
	}
}

static void is_read_as_people_type(void **state)
{
	char text[WARD_SHIP_CODE_TEXT], typed[2 * WARD_SHIP_CODE_TEXT];
	struct ward_ship_code is;
	size_t n = 0;

	(void)state;
	ward_ship_code_write(&some, text);
	for (size_t i = 0; text[i]; i++) {
		char c = text[i];

		if (c == '-')
			typed[n++] = ' ';
		typed[n++] = c == '0'               ? 'o'
			     : c == '1'             ? 'l'
			     : c >= 'A' && c <= 'Z' ? (char)(c + 32)
						    : c;
	}
	assert_true(ward_ship_code_read((struct ward_str){typed, n}, &is));
	assert_memory_equal(&is, &some, sizeof(some));
}

static void one_letter_makes_it_none(void **state)
{
	static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	char text[WARD_SHIP_CODE_TEXT];
	struct ward_ship_code is;

	(void)state;
	ward_ship_code_write(&some, text);
	for (size_t i = 0; text[i]; i++) {
		char was = text[i];

		for (size_t k = 0; was != '-' && letters[k]; k++) {
			text[i] = letters[k];
			assert_int_equal(
				ward_ship_code_read(ward_str_z(text), &is), letters[k] == was);
		}
		text[i] = was;
	}
	for (size_t n = 0; n + 1 < sizeof(text); n++)
		assert_false(ward_ship_code_read((struct ward_str){text, n}, &is));
	text[7] = '!';
	assert_false(ward_ship_code_read(ward_str_z(text), &is));
}

static void proves_one_key_to_one_server(void **state)
{
	uint8_t key[WARD_SHIP_KEY] = {4}, proof[WARD_SHIP_PROOF], other[WARD_SHIP_PROOF];
	struct ward_ship_code c = some;

	(void)state;
	ward_ship_code_prove(&c, key, proof);
	ward_ship_code_prove(&c, key, other);
	assert_memory_equal(proof, other, sizeof(proof));
	key[WARD_SHIP_KEY - 1] = 1;
	ward_ship_code_prove(&c, key, other);
	assert_memory_not_equal(proof, other, sizeof(proof));
	key[WARD_SHIP_KEY - 1] = 0;
	c.print[WARD_SHIP_CODE_PRINT - 1] ^= 1;
	ward_ship_code_prove(&c, key, other);
	assert_memory_not_equal(proof, other, sizeof(proof));
	c = some;
	c.secret[WARD_SHIP_CODE_SECRET - 1] ^= 1;
	ward_ship_code_prove(&c, key, other);
	assert_memory_not_equal(proof, other, sizeof(proof));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_read_as_it_was_written),
		cmocka_unit_test(is_read_as_people_type),
		cmocka_unit_test(one_letter_makes_it_none),
		cmocka_unit_test(proves_one_key_to_one_server),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
