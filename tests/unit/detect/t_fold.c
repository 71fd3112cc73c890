#include "unit.h"

#include "detect/fold.h"

static void check(const char *in, const char *want)
{
	char out[256];
	size_t n = ward_fold(ward_str_z(in), out);

	assert_int_equal(n, strlen(want));
	assert_memory_equal(out, want, n);
}

static void letters(void **state)
{
	(void)state;
	check("ABC xyz 019 @[`{", "abc xyz 019 @[`{");
	check("ÄÖÜ ÀÞ × ÷ ß", "äöü àþ × ÷ ß");
	check("ΑΒΓ ΣΑΣ ς Ώ Ό", "αβγ σασ σ ώ ό");
	check("АБВГД ЁЖ Ѐ Ҁ Ӂ", "абвгд ёж ѐ ҁ ӂ");
	check("ŁŚŹŻ Ÿ Ğ", "łśźż ÿ ğ");
	check("K", "k");
	check("日本語", "日本語");
	check("", "");
}

/* Whatever the bytes: never longer, and folding twice is folding once. */
static void bytes(void **state)
{
	(void)state;
	for (unsigned a = 0; a < 256; a++)
		for (unsigned b = 0; b < 256; b++) {
			char in[3] = {(char)a, (char)b, 'A'}, out[3], again[3];
			size_t n = ward_fold((struct ward_str){in, 3}, out);

			assert_true(n <= 3);
			assert_int_equal(ward_fold((struct ward_str){out, n}, again), n);
			assert_memory_equal(out, again, n);
		}
}

static void other(void **state)
{
	(void)state;
	for (uint32_t cp = 0; cp < 0x3000; cp++) {
		uint32_t low = ward_fold_cp(cp);

		assert_int_equal(ward_fold_cp(low), low);
		if (low != cp)
			assert_int_equal(ward_fold_cp(ward_fold_other(low)), low);
	}
	assert_int_equal(ward_fold_other('a'), 'A');
	assert_int_equal(ward_fold_other('1'), '1');
}

int main(void)
{
	const struct CMUnitTest tests[] = {T(letters), T(bytes), T(other)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
