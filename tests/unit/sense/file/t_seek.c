/* What is found in one pass is what a plain search for each finds: in made texts of few letters, in
 * which words begin, break off and overlap all the time. */
#include "sense/file/exam.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

enum { TEXTS = 3000, BYTES = 300 };

static const char *const words[] = {
	"ab", "ba(", "abab", "aab ", "b(a", "zzab", "(a b)", "aa", "bb64", "aaaaaaaaab"};

static uint64_t state = 11;

static unsigned next(unsigned below)
{
	state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(state >> 33) % below;
}

static bool plainly(const char *word, const uint8_t *p, size_t n)
{
	size_t len = strlen(word);

	for (size_t i = 0; i + len <= n; i++) {
		size_t k = 0;

		while (k < len && (p[i + k] < 128 ? tolower(p[i + k]) : p[i + k]) == word[k])
			k++;
		if (k == len)
			return true;
	}
	return false;
}

/* In a block of its own, so that a byte too many is noticed. */
static uint8_t *made(size_t n)
{
	static const char letters[] = "abABz( 64\n)\xc1";
	uint8_t *p = malloc(n ? n : 1);
	unsigned some = 2 + next(sizeof(letters) - 3);

	assert_non_null(p);
	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)letters[next(some)];
	return p;
}

static void finds_words(void **unused)
{
	struct ward_seek v;
	size_t found = 0;

	(void)unused;
	ward_seek_init(&v, words, WARD_ARRAY_LEN(words));
	for (unsigned t = 0; t < TEXTS; t++) {
		size_t n = next(BYTES);
		uint8_t *p = made(n);
		uint64_t got = ward_seek(&v, ward_slice_of(p, n));

		for (size_t w = 0; w < WARD_ARRAY_LEN(words); w++) {
			if (plainly(words[w], p, n) != (got >> w & 1))
				fail_msg("text %u: %s", t, words[w]);
			found += got >> w & 1;
		}
		free(p);
	}
	assert_true(found > TEXTS);
}

/* Those that scripts are told by, at each place of a text, in small and capital letters. */
static void finds_own(void **unused)
{
	struct ward_seek v;
	char text[128];

	(void)unused;
	ward_script_words(&v);
	for (size_t w = 0; w < v.n; w++)
		for (size_t at = 0; at < 24; at++) {
			size_t len = at + strlen(v.word[w]);

			(void)snprintf(text, sizeof(text), "%*s%s", (int)at, "", v.word[w]);
			for (size_t i = at; i < len; i += 1 + at % 3)
				text[i] = (char)toupper(text[i]);
			const struct ward_slice s = {(const uint8_t *)text, len},
						less = {s.p, len - 1};

			assert_true(ward_seek(&v, s) >> w & 1);
			assert_false(ward_seek(&v, less) >> w & 1);
		}
	assert_true(ward_seek(&v, ward_slice_of(NULL, 0)) == 0);
}

static bool is_letter(uint8_t c)
{
	return isalnum(c) || c == '+' || c == '/';
}

/* Runs of letters, as one finds them that goes from byte to byte. */
static void finds_runs(void **unused)
{
	size_t found = 0;

	(void)unused;
	for (unsigned t = 0; t < TEXTS; t++) {
		size_t n = next(BYTES), least = 1 + next(40), at = 0, i = 0;
		uint8_t *p = made(n);
		struct ward_slice s = ward_slice_of(p, n), run;

		while (i < n) {
			size_t from = i;

			while (i < n && is_letter(p[i]))
				i++;
			if (i - from >= least) {
				assert_true(ward_exam_letters(s, least, &at, &run));
				assert_ptr_equal(run.p, p + from);
				assert_int_equal(run.len, i - from);
				assert_int_equal(at, i);
				found++;
			}
			i++;
		}
		assert_false(ward_exam_letters(s, least, &at, &run));
		free(p);
	}
	assert_true(found > TEXTS / 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(finds_words),
		cmocka_unit_test(finds_own), cmocka_unit_test(finds_runs)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
