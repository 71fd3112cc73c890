#include "sense/net/line.h"

#include "bytes.h"

static struct ward_str z(const char *s)
{
	return ward_str_z(s);
}

static void test_take(void **state)
{
	struct ward_str line;
	size_t used;

	(void)state;
	assert_int_equal(
		ward_line_take(ward_slice_of("ab\r\nc", 5), 8, &line, &used), WARD_LINE_WHOLE);
	assert_true(ward_str_eqz(line, "ab"));
	assert_int_equal(used, 4);
	assert_int_equal(ward_line_take(ward_slice_of("\n", 1), 8, &line, &used), WARD_LINE_WHOLE);
	assert_int_equal(line.len, 0);
	assert_int_equal(ward_line_take(ward_slice_of("ab\r", 3), 8, &line, &used), WARD_LINE_MORE);
	assert_int_equal(ward_line_take(ward_slice_of(NULL, 0), 8, &line, &used), WARD_LINE_MORE);
	assert_int_equal(
		ward_line_take(ward_slice_of("abcdefgh\n", 9), 8, &line, &used), WARD_LINE_LONG);
}

static void test_words(void **state)
{
	struct ward_str rest = z("RETR  a b"), none = z("QUIT");

	(void)state;
	assert_true(ward_str_eqz(ward_line_word(&rest), "RETR"));
	assert_true(ward_str_eqz(rest, "a b"));
	assert_true(ward_str_eqz(ward_line_word(&none), "QUIT"));
	assert_int_equal(none.len, 0);
	assert_true(ward_line_has(z("my FTP server"), "ftp"));
	assert_false(ward_line_has(z("ft"), "ftp"));
	assert_true(ward_line_is_text(z("a\tb\xc3\xa9")));
	assert_false(ward_line_is_text(z("a\x01")));
}

static void test_reply(void **state)
{
	static const char *const wrong[] = {"", "22", "2200 x", "099 x", "600 x", "2a0 x", "abc"};
	struct ward_reply r;

	(void)state;
	assert_true(ward_line_reply(z("220 hello "), &r));
	assert_int_equal(r.code, 220);
	assert_true(r.last && ward_str_eqz(r.text, "hello"));
	assert_true(ward_line_reply(z("220-hello"), &r));
	assert_true(!r.last && ward_str_eqz(r.text, "hello"));
	assert_true(ward_line_reply(z("221"), &r) && r.last && !r.text.len);
	assert_true(ward_line_reply(z("230no_space"), &r) && ward_str_eqz(r.text, "no_space"));
	for (size_t i = 0; i < WARD_ARRAY_LEN(wrong); i++)
		assert_false(ward_line_reply(z(wrong[i]), &r));
}

static void test_base64(void **state)
{
	uint8_t buf[8];

	(void)state;
	assert_int_equal(ward_line_base64(z("AGFiAGM="), buf, sizeof(buf)), 5);
	assert_memory_equal(buf, "\0ab\0c", 5);
	assert_int_equal(ward_line_base64(z("YWJjZGVmZ2hpag"), buf, sizeof(buf)), 8);
	assert_memory_equal(buf, "abcdefgh", 8);
	assert_int_equal(ward_line_base64(z(""), buf, sizeof(buf)), 0);
	assert_int_equal(ward_line_base64(z("a b"), buf, sizeof(buf)), SIZE_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_take),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_reply),
		cmocka_unit_test(test_base64),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
