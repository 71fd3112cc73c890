/* How a language sets its marks. Include below cmocka.h. */
#ifndef WARD_TESTS_WORDS_TYPOGRAPHY_H
#define WARD_TESTS_WORDS_TYPOGRAPHY_H

#include "base/slice.h"

#include <string.h>

/* The byte at i begins or ends a mark that French sets off by a narrow no-break space (U+202F). */
static inline bool set_off(struct ward_str s, size_t i)
{
	static const char space[] = "\u202f";
	bool before = i >= 3 && memcmp(s.p + i - 3, space, 3) == 0;
	bool digits = i > 0 && i + 1 < s.len && s.p[i - 1] >= '0' && s.p[i - 1] <= '9' &&
		      s.p[i + 1] >= '0' && s.p[i + 1] <= '9';

	/* a variable of a playbook: __place__:value */
	bool variable = i >= 2 && memcmp(s.p + i - 2, "__:", 3) == 0;

	if (strchr(":;!?", s.p[i]))
		return before || digits || variable;
	if (s.len - i >= 2 && memcmp(s.p + i, "»", 2) == 0)
		return before;
	if (s.len - i >= 2 && memcmp(s.p + i, "«", 2) == 0)
		return s.len - i >= 5 && memcmp(s.p + i + 2, space, 3) == 0;
	return true;
}

/* Of one form or more; those of a text that counts are looked at by n. */
static inline void check_type(const char *code, struct ward_str text)
{
	bool quoted = false; /* between backticks stands what is written into a file, as it is */

	for (size_t i = 0; i < text.len; i++) {
		quoted ^= text.p[i] == '`';
		if (!quoted && ((strcmp(code, "fr") == 0 && !set_off(text, i)) ||
				       text.p[i] == '\'' || text.p[i] == '"'))
			fail_msg(
				"%s: typography at byte %zu of: %.*s", code, i, WARD_STR_ARG(text));
	}
	assert_false(quoted);
	assert_true(ward_str_eq(ward_str_trim(text), text) || text.len < 8);
}

#endif
