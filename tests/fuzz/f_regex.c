/* The first byte is the flags, then the pattern to the first line feed, then the text. Patterns of
 * the common subset are also asked of the C library (POSIX extended expressions). */
#include "fuzz.h"

#include "detect/regex.h"

#include <regex.h>
#include <stdio.h>

enum { COMMON_MAX = 20 }; /* the C library's memory is exponential in nested repeats */

/* Is s of letters, dots, groups, alternatives, anchors and single repeats that both sides mean the
 * same by? */
static bool common(struct ward_str s)
{
	char before = '(';

	if (s.len > COMMON_MAX)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];
		bool repeat = c == '*' || c == '+' || c == '?';

		if (!c || !strchr("abc.|()^$*+?", c))
			return false;
		if ((repeat || c == '|' || c == ')') && strchr("(|^$*+?", before) &&
			!((c == '|' || c == ')') && strchr("^$*+?", before)))
			return false;
		before = c;
	}
	return s.len && before != '|' && before != '(';
}

static void compare(struct ward_str pattern, struct ward_str text, bool is)
{
	char p[COMMON_MAX + 1], t[64];
	regex_t re;

	if (!common(pattern) || text.len >= sizeof(t) ||
		(text.len && memchr(text.p, '\n', text.len)))
		return;
	for (size_t i = 0; i < text.len; i++)
		if (text.p[i] <= 0) /* text of another alphabet or with an end inside */
			return;
	(void)snprintf(p, sizeof(p), "%.*s", WARD_STR_ARG(pattern));
	(void)snprintf(t, sizeof(t), "%.*s", WARD_STR_ARG(text));
	if (regcomp(&re, p, REG_EXTENDED | REG_NOSUB) != 0)
		return;
	WARD_ASSERT((regexec(&re, t, 0, NULL, 0) == 0) == is);
	regfree(&re);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct ward_regex_error at = {.what = NULL};
	struct ward_regex_scratch s;
	const struct ward_regex *re = NULL;
	struct ward_arena a;

	if (!len)
		return 0;
	unsigned flags = data[0] & 7;
	uint8_t *copy = fuzz_copy(data + 1, len - 1);
	struct ward_str text = ward_slice_text(ward_slice_of(copy, len - 1));
	struct ward_str pattern = ward_str_cut(&text, '\n');

	ward_arena_init(&a, ward_mem_heap(), 1 << 26);
	enum ward_err err = ward_regex_compile(&a, pattern, flags, &re, &at);

	if (err) {
		WARD_ASSERT(ward_err_class(err) == WARD_ERR_CLASS_INPUT);
		WARD_ASSERT(at.what && at.off <= pattern.len);
	} else {
		WARD_ASSERT(ward_regex_size(re) <= WARD_REGEX_PROGRAM_MAX);
		WARD_ASSERT(ward_regex_scratch_init(&s, ward_mem_heap(), ward_regex_size(re)) ==
			    WARD_OK);
		bool is = ward_regex_match(re, &s, text);

		if (!flags)
			compare(pattern, text, is);
		ward_regex_scratch_fini(&s);
	}
	ward_arena_fini(&a);
	free(copy);
	return 0;
}
